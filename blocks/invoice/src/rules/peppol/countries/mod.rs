//! The national rules of Peppol, one module per country of the seller.
//!
//! Invariant: a country's contexts are patterns of their own, so countries never get in each other's way.

pub mod denmark;
pub mod germany;
pub mod greece;
pub mod iceland;
pub mod italy;
pub mod netherlands;
pub mod norway;
pub mod sweden;
