//! What somebody hands in to be judged: a record with data beside it, or a package that holds both.
//!
//! A file may be a record (RFC 4998, RFC 6283), a signature with one, an XAIP, an ASiC container, or a ZIP archive with
//! files and records. A record may cover an OCFL inventory; then the inventory tells which files it stands for, and
//! each of them is compared with the hash value there.
//!
//! Invariant: of every file that was handed in it is said whether a record covers it; unpacking stays within the limits.

mod listed;
mod unpack;

use serde::Serialize;
use thiserror::Error;
use vir_core::Text;

use super::container::xaip::{self, Beside};
use super::container::{Protected, asic, cms};
use super::finding::{Finding, Place, Reason};
use super::object::Object;
use super::record::{Record, RecordError, Syntax};
use super::verify::{Options, Report, Verdict, verify};
use crate::ocfl::inventory::Inventory;
use crate::xml::canonical;

pub use listed::{FileState, Listed};

/// How much of a container is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Files, records among them.
    pub files: usize,
    /// Elements of one XML document: what is read of it takes many times its size.
    pub elements: usize,
}

impl Limits {
    /// For a program that works for whoever started it.
    pub const OWN: Self = Self { bytes: 1 << 30, files: 10_000, elements: 50_000_000 };

    /// Is this file within them?
    fn judge(self, name: &str, bytes: &[u8]) -> Result<(), SubmissionError> {
        if memchr::memchr_iter(b'<', bytes).count() > self.elements && canonical::text(bytes).is_some() {
            return Err(SubmissionError::Elements(name.to_owned(), self.elements));
        }
        Ok(())
    }
}

/// A file: name or path, and content.
pub type File = (String, Vec<u8>);

/// Why nothing can be judged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SubmissionError {
    /// No readable ZIP archive.
    #[error("the container is not readable: {0}")]
    Container(String),
    /// More files than are unpacked.
    #[error("the container has more than {0} files")]
    Many(usize),
    /// More bytes than are unpacked.
    #[error("the container is larger than {0} bytes when unpacked")]
    Large(u64),
    /// More elements than are read.
    #[error("{0} has more than {1} elements")]
    Elements(String, usize),
    /// A package that cannot be read.
    #[error("the package is not readable: {0}")]
    Package(#[from] RecordError),
}

impl SubmissionError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Container(why) => Text::owned(
                format!("Der Behälter ist nicht lesbar: {why}"),
                format!("The container is not readable: {why}"),
            ),
            Self::Many(files) => Text::owned(
                format!("Der Behälter hat mehr als {files} Dateien."),
                format!("The container has more than {files} files."),
            ),
            Self::Large(bytes) => Text::owned(
                format!("Der Behälter ist entpackt größer als {} MiB.", bytes >> 20),
                format!("The container is larger than {} MiB when unpacked.", bytes >> 20),
            ),
            Self::Elements(name, most) => Text::owned(
                format!("{name} hat mehr als {most} Elemente."),
                format!("{name} has more than {most} elements."),
            ),
            Self::Package(why) => {
                Text::owned(format!("Das Paket ist nicht lesbar: {why}"), format!("The package is not readable: {why}"))
            }
        }
    }
}

/// A record and what it may be about.
#[derive(Debug, Clone)]
pub struct Material {
    /// The file, or the place in a container.
    pub name: String,
    /// The record.
    pub record: Vec<u8>,
    /// Ways to see the data, the likeliest first.
    pub readings: Vec<Reading>,
    /// A file of its own, not in a container.
    pub is_bare: bool,
}

/// One way to see the data.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The data objects.
    pub objects: Vec<Object<'static>>,
    /// What is wrong around them.
    pub faults: Vec<Reason>,
    /// What an inventory among them says of the files.
    pub listed: Option<Listed>,
}

impl From<Protected> for Reading {
    fn from(protected: Protected) -> Self {
        Self { objects: protected.objects, faults: protected.faults, listed: None }
    }
}

