//! Decisions and comments over the API: the same door, the same rules as on the pages.
//!
//! Invariant: an answer of 200 or 201 is a decision that is stored.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_auth::UnitId;
use vir_core::Text;
use vir_store::{Tx, args};
use vir_web::api::Json;
use vir_web::{App, AppError, Caller, FieldError};

use super::decide::{Attempt, Refusal, decide};
use super::state::Kind;
use crate::access::visible;
use crate::coding::line::{Line, Target, Tax};
use crate::conversation;
use crate::invoice_row::{InvoiceId, State};
use crate::people::decider;
use crate::reduction::{self, Part};

/// The routes with their description.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(said, say)).merge(super::assign_api::routes())
}

/// A coding line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct CodingLineBody {
    /// *Kostenstelle*
    cost_centre: String,
    /// *Sachkonto*
    account: String,
    /// *Produkt*
    product: String,
    /// *Investitionsnummer*
    investment: Option<String>,
    /// none, full, partial, reverse_charge, acquisition; none if left out
    tax: Option<String>,
    /// In minor units. All lines together are the amount due.
    amount_cents: i64,
    /// *Buchungstext*
    note: Option<String>,
}

/// What is to be decided.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct DecisionBody {
    /// code, reduce, certify_substance, certify_arithmetic, order, hand_over, hand_over_failed, pay, close, return, hold,
    /// release, reject, reopen, quarantine, accept, forward
    kind: String,
    /// The version of the invoice that was seen; if it has changed since, the answer is 412.
    version: Option<i64>,
    /// Needed where a rule warns, and for return, hold, reject, reopen, quarantine, hand_over_failed.
    reason: Option<String>,
    /// For `return`: the state to which it goes back.
    target: Option<String>,
    /// For `forward`: the organisation unit.
    unit: Option<String>,
    /// For `code`.
    #[serde(default)]
    lines: Vec<CodingLineBody>,
    /// For `reduce`: all that is taken off; none takes a reduction back.
    #[serde(default)]
    reductions: Vec<ReductionBody>,
}

/// A part of a reduction (*Kürzung*).
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct ReductionBody {
    /// missing, defect, price, arithmetic, vat, retention, other
    kind: String,
    /// The line of the invoice that it is about (BT-126).
    line: Option<String>,
    /// In minor units, above zero.
    cents: i64,
    /// Why.
    reason: String,
}

fn part(body: &ReductionBody, index: usize) -> Result<Part, AppError> {
    let kind = reduction::Kind::parse(&body.kind).ok_or_else(|| {
        let message = Text::new("Diesen Grund gibt es nicht.", "There is no such reason.");
        AppError::invalid(vec![FieldError::new(format!("reductions/{index}/kind"), message)])
    })?;
    Ok(Part { kind, line: body.line.clone(), cents: body.cents, reason: body.reason.clone() })
}

/// What was decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DecidedBody {
    /// `order_first` where this was the first of two signatures.
    kind: &'static str,
    /// The state now.
    state: &'static str,
    /// The version now.
    version: i64,
    /// *Belegnummer*
    voucher_number: Option<String>,
}

/// A decision of the past.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct MadeBody {
    version: i64,
    kind: String,
    from: String,
    to: String,
    /// Who decided.
    by: String,
    /// For whom, as a deputy.
    #[serde(rename = "for")]
    on_behalf_of: Option<String>,
    /// RFC 3339, UTC.
    at: String,
    reason: Option<String>,
    /// Rules that warned, separated by blanks.
    warnings: Option<String>,
}

/// A comment, a question to the supplier, or their answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct SaidBody {
    id: String,
    /// comment, query, answer, notice
    kind: &'static str,
    author: String,
    /// RFC 3339, UTC.
    at: String,
    text: String,
}

/// A new comment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct CommentBody {
    /// `@name` mentions a person.
    text: String,
}

fn line(body: &CodingLineBody, index: usize) -> Result<Line, AppError> {
    let tax = match body.tax.as_deref() {
        None => Tax::None,
        Some(code) => Tax::parse(code).ok_or_else(|| {
            let message = Text::new("Dieses Steuerkennzeichen gibt es nicht.", "There is no such tax treatment.");
            AppError::invalid(vec![FieldError::new(format!("lines/{index}/tax"), message)])
        })?,
    };
    Ok(Line {
        target: Target {
            cost_centre: body.cost_centre.clone(),
            account: body.account.clone(),
            product: body.product.clone(),
            investment: body.investment.clone(),
            tax,
        },
        amount_cents: body.amount_cents,
        note: body.note.clone(),
    })
}

/// What a refusal is to a program.
pub(crate) fn problem(refusal: &Refusal) -> AppError {
    let text = || Text::owned(refusal.text(vir_core::Lang::De), refusal.text(vir_core::Lang::En));
    match refusal {
        Refusal::NotFound => crate::access::unknown(),
        Refusal::Forbidden(permission) => AppError::forbidden(permission),
        Refusal::Stale => AppError::stale(),
        Refusal::Impossible(_) => AppError::conflict(text()),
        Refusal::Rules(_) => AppError::conflict(text()).with_code("rule"),
        Refusal::Invalid(_) => AppError::invalid(vec![FieldError::new("", text())]),
        Refusal::Store(error) => AppError::internal(error),
    }
}

