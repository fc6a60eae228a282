//! Passkeys, with an authenticator in software that writes what the standard says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vir_auth::{Assertion, Error, Registration, RelyingParty};

use crate::support::{PASSWORD, town};

struct Authenticator {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    host: String,
    origin: String,
    flags: u8,
    count: u32,
}

const ID: &[u8] = b"sixteen-byte-id!";

impl Authenticator {
    fn new(party: &RelyingParty) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self { pair, random, host: party.host.clone(), origin: party.origin.clone(), flags: 0x05, count: 0 }
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [&Sha256::digest(self.host.as_bytes())[..], &[flags], &self.count.to_be_bytes()].concat()
    }

    fn register(&self, options: &Value) -> Registration {
        let point = self.pair.public_key().as_ref();
        let mut data = self.data(self.flags | 0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(ID.len()).unwrap().to_be_bytes());
        data.extend(ID);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..]);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        Registration {
            client_data: B64.encode(self.client_data("webauthn.create", options)),
            attestation: B64.encode(object),
        }
    }

    fn sign(&mut self, options: &Value) -> Assertion {
        self.count += 1;
        let (data, client_data) = (self.data(self.flags), self.client_data("webauthn.get", options));
        let signed = [&data[..], &Sha256::digest(client_data.as_bytes())].concat();
        Assertion {
            credential: B64.encode(ID),
            client_data: B64.encode(client_data),
            authenticator: B64.encode(data),
            signature: B64.encode(self.pair.sign(&self.random, &signed).unwrap()),
        }
    }
}

#[tokio::test]
pub async fn a_key_signs_in_where_it_was_registered() {
    let town = town().await;
    let auth = &town.auth;
    let party = RelyingParty { host: "rechnung.example".into(), origin: "https://rechnung.example".into() };
    let me = auth.sign_in(&town.tenant, "erika@musterdorf.example", PASSWORD, "", None).await.unwrap().principal;
    let mut key = Authenticator::new(&party);

    let options = auth.begin_passkey(&me, &party).await.unwrap();
    assert_eq!((&options["rp"]["id"], &options["attestation"]), (&json!("rechnung.example"), &json!("none")));
    let answer = key.register(&options);
    auth.finish_passkey(&me, &party, "Dienstlaptop", &answer).await.unwrap();
    let again = auth.finish_passkey(&me, &party, "", &answer).await;
    assert!(matches!(again, Err(Error::Passkey(_))), "a challenge counts once");
    assert_eq!(auth.passkeys(&me).await.unwrap()[0].name, "Dienstlaptop");

    let begin = || async { auth.begin_passkey_sign_in(&town.tenant, &party).await.unwrap() };
    let finish = async |answer: &Assertion| auth.finish_passkey_sign_in(&town.tenant, &party, answer, "", None).await;
    let answer = key.sign(&begin().await);
    assert_eq!(finish(&answer).await.unwrap().principal.person, town.chief);
    assert!(finish(&answer).await.is_err(), "an answer counts once");

    let mut forged = key.sign(&begin().await);
    forged.signature = B64.encode([0; 70]);
    assert!(finish(&forged).await.is_err(), "signature");
    let mut other = Authenticator::new(&party);
    other.count = 100;
    assert!(finish(&other.sign(&begin().await)).await.is_err(), "another key with the same identifier");
    key.origin = "https://boese.example".into();
    assert!(finish(&key.sign(&begin().await)).await.is_err(), "origin");
    key.origin.clone_from(&party.origin);
    key.host = "boese.example".into();
    assert!(finish(&key.sign(&begin().await)).await.is_err(), "host");
    key.host.clone_from(&party.host);
    key.flags = 0x01;
    assert!(finish(&key.sign(&begin().await)).await.is_err(), "not verified");
    key.flags = 0x05;
    assert!(finish(&key.sign(&json!({ "challenge": "ours it is not" }))).await.is_err(), "challenge");
    assert!(finish(&key.sign(&begin().await)).await.is_ok());
    key.count = 0;
    assert!(finish(&key.sign(&begin().await)).await.is_err(), "a copy that counts from the beginning");
    let options = begin().await;
    town.clock.advance(jiff::SignedDuration::from_mins(6));
    key.count = 100;
    assert!(finish(&key.sign(&options)).await.is_err(), "too late");

    let passkey = auth.passkeys(&me).await.unwrap()[0].id.clone();
    auth.delete_passkey(&me, &passkey).await.unwrap();
    assert!(finish(&key.sign(&begin().await)).await.is_err(), "forgotten");
}
