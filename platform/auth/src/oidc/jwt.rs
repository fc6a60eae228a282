//! The ID token: a signed statement of the provider (JWT, RFC 7519, signed after RFC 7515).
//!
//! Written on `ring`: `openidconnect` brings `rsa`, whose advisory RUSTSEC-2023-0071 has no fixed release.
//!
//! Invariant: no claim is read before the signature is right; `none` and symmetric algorithms are
//! not there at all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// The provider's keys (JWK Set, RFC 7517).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// Whom an ID token must be from and for.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a str,
    pub(crate) nonce: &'a str,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// Clocks may differ by this much.
const SKEW: i64 = 120;

impl KeySet {
    /// Might a key that is not here yet be the right one?
    pub(crate) fn lacks(&self, token: &str) -> bool {
        let header = token.split('.').next().and_then(|text| parse::<Header>(text).ok());
        header
            .and_then(|header| header.kid)
            .is_some_and(|kid| !self.keys.iter().any(|key| key.kid.as_ref() == Some(&kid)))
    }

    fn verify(&self, token: &str) -> Result<Map<String, Value>> {
        let wrong = |what: &str| Error::Provider(format!("ID token: {what}"));
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| wrong("no JWT"))?;
        let (header, claims) = signed.split_once('.').ok_or_else(|| wrong("no JWT"))?;
        let header: Header = parse(header).map_err(|()| wrong("header"))?;
        // RFC 7515, 4.1.11: what is critical and not understood is refused; nothing of it is understood here.
        if header.crit.is_some() {
            return Err(wrong("critical extensions"));
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong("signature"))?;
        let fits = |key: &&Key| {
            key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
                && key.alg.as_ref().is_none_or(|alg| *alg == header.alg)
                && (header.kid.is_none() || key.kid == header.kid)
        };
        let right = self.keys.iter().filter(fits).any(|key| key.has_signed(&header.alg, signed.as_bytes(), &signature));
        if !right {
            return Err(wrong(&format!("no key of the provider has signed it ({})", header.alg)));
        }
        parse(claims).map_err(|()| wrong("claims"))
    }

    /// The claims of an ID token that is right (OpenID Connect Core 1.0, 3.1.3.7).
    pub(crate) fn claims(&self, token: &str, expected: &Expected<'_>) -> Result<Map<String, Value>> {
        let wrong = |what: &str| Error::Provider(format!("ID token: {what}"));
        let claims = self.verify(token)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
        if text("iss") != Some(expected.issuer) {
            return Err(wrong("another issuer"));
        }
        let audience: Vec<&str> = match claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !audience.contains(&expected.client) {
            return Err(wrong("for another client"));
        }
        if (audience.len() > 1 || claims.contains_key("azp")) && text("azp") != Some(expected.client) {
            return Err(wrong("another authorised party"));
        }
        if number("exp").is_none_or(|end| end + SKEW <= expected.now) {
            return Err(wrong("too old"));
        }
        if number("iat").is_none_or(|made| made - SKEW > expected.now) {
            return Err(wrong("from the future"));
        }
        if text("nonce") != Some(expected.nonce) {
            return Err(wrong("another nonce"));
        }
        if text("sub").is_none_or(|subject| subject.is_empty() || subject.len() > 255) {
            return Err(wrong("no subject"));
        }
        Ok(claims)
    }
}

impl Key {
    fn has_signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let bytes = |text: &Option<String>| text.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        match (algorithm, self.kty.as_str(), self.crv.as_deref()) {
            ("ES256", "EC", Some("P-256")) => match (bytes(&self.x), bytes(&self.y)) {
                (Some(x), Some(y)) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4][..], &x, &y].concat())
                    .verify(message, signature)
                    .is_ok(),
                _ => false,
            },
            ("ES384", "EC", Some("P-384")) => match (bytes(&self.x), bytes(&self.y)) {
                (Some(x), Some(y)) => UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, [&[4][..], &x, &y].concat())
                    .verify(message, signature)
                    .is_ok(),
                _ => false,
            },
            ("EdDSA", "OKP", Some("Ed25519")) => {
                bytes(&self.x).is_some_and(|x| UnparsedPublicKey::new(&ED25519, x).verify(message, signature).is_ok())
            }
            (algorithm, "RSA", _) => {
                let parameters: &dyn RsaVerify = match algorithm {
                    "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
                    "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
                    _ => return false,
                };
                match (bytes(&self.n), bytes(&self.e)) {
                    (Some(n), Some(e)) => parameters.verify(&n, &e, message, signature),
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// `ring` verifies by the modulus only through its concrete type.
trait RsaVerify {
    fn verify(&self, n: &[u8], e: &[u8], message: &[u8], signature: &[u8]) -> bool;
}

impl RsaVerify for signature::RsaParameters {
    fn verify(&self, n: &[u8], e: &[u8], message: &[u8], signature: &[u8]) -> bool {
        RsaPublicKeyComponents { n, e }.verify(self, message, signature).is_ok()
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ()> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ())?;
    serde_json::from_slice(&bytes).map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    fn encode(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn only_right_tokens_of_the_right_provider_for_us() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let keys: KeySet = serde_json::from_value(json!({ "keys": [{
            "kty": "EC", "kid": "1", "crv": "P-256", "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        }]}))
        .unwrap();
        let good =
            json!({ "iss": "https://id.example", "aud": "vir", "exp": 2000, "iat": 1000, "nonce": "n", "sub": "s" });
        let sign = |header: Value, claims: &Value| {
            let signed = format!("{}.{}", encode(&header), encode(claims));
            let signature = pair.sign(&random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        };
        let header = json!({ "alg": "ES256", "kid": "1" });
        let expected = Expected { issuer: "https://id.example", client: "vir", nonce: "n", now: 1500 };
        assert_eq!(keys.claims(&sign(header.clone(), &good), &expected).unwrap()["sub"], "s");

        for (name, value) in [
            ("iss", json!("https://boese.example")),
            ("aud", json!("another")),
            ("aud", json!(["vir", "another"])),
            ("azp", json!("another")),
            ("exp", json!(1000)),
            ("exp", json!("2000")),
            ("iat", json!(9000)),
            ("nonce", json!("m")),
            ("sub", json!("")),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            keys.claims(&sign(header.clone(), &bad), &expected).unwrap_err();
        }
        for header in
            [json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": "1" }), json!({ "alg": "ES256", "kid": "2" })]
        {
            keys.claims(&sign(header, &good), &expected).unwrap_err();
        }
        let token = sign(header.clone(), &good);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{}.{}.{signature}", signed.split('.').next().unwrap(), encode(&json!({ "sub": "x" })));
        keys.claims(&forged, &expected).unwrap_err();
        assert!(keys.lacks(&sign(json!({ "alg": "ES256", "kid": "2" }), &good)) && !keys.lacks(&token));
    }
}
