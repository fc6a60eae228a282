//! `vir demo`: a first look, without any invoice of one's own.
//!
//! It puts the sample invoices that we wrote into a folder, checks them, and makes a page of each.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use vir_core::Lang;
use vir_invoice::check::{Checker, Options, Verdict};
use vir_invoice::show::{View, html};
use vir_invoice::{bindings, xml};

use crate::language::{language, say};
use crate::{Outcome, cli};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("ORDNER", "FOLDER"), default_value = "vir-demo", help = say(
        "Hierhin kommen die Beispiele und ihre Ansichten",
        "Where the samples and their pages go"
    ))]
    folder: PathBuf,
}

macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../blocks/invoice/samples/", $name, ".xml")))),+]
    };
}

/// The samples, by name.
const SAMPLES: &[(&str, &str)] = samples![
    "xrechnung-ubl",
    "xrechnung-cii",
    "credit-note-ubl",
    "extension-ubl",
    "cvd-ubl",
    "peppol-bis-ubl",
    "direct-debit-ubl",
    "reverse-charge-cii",
    "small-ubl",
    "faulty-ubl",
];

/// Shows what the program does.
pub fn run(args: &Args) -> Result<Outcome> {
    let folder = &args.folder;
    let context = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(context)?;
    let mut checker = Checker::new();
    let mut list = String::new();
    for (name, text) in SAMPLES {
        fs::write(folder.join(format!("{name}.xml")), text).with_context(context)?;
        let doc = xml::parse(text.as_bytes())?;
        let report = checker.check_document(&doc, &Options::default());
        let invoice = bindings::read(&doc);
        let view = View::new(&invoice, Some(&report), language());
        fs::write(folder.join(format!("{name}.html")), html(&view)).with_context(context)?;
        let verdict = match report.verdict {
            Verdict::Accept => say("angenommen", "accepted"),
            Verdict::Reject => say("abgelehnt", "rejected"),
            Verdict::Undefined => say("unbestimmt", "undefined"),
        };
        let _ = writeln!(list, "<li><a href=\"{name}.html\">{name}</a> – {verdict}</li>");
    }
    let (tag, title) = match language() {
        Lang::De => ("de", "Beispielrechnungen"),
        Lang::En => ("en", "Sample invoices"),
    };
    let index = format!(
        "<!doctype html>\n<html lang=\"{tag}\"><meta charset=\"utf-8\"><title>{title}</title>\n<h1>{title}</h1>\n<ul>\n{list}</ul>\n</html>\n"
    );
    fs::write(folder.join("index.html"), index).with_context(context)?;
    let check = ["vir", "invoice", "check"].into_iter().map(Into::into).chain([folder.clone().into_os_string()]);
    cli::run(cli::parse(check.collect())?)?;
    let pages = say("Die Ansichten stehen in", "The pages are in");
    crate::tell(&format!("\n{pages} {}", folder.join("index.html").display()));
    Ok(Outcome::Good)
}
