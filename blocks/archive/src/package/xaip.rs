//! Packages as XAIP 1.3 (BSI TR-03125, annex F): one XML document with contents, metadata, versions and records.
//!
//! Each version protects its files and its metadata; unchanged files are there once. A file's path and format stand in
//! the version's PREMIS metadata, because XAIP has no place for them. An update adds a version behind the others and
//! leaves every byte that earlier records protect as it was.
//!
//! Read are our own packages, and the content of foreign ones; the pointers of LXAIP are followed where the data
//! beside is at hand. DXAIP, the difference between versions, is not read.
//!
//! Invariant: what is read has the hash values that the package states; identifiers are unique.

mod write;

use std::collections::BTreeMap;

use roxmltree::Node;

pub use write::{Open, WriteError, stream, write, write_listed};

use super::text::{at, carried, children, text_at, text_of};
use super::{
    Contents, Description, Evidence, File, Package, PackageError, Representation, Version, part, path, premis,
};
use crate::digest::Digest;
use crate::evidence::container::xaip::{Beside, contents};
use crate::lifecycle::day::Day;
use crate::moment::Moment;
use crate::ocfl::digest::from_hexadecimal;
use crate::xml::armour;
use crate::xml::canonical::{self, Method};

const NAMESPACE: &str = "http://www.bsi.bund.de/tr-esor/xaip";
const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";
const CANONICAL: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const AGREEMENT: &str = "urn:vir:archive:package";
/// The element that must name a day says this one where a package is kept forever.
const FOREVER: &str = "9999-12-31";
const CATEGORY: &str = "PREMIS";
/// The representation of files of which a foreign package says no more than their content.
const UNNAMED: &str = "content";

fn version_id(number: usize) -> String {
    format!("V{number:03}")
}

/// The hash values that an evidence record about a version has to cover: one per protected object. From the written
/// package, before the record joins it.
pub fn protected(bytes: &[u8], version: usize, digest: Digest) -> Result<Vec<Vec<u8>>, PackageError> {
    let found = contents(bytes, &|_| None).map_err(|error| PackageError::Xml("XAIP".to_owned(), error.to_string()))?;
    let wanted = version_id(version);
    let own = found.into_iter().find(|one| one.record.is_none() && one.name == wanted);
    let own = own.filter(|one| one.faults.is_empty()).ok_or_else(|| part(wanted, "it is not there or at fault"))?;
    Ok(own.objects.iter().flat_map(|object| object.hashes(digest, None)).collect())
}

/// A package that was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The package.
    pub package: Package,
    /// What its files contain.
    pub contents: Contents,
    /// Identifiers of what the model has no place for: signatures, certificates, records in XML.
    pub left_out: Vec<String>,
}

