//! The application as handlers see it.
//!
//! Invariant: cloning it is cheap, and all clones are the same.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use vir_auth::{Auth, Principal, Vault};
use vir_core::Lang;
use vir_store::{Clock, Store, TenantId};

use crate::config::Config;
use crate::serve::{Figures, Ready};
use crate::{Block, NavItem, Search, Welcome, admin, csrf, outbound};

/// How long a tenant's name is remembered; after a change of name all nodes show it then.
const NAME_LASTS: SignedDuration = SignedDuration::from_secs(60);

/// What every handler can reach: the store, who is who, the configuration, the clock, the blocks.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`]; reached through it.
#[non_exhaustive]
pub struct Parts {
    /// Everything that must not be lost.
    pub store: Store,
    /// Who is who.
    pub auth: Auth,
    /// The configuration.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// The blocks, in the order of the list.
    pub blocks: Vec<Block>,
    /// Signs tokens, cursors and messages.
    pub key: csrf::Key,
    /// Seals secrets that must be told to others.
    pub vault: Vault,
    /// Does the server take requests?
    pub ready: Ready,
    /// What is counted; absent where nobody counts, as in tests.
    pub figures: Option<Figures>,
    names: RwLock<HashMap<TenantId, (String, Timestamp)>>,
}

impl App {
    /// Puts it together; secrets are sealed under a key that is derived from that of the forms.
    #[must_use]
    pub fn new(store: Store, config: Config, blocks: Vec<Block>, key: csrf::Key, figures: Option<Figures>) -> Self {
        let vault = Vault::new(key.sign("vault", &[]).as_bytes(), &[]);
        Self::with_vault(store, config, blocks, key, vault, figures)
    }

    /// Puts it together.
    #[must_use]
    pub fn with_vault(
        store: Store,
        config: Config,
        blocks: Vec<Block>,
        key: csrf::Key,
        vault: Vault,
        figures: Option<Figures>,
    ) -> Self {
        let clock = store.clock().clone();
        let permissions: Vec<_> = blocks.iter().map(|block| block.permissions).collect();
        let sessions = vir_auth::Config {
            idle: SignedDuration::from_mins(config.session.idle_minutes.into()),
            absolute: SignedDuration::from_hours(config.session.absolute_hours.into()),
            vault: vault.clone(),
        };
        let auth = Auth::new(store.clone(), &permissions, sessions, outbound::client());
        let (ready, names) = (Ready::default(), RwLock::default());
        Self(Arc::new(Parts { store, auth, config, clock, blocks, key, vault, ready, figures, names }))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The entries of the main navigation that this person may use, in their order.
    #[must_use]
    pub fn navigation(&self, principal: &Principal, lang: Lang) -> Vec<NavItem> {
        let mut items: Vec<NavItem> = self.blocks.iter().flat_map(|block| (block.nav)(principal, lang)).collect();
        items.extend(admin::nav(principal, lang));
        items.sort_by_key(|item| item.order);
        items
    }

    /// What people call this tenant.
    pub async fn tenant_name(&self, tenant: &TenantId) -> Option<String> {
        let now = self.now();
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some((name, since)) = known
            && now.duration_since(since) < NAME_LASTS
        {
            return Some(name);
        }
        let found = self.store.tenants().await.ok()?.into_iter().find(|one| one.id == *tenant)?.name;
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(tenant.clone(), (found.clone(), now));
        Some(found)
    }

    /// Who can sign in to the demonstration; `None` where this is none.
    #[must_use]
    pub fn welcome(&self) -> Option<Welcome> {
        let all = self.blocks.iter().filter_map(|block| block.demo).filter(|_| self.config.demo);
        all.map(|demo| (demo.welcome)()).reduce(|mut all, more| {
            all.accounts.extend(more.accounts);
            all
        })
    }

    /// Where the search box of the header leads this person: to the block whose section is shown, else to the first
    /// that offers one.
    pub(crate) fn search(&self, principal: &Principal, section: &str) -> Option<Search> {
        let offers = |block: &&Block| (block.search)(principal).is_some();
        let shown = |block: &&Block| (block.nav)(principal, Lang::De).iter().any(|item| item.section == section);
        let mut all = self.blocks.iter().filter(offers);
        let block = all.clone().find(shown).or_else(|| all.next())?;
        (block.search)(principal)
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("blocks", &self.blocks).finish_non_exhaustive()
    }
}
