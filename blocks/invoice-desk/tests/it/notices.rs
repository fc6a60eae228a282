//! Notices: the right people, the right hour, once, and nothing that nobody needs.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use vir_auth::{By, Deputy, Directory, Group};
use vir_invoice_desk::block;
use vir_invoice_desk::conversation;
use vir_invoice_desk::invoice_row::{InvoiceId, InvoiceRow};
use vir_invoice_desk::mailbox::account::Account;
use vir_invoice_desk::mailbox::{Sealer, outbox};
use vir_invoice_desk::notices::choice::{AtOnce, Choice, Rhythm};
use vir_invoice_desk::notices::listen::Told;
use vir_invoice_desk::notices::note;
use vir_invoice_desk::notices::send::{Bundled, Office};
use vir_invoice_desk::notices::unsubscribe::{self, What};
use vir_invoice_desk::workflow::{Assignee, Decider, assign};
use vir_mail::message::{Limits, take_apart};
use vir_mail::{Secret, Security};
use vir_store::{Clock, Tx, args};
use vir_testkit::mail_servers::{MailServers, PASSWORD};
use vir_web::csrf::Key;
use vir_web::test::Site;

use crate::desk::{self, Desk};
use crate::way;

const BASE: &str = "https://rechnung.musterstadt.example";
const INBOX: &str = "rechnung@musterstadt.example";

/// A desk on Monday, 23 November 2026, at half past seven in Germany, with a mailbox that sends.
struct Town {
    desk: Desk,
    directory: Arc<Directory>,
}

impl Town {
    async fn new(name: &str) -> Self {
        Self::with(name, |_| {}, |_| {}).await
    }

    async fn with(name: &str, rights: impl FnOnce(&mut Directory), settings: impl FnOnce(&mut Account)) -> Self {
        Self::of(Desk::new(name).await, rights, settings).await
    }

    async fn of(desk: Desk, rights: impl FnOnce(&mut Directory), settings: impl FnOnce(&mut Account)) -> Self {
        desk.store.clock().set("2026-11-23T06:30:00Z".parse().unwrap());
        let mut directory = way::town();
        rights(&mut directory);
        let mut account =
            desk::mailbox(INBOX, Sealer::new(&key()).seal(&desk.tenant, "m1", &Secret::new(PASSWORD.into())).unwrap());
        settings(&mut account);
        let save = desk.store.write(&desk.tenant, move |tx: &mut Tx| Box::pin(async move { account.save(tx).await }));
        assert!(save.await.unwrap());
        Self { desk, directory: Arc::new(directory) }
    }

    fn clock(&self) -> &Clock {
        self.desk.store.clock()
    }

    fn at(&self, time: &str) {
        self.clock().set(time.parse().unwrap());
    }

    fn office(&self) -> Office {
        Office {
            store: self.desk.store.clone(),
            tenant: self.desk.tenant.clone(),
            directory: self.directory.clone(),
            key: key(),
            base: BASE.to_owned(),
            place: "Stadt Musterstadt".to_owned(),
        }
    }

    fn decider(&self, who: &str) -> Decider {
        let today = vir_invoice_desk::day_of(self.clock().now());
        let principal = self.directory.principal(&self.desk.tenant, &who.into(), By::System, today).unwrap();
        Decider { principal, directory: self.directory.clone() }
    }

    async fn due(&self) -> Vec<String> {
        self.office().due().await.unwrap().into_iter().map(|(person, _)| person.to_string()).collect()
    }

    async fn digest(&self, who: &str) -> bool {
        let period = vir_invoice_desk::day_of(self.clock().now()).to_string();
        self.office().digest(&who.into(), &period).await.unwrap()
    }

    async fn bundle(&self, who: &str) -> Bundled {
        self.office().bundle(&who.into()).await.unwrap()
    }

