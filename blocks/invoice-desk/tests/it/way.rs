//! The way of an invoice: random people deciding at random never break a rule, numbers have no gaps, deputies free
//! nobody, and the decisions replay to the state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use vir_auth::{By, Deputy, Directory, Limit, Person, PersonId, PersonKind, Role, RoleName, StoredGrant, To, UnitTree};
use vir_core::Lang;
use vir_invoice_desk::coding::line::{Line, Target, Tax};
use vir_invoice_desk::invoice_row::{InvoiceId, State};
use vir_invoice_desk::workflow::decide::{Subject, decisions};
use vir_invoice_desk::workflow::law::{self, Case, OrderLimit};
use vir_invoice_desk::workflow::settings::Settings;
use vir_invoice_desk::workflow::state::{Act, Standing, replay};
use vir_invoice_desk::workflow::{Attempt, Decided, Decider, Kind, Refusal, decide, voucher};
use vir_store::{Store, TenantId, Tx, args};

use crate::desk::Desk;

const PEOPLE: [&str; 5] = ["ada", "bert", "cleo", "dora", "emil"];

#[derive(Debug, Clone)]
struct Try {
    kind: Kind,
    by: usize,
    on_behalf_of: Option<usize>,
    target: Option<State>,
    amount: i64,
    limit: Option<i64>,
    released: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let kind = prop_oneof![
        5 => prop::sample::select(vec![Kind::Code, Kind::Reduce, Kind::CertifySubstance, Kind::CertifyArithmetic, Kind::OrderFirst,
            Kind::Order, Kind::HandOver, Kind::HandOverFailed, Kind::Pay, Kind::Close]),
        1 => prop::sample::select(Kind::ALL.to_vec()),
    ];
    let target = prop::option::of(prop::sample::select(State::ALL.to_vec()));
    let one = (
        kind,
        0..PEOPLE.len(),
        prop::option::weighted(0.3, 0..PEOPLE.len()),
        target,
        0_i64..200,
        prop::option::of(0_i64..200),
        any::<bool>(),
    );
    prop::collection::vec(
        one.prop_map(|(kind, by, on_behalf_of, target, amount, limit, released)| Try {
            kind,
            by,
            on_behalf_of: on_behalf_of.filter(|other| *other != by),
            target,
            amount: amount * 1000,
            limit: limit.map(|limit| limit * 1000),
            released,
        }),
        1..120,
    )
}

const FOUR_EYES: i64 = 100_000;

/// What happened, told plainly: the oracle looks at nothing but this list.
struct Deed {
    kind: Kind,
    persons: BTreeSet<usize>,
    to: State,
    amount: i64,
    limit: Option<i64>,
    reasoned: bool,
    released: bool,
}

