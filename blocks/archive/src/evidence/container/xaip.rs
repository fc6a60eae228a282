//! Archive packages after BSI TR-03125: XAIP, and LXAIP whose data lies beside it.
//!
//! What an evidence record protects is a data object group: everything to which a version points as protected.
//! Binary content is hashed as it is decoded, XML in the canonical form that the package names (TR-03125, annex F).
//!
//! Invariant: an object that cannot be found or read is a fault, never left out in silence.

use std::collections::HashMap;

use roxmltree::{Document, Node};
use vir_core::Text;

use super::Protected;
use crate::digest::Digest;
use crate::evidence::record::RecordError;
use crate::evidence::{Object, Reason};
use crate::xml::armour;
use crate::xml::canonical::{self, Method};

/// Looks for a file that lies beside the package, by the address that the package gives.
pub type Beside<'f> = &'f dyn Fn(&str) -> Option<Vec<u8>>;

/// Is it an archive package?
#[must_use]
pub fn is_package(bytes: &[u8]) -> bool {
    let Some(text) = canonical::text(bytes) else { return false };
    canonical::parse(&text).is_ok_and(|document| is(document.root_element(), "XAIP"))
}

/// What the package holds: each record inside with the version that it protects, then each version for a record
/// that came apart, newest first.
pub fn contents(bytes: &[u8], beside: Beside<'_>) -> Result<Vec<Protected>, RecordError> {
    let text = canonical::text(bytes).ok_or_else(|| RecordError::Xml("the encoding is unknown".to_owned()))?;
    let document = canonical::parse(&text).map_err(|error| RecordError::Xml(error.to_string()))?;
    if !is(document.root_element(), "XAIP") {
        return Err(RecordError::Part("no XAIP"));
    }
    let uri = document
        .descendants()
        .find(|node| node.tag_name().name() == "CanonicalizationMethod")
        .and_then(|node| node.attribute("Algorithm"));
    let method = match uri {
        Some(uri) => Method::from_uri(uri).ok_or_else(|| RecordError::Method(uri.to_owned()))?,
        None => Method::INCLUSIVE,
    };
    let package = Package { document: &document, elements: elements(&document), method, beside };
    let mut versions: Vec<(String, Node<'_, '_>)> = document
        .descendants()
        .filter(|node| is(*node, "versionManifest"))
        .filter_map(|node| Some((node.attribute("VersionID")?.to_owned(), node)))
        .collect();
    versions.sort_by(|a, b| b.0.cmp(&a.0));
    if versions.is_empty() {
        return Err(RecordError::Part("the package has no version"));
    }
    let mut found = Vec::new();
    for credential in document.descendants().filter(|node| is(*node, "credential")) {
        let Some(element) = credential.children().find(|node| is(*node, "evidenceRecord")) else { continue };
        let Some(record) = package.record(element) else { continue };
        let id = credential.attribute("credentialID").unwrap_or("?");
        let related = [element.attribute("VersionID"), credential.attribute("relatedObjects")];
        let named = |version: &str| related.iter().flatten().any(|ids| ids.split_whitespace().any(|id| id == version));
        let of_record: Vec<_> = versions.iter().filter(|(version, _)| named(version)).collect();
        let of_record = if of_record.is_empty() { vec![&versions[0]] } else { of_record };
        for (version, manifest) in of_record {
            let mut protected = package.version(version, *manifest);
            protected.name = format!("{id}, {version}");
            protected.record = Some(record.clone());
            found.push(protected);
        }
    }
    found.extend(versions.iter().map(|(version, manifest)| package.version(version, *manifest)));
    Ok(found)
}

/// The element with this identifier, in exclusive canonical form; none where there is none.
#[must_use]
pub fn element(bytes: &[u8], id: &str) -> Option<Vec<u8>> {
    let text = canonical::text(bytes)?;
    let document = canonical::parse(&text).ok()?;
    let node = *elements(&document).get(id)?;
    let method = Method::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#")?;
    Some(canonical::subtree(&document, node, method, |_| true))
}

