//! Many invoices: a register of a million, an archive of ten thousand, as many as possible at once.
//!
//! Invariant: a figure counts only where the run was complete on every engine that the claim names.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vir_testkit::server::{Server, free_port};
use vir_testkit::visitor::Visitor;
use vir_testkit::{postgres, s3};

use super::{Figure, output, print, release_binary};

/// The password of everybody in the demo.
const PASSWORD: &str = "gruenensiel-am-deich";

/// Every kind of question to a register of a million invoices, on both engines, over HTTP.
pub(super) fn register() -> Result<Figure, String> {
    if !postgres::is_installed() {
        return Err("PostgreSQL is not installed here".to_owned());
    }
    let server = release_binary("vir", "vir")?;
    let bench = release_binary("vir-bench", "vir-register-bench")?;
    let folder = std::env::temp_dir().join("vir-register-million");
    let text = output(Command::new(bench).arg(folder).arg("--server").arg(server))?;
    for line in text.lines() {
        print(line);
    }
    let last = |word: &str| text.lines().rev().find(|line| line.starts_with(word)).unwrap_or_default().to_owned();
    let holds = text.lines().last() == Some("all within the bounds");
    Ok(Figure::new(format!("{}; {}", last("register:"), last("other pages:")), holds))
}

/// A ZIP of ten thousand files, with kills, and one that is stopped.
pub(super) fn archive() -> Result<Figure, String> {
    let server = release_binary("vir", "vir")?;
    let bench = release_binary("vir-bench", "vir-archive-bench")?;
    let text = output(Command::new(bench).arg("--server").arg(server))?;
    for line in text.lines() {
        print(line);
    }
    let rate = text.lines().find(|line| line.starts_with("imported in")).unwrap_or_default();
    Ok(Figure::new(rate, text.lines().last() == Some("all as expected")))
}

/// What a run under load came to.
#[derive(Debug, Clone)]
struct Load {
    rate: f64,
    errors: usize,
    /// Of the server, the most during the run, in megabytes.
    peak: u64,
    /// Seconds of processor time of the server.
    cpu: f64,
    took: f64,
}

impl Load {
    fn text(&self) -> String {
        format!(
            "{:.0} per second, {} errors, the server held {} MB at most and used {:.0} % of one core",
            self.rate,
            self.errors,
            self.peak,
            self.cpu / self.took * 100.0
        )
    }
}

/// Load on SQLite with files, run once for two proofs.
fn on_sqlite() -> Result<&'static Load, String> {
    static LOAD: OnceLock<Result<Load, String>> = OnceLock::new();
    LOAD.get_or_init(|| load("sqlite", &[])).as_ref().map_err(Clone::clone)
}

/// Load on PostgreSQL with S3, run once for two proofs.
fn on_postgres() -> Result<&'static Load, String> {
    static LOAD: OnceLock<Result<Load, String>> = OnceLock::new();
    let run = || {
        let postgres = postgres::shared().ok_or("PostgreSQL is not installed here")?;
        let s3 = s3::shared().ok_or("versitygw is not installed here")?;
        let (database, bucket) = (postgres.database(), s3.bucket());
        load(
            "postgres",
            &[
                ("VIR_DATABASE_URL", &database.url),
                ("VIR_DATABASE_OWNER_URL", &database.owner_url),
                ("VIR_BLOBS_ENDPOINT", &bucket.endpoint),
                ("VIR_BLOBS_REGION", "us-east-1"),
                ("VIR_BLOBS_BUCKET", &bucket.name),
                ("VIR_BLOBS_ACCESS_KEY", &bucket.access_key),
                ("VIR_BLOBS_SECRET_KEY", &bucket.secret_key),
            ],
        )
    };
    LOAD.get_or_init(run).as_ref().map_err(Clone::clone)
}

fn load(name: &str, environment: &[(&str, &str)]) -> Result<Load, String> {
    let binary = release_binary("vir", "vir")?;
    let generator = release_binary("vir-load", "vir-load")?;
    let folder = std::env::temp_dir().join(format!("vir-load-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let run = || {
        let data = folder.join("data").display().to_string();
        let port = free_port().map_err(|error| error.to_string())?;
        let server = Server::start(&binary, &["--demo", "--data", &data], environment, port, &folder.join("log"));
        let server = server.map_err(|error| error.to_string())?;
        let login = "wiebke.onken@gruenensiel.example";
        let mut visitor = Visitor::signed_in(port, login, PASSWORD).map_err(|error| error.to_string())?;
        let token = visitor.token(&["invoice.receive", "invoice.see"]).map_err(|error| error.to_string())?;
        let before = processor_seconds(server.pid());
        let address = format!("127.0.0.1:{port}");
        let ended = AtomicBool::new(false);
        let (text, peak) = std::thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut peak = 0;
                while !ended.load(Ordering::Relaxed) {
                    peak = peak.max(server.memory().map_or(0, |(now, _)| now));
                    std::thread::sleep(Duration::from_millis(100));
                }
                peak
            });
            let mut command = Command::new(&generator);
            command.args(["--token", &token, "--address", &address, "--invoices", "20000", "--connections", "32"]);
            let text = output(&mut command);
            ended.store(true, Ordering::Relaxed);
            (text, watch.join().unwrap_or(0))
        });
        let text = text?;
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().find_map(|word| word.parse::<f64>().ok())
        };
        let rate = number("rate").ok_or("the generator gives no rate")?;
        let taken = number("taken").unwrap_or(0.0);
        Ok(Load {
            rate,
            errors: number("errors").unwrap_or(1.0) as usize,
            peak: peak / 1_000_000,
            cpu: processor_seconds(server.pid()) - before,
            took: taken / rate.max(1.0),
        })
    };
    let result = run();
    // What is left of it is in the folder for temporary files.
    let _ = std::fs::remove_dir_all(&folder);
    result
}

/// Processor time of a process so far.
fn processor_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// As many invoices as can be, on SQLite.
pub(super) fn load_sqlite() -> Result<Figure, String> {
    let load = on_sqlite()?;
    Ok(Figure::new(load.text(), load.rate >= 500.0 && load.errors == 0))
}

/// As many invoices as can be, on PostgreSQL and S3.
pub(super) fn load_postgres() -> Result<Figure, String> {
    let load = on_postgres()?;
    Ok(Figure::new(load.text(), load.rate >= 200.0 && load.errors == 0))
}

/// Memory of the server under both loads.
pub(super) fn memory_under_load() -> Result<Figure, String> {
    let (sqlite, postgres) = (on_sqlite()?.peak, on_postgres()?.peak);
    let text = format!("{sqlite} MB on SQLite, {postgres} MB on PostgreSQL and S3");
    Ok(Figure::new(text, sqlite.max(postgres) < 300))
}