    /// Tells all events that nobody was told of, as the subscription does; gives how many notes that made.
    async fn tell(&self) -> usize {
        let (tenant, directory) = (self.desk.tenant.clone(), self.directory.clone());
        self.desk
            .store
            .write(&self.desk.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let mut made = 0;
                    for row in tx.all("select id, kind, payload from event order by id", &[]).await? {
                        let told = Told {
                            tenant: tenant.clone(),
                            directory: directory.clone(),
                            event: row.text("id")?,
                            kind: row.text("kind")?,
                            payload: serde_json::from_str(&row.text("payload")?)?,
                        };
                        made += told.note(tx).await?;
                    }
                    Ok::<_, vir_store::Error>(made)
                })
            })
            .await
            .unwrap()
    }

    async fn comment(&self, who: &str, id: &InvoiceId, text: &'static str) {
        let (decider, id) = (self.decider(who), id.clone());
        let write = self.desk.store.write(&self.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { conversation::comment(tx, &decider, &id, text).await })
        });
        write.await.unwrap();
    }

    async fn choose(&self, who: &'static str, choice: Choice) {
        let write = self
            .desk
            .store
            .write(&self.desk.tenant, move |tx: &mut Tx| Box::pin(async move { choice.save(tx, who).await }));
        write.await.unwrap();
    }

    /// The mails in the outbox: to whom, about what, and all of it.
    async fn mails(&self) -> Vec<(String, String, String)> {
        let rows = self
            .desk
            .store
            .read(&self.desk.tenant, |tx: &mut Tx| {
                Box::pin(async move { tx.all("select to_address, subject, blob from mail_out order by id", &[]).await })
            })
            .await
            .unwrap();
        let mut mails = Vec::new();
        for row in rows {
            let blob = row.text("blob").unwrap().parse().unwrap();
            let bytes = self.desk.store.blobs().get(&self.desk.tenant, &blob).await.unwrap();
            mails.push((row.text("to_address").unwrap(), row.text("subject").unwrap(), plain(&bytes)));
        }
        mails
    }

    /// Jobs of the bundle that wait, with the time at which they are due.
    async fn bundles(&self) -> Vec<String> {
        let read = self.desk.store.read(&self.desk.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "select run_at from job where kind = 'invoice-desk.notice' order by run_at";
                tx.all(sql, &[]).await?.iter().map(|row| Ok(row.time("run_at")?.to_string())).collect()
            })
        });
        read.await.map(|found: Vec<String>| found).map_err(|error: vir_store::Error| error).unwrap()
    }

    /// As if the jobs had run.
    async fn end_jobs(&self) {
        let write = self
            .desk
            .store
            .write(&self.desk.tenant, |tx: &mut Tx| Box::pin(async move { tx.execute("delete from job", &[]).await }));
        let _: u64 = write.await.unwrap();
    }

    /// An invoice of the building office that is due soon.
    async fn invoice(&self, id: &str, due: &'static str) -> InvoiceId {
        let found = way::invoice(&self.desk, id, 50_000).await;
        let row = id.to_owned();
        let write = self.desk.store.write(&self.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "update invoice set number = 'R-' || $1, seller_name = 'Geheime Praxis Holm', due_date = $2 where id = $1";
                tx.execute(sql, &args![row, due]).await
            })
        });
        let _: u64 = write.await.unwrap();
        found
    }
}

fn key() -> Key {
    Key::new([7; 32])
}

/// Head and text of a mail.
fn plain(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes);
    let head = head.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    format!("{head}\n\n{}", take_apart(bytes, &Limits::default()).text)
}

