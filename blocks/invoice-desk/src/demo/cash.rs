//! The cash office of the demo: payment runs as the proposal makes them, sent, and booked by the bank.
//!
//! Invariant: nothing is paid that the proposal would not pay, and no new bank details are confirmed unseen.

use jiff::civil::Date;
use vir_store::{Store, TenantId, Tx};

use super::furnish::FurnishError;
use crate::hand_over::account::accounts;
use crate::hand_over::answer::mark_paid;
use crate::hand_over::run::{self, NewRun, RunState};
use crate::hand_over::{Dates, HandOverError, execution_day, payee, propose as proposal_of};
use crate::workflow::decide::Decider;

/// What the cash office does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cash {
    /// Makes a run of what must be paid before the next one.
    Propose { next: Date },
    /// Gives the file to the bank.
    Send,
    /// Notes what the bank has booked.
    Booked,
}

pub(super) async fn happens(
    store: &Store,
    tenant: &TenantId,
    decider: Decider,
    what: Cash,
) -> Result<(), FurnishError> {
    let done = store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                match what {
                    Cash::Propose { next } => propose(tx, &decider, next).await,
                    Cash::Send => send(tx, &decider).await,
                    Cash::Booked => booked(tx, &decider).await,
                }
            })
        })
        .await;
    match done {
        Ok(()) => Ok(()),
        Err(HandOverError::Store(error)) => Err(error.into()),
        Err(refusal) => {
            tracing::debug!(%refusal, ?what, "refused in the demo");
            Ok(())
        }
    }
}

async fn propose(tx: &mut Tx, decider: &Decider, next: Date) -> Result<(), HandOverError> {
    let today = crate::day_of(tx.now());
    let execution = execution_day(today);
    let mut invoices = Vec::new();
    for row in run::candidates(tx, &decider.principal).await? {
        let proposal = proposal_of(&Dates::of(&row), execution, next);
        if proposal.pay && !payee::is_new_account(tx, &row).await? {
            invoices.push((row.id, proposal.discount));
        }
    }
    let Some(account) = accounts(tx).await?.into_iter().next() else { return Ok(()) };
    if !invoices.is_empty() {
        let new = NewRun { invoices, account: account.id, execution, confirmations: Vec::new() };
        run::create(tx, decider, &new).await?;
    }
    Ok(())
}

async fn send(tx: &mut Tx, decider: &Decider) -> Result<(), HandOverError> {
    for made in run::runs(tx, 3, None).await?.into_iter().filter(|one| one.state == RunState::Made) {
        run::file(tx, &decider.principal, &made.id).await?;
        run::mark_sent(tx, &decider.principal, &made.id).await?;
    }
    Ok(())
}

async fn booked(tx: &mut Tx, decider: &Decider) -> Result<(), HandOverError> {
    let day = crate::day_of(tx.now()).to_string();
    for made in run::runs(tx, 3, None).await?.into_iter().filter(|one| one.state == RunState::Sent) {
        mark_paid(tx, decider, &made.id, None, &day).await?;
    }
    Ok(())
}
