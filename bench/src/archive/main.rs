//! `vir-archive-bench`: a ZIP of ten thousand files, imported by the real server.
//!
//! ```text
//! vir-archive-bench --server PATH [--files 10000] [--kills 2]
//! ```
//!
//! Starts `vir serve --demo` over a folder of its own, hands an archive in over the API and watches
//! it: most files are different valid invoices of 20 KB; some are there twice, some break the rules,
//! some are no invoice, some no XML at all, one is an archive. While it runs the server is killed and
//! started again. Then a second import is stopped half way. Prints rate, report and memory, and
//! whether everything came to what it should.
//!
//! Invariant: what is expected is known before anything is sent.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement speaks and looks at the clock")]

#[path = "../generate.rs"]
mod generate;

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use vir_testkit::server::{Server, free_port};
use vir_testkit::visitor::{Answer, Visitor};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PASSWORD: &str = "gruenensiel-am-deich";
/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the report should say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Expected {
    received: u64,
    again: u64,
    quarantined: u64,
    refused: u64,
}

fn main() -> Outcome<()> {
    let (mut server, mut files, mut kills) = (None, 10_000, 2);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--server" => server = Some(PathBuf::from(value)),
            "--files" => files = value.parse()?,
            "--kills" => kills = value.parse()?,
            _ => return Err(format!("unknown: {name}").into()),
        }
    }
    let binary = server.ok_or("--server is needed")?;
    let folder = std::env::temp_dir().join(format!("vir-archive-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = run(&binary, &folder, files, kills);
    std::fs::remove_dir_all(&folder)?;
    let held = outcome?;
    println!("{}", if held { "all as expected" } else { "not as expected" });
    Ok(())
}

fn start(binary: &Path, folder: &Path) -> Outcome<Server> {
    let data = folder.join("data").display().to_string();
    Ok(Server::start(binary, &["--demo", "--data", &data], &[], free_port()?, &folder.join("log"))?)
}

fn sign_in(server: &Server) -> Outcome<Visitor> {
    Ok(Visitor::signed_in(server.port(), "wiebke.onken@gruenensiel.example", PASSWORD)?)
}

fn run(binary: &Path, folder: &Path, files: usize, kills: usize) -> Outcome<bool> {
    let (archive, expected) = archive(files, 1)?;
    println!("an archive of {files} files, {} MB", archive.len() / 1_000_000);
    let mut server = start(binary, folder)?;
    let mut visitor = sign_in(&server)?;
    let token = visitor.token(&["invoice.receive", "invoice.see"])?;
    let mut visitor = Visitor::with_token(server.port(), &token);

    // Once without disturbance, for the rate.
    let (begun, at) = (Instant::now(), hand_in(&mut visitor, &archive)?);
    let mut last = Progress::default();
    let steps = wait(&mut visitor, &at, &mut last, |now| now.state == "done")?;
    let took = begun.elapsed();
    let peak = server.memory().map_or(0, |(_, peak)| peak) / 1_000_000;
    let mut held = report(&last, &expected);
    println!(
        "imported in {:.1} s, {:.0} files a second; progress seen {steps} times; the server held {peak} MB at most",
        took.as_secs_f64(),
        files as f64 / took.as_secs_f64()
    );
    held &= steps > 2;

    // The same with kills: nothing doubled, nothing left out.
    let (archive, expected) = self::archive(files, 2)?;
    let at = hand_in(&mut visitor, &archive)?;
    let mut last = Progress::default();
    for kill in 1..=kills {
        let until = (files * kill / (kills + 1)) as u64;
        wait(&mut visitor, &at, &mut last, |now| now.finished >= until)?;
        server.kill();
        server = start(binary, folder)?;
        visitor = Visitor::with_token(server.port(), &token);
        println!("killed and started again at {} of {}", last.finished, last.total);
    }
    wait(&mut visitor, &at, &mut last, |now| now.state == "done")?;
    // A file that was received and whose line was not written yet is recognised by its bytes.
    let taken = |expected: &Expected| (expected.received + expected.again, expected.quarantined, expected.refused);
    let complete = taken(&last.counts) == taken(&expected) && last.finished == files as u64;
    println!("after {kills} kills: {:?}, expected {expected:?}: {}", last.counts, word(complete));
    held &= complete;

    // And one that is stopped.
    let (archive, _) = self::archive(files, 3)?;
    let at = hand_in(&mut visitor, &archive)?;
    let mut last = Progress::default();
    wait(&mut visitor, &at, &mut last, |now| now.finished > 0)?;
    visitor.post(&format!("{at}/cancel"), "application/json", b"")?;
    std::thread::sleep(Duration::from_secs(2));
    let stopped = progress(&visitor.get(&at)?)?;
    std::thread::sleep(Duration::from_secs(2));
    let later = progress(&visitor.get(&at)?)?;
    let still = stopped.state == "cancelled" && later.finished == stopped.finished && stopped.finished < files as u64;
    println!("stopped after {} of {files} files: {}", stopped.finished, word(still));
    Ok(held && still)
}

fn word(held: bool) -> &'static str {
    if held { "holds" } else { "FALSE" }
}

