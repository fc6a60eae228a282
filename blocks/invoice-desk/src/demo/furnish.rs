//! Furnishes a tenant: the town, its people, and four months of work at the desk.
//!
//! Nothing is written past the desk: people are added by an administrator, invoices come through
//! intake, and every step is a decision of somebody who may decide it, at a time at which they could
//! have. The clock of the store is set to the moment of each step, so it must be one that can be set.
//!
//! Invariant: what the law or a rule refuses does not happen in the demo either.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use vir_auth::{
    Auth, By, DefaultRole, Founding, Limit, NewPerson, PersonId, PersonKind, Principal, Profile, SessionId, To, UnitId,
};
use vir_core::Lang;
use vir_store::{Store, TenantId, Tx};

use super::invoices::{Arrival, arrivals};
use super::plan::{CASHIER, Deed, morning, plan};
use super::suppliers::SUPPLIERS;
use super::town::{self, PEOPLE, Part, Person};
use super::{cash, talk};
use crate::coding::line::{Line, Target, Tax};
use crate::coding::store::{Code, CodeList, save_code};
use crate::hand_over::account::{AccountForm, add_account};
use crate::hand_over::{self, HandOverError};
use crate::intake::{self, IntakeError, Received};
use crate::invoice_row::{Channel, InvoiceId};
use crate::reduction::{self, Part as Reduction};
use crate::routing::{self, Field, Operator, Rule, Stage};
use crate::sending::OwnParty;
use crate::workflow::decide::{Attempt, Decider, Refusal, decide};
use crate::workflow::state::Kind;

/// Always the same town.
const SEED: u64 = 26_997;
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
    let mut known: BTreeMap<usize, InvoiceId> = BTreeMap::new();
    for step in plan(SEED, &arrivals, day).into_iter().filter(|step| step.at <= today) {
        store.clock().set(step.at);
        match step.deed {
            Deed::Arrive(index) => {
                let arrival = &arrivals[index];
                let channel = [Channel::Mail, Channel::Upload, Channel::Mail, Channel::Api][index % 4];
                let sender = format!("rechnung@{}.example", SUPPLIERS[arrival.supplier].domain);
                let received = Received::new(channel, arrival.file_name.clone(), arrival.bytes.clone()).from(sender);
                let receipt = intake::receive(store, &town.tenant, received).await?;
                known.insert(index, receipt.id);
            }
            Deed::Decide(index, kind, who) => {
                let Some(id) = known.get(&index) else { continue };
                let decider = town.decider(auth, who).await?;
                decide_as(store, &town.tenant, decider, attempt(kind, id.clone(), &arrivals[index])).await?;
            }
            Deed::Talk(index, talk, who) => {
                let Some(id) = known.get(&index) else { continue };
                let decider = town.decider(auth, who).await?;
                let colleague = town.people.get(talk.to()).cloned();
                talk::happens(store, &town.tenant, decider, id.clone(), talk, colleague).await?;
            }
            Deed::Cash(what) => {
                let decider = town.decider(auth, CASHIER).await?;
                cash::happens(store, &town.tenant, decider, what).await?;
            }
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
        Kind::Reduce => {
            let part = Reduction {
                kind: reduction::Kind::Missing,
                line: None,
                cents: arrival.payable_cents / 10,
                reason: "Ein Teil der Lieferung fehlt (siehe Lieferschein).".to_owned(),
            };
            Attempt { reductions: vec![part], ..attempt }
        }
        Kind::Hold => attempt.because("Lieferschein fehlt; bei der Lieferfirma angefordert."),
        Kind::Reject => attempt.because("Die Leistung wurde nicht bestellt. Bitte senden Sie eine Gutschrift."),
        _ => attempt,
    }
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

    use super::super::plan::at;
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
