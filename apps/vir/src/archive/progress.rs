//! How far long work is, on a terminal: how much, and how much in a second.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work whose end is known, or not.
pub struct Progress(ProgressBar);

impl Progress {
    /// Over so many bytes.
    pub fn bytes(total: u64) -> Self {
        Self::new(Some(total), "{bar:30} {bytes} / {total_bytes}, {bytes_per_sec}, {eta}")
    }

    /// Over bytes that nobody has counted.
    pub fn open_bytes() -> Self {
        Self::new(None, "{spinner} {bytes}, {bytes_per_sec}")
    }

    /// Over things that are counted.
    pub fn things(total: Option<u64>) -> Self {
        let template =
            if total.is_some() { "{bar:30} {pos} / {len}, {per_sec}, {eta}" } else { "{spinner} {pos}, {per_sec}" };
        Self::new(total, template)
    }

    fn new(total: Option<u64>, template: &str) -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(total, target);
        Self(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// So much more.
    pub fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    /// So much in all.
    pub fn reach(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Prints something without disturbing the bar.
    pub fn around<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
