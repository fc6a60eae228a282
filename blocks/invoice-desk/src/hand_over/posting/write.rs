//! Writing postings: as a table by a mapping, or as JSON.
//!
//! Invariant: a cell never holds what would end it or its line, and no text of a document begins a
//! formula.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::mapping::{DateForm, Field, LineEnd, Mapping, NumberForm, Source};

/// One posting: an invoice, or the part of it that goes to one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    /// The invoice's id in the register.
    pub invoice: String,
    /// Voucher number.
    pub voucher: String,
    /// Number of the invoice (BT-1).
    pub number: String,
    /// A credit note, instead of an invoice.
    pub credit_note: bool,
    /// Issue date (BT-2), `2026-12-31`.
    pub issue_date: String,
    /// When it came in.
    pub received: String,
    /// When it is due, or empty.
    pub due_date: String,
    /// Until when the discount holds, or empty.
    pub skonto_date: String,
    /// The discount in cents.
    pub skonto_cents: i64,
    /// Seller.
    pub seller: String,
    /// Id of the seller.
    pub seller_id: String,
    /// Account of the seller.
    pub iban: String,
    /// What to state when paying.
    pub reference: String,
    /// Text of the posting.
    pub text: String,
    /// Amount in cents, above zero.
    pub cents: i64,
    /// Currency.
    pub currency: String,
    /// Cost centre.
    pub cost_centre: String,
    /// Account.
    pub account: String,
    /// Product.
    pub product: String,
    /// How the tax is treated.
    pub tax: String,
    /// Organisation unit.
    pub unit: String,
    /// Buyer reference (BT-10).
    pub buyer_reference: String,
    /// Order number (BT-13).
    pub order_reference: String,
    /// Who ordered.
    pub ordered_by: String,
    /// When.
    pub ordered_on: String,
}

/// A written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Characters that the encoding cannot say, and that became `?`.
    pub replaced: usize,
}

/// Writes a batch as a table.
#[must_use]
pub fn write_table(mapping: &Mapping, batch: &str, postings: &[Posting]) -> Written {
    let mut out = String::new();
    let end = match mapping.line_end {
        LineEnd::Crlf => "\r\n",
        LineEnd::Lf => "\n",
    };
    if mapping.header {
        let titles = mapping.columns.iter().map(|column| inert(&column.title));
        line(&mut out, mapping, titles, end);
    }
    for (index, posting) in postings.iter().enumerate() {
        let cells = mapping.columns.iter().map(|column| {
            let text = match &column.source {
                Source::Constant(text) => text.clone(),
                Source::Field(field) => value(*field, posting, batch, index + 1, mapping),
            };
            if column.longest == 0 { text } else { text.chars().take(column.longest).collect() }
        });
        line(&mut out, mapping, cells, end);
    }
    let (bytes, replaced) = mapping.encoding.encode(&out);
    Written { bytes, replaced }
}

/// Writes a batch as JSON: every value of every posting.
#[must_use]
pub fn write_json(batch: &str, postings: &[Posting]) -> Vec<u8> {
    let sum: i64 =
        postings.iter().map(|posting| if posting.credit_note { -posting.cents } else { posting.cents }).sum();
    let json = serde_json::json!({
        "batch": batch,
        "count": postings.len(),
        "sumCents": sum,
        "postings": postings,
    });
    let mut bytes = json.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

fn line(out: &mut String, mapping: &Mapping, cells: impl Iterator<Item = String>, end: &str) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(mapping.separator);
        }
        if mapping.quote_all || cell.contains([mapping.separator, '"']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str(end);
}

fn value(field: Field, posting: &Posting, batch: &str, line: usize, mapping: &Mapping) -> String {
    let amount = |cents: i64| match mapping.number {
        NumberForm::Comma => super::super::pain001::euros(cents).replace('.', ","),
        NumberForm::Point => super::super::pain001::euros(cents),
        NumberForm::Cents => cents.to_string(),
    };
    let day = |text: &str| date(text, mapping.date);
    match field {
        Field::Batch => inert(batch),
        Field::Line => line.to_string(),
        Field::Voucher => inert(&posting.voucher),
        Field::Number => inert(&posting.number),
        Field::Kind => if posting.credit_note { "GS" } else { "RE" }.to_owned(),
        Field::IssueDate => day(&posting.issue_date),
        Field::Received => day(&posting.received),
        Field::DueDate => day(&posting.due_date),
        Field::SkontoDate => day(&posting.skonto_date),
        Field::Skonto => {
            if posting.skonto_cents == 0 {
                String::new()
            } else {
                amount(posting.skonto_cents)
            }
        }
        Field::Seller => inert(&posting.seller),
        Field::SellerId => inert(&posting.seller_id),
        Field::Iban => inert(&posting.iban),
        Field::Reference => inert(&posting.reference),
        Field::Text => inert(&posting.text),
        Field::Amount => amount(posting.cents),
        Field::SignedAmount => amount(if posting.credit_note { -posting.cents } else { posting.cents }),
        Field::DebitCredit => if posting.credit_note { "H" } else { "S" }.to_owned(),
        Field::Currency => inert(&posting.currency),
        Field::CostCentre => inert(&posting.cost_centre),
        Field::Account => inert(&posting.account),
        Field::Product => inert(&posting.product),
        Field::Tax => inert(&posting.tax),
        Field::Unit => inert(&posting.unit),
        Field::BuyerReference => inert(&posting.buyer_reference),
        Field::OrderReference => inert(&posting.order_reference),
        Field::OrderedBy => inert(&posting.ordered_by),
        Field::OrderedOn => day(&posting.ordered_on),
    }
}

