//! Packages as folders after the E-ARK specifications 2.1: common (CSIP), for submission (SIP), archival (AIP) and
//! dissemination (DIP), with METS and PREMIS 3.
//!
//! A package is a folder with a METS document; each representation is one with a METS document of its own. Written is
//! the newest version; [`write()`] says which documents and contents stand at which path, and whoever keeps files puts
//! them there. [`read()`] takes a folder apart again, [`rules`] judges one by the rules of the specification that say
//! MUST, with their identifiers.
//!
//! Invariant: every path is one that [`super::path`] allows, written or read; what is read has the hash value and size
//! that METS states.

mod mets;
pub mod read;
pub mod rules;
pub mod write;

use std::fmt::Write as _;

pub use read::{Folder, read};
pub use write::{Layout, Options, Part, write};

/// The kinds of packages (OAIS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// For submission.
    Sip,
    /// For keeping.
    Aip,
    /// For dissemination.
    Dip,
}

impl Kind {
    /// As METS names it (CSIP9).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sip => "SIP",
            Self::Aip => "AIP",
            Self::Dip => "DIP",
        }
    }

    /// The profile that the package conforms to (CSIP6).
    #[must_use]
    pub fn profile(self) -> &'static str {
        match self {
            Self::Sip => "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
            Self::Aip => "https://earkaip.dilcis.eu/profile/E-ARK-AIP.xml",
            Self::Dip => "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml",
        }
    }
}

const METS: &str = "METS.xml";
const METS_SPACE: &str = "http://www.loc.gov/METS/";
const LINK_SPACE: &str = "http://www.w3.org/1999/xlink";
const CSIP_SPACE: &str = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS";

/// A path as a relative address (RFC 3986, 3.3).
fn address(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

/// The path of a relative address; none where it is no text.
fn path_of(address: &str) -> Option<String> {
    let address = address.strip_prefix("./").unwrap_or(address);
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The name of the package's folder: its identifier, with what cannot be in a file name replaced.
#[must_use]
pub fn folder(id: &str) -> String {
    let name: String = id
        .chars()
        .map(|one| if one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.') { one } else { '_' })
        .take(200)
        .collect();
    let name = name.trim_matches('.');
    if name.is_empty() { "package".to_owned() } else { name.to_owned() }
}
