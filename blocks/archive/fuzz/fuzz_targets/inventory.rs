//! Reads arbitrary bytes as JSON and as the inventory of an OCFL object, at the root and in its first version.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use vir_archive::json;
use vir_archive::ocfl::storage::{Entry, Kind, Source};

/// An object whose inventory is the input.
struct Object<'b>(&'b [u8]);

impl Source for Object<'_> {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let entry = |name: &str, kind| Entry { name: name.to_owned(), kind };
        Ok(match folder {
            "" => vec![
                entry("0=ocfl_object_1.1", Kind::File(16)),
                entry("inventory.json", Kind::File(0)),
                entry("v1", Kind::Folder),
            ],
            "v1" => vec![entry("inventory.json", Kind::File(0)), entry("content", Kind::Folder)],
            "v1/content" => vec![entry("a", Kind::File(1))],
            _ => return Err(io::ErrorKind::NotFound.into()),
        })
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        assert!(!path.split('/').any(|part| part == ".."), "{path} leads out of the object");
        Ok(match path {
            "0=ocfl_object_1.1" => Box::new(&b"ocfl_object_1.1\n"[..]),
            "v1/content/a" => Box::new(&b"a"[..]),
            "inventory.json" => Box::new(self.0),
            // The other inventory is the same but for its end.
            "v1/inventory.json" => Box::new(self.0.chain(&b"\n"[..])),
            _ => return Err(io::ErrorKind::NotFound.into()),
        })
    }
}

fuzz_target!(|bytes: &[u8]| {
    _ = json::read(bytes);
    let report = vir_archive::ocfl::object(&Object(bytes), "").expect("nothing fails to be read");
    for finding in report.findings {
        assert!(!finding.message().de.is_empty());
    }
});
