//! The register against a model that does the same in memory, slowly and plainly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config as RunnerConfig, RngSeed, TestRunner};
use vir_auth::UnitScope;
use vir_store::{Clock, Store, TenantId, Tx, args};

use super::filter::{Days, Filter, PersonChoice, Query, UnitChoice};
use super::list::{Asking, Page, Total, list};
use super::plan::{Effort, Way};
use super::sort::{By, Sort, seller_key};
use super::terms::Sql;
use crate::invoice_row::{Channel, Direction, State, Verdict};
use crate::workflow::calendar::Region;
use crate::workflow::deadline::{Dates, Light, YELLOW, deadlines, pressing};
use crate::workflow::settings::Settings;

/// Asks the database how it would read, and refuses to read whole tables.
pub(super) async fn reads_no_whole_table(tx: &mut Tx, sql: &Sql) -> vir_store::Result<()> {
    // PostgreSQL reads a small table whole, whatever indexes it has: there the measurement over a million shows it.
    if vir_testkit::stores::distributed() {
        return Ok(());
    }
    for row in tx.all(format!("explain query plan {}", sql.text), &sql.args).await? {
        let step = row.text("detail")?;
        assert!(!step.starts_with("SCAN invoice"), "{step}\n{}", sql.text);
        // The direction alone narrows nothing, but in the indexes that hold only a few.
        let few = ["register_hold", "register_suspect", "register_violating"];
        let narrow = !step.ends_with("(direction=?)") || few.iter().any(|index| step.contains(index));
        assert!(narrow, "{step}\n{}", sql.text);
    }
    Ok(())
}

#[derive(Debug, Clone)]
struct Model {
    id: String,
    received: i64,
    channel: Channel,
    direction: Direction,
    state: State,
    unit: Option<String>,
    person: Option<String>,
    verdict: Option<Verdict>,
    findings: i64,
    number: Option<String>,
    issued: Option<Date>,
    due: Option<Date>,
    discount: Option<Date>,
    amount: Option<i64>,
    seller: Option<String>,
    voucher: Option<String>,
    hold: bool,
    duplicate: bool,
}

const TODAY: Date = Date::constant(2026, 11, 20);

fn noon(day: Date) -> i64 {
    super::terms::midnight(day).as_microsecond() + 43_200_000_000
}

fn days(around: i64) -> impl Strategy<Value = Date> {
    use jiff::ToSpan as _;
    (-around..=around).prop_map(|days| TODAY.saturating_add(days.days()))
}

fn model() -> impl Strategy<Value = Model> {
    let optional = |strategy| proptest::option::weighted(0.85, strategy);
    let sellers =
        proptest::sample::select(vec!["Holm", "holm KG", "Öko", "Oker", "Äpfel", "Apfel", "Straße", "Strasse 1"]);
    let first = (
        days(50),
        0..5_i64,
        proptest::sample::select(Channel::ALL),
        proptest::bool::weighted(0.9),
        proptest::sample::select(State::ALL),
        proptest::option::weighted(0.9, 0..6_u8),
        proptest::option::weighted(0.6, 0..3_u8),
        proptest::option::of(proptest::sample::select(Verdict::ALL)),
        0..2_i64,
    );
    let second = (
        optional((0..40_u32).boxed()),
        proptest::option::weighted(0.8, days(40)),
        proptest::option::weighted(0.8, days(40)),
        proptest::option::weighted(0.4, days(40)),
        proptest::option::weighted(0.9, -20..200_i64),
        proptest::option::weighted(0.9, sellers),
        proptest::option::weighted(0.5, 0..30_u32),
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.1),
    );
    (first, second).prop_map(|(a, b)| Model {
        id: String::new(),
        received: noon(a.0) + a.1,
        channel: a.2,
        direction: if a.3 { Direction::Incoming } else { Direction::Outgoing },
        state: a.4,
        unit: a.5.map(|unit| format!("u{unit}")),
        person: a.6.map(|person| format!("p{person}")),
        verdict: a.7,
        findings: a.8,
        number: b.0.map(|number| format!("R{number}")),
        issued: b.1,
        due: b.2,
        discount: b.3,
        amount: b.4.map(|amount| amount * 100),
        seller: b.5.map(str::to_owned),
        voucher: b.6.map(|number| format!("2026-{number:04}")),
        hold: b.7,
        duplicate: b.8,
    })
}

fn range() -> impl Strategy<Value = Days> {
    (proptest::option::of(days(40)), proptest::option::of(days(40))).prop_map(|(from, to)| Days { from, to })
}

fn rarely<T: std::fmt::Debug + Clone + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    proptest::option::weighted(0.15, strategy).boxed()
}

