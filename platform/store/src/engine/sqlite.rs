//! SQLite: one file, one writer task with group commit, a few readers.
//!
//! The writer drains what is queued, runs each closure in a savepoint of one transaction, commits
//! once, and then answers all of them: while a commit waits for the disk, the next group gathers.
//!
//! Invariant: nobody is answered before the commit that holds their changes is on disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::{Semaphore, mpsc};

use super::{Answer, Outcome, Work};
use crate::session::{Connection, Session};
use crate::{Clock, Error, Result};

/// How many closures share a commit at most: bounds the wait of the first of them.
const GROUP: usize = 64;
/// How many closures wait at most; whoever comes then waits for a place.
const QUEUE: usize = 1024;
/// How many reads run at once per database.
const READERS: usize = 4;
/// How long a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_secs(30);

/// A database file.
#[derive(Clone)]
pub(crate) struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    clock: Clock,
    queue: mpsc::Sender<Work>,
    readers: Readers,
}

impl Database {
    pub fn open(path: PathBuf, clock: Clock) -> Database {
        let (queue, work) = mpsc::channel(QUEUE);
        tokio::spawn(write_loop(path.clone(), clock.clone(), work));
        let readers = Readers { permits: Semaphore::new(READERS), idle: Mutex::new(Vec::new()) };
        Database { inner: Arc::new(Inner { path, clock, queue, readers }) }
    }

    /// Queues a closure for the writer.
    pub async fn write(&self, work: Work) -> Result<()> {
        self.inner.queue.send(work).await.map_err(|_| Error::Closed)
    }

    /// Runs a closure on a reader; nothing that it does is kept.
    pub async fn read(&self, work: Work) -> Result<()> {
        let inner = &self.inner;
        let _permit = inner.readers.permits.acquire().await.map_err(|_| Error::Closed)?;
        let idle = inner.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&inner.path, Mode::Read).await?,
        };
        let mut session = Session::new(Connection::Sqlite(connection), inner.clock.now());
        session.control("begin").await?;
        // Where the caller gives up in between, the session is dropped with its connection.
        let (mut session, outcome) = work(session).await;
        let ended = session.control("rollback").await;
        match outcome {
            Outcome::Keep(answer) => answer(Ok(())),
            Outcome::Undo(answer) => answer(),
        }
        if ended.is_ok()
            && let Connection::Sqlite(connection) = session.connection
        {
            inner.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok(())
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
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(200)
        .disable_statement_logging();
    options = match mode {
        Mode::Write => options.journal_mode(SqliteJournalMode::Wal),
        Mode::Read => options.pragma("query_only", "on"),
    };
    options.connect().await.map_err(|error| Error::database(&format!("open {}", path.display()), error))
}

async fn write_loop(path: PathBuf, clock: Clock, mut queue: mpsc::Receiver<Work>) {
    let mut kept: Option<Session> = None;
    loop {
        let first = match tokio::time::timeout(IDLE, queue.recv()).await {
            Ok(Some(work)) => work,
            Ok(None) => break,
            Err(_) => {
                if let Some(session) = kept.take() {
                    session.close().await;
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
    let committed = session.control("commit").await;
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
