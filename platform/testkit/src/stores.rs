//! Places where a store can be: files, and PostgreSQL with S3 where both are installed.
//!
//! Invariant: each place is empty and belongs to one test.

use std::path::Path;

use vir_store::{Clock, Config, Migrations, Postgres, S3, Store, TenantId};

/// A store's configuration on each engine that is there, with the engine's name.
#[must_use]
pub fn places(folder: &Path) -> Vec<(&'static str, Config)> {
    let mut places = vec![("SQLite and files", Config::folder(folder.join("files")))];
    if let (Some(postgres), Some(s3)) = (crate::postgres::shared(), crate::s3::shared()) {
        let (database, bucket) = (postgres.database(), s3.bucket());
        let config = Config::folder(folder.join("local"))
            .with_postgres(Postgres { url: database.url, owner_url: Some(database.owner_url), connections: 16 })
            .with_s3(S3 {
                endpoint: bucket.endpoint,
                region: "us-east-1".to_owned(),
                bucket: bucket.name,
                prefix: String::new(),
                access_key: bucket.access_key,
                secret_key: bucket.secret_key,
            });
        places.push(("PostgreSQL and S3", config));
    }
    places
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
