//! Generates the element names and the schema tables of `blocks/invoice` from the published XSDs.
//!
//! The schemas themselves stay outside the repository: they are their publishers' works, while
//! the names, orders and types in them are facts that the tables restate.
//! Invariant: output depends on the content of the schemas only, never on file order or time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod compile;
mod names;
mod tables;
#[cfg(test)]
mod truth;
mod xsd;

/// The schema documents of the root elements, in the order of the bits by which the tables tell
/// which schema knows a namespace.
const INVOICE: &str = "UBL-Invoice-2.1.xsd";
const CREDIT_NOTE: &str = "UBL-CreditNote-2.1.xsd";
const CII: &str = "CrossIndustryInvoice_100pD16B.xsd";

/// Runs `cargo xtask schema`.
pub(crate) fn run(args: &[&str]) -> Result<(), String> {
    let (mut ubl, mut cii, mut check) = (None, None, false);
    let mut rest = args.iter();
    while let Some(&option) = rest.next() {
        if option == "--check" {
            check = true;
            continue;
        }
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
    let (mut files, mut visible) = (BTreeMap::new(), tables::Visible::new());
    for (bit, (dir, root)) in [(&ubl, INVOICE), (&ubl, CREDIT_NOTE), (&cii, CII)].into_iter().enumerate() {
        for file in xsd::load(dir, root)? {
            let ns = file.parse()?.root_element().attribute("targetNamespace").map(str::to_owned);
            *visible.entry(ns.ok_or("targetNamespace")?).or_default() |= 1 << bit;
            files.insert(file.name.clone(), file);
        }
    }
    let files: Vec<xsd::SchemaFile> = files.into_values().collect();

    let names = names::Names::collect(&files)?;
    put(&crate_file("names/generated.rs"), &names.to_rust(), check)?;

    let documents = files.iter().map(xsd::SchemaFile::parse).collect::<Result<Vec<_>, _>>()?;
    let schemas = compile::compile(&documents)?;
    let tables = tables::to_rust(&schemas, &names, &visible)?;
    put(&crate_file("schema/tables.rs"), &tables, check)
}

fn crate_file(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../blocks/invoice/src").join(relative)
}

/// Writes a generated file, or tells where the one that is there is another.
fn put(path: &Path, text: &str, check: bool) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    if !check {
        return std::fs::write(path, text).map_err(failed);
    }
    if std::fs::read_to_string(path).map_err(failed)? == text {
        Ok(())
    } else {
        Err(format!("{} is stale: run `cargo xtask schema` without --check", path.display()))
    }
}
