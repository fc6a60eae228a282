//! The third-party corpora, where they are at hand: the folder that `VIR_CORPORA` names, or
//! `../shared/corpora` beside the workspace. Without them the tests that need them claim nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// The folder of the corpora.
fn folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("VIR_CORPORA").map_or(default, PathBuf::from).join("archive");
    folder.is_dir().then_some(folder)
}

/// All files of an archive by path; none where the corpora are not at hand.
pub fn files(archive: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let archive = fs::File::open(folder()?.join(archive)).expect("the corpora are complete");
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut found = BTreeMap::new();
    for entry in archive.entries().expect("a readable archive") {
        let mut entry = entry.expect("a readable archive");
        if entry.header().entry_type().is_file() {
            let path = entry.path().expect("a readable path").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("a readable archive");
            found.insert(path, bytes);
        }
    }
    Some(found)
}
