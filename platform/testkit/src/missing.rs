//! What happens where a peer is not installed.
//!
//! Invariant: with `VIR_PEERS=required` no test passes that did not run.

/// Says that a peer is missing, so that the test that needs it is skipped.
///
/// # Panics
/// With `VIR_PEERS=required` in the environment.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
#[allow(clippy::panic, reason = "a test that cannot run must not pass where it has to")]
pub fn missing(what: &str) {
    if std::env::var("VIR_PEERS").is_ok_and(|word| word == "required") {
        panic!("{what}, and VIR_PEERS=required");
    }
    eprintln!("skipped: {what}");
}
