//! Decryption of files that open without a password.
//!
//! Many PDFs are encrypted only to forbid printing or changing; every reader opens them with
//! the empty password, and so do we. A file that really needs a password is
//! [`PdfError::Encrypted`]. The ciphers (RC4, AES-128-CBC, AES-256-CBC) are those of the PDF
//! standard; nothing is ever encrypted here.
//!
//! Invariant: wrong or hostile data decrypts to nonsense, never to a panic.

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256, Block};
use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::File;
use super::object::{Dict, Object, Ref, Stream};
use crate::error::PdfError;

/// The padding of the standard, which stands for the empty password.
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// How one kind of content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// The key and methods of one file.
#[derive(Debug)]
pub(super) struct Cipher {
    key: Vec<u8>,
    streams: Method,
    strings: Method,
    embedded_files: Method,
    encrypt_metadata: bool,
}

impl Cipher {
    /// `None`: the file is not encrypted.
    pub(super) fn for_empty_password(file: &File<'_>) -> Result<Option<Self>, PdfError> {
        let Some(Object::Dict(dict)) = file.lookup(file.trailer(), b"Encrypt")? else {
            return Ok(None);
        };
        let id = match file.lookup(file.trailer(), b"ID")? {
            Some(Object::Array(parts)) => match parts.first() {
                Some(first) => file.resolve(first)?.string().unwrap_or_default().to_vec(),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        let mut resolved = Dict::default();
        for (key, value) in dict.0.iter().take(64) {
            resolved.set(key, file.resolve(value)?);
        }
        Self::from_dict(&resolved, &id).map(Some)
    }

    fn from_dict(dict: &Dict, id: &[u8]) -> Result<Self, PdfError> {
        let number = |key: &[u8]| dict.get(key).and_then(Object::int);
        let bytes = |key: &[u8]| dict.get(key).and_then(Object::string).unwrap_or_default();
        if dict.get(b"Filter").and_then(Object::name) != Some(b"Standard") {
            return Err(PdfError::Encrypted);
        }
        let version = number(b"V").unwrap_or(0);
        let revision = number(b"R").unwrap_or(0);
        let encrypt_metadata = dict.get(b"EncryptMetadata") != Some(&Object::Bool(false));
        let (streams, strings, embedded_files) = match version {
            1 | 2 => (Method::Rc4, Method::Rc4, Method::Rc4),
            4 | 5 => {
                let streams = filter_method(dict, b"StmF").unwrap_or(Method::Identity);
                let strings = filter_method(dict, b"StrF").unwrap_or(Method::Identity);
                (streams, strings, filter_method(dict, b"EFF").unwrap_or(streams))
            }
            _ => return Err(PdfError::Encrypted),
        };
        let key = match revision {
            2..=4 => {
                let bits = match (revision, version) {
                    (2, _) | (_, 1) => 40,
                    (_, 4) => number(b"Length").unwrap_or(128).max(128),
                    _ => number(b"Length").unwrap_or(40),
                };
                let length = usize::try_from(bits / 8).unwrap_or(5).clamp(5, 16);
                let permissions = number(b"P").unwrap_or(0) as u32;
                let inputs = OldInputs { revision, owner: bytes(b"O"), permissions, id };
                inputs.key(length, encrypt_metadata, bytes(b"U"))?
            }
            5 | 6 => new_key(revision, bytes(b"U"), bytes(b"UE"))?,
            _ => return Err(PdfError::Encrypted),
        };
        Ok(Self { key, streams, strings, embedded_files, encrypt_metadata })
    }

    /// Decrypts the strings in an object.
    pub(super) fn strings(&self, object: Object, id: Ref) -> Object {
        if self.strings == Method::Identity {
            return object;
        }
        match object {
            Object::String(bytes) => Object::String(self.decrypt(self.strings, &bytes, id)),
            Object::Array(items) => Object::Array(items.into_iter().map(|item| self.strings(item, id)).collect()),
            Object::Dict(dict) => Object::Dict(self.dict(dict, id)),
            Object::Stream(mut stream) => {
                stream.dict = self.dict(stream.dict, id);
                Object::Stream(stream)
            }
            other => other,
        }
    }

    fn dict(&self, dict: Dict, id: Ref) -> Dict {
        let values = dict.0.into_iter().map(|(key, value)| (key, self.strings(value, id)));
        Dict(values.collect())
    }

    /// Decrypts the raw bytes of a stream.
    pub(super) fn stream(&self, stream: &Stream, raw: &[u8]) -> Vec<u8> {
        let dict = &stream.dict;
        let plain =
            dict.is_type(b"XRef") || (dict.is_type(b"Metadata") && !self.encrypt_metadata) || has_identity_filter(dict);
        let method = match plain {
            true => Method::Identity,
            false if dict.is_type(b"EmbeddedFile") => self.embedded_files,
            false => self.streams,
        };
        self.decrypt(method, raw, stream.id)
    }

    fn decrypt(&self, method: Method, bytes: &[u8], id: Ref) -> Vec<u8> {
        match method {
            Method::Identity => bytes.to_vec(),
            Method::Rc4 => rc4(&self.object_key(id, false), bytes),
            Method::Aes128 => cbc(&self.object_key(id, true), bytes),
            Method::Aes256 => cbc(&self.key, bytes),
        }
    }

    fn object_key(&self, id: Ref, aes: bool) -> Vec<u8> {
        let mut md5 = Md5::new();
        md5.update(&self.key);
        md5.update(&id.number.to_le_bytes()[..3]);
        md5.update(id.generation.to_le_bytes());
        if aes {
            md5.update(b"sAlT");
        }
        md5.finalize()[..(self.key.len() + 5).min(16)].to_vec()
    }
}

/// The method of a named crypt filter; `None` where the key is missing.
fn filter_method(dict: &Dict, key: &[u8]) -> Option<Method> {
    let name = dict.get(key)?.name()?;
    let filter = dict.get(b"CF").and_then(Object::dict).and_then(|filters| filters.get(name));
    let method = filter.and_then(Object::dict).and_then(|f| f.get(b"CFM")).and_then(Object::name);
    Some(match method {
        Some(b"V2") => Method::Rc4,
        Some(b"AESV2") => Method::Aes128,
        Some(b"AESV3") => Method::Aes256,
        _ => Method::Identity,
    })
}

/// A stream may opt out of encryption by a crypt filter of its own.
fn has_identity_filter(dict: &Dict) -> bool {
    let first = match dict.get(b"Filter") {
        Some(Object::Array(items)) => items.first().and_then(Object::name),
        Some(single) => single.name(),
        None => None,
    };
    let parameters = match dict.get(b"DecodeParms") {
        Some(Object::Array(items)) => items.first().and_then(Object::dict),
        Some(single) => single.dict(),
        None => None,
    };
    let name = parameters.and_then(|p| p.get(b"Name")).and_then(Object::name);
    first == Some(b"Crypt") && name.is_none_or(|name| name == b"Identity")
}

/// What the key of revisions 2 to 4 is made of.
struct OldInputs<'a> {
    revision: i64,
    owner: &'a [u8],
    permissions: u32,
    id: &'a [u8],
}

impl OldInputs<'_> {
    fn key(&self, length: usize, encrypt_metadata: bool, user: &[u8]) -> Result<Vec<u8>, PdfError> {
        let mut md5 = Md5::new();
        md5.update(PADDING);
        md5.update(self.owner.get(..32).unwrap_or(self.owner));
        md5.update(self.permissions.to_le_bytes());
        md5.update(self.id);
        if self.revision >= 4 && !encrypt_metadata {
            md5.update([0xFF; 4]);
        }
        let mut hash = md5.finalize().to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                hash = Md5::digest(&hash[..length]).to_vec();
            }
        }
        hash.truncate(length);
        let expected = if self.revision == 2 {
            rc4(&hash, &PADDING)
        } else {
            let mut md5 = Md5::new();
            md5.update(PADDING);
            md5.update(self.id);
            (0..20u8).fold(md5.finalize().to_vec(), |text, round| {
                let key: Vec<u8> = hash.iter().map(|byte| byte ^ round).collect();
                rc4(&key, &text)
            })
        };
        let compared = expected.len().min(if self.revision == 2 { 32 } else { 16 });
        if user.get(..compared) == Some(&expected[..compared]) { Ok(hash) } else { Err(PdfError::Encrypted) }
    }
}

