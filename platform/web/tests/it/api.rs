//! The conventions of the API.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_auth::{BlockPermissions, Principal};
use vir_core::{Phrase, Text};
use vir_store::Migrations;
use vir_web::api::{Cursor, IfMatch, Json, Listed, etag, once, page_size};
use vir_web::test::{Reply, Site};
use vir_web::{AppError, Block, Caller, Query};

static MADE: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    cents: i64,
}

#[derive(Deserialize)]
struct Part {
    limit: Option<u32>,
    cursor: Option<String>,
}

fn things() -> Block {
    Block {
        api: || OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(change)),
        ..Block::new(
            "things",
            Text::new("Dinge", "Things"),
            BlockPermissions { title: Phrase::new("Dinge", "Things"), permissions: &[] },
            Migrations::tenant("things", &[]),
        )
    }
}

/// List things.
#[utoipa::path(get, path = "/things", responses((status = 200, body = Listed<u32>)))]
async fn list(caller: Caller, Query(part): Query<Part>) -> Result<Response, AppError> {
    let size = page_size(part.limit)?;
    let from: u32 = part.cursor.map_or(Ok(0), |cursor| Cursor::read(&caller, "things", &cursor))?;
    let items: Vec<u32> = (from..100).take(size as usize).collect();
    let next = items.last().filter(|last| **last < 99).map(|last| Cursor::write(&caller, "things", &(last + 1)));
    Ok(Json(Listed { items, next: next.transpose()? }).into_response())
}

/// Make a thing.
#[utoipa::path(post, path = "/things", request_body = Thing, responses((status = 201, body = Thing)))]
async fn make(_caller: Caller, Json(thing): Json<Thing>) -> Result<Response, AppError> {
    let number = MADE.fetch_add(1, Ordering::SeqCst) + 1;
    if thing.name == "bad" {
        return Err(AppError::conflict(Text::new("nein", "no")));
    }
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("/api/v1/things/{number}"))], Json(thing)).into_response())
}

/// Change a thing.
#[utoipa::path(put, path = "/things/{id}", params(("id" = String, Path)), responses((status = 200)))]
async fn change(_caller: Caller, version: IfMatch) -> Result<Response, AppError> {
    version.check(7)?;
    Ok(([(header::ETAG, etag(8))], "ok").into_response())
}

