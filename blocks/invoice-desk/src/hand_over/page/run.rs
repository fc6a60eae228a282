//! Payment runs: the list, one run with its transfers, its file, and what the bank says.

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use serde::Deserialize;
use vir_core::{Lang, Text};
use vir_web::format::{amount, date_time, iso_date};
use vir_web::parts::{
    self, Column, Icon, Row, Tone, badge, button, card, definition_list, empty_state, file_drop, link_button, notice,
};
use vir_web::{Answer, App, AppError, Caller, Flash, Form, Markup, Page, Upload, html, page as frame, redirect_with};

use super::super::answer::{self, Applied};
use super::super::bank_report::{read_bank_report, reason_text};
use super::super::run::{self, Run, RunState, RunTransfer};
use super::{SECTION, decider, download, sections};
use crate::permissions::PAY;

/// The largest report of a bank that is taken.
const REPORT_BYTES: usize = 32 << 20;

fn tone(state: RunState) -> Tone {
    match state {
        RunState::Waiting => Tone::Careful,
        RunState::Made => Tone::Info,
        RunState::Sent => Tone::Neutral,
        RunState::Done => Tone::Good,
        RunState::Cancelled => Tone::Bad,
    }
}

/// All runs.
pub async fn list(caller: Caller) -> Answer {
    caller.require_anywhere(PAY)?;
    let lang = caller.lang;
    let principal = caller.principal.clone();
    let runs = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let mut seen = Vec::new();
                for found in run::runs(tx, 200, None).await? {
                    if run::visible(tx, &principal, &found.id).await.is_ok() {
                        seen.push(found);
                    }
                }
                Ok::<_, super::super::HandOverError>(seen)
            })
        })
        .await?;
    let table = parts::table(lang, "runs", lang.tr("Zahlungsläufe", "Payment runs"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Lauf", "Run")),
            Column::text(lang.tr("Stand", "State")),
            Column::text(lang.tr("Erstellt", "Made")),
            Column::text(lang.tr("Ausführung", "Execution")),
            Column::number(lang.tr("Überweisungen", "Transfers")),
            Column::number(lang.tr("Summe", "Sum")),
        ])
        .rows(runs.iter().map(|found| {
            Row::new([
                html! { a href={ "/uebergabe/laeufe/" (found.id) } { (found.message_id) } },
                badge(tone(found.state), found.state.title().get(lang)),
                html! { (date_time(found.created_at, lang)) ", " (found.created_by_name) },
                html! { (iso_date(&found.execution, lang)) },
                html! { (found.transfer_count) },
                html! { (amount(found.total_cents, "EUR", lang)) },
            ])
        }));
    let body = html! {
        (sections(&caller, "/uebergabe/laeufe"))
        @if runs.is_empty() {
            (empty_state(
                lang.tr("Noch kein Zahlungslauf", "No payment run yet"),
                lang.tr("Zahlungsläufe entstehen aus dem Zahlungsvorschlag.", "Payment runs are made from the payment proposal."),
                &html! { (link_button("/uebergabe", lang.tr("Zum Zahlungsvorschlag", "To the payment proposal"))) },
            ))
        } @else { (table) }
    };
    Ok(frame(&caller, Page::new(lang.tr("Zahlungsläufe", "Payment runs")).section(SECTION), body))
}

/// One run.
pub async fn page(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(PAY)?;
    let lang = caller.lang;
    let principal = caller.principal.clone();
    let (found, transfers) = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let found = run::visible(tx, &principal, &id).await?;
                let transfers = run::transfers(tx, &found.id).await?;
                Ok::<_, super::super::HandOverError>((found, transfers))
            })
        })
        .await?;
    let state = found.state.title();
    let mut entries = vec![
        (lang.tr("Stand", "State"), badge(tone(found.state), state.get(lang))),
        (lang.tr("Summe", "Sum"), html! { strong { (amount(found.total_cents, "EUR", lang)) } }),
        (lang.tr("Überweisungen", "Transfers"), html! { (found.transfer_count) }),
        (lang.tr("Ausführung am", "Execution on"), html! { (iso_date(&found.execution, lang)) }),
        (lang.tr("Von Konto", "From account"), html! { (found.account_name) ", " (found.account_iban) }),
        (lang.tr("Erstellt", "Made"), html! { (date_time(found.created_at, lang)) ", " (found.created_by_name) }),
    ];
    if let Some(name) = &found.released_by_name {
        entries.push((lang.tr("Freigegeben von", "Released by"), html! { (name) }));
    }
    if let Some(sent) = found.sent_at {
        entries.push((lang.tr("An die Bank", "To the bank"), html! { (date_time(sent, lang)) }));
    }
    let body = html! {
        (definition_list(&entries))
        (steps(&caller, &found))
        (transfer_table(lang, &transfers))
    };
    let page = Page::new(found.message_id.clone())
        .section(SECTION)
        .crumb("/uebergabe/laeufe", lang.tr("Zahlungsläufe", "Payment runs"));
    Ok(frame(&caller, page, body))
}

