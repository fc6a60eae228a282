//! The rule pages: an index, and one page per family of rules.
//!
//! Rules that have texts of their own get a section each; rules of shape, of which there are more than a
//! thousand, a row of a table. Invariant: every rule of every layer and release stands on exactly one
//! page, whatever its identifier is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vir_core::{Actor, Lang, Severity};
use vir_invoice::identify::{Kind, Profile};
use vir_invoice::model::{Bg, Bt};
use vir_invoice::rules::{Binding, Layer, Release, Rule, Shape, Test};

use super::{GENERATED, RULES, cell, plain};

/// A family of rules: the page it stands on.
pub(super) struct Family {
    layer: Layer,
    /// The identifiers begin with one of these.
    prefixes: &'static [&'static str],
    file: &'static str,
    title: &'static str,
    about: &'static str,
}

const fn family(
    layer: Layer,
    prefixes: &'static [&'static str],
    file: &'static str,
    title: &'static str,
    about: &'static str,
) -> Family {
    Family { layer, prefixes, file, title, about }
}

use Layer::{En16931, Peppol, XRechnung};

/// The families. The first that fits takes the rule; the last one of each layer takes all that are left.
const FAMILIES: &[Family] = &[
    family(
        En16931,
        &["BR-CO-"],
        "br-co",
        "BR-CO: Summen und Bedingungen",
        "Beträge, die sich aus anderen ergeben, und Angaben, die einander bedingen.",
    ),
    family(
        En16931,
        &["BR-DEC-"],
        "br-dec",
        "BR-DEC: Nachkommastellen",
        "Beträge haben höchstens zwei Nachkommastellen.",
    ),
    family(
        En16931,
        &["BR-CL-"],
        "br-cl",
        "BR-CL: Codelisten",
        "Welche Codes wo erlaubt sind. Die Listen selbst stehen unter [Codelisten](../codelisten.md).",
    ),
    family(En16931, &["BR-S-"], "br-s", "BR-S: Umsatzsteuer zum normalen oder ermäßigten Satz", "Steuerkategorie S."),
    family(En16931, &["BR-Z-"], "br-z", "BR-Z: Umsatzsteuer zum Nullsatz", "Steuerkategorie Z."),
    family(En16931, &["BR-E-"], "br-e", "BR-E: steuerbefreit", "Steuerkategorie E."),
    family(En16931, &["BR-AE-"], "br-ae", "BR-AE: Umkehr der Steuerschuld", "Steuerkategorie AE (Reverse Charge)."),
    family(En16931, &["BR-IC-"], "br-ic", "BR-IC: innergemeinschaftliche Lieferung", "Steuerkategorie K."),
    family(En16931, &["BR-G-"], "br-g", "BR-G: Ausfuhr", "Steuerkategorie G."),
    family(En16931, &["BR-O-"], "br-o", "BR-O: nicht steuerbar", "Steuerkategorie O."),
    family(En16931, &["BR-AF-", "BR-IG-"], "br-af", "BR-AF: IGIC (Kanarische Inseln)", "Steuerkategorie L."),
    family(En16931, &["BR-AG-", "BR-IP-"], "br-ag", "BR-AG: IPSI (Ceuta und Melilla)", "Steuerkategorie M."),
    family(En16931, &["BR-B-"], "br-b", "BR-B: geteilte Zahlung (Italien)", "Steuerkategorie B."),
    family(
        En16931,
        &["UBL-CR-"],
        "ubl-cr",
        "UBL-CR: Elemente, die EN 16931 in UBL nicht kennt",
        "UBL hat mehr Elemente als die Norm. Diese Regeln nennen jedes, das in einer Rechnung nach EN 16931 nichts zu suchen hat.",
    ),
    family(
        En16931,
        &["UBL-SR-"],
        "ubl-sr",
        "UBL-SR: Häufigkeit in UBL",
        "Wie oft ein Element stehen darf, wo UBL mehr erlaubt als die Norm.",
    ),
    family(En16931, &["UBL-DT-"], "ubl-dt", "UBL-DT: Datentypen in UBL", "Attribute und Datentypen."),
    family(
        En16931,
        &["CII-SR-"],
        "cii-sr",
        "CII-SR: Elemente, die EN 16931 in CII nicht kennt",
        "CII hat mehr Elemente als die Norm. Diese Regeln nennen jedes, das in einer Rechnung nach EN 16931 nichts zu suchen hat oder nur einmal stehen darf.",
    ),
    family(En16931, &["CII-DT-"], "cii-dt", "CII-DT: Datentypen in CII", "Attribute und Datentypen."),
    family(
        En16931,
        &[""],
        "br",
        "BR: Pflichtangaben",
        "Was in jeder Rechnung stehen muss, und was dazugehört, wenn etwas angegeben ist.",
    ),
    family(
        XRechnung,
        &["BR-DEX-"],
        "br-dex",
        "BR-DEX: XRechnung Extension",
        "Unterpositionen, Fremdforderungen und was die Extension sonst zulässt.",
    ),
    family(
        XRechnung,
        &["BR-DE-CVD-", "BR-TMP-CVD-"],
        "br-de-cvd",
        "BR-DE-CVD: saubere Fahrzeuge",
        "Angaben nach dem Gesetz über die Beschaffung sauberer Straßenfahrzeuge.",
    ),
    family(
        XRechnung,
        &["PEPPOL-"],
        "xrechnung-peppol",
        "PEPPOL-EN16931 in der XRechnung",
        "Regeln, die die XRechnung aus Peppol BIS Billing übernimmt.",
    ),
    family(XRechnung, &[""], "br-de", "BR-DE: XRechnung", "Was in Deutschland über die Norm hinaus gilt."),
    family(
        Peppol,
        &["PEPPOL-COMMON-"],
        "peppol-common",
        "PEPPOL-COMMON: Kennungen",
        "Aufbau und Prüfziffern von Kennungen im Peppol-Netz.",
    ),
    family(
        Peppol,
        &["PEPPOL-"],
        "peppol",
        "PEPPOL-EN16931: Peppol BIS Billing",
        "Was im Peppol-Netz über die Norm hinaus gilt.",
    ),
    family(
        Peppol,
        &[""],
        "peppol-laender",
        "Peppol: Regeln einzelner Länder",
        "Gelten nur für Rechnungen aus dem Land, dessen Kürzel vorn steht.",
    ),
];

