//! One batch: where it is, what is to be done next, its pages, documents and log.
//!
//! Invariant: each step that is offered says what it means, and what cannot be undone says so.

use axum::extract::Path;
use vir_archive::scan::batch::{Batch, Command, SealAbout, State};
use vir_archive::scan::class::Seal;
use vir_auth::Directory;
use vir_core::Lang;
use vir_store::{Tx, args};
use vir_web::format::count;
use vir_web::parts::{
    self, Choice, Tone, button, card, checkbox, definition_list, field, link_button, notice, select, text_area,
};
use vir_web::{Answer, AppError, Caller, Markup, Page, html, page};

use super::tables::{documents_table, files_table, log, moment, pages_table};
use super::{SECTION, choices, load, no_seal_notice, seal_level, state_badge, state_code};
use crate::pages;
use crate::scan::batch::{Stored, Work};
use crate::scan::note::{self, Made};
use crate::scan::seal;

const FILES: &str =
    "select no, file_name, sha512, size_bytes, trouble, is_read from scan_file where batch_id = $1 order by no";

/// The statements that a test has both engines read.
pub(in crate::scan) const STATEMENTS: &[&str] = &[FILES];

pub(super) async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let stored = load(&caller, &id).await?;
    let lang = caller.lang;
    let key = id.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let files = tx.all(FILES, &args![key.as_str()]).await?;
            Ok::<_, vir_store::Error>((note::documents(tx, &key).await?, files))
        })
    });
    let (documents, files) = read.await?;
    let state = state_code(&stored);
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let body = html! {
        @if stored.work != Work::None {
            (notice(Tone::Info, stored.work.name().get(lang), &html! {
                p { (lang.tr("Das dauert einen Augenblick.", "This takes a moment.")) " " a href={ "/scannen/" (id) } { (lang.tr("Seite neu laden", "Load the page again")) } }
            }))
        }
        @if let Some(text) = &stored.trouble { (notice(Tone::Bad, text.get(lang), &html! {})) }
        (facts(&stored, &state, lang))
        @match &stored.batch {
            None => { (take_over(&caller, &stored).await?) }
            Some(batch) => {
                (next(&caller, &stored, batch, &documents, &directory))
                (documents_table(&stored, &documents, lang))
                (pages_table(&stored, batch, lang))
            }
        }
        (files_table(&files, lang)?)
        @if let Some(batch) = &stored.batch {
            (log(&stored, &directory, lang))
            (give_up(&caller, &stored, batch))
        }
    };
    let frame = Page::new(stored.title.clone()).section(SECTION).crumb("/scannen", lang.tr("Scannen", "Scanning"));
    Ok(page(&caller, frame, body))
}

fn facts(stored: &Stored, state: &str, lang: Lang) -> Markup {
    let mut entries = vec![
        (lang.tr("Zustand", "State"), state_badge(stored, state, lang)),
        (lang.tr("Eingang", "Came by"), html! { (stored.channel.name().get(lang)) }),
    ];
    if let Some(batch) = &stored.batch {
        let class = &batch.class;
        entries.push((
            lang.tr("Klasse", "Class"),
            html! {
                (class.title) " – " (lang.tr("Integrität", "integrity")) " " (class.integrity.name().get(lang)) ", "
                (lang.tr("Vertraulichkeit", "confidentiality")) " " (class.confidentiality.name().get(lang)) ", "
                (lang.tr("Verfügbarkeit", "availability")) " " (class.availability.name().get(lang))
            },
        ));
        entries.push((lang.tr("Seiten", "Pages"), html! {
            (count(batch.pages.len() as u64, lang))
            @if let Some(expected) = batch.expected { " " (lang.tr("von", "of")) " " (count(u64::from(expected), lang)) " " (lang.tr("gezählten", "counted")) }
        }));
        entries.push((lang.tr("Gescannt von", "Scanned by"), html! { (stored.creator_name) }));
        if !stored.checker_name.is_empty() {
            entries.push((lang.tr("Geprüft von", "Checked by"), html! { (stored.checker_name) }));
        }
        if !batch.remarks.is_empty() {
            entries.push((
                lang.tr("Auffälligkeiten", "Irregularities"),
                html! { ul { @for text in &batch.remarks { li { (text) } } } },
            ));
        }
        if batch.raw_discarded {
            entries.push((lang.tr("Rohbilder", "Raw images"), html! { (lang.tr("gelöscht", "deleted")) }));
        }
    }
    if let Some((level, about)) = stored.batch.as_ref().and_then(|batch| Some((batch.seal, batch.sealed.as_ref()?))) {
        entries.push((lang.tr("Siegel", "Seal"), html! { (seal_words(level, about, lang)) }));
    }
    if !stored.device.is_empty() {
        entries.push((lang.tr("Scanner", "Scanner"), html! { (stored.device) }));
    }
    if let Some(record) = &stored.record {
        entries.push((
            lang.tr("Akte", "Record"),
            html! { a href={ "/akten/" (record) } { (lang.tr("zur Akte", "to the record")) } },
        ));
    }
    card(lang.tr("Der Stapel", "The batch"), &definition_list(&entries))
}

