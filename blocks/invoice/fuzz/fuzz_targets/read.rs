//! Reads arbitrary bytes as an invoice, and writes in every syntax what could be read.
//!
//! Nothing may panic or hang; what is written must be well-formed and mean the same when it is
//! read again in the same syntax a second time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_invoice::bindings::{read, write};
use vir_invoice::identify::Kind;
use vir_invoice::model::diff;
use vir_invoice::xml;

fuzz_target!(|bytes: &[u8]| {
    let Ok(doc) = xml::parse(bytes) else { return };
    let invoice = read(&doc);
    assert!(diff(&invoice, &invoice).is_empty(), "an invoice differs from itself");
    for kind in [Kind::UblInvoice, Kind::UblCreditNote, Kind::Cii] {
        // A character that XML 1.0 cannot carry does not come out of an XML 1.0 document.
        let text = write(&invoice, kind).expect("what was read can be written");
        let doc = xml::parse(text.as_bytes()).expect("what is written is well-formed");
        let once = read(&doc);
        let text = write(&once, kind).expect("what was read can be written");
        let doc = xml::parse(text.as_bytes()).expect("what is written is well-formed");
        let twice = read(&doc);
        assert!(once == twice, "writing and reading does not settle: {:?}", diff(&once, &twice));
    }
});
