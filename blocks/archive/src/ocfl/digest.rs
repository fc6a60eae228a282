//! The digest algorithms of OCFL (section 3.4, and the extension 0009), computed over streams.
//!
//! Content is addressed by `sha512` or `sha256`; the others are for fixity values of old collections.
//!
//! Invariant: a value is lower-case hexadecimal; what an inventory writes differently is compared without case.

use blake2::digest::consts::{U20, U48};
use blake2::{Blake2b, Blake2b256, Blake2b512};
use sha2::Digest as _;

/// An algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the names")]
pub enum Algorithm {
    Sha512,
    Sha256,
    Sha512_256,
    Sha1,
    Md5,
    Blake2b160,
    Blake2b256,
    Blake2b384,
    Blake2b512,
    /// The length in bytes as decimal number (extension 0009).
    Size,
}

use Algorithm as A;

impl Algorithm {
    /// All, with their names in inventories.
    pub const ALL: [(Self, &'static str); 10] = [
        (A::Sha512, "sha512"),
        (A::Sha256, "sha256"),
        (A::Sha512_256, "sha512/256"),
        (A::Sha1, "sha1"),
        (A::Md5, "md5"),
        (A::Blake2b160, "blake2b-160"),
        (A::Blake2b256, "blake2b-256"),
        (A::Blake2b384, "blake2b-384"),
        (A::Blake2b512, "blake2b-512"),
        (A::Size, "size"),
    ];

    /// By its name in inventories; names are case sensitive.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|entry| entry.1 == name).map(|entry| entry.0)
    }

    /// Its name in inventories.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.0 == self).expect("every variant is in the table").1
    }

    /// May content be addressed by it?
    #[must_use]
    pub fn addresses_content(self) -> bool {
        matches!(self, A::Sha512 | A::Sha256)
    }

    /// How many hexadecimal digits a value has; none where the length is free.
    #[must_use]
    pub fn digits(self) -> Option<usize> {
        match self {
            A::Sha512 | A::Blake2b512 => Some(128),
            A::Blake2b384 => Some(96),
            A::Sha256 | A::Sha512_256 | A::Blake2b256 => Some(64),
            A::Sha1 | A::Blake2b160 => Some(40),
            A::Md5 => Some(32),
            A::Size => None,
        }
    }

    /// Could this be a value?
    #[must_use]
    pub fn fits(self, value: &str) -> bool {
        match self.digits() {
            Some(digits) => value.len() == digits && value.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
        }
    }

    /// The value of these bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> String {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of hexadecimal digits, white space around them aside; none where they are something else.
#[must_use]
pub fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let digits: Option<Vec<u8>> =
        text.chars().map(|one| one.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A value in the making.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha512(sha2::Sha512),
    Sha256(sha2::Sha256),
    Sha512_256(sha2::Sha512_256),
    Sha1(sha1::Sha1),
    Md5(md5::Md5),
    Blake2b160(Blake2b<U20>),
    Blake2b256(Blake2b256),
    Blake2b384(Blake2b<U48>),
    Blake2b512(Blake2b512),
    Size(u64),
}

/// Does the same with the state of every algorithm.
macro_rules! with_state {
    ($state:expr, $digest:ident => $each:expr, $size:ident => $sized:expr) => {
        match $state {
            State::Sha512($digest) => $each,
            State::Sha256($digest) => $each,
            State::Sha512_256($digest) => $each,
            State::Sha1($digest) => $each,
            State::Md5($digest) => $each,
            State::Blake2b160($digest) => $each,
            State::Blake2b256($digest) => $each,
            State::Blake2b384($digest) => $each,
            State::Blake2b512($digest) => $each,
            State::Size($size) => $sized,
        }
    };
}

impl Hasher {
    /// Over nothing yet.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            A::Sha512 => State::Sha512(sha2::Sha512::new()),
            A::Sha256 => State::Sha256(sha2::Sha256::new()),
            A::Sha512_256 => State::Sha512_256(sha2::Sha512_256::new()),
            A::Sha1 => State::Sha1(sha1::Sha1::new()),
            A::Md5 => State::Md5(md5::Md5::new()),
            A::Blake2b160 => State::Blake2b160(blake2::Digest::new()),
            A::Blake2b256 => State::Blake2b256(blake2::Digest::new()),
            A::Blake2b384 => State::Blake2b384(blake2::Digest::new()),
            A::Blake2b512 => State::Blake2b512(blake2::Digest::new()),
            A::Size => State::Size(0),
        })
    }

    /// Over more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        with_state!(&mut self.0, digest => digest.update(bytes), size => *size += bytes.len() as u64);
    }

    /// The value.
    #[must_use]
    pub fn finish(self) -> String {
        with_state!(self.0, digest => hex(&digest.finalize()), size => size.to_string())
    }
}
