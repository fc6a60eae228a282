//! Where the invoices are: the demo's town with many more invoices, on either engine.
//!
//! Invariant: what is filled once is used again; nothing is measured over half a filling.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tokio::runtime::Runtime;
use vir_auth::UnitScope;
use vir_invoice_desk::figures::follow::catch_up;
use vir_invoice_desk::register::volume::{Volume, fill, indexes};
use vir_store::{Clock, Config, Store, TenantId};
use vir_testkit::postgres::{self, Database};
use vir_testkit::server::Server;

use super::{Outcome, port};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Files in the folder.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl Engine {
    /// For the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A data folder, and a database where it is not in it.
pub struct Place {
    /// On which engine.
    pub engine: Engine,
    /// The town.
    pub tenant: TenantId,
    folder: PathBuf,
    database: Option<Database>,
    fresh: Cell<usize>,
}

/// Units and people of the town.
pub struct Town {
    /// The units; the first have the most invoices.
    pub units: Vec<String>,
    /// Logins and identifiers.
    pub people: Vec<(String, String)>,
}

/// In the order of how many invoices they have; the last four are what the clerk sees.
const UNITS: [&str; 12] =
    ["RATHAUS", "FB1", "FB2", "IT", "KASSE", "GSDEICH", "KITA", "BUCH", "FB3", "BAUHOF", "TIEFBAU", "FEUERW"];

impl Town {
    /// Somebody's identifier.
    pub fn person(&self, login: &str) -> Outcome<String> {
        let found = self.people.iter().find(|(known, _)| known.starts_with(login));
        Ok(found.ok_or_else(|| format!("nobody signs in as {login}"))?.1.clone())
    }

    /// What somebody sees, as their role of the demo has it.
    pub fn scope(&self, login: &str) -> UnitScope {
        if login != "imke.janssen" {
            return UnitScope::All;
        }
        UnitScope::These(self.units[8..].iter().map(|unit| unit.as_str().into()).collect())
    }
}

impl Place {
    /// Opens it, and furnishes the town if there is none.
    pub fn open(engine: Engine, folder: &Path, server: Option<&Path>) -> Outcome<Self> {
        let folder = folder.join(engine.name().to_lowercase());
        std::fs::create_dir_all(&folder)?;
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(database()?),
        };
        let place = Self { engine, tenant: "gruenensiel".parse()?, folder, database, fresh: Cell::new(0) };
        if !place.is_furnished()? {
            let server = server.ok_or("--server is needed to furnish the town")?;
            drop(place.serve(server)?);
        }
        Ok(place)
    }

    fn is_furnished(&self) -> Outcome<bool> {
        match &self.database {
            None => Ok(self.folder.join("tenants/gruenensiel.db").exists()),
            Some(database) => Ok(psql(&database.owner_url, "select to_regclass('tenant') is not null")? == "t"),
        }
    }

    /// Starts `vir serve` over it.
    pub fn serve(&self, binary: &Path) -> Outcome<Server> {
        let data = self.folder.display().to_string();
        let mut environment = vec![("VIR_LOG_FORM", "text")];
        if let Some(database) = &self.database {
            environment.push(("VIR_DATABASE_URL", &database.url));
            environment.push(("VIR_DATABASE_OWNER_URL", &database.owner_url));
        }
        let arguments = ["--demo", "--data", &data];
        Ok(Server::start(binary, &arguments, &environment, port()?, &self.folder.join("log"))?)
    }

    /// The store, in this process.
    pub async fn store(&self) -> Outcome<Store> {
        let mut config = Config::folder(&self.folder);
        if let Some(Database { url, .. }) = &self.database {
            let postgres = vir_store::Postgres { url: url.clone(), owner_url: None, connections: 4 };
            config = config.with_postgres(postgres);
        }
        // What the server has applied, with the blocks that are of use here.
        Ok(Store::open(config, &[vir_auth::MIGRATIONS, vir_invoice_desk::MIGRATIONS], Clock::system()).await?)
    }

    /// Who and what is in the town.
    pub async fn town(&self, store: &Store) -> Outcome<Town> {
        let read = store.read(&self.tenant, |tx| {
            Box::pin(async move {
                let units = tx
                    .all("select id, case when parent_id is null then 'RATHAUS' else code end as code from unit", &[])
                    .await?;
                let people = tx.all("select id, email from person where email is not null order by email", &[]).await?;
                Ok::<_, vir_store::Error>((units, people))
            })
        });
        let (units, people) = read.await?;
        let mut named = Vec::new();
        for row in units {
            named.push((row.text("code")?, row.text("id")?));
        }
        let units = UNITS.iter().filter_map(|key| named.iter().find(|(code, _)| code == key)).map(|(_, id)| id.clone());
        let units: Vec<String> = units.collect();
        if units.len() != UNITS.len() {
            return Err(format!("{} units of the town are known", units.len()).into());
        }
        let people = people.iter().map(|row| Ok((row.text("email")?, row.text("id")?)));
        Ok(Town { units, people: people.collect::<vir_store::Result<_>>()? })
    }

    /// How many there are.
    pub fn count(&self, runtime: &Runtime) -> Outcome<i64> {
        runtime.block_on(async {
            let store = self.store().await?;
            let count = store.read(&self.tenant, |tx| {
                Box::pin(async move { tx.one("select count(*) as n from invoice", &[]).await?.int("n") })
            });
            let count: i64 = count.await?;
            store.close().await;
            Ok(count)
        })
    }

    /// Adds the invoices, if it has not been done.
    pub async fn fill(&self, count: u32) -> Outcome<()> {
        let store = self.store().await?;
        let filled = store.read(&self.tenant, |tx| {
            Box::pin(async move { tx.one("select count(*) as n from invoice_words", &[]).await?.int("n") })
        });
        let filled: i64 = filled.await.map_err(|error: vir_store::Error| error.to_string())?;
        let begun = Instant::now();
        if filled < i64::from(count) {
            let town = self.town(&store).await?;
            self.without_indexes(&store, false).await?;
            let people = town.people.iter().map(|(_, id)| id.clone()).collect();
            let until = store.clock().now();
            fill(&store, &self.tenant, &Volume { count, units: town.units, people, seed: 42, until }).await?;
            println!("{}: {count} invoices written in {:.0?}", self.engine.name(), begun.elapsed());
            self.without_indexes(&store, true).await?;
            println!("{}: with all indexes after {:.0?}", self.engine.name(), begun.elapsed());
        }
        let followed = catch_up(&store, &self.tenant).await?;
        if followed > 0 {
            println!("{}: {followed} made findable and counted after {:.0?}", self.engine.name(), begun.elapsed());
        }
        if let Some(Database { owner_url, .. }) = self.database.as_ref().filter(|_| followed > 0) {
            // What autovacuum does in a quiet minute.
            psql(owner_url, "vacuum analyze")?;
            println!("PostgreSQL: vacuumed after {:.0?}", begun.elapsed());
        }
        store.close().await;
        Ok(())
    }

    /// Drops the register's indexes, or makes them anew.
    async fn without_indexes(&self, store: &Store, again: bool) -> Outcome<()> {
        for (name, statement) in indexes() {
            let before = if self.database.is_some() { "tenant_id, " } else { "" };
            let make = statement.replace("{t}", before).replace("create index", "create index if not exists");
            let sql = if again { make } else { format!("drop index if exists {name}") };
            match &self.database {
                Some(database) => {
                    psql(&database.owner_url, &sql)?;
                }
                None => {
                    let done = store
                        .write(&self.tenant, move |tx| Box::pin(async move { tx.execute(sql, &[]).await.map(|_| ()) }));
                    done.await?;
                }
            }
        }
        Ok(())
    }

    /// Numbers of invoices that were not handed in yet.
    pub fn fresh(&self) -> usize {
        if self.fresh.get() == 0 {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_secs());
            self.fresh.set(usize::try_from(now).unwrap_or(1));
        }
        self.fresh.get()
    }
}

