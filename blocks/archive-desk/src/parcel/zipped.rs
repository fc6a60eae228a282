//! A ZIP archive as the storage in which a package is written.
//!
//! Invariant: one file is written at a time, each from beginning to end.

use std::cell::RefCell;
use std::io::{self, Read, Seek, Write};

use vir_archive::ocfl::storage::{Entry, Source, Storage};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How files lie in our archives: the date is always the same.
pub fn packed() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .large_file(true)
}

/// The archive.
pub struct Zipped<'z, W: Write + Seek>(pub RefCell<&'z mut ZipWriter<W>>);

struct One<'s, 'z, W: Write + Seek>(&'s Zipped<'z, W>);

impl<W: Write + Seek> Write for One<'_, '_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn only_written<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "an archive in the making is only written"))
}

impl<W: Write + Seek> Source for Zipped<'_, W> {
    fn list(&self, _folder: &str) -> io::Result<Vec<Entry>> {
        only_written()
    }

    fn open(&self, _path: &str) -> io::Result<Box<dyn Read + '_>> {
        only_written()
    }
}

impl<W: Write + Seek> Storage for Zipped<'_, W> {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        self.0.borrow_mut().start_file(path, packed()).map_err(io::Error::other)?;
        Ok(Box::new(One(self)))
    }

    // Folders follow from the names of the files.
    fn make_folder(&self, _path: &str) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, _from: &str, _to: &str) -> io::Result<()> {
        only_written()
    }

    fn remove_file(&self, _path: &str) -> io::Result<()> {
        only_written()
    }

    fn remove_folder(&self, _path: &str) -> io::Result<()> {
        only_written()
    }

    // Whoever is given the archive makes it durable.
    fn sync(&self, _files: &[String], _folders: &[String]) -> io::Result<()> {
        Ok(())
    }
}
