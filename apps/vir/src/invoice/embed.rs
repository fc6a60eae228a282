//! `vir invoice embed`: an invoice into a PDF that exists already, which becomes ZUGFeRD/Factur-X.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use vir_core::Lang;
use vir_invoice::check::{Checker, Options, Verdict};
use vir_invoice::convert::{Specification, Syntax, Target, convert};
use vir_invoice::identify::{Kind, Profile};
use vir_pdf::Relationship;
use vir_pdf::attach::attach;

use super::convert::result;
use super::document::{self, PdfLimits};
use super::input::Source;
use super::pages::{self, Original, specification_of};
use super::save::Output;
use crate::language::{language, say};
use crate::{Outcome, tell};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PDF", help = say("Das PDF/A mit den Seiten der Rechnung", "The PDF/A with the pages of the invoice"))]
    pdf: PathBuf,
    #[arg(value_name = say("RECHNUNG", "INVOICE"), help = say("Die Rechnung; UBL wird zu CII", "The invoice; UBL becomes CII"))]
    invoice: PathBuf,
    #[arg(long, value_name = "NAME", value_parser = super::check::profile, help = say(
        "Profil des Ergebnisses, z. B. en16931 oder xrechnung",
        "Profile of the result, e.g. en16931 or xrechnung"
    ))]
    profile: Option<Profile>,
    #[arg(long, value_name = "alternative|source|data", value_parser = relationship, default_value = "alternative", hide_default_value = true, help = say(
        "Beziehung des XML zu den Seiten (sonst alternative)",
        "How the XML relates to the pages (else alternative)"
    ))]
    relationship: Relationship,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    limits: PdfLimits,
}

fn relationship(text: &str) -> Result<Relationship, String> {
    match text.to_ascii_lowercase().as_str() {
        "alternative" => Ok(Relationship::Alternative),
        "source" => Ok(Relationship::Source),
        "data" => Ok(Relationship::Data),
        _ => Err("alternative, source, data".to_owned()),
    }
}

/// Embeds.
pub fn run(args: &Args) -> Result<Outcome> {
    let limits = args.limits.limits();
    let (pdf_source, source) = (Source::of(&args.pdf), Source::of(&args.invoice));
    let pdf = pdf_source.read()?;
    let loaded = document::load(&source, &limits)?;
    let (doc, invoice) = loaded.read(&source)?;
    let unchanged = Kind::of(&doc) == Some(Kind::Cii) && args.profile.is_none();
    let (xml, specification) = if unchanged {
        (loaded.xml.clone(), specification_of(&invoice).map(str::to_owned))
    } else {
        let target = Target { syntax: Syntax::Cii, specification: args.profile.map(Specification::Profile) };
        let (text, conversion) = convert(&invoice, target).map_err(|error| anyhow!(error))?;
        if !conversion.is_lossless() {
            bail!(say(
                "Die Rechnung lässt sich nicht verlustfrei als CII schreiben; siehe: vir invoice convert --to cii",
                "the invoice cannot be written as CII without loss; see: vir invoice convert --to cii"
            ));
        }
        let named = args.profile.map(|profile| profile.identifier().to_owned());
        (text.into_bytes(), named.or_else(|| specification_of(&invoice).map(str::to_owned)))
    };
    let report = Checker::new().check(&xml, &Options::default());
    tell(&result(&report));
    if report.verdict != Verdict::Accept {
        return Ok(Outcome::NotGood);
    }
    let original = Original { xml: &xml, kind: Kind::Cii, specification: specification.as_deref() };
    let mut file = pages::file(&original);
    file.relationship = args.relationship;
    let attached = attach(&pdf, &[file], original.facturx().as_ref(), &limits)
        .map_err(|error| anyhow!("{}: {}", pdf_source.title(), error.text().get(language())))?;
    if attached.pdfa.is_none() {
        tell(match language() {
            Lang::De => "Achtung: Das PDF war kein PDF/A; das Ergebnis ist deshalb kein vollständiges ZUGFeRD.",
            Lang::En => "Beware: the PDF was no PDF/A; therefore the result is no complete ZUGFeRD.",
        });
    }
    args.output.write(&attached.pdf, &[&pdf_source, &source])?;
    Ok(Outcome::Good)
}
