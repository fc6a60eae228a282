//! Claims about revocation: lists and OCSP answers made by `openssl`, signed by those who may, by those who may not,
//! too old, for others, and changed.

use std::fs;

use vir_archive::certificate::revocation::{Status, status};
use vir_archive::certificate::{Certificate, certificates};
use vir_archive::moment::Moment;

use crate::openssl::{self, Folder};

const CONFIG: &str = "
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = nobody
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
[plain]
basicConstraints = critical,CA:FALSE
crlDistributionPoints = URI:http://crl.example/one
[responder]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = OCSPSigning
[whole]
authorityKeyIdentifier = keyid
[users]
issuingDistributionPoint = critical,@users_point
[users_point]
onlyuser = TRUE
[authorities]
issuingDistributionPoint = critical,@authorities_point
[authorities_point]
onlyCA = TRUE
[some]
issuingDistributionPoint = critical,@some_point
[some_point]
onlysomereasons = keyCompromise
[indirect]
issuingDistributionPoint = critical,@indirect_point
[indirect_point]
indirectCRL = TRUE
[here]
issuingDistributionPoint = critical,@here_point
[here_point]
fullname = URI:http://crl.example/one
[elsewhere]
issuingDistributionPoint = critical,@elsewhere_point
[elsewhere_point]
fullname = URI:http://crl.example/two
[delta]
2.5.29.27 = critical,DER:020101
[strange]
1.2.3.4.5 = critical,DER:0500
";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// An authority that has issued `good`, `broken` (revoked: key compromised), `old` (revoked: superseded), `responder`
/// and `other`, which is like `good` but may not answer for the authority.
struct Authority(Folder);

impl Authority {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let at = &folder.0;
        fs::write(at.join("openssl.cnf"), CONFIG).unwrap();
        for (file, text) in [("index.txt", ""), ("serial", "1000\n"), ("crlnumber", "01\n")] {
            fs::write(at.join(file), text).unwrap();
        }
        let key = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out"];
        openssl::must(at, &[&key[..], &["ca.key"]].concat());
        let root = ["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Root", "-days", "60", "-out", "ca.pem"];
        openssl::must(at, &[&root[..], &["-config", "openssl.cnf", "-extensions", "authority"]].concat());
        let all = [("good", "plain"), ("broken", "plain"), ("old", "plain"), ("responder", "responder")];
        for (name, kind) in all.into_iter().chain([("other", "plain")]) {
            let (csr, pem, subject) = (format!("{name}.csr"), format!("{name}.pem"), format!("/CN={name}"));
            let own = format!("{name}.key");
            openssl::must(at, &[&key[..], &[&own]].concat());
            let request = ["req", "-new", "-config", "openssl.cnf", "-key", &own, "-subj", &subject, "-out", &csr];
            openssl::must(at, &request);
            let issue = ["ca", "-batch", "-config", "openssl.cnf", "-in", &csr, "-out", &pem, "-notext"];
            openssl::must(at, &[&issue[..], &["-extensions", kind]].concat());
        }
        for (name, reason) in [("broken.pem", "keyCompromise"), ("old.pem", "superseded")] {
            openssl::must(at, &["ca", "-config", "openssl.cnf", "-revoke", name, "-crl_reason", reason]);
        }
        Self(folder)
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        certificates(&fs::read(self.0.0.join(format!("{name}.pem"))).unwrap()).unwrap().remove(0)
    }

    fn list(&self, more: &[&str]) -> Vec<u8> {
        let at = &self.0.0;
        openssl::must(at, &[&["ca", "-gencrl", "-config", "openssl.cnf", "-out", "list.pem"], more].concat());
        openssl::must(at, &["crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der"]);
        fs::read(at.join("list.der")).unwrap()
    }

    /// An answer about a certificate of this authority, signed with the named key.
    fn answer(&self, about: &str, signer: &str, more: &[&str]) -> Vec<u8> {
        let at = &self.0.0;
        let (about, pem, key) = (format!("{about}.pem"), format!("{signer}.pem"), format!("{signer}.key"));
        let ask = ["ocsp", "-issuer", "ca.pem", "-cert", &about, "-no_nonce", "-reqout", "request.der"];
        openssl::must(at, &ask);
        let reply = ["ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", &pem, "-rkey", &key];
        let files = ["-reqin", "request.der", "-respout", "answer.der", "-ndays", "7"];
        openssl::must(at, &[&reply[..], &files[..], more].concat());
        fs::read(at.join("answer.der")).unwrap()
    }

    /// What this information says of a certificate for a moment, in seconds from when it was issued.
    fn says(&self, name: &str, information: &[&[u8]], after: i64) -> Status {
        let (subject, issuer) = (self.certificate(name), self.certificate("ca"));
        let (subject, issuer) = (Certificate::read(&subject).unwrap(), Certificate::read(&issuer).unwrap());
        let at = Moment::from_unix(subject.not_before.unix() + after);
        status(&subject, &issuer, information, &[], at)
    }
}

fn is_revoked(status: Status, harmless: bool) -> bool {
    matches!(status, Status::Revoked { harmless_before, .. } if harmless_before == harmless)
}

