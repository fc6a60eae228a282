//! Peers: programs of others that use ours as they use the real thing.
//!
//! They come from their registries by name and version, each into a folder of its own below the
//! target folder; what they need besides is said where it is missing, and then nothing holds.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use vir_testkit::server::free_port;

use super::server::{PASSWORD, Town};
use super::{Figure, output, print, program, root, suite};
use crate::corpus::{corpora, unpack};

/// A Python with these packages.
fn python(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = root().join("target/peers").join(name);
    let (python, mark) = (folder.join("bin/python"), folder.join("packages.txt"));
    let wanted = packages.join("\n");
    if fs::read_to_string(&mark).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|reason| format!("no Python with venv here: {reason}"))?;
    output(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages),
    )?;
    fs::write(&mark, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

fn script(name: &str) -> PathBuf {
    root().join("xtask/peers").join(name)
}

/// What a script says: everything but its last line is printed.
fn told(text: &str) -> String {
    let last = text.lines().last().unwrap_or_default().to_owned();
    for line in text.lines().filter(|line| *line != last).take(40) {
        print(line);
    }
    last
}

/// An API token of somebody of the demo.
fn token(town: &Town, login: &str) -> Result<String, String> {
    let address = format!("{login}@gruenensiel.example");
    let said = output(Command::new("python3").arg(script("api_token.py")).args([&town.url(), &address, PASSWORD]))?;
    Ok(said.trim().to_owned())
}

/// Documents with the official chain's verdict: our samples, and of each kind in the corpora.
fn documents() -> Result<Vec<Value>, String> {
    let samples = root().join("blocks/invoice/samples");
    let mut found = Vec::new();
    for entry in fs::read_dir(&samples).map_err(|error| error.to_string())?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let faulty = path.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("faulty"));
            // No scenario of the official configuration knows Peppol BIS.
            let peppol = path.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("peppol"));
            if !peppol {
                found.push(json!({ "path": path, "verdict": if faulty { "reject" } else { "accept" } }));
            }
        }
    }
    let Some(corpora) = corpora() else { return Ok(found) };
    let folder = unpack(&corpora, "corpus-dev")?;
    let truth = fs::read_to_string(folder.join("truth.jsonl")).map_err(|error| error.to_string())?;
    let mut strangers = 0;
    for line in truth.lines() {
        let entry: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let (file, verdict) = (entry["file"].as_str().unwrap_or_default(), entry["kosit_verdict"].as_str());
        let verdict = match verdict.unwrap_or_default() {
            "accept" => "accept",
            "reject:not-wellformed" => "not-wellformed",
            "reject:no-scenario" => {
                strangers += 1;
                // There are thousands of these, and one is like the other.
                if strangers % 40 != 1 || file.starts_with("peppol") {
                    continue;
                }
                "reject"
            }
            _ => "reject",
        };
        found.push(json!({ "path": folder.join("xml").join(file), "verdict": verdict }));
    }
    Ok(found)
}

