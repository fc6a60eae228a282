//! The form beside the picture.
//!
//! Invariant: what was typed is shown again where something is wrong with it.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use vir_core::Text;
use vir_store::Tx;
use vir_web::parts::{self, Tone};
use vir_web::{Answer, App, AppError, Caller, FieldError, Flash, Form, Page, format, html, page};

use super::write::{Typed, Written, may_be_typed, write};
use crate::access;
use crate::hand_over::Iban;
use crate::intake::columns::column_text;
use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::permissions::CODE;

/// The addresses of typing in.
pub fn routes() -> Router<App> {
    Router::new().route("/rechnungen/{id}/erfassen", get(show).post(save))
}

/// The form as it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Draft {
    version: i64,
    seller_name: String,
    seller_id: String,
    number: String,
    issue_date: String,
    due_date: String,
    payable: String,
    iban: String,
    payment_reference: String,
    buyer_reference: String,
    order_reference: String,
}

async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = own(&caller, id).await?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let draft = Draft {
        version: row.version,
        seller_name: text(&row.seller_name),
        seller_id: text(&row.seller_id),
        number: text(&row.number),
        issue_date: date(row.issue_date),
        due_date: date(row.due_date),
        payable: row.payable_cents.map(|cents| format::cents(cents, caller.lang)).unwrap_or_default(),
        iban: text(&row.iban),
        payment_reference: text(&row.payment_reference),
        buyer_reference: text(&row.buyer_reference),
        order_reference: text(&row.order_reference),
    };
    Ok(render(&caller, &row, &draft, &[]))
}

async fn own(caller: &Caller, id: String) -> Result<InvoiceRow, AppError> {
    let row = access::visible(caller, &InvoiceId(id)).await?;
    if access::may(&caller.principal, CODE, row.unit_id.as_deref()) { Ok(row) } else { Err(AppError::forbidden(CODE)) }
}

async fn save(caller: Caller, Path(id): Path<String>, Form(draft): Form<Draft>) -> Answer {
    let row = own(&caller, id).await?;
    let typed = match parse(&draft, caller.lang) {
        Ok(typed) => typed,
        Err(errors) => return Ok(render(&caller, &row, &draft, &errors)),
    };
    let (actor, id) = (caller.principal.actor(), row.id.clone());
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { write(tx, &actor, &id, draft.version, typed).await })
    });
    match written.await? {
        Written::Noted => {
            let text = caller.lang.tr("Angaben gespeichert.", "Saved.");
            Ok(vir_web::redirect_with(&caller, &format!("/rechnungen/{}", row.id), &Flash::good(text)))
        }
        Written::Stale => Err(AppError::stale()),
        Written::Refused => Err(AppError::conflict(Text::new(
            "Diese Rechnung hat eigene Daten oder ist schon in Bearbeitung.",
            "This invoice has data of its own, or somebody works on it already.",
        ))),
    }
}

fn parse(draft: &Draft, lang: vir_core::Lang) -> Result<Typed, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong =
        |field: &str, de: &'static str, en: &'static str| errors.push(FieldError::new(field, Text::new(de, en)));
    let seller_name = column_text(&draft.seller_name);
    if seller_name.is_none() {
        wrong("seller_name", "Bitte den Rechnungssteller angeben.", "Please give the seller.");
    }
    let number = column_text(&draft.number);
    if number.is_none() {
        wrong("number", "Bitte die Rechnungsnummer angeben.", "Please give the number.");
    }
    let issue_date = draft.issue_date.parse().ok();
    if issue_date.is_none() {
        wrong("issue_date", "Bitte das Rechnungsdatum angeben.", "Please give the date of the invoice.");
    }
    let due_date = match draft.due_date.trim() {
        "" => None,
        text => text.parse().map_or_else(
            |_| {
                wrong("due_date", "Das ist kein Datum.", "This is no date.");
                None
            },
            Some,
        ),
    };
    let payable_cents = format::parse_amount(&draft.payable, lang);
    if payable_cents.is_none() {
        wrong(
            "payable",
            "Bitte den Zahlbetrag angeben, zum Beispiel 119,00.",
            "Please give the amount due, for example 119.00.",
        );
    }
    let iban = column_text(&draft.iban).map(|iban| iban.replace(' ', "").to_uppercase());
    if iban.as_deref().is_some_and(|iban| iban.parse::<Iban>().is_err()) {
        wrong(
            "iban",
            "Die Prüfziffer der IBAN stimmt nicht. Bitte vergleichen.",
            "The check digits of the IBAN are wrong. Please compare.",
        );
    }
    match (seller_name, number, issue_date, payable_cents) {
        (Some(seller_name), Some(number), Some(issue_date), Some(payable_cents)) if errors.is_empty() => Ok(Typed {
            seller_name,
            seller_id: column_text(&draft.seller_id),
            number,
            issue_date,
            due_date,
            payable_cents,
            iban,
            payment_reference: column_text(&draft.payment_reference),
            buyer_reference: column_text(&draft.buyer_reference),
            order_reference: column_text(&draft.order_reference),
        }),
        _ => Err(errors),
    }
}

