//! A plan as a file: JSON with everything, or a table as offices have it.
//!
//! Invariant: a file that is not understood wholly changes nothing, and the answer names the line.

use axum::http::header;
use axum::response::IntoResponse as _;
use vir_archive::lifecycle::day::Period;
use vir_archive::lifecycle::plan::{Appraisal, Entry};
use vir_archive::lifecycle::term::{Rule, Start, Version};
use vir_archive::lifecycle::{Day, EntryId, Plan};
use vir_core::Text;
use vir_web::{Answer, AppError, Caller, Flash, Upload, redirect_with, upload_error};

use super::page::{keep, load};
use crate::permissions::{PLAN, SEE};
use crate::records;

/// The longest file, in bytes.
const MOST: usize = 8 << 20;

pub(super) async fn download(caller: Caller) -> Answer {
    caller.require_anywhere(SEE)?;
    let (_, plan) = load(&caller).await?;
    let json = serde_json::to_string_pretty(&plan).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"aktenplan.json\""),
    ];
    Ok((headers, json).into_response())
}

pub(super) async fn upload(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_everywhere(PLAN)?;
    let (mut seen, mut bytes) = (0, Vec::new());
    while let Some(mut part) = upload.next().await? {
        match part.name() {
            Some("seen") => seen = part.text().await.ok().and_then(|text| text.parse().ok()).unwrap_or(0),
            Some("file") => {
                while let Some(piece) = part.chunk().await.map_err(|error| upload_error(&error))? {
                    bytes.extend_from_slice(&piece);
                    if bytes.len() > MOST {
                        return Err(AppError::too_large(MOST as u64));
                    }
                }
            }
            _ => {}
        }
    }
    let today = records::day_of(caller.app.now());
    let plan = read(&bytes, today).map_err(AppError::bad_request)?;
    let count = plan.entries().count();
    let (_, before) = load(&caller).await?;
    for entry in before.entries() {
        if let Some(new) = plan.entry(&entry.id)
            && !new.retention.starts_with(&entry.retention)
            && !entry.retention.is_empty()
        {
            return Err(AppError::conflict(Text::owned(
                format!(
                    "Die Datei ändert Fassungen der Aufbewahrungsregel von {}. Fassungen kommen hinzu, sie ändern sich nicht.",
                    entry.id
                ),
                format!(
                    "The file changes versions of the retention rule of {}. Versions are added, not changed.",
                    entry.id
                ),
            )));
        }
    }
    keep(&caller, seen, plan).await?;
    let text = caller.tr(format!("{count} Einträge eingelesen."), format!("{count} entries read."));
    Ok(redirect_with(&caller, "/aktenplan", &Flash::good(text)))
}

/// The plan that a file says.
fn read(bytes: &[u8], today: Day) -> Result<Plan, Text> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| Text::new("Die Datei ist nicht in UTF-8 geschrieben.", "The file is not written in UTF-8."))?;
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|error| {
            Text::owned(format!("Die Datei ist kein Aktenplan: {error}."), format!("The file is no plan: {error}."))
        });
    }
    table(text, today)
}

/// Entry; title; years; source; appraisal.
fn table(text: &str, today: Day) -> Result<Plan, Text> {
    let separator = if text.lines().next().unwrap_or_default().contains(';') { ';' } else { ',' };
    let mut entries: Vec<Entry> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.split(separator).map(|cell| cell.trim().trim_matches('"')).collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        let heading = at == 0 && cell(2).parse::<u16>().is_err() && !cell(2).is_empty();
        if line.trim().is_empty() || heading {
            continue;
        }
        let wrong =
            |de: &str, en: &str| Text::owned(format!("Zeile {}: {de}", at + 1), format!("Line {}: {en}", at + 1));
        if cell(0).is_empty() || cell(1).is_empty() {
            return Err(wrong("Eintrag oder Bezeichnung fehlt.", "the entry or its title is missing."));
        }
        let rule = match cell(2) {
            "" => None,
            "dauernd" => Some(Rule::Permanent),
            years => {
                let years =
                    years.parse().map_err(|_| wrong("Die Jahre sind keine Zahl.", "the years are no number."))?;
                Some(Rule::Term { period: Period::years(years), start: Start::YearEnd })
            }
        };
        let source = if cell(3).is_empty() { "eingelesener Aktenplan" } else { cell(3) };
        let appraisal = match cell(4) {
            "" => None,
            "A" => Some(Appraisal::A),
            "B" => Some(Appraisal::B),
            "V" => Some(Appraisal::V),
            _ => return Err(wrong("Die Bewertung ist A, B oder V.", "the appraisal is A, B or V.")),
        };
        entries.push(Entry {
            id: cell(0).into(),
            parent: None,
            title: cell(1).to_owned(),
            unit: None,
            confidentiality: None,
            appraisal,
            retention: rule
                .map(|rule| Version { version: 1, from: today, rule, source: source.to_owned(), also_closed: true })
                .into_iter()
                .collect(),
            transfer: None,
        });
    }
    let names: std::collections::BTreeSet<EntryId> = entries.iter().map(|entry| entry.id.clone()).collect();
    for entry in &mut entries {
        entry.parent = above(&entry.id.0).map(EntryId).find(|parent| names.contains(parent));
    }
    Plan::new(entries).map_err(|error| error.text())
}

/// The names that could stand above: `20.3.1` stands under `20.3` or `20`.
fn above(id: &str) -> impl Iterator<Item = String> {
    let ends: Vec<usize> = id.char_indices().filter(|(_, c)| matches!(c, '.' | '-' | '/')).map(|(at, _)| at).collect();
    let id = id.to_owned();
    ends.into_iter().rev().map(move |end| id[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_a_tree() {
        let today = "2026-11-22".parse().unwrap();
        let plan = read("Eintrag;Bezeichnung;Jahre;Grundlage;Bewertung\n20;Finanzen;10;KomHKVO;V\n20.3.1;Belege\n00;Rat;dauernd;;A\n".as_bytes(), today).unwrap();
        let entry = plan.entry(&"20.3.1".into()).unwrap();
        assert_eq!(entry.parent, Some("20".into()));
        assert_eq!(plan.planned_appraisal(&"20.3.1".into()), Some(Appraisal::V));
        let error = read("20;Finanzen;zehn\n20.1;Haushalt;elf".as_bytes(), today).unwrap_err();
        assert!(error.get(vir_core::Lang::De).starts_with("Zeile 2"), "{error:?}");
        assert!(read(b"\xff", today).is_err());
        assert!(read(b"[{\"id\":1}]", today).is_err());
    }
}
