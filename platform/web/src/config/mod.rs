//! The configuration: one documented file, the environment, and defaults that need neither.
//!
//! Invariant: a value that is not understood stops the start, and says where it stands and what
//! is expected; nothing is guessed.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name in the header before somebody is signed in.
    pub name: String,
    /// Whom to ask: an address of mail or a telephone number, on public pages.
    pub contact: Option<String>,
    /// Who is responsible, on the page *Impressum*.
    pub imprint: Option<String>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Under which address people reach it: `https://rechnung.example`.
    pub public_url: Option<String>,
    /// The data folder.
    pub data: PathBuf,
    /// Shows invented data, and says so.
    pub demo: bool,
    /// What is too much.
    pub limits: Limits,
}

/// What is too much.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one request.
    pub request_bytes: u64,
    /// Seconds that a request may take.
    pub request_seconds: u64,
    /// Seconds that an upload may take.
    pub upload_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "vir".to_owned(),
            contact: None,
            imprint: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data: PathBuf::from("vir-data"),
            demo: false,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { request_bytes: 256 << 20, request_seconds: 30, upload_seconds: 900 }
    }
}
