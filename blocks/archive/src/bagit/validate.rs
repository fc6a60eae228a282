//! Judges a bag: complete and valid in the sense of RFC 8493, section 3, by the rules of the version that it declares.
//!
//! Each file is read once, for all manifests that list it. A bag is judged the same on every system: a path that leads
//! out of the bag on one of them is refused.
//!
//! Invariant: time and memory are bounded by the bag; nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use vir_core::Severity;

use super::finding::{Finding, Reason};
use super::path::{Outside, folded, names};
use super::sum;
use super::tag::{BagVersion, Encoding, Label, declaration, labels, lines};
use crate::ocfl::storage::{Kind, Source, join, pieces, read, sorted};

/// What is larger is no tag file that we read.
const LARGEST_TAG: u64 = 1 << 30;
/// How many findings a report keeps.
const MOST: usize = 10_000;

/// What was found out about a bag.
#[derive(Debug, Clone, Default)]
pub struct BagReport {
    /// The version that it declares.
    pub version: Option<BagVersion>,
    /// What `bag-info.txt` says.
    pub labels: Vec<Label>,
    /// The payload with its sizes.
    pub payload: BTreeMap<String, u64>,
    /// All that is to be said.
    pub findings: Vec<Finding>,
}

impl BagReport {
    /// Is it complete and valid?
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// What is said of the bag at `root`, a path of `source`.
pub fn validate(source: &(impl Source + ?Sized), root: &str) -> io::Result<BagReport> {
    let mut bag = Bag {
        source,
        root,
        report: BagReport::default(),
        version: BagVersion::V1_0,
        encoding: Encoding::Utf8,
        files: BTreeMap::new(),
        fetch: BTreeSet::new(),
        claims: BTreeMap::new(),
        others: BTreeMap::new(),
    };
    bag.run()?;
    Ok(bag.report)
}

/// What manifests say of a file: algorithm, digest, manifest.
type Claims = Vec<(String, String, String)>;

struct Bag<'s, S: ?Sized> {
    source: &'s S,
    root: &'s str,
    report: BagReport,
    version: BagVersion,
    encoding: Encoding,
    /// All files with their sizes.
    files: BTreeMap<String, u64>,
    fetch: BTreeSet<String>,
    claims: BTreeMap<String, Claims>,
    /// Files by their names without case, as far as those are different.
    others: BTreeMap<String, Vec<String>>,
}

