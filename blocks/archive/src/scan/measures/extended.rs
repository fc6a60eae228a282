//! The measures that high and very high levels add.
//!
//! Invariant: they are in the order of the guideline.

use vir_core::Phrase;

use super::{Measure, Need, Proof, measure};
use crate::scan::class::{Goal, Level};

pub(super) static EXTENDED: &[Measure] = &[
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
        Phrase::new(
            "Qualifiziertes Siegel über den Transfervermerk mit den Hashwerten der Scans (CAdES); ohne eines wird nicht abgelegt.",
            "A qualified seal over the transfer note with the hash values of the scans (CAdES); nothing is deposited without.",
        ),
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
