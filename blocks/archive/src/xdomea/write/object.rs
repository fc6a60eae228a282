//! Records, cases and documents, written without recursion.
//!
//! Invariant: children are written in the order of the schema: documents, then cases, then files; within a kind in
//! the order of the list.

use super::out::Out;
use super::{Outcome, WriteError, cut, disposal, letter, runs};
use crate::lifecycle::event::Kind;
use crate::lifecycle::plan::{Appraisal, Confidentiality};
use crate::xdomea::model::{Disposal, Document, Format, Medium, Object, Retention, RetentionEnd};
use crate::xdomea::read::{MAX_DEPTH, is_date_time};
use crate::xdomea::{Uuid, name};

/// What is left to write, the next at the end.
enum Work {
    Begin(usize),
    Open(&'static str),
    Close(&'static str),
    /// What stands behind the contents of a file.
    Closing(usize),
}

/// What an object is called where it stands.
fn element(kind: Kind, inner: bool, of: Option<Kind>) -> Option<&'static str> {
    Some(match (kind, inner, of) {
        (Kind::File, false, _) => "Akte",
        (Kind::File, true, Some(Kind::File)) => "Teilakte",
        (Kind::Case, false, _) | (Kind::Case, true, Some(Kind::File)) => "Vorgang",
        (Kind::Case, true, Some(Kind::Case)) => "Teilvorgang",
        (Kind::Document, true, Some(Kind::Document)) => "Anlage",
        (Kind::Document, ..) => "Dokument",
        _ => return None,
    })
}

pub(super) fn objects(out: &mut Out, objects: &[Object]) -> Outcome {
    if objects.is_empty() {
        return Err(WriteError::Missing { element: "Schriftgutobjekt" });
    }
    let mut children: Vec<[Vec<usize>; 3]> = vec![Default::default(); objects.len()];
    let mut depths = vec![1; objects.len()];
    let mut roots = Vec::new();
    for (position, object) in objects.iter().enumerate() {
        let Some(parent) = object.parent else {
            roots.push(position);
            continue;
        };
        let fits = parent < position && element(object.kind, true, Some(objects[parent].kind)).is_some();
        if !fits {
            return Err(WriteError::Placement { position });
        }
        depths[position] = depths[parent] + 1;
        if depths[position] > MAX_DEPTH {
            return Err(WriteError::Placement { position });
        }
        let group = match object.kind {
            Kind::Document => 0,
            Kind::Case => 1,
            Kind::File => 2,
        };
        children[parent][group].push(position);
    }
    for root in roots {
        out.open("Schriftgutobjekt");
        let mut work = vec![Work::Begin(root)];
        while let Some(next) = work.pop() {
            match next {
                Work::Open(element) => out.open(element),
                Work::Close(element) => out.close(element),
                Work::Closing(position) => closing(out, &objects[position])?,
                Work::Begin(position) => {
                    let object = &objects[position];
                    let of = object.parent.map(|parent| objects[parent].kind);
                    let name = element(object.kind, of.is_some(), of).ok_or(WriteError::Placement { position })?;
                    out.open(name);
                    begin(out, object)?;
                    let from = work.len();
                    contents(out, object.kind, position, &children[position], &mut work)?;
                    work.push(Work::Close(name));
                    work[from..].reverse();
                }
            }
        }
        out.close("Schriftgutobjekt");
    }
    Ok(())
}

/// What stands inside an object, in the order of the schema.
fn contents(out: &mut Out, kind: Kind, position: usize, children: &[Vec<usize>; 3], work: &mut Vec<Work>) -> Outcome {
    let begin = |group: usize| children[group].iter().copied().map(Work::Begin);
    match kind {
        Kind::File => {
            let third = out.version.is_third();
            let [documents, cases, files] = children;
            if !third && !documents.is_empty() && !cases.is_empty() {
                let what = "Akteninhalt (documents and cases side by side)";
                return Err(WriteError::NotInVersion { what, version: out.version });
            }
            let inside = !documents.is_empty() || !cases.is_empty() || (third && !files.is_empty());
            if inside {
                work.push(Work::Open("Akteninhalt"));
                work.extend(begin(0).chain(begin(1)));
                if third {
                    work.extend(begin(2));
                }
                work.push(Work::Close("Akteninhalt"));
            }
            if !third {
                work.extend(begin(2));
            }
            work.push(Work::Closing(position));
        }
        Kind::Case | Kind::Document => work.extend(begin(0).chain(begin(1))),
    }
    Ok(())
}

fn begin(out: &mut Out, object: &Object) -> Outcome {
    let third = out.version.is_third();
    out.within("Identifikation", |out| {
        out.text("ID", object.id.as_str())?;
        let number = object.number.map(|number| number.to_string());
        out.optional("NummerImUebergeordnetenContainer", number.as_deref())
    })?;
    if object.is_described() {
        out.within("AllgemeineMetadaten", |out| general(out, object))?;
    }
    if let Some(part) = &object.document {
        return document(out, object, part);
    }
    if object.kind == Kind::Document {
        return out.optional("Typ", object.type_name.as_deref());
    }
    if object.is_archival() {
        out.within("ArchivspezifischeMetadaten", |out| archival(out, object))?;
    }
    out.optional("Typ", object.type_name.as_deref())?;
    if object.kind == Kind::Case {
        if let Some(closed) = object.closed {
            out.flag("ZdA", closed)?;
        }
        if third {
            out.day("ZdADatum", object.closed_on)?;
        }
    }
    out.lose("ZdADatum", !third && object.closed_on.is_some());
    out.lose("ZdA", !third && object.kind == Kind::File && object.closed.is_some());
    runs(out, "Laufzeit", object.runs)
}

/// Version 3 says of files behind their contents that they are closed; version 2 does not.
fn closing(out: &mut Out, object: &Object) -> Outcome {
    if !out.version.is_third() {
        return Ok(());
    }
    if let Some(closed) = object.closed {
        out.flag("ZdA", closed)?;
    }
    out.day("ZdADatum", object.closed_on)
}

fn general(out: &mut Out, object: &Object) -> Outcome {
    out.optional("Betreff", object.subject.as_deref())?;
    out.optional("Kennzeichen", object.reference.as_deref())?;
    out.optional("Federfuehrung", object.lead.as_deref())?;
    if out.version.is_third() {
        out.optional("Aktenfuehrung", object.keeper.as_deref())?;
    } else {
        out.lose("Aktenfuehrung", object.keeper.is_some());
    }
    if let Some(class) = object.confidentiality {
        let code = match class {
            Confidentiality::Secret => "001",
            Confidentiality::Restricted => "002",
            Confidentiality::Open => "003",
            Confidentiality::TopSecret => "004",
            Confidentiality::Confidential => "005",
        };
        out.code("Vertraulichkeitsstufe", code)?;
    }
    out.optional("Bemerkung", object.remark.as_deref())?;
    if let Some(medium) = object.medium {
        let code = match medium {
            Medium::Electronic => "001",
            Medium::Hybrid => "002",
            Medium::Paper => "003",
        };
        out.code("Medium", code)?;
    }
    let Some((reference, about)) = &object.plan_entry else { return Ok(()) };
    out.within("Aktenplaneinheit", |out| {
        out.optional("Kennzeichen", reference.as_deref())?;
        out.optional("Inhaltsangabe", about.as_deref())
    })
}

fn archival(out: &mut Out, object: &Object) -> Outcome {
    const END: &str = "Aufbewahrungsende";
    let third = out.version.is_third();
    if let Some(retention) = object.retention {
        duration(out, retention)?;
    }
    match &object.disposal {
        Some(Disposal::Own(_)) if !third => out.lose("AussonderungsartKonfigurierbar", true),
        Some(value) => disposal(out, value)?,
        None => {}
    }
    out.optional("Kennung", object.archive_code.as_deref())?;
    match object.proposal {
        Some(Appraisal::B) => {
            return Err(WriteError::Value { element: "Bewertungsvorschlag", value: "B".to_owned() });
        }
        Some(value) => out.code("Bewertungsvorschlag", letter(value))?,
        None => {}
    }
    match object.retention_end {
        Some(RetentionEnd::Day(day)) if third => out.text(END, &day.to_string()),
        Some(RetentionEnd::Year(year)) if third => out.text(END, &format!("{year:04}-12-31")),
        Some(RetentionEnd::Year(year)) => out.text(END, &format!("{year:04}")),
        Some(RetentionEnd::Day(day)) => {
            out.lose(END, true);
            out.text(END, &format!("{:04}", day.year()))
        }
        None => Ok(()),
    }
}

/// *Aufbewahrungsdauer*.
pub(super) fn duration(out: &mut Out, retention: Retention) -> Outcome {
    const DURATION: &str = "Aufbewahrungsdauer";
    let third = out.version.is_third();
    match retention {
        Retention::Years(years) if third => out.within(DURATION, |out| out.text("AnzahlJahre", &years.to_string())),
        Retention::Permanent if third => out.within(DURATION, |out| out.flag("Unbefristet", true)),
        Retention::Years(years) => out.text(DURATION, &years.to_string()),
        Retention::Permanent => {
            out.lose(DURATION, true);
            Ok(())
        }
    }
}

fn document(out: &mut Out, object: &Object, document: &Document) -> Outcome {
    out.optional("FremdesGeschaeftszeichen", document.foreign_reference.as_deref())?;
    out.day("Posteingangsdatum", document.received)?;
    out.day("Postausgangsdatum", document.sent)?;
    out.day("DatumDesSchreibens", document.dated)?;
    out.optional("Bezug", document.regarding.as_deref())?;
    out.optional("Bearbeiter", document.clerk.as_deref())?;
    out.optional("Typ", object.type_name.as_deref())?;
    for version in &document.versions {
        if version.formats.is_empty() {
            return Err(WriteError::Missing { element: "Format" });
        }
        out.within("Version", |out| {
            out.text("Nummer", &version.number)?;
            version.formats.iter().try_for_each(|item| out.within("Format", |out| format(out, item)))
        })?;
    }
    Ok(())
}

/// The codes of version 2: 001 to 045, and 100.
fn is_known_format(code: &str) -> bool {
    code == "100" || (code.len() == 3 && code.parse().is_ok_and(|number: u8| (1..=45).contains(&number)))
}

fn format(out: &mut Out, format: &Format) -> Outcome {
    let third = out.version.is_third();
    if third {
        let list = format.list_version.as_deref().unwrap_or("1.0");
        out.code_of("Name", &format.code, None, &[("listVersionID", Some(list))])?;
    } else if is_known_format(&format.code) {
        out.code("Name", &format.code)?;
    } else {
        return Err(WriteError::Value { element: "Name", value: cut(&format.code) });
    }
    out.optional("SonstigerName", format.other_name.as_deref())?;
    out.text("Version", &format.version)?;
    let file = &format.file;
    let shaped = file.name.get(..36).and_then(Uuid::new).is_some() && name::is_plain(&file.name);
    let ended = third || (file.name.get(36..37) == Some("_") && file.name.contains('.'));
    if !shaped || !ended {
        return Err(WriteError::Value { element: "Dateiname", value: cut(&file.name) });
    }
    out.within("Primaerdokument", |out| {
        out.text("Dateiname", &file.name)?;
        if third {
            out.optional("DateinameOriginal", file.original.as_deref())?;
        } else {
            out.lose("DateinameOriginal", file.original.is_some());
        }
        out.optional("Ersteller", file.creator.as_deref())?;
        match &file.created {
            Some(created) if !is_date_time(created) => {
                Err(WriteError::Value { element: "DatumUhrzeit", value: cut(created) })
            }
            created => out.optional("DatumUhrzeit", created.as_deref()),
        }
    })
}
