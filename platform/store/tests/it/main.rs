//! What the store promises.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod basics;

use std::path::PathBuf;

use vir_store::{Clock, Config, Migration, Migrations, Store, TenantId};

const NOTES: Migrations = Migrations::tenant(
    "notes",
    &[Migration {
        name: "0001_note",
        sql: "create table note ({tenant} id TEXT not null, text TEXT, amount BIGINT, done BOOLEAN, raw BYTEA, primary key ({t}id));",
    }],
);

fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{name}-{}", vir_store::new_id(jiff::Timestamp::now())));
    std::fs::create_dir_all(&path).unwrap();
    path
}

async fn open(name: &str) -> (Store, TenantId) {
    let store = Store::open(Config::folder(folder(name)), &[NOTES], Clock::system()).await.unwrap();
    let town: TenantId = "musterstadt".parse().unwrap();
    store.create_tenant(&town, "Stadt Musterstadt").await.unwrap();
    (store, town)
}
