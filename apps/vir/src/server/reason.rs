//! Why the store could not do what a command asked, in the language of whoever typed it.
//!
//! Invariant: what our own code says is said in both languages; what a database, a file system or an
//! object store says stays as it is.

use vir_store::Error;

use crate::language::language;

/// The reason in words.
pub fn reason(error: &Error) -> String {
    let german = match error {
        Error::NotEmpty(path) => format!("{} ist nicht leer; bitte in einen neuen Ordner zurückholen", path.display()),
        Error::DamagedBackup(what) => format!("die Sicherung ist beschädigt: {what}"),
        Error::OnPostgres => {
            "eine Datenbank auf PostgreSQL wird mit pg_dump oder fortlaufend gesichert und mit pg_restore zurückgeholt; \
             siehe Betriebshandbuch"
                .to_owned()
        }
        Error::TenantName(name) => {
            format!("„{name}“ ist kein Kurzname: 1 bis 40 Zeichen aus a–z, 0–9 und Bindestrich im Inneren")
        }
        Error::NoTenant(name) => format!("es gibt keinen Mandanten „{name}“"),
        Error::TenantExists(name) => format!("es gibt schon einen Mandanten „{name}“"),
        Error::NoBlob(id) => format!("das Dokument {id} fehlt"),
        Error::Damaged(id) => format!("das Dokument {id} ist beschädigt: Seine Prüfsumme stimmt nicht"),
        Error::Busy => "die Datenbank ist beschäftigt; bitte noch einmal versuchen".to_owned(),
        Error::Closed => "die Datenbank ist geschlossen".to_owned(),
        Error::File { path, source, .. } => format!("{}: {source}", path.display()),
        Error::Migration { block, name, reason } => format!("Migration {block}/{name}: {reason}"),
        _ => error.to_string(),
    };
    language().tr(german, error.to_string())
}
