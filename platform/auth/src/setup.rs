//! How a tenant begins: a one-time link, and what its first administrator says.
//!
//! Invariant: a link makes one tenant. What stands behind it cannot be reached without it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vir_core::Lang;
use vir_store::{SystemTx, TenantId, Tx, args, new_id};

use crate::auth::{Auth, Deed, name, note};
use crate::permission::DefaultRole;
use crate::profile::{Profile, checked, write_profile};
use crate::secret::{Purpose, hash};
use crate::session::{Means, SignedIn};
use crate::{Error, PersonId, Result, Secret, UnitId, load, password, people};

/// How long a set-up link holds.
const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What the first administrator says.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The municipality.
    pub profile: Profile,
    /// Its short name; made from its name where there is none.
    pub short: Option<TenantId>,
    /// The first administrator.
    pub name: String,
    /// With which they sign in.
    pub email: String,
    /// The language that they read.
    pub lang: Lang,
    /// Shall they also work with invoices? In a small town hall the same person does.
    pub works_too: bool,
}

/// A set-up link: `/einrichten/{token}`.
#[derive(Debug, Clone)]
pub struct SetupLink {
    /// What stands in the URL.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl SetupLink {
    /// The path of the page.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/einrichten/{}", self.token)
    }
}

impl Auth {
    /// A link with which a tenant is set up. Earlier links stop working.
    pub async fn setup_link(&self) -> Result<SetupLink> {
        let secret = Secret::random();
        let (key, expires_at) = (secret.hash(Purpose::Setup), self.store.clock().now() + LASTS);
        self.store
            .system_write(move |tx: &mut SystemTx| {
                Box::pin(async move {
                    tx.execute("delete from setup_link", &[]).await?;
                    let sql = "insert into setup_link (hash, expires_at) values ($1, $2)";
                    tx.execute(sql, &args![key, expires_at]).await
                })
            })
            .await?;
        Ok(SetupLink { token: secret.reveal().to_owned(), expires_at })
    }

    /// Does this link still hold?
    pub async fn is_setup_link(&self, token: &str) -> Result<bool> {
        let key = hash(Purpose::Setup, token);
        let found = self
            .store
            .system_read(move |tx: &mut SystemTx| {
                Box::pin(async move {
                    let now = tx.now();
                    let sql = "select hash from setup_link where hash = $1 and expires_at > $2";
                    tx.optional(sql, &args![key, now]).await
                })
            })
            .await?;
        Ok(found.is_some())
    }

    /// Sets a tenant up with a link, and signs its first administrator in.
    pub async fn set_up(&self, token: &str, founding: Founding, password: &str, browser: &str) -> Result<SignedIn> {
        if !self.is_setup_link(token).await? {
            return Err(Error::Link);
        }
        let founding = self.checked(founding)?;
        password::check_rules("password", password, &[&founding.name, &founding.email, &founding.profile.name])?;
        let hashed = self.passwords.hash(password).await?;
        // Claimed before anything is made: of two that come at once, one makes the tenant.
        let key = hash(Purpose::Setup, token);
        let claimed = self
            .store
            .system_write(move |tx: &mut SystemTx| {
                Box::pin(async move { tx.execute("delete from setup_link where hash = $1", &args![key]).await })
            })
            .await?;
        if claimed == 0 {
            return Err(Error::Link);
        }
        let (tenant, person) = self.make(founding, Some(hashed)).await?;
        self.begin_session(&tenant, &person, Means::Link, browser, None).await
    }

    /// Sets a tenant up without a link: for the command line and the demonstration.
    pub async fn found(&self, founding: Founding) -> Result<(TenantId, PersonId)> {
        let founding = self.checked(founding)?;
        self.make(founding, None).await
    }

    fn checked(&self, founding: Founding) -> Result<Founding> {
        let profile = checked(founding.profile)?;
        let who = name("name", &founding.name)?;
        let email = people::email(&founding.email)?;
        Ok(Founding { profile, name: who, email, ..founding })
    }