/// Looks over a whole story and says what is wrong with it, without asking the code under test.
fn look_over(story: &[Deed]) {
    let mut substance: Option<&BTreeSet<usize>> = None;
    let mut arithmetic: Option<&BTreeSet<usize>> = None;
    let mut first: Option<&BTreeSet<usize>> = None;
    let mut certified: [Option<i64>; 2] = [None, None];
    let mut ordered_ever: BTreeSet<usize> = BTreeSet::new();
    let mut paid_ever: BTreeSet<usize> = BTreeSet::new();
    let mut state = State::Received;
    for deed in story {
        match deed.kind {
            Kind::Code => {
                assert!(matches!(state, State::Received | State::Coded));
                (substance, arithmetic, first) = (None, None, None);
            }
            Kind::Reduce => {
                assert!(matches!(state, State::Received | State::Coded) && deed.to == state);
                (substance, arithmetic, first) = (None, None, None);
            }
            Kind::CertifySubstance => (substance, certified[0]) = (Some(&deed.persons), Some(deed.amount)),
            Kind::CertifyArithmetic => (arithmetic, certified[1]) = (Some(&deed.persons), Some(deed.amount)),
            Kind::OrderFirst | Kind::Order => {
                let (substance, arithmetic) = (substance.expect("§ 42 (3)"), arithmetic.expect("§ 42 (3)"));
                if !substance.is_disjoint(&deed.persons) || !arithmetic.is_disjoint(&deed.persons) {
                    assert!(deed.reasoned, "§ 42 (4): certifier orders without a reason");
                }
                assert_eq!(certified, [Some(deed.amount); 2], "ordered is what was certified");
                assert!(deed.limit.is_none_or(|limit| deed.amount <= limit), "over the limit");
                assert!(paid_ever.is_disjoint(&deed.persons), "§ 42 (5)");
                if deed.kind == Kind::OrderFirst {
                    first = Some(&deed.persons);
                } else if deed.amount >= FOUR_EYES {
                    assert!(first.expect("four eyes").is_disjoint(&deed.persons), "two eyes");
                }
                ordered_ever.extend(&deed.persons);
            }
            Kind::HandOver | Kind::Pay | Kind::HandOverFailed => {
                assert!(ordered_ever.is_disjoint(&deed.persons), "§ 42 (5)");
                if deed.kind == Kind::HandOver && !deed.released {
                    let certifiers = substance.into_iter().chain(arithmetic);
                    assert!(certifiers.into_iter().all(|one| one.is_disjoint(&deed.persons)), "§ 42 (5) sentence 3");
                }
                paid_ever.extend(&deed.persons);
            }
            Kind::Return | Kind::Reopen => {
                assert!(deed.reasoned);
                first = None;
                if deed.to != State::Certified {
                    (substance, arithmetic) = (None, None);
                }
            }
            Kind::Reject | Kind::Hold | Kind::Quarantine => assert!(deed.reasoned),
            _ => {}
        }
        state = deed.to;
        if matches!(state, State::Ordered | State::HandedOver | State::Paid | State::Closed) {
            assert!(substance.is_some() && arithmetic.is_some(), "paid without being certified");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn random_people_never_break_a_rule(tries in tries(), reasons in any::<u64>()) {
        let mut standing = Standing::initial(State::Received);
        let mut story = Vec::new();
        // What an invoice demands does not change; what is due does, by a reduction.
        let demanded = tries[0].amount;
        let mut amount = demanded;
        for (index, attempt) in tries.iter().enumerate() {
            let act = Act {
                by: PEOPLE[attempt.by].to_owned(),
                on_behalf_of: attempt.on_behalf_of.map(|other| PEOPLE[other].to_owned()),
            };
            let reason = (reasons >> (index % 64) & 1 == 1).then_some("weil es so ist");
            let case = Case {
                kind: attempt.kind, act: &act, standing: &standing, amount_cents: amount,
                limit: attempt.limit.map_or(OrderLimit::Unlimited, OrderLimit::UpTo), higher: None,
                four_eyes_from: Some(FOUR_EYES), has_unit: true, outgoing: false, has_errors: false,
                may_be_duplicate: false, is_duplicate: false, reason, order_left: None,
                released_by_another: attempt.released,
                retained_share: Some((0, demanded)),
            };
            let Ok(after) = standing.after(attempt.kind, &act, attempt.target) else { continue };
            let objections = law::judge(&case);
            if objections.iter().any(law::Objection::blocks) || (!objections.is_empty() && reason.is_none()) {
                continue;
            }
            if attempt.kind == Kind::Reduce {
                let taken = attempt.amount / 2;
                if taken >= demanded {
                    continue;
                }
                amount = demanded - taken;
            }
            story.push(Deed {
                kind: attempt.kind,
                persons: std::iter::once(attempt.by).chain(attempt.on_behalf_of).collect(),
                to: after.state,
                amount,
                limit: attempt.limit,
                reasoned: reason.is_some(),
                released: attempt.released,
            });
            standing = after;
        }
        look_over(&story);
    }
}

const ROOT: &str = "stadt";

/// A town: ada codes and certifies, bert certifies, cleo orders up to 1,000 euros, dora orders anything, emil pays and
/// is cleo's deputy.
pub fn town() -> Directory {
    let person = |id: &str| Person {
        id: id.into(),
        name: id.to_uppercase(),
        email: format!("{id}@musterstadt.example"),
        kind: PersonKind::Human,
        lang: Lang::De,
        active: true,
    };
    let role = |id: &str, permissions: &[&str]| Role {
        id: id.into(),
        name: RoleName::Own(id.to_owned()),
        permissions: Arc::new(permissions.iter().map(|&name| name.to_owned()).collect()),
        default: None,
    };
    let grant = |index: usize, person: &str, role: &str, limit: Limit| StoredGrant {
        id: format!("g{index}").as_str().into(),
        to: To::Person(person.into()),
        role: role.into(),
        unit: ROOT.into(),
        limit,
    };
    let roles = [
        role("clerk", &["invoice.see", "invoice.code"]),
        role("certifier", &["invoice.see", "invoice.certify"]),
        role("orderer", &["invoice.see", "invoice.order"]),
        role("cashier", &["invoice.see", "invoice.pay"]),
    ];
    Directory {
        version: 1,
        tree: Arc::new(UnitTree::new(vec![vir_web::test::unit(ROOT, None), vir_web::test::unit("bau", Some(ROOT))])),
        people: PEOPLE.map(|id| (PersonId::from(id), person(id))).into(),
        groups: BTreeMap::new(),
        roles: roles.into_iter().map(|role| (role.id.clone(), role)).collect(),
        grants: vec![
            grant(1, "ada", "clerk", Limit::Unlimited),
            grant(2, "ada", "certifier", Limit::Unlimited),
            grant(3, "bert", "certifier", Limit::Unlimited),
            grant(4, "bert", "orderer", Limit::Unlimited),
            grant(5, "cleo", "orderer", Limit::UpTo(100_000)),
            grant(6, "dora", "orderer", Limit::Unlimited),
            grant(7, "emil", "cashier", Limit::Unlimited),
            grant(8, "dora", "cashier", Limit::Unlimited),
        ],
        deputies: vec![Deputy {
            id: "d1".into(),
            deputy: "emil".into(),
            of: "cleo".into(),
            from: "2026-11-01".parse().unwrap(),
            to: "2026-11-30".parse().unwrap(),
        }],
    }
}

pub fn decider(tenant: &TenantId, who: &str) -> Decider {
    let directory = Arc::new(town());
    let today = "2026-11-22".parse().unwrap();
    let principal = directory.principal(tenant, &who.into(), By::System, today).unwrap();
    Decider { principal, directory }
}

const INVOICE: &str =
    "insert into invoice (id, received_at, channel, direction, state, kind, finding_count, error_count,
    original_blob, file_name, size_bytes, on_hold, changed_at, version, unit_id, payable_cents, currency)
    values ($1, $2, 'api', 'incoming', 'received', 'invoice', 0, 0, $1, 'a.xml', 1, $3, $2, 1, 'bau', $4, 'EUR')";

pub async fn invoice(desk: &Desk, id: &str, cents: i64) -> InvoiceId {
    let row = id.to_owned();
    desk.store
        .write(&desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { tx.execute(INVOICE, &args![row, tx.now(), false, cents]).await })
        })
        .await
        .map(|_: u64| InvoiceId(id.to_owned()))
        .unwrap()
}

