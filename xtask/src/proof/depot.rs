//! Where records lie: whether it is what it should be, and whether anything of it can be lost.

use super::Figure;
use super::evidence::{figures, figures_of, figures_with};

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
    figures_with(&["ocfl::power"], &["power-one", "power-two"], &[("VIR_POWER_LOSSES", "6")])
}

/// Flipped bits everywhere in a store and its replica.
pub(super) fn decay() -> Result<Figure, String> {
    figures_with(&["ocfl::decay"], &["decay"], &[("VIR_BIT_FLIPS", "100000")])
}

/// A real process, killed while it deposits.
pub(super) fn kills() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["killed"], &["depot-kill"], &[("VIR_KILLS", "10000")])
}

/// Storage roots and bags of ours, judged by programs of others.
pub(super) fn peers() -> Result<Figure, String> {
    figures_of("vir-archive-desk", &["peers"], &["ocfl-py", "bagit-python"], &[])
}
