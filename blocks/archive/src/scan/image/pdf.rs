//! PDF: which ways of compressing images the file names.
//!
//! Images are streams, and the dictionaries of streams stand uncompressed in the file. So it suffices to look at every
//! name in it, wherever it stands: what is hidden in strings or other streams errs to the safe side. Only a filter
//! that is named elsewhere (`/Filter 5 0 R`) could stay unseen; it counts as unknown.
//!
//! Invariant: a file with a JBIG2 image never passes for one without.

use std::collections::BTreeSet;

use super::{Compression, Container, Info, Page};

pub(super) fn read(bytes: &[u8]) -> Info {
    let mut found = BTreeSet::new();
    let slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    for at in slashes {
        let (name, end) = name(bytes, at + 1);
        let compression = match name.as_slice() {
            b"DCTDecode" | b"DCT" => Compression::Jpeg,
            b"CCITTFaxDecode" | b"CCF" => Compression::Fax4,
            b"JPXDecode" => Compression::Jpeg2000,
            b"JBIG2Decode" => Compression::Jbig2,
            b"Filter" if is_reference(&bytes[end..]) => Compression::Unknown,
            _ => continue,
        };
        found.insert(compression);
    }
    let page = |compression| Page { width: None, height: None, dpi: None, compression };
    Info { container: Container::Pdf, pages: found.into_iter().map(page).collect() }
}

/// A name with its escapes resolved, as far as it can be one that matters, and where it ends.
fn name(bytes: &[u8], from: usize) -> (Vec<u8>, usize) {
    let mut name = Vec::new();
    let mut at = from;
    while name.len() < 16 {
        let Some(byte) = bytes.get(at) else { break };
        match byte {
            b'#' => {
                let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                match (digit(at + 1), digit(at + 2)) {
                    (Some(high), Some(low)) => name.push((high * 16 + low) as u8),
                    _ => break,
                }
                at += 3;
            }
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                name.push(*byte);
                at += 1;
            }
            _ => break,
        }
    }
    (name, at)
}

/// Does a reference stand here, alone or among others in brackets?
fn is_reference(bytes: &[u8]) -> bool {
    let rest = bytes.get(..4096).unwrap_or(bytes);
    let (mut at, mut bracket) = (0, false);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'%' => at += rest[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len()),
            b' ' | b'\t' | b'\r' | b'\n' | 0 | 12 => at += 1,
            b'[' => {
                bracket = true;
                at += 1;
            }
            b'/' if bracket => {
                let regular =
                    |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 12 | b'/' | b'[' | b']' | b'%');
                at += 1 + rest[at + 1..].iter().take_while(|byte| regular(byte)).count();
            }
            byte => return byte.is_ascii_digit(),
        }
    }
    // So long a list cannot be judged.
    !rest.is_empty()
}
