//! The summary of many documents: how many of each verdict, and which rules were violated most.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vir_core::{Lang, Severity};
use vir_invoice::check::{Reason, Verdict};

use crate::language::{language, say};
use crate::output::Checked;
use crate::terminal::{Style, Terminal, printable};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Summary {
    documents: usize,
    accepted: usize,
    by_reason: [usize; 5],
    /// Documents in which a rule makes an error.
    rules: BTreeMap<String, usize>,
    not_accepted: usize,
}

/// So many rules are named.
const RULES: usize = 5;

impl Summary {
    /// The summary of one document.
    pub fn of(checked: &Checked) -> Self {
        let report = &checked.report;
        let mut summary = Self { documents: 1, ..Self::default() };
        match report.reason {
            None => summary.accepted = usize::from(report.verdict == Verdict::Accept),
            Some(reason) => summary.by_reason[index(reason)] = 1,
        }
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        for finding in errors.filter(|finding| finding.layer != "schema") {
            if !summary.rules.contains_key(&*finding.rule) {
                summary.rules.insert(finding.rule.to_string(), 1);
            }
        }
        summary
    }

    /// Adds the summary of one more document, and whether it counts as accepted.
    pub fn add(&mut self, other: Self, accepted: bool) {
        self.documents += other.documents;
        self.accepted += other.accepted;
        for (sum, one) in self.by_reason.iter_mut().zip(other.by_reason) {
            *sum += one;
        }
        for (rule, count) in other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        self.not_accepted += usize::from(!accepted);
    }

    /// Was every document accepted?
    pub fn all_accepted(&self) -> bool {
        self.not_accepted == 0
    }

    /// A few lines for people.
    pub fn render(&self, terminal: Terminal) -> String {
        let lang = language();
        let mut parts = vec![match lang {
            Lang::De => format!("{} angenommen", self.accepted),
            Lang::En => format!("{} accepted", self.accepted),
        }];
        for (reason, words) in reasons() {
            let count = self.by_reason[index(reason)];
            if count > 0 {
                parts.push(format!("{count} {words}"));
            }
        }
        let head = match (lang, self.documents) {
            (Lang::De, 1) => "1 Rechnung geprüft".to_owned(),
            (Lang::De, count) => format!("{count} Rechnungen geprüft"),
            (Lang::En, 1) => "1 invoice checked".to_owned(),
            (Lang::En, count) => format!("{count} invoices checked"),
        };
        let mut out = String::new();
        _ = writeln!(out, "{}", terminal.paint(Style::Faint, &"─".repeat(terminal.width.min(60))));
        terminal.wrap(&mut out, 0, &format!("{head}: {}", parts.join(", ")), Some(Style::Strong));
        let mut rules: Vec<(&String, &usize)> = self.rules.iter().collect();
        rules.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        if !rules.is_empty() {
            let named: Vec<String> =
                rules.iter().take(RULES).map(|(rule, count)| format!("{} ({count})", printable(rule))).collect();
            let lead = say("Am häufigsten verletzt", "Violated most often");
            let rest = if rules.len() > RULES { ", …" } else { "" };
            terminal.wrap(&mut out, 0, &format!("{lead}: {}{rest}", named.join(", ")), Some(Style::Faint));
        }
        out
    }
}

fn index(reason: Reason) -> usize {
    match reason {
        Reason::NotWellFormed => 0,
        Reason::NoProfile => 1,
        Reason::Schema => 2,
        Reason::Rules => 3,
        Reason::RuleError => 4,
    }
}

fn reasons() -> [(Reason, &'static str); 5] {
    [
        (Reason::Rules, say("mit verletzten Regeln", "with violated rules")),
        (Reason::Schema, say("mit falschem Aufbau", "with a wrong structure")),
        (Reason::NoProfile, say("mit unbekanntem Format", "in an unknown format")),
        (Reason::NotWellFormed, say("nicht lesbar", "not readable")),
        (Reason::RuleError, say("ohne Urteil", "undecided")),
    ]
}
