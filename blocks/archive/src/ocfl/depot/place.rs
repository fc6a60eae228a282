//! The names of content files: those of the logical paths, as far as every file system takes them.
//!
//! Invariant: different logical paths have different names, and no element is longer than file systems allow.

use std::fmt::Write as _;

use crate::ocfl::digest::Algorithm;

/// No element of a path is longer, in bytes.
const LONGEST: usize = 240;
/// Where elements are many, a path is not kept: object storage has names of up to 1,024 bytes, with all that is above.
const LONGEST_PATH: usize = 700;

/// The content path for a logical path, below the content folder.
pub(super) fn of(logical: &str) -> String {
    let path = logical.split('/').map(element).collect::<Vec<_>>().join("/");
    if path.len() <= LONGEST_PATH { path } else { Algorithm::Sha256.of(logical.as_bytes()) }
}

fn element(element: &str) -> String {
    let mut out = String::with_capacity(element.len());
    let last = element.len() - element.chars().next_back().map_or(0, char::len_utf8);
    for (at, character) in element.char_indices() {
        let at_end = at == last && matches!(character, '.' | ' ');
        let reserved = matches!(character, '%' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        if character.is_control() || reserved || at_end {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(character);
        }
    }
    if out.len() <= LONGEST {
        return out;
    }
    let mut end = LONGEST - 33;
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    // A name that is encoded has no sign for per cent before other than hexadecimal digits, so this is no other's.
    format!("{}%-{}", &out[..end], &Algorithm::Sha256.of(element.as_bytes())[..31])
}
