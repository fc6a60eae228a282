//! The running server: its pages in a real browser, what a kill leaves, how much it takes in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vir_testkit::server::{Server, free_port};

use super::pages::{browser, browser_checks};
use super::{Figure, output, print, program, root, suite};

/// The password of everybody in the demo.
pub(super) const PASSWORD: &str = "gruenensiel-am-deich";

/// A furnished server over files in a folder of its own.
pub(super) struct Town {
    server: Server,
    folder: PathBuf,
}

impl Town {
    fn start(name: &str) -> Result<Self, String> {
        Self::of(&program(true)?, name, &[])
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

impl Drop for Town {
    fn drop(&mut self) {
        self.server.kill();
        // What is left of it is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Pages that nobody can be led to by links and forms of the furnished town, each with its reason.
const NOT_WALKED: &[(&str, &str)] = &[
    ("/einrichten/{token}", "offered once, by a server without any municipality"),
    ("/zugang/{token}", "behind a one-time link that is shown to administrators alone"),
    ("/anmelden/dienst", "leads away to a log-in service, which the demo has none of"),
    ("/anmelden/dienst/zurueck", "comes back from a log-in service"),
    ("/abbestellen/{tenant}/{person}/{what}/{signature}", "behind the link in a mail"),
    ("/postfach/{id}", "a mail in quarantine; the demo fetches none"),
    ("/postfach/{id}/anlagen/{part}", "a file of such a mail"),
    ("/postfach/{id}/original", "a file of such a mail"),
    ("/ausgangsrechnungen/{id}/pdf", "a file"),
    ("/ausgangsrechnungen/{id}/xml", "a file"),
    ("/rechnungen/{id}/pdf", "a file"),
    ("/rechnungen/{id}/anlagen/{position}", "a file"),
    ("/rechnungen/auswahl/{id}/originale", "a file"),
    ("/rechnungen/auswahl/{id}/bericht", "a file, once something was done with many invoices"),
    ("/akten/{record}/dokumente/{document}", "a file"),
    ("/akten/{record}/dokumente/{document}/ansicht", "a file"),
    ("/akten/{record}/nachweis", "a file, once there is a time stamp; the demo asks no service"),
    ("/akten/{record}/inventar", "a file, once there is a time stamp; the demo asks no service"),
    ("/aktenplan/datei", "a file"),
    ("/akten/{record}/paket", "a form that offers files"),
    ("/scannen/{batch}/seiten/{page}", "a picture"),
    ("/scannen/{batch}/dokumente/{document}", "a file"),
    ("/scannen/{batch}/transfervermerk/{form}", "a file"),
    ("/scannen/verfahrensdokumentation/pdf", "a file"),
    ("/scannen/trennblatt", "a file to be printed"),
    ("/aussonderung/nachricht/{message}", "a file"),
    ("/archiv/nachricht/{message}", "a file"),
    ("/auskunft/datei", "a file, once somebody was asked for"),
    ("/server/config", "answers the client of a checking service, not people"),
    ("/server/health", "answers the client of a checking service, not people"),
    ("/health/live", "for machines"),
    ("/health/ready", "for machines"),
    ("/metrics", "for machines"),
    ("/robots.txt", "for machines"),
    ("/favicon.ico", "a picture"),
    ("/assets/{name}", "style, script and pictures"),
];

/// The addresses of all pages, as the program's source names them: each route with a GET.
fn routes() -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut folders = ["platform/web/src", "blocks/invoice-desk/src", "blocks/archive-desk/src"]
        .map(|path| root().join(path))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
                found.extend(gets(&text));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The addresses behind `.route("…", get(` in a source file.
fn gets(text: &str) -> Vec<String> {
    let routes = text.split(".route(").skip(1).filter_map(|rest| {
        let (path, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let handlers = rest.trim_start_matches([',', ' ', '\n']);
        (path.starts_with('/') && handlers.starts_with("get(")).then(|| path.to_owned())
    });
    routes.collect()
}

/// axe-core on every kind of page that somebody of the demo can reach.
pub(super) fn pages() -> Result<Figure, String> {
    let (browser, folder) = (browser()?, browser_checks()?);
    // What a page looks like does not depend on how fast the program is.
    let binary = program(false)?;
    let town = Town::of(&binary, "pages", &[])?;
    let logins = [
        "imke.janssen",
        "frauke.tjarks",
        "okka.behrends",
        "wiebke.onken",
        "jannes.ulfers",
        "theda.wilts",
        "rike.aden",
        "hilke.archiv",
        "sven.scan",
    ];
    let mut people: Vec<serde_json::Value> = logins
        .iter()
        .map(|login| {
            let address = format!("{login}@gruenensiel.example");
            serde_json::json!({ "name": login, "login": address, "password": PASSWORD })
        })
        .collect();
    people.push(serde_json::json!({
        "name": "public", "start": ["/anmelden", "/hilfe", "/barrierefreiheit", "/o/gruenensiel/rechnung", "/nachweis-pruefen"], "locale": "en-GB",
    }));
    let people = serde_json::Value::Array(people).to_string();
    let mut expected = routes()?;
    expected.retain(|route| !NOT_WALKED.iter().any(|(path, _)| path == route));
    if expected.len() < 50 {
        return Err(format!("only {} routes were found in the source", expected.len()));
    }
    let expected = serde_json::json!(expected).to_string();
    let text = output(
        Command::new("node")
            .arg("site.mjs")
            .arg(browser)
            .args([&town.server.url(), &people, &expected])
            .current_dir(folder),
    )?;
    let last = text.lines().last().unwrap_or_default().to_owned();
    for line in text.lines().filter(|line| *line != last).take(60) {
        print(line);
    }
    Ok(Figure::new(last.clone(), last.ends_with(" 0 violations, 0 kinds never reached") && !last.starts_with('0')))
}

/// The whole way in a real browser, with scripts and with scripts blocked.
pub(super) fn journey_in_a_browser() -> Result<Figure, String> {
    if !vir_testkit::chromedriver::is_installed() {
        return Err("no chromium with chromedriver here".to_owned());
    }
    let (done, text) = server_tests("in_a_browser", 2)?;
    Ok(Figure::new(
        format!(
            "{done} of 2 ways: an invoice closed, a record stored, paper destroyed, a passkey, search as you type{text}"
        ),
        done == 2,
    ))
}

/// Every journey with forms alone, on both storages.
pub(super) fn journeys_without_scripts() -> Result<Figure, String> {
    if !vir_testkit::postgres::is_installed() || !vir_testkit::s3::is_installed() {
        return Err("PostgreSQL or the S3 server is not installed here".to_owned());
    }
    let (done, text) = server_tests("journeys::", 2)?;
    Ok(Figure::new(format!("all journeys on {done} of 2 storages{text}"), done == 2))
}

/// Runs tests of the running server; how many passed, and a word where not all of them did.
fn server_tests(filter: &str, wanted: u64) -> Result<(u64, &'static str), String> {
    let said = suite::server(filter, &[])?;
    let done = if said.good { said.passed } else { said.passed.min(wanted - 1) };
    Ok((done, if done == wanted { "" } else { "; see above" }))
}

/// The store's kill test on both engines, 500 kills each.
pub(super) fn kills() -> Result<Figure, String> {
    let arguments = ["--quiet", "--package", "vir-store", "--test", "it", "kill", "--", "--nocapture"];
    let said = suite::run(&arguments, &[("VIR_KILLS", "500")])?;
    let skipped = said.text.contains("skipped");
    let holds = said.good && !skipped;
    let word = if skipped { "one engine is not installed here" } else { "500 kills on each engine" };
    Ok(Figure::new(word, holds))
}

/// Idle memory of the furnished server, after a restart.
pub(super) fn idle_memory() -> Result<Figure, String> {
    let mut town = Town::start("memory")?;
    let binary = program(true)?;
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
