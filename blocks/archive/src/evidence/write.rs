//! Making and renewing evidence records, and asking for time stamps.
//!
//! We write one leaf per package version: the record of a group is only as useful as its weakest reader, and
//! readers in the field reject valid groups after a hash-tree renewal.
//!
//! Invariant: what is written is DER, and [`verify`](super::verify()) accepts it for the leaf it was cut for.

use super::tree::Tree;
use crate::der::{DerError, Element, tag, write};
use crate::digest::Digest;
use crate::token::{Token, token_of_response};

/// A TimeStampReq (RFC 3161, 2.4.1) for this hash value; certificates are asked for, because evidence needs them.
#[must_use]
pub fn request(digest: Digest, hash: &[u8], nonce: Option<u64>) -> Vec<u8> {
    let imprint = write::sequence(&[&identifier(digest), &write::octets(hash)]);
    let nonce = nonce.map(|nonce| write::unsigned(&nonce.to_be_bytes())).unwrap_or_default();
    let certificates = write::value(tag::BOOLEAN, &[&[0xff]]);
    write::sequence(&[&write::unsigned(&[1]), &imprint, &nonce, &certificates])
}

/// Why an answer is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It cannot be read, or the service refused.
    #[error(transparent)]
    Der(#[from] DerError),
    /// It stamps another hash value.
    #[error("the time stamp is over another hash value")]
    Imprint,
    /// It answers another request.
    #[error("the time stamp answers another request")]
    Nonce,
}

/// The token in a TimeStampResp, if it answers this request (RFC 3161, 2.4.2).
pub fn answer<'a>(
    response: &'a [u8],
    digest: Digest,
    hash: &[u8],
    nonce: Option<u64>,
) -> Result<&'a [u8], AnswerError> {
    let bytes = token_of_response(response)?;
    let token = Token::read(bytes)?;
    if token.imprint_digest != Ok(digest) || token.imprint != hash {
        return Err(AnswerError::Imprint);
    }
    if let Some(nonce) = nonce {
        let expect = write::unsigned(&nonce.to_be_bytes());
        let expect = Element::only(&expect)?.content;
        if token.nonce.as_deref() != Some(expect) {
            return Err(AnswerError::Nonce);
        }
    }
    Ok(bytes)
}

/// A TimeStampResp that grants this token, as a service gives it.
#[must_use]
pub fn response(token: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::sequence(&[&write::unsigned(&[0])]), token])
}

/// The hash algorithm with its NULL: what older readers expect.
fn identifier(digest: Digest) -> Vec<u8> {
    write::sequence(&[&write::oid(digest.oid()), &write::value(tag::NULL, &[])])
}

/// An ArchiveTimeStamp (RFC 4998, 4.1): the reduced tree of a leaf, and the time stamp over the root.
#[must_use]
pub fn archive_time_stamp(digest: Digest, reduced: &[Vec<Vec<u8>>], token: &[u8]) -> Vec<u8> {
    let algorithm = identifier(digest);
    let algorithm = [&[tag::context(0)], &algorithm[1..]].concat();
    let lists: Vec<Vec<u8>> = reduced
        .iter()
        .map(|list| write::sequence_of(&list.iter().map(|value| write::octets(value)).collect::<Vec<_>>()))
        .collect();
    let tree = if lists.is_empty() {
        Vec::new()
    } else {
        let mut tree = write::sequence_of(&lists);
        tree[0] = tag::context(2);
        tree
    };
    write::sequence(&[&algorithm, &tree, token])
}

/// The leaf of a group of data objects: the hash value over theirs, sorted; of one object, its own (RFC 4998, 4.2.1).
/// None where the group is empty.
#[must_use]
pub fn group_leaf(digest: Digest, hashes: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut sorted: Vec<&[u8]> = hashes.iter().map(Vec::as_slice).collect();
    sorted.sort_unstable();
    sorted.dedup();
    match sorted.as_slice() {
        [] => None,
        [only] => Some(only.to_vec()),
        all => Some(digest.of(all)),
    }
}

/// A record that grows by renewals.
///
/// Kept are the encoded time stamps, chain by chain; nothing of them is ever encoded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    chains: Vec<(Digest, Vec<Vec<u8>>)>,
}

impl Evidence {
    /// The record of a leaf: its tree, and the token over the tree's root. None where there is no such leaf.
    #[must_use]
    pub fn initial(tree: &Tree, leaf: usize, token: &[u8]) -> Option<Self> {
        let stamp = archive_time_stamp(tree.digest(), &tree.reduced(leaf)?, token);
        Some(Self { chains: vec![(tree.digest(), vec![stamp])] })
    }

