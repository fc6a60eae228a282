//! `vir archive scrub`: every byte of every replica is read and compared.

use anyhow::Result;
use vir_archive::ocfl::depot::Damage;

use super::progress::Progress;
use super::{Place, counted, said};
use crate::language::{language, say};
use crate::terminal::{print, printable};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(long, help = say("Eine Zeile JSON je Schaden, zuletzt die Zählung", "One line of JSON per damage, last the count"))]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let store = args.place.open()?;
    let progress = Progress::things(None);
    let mut each = |damage: &Damage| {
        let line = if args.json {
            serde_json::to_string(damage).unwrap_or_default()
        } else {
            printable(damage.message().get(language()))
        };
        if let Err(error) = progress.around(|| print(&format!("{line}\n"))) {
            complain(&error);
        }
    };
    let done = store.scrub(&mut each).map_err(|error| said(&error.text()))?;
    drop(progress);
    if args.json {
        print(&format!("{}\n", serde_json::json!({ "scrubbed": done })))?;
    } else {
        let objects = counted(
            done.objects,
            ("Paket oder Hashbaum", "package or hash tree"),
            ("Pakete und Hashbäume", "packages and hash trees"),
        );
        let read = counted(done.files, ("Datei", "file"), ("Dateien", "files"));
        let damaged = counted(done.damaged, ("Schaden", "damaged"), ("Schäden", "damaged"));
        let size = super::list::size(done.bytes);
        print(&format!("{objects}, {read} ({size}): {damaged}, {} {}\n", done.repaired, say("behoben", "repaired")))?;
    }
    Ok(if done.repaired == done.damaged { Outcome::Good } else { Outcome::NotGood })
}