/// All data objects of a package with their content, whatever protects them; those that cannot be read are left out,
/// because the version that needs one says so.
#[must_use]
pub fn data_objects(bytes: &[u8]) -> Vec<Object<'static>> {
    let Some(text) = canonical::text(bytes) else { return Vec::new() };
    let Ok(document) = canonical::parse(&text) else { return Vec::new() };
    let beside = |_: &str| None;
    let package = Package { document: &document, elements: HashMap::new(), method: Method::INCLUSIVE, beside: &beside };
    let nodes = document.descendants().filter(|node| is(*node, "dataObject"));
    nodes
        .filter_map(|node| {
            let name = node.attribute("dataObjectID").unwrap_or("?").to_owned();
            Some(match package.content(node).ok()? {
                Content::Bytes(bytes) => Object::new(name, bytes),
                Content::Hash(digest, hash) => Object::hashed(name, vec![(digest, hash)]),
            })
        })
        .collect()
}

fn elements<'d, 'i>(document: &'d Document<'i>) -> HashMap<&'d str, Node<'d, 'i>> {
    const NAMES: [&str; 5] = ["dataObjectID", "metaDataID", "credentialID", "VersionID", "Id"];
    let mut found = HashMap::new();
    for node in document.descendants() {
        for id in NAMES.iter().filter_map(|name| node.attribute(*name)) {
            found.entry(id).or_insert(node);
        }
    }
    found
}

struct Package<'d, 'i, 'f> {
    document: &'d Document<'i>,
    /// By identifier; the first one of each.
    elements: HashMap<&'d str, Node<'d, 'i>>,
    method: Method,
    beside: Beside<'f>,
}

enum Content {
    Bytes(Vec<u8>),
    Hash(Digest, Vec<u8>),
}