impl<S: Source + ?Sized> Bag<'_, S> {
    fn say(&mut self, place: &str, reason: Reason) {
        self.weigh(place, reason, Severity::Error);
    }

    fn weigh(&mut self, place: &str, reason: Reason, severity: Severity) {
        let finding = Finding { place: place.to_owned(), reason, severity };
        // Beyond the bound, errors only: that the bag is invalid must not be lost.
        let keeps = self.report.findings.len() < MOST || severity == Severity::Error && self.report.is_valid();
        if keeps && !self.report.findings.contains(&finding) {
            self.report.findings.push(finding);
        }
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        read(self.source, &join(self.root, name), LARGEST_TAG)
    }

    fn run(&mut self) -> io::Result<()> {
        let top = self.source.list(self.root)?;
        let Some(bytes) = self.read("bagit.txt")? else {
            self.say("bagit.txt", Reason::NoDeclaration);
            return Ok(());
        };
        let Some(declared) = declaration(&bytes) else {
            self.say("bagit.txt", Reason::Declaration);
            return Ok(());
        };
        self.version = declared.version;
        self.report.version = Some(declared.version);
        if declared.version < BagVersion::OLDEST || declared.version > BagVersion::V1_0 {
            let version = format!("{}.{}", declared.version.major, declared.version.minor);
            self.say("bagit.txt", Reason::UnknownVersion(version));
        }
        match declared.encoding {
            Ok(encoding) => self.encoding = encoding,
            Err(name) => {
                self.say("bagit.txt", Reason::UnknownEncoding(name));
                return Ok(());
            }
        }
        if !top.iter().any(|entry| entry.name == "data" && entry.kind == Kind::Folder) {
            self.say("data", Reason::NoPayload);
        }
        self.walk()?;
        let payload = self.manifests("manifest-")?;
        if payload.is_empty() {
            self.say("", Reason::NoManifest);
        }
        self.fetch()?;
        self.listed(&payload);
        self.manifests("tagmanifest-")?;
        self.content()?;
        self.info()
    }

    /// All files of the bag.
    fn walk(&mut self) -> io::Result<()> {
        let mut waiting = vec![String::new()];
        while let Some(folder) = waiting.pop() {
            for entry in sorted(self.source, &join(self.root, &folder))? {
                let path = join(&folder, &entry.name);
                match entry.kind {
                    Kind::Folder => waiting.push(path),
                    Kind::Other => self.say(&path, Reason::Link),
                    Kind::File(size) => {
                        if path.starts_with("data/") {
                            self.report.payload.insert(path.clone(), size);
                        }
                        self.others.entry(folded(&path)).or_default().push(path.clone());
                        self.files.insert(path, size);
                    }
                }
            }
        }
        Ok(())
    }

    /// The text of a tag file.
    fn text(&mut self, name: &str) -> io::Result<Option<String>> {
        let Some(bytes) = self.read(name)? else { return Ok(None) };
        if self.encoding == Encoding::Utf8 && bytes.starts_with(b"\xef\xbb\xbf") {
            self.weigh(name, Reason::ByteOrderMark, Severity::Warning);
        }
        let text = self.encoding.read(&bytes);
        if text.is_none() {
            self.say(name, Reason::NotInEncoding);
        }
        Ok(text)
    }

    /// All manifests of a kind: their names, with the files that each lists.
    fn manifests(&mut self, kind: &str) -> io::Result<BTreeMap<String, BTreeSet<String>>> {
        let of_kind = |name: &&String| name.starts_with(kind) && name.ends_with(".txt") && !name.contains('/');
        let names: Vec<String> = self.files.keys().filter(of_kind).cloned().collect();
        let mut read = BTreeMap::new();
        for name in names {
            let algorithm = name[kind.len()..name.len() - 4].to_owned();
            let Some(hasher) = sum::hasher(&algorithm) else {
                self.weigh(&name, Reason::UnknownAlgorithm, Severity::Warning);
                continue;
            };
            if let Some(text) = self.text(&name)? {
                let digits = hasher.output_size() * 2;
                let listed = self.manifest(&name, &algorithm.to_ascii_lowercase(), digits, &text);
                read.insert(name, listed);
            }
        }
        Ok(read)
    }

    fn manifest(&mut self, name: &str, algorithm: &str, digits: usize, text: &str) -> BTreeSet<String> {
        let is_payload = name.starts_with("manifest-");
        let mut listed: BTreeMap<String, String> = BTreeMap::new();
        for (at, line) in lines(text).enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let Some((digest, rest)) = line.split_once([' ', '\t']) else {
                self.say(name, Reason::Line(at + 1));
                continue;
            };
            if digest.len() != digits || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.say(name, Reason::DigestLength(at + 1));
                continue;
            }
            let mut written = rest.trim_start_matches([' ', '\t']);
            if let Some(plain) = written.strip_prefix('*') {
                self.weigh(name, Reason::ReadAsBinary, Severity::Warning);
                written = plain;
            }
            let Some(path) = self.path(name, written, is_payload) else { continue };
            let digest = digest.to_ascii_lowercase();
            if let Some(before) = listed.get(&path) {
                if *before == digest {
                    // RFC 8493 forbids it, the drafts did not.
                    let severity = if self.version < BagVersion::V1_0 { Severity::Warning } else { Severity::Error };
                    self.weigh(&path, Reason::ListedTwice, severity);
                } else {
                    self.say(&path, Reason::ListedTwiceDifferently);
                }
                continue;
            }
            let claim = (algorithm.to_owned(), digest.clone(), name.to_owned());
            self.claims.entry(path.clone()).or_default().push(claim);
            listed.insert(path, digest);
        }
        listed.into_keys().collect()
    }

    /// The file that a written path names; it need not be there.
    fn path(&mut self, place: &str, written: &str, is_payload: bool) -> Option<String> {
        let candidates = match names(written) {
            Ok(candidates) => candidates,
            Err(Outside::Absolute | Outside::Above | Outside::Home) => {
                self.say(place, Reason::OutsideOfBag(written.to_owned()));
                return None;
            }
        };
        if written.starts_with("./") {
            self.weigh(place, Reason::DotSlash, Severity::Warning);
        }
        let found = candidates.iter().find(|path| self.files.contains_key(*path)).cloned();
        let path = found.unwrap_or_else(|| self.other_name(&candidates[1]).unwrap_or_else(|| candidates[1].clone()));
        if is_payload && !path.starts_with("data/") {
            self.say(place, Reason::NotInPayload(written.to_owned()));
            return None;
        }
        Some(path)
    }

    /// A file whose name differs only as some systems do not see it (RFC 8493, 6.1.2).
    fn other_name(&mut self, path: &str) -> Option<String> {
        let others = self.others.get(&folded(path))?;
        let [only] = others.as_slice() else { return None };
        let only = only.clone();
        self.weigh(path, Reason::OtherName(only.clone()), Severity::Warning);
        Some(only)
    }

    /// `fetch.txt`: what is still elsewhere (RFC 8493, 2.2.3).
    fn fetch(&mut self) -> io::Result<()> {
        let Some(text) = self.text("fetch.txt")? else { return Ok(()) };
        for (at, line) in lines(&text).enumerate() {
            let mut parts = line.splitn(2, [' ', '\t']);
            let (url, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let rest = rest.trim_start_matches([' ', '\t']);
            let (length, path) = rest.split_once([' ', '\t']).unwrap_or_default();
            let sound = length == "-" || !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            if url.is_empty() || !sound {
                self.say("fetch.txt", Reason::Line(at + 1));
                continue;
            }
            if let Some(path) = self.path("fetch.txt", path.trim_start_matches([' ', '\t']), true) {
                if !self.claims.contains_key(&path) {
                    self.say(&path, Reason::NotListed);
                }
                self.fetch.insert(path);
            }
        }
        Ok(())
    }

    /// Every payload file is in a manifest, since 1.0 in each.
    fn listed(&mut self, manifests: &BTreeMap<String, BTreeSet<String>>) {
        let paths: BTreeSet<String> =
            self.report.payload.keys().cloned().chain(manifests.values().flatten().cloned()).collect();
        for path in paths {
            let missing: Vec<&String> =
                manifests.iter().filter(|(_, listed)| !listed.contains(&path)).map(|(name, _)| name).collect();
            if missing.len() == manifests.len() {
                self.say(&path, Reason::NotListed);
            } else if self.version >= BagVersion::V1_0 {
                for name in missing {
                    self.say(&path, Reason::NotListedEverywhere(name.clone()));
                }
            }
        }
    }

    /// Reads every file that a manifest lists.
    fn content(&mut self) -> io::Result<()> {
        for (path, claims) in std::mem::take(&mut self.claims) {
            if !self.files.contains_key(&path) {
                let reason = if self.fetch.contains(&path) { Reason::ToBeFetched } else { Reason::Missing };
                self.say(&path, reason);
                continue;
            }
            let mut hashers: BTreeMap<&str, _> = BTreeMap::new();
            for (algorithm, ..) in &claims {
                if let Some(hasher) = sum::hasher(algorithm) {
                    hashers.insert(algorithm, hasher);
                }
            }
            pieces(&mut *self.source.open(&join(self.root, &path))?, &mut |piece| {
                hashers.values_mut().for_each(|hasher| hasher.update(piece));
                Ok(())
            })?;
            let values: BTreeMap<&str, String> =
                hashers.into_iter().map(|(name, hasher)| (name, sum::value(hasher))).collect();
            for (algorithm, digest, manifest) in &claims {
                if values.get(algorithm.as_str()) != Some(digest) {
                    self.say(&path, Reason::Changed(manifest.clone()));
                }
            }
        }
        Ok(())
    }

    /// `bag-info.txt`, which was `package-info.txt` up to 0.95.
    fn info(&mut self) -> io::Result<()> {
        let name = if self.version <= BagVersion::V0_95 { "package-info.txt" } else { "bag-info.txt" };
        let Some(text) = self.text(name)? else { return Ok(()) };
        match labels(&text, self.version) {
            Err(line) => self.say(name, Reason::Line(line)),
            Ok(labels) => {
                let (count, bytes) = (self.report.payload.len(), self.report.payload.values().sum::<u64>());
                let found = format!("{bytes}.{count}");
                for label in labels.iter().filter(|label| label.name.eq_ignore_ascii_case("Payload-Oxum")) {
                    // Files that are still elsewhere do not count here.
                    if label.value != found && self.fetch.is_subset(&self.files.keys().cloned().collect()) {
                        self.say(name, Reason::OtherSize { said: label.value.clone(), found: found.clone() });
                    }
                }
                self.report.labels = labels;
            }
        }
        Ok(())
    }
}
