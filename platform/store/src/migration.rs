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

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::session::Session;
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
    /// Columns of the tenant's tables that hold names of blobs: (table, column), besides those that
    /// are called `blob` or `…_blob`. A blob that stands in none of them is swept away after a while.
    pub blobs: &'static [(&'static str, &'static str)],
}

impl Migrations {
    /// Steps of each tenant's database.
    #[must_use]
    pub const fn tenant(block: &'static str, steps: &'static [Migration]) -> Migrations {
        Migrations { block, tenant: steps, system: &[], blobs: &[] }
    }

    /// With steps of the system's database.
    #[must_use]
    pub const fn with_system(self, steps: &'static [Migration]) -> Migrations {
        Migrations { system: steps, ..self }
    }

    /// With columns of the tenant's tables that hold names of blobs under another name than `blob`
    /// or `…_blob`.
    #[must_use]
    pub const fn with_blobs(self, columns: &'static [(&'static str, &'static str)]) -> Migrations {
        Migrations { blobs: columns, ..self }
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
    Migrations::tenant("store", migrations!["0001_store", "0002_search", "0003_search_parts"])
        .with_system(migrations!["0001_system"]);

/// Which of the databases is migrated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    System,
    Tenant,
}

const LEDGER: &str = "create table if not exists migration (
    block TEXT not null, name TEXT not null, hash TEXT not null, applied_at BIGINT not null,
    primary key (block, name))";

/// Tables whose rows can be added, but neither changed nor removed.
const APPEND_ONLY: [&str; 1] = ["audit"];

/// The table that the app role reaches only through functions; see `migrations/0002_search.sql`.
const PRIVATE: &str = "search_text";

/// A step that is still to be applied.
struct Step {
    /// The block; of the system's steps, with a suffix: PostgreSQL has one ledger for both.
    block: String,
    migration: Migration,
    hash: String,
}

impl Step {
    fn failed(&self, reason: impl Into<String>) -> Error {
        Error::Migration { block: self.block.clone(), name: self.migration.name.to_owned(), reason: reason.into() }
    }
}

/// Applies what is missing to a file. The session is inside a transaction that the caller commits.
pub(crate) async fn apply_to_sqlite(session: &mut Session, scope: Scope, blocks: &[Migrations]) -> Result<()> {
    session.script(LEDGER.to_owned()).await?;
    for step in pending(session, scope, blocks).await? {
        let text = only(step.migration.sql, "sqlite");
        let mut sql = text.replace("{tenant}", "").replace("{t}", "");
        for table in created_tables(&text).iter().filter(|table| APPEND_ONLY.contains(&table.name)) {
            for deed in ["update", "delete"] {
                let name = table.name;
                sql.push_str(&format!(
                    "\ncreate trigger {name}_no_{deed} before {deed} on {name} begin \
                     select raise(abort, '{name} is append-only'); end;"
                ));
            }
        }
        session.script(sql).await.map_err(|error| step.failed(error.to_string()))?;
        note(session, &step).await?;
    }
    Ok(())
}

/// Applies what is missing as the owner, and gives the app role what it needs.
pub(crate) async fn apply_to_postgres(session: &mut Session, app: &str, blocks: &[Migrations]) -> Result<()> {
    let app = format!("\"{}\"", app.replace('"', "\"\""));
    session.script(LEDGER.to_owned()).await?;
    session
        .script(format!(
            "do $$ begin execute format('grant usage on schema %I to %s', current_schema(), '{}'); end $$; \
             grant select on migration to {app}",
            app.replace('\'', "''")
        ))
        .await?;
    for scope in [Scope::System, Scope::Tenant] {
        for step in pending(session, scope, blocks).await? {
            let text = only(step.migration.sql, "postgres");
            let mut sql = text
                .replace("{tenant}", "tenant_id TEXT not null default current_setting('vir.tenant'),")
                .replace("{t}", "tenant_id, ");
            for table in created_tables(&text).iter().filter(|table| table.name != PRIVATE) {
                sql.push_str(&table.protection(&app));
            }
            session.script(sql).await.map_err(|error| step.failed(error.to_string()))?;
            note(session, &step).await?;
        }
    }
    Ok(())
}

/// Fails where a step of the program has not been applied.
pub(crate) async fn missing(session: &mut Session, blocks: &[Migrations]) -> Result<()> {
    for scope in [Scope::System, Scope::Tenant] {
        if let Some(step) = pending(session, scope, blocks).await?.first() {
            return Err(step.failed("not applied; start one node with the owner's address, or run the migrations"));
        }
    }
    Ok(())
}

/// The steps that are not in the ledger, in their order.
async fn pending(session: &mut Session, scope: Scope, blocks: &[Migrations]) -> Result<Vec<Step>> {
    let mut applied = BTreeMap::new();
    for row in session.all("select block, name, hash from migration".into(), &[]).await? {
        applied.insert((row.text("block")?, row.text("name")?), row.text("hash")?);
    }
    let mut pending = Vec::new();
    for block in blocks {
        let (mut steps, suffix) = match scope {
            Scope::System => (block.system.to_vec(), "/system"),
            Scope::Tenant => (block.tenant.to_vec(), ""),
        };
        steps.sort_by_key(|step| step.name);
        for migration in steps {
            let hash = crate::blobs::hex(&Sha256::digest(migration.sql.as_bytes()));
            let step = Step { block: format!("{}{suffix}", block.block), migration, hash };
            match applied.get(&(step.block.clone(), migration.name.to_owned())) {
                Some(earlier) if *earlier == step.hash => {}
                Some(_) => return Err(step.failed("its text has changed since it was applied")),
                None => pending.push(step),
            }
        }
    }
    Ok(pending)
}

