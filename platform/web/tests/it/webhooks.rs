//! Webhooks are signed, repeated, and told once.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use jiff::SignedDuration;
use serde_json::json;
use vir_auth::{ADMINISTER, BlockPermissions};
use vir_core::{Phrase, Text};
use vir_store::{Migrations, Tx};
use vir_web::config::Config;
use vir_web::test::Site;
use vir_web::{Block, Workers, webhooks};

const EVENTS: &[(&str, Phrase)] = &[("thing.made", Phrase::new("Ein Ding entsteht", "A thing is made"))];

fn teller() -> Block {
    Block {
        webhook_events: EVENTS,
        ..Block::new(
            "teller",
            Text::new("Dinge", "Things"),
            BlockPermissions { title: Phrase::new("Dinge", "Things"), permissions: &[] },
            Migrations::tenant("teller", &[]),
        )
    }
}

type Heard = Arc<Mutex<(Vec<(HeaderMap, String)>, Vec<u16>)>>;

/// Somebody who listens: answers with the statuses in their order, then with 204.
async fn listener(statuses: Vec<u16>) -> (String, Heard) {
    let heard: Heard = Arc::new(Mutex::new((Vec::new(), statuses)));
    let router = Router::new().route("/hook", post(hear)).with_state(heard.clone());
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
    (url, heard)
}

async fn hear(State(heard): State<Heard>, headers: HeaderMap, body: String) -> StatusCode {
    let mut heard = heard.lock().unwrap();
    heard.0.push((headers, body));
    let status = if heard.1.is_empty() { 204 } else { heard.1.remove(0) };
    StatusCode::from_u16(status).unwrap()
}

async fn site() -> Site {
    let mut config = Config::default();
    config.outbound.allow = vec!["127.0.0.0/8".parse().unwrap()];
    config.outbound.allow_http = true;
    Site::with(vec![teller()], config).await
}

async fn tell(site: &Site) {
    // The routes of events are set by the runner.
    Workers::drain(&site.app).await.unwrap();
    site.app
        .store
        .write(&site.tenant, |tx: &mut Tx| {
            Box::pin(async move { tx.publish("thing.made", json!({ "number": 7 })).await })
        })
        .await
        .unwrap();
    Workers::drain(&site.app).await.unwrap();
}

async fn make(site: &Site, url: &str) -> serde_json::Value {
    let anna = site.person("Anna Amt", &[ADMINISTER]);
    let body = json!({ "name": "Finanzen", "url": url, "events": ["thing.made"] }).to_string();
    let request =
        Request::post("/api/v1/webhooks").header("content-type", "application/json").body(Body::from(body)).unwrap();
    let reply = site.send(Some(&anna), request).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn an_event_is_told_signed_and_once() {
    let site = site().await;
    let (url, heard) = listener(vec![500]).await;
    let webhook = make(&site, &url).await;
    tell(&site).await;
    // The first attempt failed; the second one comes after a pause.
    site.clock.advance(SignedDuration::from_mins(2));
    Workers::drain(&site.app).await.unwrap();
    let heard = std::mem::take(&mut heard.lock().unwrap().0);
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].0["webhook-id"], heard[1].0["webhook-id"]);
    for (headers, body) in &heard {
        let text = |name: &str| headers[name].to_str().unwrap();
        let time: i64 = text("webhook-timestamp").parse().unwrap();
        let signed = webhooks::signature(webhook["secret"].as_str().unwrap(), text("webhook-id"), time, body);
        assert_eq!(text("webhook-signature"), signed);
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["type"], &body["data"]["number"]), (&json!("thing.made"), &json!(7)));
    }
    // The log, and the replay.
    let anna = site.person("Anna Amt", &[ADMINISTER]);
    let path = format!("/api/v1/webhooks/{}/deliveries", webhook["id"].as_str().unwrap());
    let log = site.get(&anna, &path).await.json();
    assert_eq!((log[0]["state"].as_str(), log[0]["attempts"].as_i64()), (Some("delivered"), Some(2)));
    let page = format!("/verwaltung/webhooks/{}", webhook["id"].as_str().unwrap());
    assert!(site.get(&anna, &page).await.text().contains("zugestellt"));
    let again = format!("{page}/wiederholen/{}", log[0]["id"].as_str().unwrap());
    assert_eq!(site.post(&anna, &again, &[]).await.status, StatusCode::SEE_OTHER);
    Workers::drain(&site.app).await.unwrap();
    assert_eq!(site.get(&anna, &path).await.json()[0]["attempts"], 3);
}

#[tokio::test]
async fn whoever_is_gone_is_left_alone() {
    let site = site().await;
    let (url, heard) = listener(vec![410]).await;
    make(&site, &url).await;
    tell(&site).await;
    tell(&site).await;
    assert_eq!(heard.lock().unwrap().0.len(), 1);
}

#[tokio::test]
async fn only_administrators_and_only_outside() {
    let site = Site::new(vec![teller()]).await;
    let (anna, max) = (site.person("Anna Amt", &[ADMINISTER]), site.person("Max Muster", &[]));
    for path in ["/api/v1/webhooks", "/verwaltung/webhooks"] {
        assert_eq!(site.get(&max, path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.get(&anna, path).await.status, StatusCode::OK);
    }
    for url in ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "javascript:alert(1)", ""] {
        let reply =
            site.post(&anna, "/verwaltung/webhooks", &[("name", "x"), ("url", url), ("event", "thing.made")]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(reply.text().contains("href=\"#f-url\""), "{url}");
    }
    let reply = site
        .post(&anna, "/verwaltung/webhooks", &[("name", "x"), ("url", "https://example.org/"), ("event", "nichts")])
        .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
}
