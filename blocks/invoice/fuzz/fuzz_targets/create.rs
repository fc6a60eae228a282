//! Makes invoices of arbitrary drafts and tables of lines; what comes out can be written and read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_invoice::bindings::{read, write};
use vir_invoice::create::{Draft, invoice, lines_from_csv};
use vir_invoice::identify::Kind;
use vir_invoice::xml;

fuzz_target!(|text: &str| {
    let _ = lines_from_csv(text);
    let Ok(draft) = Draft::from_json(text) else { return };
    let Ok(made) = invoice(&draft) else { return };
    for kind in [Kind::UblInvoice, Kind::Cii] {
        // A draft can hold characters that XML cannot carry; that is an error, never a broken file.
        let Ok(written) = write(&made, kind) else { continue };
        let doc = xml::parse(written.as_bytes()).expect("what is written is well-formed");
        let _ = read(&doc);
    }
});
