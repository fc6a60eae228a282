//! Rows as CSV (RFC 4180) for German spreadsheets: `;` between cells, decimal comma, UTF-8, with a
//! byte order mark where wanted, because Excel takes UTF-8 without one for something else.
//!
//! Invariant: no cell begins a formula. What a seller writes into an invoice is run by nobody's
//! spreadsheet (CWE-1236).

use vir_core::Lang;

use super::columns::Cell;

/// The mark by which Excel knows UTF-8.
pub const MARK: &str = "\u{FEFF}";

/// One row of headings.
#[must_use]
pub fn heading(headings: &[String], lang: Lang) -> String {
    row(&headings.iter().cloned().map(Cell::Text).collect::<Vec<_>>(), lang)
}

/// One row.
#[must_use]
pub fn row(cells: &[Cell], lang: Lang) -> String {
    let mut out = String::new();
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(';');
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(value) => text(&mut out, value),
            Cell::Day(day) => out.push_str(&vir_web::format::date(*day, lang)),
            Cell::Moment(moment) => text(&mut out, &vir_web::format::date_time(*moment, lang)),
            Cell::Cents(cents) => {
                let sign = if *cents < 0 { "-" } else { "" };
                let cents = cents.unsigned_abs();
                out.push_str(&format!("{sign}{}{}{:02}", cents / 100, lang.tr(',', '.'), cents % 100));
            }
            Cell::Count(count) => out.push_str(&count.to_string()),
            Cell::Tenths(tenths) => {
                let sign = if *tenths < 0 { "-" } else { "" };
                let tenths = tenths.unsigned_abs();
                out.push_str(&format!("{sign}{}{}{}", tenths / 10, lang.tr(',', '.'), tenths % 10));
            }
        }
    }
    out.push_str("\r\n");
    out
}

fn text(out: &mut String, value: &str) {
    // Blanks before the sign do not save anybody: some programs strip them.
    let formula = value.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'])
        || value.starts_with(['\t', '\r', '\n']);
    let quoted = formula || value.contains([';', ',', '"', '\n', '\r', '\t']) || value != value.trim();
    if !quoted {
        out.push_str(value);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&value.replace('"', "\"\"").replace('\0', ""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(value: &str) -> String {
        row(&[Cell::Text(value.to_owned())], Lang::De)
    }

    #[test]
    fn cells_of_all_kinds() {
        let cells = [
            Cell::Text("Holm; Söhne \"KG\"".into()),
            Cell::Empty,
            Cell::Cents(-123_405),
            Cell::Count(7),
            Cell::Text("a\nb".into()),
        ];
        assert_eq!(row(&cells, Lang::De), "\"Holm; Söhne \"\"KG\"\"\";;-1234,05;7;\"a\nb\"\r\n");
    }

    #[test]
    fn no_formula() {
        for value in ["=1+1", "+49 421", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "=\"a\"&\";\""] {
            let line = line(value);
            assert!(line.starts_with("\"'"), "{value:?}: {line:?}");
        }
        assert_eq!(line("R-2026-1"), "R-2026-1\r\n");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(values in proptest::collection::vec("[ -~äöü€\n\r\"';=]{0,12}", 1..6)) {
            let cells: Vec<Cell> = values.iter().cloned().map(Cell::Text).collect();
            let written = row(&cells, Lang::De);
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(written.as_bytes());
            let records: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
            // A row of one empty cell is an empty line.
            if values.len() > 1 {
                prop_assert_eq!(records.len(), 1);
                for (cell, value) in records[0].iter().zip(&values) {
                    prop_assert!(cell == value || cell == format!("'{value}"), "{:?} {:?}", cell, value);
                }
            }
        }
    }
}
