//! A connection inside a transaction, on either engine: where statements run.
//!
//! Invariant: after a failed statement the session refuses every further one. PostgreSQL demands
//! that, SQLite does not; code that worked on one engine only would be found in production.

use std::borrow::Cow;

use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Postgres, SqlSafeStr as _, Sqlite, SqliteConnection};

use crate::error::beginning;
use crate::value::Fields;
use crate::{Error, Result, Row, Value, ValueType};

/// An open transaction, or a savepoint in one.
pub(crate) struct Session {
    pub connection: Connection,
    pub now: Timestamp,
    state: State,
}

pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PoolConnection<Postgres>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// A statement failed; the transaction, or its savepoint, must be rolled back.
    Failed,
    /// The transaction could not begin: the database is locked.
    Busy,
    /// The engine has given up the whole transaction, with everything that others did in it.
    Lost,
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Value::Text(value) => query.bind(value.as_str()),
                Value::Int(value) => query.bind(*value),
                Value::Bool(value) => query.bind(*value),
                Value::Bytes(value) => query.bind(value.as_slice()),
                Value::Null(ValueType::Text) => query.bind(None::<&str>),
                Value::Null(ValueType::Int) => query.bind(None::<i64>),
                Value::Null(ValueType::Bool) => query.bind(None::<bool>),
                Value::Null(ValueType::Bytes) => query.bind(None::<&[u8]>),
            };
        }
        query
    }};
}

impl Session {
    pub fn new(connection: Connection, now: Timestamp) -> Session {
        Session { connection, now, state: State::Sound }
    }

    /// A session whose transaction could not begin; whoever uses it is told so.
    pub fn refuse(&mut self) {
        self.state = State::Busy;
    }

