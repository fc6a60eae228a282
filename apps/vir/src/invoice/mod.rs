//! `vir invoice …`: the commands for e-invoices, one file each.

mod attachments;
mod base64;
mod categories;
pub mod check;
pub mod clock;
mod convert;
mod create;
mod diff;
mod document;
mod embed;
mod extract;
pub mod input;
mod inspect;
mod overrides;
mod pages;
mod pool;
mod profiles;
mod rule;
mod rules;
mod save;
mod show;
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
    /// Show.
    #[command(about = say(
        "Eine Rechnung zeigen: im Terminal, als HTML-Seite oder als PDF",
        "Show an invoice: in the terminal, as an HTML page or as a PDF"
    ))]
    Show(show::Args),
    /// Convert.
    #[command(about = say(
        "Eine Rechnung umwandeln: UBL, CII, ZUGFeRD-PDF",
        "Convert an invoice: UBL, CII, ZUGFeRD PDF"
    ))]
    Convert(convert::Args),
    /// Create.
    #[command(about = say(
        "Eine Rechnung aus einer einfachen Vorlage erstellen (JSON, CSV)",
        "Create an invoice from a simple draft (JSON, CSV)"
    ))]
    Create(create::Args),
    /// Inspect.
    #[command(about = say("Was ist das für ein Dokument?", "What is this document?"))]
    Inspect(inspect::Args),
    /// Attachments.
    #[command(about = say("Anlagen auflisten oder herausholen", "List or take out attachments"))]
    Attachments(attachments::Args),
    /// Extract.
    #[command(about = say("Das Rechnungs-XML aus einem PDF holen", "Take the invoice's XML out of a PDF"))]
    Extract(extract::Args),
    /// Embed.
    #[command(about = say(
        "Eine Rechnung in ein vorhandenes PDF einbetten (ZUGFeRD)",
        "Embed an invoice into an existing PDF (ZUGFeRD)"
    ))]
    Embed(embed::Args),
    /// Compare.
    #[command(about = say("Zwei Rechnungen vergleichen", "Compare two invoices"))]
    Diff(diff::Args),
    /// Explain a rule.
    #[command(about = say("Eine Regel erklären, z. B. BR-CO-10", "Explain a rule, e.g. BR-CO-10"))]
    Rule(rule::Args),
    /// List rules.
    #[command(about = say("Regeln auflisten und durchsuchen", "List and search rules"))]
    Rules(rules::Args),
    /// List profiles.
    #[command(about = say("Bekannte Profile und Regelstände auflisten", "List known profiles and releases of the rules"))]
    Profiles(profiles::Args),
    /// VAT categories.
    #[command(about = say(
        "Dürfen diese Steuerkategorien in einer Rechnung stehen?",
        "May these VAT categories stand in one invoice?"
    ))]
    Categories(categories::Args),
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Create(args) => create::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Attachments(args) => attachments::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Embed(args) => embed::run(&args),
        Command::Categories(args) => categories::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Rule(args) => rule::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Profiles(args) => profiles::run(&args),
    }
}