/// What can be done with a run as it stands.
fn steps(caller: &Caller, found: &Run) -> Markup {
    let lang = caller.lang;
    let at = |what: &str| format!("/uebergabe/laeufe/{}/{what}", found.id);
    let own = found.created_by == caller.principal.person.as_str();
    let cancel = html! {
        form method="post" action=(at("abbruch")) {
            (parts::csrf_field(caller))
            (parts::field(lang, "reason", lang.tr("Grund der Stornierung", "Reason for cancelling")).required().max_length(500))
            (button(lang.tr("Lauf stornieren", "Cancel run")).danger())
        }
    };
    html! {
        @match found.state {
            RunState::Waiting => {
                @if own {
                    (notice(Tone::Info, lang.tr("Eine zweite Person muss freigeben", "A second person has to release it"), &html! {}))
                } @else {
                    (parts::post_button(caller, &at("freigabe"), &button(lang.tr("Lauf freigeben", "Release run")).icon(Icon::Check)))
                }
                (card(lang.tr("Zurücknehmen", "Take back"), &cancel))
            }
            RunState::Made => {
                (card(lang.tr("1. Datei an die Bank geben", "1. Give the file to the bank"), &html! {
                    p { (lang.tr(
                        "Die Datei kann beliebig oft geladen werden; sie ist immer dieselbe. Die Bank erkennt sie an ihrer Kennung und führt sie nur einmal aus.",
                        "The file can be fetched as often as you like; it is always the same. The bank knows it by its id and executes it only once.",
                    )) }
                    (link_button(&at("datei"), lang.tr("Datei laden (pain.001)", "Fetch file (pain.001)")).primary().download().icon(Icon::Download))
                }))
                (card(lang.tr("2. Bestätigen", "2. Confirm"), &html! {
                    p { (lang.tr(
                        "Wenn die Datei bei der Bank ist. Danach kann der Lauf nicht mehr storniert werden.",
                        "When the bank has the file. After that the run cannot be cancelled any more.",
                    )) }
                    (parts::post_button(caller, &at("versand"), &button(lang.tr("Datei ist bei der Bank", "The bank has the file"))))
                }))
                (card(lang.tr("Oder zurücknehmen", "Or take back"), &cancel))
            }
            RunState::Sent => {
                (card(lang.tr("Rückmeldung", "Answer"), &html! {
                    p { (lang.tr(
                        "Statusbericht oder Kontoauszug der Bank einlesen, oder von Hand als bezahlt vermerken.",
                        "Read a status report or statement of the bank, or record the payment by hand.",
                    )) }
                    div.toolbar {
                        (link_button("/uebergabe/rueckmeldung", lang.tr("Rückmeldung einlesen", "Read answer")).icon(Icon::Upload))
                        (link_button(&at("datei"), lang.tr("Datei noch einmal laden", "Fetch file again")).quiet().download())
                        (parts::post_button(caller, &at("zahlung"), &button(lang.tr("Alle als bezahlt vermerken", "Record all as paid")).secondary()
                            .confirm(lang.tr("Alle offenen Überweisungen dieses Laufs als bezahlt vermerken?", "Record all open transfers of this run as paid?"))))
                    }
                }))
            }
            RunState::Done => {
                (link_button(&at("datei"), lang.tr("Datei laden (pain.001)", "Fetch file (pain.001)")).download().icon(Icon::Download))
            }
            RunState::Cancelled => {}
        }
    }
}

