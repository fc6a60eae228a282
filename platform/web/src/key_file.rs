//! Where the key lies with which secrets in the database are sealed.
//!
//! In this order: the file that is configured; on one machine a file in the data folder, beside the
//! databases and not in them; and with PostgreSQL, where nobody says anything, the database itself, so
//! that all nodes have the same. That last one protects nothing from whoever has the database, and is
//! said so at each start.
//!
//! Invariant: a key is made once and never replaced by the program.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vir_auth::Vault;
use vir_store::{Error, Store, SystemTx, args};

use crate::config::Config;

/// The name in the data folder.
const FILE: &str = "key";
/// A key of fewer characters is none.
const SHORTEST: usize = 32;

/// The vault of this server.
pub(crate) async fn vault(store: &Store, config: &Config) -> Result<Vault, Error> {
    let shared = config.database.url.is_some();
    let kept = in_database(store, shared && config.key_file.is_none()).await?;
    let file = match &config.key_file {
        Some(path) => Some(read(path)?),
        None if !shared => Some(in_folder(&config.data)?),
        None => None,
    };
    match (file, kept) {
        // What was sealed before there was a file opens still.
        (Some(key), Some(earlier)) => Ok(Vault::new(&key, &[&earlier])),
        (Some(key), None) => Ok(Vault::new(&key, &[])),
        (None, Some(key)) => {
            tracing::warn!(
                "secrets are sealed with a key that lies in the same database; set key_file to the same file on all nodes"
            );
            Ok(Vault::new(&key, &[]))
        }
        (None, None) => Err(Error::Config("there is no key for secrets".to_owned())),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let wrong = |why: String| Error::Config(format!("the key file {}: {why}", path.display()));
    let key = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let key = key.trim_ascii_end();
    if key.len() < SHORTEST {
        return Err(wrong(format!("has {} characters; {SHORTEST} random ones are expected", key.len())));
    }
    Ok(key.to_vec())
}

/// The key of the data folder; whoever comes first makes it.
fn in_folder(data: &Path) -> Result<Vec<u8>, Error> {
    let path = data.join(FILE);
    let wrong = |error: std::io::Error| Error::Config(format!("the key file {}: {error}", path.display()));
    if !path.exists() {
        let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let fresh = data.join(format!("{FILE}.{:016x}", rand::random::<u64>()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh).map_err(wrong)?;
        file.write_all(format!("{key}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
        // A link does not replace: of two that come at once, both read the key of the first.
        match fs::hard_link(&fresh, &path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(wrong(error)),
            _ => fs::remove_file(&fresh).map_err(wrong)?,
        }
        fs::File::open(data).and_then(|folder| folder.sync_all()).map_err(wrong)?;
    }
    read(&path)
}

/// The key in the database; made where it is wanted and not there.
async fn in_database(store: &Store, wanted: bool) -> Result<Option<Vec<u8>>, Error> {
    let fresh: [u8; 32] = rand::random();
    store
        .system_write(move |tx: &mut SystemTx| {
            Box::pin(async move {
                if wanted {
                    let now = tx.now();
                    let sql = "insert into web_key (name, bytes, created_at) values ('vault', $1, $2)
                        on conflict (name) do nothing";
                    tx.execute(sql, &args![fresh.to_vec(), now]).await?;
                }
                let row = tx.optional("select bytes from web_key where name = 'vault'", &[]).await?;
                row.map(|row| row.bytes("bytes")).transpose()
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_has_one_key_that_only_its_owner_reads() {
        let data = std::env::temp_dir().join(format!("vir-key-{}", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        let first = in_folder(&data).unwrap();
        assert!(first.len() >= SHORTEST && in_folder(&data).unwrap() == first);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "nothing is left over");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(data.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(data.join("short"), "hunter2\n").unwrap();
        assert!(matches!(read(&data.join("short")), Err(Error::Config(_))));
        assert!(matches!(read(&data.join("none")), Err(Error::Config(_))));
        fs::remove_dir_all(data).unwrap();
    }
}
