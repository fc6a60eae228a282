//! `GET /api/v1/invoices`: the invoices that the caller may see, newest first.
//!
//! Invariant: a page is found by the primary key from its cursor on, however long the list is.

use std::sync::LazyLock;

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use vir_core::Text;
use vir_store::{Tx, Value};
use vir_web::{AppError, Caller, Query};

use super::dto::{InvoiceJson, InvoicePage};
use crate::access;
use crate::invoice_row::{Channel, Direction, InvoiceRow, State};
use crate::permissions::SEE;

/// Which invoices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// received, coded, certified, ordered, handed_over, paid, closed, rejected, quarantined
    state: Option<String>,
    /// The organisation unit; `none`: not assigned yet.
    unit: Option<String>,
    /// upload, api, folder, mail, web, peppol, own
    channel: Option<String>,
    /// incoming, outgoing
    direction: Option<String>,
    /// The number (BT-1), as it stands in the invoice.
    number: Option<String>,
    /// The VAT identifier of the seller (BT-31) or its substitute.
    seller_id: Option<String>,
    /// Issued on this day or later, `2026-01-31`.
    issued_from: Option<String>,
    /// Issued on this day or earlier.
    issued_until: Option<String>,
    /// The cursor of the page before.
    after: Option<String>,
    /// How many, 1 to 200; usually 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
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
pub(super) async fn list(caller: Caller, Query(filter): Query<Filter>) -> Result<Json<InvoicePage>, AppError> {
    caller.require_anywhere(SEE)?;
    let limit = filter.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(bad("limit"));
    }
    let mut args: Vec<Value> = Vec::new();
    let mut conditions = vec![access::condition(&caller.principal, SEE, &mut args)];
    let mut equal = |column: &str, value: Option<String>, args: &mut Vec<Value>| {
        if let Some(value) = value {
            args.push(Value::from(value));
            conditions.push(format!("{column} = ${}", args.len()));
        }
    };
    let known = |name, value: Option<String>, is_known: &dyn Fn(&str) -> bool| match value {
        Some(value) if !is_known(&value) => Err(bad(name)),
        value => Ok(value),
    };
    equal("state", known("state", filter.state, &|text| State::find(text).is_some())?, &mut args);
    equal("channel", known("channel", filter.channel, &|text| Channel::find(text).is_some())?, &mut args);
    equal("direction", known("direction", filter.direction, &|text| Direction::find(text).is_some())?, &mut args);
    let waiting = filter.unit.as_deref() == Some("none");
    equal("unit_id", filter.unit.filter(|_| !waiting), &mut args);
    equal("number", filter.number, &mut args);
    equal("seller_id", filter.seller_id, &mut args);
    if waiting {
        conditions.push("unit_id is null".to_owned());
    }
    for (name, operator, value) in
        [("issued_from", ">=", filter.issued_from), ("issued_until", "<=", filter.issued_until)]
    {
        if let Some(value) = value {
            let day: jiff::civil::Date = value.parse().map_err(|_| bad(name))?;
            args.push(Value::from(day));
            conditions.push(format!("issue_date {operator} ${}", args.len()));
        }
    }
    if let Some(after) = filter.after {
        let is_id = after.len() == 36 && after.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        args.push(Value::from(Some(after).filter(|_| is_id).ok_or_else(|| bad("after"))?));
        conditions.push(format!("id < ${}", args.len()));
    }
    static SELECT: LazyLock<String> = LazyLock::new(|| format!("select {} from invoice where ", InvoiceRow::COLUMNS));
    let sql = format!("{}{} order by id desc limit {}", *SELECT, conditions.join(" and "), limit + 1);
    let rows = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.all(sql, &args).await?.iter().map(InvoiceRow::read).collect::<vir_store::Result<Vec<_>>>()
        })
    });
    let mut rows = rows.await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Json(InvoicePage { items: rows.iter().map(InvoiceJson::from).collect(), next_cursor }))
}

fn bad(name: &str) -> AppError {
    AppError::bad_request(Text::owned(
        format!("Der Wert von „{name}“ wird nicht verstanden."),
        format!("The value of \"{name}\" is not understood."),
    ))
}
