//! Passwords of mailboxes at rest.
//!
//! They must be told to mail servers, so they cannot be hashed. They are sealed in the server's vault,
//! whose key is in no database: who has a copy of the database or a backup of it has no password. Tenant
//! and mailbox are part of the seal, so that a sealed password cannot be moved to another row.
//!
//! Versions before the vault sealed under a key derived from that of the forms; what they sealed opens
//! still, and is sealed in the vault when the password is entered again.
//!
//! Invariant: a password is in the clear only between [`Sealer::open`] and the log-in.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use vir_auth::Vault;
use vir_mail::Secret;
use vir_store::TenantId;
use vir_web::App;
use vir_web::csrf::Key;

/// Seals and opens; it also has the way to token servers, for mailboxes that log in with OAuth.
#[derive(Clone)]
pub struct Sealer {
    vault: Vault,
    before: LessSafeKey,
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
    /// The server's.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self::within(&app.key, app.vault.clone()).reaching(super::oauth::http(app))
    }

    /// That of a server that has no key but that of its forms.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        Self::within(key, Vault::new(key.sign("vault", &[]).as_bytes(), &[]))
    }

    /// In this vault; `key` is what versions before it derived theirs from.
    fn within(key: &Key, vault: Vault) -> Self {
        let derived = Sha256::digest(key.sign("mailbox-password", &[]));
        let key =
            UnboundKey::new(&CHACHA20_POLY1305, &derived).expect("SHA-256 gives the 32 bytes that the cipher takes");
        Self { vault, before: LessSafeKey::new(key), http: None }
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
        self.vault.seal(&place(tenant, mailbox), password.reveal().as_bytes()).map_err(|_| Unsealable)
    }

    /// Opens it again.
    ///
    /// # Errors
    /// Where it was made with another key, for another mailbox, or is damaged.
    pub fn open(&self, tenant: &TenantId, mailbox: &str, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let open = self.vault.open(&place(tenant, mailbox), sealed);
        let open = open.or_else(|| self.open_before(tenant, mailbox, sealed)).ok_or(Unsealable)?;
        String::from_utf8(open).map(Secret::new).map_err(|_| Unsealable)
    }

    fn open_before(&self, tenant: &TenantId, mailbox: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let place = Aad::from(format!("{tenant}\n{mailbox}"));
        let open = self.before.open_in_place(Nonce::assume_unique_for_key(*nonce), place, &mut sealed).ok()?;
        Some(open.to_vec())
    }
}

fn place(tenant: &TenantId, mailbox: &str) -> String {
    format!("{tenant}/mailbox/{mailbox}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_with_its_key_in_its_place() {
        let sealer = Sealer::within(&Key::new([7; 32]), Vault::new(&[1; 32], &[]));
        let tenant: TenantId = "musterstadt".parse().unwrap();
        let secret = Secret::new("hunter2".into());
        let sealed = sealer.seal(&tenant, "m1", &secret).unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(sealer.open(&tenant, "m1", &sealed), Ok(secret.clone()));
        assert_eq!(sealer.open(&tenant, "m2", &sealed), Err(Unsealable));
        assert_eq!(sealer.open(&"anderswo".parse().unwrap(), "m1", &sealed), Err(Unsealable));
        let other = Sealer::within(&Key::new([7; 32]), Vault::new(&[2; 32], &[]));
        assert_eq!(other.open(&tenant, "m1", &sealed), Err(Unsealable));
        assert_eq!(sealer.open(&tenant, "m1", &sealed[..10]), Err(Unsealable));
        let mut before = b"from before".to_vec();
        let place = Aad::from("musterstadt\nm1");
        sealer.before.seal_in_place_append_tag(Nonce::assume_unique_for_key([3; 12]), place, &mut before).unwrap();
        let before = [&[3; 12][..], &before].concat();
        assert_eq!(sealer.open(&tenant, "m1", &before), Ok(Secret::new("from before".into())));
        assert_ne!(sealer.seal(&tenant, "m1", &secret).unwrap(), sealed, "each seal has its own nonce");
    }
}
