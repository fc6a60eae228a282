//! Many people and programs at once: who they are, and how they ask.
//!
//! Invariant: a request that was not answered is in doubt; one that never reached a server is made again.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::RngExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vir_invoice::bindings::write_ubl;
use vir_invoice::create::{Draft, invoice};
use vir_invoice_desk::demo::town;

use super::ledger::{Decided, Ledger, Ran, Sent};
use super::receiver::Receiver;
use crate::installation::Installation;

/// What the server said to a request.
pub enum Answer {
    /// Status and body.
    Said(u16, Value),
    /// Nothing, after the request had been sent: it may have happened.
    Doubt,
    /// It was not sent, because the load ended.
    Ended,
}

/// An invoice on its way through the house.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    pub cents: i64,
}

/// Where an invoice waits for the next person.
#[derive(Debug, Clone, Copy)]
pub enum Stage {
    Received,
    Coded,
    Certified,
    Ordered,
}

/// What all clients share.
pub struct Load {
    pub nodes: Vec<String>,
    pub ledger: Mutex<Ledger>,
    pub receiver: Receiver,
    pub account: String,
    tokens: HashMap<&'static str, String>,
    http: reqwest::Client,
    ended: AtomicBool,
    waiting: [Mutex<VecDeque<Item>>; 4],
    number: AtomicUsize,
}

/// The permissions that each person's program gets.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("imke.janssen", &["invoice.see", "invoice.receive", "invoice.code"]),
    ("hauke.meinders", &["invoice.see", "invoice.certify"]),
    ("frauke.tjarks", &["invoice.see", "invoice.order"]),
    ("folkert.sassen", &["invoice.see", "invoice.order"]),
    ("okka.behrends", &["invoice.see", "invoice.pay"]),
    ("silke.agena", &["invoice.see", "invoice.pay"]),
    ("jannes.ulfers", &["platform.administer"]),
    ("rike.aden", &["archive.see", "archive.file"]),
];

/// The unit that all invoices of the test go to.
pub fn leitweg() -> String {
    town::unit_of("BAUHOF").unwrap().leitweg_id()
}

impl Load {
    /// Signs everybody in and makes their tokens, and a webhook.
    pub async fn prepare(installation: &Installation, receiver: Receiver) -> Arc<Self> {
        let mut tokens = HashMap::new();
        for (login, permissions) in PROGRAMS {
            let mut browser = installation.browser_of(login).await;
            let page = browser.get("/konto/token").await;
            let mut form = page.form("days").with("name", "Lasttest").with("days", "30");
            for permission in *permissions {
                form = form.and("permissions", permission);
            }
            let made = browser.send(form).await;
            let token: String = made.text.split("value=\"vir_").nth(1).map_or_else(
                || panic!("no token for {login}: {}", made.readable()),
                |rest| format!("vir_{}", rest.split('"').next().unwrap()),
            );
            tokens.insert(*login, token);
        }
        let mut cashier = installation.browser_of("okka.behrends").await;
        let page = cashier.get("/uebergabe").await;
        let account = page.choices("account").into_iter().find(|value| !value.is_empty()).expect("an account");
        let load = Self {
            nodes: installation.urls(),
            ledger: Mutex::default(),
            receiver,
            account,
            tokens,
            http: reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap(),
            ended: AtomicBool::new(false),
            waiting: Default::default(),
            number: AtomicUsize::new(1),
        };
        let events: Vec<&str> = vir_invoice_desk::told::EVENTS.iter().map(|(kind, _)| *kind).collect();
        let webhook = json!({ "name": "Lasttest", "url": load.receiver.url, "events": events });
        match load.json("jannes.ulfers", Method::POST, "/webhooks", webhook).await {
            Answer::Said(201, made) => {
                made["secret"].as_str().unwrap().clone_into(&mut load.receiver.told.lock().unwrap().secret);
            }
            Answer::Said(status, said) => panic!("no webhook: {status} {said}"),
            _ => panic!("no webhook"),
        }
        Arc::new(load)
    }

    /// The token of this person's program.
    pub fn token(&self, who: &str) -> &str {
        &self.tokens[who]
    }

    /// All end after what they are doing.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    pub fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }

