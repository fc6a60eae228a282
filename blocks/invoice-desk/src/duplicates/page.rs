//! Two invoices side by side: what differs, and the decision.
//!
//! Invariant: whoever may not see the earlier invoice learns that there is one, and nothing of it.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde::Deserialize;
use vir_auth::UnitId;
use vir_core::Lang;
use vir_invoice::model;
use vir_store::Tx;
use vir_web::parts::{self, Column, Tone};
use vir_web::{Answer, App, AppError, Caller, Flash, Form, Markup, Page, format, html, page};

use super::{Decided, decide};
use crate::access;
use crate::intake::original;
use crate::invoice_row::{DuplicateDecision, InvoiceId, InvoiceRow};
use crate::permissions::CODE;

/// The addresses of duplicates.
pub fn routes() -> Router<App> {
    Router::new().route("/rechnungen/{id}/dubletten", get(show).post(settle))
}

/// How many differences are shown; more make the point as well.
const DIFFERENCES: usize = 200;

async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let lang = caller.lang;
    let row = access::visible(&caller, &InvoiceId(id)).await?;
    let earlier = match &row.duplicate_of {
        Some(earlier) => access::visible(&caller, earlier).await.ok(),
        None => None,
    };
    let body = match (&row.duplicate_of, &earlier) {
        (None, _) => parts::empty_state(
            lang.tr("Keine Dublette vermutet", "No duplicate suspected"),
            lang.tr(
                "Zu dieser Rechnung gibt es keine frühere mit demselben Inhalt, derselben Nummer oder demselben Betrag und Datum.",
                "There is no earlier invoice with the same content, the same number, or the same amount and date.",
            ),
            &html! {},
        ),
        (Some(_), None) => parts::notice(
            Tone::Careful,
            lang.tr("Die frühere Rechnung liegt bei einer anderen Organisationseinheit", "The earlier invoice is with another unit"),
            &html! { p { (lang.tr("Sie können sie nicht sehen. Bitte fragen Sie die Leitung Finanzen.", "You cannot see it. Please ask the head of finance.")) } },
        ),
        (Some(_), Some(earlier)) => side_by_side(&caller, &row, earlier).await?,
    };
    let title = Page::new(lang.tr("Doppelt eingegangen?", "Received twice?"))
        .section("register")
        .crumb(format!("/rechnungen/{}", row.id), row.caption(lang));
    Ok(page(&caller, title, body))
}

async fn side_by_side(caller: &Caller, row: &InvoiceRow, earlier: &InvoiceRow) -> Result<Markup, AppError> {
    let (store, tenant, lang) = (&caller.app.store, &caller.principal.tenant, caller.lang);
    let differences = match (original::model(store, tenant, earlier).await?, original::model(store, tenant, row).await?)
    {
        (Some(left), Some(right)) => Some(model::diff(&left, &right)),
        _ => None,
    };
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "–".to_owned(), |date| format::date(date, lang));
    let amount = |row: &InvoiceRow| {
        let currency = row.currency.as_deref().unwrap_or("EUR");
        row.payable_cents.map_or_else(|| "–".to_owned(), |cents| format::amount(cents, currency, lang))
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let lines = [
        (lang.tr("Rechnungssteller", "Seller"), text(&earlier.seller_name), text(&row.seller_name)),
        (lang.tr("Rechnungsnummer", "Number"), text(&earlier.number), text(&row.number)),
        (lang.tr("Rechnungsdatum", "Issued"), date(earlier.issue_date), date(row.issue_date)),
        (lang.tr("Zahlbetrag", "Payable"), amount(earlier), amount(row)),
        ("IBAN", text(&earlier.iban), text(&row.iban)),
        (
            lang.tr("Eingegangen", "Received"),
            format::date_time(earlier.received_at, lang),
            format::date_time(row.received_at, lang),
        ),
        (lang.tr("Eingangsweg", "Channel"), earlier.channel.name(lang).to_owned(), row.channel.name(lang).to_owned()),
        (lang.tr("Datei", "File"), earlier.file_name.clone(), row.file_name.clone()),
        (lang.tr("Stand", "State"), earlier.state.name(lang).to_owned(), row.state.name(lang).to_owned()),
    ];
    let likeness = row.duplicate_degree.map_or("", |degree| degree.name(lang));
    Ok(html! {
        (parts::notice(Tone::Careful, &format!("{}: {likeness}", lang.tr("Übereinstimmung", "Likeness")), &decided(row, lang)))
        (parts::table(lang, "sides", lang.tr("Beide Rechnungen", "Both invoices")).hide_caption()
            .columns([
                Column::text(lang.tr("Angabe", "Term")),
                Column::text(lang.tr("Frühere Rechnung", "Earlier invoice")),
                Column::text(lang.tr("Diese Rechnung", "This invoice")),
            ])
            .rows(lines.into_iter().map(|(name, left, right)| {
                let row = parts::Row::new([html! { (name) }, html! { (left) }, html! { (right) }]);
                if left == right { row.class("row--faint") } else { row.class("row--strong") }
            })))
        p {
            a href={ "/rechnungen/" (earlier.id) } { (lang.tr("Frühere Rechnung öffnen", "Open the earlier invoice")) } " · "
            a href={ "/rechnungen/" (row.id) } { (lang.tr("Diese Rechnung öffnen", "Open this invoice")) }
        }
        h2 { (lang.tr("Was sich unterscheidet", "What differs")) }
        @match &differences {
            None => { p { (lang.tr("Mindestens eine der beiden ist nur ein Bild; verglichen werden kann sie nur mit den Augen.", "At least one of them is only a picture; it can be compared by eye only.")) } }
            Some(differences) if differences.is_empty() => { p { (lang.tr("Nichts: Beide sagen dasselbe.", "Nothing: both say the same.")) } }
            Some(differences) => {
                (parts::table(lang, "differences", lang.tr("Unterschiede", "Differences")).hide_caption()
                    .columns([
                        Column::text(lang.tr("Angabe", "Term")),
                        Column::text(lang.tr("Frühere Rechnung", "Earlier invoice")),
                        Column::text(lang.tr("Diese Rechnung", "This invoice")),
                    ])
                    .rows(differences.iter().take(DIFFERENCES).map(|difference| {
                        let said = |said: &Option<model::Said>| said.as_ref().map_or_else(|| "–".to_owned(), |said| short(&said.to_string()));
                        parts::Row::new([html! { (difference.label(lang)) }, html! { (said(&difference.left)) }, html! { (said(&difference.right)) }])
                    })))
                @if differences.len() > DIFFERENCES {
                    p { (lang.tr(format!("… und {} weitere.", differences.len() - DIFFERENCES), format!("… and {} more.", differences.len() - DIFFERENCES))) }
                }
            }
        }
        @if access::may(&caller.principal, CODE, row.unit_id.as_deref()) { (decision_form(caller, row)) }
    })
}

