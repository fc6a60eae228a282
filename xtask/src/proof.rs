//! The proofs: every claim about what the project does, run for real.
//!
//! `cargo xtask proof [NAME …]` prints `NAME: figure (want …): holds|falls short` for each, and
//! `docs/proof.md` lists all with their last figures. A proof measures; it never assumes. One that
//! cannot run here (no corpora, no browser) says so and does not count as holding.

mod both;
mod claims;
mod corpora;
mod depot;
mod evidence;
mod guard;
mod pages;
mod peers;
mod scale;
mod server;
mod speed;
mod suite;

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a proof came to.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The figure, with its unit.
    pub text: String,
    /// Does it hold?
    pub holds: bool,
}

impl Figure {
    fn new(text: impl Into<String>, holds: bool) -> Self {
        Self { text: text.into(), holds }
    }
}

/// A claim that can be run.
struct Proof {
    name: &'static str,
    /// What is claimed.
    claim: &'static str,
    /// The bound.
    want: &'static str,
    /// Quick enough for every CI run.
    quick: bool,
    run: fn() -> Result<Figure, String>,
}

const PROOFS: &[Proof] = &[
    Proof {
        name: "corpus-verdicts",
        claim: "Verdict and reason as the official chain's, over the four corpora",
        want: "all",
        quick: true,
        run: corpora::verdicts,
    },
    Proof {
        name: "corpus-findings",
        claim: "Findings as the official chain's, over the four corpora",
        want: "≥ 99.9 %",
        quick: true,
        run: corpora::findings,
    },
    Proof {
        name: "corpus-forced",
        claim: "Findings as the official rules', over the unit tests of CEN and Peppol",
        want: "≥ 99.9 %",
        quick: true,
        run: corpora::forced,
    },
    Proof {
        name: "corpus-released",
        claim: "Verdicts and findings with the rules of 2026-01",
        want: "all verdicts, ≥ 99.9 % of findings",
        quick: true,
        run: corpora::released,
    },
    Proof {
        name: "speed-20kb",
        claim: "CPU for schema, all rules and findings of a 20 KB invoice",
        want: "≤ 0.10 ms",
        quick: false,
        run: speed::small,
    },
    Proof {
        name: "speed-peer",
        claim: "Faster than the crate en16931 0.8 on the same invoice, in the same run",
        want: "> 1.0×",
        quick: false,
        run: speed::peer,
    },
    Proof {
        name: "speed-5000-lines",
        claim: "CPU for an invoice of 5,000 lines (3.6 MB UBL)",
        want: "≤ 25 ms",
        quick: false,
        run: speed::large,
    },
    Proof {
        name: "speed-linear",
        claim: "Time per line of 100,000 lines against 5,000",
        want: "≤ 1.5×",
        quick: false,
        run: speed::linear,
    },
    Proof {
        name: "memory",
        claim: "Peak memory of checking a 100 MB invoice, the source included",
        want: "≤ 4× its size",
        quick: false,
        run: speed::memory,
    },
    Proof {
        name: "speed-cold",
        claim: "Wall time of `vir invoice check` for one file, from start to end",
        want: "≤ 15 ms",
        quick: false,
        run: speed::cold,
    },
    Proof {
        name: "speed-suite",
        claim: "CPU of one process for the 86 invoices of the official test suite",
        want: "≤ 40 ms",
        quick: false,
        run: speed::suite,
    },
    Proof {
        name: "speed-jobs",
        claim: "Speed-up of `--jobs 2` over `--jobs 1` on two cores",
        want: "≥ 1.5×",
        quick: false,
        run: speed::jobs,
    },
    Proof {
        name: "instructions",
        claim: "Instructions for checking a 20 KB invoice, against the committed figure",
        want: "≤ 105 %",
        quick: true,
        run: speed::instructions,
    },
    Proof {
        name: "html-axe",
        claim: "axe-core on the page of every sample and suite invoice, light and dark, 320 and 1280 px",
        want: "0 violations, no sideways scrolling",
        quick: true,
        run: pages::axe,
    },
    Proof {
        name: "round-trips",
        claim: "UBL→CII→UBL and CII→UBL→CII keep model and verdict, for the 86 suite invoices and generated ones",
        want: "all tests pass",
        quick: true,
        run: claims::round_trips,
    },
    Proof {
        name: "pdf-verapdf",
        claim: "veraPDF on the PDF of every sample and suite invoice, and on the samples as ZUGFeRD, PDF/A-3b and PDF/UA-1",
        want: "all compliant",
        quick: false,
        run: pages::verapdf,
    },
    Proof {
        name: "pdf-text",
        claim: "`pdftotext` shows every amount of every sample and suite invoice",
        want: "all",
        quick: false,
        run: pages::pdf_text,
    },
    Proof {
        name: "rules",
        claim: "Every official rule id is implemented and tested, firing and silent, in both languages, or named with its reason",
        want: "all tests pass",
        quick: true,
        run: claims::rules,
    },
    Proof {
        name: "fuzz",
        claim: "Every fuzz target for ten minutes",
        want: "no finding",
        quick: false,
        run: claims::fuzz,
    },
    Proof {
        name: "fuzz-smoke",
        claim: "Every fuzz target of invoices and PDFs for ten seconds over the committed corpus",
        want: "no finding",
        quick: true,
        run: claims::fuzz_smoke,
    },
    Proof {
        name: "journey-browser",
        claim: "Chromium, clicked and typed into: an invoice from upload to paid and closed, a record from begun to stored and handed out, paper from scanned to destroyed; with scripts and with scripts blocked; a passkey",
        want: "both ways to the end",
        quick: false,
        run: server::journey_in_a_browser,
    },
    Proof {
        name: "journeys-without-javascript",
        claim: "Every journey of the table with forms and links alone, on SQLite with files and on PostgreSQL with S3 and two nodes",
        want: "all, on both",
        quick: false,
        run: server::journeys_without_scripts,
    },
    Proof {
        name: "server-pages",
        claim: "axe-core on every kind of page of the running server, light and dark, 320 and 1280 px; every route of the source is reached or named with its reason",
        want: "0 violations, no sideways scrolling, no kind left out",
        quick: false,
        run: server::pages,
    },
    Proof {
        name: "server-memory",
        claim: "Memory of the idle server with the furnished town",
        want: "< 60 MB",
        quick: false,
        run: server::idle_memory,
    },
    Proof {
        name: "isolation",
        claim: "Requests by chance across three municipalities, units, roles, deputies, tokens and sessions, to the real server over both back ends: each answered as a naive judge says, no mark of anybody else in any answer, no trace of what was refused",
        want: "100,000, none wrong",
        quick: false,
        run: guard::isolation,
    },
    Proof {
        name: "hostile-input",
        claim: "Bombs, floods, slow and ambiguous clients, names and script in every text, to the real server: each limit of the operator's guide is met",
        want: "all refused or inert, < 300 MB",
        quick: false,
        run: guard::hostile_input,
    },
    Proof {
        name: "store-kill",
        claim: "kill -9 at random moments under load, on SQLite with files and on PostgreSQL with S3: nothing lost or doubled, numbers gapless, audit chain whole",
        want: "1,000 kills",
        quick: false,
        run: server::kills,
    },
    Proof {
        name: "kosit-client",
        claim: "Clients of KoSIT's daemon that others wrote (PyPI django-xrechnung, erechnung-core), unmodified, at our address: verdicts as the official chain's, edges as the validator's",
        want: "0 differ",
        quick: false,
        run: peers::kosit_client,
    },
    Proof {
        name: "payment-file",
        claim: "Payment files valid after ISO 20022 and GBIC_5, read by others with equal sums, and executed by a mock bank whose pain.002, camt.054 and camt.053 are read back",
        want: "0 wrong",
        quick: false,
        run: peers::payment_file,
    },
    Proof {
        name: "api-fuzz",
        claim: "schemathesis with all checks over the API's own description, as three people of the demo",
        want: "0 failures",
        quick: false,
        run: peers::api_fuzz,
    },
    Proof {
        name: "api-lint",
        claim: "The API's description after the recommended rules of redocly",
        want: "0 errors",
        quick: false,
        run: peers::api_lint,
    },
    Proof {
        name: "register-million",
        claim: "A register of 1,000,000 invoices on SQLite and on PostgreSQL: list, every filter and order, deep pages, frequent and rare words, as head of finance and as a clerk of four small units; the query alone and the page over HTTP",
        want: "p99 of each kind < 50 ms, other pages < 1 s",
        quick: false,
        run: scale::register,
    },
    Proof {
        name: "zip-10000",
        claim: "A ZIP of 10,000 files over the API: progress, a report per file, kill -9 twice and on, stopped half way",
        want: "the report as expected",
        quick: false,
        run: scale::archive,
    },
    Proof {
        name: "load-sqlite",
        claim: "Invoices of 20 KB received, checked, stored and routed through the API on SQLite, fully durable, generator on the same two cores",
        want: "≥ 500 per second",
        quick: false,
        run: scale::load_sqlite,
    },
    Proof {
        name: "load-postgres",
        claim: "The same on PostgreSQL and S3, both on the same two cores",
        want: "≥ 200 per second",
        quick: false,
        run: scale::load_postgres,
    },
    Proof {
        name: "server-memory-load",
        claim: "Memory of the server under both loads",
        want: "< 300 MB",
        quick: false,
        run: scale::memory_under_load,
    },
    Proof {
        name: "evidence-verdicts",
        claim: "Evidence records of BSI C.2 and of the TR-ESOR testbed judged right, the SHA-1 record by the catalogue of algorithms",
        want: "all",
        quick: false,
        run: evidence::verdicts,
    },
    Proof {
        name: "evidence-peer",
        claim: "BouncyCastle on evidence records that we wrote, initial and renewed both ways, and on tampered ones",
        want: "ours accepted, tampered refused",
        quick: false,
        run: evidence::peer,
    },
    Proof {
        name: "evidence-tree",
        claim: "10,000,000 leaves: the hash tree, one evidence record, the renewal of 262,800 time stamps by one, and the memory of it (64 bytes a leaf, and the tokens)",
        want: "≤ 2 s, ≤ 5 ms, ≤ 1 s",
        quick: false,
        run: evidence::tree,
    },
    Proof {
        name: "depot-fixtures",
        claim: "The fixtures of OCFL (with the codes that their folders promise) and the conformance suite of BagIt",
        want: "22 good, 107 bad, 27 warn; 27 valid, 15 invalid",
        quick: false,
        run: depot::fixtures,
    },
    Proof {
        name: "depot-records",
        claim: "Evidence of a whole depot: stamped, renewed, gone over to other algorithms twice; every version's record judged by us and by BouncyCastle",
        want: "all",
        quick: false,
        run: depot::records,
    },
    Proof {
        name: "depot-peers",
        claim: "Storage roots and bags that we write, judged by rocfl and by PyPI's ocfl-py and bagit: after deposit, new version, deletion and repair, and each file of them changed and missing",
        want: "valid, without a warning; all damage found",
        quick: false,
        run: depot::peers,
    },
    Proof {
        name: "depot-power",
        claim: "Loss of power at every step of a depot's work, six times each with another part of what was not synced, on one disk, on two, and where folders are not renamed",
        want: "nothing acknowledged lost, nothing invalid",
        quick: false,
        run: depot::power,
    },
    Proof {
        name: "depot-decay",
        claim: "Flipped bits in content, inventories, sidecars and declarations of a depot with a replica",
        want: "100,000, all found, all repaired",
        quick: false,
        run: depot::decay,
    },
    Proof {
        name: "depot-kill",
        claim: "kill -9 of a real process that deposits into a depot with a replica",
        want: "10,000 kills, nothing acknowledged lost, nothing invalid",
        quick: false,
        run: depot::kills,
    },
    Proof {
        name: "depot-kill-s3",
        claim: "kill -9 of a real process that deposits into a depot in S3-compatible storage (Versity S3 Gateway)",
        want: "1,000 kills, nothing acknowledged lost, nothing invalid",
        quick: false,
        run: depot::bucket_kills,
    },
    Proof {
        name: "depot-lost-s3",
        claim: "Requests of a depot to the real gateway cut at random (lost, sent in part, applied without an answer, applied late behind others, 500 and 503), by a depositor that goes on and repeats or dies",
        want: "1,000 cuts, nothing acknowledged lost, nothing invalid",
        quick: false,
        run: depot::bucket_cuts,
    },
    Proof {
        name: "depot-ingest",
        claim: "Deposits of 20,000 objects of 64 KiB by 64 depositors, each durable before it is acknowledged, and of objects of 64 MB, beside the disk and the hash in one run",
        want: "≥ 5,000 objects/s, ≥ 80 %",
        quick: false,
        run: depot::ingest,
    },
    Proof {
        name: "archive-index",
        claim: "The database of 300 records in all states of the office deleted and made again from storage alone",
        want: "every row as before",
        quick: false,
        run: depot::index,
    },
    Proof {
        name: "archive-evidence",
        claim: "A record closed, stored, stamped by openssl and renewed, its evidence and inventory fetched from its page and judged",
        want: "valid; a changed bit refused",
        quick: false,
        run: depot::desk_evidence,
    },
    Proof {
        name: "scan-seals",
        claim: "Scan batches of the three levels of integrity, sealed with keys of openssl and by a service after CSC 2, stamped, verified by openssl as CAdES; filed and released only with the seal that their class demands",
        want: "all accepted; a changed bit refused",
        quick: false,
        run: claims::scan_seals,
    },
    Proof {
        name: "archive-exchange",
        claim: "A disposal between two tenants through their pages alone, in xdomea 3.0 and 2.4: offered, appraised, handed over, imported, deleted by two people",
        want: "both end deleted here and kept there",
        quick: false,
        run: depot::exchange,
    },
    Proof {
        name: "xdomea",
        claim: "Foreign messages of disposal are understood; ours of every kind are valid against the published schemas",
        want: "all",
        quick: false,
        run: evidence::messages,
    },
    Proof {
        name: "life-histories",
        claim: "Generated lives of records against an independent model: no deletion under a hold, without appraisal or receipt, or by one person; every term to the day",
        want: "1,000,000",
        quick: false,
        run: evidence::lives,
    },
    Proof {
        name: "packages-eark",
        claim: "SIP, AIP and DIP of ours, whole and broken, judged by PyPI's eark-validator and by KEEPS' commons-ip",
        want: "whole ones accepted but for named contradictions of its rules, broken ones refused",
        quick: false,
        run: evidence::packages,
    },
    Proof {
        name: "formats-fido",
        claim: "Formats of files of our own making, office containers among them, as PyPI's opf-fido finds them",
        want: "all known ones right; fido the same, or the reason is named",
        quick: false,
        run: evidence::formats,
    },
    Proof {
        name: "tokens-openssl",
        claim: "Real time stamp tokens of the corpora, and each with a bit turned, judged as `openssl cms -verify`",
        want: "all",
        quick: false,
        run: evidence::tokens,
    },
    Proof {
        name: "server-kill",
        claim: "kill -9 of the real server at random moments under load of all channels, two nodes on PostgreSQL: no acknowledged invoice, decision, mail or payment lost or doubled, voucher numbers gapless, audit log and blobs whole, webhooks told",
        want: "1,000 kills",
        quick: false,
        run: both::kills,
    },
    Proof {
        name: "suite-on-both",
        claim: "The tests of store, accounts, web and both desks over SQLite with files and over PostgreSQL with S3",
        want: "the same number, all pass",
        quick: false,
        run: both::tests,
    },
    Proof {
        name: "newcomer",
        claim: "The README's first command in a fresh clone: the build from nothing, then the furnished town in the browser",
        want: "< 480 s, then < 60 s",
        quick: false,
        run: claims::newcomer,
    },
];

