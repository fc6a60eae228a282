//! Requests to a seal service: bounded, and tried again where that does no harm.
//!
//! Invariant: what went wrong is said with the service's own words, and never with a secret of ours.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use vir_core::Text;

use super::SealTrouble;

const MOST_BYTES: usize = 1 << 20;
/// Between two tries; the job itself tries again much later.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];
/// How much of a service's words is repeated.
const MOST_WORDS: usize = 300;

/// A client.
#[derive(Debug)]
pub struct Http(reqwest::Client);

/// An error answer (RFC 6749, 5.2).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}

impl Http {
    pub fn new() -> Self {
        Self(vir_web::outbound::client())
    }

    /// Posts a form, as often as needed.
    pub async fn form<T: serde::de::DeserializeOwned>(
        &self,
        address: &Url,
        fields: &[(&str, String)],
    ) -> Result<T, SealTrouble> {
        let mut encoded = address.clone();
        encoded.query_pairs_mut().clear().extend_pairs(fields);
        let body = encoded.query().unwrap_or_default().to_owned();
        let request = || {
            self.0.post(address.clone()).header("content-type", "application/x-www-form-urlencoded").body(body.clone())
        };
        tried(request, "oauth2/token", true).await
    }

    /// Posts JSON; `again` where it may be asked twice.
    pub async fn json<T: serde::de::DeserializeOwned>(
        &self,
        address: &Url,
        what: &str,
        token: &str,
        body: &Value,
        again: bool,
    ) -> Result<T, SealTrouble> {
        let body = body.to_string();
        let request = || {
            let request = self.0.post(address.clone()).bearer_auth(token);
            request.header("content-type", "application/json").header("accept", "application/json").body(body.clone())
        };
        tried(request, what, again).await
    }
}

async fn tried<T: serde::de::DeserializeOwned>(
    request: impl Fn() -> reqwest::RequestBuilder,
    what: &str,
    again: bool,
) -> Result<T, SealTrouble> {
    let mut pauses = PAUSES.iter();
    loop {
        match once(request(), what).await {
            Ok(bytes) => return serde_json::from_slice(&bytes).map_err(|_| super::refused(what)),
            Err(trouble) if !again || !trouble.retry => return Err(trouble),
            Err(trouble) => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(trouble),
            },
        }
    }
}

async fn once(request: reqwest::RequestBuilder, what: &str) -> Result<Vec<u8>, SealTrouble> {
    let unreachable = |error: reqwest::Error| {
        // Without the address, which is the operator's business, but with what lies behind.
        let mut why = error.without_url().to_string();
        why.truncate(why.char_indices().nth(MOST_WORDS).map_or(why.len(), |(at, _)| at));
        SealTrouble::passing(Text::owned(
            format!("Der Siegeldienst antwortet nicht ({what}: {why}). Es wird von selbst wieder versucht."),
            format!("The seal service does not answer ({what}: {why}). It is tried again without anybody's doing."),
        ))
    };
    let mut answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + piece.len() > MOST_BYTES {
            return Err(super::refused(what));
        }
        bytes.extend_from_slice(&piece);
    }
    if status.is_success() {
        return Ok(bytes);
    }
    let refusal: Refusal = serde_json::from_slice(&bytes).unwrap_or_default();
    let words: String = [refusal.error, refusal.error_description]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(": ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MOST_WORDS)
        .collect();
    let said = if words.is_empty() { String::new() } else { format!(", {words}") };
    let retry =
        status.is_server_error() || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
    let number = status.as_u16();
    let text = if retry {
        Text::owned(
            format!("Der Siegeldienst ist gestört ({what}: HTTP {number}{said}). Es wird von selbst wieder versucht."),
            format!(
                "The seal service has a fault ({what}: HTTP {number}{said}). It is tried again without anybody's doing."
            ),
        )
    } else {
        Text::owned(
            format!(
                "Der Siegeldienst lehnt ab ({what}: HTTP {number}{said}). Der Betrieb muss Zugang und Schlüssel prüfen ([seal])."
            ),
            format!(
                "The seal service refuses ({what}: HTTP {number}{said}). The operator has to check access and key ([seal])."
            ),
        )
    };
    Err(SealTrouble { text, retry })
}
