//! What evidence needs of XML: canonical forms and armoured bytes.

pub mod armour;
pub mod canonical;
