//! The channel *mail*, against Dovecot and Exim: thirty kinds of mails, each with its outcome, its
//! folder and its answer; and nothing lost or doubled by `kill -9`. Where the servers are not installed,
//! the tests say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use vir_core::Lang;
use vir_invoice_desk::MIGRATIONS;
use vir_invoice_desk::mailbox::account::Account;
use vir_invoice_desk::mailbox::{MailRow, Reason, Sealer, outbox, pull};
use vir_mail::imap::Login;
use vir_mail::message::{Limits, take_apart};
use vir_mail::smtp::{Answer, Attachment, Composed, Outcome, Outgoing, Relay, Sender, Standing, compose};
use vir_mail::{Address, Secret, Security, Trust};
use vir_store::{Clock, Config, Store, TenantId, args};
use vir_testkit::mail_servers::{MailServers, PASSWORD};
use vir_testkit::stores::{Place, describe, understand};
use vir_web::csrf::Key;

use crate::desk;

const INBOX: &str = "rechnung@stadt.example";
const UBL: &str = include_str!("../../../invoice/samples/xrechnung-ubl.xml");
const FAULTY: &str = include_str!("../../../invoice/samples/faulty-ubl.xml");

fn invoice(number: &str) -> Vec<u8> {
    UBL.replacen("R-2026-0117", number, 1).into_bytes()
}

fn hybrid(number: &str) -> Vec<u8> {
    use vir_pdf::write::{Document, File, render};
    let date = vir_pdf::Timestamp::utc(2026, 11, 20, 10, 0, 0).unwrap();
    let mut document = Document::new("Rechnung", Lang::De, date);
    document.files.push(File {
        name: "factur-x.xml".into(),
        mime: "text/xml".into(),
        relationship: vir_pdf::Relationship::Alternative,
        description: "Rechnungsdaten".into(),
        modified: date,
        bytes: invoice(number),
    });
    render(&document).unwrap().pdf
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn mail(from: &str, subject: &str, files: Vec<(&str, Vec<u8>)>) -> Vec<u8> {
    compose(&Outgoing {
        from: Address::new(from).unwrap().named("Muster GmbH"),
        to: Address::new(INBOX).unwrap(),
        reply_to: None,
        subject: subject.into(),
        text: "Guten Tag,\n\nanbei unsere Rechnung.".into(),
        attachments: files
            .into_iter()
            .map(|(name, bytes)| Attachment { name: name.into(), media_type: "application/octet-stream".into(), bytes })
            .collect(),
        answer: Answer::default(),
        standing: Standing::Personal,
        message_id: format!("{}-{}", subject.replace(' ', "-"), from),
        date: 1_795_000_000,
        unsubscribe: None,
    })
    .unwrap()
    .bytes
}

/// One of the mails that the mail crate is tested with, from another sender.
fn sample(name: &str, from: &str) -> Vec<u8> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platform/mail/tests/mails").join(format!("{name}.eml"));
    let bytes = std::fs::read(path).unwrap();
    let mut out = Vec::new();
    let mut rest = &bytes[..];
    let needle = b"rechnung@muster.example";
    while let Some(at) = rest.windows(needle.len()).position(|window| window == needle) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(from.as_bytes());
        rest = &rest[at + needle.len()..];
    }
    out.extend_from_slice(rest);
    // The line that the last server writes anew.
    match out.strip_prefix(b"Return-Path:") {
        Some(tail) => tail.splitn(2, |byte| *byte == b'\n').nth(1).unwrap().to_vec(),
        None => out,
    }
}

struct Town {
    servers: MailServers,
    store: Store,
    tenant: TenantId,
    sealer: Sealer,
    account: Account,
    place: Place,
}

fn key() -> Key {
    Key::new([7; 32])
}

async fn open_store(config: Config) -> Store {
    Store::open(config, &[MIGRATIONS], Clock::system()).await.unwrap()
}

