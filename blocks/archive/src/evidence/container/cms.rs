//! Signatures that carry their evidence record: CMS with the attribute *evidence record* (RFC 4998, appendix A).
//!
//! The record protects the signature as it was before the record joined it, and where the content is not inside,
//! the content, too. So the attribute is taken out, and the lengths around it are written anew, in DER.
//!
//! Invariant: apart from the attribute and the lengths around it, the bytes that are hashed are those of the source.

use super::Protected;
use crate::der::{DerError, Element, Reader, tag, write};
use crate::evidence::Object;

/// id-aa-er-internal and id-aa-er-external.
const INTERNAL: &str = "1.2.840.113549.1.9.16.2.49";
const EXTERNAL: &str = "1.2.840.113549.1.9.16.2.50";

/// Levels of a signature that are rewritten in DER; deeper ones stay as they are.
const DEEPEST: usize = 24;

/// The records in a signature. `content` is the signed file where it is not inside.
pub fn records(bytes: &[u8], content: Option<&[u8]>) -> Result<Vec<Protected>, DerError> {
    let signed = crate::token::SignedData::read(bytes)?;
    let mut found = Vec::new();
    for (signer, one) in signed.signers.iter().enumerate() {
        for attribute in one.unsigned.iter().filter(|attribute| [INTERNAL, EXTERNAL].contains(&attribute.oid.as_str()))
        {
            for value in &attribute.values {
                let mut objects = vec![Object::any("CMS", without_records(bytes)?)];
                if let Some(content) = content.filter(|_| attribute.oid == EXTERNAL) {
                    objects.push(Object::new("content", content.to_vec()));
                }
                found.push(Protected {
                    name: format!("signerInfo {}", signer + 1),
                    record: Some(value.bytes.to_vec()),
                    objects,
                    faults: Vec::new(),
                });
            }
        }
    }
    Ok(found)
}

/// The signature without records: with lengths written anew only where they change, and all of it in DER.
fn without_records(bytes: &[u8]) -> Result<Vec<Vec<u8>>, DerError> {
    let exact = rewrite(Element::only(bytes)?, 0, false)?;
    let der = rewrite(Element::only(bytes)?, 0, true)?;
    Ok(vec![exact, der])
}

/// Writes a value again, without attributes that hold records.
fn rewrite(element: Element<'_>, depth: usize, all: bool) -> Result<Vec<u8>, DerError> {
    let is_constructed = element.tag & 0x20 != 0;
    let is_indefinite = element.bytes.get(1) == Some(&0x80);
    if !is_constructed || depth >= DEEPEST || !(all || is_indefinite || holds_record(element)) {
        return Ok(element.bytes.to_vec());
    }
    if all && element.tag == 0x24 {
        return Ok(write::octets(&element.octets()?));
    }
    let mut parts = Vec::new();
    for part in Reader::new(element.content).all()? {
        if is_record_attribute(part) {
            continue;
        }
        let written = rewrite(part, depth + 1, all)?;
        // A set of attributes that has become empty is left out (RFC 5652, 5.3).
        let was_attributes = part.tag == tag::context(1) && holds_record(part);
        if !(was_attributes && Element::only(&written)?.content.is_empty()) {
            parts.push(written);
        }
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(write::value(element.tag, &parts))
}

fn is_record_attribute(element: Element<'_>) -> bool {
    let oid = element.parts(tag::SEQUENCE).and_then(|mut parts| parts.expect(tag::OID)).and_then(Element::oid);
    oid.is_ok_and(|oid| oid == INTERNAL || oid == EXTERNAL)
}

/// Does it hold such an attribute, by the bytes of its identifier?
fn holds_record(element: Element<'_>) -> bool {
    [INTERNAL, EXTERNAL].iter().any(|oid| {
        let wanted = write::oid(oid);
        element.content.windows(wanted.len()).any(|window| window == wanted)
    })
}
