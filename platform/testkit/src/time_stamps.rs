//! A time-stamp service (RFC 3161), made of `openssl ts`: somebody else's tokens for our tests.
//!
//! Invariant: each service has keys of its own, and its files go away with it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

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

/// Is `openssl` there?
#[must_use]
pub fn is_installed() -> bool {
    Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success())
}

/// A service with an authority of its own, asked directly.
#[derive(Debug)]
pub struct Authority {
    folder: tempfile::TempDir,
    claims_qualified: bool,
}

impl Authority {
    /// With keys made by these arguments of `openssl genpkey`.
    #[must_use]
    pub fn new(key: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        std::fs::write(at.join("openssl.cnf"), CONFIG).expect("a file");
        std::fs::write(at.join("serial"), "01\n").expect("a file");
        for file in ["ca.key", "tsa.key"] {
            openssl(at, &[&["genpkey", "-out", file], key].concat());
        }
        let root = ["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Test root", "-days", "30"];
        openssl(at, &[&root[..], &["-config", "openssl.cnf", "-extensions", "authority", "-out", "ca.pem"]].concat());
        openssl(at, &["req", "-new", "-key", "tsa.key", "-config", "openssl.cnf", "-out", "tsa.csr"]);
        let issue = ["x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        let with = ["-days", "30", "-extfile", "openssl.cnf", "-extensions", "stamping", "-out", "tsa.pem"];
        openssl(at, &[&issue[..], &with[..]].concat());
        Self { folder, claims_qualified: false }
    }

    /// The same, and its tokens say that they are qualified time stamps (ETSI EN 319 422, 9.1).
    #[must_use]
    pub fn qualified(key: &[&str]) -> Self {
        Self { claims_qualified: true, ..Self::new(key) }
    }

    /// Its answer to a request.
    #[must_use]
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        if self.claims_qualified { self.answer_qualified(request) } else { self.answer_plainly(request) }
    }

    /// `openssl ts` writes no extensions: they are added to what it says, and that is signed again.
    fn answer_qualified(&self, request: &[u8]) -> Vec<u8> {
        _ = self.answer_plainly(request);
        let at = self.folder.path();
        openssl(at, &["ts", "-reply", "-in", "response", "-token_out", "-out", "token"]);
        openssl(at, &["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "token", "-out", "info"]);
        let info = std::fs::read(at.join("info")).expect("a file");
        let content = if info[1] < 0x80 { &info[2..] } else { &info[2 + usize::from(info[1] & 0x7f)..] };
        std::fs::write(at.join("info"), sequence(&[content, QUALIFIED].concat())).expect("a file");
        let sign =
            ["cms", "-sign", "-cades", "-binary", "-nodetach", "-in", "info", "-outform", "DER", "-md", "sha256"];
        let as_time_stamp = ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", "tsa.pem", "-inkey", "tsa.key"];
        openssl(at, &[&sign[..], &as_time_stamp[..], &["-certfile", "ca.pem", "-out", "token"]].concat());
        let token = std::fs::read(at.join("token")).expect("a token");
        sequence(&[&[0x30, 3, 2, 1, 0], token.as_slice()].concat())
    }

    fn answer_plainly(&self, request: &[u8]) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("request"), request).expect("a file");
        let reply = ["ts", "-reply", "-config", "openssl.cnf", "-queryfile", "request", "-inkey", "tsa.key"];
        openssl(at, &[&reply[..], &["-signer", "tsa.pem", "-chain", "ca.pem", "-out", "response"]].concat());
        std::fs::read(at.join("response")).expect("an answer")
    }

    /// The root certificate, in PEM.
    #[must_use]
    pub fn root(&self) -> Vec<u8> {
        std::fs::read(self.root_file()).expect("a certificate")
    }

    fn root_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// A service over HTTP that answers as long as this lives.
#[derive(Debug)]
pub struct TimeStampService {
    /// Where it is asked.
    pub url: String,
    /// The certificate of its root authority, in PEM.
    pub root: PathBuf,
    _authority: Arc<Authority>,
}

impl TimeStampService {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        Self::of(Authority::new(&["-algorithm", "RSA"]))
    }

    /// Starts one whose tokens say that they are qualified.
    #[must_use]
    pub fn qualified() -> Self {
        Self::of(Authority::qualified(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]))
    }

    fn of(authority: Authority) -> Self {
        let authority = Arc::new(authority);
        let asked = Arc::downgrade(&authority);
        let root = authority.root_file();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/tsr", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let Some(authority) = asked.upgrade() else { return };
                // Whoever hangs up gets no answer.
                let _ = answer(&authority, &mut stream);
            }
        });
        Self { url, root, _authority: authority }
    }
}

/// qcStatements with esi4-qtstStatement-1, in the field of a TSTInfo for extensions.
const QUALIFIED: &[u8] = &[
    0xa1, 0x1b, 0x30, 0x19, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x03, 0x04, 0x0d, 0x30, 0x0b, 0x30,
    0x09, 0x06, 0x07, 0x04, 0x00, 0x81, 0x97, 0x5e, 0x01, 0x01,
];

/// A SEQUENCE of at most 65,535 bytes.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a short content").to_be_bytes();
    let head: &[u8] = if content.len() < 0x80 { &[0x30, length[1]] } else { &[0x30, 0x82, length[0], length[1]] };
    [head, content].concat()
}

/// Runs `openssl` in a folder; it must succeed.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) {
    let run = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs");
    assert!(run.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

fn answer(authority: &Authority, stream: &mut TcpStream) -> std::io::Result<()> {
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    let query = loop {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        asked.extend_from_slice(&piece[..read]);
        let Some(end) = asked.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&asked[..end]).to_lowercase();
        assert!(head.contains("content-type: application/timestamp-query"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let length: usize = length.trim().parse().expect("a number");
        if asked.len() >= end + 4 + length {
            break asked[end + 4..end + 4 + length].to_vec();
        }
    };
    let answer = authority.answer(&query);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(&[head.as_bytes(), &answer].concat())
}
