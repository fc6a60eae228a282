//! Reading a package from a folder.
//!
//! METS says what belongs to it; PREMIS says what the files are. Where there is no PREMIS, the files that METS names
//! are the package.
//!
//! Invariant: paths that lead out of the folder are refused before anything is read; every content that METS names is
//! read and has the stated hash value; METS documents are followed one step, from the package to its representations.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::super::text::{at, children, text_at, text_of};
use super::super::{Description, Evidence, File, Package, PackageError, Representation, Version, part, path, premis};
use super::write::EVIDENCE;
use super::{LINK_SPACE, METS, path_of};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::ocfl::digest::from_hexadecimal;
use crate::xml::canonical;

/// Representations that are followed.
const MOST_REPRESENTATIONS: usize = 10_000;

/// Whoever keeps the folder gives what is at a path; none where nothing is.
pub type Folder<'f> = &'f dyn Fn(&str) -> Option<Vec<u8>>;

/// A package that was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The package, with one version.
    pub package: Package,
    /// Where the content of each file is, by [`File::key`].
    pub places: BTreeMap<String, String>,
}

/// A file that METS names: its path in the package, and what METS says of it.
pub(super) struct Named {
    pub place: String,
    pub file: File,
}

/// Reads a package.
pub fn read(folder: Folder<'_>) -> Result<Read, PackageError> {
    let bytes = folder(METS).ok_or_else(|| PackageError::Missing(METS.to_owned()))?;
    let text = canonical::text(&bytes).ok_or_else(|| unreadable(METS, "the encoding is unknown"))?;
    let document = canonical::parse(&text).map_err(|error| unreadable(METS, error))?;
    let root = mets(document.root_element())?;
    let header = at(root, &["metsHdr"]).ok_or_else(|| part(METS, "no metsHdr"))?;
    let created = header.attribute("CREATEDATE").and_then(|time| Moment::parse(time.trim()));
    let submits = |agent: &Node<'_, '_>| {
        let is_creator = agent.attribute("ROLE") == Some("CREATOR") && agent.attribute("TYPE") != Some("OTHER");
        is_creator || agent.attribute("OTHERROLE") == Some("SUBMITTER")
    };
    let agent = children(header, "agent").find(submits);
    let agreement = children(header, "altRecordID").find(|one| one.attribute("TYPE") == Some("SUBMISSIONAGREEMENT"));
    let mut version = Version {
        reason: None,
        created: created.ok_or_else(|| part(METS, "no readable CREATEDATE"))?,
        submitter: agent.and_then(|agent| text_at(agent, &["name"])),
        keep_until: None,
        representations: Vec::new(),
        descriptions: Vec::new(),
        events: Vec::new(),
        agents: Vec::new(),
        rights: Vec::new(),
    };
    let mut package = Package {
        id: root.attribute("OBJID").ok_or_else(|| part(METS, "no OBJID"))?.to_owned(),
        label: root.attribute("LABEL").map(str::to_owned),
        agreement: agreement.map(text_of),
        versions: Vec::new(),
        evidence: Vec::new(),
    };
    for node in children(root, "dmdSec").flat_map(|section| children(section, "mdRef")) {
        let named = named(node, node, "")?;
        let content = content(folder, &named)?;
        let kind = match node.attribute("MDTYPE") {
            Some("OTHER") | None => node.attribute("OTHERMDTYPE").unwrap_or("OTHER"),
            Some(kind) => kind,
        };
        let name = named.place.rsplit('/').next().unwrap_or_default().to_owned();
        version.descriptions.push(Description { name, kind: kind.to_owned(), content });
    }
    for node in provenance(root) {
        let named = named(node, node, "")?;
        let content = content(folder, &named)?;
        if node.attribute("MDTYPE").is_some_and(|kind| kind.starts_with("PREMIS")) {
            premis::read(&content, &mut version)?;
        } else if node.attribute("OTHERMDTYPE") == Some(EVIDENCE) {
            package.evidence.push(Evidence { version: 1, record: content });
        }
    }
    let mut places = BTreeMap::new();
    let found = representations(root, folder, &mut places)?;
    settle(&mut version, found)?;
    package.versions.push(version);
    package.check()?;
    Ok(Read { package, places })
}

