//! What is an invoice in a mail, and what only came along.
//!
//! The rules, in this order:
//! 1. XML and PDF with an invoice in them are invoices. The same invoice as XML and inside a PDF (equal
//!    content) is one: the XML; the PDF goes with it.
//! 2. Where there is none, broken XML is one that cannot be read; else each PDF or photograph is an
//!    invoice without data, but for those that by their name are terms, delivery notes and the like.
//! 3. Everything else goes with the first invoice. Logos, signatures and business cards do not.
//!
//! Archives are opened one level deep, within bounds.
//!
//! Invariant: the order of the finds is the order of the parts, whatever they are called.

use std::io::Read;

use axum::body::Bytes;
use jiff::civil::Date;
use vir_invoice::check::Checker;
use vir_mail::message::{Kind, Mail};

use crate::intake::understand::{self, FoundFile, Understood};
use crate::invoice_row as row;

/// Invoices that one mail may bring.
pub const INVOICES: usize = 50;
/// Files of one archive in a mail.
const ARCHIVE_FILES: usize = 100;
/// Unpacked bytes of all archives of a mail.
const ARCHIVE_BYTES: u64 = 100 << 20;

/// An invoice in a mail.
#[derive(Debug, Clone)]
pub struct Find {
    /// The part's number.
    pub part: String,
    /// The file's name.
    pub name: String,
    /// The file.
    pub bytes: Bytes,
    /// What goes with it.
    pub beside: Vec<FoundFile>,
}

/// What sort of mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Invoices with data.
    Invoices,
    /// XML that cannot be read, and no other invoice.
    Broken,
    /// Only pictures of invoices.
    PicturesOnly,
    /// Nothing.
    Nothing,
    /// An archive beyond the bounds.
    Bomb,
    /// More invoices than [`INVOICES`].
    TooMany,
}

/// The outcome.
#[derive(Debug, Clone)]
pub struct Sorted {
    /// What sort of mail it is.
    pub found: Found,
    /// The invoices.
    pub finds: Vec<Find>,
}

struct File {
    part: String,
    name: String,
    mime: String,
    bytes: Bytes,
    kind: Kind,
}

