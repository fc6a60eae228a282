//! A key of the office: in a file, opened for each seal, in memory no longer than that.
//!
//! Invariant: the certificate is the one whose key signs; files with others are refused.

use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PSS_SHA512,
    RsaKeyPair,
};
use vir_archive::certificate::Certificate;
use vir_archive::moment::Moment;
use vir_archive::seal::key::KeyFile;
use vir_archive::seal::{Sealed, scheme_for};
use vir_archive::signature::Scheme;
use vir_core::Text;
use vir_web::config::Seal;

use super::service::{self, SealTrouble};

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key with its certificate.
pub struct Local {
    key: Key,
    certificate: Vec<u8>,
    chain: Vec<Vec<u8>>,
    scheme: Scheme,
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Local {
    /// Opens the files.
    ///
    /// # Errors
    /// Where they do not have one key of a known kind and its certificate.
    pub async fn open(config: &Seal, path: &Path) -> Result<Self, SealTrouble> {
        let bytes = service::read(path).await?;
        let password = config.password.as_ref().map(|secret| secret.reveal().to_owned()).unwrap_or_default();
        // Opening an encrypted key takes time by design.
        let read = tokio::task::spawn_blocking(move || KeyFile::read(&bytes, &password)).await;
        let read = read.map_err(|error| SealTrouble::passing(Text::owned(error.to_string(), error.to_string())))?;
        let file = read.map_err(|error| SealTrouble::file(path, &error.text()))?;
        let key = Key::of(&file).map_err(|why| SealTrouble::file(path, &why))?;
        let mut all = file.certificates;
        if let Some(path) = &config.certificate_file {
            all.extend(service::certificates_of(path).await?);
        }
        const PROBE: &[u8] = b"whose key is it?";
        let fits = |certificate: &Certificate<'_>| {
            let Ok(public) = certificate.public_key() else { return false };
            let scheme = scheme_for(&public);
            key.sign(scheme, PROBE).is_some_and(|signature| public.verifies(scheme, PROBE, &signature) == Ok(true))
        };
        let (certificate, chain) = service::chain(all, fits).ok_or_else(|| {
            let none = Text::new("kein Zertifikat zum Schlüssel", "no certificate of the key");
            SealTrouble::file(path, &none)
        })?;
        let public = Certificate::read(&certificate).ok().and_then(|certificate| certificate.public_key().ok());
        let scheme = scheme_for(&public.expect("its key has verified a signature"));
        Ok(Self { key, certificate, chain, scheme })
    }

    /// Seals content.
    ///
    /// # Errors
    /// Where the certificate is not valid now, or the algorithm not suitable.
    pub fn seal(&self, content: &[u8], at: Moment) -> Result<Sealed, SealTrouble> {
        let draft = service::draft(content, &self.certificate, &self.chain, self.scheme, at)?;
        let signature = self.key.sign(self.scheme, draft.to_be_signed()).unwrap_or_default();
        draft.signed(&signature).map_err(|error| SealTrouble::lasting(error.text()))
    }
}

impl Key {
    fn of(file: &KeyFile) -> Result<Self, Text> {
        let (kind, curve) = file.algorithm().map_err(|error| error.text())?;
        let refused = |what: &str| {
            Text::owned(
                format!(
                    "der Schlüssel ist keiner, mit dem gesiegelt wird ({what}); möglich sind RSA von 2048 bis 4096 Bit, P-256, P-384 und Ed25519"
                ),
                format!(
                    "the key is none that seals ({what}); possible are RSA from 2048 to 4096 bits, P-256, P-384 and Ed25519"
                ),
            )
        };
        let random = SystemRandom::new();
        match (kind.as_str(), curve.as_deref()) {
            ("1.2.840.113549.1.1.1", _) => {
                let key = RsaKeyPair::from_pkcs8(&file.key).map_err(|error| refused(&error.to_string()))?;
                Ok(Self::Rsa(Box::new(key)))
            }
            ("1.2.840.10045.2.1", Some(curve)) => {
                let algorithm = match curve {
                    "1.2.840.10045.3.1.7" => &ECDSA_P256_SHA256_ASN1_SIGNING,
                    "1.3.132.0.34" => &ECDSA_P384_SHA384_ASN1_SIGNING,
                    _ => return Err(refused(curve)),
                };
                let key = EcdsaKeyPair::from_pkcs8(algorithm, &file.key, &random);
                Ok(Self::Ec(Box::new(key.map_err(|error| refused(&error.to_string()))?)))
            }
            ("1.3.101.112", _) => {
                let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&file.key);
                Ok(Self::Ed25519(Box::new(key.map_err(|error| refused(&error.to_string()))?)))
            }
            _ => Err(refused(&kind)),
        }
    }

    /// The signature; none where the scheme is not the key's, or randomness is not to be had.
    fn sign(&self, scheme: Scheme, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match (self, scheme) {
            (Self::Rsa(key), Scheme::RsaPss { .. }) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PSS_SHA512, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            (Self::Ec(key), Scheme::Ecdsa { .. }) => Some(key.sign(&random, message).ok()?.as_ref().to_vec()),
            (Self::Ed25519(key), Scheme::Ed25519) => Some(key.sign(message).as_ref().to_vec()),
            _ => None,
        }
    }
}
