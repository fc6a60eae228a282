//! What the commands of the server share: options, runtime, configuration.
//!
//! Invariant: a command reads the configuration before it touches anything.

pub mod audit;
pub mod backup;
pub mod config;
pub mod log;
mod reason;
pub mod serve;
pub mod tenant;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use vir_store::Clock;
use vir_web::App;
use vir_web::config::Config;

use crate::blocks;
use crate::language::say;

/// Where the configuration is.
#[derive(Debug, Args)]
pub struct Place {
    /// The file.
    #[arg(long, value_name = say("DATEI", "FILE"), help = say(
        "Konfiguration (sonst vir.toml im Arbeitsordner, wenn es sie gibt)",
        "Configuration (else vir.toml in the working folder, if it is there)"
    ))]
    pub config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, value_name = say("ORDNER", "FOLDER"), help = say(
        "Datenordner (sonst nach der Konfiguration, sonst vir-data)",
        "Data folder (else after the configuration, else vir-data)"
    ))]
    pub data: Option<PathBuf>,
}

impl Place {
    /// Reads the configuration.
    pub fn read(&self) -> Result<Config> {
        let mut config = vir_web::config::read(self.config.as_deref())
            .with_context(|| say("Die Konfiguration ist nicht verwendbar", "the configuration cannot be used"))?;
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        Ok(config)
    }
}

/// The runtime of all commands. Few threads: the work is waiting, and memory is for the data.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?)
}

/// Opens the data for a command that works on it.
pub async fn open(config: Config) -> Result<App> {
    let place = config.data.display().to_string();
    App::open(config, blocks::all(), Clock::system(), None).await.with_context(|| {
        format!("{} {place}", say("Der Datenordner lässt sich nicht öffnen:", "cannot open the data folder"))
    })
}
