//! What somebody finds who has the database, and what somebody gets who only guesses.

use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::json;
use vir_auth::{Auth, Config, Error, NewToken, Provider, Vault};

use crate::support::{DESK, PASSWORD, town};

#[tokio::test]
async fn the_database_holds_no_secret() {
    let town = town().await;
    let (auth, tenant) = (&town.auth, &town.tenant);
    let chief = town.chief().await;
    let otto = town.person("Otto", "otto@musterdorf.example").await;
    let cookie = auth.sign_in(tenant, "otto@musterdorf.example", PASSWORD, "", None).await.unwrap().cookie;
    let link = auth.access_link(&chief, &otto).await.unwrap();
    let setup = auth.setup_link().await.unwrap();
    let new = NewToken {
        person: chief.person.clone(),
        name: "x".to_owned(),
        permissions: chief.permissions().into_iter().map(str::to_owned).collect(),
        unit: None,
        days: None,
    };
    let (_, token) = auth.create_token(&chief, new).await.unwrap();
    let provider = Provider { client_secret: "hunter2-of-the-provider".to_owned(), ..Provider::default() };
    auth.set_provider(&chief, provider).await.unwrap();
    assert_eq!(auth.provider(&chief).await.unwrap().client_secret, "hunter2-of-the-provider");
    let bytes = vir_testkit::stores::everything(town.store.config());
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("otto@musterdorf.example"), "the search finds what is there");
    // Whatever stands before it, the secret is at the end; its letters include `_`, so nothing can be split there.
    let secret = |text: &str| text[text.len() - 16..].to_owned();
    for (what, text) in [
        ("password", PASSWORD.to_owned()),
        ("session", secret(&cookie)),
        ("access link", secret(&link.token)),
        ("set-up link", setup.token.clone()),
        ("token", secret(&token)),
        ("secret of the provider", "hunter2-of-the-provider".to_owned()),
    ] {
        assert!(!holds(&text), "the database holds the {what}");
    }
    // Whoever shall send the link can open it.
    let event = town
        .store
        .read(tenant, |tx| {
            Box::pin(async move {
                tx.one("select payload from event where kind = 'auth.access-link'", &[]).await?.text("payload")
            })
        })
        .await
        .unwrap();
    let event: serde_json::Value = serde_json::from_str(&event).unwrap();
    assert_eq!(auth.told_link(tenant, &event), Some(link.path()));
    let other = Auth::new(town.store.clone(), &[DESK], Config::default(), reqwest_client());
    assert_eq!(other.told_link(tenant, &event), None, "with another key");
    assert_eq!(other.provider(&chief).await.unwrap().client_secret, "", "with another key");
}

fn reqwest_client() -> reqwest::Client {
    reqwest::Client::builder().tls_backend_preconfigured(crate::support::tls()).build().unwrap()
}

#[tokio::test]
async fn what_an_older_version_kept_in_the_clear_is_still_read() {
    let town = town().await;
    let value = json!({ "enabled": false, "title": "x", "issuer": "", "client_id": "", "client_secret": "plain",
        "scopes": "", "group_claim": "", "provision": false, "group_required": false });
    town.store
        .write(&town.tenant, move |tx| {
            Box::pin(async move {
                let sql = "insert into tenant_setting (key, value) values ('oidc', $1)";
                tx.execute(sql, &vir_store::args![value.to_string()]).await
            })
        })
        .await
        .unwrap();
    assert_eq!(town.auth.provider(&town.chief().await).await.unwrap().client_secret, "plain");
}

#[tokio::test]
async fn guesses_count_on_all_nodes_together() {
    let town = town().await;
    town.person("Otto", "otto@musterdorf.example").await;
    let config = || Config { vault: Vault::new(&[1; 32], &[]), ..Config::default() };
    let nodes: Vec<Auth> = (0..3).map(|_| Auth::new(town.store.clone(), &[DESK], config(), reqwest_client())).collect();
    let tenant = &town.tenant;
    let mut refused = 0;
    for guess in 0..30 {
        match nodes[guess % 3].sign_in(tenant, "Otto@musterdorf.example", "wrong", "", None).await {
            Err(Error::Refused) => refused += 1,
            Err(Error::TooMany { retry_after }) => assert!((1..=31).contains(&retry_after), "{retry_after}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 10, "ten guesses are looked at, whichever nodes they come to");
    assert!(matches!(
        nodes[0].sign_in(tenant, "otto@musterdorf.example", PASSWORD, "", None).await,
        Err(Error::TooMany { .. })
    ));
    town.clock.advance(SignedDuration::from_secs(31));
    nodes[1].sign_in(tenant, "otto@musterdorf.example", PASSWORD, "", None).await.unwrap();
    for _ in 0..12 {
        nodes[2].sign_in(tenant, "otto@musterdorf.example", PASSWORD, "", None).await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_account_gets_no_session_that_waits() {
    let town = town().await;
    let otto = town.person("Otto", "otto@musterdorf.example").await;
    let chief = town.chief().await;
    let link = town.auth.access_link(&chief, &otto).await.unwrap();
    town.auth.set_active(&chief, &otto, false).await.unwrap();
    assert!(matches!(town.auth.use_link(&link.token, "vier Esel tanzen Polka", "").await, Err(Error::Link)));
    let tried = town.auth.sign_in(&town.tenant, "otto@musterdorf.example", PASSWORD, "", None).await;
    assert!(matches!(tried, Err(Error::Refused)));
    let sessions = town.store.read(&town.tenant, |tx| {
        Box::pin(async move { tx.one("select count(*) as n from session", &[]).await?.int("n") })
    });
    assert_eq!(sessions.await.unwrap(), 0);
}

#[tokio::test]
async fn whose_deputy_somebody_is_is_nobody_elses_business() {
    let town = town().await;
    let (otto, anna) =
        (town.person("Otto", "otto@musterdorf.example").await, town.person("Anna", "anna@musterdorf.example").await);
    let eve = town.person("Eve", "eve@musterdorf.example").await;
    let chief = town.chief().await;
    let (from, to) = (date(2026, 11, 1), date(2026, 12, 1));
    let term = town.auth.add_deputy(&chief, &otto, &anna, from, to).await.unwrap();
    let eve = town.auth.principal(&town.tenant, &eve).await.unwrap().unwrap();
    let existing = town.auth.end_deputy(&eve, &term).await.unwrap_err().to_string();
    let invented = town.auth.end_deputy(&eve, &"01999999-0000-7000-8000-000000000000".into()).await.unwrap_err();
    assert_eq!(existing, invented.to_string());
}
