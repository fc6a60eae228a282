//! The engines. Invariant: nothing above this module knows which one it runs on.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::migration::Migrations;
use crate::session::Session;
use crate::store::{Config, Databases};
use crate::{BoxFuture, Clock, Error, Result, TenantId};

/// What is left to do when the fate of the transaction is known: to answer the caller.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// How a piece of work ended.
pub(crate) enum Outcome {
    /// Its changes shall be kept; the answer waits for the commit.
    Keep(Answer),
    /// Its changes shall be rolled back; the answer is ready.
    Undo(Box<dyn FnOnce() + Send>),
}

/// A closure over a transaction: takes the session and hands it back.
pub(crate) type Work = Box<dyn FnOnce(Session) -> BoxFuture<'static, (Session, Outcome)> + Send>;

/// Where the rows are. Without a tenant, the system's.
pub(crate) enum Engine {
    Sqlite(sqlite::Files),
    Postgres(postgres::Server),
}

impl Engine {
    pub async fn open(config: &Config, migrations: Vec<Migrations>, clock: Clock) -> Result<Engine> {
        Ok(match &config.databases {
            Databases::Folder => Engine::Sqlite(sqlite::Files::open(&config.folder, migrations, clock).await?),
            Databases::Postgres(postgres) => {
                Engine::Postgres(postgres::Server::open(postgres, migrations, clock).await?)
            }
        })
    }

    /// Makes the tables of a tenant; again, where they are there already.
    pub async fn prepare(&self, tenant: &TenantId) -> Result<()> {
        match self {
            Engine::Sqlite(files) => files.prepare(tenant).await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Runs a closure and keeps what it did. The answer comes by the closure's own way.
    pub async fn write(&self, tenant: Option<&TenantId>, work: Work) -> Result<()> {
        match self {
            Engine::Sqlite(files) => files.database(tenant)?.write(work).await,
            Engine::Postgres(server) => server.write(tenant, work).await,
        }
    }

    /// Runs a closure on a snapshot; nothing that it does is kept.
    pub async fn read(&self, tenant: Option<&TenantId>, work: Work) -> Result<()> {
        match self {
            Engine::Sqlite(files) => files.database(tenant)?.read(work).await,
            Engine::Postgres(server) => server.read(tenant, work).await,
        }
    }

    /// Ends what runs and closes all connections.
    pub async fn close(&self) {
        match self {
            Engine::Sqlite(files) => files.close().await,
            Engine::Postgres(server) => server.close().await,
        }
    }
}
