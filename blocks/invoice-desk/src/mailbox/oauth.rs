//! Logging in with OAuth 2.0: access tokens by a refresh token or by client credentials (RFC 6749, 6 and 4.4), told to
//! the mail server with OAUTHBEARER (RFC 7628) or XOAUTH2.
//!
//! The access token is kept, sealed, with the mailbox until a minute before its end, so that all nodes use one and the
//! token server is asked once an hour rather than with each mail. A token server may give a new refresh token with each
//! answer and end the old one; it is kept only in place of the one that was used, so two nodes cannot undo each other.
//!
//! Invariant: no token and no secret stands in an error, a log or a page.

use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use vir_core::Phrase;
use vir_mail::Secret;
use vir_mail::imap::Login;
use vir_store::{Store, TenantId, Tx, args};
use vir_web::{App, outbound};

use super::account::Account;
use super::{MailboxError, Sealer};

/// How an access token is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// By a refresh token that somebody got for the mailbox.
    RefreshToken,
    /// By the program's own identifier and secret, which the mail service lets into the mailbox.
    ClientCredentials,
}

impl Grant {
    /// Both.
    pub const ALL: [Self; 2] = [Self::RefreshToken, Self::ClientCredentials];

    /// As it is stored, and as RFC 6749 names it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// Reads [`Grant::code`].
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// For people.
    #[must_use]
    pub fn text(self) -> Phrase {
        match self {
            Self::RefreshToken => Phrase::new("OAuth 2.0 mit Refresh-Token", "OAuth 2.0 with a refresh token"),
            Self::ClientCredentials => Phrase::new(
                "OAuth 2.0 mit Client-Geheimnis (Anwendung)",
                "OAuth 2.0 with client credentials (application)",
            ),
        }
    }
}

/// The settings of OAuth of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// How a token is had.
    pub grant: Grant,
    /// Where.
    pub token_url: String,
    /// Who asks.
    pub client_id: String,
    /// For what; empty: what the server gives by itself.
    pub scope: String,
    /// The sealed secret of the client; public clients have none.
    pub sealed_client: Option<Vec<u8>>,
}

/// A token is not used any more so long before its end: clocks differ, and mails take a while.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// How long a token is good where the server does not say.
const USUAL: i64 = 300;
/// The longest answer of a token server.
const ANSWER: usize = 64 << 10;
/// How long the token server may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The client for addresses that a tenant has named, made once.
pub(super) fn http(app: &App) -> reqwest::Client {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    HTTP.get_or_init(|| outbound::guarded_client(&app.config.outbound)).clone()
}

/// What the seal of a client's secret is bound to, so that it opens nothing else.
#[must_use]
pub fn client_place(mailbox: &str) -> String {
    format!("{mailbox}/client")
}

fn access_place(mailbox: &str) -> String {
    format!("{mailbox}/access")
}

/// How to log in to a mailbox, by password or by token.
///
/// # Errors
/// Where the password cannot be opened.
pub fn login(store: &Store, tenant: &TenantId, account: &Account, sealer: &Sealer) -> Result<Login, MailboxError> {
    if account.oauth.is_none() {
        return account.login(tenant, sealer);
    }
    let (store, tenant, id, sealer) = (store.clone(), tenant.clone(), account.id.clone(), sealer.clone());
    let source = std::sync::Arc::new(move || {
        let (store, tenant, id, sealer) = (store.clone(), tenant.clone(), id.clone(), sealer.clone());
        let token: std::pin::Pin<Box<dyn Future<Output = Result<Secret, String>> + Send>> =
            Box::pin(async move { token(&store, &tenant, &id, &sealer).await.map_err(|error| error.to_string()) });
        token
    });
    Ok(Login::Token { user: account.user.clone(), source })
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token server said no; what it says is for people who set it up.
    #[error("the token server refuses: {0}")]
    Refused(String),
    /// The refresh token or the client is not good any more: somebody has to sign in again.
    #[error("the token server does not accept the stored access any more ({0}); it has to be set up again")]
    Expired(String),
    /// It does not answer, or not as RFC 6749 has it.
    #[error("the token server does not answer as expected: {0}")]
    Silent(String),
    /// The settings are gone or incomplete.
    #[error("the mailbox is not set up for OAuth")]
    Settings,
    /// The secret cannot be opened.
    #[error(transparent)]
    Sealed(#[from] super::Unsealable),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

/// What a token server says (RFC 6749, 5.1 and 5.2).
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    token_type: String,
    expires_in: Option<serde_json::Value>,
    refresh_token: Option<String>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// An access token that is still good.
///
/// # Errors
/// [`TokenError`].
pub async fn token(store: &Store, tenant: &TenantId, id: &str, sealer: &Sealer) -> Result<Secret, TokenError> {
    let first = current(store, tenant, id).await?;
    if let Some(token) = good(&first, tenant, sealer, store.clock().now())? {
        return Ok(token);
    }
    match fetch(store, tenant, &first, sealer).await {
        Err(TokenError::Expired(said)) => {
            // Another node may have been faster, with the same refresh token.
            let now = current(store, tenant, id).await?;
            if let Some(token) = good(&now, tenant, sealer, store.clock().now())? {
                return Ok(token);
            }
            if now.account.sealed == first.account.sealed {
                return Err(TokenError::Expired(said));
            }
            fetch(store, tenant, &now, sealer).await
        }
        other => other,
    }
}

/// Forgets the access token: the mail server did not take it, so the next log-in asks for another one.
///
/// # Errors
/// Where the store fails.
pub async fn forget(store: &Store, tenant: &TenantId, id: &str) -> Result<(), vir_store::Error> {
    let id = id.to_owned();
    let sql = "update mailbox set access_token = null, access_until = null where id = $1";
    let write = store.write(tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &args![&id]).await }));
    write.await.map(|_: u64| ())
}

