//! The REST API of the hand-over: payment runs, the bank's answers, posting batches, what the finance system paid.
//!
//! Who may what is the same as on the pages: all of it takes `invoice.pay`.
//!
//! Invariant: a file is answered with the bytes that were made with its run or batch.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_core::Text;
use vir_web::{App, AppError, Caller};

use super::account;
use super::batch::{self, Batch, BatchFile};
use super::page::{apply_report, decider, download};
use super::run::{self, NewRun, Run};
use super::{HandOverError, execution_day};
use crate::invoice_row::InvoiceId;
use crate::permissions::PAY;

/// The routes with their description.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_accounts))
        .routes(routes!(list_runs, create_run))
        .routes(routes!(one_run))
        .routes(routes!(run_file))
        .routes(routes!(run_sent))
        .routes(routes!(report))
        .routes(routes!(list_batches, create_batch))
        .routes(routes!(batch_table))
        .routes(routes!(batch_json))
        .routes(routes!(paid))
}

/// A payment run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentRun)]
struct RunJson {
    id: String,
    /// Runs from 1 without gaps.
    number: i64,
    /// The id of the file at the bank.
    message_id: String,
    /// waiting, made, sent, done, cancelled
    state: String,
    /// When it was made (RFC 3339, UTC).
    created_at: String,
    created_by: String,
    /// The day on which the bank executes.
    execution: String,
    total_cents: i64,
    transfer_count: i64,
    /// Left empty in lists.
    transfers: Vec<TransferJson>,
    /// Invoices that were asked for and cannot be paid by transfer.
    held: Vec<HeldJson>,
}

/// A transfer of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
struct TransferJson {
    end_to_end_id: String,
    creditor: String,
    iban: String,
    cents: i64,
    remittance: String,
    /// open, accepted, paid, rejected, returned, cancelled
    state: String,
    /// The bank's reason (ISO 20022 external code).
    reason: Option<String>,
    paid_on: Option<String>,
    /// Ids of the invoices.
    invoices: Vec<String>,
}

/// An invoice that is not in a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldInvoice)]
struct HeldJson {
    invoice: String,
    number: String,
    reason: String,
}

impl RunJson {
    fn of(run: Run) -> Self {
        Self {
            id: run.id,
            number: run.number,
            message_id: run.message_id,
            state: run.state.text().to_owned(),
            created_at: run.created_at.to_string(),
            created_by: run.created_by_name,
            execution: run.execution,
            total_cents: run.total_cents,
            transfer_count: run.transfer_count,
            transfers: Vec::new(),
            held: Vec::new(),
        }
    }
}

/// What shall be paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPaymentRun)]
struct NewRunJson {
    /// The account to pay from.
    account: String,
    /// When the bank shall execute; the next banking day where it is none.
    execution: Option<String>,
    /// Ids of the invoices.
    #[schema(max_items = 5000)]
    invoices: Vec<String>,
    /// Ids of those whose discount is taken.
    #[serde(default)]
    discount: Vec<String>,
}

/// An account of the tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentAccount)]
struct AccountJson {
    id: String,
    /// The holder.
    name: String,
    iban: String,
}

/// List the accounts that the tenant pays from.
#[utoipa::path(get, path = "/payment-accounts", tag = "hand-over", operation_id = "listPaymentAccounts",
    responses((status = 200, body = Vec<AccountJson>), (status = 403, description = "May not pay")))]
async fn list_accounts(caller: Caller) -> Result<Json<Vec<AccountJson>>, AppError> {
    caller.require_anywhere(PAY)?;
    let read =
        caller.app.store.read(&caller.principal.tenant, move |tx| Box::pin(async move { account::accounts(tx).await }));
    let found = read.await?.into_iter().map(|own| AccountJson {
        id: own.id,
        name: own.name,
        iban: own.iban.as_str().to_owned(),
    });
    Ok(Json(found.collect()))
}

/// List payment runs, newest first.
#[utoipa::path(get, path = "/payment-runs", tag = "hand-over", operation_id = "listPaymentRuns",
    responses((status = 200, body = Vec<RunJson>), (status = 401, description = "Not signed in"), (status = 403, description = "May not pay")))]
async fn list_runs(caller: Caller) -> Result<Json<Vec<RunJson>>, AppError> {
    caller.require_anywhere(PAY)?;
    let principal = caller.principal.clone();
    let runs = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let mut seen = Vec::new();
                for found in run::runs(tx, 200, None).await? {
                    if run::visible(tx, &principal, &found.id).await.is_ok() {
                        seen.push(RunJson::of(found));
                    }
                }
                Ok::<_, HandOverError>(seen)
            })
        })
        .await?;
    Ok(Json(runs))
}

/// Make a payment run: its invoices are handed over, all or none.
#[utoipa::path(post, path = "/payment-runs", tag = "hand-over", operation_id = "createPaymentRun", request_body = NewRunJson,
    responses((status = 200, body = RunJson), (status = 400, description = "A value is not understood"), (status = 401, description = "Not signed in"),
        (status = 403, description = "May not pay"), (status = 404, description = "No such account or invoice"),
        (status = 409, description = "An invoice stands in the way, for example by § 42 (5) KomHKVO")))]