/// A rule with the page it stands on.
struct Placed {
    family: usize,
    rule: &'static Rule,
}

fn all() -> Vec<Placed> {
    let mut placed: Vec<Placed> = Layer::ALL
        .into_iter()
        .flat_map(|layer| layer.rules().map(move |rule| Placed { family: family_of(layer, rule.id), rule }))
        .collect();
    placed.sort_by_key(|placed| (placed.family, natural(placed.rule.id)));
    placed
}

fn family_of(layer: Layer, id: &str) -> usize {
    let fits = |family: &Family| family.layer == layer && family.prefixes.iter().any(|prefix| id.starts_with(prefix));
    FAMILIES.iter().position(fits).expect("the last family of a layer takes all rules that are left")
}

/// A key that sorts BR-2 before BR-10: letters, then the first number.
fn natural(id: &str) -> (String, u32, String) {
    let from = id.find(|c: char| c.is_ascii_digit() && !id.starts_with("PEPPOL-EN16931")).unwrap_or_else(|| {
        // The standard's own number is no number of a rule.
        id.char_indices().skip("PEPPOL-EN16931".len()).find(|(_, c)| c.is_ascii_digit()).map_or(id.len(), |(at, _)| at)
    });
    let digits: String = id[from..].chars().take_while(char::is_ascii_digit).collect();
    (id[..from].to_owned(), digits.parse().unwrap_or(0), id[from + digits.len()..].to_owned())
}

/// All rule pages by path.
pub(super) fn pages() -> BTreeMap<String, String> {
    let placed = all();
    let mut pages = BTreeMap::new();
    for (index, family) in FAMILIES.iter().enumerate() {
        let rules: Vec<&Rule> =
            placed.iter().filter(|placed| placed.family == index).map(|placed| placed.rule).collect();
        if !rules.is_empty() {
            pages.insert(format!("{RULES}/{}.md", family.file), page(family, &rules));
        }
    }
    pages.insert(format!("{RULES}/README.md"), index(&placed));
    pages
}

