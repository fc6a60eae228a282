//! The report for people: the verdict first, then what is to be done, by whom, and where.
//!
//! An accepted invoice is one line. Findings are grouped by who has to act, and occurrences of one
//! rule stand together, so that a mistake in every line of an invoice is told once.

use std::fmt::Write as _;

use vir_core::{Actor, Finding, Lang, Severity};
use vir_invoice::check::{Reason, Report, Verdict};

use super::Checked;
use super::words::{actor_title, counted, layer_title, severity_word, term_name};
use crate::language::{language, say};
use crate::terminal::{Style, Terminal, printable};

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Only the verdict.
    Verdict,
    /// The findings of documents that are not accepted; of others only their number.
    Problems,
    /// The findings of every document.
    Findings,
    /// Every occurrence of every finding.
    All,
}

/// The look of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable {
    /// Colour and width.
    pub terminal: Terminal,
    /// How much to tell.
    pub detail: Detail,
}

/// So many places of one rule are listed unless all are asked for.
const PLACES: usize = 3;

impl Readable {
    /// The report on a document.
    pub fn render(self, checked: &Checked) -> String {
        let mut out = String::new();
        self.verdict(&mut out, checked);
        let report = &checked.report;
        let tell = match self.detail {
            Detail::Verdict => false,
            Detail::Problems => report.verdict != Verdict::Accept,
            Detail::Findings | Detail::All => !report.findings.is_empty(),
        };
        if tell {
            for actor in [Actor::Software, Actor::Issuer, Actor::Buyer] {
                self.group(&mut out, report, actor);
            }
            out.push('\n');
        }
        out
    }

    fn verdict(self, out: &mut String, checked: &Checked) {
        let report = &checked.report;
        let (sign, style, word) = match report.verdict {
            Verdict::Accept => ("✓", Style::Good, say("angenommen", "accepted")),
            Verdict::Reject => ("✗", Style::Bad, say("abgelehnt", "rejected")),
            Verdict::Undefined => ("?", Style::Careful, say("ohne Urteil", "undecided")),
        };
        let mut facts = Vec::new();
        if report.verdict != Verdict::Accept {
            facts.push(reason_words(report).to_owned());
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Information] {
            let count = report.count(severity);
            if count > 0 && !(report.reason == Some(Reason::NotWellFormed) && severity == Severity::Error) {
                facts.push(counted(count, severity));
            }
        }
        if let Some(profile) = report.profile {
            facts.push(profile.title().to_owned());
        }
        if let Some(kind) = report.kind {
            facts.push(kind.title().get(language()).to_owned());
        }
        if let Some(embedded) = &checked.embedded {
            facts.push(match language() {
                Lang::De => format!("aus „{}“", printable(embedded)),
                Lang::En => format!("from \"{}\"", printable(embedded)),
            });
        }
        let title = format!("{sign} {}", checked.title);
        let facts = facts.join(" · ");
        let length = title.chars().count() + word.chars().count() + facts.chars().count() + 5;
        _ = write!(
            out,
            "{} {}  {}",
            self.terminal.paint(style, sign),
            self.terminal.paint(Style::Strong, &checked.title),
            self.terminal.paint(style, word)
        );
        if facts.is_empty() {
            out.push('\n');
        } else if length <= self.terminal.width {
            _ = writeln!(out, "  {}", self.terminal.paint(Style::Faint, &facts));
        } else {
            out.push('\n');
            self.terminal.wrap(out, 2, &facts, Some(Style::Faint));
        }
        self.deviations(out, report);
    }

    /// What the receiver had judged differently from the official rules.
    fn deviations(self, out: &mut String, report: &Report) {
        let mut parts: Vec<String> = report
            .overrides
            .iter()
            .map(|(rule, severity)| format!("{} = {}", printable(rule), severity_word(*severity)))
            .collect();
        if !report.without.is_empty() {
            parts.push(format!("{} {}", say("ohne", "without"), printable(&report.without.join(", "))));
        }
        if !parts.is_empty() {
            let text = format!(
                "{}: {}",
                say("Abweichend von den amtlichen Regeln", "Differing from the official rules"),
                parts.join("; ")
            );
            self.terminal.wrap(out, 2, &text, Some(Style::Careful));
        }
    }

