//! What runs in a transaction: [`Tx`] for a tenant's data, [`SystemTx`] for the system's.
//!
//! Invariant: everything that a `Tx` does, the jobs, events and audit entries included, is kept
//! together or not at all.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::outbox::{self, EventId, Routes};
use crate::session::{Connection, Session};
use crate::{Entry, Job, Result, Row, TenantId, Value, args, audit, job};

/// A transaction on a tenant's data.
#[derive(Debug)]
pub struct Tx {
    pub(crate) session: Session,
    pub(crate) tenant: TenantId,
    pub(crate) routes: Arc<Routes>,
    entries: Vec<Entry>,
    due: Option<Timestamp>,
}

/// A transaction on the system's data: tenants, and what belongs to none of them.
#[derive(Debug)]
pub struct SystemTx {
    pub(crate) session: Session,
}

macro_rules! statements {
    () => {
        /// Runs a statement and gives the number of rows that it touched.
        pub async fn execute(&mut self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<u64> {
            self.session.execute(sql.into(), args).await
        }

        /// All rows.
        pub async fn all(&mut self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<Vec<Row>> {
            self.session.all(sql.into(), args).await
        }

        /// The first row, if there is one.
        pub async fn optional(&mut self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<Option<Row>> {
            self.session.optional(sql.into(), args).await
        }

        /// The first row; none is an error.
        pub async fn one(&mut self, sql: impl Into<Cow<'static, str>>, args: &[Value]) -> Result<Row> {
            self.session.one(sql.into(), args).await
        }

        /// Has the engine read a statement without running it: names, types and syntax are checked.
        /// For tests that hold every statement of a block against both engines.
        pub async fn prepare(&mut self, sql: impl Into<Cow<'static, str>>) -> Result<()> {
            self.session.prepare(sql.into()).await
        }

        /// When this transaction began, by the store's clock.
        #[must_use]
        pub fn now(&self) -> Timestamp {
            self.session.now
        }
    };
}

impl Tx {
    statements!();

    /// Whose data it is.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Notes an entry for the audit log. It is appended when the transaction commits, so that the
    /// end of the chain is held only shortly.
    pub fn audit(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Tells whoever subscribed to this kind of event, after the commit and at least once.
    pub async fn publish(&mut self, kind: &str, payload: serde_json::Value) -> Result<EventId> {
        outbox::publish(self, kind, payload).await
    }

    /// Leaves a job to be done after the commit.
    pub async fn enqueue(&mut self, job: Job) -> Result<()> {
        job::enqueue(self, job, None).await
    }

    /// Holds a name until this transaction ends: whoever locks the same name waits. Guards what is
    /// read and then written. On SQLite writes to a tenant never run at once, so it does nothing there.
    pub async fn lock(&mut self, name: &str) -> Result<()> {
        if let Connection::Postgres(_) = self.session.connection {
            let key = format!("{}/{name}", self.tenant);
            self.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", &args![key]).await?;
        }
        Ok(())
    }

    /// Notes when a job is due, for whoever runs jobs.
    pub(crate) fn due(&mut self, at: Timestamp) {
        self.due = Some(self.due.map_or(at, |earlier| earlier.min(at)));
    }

    pub(crate) fn new(session: Session, tenant: TenantId, routes: Arc<Routes>) -> Tx {
        Tx { session, tenant, routes, entries: Vec::new(), due: None }
    }

    /// What stands between the last statement of the caller and the commit. Gives the time at
    /// which the first new job is due.
    pub(crate) async fn seal(&mut self) -> Result<Option<Timestamp>> {
        self.session.soundness()?;
        let entries = std::mem::take(&mut self.entries);
        if !entries.is_empty() {
            audit::append(self, entries).await?;
        }
        Ok(self.due.take())
    }
}

impl SystemTx {
    statements!();
}
