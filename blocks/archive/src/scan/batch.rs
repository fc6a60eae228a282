//! The way of a batch: paper becomes images, images are looked at, noted, sealed and deposited; then paper may go.
//!
//! Like the life cycle of records, a batch is nothing but its events, and [`decide`] is the only door. Each refusal
//! names the measure of the guideline that forbids the step.
//!
//! Invariant: raw images are there until quality assurance has ended, and paper until the scans are deposited.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vir_core::{Phrase, Text};

use super::class::{Class, Seal};
use super::note::TransferNote;
use super::sample::{self, Reliability};
use crate::lifecycle::Who;
use crate::lifecycle::event::Package;
use crate::moment::Moment;

/// Where a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum State {
    Scanning,
    Review,
    Approved,
    Noted,
    Deposited,
    Destroyed,
    Cancelled,
}

impl State {
    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Scanning => Phrase::new("wird gescannt", "being scanned"),
            Self::Review => Phrase::new("in Qualitätssicherung", "in quality assurance"),
            Self::Approved => Phrase::new("geprüft", "approved"),
            Self::Noted => Phrase::new("mit Transfervermerk", "noted"),
            Self::Deposited => Phrase::new("abgelegt", "deposited"),
            Self::Destroyed => Phrase::new("Papier vernichtet", "paper destroyed"),
            Self::Cancelled => Phrase::new("abgebrochen", "cancelled"),
        }
    }
}

/// A page image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The hash value of the raw image, in hexadecimal digits.
    pub raw: String,
    /// The hash value of the image after treatment; none where it was not treated.
    #[serde(default)]
    pub treated: Option<String>,
    /// How it is compressed: what [`super::image`] found.
    pub compression: super::image::Compression,
    /// Its resolution in dots per inch; none where the image does not say.
    #[serde(default)]
    pub dpi: Option<u32>,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
pub enum Command {
    /// Begin a batch.
    Open {
        /// Its name.
        id: String,
        /// The class of its documents.
        class: Class,
        /// How many pages were counted before (A.DV.2); none where they are counted afterwards.
        expected: Option<u32>,
    },
    /// Add a page.
    Add {
        /// The page.
        page: Page,
    },
    /// Scan a page again.
    Replace {
        /// Which, from 0.
        position: u32,
        /// The new page.
        page: Page,
        /// Why.
        reason: String,
    },
    /// Treat a page for legibility (A.NB.1).
    Treat {
        /// Which, from 0.
        position: u32,
        /// The hash value afterwards.
        treated: String,
        /// What was done, and why it makes the page more legible.
        reason: String,
    },
    /// Say that something was irregular (A.NB.4 c).
    Remark {
        /// What.
        text: String,
    },
    /// All pages are there (A.NB.3): draw the sample.
    Complete {
        /// How many sheets' sides were counted.
        counted: u32,
        /// How well this way of scanning has proved itself.
        reliability: Reliability,
    },
    /// Say of a page that was looked at whether it is good.
    Check {
        /// Which, from 0.
        position: u32,
        /// Is it the same as the paper to the eye and in content?
        good: bool,
        /// What is wrong.
        defect: String,
    },
    /// End quality assurance.
    Approve,
    /// Make the note.
    Note {
        /// The note.
        note: Box<TransferNote>,
    },
    /// Seal the note, and with it the scans that it names.
    SealWith {
        /// What the seal is worth, as the verification found.
        seal: Seal,
        /// With a qualified time stamp?
        time_stamp: bool,
        /// Which seal it is.
        about: Box<SealAbout>,
    },
    /// Put them into storage.
    Deposit {
        /// As which package.
        package: Package,
    },
    /// Delete raw images and other intermediate results.
    DiscardRaw,
    /// Destroy the paper.
    Destroy {
        /// The class of DIN 66399 by which it is shredded: 1 to 7.
        din_66399: u8,
        /// Is the paper under a legal hold?
        held: bool,
    },
    /// Give up; the paper stays.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// Which seal it is that was put onto a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealAbout {
    /// The hash value of the note's file, in hexadecimal digits.
    pub note: String,
    /// The hash value of the seal's file, in hexadecimal digits.
    pub seal: String,
    /// Its baseline level: CAdES-B-B or CAdES-B-T.
    pub form: String,
    /// Whose seal it is.
    pub signer: String,
    /// Who issued the certificate.
    pub issuer: String,
    /// The serial number of the certificate, in hexadecimal digits.
    pub serial: String,
    /// The algorithm.
    pub algorithm: String,
    /// The time stamp: when, and by whom; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<(Moment, String)>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// When.
    pub at: Moment,
    /// By whom.
    pub who: Who,
    /// What.
    pub command: Command,
    /// The pages that were drawn, where a sample was.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub drawn: BTreeSet<u32>,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Its name.
    pub id: String,
    /// The class of its documents.
    pub class: Class,
    /// How many pages were counted before.
    pub expected: Option<u32>,
    /// Where it is.
    pub state: State,
    /// Its pages.
    pub pages: Vec<Page>,
    /// Who scanned any of them, or treated one.
    pub scanned_by: Vec<Who>,
    /// What was irregular.
    pub remarks: Vec<String>,
    /// How many pages were scanned again.
    pub repeated: u32,
    /// The pages to be looked at.
    pub drawn: BTreeSet<u32>,
    /// The seed with which they were drawn, in hexadecimal digits; none where all are looked at.
    pub seed: Option<String>,
    /// The pages that were looked at: are they good?
    pub checked: BTreeMap<u32, bool>,
    /// Who looked.
    pub checked_by: Vec<Who>,
    /// When quality assurance ended, and who ended it.
    pub approved: Option<(Moment, Who)>,
    /// The note.
    pub note: Option<Box<TransferNote>>,
    /// The seal, and whether there is a time stamp.
    pub seal: (Seal, bool),
    /// Which seal it is.
    pub sealed: Option<Box<SealAbout>>,
    /// The package in storage, and since when.
    pub package: Option<(Package, Moment)>,
    /// Are the raw images deleted?
    pub raw_discarded: bool,
    /// When and by whom the paper was destroyed.
    pub destroyed: Option<(Moment, Who)>,
    /// When something last happened.
    pub last: Moment,
}

