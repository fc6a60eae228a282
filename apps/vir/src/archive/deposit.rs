//! `vir archive deposit`: files and folders become packages.
//!
//! Invariant: a line is printed for a package when it is durable, never before.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, anyhow, bail};
use vir_archive::ocfl::depot::{Change, Receipt};
use vir_archive::ocfl::inventory::User;
use vir_archive_desk::storage::Store;

use super::progress::Progress;
use super::{Place, now, said};
use crate::language::say;
use crate::terminal::{print, printable};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[arg(required = true, value_name = say("DATEI|ORDNER", "FILE|FOLDER"), help = say(
        "Jede Datei und jeder Ordner wird ein Paket",
        "Each file and each folder becomes a package"
    ))]
    paths: Vec<PathBuf>,
    #[arg(long, help = say(
        "Kennung des Pakets (sonst eine neue urn:uuid); gibt es sie schon, entsteht eine neue Fassung",
        "Identifier of the package (else a new urn:uuid); where it is there already, a new version is made"
    ))]
    id: Option<String>,
    #[arg(long, value_name = say("NAME", "NAME"), help = say("Wer ablegt", "Who deposits"))]
    by: Option<String>,
    #[arg(short, long, value_name = "TEXT", default_value = "", hide_default_value = true, help = say("Anlass", "Reason"))]
    message: String,
    #[arg(long, help = say("Eine Zeile JSON je Paket", "One line of JSON per package"))]
    json: bool,
}

/// Packages that are written at once: they share the flushes of the disk.
const AT_ONCE: usize = 16;

/// A file of a package.
struct Part {
    /// Its path in the package.
    name: String,
    path: PathBuf,
    size: u64,
}

/// A package that is still to be written.
struct Package {
    id: String,
    parts: Vec<Part>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    if args.id.is_some() && args.paths.len() > 1 {
        bail!(say("--id gilt für ein einziges Paket; es sind mehrere", "--id is for one package; there are several"));
    }
    let packages = args.paths.iter().map(|path| gather(path, args.id.as_deref())).collect::<Result<Vec<_>>>()?;
    let store = args.place.open_or_make()?;
    let user = args.by.clone().or_else(|| std::env::var("USER").ok()).filter(|name| !name.is_empty());
    let change = Change {
        created: now(),
        message: args.message.clone(),
        user: User { name: user.unwrap_or_else(|| "vir archive deposit".to_owned()), address: None },
    };
    let total = packages.iter().flat_map(|package| &package.parts).map(|part| part.size).sum();
    let progress = Progress::bytes(total);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(0_usize));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(packages.len()) {
            scope.spawn(|| {
                while let Some(package) = packages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = put(&store, package, &change, &progress);
                    let mut failures = failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let said = progress.around(|| match done {
                        Ok(receipt) => print(&line(&receipt, package, args.json)),
                        Err(error) => Err(error.context(printable(&package.id))),
                    });
                    if let Err(error) = said {
                        progress.around(|| complain(&error));
                        *failures += 1;
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(if failures == 0 { Outcome::Good } else { Outcome::Incomplete })
}

fn line(receipt: &Receipt, package: &Package, json: bool) -> String {
    let size: u64 = package.parts.iter().map(|part| part.size).sum();
    if json {
        let line = serde_json::json!({
            "id": receipt.id, "version": receipt.version.to_string(), "inventoryDigest": receipt.inventory_digest,
            "files": package.parts.len(), "bytes": size,
        });
        return format!("{line}\n");
    }
    let (files, bytes) = (super::files(package.parts.len()), super::list::size(size));
    format!("{} {}  {files}, {bytes}\n", printable(&receipt.id), receipt.version)
}

/// Writes a package; the answer comes when it is durable.
fn put(store: &Store, package: &Package, change: &Change, progress: &Progress) -> Result<Receipt> {
    let mut draft = store.depot().draft(&package.id, change.clone()).map_err(|error| said(&error.text()))?;
    let kept: Vec<String> = draft.state().keys().cloned().collect();
    for part in &package.parts {
        let file = fs::File::open(&part.path).with_context(|| printable(&part.path.to_string_lossy()))?;
        let mut file = Counted { file, progress };
        draft.put(&part.name, &mut file).map_err(|error| said(&error.text()))?;
    }
    // The package is what was given; what the version before had besides is in that version.
    for name in kept.iter().filter(|name| !package.parts.iter().any(|part| part.name == **name)) {
        draft.remove(name);
    }
    draft.commit().map_err(|error| said(&error.text()))
}

/// A file that tells how far it was read.
struct Counted<'p> {
    file: fs::File,
    progress: &'p Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

/// The files of a package, by path. Links are not followed: what they point to is not part of the package.
fn gather(path: &Path, id: Option<&str>) -> Result<Package> {
    let shown = || printable(&path.to_string_lossy());
    let id = id.map_or_else(|| format!("urn:uuid:{}", uuid::Uuid::now_v7()), str::to_owned);
    let about = fs::metadata(path).with_context(shown)?;
    let mut parts = Vec::new();
    if about.is_file() {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_unicode(path))?.to_owned();
        parts.push(Part { name, path: path.to_owned(), size: about.len() });
    } else {
        let mut waiting = vec![(path.to_owned(), String::new())];
        while let Some((folder, below)) = waiting.pop() {
            for entry in fs::read_dir(&folder).with_context(|| printable(&folder.to_string_lossy()))? {
                let entry = entry?;
                let name = entry.file_name().into_string().map_err(|_| not_unicode(&entry.path()))?;
                let name = if below.is_empty() { name } else { format!("{below}/{name}") };
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    waiting.push((entry.path(), name));
                } else if kind.is_file() {
                    parts.push(Part { name, path: entry.path(), size: entry.metadata()?.len() });
                } else {
                    let why = say("ist keine Datei und kein Ordner", "is neither a file nor a folder");
                    bail!("{}: {why}", printable(&entry.path().to_string_lossy()));
                }
            }
        }
        parts.sort_by(|a, b| a.name.cmp(&b.name));
    }
    if parts.is_empty() {
        bail!("{}: {}", shown(), say("enthält keine Dateien", "holds no files"));
    }
    Ok(Package { id, parts })
}

fn not_unicode(path: &Path) -> anyhow::Error {
    let why = say("der Name ist kein Unicode; bitte umbenennen", "the name is no Unicode; please rename it");
    anyhow!("{}: {why}", printable(&path.to_string_lossy()))
}
