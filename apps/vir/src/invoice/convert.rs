//! `vir invoice convert`: the same invoice in another syntax, as another profile, or as a ZUGFeRD PDF.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use vir_core::Lang;
use vir_invoice::check::{Checker, Options, Report, Verdict};
use vir_invoice::convert::{ConversionReport, Specification, Syntax, Target, What, convert};
use vir_invoice::identify::{Kind, Profile};
use vir_invoice::model::Invoice;
use vir_invoice::show::View;
use vir_invoice::{bindings, xml};

use super::document::{self, PdfLimits};
use super::input::Source;
use super::pages::{self, Original, specification_of};
use super::save::Output;
use crate::language::{language, say};
use crate::terminal::printable;
use crate::{Outcome, tell};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("DATEI|-", "FILE|-"), help = say("Die Rechnung (XML oder PDF)", "The invoice (XML or PDF)"))]
    file: PathBuf,
    #[arg(long, value_name = "ubl|cii|zugferd", value_parser = form, help = say(
        "Wohin: ubl, cii oder zugferd (PDF mit eingebettetem CII)",
        "To what: ubl, cii or zugferd (PDF with CII embedded)"
    ))]
    to: Form,
    #[arg(long, value_name = "NAME", value_parser = specification, help = say(
        "Profil des Ergebnisses: xrechnung, en16931, peppol-bis-3, …, auch basic und extended",
        "Profile of the result: xrechnung, en16931, peppol-bis-3, …, also basic and extended"
    ))]
    profile: Option<Specification>,
    #[arg(long, help = say(
        "Auch dann schreiben, wenn etwas verloren geht",
        "Write even where something is lost"
    ))]
    allow_loss: bool,
    #[arg(long, value_name = "NAME", value_parser = super::check::profile, help = say(
        "Nur umwandeln, was nach diesem Profil angenommen wird",
        "Convert only what is accepted by this profile"
    ))]
    require: Option<Profile>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    limits: PdfLimits,
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Ubl,
    Cii,
    Zugferd,
}

fn form(text: &str) -> Result<Form, String> {
    match text.to_ascii_lowercase().as_str() {
        "ubl" => Ok(Form::Ubl),
        "cii" => Ok(Form::Cii),
        "zugferd" | "factur-x" | "pdf" => Ok(Form::Zugferd),
        _ => Err("ubl, cii, zugferd".to_owned()),
    }
}

fn specification(text: &str) -> Result<Specification, String> {
    match text {
        "basic" => Ok(Specification::FacturXBasic),
        "extended" => Ok(Specification::FacturXExtended),
        _ => super::check::profile(text).map(Specification::Profile),
    }
}

/// Converts.
pub fn run(args: &Args) -> Result<Outcome> {
    let source = Source::of(&args.file);
    let loaded = document::load(&source, &args.limits.limits())?;
    let (doc, invoice) = loaded.read(&source)?;
    if let Some(required) = args.require {
        let options = Options { profile: Some(required), ..Options::default() };
        let report = Checker::new().check_document(&doc, &options);
        if report.verdict != Verdict::Accept {
            tell(&match language() {
                Lang::De => format!("Nicht umgewandelt: Die Rechnung erfüllt {} nicht.", required.title()),
                Lang::En => format!("Not converted: the invoice does not meet {}.", required.title()),
            });
            return Ok(Outcome::NotGood);
        }
    }
    let syntax = if args.to == Form::Ubl { Syntax::Ubl } else { Syntax::Cii };
    let target = Target { syntax, specification: args.profile };
    let (text, conversion) = convert(&invoice, target).map_err(|error| anyhow!(error))?;
    explain(&conversion);
    if !conversion.is_lossless() && !args.allow_loss {
        tell(say(
            "Nicht geschrieben, weil etwas verloren ginge. Mit --allow-loss wird trotzdem geschrieben.",
            "Not written because something would be lost. --allow-loss writes it all the same.",
        ));
        return Ok(Outcome::NotGood);
    }
    let report = Checker::new().check(text.as_bytes(), &Options::default());
    let bytes = if args.to == Form::Zugferd { zugferd(&text)? } else { text.into_bytes() };
    args.output.write(&bytes, &[&source])?;
    tell(&result(&report));
    Ok(if report.verdict == Verdict::Accept { Outcome::Good } else { Outcome::NotGood })
}

/// A PDF with pages made of the invoice, and the invoice in it.
pub(super) fn zugferd(text: &str) -> Result<Vec<u8>> {
    let (invoice, kind) = read_again(text)?;
    let original = Original { xml: text.as_bytes(), kind, specification: specification_of(&invoice) };
    let view = View::new(&invoice, None, language());
    pages::render(&view, &original).map_err(|error| anyhow!("{}", error.text().get(language())))
}

fn read_again(text: &str) -> Result<(Invoice, Kind)> {
    let doc = xml::parse(text.as_bytes())?;
    let Some(kind) = Kind::of(&doc) else {
        bail!(say("Das Ergebnis ist keine Rechnung", "the result is no invoice"));
    };
    Ok((bindings::read(&doc), kind))
}

/// Says on standard error what did not come along as it was.
fn explain(conversion: &ConversionReport) {
    for item in &conversion.items {
        let word = match item.what {
            What::Lost => say("verloren", "lost"),
            What::Changed => say("verändert", "changed"),
            What::Added => say("ergänzt", "added"),
            What::Set => say("gesetzt", "set"),
            What::Extra => say("nicht übernommen", "not carried over"),
            What::NotInSpecification => say("im Profil nicht vorgesehen", "not in the profile"),
        };
        let place = item.at.map_or(String::new(), |at| match language() {
            Lang::De => format!(" (Zeile {})", at.line),
            Lang::En => format!(" (line {})", at.line),
        });
        tell(&format!("{word}{place}: {}", printable(item.message.get(language()))));
    }
    if conversion.omitted > 0 {
        tell(&match language() {
            Lang::De => format!("Dazu {} weitere Angaben, die nicht zur Norm gehören.", conversion.omitted),
            Lang::En => format!("And {} more fields outside of the standard.", conversion.omitted),
        });
    }
}

/// The verdict on what was written.
pub(super) fn result(report: &Report) -> String {
    let profile = report.profile.map_or("", Profile::title);
    let errors: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == vir_core::Severity::Error)
        .take(5)
        .map(|finding| format!("\n  {}: {}", finding.rule, printable(finding.message.get(language()))))
        .collect();
    match report.verdict {
        Verdict::Accept => {
            format!("{} {profile}", say("Ergebnis geprüft und angenommen:", "Result checked and accepted:"))
        }
        Verdict::Reject => format!(
            "{}{}",
            say("Achtung, das Ergebnis wird abgelehnt:", "Beware, the result is rejected:"),
            errors.concat()
        ),
        Verdict::Undefined => {
            say("Achtung, über das Ergebnis gibt es kein Urteil.", "Beware, the result is undecided.").to_owned()
        }
    }
}
