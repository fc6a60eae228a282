//! Where an object lies in the storage root: the extension `0004-hashed-n-tuple-storage-layout`.
//!
//! Invariant: the place follows from the identifier alone, and an identifier never reaches a path unhashed.

use super::digest::Algorithm;
use super::storage::join;
use crate::json::{self, Value};

/// The name of the extension.
pub const NAME: &str = "0004-hashed-n-tuple-storage-layout";

/// The parameters of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// What hashes the identifier.
    pub algorithm: Algorithm,
    /// How many digits make a folder's name.
    pub tuple_size: usize,
    /// How many folders are above an object.
    pub tuples: usize,
    /// Does an object's folder leave out the digits of those above it?
    pub short: bool,
}

impl Layout {
    /// Ours: 4,096 folders hold ten million objects with some 2,400 in each. They are made once: each further level would
    /// cost most deposits a folder, and a folder costs the disk as much as a file.
    pub const OURS: Self = Self { algorithm: Algorithm::Sha256, tuple_size: 3, tuples: 1, short: false };

    /// What the extension takes where its configuration says nothing.
    const DEFAULT: Self = Self { algorithm: Algorithm::Sha256, tuple_size: 3, tuples: 3, short: false };

    /// The place of an object, relative to the storage root.
    #[must_use]
    pub fn place(&self, id: &str) -> String {
        let digest = self.algorithm.of(id.as_bytes());
        let mut place = String::new();
        let mut rest = digest.as_str();
        for _ in 0..self.tuples {
            let (tuple, after) = rest.split_at(self.tuple_size);
            place = join(&place, tuple);
            rest = after;
        }
        join(&place, if self.short { rest } else { &digest })
    }

    /// Its configuration file.
    #[must_use]
    pub fn config(&self) -> String {
        format!(
            "{{\n  \"extensionName\": \"{NAME}\",\n  \"digestAlgorithm\": \"{}\",\n  \"tupleSize\": {},\n  \"numberOfTuples\": {},\n  \"shortObjectRoot\": {}\n}}\n",
            self.algorithm.name(),
            self.tuple_size,
            self.tuples,
            self.short
        )
    }

    /// The file `ocfl_layout.json`.
    #[must_use]
    pub fn description() -> String {
        format!(
            "{{\n  \"extension\": \"{NAME}\",\n  \"description\": \"Objects lie below folders that are named by the digest of their identifier.\"\n}}\n"
        )
    }

    /// Reads a configuration; none where it is not one of this extension.
    #[must_use]
    pub fn read(config: &[u8]) -> Option<Self> {
        let value = json::read(config).ok()?;
        if value.member("extensionName").is_some_and(|name| name.text() != Some(NAME)) {
            return None;
        }
        let number = |name: &str, default: usize| match value.member(name) {
            None => Some(default),
            Some(Value::Number(digits)) => digits.parse().ok(),
            Some(_) => None,
        };
        let layout = Self {
            algorithm: match value.member("digestAlgorithm") {
                None => Self::DEFAULT.algorithm,
                Some(name) => Algorithm::from_name(name.text()?).filter(|algorithm| algorithm.digits().is_some())?,
            },
            tuple_size: number("tupleSize", Self::DEFAULT.tuple_size)?,
            tuples: number("numberOfTuples", Self::DEFAULT.tuples)?,
            short: match value.member("shortObjectRoot") {
                None => Self::DEFAULT.short,
                Some(Value::Bool(short)) => *short,
                Some(_) => return None,
            },
        };
        layout.is_sound().then_some(layout)
    }

    /// The rules of the extension: both numbers are zero or none is, and digits are left for a short name.
    fn is_sound(&self) -> bool {
        let digits = self.algorithm.digits().unwrap_or_default();
        let Some(used) = self.tuple_size.checked_mul(self.tuples) else { return false };
        (self.tuple_size == 0) == (self.tuples == 0) && used <= digits && !(self.short && used == digits)
    }
}
