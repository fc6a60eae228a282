//! The answers of a seal service, as far as they are needed, and which of its algorithms is taken.
//!
//! Fields stand as version 2 of the API has them; where version 1 puts the same elsewhere, that is read, too.
//!
//! Invariant: a key that its service calls disabled, or its certificate revoked, is not used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use vir_archive::digest::Digest;
use vir_archive::seal::{pss_parameters, scheme_for};
use vir_archive::signature::{PublicKey, Scheme};
use vir_core::Text;

use super::{SealTrouble, refused};

/// Of the token service.
#[derive(Deserialize)]
pub struct Token {
    pub access_token: String,
}

/// Of `credentials/list`.
#[derive(Deserialize)]
pub struct List {
    #[serde(rename = "credentialIDs")]
    pub ids: Vec<String>,
}

/// Of `credentials/info`.
#[derive(Deserialize)]
pub struct Info {
    pub key: Key,
    pub cert: Cert,
    #[serde(default)]
    auth: Auth,
    #[serde(default, rename = "authMode")]
    auth_mode: String,
}

/// The key.
#[derive(Deserialize)]
pub struct Key {
    #[serde(default)]
    status: String,
    pub algo: Vec<String>,
}

/// Its certificate.
#[derive(Deserialize)]
pub struct Cert {
    #[serde(default)]
    status: String,
    #[serde(default)]
    certificates: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Auth {
    mode: String,
    objects: Vec<AuthObject>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AuthObject {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    generator: Option<String>,
}

/// How the key is freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The service decides for itself.
    Implicit,
    /// By secrets that come with the request.
    Explicit,
    /// By a token for this one signature.
    Code,
}

/// Of `credentials/authorize`.
#[derive(Deserialize)]
pub struct Authorized {
    #[serde(rename = "SAD")]
    pub sad: String,
}

/// Of `signatures/signHash`.
#[derive(Deserialize)]
pub struct Signatures {
    pub signatures: Vec<String>,
}

impl Info {
    /// Is the key one that may be used?
    pub fn is_usable(&self) -> Result<(), SealTrouble> {
        let says = |text: &str, good: &str| text.is_empty() || text.eq_ignore_ascii_case(good);
        if says(&self.key.status, "enabled") && says(&self.cert.status, "valid") {
            return Ok(());
        }
        let (key, certificate) = (&self.key.status, &self.cert.status);
        Err(SealTrouble::lasting(Text::owned(
            format!(
                "Der Siegeldienst führt den Schlüssel als „{key}“ und sein Zertifikat als „{certificate}“; damit wird nicht gesiegelt."
            ),
            format!(
                "The seal service calls the key \"{key}\" and its certificate \"{certificate}\"; nothing is sealed with it."
            ),
        )))
    }

    /// The certificates in DER, that of the key first.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, SealTrouble> {
        let decode = |text: &String| {
            let digits: String = text.split_whitespace().collect();
            STANDARD.decode(digits).map_err(|_| refused("credentials/info: certificates"))
        };
        self.cert.certificates.iter().map(decode).collect()
    }

    /// How the key is freed.
    pub fn mode(&self) -> Mode {
        let mode = if self.auth.mode.is_empty() { &self.auth_mode } else { &self.auth.mode };
        match mode.as_str() {
            "explicit" => Mode::Explicit,
            "oauth2code" => Mode::Code,
            _ => Mode::Implicit,
        }
    }

    /// The names of the secrets that free it; an error names what only a person could give.
    pub fn secrets(&self) -> Result<Vec<String>, String> {
        let is_fixed =
            |object: &&AuthObject| object.generator.is_none() && object.kind.eq_ignore_ascii_case("password");
        match self.auth.objects.iter().find(|object| !is_fixed(object)) {
            Some(other) => Err(format!("{} {}", other.kind, other.id).trim().to_owned()),
            None if self.auth.objects.is_empty() => Ok(vec!["PIN".to_owned()]),
            None => Ok(self.auth.objects.iter().map(|object| object.id.clone()).collect()),
        }
    }
}

/// An algorithm of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// What it is.
    pub scheme: Scheme,
    /// Its object identifier, as the service names it.
    pub algorithm: String,
    /// Its parameters in DER.
    pub parameters: Option<Vec<u8>>,
}

const RSA: &str = "1.2.840.113549.1.1.1";
const PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const PKCS1: [(&str, Digest); 3] = [
    ("1.2.840.113549.1.1.13", Digest::Sha512),
    ("1.2.840.113549.1.1.12", Digest::Sha384),
    ("1.2.840.113549.1.1.11", Digest::Sha256),
];
const ECDSA: [(&str, Digest); 3] = [
    ("1.2.840.10045.4.3.4", Digest::Sha512),
    ("1.2.840.10045.4.3.3", Digest::Sha384),
    ("1.2.840.10045.4.3.2", Digest::Sha256),
];

/// Which of the service's algorithms seals for the longest with this key; none where none does.
pub fn choose(offered: &[String], key: &PublicKey) -> Option<Chosen> {
    let offers = |oid: &str| offered.iter().any(|one| one == oid);
    let best = scheme_for(key);
    let chosen =
        |scheme: Scheme, oid: &str| Chosen { scheme, algorithm: oid.to_owned(), parameters: pss_parameters(scheme) };
    match (key, best) {
        (PublicKey::Rsa { .. }, _) => {
            if offers(PSS) {
                return Some(chosen(best, PSS));
            }
            let named = PKCS1.iter().find(|(oid, _)| offers(oid)).map(|(oid, digest)| (*oid, *digest));
            let (oid, digest) = named.or_else(|| offers(RSA).then_some((RSA, Digest::Sha512)))?;
            Some(chosen(Scheme::RsaPkcs1(digest), oid))
        }
        (PublicKey::Ec { .. }, Scheme::Ecdsa { digest, .. }) => {
            let fitting = ECDSA.iter().find(|(oid, one)| *one == digest && offers(oid));
            let named = fitting.or_else(|| ECDSA.iter().find(|(oid, _)| offers(oid)));
            let (oid, digest) = named.copied().or_else(|| offers(EC).then_some((EC, digest)))?;
            Some(chosen(Scheme::Ecdsa { digest, plain: false }, oid))
        }
        // Ed25519 signs messages, not hash values.
        _ => None,
    }
}
