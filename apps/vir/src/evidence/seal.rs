//! `vir evidence verify` for a seal: whose it is, what it is worth, and which files it covers.

use std::fmt::Write as _;

use anyhow::Result;
use vir_archive::certificate::path::Judgement;
use vir_archive::evidence;
use vir_archive::evidence::verify::Verdict;
use vir_archive::seal::submission::{self, Judged};
use vir_archive::seal::{Finding, Options, Step};
use vir_archive_desk::scan::note;
use vir_core::Severity;

use super::material;
use super::verify::Args;
use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::{Style, Terminal, print, printable};

/// Verifies.
pub fn run(args: &Args, name: &str, seal: &[u8], options: &evidence::Options<'_>) -> Result<Outcome> {
    let files = material::read(&args.data)?;
    let options = Options { at: options.at, existed: None, catalogue: options.catalogue, trust: options.trust.clone() };
    let judged = submission::judge(name, seal, &files, &note::of_pdf, &options);
    if !args.quiet {
        let terminal = Terminal::of_stdout(args.color);
        print(&if args.json { format!("{}\n", serde_json::json!(judged)) } else { readable(&judged, terminal) })?;
    }
    Ok(if judged.is_good() { Outcome::Good } else { Outcome::NotGood })
}

fn readable(judged: &Judged, terminal: Terminal) -> String {
    let report = &judged.report;
    let (style, mark, word) = match (report.verdict, judged.is_good()) {
        (Verdict::Valid, true) => (Style::Good, "✓", say("gültig", "valid")),
        (Verdict::Valid, false) => {
            (Style::Bad, "✗", say("gültig, deckt aber nicht alle Dateien", "valid, but does not cover all files"))
        }
        (Verdict::Invalid, _) => (Style::Bad, "✗", say("nicht gültig", "not valid")),
    };
    let mut out = String::new();
    let verdict = terminal.paint(style, &format!("{mark} {word}"));
    _ = writeln!(out, "{verdict}  {}", terminal.paint(Style::Strong, &printable(&judged.name)));
    let content = judged.content.as_deref().map_or_else(|| "–".to_owned(), printable);
    _ = writeln!(out, "  {}, {}: {content}", report.form.name(), say("gesiegelt", "sealed"));
    _ = writeln!(out, "  {}.", report.level_text().get(language()));
    if let (Some(signer), Some(issuer)) = (&report.signer, &report.issuer) {
        let by = say("ausgestellt von", "issued by");
        let algorithm = report.signature.as_deref().unwrap_or("?");
        _ = writeln!(out, "  {}, {by} {}, {algorithm}", printable(signer), printable(issuer));
    }
    for stamp in &report.stamps {
        let service = stamp.service.as_deref().map(printable).unwrap_or_default();
        _ = writeln!(out, "  {}: {}, {service}", say("Zeitstempel", "time stamp"), stamp.time);
    }
    if let Judgement::Trusted { names, .. } = &report.path {
        let path: Vec<String> = names.iter().map(|name| printable(name)).collect();
        _ = writeln!(out, "  {}: {}", say("Pfad", "path"), path.join(" → "));
    }
    for step in Step::ALL {
        let findings: Vec<&Finding> = report.findings.iter().filter(|one| one.0.step() == step).collect();
        let worst = findings.iter().map(|one| one.0.severity()).max();
        let is_absent = step == Step::TimeStamp && report.stamps.is_empty();
        let (style, mark) = match worst {
            Some(Severity::Error) => (Style::Bad, "✗"),
            Some(Severity::Warning) => (Style::Careful, "!"),
            Some(_) => (Style::Faint, "–"),
            None if is_absent || report.digest.is_none() => continue,
            None => (Style::Good, "✓"),
        };
        _ = writeln!(out, "  {} {}", terminal.paint(style, mark), step.name().get(language()));
        for finding in findings {
            let text = printable(finding.0.message().get(language()));
            terminal.wrap(&mut out, 6, &format!("{text} ({})", finding.0.clause()), None);
        }
    }
    if let Some(scans) = &judged.scans {
        let all = [
            (&scans.named, say("im Transfervermerk genannt, unverändert", "named by the transfer note, unchanged")),
            (&scans.unknown, say("nicht gedeckt", "not covered")),
            (
                &scans.absent,
                say("im Transfervermerk genannt, liegt nicht vor", "named by the transfer note, not at hand"),
            ),
        ];
        for (names, word) in all {
            names.iter().for_each(|name| _ = writeln!(out, "    {}: {word}", printable(name)));
        }
    }
    out.push('\n');
    out
}
