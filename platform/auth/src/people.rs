//! People and technical users: adding, changing, inviting, closing; and their passwords.
//!
//! Invariant: a password is set by its person alone. An administrator makes one-time links, and
//! never learns or chooses a password.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vir_core::Lang;
use vir_store::{TenantId, Tx, args, new_id};

use crate::auth::{Auth, Deed, name, note, one_row, require_administrator};
use crate::permission::{By, Person, PersonKind, Principal};
use crate::secret::{Purpose, hash};
use crate::session::{Means, SignedIn, end_all};
use crate::{Error, PersonId, Result, Secret, load, password};

/// How long an invitation holds.
const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a link to set a new password holds.
const RESET: SignedDuration = SignedDuration::from_hours(24);

/// An account rests after so many attempts …
const ATTEMPTS: i32 = 10;
/// … and may be tried again after this time.
const ATTEMPT_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// Who shall be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Person or program.
    pub kind: PersonKind,
    /// What they are called.
    pub name: String,
    /// With which they sign in; empty for a technical user.
    pub email: String,
    /// The language that they read.
    pub lang: Lang,
}

/// What an administrator sees of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub person: Person,
    /// Have they set a password?
    pub has_password: bool,
    /// Are they known to the OpenID provider?
    pub has_provider: bool,
    /// How many passkeys they have.
    pub passkeys: i64,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When they were added.
    pub created_at: Timestamp,
}

/// A one-time link with which somebody sets a password: `/zugang/{token}`.
#[derive(Debug, Clone)]
pub struct AccessLink {
    /// What stands in the URL: `{tenant}.{secret}`.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl AccessLink {
    /// The path of the page.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/zugang/{}", self.token)
    }
}

/// What the page behind a link shows.
#[derive(Debug, Clone)]
pub struct LinkInfo {
    /// The tenant.
    pub tenant: TenantId,
    /// Who it is for.
    pub person: Person,
}

const INSERT: &str = "insert into person (id, kind, name, email, lang, active, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const ACCOUNTS: &str = "select id, kind, name, email, lang, active, password is not null as has_password,
    external_id is not null as has_provider, signed_in_at, created_at,
    (select count(*) from passkey where passkey.person_id = person.id) as passkeys from person order by name, id";
const UPDATE: &str = "update person set name = $2, email = $3, lang = $4 where id = $1";
const ACTIVATE: &str = "update person set active = $2 where id = $1";
const LANG: &str = "update person set lang = $2 where id = $1";
const BY_EMAIL: &str = "select id, password from person where email = $1 and active and kind = 'human'";
const PASSWORD_OF: &str = "select password, name, email from person where id = $1";
const SET_PASSWORD: &str = "update person set password = $2 where id = $1";
const LINK_INSERT: &str = "insert into access_link (hash, person_id, purpose, expires_at) values ($1, $2, $3, $4)";
const LINK_FIND: &str = "select person_id from access_link where hash = $1 and expires_at > $2";
const LINK_DROP: &str = "delete from access_link where person_id = $1";
const LINK_USE: &str = "delete from access_link where hash = $1 and expires_at > $2";

