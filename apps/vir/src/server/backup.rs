//! `vir backup` while the server runs, `vir restore` into a new data folder.
//!
//! Invariant: a backup that ends with exit code 0 can be restored.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use vir_store::{Clock, backup};

use super::Place;
use super::reason::reason;
use crate::language::say;
use crate::terminal::print;
use crate::{Outcome, blocks};

/// Options of `vir backup`.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// Where to.
    #[arg(value_name = say("ZIEL", "TO"), help = say(
        "Ordner der Sicherung; in denselben Ordner werden nur neue Dokumente kopiert",
        "Folder of the backup; into the same folder again only new documents are copied"
    ))]
    to: PathBuf,
}

/// Options of `vir restore`.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// Where from.
    #[arg(value_name = say("SICHERUNG", "BACKUP"), help = say("Ordner der Sicherung", "Folder of the backup"))]
    from: PathBuf,
}

/// Runs `vir backup`.
pub fn backup(args: &Backup) -> Result<Outcome> {
    let config = args.place.read()?;
    super::runtime()?.block_on(async {
        let app = super::open(config).await?;
        let about = backup::backup(&app.store, &args.to)
            .await
            .map_err(|error| anyhow!(reason(&error)))
            .with_context(|| say("Die Sicherung ist nicht vollständig", "the backup is not complete"))?;
        app.store.close().await;
        say_what(say("Gesichert:", "Backed up:"), &about)
    })?;
    Ok(Outcome::Good)
}

/// Runs `vir restore`.
pub fn restore(args: &Restore) -> Result<Outcome> {
    let config = args.place.read()?;
    super::runtime()?.block_on(async {
        let migrations = vir_web::migrations(&blocks::all());
        let about = backup::restore(&args.from, config.store(), &migrations, Clock::system())
            .await
            .map_err(|error| anyhow!(reason(&error)))
            .with_context(|| say("Die Sicherung ist nicht wiederhergestellt", "the backup was not restored"))?;
        say_what(say("Wiederhergestellt:", "Restored:"), &about)
    })?;
    Ok(Outcome::Good)
}

fn say_what(deed: &str, about: &backup::About) -> Result<()> {
    print(&format!(
        "{deed} {} {}, {} {} ({})\n",
        about.audit.len(),
        if about.audit.len() == 1 { say("Mandant", "tenant") } else { say("Mandanten", "tenants") },
        about.blobs,
        if about.blobs == 1 { say("Dokument", "document") } else { say("Dokumente", "documents") },
        about.created_at
    ))
}
