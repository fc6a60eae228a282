//! Claims about seals: what we make, `openssl cms` verifies as CAdES and so do we; what was changed is refused; and a
//! seal is worth what its certificate says and what leads to somebody who is trusted. Keys come from `openssl`.

use std::path::Path;

use vir_archive::certificate::path::{Judgement, Trust};
use vir_archive::certificate::{Certificate, certificates};
use vir_archive::digest::Digest;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::request;
use vir_archive::moment::Moment;
use vir_archive::scan::class::Seal;
use vir_archive::seal::key::{KeyError, KeyFile};
use vir_archive::seal::verify::Content;
use vir_archive::seal::{Draft, Form, Options, Report, Sealed, scheme_for, verify};
use vir_archive::signature::Scheme;
use vir_archive::signed::SignedData;
use vir_testkit::seals::{Issuer, Keyed, Says};
use vir_testkit::time_stamps::Authority;

use crate::openssl::{self, is_installed};

const NOTE: &[u8] = b"%PDF-1.7 the transfer note";

#[expect(clippy::disallowed_methods, reason = "certificates of openssl are valid from now on")]
fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Moment::from_unix(i64::try_from(since.as_secs()).unwrap())
}

fn read(path: &Path) -> Vec<Vec<u8>> {
    certificates(&std::fs::read(path).unwrap()).unwrap()
}

/// How `openssl pkeyutl` signs in this scheme.
fn options(scheme: Scheme) -> Vec<String> {
    let name = |digest: Digest| digest.name().replace("SHA-", "sha");
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    match scheme {
        Scheme::RsaPss { digest, salt, .. } => {
            let salt = format!("rsa_pss_saltlen:{salt}");
            texts(&["-rawin", "-digest", &name(digest), "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", &salt])
        }
        Scheme::RsaPkcs1(digest) | Scheme::Ecdsa { digest, .. } => texts(&["-rawin", "-digest", &name(digest)]),
        Scheme::Ed25519 => texts(&["-rawin"]),
    }
}

fn sealed_in(keyed: &Keyed, scheme: Option<Scheme>) -> Sealed {
    let certificate = read(&keyed.file("pem")).remove(0);
    let key = Certificate::read(&certificate).unwrap().public_key().unwrap();
    let scheme = scheme.unwrap_or_else(|| scheme_for(&key));
    let hash = Draft::digest_of(scheme).of(&[NOTE]);
    let draft = Draft::new(&hash, &certificate, &[], scheme, now()).unwrap();
    assert_eq!(draft.hash(), Draft::digest_of(scheme).of(&[draft.to_be_signed()]));
    assert!(draft.clone().signed(b"nothing").is_err());
    let options = options(scheme);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let signature = keyed.sign(draft.to_be_signed(), &options);
    draft.signed(&signature).unwrap()
}

fn judge(seal: &[u8], content: &[u8], roots: &[&Path]) -> Report {
    let anchors: Vec<Vec<u8>> = roots.iter().flat_map(|root| read(root)).collect();
    let trust = Trust { anchors: anchors.iter().map(Vec::as_slice).collect(), ..Trust::default() };
    // The clock of the tokens may be a second ahead.
    let at = Moment::from_unix(now().unix() + 5);
    verify(seal, Content::Bytes(content), &Options { at, existed: None, catalogue: true, trust })
}

/// Does `openssl cms` accept it as CAdES?
fn accepted(keyed: &Keyed, root: &Path, seal: &[u8], content: &[u8]) -> bool {
    std::fs::write(keyed.file("p7s"), seal).unwrap();
    std::fs::write(keyed.file("content"), content).unwrap();
    let (seal, content) = (keyed.file("p7s"), keyed.file("content"));
    let files = ["-in", seal.to_str().unwrap(), "-content", content.to_str().unwrap()];
    let with = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"];
    let out = openssl::run(&keyed.folder, &[&with[..], &files, &["-CAfile", root.to_str().unwrap()]].concat());
    out.status.success()
}

const KEYS: [(&str, &[&str]); 7] = [
    ("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]),
    ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
    ("p521", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
    ("brainpool256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"]),
    ("brainpool384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP384r1"]),
    ("brainpool512", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP512r1"]),
];

#[test]
fn others_accept_our_seals_and_both_refuse_what_was_changed() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let root = issuer.root();
    for (name, key) in KEYS {
        let keyed = issuer.issue(name, key, Says::Qualified);
        let sealed = sealed_in(&keyed, None);
        let seal = sealed.encode();
        assert!(accepted(&keyed, &root, &seal, NOTE), "{name}");
        let report = judge(&seal, NOTE, &[&root]);
        assert_eq!((report.verdict, report.form), (Verdict::Valid, Form::Basic), "{name}: {report:#?}");
        assert_eq!(report.level, Seal::Qualified, "{name}: {report:#?}");
        assert_eq!(report.signer.as_deref(), Some(format!("Siegel {name}").as_str()));
        let other = b"%PDF-1.7 another note";
        assert!(!accepted(&keyed, &root, &seal, other));
        let report = judge(&seal, other, &[&root]);
        assert_eq!((report.verdict, report.level), (Verdict::Invalid, Seal::None));
        assert_eq!(report.findings[0].0.id(), "content-changed");
    }
}