impl Town {
    async fn new() -> Option<Self> {
        let servers = match MailServers::start(&[INBOX]) {
            Ok(servers) => servers,
            Err(missing) => {
                vir_testkit::missing(&missing.to_string());
                return None;
            }
        };
        let place = Place::new(&[MIGRATIONS]).await;
        let store = open_store(place.config.clone()).await;
        let tenant: TenantId = "musterstadt".parse().unwrap();
        store.create_tenant(&tenant, "Stadt Musterstadt").await.unwrap();
        let sealer = Sealer::new(&key());
        let mut account = Account {
            imap: ("localhost".into(), servers.imap, Security::StartTls),
            smtp: ("localhost".into(), servers.smtp, Security::StartTls),
            certificates: Some(servers.certificate.clone()),
            ..desk::mailbox(INBOX, sealer.seal(&tenant, "m1", &Secret::new(PASSWORD.into())).unwrap())
        };
        let new = account.clone();
        assert!(store.write(&tenant, move |tx| Box::pin(async move { new.save(tx).await })).await.unwrap());
        account.version = 1;
        Some(Self { servers, store, tenant, sealer, account, place })
    }

    async fn deliver(&self, mails: &[(String, Vec<u8>)]) {
        let relay = Relay {
            host: "127.0.0.1".into(),
            port: self.servers.smtp,
            security: Security::Plain,
            trust: Trust::system(),
            patience: Duration::from_secs(60),
            hello: None,
        };
        let sender = Sender::new(&relay, None).await.unwrap();
        let before = self.servers.count(INBOX, None);
        for (from, bytes) in mails {
            let composed = Composed { from: from.clone(), to: INBOX.into(), bytes: bytes.clone() };
            let outcome = sender.send(&composed).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{from}: {outcome:?}");
        }
        assert!(self.servers.wait_for(INBOX, None, before + mails.len()), "{}", self.servers.log());
    }

    async fn look(&self) -> pull::Pulled {
        let login = self.account.login(&self.tenant, &self.sealer).unwrap();
        let mut mailbox = pull::open(&self.account, &login).await.unwrap();
        let pulled = pull::look(&self.store, &self.tenant, &self.account, &mut mailbox).await.unwrap();
        mailbox.close().await;
        pulled
    }

    async fn mails(&self) -> Vec<MailRow> {
        self.store
            .read(&self.tenant, |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for row in tx.all("select id from mail order by id", &[]).await? {
                        rows.extend(MailRow::load(tx, &row.text("id")?).await?);
                    }
                    Ok::<_, vir_store::Error>(rows)
                })
            })
            .await
            .unwrap()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        self.store
            .read(&self.tenant, move |tx| Box::pin(async move { tx.one(sql, &[]).await?.int("n") }))
            .await
            .unwrap()
    }

    async fn send_all(&self) -> usize {
        outbox::send_all(&self.store, &self.sealer, &self.tenant).await.unwrap()
    }

    /// The mails that reached anybody outside, by recipient.
    fn answers(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut by_recipient: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for bytes in self.servers.mails("other", None) {
            let to = take_apart(&bytes, &Limits::default()).header.to[0].to_string();
            by_recipient.entry(to).or_default().push(bytes);
        }
        by_recipient
    }
}