#[tokio::test]
async fn one_digest_a_day_with_number_deadline_and_links_and_nothing_personal() {
    let town = Town::new("digest").await;
    town.invoice("i1", "2026-11-26").await;
    town.invoice("i2", "2026-12-22").await;
    // Everybody who may see invoices is asked for; ada has work, dora has none.
    assert_eq!(town.due().await, ["ada", "bert", "cleo", "dora", "emil"]);
    assert!(town.digest("ada").await);
    assert!(!town.digest("dora").await, "nothing waits, so nothing is sent");
    assert!(!town.digest("ada").await, "once a period");
    assert_eq!(town.due().await, ["bert", "cleo", "emil"], "who had nothing waiting is not looked at again");
    let mails = town.mails().await;
    assert_eq!(mails.len(), 1);
    let (to, subject, text) = &mails[0];
    assert_eq!(
        (to.as_str(), subject.as_str()),
        ("ada@musterstadt.example", "2 Rechnungen warten auf Sie, fällig am 26.11.2026")
    );
    for there in [
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://rechnung.musterstadt.example/abbestellen/musterstadt/ada/uebersicht/",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Kontieren: 2",
        "Rechnung R-i1: fällig am 26.11.2026",
        "https://rechnung.musterstadt.example/rechnungen/i1",
        "https://rechnung.musterstadt.example/konto/benachrichtigungen",
    ] {
        assert!(text.contains(there), "{there}: {text}");
    }
    for absent in ["Holm", "500", "R-i2"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    // The next day, with something new.
    town.at("2026-11-24T06:30:00Z");
    town.invoice("i3", "2026-11-30").await;
    assert!(town.digest("ada").await);
    assert!(town.mails().await[1].2.contains("Kontieren: 3, davon 1 neu"), "{}", town.mails().await[1].2);
}

#[tokio::test]
async fn no_digest_on_days_on_which_nobody_works_and_none_without_a_mailbox() {
    let town = Town::new("digest-days").await;
    town.invoice("i1", "2026-11-26").await;
    for (now, due) in [
        ("2026-11-22T10:00:00Z", false), // Sunday
        ("2026-12-25T10:00:00Z", false), // Christmas Day
        ("2026-11-23T06:29:00Z", false), // too early
        ("2026-11-23T06:30:00Z", true),
        ("2026-03-30T05:30:00Z", true), // half past seven after the clocks changed
        ("2026-03-30T05:29:00Z", false),
    ] {
        town.at(now);
        assert_eq!(!town.due().await.is_empty(), due, "{now}");
    }
    let mute = Town::with("digest-mute", |_| {}, |account| account.notices = false).await;
    assert!(mute.due().await.is_empty());
}

#[tokio::test]
async fn several_nodes_and_broken_off_jobs_make_one_mail() {
    let town = Town::new("digest-once").await;
    town.invoice("i1", "2026-11-26").await;
    // Two nodes look at the same time: one job for each person.
    let (office, other) = (town.office(), town.office());
    let (first, second) = tokio::join!(office.enqueue_due(), other.enqueue_due());
    assert_eq!((first.unwrap(), second.unwrap()), (5, 5));
    assert_eq!(town.desk.count("job").await, 5);
    // And where both ran all the same: the period has one mail.
    let ada = "ada".into();
    let runs = tokio::join!(
        office.digest(&ada, "2026-11-23"),
        other.digest(&ada, "2026-11-23"),
        office.digest(&ada, "2026-11-23"),
        other.digest(&ada, "2026-11-23")
    );
    let sent = [runs.0, runs.1, runs.2, runs.3].into_iter().filter(|run| *run.as_ref().unwrap()).count();
    assert_eq!((sent, town.mails().await.len(), town.desk.count("notice_sent").await), (1, 1, 1));
    // What was queued keeps its bytes: each attempt to send it has the same Message-ID.
    let id = |mails: &[(String, String, String)]| {
        mails[0].2.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
    };
    let before = id(&town.mails().await);
    assert_eq!(outbox::send_all(&town.desk.store, &Sealer::new(&key()), &town.desk.tenant).await.unwrap(), 0);
    assert_eq!(id(&town.mails().await), before);
}

#[tokio::test]
async fn deputies_get_the_work_of_those_for_whom_they_stand_in() {
    let town = Town::new("digest-deputy").await;
    way::certified(&town.desk, "i1", 50_000).await;
    assert!(town.digest("emil").await, "emil stands in for cleo, who orders");
    let mails = town.mails().await;
    assert!(mails[0].2.contains("Sie vertreten heute CLEO") && mails[0].2.contains("Anordnen: 1"), "{}", mails[0].2);
    // Mentions reach both; whoever writes is not told.
    let id = InvoiceId("i1".into());
    town.comment("ada", &id, "@Cleo und @Ada, bitte ansehen").await;
    assert_eq!(town.tell().await, 2, "cleo and emil");
    assert_eq!(town.tell().await, 0, "told twice makes no second note");
    // When the time is over, so is the work.
    town.at("2026-12-01T06:30:00Z");
    town.comment("ada", &id, "@cleo noch einmal").await;
    assert_eq!(town.tell().await, 1, "cleo alone");
    assert!(!town.digest("emil").await || !town.mails().await.last().unwrap().2.contains("Anordnen"));
}

#[tokio::test]
async fn mentions_are_told_at_once_but_together_and_not_at_night() {
    let town = Town::new("bundle").await;
    let id = town.invoice("i1", "2026-12-22").await;
    town.at("2026-11-23T09:00:00Z");
    town.comment("ada", &id, "@bert passt das so?").await;
    town.tell().await;
    town.at("2026-11-23T09:04:00Z");
    town.comment("ada", &id, "@bert und die Menge?").await;
    town.tell().await;
    assert_eq!(town.bundles().await, ["2026-11-23T09:10:00Z"], "one job, ten minutes after the first");
    town.at("2026-11-23T09:10:00Z");
    assert_eq!(town.bundle("bert").await, Bundled::Queued(2));
    assert_eq!(town.bundle("bert").await, Bundled::Nothing, "told once");
    town.end_jobs().await;
    let mails = town.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].1, "2 Hinweise zu Rechnungen");
    assert!(mails[0].2.contains("von ADA") && mails[0].2.contains("/rechnungen/i1#history"), "{}", mails[0].2);
    assert!(!mails[0].2.contains("Menge"), "what was said stays in the house");
    // Friday evening: on Monday morning. What is seen before needs no mail.
    town.at("2026-11-27T18:00:00Z");
    town.comment("ada", &id, "@bert Montag?").await;
    town.tell().await;
    assert_eq!(town.bundle("bert").await, Bundled::Quiet);
    assert_eq!(town.bundles().await.last().unwrap(), "2026-11-30T06:00:00Z");
    let seen = town
        .desk
        .store
        .write(&town.desk.tenant, |tx: &mut Tx| Box::pin(async move { note::seen(tx, "bert", "i1").await }));
    seen.await.map_err(|error: vir_store::Error| error).unwrap();
    town.at("2026-11-30T06:00:00Z");
    assert_eq!(town.bundle("bert").await, Bundled::Nothing);
    // Whoever does not want it at once has it in the digest.
    town.choose("bert", Choice { at_once: Vec::new(), ..Choice::default() }).await;
    town.comment("ada", &id, "@bert später").await;
    town.tell().await;
    assert_eq!(town.bundle("bert").await, Bundled::Nothing);
    town.at("2026-11-30T07:00:00Z");
    assert!(town.digest("bert").await);
    let mails = town.mails().await;
    assert!(mails[1].2.contains("Sie wurden erwähnt von ADA"), "{}", mails[1].2);
}

