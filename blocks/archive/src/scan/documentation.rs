//! *Verfahrensdokumentation* and the filled test list, made from what is configured and what was logged.
//!
//! Both are values, which others turn into pages, PDF or text. What only the office can prove is asked for, with the
//! place where its proof is said to be; it is never claimed.
//!
//! Invariant: every measure that any class demands has a row, and a row says *met* only where the program can know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vir_core::Text;

use super::batch::{Batch, State};
use super::class::{Class, Goal, Seal};
use super::measures::{self, Measure, Proof};
use crate::lifecycle::day::Day;

/// What the office says about its procedure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// The organisation.
    pub organisation: String,
    /// The version of the procedure.
    pub version: String,
    /// Where scanning takes place.
    pub place: String,
    /// Devices and programs, with what they are.
    pub devices: Vec<(String, String)>,
    /// Who has which duty.
    pub duties: Vec<(String, String)>,
    /// The classes of documents.
    pub classes: Vec<Class>,
    /// Where the office's own proofs are, by measure.
    pub proofs: BTreeMap<String, String>,
    /// Who seals; the operator configures it, not the office.
    #[serde(skip)]
    pub sealing: Sealing,
}

/// Who seals transfer notes, as the operator has configured it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealing {
    /// The key or the service; none where nobody seals.
    pub service: Option<Text>,
    /// Is a service for time stamps configured?
    pub time_stamps: bool,
}

/// What was logged in a period.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Log {
    /// Batches.
    pub batches: u64,
    /// Their pages.
    pub pages: u64,
    /// Pages that were looked at.
    pub checked: u64,
    /// Pages that were scanned again.
    pub repeated: u64,
    /// Batches with a transfer note.
    pub noted: u64,
    /// Batches whose note has a seal.
    #[serde(default)]
    pub sealed: u64,
    /// Those of them whose seal is a qualified one.
    #[serde(default)]
    pub sealed_qualified: u64,
    /// Those of them whose seal has a qualified time stamp.
    #[serde(default)]
    pub time_stamped: u64,
    /// Batches that are deposited.
    pub deposited: u64,
    /// Batches whose paper was destroyed.
    pub destroyed: u64,
    /// Batches with irregularities.
    pub irregular: u64,
}

impl Log {
    /// Of these batches.
    #[must_use]
    pub fn of<'b>(batches: impl IntoIterator<Item = &'b Batch>) -> Self {
        let mut log = Self::default();
        for batch in batches {
            log.batches += 1;
            log.pages += batch.pages.len() as u64;
            log.checked += batch.checked.len() as u64;
            log.repeated += u64::from(batch.repeated);
            log.noted += u64::from(batch.note.is_some());
            log.sealed += u64::from(batch.seal.0 > Seal::None);
            log.sealed_qualified += u64::from(batch.seal.0 == Seal::Qualified);
            log.time_stamped += u64::from(batch.seal.1);
            log.deposited += u64::from(batch.package.is_some());
            log.destroyed += u64::from(batch.state == State::Destroyed);
            log.irregular += u64::from(!batch.remarks.is_empty());
        }
        log
    }
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Block {
    /// A heading.
    Heading {
        /// Its words.
        text: Text,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: Text,
    },
    /// A table.
    Table {
        /// Its head.
        head: Vec<Text>,
        /// Its rows, each as long as the head.
        rows: Vec<Vec<Text>>,
    },
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: Text,
    /// Its pieces.
    pub blocks: Vec<Block>,
}

/// How a measure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The program does it.
    Met,
    /// The office says where its proof is.
    Proved,
    /// Nobody has said anything.
    Open,
    /// No class demands it.
    NotDemanded,
}

impl Standing {
    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Met => Text::new("erfüllt durch das Programm", "met by the program"),
            Self::Proved => Text::new("Nachweis der Scanstelle", "proof of the scanning office"),
            Self::Open => Text::new("offen", "open"),
            Self::NotDemanded => Text::new("nicht gefordert", "not demanded"),
        }
    }
}

/// How a measure stands in a configuration.
#[must_use]
pub fn standing(measure: &Measure, configuration: &Configuration) -> Standing {
    let demanded = configuration.classes.iter().any(|class| measure.is_demanded(class));
    let proved = configuration.proofs.get(measure.id).is_some_and(|proof| !proof.trim().is_empty());
    match measure.proof {
        _ if !demanded => Standing::NotDemanded,
        // Without somebody who seals, the program holds such batches back, and nothing is sealed.
        Proof::Program if measure.id == "A.AM.IN.H.1" && configuration.sealing.service.is_none() => Standing::Open,
        Proof::Program if measure.id == "A.AM.IN.SH.2" && !configuration.sealing.time_stamps => Standing::Open,
        Proof::Program => Standing::Met,
        Proof::Office | Proof::Both if proved => Standing::Proved,
        Proof::Office | Proof::Both => Standing::Open,
    }
}