impl Package<'_, '_, '_> {
    /// The record in a credential: binary, or XML in its own right.
    fn record(&self, element: Node<'_, '_>) -> Option<Vec<u8>> {
        let part = |name: &str| element.children().find(|node| node.is_element() && node.tag_name().name() == name);
        if let Some(binary) = part("asn1EvidenceRecord") {
            return armour::base64(&text(binary)).or_else(|| Some(Vec::new()));
        }
        let record = part("xmlEvidenceRecord")?;
        let record = record.children().find(Node::is_element).unwrap_or(record);
        Some(canonical::subtree(self.document, record, Method::INCLUSIVE, |_| true))
    }

    fn version(&self, version: &str, manifest: Node<'_, '_>) -> Protected {
        let mut protected =
            Protected { name: version.to_owned(), record: None, objects: Vec::new(), faults: Vec::new() };
        for pointer in manifest.descendants().filter(|node| is(*node, "protectedObjectPointer")) {
            let id = text(pointer).trim().to_owned();
            let content = match self.elements.get(id.as_str()) {
                Some(node) => self.content(*node),
                None => Err(Text::new("Das Paket enthält kein solches Objekt.", "The package has no such object.")),
            };
            match content {
                Ok(Content::Bytes(bytes)) => protected.objects.push(Object::new(id, bytes)),
                Ok(Content::Hash(digest, hash)) => protected.objects.push(Object::hashed(id, vec![(digest, hash)])),
                Err(what) => protected.faults.push(Reason::PackageObject { object: id, what }),
            }
        }
        protected
    }

    /// What is hashed of an object.
    fn content(&self, node: Node<'_, '_>) -> Result<Content, Text> {
        let part = |name: &str| node.children().find(|child| child.is_element() && child.tag_name().name() == name);
        let form = |node| Content::Bytes(canonical::subtree(self.document, node, self.method, |_| true));
        let wrapper = part("xmlData").or(part("xmlMetaData")).or(part("other"));
        if let Some(reference) = wrapper.and_then(|wrapper| wrapper.children().find(Node::is_element))
            && reference.tag_name().name() == "DataObjectReference"
        {
            return self.referenced(reference);
        }
        if node.tag_name().name().starts_with("Encapsulated") {
            return binary(node);
        }
        if let Some(content) = part("binaryData").or(part("binaryMetaData")) {
            let content = binary(content)?;
            if let (Content::Bytes(bytes), Some(sum)) = (&content, part("checkSum")) {
                check_sum(bytes, sum)?;
            }
            return Ok(content);
        }
        match node.tag_name().name() {
            "dataObject" => {
                let mut elements = wrapper.into_iter().flat_map(|wrapper| wrapper.children()).filter(Node::is_element);
                match (elements.next(), elements.next()) {
                    (Some(only), None) => Ok(form(only)),
                    _ => Err(Text::new(
                        "Das Datenobjekt hat keinen eindeutigen Inhalt.",
                        "The data object has no single content.",
                    )),
                }
            }
            "credential" => {
                const BINARY: [&str; 6] = [
                    "RFC3161TimeStampToken",
                    "Base64Signature",
                    "EncapsulatedX509Certificate",
                    "EncapsulatedCRLValue",
                    "EncapsulatedOCSPValue",
                    "asn1EvidenceRecord",
                ];
                let found = BINARY.iter().find_map(|name| {
                    let mut all = node.descendants().filter(|inner| inner.tag_name().name() == *name);
                    all.next().map(|first| (first, all.next().is_none()))
                });
                match found {
                    Some((inner, true)) => binary(inner),
                    Some((_, false)) => Err(Text::new(
                        "Der Beweisdatensatz hat mehrere Inhalte.",
                        "The credential has several contents.",
                    )),
                    None => Ok(form(node)),
                }
            }
            _ => Ok(form(node)),
        }
    }

    /// Data beside the package; where it is not at hand, its hash value stands for it.
    fn referenced(&self, reference: Node<'_, '_>) -> Result<Content, Text> {
        let part = |name: &str| reference.children().find(|child| child.tag_name().name() == name);
        let digest = part("DigestMethod").and_then(|method| method.attribute("Algorithm")).and_then(Digest::from_uri);
        let value = part("DigestValue").and_then(|value| armour::base64(&text(value)));
        let (Some(digest), Some(value)) = (digest, value) else {
            return Err(Text::new(
                "Der Verweis auf die Daten hat keinen lesbaren Hashwert.",
                "The reference to the data has no readable hash value.",
            ));
        };
        match reference.attribute("URI").and_then(|uri| (self.beside)(uri)) {
            Some(bytes) if digest.of(&[&bytes]) == value => Ok(Content::Bytes(bytes)),
            Some(_) => Err(Text::new(
                "Die Daten passen nicht zum Hashwert im Paket.",
                "The data does not match the hash value in the package.",
            )),
            None => Ok(Content::Hash(digest, value)),
        }
    }
}

fn binary(node: Node<'_, '_>) -> Result<Content, Text> {
    let bytes = armour::base64(&text(node));
    bytes.map(Content::Bytes).ok_or(Text::new("Der Inhalt ist kein Base64.", "The content is not Base64."))
}

fn check_sum(bytes: &[u8], sum: Node<'_, '_>) -> Result<(), Text> {
    let part = |name: &str| sum.children().find(|child| child.tag_name().name() == name).map(text);
    let algorithm = part("checkSumAlgorithm").unwrap_or_default();
    let Some(digest) = Digest::from_name(algorithm.trim()).or_else(|| Digest::from_uri(algorithm.trim())) else {
        return Ok(());
    };
    let value = part("checkSum").unwrap_or_default();
    let hash = digest.of(&[bytes]);
    let hexadecimal: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if value.trim().eq_ignore_ascii_case(&hexadecimal) || armour::base64(&value).as_ref() == Some(&hash) {
        Ok(())
    } else {
        Err(Text::new(
            "Die Prüfsumme im Paket passt nicht zum Inhalt.",
            "The check sum in the package does not match the content.",
        ))
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    const NAMESPACE: &str = "http://www.bsi.bund.de/tr-esor/xaip";
    let in_namespace =
        |uri: &str| uri.strip_prefix(NAMESPACE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace().is_some_and(in_namespace)
}

fn text(node: Node<'_, '_>) -> String {
    node.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}
