//! RSA signatures after RFC 8017, with the public key.
//!
//! Invariant: the encoded message is built and compared as a whole (PKCS #1 v1.5), never taken apart, so that
//! nothing can hide in the padding.

use num_bigint::BigUint;

use super::Unverifiable;
use crate::der::{tag, write};
use crate::digest::Digest;

/// No time stamp service has longer keys; hostile ones would only cost time.
const LONGEST: usize = 16_384 / 8;
const LONGEST_EXPONENT: usize = 8;

pub struct Key {
    modulus: BigUint,
    exponent: BigUint,
    length: usize,
    bits: usize,
}

impl Key {
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, Unverifiable> {
        let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last & 1 == 1);
        if modulus.len() > LONGEST || exponent.len() > LONGEST_EXPONENT || !odd(modulus) || !odd(exponent) {
            return Err(Unverifiable::Malformed("RSA key"));
        }
        let modulus_number = BigUint::from_bytes_be(modulus);
        let bits = usize::try_from(modulus_number.bits()).map_err(|_| Unverifiable::Malformed("RSA key"))?;
        if bits < 512 {
            return Err(Unverifiable::Malformed("RSA key"));
        }
        Ok(Self { modulus: modulus_number, exponent: BigUint::from_bytes_be(exponent), length: modulus.len(), bits })
    }

    /// The encoded message within a signature (RFC 8017, 5.2.2).
    fn open(&self, signature: &[u8], length: usize) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != self.length || number >= self.modulus {
            return None;
        }
        let opened = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let zeros = length.checked_sub(opened.len())?;
        Some([vec![0; zeros], opened].concat())
    }

    pub fn verifies_pkcs1(&self, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
        let Some(opened) = self.open(signature, self.length) else { return false };
        let hash = digest.of(&[message]);
        let null = write::value(tag::NULL, &[]);
        // The parameters of the hash are to be NULL; implementations that leave them out are to be accepted, too
        // (RFC 8017, appendix A.2.4).
        [&null[..], &[]].into_iter().any(|parameters| {
            let identifier = write::sequence(&[&write::oid(digest.oid()), parameters]);
            let info = write::sequence(&[&identifier, &write::octets(&hash)]);
            let Some(padding) = self.length.checked_sub(info.len() + 3).filter(|padding| *padding >= 8) else {
                return false;
            };
            [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat() == opened
        })
    }

    /// RFC 8017, 9.1.2
    pub fn verifies_pss(&self, digest: Digest, mask: Digest, salt: usize, message: &[u8], signature: &[u8]) -> bool {
        let bits = self.bits - 1;
        let length = bits.div_ceil(8);
        let Some(encoded) = self.open(signature, length) else { return false };
        let hash_length = digest.length();
        let Some(zeros) = salt.checked_add(hash_length + 2).and_then(|needed| length.checked_sub(needed)) else {
            return false;
        };
        let (rest, trailer) = encoded.split_at(length - 1);
        let (masked, hash) = rest.split_at(length - hash_length - 1);
        let unused = 8 * length - bits;
        let head = 0xff_u8 >> unused;
        if trailer != [0xbc] || masked[0] & !head != 0 {
            return false;
        }
        let mut block: Vec<u8> =
            masked.iter().zip(mask_bytes(mask, hash, masked.len())).map(|(byte, mask)| byte ^ mask).collect();
        block[0] &= head;
        let (padding, salted) = block.split_at(zeros);
        let [1, salt @ ..] = salted else { return false };
        padding.iter().all(|byte| *byte == 0) && digest.of(&[&[0; 8], &digest.of(&[message]), salt]) == hash
    }
}

/// MGF1 (RFC 8017, B.2.1).
fn mask_bytes(digest: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + digest.length());
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend(digest.of(&[seed, &counter.to_be_bytes()]));
        counter += 1;
    }
    mask.truncate(length);
    mask
}
