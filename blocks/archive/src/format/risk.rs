//! What a format means for keeping a file over decades: own rules, one row each, and a report over many files.
//!
//! The rules go by names of PRONOM, not by identifiers, so that they hold for versions that a later signature file
//! brings. They are a judgement, not a fact: what they say is a reason to look, never a reason to refuse.
//!
//! Invariant: every file of a report is counted under exactly one format, and under each risk at most once.

use std::collections::BTreeMap;

use serde::Serialize;
use vir_core::Text;

use super::{Identification, Match, Method, Warning};

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Worth knowing.
    Low,
    /// To be converted in time, or accompanied by a copy in another format.
    Medium,
    /// May be unreadable already, or soon.
    High,
}

/// A kind of risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Risk {
    /// No format fits.
    Unidentified,
    /// Only the file name speaks for the format.
    ByNameOnly,
    /// Several formats fit.
    Ambiguous,
    /// The name says something else than the content.
    Mismatch,
    /// Nothing in it.
    Empty,
    /// The container cannot be read.
    Broken,
    /// Nobody can read it without a key.
    Encrypted,
    /// It does something when opened.
    Macros,
    /// A program.
    Executable,
    /// Hardly any program of today opens it.
    Obsolete,
    /// The description is not public, or one maker decides.
    Proprietary,
    /// Other files inside, which nobody has looked at.
    Archive,
    /// Its picture or sound has lost detail.
    Lossy,
    /// It calls itself PDF/A and was not validated.
    Unvalidated,
}

/// What is said about a risk: its level, what it is, and what to do.
struct Row {
    risk: Risk,
    level: Level,
    what: Text,
    advice: Text,
}

static ROWS: [Row; 14] = [
    Row {
        risk: Risk::Unidentified,
        level: Level::High,
        what: Text::new("Das Format ist unbekannt.", "The format is unknown."),
        advice: Text::new("Bei der abgebenden Stelle nachfragen.", "Ask whoever delivered it."),
    },
    Row {
        risk: Risk::ByNameOnly,
        level: Level::Low,
        what: Text::new("Das Format steht nur im Dateinamen.", "The format is known by the file name only."),
        advice: Text::new("Stichprobe öffnen.", "Open a sample."),
    },
    Row {
        risk: Risk::Ambiguous,
        level: Level::Low,
        what: Text::new("Mehrere Formate passen.", "Several formats fit."),
        advice: Text::new("Stichprobe öffnen.", "Open a sample."),
    },
    Row {
        risk: Risk::Mismatch,
        level: Level::Low,
        what: Text::new("Die Endung passt nicht zum Inhalt.", "The extension does not fit the content."),
        advice: Text::new(
            "Die Datei mit dem Programm des erkannten Formats öffnen.",
            "Open it with a program for the format that was identified.",
        ),
    },
    Row {
        risk: Risk::Empty,
        level: Level::Medium,
        what: Text::new("Die Datei ist leer.", "The file is empty."),
        advice: Text::new(
            "Prüfen, ob bei der Abgabe etwas fehlt.",
            "Check whether something is missing in the delivery.",
        ),
    },
    Row {
        risk: Risk::Broken,
        level: Level::High,
        what: Text::new("Die Datei ist unvollständig oder beschädigt.", "The file is incomplete or damaged."),
        advice: Text::new(
            "Neu anfordern, solange es das Original gibt.",
            "Ask for it again while the original exists.",
        ),
    },
    Row {
        risk: Risk::Encrypted,
        level: Level::High,
        what: Text::new("Die Datei ist verschlüsselt.", "The file is encrypted."),
        advice: Text::new("Vor der Übernahme entschlüsseln lassen.", "Have it decrypted before it is taken over."),
    },
    Row {
        risk: Risk::Macros,
        level: Level::Medium,
        what: Text::new("Die Datei enthält Makros.", "The file has macros."),
        advice: Text::new(
            "Mit abgeschalteten Makros öffnen; eine PDF/A-Fassung beilegen.",
            "Open it with macros switched off; add a copy as PDF/A.",
        ),
    },
    Row {
        risk: Risk::Executable,
        level: Level::High,
        what: Text::new("Die Datei ist ein Programm.", "The file is a program."),
        advice: Text::new("Nicht ausführen; Übernahme entscheiden.", "Do not run it; decide whether to take it over."),
    },
    Row {
        risk: Risk::Obsolete,
        level: Level::High,
        what: Text::new("Das Format ist veraltet.", "The format is obsolete."),
        advice: Text::new("Umwandeln und das Original behalten.", "Convert it and keep the original."),
    },
    Row {
        risk: Risk::Proprietary,
        level: Level::Medium,
        what: Text::new("Das Format gehört einem Hersteller.", "The format belongs to one maker."),
        advice: Text::new("Eine Fassung in einem offenen Format beilegen.", "Add a copy in an open format."),
    },
    Row {
        risk: Risk::Archive,
        level: Level::Medium,
        what: Text::new("Die Datei enthält weitere Dateien.", "The file has other files inside."),
        advice: Text::new("Auspacken und einzeln übernehmen.", "Unpack it and take the files over one by one."),
    },
    Row {
        risk: Risk::Lossy,
        level: Level::Low,
        what: Text::new("Das Format verdichtet mit Verlust.", "The format compresses with loss."),
        advice: Text::new("Nicht erneut in dieses Format umwandeln.", "Do not convert it to such a format again."),
    },
    Row {
        risk: Risk::Unvalidated,
        level: Level::Low,
        what: Text::new("PDF/A wird angegeben, ist aber nicht geprüft.", "It says PDF/A, which was not validated."),
        advice: Text::new("Mit veraPDF prüfen.", "Validate it with veraPDF."),
    },
];

