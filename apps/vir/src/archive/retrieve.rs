//! `vir archive retrieve`: a package with all that a third party needs to judge it.
//!
//! Invariant: nothing is written over, and a file whose digest is not that of the inventory is an error.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use vir_archive::ocfl::digest::Hasher;
use vir_archive::ocfl::path::VersionName;
use vir_archive::stamping::{Stamping, StampingError};

use super::progress::Progress;
use super::{Place, said};
use crate::Outcome;
use crate::language::say;
use crate::terminal::{print, printable};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(value_name = say("KENNUNG", "ID"), help = say("Kennung des Pakets", "Identifier of the package"))]
    id: String,
    #[arg(long, value_name = "vN", help = say("Fassung (sonst die neueste)", "Version (else the newest)"))]
    version: Option<String>,
    #[arg(long, value_name = say("ORDNER", "FOLDER"), help = say("Ein neuer Ordner", "A new folder"))]
    to: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let store = args.place.open()?;
    let depot = store.depot();
    let Some(inventory) = depot.inventory(&args.id).map_err(|error| said(&error.text()))? else {
        bail!("{}: {}", printable(&args.id), say("gibt es hier nicht", "is not here"));
    };
    let version = match &args.version {
        None => inventory.head,
        Some(name) => match VersionName::read(name).filter(|name| inventory.versions.contains_key(name)) {
            Some(version) => version,
            None => bail!(
                "{} {}: {}",
                printable(&args.id),
                printable(name),
                say("diese Fassung gibt es nicht", "there is no such version")
            ),
        },
    };
    let folder = args.to.join(say("dateien", "files"));
    fs::create_dir(&args.to).and_then(|()| fs::create_dir(&folder)).with_context(|| args.to.display().to_string())?;
    let progress = Progress::open_bytes();
    let mut count = 0;
    for (path, digest) in inventory.files(version) {
        let mut source = depot.file(&args.id, Some(version), path).map_err(|error| said(&error.text()))?;
        let target = folder.join(path);
        if let Some(above) = target.parent() {
            fs::create_dir_all(above)?;
        }
        let mut target = fs::File::create_new(&target).with_context(|| target.display().to_string())?;
        let mut hasher = Hasher::new(inventory.algorithm);
        let mut piece = vec![0; 128 * 1024];
        loop {
            let read = source.read(&mut piece)?;
            if read == 0 {
                break;
            }
            hasher.update(&piece[..read]);
            target.write_all(&piece[..read])?;
            progress.advance(read as u64);
        }
        if !hasher.finish().eq_ignore_ascii_case(digest) {
            let why = say(
                "ist beschädigt; `vir archive scrub` behebt es aus der zweiten Ablage",
                "is damaged; `vir archive scrub` repairs it from the replica",
            );
            bail!("{}: {why}", printable(path));
        }
        count += 1;
    }
    drop(progress);
    let stamping = Stamping::open(depot).map_err(|error| said(&error.text()))?;
    let data = stamping.inventory_of(&args.id, &version.to_string()).map_err(|error| said(&error.text()))?;
    fs::write(args.to.join("inventory.json"), data)?;
    print(&format!(
        "{} {version}: {} {} {}\n",
        printable(&args.id),
        super::files(count),
        say("nach", "to"),
        folder.display()
    ))?;
    evidence(&stamping, &args.id, version, &args.to)
}

/// The evidence record, where there is one yet, and how to judge it.
fn evidence<S: vir_archive::ocfl::Storage>(
    stamping: &Stamping<'_, S>,
    id: &str,
    version: VersionName,
    to: &Path,
) -> Result<Outcome> {
    match stamping.record(id, &version.to_string()) {
        Ok(record) => {
            let path = to.join("evidence.ers");
            fs::write(&path, record)?;
            let text = say("Prüfen:", "Verify:");
            print(&format!(
                "{text} vir evidence verify {} --data {}\n",
                path.display(),
                to.join("inventory.json").display()
            ))?;
        }
        Err(StampingError::NotStamped { .. }) => print(&format!(
            "{}\n",
            say(
                "Noch ohne Zeitstempel: `vir archive stamp` holt ihn.",
                "No time stamp yet: `vir archive stamp` gets it."
            )
        ))?,
        Err(error) => return Err(said(&error.text())),
    }
    Ok(Outcome::Good)
}
