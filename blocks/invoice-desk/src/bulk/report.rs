//! What became of a selection: how far it is, what worked, what did not and why.
//!
//! Invariant: every item that has an outcome is in the report; those that were refused come first.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use maud::{Markup, html};
use vir_core::Lang;
use vir_store::Tx;
use vir_web::parts::{self, Tone};
use vir_web::{Answer, AppError, Caller, Page, format, page};

use super::page::{list_address, own, sums_text};
use super::store::{self, Bulk, Counts, Outcome, Stage};
use super::{Action, MOST};
use crate::register::columns::Cell;
use crate::register::csv_file;

/// How many rows stand on one page.
const ROWS: i64 = 100;

/// `GET /rechnungen/auswahl/{id}` once it has begun.
pub(super) async fn show(caller: &Caller, bulk: &Bulk, from: i64) -> Answer {
    let lang = caller.lang;
    let id = bulk.id.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let rows = store::outcomes(tx, &id, from, ROWS + 1).await?;
            Ok::<_, vir_store::Error>((rows, store::counts(tx, &id).await?, store::sums(tx, &id).await?))
        })
    });
    let (mut rows, counts, sums) = read.await?;
    let next = rows.len() > usize::try_from(ROWS).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let here = format!("/rechnungen/auswahl/{}", bulk.id);
    let running = bulk.stage == Stage::Running;
    let total = u64::try_from(bulk.total).unwrap_or(0);
    let finished = u64::try_from(counts.done + counts.refused).unwrap_or(0);
    let body = html! {
        div.stack id="bulk" data-refresh=[running.then_some("2")] {
            @if running {
                (parts::progress(lang, lang.tr("Bearbeitet", "Worked through"), finished, total))
                p { a href=(here) { (lang.tr("Neu laden", "Reload")) } " – " (lang.tr("Sie können diese Seite verlassen; die Arbeit läuft weiter.", "You may leave this page; the work goes on.")) }
            } @else {
                (verdict(lang, counts))
            }
            p { (lang.tr("Summe der Auswahl: ", "Sum of the selection: ")) strong { (sums_text(&sums, lang)) } }
            div.form__actions {
                (parts::link_button(&list_address(bulk), lang.tr("Zurück zur Liste", "Back to the list")))
                @if finished > 0 { (parts::link_button(&format!("{here}/bericht"), lang.tr("Bericht (CSV)", "Report (CSV)")).download()) }
                @if !running && counts.done > 0 && bulk.undoes.is_none() && bulk.action.reverse().is_some() {
                    form.inline method="post" action={ (here) "/zurueck" } {
                        (parts::csrf_field(caller))
                        (parts::button(lang.tr("Rückgängig machen …", "Take back …")).secondary())
                    }
                }
            }
            @if bulk.action == Action::Order && counts.done > 0 {
                p.small.faint { (lang.tr("Belegnummern bleiben den Rechnungen auch nach einer Rücknahme.", "Voucher numbers stay with the invoices even if the order is taken back.")) }
            }
            @if !rows.is_empty() {
                (table(lang, &rows))
                (parts::pager(lang, &parts::Pager {
                    first: (from > 0).then(|| here.clone()),
                    previous: (from > 0).then(|| format!("{here}?ab={}", (from - ROWS).max(0))),
                    next: next.then(|| format!("{here}?ab={}", from + ROWS)),
                    shown: lang.tr(format!("{finished} von {total} Rechnungen"), format!("{finished} of {total} invoices")),
                }))
            }
        }
    };
    let frame = Page::new(bulk.action.name(lang))
        .section("register")
        .crumb(list_address(bulk), lang.tr("Rechnungen", "Invoices"));
    let mut response = page(caller, frame, body);
    if running {
        // Without JavaScript the browser looks again by itself.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("10"));
    }
    Ok(response)
}

fn verdict(lang: Lang, counts: Counts) -> Markup {
    let count = |number: i64| format::count(u64::try_from(number).unwrap_or(0), lang);
    let (done, refused) = (count(counts.done), count(counts.refused));
    let (tone, text) = match (counts.done, counts.refused) {
        (_, 0) => (Tone::Good, lang.tr(format!("Alle {done} erledigt"), format!("All {done} done"))),
        (0, _) => (
            Tone::Bad,
            lang.tr(format!("Keine erledigt, {refused} abgewiesen"), format!("None done, {refused} refused")),
        ),
        _ => (
            Tone::Careful,
            lang.tr(format!("{done} erledigt, {refused} abgewiesen"), format!("{done} done, {refused} refused")),
        ),
    };
    parts::notice(tone, &text, &html! {})
}

fn table(lang: Lang, rows: &[Outcome]) -> Markup {
    let rows = rows.iter().map(|row| {
        parts::Row::new([
            html! { a href={ "/rechnungen/" (row.invoice) } { (row.seller.as_deref().unwrap_or(&row.file_name)) } },
            html! { (row.number.as_deref().unwrap_or_default()) },
            html! { @if let Some(cents) = row.cents { (format::amount(cents, row.currency.as_deref().unwrap_or("EUR"), lang)) } },
            html! {
                @if row.done { (parts::badge(Tone::Good, lang.tr("erledigt", "done"))) }
                @else { (parts::badge(Tone::Bad, lang.tr("abgewiesen", "refused"))) " " span.small { (why(row, lang)) } }
            },
        ])
    });
    html! { (parts::table(lang, "outcomes", lang.tr("Ergebnis", "Outcome")).hide_caption()
    .columns([
        parts::Column::text(lang.tr("Rechnungssteller", "Seller")),
        parts::Column::text(lang.tr("Rechnungsnummer", "Invoice number")),
        parts::Column::number(lang.tr("Betrag", "Amount")),
        parts::Column::text(lang.tr("Ergebnis", "Outcome")),
    ])
    .rows(rows)) }
}

fn why(row: &Outcome, lang: Lang) -> &str {
    lang.tr(row.reason_de.as_deref(), row.reason_en.as_deref()).unwrap_or_default()
}

/// `GET /rechnungen/auswahl/{id}/bericht`
pub(super) async fn file(caller: Caller, Path(id): Path<String>) -> Answer {
    let bulk = own(&caller, &id).await?;
    let lang = caller.lang;
    let wanted = bulk.id.clone();
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::outcomes(tx, &wanted, 0, most).await })
    });
    let rows: Vec<Outcome> = read.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let head = lang.tr(
        ["Rechnungssteller", "Rechnungsnummer", "Betrag", "Währung", "Ergebnis", "Grund", "Rechnung"],
        ["Seller", "Invoice number", "Amount", "Currency", "Outcome", "Reason", "Invoice"],
    );
    let mut text = csv_file::MARK.to_owned();
    text.push_str(&csv_file::heading(&head.map(str::to_owned), lang));
    for row in &rows {
        let outcome = if row.done { lang.tr("erledigt", "done") } else { lang.tr("abgewiesen", "refused") };
        text.push_str(&csv_file::row(
            &[
                Cell::optional(row.seller.as_deref()),
                Cell::optional(row.number.as_deref()),
                row.cents.map_or(Cell::Empty, Cell::Cents),
                Cell::optional(row.currency.as_deref()),
                Cell::Text(outcome.to_owned()),
                Cell::Text(why(row, lang).to_owned()),
                Cell::Text(row.invoice.0.clone()),
            ],
            lang,
        ));
    }
    let name = lang.tr("sammelbericht.csv", "bulk-report.csv");
    Ok(crate::api::download(name, "text/csv; charset=utf-8", Body::from(text)))
}
