//! The report on a seal as part of a page: the verdict, what the seal is worth and why, each step, each file.
//!
//! Invariant: a seal is called qualified only where whoever verifies has said whom to trust.

use vir_archive::certificate::path::Judgement;
use vir_archive::evidence::verify::Verdict;
use vir_archive::scan::class::Seal;
use vir_archive::seal::submission::{Judged, Scans};
use vir_archive::seal::{Finding, Report, Step};
use vir_core::{Lang, Severity};
use vir_web::parts::{Row, Tone, badge, definition_list, notice};
use vir_web::{Markup, html};

use super::report::{files_table, steps_table, time};

/// One seal.
pub fn one(lang: Lang, number: usize, judged: &Judged) -> Markup {
    let report = &judged.report;
    let heading = format!("seal-{number}");
    html! {
        section.card aria-labelledby=(heading) {
            h2.card__title id=(heading) { (judged.name) }
            (verdict(lang, judged))
            (definition_list(&facts(lang, judged)))
            (steps(lang, number, report))
            @if let Some(scans) = &judged.scans { (files(lang, number, scans)) }
        }
    }
}

fn verdict(lang: Lang, judged: &Judged) -> Markup {
    let report = &judged.report;
    let unknown = judged.scans.as_ref().is_some_and(|scans| !scans.unknown.is_empty());
    match report.verdict {
        Verdict::Valid if unknown => notice(
            Tone::Bad,
            lang.tr(
                "Das Siegel ist gültig, deckt aber nicht alle Dateien",
                "The seal is valid, but does not cover all files",
            ),
            &html! { p { (lang.tr("Welche nicht, steht unten.", "Which it does not cover is said below.")) } },
        ),
        Verdict::Valid => notice(
            Tone::Good,
            lang.tr("Das Siegel ist gültig", "The seal is valid"),
            &html! {
                p { (report.level_text().get(lang)) "." }
                @if report.level < Seal::Qualified && matches!(report.path, Judgement::NotJudged) {
                    p { (lang.tr(
                        "Ob es ein qualifiziertes ist, wurde nicht beurteilt; dafür fehlen vertrauenswürdige Zertifikate.",
                        "Whether it is a qualified one was not judged; that needs trusted certificates.",
                    )) }
                }
            },
        ),
        Verdict::Invalid => notice(
            Tone::Bad,
            lang.tr("Das Siegel ist nicht gültig", "The seal is not valid"),
            &html! { p { (lang.tr("Woran es liegt, steht bei den Schritten.", "The steps below say why.")) } },
        ),
    }
}

fn facts(lang: Lang, judged: &Judged) -> Vec<(&'static str, Markup)> {
    let report = &judged.report;
    let mut facts = vec![
        (lang.tr("Form", "Form"), html! { (report.form.name()) }),
        (lang.tr("Gesiegelte Datei", "Sealed file"), html! { (judged.content.as_deref().unwrap_or("–")) }),
    ];
    if let (Some(signer), Some(issuer)) = (&report.signer, &report.issuer) {
        facts.push((lang.tr("Siegel von", "Seal of"), html! { (signer) }));
        facts.push((lang.tr("Zertifikat ausgestellt von", "Certificate issued by"), html! { (issuer) }));
    }
    if let Some(statements) = &report.statements {
        let says = [
            (statements.compliance, "QcCompliance"),
            (statements.device, "QcSSCD"),
            (statements.purposes.contains(&vir_archive::seal::qualified::Purpose::Seal), "QcType eseal"),
        ];
        let said: Vec<&str> = says.iter().filter(|(holds, _)| *holds).map(|(_, name)| *name).collect();
        facts.push((
            lang.tr("Das Zertifikat sagt von sich", "The certificate says of itself"),
            html! { (said.join(", ")) },
        ));
    }
    if let Some(at) = report.signing_time {
        facts.push((lang.tr("Nach eigener Angabe von", "By its own word of"), html! { (time(lang, at)) }));
    }
    for stamp in &report.stamps {
        facts.push((
            lang.tr("Zeitstempel", "Time stamp"),
            html! {
                (time(lang, stamp.time)) ", " (stamp.service.as_deref().unwrap_or("–"))
            },
        ));
    }
    facts.push((lang.tr("Geprüft zum", "Verified as of"), html! { (time(lang, report.at)) }));
    facts
}

fn steps(lang: Lang, number: usize, report: &Report) -> Markup {
    let is_readable = report.digest.is_some();
    let rows = Step::ALL.into_iter().map(|step| {
        let findings: Vec<&Finding> = report.findings.iter().filter(|one| one.0.step() == step).collect();
        let (tone, word) = match findings.iter().map(|one| one.0.severity()).max() {
            Some(Severity::Error) => (Tone::Bad, lang.tr("nicht in Ordnung", "not in order")),
            Some(Severity::Warning) => (Tone::Careful, lang.tr("mit Hinweis", "with a remark")),
            _ if step == Step::TimeStamp && report.stamps.is_empty() => (Tone::Neutral, lang.tr("keiner", "none")),
            Some(_) => (Tone::Neutral, lang.tr("nicht beurteilt", "not judged")),
            None if !is_readable => (Tone::Neutral, lang.tr("nicht erreicht", "not reached")),
            None => (Tone::Good, lang.tr("in Ordnung", "in order")),
        };
        let said = html! {
            @if !findings.is_empty() {
                ul { @for finding in findings { li {
                    (finding.0.message().get(lang)) " " span.small.faint { "(" (finding.0.clause()) ")" }
                } } }
            }
        };
        Row::new([html! { (step.name().get(lang)) }, badge(tone, word), said])
    });
    steps_table(lang, format!("seal-steps-{number}"), rows)
}

fn files(lang: Lang, number: usize, scans: &Scans) -> Markup {
    let all = [
        (&scans.unknown, Tone::Bad, lang.tr("nicht gedeckt", "not covered")),
        (
            &scans.named,
            Tone::Good,
            lang.tr("unverändert, im Transfervermerk genannt", "unchanged, named by the transfer note"),
        ),
        (
            &scans.absent,
            Tone::Neutral,
            lang.tr("im Transfervermerk genannt, liegt nicht vor", "named by the transfer note, not at hand"),
        ),
    ];
    let rows =
        all.into_iter().flat_map(|(names, tone, word)| names.iter().map(move |name| (name.as_str(), tone, word)));
    let rows: Vec<_> = rows.collect();
    let caption = lang.tr("Dateien nach dem Transfervermerk", "Files by the transfer note");
    files_table(lang, format!("seal-files-{number}"), caption, rows.into_iter())
}
