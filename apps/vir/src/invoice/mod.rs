//! `vir invoice …`: the commands for e-invoices, one file each.

mod check;
mod document;
mod input;
mod overrides;
mod pool;
mod profiles;
mod rule;
mod rules;
#[expect(dead_code, reason = "the command that shows an invoice is not there yet")]
mod sheet;
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
    /// Explain a rule.
    #[command(about = say("Eine Regel erklären, z. B. BR-CO-10", "Explain a rule, e.g. BR-CO-10"))]
    Rule(rule::Args),
    /// List rules.
    #[command(about = say("Regeln auflisten und durchsuchen", "List and search rules"))]
    Rules(rules::Args),
    /// List profiles.
    #[command(about = say("Bekannte Profile und Regelstände auflisten", "List known profiles and releases of the rules"))]
    Profiles(profiles::Args),
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Rule(args) => rule::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Profiles(args) => profiles::run(&args),
    }
}
