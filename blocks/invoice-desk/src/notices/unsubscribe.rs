//! Ending these mails with one click, without signing in (RFC 8058).
//!
//! The address is signed: it works for one person and one kind of mail, for ever, and only ends mails. Looking at it
//! (`GET`) changes nothing, because mail servers look at links; what ends the mails is the `POST`, which mail programs
//! send by themselves when somebody clicks „Abbestellen".
//!
//! Invariant: without our signature nothing is changed, and the page says nothing about who has an account.

use vir_auth::PersonId;
use vir_store::TenantId;
use vir_web::csrf::Key;

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The digest.
    Digest,
    /// What is told at once.
    AtOnce,
}

impl What {
    /// As the address names it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Digest => "uebersicht",
            Self::AtOnce => "sofort",
        }
    }

    /// Reads [`What::code`].
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        [Self::Digest, Self::AtOnce].into_iter().find(|one| one.code() == code)
    }
}

const PURPOSE: &str = "invoice-desk.unsubscribe";

fn parts<'a>(tenant: &'a TenantId, person: &'a str, what: What) -> [&'a [u8]; 3] {
    [tenant.as_str().as_bytes(), person.as_bytes(), what.code().as_bytes()]
}

/// The path of the address, with its signature.
#[must_use]
pub fn path(key: &Key, tenant: &TenantId, person: &PersonId, what: What) -> String {
    let signature = key.sign(PURPOSE, &parts(tenant, person.as_str(), what));
    format!("/abbestellen/{tenant}/{person}/{}/{signature}", what.code())
}

/// Is the signature ours?
#[must_use]
pub fn is_ours(key: &Key, tenant: &TenantId, person: &str, what: What, signature: &str) -> bool {
    key.verify(PURPOSE, &parts(tenant, person, what), signature)
}
