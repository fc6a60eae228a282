//! Opening a ZIP archive from a stranger.
//!
//! What an archive says about itself is checked before anything is unpacked, and what comes out of
//! it is counted while it does, because what it says may be wrong.
//!
//! Invariant: memory holds one file at a time, and the whole never unpacks to more than the limits.

use std::io::{Read, Seek};

use vir_core::Text;
use zip::ZipArchive;

use crate::intake::Format;
use crate::limits;

/// Why an archive is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be opened.
    #[error("damaged")]
    Damaged,
    /// Too many files.
    #[error("too_many_files")]
    TooManyFiles,
    /// It unpacks to more than is allowed.
    #[error("too_large")]
    TooLarge,
    /// It unpacks to so much more than it has that it is made to harm.
    #[error("bomb")]
    Bomb,
}

impl ArchiveError {
    /// The error of this code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        [Self::Damaged, Self::TooManyFiles, Self::TooLarge, Self::Bomb].into_iter().find(|it| it.to_string() == code)
    }

    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Damaged => Text::new(
                "Das Archiv ist beschädigt oder kein ZIP-Archiv. Bitte neu packen und noch einmal hochladen.",
                "The archive is damaged or no ZIP archive. Please pack it anew and upload it again.",
            ),
            Self::TooManyFiles => Text::owned(
                format!(
                    "Das Archiv enthält mehr als {} Dateien. Bitte auf mehrere Archive verteilen.",
                    limits::ARCHIVE_FILES
                ),
                format!("The archive has more than {} files. Please split it into several.", limits::ARCHIVE_FILES),
            ),
            Self::TooLarge => Text::owned(
                format!(
                    "Das Archiv ist entpackt größer als {} MiB. Bitte auf mehrere Archive verteilen.",
                    limits::ARCHIVE_UNPACKED_BYTES / (1024 * 1024)
                ),
                format!(
                    "The archive unpacks to more than {} MiB. Please split it into several.",
                    limits::ARCHIVE_UNPACKED_BYTES / (1024 * 1024)
                ),
            ),
            Self::Bomb => Text::new(
                "Das Archiv ist so stark gepackt, wie es bei Rechnungen nicht vorkommt („ZIP-Bombe“). Es wurde nicht entpackt.",
                "The archive is packed as tightly as invoices never are (a \"ZIP bomb\"). It was not unpacked.",
            ),
        }
    }
}

/// Why a file of an archive is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryError {
    /// Larger than a document may be.
    TooLarge,
    /// Another archive.
    Nested,
    /// Protected by a password.
    Encrypted,
    /// It cannot be unpacked.
    Damaged,
}

impl EntryError {
    const ALL: [(Self, &'static str); 4] = [
        (Self::TooLarge, "too_large"),
        (Self::Nested, "nested"),
        (Self::Encrypted, "encrypted"),
        (Self::Damaged, "damaged"),
    ];

    /// The code in the report.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(it, _)| *it == self).map_or("damaged", |(_, code)| code)
    }

    /// The error of this code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, it)| *it == code).map(|(it, _)| *it)
    }

    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::TooLarge => Text::owned(
                format!("Größer als {} MiB.", limits::DOCUMENT_BYTES / (1024 * 1024)),
                format!("Larger than {} MiB.", limits::DOCUMENT_BYTES / (1024 * 1024)),
            ),
            Self::Nested => Text::new(
                "Ein Archiv im Archiv wird nicht geöffnet. Bitte einzeln hochladen.",
                "An archive in an archive is not opened. Please upload it by itself.",
            ),
            Self::Encrypted => Text::new("Mit Kennwort geschützt.", "Protected by a password."),
            Self::Damaged => Text::new("Die Datei lässt sich nicht entpacken.", "The file cannot be unpacked."),
        }
    }
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the archive.
    pub position: usize,
    /// Its name there, with its folders.
    pub name: String,
    /// Its content.
    pub content: Result<Vec<u8>, EntryError>,
}

