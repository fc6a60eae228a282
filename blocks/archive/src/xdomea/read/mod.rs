//! Reading messages of all understood versions.
//!
//! Reading is bounded: by the bytes of a message, its nodes, and the depth to which records are nested. It looks for
//! what the model has and passes over the rest; the message itself is to be kept beside what was understood.
//!
//! Invariant: a message that is given has all that the standard makes obligatory in what was read.

mod object;
mod plan;
mod value;

use roxmltree::{Document, Node, ParsingOptions};
use vir_core::{Place, Severity};

use super::model::{Appraised, Body, Code, Contact, Disposal, Head, Imported, Message, System};
use super::note::{Note, Reason};
use super::{MessageKind, Uuid, Version};
use crate::lifecycle::day::Day;
use crate::lifecycle::plan::Appraisal;
use crate::xml::canonical;

pub(super) use value::is_date_time;
use value::{date, flag};

/// No message is larger; the files that it names lie beside it.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// No message has more elements, texts and attributes.
const MAX_NODES: u32 = 8_000_000;
/// Records are not nested deeper.
pub const MAX_DEPTH: usize = 64;
/// After so many statements the rest is not looked for.
const MAX_NOTES: usize = 50;

/// A message that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The version in which it was written.
    pub version: Version,
    /// What it says.
    pub message: Message,
    /// What was not as it should be.
    pub notes: Vec<Note>,
}

/// Reads a message; or says why it cannot be used, with at least one error.
pub fn read(bytes: &[u8]) -> Result<Read, Vec<Note>> {
    let whole = |reason| Err(vec![Note::whole(reason)]);
    if bytes.len() > MAX_BYTES {
        return whole(Reason::TooLarge { limit: MAX_BYTES as u64 });
    }
    let Some(text) = canonical::text(bytes) else {
        return whole(Reason::NoXml("unknown encoding".to_owned()));
    };
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(&text, options) {
        Ok(document) => document,
        Err(error) => return whole(Reason::NoXml(error.to_string())),
    };
    let root = document.root_element();
    let Some(kind) = MessageKind::ALL.into_iter().find(|kind| kind.element() == root.tag_name().name()) else {
        return whole(Reason::NoMessage(cut(root.tag_name().name())));
    };
    let namespace = root.tag_name().namespace().unwrap_or_default();
    let Some(version) = Version::ALL.into_iter().find(|version| version.namespace() == namespace) else {
        return whole(Reason::UnknownVersion(cut(namespace)));
    };
    let mut reader = Reader { namespace, version, notes: Vec::new() };
    let head = reader.head(root, kind);
    let body = reader.body(root, kind);
    let notes = reader.notes;
    match (head, body) {
        (Some(head), Some(body)) if !notes.iter().any(|note| note.reason.severity() == Severity::Error) => {
            Ok(Read { version, message: Message { head, body }, notes })
        }
        _ => Err(notes),
    }
}

struct Reader<'d> {
    namespace: &'d str,
    version: Version,
    notes: Vec<Note>,
}

/// What may be shown of a stranger's text.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

impl<'d> Reader<'d> {
    fn note(&mut self, node: Node<'d, 'd>, reason: Reason) {
        if self.notes.len() < MAX_NOTES {
            let position = node.document().text_pos_at(node.range().start);
            let names: Vec<_> = node.ancestors().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
            let path = names.into_iter().rev().map(|name| format!("/xdomea:{name}")).collect();
            self.notes.push(Note { place: Place { path, line: position.row, column: position.col }, reason });
        }
    }

