//! Writing a parcel.
//!
//! Invariant: each file passes in pieces and is compared on its way; one that is not the stated one ends the work.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use vir_archive::bagit;
use vir_archive::ocfl::storage::{Storage, join, pieces};
use vir_archive::package::eark::{self, Kind, Options, Part};
use vir_archive::package::xaip::{self as document, WriteError};
use vir_archive::package::{Checked, Evidence, File, Package, PackageError, Representation, Version};

use super::{Contents, Edition, Form, Parcel, ParcelError};

const RECORD: &str = "evidence.ers";
const INVENTORY: &str = "inventory.json";
/// The one document of a package after TR-03125, where it has company.
const DOCUMENT: &str = "paket.xml";

/// Writes a parcel into a new folder of a storage. Whoever owns the storage makes it durable.
///
/// # Errors
/// Where a file is not what the package states, the form cannot carry it, or reading or writing fails.
pub fn write(parcel: &Parcel, form: Form, contents: &dyn Contents, out: &dyn Storage) -> Result<(), ParcelError> {
    match form {
        Form::Folder => folder(parcel, contents, out),
        Form::Bag => bag(parcel, contents, out),
        Form::Eark(kind) => e_ark(parcel, kind, contents, out),
        Form::Xaip => {
            let tree = Tree::new(out, &parcel.folder);
            tree.beside(parcel)?;
            let mut file = tree.create(DOCUMENT)?;
            xaip(parcel, contents, &mut file)?;
            Ok(file.flush()?)
        }
    }
}

/// A folder of a storage in which folders are made as they are needed.
struct Tree<'s> {
    storage: &'s dyn Storage,
    root: &'s str,
    made: RefCell<BTreeSet<String>>,
}

impl<'s> Tree<'s> {
    fn new(storage: &'s dyn Storage, root: &'s str) -> Self {
        Self { storage, root, made: RefCell::default() }
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn Write + 's>> {
        let whole = join(self.root, path);
        for (end, _) in whole.match_indices('/') {
            if self.made.borrow_mut().insert(whole[..end].to_owned()) {
                self.storage.make_folder(&whole[..end])?;
            }
        }
        self.storage.create(&whole)
    }

    fn put(&self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let mut file = self.create(path)?;
        pieces(content, &mut |piece| file.write_all(piece))?;
        file.flush()
    }

    fn beside(&self, parcel: &Parcel) -> io::Result<()> {
        parcel.beside.iter().try_for_each(|(name, content)| self.put(name, &mut content.as_slice()))
    }
}

/// The versions with what belongs to them.
fn versions(parcel: &Parcel) -> impl Iterator<Item = (&Version, &Edition)> {
    parcel.package.versions.iter().zip(&parcel.editions)
}

/// Inventory and record of a version, with their paths.
fn proofs<'p>(parcel: &'p Parcel, edition: &'p Edition) -> impl Iterator<Item = (String, &'p [u8])> {
    let folder = join(&edition.folder, parcel.proofs);
    let both = [(INVENTORY, &edition.inventory), (RECORD, &edition.record)];
    both.into_iter().filter_map(move |(name, bytes)| Some((join(&folder, name), bytes.as_deref()?)))
}

fn checked<'c>(contents: &'c dyn Contents, file: &'c File) -> io::Result<Checked<'c, Box<dyn Read + 'c>>> {
    Ok(Checked::new(file, contents.open(file)?))
}

fn folder(parcel: &Parcel, contents: &dyn Contents, out: &dyn Storage) -> Result<(), ParcelError> {
    parcel.package.check()?;
    let tree = Tree::new(out, &parcel.folder);
    tree.beside(parcel)?;
    for (version, edition) in versions(parcel) {
        for (path, bytes) in proofs(parcel, edition) {
            tree.put(&path, &mut &*bytes)?;
        }
        for (path, file) in version.files() {
            tree.put(&join(&edition.folder, &path), &mut checked(contents, file)?)?;
        }
    }
    Ok(())
}

fn bag(parcel: &Parcel, contents: &dyn Contents, out: &dyn Storage) -> Result<(), ParcelError> {
    parcel.package.check()?;
    let mut bag = bagit::Writer::begin(out, &parcel.folder)?;
    for (version, edition) in versions(parcel) {
        for (path, file) in version.files() {
            bag.payload(&join(&edition.folder, &path), &mut checked(contents, file)?)?;
        }
    }
    for (name, content) in &parcel.beside {
        bag.payload(name, &mut content.as_slice())?;
    }
    for (_, edition) in versions(parcel) {
        for (path, bytes) in proofs(parcel, edition) {
            bag.payload(&path, &mut &*bytes)?;
        }
    }
    Ok(bag.finish(&parcel.labels)?)
}

fn e_ark(parcel: &Parcel, kind: Kind, contents: &dyn Contents, out: &dyn Storage) -> Result<(), ParcelError> {
    let mut documentation = parcel.beside.clone();
    if let Some(edition) = parcel.editions.last() {
        let both = [(INVENTORY, &edition.inventory), (RECORD, &edition.record)];
        documentation
            .extend(both.into_iter().filter_map(|(name, bytes)| Some((name.to_owned(), bytes.as_ref()?.clone()))));
    }
    let software = ("vir".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    // The folder has the name of the package (CSIPSTR2); programs that read packages rely on it.
    let package = Package { id: parcel.folder.clone(), ..parcel.package.clone() };
    let layout = eark::write(&package, kind, &Options { software, documentation, ..Options::default() })?;
    let version = parcel.package.current()?;
    let files: BTreeMap<String, &File> = version.files().map(|(_, file)| (file.key(), file)).collect();
    let tree = Tree::new(out, &parcel.folder);
    for (path, part) in layout.files {
        match part {
            Part::Document(bytes) => tree.put(&path, &mut bytes.as_slice())?,
            Part::Content(key) => {
                let file = files.get(&key).ok_or_else(|| PackageError::Missing(path.clone()))?;
                tree.put(&path, &mut checked(contents, file)?)?;
            }
        }
    }
    Ok(())
}

/// Writes the XAIP alone: contents, versions, and the evidence records in its credentials.
///
/// # Errors
/// As [`write`].
pub fn xaip(parcel: &Parcel, contents: &dyn Contents, out: &mut dyn Write) -> Result<(), ParcelError> {
    let mut package: Package = parcel.package.clone();
    let mut inventories: BTreeMap<String, &[u8]> = BTreeMap::new();
    let is_listed = parcel.editions.iter().all(|edition| edition.inventory.is_some());
    for (at, (version, edition)) in package.versions.iter_mut().zip(&parcel.editions).enumerate() {
        let Some(bytes) = edition.inventory.as_deref().filter(|_| is_listed) else { continue };
        let file = File { mime: Some("application/json".to_owned()), ..File::of(INVENTORY, bytes) };
        inventories.insert(file.key(), bytes);
        version.representations.push(Representation { name: parcel.proofs.to_owned(), files: vec![file] });
        let record = edition.record.clone();
        package.evidence.extend(record.map(|record| Evidence { version: at + 1, record }));
    }
    let inventory = is_listed.then(|| join(parcel.proofs, INVENTORY));
    let open = |file: &File| -> io::Result<Option<Box<dyn Read + '_>>> {
        match inventories.get(&file.key()) {
            Some(bytes) => Ok(Some(Box::new(*bytes))),
            None => contents.open(file).map(Some),
        }
    };
    document::stream(&package, inventory.as_deref(), &open, out).map_err(|error| match error {
        WriteError::Io(error) => error.into(),
        WriteError::Package(error) => error.into(),
        other => ParcelError::Io(io::Error::other(other)),
    })
}
