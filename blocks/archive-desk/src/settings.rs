//! What a tenant keeps under a name: settings, and notes of when something was done last.
//!
//! Invariant: a name has one value, as JSON; what it means is known to whoever wrote it.

use vir_store::{Result, Tx, args};

/// The statement that reads one, for the test that has both engines read it.
pub const READ: &str = "select value from archive_setting where name = $1";
const WRITE: &str = "insert into archive_setting (name, value) values ($1, $2)
    on conflict ({t}name) do update set value = excluded.value";
const REMOVE: &str = "delete from archive_setting where name = $1";

/// The JSON under a name.
///
/// # Errors
/// Where the store fails.
pub async fn read(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    tx.optional(READ, &args![name]).await?.map(|row| row.text("value")).transpose()
}

/// Keeps JSON under a name.
///
/// # Errors
/// Where the store fails.
pub async fn write(tx: &mut Tx, name: &str, json: &str) -> Result<()> {
    tx.execute(WRITE, &args![name, json]).await.map(|_| ())
}

/// Forgets what is under a name.
///
/// # Errors
/// Where the store fails.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<()> {
    tx.execute(REMOVE, &args![name]).await.map(|_| ())
}
