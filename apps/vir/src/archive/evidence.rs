//! `vir archive stamp` and `vir archive renew`: evidence for everything in a depot.

use anyhow::{Result, anyhow};
use vir_archive::digest::Digest;
use vir_archive::stamping::{Grown, Stamping};

use super::progress::Progress;
use super::services::Options;
use super::{Place, counted, now, said};
use crate::Outcome;
use crate::language::say;
use crate::terminal::print;

/// Options of `vir archive stamp`.
#[derive(Debug, clap::Args)]
pub struct Stamp {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    services: Options,
    #[arg(long, default_value = "SHA-512", value_parser = digest, value_name = "ALGORITHM", help = say("Hashverfahren der Bäume", "Hash algorithm of the trees"))]
    digest: Digest,
}

/// Options of `vir archive renew`.
#[derive(Debug, clap::Args)]
pub struct Renew {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    services: Options,
    #[arg(long, value_parser = digest, value_name = "ALGORITHM", help = say(
        "Zu diesem Hashverfahren übergehen; dazu wird alles einmal gelesen",
        "Go over to this hash algorithm; everything is read once for it"
    ))]
    digest: Option<Digest>,
}

fn digest(name: &str) -> Result<Digest> {
    let suitable =
        [Digest::Sha256, Digest::Sha384, Digest::Sha512, Digest::Sha3_256, Digest::Sha3_384, Digest::Sha3_512];
    Digest::from_name(name).filter(|digest| suitable.contains(digest)).ok_or_else(|| {
        anyhow!("{}: SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512", say("möglich sind", "possible are"))
    })
}

/// Runs `vir archive stamp`.
pub fn stamp(args: &Stamp) -> Result<Outcome> {
    let (services, _runtime) = args.services.services()?;
    let store = args.place.open()?;
    let mut stamping = Stamping::open(store.depot()).map_err(|error| said(&error.text()))?;
    let progress = Progress::things(None);
    let grown = stamping.stamp(args.digest, &services, &now(), &mut |leaves| progress.reach(leaves as u64));
    let grown = grown.map_err(|error| said(&error.text()))?;
    drop(progress);
    if grown.leaves == 0 && grown.unreadable == 0 {
        print(&format!(
            "{}\n",
            say("Nichts Neues: Alles hat seinen Zeitstempel.", "Nothing new: everything has its time stamp.")
        ))?;
    } else {
        let of = ("Fassungen von Paketen", "versions of packages");
        tell(&grown, &counted(grown.leaves as u64, ("Fassung eines Pakets", "version of a package"), of))?;
    }
    Ok(if grown.unreadable == 0 { Outcome::Good } else { Outcome::NotGood })
}

/// Runs `vir archive renew`.
pub fn renew(args: &Renew) -> Result<Outcome> {
    let (services, _runtime) = args.services.services()?;
    let store = args.place.open()?;
    let mut stamping = Stamping::open(store.depot()).map_err(|error| said(&error.text()))?;
    let grown = if let Some(digest) = args.digest {
        let progress = Progress::open_bytes();
        stamping.renew_hash_trees(digest, &services, &now(), &mut |bytes| progress.reach(bytes))
    } else {
        stamping.renew_time_stamps(&services, &now())
    };
    let grown = grown.map_err(|error| said(&error.text()))?;
    if grown.trees == 0 {
        print(&format!("{}\n", say("Nichts zu erneuern.", "Nothing to renew.")))?;
    } else {
        tell(&grown, &counted(grown.leaves as u64, ("Blatt", "leaf"), ("Blätter", "leaves")))?;
    }
    Ok(Outcome::Good)
}

fn tell(grown: &Grown, what: &str) -> Result<()> {
    let stamps = counted(grown.trees as u64, ("Zeitstempel", "time stamp"), ("Zeitstempel", "time stamps"));
    let mut text = format!("{stamps}, {what}\n");
    if grown.unreadable > 0 {
        let why = say(
            "nicht lesbar und ausgelassen; `vir archive scrub` zeigt, warum",
            "cannot be read and were left out; `vir archive scrub` shows why",
        );
        text.push_str(&format!("{} {why}\n", grown.unreadable));
    }
    print(&text)
}