/// The command.
pub fn run(args: &[&str]) -> Result<(), String> {
    let quick = args.contains(&"--quick");
    let write = args.contains(&"--write");
    let names: Vec<&str> = args.iter().copied().filter(|arg| !arg.starts_with("--")).collect();
    if let Some(unknown) = names.iter().find(|name| !PROOFS.iter().any(|proof| proof.name == **name)) {
        let known: Vec<&str> = PROOFS.iter().map(|proof| proof.name).collect();
        return Err(format!("there is no proof {unknown}; there are: {}", known.join(", ")));
    }
    let mut short = Vec::new();
    let mut figures = Vec::new();
    for proof in PROOFS {
        let wanted = if names.is_empty() { !quick || proof.quick } else { names.contains(&proof.name) };
        if !wanted {
            continue;
        }
        let result = (proof.run)();
        let (text, word) = match &result {
            Ok(figure) => (figure.text.clone(), if figure.holds { "holds" } else { "falls short" }),
            Err(problem) => (problem.clone(), "not run"),
        };
        print(&format!("{}: {text} (want {}): {word}", proof.name, proof.want));
        if matches!(&result, Ok(figure) if !figure.holds) {
            short.push(proof.name);
        }
        figures.push((proof.name, format!("{text}: {word}")));
    }
    if write {
        note(&figures)?;
    }
    if short.is_empty() { Ok(()) } else { Err(format!("falls short: {}", short.join(", "))) }
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Writes `docs/proof.md`; figures of proofs that were not run now stay as they were.
fn note(figures: &[(&str, String)]) -> Result<(), String> {
    let path = root().join("docs/proof.md");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let mut page = String::from(
        "# Proofs\n\n\
         Every claim is run by `cargo xtask proof [NAME …]`; `--quick` runs what CI runs every time.\n\
         This page is written by `cargo xtask proof --write` and holds the last figures seen.\n\n\
         | proof | claim | want | last figure |\n|---|---|---|---|\n",
    );
    for proof in PROOFS {
        let row = format!("| `{}` |", proof.name);
        let old = || {
            let line = before.lines().find(|line| line.starts_with(&row))?;
            line.trim_end_matches(" |").rsplit(" | ").next().map(str::to_owned)
        };
        let figure = figures.iter().find(|(name, _)| *name == proof.name).map(|(_, figure)| figure.clone());
        let figure = figure.or_else(old).unwrap_or_else(|| "not yet run".to_owned());
        page.push_str(&format!("{row} {} | {} | {figure} |\n", proof.claim, proof.want));
    }
    std::fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))
}

