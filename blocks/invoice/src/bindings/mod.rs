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

pub use read::read;
pub use write::{WriteError, write, write_cii, write_ubl};
