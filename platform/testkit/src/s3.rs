//! A real S3-compatible server: the Versity S3 Gateway (Apache-2.0), which speaks S3 over a folder.
//!
//! `go install github.com/versity/versitygw/cmd/versitygw@v1.8.0` installs it; it is looked for in
//! `VIR_S3_SERVER`, on the path and in `~/go/bin`. It checks signatures, does multipart uploads,
//! copies and listings as the real ones do. Its answers do not wait for the disk.
//!
//! Invariant: it ends with the process that started it.

use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::server::free_port;
use crate::tether::Tether;

/// A running server.
#[derive(Debug)]
pub struct S3 {
    port: u16,
    folder: PathBuf,
    server: Option<Tether>,
}

/// An empty bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Where the server is.
    pub endpoint: String,
    /// The bucket's name.
    pub name: String,
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// Where the objects lie as files, for tests that damage them.
    pub folder: PathBuf,
}

const ACCESS: &str = "vir-test";
const SECRET: &str = "vir-test-secret";

static SHARED: OnceLock<Option<S3>> = OnceLock::new();

/// The server that all tests of this process share; `None`, with a word on standard error, where
/// none is installed.
pub fn shared() -> Option<&'static S3> {
    SHARED
        .get_or_init(|| match S3::start() {
            Ok(server) => Some(server),
            Err(reason) => {
                crate::missing(&format!(
                    "no S3 server: {reason} (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)"
                ));
                None
            }
        })
        .as_ref()
}

impl S3 {
    /// Starts a server over an empty folder on a free port.
    ///
    /// # Errors
    /// Where the program is not installed or does not start.
    pub fn start() -> Result<Self, String> {
        let program = program().ok_or("versitygw was not found")?;
        let port = free_port().map_err(|error| error.to_string())?;
        let folder = std::env::temp_dir().join(format!("vir-s3-{}-{port}", std::process::id()));
        std::fs::create_dir_all(folder.join("buckets")).map_err(|error| error.to_string())?;
        let (program, buckets) = (program.to_string_lossy().into_owned(), folder.join("buckets"));
        let (address, buckets) = (format!("127.0.0.1:{port}"), buckets.to_string_lossy().into_owned());
        let words = [
            &program,
            "--access",
            ACCESS,
            "--secret",
            SECRET,
            "--port",
            &address,
            "--keep-alive",
            "--quiet",
            "posix",
            &buckets,
        ];
        let server = Tether::start("KILL", &words, &folder.join("log"), &folder).map_err(|error| error.to_string())?;
        let server = Self { port, folder, server: Some(server) };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(server.folder.join("log")).unwrap_or_default();
        Err(format!("it did not start: {log}"))
    }

    /// Where the objects of a bucket lie as files.
    #[must_use]
    pub fn folder_of(&self, bucket: &str) -> PathBuf {
        self.folder.join("buckets").join(bucket)
    }

    /// A new, empty bucket.
    ///
    /// # Panics
    /// Where its folder cannot be made.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vir-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = self.folder_of(&name);
        std::fs::create_dir_all(&folder).expect("a folder for the bucket");
        Bucket {
            endpoint: format!("http://127.0.0.1:{}", self.port),
            name,
            access_key: ACCESS.to_owned(),
            secret_key: SECRET.to_owned(),
            folder,
        }
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.server = None;
    }
}

/// Where the program is.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("VIR_S3_SERVER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("versitygw"));
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join("go/bin/versitygw"));
    named.into_iter().chain(on_path).chain(home).find(|program| program.is_file())
}

/// Whether the program is there; for proofs that must not be skipped silently.
#[must_use]
pub fn is_installed() -> bool {
    program().is_some()
}
