//! A real browser's door: Debian's `chromedriver`, which starts Chromium and is told what to do over
//! the WebDriver protocol (W3C).
//!
//! `apt-get install chromium chromium-driver` installs both. Only the process is started here; whoever
//! drives the browser speaks the protocol over its own HTTP client.
//!
//! Invariant: it ends with the process that started it, and the browsers that it started end with it.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::server::free_port;
use crate::tether::Tether;

/// A running chromedriver.
#[derive(Debug)]
pub struct ChromeDriver {
    port: u16,
    process: Option<Tether>,
}

static SHARED: OnceLock<Option<ChromeDriver>> = OnceLock::new();

/// The driver that all tests of this process share; `None`, with a word on standard error, where
/// none is installed.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
pub fn shared() -> Option<&'static ChromeDriver> {
    SHARED
        .get_or_init(|| match ChromeDriver::start() {
            Ok(driver) => Some(driver),
            Err(reason) => {
                crate::missing(&format!("no browser: {reason} (apt-get install chromium chromium-driver)"));
                None
            }
        })
        .as_ref()
}

impl ChromeDriver {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// Where chromedriver or Chromium is not installed, or it does not start.
    pub fn start() -> Result<Self, String> {
        let program = program().ok_or("chromedriver was not found")?;
        browser().ok_or("chromium was not found")?;
        let port = free_port().map_err(|error| error.to_string())?;
        let folder = std::env::temp_dir().join(format!("vir-chromedriver-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (program, at) = (program.to_string_lossy().into_owned(), format!("--port={port}"));
        // Its browsers speak German, so that dates look as they do in a town hall.
        let words = ["env", "LANGUAGE=de", &program, &at, "--silent"];
        let process = Tether::start("TERM", &words, &folder.join("log"), &folder).map_err(|error| error.to_string())?;
        let driver = Self { port, process: Some(process) };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(driver);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("it did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default()))
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        self.process = None;
    }
}

fn first_file(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(|path| Path::new(path).to_owned()).find(|path| path.is_file())
}

/// The system's Chromium.
#[must_use]
pub fn browser() -> Option<PathBuf> {
    first_file(&["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
}

fn program() -> Option<PathBuf> {
    first_file(&["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"])
}

/// Whether both programs are there; for proofs that must not be skipped silently.
#[must_use]
pub fn is_installed() -> bool {
    program().is_some() && browser().is_some()
}
