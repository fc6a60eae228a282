//! Encryption by passwords: PBES2 with PBKDF2 and AES in CBC mode (RFC 8018).
//!
//! Invariant: the work is bounded by [`MOST_ROUNDS`], whatever the file says.

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};

use super::KeyError;
use crate::der::{DerError, Element, tag};
use crate::digest::Digest;

/// Rounds of the key derivation: a few times what is usual.
pub const MOST_ROUNDS: u64 = 2_000_000;

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";

/// HMAC (RFC 2104).
pub fn hmac(digest: Digest, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let block = if matches!(digest, Digest::Sha384 | Digest::Sha512) { 128 } else { 64 };
    let mut padded = if key.len() > block { digest.of(&[key]) } else { key.to_vec() };
    padded.resize(block, 0);
    let with = |byte: u8| padded.iter().map(|one| one ^ byte).collect::<Vec<_>>();
    let (inside, outside) = (with(0x36), with(0x5c));
    let inner = [&[inside.as_slice()], parts].concat();
    digest.of(&[&outside, &digest.of(&inner)])
}

fn pbkdf2(digest: Digest, password: &[u8], salt: &[u8], rounds: u64, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + digest.length());
    let mut number = 1_u32;
    while out.len() < length {
        let mut last = hmac(digest, password, &[salt, &number.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..rounds {
            last = hmac(digest, password, &[&last]);
            sum.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
        }
        out.extend(sum);
        number += 1;
    }
    out.truncate(length);
    out
}

/// How many rounds a file asks for.
pub fn rounds(element: Element<'_>) -> Result<u64, KeyError> {
    match element.small()? {
        rounds @ 1..=MOST_ROUNDS => Ok(rounds),
        _ => Err(DerError::Content("rounds of the key derivation").into()),
    }
}

/// An EncryptedPrivateKeyInfo (RFC 5958, 3), opened.
pub fn opened(bytes: &[u8], password: &str) -> Result<Vec<u8>, KeyError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    let algorithm = parts.expect(tag::SEQUENCE)?;
    let encrypted = parts.expect(tag::OCTET_STRING)?.octets()?;
    let plain = decrypted(algorithm, &encrypted, password)?;
    // A wrong password may by chance end in a good padding, but not in a key.
    Element::only(&plain).and_then(|info| info.parts(tag::SEQUENCE)).map_err(|_| KeyError::Password)?;
    Ok(plain)
}

/// What was encrypted under this AlgorithmIdentifier.
pub fn decrypted(algorithm: Element<'_>, encrypted: &[u8], password: &str) -> Result<Vec<u8>, KeyError> {
    let mut parts = algorithm.parts(tag::SEQUENCE)?;
    let oid = parts.next()?.oid()?;
    if oid != PBES2 {
        return Err(KeyError::Cipher(oid));
    }
    let mut parts = parts.sequence()?;
    let (mut derivation, mut scheme) = (parts.sequence()?, parts.sequence()?);
    let oid = derivation.next()?.oid()?;
    if oid != PBKDF2 {
        return Err(KeyError::Cipher(oid));
    }
    let mut parameters = derivation.sequence()?;
    let salt = parameters.expect(tag::OCTET_STRING)?.content;
    let rounds = rounds(parameters.expect(tag::INTEGER)?)?;
    parameters.optional(tag::INTEGER)?;
    let digest = match parameters.optional(tag::SEQUENCE)? {
        None => Digest::Sha1,
        Some(function) => {
            let oid = function.parts(tag::SEQUENCE)?.next()?.oid()?;
            match oid.as_str() {
                "1.2.840.113549.2.7" => Digest::Sha1,
                "1.2.840.113549.2.8" => Digest::Sha224,
                "1.2.840.113549.2.9" => Digest::Sha256,
                "1.2.840.113549.2.10" => Digest::Sha384,
                "1.2.840.113549.2.11" => Digest::Sha512,
                _ => return Err(KeyError::Cipher(oid)),
            }
        }
    };
    let oid = scheme.next()?.oid()?;
    let length = match oid.as_str() {
        "2.16.840.1.101.3.4.1.2" => 16,
        "2.16.840.1.101.3.4.1.22" => 24,
        "2.16.840.1.101.3.4.1.42" => 32,
        _ => return Err(KeyError::Cipher(oid)),
    };
    let vector = scheme.expect(tag::OCTET_STRING)?.content;
    let vector: [u8; 16] = vector.try_into().map_err(|_| DerError::Content("initialisation vector"))?;
    let key = pbkdf2(digest, password.as_bytes(), salt, rounds, length);
    cbc(&key, vector, encrypted)
}

fn cbc(key: &[u8], mut chain: [u8; 16], encrypted: &[u8]) -> Result<Vec<u8>, KeyError> {
    let broken = || DerError::Content("encrypted bytes");
    if encrypted.is_empty() || !encrypted.len().is_multiple_of(16) {
        return Err(broken().into());
    }
    let decrypt: Box<dyn Fn(&mut Block)> = match key.len() {
        16 => {
            let aes = Aes128::new_from_slice(key).map_err(|_| broken())?;
            Box::new(move |block| aes.decrypt_block(block))
        }
        24 => {
            let aes = Aes192::new_from_slice(key).map_err(|_| broken())?;
            Box::new(move |block| aes.decrypt_block(block))
        }
        _ => {
            let aes = Aes256::new_from_slice(key).map_err(|_| broken())?;
            Box::new(move |block| aes.decrypt_block(block))
        }
    };
    let mut plain = Vec::with_capacity(encrypted.len());
    for cell in encrypted.chunks_exact(16) {
        let cell: [u8; 16] = cell.try_into().map_err(|_| broken())?;
        let mut block = Block::from(cell);
        decrypt(&mut block);
        plain.extend(block.iter().zip(chain).map(|(byte, before)| byte ^ before));
        chain = cell;
    }
    // RFC 8018, 6.1.1
    let padding = usize::from(plain.last().copied().unwrap_or_default());
    let start = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding)).ok_or(KeyError::Password)?;
    if plain[start..].iter().any(|byte| usize::from(*byte) != padding) {
        return Err(KeyError::Password);
    }
    plain.truncate(start);
    Ok(plain)
}
