//! SQLite: one file, one writer task with group commit, a few readers.
//!
//! The writer drains what is queued, runs each closure in a savepoint of one transaction, commits
//! once, and then answers all of them: while a commit waits for the disk, the next group gathers.
//!
//! Invariant: nobody is answered before the commit that holds their changes is on disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::{Answer, Outcome, Work};
use crate::migration::{self, Migrations, Scope};
use crate::session::{Connection, Session};
use crate::{Clock, Error, Result, TenantId, args};

/// How many closures share a commit at most: bounds the wait of the first of them.
const GROUP: usize = 64;
/// How many closures wait at most; whoever comes then waits for a place.
const QUEUE: usize = 1024;
/// How many reads run at once per database.
const READERS: usize = 4;
/// How long a read waits for a place, and a statement for a lock of another process.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_secs(30);

/// The databases in a folder: `system.db` and `tenants/NAME.db`.
pub(crate) struct Files {
    folder: PathBuf,
    clock: Clock,
    migrations: Vec<Migrations>,
    system: Arc<Database>,
    tenants: RwLock<HashMap<TenantId, Arc<Database>>>,
}

impl Files {
    pub async fn open(folder: &Path, migrations: Vec<Migrations>, clock: Clock) -> Result<Files> {
        let tenants = folder.join("tenants");
        tokio::fs::create_dir_all(&tenants).await.map_err(Error::file("create", &tenants))?;
        let path = folder.join("system.db");
        let mut session = migrate(&path, Scope::System, &migrations, &clock).await?;
        let rows = session.all("select id from tenant order by id".into(), &[]).await?;
        session.close().await;
        let files = Files {
            folder: folder.to_owned(),
            system: Arc::new(Database::open(path, clock.clone())),
            clock,
            migrations,
            tenants: RwLock::default(),
        };
        for row in rows {
            files.prepare(&row.text("id")?.parse()?).await?;
        }
        Ok(files)
    }

    pub fn database(&self, tenant: Option<&TenantId>) -> Result<Arc<Database>> {
        let Some(tenant) = tenant else {
            return Ok(Arc::clone(&self.system));
        };
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.get(tenant).cloned().ok_or_else(|| Error::NoTenant(tenant.clone()))
    }

    pub async fn prepare(&self, tenant: &TenantId) -> Result<()> {
        let path = self.path(tenant);
        migrate(&path, Scope::Tenant, &self.migrations, &self.clock).await?.close().await;
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant.clone()).or_insert_with(|| Arc::new(Database::open(path, self.clock.clone())));
        Ok(())
    }

    pub async fn close(&self) {
        let tenants: Vec<_> = self
            .tenants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .map(|(_, database)| database)
            .collect();
        for database in tenants {
            database.close().await;
        }
        self.system.close().await;
    }

    /// A consistent copy of a database, made while it is in use.
    pub async fn copy(&self, tenant: Option<&TenantId>, to: &Path) -> Result<()> {
        let from = tenant.map_or_else(|| self.folder.join("system.db"), |tenant| self.path(tenant));
        let connection = connect(&from, Mode::Read).await?;
        let mut session = Session::new(Connection::Sqlite(connection), self.clock.now());
        // A reader refuses every write, also into another file.
        session.control("pragma query_only = off").await?;
        let copied = session.execute("vacuum into $1".into(), &args![to.to_string_lossy()]).await;
        session.close().await;
        copied.map(|_| ())
    }

    fn path(&self, tenant: &TenantId) -> PathBuf {
        self.folder.join("tenants").join(format!("{tenant}.db"))
    }
}

/// Applies what is missing to a file, which is created if it is not there.
async fn migrate(path: &Path, scope: Scope, migrations: &[Migrations], clock: &Clock) -> Result<Session> {
    let connection = connect(path, Mode::Write).await?;
    let mut session = Session::new(Connection::Sqlite(connection), clock.now());
    session.control("begin immediate").await?;
    if let Err(error) = migration::apply_to_sqlite(&mut session, scope, migrations).await {
        session.close().await;
        return Err(error);
    }
    session.control("commit").await?;
    Ok(session)
}

/// A database file.
pub(crate) struct Database {
    path: PathBuf,
    clock: Clock,
    writer: Mutex<Option<Writer>>,
    readers: Arc<Readers>,
}

struct Writer {
    queue: mpsc::Sender<Work>,
    task: JoinHandle<()>,
}

impl Database {
    fn open(path: PathBuf, clock: Clock) -> Database {
        let (queue, work) = mpsc::channel(QUEUE);
        let readers = Arc::new(Readers { permits: Semaphore::new(READERS), idle: Mutex::new(Vec::new()) });
        let task = tokio::spawn(write_loop(path.clone(), clock.clone(), work, Arc::clone(&readers)));
        Database { path, clock, writer: Mutex::new(Some(Writer { queue, task })), readers }
    }

    /// Queues a closure for the writer.
    pub async fn write(&self, work: Work) -> Result<()> {
        let queue = {
            let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.as_ref().ok_or(Error::Closed)?.queue.clone()
        };
        queue.send(work).await.map_err(|_| Error::Closed)
    }

