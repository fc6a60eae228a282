//! The way in: everything that needs the store goes through [`Auth`].
//!
//! Invariant: every change of rights counts the tenant's version up and stands in the audit log,
//! in the same transaction; so no node answers with rights that are no longer there.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use vir_core::Lang;
use vir_store::{BoxFuture, Entry, Migrations, Store, TenantId, Tx, migrations};

use crate::oidc::Discovered;
use crate::password::Passwords;
use crate::permission::{BlockPermissions, By, Catalogue, Directory, Grant, Limit, Person, PersonKind, Principal};
use crate::rate::RateLimits;
use crate::session::Seen;
use crate::{ADMINISTER, Error, PersonId, Result, UnitId, Vault, load};

/// The tables of this crate.
pub const MIGRATIONS: Migrations =
    Migrations::tenant("auth", migrations!["0001_auth", "0002_sign_in_attempt"]).with_system(migrations!["0001_setup"]);

/// How long sessions last, and with what secrets are sealed.
#[derive(Debug, Clone)]
pub struct Config {
    /// A session ends when nothing was asked for this long.
    pub idle: SignedDuration,
    /// A session ends after this long, whatever happens.
    pub absolute: SignedDuration,
    /// Seals what must be told to others.
    pub vault: Vault,
}

impl Default for Config {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12), vault: Vault::default() }
    }
}

/// Who is who, and who may do what. Clones are the same.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

/// What all clones share; reached through [`Auth`] only.
pub struct Inner {
    pub(crate) store: Store,
    pub(crate) catalogue: Catalogue,
    pub(crate) config: Config,
    pub(crate) limits: RateLimits,
    pub(crate) passwords: Passwords,
    pub(crate) http: reqwest::Client,
    pub(crate) discovered: RwLock<HashMap<String, Arc<Discovered>>>,
    pub(crate) seen: Seen,
    directories: RwLock<HashMap<TenantId, Arc<Directory>>>,
}

impl std::ops::Deref for Auth {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Auth {
    /// Over this store, with the permissions of these blocks. `http` asks OpenID providers; it
    /// should follow no redirects, because a provider that redirects its endpoints is none.
    #[must_use]
    pub fn new(store: Store, blocks: &[BlockPermissions], config: Config, http: reqwest::Client) -> Self {
        Self(Arc::new(Inner {
            limits: RateLimits::new(store.clock()),
            catalogue: Catalogue::new(blocks),
            passwords: Passwords::new(),
            discovered: RwLock::default(),
            seen: Seen::default(),
            directories: RwLock::default(),
            store,
            config,
            http,
        }))
    }

    /// All permissions there are.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// How often somebody may try.
    #[must_use]
    pub fn limits(&self) -> &RateLimits {
        &self.0.limits
    }

    /// The day in Germany: deputies begin and end at midnight there.
    #[must_use]
    pub fn today(&self) -> Date {
        let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        self.store.clock().now().to_zoned(berlin).date()
    }

    /// All rights of a tenant, as of now.
    pub async fn directory(&self, tenant: &TenantId) -> Result<Arc<Directory>> {
        let version = self.store.read(tenant, |tx| Box::pin(async move { load::version(tx).await })).await?;
        self.directory_at(tenant, version).await
    }

    /// All rights of a tenant, not older than this version.
    pub(crate) async fn directory_at(&self, tenant: &TenantId, version: i64) -> Result<Arc<Directory>> {
        let known = self.directories.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some(known) = known.filter(|known| known.version >= version) {
            return Ok(known);
        }
        let roles = Directory::default_roles(&self.catalogue);
        let fresh =
            self.store.read(tenant, move |tx| Box::pin(async move { load::directory(tx, roles).await })).await?;
        let fresh = Arc::new(fresh);
        let mut directories = self.directories.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have read a newer one meanwhile.
        let entry = directories.entry(tenant.clone()).or_insert_with(|| Arc::clone(&fresh));
        if entry.version < fresh.version {
            *entry = Arc::clone(&fresh);
        }
        Ok(Arc::clone(entry))
    }

    /// What a person may do now: for notices and for jobs that act in somebody's name.
    pub async fn principal(&self, tenant: &TenantId, person: &PersonId) -> Result<Option<Principal>> {
        Ok(self.directory(tenant).await?.principal(tenant, person, By::System, self.today()))
    }

