//! Passwords of mailboxes at rest.
//!
//! They must be told to mail servers, so they cannot be hashed. They are sealed with ChaCha20-Poly1305
//! under a key that is derived from the server's own (`vir_web`'s key, which is in no database): who has
//! a copy of the database or a backup of it has no password. Tenant and mailbox are part of the seal, so
//! that a sealed password cannot be moved to another row.
//!
//! Invariant: a password is in the clear only between [`Sealer::open`] and the log-in.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use vir_mail::Secret;
use vir_store::TenantId;
use vir_web::App;
use vir_web::csrf::Key;

/// Seals and opens; it also has the way to token servers, for mailboxes that log in with OAuth.
#[derive(Clone)]
pub struct Sealer {
    key: LessSafeKey,
    http: Option<reqwest::Client>,
}

/// The seal is broken, or was made with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mailbox's password cannot be read with this server's key; it has to be entered again")]
pub struct Unsealable;

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// Under a key derived from the server's.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        let derived = Sha256::digest(key.sign("mailbox-password", &[]));
        let key =
            UnboundKey::new(&CHACHA20_POLY1305, &derived).expect("SHA-256 gives the 32 bytes that the cipher takes");
        Self { key: LessSafeKey::new(key), http: None }
    }

    /// That of this server, with the way to token servers.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self::new(&app.key).reaching(super::oauth::http(app))
    }

    /// With a way to token servers.
    #[must_use]
    pub fn reaching(self, http: reqwest::Client) -> Self {
        Self { http: Some(http), ..self }
    }

    pub(super) fn http(&self) -> Option<&reqwest::Client> {
        self.http.as_ref()
    }

    /// Seals a password.
    ///
    /// # Errors
    /// Where the operating system has no randomness.
    pub fn seal(&self, tenant: &TenantId, mailbox: &str, password: &Secret) -> Result<Vec<u8>, Unsealable> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| Unsealable)?;
        let mut sealed = password.reveal().as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place(tenant, mailbox), &mut sealed)
            .map_err(|_| Unsealable)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens it again.
    ///
    /// # Errors
    /// Where it was made with another key, for another mailbox, or is damaged.
    pub fn open(&self, tenant: &TenantId, mailbox: &str, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let open = self.key.open_in_place(nonce, place(tenant, mailbox), &mut sealed).map_err(|_| Unsealable)?;
        String::from_utf8(open.to_vec()).map(Secret::new).map_err(|_| Unsealable)
    }
}

fn place(tenant: &TenantId, mailbox: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("{tenant}\n{mailbox}").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_with_its_key_in_its_place() {
        let sealer = Sealer::new(&Key::new([7; 32]));
        let tenant: TenantId = "musterstadt".parse().unwrap();
        let secret = Secret::new("hunter2".into());
        let sealed = sealer.seal(&tenant, "m1", &secret).unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(sealer.open(&tenant, "m1", &sealed), Ok(secret.clone()));
        assert_eq!(sealer.open(&tenant, "m2", &sealed), Err(Unsealable));
        assert_eq!(sealer.open(&"anderswo".parse().unwrap(), "m1", &sealed), Err(Unsealable));
        assert_eq!(Sealer::new(&Key::new([8; 32])).open(&tenant, "m1", &sealed), Err(Unsealable));
        assert_eq!(sealer.open(&tenant, "m1", &sealed[..10]), Err(Unsealable));
        assert_ne!(sealer.seal(&tenant, "m1", &secret).unwrap(), sealed, "each seal has its own nonce");
    }
}
