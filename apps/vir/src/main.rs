//! `vir` on the command line.
//!
//! This file finds the language, reads the options and turns the outcome into an exit code; every
//! command is one file of its own beside it.
//!
//! Invariant: exit code 0 is "everything accepted", 1 "something is not", 2 "could not run"; what
//! the program says about itself goes to standard error, what it says about documents to standard
//! output.

mod archive;
mod blocks;
mod cli;
mod demo;
mod evidence;
mod generate;
mod help;
mod invoice;
mod language;
mod output;
mod server;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::language::say;

/// The default one keeps what each of many threads once had.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a command that ran came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was in order.
    Good,
    /// It ran, and something is not in order.
    NotGood,
    /// Some of it could not run; that has been said already.
    Incomplete,
}

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    language::decide(&args[1.min(args.len())..]);
    let result = match cli::parse(args) {
        Ok(command) => cli::run(command),
        Err(error) => return help::answer(&error),
    };
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::NotGood) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// Says on standard error why something could not run.
#[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
pub fn complain(error: &anyhow::Error) {
    eprintln!("{}: {}", say("Fehler", "error"), terminal::printable(&format!("{error:#}")));
}

/// Says something on standard error that is not the result itself.
#[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
pub fn tell(text: &str) {
    eprintln!("{text}");
}

/// Whoever read the output has seen enough, as in `vir invoice rules | head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
