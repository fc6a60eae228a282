//! Migrations: one file per step for both engines.
//!
//! Two marks make one text fit both: `{tenant}` at the start of a table's column list, `{t}`
//! before the columns of keys, unique indexes and `on conflict`. On SQLite both are nothing; on
//! PostgreSQL they are the column `tenant_id`, and every table with `{tenant}` gets forced
//! row-level security.
//!
//! **Expand, then contract.** Nodes of the old and the new version run at once during an upgrade:
//! a step adds tables, nullable columns and indexes; what the old version still names is removed
//! one release later.
//!
//! Invariant: a step is applied once, wholly or not at all, and what was applied never changes.

use sha2::{Digest, Sha256};

use crate::session::{Connection, Session};
use crate::{Error, Result, args};

/// A step: its name (`0001_invoice`, sorted by it) and its SQL.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its name; also the order.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

/// The steps of a block.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// The block.
    pub block: &'static str,
    /// Steps of each tenant's database.
    pub tenant: &'static [Migration],
    /// Steps of the system's database.
    pub system: &'static [Migration],
}

impl Migrations {
    /// Steps of each tenant's database.
    #[must_use]
    pub const fn tenant(block: &'static str, steps: &'static [Migration]) -> Migrations {
        Migrations { block, tenant: steps, system: &[] }
    }

    /// With steps of the system's database.
    #[must_use]
    pub const fn with_system(self, steps: &'static [Migration]) -> Migrations {
        Migrations { system: steps, ..self }
    }
}

/// Steps from the files `migrations/NAME.sql` of the calling crate.
///
/// ```ignore
/// pub const MIGRATIONS: Migrations = Migrations::tenant("invoice-desk", migrations!["0001_invoice", "0002_route"]);
/// ```
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$($crate::Migration {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
        }),*]
    };
}

/// The store's own tables.
pub(crate) const OWN: Migrations =
    Migrations::tenant("store", migrations!["0001_store"]).with_system(migrations!["0001_system"]);

/// Which of the databases is migrated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    System,
    Tenant,
}

const LEDGER: &str = "create table if not exists migration (
    block TEXT not null, name TEXT not null, hash TEXT not null, applied_at BIGINT not null,
    primary key (block, name))";

/// Applies what is missing. The session is inside a transaction that the caller commits.
pub(crate) async fn apply(session: &mut Session, scope: Scope, blocks: &[Migrations]) -> Result<usize> {
    session.script(LEDGER.to_owned()).await?;
    let rows = session.all("select block, name, hash from migration".into(), &[]).await?;
    let mut applied = std::collections::BTreeMap::new();
    for row in rows {
        applied.insert((row.text("block")?, row.text("name")?), row.text("hash")?);
    }
    let mut count = 0;
    for block in blocks {
        let mut steps = match scope {
            Scope::System => block.system.to_vec(),
            Scope::Tenant => block.tenant.to_vec(),
        };
        steps.sort_by_key(|step| step.name);
        for step in steps {
            let failed =
                |reason: String| Error::Migration { block: block.block.to_owned(), name: step.name.to_owned(), reason };
            let hash = crate::blobs::hex(&Sha256::digest(step.sql.as_bytes()));
            // On PostgreSQL both scopes share one ledger, so the system's steps have their own name.
            let ledger_block = match scope {
                Scope::System => format!("{}/system", block.block),
                Scope::Tenant => block.block.to_owned(),
            };
            match applied.get(&(ledger_block.clone(), step.name.to_owned())) {
                Some(earlier) if *earlier == hash => continue,
                Some(_) => return Err(failed("its text has changed since it was applied".to_owned())),
                None => {}
            }
            let sql = match session.connection {
                Connection::Sqlite(_) => for_sqlite(step.sql),
                Connection::Postgres(_) => for_postgres(step.sql, scope),
            };
            session.script(sql).await.map_err(|error| failed(error.to_string()))?;
            let args = args![&ledger_block, step.name, &hash, session.now];
            session
                .execute("insert into migration (block, name, hash, applied_at) values ($1, $2, $3, $4)".into(), &args)
                .await?;
            count += 1;
        }
    }
    Ok(count)
}

fn for_sqlite(sql: &str) -> String {
    sql.replace("{tenant}", "").replace("{t}", "")
}

fn for_postgres(sql: &str, _scope: Scope) -> String {
    sql.replace("{tenant}", "tenant_id TEXT not null default current_setting('vir.tenant'),")
        .replace("{t}", "tenant_id, ")
}
