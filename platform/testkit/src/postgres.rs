//! A real PostgreSQL, with a data folder of its own and two roles: `vir_owner` owns databases,
//! `vir_app` is neither owner nor superuser.
//!
//! Debian's package `postgresql` (15 or later) is enough; no server of the system is touched.
//! It syncs as it would in earnest.
//!
//! Invariant: it ends with the process that started it.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::server::free_port;
use crate::tether::Tether;

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    port: u16,
    folder: PathBuf,
    server: Option<Tether>,
}

/// An empty database, by the addresses of its two roles.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// As the owner, for migrations.
    pub owner_url: String,
    /// As the server's role.
    pub url: String,
    /// As the superuser, for tests that must look past the rules.
    pub super_url: String,
}

static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();

/// The server that all tests of this process share; `None`, with a word on standard error, where
/// PostgreSQL is not installed.
pub fn shared() -> Option<&'static Postgres> {
    SHARED
        .get_or_init(|| match Postgres::start() {
            Ok(server) => Some(server),
            Err(reason) => {
                crate::missing(&format!("no PostgreSQL: {reason} (Debian: apt-get install postgresql)"));
                None
            }
        })
        .as_ref()
}

impl Postgres {
    /// Makes a data folder and starts a server on a free port.
    ///
    /// # Errors
    /// Where the programs are not installed or the server does not start.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("initdb was not found in /usr/lib/postgresql/*/bin")?;
        let port = free_port().map_err(|error| error.to_string())?;
        // Not below `target`: the user `postgres` may have no way there.
        let folder = std::env::temp_dir().join(format!("vir-postgres-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut server = Self { programs, port, folder, server: None };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&server.folder))?;
        }
        let data = server.folder.join("data");
        let data = data.to_string_lossy();
        run(&mut server
            .program("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]))?;
        server.launch()?;
        server.sql("postgres", "create role vir_owner login createdb; create role vir_app login")?;
        Ok(server)
    }

    fn launch(&mut self) -> Result<(), String> {
        let data = self.folder.join("data");
        let (data, port, sockets) = (data.to_string_lossy(), self.port.to_string(), self.folder.to_string_lossy());
        let mut words = self.words("postgres");
        let settings = ["max_connections=200", "shared_buffers=256MB", "autovacuum_naptime=10s"];
        words.extend(["-D", &data, "-p", &port, "-k", &sockets, "-h", "127.0.0.1"].map(str::to_owned));
        words.extend(settings.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // INT is its fast shutdown: sessions are ended, data is safe.
        let log = self.folder.join("log");
        self.server = Some(Tether::start("INT", &words, &log, &self.folder).map_err(|error| error.to_string())?);
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() && self.sql("postgres", "select 1").is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("it did not start; see {}", log.display()))
    }

    /// A new, empty database.
    ///
    /// # Panics
    /// Where the server does not make one.
    #[must_use]
    pub fn database(&self) -> Database {
        self.copy_of("template1")
    }

    /// A new database with all that stands in another one, to which nobody is connected.
    ///
    /// # Panics
    /// Where the server does not make one.
    #[must_use]
    pub fn copy_of(&self, template: &str) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vir_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        // `create database` cannot run beside another statement.
        self.sql("postgres", &format!("create database {name} owner vir_owner template {template}"))
            .expect("a new database");
        let url = |role: &str| format!("postgres://{role}@127.0.0.1:{}/{name}", self.port);
        Database { owner_url: url("vir_owner"), url: url("vir_app"), super_url: url("postgres"), name }
    }

    /// Removes a database, whoever is still connected to it.
    pub fn remove(&self, name: &str) {
        // One that cannot be removed goes with the server.
        let _ = self.sql("postgres", &format!("drop database if exists {name} with (force)"));
    }

    /// Runs SQL as the superuser and gives its output, unaligned, without headings.
    ///
    /// # Errors
    /// With what the server said.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let port = self.port.to_string();
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1"]);
        let output = run(psql.args(["-c", sql]))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    /// Everything that a database of this server holds, as SQL.
    ///
    /// # Errors
    /// With what the program said.
    pub fn dump(&self, database: &str) -> Result<Vec<u8>, String> {
        let port = self.port.to_string();
        let mut dump = Command::new(self.programs.join("pg_dump"));
        Ok(run(dump.args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", database]))?.stdout)
    }

    /// A program of PostgreSQL, as the user it runs as: it refuses to be root.
    fn program(&self, name: &str, args: &[&str]) -> Command {
        let words = self.words(name);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(args).current_dir("/");
        command
    }

    fn words(&self, name: &str) -> Vec<String> {
        let program = self.programs.join(name).to_string_lossy().into_owned();
        match is_root() {
            // `setpriv` becomes the program: a signal reaches it. `runuser` would stand between.
            true => ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", &program]
                .map(str::to_owned)
                .to_vec(),
            false => vec![program],
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.server = None;
    }
}

/// The folder of the newest installed version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.into_iter().rfind(|folder| folder.join("initdb").exists())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Whether PostgreSQL's programs are there; for proofs that must not be skipped silently.
#[must_use]
pub fn is_installed() -> bool {
    programs().is_some_and(|folder: PathBuf| Path::new(&folder).exists())
}
