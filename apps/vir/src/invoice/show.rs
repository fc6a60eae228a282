//! `vir invoice show`: what an invoice says, for the terminal, as a page or as a PDF.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use vir_invoice::check::{Checker, Options};
use vir_invoice::identify::Kind;
use vir_invoice::show::{TextStyle, View, html, text};

use super::document::{self, PdfLimits};
use super::input::Source;
use super::pages::{self, Original, specification_of};
use super::save::Output;
use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::{Colour, Terminal};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("DATEI|-", "FILE|-"), help = say("Die Rechnung (XML oder PDF)", "The invoice (XML or PDF)"))]
    file: PathBuf,
    #[arg(long, group = "form", help = say("Als HTML-Seite", "As an HTML page"))]
    html: bool,
    #[arg(long, group = "form", help = say(
        "Als PDF (PDF/A-3b, PDF/UA-1) mit der eingebetteten Rechnung",
        "As a PDF (PDF/A-3b, PDF/UA-1) with the invoice embedded"
    ))]
    pdf: bool,
    #[arg(long, help = say("Ohne Prüfung und Befunde", "Without check and findings"))]
    no_check: bool,
    #[command(flatten)]
    output: Output,
    #[arg(long, value_name = "auto|always|never", value_parser = super::check::colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    color: Colour,
    #[command(flatten)]
    limits: PdfLimits,
}

/// Shows.
pub fn run(args: &Args) -> Result<Outcome> {
    let source = Source::of(&args.file);
    let loaded = document::load(&source, &args.limits.limits())?;
    let (doc, invoice) = loaded.read(&source)?;
    let report = (!args.no_check).then(|| Checker::new().check_document(&doc, &Options::default()));
    let view = View::new(&invoice, report.as_ref(), language());
    let bytes = if args.html {
        html(&view).into_bytes()
    } else if args.pdf {
        let kind = Kind::of(&doc).unwrap_or(Kind::UblInvoice);
        let original = Original { xml: &loaded.xml, kind, specification: specification_of(&invoice) };
        pages::render(&view, &original).map_err(|error| anyhow!("{}", error.text().get(language())))?
    } else {
        // A file is no terminal.
        let colour = if args.output.output.is_some() { Colour::Never } else { args.color };
        let terminal = Terminal::of_stdout(colour);
        text(&view, TextStyle { width: terminal.width, colour: terminal.has_colour() }).into_bytes()
    };
    args.output.write(&bytes, &[&source])?;
    Ok(Outcome::Good)
}
