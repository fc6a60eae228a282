//! `vir evidence verify` on a seal that openssl made: what it says, and with which exit code.

use std::process::Command;

use vir_testkit::seals::{Issuer, Says};
use vir_testkit::time_stamps::is_installed;

use crate::archive::run;
use crate::run::{folder, text};

#[test]
fn a_seal_of_openssl_is_judged_with_the_file_that_it_covers() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("rathaus", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], Says::Qualified);
    let at = folder("seals");
    let (note, seal) = (at.join("vermerk.txt"), at.join("vermerk.p7s"));
    std::fs::write(&note, "Zwei Seiten, beide geprüft.\n").unwrap();
    let made = Command::new("openssl")
        .args(["cms", "-sign", "-cades", "-binary", "-md", "sha256", "-outform", "DER"])
        .args(["-signer", text(&keyed.file("pem")), "-inkey", text(&keyed.file("key"))])
        .args(["-in", text(&note), "-out", text(&seal)])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let root = issuer.root();
    let verify = |more: &[&str]| run(&[&["evidence", "verify", text(&seal), "--data", text(&note)], more].concat());
    let good = verify(&["--trust", text(&root), "--lang", "de"]);
    assert_eq!(good.code, 0, "{}{}", good.out, good.err);
    for word in ["✓ gültig", "vermerk.txt", "Siegel rathaus", "Test seal root"] {
        assert!(good.out.contains(word), "{word}: {}", good.out);
    }
    // Without anybody who is trusted the rest is judged, and JSON says the same as the words.
    let untrusted = verify(&["--json"]);
    assert_eq!(untrusted.code, 0, "{}{}", untrusted.out, untrusted.err);
    assert!(untrusted.out.contains("\"valid\""), "{}", untrusted.out);

    std::fs::write(&note, "Zwei Seiten, keine geprüft.\n").unwrap();
    let changed = verify(&["--trust", text(&root)]);
    assert_eq!(changed.code, 1, "{}{}", changed.out, changed.err);
}
