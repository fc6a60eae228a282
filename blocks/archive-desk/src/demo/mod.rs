//! The furnished archive of `vir serve --demo`: a plan, people, records in all states of the office.
//!
//! It comes after the invoice desk's part, in the town that stands there already. Nothing is written past the desk.
//!
//! Invariant: what a rule refuses does not happen in the demo either.

mod records;

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use vir_archive::lifecycle::hold::{Change, Scope};
use vir_archive::lifecycle::plan::Entry;
use vir_archive::lifecycle::{EntryId, HoldId, Plan, Who};
use vir_auth::{DefaultRole, Limit, NewPerson, PersonId, PersonKind, To, UnitId};
use vir_core::{Lang, Text};
use vir_store::{TenantId, Tx};
use vir_web::{App, Demo, Welcome, WorkError};

use crate::holds;
use crate::plan::sample;
use crate::records as desk;

/// The archive's part of the demonstration.
pub const DEMO: Demo = Demo { furnish: |app| Box::pin(furnish(app)), welcome };

/// The password of all accounts of the demonstration.
const PASSWORD: &str = "gruenensiel-am-deich";

const PEOPLE: [(&str, &str, DefaultRole); 4] = [
    ("rike.aden", "Rike Aden", DefaultRole::Registry),
    ("menno.voss", "Menno Voß", DefaultRole::Registry),
    ("hilke.archiv", "Hilke Ihnen", DefaultRole::Archivist),
    ("sven.scan", "Sven Onnen", DefaultRole::ScanStation),
];

fn address(name: &str) -> String {
    format!("{name}@gruenensiel.example")
}

fn welcome() -> Welcome {
    let part = |role: DefaultRole| Text::from(role.title());
    let people = [0, 2, 3].into_iter().map(|at| PEOPLE[at]);
    Welcome {
        accounts: people.map(|(name, _, role)| (address(name), part(role))).collect(),
        password: PASSWORD.to_owned(),
    }
}

async fn furnish(app: App) -> Result<(), WorkError> {
    let Some(tenant) = app.store.tenants().await?.into_iter().next().map(|tenant| tenant.id) else { return Ok(()) };
    let now = app.now();
    let people = employ(&app, &tenant).await?;
    app.clock.set(now.saturating_sub(jiff::SignedDuration::from_hours(24 * 400))?);
    let registry = Who::person(people["rike.aden"].as_str());
    let plan = plan_of_the_town(&app, &tenant).await?;
    let actor = desk::actor(&registry);
    app.store
        .write(&tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                desk::save_plan(tx, 0, &plan, &actor).await?;
                // Closed invoices come here by themselves.
                crate::intake::choose(tx, "invoice", Some(&EntryId::from("2.2"))).await
            })
        })
        .await?;
    for record in records::RECORDS {
        records::happen(&app, &tenant, record, &registry, now).await?;
    }
    app.clock.set(days_before(now, 10));
    app.store.write(&tenant, move |tx: &mut Tx| Box::pin(async move { hold(tx, &registry).await })).await?;
    app.clock.set(now);
    let scans = (Who::person(people["sven.scan"].as_str()), "Sven Onnen".to_owned());
    crate::scan::demo(&app, &tenant, scans).await
}

/// A dispute keeps what concerns one person.
async fn hold(tx: &mut Tx, who: &Who) -> Result<(), holds::HoldError> {
    let id = HoldId(vir_store::new_id(tx.now()));
    let impose = Change::Impose {
        id: id.clone(),
        scope: Scope::Subjects { subjects: ["Tomke Eilers".into()].into() },
        reason: "Klage vor dem Verwaltungsgericht, Az. 4 A 17/26".to_owned(),
        from: desk::day_of(tx.now()),
        until: None,
    };
    holds::change(tx, &id, &impose, who).await.map(|_| ())
}

/// People of the registry, the archive and the scan station.
async fn employ(app: &App, tenant: &TenantId) -> Result<BTreeMap<&'static str, PersonId>, WorkError> {
    let directory = app.auth.directory(tenant).await?;
    let by = app.auth.system(tenant).await?;
    let root: UnitId = directory.tree.root().cloned().ok_or_else(|| WorkError::hopeless("the town has no units"))?;
    let mut people = BTreeMap::new();
    for (name, full, role) in PEOPLE {
        let new = NewPerson { kind: PersonKind::Human, name: full.to_owned(), email: address(name), lang: Lang::De };
        let id = app.auth.add_person(&by, new).await?;
        app.auth.grant(&by, To::Person(id.clone()), &role.id(), &root, Limit::Unlimited).await?;
        app.auth.set_demo_password(tenant, &id, PASSWORD).await?;
        people.insert(name, id);
    }
    Ok(people)
}

/// The sample, with the town's units at its branches.
async fn plan_of_the_town(app: &App, tenant: &TenantId) -> Result<Plan, WorkError> {
    let directory = app.auth.directory(tenant).await?;
    let unit = |code: &str| {
        let found = directory.tree.in_order().into_iter().find(|(_, unit)| unit.code == code);
        found.map(|(_, unit)| unit.id.as_str().to_owned())
    };
    let sample = sample();
    let entries = sample.entries().cloned().map(|entry| {
        let unit = match entry.id.0.as_str() {
            "2" => unit("FB1"),
            "3" | "6" => unit("FB3"),
            "4" => unit("FB2"),
            _ => None,
        };
        Entry { unit, ..entry }
    });
    Plan::new(entries.collect::<Vec<_>>()).map_err(|error| WorkError::hopeless(error.to_string()))
}

/// A moment so many days before today, in the morning.
fn days_before(now: jiff::Timestamp, days: i64) -> jiff::Timestamp {
    let zoned = now.to_zoned(vir_web::format::german_time());
    zoned.saturating_sub(days.days()).timestamp()
}
