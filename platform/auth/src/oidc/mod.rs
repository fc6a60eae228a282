//! Signing in at the municipality's own OpenID provider (OpenID Connect Core 1.0): authorisation
//! code with PKCE and nonce.
//!
//! Invariant: an answer of the provider counts for the browser that was sent there, once, within
//! five minutes; and a person who is closed here stays closed, whatever the provider says.

mod client;
mod jwt;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use vir_core::Lang;
use vir_store::{TenantId, Tx, args, new_id};

use self::client::{Metadata, encoded};
use self::jwt::{Expected, KeySet};
use crate::auth::{Auth, Deed, name, note, require_administrator};
use crate::passkey::{keep, take};
use crate::permission::Principal;
use crate::secret::{Purpose, hash};
use crate::session::{Means, SignedIn, end_all};
use crate::{Error, PersonId, Result, Secret, load, people};

/// How long the provider's description and keys are kept.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// A provider as a tenant configures it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Is it offered at log-in?
    pub enabled: bool,
    /// What the button says: "Mit Verwaltungskonto anmelden".
    pub title: String,
    /// The provider's identifier, an https address.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// What only we and the provider know.
    pub client_secret: String,
    /// What is asked for beside `openid`.
    pub scopes: String,
    /// The claim that lists a person's groups; empty where there is none.
    pub group_claim: String,
    /// Are people added who have an account there and none here?
    pub provision: bool,
    /// Only people who are in one of our groups there are added.
    pub group_required: bool,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            enabled: false,
            title: "Mit Verwaltungskonto anmelden".to_owned(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            scopes: "profile email".to_owned(),
            group_claim: "groups".to_owned(),
            provision: false,
            group_required: true,
        }
    }
}

/// The provider's description and keys, kept for a while.
#[derive(Debug)]
pub(crate) struct Discovered {
    metadata: Metadata,
    keys: KeySet,
    at: Timestamp,
}

/// Where to send the browser, and what it keeps meanwhile in a cookie.
#[derive(Debug, Clone)]
pub struct Departure {
    /// The provider's page.
    pub address: String,
    /// The value of a cookie that must come back with the answer.
    pub binding: String,
}

/// Somebody came back.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// They are signed in.
    pub signed_in: SignedIn,
    /// Where they wanted to go.
    pub next: String,
}

#[derive(Serialize, Deserialize)]
struct Begun {
    nonce: String,
    verifier: String,
    binding: String,
    back: String,
    next: String,
}

const READ: &str = "select value from tenant_setting where key = 'oidc'";
const WRITE: &str = "insert into tenant_setting (key, value) values ('oidc', $1)
    on conflict ({t}key) do update set value = excluded.value";
const BY_SUBJECT: &str = "select id, active from person where external_id = $1";
const BY_EMAIL: &str = "select id, active, external_id from person where email = $1 and kind = 'human'";
const LINK: &str = "update person set external_id = $2 where id = $1 and external_id is null";
const GROUPS: &str = "select id, external_name from person_group where external_name is not null";
const LEAVE: &str = "delete from group_member where person_id = $1 and source = 'oidc'";
const JOIN: &str = "insert into group_member (group_id, person_id, source) values ($1, $2, 'oidc')
    on conflict ({t}group_id, person_id) do nothing";

impl Auth {
    /// The provider, for the log-in page.
    pub async fn offered_provider(&self, tenant: &TenantId) -> Result<Option<Provider>> {
        Ok(self.kept_provider(tenant).await?.filter(|provider| provider.enabled))
    }

    /// The provider as it is configured. The secret stays here.
    pub async fn provider(&self, by: &Principal) -> Result<Provider> {
        require_administrator(by)?;
        Ok(self.kept_provider(&by.tenant).await?.unwrap_or_default())
    }

    /// As it is kept, with its secret opened. A secret that this key does not open has to be entered
    /// again: it is taken for none, and the provider will say so.
    async fn kept_provider(&self, tenant: &TenantId) -> Result<Option<Provider>> {
        let kept = self.store.read(tenant, |tx: &mut Tx| Box::pin(async move { read(tx).await })).await?;
        Ok(kept.map(|provider| {
            let secret = self.config.vault.open_text(&secret_place(tenant), &provider.client_secret);
            Provider { client_secret: secret.unwrap_or_default(), ..provider }
        }))
    }

