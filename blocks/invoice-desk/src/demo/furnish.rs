//! Furnishes a tenant: the town, its people, and four months of work at the desk.
//!
//! Nothing is written past the desk: people are added by an administrator, invoices come through
//! intake, and every step is a decision of somebody who may decide it, at a time at which they could
//! have. The clock of the store is set to the moment of each step, so it must be one that can be set.
//!
//! Invariant: what the law or a rule refuses does not happen in the demo either.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use vir_auth::{
    Auth, By, DefaultRole, Founding, Limit, NewPerson, PersonId, PersonKind, Principal, Profile, SessionId, To, UnitId,
};
use vir_core::Lang;
use vir_store::{Store, TenantId, Tx};

use super::invoices::{Arrival, Dice, Peculiarity, arrivals};
use super::suppliers::SUPPLIERS;
use super::town::{self, PEOPLE, Part, Person};
use crate::coding::line::{Line, Target, Tax};
use crate::coding::store::{Code, CodeList, save_code};
use crate::hand_over::account::{AccountForm, add_account};
use crate::hand_over::{self, HandOverError};
use crate::intake::{self, IntakeError, Received};
use crate::invoice_row::{Channel, InvoiceId};
use crate::routing::{self, Field, Operator, Rule, Stage};
use crate::sending::OwnParty;
use crate::workflow::decide::{Attempt, Decider, Refusal, decide};
use crate::workflow::state::Kind;

/// Always the same town.
const SEED: u64 = 26_997;
/// Who pays.
const CASHIER: &str = "okka.behrends";
/// How many invoices it gets.
const INVOICES: usize = 360;

/// Why the demo could not be furnished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FurnishError {
    /// The platform refused something.
    #[error(transparent)]
    Auth(#[from] vir_auth::Error),
    /// Intake did not take an invoice.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// An invoice could not be made.
    #[error(transparent)]
    Create(#[from] vir_invoice::create::CreateError),
}

/// The town once it stands.
struct Town {
    tenant: TenantId,
    people: BTreeMap<&'static str, PersonId>,
}

/// Something that happens at a moment.
struct Step {
    at: Timestamp,
    /// Index of the arrival.
    invoice: usize,
    deed: Deed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Arrive,
    Decide(Kind, &'static str),
}

/// Furnishes the town as it would stand on `today`, and gives its tenant.
///
/// `auth` works on `store`, whose clock can be set; it is left standing at the last step.
///
/// # Errors
/// [`FurnishError`]; the tenant is then half furnished.
pub async fn furnish(store: &Store, auth: &Auth, today: Timestamp) -> Result<TenantId, FurnishError> {
    let day = crate::day_of(today);
    let arrivals = arrivals(SEED, day, INVOICES)?;
    store.clock().set(morning(day.saturating_sub(150.days())));
    let town = found(store, auth).await?;
    town.open_account(store, auth).await?;
    let mut plan = plan(&arrivals);
    plan.retain(|step| step.at <= today);
    let mut known: BTreeMap<usize, InvoiceId> = BTreeMap::new();
    for step in plan {
        store.clock().set(step.at);
        let arrival = &arrivals[step.invoice];
        match (step.deed, known.get(&step.invoice)) {
            (Deed::Arrive, _) => {
                let channel = [Channel::Mail, Channel::Upload, Channel::Mail, Channel::Api][step.invoice % 4];
                let sender = format!("rechnung@{}.example", SUPPLIERS[arrival.supplier].domain);
                let received = Received::new(channel, arrival.file_name.clone(), arrival.bytes.clone()).from(sender);
                let receipt = intake::receive(store, &town.tenant, received).await?;
                known.insert(step.invoice, receipt.id);
            }
            (Deed::Decide(kind, who), Some(id)) => {
                let decider = town.decider(auth, who).await?;
                decide_as(store, &town.tenant, decider, attempt(kind, id.clone(), arrival)).await?;
            }
            (Deed::Decide(..), None) => {}
        }
    }
    store.clock().set(today);
    Ok(town.tenant)
}

impl Town {
    /// The account that the cash office pays from, and the town as seller of its own invoices.
    async fn open_account(&self, store: &Store, auth: &Auth) -> Result<(), FurnishError> {
        let head = self.decider(auth, "wiebke.onken").await?;
        let iban = hand_over::german_iban(28_099_999, 26_997);
        let account = AccountForm {
            name: town::NAME.to_owned(),
            iban: iban.clone(),
            batch_booking: Some("on".to_owned()),
            ..AccountForm::default()
        };
        let seller = OwnParty {
            name: town::NAME.to_owned(),
            street: "Am Siel 1".to_owned(),
            post_code: "26997".to_owned(),
            city: "Grünensiel".to_owned(),
            tax_number: "69/200/12345".to_owned(),
            contact: "Stadtkasse".to_owned(),
            phone: "04999 1230".to_owned(),
            email: "stadtkasse@gruenensiel.example".to_owned(),
            iban,
            prefix: "G-".to_owned(),
            ..OwnParty::default()
        };
        let added = store
            .write(&self.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    seller.save(tx).await?;
                    add_account(tx, &head.principal, &account).await
                })
            })
            .await;
        match added {
            Ok(_) => Ok(()),
            Err(HandOverError::Store(error)) => Err(error.into()),
            Err(refusal) => {
                tracing::debug!(%refusal, "refused in the demo");
                Ok(())
            }
        }
    }

    async fn decider(&self, auth: &Auth, login: &str) -> Result<Decider, FurnishError> {
        let person = &self.people[login];
        let directory = auth.directory(&self.tenant).await?;
        let principal = directory.principal(&self.tenant, person, By::Session(SessionId::from("demo")), auth.today());
        let principal = principal.expect("the people of the demo are active");
        Ok(Decider { principal, directory })
    }
}