/// Attachments are long; nobody reads them here.
fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(200).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn decided(row: &InvoiceRow, lang: Lang) -> Markup {
    html! {
        p {
            @match row.duplicate_decision {
                None => { (lang.tr("Darüber hat noch niemand entschieden. Bis dahin wird vor der Anordnung gewarnt.", "Nobody has decided yet. Until then there is a warning before the order.")) }
                Some(decision) => { strong { (decision.name(lang)) } ". " (match decision {
                    DuplicateDecision::Duplicate => lang.tr("Sie kann nicht angeordnet werden.", "It cannot be ordered."),
                    DuplicateDecision::Distinct => lang.tr("Sie wird behandelt wie jede andere.", "It is treated like any other."),
                }) }
            }
        }
    }
}

fn decision_form(caller: &Caller, row: &InvoiceRow) -> Markup {
    let lang = caller.lang;
    let body = html! {
        input type="hidden" name="version" value=(row.version);
        p {
            (parts::button(lang.tr("Ist eine Dublette", "Is a duplicate")).danger().name_value("decision", DuplicateDecision::Duplicate.text())) " "
            (parts::button(lang.tr("Ist keine Dublette", "Is no duplicate")).secondary().name_value("decision", DuplicateDecision::Distinct.text()))
        }
    };
    html! {
        h2 { (lang.tr("Entscheiden", "Decide")) }
        (parts::post_form(caller, &format!("/rechnungen/{}/dubletten", row.id), &body))
    }
}

#[derive(Debug, Deserialize)]
struct Decision {
    decision: String,
    version: i64,
}

async fn settle(caller: Caller, Path(id): Path<String>, Form(form): Form<Decision>) -> Answer {
    let row = access::visible(&caller, &InvoiceId(id)).await?;
    match &row.unit_id {
        Some(unit) => caller.require(CODE, &UnitId::from(unit.as_str()))?,
        None => caller.require_everywhere(CODE)?,
    }
    let decision = DuplicateDecision::find(&form.decision).ok_or_else(access::unknown)?;
    let (actor, id) = (caller.principal.actor(), row.id.clone());
    let decided = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { decide(tx, &actor, &id, form.version, decision).await })
    });
    match decided.await? {
        Decided::Stale => Err(AppError::stale()),
        Decided::Noted => {
            let to = format!("/rechnungen/{}/dubletten", row.id);
            Ok(vir_web::redirect_with(
                &caller,
                &to,
                &Flash::good(caller.lang.tr("Entscheidung gespeichert.", "Decision saved.")),
            ))
        }
    }
}
