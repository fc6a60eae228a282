//! Reads arbitrary bytes as a seal and judges it, and as a file with a key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::certificate::path::Trust;
use vir_archive::moment::Moment;
use vir_archive::seal::key::KeyFile;
use vir_archive::seal::verify::Content;
use vir_archive::seal::{Options, is_detached, verify};
use vir_archive::signed::SignedData;

fuzz_target!(|bytes: &[u8]| {
    _ = is_detached(bytes);
    let anchors = SignedData::read(bytes).map(|signed| signed.certificates).unwrap_or_default();
    let trust = Trust { anchors, ..Trust::default() };
    let options = Options { at: Moment::from_unix(1_800_000_000), existed: None, catalogue: true, trust };
    for content in [Content::Missing, Content::Bytes(b"content")] {
        let report = verify(bytes, content, &options);
        report.findings.iter().for_each(|finding| drop(finding.0.message()));
        _ = report.level_text();
    }
    // Rounds of a key derivation cost time by design; a short file cannot have many boxes.
    if bytes.len() < 4_000
        && let Ok(file) = KeyFile::read(bytes, "geheim")
    {
        _ = file.algorithm();
    }
});
