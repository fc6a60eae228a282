//! Claims about time stamp tokens: everything that `openssl` accepts is accepted, everything it refuses is refused.

use std::collections::BTreeSet;
use std::fs;

use vir_archive::evidence::Record;
use vir_archive::token::{Fault, Token, token_of_response};

use crate::corpora;
use crate::openssl::{self, Folder};
use vir_testkit::time_stamps::Authority;

/// All distinct tokens of the corpora: in records, in containers, and alone.
fn tokens() -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for archive in ["bsi-c2.tar.gz", "bsi-testbed.tar.gz"] {
        for (path, bytes) in corpora::files(archive).into_iter().flatten() {
            if path.ends_with(".ers") {
                let record = Record::read(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
                found.extend(record.stamps().map(|(_, _, stamp)| stamp.token.clone()));
            } else if path.ends_with(".tsr") {
                found.insert(token_of_response(&bytes).unwrap().to_vec());
            }
        }
    }
    found
}

/// Does `openssl` find the signature good?
fn openssl_accepts(folder: &Folder, token: &[u8]) -> bool {
    fs::write(folder.0.join("token"), token).unwrap();
    let verify = ["cms", "-verify", "-noverify", "-inform", "DER", "-in", "token", "-out", "content"];
    openssl::run(&folder.0, &verify).status.success()
}

/// Faults of the signature itself; `openssl cms` asks for no more.
fn signature_faults(token: &[u8]) -> Vec<Fault> {
    let token = Token::read(token).unwrap();
    let faults = token.faults(&[]).into_iter();
    faults.filter(|fault| !matches!(fault, Fault::Purpose | Fault::OutOfValidity)).collect()
}

#[test]
fn real_tokens_are_judged_as_openssl_judges_them() {
    if !openssl::is_installed() {
        return;
    }
    let folder = Folder::new("tokens");
    let tokens = tokens();
    for token in &tokens {
        assert!(openssl_accepts(&folder, token));
        assert_eq!(signature_faults(token), []);
        let signature = Token::read(token).unwrap().signed_data.signers[0].signature.to_vec();
        let at = token.windows(signature.len()).position(|window| window == signature).unwrap();
        let mut broken = token.clone();
        broken[at + signature.len() - 1] ^= 1;
        assert!(!openssl_accepts(&folder, &broken));
        assert!(!signature_faults(&broken).is_empty());
    }
    println!("tokens: {} as openssl", tokens.len());
}

#[test]
fn every_kind_of_key_is_verified() {
    if !openssl::is_installed() {
        return;
    }
    let curve = |name: &str| {
        vec!["-algorithm".to_owned(), "EC".to_owned(), "-pkeyopt".to_owned(), format!("ec_paramgen_curve:{name}")]
    };
    let curves =
        ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP320r1", "brainpoolP384r1", "brainpoolP512r1"];
    let mut keys: Vec<Vec<String>> = curves.into_iter().map(curve).collect();
    keys.push(vec!["-algorithm".to_owned(), "RSA".to_owned()]);
    for key in &keys {
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        let service = Authority::new(&key);
        let hash = vir_archive::digest::Digest::Sha256.of(&[b"data"]);
        let request = vir_archive::evidence::write::request(vir_archive::digest::Digest::Sha256, &hash, Some(7));
        let response = service.answer(&request);
        let token =
            vir_archive::evidence::write::answer(&response, vir_archive::digest::Digest::Sha256, &hash, Some(7))
                .unwrap();
        let faults = Token::read(token).unwrap().faults(&[]);
        assert_eq!(faults, [], "{key:?}");
    }
}

/// Signatures that `openssl` makes over a message, by every scheme, and every one with a bit turned.
#[test]
fn every_scheme_is_verified() {
    use vir_archive::der::{Element, write};
    use vir_archive::digest::Digest;
    use vir_archive::signature::{PublicKey, Scheme};

    if !openssl::is_installed() {
        return;
    }
    let folder = Folder::new("schemes");
    let at = &folder.0;
    fs::write(at.join("message"), b"The quick brown fox").unwrap();
    let digests = [
        (Digest::Sha1, "sha1"),
        (Digest::Ripemd160, "ripemd160"),
        (Digest::Sha224, "sha224"),
        (Digest::Sha256, "sha256"),
        (Digest::Sha384, "sha384"),
        (Digest::Sha512, "sha512"),
        (Digest::Sha3_224, "sha3-224"),
        (Digest::Sha3_256, "sha3-256"),
        (Digest::Sha3_384, "sha3-384"),
        (Digest::Sha3_512, "sha3-512"),
    ];
    let check = |scheme: Scheme, sign: &[&str]| {
        openssl::must(at, sign);
        openssl::must(at, &["pkey", "-in", "key", "-pubout", "-outform", "DER", "-out", "public"]);
        let public = fs::read(at.join("public")).unwrap();
        let key = PublicKey::read(Element::only(&public).unwrap()).unwrap();
        let mut signature = fs::read(at.join("signature")).unwrap();
        let message = fs::read(at.join("message")).unwrap();
        assert_eq!(key.verifies(scheme, &message, &signature), Ok(true), "{scheme:?}");
        assert_eq!(key.verifies(scheme, b"another message", &signature), Ok(false), "{scheme:?}");
        let middle = signature.len() / 2;
        signature[middle] ^= 4;
        assert_eq!(key.verifies(scheme, &message, &signature), Ok(false), "{scheme:?}");
    };
    openssl::must(at, &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2049", "-out", "key"]);
    for (digest, name) in digests {
        let sign = ["dgst", &format!("-{name}"), "-sign", "key", "-out", "signature", "message"];
        // RIPEMD-160 may live in a provider that is not loaded.
        if !openssl::run(at, &sign).status.success() {
            continue;
        }
        check(Scheme::RsaPkcs1(digest), &sign);
        let salt = digest.length();
        let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];
        check(Scheme::RsaPss { digest, mask: digest, salt }, &[&sign[..2], &pss[..], &sign[2..]].concat());
    }
    for curve in ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP320r1", "brainpoolP384r1", "brainpoolP512r1"]
    {
        let option = format!("ec_paramgen_curve:{curve}");
        openssl::must(at, &["genpkey", "-algorithm", "EC", "-pkeyopt", &option, "-out", "key"]);
        for (digest, name) in digests {
            let sign = ["dgst", &format!("-{name}"), "-sign", "key", "-out", "signature", "message"];
            if openssl::run(at, &sign).status.success() {
                check(Scheme::Ecdsa { digest, plain: false }, &sign);
            }
        }
    }
    openssl::must(at, &["genpkey", "-algorithm", "ED25519", "-out", "key"]);
    check(Scheme::Ed25519, &["pkeyutl", "-sign", "-inkey", "key", "-rawin", "-in", "message", "-out", "signature"]);
    // A point that is not on its curve is no key.
    let curve = write::sequence(&[&write::oid("1.2.840.10045.2.1"), &write::oid("1.2.840.10045.3.1.7")]);
    let point = [&[0, 4][..], &[7; 64]].concat();
    let info = write::sequence(&[&curve, &write::value(0x03, &[&point])]);
    let key = PublicKey::read(Element::only(&info).unwrap()).unwrap();
    assert!(
        key.verifies(Scheme::Ecdsa { digest: Digest::Sha256, plain: false }, b"", &[0x30, 6, 2, 1, 1, 2, 1, 1])
            .is_err()
    );
}
