//! Ways in that the operator opens.

use std::path::PathBuf;

use super::section;

section! {
    /// Ways in that the operator opens.
    Channels in "channels";
    /// May anybody have invoices checked without signing in? As KoSIT's validator, at `POST /`.
    open_check: bool = false, "true",
        "Dürfen alle ohne Anmeldung prüfen lassen (POST / wie beim KoSIT-Validator)? Begrenzt je Minute und Adresse; gespeichert wird nichts.";
    /// How many documents one address may have checked without signing in, per minute.
    checks_per_minute: u32 = 120, "120", "So viele Dokumente je Minute darf eine Adresse ohne Anmeldung prüfen lassen. Mehr als die Vorgabe lohnt sich, wo ein eigenes Programm viele Rechnungen prüfen lässt.";
    /// The folder in which each tenant's watched folder lies: `TENANT/in`, `TENANT/done`, `TENANT/failed`.
    folders: Option<PathBuf> = None, "\"/srv/rechnungen\"",
        "Ordner der überwachten Ordner: je Mandant „KURZNAME/in“, „…/done“, „…/failed“. Ohne Angabe „eingang“ im Datenordner. Ein Mandant, dessen Ordner „in“ fehlt, hat diesen Eingangsweg nicht.";
}
