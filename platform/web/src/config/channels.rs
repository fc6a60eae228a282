//! Ways in that the operator opens.

use std::path::PathBuf;

use super::section;

section! {
    /// Ways in that the operator opens.
    Channels in "channels";
    /// May anybody have invoices checked without signing in? As KoSIT's validator, at `POST /`.
    open_check: bool = false, "true",
        "Dürfen alle ohne Anmeldung prüfen lassen (POST / wie beim KoSIT-Validator)? Begrenzt je Minute und Adresse; gespeichert wird nichts.";
    /// The folder in which each tenant's watched folder lies: `TENANT/in`, `TENANT/done`, `TENANT/failed`.
    folders: Option<PathBuf> = None, "\"/srv/rechnungen\"",
        "Ordner der überwachten Ordner: je Mandant „KURZNAME/in“, „…/done“, „…/failed“. Ohne Angabe „eingang“ im Datenordner. Ein Mandant, dessen Ordner „in“ fehlt, hat diesen Eingangsweg nicht.";
}