/// An open archive.
#[derive(Debug)]
pub struct Archive<R> {
    zip: ZipArchive<R>,
    packed: u64,
    unpacked: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive of so many bytes and checks what it says about itself.
    ///
    /// # Errors
    /// Where it cannot be opened or promises more than the limits.
    pub fn open(reader: R, packed: u64) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(reader).map_err(|_| ArchiveError::Damaged)?;
        if zip.len() > limits::ARCHIVE_FILES {
            return Err(ArchiveError::TooManyFiles);
        }
        let archive = Self { zip, packed, unpacked: 0 };
        if let Some(size) = archive.zip.decompressed_size() {
            archive.within(u64::try_from(size).unwrap_or(u64::MAX))?;
        }
        Ok(archive)
    }

    fn within(&self, unpacked: u64) -> Result<(), ArchiveError> {
        if unpacked > limits::ARCHIVE_RATIO_FROM && unpacked / self.packed.max(1) > limits::ARCHIVE_RATIO {
            return Err(ArchiveError::Bomb);
        }
        if unpacked > limits::ARCHIVE_UNPACKED_BYTES { Err(ArchiveError::TooLarge) } else { Ok(()) }
    }

    /// How many entries it has, folders included.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.zip.len()
    }

    /// The entry at a place; none for folders and what systems leave behind.
    ///
    /// # Errors
    /// Where the archive as a whole has unpacked to more than the limits.
    pub fn entry(&mut self, position: usize) -> Result<Option<Entry>, ArchiveError> {
        let limit = limits::DOCUMENT_BYTES;
        let mut unpacked = 0;
        let entry = match self.zip.by_index(position) {
            Err(zip::result::ZipError::UnsupportedArchive(_) | zip::result::ZipError::InvalidPassword) => {
                Entry { position, name: format!("#{}", position + 1), content: Err(EntryError::Encrypted) }
            }
            Err(_) => Entry { position, name: format!("#{}", position + 1), content: Err(EntryError::Damaged) },
            Ok(file) => {
                let name = file.name().map_or_else(|_| format!("#{}", position + 1), std::borrow::Cow::into_owned);
                if file.is_dir() || is_litter(&name) {
                    return Ok(None);
                }
                let content = if file.encrypted() {
                    Err(EntryError::Encrypted)
                } else if file.size() > limit {
                    Err(EntryError::TooLarge)
                } else {
                    let mut bytes = Vec::with_capacity(usize::try_from(file.size().min(1 << 20)).unwrap_or(0));
                    // What is said of the size may be wrong.
                    let read = file.take(limit + 1).read_to_end(&mut bytes);
                    unpacked = bytes.len() as u64;
                    match read {
                        Err(_) => Err(EntryError::Damaged),
                        Ok(_) if unpacked > limit => Err(EntryError::TooLarge),
                        Ok(_) if Format::of(&bytes) == Format::Zip => Err(EntryError::Nested),
                        Ok(_) => Ok(bytes),
                    }
                };
                Entry { position, name, content }
            }
        };
        self.unpacked += unpacked;
        self.within(self.unpacked)?;
        Ok(Some(entry))
    }
}

/// Files that systems put into archives by themselves.
fn is_litter(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/") || last.starts_with("._") || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn open(bytes: Vec<u8>) -> Result<Archive<Cursor<Vec<u8>>>, ArchiveError> {
        let size = bytes.len() as u64;
        Archive::open(Cursor::new(bytes), size)
    }

    #[test]
    fn files_come_out_and_litter_does_not() {
        let nested = packed(&[("x.xml", b"<x/>")]);
        let mut archive = open(packed(&[
            ("../../a.xml", b"<a/>"),
            (".DS_Store", b"x"),
            ("__MACOSX/._a.xml", b"x"),
            ("b.zip", &nested),
        ]))
        .unwrap();
        let entries: Vec<Entry> = (0..archive.len()).filter_map(|at| archive.entry(at).unwrap()).collect();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].content, Ok(b"<a/>".to_vec()));
        assert_eq!(entries[1].content, Err(EntryError::Nested));
    }

    #[test]
    fn bombs_and_broken_archives_are_refused() {
        let zeros = vec![0; 40 * 1024 * 1024];
        assert_eq!(open(packed(&[("bomb", &zeros)])).err(), Some(ArchiveError::Bomb));
        assert_eq!(open(b"PK\x03\x04 nothing".to_vec()).err(), Some(ArchiveError::Damaged));
        let mut lying = packed(&[("bomb", &zeros)]);
        // The sizes in the directory and before the file claim one byte.
        let size = (zeros.len() as u32).to_le_bytes();
        for at in 0..lying.len() - 4 {
            if lying[at..at + 4] == size {
                lying[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
            }
        }
        let told = open(lying).and_then(|mut archive| archive.entry(0));
        assert!(
            matches!(&told, Err(ArchiveError::Bomb))
                || matches!(&told, Ok(Some(Entry { content: Err(_), .. })))
                || matches!(&told, Ok(Some(Entry { content: Ok(bytes), .. })) if bytes.len() <= 1),
            "{:?}",
            told.map(|entry| entry.map(|entry| entry.content.map(|bytes| bytes.len())))
        );
        let many: Vec<(String, Vec<u8>)> =
            (0..=limits::ARCHIVE_FILES).map(|at| (format!("{at}.xml"), Vec::new())).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        assert_eq!(open(packed(&many)).err(), Some(ArchiveError::TooManyFiles));
    }
}
