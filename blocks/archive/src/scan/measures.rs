//! The measures of the guideline, as a table.
//!
//! Identifiers are those of BSI TR-03138, Anlage P, version 1.5 (21 November 2024), sections for offices; what each
//! says is in our words, and its wording there counts. Mobile scanning (M.A) is not offered and not listed.
//!
//! Invariant: each measure is there once, and what a level demands, every higher one demands, too.

use serde::Serialize;
use vir_core::Phrase;

use super::class::{Class, Goal, Level};

/// When a measure is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Always.
    Always,
    /// From this level of any goal on.
    Any(Level),
    /// From this level of one goal on.
    Goal(Goal, Level),
}

/// Who can prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The program, by its configuration and logs.
    Program,
    /// The office, by its own papers.
    Office,
    /// Both: the program has a part of it.
    Both,
}

/// A measure.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measure {
    /// Its identifier.
    pub id: &'static str,
    /// What it is about.
    #[serde(skip)]
    pub title: Phrase,
    /// When it is demanded.
    pub need: Need,
    /// Who can prove it.
    pub proof: Proof,
    /// What is done, or to be done.
    #[serde(skip)]
    pub text: Phrase,
}

impl Measure {
    /// Does a class demand it?
    #[must_use]
    pub fn is_demanded(&self, class: &Class) -> bool {
        match self.need {
            Need::Always => true,
            Need::Any(level) => [Goal::Integrity, Goal::Confidentiality, Goal::Availability]
                .iter()
                .any(|goal| class.level(*goal) >= level),
            Need::Goal(goal, level) => class.level(goal) >= level,
        }
    }
}

const fn measure(id: &'static str, title: Phrase, need: Need, proof: Proof, text: Phrase) -> Measure {
    Measure { id, title, need, proof, text }
}