fn filter() -> impl Strategy<Value = Filter> {
    let some = |most: usize| proptest::collection::vec(0..9_usize, 0..=most);
    let first = (
        some(3),
        proptest::collection::vec(proptest::option::weighted(0.9, 0..7_u8), 0..3),
        rarely(proptest::sample::select(vec!["h", "Ö", "strass", "holm k", "x"])),
        rarely(range()),
        rarely(range()),
        rarely(range()),
        rarely(range()),
        rarely((proptest::option::of(-10..150_i64), proptest::option::of(-10..150_i64))),
    );
    let second = (
        rarely(proptest::sample::select(vec![Light::Green, Light::Yellow, Light::Red])),
        proptest::collection::vec(proptest::sample::select(Channel::ALL), 0..2),
        rarely(proptest::sample::select(Verdict::ALL)),
        rarely(any::<bool>()),
        rarely(proptest::option::of(0..4_u8)),
        rarely(proptest::sample::select(vec!["2026-", "2026-000", "2026-0012", "9"])),
        rarely(any::<bool>()),
        rarely(any::<bool>()),
        proptest::bool::weighted(0.9),
        rarely(proptest::sample::select(vec!["r-12", "R7", "R 0003", "-"])),
    );
    (first, second).prop_map(|(a, b)| {
        let mut states: Vec<State> = a.0.iter().map(|index| State::ALL[*index]).collect();
        states.sort_unstable();
        states.dedup();
        let mut units: Vec<UnitChoice> = Vec::new();
        for unit in a.1 {
            let unit = unit.map_or(UnitChoice::Unassigned, |unit| UnitChoice::Unit(format!("u{unit}")));
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        let amount = a.7.unwrap_or_default();
        Filter {
            text: None,
            states,
            units,
            seller: a.2.map(str::to_owned),
            seller_id: None,
            number: b.9.map(str::to_owned),
            received: a.3.unwrap_or_default(),
            issued: a.4.unwrap_or_default(),
            due: a.5.unwrap_or_default(),
            discount: a.6.unwrap_or_default(),
            amount: super::filter::Cents { from: amount.0.map(|c| c * 100), to: amount.1.map(|c| c * 100) },
            light: b.0,
            channels: b.1,
            verdict: b.2,
            findings: b.3,
            person: b.4.map(|person| match person {
                None => PersonChoice::Nobody,
                Some(0) => PersonChoice::Me,
                Some(other) => PersonChoice::Person(format!("p{other}")),
            }),
            voucher: b.5.map(str::to_owned),
            hold: b.6,
            duplicate: b.7,
            direction: if b.8 { Direction::Incoming } else { Direction::Outgoing },
        }
    })
}

fn within(days: Days, day: Option<Date>) -> bool {
    if days.is_open() {
        return true;
    }
    day.is_some_and(|day| days.from.is_none_or(|from| from <= day) && days.to.is_none_or(|to| day <= to))
}

impl Model {
    fn day(&self) -> Date {
        Timestamp::from_microsecond(self.received).unwrap().to_zoned(vir_web::format::german_time()).date()
    }

    fn light(&self) -> Option<Light> {
        if ![State::Received, State::Coded, State::Certified, State::Ordered].contains(&self.state) {
            return None;
        }
        let dates = Dates { received: self.day(), due: self.due, discount: self.discount };
        pressing(&deadlines(&dates, TODAY, Region::Niedersachsen, YELLOW), TODAY).map(|deadline| deadline.light)
    }

    fn passes(&self, filter: &Filter, asking: &Asking) -> bool {
        let unit = self.unit.clone().map_or(UnitChoice::Unassigned, UnitChoice::Unit);
        let seen = match &asking.scope {
            UnitScope::All => true,
            UnitScope::These(units) => self.unit.as_ref().is_some_and(|unit| units.contains(&unit.as_str().into())),
        };
        let cents = filter.amount;
        seen && self.direction == filter.direction
            && (filter.states.is_empty() || filter.states.contains(&self.state))
            && (filter.units.is_empty() || filter.units.contains(&unit))
            && filter.seller.as_ref().is_none_or(|prefix| {
                self.seller.as_ref().is_some_and(|seller| seller_key(seller).starts_with(&seller_key(prefix)))
            })
            && filter.number.as_deref().is_none_or(|number| {
                let key = crate::intake::keys::number_key(number);
                key.is_some() && self.number == key
            })
            && within(filter.received, Some(self.day()))
            && within(filter.issued, self.issued)
            && within(filter.due, self.due)
            && within(filter.discount, self.discount)
            && (cents == super::filter::Cents::default()
                || self.amount.is_some_and(|amount| {
                    cents.from.is_none_or(|from| from <= amount) && cents.to.is_none_or(|to| amount <= to)
                }))
            && filter.light.is_none_or(|light| self.light() == Some(light))
            && (filter.channels.is_empty() || filter.channels.contains(&self.channel))
            && filter.verdict.is_none_or(|verdict| self.verdict == Some(verdict))
            && filter.findings.is_none_or(|findings| (self.findings > 0) == findings)
            && filter.person.as_ref().is_none_or(|person| match person {
                PersonChoice::Nobody => self.person.is_none(),
                PersonChoice::Me => self.person.as_ref() == Some(&asking.me),
                PersonChoice::Person(id) => self.person.as_ref() == Some(id),
                PersonChoice::Group(_) => false,
            })
            && filter
                .voucher
                .as_ref()
                .is_none_or(|prefix| self.voucher.as_ref().is_some_and(|voucher| voucher.starts_with(prefix)))
            && filter.hold.is_none_or(|hold| self.hold == hold)
            && filter.duplicate.is_none_or(|duplicate| self.duplicate == duplicate)
    }

    fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        fn by<T: Ord>(one: Option<T>, other: Option<T>, ids: Ordering, descending: bool) -> Ordering {
            match (one, other) {
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (one, other) => {
                    let order = one.cmp(&other).then(ids);
                    if descending { order.reverse() } else { order }
                }
            }
        }
        let ids = self.id.cmp(&other.id);
        let down = sort.descending;
        match sort.by {
            By::Received => by(Some(self.received), Some(other.received), ids, down),
            By::State => by(Some((self.state, self.received)), Some((other.state, other.received)), ids, down),
            By::Due => by(self.due, other.due, ids, down),
            By::Discount => by(self.discount, other.discount, ids, down),
            By::Amount => by(self.amount, other.amount, ids, down),
            By::Number => by(self.number.clone(), other.number.clone(), ids, down),
            By::Seller => {
                by(self.seller.as_deref().map(seller_key), other.seller.as_deref().map(seller_key), ids, down)
            }
        }
    }
}

