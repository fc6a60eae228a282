//! Time-stamp services over HTTP (RFC 3161, 3.4): the first that answers well is taken.
//!
//! Invariant: an answer has at most a megabyte, and what went wrong with each service is said.

use anyhow::{Context as _, Result, bail};
use tokio::runtime::Runtime;
use vir_archive::stamping::TimeStamps;

use crate::language::say;

/// Where time stamps come from.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[arg(long, required = true, value_name = "URL", help = say(
        "Zeitstempeldienst nach RFC 3161; mehrfach möglich: Antwortet einer nicht, wird der nächste gefragt",
        "Time-stamp service after RFC 3161; repeatable: where one does not answer, the next is asked"
    ))]
    tsa: Vec<String>,
}

/// The services, ready to be asked.
pub struct Services {
    addresses: Vec<reqwest::Url>,
    http: reqwest::Client,
    runtime: Runtime,
}

const MOST_BYTES: usize = 1 << 20;

impl Options {
    /// Gets ready.
    pub fn services(&self) -> Result<Services> {
        let addresses: Vec<reqwest::Url> = self
            .tsa
            .iter()
            .map(|text| text.parse().with_context(|| format!("--tsa {text}: {}", say("keine Adresse", "no address"))))
            .collect::<Result<_>>()?;
        if let Some(other) = addresses.iter().find(|address| !matches!(address.scheme(), "http" | "https")) {
            bail!(
                "--tsa {other}: {}",
                say("beginnt nicht mit http:// oder https://", "does not begin with http:// or https://")
            );
        }
        Ok(Services { addresses, http: vir_web::outbound::client(), runtime: crate::server::runtime()? })
    }
}

impl Services {
    async fn one(&self, address: &reqwest::Url, request: &[u8]) -> Result<Vec<u8>, String> {
        let sent = self.http.post(address.clone()).header("content-type", "application/timestamp-query");
        let sent = sent.header("accept", "application/timestamp-reply").body(request.to_vec()).send().await;
        let mut answer = sent.map_err(|error| causes(&error))?;
        if !answer.status().is_success() {
            return Err(format!("HTTP {}", answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| causes(&error))? {
            if bytes.len() + piece.len() > MOST_BYTES {
                return Err(say("die Antwort ist zu groß", "the answer is too large").to_owned());
            }
            bytes.extend_from_slice(&piece);
        }
        // A refusal is an answer, too; the next service may be kinder.
        match vir_archive::token::token_of_response(&bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl TimeStamps for Services {
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        let mut failures = Vec::new();
        for address in &self.addresses {
            match self.runtime.block_on(self.one(address, request)) {
                Ok(answer) => return Ok(answer),
                Err(why) => failures.push(format!("{address}: {why}")),
            }
        }
        Err(failures.join("; "))
    }

    fn nonce(&self) -> u64 {
        rand::random()
    }
}

/// An error with what lies behind it.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
