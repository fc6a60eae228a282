//! The bank's answer, put to our transfers: paid, accepted, refused, sent back.
//!
//! Invariant: the same report read twice changes nothing the second time, and nothing that the bank has not
//! booked becomes paid.

use vir_core::Text;
use vir_store::{Tx, args, new_id};

use super::bank_report::{About, BankReport, Entry, Outcome, reason_text};
use super::error::HandOverError;
use super::moves;
use super::run::{invoices_of, put_back, record, refused};
use crate::invoice_row::{InvoiceRow, State};
use crate::workflow::decide::Decider;
use crate::workflow::state::Kind as Step;

/// What a report came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Transfers that are paid now.
    pub paid: usize,
    /// Transfers that the bank has taken.
    pub accepted: usize,
    /// Transfers that were refused; their invoices are ordered again.
    pub rejected: usize,
    /// Entries that changed nothing, because it was known.
    pub known: usize,
    /// Entries that are not about transfers of ours.
    pub foreign: usize,
    /// What a person has to look at.
    pub remarks: Vec<Text>,
}

/// One transfer as it stands.
struct Found {
    run: String,
    position: i64,
    id: String,
    cents: i64,
    state: String,
}

/// Applies a report of the bank.
///
/// # Errors
/// The store's.
pub async fn apply(tx: &mut Tx, decider: &Decider, report: &BankReport, blob: &str) -> Result<Applied, HandOverError> {
    moves::alone(tx).await?;
    let mut applied = Applied::default();
    for entry in &report.entries {
        let found = find(tx, &entry.about).await?;
        if found.is_empty() {
            applied.foreign += 1;
            continue;
        }
        if matches!(entry.about, About::File(_)) && entry.outcome == Outcome::Paid {
            let total: i64 = found.iter().filter(|transfer| transfer.state != "rejected").map(|t| t.cents).sum();
            if entry.cents.is_some_and(|cents| cents != total) {
                applied.remarks.push(differs(&report.message_id, entry.cents.unwrap_or(0), total));
                continue;
            }
        }
        for transfer in found {
            one(tx, decider, &transfer, entry, &mut applied).await?;
        }
    }
    finish_runs(tx).await?;
    let now = tx.now();
    let matched = i64::try_from(report.entries.len() - applied.foreign).unwrap_or(i64::MAX);
    let unmatched = i64::try_from(applied.foreign).unwrap_or(i64::MAX);
    let id = new_id(now);
    tx.execute(
        "insert into bank_report (id, received_at, received_by, kind, message_id, blob, matched, unmatched) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &args![&id, now, &decider.principal.person, report.kind, &report.message_id, blob, matched, unmatched],
    )
    .await?;
    let detail = serde_json::json!({
        "kind": report.kind, "messageId": report.message_id, "paid": applied.paid, "rejected": applied.rejected,
    });
    record(tx, &decider.principal, "bank_report.apply", &id, &detail);
    Ok(applied)
}

/// A person says that a transfer was paid, without a report.
///
/// # Errors
/// Where the run was not sent, or there is no such transfer.
pub async fn mark_paid(
    tx: &mut Tx,
    decider: &Decider,
    run: &str,
    position: Option<i64>,
    day: &str,
) -> Result<Applied, HandOverError> {
    moves::alone(tx).await?;
    let found = super::run::visible(tx, &decider.principal, run).await?;
    if found.state != super::run::RunState::Sent {
        return Err(refused("Bezahlt sein kann nur, was bei der Bank ist.", "Only what the bank has can be paid."));
    }
    let mut applied = Applied::default();
    for transfer in find(tx, &About::File(found.message_id)).await? {
        if position.is_none_or(|wanted| wanted == transfer.position) {
            let about = About::Transfer(transfer.id.clone());
            let entry = Entry { about, outcome: Outcome::Paid, cents: None, day: Some(day.to_owned()) };
            one(tx, decider, &transfer, &entry, &mut applied).await?;
        }
    }
    finish_runs(tx).await?;
    Ok(applied)
}

