//! Judges an object as a whole: its folders, all its inventories, and every byte of its content (OCFL 3).
//!
//! Each content file is read once, for all digests that any inventory gives for it.
//!
//! Invariant: memory is bounded by the inventories and the names of files, not by their content.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::code::{Code, code};
use super::digest::Algorithm;
use super::extension;
use super::finding::Report;
use super::inventory::{Inventory, Spec, Version};
use super::path::VersionName;
use super::read::read as read_inventory;
use super::storage::{Entry, Kind, Source, digests, join, read, sorted};

/// What is larger is no inventory that we read.
pub(super) const LARGEST_INVENTORY: u64 = 1 << 30;
/// What is larger is no sidecar or declaration.
const LARGEST_NOTE: u64 = 4096;

/// What is said of the object at `root`, a path of `source`.
pub fn object(source: &(impl Source + ?Sized), root: &str) -> io::Result<Report> {
    let mut validation = Validation { source, root, report: Report::default(), files: BTreeMap::new() };
    validation.run()?;
    validation.report.sort();
    Ok(validation.report)
}

/// A content file: who says what of it.
#[derive(Default)]
struct Claims {
    exists: bool,
    digests: Vec<(Algorithm, String, Code)>,
}

struct Validation<'s, S: ?Sized> {
    source: &'s S,
    root: &'s str,
    report: Report,
    files: BTreeMap<String, Claims>,
}

/// What lies in a version folder.
#[derive(Default)]
struct Folder {
    has_inventory: bool,
}

