//! `vir archive verify`: is every package what it was, and what proves it?
//!
//! Invariant: a package counts as good only if its storage is valid and every version that has a record is proven by
//! it; what has no record yet is said.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use vir_archive::certificate::path::Trust;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::{Object, Options, Record, verify};
use vir_archive::moment::Moment;
use vir_archive::ocfl;
use vir_archive::stamping::{PREFIX, Stamping, StampingError};
use vir_archive_desk::storage::{Shared, Store};

use super::progress::Progress;
use super::{Place, said};
use crate::evidence::verify::certificates;
use crate::invoice::check::colour;
use crate::invoice::clock;
use crate::language::{language, say};
use crate::terminal::{Colour, Style, Terminal, print, printable};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(value_name = say("KENNUNG", "ID"), help = say("Pakete (sonst alle)", "Packages (else all)"))]
    ids: Vec<String>,
    #[arg(short, long, value_name = say("ZERTIFIKATE", "CERTS"), help = say(
        "Vertrauenswürdige Zertifikate (PEM oder DER); ohne sie wird der Zertifikatspfad nicht beurteilt",
        "Trusted certificates (PEM or DER); without them the certificate path is not judged"
    ))]
    trust: Vec<PathBuf>,
    #[arg(long, help = say("Eine Zeile JSON je Paket", "One line of JSON per package"))]
    json: bool,
    #[arg(long, value_name = "auto|always|never", value_parser = colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    color: Colour,
}

/// What is known of a package.
struct Judged {
    id: String,
    /// What is wrong with its storage.
    faults: Vec<String>,
    versions: Vec<(String, Proof)>,
}

/// What proves a version.
#[derive(Clone)]
enum Proof {
    /// Its record is valid: unchanged since then.
    Since(Moment),
    /// Its record is not valid.
    Refuted(Vec<String>),
    /// It is not stamped yet.
    NotYet,
}

impl Judged {
    fn is_good(&self) -> bool {
        self.faults.is_empty() && !self.versions.iter().any(|(_, proof)| matches!(proof, Proof::Refuted(_)))
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let anchors = certificates(&args.trust)?;
    let store = args.place.open()?;
    let options = Options {
        at: clock::moment(),
        catalogue: true,
        trust: Trust { anchors: anchors.iter().map(Vec::as_slice).collect(), ..Trust::default() },
    };
    let stamping = Stamping::open(store.depot()).map_err(|error| said(&error.text()))?;
    let mut proofs = Proofs { stamping, options, known: None };
    if args.ids.is_empty() {
        proofs.read_all()?;
    }
    let ids = if args.ids.is_empty() { all(&store)? } else { args.ids.clone() };
    let (terminal, progress) = (Terminal::of_stdout(args.color), Progress::things(Some(ids.len() as u64)));
    let (mut bad, mut not_yet) = (0_usize, 0_usize);
    for id in &ids {
        let judged = judge(&store, &proofs, id)?;
        bad += usize::from(!judged.is_good());
        not_yet += usize::from(judged.versions.iter().any(|(_, proof)| matches!(proof, Proof::NotYet)));
        let text = if args.json { json(&judged) } else { readable(&judged, terminal) };
        progress.around(|| print(&text))?;
        progress.advance(1);
    }
    drop(progress);
    if !args.json {
        let good = ids.len() - bad;
        print(&format!(
            "{good} {} {} {}, {not_yet} {}\n",
            say("von", "of"),
            ids.len(),
            say("Paketen in Ordnung", "packages in order"),
            say("noch ohne Zeitstempel", "without a time stamp yet")
        ))?;
    }
    Ok(if bad == 0 { Outcome::Good } else { Outcome::NotGood })
}

fn all(store: &Store) -> Result<Vec<String>> {
    let (mut ids, mut unreadable) = (Vec::new(), 0_usize);
    let mut each = |place: &str, found: Result<ocfl::depot::Indexed, ocfl::depot::DepotError>| match found {
        Ok(package) if package.id.starts_with(PREFIX) => {}
        Ok(package) => ids.push(package.id),
        Err(error) => {
            unreadable += 1;
            complain(&said(&error.text()).context(place.to_owned()));
        }
    };
    store.depot().index(&mut each).map_err(|error| said(&error.text()))?;
    if unreadable > 0 {
        let why = say(
            "Pakete sind nicht lesbar; `vir archive scrub` zeigt, warum",
            "packages cannot be read; `vir archive scrub` shows why",
        );
        bail!("{unreadable} {why}");
    }
    Ok(ids)
}

/// What proves versions.
struct Proofs<'s, 'd> {
    stamping: Stamping<'d, Shared>,
    options: Options<'s>,
    /// Those of all versions that are stamped, where all are wanted: each hash tree is read once for them.
    known: Option<HashMap<(String, String), Proof>>,
}

impl Proofs<'_, '_> {
    fn read_all(&mut self) -> Result<()> {
        let progress = Progress::things(None);
        let mut known = HashMap::new();
        let mut each = |id: &str, version: &str, record: &[u8]| {
            // What was deleted has its record still, and nothing that it could be judged for.
            if let Ok(data) = self.stamping.inventory_of(id, version) {
                known.insert((id.to_owned(), version.to_owned()), self.judge(record, data));
            }
            progress.advance(1);
            Ok(())
        };
        self.stamping.records(&mut each).map_err(|error| said(&error.text()))?;
        self.known = Some(known);
        Ok(())
    }