/// What seal it is.
fn seal_words((seal, qualified_stamp): (Seal, bool), about: &SealAbout, lang: Lang) -> Markup {
    html! {
        (about.signer) " (" (seal_level(seal).get(lang)) ", " (about.form) ", " (about.algorithm) "; " (lang.tr("ausgestellt von", "issued by")) " " (about.issuer) ")"
        @if let Some((at, service)) = &about.stamp {
            ", " @if qualified_stamp { (lang.tr("qualifizierter Zeitstempel", "qualified time stamp")) } @else { (lang.tr("Zeitstempel", "time stamp")) }
            " " (moment(*at, lang)) ", " (service)
        }
    }
}

/// The seal that the class demands, before anything is filed.
fn sealing(caller: &Caller, stored: &Stored, batch: &Batch) -> Markup {
    let lang = caller.lang;
    let demands = match (batch.class.least_seal(), batch.class.needs_time_stamp()) {
        (Seal::Qualified, true) => lang.tr(
            "Diese Klasse verlangt ein qualifiziertes Siegel mit qualifiziertem Zeitstempel.",
            "This class demands a qualified seal with a qualified time stamp.",
        ),
        (Seal::Qualified, false) => {
            lang.tr("Diese Klasse verlangt ein qualifiziertes Siegel.", "This class demands a qualified seal.")
        }
        _ => lang.tr("Diese Klasse verlangt ein Siegel.", "This class demands a seal."),
    };
    html! {
        p { a href={ "/scannen/" (stored.id) "/transfervermerk" } { (lang.tr("Transfervermerk ansehen", "See the transfer note")) } }
        p { (demands) " " (lang.tr(
            "Gesiegelt wird der Transfervermerk, der die Hashwerte der Scans nennt. Erst danach wird abgelegt, und bis dahin bleibt das Papier.",
            "What is sealed is the transfer note, which names the hash values of the scans. It is filed only then, and until then the paper stays.",
        )) }
        @if seal::described(&caller.app.config).is_none() {
            (no_seal_notice(lang))
        }
        @if stored.work == Work::Sealing {
            p { (lang.tr("Das Siegel wird geholt. Gelingt es nicht, wird es von selbst wieder versucht.", "The seal is being got. If that fails, it is tried again without anybody's doing.")) }
        } @else {
            (parts::post_button(caller, &format!("/scannen/{}/schritt", stored.id), &button(lang.tr("Jetzt siegeln", "Seal now")).name_value("step", "seal")))
        }
    }
}

async fn take_over(caller: &Caller, stored: &Stored) -> Result<Markup, AppError> {
    let lang = caller.lang;
    let (classes, devices) = choices(caller).await?;
    let expected = stored.expected.map(|count| count.to_string()).unwrap_or_default();
    Ok(card(
        lang.tr("Stapel übernehmen", "Take the batch over"),
        &html! {
            p { (lang.tr(
                "Dieser Stapel kam ohne eine Person, die für ihn einsteht. Wer ihn übernimmt, steht als Ersteller im Transfervermerk (A.NB.4 a).",
                "This batch came without a person who answers for it. Whoever takes it over is the creator in the transfer note (A.NB.4 a).",
            )) }
            (step_form(caller, stored, "take-over", &html! {
                (select(lang, "class", lang.tr("Dokumentklasse", "Document class"), &classes).value(stored.class.as_deref().unwrap_or_default()).required())
                (field(lang, "expected", lang.tr("Gezählte Seiten", "Counted pages")).value(&expected).input_mode("numeric").width(8))
                @if devices.is_empty() { (field(lang, "device", lang.tr("Scanner", "Scanner")).value(&stored.device).max_length(200)) }
                @else { (select(lang, "device", lang.tr("Scanner", "Scanner"), &devices).value(&stored.device).empty(lang.tr("nicht angegeben", "not said"))) }
                (button(lang.tr("Übernehmen", "Take over")))
            }))
        },
    ))
}

fn step_form(caller: &Caller, stored: &Stored, step: &str, body: &Markup) -> Markup {
    parts::post_form(
        caller,
        &format!("/scannen/{}/schritt", stored.id),
        &html! {
            input type="hidden" name="step" value=(step);
            (body)
        },
    )
}