    /// Who may do this in this unit today, deputies included.
    pub async fn who_may(&self, tenant: &TenantId, permission: &'static str, unit: &UnitId) -> Result<Vec<Person>> {
        let directory = self.directory(tenant).await?;
        Ok(directory.who_may(tenant, permission, unit, self.today()).into_iter().cloned().collect())
    }

    /// The system itself, as administrator of a tenant: for the command line and the demonstration.
    pub async fn system(&self, tenant: &TenantId) -> Result<Principal> {
        let directory = self.directory(tenant).await?;
        let unit = directory.tree.root().cloned().unwrap_or_else(|| UnitId::from(""));
        let all = self.catalogue.blocks().iter().flat_map(|block| block.permissions).map(|info| info.name.to_owned());
        let grant = Grant {
            role: "system".into(),
            permissions: Arc::new(all.collect()),
            unit,
            limit: Limit::Unlimited,
            acting_for: None,
        };
        Ok(Principal {
            tenant: tenant.clone(),
            person: PersonId::from("system"),
            name: "System".to_owned(),
            lang: Lang::De,
            by: By::System,
            grants: [grant].into(),
            tree: Arc::clone(&directory.tree),
        })
    }

    /// A change of rights by an administrator: checked, written, counted and noted.
    pub(crate) async fn administer<T, F>(&self, by: &Principal, deed: Deed, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        require_administrator(by)?;
        self.change(&by.tenant, by.actor(), deed, f).await
    }

    /// A change of rights. Refused where afterwards nobody could administer the tenant.
    pub(crate) async fn change<T, F>(&self, tenant: &TenantId, actor: String, deed: Deed, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let roles = Directory::default_roles(&self.catalogue);
        let today = self.today();
        self.store
            .write(tenant, move |tx| {
                Box::pin(async move {
                    let value = f(tx).await?;
                    load::count_up(tx).await?;
                    let after = load::directory(tx, roles).await?;
                    let tenant = tx.tenant().clone();
                    let administered = after.people.values().filter(|person| person.kind == PersonKind::Human).any(|person| {
                        after.principal(&tenant, &person.id, By::System, today).is_some_and(|principal| {
                            // A deputy's rights end some day; somebody must have their own.
                            let own = principal.grants.iter().filter(|grant| grant.acting_for.is_none()).cloned().collect();
                            Principal { grants: own, ..principal }.may_everywhere(ADMINISTER)
                        })
                    });
                    if !administered {
                        return Err(Error::conflict(
                            "Danach könnte niemand mehr verwalten. Geben Sie zuerst einer anderen aktiven Person die Rolle Administration für die ganze Verwaltung.",
                            "Nobody could administer afterwards. First give another active person the role Administration for the whole municipality.",
                        ));
                    }
                    tx.audit(Entry { actor, action: deed.action.to_owned(), subject: deed.subject, detail: deed.detail });
                    Ok(value)
                })
            })
            .await
    }
}

/// What is noted in the audit log about a change.
pub(crate) struct Deed {
    pub action: &'static str,
    pub subject: String,
    pub detail: serde_json::Value,
}

impl Deed {
    pub fn new(action: &'static str, subject: String) -> Self {
        Self { action, subject, detail: json!({}) }
    }

    pub fn with(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }
}

/// Only who may administer the whole tenant changes rights in it.
pub(crate) fn require_administrator(by: &Principal) -> Result<()> {
    if by.may_everywhere(ADMINISTER) { Ok(()) } else { Err(Error::Forbidden(ADMINISTER)) }
}

/// Notes a deed that changes no rights.
pub(crate) fn note(tx: &mut Tx, actor: String, deed: Deed) {
    tx.audit(Entry { actor, action: deed.action.to_owned(), subject: deed.subject, detail: deed.detail });
}

/// Where a row should be: one was changed.
pub(crate) fn one_row(changed: u64, de: &'static str, en: &'static str) -> Result<()> {
    if changed == 0 { Err(Error::not_found(de, en)) } else { Ok(()) }
}

/// A text as people typed it, without what surrounds it; refused where it is empty or too long.
pub(crate) fn name(field: &'static str, text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Error::invalid(field, "Bitte ausfüllen.", "Please fill this in.")),
        1..=200 => Ok(text),
        _ => Err(Error::invalid(field, "Höchstens 200 Zeichen.", "At most 200 characters.")),
    }
}
