//! The report on one record as part of a page: the verdict, since when, each step with what it found, each time stamp,
//! each file.
//!
//! Invariant: all seven steps are shown, those without findings as well.

use vir_archive::certificate::path::Judgement;
use vir_archive::evidence::finding::{Finding, Step};
use vir_archive::evidence::record::Syntax;
use vir_archive::evidence::submission::{FileState, Judged, Listed};
use vir_archive::evidence::verify::{Report, Verdict};
use vir_archive::moment::Moment;
use vir_core::{Lang, Severity};
use vir_web::parts::{self, Column, Row, Tone, badge, definition_list, notice};
use vir_web::{Markup, html};

/// Rows of one table; what is beyond is counted.
const MOST_ROWS: usize = 500;

/// One record.
pub fn one(lang: Lang, number: usize, judged: &Judged) -> Markup {
    let report = &judged.report;
    let heading = format!("record-{number}");
    html! {
        section.card aria-labelledby=(heading) {
            h2.card__title id=(heading) { (judged.name) }
            (verdict(lang, report))
            (definition_list(&facts(lang, report)))
            (steps(lang, number, report))
            @if !report.time_stamps.is_empty() { (stamps(lang, number, report)) }
            @if let Some(listed) = &judged.files { (files(lang, number, listed)) }
        }
    }
}

fn verdict(lang: Lang, report: &Report) -> Markup {
    let unjudged = report.findings.iter().any(|finding| finding.reason.id() == "path-not-judged");
    match report.verdict {
        Verdict::Valid => notice(
            Tone::Good,
            lang.tr("Der Nachweis ist gültig", "The record is valid"),
            &html! {
                @if let Some(existed) = report.existed {
                    p { (lang.tr("Die Daten sind unverändert seit ", "The data has been unchanged since ")) strong { (time(lang, existed)) } "." }
                }
                @if unjudged {
                    p { (lang.tr(
                        "Nicht beurteilt wurde, ob die Zeitstempel von einem vertrauenswürdigen Dienst stammen; dafür fehlen vertrauenswürdige Zertifikate.",
                        "It was not judged whether the time stamps come from a trusted service; that needs trusted certificates.",
                    )) }
                }
            },
        ),
        Verdict::Invalid => notice(
            Tone::Bad,
            lang.tr("Der Nachweis ist nicht gültig", "The record is not valid"),
            &html! { p { (lang.tr("Woran es liegt, steht bei den Schritten.", "The steps below say why.")) } },
        ),
    }
}

fn facts(lang: Lang, report: &Report) -> Vec<(&'static str, Markup)> {
    let mut facts = Vec::new();
    if let Some(syntax) = report.syntax {
        let syntax = match syntax {
            Syntax::Asn1 => "RFC 4998 (ASN.1)",
            Syntax::Xml => "RFC 6283 (XML)",
        };
        facts.push((lang.tr("Form", "Form"), html! { (syntax) }));
    }
    if !report.objects.is_empty() {
        let beyond = report.objects.len().saturating_sub(20);
        let names = html! {
            (report.objects.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", "))
            @if beyond > 0 { " " (lang.tr("und weitere", "and more")) ": " (beyond) }
        };
        facts.push((lang.tr("Geprüft für", "Verified for"), names));
    }
    facts.push((lang.tr("Geprüft zum", "Verified as of"), html! { (time(lang, report.at)) }));
    facts
}

fn steps(lang: Lang, number: usize, report: &Report) -> Markup {
    let rows = Step::ALL.into_iter().map(|step| {
        let findings: Vec<&Finding> = report.findings.iter().filter(|one| one.reason.step() == step).collect();
        let worst = findings.iter().map(|one| one.reason.severity()).max();
        let unjudged = findings.iter().any(|one| one.reason.id() == "path-not-judged");
        let (tone, word) = match worst {
            Some(Severity::Error) => (Tone::Bad, lang.tr("nicht in Ordnung", "not in order")),
            Some(Severity::Warning) => (Tone::Careful, lang.tr("mit Hinweis", "with a remark")),
            _ if unjudged => (Tone::Neutral, lang.tr("nicht beurteilt", "not judged")),
            // Where nothing could be read, no step was taken.
            None if report.syntax.is_none() => (Tone::Neutral, lang.tr("nicht erreicht", "not reached")),
            _ => (Tone::Good, lang.tr("in Ordnung", "in order")),
        };
        let beyond = findings.len().saturating_sub(MOST_ROWS);
        let said = html! {
            @if !findings.is_empty() {
                ul { @for finding in findings.iter().take(MOST_ROWS) { li {
                    (finding.reason.message().get(lang)) " "
                    span.small.faint { "(" (finding.place.name().get(lang)) "; " (finding.clause()) ")" }
                } } }
            }
            @if beyond > 0 { p { (lang.tr("Weitere", "More")) ": " (beyond) } }
        };
        Row::new([html! { (step.name().get(lang)) }, badge(tone, word), said])
    });
    steps_table(lang, format!("steps-{number}"), rows)
}

