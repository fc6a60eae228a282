//! Where records lie: whether it is what it should be, and whether anything of it can be lost.

use std::process::Command;

use super::evidence::{figures, figures_of, figures_with};
use super::{Figure, output, root};

/// The fixtures of OCFL and the conformance suite of BagIt.
pub(super) fn fixtures() -> Result<Figure, String> {
    figures(&["ocfl::fixtures", "bags"], &["ocfl-fixtures", "bagit-suite"])
}

/// Records of a depot through all renewals, judged by BouncyCastle.
pub(super) fn records() -> Result<Figure, String> {
    figures(&["stamping"], &["depot-records"])
}

/// Loss of power at every step, several times each.
pub(super) fn power() -> Result<Figure, String> {
    figures_with(&["ocfl::power"], &["power-one", "power-flat", "power-two"], &[("VIR_POWER_LOSSES", "6")])
}

/// Flipped bits everywhere in a store and its replica.
pub(super) fn decay() -> Result<Figure, String> {
    figures_with(&["ocfl::decay"], &["decay"], &[("VIR_BIT_FLIPS", "100000")])
}

/// A real process, killed while it deposits.
pub(super) fn kills() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["killed"], &["depot-kill"], &[("VIR_KILLS", "10000")])
}

/// The database made again from storage.
pub(super) fn index() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["records::the_index"], &["index-rebuild"], &[("VIR_RECORDS", "300")])
}

/// Evidence as the pages hand it out.
pub(super) fn desk_evidence() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["evidence"], &["desk-evidence"], &[])
}

/// Two tenants, an office and an archive.
pub(super) fn exchange() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["disposal"], &["exchange-3.0", "exchange-2.4"], &[])
}

/// The same with a depot in S3-compatible storage.
pub(super) fn bucket_kills() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["in_a_bucket"], &["depot-kill-s3"], &[("VIR_BUCKET_KILLS", "1000")])
}

/// Requests that are cut, lost, answered with errors, or come late.
pub(super) fn bucket_cuts() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["cuts"], &["depot-lost-s3"], &[("VIR_CUTS", "1000")])
}

/// Deposits beside what the disk and the hash can do.
pub(super) fn ingest() -> Result<Figure, String> {
    let mut bench = Command::new(env!("CARGO"));
    bench.args(["run", "--quiet", "--release", "--package", "vir-ingest-bench"]).current_dir(root());
    let text = output(&mut bench)?;
    let figure =
        text.lines().find_map(|line| line.strip_prefix("depot-ingest: ")).ok_or("the benchmark says nothing")?;
    let number_before = |unit: &str| {
        let before = figure.split_once(unit)?.0;
        before.rsplit([' ', ',']).next()?.parse::<f64>().ok()
    };
    let small = number_before(" objects/s").ok_or("no rate of small objects")?;
    let share = number_before(" % of min").ok_or("no rate of large objects")?;
    Ok(Figure::new(figure, small >= 5_000.0 && share >= 80.0))
}

/// Storage roots and bags of ours, judged by programs of others.
pub(super) fn peers() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["peers"], &["ocfl-py", "rocfl", "bagit-python"], &[("VIR_ROCFL", "install")])
}
