//! Records, cases and documents, read one after the other without recursion.
//!
//! Invariant: objects come in the order of the document, parents before children.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::{MAX_DEPTH, Reader, appraisal, code, is_date_time};
use crate::lifecycle::event::Kind;
use crate::lifecycle::plan::{Appraisal, Confidentiality};
use crate::xdomea::model::{Document, DocumentVersion, File, Format, Medium, Object, Retention, RetentionEnd};
use crate::xdomea::note::Reason;
use crate::xdomea::{Uuid, name};

/// An element that waits to be read.
struct Waiting<'d> {
    node: Node<'d, 'd>,
    kind: Kind,
    parent: Option<usize>,
    depth: usize,
}

impl<'d> Reader<'d> {
    /// All objects of an offer or a hand-over.
    pub(super) fn objects(&mut self, root: Node<'d, 'd>) -> Option<Vec<Object>> {
        self.required(root, "Schriftgutobjekt")?;
        let mut waiting = Vec::new();
        for holder in self.children(root, "Schriftgutobjekt") {
            let kinds = [("Akte", Kind::File), ("Vorgang", Kind::Case), ("Dokument", Kind::Document)];
            let found = kinds.iter().find_map(|(name, kind)| Some((self.child(holder, name)?, *kind)));
            match found {
                Some((node, kind)) => waiting.push(Waiting { node, kind, parent: None, depth: 1 }),
                None => self.note(holder, Reason::Missing("Akte")),
            }
        }
        waiting.reverse();
        let mut objects = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(Waiting { node, kind, parent, depth }) = waiting.pop() {
            if depth > MAX_DEPTH {
                self.note(node, Reason::TooDeep { limit: MAX_DEPTH });
                return None;
            }
            let Some(object) = self.object(node, kind, parent) else { continue };
            if !seen.insert(object.id.folded()) {
                self.note(node, Reason::SameId(object.id.to_string()));
            }
            let own = Some(objects.len());
            objects.push(object);
            let from = waiting.len();
            let mut wait = |holder: Option<Node<'d, 'd>>, name: &'static str, kind| {
                let Some(holder) = holder else { return };
                for node in self.children(holder, name) {
                    waiting.push(Waiting { node, kind, parent: own, depth: depth + 1 });
                }
            };
            match kind {
                Kind::File => {
                    let content = self.child(node, "Akteninhalt");
                    wait(content, "Dokument", Kind::Document);
                    wait(content, "Vorgang", Kind::Case);
                    wait(content, "Teilakte", Kind::File);
                    // Version 2 has them beside the contents.
                    wait(Some(node), "Teilakte", Kind::File);
                }
                Kind::Case => {
                    wait(Some(node), "Dokument", Kind::Document);
                    wait(Some(node), "Teilvorgang", Kind::Case);
                }
                Kind::Document => wait(Some(node), "Anlage", Kind::Document),
            }
            waiting[from..].reverse();
        }
        Some(objects)
    }

    fn object(&mut self, node: Node<'d, 'd>, kind: Kind, parent: Option<usize>) -> Option<Object> {
        let identification = self.required(node, "Identifikation")?;
        let id = self.needed(identification, "ID", "UUID", Uuid::new)?;
        let mut object = Object::new(kind, id, parent);
        // Version 2 allows any text; only numbers are taken over.
        object.number = match self.version.is_third() {
            true => self
                .value(identification, "NummerImUebergeordnetenContainer", "xs:unsignedInt", |text| text.parse().ok()),
            false => self.text(identification, "NummerImUebergeordnetenContainer").and_then(|text| text.parse().ok()),
        };
        object.type_name = self.text(node, "Typ");
        if let Some(general) = self.child(node, "AllgemeineMetadaten") {
            self.general(general, &mut object);
        }
        if kind == Kind::Document {
            object.document = Some(self.document(node));
            return Some(object);
        }
        object.runs = self.runs(node, "Laufzeit");
        object.closed = self.flag(node, "ZdA");
        object.closed_on = self.day(node, "ZdADatum");
        if let Some(archival) = self.child(node, "ArchivspezifischeMetadaten") {
            self.archival(archival, &mut object);
        }
        Some(object)
    }

    fn general(&mut self, node: Node<'d, 'd>, object: &mut Object) {
        object.subject = self.text(node, "Betreff");
        object.reference = self.text(node, "Kennzeichen");
        object.lead = self.text(node, "Federfuehrung");
        object.keeper = self.text(node, "Aktenfuehrung");
        object.remark = self.text(node, "Bemerkung");
        object.confidentiality = self.coded(node, "Vertraulichkeitsstufe", "001 … 005", |code| match code {
            "001" => Some(Confidentiality::Secret),
            "002" => Some(Confidentiality::Restricted),
            "003" => Some(Confidentiality::Open),
            "004" => Some(Confidentiality::TopSecret),
            "005" => Some(Confidentiality::Confidential),
            _ => None,
        });
        object.medium = self.coded(node, "Medium", "001 … 003", |code| match code {
            "001" => Some(Medium::Electronic),
            "002" => Some(Medium::Hybrid),
            "003" => Some(Medium::Paper),
            _ => None,
        });
        object.plan_entry = self
            .child(node, "Aktenplaneinheit")
            .map(|entry| (self.text(entry, "Kennzeichen"), self.text(entry, "Inhaltsangabe")));
    }

    fn archival(&mut self, node: Node<'d, 'd>, object: &mut Object) {
        const DURATION: &str = "Aufbewahrungsdauer";
        object.disposal = self.disposal(node);
        object.archive_code = self.text(node, "Kennung");
        object.proposal = self
            .coded(node, "Bewertungsvorschlag", "A, V", |code| appraisal(code).filter(|value| *value != Appraisal::B));
        let year = |text: &str| Some(RetentionEnd::Year(text.get(..4)?.parse().ok()?));
        if self.version.is_third() {
            object.retention_end = self.day(node, "Aufbewahrungsende").map(RetentionEnd::Day);
            object.retention = self.duration(node);
        } else {
            object.retention_end = self.value(node, "Aufbewahrungsende", "xs:gYear", year);
            object.retention = self.value(node, DURATION, "0 … 65535", |text| text.parse().ok()).map(Retention::Years);
        }
    }

    fn document(&mut self, node: Node<'d, 'd>) -> Document {
        let mut versions = Vec::new();
        for version in self.children(node, "Version") {
            self.required(version, "Nummer");
            self.required(version, "Format");
            let number = self.text(version, "Nummer").unwrap_or_default();
            let mut formats = Vec::new();
            for format in self.children(version, "Format") {
                formats.extend(self.format(format));
            }
            versions.push(DocumentVersion { number, formats });
        }
        Document {
            foreign_reference: self.text(node, "FremdesGeschaeftszeichen"),
            received: self.day(node, "Posteingangsdatum"),
            sent: self.day(node, "Postausgangsdatum"),
            dated: self.day(node, "DatumDesSchreibens"),
            regarding: self.text(node, "Bezug"),
            clerk: self.text(node, "Bearbeiter"),
            versions,
        }
    }

    fn format(&mut self, node: Node<'d, 'd>) -> Option<Format> {
        let code = code(self.required(node, "Name")?);
        let primary = self.required(node, "Primaerdokument")?;
        let file_name = self.needed(primary, "Dateiname", "UUID, and a plain file name behind it", |text| {
            let identified = text.get(..36).and_then(Uuid::new).is_some();
            (identified && name::is_plain(text)).then(|| text.to_owned())
        });
        let created =
            self.value(primary, "DatumUhrzeit", "xs:dateTime", |text| is_date_time(text).then(|| text.to_owned()));
        Some(Format {
            code: code.code,
            list_version: code.list_version,
            other_name: self.text(node, "SonstigerName"),
            version: self.text(node, "Version").unwrap_or_default(),
            file: File {
                name: file_name?,
                original: self.text(primary, "DateinameOriginal"),
                creator: self.text(primary, "Ersteller"),
                created,
            },
        })
    }
}
