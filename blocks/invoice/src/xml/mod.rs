//! XML as invoices need it: bytes in, an arena tree in document order out.
//!
//! The whole document is read in one pass into fixed-size records that point into the source,
//! so that a 100 MB invoice costs little more than its own size. What XML 1.0 and Namespaces
//! call *not well-formed* is refused with the place and the rule; document type definitions
//! are refused altogether, because they can pull in foreign files and multiply text.
//!
//! Invariant: a [`Document`] is well-formed, every offset in it lies on a character boundary of
//! its source, and no entity in it is other than the five predefined ones and character references.

mod chars;
mod encoding;
mod error;
mod letters;
mod parse;
mod place;
mod tree;

pub use chars::{collapse, is_blank, is_space, trim};
pub(crate) use chars::{is_name_char, is_name_start};
pub use encoding::Encoding;
pub use error::{XmlError, XmlErrorKind};
pub use parse::{Limits, parse, parse_with};
pub use tree::{Attribute, Document, Element, Select};
