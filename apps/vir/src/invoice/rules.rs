//! `vir invoice rules`: the list of all rules, filtered.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};
use serde::Serialize;
use vir_core::Lang;
use vir_invoice::identify::Profile;
use vir_invoice::rules::{Layer, Release, Rule};

use super::check;
use crate::Outcome;
use crate::language::{language, say};
use crate::output::words::{actor_name, counted, severity_name, severity_word, term_name};
use crate::terminal::{Colour, Style, Terminal, print};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, value_name = "NAME", value_parser = layer, help = say(
        "Nur diese Schicht: en16931, xrechnung oder peppol",
        "Only this layer: en16931, xrechnung or peppol"
    ))]
    layer: Option<Layer>,
    #[arg(long, value_name = "NAME", value_parser = check::profile, help = say(
        "Nur Regeln, nach denen dieses Profil geprüft wird",
        "Only rules by which this profile is checked"
    ))]
    profile: Option<Profile>,
    #[arg(long, value_name = "BT|BG", help = say(
        "Nur Regeln zu diesem Feld, z. B. BT-106",
        "Only rules about this field, e.g. BT-106"
    ))]
    term: Option<String>,
    #[arg(long, value_name = "TEXT", help = say(
        "Nur Regeln, in denen alle diese Wörter vorkommen",
        "Only rules with all of these words"
    ))]
    search: Option<String>,
    #[arg(long, value_name = say("NAME|DATUM", "NAME|DATE"), value_parser = check::release, help = say(
        "Regelstand (sonst der neueste)",
        "Release of the rules (else the newest)"
    ))]
    rules: Option<Release>,
    #[arg(long, help = say("Als JSON", "As JSON"))]
    json: bool,
    #[arg(long, value_name = "auto|always|never", value_parser = check::colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    color: Colour,
}

fn layer(text: &str) -> Result<Layer, String> {
    Layer::find(text).ok_or_else(|| {
        let names: Vec<&str> = Layer::ALL.into_iter().map(Layer::name).collect();
        format!("{} {}", say("Schichten sind", "layers are"), names.join(", "))
    })
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    layer: &'a str,
    severity: &'a str,
    terms: &'a [&'a str],
    actor: &'a str,
    syntaxes: Vec<&'a str>,
    releases: Vec<&'a str>,
    message: Both<'a>,
    repair: Both<'a>,
}

#[derive(Serialize)]
struct Both<'a> {
    de: &'a str,
    en: &'a str,
}

/// Lists.
pub fn run(args: &Args) -> Result<Outcome> {
    let release = args.rules.unwrap_or_default();
    let term = args.term.as_deref().map(known_term).transpose()?;
    let words: Vec<String> =
        args.search.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let mut found: Vec<(Layer, &Rule)> = Vec::new();
    for layer in Layer::ALL {
        if args.layer.is_some_and(|wanted| wanted != layer)
            || args.profile.is_some_and(|profile| !profile.layers().contains(&layer))
        {
            continue;
        }
        let wanted = layer.rules().filter(|rule| {
            rule.releases.contain(release)
                && term.as_deref().is_none_or(|term| rule.terms.contains(&term))
                && matches(rule, &words)
        });
        found.extend(wanted.map(|rule| (layer, rule)));
    }
    print(&if args.json { json(&found) } else { list(&found, Terminal::of_stdout(args.color)) })?;
    Ok(if found.is_empty() { Outcome::NotGood } else { Outcome::Good })
}

/// `BT-106` from `bt-106`, `bt106` or `106`.
fn known_term(text: &str) -> Result<String> {
    let upper = text.trim().to_ascii_uppercase();
    let tries = [upper.clone(), format!("BT-{upper}"), upper.replacen("BT", "BT-", 1), upper.replacen("BG", "BG-", 1)];
    match tries.into_iter().find(|id| term_name(id, Lang::De).is_some()) {
        Some(id) => Ok(id),
        None => match language() {
            Lang::De => bail!("Das Feld „{text}“ gibt es nicht; Felder heißen wie BT-106 oder BG-22"),
            Lang::En => bail!("there is no field \"{text}\"; fields are named as BT-106 or BG-22"),
        },
    }
}

fn matches(rule: &Rule, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let (message, repair) = (rule.message(), rule.repair());
    let names = rule.terms.iter().filter_map(|id| term_name(id, language())).collect::<Vec<_>>().join(" ");
    let text = format!(
        "{} {} {} {} {} {} {names}",
        rule.id,
        rule.terms.join(" "),
        message.de,
        message.en,
        repair.de,
        repair.en
    )
    .to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn json(found: &[(Layer, &Rule)]) -> String {
    let texts: Vec<_> = found.iter().map(|(_, rule)| (rule.message(), rule.repair())).collect();
    let rows: Vec<Row<'_>> = found
        .iter()
        .zip(&texts)
        .map(|((layer, rule), (message, repair))| Row {
            rule: rule.id,
            layer: layer.name(),
            severity: severity_name(rule.severity),
            terms: rule.terms,
            actor: actor_name(rule.actor),
            syntaxes: [("ubl", rule.ubl.is_empty()), ("cii", rule.cii.is_empty())]
                .into_iter()
                .filter(|(_, empty)| !empty)
                .map(|(name, _)| name)
                .collect(),
            releases: Release::ALL
                .into_iter()
                .filter(|release| rule.releases.contain(*release))
                .map(Release::name)
                .collect(),
            message: Both { de: &message.de, en: &message.en },
            repair: Both { de: &repair.de, en: &repair.en },
        })
        .collect();
    let mut out = serde_json::to_string_pretty(&rows).expect("strings always make JSON");
    out.push('\n');
    out
}

fn list(found: &[(Layer, &Rule)], terminal: Terminal) -> String {
    let mut out = String::new();
    let widest = found.iter().map(|(_, rule)| rule.id.len()).max().unwrap_or(0);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (layer, rule) in found {
        *counts.entry(layer.name()).or_default() += 1;
        let style = match rule.severity {
            vir_core::Severity::Error => Style::Bad,
            vir_core::Severity::Warning => Style::Careful,
            vir_core::Severity::Information => Style::Faint,
        };
        _ = writeln!(
            out,
            "{}  {}  {}",
            terminal.paint(Style::Strong, &format!("{:widest$}", rule.id)),
            terminal.paint(style, &format!("{:8}", severity_word(rule.severity))),
            terminal.paint(Style::Faint, layer.name())
        );
        terminal.wrap(&mut out, 4, rule.message().get(language()), None);
    }
    let by_layer: Vec<String> = counts.iter().map(|(layer, count)| format!("{layer} {count}")).collect();
    let errors = found.iter().filter(|(_, rule)| rule.severity == vir_core::Severity::Error).count();
    let total = match (language(), found.len()) {
        (Lang::De, 0) => "Keine Regel passt dazu.".to_owned(),
        (Lang::En, 0) => "No rule matches.".to_owned(),
        (Lang::De, 1) => "1 Regel".to_owned(),
        (Lang::En, 1) => "1 rule".to_owned(),
        (Lang::De, count) => format!("{count} Regeln ({})", by_layer.join(", ")),
        (Lang::En, count) => format!("{count} rules ({})", by_layer.join(", ")),
    };
    if !out.is_empty() {
        out.push('\n');
    }
    let severities =
        if found.is_empty() { String::new() } else { format!(" · {}", counted(errors, vir_core::Severity::Error)) };
    _ = writeln!(out, "{}", terminal.paint(Style::Strong, &(total + &severities)));
    out
}
