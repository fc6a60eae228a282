//! Reads arbitrary bytes as the tag files of a bag: the first byte says how they are divided.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use vir_archive::bagit;
use vir_archive::ocfl::storage::{Entry, Kind, Source};

/// A bag whose files are parts of the input.
struct Bag<'b>([(&'static str, &'b [u8]); 5]);

impl Source for Bag<'_> {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let file =
            |(name, bytes): &(&str, &[u8])| Entry { name: (*name).to_owned(), kind: Kind::File(bytes.len() as u64) };
        Ok(match folder {
            "" => {
                let mut entries: Vec<Entry> = self.0[..4].iter().map(file).collect();
                entries.push(Entry { name: "data".to_owned(), kind: Kind::Folder });
                entries
            }
            "data" => vec![Entry { name: "a".to_owned(), kind: Kind::File(self.0[4].1.len() as u64) }],
            _ => return Err(io::ErrorKind::NotFound.into()),
        })
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        assert!(!path.split('/').any(|part| part == ".."), "{path} leads out of the bag");
        match self.0.iter().find(|file| file.0 == path) {
            Some((_, bytes)) => Ok(Box::new(*bytes)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let declaration: &[u8] = match next() {
        [] => b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        [b'1'] => b"BagIt-Version: 0.97\nTag-File-Character-Encoding: ISO-8859-1\n",
        [b'2'] => b"BagIt-Version: 0.96\nTag-File-Character-Encoding: UTF-16\n",
        other => other,
    };
    let bag = Bag([
        ("bagit.txt", declaration),
        ("bag-info.txt", next()),
        ("manifest-md5.txt", next()),
        ("fetch.txt", next()),
        ("data/a", next()),
    ]);
    let report = bagit::validate(&bag, "").expect("nothing fails to be read");
    for finding in report.findings {
        assert!(!finding.reason.message().de.is_empty());
    }
});
