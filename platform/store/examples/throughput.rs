//! How many writes and blobs a second: `cargo run --release -p vir-store --example throughput`.
//!
//! A write is what a desk does at the least: three rows, a number from a counter, an audit entry.
//! Blobs have 8 kB. PostgreSQL and S3 are measured where they are installed; see `vir-testkit`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a part of the product")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use vir_store::{
    BoxFuture, Clock, Config, Entry, Error, Migration, Migrations, Postgres, Result, S3, Store, TenantId, Tx, args,
};

const TABLES: Migrations = Migrations::tenant(
    "throughput",
    &[Migration {
        name: "0001",
        sql: "create table note ({tenant} id TEXT not null, text TEXT, amount BIGINT, primary key ({t}id));
              create table counter ({tenant} name TEXT not null, value BIGINT not null, primary key ({t}name));",
    }],
);

/// How long each measurement takes.
const WINDOW: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = std::env::temp_dir().join(format!("vir-throughput-{}", std::process::id()));
    let mut places = vec![("SQLite and files", Config::folder(folder.join("sqlite")))];
    if let (Ok(postgres), Ok(s3)) = (vir_testkit::postgres::Postgres::start(), vir_testkit::s3::S3::start()) {
        let (database, bucket) = (postgres.database(), s3.bucket());
        let config = Config::folder(folder.join("postgres"))
            .with_postgres(Postgres { url: database.url, owner_url: Some(database.owner_url), connections: 32 })
            .with_s3(S3 {
                endpoint: bucket.endpoint,
                region: "us-east-1".to_owned(),
                bucket: bucket.name,
                prefix: String::new(),
                access_key: bucket.access_key,
                secret_key: bucket.secret_key,
            });
        places.push(("PostgreSQL and S3", config));
        for (name, config) in places {
            measure(name, config).await;
        }
    } else {
        measure(places[0].0, places[0].1.clone()).await;
    }
    std::fs::remove_dir_all(folder).unwrap();
}

async fn measure(name: &str, config: Config) {
    let store = Store::open(config, &[TABLES], Clock::system()).await.unwrap();
    let town: TenantId = "musterstadt".parse().unwrap();
    store.create_tenant(&town, "Stadt Musterstadt").await.unwrap();
    for callers in [1, 8, 64] {
        let writes =
            rate(callers, &store, &town, |store, town, n| Box::pin(async move { write(&store, &town, n).await })).await;
        let blobs = rate(callers, &store, &town, |store, town, n| {
            Box::pin(async move {
                let mut bytes = vec![b'x'; 8192];
                bytes[..8].copy_from_slice(&n.to_le_bytes());
                bytes[8] = u8::try_from(town.as_str().len()).unwrap_or(0);
                store.blobs().put(&town, bytes).await.map(|_| ())
            })
        })
        .await;
        println!("{name}: {callers:>2} callers: {writes:>6.0} writes/s, {blobs:>6.0} blobs/s");
    }
    store.close().await;
}

/// Calls a second, of so many callers at once.
async fn rate(
    callers: usize,
    store: &Store,
    town: &TenantId,
    call: fn(Store, TenantId, u64) -> BoxFuture<'static, Result<()>>,
) -> f64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let count = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let tasks = (0..callers).map(|_| {
        let (store, town, count) = (store.clone(), town.clone(), Arc::clone(&count));
        tokio::spawn(async move {
            while start.elapsed() < WINDOW {
                call(store.clone(), town.clone(), NEXT.fetch_add(1, Ordering::Relaxed)).await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    count.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

async fn write(store: &Store, town: &TenantId, n: u64) -> Result<()> {
    store
        .write(town, move |tx: &mut Tx| {
            Box::pin(async move {
                for part in 0..3 {
                    let id = format!("{n}-{part}");
                    let sql = "insert into note (id, text, amount) values ($1, $2, $3)";
                    tx.execute(sql, &args![&id, "Grundsteuerbescheid", i64::from(part)]).await?;
                }
                let next = "insert into counter (name, value) values ('voucher', 1)
                    on conflict ({t}name) do update set value = counter.value + 1 returning value";
                tx.one(next, &[]).await?;
                let (actor, action) = ("p1".to_owned(), "note.write".to_owned());
                tx.audit(Entry { actor, action, subject: format!("note/{n}"), detail: json!({"n": n}) });
                Ok::<_, Error>(())
            })
        })
        .await
}