    fn group(self, out: &mut String, report: &Report, actor: Actor) {
        let mut rules: Vec<Vec<&Finding>> = Vec::new();
        let mut by_rule = std::collections::HashMap::new();
        for finding in report.findings.iter().filter(|finding| finding.actor == actor) {
            // The message belongs to the key: schema findings share ids and differ in what they say.
            let key = (&*finding.rule, finding.severity, finding.message.get(language()));
            let at = *by_rule.entry(key).or_insert_with(|| {
                rules.push(Vec::new());
                rules.len() - 1
            });
            rules[at].push(finding);
        }
        if rules.is_empty() {
            return;
        }
        rules.sort_by_key(|occurrences| std::cmp::Reverse(occurrences[0].severity));
        _ = writeln!(out, "\n  {}", self.terminal.paint(Style::Strong, actor_title(actor)));
        for occurrences in rules {
            self.rule(out, &occurrences);
        }
    }

    fn rule(self, out: &mut String, occurrences: &[&Finding]) {
        let lang = language();
        let first = occurrences[0];
        let style = match first.severity {
            Severity::Error => Style::Bad,
            Severity::Warning => Style::Careful,
            Severity::Information => Style::Faint,
        };
        let mut head = layer_title(first.layer).to_owned();
        if occurrences.len() > 1 {
            _ = write!(head, " · {}×", occurrences.len());
        }
        _ = writeln!(
            out,
            "\n    {}  {}  {}",
            self.terminal.paint(style, severity_word(first.severity)),
            self.terminal.paint(Style::Strong, &printable(&first.rule)),
            self.terminal.paint(Style::Faint, &head)
        );
        self.terminal.wrap(out, 6, &printable(first.message.get(lang)), None);
        let repair = printable(first.repair.get(lang));
        if !repair.is_empty() {
            self.terminal.wrap(out, 6, &format!("→ {repair}"), Some(Style::Good));
        }
        let terms: Vec<String> = first
            .terms
            .iter()
            .map(|id| term_name(id, lang).map_or_else(|| (*id).to_owned(), |name| format!("{id} {name}")))
            .collect();
        if !terms.is_empty() {
            self.terminal.wrap(out, 6, &terms.join(", "), Some(Style::Faint));
        }
        let most = if self.detail == Detail::All { usize::MAX } else { PLACES };
        for finding in occurrences.iter().take(most) {
            self.place(out, finding);
        }
        if let Some(more) = occurrences.len().checked_sub(most).filter(|more| *more > 0) {
            let text = match lang {
                Lang::De => format!("… und {more} weitere Stellen (alle mit --all)"),
                Lang::En => format!("… and {more} more places (all with --all)"),
            };
            self.terminal.wrap(out, 6, &text, Some(Style::Faint));
        }
    }

    fn place(self, out: &mut String, finding: &Finding) {
        let place = &finding.place;
        let mut text = String::new();
        if place.line > 0 {
            _ = match language() {
                Lang::De => write!(text, "Zeile {}:{}", place.line, place.column),
                Lang::En => write!(text, "line {}:{}", place.line, place.column),
            };
        }
        if !place.path.is_empty() {
            _ = write!(text, "  {}", printable(&place.path));
        }
        if !text.is_empty() {
            self.terminal.wrap(out, 6, &text, Some(Style::Faint));
        }
        if let Some(value) = &finding.value {
            let text = match (language(), value.is_empty()) {
                (Lang::De, false) => format!("Wert: „{}“", printable(value)),
                (Lang::En, false) => format!("value: \"{}\"", printable(value)),
                (Lang::De, true) => "Wert: leer".to_owned(),
                (Lang::En, true) => "value: empty".to_owned(),
            };
            self.terminal.wrap(out, 8, &text, None);
        }
    }
}

fn reason_words(report: &Report) -> &'static str {
    match report.reason {
        Some(Reason::NotWellFormed) => say("nicht lesbar", "not readable"),
        Some(Reason::NoProfile) => say("Format unbekannt", "unknown format"),
        Some(Reason::Schema) => say("Aufbau falsch", "wrong structure"),
        Some(Reason::Rules) => say("Regeln verletzt", "rules violated"),
        Some(Reason::RuleError) => say("Regeln brechen ab", "rules break off"),
        None => "",
    }
}
