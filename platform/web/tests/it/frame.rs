//! Pages, errors and forms on the whole way through the router.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use serde::Deserialize;
use vir_auth::BlockPermissions;
use vir_core::Text;
use vir_store::Migrations;
use vir_web::test::Site;
use vir_web::{Answer, App, Block, Caller, Flash, Form, NavItem, Page, html, page, redirect_with};

fn notes() -> Block {
    Block {
        routes: || {
            Router::<App>::new()
                .route("/notizen", get(list).post(add))
                .route("/panik", get(|| async { panic!("on purpose") as () }))
        },
        nav: |_, lang| {
            vec![NavItem { section: "notes", href: "/notizen", label: lang.tr("Notizen", "Notes"), order: 10 }]
        },
        ..Block::new(
            "notes",
            Text::new("Notizen", "Notes"),
            BlockPermissions { title: vir_core::Phrase::new("Notizen", "Notes"), permissions: &[] },
            Migrations::tenant("notes", &[]),
        )
    }
}

#[derive(Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    tag: Vec<String>,
}

async fn list(caller: Caller) -> Answer {
    Ok(page(&caller, Page::new("Notizen").section("notes"), html! { p { "<b>" } }))
}

async fn add(caller: Caller, Form(note): Form<Note>) -> Answer {
    let text = format!("{} <{}>", note.text, note.tag.join(","));
    Ok(redirect_with(&caller, "/notizen", &Flash::good(text)))
}

#[tokio::test]
async fn nobody_is_led_to_the_log_in() {
    let site = Site::new(vec![notes()]).await;
    let reply = site.get_as_nobody("/notizen").await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/anmelden?weiter=/notizen"));
    let request = Request::get("/notizen").header(header::ACCEPT, "application/json").body(Body::empty()).unwrap();
    let reply = site.send(None, request).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.json()["code"], "unauthenticated");
}

#[tokio::test]
async fn a_page_has_its_frame() {
    let site = Site::new(vec![notes()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let reply = site.get(&erika, "/notizen").await;
    let text = reply.text();
    assert_eq!(reply.status, StatusCode::OK);
    for part in [
        "<html lang=\"de\"",
        "href=\"#main\"",
        "<h1>Notizen</h1>",
        "href=\"/notizen\" aria-current=\"page\"",
        "Erika Beispiel",
        "&lt;b&gt;",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("style=") && !text.contains("onclick"), "no inline style or script");
}

#[tokio::test]
async fn a_form_comes_from_this_session() {
    let site = Site::new(vec![notes()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let reply = site.post(&erika, "/notizen", &[("text", "Hallo"), ("tag", "a"), ("tag", "b")]).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/notizen"));
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let next = Request::get("/notizen").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let text = site.send(Some(&erika), next).await.text();
    assert!(text.contains("Hallo &lt;a,b&gt;"), "{text}");

    // With the token of somebody else.
    let max = site.person("Max Muster", &[]);
    let body = format!("csrf={}&text=Hallo", site.token(&max));
    let request = Request::post("/notizen")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    let reply = site.send(Some(&erika), request).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.text().contains("Formular abgelaufen"));
}

#[tokio::test]
async fn what_a_foreign_page_causes_is_refused() {
    let site = Site::new(vec![notes()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let token = site.token(&erika);
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://boese.example")] {
        let request = Request::post("/notizen")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, "vir=x")
            .header(header::HOST, "localhost")
            .header(name, value)
            .body(Body::from(format!("csrf={token}&text=x")))
            .unwrap();
        assert_eq!(site.send(Some(&erika), request).await.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn errors_are_pages_and_problems() {
    let site = Site::new(vec![notes()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    for (path, status, words) in [
        ("/gibt-es-nicht", StatusCode::NOT_FOUND, "Nicht gefunden"),
        ("/panik", StatusCode::INTERNAL_SERVER_ERROR, "Vorgangsnummer"),
    ] {
        let reply = site.get(&erika, path).await;
        assert_eq!(reply.status, status);
        assert!(reply.text().contains(words), "{}", reply.text());
        let request = Request::get(path)
            .header(header::ACCEPT, "application/problem+json")
            .header(header::ACCEPT_LANGUAGE, "en")
            .body(Body::empty())
            .unwrap();
        let reply = site.send(Some(&erika), request).await;
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(reply.json()["status"], status.as_u16());
        assert_eq!(reply.json()["request_id"], reply.headers["x-request-id"].to_str().unwrap());
    }
    let reply = site.post(&erika, "/", &[]).await;
    assert_eq!(
        (reply.status, reply.headers[header::ALLOW].to_str().unwrap()),
        (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD")
    );
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let site = Site::new(vec![notes()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    for path in ["/notizen", "/nichts", "/panik", "/robots.txt", "/favicon.ico", "/assets/nichts", "/hilfe", "/"] {
        for who in [Some(&erika), None] {
            let reply = site.send(who, Request::get(path).body(Body::empty()).unwrap()).await;
            let policy = reply.headers.get(header::CONTENT_SECURITY_POLICY).unwrap_or_else(|| panic!("{path}"));
            assert!(policy.to_str().unwrap().starts_with("default-src 'none'"), "{path}");
            assert!(!policy.to_str().unwrap().contains("unsafe"), "{path}");
            assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{path}");
        }
    }
}

#[tokio::test]
async fn assets_may_be_kept_for_ever() {
    let site = Site::new(vec![]).await;
    let page = site.get_as_nobody("/hilfe").await.text();
    let href = page.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let reply = site.get_as_nobody(&href).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
}
