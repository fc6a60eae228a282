//! `vir invoice …`: the commands for e-invoices, one file each.

mod check;
mod input;
mod overrides;
mod pool;
mod summary;

use anyhow::Result;
use clap::Subcommand;

use crate::Outcome;
use crate::language::say;

/// What to do with invoices.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check.
    #[command(about = say(
        "Rechnungen prüfen: Schema und alle Regeln, mit Urteil",
        "Check invoices: schema and all rules, with a verdict"
    ))]
    Check(check::Args),
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Check(args) => check::run(&args),
    }
}
