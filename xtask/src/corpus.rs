//! Checks the third-party corpora and compares verdicts and findings with the official ones.
//!
//! The corpora are test data that never become part of the project; they lie in the folder that
//! the environment variable `VIR_CORPORA` names, or in `../shared/corpora`. What counts as
//! agreement is written in the corpora's own README: verdict and reason of every document on
//! which the truth has an opinion, and the multiset of (rule, severity) of every document that
//! the official chain judges by rules.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use vir_invoice::check::{Checker, Options, Reason, Report, Verdict};
use vir_invoice::identify::Profile;
use vir_invoice::rules::Release;

/// The sets of documents, each an archive of that name.
pub const SETS: [&str; 4] = ["corpus-dev", "xmute-dev", "probes-dev", "mutants-dev"];

/// How many documents agree.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// Documents on which the truth has an opinion.
    pub opinions: usize,
    /// Of these, with the same verdict and reason.
    pub verdicts: usize,
    /// Documents whose findings the truth knows.
    pub judged: usize,
    /// Of these, with the same findings.
    pub equal: usize,
}

/// What to compare.
#[derive(Debug, Clone)]
pub struct Comparison<'a> {
    /// Only documents whose path in the set begins so.
    pub only: &'a str,
    /// Only rules whose id begins with one of these; all where there are none.
    pub rules: Vec<String>,
    /// Force this profile and run its rules on every well-formed document.
    pub forced: Option<Profile>,
    /// The release of the rules.
    pub release: Release,
    /// How many differences to print.
    pub show: usize,
}

impl Default for Comparison<'_> {
    fn default() -> Self {
        Self { only: "", rules: Vec::new(), forced: None, release: Release::default(), show: 10 }
    }
}

/// The command.
pub fn run(args: &[&str]) -> Result<(), String> {
    let mut comparison = Comparison::default();
    let mut sets = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().copied().ok_or(format!("{arg} needs a value"));
        match *arg {
            "--release" => comparison.release = Release::find(value()?).ok_or("unknown release")?,
            "--forced" => comparison.forced = Some(Profile::find(value()?).ok_or("unknown profile")?),
            "--only" => comparison.only = value()?,
            "--rules" => comparison.rules = value()?.split(',').map(str::to_owned).collect(),
            "--show" => comparison.show = value()?.parse().map_err(|_| "--show takes a number")?,
            set if SETS.contains(&set) => sets.push(set),
            other => return Err(format!("unknown argument {other}")),
        }
    }
    if sets.is_empty() {
        sets = SETS.to_vec();
    }
    let root = corpora().ok_or("no corpora: set VIR_CORPORA to the folder that has einvoice/*.tar.gz")?;
    let mut all_agree = true;
    for set in sets {
        let folder = unpack(&root, set)?;
        let agreement = compare(&folder, &comparison)?;
        print(&format!(
            "{set}: verdicts {}/{}; findings equal {}/{}",
            agreement.verdicts, agreement.opinions, agreement.equal, agreement.judged
        ));
        all_agree &= agreement.verdicts == agreement.opinions && agreement.equal == agreement.judged;
    }
    if all_agree { Ok(()) } else { Err("the corpora and we differ".to_owned()) }
}

/// The folder of the corpora, where there is one.
pub fn corpora() -> Option<PathBuf> {
    let folder = match std::env::var_os("VIR_CORPORA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
    };
    folder.join("einvoice").is_dir().then_some(folder)
}

/// Unpacks a set into the target folder, once, and says where it is.
pub fn unpack(corpora: &Path, set: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpora");
    let folder = target.join(set);
    if !folder.join("truth.jsonl").is_file() {
        let archive = corpora.join("einvoice").join(format!("{set}.tar.gz"));
        let file = fs::File::open(&archive).map_err(|error| format!("{}: {error}", archive.display()))?;
        // Unpacked aside and then put in place at once: tests run side by side.
        static TURN: AtomicUsize = AtomicUsize::new(0);
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        let aside = target.join(format!(".{set}-{}-{turn}", std::process::id()));
        tar::Archive::new(flate2::read::GzDecoder::new(file))
            .unpack(&aside)
            .map_err(|error| format!("{}: {error}", archive.display()))?;
        let moved = fs::rename(aside.join(set), &folder);
        // Somebody else may have been faster; then theirs is as good.
        let _ = fs::remove_dir_all(&aside);
        if !folder.join("truth.jsonl").is_file() {
            moved.map_err(|error| format!("{}: {error}", folder.display()))?;
        }
    }
    Ok(folder)
}