/// Reads a package; `beside` finds what lies beside it.
pub fn read(bytes: &[u8], beside: Beside<'_>) -> Result<Read, PackageError> {
    let unreadable = |why: String| PackageError::Xml("XAIP".to_owned(), why);
    let text = canonical::text(bytes).ok_or_else(|| unreadable("the encoding is unknown".to_owned()))?;
    let document = canonical::parse(&text).map_err(|error| unreadable(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "XAIP" || !root.tag_name().namespace().is_some_and(|uri| uri.starts_with(NAMESPACE)) {
        return Err(PackageError::Kind("XAIP"));
    }
    let reader = Reader {
        data: by_id(root, "dataObject", "dataObjectID")?,
        meta: by_id(root, "metaDataObject", "metaDataID")?,
        beside,
    };
    let header = at(root, &["packageHeader"]).ok_or_else(|| part("XAIP", "no packageHeader"))?;
    let id = text_at(header, &["AOID"]).or_else(|| header.attribute("packageID").map(str::to_owned));
    let mut package = Package {
        id: id.ok_or_else(|| part("XAIP", "no AOID and no packageID"))?,
        label: text_at(header, &["packageInfo"]),
        agreement: text_at(header, &["extension", "agreement"]),
        versions: Vec::new(),
        evidence: Vec::new(),
    };
    let (mut contents, mut ids) = (Contents::new(), Vec::new());
    let mut manifests: Vec<(String, Node<'_, '_>)> = children(header, "versionManifest")
        .map(|node| (node.attribute("VersionID").unwrap_or_default().to_owned(), node))
        .collect();
    manifests.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
    for (id, manifest) in manifests {
        package.versions.push(reader.version(manifest, &id, &mut contents)?);
        ids.push(id);
    }
    let mut left_out = Vec::new();
    for credential in at(root, &["credentialsSection"]).into_iter().flat_map(|one| children(one, "credential")) {
        let id = credential.attribute("credentialID").unwrap_or("?");
        match evidence(credential, &ids) {
            Some(one) => package.evidence.push(one),
            None => left_out.push(id.to_owned()),
        }
    }
    package.check()?;
    Ok(Read { package, contents, left_out })
}

fn evidence(credential: Node<'_, '_>, ids: &[String]) -> Option<Evidence> {
    let element = at(credential, &["evidenceRecord"])?;
    let record = armour::base64(&text_at(element, &["asn1EvidenceRecord"])?)?;
    let named = [element.attribute("VersionID"), credential.attribute("relatedObjects")];
    let named = named.into_iter().flatten().flat_map(str::split_whitespace);
    // Without a name it is about the newest.
    let version = named.filter_map(|name| ids.iter().position(|id| id == name)).next().map_or(ids.len(), |at| at + 1);
    (record.first() == Some(&0x30)).then_some(Evidence { version, record })
}

/// Elements by identifier; one that is there twice names nothing.
fn by_id<'a, 'i>(
    root: Node<'a, 'i>,
    name: &'static str,
    attribute: &str,
) -> Result<BTreeMap<&'a str, Node<'a, 'i>>, PackageError> {
    let mut found = BTreeMap::new();
    for node in root.children().flat_map(|section| children(section, name)) {
        let id = node.attribute(attribute).ok_or_else(|| part(name, "it has no identifier"))?;
        if found.insert(id, node).is_some() {
            return Err(part(id, "the identifier is there twice"));
        }
    }
    Ok(found)
}

struct Reader<'a, 'i, 'f> {
    data: BTreeMap<&'a str, Node<'a, 'i>>,
    meta: BTreeMap<&'a str, Node<'a, 'i>>,
    beside: Beside<'f>,
}