    async fn make(&self, founding: Founding, hashed: Option<String>) -> Result<(TenantId, PersonId)> {
        let tenant = match &founding.short {
            Some(short) => short.clone(),
            None => self.free_short_name(&founding.profile.name).await?,
        };
        self.store.create_tenant(&tenant, &founding.profile.name).await?;
        let now = self.store.clock().now();
        let (person, unit) = (PersonId::from(new_id(now)), UnitId::from(new_id(now)));
        let who = person.clone();
        self.store
            .write(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    write_profile(tx, &founding.profile).await?;
                    let sql = "insert into unit (id, parent_id, name, code, active) values ($1, null, $2, '', $3)";
                    tx.execute(sql, &args![&unit, &founding.profile.name, true]).await?;
                    people::insert(tx, &who, founding.name, founding.email, founding.lang, hashed).await?;
                    let mut roles = vec![DefaultRole::Administrator];
                    if founding.works_too {
                        roles.extend([DefaultRole::Head, DefaultRole::Clerk]);
                    }
                    let now = tx.now();
                    for role in &roles {
                        let sql = "insert into role_grant (id, person_id, role_id, unit_id, created_at)
                            values ($1, $2, $3, $4, $5)";
                        tx.execute(sql, &args![new_id(now), &who, role.key(), &unit, now]).await?;
                    }
                    load::count_up(tx).await?;
                    let roles: Vec<_> = roles.into_iter().map(DefaultRole::key).collect();
                    let deed = Deed::new("tenant.found", format!("tenant/{}", tx.tenant()))
                        .with(json!({ "person": who, "roles": roles }));
                    note(tx, format!("person:{who}"), deed);
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok((tenant, person))
    }

    async fn free_short_name(&self, municipality: &str) -> Result<TenantId> {
        let taken = self.store.tenants().await?;
        let wanted = slug(municipality);
        let candidates = std::iter::once(wanted.clone()).chain((2..1000).map(|n| format!("{wanted}-{n}")));
        candidates
            .filter_map(|short| short.parse::<TenantId>().ok())
            .find(|short| !taken.iter().any(|tenant| tenant.id == *short))
            .ok_or_else(|| {
                Error::conflict(
                    "Es gibt schon zu viele Mandanten dieses Namens.",
                    "There are too many tenants of this name.",
                )
            })
    }
}

/// "Samtgemeinde Großmustern" becomes `grossmustern`.
fn slug(municipality: &str) -> String {
    const KINDS: [&str; 12] = [
        "stadt",
        "gemeinde",
        "samtgemeinde",
        "flecken",
        "landkreis",
        "kreis",
        "hansestadt",
        "einheitsgemeinde",
        "freie",
        "große",
        "selbständige",
        "der",
    ];
    let words = municipality.split_whitespace().filter(|word| !KINDS.contains(&word.to_lowercase().as_str()));
    let mut short = String::new();
    for c in words.collect::<Vec<_>>().join("-").chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => short.push_str("ae"),
            'ö' => short.push_str("oe"),
            'ü' => short.push_str("ue"),
            'ß' => short.push_str("ss"),
            c if c.is_ascii_alphanumeric() => short.push(c),
            _ if !short.is_empty() && !short.ends_with('-') => short.push('-'),
            _ => {}
        }
    }
    short.truncate(32);
    let short = short.trim_matches('-');
    if short.is_empty() { "verwaltung".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names() {
        for (municipality, short) in [
            ("Gemeinde Musterdorf", "musterdorf"),
            ("Samtgemeinde Großmustern", "grossmustern"),
            ("Stadt Bad Münder am Deister", "bad-muender-am-deister"),
            ("Stadt", "verwaltung"),
            ("東京", "verwaltung"),
            ("Sehr langer Name einer Verwaltung mit vielen Worten", "sehr-langer-name-einer-verwaltun"),
        ] {
            assert_eq!(slug(municipality), short);
            assert!(slug(municipality).parse::<TenantId>().is_ok());
        }
    }
}
