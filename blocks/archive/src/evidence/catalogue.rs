//! Which algorithm was suitable until when: the dated catalogue.
//!
//! An evidence record is worth what its algorithms were worth on the day when the next time stamp took over, or
//! today, for the last one. The rows below are data; `docs/algorithmen.md` is generated from them.
//!
//! Where sources differ, the row follows the German authorities for what they have struck off (BNetzA, BSI), and
//! ETSI TS 119 312 for what is still in use.
//!
//! Invariant: an algorithm without a row is unsuitable; nothing is suitable because nobody has thought of it.

use serde::Serialize;
use vir_core::Text;

use crate::digest::Digest;
use crate::moment::Moment;
use crate::signature::{Family, PublicKey, Scheme};

/// How long something was suitable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Suitable {
    /// Until the end of this day: year, month, day.
    Until(i64, i64, i64),
    /// No end is foreseen.
    OpenEnded,
}

impl Suitable {
    fn covers(self, moment: Moment) -> bool {
        self.end().is_none_or(|end| moment <= end)
    }

    /// The last moment, where there is one.
    #[must_use]
    pub fn end(self) -> Option<Moment> {
        match self {
            Self::Until(year, month, day) => Some(Moment::end_of_day(year, month, day)),
            Self::OpenEnded => None,
        }
    }
}

use Suitable::{OpenEnded, Until};

const BNETZA: &str = "BNetzA, Bekanntmachungen zur elektronischen Signatur (Übersicht über geeignete Algorithmen) bis 2017; BSI TR-ESOR ERVerifyTool, algorithms.json";
const BNETZA_RSA: &str = "BNetzA, Bekanntmachungen zur elektronischen Signatur, Mindestlängen nach Jahren";
const ETSI: &str = "ETSI TS 119 312 V1.5.1 (2024)";
const OWN_SHA3: &str = "Eigene Einordnung: Kollisionsfestigkeit wie SHA-224; in ETSI TS 119 312 nicht genannt";
const RFC_8032: &str = "Eigene Einordnung: RFC 8032; Stärke wie ECDSA mit 256 Bit";

/// A row for a hash algorithm.
#[derive(Debug, Clone, Copy)]
pub struct DigestRow {
    /// The algorithm.
    pub digest: Digest,
    /// How long.
    pub suitable: Suitable,
    /// Who says so.
    pub source: &'static str,
}

/// A row for a signature algorithm with keys from a length on; the longest length that a key reaches counts.
#[derive(Debug, Clone, Copy)]
pub struct SignatureRow {
    /// The algorithm.
    pub family: Family,
    /// Keys of at least so many bits.
    pub bits: usize,
    /// How long.
    pub suitable: Suitable,
    /// Who says so.
    pub source: &'static str,
}

/// Hash algorithms.
pub const DIGESTS: &[DigestRow] = &[
    DigestRow { digest: Digest::Sha1, suitable: Until(2015, 12, 31), source: BNETZA },
    DigestRow { digest: Digest::Ripemd160, suitable: Until(2015, 12, 31), source: BNETZA },
    DigestRow { digest: Digest::Sha224, suitable: Until(2028, 12, 31), source: ETSI },
    DigestRow { digest: Digest::Sha256, suitable: OpenEnded, source: ETSI },
    DigestRow { digest: Digest::Sha384, suitable: OpenEnded, source: ETSI },
    DigestRow { digest: Digest::Sha512, suitable: OpenEnded, source: ETSI },
    DigestRow { digest: Digest::Sha3_224, suitable: Until(2028, 12, 31), source: OWN_SHA3 },
    DigestRow { digest: Digest::Sha3_256, suitable: OpenEnded, source: ETSI },
    DigestRow { digest: Digest::Sha3_384, suitable: OpenEnded, source: ETSI },
    DigestRow { digest: Digest::Sha3_512, suitable: OpenEnded, source: ETSI },
];

const fn rsa(family: Family, bits: usize, suitable: Suitable, source: &'static str) -> SignatureRow {
    SignatureRow { family, bits, suitable, source }
}

