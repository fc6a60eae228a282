//! Uploading: a few files at once, or an archive of thousands.
//!
//! Files are received while they arrive. An archive is stored first and taken apart by a job, with
//! a page that shows how far it is; either way there is a report that says what became of each file.
//!
//! Invariant: nobody waits for an archive, and no file of it is lost when the server stops: the job
//! goes on where it was.

mod archive;
mod import;
mod job;
mod page;

pub use import::{Counts, Import, ImportFile, ImportState, Outcome};
pub(crate) use import::{cancel, counts, create, files, load};
pub use job::{IMPORT, take_apart};
pub use page::routes;
pub(crate) use page::{message, own};
