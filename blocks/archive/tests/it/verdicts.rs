//! Claims about foreign evidence records: every verdict of the third-party sets.

use vir_archive::certificate::path::Trust;
use vir_archive::evidence::container::xaip;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::{Finding, Object, Options, Record, Report, verify};
use vir_archive::moment::Moment;
use vir_archive::token::Token;

use crate::corpora;

/// 2026-11-22: verdicts depend on the day, because algorithms age.
pub const TODAY: Moment = Moment::from_unix(1_795_305_600);

pub fn judge(bytes: &[u8], objects: &[Object<'_>], catalogue: bool) -> Report {
    let record = Record::read(bytes).unwrap_or_else(|error| panic!("{error}"));
    verify(&record, objects, &Options { at: TODAY, catalogue, trust: Trust::default() })
}

/// The same for records made in this run: judged an hour after their last time stamp.
pub fn judge_at(bytes: &[u8], objects: &[Object<'_>]) -> Report {
    let record = Record::read(bytes).unwrap_or_else(|error| panic!("{error}"));
    let (_, _, last) = record.stamps().last().unwrap();
    let at = Moment::from_unix(Token::read(&last.token).unwrap().time.unix() + 3600);
    verify(&record, objects, &Options { at, catalogue: true, trust: Trust::default() })
}

pub fn errors(report: &Report) -> Vec<&'static str> {
    report.findings.iter().filter(|finding| finding.is_error()).map(|finding| finding.reason.id()).collect()
}

pub fn texts(report: &Report) -> String {
    report.findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n  ")
}

#[test]
fn the_records_of_bsi_c2_are_judged_right() {
    let Some(files) = corpora::files("bsi-c2.tar.gz") else { return };
    let file = |end: &str| files.iter().find(|(path, _)| path.ends_with(end)).unwrap_or_else(|| panic!("{end}")).1;
    let data = [file("ER-2Chains3ATS1.bin"), file("ER-2Chains3ATS2.bin")];
    let mut right = 0;
    for kind in ["INIT", "CHAIN", "SEQ"] {
        for (name, expect) in [("OK", Verdict::Valid), ("NOK", Verdict::Invalid)] {
            let record = file(&format!("ER_{name}_{kind}.ers"));
            let objects: Vec<Object<'_>> = data.iter().map(|data| Object::new("data", data.as_slice())).collect();
            let report = judge(record, &objects, true);
            assert_eq!(report.verdict, expect, "ER_{name}_{kind}\n  {}", texts(&report));
            right += 1;
        }
    }
    println!("bsi-c2: {right} of 6 verdicts right");
}

#[test]
fn the_other_records_of_rfc_4998_are_valid_for_their_data_only() {
    let Some(files) = corpora::files("bsi-c2.tar.gz") else { return };
    for (path, bytes) in files.iter().filter(|(path, _)| path.contains("rfc4998") && path.ends_with(".ers")) {
        let report = judge(bytes, &[Object::new("BIN.bin", &b"some binary content"[..])], true);
        println!("{path}: {:?}\n  {}", report.verdict, texts(&report));
        let report = judge(bytes, &[Object::new("BIN.bin", &b"some other content"[..])], true);
        assert!(errors(&report).contains(&"data-not-covered"), "{path}");
    }
}

/// The records of the testbed stand apart from their packages; the names say which belongs to which.
#[test]
fn the_records_of_the_testbed_are_judged_right() {
    let Some(files) = corpora::files("bsi-testbed.tar.gz") else { return };
    let file = |name: &str| files.get(&format!("bsi-testbed/TESTDATA/{name}")).unwrap_or_else(|| panic!("{name}"));
    let judge_for = |record: &[u8], package: &str, catalogue: bool| {
        let contents = xaip::contents(file(package), &|_| None).unwrap();
        let reports = contents.into_iter().map(|version| judge(record, &version.objects, catalogue));
        let reports: Vec<_> = reports.collect();
        reports.iter().find(|report| report.verdict == Verdict::Valid).unwrap_or(&reports[0]).clone()
    };
    let (mut good, mut bad) = (0, 0);
    for (path, bytes) in &files {
        let name = path.rsplit('/').next().unwrap();
        let Some(kind) = name.strip_prefix("ER_").filter(|_| name.ends_with(".ers")) else { continue };
        if kind.starts_with("SHA256-DGN") {
            continue;
        }
        let package = if kind.ends_with("XAIP_OK.ers") { "XAIP_OK.xml" } else { "XAIP_OK_SIG_OK.xml" };
        let report = judge_for(bytes, package, true);
        // The two SHA-1 records are the same bytes: good by their hashes, bad by the catalogue.
        if kind.contains("SHA1_") {
            assert_eq!(errors(&report), ["algorithm-unsuitable"], "{name}\n  {}", texts(&report));
            let without = judge_for(bytes, package, false);
            assert_eq!(without.verdict, Verdict::Valid, "{name}\n  {}", texts(&without));
        } else if kind.starts_with("OK") {
            assert_eq!(report.verdict, Verdict::Valid, "{name}\n  {}", texts(&report));
        } else {
            assert_eq!(report.verdict, Verdict::Invalid, "{name}\n  {}", texts(&report));
        }
        *(if kind.starts_with("OK") { &mut good } else { &mut bad }) += 1;
    }
    println!("bsi-testbed: {good} OK accepted, {bad} NOK rejected (SHA-1 by the catalogue)");
    assert_eq!((good, bad), (9, 11));
}
