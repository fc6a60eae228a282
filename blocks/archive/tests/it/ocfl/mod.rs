//! Claims about OCFL.

mod decay;
pub mod disk;
mod fixtures;
pub mod memory;
mod power;

pub use disk::{Disk, Power};
pub use power::change;