/// State, reason, answer, number of invoices, and a word of the answer.
type Expect = (&'static str, Option<Reason>, &'static str, i64, &'static str);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_mail_gets_its_outcome_its_folder_and_its_answer() {
    let Some(town) = Town::new().await else { return };
    let done = |answer, count, word| -> Expect { ("processed", None, answer, count, word) };
    let held = |reason, answer, word| -> Expect { ("quarantined", Some(reason), answer, 0, word) };
    let mut cases: Vec<(&str, Vec<u8>, Expect)> = Vec::new();
    let own = |name: &str, files: Vec<(&str, Vec<u8>)>| mail(&format!("{name}@muster.example"), name, files);
    let bomb = zip(&[("a.xml", vec![b' '; 120 << 20])]);
    for (name, files, expect) in [
        ("valid", vec![("r.xml", invoice("A-1"))], done("received", 1, "fehlerfrei")),
        (
            "three",
            (1..=3).map(|n| ("r.xml", invoice(&format!("B-{n}")))).collect(),
            done("received", 3, "3 Rechnungen"),
        ),
        ("pdf-only", vec![("Rechnung.pdf", PDF.to_vec())], done("pictures", 1, "ZUGFeRD")),
        ("zugferd", vec![("Rechnung.pdf", hybrid("C-1"))], done("received", 1, "C-1")),
        ("xml-and-its-pdf", vec![("D-1.xml", invoice("D-1")), ("D-1.pdf", hybrid("D-1"))], done("received", 1, "D-1")),
        ("faulty", vec![("r.xml", FAULTY.into())], done("received", 1, "Was zu tun ist:")),
        (
            "zip",
            vec![("r.zip", zip(&[("a.xml", invoice("E-1")), ("b/b.xml", invoice("E-2"))]))],
            done("received", 2, "E-2"),
        ),
        ("bomb", vec![("r.zip", bomb)], held(Reason::Bomb, "too_much", "Archiv")),
        ("broken", vec![("r.xml", b"<?xml version='1.0'?><Invoice>".to_vec())], done("broken", 1, "beschädigt")),
        (
            "many",
            (0..60).map(|n| ("r.xml", invoice(&format!("F-{n}")))).collect(),
            held(Reason::TooMany, "too_much", "50 Rechnungen"),
        ),
        ("table", vec![("r.csv", b"a;b".to_vec())], held(Reason::NoInvoice, "nothing", "keine Rechnung gefunden")),
        ("too-large", vec![("r.bin", vec![0xf5; 40 << 20])], held(Reason::TooLarge, "too_large", "50 MiB")),
    ] {
        cases.push((name, own(name, files), expect));
    }
    for (name, expect) in [
        ("nothing", held(Reason::NoInvoice, "nothing", "keine Rechnung gefunden")),
        ("encrypted", held(Reason::Encrypted, "encrypted", "verschlüsselt")),
        ("pgp", held(Reason::Encrypted, "encrypted", "verschlüsselt")),
        ("signed", done("received", 1, "Rechnung")),
        ("signed-opaque", done("received", 1, "Rechnung")),
        ("winmail", done("received", 1, "Rechnung")),
        ("forwarded", done("received", 1, "Rechnung")),
        ("digest", done("received", 1, "Rechnung")),
        ("photo", done("pictures", 1, "von Hand")),
        ("xml-in-body", done("received", 1, "Rechnung")),
        ("too-deep", held(Reason::TooDeep, "too_much", "verschachtelt")),
        ("200-attachments", held(Reason::NoInvoice, "nothing", "keine Rechnung")),
        ("300-attachments", held(Reason::TooManyParts, "too_much", "200")),
        ("out-of-office", done("automatic", 0, "")),
        ("away-unmarked", done("automatic", 0, "")),
        ("list", done("automatic", 0, "")),
        ("bounce", done("automatic", 0, "")),
        ("own-answer", done("automatic", 0, "")),
        ("generated-invoice", done("automatic", 1, "")),
        ("no-reply", done("automatic", 1, "")),
        ("two-senders", held(Reason::NoInvoice, "no_address", "")),
        ("hostile-subject", held(Reason::NoInvoice, "nothing", "keine Rechnung")),
    ] {
        cases.push((name, sample(name, &format!("{name}@muster.example")), expect));
    }
    let mails: Vec<(String, Vec<u8>)> =
        cases.iter().map(|(name, bytes, _)| (format!("{name}@muster.example"), bytes.clone())).collect();
    // One after the other, so that the rows stand in the order of the cases.
    for mail in &mails {
        town.deliver(std::slice::from_ref(mail)).await;
        assert_eq!(town.look().await, pull::Pulled { moved: 1, stayed: 0 }, "{}", mail.0);
    }
    let rows = town.mails().await;
    assert_eq!(rows.len(), cases.len());
    let mut quarantined = 0;
    for (row, (name, _, (state, reason, answer, count, _))) in rows.iter().zip(&cases) {
        let id = row.id.clone();
        let linked = town
            .store
            .read(&town.tenant, |tx| {
                Box::pin(async move {
                    tx.one("select count(distinct invoice_id) as n from mail_invoice where mail_id = $1", &args![id])
                        .await?
                        .int("n")
                })
            })
            .await
            .unwrap();
        let found = (row.state.code(), row.reason, row.answer.as_deref().unwrap_or_default(), linked, row.moved);
        assert_eq!(found, (*state, *reason, *answer, *count, true), "{name}");
        quarantined += usize::from(*state == "quarantined");
        assert!(town.store.blobs().contains(&town.tenant, &row.blob.parse().unwrap()).await.unwrap());
    }
    assert_eq!(town.servers.count(INBOX, None), 0);
    assert_eq!(town.servers.count(INBOX, Some("Quarant&AOQ-ne")), quarantined);
    assert_eq!(town.servers.count(INBOX, Some("Verarbeitet")), cases.len() - quarantined);

    let expected: usize = cases.iter().filter(|(_, _, expect)| !expect.4.is_empty()).count();
    assert_eq!(town.send_all().await, expected);
    assert!(town.servers.wait_for("other", None, expected), "{}", town.servers.log());
    let answers = town.answers();
    for (row, (name, _, (_, _, _, _, word))) in rows.iter().zip(&cases).filter(|(_, case)| !case.2.4.is_empty()) {
        let to = row.answer_to.clone().unwrap();
        let all = &answers.get(&to).unwrap_or_else(|| panic!("{name}: nothing reached {to}"));
        let said = take_apart(&all[0], &Limits::default());
        assert!(said.text.contains(word), "{name}: {}", said.text);
        assert!(said.text.contains("English below") && said.text.contains("Yours sincerely"), "{name}");
        assert!(!said.nature.may_be_answered(), "{name}: two of us would answer each other");
        if let Some(id) = &row.message_id {
            assert_eq!(said.header.in_reply_to.first(), Some(id), "{name}");
        }
        assert!(
            !said.text.contains('\r') && said.header.subject.starts_with("AW: "),
            "{name}: {}",
            said.header.subject
        );
    }
    assert_eq!(town.send_all().await, 0, "what is sent is not sent again");

    // Our own answer comes back to us: it is put away, and nobody is answered.
    let back = answers.values().next().unwrap()[0].clone();
    town.deliver(&[("loop@muster.example".into(), back)]).await;
    town.look().await;
    assert_eq!(town.mails().await.last().unwrap().answer.as_deref(), Some("automatic"));

    // The same file again: told, and not doubled.
    town.deliver(&[(
        "again@muster.example".into(),
        mail("again@muster.example", "again", vec![("r.xml", invoice("A-1"))]),
    )])
    .await;
    town.look().await;
    assert!(town.number("select count(*) as n from mail_invoice where again").await > 0);

    // A sender who answers whatever comes: after ten answers in ten minutes nobody answers any more.
    let flood: Vec<_> = (0..15)
        .map(|n| ("flood@muster.example".to_owned(), mail("flood@muster.example", &format!("Frage {n}"), vec![])))
        .collect();
    town.deliver(&flood).await;
    town.look().await;
    assert_eq!(town.number("select count(*) as n from mail_out where to_key = 'flood@muster.example'").await, 10);
    assert_eq!(town.number("select count(*) as n from mail where answer = 'too_many'").await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_question_reaches_its_invoice() {
    let Some(town) = Town::new().await else { return };
    town.deliver(&[("q@muster.example".into(), mail("q@muster.example", "Rechnung", vec![("r.xml", invoice("Q-1"))]))])
        .await;
    town.look().await;
    let invoice_id: String = town
        .store
        .read(&town.tenant, |tx| Box::pin(async move { tx.one("select id from invoice", &[]).await?.text("id") }))
        .await
        .unwrap();
    let letter = outbox::Letter {
        key: "query/1".into(),
        kind: "query",
        to: Address::new("q@muster.example").unwrap(),
        subject: "Rückfrage zur Rechnung Q-1".into(),
        text: "Welche Bestellnummer gilt?".into(),
        answered: None,
        thread: None,
        mail: None,
        invoice: Some(invoice_id.clone()),
        standing: Standing::Personal,
        attachments: Vec::new(),
        unsubscribe: None,
    };
    for _ in 0..2 {
        let prepared = outbox::prepare(&town.store, &town.tenant, &town.account, letter.clone()).await.unwrap();
        town.store
            .write(&town.tenant, move |tx| Box::pin(async move { outbox::queue(tx, prepared).await }))
            .await
            .unwrap();
    }
    assert_eq!(town.send_all().await, 2, "the receipt and one question");
    assert!(town.servers.wait_for("other", None, 2));
    let all = town.answers();
    let question =
        all["q@muster.example"].iter().find(|bytes| String::from_utf8_lossy(bytes).contains("Bestellnummer")).unwrap();
    let question = take_apart(question, &Limits::default());
    let reply_to = question.header.reply_to.clone().unwrap();
    assert!(reply_to.tag().unwrap().starts_with("q-"));
    // One answer by the address alone, one by the references alone, with a corrected invoice.
    let by_address = format!(
        "From: q@muster.example\r\nTo: {reply_to}\r\nSubject: AW\r\nMessage-ID: <a1@muster.example>\r\n\r\nEs gilt B-1.\r\n"
    );
    let by_reference = mail("q@muster.example", "AW", vec![("neu.xml", invoice("Q-2"))]);
    let by_reference =
        [format!("In-Reply-To: <{}>\r\n", question.header.message_id.unwrap()).as_bytes(), &by_reference].concat();
    town.deliver(&[("q@muster.example".into(), by_address.into_bytes()), ("q@muster.example".into(), by_reference)])
        .await;
    town.look().await;
    assert_eq!(town.number("select count(*) as n from invoice_comment where kind = 'answer'").await, 2);
    assert_eq!(town.number("select count(*) as n from invoice_link where kind = 'corrects'").await, 1);
    let rows = town.mails().await;
    assert!(
        rows[1..].iter().all(|row| row.invoice_id.as_deref() == Some(&invoice_id) && row.state.code() == "processed"),
        "{rows:?}"
    );
    assert_eq!(rows[1].answer.as_deref(), Some("conversation"), "a person's answer is not answered by a program");
}

/// The process that is killed; in the suite it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_is_killed() {
    let Ok(described) = std::env::var("VIR_TEST_MAILBOX") else { return };
    let store = open_store(understand(&described)).await;
    let tenant: TenantId = "musterstadt".parse().unwrap();
    let account = store.read(&tenant, |tx| Box::pin(Account::all(tx))).await.unwrap().remove(0);
    let sealer = Sealer::new(&key());
    let login: Login = account.login(&tenant, &sealer).unwrap();
    let mut mailbox = pull::open(&account, &login).await.unwrap();
    pull::look(&store, &tenant, &account, &mut mailbox).await.unwrap();
    outbox::send_all(&store, &sealer, &tenant).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_at_any_moment_loses_nothing_and_doubles_nothing() {
    const MAILS: usize = 40;
    let Some(town) = Town::new().await else { return };
    let mails: Vec<(String, Vec<u8>)> = (0..MAILS)
        .map(|n| {
            let from = format!("s{n}@muster.example");
            let files = if n % 2 == 0 { vec![("r.xml", invoice(&format!("K-{n}")))] } else { vec![] };
            (from.clone(), mail(&from, &format!("Rechnung {n}"), files))
        })
        .collect();
    town.deliver(&mails).await;
    let child = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mailbox::child_that_is_killed"])
            .env("VIR_TEST_MAILBOX", describe(&town.place.config))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut kills = 0;
    let mut random = 12_345_u64;
    while kills < 25 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut running = child();
        // The killed process does the waiting for us: it is the only clock here.
        std::thread::sleep(Duration::from_millis(150 + (random >> 33) % 500));
        running.kill().unwrap();
        running.wait().unwrap();
        kills += 1;
        if town.servers.count(INBOX, None) == 0 && kills > 8 {
            break;
        }
    }
    assert!(child().wait().unwrap().success());
    assert_eq!(town.servers.count(INBOX, None), 0, "{kills} kills");
    assert_eq!(town.servers.count(INBOX, Some("Verarbeitet")), MAILS / 2);
    assert_eq!(town.servers.count(INBOX, Some("Quarant&AOQ-ne")), MAILS / 2);
    // Another look at the store: what the children wrote.
    assert_eq!(town.number("select count(*) as n from mail").await, MAILS as i64);
    assert_eq!(town.number("select count(*) as n from mail where state = 'stored' or not moved").await, 0);
    assert_eq!(town.number("select count(*) as n from invoice").await, MAILS as i64 / 2);
    assert_eq!(town.number("select count(*) as n from mail_invoice where again").await, 0);
    assert_eq!(town.number("select count(*) as n from mail_out where state = 'sent'").await, MAILS as i64);
    // The mail server has taken them all; it lays each into its box a moment later.
    for _ in 0..200 {
        if town.answers().len() == MAILS {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let answers = town.answers();
    assert_eq!(answers.len(), MAILS, "everybody got an answer");
    let ids: BTreeSet<String> = answers
        .values()
        .flatten()
        .map(|bytes| take_apart(bytes, &Limits::default()).header.message_id.unwrap())
        .collect();
    assert_eq!(ids.len(), MAILS, "one answer each");
    let copies: usize = answers.values().map(Vec::len).sum();
    eprintln!("{kills} kills; {} of {MAILS} answers arrived twice, with the same Message-ID", copies - MAILS);
}
