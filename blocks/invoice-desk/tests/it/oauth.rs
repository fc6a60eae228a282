//! A mailbox that lets in only with OAuth 2.0: a real Dovecot verifies the tokens, a token server of the test gives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use vir_invoice_desk::block;
use vir_invoice_desk::mailbox::account::Account;
use vir_invoice_desk::mailbox::oauth::{self, Grant, OAuth, client_place};
use vir_invoice_desk::mailbox::{Sealer, pull, watch};
use vir_mail::smtp::{Answer, Composed, Outcome, Outgoing, Relay, Sender, Standing, compose};
use vir_mail::{Address, Secret, Security, Trust};
use vir_store::Tx;
use vir_testkit::mail_servers::MailServers;
use vir_web::config::{Config, Outbound};
use vir_web::test::Site;

use crate::desk;

const INBOX: &str = "rechnung@musterstadt.example";
const KEY: &[u8] = b"32 Bytes, die nur der Test kennt";
const CLIENT: &str = "vir & co";
const SECRET: &str = "geheim: ganz?";

/// What the token server does, and what it was asked.
#[derive(Default)]
struct Tokens {
    asked: AtomicUsize,
    /// The answer, instead of a token.
    refuse: std::sync::Mutex<Option<(u16, &'static str)>>,
    bodies: std::sync::Mutex<Vec<String>>,
}

/// A JWT as Dovecot verifies it.
fn jwt(email: &str) -> String {
    #[allow(clippy::disallowed_methods, reason = "Dovecot looks at the real clock")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = serde_json::json!({
        "iss": "https://token.example", "sub": email, "email": email, "iat": now - 5, "exp": now + 3600,
    });
    let signed = format!("{}.{}", part(serde_json::json!({ "alg": "HS256", "typ": "JWT" })), part(claims));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, KEY);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes())))
}

