//! Where a depot is: a folder, or a part of a bucket in S3-compatible storage.
//!
//! Endpoint, region and keys come as other programs take them, from `AWS_…` in the environment or from a file of
//! credentials; an address may name its own, so that depot and replica may lie with different providers.
//!
//! Invariant: no key is an argument, for other people of the machine see arguments; a mistyped place makes no depot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use vir_archive_desk::storage::{Disk, LEASE, OpenError, S3, Shared, Store};
use vir_store::bucket::Bucket;

use super::said;
use crate::language::say;

/// Where the depot is.
#[derive(Debug, clap::Args)]
pub struct Place {
    #[arg(short, long, value_name = say("ORT", "PLACE"), help = say(
        "Ort der Ablage: ein Ordner, oder s3://BUCKET/PRÄFIX",
        "Place of the depot: a folder, or s3://BUCKET/PREFIX"
    ))]
    store: At,
    #[arg(long, value_name = say("ORT", "PLACE"), help = say(
        "Ort der zweiten Ablage, am besten auf einem anderen Datenträger",
        "Place of the replica, best on another disk"
    ))]
    replica: Option<At>,
    #[arg(long, value_name = "URL", help = say(
        "Adresse des S3-Dienstes (sonst AWS_ENDPOINT_URL_S3 oder AWS_ENDPOINT_URL)",
        "Address of the S3 service (else AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL)"
    ))]
    s3_endpoint: Option<String>,
    #[arg(long, value_name = "REGION", help = say("Region (sonst AWS_REGION)", "Region (else AWS_REGION)"))]
    s3_region: Option<String>,
    #[arg(long, value_name = say("DATEI", "FILE"), help = say(
        "Datei mit Schlüsseln, wie AWS sie schreibt (sonst AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY)",
        "File with keys as AWS writes it (else AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
    ))]
    s3_credentials: Option<PathBuf>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Folder(PathBuf),
    Bucket { bucket: String, prefix: String, settings: BTreeMap<String, String> },
}

/// What an address may say besides bucket and prefix.
const SETTINGS: [&str; 3] = ["endpoint", "region", "profile"];

impl FromStr for At {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let Some(address) = text.strip_prefix("s3://") else { return Ok(Self::Folder(text.into())) };
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        let prefix = prefix.trim_matches('/').to_owned();
        let is_path = prefix.is_empty() || prefix.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if bucket.is_empty() || !is_name(bucket) || !is_path {
            bail!(say("erwartet wird s3://BUCKET/PRÄFIX", "expected is s3://BUCKET/PREFIX"));
        }
        let mut settings = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !SETTINGS.contains(&name) || value.is_empty() {
                let why = say("die Adresse kennt nur", "the address knows only");
                bail!("{name}: {why} endpoint=…, region=…, profile=…");
            }
            settings.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self::Bucket { bucket: bucket.to_owned(), prefix, settings })
    }
}

impl Place {
    /// Opens it; makes it where there is none.
    pub fn open_or_make(&self) -> Result<Store> {
        let second = self.replica.as_ref();
        if second == Some(&self.store) {
            bail!(say("die zweite Ablage ist dieselbe wie die erste", "the replica is the same as the depot"));
        }
        let first = self.storage(&self.store)?;
        let second = second.map(|at| self.storage(at)).transpose()?;
        Store::open(first, second).map_err(|error| said(&error.text()))
    }

    /// Opens it where there is one: a mistyped name makes no empty depot.
    pub fn open(&self) -> Result<Store> {
        for at in std::iter::once(&self.store).chain(&self.replica) {
            let (is_there, name) = match at {
                At::Folder(path) => (path.join("root").is_dir(), path.display().to_string()),
                At::Bucket { bucket, prefix, .. } => {
                    let name = format!("s3://{bucket}/{prefix}");
                    let look = || Bucket::connect(&self.bucket(at)?, LEASE)?.list("root").map_err(anyhow::Error::from);
                    (!look().with_context(|| name.clone())?.is_empty(), name)
                }
            };
            if !is_there {
                let why = say(
                    "hier ist keine Ablage; `vir archive deposit` legt eine an",
                    "there is no depot here; `vir archive deposit` makes one",
                );
                bail!("{name}: {why}");
            }
        }
        self.open_or_make()
    }