/// One record with the report on it.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The file, or the place in a container.
    #[serde(rename = "record")]
    pub name: String,
    /// The report.
    pub report: Report,
    /// The files that an inventory stands for, where one was covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Listed>,
    /// Could the record be read at all?
    #[serde(skip)]
    pub is_readable: bool,
}

impl Material {
    /// The syntax that the record seems to have.
    #[must_use]
    pub fn syntax(&self) -> Syntax {
        let first = self.record.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'<') { Syntax::Xml } else { Syntax::Asn1 }
    }

    /// Judges the record for what it may be about: the first reading for which it is valid counts, else the first.
    #[must_use]
    pub fn judge(&self, options: &Options<'_>) -> Judged {
        let name = self.name.clone();
        let record = match Record::read(&self.record) {
            Ok(record) => record,
            Err(error) => {
                let report = Report::unreadable(self.syntax(), error.to_string(), options.at);
                return Judged { name, report, files: None, is_readable: false };
            }
        };
        let mut first: Option<Judged> = None;
        for reading in &self.readings {
            let mut report = verify(&record, &reading.objects, options);
            let around = reading.faults.iter().cloned().chain(reading.listed.iter().flat_map(Listed::reasons));
            report.add(around.map(|reason| Finding { place: Place::RECORD, reason, syntax: record.syntax }));
            let judged = Judged { name: name.clone(), report, files: reading.listed.clone(), is_readable: true };
            // A file that was changed is told of by the reading that knows of it, though another may come to nothing.
            if judged.report.verdict == Verdict::Valid {
                return judged;
            }
            let errors = |one: &Judged| one.report.findings.iter().filter(|finding| finding.is_error()).count();
            if first.as_ref().is_none_or(|first| judged.files.is_some() && errors(&judged) < errors(first)) {
                first = Some(judged);
            }
        }
        first.unwrap_or_else(|| Judged { name, report: verify(&record, &[], options), files: None, is_readable: true })
    }
}

/// The records in a file, each with what it may be about. `beside` gives files to which a package refers.
pub fn gather(
    name: &str,
    bytes: Vec<u8>,
    data: &[File],
    beside: Beside<'_>,
    limits: Limits,
) -> Result<Vec<Material>, SubmissionError> {
    limits.judge(name, &bytes)?;
    data.iter().try_for_each(|(name, bytes)| limits.judge(name, bytes))?;
    if unpack::is_archive(&bytes) {
        return packed(name, &bytes, data, limits);
    }
    let looks_up = |uri: &str| at_hand(data, uri).or_else(|| beside(uri));
    if xaip::is_package(&bytes) {
        let contents = xaip::contents(&bytes, &looks_up)?;
        let all = || xaip::data_objects(&bytes);
        return Ok(contained(name, contents, &all));
    }
    if Record::read(&bytes).is_err() {
        let content = data.first().map(|(_, bytes)| bytes.as_slice());
        if let Ok(found) = cms::records(&bytes, content)
            && !found.is_empty()
        {
            return Ok(contained(name, found, &Vec::new));
        }
    }
    let readings = loose(data, beside, limits)?;
    Ok(vec![Material { name: name.to_owned(), record: bytes, readings, is_bare: true }])
}

/// A file to which a package refers, among the data.
fn at_hand(data: &[File], uri: &str) -> Option<Vec<u8>> {
    let name = listed::file_name(uri);
    data.iter().find(|(path, _)| listed::file_name(path) == name).map(|(_, bytes)| bytes.clone())
}

/// The data of a record that stands alone.
fn loose(data: &[File], beside: Beside<'_>, limits: Limits) -> Result<Vec<Reading>, SubmissionError> {
    let mut found = Vec::new();
    if let [(_, bytes)] = data {
        if xaip::is_package(bytes) {
            let versions = xaip::contents(bytes, &|uri| beside(uri)).unwrap_or_default();
            let versions = versions.into_iter().filter(|version| version.record.is_none());
            found.extend(versions.map(Reading::from));
        } else if unpack::is_archive(bytes) {
            // A ZIP archive may be the data itself, or hold the data.
            let inside = unpack::files(bytes, limits)?;
            found.extend(by_inventory(&inside, "", Vec::new()));
        }
    }
    let mut exact = by_inventory(data, "", Vec::new());
    exact.iter_mut().filter_map(|reading| reading.listed.as_mut()).for_each(|listed| listed.is_exact = true);
    found.extend(exact);
    if !data.is_empty() {
        let objects = data.iter().map(|(name, bytes)| Object::new(name.clone(), bytes.clone())).collect();
        found.push(Reading { objects, faults: Vec::new(), listed: None });
    }
    Ok(found)
}

