//! The folder into which packages go.
//!
//! What is being made lies in [`STAGING`] and gets its name when all of it is on the disk. [`LEDGER`] has a line of
//! JSON for each package, written before the package gets its name; it is the lock against a second export, too.
//!
//! Invariant: whatever has a name of its own in this folder, and is in the list, was put there whole.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use vir_archive::ocfl::digest::{Algorithm, Hasher};
use vir_archive::ocfl::storage::{Kind, Source as _, Storage, join, pieces};
use zip::ZipWriter;

use super::noting::{Noting, Seen, listing, zipped};
use super::source::{Files, One};
use super::{ExportError, Wanted};
use crate::parcel::{self, Form, Parcel, Zipped};
use crate::storage::Disk;

/// The list of what is there.
pub const LEDGER: &str = "export.jsonl";
/// Where packages are made.
const STAGING: &str = ".unfinished";

/// A package that is there, as the list has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The file or folder.
    pub name: String,
    /// The object.
    pub id: String,
    /// The form.
    pub form: String,
    /// The versions in it.
    pub versions: Vec<String>,
    /// Those of them with an evidence record.
    pub evidence: Vec<String>,
    /// How many files it has.
    pub files: u64,
    /// How many bytes the file or all files of the folder have.
    pub bytes: u64,
    /// SHA-512 over the list of its files as `sha512sum` writes it, by path.
    pub sha512: String,
    /// Of what it was made.
    pub mark: String,
}

/// What of a line is held: there may be millions.
struct Short {
    id: Box<str>,
    form: Box<str>,
    mark: Box<str>,
    sha512: Box<str>,
    files: u64,
    bytes: u64,
}

/// What became of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It is there now.
    Written(Line),
    /// It was there and whole.
    Skipped,
}

/// The folder.
pub struct Target {
    disk: Disk,
    base: PathBuf,
    known: Mutex<HashMap<String, Short>>,
    ledger: Mutex<File>,
    counter: AtomicU64,
}

fn at(path: &Path) -> impl Fn(io::Error) -> ExportError {
    let path = path.display().to_string();
    move |error| ExportError::Io(path.clone(), error)
}

