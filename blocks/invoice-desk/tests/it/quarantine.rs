//! Mails in quarantine: seen inert, taken in, forwarded, answered, put away and brought back, and nothing lost.

use vir_auth::Principal;
use vir_invoice_desk::block;
use vir_invoice_desk::invoice_row::{InvoiceId, InvoiceRow, State};
use vir_invoice_desk::mailbox::account::Account;
use vir_invoice_desk::mailbox::{MailRow, MailState, Sealer, process};
use vir_mail::message::{Limits, take_apart};
use vir_mail::smtp::{Answer, Attachment, Outgoing, Standing, compose};
use vir_mail::{Address, Secret};
use vir_store::{Tx, args};
use vir_web::test::Site;

use crate::desk;

const INBOX: &str = "rechnung@musterstadt.example";
const UBL: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml");

struct Post {
    site: Site,
    clerk: Principal,
    account: Account,
}

fn eml(from: &str, text: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    compose(&Outgoing {
        from: Address::new(from).unwrap().named("Muster GmbH"),
        to: Address::new(INBOX).unwrap(),
        reply_to: None,
        subject: "<script>alert(1)</script> Rechnung".into(),
        text: text.into(),
        attachments: files
            .iter()
            .map(|(name, bytes)| Attachment {
                name: (*name).into(),
                media_type: "application/octet-stream".into(),
                bytes: bytes.to_vec(),
            })
            .collect(),
        answer: Answer::default(),
        standing: Standing::Personal,
        message_id: format!("m-{}@muster.example", files.len()),
        date: 1_795_000_000,
        unsubscribe: None,
    })
    .unwrap()
    .bytes
}

impl Post {
    async fn new() -> Self {
        let site = Site::new(vec![block()]).await;
        let account = Account {
            active: false,
            ..desk::mailbox(
                INBOX,
                Sealer::new(&site.app.key).seal(&site.tenant, "m1", &Secret::new("x".into())).unwrap(),
            )
        };
        let new = account.clone();
        let save = site.app.store.write(&site.tenant, move |tx: &mut Tx| Box::pin(async move { new.save(tx).await }));
        assert!(save.await.unwrap());
        let clerk = site.person("Erika Beispiel", &["invoice.see", "invoice.code"]);
        Self { site, clerk, account }
    }

