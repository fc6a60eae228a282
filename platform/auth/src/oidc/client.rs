//! Talking to an OpenID provider: what it publishes, and code against tokens.
//!
//! Invariant: what a provider answers is read up to 512 KB and within ten seconds, and never from
//! anywhere but the addresses that its own description names.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::jwt::KeySet;
use crate::{Error, Result};

const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST: usize = 512 << 10;

/// What the provider says about itself (OpenID Connect Discovery 1.0), as far as it is needed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    pub(crate) access_token: String,
}

/// Where an address may lead: https, or the machine itself for tests and small installations.
pub(crate) fn is_safe(address: &str) -> bool {
    reqwest::Url::parse(address).is_ok_and(|url| {
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        (url.scheme() == "https" || (url.scheme() == "http" && here))
            && url.username().is_empty()
            && url.password().is_none()
    })
}

pub(crate) async fn metadata(http: &reqwest::Client, issuer: &str) -> Result<Metadata> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = json(http.get(safe(&address)?), "description").await?;
    // Discovery 1.0, 4.3: it must be the one that was asked.
    if metadata.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err(Error::Provider(format!("calls itself {}", metadata.issuer.chars().take(200).collect::<String>())));
    }
    for address in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
        safe(address)?;
    }
    Ok(metadata)
}

pub(crate) async fn keys(http: &reqwest::Client, metadata: &Metadata) -> Result<KeySet> {
    json(http.get(safe(&metadata.jwks_uri)?), "keys").await
}

/// The code against tokens (RFC 6749, 4.1.3; PKCE after RFC 7636).
pub(crate) async fn tokens(
    http: &reqwest::Client,
    metadata: &Metadata,
    (client, secret): (&str, &str),
    (code, verifier, back): (&str, &str, &str),
) -> Result<Tokens> {
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), ("redirect_uri", back)];
    let mut request = http.post(safe(&metadata.token_endpoint)?);
    let methods = &metadata.token_endpoint_auth_methods_supported;
    let takes = |method: &str| methods.iter().any(|supported| supported == method);
    if secret.is_empty() {
        form.push(("client_id", client));
    } else if methods.is_empty() || takes("client_secret_basic") {
        // RFC 6749, 2.3.1: both are form-encoded before they are joined.
        request = request.basic_auth(encoded(client), Some(encoded(secret)));
    } else {
        form.extend([("client_id", client), ("client_secret", secret)]);
    }
    let body = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    json(request, "tokens").await
}

pub(crate) async fn user_info(
    http: &reqwest::Client,
    metadata: &Metadata,
    token: &str,
) -> Result<serde_json::Map<String, serde_json::Value>> {
    let address = metadata.userinfo_endpoint.as_deref().ok_or_else(|| Error::Provider("no user info".to_owned()))?;
    json(http.get(safe(address)?).bearer_auth(token), "user info").await
}

fn safe(address: &str) -> Result<&str> {
    if is_safe(address) { Ok(address) } else { Err(Error::Provider("an address that is not https".to_owned())) }
}

async fn json<T: DeserializeOwned>(request: reqwest::RequestBuilder, what: &str) -> Result<T> {
    let wrong = |reason: String| Error::Provider(format!("{what}: {reason}"));
    let mut response = request
        .timeout(PATIENCE)
        .header("accept", "application/json")
        .send()
        .await
        .map_err(|error| wrong(error.without_url().to_string()))?;
    if !response.status().is_success() {
        return Err(wrong(format!("answers {}", response.status())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| wrong(error.without_url().to_string()))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(wrong("too long".to_owned()));
        }
    }
    serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))
}

/// Percent-encoding for queries and forms.
pub(crate) fn encoded(text: &str) -> String {
    vir_core::percent_encoded(text, "-_.~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_reached_over_https() {
        for (address, safe) in [
            ("https://id.example/x", true),
            ("http://127.0.0.1:4000", true),
            ("http://localhost", true),
            ("http://id.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("https://user:pass@id.example", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(is_safe(address), safe, "{address}");
        }
    }
}
