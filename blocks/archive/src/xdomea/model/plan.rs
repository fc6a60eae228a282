//! Plans that are to be appraised.
//!
//! Invariant: like objects, entries stand behind the one that contains them.

use serde::{Deserialize, Serialize};

use super::{Disposal, Retention};
use crate::lifecycle::day::Day;
use crate::xdomea::Uuid;

/// A plan that is to be appraised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanOffer {
    /// Its identifier.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_name: Option<String>,
    /// Its version.
    pub version: String,
    /// Its entries, parents before children.
    pub entries: Vec<PlanEntry>,
    /// From when to when it is in force.
    pub runs: Option<(Option<Day>, Option<Day>)>,
}

/// An entry of a plan that is to be appraised. Version 3.0 knows only its identifier and appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// Where in the list the entry above it stands.
    pub parent: Option<usize>,
    /// Its identifier.
    pub id: Uuid,
    /// What is proposed.
    pub disposal: Disposal,
    /// *Kennzeichen*.
    pub reference: Option<String>,
    /// *Inhaltsangabe*.
    pub about: Option<String>,
    /// From when to when it is in force.
    pub runs: Option<(Option<Day>, Option<Day>)>,
    /// *Stillgelegt*: no new records come under it.
    pub retired: bool,
    /// How long its records are kept; version 3.1 demands it.
    pub retention: Option<Retention>,
}
