//! Payment runs: made in one transaction, sent by a person, answered by the bank.
//!
//! Invariant: the file of a run is made once, with the run; asking for it again gives the same bytes under
//! the same message id, which the bank refuses to execute twice. An invoice is active in at most one run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use vir_auth::{Principal, UnitId};
use vir_core::Text;
use vir_store::{Entry, Row, Tx, args, new_id};

use super::account::{OwnAccount, account};
use super::counter::next_number;
use super::error::{HandOverError, Objection};
use super::moves::{self, Signers};
use super::netting::{Payable, PayableKind, Plan, plan};
use super::pain001::{Account, Address, PaymentFile, Transfer, write_pain001};
use super::payee;
use crate::invoice_row::{Direction, InvoiceId, InvoiceRow, Kind, State};
use crate::permissions::PAY;
use crate::sending::OwnParty;
use crate::workflow::decide::Decider;
use crate::workflow::state::Kind as Step;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// A second person has to release it.
    Waiting,
    /// The file can be fetched.
    Made,
    /// Somebody has given the file to the bank.
    Sent,
    /// The bank has answered on every transfer.
    Done,
    /// It was taken back before it was sent.
    Cancelled,
}

impl RunState {
    /// The text in the column and in the API.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Made => "made",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn find(text: &str) -> Self {
        match text {
            "made" => Self::Made,
            "sent" => Self::Sent,
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Waiting,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::Waiting => Text::new("Wartet auf Freigabe", "Waits for release"),
            Self::Made => Text::new("Datei erstellt", "File made"),
            Self::Sent => Text::new("Bei der Bank", "With the bank"),
            Self::Done => Text::new("Abgeschlossen", "Done"),
            Self::Cancelled => Text::new("Storniert", "Cancelled"),
        }
    }
}

/// A run, without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Run {
    pub id: String,
    pub number: i64,
    pub message_id: String,
    pub state: RunState,
    pub created_at: Timestamp,
    pub created_by: String,
    pub created_by_name: String,
    pub released_by_name: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub account_name: String,
    pub account_iban: String,
    pub execution: String,
    pub total_cents: i64,
    pub transfer_count: i64,
}

impl Run {
    const COLUMNS: &'static str = "id, number, message_id, state, created_at, created_by, created_by_name, \
        released_by_name, sent_at, account_name, account_iban, execution, total_cents, transfer_count";

    fn read(row: &Row) -> vir_store::Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            number: row.int("number")?,
            message_id: row.text("message_id")?,
            state: RunState::find(&row.text("state")?),
            created_at: row.time("created_at")?,
            created_by: row.text("created_by")?,
            created_by_name: row.text("created_by_name")?,
            released_by_name: row.optional_text("released_by_name")?,
            sent_at: row.optional_time("sent_at")?,
            account_name: row.text("account_name")?,
            account_iban: row.text("account_iban")?,
            execution: row.text("execution")?,
            total_cents: row.int("total_cents")?,
            transfer_count: row.int("transfer_count")?,
        })
    }

    /// The name of its file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.xml", self.message_id)
    }
}

/// One transfer of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct RunTransfer {
    pub position: i64,
    pub end_to_end_id: String,
    pub creditor: String,
    pub iban: String,
    pub cents: i64,
    pub remittance: String,
    pub state: String,
    pub reason: Option<String>,
    pub reason_words: Option<String>,
    pub paid_on: Option<String>,
    pub invoices: Vec<(String, String)>,
}

/// What a person wants to hand over.
#[derive(Debug, Clone, Default)]
pub struct NewRun {
    /// The invoices, and whether the discount is taken.
    pub invoices: Vec<(InvoiceId, bool)>,
    /// From which account.
    pub account: String,
    /// When the bank shall execute.
    pub execution: Date,
    /// Sellers whose new account was made sure of: seller key, IBAN, and how.
    pub confirmations: Vec<(String, String, String)>,
}

/// A run that was made, and what was left out of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The run.
    pub run: Run,
    /// What cannot be paid by transfer.
    pub held: Vec<super::netting::Held>,
}

