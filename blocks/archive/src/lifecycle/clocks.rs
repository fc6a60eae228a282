//! The clocks of a record, and what is due.
//!
//! Invariant: nothing here decides; a clock that has run out is a reminder, and what may follow is [`super::law`]'s.

use serde::Serialize;
use vir_core::Text;

use super::EntryId;
use super::day::Day;
use super::law::Law;
use super::record::{Record, State};
use super::term::End;

/// All clocks of a record, as they stand on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clocks<'a> {
    /// When the office gives it to storage (*Transferfrist*).
    pub transfer_due: Option<Day>,
    /// When its retention ends (*Aufbewahrungsende*); none where the plan has no rule.
    pub retention: Option<End<'a>>,
    /// The rule: entry and version.
    pub rule: Option<(&'a EntryId, u32)>,
    /// The last day for an offer, whatever the retention says.
    pub offer_latest: Option<Day>,
    /// When the archive's answer is expected.
    pub reply_due: Option<Day>,
}

/// The clocks of a record.
#[must_use]
pub fn clocks<'a>(record: &Record, law: &Law<'a>, on: Day) -> Clocks<'a> {
    let transfer = law.plan.transfer(&record.entry).unwrap_or(law.settings.transfer);
    let offered = record.offer.as_ref().filter(|_| record.state == State::Offered);
    let waits = matches!(record.state, State::InWork | State::Closed | State::Stored);
    Clocks {
        transfer_due: record.closed.filter(|_| record.state == State::Closed).map(|closed| closed.plus(transfer)),
        retention: law.end(record, on).filter(|_| record.state != State::Deleted),
        rule: law.rule(record, on).map(|(entry, version)| (entry, version.version)),
        offer_latest: law.offer_latest(record).filter(|_| waits),
        reply_due: offered.map(|(_, _, due)| *due),
    }
}

/// Something that somebody should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// Give it to storage.
    Deposit,
    /// Offer it to the archive.
    Offer,
    /// Offer it, although its term runs on: thirty years have passed.
    OfferAtLatest,
    /// Ask the archive for its answer.
    AskArchive,
    /// Hand over what the archive wants.
    HandOver,
    /// Sign for its deletion, first.
    RequestDeletion,
    /// Sign for its deletion, second.
    Delete,
}

impl Due {
    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Deposit => {
                Text::new("Transferfrist abgelaufen: in den Langzeitspeicher geben.", "Transfer is due: deposit.")
            }
            Self::Offer => Text::new(
                "Aufbewahrungsfrist abgelaufen: dem Archiv anbieten.",
                "Retention is over: offer to the archive.",
            ),
            Self::OfferAtLatest => Text::new(
                "30 Jahre seit der letzten Bearbeitung: dem Archiv anbieten (NArchG § 3 Abs. 1 Satz 3).",
                "30 years since the last edit: offer to the archive (NArchG § 3 (1) sentence 3).",
            ),
            Self::AskArchive => Text::new(
                "Das Archiv hat nicht geantwortet: nachfragen. Schweigen erlaubt keine Löschung.",
                "The archive has not answered: ask. Silence permits no deletion.",
            ),
            Self::HandOver => {
                Text::new("Mit A bewertet: an das Archiv abgeben.", "Appraised as A: hand over to the archive.")
            }
            Self::RequestDeletion => {
                Text::new("Löschung beantragen (erste Unterschrift).", "Request deletion (first signature).")
            }
            Self::Delete => {
                Text::new("Löschung freigeben (zweite Unterschrift).", "Approve deletion (second signature).")
            }
        }
    }
}

/// What is due for a record on a day; nothing while a hold keeps it, but storage.
#[must_use]
pub fn due(record: &Record, law: &Law<'_>, on: Day) -> Option<Due> {
    let clocks = clocks(record, law, on);
    if record.state == State::Closed {
        return clocks.transfer_due.filter(|due| *due < on).map(|_| Due::Deposit);
    }
    if law.holds_of(record, on).next().is_some() {
        return None;
    }
    let over = clocks.retention.is_some_and(|end| end.is_over(on));
    match record.state {
        State::Stored if over => Some(Due::Offer),
        State::Stored if clocks.offer_latest.is_some_and(|latest| latest <= on) => Some(Due::OfferAtLatest),
        State::Offered => clocks.reply_due.filter(|due| *due < on).map(|_| Due::AskArchive),
        State::Appraised | State::HandedOver if !over => None,
        State::Appraised | State::HandedOver if record.is_undecided() => Some(Due::AskArchive),
        State::Appraised if record.lacks_receipt() => Some(Due::HandOver),
        State::HandedOver if record.lacks_receipt() => None,
        State::Appraised | State::HandedOver if record.first_signature.is_some() => Some(Due::Delete),
        State::Appraised | State::HandedOver => Some(Due::RequestDeletion),
        _ => None,
    }
}
