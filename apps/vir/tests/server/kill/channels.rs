//! The other ways in: pages in browsers, mails through a real mail server, the public form.
//!
//! Invariant: a mail counts as sent only after the mail server took it.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;
use vir_mail::smtp::{Answer as Reference, Attachment, Composed, Outcome, Outgoing, Relay, Sender, Standing, compose};
use vir_mail::{Address, Security, Trust};
use vir_testkit::mail_servers::{MailServers, PASSWORD};

use super::ledger::{Mailed, Sent};
use super::load::{Item, Load, Stage, bill, leitweg, sha256};
use crate::browser::{Browser, Page};
use crate::installation::Installation;

/// The address to which invoices are mailed.
pub const INBOX: &str = "rechnung@gruenensiel.example";

/// Sets the mailbox up, over the page on which a head of finance does it.
pub async fn open_mailbox(installation: &Installation, servers: &MailServers) {
    let mut head = installation.browser_of("wiebke.onken").await;
    let page = head.get("/einstellungen/postfaecher").await;
    let form = page
        .form("imap_host")
        .with("address", INBOX)
        .with("name", "Stadt Grünensiel")
        .with("imap_host", &format!("localhost:{}", servers.imap))
        .with("imap_security", "starttls")
        .with("smtp_host", &format!("localhost:{}", servers.smtp))
        .with("smtp_security", "starttls")
        .with("password", PASSWORD)
        .with("certificates", &servers.certificate)
        .with("answers", "yes")
        .with("active", "yes");
    let saved = head.send(form).await;
    assert!(saved.says("Postfach gespeichert"), "{}", saved.readable());
}