/// Sorts a mail; pure computation, for the blocking threads.
#[must_use]
pub fn sort(checker: &mut Checker, mail: &Mail<'_>, today: Date) -> Sorted {
    let mut files = Vec::new();
    let mut unpacked = 0;
    for part in mail.parts.iter().filter(|part| part.aside.is_none()) {
        let name = part.name.clone().unwrap_or_else(|| fallback_name(part.kind, &part.number));
        match part.kind {
            Kind::Text | Kind::Html | Kind::Signature => {}
            Kind::Zip => match open_archive(&part.bytes, &part.number, &mut unpacked) {
                Ok(inside) => files.extend(inside),
                Err(Bomb) => return Sorted { found: Found::Bomb, finds: Vec::new() },
            },
            kind => files.push(File {
                part: part.number.clone(),
                name,
                mime: part.media_type.clone(),
                bytes: Bytes::copy_from_slice(&part.bytes),
                kind,
            }),
        }
    }
    let looked: Vec<Option<Understood>> = files
        .iter()
        .map(|file| {
            matches!(file.kind, Kind::Xml | Kind::Pdf).then(|| understand::understand(checker, &file.bytes, today))
        })
        .collect();
    let structured = |index: &usize| looked[*index].as_ref().is_some_and(|found| found.syntax.is_some());
    let all = 0..files.len();
    let mut chosen: Vec<usize> = Vec::new();
    // XML first: the same content in a PDF then goes with it.
    for kind in [Kind::Xml, Kind::Pdf] {
        for index in all.clone().filter(|index| files[*index].kind == kind).filter(structured) {
            let key = looked[index].as_ref().and_then(|found| found.content_key.as_ref());
            let known = chosen.iter().any(|other| {
                files[*other].kind != kind
                    && key.is_some()
                    && looked[*other].as_ref().and_then(|found| found.content_key.as_ref()) == key
            });
            if !known {
                chosen.push(index);
            }
        }
    }
    let mut found = Found::Invoices;
    if chosen.is_empty() {
        let broken = |index: &usize| {
            files[*index].kind == Kind::Xml
                && looked[*index].as_ref().is_some_and(|found| found.trouble == Some(row::Trouble::BrokenXml))
        };
        chosen = all.clone().filter(broken).collect();
        found = Found::Broken;
    }
    if chosen.is_empty() {
        let pictures: Vec<usize> =
            all.filter(|index| matches!(files[*index].kind, Kind::Pdf | Kind::Picture)).collect();
        chosen = pictures.iter().copied().filter(|index| !goes_along(&files[*index].name)).collect();
        if chosen.is_empty() {
            chosen = pictures;
        }
        found = Found::PicturesOnly;
    }
    chosen.sort_unstable();
    match chosen.len() {
        0 => return Sorted { found: Found::Nothing, finds: Vec::new() },
        count if count > INVOICES => return Sorted { found: Found::TooMany, finds: Vec::new() },
        _ => {}
    }
    let mut finds: Vec<Find> = chosen
        .iter()
        .map(|index| {
            let file = &files[*index];
            Find { part: file.part.clone(), name: file.name.clone(), bytes: file.bytes.clone(), beside: Vec::new() }
        })
        .collect();
    for (index, file) in files.into_iter().enumerate().filter(|(index, _)| !chosen.contains(index)) {
        let _ = index;
        // By the name before the ending (`4711.xml`, `4711.pdf`), else with the first.
        let place = finds.iter().position(|find| stem(&find.name) == stem(&file.name)).unwrap_or(0);
        let beside =
            FoundFile { origin: "mail", name: file.name, mime: file.mime, description: None, bytes: file.bytes };
        finds[place].beside.push(beside);
    }
    Sorted { found, finds }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn fallback_name(kind: Kind, number: &str) -> String {
    let ending = match kind {
        Kind::Xml => "xml",
        Kind::Pdf => "pdf",
        Kind::Picture => "jpg",
        _ => "dat",
    };
    format!("anlage-{number}.{ending}")
}

/// Names of what is sent with invoices and is none.
fn goes_along(name: &str) -> bool {
    const WORDS: [&str; 9] =
        ["agb", "datenschutz", "widerruf", "lieferschein", "aufmass", "aufmaß", "stundenzettel", "terms", "begleit"];
    let name = name.to_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// An archive that unpacks to more than it may.
struct Bomb;

fn open_archive(bytes: &[u8], number: &str, unpacked: &mut u64) -> Result<Vec<File>, Bomb> {
    // A damaged archive is no bomb: there is just nothing in it.
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return Ok(Vec::new()) };
    if archive.len() > ARCHIVE_FILES {
        return Err(Bomb);
    }
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else { continue };
        if entry.is_dir() {
            continue;
        }
        let said = entry.name().map(|name| name.into_owned()).unwrap_or_default();
        let name = vir_invoice::safe_name::safe_name(&said, &format!("anlage-{number}.{}", index + 1));
        let mut content = Vec::new();
        // What an entry says about its size is not believed.
        let room = ARCHIVE_BYTES - *unpacked;
        if entry.take(room + 1).read_to_end(&mut content).is_err() {
            continue;
        }
        *unpacked += content.len() as u64;
        if *unpacked > ARCHIVE_BYTES {
            return Err(Bomb);
        }
        let kind = match understand::Format::of(&content) {
            understand::Format::Xml => Kind::Xml,
            understand::Format::Pdf => Kind::Pdf,
            understand::Format::Picture => Kind::Picture,
            _ => Kind::Other,
        };
        let mime = understand::Format::mime(&content).to_owned();
        files.push(File { part: format!("{number}.{}", index + 1), name, mime, bytes: content.into(), kind });
    }
    Ok(files)
}
