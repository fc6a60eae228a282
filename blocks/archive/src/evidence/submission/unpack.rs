//! Files of a ZIP archive, within limits.
//!
//! Invariant: no more is unpacked than the limits allow, whatever the archive says of its sizes.

use std::io::{Cursor, Read};

use super::{File, Limits, SubmissionError};

/// Does it begin as a ZIP archive does?
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// All files in their order; names are names only, nothing is written anywhere.
pub fn files(bytes: &[u8], limits: Limits) -> Result<Vec<File>, SubmissionError> {
    let unreadable = |error: &dyn std::fmt::Display| SubmissionError::Container(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if archive.len() > limits.files {
        return Err(SubmissionError::Many(limits.files));
    }
    let mut room = limits.bytes;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| unreadable(&error))?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|error| unreadable(&error))?.into_owned();
        let mut content = Vec::new();
        entry.take(room + 1).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
        let size = content.len() as u64;
        if size > room {
            return Err(SubmissionError::Large(limits.bytes));
        }
        room -= size;
        limits.judge(&name, &content)?;
        files.push((name, content));
    }
    Ok(files)
}
