//! How long questions take among many documents:
//! `cargo run --release -p vir-store --example search -- 1000000`; with `sqlite` behind it, only there.
//!
//! Documents are like invoices: a seller of 3,000, a place, a number, two words of what was
//! delivered; a state of nine, of which one is rare.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a part of the product")]

use tokio::time::Instant;
use vir_store::search::{self, Document, Question};
use vir_store::{Clock, Config, Postgres, Result, Store, TenantId, Tx};

const PLACES: [&str; 8] =
    ["Hannover", "Bremen", "Oldenburg", "Osnabrück", "Göttingen", "Lüneburg", "Emden", "Cuxhaven"];
const GOODS: [&str; 12] = [
    "Strom",
    "Wartung",
    "Papier",
    "Reinigung",
    "Beratung",
    "Schulbücher",
    "Streusalz",
    "Winterdienst",
    "Möbel",
    "Software",
    "Telefon",
    "Gutachten",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let folder = std::env::temp_dir().join(format!("vir-search-{}", std::process::id()));
    measure("SQLite", Config::folder(folder.join("sqlite")), count).await;
    if std::env::args().nth(2).is_some_and(|only| only == "sqlite") {
        return;
    }
    if let Ok(postgres) = vir_testkit::postgres::Postgres::start() {
        let database = postgres.database();
        let server = Postgres { url: database.url, owner_url: Some(database.owner_url), connections: 8 };
        measure("PostgreSQL", Config::folder(folder.join("postgres")).with_postgres(server), count).await;
    }
    std::fs::remove_dir_all(folder).unwrap();
}

async fn measure(name: &str, config: Config, count: u64) {
    let store = Store::open(config, &[], Clock::system()).await.unwrap();
    let town: TenantId = "musterstadt".parse().unwrap();
    store.create_tenant(&town, "Stadt Musterstadt").await.unwrap();
    let start = Instant::now();
    for first in (0..count).step_by(1000) {
        let indexed: Result<()> = store
            .write(&town, move |tx: &mut Tx| {
                Box::pin(async move {
                    for n in first..count.min(first + 1000) {
                        index(tx, n).await?;
                    }
                    Ok(())
                })
            })
            .await;
        indexed.unwrap();
    }
    println!("{name}: {count} documents indexed, {:.0}/s", count as f64 / start.elapsed().as_secs_f64());
    let rare = ["state=quarantined".to_owned()];
    let common = ["state=paid".to_owned()];
    let questions: [(&str, &[String]); 10] = [
        ("gmbh", &[]),
        ("g", &[]),
        ("ge", &[]),
        ("firma77", &[]),
        ("re 2026 123456", &[]),
        ("gmbh hannover strom", &[]),
        ("gmbh", &rare),
        ("han str", &common),
        ("streusalz", &[]),
        ("", &rare),
    ];
    let mut all = Vec::new();
    for (words, facets) in questions {
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..40 {
            let facets = facets.to_vec();
            let start = Instant::now();
            let found: Result<usize> = store
                .read(&town, move |tx: &mut Tx| {
                    Box::pin(async move {
                        let facets: Vec<Vec<String>> = facets.into_iter().map(|facet| vec![facet]).collect();
                        let question =
                            Question { kind: "invoice", words, facets: &facets, before: None, enough: 50, limit: 50 };
                        Ok(search::find(tx, &question).await?.hits.len())
                    })
                })
                .await;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            hits = found.unwrap();
        }
        times.sort_by(f64::total_cmp);
        println!("{name}: {words:>22} {facets:?}: {hits} hits, median {:.1} ms, worst {:.1} ms", times[20], times[39]);
        all.extend(times);
    }
    all.sort_by(f64::total_cmp);
    println!("{name}: p99 of all {:.1} ms", all[all.len() * 99 / 100]);
    store.close().await;
}

async fn index(tx: &mut Tx, n: u64) -> Result<()> {
    // Spread, but the same in each run.
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let pick = |of: usize, shift: u32| usize::try_from(mixed >> shift).unwrap_or(0) % of;
    let text = format!(
        "Firma{} GmbH {} RE-2026-{n:06} {} {}",
        pick(3000, 0),
        PLACES[pick(8, 12)],
        GOODS[pick(12, 16)],
        GOODS[pick(12, 20)]
    );
    let state = match n % 1000 {
        0 => "quarantined",
        1..100 => "received",
        _ => "paid",
    };
    let at = jiff::Timestamp::from_second(1_700_000_000 + i64::try_from(n).unwrap_or(0) * 30).unwrap();
    let facets = [format!("state={state}")];
    search::index(tx, &Document { kind: "invoice", id: &format!("{n:036}"), at, text: &text, facets: &facets }).await
}