    /// A number that no invoice has yet.
    pub fn next_number(&self) -> usize {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    pub fn put(&self, stage: Stage, item: Item) {
        self.waiting[stage as usize].lock().unwrap().push_back(item);
    }

    pub fn take(&self, stage: Stage) -> Option<Item> {
        self.waiting[stage as usize].lock().unwrap().pop_front()
    }

    /// A request to any node; made again where none could be reached.
    pub async fn ask(
        &self,
        who: &str,
        method: Method,
        path: &str,
        key: Option<&str>,
        kind: &str,
        body: Vec<u8>,
    ) -> Answer {
        loop {
            let node = &self.nodes[rand::rng().random_range(0..self.nodes.len())];
            let mut request = self
                .http
                .request(method.clone(), format!("{node}/api/v1{path}"))
                .bearer_auth(&self.tokens[who])
                .header("content-type", kind)
                .body(body.clone());
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            match request.send().await {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    return match answer.bytes().await {
                        Ok(bytes) => Answer::Said(status, serde_json::from_slice(&bytes).unwrap_or_default()),
                        Err(_) => self.doubt(),
                    };
                }
                Err(error) if error.is_connect() => {
                    if !self.goes_on() && self.nodes.len() == 1 {
                        return Answer::Ended;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(_) => return self.doubt(),
            }
        }
    }

    fn doubt(&self) -> Answer {
        self.ledger.lock().unwrap().doubts += 1;
        Answer::Doubt
    }

    pub async fn json(&self, who: &str, method: Method, path: &str, body: Value) -> Answer {
        self.ask(who, method, path, None, "application/json", body.to_string().into_bytes()).await
    }
}

/// An invoice as UBL, with its number and amount.
pub fn bill(prefix: &str, number: usize) -> (String, i64, Vec<u8>) {
    let name = format!("{prefix}-{number}");
    let cents = 1_000 + i64::try_from(number).unwrap() * 7;
    let draft = format!(
        r#"{{"number": "{name}", "type": "380", "issueDate": "2026-11-01", "dueDate": "2026-12-01",
            "buyerReference": "{}",
            "seller": {{"name": "Müller & Söhne GmbH", "vatId": "DE123456789",
                "address": {{"city": "Nordenham", "postCode": "26954", "country": "DE"}},
                "contact": {{"name": "Buchhaltung", "phone": "04731 1", "email": "a@mueller.example"}}}},
            "buyer": {{"name": "Stadt Grünensiel", "address": {{"city": "Grünensiel", "postCode": "26997", "country": "DE"}}}},
            "payment": {{"means": "58", "iban": "DE89370400440532013000"}},
            "lines": [{{"name": "Leistung", "quantity": 1, "price": "{}.{:02}", "vat": {{"category": "E", "rate": 0, "exemptionReason": "steuerfrei"}}}}]}}"#,
        leitweg(),
        cents / 100,
        cents % 100,
    );
    let xml = write_ubl(&invoice(&Draft::from_json(&draft).unwrap()).unwrap()).unwrap();
    (name, cents, xml.into_bytes())
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub async fn breathe(most: u64) {
    let pause = rand::rng().random_range(0..most);
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// A program that hands invoices in, some with a key, and asks again where no answer came – or does not.
pub async fn supplier(load: Arc<Load>, keyed: bool) {
    while load.goes_on() {
        breathe(12).await;
        let (number, cents, xml) = bill("API", load.next_number());
        let sha256 = sha256(&xml);
        let key = keyed.then(|| format!("key-{number}"));
        let mut id = None;
        let tries = rand::rng().random_range(1..30);
        for _ in 0..tries {
            match load
                .ask("imke.janssen", Method::POST, "/invoices", key.as_deref(), "application/xml", xml.clone())
                .await
            {
                Answer::Said(200 | 201, said) => {
                    id = Some(said["id"].as_str().unwrap().to_owned());
                    break;
                }
                Answer::Said(503, _) => breathe(50).await,
                Answer::Said(status, said) => panic!("{number}: {status} {said}"),
                Answer::Doubt => {}
                Answer::Ended => return,
            }
        }
        if let Some(id) = &id {
            load.put(Stage::Received, Item { id: id.clone(), cents });
        }
        load.ledger.lock().unwrap().sent.push(Sent { number, sha256, channel: "api", id });
    }
}

/// The same invoice twice at the same time: one row, named by both answers.
pub async fn twins(load: Arc<Load>) {
    while load.goes_on() {
        breathe(60).await;
        let (number, _, xml) = bill("TWIN", load.next_number());
        let sha256 = sha256(&xml);
        let key = (rand::random::<bool>()).then(|| format!("key-{number}"));
        let one =
            || load.ask("imke.janssen", Method::POST, "/invoices", key.as_deref(), "application/xml", xml.clone());
        let mut ids = Vec::new();
        for answer in <[Answer; 2]>::from(tokio::join!(one(), one())) {
            match answer {
                Answer::Said(200 | 201, said) => ids.push(said["id"].as_str().unwrap().to_owned()),
                Answer::Said(503, _) | Answer::Doubt | Answer::Ended => {}
                Answer::Said(status, said) => panic!("{number}: {status} {said}"),
            }
        }
        ids.dedup();
        assert!(ids.len() < 2, "{number} has two rows: {ids:?}");
        load.ledger.lock().unwrap().sent.push(Sent { number, sha256, channel: "api", id: ids.pop() });
    }
}

/// Decides until it is known that it is decided.
async fn decide(load: &Load, who: &str, item: &Item, kind: &str, more: Value) -> bool {
    // The version that was seen: a decision that is sent again is not made twice.
    let version = loop {
        match load.json(who, Method::GET, &format!("/invoices/{}", item.id), json!({})).await {
            Answer::Said(200, seen) => break seen["version"].clone(),
            Answer::Said(503, _) | Answer::Doubt => {}
            Answer::Said(status, said) => panic!("{who} {}: {status} {said}", item.id),
            Answer::Ended => return false,
        }
    };
    let mut body = json!({ "kind": kind, "version": version, "reason": "so bestellt und geliefert" });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let mut doubtful = false;
    loop {
        let answer = load.json(who, Method::POST, &format!("/invoices/{}/decisions", item.id), body.clone()).await;
        match answer {
            Answer::Said(201, said) => {
                let mut ledger = load.ledger.lock().unwrap();
                ledger.tried(&item.id, said["kind"].as_str().unwrap());
                ledger.decided.push(Decided {
                    invoice: item.id.clone(),
                    kind: said["kind"].as_str().unwrap().to_owned(),
                    version: said["version"].as_i64().unwrap(),
                    voucher: said["voucher_number"].as_str().map(str::to_owned),
                });
                return true;
            }
            // It had happened, although nobody said so.
            Answer::Said(409 | 412, _) if doubtful => return true,
            Answer::Said(503, _) => breathe(50).await,
            Answer::Said(status, said) => panic!("{who} {kind} {}: {status} {said}", item.id),
            Answer::Doubt => {
                load.ledger.lock().unwrap().tried(&item.id, kind);
                doubtful = true;
            }
            Answer::Ended => return false,
        }
    }
}

/// Codes; now and then holds and goes on, or rejects.
pub async fn coder(load: Arc<Load>) {
    let who = "imke.janssen";
    while load.goes_on() {
        let Some(item) = load.take(Stage::Received) else {
            breathe(20).await;
            continue;
        };
        let dice = rand::rng().random_range(0..20);
        if dice == 0 {
            decide(&load, who, &item, "reject", json!({})).await;
            continue;
        }
        if dice < 3
            && !(decide(&load, who, &item, "hold", json!({})).await
                && decide(&load, who, &item, "release", json!({})).await)
        {
            return;
        }
        let line =
            json!({ "cost_centre": "57310", "account": "443100", "product": "573101", "amount_cents": item.cents });
        if decide(&load, who, &item, "code", json!({ "lines": [line] })).await {
            load.put(Stage::Coded, item);
        }
    }
}

/// Certifies over the API; the substance and the arithmetic are two decisions.
pub async fn certifier(load: Arc<Load>) {
    let who = "hauke.meinders";
    while load.goes_on() {
        let Some(item) = load.take(Stage::Coded) else {
            breathe(20).await;
            continue;
        };
        if decide(&load, who, &item, "certify_substance", json!({})).await
            && decide(&load, who, &item, "certify_arithmetic", json!({})).await
        {
            load.put(Stage::Certified, item);
        }
    }
}

/// Orders payment: voucher numbers are drawn here.
pub async fn orderer(load: Arc<Load>, who: &'static str) {
    while load.goes_on() {
        let Some(item) = load.take(Stage::Certified) else {
            breathe(20).await;
            continue;
        };
        if decide(&load, who, &item, "order", json!({})).await {
            load.put(Stage::Ordered, item);
        }
    }
}

/// Says something.
pub async fn commenter(load: Arc<Load>) {
    while load.goes_on() {
        breathe(40).await;
        let Some(id) =
            load.ledger.lock().unwrap().sent.iter().rev().find_map(|sent| sent.id.clone().filter(|id| !id.is_empty()))
        else {
            continue;
        };
        let text = format!("Bemerkung {}", load.next_number());
        let body = json!({ "text": text });
        let known = match load.json("imke.janssen", Method::POST, &format!("/invoices/{id}/comments"), body).await {
            Answer::Said(201, said) => Some(said["id"].as_str().unwrap().to_owned()),
            Answer::Said(503, _) | Answer::Doubt => None,
            Answer::Said(status, said) => panic!("{text}: {status} {said}"),
            Answer::Ended => return,
        };
        load.ledger.lock().unwrap().comments.push((text, known));
    }
}

/// Pays what is ordered; two of them want the same invoices. Of every third run the bank refuses a transfer,
/// whose invoices are paid again.
pub async fn cashier(load: Arc<Load>, who: &'static str) {
    while load.goes_on() {
        breathe(60).await;
        let mut items = Vec::new();
        while let Some(item) = load.take(Stage::Ordered) {
            items.push(item);
            if items.len() == 12 {
                break;
            }
        }
        if items.is_empty() {
            continue;
        }
        let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        let wanted = json!({ "account": load.account, "invoices": ids });
        let rival = if who == "okka.behrends" { "silke.agena" } else { "okka.behrends" };
        let one = |who| load.json(who, Method::POST, "/payment-runs", wanted.clone());
        let answers = <[Answer; 2]>::from(tokio::join!(one(who), one(rival)));
        let mut made = Vec::new();
        for answer in answers {
            match answer {
                Answer::Said(200, said) => made.push(said),
                // The other one was first.
                Answer::Said(409 | 503, _) | Answer::Doubt | Answer::Ended => {}
                Answer::Said(status, said) => panic!("payment run: {status} {said}"),
            }
        }
        for run in made {
            let id = run["id"].as_str().unwrap().to_owned();
            let cents = run["total_cents"].as_i64().unwrap();
            load.ledger.lock().unwrap().runs.push(Ran { id: id.clone(), cents });
            follow(&load, who, &id, &items).await;
        }
    }
}

/// Fetches the file, says that the bank has it, and brings the bank's answer.
async fn follow(load: &Load, who: &str, id: &str, items: &[Item]) {
    loop {
        match load.json(who, Method::POST, &format!("/payment-runs/{id}/sent"), json!({})).await {
            // A conflict: it was said before, and no answer came.
            Answer::Said(204 | 409, _) => break,
            Answer::Said(503, _) | Answer::Doubt => {}
            Answer::Said(status, said) => panic!("sent: {status} {said}"),
            Answer::Ended => return,
        }
    }
    let run = loop {
        match load.json(who, Method::GET, &format!("/payment-runs/{id}"), json!({})).await {
            Answer::Said(200, run) => break run,
            Answer::Said(503, _) | Answer::Doubt => {}
            Answer::Said(status, said) => panic!("run: {status} {said}"),
            Answer::Ended => return,
        }
    };
    let refused = run["number"].as_i64().unwrap() % 3 == 0;
    let (mut told, mut again) = (String::new(), Vec::new());
    for (index, transfer) in run["transfers"].as_array().unwrap().iter().enumerate() {
        let end_to_end = transfer["end_to_end_id"].as_str().unwrap();
        let status = if refused && index == 0 { "RJCT" } else { "ACSC" };
        told.push_str(&format!(
            "<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts></TxInfAndSts>"
        ));
        if status == "RJCT" {
            let back: Vec<&str> = transfer["invoices"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            again.extend(items.iter().filter(|item| back.contains(&item.id.as_str())).cloned());
        }
    }
    let report = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{}</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{told}</OrgnlPmtInfAndSts>\
         </CstmrPmtStsRpt></Document>",
        run["message_id"].as_str().unwrap()
    );
    loop {
        let bytes = report.clone().into_bytes();
        match load.ask(who, Method::POST, "/bank-reports", None, "application/xml", bytes).await {
            Answer::Said(200, _) => break,
            Answer::Ended => return,
            Answer::Said(503, _) | Answer::Doubt => {}
            Answer::Said(status, said) => panic!("bank report: {status} {said}"),
        }
    }
    // What the bank refused is ordered still, and is to be paid again.
    for item in again {
        load.put(Stage::Ordered, item);
    }
}
