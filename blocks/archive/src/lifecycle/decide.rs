//! The only door through which a record moves.
//!
//! Invariant: what [`decide`] gives are events that no rule objects to; a refusal names every rule that objects.

use super::day::Day;
use super::event::{Command, Event, Who};
use super::law::{Law, Objection};
use super::record::Record;
use super::term::End;
use super::tombstone::{Ground, Tombstone};

/// Rules that object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rules object: {}", .objections.iter().map(|objection| objection.rule.id).collect::<Vec<_>>().join(", "))]
pub struct Refusal {
    /// All of them, at least one, in the order of the table.
    pub objections: Vec<Objection>,
}

impl Refusal {
    /// Is this rule among them?
    #[must_use]
    pub fn names(&self, rule: &str) -> bool {
        self.objections.iter().any(|objection| objection.rule.id == rule)
    }
}

/// What follows from a command; `record` is none for the one that begins a record.
///
/// ```
/// use vir_archive::lifecycle::{Command, Law, Plan, Record, Who, decide, law::Settings};
///
/// let plan: Plan = serde_json::from_str(
///     r#"[{"id": "20", "title": "Finanzen", "retention": [{"version": 1, "from": "2020-01-01", "source": "KomHKVO",
///         "rule": {"kind": "term", "period": {"years": 10}, "start": {"from": "year-end"}}}]}]"#,
/// )
/// .unwrap();
/// let settings = Settings::default();
/// let law = Law { plan: &plan, holds: &[], settings: &settings };
/// let open = Command::Open {
///     id: "1".into(),
///     kind: vir_archive::lifecycle::event::Kind::File,
///     entry: "20".into(),
///     title: "Haushalt 2026".to_owned(),
///     subjects: Default::default(),
/// };
/// let (who, day) = (Who::person("ada"), "2026-11-22".parse().unwrap());
/// let events = decide(None, &open, &who, day, &law).unwrap();
/// let record = Record::replay(&events).unwrap();
/// let refusal = decide(Some(&record), &Command::Delete, &who, day, &law).unwrap_err();
/// assert!(refusal.names("offer-first"));
/// ```
pub fn decide(
    record: Option<&Record>,
    command: &Command,
    who: &Who,
    when: Day,
    law: &Law<'_>,
) -> Result<Vec<super::Logged>, Refusal> {
    let objections = law.judge(record, command, who, when);
    if !objections.is_empty() {
        return Err(Refusal { objections });
    }
    let event = happened(record, command, who, when, law);
    Ok(vec![super::Logged { on: when, who: who.clone(), event }])
}

/// The event of a command that no rule objects to.
fn happened(record: Option<&Record>, command: &Command, who: &Who, when: Day, law: &Law<'_>) -> Event {
    match command.clone() {
        Command::Open { id, kind, entry, title, subjects } => Event::Opened { id, kind, entry, title, subjects },
        Command::OpenCase { case, title } => Event::CaseOpened { case, title },
        Command::CloseCase { case } => Event::CaseClosed { case },
        Command::FileDocument { document, title, case } => Event::DocumentFiled { document, title, case },
        Command::NameSubject { subject } => Event::SubjectNamed { subject },
        Command::Classify { entry, reason } => Event::Classified { entry, reason },
        Command::Close => {
            let rule = record.and_then(|record| law.rule(record, when));
            Event::Closed { rule: rule.map(|(entry, version)| (entry.clone(), version.version)) }
        }
        Command::Reopen { reason } => Event::Reopened { reason },
        Command::Occur { event, on } => Event::Occurred { event, on },
        Command::Deposit { package } => Event::Deposited { package },
        Command::Offer { message, early } => {
            Event::Offered { message, early, reply_due: when.plus(law.settings.reply) }
        }
        Command::ReceiveOffer { message } => Event::OfferReceived { message },
        Command::WithdrawOffer { reason } => Event::OfferWithdrawn { reason },
        Command::Appraise { message, value, cases } => Event::Appraised { message, value, cases },
        Command::HandOver { message } => Event::HandedOver { message },
        Command::ReceiveHandOver { message } => Event::HandOverReceived { message },
        Command::ConfirmImport { message, case, success, archive_id } => {
            Event::ImportConfirmed { message, case, success, archive_id }
        }
        Command::RequestDeletion => Event::DeletionRequested,
        Command::WithdrawDeletion { reason } => Event::DeletionWithdrawn { reason },
        Command::Delete => {
            let tombstone = record.and_then(|record| buried(record, who, when, law));
            let tombstone = tombstone.expect("the law lets only appraised records with a first signature be deleted");
            Event::Deleted { tombstone: Box::new(tombstone) }
        }
    }
}

fn buried(record: &Record, who: &Who, when: Day, law: &Law<'_>) -> Option<Tombstone> {
    let appraised = record.appraisal.as_ref()?;
    let ground = Ground {
        appraisal: appraised.message.clone(),
        value: appraised.value,
        receipts: record.receipts().map(|receipt| receipt.message.clone()).collect(),
        archive_ids: record.receipts().filter_map(|receipt| receipt.archive_id.clone()).collect(),
    };
    let term = law.rule(record, when).and_then(|(entry, version)| match law.end(record, when)? {
        End::On { day } => Some((day, entry.clone(), version.version)),
        _ => None,
    });
    Tombstone::of(record, ground, term, (when, who.clone()), &law.settings.keep)
}