async fn pause(from: u64, to: u64) {
    let pause = rand::rng().random_range(from..to);
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// Suppliers who write mails with one invoice or three.
pub async fn mailer(load: Arc<Load>, smtp: u16, certificate: String) {
    let relay = Relay {
        host: "localhost".to_owned(),
        port: smtp,
        security: Security::StartTls,
        trust: Trust::system().and_pem(&certificate).unwrap(),
        patience: Duration::from_secs(30),
        hello: None,
    };
    while load.goes_on() {
        pause(100, 400).await;
        let number = load.next_number();
        let bills: Vec<_> = match number % 3 {
            0 => (0..3).map(|_| bill("MAIL", load.next_number())).collect(),
            _ => vec![bill("MAIL", number)],
        };
        let from = format!("lieferant{number}@firma.example");
        let message_id = format!("kill-{number}@firma.example");
        let attachments = bills.iter().map(|(name, _, xml)| Attachment {
            name: format!("{name}.xml"),
            media_type: "application/xml".to_owned(),
            bytes: xml.clone(),
        });
        let composed = compose(&Outgoing {
            from: Address::new(&from).unwrap(),
            to: Address::new(INBOX).unwrap(),
            reply_to: None,
            subject: format!("Rechnung {number}"),
            text: "Guten Tag,\n\nanbei unsere Rechnung.".to_owned(),
            attachments: attachments.collect(),
            answer: Reference::default(),
            standing: Standing::Personal,
            message_id: message_id.clone(),
            date: 1_795_000_000,
            unsubscribe: None,
        })
        .unwrap();
        let sender = Sender::new(&relay, None).await.unwrap();
        let taken = sender.send(&Composed { from, to: INBOX.to_owned(), bytes: composed.bytes }).await;
        assert!(matches!(taken, Outcome::Accepted(_)), "{message_id}: {taken:?}");
        let mut ledger = load.ledger.lock().unwrap();
        let numbers = bills.iter().map(|(name, _, _)| name.clone()).collect();
        ledger.mails.push(Mailed { message_id, numbers });
        for (number, _, xml) in bills {
            ledger.sent.push(Sent { number, sha256: sha256(&xml), channel: "mail", id: None });
        }
    }
}

/// A page, as soon as there is a server; none where the load has ended.
async fn page(load: &Load, browser: &mut Browser, path: &str) -> Option<Page> {
    loop {
        match browser.try_get(path).await {
            Ok(page) if page.status.is_success() => return Some(page),
            Ok(page) if page.status != 503 => panic!("{path}: {} {}", page.status, page.readable()),
            _ if !load.goes_on() => return None,
            _ => pause(5, 30).await,
        }
    }
}

/// Presses one of the buttons of an invoice until the page offers it no longer.
async fn press(
    load: &Load,
    browser: &mut Browser,
    item: &Item,
    kind: &str,
    kinds: &[&str],
    fields: &[(&str, &str)],
) -> bool {
    let at = format!("/rechnungen/{}", item.id);
    loop {
        let Some(page) = page(load, browser, &at).await else { return false };
        if !page.offers("kind", kind) {
            return true;
        }
        let mut form = page.form_with("kind", kind).with("kind", kind);
        for (name, value) in fields {
            form = form.with(name, value);
        }
        for kind in kinds {
            load.ledger.lock().unwrap().tried(&item.id, kind);
        }
        match browser.try_send(form).await {
            Ok(after) if after.status.is_success() => return true,
            Ok(after) => panic!("{kind}: {} {}", after.status, after.readable()),
            Err(_) => load.ledger.lock().unwrap().doubts += 1,
        }
    }
}

/// Certifies in a browser: both signatures by one button.
pub async fn certifier(load: Arc<Load>, mut browser: Browser) {
    let kinds = ["certify_substance", "certify_arithmetic"];
    while load.goes_on() {
        let Some(item) = load.take(Stage::Coded) else {
            pause(5, 30).await;
            continue;
        };
        if press(&load, &mut browser, &item, "certify_both", &kinds, &[]).await {
            load.put(Stage::Certified, item);
        }
    }
}

/// Rejects in a browser, with a notice to the supplier by mail.
pub async fn rejecter(load: Arc<Load>, mut browser: Browser) {
    while load.goes_on() {
        pause(100, 300).await;
        let Some(item) = load.take(Stage::Received) else { continue };
        load.ledger.lock().unwrap().notices.push(item.id.clone());
        let fields = [("reason", "Die Leistung wurde nicht bestellt."), ("notify", "a@mueller.example")];
        if !press(&load, &mut browser, &item, "reject", &["reject"], &fields).await {
            return;
        }
    }
}

/// A supplier without software: fills the form in, looks at it, hands it in – as often as it takes.
pub async fn web_entry(load: Arc<Load>) {
    while load.goes_on() {
        pause(300, 700).await;
        let mut browser = Browser::new(load.nodes.clone());
        let Some(empty) = page(&load, &mut browser, "/o/gruenensiel/rechnung").await else { return };
        let number = format!("WEB-{}", load.next_number());
        let leitweg = leitweg();
        let fields = [
            ("leitweg", leitweg.as_str()),
            ("buyer_name", "Stadt Grünensiel"),
            ("buyer_post_code", "26997"),
            ("buyer_city", "Grünensiel"),
            ("seller_name", "Malerin Ohlsen"),
            ("street", "Weg 1"),
            ("post_code", "26954"),
            ("city", "Nordenham"),
            ("tax_number", "12/345/67890"),
            ("contact", "Uta Ohlsen"),
            ("phone", "04731 12345"),
            ("email", "uta@ohlsen.example"),
            ("number", number.as_str()),
            ("issue_date", "2026-11-20"),
            ("due_date", "2026-12-20"),
            ("iban", "DE89 3704 0044 0532 0130 00"),
            ("line_name", "Anstrich Flur"),
            ("line_quantity", "1"),
            ("line_unit", "LS"),
            ("line_price", "1.234,50"),
            ("line_vat", "19"),
            ("do", "preview"),
        ];
        let mut form = empty.form("seller_name");
        for (name, value) in fields {
            form = form.with(name, value);
        }
        let Ok(shown) = browser.try_send(form).await else { continue };
        // Too often from one address, or not ready.
        if matches!(shown.status.as_u16(), 429 | 503) {
            continue;
        }
        assert!(shown.status.is_success() && shown.path.ends_with("/pruefen"), "{}: {}", shown.path, shown.readable());
        let mut sent = Sent { number, sha256: String::new(), channel: "web", id: None };
        for _ in 0..20 {
            let Some(page) = page(&load, &mut browser, &shown.path).await else { break };
            if !page.text.contains("/einreichen") {
                break;
            }
            match browser.try_send(page.form_to("/einreichen")).await {
                Ok(after) if after.path.ends_with("/eingereicht") && after.status.is_success() => {
                    // Its row is not named; that it is there is what was said.
                    sent.id = Some(String::new());
                    break;
                }
                Ok(after) if matches!(after.status.as_u16(), 429 | 503) => pause(50, 100).await,
                Ok(after) => panic!("{}: {} {}", after.path, after.status, after.readable()),
                Err(_) => load.ledger.lock().unwrap().doubts += 1,
            }
        }
        load.ledger.lock().unwrap().sent.push(sent);
    }
}