/// The invoices that can be handed over now and that the principal may pay, soonest due first.
///
/// # Errors
/// The store's.
pub async fn candidates(tx: &mut Tx, principal: &Principal) -> Result<Vec<InvoiceRow>, HandOverError> {
    let sql = format!(
        "select {} from invoice where state = 'ordered' and direction = 'incoming' and not on_hold
         and not exists (select 1 from payment_item where payment_item.invoice_id = invoice.id and payment_item.active)
         order by coalesce(due_date, '9999'), id limit 5000",
        InvoiceRow::COLUMNS
    );
    let rows = tx.all(sql, &[]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let row = InvoiceRow::read(row)?;
        if may_pay(principal, &row) {
            found.push(row);
        }
    }
    Ok(found)
}

fn may_pay(principal: &Principal, row: &InvoiceRow) -> bool {
    row.unit_id.as_deref().is_some_and(|unit| principal.may(PAY, &UnitId::from(unit)))
}

/// What a row owes, as the plan wants it.
#[must_use]
pub fn payable(row: &InvoiceRow, discount: bool) -> Payable {
    let kind = if row.kind == Kind::CreditNote { PayableKind::CreditNote } else { PayableKind::Invoice };
    Payable {
        invoice: row.id.0.clone(),
        number: row.number.clone().unwrap_or_else(|| row.file_name.clone()),
        kind,
        cents: row.due_cents().map_or(0, |cents| if kind == PayableKind::CreditNote { cents.abs() } else { cents }),
        discount: if discount { row.due_skonto_cents().unwrap_or(0) } else { 0 },
        currency: row.currency.clone().unwrap_or_default(),
        means: row.payment_means.clone().unwrap_or_default(),
        iban: row.iban.clone().unwrap_or_default(),
        reference: row.payment_reference.clone(),
        creditor: row.payee_name.clone().or_else(|| row.seller_name.clone()).unwrap_or_default(),
    }
}

/// Makes a run: plans, writes the file, takes a number, and hands the invoices over; all or nothing.
///
/// # Errors
/// Where an invoice stands in the way (§ 42 (5) KomHKVO, wrong state, unconfirmed account), where nothing is
/// left to pay, or the store's.
pub async fn create(tx: &mut Tx, decider: &Decider, new: &NewRun) -> Result<Made, HandOverError> {
    moves::alone(tx).await?;
    let principal = &decider.principal;
    let own = account(tx, &new.account).await?;
    for (seller, iban, reason) in &new.confirmations {
        payee::confirm(tx, principal, seller, iban, reason).await?;
    }
    let mut rows = BTreeMap::new();
    let mut objections = Vec::new();
    // § 42 (5) sentence 3: where a certifier pays, two people do.
    let mut by_two = own.two_persons;
    let wanted: BTreeMap<&InvoiceId, bool> = new.invoices.iter().map(|(id, discount)| (id, *discount)).collect();
    for id in wanted.keys() {
        let Some(row) = InvoiceRow::load(tx, id).await? else {
            return Err(HandOverError::NotFound(Text::new(
                "Diese Rechnung gibt es nicht.",
                "There is no such invoice.",
            )));
        };
        let signers = moves::signers(tx, id).await?;
        by_two |= is_same_person(principal, &signers.certified);
        if let Some(why) = obstacle(tx, principal, &row, &signers).await? {
            objections.push(Objection { invoice: row.id.0.clone(), caption: row.caption(vir_core::Lang::De), why });
        }
        rows.insert(row.id.0.clone(), row);
    }
    if !objections.is_empty() {
        return Err(HandOverError::Invoices(objections));
    }
    let planned = plan(rows.values().map(|row| payable(row, wanted.get(&row.id).copied().unwrap_or(false))).collect());
    let own = OwnAccount { two_persons: by_two, ..own };
    let run = insert(tx, principal, &own, new.execution, &planned, &rows).await?;
    for transfer in &planned.transfers {
        for invoice in &transfer.invoices {
            let Some(row) = rows.get(invoice) else { continue };
            let reason = format!("{}: {}", run.message_id, transfer.remittance);
            moves::hand_over(tx, decider, row, by_two, &reason).await?;
        }
    }
    let detail = serde_json::json!({
        "run": run.id, "number": run.number, "messageId": run.message_id, "totalCents": run.total_cents,
        "transfers": run.transfer_count, "invoices": rows.len() - planned.held.len(),
    });
    record(tx, principal, "payment_run.create", &run.id, &detail);
    tx.publish("payment_run.created", detail).await?;
    Ok(Made { run, held: planned.held })
}

