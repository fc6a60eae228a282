//! `vir-register-bench`: how long pages of the register take over many invoices.
//!
//! `cargo run -p vir-bench --bin vir-register-bench -- FOLDER [COUNT] [REQUESTS]`
//!
//! Fills a store in FOLDER (SQLite) with COUNT invented invoices, if it is not there yet, and asks
//! for pages as people do and as nobody does: every order, deep pages, single and paired filters,
//! rare and frequent words, large and small units. Prints the percentiles of each kind.
//!
//! Invariant: each kind of request is drawn by seed; two runs over the same folder ask the same.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement speaks and looks at the clock")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use vir_auth::UnitScope;
use vir_invoice_desk::figures::follow::catch_up;
use vir_invoice_desk::register::volume::{Random, Volume, fill};
use vir_invoice_desk::register::{Asking, Effort, Query, Way, list, state_counts};
use vir_store::{Clock, Config, Store, TenantId};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder is needed")?;
    let count: u32 = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let requests: u32 = arguments.next().map_or(Ok(300), |count| count.parse())?;
    let now: Timestamp = "2026-11-20T09:00:00Z".parse()?;
    let tenant: TenantId = "viel".parse()?;
    let store = Store::open(Config::folder(&folder), &[vir_invoice_desk::MIGRATIONS], Clock::fixed(now)).await?;
    let units: Vec<String> = (0..40).map(|unit| format!("01900000-0000-7000-8000-0000000000{unit:02}")).collect();
    let people: Vec<String> = (0..60).map(|person| format!("01900000-0000-7000-8000-0000000001{person:02}")).collect();
    if store.tenants().await?.is_empty() {
        store.create_tenant(&tenant, "Viel").await?;
        let begun = Instant::now();
        let volume =
            Volume { count, units: units.clone(), people: people.clone(), seed: 42, until: now, rebuild: true };
        fill(&store, &tenant, &volume).await?;
        println!("{count} invoices written and made findable in {:.0?}", begun.elapsed());
    }
    let desk = Desk { store, tenant, units, people };
    let mut random = Random(7);
    let mut all = Vec::new();
    for kind in KINDS {
        let mut times = Vec::new();
        let mut ways = Vec::new();
        for _ in 0..requests {
            let (query, scope) = desk.request(kind, &mut random).await?;
            let begun = Instant::now();
            let (way, partial, rows) = desk.ask(&query, scope).await?;
            let took = begun.elapsed();
            times.push((took, query.write()));
            ways.push((way, partial, rows));
        }
        report(kind, &mut times, &ways);
        all.extend(times);
    }
    report("all", &mut all, &[]);
    if std::env::var_os("FIGURES").is_some() {
        let begun = Instant::now();
        let counted = catch_up(&desk.store, &desk.tenant).await?;
        println!("{counted} invoices counted in {:.0?}", begun.elapsed());
    }
    Ok(())
}

const KINDS: [&str; 10] = [
    "first page, any order",
    "deep page, any order",
    "one filter",
    "two filters, any order",
    "three filters, deep",
    "three small units",
    "one large unit, filter, deep",
    "frequent words",
    "rare words",
    "beginnings of words",
];

const SORTS: [&str; 14] = [
    "received",
    "-received",
    "due",
    "-due",
    "discount",
    "-discount",
    "amount",
    "-amount",
    "seller",
    "-seller",
    "number",
    "-number",
    "state",
    "-state",
];

struct Desk {
    store: Store,
    tenant: TenantId,
    units: Vec<String>,
    people: Vec<String>,
}

impl Desk {
    async fn ask(&self, query: &Query, scope: UnitScope) -> Outcome<(Way, bool, usize)> {
        let asking = Asking {
            me: self.people[3].clone(),
            scope,
            today: "2026-11-20".parse()?,
            settings: Default::default(),
            effort: Effort::USUAL,
        };
        let query = query.clone();
        let page = self
            .store
            .read(&self.tenant, move |tx| {
                Box::pin(async move {
                    // As the page does it: with the numbers in its tabs.
                    state_counts(tx, &query, &asking).await?;
                    list(tx, &query, &asking).await
                })
            })
            .await?;
        Ok((page.way, page.partial, page.lines.len()))
    }

