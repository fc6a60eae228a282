//! Paths in manifests (RFC 8493, 2.1.3 and 5.2.1).
//!
//! Invariant: a path that was read stays within the bag on every system that we know.

use unicode_normalization::UnicodeNormalization as _;

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// It begins at the root of a disk, or names a drive or another computer.
    Absolute,
    /// It leads out through `..`.
    Above,
    /// It begins at somebody's home folder, which shells would look up.
    Home,
}

/// The names that a written path may have: as it stands, and with its percent-encoding taken away. Older bags have files
/// with per cent signs that encode nothing, so what is there decides.
pub(super) fn names(written: &str) -> Result<[String; 2], Outside> {
    let plain = |path: &str| {
        check(path)?;
        let mut path = path;
        while let Some(rest) = path.strip_prefix("./") {
            path = rest.trim_start_matches('/');
        }
        check(path)?;
        Ok(path.to_owned())
    };
    Ok([plain(written)?, plain(&decode(written))?])
}

/// RFC 8493, 2.1.3: a carriage return, a line feed and the per cent sign are encoded, and nothing else is.
fn decode(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.as_bytes().get(1..3).map(<[u8]>::to_ascii_uppercase);
        let character = match code.as_deref() {
            Some(b"0D") => '\r',
            Some(b"0A") => '\n',
            Some(b"25") => '%',
            _ => {
                out.push('%');
                rest = &rest[1..];
                continue;
            }
        };
        out.push(character);
        rest = &rest[3..];
    }
    out.push_str(rest);
    out
}

/// A path as a manifest writes it.
pub(super) fn encode(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Bags are judged the same on all systems, so what is outside on one of them is outside.
fn check(path: &str) -> Result<(), Outside> {
    let bytes = path.as_bytes();
    let has_drive = bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    if path.starts_with(['/', '\\']) || has_drive {
        return Err(Outside::Absolute);
    }
    if path.starts_with('~') {
        return Err(Outside::Home);
    }
    // A backslash separates on some systems, and escapes for `md5sum`.
    let plain = path.replace("\\.", ".");
    let elements = path.split(['/', '\\']).chain(plain.split(['/', '\\']));
    if elements.into_iter().any(|element| element == "..") { Err(Outside::Above) } else { Ok(()) }
}

/// How paths are compared that some systems take for the same: without case, and characters in one form.
pub(super) fn folded(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase()
}