fn transfer_state(lang: Lang, transfer: &RunTransfer) -> Markup {
    let (tone, text) = match transfer.state.as_str() {
        "accepted" => (Tone::Info, lang.tr("Angenommen", "Accepted")),
        "paid" => (Tone::Good, lang.tr("Bezahlt", "Paid")),
        "rejected" => (Tone::Bad, lang.tr("Nicht ausgeführt", "Not executed")),
        "returned" => (Tone::Bad, lang.tr("Zurückgekommen", "Sent back")),
        "cancelled" => (Tone::Neutral, lang.tr("Storniert", "Cancelled")),
        _ => (Tone::Neutral, lang.tr("Offen", "Open")),
    };
    let reason = transfer.reason.as_deref().map(reason_text);
    html! {
        (badge(tone, text))
        @if let Some(day) = &transfer.paid_on { " " (iso_date(day, lang)) }
        @if let Some(reason) = reason { p.hint { (reason.get(lang)) " " (transfer.reason_words.as_deref().unwrap_or_default()) } }
    }
}

fn transfer_table(lang: Lang, transfers: &[RunTransfer]) -> Markup {
    let table = parts::table(lang, "transfers", lang.tr("Überweisungen", "Transfers"))
        .columns([
            Column::text(lang.tr("Kennung", "Id")),
            Column::text(lang.tr("Empfänger", "Payee")),
            Column::text(lang.tr("Verwendungszweck", "Remittance")),
            Column::text(lang.tr("Rechnungen", "Invoices")),
            Column::text(lang.tr("Stand", "State")),
            Column::number(lang.tr("Betrag", "Amount")),
        ])
        .rows(transfers.iter().map(|transfer| {
            Row::new([
                html! { (transfer.end_to_end_id) },
                html! { (transfer.creditor) br; span.iban { (transfer.iban) } },
                html! { (transfer.remittance) },
                html! { @for (index, (id, number)) in transfer.invoices.iter().enumerate() {
                    @if index > 0 { ", " } a href={ "/rechnungen/" (id) } { (number) }
                } },
                transfer_state(lang, transfer),
                html! { (amount(transfer.cents, "EUR", lang)) },
            ])
        }));
    html! { (table) }
}

/// The file.
pub async fn file(Shared(app): Shared<App>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(PAY)?;
    let principal = caller.principal.clone();
    let (found, bytes) = app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::file(tx, &principal, &id).await }))
        .await?;
    Ok(download(&found.file_name(), "application/xml", bytes))
}

/// The second person releases.
pub async fn release(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    let principal = caller.principal.clone();
    let to = format!("/uebergabe/laeufe/{id}");
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::release(tx, &principal, &id).await }))
        .await;
    answer_to(&caller, &to, done, Text::new("Der Lauf ist freigegeben.", "The run is released."))
}

/// The bank has it.
pub async fn sent(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    let principal = caller.principal.clone();
    let to = format!("/uebergabe/laeufe/{id}");
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { run::mark_sent(tx, &principal, &id).await }))
        .await;
    answer_to(
        &caller,
        &to,
        done,
        Text::new("Vermerkt: Die Datei ist bei der Bank.", "Recorded: the bank has the file."),
    )
}

/// A form without fields of its own.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Nothing {}

/// Why a run is taken back.
#[derive(Debug, Clone, Deserialize)]
pub struct Reason {
    #[serde(default)]
    reason: String,
}

/// Takes a run back.
pub async fn cancel(caller: Caller, Path(id): Path<String>, Form(form): Form<Reason>) -> Answer {
    let decider = decider(&caller).await?;
    let to = format!("/uebergabe/laeufe/{id}");
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { run::cancel(tx, &decider, &id, &form.reason).await })
        })
        .await;
    let text = Text::new(
        "Der Lauf ist storniert, die Rechnungen sind wieder angeordnet. Die Datei darf nicht mehr verwendet werden.",
        "The run is cancelled, its invoices are ordered again. The file must not be used any more.",
    );
    answer_to(&caller, &to, done, text)
}

/// All of it is paid.
pub async fn paid(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    let decider = decider(&caller).await?;
    let to = format!("/uebergabe/laeufe/{id}");
    let day = crate::day_of(caller.app.now()).to_string();
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { answer::mark_paid(tx, &decider, &id, None, &day).await })
        })
        .await
        .map(|_| ());
    answer_to(&caller, &to, done, Text::new("Als bezahlt vermerkt.", "Recorded as paid."))
}

