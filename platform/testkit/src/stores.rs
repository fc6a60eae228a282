//! Places where a store can be: files, and PostgreSQL with S3 where both are installed.
//!
//! A suite that has its stores from [`Place`] runs over either: `VIR_TEST_STORE=postgres cargo test …` takes
//! PostgreSQL and S3. The tables are made once for a process; each test gets a copy.
//!
//! Invariant: each place is empty and belongs to one test.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use vir_store::{Clock, Config, Migrations, Postgres, S3, Store, TenantId};

use crate::postgres::Database;
use crate::s3::Bucket;

/// The region that the test's object store expects.
const REGION: &str = "us-east-1";

/// Shall the tests of this process have their stores on PostgreSQL and S3?
///
/// # Panics
/// Where the variable says something else.
#[must_use]
#[allow(clippy::panic, reason = "a test with a wrong setting ends at once")]
pub fn distributed() -> bool {
    match std::env::var("VIR_TEST_STORE").as_deref() {
        Err(_) | Ok("" | "files") => false,
        Ok("postgres") => true,
        Ok(other) => panic!("VIR_TEST_STORE is files or postgres, not {other}"),
    }
}

/// Where the store of one test is. It goes away with this value.
#[derive(Debug)]
pub struct Place {
    /// The store's configuration.
    pub config: Config,
    /// A folder of its own, for whatever else the test needs.
    pub folder: PathBuf,
    database: Option<String>,
}

/// Databases with the tables of these migrations, to be copied.
static TEMPLATES: LazyLock<tokio::sync::Mutex<HashMap<u64, String>>> = LazyLock::new(Default::default);

impl Place {
    /// A new one, as `VIR_TEST_STORE` says, for a store with these tables.
    ///
    /// # Panics
    /// Where PostgreSQL or the S3 server is wanted and not there: a suite that was to run over it must not pass.
    pub async fn new(migrations: &[Migrations]) -> Self {
        let folder = std::env::temp_dir().join(format!("vir-test-{}", vir_store::new_id(Clock::system().now())));
        let config = Config::folder(&folder);
        if !distributed() {
            return Self { config, folder, database: None };
        }
        let postgres = crate::postgres::shared().expect("PostgreSQL is wanted and must be installed");
        let s3 = crate::s3::shared().expect("the S3 server is wanted and must be installed");
        let template = template(postgres, &folder, migrations).await;
        let (database, bucket) = (postgres.copy_of(&template), s3.bucket());
        let name = database.name.clone();
        Self { config: at(config, database, bucket), folder, database: Some(name) }
    }
}

/// A configuration as text, for the environment of a child process.
#[must_use]
pub fn describe(config: &Config) -> String {
    let mut parts = vec![config.folder.display().to_string()];
    if let (vir_store::Databases::Postgres(postgres), vir_store::BlobPlace::S3(s3)) = (&config.databases, &config.blobs)
    {
        parts.extend([postgres.url.clone(), s3.endpoint.clone(), s3.bucket.clone(), s3.prefix.clone()]);
        parts.extend([s3.access_key.clone(), s3.secret_key.clone()]);
    }
    parts.join("|")
}

/// What [`describe`] wrote, without the way to apply migrations.
#[must_use]
pub fn understand(described: &str) -> Config {
    match described.split('|').collect::<Vec<_>>().as_slice() {
        [folder, url, endpoint, bucket, prefix, access_key, secret_key] => Config::folder(folder)
            .with_postgres(Postgres { url: (*url).to_owned(), owner_url: None, connections: 12 })
            .with_s3(S3 {
                endpoint: (*endpoint).to_owned(),
                region: REGION.to_owned(),
                bucket: (*bucket).to_owned(),
                prefix: (*prefix).to_owned(),
                access_key: (*access_key).to_owned(),
                secret_key: (*secret_key).to_owned(),
            }),
        _ => Config::folder(described),
    }
}