pub async fn try_to(store: &Store, tenant: &TenantId, who: &str, attempt: Attempt) -> Result<Decided, Refusal> {
    let decider = decider(tenant, who);
    store.write(tenant, move |tx| Box::pin(async move { decide(tx, &decider, &attempt).await })).await
}

pub fn lines(cents: i64) -> Vec<Line> {
    let target = Target {
        cost_centre: "100".into(),
        account: "4222".into(),
        product: "111".into(),
        investment: None,
        tax: Tax::None,
    };
    vec![Line { target, amount_cents: cents, note: None }]
}

pub async fn certified(desk: &Desk, id: &str, cents: i64) -> InvoiceId {
    let id = invoice(desk, id, cents).await;
    let code = Attempt { lines: lines(cents), ..Attempt::new(id.clone(), Kind::Code).seen(1) };
    try_to(&desk.store, &desk.tenant, "ada", code).await.unwrap();
    for (version, kind) in [(2, Kind::CertifySubstance), (3, Kind::CertifyArithmetic)] {
        try_to(&desk.store, &desk.tenant, "ada", Attempt::new(id.clone(), kind).seen(version)).await.unwrap();
    }
    id
}

fn rules(result: Result<Decided, Refusal>) -> Vec<&'static str> {
    match result {
        Err(Refusal::Rules(objections)) => objections.iter().map(|objection| objection.rule.id).collect(),
        other => panic!("rules should object, but: {other:?}"),
    }
}

