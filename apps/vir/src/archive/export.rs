//! `vir archive export`: packages for another product, each with its evidence.
//!
//! Invariant: a line is printed for a package when it is whole and durable under its name, or was so before.

use std::io::{self, BufRead as _};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, Result, anyhow};
use vir_archive::ocfl::depot::{DepotError, Indexed};
use vir_archive::stamping::{PREFIX, Stamping};
use vir_archive_desk::export::{Done, ExportError, FORMS, Source, Target, Wanted};
use vir_archive_desk::parcel::Form;

use super::progress::Progress;
use super::{Place, counted, said};
use crate::invoice::clock;
use crate::language::say;
use crate::terminal::{print, printable};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(value_name = say("KENNUNG", "ID"), help = say("Pakete (sonst alle)", "Packages (else all)"))]
    ids: Vec<String>,
    #[arg(long, value_name = say("DATEI", "FILE"), conflicts_with = "ids", help = say(
        "Datei mit den Kennungen, eine je Zeile; - ist die Standardeingabe",
        "File with the identifiers, one a line; - is standard input"
    ))]
    list: Option<PathBuf>,
    #[arg(long, value_name = say("ORDNER", "FOLDER"), help = say(
        "Ordner für die Pakete; was dort schon unversehrt ist, wird übersprungen",
        "Folder for the packages; what is there already and whole is skipped"
    ))]
    to: PathBuf,
    #[arg(long, default_value = "bagit", value_parser = form, value_name = "folder|bagit|eark-sip|eark-aip|eark-dip|xaip", help = say(
        "Form der Pakete",
        "Form of the packages"
    ))]
    form: Form,
    #[arg(long, help = say("Jedes Paket als ZIP-Archiv", "Each package as ZIP archive"))]
    zip: bool,
    #[arg(long, help = say(
        "Nur die neueste Fassung; sonst alle (bei E-ARK jede als eigenes Paket)",
        "The newest version only; else all (with E-ARK each as a package of its own)"
    ))]
    newest: bool,
    #[arg(long, help = say(
        "Vorhandenes nur nach Namen und Größe vergleichen, nicht lesen",
        "Compare what is there by names and sizes only, without reading it"
    ))]
    quick: bool,
    #[arg(long, help = say("Eine Zeile JSON je Paket, zuletzt die Zählung", "One line of JSON per package, last the count"))]
    json: bool,
}

fn form(word: &str) -> Result<Form> {
    let found = FORMS.into_iter().find(|(name, _)| *name == word).map(|(_, form)| form);
    found.ok_or_else(|| anyhow!("{}: {}", say("möglich sind", "possible are"), FORMS.map(|(name, _)| name).join(", ")))
}

/// Packages that are made at once: while one waits for storage or disk, another is hashed.
const AT_ONCE: usize = 8;

/// What became of everything.
#[derive(Default)]
struct Count {
    exported: u64,
    skipped: u64,
    failed: u64,
    without_evidence: u64,
    bytes: u64,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let wanted = Wanted { form: args.form, zip: args.zip, all_versions: !args.newest, quick: args.quick };
    let asked = asked(args)?;
    let store = args.place.open()?;
    let target = Target::open(&args.to).map_err(|error| said(&error.text()))?;
    let stamping = Stamping::open(store.depot()).map_err(|error| said(&error.text()))?;
    let source = Source::open(store.depot(), &stamping, clock::moment()).map_err(|error| said(&error.text()))?;
    let mut count = Count::default();
    let (ids, total) = match asked {
        Some(ids) => (ids, None),
        None => {
            let (ids, bytes, unreadable) = all(&store, &source, wanted)?;
            count.failed += unreadable;
            (ids, Some(bytes))
        }
    };
    let begun = began();
    let progress = total.map_or_else(Progress::open_bytes, Progress::bytes);
    let (next, stop, count) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(count));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(ids.len()) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed)
                    && let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let run = Run { source: &source, target: &target, wanted, json: args.json };
                    run.object(id, &progress, &count, &stop);
                }
            });
        }
    });
    drop(progress);
    let count = count.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary(args.json, &count, begun.elapsed().as_secs_f64())?;
    Ok(if count.failed == 0 { Outcome::Good } else { Outcome::Incomplete })
}

/// A stop-watch for the rate; nothing else depends on it.
#[expect(clippy::disallowed_methods, reason = "it measures, and decides nothing")]
fn began() -> std::time::Instant {
    std::time::Instant::now()
}

/// The identifiers that were named; none where all are wanted.
fn asked(args: &Args) -> Result<Option<Vec<String>>> {
    let Some(list) = &args.list else {
        return Ok(Some(unique(args.ids.clone())).filter(|ids| !ids.is_empty()));
    };
    let lines: io::Result<Vec<String>> = if list.as_os_str() == "-" {
        io::stdin().lock().lines().collect()
    } else {
        std::fs::File::open(list).and_then(|file| io::BufReader::new(file).lines().collect())
    };
    let lines = lines.with_context(|| list.display().to_string())?;
    let ids = lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
    Ok(Some(unique(ids.collect())))
}

fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}

/// All packages in the order of their hash trees, with the bytes of all of them, and how many cannot be read.
fn all(
    store: &vir_archive_desk::storage::Store,
    source: &Source<'_, '_>,
    wanted: Wanted,
) -> Result<(Vec<String>, u64, u64)> {
    let (mut found, mut bytes, mut unreadable) = (Vec::new(), 0, 0);
    let mut each = |place: &str, object: Result<Indexed, DepotError>| match object {
        Ok(object) if object.id.starts_with(PREFIX) => {}
        Ok(object) => {
            let from = if wanted.all_versions { 0 } else { object.versions.len().saturating_sub(1) };
            let files = object.versions[from..].iter().flat_map(|version| &version.files);
            bytes += files.filter_map(|file| file.size).sum::<u64>();
            let head = object.versions.last().map_or("", |version| version.name.as_str());
            found.push((source.order(&object.id, head), object.id));
        }
        Err(error) => {
            unreadable += 1;
            complain(&said(&error.text()).context(place.to_owned()));
        }
    };
    store.depot().index(&mut each).map_err(|error| said(&error.text()))?;
    found.sort();
    Ok((found.into_iter().map(|(_, id)| id).collect(), bytes, unreadable))
}

/// What all threads share.
struct Run<'r, 's, 'd> {
    source: &'r Source<'s, 'd>,
    target: &'r Target,
    wanted: Wanted,
    json: bool,
}

impl Run<'_, '_, '_> {
    fn object(&self, id: &str, progress: &Progress, count: &Mutex<Count>, stop: &AtomicBool) {
        let failed = |name: &str, error: &ExportError| {
            count.lock().unwrap_or_else(PoisonError::into_inner).failed += 1;
            if error.is_full() {
                stop.store(true, Ordering::Relaxed);
            }
            progress.around(|| complain(&said(&error.text()).context(printable(name))));
        };
        let object = match self.source.object(id) {
            Ok(object) => object,
            Err(error) => return failed(id, &error),
        };
        for one in self.source.packages(&object, self.wanted) {
            let passed = |bytes| progress.advance(bytes);
            let make = || self.source.parcel(&object, &one, self.wanted.form);
            let done = match self.target.put(&one, self.wanted, make, &passed) {
                Ok(done) => done,
                Err(error) => {
                    failed(&one.id, &error);
                    continue;
                }
            };
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            count.without_evidence += u64::from(one.evidence.len() < one.versions.len());
            let line = match &done {
                Done::Skipped => {
                    count.skipped += 1;
                    progress.advance(one.bytes);
                    match self.json {
                        true => format!("{}\n", serde_json::json!({ "id": one.id, "name": one.name, "skipped": true })),
                        false => String::new(),
                    }
                }
                Done::Written(line) => {
                    count.exported += 1;
                    count.bytes += line.bytes;
                    if self.json {
                        serde_json::to_string(line).unwrap_or_default() + "\n"
                    } else {
                        let files = super::files(usize::try_from(line.files).unwrap_or(usize::MAX));
                        let size = super::list::size(line.bytes);
                        format!("{}  {}  {files}, {size}\n", printable(&line.id), printable(&line.name))
                    }
                }
            };
            if let Err(error) = progress.around(|| print(&line)) {
                // Whoever read the output has seen enough; what is being made is finished.
                stop.store(true, Ordering::Relaxed);
                drop(error);
            }
        }
    }
}

fn summary(json: bool, count: &Count, seconds: f64) -> Result<()> {
    let &Count { exported, skipped, failed, without_evidence, bytes } = count;
    if json {
        let line = serde_json::json!({
            "exported": exported, "skipped": skipped, "failed": failed, "withoutEvidence": without_evidence,
            "bytes": bytes, "seconds": (seconds * 1000.0).round() / 1000.0,
        });
        return print(&format!("{line}\n"));
    }
    let packages = counted(exported, ("Paket", "package"), ("Pakete", "packages"));
    let mut text = format!("{packages} {} ({}", say("ausgegeben", "exported"), super::list::size(bytes));
    if bytes > 0 && seconds >= 1.0 {
        text.push_str(&format!(", {}/s", super::list::size((bytes as f64 / seconds) as u64)));
    }
    text.push(')');
    let more = [
        (skipped, say("schon da", "there already")),
        (failed, say("nicht ausgegeben", "not exported")),
        (without_evidence, say("nicht ganz mit Beweisnachweis", "not all with evidence record")),
    ];
    for (number, what) in more.into_iter().filter(|(number, _)| *number > 0) {
        text.push_str(&format!(", {number} {what}"));
    }
    print(&format!("{text}\n"))
}