#[tokio::test]
async fn everything_reaches_those_whom_it_concerns() {
    let groups = |directory: &mut Directory| {
        let members = ["ada", "emil"].map(Into::into).into();
        directory
            .groups
            .insert("office".into(), Group { id: "office".into(), name: "Rechnungsstelle".into(), members });
    };
    let town = Town::with("whom", groups, |_| {}).await;
    let id = town.invoice("i1", "2026-11-24").await;
    let whom = async |kind: &'static str| {
        let read = town.desk.store.read(&town.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "select person_id from notice where kind = $1 order by person_id, at";
                tx.all(sql, &args![kind]).await?.iter().map(|row| row.text("person_id")).collect()
            })
        });
        read.await.map_err(|error: vir_store::Error| error).map(|found: Vec<String>| found).unwrap()
    };
    let give = async |who: &str, to: Assignee| {
        let (decider, id) = (town.decider(who), id.clone());
        let write = town.desk.store.write(&town.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { assign(tx, &decider, &id, &to, None).await })
        });
        assert!(write.await.unwrap());
        town.tell().await;
    };
    give("ada", Assignee::Group("office".into())).await;
    assert_eq!(whom("assigned").await, ["emil"], "the group, without the one who gave it");
    // The deadline is red: those who may code are reminded, narrowed to whoever has it in hand.
    town.at("2026-11-23T08:00:00Z");
    let remind = town.desk.store.write(&town.desk.tenant, |tx: &mut Tx| {
        Box::pin(async move { vir_invoice_desk::workflow::remind::remind(tx).await })
    });
    assert_eq!(remind.await.unwrap(), 1);
    town.tell().await;
    assert_eq!(whom("deadline").await, ["ada"], "of the group only ada may code");
    // The supplier's answer goes to whoever asked.
    let (decider, row) = (town.decider("ada"), town.desk.row(&id).await);
    let ask = town.desk.store.write(&town.desk.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            conversation::query(tx, &decider, &row, "holm@example.org", "Menge?").await?;
            let row: &InvoiceRow = &row;
            conversation::answer(tx, &row.id, "mail-1", "Holm", "Zwölf.").await
        })
    });
    ask.await.map_err(|error: vir_store::Error| error).unwrap();
    town.tell().await;
    assert_eq!(whom("answer").await, ["ada"]);
    // Failed hand-overs go to those who pay; mails in quarantine to those who are there for all.
    let publish = town.desk.store.write(&town.desk.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            tx.publish("invoice.hand_over_failed", serde_json::json!({ "invoice_id": "i1", "by": "emil" })).await?;
            tx.publish("mail.quarantined", serde_json::json!({ "mail_id": "x", "reason": "no_invoice" })).await
        })
    });
    publish.await.map(|_| ()).map_err(|error: vir_store::Error| error).unwrap();
    town.tell().await;
    assert_eq!(whom("failed").await, ["dora"], "emil did it");
    assert_eq!(whom("quarantine").await, ["ada"]);
}