impl<S: Source + ?Sized> Validation<'_, S> {
    fn run(&mut self) -> io::Result<()> {
        let mut entries = self.source.list(self.root)?;
        entries.sort();
        let declared = self.declaration(&entries)?;
        let spec = declared.unwrap_or(Spec::V1_1);
        self.report.spec = declared;
        let has_inventory = entries.iter().any(|entry| entry.name == "inventory.json");
        let bytes =
            if has_inventory { read(self.source, &self.at("inventory.json"), LARGEST_INVENTORY)? } else { None };
        let Some(bytes) = bytes else {
            self.report.say(code!("E063"), "inventory.json", "");
            self.top(&entries, None)?;
            return Ok(());
        };
        let root = self.inventory(&bytes, spec, "inventory.json");
        self.top(&entries, root.as_ref())?;
        let Some(root) = root else { return Ok(()) };
        if !root.id.is_empty() {
            self.report.id = Some(root.id.clone());
        }
        if declared.is_some_and(|declared| declared != root.spec) {
            self.report.say(code!("E038"), "inventory.json#type", root.spec.number());
        }
        self.sidecar("", &root, &bytes)?;
        self.version_folders(&entries, &root)?;
        self.versions(&root, &bytes)?;
        self.claims(&root, "inventory.json");
        self.content()
    }

    fn at(&self, path: &str) -> String {
        join(self.root, path)
    }

    fn inventory(&mut self, bytes: &[u8], spec: Spec, place: &str) -> Option<Inventory> {
        if bytes.len() as u64 > LARGEST_INVENTORY {
            self.report.say(code!("E033"), place, format!("> {LARGEST_INVENTORY}"));
            return None;
        }
        read_inventory(bytes, spec, place, &mut self.report)
    }

    /// The version declaration (OCFL 3.2).
    fn declaration(&mut self, entries: &[Entry]) -> io::Result<Option<Spec>> {
        let mut found = Vec::new();
        for entry in entries.iter().filter(|entry| is_declaration(&entry.name)) {
            let (number, value) = entry.name.split_once('=').unwrap_or_default();
            if number != "0" {
                self.report.say(code!("E005"), entry.name.as_str(), "");
                continue;
            }
            let spec = value.strip_prefix("ocfl_object_").and_then(Spec::from_number);
            if spec.is_none() {
                self.report.say(code!("E006"), entry.name.as_str(), "");
            }
            if !matches!(entry.kind, Kind::File(_)) {
                self.report.say(code!("E003"), entry.name.as_str(), "");
                continue;
            }
            let bytes = read(self.source, &self.at(&entry.name), LARGEST_NOTE)?.unwrap_or_default();
            if bytes != format!("{value}\n").as_bytes() {
                self.report.say(code!("E007"), entry.name.as_str(), String::from_utf8_lossy(&bytes));
            }
            found.push(spec);
        }
        let known: Vec<Spec> = found.iter().copied().flatten().collect();
        if found.len() != 1 || known.is_empty() {
            self.report.say(code!("E003"), "", found.len().to_string());
        }
        Ok(known.into_iter().max())
    }

    /// What may stand in the root (OCFL 3.1).
    fn top(&mut self, entries: &[Entry], inventory: Option<&Inventory>) -> io::Result<()> {
        for entry in entries {
            let name = entry.name.as_str();
            match entry.kind {
                Kind::Other => self.report.say(code!("E090"), name, ""),
                Kind::File(_) => {
                    let is_sidecar = match inventory {
                        Some(inventory) => name == inventory.sidecar_name(),
                        None => name.starts_with("inventory.json."),
                    };
                    if !(is_declaration(name) || name == "inventory.json" || is_sidecar) {
                        self.report.say(code!("E001"), name, "");
                    }
                }
                Kind::Folder if name == "extensions" => self.extensions()?,
                Kind::Folder if name == "logs" || VersionName::read(name).is_some() => {}
                Kind::Folder => self.report.say(code!("E001"), name, ""),
            }
        }
        Ok(())
    }

    fn extensions(&mut self) -> io::Result<()> {
        for entry in sorted(self.source, &self.at("extensions"))? {
            let place = format!("extensions/{}", entry.name);
            match entry.kind {
                Kind::Folder if extension::is_registered(&entry.name) => {}
                Kind::Folder => self.report.say(code!("W013"), place, ""),
                Kind::File(_) => self.report.say(code!("E067"), place, ""),
                Kind::Other => self.report.say(code!("E090"), place, ""),
            }
        }
        Ok(())
    }

    /// The sidecar of the inventory in `folder`, a path within the object (OCFL 3.6).
    fn sidecar(&mut self, folder: &str, inventory: &Inventory, bytes: &[u8]) -> io::Result<()> {
        let place = join(folder, &inventory.sidecar_name());
        let Some(note) = read(self.source, &self.at(&place), LARGEST_NOTE)? else {
            self.report.say(code!("E058"), place, "");
            return Ok(());
        };
        let text = String::from_utf8_lossy(&note);
        let (digest, rest) = text.split_once([' ', '\t']).unwrap_or_default();
        let name = rest.trim_start_matches([' ', '\t']).trim_end_matches(['\n', '\r', ' ', '\t']);
        if name != "inventory.json" || digest.is_empty() {
            self.report.say(code!("E061"), place, text);
        } else if !digest.eq_ignore_ascii_case(&inventory.algorithm.of(bytes)) {
            self.report.say(code!("E060"), place, digest);
        }
        Ok(())
    }

    /// Version folders and versions correspond (OCFL 3.3, 3.5.3).
    fn version_folders(&mut self, entries: &[Entry], root: &Inventory) -> io::Result<()> {
        let folders = entries.iter().filter(|entry| entry.kind == Kind::Folder);
        let folders: BTreeSet<VersionName> = folders.filter_map(|entry| VersionName::read(&entry.name)).collect();
        for name in folders.iter().filter(|name| !root.versions.contains_key(name)) {
            self.report.say(code!("E046"), name.to_string(), "");
        }
        for name in root.versions.keys().filter(|name| !folders.contains(name)) {
            self.report.say(code!("E046"), format!("inventory.json#versions/{name}"), "");
        }
        let names: Vec<VersionName> = folders.into_iter().collect();
        if names.first().is_some_and(|first| first.number() != 1) {
            self.report.say(code!("E009"), names[0].to_string(), "");
        }
        for pair in names.windows(2).filter(|pair| pair[0].number() + 1 < pair[1].number()) {
            self.report.say(code!("E010"), pair[1].to_string(), "");
        }
        Ok(())
    }

    /// All version folders with their inventories, first to last.
    fn versions(&mut self, root: &Inventory, root_bytes: &[u8]) -> io::Result<()> {
        let mut before: Option<Spec> = None;
        let mut first_content_directory = None;
        for name in root.versions.keys() {
            let folder = self.version_folder(*name, root.content_folder())?;
            if !folder.has_inventory {
                self.report.say(code!("W010"), name.to_string(), "");
                continue;
            }
            let place = format!("{name}/inventory.json");
            let bytes = read(self.source, &self.at(&place), LARGEST_INVENTORY)?.unwrap_or_default();
            let is_head = *name == root.head;
            let same = bytes == root_bytes;
            if is_head && !same {
                self.report.say(code!("E064"), place.as_str(), "");
            }
            let spec;
            let content_directory;
            if same {
                self.sidecar(&name.to_string(), root, &bytes)?;
                if !is_head {
                    self.report.say(code!("E040"), format!("{place}#head"), root.head.to_string());
                }
                (spec, content_directory) = (root.spec, root.content_directory.clone());
            } else {
                let Some(own) = self.inventory(&bytes, before.unwrap_or(root.spec), &place) else { continue };
                self.sidecar(&name.to_string(), &own, &bytes)?;
                self.compare(&own, root, *name, &place);
                self.claims(&own, &place);
                (spec, content_directory) = (own.spec, own.content_directory);
            }
            if before.is_some_and(|before| spec < before) {
                self.report.say(code!("E103"), format!("{place}#type"), spec.number());
            }
            before = Some(spec);
            let first = first_content_directory.get_or_insert_with(|| content_directory.clone());
            if *first != content_directory && name.number() > 1 {
                self.content_directory_changed(first.clone(), &place);
            }
        }
        if let Some(first) = first_content_directory
            && first != root.content_directory
        {
            self.content_directory_changed(first, "inventory.json");
        }
        Ok(())
    }

    /// A content folder that is named since the first version keeps its name (OCFL 3.3.1).
    fn content_directory_changed(&mut self, first: Option<String>, place: &str) {
        let key = format!("{place}#contentDirectory");
        self.report.say(code!("E019"), key.as_str(), "");
        if first.is_some() {
            self.report.say(code!("E020"), key, "");
        }
    }

    fn version_folder(&mut self, name: VersionName, content: &str) -> io::Result<Folder> {
        let mut folder = Folder::default();
        for entry in sorted(self.source, &self.at(&name.to_string()))? {
            let place = format!("{name}/{}", entry.name);
            match entry.kind {
                Kind::Other => self.report.say(code!("E090"), place, ""),
                Kind::Folder if entry.name == content => self.content_folder(place)?,
                Kind::Folder => self.report.say(code!("W002"), place, ""),
                Kind::File(_) if entry.name == "inventory.json" => folder.has_inventory = true,
                Kind::File(_) if is_sidecar(&entry.name) => {}
                Kind::File(_) => self.report.say(code!("E015"), place, ""),
            }
        }
        Ok(folder)
    }

    /// All files of a content folder.
    fn content_folder(&mut self, top: String) -> io::Result<()> {
        let mut waiting = vec![(top, true)];
        while let Some((folder, is_top)) = waiting.pop() {
            let entries = sorted(self.source, &self.at(&folder))?;
            if entries.is_empty() {
                self.report.say(if is_top { code!("W003") } else { code!("E024") }, folder.as_str(), "");
            }
            for entry in entries {
                let path = format!("{folder}/{}", entry.name);
                match entry.kind {
                    Kind::Folder => waiting.push((path, false)),
                    Kind::File(_) => self.files.entry(path).or_default().exists = true,
                    Kind::Other => self.report.say(code!("E090"), path, ""),
                }
            }
        }
        Ok(())
    }

    /// An earlier inventory tells the same as that of the root (OCFL 3.5.1, 3.7).
    fn compare(&mut self, own: &Inventory, root: &Inventory, name: VersionName, place: &str) {
        if own.head != name {
            self.report.say(code!("E040"), format!("{place}#head"), own.head.to_string());
        }
        if own.id != root.id {
            self.report.say(code!("E037"), format!("{place}#id"), own.id.as_str());
        }
        for (name, version) in &own.versions {
            let key = format!("{place}#versions/{name}");
            let Some(current) = root.versions.get(name) else {
                self.report.say(code!("E066"), key, "");
                continue;
            };
            if !same_state((own, version), (root, current)) {
                self.report.say(code!("E066"), key.as_str(), "");
            }
            let told = |version: &Version| (version.created.clone(), version.message.clone(), version.user.clone());
            if told(version) != told(current) {
                self.report.say(code!("W011"), key, "");
            }
        }
    }

    /// What an inventory says of content files; and every file of its versions is in its manifest (OCFL 3.3.1).
    fn claims(&mut self, inventory: &Inventory, place: &str) {
        let manifest = inventory.manifest.iter().map(|block| (inventory.algorithm, block, code!("E092")));
        let fixity = inventory.fixity.iter().filter_map(|(name, paths)| {
            let algorithm = Algorithm::from_name(name)?;
            Some(paths.iter().map(move |block| (algorithm, block, code!("E093"))))
        });
        for (algorithm, (digest, paths), code) in manifest.chain(fixity.flatten()) {
            for path in paths {
                let claim = (algorithm, digest.to_ascii_lowercase(), code);
                let claims = self.files.entry(path.clone()).or_default();
                if !claims.digests.contains(&claim) {
                    claims.digests.push(claim);
                }
            }
        }
        let known: BTreeSet<&str> = inventory.manifest.values().flatten().map(String::as_str).collect();
        let within = |path: &str| {
            let version = path.split('/').next().and_then(VersionName::read);
            version.is_some_and(|version| version <= inventory.head)
        };
        for (path, claims) in &self.files {
            if claims.exists && within(path) && !known.contains(path.as_str()) {
                self.report.say(code!("E023"), path.as_str(), place);
            }
        }
    }

    /// Reads every file and compares with all that is said of it.
    fn content(&mut self) -> io::Result<()> {
        for (path, claims) in std::mem::take(&mut self.files) {
            if claims.digests.is_empty() {
                continue;
            }
            if !claims.exists {
                for code in claims.digests.iter().map(|claim| claim.2).collect::<BTreeSet<_>>() {
                    self.report.say(code, path.as_str(), "");
                }
                continue;
            }
            let algorithms: BTreeSet<Algorithm> = claims.digests.iter().map(|claim| claim.0).collect();
            let found = digests(self.source, &self.at(&path), algorithms)?;
            for (algorithm, digest, code) in claims.digests {
                if found.get(&algorithm) != Some(&digest) {
                    let value = found.get(&algorithm).map(String::as_str).unwrap_or_default();
                    self.report.say(code, path.as_str(), format!("{} {value}", algorithm.name()));
                }
            }
        }
        Ok(())
    }
}

