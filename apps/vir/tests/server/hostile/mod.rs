//! Bad input against the real process: each limit of the operator's guide is met by something that
//! goes beyond it.
//!
//! `VIR_HOSTILE=all` also runs what takes a minute (`cargo xtask proof hostile-input`).
//!
//! Invariant: every case is refused or shown inert, the server never breaks, and its memory stays below
//! 300 MB while all of it happens.

mod documents;
mod files;
mod mails;
mod network;
mod texts;
mod wire;

use std::collections::BTreeSet;

use reqwest::{Client, StatusCode, header};
use vir_invoice_desk::limits;
use vir_store::{Clock, Tx, args};
use vir_web::App;

use crate::installation::{Installation, Storage};
use crate::isolation::{Shows, World};

/// The most memory that the server may have had. What `VIR_BINARY` names is a release build: for it the claim is
/// made. A debug build keeps more; there the bound only finds what has none.
fn most_memory() -> u64 {
    if std::env::var_os("VIR_BINARY").is_some() { 300_000_000 } else { 800_000_000 }
}

/// Something hostile, and what became of it.
pub struct Case {
    /// The limit of the guide that it meets.
    limit: &'static str,
    name: String,
    outcome: Result<String, String>,
}

/// Somebody who may do everything, at the server under test.
pub struct Desk {
    http: Client,
    url: String,
    port: u16,
    /// What the browser sends.
    cookie: String,
    token: String,
    csrf: String,
}

impl Desk {
    /// Posts bytes with the token of a program.
    async fn post(&self, path: &str, kind: &str, bytes: Vec<u8>) -> (StatusCode, String) {
        self.post_with(path, kind, bytes, &[]).await
    }

    async fn post_with(&self, path: &str, kind: &str, bytes: Vec<u8>, more: &[(&str, &str)]) -> (StatusCode, String) {
        let mut request =
            self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).header(header::CONTENT_TYPE, kind);
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let answer = request.body(bytes).send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        (answer.status(), answer.text().await.unwrap())
    }

    /// Status, text, and whether the page wants to be loaded again.
    async fn get(&self, path: &str) -> (StatusCode, String, bool) {
        let request = self.http.get(format!("{}{path}", self.url)).header(header::COOKIE, &self.cookie);
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (status, again) = (answer.status(), answer.headers().contains_key(header::REFRESH));
        (status, String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned(), again)
    }

    async fn form(&self, path: &str, body: &str) -> (StatusCode, String) {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("csrf={}&{body}", self.csrf));
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// Files by the page; the status, and where it leads.
    async fn upload(&self, files: Vec<(&str, Vec<u8>)>) -> (StatusCode, String) {
        let mut body =
            format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", self.csrf).into_bytes();
        for (name, bytes) in files {
            body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let request = self
            .http
            .post(format!("{}/hochladen", self.url))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(body);
        let answer = request.send().await.unwrap();
        let location = answer.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        (answer.status(), location)
    }

    /// An upload of so many MiB that says its length and is sent as fast as it is taken, as a browser does.
    async fn flood<T>(&self, mebibytes: usize) -> Result<T, String> {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!(
            "POST /hochladen HTTP/1.1\r\nHost: x\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n\
             --b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.zip\"\r\n\r\nPK\x03\x04",
            self.cookie,
            mebibytes * files::MIB,
            self.csrf
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut reading, mut writing) = stream.into_split();
        let piece = vec![0; files::MIB];
        let sending = async {
            for _ in 0..mebibytes {
                if writing.write_all(&piece).await.is_err() {
                    return;
                }
            }
        };
        let mut answer = vec![0; 16];
        let reading = async { reading.read_exact(&mut answer).await.is_ok() };
        // Browsers look at the answer when they have sent everything, or the other side has hung up.
        let ((), got) = tokio::join!(sending, reading);
        Err(if got { String::from_utf8_lossy(&answer[9..12]).into_owned() } else { "no answer".to_owned() })
    }

    /// The checking service without a name: the status, and whether it says when to come again.
    async fn check_as_nobody(&self) -> (StatusCode, bool) {
        let answer = self
            .http
            .post(&self.url)
            .header(header::CONTENT_TYPE, "application/xml")
            .body("<a/>")
            .send()
            .await
            .unwrap();
        (answer.status(), answer.headers().contains_key(header::RETRY_AFTER))
    }

    /// Many large documents at once, each slow: some are asked to come again.
    async fn crowd(&self) -> Result<String, String> {
        let one = vec![b' '; 49 * files::MIB];
        let all = (0..8).map(|_| self.post("/api/v1/invoices", "application/xml", one.clone()));
        let found: BTreeSet<u16> =
            futures_util::future::join_all(all).await.into_iter().map(|(status, _)| status.as_u16()).collect();
        if found.iter().all(|status| [200, 201, 503].contains(status)) {
            Ok(format!("{found:?}"))
        } else {
            Err(format!("{found:?}"))
        }
    }
}

