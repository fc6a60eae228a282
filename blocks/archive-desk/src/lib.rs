//! The archive desk: people and programs deposit records, and find them again after decades.
//!
//! So far there is its storage.

pub mod storage;
