//! `vir invoice rule`: everything there is to say about a rule.

use std::fmt::Write as _;

use anyhow::Result;
use vir_core::{Lang, Severity, Text};
use vir_invoice::identify::{Kind, Profile};
use vir_invoice::rules::{Binding, Layer, Release, Rule, Shape, Test};

use super::overrides::rule_id;
use crate::Outcome;
use crate::language::{language, say};
use crate::output::words::{actor_title, layer_title, severity_word, term_name};
use crate::terminal::{Colour, Style, Terminal, print};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(required = true, value_name = say("REGEL", "RULE"), help = say(
        "Kennung der Regel, z. B. BR-CO-10; Groß- und Kleinschreibung ist gleich",
        "Identifier of the rule, e.g. BR-CO-10; in any case"
    ))]
    rules: Vec<String>,
    #[arg(long, value_name = "auto|always|never", value_parser = super::check::colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    color: Colour,
}

const KINDS: [Kind; 3] = [Kind::UblInvoice, Kind::UblCreditNote, Kind::Cii];

/// So many contexts are listed in full.
const CONTEXTS: usize = 12;

/// Explains.
pub fn run(args: &Args) -> Result<Outcome> {
    let sheet = Sheet { terminal: Terminal::of_stdout(args.color) };
    let mut out = String::new();
    for text in &args.rules {
        if let Some(own) = own_finding(text.trim()) {
            sheet.own(&mut out, text.trim(), &own);
            continue;
        }
        let id = rule_id(text)?;
        for layer in Layer::ALL {
            for rule in layer.rules().filter(|rule| rule.id == id) {
                sheet.rule(&mut out, layer, rule);
            }
        }
    }
    print(&out)?;
    Ok(Outcome::Good)
}

struct Sheet {
    terminal: Terminal,
}

impl Sheet {
    fn head(&self, out: &mut String, id: &str, rest: &str) {
        if !out.is_empty() {
            out.push('\n');
        }
        _ = writeln!(out, "{}  {}", self.terminal.paint(Style::Strong, id), self.terminal.paint(Style::Faint, rest));
    }

    fn entry(&self, out: &mut String, label: &str, text: &str) {
        _ = writeln!(out, "\n  {}", self.terminal.paint(Style::Strong, label));
        self.terminal.wrap(out, 4, text, None);
    }

    fn own(&self, out: &mut String, id: &str, text: &Text) {
        self.head(out, id, layer_title("schema"));
        self.terminal.wrap(out, 2, text.get(language()), None);
    }

    fn rule(&self, out: &mut String, layer: Layer, rule: &Rule) {
        let lang = language();
        self.head(out, rule.id, &format!("{} · {}", severity_word(rule.severity), layer_title(layer.name())));
        self.terminal.wrap(out, 2, rule.message().get(lang), None);
        self.entry(out, say("Abhilfe", "Repair"), rule.repair().get(lang));
        self.terminal.wrap(out, 4, &format!("{}.", actor_title(rule.actor)), Some(Style::Faint));
        if !rule.terms.is_empty() {
            _ = writeln!(out, "\n  {}", self.terminal.paint(Style::Strong, say("Felder", "Fields")));
            for id in rule.terms {
                self.terminal.wrap(out, 4, &format!("{id}  {}", term_name(id, lang).unwrap_or("")), None);
            }
        }
        self.entry(out, say("Schwere", "Severity"), &severities(rule));
        self.entry(out, say("Regelstände", "Releases"), &releases(rule));
        self.bindings(out, "UBL", rule.ubl);
        self.bindings(out, "CII", rule.cii);
    }

    fn bindings(&self, out: &mut String, syntax: &str, bindings: &[Binding]) {
        if bindings.is_empty() {
            return;
        }
        let title = match language() {
            Lang::De => format!("So wird in {syntax} geprüft"),
            Lang::En => format!("How it is tested in {syntax}"),
        };
        _ = writeln!(out, "\n  {}", self.terminal.paint(Style::Strong, &title));
        for binding in bindings {
            let condition =
                if binding.context.when.is_some() { say(" (unter einer Bedingung)", " (on a condition)") } else { "" };
            let paths = binding.context.paths;
            for path in paths.iter().take(CONTEXTS) {
                self.terminal.wrap(out, 4, &format!("{path}{condition}"), Some(Style::Faint));
            }
            if paths.len() > CONTEXTS {
                let more = format!("… +{}", paths.len() - CONTEXTS);
                self.terminal.wrap(out, 4, &more, Some(Style::Faint));
            }
            self.terminal.wrap(out, 6, &test(binding.test), None);
        }
    }
}