/// Decides; what a rule refuses is left undone, as it would be at the desk.
async fn decide_as(store: &Store, tenant: &TenantId, decider: Decider, attempt: Attempt) -> Result<(), FurnishError> {
    let subject = attempt.invoice.clone();
    let outcome =
        store.write(tenant, move |tx: &mut Tx| Box::pin(async move { decide(tx, &decider, &attempt).await })).await;
    match outcome {
        Ok(_) => Ok(()),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => {
            tracing::debug!(invoice = %subject, %refusal, "refused in the demo");
            Ok(())
        }
    }
}

fn attempt(kind: Kind, id: InvoiceId, arrival: &Arrival) -> Attempt {
    let supplier = &SUPPLIERS[arrival.supplier];
    let attempt = Attempt::new(id, kind);
    match kind {
        Kind::Code => {
            let unit = town::unit_of(arrival.unit).expect("a test asserts that suppliers sell to units that exist");
            let target = Target {
                cost_centre: unit.cost_centre.to_owned(),
                account: supplier.coding.0.to_owned(),
                product: supplier.coding.1.to_owned(),
                investment: None,
                tax: Tax::None,
            };
            Attempt { lines: vec![Line { target, amount_cents: arrival.payable_cents, note: None }], ..attempt }
        }
        Kind::Hold => attempt.because("Lieferschein fehlt; bei der Lieferfirma angefordert."),
        Kind::Reject => attempt.because("Die Leistung wurde nicht bestellt. Bitte senden Sie eine Gutschrift."),
        _ => attempt,
    }
}

fn morning(day: Date) -> Timestamp {
    at(day, 7, 40)
}

fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    day.at(hour, minute, 0, 0).to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |moment| moment.timestamp())
}

