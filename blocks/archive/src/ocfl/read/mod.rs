//! Reads an inventory and says what breaks the rules within it (OCFL 3.5), without looking at any other file.
//!
//! What cannot be used is left out and named, so that one fault does not hide the next.
//!
//! Invariant: whatever the bytes, the answer takes time and memory in proportion to them.

mod versions;

use std::collections::{BTreeMap, BTreeSet};

use crate::json::{self, Value};
use crate::ocfl::code::{Code, code};
use crate::ocfl::digest::Algorithm;
use crate::ocfl::finding::Report;
use crate::ocfl::inventory::{CONTENT, Inventory, Paths, Spec, Version};
use crate::ocfl::path::{Conflict, Fault, VersionName, conflicts, faults};
use crate::ocfl::syntax::is_uri;

/// Reads the inventory at `place`. None where nothing of it can be used.
pub(in crate::ocfl) fn read(bytes: &[u8], spec: Spec, place: &str, report: &mut Report) -> Option<Inventory> {
    let value = match json::read(bytes) {
        Ok(value) => value,
        Err(error) => {
            report.say(code!("E033"), place, error.to_string());
            return None;
        }
    };
    let Value::Object(members) = value else {
        report.say(code!("E033"), place, "");
        return None;
    };
    Reader { spec, place, report }.inventory(members)
}

struct Reader<'r> {
    spec: Spec,
    place: &'r str,
    report: &'r mut Report,
}

type Members = Vec<(String, Value)>;

