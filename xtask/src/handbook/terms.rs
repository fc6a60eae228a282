//! The page of the semantic model: every group and term with name, meaning, type and places.
//!
//! Invariant: the order is the dictionary's, which is the order in which a person reads an invoice.

use std::fmt::Write as _;

use vir_core::Lang;
use vir_invoice::bindings::{Binding, bindings};
use vir_invoice::model::{Bg, Bt, DataType};

use super::{GENERATED, cell, plain};

pub(super) fn page() -> String {
    let mut out = format!("{GENERATED}# Begriffe der E-Rechnung\n\n");
    out.push_str(
        "Die Norm EN 16931 zerlegt eine Rechnung in Gruppen (BG) und Felder (BT). Diese Seite nennt alle, die `vir` \
         kennt, mit den Erweiterungen der XRechnung Extension (DEX), und die Stelle, an der sie in UBL und in CII \
         stehen.\n\n\
         Die Spalte *n* sagt, wie oft ein Feld in seiner Gruppe stehen darf. Pfade beginnen beim Element der Gruppe; \
         `[…]` nennt eine Bedingung, `{…}` einen Wert, der dazu geschrieben wird, `*` ein Element für jeden Wert, \
         ein senkrechter Strich trennt mehrere Stellen. Ein Strich heißt: Die Syntax kann es nicht sagen, oder es \
         steht am Wert, zu dem es gehört.\n\n",
    );
    for group in Bg::ALL {
        section(&mut out, *group);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(out: &mut String, group: Bg) {
    let id = group.id();
    _ = writeln!(out, "## <a id=\"{}\"></a>{id} {}\n", id.to_lowercase(), group.name(Lang::De));
    _ = write!(out, "{} *{}: {}*", group.about(Lang::De), group.name(Lang::En), group.about(Lang::En));
    if let Some(parent) = group.parent() {
        let link = parent.id().to_lowercase();
        _ = write!(out, " Steht {}-mal in [{} {}](#{link}).", group.cardinality(), parent.id(), parent.name(Lang::De));
    }
    out.push_str("\n\n");
    let own: Vec<Binding> = bindings().filter(|binding| binding.id == id).collect();
    if !own.is_empty() {
        _ = writeln!(
            out,
            "UBL: {} · CII: {}\n",
            paths(own.iter().map(|own| &own.ubl)),
            paths(own.iter().map(|own| &own.cii))
        );
    }
    if group.kin() != group {
        let kin = group.kin();
        _ = writeln!(out, "Hat die Felder von [{} {}](#{}).\n", kin.id(), kin.name(Lang::De), kin.id().to_lowercase());
    }
    let terms: Vec<Bt> = Bt::ALL.iter().copied().filter(|term| term.group() == group).collect();
    if terms.is_empty() {
        return;
    }
    out.push_str("| Feld | Name | n | Art | UBL | CII |\n|---|---|---|---|---|---|\n");
    for term in terms {
        row(out, term);
    }
    out.push('\n');
}

fn row(out: &mut String, term: Bt) {
    let id = term.id();
    let own: Vec<Binding> = bindings().filter(|binding| binding.id == id).collect();
    let codes = match term.entry().codes {
        "" => String::new(),
        list => format!(" ({list})"),
    };
    _ = writeln!(
        out,
        "| <a id=\"{}\"></a>{id} | **{}** {} *{}* | {} | {}{codes} | {} | {} |",
        id.to_lowercase(),
        term.name(Lang::De),
        cell(&plain(term.about(Lang::De))),
        term.name(Lang::En),
        term.cardinality(),
        data_type(term.data_type()),
        cell(&paths(own.iter().map(|own| &own.ubl))),
        cell(&paths(own.iter().map(|own| &own.cii))),
    );
}

fn paths<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    let shown: Vec<String> = paths.filter(|path| !path.is_empty()).map(|path| format!("`{path}`")).collect();
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
}

fn data_type(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Text => "Text",
        DataType::Identifier => "Kennung",
        DataType::DocumentReference => "Verweis",
        DataType::Code => "Code",
        DataType::Date => "Datum",
        DataType::Amount => "Betrag",
        DataType::UnitPriceAmount => "Preis",
        DataType::Quantity => "Menge",
        DataType::Percentage => "Prozentsatz",
        DataType::BinaryObject => "Datei",
        DataType::Component => "Zusatz",
    }
}
