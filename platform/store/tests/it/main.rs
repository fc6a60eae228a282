//! What the store promises, on each engine that is there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod audit;
mod backup;
mod basics;
mod blobs;
mod care;
mod isolation;
mod jobs;
mod kill;
mod schema;
mod search;

use std::path::PathBuf;

use vir_store::{Clock, Config, Migration, Migrations, Store, TenantId};

const NOTES: Migrations = Migrations::tenant(
    "notes",
    &[Migration {
        name: "0001_note",
        sql: "create table note ({tenant} id TEXT not null, text TEXT, amount BIGINT, done BOOLEAN, raw BYTEA, primary key ({t}id));
              create table paper ({tenant} id TEXT not null, number BIGINT not null, blob TEXT, primary key ({t}id));
              create table counter ({tenant} name TEXT not null, value BIGINT not null, primary key ({t}name));",
    }],
);

/// A store with one tenant, and where it is.
struct Fixture {
    name: &'static str,
    config: Config,
    store: Store,
    town: TenantId,
    clock: Clock,
}

fn folder(name: &str) -> PathBuf {
    let id = vir_store::new_id(jiff::Timestamp::now());
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{id}"));
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn town() -> TenantId {
    "musterstadt".parse().unwrap()
}

/// The places where a store can be: files, and PostgreSQL with S3 where both are installed.
fn places(name: &str) -> Vec<(&'static str, Config)> {
    vir_testkit::stores::places(&folder(name))
}

async fn open(config: Config, clock: Clock) -> Store {
    Store::open(config, &[NOTES], clock).await.unwrap()
}

/// A fresh store on each engine, with a clock that stands.
async fn fixtures(name: &str) -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for (place, config) in places(name) {
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let store = open(config.clone(), clock.clone()).await;
        store.create_tenant(&town(), "Stadt Musterstadt").await.unwrap();
        fixtures.push(Fixture { name: place, config, store, town: town(), clock });
    }
    fixtures
}

/// A number that a query gives as `n`.
async fn number(store: &Store, tenant: &TenantId, sql: &'static str) -> i64 {
    store
        .read(tenant, move |tx| Box::pin(async move { tx.one(sql, &[]).await?.int("n") }))
        .await
        .unwrap_or_else(|error: vir_store::Error| panic!("{sql}: {error}"))
}
