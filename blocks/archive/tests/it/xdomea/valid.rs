//! What we write is valid against the published schemas (`xmllint`), and reads as what was written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use vir_archive::xdomea::model::{Body, Message};
use vir_archive::xdomea::{Version, read, write};

use super::sample;
use crate::corpora;

/// The schemas by version, unpacked; those of 3.1 where `VIR_XDOMEA_3_1` names their folder.
fn schemas(folder: &Path) -> Option<BTreeMap<Version, PathBuf>> {
    for (path, bytes) in corpora::files("xdomea.tar.gz")? {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let known = [Version::V2_3, Version::V2_4, Version::V3_0];
    let main = "xdomea-Nachrichten-AussonderungDurchfuehren.xsd";
    let of = |version: Version| folder.join(format!("xdomea/schemes/xdomea_{}", version.number())).join(main);
    let mut schemas: BTreeMap<_, _> = known.into_iter().map(|version| (version, of(version))).collect();
    if let Some(folder) = std::env::var_os("VIR_XDOMEA_3_1") {
        schemas.insert(Version::V3_1, PathBuf::from(folder).join(main));
    }
    Some(schemas)
}

fn validate(schema: &Path, file: &Path) -> Result<(), String> {
    let done = Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(file).output().unwrap();
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

#[test]
fn every_message_of_every_version_is_valid_and_reads_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let lint = Command::new("xmllint").arg("--version").output().is_ok();
    let schemas = schemas(folder.path()).filter(|_| lint).unwrap_or_default();
    let mut valid = 0;
    for version in Version::ALL {
        for message in sample::messages(version) {
            let kind = message.kind();
            let written = write(&message, version).unwrap_or_else(|error| panic!("{version:?} {kind:?}: {error}"));
            assert!(written.lost.is_empty(), "{version:?} {kind:?}: {:?}", written.lost);
            let understood = read(written.xml.as_bytes())
                .unwrap_or_else(|notes| panic!("{version:?} {kind:?}: {notes:?}\n{}", written.xml));
            assert_eq!((understood.version, understood.notes), (version, Vec::new()));
            assert_eq!(understood.message, message, "{version:?}");
            if let Some(schema) = schemas.get(&version) {
                let file = folder.path().join("message.xml");
                fs::write(&file, &written.xml).unwrap();
                validate(schema, &file).unwrap_or_else(|why| panic!("{version:?} {kind:?}: {why}\n{}", written.xml));
                valid += 1;
            }
        }
    }
    println!("xdomea-valid: {valid} messages in {} versions valid against the schemas", schemas.len());
}

#[test]
fn generated_messages_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let lint = Command::new("xmllint").arg("--version").output().is_ok();
    let Some(schemas) = schemas(folder.path()).filter(|_| lint) else { return };
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let file = folder.path().join("message.xml");
    for _ in 0..40 {
        let objects = sample::generated().new_tree(&mut runner).unwrap().current();
        let message = Message { head: sample::head(true), body: Body::Offer(objects) };
        for (version, schema) in &schemas {
            // Version 2 refuses some, and says why.
            let Ok(written) = write(&message, *version) else {
                assert!(!version.is_third());
                continue;
            };
            fs::write(&file, &written.xml).unwrap();
            validate(schema, &file).unwrap_or_else(|why| panic!("{version:?}: {why}\n{}", written.xml));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read(objects in sample::generated()) {
        let message = Message { head: sample::head(true), body: Body::Offer(objects) };
        for version in Version::ALL {
            match write(&message, version) {
                Ok(written) => {
                    let understood = read(written.xml.as_bytes()).unwrap().message;
                    if version.is_third() {
                        prop_assert_eq!(&understood, &message);
                    } else {
                        // What was lost was lost once.
                        let again = write(&understood, version).unwrap();
                        prop_assert!(again.lost.is_empty());
                        prop_assert_eq!(read(again.xml.as_bytes()).unwrap().message, understood);
                    }
                }
                Err(error) => prop_assert!(!version.is_third(), "{}", error),
            }
        }
    }
}

/// The seeds of the fuzz target are messages of our own; `VIR_UPDATE=1` writes them.
#[test]
fn the_seeds_of_fuzzing_are_messages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/xdomea");
    let seeds = [(Version::V2_4, "0501"), (Version::V2_4, "0506"), (Version::V3_0, "0503"), (Version::V3_1, "0511")];
    for (version, code) in seeds {
        let messages = sample::messages(version);
        let message = messages.iter().find(|message| message.kind().code() == code).unwrap();
        let path = folder.join(format!("{code}.xml"));
        if std::env::var_os("VIR_UPDATE").is_some() {
            fs::write(&path, write(message, version).unwrap().xml).unwrap();
        }
        assert_eq!(&read(&fs::read(&path).unwrap()).unwrap().message, message);
    }
}
