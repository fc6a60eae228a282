//! The digests of manifests, by the names of their files: `manifest-sha512.txt`.
//!
//! Invariant: a value is lower-case hexadecimal.

use sha2::Digest as _;
use sha2::digest::DynDigest;

use crate::ocfl::digest::hex;

/// The state of an algorithm, by the name that manifests give it (RFC 8493, 2.4; names without case).
pub(super) fn hasher(name: &str) -> Option<Box<dyn DynDigest>> {
    Some(match name.to_ascii_lowercase().as_str() {
        "md5" => Box::new(md5::Md5::new()),
        "sha1" => Box::new(sha1::Sha1::new()),
        "sha224" => Box::new(sha2::Sha224::new()),
        "sha256" => Box::new(sha2::Sha256::new()),
        "sha384" => Box::new(sha2::Sha384::new()),
        "sha512" => Box::new(sha2::Sha512::new()),
        "sha3224" | "sha3_224" => Box::new(sha3::Sha3_224::new()),
        "sha3256" | "sha3_256" => Box::new(sha3::Sha3_256::new()),
        "sha3384" | "sha3_384" => Box::new(sha3::Sha3_384::new()),
        "sha3512" | "sha3_512" => Box::new(sha3::Sha3_512::new()),
        "blake2b512" | "blake2b" => Box::new(blake2::Blake2b512::new()),
        _ => return None,
    })
}

/// The value.
pub(super) fn value(hasher: Box<dyn DynDigest>) -> String {
    hex(&hasher.finalize())
}
