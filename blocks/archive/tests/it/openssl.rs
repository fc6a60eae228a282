//! `openssl`, where it is installed: a second opinion on signatures, and a local time stamp service.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Is it there?
pub fn is_installed() -> bool {
    Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success())
}

/// Runs it in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs")
}

/// Runs it, and it must succeed.
pub fn must(folder: &Path, arguments: &[&str]) {
    let output = run(folder, arguments);
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A folder that ends with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vir-archive-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// A time stamp service with an authority of its own.
pub struct Service {
    folder: Folder,
}

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test time stamp service
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = service
[service]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
ess_cert_id_alg = sha256
clock_precision_digits = 6
";

impl Service {
    /// With keys made by these arguments of `openssl genpkey`.
    pub fn new(name: &str, key: &[&str]) -> Self {
        let folder = Folder::new(name);
        let at = &folder.0;
        fs::write(at.join("openssl.cnf"), CONFIG).expect("writable");
        fs::write(at.join("serial"), "01\n").expect("writable");
        for file in ["ca.key", "tsa.key"] {
            must(at, &[&["genpkey", "-out", file], key].concat());
        }
        let root = ["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Test root", "-days", "30"];
        must(at, &[&root[..], &["-config", "openssl.cnf", "-extensions", "authority", "-out", "ca.pem"]].concat());
        must(at, &["req", "-new", "-key", "tsa.key", "-config", "openssl.cnf", "-out", "tsa.csr"]);
        let issue = ["x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        let with = ["-days", "30", "-extfile", "openssl.cnf", "-extensions", "stamping", "-out", "tsa.pem"];
        must(at, &[&issue[..], &with[..]].concat());
        Self { folder }
    }

    /// Its answer to a request.
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = &self.folder.0;
        fs::write(at.join("request"), request).expect("writable");
        let reply = ["ts", "-reply", "-config", "openssl.cnf", "-queryfile", "request", "-inkey", "tsa.key"];
        must(at, &[&reply[..], &["-signer", "tsa.pem", "-chain", "ca.pem", "-out", "response"]].concat());
        fs::read(at.join("response")).expect("an answer")
    }

    /// The root certificate.
    pub fn root(&self) -> Vec<u8> {
        fs::read(self.folder.0.join("ca.pem")).expect("a certificate")
    }
}