struct Current {
    account: Account,
    access: Option<Vec<u8>>,
    until: Option<Timestamp>,
}

async fn current(store: &Store, tenant: &TenantId, id: &str) -> Result<Current, TokenError> {
    let id = id.to_owned();
    let found = store
        .read(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let Some(account) = Account::load(tx, &id).await? else { return Ok(None) };
                let row = tx.one("select access_token, access_until from mailbox where id = $1", &args![&id]).await?;
                let (access, until) = (row.optional_bytes("access_token")?, row.optional_time("access_until")?);
                Ok::<_, vir_store::Error>(Some(Current { account, access, until }))
            })
        })
        .await?;
    found.ok_or(TokenError::Settings)
}

fn good(current: &Current, tenant: &TenantId, sealer: &Sealer, now: Timestamp) -> Result<Option<Secret>, TokenError> {
    match (&current.access, current.until) {
        (Some(access), Some(until)) if until > now + MARGIN => {
            Ok(Some(sealer.open(tenant, &access_place(&current.account.id), access)?))
        }
        _ => Ok(None),
    }
}

async fn fetch(store: &Store, tenant: &TenantId, current: &Current, sealer: &Sealer) -> Result<Secret, TokenError> {
    let account = &current.account;
    let Some(oauth) = &account.oauth else { return Err(TokenError::Settings) };
    let http = sealer.http().ok_or(TokenError::Settings)?;
    let secret = match &oauth.sealed_client {
        Some(sealed) => Some(sealer.open(tenant, &client_place(&account.id), sealed)?),
        None => None,
    };
    let mut form = vec![("grant_type", oauth.grant.code().to_owned())];
    if oauth.grant == Grant::RefreshToken {
        let token = sealer.open(tenant, &account.id, &account.sealed)?;
        form.push(("refresh_token", token.reveal().to_owned()));
    }
    if !oauth.scope.is_empty() {
        form.push(("scope", oauth.scope.clone()));
    }
    let mut request = http
        .post(&oauth.token_url)
        .timeout(PATIENCE)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json");
    match &secret {
        // RFC 6749, 2.3.1: both encoded as in a form, then as HTTP Basic has it.
        Some(secret) => {
            let pair = format!("{}:{}", encoded(&oauth.client_id), encoded(secret.reveal()));
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(pair)));
        }
        None => form.push(("client_id", oauth.client_id.clone())),
    }
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    // Errors of the client name the address; that is no secret, the body is never in them.
    let silent = |error: reqwest::Error| TokenError::Silent(plain(&error.without_url().to_string()));
    let mut response = request.body(body.join("&")).send().await.map_err(silent)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(silent)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER {
            return Err(TokenError::Silent("an answer that does not end".to_owned()));
        }
    }
    let said: Option<Said> = serde_json::from_slice(&bytes).ok();
    let Some(said) = said else { return Err(TokenError::Silent(format!("status {status}, no JSON"))) };
    if !status.is_success() || said.access_token.is_empty() {
        let why = plain(&format!("{} {}", said.error, said.error_description));
        return Err(match said.error.as_str() {
            "invalid_grant" | "invalid_client" | "unauthorized_client" => TokenError::Expired(why),
            "" => TokenError::Silent(format!("status {status}")),
            _ => TokenError::Refused(why),
        });
    }
    if !said.token_type.is_empty() && !said.token_type.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::Silent("a token of another type than Bearer".to_owned()));
    }
    keep(store, tenant, current, sealer, &said).await?;
    Ok(Secret::new(said.access_token))
}

async fn keep(
    store: &Store,
    tenant: &TenantId,
    current: &Current,
    sealer: &Sealer,
    said: &Said,
) -> Result<(), TokenError> {
    let account = &current.account;
    // Some servers say the seconds as text.
    let seconds = match &said.expires_in {
        Some(serde_json::Value::Number(number)) => number.as_i64(),
        Some(serde_json::Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let seconds = seconds.unwrap_or(USUAL).clamp(0, 30 * 24 * 3600);
    let until = store.clock().now() + SignedDuration::from_secs(seconds);
    let access = sealer.seal(tenant, &access_place(&account.id), &Secret::new(said.access_token.clone()))?;
    let refresh = match &said.refresh_token {
        Some(token) if !token.is_empty() => sealer.seal(tenant, &account.id, &Secret::new(token.clone()))?,
        _ => account.sealed.clone(),
    };
    let (id, old) = (account.id.clone(), account.sealed.clone());
    store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "update mailbox set access_token = $2, access_until = $3, secret = $4
                    where id = $1 and secret = $5";
                tx.execute(sql, &args![&id, access, until, refresh, old]).await
            })
        })
        .await
        .map(|_: u64| ())?;
    Ok(())
}

/// As in a form.
fn encoded(text: &str) -> String {
    vir_core::percent_encoded(text, "-_.~")
}

/// What somebody else's server says, as one short line.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    line.trim().to_owned()
}
