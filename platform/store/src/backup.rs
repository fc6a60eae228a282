//! Backup while everything runs, and restore.
//!
//! A backup is a folder: `system.db`, `tenants/NAME.db`, `blobs/NAME/ab/…`, `backup.json` (when, and
//! the end of each audit log) and `MANIFEST.sha256`, which `sha256sum -c` understands. Databases are
//! copied first, each as one snapshot; then the blobs, so that every blob that a copied row names is
//! in it. A backup into the same folder again copies only new blobs.
//!
//! On PostgreSQL the rows are backed up with `pg_dump` or point-in-time recovery, and the bucket
//! with the storage's own means, rows before blobs, for the same reason.
//!
//! Invariant: a folder with a `MANIFEST.sha256` is a complete backup; it is written last.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sha2::{Digest, Sha256};

use crate::audit::{self, Head};
use crate::engine::Engine;
use crate::store::Databases;
use crate::{BlobId, Clock, Config, Error, Migrations, Result, Store, TenantId, Tx, care};

const MANIFEST: &str = "MANIFEST.sha256";
const ABOUT: &str = "backup.json";
/// Stands in the data folder while a backup runs; the sweeper waits for it.
const MARK: &str = "backup.running";
/// An older mark was left by a process that died.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct About {
    /// When it was begun, as RFC 3339 writes it.
    pub created_at: String,
    /// The end of each tenant's audit log.
    pub audit: BTreeMap<String, Head>,
    /// How many blobs there are.
    pub blobs: u64,
}

/// Writes a backup into a folder, which is created if it is missing.
pub async fn backup(store: &Store, to: &Path) -> Result<About> {
    let Engine::Sqlite(files) = store.engine() else {
        return Err(Error::OnPostgres);
    };
    let mark = store.config().folder.join(MARK);
    std::fs::write(&mark, "").map_err(Error::file("write", &mark))?;
    let _unmark = RemoveAtEnd(mark);
    make_folder(&to.join("tenants"))?;
    let manifest = to.join(MANIFEST);
    remove_if_there(&manifest)?;

    let mut about = About { created_at: store.clock().now().to_string(), audit: BTreeMap::new(), blobs: 0 };
    let mut lines = Vec::new();
    // The system first: each tenant that it lists has its file.
    copy_database(files, None, to, "system.db").await?;
    let tenants: Vec<TenantId> = store.tenants().await?.into_iter().map(|tenant| tenant.id).collect();
    for tenant in &tenants {
        copy_database(files, Some(tenant), to, &format!("tenants/{tenant}.db")).await?;
    }
    for tenant in &tenants {
        for id in copy_blobs(store, tenant, to).await? {
            about.blobs += 1;
            lines.push(format!("{id}  blobs/{tenant}/{}/{id}", &id.as_str()[..2]));
        }
    }
    // A look into the copies, as a restore would find them.
    let copy = Store::open(Config::folder(to), store.migrations(), store.clock().clone()).await?;
    // A tenant that came after the system's copy is in the folder, but not in the backup.
    let tenants: Vec<TenantId> = copy.tenants().await?.into_iter().map(|tenant| tenant.id).collect();
    for tenant in &tenants {
        if let Some(id) = missing_blob(&copy, tenant).await? {
            return Err(Error::NoBlob(id));
        }
        let head = copy.read(tenant, |tx: &mut Tx| Box::pin(async move { audit::head(tx).await })).await?;
        about.audit.insert(tenant.to_string(), head);
    }
    copy.close().await;
    lines.push(line(to, "system.db")?);
    for tenant in &tenants {
        let name = format!("tenants/{tenant}.db");
        sync_file(&to.join(&name))?;
        lines.push(line(to, &name)?);
    }
    write_synced(&to.join(ABOUT), serde_json::to_string_pretty(&about)?.as_bytes())?;
    lines.push(line(to, ABOUT)?);
    write_synced(&manifest, (lines.join("\n") + "\n").as_bytes())?;
    sync_folder(to)?;
    Ok(about)
}