/// Checks the documents of a set and compares.
pub fn compare(folder: &Path, comparison: &Comparison<'_>) -> Result<Agreement, String> {
    let truth = match comparison.release {
        Release::R2026_01 => "truth-released-2026-01.jsonl",
        _ => "truth.jsonl",
    };
    if !folder.join(truth).is_file() {
        return Ok(Agreement::default());
    }
    let records = fs::read_to_string(folder.join(truth)).map_err(|error| format!("{truth}: {error}"))?;
    let options = Options {
        release: comparison.release,
        profile: comparison.forced,
        rules_anyway: comparison.forced.is_some(),
        ..Options::default()
    };
    let mut checker = Checker::new();
    let mut agreement = Agreement::default();
    let mut differing: BTreeMap<String, usize> = BTreeMap::new();
    let mut shown = 0;
    for line in records.lines() {
        let record: Value = serde_json::from_str(line).map_err(|error| format!("{truth}: {error}"))?;
        let file = record["file"].as_str().ok_or("a record without file")?;
        if !file.starts_with(comparison.only) {
            continue;
        }
        let path = document(folder, file);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let report = checker.check(&bytes, &options);
        if comparison.forced.is_none()
            && comparison.rules.is_empty()
            && let Some(expected) = expected_verdict(&record)
        {
            agreement.opinions += 1;
            if expected == (report.verdict, report.reason) {
                agreement.verdicts += 1;
            } else if shown < comparison.show {
                shown += 1;
                let first = report.findings.iter().find(|finding| finding.severity == vir_core::Severity::Error);
                let first =
                    first.map_or(String::new(), |finding| format!(" ({}: {})", finding.rule, finding.message.en));
                print(&format!(
                    "verdict  {file}: want {expected:?}, got {:?} {:?}{first}",
                    report.verdict, report.reason
                ));
            }
        }
        if !judged_by_rules(&record, comparison.forced.is_some()) {
            continue;
        }
        agreement.judged += 1;
        let wanted = |rule: &str| {
            comparison.rules.is_empty() || comparison.rules.iter().any(|prefix| rule.starts_with(prefix.as_str()))
        };
        let differences = differences(&record, &report, wanted);
        if differences.is_empty() {
            agreement.equal += 1;
            continue;
        }
        for ((rule, _), difference) in &differences {
            let word = if *difference > 0 { "missing" } else { "extra" };
            *differing.entry(format!("{word} {rule}")).or_default() += 1;
        }
        if shown < comparison.show {
            shown += 1;
            let list: Vec<String> = differences
                .iter()
                .map(|((rule, level), n)| {
                    format!("{} {}×{rule}/{level}", if *n > 0 { "missing" } else { "extra" }, n.abs())
                })
                .collect();
            print(&format!("findings {file}: {}", list.join(", ")));
        }
    }
    let mut differing: Vec<_> = differing.into_iter().collect();
    differing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (rule, count) in differing.iter().take(comparison.show) {
        print(&format!("rule     {rule}: in {count} documents"));
    }
    Ok(agreement)
}

/// The file of a record.
pub fn document(folder: &Path, file: &str) -> PathBuf {
    let direct = folder.join(file);
    if direct.is_file() { direct } else { folder.join("xml").join(file) }
}

/// What the official chain says; nothing for the lesser ZUGFeRD profiles, which it does not know.
fn expected_verdict(record: &Value) -> Option<(Verdict, Option<Reason>)> {
    let verdict = record["kosit_verdict"].as_str()?;
    let identifier = record["customization_id"].as_str().unwrap_or_default();
    if verdict == "reject:no-scenario" {
        if identifier == Profile::PeppolBis.identifier() {
            return Some(if record["xsd"]["valid"] != true {
                (Verdict::Reject, Some(Reason::Schema))
            } else if record["schematron"]["processing_error"] == true {
                (Verdict::Undefined, Some(Reason::RuleError))
            } else if record["schematron"]["errors"].as_u64() > Some(0) {
                (Verdict::Reject, Some(Reason::Rules))
            } else {
                (Verdict::Accept, None)
            });
        }
        if identifier.contains("factur-x") || identifier.contains("ferd") {
            return None;
        }
    }
    Some(match verdict {
        "accept" => (Verdict::Accept, None),
        "reject:not-wellformed" => (Verdict::Reject, Some(Reason::NotWellFormed)),
        "reject:no-scenario" => (Verdict::Reject, Some(Reason::NoProfile)),
        "reject:schematron" => (Verdict::Reject, Some(Reason::Rules)),
        undefined if undefined.starts_with("undefined") => (Verdict::Undefined, Some(Reason::RuleError)),
        _ => (Verdict::Reject, Some(Reason::Schema)),
    })
}

fn judged_by_rules(record: &Value, forced: bool) -> bool {
    let has_steps = record["steps"].as_array().is_some_and(|steps| !steps.is_empty());
    if !has_steps || record["schematron"]["processing_error"] == true {
        return false;
    }
    let known = record["scenario"].is_string() || record["customization_id"] == Profile::PeppolBis.identifier();
    forced || (known && record["xsd"]["valid"] == true)
}

/// Per (rule, severity) how many findings the truth has more than we do.
fn differences(record: &Value, report: &Report, wanted: impl Fn(&str) -> bool) -> Vec<((String, String), i64)> {
    let mut balance: HashMap<(String, String), i64> = HashMap::new();
    for step in record["steps"].as_array().into_iter().flatten() {
        for fired in step["fired"].as_array().into_iter().flatten() {
            let (id, level) = (fired["id"].as_str().unwrap_or_default(), fired["level"].as_str().unwrap_or_default());
            *balance.entry((id.to_owned(), level.to_owned())).or_default() += fired["count"].as_i64().unwrap_or(0);
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.layer != "schema") {
        let level = match finding.severity {
            vir_core::Severity::Error => "error",
            vir_core::Severity::Warning => "warning",
            vir_core::Severity::Information => "information",
        };
        *balance.entry((finding.rule.to_string(), level.to_owned())).or_default() -= 1;
    }
    let mut differing: Vec<_> =
        balance.into_iter().filter(|((rule, _), difference)| *difference != 0 && wanted(rule)).collect();
    differing.sort();
    differing
}

#[expect(clippy::print_stdout, reason = "a command line speaks to its user")]
fn print(line: &str) {
    println!("{line}");
}
