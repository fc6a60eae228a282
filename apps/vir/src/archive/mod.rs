//! `vir archive …`: records in a depot on disk, with their evidence, without a server.
//!
//! Invariant: what a command reports as stored is durable in the depot and its replica.

mod deposit;
mod evidence;
mod export;
mod list;
mod place;
mod progress;
mod rebuild;
mod retrieve;
mod scrub;
mod services;
mod verify;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use vir_core::Text;

use self::place::Place;
use crate::Outcome;
use crate::invoice::clock;
use crate::language::{language, say};

/// What to do with a depot.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Deposit.
    #[command(about = say("Dateien und Ordner ablegen, jeweils als ein Paket", "Deposit files and folders, each as one package"))]
    Deposit(deposit::Args),
    /// List.
    #[command(about = say("Alle Pakete auflisten, allein aus der Ablage", "List all packages, from storage alone"))]
    List(list::Args),
    /// Stamp.
    #[command(about = say(
        "Neues mit einem Zeitstempel beweisbar machen",
        "Make what is new provable with one time stamp"
    ))]
    Stamp(evidence::Stamp),
    /// Renew.
    #[command(about = say(
        "Zeitstempel erneuern, oder mit --digest die Hashbäume",
        "Renew the time stamps, or with --digest the hash trees"
    ))]
    Renew(evidence::Renew),
    /// Verify.
    #[command(about = say(
        "Pakete und ihre Beweisnachweise prüfen",
        "Verify packages and their evidence records"
    ))]
    Verify(verify::Args),
    /// Retrieve.
    #[command(about = say(
        "Ein Paket mit seinem Beweisnachweis herausholen",
        "Retrieve a package with its evidence record"
    ))]
    Retrieve(retrieve::Args),
    /// Export.
    #[command(about = say(
        "Pakete mit ihren Beweisnachweisen für ein anderes Produkt ausgeben",
        "Export packages with their evidence records for another product"
    ))]
    Export(export::Args),
    /// Scrub.
    #[command(about = say(
        "Alles lesen, Schäden finden und aus der zweiten Ablage beheben",
        "Read everything, find damage and repair it from the replica"
    ))]
    Scrub(scrub::Args),
    /// Rebuild the index.
    #[command(about = say(
        "Die Datenbank der Akten allein aus der Ablage wiederherstellen (bei angehaltenem Server)",
        "Make the database of records again from storage alone (while the server is stopped)"
    ))]
    RebuildIndex(rebuild::Args),
}

/// Runs a command.
pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Deposit(args) => deposit::run(&args),
        Command::List(args) => list::run(&args),
        Command::Stamp(args) => evidence::stamp(&args),
        Command::Renew(args) => evidence::renew(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Retrieve(args) => retrieve::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Scrub(args) => scrub::run(&args),
        Command::RebuildIndex(args) => rebuild::run(&args),
    }
}

/// An error of our own, in the language of whoever typed the command.
fn said(text: &Text) -> anyhow::Error {
    anyhow!("{}", text.get(language()))
}

/// A number with its word: `1 Datei`, `2 Dateien`.
fn counted(number: u64, one: (&'static str, &'static str), many: (&'static str, &'static str)) -> String {
    let (de, en) = if number == 1 { one } else { many };
    format!("{number} {}", say(de, en))
}

/// So many files.
fn files(number: usize) -> String {
    counted(number as u64, ("Datei", "file"), ("Dateien", "files"))
}

/// Now, as RFC 3339 writes it.
fn now() -> String {
    clock::moment().to_string()
}