fn answer_to(caller: &Caller, to: &str, done: Result<(), super::super::HandOverError>, good: Text) -> Answer {
    match done {
        Ok(()) => Ok(redirect_with(caller, to, &Flash::good(good.get(caller.lang)))),
        Err(super::super::HandOverError::Store(error)) => Err(AppError::internal(error)),
        Err(super::super::HandOverError::NotFound(what)) => Err(AppError::not_found(what)),
        Err(error) => Ok(redirect_with(caller, to, &Flash::bad(error.text().get(caller.lang)))),
    }
}

/// Where a report is handed in.
pub async fn report_form(caller: Caller) -> Answer {
    caller.require_anywhere(PAY)?;
    let lang = caller.lang;
    Ok(frame(&caller, report_page(lang), report_body(&caller, None)))
}

fn report_page(lang: Lang) -> Page {
    Page::new(lang.tr("Rückmeldung der Bank", "Answer of the bank")).section(SECTION)
}

fn report_body(caller: &Caller, applied: Option<&Applied>) -> Markup {
    let lang = caller.lang;
    html! {
        (sections(caller, "/uebergabe/rueckmeldung"))
        @if let Some(applied) = applied {
            (notice(
                if applied.remarks.is_empty() && applied.rejected == 0 { Tone::Good } else { Tone::Careful },
                lang.tr("Eingelesen", "Read"),
                &html! {
                    ul {
                        li { (applied.paid) " " (lang.tr("bezahlt", "paid")) }
                        li { (applied.accepted) " " (lang.tr("von der Bank angenommen", "accepted by the bank")) }
                        li { (applied.rejected) " " (lang.tr("nicht ausgeführt; die Rechnungen sind wieder angeordnet", "not executed; their invoices are ordered again")) }
                        li { (applied.known) " " (lang.tr("schon bekannt", "known already")) }
                        li { (applied.foreign) " " (lang.tr("ohne Bezug zu unseren Überweisungen", "not about transfers of ours")) }
                    }
                    @for remark in &applied.remarks { p { strong { (remark.get(lang)) } } }
                },
            ))
        }
        form method="post" action="/uebergabe/rueckmeldung" enctype="multipart/form-data" {
            (parts::csrf_field(caller))
            (file_drop(lang, "file", lang.tr("Datei der Bank", "File of the bank"))
                .hint(lang.tr(
                    "Statusbericht (pain.002) oder Umsätze (camt.052, camt.053, camt.054) als XML.",
                    "Status report (pain.002) or bookings (camt.052, camt.053, camt.054) as XML.",
                ))
                .accept(".xml,application/xml,text/xml"))
            (button(lang.tr("Einlesen", "Read")))
        }
    }
}

/// Reads a report and applies it.
pub async fn report(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_anywhere(PAY)?;
    let decider = decider(&caller).await?;
    let mut bytes = Bytes::new();
    while let Some(field) = upload.next().await? {
        if field.name() == Some("file") {
            bytes = field.bytes().await.map_err(|error| vir_web::upload_error(&error))?;
        }
    }
    let applied = apply(&caller, decider, bytes).await?;
    Ok(frame(&caller, report_page(caller.lang), report_body(&caller, Some(&applied))))
}

/// Reads and applies a report that somebody hands in.
pub(in super::super) async fn apply(
    caller: &Caller,
    decider: crate::workflow::decide::Decider,
    bytes: Bytes,
) -> Result<Applied, AppError> {
    if bytes.len() > REPORT_BYTES {
        return Err(AppError::too_large(REPORT_BYTES as u64));
    }
    let app = &caller.app;
    let copy = bytes.clone();
    let read = tokio::task::spawn_blocking(move || read_bank_report(&copy)).await.map_err(AppError::internal)?;
    let report = read.map_err(|error| AppError::bad_request(error.text()))?;
    let tenant = &caller.principal.tenant;
    let blob = app.store.blobs().put(tenant, bytes).await.map_err(AppError::internal)?;
    let applied = app
        .store
        .write(tenant, move |tx| Box::pin(async move { answer::apply(tx, &decider, &report, blob.as_str()).await }))
        .await?;
    Ok(applied)
}