async fn note(session: &mut Session, step: &Step) -> Result<()> {
    let sql = "insert into migration (block, name, hash, applied_at) values ($1, $2, $3, $4)";
    let args = args![&step.block, step.migration.name, &step.hash, session.now];
    session.execute(sql.into(), &args).await.map(|_| ())
}

/// The text of a step for one engine: what stands between `-- only ENGINE` and `-- end` is for that
/// engine only. For the store's own steps; the SQL of blocks is the same on both.
fn only(sql: &str, engine: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut skipping = false;
    for line in sql.lines() {
        match line.strip_prefix("-- only ") {
            Some(name) => skipping = name.trim() != engine,
            None if line.trim() == "-- end" => skipping = false,
            None if skipping => {}
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

/// A table that a step creates.
struct Table<'a> {
    name: &'a str,
    /// Whether it has the mark `{tenant}`.
    of_tenant: bool,
}

impl Table<'_> {
    /// What makes a tenant's rows invisible to others, and the app role's rights.
    fn protection(&self, app: &str) -> String {
        let name = self.name;
        let rights = if APPEND_ONLY.contains(&name) { "select, insert" } else { "select, insert, update, delete" };
        let mut sql = format!("\ngrant {rights} on {name} to {app};");
        if self.of_tenant {
            // Before a transaction has named its tenant, the setting is null or empty: no row is visible then.
            let own = "tenant_id = nullif(current_setting('vir.tenant', true), '')";
            sql.push_str(&format!(
                "\nalter table {name} enable row level security; alter table {name} force row level security;\
                 \ncreate policy own_tenant on {name} using ({own}) with check ({own});"
            ));
        }
        sql
    }
}

/// The columns of the tenant's tables that hold names of blobs: those that blocks declare, and those
/// that are called so. By their names, because a forgotten declaration would cost documents.
pub(crate) fn blob_columns(blocks: &[Migrations]) -> Vec<(String, String)> {
    let mut columns = BTreeSet::new();
    for block in blocks {
        columns.extend(block.blobs.iter().map(|(table, column)| ((*table).to_owned(), (*column).to_owned())));
        for step in block.tenant {
            let text: String =
                step.sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
            for statement in text.split(';') {
                let words: Vec<&str> = statement
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty())
                    .collect();
                let (table, rest) = match words.as_slice() {
                    ["create" | "alter", "table", "if", "not", "exists", table, rest @ ..] => (table, rest),
                    ["create" | "alter", "table", table, rest @ ..] => (table, rest),
                    ["drop", "table", .., gone] => {
                        columns.retain(|(table, _)| table != gone);
                        continue;
                    }
                    _ => continue,
                };
                // A column is a name before its type.
                for pair in rest.windows(2) {
                    if let [name, kind] = pair
                        && (*name == "blob" || name.ends_with("_blob"))
                        && kind.eq_ignore_ascii_case("text")
                    {
                        columns.insert(((*table).to_owned(), (*name).to_owned()));
                    }
                }
            }
        }
    }
    columns.into_iter().collect()
}

/// The tables that a step creates. Steps are our own files: `create table NAME (` and nothing fancier.
fn created_tables(sql: &str) -> Vec<Table<'_>> {
    const CREATE: &str = "create table ";
    let mut tables = Vec::new();
    for (at, _) in sql.match_indices(CREATE) {
        let rest = sql[at + CREATE.len()..].trim_start_matches("if not exists ");
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let after = rest[end..].trim_start().strip_prefix('(').map(str::trim_start).unwrap_or_default();
        tables.push(Table { name: &rest[..end], of_tenant: after.starts_with("{tenant}") });
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_blobs_are_found_by_their_names() {
        const STEPS: &[Migration] = &[Migration {
            name: "0001",
            sql: "-- blob TEXT in a comment\ncreate table a ({tenant}\n  id TEXT not null, -- not a blob TEXT\n  \
                  original_blob TEXT not null,\n  blob TEXT,\n  blobs BIGINT,\n  primary key ({t}id)\n);\n\
                  create index a_blob on a ({t}blob);\nalter table b add column xml_blob text;\n\
                  create table old ({tenant} blob TEXT); drop table old;",
        }];
        let found = blob_columns(&[Migrations::tenant("x", STEPS).with_blobs(&[("c", "other")])]);
        let found: Vec<(&str, &str)> = found.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
        assert_eq!(found, [("a", "blob"), ("a", "original_blob"), ("b", "xml_blob"), ("c", "other")]);
    }

    #[test]
    fn sections_of_an_engine_are_for_that_engine() {
        let sql = "a;\n-- only sqlite\nb;\n-- end\n-- only postgres\nc;\n-- end\nd;\n";
        assert_eq!(only(sql, "sqlite"), "a;\nb;\nd;\n");
        assert_eq!(only(sql, "postgres"), "a;\nc;\nd;\n");
    }
}
