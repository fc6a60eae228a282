//! Writing a package as a folder.
//!
//! Invariant: every file of the layout but the root METS document is named, with its hash value, by a METS document of
//! the layout.

use super::super::{File, Package, PackageError, Version, path, premis};
use super::mets::{self, Entry, Group, Header};
use super::{Kind, METS, folder};

/// What a package does not know of itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The name and version of the software that writes it (CSIP14, CSIP15).
    pub software: (String, String),
    /// Documentation: file name and content. Without any, a page says how the package is made.
    pub documentation: Vec<(String, Vec<u8>)>,
    /// Schemas of the documents inside. Without any, a page says where they are published.
    pub schemas: Vec<(String, Vec<u8>)>,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// This document.
    Document(Vec<u8>),
    /// The content with this [`File::key`].
    Content(String),
}

/// A package as a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The folder's name.
    pub folder: String,
    /// What is in it, by path.
    pub files: Vec<(String, Part)>,
}

const ABOUT: &str = "Dieses Paket folgt der E-ARK-Spezifikation CSIP 2.1. METS.xml beschreibt das Ganze, representations/*/METS.xml je eine Fassung der Inhalte. metadata/preservation/premis.xml enthält die Geschichte nach PREMIS 3, metadata/descriptive die Beschreibungen, metadata/other/evidence Beweisnachweise nach RFC 4998, wo es welche gibt.\n\nThis package follows the E-ARK specification CSIP 2.1. METS.xml describes the whole, representations/*/METS.xml one form of the contents each. metadata/preservation/premis.xml has the history after PREMIS 3, metadata/descriptive the descriptions, metadata/other/evidence evidence records after RFC 4998 where there are any.\n";

const SCHEMAS: &str = "METS 1.12: http://www.loc.gov/METS/\nPREMIS 3.0: http://www.loc.gov/premis/v3\nXLink: http://www.w3.org/1999/xlink\nCSIP: https://DILCIS.eu/XML/METS/CSIPExtensionMETS\n";

/// Kinds of metadata for which METS has a word (MDTYPE).
const KNOWN: [&str; 10] = ["MARC", "MODS", "EAD", "DC", "LC-AV", "VRA", "TEIHDR", "DDI", "FGDC", "LOM"];

/// Where the newest version of a package puts what.
pub fn write(package: &Package, kind: Kind, options: &Options) -> Result<Layout, PackageError> {
    package.check()?;
    let version = package.current()?;
    let created = version.created.to_string();
    let mut header = Header {
        id: &package.id,
        label: package.label.as_deref(),
        kind,
        created: &created,
        software: (&options.software.0, &options.software.1),
        submitter: version.submitter.as_deref(),
        agreement: package.agreement.as_deref(),
        is_root: true,
    };
    super::super::text::carried(header.software.0, "software")?;
    super::super::text::carried(header.software.1, "software")?;
    let mut files = Files(Vec::new());
    let descriptions: Vec<Entry> = version
        .descriptions
        .iter()
        .map(|one| {
            let mime = if one.content.trim_ascii_start().starts_with(b"<") { "application/xml" } else { UNKNOWN };
            let mut entry = files.document(format!("metadata/descriptive/{}", one.name), one.content.clone(), mime);
            entry.kind = match KNOWN.iter().find(|known| **known == one.kind) {
                Some(known) => (known, None),
                None => ("OTHER", Some(one.kind.clone())),
            };
            entry
        })
        .collect();
    let mut provenance = vec![preservation(&mut files, "", premis::write(&package.id, version, None))];
    let newest = package.versions.len();
    for (number, one) in package.evidence.iter().filter(|one| one.version == newest).enumerate() {
        let place = format!("metadata/other/evidence/{:03}.ers", number + 1);
        let mut entry = files.document(place, one.record.clone(), UNKNOWN);
        entry.kind = ("OTHER", Some(EVIDENCE.to_owned()));
        provenance.push(entry);
    }
    let mut groups = vec![
        enclosed(&mut files, "documentation", "Documentation", &options.documentation, ("about.txt", ABOUT))?,
        enclosed(&mut files, "schemas", "Schemas", &options.schemas, ("schemas.txt", SCHEMAS))?,
    ];
    for one in &version.representations {
        let inside = format!("representations/{}/", one.name);
        let own = preservation(&mut files, &inside, premis::write(&package.id, version, Some(&one.name)));
        let data = one.files.iter().map(|file| files.content(&inside, file)).collect();
        let data = [Group { usage: "Data".to_owned(), files: data, pointer: false }];
        let part = Header { id: &one.name, label: None, is_root: false, submitter: None, agreement: None, ..header };
        let document = mets::write(&part, &[], &[own], &data)?;
        let mets = files.document(format!("{inside}{METS}"), document.into_bytes(), "application/xml");
        groups.push(Group { usage: format!("Representations/{}", one.name), files: vec![mets], pointer: true });
    }
    header.is_root = true;
    let document = mets::write(&header, &descriptions, &provenance, &groups)?;
    files.0.push((METS.to_owned(), Part::Document(document.into_bytes())));
    check_unique(&files.0, version)?;
    Ok(Layout { folder: folder(&package.id), files: files.0 })
}

const UNKNOWN: &str = "application/octet-stream";
/// The kind of metadata that an evidence record is, in words of our own.
pub(super) const EVIDENCE: &str = "EvidenceRecord";

fn check_unique(files: &[(String, Part)], version: &Version) -> Result<(), PackageError> {
    let mut seen = std::collections::BTreeSet::new();
    for (place, _) in files {
        path(place)?;
        if !seen.insert(place.to_lowercase()) {
            return Err(PackageError::Path(place.clone(), "it is there twice"));
        }
    }
    debug_assert!(files.len() > version.representations.len());
    Ok(())
}

/// The files of a layout as they come.
struct Files(Vec<(String, Part)>);

impl Files {
    fn document(&mut self, place: String, content: Vec<u8>, mime: &str) -> Entry {
        let entry = Entry::of(place.clone(), &content, mime);
        self.0.push((place, Part::Document(content)));
        entry
    }

    /// The content of a file, below `data`. METS of a representation counts paths from its own folder.
    fn content(&mut self, inside: &str, file: &File) -> Entry {
        let own = format!("data/{}", file.path);
        self.0.push((format!("{inside}{own}"), Part::Content(file.key())));
        Entry { path: own, file: file.clone(), kind: ("OTHER", None) }
    }
}

fn preservation(files: &mut Files, inside: &str, document: String) -> Entry {
    let own = "metadata/preservation/premis.xml";
    let mut entry = files.document(format!("{inside}{own}"), document.into_bytes(), "application/xml");
    own.clone_into(&mut entry.path);
    entry.kind = ("PREMIS", None);
    entry
}

fn enclosed(
    files: &mut Files,
    place: &str,
    usage: &str,
    given: &[(String, Vec<u8>)],
    own: (&str, &str),
) -> Result<Group, PackageError> {
    let mut found = Vec::new();
    for (name, content) in given {
        path(name)?;
        found.push(files.document(format!("{place}/{name}"), content.clone(), UNKNOWN));
    }
    if found.is_empty() {
        found.push(files.document(format!("{place}/{}", own.0), own.1.as_bytes().to_vec(), "text/plain"));
    }
    Ok(Group { usage: usage.to_owned(), files: found, pointer: false })
}
