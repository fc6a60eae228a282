//! What a block brings along.
//!
//! Invariant: this is all that the platform knows of a block; `apps/vir/src/blocks.rs` has the only
//! list of them.

use axum::Router;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use vir_auth::{BlockPermissions, Principal};
use vir_core::{Lang, Phrase, Text};
use vir_store::{BoxFuture, Migrations, TenantId};

use crate::{App, Forget};

/// A block: what it is called and what it brings. [`Block::new`] brings nothing; set the fields
/// that are there:
///
/// ```ignore
/// pub const BLOCK: Block = Block { routes: my_routes, nav: my_nav, ..Block::new("notes", TITLE, PERMISSIONS, MIGRATIONS) };
/// ```
#[derive(Clone)]
pub struct Block {
    /// Its name in URLs, logs and figures: `invoice-desk`.
    pub name: &'static str,
    /// What people call it.
    pub title: Text,
    /// Pages.
    pub routes: fn() -> Router<App>,
    /// The API with its description, below `/api/v1`: paths are written without that.
    pub api: fn() -> OpenApiRouter<App>,
    /// Entries of the main navigation that this person may use.
    pub nav: fn(&Principal, Lang) -> Vec<NavItem>,
    /// What it searches: where the search box of the header goes to, for those who may use it.
    pub search: fn(&Principal) -> Option<Search>,
    /// Who does its jobs.
    pub jobs: &'static [JobHandler],
    /// Which events it listens to.
    pub subscriptions: &'static [Subscription],
    /// What of its own is forgotten after a time, at night.
    pub forgets: &'static [Forget],
    /// What runs all the time (a mailbox that is watched); returns soon after the token is cancelled.
    pub services: fn(App, CancellationToken) -> Vec<BoxFuture<'static, ()>>,
    /// Its tables.
    pub migrations: Migrations,
    /// Its permissions.
    pub permissions: BlockPermissions,
    /// Kinds of events that webhooks may subscribe to, each with what it says.
    pub webhook_events: &'static [(&'static str, Phrase)],
    /// Its views of one's own account: address and name.
    pub account: &'static [(&'static str, Phrase)],
    /// What of its own becomes records, once it is done with.
    pub records: &'static [RecordSource],
    /// Its part of the demonstration.
    pub demo: Option<Demo>,
}

impl Block {
    /// A block that brings its tables and permissions, and nothing else yet.
    #[must_use]
    pub const fn new(name: &'static str, title: Text, permissions: BlockPermissions, migrations: Migrations) -> Self {
        Self {
            name,
            title,
            routes: Router::new,
            api: OpenApiRouter::new,
            nav: |_, _| Vec::new(),
            search: |_| None,
            jobs: &[],
            subscriptions: &[],
            forgets: &[],
            services: |_, _| Vec::new(),
            migrations,
            permissions,
            webhook_events: &[],
            account: &[],
            records: &[],
            demo: None,
        }
    }
}

/// Something that becomes a record when a block is done with it: a closed invoice. Whoever keeps records listens to
/// `event` and asks for what there is to keep; neither block knows the other.
#[derive(Clone, Copy)]
pub struct RecordSource {
    /// Its name: `invoice`.
    pub name: &'static str,
    /// What people call it.
    pub title: Phrase,
    /// The event of the outbox after which it is done with.
    pub event: &'static str,
    /// Gives what is to be kept; none where there is nothing. It may be asked again for the same event.
    pub make: fn(App, TenantId, serde_json::Value) -> Made,
}

/// What a [`RecordSource`] makes.
pub type Made = BoxFuture<'static, Result<Option<RecordParts>, WorkError>>;

impl std::fmt::Debug for RecordSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordSource").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordParts {
    /// Its *Aktenzeichen*; the same each time.
    pub reference: String,
    /// What it is about.
    pub title: String,
    /// Whom it is about.
    pub subjects: Vec<String>,
    /// The documents.
    pub documents: Vec<RecordDocument>,
}

/// A document that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDocument {
    /// What it is.
    pub title: String,
    /// The name of its file.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A block's part of the demonstration.
#[derive(Clone, Copy)]
pub struct Demo {
    /// Furnishes it. The clock of the store can be set meanwhile.
    pub furnish: fn(App) -> BoxFuture<'static, Result<(), WorkError>>,
    /// Who can sign in.
    pub welcome: fn() -> Welcome,
}

/// What somebody needs to know to look at the demonstration.
#[derive(Debug, Clone, Default)]
pub struct Welcome {
    /// Who can sign in, and what they do there.
    pub accounts: Vec<(String, Text)>,
    /// The password of all of them.
    pub password: String,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An entry of the main navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Its section: the page that says the same in [`crate::Page::section`] marks it as current.
    pub section: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Its place among all entries: the least comes first. Work: 10–49; overviews: 50–79; settings: 80–99.
    pub order: u8,
}

/// Where the search box of the header leads.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The page that searches, with the words as `q`.
    pub path: &'static str,
    /// What may be searched for; it stands in the box.
    pub hint: Phrase,
}

/// Why a job or an event could not be handled. Any error becomes one with `?` and is tried again
/// later; [`WorkError::hopeless`] is not.
#[derive(Debug)]
pub struct WorkError {
    /// For the log and the page of dead letters; without personal data.
    pub reason: String,
    /// Is there hope that it works later?
    pub retry: bool,
}

impl WorkError {
    /// Trying again would not help.
    pub fn hopeless(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: false }
    }

    /// May work later.
    pub fn later(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: true }
    }
}

impl std::fmt::Display for WorkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl<E: std::error::Error> From<E> for WorkError {
    fn from(error: E) -> Self {
        Self::later(error.to_string())
    }
}

/// Does the jobs of one kind.
#[derive(Debug, Clone, Copy)]
pub struct JobHandler {
    /// The kind of job: `invoice-desk.check`.
    pub kind: &'static str,
    /// Does one. It may be called again for the same job, so it is idempotent.
    pub run: fn(JobCall) -> BoxFuture<'static, Result<(), WorkError>>,
}

/// A job to be done now.
#[derive(Debug, Clone)]
pub struct JobCall {
    /// The application.
    pub app: App,
    /// Whose job it is.
    pub tenant: TenantId,
    /// What was left to know.
    pub payload: serde_json::Value,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// The job itself: what is written through it is kept exactly once.
    pub context: vir_store::JobContext,
}

/// Listens to events of the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Subscription {
    /// Whose: each subscriber gets each event.
    pub name: &'static str,
    /// The kinds of events.
    pub events: &'static [&'static str],
    /// Handles one. It may be called again for the same event, so it is idempotent.
    pub handle: fn(EventCall) -> BoxFuture<'static, Result<(), WorkError>>,
}

/// An event to be handled now.
#[derive(Debug, Clone)]
pub struct EventCall {
    /// The application.
    pub app: App,
    /// Whose event it is.
    pub tenant: TenantId,
    /// Its identifier, the same each time it is told.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What it says.
    pub payload: serde_json::Value,
    /// The job that tells it: what is written through it is kept exactly once.
    pub context: vir_store::JobContext,
}
