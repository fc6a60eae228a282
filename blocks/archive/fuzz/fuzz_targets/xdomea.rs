//! Reads arbitrary bytes as a message of xdomea and as a container with one, and writes what was understood.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use vir_archive::xdomea::transfer::{self, Limits};
use vir_archive::xdomea::{Version, read, write};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { files: 100, total: 1 << 24, ratio: 100 };
    if let Ok(mut container) = transfer::open(Cursor::new(bytes), "message.zip", limits) {
        let names: Vec<String> = container.files().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            _ = container.copy(&name, &mut std::io::sink());
        }
    }
    let Ok(found) = read(bytes) else { return };
    for version in Version::ALL {
        let Ok(written) = write(&found.message, version) else { continue };
        let again = read(written.xml.as_bytes()).expect("what is written can be read").message;
        // What a version loses, it loses once.
        let once = write(&again, version).expect("what was written can be written");
        assert_eq!(read(once.xml.as_bytes()).expect("what is written can be read").message, again);
    }
});