#[tokio::test]
async fn whoever_may_not_see_an_invoice_is_told_nothing() {
    let rights = |directory: &mut Directory| {
        directory.grants.retain(|grant| grant.to != vir_auth::To::Person("bert".into()));
        directory.deputies.push(Deputy {
            id: "d2".into(),
            deputy: "bert".into(),
            of: "nobody".into(),
            from: "2026-11-01".parse().unwrap(),
            to: "2026-12-31".parse().unwrap(),
        });
    };
    let town = Town::with("whom-not", rights, |_| {}).await;
    let id = town.invoice("i1", "2026-11-24").await;
    town.comment("ada", &id, "@bert siehst du das?").await;
    assert_eq!(town.tell().await, 0);
    assert!(!town.due().await.contains(&"bert".to_owned()));
}

#[tokio::test]
async fn one_click_ends_the_mails_without_signing_in() {
    let site = Site::new(vec![block()]).await;
    let person = "p1".into();
    let path = unsubscribe::path(&site.app.key, &site.tenant, &person, What::Digest);
    let rhythm = async || {
        let read =
            site.app.store.read(&site.tenant, |tx: &mut Tx| Box::pin(async move { Choice::load(tx, "p1").await }));
        read.await.map_err(|error: vir_store::Error| error).map(|choice: Choice| choice).unwrap()
    };
    // Mail servers look at links.
    let looked = site.get_as_nobody(&path).await;
    assert_eq!(looked.status, 200, "{}", looked.text());
    assert!(looked.text().contains("Abbestellen"));
    assert_eq!(rhythm().await.rhythm, Rhythm::Daily);
    let post = |path: &str| {
        Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("List-Unsubscribe=One-Click"))
            .unwrap()
    };
    let forged = format!("{}AAAA", &path[..path.len() - 4]);
    assert_eq!(site.send(None, post(&forged)).await.status, 404);
    assert_eq!(site.send(None, post(&path.replace("uebersicht", "sofort"))).await.status, 404, "for one kind only");
    assert_eq!(rhythm().await.rhythm, Rhythm::Daily);
    for _ in 0..2 {
        let ended = site.send(None, post(&path)).await;
        assert_eq!(ended.status, 200, "{}", ended.text());
    }
    assert_eq!(rhythm().await.rhythm, Rhythm::None);
    assert_eq!(rhythm().await.at_once, [AtOnce::Mentions, AtOnce::Urgent], "the other mails stay");
}

