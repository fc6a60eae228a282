//! Postings: what the finance system has not got yet, the batches that it has, and what it says is paid.

use axum::extract::Path;
use serde::Deserialize;
use vir_core::Text;
use vir_web::format::{amount, date_time};
use vir_web::parts::{self, Choice, Column, Icon, Row, button, card, checkbox, empty_state, link_button, select};
use vir_web::{Answer, AppError, Caller, Flash, Form, Page, html, page as frame, redirect_with};

use super::super::HandOverError;
use super::super::batch::{self, BatchFile};
use super::{SECTION, decider, download, sections};
use crate::invoice_row::{InvoiceId, Kind};
use crate::permissions::PAY;

/// What was ticked.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Ticked {
    #[serde(default)]
    mapping: String,
    #[serde(default)]
    invoice: Vec<String>,
}

/// What the finance system has paid.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Paid {
    #[serde(default)]
    vouchers: String,
}

/// What is open, and the batches.
pub async fn page(caller: Caller) -> Answer {
    caller.require_anywhere(PAY)?;
    let lang = caller.lang;
    let principal = caller.principal.clone();
    let (open, batches, mappings) = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let open = batch::unposted(tx, &principal).await?;
                let batches = batch::batches(tx, &principal, 100).await?;
                Ok::<_, HandOverError>((open, batches, batch::mappings(tx).await?))
            })
        })
        .await?;
    let formats: Vec<Choice> =
        mappings.iter().map(|set| Choice::new(set.id.clone(), set.mapping.name.clone())).collect();
    let open_table = parts::table(lang, "unposted", lang.tr("Noch nicht übergeben", "Not handed over yet"))
        .columns([
            Column::unseen(lang.tr("Übergeben", "Hand over")),
            Column::text(lang.tr("Beleg", "Voucher")),
            Column::text(lang.tr("Rechnung", "Invoice")),
            Column::text(lang.tr("Stand", "State")),
            Column::number(lang.tr("Betrag", "Amount")),
        ])
        .header_column(1)
        .rows(open.iter().map(|row| {
            let caption = row.caption(lang);
            let id = format!("invoice-{}", row.id);
            let label = lang.tr(format!("{caption} übergeben"), format!("Hand {caption} over"));
            let cents = row.due_cents().unwrap_or(0);
            let cents = if row.kind == Kind::CreditNote { -cents.abs() } else { cents };
            Row::new([
                html! { (checkbox("invoice", &label).value(row.id.as_str()).id(&id).hide_label().checked(true)) },
                html! { (row.voucher_number.as_deref().unwrap_or_default()) },
                html! { a href={ "/rechnungen/" (row.id) } { (caption) } },
                html! { (row.state.name(lang)) },
                html! { (amount(cents, row.currency.as_deref().unwrap_or("EUR"), lang)) },
            ])
        }));
    let batch_table = parts::table(lang, "batches", lang.tr("Übergaben", "Batches"))
        .columns([
            Column::text(lang.tr("Übergabe", "Batch")),
            Column::text(lang.tr("Erstellt", "Made")),
            Column::text(lang.tr("Format", "Format")),
            Column::number(lang.tr("Buchungen", "Postings")),
            Column::number(lang.tr("Summe", "Sum")),
            Column::text(lang.tr("Dateien", "Files")),
        ])
        .rows(batches.iter().map(|made| {
            let name = made.name();
            Row::new([
                html! { (name) },
                html! { (date_time(made.created_at, lang)) ", " (made.created_by_name) },
                html! { (made.mapping_name)
                    @if made.replaced > 0 { p.hint { (made.replaced) " " (lang.tr("Zeichen ersetzt", "characters replaced")) } } },
                html! { (made.posting_count) },
                html! { (amount(made.sum_cents, "EUR", lang)) },
                html! {
                    (link_button(&format!("/uebergabe/buchungen/{}/csv", made.id), "CSV").small().download().icon(Icon::Download).about(&name)) " "
                    (link_button(&format!("/uebergabe/buchungen/{}/json", made.id), "JSON").small().quiet().download().about(&name))
                },
            ])
        }));
    let body = html! {
        (sections(&caller, "/uebergabe/buchungen"))
        @if open.is_empty() {
            (empty_state(
                lang.tr("Alles übergeben", "All handed over"),
                lang.tr("Hier erscheinen angeordnete Rechnungen, die das Finanzverfahren noch nicht hat.", "Ordered invoices that the finance system has not got yet appear here."),
                &html! {},
            ))
        } @else {
            form method="post" action="/uebergabe/buchungen" {
                (parts::csrf_field(&caller))
                (open_table)
                (select(lang, "mapping", lang.tr("Format", "Format"), &formats))
                (button(lang.tr("Übergabe erstellen", "Make batch")))
            }
        }
        @if !batches.is_empty() {
            (batch_table)
            (card(lang.tr("Das Finanzverfahren hat gezahlt", "The finance system has paid"), &html! {
                form method="post" action="/uebergabe/buchungen/bezahlt" {
                    (parts::csrf_field(&caller))
                    (parts::text_area(lang, "vouchers", lang.tr("Belegnummern", "Voucher numbers")).rows(4)
                        .hint(lang.tr("Eine je Zeile, dahinter nach Semikolon das Datum, wenn bekannt: 2026-000017;2026-11-24",
                            "One a line, then after a semicolon the date where it is known: 2026-000017;2026-11-24")))
                    (button(lang.tr("Als bezahlt vermerken", "Record as paid")).secondary())
                }
            }))
        }
    };
    let page = Page::new(lang.tr("Buchungen", "Postings")).section(SECTION).lead(lang.tr(
        "Dateien für das Finanzverfahren. Jede Rechnung wird genau einmal übergeben, die Übergaben sind lückenlos nummeriert.",
        "Files for the finance system. Each invoice is handed over exactly once, and the batches are numbered without gaps.",
    ));
    Ok(frame(&caller, page, body))
}