fn report(last: &Progress, expected: &Expected) -> bool {
    // Two files with the same bytes are taken at the same time: which of them was the first is chance, how many is not.
    let same = last.counts == *expected;
    println!("report: {:?}, expected {expected:?}: {}", last.counts, word(same));
    same
}

fn hand_in(visitor: &mut Visitor, archive: &[u8]) -> Outcome<String> {
    let answer = visitor.post("/api/v1/imports", "application/zip", archive)?;
    match (answer.status, answer.field("location")) {
        (202, Some(at)) => Ok(at.to_owned()),
        _ => Err(format!("handing in: {} {}", answer.status, answer.body).into()),
    }
}

#[derive(Debug, Default, Clone)]
struct Progress {
    state: String,
    total: u64,
    finished: u64,
    counts: Expected,
}

fn progress(answer: &Answer) -> Outcome<Progress> {
    let json: serde_json::Value = serde_json::from_str(&answer.body)?;
    let number = |name: &str| json[name].as_u64().unwrap_or(0);
    Ok(Progress {
        state: json["state"].as_str().unwrap_or_default().to_owned(),
        total: number("total"),
        finished: number("finished"),
        counts: Expected {
            received: number("received"),
            again: number("again"),
            quarantined: number("quarantined"),
            refused: number("refused"),
        },
    })
}

/// Looks until it is so; how often did it look different from before?
fn wait(visitor: &mut Visitor, at: &str, last: &mut Progress, so: impl Fn(&Progress) -> bool) -> Outcome<usize> {
    let (mut seen, mut moved) = (0, Instant::now());
    loop {
        let now = progress(&visitor.get(at)?)?;
        if now.finished != last.finished || now.state != last.state {
            (seen, moved) = (seen + 1, Instant::now());
        }
        *last = now;
        if so(last) {
            return Ok(seen);
        }
        if moved.elapsed() > PATIENCE || matches!(last.state.as_str(), "done" | "failed" | "cancelled") {
            return Err(format!("it stands still: {last:?}").into());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// An archive of so many files, and what its report should say.
fn archive(files: usize, run: usize) -> Outcome<(Vec<u8>, Expected)> {
    let templates: Vec<String> = (18..=22).map(generate::ubl).collect();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut expected = Expected::default();
    let mut nested = ZipWriter::new(Cursor::new(Vec::new()));
    nested.start_file("x.xml", SimpleFileOptions::default())?;
    let nested = nested.finish()?.into_inner();
    for at in 0..files {
        let template = &templates[at % templates.len()];
        let invoice = |at: usize| numbered(template, &format!("Z{run}-{at}"), at);
        let (name, content) = match at % 100 {
            // The same bytes as the file before; its neighbours are other templates.
            7 if at > 5 => {
                expected.again += 1;
                (
                    "noch-einmal.xml",
                    numbered(&templates[(at - 6) % templates.len()], &format!("Z{run}-{}", at - 6), at - 6)
                        .into_bytes(),
                )
            }
            // Breaks a rule: received, with findings.
            17 => {
                expected.received += 1;
                ("fehler.xml", invoice(at).replace("<cbc:InvoiceTypeCode>380", "<cbc:InvoiceTypeCode>999").into_bytes())
            }
            // No invoice: quarantine.
            27 => {
                expected.quarantined += 1;
                ("notiz.txt", format!("Keine Rechnung, Nr. {run}-{at}").into_bytes())
            }
            37 => {
                expected.quarantined += 1;
                ("kaputt.xml", format!("<Invoice><ID>{run}-{at}</Invoice>").into_bytes())
            }
            // An archive in the archive: refused.
            47 => {
                expected.refused += 1;
                ("archiv.zip", nested.clone())
            }
            _ => {
                expected.received += 1;
                ("rechnung.xml", invoice(at).into_bytes())
            }
        };
        zip.start_file(format!("ordner-{}/{at:05}-{name}", at / 1_000), SimpleFileOptions::default())?;
        zip.write_all(&content)?;
    }
    Ok((zip.finish()?.into_inner(), expected))
}

fn numbered(template: &str, number: &str, at: usize) -> String {
    let (head, rest) = template.split_once("<cbc:ID>").unwrap_or((template, ""));
    let (_, rest) = rest.split_once("</cbc:ID>").unwrap_or(("", rest));
    let rest = rest.replacen("DE123456789", &format!("DE{}", 100_000_000 + at * 7919 % 5_000), 1);
    format!("{head}<cbc:ID>{number}</cbc:ID>{rest}")
}
