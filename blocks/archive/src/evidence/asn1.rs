//! Evidence records in ASN.1: RFC 4998.
//!
//! Invariant: tokens and chains are slices of the source, so that what is hashed is what was written.

use super::record::{Chain, MOST_STAMPS, Record, RecordError, Stamp, Syntax};
use crate::der::{DerError, Element, Reader, tag, write};
use crate::digest::Digest;

/// Is it DER, and not text that happens to begin with a zero digit (`0`, 30 hexadecimal)?
pub(super) fn looks_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(16).any(|byte| !byte.is_ascii_graphic() && !byte.is_ascii_whitespace())
}

/// Reads an EvidenceRecord (RFC 4998, 3.1).
pub fn read(bytes: &[u8]) -> Result<Record, RecordError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    if parts.expect(tag::INTEGER)?.small()? != 1 {
        return Err(RecordError::Version);
    }
    let declared = parts.expect(tag::SEQUENCE)?.parts(tag::SEQUENCE)?.all()?;
    let declared = declared.into_iter().map(Digest::read).collect::<Result<Vec<_>, _>>()?;
    let mut record = Record {
        syntax: Syntax::Asn1,
        declared: Some(declared),
        encrypted: false,
        certificates: Vec::new(),
        revocation: Vec::new(),
        chains: Vec::new(),
    };
    if let Some(infos) = parts.optional(tag::context(0))? {
        crypto_infos(infos, &mut record)?;
    }
    record.encrypted = parts.optional(tag::context(1))?.is_some();
    let chains = parts.expect(tag::SEQUENCE)?.parts(tag::SEQUENCE)?.all()?;
    parts.finish()?;
    let mut stamps = 0;
    for (at, element) in chains.iter().enumerate() {
        let chain = chain(*element, &chains[..at])?;
        stamps += chain.stamps.len();
        // Every chain covers all before it; without a bound, many small ones would cost the square of their number.
        if stamps > MOST_STAMPS || at > MOST_STAMPS / 100 {
            return Err(RecordError::Size);
        }
        record.chains.push(chain);
    }
    if record.chains.is_empty() {
        return Err(RecordError::Part("archiveTimeStampSequence is empty"));
    }
    Ok(record)
}

/// CryptoInfos (RFC 4998, 3.1): certificates and revocation data that are not part of the evidence.
fn crypto_infos(infos: Element<'_>, record: &mut Record) -> Result<(), DerError> {
    for attribute in Reader::new(infos.content).all()? {
        let mut parts = attribute.parts(tag::SEQUENCE)?;
        parts.expect(tag::OID)?;
        for value in parts.expect(tag::SET)?.parts(tag::SET)?.all()? {
            // Which attribute holds which is not fixed; both are recognised by what they are.
            if crate::certificate::Certificate::read(value.bytes).is_ok() {
                record.certificates.push(value.bytes.to_vec());
            } else {
                record.revocation.push(value.bytes.to_vec());
            }
        }
    }
    Ok(())
}

fn chain(element: Element<'_>, earlier: &[Element<'_>]) -> Result<Chain, RecordError> {
    let stamps = element.parts(tag::SEQUENCE)?.all()?;
    if stamps.is_empty() {
        return Err(RecordError::Part("ArchiveTimeStampChain is empty"));
    }
    let before = if earlier.is_empty() {
        Vec::new()
    } else {
        let chains: Vec<&[u8]> = earlier.iter().map(|chain| chain.bytes).collect();
        // RFC 4998, 5.2 step 3: the DER encoded sequence of the chains; some leave its outer tag away.
        vec![write::sequence(&chains), chains.concat()]
    };
    let stamps = stamps.into_iter().map(stamp).collect::<Result<_, _>>()?;
    Ok(Chain { digest: None, method: None, before, stamps })
}

/// ArchiveTimeStamp (RFC 4998, 4.1).
fn stamp(element: Element<'_>) -> Result<Stamp, RecordError> {
    let mut parts = element.parts(tag::SEQUENCE)?;
    let digest = parts.optional(tag::context(0))?.map(Digest::read).transpose()?;
    parts.optional(tag::context(1))?;
    let mut tree = Vec::new();
    if let Some(lists) = parts.optional(tag::context(2))? {
        for list in Reader::new(lists.content).all()? {
            let values = list.parts(tag::SEQUENCE)?.all()?;
            let values: Result<Vec<_>, DerError> = values
                .into_iter()
                .map(|value| {
                    if value.tag & 0xdf == tag::OCTET_STRING {
                        Ok(value.octets()?.into_owned())
                    } else {
                        Err(DerError::Tag)
                    }
                })
                .collect();
            tree.push(values?);
        }
        if tree.is_empty() {
            return Err(RecordError::Part("reducedHashtree is empty"));
        }
    }
    let token = parts.expect(tag::SEQUENCE)?.bytes.to_vec();
    parts.finish()?;
    Ok(Stamp { digest, tree, renewed: token.clone(), token })
}