impl Auth {
    /// Signs in with a password. Whatever is wrong, the answer is [`Error::Refused`], after the same work.
    pub async fn sign_in(
        &self,
        tenant: &TenantId,
        email: &str,
        password: &str,
        browser: &str,
        earlier: Option<&str>,
    ) -> Result<SignedIn> {
        let email = email.trim().to_lowercase();
        let account = hash(Purpose::Attempt, &email);
        self.count_attempt(tenant, account.clone()).await?;
        let found = self
            .store
            .read(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let Some(row) = tx.optional(BY_EMAIL, &args![email]).await? else { return Ok((None, None)) };
                    Ok::<_, Error>((Some(PersonId::from(row.text("id")?)), row.optional_text("password")?))
                })
            })
            .await?;
        // No password is so long; hashing megabytes would be work for nothing.
        let plausible = password.chars().count() <= password::MAX_LENGTH;
        let typed = if plausible { password } else { "" };
        if !(self.passwords.verify(typed, found.1.as_deref()).await? && plausible) {
            return Err(Error::Refused);
        }
        let person = found.0.ok_or(Error::Refused)?;
        // Who knows the password has not been guessing.
        let forget = "delete from sign_in_attempt where account = $1";
        self.store
            .write(tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(forget, &args![account]).await }))
            .await?;
        self.begin_session(tenant, &person, Means::Password, browser, earlier).await
    }

    /// Counts an attempt at an account, on all nodes together: ten at once, then one every thirty seconds.
    /// It is counted before the password is looked at, so that many at once count as many.
    async fn count_attempt(&self, tenant: &TenantId, account: String) -> Result<()> {
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    tx.execute("delete from sign_in_attempt where used_until <= $1", &args![now]).await?;
                    let sql = "select used_until from sign_in_attempt where account = $1";
                    let used = tx.optional(sql, &args![&account]).await?;
                    let used = used.map(|row| row.time("used_until")).transpose()?.unwrap_or(now).max(now);
                    let until = used + ATTEMPT_EVERY;
                    let over = until.duration_since(now) - ATTEMPT_EVERY * ATTEMPTS;
                    if over.is_positive() {
                        let retry_after = u32::try_from(over.as_secs()).unwrap_or(u32::MAX - 1) + 1;
                        return Err(Error::TooMany { retry_after });
                    }
                    tx.execute(
                        "insert into sign_in_attempt (account, used_until) values ($1, $2)
                         on conflict ({t}account) do update set used_until = excluded.used_until",
                        &args![&account, until],
                    )
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// All people and technical users, by name.
    pub async fn accounts(&self, by: &Principal) -> Result<Vec<Account>> {
        require_administrator(by)?;
        self.store
            .read(&by.tenant, |tx: &mut Tx| {
                Box::pin(async move {
                    let mut accounts = Vec::new();
                    for row in tx.all(ACCOUNTS, &[]).await? {
                        accounts.push(Account {
                            person: Person {
                                id: row.text("id")?.into(),
                                name: row.text("name")?,
                                email: row.optional_text("email")?.unwrap_or_default(),
                                kind: kind(&row.text("kind")?),
                                lang: load::lang(&row.text("lang")?),
                                active: row.bool("active")?,
                            },
                            has_password: row.bool("has_password")?,
                            has_provider: row.bool("has_provider")?,
                            passkeys: row.int("passkeys")?,
                            signed_in_at: row.optional_time("signed_in_at")?,
                            created_at: row.time("created_at")?,
                        });
                    }
                    Ok(accounts)
                })
            })
            .await
    }

    /// Adds a person or a technical user. Without grants they may do nothing.
    pub async fn add_person(&self, by: &Principal, new: NewPerson) -> Result<PersonId> {
        let who = name("name", &new.name)?;
        let email = match new.kind {
            PersonKind::Human => Some(email(&new.email)?),
            PersonKind::Technical => None,
        };
        let id = PersonId::from(new_id(self.store.clock().now()));
        let person = id.clone();
        let deed = Deed::new("person.add", format!("person/{id}"));
        let written = self
            .administer(by, deed, move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let kind = word(new.kind);
                    tx.execute(INSERT, &args![person, kind, who, email, new.lang.tag(), true, now]).await?;
                    Ok(())
                })
            })
            .await;
        email_is_free(written)?;
        Ok(id)
    }

    /// Changes name, address and language.
    pub async fn change_person(&self, by: &Principal, person: &PersonId, new: NewPerson) -> Result<()> {
        let who = name("name", &new.name)?;
        let email = match new.kind {
            PersonKind::Human => Some(email(&new.email)?),
            PersonKind::Technical => None,
        };
        let id = person.clone();
        let written = self
            .administer(by, Deed::new("person.change", format!("person/{person}")), move |tx| {
                Box::pin(async move {
                    one_row(tx.execute(UPDATE, &args![id, who, email, new.lang.tag()]).await?, "Person", "person")
                })
            })
            .await;
        email_is_free(written)
    }

    /// Closes an account, or opens it again. Closed accounts keep their history and lose their sessions.
    pub async fn set_active(&self, by: &Principal, person: &PersonId, active: bool) -> Result<()> {
        let id = person.clone();
        let action = if active { "person.open" } else { "person.close" };
        self.administer(by, Deed::new(action, format!("person/{person}")), move |tx| {
            Box::pin(async move {
                one_row(tx.execute(ACTIVATE, &args![&id, active]).await?, "Person", "person")?;
                if !active {
                    tx.execute(LINK_DROP, &args![&id]).await?;
                    end_all(tx, &id, None).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Makes a one-time link for somebody who has no password yet, or needs a new one. Earlier links
    /// of the person stop working. The event `auth.access-link` lets a block send it by mail: its `link`
    /// is sealed, because events lie in the database for days; [`Auth::told_link`] opens it.
    pub async fn access_link(&self, by: &Principal, person: &PersonId) -> Result<AccessLink> {
        require_administrator(by)?;
        let account = self.accounts(by).await?.into_iter().find(|account| account.person.id == *person);
        let account = account
            .filter(|account| account.person.active && account.person.kind == PersonKind::Human)
            .ok_or_else(|| Error::not_found("aktive Person", "active person"))?;
        let (purpose, lasts) = if account.has_password { ("reset", RESET) } else { ("invitation", INVITATION) };
        let secret = Secret::random();
        let (key, actor, who) = (secret.hash(Purpose::Link), by.actor(), account.person);
        let link = AccessLink {
            token: format!("{}.{}", by.tenant, secret.reveal()),
            expires_at: self.store.clock().now() + lasts,
        };
        let told = link.clone();
        let sealed = self.config.vault.seal_text(&link_place(&by.tenant, &who.id), &link.path())?;
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute(LINK_DROP, &args![&who.id]).await?;
                    tx.execute(LINK_INSERT, &args![key, &who.id, purpose, told.expires_at]).await?;
                    note(
                        tx,
                        actor,
                        Deed::new("person.link", format!("person/{}", who.id)).with(json!({ "purpose": purpose })),
                    );
                    let event = json!({
                        "person": who.id, "name": who.name, "email": who.email, "lang": who.lang.tag(),
                        "purpose": purpose, "link": sealed, "expires_at": told.expires_at.to_string(),
                    });
                    tx.publish("auth.access-link", event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(link)
    }

    /// The path of the link that the event `auth.access-link` tells of.
    #[must_use]
    pub fn told_link(&self, tenant: &TenantId, event: &serde_json::Value) -> Option<String> {
        let person = PersonId::from(event["person"].as_str()?);
        self.config.vault.open_text(&link_place(tenant, &person), event["link"].as_str()?)
    }

    /// Whose link this is.
    pub async fn link_info(&self, token: &str) -> Result<LinkInfo> {
        let (tenant, key) = split(token).ok_or(Error::Link)?;
        let found = self
            .store
            .read(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let row = tx.optional(LINK_FIND, &args![key, now]).await?;
                    Ok::<_, Error>(row.map(|row| row.text("person_id")).transpose()?.map(PersonId::from))
                })
            })
            .await;
        let person = match found {
            Err(Error::Store(vir_store::Error::NoTenant(_))) => None,
            found => found?,
        };
        let directory = self.directory(&tenant).await.map_err(|_| Error::Link)?;
        let person = person.and_then(|person| directory.people.get(&person)).filter(|person| person.active);
        Ok(LinkInfo { tenant, person: person.cloned().ok_or(Error::Link)? })
    }

    /// Sets a password with a one-time link and signs in. Other sessions of the person end.
    pub async fn use_link(&self, token: &str, password: &str, browser: &str) -> Result<SignedIn> {
        let info = self.link_info(token).await?;
        let (tenant, key) = split(token).ok_or(Error::Link)?;
        password::check_rules("password", password, &[&info.person.name, &info.person.email, tenant.as_str()])?;
        let hashed = self.passwords.hash(password).await?;
        let person = info.person.id.clone();
        self.store
            .write(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    if tx.execute(LINK_USE, &args![key, now]).await? == 0 {
                        return Err(Error::Link);
                    }
                    tx.execute(SET_PASSWORD, &args![&person, hashed]).await?;
                    end_all(tx, &person, None).await?;
                    note(tx, format!("person:{person}"), Deed::new("person.password", format!("person/{person}")));
                    Ok(())
                })
            })
            .await?;
        self.begin_session(&tenant, &info.person.id, Means::Link, browser, None).await
    }

    /// Changes one's own password. All other sessions end.
    pub async fn change_password(&self, by: &Principal, old: &str, new: &str) -> Result<()> {
        let By::Session(current) = by.by.clone() else { return Err(Error::Refused) };
        let person = by.person.clone();
        let (stored, who, email) = self
            .store
            .read(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let row = tx.one(PASSWORD_OF, &args![person]).await?;
                    Ok::<_, Error>((
                        row.optional_text("password")?,
                        row.text("name")?,
                        row.optional_text("email")?.unwrap_or_default(),
                    ))
                })
            })
            .await?;
        // Who has none yet (invited by a provider) proves with the session alone that they are it.
        if stored.is_some() && !self.passwords.verify(old, stored.as_deref()).await? {
            return Err(Error::invalid(
                "old",
                "Das bisherige Passwort stimmt nicht.",
                "The present password is wrong.",
            ));
        }
        password::check_rules("new", new, &[&who, &email, by.tenant.as_str()])?;
        let hashed = self.passwords.hash(new).await?;
        let (person, actor) = (by.person.clone(), by.actor());
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute(SET_PASSWORD, &args![&person, hashed]).await?;
                    end_all(tx, &person, Some(&current)).await?;
                    note(tx, actor, Deed::new("person.password", format!("person/{person}")));
                    Ok(())
                })
            })
            .await
    }

    /// Sets somebody's password without asking: for the invented people of the demonstration.
    pub async fn set_demo_password(&self, tenant: &TenantId, person: &PersonId, password: &str) -> Result<()> {
        let hashed = self.passwords.hash(password).await?;
        let person = person.clone();
        self.store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move { Ok::<_, Error>(tx.execute(SET_PASSWORD, &args![person, hashed]).await?) })
            })
            .await?;
        Ok(())
    }

    /// The language in which mails and pages come.
    pub async fn set_lang(&self, by: &Principal, lang: Lang) -> Result<()> {
        let person = by.person.clone();
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute(LANG, &args![person, lang.tag()]).await?;
                    load::count_up(tx).await
                })
            })
            .await
    }
}

