//! The store: where it is, whose data it holds, and how to get at it.
//!
//! Invariant: there is no way to a tenant's data without naming the tenant.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::blobs::S3;
use crate::engine::Engine;
use crate::job::Wakeups;
use crate::migration::{self, Migrations};
use crate::outbox::Routes;
use crate::work::{system_work, tenant_work};
use crate::{Blobs, BoxFuture, Clock, Error, Result, Subscription, SystemTx, Tenant, TenantId, Tx, args};

/// Where everything is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The data folder: databases and blobs, as far as they are not elsewhere.
    pub folder: PathBuf,
    /// Where the rows are.
    pub databases: Databases,
    /// Where the blobs are.
    pub blobs: BlobPlace,
}

/// Where the rows are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Databases {
    /// SQLite files in the data folder.
    Folder,
    /// A PostgreSQL server, for any number of nodes.
    Postgres(Postgres),
}

/// A PostgreSQL server, version 15 or later.
#[derive(Clone)]
pub struct Postgres {
    /// `postgres://vir:…@host/vir`, of a role that is neither owner nor superuser.
    pub url: String,
    /// The same database as its owner, to apply migrations. Without it somebody else applies them.
    pub owner_url: Option<String>,
    /// How many connections this node opens at most.
    pub connections: u32,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The addresses hold passwords.
        f.debug_struct("Postgres").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// Where the blobs are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BlobPlace {
    /// The folder `blobs` in the data folder.
    Folder,
    /// An S3-compatible storage.
    S3(S3),
}

impl Config {
    /// SQLite and blobs in a folder, which is created if it is missing.
    #[must_use]
    pub fn folder(path: impl Into<PathBuf>) -> Config {
        Config { folder: path.into(), databases: Databases::Folder, blobs: BlobPlace::Folder }
    }

    /// Rows on a PostgreSQL server.
    #[must_use]
    pub fn with_postgres(self, postgres: Postgres) -> Config {
        Config { databases: Databases::Postgres(postgres), ..self }
    }

    /// Blobs in an S3-compatible storage.
    #[must_use]
    pub fn with_s3(self, s3: S3) -> Config {
        Config { blobs: BlobPlace::S3(s3), ..self }
    }
}

/// All data of all tenants. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    clock: Clock,
    engine: Engine,
    blobs: Blobs,
    wakeups: Arc<Wakeups>,
    routes: RwLock<Arc<Routes>>,
    /// The blocks' steps, without the store's own.
    migrations: Vec<Migrations>,
    /// Where names of blobs stand.
    blob_columns: Vec<(String, String)>,
}

impl Store {
    /// Opens the store and applies the migrations that are missing, the store's own first.
    pub async fn open(config: Config, migrations: &[Migrations], clock: Clock) -> Result<Store> {
        let mut all = vec![migration::OWN];
        all.extend_from_slice(migrations);
        let blobs = match &config.blobs {
            BlobPlace::Folder => Blobs::folder(config.folder.join("blobs")),
            BlobPlace::S3(s3) => Blobs::s3(s3)?,
        };
        let blob_columns = migration::blob_columns(&all);
        let engine = Engine::open(&config, all, clock.clone()).await?;
        let (wakeups, routes, migrations) = (Arc::default(), RwLock::default(), migrations.to_vec());
        Ok(Store { inner: Arc::new(Inner { config, clock, engine, blobs, wakeups, routes, blob_columns, migrations }) })
    }