    /// A mail as the mailbox would have stored it.
    async fn arrive(&self, id: &'static str, state: &'static str, bytes: Vec<u8>) -> MailRow {
        let blob = self.site.app.store.blobs().put(&self.site.tenant, bytes.clone()).await.unwrap().as_str().to_owned();
        let size = bytes.len() as i64;
        let from = take_apart(&bytes, &Limits::default()).header.from.unwrap().to_string();
        let write = self.site.app.store.write(&self.site.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "insert into mail (id, mailbox_id, uid_validity, uid, blob, size_bytes, received_at, from_address,
                        answer_to, subject, thread, nature, signed, state, reason, attempts, moved, version)
                    values ($1, 'm1', 1, (select count(*) from mail), $2, $3, $4, $5, $5, $6, $1, 'personal', false, $7, $8, 0,
                        true, 1)";
                let reason = (state == "quarantined").then_some("no_invoice");
                let subject = "<script>alert(1)</script> Rechnung";
                tx.execute(sql, &args![id, &blob, size, tx.now(), &from, subject, state, reason]).await
            })
        });
        let _: u64 = write.await.unwrap();
        self.row(id).await
    }

    async fn row(&self, id: &'static str) -> MailRow {
        let read = self
            .site
            .app
            .store
            .read(&self.site.tenant, move |tx: &mut Tx| Box::pin(async move { MailRow::load(tx, id).await }));
        read.await.unwrap().unwrap()
    }

    async fn outbox(&self) -> Vec<(String, String, String, Vec<u8>)> {
        let rows = self
            .site
            .app
            .store
            .read(&self.site.tenant, |tx: &mut Tx| {
                Box::pin(async move {
                    tx.all("select kind, to_address, subject, blob from mail_out order by kind", &[]).await
                })
            })
            .await
            .unwrap();
        let mut found = Vec::new();
        for row in rows {
            let blob = row.text("blob").unwrap().parse().unwrap();
            let bytes = self.site.app.store.blobs().get(&self.site.tenant, &blob).await.unwrap().to_vec();
            let text = |name| row.text(name).unwrap();
            found.push((text("kind"), text("to_address"), text("subject"), bytes));
        }
        found
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let reply = self.site.post(&self.clerk, path, fields).await;
        (reply.status.as_u16(), if reply.status == 303 { reply.location().to_owned() } else { reply.text() })
    }

    async fn invoice(&self, id: &str) -> InvoiceRow {
        let id = InvoiceId(id.to_owned());
        let read = self
            .site
            .app
            .store
            .read(&self.site.tenant, move |tx: &mut Tx| Box::pin(async move { InvoiceRow::load(tx, &id).await }));
        read.await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_mail_is_shown_inert_with_what_matters() {
    let post = Post::new().await;
    let bytes = eml(
        "holm@muster.example",
        "Guten Tag,\n<img src=x onerror=alert(2)>",
        &[("plan.dwg", b"AC1032"), ("b.html", b"<script>alert(3)</script>")],
    );
    post.arrive("q1", "quarantined", bytes.clone()).await;
    let list = post.site.get(&post.clerk, "/postfach/quarantaene").await.text();
    assert!(list.contains("/postfach/q1") && !list.contains("<script>alert"), "{list}");
    let page = post.site.get(&post.clerk, "/postfach/q1").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    for there in [
        "plan.dwg",
        "m-2@muster.example",
        "holm@muster.example",
        "/postfach/q1/original",
        "Die E-Mail enthält keine Rechnung.",
    ] {
        assert!(page.contains(there), "{there}: {page}");
    }
    for inert in ["<script>alert", "<img src=x"] {
        assert!(!page.contains(inert), "{inert}");
    }
    let whole = post.site.get(&post.clerk, "/postfach/q1/original").await;
    assert_eq!(whole.bytes, bytes);
    let number = take_apart(&bytes, &Limits::default());
    let number = &number.parts.iter().find(|part| part.name.as_deref() == Some("b.html")).unwrap().number;
    let file = post.site.get(&post.clerk, &format!("/postfach/q1/anlagen/{number}")).await;
    assert_eq!((file.status.as_u16(), &file.bytes[..]), (200, &b"<script>alert(3)</script>"[..]));
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(post.site.get(&post.clerk, "/postfach/q1/anlagen/99").await.status, 404);
    // Mails belong to no unit, so they are for those who are there for all.
    let other = post.site.person("Rita Revision", &["invoice.see"]);
    for path in ["/postfach/quarantaene", "/postfach/q1", "/postfach/q1/original"] {
        assert_eq!(post.site.get(&other, path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_chosen_attachment_becomes_an_invoice_with_the_others_beside() {
    let post = Post::new().await;
    let bytes = eml("holm@muster.example", "anbei", &[("rechnung.docx", b"PK no zip"), ("r.xml", UBL)]);
    post.arrive("q1", "quarantined", bytes.clone()).await;
    let mail = take_apart(&bytes, &Limits::default());
    let part = |name: &str| mail.parts.iter().find(|part| part.name.as_deref() == Some(name)).unwrap().number.clone();
    assert_eq!(post.post("/postfach/q1/annehmen", &[("part", "99"), ("unit", "")]).await.0, 404);
    let (status, at) = post.post("/postfach/q1/annehmen", &[("part", &part("r.xml")), ("unit", "root")]).await;
    assert_eq!(status, 303, "{at}");
    let invoice = post.invoice(at.strip_prefix("/rechnungen/").unwrap()).await;
    assert_eq!(
        (invoice.state, invoice.unit_id.as_deref(), invoice.file_name.as_str()),
        (State::Received, Some("root"), "r.xml")
    );
    let page = post.site.get(&post.clerk, &at).await.text();
    assert!(page.contains("rechnung.docx"), "the other attachment goes along");
    let row = post.row("q1").await;
    assert_eq!((row.state, row.decided_by.as_deref()), (MailState::Processed, Some("Erika Beispiel")));
    // Twice is refused, not doubled.
    assert_eq!(post.post("/postfach/q1/annehmen", &[("part", &part("r.xml")), ("unit", "root")]).await.0, 412);
    assert!(post.site.get(&post.clerk, "/postfach/q1").await.text().contains(&at), "the mail leads to its invoice");
    // What no program can read becomes one, too: taken out of the invoice's own quarantine.
    let bytes = eml("holm@muster.example", "", &[("rechnung.docx", b"PK no zip, but other")]);
    let part =
        take_apart(&bytes, &Limits::default()).parts.iter().find(|part| part.name.is_some()).unwrap().number.clone();
    post.arrive("q2", "quarantined", bytes).await;
    let (status, at) =
        post.post("/postfach/q2/annehmen", &[("part", &part), ("unit", "root"), ("note", "vom Bauhof")]).await;
    assert_eq!(status, 303, "{at}");
    let invoice = post.invoice(at.strip_prefix("/rechnungen/").unwrap()).await;
    assert_eq!((invoice.state, invoice.unit_id.as_deref()), (State::Received, Some("root")));
}

#[tokio::test]
async fn forwarded_answered_put_away_and_brought_back() {
    let post = Post::new().await;
    let bytes = eml("holm@muster.example", "Wann zahlen Sie?", &[]);
    post.arrive("q1", "quarantined", bytes.clone()).await;
    let (status, page) = post.post("/postfach/q1/weiterleiten", &[("to", "niemand"), ("note", "")]).await;
    assert!(status == 422 && page.contains("keine E-Mail-Adresse"), "{status}");
    assert_eq!(post.post("/postfach/q1/verwerfen", &[("note", " ")]).await.0, 422);
    let forward = [("to", "kasse@musterstadt.example"), ("note", "für euch")];
    assert_eq!(post.post("/postfach/q1/weiterleiten", &forward).await.0, 303);
    assert_eq!(post.row("q1").await.state, MailState::Forwarded);
    assert_eq!(post.post("/postfach/q1/weiterleiten", &forward).await.0, 412, "once");
    assert_eq!(post.post("/postfach/q1/zuruecknehmen", &[]).await.0, 303);
    assert_eq!(post.row("q1").await.state, MailState::Quarantined);
    assert_eq!(post.post("/postfach/q1/antworten", &[("text", "Am 1. Dezember.")]).await.0, 303);
    assert_eq!(post.row("q1").await.state, MailState::Returned);
    let sent = post.outbox().await;
    let seen: Vec<(&str, &str)> = sent.iter().map(|(kind, to, ..)| (kind.as_str(), to.as_str())).collect();
    assert_eq!(seen, [("forward", "kasse@musterstadt.example"), ("reply", "holm@muster.example")]);
    let forwarded = take_apart(&sent[0].3, &Limits::default());
    let file = forwarded.parts.iter().find(|part| part.name.as_deref() == Some("nachricht.eml")).unwrap();
    assert_eq!(file.bytes.as_ref(), bytes, "the whole mail, byte by byte");
    assert!(take_apart(&sent[1].3, &Limits::default()).text.contains("Am 1. Dezember."));
    // Put away, and brought back within 30 days, not later.
    assert_eq!(post.post("/postfach/q1/zuruecknehmen", &[]).await.0, 303);
    assert_eq!(post.post("/postfach/q1/verwerfen", &[("note", "Werbung")]).await.0, 303);
    assert!(post.site.get(&post.clerk, "/postfach/quarantaene?ansicht=erledigt").await.text().contains("/postfach/q1"));
    post.site.clock.advance(jiff::SignedDuration::from_hours(31 * 24));
    assert_eq!(post.post("/postfach/q1/zuruecknehmen", &[]).await.0, 412);
    assert_eq!(post.row("q1").await.state, MailState::Discarded);
    assert_eq!(post.site.get(&post.clerk, "/postfach/q1/original").await.bytes, bytes, "nothing is deleted");
}

#[tokio::test]
async fn a_rule_for_a_sender_holds_for_further_mails() {
    let post = Post::new().await;
    post.arrive("q1", "quarantined", eml("holm@muster.example", "eins", &[])).await;
    let handle = async |id: &'static str, bytes: Vec<u8>| {
        let row = post.arrive(id, "stored", bytes.clone()).await;
        let mail = take_apart(&bytes, &Limits::default());
        process::process(&post.site.app.store, &post.site.tenant, &post.account, &row, &mail).await.unwrap()
    };
    assert_eq!(handle("a", eml("holm@muster.example", "zwei", &[("a.dwg", b"1")])).await.state, MailState::Quarantined);
    assert_eq!(post.post("/postfach/q1/absender", &[("rule", "never")]).await.0, 303);
    let put_away = handle("b", eml("HOLM@muster.example", "drei", &[])).await;
    assert_eq!((put_away.state, put_away.answer.as_deref()), (MailState::Discarded, Some("never")));
    assert_eq!(
        handle("c", eml("anna@muster.example", "vier", &[])).await.state,
        MailState::Quarantined,
        "others are not touched"
    );
    assert_eq!(post.post("/postfach/b/zuruecknehmen", &[]).await.0, 303, "it can be brought back");
    assert_eq!(post.post("/postfach/q1/absender", &[("rule", "always")]).await.0, 303);
    let taken = handle("d", eml("holm@muster.example", "fünf", &[("r.dwg", b"22")])).await;
    assert_eq!(taken.state, MailState::Processed, "{taken:?}");
    assert!(post.site.get(&post.clerk, "/postfach/d").await.text().contains("/rechnungen/"));
    assert_eq!(handle("e", eml("holm@muster.example", "kein Anhang", &[])).await.state, MailState::Quarantined);
    assert_eq!(post.post("/postfach/q1/absender", &[("rule", "none")]).await.0, 303);
    assert_eq!(
        handle("f", eml("holm@muster.example", "sechs", &[("s.dwg", b"333")])).await.state,
        MailState::Quarantined
    );
}