#[test]
fn a_list_tells_who_was_revoked_and_why() {
    if !openssl::is_installed() {
        return;
    }
    let authority = Authority::new("crl");
    let list = authority.list(&[]);
    assert_eq!(authority.says("good", &[&list], HOUR), Status::Good);
    assert!(is_revoked(authority.says("broken", &[&list], HOUR), false));
    assert!(is_revoked(authority.says("old", &[&list], HOUR), true));
    assert_eq!(authority.says("good", &[], HOUR), Status::Unknown);

    // A revocation outweighs everything, in any order, and is no less true when the next list is due.
    let good = authority.answer("good", "responder", &[]);
    for information in [[&list[..], &good[..]], [&good[..], &list[..]]] {
        assert!(is_revoked(authority.says("broken", &information, 20 * DAY), false));
    }
    // That there is none is not known beyond the day of the next list, and not from a list of after the expiry.
    assert_eq!(authority.says("good", &[&list], 6 * DAY), Status::Good);
    assert_eq!(authority.says("good", &[&list], 8 * DAY), Status::Unknown);
    let late = ["-crl_lastupdate", "20991231000000Z", "-crl_nextupdate", "21000131000000Z"];
    assert_eq!(authority.says("good", &[&authority.list(&late)], HOUR), Status::Unknown);
    let early = ["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200108000000Z"];
    assert_eq!(authority.says("good", &[&authority.list(&early)], HOUR), Status::Unknown);
    assert!(is_revoked(authority.says("broken", &[&authority.list(&early)], HOUR), false));
}

#[test]
fn a_list_counts_for_the_certificates_that_it_is_about() {
    if !openssl::is_installed() {
        return;
    }
    let authority = Authority::new("crl-scope");
    for (extensions, expect) in [
        ("whole", Status::Good),
        ("users", Status::Good),
        ("here", Status::Good),
        ("authorities", Status::Unknown),
        ("elsewhere", Status::Unknown),
        ("some", Status::Unknown),
        ("indirect", Status::Unknown),
        ("delta", Status::Unknown),
        ("strange", Status::Unknown),
    ] {
        let list = authority.list(&["-crlexts", extensions]);
        assert_eq!(authority.says("good", &[&list], HOUR), expect, "{extensions}");
    }
    // The responder's certificate names no distribution point.
    let list = authority.list(&["-crlexts", "here"]);
    assert_eq!(authority.says("responder", &[&list], HOUR), Status::Unknown);
    // Of an authority's own certificates, the list of authorities speaks.
    let list = authority.list(&["-crlexts", "authorities"]);
    assert_eq!(authority.says("ca", &[&list], HOUR), Status::Good);
}

#[test]
fn an_answer_counts_when_the_authority_or_its_responder_gave_it() {
    if !openssl::is_installed() {
        return;
    }
    let authority = Authority::new("ocsp");
    for signer in ["ca", "responder"] {
        let say = |name: &str| authority.says(name, &[&authority.answer(name, signer, &[])], HOUR);
        assert_eq!(say("good"), Status::Good, "{signer}");
        assert!(is_revoked(say("broken"), false), "{signer}");
        assert!(is_revoked(say("old"), true), "{signer}");
    }
    // An answer about one says nothing of another, and nothing beyond its time.
    let good = authority.answer("good", "responder", &[]);
    assert_eq!(authority.says("other", &[&good], HOUR), Status::Unknown);
    assert_eq!(authority.says("good", &[&good], 6 * DAY), Status::Good);
    assert_eq!(authority.says("good", &[&good], 8 * DAY), Status::Unknown);
    // Whoever was not named as responder, and another authority of the same name, may say what they like.
    assert_eq!(authority.says("good", &[&authority.answer("good", "other", &[])], HOUR), Status::Unknown);
    assert_eq!(authority.says("broken", &[&authority.answer("broken", "other", &[])], HOUR), Status::Unknown);
    let stranger = Authority::new("ocsp-stranger");
    assert_eq!(authority.says("broken", &[&stranger.answer("broken", "responder", &[])], HOUR), Status::Unknown);
    assert_eq!(authority.says("broken", &[&stranger.list(&[])], HOUR), Status::Unknown);
    // The responder does not know the certificate.
    fs::write(authority.0.0.join("index.txt"), "").unwrap();
    assert_eq!(authority.says("good", &[&authority.answer("good", "responder", &[])], HOUR), Status::Unknown);
    // It had nothing to say: an error (here: unauthorized) is no answer.
    assert_eq!(authority.says("good", &[&[0x30, 0x03, 0x0a, 0x01, 0x06]], HOUR), Status::Unknown);
}

/// Whatever bit is turned, nobody is called good or revoked who was not; the signature covers everything that counts.
#[test]
fn a_changed_list_or_answer_says_nothing() {
    if !openssl::is_installed() {
        return;
    }
    let authority = Authority::new("revocation-changed");
    let (subject, issuer) = (authority.certificate("broken"), authority.certificate("ca"));
    let (subject, issuer) = (Certificate::read(&subject).unwrap(), Certificate::read(&issuer).unwrap());
    let at = Moment::from_unix(subject.not_before.unix() + HOUR);
    for whole in [authority.list(&[]), authority.answer("broken", "ca", &["-resp_no_certs"])] {
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 8);
            let said = status(&subject, &issuer, &[&changed], &[], at);
            // Bits around the signed part may be of no weight; they never turn a revocation into its opposite.
            assert_ne!(said, Status::Good, "byte {place}");
            _ = status(&subject, &issuer, &[&whole[..place]], &[], at);
        }
    }
}