async fn template(postgres: &crate::postgres::Postgres, folder: &Path, migrations: &[Migrations]) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{migrations:?}").hash(&mut hasher);
    let mut templates = TEMPLATES.lock().await;
    if let Some(name) = templates.get(&hasher.finish()) {
        return name.clone();
    }
    let database = postgres.database();
    let owner_url = Some(database.owner_url);
    let config = Config::folder(folder).with_postgres(Postgres { url: database.url, owner_url, connections: 2 });
    let store = Store::open(config, migrations, Clock::system()).await.expect("the migrations fit");
    store.close().await;
    templates.insert(hasher.finish(), database.name.clone());
    database.name
}

impl Drop for Place {
    fn drop(&mut self) {
        // What stays behind in the system's folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.folder);
        if let (Some(name), Some(postgres)) = (&self.database, crate::postgres::shared()) {
            postgres.remove(name);
        }
    }
}

/// The folders in which a store keeps files or objects.
fn folders(config: &Config) -> Vec<PathBuf> {
    let mut folders = vec![config.folder.clone()];
    if let (vir_store::BlobPlace::S3(s3), Some(server)) = (&config.blobs, crate::s3::shared()) {
        folders.push(server.folder_of(&s3.bucket));
    }
    folders
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    // A folder that a store did not need is not there.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Every byte that a store keeps in its database, its files and its objects, for tests that look for what must not be
/// there.
///
/// # Panics
/// Where something of it cannot be read.
#[must_use]
pub fn everything(config: &Config) -> Vec<u8> {
    let mut found = Vec::new();
    folders(config).iter().for_each(|folder| files(folder, &mut found));
    let mut bytes: Vec<u8> = found.iter().flat_map(|path| std::fs::read(path).expect("a file of the store")).collect();
    if let (vir_store::Databases::Postgres(config), Some(server)) = (&config.databases, crate::postgres::shared()) {
        let name = config.url.rsplit('/').next().unwrap_or_default();
        bytes.extend(server.dump(name).expect("a dump of the database"));
    }
    bytes
}

/// The file that a blob of this name lies in, for tests that damage it.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn blob_file(config: &Config, name: &str) -> PathBuf {
    let mut found = Vec::new();
    folders(config).iter().for_each(|folder| files(folder, &mut found));
    found.into_iter().find(|path| path.ends_with(name)).expect("the blob lies in a file")
}

/// A store's configuration on each engine that is there, with the engine's name.
#[must_use]
pub fn places(folder: &Path) -> Vec<(&'static str, Config)> {
    let mut places = vec![("SQLite and files", Config::folder(folder.join("files")))];
    if let (Some(postgres), Some(s3)) = (crate::postgres::shared(), crate::s3::shared()) {
        places.push(("PostgreSQL and S3", at(Config::folder(folder.join("local")), postgres.database(), s3.bucket())));
    }
    places
}

/// The configuration of a store in this database and this bucket.
#[must_use]
pub fn at(config: Config, database: Database, bucket: Bucket) -> Config {
    config.with_postgres(Postgres { url: database.url, owner_url: Some(database.owner_url), connections: 16 }).with_s3(
        S3 {
            endpoint: bucket.endpoint,
            region: REGION.to_owned(),
            bucket: bucket.name,
            prefix: String::new(),
            access_key: bucket.access_key,
            secret_key: bucket.secret_key,
        },
    )
}

/// Those of a block's statements that an engine does not understand, each with engine and reason.
/// Each statement is prepared on every engine that is there; none is run.
///
/// # Errors
/// Where a store does not open: the first thing that a wrong migration does.
pub async fn not_understood(
    folder: &Path,
    migrations: &[Migrations],
    statements: &[&'static str],
) -> Result<Vec<String>, vir_store::Error> {
    let town: TenantId = "musterstadt".parse()?;
    let mut refused = Vec::new();
    for (engine, config) in places(folder) {
        let store = Store::open(config, migrations, Clock::system()).await?;
        store.create_tenant(&town, "Stadt Musterstadt").await?;
        for reason in store.not_understood(&town, statements).await? {
            refused.push(format!("{engine}: {reason}"));
        }
        store.close().await;
    }
    Ok(refused)
}
