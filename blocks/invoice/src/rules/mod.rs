//! The rules: what the official rule sets demand, as facts in our own form.
//!
//! A [`Rule`] is one entry with everything there is to say about it: identifier, severity, business
//! terms, both languages, who has to act, and how it is tested in UBL and in CII. Nineteen of
//! twenty rules only say that a path is forbidden, required or unique; those are rows of a table
//! ([`Shape`]), and the engine finds them while it walks over the document once. The others
//! are small functions over the tree with the evaluation rules of XPath 2 ([`eval`]), because the
//! official verdict depends on them: on what a cast does to a repeated element, on which
//! comparison is made in binary floating point.
//!
//! Invariant: for one document, release and layer, the findings are those of the official rule
//! set, rule by rule and node by node.

mod cast;
pub mod codes;
pub mod date;
pub mod en16931;
pub mod eval;
mod facts;
mod matcher;
mod pack;
pub mod peppol;
mod release;
mod rule;
mod rule_table;
mod run;
mod shape_text;
mod syntax_table;
pub mod xrechnung;

pub use facts::Facts;
pub use pack::{Layer, Pack, Syntax};
pub use release::{Release, Releases};
pub use rule::{Binding, Context, Pattern, Rule, Shape, Test};
pub use run::{Fired, Outcome, Runner, run};
