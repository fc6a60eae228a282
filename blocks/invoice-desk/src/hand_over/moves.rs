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
    let reason: String = reason.chars().take(1000).collect();
    match decide_it(tx, decider, &Attempt::new(row.id.clone(), kind).because(reason)).await {
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

/// Everybody who ever signed an order of the invoice.
pub(super) async fn ever_ordered(tx: &mut Tx, id: &InvoiceId) -> Result<BTreeSet<String>, HandOverError> {
    Ok(Subject::load(tx, id).await?.map(|subject| subject.standing.ever_ordered).unwrap_or_default())
}
