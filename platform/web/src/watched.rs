//! Watched folders: what all channels share whose things other programs put into a folder.
//!
//! A channel looks at its folder round by round ([`watch`]), takes what has not changed from one round to the next
//! ([`steady`]), and puts it away with a report beside it ([`put_away`]).
//!
//! Invariant: a thing leaves its folder only with a report that is durable before it; nothing is deleted.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vir_store::{BoxFuture, TenantId};

use crate::App;

/// The folder of one tenant.
pub trait Watch: Send + 'static {
    /// Takes what has not changed since the last round. Gives how much of it left the folder.
    fn round(&mut self) -> impl Future<Output = usize> + Send;
}

/// Watches the folders of all tenants until the token is cancelled, with a pause between the rounds. They lie in the
/// folder that the setting `channels.folders` names, else in `eingang` in the data folder: `make` is told where a
/// tenant's is.
pub fn watch<W: Watch>(
    app: App,
    stop: CancellationToken,
    pause: Duration,
    make: fn(&App, TenantId, PathBuf) -> W,
) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let root = app.config.channels.folders.clone().unwrap_or_else(|| app.config.data.join("eingang"));
        let mut watches: HashMap<TenantId, W> = HashMap::new();
        while !stop.is_cancelled() {
            for tenant in app.store.tenants().await.unwrap_or_default() {
                let folder = root.join(tenant.id.as_str());
                let watch = watches.entry(tenant.id.clone());
                watch.or_insert_with(|| make(&app, tenant.id, folder)).round().await;
                if stop.is_cancelled() {
                    break;
                }
            }
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    })
}

/// What looks now as it looked before, in the order of the paths.
#[must_use]
pub fn steady<L: PartialEq>(before: &HashMap<PathBuf, L>, now: &HashMap<PathBuf, L>) -> Vec<PathBuf> {
    let same = now.iter().filter(|(path, look)| before.get(*path) == Some(*look));
    let mut steady: Vec<PathBuf> = same.map(|(path, _)| path.clone()).collect();
    steady.sort();
    steady
}

/// Does the name say that a file is not complete yet?
#[must_use]
pub fn is_being_written(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(['.', '~']) || [".part", ".tmp", ".filepart", ".crdownload"].iter().any(|end| name.ends_with(end))
}

/// Writes the report `NAME.bericht.json` into a folder, which is made where there is none, then moves the thing there
/// under its new name. It waits for the disk, so it is called in a thread that may do so.
///
/// # Errors
/// Where the folder cannot be written; the thing is then still where it was.
pub fn put_away(from: &Path, folder: &Path, name: &str, report: &serde_json::Value) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let part = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&part)?;
    file.write_all(&serde_json::to_vec_pretty(report)?)?;
    file.sync_all()?;
    std::fs::rename(&part, folder.join(format!("{name}.bericht.json")))?;
    std::fs::rename(from, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}