/// Why this row cannot be handed over by this person now.
async fn obstacle(
    tx: &mut Tx,
    principal: &Principal,
    row: &InvoiceRow,
    signers: &Signers,
) -> Result<Option<Text>, HandOverError> {
    if !may_pay(principal, row) {
        return Ok(Some(Text::new("Sie dürfen diese Rechnung nicht zahlen.", "You may not pay this invoice.")));
    }
    if row.state != State::Ordered || row.on_hold || row.direction != Direction::Incoming {
        return Ok(Some(Text::new(
            "Die Rechnung ist nicht (mehr) zur Zahlung angeordnet.",
            "The invoice is not ordered for payment (any more).",
        )));
    }
    if active(tx, &row.id).await? {
        return Ok(Some(Text::new("Sie ist schon in einem Zahlungslauf.", "It is in a payment run already.")));
    }
    if is_same_person(principal, &signers.ordered) {
        return Ok(Some(Text::new(
            "Sie haben diese Zahlung angeordnet. Wer anordnet, darf nicht zahlen (§ 42 Abs. 5 KomHKVO).",
            "You ordered this payment. Whoever orders must not pay (KomHKVO § 42 (5)).",
        )));
    }
    if payee::is_new_account(tx, row).await? {
        return Ok(Some(Text::new(
            "Die Bankverbindung weicht von früheren Rechnungen ab und ist nicht bestätigt.",
            "The bank details differ from earlier invoices and are not confirmed.",
        )));
    }
    Ok(None)
}

/// Is the principal this person, or their deputy in paying? The law is not circumvented by a deputy.
fn is_same(principal: &Principal, person: &str) -> bool {
    principal.person.as_str() == person || principal.acting_for_anybody().iter().any(|p| p.as_str() == person)
}

/// Is one of these people the principal, or somebody whose deputy they are?
pub(super) fn is_same_person(principal: &Principal, people: &BTreeSet<String>) -> bool {
    people.iter().any(|person| is_same(principal, person))
}

async fn active(tx: &mut Tx, id: &InvoiceId) -> Result<bool, HandOverError> {
    let sql = "select run_id from payment_item where invoice_id = $1 and active";
    Ok(tx.optional(sql, &args![id.as_str()]).await?.is_some())
}

/// The tenant's address, as it stands in the invoices that it writes itself; empty before anybody wrote it there.
async fn own_address(tx: &mut Tx) -> Result<Address, HandOverError> {
    let own = OwnParty::load(tx).await?;
    Ok(Address { street: own.street, post_code: own.post_code, town: own.city, country: "DE".to_owned() })
}