async fn create_run(caller: Caller, Json(new): Json<NewRunJson>) -> Result<Json<RunJson>, AppError> {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let today = crate::day_of(caller.app.now());
    let execution = match new.execution.as_deref() {
        None => today,
        Some(text) => text
            .parse()
            .map_err(|_| AppError::bad_request(Text::new("execution ist kein Datum.", "execution is no date.")))?,
    };
    if new.invoices.len() > 5000 {
        return Err(AppError::bad_request(Text::new("Höchstens 5000 Rechnungen.", "At most 5000 invoices.")));
    }
    let wanted = NewRun {
        invoices: new.invoices.iter().map(|id| (InvoiceId(id.clone()), new.discount.contains(id))).collect(),
        account: new.account,
        execution: execution_day(execution.max(today)),
        confirmations: Vec::new(),
    };
    let lang = caller.lang;
    let made = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::create(tx, &decider, &wanted).await }))
        .await?;
    let held = made.held.into_iter().map(|held| HeldJson {
        invoice: held.invoice,
        number: held.number,
        reason: held.reason.get(lang).to_owned(),
    });
    Ok(Json(RunJson { held: held.collect(), ..RunJson::of(made.run) }))
}

/// One payment run with its transfers.
#[utoipa::path(get, path = "/payment-runs/{id}", tag = "hand-over", operation_id = "getPaymentRun", params(("id" = String, Path)),
    responses((status = 200, body = RunJson), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller")))]
async fn one_run(caller: Caller, Path(id): Path<String>) -> Result<Json<RunJson>, AppError> {
    let principal = caller.principal.clone();
    let (found, transfers) = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let found = run::visible(tx, &principal, &id).await?;
                let transfers = run::transfers(tx, &found.id).await?;
                Ok::<_, HandOverError>((found, transfers))
            })
        })
        .await?;
    let transfers = transfers.into_iter().map(|transfer| TransferJson {
        end_to_end_id: transfer.end_to_end_id,
        creditor: transfer.creditor,
        iban: transfer.iban,
        cents: transfer.cents,
        remittance: transfer.remittance,
        state: transfer.state,
        reason: transfer.reason,
        paid_on: transfer.paid_on,
        invoices: transfer.invoices.into_iter().map(|(id, _)| id).collect(),
    });
    Ok(Json(RunJson { transfers: transfers.collect(), ..RunJson::of(found) }))
}

/// The file for the bank (pain.001.001.09), always the same bytes.
#[utoipa::path(get, path = "/payment-runs/{id}/file", tag = "hand-over", operation_id = "getPaymentFile", params(("id" = String, Path)),
    responses((status = 200, description = "The file", content_type = "application/xml"), (status = 401, description = "Not signed in"),
        (status = 404, description = "Not there, or not for this caller"), (status = 409, description = "Not released, or cancelled")))]
async fn run_file(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let principal = caller.principal.clone();
    let (found, bytes) = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::file(tx, &principal, &id).await }))
        .await?;
    Ok(download(&found.file_name(), "application/xml", bytes))
}

/// Say that the bank has the file.
#[utoipa::path(post, path = "/payment-runs/{id}/sent", tag = "hand-over", operation_id = "markPaymentRunSent", params(("id" = String, Path)),
    responses((status = 204, description = "Recorded"), (status = 401, description = "Not signed in"),
        (status = 404, description = "Not there, or not for this caller"), (status = 409, description = "Not possible as it stands")))]
async fn run_sent(caller: Caller, Path(id): Path<String>) -> Result<axum::http::StatusCode, AppError> {
    let principal = caller.principal.clone();
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::mark_sent(tx, &principal, &id).await }))
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// What a report of the bank came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankReportResult)]
struct ReportJson {
    paid: usize,
    accepted: usize,
    rejected: usize,
    /// Entries that changed nothing, because it was known.
    known: usize,
    /// Entries that are not about transfers of ours.
    foreign: usize,
    /// What a person has to look at.
    remarks: Vec<String>,
}

/// Hand in a report of the bank (pain.002, camt.052, camt.053, camt.054).
#[utoipa::path(post, path = "/bank-reports", tag = "hand-over", operation_id = "handInBankReport",
    request_body(content = Vec<u8>, content_type = "application/xml"),
    responses((status = 200, body = ReportJson), (status = 400, description = "No such report"), (status = 401, description = "Not signed in"),
        (status = 403, description = "May not pay"), (status = 413, description = "Too large")))]
async fn report(caller: Caller, bytes: Bytes) -> Result<Json<ReportJson>, AppError> {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let applied = apply_report(&caller, decider, bytes).await?;
    Ok(Json(ReportJson {
        paid: applied.paid,
        accepted: applied.accepted,
        rejected: applied.rejected,
        known: applied.known,
        foreign: applied.foreign,
        remarks: applied.remarks.iter().map(|remark| remark.get(caller.lang).to_owned()).collect(),
    }))
}

