//! Reads arbitrary bytes as a signature file of either kind, and identifies them with signatures of our own making
//! that look into both kinds of containers.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vir_archive::format::Identifier;
use vir_archive::format::risk::risks;
use vir_archive::format::signature::{Containers, Signatures};

const SIGNATURES: &[u8] = include_bytes!("../corpus/format/signatures.xml");
const CONTAINERS: &[u8] = include_bytes!("../corpus/format/containers.xml");

static IDENTIFIER: LazyLock<Identifier> = LazyLock::new(|| {
    let signatures = Signatures::read(SIGNATURES).expect("our own signatures are readable");
    let containers = Containers::read(CONTAINERS).expect("our own signatures are readable");
    Identifier::new(signatures, Some(containers))
});

fuzz_target!(|bytes: &[u8]| {
    let source = bytes.to_vec();
    for name in ["a.doc", "a.zip", "a"] {
        let found = IDENTIFIER.identify(&source, name).expect("reading from memory does not fail");
        _ = risks(&found);
    }
    let containers = Containers::read(bytes).ok();
    if let Ok(signatures) = Signatures::read(bytes) {
        _ = Identifier::new(signatures, containers).identify(&source, "a.xml").expect("memory");
    }
});
