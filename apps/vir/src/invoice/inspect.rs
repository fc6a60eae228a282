//! `vir invoice inspect`: what is this document? Nothing is checked.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use vir_invoice::identify::{Kind, Profile, identify};
use vir_invoice::model::{Bg, Bt, Invoice};

use super::attachments;
use super::document::{self, PdfLimits};
use super::input::{Source, sources};
use crate::language::{language, say};
use crate::output::words::term_name;
use crate::terminal::{Colour, Style, Terminal, print, printable};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(required = true, value_name = say("DATEI|ORDNER|-", "FILE|FOLDER|-"), help = say(
        "Rechnungen (XML oder PDF)",
        "Invoices (XML or PDF)"
    ))]
    files: Vec<PathBuf>,
    #[arg(long, help = say("Eine Zeile JSON je Dokument", "One line of JSON per document"))]
    json: bool,
    #[command(flatten)]
    limits: PdfLimits,
}

/// What there is to know about a document without checking it.
#[derive(Debug, Serialize)]
struct Facts {
    file: String,
    document: &'static str,
    #[serde(skip)]
    kind: Kind,
    embedded: Option<String>,
    #[serde(skip)]
    reason: Option<String>,
    encoding: String,
    bytes: usize,
    profile: Option<&'static str>,
    #[serde(skip)]
    title: Option<String>,
    specification: Option<String>,
    process: Option<String>,
    number: Option<String>,
    issue_date: Option<String>,
    seller: Option<String>,
    buyer: Option<String>,
    buyer_reference: Option<String>,
    lines: usize,
    total: Option<String>,
    due: Option<String>,
    currency: Option<String>,
    attachments: usize,
    further: usize,
}

/// Inspects.
pub fn run(args: &Args) -> Result<Outcome> {
    let (sources, errors) = sources(&args.files);
    let mut incomplete = !errors.is_empty();
    errors.iter().for_each(complain);
    let terminal = Terminal::of_stdout(Colour::Auto);
    for source in &sources {
        match facts(source, args) {
            Ok(facts) if args.json => {
                let mut line = serde_json::to_string(&facts).expect("strings and numbers always make JSON");
                line.push('\n');
                print(&line)?;
            }
            Ok(facts) => print(&sheet(source, &facts, terminal))?,
            Err(error) => {
                complain(&error);
                incomplete = true;
            }
        }
    }
    Ok(if incomplete { Outcome::Incomplete } else { Outcome::Good })
}

fn facts(source: &Source, args: &Args) -> Result<Facts> {
    let loaded = document::load(source, &args.limits.limits())?;
    let (doc, invoice) = loaded.read(source)?;
    let identity = identify(&doc);
    let kind = identity.kind.unwrap_or(Kind::UblInvoice);
    let title = match (identity.profile, identity.lesser) {
        (Some(profile), _) => Some(profile.title().to_owned()),
        (None, Some(lesser)) => Some(format!("{} – {}", lesser.title, lesser.lacks.get(language()))),
        (None, None) => None,
    };
    let text = |term| invoice.root.text(term).map(str::to_owned);
    let in_group = |group, term| invoice.root.group(group)?.value(term).map(|value| value.content.text().into_owned());
    Ok(Facts {
        file: source.label(),
        document: kind.name(),
        kind,
        embedded: loaded.embedded.clone(),
        reason: loaded.reason.as_ref().map(|reason| reason.get(language()).to_owned()),
        encoding: encoding(&loaded.xml),
        bytes: loaded.bytes.len(),
        profile: identity.profile.map(Profile::name),
        title,
        specification: identity.specification_identifier.clone(),
        process: identity.business_process.clone(),
        number: text(Bt::BT1),
        issue_date: invoice.root.value(Bt::BT2).map(|date| date.content.text().into_owned()),
        seller: in_group(Bg::BG4, Bt::BT27),
        buyer: in_group(Bg::BG7, Bt::BT44),
        buyer_reference: text(Bt::BT10),
        lines: count_lines(&invoice),
        total: in_group(Bg::BG22, Bt::BT112),
        due: in_group(Bg::BG22, Bt::BT115),
        currency: text(Bt::BT5),
        attachments: attachments::all(&invoice, &loaded).len(),
        further: invoice.extra.len() + invoice.extra_omitted,
    })
}