/// The same logical paths with the same content: by digest, or where the algorithm changed by content path.
fn same_state(own: (&Inventory, &Version), root: (&Inventory, &Version)) -> bool {
    let files = |version: &Version| -> BTreeMap<String, String> {
        let state = version.state.iter();
        state.flat_map(|(digest, paths)| paths.iter().map(|path| (path.clone(), digest.clone()))).collect()
    };
    let (ours, theirs) = (files(own.1), files(root.1));
    let same_algorithm = own.0.algorithm == root.0.algorithm;
    ours.len() == theirs.len()
        && ours.iter().zip(&theirs).all(|((path, digest), (other_path, other))| {
            path == other_path
                && if same_algorithm {
                    digest.eq_ignore_ascii_case(other)
                } else {
                    let paths = |inventory: &Inventory, digest: &str| inventory.manifest.get(digest).cloned();
                    let (own_paths, root_paths) = (paths(own.0, digest), paths(root.0, other));
                    own_paths.zip(root_paths).is_some_and(|(own, root)| own.iter().any(|path| root.contains(path)))
                }
        })
}

/// Does the name have the form of a declaration after NAMASTE, `T=VALUE`?
pub(super) fn is_declaration(name: &str) -> bool {
    name.split_once('=').is_some_and(|(number, value)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && value.starts_with("ocfl_object_")
    })
}

fn is_sidecar(name: &str) -> bool {
    name.strip_prefix("inventory.json.").and_then(Algorithm::from_name).is_some_and(Algorithm::addresses_content)
}
