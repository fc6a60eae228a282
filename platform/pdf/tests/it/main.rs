//! What the crate promises, from the outside.

mod reading;
mod samples;
mod verapdf;
mod writing;
