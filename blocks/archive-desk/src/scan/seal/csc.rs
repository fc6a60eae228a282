//! A seal service after the API of the Cloud Signature Consortium, version 2: the key lies there, hash values go there.
//!
//! One seal is: a token (OAuth 2.0, client credentials), which keys there are (`credentials/list`), what the key is
//! (`credentials/info`), freeing it for this one hash value (`credentials/authorize`), and the signature
//! (`signatures/signHash`). A key whose freeing needs a person each time (a one-time password) cannot seal unattended,
//! and is refused with that reason.
//!
//! Invariant: an answer has at most a megabyte, a request ends in bounded time, and secrets appear in no text.

mod answers;
mod http;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};
use vir_archive::certificate::Certificate;
use vir_archive::moment::Moment;
use vir_archive::seal::{Draft, Sealed};
use vir_core::Text;
use vir_web::config::{Seal, Secret};

use super::service::{self, SealTrouble};
use answers::{Authorized, Info, List, Mode, Signatures, Token};
use http::Http;

/// A service.
#[derive(Debug)]
pub struct Csc {
    base: String,
    token_url: Url,
    client_id: String,
    client_secret: Secret,
    credential: Option<String>,
    pin: Option<Secret>,
    http: Http,
}

impl Csc {
    /// As the configuration says; none where it names no service.
    ///
    /// # Errors
    /// Where an address is none.
    pub fn of(config: &Seal) -> Result<Option<Self>, SealTrouble> {
        let (Some(service), Some(client_id), Some(secret)) =
            (&config.service, &config.client_id, &config.client_secret)
        else {
            return Ok(None);
        };
        let base = service.trim_end_matches('/').to_owned();
        let address = |text: &str| {
            text.parse::<Url>().map_err(|_| {
                SealTrouble::lasting(Text::owned(
                    format!("[seal]: {text} ist keine Adresse."),
                    format!("[seal]: {text} is no address."),
                ))
            })
        };
        address(&base)?;
        let token_url = match &config.token_url {
            Some(url) => address(url)?,
            None => address(&format!("{base}/oauth2/token"))?,
        };
        Ok(Some(Self {
            base,
            token_url,
            client_id: client_id.clone(),
            client_secret: secret.clone(),
            credential: config.credential.clone(),
            pin: config.pin.clone(),
            http: Http::new(),
        }))
    }

    /// Seals content: only its hash value goes to the service.
    ///
    /// # Errors
    /// Where the service does not answer, refuses, or its signature does not hold.
    pub async fn seal(&self, content: &[u8], at: Moment) -> Result<Sealed, SealTrouble> {
        let token = self.token("service", &[]).await?;
        let id = self.which(&token).await?;
        let info: Info = self
            .ask(
                "credentials/info",
                &token,
                &json!({
                    "credentialID": id, "certificates": "chain", "certInfo": false, "authInfo": true,
                }),
                true,
            )
            .await?;
        info.is_usable()?;
        let all = info.certificates()?;
        let (certificate, chain) =
            service::chain(all, |_| true).ok_or_else(|| refused("credentials/info: certificates"))?;
        let key = Certificate::read(&certificate).ok().and_then(|read| read.public_key().ok());
        let key = key.ok_or_else(|| refused("credentials/info: certificates"))?;
        let chosen = answers::choose(&info.key.algo, &key).ok_or_else(|| {
            let kinds = info.key.algo.join(", ");
            SealTrouble::lasting(Text::owned(
                format!("Der Schlüssel beim Siegeldienst kann kein Verfahren, mit dem gesiegelt wird ({kinds})."),
                format!("The key at the seal service has no algorithm that seals ({kinds})."),
            ))
        })?;
        let draft = service::draft(content, &certificate, &chain, chosen.scheme, at)?;
        let signature = self.sign(&token, &id, &info, &chosen, &draft).await?;
        draft.signed(&signature).map_err(|error| SealTrouble::lasting(error.text()))
    }

    /// A token for these rights.
    async fn token(&self, scope: &str, more: &[(&str, String)]) -> Result<String, SealTrouble> {
        let mut form = vec![("grant_type", "client_credentials".to_owned()), ("scope", scope.to_owned())];
        form.push(("client_id", self.client_id.clone()));
        form.push(("client_secret", self.client_secret.reveal().to_owned()));
        form.extend_from_slice(more);
        let answer: Token = self.http.form(&self.token_url, &form).await?;
        Ok(answer.access_token)
    }