#[tokio::test]
async fn everybody_chooses_for_themselves() {
    let site = Site::new(vec![block()]).await;
    let me = site.person("Erika Beispiel", &["invoice.see", "invoice.code"]);
    let shown = site.get(&me, "/konto/benachrichtigungen").await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    for text in ["Benachrichtigungen", "07:30", "Zurzeit werden keine E-Mails gesendet", "Auf Sie wartet nichts"] {
        assert!(shown.text().contains(text), "{text}");
    }
    let fields = |at: &'static str| {
        [
            ("rhythm", "weekly"),
            ("at", at),
            ("weekday", "4"),
            ("at_once", "mentions"),
            ("at_once", "answers"),
            ("quiet_from", "16:00"),
            ("quiet_to", "08:00"),
        ]
    };
    let wrong = site.post(&me, "/konto/benachrichtigungen", &fields("25:00")).await;
    assert!(wrong.text().contains("Uhrzeit wie 07:30") && wrong.text().contains("25:00"), "{}", wrong.text());
    assert_eq!(site.post(&me, "/konto/benachrichtigungen", &fields("08:15")).await.status, 303);
    let person = me.person.to_string();
    let read =
        site.app.store.read(&site.tenant, move |tx: &mut Tx| Box::pin(async move { Choice::load(tx, &person).await }));
    let kept = read.await.map_err(|error: vir_store::Error| error).map(|choice: Choice| choice).unwrap();
    let expect = Choice {
        rhythm: Rhythm::Weekly,
        at_minute: 495,
        weekday: 4,
        at_once: vec![AtOnce::Mentions, AtOnce::Answers],
        quiet_from: 960,
        quiet_to: 480,
        free_days: false,
    };
    assert_eq!(kept, expect);
    assert!(site.get(&me, "/konto").await.text().contains("/konto/benachrichtigungen"), "the tab is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_travels_through_a_real_mail_server() {
    let servers = match MailServers::start(&[INBOX]) {
        Ok(servers) => servers,
        Err(missing) => {
            vir_testkit::missing(&missing.to_string());
            return;
        }
    };
    let (port, pem) = (servers.smtp, servers.certificate.clone());
    let town = Town::with(
        "digest-real",
        |_| {},
        move |account| {
            account.smtp = ("localhost".into(), port, Security::StartTls);
            account.certificates = Some(pem);
        },
    )
    .await;
    town.invoice("i1", "2026-11-26").await;
    assert!(town.digest("ada").await);
    let sent = outbox::send_all(&town.desk.store, &Sealer::new(&key()), &town.desk.tenant).await.unwrap();
    assert_eq!(sent, 1, "{}", servers.log());
    assert!(servers.wait_for("other", None, 1), "{}", servers.log());
    let bytes = servers.mails("other", None).remove(0);
    let mail = take_apart(&bytes, &Limits::default());
    assert_eq!(mail.header.subject, "1 Rechnung wartet auf Sie, fällig am 26.11.2026");
    let raw = String::from_utf8_lossy(&bytes);
    assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{raw}");
    assert!(raw.contains("text/html") && raw.contains("text/plain"), "{raw}");
    assert!(!mail.nature.may_be_answered(), "no robot answers it");
    // The address in the mail, as it arrived, ends the mails.
    let start = raw.find("List-Unsubscribe: <").unwrap();
    let link: String = raw[start..]
        .chars()
        .skip_while(|c| *c != '<')
        .skip(1)
        .take_while(|c| *c != '>')
        .filter(|c| !c.is_whitespace())
        .collect();
    let path = link.strip_prefix(BASE).unwrap();
    assert_eq!(path, unsubscribe::path(&key(), &town.desk.tenant, &"ada".into(), What::Digest));
}