impl Risk {
    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.risk == self).expect("every risk has a row, a test counts them")
    }

    /// How grave.
    #[must_use]
    pub fn level(self) -> Level {
        self.row().level
    }

    /// What it is, for people.
    #[must_use]
    pub fn what(self) -> &'static Text {
        &self.row().what
    }

    /// What to do, for people.
    #[must_use]
    pub fn advice(self) -> &'static Text {
        &self.row().advice
    }

    /// All, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.risk)
    }
}

/// Risks of formats: the beginning of the name, versions where it is about some only, and the risk.
const FORMATS: &[(&str, &[&str], Risk)] = &[
    ("Microsoft Word for MS-DOS", &[], Risk::Obsolete),
    ("Microsoft Word for Macintosh", &[], Risk::Obsolete),
    ("Microsoft Word Document", &["1.0", "2.0", "6.0/95", "6", "5.0", "3.0", "4.0"], Risk::Obsolete),
    ("Microsoft Word for Windows Document", &["1.0", "2.0", "6.0/95"], Risk::Obsolete),
    ("Microsoft Word Document", &["97-2003"], Risk::Proprietary),
    ("Microsoft Excel 2.x", &[], Risk::Obsolete),
    ("Microsoft Excel 3.0", &[], Risk::Obsolete),
    ("Microsoft Excel 4.0", &[], Risk::Obsolete),
    ("Microsoft Excel 5.0/95", &[], Risk::Obsolete),
    ("Microsoft Excel 97", &[], Risk::Proprietary),
    ("Microsoft Excel 2000-2003", &[], Risk::Proprietary),
    ("Microsoft Powerpoint Presentation", &["4.0", "95"], Risk::Obsolete),
    ("Microsoft Powerpoint Presentation", &["97-2003", "97-2002"], Risk::Proprietary),
    ("Microsoft Works", &[], Risk::Obsolete),
    ("Microsoft Write", &[], Risk::Obsolete),
    ("Microsoft Access Database", &[], Risk::Proprietary),
    ("Microsoft Visio Drawing", &[], Risk::Proprietary),
    ("Microsoft Publisher", &[], Risk::Proprietary),
    ("Microsoft Project", &[], Risk::Proprietary),
    ("Microsoft Outlook", &[], Risk::Proprietary),
    ("OneNote", &[], Risk::Proprietary),
    ("OLE2 Compound Document", &[], Risk::Proprietary),
    ("WordPerfect", &[], Risk::Obsolete),
    ("WordStar", &[], Risk::Obsolete),
    ("Lotus", &[], Risk::Obsolete),
    ("dBASE", &[], Risk::Obsolete),
    ("AmiPro", &[], Risk::Obsolete),
    ("Ami Pro", &[], Risk::Obsolete),
    ("Quattro Pro", &[], Risk::Obsolete),
    ("StarOffice", &[], Risk::Obsolete),
    ("PageMaker", &[], Risk::Obsolete),
    ("Adobe Flash", &[], Risk::Obsolete),
    ("Macromedia F", &[], Risk::Obsolete),
    ("RealAudio", &[], Risk::Obsolete),
    ("RealMedia", &[], Risk::Obsolete),
    ("AutoCAD Drawing", &[], Risk::Proprietary),
    ("CorelDraw", &[], Risk::Proprietary),
    ("Adobe Photoshop", &[], Risk::Proprietary),
    ("Adobe Illustrator", &[], Risk::Proprietary),
    ("Adobe InDesign", &[], Risk::Proprietary),
    ("Windows Media", &[], Risk::Proprietary),
    ("Microsoft Word Macro-Enabled", &[], Risk::Macros),
    ("Microsoft Excel Macro-Enabled", &[], Risk::Macros),
    ("Microsoft PowerPoint Macro-Enabled", &[], Risk::Macros),
    ("Microsoft Powerpoint Macro-Enabled", &[], Risk::Macros),
    ("Windows Portable Executable", &[], Risk::Executable),
    ("Windows New Executable", &[], Risk::Executable),
    ("MS-DOS Executable", &[], Risk::Executable),
    ("DOS/Windows Executable", &[], Risk::Executable),
    ("Linux Executable", &[], Risk::Executable),
    ("Executable and Linkable Format", &[], Risk::Executable),
    ("Java Archive", &[], Risk::Executable),
    ("ZIP Format", &[], Risk::Archive),
    ("RAR Archive", &[], Risk::Archive),
    ("7Zip", &[], Risk::Archive),
    ("Tape Archive", &[], Risk::Archive),
    ("GZIP", &[], Risk::Archive),
    ("BZIP", &[], Risk::Archive),
    ("JPEG File Interchange", &[], Risk::Lossy),
    ("Raw JPEG Stream", &[], Risk::Lossy),
    ("Exchangeable Image File Format (Compressed)", &[], Risk::Lossy),
    ("MPEG 1/2 Audio Layer 3", &[], Risk::Lossy),
];

