//! What each step needs, with the measure that says so.
//!
//! Invariant: a step that is let pass broke no measure that its batch's class demands.

use vir_core::Text;

use super::{Batch, Command, Refusal, State};
use crate::lifecycle::day::Day;
use crate::lifecycle::{Who, says_something};
use crate::moment::Moment;
use crate::scan::class::{Level, Seal};

/// No batch has more pages.
const MOST_PAGES: usize = 100_000;

type Outcome = Result<(), Refusal>;

fn refuse(measure: &'static str, de: &'static str, en: &'static str) -> Outcome {
    Err(Refusal { measure, why: Text::new(de, en) })
}

fn demand(holds: bool, measure: &'static str, de: &'static str, en: &'static str) -> Outcome {
    if holds { Ok(()) } else { refuse(measure, de, en) }
}

pub(super) fn judge(batch: Option<&Batch>, command: &Command, who: &Who, at: Moment) -> Outcome {
    let Some(batch) = batch else {
        return match command {
            Command::Open { class, .. } => open(class),
            _ => refuse("A.O.1", "Diesen Stapel gibt es nicht.", "There is no such batch."),
        };
    };
    demand(
        at >= batch.last,
        "A.SC.11",
        "Der Zeitpunkt liegt vor dem letzten Schritt.",
        "The time lies before the last step.",
    )?;
    let states: &[State] = match command {
        Command::Open { .. } => &[],
        Command::Add { .. } => &[State::Scanning],
        Command::Replace { .. } | Command::Treat { .. } | Command::Remark { .. } => &[State::Scanning, State::Review],
        Command::Complete { .. } => &[State::Scanning],
        Command::Check { .. } | Command::Approve => &[State::Review],
        Command::Note { .. } => &[State::Approved],
        Command::SealWith { .. } | Command::Deposit { .. } => &[State::Noted],
        Command::DiscardRaw => &[State::Scanning, State::Review, State::Approved, State::Noted, State::Deposited],
        Command::Destroy { .. } => {
            &[State::Scanning, State::Review, State::Approved, State::Noted, State::Deposited, State::Cancelled]
        }
        Command::Cancel { .. } => &[State::Scanning, State::Review, State::Approved, State::Noted],
    };
    if !states.contains(&batch.state) {
        let name = batch.state.name();
        return Err(Refusal {
            measure: "A.O.1",
            why: Text::owned(
                format!("Das geht jetzt nicht: Der Stapel ist {}.", name.de),
                format!("Not possible now: the batch is {}.", name.en),
            ),
        });
    }
    step(batch, command, who, at)
}

fn open(class: &super::Class) -> Outcome {
    let proved = class.least_seal() > Seal::None || class.integrity_proof.as_deref().is_some_and(says_something);
    demand(
        proved,
        "A.IS.1",
        "Die Klasse hat kein Siegel und sagt nicht, wie die Integrität sonst nachgewiesen wird.",
        "The class has no seal and does not say how integrity is proved otherwise.",
    )
}

