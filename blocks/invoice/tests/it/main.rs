//! The invoice block from outside: what the rules say of documents.
//!
//! One binary, so that the crate is linked once; one module per claim.

mod cases;
mod corpus;
mod edit;
mod official;
mod shapes;
mod texts;
