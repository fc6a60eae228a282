//! Claims about OCFL.

mod decay;
mod disk;
mod fixtures;
mod memory;
mod power;
