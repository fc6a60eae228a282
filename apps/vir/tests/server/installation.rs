//! The furnished town, served by the real program: as one node over files, or as two nodes over
//! PostgreSQL and S3.
//!
//! Invariant: a test sees no difference between the two but the number of nodes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use vir_testkit::postgres;
use vir_testkit::s3;
use vir_testkit::server::{Server, free_port};

use crate::browser::Browser;

/// The password of everybody in the demo.
pub const PASSWORD: &str = "gruenensiel-am-deich";

/// Where the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// SQLite and a folder.
    Files,
    /// PostgreSQL and an S3-compatible object store.
    Distributed,
}

/// A running installation.
pub struct Installation {
    pub servers: Vec<Server>,
    pub folder: PathBuf,
    /// Where its rows and blobs are, for tests that look past the pages.
    pub place: vir_store::Config,
    environment: Vec<(String, String)>,
    pub binary: PathBuf,
    nodes: usize,
    arguments: Vec<&'static str>,
    signed_in: tokio::sync::Mutex<BTreeMap<String, Browser>>,
}

/// The program under test: that of this build, or the one that `VIR_BINARY` names.
fn binary() -> PathBuf {
    std::env::var_os("VIR_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_vir")), PathBuf::from)
}

impl Installation {
    /// Starts it; `None` where its databases are not installed here.
    pub fn start(storage: Storage) -> Option<Self> {
        Self::start_with(storage, &[])
    }

    /// The same with these settings.
    pub fn start_with(storage: Storage, settings: &[(&str, &str)]) -> Option<Self> {
        let mut installation = Self::empty(storage)?;
        for (name, value) in settings {
            installation.set(name, value);
        }
        installation.arguments.push("--demo");
        installation.begin();
        Some(installation)
    }

    /// Prepares it without anything in it, and does not start it yet.
    pub fn empty(storage: Storage) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("vir-server-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut place = vir_store::Config::folder(folder.join("data"));
        let mut environment = vec![("VIR_LOG_FORM".to_owned(), "text".to_owned())];
        let mut set = |name: &str, value: &str| environment.push((name.to_owned(), value.to_owned()));
        let nodes = match storage {
            Storage::Files => 1,
            Storage::Distributed => {
                let database = postgres::shared()?.database();
                let bucket = s3::shared()?.bucket();
                set("VIR_DATABASE_URL", &database.url);
                set("VIR_DATABASE_OWNER_URL", &database.owner_url);
                set("VIR_BLOBS_ENDPOINT", &bucket.endpoint);
                // The region that the test's object store expects.
                set("VIR_BLOBS_REGION", "us-east-1");
                set("VIR_BLOBS_BUCKET", &bucket.name);
                set("VIR_BLOBS_ACCESS_KEY", &bucket.access_key);
                set("VIR_BLOBS_SECRET_KEY", &bucket.secret_key);
                place = vir_testkit::stores::at(place, database, bucket);
                2
            }
        };
        let arguments = Vec::new();
        let (binary, signed_in) = (binary(), tokio::sync::Mutex::default());
        Some(Self { servers: Vec::new(), folder, place, environment, binary, nodes, arguments, signed_in })
    }

    /// Starts its nodes.
    pub fn begin(&mut self) {
        for _ in 0..self.nodes {
            let server = self.node(free_port().unwrap());
            self.servers.push(server);
        }
    }

    /// The configuration that its nodes have, for a test that looks into the data while none of them runs.
    pub fn config(&self) -> vir_web::config::Config {
        let mut config = vir_web::config::read_with(None, self.environment.iter().cloned()).unwrap();
        config.data = self.folder.join("data");
        config
    }

    /// Another setting of its nodes.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Starts another node.
    pub fn node(&self, port: u16) -> Server {
        let mut server = self.launched(port);
        server.wait_until_ready().unwrap();
        server
    }

    /// Starts another node and does not wait until it is ready.
    pub fn launched(&self, port: u16) -> Server {
        let data = self.folder.join("data");
        let mut arguments = self.arguments.clone();
        arguments.extend(["--lang", "de", "--data", path(&data)]);
        Server::launch(&self.binary, &arguments, &self.environment(), port, &self.folder.join("log")).unwrap()
    }

    /// The settings of its nodes.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Ends a node as a power cut would, and starts it again at the same place.
    pub fn kill_and_restart(&mut self, index: usize) {
        // Their connections end with it.
        self.signed_in.get_mut().clear();
        let port = self.servers[index].port();
        self.servers[index].kill();
        self.servers[index] = self.node(port);
    }

    pub fn urls(&self) -> Vec<String> {
        self.servers.iter().map(Server::url).collect()
    }

    /// The browser of somebody of the demo, who signs in once: a person who does so all the time is made to wait.
    pub async fn browser_of(&self, login: &str) -> Browser {
        let mut known = self.signed_in.lock().await;
        if let Some(browser) = known.get(login) {
            return browser.clone();
        }
        let browser = self.new_browser_of(login).await;
        known.insert(login.to_owned(), browser.clone());
        browser
    }

    /// The same in a session that nobody else has: for whoever ends it.
    pub async fn new_browser_of(&self, login: &str) -> Browser {
        Browser::signed_in(self.urls(), &format!("{login}@gruenensiel.example"), PASSWORD).await
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.servers.clear();
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
