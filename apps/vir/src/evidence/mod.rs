//! `vir evidence …`: the commands for evidence records.

mod material;
mod report;
mod seal;
pub mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::Outcome;
use crate::language::say;

/// What to do with evidence records.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verify.
    #[command(about = say(
        "Beweisnachweise (RFC 4998, RFC 6283, in XAIP, ASiC und CMS) und Siegel (CAdES) prüfen",
        "Verify evidence records (RFC 4998, RFC 6283, in XAIP, ASiC and CMS) and seals (CAdES)"
    ))]
    Verify(verify::Args),
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Verify(args) => verify::run(&args),
    }
}