/// Makes a batch.
pub async fn create(caller: Caller, Form(ticked): Form<Ticked>) -> Answer {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let lang = caller.lang;
    let made = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let invoices: Vec<InvoiceId> = ticked.invoice.into_iter().map(InvoiceId).collect();
                batch::create_batch(tx, &decider, &ticked.mapping, &invoices).await
            })
        })
        .await;
    match made {
        Ok(made) => {
            let text = lang.tr(
                format!("Übergabe {} mit {} Buchungen erstellt.", made.name(), made.posting_count),
                format!("Batch {} with {} postings made.", made.name(), made.posting_count),
            );
            Ok(redirect_with(&caller, "/uebergabe/buchungen", &Flash::good(text)))
        }
        Err(HandOverError::Store(error)) => Err(AppError::internal(error)),
        Err(error) => Ok(redirect_with(&caller, "/uebergabe/buchungen", &Flash::bad(error.text().get(lang)))),
    }
}

/// A file of a batch.
pub async fn file(caller: Caller, Path((id, form)): Path<(String, String)>) -> Answer {
    caller.require_anywhere(PAY)?;
    let (which, ending, kind) = match form.as_str() {
        "csv" => (BatchFile::Table, "csv", "text/csv"),
        "json" => (BatchFile::Json, "json", "application/json"),
        _ => return Err(AppError::not_found(Text::new("Datei", "file"))),
    };
    let principal = caller.principal.clone();
    let (made, bytes) = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { batch::batch_file(tx, &principal, &id, which).await })
        })
        .await?;
    Ok(download(&format!("{}.{ending}", made.name()), kind, bytes))
}

/// The finance system says what is paid.
pub async fn paid(caller: Caller, Form(form): Form<Paid>) -> Answer {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let lang = caller.lang;
    let today = crate::day_of(caller.app.now()).to_string();
    let paid: Vec<(String, String)> = form
        .vouchers
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(2000)
        .map(|line| match line.split_once(';') {
            Some((voucher, day)) => (voucher.trim().to_owned(), day.trim().to_owned()),
            None => (line.to_owned(), today.clone()),
        })
        .collect();
    let (done, left) = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { batch::mark_vouchers_paid(tx, &decider, &paid).await })
        })
        .await?;
    let flash = if left.is_empty() {
        Flash::good(lang.tr(format!("{done} Rechnungen bezahlt."), format!("{done} invoices paid.")))
    } else {
        let left: Vec<String> = left.into_iter().take(10).collect();
        Flash::careful(lang.tr(
            format!("{done} Rechnungen bezahlt. Nicht zugeordnet: {}", left.join(", ")),
            format!("{done} invoices paid. Not matched: {}", left.join(", ")),
        ))
    };
    Ok(redirect_with(&caller, "/uebergabe/buchungen", &flash))
}
