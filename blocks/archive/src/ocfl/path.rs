//! Names of versions, and the rules of content paths and logical paths (OCFL 3.3, 3.5.2, 3.5.3.1).
//!
//! Invariant: a path that has passed [`fault`] stays below the folder to which it is joined.

use std::cmp::Ordering;
use std::fmt;

/// The name of a version folder: `v3`, or padded `v003`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionName {
    number: u32,
    /// How many digits a padded name has; 0 for names without padding.
    width: u8,
}

impl VersionName {
    /// The first version, not padded.
    pub const FIRST: Self = Self { number: 1, width: 0 };

    /// Reads a name.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let digits = name.strip_prefix('v')?;
        let sound = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = if sound { digits.parse().ok()? } else { return None };
        let width = if digits.starts_with('0') { u8::try_from(digits.len()).ok()? } else { 0 };
        (number > 0).then_some(Self { number, width })
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// Is it padded with zeros?
    #[must_use]
    pub fn is_padded(self) -> bool {
        self.width > 0
    }

    /// The name after it in the same naming; none where there is no room for one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let next = Self { number: self.number.checked_add(1)?, width: self.width };
        Self::read(&next.to_string()).filter(|read| *read == next)
    }

    /// Does the name follow the convention of the first version? (With how many digits, a number tells.)
    pub(super) fn follows(self, first: Self) -> Convention {
        match (first.width, self.width) {
            (0, 0) => Convention::Same,
            (a, b) if a == b => Convention::Same,
            (_, 0) => Convention::NotPadded,
            _ => Convention::Other,
        }
    }
}

/// How the name of a version relates to that of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    Same,
    NotPadded,
    Other,
}

impl Ord for VersionName {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.number, self.width).cmp(&(other.number, other.width))
    }
}

impl PartialOrd for VersionName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{:0width$}", self.number, width = usize::from(self.width))
    }
}

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It begins or ends with a slash.
    Ends,
    /// An element is empty, `.` or `..`.
    Element,
}

/// All that is wrong with a path: whether it begins or ends with a slash, and whether an element is none.
#[must_use]
pub fn faults(path: &str) -> Vec<Fault> {
    let mut found = Vec::new();
    if path.starts_with('/') || path.ends_with('/') {
        found.push(Fault::Ends);
    }
    let inner = path.strip_prefix('/').unwrap_or(path);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.split('/').any(|element| matches!(element, "" | "." | "..")) {
        found.push(Fault::Element);
    }
    found
}

/// The first fault of a path.
#[must_use]
pub fn fault(path: &str) -> Option<Fault> {
    faults(path).first().copied()
}

/// What is wrong between paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Conflict<'p> {
    Twice(&'p str),
    Within { folder: &'p str, path: &'p str },
}

/// Paths that are there twice, or that go through another path as if it were a folder.
pub(super) fn conflicts<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<Conflict<'p>> {
    let mut paths: Vec<&str> = paths.collect();
    // With the slash before all other bytes, what lies within a path follows it at once.
    let key = |byte: u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
    paths.sort_unstable_by(|a, b| a.bytes().map(key).cmp(b.bytes().map(key)));
    let mut found = Vec::new();
    for pair in paths.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        match after.strip_prefix(before) {
            Some("") => found.push(Conflict::Twice(after)),
            Some(rest) if rest.starts_with('/') => found.push(Conflict::Within { folder: before, path: after }),
            _ => {}
        }
    }
    found
}

impl<'p> Conflict<'p> {
    /// The path that cannot be.
    pub(super) fn path(&self) -> &'p str {
        match self {
            Self::Twice(path) | Self::Within { folder: path, .. } => path,
        }
    }
}
