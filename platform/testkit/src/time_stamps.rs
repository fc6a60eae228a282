//! A time-stamp service over HTTP (RFC 3161), made of `openssl ts`: somebody else's tokens for our tests.
//!
//! Invariant: each service has keys of its own, and its files go away with it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Time stamp service of the test
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[stamping]
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
ess_cert_id_alg = sha256
clock_precision_digits = 6
";

/// A service that answers until the process ends.
#[derive(Debug)]
pub struct TimeStampService {
    /// Where it is asked.
    pub url: String,
    /// The certificate of its root authority, in PEM.
    pub root: PathBuf,
    /// Goes away with it.
    _folder: tempfile::TempDir,
}

impl TimeStampService {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().to_owned();
        std::fs::write(at.join("c"), CONFIG).expect("a file");
        std::fs::write(at.join("serial"), "01\n").expect("a file");
        for key in ["ca.key", "tsa.key"] {
            openssl(&at, &format!("genpkey -algorithm RSA -out {key}"));
        }
        openssl(&at, "req -x509 -new -key ca.key -subj /CN=Root -days 30 -config c -extensions authority -out ca.pem");
        openssl(&at, "req -new -key tsa.key -config c -out tsa.csr");
        openssl(
            &at,
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile c -extensions stamping -out tsa.pem",
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/tsr", listener.local_addr().expect("an address"));
        let root = at.join("ca.pem");
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                // Whoever hangs up gets no answer.
                let _ = answer(&at, &mut stream);
            }
        });
        Self { url, root, _folder: folder }
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(run.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&run.stderr));
}

fn answer(at: &Path, stream: &mut std::net::TcpStream) -> std::io::Result<()> {
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
    std::fs::write(at.join("query"), query)?;
    openssl(at, "ts -reply -config c -queryfile query -inkey tsa.key -signer tsa.pem -chain ca.pem -out answer");
    let answer = std::fs::read(at.join("answer"))?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(&[head.as_bytes(), &answer].concat())
}
