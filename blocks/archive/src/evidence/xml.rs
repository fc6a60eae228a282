//! Evidence records in XML: RFC 6283.
//!
//! Invariant: what is hashed of the record is canonicalised by the method that the chain names which hashes it.

use roxmltree::{Document, Node};

use super::record::{Chain, MOST_STAMPS, Named, Record, RecordError, Stamp, Syntax};
use crate::digest::Digest;
use crate::xml::armour;
use crate::xml::canonical::{self, Method};

/// The namespace of RFC 6283.
pub const NAMESPACE: &str = "urn:ietf:params:xml:ns:ers";

/// Reads an EvidenceRecord that is the whole document.
pub fn read(bytes: &[u8]) -> Result<Record, RecordError> {
    let text = canonical::text(bytes).ok_or_else(|| RecordError::Xml("the encoding is unknown".to_owned()))?;
    let document = canonical::parse(&text).map_err(|error| RecordError::Xml(error.to_string()))?;
    read_element(&document, document.root_element())
}

/// Reads an EvidenceRecord that may stand in another document.
pub fn read_element(document: &Document<'_>, root: Node<'_, '_>) -> Result<Record, RecordError> {
    if !is(root, "EvidenceRecord") {
        return Err(RecordError::Part("the element is no EvidenceRecord of RFC 6283"));
    }
    if root.attribute("Version") != Some("1.0") {
        return Err(RecordError::Version);
    }
    let sequence = child(root, "ArchiveTimeStampSequence")?;
    let chains = ordered(sequence, "ArchiveTimeStampChain")?;
    if chains.is_empty() {
        return Err(RecordError::Part("ArchiveTimeStampSequence is empty"));
    }
    let mut record = Record {
        syntax: Syntax::Xml,
        declared: None,
        encrypted: root.children().any(|node| is(node, "EncryptionInformation")),
        certificates: Vec::new(),
        revocation: Vec::new(),
        chains: Vec::new(),
    };
    let mut stamps = 0;
    for (at, node) in chains.iter().enumerate() {
        let digest = named(child(*node, "DigestMethod")?)?;
        let uri = child(*node, "CanonicalizationMethod")?.attribute("Algorithm").unwrap_or_default();
        let method = Method::from_uri(uri).ok_or_else(|| RecordError::Method(uri.to_owned()))?;
        let before = if at == 0 { Vec::new() } else { sequence_before(document, sequence, &chains[at..], method) };
        let mut chain = Chain { digest: Some(digest), method: Some(method), before, stamps: Vec::new() };
        for stamp in ordered(*node, "ArchiveTimeStamp")? {
            chain.stamps.push(read_stamp(document, stamp, method, &mut record)?);
            stamps += 1;
        }
        if chain.stamps.is_empty() {
            return Err(RecordError::Part("ArchiveTimeStampChain is empty"));
        }
        if stamps > MOST_STAMPS || at > MOST_STAMPS / 100 {
            return Err(RecordError::Size);
        }
        record.chains.push(chain);
    }
    Ok(record)
}

/// The element ArchiveTimeStampSequence as it was before these chains were added (RFC 6283, 4.2.2).
///
/// Whether the white space around the new chains was there before nobody knows; all possibilities are tried.
fn sequence_before(
    document: &Document<'_>,
    sequence: Node<'_, '_>,
    later: &[Node<'_, '_>],
    method: Method,
) -> Vec<Vec<u8>> {
    let is_later = |node: Node<'_, '_>| later.iter().any(|chain| chain.id() == node.id());
    let space = |node: Option<Node<'_, '_>>| {
        node.filter(|node| node.is_text() && node.text().is_some_and(|text| text.trim().is_empty()))
            .map(|node| node.id())
    };
    let chains: Vec<_> = sequence.children().filter(|node| is_later(*node)).collect();
    let before: Vec<_> = chains.iter().filter_map(|node| space(node.prev_sibling())).collect();
    let after: Vec<_> = chains.iter().filter_map(|node| space(node.next_sibling())).collect();
    let none = Vec::new();
    let both = [before.clone(), after.clone()].concat();
    let mut forms: Vec<Vec<u8>> = [&none, &before, &after, &both]
        .into_iter()
        .map(|without| {
            canonical::subtree(document, sequence, method, |id| {
                !later.iter().any(|chain| chain.id() == id) && !without.contains(&id)
            })
        })
        .collect();
    forms.dedup();
    forms
}

fn read_stamp(
    document: &Document<'_>,
    node: Node<'_, '_>,
    method: Method,
    record: &mut Record,
) -> Result<Stamp, RecordError> {
    let mut tree = Vec::new();
    if let Some(hash_tree) = node.children().find(|node| is(*node, "HashTree")) {
        for sequence in ordered(hash_tree, "Sequence")? {
            let values = sequence.children().filter(|node| is(*node, "DigestValue"));
            let values: Option<Vec<_>> = values.map(|value| armour::base64(&text(value))).collect();
            tree.push(values.ok_or(RecordError::Part("DigestValue is not Base64"))?);
        }
        if tree.is_empty() {
            return Err(RecordError::Part("HashTree is empty"));
        }
    }
    let time_stamp = child(node, "TimeStamp")?;
    let token = child(time_stamp, "TimeStampToken")?;
    if token.attribute("Type") != Some("RFC3161") {
        return Err(RecordError::Part("the time stamp is not after RFC 3161"));
    }
    let token = armour::base64(&text(token)).ok_or(RecordError::Part("TimeStampToken is not Base64"))?;
    for information in time_stamp.descendants().filter(|node| is(*node, "CryptographicInformation")) {
        let Some(bytes) = armour::base64(&text(information)) else { continue };
        match information.attribute("Type") {
            Some("CERT") => record.certificates.push(bytes),
            _ => record.revocation.push(bytes),
        }
    }
    let renewed = canonical::subtree(document, time_stamp, method, |_| true);
    Ok(Stamp { digest: None, tree, token, renewed })
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(NAMESPACE)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Result<Node<'a, 'i>, RecordError> {
    let mut found = node.children().filter(|node| is(*node, name));
    match (found.next(), found.next()) {
        (Some(child), None) => Ok(child),
        _ => Err(RecordError::Part(name)),
    }
}

/// Children in the order of their `Order`, which counts from 1 without gaps (RFC 6283, 2.1).
fn ordered<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Result<Vec<Node<'a, 'i>>, RecordError> {
    let mut found = Vec::new();
    for child in node.children().filter(|node| is(*node, name)) {
        let order = child.attribute("Order").and_then(|order| order.trim().parse::<usize>().ok());
        found.push((order.ok_or(RecordError::Part("Order is missing"))?, child));
    }
    found.sort_by_key(|(order, _)| *order);
    if found.iter().enumerate().any(|(at, (order, _))| *order != at + 1) {
        return Err(RecordError::Part("Order does not count from 1"));
    }
    Ok(found.into_iter().map(|(_, node)| node).collect())
}

fn named(method: Node<'_, '_>) -> Result<Named, RecordError> {
    let uri = method.attribute("Algorithm").ok_or(RecordError::Part("DigestMethod names no algorithm"))?;
    Ok(Digest::from_uri(uri).ok_or_else(|| uri.to_owned()))
}

fn text(node: Node<'_, '_>) -> String {
    node.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}
