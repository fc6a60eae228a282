//! Reads the configuration: file, then environment, then files of secrets, then rules.
//!
//! Invariant: each error names its file and line, or its variable, and what is expected there.

use std::path::{Path, PathBuf};

use serde::Deserialize as _;

use super::value::Secret;
use super::{Config, settings};

/// The file that is read where no other is named, if it is there.
pub const FILE: &str = "vir.toml";

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Something in the file is wrong.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A variable of the environment is wrong.
    #[error("{variable}: {message}")]
    Variable {
        /// Which.
        variable: String,
        /// What is wrong.
        message: String,
    },
    /// Settings that do not go together.
    #[error("{setting}: {message}")]
    Rule {
        /// Which setting.
        setting: &'static str,
        /// What is wrong.
        message: String,
    },
}

/// Reads the configuration. Without a path it is [`FILE`] in the working folder, if it is there.
pub fn read(path: Option<&Path>) -> Result<Config, ConfigError> {
    read_with(path, std::env::vars().filter(|(name, _)| name.starts_with("VIR_")))
}

/// Reads the configuration with these variables.
pub fn read_with(
    path: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let default = Path::new(FILE);
    let path = path.or_else(|| default.exists().then_some(default));
    let mut table = toml::Table::new();
    if let Some(path) = path {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        // As the whole first: its errors know their lines.
        let place = |error: toml::de::Error| at(path, &text, &error);
        toml::from_str::<Config>(&text).map_err(place)?;
        table = toml::from_str(&text).map_err(place)?;
    }
    let mut config = Config::deserialize(table.clone())
        .map_err(|error| ConfigError::Rule { setting: "vir.toml", message: error.message().to_owned() })?;
    let mut variables: Vec<_> = variables.into_iter().collect();
    variables.sort();
    for (variable, value) in variables {
        config = overridden(&mut table, &variable, &value)?;
    }
    secrets(&mut config)?;
    rules(&config)?;
    Ok(config)
}

fn at(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..start).unwrap_or(text);
    ConfigError::Line {
        path: path.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        message: error.message().to_owned(),
    }
}

fn overridden(table: &mut toml::Table, variable: &str, value: &str) -> Result<Config, ConfigError> {
    let wrong = |message: String| ConfigError::Variable { variable: variable.to_owned(), message };
    let setting = settings()
        .into_iter()
        .find(|setting| setting.variable() == variable)
        .ok_or_else(|| wrong("there is no such setting; `vir config reference` lists them".to_owned()))?;
    let target = if setting.section.is_empty() {
        &mut *table
    } else {
        table
            .entry(setting.section)
            .or_insert_with(|| toml::Table::new().into())
            .as_table_mut()
            .expect("the file was read, so sections are tables")
    };
    // `VIR_LISTEN=0.0.0.0:8080` needs no quotes, `VIR_LIMITS_JOBS=8` is a number, and
    // `VIR_NAME=8080` nevertheless a name: what is no TOML, or not of the right kind, is text.
    let parsed = format!("v = {value}").parse::<toml::Table>().ok().and_then(|mut one| one.remove("v"));
    let mut last = None;
    for candidate in parsed.into_iter().chain([toml::Value::String(value.to_owned())]) {
        target.insert(setting.key.to_owned(), candidate.clone());
        let mut alone = toml::Table::new();
        if setting.section.is_empty() {
            alone.insert(setting.key.to_owned(), candidate);
        } else {
            alone.insert(
                setting.section.to_owned(),
                toml::Table::from_iter([(setting.key.to_owned(), candidate)]).into(),
            );
        }
        match Config::deserialize(alone) {
            Ok(_) => {
                return Config::deserialize(table.clone()).map_err(|error| wrong(error.message().to_owned()));
            }
            Err(error) => last = Some(error.message().to_owned()),
        }
    }
    Err(wrong(last.unwrap_or_default()))
}

