//! Shows an invoice as a page: `cargo run -p vir-invoice --example show -- rechnung.xml > rechnung.html`

use vir_core::Lang;
use vir_invoice::{bindings, check, show, xml};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: show FILE")?;
    let bytes = std::fs::read(path)?;
    let report = check::check(&bytes, &check::Options::default());
    let doc = xml::parse(&bytes)?;
    let invoice = bindings::read(&doc);
    let view = show::View::new(&invoice, Some(&report), Lang::De);
    print!("{}", show::html(&view));
    Ok(())
}