/// The key of revisions 5 and 6.
fn new_key(revision: i64, user: &[u8], user_key: &[u8]) -> Result<Vec<u8>, PdfError> {
    let (Some(hash), Some(check), Some(salt)) = (user.get(..32), user.get(32..40), user.get(40..48)) else {
        return Err(PdfError::Encrypted);
    };
    let digest = |salt: &[u8]| match revision {
        5 => Sha256::digest(salt).to_vec(),
        _ => hardened_hash(salt),
    };
    if digest(check) != hash {
        return Err(PdfError::Encrypted);
    }
    let mut key = user_key.get(..32).ok_or(PdfError::Encrypted)?.to_vec();
    cbc_decrypt(&digest(salt), [0; 16], &mut key);
    Ok(key)
}

/// Algorithm 2.B of PDF 2.0 for the empty password and no owner key.
fn hardened_hash(salt: &[u8]) -> Vec<u8> {
    let mut key = Sha256::digest(salt).to_vec();
    let mut round = 0u32;
    loop {
        let mut block = key.repeat(64);
        let mut chain = [0u8; 16];
        chain.copy_from_slice(&key[16..32]);
        let mut aes_key = [0u8; 16];
        aes_key.copy_from_slice(&key[..16]);
        let aes = Aes128::new(&aes_key.into());
        for piece in block.chunks_exact_mut(16) {
            for (byte, previous) in piece.iter_mut().zip(chain) {
                *byte ^= previous;
            }
            let mut cell = to_block(piece);
            aes.encrypt_block(&mut cell);
            chain.copy_from_slice(&cell);
            piece.copy_from_slice(&cell);
        }
        let remainder = block[..16].iter().map(|b| u32::from(*b)).sum::<u32>() % 3;
        key = match remainder {
            0 => Sha256::digest(&block).to_vec(),
            1 => Sha384::digest(&block).to_vec(),
            _ => Sha512::digest(&block).to_vec(),
        };
        round += 1;
        let last = block.last().copied().map_or(0, u32::from);
        if round >= 64 && last <= round - 32 {
            key.truncate(32);
            return key;
        }
    }
}

