//! What can go wrong with us or the machine.
//!
//! Invariant: no variant carries a person's data; statements are shown without their values.

use std::path::PathBuf;
use std::sync::Arc;

use crate::{BlobId, TenantId};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database refused a statement.
    #[error("database: {source} (in: {sql})")]
    Database {
        /// The beginning of the statement, without values.
        sql: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A row with this key is already there.
    #[error("already there: {constraint}")]
    Unique {
        /// The constraint, as the engine names it.
        constraint: String,
    },
    /// A row that is named here does not exist, or is still named elsewhere.
    #[error("a row that this one refers to is missing, or this one is still referred to: {sql}")]
    Reference {
        /// The beginning of the statement.
        sql: String,
    },
    /// Too much at once: try again. Also where the engine gave up after its own retries.
    #[error("the database is busy; try again")]
    Busy,
    /// An earlier statement of this transaction failed; nothing of it can be kept.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// The transaction could not be made durable, so nothing of it is kept.
    #[error("could not commit: {0}")]
    Commit(Arc<str>),
    /// Exactly one row was expected.
    #[error("no row for: {sql}")]
    NoRow {
        /// The beginning of the statement.
        sql: String,
    },
    /// A column is not there, or holds something else.
    #[error("column {name}: {source}")]
    Column {
        /// The column.
        name: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The code that ran in the transaction panicked; nothing of it is kept.
    #[error("a transaction panicked and was rolled back")]
    Panicked,
    /// The store is closed, or closing.
    #[error("the store is closed")]
    Closed,
    /// Not a tenant's short name.
    #[error("`{0}` is not a short name of a tenant: 1 to 40 of a-z, 0-9 and inner hyphens")]
    TenantName(String),
    /// There is no such tenant.
    #[error("there is no tenant `{0}`")]
    NoTenant(TenantId),
    /// There is already such a tenant.
    #[error("there is already a tenant `{0}`")]
    TenantExists(TenantId),
    /// A migration failed, or does not fit to what was applied earlier.
    #[error("migration {block}/{name}: {reason}")]
    Migration {
        /// The block whose step it is.
        block: String,
        /// The step.
        name: String,
        /// Why.
        reason: String,
    },
    /// Not a blob's name.
    #[error("`{0}` is not the name of a blob: 64 hexadecimal digits")]
    BlobName(String),
    /// There is no such blob.
    #[error("there is no blob {0}")]
    NoBlob(BlobId),
    /// What is stored under a blob's name is not what was put there.
    #[error("blob {0} is damaged: its content has another hash")]
    Damaged(BlobId),
    /// A file could not be read or written.
    #[error("{what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The object storage refused or did not answer.
    #[error("object storage: {0}")]
    Objects(#[from] object_store::Error),
    /// A value could not be turned into JSON or back.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A restore would write over what is there.
    #[error("{} is not empty; restore into a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// A backup is not what was written: which file, or what of it.
    #[error("the backup is damaged: {0}")]
    DamagedBackup(String),
    /// A backup or restore of files was asked for, and the rows are on PostgreSQL.
    #[error(
        "a database on PostgreSQL is backed up with pg_dump or point-in-time recovery, and restored with pg_restore; see the operator guide"
    )]
    OnPostgres,
    /// The configuration does not make sense.
    #[error("configuration: {0}")]
    Config(String),
}

impl Error {
    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Error::Busy)
    }

    /// Whether a row with this key was already there.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Error::Unique { .. })
    }

    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::File { what, path, source }
    }

    /// Sorts a driver's error into what callers tell apart.
    pub(crate) fn database(sql: &str, source: sqlx::Error) -> Error {
        match source {
            sqlx::Error::PoolTimedOut => return Error::Busy,
            sqlx::Error::PoolClosed => return Error::Closed,
            _ => {}
        }
        if let sqlx::Error::Database(error) = &source {
            if error.is_unique_violation() {
                let constraint = error.constraint().unwrap_or_else(|| error.message()).to_owned();
                return Error::Unique { constraint };
            }
            if error.is_foreign_key_violation() {
                return Error::Reference { sql: beginning(sql) };
            }
            // PostgreSQL: serialisation failure, deadlock, lock not available. SQLite: BUSY, BUSY_SNAPSHOT, LOCKED.
            if let Some("40001" | "40P01" | "55P03" | "5" | "517" | "6") = error.code().as_deref() {
                return Error::Busy;
            }
        }
        Error::Database { sql: beginning(sql), source }
    }
}

/// The first words of a statement on one line: enough to find it in the code.
pub(crate) fn beginning(sql: &str) -> String {
    let mut words = String::new();
    for word in sql.split_whitespace() {
        if words.len() + word.len() > 120 {
            words.push('…');
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}
