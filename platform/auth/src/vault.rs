//! Secrets that must be told to others (an OpenID client's, a mailbox's, a webhook's) cannot be hashed.
//! They are sealed with ChaCha20-Poly1305 under a key that lies in no database.
//!
//! The place for which a secret was sealed (tenant and row) is part of the seal, so that it cannot be
//! moved to another row. Earlier keys open, but seal nothing any more.
//!
//! Invariant: who has a copy of the database, or a backup, and not the key, has none of the secrets.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// With what a sealed text begins.
const MARK: &str = "sealed1:";

/// Seals and opens. Clones are the same.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<[LessSafeKey]>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Default for Vault {
    /// Under a key that nobody keeps: for tests, and for programs that seal nothing.
    fn default() -> Self {
        Self::new(&rand::random::<[u8; 32]>(), &[])
    }
}

impl Vault {
    /// Under this key, which should have 256 random bits; what was sealed with `earlier` ones opens, too.
    #[must_use]
    pub fn new(key: &[u8], earlier: &[&[u8]]) -> Self {
        Self { keys: std::iter::once(key).chain(earlier.iter().copied()).map(cipher).collect() }
    }

    /// Seals a secret for a place.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::Internal("a secret could not be sealed");
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut sealed = secret.to_vec();
        let key = self.keys.first().expect("there is always a key to seal with");
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .map_err(failed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens it again; `None` where it was sealed with another key, for another place, or is damaged.
    #[must_use]
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        self.keys.iter().find_map(|key| {
            let mut sealed = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            key.open_in_place(nonce, Aad::from(place), &mut sealed).ok().map(|open| open.to_vec())
        })
    }

    /// Seals a text; the empty one stays empty.
    pub fn seal_text(&self, place: &str, secret: &str) -> Result<String> {
        if secret.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(self.seal(place, secret.as_bytes())?)))
    }

    /// Opens a sealed text. What was kept by a version that did not seal is given as it is.
    #[must_use]
    pub fn open_text(&self, place: &str, text: &str) -> Option<String> {
        let Some(sealed) = text.strip_prefix(MARK) else { return Some(text.to_owned()) };
        let opened = self.open(place, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        String::from_utf8(opened).ok()
    }
}

fn cipher(key: &[u8]) -> LessSafeKey {
    let derived = Sha256::digest([b"vir vault 1\0", key].concat());
    let key = UnboundKey::new(&CHACHA20_POLY1305, &derived).expect("SHA-256 gives the 32 bytes that the cipher takes");
    LessSafeKey::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_with_its_key_in_its_place() {
        let vault = Vault::new(&[7; 32], &[]);
        let sealed = vault.seal_text("a/oidc", "hunter2").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(vault.open_text("a/oidc", &sealed).as_deref(), Some("hunter2"));
        assert_eq!(vault.open_text("b/oidc", &sealed), None, "another tenant's row");
        assert_eq!(Vault::new(&[8; 32], &[]).open_text("a/oidc", &sealed), None, "another key");
        assert_eq!(Vault::new(&[8; 32], &[&[7; 32]]).open_text("a/oidc", &sealed).as_deref(), Some("hunter2"));
        assert_eq!(vault.open_text("a/oidc", &sealed[..sealed.len() - 2]), None, "cut short");
        assert_ne!(vault.seal_text("a/oidc", "hunter2").unwrap(), sealed, "each seal has its own nonce");
        assert_eq!(vault.seal_text("a/oidc", "").unwrap(), "");
        assert_eq!(vault.open_text("a/oidc", "from before").as_deref(), Some("from before"));
    }
}