#[test]
fn no_bit_of_what_is_signed_can_be_changed() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("p256", KEYS[1].1, Says::Qualified);
    let seal = sealed_in(&keyed, None).encode();
    let signed = SignedData::read(&seal).unwrap();
    let signer = &signed.signers[0];
    let place = |part: &[u8]| {
        let start = seal.windows(part.len()).position(|window| window == part).unwrap();
        start..start + part.len()
    };
    let attributes = signer.signed.as_ref().unwrap().0;
    let parts = [place(attributes), place(&signer.signature), place(signed.certificates[0])];
    for at in 0..seal.len() {
        let mut other = seal.clone();
        other[at] ^= 1;
        let report = judge(&other, NOTE, &[&issuer.root()]);
        // Around them only versions and names of hash algorithms, which decide nothing where they do not fit.
        let is_signed = parts.iter().any(|part| part.contains(&at));
        assert!(report.verdict == Verdict::Invalid || !is_signed, "{at}: {report:#?}");
    }
    for cut in 0..seal.len() {
        assert_eq!(judge(&seal[..cut], NOTE, &[]).verdict, Verdict::Invalid);
    }
}

#[test]
fn a_seal_is_worth_what_its_certificate_says_and_whom_one_trusts() {
    if !is_installed() {
        return;
    }
    let (issuer, stranger) = (Issuer::new(), Issuer::new());
    let root = issuer.root();
    for (name, says, expect) in [
        ("nothing", Says::Nothing, Seal::Advanced),
        ("no-device", Says::NoDevice, Seal::Advanced),
        ("person", Says::Person, Seal::Advanced),
        ("qualified", Says::Qualified, Seal::Qualified),
    ] {
        let seal = sealed_in(&issuer.issue(name, KEYS[1].1, says), None).encode();
        let report = judge(&seal, NOTE, &[&root]);
        assert_eq!((report.verdict, report.level), (Verdict::Valid, expect), "{name}");
        // Without anybody who is trusted, its own words are not believed.
        let report = judge(&seal, NOTE, &[]);
        assert_eq!((report.verdict, report.level), (Verdict::Valid, Seal::Advanced), "{name}");
        assert_eq!(report.path, Judgement::NotJudged);
        let report = judge(&seal, NOTE, &[&stranger.root()]);
        assert_eq!((report.verdict, report.level), (Verdict::Invalid, Seal::None), "{name}");
    }
}

#[test]
fn a_time_stamp_makes_it_last_and_counts_as_qualified_only_if_it_says_so() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("rsa", KEYS[0].1, Says::Qualified);
    let bits = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"];
    for (service, is_qualified) in [(Authority::new(&bits), false), (Authority::qualified(&bits), true)] {
        let sealed = sealed_in(&keyed, None);
        let digest = Digest::Sha512;
        let answer = service.answer(&request(digest, &sealed.imprint(digest), Some(7)));
        assert!(sealed.clone().stamped(&answer, digest, Some(8)).is_err(), "another request");
        let other = sealed_in(&issuer.issue("other", KEYS[1].1, Says::Nothing), None);
        assert!(other.stamped(&answer, digest, Some(7)).is_err(), "another seal");
        let seal = sealed.stamped(&answer, digest, Some(7)).unwrap().encode();
        assert!(accepted(&keyed, &issuer.root(), &seal, NOTE));
        let folder = openssl::Folder::new("seal-stamp");
        let tsa = folder.0.join("tsa.pem");
        std::fs::write(&tsa, service.root()).unwrap();
        let report = judge(&seal, NOTE, &[&issuer.root(), &tsa]);
        assert_eq!((report.verdict, report.form), (Verdict::Valid, Form::Stamped), "{report:#?}");
        assert_eq!(report.counted, report.stamps[0].time);
        assert_eq!(report.qualified_stamp, is_qualified);
        // A service that nobody trusts spoils the verdict where one judges whom to trust.
        assert_eq!(judge(&seal, NOTE, &[&issuer.root()]).verdict, Verdict::Invalid);
        // Long after both certificates have ended, the seal is still of the day of its time stamp.
        let anchors: Vec<Vec<u8>> = [read(&issuer.root()), read(&tsa)].concat();
        let trust = Trust { anchors: anchors.iter().map(Vec::as_slice).collect(), ..Trust::default() };
        let later = Options { at: Moment::end_of_day(2032, 1, 1), existed: None, catalogue: false, trust };
        let report = verify(&seal, Content::Bytes(NOTE), &later);
        assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
        let bare = sealed_in(&keyed, None).encode();
        assert_eq!(verify(&bare, Content::Bytes(NOTE), &later).verdict, Verdict::Invalid, "without a time stamp");
        let known = Options { existed: Some(now()), ..later };
        assert_eq!(verify(&bare, Content::Bytes(NOTE), &known).verdict, Verdict::Valid, "with evidence");
    }
}