impl Target {
    /// Opens a folder, makes it where there is none, and clears what a run before had begun.
    ///
    /// # Errors
    /// Where it is a depot, in use, or cannot be used.
    pub fn open(base: &Path) -> Result<Self, ExportError> {
        if base.join("root").join("0=ocfl_1.1").exists() || base.join("0=ocfl_1.1").exists() {
            return Err(ExportError::IsDepot(base.display().to_string()));
        }
        let disk = Disk::locked_by(base, LEDGER)?;
        let path = base.join(LEDGER);
        let (known, end) = read(&path).map_err(at(&path))?;
        let open = || -> io::Result<File> {
            let mut ledger = OpenOptions::new().write(true).open(&path)?;
            // A line that was cut off goes away.
            ledger.set_len(end)?;
            ledger.seek(SeekFrom::End(0))?;
            Ok(ledger)
        };
        let ledger = open().map_err(at(&path))?;
        let staging = base.join(STAGING);
        match fs::remove_dir_all(&staging) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&staging)(error)),
            _ => {}
        }
        disk.make_folder(STAGING).map_err(at(&staging))?;
        Ok(Self {
            disk,
            base: base.to_owned(),
            known: Mutex::new(known),
            ledger: Mutex::new(ledger),
            counter: AtomicU64::new(1),
        })
    }

    /// Puts a package there, unless it is there and whole. `make` is asked only where it is needed.
    ///
    /// # Errors
    /// Where something else has its name, or reading or writing fails.
    pub fn put<'d>(
        &self,
        one: &One,
        wanted: Wanted,
        make: impl FnOnce() -> Result<(Parcel, Files<'d>), ExportError>,
        passed: &dyn Fn(u64),
    ) -> Result<Done, ExportError> {
        let name = match (wanted.zip, wanted.form) {
            (true, _) => format!("{}.zip", one.name),
            (false, Form::Xaip) => format!("{}.xml", one.name),
            (false, _) => one.name.clone(),
        };
        let path = self.base.join(&name);
        let is_there = fs::symlink_metadata(&path).is_ok();
        if is_there {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let said = known.get(&name).filter(|known| *known.id == *one.id && *known.form == *wanted.word());
            let said = said.map(|known| (*known.mark == *one.mark, (known.sha512.clone(), known.files, known.bytes)));
            drop(known);
            let Some((is_same, said)) = said else {
                return Err(ExportError::Foreign(path.display().to_string()));
            };
            if is_same && self.is_whole(&name, &said, wanted).unwrap_or(false) {
                return Ok(Done::Skipped);
            }
        }
        let staging = join(STAGING, &self.counter.fetch_add(1, Ordering::Relaxed).to_string());
        let done = self.make(one, wanted, make, passed, &staging, (&name, is_there));
        // What stays behind nevertheless is cleared by the next run.
        let _ = fs::remove_dir_all(self.base.join(&staging));
        done.map(Done::Written)
    }

    /// Makes a package in staging, and gives it its name.
    fn make<'d>(
        &self,
        one: &One,
        wanted: Wanted,
        make: impl FnOnce() -> Result<(Parcel, Files<'d>), ExportError>,
        passed: &dyn Fn(u64),
        staging: &str,
        (name, is_there): (&str, bool),
    ) -> Result<Line, ExportError> {
        let (parcel, files) = make()?;
        let (seen, bytes) = self.write(&parcel, &files, wanted, staging, name, passed)?;
        let line = Line {
            name: name.to_owned(),
            id: one.id.clone(),
            form: wanted.word().to_owned(),
            versions: one.versions.clone(),
            evidence: one.evidence.clone(),
            files: seen.len() as u64,
            bytes: bytes.unwrap_or_else(|| seen.values().map(|(_, size)| size).sum()),
            sha512: listing(&seen),
            mark: one.mark.clone(),
        };
        let settle = || -> io::Result<()> {
            self.note(&line)?;
            if is_there {
                self.disk.rename(name, &join(staging, "before"))?;
            }
            self.disk.rename(&join(staging, name), name)?;
            self.disk.sync(&[], &[String::new(), staging.to_owned()])
        };
        settle().map_err(at(&self.base.join(name)))?;
        Ok(line)
    }

    /// Writes a package into staging, durably. Gives what is in it, and of a single file how long it is.
    fn write(
        &self,
        parcel: &Parcel,
        files: &Files<'_>,
        wanted: Wanted,
        staging: &str,
        name: &str,
        passed: &dyn Fn(u64),
    ) -> Result<(Seen, Option<u64>), ExportError> {
        let path = self.base.join(staging).join(name);
        self.disk.make_folder(staging).map_err(at(&path))?;
        if wanted.zip {
            let file = File::create_new(&path).map_err(at(&path))?;
            let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
            let inner = Zipped(RefCell::new(&mut zip));
            let noting = Noting::new(&inner, "", passed);
            parcel::write(parcel, wanted.form, files, &noting)?;
            let seen = noting.seen.into_inner();
            let finish = || -> io::Result<u64> {
                let file = zip.finish().map_err(io::Error::other)?.into_inner().map_err(|error| error.into_error())?;
                file.sync_all()?;
                Ok(file.metadata()?.len())
            };
            return Ok((seen, Some(finish().map_err(at(&path))?)));
        }
        let noting = Noting::new(&self.disk, staging, passed);
        if matches!(wanted.form, Form::Xaip) {
            let mut out = BufWriter::with_capacity(1 << 18, noting.create(name).map_err(at(&path))?);
            parcel::xaip(parcel, files, &mut out)?;
            out.flush().map_err(at(&path))?;
        } else {
            parcel::write(parcel, wanted.form, files, &noting)?;
        }
        let (seen, folders) = (noting.seen.into_inner(), noting.folders.into_inner());
        let files: Vec<String> = seen.keys().map(|path| join(staging, path)).collect();
        let folders: Vec<String> =
            folders.iter().map(|path| join(staging, path)).chain([staging.to_owned(), STAGING.to_owned()]).collect();
        self.disk.sync(&files, &folders).map_err(at(&path))?;
        Ok((seen, None))
    }

    /// Writes a line, durably.
    fn note(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
        text.push(b'\n');
        {
            let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            ledger.write_all(&text)?;
        }
        self.disk.sync(&[LEDGER.to_owned()], &[String::new()])?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(line.name.clone(), Short::of(line));
        Ok(())
    }

    /// Is there what the list says?
    fn is_whole(&self, name: &str, (sha512, files, bytes): &(Box<str>, u64, u64), wanted: Wanted) -> io::Result<bool> {
        let path = self.base.join(name);
        if wanted.zip {
            let file = File::open(&path)?;
            if file.metadata()?.len() != *bytes {
                return Ok(false);
            }
            return Ok(wanted.quick || listing(&zipped(file)?) == **sha512);
        }
        let mut seen = Seen::new();
        let mut waiting = vec![name.to_owned()];
        if fs::symlink_metadata(&path)?.is_file() {
            let size = fs::metadata(&path)?.len();
            seen.insert(waiting.remove(0), (String::new(), size));
        }
        while let Some(folder) = waiting.pop() {
            for entry in self.disk.list(&folder)? {
                let path = join(&folder, &entry.name);
                match entry.kind {
                    Kind::Folder => waiting.push(path),
                    Kind::File(size) => _ = seen.insert(path, (String::new(), size)),
                    Kind::Other => return Ok(false),
                }
            }
        }
        if seen.len() as u64 != *files || seen.values().map(|(_, size)| size).sum::<u64>() != *bytes {
            return Ok(false);
        }
        if wanted.quick {
            return Ok(true);
        }
        for (path, (digest, _)) in &mut seen {
            let mut hasher = Hasher::new(Algorithm::Sha512);
            pieces(&mut *self.disk.open(path)?, &mut |piece| {
                hasher.update(piece);
                Ok(())
            })?;
            *digest = hasher.finish();
        }
        Ok(listing(&seen) == **sha512)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Where something is in it, the next run clears it.
        let _ = fs::remove_dir(self.base.join(STAGING));
    }
}

impl Short {
    fn of(line: &Line) -> Self {
        let [id, form, mark, sha512] =
            [&line.id, &line.form, &line.mark, &line.sha512].map(|text| text.as_str().into());
        Self { id, form, mark, sha512, files: line.files, bytes: line.bytes }
    }
}

/// The list, and where its last whole line ends.
fn read(path: &Path) -> io::Result<(HashMap<String, Short>, u64)> {
    /// No line of ours is longer: identifiers and names are bounded by what inventories are.
    const LONGEST: u64 = 64 << 20;
    let mut file = BufReader::new(File::open(path)?);
    let (mut known, mut end) = (HashMap::new(), 0);
    loop {
        let mut line = Vec::new();
        let count = io::BufRead::read_until(&mut (&mut file).take(LONGEST), b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok((known, end));
        }
        end += count as u64;
        if let Ok(line) = serde_json::from_slice::<Line>(&line) {
            known.insert(line.name.clone(), Short::of(&line));
        }
    }
}