    /// Which key: that of the configuration if the service has it, else the only one.
    async fn which(&self, token: &str) -> Result<String, SealTrouble> {
        let list: List = self.ask("credentials/list", token, &json!({}), true).await?;
        match (&self.credential, list.ids.as_slice()) {
            (Some(wanted), ids) if ids.contains(wanted) => Ok(wanted.clone()),
            (None, [only]) => Ok(only.clone()),
            (_, ids) => {
                let (count, known) = (ids.len(), ids.iter().take(20).cloned().collect::<Vec<_>>().join(", "));
                Err(SealTrouble::lasting(Text::owned(
                    format!(
                        "Der Siegeldienst nennt {count} Schlüssel ({known}); [seal] credential muss einen davon benennen."
                    ),
                    format!(
                        "The seal service names {count} keys ({known}); [seal] credential has to name one of them."
                    ),
                )))
            }
        }
    }

    async fn sign(
        &self,
        token: &str,
        id: &str,
        info: &Info,
        chosen: &answers::Chosen,
        draft: &Draft,
    ) -> Result<Vec<u8>, SealTrouble> {
        let hash = draft.hash();
        let digest = Draft::digest_of(chosen.scheme).oid();
        let hashes = json!([STANDARD.encode(&hash)]);
        let mut request = json!({
            "credentialID": id, "hashes": hashes, "hashAlgorithmOID": digest, "signAlgo": chosen.algorithm,
            "operationMode": "S",
        });
        if let Some(parameters) = &chosen.parameters {
            request["signAlgoParams"] = json!(STANDARD.encode(parameters));
        }
        let mut bearer = token.to_owned();
        match info.mode() {
            Mode::Code => {
                let more = [
                    ("credentialID", id.to_owned()),
                    ("numSignatures", "1".to_owned()),
                    ("hashes", URL_SAFE_NO_PAD.encode(&hash)),
                    ("hashAlgorithmOID", digest.to_owned()),
                ];
                bearer = self.token("credential", &more).await?;
            }
            mode => {
                let mut freeing = json!({
                    "credentialID": id, "numSignatures": 1, "hashes": hashes, "hashAlgorithmOID": digest,
                });
                if let Mode::Explicit = mode {
                    freeing["authData"] = self.secrets(info)?;
                }
                let freed: Authorized = self.ask("credentials/authorize", token, &freeing, false).await?;
                request["SAD"] = json!(freed.sad);
            }
        }
        let signed: Signatures = self.ask("signatures/signHash", &bearer, &request, false).await?;
        match signed.signatures.as_slice() {
            [only] => STANDARD.decode(only).map_err(|_| refused("signatures/signHash: signatures")),
            _ => Err(refused("signatures/signHash: signatures")),
        }
    }

    /// What frees the key: its PIN, and nothing that a person would have to read off.
    fn secrets(&self, info: &Info) -> Result<Value, SealTrouble> {
        let objects = info.secrets().map_err(|what| {
            SealTrouble::lasting(Text::owned(
                format!("Der Schlüssel beim Siegeldienst verlangt je Siegel eine Eingabe ({what}). Für Siegel ohne Menschen ist ein anderer zu beantragen."),
                format!("The key at the seal service demands an entry for each seal ({what}). Sealing without people needs another one."),
            ))
        })?;
        let pin = self.pin.as_ref().ok_or_else(|| {
            SealTrouble::lasting(Text::new(
                "Der Schlüssel beim Siegeldienst verlangt eine PIN; der Betrieb muss sie angeben ([seal] pin_file).",
                "The key at the seal service demands a PIN; the operator has to give it ([seal] pin_file).",
            ))
        })?;
        Ok(objects.iter().map(|id| json!({ "id": id, "value": pin.reveal() })).collect())
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        token: &str,
        request: &Value,
        again: bool,
    ) -> Result<T, SealTrouble> {
        let address = format!("{}/{what}", self.base).parse::<Url>().map_err(|_| refused(what))?;
        self.http.json(&address, what, token, request, again).await
    }
}

/// The service answered with something that is none of its answers.
fn refused(what: &str) -> SealTrouble {
    SealTrouble::passing(Text::owned(
        format!("Die Antwort des Siegeldienstes ist nicht verwendbar ({what})."),
        format!("The answer of the seal service cannot be used ({what})."),
    ))
}
