//! The form of a posting file as an administration sets it.
//!
//! Invariant: a [`Mapping`] that passed [`Mapping::check`] can be written with any posting.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vir_core::{Lang, Phrase, Text};

use super::Encoding;

/// The form of a posting file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mapping {
    /// What the administration calls it.
    pub name: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// What stands between cells: `;`, `,`, tab or `|`.
    pub separator: char,
    /// A first line with the titles of the columns.
    pub header: bool,
    /// Every cell in quotation marks, instead of only those that need them.
    pub quote_all: bool,
    /// What ends a line.
    pub line_end: LineEnd,
    /// How characters become bytes.
    pub encoding: Encoding,
    /// How amounts are written.
    pub number: NumberForm,
    /// How dates are written.
    pub date: DateForm,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// What stands in it.
    pub source: Source,
    /// At most this many characters; 0 is no limit.
    #[serde(default)]
    pub longest: usize,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A value of the posting.
    Field(Field),
    /// Always the same.
    Constant(String),
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// As Windows programs write it.
    #[default]
    Crlf,
    /// As everybody else does.
    Lf,
}

/// How amounts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberForm {
    /// `1234,50`.
    #[default]
    Comma,
    /// `1234.50`.
    Point,
    /// `123450`.
    Cents,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateForm {
    /// `31.12.2026`.
    #[default]
    German,
    /// `2026-12-31`.
    Iso,
    /// `20261231`.
    Compact,
    /// `31122026`.
    Ddmmyyyy,
    /// `3112`.
    Ddmm,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $name:literal $de:literal $en:literal;)+) => {
        /// A value of a posting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Field { $($(#[$doc])* #[serde(rename = $name)] $variant,)+ }

        impl Field {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in a mapping.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it is.
            #[must_use]
            pub fn title(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => Phrase::new($de, $en).get(lang),)+ }
            }
        }
    };
}

fields! {
    /// Number of the batch.
    Batch "batch" "Nummer der Übergabe" "Number of the batch";
    /// Line of the batch, from 1.
    Line "line" "Zeile der Übergabe" "Line of the batch";
    /// Voucher number (§ 38 KomHKVO).
    Voucher "voucher" "Belegnummer" "Voucher number";
    /// Number of the invoice (BT-1).
    Number "number" "Rechnungsnummer" "Invoice number";
    /// Invoice or credit note: `RE`, `GS`.
    Kind "kind" "Belegart (RE, GS)" "Kind (RE, GS)";
    /// Date of the invoice (BT-2).
    IssueDate "issueDate" "Rechnungsdatum" "Issue date";
    /// When it came in.
    Received "received" "Eingangsdatum" "Received on";
    /// When it is due.
    DueDate "dueDate" "Fälligkeit" "Due date";
    /// Until when the discount holds.
    SkontoDate "skontoDate" "Skonto bis" "Discount until";
    /// The discount in money.
    Skonto "skonto" "Skontobetrag" "Discount";
    /// Name of the seller.
    Seller "seller" "Rechnungssteller" "Seller";
    /// VAT id or other id of the seller.
    SellerId "sellerId" "Kennung des Rechnungsstellers" "Seller id";
    /// Account of the seller.
    Iban "iban" "IBAN" "IBAN";
    /// What to state when paying.
    Reference "reference" "Verwendungszweck" "Payment reference";
    /// Text of the posting.
    Text "text" "Buchungstext" "Posting text";
    /// Amount of this posting with VAT, without sign.
    Amount "amount" "Betrag (ohne Vorzeichen)" "Amount (unsigned)";
    /// The same; credit notes below zero.
    SignedAmount "signedAmount" "Betrag (Gutschrift negativ)" "Amount (credit notes negative)";
    /// Debit or credit: `S`, `H`.
    DebitCredit "debitCredit" "Soll/Haben (S, H)" "Debit/credit (S, H)";
    /// Currency.
    Currency "currency" "Währung" "Currency";
    /// Cost centre.
    CostCentre "costCentre" "Kostenstelle" "Cost centre";
    /// Account.
    Account "account" "Sachkonto" "Account";
    /// Product.
    Product "product" "Produkt" "Product";
    /// How the tax is treated.
    Tax "tax" "Steuerbehandlung" "Tax treatment";
    /// Organisation unit.
    Unit "unit" "Organisationseinheit" "Unit";
    /// Buyer reference (BT-10).
    BuyerReference "buyerReference" "Leitweg-ID" "Buyer reference";
    /// Order number (BT-13).
    OrderReference "orderReference" "Bestellnummer" "Order reference";
    /// Who ordered the payment.
    OrderedBy "orderedBy" "Angeordnet von" "Ordered by";
    /// When.
    OrderedOn "orderedOn" "Angeordnet am" "Ordered on";
}

