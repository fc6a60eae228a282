//! A watched folder: other programs put files into `akten/in/ENTRY`, where ENTRY is one of the *Aktenplan*.
//!
//! A file becomes a document that stands alone, a folder a record with all files in it; both are closed at once, so that
//! they come into long-term storage with the term of their entry. Per tenant there is `TENANT/akten/in` in the folder
//! that the setting `channels.folders` names; whoever creates it switches the channel on. A thing is taken once nothing
//! in it has changed from one round to the next; better still, it is written under a name that begins with a dot and
//! renamed. It then lies in `akten/done`, or in `akten/failed` with a report that says why.
//!
//! Invariant: a thing leaves `in` only after its record is durable; nothing is deleted; the same thing taken twice, after
//! a crash, is one record.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{Command, EntryId, RecordId};
use vir_core::{Lang, Text};
use vir_store::{BoxFuture, TenantId, Tx, args};
use vir_web::{App, watched};

use crate::keep::program;
use crate::records::{self, ActError, NewDocument, NewRecord, Origin, TakeError, Taken};

/// How long a round waits for the next; a thing is taken after two.
const PAUSE: Duration = Duration::from_secs(2);
/// The most files of one record.
const MOST_FILES: usize = 10_000;
/// How deep folders may lie in each other.
const DEEPEST: usize = 16;

/// Watches the folders of all tenants until the token is cancelled.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    let make = |app: &App, tenant, folder: PathBuf| Watch::new(app.clone(), tenant, folder.join("akten"));
    vec![watched::watch(app, stop, PAUSE, make)]
}

impl watched::Watch for Watch {
    async fn round(&mut self) -> usize {
        let folder = self.folder.join("in");
        let Ok(Ok(mut now)) = tokio::task::spawn_blocking(move || look(&folder)).await else { return 0 };
        let steady = watched::steady(&self.before, &now);
        let mut taken = 0;
        for path in steady {
            match self.take(&path).await {
                Ok(()) => {
                    now.remove(&path);
                    taken += 1;
                }
                Err(error) => {
                    tracing::warn!(tenant = %self.tenant, %error, "something stays in the watched folder of records");
                }
            }
        }
        self.before = now;
        taken
    }
}

/// How something looked: files, bytes, and the latest change.
type Look = (usize, u64, Option<SystemTime>);

/// The folder of one tenant.
pub struct Watch {
    app: App,
    tenant: TenantId,
    folder: PathBuf,
    before: HashMap<PathBuf, Look>,
}

impl Watch {
    /// Watches `folder/in`.
    #[must_use]
    pub fn new(app: App, tenant: TenantId, folder: PathBuf) -> Self {
        Self { app, tenant, folder, before: HashMap::new() }
    }

    async fn take(&self, path: &Path) -> Result<(), Trouble> {
        let entry = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let entry = EntryId(entry.unwrap_or_default());
        let (to, mark, report) = match self.deposit(path, &entry).await {
            Ok(id) => ("done", id.0.clone(), serde_json::json!({ "stored": true, "record": id })),
            Err(Trouble::Refused(text)) => {
                let report = serde_json::json!({ "stored": false, "message": text });
                ("failed", "abgelehnt".to_owned(), report)
            }
            Err(other) => return Err(other),
        };
        let (folder, from) = (self.folder.join(to).join(&entry.0), path.to_owned());
        tokio::task::spawn_blocking(move || put_away(&from, &folder, &mark, &report))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }

