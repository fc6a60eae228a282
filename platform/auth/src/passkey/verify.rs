//! What an authenticator says, and whether it proves what it should (Web Authentication Level 3, § 7).
//!
//! Nothing here does input or output. Attestation is not asked for: which make of authenticator
//! somebody has is nobody's business in a town hall, so what is signed by its maker is not read.
//!
//! Invariant: an answer counts only for our challenge, our origin and our host, with a user who was
//! verified (fingerprint, PIN), signed by the key that was registered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::cbor::Cbor;
use crate::{Error, Result};

/// COSE algorithms (RFC 9053, RFC 8812) that are taken, the best liked first: ES256, EdDSA, RS256.
pub(crate) const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Under which name we are known to browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host, without port: `rechnung.example`.
    pub host: String,
    /// The origin: `https://rechnung.example`, with the port where there is one.
    pub origin: String,
}

/// What the browser sends after a registration; bytes as base64url.
#[derive(Debug, Clone, Deserialize)]
pub struct Registration {
    /// The JSON that the browser made.
    pub client_data: String,
    /// What the authenticator made.
    pub attestation: String,
}

/// What the browser sends at log-in; bytes as base64url.
#[derive(Debug, Clone, Deserialize)]
pub struct Assertion {
    /// Which key.
    pub credential: String,
    /// The JSON that the browser made.
    pub client_data: String,
    /// What was signed beside it.
    pub authenticator: String,
    /// The signature.
    pub signature: String,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// A new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) id: String,
    /// The COSE key as the authenticator wrote it.
    pub(crate) key: Vec<u8>,
    pub(crate) count: u32,
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// The challenge that the browser says it answered; to find what we stored, not yet a proof.
pub(crate) fn challenge(client_data: &str) -> Result<String> {
    Ok(client(client_data)?.1.challenge)
}

/// A registration; gives the new key.
pub(crate) fn registration(party: &RelyingParty, challenge: &str, answer: &Registration) -> Result<Credential> {
    check_client(party, challenge, "webauthn.create", &answer.client_data)?;
    let attestation = decode(&answer.attestation)?;
    let (object, _) = Cbor::read(&attestation).ok_or(Error::Passkey("the attestation is no CBOR"))?;
    let data = object.by_text("authData").and_then(Cbor::bytes).ok_or(Error::Passkey("no authenticator data"))?;
    let (flags, count, rest) = authenticator(party, data)?;
    if flags & ATTESTED == 0 {
        return Err(Error::Passkey("no credential"));
    }
    // AAGUID, length of the identifier, the identifier, the key
    let (length, rest) = rest.split_at_checked(18).ok_or(Error::Passkey("credential cut short"))?;
    let length = usize::from(u16::from_be_bytes([length[16], length[17]]));
    let (id, rest) = rest.split_at_checked(length).ok_or(Error::Passkey("credential cut short"))?;
    if !(1..=1023).contains(&id.len()) {
        return Err(Error::Passkey("length of the credential's identifier"));
    }
    let (key, after) = Cbor::read(rest).ok_or(Error::Passkey("the key is no CBOR"))?;
    public_key(&key)?;
    let key = rest[..rest.len() - after.len()].to_vec();
    Ok(Credential { id: URL_SAFE_NO_PAD.encode(id), key, count })
}

/// A log-in; gives the new count of signatures.
pub(crate) fn assertion(
    party: &RelyingParty,
    challenge: &str,
    answer: &Assertion,
    key: &[u8],
    count: u32,
) -> Result<u32> {
    let client_data = check_client(party, challenge, "webauthn.get", &answer.client_data)?;
    let data = decode(&answer.authenticator)?;
    let (_, new_count, _) = authenticator(party, &data)?;
    let mut signed = data;
    signed.extend_from_slice(&Sha256::digest(&client_data));
    let (key, _) = Cbor::read(key).ok_or(Error::Passkey("the stored key is no CBOR"))?;
    public_key(&key)?.verify(&signed, &decode(&answer.signature)?)?;
    // § 7.2, step 22: a count that does not grow tells of a copied key. Most passkeys do not count.
    if (new_count != 0 || count != 0) && new_count <= count {
        return Err(Error::Passkey("the count of signatures did not grow: the key may have been copied"));
    }
    Ok(new_count)
}

fn client(text: &str) -> Result<(Vec<u8>, ClientData)> {
    let bytes = decode(text)?;
    let data = serde_json::from_slice(&bytes).map_err(|_| Error::Passkey("client data"))?;
    Ok((bytes, data))
}

fn check_client(party: &RelyingParty, challenge: &str, kind: &str, text: &str) -> Result<Vec<u8>> {
    let (bytes, data) = client(text)?;
    if data.kind != kind {
        return Err(Error::Passkey("another kind of answer"));
    }
    if data.challenge != challenge {
        return Err(Error::Passkey("another challenge"));
    }
    if data.origin != party.origin || data.cross_origin {
        return Err(Error::Passkey("another origin"));
    }
    Ok(bytes)
}

/// Flags, count, and what follows.
fn authenticator<'a>(party: &RelyingParty, data: &'a [u8]) -> Result<(u8, u32, &'a [u8])> {
    let (head, rest) = data.split_at_checked(37).ok_or(Error::Passkey("authenticator data cut short"))?;
    if head[..32] != Sha256::digest(party.host.as_bytes())[..] {
        return Err(Error::Passkey("another host"));
    }
    let flags = head[32];
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Error::Passkey("the user was not verified"));
    }
    Ok((flags, u32::from_be_bytes([head[33], head[34], head[35], head[36]]), rest))
}

enum PublicKey {
    Es256(Vec<u8>),
    EdDsa(Vec<u8>),
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::EdDsa(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        }
        .map_err(|_| Error::Passkey("the signature is wrong"))
    }
}

/// A COSE key (RFC 9052, § 7; RFC 9053, § 7; RFC 8230, § 4).
fn public_key(key: &Cbor<'_>) -> Result<PublicKey> {
    let int = |label| key.by_int(label).and_then(Cbor::int);
    let bytes = |label| key.by_int(label).and_then(Cbor::bytes);
    match (int(1), int(3), int(-1)) {
        (Some(2), Some(-7), Some(1)) => match (bytes(-2), bytes(-3)) {
            (Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => Ok(PublicKey::Es256([&[4], x, y].concat())),
            _ => Err(Error::Passkey("the key's point")),
        },
        (Some(1), Some(-8), Some(6)) => match bytes(-2) {
            Some(x) if x.len() == 32 => Ok(PublicKey::EdDsa(x.to_vec())),
            _ => Err(Error::Passkey("the key's point")),
        },
        (Some(3), Some(-257), _) => match (bytes(-1), bytes(-2)) {
            (Some(n), Some(e)) if n.len() >= 256 => Ok(PublicKey::Rs256 { n: n.to_vec(), e: e.to_vec() }),
            _ => Err(Error::Passkey("the key's modulus")),
        },
        _ => Err(Error::Passkey("a kind of key that is not taken")),
    }
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Error::Passkey("not base64url"))
}
