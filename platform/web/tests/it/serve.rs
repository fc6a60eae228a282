//! The server on a real socket: slow clients, limits, proxies, the end.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use vir_web::App;
use vir_web::config::Config;
use vir_web::serve::Server;
use vir_web::test::Site;

use crate::parts::showcase;

struct Running {
    site: Site,
    address: std::net::SocketAddr,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

async fn start(change: impl FnOnce(&mut Config)) -> Running {
    let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    change(&mut config);
    let site = Site::with(vec![showcase()], config).await;
    let app: App = site.app.clone();
    let server = Server::bind(app).await.unwrap();
    let address = server.address().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(server.run(stop.clone()));
    Running { site, address, stop, task }
}

impl Running {
    async fn say(&self, words: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("an end");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str, headers: &str) -> String {
        self.say(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")).await
    }
}

#[tokio::test]
async fn it_answers_and_ends() {
    let running = start(|_| {}).await;
    assert!(running.get("/health/live", "").await.starts_with("HTTP/1.1 200"));
    assert!(running.get("/health/ready", "").await.starts_with("HTTP/1.1 200"));
    let lost = running.get("/gibt-es-nicht", "").await;
    assert!(lost.starts_with("HTTP/1.1 404") && lost.contains("content-security-policy"), "{lost}");
    let Running { site, stop, task, address } = running;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), task).await.expect("it ends soon").unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(site.get_as_nobody("/health/ready").await.status, 503);
}

#[tokio::test]
async fn a_request_that_runs_may_end() {
    let running = start(|config| config.limits.drain_seconds = 5).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    // The head is there, the body is on its way, when the server is asked to end.
    let head = "POST /ansicht HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.stop.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(b"csrf=x").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("Formular abgelaufen"), "{answer}");
    running.task.await.unwrap();
}

#[tokio::test]
async fn slow_clients_are_dropped() {
    let running = start(|config| {
        config.limits.head_seconds = 1;
        config.limits.body_idle_seconds = 1;
    })
    .await;
    // A head that never ends, a body that never comes: both end well within the twenty seconds of `say`.
    let head = running.say("GET / HTTP/1.1\r\nHost: local").await;
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 4"), "{head}");
    let body = running.say("POST /ansicht HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 600\r\nConnection: close\r\n\r\ncsrf=").await;
    assert!(body.is_empty() || body.starts_with("HTTP/1.1 4"), "{body}");
}

#[tokio::test]
async fn too_much_is_refused() {
    let running = start(|config| config.limits.request_bytes = 10_000).await;
    let body = running.say("POST /ansicht HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\nConnection: close\r\n\r\n").await;
    assert!(body.starts_with("HTTP/1.1 413") && body.contains("Zu groß"), "{body}");
    let head = running.get("/", &format!("X-Long: {}\r\n", "x".repeat(100_000))).await;
    assert!(head.starts_with("HTTP/1.1 431") || head.is_empty(), "{head}");
}

#[tokio::test]
async fn figures_are_for_this_machine() {
    let running = start(|config| config.proxy.trusted = vec!["127.0.0.1".parse().unwrap()]).await;
    // Behind a proxy everybody seems to come from this machine.
    assert!(running.get("/metrics", "X-Forwarded-For: 192.0.2.1\r\n").await.starts_with("HTTP/1.1 404"));
    let https = running.get("/hilfe", "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n").await;
    assert!(https.contains("strict-transport-security") && https.contains("__Host-vir_visit"), "{https}");
    let plain = running.get("/hilfe", "").await;
    assert!(!plain.contains("strict-transport-security"));
    let token = start(|config| config.metrics.token = Some(vir_web::config::Secret::new("geheim"))).await;
    assert!(token.get("/metrics", "").await.starts_with("HTTP/1.1 404"));
    // Nobody counts in tests, so the right token finds nothing either; the binary's test sees figures.
    assert!(token.get("/metrics", "Authorization: Bearer geheim\r\n").await.starts_with("HTTP/1.1 404"));
}

/// Makes a certificate for localhost with this organisation; `false` where there is no openssl.
fn certificate(folder: &std::path::Path, organisation: &str) -> bool {
    std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj"])
        .arg(format!("/O={organisation}/CN=localhost"))
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What openssl says of the server's certificate, with the protocol that was agreed on.
async fn seen(address: std::net::SocketAddr) -> String {
    let asked = tokio::task::spawn_blocking(move || {
        std::process::Command::new("openssl")
            .args(["s_client", "-alpn", "h2,http/1.1", "-connect", &address.to_string()])
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    });
    String::from_utf8_lossy(&asked.await.unwrap().stdout).into_owned()
}

#[allow(clippy::disallowed_methods, reason = "a file's change is seen by the real clock")]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_while_it_runs() {
    let folder = std::env::temp_dir().join(format!("vir-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    if !certificate(&folder, "Erste") {
        vir_testkit::missing("no openssl");
        return;
    }
    let running = start(|config| {
        config.tls.certificate = Some(folder.join("cert.pem"));
        config.tls.key = Some(folder.join("key.pem"));
    })
    .await;
    let first = seen(running.address).await;
    assert!(first.contains("O = Erste") && first.contains("ALPN protocol: h2") && first.contains("TLSv1.3"), "{first}");

    // A file that is no certificate leaves the one in use; then a right one is taken.
    let hang_up = || std::process::Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status();
    std::fs::write(folder.join("cert.pem"), "half a file").unwrap();
    hang_up().unwrap();
    assert!(seen(running.address).await.contains("O = Erste"));
    assert!(certificate(&folder, "Zweite"));
    hang_up().unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !seen(running.address).await.contains("O = Zweite") {
        assert!(std::time::Instant::now() < deadline, "the new certificate is not taken");
    }
    running.stop.cancel();
    let _ = std::fs::remove_dir_all(&folder);
}
