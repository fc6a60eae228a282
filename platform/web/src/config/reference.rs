//! The reference of all settings for the operator guide, in Markdown.
//!
//! Invariant: it is made from the settings themselves, and its example can be read back.

use std::fmt::Write as _;

use super::{Config, Setting, settings};

/// The page `docs/betrieb/konfiguration.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Konfiguration\n\n\
         <!-- Erzeugt mit `vir config reference`. Nicht von Hand ändern. -->\n\n\
         `vir serve` braucht keine Konfiguration. Wer etwas ändern will, schreibt es in eine Datei `vir.toml` im \
         Arbeitsordner (oder nennt eine andere mit `--config`), oder setzt eine Umgebungsvariable; sie gilt vor der Datei. \
         `vir config check` prüft beides und nennt Datei, Zeile und Regel; `vir config show` zeigt, was gilt, ohne Geheimnisse.\n\n\
         Geheimnisse (Passwörter, Schlüssel) können statt in der Datei in einer eigenen Datei stehen: Einstellungen auf \
         `_file`, passend zu `LoadCredential=` von systemd und zu Secrets von Containern.\n",
    );
    let defaults = toml::Table::try_from(Config::default()).unwrap_or_default();
    let mut section = None;
    for setting in settings() {
        if section != Some(setting.section) {
            section = Some(setting.section);
            let (name, text) = title(setting.section);
            let _ = write!(out, "\n## {name}\n\n{text}\n\n| Einstellung | Vorgabe | Bedeutung |\n|---|---|---|\n");
        }
        let _ = writeln!(
            out,
            "| `{}`<br>`{}` | {} | {} Beispiel: `{}` |",
            setting.key,
            setting.variable(),
            default_of(&defaults, &setting).map_or_else(|| "–".to_owned(), |value| format!("`{value}`")),
            setting.text,
            setting.example,
        );
    }
    out
}

fn default_of(defaults: &toml::Table, setting: &Setting) -> Option<String> {
    let table = if setting.section.is_empty() { defaults } else { defaults.get(setting.section)?.as_table()? };
    table.get(setting.key).map(ToString::to_string)
}

fn title(section: &str) -> (String, &'static str) {
    let text = match section {
        "" => {
            return (
                "Allgemein".to_owned(),
                "Diese Einstellungen stehen am Anfang der Datei, vor dem ersten Abschnitt.",
            );
        }
        "database" => "Wo die Datensätze liegen.",
        "blobs" => "Wo die Dokumente liegen.",
        "tls" => "Verschlüsselung durch den Server selbst. Hinter einem Proxy, der das übernimmt, nicht nötig.",
        "proxy" => "Proxys und Lastverteiler vor dem Server.",
        "outbound" => "Anfragen, die der Server selbst an andere stellt (Webhooks).",
        "session" => "Sitzungen von Personen.",
        "archive" => "Wo Akten dauerhaft liegen, und wer sie mit Zeitstempeln versieht.",
        "seal" => {
            "Wer die Transfervermerke der Scanstelle siegelt (Klassen ab hoher Integrität verlangen ein qualifiziertes Siegel). Zeitstempel dazu kommen von [archive] time_stamps."
        }
        "limits" => "Was zu viel ist.",
        "log" => "Das Protokoll auf der Standardausgabe. Es enthält keine personenbezogenen Daten.",
        "metrics" => "Zahlen für die Überwachung (Prometheus).",
        "mail" => "E-Mails, die der Server versendet.",
        _ => "",
    };
    (format!("[{section}]"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_can_be_read() {
        for setting in settings() {
            let line = format!("{} = {}", setting.key, setting.example);
            let text = if setting.section.is_empty() { line } else { format!("[{}]\n{line}", setting.section) };
            toml::from_str::<Config>(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(setting.text.ends_with(['.', ')']), "{}", setting.text);
        }
    }

    #[test]
    fn variables_are_unambiguous() {
        let mut names: Vec<String> = settings().iter().map(Setting::variable).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