/// Signature algorithms, shorter keys first.
pub const SIGNATURES: &[SignatureRow] = &[
    rsa(Family::RsaPkcs1, 1024, Until(2008, 3, 31), BNETZA_RSA),
    rsa(Family::RsaPkcs1, 1280, Until(2008, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPkcs1, 1536, Until(2009, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPkcs1, 1728, Until(2010, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPkcs1, 1900, Until(2028, 12, 31), ETSI),
    rsa(Family::RsaPss, 1024, Until(2008, 3, 31), BNETZA_RSA),
    rsa(Family::RsaPss, 1280, Until(2008, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPss, 1536, Until(2009, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPss, 1728, Until(2010, 12, 31), BNETZA_RSA),
    rsa(Family::RsaPss, 1900, Until(2028, 12, 31), ETSI),
    rsa(Family::RsaPss, 3000, OpenEnded, ETSI),
    SignatureRow { family: Family::Ecdsa, bits: 224, suitable: Until(2015, 12, 31), source: BNETZA_RSA },
    SignatureRow { family: Family::Ecdsa, bits: 250, suitable: OpenEnded, source: ETSI },
    SignatureRow { family: Family::Ed25519, bits: 256, suitable: OpenEnded, source: RFC_8032 },
];

/// What the catalogue says of an algorithm at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    /// It was suitable.
    Suitable,
    /// It was no longer suitable, since the moment where one is known.
    Unsuitable(Text, Option<Moment>),
    /// There is no row.
    Unknown(Text),
}

/// Was the hash algorithm suitable at this moment?
#[must_use]
pub fn digest(digest: Digest, moment: Moment) -> Opinion {
    let what = Text::owned(digest.name().to_owned(), digest.name().to_owned());
    match DIGESTS.iter().find(|row| row.digest == digest) {
        None => Opinion::Unknown(what),
        Some(row) if row.suitable.covers(moment) => Opinion::Suitable,
        Some(row) => Opinion::Unsuitable(what, row.suitable.end()),
    }
}

/// Was the signature algorithm with this key suitable at this moment? The hash algorithms within are asked for
/// apart.
#[must_use]
pub fn signature(scheme: Scheme, key: &PublicKey, moment: Moment) -> Opinion {
    let (name, bits) = (scheme.family().name(), key.bits());
    let what = Text::owned(format!("{name} mit {bits} Bit"), format!("{name} with {bits} bits"));
    let reached = SIGNATURES.iter().filter(|row| row.family == scheme.family() && row.bits <= bits);
    match reached.max_by_key(|row| row.bits) {
        None => Opinion::Unsuitable(what, None),
        Some(row) if row.suitable.covers(moment) => Opinion::Suitable,
        Some(row) => Opinion::Unsuitable(what, row.suitable.end()),
    }
}

/// The catalogue as a table for people (German), for `docs/algorithmen.md`.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write as _;
    let until = |suitable: Suitable| match suitable {
        Until(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        OpenEnded => "ohne absehbares Ende".to_owned(),
    };
    let mut out = String::from("| Algorithmus | geeignet bis | Quelle |\n|---|---|---|\n");
    for row in DIGESTS {
        _ = writeln!(out, "| {} | {} | {} |", row.digest.name(), until(row.suitable), row.source);
    }
    for row in SIGNATURES {
        let (name, bits) = (row.family.name(), row.bits);
        _ = writeln!(out, "| {name} ab {bits} Bit | {} | {} |", until(row.suitable), row.source);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_algorithm_has_a_row() {
        for algorithm in Digest::ALL {
            assert_ne!(digest(algorithm, Moment::from_unix(0)), Opinion::Unknown(Text::default()), "{algorithm:?}");
            assert!(DIGESTS.iter().any(|row| row.digest == algorithm));
        }
    }

    #[test]
    fn the_last_day_counts_as_a_whole() {
        let at = |second| Moment::from_unix(Moment::end_of_day(2015, 12, 31).unix() + second);
        assert_eq!(digest(Digest::Sha1, at(0)), Opinion::Suitable);
        assert!(matches!(digest(Digest::Sha1, at(1)), Opinion::Unsuitable(..)));
    }
}