    /// The record of a group of data objects, which is one leaf: [`group_leaf`] of their hash values (RFC 4998, 4.2.1).
    /// None where there is no such leaf, or it is not that of the group.
    #[must_use]
    pub fn of_group(tree: &Tree, leaf: usize, hashes: &[Vec<u8>], token: &[u8]) -> Option<Self> {
        let own = group_leaf(tree.digest(), hashes)?;
        let mut reduced = tree.reduced(leaf)?;
        match reduced.first_mut() {
            Some(first) if hashes.len() > 1 => {
                let place = first.iter().position(|value| *value == own)?;
                first.remove(place);
                let mut group = hashes.to_vec();
                group.sort_unstable();
                group.dedup();
                reduced.insert(0, group);
            }
            Some(first) => _ = first.iter().position(|value| *value == own)?,
            None if tree.root() != own => return None,
            None if hashes.len() > 1 => {
                let mut group = hashes.to_vec();
                group.sort_unstable();
                group.dedup();
                reduced.push(group);
            }
            None => {}
        }
        let stamp = archive_time_stamp(tree.digest(), &reduced, token);
        Some(Self { chains: vec![(tree.digest(), vec![stamp])] })
    }

    /// A record that we wrote earlier.
    pub fn read(record: &[u8]) -> Result<Self, super::RecordError> {
        let known = super::asn1::read(record)?;
        let mut parts = Element::only(record)?.parts(tag::SEQUENCE)?;
        let mut sequence = parts.next()?;
        while !parts.is_empty() {
            sequence = parts.next()?;
        }
        let mut chains = Vec::new();
        for (chain, element) in known.chains.iter().zip(sequence.parts(tag::SEQUENCE)?.all()?) {
            let digest = chain.stamps.first().and_then(|stamp| stamp.digest.clone());
            let Some(Ok(digest)) = digest else {
                return Err(super::RecordError::Part("the chain does not name its hash algorithm"));
            };
            let stamps = element.parts(tag::SEQUENCE)?.all()?;
            chains.push((digest, stamps.into_iter().map(|stamp| stamp.bytes.to_vec()).collect()));
        }
        Ok(Self { chains })
    }

    /// The hash algorithm of the current chain.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.chains.last().expect("a record has a chain").0
    }

    /// The leaf for a time-stamp renewal (RFC 4998, 5.2): the hash value of the last time stamp. Records with the
    /// same time stamp share it, so one new time stamp renews them all.
    pub fn time_stamp_leaf(&self) -> Result<Vec<u8>, DerError> {
        let (digest, stamps) = self.chains.last().expect("a record has a chain");
        let mut parts = Element::only(stamps.last().expect("a chain has a time stamp"))?.parts(tag::SEQUENCE)?;
        let mut token = parts.next()?;
        while !parts.is_empty() {
            token = parts.next()?;
        }
        Ok(digest.of(&[token.bytes]))
    }

    /// Renews the time stamp: `tree` has [`Self::time_stamp_leaf`] at `leaf`, `token` covers its root. None where
    /// there is no such leaf or the tree has another algorithm than the chain.
    #[must_use]
    pub fn renew_time_stamp(mut self, tree: &Tree, leaf: usize, token: &[u8]) -> Option<Self> {
        let (digest, stamps) = self.chains.last_mut().expect("a record has a chain");
        if *digest != tree.digest() {
            return None;
        }
        stamps.push(archive_time_stamp(*digest, &tree.reduced(leaf)?, token));
        Some(self)
    }

    /// The leaf for a hash-tree renewal (RFC 4998, 5.2): the new hash value of the data, with that of all chains.
    #[must_use]
    pub fn hash_tree_leaf(&self, digest: Digest, data: &[u8]) -> Vec<u8> {
        digest.of(&[data, &digest.of(&[&self.sequence()])])
    }

    /// Renews the hash tree: `tree` has [`Self::hash_tree_leaf`] at `leaf`, `token` covers its root.
    #[must_use]
    pub fn renew_hash_tree(mut self, tree: &Tree, leaf: usize, token: &[u8]) -> Option<Self> {
        let stamp = archive_time_stamp(tree.digest(), &tree.reduced(leaf)?, token);
        self.chains.push((tree.digest(), vec![stamp]));
        Some(self)
    }

    fn sequence(&self) -> Vec<u8> {
        let chains: Vec<Vec<u8>> = self.chains.iter().map(|(_, stamps)| write::sequence_of(stamps)).collect();
        write::sequence_of(&chains)
    }

    /// The EvidenceRecord in DER (RFC 4998, 3.1).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut digests: Vec<Digest> = Vec::new();
        for (digest, _) in &self.chains {
            if !digests.contains(digest) {
                digests.push(*digest);
            }
        }
        let declared = write::sequence_of(&digests.into_iter().map(identifier).collect::<Vec<_>>());
        write::sequence(&[&write::unsigned(&[1]), &declared, &self.sequence()])
    }
}