/// A database of this run, or the one that the environment names.
fn database() -> Outcome<Database> {
    let named = |name| std::env::var(name).ok();
    if let (Some(url), Some(owner_url)) =
        (named("REGISTER_BENCH_DATABASE_URL"), named("REGISTER_BENCH_DATABASE_OWNER_URL"))
    {
        return Ok(Database { super_url: owner_url.clone(), owner_url, url, name: String::new() });
    }
    Ok(postgres::shared().ok_or("PostgreSQL is not installed here")?.database())
}

/// Runs SQL at an address and gives its output.
fn psql(url: &str, sql: &str) -> Outcome<String> {
    let output = Command::new("psql").args(["-d", url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(format!("{sql}: {}", String::from_utf8_lossy(&output.stderr).trim()).into()),
    }
}

/// An invoice that differs from all others.
pub fn invoice(number: usize) -> String {
    let template = super::generate::ubl(20);
    let (head, rest) = template.split_once("<cbc:ID>").unwrap_or((&template, ""));
    let (_, rest) = rest.split_once("</cbc:ID>").unwrap_or(("", rest));
    let rest = rest.replacen("DE123456789", &format!("DE{}", 100_000_000 + number * 7919 % 5_000), 1);
    format!("{head}<cbc:ID>N{number}</cbc:ID>{rest}")
}