async fn insert(
    tx: &mut Tx,
    principal: &Principal,
    own: &OwnAccount,
    execution: Date,
    planned: &Plan,
    rows: &BTreeMap<String, InvoiceRow>,
) -> Result<Run, HandOverError> {
    let now = tx.now();
    let number = next_number(tx, "payment_run").await?;
    let message_id = format!("VIR-{}-{number:06}", crate::day_of(now).year());
    let transfers: Vec<Transfer> = planned
        .transfers
        .iter()
        .enumerate()
        .map(|(index, transfer)| {
            let first = transfer.invoices.first().and_then(|id| rows.get(id));
            Transfer {
                end_to_end_id: format!("{message_id}-{:05}", index + 1),
                creditor: transfer.creditor.clone(),
                iban: transfer.iban.clone(),
                bic: first.and_then(|row| row.bic.clone()),
                address: Address::default(),
                cents: transfer.cents,
                remittance: transfer.remittance.clone(),
            }
        })
        .collect();
    let file = PaymentFile {
        message_id: message_id.clone(),
        created: now,
        debtor: Account {
            name: own.name.clone(),
            iban: own.iban.clone(),
            bic: own.bic.clone(),
            address: own_address(tx).await?,
        },
        execution,
        batch_booking: own.batch_booking,
        transfers,
    };
    let bytes = write_pain001(&file)?.into_bytes();
    let run = Run {
        id: new_id(now),
        number,
        message_id,
        state: if own.two_persons { RunState::Waiting } else { RunState::Made },
        created_at: now,
        created_by: principal.person.to_string(),
        created_by_name: principal.name.clone(),
        released_by_name: None,
        sent_at: None,
        account_name: own.name.clone(),
        account_iban: own.iban.as_str().to_owned(),
        execution: execution.to_string(),
        total_cents: file.control_sum(),
        transfer_count: i64::try_from(file.transfers.len()).unwrap_or(i64::MAX),
    };
    tx.execute(
        "insert into payment_run (id, number, message_id, state, created_at, created_by, created_by_name, account_name, \
         account_iban, execution, total_cents, transfer_count, file) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &args![
            &run.id,
            number,
            &run.message_id,
            run.state.text(),
            now,
            &run.created_by,
            &run.created_by_name,
            &run.account_name,
            &run.account_iban,
            &run.execution,
            run.total_cents,
            run.transfer_count,
            bytes
        ],
    )
    .await?;
    for (index, (transfer, planned)) in file.transfers.iter().zip(&planned.transfers).enumerate() {
        let position = i64::try_from(index + 1).unwrap_or(i64::MAX);
        tx.execute(
            "insert into payment_transfer (run_id, position, end_to_end_id, creditor, iban, cents, remittance, state, \
             changed_at) values ($1, $2, $3, $4, $5, $6, $7, 'open', $8)",
            &args![
                &run.id,
                position,
                &transfer.end_to_end_id,
                &transfer.creditor,
                transfer.iban.as_str(),
                transfer.cents,
                &transfer.remittance,
                now
            ],
        )
        .await?;
        for invoice in &planned.invoices {
            let discount = planned_discount(rows.get(invoice), planned.cents, planned.invoices.len());
            let sql = "insert into payment_item (run_id, position, invoice_id, discount_cents, active) \
                       values ($1, $2, $3, $4, $5)";
            tx.execute(sql, &args![&run.id, position, invoice, discount, true]).await?;
        }
    }
    Ok(run)
}

/// What was saved by the discount on an invoice that is paid alone; with several it is not told apart.
fn planned_discount(row: Option<&InvoiceRow>, cents: i64, invoices: usize) -> i64 {
    row.filter(|_| invoices == 1).and_then(InvoiceRow::due_cents).map_or(0, |due| (due - cents).max(0))
}

/// The runs, newest first.
///
/// # Errors
/// The store's.
pub async fn runs(tx: &mut Tx, limit: i64, before: Option<i64>) -> Result<Vec<Run>, HandOverError> {
    let sql = format!("select {} from payment_run where number < $1 order by number desc limit $2", Run::COLUMNS);
    let rows = tx.all(sql, &args![before.unwrap_or(i64::MAX), limit]).await?;
    Ok(rows.iter().map(Run::read).collect::<Result<_, _>>()?)
}

/// One run.
///
/// # Errors
/// Where there is none of this id.
pub async fn run(tx: &mut Tx, id: &str) -> Result<Run, HandOverError> {
    let sql = format!("select {} from payment_run where id = $1", Run::COLUMNS);
    match tx.optional(sql, &args![id]).await? {
        Some(row) => Ok(Run::read(&row)?),
        None => Err(HandOverError::NotFound(Text::new("Zahlungslauf", "payment run"))),
    }
}

/// Its transfers, with the ids and numbers of their invoices.
///
/// # Errors
/// The store's.
pub async fn transfers(tx: &mut Tx, id: &str) -> Result<Vec<RunTransfer>, HandOverError> {
    let items = tx
        .all(
            "select payment_item.position as position, payment_item.invoice_id as invoice_id, invoice.number as number, \
             invoice.file_name as file_name from payment_item join invoice on invoice.id = payment_item.invoice_id \
             where payment_item.run_id = $1 order by payment_item.position, payment_item.invoice_id",
            &args![id],
        )
        .await?;
    let mut invoices: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
    for item in &items {
        let number = item.optional_text("number")?.map_or_else(|| item.text("file_name"), Ok)?;
        invoices.entry(item.int("position")?).or_default().push((item.text("invoice_id")?, number));
    }
    let rows = tx
        .all(
            "select position, end_to_end_id, creditor, iban, cents, remittance, state, reason, reason_words, paid_on \
             from payment_transfer where run_id = $1 order by position",
            &args![id],
        )
        .await?;
    let read = |row: &Row| {
        let position = row.int("position")?;
        Ok(RunTransfer {
            position,
            end_to_end_id: row.text("end_to_end_id")?,
            creditor: row.text("creditor")?,
            iban: row.text("iban")?,
            cents: row.int("cents")?,
            remittance: row.text("remittance")?,
            state: row.text("state")?,
            reason: row.optional_text("reason")?,
            reason_words: row.optional_text("reason_words")?,
            paid_on: row.optional_text("paid_on")?,
            invoices: invoices.get(&position).cloned().unwrap_or_default(),
        })
    };
    rows.iter().map(read).collect::<Result<_, vir_store::Error>>().map_err(HandOverError::from)
}