/// All measures, in the order of the guideline.
pub static MEASURES: &[Measure] = &[
    measure(
        "A.G.1",
        Phrase::new("Verfahrensdokumentation", "procedure documentation"),
        Need::Always,
        Proof::Both,
        Phrase::new("Das Verfahren ist beschrieben, mit Version.", "The procedure is described, with its version."),
    ),
    measure(
        "A.G.2",
        Phrase::new("Schutzbedarfsanalyse", "analysis of protection needs"),
        Need::Always,
        Proof::Both,
        Phrase::new("Jede Dokumentklasse hat drei Schutzbedarfe.", "Each class of documents has three levels."),
    ),
    measure(
        "A.O.1",
        Phrase::new("Verantwortlichkeiten und Abläufe", "responsibilities and procedure"),
        Need::Always,
        Proof::Both,
        Phrase::new(
            "Wer scannt, prüft und vernichtet, und wann frühestens.",
            "Who scans, checks and destroys, and when at the earliest.",
        ),
    ),
    measure(
        "A.O.2",
        Phrase::new("Wartung und Reparatur", "maintenance and repair"),
        Need::Always,
        Proof::Office,
        Phrase::new("Wer an die Geräte darf, ist geregelt.", "Who may work on the devices is regulated."),
    ),
    measure(
        "A.O.3",
        Phrase::new("Abnahme und Freigabe", "acceptance and release"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Geräte und Programme sind freigegeben, bevor sie benutzt werden.",
            "Devices and programs are released before they are used.",
        ),
    ),
    measure(
        "A.O.4",
        Phrase::new("Informationssicherheit im Betrieb", "information security in operation"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Sicherheit wird regelmäßig geprüft und erhalten.",
            "Security is checked and maintained regularly.",
        ),
    ),
    measure(
        "A.O.5",
        Phrase::new("Auslagerung", "outsourcing"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Dienstleister sind an dieselben Regeln gebunden.",
            "Service providers are bound to the same rules.",
        ),
    ),
    measure(
        "A.P.1",
        Phrase::new("Sensibilisierung", "awareness"),
        Need::Always,
        Proof::Office,
        Phrase::new("Das Personal kennt die Gefahren.", "Staff know the dangers."),
    ),
    measure(
        "A.P.2",
        Phrase::new("Verpflichtung", "obligation"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Das Personal ist auf Gesetze und Anweisung verpflichtet.",
            "Staff are bound to law and instruction.",
        ),
    ),
    measure(
        "A.P.3",
        Phrase::new("Einweisung", "instruction"),
        Need::Always,
        Proof::Office,
        Phrase::new("Das Personal ist in die Bedienung eingewiesen.", "Staff are instructed in operation."),
    ),
    measure(
        "A.P.4",
        Phrase::new("Schulung", "training"),
        Need::Always,
        Proof::Office,
        Phrase::new("Schulungen sind nachgewiesen.", "Trainings are proved."),
    ),
    measure(
        "A.T.1",
        Phrase::new("Grundschutz der Systeme", "basic protection of systems"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Die Systeme sind nach Stand der Technik geschützt.",
            "Systems are protected by the state of the art.",
        ),
    ),
    measure(
        "A.T.2",
        Phrase::new("Zulässige Verbindungen", "permitted connections"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Welche Verbindungen erlaubt sind, ist festgelegt.",
            "Which connections are permitted is laid down.",
        ),
    ),
    measure(
        "A.T.3",
        Phrase::new("Schutz vor Schadprogrammen", "protection from malware"),
        Need::Always,
        Proof::Office,
        Phrase::new("Eingehende Dateien werden geprüft.", "Incoming files are checked."),
    ),
    measure(
        "A.T.4",
        Phrase::new("Zuverlässige Speicherung", "reliable storage"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Abgelegt heißt: auf Datenträger geschrieben, mit Hashwert.",
            "Deposited means: written to media, with hash value.",
        ),
    ),
    measure(
        "A.DV.1",
        Phrase::new("Sorgfältige Vorbereitung", "careful preparation"),
        Need::Always,
        Proof::Office,
        Phrase::new(
            "Papier ist vorbereitet; bei unklarer Ausrichtung wird beidseitig gescannt.",
            "Paper is prepared; where its sides are uncertain, both are scanned.",
        ),
    ),
    measure(
        "A.DV.2",
        Phrase::new("Vorbereitung der Vollständigkeitsprüfung", "preparing the check of completeness"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Trennblätter nennen die Klasse, Zählblätter die Zahl der Seiten.",
            "Separators name the class, counting sheets the number of pages.",
        ),
    ),
    measure(
        "A.SC.1",
        Phrase::new("Geeignete Scanner", "suitable scanners"),
        Need::Always,
        Proof::Office,
        Phrase::new("Die Geräte sind für die Dokumente geeignet.", "The devices suit the documents."),
    ),
    measure(
        "A.SC.2",
        Phrase::new("Zugang zu Scannern", "access to scanners"),
        Need::Always,
        Proof::Office,
        Phrase::new("Nur Befugte bedienen die Geräte.", "Only those entitled operate the devices."),
    ),
    measure(
        "A.SC.3",
        Phrase::new("Keine voreingestellten Passwörter", "no default passwords"),
        Need::Always,
        Proof::Office,
        Phrase::new("Werkspasswörter sind geändert.", "Factory passwords are changed."),
    ),
    measure(
        "A.SC.4",
        Phrase::new("Sorgfältige Konfiguration", "careful configuration"),
        Need::Always,
        Proof::Office,
        Phrase::new("Änderungen sind geprüft und festgehalten.", "Changes are checked and recorded."),
    ),
    measure(
        "A.SC.5",
        Phrase::new("Geeignete Bedienung", "suitable operation"),
        Need::Always,
        Proof::Office,
        Phrase::new("Die Bedienung vermeidet Fehler.", "Operation avoids mistakes."),
    ),
    measure(
        "A.SC.6",
        Phrase::new("Geeignete Einstellungen", "suitable settings"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Bilder unter der Auflösung der Klasse werden abgelehnt.",
            "Images below the class's resolution are refused.",
        ),
    ),
    measure(
        "A.SC.7",
        Phrase::new("Metainformationen", "metadata"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Stapel, Klasse, Zeit, Person und Gerät werden erfasst.",
            "Batch, class, time, person and device are recorded.",
        ),
    ),
    measure(
        "A.SC.8",
        Phrase::new("Qualitätssicherung", "quality assurance"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Stichprobe nach Klasse, nachziehbar gelost; vorher wird nichts vernichtet.",
            "A sample by class, drawn so that it can be drawn again; nothing is destroyed before.",
        ),
    ),
    measure(
        "A.SC.9",
        Phrase::new("Sichere Außerbetriebnahme", "safe decommissioning"),
        Need::Always,
        Proof::Office,
        Phrase::new("Datenträger alter Geräte werden gelöscht.", "Media of old devices are erased."),
    ),
    measure(
        "A.SC.10",
        Phrase::new("Netzwerkfähige Scanner", "scanners in the network"),
        Need::Always,
        Proof::Office,
        Phrase::new("Geräte im Netz sind abgeschirmt.", "Devices in the network are shielded."),
    ),
    measure(
        "A.SC.11",
        Phrase::new("Protokoll", "log"),
        Need::Always,
        Proof::Program,
        Phrase::new("Jeder Schritt mit Zeit und Person.", "Each step with time and person."),
    ),
    measure(
        "A.SC.12",
        Phrase::new("Geeignete Kompression", "suitable compression"),
        Need::Always,
        Proof::Program,
        Phrase::new("Symbolcodierung (JBIG2) wird abgelehnt.", "Symbol coding (JBIG2) is refused."),
    ),
    measure(
        "A.NB.1",
        Phrase::new("Nachvollziehbare Nachbearbeitung", "traceable treatment"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Nur mit Begründung, mit Hashwert davor und danach.",
            "Only with reason, with hash values before and after.",
        ),
    ),
    measure(
        "A.NB.2",
        Phrase::new("Prüfung der Nachbearbeitung", "checking of treatment"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Rohbilder bleiben, bis die Qualitätssicherung beendet ist.",
            "Raw images stay until quality assurance has ended.",
        ),
    ),
    measure(
        "A.NB.3",
        Phrase::new("Vollständigkeit", "completeness"),
        Need::Always,
        Proof::Program,
        Phrase::new("Gezählte und gescannte Seiten stimmen überein.", "Counted and scanned pages agree."),
    ),
    measure(
        "A.NB.4",
        Phrase::new("Transfervermerk", "transfer note"),
        Need::Always,
        Proof::Program,
        Phrase::new(
            "Vollständig von a bis f, gegen das Protokoll geprüft.",
            "Complete from a to f, checked against the log.",
        ),
    ),
    measure(
        "A.IS.1",
        Phrase::new("Integritätssicherung", "protection of integrity"),
        Need::Always,
        Proof::Program,
        Phrase::new("Siegel, oder schriftlicher Nachweis auf andere Weise.", "A seal, or written proof otherwise."),
    ),
    measure(
        "A.AM.G.1",
        Phrase::new("Zugriff auf sensibles Papier", "access to sensitive paper"),
        Need::Any(Level::High),
        Proof::Office,
        Phrase::new("Sensible Papiere sind unter Verschluss.", "Sensitive papers are locked away."),
    ),
    measure(
        "A.AM.G.2",
        Phrase::new("Pflicht zum Protokoll", "duty to log"),
        Need::Any(Level::High),
        Proof::Program,
        Phrase::new("Das Protokoll lässt sich nicht abschalten.", "The log cannot be switched off."),
    ),
    measure(
        "A.AM.G.3",
        Phrase::new("Regelmäßige Prüfung", "regular audit"),
        Need::Any(Level::High),
        Proof::Office,
        Phrase::new("Mindestens alle drei Jahre wird geprüft.", "An audit at least every three years."),
    ),
    measure(
        "A.AM.IN.H.1",
        Phrase::new("Kryptographische Sicherung", "cryptographic protection"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Program,
        Phrase::new("Qualifizierte Signatur oder qualifiziertes Siegel.", "A qualified signature or seal."),
    ),
    measure(
        "A.AM.IN.H.2",
        Phrase::new("Schlüsselverwaltung", "key management"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Office,
        Phrase::new("Schlüssel sind geregelt verwahrt.", "Keys are kept by rule."),
    ),
    measure(
        "A.AM.IN.H.3",
        Phrase::new("Geeignete Verfahren", "suitable algorithms"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Program,
        Phrase::new("Nur Algorithmen des Katalogs.", "Only algorithms of the catalogue."),
    ),
    measure(
        "A.AM.IN.H.4",
        Phrase::new("Geeignete Produkte", "suitable products"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Office,
        Phrase::new("Signaturen kommen von einem qualifizierten Dienst.", "Signatures come from a qualified service."),
    ),
    measure(
        "A.AM.IN.H.5",
        Phrase::new("Langfristige Beweiserhaltung", "long-term evidence"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Office,
        Phrase::new(
            "Produkt nach TR-03125 oder Dienst nach ETSI TS 119 511, wenn lange aufzubewahren ist.",
            "A product after TR-03125 or a service after ETSI TS 119 511, where kept long.",
        ),
    ),
    measure(
        "A.AM.IN.H.6",
        Phrase::new("Keine ungesicherten Netzzugänge", "no unprotected network access"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Office,
        Phrase::new(
            "Das Scansystem ist vom offenen Netz getrennt.",
            "The scanning system is separate from open networks.",
        ),
    ),
    measure(
        "A.AM.IN.H.7",
        Phrase::new("Erweiterte Qualitätssicherung", "extended quality assurance"),
        Need::Goal(Goal::Integrity, Level::High),
        Proof::Program,
        Phrase::new("Jede Seite wird angesehen, außer mit Begründung.", "Each page is looked at, unless with reason."),
    ),
    measure(
        "A.AM.IN.SH.1",
        Phrase::new("Vier Augen", "four eyes"),
        Need::Goal(Goal::Integrity, Level::VeryHigh),
        Proof::Program,
        Phrase::new("Wer scannt, prüft nicht.", "Whoever scans does not check."),
    ),
    measure(
        "A.AM.IN.SH.2",
        Phrase::new("Qualifizierter Zeitstempel", "qualified time stamp"),
        Need::Goal(Goal::Integrity, Level::VeryHigh),
        Proof::Program,
        Phrase::new("Zur Signatur gehört ein qualifizierter Zeitstempel.", "The signature has a qualified time stamp."),
    ),
    measure(
        "A.AM.IN.SH.3",
        Phrase::new("Eigenes Netzsegment", "own network segment"),
        Need::Goal(Goal::Integrity, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Das Scansystem hat ein eigenes Netzsegment.", "The scanning system has its own network segment."),
    ),
    measure(
        "A.AM.IN.SH.4",
        Phrase::new("Kennzeichnung", "marking"),
        Need::Goal(Goal::Integrity, Level::VeryHigh),
        Proof::Office,
        Phrase::new(
            "Dokumente sind nach ihrer Empfindlichkeit gekennzeichnet.",
            "Documents are marked by their sensitivity.",
        ),
    ),
    measure(
        "A.AM.IN.SH.5",
        Phrase::new("Vollständige Sichtprüfung", "full visual check"),
        Need::Goal(Goal::Integrity, Level::VeryHigh),
        Proof::Program,
        Phrase::new("Jede Seite wird angesehen.", "Each page is looked at."),
    ),
    measure(
        "A.AM.VT.H.1",
        Phrase::new("Vertraulichkeit: Personal", "confidentiality: staff"),
        Need::Goal(Goal::Confidentiality, Level::High),
        Proof::Office,
        Phrase::new("Das Personal ist besonders verpflichtet.", "Staff are specially bound."),
    ),
    measure(
        "A.AM.VT.H.2",
        Phrase::new("Vertraulichkeit: Netz", "confidentiality: network"),
        Need::Goal(Goal::Confidentiality, Level::High),
        Proof::Office,
        Phrase::new("Keine ungesicherten Netzzugänge.", "No unprotected network access."),
    ),
    measure(
        "A.AM.VT.H.3",
        Phrase::new("Löschen von Zwischenergebnissen", "deleting intermediate results"),
        Need::Goal(Goal::Confidentiality, Level::High),
        Proof::Program,
        Phrase::new(
            "Papier wird erst vernichtet, wenn Zwischenergebnisse gelöscht sind.",
            "Paper is destroyed only after intermediate results are deleted.",
        ),
    ),
    measure(
        "A.AM.VT.SH.1",
        Phrase::new(
            "Sehr hohe Vertraulichkeit (Wortlaut in der Richtlinie)",
            "very high confidentiality (wording in the guideline)",
        ),
        Need::Goal(Goal::Confidentiality, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
    measure(
        "A.AM.VT.SH.2",
        Phrase::new(
            "Sehr hohe Vertraulichkeit (Wortlaut in der Richtlinie)",
            "very high confidentiality (wording in the guideline)",
        ),
        Need::Goal(Goal::Confidentiality, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
    measure(
        "A.AM.VT.SH.3",
        Phrase::new(
            "Sehr hohe Vertraulichkeit (Wortlaut in der Richtlinie)",
            "very high confidentiality (wording in the guideline)",
        ),
        Need::Goal(Goal::Confidentiality, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
    measure(
        "A.AM.VT.SH.4",
        Phrase::new(
            "Sehr hohe Vertraulichkeit (Wortlaut in der Richtlinie)",
            "very high confidentiality (wording in the guideline)",
        ),
        Need::Goal(Goal::Confidentiality, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
    measure(
        "A.AM.VT.SH.5",
        Phrase::new(
            "Sehr hohe Vertraulichkeit (Wortlaut in der Richtlinie)",
            "very high confidentiality (wording in the guideline)",
        ),
        Need::Goal(Goal::Confidentiality, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
    measure(
        "A.AM.VF.H.1",
        Phrase::new("Hohe Verfügbarkeit", "high availability"),
        Need::Goal(Goal::Availability, Level::High),
        Proof::Office,
        Phrase::new("Daten liegen mehrfach vor.", "Data exist several times."),
    ),
    measure(
        "A.AM.VF.SH.1",
        Phrase::new("Sehr hohe Verfügbarkeit", "very high availability"),
        Need::Goal(Goal::Availability, Level::VeryHigh),
        Proof::Office,
        Phrase::new("Von der Scanstelle nachzuweisen.", "To be proved by the scanning office."),
    ),
];

/// A measure by its identifier.
#[must_use]
pub fn find(id: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.id == id)
}

/// The measures as a table in Markdown, in German, for the handbook.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write as _;
    let mut out =
        String::from("| Maßnahme | Thema | gefordert | nachzuweisen durch | Umsetzung |\n|---|---|---|---|---|\n");
    for Measure { id, title, need, proof, text } in MEASURES {
        let need = match need {
            Need::Always => "immer".to_owned(),
            Need::Any(level) => format!("ab {}", level.name().de),
            Need::Goal(goal, level) => format!("{} ab {}", goal.name().de, level.name().de),
        };
        let proof = match proof {
            Proof::Program => "Programm",
            Proof::Office => "Scanstelle",
            Proof::Both => "Programm und Scanstelle",
        };
        _ = writeln!(out, "| {id} | {} | {need} | {proof} | {} |", title.de, text.de);
    }
    out
}
