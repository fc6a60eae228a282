//! The permission table of the handbook, generated from what the blocks declare.

use std::fmt::Write as _;

use vir_core::Lang;

use crate::permission::{BlockPermissions, DefaultRole, PLATFORM};

/// A table in Markdown: a row per permission, a column per role. The platform's own permissions come first.
#[must_use]
pub fn permission_table(blocks: &[BlockPermissions], roles: &[DefaultRole], lang: Lang) -> String {
    let mut table = String::new();
    let heads: Vec<&str> = roles.iter().map(|role| role.title().get(lang)).collect();
    let _ = writeln!(table, "| {} | {} |", lang.tr("Recht", "Permission"), heads.join(" | "));
    let _ = writeln!(table, "|---|{}", ":-:|".repeat(roles.len()));
    for block in std::iter::once(&PLATFORM).chain(blocks) {
        let _ = writeln!(table, "| **{}** |{}", block.title.get(lang), " |".repeat(roles.len()));
        for info in block.permissions {
            let mark = if info.limited { lang.tr(" (bis Betragsgrenze)", " (up to the limit)") } else { "" };
            let _ = write!(table, "| {}{mark}<br>`{}` |", info.text.get(lang), info.name);
            for role in roles {
                table.push_str(if info.roles.contains(role) { " ● |" } else { " |" });
            }
            table.push('\n');
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_per_permission_and_a_column_per_role() {
        let table = permission_table(&[], &[DefaultRole::Administrator, DefaultRole::Auditor], Lang::En);
        assert_eq!(
            table,
            "| Permission | Administration | Audit |\n|---|:-:|:-:|\n| **Administration of the system** | | |\n\
             | Administer people, groups, roles, organisation units and settings<br>`platform.administer` | ● | |\n\
             | Read the audit log<br>`platform.audit` | | ● |\n"
        );
    }
}
