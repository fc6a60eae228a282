//! Passkeys: signing in with a key that an authenticator keeps (Web Authentication Level 3).
//!
//! Written on `ring` and a small CBOR reader: the libraries for this bring `rsa`, whose advisory
//! RUSTSEC-2023-0071 has no fixed release, or openssl.
//!
//! Invariant: a challenge is ours, unused and younger than five minutes.

mod cbor;
mod verify;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use vir_store::{TenantId, Tx, args, new_id};

use crate::auth::{Auth, Deed, name, note, one_row};
use crate::permission::{By, Principal};
use crate::secret::{Purpose, hash};
use crate::session::{Means, SignedIn};
use crate::{Error, PasskeyId, PersonId, Result, Secret};

pub use verify::{Assertion, Registration, RelyingParty};

/// How long somebody may take.
const PATIENCE: SignedDuration = SignedDuration::from_secs(300);

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyInfo {
    /// The identifier.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

const LIST: &str =
    "select id, name, created_at, last_used_at from passkey where person_id = $1 order by created_at, id";
const CREDENTIALS: &str = "select credential_id from passkey where person_id = $1";
const INSERT: &str = "insert into passkey (id, person_id, credential_id, public_key, sign_count, name, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const FIND: &str = "select passkey.id, passkey.person_id, passkey.public_key, passkey.sign_count from passkey
    join person on person.id = passkey.person_id where passkey.credential_id = $1 and person.active";
const USED: &str = "update passkey set sign_count = $2, last_used_at = $3 where id = $1";
const DELETE: &str = "delete from passkey where id = $1 and person_id = $2";
/// How many passkeys a person may have.
const MOST: usize = 20;

impl Auth {
    /// Begins a registration: what the browser's `navigator.credentials.create` needs, bytes as base64url.
    pub async fn begin_passkey(&self, by: &Principal, party: &RelyingParty) -> Result<Value> {
        // A program has no fingers.
        if !matches!(by.by, By::Session(_)) {
            return Err(Error::Refused);
        }
        let challenge = Secret::random();
        let (key, person) = (challenge.hash(Purpose::Ceremony), by.person.clone());
        let (known, email) = self
            .store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    keep(tx, key, "passkey-register", Some(&person), "{}").await?;
                    let mut known = Vec::new();
                    for row in tx.all(CREDENTIALS, &args![&person]).await? {
                        known.push(row.text("credential_id")?);
                    }
                    let row = tx.one("select email from person where id = $1", &args![&person]).await?;
                    Ok::<_, Error>((known, row.optional_text("email")?.unwrap_or_default()))
                })
            })
            .await?;
        if known.len() >= MOST {
            return Err(Error::conflict(
                "Mehr als 20 Passkeys sind nicht möglich.",
                "More than 20 passkeys are not possible.",
            ));
        }
        let algorithms: Vec<_> =
            verify::ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
        let known: Vec<_> = known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
        Ok(json!({
            "challenge": challenge.reveal(),
            "rp": { "id": party.host, "name": party.host },
            "user": { "id": base64url(by.person.as_str().as_bytes()), "name": email, "displayName": by.name },
            "pubKeyCredParams": algorithms,
            "excludeCredentials": known,
            "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
            "attestation": "none",
            "timeout": 300_000,
        }))
    }

    /// Finishes a registration.
    pub async fn finish_passkey(
        &self,
        by: &Principal,
        party: &RelyingParty,
        title: &str,
        answer: &Registration,
    ) -> Result<PasskeyId> {
        let title = name("name", if title.trim().is_empty() { "Passkey" } else { title })?;
        let challenge = verify::challenge(&answer.client_data)?;
        let (key, person) = (hash(Purpose::Ceremony, &challenge), by.person.clone());
        // Used up first, whatever comes of it: a challenge counts once.
        let begun = self
            .store
            .write(&by.tenant, move |tx: &mut Tx| Box::pin(async move { take(tx, key, "passkey-register").await }))
            .await?;
        if begun.is_none_or(|(of, _)| of != Some(person)) {
            return Err(Error::Passkey("a challenge that is not ours"));
        }
        let new = verify::registration(party, &challenge, answer)?;
        let id = PasskeyId::from(new_id(self.store.clock().now()));
        let (passkey, person, actor) = (id.clone(), by.person.clone(), by.actor());
        let written = self
            .store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    tx.execute(INSERT, &args![&passkey, &person, new.id, new.key, new.count, title, now]).await?;
                    note(
                        tx,
                        actor,
                        Deed::new("passkey.add", format!("person/{person}")).with(json!({ "passkey": passkey })),
                    );
                    Ok::<_, Error>(())
                })
            })
            .await;
        match written {
            Err(Error::Store(error)) if error.is_unique() => {
                Err(Error::conflict("Dieser Passkey ist schon eingetragen.", "This passkey is already registered."))
            }
            written => written.map(|()| id),
        }
    }

    /// Begins a log-in: what the browser's `navigator.credentials.get` needs. The browser offers the
    /// accounts that it knows; we are not told any before the key has signed.
    pub async fn begin_passkey_sign_in(&self, tenant: &TenantId, party: &RelyingParty) -> Result<Value> {
        let challenge = Secret::random();
        let key = challenge.hash(Purpose::Ceremony);
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move { keep(tx, key, "passkey-sign-in", None, "{}").await })
            })
            .await?;
        Ok(json!({
            "challenge": challenge.reveal(), "rpId": party.host, "userVerification": "required", "timeout": 300_000,
        }))
    }

    /// Finishes a log-in.
    pub async fn finish_passkey_sign_in(
        &self,
        tenant: &TenantId,
        party: &RelyingParty,
        answer: &Assertion,
        browser: &str,
        earlier: Option<&str>,
    ) -> Result<SignedIn> {
        let challenge = verify::challenge(&answer.client_data)?;
        let (key, credential) =
            (hash(Purpose::Ceremony, &challenge), answer.credential.trim_end_matches('=').to_owned());
        let (begun, found) = self
            .store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let begun = take(tx, key, "passkey-sign-in").await?.is_some();
                    let found = match tx.optional(FIND, &args![credential]).await? {
                        None => None,
                        Some(row) => Some((
                            PasskeyId::from(row.text("id")?),
                            PersonId::from(row.text("person_id")?),
                            row.bytes("public_key")?,
                            row.int("sign_count")?,
                        )),
                    };
                    Ok::<_, Error>((begun, found))
                })
            })
            .await?;
        if !begun {
            return Err(Error::Passkey("a challenge that is not ours"));
        }
        let (id, person, public_key, count) = found.ok_or(Error::Refused)?;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let count = verify::assertion(party, &challenge, answer, &public_key, count)?;
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    tx.execute(USED, &args![id, count, now]).await
                })
            })
            .await?;
        self.begin_session(tenant, &person, Means::Passkey, browser, earlier).await
    }

    /// One's own passkeys.
    pub async fn passkeys(&self, by: &Principal) -> Result<Vec<PasskeyInfo>> {
        let person = by.person.clone();
        self.store
            .read(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in tx.all(LIST, &args![person]).await? {
                        found.push(PasskeyInfo {
                            id: row.text("id")?.into(),
                            name: row.text("name")?,
                            created_at: row.time("created_at")?,
                            last_used_at: row.optional_time("last_used_at")?,
                        });
                    }
                    Ok(found)
                })
            })
            .await
    }

    /// Forgets one of one's own passkeys.
    pub async fn delete_passkey(&self, by: &Principal, passkey: &PasskeyId) -> Result<()> {
        let (person, actor, passkey) = (by.person.clone(), by.actor(), passkey.clone());
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    one_row(tx.execute(DELETE, &args![&passkey, &person]).await?, "Passkey", "passkey")?;
                    note(
                        tx,
                        actor,
                        Deed::new("passkey.delete", format!("person/{person}")).with(json!({ "passkey": passkey })),
                    );
                    Ok(())
                })
            })
            .await
    }
}

/// Keeps what was begun, and forgets what was never finished.
pub(crate) async fn keep(tx: &mut Tx, key: String, kind: &str, person: Option<&PersonId>, detail: &str) -> Result<()> {
    let now = tx.now();
    tx.execute("delete from ceremony where expires_at <= $1", &args![now]).await?;
    let person = person.map(|person| person.as_str().to_owned());
    let sql = "insert into ceremony (hash, kind, person_id, detail, expires_at) values ($1, $2, $3, $4, $5)";
    tx.execute(sql, &args![key, kind, person, detail, now + PATIENCE]).await?;
    Ok(())
}

/// Takes what was begun: once.
pub(crate) async fn take(tx: &mut Tx, key: String, kind: &str) -> Result<Option<(Option<PersonId>, String)>> {
    let now = tx.now();
    let sql = "delete from ceremony where hash = $1 and kind = $2 and expires_at > $3 returning person_id, detail";
    match tx.optional(sql, &args![key, kind, now]).await? {
        None => Ok(None),
        Some(row) => Ok(Some((row.optional_text("person_id")?.map(PersonId::from), row.text("detail")?))),
    }
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
