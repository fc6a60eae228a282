//! `vir invoice diff`: what differs between two invoices, whatever their syntax.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use vir_core::Lang;
use vir_invoice::model::{Difference, diff};

use super::document::{self, PdfLimits};
use super::input::Source;
use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::{Colour, Style, Terminal, print, printable};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "A", help = say("Die eine Rechnung (XML oder PDF)", "The one invoice (XML or PDF)"))]
    left: PathBuf,
    #[arg(value_name = "B", help = say("Die andere Rechnung", "The other invoice"))]
    right: PathBuf,
    #[arg(long, help = say("Als JSON", "As JSON"))]
    json: bool,
    #[command(flatten)]
    limits: PdfLimits,
}

/// Compares; not good is: they differ.
pub fn run(args: &Args) -> Result<Outcome> {
    let limits = args.limits.limits();
    let (left, right) = (Source::of(&args.left), Source::of(&args.right));
    let (a, b) = (document::load(&left, &limits)?, document::load(&right, &limits)?);
    let (_, a) = a.read(&left)?;
    let (_, b) = b.read(&right)?;
    let found = diff(&a, &b);
    print(&if args.json { json(&found) } else { list(&found, Terminal::of_stdout(Colour::Auto)) })?;
    Ok(if found.is_empty() { Outcome::Good } else { Outcome::NotGood })
}

fn list(found: &[Difference], terminal: Terminal) -> String {
    let mut out = String::new();
    for difference in found {
        _ = writeln!(out, "{}", terminal.paint(Style::Strong, &printable(&difference.label(language()))));
        let mut side = |sign: &str, style, said: &Option<vir_invoice::model::Said>| {
            let Some(said) = said else { return };
            let text: String = said.to_string().chars().take(400).collect();
            let place = said.at.map_or(String::new(), |at| match language() {
                Lang::De => format!("  (Zeile {})", at.line),
                Lang::En => format!("  (line {})", at.line),
            });
            terminal.wrap(&mut out, 2, &format!("{sign} {}{place}", printable(&text)), Some(style));
        };
        side("−", Style::Bad, &difference.left);
        side("+", Style::Good, &difference.right);
    }
    let total = match (language(), found.len()) {
        (Lang::De, 0) => "Beide Rechnungen sagen dasselbe.".to_owned(),
        (Lang::En, 0) => "Both invoices say the same.".to_owned(),
        (Lang::De, 1) => "1 Unterschied".to_owned(),
        (Lang::En, 1) => "1 difference".to_owned(),
        (Lang::De, count) => format!("{count} Unterschiede"),
        (Lang::En, count) => format!("{count} differences"),
    };
    if !out.is_empty() {
        out.push('\n');
    }
    _ = writeln!(out, "{}", terminal.paint(Style::Strong, &total));
    out
}

fn json(found: &[Difference]) -> String {
    let side = |said: &Option<vir_invoice::model::Said>| {
        said.as_ref().map(|said| {
            serde_json::json!({
                "value": said.text,
                "components": said.components.iter().map(|(_, text)| text).collect::<Vec<_>>(),
                "line": said.at.map(|at| at.line),
                "column": said.at.map(|at| at.column),
            })
        })
    };
    let rows: Vec<serde_json::Value> = found
        .iter()
        .map(|difference| {
            serde_json::json!({
                "term": difference.term.id(),
                "label": difference.label(language()),
                "left": side(&difference.left),
                "right": side(&difference.right),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(rows))
}
