//! Claims about the life cycle: single ways that a records clerk can read, and a million generated ones.

mod model;
mod naive;
mod ways;