pub(crate) async fn insert(
    tx: &mut Tx,
    id: &PersonId,
    who: String,
    email: String,
    lang: Lang,
    hashed: Option<String>,
) -> Result<()> {
    let now = tx.now();
    tx.execute(INSERT, &args![id, "human", who, email, lang.tag(), true, now]).await?;
    if hashed.is_some() {
        tx.execute(SET_PASSWORD, &args![id, hashed]).await?;
    }
    Ok(())
}

/// An address as far as it can be told without sending anything.
pub(crate) fn email(text: &str) -> Result<String> {
    let text = text.trim().to_lowercase();
    let plausible = text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"[]\\".contains(c))
        && text.matches('@').count() == 1;
    if plausible {
        Ok(text)
    } else {
        Err(Error::invalid(
            "email",
            "Das ist keine vollständige E-Mail-Adresse, zum Beispiel erika.muster@rathaus.example.",
            "This is no complete e-mail address, for example erika.muster@rathaus.example.",
        ))
    }
}

pub(crate) fn email_is_free<T>(written: Result<T>) -> Result<T> {
    match written {
        Err(Error::Store(error)) if error.is_unique() => Err(Error::invalid(
            "email",
            "Diese E-Mail-Adresse hat schon ein Konto.",
            "There is already an account with this e-mail address.",
        )),
        written => written,
    }
}

fn kind(word: &str) -> PersonKind {
    if word == "technical" { PersonKind::Technical } else { PersonKind::Human }
}

fn word(kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Human => "human",
        PersonKind::Technical => "technical",
    }
}

fn split(token: &str) -> Option<(TenantId, String)> {
    let (tenant, secret) = token.split_once('.')?;
    (secret.len() == 43).then_some(())?;
    Some((tenant.parse().ok()?, hash(Purpose::Link, secret)))
}

/// For whom a link was sealed.
fn link_place(tenant: &TenantId, person: &PersonId) -> String {
    format!("{tenant}/access-link/{person}")
}