/// May this person see the run? Who may pay something of it.
///
/// # Errors
/// The store's, or that there is no such run.
pub async fn visible(tx: &mut Tx, principal: &Principal, id: &str) -> Result<Run, HandOverError> {
    let found = run(tx, id).await?;
    if !principal.may_anywhere(PAY) {
        return Err(HandOverError::NotFound(Text::new("Zahlungslauf", "payment run")));
    }
    let units = tx
        .all(
            "select distinct invoice.unit_id as unit_id from payment_item join invoice on invoice.id = \
             payment_item.invoice_id where payment_item.run_id = $1",
            &args![id],
        )
        .await?;
    for row in &units {
        let unit = row.optional_text("unit_id")?;
        let may = unit.is_some_and(|unit| principal.may(PAY, &UnitId::from(unit)));
        if !may {
            return Err(HandOverError::NotFound(Text::new("Zahlungslauf", "payment run")));
        }
    }
    Ok(found)
}

/// The file of a run: always the same bytes. That somebody fetched it is recorded.
///
/// # Errors
/// Where the run waits for its release or is cancelled.
pub async fn file(tx: &mut Tx, principal: &Principal, id: &str) -> Result<(Run, Vec<u8>), HandOverError> {
    moves::alone(tx).await?;
    let found = visible(tx, principal, id).await?;
    match found.state {
        RunState::Waiting => {
            return Err(refused("Der Lauf ist noch nicht freigegeben.", "The run is not released yet."));
        }
        RunState::Cancelled => return Err(refused("Der Lauf ist storniert.", "The run is cancelled.")),
        _ => {}
    }
    let row = tx.one("select file from payment_run where id = $1", &args![id]).await?;
    record(tx, principal, "payment_run.fetch", id, &serde_json::json!({ "messageId": found.message_id }));
    Ok((found, row.bytes("file")?))
}

/// The second person releases a run.
///
/// # Errors
/// Where it does not wait, where it is the first person, or somebody who ordered one of its payments.
pub async fn release(tx: &mut Tx, principal: &Principal, id: &str) -> Result<(), HandOverError> {
    moves::alone(tx).await?;
    let found = visible(tx, principal, id).await?;
    if found.state != RunState::Waiting {
        return Err(refused("Der Lauf wartet nicht auf eine Freigabe.", "The run does not wait for a release."));
    }
    if is_same(principal, &found.created_by) {
        return Err(refused(
            "Wer den Lauf erstellt hat, kann ihn nicht freigeben.",
            "Whoever made the run cannot release it.",
        ));
    }
    let mut objections = Vec::new();
    for (invoice, number) in transfers(tx, id).await?.into_iter().flat_map(|transfer| transfer.invoices) {
        let signers = moves::signers(tx, &InvoiceId(invoice.clone())).await?;
        if is_same_person(principal, &signers.ordered) {
            let why = Text::new(
                "Sie haben diese Zahlung angeordnet. Wer anordnet, darf nicht zahlen (§ 42 Abs. 5 KomHKVO).",
                "You ordered this payment. Whoever orders must not pay (KomHKVO § 42 (5)).",
            );
            objections.push(Objection { invoice, caption: number, why });
        }
    }
    if !objections.is_empty() {
        return Err(HandOverError::Invoices(objections));
    }
    let sql = "update payment_run set state = 'made', released_at = $2, released_by = $3, released_by_name = $4 \
               where id = $1 and state = 'waiting'";
    let now = tx.now();
    tx.execute(sql, &args![id, now, &principal.person, &principal.name]).await?;
    record(tx, principal, "payment_run.release", id, &serde_json::json!({}));
    Ok(())
}