    fn children<'n>(&self, node: Node<'n, 'd>, name: &'static str) -> impl Iterator<Item = Node<'n, 'd>> + use<'n, 'd> {
        let namespace = self.namespace;
        node.children().filter(move |child| child.is_element() && child.has_tag_name((namespace, name)))
    }

    fn child<'n>(&self, node: Node<'n, 'd>, name: &'static str) -> Option<Node<'n, 'd>> {
        self.children(node, name).next()
    }

    fn required(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<Node<'d, 'd>> {
        let child = self.child(node, name);
        if child.is_none() {
            self.note(node, Reason::Missing(name));
        }
        child
    }

    /// The text of a child, as it stands there.
    fn text(&self, node: Node<'d, 'd>, name: &'static str) -> Option<String> {
        self.child(node, name).map(content)
    }

    /// The value of a child that must have a form.
    fn value<T>(
        &mut self,
        node: Node<'d, 'd>,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let child = self.child(node, name)?;
        self.read_as(child, name, &content(child), expected, read)
    }

    fn read_as<T>(
        &mut self,
        node: Node<'d, 'd>,
        element: &'static str,
        text: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(text.trim_matches([' ', '\t', '\r', '\n']));
        if value.is_none() {
            self.note(node, Reason::Value { element, value: cut(text), expected });
        }
        value
    }

    /// The same where it must be there.
    fn needed<T>(
        &mut self,
        node: Node<'d, 'd>,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.required(node, name)?;
        self.value(node, name, expected, read)
    }

    fn flag(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<bool> {
        self.value(node, name, "0, 1, false, true", flag)
    }

    fn day(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<Day> {
        self.value(node, name, "xs:date", date)
    }

    /// The code of a child with a list of codes.
    fn coded<T>(
        &mut self,
        node: Node<'d, 'd>,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let child = self.child(node, name)?;
        self.read_as(child, name, &code(child).code, expected, read)
    }

    fn head(&mut self, root: Node<'d, 'd>, kind: MessageKind) -> Option<Head> {
        let node = self.required(root, "Kopf")?;
        let process = self.needed(node, "ProzessID", "UUID", Uuid::new);
        let created = self
            .needed(node, "Erstellungszeitpunkt", "xs:dateTime", |text| is_date_time(text).then(|| text.to_owned()));
        if let Some(found) = self.required(node, "Nachrichtentyp").map(|child| code(child).code)
            && found != kind.code()
        {
            self.note(node, Reason::OtherType { element: kind.element(), code: cut(&found) });
        }
        let sender = self.required(node, "Absender");
        let recipient = self.required(node, "Empfaenger");
        let system = self.child(node, "SendendesSystem").map(|system| System {
            instance: self.text(system, "InstanzID"),
            product: self.text(system, "Produktname"),
            version: self.text(system, "Version"),
        });
        let receipt_wanted = self.flag(node, "Empfangsbestaetigung").unwrap_or(false);
        let archive_id_wanted = self.flag(node, "RueckmeldungArchivkennung").unwrap_or(false);
        Some(Head {
            process: process?,
            created: created?,
            sender: self.contact(sender?),
            recipient: self.contact(recipient?),
            system,
            note: self.text(node, "Hinweis"),
            receipt_wanted,
            archive_id_wanted,
        })
    }

    fn contact(&self, node: Node<'d, 'd>) -> Contact {
        let authority = self.child(node, "Behoerdenkennung");
        let key = if self.version.is_third() { "Behoerdenschluessel" } else { "Kennung" };
        let institution = self.child(node, "Institution");
        let name = self.child(node, "Name");
        let named = |part| name.and_then(|name| self.child(name, part)).and_then(|part| self.text(part, "Name"));
        Contact {
            key: authority.and_then(|authority| self.child(authority, key)).map(code),
            prefix: authority.and_then(|authority| self.child(authority, "Praefix")).map(code),
            institution: institution.and_then(|institution| self.text(institution, "Name")),
            institution_short: institution.and_then(|institution| self.text(institution, "Kurzbezeichnung")),
            unit: self.child(node, "Organisationseinheit").and_then(|unit| self.text(unit, "Name")),
            salutation: name.and_then(|name| self.text(name, "Anrede")),
            title: name.and_then(|name| self.text(name, "Titel")),
            family_name: named("Familienname"),
            given_name: named("Vorname"),
            activity: self.text(node, "Taetigkeit"),
            responsibility: self.text(node, "Zustaendigkeit"),
        }
    }

    fn body(&mut self, root: Node<'d, 'd>, kind: MessageKind) -> Option<Body> {
        Some(match kind {
            MessageKind::Offer => Body::Offer(self.objects(root)?),
            MessageKind::HandOver => Body::HandOver(self.objects(root)?),
            MessageKind::Appraisal => Body::Appraisal(self.appraised(root, "BewertetesObjekt")?),
            MessageKind::Catalogue => Body::Catalogue(self.appraised(root, "BewerteteAktenplaneinheit")?),
            MessageKind::Imported if self.version.is_third() => {
                Body::Imported(self.imported(root, "AusgesondertesSGO", "IDSGO")?)
            }
            MessageKind::Imported => Body::Imported(self.imported_second(root)?),
            MessageKind::CatalogueImported => {
                Body::CatalogueImported(self.imported(root, "BewerteteAktenplaneinheit", "ID")?)
            }
            MessageKind::PlanOffer => Body::PlanOffer(self.plan_offer(root)?),
            MessageKind::OfferReceived => Body::OfferReceived,
            MessageKind::AppraisalReceived => Body::AppraisalReceived,
            MessageKind::HandOverReceived => Body::HandOverReceived,
            MessageKind::PlanOfferReceived => Body::PlanOfferReceived,
            MessageKind::CatalogueReceived => Body::CatalogueReceived,
        })
    }

    fn appraised(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<Vec<Appraised>> {
        self.required(node, name)?;
        self.units(node, name)
    }

    /// Identifiers with their appraisal.
    fn units(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<Vec<Appraised>> {
        let mut found = Vec::new();
        for child in self.children(node, name) {
            let id = self.needed(child, "ID", "UUID", Uuid::new);
            self.required(child, "Aussonderungsart");
            if let (Some(id), Some(disposal)) = (id, self.disposal(child)) {
                found.push(Appraised { id, disposal });
            }
        }
        Some(found)
    }

    /// *Aussonderungsart*: a code in version 2, a choice around it in version 3.
    fn disposal(&mut self, node: Node<'d, 'd>) -> Option<Disposal> {
        const NAME: &str = "Aussonderungsart";
        if !self.version.is_third() {
            return self.coded(node, NAME, "A, B, V", appraisal).map(Disposal::Standard);
        }
        let choice = self.child(node, NAME)?;
        if let Some(own) = self.text(choice, "AussonderungsartKonfigurierbar") {
            return Some(Disposal::Own(own));
        }
        self.required(choice, NAME)?;
        self.coded(choice, NAME, "A, B, V", appraisal).map(Disposal::Standard)
    }

    fn imported(&mut self, root: Node<'d, 'd>, name: &'static str, id: &'static str) -> Option<Vec<Imported>> {
        self.required(root, name)?;
        let mut found = Vec::new();
        for child in self.children(root, name) {
            let id = self.needed(child, id, "UUID", Uuid::new);
            self.required(child, "Erfolgreich");
            let success = self.flag(child, "Erfolgreich");
            if let (Some(id), Some(success)) = (id, success) {
                let errors = self.children(child, "Fehlermeldung").map(content).collect();
                found.push(Imported { id: Some(id), success, errors, archive_id: self.text(child, "Archivkennung") });
            }
        }
        Some(found)
    }

    /// Version 2 says once whether all could be imported, and lists what the archive calls how.
    fn imported_second(&mut self, root: Node<'d, 'd>) -> Option<Vec<Imported>> {
        let node = self.required(root, "ErfolgOderMisserfolg")?;
        self.required(node, "Erfolgreich");
        let success = self.flag(node, "Erfolgreich")?;
        let errors: Vec<String> = self.children(node, "Fehlermeldung").map(content).collect();
        let mut found = Vec::new();
        for child in self.children(node, "Rueckgabeparameter") {
            if let Some(id) = self.needed(child, "ID", "UUID", Uuid::new) {
                let archive_id = self.text(child, "Archivkennung").filter(|id| !id.is_empty());
                found.push(Imported { id: Some(id), success, errors: errors.clone(), archive_id });
            }
        }
        if found.is_empty() {
            found.push(Imported { id: None, success, errors, archive_id: None });
        }
        Some(found)
    }

    fn runs(&mut self, node: Node<'d, 'd>, name: &'static str) -> Option<(Option<Day>, Option<Day>)> {
        let span = self.child(node, name)?;
        Some((self.day(span, "Beginn"), self.day(span, "Ende")))
    }
}

/// All text directly in an element, whatever stands between.
fn content(node: Node<'_, '_>) -> String {
    let mut texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    let first = texts.next().unwrap_or_default().to_owned();
    texts.fold(first, |all, text| all + text)
}

/// A code of the XÖV framework: its parts stand in no namespace.
fn code(node: Node<'_, '_>) -> Code {
    let part = |name: &str| node.children().find(|child| child.has_tag_name(name)).map(content);
    let collapsed = |text: String| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    Code {
        code: part("code").map(collapsed).unwrap_or_default(),
        name: part("name").map(|name| name.replace(['\t', '\r', '\n'], " ")),
        list: node.attribute("listURI").map(str::to_owned),
        list_version: node.attribute("listVersionID").map(str::to_owned),
    }
}

fn appraisal(text: &str) -> Option<Appraisal> {
    match text {
        "A" => Some(Appraisal::A),
        "B" => Some(Appraisal::B),
        "V" => Some(Appraisal::V),
        _ => None,
    }
}