async fn one(
    tx: &mut Tx,
    decider: &Decider,
    transfer: &Found,
    entry: &Entry,
    applied: &mut Applied,
) -> Result<(), HandOverError> {
    match (&entry.outcome, transfer.state.as_str()) {
        (Outcome::Accepted, "open") => {
            set(tx, transfer, "accepted", None, None).await?;
            applied.accepted += 1;
        }
        (Outcome::Paid, "open" | "accepted") => {
            if let Some(cents) = entry.cents.filter(|cents| *cents != transfer.cents)
                && matches!(entry.about, About::Transfer(_))
            {
                applied.remarks.push(differs(&transfer.id, cents, transfer.cents));
                return Ok(());
            }
            set(tx, transfer, "paid", None, entry.day.as_deref()).await?;
            for invoice in invoices_of(tx, &transfer.run, Some(transfer.position)).await? {
                if let Some(row) = InvoiceRow::load(tx, &invoice).await?
                    && row.state == State::HandedOver
                {
                    moves::decide(tx, decider, &row, Step::Pay, &transfer.id).await?;
                }
            }
            applied.paid += 1;
        }
        (Outcome::Rejected { code, words }, "open" | "accepted") => {
            set(tx, transfer, "rejected", Some((code.as_str(), words.as_str())), entry.day.as_deref()).await?;
            let reason = reason_text(code);
            let reason = format!("{}: {} {words}", transfer.id, reason.de);
            put_back(tx, decider, &transfer.run, Some(transfer.position), reason.trim()).await?;
            applied.rejected += 1;
        }
        (Outcome::Rejected { code, words }, "paid") => {
            set(tx, transfer, "returned", Some((code.as_str(), words.as_str())), entry.day.as_deref()).await?;
            let reason = reason_text(code);
            applied.remarks.push(Text::owned(
                format!("{}: Das Geld kam zurück, nachdem die Zahlung gebucht war. {} Bitte mit dem Rechnungssteller klären.", transfer.id, reason.de),
                format!("{}: the money came back after the payment was booked. {} Please clarify with the seller.", transfer.id, reason.en),
            ));
        }
        (Outcome::Paid, "rejected" | "cancelled") => applied.remarks.push(Text::owned(
            format!("{}: Die Bank hat gezahlt, obwohl die Zahlung hier als nicht ausgeführt gilt. Die Rechnung darf nicht noch einmal gezahlt werden.", transfer.id),
            format!("{}: the bank has paid although the payment counts as not executed here. The invoice must not be paid again.", transfer.id),
        )),
        _ => applied.known += 1,
    }
    Ok(())
}

fn differs(id: &str, said: i64, ours: i64) -> Text {
    let (said, ours) = (super::pain001::euros(said), super::pain001::euros(ours));
    Text::owned(
        format!("{id}: Die Bank nennt {said} EUR, der Auftrag war {ours} EUR. Nichts geändert."),
        format!("{id}: the bank says {said} EUR, the order was {ours} EUR. Nothing changed."),
    )
}

async fn find(tx: &mut Tx, about: &About) -> Result<Vec<Found>, HandOverError> {
    let (condition, value) = match about {
        About::Transfer(id) => ("payment_transfer.end_to_end_id = $1", id),
        About::File(id) => ("payment_run.message_id = $1", id),
    };
    let sql = format!(
        "select payment_transfer.run_id as run_id, payment_transfer.position as position, \
         payment_transfer.end_to_end_id as end_to_end_id, payment_transfer.cents as cents, \
         payment_transfer.state as state from payment_transfer join payment_run on payment_run.id = \
         payment_transfer.run_id where {condition} order by payment_transfer.position"
    );
    let rows = tx.all(sql, &args![value]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(Found {
            run: row.text("run_id")?,
            position: row.int("position")?,
            id: row.text("end_to_end_id")?,
            cents: row.int("cents")?,
            state: row.text("state")?,
        });
    }
    Ok(found)
}

async fn set(
    tx: &mut Tx,
    transfer: &Found,
    state: &str,
    reason: Option<(&str, &str)>,
    day: Option<&str>,
) -> Result<(), HandOverError> {
    let now = tx.now();
    tx.execute(
        "update payment_transfer set state = $3, reason = $4, reason_words = $5, paid_on = $6, changed_at = $7 \
         where run_id = $1 and position = $2",
        &args![
            &transfer.run,
            transfer.position,
            state,
            reason.map(|(code, _)| code),
            reason.map(|(_, words)| words),
            day,
            now
        ],
    )
    .await?;
    // That the bank speaks of it shows that the bank has it.
    let sql = "update payment_run set state = 'sent', sent_at = $2 where id = $1 and state = 'made'";
    tx.execute(sql, &args![&transfer.run, now]).await?;
    Ok(())
}

/// Runs of which no transfer is open any more are done.
async fn finish_runs(tx: &mut Tx) -> Result<(), HandOverError> {
    let sql = "update payment_run set state = 'done' where state = 'sent' and not exists (select 1 from payment_transfer \
               where payment_transfer.run_id = payment_run.id and payment_transfer.state in ('open', 'accepted'))";
    tx.execute(sql, &[]).await?;
    Ok(())
}