/// Decrypts what begins with its initial vector and ends with padding.
fn cbc(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let Some((vector, rest)) = bytes.split_first_chunk::<16>() else { return Vec::new() };
    let mut out = rest[..rest.len() / 16 * 16].to_vec();
    cbc_decrypt(key, *vector, &mut out);
    let padding = out.last().copied().map_or(0, usize::from);
    if (1..=16).contains(&padding) && padding <= out.len() {
        out.truncate(out.len() - padding);
    }
    out
}

fn cbc_decrypt(key: &[u8], mut chain: [u8; 16], bytes: &mut [u8]) {
    enum Aes {
        Short(Aes128),
        Long(Aes256),
    }
    let aes = if let Ok(key) = <[u8; 32]>::try_from(key) {
        Aes::Long(Aes256::new(&key.into()))
    } else {
        let mut short = [0u8; 16];
        for (to, from) in short.iter_mut().zip(key) {
            *to = *from;
        }
        Aes::Short(Aes128::new(&short.into()))
    };
    for piece in bytes.chunks_exact_mut(16) {
        let cipher_text = to_block(piece);
        let mut cell = cipher_text;
        match &aes {
            Aes::Short(aes) => aes.decrypt_block(&mut cell),
            Aes::Long(aes) => aes.decrypt_block(&mut cell),
        }
        for ((byte, plain), previous) in piece.iter_mut().zip(cell).zip(chain) {
            *byte = plain ^ previous;
        }
        chain.copy_from_slice(&cipher_text);
    }
}

fn to_block(piece: &[u8]) -> Block {
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(piece) {
        *to = *from;
    }
    bytes.into()
}

fn rc4(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    if key.is_empty() {
        return bytes.to_vec();
    }
    let mut state: [u8; 256] = std::array::from_fn(|index| index as u8);
    let mut j = 0u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    bytes
        .iter()
        .map(|byte| {
            i = i.wrapping_add(1);
            j = j.wrapping_add(state[usize::from(i)]);
            state.swap(usize::from(i), usize::from(j));
            let index = state[usize::from(i)].wrapping_add(state[usize::from(j)]);
            byte ^ state[usize::from(index)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn rc4_has_the_published_values() {
        assert_eq!(super::rc4(b"Key", b"Plaintext"), b"\xBB\xF3\x16\xE8\xD9\x40\xAF\x0A\xD3");
        assert_eq!(super::rc4(b"Wiki", b"pedia"), b"\x10\x21\xBF\x04\x20");
    }
}
