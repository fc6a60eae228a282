//! The decisions that handing over makes, through the one door that all decisions take.
//!
//! Whoever changes runs, batches or transfers does it [`alone`]: a run that is cancelled while somebody else sends it
//! would be paid twice.
//!
//! Invariant: nothing here writes the state of an invoice itself.

use std::collections::BTreeSet;

use vir_core::{Lang, Text};
use vir_store::Tx;

use super::error::{HandOverError, Objection};
use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::workflow::decide::{Attempt, Decider, Refusal, Subject, decide as decide_it};
use crate::workflow::state::Kind;

/// Waits until nobody else changes anything of the tenant's hand-over; to be called before the first read.
pub(super) async fn alone(tx: &mut Tx) -> vir_store::Result<()> {
    tx.lock("hand-over").await
}

/// Decides about one invoice.
pub(super) async fn decide(
    tx: &mut Tx,
    decider: &Decider,
    row: &InvoiceRow,
    kind: Kind,
    reason: &str,
) -> Result<(), HandOverError> {
    attempt(tx, decider, row, Attempt::new(row.id.clone(), kind).because(shortened(reason))).await
}

/// Puts an invoice into a payment run that somebody else releases, or that leaves as it is.
pub(super) async fn hand_over(
    tx: &mut Tx,
    decider: &Decider,
    row: &InvoiceRow,
    released_by_another: bool,
    reason: &str,
) -> Result<(), HandOverError> {
    let step = Attempt::new(row.id.clone(), Kind::HandOver).because(shortened(reason));
    attempt(tx, decider, row, Attempt { released_by_another, ..step }).await
}

fn shortened(reason: &str) -> String {
    reason.chars().take(1000).collect()
}

async fn attempt(tx: &mut Tx, decider: &Decider, row: &InvoiceRow, attempt: Attempt) -> Result<(), HandOverError> {
    match decide_it(tx, decider, &attempt).await {
        Ok(_) => Ok(()),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(other) => {
            let why = Text::owned(other.text(Lang::De), other.text(Lang::En));
            Err(HandOverError::Invoices(vec![Objection {
                invoice: row.id.0.clone(),
                caption: row.caption(Lang::De),
                why,
            }]))
        }
    }
}

/// Whose hands an invoice went through, as the separation of duties asks.
#[derive(Debug, Default)]
pub(super) struct Signers {
    /// Everybody who ever signed an order of it.
    pub ordered: BTreeSet<String>,
    /// Everybody in whose name it is certified.
    pub certified: BTreeSet<String>,
}

/// Who signed the invoice.
pub(super) async fn signers(tx: &mut Tx, id: &InvoiceId) -> Result<Signers, HandOverError> {
    let Some(subject) = Subject::load(tx, id).await? else { return Ok(Signers::default()) };
    Ok(Signers { certified: subject.standing.certifiers(), ordered: subject.standing.ever_ordered })
}
