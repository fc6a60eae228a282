//! Somebody who is told of events: takes webhooks, checks their signatures, and is not always well.
//!
//! Invariant: what counts as told was answered with 200.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What was told.
#[derive(Debug, Default)]
pub struct Told {
    /// The secret of the webhook, once it is made.
    pub secret: String,
    /// Event and invoice, with the messages that told of them.
    pub messages: HashMap<(String, String), Vec<String>>,
    /// What was wrong with a message.
    pub faults: Vec<String>,
    count: usize,
}

/// A receiver that listens.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    pub told: Arc<Mutex<Told>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/vir", listener.local_addr().unwrap());
        let told: Arc<Mutex<Told>> = Arc::default();
        let shared = Arc::clone(&told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = Arc::clone(&shared);
                tokio::spawn(async move { take(stream, &told).await });
            }
        });
        Self { url, told }
    }
}

async fn take(mut stream: TcpStream, told: &Mutex<Told>) {
    let mut bytes = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut bytes).await {
        let status = told.lock().unwrap().note(&head, &body);
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Head and body of the next request on the connection.
async fn request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length: usize = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
                bytes.drain(..end + 4 + length);
                return Some((head, body));
            }
        }
        let mut piece = [0; 8192];
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl Told {
    fn note(&mut self, head: &str, body: &str) -> &'static str {
        self.count += 1;
        // Now and then it is not well; the message must come again.
        if self.count % 23 == 7 {
            return "503 Service Unavailable";
        }
        let id = header(head, "webhook-id").unwrap_or_default().to_owned();
        let time = header(head, "webhook-timestamp").unwrap_or_default();
        let key = STANDARD.decode(self.secret.trim_start_matches("whsec_")).unwrap_or_default();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{time}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        if header(head, "webhook-signature") != Some(signature.as_str()) {
            self.faults.push(format!("{id}: the signature does not fit"));
        }
        let message: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let invoice = ["id", "invoice"].iter().map(|name| word(&message["data"][*name])).find(|id| !id.is_empty());
        let about = (word(&message["type"]), invoice.unwrap_or_default());
        self.messages.entry(about).or_default().push(id);
        "200 OK"
    }
}
