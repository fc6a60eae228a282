//! The report on a record: the verdict first, then since when, the time stamps, and what each step found.

use std::fmt::Write as _;

use vir_archive::certificate::path::Judgement;
use vir_archive::evidence::finding::{Finding, Step};
use vir_archive::evidence::submission::{FileState, Judged};
use vir_archive::evidence::verify::{Report, Verdict};
use vir_core::Severity;

use crate::language::{language, say};
use crate::terminal::{Style, Terminal, printable};

/// One line of JSON.
pub fn json(one: &Judged) -> String {
    format!("{}\n", serde_json::json!(one))
}

/// For people.
pub fn readable(one: &Judged, terminal: Terminal) -> String {
    let mut out = String::new();
    let report = &one.report;
    let (style, mark, word) = match report.verdict {
        Verdict::Valid => (Style::Good, "✓", say("gültig", "valid")),
        Verdict::Invalid => (Style::Bad, "✗", say("nicht gültig", "not valid")),
    };
    let verdict = terminal.paint(style, &format!("{mark} {word}"));
    _ = writeln!(out, "{verdict}  {}", terminal.paint(Style::Strong, &printable(&one.name)));
    if let Some(syntax) = report.syntax {
        let syntax = match syntax {
            vir_archive::evidence::record::Syntax::Asn1 => "RFC 4998",
            vir_archive::evidence::record::Syntax::Xml => "RFC 6283",
        };
        let objects: Vec<String> = report.objects.iter().map(|name| printable(name)).collect();
        _ = writeln!(out, "  {syntax}, {}: {}", say("Daten", "data"), objects.join(", "));
    }
    if let (Verdict::Valid, Some(existed)) = (report.verdict, report.existed) {
        let text = say("Die Daten sind unverändert seit", "The data is unchanged since");
        _ = writeln!(out, "  {text} {existed}.");
    }
    for stamp in &report.time_stamps {
        let place = stamp.place.name();
        let time = stamp.time.map_or_else(|| "?".to_owned(), |time| time.to_string());
        let mut parts = vec![time];
        parts.extend(stamp.digest.map(|digest| digest.name().to_owned()));
        parts.extend(stamp.signature.clone());
        parts.extend(stamp.service.as_deref().map(printable));
        if let Judgement::Trusted { names, .. } = &stamp.path {
            let anchor = names.last().map(|name| printable(name)).unwrap_or_default();
            parts.push(format!("{} „{anchor}“", say("Pfad bis", "path to")));
        }
        _ = writeln!(out, "  {}: {}", place.get(language()), parts.join(", "));
    }
    steps(&mut out, report, terminal);
    if let Some(listed) = &one.files {
        for (path, state) in listed.files.iter().filter(|(_, state)| *state != FileState::Covered) {
            _ = writeln!(out, "    {}: {}", printable(path), state.name().get(language()));
        }
    }
    out.push('\n');
    out
}

/// Every step with its findings; a step without is in order.
fn steps(out: &mut String, report: &Report, terminal: Terminal) {
    for step in Step::ALL {
        let findings: Vec<&Finding> = report.findings.iter().filter(|one| one.reason.step() == step).collect();
        let worst = findings.iter().map(|one| one.reason.severity()).max();
        // Where nothing could be read, no step was taken.
        if report.syntax.is_none() && worst.is_none() {
            continue;
        }
        let (style, mark) = match worst {
            Some(Severity::Error) => (Style::Bad, "✗"),
            Some(Severity::Warning) => (Style::Careful, "!"),
            _ => (Style::Good, "✓"),
        };
        let name = step.name();
        let not_judged = findings.iter().any(|one| one.reason.id() == "path-not-judged");
        let mark = if not_judged && worst == Some(Severity::Information) {
            terminal.paint(Style::Faint, "–")
        } else {
            terminal.paint(style, mark)
        };
        _ = writeln!(out, "  {mark} {}", name.get(language()));
        for finding in findings {
            let text = printable(finding.reason.message().get(language()));
            let place = finding.place.name();
            terminal.wrap(out, 6, &format!("{text} ({}; {})", place.get(language()), finding.clause()), None);
        }
    }
}
