//! Why a rule objects, where that takes more than a line.
//!
//! Invariant: each function answers for one rule and asks nothing of the others.

use vir_core::{Phrase, Text};

use super::Attempt;
use crate::lifecycle::event::{Command, Package, Step};
use crate::lifecycle::record::{State, next};
use crate::lifecycle::term::End;
use crate::lifecycle::{CaseId, Hold};

pub(super) fn signs(step: Step) -> bool {
    matches!(step, Step::RequestDeletion | Step::Delete)
}

/// A rule that nothing can be tried against.
pub(super) fn never(_: &Attempt<'_>) -> Option<Text> {
    None
}

pub(super) fn steps(attempt: &Attempt<'_>) -> Option<Text> {
    let step = attempt.command.step();
    let state = attempt.record.map(|record| record.state);
    if next(state, step).is_some() {
        return None;
    }
    let (name, no_record) = (step.name(), Phrase::new("nicht angelegt", "not begun"));
    let state = state.map_or(no_record, State::name);
    Some(Text::owned(
        format!("„{}“ ist nicht möglich: Die Akte ist {}.", name.de, state.de),
        format!("“{}” is not possible: the record is {}.", name.en, state.en),
    ))
}

pub(super) fn days(attempt: &Attempt<'_>) -> Option<Text> {
    if let Command::Occur { on, .. } = attempt.command
        && *on > attempt.on
    {
        return Some(Text::new("Das Ereignis liegt in der Zukunft.", "The event lies in the future."));
    }
    let last = attempt.record?.last_event;
    (attempt.on < last).then(|| {
        Text::owned(
            format!("Der Tag liegt vor dem letzten Ereignis der Akte ({}).", last.german()),
            format!("The day lies before the last event of the record ({last})."),
        )
    })
}

pub(super) fn plan(attempt: &Attempt<'_>) -> Option<Text> {
    let entry = match attempt.command {
        Command::Open { entry, .. } | Command::Classify { entry, .. } => entry,
        Command::Close => &attempt.record?.entry,
        _ => return None,
    };
    attempt.law.plan.retention_entry(entry).is_none().then(|| {
        Text::owned(
            format!("Für „{entry}“ nennt der Aktenplan keine Aufbewahrungsregel."),
            format!("The plan has no retention rule for “{entry}”."),
        )
    })
}

pub(super) fn cases(attempt: &Attempt<'_>) -> Option<Text> {
    let record = attempt.record?;
    let unknown = |case: &CaseId| {
        Text::owned(
            format!("Den Vorgang „{case}“ gibt es in dieser Akte nicht, oder er ist beendet."),
            format!("The case “{case}” is not in this record, or it is ended."),
        )
    };
    match attempt.command {
        Command::Close => {
            let open: Vec<_> =
                record.cases.values().filter(|case| !case.closed).map(|case| case.title.as_str()).collect();
            (!open.is_empty()).then(|| {
                Text::owned(
                    format!("Noch nicht beendet: {}.", open.join(", ")),
                    format!("Not ended yet: {}.", open.join(", ")),
                )
            })
        }
        Command::OpenCase { case, .. } => record.cases.get(case).filter(|known| !known.closed).map(|_| {
            Text::owned(
                format!("Der Vorgang „{case}“ ist schon in Bearbeitung."),
                format!("The case “{case}” is worked on already."),
            )
        }),
        Command::CloseCase { case } | Command::FileDocument { case: Some(case), .. } => {
            record.cases.get(case).is_none_or(|case| case.closed).then(|| unknown(case))
        }
        Command::Appraise { cases, .. } => cases.keys().find(|case| !record.cases.contains_key(*case)).map(unknown),
        Command::ConfirmImport { case: Some(case), .. } => (!record.cases.contains_key(case)).then(|| unknown(case)),
        _ => None,
    }
}

pub(super) fn proof(attempt: &Attempt<'_>) -> Option<Text> {
    let Command::Deposit { package: Package { version, algorithm, leaf } } = attempt.command else { return None };
    let expected = attempt.record?.packages.last().map_or(1, |last| last.version.saturating_add(1));
    let length = match algorithm.as_str() {
        "sha256" | "sha3-256" => 64,
        "sha384" | "sha3-384" => 96,
        "sha512" | "sha3-512" => 128,
        _ => 0,
    };
    let sound = leaf.len() == length && leaf.bytes().all(|byte| byte.is_ascii_hexdigit()) && length > 0;
    (!sound || *version != expected).then(|| {
        Text::owned(
            format!("Zum Paket gehört ein Hashwert (SHA-2 oder SHA-3) in voller Länge und die Version {expected}."),
            format!("The package needs a hash value (SHA-2 or SHA-3) of full length and version {expected}."),
        )
    })
}

pub(super) fn hold(attempt: &Attempt<'_>) -> Option<Text> {
    let step = attempt.command.step();
    let barred = signs(step) || matches!(step, Step::Offer | Step::HandOver | Step::Classify);
    let record = attempt.record.filter(|_| barred)?;
    if let Some(hold) = attempt.law.holds_of(record, attempt.on).next() {
        return Some(Text::owned(
            format!("Aufbewahrungssperre „{}“: {}", hold.id, hold.reason),
            format!("Legal hold “{}”: {}", hold.id, hold.reason),
        ));
    }
    // Whoever signed did not know of what was imposed later, even if it is over by now.
    let (signed, _) = record.first_signature.as_ref().filter(|_| step == Step::Delete)?;
    let since = |hold: &&Hold| hold.from >= *signed && hold.from <= attempt.on;
    let hold = attempt.law.holds.iter().filter(since).find(|hold| hold.scope.covers(record, attempt.law.plan))?;
    Some(Text::owned(
        format!("Nach der ersten Unterschrift galt die Sperre „{}“. Sie ist neu zu leisten.", hold.id),
        format!("After the first signature the hold “{}” was in force. It must be given again.", hold.id),
    ))
}

/// Why the term is not over.
pub(super) fn running(attempt: &Attempt<'_>) -> Option<Text> {
    let end = attempt.law.end(attempt.record?, attempt.on).unwrap_or(End::Never);
    (!end.is_over(attempt.on)).then(|| {
        let text = end.text();
        Text::owned(
            format!("Die Aufbewahrungsfrist ist nicht abgelaufen: {}.", text.de),
            format!("The retention term is not over: {}.", text.en),
        )
    })
}

pub(super) fn four_eyes(attempt: &Attempt<'_>) -> Option<Text> {
    let record = attempt.record.filter(|_| attempt.command.step() == Step::Delete)?;
    match &record.first_signature {
        None => Some(Text::new(
            "Es fehlt die erste Unterschrift: Jemand anderes muss die Löschung beantragen.",
            "The first signature is missing: somebody else must request the deletion.",
        )),
        Some((_, first)) => first.shares_a_person_with(attempt.who).then(|| {
            Text::new(
                "Sie (oder die Person, die Sie vertreten) waren an der ersten Unterschrift beteiligt. Löschen müssen zwei Menschen.",
                "You (or the person whose deputy you are) had part in the first signature. Two people must delete.",
            )
        }),
    }
}
