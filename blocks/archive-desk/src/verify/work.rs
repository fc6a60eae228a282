//! Verifying beside the requests, within bounds of memory and time.
//!
//! Invariant: no more than [`UPLOADS`] forms are in memory and [`JUDGES`] are judged at once, whoever sends them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vir_archive::certificate::path::Trust;
use vir_archive::evidence::submission::{self, Judged, Limits, Material};
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::{Options, Record};
use vir_archive::moment::Moment;
use vir_archive::seal;
use vir_core::Text;
use vir_web::{AppError, FieldError};

use super::form::Submitted;

/// The largest form.
pub const MOST_UPLOAD: usize = 32 << 20;
/// What is unpacked of it.
const LIMITS: Limits = Limits { bytes: 128 << 20, files: 5_000, elements: 1_000_000 };
/// Records in one form.
const MOST_RECORDS: usize = 100;
/// Time stamps that are judged for one form, over all ways to see its data.
const MOST_STAMPS: usize = 2_000;
/// Forms in memory at once.
const UPLOADS: usize = 8;
/// Forms judged at once.
const JUDGES: usize = 2;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The place of a form in memory, from before it is read until it is answered.
pub fn place() -> Result<OwnedSemaphorePermit, AppError> {
    static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(UPLOADS)));
    PLACES.clone().try_acquire_owned().map_err(|_| AppError::unavailable())
}

/// The moment of a time.
#[must_use]
pub fn moment(now: jiff::Timestamp) -> Moment {
    Moment::from_unix(now.as_second())
}

/// What was judged.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// An evidence record.
    Record(Box<Judged>),
    /// A seal.
    Seal(Box<seal::submission::Judged>),
}

impl Outcome {
    /// The file, or the place in a container.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Record(judged) => &judged.name,
            Self::Seal(judged) => &judged.name,
        }
    }

    /// Is it valid?
    #[must_use]
    pub fn is_good(&self) -> bool {
        match self {
            Self::Record(judged) => judged.report.verdict == Verdict::Valid,
            Self::Seal(judged) => judged.is_good(),
        }
    }

    /// What was found, each with its clause.
    #[must_use]
    pub fn said(&self) -> Vec<(Text, &'static str)> {
        match self {
            Self::Record(judged) => {
                judged.report.findings.iter().map(|one| (one.reason.message(), one.clause())).collect()
            }
            Self::Seal(judged) => judged.report.findings.iter().map(|one| (one.0.message(), one.0.clause())).collect(),
        }
    }
}

/// Judges what was handed in. What cannot be judged is said at its field.
pub async fn judge(mut submitted: Submitted, now: Moment) -> Result<Result<Vec<Outcome>, Vec<FieldError>>, AppError> {
    static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(JUDGES)));
    let at = submitted.at(now);
    let mut errors = std::mem::take(&mut submitted.errors);
    let Some(record) = submitted.record.take() else {
        let text = Text::new(
            "Bitte den Beweisnachweis oder das Paket auswählen.",
            "Please choose the evidence record or the package.",
        );
        errors.insert(0, FieldError::new("record", text));
        return Ok(Err(errors));
    };
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let turn = tokio::time::timeout(PATIENCE, TURNS.clone().acquire_owned());
    let turn = turn.await.map_err(|_| AppError::unavailable())?.map_err(AppError::internal)?;
    let work = move || {
        let _turn = turn;
        let options = Options {
            at,
            catalogue: !submitted.any_algorithm,
            trust: Trust {
                anchors: submitted.anchors.iter().map(Vec::as_slice).collect(),
                certificates: Vec::new(),
                revocation: submitted.revocation.iter().map(Vec::as_slice).collect(),
            },
        };
        judged(record, &submitted.data, &options)
    };
    let judged = tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?;
    Ok(judged.map_err(|text| vec![FieldError::new("record", text)]))
}

fn judged(
    (name, bytes): submission::File,
    data: &[submission::File],
    options: &Options<'_>,
) -> Result<Vec<Outcome>, Text> {
    if seal::is_detached(&bytes) {
        if bytes.len() > seal::MOST_BYTES {
            return Err(Text::new("Ein Siegel hat höchstens ein MiB.", "A seal has at most one MiB."));
        }
        let options =
            seal::Options { at: options.at, existed: None, catalogue: options.catalogue, trust: options.trust.clone() };
        let judged = seal::submission::judge(&name, &bytes, data, &crate::scan::note::of_pdf, &options);
        return Ok(vec![Outcome::Seal(Box::new(judged))]);
    }
    let materials = submission::gather(&name, bytes, data, &|_| None, LIMITS).map_err(|error| error.text())?;
    if materials.is_empty() {
        return Err(Text::owned(
            format!("{name} enthält keinen Beweisnachweis."),
            format!("{name} holds no evidence record."),
        ));
    }
    if materials.len() > MOST_RECORDS || materials.iter().map(stamps).sum::<usize>() > MOST_STAMPS {
        return Err(Text::new(
            "So viele Beweisnachweise auf einmal prüft diese Seite nicht. „vir evidence verify“ prüft sie auf Ihrem Rechner.",
            "This page does not verify so many evidence records at once. \"vir evidence verify\" does on your computer.",
        ));
    }
    Ok(materials.iter().map(|material| Outcome::Record(Box::new(material.judge(options)))).collect())
}

/// Time stamps that are judged, over all ways to see the data.
fn stamps(material: &Material) -> usize {
    let of_record = Record::read(&material.record).map_or(0, |record| record.stamps().count());
    of_record.saturating_mul(material.readings.len().max(1))
}
