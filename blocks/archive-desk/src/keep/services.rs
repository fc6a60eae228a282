//! Time-stamp services over HTTP (RFC 3161, 3.4): the first that answers well is taken.
//!
//! Invariant: an answer has at most a megabyte, and what went wrong with each service is said.

use tokio::runtime::Handle;
use vir_archive::stamping::TimeStamps;
use vir_core::{Lang, Text};

const MOST_BYTES: usize = 1 << 20;

/// The services, ready to be asked by a thread that may wait.
#[derive(Debug)]
pub struct Services {
    addresses: Vec<reqwest::Url>,
    http: reqwest::Client,
    handle: Handle,
    lang: Lang,
}

impl Services {
    /// At these addresses, in this order. The text says which is none.
    ///
    /// # Errors
    /// Where one is no address.
    pub fn new(addresses: &[String], handle: Handle, lang: Lang) -> Result<Self, Text> {
        let read = |text: &String| match text.parse::<reqwest::Url>() {
            Ok(address) if matches!(address.scheme(), "http" | "https") => Ok(address),
            _ => Err(Text::owned(
                format!("{text} ist keine Adresse, die mit http:// oder https:// beginnt."),
                format!("{text} is no address that begins with http:// or https://."),
            )),
        };
        let addresses = addresses.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { addresses, http: vir_web::outbound::client(), handle, lang })
    }

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
                return Err(self.lang.tr("die Antwort ist zu groß", "the answer is too large").to_owned());
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
            match self.handle.block_on(self.one(address, request)) {
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