/// What happens when: arrivals, and what people do with them in the days after.
fn plan(arrivals: &[Arrival]) -> Vec<Step> {
    let mut dice = Dice::new(SEED ^ 0xA11);
    let mut steps = Vec::new();
    for (invoice, arrival) in arrivals.iter().enumerate() {
        let minute = i8::try_from(dice.below(60)).unwrap_or(0);
        let hour = 6 + i8::try_from(dice.below(3)).unwrap_or(0);
        steps.push(Step { at: at(arrival.day, hour, minute), invoice, deed: Deed::Arrive });
        let mut day = arrival.day;
        let mut then = |dice: &mut Dice, most: u64, hour: i8, kind: Kind, who: &'static str| {
            day = day.saturating_add(i64::try_from(dice.below(most)).unwrap_or(0).days());
            let minute = i8::try_from(dice.below(60)).unwrap_or(0);
            steps.push(Step { at: at(day, hour, minute), invoice, deed: Deed::Decide(kind, who) });
        };
        let Some(clerk) = who(arrival.unit, |part| part == Part::Clerk) else { continue };
        let Some(certifier) = who(arrival.unit, |part| part == Part::Certifier) else { continue };
        match arrival.peculiarity {
            Peculiarity::Faulty if dice.once_in(2) => then(&mut dice, 3, 10, Kind::Reject, clerk),
            Peculiarity::None | Peculiarity::CreditNote => {
                if dice.once_in(30) {
                    then(&mut dice, 3, 9, Kind::Reject, clerk);
                    continue;
                }
                if dice.once_in(25) {
                    then(&mut dice, 3, 9, Kind::Hold, clerk);
                    continue;
                }
                then(&mut dice, 4, 10, Kind::Code, clerk);
                then(&mut dice, 5, 11, Kind::CertifySubstance, certifier);
                then(&mut dice, 2, 12, Kind::CertifyArithmetic, certifier);
                let orderer =
                    who(arrival.unit, |part| matches!(part, Part::Orderer(limit) if limit >= arrival.payable_cents));
                if let Some(orderer) = orderer {
                    then(&mut dice, 4, 14, Kind::Order, orderer);
                    // The town's finance system pays by itself: postings go out, and come back paid.
                    then(&mut dice, 6, 15, Kind::HandOver, CASHIER);
                    then(&mut dice, 5, 16, Kind::Pay, CASHIER);
                    if dice.once_in(2) {
                        then(&mut dice, 20, 17, Kind::Close, CASHIER);
                    }
                }
            }
            _ => {}
        }
    }
    steps.sort_by_key(|step| step.at);
    steps
}

/// Who has a part for a unit; the one nearest to it.
fn who(unit: &str, part: impl Fn(Part) -> bool) -> Option<&'static str> {
    let mut at = town::unit_of(unit);
    while let Some(unit) = at {
        if let Some(person) = PEOPLE.iter().find(|person| person.unit == unit.key && part(person.part)) {
            return Some(person.login);
        }
        at = unit.above.and_then(town::unit_of);
    }
    PEOPLE.iter().find(|person| part(person.part)).map(|person| person.login)
}

/// The mail address that a person signs in with.
#[must_use]
pub fn email(person: &Person) -> String {
    format!("{}@{}.example", person.login, town::SLUG)
}

async fn found(store: &Store, auth: &Auth) -> Result<Town, FurnishError> {
    let administrator = PEOPLE.iter().find(|person| person.part == Part::Administrator);
    let administrator = administrator.expect("the demo has an administrator");
    let founding = Founding {
        profile: Profile {
            name: town::NAME.to_owned(),
            state: vir_auth::State::Niedersachsen,
            leitweg_ids: town::UNITS.iter().map(town::Unit::leitweg_id).collect(),
        },
        short: Some(town::SLUG.parse()?),
        name: administrator.name.to_owned(),
        email: email(administrator),
        lang: Lang::De,
        works_too: false,
    };
    let (tenant, first) = auth.found(founding).await?;
    let by = principal(auth, &tenant, &first).await?;
    let units = build_units(auth, &tenant, &by).await?;
    let people = employ(auth, &tenant, &by, &first, &units).await?;
    furnish_desk(store, &tenant, &units).await?;
    Ok(Town { tenant, people })
}

async fn principal(auth: &Auth, tenant: &TenantId, person: &PersonId) -> Result<Principal, FurnishError> {
    let principal = auth.principal(tenant, person).await?;
    Ok(principal.expect("the people of the demo are active"))
}

async fn build_units(
    auth: &Auth,
    tenant: &TenantId,
    by: &Principal,
) -> Result<BTreeMap<&'static str, UnitId>, FurnishError> {
    let directory = auth.directory(tenant).await?;
    let root = directory.tree.root().expect("a tenant has a first unit").clone();
    let mut units = BTreeMap::new();
    for unit in town::UNITS {
        let id = match unit.above {
            None => root.clone(),
            Some(above) => auth.add_unit(by, &units[above], unit.name, unit.key).await?,
        };
        units.insert(unit.key, id);
    }
    Ok(units)
}