/// Decides about an invoice.
#[utoipa::path(
    post,
    path = "/invoices/{id}/decisions",
    tag = "workflow",
    operation_id = "decide",
    params(("id" = String, Path)),
    request_body = DecisionBody,
    responses(
        (status = 201, body = DecidedBody),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "The permission is lacking"),
        (status = 404, description = "Not there, or not for this caller"),
        (status = 409, description = "It does not follow on the state, or a rule objects (code `rule`)"),
        (status = 412, description = "The invoice has changed since it was seen"),
        (status = 422, description = "Something is missing or wrong")
    )
)]
async fn make(caller: Caller, Path(id): Path<String>, Json(body): Json<DecisionBody>) -> Result<Response, AppError> {
    let wrong = |field: &str, message: Text| AppError::invalid(vec![FieldError::new(field, message)]);
    let unknown = || Text::new("Diesen Wert gibt es nicht.", "There is no such value.");
    let kind = Kind::parse(&body.kind).ok_or_else(|| wrong("kind", unknown()))?;
    let target = match body.target.as_deref() {
        None => None,
        Some(code) => Some(State::find(code).ok_or_else(|| wrong("target", unknown()))?),
    };
    let mut lines = Vec::with_capacity(body.lines.len());
    for (index, one) in body.lines.iter().enumerate() {
        lines.push(line(one, index)?);
    }
    let mut reductions = Vec::with_capacity(body.reductions.len());
    for (index, one) in body.reductions.iter().enumerate() {
        reductions.push(part(one, index)?);
    }
    let attempt = Attempt {
        version: body.version,
        reason: body.reason,
        target,
        unit: body.unit.map(UnitId::from),
        lines,
        reductions,
        ..Attempt::new(InvoiceId(id), kind)
    };
    let decider = decider(&caller).await?;
    let decided = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { decide(tx, &decider, &attempt).await })
        })
        .await
        .map_err(|refusal| problem(&refusal))?;
    let body = DecidedBody {
        kind: decided.kind.code(),
        state: decided.state.text(),
        version: decided.version,
        voucher_number: decided.voucher,
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// The decisions about an invoice, oldest first.
#[utoipa::path(
    get,
    path = "/invoices/{id}/decisions",
    tag = "workflow",
    operation_id = "listDecisions",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<MadeBody>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
async fn list(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    const MADE: &str = "select version, kind, from_state, to_state, person_name, for_person_name, at, reason, warnings
        from invoice_decision where invoice_id = $1 order by version";
    let row = visible(&caller, &InvoiceId(id)).await?;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let rows = tx.all(MADE, &args![row.id.as_str()]).await?;
            rows.iter()
                .map(|row| {
                    Ok(MadeBody {
                        version: row.int("version")?,
                        kind: row.text("kind")?,
                        from: row.text("from_state")?,
                        to: row.text("to_state")?,
                        by: row.text("person_name")?,
                        on_behalf_of: row.optional_text("for_person_name")?,
                        at: row.time("at")?.to_string(),
                        reason: row.optional_text("reason")?,
                        warnings: row.optional_text("warnings")?,
                    })
                })
                .collect::<vir_store::Result<Vec<_>>>()
        })
    });
    Ok(Json(read.await?).into_response())
}

/// What was said about an invoice, oldest first.
#[utoipa::path(
    get,
    path = "/invoices/{id}/comments",
    tag = "workflow",
    operation_id = "listComments",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<SaidBody>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
async fn said(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { conversation::all(tx, &row.id).await })
    });
    let all = read.await?.into_iter().map(|said| SaidBody {
        id: said.id,
        kind: said.kind.code(),
        author: said.author,
        at: said.at.to_string(),
        text: said.text,
    });
    Ok(Json(all.collect::<Vec<_>>()).into_response())
}

/// Comments an invoice.
#[utoipa::path(
    post,
    path = "/invoices/{id}/comments",
    tag = "workflow",
    operation_id = "comment",
    params(("id" = String, Path)),
    request_body = CommentBody,
    responses((status = 201, description = "It stands there"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"), (status = 422, description = "No text, or too long"))
)]
async fn say(caller: Caller, Path(id): Path<String>, Json(body): Json<CommentBody>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    if let Some(wrong) = conversation::wrong(&body.text) {
        return Err(AppError::invalid(vec![FieldError::new("text", wrong)]));
    }
    let decider = decider(&caller).await?;
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { conversation::comment(tx, &decider, &row.id, &body.text).await })
    });
    let id: String = write.await?;
    Ok((StatusCode::CREATED, Json(serde_json::json!({ "id": id }))).into_response())
}
