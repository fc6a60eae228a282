//! `/ablage`: how storage stands, and what can be ordered.
//!
//! Invariant: the page says plainly what is not protected.

use serde::Deserialize;
use vir_core::Text;
use vir_store::{Entry, Job, Tx, args};
use vir_web::parts::{self, Tone};
use vir_web::{Answer, AppError, Caller, Flash, Form, Markup, Page, format, html, page, redirect_with};

use super::SECTION;
use super::work::{RENEW, Report, SCRUB, report};
use crate::keep;
use crate::permissions::{PRESERVE, SEE};
use crate::settings;

const HERE: &str = "/ablage";

/// How it stands.
struct Standing {
    records: i64,
    waiting: i64,
    stamped: i64,
    documents: i64,
    bytes: i64,
    last_stamp: Option<String>,
    report: Option<Report>,
    /// Kinds of jobs that wait or run.
    at_work: Vec<String>,
}

const COUNTS: &str = "select count(*) as records, count(case when keep_due = $1 then 1 end) as waiting,
    count(case when version > 0 and stamped = version then 1 end) as stamped from archive_record where state <> 'deleted'";
const BYTES: &str =
    "select count(*) as documents, cast(coalesce(sum(size_bytes), 0) as bigint) as bytes from archive_document";
const AT_WORK: &str = "select kind from job where kind in ($1, $2, $3) and state in ('waiting', 'running')";

async fn standing(caller: &Caller) -> Result<Standing, AppError> {
    let read = caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let counts = tx.one(COUNTS, &args![true]).await?;
            let sizes = tx.one(BYTES, &[]).await?;
            let stamp = settings::read(tx, "stamped").await?;
            let stamp = stamp.and_then(|json| serde_json::from_str::<serde_json::Value>(&json).ok());
            let jobs = tx.all(AT_WORK, &args![SCRUB.kind, RENEW.kind, keep::STAMP.kind]).await?;
            Ok::<_, vir_store::Error>(Standing {
                records: counts.int("records")?,
                waiting: counts.int("waiting")?,
                stamped: counts.int("stamped")?,
                documents: sizes.int("documents")?,
                bytes: sizes.int("bytes")?,
                last_stamp: stamp.and_then(|stamp| stamp["at"].as_str().map(str::to_owned)),
                report: report(tx).await?,
                at_work: jobs.iter().map(|row| row.text("kind")).collect::<vir_store::Result<_>>()?,
            })
        })
    });
    Ok(read.await?)
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(PRESERVE)?;
    let (lang, config) = (caller.lang, &caller.app.config.archive);
    let standing = standing(&caller).await?;
    let number = |value: i64| format::count(value.unsigned_abs(), lang);
    let body = html! {
        @if config.replica.is_none() {
            (parts::notice(Tone::Careful, lang.tr("Keine Zweitkopie", "No second copy"), &html! { p {
                (lang.tr("Schäden werden gefunden, können aber nicht repariert werden. Richten Sie mit „[archive] replica“ eine Zweitkopie auf einem anderen Gerät ein.", "Damage is found, but cannot be repaired. Configure a second copy on another device with “[archive] replica”.")) } }))
        }
        @if config.time_stamps.is_empty() {
            (parts::notice(Tone::Careful, lang.tr("Kein Zeitstempeldienst", "No time-stamp service"), &html! { p {
                (lang.tr("Ohne „[archive] time_stamps“ entstehen keine Beweisnachweise. Für Beweiskraft nach eIDAS muss ein qualifizierter Dienst beauftragt werden.", "Without “[archive] time_stamps” no evidence is made. For the evidential value of eIDAS a qualified service has to be contracted.")) } }))
        }
        div.tiles {
            (parts::figure_tile(lang.tr("Akten", "Records"), &number(standing.records), None, caller.principal.may_anywhere(SEE).then_some("/akten")))
            (parts::figure_tile(lang.tr("Dokumente", "Documents"), &number(standing.documents), Some(&format::bytes(standing.bytes.unsigned_abs(), lang)), None))
            (parts::figure_tile(lang.tr("Werden geschrieben", "Being written"), &number(standing.waiting), None, None))
            (parts::figure_tile(lang.tr("Mit Beweisnachweis", "With evidence"), &number(standing.stamped), None, None))
        }
        div.stack {
            (parts::card(lang.tr("Zeitstempel", "Time stamps"), &html! {
                p { @match standing.last_stamp.as_deref().and_then(|at| at.parse().ok()) {
                    Some(at) => { (lang.tr("Zuletzt ", "Last ")) (format::time_element(at, lang)) }
                    None => { (lang.tr("Noch nie.", "Never yet.")) }
                } }
                (orders(&caller, &standing, &[
                    (keep::STAMP.kind, lang.tr("Neues jetzt stempeln", "Stamp what is new now")),
                    (RENEW.kind, lang.tr("Zeitstempel erneuern", "Renew the time stamps")),
                ], config.time_stamps.is_empty()))
                p.small.faint { (lang.tr("Erneuert wird, bevor der Hash oder die Signatur eines Zeitstempels schwach wird: ein Aufruf, gleich wie viele Akten. Den Wechsel des Hashverfahrens macht „vir archive renew --digest“ bei angehaltenem Server.", "Renewal comes before the hash or signature of a time stamp becomes weak: one call, however many records. Another hash algorithm comes with “vir archive renew --digest” while the server is stopped.")) }
            }))
            (parts::card(lang.tr("Prüfung des Speichers", "Check of storage"), &html! {
                (scrubbed(&caller, standing.report.as_ref()))
                (orders(&caller, &standing, &[(SCRUB.kind, lang.tr("Jetzt alles prüfen", "Check everything now"))], false))
            }))
        }
    };
    let frame = Page::new(lang.tr("Ablage und Beweiserhalt", "Storage and evidence")).section(SECTION);
    Ok(page(&caller, frame, body))
}