/// A measure that forbids a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{measure}: {}", .why.en)]
pub struct Refusal {
    /// Its identifier in the guideline.
    pub measure: &'static str,
    /// Why, to the person.
    pub why: Text,
}

/// What follows from a command; or the measure that forbids it.
pub fn decide(batch: Option<&Batch>, command: &Command, who: &Who, at: Moment) -> Result<Logged, Refusal> {
    rules::judge(batch, command, who, at)?;
    let mut logged = Logged { at, who: who.clone(), command: command.clone(), drawn: BTreeSet::new() };
    if let (Some(batch), Command::Complete { reliability, .. }) = (batch, command) {
        let size = sample::size(&batch.class, batch.pages.len(), *reliability);
        let drawn = sample::draw(&batch.make_seed(), batch.pages.len(), size);
        logged.drawn = drawn.into_iter().filter_map(|page| u32::try_from(page).ok()).collect();
    }
    Ok(logged)
}

impl Batch {
    /// The batch that these events leave; none without an opening one.
    #[must_use]
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Logged>) -> Option<Self> {
        events.into_iter().fold(None, |batch: Option<Self>, logged| match batch {
            None => Self::opened(logged),
            Some(mut batch) => {
                batch.apply(logged);
                Some(batch)
            }
        })
    }

    fn opened(logged: &Logged) -> Option<Self> {
        let Command::Open { id, class, expected } = &logged.command else { return None };
        Some(Self {
            id: id.clone(),
            class: class.clone(),
            expected: *expected,
            state: State::Scanning,
            pages: Vec::new(),
            scanned_by: Vec::new(),
            remarks: Vec::new(),
            repeated: 0,
            drawn: BTreeSet::new(),
            seed: None,
            checked: BTreeMap::new(),
            checked_by: Vec::new(),
            approved: None,
            note: None,
            seal: (Seal::None, false),
            sealed: None,
            package: None,
            raw_discarded: false,
            destroyed: None,
            last: logged.at,
        })
    }

    /// Lets one more event happen.
    pub fn apply(&mut self, logged: &Logged) {
        self.last = self.last.max(logged.at);
        match &logged.command {
            Command::Open { .. } => {}
            Command::Add { page } => {
                self.pages.push(page.clone());
                remember(&mut self.scanned_by, &logged.who);
            }
            Command::Replace { position, page, .. } => {
                if let Some(known) = self.pages.get_mut(*position as usize) {
                    *known = page.clone();
                }
                self.repeated += 1;
                // It is a new page, and is looked at.
                self.checked.remove(position);
                if self.state == State::Review {
                    self.drawn.insert(*position);
                }
                remember(&mut self.scanned_by, &logged.who);
            }
            Command::Treat { position, treated, .. } => {
                if let Some(known) = self.pages.get_mut(*position as usize) {
                    known.treated = Some(treated.clone());
                }
                self.checked.remove(position);
                if self.state == State::Review {
                    self.drawn.insert(*position);
                }
                remember(&mut self.scanned_by, &logged.who);
            }
            Command::Remark { text } => self.remarks.push(text.clone()),
            Command::Complete { .. } => {
                self.state = State::Review;
                self.drawn = logged.drawn.clone();
                let some = self.drawn.len() < self.pages.len();
                self.seed = some.then(|| self.make_seed().iter().map(|byte| format!("{byte:02x}")).collect());
            }
            Command::Check { position, good, .. } => {
                self.checked.insert(*position, *good);
                remember(&mut self.checked_by, &logged.who);
                if !*good {
                    // One bad page, and every page is looked at.
                    self.drawn = (0..u32::try_from(self.pages.len()).unwrap_or(u32::MAX)).collect();
                    self.seed = None;
                }
            }
            Command::Approve => {
                self.state = State::Approved;
                self.approved = Some((logged.at, logged.who.clone()));
            }
            Command::Note { note } => {
                self.state = State::Noted;
                self.note = Some(note.clone());
            }
            Command::SealWith { seal, time_stamp, about } => {
                self.seal = (*seal, *time_stamp);
                self.sealed = Some(about.clone());
            }
            Command::Deposit { package } => {
                self.state = State::Deposited;
                self.package = Some((package.clone(), logged.at));
            }
            Command::DiscardRaw => self.raw_discarded = true,
            Command::Destroy { .. } => {
                self.state = State::Destroyed;
                self.destroyed = Some((logged.at, logged.who.clone()));
            }
            Command::Cancel { .. } => self.state = State::Cancelled,
        }
    }

    /// Is the note sealed as its class demands?
    #[must_use]
    pub fn is_sealed_enough(&self) -> bool {
        let (seal, time_stamp) = self.seal;
        seal >= self.class.least_seal() && (time_stamp || !self.class.needs_time_stamp())
    }

    /// The pages that are still to be looked at.
    pub fn unchecked(&self) -> impl Iterator<Item = u32> {
        self.drawn.iter().copied().filter(|page| !self.checked.contains_key(page))
    }

    fn make_seed(&self) -> [u8; 32] {
        sample::seed(&self.id, self.pages.iter().map(|page| page.raw.as_str()))
    }
}

fn remember(people: &mut Vec<Who>, who: &Who) {
    if !people.contains(who) {
        people.push(who.clone());
    }
}
