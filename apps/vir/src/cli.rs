//! The tree of commands, and which code runs each.

use std::ffi::OsString;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::language::say;
use crate::{Outcome, archive, demo, evidence, generate, help, invoice, server};

/// The program.
#[derive(Debug, Parser)]
#[command(name = "vir", version, about = say(
    "E-Rechnungen prüfen, zeigen, umwandeln und erstellen",
    "Check, show, convert and create e-invoices"
))]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
    /// The language of all texts; decided before the options are read.
    #[arg(long, global = true, display_order = help::LAST, value_name = "de|en", value_parser = crate::language::parse, help = say(
        "Sprache aller Texte: de oder en (sonst nach LANG, sonst deutsch)",
        "Language of all texts: de or en (else after LANG, else German)"
    ))]
    lang: Option<vir_core::Lang>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// E-invoices.
    #[command(subcommand, about = say("E-Rechnungen nach EN 16931", "E-invoices after EN 16931"))]
    Invoice(invoice::Command),
    /// Evidence records.
    #[command(subcommand, about = say(
        "Beweisnachweise (Evidence Records) für aufbewahrte Daten",
        "Evidence records for data that is kept"
    ))]
    Evidence(evidence::Command),
    /// A depot.
    #[command(subcommand, about = say(
        "Langzeitablage: ablegen, beweisen, prüfen, herausholen",
        "Long-term storage: deposit, prove, verify, retrieve"
    ))]
    Archive(archive::Command),
    /// The server.
    #[command(about = say("Den Server starten", "Start the server"))]
    Serve(server::serve::Args),
    /// The configuration of the server.
    #[command(subcommand, about = say("Konfiguration des Servers", "Configuration of the server"))]
    Config(server::config::Command),
    /// The municipalities on this server.
    #[command(subcommand, about = say("Mandanten des Servers", "Tenants of the server"))]
    Tenant(server::tenant::Command),
    /// The audit log.
    #[command(subcommand, about = say("Protokoll (Revision)", "Audit log"))]
    Audit(server::audit::Command),
    /// A backup.
    #[command(about = say("Alle Daten sichern, während der Server läuft", "Back up all data while the server runs"))]
    Backup(server::backup::Backup),
    /// A restore.
    #[command(about = say("Eine Sicherung in einen leeren Datenordner zurückholen", "Restore a backup into an empty data folder"))]
    Restore(server::backup::Restore),
    /// A first look.
    #[command(about = say(
        "Beispielrechnungen prüfen und zeigen",
        "Check and show sample invoices"
    ))]
    Demo(demo::Args),
    /// Shell completions.
    #[command(about = say(
        "Vervollständigung für die Kommandozeile ausgeben",
        "Print a shell completion script"
    ))]
    Completions(generate::Completions),
    /// Manual pages.
    #[command(about = say("Handbuchseiten (man) ausgeben", "Print manual pages (man)"))]
    Man(generate::Man),
}

/// Reads the arguments.
pub fn parse(args: Vec<OsString>) -> Result<Command, clap::Error> {
    let matches = command().try_get_matches_from(args)?;
    Ok(Cli::from_arg_matches(&matches)?.command)
}

/// The description of all commands, in the language of the user.
pub fn command() -> clap::Command {
    help::localise(Cli::command())
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Invoice(command) => invoice::run(command),
        Command::Evidence(command) => evidence::run(command),
        Command::Archive(command) => archive::run(command),
        Command::Serve(args) => server::serve::run(&args),
        Command::Config(command) => server::config::run(&command),
        Command::Tenant(command) => server::tenant::run(&command),
        Command::Audit(command) => server::audit::run(&command),
        Command::Backup(args) => server::backup::backup(&args),
        Command::Restore(args) => server::backup::restore(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    }
}