fn step(batch: &Batch, command: &Command, who: &Who, at: Moment) -> Outcome {
    let class = &batch.class;
    match command {
        Command::Open { .. } | Command::Remark { .. } => Ok(()),
        Command::Add { page } => {
            demand(batch.pages.len() < MOST_PAGES, "A.DV.2", "Der Stapel ist zu groß.", "The batch is too large.")?;
            image(batch, page)
        }
        Command::Replace { position, page, reason } => {
            known(batch, *position)?;
            demand(says_something(reason), "A.SC.11", "Warum wurde neu gescannt?", "Why was it scanned again?")?;
            image(batch, page)
        }
        Command::Treat { position, treated, reason } => {
            known(batch, *position)?;
            demand(is_hash(treated), "A.NB.1", "Der Hashwert fehlt.", "The hash value is missing.")?;
            demand(
                says_something(reason),
                "A.NB.1",
                "Nachbearbeitung dient nur der Lesbarkeit und wird begründet.",
                "Treatment serves legibility only, and with a reason.",
            )
        }
        Command::Complete { counted, .. } => {
            demand(!batch.pages.is_empty(), "A.NB.3", "Der Stapel ist leer.", "The batch is empty.")?;
            let pages = batch.pages.len() as u64;
            let same =
                u64::from(*counted) == pages && batch.expected.is_none_or(|expected| u64::from(expected) == pages);
            demand(
                same,
                "A.NB.3",
                "Die Zahl der Seiten stimmt nicht mit der Zählung überein.",
                "The number of pages is not the one that was counted.",
            )
        }
        Command::Check { position, good, defect } => {
            known(batch, *position)?;
            demand(
                *good || says_something(defect),
                "A.SC.8",
                "Was ist an der Seite falsch?",
                "What is wrong with the page?",
            )?;
            demand(!who.is_program(), "A.SC.8", "Geprüft wird von Menschen.", "People check.")?;
            second_person(batch, who)
        }
        Command::Approve => approve(batch, who),
        Command::Note { note } => {
            note.complete().map_err(|missing| Refusal { measure: "A.NB.4", why: missing.text() })?;
            let quality = &note.quality;
            let ended = batch.approved.as_ref().map(|(ended, _)| *ended);
            let true_to_batch = note.batch == batch.id
                && note.irregularities == batch.remarks
                && quality.pages == batch.pages.len() as u64
                && quality.checked == batch.checked.len() as u64
                && quality.repeated == u64::from(batch.repeated)
                && (quality.seed == batch.seed || (batch.seed.is_some() && quality.checked == quality.pages))
                && Some(quality.ended) == ended
                && batch
                    .approved
                    .as_ref()
                    .is_some_and(|(_, who)| who.people().any(|person| person.0 == quality.checker))
                && batch.scanned_by.iter().any(|known| known.people().any(|person| person.0 == note.creator));
            demand(
                true_to_batch,
                "A.NB.4",
                "Der Transfervermerk stimmt nicht mit dem Protokoll des Stapels überein.",
                "The transfer note does not say what the log of the batch says.",
            )?;
            let values: Vec<&str> = note.scans.iter().map(|scan| scan.value.as_str()).collect();
            let linked = batch.pages.iter().all(|page| values.contains(&page.treated.as_deref().unwrap_or(&page.raw)));
            demand(
                linked || note.scans.len() == 1,
                "A.NB.4",
                "Der Transfervermerk nennt nicht alle Seiten (oder das eine Dokument aus ihnen).",
                "The transfer note does not name all pages (or the one document made of them).",
            )
        }
        Command::SealWith { seal, about, .. } => demand(
            *seal > Seal::None && is_hash(&about.note) && is_hash(&about.seal) && !about.signer.is_empty(),
            "A.IS.1",
            "Das ist kein gültiges Siegel über den Transfervermerk.",
            "This is no valid seal over the transfer note.",
        ),
        Command::Deposit { package } => {
            let (seal, time_stamp) = batch.seal;
            let measure = if class.integrity >= Level::High { "A.AM.IN.H.1" } else { "A.IS.1" };
            demand(
                seal >= class.least_seal(),
                measure,
                "Die Klasse verlangt eine stärkere Signatur oder ein stärkeres Siegel.",
                "The class demands a stronger signature or seal.",
            )?;
            demand(
                time_stamp || !class.needs_time_stamp(),
                "A.AM.IN.SH.2",
                "Die Klasse verlangt einen qualifizierten Zeitstempel.",
                "The class demands a qualified time stamp.",
            )?;
            demand(
                is_hash(&package.leaf),
                "A.T.4",
                "Dem Paket fehlt der Hashwert.",
                "The package lacks its hash value.",
            )
        }
        Command::DiscardRaw => demand(
            batch.approved.is_some(),
            "A.NB.2",
            "Rohbilder bleiben, bis die Qualitätssicherung beendet ist.",
            "Raw images stay until quality assurance has ended.",
        ),
        Command::Destroy { din_66399, held } => destroy(batch, *din_66399, *held, who, at),
        Command::Cancel { reason } => {
            demand(says_something(reason), "A.SC.11", "Warum wird abgebrochen?", "Why is it cancelled?")
        }
    }
}