    fn storage(&self, at: &At) -> Result<Shared> {
        let opened: Result<Shared, OpenError> = match at {
            At::Folder(path) => Disk::open(path).map(|disk| Arc::new(disk) as Shared),
            At::Bucket { .. } => S3::open(&self.bucket(at)?, LEASE).map(|s3| Arc::new(s3) as Shared),
        };
        opened.map_err(|error| said(&error.text()))
    }

    fn bucket(&self, at: &At) -> Result<vir_store::S3> {
        let At::Bucket { bucket, prefix, settings } = at else { bail!("this is a folder") };
        let environment =
            |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        let region = settings.get("region").or(self.s3_region.as_ref()).cloned();
        let region = region.or_else(|| environment(&["AWS_REGION", "AWS_DEFAULT_REGION"]));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = settings.get("endpoint").or(self.s3_endpoint.as_ref()).cloned();
        let endpoint = endpoint.or_else(|| environment(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            bail!(
                "{endpoint}: {}",
                say(
                    "die Adresse muss mit https:// oder http:// beginnen",
                    "the address must begin with https:// or http://"
                )
            );
        }
        let (access_key, secret_key) = self.keys(settings.get("profile"), &environment)?;
        Ok(vir_store::S3 { endpoint, region, bucket: bucket.clone(), prefix: prefix.clone(), access_key, secret_key })
    }

    /// The keys: of a profile where one is named, else of the environment, else of the file's usual profile.
    fn keys(
        &self,
        profile: Option<&String>,
        environment: &dyn Fn(&[&str]) -> Option<String>,
    ) -> Result<(String, String)> {
        if profile.is_none() && self.s3_credentials.is_none() {
            if environment(&["AWS_SESSION_TOKEN"]).is_some() {
                bail!(say(
                    "AWS_SESSION_TOKEN: Schlüssel auf Zeit werden nicht unterstützt",
                    "AWS_SESSION_TOKEN: temporary keys are not supported"
                ));
            }
            if let (Some(name), Some(key)) =
                (environment(&["AWS_ACCESS_KEY_ID"]), environment(&["AWS_SECRET_ACCESS_KEY"]))
            {
                return Ok((name, key));
            }
        }
        let usual = || {
            let named = environment(&["AWS_SHARED_CREDENTIALS_FILE"]).map(PathBuf::from);
            named.or_else(|| Some(PathBuf::from(environment(&["HOME"])?).join(".aws/credentials")))
        };
        let file =
            self.s3_credentials.clone().or_else(usual).filter(|path| self.s3_credentials.is_some() || path.exists());
        let Some(file) = file else {
            bail!(say(
                "keine Schlüssel für S3: AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY setzen oder --s3-credentials nennen",
                "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name --s3-credentials"
            ));
        };
        let profile =
            profile.cloned().or_else(|| environment(&["AWS_PROFILE"])).unwrap_or_else(|| "default".to_owned());
        of_profile(&file, &profile)
    }
}

/// The keys of a profile in a file as AWS writes it.
fn of_profile(file: &Path, profile: &str) -> Result<(String, String)> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let (mut is_ours, mut name, mut key) = (false, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            is_ours = section.trim() == profile;
        } else if let Some((setting, value)) = line.split_once('=').filter(|_| is_ours && !line.starts_with('#')) {
            match setting.trim() {
                "aws_access_key_id" => name = Some(value.trim().to_owned()),
                "aws_secret_access_key" => key = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    name.zip(key).ok_or_else(|| {
        let why = say("hier stehen keine Schlüssel des Profils", "there are no keys here of the profile");
        anyhow!("{}: {why} {profile}", file.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_folders_or_parts_of_buckets() {
        assert_eq!("a/b".parse::<At>().unwrap(), At::Folder("a/b".into()));
        let At::Bucket { bucket, prefix, settings } =
            "s3://akten/archiv/1/?endpoint=https://s3.example.org&profile=zweite".parse().unwrap()
        else {
            panic!("no bucket")
        };
        assert_eq!((bucket.as_str(), prefix.as_str()), ("akten", "archiv/1"));
        assert_eq!(settings["profile"], "zweite");
        for wrong in ["s3://", "s3:///x", "s3://a/../b", "s3://a b/c", "s3://a/b?secret=1", "s3://a/b?region="] {
            assert!(wrong.parse::<At>().is_err(), "{wrong}");
        }
    }
}
