//! Mails that are too much, through a real mail server and the mailbox that the running server watches.
//!
//! Invariant: each is stored, and either processed or put into quarantine; none is lost, none breaks the server.

use std::time::Duration;

use vir_mail::smtp::{Composed, Outcome, Relay, Sender};
use vir_mail::{Security, Trust};
use vir_testkit::mail_servers::{MailServers, PASSWORD};

use super::files::{MIB, invoice, trap};
use super::texts::vir_encoded;
use super::{Case, Desk};

const INBOX: &str = "rechnung@haken.example";

fn part(kind: &str, name: &str, text: &str) -> String {
    format!("--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n")
}

fn mail(subject: &str, head: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Eve <eve@lieferant.example>\r\nTo: {INBOX}\r\nDate: Sun, 22 Nov 2026 09:00:00 +0100\r\nMessage-ID: <{}@lieferant.example>\r\n\
         Subject: {subject}\r\nMIME-Version: 1.0\r\n{head}\r\n\r\n{body}",
        subject.replace(' ', "-")
    )
    .into_bytes()
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b";

/// A name of each in its subject, and the bytes.
fn mails() -> Vec<(&'static str, Vec<u8>)> {
    let many: String =
        (0..200).map(|n| part("application/xml", &format!("{n}.xml"), &invoice(&format!("M-{n}")))).collect();
    let too_many: String = (0..400).map(|n| part("text/plain", &format!("{n}.txt"), "x")).collect();
    let mut deep = "x".to_owned();
    for level in 0..200 {
        deep = format!(
            "--b{level}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n{deep}\r\n--b{level}--\r\n",
            level.max(1) - 1
        );
    }
    let names = [
        part("application/xml", &format!("../../../..{}", trap().display()), &invoice("P-1")),
        part("application/xml", "a\\\"; rm -rf .xml", &invoice("P-2")),
        part("text/html", "<img src=x onerror=fetch('/geschossen')>.html", "<script>fetch('/geschossen')</script>"),
    ]
    .concat();
    vec![
        ("zweihundert Anhaenge", mail("zweihundert Anhaenge", MIXED, &format!("{many}--b--\r\n"))),
        ("vierhundert Anhaenge", mail("vierhundert Anhaenge", MIXED, &format!("{too_many}--b--\r\n"))),
        ("tief verschachtelt", mail("tief verschachtelt", "Content-Type: multipart/mixed; boundary=b199", &deep)),
        (
            "grosser Kopf",
            mail(
                "grosser Kopf",
                &format!(
                    "X-A: {}",
                    "b ".repeat(450).repeat(400).replace("b b b b b b b b b b b b b b b b b b b b ", "b\r\n ")
                ),
                "x",
            ),
        ),
        ("viele Kopfzeilen", mail("viele Kopfzeilen", &"X-A: b\r\n".repeat(8000), "x")),
        (
            "zu gross",
            mail(
                "zu gross",
                MIXED,
                &format!("{}--b--\r\n", part("application/pdf", "a.pdf", &"x".repeat(76).add_lines(55 * MIB))),
            ),
        ),
        ("Namen", mail("Namen", MIXED, &format!("{names}--b--\r\n"))),
        (
            "<script>fetch('/geschossen')</script>",
            mail(
                "<script>fetch('/geschossen')</script>",
                "Content-Type: text/html",
                "<script>fetch('/geschossen')</script>",
            ),
        ),
    ]
}

trait Lines {
    fn add_lines(&self, bytes: usize) -> String;
}

impl Lines for String {
    /// As many lines of this text as make so many bytes.
    fn add_lines(&self, bytes: usize) -> String {
        format!("{self}\r\n").repeat(bytes / (self.len() + 2))
    }
}

/// Delivers all of them, and waits until the mailbox is empty.
pub async fn cases(desk: &Desk) -> Vec<Case> {
    let servers = match MailServers::start(&[INBOX]) {
        Ok(servers) => servers,
        Err(missing) => {
            eprintln!("hostile mails: skipped, {missing}");
            return Vec::new();
        }
    };
    let fields = [
        ("address", INBOX.to_owned()),
        ("name", "Stadt".to_owned()),
        ("imap_host", format!("127.0.0.1:{}", servers.imap)),
        ("imap_security", Security::Plain.name().to_owned()),
        ("smtp_host", String::new()),
        ("smtp_security", Security::Plain.name().to_owned()),
        ("user", INBOX.to_owned()),
        ("password", PASSWORD.to_owned()),
        ("active", "on".to_owned()),
    ];
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", vir_encoded(value))).collect();
    let (status, text) = desk.form("/einstellungen/postfaecher", &form.join("&")).await;
    assert!(status.is_redirection(), "the mailbox is not set up: {status} {text}");
    let relay = Relay {
        host: "127.0.0.1".into(),
        port: servers.smtp,
        security: Security::Plain,
        trust: Trust::system(),
        patience: Duration::from_secs(60),
        hello: None,
    };
    let sender = Sender::new(&relay, None).await.unwrap();
    let mut sent = Vec::new();
    let mut cases = Vec::new();
    let mut add = |name: &str, outcome| cases.push(Case { limit: "E-Mails", name: name.to_owned(), outcome });
    for (name, bytes) in mails() {
        let composed = Composed { from: "eve@lieferant.example".into(), to: INBOX.into(), bytes };
        match sender.send(&composed).await {
            Outcome::Accepted(_) => sent.push(name),
            // A mail server that refuses it has done our work.
            other => add(name, Ok(format!("refused by the mail server: {other:?}").chars().take(80).collect())),
        }
    }
    let mut empty = false;
    for _ in 0..900 {
        // The server looks after a new mailbox within a minute, and then at once.
        if servers.count(INBOX, None) == 0 {
            empty = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let quarantine = desk.get("/postfach/quarantaene").await.1;
    let register = desk.get("/api/v1/invoices?limit=200").await.1;
    for name in sent {
        let shown = name.replace('<', "&lt;").replace('>', "&gt;");
        let there = quarantine.contains(&shown)
            || quarantine.contains(name)
            || (name == "zweihundert Anhaenge" && register.contains("M-1"))
            || (name == "Namen" && register.contains("P-1"));
        add(
            name,
            match (empty, there) {
                (true, true) => Ok("stored, and shown where it waits".to_owned()),
                _ => Err(format!(
                    "inbox empty: {empty}, shown: {there}; {} left; {}",
                    servers.count(INBOX, None),
                    servers.log().lines().last().unwrap_or_default()
                )),
            },
        );
    }
    if quarantine.contains("<script>fetch") {
        add("script in a subject", Err("the list of mails has a script".to_owned()));
    }
    if trap().exists() {
        add("names", Err("a file was written where its name said".to_owned()));
    }
    cases
}
