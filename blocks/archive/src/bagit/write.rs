//! Writes a bag after RFC 8493, version 1.0, with SHA-512.
//!
//! Invariant: a bag that was finished is valid; content passes in pieces and is hashed while it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use super::path::encode;
use crate::ocfl::digest::Algorithm;
use crate::ocfl::path::fault;
use crate::ocfl::storage::{Storage, join, parent, receive};

/// What `bag-info.txt` says: labels with values, in their order. `Payload-Oxum` is added.
pub type Metadata = Vec<(String, String)>;

/// A bag in the making.
pub struct Writer<'s, S: ?Sized> {
    storage: &'s S,
    root: String,
    folders: BTreeSet<String>,
    payload: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    bytes: u64,
}

impl<'s, S: Storage + ?Sized> Writer<'s, S> {
    /// Begins a bag in a new folder.
    pub fn begin(storage: &'s S, root: &str) -> io::Result<Self> {
        let mut writer = Self {
            storage,
            root: root.to_owned(),
            folders: BTreeSet::new(),
            payload: BTreeMap::new(),
            tags: BTreeMap::new(),
            bytes: 0,
        };
        for folder in ["", "data"] {
            writer.folder(folder)?;
        }
        Ok(writer)
    }

    /// Writes a payload file: its path is below `data`.
    pub fn payload(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let path = sound(join("data", path))?;
        let (digest, size) = self.write(&path, content)?;
        self.bytes += size;
        self.payload.insert(path, digest);
        Ok(())
    }

    /// Writes a tag file of its own: not one of those that this writer makes, and not below `data`.
    pub fn tag(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let path = sound(path.to_owned())?;
        let reserved = ["bagit.txt", "bag-info.txt", "fetch.txt", "data"];
        let is_manifest = !path.contains('/') && (path.starts_with("manifest-") || path.starts_with("tagmanifest-"));
        if reserved.contains(&path.as_str()) || path.starts_with("data/") || is_manifest {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name is that of a part of the bag"));
        }
        let (digest, _) = self.write(&path, content)?;
        self.tags.insert(path, digest);
        Ok(())
    }

    /// Writes manifests and description, and makes all of it durable.
    pub fn finish(mut self, metadata: &Metadata) -> io::Result<()> {
        let mut info = String::new();
        let oxum = ("Payload-Oxum".to_owned(), format!("{}.{}", self.bytes, self.payload.len()));
        for (name, value) in metadata.iter().chain([&oxum]) {
            let is_sound = !name.is_empty()
                && name.trim() == name
                && !name.contains([':', '\r', '\n'])
                && !name.eq_ignore_ascii_case("Payload-Oxum") | std::ptr::eq(name, &oxum.0);
            if !is_sound {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "a label of the description is malformed"));
            }
            // Lines of a value continue it.
            let value = value.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
            info.push_str(&format!("{name}: {}\n", value.join("\n  ")));
        }
        let manifest = listing(&self.payload);
        let bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        for (name, text) in [("bagit.txt", bagit), ("bag-info.txt", &info), ("manifest-sha512.txt", &manifest)] {
            let (digest, _) = self.write(name, &mut text.as_bytes())?;
            self.tags.insert(name.to_owned(), digest);
        }
        let tags = listing(&self.tags);
        self.write("tagmanifest-sha512.txt", &mut tags.as_bytes())?;
        let files = self.payload.keys().chain(self.tags.keys()).map(String::as_str).chain(["tagmanifest-sha512.txt"]);
        let files: Vec<String> = files.map(|path| join(&self.root, path)).collect();
        let mut folders: Vec<String> = self.folders.iter().map(|path| join(&self.root, path)).collect();
        folders.push(parent(&self.root).0.to_owned());
        self.storage.sync(&files, &folders)
    }

    fn folder(&mut self, path: &str) -> io::Result<()> {
        if self.folders.insert(path.to_owned()) {
            self.storage.make_folder(&join(&self.root, path))?;
        }
        Ok(())
    }

    fn write(&mut self, path: &str, content: &mut dyn Read) -> io::Result<(String, u64)> {
        for (end, _) in path.match_indices('/') {
            self.folder(&path[..end])?;
        }
        receive(self.storage, &join(&self.root, path), content, Algorithm::Sha512)
    }
}

fn listing(files: &BTreeMap<String, String>) -> String {
    files.iter().map(|(path, digest)| format!("{digest}  {}\n", encode(path))).collect()
}

/// A path that stays within the bag on all systems, and that every reader takes for what it is.
fn sound(path: String) -> io::Result<String> {
    let refused = fault(&path).is_some() || super::path::names(&path).is_err() || path.contains(['\\', '\0']);
    if refused {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is no path within a bag"))
    } else {
        Ok(path)
    }
}