/// Clients of KoSIT's daemon with our address.
pub(super) fn kosit_client() -> Result<Figure, String> {
    let python = python("kosit-client", &["django-xrechnung==0.5.0", "erechnung-core==1.0.0"])?;
    let documents = Value::from(documents()?).to_string();
    let settings = [("VIR_CHANNELS_OPEN_CHECK", "true"), ("VIR_CHANNELS_CHECKS_PER_MINUTE", "100000")];
    let town = Town::of(&program(false)?, "kosit", &settings)?;
    let mut client = Command::new(python);
    client.arg(script("kosit_client.py")).arg(town.url()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = client.spawn().map_err(|error| error.to_string())?;
    if let Some(mut input) = running.stdin.take() {
        input.write_all(documents.as_bytes()).map_err(|error| error.to_string())?;
    }
    let done = running.wait_with_output().map_err(|error| error.to_string())?;
    let figure = told(&String::from_utf8_lossy(&done.stdout));
    let holds = done.status.success() && figure.ends_with(": 0 differ") && !figure.contains(" 0 accept");
    Ok(Figure::new(figure, holds))
}

/// The schemas of payment files: that of ISO 20022, and the subset of the German banks. They come with the crate
/// `sepa`, which is not used otherwise.
fn schemas() -> Result<[PathBuf; 2], String> {
    let folder = root().join("target/peers/sepa");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let manifest = "[package]\nname = \"schemas\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\npath = \"empty.rs\"\n\
                    [dependencies]\nsepa = \"=0.9.0\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    fs::write(folder.join("empty.rs"), "").map_err(|error| error.to_string())?;
    let metadata = output(
        Command::new(env!("CARGO")).args(["metadata", "--quiet", "--format-version", "1"]).current_dir(&folder),
    )?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let package = metadata["packages"].as_array().into_iter().flatten().find(|package| package["name"] == "sepa");
    let manifest =
        package.and_then(|package| package["manifest_path"].as_str()).ok_or("the crate sepa is not there")?;
    let schemas = Path::new(manifest).parent().unwrap_or(Path::new("/")).join("tests/xsd");
    Ok(["pain.001.001.09.xsd", "pain.001.001.09_GBIC_5.xsd"].map(|name| schemas.join(name)))
}

/// A peer that ends with the proof.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Our payment files under the schemas, read by others, and executed by a bank whose answers we read.
pub(super) fn payment_file() -> Result<Figure, String> {
    let python = python("payment-file", &["lxml==6.1.3", "bankstatementparser==0.0.29", "mock-bank==0.9.0"])?;
    let files = root().join("target/tmp/payment-files");
    let _ = fs::remove_dir_all(&files);
    if !suite::run(&["--quiet", "--package", "vir-invoice-desk", "--test", "it", "pain001"], &[])?.good {
        return Err("the tests that write the payment files fail".to_owned());
    }
    let judged =
        output(Command::new(&python).arg(script("payment_file.py")).arg("schemas").arg(&files).args(schemas()?))?;
    let judged = told(&judged);
    let town = Town::of(&program(false)?, "payment", &[])?;
    let port = free_port().map_err(|error| error.to_string())?.to_string();
    let bank = Command::new(python.with_file_name("mock-bank"))
        .args(["--quiet", "--port", &port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("mock-bank: {error}"))?;
    let _bank = Peer(bank);
    let token = token(&town, "okka.behrends")?;
    let bank = format!("http://127.0.0.1:{port}");
    let paid =
        told(&output(Command::new(&python).arg(script("payment_file.py")).args(["bank", &town.url(), &token, &bank]))?);
    let holds = judged.ends_with(": 0 wrong") && paid.ends_with(": 0 wrong");
    Ok(Figure::new(format!("{judged}; {paid}"), holds))
}

/// The API from its own description: every operation, with every check that the fuzzer has.
pub(super) fn api_fuzz() -> Result<Figure, String> {
    let python = python("api-fuzz", &["schemathesis==4.32.5"])?;
    let town = Town::of(&program(false)?, "fuzz", &[])?;
    let mut figures = Vec::new();
    let mut holds = true;
    // The cashier pays, the clerk receives and codes, the administration has the webhooks.
    for login in ["okka.behrends", "imke.janssen", "jannes.ulfers"] {
        let authorization = format!("Authorization: Bearer {}", token(&town, login)?);
        let done = Command::new(python.with_file_name("st"))
            .arg("--config-file")
            .arg(script("schemathesis.toml"))
            .args(["run", &format!("{}/api/v1/openapi.json", town.url())])
            .args(["--header", &authorization, "--checks", "all", "--max-examples", "12"])
            // It leaves a folder of notes where it runs.
            .current_dir(python.parent().unwrap_or(Path::new("/")))
            .args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color", "--seed", "1"])
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        let generated = text.lines().find_map(|line| line.trim().split_once(" generated,"));
        let cases = generated.map_or("no", |(count, _)| count);
        let failures: Vec<&str> = text.lines().filter(|line| line.contains('❌') && line.contains("ST")).collect();
        figures.push(format!("{cases} requests as {login}, {} failures", failures.len()));
        if !done.status.success() {
            holds = false;
            text.lines().filter(|line| line.starts_with("- ST") || line.starts_with("____")).take(60).for_each(print);
        }
    }
    Ok(Figure::new(figures.join("; "), holds))
}

/// The description itself, by a linter.
pub(super) fn api_lint() -> Result<Figure, String> {
    let folder = root().join("target/peers/api-lint");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("package.json"), "{\"private\":true,\"dependencies\":{\"@redocly/cli\":\"2.77.0\"}}\n")
        .map_err(|error| error.to_string())?;
    if !folder.join("node_modules/.bin/redocly").exists() {
        output(Command::new("npm").args(["install", "--silent", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    let town = Town::of(&program(false)?, "lint", &[])?;
    let description =
        output(Command::new("curl").args(["--silent", "--fail", &format!("{}/api/v1/openapi.json", town.url())]))?;
    fs::write(folder.join("openapi.json"), description).map_err(|error| error.to_string())?;
    let done = Command::new("node_modules/.bin/redocly")
        .args(["lint", "openapi.json", "--extends", "recommended", "--format", "json"])
        .current_dir(&folder)
        .output()
        .map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_slice(&done.stdout).map_err(|error| format!("redocly: {error}"))?;
    let (errors, warnings) = (report["totals"]["errors"].as_u64(), report["totals"]["warnings"].as_u64());
    for problem in report["problems"].as_array().into_iter().flatten().take(20) {
        print(&format!("{}: {}", problem["ruleId"], problem["message"]));
    }
    let figure = format!("{} errors, {} warnings", errors.unwrap_or(1), warnings.unwrap_or(0));
    Ok(Figure::new(figure, errors == Some(0)))
}