fn of_format(one: &Match) -> impl Iterator<Item = Risk> {
    let version = one.version.as_deref().unwrap_or_default();
    FORMATS
        .iter()
        .filter(move |(name, versions, _)| {
            one.name.starts_with(name) && (versions.is_empty() || versions.contains(&version))
        })
        .map(|(_, _, risk)| *risk)
}

/// The risks of a file, each once, the gravest first.
#[must_use]
pub fn risks(identification: &Identification) -> Vec<Risk> {
    let mut found: Vec<Risk> = identification.matches.iter().flat_map(of_format).collect();
    let is_empty = identification.warnings.contains(&Warning::Empty);
    found.extend(match identification.matches.as_slice() {
        [] if !is_empty => Some(Risk::Unidentified),
        [only, ..] if only.method == Method::Extension => Some(Risk::ByNameOnly),
        _ => None,
    });
    found.extend(identification.warnings.iter().map(|warning| match warning {
        Warning::Empty => Risk::Empty,
        Warning::Extension { .. } => Risk::Mismatch,
        Warning::Ambiguous { .. } => Risk::Ambiguous,
        Warning::ContainerBroken => Risk::Broken,
        Warning::Encrypted => Risk::Encrypted,
        Warning::Macros => Risk::Macros,
        Warning::Claims { .. } | Warning::ClaimsDiffer => Risk::Unvalidated,
    }));
    found.sort_by_key(|risk| (std::cmp::Reverse(risk.level()), *risk));
    found.dedup();
    found
}

/// Files that are named for a risk.
const EXAMPLES: usize = 20;

/// What is known about many files.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// How many files.
    pub files: u64,
    /// How many files of each format; those of no known format, or of several, under an empty identifier.
    pub formats: BTreeMap<String, FormatRow>,
    /// How many files have each risk.
    pub risks: BTreeMap<Risk, RiskRow>,
}

/// A format in a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormatRow {
    /// Its name and version.
    pub name: String,
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// A risk in a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RiskRow {
    /// How many files.
    pub files: u64,
    /// The first of them, by name.
    pub examples: Vec<String>,
}

impl Report {
    /// Counts a file.
    pub fn add(&mut self, name: &str, bytes: u64, identification: &Identification) {
        self.files += 1;
        let (puid, format) = match identification.matches.as_slice() {
            [only] => (only.puid.clone(), [&only.name, only.version.as_deref().unwrap_or_default()].join(" ")),
            _ => (String::new(), String::new()),
        };
        let row = self.formats.entry(puid).or_default();
        row.name = format.trim_end().to_owned();
        row.files += 1;
        row.bytes = row.bytes.saturating_add(bytes);
        for risk in risks(identification) {
            let row = self.risks.entry(risk).or_default();
            row.files += 1;
            if row.examples.len() < EXAMPLES {
                row.examples.push(name.to_owned());
            }
        }
    }

    /// The risks that were found, the gravest first.
    #[must_use]
    pub fn gravest_first(&self) -> Vec<(Risk, &RiskRow)> {
        let mut rows: Vec<_> = self.risks.iter().map(|(risk, row)| (*risk, row)).collect();
        rows.sort_by_key(|(risk, row)| (std::cmp::Reverse(risk.level()), std::cmp::Reverse(row.files), *risk));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_risk_has_one_row_and_the_rules_name_known_ones() {
        let all: std::collections::BTreeSet<Risk> = Risk::all().collect();
        assert_eq!(all.len(), ROWS.len());
        for risk in FORMATS.iter().map(|(_, _, risk)| *risk).chain([Risk::Unidentified, Risk::Unvalidated]) {
            assert!(!risk.what().de.is_empty() && !risk.advice().en.is_empty(), "{risk:?}");
        }
    }
}
