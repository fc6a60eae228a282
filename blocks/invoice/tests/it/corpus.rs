//! The third-party corpora, where they are at hand: the folder that `VIR_CORPORA` names, or
//! `../shared/corpora` beside the workspace. Without them the tests that need them claim nothing.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// The folder of the corpora.
fn folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("VIR_CORPORA").map_or(default, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// One file of an archive, by its path in it; none where the corpora are not at hand.
pub fn file(archive: &str, path: &str) -> Option<String> {
    let archive = fs::File::open(folder()?.join(archive)).expect("the corpora are complete");
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries().expect("a readable archive") {
        let mut entry = entry.expect("a readable archive");
        if entry.path().expect("a readable path").ends_with(path) {
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("text");
            return Some(text);
        }
    }
    panic!("{path} is not in the archive")
}

/// The XML documents of an archive below a folder; empty where the corpora are not at hand.
pub fn documents(archive: &str, under: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else { return Vec::new() };
    let archive = fs::File::open(folder.join(archive)).expect("the corpora are complete");
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut found = Vec::new();
    for entry in archive.entries().expect("a readable archive") {
        let mut entry = entry.expect("a readable archive");
        let path = entry.path().expect("a readable path").display().to_string();
        if path.contains(under) && path.ends_with(".xml") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("a readable archive");
            found.push((path, bytes));
        }
    }
    found
}

/// Our own sample invoices by path.
pub fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let entries = fs::read_dir(folder).expect("the samples are committed").flatten().map(|entry| entry.path());
    let xml = entries.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    let mut found: Vec<_> = xml.map(|path| (path.display().to_string(), fs::read(&path).expect("readable"))).collect();
    found.sort();
    found
}
