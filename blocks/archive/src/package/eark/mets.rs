//! Writing the parts of a METS document that CSIP uses.
//!
//! Invariant: identifiers are unique within the document, and every reference to one names it.

use super::super::text::Xml;
use super::super::{File, PackageError, part};
use super::{CSIP_SPACE, Kind, LINK_SPACE, METS_SPACE, address};
use crate::digest::Digest;
use crate::ocfl::digest::hex;

/// Something that METS refers to.
pub(super) struct Entry {
    pub path: String,
    pub file: File,
    /// The kind of metadata, and where METS has no word for it, another.
    pub kind: (&'static str, Option<String>),
}

impl Entry {
    pub(super) fn of(path: String, content: &[u8], mime: &str) -> Self {
        let file = File { mime: Some(mime.to_owned()), ..File::of(path.clone(), content) };
        Self { path, file, kind: ("OTHER", None) }
    }
}

/// The name of an algorithm in METS; it knows few.
pub(super) fn checksum_type(digest: Digest) -> Option<&'static str> {
    match digest {
        Digest::Sha1 => Some("SHA-1"),
        Digest::Sha256 => Some("SHA-256"),
        Digest::Sha384 => Some("SHA-384"),
        Digest::Sha512 => Some("SHA-512"),
        _ => None,
    }
}

/// What a document says of itself.
pub(super) struct Header<'h> {
    pub id: &'h str,
    pub label: Option<&'h str>,
    pub kind: Kind,
    pub created: &'h str,
    pub software: (&'h str, &'h str),
    pub submitter: Option<&'h str>,
    pub agreement: Option<&'h str>,
    pub is_root: bool,
}

/// A file group with the name of its division, and the METS document that its division points to.
pub(super) struct Group {
    pub usage: String,
    pub files: Vec<Entry>,
    pub pointer: bool,
}

/// A whole document.
pub(super) fn write(
    header: &Header<'_>,
    descriptions: &[Entry],
    provenance: &[Entry],
    groups: &[Group],
) -> Result<String, PackageError> {
    let mut xml = Xml::new();
    let mut root = vec![
        ("xmlns", METS_SPACE),
        ("xmlns:xlink", LINK_SPACE),
        ("xmlns:csip", CSIP_SPACE),
        ("OBJID", header.id),
        ("TYPE", "Mixed"),
        ("csip:CONTENTINFORMATIONTYPE", "MIXED"),
        ("PROFILE", header.kind.profile()),
    ];
    root.extend(header.label.map(|label| ("LABEL", label)));
    xml.open("mets", &root);
    let own = [("CREATEDATE", header.created), ("csip:OAISPACKAGETYPE", header.kind.name())];
    xml.open("metsHdr", &own);
    xml.open("agent", &[("ROLE", "CREATOR"), ("TYPE", "OTHER"), ("OTHERTYPE", "SOFTWARE")]);
    xml.text("name", &[], header.software.0);
    xml.text("note", &[("csip:NOTETYPE", "SOFTWARE VERSION")], header.software.1);
    xml.close();
    if let Some(submitter) = header.submitter {
        // The submitting agent of a SIP (SIP15 to SIP17) has the role of the specification's examples, which is the one
        // that RODA looks for.
        match header.kind {
            Kind::Sip => xml.open("agent", &[("ROLE", "CREATOR"), ("TYPE", "ORGANIZATION")]),
            _ => xml.open("agent", &[("ROLE", "OTHER"), ("OTHERROLE", "SUBMITTER"), ("TYPE", "ORGANIZATION")]),
        }
        xml.text("name", &[], submitter);
        xml.close();
    }
    if let Some(agreement) = header.agreement {
        xml.text("altRecordID", &[("TYPE", "SUBMISSIONAGREEMENT")], agreement);
    }
    xml.close();
    let mut ids = Ids(0);
    let mut described = Vec::new();
    for entry in descriptions {
        let id = ids.next("dmd");
        xml.open("dmdSec", &[("ID", &id), ("CREATED", header.created), ("STATUS", "CURRENT")]);
        reference(&mut xml, &mut ids, entry, header.created)?;
        xml.close();
        described.push(id);
    }
    let mut administrative = None;
    if !provenance.is_empty() {
        let id = ids.next("amd");
        xml.open("amdSec", &[("ID", &id)]);
        for entry in provenance {
            let own = ids.next("digiprov");
            xml.open("digiprovMD", &[("ID", &own), ("CREATED", header.created), ("STATUS", "CURRENT")]);
            reference(&mut xml, &mut ids, entry, header.created)?;
            xml.close();
        }
        xml.close();
        administrative = Some(id);
    }
    let mut named = Vec::new();
    // The section must have a group (METS); where there are no files, there is no section.
    let is_empty = groups.iter().all(|group| group.files.is_empty());
    if !is_empty {
        xml.open("fileSec", &[("ID", &ids.next("filesec"))]);
    }
    for group in groups.iter().filter(|group| !group.files.is_empty()) {
        let id = ids.next("group");
        // What the group is stands in words of our own; no word of the vocabulary says more.
        let words = group.usage.split('/').next().unwrap_or_default();
        let attributes = [
            ("ID", &id[..]),
            ("USE", &group.usage),
            ("csip:CONTENTINFORMATIONTYPE", "OTHER"),
            ("csip:OTHERCONTENTINFORMATIONTYPE", words),
        ];
        xml.open("fileGrp", &attributes);
        for entry in &group.files {
            file(&mut xml, &ids.next("ID-file"), entry, header.created)?;
        }
        xml.close();
        named.push((id, group));
    }
    if !is_empty {
        xml.close();
    }
    structure(&mut xml, &mut ids, header, (&described, administrative.as_deref()), &named);
    Ok(xml.finish())
}

