//! What the server did at night, when it does so next, and what it could not do.
//!
//! Invariant: nothing here shows a document or its name.

use maud::{Markup, html};
use vir_auth::ADMINISTER;
use vir_store::{Tx, job::dead};

use super::{Run, latest, next_due};
use crate::admin::{frame, tabs};
use crate::parts::{self, Column, Row, Tone};
use crate::{Answer, Caller, Ctx, format, page};

/// The address of the page.
pub(crate) const HERE: &str = "/verwaltung/betrieb";

pub(crate) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(ADMINISTER)?;
    let (lang, tenant) = (caller.lang, &caller.principal.tenant);
    let runs = latest(&caller.app, tenant, 30).await?;
    let next = next_due(&caller.app, tenant).await?;
    let given_up = caller.app.store.read(tenant, |tx: &mut Tx| Box::pin(async move { dead::list(tx).await })).await?;
    let body = html! {
        (tabs(&caller, &caller.principal, HERE))
        div.stack {
            p {
                (lang.tr(
                    "Nachts räumt der Server auf: Er vergisst, was niemand mehr braucht, entfernt Dateien ohne Eintrag und vergleicht Dokumente mit ihrer Prüfsumme. Rechnungen, Entscheidungen und das Protokoll bleiben.",
                    "At night the server tidies up: it forgets what nobody needs any more, removes files without an entry, and compares documents with their checksums. Invoices, decisions and the audit log stay.",
                ))
            }
            p {
                strong { (lang.tr("Nächster Lauf: ", "Next run: ")) }
                @match next {
                    Some(at) => (format::time_element(at, lang)),
                    None => (lang.tr("läuft gerade oder ist noch nicht geplant", "runs now, or is not planned yet")),
                }
            }
            @if runs.is_empty() {
                (parts::empty_state(lang.tr("Noch kein Lauf", "No run yet"), lang.tr("Der erste ist in der kommenden Nacht.", "The first one is in the coming night."), &html! {}))
            } @else { (table(&caller, &runs)) }
            h2 { (lang.tr("Aufgegebene Aufträge", "Jobs that were given up")) }
            @if given_up.is_empty() {
                p { (lang.tr("Keine: Alles, was im Hintergrund zu tun war, ist getan.", "None: everything that was to be done in the background is done.")) }
            } @else {
                (parts::table(lang, "jobs", lang.tr("Aufgegebene Aufträge", "Jobs that were given up")).hide_caption().columns([
                    Column::text(lang.tr("Art", "Kind")),
                    Column::text(lang.tr("Seit", "Since")),
                    Column::number(lang.tr("Versuche", "Attempts")),
                    Column::text(lang.tr("Grund", "Reason")),
                ]).rows(given_up.iter().map(|job| Row::new([
                    html! { code { (job.kind) } },
                    format::time_element(job.created_at, lang),
                    html! { (job.attempts) },
                    html! { (job.last_error) },
                ]))))
            }
        }
    };
    Ok(page(&caller, frame(lang.tr("Betrieb", "Operation")), body))
}

fn table(ctx: &Ctx, runs: &[Run]) -> Markup {
    let lang = ctx.lang;
    html! { (parts::table(lang, "runs", lang.tr("Letzte Läufe", "Latest runs")).columns([
        Column::text(lang.tr("Begonnen", "Begun")),
        Column::text(lang.tr("Ergebnis", "Result")),
        Column::text(lang.tr("Dokumente", "Documents")),
        Column::text(lang.tr("Vergessen", "Forgotten")),
    ]).rows(runs.iter().map(|run| Row::new([
        format::time_element(run.started_at, lang),
        result(ctx, run),
        documents(ctx, run),
        html! {
            @if run.report.forgotten.is_empty() { "–" } @else {
                ul.plain { @for (de, en, count) in &run.report.forgotten {
                    li.small { (lang.tr(de, en)) ": " (format::count(*count, lang)) }
                } }
            }
        },
    ])))) }
}

fn result(ctx: &Ctx, run: &Run) -> Markup {
    let (lang, report) = (ctx.lang, &run.report);
    html! {
        @if report.is_good() { (parts::badge(Tone::Good, lang.tr("in Ordnung", "all well"))) } @else {
            (parts::badge(Tone::Bad, lang.tr("bitte ansehen", "please look")))
            ul.plain {
                @for id in &report.damaged { li.small { (lang.tr("verändert: ", "changed: ")) code { (id) } } }
                @for id in &report.missing { li.small { (lang.tr("fehlt: ", "missing: ")) code { (id) } } }
                @for reason in &report.failed { li.small { (reason) } }
            }
        }
    }
}

fn documents(ctx: &Ctx, run: &Run) -> Markup {
    let (lang, report) = (ctx.lang, &run.report);
    html! {
        @match report.read {
            Some(read) => { (format::count(read, lang)) " " (lang.tr("gelesen und verglichen", "read and compared")) }
            None => (lang.tr("nicht an der Reihe", "not their turn")),
        }
        @if report.removed > 0 {
            br; (format::count(report.removed, lang)) " " (lang.tr("ohne Eintrag entfernt", "without an entry removed"))
        }
    }
}
