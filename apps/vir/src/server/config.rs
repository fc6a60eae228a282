//! `vir config`: is the configuration right, what does it come to, what is there.

use anyhow::Result;
use clap::Subcommand;

use super::Place;
use crate::Outcome;
use crate::language::say;
use crate::terminal::print;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Is it right?
    #[command(about = say("Datei und Umgebung prüfen; nennt Datei, Zeile und Regel", "Check file and environment; names file, line and rule"))]
    Check(Place),
    /// What does it come to?
    #[command(about = say("Zeigen, was gilt, ohne Geheimnisse", "Show what is in force, without secrets"))]
    Show(Place),
    /// What is there?
    #[command(about = say("Alle Einstellungen als Markdown ausgeben", "Print all settings as Markdown"))]
    Reference,
}

/// Runs it.
pub fn run(command: &Command) -> Result<Outcome> {
    match command {
        Command::Check(place) => {
            place.read()?;
            print(say("Die Konfiguration ist in Ordnung.\n", "The configuration is in order.\n"))?;
        }
        Command::Show(place) => print(&toml::to_string(&place.read()?)?)?,
        Command::Reference => print(&vir_web::config::reference())?,
    }
    Ok(Outcome::Good)
}