fn count_lines(invoice: &Invoice) -> usize {
    invoice.root.groups_of(Bg::BG25).count()
}

/// The encoding by byte order mark or declaration.
fn encoding(xml: &[u8]) -> String {
    let name = match xml {
        [0xef, 0xbb, 0xbf, ..] => "UTF-8 (BOM)",
        [0xff, 0xfe, ..] | [b'<', 0, ..] => "UTF-16LE",
        [0xfe, 0xff, ..] | [0, b'<', ..] => "UTF-16BE",
        _ => {
            let head = String::from_utf8_lossy(&xml[..xml.len().min(200)]);
            let declared = head.split_once("?>").and_then(|(declaration, _)| declaration.split_once("encoding"));
            let label = declared.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
            return label.map_or_else(|| "UTF-8".to_owned(), str::to_ascii_uppercase);
        }
    };
    name.to_owned()
}

fn sheet(source: &Source, facts: &Facts, terminal: Terminal) -> String {
    let lang = language();
    let mut out = String::new();
    _ = writeln!(out, "{}", terminal.paint(Style::Strong, &source.title()));
    let name = |id: &str| term_name(id, lang).unwrap_or_default().to_owned();
    let money = |amount: &Option<String>| {
        amount.as_ref().map(|amount| format!("{amount} {}", facts.currency.as_deref().unwrap_or_default()))
    };
    let known = facts.title.clone().unwrap_or_else(|| say("unbekannt", "unknown").to_owned());
    let count = |number: usize| (number > 0).then(|| number.to_string());
    let rows = [
        (say("Dokument", "Document").to_owned(), Some(facts.kind.title().get(lang).to_owned())),
        (say("Eingebettet", "Embedded").to_owned(), facts.embedded.clone()),
        (String::new(), facts.reason.clone()),
        (say("Kodierung", "Encoding").to_owned(), Some(facts.encoding.clone())),
        (say("Größe", "Size").to_owned(), Some(format!("{} Bytes", facts.bytes))),
        (say("Profil", "Profile").to_owned(), Some(known)),
        (name("BT-24"), facts.specification.clone()),
        (name("BT-23"), facts.process.clone()),
        (name("BT-1"), facts.number.clone()),
        (name("BT-2"), facts.issue_date.clone()),
        (name("BG-4"), facts.seller.clone()),
        (name("BG-7"), facts.buyer.clone()),
        (name("BT-10"), facts.buyer_reference.clone()),
        (say("Positionen", "Lines").to_owned(), Some(facts.lines.to_string())),
        (name("BT-112"), money(&facts.total)),
        (name("BT-115"), money(&facts.due)),
        (say("Anlagen", "Attachments").to_owned(), count(facts.attachments)),
        (say("Angaben außerhalb der Norm", "Fields outside of the standard").to_owned(), count(facts.further)),
    ];
    let rows: Vec<(String, String)> =
        rows.into_iter().filter_map(|(label, value)| Some((label, value.filter(|value| !value.is_empty())?))).collect();
    let widest = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0).min(terminal.width / 2);
    for (label, value) in rows {
        let mut lines = String::new();
        let indent = widest + 4;
        terminal.wrap(&mut lines, indent, &printable(&value), None);
        let padded = format!("{label:widest$}");
        let rest = lines.get(indent..).unwrap_or("\n");
        _ = write!(out, "  {}  {rest}", terminal.paint(Style::Faint, &padded));
    }
    out.push('\n');
    out
}