impl Reader<'_> {
    fn say(&mut self, code: Code, key: &str, found: impl Into<String>) {
        let place = if key.is_empty() { self.place.to_owned() } else { format!("{}#{key}", self.place) };
        self.report.say(code, place, found);
    }

    fn inventory(mut self, members: Members) -> Option<Inventory> {
        const KNOWN: [&str; 8] =
            ["id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"];
        let mut found: BTreeMap<&'static str, Value> = BTreeMap::new();
        for (name, value) in members {
            match KNOWN.iter().find(|known| **known == name) {
                None => self.say(code!("E102"), &name, ""),
                Some(known) => {
                    if found.insert(known, value).is_some() {
                        self.say(code!("E033"), known, "×2");
                    }
                }
            }
        }
        let id = self.id(found.get("id"));
        let spec = self.specification(found.get("type"));
        let algorithm = self.algorithm(found.get("digestAlgorithm"));
        let content_directory = self.content_directory(found.get("contentDirectory"));
        let versions = self.versions(found.remove("versions"), algorithm);
        let head = self.head(found.get("head"), &versions);
        let manifest = match found.remove("manifest") {
            None => {
                self.say(code!("E041"), "manifest", "");
                None
            }
            Some(Value::Object(members)) => Some(self.paths(members, "manifest", algorithm, PathRules::MANIFEST)),
            Some(_) => {
                self.say(if self.spec == Spec::V1_0 { code!("E041") } else { code!("E106") }, "manifest", "");
                None
            }
        };
        let fixity = self.fixity(found.remove("fixity"));
        let folder = content_directory.as_deref().unwrap_or(CONTENT);
        if let Some(manifest) = &manifest {
            for path in manifest.values().flatten() {
                self.leads_into_version(path, &versions, folder);
            }
            self.fixity_is_of_the_manifest(&fixity, manifest);
            self.states_and_manifest(&versions, manifest);
        }
        Some(Inventory {
            id: id.unwrap_or_default(),
            spec: spec.unwrap_or(self.spec),
            algorithm: algorithm?,
            head: head?,
            content_directory,
            manifest: manifest?,
            versions,
            fixity,
        })
    }

    fn id(&mut self, value: Option<&Value>) -> Option<String> {
        let Some(value) = value else {
            self.say(code!("E036"), "id", "");
            return None;
        };
        match value.text() {
            Some(id) if !id.is_empty() => {
                if !is_uri(id) {
                    self.say(code!("W005"), "id", id);
                }
                Some(id.to_owned())
            }
            _ => {
                self.say(code!("E037"), "id", "");
                None
            }
        }
    }

    fn specification(&mut self, value: Option<&Value>) -> Option<Spec> {
        let Some(value) = value else {
            self.say(code!("E036"), "type", "");
            return None;
        };
        let spec = value.text().and_then(Spec::from_type);
        if spec.is_none() {
            self.say(code!("E038"), "type", value.text().unwrap_or_default());
        }
        spec
    }

    fn algorithm(&mut self, value: Option<&Value>) -> Option<Algorithm> {
        let Some(value) = value else {
            self.say(code!("E036"), "digestAlgorithm", "");
            return None;
        };
        let algorithm = value.text().and_then(Algorithm::from_name);
        match algorithm {
            Some(Algorithm::Sha512) => {}
            Some(Algorithm::Sha256) => self.say(code!("W004"), "digestAlgorithm", "sha256"),
            _ => self.say(code!("E025"), "digestAlgorithm", value.text().unwrap_or_default()),
        }
        algorithm
    }

    fn content_directory(&mut self, value: Option<&Value>) -> Option<String> {
        let value = value?;
        match value.text() {
            None | Some("") => self.say(code!("E017"), "contentDirectory", ""),
            Some("." | "..") => self.say(code!("E018"), "contentDirectory", value.text().unwrap_or_default()),
            Some(name) if name.contains('/') => self.say(code!("E017"), "contentDirectory", name),
            Some(name) => return Some(name.to_owned()),
        }
        None
    }

    fn head(&mut self, value: Option<&Value>, versions: &BTreeMap<VersionName, Version>) -> Option<VersionName> {
        let Some(value) = value else {
            self.say(code!("E036"), "head", "");
            return None;
        };
        let head = value.text().and_then(VersionName::read);
        match (head, versions.last_key_value()) {
            (Some(head), Some((highest, _))) if head == *highest => Some(head),
            (_, highest) => {
                self.say(code!("E040"), "head", value.text().unwrap_or_default());
                highest.map(|(name, _)| *name)
            }
        }
    }

    fn fixity(&mut self, value: Option<Value>) -> BTreeMap<String, Paths> {
        let mut fixity = BTreeMap::new();
        let members = match value {
            None => return fixity,
            Some(Value::Object(members)) => members,
            Some(_) => {
                self.say(if self.spec == Spec::V1_0 { code!("E056") } else { code!("E111") }, "fixity", "");
                return fixity;
            }
        };
        for (name, value) in members {
            let key = format!("fixity/{name}");
            let algorithm = Algorithm::from_name(&name);
            if algorithm.is_none() {
                self.say(code!("E056"), &key, name.clone());
            }
            let paths = match value {
                Value::Object(members) => self.paths(members, &key, algorithm, PathRules::FIXITY),
                _ => {
                    self.say(code!("E057"), &key, "");
                    continue;
                }
            };
            if fixity.insert(name, paths).is_some() {
                self.say(code!("E033"), &key, "×2");
            }
        }
        fixity
    }

    /// A block of digests with paths: manifest, state, or one algorithm of the fixity block.
    fn paths(&mut self, members: Members, key: &str, algorithm: Option<Algorithm>, rules: PathRules) -> Paths {
        let mut paths = Paths::new();
        let mut seen = BTreeSet::new();
        for (digest, value) in members {
            let place = format!("{key}/{digest}");
            if algorithm.is_some_and(|algorithm| !algorithm.fits(&digest)) {
                self.say(rules.form, &place, "");
            }
            if !seen.insert(digest.to_ascii_lowercase()) {
                self.say(rules.repeated, &place, "");
            }
            let Value::Array(values) = value else {
                self.say(rules.shape, &place, "");
                continue;
            };
            let list = paths.entry(digest).or_default();
            for value in values {
                let Value::String(path) = value else {
                    self.say(rules.shape, &place, "");
                    continue;
                };
                let found = faults(&path);
                for fault in &found {
                    self.say(if *fault == Fault::Ends { rules.ends } else { rules.element }, &place, path.clone());
                }
                // What leads out of the object is never looked at.
                if found.is_empty() {
                    list.push(path);
                }
            }
        }
        let mut said = Vec::new();
        for conflict in conflicts(paths.values().flatten().map(String::as_str)) {
            said.push(match conflict {
                Conflict::Twice(path) => path.to_owned(),
                Conflict::Within { folder, path } => format!("{folder}, {path}"),
            });
        }
        for conflict in said {
            self.say(rules.conflict, key, conflict);
        }
        paths
    }

    /// A content path leads into the content folder of a version that is named (OCFL 3.5.2).
    fn leads_into_version(&mut self, path: &str, versions: &BTreeMap<VersionName, Version>, folder: &str) {
        let mut parts = path.splitn(3, '/');
        let version = parts.next().and_then(VersionName::read);
        let known = version.is_some_and(|version| versions.contains_key(&version));
        if !known || parts.next() != Some(folder) || parts.next().is_none() {
            self.say(code!("E042"), "manifest", path);
        }
    }

    /// Fixity values are of files that the manifest names.
    fn fixity_is_of_the_manifest(&mut self, fixity: &BTreeMap<String, Paths>, manifest: &Paths) {
        let known: BTreeSet<&str> = manifest.values().flatten().map(String::as_str).collect();
        for (name, paths) in fixity {
            for path in paths.values().flatten().filter(|path| !known.contains(path.as_str())) {
                self.say(code!("E057"), &format!("fixity/{name}"), path.as_str());
            }
        }
    }

    /// Every digest of a state stands in the manifest as it is, and each of the manifest in a state.
    fn states_and_manifest(&mut self, versions: &BTreeMap<VersionName, Version>, manifest: &Paths) {
        let mut unused: BTreeSet<&str> = manifest.keys().map(String::as_str).collect();
        for (name, version) in versions {
            for digest in version.state.keys() {
                unused.remove(digest.as_str());
                if !manifest.contains_key(digest) {
                    self.say(code!("E050"), &format!("versions/{name}/state/{digest}"), "");
                }
            }
        }
        // A digest in another case is named above already.
        let states = versions.values().flat_map(|version| version.state.keys());
        let states: BTreeSet<String> = states.map(|digest| digest.to_ascii_lowercase()).collect();
        for digest in unused {
            if !states.contains(&digest.to_ascii_lowercase()) {
                self.say(code!("E107"), &format!("manifest/{digest}"), "");
            }
        }
    }
}

/// The codes of a block.
#[derive(Clone, Copy)]
struct PathRules {
    form: Code,
    repeated: Code,
    shape: Code,
    ends: Code,
    element: Code,
    conflict: Code,
}

impl PathRules {
    const MANIFEST: Self = Self {
        form: code!("E025"),
        repeated: code!("E096"),
        shape: code!("E092"),
        ends: code!("E100"),
        element: code!("E099"),
        conflict: code!("E101"),
    };
    const FIXITY: Self = Self {
        form: code!("E057"),
        repeated: code!("E097"),
        shape: code!("E057"),
        ends: code!("E100"),
        element: code!("E099"),
        conflict: code!("E101"),
    };
    const STATE: Self = Self {
        form: code!("E050"),
        repeated: code!("E050"),
        shape: code!("E050"),
        ends: code!("E053"),
        element: code!("E052"),
        conflict: code!("E095"),
    };
}