fn index(placed: &[Placed]) -> String {
    let mut out = format!("{GENERATED}# Die Regeln\n\n");
    out.push_str(
        "Jede Regel hat die Kennung, unter der die amtlichen Regelwerke sie führen. Dieselbe Auskunft gibt im \
         Terminal `vir invoice rule BR-CO-10`; `vir invoice rules` listet und durchsucht alle.\n\n\
         Regelstände: ",
    );
    let releases: Vec<String> =
        Release::ALL.iter().map(|release| format!("**{}** ({})", release.name(), release.describe())).collect();
    _ = writeln!(out, "{}.\n", releases.join(", "));
    for layer in Layer::ALL.into_iter().filter(|layer| layer.rules().next().is_some()) {
        _ = writeln!(out, "## {}\n\n| Seite | Regeln | Kennungen |\n|---|---:|---|", layer_title(layer));
        let mut families: Vec<(usize, &Family)> =
            FAMILIES.iter().enumerate().filter(|(_, family)| family.layer == layer).collect();
        // What takes all that is left is the most general, and the first to be read.
        families.rotate_right(1);
        for (index, family) in families {
            let mut ids: Vec<&str> =
                placed.iter().filter(|placed| placed.family == index).map(|placed| placed.rule.id).collect();
            ids.dedup();
            let Some((first, last)) = ids.first().zip(ids.last()) else { continue };
            let range = if first == last { format!("`{first}`") } else { format!("`{first}` … `{last}`") };
            _ = writeln!(out, "| [{}]({}.md) | {} | {range} |", cell(family.title), family.file, ids.len());
        }
        out.push('\n');
    }
    out.push_str(
        "Eine Regel zählt einmal, auch wenn sie in UBL und CII getrennt formuliert ist oder in mehreren \
         Regelständen verschieden lautet.\n",
    );
    out
}

fn layer_title(layer: Layer) -> &'static str {
    match layer {
        Layer::En16931 => "EN 16931",
        Layer::XRechnung => "XRechnung",
        Layer::Peppol => "Peppol BIS Billing 3",
    }
}

fn page(family: &Family, rules: &[&Rule]) -> String {
    let mut out = format!("{GENERATED}# {}\n\n{}\n\n[Alle Regeln](README.md)\n\n", family.title, family.about);
    let (shaped, told): (Vec<&Rule>, Vec<&Rule>) =
        rules.iter().partition(|rule| rule.as_shape().is_some() && rule.message.is_empty());
    let mut last = "";
    for rule in told {
        section(&mut out, rule, rule.id == last);
        last = rule.id;
    }
    if !shaped.is_empty() {
        table(&mut out, &shaped);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(out: &mut String, rule: &Rule, again: bool) {
    if !again {
        _ = writeln!(out, "## {}\n", rule.id);
    }
    let (message, repair) = (rule.message(), rule.repair());
    _ = writeln!(out, "{}\n\n**Abhilfe:** {}\n", plain(&message.de), plain(&repair.de));
    _ = writeln!(out, "> *{}* {}\n", plain(&message.en), plain(&repair.en));
    _ = writeln!(out, "- Schwere: {}", severities(rule));
    _ = writeln!(out, "- Zu beheben: {}", actor(rule.actor));
    if !rule.terms.is_empty() {
        let terms: Vec<String> = rule.terms.iter().map(|id| term(id, true)).collect();
        _ = writeln!(out, "- Felder: {}", terms.join(", "));
    }
    _ = writeln!(out, "- Regelstände: {}", releases(rule));
    for (syntax, bindings) in [("UBL", rule.ubl), ("CII", rule.cii)] {
        if !bindings.is_empty() {
            let places: Vec<String> = bindings.iter().map(place).collect();
            _ = writeln!(out, "- {syntax}: {}", places.join("; "));
        }
    }
    if rule.ubl.is_empty() && rule.cii.is_empty() {
        out.push_str("- Geprüft wird sie von keinem Programm; die amtlichen Regeln lassen sie immer gelten.\n");
    }
    out.push('\n');
}

fn table(out: &mut String, rules: &[&Rule]) {
    out.push_str("| Regel | Schwere | an | Bedingung | Felder | Stände |\n|---|---|---|---|---|---|\n");
    for rule in rules {
        for binding in rule.ubl.iter().chain(rule.cii) {
            let terms: Vec<String> = rule.terms.iter().map(|id| term(id, false)).collect();
            let condition = match binding.test {
                Test::Shape(shape) => shape_words(shape),
                Test::Holds(_) => plain(&rule.message().de),
            };
            _ = writeln!(
                out,
                "| <a id=\"{}\"></a>{} | {} | {} | {} | {} | {} |",
                rule.id.to_lowercase(),
                rule.id,
                severities(rule),
                cell(&contexts(binding)),
                cell(&condition),
                terms.join(", "),
                releases(rule)
            );
        }
    }
}

fn place(binding: &Binding) -> String {
    match binding.test {
        Test::Shape(shape) => format!("an {}: {}", contexts(binding), shape_words(shape)),
        Test::Holds(_) => format!("an {}", contexts(binding)),
    }
}

/// So many paths of a context are listed in full.
const PATHS: usize = 8;

fn contexts(binding: &Binding) -> String {
    let paths = binding.context.paths;
    let mut shown: Vec<String> = paths.iter().take(PATHS).map(|path| format!("`{path}`")).collect();
    if let Some(more) = paths.len().checked_sub(PATHS).filter(|more| *more > 0) {
        shown.push(format!("{more} weiteren Stellen"));
    }
    let condition = if binding.context.when.is_some() { " (unter einer Bedingung)" } else { "" };
    shown.join(", ") + condition
}

fn shape_words(shape: Shape) -> String {
    let says = match shape {
        Shape::Forbidden(_) => "kommt nicht vor",
        Shape::AtMostOne(_) => "höchstens einmal",
        Shape::ExactlyOne(_) => "genau einmal",
        Shape::Required(_) => "mindestens einmal",
    };
    format!("`{}` {says}", shape.path())
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Fehler",
        Severity::Warning => "Warnung",
        Severity::Information => "Hinweis",
    }
}

/// The official severity, and the profiles that give it another.
fn severities(rule: &Rule) -> String {
    let mut others: Vec<(Severity, Vec<String>)> = Vec::new();
    for profile in Profile::ALL {
        let kinds = [(Kind::UblInvoice, "UBL-Rechnung"), (Kind::UblCreditNote, "UBL-Gutschrift"), (Kind::Cii, "CII")];
        let given: Vec<(Option<Severity>, &str)> = kinds
            .into_iter()
            .filter(|(kind, _)| profile.allows(*kind) && !bindings(rule, *kind).is_empty())
            .map(|(kind, name)| (profile.severity(kind, rule.id).filter(|given| *given != rule.severity), name))
            .collect();
        for level in [Severity::Error, Severity::Warning, Severity::Information] {
            let of: Vec<&str> =
                given.iter().filter(|(other, _)| *other == Some(level)).map(|(_, name)| *name).collect();
            let text = match of.len() {
                0 => continue,
                count if count == given.len() => profile.title().to_owned(),
                _ => format!("{} ({})", profile.title(), of.join(", ")),
            };
            match others.iter_mut().find(|(other, _)| *other == level) {
                Some((_, profiles)) => profiles.push(text),
                None => others.push((level, vec![text])),
            }
        }
    }
    let mut out = severity(rule.severity).to_owned();
    for (level, profiles) in others {
        _ = write!(out, "; {} bei {}", severity(level), profiles.join(", "));
    }
    out
}

fn bindings(rule: &Rule, kind: Kind) -> &'static [Binding] {
    if kind == Kind::Cii { rule.cii } else { rule.ubl }
}

fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Software => "in der Software des Rechnungsstellers",
        Actor::Issuer => "vom Rechnungssteller",
        Actor::Buyer => "vom Rechnungsempfänger zu klären",
    }
}

fn term(id: &str, with_name: bool) -> String {
    let name =
        Bt::from_id(id).map(|term| term.name(Lang::De)).or_else(|| Bg::from_id(id).map(|group| group.name(Lang::De)));
    match name {
        Some(name) if with_name => format!("[{id}](../begriffe.md#{}) {name}", id.to_lowercase()),
        Some(_) => format!("[{id}](../begriffe.md#{})", id.to_lowercase()),
        None => id.to_owned(),
    }
}

fn releases(rule: &Rule) -> String {
    let standing = Release::ALL.into_iter().filter(|release| rule.releases.contain(*release));
    let names: Vec<&str> = standing.map(Release::name).collect();
    if names.len() == Release::ALL.len() { "alle".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_numbers() {
        let mut ids =
            ["PEPPOL-EN16931-R010", "PEPPOL-EN16931-CL001", "PEPPOL-EN16931-R002", "BR-CO-10", "BR-CO-9", "BR-CO-04"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(
            ids,
            ["BR-CO-04", "BR-CO-9", "BR-CO-10", "PEPPOL-EN16931-CL001", "PEPPOL-EN16931-R002", "PEPPOL-EN16931-R010"]
        );
    }

    #[test]
    fn every_rule_stands_on_its_page() {
        let pages = pages();
        for layer in Layer::ALL {
            for rule in layer.rules() {
                let family = &FAMILIES[family_of(layer, rule.id)];
                let page = &pages[&format!("{RULES}/{}.md", family.file)];
                let heading = format!("## {}\n", rule.id);
                let row = format!("<a id=\"{}\"></a>{} |", rule.id.to_lowercase(), rule.id);
                assert!(page.contains(&heading) || page.contains(&row), "{} is missing in {}", rule.id, family.file);
            }
        }
    }
}
