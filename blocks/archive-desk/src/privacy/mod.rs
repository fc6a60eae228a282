//! `/auskunft`: what is kept about somebody, until when, by which rule, under which holds, and who has seen it (GDPR
//! Art. 15): as a page to print, and as CSV.
//!
//! Records are found by the people that they name; those in which a name merely stands somewhere are listed apart, since
//! people must judge whether they are about the same person.
//!
//! Invariant: the report has records of those units only in which the reader may ask; that it was made is noted with the
//! reader's name, and without the words.

mod csv;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use vir_archive::lifecycle::clocks::clocks;
use vir_archive::lifecycle::term::End;
use vir_archive::lifecycle::{RecordId, State};
use vir_auth::{Directory, PersonId, Principal};
use vir_core::Lang;
use vir_store::{Entry, Tx, Value, args};
use vir_web::parts::{self, Column, Icon, Row};
use vir_web::{Answer, App, AppError, Caller, Markup, Page, Query, format, html, page};

use crate::permissions::{REPORT, SEE_RESTRICTED};
use crate::records::{self, Loaded, OwnedLaw, Wanted};
use crate::{access, pages};

/// The section of the navigation.
pub const SECTION: &str = "report";
/// Records in one report.
const MOST: i64 = 1_000;

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new().route("/auskunft", get(show)).route("/auskunft/datei", get(file))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    person: String,
}

/// What is kept in one record.
struct Line {
    loaded: Loaded,
    /// Until when, for people.
    until: String,
    /// By which rule: what it says, and where it stands.
    rule: String,
    holds: Vec<String>,
    /// Who has seen it: whoever, how often, last when.
    seen: Vec<(String, i64, Timestamp)>,
}

/// The report.
struct Report {
    lines: Vec<Line>,
    /// Records in which the words stand, without naming the person.
    others: Vec<(String, String, String)>,
    /// Names that begin so.
    similar: Vec<String>,
    more: bool,
}

const SEEN: &str = "select actor, count(*) as times, max(at) as last from audit where subject = $1
    and action in ('archive.seen', 'archive.read', 'archive.handed-out') group by actor order by 3 desc limit 200";
async fn gather(tx: &mut Tx, principal: &Principal, person: &str, lang: Lang) -> vir_store::Result<Report> {
    let law = records::law(tx).await?;
    let today = records::day_of(tx.now());
    let mut args: Vec<Value> = Vec::new();
    let mine = access::among(&principal.units(REPORT), &mut args);
    let restricted = access::among(&principal.units(SEE_RESTRICTED), &mut args);
    args.push(Value::from(person));
    let name = args.len();
    args.push(Value::from(MOST + 1));
    let sql = format!(
        "select r.id as id from archive_subject s join archive_record r on r.id = s.record_id
         where s.subject = ${name} and {mine} and (confidentiality = 'open' or {restricted})
         order by r.id limit ${}",
        args.len()
    );
    let rows = tx.all(sql, &args).await?;
    let more = rows.len() as i64 > MOST;
    let mut lines = Vec::new();
    for row in rows.iter().take(MOST as usize) {
        let id = RecordId(row.text("id")?);
        if let Some(loaded) = records::load(tx, &id).await? {
            lines.push(line(tx, loaded, &law, today, lang).await?);
        }
    }
    let similar = similar(tx, principal, person).await?;
    let (_, plan) = records::plan(tx).await?;
    let wanted = Wanted { words: person.to_owned(), ..Wanted::default() };
    let found = records::find(tx, principal, &plan, &wanted).await?;
    let others = found.lines.into_iter().filter(|one| !lines.iter().any(|line| line.loaded.record.id.0 == one.id));
    let others = others.map(|one| (one.id, one.reference, one.title)).collect();
    Ok(Report { lines, others, similar, more })
}

/// Names that begin with the same letters, of people whom records of the reader's units name.
async fn similar(tx: &mut Tx, principal: &Principal, person: &str) -> vir_store::Result<Vec<String>> {
    let mut args: Vec<Value> = Vec::new();
    let mine = access::among(&principal.units(REPORT), &mut args);
    let restricted = access::among(&principal.units(SEE_RESTRICTED), &mut args);
    // Everything from the words on, and before their last possible follower.
    args.push(Value::from(person));
    args.push(Value::from(format!("{person}\u{10FFFF}")));
    let (from, to) = (args.len() - 1, args.len());
    let sql = format!(
        "select distinct s.subject as subject from archive_subject s join archive_record r on r.id = s.record_id
         where s.subject >= ${from} and s.subject < ${to} and {mine} and (confidentiality = 'open' or {restricted})
         order by 1 limit 20"
    );
    let rows = tx.all(sql, &args).await?;
    let names = rows.iter().map(|row| row.text("subject")).collect::<vir_store::Result<Vec<_>>>()?;
    Ok(names.into_iter().filter(|one| one != person).collect())
}

