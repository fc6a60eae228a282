//! Against Dovecot and Exim. Where they are not installed, the tests say so and pass.

use std::sync::Arc;
use std::time::Duration;

use vir_mail::imap::{Error, Login, Mailbox, Server, Wake};
use vir_mail::smtp::{Answer, Attachment, Composed, Outcome, Outgoing, Relay, Sender, Standing, compose};
use vir_mail::{Address, Secret, Security, Trust};
use vir_testkit::mail_servers::{MailServers, PASSWORD};

const INBOX: &str = "rechnung@stadt.example";

fn servers() -> Option<MailServers> {
    match MailServers::start(&[INBOX]) {
        Ok(servers) => Some(servers),
        Err(missing) => {
            vir_testkit::missing(&missing.to_string());
            None
        }
    }
}

fn server(servers: &MailServers, security: Security) -> Server {
    Server {
        host: "localhost".into(),
        port: if security == Security::Tls { servers.imaps } else { servers.imap },
        security,
        trust: Trust::system().and_pem(&servers.certificate).unwrap(),
        patience: Duration::from_secs(20),
    }
}

fn login(password: &str) -> Login {
    Login::Password { user: INBOX.into(), password: Secret::new(password.into()) }
}

async fn sender(servers: &MailServers, security: Security) -> Sender {
    let relay = Relay {
        host: "localhost".into(),
        port: if security == Security::Tls { servers.smtps } else { servers.smtp },
        security,
        trust: Trust::system().and_pem(&servers.certificate).unwrap(),
        patience: Duration::from_secs(20),
        hello: Some("test.example".into()),
    };
    Sender::new(&relay, Some(&login(PASSWORD))).await.unwrap()
}