/// The statements of notices, assignments and the history, on each engine that is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_every_engine() {
    let folder = std::env::temp_dir().join(format!("vir-notices-engines-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    for (engine, config) in vir_testkit::stores::places(&folder) {
        let store = vir_store::Store::open(config, &[vir_invoice_desk::MIGRATIONS], crate::desk::noon()).await.unwrap();
        let tenant: vir_store::TenantId = "musterstadt".parse().unwrap();
        store.create_tenant(&tenant, "Stadt Musterstadt").await.unwrap();
        let desk = Desk::over(store, tenant, folder.join("none"));
        let town = Town::of(desk, |_| {}, |_| {}).await;
        let id = town.invoice("i1", "2026-11-24").await;
        town.at("2026-11-23T09:00:00Z");
        town.comment("ada", &id, "@bert passt das so?").await;
        let (decider, wanted) = (town.decider("ada"), id.clone());
        let give = town.desk.store.write(&town.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { assign(tx, &decider, &wanted, &Assignee::Person("ada".into()), None).await })
        });
        assert!(give.await.unwrap(), "{engine}");
        let remind = town.desk.store.write(&town.desk.tenant, |tx: &mut Tx| {
            Box::pin(async move { vir_invoice_desk::workflow::remind::remind(tx).await })
        });
        assert_eq!(remind.await.unwrap(), 1, "{engine}");
        assert_eq!(town.tell().await, 2, "{engine}: bert is mentioned, ada reminded");
        assert_eq!(town.tell().await, 0, "{engine}");
        assert_eq!(town.bundle("bert").await, Bundled::Queued(1), "{engine}");
        assert_eq!(town.due().await.len(), 5, "{engine}");
        assert!(town.digest("ada").await && !town.digest("ada").await && !town.digest("dora").await, "{engine}");
        assert_eq!(town.mails().await.len(), 2, "{engine}");
        town.choose("bert", Choice { rhythm: Rhythm::None, ..Choice::default() }).await;
        assert_eq!(town.due().await, ["cleo", "emil"], "{engine}");
        // The decision ends the assignment.
        let code = vir_invoice_desk::workflow::Attempt {
            lines: way::lines(50_000),
            ..vir_invoice_desk::workflow::Attempt::new(id.clone(), vir_invoice_desk::workflow::Kind::Code)
        };
        way::try_to(&town.desk.store, &town.desk.tenant, "ada", code).await.unwrap();
        assert_eq!(town.desk.row(&id).await.assigned_person, None, "{engine}");
        let (decider, row) = (town.decider("ada"), town.desk.row(&id).await);
        let read = town.desk.store.read(&town.desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { vir_invoice_desk::invoice::history::of(tx, &decider, &row).await })
        });
        let history = read.await.map_err(|error: vir_store::Error| error).unwrap();
        assert_eq!(history.len(), 5, "{engine}: {history:#?}");
    }
    let _ = std::fs::remove_dir_all(&folder);
}
