//! A child process that ends when this one does, however this one ends.
//!
//! A small shell stands between: it starts the program, reads from a pipe that only we hold open,
//! and ends the program when the pipe closes.
//!
//! Invariant: a tethered process does not outlive the process that started it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

const LEASH: &str = r#"signal=$1; rubbish=$2; shift 2; "$@" </dev/null & child=$!; cat >/dev/null; kill -s "$signal" $child 2>/dev/null; wait $child; rm -rf "$rubbish""#;

/// A running child.
#[derive(Debug)]
pub struct Tether(Child);

impl Tether {
    /// Starts a program; what it says goes to a file. It is ended by this signal, and this folder
    /// is removed afterwards.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(signal: &str, program: &[&str], log: &Path, rubbish: &Path) -> std::io::Result<Self> {
        let log = std::fs::File::create(log)?;
        let child = Command::new("sh")
            .args(["-c", LEASH, "leash", signal])
            .arg(rubbish)
            .args(program)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // The shell ends after its child; an error would say that it has ended already.
        let _ = self.0.wait();
    }
}