fn orders(caller: &Caller, standing: &Standing, all: &[(&str, &str)], barred: bool) -> Markup {
    let lang = caller.lang;
    html! {
        div.toolbar { @for (kind, label) in all {
            @if standing.at_work.iter().any(|one| one == kind) {
                (parts::badge(Tone::Info, &format!("{label}: {}", lang.tr("läuft", "running"))))
            } @else if !barred {
                form method="post" action="/ablage/auftrag" {
                    (parts::csrf_field(caller))
                    (parts::button(label).secondary().name_value("kind", kind))
                }
            }
        } }
    }
}

fn scrubbed(caller: &Caller, report: Option<&Report>) -> Markup {
    let lang = caller.lang;
    let Some(report) = report else {
        return html! { p { (lang.tr("Noch nie geprüft.", "Never checked yet.")) } };
    };
    let number = |value: u64| format::count(value, lang);
    let at = report.at.parse().ok();
    html! {
        p {
            @if report.damaged == 0 { (parts::badge(Tone::Good, lang.tr("alles heil", "all sound"))) }
            @else if report.damaged == report.repaired { (parts::badge(Tone::Careful, lang.tr("Schäden repariert", "damage repaired"))) }
            @else { (parts::badge(Tone::Bad, lang.tr("nicht reparierte Schäden", "damage not repaired"))) }
            " " @if let Some(at) = at { (format::time_element(at, lang)) }
        }
        (parts::definition_list(&[
            (lang.tr("Objekte", "Objects"), html! { (number(report.objects)) }),
            (lang.tr("Gelesen", "Read"), html! { (number(report.files)) " " (lang.tr("Dateien", "files")) ", " (format::bytes(report.bytes, lang)) }),
            (lang.tr("Schäden", "Damages"), html! { (number(report.damaged)) ", " (lang.tr("davon repariert", "of which repaired")) " " (number(report.repaired)) }),
        ]))
        @if !report.first.is_empty() {
            details { summary { (lang.tr("Was gefunden wurde", "What was found")) }
                ul { @for (de, en) in &report.first { li.break-words { (lang.tr(de, en)) } } }
            }
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Order {
    kind: String,
}

pub(super) async fn order(caller: Caller, Form(order): Form<Order>) -> Answer {
    caller.require_everywhere(PRESERVE)?;
    let known = [SCRUB.kind, RENEW.kind, keep::STAMP.kind].into_iter().find(|kind| *kind == order.kind);
    let kind = known
        .ok_or_else(|| AppError::bad_request(Text::new("Diesen Auftrag gibt es nicht.", "There is no such order.")))?;
    if kind != SCRUB.kind && caller.app.config.archive.time_stamps.is_empty() {
        let text = Text::new("Es ist kein Zeitstempeldienst eingerichtet.", "No time-stamp service is configured.");
        return Err(AppError::conflict(text));
    }
    let actor = caller.principal.actor();
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.enqueue(Job::now(kind, serde_json::json!({})).keyed(kind)).await?;
            let subject = "archive-depot".to_owned();
            tx.audit(Entry {
                actor,
                action: "archive.order".to_owned(),
                subject,
                detail: serde_json::json!({ "kind": kind }),
            });
            Ok::<_, vir_store::Error>(())
        })
    });
    done.await?;
    Ok(redirect_with(&caller, HERE, &Flash::info(caller.tr("Der Auftrag läuft.", "The order is at work."))))
}