async fn employ(
    auth: &Auth,
    tenant: &TenantId,
    by: &Principal,
    first: &PersonId,
    units: &BTreeMap<&'static str, UnitId>,
) -> Result<BTreeMap<&'static str, PersonId>, FurnishError> {
    let mut people = BTreeMap::new();
    for person in PEOPLE {
        let id = if person.part == Part::Administrator {
            first.clone()
        } else {
            let new = NewPerson {
                kind: PersonKind::Human,
                name: person.name.to_owned(),
                email: email(person),
                lang: Lang::De,
            };
            let id = auth.add_person(by, new).await?;
            let (role, limit) = match person.part {
                Part::Clerk => (DefaultRole::Clerk, Limit::Unlimited),
                Part::Certifier => (DefaultRole::Certifier, Limit::Unlimited),
                Part::Orderer(cents) => (DefaultRole::Orderer, Limit::UpTo(cents)),
                Part::Cashier => (DefaultRole::Cashier, Limit::Unlimited),
                Part::HeadOfFinance => (DefaultRole::Head, Limit::Unlimited),
                Part::Administrator => (DefaultRole::Administrator, Limit::Unlimited),
                Part::Auditor => (DefaultRole::Auditor, Limit::Unlimited),
            };
            auth.grant(by, To::Person(id.clone()), &role.id(), &units[person.unit], limit).await?;
            id
        };
        auth.set_demo_password(tenant, &id, town::PASSWORD).await?;
        people.insert(person.login, id);
    }
    Ok(people)
}

/// Cost centres, accounts, products, and who gets which invoice.
async fn furnish_desk(
    store: &Store,
    tenant: &TenantId,
    units: &BTreeMap<&'static str, UnitId>,
) -> Result<(), FurnishError> {
    let units = units.clone();
    store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                for unit in town::UNITS {
                    let code = Code { code: unit.cost_centre.to_owned(), name: unit.name.to_owned(), active: true };
                    save_code(tx, CodeList::CostCentre, &code).await?;
                }
                for (list, codes) in [(CodeList::Account, town::ACCOUNTS), (CodeList::Product, town::PRODUCTS)] {
                    for (code, name) in codes {
                        let code = Code { code: (*code).to_owned(), name: (*name).to_owned(), active: true };
                        save_code(tx, list, &code).await?;
                    }
                }
                for unit in town::UNITS {
                    let rule = Rule {
                        id: String::new(),
                        stage: Stage::Address,
                        position: 0,
                        field: Field::BuyerReference,
                        operator: Operator::Is,
                        value: unit.leitweg_id(),
                        unit_id: units[unit.key].as_str().to_owned(),
                        person_id: None,
                        group_id: None,
                        note: unit.name.to_owned(),
                    };
                    routing::add(tx, "demo", rule).await?;
                }
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use vir_store::{Clock, args};

    use super::*;
    use crate::permissions::PERMISSIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_town_has_invoices_in_all_states_that_work_leads_to() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let migrations = [vir_auth::MIGRATIONS, crate::MIGRATIONS];
        let place = vir_testkit::stores::Place::new(&migrations).await;
        let today = at(jiff::civil::date(2026, 11, 22), 12, 0);
        let store = Store::open(place.config.clone(), &migrations, Clock::fixed(today)).await.unwrap();
        let auth = Auth::new(
            store.clone(),
            &[vir_auth::PLATFORM, PERMISSIONS],
            vir_auth::Config::default(),
            reqwest::Client::new(),
        );
        let tenant = furnish(&store, &auth, today).await.unwrap();
        let counts = store
            .read(&tenant, |tx: &mut Tx| {
                Box::pin(async move {
                    let rows = tx.all("select state, count(*) as many from invoice group by state", &args![]).await?;
                    rows.iter()
                        .map(|row| Ok((row.text("state")?, row.int("many")?)))
                        .collect::<vir_store::Result<Vec<_>>>()
                })
            })
            .await
            .unwrap();
        let many = |state: &str| counts.iter().find(|(known, _)| known == state).map_or(0, |(_, many)| *many);
        for state in
            ["received", "coded", "certified", "ordered", "handed_over", "paid", "closed", "rejected", "quarantined"]
        {
            assert!(many(state) > 0, "no invoice is {state}: {counts:?}");
        }
        assert!(counts.iter().map(|(_, many)| many).sum::<i64>() > 330, "{counts:?}");
    }
}