fn render(caller: &Caller, row: &InvoiceRow, draft: &Draft, errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let here = format!("/rechnungen/{}/erfassen", row.id);
    let fields = html! {
        input type="hidden" name="version" value=(draft.version);
        (parts::field(lang, "seller_name", lang.tr("Rechnungssteller", "Seller")).value(&draft.seller_name).errors(errors).required())
        (parts::field(lang, "seller_id", lang.tr("Umsatzsteuer-Identifikationsnummer oder Steuernummer", "VAT identifier or tax number")).value(&draft.seller_id).errors(errors))
        (parts::field(lang, "number", lang.tr("Rechnungsnummer", "Number")).value(&draft.number).errors(errors).required())
        (parts::date_field(lang, "issue_date", lang.tr("Rechnungsdatum", "Issued")).value(&draft.issue_date).errors(errors).required())
        (parts::date_field(lang, "due_date", lang.tr("Fällig am", "Due")).value(&draft.due_date).errors(errors))
        (parts::amount_field(lang, "payable", lang.tr("Zahlbetrag in Euro", "Amount due in euros")).value(&draft.payable).errors(errors).required())
        (parts::field(lang, "iban", "IBAN").value(&draft.iban).errors(errors).no_spellcheck())
        (parts::field(lang, "payment_reference", lang.tr("Verwendungszweck", "Payment reference")).value(&draft.payment_reference).errors(errors))
        (parts::field(lang, "buyer_reference", lang.tr("Leitweg-ID", "Leitweg-ID")).value(&draft.buyer_reference).errors(errors))
        (parts::field(lang, "order_reference", lang.tr("Bestellnummer", "Order number")).value(&draft.order_reference).errors(errors))
        p { (parts::button(lang.tr("Speichern", "Save"))) }
    };
    let body = html! {
        @if may_be_typed(row) {
            (parts::error_summary(lang, errors))
            (parts::post_form(caller, &here, &fields))
        } @else {
            (parts::notice(
                Tone::Info,
                lang.tr("Hier ist nichts zu erfassen", "There is nothing to type in"),
                &html! { p { (lang.tr(
                    "Diese Rechnung hat eigene Daten oder ist schon in Bearbeitung.",
                    "This invoice has data of its own, or somebody works on it already.",
                )) } },
            ))
        }
    };
    let title = Page::new(lang.tr("Angaben vom Bild erfassen", "Type in what the picture says"))
        .section("register")
        .crumb(format!("/rechnungen/{}", row.id), row.caption(lang))
        .lead(lang.tr(
            "Diese Rechnung ist nur ein Bild oder PDF ohne Daten. Erfassen Sie, was darauf steht, oder senden Sie sie mit der Bitte um eine E-Rechnung zurück.",
            "This invoice is only a picture or a PDF without data. Type in what it says, or send it back asking for an e-invoice.",
        ));
    let title = if errors.is_empty() { title } else { title.with_errors() };
    page(caller, title, body)
}
