//! What the crate promises, from the outside.

mod reading;
mod samples;
mod scanning;
mod verapdf;
mod writing;
