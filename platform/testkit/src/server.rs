//! The real server as a child process that can be killed at any moment.
//!
//! Tests and proofs start the binary as its users do, speak HTTP to it, end it by `SIGKILL` and start
//! it again over the same data.
//!
//! Invariant: no server outlives the value that started it.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a start may take until the server says that it is ready: furnishing a town over a network of
/// databases takes its time on a busy machine.
const READY: Duration = Duration::from_secs(300);
/// Between two questions whether it is.
const PAUSE: Duration = Duration::from_millis(5);

/// A running `vir serve`.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
}

/// Why a server did not start.
#[derive(Debug)]
pub struct NotStarted(pub String);

impl std::fmt::Display for NotStarted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotStarted {}

/// A port that nobody listens on now.
///
/// # Errors
/// Where the machine has none.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The program without what the environment of the test says to the test itself (`VIR_PEERS`, `VIR_BINARY`):
/// as a setting the server would refuse it.
#[must_use]
pub fn unconfigured(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VIR_") {
            command.env_remove(name);
        }
    }
    command
}

impl Server {
    /// Starts `binary serve` with further `arguments` and `environment` on `port` and waits until it is ready.
    ///
    /// What it logs goes to the file `log`, behind what is there.
    ///
    /// # Errors
    /// Where the process ends or is not ready within five minutes; with the end of its log.
    pub fn start(
        binary: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        port: u16,
        log: &Path,
    ) -> Result<Self, NotStarted> {
        let mut server = Self::launch(binary, arguments, environment, port, log)?;
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The same, but does not wait: it may be killed while it starts.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn launch(
        binary: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        port: u16,
        log: &Path,
    ) -> Result<Self, NotStarted> {
        let open =
            || File::options().create(true).append(true).open(log).map_err(|error| NotStarted(error.to_string()));
        let child = unconfigured(binary)
            .arg("serve")
            .args(arguments)
            .env("VIR_LISTEN", format!("127.0.0.1:{port}"))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(open()?)
            .stderr(open()?)
            .spawn()
            .map_err(|error| NotStarted(format!("{}: {error}", binary.display())))?;
        Ok(Self { child, port, log: log.to_owned() })
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// Where the process ends or is not ready within a minute; with the end of its log.
    pub fn wait_until_ready(&mut self) -> Result<(), NotStarted> {
        let tries = READY.as_millis() / PAUSE.as_millis();
        for _ in 0..tries {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(NotStarted(format!("the server ended with {status}: {}", self.last_words())));
            }
            if self.asks("/health/ready").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        let words = self.last_words();
        self.kill();
        Err(NotStarted(format!("the server was not ready after {} s: {words}", READY.as_secs())))
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port at which it answers.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would: `SIGKILL`.
    pub fn kill(&mut self) {
        // A process that has already ended is as dead as it should be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end (`SIGTERM`) and waits; was the end a clean one?
    pub fn stop(&mut self) -> bool {
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        asked.is_ok_and(|status| status.success()) && self.child.wait().is_ok_and(|status| status.success())
    }

    /// Resident memory in bytes: now, and the most so far (Linux only).
    #[must_use]
    pub fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// The last lines of its log.
    #[must_use]
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    fn asks(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