struct Ids(usize);

impl Ids {
    fn next(&mut self, kind: &str) -> String {
        self.0 += 1;
        format!("{kind}-{}", self.0)
    }
}

fn structure(
    xml: &mut Xml,
    ids: &mut Ids,
    header: &Header<'_>,
    (described, administrative): (&[String], Option<&str>),
    groups: &[(String, &Group)],
) {
    xml.open("structMap", &[("ID", &ids.next("map")), ("TYPE", "PHYSICAL"), ("LABEL", "CSIP")]);
    xml.open("div", &[("ID", &ids.next("div")), ("LABEL", header.id)]);
    let own = ids.next("div");
    let described = described.join(" ");
    let mut attributes = vec![("ID", &own[..]), ("LABEL", "Metadata")];
    attributes.extend((!described.is_empty()).then_some(("DMDID", &described[..])));
    attributes.extend(administrative.map(|id| ("ADMID", id)));
    xml.empty("div", &attributes);
    // All contents once more as one division (CSIP101), beside those that point to the documents (CSIP105).
    if groups.iter().any(|(_, group)| group.pointer) {
        xml.open("div", &[("ID", &ids.next("div")), ("LABEL", "Representations")]);
        for (id, _) in groups.iter().filter(|(_, group)| group.pointer) {
            xml.empty("fptr", &[("FILEID", id)]);
        }
        xml.close();
    }
    for (id, group) in groups {
        xml.open("div", &[("ID", &ids.next("div")), ("LABEL", &group.usage)]);
        if let Some(entry) = group.files.first().filter(|_| group.pointer && header.is_root) {
            let place = address(&entry.path);
            let link =
                [("xlink:type", "simple"), ("xlink:href", &place[..]), ("LOCTYPE", "URL"), ("xlink:title", &id[..])];
            xml.empty("mptr", &link);
        } else {
            xml.empty("fptr", &[("FILEID", id)]);
        }
        xml.close();
    }
    xml.close();
    xml.close();
}

fn facts(entry: &Entry) -> Result<[String; 4], PackageError> {
    let kind = checksum_type(entry.file.hash.0);
    let kind = kind.ok_or_else(|| part(&entry.path, "METS has no name for its hash algorithm"))?;
    let mime = entry.file.mime.as_deref().unwrap_or("application/octet-stream");
    Ok([mime.to_owned(), entry.file.size.to_string(), hex(&entry.file.hash.1), kind.to_owned()])
}

fn reference(xml: &mut Xml, ids: &mut Ids, entry: &Entry, created: &str) -> Result<(), PackageError> {
    let [mime, size, sum, kind] = facts(entry)?;
    let (id, place) = (ids.next("ref"), address(&entry.path));
    let mut attributes = vec![
        ("ID", &id[..]),
        ("LOCTYPE", "URL"),
        ("MDTYPE", entry.kind.0),
        ("xlink:type", "simple"),
        ("xlink:href", &place),
        ("MIMETYPE", &mime),
        ("SIZE", &size),
        ("CREATED", created),
        ("CHECKSUM", &sum),
        ("CHECKSUMTYPE", &kind),
    ];
    attributes.extend(entry.kind.1.as_deref().map(|other| ("OTHERMDTYPE", other)));
    xml.empty("mdRef", &attributes);
    Ok(())
}

fn file(xml: &mut Xml, id: &str, entry: &Entry, created: &str) -> Result<(), PackageError> {
    let [mime, size, sum, kind] = facts(entry)?;
    let attributes = [
        ("ID", id),
        ("MIMETYPE", &mime),
        ("SIZE", &size),
        ("CREATED", created),
        ("CHECKSUM", &sum),
        ("CHECKSUMTYPE", &kind),
    ];
    xml.open("file", &attributes);
    let place = address(&entry.path);
    xml.empty("FLocat", &[("LOCTYPE", "URL"), ("xlink:type", "simple"), ("xlink:href", &place)]);
    xml.close();
    Ok(())
}