    /// Reads a tenant's data: one snapshot, many at once. Nothing that the closure writes is kept.
    pub async fn read<T, E, F>(&self, tenant: &TenantId, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (work, answer) = tenant_work(self, tenant, f);
        self.inner.engine.read(Some(tenant), work).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Changes a tenant's data: all of it, or nothing where the closure returns an error. What is
    /// answered with `Ok` is on disk. Keep it short: no network and no computation inside, and no
    /// other call of the store: on SQLite it would wait for itself.
    ///
    /// On SQLite writes to a tenant run one after the other. On PostgreSQL they run at once:
    /// guard what is read and then written by a version column, a unique index or [`Tx::lock`].
    pub async fn write<T, E, F>(&self, tenant: &TenantId, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (work, answer) = tenant_work(self, tenant, f);
        self.inner.engine.write(Some(tenant), work).await?;
        let answer = answer.await.unwrap_or_else(|_| Err(Error::Closed.into()));
        metrics::counter!("vir_store_writes_total", "kept" => if answer.is_ok() { "yes" } else { "no" }).increment(1);
        answer
    }

    /// Reads the system's data.
    pub async fn system_read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (work, answer) = system_work(f);
        self.inner.engine.read(None, work).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Changes the system's data.
    pub async fn system_write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (work, answer) = system_work(f);
        self.inner.engine.write(None, work).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// The blobs of all tenants.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The store's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Creates a tenant with empty tables.
    pub async fn create_tenant(&self, id: &TenantId, name: &str) -> Result<Tenant> {
        let tenant = Tenant { id: id.clone(), name: name.to_owned(), created_at: self.inner.clock.now() };
        // The tables first: a tenant that is listed can be opened.
        self.inner.engine.prepare(id).await?;
        let row = tenant.clone();
        self.system_write(move |tx| {
            Box::pin(async move {
                let sql = "insert into tenant (id, name, created_at) values ($1, $2, $3) on conflict (id) do nothing";
                match tx.execute(sql, &args![&row.id, &row.name, row.created_at]).await? {
                    0 => Err(Error::TenantExists(row.id)),
                    _ => Ok(()),
                }
            })
        })
        .await?;
        Ok(tenant)
    }

    /// Gives a tenant another name; the short name stays.
    pub async fn rename_tenant(&self, id: &TenantId, name: &str) -> Result<()> {
        let (id, name) = (id.clone(), name.to_owned());
        self.system_write(move |tx| {
            Box::pin(async move {
                match tx.execute("update tenant set name = $2 where id = $1", &args![&id, name]).await? {
                    0 => Err(Error::NoTenant(id)),
                    _ => Ok(()),
                }
            })
        })
        .await
    }

    /// All tenants by their short names.
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.system_read(|tx| {
            Box::pin(async move {
                let rows = tx.all("select id, name, created_at from tenant order by id", &[]).await?;
                rows.iter()
                    .map(|row| {
                        let id = row.text("id")?.parse()?;
                        Ok(Tenant { id, name: row.text("name")?, created_at: row.time("created_at")? })
                    })
                    .collect()
            })
        })
        .await
    }

    /// Those of these statements that this engine does not understand, each with the reason. For
    /// tests that hold every statement of a block against both engines.
    pub async fn not_understood(&self, tenant: &TenantId, statements: &[&'static str]) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for &sql in statements {
            // One transaction each: after a failure there is no other statement.
            let read: Result<()> =
                self.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.prepare(sql).await })).await;
            if let Err(error) = read {
                refused.push(error.to_string());
            }
        }
        Ok(refused)
    }

    /// From now on published events become jobs for these subscriptions. To be called before anything
    /// is published; [`JobRunner::start`](crate::JobRunner::start) does it too. An event that is
    /// published while nobody listens is kept, but told to nobody.
    pub fn listen(&self, subscriptions: &[Subscription]) {
        *self.inner.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Routes::of(subscriptions));
    }

    /// Whether databases and blobs answer; for health checks.
    pub async fn ping(&self) -> Result<()> {
        let rows: Result<()> =
            self.system_read(|tx| Box::pin(async move { tx.one("select 1 as n", &[]).await.map(|_| ()) })).await;
        rows?;
        self.blobs().ping().await
    }

    /// Ends what is queued and closes all connections. Whoever writes afterwards gets [`Error::Closed`].
    pub async fn close(&self) {
        self.inner.engine.close().await;
    }

    /// Where it keeps what.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn migrations(&self) -> &[Migrations] {
        &self.inner.migrations
    }

    /// The columns that name blobs: table and column.
    #[must_use]
    pub fn blob_columns(&self) -> &[(String, String)] {
        &self.inner.blob_columns
    }

    pub(crate) fn wakeups(&self) -> &Arc<Wakeups> {
        &self.inner.wakeups
    }

    pub(crate) fn routes(&self) -> Arc<Routes> {
        Arc::clone(&self.inner.routes.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