/// The files of all representations, each checked.
fn representations(
    root: Node<'_, '_>,
    folder: Folder<'_>,
    places: &mut BTreeMap<String, String>,
) -> Result<Vec<Representation>, PackageError> {
    let mut found = Vec::new();
    let pointers = children(root, "structMap").flat_map(|map| map.descendants());
    for pointer in pointers.filter(|node| node.is_element() && node.tag_name().name() == "mptr") {
        if found.len() >= MOST_REPRESENTATIONS {
            return Err(PackageError::Large(METS.to_owned()));
        }
        let place = place_of(pointer, "")?;
        let inside = place.strip_suffix(METS).ok_or_else(|| part(&place, "the pointer names no METS document"))?;
        let bytes = folder(&place).ok_or_else(|| PackageError::Missing(place.clone()))?;
        let text = canonical::text(&bytes).ok_or_else(|| unreadable(&place, "the encoding is unknown"))?;
        let document = canonical::parse(&text).map_err(|error| unreadable(&place, error))?;
        let own = mets(document.root_element())?;
        for node in provenance(own) {
            content(folder, &named(node, node, inside)?)?;
        }
        let name = inside.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let data = format!("{inside}data/");
        let mut files = Vec::new();
        for named in files_of(own, inside)? {
            content(folder, &named)?;
            let Some(path) = named.place.strip_prefix(&data) else { continue };
            places.entry(named.file.key()).or_insert_with(|| named.place.clone());
            files.push(File { path: path.to_owned(), ..named.file });
        }
        found.push(Representation { name, files });
    }
    // Documentation, schemas and METS documents: what is named has to be there and be whole.
    for named in files_of(root, "")? {
        content(folder, &named)?;
    }
    Ok(found)
}

/// What PREMIS says has to be what METS says; without PREMIS, METS alone counts.
fn settle(version: &mut Version, found: Vec<Representation>) -> Result<(), PackageError> {
    if version.representations.is_empty() {
        version.representations = found;
        return Ok(());
    }
    let key = |(path, file): (String, &File)| (path, (file.size, file.key()));
    let told: BTreeMap<_, _> = version.files().map(key).collect();
    let named = Version { representations: found, ..version.clone() };
    let named: BTreeMap<_, _> = named.files().map(key).collect();
    if told == named { Ok(()) } else { Err(part(METS, "METS and PREMIS do not name the same files")) }
}

pub(super) fn mets<'a, 'i>(root: Node<'a, 'i>) -> Result<Node<'a, 'i>, PackageError> {
    let is = root.tag_name().name() == "mets" && root.tag_name().namespace() == Some(super::METS_SPACE);
    if is { Ok(root) } else { Err(PackageError::Kind("METS document")) }
}

fn unreadable(place: &str, why: impl std::fmt::Display) -> PackageError {
    PackageError::Xml(place.to_owned(), why.to_string())
}

/// References to preservation metadata.
fn provenance<'a, 'i>(root: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    children(root, "amdSec").flat_map(|one| children(one, "digiprovMD")).flat_map(|one| children(one, "mdRef"))
}

/// The files of the file section.
pub(super) fn files_of(root: Node<'_, '_>, inside: &str) -> Result<Vec<Named>, PackageError> {
    children(root, "fileSec")
        .flat_map(|section| section.descendants())
        .filter(|node| node.is_element() && node.tag_name().name() == "file")
        .map(|node| {
            let locator = at(node, &["FLocat"]).ok_or_else(|| part(METS, "a file without FLocat"))?;
            named(node, locator, inside)
        })
        .collect()
}

/// The path that a link names, in the package.
pub(super) fn place_of(link: Node<'_, '_>, inside: &str) -> Result<String, PackageError> {
    let address = link.attribute((LINK_SPACE, "href")).ok_or_else(|| part(METS, "a reference without address"))?;
    let place = path_of(address).ok_or_else(|| PackageError::Path(address.to_owned(), "it is no text"))?;
    let place = format!("{inside}{place}");
    path(&place)?;
    Ok(place)
}

/// What `facts` says of the file to which `link` leads.
pub(super) fn named(facts: Node<'_, '_>, link: Node<'_, '_>, inside: &str) -> Result<Named, PackageError> {
    let place = place_of(link, inside)?;
    let digest = facts.attribute("CHECKSUMTYPE").and_then(Digest::from_name);
    let hash = facts.attribute("CHECKSUM").and_then(from_hexadecimal);
    let size = facts.attribute("SIZE").and_then(|size| size.trim().parse().ok());
    let (Some(digest), Some(hash), Some(size)) = (digest, hash, size) else {
        return Err(part(&place, "METS has no readable size and checksum of it"));
    };
    let mime = facts.attribute("MIMETYPE").map(str::to_owned);
    let file = File { path: place.clone(), size, hash: (digest, hash), mime, puid: None, format: None };
    Ok(Named { place, file })
}

fn content(folder: Folder<'_>, named: &Named) -> Result<Vec<u8>, PackageError> {
    let content = folder(&named.place).ok_or_else(|| PackageError::Missing(named.place.clone()))?;
    if named.file.is(&content) { Ok(content) } else { Err(PackageError::Content(named.place.clone())) }
}