fn same(text: &str) -> Text {
    Text::owned(text.to_owned(), text.to_owned())
}

fn heading(de: &'static str, en: &'static str) -> Block {
    Block::Heading { text: Text::new(de, en) }
}

fn pairs(head: [Text; 2], rows: &[(String, String)]) -> Block {
    Block::Table { head: head.to_vec(), rows: rows.iter().map(|(name, value)| vec![same(name), same(value)]).collect() }
}

/// The procedure, as it is configured.
#[must_use]
pub fn procedure(configuration: &Configuration, on: Day) -> Document {
    let title = Text::owned(
        format!("Verfahrensdokumentation ersetzendes Scannen, {}", configuration.organisation),
        format!("Procedure documentation of replacing scanning, {}", configuration.organisation),
    );
    let stand = Text::owned(
        format!("Version {}, Stand {}. Ort: {}.", configuration.version, on.german(), configuration.place),
        format!("Version {}, as of {on}. Place: {}.", configuration.version, configuration.place),
    );
    let name = || Text::new("Name", "name");
    let head = [
        Text::new("Klasse", "class"),
        Goal::Integrity.name().into(),
        Goal::Confidentiality.name().into(),
        Goal::Availability.name().into(),
        Text::new("Prüfung", "check"),
        Text::new("Sicherung", "protection"),
        Text::new("Papier", "paper"),
    ];
    let rows = configuration.classes.iter().map(class_row).collect();
    let blocks = vec![
        Block::Paragraph { text: stand },
        heading("Aufgaben", "Duties"),
        pairs(
            [Text::new("Aufgabe", "duty"), Text::new("Person oder Stelle", "person or office")],
            &configuration.duties,
        ),
        heading("Geräte und Programme", "Devices and programs"),
        pairs([name(), Text::new("Beschreibung", "description")], &configuration.devices),
        heading("Dokumentklassen und Schutzbedarf", "Classes of documents and protection needs"),
        Block::Table { head: head.to_vec(), rows },
        heading("Siegel und Zeitstempel", "Seals and time stamps"),
        Block::Paragraph { text: sealing(&configuration.sealing) },
        heading("Ablauf", "Steps"),
        Block::Paragraph {
            text: Text::new(
                "Vorbereiten und zählen; scannen; fehlende und fehlerhafte Seiten neu scannen; Vollständigkeit feststellen; gezogene Seiten neben dem Papier prüfen, bei einem Fehler alle; Transfervermerk erstellen und mit den Scans sichern; ablegen; Rohbilder löschen; Papier nach der Wartezeit vernichten.",
                "Prepare and count; scan; scan missing and bad pages again; establish completeness; check the drawn pages beside the paper, after one fault all of them; make the transfer note and protect it together with the scans; deposit; delete raw images; destroy the paper after the waiting time.",
            ),
        },
    ];
    Document { title, blocks }
}

fn sealing(sealing: &Sealing) -> Text {
    let Some(service) = &sealing.service else {
        return Text::new(
            "Es ist kein Siegel eingerichtet. Stapel von Klassen, die eines verlangen, werden nicht abgelegt, und ihr Papier bleibt.",
            "No seal is configured. Batches of classes that demand one are not deposited, and their paper stays.",
        );
    };
    let (stamps_de, stamps_en) = if sealing.time_stamps {
        ("mit Zeitstempel (CAdES-B-T)", "with a time stamp (CAdES-B-T)")
    } else {
        ("ohne Zeitstempel (CAdES-B-B)", "without a time stamp (CAdES-B-B)")
    };
    Text::owned(
        format!(
            "Der Transfervermerk, der die SHA-512-Werte der Scans nennt, wird {stamps_de} gesiegelt: {}. Ob ein Siegel als qualifiziert gilt, folgt je Stapel aus dem Zertifikat, seinem Aussteller und dem Algorithmenkatalog.",
            service.de
        ),
        format!(
            "The transfer note, which names the SHA-512 values of the scans, is sealed {stamps_en}: {}. Whether a seal counts as qualified follows for each batch from the certificate, its issuer and the catalogue of algorithms.",
            service.en
        ),
    )
}

