//! The invoice desk.
