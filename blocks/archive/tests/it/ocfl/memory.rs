//! Files in memory, as a source to read from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use vir_archive::ocfl::storage::{Entry, Kind, Source};

/// Files by path; folders are those that have something in them, and those that are named.
#[derive(Default, Clone)]
pub struct Memory {
    pub files: BTreeMap<String, Vec<u8>>,
    pub folders: BTreeSet<String>,
}

impl Source for Memory {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut found = BTreeMap::new();
        let files = self.files.iter().map(|(path, bytes)| (path, Some(bytes.len() as u64)));
        for (path, size) in files.chain(self.folders.iter().map(|path| (path, None))) {
            let Some(rest) = path.strip_prefix(&prefix).filter(|rest| !rest.is_empty()) else { continue };
            match rest.split_once('/') {
                Some((name, _)) => found.insert(name.to_owned(), Kind::Folder),
                None => found.insert(rest.to_owned(), size.map_or(Kind::Folder, Kind::File)),
            };
        }
        if found.is_empty() && !folder.is_empty() && !self.folders.contains(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(found.into_iter().map(|(name, kind)| Entry { name, kind }).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.files.get(path) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
