//! Creating invoices: from what a person knows to a complete invoice.
//!
//! A [`Draft`] holds what only its author knows: parties, lines with quantity and price, VAT rates.
//! Sums, VAT breakdown and rounding are computed. The draft is a small JSON, whose schema is
//! [`Draft::json_schema`], and its lines can come from a CSV table.
//!
//! Invariant: every amount that can be computed is computed, half a cent away from zero, and the sums
//! add up: BR-CO-10 to BR-CO-17 hold for every invoice that comes out of here.

mod compute;
mod draft;
mod lines_csv;

pub use compute::invoice;
pub use draft::{
    Address, AllowanceCharge, Attachment, Contact, Delivery, Draft, ElectronicAddress, Line, Number, Party, Payment,
    Period, Skonto, Vat,
};
pub use lines_csv::{CsvError, lines_from_csv};

use vir_core::leitweg::LeitwegError;

/// Why no invoice can be made of a draft.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The JSON is not what the schema says.
    #[error("{path}: {problem}")]
    Json {
        /// Where: `lines[2].price`.
        path: String,
        /// What is wrong there.
        problem: String,
    },
    /// The table of lines cannot be read.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// The buyer reference is written as a Leitweg-ID but its check digits are wrong.
    #[error("buyerReference: {0}")]
    LeitwegId(LeitwegError),
    /// There are no lines.
    #[error("lines: an invoice has at least one line")]
    NoLines,
    /// A value that is no date.
    #[error("{path}: {value:?} is no date such as 2026-12-31")]
    Date {
        /// Where.
        path: &'static str,
        /// What stands there.
        value: String,
    },
    /// A quantity of zero to which a price applies.
    #[error("lines[{line}].priceQuantity: the price applies to a quantity above zero")]
    PriceQuantity {
        /// Index of the line, from 0.
        line: usize,
    },
    /// A business term that is not known, or that the draft has a field of its own for.
    #[error("terms: {term:?} is no business term of the document level")]
    UnknownTerm {
        /// What stands there.
        term: String,
    },
}