/// What is to be done next.
fn next(caller: &Caller, stored: &Stored, batch: &Batch, documents: &[Made], directory: &Directory) -> Markup {
    let lang = caller.lang;
    let (title, body) = match batch.state {
        State::Scanning => (
            lang.tr("Vollständigkeit feststellen", "State completeness"),
            html! {
                @for made in documents.iter().filter(|made| !made.is_whole()) {
                    (notice(Tone::Careful, &lang.tr(
                        format!("Dokument {} hat {} Seiten; sein Trennblatt sagt {}.", made.no + 1, made.pages, made.target.unwrap_or(0)),
                        format!("Document {} has {} pages; its separator sheet says {}.", made.no + 1, made.pages, made.target.unwrap_or(0)),
                    ), &html! {}))
                }
                (step_form(caller, stored, "complete", &html! {
                    p { (lang.tr(
                        "Zählen Sie die bedruckten Seiten des Papiers. Stimmt die Zahl, werden die zu prüfenden Seiten ausgelost.",
                        "Count the printed sides of the paper. If the number is right, the pages to be checked are drawn.",
                    )) }
                    (field(lang, "counted", lang.tr("Gezählte Seiten", "Counted pages")).input_mode("numeric").width(8).required())
                    (button(lang.tr("Vollständig", "Complete")))
                }))
                (remark(caller, stored))
            },
        ),
        State::Review => {
            let open = batch.unchecked().count();
            let total = batch.drawn.len();
            (
                lang.tr("Qualitätssicherung", "Quality assurance"),
                html! {
                    (parts::progress(lang, lang.tr("geprüfte Seiten", "checked pages"), (total - open) as u64, total as u64))
                    @if batch.class.needs_second_person() {
                        p { (lang.tr("Prüfen muss jemand anderes, als gescannt hat (A.AM.IN.SH.1).", "Somebody else than who scanned must check (A.AM.IN.SH.1).")) }
                    }
                    div.toolbar {
                        @if let Some(first) = batch.unchecked().next() {
                            (link_button(&format!("/scannen/{}/pruefen?seite={}", stored.id, first + 1), lang.tr("Seiten prüfen", "Check pages")).primary())
                        } @else if stored.work == Work::Reading {
                            p { (lang.tr("Alles ist geprüft. Beendet wird die Prüfung, sobald die Texterkennung fertig ist.", "Everything is checked. The check is ended as soon as text recognition is done.")) }
                        } @else {
                            (parts::post_button(caller, &format!("/scannen/{}/schritt", stored.id), &button(lang.tr("Prüfung beenden", "End the check")).name_value("step", "approve")))
                        }
                    }
                    (remark(caller, stored))
                },
            )
        }
        State::Approved => (
            lang.tr("Transfervermerk", "Transfer note"),
            html! {
                @if documents.iter().any(|made| made.pages > 0 && made.sha512.is_none()) {
                    p { (lang.tr("Die PDF/A-Dateien werden erzeugt.", "The PDF/A files are being made.")) }
                    @if stored.work == Work::None {
                        (parts::post_button(caller, &format!("/scannen/{}/schritt", stored.id), &button(lang.tr("Noch einmal erzeugen", "Make them again")).secondary().name_value("step", "make")))
                    }
                } @else {
                    (step_form(caller, stored, "note", &html! {
                        (checkbox("identical", lang.tr(
                            "Die Scans stimmen mit dem Papier bildlich und inhaltlich überein.",
                            "The scans are the same as the paper to the eye and in content.",
                        )).hint(lang.tr("Diese Erklärung steht im Transfervermerk (A.NB.4 f).", "This statement stands in the transfer note (A.NB.4 f).")))
                        (button(lang.tr("Transfervermerk erstellen", "Make the transfer note")))
                    }))
                }
            },
        ),
        State::Noted if stored.record.is_none() && !batch.is_sealed_enough() => {
            (lang.tr("Siegeln", "Seal"), sealing(caller, stored, batch))
        }
        State::Noted if stored.record.is_none() => (
            lang.tr("In eine Akte ablegen", "File into a record"),
            html! {
                p { a href={ "/scannen/" (stored.id) "/transfervermerk" } { (lang.tr("Transfervermerk ansehen", "See the transfer note")) } }
                (step_form(caller, stored, "file", &html! {
                    (field(lang, "reference", lang.tr("Aktenzeichen", "Reference of the record")).required().max_length(200).no_spellcheck())
                    @for made in documents.iter().filter(|made| made.pages > 0) {
                        (field(lang, "title", &lang.tr(format!("Titel von Dokument {}", made.no + 1), format!("Title of document {}", made.no + 1)))
                            .id(&format!("f-title-{}", made.no)).value(&format!("{} – {}", stored.title, made.no + 1)).max_length(200))
                    }
                    (button(lang.tr("Ablegen", "File")))
                }))
            },
        ),
        State::Noted => (
            lang.tr("Ablage", "Deposit"),
            html! {
                p { (lang.tr("Die Scans sind in der Akte; der Langzeitspeicher übernimmt sie gerade. Bis dahin bleibt das Papier.", "The scans are in the record; storage is taking them over. Until then the paper stays.")) }
                p { a href={ "/scannen/" (stored.id) "/transfervermerk" } { (lang.tr("Transfervermerk ansehen", "See the transfer note")) } }
            },
        ),
        State::Deposited => (lang.tr("Papier vernichten", "Destroy the paper"), destruction(caller, stored, batch)),
        State::Destroyed | State::Cancelled => (
            lang.tr("Abgeschlossen", "Finished"),
            html! {
                @if let Some((at, who)) = &batch.destroyed {
                    p { (lang.tr("Papier vernichtet:", "Paper destroyed:")) " " (moment(*at, lang)) ", " (pages::who(who, directory, lang)) ", DIN 66399: " (din(stored)) "." }
                }
                @if batch.note.is_some() { p { a href={ "/scannen/" (stored.id) "/transfervermerk" } { (lang.tr("Transfervermerk ansehen", "See the transfer note")) } } }
            },
        ),
    };
    card(title, &body)
}

