//! The table of rules.
//!
//! Invariant: an entry is all that there is of a rule: its source, what it says, what it does, and when it objects.

use vir_core::{Phrase, Text};

use super::objections::{self, running, signs};
use super::{Effect, Rule};
use crate::lifecycle::event::{Command, Step};
use crate::lifecycle::record::State;
use crate::lifecycle::says_something;

const ARCHIVES: Phrase =
    Phrase::new("NArchG § 3 Abs. 1 Satz 1; § 7 Abs. 3 Satz 1", "NArchG § 3 (1) sentence 1; § 7 (3) sentence 1");

/// All rules, as the handbook lists them.
pub static RULES: &[Rule] = &[
    Rule {
        id: "steps",
        source: Phrase::new(
            "Aussonderung nach xdomea, vierstufig; Registraturanweisung",
            "four-stage disposal after xdomea; registry instruction",
        ),
        text: Phrase::new(
            "Eine Akte geht ihren Weg in der Reihenfolge der Schritte; kein Schritt wird übersprungen.",
            "A record goes its way in the order of the steps; none is skipped.",
        ),
        effect: Effect::Blocks,
        objects: objections::steps,
    },
    Rule {
        id: "days",
        source: Phrase::new("Ordnungsmäßigkeit der Aktenführung", "proper keeping of records"),
        text: Phrase::new(
            "Was geschieht, geschieht nicht vor dem, was schon geschehen ist; Ereignisse liegen nicht in der Zukunft.",
            "What happens does not happen before what has happened already; events do not lie in the future.",
        ),
        effect: Effect::Blocks,
        objects: objections::days,
    },
    Rule {
        id: "reason",
        source: Phrase::new("Nachvollziehbarkeit der Aktenführung", "records are kept so that they can be followed"),
        text: Phrase::new(
            "Wiederaufnahme, Umgliederung und Rücknahmen haben eine Begründung.",
            "Reopening, reclassification and withdrawals have a reason.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let silent = attempt.command.reason().is_some_and(|reason| !says_something(reason));
            silent.then(|| Text::new("Bitte begründen Sie das.", "Please give a reason."))
        },
    },
    Rule {
        id: "plan",
        source: Phrase::new("KGSt-Bericht 4/2006 (Aufbewahrungsfristen)", "KGSt report 4/2006 (retention)"),
        text: Phrase::new(
            "Jede Akte steht unter einem Eintrag des Aktenplans, für den eine Aufbewahrungsregel gilt.",
            "Every record stands under an entry of the plan for which a retention rule holds.",
        ),
        effect: Effect::Blocks,
        objects: objections::plan,
    },
    Rule {
        id: "cases",
        source: Phrase::new(
            "Registraturanweisung; xdomea, Akte → Vorgang → Dokument",
            "registry instruction; xdomea, file → case → document",
        ),
        text: Phrase::new(
            "z.d.A. erst, wenn alle Vorgänge beendet sind; was einen Vorgang nennt, nennt einen der Akte.",
            "Closed only when all cases are ended; what names a case names one of the record.",
        ),
        effect: Effect::Blocks,
        objects: objections::cases,
    },
    Rule {
        id: "proof",
        source: Phrase::new("BSI TR-03125; RFC 4998", "BSI TR-03125; RFC 4998"),
        text: Phrase::new(
            "In den Langzeitspeicher kommt eine Akte als Paket mit einem Blatt im Hashbaum, Version für Version.",
            "A record comes into storage as a package with a leaf in the hash tree, version by version.",
        ),
        effect: Effect::Blocks,
        objects: objections::proof,
    },
    Rule {
        id: "hold",
        source: Phrase::new(
            "DSGVO Art. 17 Abs. 3 Buchst. e, Art. 18 Abs. 1; ZPO § 444",
            "GDPR Art. 17 (3) e, Art. 18 (1); ZPO § 444",
        ),
        text: Phrase::new(
            "Unter einer Aufbewahrungssperre wird nichts angeboten, abgegeben, umgegliedert oder gelöscht.",
            "Nothing under a legal hold is offered, handed over, reclassified or deleted.",
        ),
        effect: Effect::Blocks,
        objects: objections::hold,
    },
    Rule {
        id: "offer-first",
        source: ARCHIVES,
        text: Phrase::new(
            "Der Ablauf der Frist ist keine Erlaubnis zu löschen: Erst wird dem Archiv angeboten, dann bewertet es.",
            "The end of the term is no permission to delete: first the archive is offered the record, then it appraises.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let record = attempt.record?;
            let early = matches!(record.state, State::InWork | State::Closed | State::Stored | State::Offered);
            (signs(attempt.command.step()) && early).then(|| {
                Text::new(
                    "Das Archiv hat noch nicht bewertet. Ein Fristablauf allein erlaubt keine Löschung: Bieten Sie die Akte an, und warten Sie die Bewertung ab.",
                    "The archive has not appraised yet. The end of a term alone permits no deletion: offer the record and wait for the appraisal.",
                )
            })
        },
    },
    Rule {
        id: "term",
        source: Phrase::new(
            "Aufbewahrungsregel des Aktenplans in der Fassung, die für die Akte gilt",
            "the plan's retention rule in the version that holds for the record",
        ),
        text: Phrase::new(
            "Vor Ablauf der Aufbewahrungsfrist wird nichts abgegeben oder gelöscht.",
            "Nothing is handed over or deleted before its term ends.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let step = attempt.command.step();
            (signs(step) || step == Step::HandOver).then(|| running(attempt)).flatten()
        },
    },
    Rule {
        id: "NArchG-3-1",
        source: Phrase::new("NArchG § 3 Abs. 1 und 5; § 7 Abs. 3 Satz 1", "NArchG § 3 (1) and (5); § 7 (3) sentence 1"),
        text: Phrase::new(
            "Angeboten wird, wenn die Frist abgelaufen ist. Vorher nur, wenn das Archiv schon ermitteln will, und bei Stellen des Landes im dreißigsten Jahr nach der letzten Bearbeitung.",
            "A record is offered when its term is over. Before that only where the archive already wants to appraise, and for offices of the state in the thirtieth year after the last edit.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let Command::Offer { early, .. } = attempt.command else { return None };
            let asked = early.as_deref().is_some_and(says_something);
            let near = attempt.record.is_some_and(|record| attempt.law.thirty_years_near(record, attempt.on));
            if asked || near { None } else { running(attempt) }
        },
    },
    Rule {
        id: "appraisal",
        source: Phrase::new(
            "NArchG § 3 Abs. 4 Satz 1; xdomea, Aussonderungsart",
            "NArchG § 3 (4) sentence 1; xdomea, Aussonderungsart",
        ),
        text: Phrase::new(
            "Über den bleibenden Wert entscheidet das Archiv. Mit B ist noch nichts entschieden: Jeder Teil braucht A oder V, bevor etwas abgegeben oder gelöscht wird.",
            "The archive decides on the lasting value. B decides nothing yet: each part needs A or V before anything is handed over or deleted.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let record = attempt.record.filter(|record| record.appraisal.is_some())?;
            let step = attempt.command.step();
            ((signs(step) || step == Step::HandOver) && record.is_undecided()).then(|| {
                Text::new(
                    "Teile der Akte sind noch mit B bewertet. Das Archiv muss für jeden Teil A oder V mitteilen.",
                    "Parts of the record are still appraised as B. The archive must say A or V for each part.",
                )
            })
        },
    },
    Rule {
        id: "archival",
        source: Phrase::new("xdomea, Aussonderung 0503", "xdomea, disposal 0503"),
        text: Phrase::new(
            "Abgegeben wird, was mit A bewertet ist und was das Archiv noch nicht übernommen hat.",
            "What is appraised as A and not yet imported by the archive is handed over.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let record = attempt.record.filter(|record| record.appraisal.is_some())?;
            let nothing = attempt.command.step() == Step::HandOver && !record.is_undecided() && !record.lacks_receipt();
            nothing.then(|| {
                Text::new(
                    "Hier ist nichts abzugeben: Kein Teil ist mit A bewertet, oder das Archiv hat alles übernommen.",
                    "There is nothing to hand over: no part is appraised as A, or the archive has imported all of it.",
                )
            })
        },
    },
    Rule {
        id: "import-receipt",
        source: Phrase::new("xdomea, Importbestätigung 0506", "xdomea, import receipt 0506"),
        text: Phrase::new(
            "Was das Archiv übernimmt, wird erst gelöscht, wenn seine Importbestätigung da ist. Eine Empfangsbestätigung genügt nicht.",
            "What the archive takes is deleted only after its import receipt. A mere receipt does not suffice.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let record = attempt.record?;
            (signs(attempt.command.step()) && record.lacks_receipt()).then(|| {
                Text::new(
                    "Mit A bewertet, aber das Archiv hat den Import noch nicht (für alle Teile) bestätigt.",
                    "Appraised as A, but the archive has not yet confirmed the import (of all parts).",
                )
            })
        },
    },
    Rule {
        id: "four-eyes",
        source: Phrase::new(
            "Dienstanweisung; BSI IT-Grundschutz CON.6 (Löschen)",
            "service instruction; BSI IT-Grundschutz CON.6 (deletion)",
        ),
        text: Phrase::new(
            "Für eine Löschung unterschreiben zwei Menschen. Wer vertritt, zählt mit der vertretenen Person als einer; die zweite Unterschrift ist von niemandem, der an der ersten beteiligt war.",
            "Two people sign for a deletion. A deputy counts together with the person acted for; the second signature is of nobody who had part in the first.",
        ),
        effect: Effect::Blocks,
        objects: objections::four_eyes,
    },
    Rule {
        id: "people",
        source: Phrase::new("DSGVO Art. 5 Abs. 2; Dienstanweisung", "GDPR Art. 5 (2); service instruction"),
        text: Phrase::new(
            "Löschen, wieder aufnehmen und zurücknehmen können nur Menschen, keine Programme.",
            "Only people delete, reopen and withdraw, not programs.",
        ),
        effect: Effect::Blocks,
        objects: |attempt| {
            let step = attempt.command.step();
            let theirs = signs(step) || matches!(step, Step::Reopen | Step::WithdrawOffer | Step::WithdrawDeletion);
            (theirs && attempt.who.is_program())
                .then(|| Text::new("Das muss ein Mensch entscheiden.", "A person must decide this."))
        },
    },
    Rule {
        id: "NArchG-3-1-3",
        source: Phrase::new(
            "NArchG § 3 Abs. 1 Satz 3 (Stellen des Landes)",
            "NArchG § 3 (1) sentence 3 (offices of the state)",
        ),
        text: Phrase::new(
            "Spätestens 30 Jahre nach der letzten inhaltlichen Bearbeitung ist anzubieten, auch wenn die Frist länger läuft. Gelöscht wird auch dann erst nach ihrem Ablauf.",
            "A record is offered at the latest 30 years after its last edit, even where its term is longer. It is nevertheless deleted only after the term.",
        ),
        effect: Effect::Informs,
        objects: objections::never,
    },
    Rule {
        id: "reopening",
        source: Phrase::new("Registraturanweisung", "registry instruction"),
        text: Phrase::new(
            "Wiederaufnahme beginnt alle Fristen neu: Sie rechnen ab der nächsten z.d.A.-Verfügung.",
            "Reopening restarts all terms: they count from the next closing.",
        ),
        effect: Effect::Ensured,
        objects: objections::never,
    },
    Rule {
        id: "versions",
        source: Phrase::new(
            "Rückwirkungsverbot; Entscheidung der Kommune",
            "no retroactive rules; the municipality's decision",
        ),
        text: Phrase::new(
            "Es gilt die Fassung der Aufbewahrungsregel vom Tag der z.d.A.-Verfügung, außer eine spätere sagt, dass sie auch für geschlossene Akten gilt.",
            "The version of the retention rule on the day of closing counts, unless a later one says that it also holds for closed records.",
        ),
        effect: Effect::Ensured,
        objects: objections::never,
    },
    Rule {
        id: "planned-appraisal",
        source: Phrase::new("NArchG § 3 Abs. 4", "NArchG § 3 (4)"),
        text: Phrase::new(
            "Die geplante Bewertung des Aktenplans ist ein Vorschlag an das Archiv; sie erlaubt nichts.",
            "The plan's expected appraisal is a proposal to the archive; it permits nothing.",
        ),
        effect: Effect::Ensured,
        objects: objections::never,
    },
    Rule {
        id: "tombstone",
        source: Phrase::new(
            "DSGVO Art. 5 Abs. 1 Buchst. c und e, Abs. 2; RFC 4998",
            "GDPR Art. 5 (1) c and e, (2); RFC 4998",
        ),
        text: Phrase::new(
            "Von einer gelöschten Akte bleibt das Blatt im Hashbaum, damit die Nachweise anderer Akten gültig bleiben, und wer wann aus welchem Grund gelöscht hat; weiteres nur nach einer Entscheidung zum Datenschutz.",
            "Of a deleted record its leaf stays, so that other records' proofs stay valid, and who deleted it when on which ground; anything else only by a data protection decision.",
        ),
        effect: Effect::Ensured,
        objects: objections::never,
    },
];
