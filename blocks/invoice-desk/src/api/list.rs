//! `GET /api/v1/invoices`: the invoices that the caller may see.
//!
//! The filter language is that of the register, and so is the plan: the same query gives the same
//! invoices in the same order here and on the page.
//!
//! Invariant: a page costs the same from any cursor on, however long the list is.

use axum::Json;
use axum::extract::RawQuery;
use serde::Deserialize;
use utoipa::IntoParams;
use vir_core::Text;
use vir_store::Tx;
use vir_web::{AppError, Caller, Query};

use super::dto::{InvoiceJson, InvoicePage};
use crate::permissions::SEE;
use crate::register::{self, Asking};
use crate::workflow::settings::Settings;

/// Which invoices. What is named here is known; what the values mean, the register's language says.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "the register reads the values; here stand the names and their description")]
pub(super) struct Filter {
    /// Words, or beginnings of words, that are all in it: seller, numbers, references, account, file name, lines, notes.
    q: Option<String>,
    /// received, coded, certified, ordered, handed_over, paid, closed, rejected, quarantined; several with commas
    state: Option<String>,
    /// The organisation unit; `none`: not assigned yet; several with commas.
    unit: Option<String>,
    /// upload, api, folder, mail, web, peppol, own; several with commas
    channel: Option<String>,
    /// incoming (where nothing is said), outgoing
    direction: Option<String>,
    /// The number (BT-1); case, blanks and hyphens do not matter.
    number: Option<String>,
    /// The seller's name (BT-27) begins so.
    seller: Option<String>,
    /// The VAT identifier of the seller (BT-31) or its substitute.
    seller_id: Option<String>,
    /// Received on this day or later, `2026-01-31`.
    received_from: Option<String>,
    /// Received on this day or earlier.
    received_to: Option<String>,
    /// Issued (BT-2) on this day or later.
    issued_from: Option<String>,
    /// Issued on this day or earlier.
    issued_to: Option<String>,
    /// The same as `issued_to`.
    issued_until: Option<String>,
    /// Due on this day or later.
    due_from: Option<String>,
    /// Due on this day or earlier.
    due_to: Option<String>,
    /// The last day of the cash discount is this or later.
    discount_from: Option<String>,
    /// The last day of the cash discount is this or earlier.
    discount_to: Option<String>,
    /// The amount due is this or more, `100.00`.
    amount_from: Option<String>,
    /// The amount due is this or less.
    amount_to: Option<String>,
    /// How pressing the deadline is: red, yellow, green
    light: Option<String>,
    /// accept, reject, undefined
    verdict: Option<String>,
    /// Are there findings? yes, no
    findings: Option<String>,
    /// Whose work it is: an identifier, `me`, `none`
    person: Option<String>,
    /// The voucher number begins so.
    voucher: Option<String>,
    /// On hold? yes, no
    hold: Option<String>,
    /// Suspected to be a duplicate? yes, no
    duplicate: Option<String>,
    /// received, due, discount, amount, seller, number, state; `-` before it: the greatest first. Usually `-received`.
    sort: Option<String>,
    /// `next_cursor` of the page before.
    after: Option<String>,
    /// The same as `after`.
    at: Option<String>,
    /// How many, 1 to 200; usually 50.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// List invoices.
#[utoipa::path(
    get,
    path = "/invoices",
    tag = "invoices",
    operation_id = "listInvoices",
    params(Filter),
    responses(
        (status = 200, body = InvoicePage),
        (status = 400, description = "A value is not understood"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not see invoices"),
    )
)]
pub(super) async fn list(
    caller: Caller,
    RawQuery(raw): RawQuery,
    Query(_names): Query<Filter>,
) -> Result<Json<InvoicePage>, AppError> {
    caller.require_anywhere(SEE)?;
    let query = register::Query::read(raw.as_deref().unwrap_or_default())
        .map_err(|errors| bad(errors.first().map_or("", |error| error.field.as_str())))?;
    let (principal, now) = (caller.principal.clone(), caller.app.now());
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let asking = Asking::new(&principal, now, Settings::load(tx).await?);
            register::rows(tx, &query, &asking).await
        })
    });
    let (rows, next) = read.await?;
    let next_cursor = next.map(|cursor| cursor.text());
    Ok(Json(InvoicePage { items: rows.iter().map(InvoiceJson::from).collect(), next_cursor }))
}

fn bad(name: &str) -> AppError {
    AppError::bad_request(Text::owned(
        format!("Der Wert von „{name}“ wird nicht verstanden."),
        format!("The value of \"{name}\" is not understood."),
    ))
}
