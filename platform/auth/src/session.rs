//! Sessions of browsers.
//!
//! A session is found with one read, which brings the version of the tenant's rights along; that it
//! was used is written at most once a minute. The cookie's value is `{tenant}.{secret}`.
//!
//! Invariant: a session that is idle or old is none, and one that was ended is ended on every node
//! with the next request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vir_store::{TenantId, Tx, args, new_id};

use crate::auth::{Auth, Deed, note};
use crate::permission::{By, Principal};
use crate::secret::{Purpose, hash};
use crate::{Error, PersonId, Result, Secret, SessionId, load};

/// The cookie's name; on https the web layer puts `__Host-` before it.
pub const SESSION_COOKIE: &str = "vir_session";

/// How often the last use of a session or token is written.
pub(crate) const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Whose last use this node has written within the last minute: of a hundred requests that come at
/// once, one writes.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<HashMap<String, Timestamp>>);

impl Seen {
    pub(crate) fn is_news(&self, key: &str, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(key).is_some_and(|at| now.duration_since(*at) < SEEN_EVERY) {
            return false;
        }
        seen.retain(|_, at| now.duration_since(*at) < SEEN_EVERY);
        seen.insert(key.to_owned(), now);
        true
    }
}

/// With what somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A password.
    Password,
    /// A passkey.
    Passkey,
    /// An OpenID provider.
    Provider,
    /// A one-time link.
    Link,
}

impl Means {
    /// The word in the database and in the audit log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "oidc",
            Self::Link => "link",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "passkey" => Self::Passkey,
            "oidc" => Self::Provider,
            "link" => Self::Link,
            _ => Self::Password,
        }
    }
}

/// What a browser gets when somebody signs in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The value of the cookie.
    pub cookie: String,
    /// Who it is.
    pub principal: Principal,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// The identifier.
    pub id: SessionId,
    /// With what it began.
    pub means: Means,
    /// The browser, in a few words.
    pub browser: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

const FIND: &str = "select id, person_id, created_at, last_seen_at,
    (select version from auth_version where id = 1) as version from session where hash = $1";
const SEEN: &str = "update session set last_seen_at = $2 where hash = $1 and last_seen_at < $2";
const INSERT: &str = "insert into session (hash, id, person_id, means, browser, created_at, last_seen_at)
    values ($1, $2, $3, $4, $5, $6, $6)";
const TIDY: &str = "delete from session where created_at < $1 or last_seen_at < $2";
const SIGNED_IN: &str = "update person set signed_in_at = $2 where id = $1";
const LIST: &str = "select id, means, browser, created_at, last_seen_at from session
    where person_id = $1 and created_at >= $2 and last_seen_at >= $3 order by last_seen_at desc, id";
const END: &str = "delete from session where id = $1 and person_id = $2";
const END_OTHERS: &str = "delete from session where person_id = $1 and id <> $2";
const END_BY_HASH: &str = "delete from session where hash = $1";

