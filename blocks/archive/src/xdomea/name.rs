//! How message files are called: the process, an underscore, and the message, as ZIP container and as XML inside.
//!
//! Up to version 3 the message stands there with its full name; the short form with its number alone is read, too.
//!
//! Invariant: a name that is parsed contains no path.

use super::{MessageKind, Uuid};

/// A message's file name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageName {
    /// The process.
    pub process: Uuid,
    /// What it is for.
    pub kind: MessageKind,
}

impl MessageName {
    /// Reads a name with or without ending (`zip`, `xdomea`, `xml`); none where it is another file's.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let endings = [".zip", ".xdomea", ".xml"];
        let lower = name.to_ascii_lowercase();
        let ending = endings.iter().find(|ending| lower.ends_with(*ending)).map_or(0, |ending| ending.len());
        let stem = name.get(..name.len() - ending)?;
        let (process, rest) = (stem.get(..36)?, stem.get(36..)?.strip_prefix('_')?);
        let kind = MessageKind::ALL.into_iter().find(|kind| rest == kind.element() || rest == kind.code())?;
        Some(Self { process: Uuid::new(process)?, kind })
    }

    /// The name without ending.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}_{}", self.process, self.kind.element())
    }

    /// The name of the container.
    #[must_use]
    pub fn zip(&self) -> String {
        format!("{}.zip", self.stem())
    }

    /// The name of the message inside.
    #[must_use]
    pub fn xml(&self) -> String {
        format!("{}.xml", self.stem())
    }
}

/// A name for a file of a hand-over: its identifier, and what it was called as far as that is harmless.
#[must_use]
pub fn file_name(id: &Uuid, original: &str) -> String {
    let last = original.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let tail: String = last.chars().rev().take(80).collect();
    let name: String = tail.chars().rev().map(harmless).collect();
    let name = name.trim_matches('.');
    let name = if name.is_empty() { "datei" } else { name };
    // Version 2 demands an ending.
    let ending = if name.contains('.') { "" } else { ".bin" };
    format!("{id}_{name}{ending}")
}

/// Is this the plain name of a file, that means a file of its own folder on every system?
#[must_use]
pub fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROCESS: &str = "242f44e8-bebf-4503-a086-db252c6a4277";

    #[test]
    fn names_are_taken_apart_as_they_are_made() {
        for kind in MessageKind::ALL {
            let name = MessageName { process: Uuid::new(PROCESS).unwrap(), kind };
            assert_eq!(MessageName::parse(&name.zip()), Some(name.clone()));
            assert_eq!(MessageName::parse(&name.xml()), Some(name.clone()));
            assert_eq!(MessageName::parse(&format!("{PROCESS}_{}.xdomea", kind.code())), Some(name));
        }
        for name in ["", "0501.zip", &format!("{PROCESS}_0599.zip"), &format!("../{PROCESS}_0501.zip"), "ü"] {
            assert_eq!(MessageName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn file_names_are_harmless() {
        let id = Uuid::new(PROCESS).unwrap();
        for (original, expect) in [
            ("../../etc/passwd", "passwd.bin"),
            ("C:\\Akten\\Brief 1.pdf", "Brief_1.pdf"),
            ("..", "datei.bin"),
            ("Grüße.pdf", "Gr__e.pdf"),
        ] {
            let name = file_name(&id, original);
            assert_eq!(name, format!("{PROCESS}_{expect}"));
            assert!(is_plain(&name));
        }
        for name in ["", ".", "..", "a/b", "a\\b", "c:", "a\0", "x.", &"x".repeat(256)] {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