async fn give(State(tokens): State<Arc<Tokens>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let count = tokens.asked.fetch_add(1, Ordering::SeqCst) + 1;
    let body = String::from_utf8(body.to_vec()).unwrap();
    tokens.bodies.lock().unwrap().push(body.clone());
    if let Some((status, said)) = *tokens.refuse.lock().unwrap() {
        return (StatusCode::from_u16(status).unwrap(), said.to_owned());
    }
    let basic = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let right = format!("Basic {}", STANDARD.encode("vir%20%26%20co:geheim%3A%20ganz%3F"));
    // A refresh token is good once: the next one comes with the answer (RFC 6749, 6; as RFC 9700 recommends).
    let expected = format!("grant_type=refresh_token&refresh_token=r-{count}&scope=mail");
    let refresh = body.starts_with("grant_type=refresh_token");
    if basic != Some(right) || (refresh && body != expected) {
        return (StatusCode::BAD_REQUEST, r#"{"error":"invalid_grant","error_description":"used before"}"#.to_owned());
    }
    let mut said = serde_json::json!({ "access_token": jwt(INBOX), "token_type": "Bearer", "expires_in": 600 });
    if refresh {
        said["refresh_token"] = serde_json::json!(format!("r-{}", count + 1));
    }
    (StatusCode::OK, said.to_string())
}

struct Town {
    servers: MailServers,
    site: Site,
    tokens: Arc<Tokens>,
    account: Account,
}

impl Town {
    async fn new(mechanisms: &str, grant: Grant) -> Option<Self> {
        let servers = match MailServers::start_with_tokens(&[INBOX], mechanisms, KEY) {
            Ok(servers) => servers,
            Err(missing) => {
                vir_testkit::missing(&missing.to_string());
                return None;
            }
        };
        let tokens = Arc::new(Tokens::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let token_url = format!("http://{}/token", listener.local_addr().unwrap());
        let router = Router::new().route("/token", post(give)).with_state(tokens.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        // The operator has opened this machine for tenants: without that, nothing of it can be asked.
        let outbound = Outbound { allow: vec!["127.0.0.0/8".parse().unwrap()], allow_http: true };
        let config = Config { outbound, ..Config::default() };
        let site = Site::with(vec![block()], config).await;
        let sealer = Sealer::of(&site.app);
        let seal = |place: &str, text: &str| sealer.seal(&site.tenant, place, &Secret::new(text.into())).unwrap();
        let mut account = Account {
            imap: ("localhost".into(), servers.imap, Security::StartTls),
            smtp: (String::new(), 0, Security::StartTls),
            certificates: Some(servers.certificate.clone()),
            answers: false,
            notices: false,
            oauth: Some(OAuth {
                grant,
                token_url,
                client_id: CLIENT.into(),
                scope: "mail".into(),
                sealed_client: Some(seal(&client_place("m1"), SECRET)),
            }),
            ..desk::mailbox(INBOX, seal("m1", "r-1"))
        };
        let new = account.clone();
        let save = site.app.store.write(&site.tenant, move |tx: &mut Tx| Box::pin(async move { new.save(tx).await }));
        assert!(save.await.unwrap());
        account.version = 1;
        Some(Self { servers, site, tokens, account })
    }

    async fn look(&self) -> Result<usize, String> {
        let (store, tenant) = (&self.site.app.store, &self.site.tenant);
        let login = oauth::login(store, tenant, &self.account, &Sealer::of(&self.site.app)).unwrap();
        let mut mailbox = pull::open(&self.account, &login).await.map_err(|error| error.to_string())?;
        let pulled = pull::look(store, tenant, &self.account, &mut mailbox).await.map_err(|error| error.to_string())?;
        mailbox.close().await;
        Ok(pulled.moved)
    }

    async fn deliver(&self, subject: &str) {
        let relay = Relay {
            host: "127.0.0.1".into(),
            port: self.servers.smtp,
            security: Security::Plain,
            trust: Trust::system(),
            patience: Duration::from_secs(60),
            hello: None,
        };
        let mail = compose(&Outgoing {
            from: Address::new("holm@muster.example").unwrap(),
            to: Address::new(INBOX).unwrap(),
            reply_to: None,
            subject: subject.into(),
            text: "Guten Tag".into(),
            attachments: Vec::new(),
            answer: Answer::default(),
            standing: Standing::Personal,
            message_id: format!("{subject}@muster.example"),
            date: 1_795_000_000,
            unsubscribe: None,
        })
        .unwrap();
        let sender = Sender::new(&relay, None).await.unwrap();
        let outcome = sender.send(&Composed { from: mail.from, to: INBOX.into(), bytes: mail.bytes }).await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }

    async fn stored(&self) -> i64 {
        let read = self.site.app.store.read(&self.site.tenant, |tx: &mut Tx| {
            Box::pin(async move { tx.one("select count(*) as n from mail", &[]).await?.int("n") })
        });
        read.await.map_err(|error: vir_store::Error| error).unwrap()
    }

    fn asked(&self) -> usize {
        self.tokens.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_opens_the_mailbox_and_each_answer_brings_the_next() {
    let Some(town) = Town::new("xoauth2 oauthbearer", Grant::RefreshToken).await else { return };
    town.deliver("eins").await;
    assert!(town.servers.wait_for(INBOX, None, 1), "{}", town.servers.log());
    assert_eq!(town.look().await, Ok(1), "{}", town.servers.log());
    assert_eq!(town.asked(), 1);
    // The token is good for ten minutes, and kept for all nodes.
    town.deliver("zwei").await;
    assert!(town.servers.wait_for(INBOX, None, 1));
    assert_eq!((town.look().await, town.asked()), (Ok(1), 1));
    // A minute before its end another one is had, with the refresh token that came with the first.
    town.site.clock.advance(SignedDuration::from_secs(541));
    assert_eq!((town.look().await, town.asked()), (Ok(0), 2));
    // Of several at once that need a new one, all get in, though each refresh token is good only once.
    town.site.clock.advance(SignedDuration::from_secs(541));
    let (first, second) = tokio::join!(town.look(), town.look());
    assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
    assert_eq!(town.look().await, Ok(0), "and the next look gets in with the token that was had");
    // Nothing of it stands in the database in the clear.
    let read = town.site.app.store.read(&town.site.tenant, |tx: &mut Tx| {
        Box::pin(async move { tx.one("select secret, access_token from mailbox", &[]).await })
    });
    let row = read.await.map_err(|error: vir_store::Error| error).unwrap();
    for sealed in [row.bytes("secret").unwrap(), row.bytes("access_token").unwrap()] {
        assert!(!sealed.windows(2).any(|window| window == b"r-" || window == b"ey"), "sealed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_credentials_and_xoauth2_alone() {
    let Some(town) = Town::new("xoauth2", Grant::ClientCredentials).await else { return };
    town.deliver("eins").await;
    assert!(town.servers.wait_for(INBOX, None, 1));
    assert_eq!(town.look().await, Ok(1), "{}", town.servers.log());
    assert_eq!(*town.tokens.bodies.lock().unwrap(), ["grant_type=client_credentials&scope=mail"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_is_said_and_no_secret_with_it() {
    let Some(town) = Town::new("oauthbearer", Grant::RefreshToken).await else { return };
    for (refuse, word) in [
        ((400, r#"{"error":"invalid_grant","error_description":"revoked by user"}"#), "set up again"),
        ((400, r#"{"error":"invalid_scope"}"#), "refuses: invalid_scope"),
        ((500, "<html>oops</html>"), "does not answer as expected: status 500"),
        ((200, r#"{"access_token":"x","token_type":"mac"}"#), "another type than Bearer"),
        ((200, r#"{"access_token":"nonsense","token_type":"bearer"}"#), "refuses the login"),
    ] {
        *town.tokens.refuse.lock().unwrap() = Some(refuse);
        let said = town.look().await.unwrap_err();
        assert!(said.contains(word), "{word}: {said}");
        for secret in ["r-1", "geheim", "nonsense", SECRET] {
            assert!(!said.contains(secret), "{said}");
        }
    }
    // A token that the mail server does not take is not kept longer than the token server said: here it said nothing.
    *town.tokens.refuse.lock().unwrap() = None;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watched_mailbox_comes_back_after_its_connection_was_cut() {
    let Some(town) = Town::new("oauthbearer", Grant::ClientCredentials).await else { return };
    let stop = CancellationToken::new();
    for service in watch::services(town.site.app.clone(), stop.clone()) {
        tokio::spawn(service);
    }
    let waited = async |count: i64| {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        while town.stored().await < count && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        town.stored().await
    };
    town.deliver("eins").await;
    assert_eq!(waited(1).await, 1, "{}", town.servers.log());
    town.servers.kick(INBOX).unwrap();
    town.deliver("zwei").await;
    assert_eq!(waited(2).await, 2, "{}", town.servers.log());
    assert_eq!(town.asked(), 1, "the token of before is still good");
    stop.cancel();
}
