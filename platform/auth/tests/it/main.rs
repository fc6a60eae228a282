//! Claims about who is who and who may do what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod naive;
mod oidc;
mod passkeys;
mod support;
