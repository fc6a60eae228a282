//! The page of the code lists: which codes an invoice may use in the newest release.

use std::fmt::Write as _;

use vir_core::Lang;
use vir_invoice::rules::Release;
use vir_invoice::rules::codes::CodeList;

use super::{GENERATED, cell};

pub(super) fn page() -> String {
    let newest = Release::default();
    let mut out = format!("{GENERATED}# Codelisten\n\n");
    _ = writeln!(
        out,
        "Diese Codes lassen die Regeln des Stands {} zu. Die Listen der Norm sind enger als die Verzeichnisse, aus \
         denen sie stammen. Namen stehen bei den Codes, denen man begegnet; geprüft wird allein der Code.\n",
        newest.name()
    );
    for list in CodeList::ALL {
        let (named, bare): (Vec<&str>, Vec<&str>) = list.codes(newest).partition(|code| list.name(code).is_some());
        _ = writeln!(out, "## {} ({})\n", list.title.get(Lang::De), list.id);
        let gone: Vec<String> = Release::ALL
            .into_iter()
            .flat_map(|release| {
                let old = list.codes(release).filter(|code| !list.contains(code, newest));
                old.map(move |code| format!("`{code}` (nur {})", release.name())).collect::<Vec<_>>()
            })
            .collect();
        if !named.is_empty() {
            out.push_str("| Code | Bedeutung | Meaning |\n|---|---|---|\n");
            for code in named {
                let name = list.name(code).unwrap_or_default();
                _ = writeln!(out, "| `{code}` | {} | {} |", cell(name.de), cell(name.en));
            }
            out.push('\n');
        }
        if !bare.is_empty() {
            let codes: Vec<String> = bare.iter().map(|code| format!("`{code}`")).collect();
            _ = writeln!(out, "{}\n", codes.join(" "));
        }
        if !gone.is_empty() {
            _ = writeln!(out, "Nicht mehr zugelassen: {}.\n", gone.join(", "));
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
