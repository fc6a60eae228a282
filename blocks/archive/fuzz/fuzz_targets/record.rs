//! Reads arbitrary bytes as an evidence record in either syntax, and verifies what could be read.
//!
//! Nothing may panic or hang, and a record that nobody made for these data is never valid.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::certificate::path::Trust;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::Evidence;
use vir_archive::evidence::{Object, Options, Record, verify};
use vir_archive::moment::Moment;

fuzz_target!(|bytes: &[u8]| {
    let Ok(record) = Record::read(bytes) else { return };
    let options = Options { at: Moment::from_unix(1_800_000_000), catalogue: true, trust: Trust::default() };
    let report = verify(&record, &[Object::new("data", &b"data that nobody stamped"[..])], &options);
    assert_eq!(report.verdict, Verdict::Invalid);
    if let Ok(evidence) = Evidence::read(bytes) {
        _ = evidence.time_stamp_leaf();
        _ = Record::read(&evidence.encode()).expect("what is written can be read");
    }
});
