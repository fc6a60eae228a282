//! The sums against a recount.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use vir_auth::UnitScope;
use vir_store::{Clock, Store, TenantId, Tx, args};

use super::cell::{Amount, Cells, Place, add};
use super::follow::catch_up;
use super::read::{Durations, Selection, figures, open};

async fn store() -> (Store, TenantId, vir_testkit::stores::Place) {
    let place = vir_testkit::stores::Place::new(&[crate::MIGRATIONS]).await;
    let clock = Clock::fixed("2026-11-20T09:00:00Z".parse().unwrap());
    let store = Store::open(place.config.clone(), &[crate::MIGRATIONS], clock).await.unwrap();
    let tenant: TenantId = "town".parse().unwrap();
    store.create_tenant(&tenant, "Town").await.unwrap();
    (store, tenant, place)
}

async fn write(store: &Store, tenant: &TenantId, statements: Vec<String>) {
    let done = store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            for sql in statements {
                tx.execute(sql, &[]).await?;
            }
            Ok::<_, vir_store::Error>(())
        })
    });
    done.await.unwrap();
}

fn at(day: i64) -> i64 {
    // From 2026-09-01 on, at noon.
    1_788_264_000_000_000 + day * 86_400_000_000
}

fn invoice(id: i64, state: &str, changed: i64) -> String {
    let unit = if id % 4 == 0 { "null".to_owned() } else { format!("'u{}'", id % 3) };
    format!(
        "insert into invoice (id, received_at, channel, direction, state, unit_id, kind, verdict, finding_count, \
         error_count, original_blob, file_name, size_bytes, seller_name, number, due_date, skonto_date, skonto_cents, \
         payable_cents, on_hold, changed_at, version) values ('i{id}', {}, '{}', '{}', '{state}', {unit}, 'invoice', \
         '{}', 1, 1, 'b{id}', 'r.xml', 1, 'Holm {}', 'R-{id}', '2026-10-{:02}', '2026-09-{:02}', 200, {}, false, \
         {changed}, 1)",
        at(id % 20),
        if id % 2 == 0 { "mail" } else { "upload" },
        if id % 11 == 0 { "outgoing" } else { "incoming" },
        if id % 5 == 0 { "reject" } else { "accept" },
        id % 3,
        id % 28 + 1,
        id % 28 + 1,
        id * 100,
    )
}

