//! Working through a selection.
//!
//! Invariant: an invoice's decision and its outcome are one write; what was refused wrote nothing else.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use vir_auth::{By, PersonId, SessionId, UnitId};
use vir_core::{Lang, Text};
use vir_store::{Store, TenantId, Tx, args};
use vir_web::{JobCall, JobHandler, WorkError};

use super::action::Action;
use super::store::{self, Bulk, Item, Stage};
use crate::conversation;
use crate::invoice_row::InvoiceId;
use crate::permissions::SEE;
use crate::workflow::assign::{self, Assignee};
use crate::workflow::decide::Subject;
use crate::workflow::state::State;
use crate::workflow::{Attempt, Decider, Refusal, decide};

/// Works through a selection that is too large to wait for, or was interrupted.
pub const RUN: JobHandler = JobHandler { kind: "invoice-desk.bulk", run: |call| Box::pin(run(call)) };

/// How many are decided at once: they share commits.
const ABREAST: usize = 8;
/// How many are read at once.
const PIECE: usize = 200;

async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["bulk"].as_str().unwrap_or_default().to_owned();
    let wanted = id.clone();
    let found =
        call.app.store.read(&call.tenant, move |tx: &mut Tx| Box::pin(async move { store::load(tx, &wanted).await }));
    let Some(bulk) = found.await? else { return Err(WorkError::hopeless("there is no such selection")) };
    let directory = call.app.auth.directory(&call.tenant).await.map_err(|error| WorkError::later(error.to_string()))?;
    // The rights are those of now, not of when it was begun. The session is of no use but for the audit log.
    let by = By::Session(SessionId::from(format!("bulk/{id}")));
    let today = crate::day_of(call.app.now());
    let principal = directory.principal(&call.tenant, &PersonId::from(bulk.person_id.as_str()), by, today);
    let decider = principal.map(|principal| Decider { principal, directory });
    Ok(work_through(&call.app.store, &call.tenant, &id, decider).await?)
}

/// Gives each open item its outcome, as this person; without one all are refused, for whoever began it is no longer
/// there. May be called again, and by several at once.
///
/// # Errors
/// Where the store fails; what was done stays done.
pub async fn work_through(
    data: &Store,
    tenant: &TenantId,
    id: &str,
    decider: Option<Decider>,
) -> Result<(), vir_store::Error> {
    let wanted = id.to_owned();
    let found = data.read(tenant, move |tx: &mut Tx| Box::pin(async move { store::load(tx, &wanted).await })).await?;
    let Some(bulk) = found.filter(|bulk| bulk.stage == Stage::Running).map(Arc::new) else { return Ok(()) };
    let decider = decider.map(Arc::new);
    loop {
        let wanted = bulk.id.clone();
        let read =
            data.read(tenant, move |tx: &mut Tx| Box::pin(async move { store::open(tx, &wanted, 0, PIECE).await }));
        let items = read.await?;
        if items.is_empty() {
            break;
        }
        // Voucher numbers follow the order of the list.
        let abreast = if bulk.action == Action::Order { 1 } else { ABREAST };
        futures_util::stream::iter(items)
            .map(|item| one(data, tenant, decider.clone(), Arc::clone(&bulk), item))
            .buffer_unordered(abreast)
            .try_collect::<Vec<()>>()
            .await?;
    }
    let wanted = bulk.id.clone();
    data.write(tenant, move |tx: &mut Tx| Box::pin(async move { store::finish(tx, &wanted).await })).await
}

async fn one(
    data: &Store,
    tenant: &TenantId,
    decider: Option<Arc<Decider>>,
    bulk: Arc<Bulk>,
    item: Item,
) -> Result<(), vir_store::Error> {
    let (id, position) = (bulk.id.clone(), item.position);
    let refusal = match decider {
        None => Refusal::Invalid(Text::new("Ihr Konto ist nicht mehr aktiv.", "Your account is no longer active.")),
        Some(decider) => {
            let done = data.write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    if store::take(tx, &bulk.id, item.position).await? {
                        act(tx, &decider, &bulk, &item).await?;
                    }
                    Ok::<_, Refusal>(())
                })
            });
            match done.await {
                Ok(()) => return Ok(()),
                Err(Refusal::Store(error)) => return Err(error),
                Err(refusal) => refusal,
            }
        }
    };
    let (de, en) = (refusal.text(Lang::De), refusal.text(Lang::En));
    let noted = data
        .write(tenant, move |tx: &mut Tx| Box::pin(async move { store::refuse(tx, &id, position, &de, &en).await }));
    noted.await
}

async fn act(tx: &mut Tx, decider: &Decider, bulk: &Bulk, item: &Item) -> Result<(), Refusal> {
    let subject = Subject::load(tx, &item.invoice).await?.ok_or(Refusal::NotFound)?;
    if !subject.permits(&decider.principal, SEE) {
        return Err(Refusal::NotFound);
    }
    if bulk.action == Action::Comment {
        if let Some(wrong) = conversation::wrong(&bulk.given.text) {
            return Err(Refusal::Invalid(wrong));
        }
        conversation::comment(tx, decider, &item.invoice, &bulk.given.text).await?;
        return Ok(());
    }
    if bulk.action == Action::Assign {
        // An assignment does not make a version: nobody's work is lost by it.
        if subject.version != item.version {
            return Err(Refusal::Stale);
        }
        let (person, group) = assigned(tx, &item.invoice).await?;
        let earlier = Assignee::of_columns(person.as_deref(), group.as_deref()).text();
        assign::assign(tx, decider, &item.invoice, &assignee(bulk, item)?, Some(&bulk.given.reason)).await?;
        store::remember(tx, &bulk.id, item.position, Some(&earlier), item.version).await?;
        return Ok(());
    }
    let earlier = subject.unit.as_ref().map(|unit| unit.as_str().to_owned());
    let mut version = item.version;
    for kind in bulk.action.kinds(&subject.standing) {
        let attempt = attempt(bulk, item, kind).seen(version);
        version = decide(tx, decider, &attempt).await?.version;
    }
    store::remember(tx, &bulk.id, item.position, earlier.as_deref(), version).await?;
    Ok(())
}

async fn assigned(tx: &mut Tx, id: &InvoiceId) -> Result<(Option<String>, Option<String>), vir_store::Error> {
    const ASSIGNED: &str = "select assigned_person, assigned_group from invoice where id = $1";
    let row = tx.one(ASSIGNED, &args![id.as_str()]).await?;
    Ok((row.optional_text("assigned_person")?, row.optional_text("assigned_group")?))
}

/// To whom a selection gives an item.
fn assignee(bulk: &Bulk, item: &Item) -> Result<Assignee, Refusal> {
    Assignee::parse(item.target.as_deref().unwrap_or(&bulk.given.assignee)).ok_or_else(|| {
        Refusal::Invalid(Text::new("Bitte wählen Sie eine Person oder Gruppe.", "Please choose a person or group."))
    })
}

/// The attempt that a selection makes for an item, without a version.
pub(super) fn attempt(bulk: &Bulk, item: &Item, kind: crate::workflow::Kind) -> Attempt {
    let unit = match (&item.target, bulk.given.unit.as_str()) {
        (Some(own), _) if bulk.action == Action::Forward => Some(own.as_str()),
        (_, "") => None,
        (_, unit) => Some(unit),
    };
    Attempt {
        reason: Some(bulk.given.reason.clone()),
        unit: unit.map(UnitId::from),
        target: item.target.as_deref().filter(|_| bulk.action == Action::Return).and_then(State::find),
        ..Attempt::new(item.invoice.clone(), kind)
    }
}
