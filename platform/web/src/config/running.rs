//! Sessions, logs, figures, mail.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section;
use super::value::Secret;

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogForm {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

section! {
    /// Sessions.
    Session in "session";
    /// Minutes without a request after which a session ends.
    idle_minutes: u32 = 30, "30", "Nach so vielen Minuten ohne Anfrage endet eine Sitzung.";
    /// Hours after which a session ends in any case.
    absolute_hours: u32 = 12, "12", "Nach so vielen Stunden endet eine Sitzung auf jeden Fall.";
}

section! {
    /// The log.
    Log in "log";
    /// Its form.
    form: LogForm = LogForm::Text, "\"json\"", "Form der Zeilen: „text“ oder „json“.";
    /// What is told: `info`, `warn`, `vir_web=debug`.
    filter: String = "info,sqlx=warn,hyper=warn".to_owned(), "\"info\"", "Was protokolliert wird: „info“, „warn“, auch je Modul („vir_web=debug“).";
}

section! {
    /// Figures for monitoring (Prometheus).
    Metrics in "metrics";
    /// A second address at which only `/metrics` and `/health` are served.
    listen: Option<std::net::SocketAddr> = None, "\"127.0.0.1:9464\"",
        "Eigene Adresse für /metrics. Ohne Angabe gibt es /metrics auf der Hauptadresse, aber nur für Anfragen von diesem Rechner oder mit dem Token.";
    /// Whoever sends it as a bearer token may read the figures.
    token: Option<Secret> = None, "\"…\"", "Wer dieses Token als „Authorization: Bearer …“ sendet, darf die Zahlen lesen.";
    /// A file that holds the token.
    token_file: Option<PathBuf> = None, "\"/run/credentials/vir/metrics\"", "Datei, in der das Token steht.";
}

section! {
    /// Mail that the server sends.
    Mail in "mail";
    /// The server: `smtps://host:465`, `smtp://host:587` (STARTTLS), `smtp+plain://localhost:25`.
    server: Option<String> = None, "\"smtp://mail.example:587\"",
        "Mailserver: „smtps://…:465“ (TLS), „smtp://…:587“ (STARTTLS) oder „smtp+plain://localhost:25“ (unverschlüsselt, nur im eigenen Netz). Ohne Angabe wird nichts versandt.";
    /// The account.
    user: Option<String> = None, "\"rechnung@musterstadt.example\"", "Konto am Mailserver.";
    /// Its password.
    password: Option<Secret> = None, "\"…\"", "Passwort dazu.";
    /// A file that holds the password.
    password_file: Option<PathBuf> = None, "\"/run/credentials/vir/mail\"", "Datei, in der das Passwort steht.";
    /// The sender.
    from: Option<String> = None, "\"Rechnungseingang <rechnung@musterstadt.example>\"", "Absender.";
}
