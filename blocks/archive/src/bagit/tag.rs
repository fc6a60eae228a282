//! Tag files: their encoding, their lines, and what `bagit.txt` and `bag-info.txt` say (RFC 8493, 2.1.1 and 2.2).
//!
//! Invariant: a line is never read in an encoding that `bagit.txt` does not name.

/// The version that a bag declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagVersion {
    /// Before the dot.
    pub major: u32,
    /// After the dot.
    pub minor: u32,
}

impl BagVersion {
    /// RFC 8493.
    pub const V1_0: Self = Self { major: 1, minor: 0 };
    /// The oldest that was published.
    pub(super) const OLDEST: Self = Self { major: 0, minor: 93 };
    pub(super) const V0_95: Self = Self { major: 0, minor: 95 };

    fn read(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let number = |digits: &str| {
            let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if sound { digits.parse().ok() } else { None }
        };
        Some(Self { major: number(major)?, minor: number(minor)? })
    }
}

/// The encoding of tag files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    Utf16Le,
    Utf16Be,
    Latin1,
}

impl Encoding {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => Self::Utf8,
            "UTF-16" => Self::Utf16,
            "UTF-16LE" => Self::Utf16Le,
            "UTF-16BE" => Self::Utf16Be,
            "ISO-8859-1" | "LATIN1" | "LATIN-1" => Self::Latin1,
            _ => return None,
        })
    }

    /// The text; none where the bytes are not in this encoding. A byte order mark at its beginning is no part of it.
    pub fn read(self, bytes: &[u8]) -> Option<String> {
        let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
            if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
        };
        match self {
            Self::Utf8 => {
                let text = std::str::from_utf8(bytes).ok()?;
                Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
            }
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Utf16Le => units(bytes, u16::from_le_bytes),
            Self::Utf16Be => units(bytes, u16::from_be_bytes),
            // RFC 2781, 4.3: without a mark, the big end comes first.
            Self::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
                [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
                rest => units(rest, u16::from_be_bytes),
            },
        }
    }
}

/// The lines of a text, which end with a line feed, a carriage return, or both.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
        .filter(|line| !line.is_empty())
}

/// What `bagit.txt` says.
pub(super) struct Declaration {
    pub version: BagVersion,
    pub encoding: Result<Encoding, String>,
}

/// Reads `bagit.txt`: two lines in UTF-8 without byte order mark (RFC 8493, 2.1.1).
pub(super) fn declaration(bytes: &[u8]) -> Option<Declaration> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = lines(text);
    let version = lines.next()?.strip_prefix("BagIt-Version: ")?.trim_end();
    let encoding = lines.next()?.strip_prefix("Tag-File-Character-Encoding: ")?.trim_end();
    if lines.next().is_some() {
        return None;
    }
    let encoding_read = Encoding::from_name(encoding).ok_or_else(|| encoding.to_owned());
    Some(Declaration { version: BagVersion::read(version)?, encoding: encoding_read })
}

/// A label of `bag-info.txt` with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `Contact-Name`
    pub name: String,
    /// Its value; lines that continue it are joined by a space.
    pub value: String,
}

/// Reads `bag-info.txt` (RFC 8493, 2.2.2). The number of a line that is none comes as an error.
pub(super) fn labels(text: &str, version: BagVersion) -> Result<Vec<Label>, usize> {
    let mut labels: Vec<Label> = Vec::new();
    for (at, line) in lines(text).enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let last = labels.last_mut().ok_or(at + 1)?;
            last.value.push(' ');
            last.value.push_str(line.trim());
            continue;
        }
        let (name, value) = line.split_once(':').ok_or(at + 1)?;
        let strict = version >= BagVersion::V1_0;
        let separated = value.is_empty() || value.starts_with([' ', '\t']);
        if name.trim().is_empty() || strict && (name.ends_with([' ', '\t']) || !separated) {
            return Err(at + 1);
        }
        labels.push(Label { name: name.trim_end().to_owned(), value: value.trim().to_owned() });
    }
    Ok(labels)
}
