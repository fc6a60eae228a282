//! The table of permissions in the operator's guide, written from what was seen: each address is asked with
//! each permission alone.
//!
//! Invariant: no line of the table is what somebody thought; it is what the server did.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vir_auth::{DefaultRole, permission_table};
use vir_core::Lang;

use super::ask::Asking;
use super::judge::Outcome;
use super::rights;
use super::routes::{Body, Need, ROUTES};

/// The page that holds it, between two marks.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/betrieb/rechte.md");
const HEAD: &str = "# Rechte

Diese Seite ist erzeugt: Die erste Tabelle steht so im Programm. Die zweite ist gemessen: Ein Test fragt den laufenden Server an jeder Adresse mit jedem einzelnen Recht und schreibt auf, was er antwortet (`apps/vir/tests/server/isolation`). Weicht die Seite davon ab, schlägt der Test fehl.

## Rechte und mitgelieferte Rollen

Eigene Rollen fassen Rechte anders zusammen. Jede Rolle gilt für eine Organisationseinheit und alle darunter, wo „bis Betragsgrenze“ steht, auf Wunsch nur bis zu einem Betrag.

";
const MIDDLE: &str = "
## Adressen und was sie verlangen

*in einer Einheit*: Das Recht genügt in irgendeiner Einheit; gezeigt und bewegt wird nur, was zu Einheiten gehört, in denen man es hat. *überall*: Das Recht muss für die ganze Verwaltung gelten. Was man nicht sehen darf, wird beantwortet wie etwas, das es nicht gibt (404). Die eigenen Dinge (Konto, Vertretung, Token, eigenes Hochladen) gehören nur der Person selbst.

| Adresse | | Benötigt |
|---|---|---|
";

/// Asks each address with each permission; gives the whole page.
pub async fn measure(asking: &Asking) -> String {
    let callers = &asking.world.callers;
    let find = |label: String| callers.iter().position(|caller| caller.label == label).unwrap();
    let nobody = find("nobody".to_owned());
    let known = find("no rights of aurich".to_owned());
    let only = |permission: &str, unit: usize| find(format!("only {permission}@{unit} of aurich"));
    let mut rows: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (index, route) in ROUTES.iter().enumerate() {
        let mut needs = Vec::new();
        // Who may do everything gets there, else the line would say nothing.
        let passes = |outcome: Outcome| match outcome {
            Outcome::Allowed => true,
            // What harms is asked about something invented by those who may: missing, not refused.
            Outcome::Missing => {
                route.may_lack && matches!(route.need, Need::Everywhere(_) | Need::Anywhere(_) | Need::Browser)
            }
            _ => false,
        };
        if matches!(route.need, Need::Open | Need::Visit | Need::Secret) {
            let seen = asking.outcome_for(index, nobody).await;
            assert!(seen != Outcome::Broken, "{} {}", route.method, route.path);
            needs.push(
                if matches!(route.need, Need::Secret) { "öffentlich (geheime Adresse)" } else { "öffentlich" }
                    .to_owned(),
            );
        } else {
            assert!(!passes(asking.outcome_for(index, nobody).await), "{} {} is open", route.method, route.path);
            if let Need::OwnWith(permission) = route.need {
                let missing = asking.outcome_for(index, only(permission, 4)).await;
                assert_eq!(missing, Outcome::Missing, "{} {}", route.method, route.path);
                needs.push(format!("`{permission}` in einer Einheit, nur Eigenes"));
            } else if matches!(route.need, Need::Own) || passes(asking.outcome_for(index, known).await) {
                needs.push("angemeldet".to_owned());
            } else {
                for permission in rights::ALL {
                    if passes(asking.outcome_for(index, only(permission, rights::ROOT)).await) {
                        let here = passes(asking.outcome_for(index, only(permission, 4)).await);
                        // A thing of another unit is missing to them; then the permission decides with the thing.
                        let with_thing = matches!(
                            route.need,
                            Need::Invoice(_) | Need::Record(_) | Need::AllUnits(..) | Need::Import
                        );
                        let word = if here || with_thing { "in einer Einheit" } else { "überall" };
                        needs.push(format!("`{permission}` {word}"));
                    }
                }
                if needs.is_empty() {
                    for permission in
                        rights::ALL.into_iter().filter(|permission| *permission != rights::sight(permission))
                    {
                        let both = find(format!("see and {permission}@1 of aurich"));
                        if passes(asking.outcome_for(index, both).await)
                            || (matches!(route.need, Need::AllUnits(..)) && permission == rights::PAY)
                        {
                            let thing = if matches!(route.need, Need::Record(_)) { "Akte" } else { "Rechnung" };
                            let sight = rights::sight(permission);
                            needs.push(format!("`{sight}` und `{permission}` in der Einheit der {thing}"));
                        }
                    }
                }
            }
        }
        if needs.is_empty() && route.may_lack {
            // The things of this test are no pictures and have nothing beside them.
            needs.push("wie die Rechnung, die Akte oder der Lauf selbst".to_owned());
        }
        let mighty = asking.outcome_for(index, find("mighty of aurich".to_owned())).await;
        assert!(
            !needs.is_empty(),
            "nobody can use {} {}: {mighty:?} to who may do everything",
            route.method,
            route.path
        );
        let what = match route.tame {
            Body::Form(text) if text.starts_with("kind=") && route.path.ends_with("entscheidung") => {
                format!("`{}`", text.split('&').next().unwrap_or_default())
            }
            Body::Json(text) if text.starts_with("{\"kind\"") => {
                format!("`kind={}`", text.split('"').nth(3).unwrap_or_default())
            }
            _ => String::new(),
        };
        let path = route.path.replace("{word}", "{…}");
        let entry = rows.entry((path, format!("{} {what}", route.method).trim().to_owned())).or_default();
        for need in needs {
            if !entry.contains(&need) {
                entry.push(need);
            }
        }
    }
    let mut page = HEAD.to_owned();
    let blocks = [vir_invoice_desk::block().permissions, vir_archive_desk::block().permissions];
    page.push_str(&permission_table(&blocks, &DefaultRole::ALL, Lang::De));
    page.push_str(MIDDLE);
    for ((path, method), needs) in rows {
        let _ = writeln!(page, "| `{path}` | {method} | {} |", needs.join(" oder "));
    }
    page
}

/// The page in the guide is this one; `VIR_UPDATE=1` writes it.
pub fn assert_is_written(page: &str) {
    if std::env::var_os("VIR_UPDATE").is_some() {
        std::fs::write(PAGE, page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    let differs = page.lines().zip(written.lines()).find(|(new, old)| new != old);
    assert!(
        written == page,
        "docs/betrieb/rechte.md is not what the server does; write it with VIR_UPDATE=1. First difference: {differs:?}"
    );
}