/// A posting batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PostingBatch)]
struct BatchJson {
    id: String,
    /// Runs from 1 without gaps.
    number: i64,
    created_at: String,
    created_by: String,
    posting_count: i64,
    invoice_count: i64,
    sum_cents: i64,
}

impl From<Batch> for BatchJson {
    fn from(batch: Batch) -> Self {
        Self {
            id: batch.id,
            number: batch.number,
            created_at: batch.created_at.to_string(),
            created_by: batch.created_by_name,
            posting_count: batch.posting_count,
            invoice_count: batch.invoice_count,
            sum_cents: batch.sum_cents,
        }
    }
}

/// What shall be posted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPostingBatch)]
struct NewBatchJson {
    /// The mapping; empty for the generic one where none was set up.
    #[serde(default)]
    mapping: String,
    /// Ids of the invoices; without, all that are not posted yet.
    invoices: Option<Vec<String>>,
}

/// List posting batches, newest first.
#[utoipa::path(get, path = "/posting-batches", tag = "hand-over", operation_id = "listPostingBatches",
    responses((status = 200, body = Vec<BatchJson>), (status = 401, description = "Not signed in"), (status = 403, description = "May not pay")))]
async fn list_batches(caller: Caller) -> Result<Json<Vec<BatchJson>>, AppError> {
    caller.require_anywhere(PAY)?;
    let principal = caller.principal.clone();
    let batches = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { batch::batches(tx, &principal, 200).await }))
        .await?;
    Ok(Json(batches.into_iter().map(BatchJson::from).collect()))
}

/// Make a posting batch.
#[utoipa::path(post, path = "/posting-batches", tag = "hand-over", operation_id = "createPostingBatch", request_body = NewBatchJson,
    responses((status = 200, body = BatchJson), (status = 400, description = "A value is not understood"), (status = 401, description = "Not signed in"),
        (status = 403, description = "May not pay"), (status = 404, description = "No such mapping"), (status = 409, description = "Nothing to post, or an invoice stands in the way")))]
async fn create_batch(caller: Caller, Json(new): Json<NewBatchJson>) -> Result<Json<BatchJson>, AppError> {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let made = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let invoices = match new.invoices {
                    Some(ids) => ids.into_iter().map(InvoiceId).collect(),
                    None => {
                        batch::unposted(tx, &decider.principal).await?.into_iter().map(|row| row.id).collect::<Vec<_>>()
                    }
                };
                batch::create_batch(tx, &decider, &new.mapping, &invoices).await
            })
        })
        .await?;
    Ok(Json(made.into()))
}

/// The table of a batch.
#[utoipa::path(get, path = "/posting-batches/{id}/csv", tag = "hand-over", operation_id = "getPostingTable", params(("id" = String, Path)),
    responses((status = 200, description = "The table", content_type = "text/csv"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller")))]
async fn batch_table(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    batch_file(&caller, id, BatchFile::Table).await
}

/// A batch as JSON.
#[utoipa::path(get, path = "/posting-batches/{id}/json", tag = "hand-over", operation_id = "getPostingJson", params(("id" = String, Path)),
    responses((status = 200, description = "The postings", content_type = "application/json"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller")))]
async fn batch_json(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    batch_file(&caller, id, BatchFile::Json).await
}

async fn batch_file(caller: &Caller, id: String, which: BatchFile) -> Result<Response, AppError> {
    let principal = caller.principal.clone();
    let (made, bytes) = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { batch::batch_file(tx, &principal, &id, which).await })
        })
        .await?;
    Ok(match which {
        BatchFile::Table => download(&format!("{}.csv", made.name()), "text/csv", bytes),
        BatchFile::Json => download(&format!("{}.json", made.name()), "application/json", bytes),
    })
}

/// A voucher that the finance system has paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidVoucher)]
struct PaidJson {
    /// The voucher number.
    voucher: String,
    /// The day.
    paid_on: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaidResult)]
struct PaidResultJson {
    paid: usize,
    /// Vouchers that are unknown or not handed over.
    unmatched: Vec<String>,
}

/// Say what the finance system has paid.
#[utoipa::path(post, path = "/payments", tag = "hand-over", operation_id = "recordPayments", request_body = Vec<PaidJson>,
    responses((status = 200, body = PaidResultJson), (status = 400, description = "A value is not understood"), (status = 401, description = "Not signed in"), (status = 403, description = "May not pay")))]
async fn paid(caller: Caller, Json(paid): Json<Vec<PaidJson>>) -> Result<Json<PaidResultJson>, AppError> {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let paid: Vec<(String, String)> =
        paid.into_iter().take(5000).map(|entry| (entry.voucher, entry.paid_on.chars().take(10).collect())).collect();
    let (done, unmatched) = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { batch::mark_vouchers_paid(tx, &decider, &paid).await })
        })
        .await?;
    Ok(Json(PaidResultJson { paid: done, unmatched }))
}