async fn insert(tx: &mut Tx, model: &Model) -> vir_store::Result<()> {
    let sql = "insert into invoice (id, received_at, channel, direction, state, unit_id, assigned_person, kind, \
        verdict, finding_count, error_count, original_blob, file_name, size_bytes, number, number_key, issue_date, \
        due_date, skonto_date, payable_cents, seller_name, voucher_number, on_hold, duplicate_of, changed_at, version) \
        values ($1, $2, $3, $4, $5, $6, $7, 'invoice', $8, $9, 0, $1, 'r.xml', 1, $10, $10, $11, $12, $13, $14, $15, \
        $16, $17, $18, $2, 1)";
    let duplicate = model.duplicate.then_some("other");
    let args = args![
        &model.id,
        model.received,
        model.channel.text(),
        model.direction.text(),
        model.state.text(),
        &model.unit,
        &model.person,
        model.verdict.map(Verdict::text),
        model.findings,
        &model.number,
        model.issued,
        model.due,
        model.discount,
        model.amount,
        &model.seller,
        &model.voucher,
        model.hold,
        duplicate,
    ];
    tx.execute(sql, &args).await.map(|_| ())
}

struct Desk {
    store: Store,
    tenant: TenantId,
    _place: vir_testkit::stores::Place,
}

async fn desk() -> Desk {
    let place = vir_testkit::stores::Place::new(&[crate::MIGRATIONS]).await;
    let clock = Clock::fixed("2026-11-20T09:00:00Z".parse().unwrap());
    let store = Store::open(place.config.clone(), &[crate::MIGRATIONS], clock).await.unwrap();
    let tenant: TenantId = "town".parse().unwrap();
    store.create_tenant(&tenant, "Town").await.unwrap();
    Desk { store, tenant, _place: place }
}

impl Desk {
    async fn keep(&self, models: Vec<Model>) {
        self.store
            .write(&self.tenant, move |tx| {
                Box::pin(async move {
                    for model in &models {
                        insert(tx, model).await?;
                    }
                    Ok::<_, vir_store::Error>(())
                })
            })
            .await
            .unwrap();
    }

    async fn list(&self, query: &Query, asking: &Asking) -> Page {
        let (query, asking) = (query.clone(), asking.clone());
        let read = self.store.read(&self.tenant, move |tx| Box::pin(async move { list(tx, &query, &asking).await }));
        read.await.unwrap()
    }

    /// All pages from the cursor on, and the ways they took.
    async fn all(&self, query: &Query, asking: &Asking) -> (Vec<String>, Vec<Page>) {
        let mut ids = Vec::new();
        let mut pages = Vec::new();
        let mut query = query.clone();
        loop {
            let page = self.list(&query, asking).await;
            let backwards = query.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
            let these: Vec<String> = page.lines.iter().map(|line| line.id.0.clone()).collect();
            assert!(these.len() <= usize::from(query.limit.unwrap_or(50)));
            if backwards {
                ids.splice(0..0, these);
            } else {
                ids.extend(these);
            }
            let on = if backwards { page.previous.clone() } else { page.next.clone() };
            pages.push(page);
            assert!(pages.len() < 2_000, "it ends: {query:?}");
            match on {
                Some(cursor) => query = query.at(cursor),
                None => return (ids, pages),
            }
        }
    }
}

