//! The running server: its pages in a real browser, what a kill leaves, how much it takes in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vir_testkit::server::{Server, free_port};

use super::pages::{browser, browser_checks};
use super::{Figure, output, print, release_binary, root};

/// The password of everybody in the demo.
pub(super) const PASSWORD: &str = "gruenensiel-am-deich";

/// A furnished server over files in a folder of its own.
pub(super) struct Town {
    server: Server,
    folder: PathBuf,
}

impl Town {
    fn start(name: &str) -> Result<Self, String> {
        Self::of(&program()?, name, &[])
    }

    /// Starts one of this program with these settings.
    pub(super) fn of(binary: &Path, name: &str, settings: &[(&str, &str)]) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("vir-proof-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let data = folder.join("data").display().to_string();
        let port = free_port().map_err(|error| error.to_string())?;
        let arguments = ["--demo", "--lang", "de", "--data", &data];
        let server = Server::start(binary, &arguments, settings, port, &folder.join("log"));
        Ok(Self { server: server.map_err(|error| error.to_string())?, folder })
    }
}

impl Town {
    /// Where it answers.
    pub(super) fn url(&self) -> String {
        self.server.url()
    }
}

/// The program: the one that `VIR_BINARY` names, or this build in release.
fn program() -> Result<PathBuf, String> {
    std::env::var_os("VIR_BINARY").map_or_else(|| release_binary("vir", "vir"), |path| Ok(PathBuf::from(path)))
}

impl Drop for Town {
    fn drop(&mut self) {
        self.server.kill();
        // What is left of it is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// axe-core on every kind of page that somebody of the demo can reach.
pub(super) fn pages() -> Result<Figure, String> {
    let (browser, folder) = (browser()?, browser_checks()?);
    let town = Town::start("pages")?;
    let logins = ["imke.janssen", "frauke.tjarks", "okka.behrends", "wiebke.onken", "jannes.ulfers"];
    let mut people: Vec<serde_json::Value> = logins
        .iter()
        .map(|login| {
            let address = format!("{login}@gruenensiel.example");
            serde_json::json!({ "name": login, "login": address, "password": PASSWORD })
        })
        .collect();
    people.push(serde_json::json!({
        "name": "public", "start": ["/anmelden", "/hilfe", "/barrierefreiheit", "/o/gruenensiel/rechnung"], "locale": "en-GB",
    }));
    let people = serde_json::Value::Array(people).to_string();
    let text = output(
        Command::new("node").arg("site.mjs").arg(browser).args([&town.server.url(), &people]).current_dir(folder),
    )?;
    let last = text.lines().last().unwrap_or_default().to_owned();
    for line in text.lines().filter(|line| *line != last).take(40) {
        print(line);
    }
    Ok(Figure::new(last.clone(), last.ends_with(" 0 violations") && !last.starts_with('0')))
}

/// The store's kill test on both engines, 500 kills each.
pub(super) fn kills() -> Result<Figure, String> {
    let done = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "vir-store", "--test", "it", "kill", "--", "--nocapture"])
        .env("VIR_KILLS", "500")
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let skipped = text.contains("skipped");
    let holds = done.status.success() && !skipped;
    let word = if skipped { "one engine is not installed here" } else { "500 kills on each engine" };
    Ok(Figure::new(word, holds))
}

/// Idle memory of the furnished server, after a restart.
pub(super) fn idle_memory() -> Result<Figure, String> {
    let mut town = Town::start("memory")?;
    let binary = program()?;
    if !town.server.stop() {
        return Err("the server did not end when it was asked to".to_owned());
    }
    let data = town.folder.join("data").display().to_string();
    let port = town.server.port();
    let again = Server::start(&binary, &["--demo", "--data", &data], &[], port, &town.folder.join("log"));
    town.server = again.map_err(|error| error.to_string())?;
    std::thread::sleep(std::time::Duration::from_secs(5));
    let (now, _) = town.server.memory().ok_or("the system does not tell memory")?;
    let megabytes = now / 1_000_000;
    Ok(Figure::new(format!("{megabytes} MB"), megabytes < 60))
}
