//! The store: where it is, whose data it holds, and how to get at it.
//!
//! Invariant: there is no way to a tenant's data without naming the tenant.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::engine::sqlite::{self, Database, Mode};
use crate::engine::{Outcome, Work};
use crate::migration::{self, Migrations, Scope};
use crate::session::{Connection, Session};
use crate::{Blobs, BoxFuture, Clock, Error, Result, SystemTx, Tenant, TenantId, Tx, args};

/// Where everything is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The data folder: databases and blobs, as far as they are not elsewhere.
    pub folder: PathBuf,
}

impl Config {
    /// SQLite and blobs in a folder, which is created if it is missing.
    #[must_use]
    pub fn folder(path: impl Into<PathBuf>) -> Config {
        Config { folder: path.into() }
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
    migrations: Vec<Migrations>,
    system: Database,
    tenants: RwLock<HashMap<TenantId, Database>>,
    blobs: Blobs,
}

impl Store {
    /// Opens the store and applies the migrations that are missing, the store's own first.
    pub async fn open(config: Config, migrations: &[Migrations], clock: Clock) -> Result<Store> {
        let mut all = vec![migration::OWN];
        all.extend_from_slice(migrations);
        let folder = config.folder.join("tenants");
        tokio::fs::create_dir_all(&folder).await.map_err(Error::file("create", &folder))?;
        let system = config.folder.join("system.db");
        migrate(&system, Scope::System, &all, &clock).await?;
        let store = Store {
            inner: Arc::new(Inner {
                system: Database::open(system, clock.clone()),
                blobs: Blobs::folder(config.folder.join("blobs")),
                tenants: RwLock::default(),
                migrations: all,
                config,
                clock,
            }),
        };
        for tenant in store.tenants().await? {
            store.open_tenant(&tenant.id).await?;
        }
        Ok(store)
    }

    /// Reads a tenant's data: one snapshot, many at once. Nothing that the closure writes is kept.
    pub async fn read<T, E, F>(&self, tenant: &TenantId, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let database = self.database(tenant)?;
        let (work, answer) = tenant_work(tenant.clone(), f);
        database.read(work).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Changes a tenant's data: all of it, or nothing where the closure returns an error. What is
    /// answered with `Ok` is on disk. Keep it short: no network and no computation inside.
    pub async fn write<T, E, F>(&self, tenant: &TenantId, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let database = self.database(tenant)?;
        let (work, answer) = tenant_work(tenant.clone(), f);
        database.write(work).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Reads the system's data.
    pub async fn system_read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (work, answer) = system_work(f);
        self.inner.system.read(work).await?;
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
        self.inner.system.write(work).await?;
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
        // The file first: a tenant that is listed can be opened.
        self.open_tenant(id).await?;
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
                        Ok(Tenant {
                            id: row.text("id")?.parse()?,
                            name: row.text("name")?,
                            created_at: row.time("created_at")?,
                        })
                    })
                    .collect()
            })
        })
        .await
    }

    fn database(&self, tenant: &TenantId) -> Result<Database> {
        let tenants = self.inner.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.get(tenant).cloned().ok_or_else(|| Error::NoTenant(tenant.clone()))
    }

    async fn open_tenant(&self, id: &TenantId) -> Result<()> {
        let path = self.inner.config.folder.join("tenants").join(format!("{id}.db"));
        migrate(&path, Scope::Tenant, &self.inner.migrations, &self.inner.clock).await?;
        let mut tenants = self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(id.clone()).or_insert_with(|| Database::open(path, self.inner.clock.clone()));
        Ok(())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

async fn migrate(path: &std::path::Path, scope: Scope, blocks: &[Migrations], clock: &Clock) -> Result<()> {
    let connection = sqlite::connect(path, Mode::Write).await?;
    let mut session = Session::new(Connection::Sqlite(connection), clock.now());
    session.control("begin immediate").await?;
    let applied = migration::apply(&mut session, scope, blocks).await;
    match applied {
        Ok(_) => session.control("commit").await?,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    }
    session.close().await;
    Ok(())
}

fn tenant_work<T, E, F>(tenant: TenantId, f: F) -> (Work, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work: Work = Box::new(move |session| {
        Box::pin(async move {
            let mut tx = Tx::new(session, tenant);
            let result = AssertUnwindSafe(async {
                let value = f(&mut tx).await?;
                let due = tx.seal().await?;
                Ok((value, due))
            })
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::Panicked.into()));
            (tx.session, outcome(result, reply))
        })
    });
    (work, answer)
}

fn system_work<T, E, F>(f: F) -> (Work, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work: Work = Box::new(move |session| {
        Box::pin(async move {
            let mut tx = SystemTx { session };
            let result = AssertUnwindSafe(async {
                let value = f(&mut tx).await?;
                if tx.session.is_sound() { Ok((value, None)) } else { Err(Error::Aborted.into()) }
            })
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::Panicked.into()));
            (tx.session, outcome(result, reply))
        })
    });
    (work, answer)
}

/// Turns what a closure returned into what is to be done with its changes and said to its caller.
fn outcome<T, E>(result: Result<(T, Option<Timestamp>), E>, reply: oneshot::Sender<Result<T, E>>) -> Outcome
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    // A caller who has gone away does not take the answer; the changes stand nevertheless.
    match result {
        Ok((value, _due)) => Outcome::Keep(Box::new(move |committed| {
            let _ = reply.send(committed.map(|()| value).map_err(E::from));
        })),
        Err(error) => Outcome::Undo(Box::new(move || {
            let _ = reply.send(Err(error));
        })),
    }
}