/// The records within a ZIP archive: an ASiC container, or files with their records.
fn packed(name: &str, bytes: &[u8], data: &[File], limits: Limits) -> Result<Vec<Material>, SubmissionError> {
    let mut files = unpack::files(bytes, limits)?;
    let of_container = asic::records(&files);
    if !of_container.is_empty() {
        return Ok(contained(name, of_container, &Vec::new));
    }
    let mut found = Vec::new();
    for (path, content) in files.iter().filter(|(path, _)| path.to_ascii_lowercase().ends_with(".xml")) {
        if xaip::is_package(content) {
            let looks_up = |uri: &str| at_hand(&files, uri);
            let all = || xaip::data_objects(content);
            found.extend(contained(&format!("{name}: {path}"), xaip::contents(content, &looks_up)?, &all));
        }
    }
    let (records, others): (Vec<File>, Vec<File>) =
        files.drain(..).chain(data.iter().cloned()).partition(|(path, bytes)| is_record(path, bytes));
    let names: Vec<String> = records.iter().map(|(path, _)| path.clone()).collect();
    for (path, record) in records {
        let mut readings = by_inventory(&others, listed::folder(&path), names.clone());
        if readings.is_empty() {
            let objects = others.iter().map(|(name, bytes)| Object::new(name.clone(), bytes.clone())).collect();
            readings.push(Reading { objects, faults: Vec::new(), listed: None });
        }
        found.push(Material { name: format!("{name}: {path}"), record, readings, is_bare: false });
    }
    Ok(found)
}

/// Is it a record, by name and content?
fn is_record(path: &str, bytes: &[u8]) -> bool {
    let path = path.to_ascii_lowercase();
    let is_named = path.ends_with(".ers") || path.ends_with(".er") || path.contains("evidencerecord");
    is_named && Record::read(bytes).is_ok()
}

/// Inventories among the files, those in the folder of the record first: each stands for the files that it lists.
fn by_inventory(files: &[File], folder: &str, records: Vec<String>) -> Vec<Reading> {
    /// More of them are not looked at: a package has one for each version.
    const MOST: usize = 100;
    let is_named = |path: &str| listed::file_name(path) == "inventory.json";
    let mut named: Vec<&File> = files.iter().filter(|(path, _)| is_named(path)).collect();
    named.sort_by_key(|(path, _)| listed::folder(path) != folder);
    let read = named.into_iter().take(MOST).filter_map(|file| Some((file, Inventory::parse(&file.1)?)));
    let mut sums = listed::Sums::new(files, records);
    read.map(|((path, bytes), inventory)| Reading {
        objects: vec![Object::new(path.clone(), bytes.clone())],
        faults: Vec::new(),
        listed: Some(sums.listed(&inventory, path)),
    })
    .collect()
}

fn contained(name: &str, found: Vec<Protected>, all: &dyn Fn() -> Vec<Object<'static>>) -> Vec<Material> {
    let records = found.into_iter().filter_map(|mut protected| {
        let record = protected.record.take()?;
        let name = format!("{name}: {}", protected.name);
        let mut reading = Reading::from(protected);
        // The package of our own form protects its inventory, and that stands for the rest.
        if let [only] = reading.objects.as_slice()
            && let Some(inventory) = only.bytes().and_then(Inventory::parse)
        {
            reading.listed = Some(listed::of_objects(&inventory, &only.name, &all()));
        }
        Some(Material { name, record, readings: vec![reading], is_bare: false })
    });
    records.collect()
}
