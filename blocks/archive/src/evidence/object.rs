//! The data that a record is to prove, by their hash values.
//!
//! Invariant: an object never claims a hash value that was not computed from its bytes, or stated by whoever
//! computed it.

use crate::digest::Digest;
use crate::xml::canonical::{self, Method};

/// A data object.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// How people call it: a file name, an identifier in a package.
    pub name: String,
    content: Content<'a>,
}

#[derive(Debug, Clone)]
enum Content<'a> {
    Bytes(std::borrow::Cow<'a, [u8]>),
    Forms(Vec<Vec<u8>>),
    Hashes(Vec<(Digest, Vec<u8>)>),
}

impl<'a> Object<'a> {
    /// From its bytes.
    pub fn new(name: impl Into<String>, bytes: impl Into<std::borrow::Cow<'a, [u8]>>) -> Self {
        Self { name: name.into(), content: Content::Bytes(bytes.into()) }
    }

    /// From byte strings of which one was hashed, where writers differ in what they hash.
    pub fn any(name: impl Into<String>, forms: Vec<Vec<u8>>) -> Self {
        Self { name: name.into(), content: Content::Forms(forms) }
    }

    /// From hash values that were computed while the bytes went by.
    pub fn hashed(name: impl Into<String>, hashes: Vec<(Digest, Vec<u8>)>) -> Self {
        Self { name: name.into(), content: Content::Hashes(hashes) }
    }

    /// Its bytes, where they are known.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Hash values under which the object may stand in a tree: of its bytes, and where the chain canonicalises XML
    /// (RFC 6283, 4.1.2), of its canonical form. Empty where none is known.
    #[must_use]
    pub fn hashes(&self, digest: Digest, method: Option<Method>) -> Vec<Vec<u8>> {
        match &self.content {
            Content::Forms(forms) => forms.iter().map(|form| digest.of(&[form])).collect(),
            Content::Hashes(hashes) => {
                hashes.iter().filter(|(with, _)| *with == digest).map(|(_, hash)| hash.clone()).collect()
            }
            Content::Bytes(bytes) => {
                let mut found = vec![digest.of(&[bytes])];
                if let Some(method) = method
                    && let Some(form) = canonical::document(bytes, method)
                {
                    found.push(digest.of(&[&form]));
                }
                found
            }
        }
    }
}
