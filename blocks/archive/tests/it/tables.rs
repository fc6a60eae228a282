//! Claims about generated pages: `docs/algorithmen.md` says what the catalogue says, `docs/handbuch/aktenweg.md` what
//! the law of the life cycle says,
//! `docs/handbuch/scannen.md` the measures of scanning. `VIR_UPDATE=1` writes it.

use std::fs;
use std::path::Path;

use vir_archive::evidence::catalogue;
use vir_archive::lifecycle::law;
use vir_archive::scan::measures;

#[test]
fn the_page_of_algorithms_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/algorithmen.md");
    let head = "<!-- Diese Seite schreibt `VIR_UPDATE=1 cargo test -p vir-archive --test it tables`; Änderungen von Hand gehen verloren. -->\n\n# Geeignete Algorithmen\n\nWelcher Algorithmus eines Beweisnachweises bis wann geeignet war. Beurteilt wird jeder Zeitstempel für den Tag, an dem der nächste ihn ablöste, der letzte für den Tag der Prüfung. Was hier nicht steht, gilt als ungeeignet. Bei Schlüssellängen zählt die größte Länge, die ein Schlüssel erreicht.\n\n";
    let page = format!("{head}{}", catalogue::table());
    if std::env::var_os("VIR_UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), page, "stale: run with VIR_UPDATE=1");
}

#[test]
fn the_page_of_rules_is_the_law() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbuch/aktenweg.md");
    let head = "<!-- Diese Seite schreibt `VIR_UPDATE=1 cargo test -p vir-archive --test it tables`; Änderungen von Hand gehen verloren. -->\n\n# Regeln des Aktenwegs\n\nEine Akte geht ihren Weg in Schritten: in Bearbeitung, z.d.A., im Langzeitspeicher, angeboten, bewertet, abgegeben, gelöscht. Vor jedem Schritt prüft die Bibliothek `vir-archive` die Regeln dieser Seite. Eine Ablehnung nennt jede Regel, die dagegen spricht.\n\nRegeln über Personen gelten immer für beide: für die Person, die handelt, und für die Person, die sie vertritt.\n\n";
    let page = format!("{head}{}", law::handbook());
    if std::env::var_os("VIR_UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), page, "stale: run with VIR_UPDATE=1");
}

#[test]
fn the_page_of_scanning_is_the_table_of_measures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbuch/scannen.md");
    let head = include_str!("scan/page.md");
    let page = format!("{head}{}", measures::table());
    if std::env::var_os("VIR_UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), page, "stale: run with VIR_UPDATE=1");
}