fn test(test: Test) -> String {
    let (path, de, en) = match test {
        Test::Shape(Shape::Forbidden(path)) => (path, "darf nicht vorkommen", "must not occur"),
        Test::Shape(Shape::AtMostOne(path)) => (path, "darf höchstens einmal vorkommen", "may occur at most once"),
        Test::Shape(Shape::ExactlyOne(path)) => (path, "muss genau einmal vorkommen", "must occur exactly once"),
        Test::Shape(Shape::Required(path)) => (path, "muss vorkommen", "must occur"),
        Test::Holds(_) => {
            return say(
                "an jedem dieser Elemente muss gelten, was die Regel sagt",
                "at each of these elements must hold what the rule says",
            )
            .to_owned();
        }
    };
    format!("{path}: {}", say(de, en))
}

/// The official severity, and where profiles differ from it.
fn severities(rule: &Rule) -> String {
    let mut out = severity_word(rule.severity).to_owned();
    for (severity, profiles) in overrides(rule) {
        _ = match language() {
            Lang::De => write!(out, "; {} bei {}", severity_word(severity), profiles.join(", ")),
            Lang::En => write!(out, "; {} in {}", severity_word(severity), profiles.join(", ")),
        };
    }
    out
}

fn overrides(rule: &Rule) -> Vec<(Severity, Vec<String>)> {
    let mut out: Vec<(Severity, Vec<String>)> = Vec::new();
    for profile in Profile::ALL {
        let kinds = KINDS.into_iter().filter(|kind| profile.allows(*kind));
        let differing: Vec<(Kind, Severity)> = kinds
            .clone()
            .filter_map(|kind| Some((kind, profile.severity(kind, rule.id)?)))
            .filter(|(_, severity)| *severity != rule.severity)
            .collect();
        for severity in [Severity::Error, Severity::Warning, Severity::Information] {
            let of: Vec<&str> = differing
                .iter()
                .filter(|(_, other)| *other == severity)
                .map(|(kind, _)| kind.title().get(language()))
                .collect();
            if of.is_empty() {
                continue;
            }
            let text = if of.len() == kinds.clone().count() {
                profile.title().to_owned()
            } else {
                format!("{} ({})", profile.title(), of.join(", "))
            };
            match out.iter_mut().find(|(other, _)| *other == severity) {
                Some((_, profiles)) => profiles.push(text),
                None => out.push((severity, vec![text])),
            }
        }
    }
    out
}

fn releases(rule: &Rule) -> String {
    let names: Vec<&str> =
        Release::ALL.into_iter().filter(|release| rule.releases.contain(*release)).map(Release::name).collect();
    names.join(", ")
}

/// Findings that come from no official rule.
fn own_finding(id: &str) -> Option<Text> {
    let text = |de, en| Some(Text::new(de, en));
    match id {
        "no-profile" => text(
            "Die Spezifikationskennung (BT-24) fehlt oder gehört zu keinem Format, dessen Regeln bekannt sind. Ohne sie steht nicht fest, nach welchen Regeln zu prüfen ist; die Rechnung wird abgelehnt.",
            "The specification identifier (BT-24) is missing or belongs to no format whose rules are known. Without it, it is open by which rules to check; the invoice is rejected.",
        ),
        "no-invoice" => text(
            "Das XML-Dokument ist keine Rechnung in UBL oder CII.",
            "The XML document is no invoice in UBL or CII.",
        ),
        "rule-error" => text(
            "Die amtlichen Regeln brechen bei dieser Rechnung mit einem Fehler ab, zum Beispiel weil eine Angabe mehrfach vorkommt, die nur einmal stehen darf. Niemand kann sagen, ob sie gilt; das Urteil bleibt offen.",
            "The official rules break off with an error on this invoice, for example because an entry is repeated that may stand once only. Nobody can say whether it is valid; the verdict stays open.",
        ),
        "pdf-no-invoice" => text(
            "In dem PDF steckt keine Rechnung im XML-Format: Es ist für Menschen lesbar, aber keine E-Rechnung.",
            "There is no XML invoice in the PDF: people can read it, but it is no e-invoice.",
        ),
        "pdf-damaged" => text(
            "Das PDF lässt sich nicht öffnen: Es ist beschädigt, verschlüsselt oder überschreitet eine Grenze.",
            "The PDF cannot be opened: it is damaged, encrypted or exceeds a limit.",
        ),
        "pdf-several-invoices" => text(
            "In dem PDF stecken mehrere verschiedene Rechnungen; nur eine darf es sein.",
            "There are several different invoices in the PDF; there may be only one.",
        ),
        id if id.starts_with("xml-") => text(
            "Die Datei ist kein wohlgeformtes XML, oder sie überschreitet eine Grenze, die vor bösartigen Dateien schützt.",
            "The file is no well-formed XML, or it exceeds a limit that protects against hostile files.",
        ),
        _ => None,
    }
}