    /// Runs a closure on a reader; nothing that it does is kept.
    pub async fn read(&self, work: Work) -> Result<()> {
        // Whoever reads inside a read could otherwise wait for themselves for ever.
        let permit = tokio::time::timeout(PATIENCE, self.readers.permits.acquire()).await;
        let _permit = permit.map_err(|_| Error::Busy)?.map_err(|_| Error::Closed)?;
        let idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path, Mode::Read).await?,
        };
        let mut session = Session::new(Connection::Sqlite(connection), self.clock.now());
        session.control("begin").await?;
        // Where the caller gives up in between, the session is dropped with its connection.
        let (mut session, outcome) = work(session).await;
        let ended = session.control("rollback").await;
        match outcome {
            Outcome::Keep(answer) => answer(Ok(())),
            Outcome::Undo(answer) => answer(),
        }
        if ended.is_ok()
            && !self.readers.permits.is_closed()
            && let Connection::Sqlite(connection) = session.connection
        {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok(())
    }

    /// Lets the writer end what is queued, and closes all connections.
    async fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Writer { queue, task }) = writer {
            drop(queue);
            // The task ends when the queue is empty; where it panicked, there is nothing to close.
            let _ = task.await;
        }
        self.readers.permits.close();
        let idle = std::mem::take(&mut *self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            let _ = connection.close().await;
        }
    }
}

struct Readers {
    permits: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// Opens a database file; only the writer creates it.
pub(crate) async fn connect(path: &Path, mode: Mode) -> Result<SqliteConnection> {
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(mode == Mode::Write)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(200)
        .disable_statement_logging();
    options = match mode {
        Mode::Write => options.journal_mode(SqliteJournalMode::Wal),
        Mode::Read => options.pragma("query_only", "on"),
    };
    options.connect().await.map_err(|error| Error::database(&format!("open {}", path.display()), error))
}

async fn write_loop(path: PathBuf, clock: Clock, mut queue: mpsc::Receiver<Work>, readers: Arc<Readers>) {
    let mut kept: Option<Session> = None;
    loop {
        let first = match tokio::time::timeout(IDLE, queue.recv()).await {
            Ok(Some(work)) => work,
            Ok(None) => break,
            Err(_) => {
                if let Some(session) = kept.take() {
                    session.close().await;
                }
                let idle = std::mem::take(&mut *readers.idle.lock().unwrap_or_else(PoisonError::into_inner));
                for connection in idle {
                    let _ = connection.close().await;
                }
                continue;
            }
        };
        let mut session = match kept.take() {
            Some(session) => session,
            None => match connect(&path, Mode::Write).await {
                Ok(connection) => Session::new(Connection::Sqlite(connection), clock.now()),
                Err(error) => {
                    // Whoever waits for `first` hears that the store is closed; the log says why.
                    tracing::error!(path = %path.display(), %error, "cannot open the database for writing");
                    drop(first);
                    continue;
                }
            },
        };
        if let Err(error) = session.control("begin immediate").await {
            tracing::error!(path = %path.display(), %error, "cannot begin to write");
            session.refuse();
            let (session, outcome) = first(session).await;
            if let Outcome::Undo(answer) = outcome {
                answer();
            }
            session.close().await;
            continue;
        }
        kept = group(session, first, &mut queue, &clock).await;
    }
    if let Some(session) = kept {
        session.close().await;
    }
}

/// Runs what is queued in one transaction and commits it. Gives the session back if it is sound.
async fn group(mut session: Session, first: Work, queue: &mut mpsc::Receiver<Work>, clock: &Clock) -> Option<Session> {
    let mut answers: Vec<Answer> = Vec::new();
    let mut next = Some(first);
    let mut count = 0;
    let mut lost = false;
    while let Some(work) = next.take() {
        count += 1;
        session.renew(clock.now());
        if session.control("savepoint piece").await.is_err() {
            lost = true;
            break;
        }
        let outcome;
        (session, outcome) = work(session).await;
        lost = match outcome {
            Outcome::Keep(answer) => {
                answers.push(answer);
                session.is_lost() || session.control("release piece").await.is_err()
            }
            Outcome::Undo(answer) => {
                let undone = session.control("rollback to piece").await.is_ok()
                    && session.control("release piece").await.is_ok();
                answer();
                session.is_lost() || !undone
            }
        };
        if lost {
            break;
        }
        if count < GROUP {
            next = queue.try_recv().ok();
        }
    }
    metrics::histogram!("vir_store_group_size").record(count as f64);
    if lost {
        // The engine gave the transaction up; closing the connection ends what is left of it.
        for answer in answers {
            answer(Err(Error::Commit("the transaction was given up".into())));
        }
        session.close().await;
        return None;
    }
    let begun = tokio::time::Instant::now();
    let committed = session.control("commit").await;
    metrics::histogram!("vir_store_commit_seconds").record(begun.elapsed().as_secs_f64());
    if let Err(error) = committed {
        let reason: Arc<str> = error.to_string().into();
        for answer in answers {
            answer(Err(Error::Commit(Arc::clone(&reason))));
        }
        session.close().await;
        return None;
    }
    for answer in answers {
        answer(Ok(()));
    }
    Some(session)
}