    /// Makes a record of it, unless it is one already.
    async fn deposit(&self, path: &Path, entry: &EntryId) -> Result<RecordId, Trouble> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let whole = path.to_owned();
        let files = tokio::task::spawn_blocking(move || files(&whole)).await.map_err(io::Error::other)??;
        if files.is_empty() {
            return Err(Trouble::Refused(Text::new("Der Ordner ist leer.", "The folder is empty.")));
        }
        let alone = files.len() == 1 && files[0].1 == path;
        let mut digest = Sha256::new();
        digest.update(format!("{entry}\n{name}\n"));
        let mut taken: Vec<(String, Taken)> = Vec::new();
        for (inside, file) in files {
            let opened = tokio::fs::File::open(&file).await?;
            let most = self.app.config.archive.document_bytes;
            let stream = tokio_util::io::ReaderStream::new(opened);
            let one = match records::take(&self.app, &self.tenant, &inside, most, stream).await {
                Ok(one) => one,
                Err(error) => match error.text() {
                    Some(text) if !matches!(error, TakeError::Broken(_)) => return Err(Trouble::Refused(text)),
                    _ => return Err(Trouble::Later(error.to_string())),
                },
            };
            digest.update(format!("{inside}\n{}\n", one.sha512));
            taken.push((inside, one));
        }
        let digest = vir_archive::ocfl::digest::hex(&digest.finalize());
        let new = NewRecord {
            kind: if alone { Kind::Document } else { Kind::File },
            entry: entry.clone(),
            title: name.chars().filter(|c| !c.is_control()).take(300).collect(),
            reference: None,
            subjects: std::collections::BTreeSet::new(),
        };
        let written = self
            .app
            .store
            .write(&self.tenant, move |tx: &mut Tx| Box::pin(async move { write(tx, &digest, new, taken).await }));
        written.await.map_err(|error| match error {
            ActError::Store(error) => Trouble::Later(error.to_string()),
            other => {
                let texts = other.texts();
                let all = |lang: Lang| texts.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(" ");
                Trouble::Refused(Text::owned(all(Lang::De), all(Lang::En)))
            }
        })
    }
}

const KNOWN: &str = "select record_id from archive_deposit where digest = $1";
const NOTE: &str = "insert into archive_deposit (digest, record_id, at) values ($1, $2, $3)";

async fn write(tx: &mut Tx, digest: &str, new: NewRecord, files: Vec<(String, Taken)>) -> Result<RecordId, ActError> {
    tx.lock(&format!("archive-deposit/{digest}")).await?;
    if let Some(row) = tx.optional(KNOWN, &args![digest]).await? {
        return Ok(RecordId(row.text("record_id")?));
    }
    let who = program();
    let id = records::open(tx, new, &who).await?.id;
    let document = |(title, file)| NewDocument { id: None, case: None, title, origin: Origin::Folder, file };
    records::file(tx, &id, files.into_iter().map(document).collect(), &who).await?;
    records::act(tx, &id, None, &[Command::Close], &who).await?;
    tx.execute(NOTE, &args![digest, id.0.as_str(), tx.now()]).await?;
    Ok(id)
}

/// Why something stays, or goes to `failed`.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// It never becomes a record.
    #[error("{}", .0.get(Lang::En))]
    Refused(Text),
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// A file cannot be read or moved.
    #[error("{0}")]
    File(#[from] io::Error),
}

/// What lies in `in/ENTRY`, and how it looks. Links are not followed.
fn look(folder: &Path) -> io::Result<HashMap<PathBuf, Look>> {
    let mut found = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        for thing in std::fs::read_dir(entry.path())? {
            let thing = thing?;
            let kind = thing.file_type()?;
            if kind.is_symlink() || watched::is_being_written(&thing.file_name().to_string_lossy()) {
                continue;
            }
            let mut seen: Look = (0, 0, None);
            for (_, file) in files(&thing.path())? {
                let about = std::fs::metadata(&file)?;
                seen = (seen.0 + 1, seen.1 + about.len(), seen.2.max(about.modified().ok()));
            }
            found.insert(thing.path(), seen);
        }
    }
    Ok(found)
}

/// The files of a thing, each with its name inside, in their order.
fn files(thing: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if std::fs::symlink_metadata(thing)?.is_file() {
        return Ok(vec![(name(thing), thing.to_owned())]);
    }
    let mut found = Vec::new();
    let mut open = vec![(String::new(), thing.to_owned(), 0_usize)];
    while let Some((inside, folder, depth)) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let about = std::fs::symlink_metadata(&path)?;
            let inside = if inside.is_empty() { name(&path) } else { format!("{inside}/{}", name(&path)) };
            if about.is_dir() && depth < DEEPEST {
                open.push((inside, path, depth + 1));
            } else if about.is_file() {
                found.push((inside, path));
            }
            if found.len() > MOST_FILES {
                return Err(io::Error::other("more files than a record may have"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts it away with its report. The mark keeps two of the same name apart, and a number two of the same mark.
fn put_away(from: &Path, folder: &Path, mark: &str, report: &serde_json::Value) -> io::Result<()> {
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = format!("{mark}-{name}");
    let numbered = (2..).map(|number| format!("{number}-{name}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !folder.join(name).exists());
    watched::put_away(from, folder, &free.expect("there is always another number"), report)
}
