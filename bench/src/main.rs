//! Measures checking side by side with the crate `en16931`, in one run.
//!
//! `cargo run --release -p vir-bench`                 everything that can be generated
//! `cargo run --release -p vir-bench -- FILE|DIR …`   these documents
//! `cargo run --release -p vir-bench -- --figures`    the figures that are proved
//! `cargo run --release -p vir-bench -- --repeat N FILE`   checks FILE N times, for counting instructions
//! `cargo run --release -p vir-bench -- --peak FILE|lines:N`   size and peak memory of one check
//!
//! Figures are CPU time of the measuring thread per document: the smallest of several rounds, in which
//! both sides take turns, so that a busy machine disturbs both alike. The crate `en16931` has no
//! schema layer; ours includes it.

#![expect(clippy::print_stdout, reason = "a command line speaks to its user")]

mod generate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::time::{ClockId, clock_gettime};
use vir_invoice::check::{Checker, Options, Verdict};

/// CPU time of this thread in seconds.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Milliseconds of CPU for one call, when called often enough to take 20 ms.
fn round(mut call: impl FnMut()) -> f64 {
    let mut calls = 0_u32;
    let start = cpu();
    loop {
        call();
        calls += 1;
        let spent = cpu() - start;
        if spent > 0.02 {
            return spent * 1000.0 / f64::from(calls);
        }
    }
}

struct Figures {
    ours: f64,
    peer: f64,
}

fn compare(bytes: &[u8]) -> Figures {
    let mut checker = Checker::new();
    let options = Options::default();
    let policy = en16931_formats::Policy::default();
    let mut figures = Figures { ours: f64::MAX, peer: f64::MAX };
    for _ in 0..9 {
        figures.ours = figures.ours.min(round(|| {
            std::hint::black_box(checker.check(std::hint::black_box(bytes), &options));
        }));
        figures.peer = figures.peer.min(round(|| {
            std::hint::black_box(en16931_formats::receive(std::hint::black_box(bytes), &policy));
        }));
    }
    figures
}

/// Measures a document, prints its row and gives the figures.
fn report(name: &str, bytes: &[u8]) -> Figures {
    let verdict = Checker::new().check(bytes, &Options::default()).verdict;
    let figures = compare(bytes);
    let megabytes_per_second = bytes.len() as f64 / figures.ours / 1000.0;
    println!(
        "{name:<44} {:>9} B {:>10} {:>9.4} ms {:>9.4} ms {:>6.1}x {:>7.0} MB/s",
        bytes.len(),
        match verdict {
            Verdict::Accept => "accept",
            Verdict::Reject => "reject",
            Verdict::Undefined => "undefined",
        },
        figures.ours,
        figures.peer,
        figures.peer / figures.ours,
        megabytes_per_second,
    );
    figures
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, count, file] = args.as_slice()
        && flag == "--repeat"
    {
        return repeat(count, file);
    }
    if let [flag, file] = args.as_slice()
        && flag == "--peak"
    {
        return peak(file);
    }
    if args == ["--figures"] {
        figures();
        return ExitCode::SUCCESS;
    }
    println!(
        "{:<44} {:>11} {:>10} {:>12} {:>12} {:>7} {:>12}",
        "document", "size", "verdict", "vir", "en16931 0.8", "ratio", "vir"
    );
    if args.is_empty() {
        for lines in [1, 20, 500, 5_000, 20_000, 100_000] {
            report(&format!("generated, {lines} lines"), generate::ubl(lines).as_bytes());
        }
        saxon();
        return ExitCode::SUCCESS;
    }
    let mut total = (0.0, 0.0, 0);
    for path in args.iter().flat_map(|arg| files(Path::new(arg))) {
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{}: not readable", path.display());
            return ExitCode::FAILURE;
        };
        let figures = report(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
        total = (total.0 + figures.ours, total.1 + figures.peer, total.2 + 1);
    }
    println!("{} documents: vir {:.2} ms, en16931 {:.2} ms, ratio {:.1}", total.2, total.0, total.1, total.1 / total.0);
    ExitCode::SUCCESS
}

/// SaxonC on the generated invoice of 23 lines, with the stylesheet that VIR_XSLT names.
fn saxon() {
    let Some(stylesheet) = std::env::var_os("VIR_XSLT") else { return };
    let document = std::env::temp_dir().join("vir-bench-23-lines.xml");
    if std::fs::write(&document, generate::ubl(23)).is_err() {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("saxon.py");
    let done = std::process::Command::new("python3").arg(script).arg(stylesheet).arg(&document).output();
    match done {
        Ok(done) if done.status.success() => {
            let milliseconds = String::from_utf8_lossy(&done.stdout).into_owned();
            println!("SaxonC, the rules of EN 16931 only, 23 lines: {} ms", milliseconds.trim());
        }
        _ => println!("SaxonC: no Python with saxonche here"),
    }
}

/// The figures that are proved, one `name value` per line, times in milliseconds of CPU.
fn figures() {
    // 23 lines make an invoice of 20 KB.
    for (name, lines) in [("20kb", 23), ("5000-lines", 5_000), ("100000-lines", 100_000)] {
        let figures = compare(generate::ubl(lines).as_bytes());
        println!("{name} {}\n{name}-peer {}", figures.ours, figures.peer);
    }
}

fn repeat(count: &str, file: &str) -> ExitCode {
    let (Ok(count), Ok(bytes)) = (count.parse::<u32>(), read_or_generate(file)) else {
        println!("usage: --repeat N FILE|lines:N");
        return ExitCode::FAILURE;
    };
    let mut checker = Checker::new();
    let options = Options::default();
    for _ in 0..count {
        std::hint::black_box(checker.check(std::hint::black_box(&bytes), &options));
    }
    ExitCode::SUCCESS
}

/// Checks a document once and prints its size and the peak memory of this process, in bytes.
fn peak(file: &str) -> ExitCode {
    let Ok(bytes) = read_or_generate(file) else { return ExitCode::FAILURE };
    std::hint::black_box(Checker::new().check(&bytes, &Options::default()));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    let Some(kilobytes) = kilobytes else { return ExitCode::FAILURE };
    println!("{} {}", bytes.len(), kilobytes * 1024);
    ExitCode::SUCCESS
}

fn read_or_generate(file: &str) -> std::io::Result<Vec<u8>> {
    match file.strip_prefix("lines:").and_then(|lines| lines.parse().ok()) {
        Some(lines) => Ok(generate::ubl(lines).into_bytes()),
        None => std::fs::read(file),
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(path).into_iter().flatten().flatten().flat_map(|entry| files(&entry.path())).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    found.sort();
    found
}
