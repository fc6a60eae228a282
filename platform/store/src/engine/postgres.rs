//! PostgreSQL: shared tables, forced row-level security, any number of nodes.
//!
//! Two roles: the *owner* applies migrations; the *app* role, which runs everything else, is
//! neither owner nor superuser and sees no row before a transaction has named its tenant.
//! Writes run at once, READ COMMITTED: what is read and then written must be guarded by a version,
//! a unique index or [`Tx::lock`](crate::Tx::lock). Reads are one snapshot.
//!
//! Invariant: a connection never goes back to the pool with a transaction open.

use std::collections::HashSet;
use std::str::FromStr as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use super::{Outcome, Work};
use crate::migration::{self, Migrations};
use crate::session::{Connection, Session};
use crate::store::Postgres;
use crate::{Clock, Error, Result, TenantId, args};

/// A connection that lay idle for longer is tried before it is used: the server may have restarted.
const STALE: Duration = Duration::from_secs(5);

/// How long closing waits for what still runs.
const CLOSING: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    pool: PgPool,
    clock: Clock,
    /// Tenants that are known to exist; there may be more, made by other nodes.
    known: Arc<RwLock<HashSet<TenantId>>>,
}

impl Server {
    pub async fn open(config: &Postgres, migrations: Vec<Migrations>, clock: Clock) -> Result<Server> {
        let options = options(&config.url)?;
        if let Some(owner) = &config.owner_url {
            migrate(&self::options(owner)?, options.get_username(), &migrations, &clock).await?;
        }
        let pool = PgPoolOptions::new()
            .max_connections(config.connections)
            .min_connections(0)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(Duration::from_secs(120))
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > STALE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| Error::database("connect to PostgreSQL", error))?;
        let server = Server { pool, clock, known: Arc::default() };
        server.check_role().await?;
        server.check_migrations(&migrations).await?;
        Ok(server)
    }

    pub async fn write(&self, tenant: Option<&TenantId>, work: Work) -> Result<()> {
        let mut session = self.begin(tenant, "begin").await?;
        // A task of its own: a caller who gives up must not leave a transaction half done.
        tokio::spawn(async move {
            let outcome;
            (session, outcome) = work(session).await;
            match outcome {
                Outcome::Keep(answer) => {
                    let begun = tokio::time::Instant::now();
                    let committed = session.control("commit").await;
                    metrics::histogram!("vir_store_commit_seconds").record(begun.elapsed().as_secs_f64());
                    let ended = committed.is_ok();
                    answer(committed.map_err(|error| match error {
                        Error::Busy => Error::Busy,
                        error => Error::Commit(error.to_string().into()),
                    }));
                    release(session, ended);
                }
                Outcome::Undo(answer) => {
                    let ended = session.control("rollback").await.is_ok();
                    answer();
                    release(session, ended);
                }
            }
        });
        Ok(())
    }

    pub async fn read(&self, tenant: Option<&TenantId>, work: Work) -> Result<()> {
        let session = self.begin(tenant, "begin isolation level repeatable read read only").await?;
        tokio::spawn(async move {
            let (mut session, outcome) = work(session).await;
            let ended = session.control("rollback").await.is_ok();
            match outcome {
                Outcome::Keep(answer) => answer(Ok(())),
                Outcome::Undo(answer) => answer(),
            }
            release(session, ended);
        });
        Ok(())
    }

    pub async fn close(&self) {
        // A connection that does not come back must not keep the program from ending; the server
        // rolls back what it left open.
        if tokio::time::timeout(CLOSING, self.pool.close()).await.is_err() {
            tracing::warn!("some connections to PostgreSQL did not end in time");
        }
    }

    async fn begin(&self, tenant: Option<&TenantId>, begin: &str) -> Result<Session> {
        if let Some(tenant) = tenant {
            self.must_exist(tenant).await?;
        }
        self.begin_unchecked(tenant, begin).await
    }

    async fn begin_unchecked(&self, tenant: Option<&TenantId>, begin: &str) -> Result<Session> {
        let connection = self.pool.acquire().await.map_err(|error| Error::database("connect", error))?;
        let mut session = Session::new(Connection::Postgres(connection), self.clock.now());
        // One way to the server. A tenant's name has no character that would need quoting.
        let sql = match tenant {
            Some(tenant) => format!("{begin}; select set_config('vir.tenant', '{tenant}', true)"),
            None => begin.to_owned(),
        };
        if let Err(error) = session.script(sql).await {
            release(session, false);
            return Err(error);
        }
        Ok(session)
    }

    async fn must_exist(&self, tenant: &TenantId) -> Result<()> {
        if self.known.read().unwrap_or_else(PoisonError::into_inner).contains(tenant) {
            return Ok(());
        }
        let mut session = self.begin_unchecked(None, "begin read only").await?;
        let row = session.optional("select id from tenant where id = $1".into(), &args![tenant]).await;
        let ended = session.control("rollback").await.is_ok();
        release(session, ended);
        if row?.is_none() {
            return Err(Error::NoTenant(tenant.clone()));
        }
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone());
        Ok(())
    }

    /// Refuses a role that could see more than its tenant.
    async fn check_role(&self) -> Result<()> {
        let mut session = self.begin_unchecked(None, "begin read only").await?;
        let row = session
            .one(
                "select r.rolsuper or r.rolbypassrls as free, exists (select 1 from pg_class c
                   where c.relowner = r.oid and c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace)
                   as owner from pg_roles r where r.rolname = current_user"
                    .into(),
                &[],
            )
            .await;
        let ended = session.control("rollback").await.is_ok();
        release(session, ended);
        let row = row?;
        if row.bool("free")? || row.bool("owner")? {
            return Err(Error::Config(
                "the database role of the server is a superuser, bypasses row-level security or owns the tables; \
                 give it a role of its own, and the owner's only for migrations"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// Refuses to run on tables that are older than the program.
    async fn check_migrations(&self, migrations: &[Migrations]) -> Result<()> {
        let mut session = self.begin_unchecked(None, "begin read only").await?;
        let missing = migration::missing(&mut session, migrations).await;
        let ended = session.control("rollback").await.is_ok();
        release(session, ended);
        missing
    }
}

/// Gives a connection back, or closes it where its transaction may still be open.
fn release(session: Session, ended: bool) {
    if let Connection::Postgres(connection) = session.connection
        && !ended
    {
        drop(connection.detach());
    }
}

fn options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Config(format!("the address of the database is not readable: {error}")))?;
    Ok(options
        .application_name("vir")
        .statement_cache_capacity(200)
        .options([
            ("statement_timeout", "60s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "60s"),
            // Statements are written for one index each; planning those of many parts anew costs more than running them.
            ("plan_cache_mode", "force_generic_plan"),
        ])
        .disable_statement_logging())
}

async fn migrate(owner: &PgConnectOptions, app: &str, migrations: &[Migrations], clock: &Clock) -> Result<()> {
    // A pool of one: sessions run on connections of a pool.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(owner.clone().options([("statement_timeout", "0"), ("lock_timeout", "0")]))
        .await
        .map_err(|error| Error::database("connect to PostgreSQL as the owner", error))?;
    let connection = pool.acquire().await.map_err(|error| Error::database("connect", error))?;
    let mut session = Session::new(Connection::Postgres(connection), clock.now());
    // Several nodes may start at once: the first one migrates, the others wait and find nothing to do.
    session.script("begin; select pg_advisory_xact_lock(8246712093)".to_owned()).await?;
    let applied = migration::apply_to_postgres(&mut session, app, migrations).await;
    let ended = match &applied {
        Ok(()) => session.control("commit").await,
        Err(_) => session.control("rollback").await,
    };
    release(session, ended.is_ok());
    pool.close().await;
    applied?;
    ended
}