fn known(batch: &Batch, position: u32) -> Outcome {
    demand((position as usize) < batch.pages.len(), "A.NB.3", "Diese Seite gibt es nicht.", "There is no such page.")
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn image(batch: &Batch, page: &super::Page) -> Outcome {
    demand(is_hash(&page.raw), "A.SC.11", "Der Hashwert der Seite fehlt.", "The hash value of the page is missing.")?;
    demand(
        page.compression.is_suitable(),
        "A.SC.12",
        "Dieses Bildformat ist nicht zugelassen: Symbolcodierung (JBIG2) kann Zeichen vertauschen, Unbekanntes lässt sich nicht beurteilen.",
        "This image format is not admitted: symbol coding (JBIG2) can swap characters, and what is unknown cannot be judged.",
    )?;
    demand(
        page.dpi.is_none_or(|dpi| dpi >= batch.class.least_dpi),
        "A.SC.6",
        "Die Auflösung ist geringer, als die Klasse verlangt.",
        "The resolution is lower than the class demands.",
    )
}

/// For very high integrity, whoever scanned does not check, and the other way round.
fn second_person(batch: &Batch, who: &Who) -> Outcome {
    let same = batch.scanned_by.iter().any(|scanned| scanned.shares_a_person_with(who));
    demand(
        !(batch.class.needs_second_person() && same),
        "A.AM.IN.SH.1",
        "Sie (oder die Person, die Sie vertreten) haben an diesem Stapel gescannt. Prüfen muss jemand anderes.",
        "You (or the person whose deputy you are) scanned in this batch. Somebody else must check.",
    )
}

fn approve(batch: &Batch, who: &Who) -> Outcome {
    demand(!who.is_program(), "A.SC.8", "Geprüft wird von Menschen.", "People check.")?;
    second_person(batch, who)?;
    // Also what was scanned again after somebody had checked.
    let crossed = batch.checked_by.iter().any(|checker| second_person(batch, checker).is_err());
    demand(
        !crossed,
        "A.AM.IN.SH.1",
        "Wer geprüft hat, hat danach selbst gescannt.",
        "Somebody who checked scanned afterwards.",
    )?;
    let full = batch.class.needs_full_check();
    let measure = match batch.class.integrity {
        Level::Normal => "A.SC.8",
        Level::High => "A.AM.IN.H.7",
        Level::VeryHigh => "A.AM.IN.SH.5",
    };
    let missing = batch.unchecked().next().is_some() || (full && batch.checked.len() < batch.pages.len());
    demand(
        !missing,
        measure,
        "Noch nicht alle Seiten, die zu prüfen sind, wurden geprüft.",
        "Not all pages that are to be checked were checked.",
    )?;
    demand(
        batch.checked.values().all(|good| *good),
        "A.SC.8",
        "Fehlerhafte Seiten sind neu zu scannen.",
        "Bad pages are to be scanned again.",
    )
}

fn destroy(batch: &Batch, din_66399: u8, held: bool, who: &Who, at: Moment) -> Outcome {
    demand(!who.is_program(), "A.O.1", "Papier vernichten Menschen.", "People destroy paper.")?;
    demand(
        batch.approved.is_some(),
        "A.SC.8",
        "Papier wird nicht vernichtet, bevor die Qualitätssicherung beendet ist.",
        "No paper is destroyed before quality assurance has ended.",
    )?;
    let Some((_, since)) = batch.package.as_ref().filter(|_| batch.state == State::Deposited) else {
        return refuse(
            "A.T.4",
            "Papier wird nicht vernichtet, bevor die Scans abgelegt sind.",
            "No paper is destroyed before the scans are deposited.",
        );
    };
    demand(!held, "A.O.1", "Für das Papier gilt eine Aufbewahrungssperre.", "The paper is under a legal hold.")?;
    let until = batch.class.keep_paper.and_then(|period| Day::of(*since).map(|day| day.plus(period)));
    demand(
        until.is_none_or(|until| Day::of(at).is_some_and(|today| today > until)),
        "A.O.1",
        "Die Wartezeit der Klasse ist noch nicht abgelaufen.",
        "The waiting time of the class is not over.",
    )?;
    demand(
        batch.raw_discarded || !batch.class.deletes_intermediates(),
        "A.AM.VT.H.3",
        "Erst sind die Zwischenergebnisse zu löschen.",
        "Intermediate results are to be deleted first.",
    )?;
    let least = match batch.class.confidentiality {
        Level::Normal => 3,
        Level::High => 4,
        Level::VeryHigh => 5,
    };
    demand(
        (least..=7).contains(&din_66399),
        "A.O.1",
        "Die Sicherheitsstufe nach DIN 66399 reicht für diese Klasse nicht.",
        "The security level after DIN 66399 does not suffice for this class.",
    )
}