/// Reads the files in which secrets stand; a line end after the secret does not belong to it.
fn secrets(config: &mut Config) -> Result<(), ConfigError> {
    let pairs: [(&Option<PathBuf>, &mut Option<Secret>); 8] = [
        (&config.database.url_file, &mut config.database.url),
        (&config.database.owner_url_file, &mut config.database.owner_url),
        (&config.blobs.secret_key_file, &mut config.blobs.secret_key),
        (&config.metrics.token_file, &mut config.metrics.token),
        (&config.mail.password_file, &mut config.mail.password),
        (&config.seal.password_file, &mut config.seal.password),
        (&config.seal.client_secret_file, &mut config.seal.client_secret),
        (&config.seal.pin_file, &mut config.seal.pin),
    ];
    for (file, secret) in pairs {
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.clone(), source })?;
            *secret = Some(Secret::new(text.trim_end_matches(['\r', '\n'])));
        }
    }
    Ok(())
}

fn rules(config: &Config) -> Result<(), ConfigError> {
    let wrong = |setting, message: &str| Err(ConfigError::Rule { setting, message: message.to_owned() });
    if let Some(url) = &config.public_url {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| {
            rest.trim_end_matches('/').is_empty() || rest.trim_end_matches('/').contains(['/', ' ', '?', '#'])
        }) {
            return wrong("public_url", "expected scheme and host, with nothing after them: https://rechnung.example");
        }
    }
    if config.tls.certificate.is_some() != config.tls.key.is_some() {
        return wrong("tls", "certificate and key belong together; one of them is missing");
    }
    if config
        .database
        .url
        .as_ref()
        .is_some_and(|url| !url.reveal().starts_with("postgres://") && !url.reveal().starts_with("postgresql://"))
    {
        return wrong("database.url", "expected postgres://user:password@host/database");
    }
    if config.blobs.endpoint.is_some() && (config.blobs.access_key.is_empty() || config.blobs.secret_key.is_none()) {
        return wrong("blobs", "an object storage needs access_key and secret_key (or secret_key_file)");
    }
    if config.archive.in_bucket && config.blobs.endpoint.is_none() {
        return wrong("archive.in_bucket", "there is no bucket: set [blobs] endpoint, or leave this out");
    }
    if config.seal.key_file.is_some() && config.seal.service.is_some() {
        return wrong("seal", "either a key of one's own (key_file) or a service; not both");
    }
    if let Some(service) = &config.seal.service {
        if !service.starts_with("https://") && !service.starts_with("http://") {
            return wrong("seal.service", "expected an address that begins with https://");
        }
        if config.seal.client_id.is_none() || config.seal.client_secret.is_none() {
            return wrong("seal", "a service needs client_id and client_secret (or client_secret_file)");
        }
    }
    if let Some(server) = &config.mail.server {
        if !["smtps://", "smtp://", "smtp+plain://"].iter().any(|scheme| server.starts_with(scheme)) {
            return wrong("mail.server", "expected smtps://host:465, smtp://host:587 or smtp+plain://host:25");
        }
        if config.mail.from.is_none() {
            return wrong("mail.from", "a mail server needs a sender");
        }
    }
    for (setting, value) in [
        ("limits.request_seconds", config.limits.request_seconds),
        ("limits.upload_seconds", config.limits.upload_seconds),
        ("limits.head_seconds", config.limits.head_seconds),
        ("limits.body_idle_seconds", config.limits.body_idle_seconds),
        ("limits.connections", config.limits.connections as u64),
        ("limits.jobs", config.limits.jobs as u64),
        ("database.connections", u64::from(config.database.connections)),
        ("session.idle_minutes", u64::from(config.session.idle_minutes)),
        ("session.absolute_hours", u64::from(config.session.absolute_hours)),
    ] {
        if value == 0 {
            return wrong(setting, "must be more than 0");
        }
    }
    Ok(())
}
