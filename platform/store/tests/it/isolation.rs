//! A tenant never sees another's data.

use std::collections::BTreeMap;

use rand::RngExt as _;
use vir_store::{Clock, Config, Error, Migration, Migrations, Postgres, Store, TenantId, Tx, args};

use super::{NOTES, fixtures, folder, number, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_statements_see_each_tenants_own_rows() {
    for fixture in fixtures("isolation").await {
        let (store, town) = (fixture.store, fixture.town);
        let other = "nachbarstadt".parse().unwrap();
        store.create_tenant(&other, "Stadt Nachbarstadt").await.unwrap();
        assert!(matches!(store.create_tenant(&other, "noch einmal").await, Err(Error::TenantExists(_))));
        for (tenant, rows) in [(&town, 3i64), (&other, 5)] {
            let written: Result<(), Error> = store
                .write(tenant, move |tx: &mut Tx| {
                    Box::pin(async move {
                        for n in 0..rows {
                            // The same keys in both.
                            tx.execute("insert into note (id, amount) values ($1, $2)", &args![n.to_string(), n])
                                .await?;
                        }
                        tx.execute("update note set done = true", &[]).await?;
                        Ok(())
                    })
                })
                .await;
            written.unwrap();
        }
        let deleted = store
            .write(&other, |tx: &mut Tx| Box::pin(async move { tx.execute("delete from note", &[]).await }))
            .await
            .unwrap();
        assert_eq!(deleted, 5);
        assert_eq!(number(&store, &town, "select count(*) as n from note").await, 3, "{}", fixture.name);
        assert_eq!(number(&store, &other, "select count(*) as n from note").await, 0);
        // A second node knows a tenant that the first one made.
        let third = "drittstadt".parse().unwrap();
        if fixture.name != "SQLite and files" {
            let second = open(fixture.config.clone(), fixture.clock.clone()).await;
            second.create_tenant(&third, "Drittstadt").await.unwrap();
            assert_eq!(number(&store, &third, "select count(*) as n from note").await, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_the_app_role_sees_nothing_without_a_tenant_and_cannot_name_another() {
    let Some(postgres) = vir_testkit::postgres::shared() else { return };
    let database = postgres.database();
    let config = |url: &str| {
        let server = Postgres { url: url.to_owned(), owner_url: Some(database.owner_url.clone()), connections: 4 };
        Config::folder(folder("role")).with_postgres(server)
    };
    let store = Store::open(config(&database.url), &[NOTES], Clock::system()).await.unwrap();
    let town = "musterstadt".parse().unwrap();
    store.create_tenant(&town, "Stadt Musterstadt").await.unwrap();
    store
        .write(&town, |tx: &mut Tx| {
            Box::pin(async move { tx.execute("insert into note (id) values ('a')", &[]).await })
        })
        .await
        .unwrap();
    // Without a tenant: reads see nothing, writes are refused.
    let seen = store
        .system_read(|tx| Box::pin(async move { tx.one("select count(*) as n from note", &[]).await?.int("n") }))
        .await
        .unwrap();
    assert_eq!(seen, 0);
    let refused: Result<u64, Error> = store
        .system_write(|tx| Box::pin(async move { tx.execute("insert into note (id) values ('b')", &[]).await }))
        .await;
    assert!(refused.is_err());
    // In the name of another tenant: refused by the policy.
    let refused: Result<u64, Error> = store
        .write(&town, |tx: &mut Tx| {
            let sql = "insert into note (tenant_id, id) values ('nachbarstadt', 'c')";
            Box::pin(async move { tx.execute(sql, &[]).await })
        })
        .await;
    assert!(refused.is_err());
    // The audit log can be neither changed nor emptied, and rules cannot be switched off.
    for sql in [
        "update audit set actor = 'x'",
        "delete from audit",
        "truncate audit",
        "alter table note disable row level security",
    ] {
        let refused: Result<u64, Error> =
            store.write(&town, move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &[]).await })).await;
        assert!(refused.is_err(), "{sql}");
    }
    // Roles that see too much are refused.
    for url in [&database.owner_url, &database.super_url] {
        let opened = Store::open(config(url), &[NOTES], Clock::system()).await;
        assert!(matches!(opened, Err(Error::Config(_))), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_may_start_at_once_and_old_ones_are_refused() {
    let Some(postgres) = vir_testkit::postgres::shared() else { return };
    let database = postgres.database();
    let config = |owner: Option<String>| {
        let server = Postgres { url: database.url.clone(), owner_url: owner, connections: 4 };
        Config::folder(folder("nodes")).with_postgres(server)
    };
    let refused = Store::open(config(None), &[NOTES], Clock::system()).await;
    assert!(refused.is_err(), "without tables and without the owner's address there is nothing to run on");
    let starts = (0..4).map(|_| {
        let config = config(Some(database.owner_url.clone()));
        tokio::spawn(async move { Store::open(config, &[NOTES], Clock::system()).await })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    Store::open(config(None), &[NOTES], Clock::system()).await.unwrap();
    const NEWER: Migrations = Migrations::tenant(
        "newer",
        &[Migration { name: "0001_x", sql: "create table x ({tenant} id TEXT not null, primary key ({t}id));" }],
    );
    let refused = Store::open(config(None), &[NOTES, NEWER], Clock::system()).await;
    assert!(matches!(refused, Err(Error::Migration { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_was_changed_after_it_was_applied_is_refused() {
    for fixture in fixtures("changed").await {
        const CHANGED: Migrations = Migrations::tenant(
            "notes",
            &[Migration { name: "0001_note", sql: "create table other ({tenant} id TEXT not null);" }],
        );
        fixture.store.close().await;
        let refused = Store::open(fixture.config, &[CHANGED], Clock::system()).await;
        assert!(matches!(refused, Err(Error::Migration { .. })), "{}", fixture.name);
    }
}

/// Random statements of three tenants on the same keys, against a model that keeps them apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_statements_of_three_tenants_do_not_meet() {
    for fixture in fixtures("random").await {
        let store = fixture.store;
        let tenants: Vec<TenantId> = ["a", "b", "c"].iter().map(|name| name.parse().unwrap()).collect();
        for tenant in &tenants {
            store.create_tenant(tenant, "Stadt").await.unwrap();
        }
        let mut model = vec![BTreeMap::<String, i64>::new(); tenants.len()];
        let mut random = rand::rng();
        for step in 0..400i64 {
            let who = random.random_range(0..tenants.len());
            let key = random.random_range(0..12).to_string();
            let (sql, args) = match random.random_range(0..5) {
                0 | 1 => {
                    model[who].insert(key.clone(), step);
                    let sql = "insert into note (id, amount) values ($1, $2)
                        on conflict ({t}id) do update set amount = excluded.amount";
                    (sql, args![key, step])
                }
                2 => {
                    model[who].remove(&key);
                    ("delete from note where id = $1", args![key])
                }
                3 => {
                    model[who].values_mut().for_each(|amount| *amount += 1);
                    ("update note set amount = amount + 1", args![])
                }
                _ => {
                    let moved = model[who].remove("0");
                    if let Some(amount) = moved {
                        model[who].insert("x".to_owned(), amount);
                    }
                    let sql = "insert into note (id, amount) select 'x', amount from note where id = '0'
                        on conflict ({t}id) do update set amount = excluded.amount";
                    let copied: Result<u64, Error> = store
                        .write(&tenants[who], move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &[]).await }))
                        .await;
                    copied.unwrap();
                    ("delete from note where id = '0'", args![])
                }
            };
            let written: Result<u64, Error> = store
                .write(&tenants[who], move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &args).await }))
                .await;
            written.unwrap();
            let looks_at = random.random_range(0..tenants.len());
            let rows = store
                .read(&tenants[looks_at], |tx: &mut Tx| {
                    Box::pin(async move { tx.all("select id, amount from note", &[]).await })
                })
                .await
                .unwrap();
            let found: BTreeMap<String, i64> =
                rows.iter().map(|row| (row.text("id").unwrap(), row.int("amount").unwrap())).collect();
            assert_eq!(found, model[looks_at], "{}, step {step}", fixture.name);
        }
    }
}
