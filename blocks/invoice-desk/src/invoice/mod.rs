//! The page of one invoice: see the document, know how it stands, and do the next step.
//!
//! Invariant: nobody sees an invoice of a unit for which they lack `invoice.see`, nor learns that it exists.

mod act;
pub(crate) mod assign;
pub mod history;
pub(crate) mod link;
pub(crate) mod load;
pub(crate) mod page;
pub(crate) mod steps;
mod view;

pub(crate) use act::{plausible_mail, require_code};

use axum::Router;
use axum::routing::{get, post};
use vir_core::Decimal;
use vir_invoice::model;
use vir_web::App;

use crate::intake::columns::cents;

/// The pages of one invoice.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/rechnungen/{id}", get(act::page))
        .route("/rechnungen/{id}/ansicht", get(view::view))
        .route("/rechnungen/{id}/pdf", get(view::pdf))
        .route("/rechnungen/{id}/original", get(view::original_file))
        .route("/rechnungen/{id}/xml", get(view::xml_file))
        .route("/rechnungen/{id}/anlagen/{position}", get(view::beside))
        .route("/rechnungen/{id}/kontierung", post(act::code))
        .route("/rechnungen/{id}/entscheidung", post(act::decision))
        .route("/rechnungen/{id}/zuweisung", post(assign::post))
        .route("/rechnungen/{id}/kommentare", post(act::comment))
        .route("/rechnungen/{id}/rueckfrage", post(act::query))
        .route("/rechnungen/{id}/verknuepfungen", post(link::link))
        .route("/rechnungen/{id}/verknuepfungen/loesen", post(link::unlink))
}

/// The lines of an invoice for coding: net amount in cents, tax rate in hundredths of a percent, name.
fn parts_of(invoice: &model::Invoice) -> Vec<(i64, u32, String)> {
    let rate = |rate: Option<Decimal>| {
        let points = rate.map(|rate| rate * Decimal::HUNDRED).unwrap_or_default().round_half_up(0);
        points.to_string().parse().unwrap_or(0)
    };
    invoice
        .lines()
        .take(crate::coding::LINE_LIMIT)
        .map(|line| {
            let net = line.net_amount().as_ref().and_then(cents).unwrap_or(0);
            let name = line.item().and_then(|item| item.name().map(str::to_owned)).unwrap_or_default();
            (net, rate(line.vat_rate()), name)
        })
        .collect()
}