    fn of(&self, id: &str, version: &str) -> Result<Proof> {
        if let Some(known) = &self.known {
            return Ok(known.get(&(id.to_owned(), version.to_owned())).cloned().unwrap_or(Proof::NotYet));
        }
        match self.stamping.record(id, version) {
            Err(StampingError::NotStamped { .. }) => Ok(Proof::NotYet),
            Err(error) => Err(said(&error.text())),
            Ok(record) => {
                let data = self.stamping.inventory_of(id, version).map_err(|error| said(&error.text()))?;
                Ok(self.judge(&record, data))
            }
        }
    }

    fn judge(&self, record: &[u8], data: Vec<u8>) -> Proof {
        let record = match Record::read(record) {
            Ok(record) => record,
            Err(error) => return Proof::Refuted(vec![error.to_string()]),
        };
        let report = verify(&record, &[Object::new("inventory.json", data)], &self.options);
        match (report.verdict, report.existed) {
            (Verdict::Valid, Some(since)) => Proof::Since(since),
            _ => {
                let errors = report.findings.iter().filter(|finding| finding.is_error());
                Proof::Refuted(errors.map(|one| one.reason.message().get(language()).to_owned()).collect())
            }
        }
    }
}

fn judge(store: &Store, proofs: &Proofs<'_, '_>, id: &str) -> Result<Judged> {
    let depot = store.depot();
    let Some(inventory) = depot.inventory(id).map_err(|error| said(&error.text()))? else {
        bail!("{}: {}", printable(id), say("gibt es hier nicht", "is not here"));
    };
    let report = ocfl::object(depot.storage(), &depot.place(id))?;
    let errors = report.findings.iter().filter(|finding| finding.is_error());
    let faults = errors.map(|finding| finding.message().get(language()).to_owned()).collect();
    let versions = inventory.versions.keys().map(|version| {
        let version = version.to_string();
        proofs.of(id, &version).map(|proof| (version, proof))
    });
    Ok(Judged { id: id.to_owned(), faults, versions: versions.collect::<Result<_>>()? })
}

fn readable(judged: &Judged, terminal: Terminal) -> String {
    let (style, mark) = if judged.is_good() { (Style::Good, "✓") } else { (Style::Bad, "✗") };
    let mut out =
        format!("{} {}\n", terminal.paint(style, mark), terminal.paint(Style::Strong, &printable(&judged.id)));
    for fault in &judged.faults {
        terminal.wrap(&mut out, 2, &printable(fault), Some(Style::Bad));
    }
    for (version, proof) in &judged.versions {
        let text = match proof {
            Proof::Since(since) => format!("{version}: {} {since}", say("unverändert seit", "unchanged since")),
            Proof::NotYet => format!("{version}: {}", say("noch ohne Zeitstempel", "no time stamp yet")),
            Proof::Refuted(why) => format!("{version}: {} {}", say("nicht bewiesen:", "not proven:"), why.join(" ")),
        };
        terminal.wrap(&mut out, 2, &printable(&text), None);
    }
    out
}

fn json(judged: &Judged) -> String {
    let versions: Vec<_> = judged
        .versions
        .iter()
        .map(|(version, proof)| match proof {
            Proof::Since(since) => serde_json::json!({ "version": version, "since": since }),
            Proof::NotYet => serde_json::json!({ "version": version, "since": null }),
            Proof::Refuted(why) => serde_json::json!({ "version": version, "refuted": why }),
        })
        .collect();
    let line =
        serde_json::json!({ "id": judged.id, "good": judged.is_good(), "faults": judged.faults, "versions": versions });
    format!("{line}\n")
}
