//! `vir archive` with a depot in S3-compatible storage (the Versity S3 Gateway of the test kit), with replicas of either
//! kind.

use std::fs;

use vir_testkit::time_stamps::{TimeStampService, is_installed};

use crate::archive::{files, later};
use crate::run::{folder, text, vir_with};

#[test]
fn a_depot_in_a_bucket_does_what_one_in_a_folder_does() {
    let Some(s3) = vir_testkit::s3::shared() else { return };
    let (first, second) = (s3.bucket(), s3.bucket());
    let at = folder("archive-bucket");
    let credentials = at.join("credentials");
    let keys = format!("aws_access_key_id = {}\naws_secret_access_key={}\n", first.access_key, first.secret_key);
    fs::write(&credentials, format!("[default]\naws_access_key_id=falsch\n\n[zweite]\n{keys}")).unwrap();
    let time = later();
    let base = [
        ("AWS_ENDPOINT_URL_S3", first.endpoint.as_str()),
        ("AWS_SHARED_CREDENTIALS_FILE", text(&credentials)),
        ("SOURCE_DATE_EPOCH", &time),
    ];
    let keys = [("AWS_ACCESS_KEY_ID", first.access_key.as_str()), ("AWS_SECRET_ACCESS_KEY", &first.secret_key)];
    let with = |words: &[&str]| vir_with(&[&["archive"], words].concat(), b"", &[&base[..], &keys[..]].concat());
    let store = format!("s3://{}/archiv/a", first.name);
    let file = at.join("Bescheid.txt");
    fs::write(&file, "Dem Antrag wird stattgegeben.").unwrap();

    // What is mistyped makes nothing, and without keys nothing is asked.
    let missing = with(&["list", "--store", &store]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("hier ist keine Ablage"), "{}", missing.err);
    assert_eq!(fs::read_dir(&first.folder).unwrap().count(), 0);
    let bare = vir_with(&["archive", "list", "--store", &store], b"", &[base[0], ("HOME", text(&at))]);
    assert!(bare.code == 2 && bare.err.contains("keine Schlüssel für S3"), "{}", bare.err);
    let wrong = with(&["list", "--store", "s3://x/y?secret_key=z"]);
    assert!(wrong.code == 2 && wrong.err.contains("endpoint=…, region=…, profile=…"), "{}", wrong.err);

    // The replica in another bucket, with keys of a profile; then in a folder.
    let replica = format!("s3://{}/spiegel?endpoint={}&profile=zweite", second.name, second.endpoint);
    let deposited = with(&["deposit", "--store", &store, "--replica", &replica, "--id", "urn:example:2", text(&file)]);
    assert_eq!(deposited.code, 0, "{}", deposited.err);
    assert_eq!(
        files(&first.folder.join("archiv/a/root")).len(),
        files(&second.folder.join("spiegel/root")).len(),
        "both have the same"
    );
    let disk = at.join("zweite");
    let third = ["deposit", "--store", &store, "--replica", text(&disk), "--id", "urn:example:3", text(&file)];
    assert_eq!(with(&third).code, 0);
    let scrubbed = with(&["scrub", "--store", &store, "--replica", text(&disk)]);
    assert_eq!(scrubbed.code, 0, "{}{}", scrubbed.out, scrubbed.err);
    if is_installed() {
        let service = TimeStampService::start();
        let stamped = with(&["stamp", "--store", &store, "--tsa", &service.url]);
        assert_eq!(stamped.code, 0, "{}", stamped.err);
        assert_eq!(with(&["renew", "--store", &store, "--tsa", &service.url]).code, 0);
        let verified = with(&["verify", "--store", &store, "--trust", text(&service.root)]);
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
        assert!(verified.out.contains(", 0 noch ohne Zeitstempel"), "{}", verified.out);
    }
    assert!(with(&["list", "--store", &store]).out.contains("urn:example:3  v1"));
    let out = at.join("heraus");
    assert_eq!(with(&["retrieve", "urn:example:3", "--store", &store, "--to", text(&out)]).code, 0);
    assert_eq!(fs::read(out.join("dateien/Bescheid.txt")).unwrap(), fs::read(&file).unwrap());
    let exported = with(&["export", "--store", &store, "--to", text(&at.join("aus")), "--form", "xaip"]);
    assert_eq!(exported.code, 0, "{}{}", exported.out, exported.err);
    assert!(at.join("aus/urn_example_3.xml").exists());
}
