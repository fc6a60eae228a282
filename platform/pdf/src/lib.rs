//! PDF for `vir`: taking embedded files out of any PDF, and writing documents that
//! are PDF/A-3b and PDF/UA-1 at once, with files embedded.
//!
//! This crate is the only one that names PDF libraries, and it knows nothing of
//! invoices: which of the embedded files is the invoice is decided elsewhere.
//!
//! * [`read`] – [`embedded_files`](read::embedded_files), [`metadata`](read::metadata)
//! * [`write`] – [`render`](write::render) lays a neutral [`Document`](write::Document) out
//! * [`attach`] – adds files to a PDF that exists already
//! * [`scan`] – page images and recognised words become a PDF/A-2b, and scanners' PDFs give their page images back
//!
//! The reader is our own and not a library's, because a PDF from outside is hostile
//! until proven otherwise: here every decompression, every parsed object and every
//! recursion is charged against [`Limits`]. Invariant: no input makes this crate panic,
//! nor use more memory than the limits allow.

pub mod attach;
mod error;
mod file;
mod limits;
pub mod read;
pub mod scan;
mod time;
pub mod write;
mod xmp;

pub use error::{Limit, PdfError};
pub use limits::Limits;
pub use time::Timestamp;
pub use xmp::{FacturxMetadata, Generation, PdfaClaim};

/// How an embedded file relates to the document that carries it (`/AFRelationship`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Relationship {
    /// Data from which the visible content was made; the usual value for an invoice.
    Data,
    /// The original from which the document was made.
    Source,
    /// Another form of the whole document that says the same.
    Alternative,
    /// Additional material.
    Supplement,
    /// Not known, or not said.
    #[default]
    Unspecified,
    /// A value that the standard does not name (only ever read, never written).
    Other,
}

impl Relationship {
    /// The name that stands in the PDF.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Source => "Source",
            Self::Alternative => "Alternative",
            Self::Supplement => "Supplement",
            Self::Unspecified => "Unspecified",
            Self::Other => "Other",
        }
    }

    fn from_name(name: &[u8]) -> Self {
        match name {
            b"Data" => Self::Data,
            b"Source" => Self::Source,
            b"Alternative" => Self::Alternative,
            b"Supplement" => Self::Supplement,
            b"Unspecified" => Self::Unspecified,
            _ => Self::Other,
        }
    }
}
