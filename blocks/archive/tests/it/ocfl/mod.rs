//! Claims about OCFL.

mod decay;
mod disk;
mod fixtures;
mod memory;
mod power;

pub use disk::{Disk, Power};
pub use power::change;