fn asking(scope: UnitScope, effort: Effort) -> Asking {
    Asking { me: "p0".into(), scope, today: TODAY, settings: Settings::default(), effort }
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(RunnerConfig {
        cases,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..RunnerConfig::default()
    })
}

fn models(runner: &mut TestRunner, count: usize) -> Vec<Model> {
    let mut models: Vec<Model> = (0..count).map(|_| model().new_tree(runner).unwrap().current()).collect();
    for (index, model) in models.iter_mut().enumerate() {
        // Ids in another order than receipt.
        model.id = format!("{:04}", (index * 7919) % 10_000);
    }
    models
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_those_of_the_model_whatever_way_they_are_read() {
    let desk = desk().await;
    let mut runner = runner(1);
    let models = models(&mut runner, 260);
    desk.keep(models.clone()).await;
    let efforts = [
        Effort::USUAL,
        // Walks that end early, and units that are tested instead of walked.
        Effort { few: 0, steps: 40, least_steps: 3, stretches: 20 },
        Effort { few: 12, steps: 400, least_steps: 100, stretches: 5 },
    ];
    let scopes = [
        UnitScope::All,
        UnitScope::All,
        UnitScope::These(vec!["u1".into()]),
        UnitScope::These(vec!["u0".into(), "u2".into(), "u3".into(), "u4".into()]),
        UnitScope::These(Vec::new()),
    ];
    let mut ways = Vec::new();
    for case in 0..400_usize {
        let filter = filter().new_tree(&mut runner).unwrap().current();
        let sort = Sort { by: By::ALL[case % By::ALL.len()], descending: case % 2 == 0 };
        let asking = asking(scopes[case % scopes.len()].clone(), efforts[case % efforts.len()]);
        let query = Query { filter: filter.clone(), sort, cursor: None, limit: Some(7) };
        let mut expect: Vec<&Model> = models.iter().filter(|model| model.passes(&filter, &asking)).collect();
        expect.sort_by(|one, other| one.compare(other, sort));
        let expect: Vec<&str> = expect.iter().map(|model| model.id.as_str()).collect();
        let (found, pages) = desk.all(&query, &asking).await;
        assert_eq!(found, expect, "case {case}: {} {:?}", query.write(), asking);
        ways.extend(pages.iter().map(|page| page.way));
        // Nothing shown more than it is.
        match pages[0].total {
            Total::Exactly(total) => assert_eq!(total, i64::try_from(expect.len()).unwrap(), "case {case}"),
            Total::MoreThan(least) => assert!(usize::try_from(least).unwrap() <= expect.len(), "case {case}"),
        }
        // And back again from the end.
        if let Some(last) = pages.iter().rev().find_map(|page| page.previous.clone()) {
            let (back, _) = desk.all(&query.at(last.clone()), &asking).await;
            assert!(
                expect.starts_with(&back.iter().map(String::as_str).collect::<Vec<_>>()),
                "case {case} backwards {}",
                query.write()
            );
            let rest = expect.len() - back.len();
            assert!(rest <= 7, "case {case}: {rest} are missing backwards {}", query.write());
        }
    }
    for way in [Way::Few, Way::Walk, Way::Search] {
        assert!(ways.contains(&way), "{way:?} was tried");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_in_meanwhile_moves_nothing() {
    let desk = desk().await;
    let mut runner = runner(1);
    let all = models(&mut runner, 200);
    let (before, after) = all.split_at(120);
    desk.keep(before.to_vec()).await;
    for (round, by) in By::ALL.into_iter().enumerate() {
        let asking = asking(UnitScope::All, Effort::USUAL);
        let mut query = Query { sort: Sort { by, descending: round % 2 == 1 }, limit: Some(10), ..Query::default() };
        let mut seen: Vec<String> = Vec::new();
        let mut coming = after.iter().skip(round * 10).take(10).cloned();
        let expect: Vec<String> = desk.all(&query, &asking).await.0;
        loop {
            let page = desk.list(&query, &asking).await;
            seen.extend(page.lines.iter().map(|line| line.id.0.clone()));
            if let Some(model) = coming.next() {
                desk.keep(vec![model]).await;
            }
            match page.next {
                Some(next) => query = query.at(next),
                None => break,
            }
        }
        let old: Vec<String> = seen.iter().filter(|id| expect.contains(id)).cloned().collect();
        assert_eq!(old, expect, "{by:?}: what was there is seen once, in its order");
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), seen.len(), "{by:?}: nothing twice");
    }
}