impl Reader<'_, '_, '_> {
    fn version(&self, manifest: Node<'_, '_>, id: &str, contents: &mut Contents) -> Result<Version, PackageError> {
        let keep = text_at(manifest, &["preservationInfo", "retentionPeriod"])
            .ok_or_else(|| part(id, "no retentionPeriod"))?;
        // A zone may stand behind the day.
        let keep = keep.trim().get(..10).unwrap_or_default().to_owned();
        let keep_until = if keep == FOREVER {
            None
        } else {
            Some(keep.parse::<Day>().map_err(|_| part(id, "the retentionPeriod is no day"))?)
        };
        let time = text_at(manifest, &["submissionInfo", "submissionTime"]);
        let time = time.map(|time| Moment::parse(time.trim()).ok_or_else(|| part(id, "the submissionTime is no time")));
        let mut version = Version {
            reason: text_at(manifest, &["versionInfo"]),
            created: time.transpose()?.unwrap_or(Moment::from_unix(0)),
            submitter: text_at(manifest, &["submissionInfo", "clientID"]).filter(|id| !id.is_empty()),
            keep_until,
            representations: Vec::new(),
            descriptions: Vec::new(),
            events: Vec::new(),
            agents: Vec::new(),
            rights: Vec::new(),
        };
        let (mut plain, mut known) = (Vec::new(), false);
        let is_pointer = |node: &Node<'_, '_>| {
            matches!(node.tag_name().name(), "protectedObjectPointer" | "unprotectedObjectPointer")
        };
        for pointer in manifest.descendants().filter(is_pointer) {
            let target = text_of(pointer).trim().to_owned();
            if let Some(node) = self.data.get(target.as_str()) {
                let (content, mime) = self.content(*node, &target, ["binaryData", "xmlData"])?;
                let file = File { mime, ..File::of(target, &content) };
                for digest in [Digest::Sha512, Digest::Sha256] {
                    let key = File { hash: (digest, digest.of(&[&content])), ..file.clone() }.key();
                    contents.entry(key).or_insert_with(|| content.clone());
                }
                plain.push(file);
            } else if let Some(node) = self.meta.get(target.as_str()) {
                if node.attribute("category") == Some(CATEGORY) && !known {
                    let (content, _) = self.content(*node, &target, ["binaryMetaData", "xmlMetaData"])?;
                    premis::read(&content, &mut version)?;
                    known = true;
                } else {
                    version.descriptions.push(self.description(*node, &target)?);
                }
            }
        }
        for (path, file) in version.files() {
            if !contents.get(&file.key()).is_some_and(|content| file.is(content)) {
                return Err(PackageError::Missing(path));
            }
        }
        if version.representations.is_empty() && !plain.is_empty() {
            version.representations.push(Representation { name: UNNAMED.to_owned(), files: plain });
        }
        Ok(version)
    }

    fn description(&self, node: Node<'_, '_>, id: &str) -> Result<Description, PackageError> {
        let (content, _) = self.content(node, id, ["binaryMetaData", "xmlMetaData"])?;
        let name = node.attribute("type").filter(|name| path(name).is_ok() && !name.contains('/')).unwrap_or(id);
        let kind = node.attribute("category").unwrap_or("OTHER");
        carried(kind, id)?;
        Ok(Description { name: name.to_owned(), kind: kind.to_owned(), content })
    }

    /// The content of an object, checked against its check sum, with its media type.
    fn content(
        &self,
        node: Node<'_, '_>,
        id: &str,
        [binary, xml]: [&'static str; 2],
    ) -> Result<(Vec<u8>, Option<String>), PackageError> {
        let (content, mime) = if let Some(own) = at(node, &[binary]) {
            let content = armour::base64(&text_of(own)).ok_or_else(|| part(id, "the content is no Base64"))?;
            (content, own.attribute("MimeType").map(str::to_owned))
        } else {
            let own = at(node, &[xml]).ok_or_else(|| part(id, "it has no content"))?;
            let only = own.children().find(Node::is_element).ok_or_else(|| part(id, "it has no content"))?;
            if only.tag_name().name() == "DataObjectReference" {
                let uri = only.attribute("URI").unwrap_or_default();
                let content = (self.beside)(uri).ok_or_else(|| PackageError::Missing(uri.to_owned()))?;
                let method = at(only, &["DigestMethod"]).and_then(|one| one.attribute("Algorithm"));
                let value = text_at(only, &["DigestValue"]).and_then(|value| armour::base64(&value));
                match (method.and_then(Digest::from_uri), value) {
                    (Some(digest), Some(value)) if digest.of(&[&content]) == value => {}
                    _ => return Err(PackageError::Content(id.to_owned())),
                }
                (content, None)
            } else {
                let form = canonical::subtree(node.document(), only, Method::EXCLUSIVE, |_| true);
                (form, Some("application/xml".to_owned()))
            }
        };
        if let Some(sum) = at(node, &["checkSum"]).filter(|_| at(node, &[binary]).is_some()) {
            let named = text_at(sum, &["checkSumAlgorithm"]).unwrap_or_default();
            let digest = Digest::from_uri(named.trim()).or_else(|| Digest::from_name(named.trim()));
            let value = text_at(sum, &["checkSum"]).unwrap_or_default();
            if let Some(digest) = digest {
                let hash = digest.of(&[&content]);
                if from_hexadecimal(&value).as_ref() != Some(&hash) && armour::base64(&value).as_ref() != Some(&hash) {
                    return Err(PackageError::Content(id.to_owned()));
                }
            }
        }
        Ok((content, mime))
    }
}
