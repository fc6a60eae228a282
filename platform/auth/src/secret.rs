//! Random secrets: what cookies, links and tokens carry, and what is stored of them.
//!
//! Invariant: a secret has 256 random bits and is stored only as its hash, so whoever reads the
//! database can sign in as nobody.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A random secret as text. It shows itself only through [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// The text itself; for the one who owns it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self, purpose: Purpose) -> String {
        hash(purpose, &self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret is for: the same text for another purpose has another hash.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Session,
    Link,
    Token,
    Setup,
    Ceremony,
    Attempt,
}

/// A plain hash is enough: nobody guesses 256 bits, however fast.
pub(crate) fn hash(purpose: Purpose, secret: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(match purpose {
        Purpose::Session => b"session:".as_slice(),
        Purpose::Link => b"link:",
        Purpose::Token => b"token:",
        Purpose::Setup => b"setup:",
        Purpose::Ceremony => b"ceremony:",
        Purpose::Attempt => b"attempt:",
    });
    digest.update(secret.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_hide() {
        let (a, b) = (Secret::random(), Secret::random());
        assert_ne!(a, b);
        assert_eq!(a.reveal().len(), 43);
        assert_eq!(format!("{a:?}"), "Secret(…)");
        assert_ne!(a.hash(Purpose::Session), a.hash(Purpose::Token));
    }
}