#[test]
fn seals_of_others_are_read() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("p384", KEYS[2].1, Says::Nothing);
    std::fs::write(keyed.file("note"), NOTE).unwrap();
    for (cades, form) in [(true, Form::Basic), (false, Form::Plain)] {
        let mut arguments = vec!["cms", "-sign", "-binary", "-in", "p384.note", "-outform", "DER", "-out", "other.p7s"];
        arguments.extend(["-signer", "p384.pem", "-inkey", "p384.key", "-md", "sha384"]);
        if cades {
            arguments.push("-cades");
        }
        openssl::must(&keyed.folder, &arguments);
        let seal = std::fs::read(keyed.folder.join("other.p7s")).unwrap();
        let report = judge(&seal, NOTE, &[&issuer.root()]);
        assert_eq!((report.verdict, report.form), (Verdict::Valid, form), "{report:#?}");
        assert_eq!(report.level == Seal::Advanced, cades);
    }
}

#[test]
fn weak_and_foreign_keys_make_no_seal() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let weak = issuer.issue("weak", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], Says::Qualified);
    let certificate = read(&weak.file("pem")).remove(0);
    let scheme = Scheme::RsaPkcs1(Digest::Sha256);
    let refused = Draft::new(&[0; 32], &certificate, &[], scheme, now()).unwrap_err();
    assert!(refused.text().de.contains("nicht geeignet"), "{refused}");
    let good = issuer.issue("good", KEYS[1].1, Says::Qualified);
    let certificate = read(&good.file("pem")).remove(0);
    let scheme = Scheme::Ecdsa { digest: Digest::Sha256, plain: false };
    let before = Draft::new(&[0; 32], &certificate, &[], scheme, Moment::from_unix(0)).unwrap_err();
    assert!(before.to_string().contains("valid from"), "{before}");
    let root = read(&issuer.root()).remove(0);
    assert!(Draft::new(&[0; 32], &root, &[], scheme, now()).unwrap_err().to_string().contains("not for signatures"));
}

#[test]
fn keys_are_read_from_the_files_of_openssl() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    for (name, key) in [KEYS[0], KEYS[1], KEYS[5]] {
        let keyed = issuer.issue(name, key, Says::Nothing);
        let file = |end: &str| std::fs::read(keyed.file(end)).unwrap();
        let plain = KeyFile::read(&file("key"), "").unwrap();
        assert!(plain.certificates.is_empty());
        let bundle = KeyFile::read(&file("p12"), "geheim").unwrap();
        assert_eq!(bundle.key, plain.key, "{name}");
        assert_eq!(bundle.certificates.len(), 2);
        assert_eq!(KeyFile::read(&file("p12"), "falsch"), Err(KeyError::Password));
        assert!(!format!("{bundle:?}").contains("key:"), "a key appears in no text");
        let run = |arguments: &[&str]| openssl::must(&keyed.folder, arguments);
        let key_file = format!("{name}.key");
        for cipher in ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"] {
            let with = ["pkcs8", "-topk8", "-in", &key_file, "-v2", cipher, "-v2prf", "hmacWithSHA512"];
            run(&[&with[..], &["-passout", "pass:geheim", "-out", "locked"]].concat());
            let locked = std::fs::read(keyed.folder.join("locked")).unwrap();
            assert_eq!(KeyFile::read(&locked, "geheim").unwrap().key, plain.key, "{name} {cipher}");
            assert_eq!(KeyFile::read(&locked, "falsch"), Err(KeyError::Password));
        }
        let old = if name == "rsa" { "rsa" } else { "ec" };
        run(&[old, "-in", &key_file, "-out", "old", if old == "rsa" { "-traditional" } else { "-no_public" }]);
        if old == "rsa" {
            let read = KeyFile::read(&std::fs::read(keyed.folder.join("old")).unwrap(), "").unwrap();
            assert_eq!(read.key, plain.key);
        }
        run(&[
            "pkcs12",
            "-export",
            "-legacy",
            "-inkey",
            &key_file,
            "-in",
            &format!("{name}.pem"),
            "-passout",
            "pass:x",
            "-out",
            "legacy",
        ]);
        let legacy = KeyFile::read(&std::fs::read(keyed.folder.join("legacy")).unwrap(), "x");
        assert!(matches!(legacy, Err(KeyError::Cipher(_))), "{legacy:?}");
        let both = [file("key"), file("key")].concat();
        assert_eq!(KeyFile::read(&both, ""), Err(KeyError::ManyKeys));
        for cut in (0..file("p12").len()).step_by(7) {
            assert!(KeyFile::read(&file("p12")[..cut], "geheim").is_err());
        }
    }
    assert_eq!(KeyFile::read(b"words", ""), Err(KeyError::Kind));
}
