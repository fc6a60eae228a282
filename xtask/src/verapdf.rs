//! `cargo xtask verapdf FILE…`: veraPDF's verdict on PDFs, as PDF/A-3b and as PDF/UA-1.
//!
//! The machinery is in `platform/testkit`, where other proofs find it, too.

use std::path::PathBuf;

use vir_testkit::verapdf::{Flavour, validate};

/// Prints a line for each file and flavour. Any broken rule is a failure.
#[expect(clippy::print_stdout, reason = "a command line speaks to its user")]
pub(crate) fn run(files: &[&str]) -> Result<(), String> {
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    let verdicts = validate(&files, &[Flavour::Pdfa3b, Flavour::Pdfua1]).map_err(|e| e.to_string())?;
    for verdict in &verdicts {
        let word = if verdict.compliant { "ok    " } else { "FAILED" };
        println!("{word} {:3} {}", verdict.flavour, verdict.file.display());
        for rule in &verdict.broken {
            println!("           {rule}");
        }
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.compliant).count();
    if failed > 0 { Err(format!("{failed} of {} verdicts are no", verdicts.len())) } else { Ok(()) }
}
