//! Files with keys: PEM (PKCS #8, plain or encrypted; PKCS #1; SEC 1) and PKCS #12 (RFC 7292), with their certificates.
//!
//! Encrypted keys are opened where they are encrypted as is usual today: PBES2 with PBKDF2 and AES-CBC (RFC 8018). Older
//! ciphers (RC2, Triple-DES) are refused by name; `openssl pkcs12` writes such a file anew.
//!
//! Invariant: a key never appears in a text, and one that was opened with a wrong password is not given out.

mod cipher;
mod pkcs12;

use std::fmt;

use base64::Engine as _;
use thiserror::Error;
use vir_core::Text;

use crate::certificate::Certificate;
use crate::der::{DerError, Element, tag, write};

/// Why a file gives no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is neither PEM nor PKCS #12.
    #[error("neither PEM nor PKCS #12")]
    Kind,
    /// There is no key in it.
    #[error("there is no private key in it")]
    NoKey,
    /// There is more than one.
    #[error("there is more than one private key in it")]
    ManyKeys,
    /// There is no certificate for the key.
    #[error("there is no certificate of the key")]
    NoCertificate,
    /// The password is wrong, or missing.
    #[error("the password is wrong or missing")]
    Password,
    /// It is encrypted in a way that is not read.
    #[error("it is encrypted in a way that is not read ({0}); `openssl pkcs12 -export` of today writes AES")]
    Cipher(String),
    /// It cannot be read.
    #[error(transparent)]
    Der(#[from] DerError),
}

impl KeyError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let de = match self {
            Self::Kind => "weder PEM noch PKCS #12".to_owned(),
            Self::NoKey => "kein privater Schlüssel darin".to_owned(),
            Self::ManyKeys => "mehr als ein privater Schlüssel darin".to_owned(),
            Self::NoCertificate => "kein Zertifikat zum Schlüssel darin".to_owned(),
            Self::Password => "das Passwort ist falsch oder fehlt".to_owned(),
            Self::Cipher(oid) => format!(
                "auf eine Weise verschlüsselt, die nicht gelesen wird ({oid}); „openssl pkcs12 -export“ von heute schreibt AES"
            ),
            Self::Der(error) => format!("nicht lesbar: {error}"),
        };
        Text::owned(de, self.to_string())
    }
}

/// A key with the certificates beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The private key: a PrivateKeyInfo in DER (RFC 5958).
    pub key: Vec<u8>,
    /// The certificates, in the order of the file.
    pub certificates: Vec<Vec<u8>>,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("certificates", &self.certificates.len()).finish_non_exhaustive()
    }
}

impl KeyFile {
    /// Reads a file, with its password where it has one.
    ///
    /// # Errors
    /// Where there is not one key in it that can be opened.
    pub fn read(file: &[u8], password: &str) -> Result<Self, KeyError> {
        if file.first() == Some(&tag::SEQUENCE) {
            return pkcs12::read(file, password);
        }
        let text = std::str::from_utf8(file).map_err(|_| KeyError::Kind)?;
        let (mut keys, mut certificates) = (Vec::new(), Vec::new());
        for part in text.split("-----BEGIN ").skip(1) {
            let Some((label, rest)) = part.split_once("-----") else { continue };
            let body = rest.split("-----").next().unwrap_or_default();
            match label {
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                    let bytes = decoded(body)?;
                    Certificate::read(&bytes)?;
                    certificates.push(bytes);
                }
                "PRIVATE KEY" => keys.push(decoded(body)?),
                "ENCRYPTED PRIVATE KEY" => keys.push(cipher::opened(&decoded(body)?, password)?),
                // The old way of OpenSSL says so in a head of its own.
                "RSA PRIVATE KEY" | "EC PRIVATE KEY" if body.contains("Proc-Type:") => {
                    return Err(KeyError::Cipher("Proc-Type: 4,ENCRYPTED".to_owned()));
                }
                "RSA PRIVATE KEY" => keys.push(wrapped_rsa(&decoded(body)?)?),
                "EC PRIVATE KEY" => keys.push(wrapped_ec(&decoded(body)?)?),
                _ => {}
            }
        }
        match (keys.pop(), keys.is_empty()) {
            (None, _) if certificates.is_empty() => Err(KeyError::Kind),
            (None, _) => Err(KeyError::NoKey),
            (Some(_), false) => Err(KeyError::ManyKeys),
            (Some(key), true) => Ok(Self { key, certificates }),
        }
    }

    /// The kind of the key: the object identifiers of its algorithm and, for elliptic curves, of its curve.
    ///
    /// # Errors
    /// Where it is no PrivateKeyInfo.
    pub fn algorithm(&self) -> Result<(String, Option<String>), KeyError> {
        let mut parts = Element::only(&self.key)?.parts(tag::SEQUENCE)?;
        parts.expect(tag::INTEGER)?;
        let mut algorithm = parts.sequence()?;
        let oid = algorithm.next()?.oid()?;
        Ok((oid, algorithm.optional(tag::OID)?.map(Element::oid).transpose()?))
    }
}

fn decoded(body: &str) -> Result<Vec<u8>, KeyError> {
    let digits: String = body.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(digits).map_err(|_| DerError::Content("Base64").into())
}

fn info(algorithm: &[&[u8]], key: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::unsigned(&[0]), &write::sequence(algorithm), &write::octets(key)])
}

/// An RSAPrivateKey (RFC 8017, A.1.2) as PrivateKeyInfo.
fn wrapped_rsa(key: &[u8]) -> Result<Vec<u8>, KeyError> {
    Element::only(key)?.parts(tag::SEQUENCE)?;
    Ok(info(&[&write::oid("1.2.840.113549.1.1.1"), &write::value(tag::NULL, &[])], key))
}

/// An ECPrivateKey (RFC 5915, 3) as PrivateKeyInfo.
fn wrapped_ec(key: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut parts = Element::only(key)?.parts(tag::SEQUENCE)?;
    parts.expect(tag::INTEGER)?;
    parts.expect(tag::OCTET_STRING)?;
    let curve = Element::only(parts.expect(tag::context(0))?.content)?;
    curve.oid()?;
    Ok(info(&[&write::oid("1.2.840.10045.2.1"), curve.bytes], key))
}
