//! What PDF files say of themselves: PDF/A as *claimed* in their XMP metadata (ISO 19005), and whether they are encrypted.
//!
//! A claim is no proof: only a validator can tell whether it is true.
//!
//! Invariant: the file is read once, in pieces; nothing of it is interpreted but these marks.

use std::io;

use memchr::memmem;
use serde::Serialize;

use super::source::{Source, piece};

/// A claim to be PDF/A.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Claim {
    /// The part of the standard: 1 to 4.
    pub part: u8,
    /// The level: A, B, U, E or F; PDF/A-4 may have none.
    pub level: Option<char>,
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PDF/A-{}", self.part)?;
        self.level.map_or(Ok(()), |level| write!(f, "{}", level.to_ascii_lowercase()))
    }
}

/// Claims that are kept.
const MOST_CLAIMS: usize = 8;
/// Bytes that are read at once, and how many of the end are looked at again.
const PIECE: usize = 1 << 20;
const OVERLAP: usize = 1024;

/// Every different claim in the file. Metadata is never compressed in PDF/A, so it stands there to be found; files
/// that are embedded uncompressed bring their claims along.
pub(super) fn claims(source: &dyn Source) -> io::Result<Vec<Claim>> {
    let mut found: Vec<Claim> = Vec::new();
    let mut at = 0;
    while at < source.length() && found.len() < MOST_CLAIMS {
        let bytes = piece(source, at, PIECE + OVERLAP)?;
        let mut from = 0;
        while let Some(next) = memmem::find(&bytes[from..], b"pdfaid:part") {
            let place = from + next;
            from = place + 1;
            let window = &bytes[place.saturating_sub(OVERLAP / 2)..(place + OVERLAP / 2).min(bytes.len())];
            let Some(part) = value(&bytes[place..], b"pdfaid:part").filter(u8::is_ascii_digit) else { continue };
            let level =
                memmem::find(window, b"pdfaid:conformance").and_then(|at| value(&window[at..], b"pdfaid:conformance"));
            let level = level.map(|level| char::from(level.to_ascii_uppercase()));
            let claim = Claim { part: part - b'0', level: level.filter(char::is_ascii_alphabetic) };
            if (1..=4).contains(&claim.part) && !found.contains(&claim) && found.len() < MOST_CLAIMS {
                found.push(claim);
            }
        }
        at += PIECE as u64;
    }
    Ok(found)
}

/// The first character of a value, as attribute or as element.
fn value(bytes: &[u8], name: &[u8]) -> Option<u8> {
    let rest = &bytes[name.len()..bytes.len().min(name.len() + 16)];
    let sign = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if rest[sign] != b'=' && rest[sign] != b'>' {
        return None;
    }
    rest[sign + 1..].iter().copied().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\''))
}

/// Does a trailer name an encryption dictionary (ISO 32000-1, 7.5.5)? It stands at the end, or, in linearised files,
/// at the beginning, too.
pub(super) fn is_encrypted(head: &[u8], end: &[u8]) -> bool {
    [head, end].into_iter().any(|bytes| {
        let mut from = 0;
        while let Some(next) = memmem::find(&bytes[from..], b"/Encrypt") {
            from += next + b"/Encrypt".len();
            let rest = &bytes[from..bytes.len().min(from + 24)];
            // A reference, or a dictionary on the spot; other names begin the same way.
            let rest = rest.trim_ascii_start();
            if rest.starts_with(b"<<") || rest.first().is_some_and(u8::is_ascii_digit) {
                return true;
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_in_both_notations_and_across_pieces() {
        let attribute = b"<rdf:Description pdfaid:part=\"2\" pdfaid:conformance='U'/>".to_vec();
        assert_eq!(claims(&attribute).unwrap(), [Claim { part: 2, level: Some('U') }]);
        let mut element = vec![b' '; PIECE - 5];
        element.extend(b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>");
        let found = claims(&element).unwrap();
        assert_eq!(found.iter().map(Claim::to_string).collect::<Vec<_>>(), ["PDF/A-3b"]);
        assert_eq!(claims(&b"pdfaid:part=\"4\"".to_vec()).unwrap(), [Claim { part: 4, level: None }]);
        assert!(claims(&b"pdfaid:part=\"9\" pdfaid:part".to_vec()).unwrap().is_empty());
    }

    #[test]
    fn only_a_trailer_with_a_dictionary_means_encrypted() {
        assert!(is_encrypted(b"", b"trailer << /Encrypt 12 0 R >>"));
        assert!(is_encrypted(b"/Encrypt<</Filter/Standard>>", b""));
        assert!(!is_encrypted(b"/EncryptMetadata true", b"/Encryption"));
    }
}
