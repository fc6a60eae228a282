//! What a record may be about: files as they are, the protected objects of a package, the files of a container.
//!
//! Invariant: only files that the user named are read, and those that a named package refers to beside itself.

use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};
use vir_archive::evidence::container::{Protected, asic, cms, xaip};
use vir_archive::evidence::finding::Reason;
use vir_archive::evidence::record::Syntax;
use vir_archive::evidence::{Object, Record};

use crate::invoice::input::Source;
use crate::language::say;

/// A record and what it may be about.
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
pub struct Reading {
    /// The data objects.
    pub objects: Vec<Object<'static>>,
    /// What is wrong around them.
    pub faults: Vec<Reason>,
}

impl Material {
    /// The syntax that the record seems to have.
    pub fn syntax(&self) -> Syntax {
        let first = self.record.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'<') { Syntax::Xml } else { Syntax::Asn1 }
    }
}

/// More than this is not unpacked from a container.
const MOST_BYTES: u64 = 1 << 30;
const MOST_FILES: usize = 10_000;

/// The records in a file, each with what it may be about.
pub fn gather(source: &Source, data: &[PathBuf]) -> Result<Vec<Material>> {
    let bytes = source.read()?;
    let files = read(data)?;
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(contained(source, asic::records(&unpack(&bytes)?)));
    }
    if xaip::is_package(&bytes) {
        let beside = |uri: &str| beside(source, &files, uri);
        let contents = xaip::contents(&bytes, &beside)?;
        return Ok(contained(source, contents));
    }
    if Record::read(&bytes).is_err() {
        let content = files.first().map(|(_, bytes)| bytes.as_slice());
        if let Ok(found) = cms::records(&bytes, content)
            && !found.is_empty()
        {
            return Ok(contained(source, found));
        }
    }
    Ok(vec![Material { name: source.title(), record: bytes, readings: readings(source, &files), is_bare: true }])
}

/// The data of a record that stands alone.
fn readings(source: &Source, files: &[(String, Vec<u8>)]) -> Vec<Reading> {
    let mut found = Vec::new();
    if let [(_, bytes)] = files
        && xaip::is_package(bytes)
    {
        let beside = |uri: &str| beside(source, files, uri);
        let versions = xaip::contents(bytes, &beside).unwrap_or_default();
        let versions = versions.into_iter().filter(|version| version.record.is_none());
        found.extend(versions.map(|version| Reading { objects: version.objects, faults: version.faults }));
    }
    if !files.is_empty() {
        let objects = files.iter().map(|(name, bytes)| Object::new(name.clone(), bytes.clone())).collect();
        found.push(Reading { objects, faults: Vec::new() });
    }
    found
}

fn contained(source: &Source, found: Vec<Protected>) -> Vec<Material> {
    let records = found.into_iter().filter_map(|protected| {
        let record = protected.record?;
        let name = format!("{}: {}", source.title(), crate::terminal::printable(&protected.name));
        let readings = vec![Reading { objects: protected.objects, faults: protected.faults }];
        Some(Material { name, record, readings, is_bare: false })
    });
    records.collect()
}

fn read(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    paths
        .iter()
        .map(|path| {
            let source = Source::of(path);
            Ok((source.title(), source.read()?))
        })
        .collect()
}

/// A file to which a package refers: among the data, else in the folder of the package.
fn beside(source: &Source, files: &[(String, Vec<u8>)], uri: &str) -> Option<Vec<u8>> {
    let name = Path::new(uri).file_name()?;
    if let Some((_, bytes)) = files.iter().find(|(path, _)| Path::new(path).file_name() == Some(name)) {
        return Some(bytes.clone());
    }
    let relative = Path::new(uri);
    let is_below = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let label = source.label();
    let folder = Path::new(&label).parent().filter(|_| is_below && label != "-")?;
    std::fs::read(folder.join(relative)).ok()
}

fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > MOST_FILES {
        bail!(say("Der Behälter hat zu viele Dateien", "the container has too many files"));
    }
    let mut room = MOST_BYTES;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name()?.into_owned();
        let mut content = Vec::new();
        entry.take(room + 1).read_to_end(&mut content)?;
        let size = content.len() as u64;
        if size > room {
            bail!(say("Der Behälter ist entpackt zu groß", "the container is too large when unpacked"));
        }
        room -= size;
        files.push((name, content));
    }
    Ok(files)
}