    pub async fn execute(&mut self, sql: Cow<'static, str>, args: &[Value]) -> Result<u64> {
        let sql = self.begin_statement(sql)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => bound!(sqlx::query::<Sqlite>(AssertSqlSafe(sql.clone())), args)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()),
            Connection::Postgres(connection) => bound!(sqlx::query::<Postgres>(AssertSqlSafe(sql.clone())), args)
                .execute(&mut **connection)
                .await
                .map(|done| done.rows_affected()),
        };
        result.map_err(|error| self.failed(&sql, error))
    }

    pub async fn all(&mut self, sql: Cow<'static, str>, args: &[Value]) -> Result<Vec<Row>> {
        let sql = self.begin_statement(sql)?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => bound!(sqlx::query::<Sqlite>(AssertSqlSafe(sql.clone())), args)
                .fetch_all(connection)
                .await
                .map(|rows| rows.into_iter().map(|row| Row(Fields::Sqlite(row))).collect()),
            Connection::Postgres(connection) => bound!(sqlx::query::<Postgres>(AssertSqlSafe(sql.clone())), args)
                .fetch_all(&mut **connection)
                .await
                .map(|rows| rows.into_iter().map(|row| Row(Fields::Postgres(row))).collect()),
        };
        result.map_err(|error| self.failed(&sql, error))
    }

    pub async fn optional(&mut self, sql: Cow<'static, str>, args: &[Value]) -> Result<Option<Row>> {
        // `fetch_all`, not `fetch_optional`: a statement that is stopped after its first row
        // would leave an `insert … returning` of several rows half done on SQLite.
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    pub async fn one(&mut self, sql: Cow<'static, str>, args: &[Value]) -> Result<Row> {
        let words = sql.clone();
        self.optional(sql, args).await?.ok_or_else(|| Error::NoRow { sql: beginning(&words) })
    }

    /// Several statements of the store itself, without arguments.
    pub async fn script(&mut self, sql: String) -> Result<()> {
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => {
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.clone()))).await.map(|_| ())
            }
            Connection::Postgres(connection) => {
                (**connection).execute(sqlx::raw_sql(AssertSqlSafe(sql.clone()))).await.map(|_| ())
            }
        };
        result.map_err(|error| self.failed(&sql, error))
    }

    /// Has the engine read a statement without running it.
    pub async fn prepare(&mut self, sql: Cow<'static, str>) -> Result<()> {
        let sql = self.begin_statement(sql)?;
        let text = AssertSqlSafe(sql.clone().into_owned()).into_sql_str();
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => connection.prepare(text).await.map(|_| ()),
            Connection::Postgres(connection) => (**connection).prepare(text).await.map(|_| ()),
        };
        result.map_err(|error| self.failed(&sql, error))
    }

    /// What begins and ends transactions; runs whatever the state is.
    pub async fn control(&mut self, sql: &'static str) -> Result<()> {
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => sqlx::query::<Sqlite>(sql).execute(connection).await.map(|_| ()),
            // Without preparing: one way to the server.
            Connection::Postgres(connection) => (**connection).execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        };
        result.map_err(|error| Error::database(sql, error))
    }

    /// Whether everything so far succeeded; otherwise what further statements would be told.
    pub fn soundness(&self) -> Result<()> {
        match self.state {
            State::Sound => Ok(()),
            State::Busy => Err(Error::Busy),
            State::Failed | State::Lost => Err(Error::Aborted),
        }
    }

    /// Whether the whole transaction is gone, not only the part since the last savepoint.
    pub fn is_lost(&self) -> bool {
        self.state == State::Lost
    }

    /// Marks the session as sound again, after a rollback to a savepoint or a new `begin`.
    pub fn renew(&mut self, now: Timestamp) {
        self.now = now;
        self.state = State::Sound;
    }

    pub async fn close(self) {
        if let Connection::Sqlite(connection) = self.connection {
            // The error would say that a file could not be closed; there is nothing to do about it.
            let _ = connection.close().await;
        }
    }

    fn begin_statement(&self, sql: Cow<'static, str>) -> Result<Cow<'static, str>> {
        self.soundness()?;
        Ok(match self.connection {
            Connection::Sqlite(_) => numbered(with_key(sql, "")),
            Connection::Postgres(_) => with_key(sql, "tenant_id, "),
        })
    }

    fn failed(&mut self, sql: &str, error: sqlx::Error) -> Error {
        let gave_up = match &error {
            // SQLite rolls the whole transaction back on: no memory, interrupted, disk error, disk full.
            sqlx::Error::Database(error) if matches!(self.connection, Connection::Sqlite(_)) => error
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_none_or(|code| matches!(code & 0xff, 7 | 9 | 10 | 13)),
            sqlx::Error::Database(_) | sqlx::Error::RowNotFound | sqlx::Error::ColumnNotFound(_) => false,
            sqlx::Error::Encode(_) | sqlx::Error::Decode(_) => false,
            _ => true,
        };
        self.state = if gave_up { State::Lost } else { State::Failed };
        Error::database(sql, error)
    }
}

/// The statement with the tenant's column where `{t}` stands.
fn with_key(sql: Cow<'static, str>, key: &str) -> Cow<'static, str> {
    if sql.contains("{t}") { Cow::Owned(sql.replace("{t}", key)) } else { sql }
}

/// `?1` for `$1`: `SQLite` takes the first as a number and the second as a name, which it looks for among all the names
/// before it, so that hundreds of them cost their square.
fn numbered(sql: Cow<'static, str>) -> Cow<'static, str> {
    let mut parts = sql.split('$');
    let Some(first) = parts.next().filter(|first| first.len() < sql.len()) else { return sql };
    let mut text = String::with_capacity(sql.len());
    text.push_str(first);
    for part in parts {
        text.push(if part.starts_with(|next: char| next.is_ascii_digit()) { '?' } else { '$' });
        text.push_str(part);
    }
    Cow::Owned(text)
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("now", &self.now).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn numbers_for_names_and_nothing_else() {
        for (written, sent) in [
            ("select 1", "select 1"),
            ("select $1, $12 where a ->> '$.b' = $2", "select ?1, ?12 where a ->> '$.b' = ?2"),
            ("$1", "?1"),
            ("'$'", "'$'"),
        ] {
            assert_eq!(numbered(written.into()), sent);
        }
    }
}