fn class_row(class: &Class) -> Vec<Text> {
    let check = if class.needs_full_check() {
        Text::new("jede Seite", "each page")
    } else {
        let (whole, tenth) = (class.sample_per_mille / 10, class.sample_per_mille % 10);
        let least = class.sample_at_least;
        Text::owned(
            format!("{whole},{tenth} %, mindestens {least} Seiten"),
            format!("{whole}.{tenth} %, at least {least} pages"),
        )
    };
    let check = if class.needs_second_person() {
        Text::owned(format!("{}, durch eine zweite Person", check.de), format!("{}, by a second person", check.en))
    } else {
        check
    };
    let seal = match class.least_seal() {
        Seal::None => same(class.integrity_proof.as_deref().unwrap_or("–")),
        Seal::Advanced => Text::new("fortgeschrittenes Siegel", "advanced seal"),
        Seal::Qualified if class.needs_time_stamp() => Text::new(
            "qualifiziertes Siegel mit qualifiziertem Zeitstempel",
            "qualified seal with qualified time stamp",
        ),
        Seal::Qualified => Text::new("qualifiziertes Siegel", "qualified seal"),
    };
    let paper = class.keep_paper.map_or(Text::new("nach der Ablage", "after deposit"), |period| {
        let months = u32::from(period.years) * 12 + u32::from(period.months);
        Text::owned(format!("{months} Monate nach der Ablage"), format!("{months} months after deposit"))
    });
    vec![
        same(&class.title),
        class.integrity.name().into(),
        class.confidentiality.name().into(),
        class.availability.name().into(),
        check,
        seal,
        paper,
    ]
}

/// The test list of Anlage P, filled as far as the program can.
#[must_use]
pub fn test_list(configuration: &Configuration, log: &Log, from: Day, to: Day) -> Document {
    let row = |measure: &Measure| {
        let standing = standing(measure, configuration);
        let proof = configuration.proofs.get(measure.id).map_or("–", String::as_str);
        vec![same(measure.id), measure.title.into(), measure.text.into(), standing.text(), same(proof)]
    };
    let head = vec![
        Text::new("Maßnahme", "measure"),
        Text::new("Thema", "subject"),
        Text::new("Umsetzung", "how it is done"),
        Text::new("Stand", "standing"),
        Text::new("Nachweis", "proof"),
    ];
    let open = measures::all().filter(|measure| standing(measure, configuration) == Standing::Open).count();
    let counted =
        |de: &str, en: &str, count: u64| vec![Text::owned(de.to_owned(), en.to_owned()), same(&count.to_string())];
    let rows = vec![
        counted("Stapel", "batches", log.batches),
        counted("Seiten", "pages", log.pages),
        counted("davon geprüft", "of them checked", log.checked),
        counted("neu gescannt", "scanned again", log.repeated),
        counted("Stapel mit Auffälligkeiten", "batches with irregularities", log.irregular),
        counted("mit Transfervermerk", "with transfer note", log.noted),
        counted("gesiegelt", "sealed", log.sealed),
        counted("davon qualifiziert", "of them qualified", log.sealed_qualified),
        counted("mit qualifiziertem Zeitstempel", "with a qualified time stamp", log.time_stamped),
        counted("abgelegt", "deposited", log.deposited),
        counted("Papier vernichtet", "paper destroyed", log.destroyed),
    ];
    let title = Text::owned(
        format!("Prüfliste nach BSI TR-03138, Anlage P (1.5), {}", configuration.organisation),
        format!("Test list after BSI TR-03138, Anlage P (1.5), {}", configuration.organisation),
    );
    let blocks = vec![
        Block::Paragraph {
            text: Text::owned(
                format!(
                    "{open} Maßnahmen sind offen. Die Liste ist kein Zertifikat; zertifiziert wird das Verfahren der Scanstelle."
                ),
                format!(
                    "{open} measures are open. The list is no certificate; what is certified is the office's procedure."
                ),
            ),
        },
        Block::Table { head, rows: measures::all().map(row).collect() },
        Block::Heading {
            text: Text::owned(
                format!("Protokoll vom {} bis {}", from.german(), to.german()),
                format!("Log from {from} to {to}"),
            ),
        },
        Block::Table { head: vec![Text::new("was", "what"), Text::new("Zahl", "number")], rows },
    ];
    Document { title, blocks }
}
