//! The vocabulary that all parts of `vir` share.
//!
//! Nothing here does input or output, and nothing here knows a block. A *finding*
//! ([`Finding`]) is data about a document; an *error* is about us or the machine
//! and lives in the crate that can fail.
//!
//! ```
//! use vir_core::{Decimal, Lang, Text};
//!
//! let sum = "0.10".parse::<Decimal>().unwrap() + "0.20".parse::<Decimal>().unwrap();
//! assert_eq!(sum, "0.3".parse().unwrap());
//! assert_eq!(Text::new("Rechnung", "invoice").get(Lang::De), "Rechnung");
//! ```

mod decimal;
mod finding;
mod lang;
pub mod leitweg;
mod percent;

pub use decimal::{Decimal, ParseDecimalError};
pub use finding::{Actor, Finding, Place, Severity};
pub use lang::{Lang, Phrase, Text};
pub use percent::percent_encoded;