/// Somebody says that the bank has the file.
///
/// # Errors
/// Where the run is not made, or gone already.
pub async fn mark_sent(tx: &mut Tx, principal: &Principal, id: &str) -> Result<(), HandOverError> {
    moves::alone(tx).await?;
    let found = visible(tx, principal, id).await?;
    if found.state == RunState::Sent {
        return Ok(());
    }
    if found.state != RunState::Made {
        return Err(refused("Dieser Lauf kann nicht gesendet werden.", "This run cannot be sent."));
    }
    let now = tx.now();
    tx.execute("update payment_run set state = 'sent', sent_at = $2 where id = $1", &args![id, now]).await?;
    record(tx, principal, "payment_run.sent", id, &serde_json::json!({ "messageId": found.message_id }));
    tx.publish("payment_run.sent", serde_json::json!({ "run": id, "messageId": found.message_id })).await?;
    Ok(())
}

/// Takes a run back; its invoices are ordered again and can go into another run. The file must not be used
/// any more, which is why this is only possible before it was sent.
///
/// # Errors
/// Where the bank may have the file.
pub async fn cancel(tx: &mut Tx, decider: &Decider, id: &str, reason: &str) -> Result<(), HandOverError> {
    moves::alone(tx).await?;
    let principal = &decider.principal;
    let found = visible(tx, principal, id).await?;
    if !matches!(found.state, RunState::Waiting | RunState::Made) {
        return Err(refused(
            "Der Lauf ist schon bei der Bank. Stornieren würde zu einer doppelten Zahlung führen können.",
            "The bank has the run already. Cancelling could lead to paying twice.",
        ));
    }
    if reason.trim().is_empty() {
        return Err(refused("Bitte begründen Sie die Stornierung.", "Please give a reason."));
    }
    tx.execute("update payment_run set state = 'cancelled' where id = $1", &args![id]).await?;
    let now = tx.now();
    tx.execute(
        "update payment_transfer set state = 'cancelled', changed_at = $2 where run_id = $1 and state = 'open'",
        &args![id, now],
    )
    .await?;
    put_back(tx, decider, id, None, reason).await?;
    record(tx, principal, "payment_run.cancel", id, &serde_json::json!({ "reason": reason }));
    tx.publish("payment_run.cancelled", serde_json::json!({ "run": id, "reason": reason })).await?;
    Ok(())
}

/// The invoices of a run, or of one transfer of it, are ordered again.
pub(super) async fn put_back(
    tx: &mut Tx,
    decider: &Decider,
    id: &str,
    position: Option<i64>,
    reason: &str,
) -> Result<(), HandOverError> {
    for invoice in invoices_of(tx, id, position).await? {
        let sql = "update payment_item set active = $3 where run_id = $1 and invoice_id = $2";
        tx.execute(sql, &args![id, invoice.as_str(), false]).await?;
        if let Some(row) = InvoiceRow::load(tx, &invoice).await?
            && row.state == State::HandedOver
        {
            moves::decide(tx, decider, &row, Step::HandOverFailed, reason).await?;
        }
    }
    Ok(())
}

/// The active invoices of a run, or of one transfer of it.
pub(super) async fn invoices_of(
    tx: &mut Tx,
    id: &str,
    position: Option<i64>,
) -> Result<BTreeSet<InvoiceId>, HandOverError> {
    let sql = "select invoice_id, position from payment_item where run_id = $1 and active";
    let mut found = BTreeSet::new();
    for row in tx.all(sql, &args![id]).await? {
        if position.is_none_or(|wanted| row.int("position").is_ok_and(|at| at == wanted)) {
            found.insert(InvoiceId(row.text("invoice_id")?));
        }
    }
    Ok(found)
}

pub(super) fn refused(de: &'static str, en: &'static str) -> HandOverError {
    HandOverError::Refused(Text::new(de, en))
}

pub(super) fn record(tx: &mut Tx, principal: &Principal, action: &str, subject: &str, detail: &serde_json::Value) {
    tx.audit(Entry {
        actor: principal.actor(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.clone(),
    });
}
