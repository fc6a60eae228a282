//! Electronic seals: detached CAdES signatures (ETSI EN 319 122-1), made and verified.
//!
//! [`Draft`] puts together what is signed and [`Sealed`] what comes of it; the key is somebody else's business, who only
//! signs bytes. [`key`] reads files with keys, [`qualified`] reads what a certificate says of itself, and [`verify()`]
//! judges a seal and says how much it is worth. Levels are B-B, and with a time stamp over the signature B-T.
//!
//! Only trusted lists say who is a qualified provider; the operator says whom to trust. Nothing here makes a seal
//! qualified that somebody else has not made so.
//!
//! Invariant: nothing is given out as a seal that the certificate's key does not verify.

pub mod key;
pub mod qualified;
mod report;
pub mod submission;
pub mod verify;
mod write;

pub use report::{Finding, Form, Reason, Report, Stamp, Step};
pub use verify::{Options, verify};
pub use write::{Draft, SealError, Sealed, pss_parameters, scheme_for};

/// How many bytes a seal has at most; a signature with chain and time stamp has some 10,000.
pub const MOST_BYTES: usize = 1 << 20;

/// Is it a detached signature in CMS, whose content lies elsewhere, and no evidence record within?
#[must_use]
pub fn is_detached(bytes: &[u8]) -> bool {
    use crate::evidence::container::cms;
    crate::signed::SignedData::read(bytes).is_ok_and(|signed| signed.content.is_none() && !signed.signers.is_empty())
        && cms::records(bytes, None).is_ok_and(|found| found.is_empty())
}