/// Builds a package in release and says where its binary is.
fn release_binary(package: &str, binary: &str) -> Result<PathBuf, String> {
    // Whoever names a release build of the program has its neighbours, too.
    let neighbour = std::env::var_os("VIR_BINARY").map(|vir| PathBuf::from(vir).with_file_name(binary));
    neighbour.filter(|path| path.is_file()).map_or_else(|| built(package, binary, true), Ok)
}

/// Builds a package, in release or as the tests do, and says where its binary is.
fn built(package: &str, binary: &str, release: bool) -> Result<PathBuf, String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--bin", binary]).current_dir(root());
    if release {
        // Named together, they share their features: each by itself would build half of the program anew.
        command.args(["--release", "--package", "vir", "--package", "vir-bench", "--package", "vir-load"]);
    } else {
        command.args(["--package", package]);
    }
    if !command.status().map_err(|error| error.to_string())?.success() {
        return Err(format!("{package} does not build"));
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join(if release { "release" } else { "debug" }).join(binary))
}

/// The program: the one that `VIR_BINARY` names, or this build, in release or as the tests have made it already.
fn program(release: bool) -> Result<PathBuf, String> {
    std::env::var_os("VIR_BINARY").map_or_else(|| built("vir", "vir", release), |path| Ok(PathBuf::from(path)))
}

/// What a command prints, where it succeeds.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[expect(clippy::print_stdout, reason = "a command line speaks to its user")]
fn print(line: &str) {
    println!("{line}");
}