async fn call(
    site: &Site,
    who: Option<&Principal>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(who, request.body(Body::from(body.to_owned())).unwrap()).await
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn nobody_gets_a_problem() {
    let site = Site::new(vec![things()]).await;
    let reply = call(&site, None, "GET", "/api/v1/things", &[], "").await;
    assert_eq!(
        (reply.status, reply.headers[header::WWW_AUTHENTICATE].to_str().unwrap()),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
    for token in ["vir_musterstadt_falsch", "nonsense", "vir_gibt-es-nicht_0123456789012345678901234567890123456789012"]
    {
        let reply =
            call(&site, None, "GET", "/api/v1/things", &[("authorization", &format!("Bearer {token}"))], "").await;
        assert_eq!(
            (reply.status, reply.json()["code"].as_str().unwrap().to_owned()),
            (StatusCode::UNAUTHORIZED, "unauthenticated".to_owned())
        );
    }
}

#[tokio::test]
async fn a_session_needs_its_token_in_a_header() {
    let site = Site::new(vec![things()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let body = r#"{"name":"a","cents":1}"#;
    let cookie = ("cookie", "vir_session=x");
    let reply = call(&site, Some(&erika), "POST", "/api/v1/things", &[JSON, cookie], body).await;
    assert_eq!(reply.json()["code"], "foreign-form");
    let token = site.token(&erika);
    let reply =
        call(&site, Some(&erika), "POST", "/api/v1/things", &[JSON, cookie, ("x-csrf-token", &token)], body).await;
    assert_eq!(reply.status, StatusCode::CREATED);
}

#[tokio::test]
async fn bodies_say_what_is_wrong_with_them() {
    let site = Site::new(vec![things()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    for (body, kind, status, field) in [
        ("{", JSON, 400, ""),
        ("", JSON, 400, ""),
        ("{} {}", JSON, 422, ""),
        (r#"{"name":"a","cents":"viel"}"#, JSON, 422, "cents"),
        (r#"{"name":"a","cents":1,"x":2}"#, JSON, 422, "x"),
        (r#"{"name":"a","cents":1}"#, ("content-type", "text/plain"), 415, ""),
    ] {
        let reply = call(&site, Some(&erika), "POST", "/api/v1/things", &[kind], body).await;
        assert_eq!(reply.status.as_u16(), status, "{body}: {}", reply.text());
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(reply.json()["errors"][0]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    let reply = call(&site, Some(&erika), "PATCH", "/api/v1/things", &[], "").await;
    assert_eq!(reply.json()["code"], "method-not-allowed");
    let large = format!(r#"{{"name":"{}","cents":1}}"#, "x".repeat(3 << 20));
    let reply = call(&site, Some(&erika), "POST", "/api/v1/things", &[JSON], &large).await;
    assert_eq!(reply.json()["code"], "too-large");
}

#[tokio::test]
async fn lists_are_walked_with_cursors() {
    let site = Site::new(vec![things()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = call(&site, Some(&erika), "GET", &format!("/api/v1/things?limit=30{cursor}"), &[], "").await.json();
        seen.extend(reply["items"].as_array().unwrap().iter().map(|item| item.as_u64().unwrap()));
        let Some(next) = reply["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, (0..100).collect::<Vec<u64>>());
    for path in ["limit=0", "limit=201", "limit=x", "cursor=NTA.AAAA", "cursor=", "cursor=..%2f.x"] {
        let reply = call(&site, Some(&erika), "GET", &format!("/api/v1/things?{path}"), &[], "").await;
        assert_eq!(reply.json()["code"], "bad-request", "{path}");
    }
}

#[tokio::test]
async fn a_change_names_its_version() {
    let site = Site::new(vec![things()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    for (headers, status) in
        [(&[][..], 428), (&[("if-match", "\"6\"")], 412), (&[("if-match", "7")], 412), (&[("if-match", "\"7\"")], 200)]
    {
        let reply = call(&site, Some(&erika), "PUT", "/api/v1/things/1", headers, "").await;
        assert_eq!(reply.status.as_u16(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn a_repeated_request_is_answered_once() {
    // The layer around a handler that counts how often it runs.
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let site = Site::new(vec![Block {
        routes: || axum::Router::new().route("/api/v1/once", axum::routing::post(run).layer(from_fn(once::layer))),
        ..things()
    }])
    .await;
    async fn run(_caller: Caller, body: String) -> Response {
        let number = RUNS.fetch_add(1, Ordering::SeqCst) + 1;
        if body == "fails" {
            return AppError::conflict(Text::new("nein", "no")).into_response();
        }
        (StatusCode::CREATED, [(header::LOCATION, format!("/things/{number}"))], format!("{number}")).into_response()
    }
    let (erika, max) = (site.person("Erika Beispiel", &[]), site.person("Max Muster", &[]));
    let site = &site;
    let post = |who, key: &'static str, body: &'static str| async move {
        call(site, Some(who), "POST", "/api/v1/once", &[("idempotency-key", key)], body).await
    };
    let first = post(&erika, "a", "x").await;
    let again = post(&erika, "a", "x").await;
    assert_eq!((first.status, first.text(), first.location()), (again.status, again.text(), again.location()));
    assert!(again.headers.contains_key("idempotency-replayed") && !first.headers.contains_key("idempotency-replayed"));
    assert_eq!(post(&erika, "a", "y").await.json()["code"], "idempotency-reused");
    // The same key of somebody else is another one; after a day it may be used again.
    assert_ne!(post(&max, "a", "x").await.text(), first.text());
    site.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_ne!(post(&erika, "a", "x").await.text(), first.text());
    // An error is not kept.
    let before = RUNS.load(Ordering::SeqCst);
    post(&erika, "b", "fails").await;
    post(&erika, "b", "fails").await;
    assert_eq!(RUNS.load(Ordering::SeqCst), before + 2);
}

#[tokio::test]
async fn the_description_has_all_routes() {
    let site = Site::new(vec![things()]).await;
    let reply = site.get_as_nobody("/api/v1/openapi.json").await;
    let document = reply.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    for path in ["/api/v1/things", "/api/v1/things/{id}", "/api/v1/webhooks"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    assert!(site.get_as_nobody("/api").await.text().contains("/api/v1/things/{id}"));
    // Each code of a problem is explained.
    let problems = site.get_as_nobody("/problems").await.text();
    for code in ["not-found", "stale", "idempotency-reused", "version-required"] {
        assert!(problems.contains(&format!("id=\"{code}\"")), "{code}");
    }
}
