//! One line per finding, and one for a document without any, for spreadsheets.
//!
//! Invariant: no cell begins so that a spreadsheet takes it for a formula.

use super::words::{actor_name, severity_name};
use super::{Checked, reason_name, verdict_name};
use crate::language::language;

/// The names of the columns.
pub const HEAD: &str = "file,document,profile,verdict,reason,rule,severity,layer,location,line,column,terms,value,message,repair,actor\r\n";

/// The lines of a document.
pub fn render(checked: &Checked) -> String {
    let report = &checked.report;
    let lang = language();
    let mut out = String::new();
    let head = [
        checked.file.as_str(),
        report.kind.map_or("", vir_invoice::identify::Kind::name),
        report.profile.map_or("", vir_invoice::identify::Profile::name),
        verdict_name(report),
        reason_name(report).unwrap_or(""),
    ];
    if report.findings.is_empty() {
        write_row(&mut out, head.into_iter().chain(["", "", "", "", "", "", "", "", "", "", ""]));
    }
    for finding in &report.findings {
        let number = |number: u32| if number > 0 { number.to_string() } else { String::new() };
        let (line, column) = (number(finding.place.line), number(finding.place.column));
        let terms = finding.terms.join(" ");
        let cells = [
            &*finding.rule,
            severity_name(finding.severity),
            finding.layer,
            &finding.place.path,
            &line,
            &column,
            &terms,
            finding.value.as_deref().unwrap_or(""),
            finding.message.get(lang),
            finding.repair.get(lang),
            actor_name(finding.actor),
        ];
        write_row(&mut out, head.into_iter().chain(cells));
    }
    out
}

fn write_row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<vir_core::Decimal>().is_err();
        // `-` alone is standard input.
        let formula = formula && cell != "-";
        if formula || cell.contains([',', '"', '\n', '\r', ';']) {
            out.push('"');
            if formula {
                out.push('\'');
            }
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed_and_are_no_formulas() {
        let mut out = String::new();
        write_row(&mut out, ["a", "b,c", "d\"e", "=1+1", "-5.00", "", "-"].into_iter());
        assert_eq!(out, "a,\"b,c\",\"d\"\"e\",\"'=1+1\",-5.00,,-\r\n");
    }
}
