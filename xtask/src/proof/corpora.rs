//! Agreement with the official chain.

use std::sync::OnceLock;

use vir_invoice::identify::Profile;
use vir_invoice::rules::Release;

use super::Figure;
use crate::corpus::{Agreement, Comparison, SETS, compare, corpora, unpack};

fn agreement(sets: &[&str], comparison: &Comparison<'_>) -> Result<Agreement, String> {
    let root = corpora().ok_or("no corpora here")?;
    let mut sum = Agreement::default();
    for set in sets {
        let one = compare(&unpack(&root, set)?, comparison)?;
        sum.opinions += one.opinions;
        sum.verdicts += one.verdicts;
        sum.judged += one.judged;
        sum.equal += one.equal;
    }
    Ok(sum)
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// The comparison of all sets with the present rules, which two proofs read; made once.
fn present() -> Result<Agreement, String> {
    static PRESENT: OnceLock<Result<Agreement, String>> = OnceLock::new();
    PRESENT.get_or_init(|| agreement(&SETS, &Comparison { show: 0, ..Comparison::default() })).clone()
}

pub(super) fn verdicts() -> Result<Figure, String> {
    let sum = present()?;
    Ok(Figure::new(
        format!("{} of {} verdicts and reasons", sum.verdicts, sum.opinions),
        sum.verdicts == sum.opinions && sum.opinions > 0,
    ))
}

pub(super) fn findings() -> Result<Figure, String> {
    let sum = present()?;
    let share = percent(sum.equal, sum.judged);
    Ok(Figure::new(format!("{} of {} documents, {share:.2} %", sum.equal, sum.judged), share >= 99.9))
}

pub(super) fn forced() -> Result<Figure, String> {
    let mut sum = Agreement::default();
    for (only, profile) in [("en16931/unit-", Profile::En16931), ("peppol/unit-", Profile::PeppolBis)] {
        let comparison = Comparison { only, forced: Some(profile), show: 0, ..Comparison::default() };
        let one = agreement(&["corpus-dev"], &comparison)?;
        sum.judged += one.judged;
        sum.equal += one.equal;
    }
    let share = percent(sum.equal, sum.judged);
    Ok(Figure::new(format!("{} of {} documents, {share:.2} %", sum.equal, sum.judged), share >= 99.9))
}

pub(super) fn released() -> Result<Figure, String> {
    let sum = agreement(&SETS, &Comparison { release: Release::R2026_01, show: 0, ..Comparison::default() })?;
    let share = percent(sum.equal, sum.judged);
    Ok(Figure::new(
        format!(
            "{} of {} verdicts; {} of {} documents, {share:.2} %",
            sum.verdicts, sum.opinions, sum.equal, sum.judged
        ),
        sum.verdicts == sum.opinions && share >= 99.9,
    ))
}
