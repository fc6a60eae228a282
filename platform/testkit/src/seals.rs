//! Certificates and keys of seals, made by `openssl`: for tests that seal and verify.
//!
//! Invariant: each issuer has a key of its own, and its files go away with it.

use std::path::{Path, PathBuf};

use crate::time_stamps::openssl;

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[plain]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
[qualified]
basicConstraints = critical,CA:FALSE
keyUsage = critical,nonRepudiation
subjectKeyIdentifier = hash
1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:seal
[no-device]
basicConstraints = critical,CA:FALSE
keyUsage = critical,nonRepudiation
1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:without
[person]
basicConstraints = critical,CA:FALSE
keyUsage = critical,nonRepudiation
1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:signature
[seal]
1 = SEQUENCE:compliance
2 = SEQUENCE:device
3 = SEQUENCE:eseal
[without]
1 = SEQUENCE:compliance
2 = SEQUENCE:eseal
[signature]
1 = SEQUENCE:compliance
2 = SEQUENCE:device
3 = SEQUENCE:esign
[compliance]
1 = OID:0.4.0.1862.1.1
[device]
1 = OID:0.4.0.1862.1.4
[eseal]
1 = OID:0.4.0.1862.1.6
2 = SEQUENCE:eseal-type
[eseal-type]
1 = OID:0.4.0.1862.1.6.2
[esign]
1 = OID:0.4.0.1862.1.6
2 = SEQUENCE:esign-type
[esign-type]
1 = OID:0.4.0.1862.1.6.1
";

/// What a certificate says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// That it is a qualified one for seals, with its key in a device.
    Qualified,
    /// The same without the device.
    NoDevice,
    /// That it is a qualified one for signatures of a person.
    Person,
}

impl Says {
    fn section(self) -> &'static str {
        match self {
            Self::Nothing => "plain",
            Self::Qualified => "qualified",
            Self::NoDevice => "no-device",
            Self::Person => "person",
        }
    }
}

/// Somebody who issues certificates of seals.
#[derive(Debug)]
pub struct Issuer {
    folder: tempfile::TempDir,
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new()
    }
}

impl Issuer {
    /// With a key of its own.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        std::fs::write(at.join("openssl.cnf"), CONFIG).expect("a file");
        openssl(at, &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ca.key"]);
        let root = ["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Test seal root", "-days", "30"];
        openssl(at, &[&root[..], &["-config", "openssl.cnf", "-extensions", "authority", "-out", "ca.pem"]].concat());
        Self { folder }
    }

    /// A key, made by these arguments of `openssl genpkey`, and its certificate: `NAME.key` (PKCS #8), `NAME.pem` and
    /// `NAME.p12` (password `geheim`) in the issuer's folder.
    #[must_use]
    pub fn issue(&self, name: &str, key: &[&str], says: Says) -> Keyed {
        let at = self.folder.path();
        let file = |end: &str| format!("{name}.{end}");
        let (key_file, request, certificate) = (file("key"), file("csr"), file("pem"));
        openssl(at, &[&["genpkey", "-out", &key_file], key].concat());
        let subject = format!("/O=Stadt Musterstadt/CN=Siegel {name}");
        openssl(
            at,
            &["req", "-new", "-key", &key_file, "-utf8", "-subj", &subject, "-config", "openssl.cnf", "-out", &request],
        );
        let issue = ["x509", "-req", "-in", &request, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        let with = ["-days", "30", "-extfile", "openssl.cnf", "-extensions", says.section(), "-out", &certificate];
        openssl(at, &[&issue[..], &with[..]].concat());
        let bundle = ["pkcs12", "-export", "-inkey", &key_file, "-in", &certificate, "-certfile", "ca.pem"];
        openssl(at, &[&bundle[..], &["-passout", "pass:geheim", "-out", &file("p12")]].concat());
        Keyed { folder: at.to_owned(), name: name.to_owned() }
    }

    /// The root certificate, in PEM.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// A key with its certificate.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Where the files lie.
    pub folder: PathBuf,
    /// How they are called.
    pub name: String,
}

impl Keyed {
    /// One of its files, by its ending: `key`, `pem`, `p12`.
    #[must_use]
    pub fn file(&self, end: &str) -> PathBuf {
        self.folder.join(format!("{}.{end}", self.name))
    }

    /// The signature of these bytes, with these options of `openssl pkeyutl`.
    #[must_use]
    pub fn sign(&self, message: &[u8], options: &[&str]) -> Vec<u8> {
        let (plain, signed) = (self.file("message"), self.file("signature"));
        std::fs::write(&plain, message).expect("a file");
        let (key, plain, out) = (text(&self.file("key")), text(&plain), text(&signed));
        openssl(&self.folder, &[&["pkeyutl", "-sign", "-inkey", &key, "-in", &plain, "-out", &out], options].concat());
        std::fs::read(signed).expect("a signature")
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path of plain letters").to_owned()
}
