//! Isolation: requests by chance across municipalities, units and roles, to the real server, and a naive
//! judge of what each answer should have been.
//!
//! A few thousand in the ordinary run; `VIR_REQUESTS` says how many (`cargo xtask proof isolation`: 100,000
//! over both back ends). `VIR_SEED` repeats a run.
//!
//! Invariant: every address that the router has is asked, by somebody who may and by somebody who may
//! not; nothing that was refused has left a trace.

mod ask;
mod dice;
mod judge;
mod rights;
mod routes;
mod table;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use vir_store::{Clock, Tx};
use vir_web::App;

use crate::installation::{Installation, Storage};
use ask::Asking;
pub use world::{Kind, Shows, TENANTS, World};

/// What must be the same afterwards.
const UNTOUCHED: [&str; 22] = [
    "select count(*) as n from person where active",
    "select count(*) as n from person where password is not null",
    "select count(*) as n from role_grant",
    "select count(*) as n from role_permission",
    "select count(*) as n from person_group",
    "select count(*) as n from group_member",
    "select count(*) as n from unit",
    "select count(*) as n from deputy",
    "select count(*) as n from api_token",
    // Those that have run out are tidied away meanwhile.
    "select count(*) as n from session where created_at > (select max(created_at) - 3600000000 from session)
        and last_seen_at > (select max(last_seen_at) - 1800000000 from session)",
    "select count(*) as n from access_link",
    "select count(*) as n from webhook",
    "select count(*) as n from route_rule",
    "select count(*) as n from payment_account where active",
    "select count(*) as n from payment_run where state = 'made'",
    "select count(*) as n from posting_batch",
    "select count(*) as n from own_invoice where state = 'draft'",
    "select count(*) as n from invoice",
    "select count(*) as n from invoice_decision",
    "select count(*) as n from invoice_comment",
    "select count(*) as n from coding_line",
    "select count(*) as n from mail where state = 'quarantined'",
];

async fn traces(app: &App) -> Vec<String> {
    let mut found = Vec::new();
    for tenant in world::TENANTS {
        for sql in UNTOUCHED {
            let tenant: vir_store::TenantId = tenant.parse().unwrap();
            let count =
                app.store.read(&tenant, move |tx: &mut Tx| Box::pin(async move { tx.one(sql, &[]).await?.int("n") }));
            found.push(format!("{tenant}: {sql}: {}", count.await.unwrap()));
        }
    }
    found
}

fn requests(storage: Storage) -> usize {
    let all = std::env::var("VIR_REQUESTS").ok().and_then(|text| text.parse::<usize>().ok()).unwrap_or(6_000);
    // One node over files is the common case; each half is enough to ask every address many times.
    if storage == Storage::Files { all.div_ceil(2) } else { all / 2 }
}

async fn isolation(storage: Storage) {
    let Some(mut installation) = Installation::empty(storage) else {
        eprintln!("isolation over {storage:?}: skipped, its databases are not installed here");
        return;
    };
    let open = || {
        App::open(
            installation.config(),
            vec![vir_invoice_desk::block(), vir_archive_desk::block()],
            Clock::system(),
            None,
        )
    };
    let app = open().await.unwrap();
    let routes = router_lists(&app);
    let world = World::furnish(&app).await;
    let before = traces(&app).await;
    app.store.close().await;
    drop(app);
    assert_covered(&routes);
    installation.begin();
    let asking = Asking::new(world, installation.urls(), installation.servers[0].pid());
    let table = table::measure(&asking).await;
    asking.everything_once().await;
    asking.by_chance(requests(storage)).await;
    let report = asking.report();
    eprintln!("isolation over {storage:?}: {report}");
    installation.servers.clear();
    let app = App::open(
        installation.config(),
        vec![vir_invoice_desk::block(), vir_archive_desk::block()],
        Clock::system(),
        None,
    )
    .await
    .unwrap();
    let after = traces(&app).await;
    app.store.close().await;
    let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert!(changed.is_empty(), "refused requests left traces: {changed:#?}");
    table::assert_is_written(&table);
}

/// Method and path of every route that the router has, as it tells it itself.
fn router_lists(app: &App) -> BTreeSet<(String, String)> {
    let told = format!("{:?}", vir_web::router(app.clone()));
    let (endpoints, paths) = told.split_once("node: Node").unwrap();
    let number = |text: &str| text[..text.find(')').unwrap()].to_owned();
    let mut path_of = BTreeMap::new();
    for piece in paths.split("RouteId(").skip(1) {
        if let Some(path) = piece.split_once("): \"").and_then(|(_, rest)| rest.split_once('"')) {
            path_of.entry(number(piece)).or_insert_with(|| path.0.to_owned());
        }
    }
    let mut listed = BTreeSet::new();
    // axum 0.8 tells: `RouteId(7): MethodRouter(MethodRouter { get: Route(…), head: None, …`.
    for piece in endpoints.split("RouteId(").skip(1) {
        let path = path_of.get(&number(piece)).expect("each endpoint has a path");
        for method in ["get", "post", "put", "patch", "delete"] {
            let field = format!("{method}: ");
            if piece.find(&field).is_some_and(|at| !piece[at + field.len()..].starts_with("None")) {
                listed.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    for (path, item) in &vir_web::api::description(&[vir_invoice_desk::block(), vir_archive_desk::block()]).paths.paths
    {
        let operations = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in operations {
            if operation.is_some() {
                listed.insert((method.to_owned(), path.clone()));
            }
        }
    }
    assert!(listed.len() > 150, "only {} routes: {listed:?}", listed.len());
    listed
}

/// An address without the names of what stands in it.
fn shape(path: &str) -> String {
    let mut out = String::new();
    for segment in path.split('/').skip(1) {
        out.push('/');
        out.push_str(if segment.starts_with('{') { "{}" } else { segment });
    }
    out
}

fn assert_covered(listed: &BTreeSet<(String, String)>) {
    let known: BTreeSet<(String, String)> =
        routes::ROUTES.iter().map(|route| (route.method.to_owned(), shape(route.path))).collect();
    // `/{id}/{form}` is asked as `/{id}/csv` and `/{id}/json`.
    let fits = |method: &str, path: &str| {
        known.iter().any(|(other, known)| {
            other == method
                && known.split('/').count() == path.split('/').count()
                && known.split('/').zip(path.split('/')).all(|(a, b)| a == b || b == "{}")
        })
    };
    let missing: Vec<_> = listed.iter().filter(|(method, path)| !fits(method, &shape(path))).collect();
    assert!(
        missing.is_empty(),
        "these addresses have no line in tests/server/isolation/routes.rs; say there what they need: {missing:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn over_files() {
    isolation(Storage::Files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgresql_and_s3_with_two_nodes() {
    isolation(Storage::Distributed).await;
}
