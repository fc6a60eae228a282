//! `vir invoice create`: an invoice from a small JSON, its lines also from a table.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use vir_core::Lang;
use vir_invoice::bindings::{write_cii, write_ubl};
use vir_invoice::check::{Checker, Options, Verdict};
use vir_invoice::create::{Draft, invoice, lines_from_csv};

use super::convert::{result, zugferd};
use super::input::Source;
use super::save::Output;
use crate::language::{language, say};
use crate::terminal::print;
use crate::{Outcome, tell};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(required_unless_present = "schema", num_args = 1..=2, value_name = say("DATEI.json|DATEI.csv", "FILE.json|FILE.csv"), help = say(
        "Die Vorlage (JSON) und, wenn gewünscht, eine Tabelle der Positionen (CSV)",
        "The draft (JSON) and, if wanted, a table of the lines (CSV)"
    ))]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "ubl|cii|zugferd", value_parser = form, default_value = "ubl", hide_default_value = true, help = say(
        "Was entsteht: ubl (vorgegeben), cii oder zugferd (PDF)",
        "What is made: ubl (default), cii or zugferd (PDF)"
    ))]
    to: Form,
    #[arg(long, help = say(
        "Das JSON-Schema der Vorlage ausgeben",
        "Print the JSON Schema of the draft"
    ))]
    schema: bool,
    #[arg(long, help = say(
        "Auch schreiben, wenn das Ergebnis abgelehnt wird",
        "Write even where the result is rejected"
    ))]
    force: bool,
    #[command(flatten)]
    output: Output,
}

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

/// Creates.
pub fn run(args: &Args) -> Result<Outcome> {
    if args.schema {
        print(&format!("{:#}\n", Draft::json_schema()))?;
        return Ok(Outcome::Good);
    }
    let draft = draft(&args.files)?;
    let made = invoice(&draft).map_err(|error| anyhow!(error)).with_context(impossible)?;
    let text = if args.to == Form::Ubl { write_ubl(&made) } else { write_cii(&made) };
    let text = text.map_err(|error| anyhow!(error)).with_context(impossible)?;
    let report = Checker::new().check(text.as_bytes(), &Options::default());
    tell(&result(&report));
    let accepted = report.verdict == Verdict::Accept;
    if !accepted && !args.force {
        tell(say(
            "Nicht geschrieben. Die Vorlage berichtigen, oder mit --force trotzdem schreiben.",
            "Not written. Correct the draft, or write it all the same with --force.",
        ));
        return Ok(Outcome::NotGood);
    }
    let bytes = if args.to == Form::Zugferd { zugferd(&text)? } else { text.into_bytes() };
    let sources: Vec<Source> = args.files.iter().map(|file| Source::of(file)).collect();
    args.output.write(&bytes, &sources.iter().collect::<Vec<_>>())?;
    Ok(if accepted { Outcome::Good } else { Outcome::NotGood })
}

fn impossible() -> &'static str {
    say("Aus der Vorlage lässt sich keine Rechnung machen", "no invoice can be made of the draft")
}

/// The draft of a JSON file, with the lines of a table where there is one.
fn draft(files: &[PathBuf]) -> Result<Draft> {
    let is_table = |file: &&PathBuf| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let Some(head) = files.iter().find(|file| !is_table(file)) else {
        bail!(say(
            "Eine Tabelle enthält nur Positionen. Dazu gehört eine Vorlage (JSON) mit Rechnungssteller, Empfänger und Nummer: vir invoice create kopf.json positionen.csv (Aufbau: --schema)",
            "a table has lines only. It needs a draft (JSON) with seller, buyer and number: vir invoice create head.json lines.csv (its form: --schema)"
        ));
    };
    let mut draft = Draft::from_json(&text(head)?).map_err(|error| anyhow!(error)).with_context(|| named(head))?;
    let tables: Vec<&PathBuf> = files.iter().filter(is_table).collect();
    if tables.len() + 1 != files.len() {
        bail!(say(
            "Erwartet werden eine Vorlage (JSON) und eine Tabelle (CSV)",
            "expected are one draft (JSON) and one table (CSV)"
        ));
    }
    for table in tables {
        let lines = lines_from_csv(&text(table)?).map_err(|error| anyhow!(error)).with_context(|| named(table))?;
        draft.lines.extend(lines);
    }
    Ok(draft)
}

fn named(file: &Path) -> String {
    file.display().to_string()
}

fn text(file: &Path) -> Result<String> {
    String::from_utf8(Source::of(file).read()?).map_err(|_| match language() {
        Lang::De => anyhow!("{}: Die Datei ist nicht in UTF-8 gespeichert", file.display()),
        Lang::En => anyhow!("{}: the file is not stored as UTF-8", file.display()),
    })
}