#[tokio::test]
async fn the_whole_way_in_the_store() {
    let desk = Desk::new("way").await;
    let id = certified(&desk, "i1", 50_000).await;
    let go = |who: &'static str, attempt: Attempt| try_to(&desk.store, &desk.tenant, who, attempt);
    let ordered = go("cleo", Attempt::new(id.clone(), Kind::Order).seen(4)).await.unwrap();
    assert_eq!((ordered.state, ordered.voucher.as_deref()), (State::Ordered, Some("2026-000001")));
    // The voucher number outlives a return.
    let back = Attempt { target: Some(State::Certified), ..Attempt::new(id.clone(), Kind::Return) };
    assert_eq!(rules(go("cleo", back.clone()).await), ["reason"]);
    go("cleo", back.because("Betrag unklar")).await.unwrap();
    let again = go("dora", Attempt::new(id.clone(), Kind::Order)).await.unwrap();
    assert_eq!(again.voucher.as_deref(), Some("2026-000001"));
    // Dora has ordered, cleo once did; emil is cleo's deputy but pays in his own right.
    assert_eq!(rules(go("dora", Attempt::new(id.clone(), Kind::HandOver)).await), ["KomHKVO-42-5"]);
    go("emil", Attempt::new(id.clone(), Kind::HandOver)).await.unwrap();
    go("emil", Attempt::new(id.clone(), Kind::Pay)).await.unwrap();
    let closed = go("emil", Attempt::new(id.clone(), Kind::Close)).await.unwrap();
    assert_eq!(closed.state, State::Closed);
    let wanted = id.clone();
    let (subject, story) = desk
        .store
        .read(&desk.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let subject = Subject::load(tx, &wanted).await?.unwrap();
                Ok::<_, vir_store::Error>((subject, decisions(tx, &wanted).await?))
            })
        })
        .await
        .unwrap();
    let replayed = replay(story.0.unwrap(), &story.1).unwrap();
    assert_eq!((replayed.state, subject.state), (State::Closed, State::Closed));
    assert_eq!(story.1.len(), 9);
    assert_eq!(desk.count("audit").await, 9, "one entry for each decision");
    assert_eq!(desk.count("event").await, 9, "one event for each decision");
    assert_eq!(desk.count("invoice_decision").await, 9);
}

#[tokio::test]
async fn a_deputy_frees_nobody() {
    let desk = Desk::new("deputy").await;
    let id = certified(&desk, "i1", 50_000).await;
    let go = |who: &'static str, attempt: Attempt| try_to(&desk.store, &desk.tenant, who, attempt);
    // Emil orders as cleo's deputy; then neither of them may pay.
    let ordered = go("emil", Attempt::new(id.clone(), Kind::Order)).await.unwrap();
    assert_eq!(ordered.kind, Kind::Order);
    let row = desk
        .store
        .read(&desk.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "select person_id, for_person_id, for_person_name from invoice_decision where kind = 'order'";
                let row = tx.one(sql, &[]).await?;
                Ok::<_, vir_store::Error>((
                    row.text("person_id")?,
                    row.text("for_person_id")?,
                    row.text("for_person_name")?,
                ))
            })
        })
        .await
        .unwrap();
    assert_eq!(row, ("emil".into(), "cleo".into(), "CLEO".into()));
    assert_eq!(rules(go("emil", Attempt::new(id.clone(), Kind::HandOver)).await), ["KomHKVO-42-5"]);
    go("dora", Attempt::new(id.clone(), Kind::HandOver)).await.unwrap();
}

#[tokio::test]
async fn limits_permissions_and_versions() {
    let desk = Desk::new("limits").await;
    let go = |who: &'static str, attempt: Attempt| try_to(&desk.store, &desk.tenant, who, attempt);
    let id = certified(&desk, "i1", 100_001).await;
    let Err(Refusal::Rules(objections)) = go("cleo", Attempt::new(id.clone(), Kind::Order)).await else { panic!() };
    assert_eq!(objections[0].rule.id, "order-limit");
    assert!(objections[0].why.de.contains("BERT, DORA"), "{}", objections[0].why.de);
    assert!(matches!(go("ada", Attempt::new(id.clone(), Kind::Order)).await, Err(Refusal::Forbidden("invoice.order"))));
    assert!(matches!(go("dora", Attempt::new(id.clone(), Kind::Order).seen(3)).await, Err(Refusal::Stale)));
    // Nothing was drawn by those who were refused.
    assert_eq!(
        go("dora", Attempt::new(id, Kind::Order).seen(4)).await.unwrap().voucher.as_deref(),
        Some("2026-000001")
    );

    let id = invoice(&desk, "i2", 100).await;
    let short = Attempt { lines: lines(99), ..Attempt::new(id.clone(), Kind::Code) };
    assert!(matches!(go("ada", short).await, Err(Refusal::Invalid(_))));
    assert!(matches!(go("ada", Attempt::new(id, Kind::Code)).await, Err(Refusal::Invalid(_))));
}