async fn line(
    tx: &mut Tx,
    loaded: Loaded,
    law: &OwnedLaw,
    today: vir_archive::lifecycle::Day,
    lang: Lang,
) -> vir_store::Result<Line> {
    let law_now = law.law();
    let times = clocks(&loaded.record, &law_now, today);
    let until = match times.retention {
        Some(End::On { day }) => format::iso_date(&day.to_string(), lang),
        Some(other) => other.text().get(lang).to_owned(),
        None => lang.tr("keine Regel", "no rule").to_owned(),
    };
    let rule = times
        .rule
        .and_then(|(entry, version)| {
            let rule = law.plan.entry(entry)?.retention.iter().find(|rule| rule.version == version)?;
            Some(format!("{entry}: {} ({})", pages::rule(rule, lang), rule.source))
        })
        .unwrap_or_else(|| "–".to_owned());
    let day = |day: vir_archive::lifecycle::Day| format::iso_date(&day.to_string(), lang);
    let holds = law_now.holds_of(&loaded.record, today).map(|hold| match hold.until {
        Some(until) => format!("{} ({} {})", hold.reason, lang.tr("bis", "until"), day(until)),
        None => hold.reason.clone(),
    });
    let holds = holds.collect();
    let rows = tx.all(SEEN, &args![format!("record/{}", loaded.record.id)]).await?;
    let seen = rows.iter().map(|row| Ok((row.text("actor")?, row.int("times")?, row.time("last")?)));
    let seen = seen.collect::<vir_store::Result<Vec<_>>>()?;
    Ok(Line { loaded, until, rule, holds, seen })
}

/// Gathers, and notes that it was done.
async fn report(caller: &Caller, person: &str) -> Result<Report, AppError> {
    let (principal, person, lang) = (caller.principal.clone(), person.to_owned(), caller.lang);
    let actor = caller.principal.actor();
    let work = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let report = gather(tx, &principal, &person, lang).await?;
            let detail = json!({ "records": report.lines.len() });
            tx.audit(Entry {
                actor,
                action: "archive.report".to_owned(),
                subject: "archive-report".to_owned(),
                detail,
            });
            Ok::<_, vir_store::Error>(report)
        })
    });
    Ok(work.await?)
}

fn tidy(person: &str) -> String {
    person.trim().chars().filter(|c| !c.is_control()).take(300).collect()
}

