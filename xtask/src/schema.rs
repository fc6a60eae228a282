//! Generates the element names and the schema tables of `blocks/invoice` from the published XSDs.
//!
//! The schemas themselves stay outside the repository: they are their publishers' works, while
//! the names, orders and types in them are facts that the tables restate.
//! Invariant: output depends on the content of the schemas only, never on file order or time.

use std::path::{Path, PathBuf};

mod names;
mod xsd;

/// Root schema documents of each family, relative to the directory given.
const UBL_ROOTS: [&str; 2] = ["UBL-Invoice-2.1.xsd", "UBL-CreditNote-2.1.xsd"];
const CII_ROOTS: [&str; 1] = ["CrossIndustryInvoice_100pD16B.xsd"];

/// Runs `cargo xtask schema`.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    let (mut ubl, mut cii) = (None, None);
    let mut rest = args.iter();
    while let Some(&option) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{option} needs a directory"))?;
        match option {
            "--ubl" => ubl = Some(PathBuf::from(value)),
            "--cii" => cii = Some(PathBuf::from(value)),
            _ => return Err(format!("unknown option {option}")),
        }
    }
    let (Some(ubl), Some(cii)) = (ubl, cii) else {
        return Err("schema needs --ubl DIR and --cii DIR".to_owned());
    };
    let mut files = xsd::load(&ubl, &UBL_ROOTS)?;
    files.extend(xsd::load(&cii, &CII_ROOTS)?);

    let names = names::Names::collect(&files)?;
    write(&crate_file("names/generated.rs"), &names.to_rust())
}

fn crate_file(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../blocks/invoice/src").join(relative)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}
