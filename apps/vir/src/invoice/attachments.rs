//! `vir invoice attachments`: the supporting documents of an invoice, listed or taken out.
//!
//! Invariant: nothing is written outside of the folder, nothing is overwritten, nothing is opened or
//! run, and no link is followed.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use vir_core::Lang;
use vir_invoice::model::{Bg, Bt, Component, Content, Invoice};
use vir_invoice::safe_name::safe_name;

use super::base64::decode;
use super::document::{self, Loaded, PdfLimits};
use super::input::Source;
use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::{Colour, Style, Terminal, print, printable};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("DATEI|-", "FILE|-"), help = say("Die Rechnung (XML oder PDF)", "The invoice (XML or PDF)"))]
    file: PathBuf,
    #[arg(short, long, value_name = say("ORDNER", "FOLDER"), help = say(
        "In diesen Ordner schreiben; sonst wird nur aufgelistet",
        "Write into this folder; else they are only listed"
    ))]
    output: Option<PathBuf>,
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20, hide_default_value = true, help = say(
        "Größere Anlagen nicht schreiben (sonst 256 MiB)",
        "Do not write larger ones (else 256 MiB)"
    ))]
    max_bytes: usize,
    #[arg(long, help = say("Liste als JSON", "List as JSON"))]
    json: bool,
    #[command(flatten)]
    limits: PdfLimits,
}

/// A supporting document.
#[derive(Debug, Default, Serialize)]
pub struct Attachment {
    /// BT-122, or empty for files of the PDF.
    reference: String,
    /// The name in the document.
    name: String,
    /// BT-123
    description: String,
    mime: String,
    /// BT-124: where it can be had.
    link: Option<String>,
    size: Option<usize>,
    /// The name under which it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip)]
    bytes: Option<Vec<u8>>,
}

/// Lists or writes.
pub fn run(args: &Args) -> Result<Outcome> {
    let source = Source::of(&args.file);
    let loaded = document::load(&source, &args.limits.limits())?;
    let (_, invoice) = loaded.read(&source)?;
    let mut found = all(&invoice, &loaded);
    if let Some(folder) = &args.output {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        for (index, attachment) in found.iter_mut().enumerate() {
            write(folder, index + 1, attachment, args.max_bytes)?;
        }
    }
    if args.json {
        let mut out = serde_json::to_string_pretty(&found).expect("strings and numbers always make JSON");
        out.push('\n');
        print(&out)?;
    } else {
        print(&list(&found, Terminal::of_stdout(Colour::Auto)))?;
    }
    let problems = found.iter().any(|attachment| attachment.problem.is_some());
    Ok(if problems { Outcome::NotGood } else { Outcome::Good })
}

/// The supporting documents of the invoice (BG-24) and the other files of its PDF.
pub fn all(invoice: &Invoice, loaded: &Loaded) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = invoice
        .root
        .groups_of(Bg::BG24)
        .map(|group| {
            let text = |term| group.text(term).unwrap_or_default().to_owned();
            let link = group.text(Bt::BT124).map(str::to_owned);
            let mut attachment =
                Attachment { reference: text(Bt::BT122), description: text(Bt::BT123), link, ..Attachment::default() };
            if let Some(file) = group.value(Bt::BT125) {
                attachment.name = file.component(Component::Filename).unwrap_or_default().to_owned();
                attachment.mime = file.component(Component::Mime).unwrap_or_default().to_owned();
                if let Content::Binary(text) = &file.content {
                    attachment.bytes = decode(text);
                    attachment.size = attachment.bytes.as_ref().map(Vec::len);
                    if attachment.bytes.is_none() {
                        attachment.problem = Some(say("kein gültiges base64", "no valid base64").to_owned());
                    }
                }
            }
            attachment
        })
        .collect();
    found.extend(loaded.beside.iter().map(|file| Attachment {
        name: file.name.clone(),
        description: file.description.clone(),
        mime: file.mime.clone().unwrap_or_default(),
        size: Some(file.bytes.len()),
        problem: file.damage.as_ref().map(|damage| damage.text().get(language()).to_owned()),
        bytes: file.damage.is_none().then(|| file.bytes.clone()),
        ..Attachment::default()
    }));
    found
}

fn write(folder: &Path, number: usize, attachment: &mut Attachment, most: usize) -> Result<()> {
    let Some(bytes) = &attachment.bytes else { return Ok(()) };
    if bytes.len() > most {
        attachment.problem = Some(match language() {
            Lang::De => format!("größer als {most} Bytes, nicht geschrieben"),
            Lang::En => format!("larger than {most} bytes, not written"),
        });
        return Ok(());
    }
    let fallback = format!("{}-{number}", say("anlage", "attachment"));
    let name = if attachment.name.trim().is_empty() { &attachment.reference } else { &attachment.name };
    let safe = safe_name(name, &fallback);
    let (stem, ending) = match safe.rsplit_once('.') {
        Some((stem, ending)) => (stem.to_owned(), format!(".{ending}")),
        None => (safe, String::new()),
    };
    for attempt in 1..10_000 {
        let name = if attempt == 1 { format!("{stem}{ending}") } else { format!("{stem}-{attempt}{ending}") };
        let path = folder.join(&name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(bytes).with_context(|| path.display().to_string())?;
                attachment.written = Some(name);
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
    }
    bail!("{}: {}", folder.display(), say("Zu viele Dateien mit demselben Namen", "too many files of the same name"))
}

fn list(found: &[Attachment], terminal: Terminal) -> String {
    let mut out = String::new();
    for attachment in found {
        let name = if attachment.name.is_empty() { &attachment.reference } else { &attachment.name };
        let size = attachment.size.map(|size| format!("{size} Bytes"));
        let facts: Vec<&str> = [Some(attachment.mime.as_str()), size.as_deref(), Some(attachment.reference.as_str())]
            .into_iter()
            .flatten()
            .filter(|fact| !fact.is_empty())
            .collect();
        _ = writeln!(
            out,
            "{}  {}",
            terminal.paint(Style::Strong, &printable(name)),
            terminal.paint(Style::Faint, &printable(&facts.join(" · ")))
        );
        terminal.wrap(&mut out, 2, &printable(&attachment.description), None);
        if let Some(link) = &attachment.link {
            let text = format!("{}: {}", say("Verweis, nicht geladen", "link, not fetched"), printable(link));
            terminal.wrap(&mut out, 2, &text, None);
        }
        if let Some(written) = &attachment.written {
            terminal.wrap(&mut out, 2, &format!("→ {written}"), Some(Style::Good));
        }
        if let Some(problem) = &attachment.problem {
            terminal.wrap(&mut out, 2, problem, Some(Style::Bad));
        }
    }
    if found.is_empty() {
        _ = writeln!(out, "{}", say("Keine Anlagen.", "No attachments."));
    }
    out
}
