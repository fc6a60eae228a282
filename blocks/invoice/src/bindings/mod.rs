//! The bindings between the semantic model and the syntaxes: UBL invoice, UBL credit note, CII.
//!
//! One [table](table) says where each term stands. It is compiled once per kind of document into a
//! [plan](plan), a small tree of element names, which the reader follows down the document and the
//! writer follows in the order of the schema. What a table cannot say, because the syntaxes cut
//! the invoice differently, is moved by [`arrange`].
//!
//! Invariant: what the reader understands of a document that the writer made is what the writer
//! was given, except for what the conversion report names.

mod arrange;
mod order;
mod path;
mod plan;
mod read;
mod table;
mod write;

pub use read::{read, read_values};
pub use write::{WriteError, write, write_cii, write_ubl};

/// Where a group or term stands, in the notation of the table; empty where the syntax cannot say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The group or term: `BT-1`.
    pub id: &'static str,
    /// The path in UBL, from the element of its group; with the one of a credit note where it differs.
    pub ubl: String,
    /// The path in CII, from the element of its group.
    pub cii: String,
}

/// All bindings, for documentation. A term has several where a syntax keeps it in several places.
pub fn bindings() -> impl Iterator<Item = Binding> {
    table::ROWS.iter().map(|row| Binding {
        id: match row.what {
            table::What::Group(group) => group.id(),
            table::What::Term(term) => term.id(),
        },
        ubl: match row.credit_note {
            Some(path) if !path.is_empty() && !row.ubl.is_empty() => format!("{} | {path}", row.ubl),
            Some(path) if row.ubl.is_empty() => path.to_owned(),
            _ => row.ubl.to_owned(),
        },
        cii: table::SHORT.iter().fold(row.cii.to_owned(), |path, (short, long)| path.replace(short, long)),
    })
}
