//! Severities that a receiver gives to rules: `RULE=SEVERITY`, from options or a file.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use vir_core::{Lang, Severity};
use vir_invoice::rules::Layer;

use crate::language::language;

/// The overrides of a file and of options; where both speak of a rule, the option wins.
pub fn gather(options: &[String], file: Option<&Path>) -> Result<Vec<(String, Severity)>> {
    let mut all: Vec<(String, Severity)> = Vec::new();
    for option in options {
        let entry = parse(option)?;
        all.retain(|(rule, _)| *rule != entry.0);
        all.push(entry);
    }
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let entry = parse(line).with_context(|| match language() {
                Lang::De => format!("{}, Zeile {}", path.display(), number + 1),
                Lang::En => format!("{}, line {}", path.display(), number + 1),
            })?;
            if !all.iter().any(|(rule, _)| *rule == entry.0) {
                all.push(entry);
            }
        }
    }
    Ok(all)
}

fn parse(text: &str) -> Result<(String, Severity)> {
    let Some((rule, severity)) = text.split_once('=') else {
        match language() {
            Lang::De => bail!("„{text}“: Erwartet wird REGEL=SCHWERE, zum Beispiel BR-DE-15=warning"),
            Lang::En => bail!("\"{text}\": expected RULE=SEVERITY, for example BR-DE-15=warning"),
        }
    };
    let severity = match severity.trim().to_ascii_lowercase().as_str() {
        "error" | "fatal" => Severity::Error,
        "warning" => Severity::Warning,
        "information" | "info" => Severity::Information,
        other => match language() {
            Lang::De => bail!("„{other}“ ist keine Schwere; es gibt error, warning und information"),
            Lang::En => bail!("\"{other}\" is no severity; there are error, warning and information"),
        },
    };
    Ok((rule_id(rule)?, severity))
}

/// The official spelling of a rule's id, however it is written.
pub fn rule_id(text: &str) -> Result<String> {
    let text = text.trim();
    let all = || Layer::ALL.into_iter().flat_map(Layer::rules).map(|rule| rule.id);
    if let Some(id) = all().find(|id| *id == text).or_else(|| all().find(|id| same_id(id, text))) {
        return Ok(id.to_owned());
    }
    let near = nearest(text, all());
    match (language(), near.is_empty()) {
        (Lang::De, true) => bail!("Die Regel „{text}“ gibt es nicht. Alle Regeln zeigt: vir invoice rules"),
        (Lang::En, true) => bail!("there is no rule \"{text}\"; see all with: vir invoice rules"),
        (Lang::De, false) => bail!("Die Regel „{text}“ gibt es nicht. Gemeint ist vielleicht: {}", near.join(", ")),
        (Lang::En, false) => bail!("there is no rule \"{text}\"; did you mean: {}", near.join(", ")),
    }
}

/// Equal but for case, separators and leading zeros: `brco10`, `BR-CO-010`.
fn same_id(a: &str, b: &str) -> bool {
    normal(a) == normal(b)
}

fn normal(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    let mut in_number = false;
    for character in id.chars().filter(|character| character.is_alphanumeric()) {
        if character == '0' && !in_number {
            continue;
        }
        in_number = character.is_ascii_digit();
        out.push(character.to_ascii_uppercase());
    }
    out
}

/// The ids that a person may have meant, at most five, nearest first.
pub fn nearest<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted: String = text.to_ascii_uppercase().chars().take(40).collect();
    let ids: BTreeSet<&str> = ids.collect();
    let mut near: Vec<(usize, &str)> =
        ids.into_iter().map(|id| (distance(&wanted, &id.to_ascii_uppercase()), id)).collect();
    near.sort_by_key(|(distance, _)| *distance);
    let most = if wanted.chars().count() < 6 { 1 } else { 2 };
    near.into_iter().take_while(|(distance, _)| *distance <= most).take(5).map(|(_, id)| id).collect()
}

/// How many characters to insert, drop or replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
