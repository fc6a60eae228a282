//! Lines from a table, as spreadsheets export it.
//!
//! The first row names the columns, in English or German, in any order. The separator (`;`, `,` or tab)
//! is taken from it. Numbers may have a decimal comma; a thousands separator is refused rather than
//! guessed.
//!
//! Invariant: every error names row and column as the spreadsheet shows them.

use vir_core::Decimal;

use super::draft::{Line, Number, Vat};

/// Why a table of lines cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, column {column}: {problem}")]
pub struct CsvError {
    /// Row, counted from 1, the heading included.
    pub row: u64,
    /// Name of the column.
    pub column: String,
    /// What is wrong.
    pub problem: String,
}

/// The columns with their English and German headings.
const COLUMNS: [(&str, &str); 11] = [
    ("id", "nr"),
    ("name", "bezeichnung"),
    ("description", "beschreibung"),
    ("article", "artikelnummer"),
    ("quantity", "menge"),
    ("unit", "einheit"),
    ("price", "einzelpreis"),
    ("priceQuantity", "preismenge"),
    ("vatCategory", "steuerkategorie"),
    ("vatRate", "steuersatz"),
    ("exemptionReason", "befreiungsgrund"),
];

/// Reads the lines of a table.
///
/// ```
/// let lines = vir_invoice::create::lines_from_csv("Bezeichnung;Menge;Einzelpreis;Steuersatz\nStreusalz;10;0,35;19\n").unwrap();
/// assert_eq!(lines[0].price.0.to_string(), "0.35");
/// ```
///
/// # Errors
/// The first row that is not as it should be.
pub fn lines_from_csv(text: &str) -> Result<Vec<Line>, CsvError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let heading = text.lines().next().unwrap_or_default();
    let separator = [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|separator| heading.bytes().filter(|byte| byte == separator).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator.unwrap_or(b';'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let broken = |error: csv::Error| CsvError {
        row: error.position().map_or(1, csv::Position::line),
        column: String::new(),
        problem: error.to_string(),
    };
    let headings = reader.headers().map_err(broken)?.clone();
    let mut places = [None; COLUMNS.len()];
    for (place, heading) in headings.iter().enumerate() {
        let known =
            COLUMNS.iter().position(|(en, de)| heading.eq_ignore_ascii_case(en) || heading.eq_ignore_ascii_case(de));
        match known {
            Some(column) => places[column] = Some(place),
            None => {
                let known: Vec<String> = COLUMNS.iter().map(|(en, de)| format!("{en}/{de}")).collect();
                return Err(CsvError {
                    row: 1,
                    column: heading.to_owned(),
                    problem: format!("unknown column; known are {}", known.join(", ")),
                });
            }
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let row = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let column = COLUMNS.iter().position(|(en, _)| *en == name)?;
            record.get(places[column]?).filter(|cell| !cell.is_empty())
        };
        let missing = |name: &str| CsvError { row, column: name.to_owned(), problem: "is missing".to_owned() };
        let number = |name: &str| cell(name).map(|text| decimal(text, name, row)).transpose();
        lines.push(Line {
            id: cell("id").map(str::to_owned),
            name: cell("name").ok_or_else(|| missing("name"))?.to_owned(),
            description: cell("description").map(str::to_owned),
            article: cell("article").map(str::to_owned),
            quantity: number("quantity")?.ok_or_else(|| missing("quantity"))?,
            unit: cell("unit").unwrap_or("C62").to_owned(),
            price: number("price")?.ok_or_else(|| missing("price"))?,
            price_quantity: number("priceQuantity")?,
            vat: Vat {
                category: cell("vatCategory").unwrap_or("S").to_owned(),
                rate: number("vatRate")?.ok_or_else(|| missing("vatRate"))?,
                exemption_reason: cell("exemptionReason").map(str::to_owned),
                exemption_code: None,
            },
            allowances: Vec::new(),
            charges: Vec::new(),
            period: None,
            order_line: None,
            note: None,
        });
    }
    Ok(lines)
}

fn decimal(text: &str, column: &str, row: u64) -> Result<Number, CsvError> {
    let plain = text.trim_end_matches('%').trim_end();
    let plain = match (plain.contains('.'), plain.contains(',')) {
        (false, true) => plain.replacen(',', ".", 1),
        _ => plain.to_owned(),
    };
    plain.parse::<Decimal>().map(Number).map_err(|_| CsvError {
        row,
        column: column.to_owned(),
        problem: format!("{text:?} is no number such as 12,50 (without thousands separator)"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_headings_of_both_languages() {
        for table in [
            "name,quantity,price,vatRate\nSalz,10,0.35,19\n",
            "\u{FEFF}Bezeichnung;Menge;Einzelpreis;Steuersatz\r\nSalz;10;0,35;19 %\r\n",
            "Steuersatz\tBezeichnung\tMenge\tEinzelpreis\n19\tSalz\t10\t0,35\n",
        ] {
            let lines = lines_from_csv(table).unwrap();
            assert_eq!(lines.len(), 1, "{table}");
            assert_eq!((lines[0].price.0.to_string(), lines[0].vat.rate.0.to_string()), ("0.35".into(), "19".into()));
        }
    }

    #[test]
    fn errors_name_row_and_column() {
        for (table, expect) in [
            ("name;price;quantity;vatRate\nSalz;1.000,50;1;19", "row 2, column price: "),
            ("name;price;quantity;vatRate\nSalz;1;1;19\nSand;;1;19", "row 3, column price: is missing"),
            ("name;preis\nSalz;1", "row 1, column preis: unknown column"),
        ] {
            let error = lines_from_csv(table).unwrap_err().to_string();
            assert!(error.starts_with(expect), "{error}");
        }
    }
}