impl FromStr for Field {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|field| field.name() == text).ok_or(())
    }
}

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// There are no columns, or too many.
    #[error("a table has 1 to 100 columns")]
    Columns,
    /// The separator would be part of numbers or texts.
    #[error("{0:?} cannot separate cells")]
    Separator(char),
    /// Line of the written form, from 1, that is not understood.
    #[error("line {line}: {text:?} is not understood")]
    Written {
        /// Which line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A constant that would begin a formula in a spreadsheet.
    #[error("the constant {0:?} begins like a formula")]
    Formula(String),
}

impl MappingError {
    /// The reason for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Columns => Text::new("Eine Tabelle hat 1 bis 100 Spalten.", "A table has 1 to 100 columns."),
            Self::Separator(c) => Text::owned(
                format!(
                    "„{c}“ kann keine Spalten trennen. Möglich sind Semikolon, Komma, Tabulator und senkrechter Strich."
                ),
                format!("\"{c}\" cannot separate columns. Possible are semicolon, comma, tab and bar."),
            ),
            Self::Written { line, text } => Text::owned(
                format!(
                    "Zeile {line}: „{text}“ wird nicht verstanden. Erwartet wird: Titel = feld oder Titel = \"fester Text\", dahinter wenn nötig eine Länge: [36]."
                ),
                format!(
                    "Line {line}: \"{text}\" is not understood. Expected is: title = field or title = \"constant\", then, where needed, a length: [36]."
                ),
            ),
            Self::Formula(text) => Text::owned(
                format!("Der feste Text „{text}“ würde in einer Tabellenkalkulation als Formel gelesen."),
                format!("The constant \"{text}\" would be read as a formula by a spreadsheet."),
            ),
        }
    }
}

impl Mapping {
    /// Can a table be written by it?
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), MappingError> {
        if self.columns.is_empty() || self.columns.len() > 100 {
            return Err(MappingError::Columns);
        }
        if !matches!(self.separator, ';' | ',' | '\t' | '|') {
            return Err(MappingError::Separator(self.separator));
        }
        for column in &self.columns {
            if let Source::Constant(text) = &column.source
                && text.starts_with(['=', '+', '@'])
            {
                return Err(MappingError::Formula(text.clone()));
            }
        }
        Ok(())
    }

    /// The columns as a person edits them: one line each, `Title = field [length]`.
    #[must_use]
    pub fn columns_as_text(&self) -> String {
        let mut out = String::new();
        for column in &self.columns {
            out.push_str(&column.title);
            out.push_str(" = ");
            match &column.source {
                Source::Field(field) => out.push_str(field.name()),
                Source::Constant(text) => {
                    out.push('"');
                    out.push_str(text);
                    out.push('"');
                }
            }
            if column.longest > 0 {
                out.push_str(&format!(" [{}]", column.longest));
            }
            out.push('\n');
        }
        out
    }

    /// Reads what [`Self::columns_as_text`] writes.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub fn columns_from_text(text: &str) -> Result<Vec<Column>, MappingError> {
        let mut columns = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = || MappingError::Written { line: index + 1, text: line.chars().take(60).collect() };
            let (title, rest) = line.split_once(" = ").or_else(|| line.split_once('=')).ok_or_else(wrong)?;
            let rest = rest.trim();
            let (source, longest) = match rest.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
                Some((source, longest)) => (source.trim(), longest.trim().parse().map_err(|_| wrong())?),
                None => (rest, 0),
            };
            let source = match source.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(constant) => Source::Constant(constant.to_owned()),
                None => Source::Field(source.parse().map_err(|()| wrong())?),
            };
            columns.push(Column { title: title.trim().to_owned(), source, longest });
        }
        if columns.is_empty() || columns.len() > 100 {
            return Err(MappingError::Columns);
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::super::presets;
    use super::*;

    #[test]
    fn columns_survive_being_edited() {
        for preset in presets::ALL {
            let mapping = preset.mapping();
            mapping.check().unwrap();
            assert_eq!(
                Mapping::columns_from_text(&mapping.columns_as_text()).unwrap(),
                mapping.columns,
                "{}",
                preset.id
            );
            let json = serde_json::to_string(&mapping).unwrap();
            assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, line) in [("Betrag", 1), ("A = amount\nB = betrag", 2), ("A = amount [x]", 1), ("A = \"x", 1)] {
            let error = Mapping::columns_from_text(text).unwrap_err();
            assert!(matches!(error, MappingError::Written { line: at, .. } if at == line), "{text}: {error}");
        }
        assert_eq!(Mapping::columns_from_text("\n\n"), Err(MappingError::Columns));
    }
}