/// The steps of a verification.
pub(super) fn steps_table(lang: Lang, id: String, rows: impl Iterator<Item = Row>) -> Markup {
    html! {
        (parts::table(lang, id, lang.tr("Schritte der Prüfung", "Steps of the verification")).columns([
            Column::text(lang.tr("Schritt", "Step")),
            Column::text(lang.tr("Ergebnis", "Result")),
            Column::text(lang.tr("Was gefunden wurde", "What was found")),
        ]).rows(rows))
    }
}

fn stamps(lang: Lang, number: usize, report: &Report) -> Markup {
    let rows = report.time_stamps.iter().take(MOST_ROWS).map(|stamp| {
        let path = match &stamp.path {
            Judgement::NotJudged => lang.tr("nicht beurteilt", "not judged").to_owned(),
            Judgement::Trusted { names, .. } => names.join(" → "),
            Judgement::Broken(why) => why.get(lang).to_owned(),
        };
        Row::new([
            html! { (stamp.place.name().get(lang)) },
            html! { @match stamp.time { Some(at) => { (time(lang, at)) } None => { "–" } } },
            html! { (stamp.service.as_deref().unwrap_or("–")) },
            html! {
                (stamp.digest.map_or("–", |digest| digest.name()))
                @if let Some(signature) = &stamp.signature { ", " (signature) }
            },
            html! { (path) },
        ])
    });
    html! {
        (parts::table(lang, format!("stamps-{number}"), lang.tr("Zeitstempel", "Time stamps")).columns([
            Column::text(lang.tr("Wo", "Where")),
            Column::text(lang.tr("Ausgestellt", "Issued")),
            Column::text(lang.tr("Dienst", "Service")),
            Column::text(lang.tr("Algorithmen", "Algorithms")),
            Column::text(lang.tr("Zertifikatspfad", "Certificate path")),
        ]).rows(rows).scrolls())
    }
}

fn files(lang: Lang, number: usize, listed: &Listed) -> Markup {
    let mut ordered: Vec<&(String, FileState)> = listed.files.iter().collect();
    // What somebody has to know comes first.
    ordered.sort_by_key(|(_, state)| match state {
        FileState::Changed => 0,
        FileState::Absent => 1,
        FileState::NotCovered => 2,
        FileState::Covered => 3,
    });
    let files = ordered.into_iter().map(|(path, state)| {
        let tone = match state {
            FileState::Covered => Tone::Good,
            FileState::Changed => Tone::Bad,
            FileState::Absent | FileState::NotCovered => Tone::Neutral,
        };
        let name = state.name();
        (path.as_str(), tone, lang.tr(name.de, name.en))
    });
    let caption = lang.tr("Dateien nach dem Bestandsverzeichnis", "Files by the inventory");
    files_table(lang, format!("files-{number}"), caption, files)
}

/// Files with their states; what is beyond is counted.
pub(super) fn files_table<'f, S: AsRef<str>>(
    lang: Lang,
    id: String,
    caption: &str,
    files: impl ExactSizeIterator<Item = (&'f str, Tone, S)>,
) -> Markup {
    let beyond = files.len().saturating_sub(MOST_ROWS);
    let rows =
        files.take(MOST_ROWS).map(|(path, tone, state)| Row::new([html! { (path) }, badge(tone, state.as_ref())]));
    html! {
        (parts::table(lang, id, caption).columns([
            Column::text(lang.tr("Datei", "File")),
            Column::text(lang.tr("Stand", "State")),
        ]).rows(rows))
        @if beyond > 0 { p { (lang.tr("Weitere Dateien", "More files")) ": " (beyond) } }
    }
}

/// A moment in the time of the page.
pub(super) fn time(lang: Lang, at: Moment) -> String {
    jiff::Timestamp::from_second(at.unix())
        .map_or_else(|_| at.to_string(), |time| vir_web::format::date_time(time, lang))
}
