//! Rows as CSV (RFC 4180) for German spreadsheets.
//!
//! Invariant: no cell begins a formula (CWE-1236).

/// The mark by which spreadsheets know UTF-8.
pub const MARK: &str = "\u{FEFF}";

/// Adds a row.
pub fn row(out: &mut String, cells: &[&str]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(';');
        }
        let formula =
            cell.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'])
                || cell.starts_with(['\t', '\r', '\n']);
        out.push('"');
        if formula {
            out.push('\'');
        }
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let mut out = String::new();
        super::row(&mut out, &["a;b", "x\"y", "=1+1", " -2"]);
        assert_eq!(out, "\"a;b\";\"x\"\"y\";\"'=1+1\";\"' -2\"\r\n");
    }
}
