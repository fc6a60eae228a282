//! The measures that every scanning office takes.
//!
//! Invariant: they are in the order of the guideline.

use vir_core::Phrase;

use super::{Measure, Need, Proof, measure};

pub(super) static BASIC: &[Measure] = &[
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
];