/// The class of DIN 66399 by which the paper was destroyed.
fn din(stored: &Stored) -> u8 {
    let found = stored.history.iter().rev().find_map(|logged| match logged.command {
        Command::Destroy { din_66399, .. } => Some(din_66399),
        _ => None,
    });
    found.unwrap_or(0)
}

fn destruction(caller: &Caller, stored: &Stored, batch: &Batch) -> Markup {
    let lang = caller.lang;
    let levels: Vec<Choice> = (3..=7_u8).map(|level| Choice::new(level.to_string(), format!("P-{level}"))).collect();
    html! {
        p { a href={ "/scannen/" (stored.id) "/transfervermerk" } { (lang.tr("Transfervermerk ansehen", "See the transfer note")) } }
        @if !batch.raw_discarded {
            p { (lang.tr("Rohdateien und Seitenbilder werden nicht mehr gebraucht; die PDF/A-Dateien in der Akte bleiben.", "Raw files and page images are not needed any more; the PDF/A files in the record stay.")) }
            (parts::post_button(caller, &format!("/scannen/{}/schritt", stored.id), &button(lang.tr("Rohbilder löschen", "Delete raw images")).secondary().name_value("step", "discard")
                .confirm(lang.tr("Rohbilder endgültig löschen?", "Delete raw images for good?"))))
        }
        (step_form(caller, stored, "destroy", &html! {
            p { (lang.tr("Tragen Sie die Vernichtung ein, wenn sie geschehen ist. Das lässt sich nicht zurücknehmen.", "Enter the destruction once it has happened. It cannot be taken back.")) }
            (select(lang, "din", lang.tr("Sicherheitsstufe nach DIN 66399", "Security level after DIN 66399"), &levels).value("4").required())
            (button(lang.tr("Papier ist vernichtet", "The paper is destroyed")).danger().confirm(lang.tr("Ist das Papier vernichtet?", "Is the paper destroyed?")))
        }))
    }
}

fn remark(caller: &Caller, stored: &Stored) -> Markup {
    let lang = caller.lang;
    html! {
        details {
            summary { (lang.tr("Auffälligkeit eintragen", "Enter an irregularity")) }
            (step_form(caller, stored, "remark", &html! {
                (text_area(lang, "text", lang.tr("Was war auffällig?", "What was irregular?")).rows(2).required().max_length(1_000)
                    .hint(lang.tr("Zum Beispiel: Seite war eingerissen. Es steht im Transfervermerk.", "For example: a page was torn. It stands in the transfer note.")))
                (button(lang.tr("Eintragen", "Enter")).secondary())
            }))
        }
    }
}

fn give_up(caller: &Caller, stored: &Stored, batch: &Batch) -> Markup {
    let lang = caller.lang;
    let may = matches!(batch.state, State::Scanning | State::Review | State::Approved | State::Noted)
        && stored.record.is_none();
    html! {
        @if may {
            details {
                summary { (lang.tr("Stapel abbrechen", "Cancel the batch")) }
                (step_form(caller, stored, "cancel", &html! {
                    p { (lang.tr("Das Papier bleibt; gescannt wird neu, als anderer Stapel.", "The paper stays; it is scanned again, as another batch.")) }
                    (field(lang, "text", lang.tr("Warum?", "Why?")).id("f-cancel-text").required().max_length(500))
                    (button(lang.tr("Abbrechen", "Cancel")).danger())
                }))
            }
        }
    }
}