/// A text of a document on one line, which no spreadsheet takes for a formula.
fn inert(text: &str) -> String {
    let mut out: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if out.starts_with(['=', '+', '-', '@']) {
        out.insert(0, '\'');
    }
    out
}

fn date(text: &str, form: DateForm) -> String {
    let Some(day) = text.get(..10).and_then(|text| text.parse::<Date>().ok()) else { return String::new() };
    let pattern = match form {
        DateForm::German => "%d.%m.%Y",
        DateForm::Iso => "%Y-%m-%d",
        DateForm::Compact => "%Y%m%d",
        DateForm::Ddmmyyyy => "%d%m%Y",
        DateForm::Ddmm => "%d%m",
    };
    day.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::presets;
    use super::*;

    fn posting() -> Posting {
        Posting {
            voucher: "2026-000017".to_owned(),
            number: "R-4711".to_owned(),
            issue_date: "2026-11-02".to_owned(),
            received: "2026-11-03".to_owned(),
            due_date: "2026-12-02".to_owned(),
            seller: "Müller; Söhne \"GmbH\"".to_owned(),
            seller_id: "DE123456789".to_owned(),
            iban: "DE89370400440532013000".to_owned(),
            reference: "R-4711".to_owned(),
            text: "Streusalz".to_owned(),
            cents: 11_900,
            currency: "EUR".to_owned(),
            cost_centre: "5410".to_owned(),
            account: "4271".to_owned(),
            product: "541000".to_owned(),
            ordered_on: "2026-11-10".to_owned(),
            ..Posting::default()
        }
    }

    #[test]
    fn presets_as_they_are_written() {
        let lines: Vec<String> = presets::ALL
            .iter()
            .map(|preset| {
                let written = write_table(&preset.mapping(), "B-1", &[posting()]);
                assert_eq!(written.replaced, 0);
                let text: String =
                    written.bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '~' }).collect();
                text.lines().nth(1).unwrap().to_owned()
            })
            .collect();
        assert_eq!(
            lines,
            [
                "B-1;1;2026-000017;RE;R-4711;02.11.2026;03.11.2026;02.12.2026;;;\"M~~ller; S~~hne \"\"GmbH\"\"\";DE123456789;DE89370400440532013000;R-4711;119,00;EUR;5410;4271;541000;;;;;10.11.2026",
                "119,00;S;EUR;;;;4271;;;0211;2026-000017;R-4711;;Streusalz;5410",
                "1000\tKR\t20261102\t20261110\tR-4711\t2026-000017\tDE12345678\tS\t119,00\tEUR\t4271\t5410\t541000\t20261202\tStreusalz",
                "\"2026-000017\";\"02.11.2026\";\"R-4711\";\"DE123456789\";\"M~ller; S~hne \"\"GmbH\"\"\";\"541000\";\"4271\";\"5410\";\"119,00\";\"02.12.2026\";\"\";\"\";\"DE89370400440532013000\";\"R-4711\";\"Streusalz\"",
                "AO;2026-000017;02.11.2026;02.12.2026;541000;4271;5410;119,00;\"M~ller; S~hne \"\"GmbH\"\"\";DE89370400440532013000;R-4711;Streusalz",
            ]
        );
    }

    proptest! {
        #[test]
        fn hostile_texts_stay_one_cell(seller in "[\\PC\r\n\t;\"=+@]{0,40}", number in "[\\PC\r\n;|]{0,20}") {
            let hostile = Posting { seller: seller.clone(), number, ..posting() };
            for preset in presets::ALL {
                let mut mapping = preset.mapping();
                mapping.encoding = super::super::Encoding::Utf8;
                let written = write_table(&mapping, "1", &[hostile.clone(), hostile.clone()]);
                let separator = u8::try_from(u32::from(mapping.separator)).unwrap();
                let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(true).from_reader(&written.bytes[..]);
                let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
                prop_assert_eq!(rows.len(), 2);
                for row in &rows {
                    prop_assert_eq!(row.len(), mapping.columns.len());
                    prop_assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '@'])));
                }
            }
        }
    }
}