/// `person:…` as a name; everything else as it stands.
fn actor(directory: &Directory, actor: &str) -> String {
    let words = actor.split(' ').map(|word| match word.split_once(':') {
        Some(("person", id)) => directory.name_of(&PersonId::from(id)).to_owned(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

async fn show(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_anywhere(REPORT)?;
    let lang = caller.lang;
    let person = tidy(&asked.person);
    let report = if person.is_empty() { None } else { Some(report(&caller, &person).await?) };
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let body = html! {
        (parts::filter_bar(lang.tr("Person suchen", "Search a person"), "/auskunft", "results", &html! {
            (parts::search_field(lang, "person", lang.tr("Person", "Person")).value(&person)
                .hint(lang.tr("So wie sie in den Akten genannt ist.", "As the records name them.")))
            (parts::button(lang.tr("Auskunft erstellen", "Make the report")))
        }))
        div.stack id="results" { @if let Some(report) = &report { (shown(&caller, &person, report, &directory)) } }
    };
    let frame = Page::new(lang.tr("Auskunft", "Data-protection report")).section(SECTION).lead(lang.tr(
        "Was wird über eine Person aufbewahrt, bis wann, nach welcher Regel, und wer hat es gesehen (Art. 15 DSGVO)? Dass die Auskunft erstellt wurde, wird festgehalten.",
        "What is kept about a person, until when, by which rule, and who has seen it (GDPR Art. 15)? It is noted that the report was made.",
    ));
    Ok(page(&caller, frame, body))
}

fn shown(caller: &Caller, person: &str, report: &Report, directory: &Directory) -> Markup {
    let lang = caller.lang;
    let rows = report.lines.iter().map(|line| {
        let record = &line.loaded.record;
        let visible = access::may_see(&caller.principal, line.loaded.unit.as_deref(), line.loaded.confidentiality);
        Row::new([
            html! {
                @if visible { a href={ "/akten/" (record.id) } { (line.loaded.reference) } } @else { (line.loaded.reference) }
                br; (record.title) br; (pages::state_badge(record.state, lang))
                br; span.small.faint { (line.loaded.current().len()) " " (lang.tr("Dokumente", "documents")) }
            },
            html! { @if record.state == State::Deleted { "–" } @else { (line.until) } },
            html! { (line.rule) },
            html! { @if line.holds.is_empty() { "–" } @else { ul { @for hold in &line.holds { li { (hold) } } } } },
            html! {
                @if line.seen.is_empty() { "–" } @else {
                    ul { @for (who, times, last) in &line.seen { li {
                        (actor(directory, who)) ": " (times) "×, " (lang.tr("zuletzt", "last")) " " (format::date_time(*last, lang))
                    } } }
                }
            },
        ])
    });
    let download = format!("/auskunft/datei?person={}", vir_core::percent_encoded(person, "-_.~"));
    html! {
        h2 { (lang.tr("Auskunft über", "Report about")) " " (person) }
        p { (lang.tr("Stand", "As of")) ": " (format::date_time(caller.app.now(), lang)) }
        @if report.lines.is_empty() {
            p { (lang.tr("Keine Akte nennt diese Person.", "No record names this person.")) }
        } @else {
            (parts::table(lang, "report", lang.tr("Akten über diese Person", "Records about this person")).columns([
                Column::text(lang.tr("Akte", "Record")),
                Column::text(lang.tr("Aufbewahrt bis", "Kept until")),
                Column::text(lang.tr("Regel", "Rule")),
                Column::text(lang.tr("Sperren", "Holds")),
                Column::text(lang.tr("Gesehen von", "Seen by")),
            ]).rows(rows).loose())
            @if report.more { p { (lang.tr(format!("Gezeigt sind die ersten {MOST} Akten."), format!("The first {MOST} records are shown."))) } }
            (parts::toolbar(&html! { (parts::link_button(&download, lang.tr("Als CSV laden", "Fetch as CSV")).icon(Icon::Download).download()) }))
        }
        @if !report.others.is_empty() {
            section aria-labelledby="others" {
                h2 id="others" { (lang.tr("Der Name steht auch in", "The name also stands in")) }
                p { (lang.tr("Diese Akten nennen die Person nicht als Betroffene. Bitte prüfen Sie, ob sie gemeint ist.", "These records do not name the person as concerned. Please check whether they are meant.")) }
                ul { @for (id, reference, title) in &report.others { li { a href={ "/akten/" (id) } { (reference) } " " (title) } } }
            }
        }
        @if !report.similar.is_empty() {
            section aria-labelledby="similar" {
                h2 id="similar" { (lang.tr("Ähnliche Namen", "Similar names")) }
                ul { @for name in &report.similar { li { a href={ "/auskunft?person=" (vir_core::percent_encoded(name, "-_.~")) } { (name) } } } }
            }
        }
    }
}

async fn file(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_anywhere(REPORT)?;
    let lang = caller.lang;
    let person = tidy(&asked.person);
    let report = report(&caller, &person).await?;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let mut out = String::from(csv::MARK);
    csv::row(
        &mut out,
        &[
            lang.tr("Aktenzeichen", "Reference"),
            lang.tr("Betreff", "Title"),
            lang.tr("Stand", "State"),
            lang.tr("Aktenplan", "Plan"),
            lang.tr("Dokumente", "Documents"),
            lang.tr("Aufbewahrt bis", "Kept until"),
            lang.tr("Regel", "Rule"),
            lang.tr("Sperren", "Holds"),
            lang.tr("Gesehen von", "Seen by"),
        ],
    );
    for line in &report.lines {
        let record = &line.loaded.record;
        let seen = line.seen.iter().map(|(who, times, last)| {
            format!("{}: {times}×, {}", actor(&directory, who), format::date_time(*last, lang))
        });
        csv::row(
            &mut out,
            &[
                &line.loaded.reference,
                &record.title,
                record.state.name().get(lang),
                &record.entry.0,
                &line.loaded.current().len().to_string(),
                &line.until,
                &line.rule,
                &line.holds.join("; "),
                &seen.collect::<Vec<_>>().join("; "),
            ],
        );
    }
    Ok(attachment(out))
}

fn attachment(text: String) -> Response {
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"auskunft.csv\""));
    answer
}