    async fn request(&self, kind: &str, random: &mut Random) -> Outcome<(Query, UnitScope)> {
        let sort = pick(&SORTS, random);
        let one = self.filter(random);
        let two = format!("{one}&{}", self.filter(random));
        let three = format!("{two}&{}", self.filter(random));
        let unit = |at: usize| UnitScope::These(vec![self.units[at].as_str().into()]);
        let (text, scope) = match kind {
            "first page, any order" => (format!("sort={sort}"), UnitScope::All),
            "deep page, any order" => (format!("sort={sort}&{}", self.deep(sort, random)), UnitScope::All),
            "one filter" => (one, UnitScope::All),
            "two filters, any order" => (format!("{two}&sort={sort}"), UnitScope::All),
            "three filters, deep" => (format!("{three}&sort={sort}&{}", self.deep(sort, random)), UnitScope::All),
            "three small units" => {
                let units = [12, 14, 17].map(|at| self.units[at].as_str().into());
                (format!("sort={sort}"), UnitScope::These(units.to_vec()))
            }
            "one large unit, filter, deep" => (format!("{one}&sort={sort}&{}", self.deep(sort, random)), unit(0)),
            "frequent words" => {
                let words = ["gmbh", "tischlerei", "kg 2025", "stadtwerke", "holber", "öko reinigung"];
                let scope = if random.below(2) == 0 { UnitScope::All } else { unit(10) };
                (format!("q={}", pick(&words, random).replace(' ', "+")), scope)
            }
            "rare words" => (format!("q=R-2025-{:05}&sort={sort}", random.below(100_000)), UnitScope::All),
            _ => {
                let words = ["ti", "sta", "r", "b-1", "2024", "de1000", "mei", "gmb"];
                let scope = if random.below(2) == 0 { UnitScope::All } else { unit(14) };
                (format!("q={}", pick(&words, random)), scope)
            }
        };
        let query = Query::read(&text).map_err(|errors| format!("{text}: {errors:?}"))?;
        Ok((query, scope))
    }

    /// A place somewhere in the middle.
    fn deep(&self, sort: &str, random: &mut Random) -> String {
        let year = 2022 + random.below(5);
        let (month, day) = (1 + random.below(12), 1 + random.below(28));
        let key = match sort.trim_start_matches('-') {
            "received" => {
                let day: jiff::civil::Date = format!("{year}-{month:02}-{day:02}").parse().unwrap_or_default();
                let at = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |at| at.timestamp().as_microsecond());
                format!("i{at}")
            }
            "state" => {
                format!("i{}", 60_000_000_000_000_000_u64 + 1_700_000_000_000_000 + random.below(70_000_000_000_000))
            }
            "amount" => format!("i{}", random.below(1_000_000)),
            "due" | "discount" => format!("t{year}-{month:02}-{day:02}"),
            "seller" => {
                format!("t{}", pick(&["elektro", "gartenbau", "stadtwerke_20h", "tischlerei_20me", "verlag"], random))
            }
            _ => format!("tr{year}{:05}", random.below(100_000)),
        };
        format!("at=f{key}.01900000-0000")
    }

    fn filter(&self, random: &mut Random) -> String {
        let month = 1 + random.below(12);
        let year = 2022 + random.below(5);
        match random.below(16) {
            0 => format!("state={}", pick(&["received", "closed", "rejected", "quarantined", "paid,closed"], random)),
            1 => format!("unit={}", self.units[usize::try_from(random.below(40)).unwrap_or(0)]),
            2 => format!("seller={}", pick(&["tisch", "Öko", "stadtwerke hol", "x", "v"], random)),
            3 => format!("received_from={year}-{month:02}-01&received_to={year}-{month:02}-28"),
            4 => format!("due_from={year}-{month:02}-01"),
            5 => format!("discount_from={year}-{month:02}-01&discount_to={year}-{month:02}-20"),
            6 => format!("issued_from={year}-{month:02}-10&issued_to={year}-{month:02}-11"),
            7 => format!("amount_from={}", random.below(20_000)),
            8 => format!("amount_from=100&amount_to={}", 101 + random.below(50)),
            9 => format!("light={}", pick(&["red", "yellow", "green"], random)),
            10 => format!("channel={}", pick(&["mail", "web", "folder", "peppol"], random)),
            11 => format!("verdict={}", pick(&["accept", "reject"], random)),
            12 => format!("person={}", self.people[usize::try_from(random.below(60)).unwrap_or(0)]),
            13 => format!("voucher={year}-{:03}", random.below(1_000)),
            14 => pick(&["hold=yes", "duplicate=yes", "findings=yes", "hold=no"], random).to_owned(),
            _ => pick(&["direction=outgoing", "person=none", "unit=none", "findings=no"], random).to_owned(),
        }
    }
}

fn pick<'a>(list: &[&'a str], random: &mut Random) -> &'a str {
    list[usize::try_from(random.below(list.len() as u64)).unwrap_or(0)]
}

fn report(kind: &str, times: &mut [(Duration, String)], ways: &[(Way, bool, usize)]) {
    times.sort();
    let at = |percent: usize| {
        times.get((times.len() * percent / 100).min(times.len() - 1)).map_or(0.0, |t| t.0.as_secs_f64() * 1e3)
    };
    let of = |way: Way| ways.iter().filter(|one| one.0 == way).count();
    let partial = ways.iter().filter(|one| one.1).count();
    let empty = ways.iter().filter(|one| one.2 == 0).count();
    println!(
        "{kind:30} n {:5}  p50 {:6.1}  p90 {:6.1}  p99 {:6.1}  max {:6.1} ms   few {} walk {} search {} words {}  partial {partial} empty {empty}",
        times.len(),
        at(50),
        at(90),
        at(99),
        at(100),
        of(Way::Few),
        of(Way::Walk),
        of(Way::Search),
        of(Way::Words),
    );
    for (time, query) in times.iter().rev().take(2) {
        println!("{:34}{:6.1} ms  {query}", "", time.as_secs_f64() * 1e3);
    }
}
