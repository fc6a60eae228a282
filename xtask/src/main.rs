//! Automation of this repository: `cargo xtask <task>`.
//!
//! Each task is one module. Invariant: a task that generates a file writes the same bytes
//! for the same input, so that a test can tell whether the committed file is stale.

use std::process::ExitCode;

mod corpus;
mod handbook;
mod proof;
mod schema;
mod verapdf;

/// One line per task, shown where the arguments fit none.
const USAGE: &str = "\
usage: cargo xtask <task>

  corpus [SET …] [--release NAME] [--forced PROFILE] [--only PREFIX] [--rules PREFIX,…] [--show N]
                               check the corpora and compare with the truth (SET: corpus-dev, xmute-dev,
                               probes-dev, mutants-dev; default all)
  handbook [--check]           write the generated pages of docs/, or only say which are stale
  proof [--quick] [--write] [NAME …]
                               run the proofs for real; --write notes the figures in docs/proof.md
  schema --ubl DIR --cii DIR [--check]
                               generate names and schema tables of blocks/invoice from the published XSDs
                               (DIR of UBL-Invoice-2.1.xsd, DIR of CrossIndustryInvoice_100pD16B.xsd), or
                               only see whether they are up to date
  verapdf FILE …               veraPDF's verdict on PDFs (PDF/A-3b and PDF/UA-1); needs Java and Maven
";

#[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["corpus", rest @ ..] => corpus::run(rest),
        ["handbook", rest @ ..] => handbook::run(rest),
        ["proof", rest @ ..] => proof::run(rest),
        ["schema", rest @ ..] => schema::run(rest),
        ["verapdf", files @ ..] if !files.is_empty() => verapdf::run(files),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
