//! Time-stamp services of the command line; [`Services`] asks them.

use anyhow::Result;
use tokio::runtime::Runtime;
pub use vir_archive_desk::keep::Services;

use crate::language::{language, say};

/// Where time stamps come from.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[arg(long, required = true, value_name = "URL", help = say(
        "Zeitstempeldienst nach RFC 3161; mehrfach möglich: Antwortet einer nicht, wird der nächste gefragt",
        "Time-stamp service after RFC 3161; repeatable: where one does not answer, the next is asked"
    ))]
    tsa: Vec<String>,
}

impl Options {
    /// Gets ready. The runtime has to live as long as the services are asked.
    pub fn services(&self) -> Result<(Services, Runtime)> {
        let runtime = crate::server::runtime()?;
        let services = Services::new(&self.tsa, runtime.handle().clone(), language());
        Ok((services.map_err(|error| super::said(&error))?, runtime))
    }
}