    /// Configures the provider. An empty secret keeps the one that is there. Where it is switched on,
    /// it is asked for its description first.
    pub async fn set_provider(&self, by: &Principal, new: Provider) -> Result<()> {
        let before = self.provider(by).await?;
        let issuer = new.issuer.trim().to_owned();
        let secret = if new.client_secret.is_empty() { before.client_secret } else { new.client_secret };
        let new = Provider { issuer, client_secret: secret, ..new };
        if new.enabled {
            name("title", &new.title)?;
            name("client_id", &new.client_id)?;
            if !client::is_safe(&new.issuer) {
                return Err(Error::invalid(
                    "issuer",
                    "Der Anmeldedienst braucht eine Adresse, die mit https:// beginnt.",
                    "The provider needs an address that begins with https://.",
                ));
            }
            self.discover(&new.issuer, true).await.map_err(|error| Error::Invalid {
                field: "issuer",
                message: vir_core::Text::owned(
                    format!("Der Anmeldedienst antwortet nicht wie erwartet ({error}). Prüfen Sie die Adresse."),
                    format!("The provider does not answer as expected ({error}). Check the address."),
                ),
            })?;
        }
        let actor = by.actor();
        let deed = Deed::new("oidc.change", format!("tenant/{}", by.tenant)).with(json!({
            "enabled": new.enabled, "issuer": new.issuer, "client_id": new.client_id, "group_claim": new.group_claim,
            "provision": new.provision, "group_required": new.group_required,
        }));
        let client_secret = self.config.vault.seal_text(&secret_place(&by.tenant), &new.client_secret)?;
        let value = serde_json::to_string(&Provider { client_secret, ..new }).map_err(vir_store::Error::from)?;
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute(WRITE, &args![value]).await?;
                    note(tx, actor, deed);
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// Begins: where to send the browser. `back` is our own address to which the provider returns.
    pub async fn begin_oidc(&self, tenant: &TenantId, back: &str, next: &str) -> Result<Departure> {
        let provider = self.offered_provider(tenant).await?.ok_or(Error::Refused)?;
        let discovered = self.discover(&provider.issuer, false).await?;
        let (state, nonce, verifier, binding) =
            (Secret::random(), Secret::random(), Secret::random(), Secret::random());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.reveal().as_bytes()));
        let scope = format!("openid {}", provider.scopes.trim());
        let query = [
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", back),
            ("scope", scope.trim()),
            ("state", state.reveal()),
            ("nonce", nonce.reveal()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query = query.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let page = &discovered.metadata.authorization_endpoint;
        let address = format!("{page}{}{query}", if page.contains('?') { '&' } else { '?' });
        let begun = Begun {
            nonce: nonce.reveal().to_owned(),
            verifier: verifier.reveal().to_owned(),
            binding: hash(Purpose::Ceremony, binding.reveal()),
            back: back.to_owned(),
            next: next.to_owned(),
        };
        let detail = serde_json::to_string(&begun).map_err(vir_store::Error::from)?;
        let key = state.hash(Purpose::Ceremony);
        self.store
            .write(tenant, move |tx: &mut Tx| Box::pin(async move { keep(tx, key, "oidc", None, &detail).await }))
            .await?;
        Ok(Departure { address, binding: binding.reveal().to_owned() })
    }

    /// Finishes: the provider has sent the browser back with `state` and `code`.
    pub async fn finish_oidc(
        &self,
        tenant: &TenantId,
        (state, code): (&str, &str),
        binding: &str,
        browser: &str,
        earlier: Option<&str>,
    ) -> Result<Arrival> {
        let key = hash(Purpose::Ceremony, state);
        let begun =
            self.store.write(tenant, move |tx: &mut Tx| Box::pin(async move { take(tx, key, "oidc").await })).await?;
        let begun = begun.ok_or_else(|| Error::Provider("an answer to nothing that was asked".to_owned()))?;
        let begun: Begun = serde_json::from_str(&begun.1).map_err(vir_store::Error::from)?;
        if begun.binding != hash(Purpose::Ceremony, binding) {
            return Err(Error::Provider("an answer that belongs to another browser".to_owned()));
        }
        let provider = self.offered_provider(tenant).await?.ok_or(Error::Refused)?;
        let discovered = self.discover(&provider.issuer, false).await?;
        let tokens = client::tokens(
            &self.http,
            &discovered.metadata,
            (&provider.client_id, &provider.client_secret),
            (code, &begun.verifier, &begun.back),
        )
        .await?;
        // The provider may have changed its keys since.
        let discovered = if discovered.keys.lacks(&tokens.id_token) {
            self.discover(&provider.issuer, true).await?
        } else {
            discovered
        };
        let expected = Expected {
            issuer: &discovered.metadata.issuer,
            client: &provider.client_id,
            nonce: &begun.nonce,
            now: self.store.clock().now().as_second(),
        };
        let mut claims = discovered.keys.claims(&tokens.id_token, &expected)?;
        // Many providers keep all but the subject for the second question.
        let lacks = |name: &str| !name.is_empty() && !claims.contains_key(name);
        if discovered.metadata.userinfo_endpoint.is_some()
            && (lacks("email") || lacks("name") || lacks(&provider.group_claim))
        {
            let more = client::user_info(&self.http, &discovered.metadata, &tokens.access_token).await?;
            // Core 5.3.2: it must speak of the same person.
            if more.get("sub") == claims.get("sub") {
                for (name, value) in more {
                    claims.entry(name).or_insert(value);
                }
            }
        }
        let person = self.person_of(tenant, &provider, &claims).await?;
        let signed_in = self.begin_session(tenant, &person, Means::Provider, browser, earlier).await?;
        Ok(Arrival { signed_in, next: begun.next })
    }

    /// Who that is here: known by subject, else by confirmed address, else added where that is wanted.
    async fn person_of(&self, tenant: &TenantId, provider: &Provider, claims: &Map<String, Value>) -> Result<PersonId> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let external = format!("{}|{}", provider.issuer, text("sub"));
        let confirmed =
            claims.get("email_verified").is_some_and(|value| *value == json!(true) || *value == json!("true"));
        let email = people::email(text("email")).ok();
        let title = [text("name"), text("preferred_username")].into_iter().find(|text| !text.is_empty());
        let title = name("name", title.or(email.as_deref()).unwrap_or("?"))?;
        let lang = if text("locale").starts_with("en") { Lang::En } else { Lang::De };
        let theirs: BTreeSet<String> = groups(claims.get(&provider.group_claim));
        let has_groups = !provider.group_claim.is_empty();
        let (provision, group_required) = (provider.provision, provider.group_required);
        let id = PersonId::from(new_id(self.store.clock().now()));
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let mut joined = Vec::new();
                    for row in tx.all(GROUPS, &[]).await? {
                        if theirs.contains(&row.text("external_name")?) {
                            joined.push(row.text("id")?);
                        }
                    }
                    let person = match tx.optional(BY_SUBJECT, &args![&external]).await? {
                        Some(row) if row.bool("active")? => PersonId::from(row.text("id")?),
                        Some(_) => return Err(Error::Refused),
                        None => {
                            let email = email.ok_or(Error::Refused)?;
                            match tx.optional(BY_EMAIL, &args![&email]).await? {
                                // Without the provider's word that the address is theirs, anybody could claim it.
                                Some(row) => {
                                    let free = row.optional_text("external_id")?.is_none();
                                    if !(row.bool("active")? && confirmed && free) {
                                        return Err(Error::Refused);
                                    }
                                    let person = PersonId::from(row.text("id")?);
                                    tx.execute(LINK, &args![&person, &external]).await?;
                                    note(
                                        tx,
                                        format!("person:{person}"),
                                        Deed::new("person.link-oidc", format!("person/{person}")),
                                    );
                                    person
                                }
                                None if provision && !(group_required && joined.is_empty()) => {
                                    people::insert(tx, &id, title, email, lang, None).await?;
                                    tx.execute(LINK, &args![&id, &external]).await?;
                                    note(tx, "oidc".to_owned(), Deed::new("person.add", format!("person/{id}")));
                                    load::count_up(tx).await?;
                                    id
                                }
                                None => return Err(Error::Refused),
                            }
                        }
                    };
                    if has_groups {
                        bring_up_to_date(tx, &person, &joined).await?;
                    }
                    Ok(person)
                })
            })
            .await
    }

    async fn discover(&self, issuer: &str, anew: bool) -> Result<Arc<Discovered>> {
        let now = self.store.clock().now();
        let known = self.discovered.read().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        if let Some(known) = known.filter(|known| !anew && now.duration_since(known.at) < FRESH) {
            return Ok(known);
        }
        let metadata = client::metadata(&self.http, issuer).await?;
        let keys = client::keys(&self.http, &metadata).await?;
        let fresh = Arc::new(Discovered { metadata, keys, at: now });
        let mut all = self.discovered.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(issuer.to_owned(), Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// Where the client's secret belongs.
fn secret_place(tenant: &TenantId) -> String {
    format!("{tenant}/oidc")
}

async fn read(tx: &mut Tx) -> Result<Option<Provider>> {
    match tx.optional(READ, &[]).await? {
        None => Ok(None),
        Some(row) => Ok(Some(serde_json::from_str(&row.text("value")?).map_err(vir_store::Error::from)?)),
    }
}

/// Makes somebody a member of exactly those groups that the provider names, beside those of our own choice.
async fn bring_up_to_date(tx: &mut Tx, person: &PersonId, joined: &[String]) -> Result<()> {
    let sql = "select group_id from group_member where person_id = $1 and source = 'oidc' order by group_id";
    let mut before = Vec::new();
    for row in tx.all(sql, &args![person]).await? {
        before.push(row.text("group_id")?);
    }
    let mut after = joined.to_vec();
    after.sort();
    if before == after {
        return Ok(());
    }
    tx.execute(LEAVE, &args![person]).await?;
    for group in &after {
        tx.execute(JOIN, &args![group, person]).await?;
    }
    let deed = Deed::new("group.sync", format!("person/{person}")).with(json!({ "before": before, "after": after }));
    note(tx, "oidc".to_owned(), deed);
    if before.iter().any(|group| !after.contains(group)) {
        end_all(tx, person, None).await?;
    }
    load::count_up(tx).await
}

/// A claim of groups: a list of names, or one text with commas or spaces.
fn groups(claim: Option<&Value>) -> BTreeSet<String> {
    match claim {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(names)) => {
            names.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        _ => BTreeSet::new(),
    }
}