#[tokio::test]
async fn a_certifier_orders_only_with_a_reason_and_large_amounts_take_two() {
    let desk = Desk::new("eyes").await;
    let settings = Settings { four_eyes_from: Some(500_000), ..Settings::default() };
    desk.store.write(&desk.tenant, move |tx: &mut Tx| Box::pin(async move { settings.save(tx).await })).await.unwrap();
    let go = |who: &'static str, attempt: Attempt| try_to(&desk.store, &desk.tenant, who, attempt);
    let id = invoice(&desk, "i1", 500_000).await;
    go("ada", Attempt { lines: lines(500_000), ..Attempt::new(id.clone(), Kind::Code) }).await.unwrap();
    go("bert", Attempt::new(id.clone(), Kind::CertifySubstance)).await.unwrap();
    go("ada", Attempt::new(id.clone(), Kind::CertifyArithmetic)).await.unwrap();
    let order = || Attempt::new(id.clone(), Kind::Order);
    assert_eq!(rules(go("bert", order()).await), ["KomHKVO-42-4"]);
    let first = go("bert", order().because("Vertretung erkrankt")).await.unwrap();
    assert_eq!((first.kind, first.state, first.voucher), (Kind::OrderFirst, State::Certified, None));
    assert_eq!(rules(go("bert", order().because("Vertretung erkrankt")).await), ["KomHKVO-42-4", "four-eyes"]);
    let second = go("dora", order()).await.unwrap();
    assert_eq!((second.kind, second.state), (Kind::Order, State::Ordered));
    let warned = desk
        .store
        .read(&desk.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "select reason, warnings from invoice_decision where kind = 'order_first'";
                let row = tx.one(sql, &[]).await?;
                Ok::<_, vir_store::Error>((row.text("reason")?, row.text("warnings")?))
            })
        })
        .await
        .unwrap();
    assert_eq!(warned, ("Vertretung erkrankt".to_owned(), "KomHKVO-42-4".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn voucher_numbers_have_no_gaps_however_many_order_at_once() {
    let desk = Desk::new("vouchers").await;
    let mut ids = Vec::new();
    for index in 0..60 {
        ids.push(certified(&desk, &format!("i{index}"), 100 + index).await);
    }
    // Each is ordered twice at once; every third order is undone after its number was drawn.
    let orders = ids.iter().enumerate().flat_map(|(index, id)| {
        let undone = index % 3 == 0;
        [undone, false].map(|fails| {
            let (store, tenant) = (desk.store.clone(), desk.tenant.clone());
            let (decider, attempt) = (decider(&desk.tenant, "dora"), Attempt::new(id.clone(), Kind::Order).seen(4));
            tokio::spawn(async move {
                store
                    .write(&tenant, move |tx: &mut Tx| {
                        Box::pin(async move {
                            let decided = decide(tx, &decider, &attempt).await?;
                            if fails { Err(Refusal::Stale) } else { Ok(decided) }
                        })
                    })
                    .await
            })
        })
    });
    let done = futures_util::future::join_all(orders).await;
    let mut numbers: Vec<String> =
        done.into_iter().filter_map(|done| done.unwrap().ok()).filter_map(|decided| decided.voucher).collect();
    numbers.sort();
    let expect: Vec<String> = (1..=60).map(|number| format!("2026-{number:06}")).collect();
    assert_eq!(numbers, expect);
    let gaps =
        desk.store.read(&desk.tenant, |tx: &mut Tx| Box::pin(async move { voucher::gaps(tx).await })).await.unwrap();
    assert!(gaps.is_empty(), "{gaps:?}");
    assert_eq!(desk.count("voucher").await, 60);
}

/// § 37 (3): what came in and what was decided is never changed. There is no statement that could.
#[test]
fn no_statement_changes_originals_or_decisions() {
    fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20);
    for text in found {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        for table in ["invoice_decision", "voucher", "coding_line", "invoice_comment", "invoice_report"] {
            for verb in ["update", "delete from"] {
                assert!(!flat.contains(&format!("{verb} {table} ")), "{verb} {table}");
            }
        }
        assert!(!flat.contains("delete from invoice "));
        for statement in flat.split("update invoice set").skip(1) {
            let set = statement.split("where").next().unwrap();
            for column in ["original_blob", "xml_blob", "received_at", "size_bytes"] {
                assert!(!set.contains(column), "{column} is changed by: {set}");
            }
        }
    }
}

/// The handbook's page is what the entries say; `VIR_HANDBOOK=write` writes it.
#[test]
fn the_handbook_has_the_rules_as_they_are() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbuch/rechnungsweg.md");
    let page = law::handbook();
    if std::env::var("VIR_HANDBOOK").is_ok_and(|mode| mode == "write") {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page, "stale: run with VIR_HANDBOOK=write");
}
