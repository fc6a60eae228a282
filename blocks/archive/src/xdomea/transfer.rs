//! Containers: a ZIP archive with one message and the files that it names, side by side.
//!
//! What an archive says about itself is checked before anything is unpacked, and what comes out of it is counted
//! while it does, because what it says may be wrong. Names of files are plain, so that no archive writes outside its
//! folder.
//!
//! Invariant: a [`Transfer`] that is given holds every file that its hand-over names, and memory held one message.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, Write};

use vir_core::Severity;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::model::{Body, Message};
use super::name::{MessageName, is_plain};
use super::note::{Note, Reason};
use super::read::{MAX_BYTES, read};
use super::{Version, WriteError, write};

/// What a container may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many files.
    pub files: usize,
    /// How many bytes all of them have, unpacked.
    pub total: u64,
    /// How many times larger a file may be than what it is packed to.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 200_000, total: 1 << 42, ratio: 1_000 }
    }
}

/// Files below this are no bombs.
const HARMLESS: u64 = 16 * 1024 * 1024;

/// A container that was opened.
#[derive(Debug)]
pub struct Transfer<R> {
    archive: ZipArchive<R>,
    files: BTreeMap<String, (usize, u64)>,
    /// The message.
    pub read: super::Read,
    /// The message, byte by byte, as it is to be kept.
    pub message_bytes: Vec<u8>,
    /// What was not as it should be, beside what [`super::Read::notes`] says.
    pub notes: Vec<Note>,
}

/// Opens a container that came under a name; or says why it cannot be used.
pub fn open<R: Read + Seek>(reader: R, name: &str, limits: Limits) -> Result<Transfer<R>, Vec<Note>> {
    let one = |reason| vec![Note::whole(reason)];
    let mut archive = ZipArchive::new(reader).map_err(|error| one(Reason::NoZip(error.to_string())))?;
    if archive.len() > limits.files {
        return Err(one(Reason::TooManyFiles { limit: limits.files }));
    }
    let mut files = BTreeMap::new();
    let mut messages = Vec::new();
    let mut total = 0_u64;
    for position in 0..archive.len() {
        let file = archive.by_index_raw(position).map_err(|error| one(Reason::NoZip(error.to_string())))?;
        let name = file.name().map_err(|error| one(Reason::NoZip(error.to_string())))?.into_owned();
        if !is_plain(&name) || !file.is_file() {
            return Err(one(Reason::UnsafeName(name.chars().take(80).collect())));
        }
        let size = file.size();
        total = total.saturating_add(size);
        if total > limits.total {
            return Err(one(Reason::TooLarge { limit: limits.total }));
        }
        if size > HARMLESS && size / file.compressed_size().max(1) > limits.ratio {
            return Err(one(Reason::Bomb(name)));
        }
        if name.to_ascii_lowercase().ends_with(".xml") && MessageName::parse(&name).is_some() {
            messages.push((position, name));
        } else if files.insert(name.clone(), (position, size)).is_some() {
            return Err(one(Reason::UnsafeName(name)));
        }
    }
    let (position, inner) = match messages.len() {
        0 => return Err(one(Reason::NoMessageFile)),
        1 => messages.remove(0),
        _ => return Err(one(Reason::TwoMessageFiles)),
    };
    let mut message_bytes = Vec::new();
    archive
        .by_index(position)
        .map_err(io::Error::other)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut message_bytes))
        .map_err(|error| one(Reason::NoZip(error.to_string())))?;
    let understood = read(&message_bytes)?;
    let notes = compare(&understood.message, &files, [name, &inner]);
    if notes.iter().any(|note| note.reason.severity() == Severity::Error) {
        return Err(notes);
    }
    Ok(Transfer { archive, files, read: understood, message_bytes, notes })
}

/// Do names and files fit the message?
fn compare(message: &Message, files: &BTreeMap<String, (usize, u64)>, names: [&str; 2]) -> Vec<Note> {
    let mut notes = Vec::new();
    let expected = MessageName { process: message.head.process.clone(), kind: message.kind() };
    for name in names {
        let fits = MessageName::parse(name)
            .is_some_and(|name| name.kind == expected.kind && name.process.is(&expected.process));
        if !fits {
            let expected = expected.stem();
            notes.push(Note::whole(Reason::FileName { name: name.chars().take(200).collect(), expected }));
        }
    }
    let named: BTreeSet<&str> =
        message.objects().iter().flat_map(|object| object.files().map(|file| file.name.as_str())).collect();
    if matches!(message.body, Body::HandOver(_)) {
        let missing = named.iter().filter(|name| !files.contains_key(**name));
        notes.extend(missing.take(100).map(|name| Note::whole(Reason::FileMissing((*name).to_owned()))));
    }
    let unnamed = files.keys().filter(|name| !named.contains(name.as_str()));
    notes.extend(unnamed.take(100).map(|name| Note::whole(Reason::FileUnnamed(name.clone()))));
    notes
}

impl<R: Read + Seek> Transfer<R> {
    /// The files beside the message, by name, with the size that the container says.
    pub fn files(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().map(|(name, (_, size))| (name.as_str(), *size))
    }

    /// Copies a file; gives how many bytes it has. One that has more than it said is broken off.
    pub fn copy(&mut self, name: &str, out: &mut impl Write) -> io::Result<u64> {
        let (position, size) = *self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        let file = self.archive.by_index(position).map_err(io::Error::other)?;
        let copied = io::copy(&mut file.take(size.saturating_add(1)), out)?;
        if copied > size {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is larger than it said"));
        }
        Ok(copied)
    }
}

/// Why a container cannot be packed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The message cannot be written.
    #[error(transparent)]
    Message(#[from] WriteError),
    /// A file that the hand-over names is not given, or is given twice or under a name that is not plain.
    #[error("the file {0:?} is missing, twice there, or not plainly named")]
    File(String),
    /// Something could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Packs a message with its files; gives the name that the container should have, and the elements that the version
/// lost. The same message and files always give the same bytes.
pub fn pack<W: Write + Seek>(
    out: W,
    message: &Message,
    version: Version,
    files: impl IntoIterator<Item = (String, impl Read)>,
) -> Result<(MessageName, BTreeSet<&'static str>), PackError> {
    let name = MessageName { process: message.head.process.clone(), kind: message.kind() };
    let written = write(message, version)?;
    let mut missing: BTreeSet<&str> = match &message.body {
        Body::HandOver(objects) => {
            objects.iter().flat_map(|object| object.files().map(|file| file.name.as_str())).collect()
        }
        _ => BTreeSet::new(),
    };
    let mut zip = ZipWriter::new(out);
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    zip.start_file(name.xml(), packed).map_err(io::Error::other)?;
    zip.write_all(written.xml.as_bytes())?;
    for (file, mut content) in files {
        if !missing.remove(file.as_str()) || !is_plain(&file) {
            return Err(PackError::File(file));
        }
        zip.start_file(&file, packed).map_err(io::Error::other)?;
        io::copy(&mut content, &mut zip)?;
    }
    if let Some(file) = missing.first() {
        return Err(PackError::File((*file).to_owned()));
    }
    zip.finish().map_err(io::Error::other)?;
    Ok((name, written.lost))
}