async fn furnish(installation: &Installation) -> World {
    let app = App::open(
        installation.config(),
        vec![vir_invoice_desk::block(), vir_archive_desk::block()],
        Clock::system(),
        None,
    )
    .await
    .unwrap();
    let world = World::furnish(&app).await;
    let unit = world.of(crate::isolation::Kind::Unit, 0)[0].id.clone();
    app.store
        .write(&crate::isolation::TENANTS[0].parse().unwrap(), move |tx: &mut Tx| {
            Box::pin(async move {
                for n in 0..i64::try_from(limits::ROUTE_RULES).unwrap_or(0) {
                    let sql = "insert into route_rule (id, stage, position, field, operator, value, unit_id, note) values ($1, 'rule', $2, 'seller_name', 'contains', $3, $4, '')";
                    tx.execute(sql, &args![format!("r{n}"), n + 10, format!("never {n}"), &unit]).await?;
                }
                Ok::<_, vir_store::Error>(())
            })
        })
        .await
        .unwrap();
    app.store.close().await;
    world
}

fn desk(world: &World, installation: &Installation) -> Desk {
    let text = |shows: &Shows| match shows {
        Shows::Session(text) | Shows::Token(text) => text.clone(),
        Shows::Nothing => String::new(),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(300))
        .build()
        .unwrap();
    let all = world.callers.iter().find(|caller| caller.label == "mighty of aurich").unwrap();
    Desk {
        http,
        url: installation.servers[0].url(),
        port: installation.servers[0].port(),
        cookie: format!("vir_session={}", text(&all.shows)),
        token: world.tokens[0].clone(),
        csrf: all.csrf.clone(),
    }
}

fn report(cases: &[Case]) -> String {
    let bad: Vec<String> = cases
        .iter()
        .filter_map(|case| case.outcome.as_ref().err().map(|why| format!("{} – {}: {why}", case.limit, case.name)))
        .collect();
    assert!(bad.is_empty(), "{} of {} cases got through: {bad:#?}", bad.len(), cases.len());
    format!("{} cases refused or inert", cases.len())
}

/// The limits of the guide's second table, with the values of the defaults.
fn network_table() -> String {
    let limits = vir_web::config::Limits::default();
    format!(
        "| Grenze | Wert | Darüber hinaus |\n|---|---:|---|\n\
         | Zeit für den Kopf einer Anfrage | {} s | Verbindung wird geschlossen |\n\
         | Pause in einer Übertragung | {} s | Verbindung wird geschlossen, in beiden Richtungen |\n\
         | Dauer einer Anfrage | {} s | HTTP 503 |\n\
         | Dauer einer Anfrage mit Dateien | {} s | HTTP 503 |\n\
         | Verbindungen je Knoten | {} | weitere warten |\n\
         | Verbindungen je Adresse | {} | weitere werden geschlossen |\n\
         | Kopfzeilen einer Anfrage | 100 | HTTP 431 |\n\
         | Bytes im Kopf einer Anfrage | 64 KiB | HTTP 431 |\n\
         | Mehrdeutige Anfragen | – | HTTP 400, oder die Verbindung endet nach der ersten Antwort |\n",
        limits.head_seconds,
        limits.body_idle_seconds,
        limits.request_seconds,
        limits.upload_seconds,
        limits.connections,
        limits.connections_per_address,
    )
}

#[test]
fn the_page_of_limits_has_those_of_the_network() {
    let page = include_str!("../../../../../docs/betrieb/grenzen.md");
    let table = network_table();
    assert!(page.contains(&table), "docs/betrieb/grenzen.md must contain:\n{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_ambiguous_clients() {
    let mut installation = Installation::empty(Storage::Files).unwrap();
    for (name, value) in [
        ("VIR_LIMITS_HEAD_SECONDS", network::HEAD_SECONDS.to_string()),
        ("VIR_LIMITS_BODY_IDLE_SECONDS", network::IDLE_SECONDS.to_string()),
        ("VIR_LIMITS_REQUEST_SECONDS", network::REQUEST_SECONDS.to_string()),
        ("VIR_LIMITS_CONNECTIONS_PER_ADDRESS", network::PER_ADDRESS.to_string()),
    ] {
        installation.set(name, &value);
    }
    installation.begin();
    let port = installation.servers[0].port();
    let cases = tokio::task::spawn_blocking(move || network::cases(port)).await.unwrap();
    eprintln!("hostile-input, network: {}", report(&cases));
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_archives_and_texts() {
    let mut installation = Installation::empty(Storage::Files).unwrap();
    let world = furnish(&installation).await;
    installation.set("VIR_CHANNELS_OPEN_CHECK", "true");
    installation.begin();
    let all = std::env::var("VIR_HOSTILE").is_ok_and(|value| value == "all");
    let desk = desk(&world, &installation);
    let mut cases = texts::cases(&desk, all).await;
    cases.extend(mails::cases(&desk).await);
    cases.extend(documents::documents(&desk).await);
    cases.extend(documents::archives(&desk, all).await);
    let name = "eight documents of 49 MiB at once".to_owned();
    cases.push(Case {
        limit: "Speicher für alle gleichzeitig eingehenden Dokumente",
        name,
        outcome: desk.crowd().await,
    });
    let met: BTreeSet<&str> = cases.iter().map(|case| case.limit).collect();
    // It takes more invoices than the store of this test holds.
    let elsewhere = "Rechnungen einer Sammelaktion";
    let unmet = limits::TABLE.iter().map(|limit| limit.what).filter(|what| !met.contains(what) && *what != elsewhere);
    let unmet: Vec<&str> = unmet.collect();
    let (_, most) = installation.servers[0].memory().unwrap_or_default();
    eprintln!("hostile-input: {}; the server had {} MB at most", report(&cases), most / 1_000_000);
    assert!(unmet.is_empty(), "limits of the guide that no case meets: {unmet:?}");
    assert!(most < most_memory(), "the server had {} MB", most / 1_000_000);
}
