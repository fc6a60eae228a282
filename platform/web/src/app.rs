//! The application as handlers see it.
//!
//! Invariant: cloning it is cheap, and all clones are the same.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use vir_auth::Principal;
use vir_core::Lang;
use vir_store::{Clock, Store};

use crate::config::Config;
use crate::{Block, NavItem, csrf};

/// What every handler can reach: the store, who is who, the configuration, the clock, the blocks.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`]; reached through it.
#[non_exhaustive]
pub struct Parts {
    /// Everything that must not be lost.
    pub store: Store,
    /// The configuration.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// The blocks, in the order of the list.
    pub blocks: Vec<Block>,
    /// Signs tokens, cursors and messages.
    pub key: csrf::Key,
}

impl App {
    /// Puts it together.
    #[must_use]
    pub fn new(store: Store, config: Config, blocks: Vec<Block>, key: csrf::Key) -> Self {
        let clock = store.clock().clone();
        Self(Arc::new(Parts { store, config, clock, blocks, key }))
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
        items.sort_by_key(|item| item.order);
        items
    }

    /// Where the search box of the header leads this person.
    pub(crate) fn search_path(&self, principal: &Principal) -> Option<&'static str> {
        self.blocks.iter().find_map(|block| (block.search)(principal))
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