/// Puts a backup where a store is to be: databases into the data folder, blobs wherever the
/// configuration keeps them. Refuses a folder that is not empty, a damaged or incomplete backup, and
/// a broken audit log.
pub async fn restore(from: &Path, config: Config, migrations: &[Migrations], clock: Clock) -> Result<About> {
    if !matches!(config.databases, Databases::Folder) {
        return Err(Error::OnPostgres);
    }
    if std::fs::read_dir(&config.folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::NotEmpty(config.folder));
    }
    let manifest = from.join(MANIFEST);
    let text = std::fs::read_to_string(&manifest).map_err(Error::file("read", &manifest))?;
    let mut blobs: Vec<(TenantId, PathBuf)> = Vec::new();
    make_folder(&config.folder.join("tenants"))?;
    for entry in text.lines() {
        let (hash, name) =
            entry.split_once("  ").ok_or_else(|| Error::DamagedBackup(format!("{MANIFEST}: `{entry}`")))?;
        let path = safe_join(from, name)?;
        if hash_of(&path)? != hash {
            return Err(Error::DamagedBackup(name.to_owned()));
        }
        match name.split('/').collect::<Vec<_>>().as_slice() {
            ["blobs", tenant, ..] => blobs.push((tenant.parse()?, path)),
            [ABOUT] => {}
            _ => {
                let to = safe_join(&config.folder, name)?;
                std::fs::copy(&path, &to).map_err(Error::file("copy", &path))?;
                sync_file(&to)?;
            }
        }
    }
    sync_folder(&config.folder.join("tenants"))?;
    sync_folder(&config.folder)?;
    let about_path = from.join(ABOUT);
    let about = std::fs::read_to_string(&about_path).map_err(Error::file("read", &about_path))?;
    let about: About = serde_json::from_str(&about)?;
    let store = Store::open(config, migrations, clock).await?;
    for (tenant, path) in blobs {
        let file = std::fs::File::open(&path).map_err(Error::file("open", &path))?;
        store.blobs().put_stream(&tenant, pieces(file, path)).await?;
    }
    for (tenant, head) in &about.audit {
        let tenant: TenantId = tenant.parse()?;
        if let Some(id) = missing_blob(&store, &tenant).await? {
            return Err(Error::NoBlob(id));
        }
        let verdict = audit::verify(&store, &tenant, Some(head.clone())).await?;
        if let Some(fault) = verdict.faults.first() {
            return Err(Error::Config(format!("the audit log of {tenant} is broken: {fault}")));
        }
    }
    store.close().await;
    Ok(about)
}

/// Whether a backup of this data folder runs now, in this process or another.
pub(crate) fn is_running(store: &Store) -> bool {
    let age = std::fs::metadata(store.config().folder.join(MARK))
        .and_then(|mark| mark.modified())
        .map(|modified| modified.elapsed().unwrap_or_default());
    age.is_ok_and(|age| age < STALE)
}

async fn copy_database(
    files: &crate::engine::sqlite::Files,
    tenant: Option<&TenantId>,
    to: &Path,
    name: &str,
) -> Result<()> {
    let path = to.join(name);
    for rest in ["", "-wal", "-shm"] {
        remove_if_there(&to.join(format!("{name}{rest}")))?;
    }
    files.copy(tenant, &path).await?;
    sync_file(&path)
}

/// Copies the blobs that are not there yet; gives the names of all.
async fn copy_blobs(store: &Store, tenant: &TenantId, to: &Path) -> Result<BTreeSet<BlobId>> {
    let mut all = BTreeSet::new();
    let target = crate::Blobs::folder(to.join("blobs"));
    let mut listed = store.blobs().list(tenant);
    while let Some(blob) = listed.try_next().await? {
        if !target.contains(tenant, &blob.id).await? {
            let (_, pieces) = match store.blobs().open(tenant, &blob.id).await {
                // Swept away since it was listed: no row names it.
                Err(Error::NoBlob(_)) => continue,
                other => other?,
            };
            let (copied, _) = target.put_stream(tenant, pieces).await?;
            if copied != blob.id {
                return Err(Error::Damaged(blob.id));
            }
        }
        all.insert(blob.id);
    }
    Ok(all)
}

async fn missing_blob(store: &Store, tenant: &TenantId) -> Result<Option<BlobId>> {
    for id in care::named(store, tenant).await? {
        if !store.blobs().contains(tenant, &id).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// A file, piece by piece.
fn pieces(file: std::fs::File, path: PathBuf) -> impl futures_util::Stream<Item = Result<bytes::Bytes>> + Send {
    futures_util::stream::try_unfold((file, path), |(mut file, path)| async move {
        let mut piece = Vec::new();
        let read = std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, 1 << 20), &mut piece);
        match read.map_err(Error::file("read", &path))? {
            0 => Ok(None),
            _ => Ok(Some((piece.into(), (file, path)))),
        }
    })
}

fn line(to: &Path, name: &str) -> Result<String> {
    Ok(format!("{}  {name}", hash_of(&to.join(name))?))
}

fn hash_of(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(Error::file("open", path))?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut piece).map_err(Error::file("read", path))? {
            0 => return Ok(crate::blobs::hex(&hasher.finalize())),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// A path of the manifest below a folder; a backup from elsewhere must not write anywhere else.
fn safe_join(folder: &Path, name: &str) -> Result<PathBuf> {
    let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    match plain && !name.contains('\\') {
        true => Ok(folder.join(name)),
        false => Err(Error::Config(format!("{MANIFEST}: `{name}` leads out of the folder"))),
    }
}

fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(Error::file("create", path))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", path)(error)),
        _ => Ok(()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::File::create(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(Error::file("write", path))
}

fn sync_file(path: &Path) -> Result<()> {
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(Error::file("sync", path))
}

fn sync_folder(path: &Path) -> Result<()> {
    sync_file(path)
}

struct RemoveAtEnd(PathBuf);

impl Drop for RemoveAtEnd {
    fn drop(&mut self) {
        // What stays behind counts as stale after a day.
        let _ = std::fs::remove_file(&self.0);
    }
}