async fn sums(store: &Store, tenant: &TenantId) -> Cells {
    let read = store.read(tenant, |tx| {
        Box::pin(async move {
            let rows = tx.all("select period, measure, unit_id, bucket, n, cents from figure_cell", &[]).await?;
            let mut cells = Cells::new();
            for row in rows {
                let amount = Amount { n: row.int("n")?, cents: row.int("cents")? };
                let place = Place {
                    period: row.text("period")?,
                    measure: row.text("measure")?,
                    unit: row.text("unit_id")?,
                    bucket: row.text("bucket")?,
                };
                if amount != Amount::default() {
                    cells.insert(place, amount);
                }
            }
            Ok::<_, vir_store::Error>(cells)
        })
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_that_follow_equal_a_recount() {
    let (store, tenant, _folder) = store().await;
    write(&store, &tenant, (0..700).map(|id| invoice(id, "received", at(id % 20) + id)).collect()).await;
    let reports = (0..700).step_by(5).map(|id| {
        format!(
            "insert into invoice_report (invoice_id, rules_release, checked_at, findings) values ('i{id}', 'x', 0, \
             '[{{\"rule\":\"BR-{:02}\",\"severity\":\"error\"}},{{\"rule\":\"BR-W\",\"severity\":\"warning\"}}]')",
            id % 7
        )
    });
    write(&store, &tenant, reports.collect()).await;
    assert_eq!(catch_up(&store, &tenant).await.unwrap(), 700);
    assert_eq!(catch_up(&store, &tenant).await.unwrap(), 0, "counting again changes nothing");

    // They go on, some back, some to other units; some changes have times that have already passed.
    let mut changes = Vec::new();
    for id in 0..600_i64 {
        let (state, changed) = match id % 6 {
            0 => ("ordered", at(30) + id),
            1 | 2 => ("paid", at(31) + id),
            3 => ("rejected", at(31) - id),
            4 => ("coded", at(32)),
            _ => continue,
        };
        changes.push(format!(
            "update invoice set state = '{state}', changed_at = {changed}, version = 2, reduced_cents = {} where id = 'i{id}'",
            id % 3 * 10
        ));
        let decide = |version: i64, kind: &str, at: i64| {
            format!(
                "insert into invoice_decision (invoice_id, version, kind, from_state, to_state, person_id, person_name, \
                 at) values ('i{id}', {version}, '{kind}', 'a', 'b', 'p', 'P', {at})"
            )
        };
        if id % 6 < 3 {
            changes.push(decide(2, "order", at(30)));
        }
        if state == "paid" {
            changes.push(decide(3, "pay", at(25 + id % 20)));
        }
    }
    write(&store, &tenant, changes).await;
    assert!(catch_up(&store, &tenant).await.unwrap() > 400);
    write(
        &store,
        &tenant,
        vec!["update invoice set unit_id = 'u9', changed_at = 1791720000000000 where id like 'i1%'".to_owned()],
    )
    .await;
    catch_up(&store, &tenant).await.unwrap();
    let followed = sums(&store, &tenant).await;

    // A recount: everything from the beginning.
    let wipe = ["figure_invoice", "figure_cell", "figure_mark"].map(|table| format!("delete from {table}"));
    write(&store, &tenant, wipe.to_vec()).await;
    assert_eq!(catch_up(&store, &tenant).await.unwrap(), 700);
    assert_eq!(followed, sums(&store, &tenant).await);

    let selection =
        Selection { from: "2026-09-01".parse().unwrap(), to: "2026-10-01".parse().unwrap(), units: UnitScope::All };
    let read = store.read(&tenant, move |tx| {
        Box::pin(async move {
            let all = figures(tx, &selection).await?;
            let open = open(tx, &selection.units, "2026-10-05".parse().unwrap()).await?;
            let direct = tx
                .one("select count(*) as n, cast(sum(payable_cents) as bigint) as cents from invoice where direction = 'incoming'", &args![])
                .await?;
            let reduced = tx
                .one("select count(*) as n, cast(sum(reduced_cents) as bigint) as cents from invoice where direction = 'incoming' and reduced_cents > 0", &args![])
                .await?;
            let reduced = (reduced.int("n")?, reduced.int("cents")?);
            Ok::<_, vir_store::Error>((all, open, direct.int("n")?, direct.int("cents")?, reduced))
        })
    });
    let (all, open, n, cents, reduced) = read.await.unwrap();
    assert!(reduced.0 > 0);
    assert_eq!(all.all.received, Amount { n, cents });
    assert_eq!((all.all.reduced.n, all.all.reduced.cents), reduced);
    assert!(all.all.to_paid.count() > 0 && all.all.on_time + all.all.late > 0 && all.all.lost.n > 0);
    assert_eq!(open.keys().map(String::as_str).collect::<Vec<_>>(), ["coded", "ordered", "received"]);
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let mut durations = Durations::default();
    assert_eq!(durations.percentile(50), None);
    for (days, count) in [(1, 1), (2, 1), (3, 1), (10, 1)] {
        durations.add(days, count);
    }
    assert_eq!(
        (durations.percentile(50), durations.percentile(90), durations.percentile(100)),
        (Some(2), Some(10), Some(10))
    );
}

#[test]
fn adding_and_taking_back_leaves_nothing() {
    let place =
        Place { period: "2026-11".into(), measure: "received".into(), unit: String::new(), bucket: "mail".into() };
    let cells = Cells::from([(place, Amount { n: 1, cents: 5 })]);
    let mut sums = Cells::new();
    add(&mut sums, &cells, 1);
    add(&mut sums, &cells, 1);
    add(&mut sums, &cells, -1);
    assert_eq!(sums, cells);
    add(&mut sums, &cells, -1);
    assert!(sums.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_is_found_by_its_words() {
    use crate::register::{Asking, Effort, Query, Way, list};
    let (store, tenant, _folder) = store().await;
    write(&store, &tenant, (0..1_300).map(|id| invoice(id, "received", at(id % 20) + id)).collect()).await;
    catch_up(&store, &tenant).await.unwrap();
    let look = |query: &str, scope: UnitScope| {
        let (query, store, tenant) = (Query::read(query).unwrap(), store.clone(), tenant.clone());
        let settings = crate::workflow::settings::Settings::default();
        let today = "2026-11-20".parse().unwrap();
        let asking = Asking { me: "p".into(), scope, today, settings, effort: Effort::USUAL };
        async move {
            let read = store.read(&tenant, move |tx| Box::pin(async move { list(tx, &query, &asking).await }));
            read.await.unwrap()
        }
    };
    let ids = |page: &crate::register::Page| page.lines.iter().map(|line| line.id.0.clone()).collect::<Vec<_>>();
    assert!(ids(&look("q=R-17&limit=200", UnitScope::All).await).contains(&"i17".to_owned()));
    let rare = look("q=holm+r-1299", UnitScope::All).await;
    assert_eq!((ids(&rare), rare.way), (vec!["i1299".to_owned()], Way::Few));
    assert!(look("q=holm+r-1299", UnitScope::These(vec!["u1".into()])).await.lines.is_empty(), "not in this unit");
    // All of them, page by page, the newest first.
    let mut query = "q=holm&limit=100".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = look(&query, UnitScope::All).await;
        assert_eq!(page.way, Way::Words);
        seen.extend(page.lines.iter().map(|line| (line.received_at, line.id.0.clone())));
        match page.next {
            Some(next) => query = format!("q=holm&limit=100&at={}", next.text()),
            None => break,
        }
    }
    assert!(seen.is_sorted_by(|one, other| one.0 >= other.0), "the newest first");
    assert_eq!(seen.len(), (0..1_300).filter(|id| id % 11 != 0).count(), "each incoming one once");
    // What has moved since it was indexed is not shown where it no longer belongs.
    write(&store, &tenant, vec!["update invoice set unit_id = 'secret' where id = 'i1299'".to_owned()]).await;
    let unit = UnitScope::These(vec!["u0".into()]);
    assert!(look("q=holm+r-1299", unit).await.lines.is_empty());
}
