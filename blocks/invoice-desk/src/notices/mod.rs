//! Notices to our own people, in a digest that people can stand.
//!
//! ```text
//! event ─► listen: whom does it concern? ─► note (a row for each person)
//!                                             ├─► urgent: a job ten minutes later ─► one mail with all of them
//!                                             └─► the others wait for the digest
//! clock ─► digest: whose hour has come? ─► a job for each person ─► work that waits + notes ─► one mail, or none
//! ```
//!
//! A mail says how many, until when, and where; no names of sellers, no amounts, no comments: mail is read on telephones
//! and forwarded. Whoever has nothing waiting gets nothing. Each mail can be ended by one click without signing in
//! (RFC 8058).
//!
//! **Killed at any moment**: that a person was told, and the mail in the outbox, are one write; so a period has one mail
//! or none. The bytes, `Message-ID` included, are made once and every attempt sends the same.
//!
//! Invariant: nobody is told of anything that they may not see.

pub mod choice;
pub mod digest;
pub mod listen;
pub mod note;
pub mod page;
pub mod send;
pub mod unsubscribe;
pub mod when;

pub use choice::{AtOnce, Choice, Rhythm};
pub use note::{Kind, Note};
