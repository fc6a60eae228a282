//! Claims about OCFL.

mod fixtures;
mod memory;