fn mail(to: &str, bytes: &[u8]) -> Composed {
    Composed { from: "a@muster.example".into(), to: to.into(), bytes: bytes.to_vec() }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn a_mail_goes_out_comes_in_and_is_moved() {
    let Some(servers) = servers() else { return };
    runtime().block_on(async {
        let composed = compose(&Outgoing {
            from: Address::new("a@muster.example").unwrap(),
            to: Address::new("rechnung+q-7@stadt.example").unwrap(),
            reply_to: None,
            subject: "Rückfrage".into(),
            text: "Guten Tag,\n\nbitte siehe https://vir.example/x.".into(),
            attachments: vec![Attachment {
                name: "groß.bin".into(),
                media_type: "application/octet-stream".into(),
                bytes: vec![7; 3 << 20],
            }],
            answer: Answer::default(),
            standing: Standing::Personal,
            message_id: "x1@muster.example".into(),
            date: 1_790_000_000,
            unsubscribe: None,
        })
        .unwrap();
        for security in [Security::Plain, Security::StartTls, Security::Tls] {
            let outcome = sender(&servers, security).await.send(&composed).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{security:?} {outcome:?} {}", servers.log());
        }
        assert!(servers.wait_for(INBOX, None, 3), "{}", servers.log());
        for security in [Security::Plain, Security::StartTls, Security::Tls] {
            let mut mailbox = Mailbox::open(&server(&servers, security), &login(PASSWORD), "INBOX").await.unwrap();
            let waiting = mailbox.waiting().await.unwrap();
            let first = waiting[0];
            let bytes = mailbox.fetch(first.uid, 10 << 20).await.unwrap().unwrap();
            assert_eq!(bytes.len(), first.size, "the pieces make the whole");
            assert!(matches!(mailbox.fetch(first.uid, 1 << 20).await, Err(Error::TooLarge(_))));
            let taken = vir_mail::message::take_apart(&bytes, &vir_mail::message::Limits::default());
            assert_eq!(taken.header.subject, "Rückfrage");
            assert!(taken.header.to.iter().any(|to| to.tag() == Some("q-7")));
            assert_eq!(taken.parts.last().unwrap().bytes.len(), 3 << 20);
            let header = mailbox.fetch_header(first.uid, 1000).await.unwrap().unwrap();
            assert!(bytes.starts_with(&header));
            mailbox.move_to(first.uid, "Quarantäne").await.unwrap();
            mailbox.move_to(first.uid, "Quarantäne").await.unwrap();
            assert_eq!(mailbox.fetch(first.uid, 10 << 20).await.unwrap(), None);
            assert_eq!(mailbox.waiting().await.unwrap().len(), waiting.len() - 1);
            assert!(mailbox.folders().await.unwrap().contains(&"Quarantäne".to_owned()));
            mailbox.close().await;
        }
        assert_eq!(servers.count(INBOX, Some("Quarant&AOQ-ne")), 3);
        assert_eq!(servers.count(INBOX, None), 0);
    });
}

#[test]
fn new_mail_wakes_whoever_idles() {
    let Some(servers) = servers() else { return };
    runtime().block_on(async {
        let mailbox = Mailbox::open(&server(&servers, Security::Tls), &login(PASSWORD), "INBOX").await.unwrap();
        assert!(mailbox.can_idle());
        let (mailbox, wake) = mailbox.wait(Duration::from_millis(200), Duration::from_secs(60)).await.unwrap();
        assert_eq!(wake, Wake::Time);
        let waiting = tokio::spawn(mailbox.wait(Duration::from_secs(30), Duration::from_secs(60)));
        let outcome =
            sender(&servers, Security::Tls).await.send(&mail(INBOX, b"From: a@muster.example\r\n\r\nx\r\n")).await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        let (mut mailbox, wake) = waiting.await.unwrap().unwrap();
        assert_eq!(wake, Wake::News);
        assert_eq!(mailbox.waiting().await.unwrap().len(), 1);
    });
}

#[test]
fn refusals_are_told_apart() {
    let Some(servers) = servers() else { return };
    runtime().block_on(async {
        let sender = sender(&servers, Security::Tls).await;
        sender.test().await.unwrap();
        let bytes = b"From: a@muster.example\r\n\r\nx\r\n";
        let refused = sender.send(&mail("refused@stadt.example", bytes)).await;
        assert!(matches!(&refused, Outcome::Refused(said) if said.contains("nobody here")), "{refused:?}");
        let later = sender.send(&mail("later@stadt.example", bytes)).await;
        assert!(matches!(&later, Outcome::Later(_)), "{later:?}");
        let relay = Relay {
            host: "127.0.0.1".into(),
            port: vir_testkit::server::free_port().unwrap(),
            security: Security::Plain,
            trust: Trust::system(),
            patience: Duration::from_secs(5),
            hello: None,
        };
        let nobody = Sender::new(&relay, None).await.unwrap().send(&mail(INBOX, bytes)).await;
        assert!(matches!(&nobody, Outcome::Later(_)), "{nobody:?}");

        let wrong = Mailbox::open(&server(&servers, Security::Tls), &login("wrong"), "INBOX").await;
        let said = format!("{:?}", wrong.as_ref().err());
        assert!(matches!(wrong, Err(Error::Refused(_))), "{said}");
        assert!(!said.contains("wrong\""), "the password is in the error: {said}");
        let source: vir_mail::imap::TokenSource = Arc::new(|| Box::pin(async { Err("expired".to_owned()) }));
        let token = Login::Token { user: INBOX.into(), source };
        let refused = Mailbox::open(&server(&servers, Security::Tls), &token, "INBOX").await;
        assert!(matches!(refused, Err(Error::Token(_))));
        let untrusted = Server { trust: Trust::system(), ..server(&servers, Security::StartTls) };
        assert!(matches!(Mailbox::open(&untrusted, &login(PASSWORD), "INBOX").await, Err(Error::Tls(..))));
        let plain = Server { host: "mail.stadt.example".into(), ..server(&servers, Security::Plain) };
        assert!(matches!(Mailbox::open(&plain, &login(PASSWORD), "INBOX").await, Err(Error::PlainToOther(_))));
    });
}
