//! Encryption by passwords: PBES2 with PBKDF2 and AES in CBC mode (RFC 8018).
//!
//! Invariant: the work is bounded by [`MOST_ROUNDS`], whatever the file says.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _};
use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use hmac::{EagerHash, Hmac, Mac as _};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::KeyError;
use crate::der::{DerError, Element, tag};
use crate::digest::Digest;

/// Rounds of the key derivation: a few times what is usual.
pub const MOST_ROUNDS: u32 = 2_000_000;

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";

/// HMAC (RFC 2104).
pub fn hmac(digest: Digest, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
    fn of<D: EagerHash>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<D>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(bytes);
        mac.finalize().into_bytes().to_vec()
    }
    Ok(match digest {
        Digest::Sha1 => of::<Sha1>(key, bytes),
        Digest::Sha224 => of::<Sha224>(key, bytes),
        Digest::Sha256 => of::<Sha256>(key, bytes),
        Digest::Sha384 => of::<Sha384>(key, bytes),
        Digest::Sha512 => of::<Sha512>(key, bytes),
        other => return Err(KeyError::Cipher(other.oid().to_owned())),
    })
}

/// How many rounds a file asks for.
pub fn rounds(element: Element<'_>) -> Result<u32, KeyError> {
    match u32::try_from(element.small()?) {
        Ok(rounds @ 1..=MOST_ROUNDS) => Ok(rounds),
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
    let function = match parameters.optional(tag::SEQUENCE)? {
        None => "1.2.840.113549.2.7".to_owned(),
        Some(function) => function.parts(tag::SEQUENCE)?.next()?.oid()?,
    };
    let derive = match function.as_str() {
        "1.2.840.113549.2.7" => pbkdf2_hmac::<Sha1>,
        "1.2.840.113549.2.8" => pbkdf2_hmac::<Sha224>,
        "1.2.840.113549.2.9" => pbkdf2_hmac::<Sha256>,
        "1.2.840.113549.2.10" => pbkdf2_hmac::<Sha384>,
        "1.2.840.113549.2.11" => pbkdf2_hmac::<Sha512>,
        _ => return Err(KeyError::Cipher(function)),
    };
    let oid = scheme.next()?.oid()?;
    let length = match oid.as_str() {
        "2.16.840.1.101.3.4.1.2" => 16,
        "2.16.840.1.101.3.4.1.22" => 24,
        "2.16.840.1.101.3.4.1.42" => 32,
        _ => return Err(KeyError::Cipher(oid)),
    };
    let vector = scheme.expect(tag::OCTET_STRING)?.content;
    let mut key = vec![0; length];
    derive(password.as_bytes(), salt, rounds, &mut key);
    match length {
        16 => cbc::<Aes128>(&key, vector, encrypted),
        24 => cbc::<Aes192>(&key, vector, encrypted),
        _ => cbc::<Aes256>(&key, vector, encrypted),
    }
}

/// The padding of RFC 8018, 6.1.1 is that of PKCS #7; a wrong password mostly breaks it.
fn cbc<A: BlockCipherDecrypt + KeyInit>(key: &[u8], vector: &[u8], encrypted: &[u8]) -> Result<Vec<u8>, KeyError> {
    let decryptor = Decryptor::<A>::new_from_slices(key, vector);
    let decryptor = decryptor.map_err(|_| DerError::Content("initialisation vector"))?;
    if encrypted.is_empty() || !encrypted.len().is_multiple_of(A::block_size()) {
        return Err(DerError::Content("encrypted bytes").into());
    }
    decryptor.decrypt_padded_vec::<Pkcs7>(encrypted).map_err(|_| KeyError::Password)
}