impl Auth {
    /// Forgets the sessions of a tenant that have expired; gives how many.
    pub async fn forget_sessions(&self, tenant: &TenantId) -> Result<u64> {
        let config = self.config.clone();
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let gone = tx.execute(TIDY, &args![now - config.absolute, now - config.idle]).await?;
                    Ok::<_, Error>(gone)
                })
            })
            .await
    }

    /// Whose session this cookie is; `None` for everything that is none, or none any more.
    pub async fn session(&self, cookie: &str) -> Result<Option<Principal>> {
        let Some((tenant, secret)) = split(cookie) else { return Ok(None) };
        let key = hash(Purpose::Session, secret);
        let by_key = key.clone();
        let found = self
            .store
            .read(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let Some(row) = tx.optional(FIND, &args![by_key]).await? else { return Ok(None) };
                    Ok::<_, Error>(Some((
                        SessionId::from(row.text("id")?),
                        PersonId::from(row.text("person_id")?),
                        row.time("created_at")?,
                        row.time("last_seen_at")?,
                        row.optional_int("version")?.unwrap_or(0),
                    )))
                })
            })
            .await;
        let found = match found {
            // A cookie of a tenant that is gone is no session.
            Err(Error::Store(vir_store::Error::NoTenant(_))) => return Ok(None),
            found => found?,
        };
        let Some((id, person, created_at, last_seen_at, version)) = found else { return Ok(None) };
        let now = self.store.clock().now();
        if now.duration_since(created_at) >= self.config.absolute
            || now.duration_since(last_seen_at) >= self.config.idle
        {
            return Ok(None);
        }
        if now.duration_since(last_seen_at) >= SEEN_EVERY && self.seen.is_news(&key, now) {
            self.store
                .write(&tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(SEEN, &args![key, now]).await }))
                .await?;
        }
        let directory = self.directory_at(&tenant, version).await?;
        Ok(directory.principal(&tenant, &person, By::Session(id), self.today()))
    }

    /// Begins a session. An earlier one of this browser ends (rotation), so that nobody can plant one.
    pub(crate) async fn begin_session(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        means: Means,
        browser: &str,
        earlier: Option<&str>,
    ) -> Result<SignedIn> {
        // Somebody whose account is closed has no session, not even one that waits for its opening.
        let known = self.directory(tenant).await?;
        known.principal(tenant, person, By::System, self.today()).ok_or(Error::Refused)?;
        let secret = Secret::random();
        let (key, id) = (secret.hash(Purpose::Session), SessionId::from(new_id(self.store.clock().now())));
        let (who, session, browser) = (person.clone(), id.clone(), browser_name(browser));
        let config = self.config.clone();
        let old =
            earlier.and_then(split).filter(|(of, _)| of == tenant).map(|(_, secret)| hash(Purpose::Session, secret));
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    tx.execute(TIDY, &args![now - config.absolute, now - config.idle]).await?;
                    if let Some(old) = old {
                        tx.execute(END_BY_HASH, &args![old]).await?;
                    }
                    tx.execute(INSERT, &args![key, &session, &who, means.word(), browser, now]).await?;
                    tx.execute(SIGNED_IN, &args![&who, now]).await?;
                    let deed =
                        Deed::new("session.begin", format!("person/{who}")).with(json!({ "means": means.word() }));
                    note(tx, format!("person:{who}"), deed);
                    Ok::<_, Error>(())
                })
            })
            .await?;
        let directory = self.directory(tenant).await?;
        let principal = directory.principal(tenant, person, By::Session(id), self.today()).ok_or(Error::Refused)?;
        Ok(SignedIn { cookie: format!("{tenant}.{}", secret.reveal()), principal })
    }

    /// Ends the session of this cookie.
    pub async fn sign_out(&self, cookie: &str) -> Result<()> {
        let Some((tenant, secret)) = split(cookie) else { return Ok(()) };
        let key = hash(Purpose::Session, secret);
        self.store
            .write(&tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(END_BY_HASH, &args![key]).await }))
            .await?;
        Ok(())
    }

    /// The sessions of whoever asks, the latest first.
    pub async fn sessions(&self, by: &Principal) -> Result<Vec<SessionInfo>> {
        let (person, config) = (by.person.clone(), self.config.clone());
        self.store
            .read(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let mut sessions = Vec::new();
                    for row in tx.all(LIST, &args![person, now - config.absolute, now - config.idle]).await? {
                        sessions.push(SessionInfo {
                            id: row.text("id")?.into(),
                            means: Means::of(&row.text("means")?),
                            browser: row.text("browser")?,
                            created_at: row.time("created_at")?,
                            last_seen_at: row.time("last_seen_at")?,
                        });
                    }
                    Ok(sessions)
                })
            })
            .await
    }

    /// Ends one of one's own sessions.
    pub async fn end_session(&self, by: &Principal, session: &SessionId) -> Result<()> {
        let (person, session) = (by.person.clone(), session.clone());
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move { tx.execute(END, &args![session, person]).await })
            })
            .await?;
        Ok(())
    }

    /// Ends all of one's own sessions but this one.
    pub async fn end_other_sessions(&self, by: &Principal) -> Result<u64> {
        let By::Session(current) = by.by.clone() else { return Ok(0) };
        let person = by.person.clone();
        let ended = self
            .store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move { tx.execute(END_OTHERS, &args![person, current]).await })
            })
            .await?;
        Ok(ended)
    }
}

/// Ends all sessions of a person, but perhaps one.
pub(crate) async fn end_all(tx: &mut Tx, person: &PersonId, but: Option<&SessionId>) -> Result<()> {
    let but = but.map_or("", SessionId::as_str);
    tx.execute(END_OTHERS, &args![person, but]).await?;
    // Whoever loses their sessions must not be answered from a directory that is older.
    load::count_up(tx).await
}

fn split(cookie: &str) -> Option<(TenantId, &str)> {
    let (tenant, secret) = cookie.split_once('.')?;
    (secret.len() == 43).then_some(())?;
    Some((tenant.parse().ok()?, secret))
}

/// A browser in a few words: enough to recognise one's own, too little to recognise a person.
fn browser_name(agent: &str) -> String {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_in_a_few_words() {
        for (agent, expect) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge, Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
            ("curl/8", "–"),
        ] {
            assert_eq!(browser_name(agent), expect);
        }
    }

    #[test]
    fn cookies_that_are_none() {
        for cookie in ["", ".", "a", "a.b", &format!("A.{}", "x".repeat(43)), &format!("../a.{}", "x".repeat(43))] {
            assert!(split(cookie).is_none(), "{cookie}");
        }
        assert!(split(&format!("musterstadt.{}", "x".repeat(43))).is_some());
    }
}
