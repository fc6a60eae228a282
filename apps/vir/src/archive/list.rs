//! `vir archive list`: what is in a depot, read from storage alone.

use std::io::{self, Write as _};

use anyhow::Result;
use vir_archive::stamping::PREFIX;

use super::{Place, said};
use crate::language::say;
use crate::terminal::printable;
use crate::{Outcome, complain, tell};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(long, help = say("Auch die Hashbäume der Beweise zeigen", "Show the hash trees of the evidence, too"))]
    all: bool,
    #[arg(long, help = say("Eine Zeile JSON je Paket, mit allen Fassungen und Dateien", "One line of JSON per package, with all versions and files"))]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let store = args.place.open()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut packages, mut unreadable, mut written) = (0_u64, 0_u64, Ok(()));
    let mut each = |place: &str, found: Result<vir_archive::ocfl::depot::Indexed, _>| match found {
        Ok(package) if !args.all && package.id.starts_with(PREFIX) => {}
        Ok(package) => {
            packages += 1;
            let line = if args.json {
                serde_json::to_string(&package).map(|line| line + "\n").map_err(io::Error::from)
            } else {
                let last = package.versions.last();
                let bytes = last.map_or(0, |version| version.files.iter().filter_map(|file| file.size).sum());
                let (name, created) = last.map_or(("?", "?"), |version| (&version.name, &version.created));
                let files = super::files(last.map_or(0, |version| version.files.len()));
                Ok(format!("{}  {name}  {created}  {files}, {}\n", printable(&package.id), size(bytes)))
            };
            if written.is_ok() {
                written = line.and_then(|line| out.write_all(line.as_bytes()));
            }
        }
        Err(error) => {
            unreadable += 1;
            complain(&said(&vir_archive::ocfl::depot::DepotError::text(&error)).context(place.to_owned()));
        }
    };
    store.depot().index(&mut each).map_err(|error| said(&error.text()))?;
    written?;
    out.flush()?;
    if packages == 0 && unreadable == 0 && !args.json {
        tell(say("Die Ablage ist leer.", "The depot is empty."));
    }
    Ok(if unreadable == 0 { Outcome::Good } else { Outcome::NotGood })
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in UNITS {
        value /= 1000.0;
        unit = next;
        if value < 999.5 {
            break;
        }
    }
    let text = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    format!("{} {unit}", crate::language::language().tr(text.replace('.', ","), text))
}
