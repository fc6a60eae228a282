//! Set-up, log-in, account and administration, on the whole way through the router, with nothing but
//! cookies and forms: what a browser without script has.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vir_web::test::{Reply, Site};

const PASSWORD: &str = "vier Esel tanzen Walzer";

/// A browser as far as it is needed: it keeps cookies, and sends the form that a page shows.
struct Browser<'a> {
    site: &'a Site,
    jar: BTreeMap<String, String>,
    page: String,
}

impl<'a> Browser<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, jar: BTreeMap::new(), page: String::new() }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Reply {
        let jar: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() {
            request.headers_mut().insert(header::COOKIE, jar.join("; ").parse().unwrap());
        }
        let reply = self.site.send(None, request).await;
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        self.page = reply.text();
        assert!(!self.page.contains(" style=") && !self.page.contains("onclick"), "inline style or script");
        reply
    }

    async fn open(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends the fields and the token that the page has.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mut all = vec![("csrf", token.unwrap_or_default())];
        all.extend_from_slice(fields);
        let body = serde_html_form::to_string(&all).unwrap();
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Posts, and sees the page to which the answer leads.
    async fn done(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let reply = self.post(path, fields).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}: {}", self.page);
        let next = reply.location().to_owned();
        let reply = self.open(&next).await;
        assert_eq!(reply.status, StatusCode::OK, "{next}");
        next
    }

    async fn sees(&mut self, path: &str, words: &str) {
        let reply = self.open(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", self.page);
        assert!(self.page.contains(words), "{words} on {path}: {}", self.page);
    }
}

fn founding<'a>(municipality: &'a str, password: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("municipality", municipality),
        ("state", "niedersachsen"),
        ("leitweg_ids", "991-33333TEST-33"),
        ("name", "Erika Muster"),
        ("email", "erika@musterdorf.example"),
        ("password", password),
        ("repeated", password),
    ]
}

/// A municipality, with its administrator signed in.
async fn musterdorf(site: &Site) -> Browser<'_> {
    let link = site.app.auth.setup_link().await.unwrap();
    let mut erika = Browser::new(site);
    erika.sees(&link.path(), "Ihre Verwaltung").await;
    let reply = erika.post(&link.path(), &founding("Gemeinde Musterdorf", "kurz")).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(erika.page.contains("zu kurz") && erika.page.contains("Gemeinde Musterdorf"), "what was typed is kept");
    let reply = erika.post(&link.path(), &founding("Gemeinde Musterdorf", PASSWORD)).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/"), "{}", erika.page);
    erika.sees("/verwaltung/personen", "Erika Muster").await;
    erika
}

#[tokio::test]
async fn from_the_link_to_a_colleague_who_signs_in() {
    let site = Site::new(vec![]).await;
    let mut erika = musterdorf(&site).await;
    let next = erika
        .done(
            "/verwaltung/personen",
            &[("kind", "human"), ("name", "Bert Bau"), ("email", "bert@musterdorf.example"), ("lang", "de")],
        )
        .await;
    let reply = erika.post(&format!("{next}/zugang"), &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
    let link = erika.page.split("value=\"/zugang/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let link = format!("/zugang/{link}");

    let mut bert = Browser::new(&site);
    bert.sees(&link, "Bert Bau").await;
    let reply = bert.post(&link, &[("password", PASSWORD), ("repeated", "anders")]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reply = bert.post(&link, &[("password", PASSWORD), ("repeated", PASSWORD)]).await;
    assert_eq!(reply.location(), "/", "{}", bert.page);
    assert_eq!(bert.open(&link).await.status, StatusCode::NOT_FOUND, "a link works once");
    bert.sees("/konto", "Noch keine Rolle").await;
    assert_eq!(bert.open("/verwaltung/personen").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bert.open("/verwaltung/protokoll").await.status, StatusCode::FORBIDDEN);

    bert.open("/konto").await;
    bert.done("/abmelden", &[]).await;
    assert_eq!(bert.open("/konto").await.location(), "/anmelden?weiter=/konto");
    bert.sees("/anmelden?mandant=musterdorf&weiter=/konto", "Passwort").await;
    let wrong =
        [("mandant", "musterdorf"), ("weiter", "/konto"), ("email", "bert@musterdorf.example"), ("password", "falsch")];
    assert_eq!(bert.post("/anmelden", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = [("mandant", "musterdorf"), ("email", "niemand@musterdorf.example"), ("password", "falsch")];
    bert.post("/anmelden", &nobody).await;
    assert!(bert.page.contains("Die Anmeldung wurde nicht angenommen"), "the same answer");
    let right =
        [("mandant", "musterdorf"), ("weiter", "/konto"), ("email", "bert@musterdorf.example"), ("password", PASSWORD)];
    assert_eq!(bert.done("/anmelden", &right).await, "/konto");
}

#[tokio::test]
async fn rights_are_given_and_taken_on_pages() {
    let site = Site::new(vec![]).await;
    let mut erika = musterdorf(&site).await;
    erika.open("/verwaltung/einheiten").await;
    let root = erika.page.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    erika.done("/verwaltung/einheiten", &[("name", "Bauamt"), ("code", "60"), ("parent", &root)]).await;
    assert!(erika.page.contains("Bauamt"));
    let group = erika.done("/verwaltung/gruppen", &[("name", "Prüfende")]).await;
    erika
        .done(
            "/verwaltung/personen",
            &[("kind", "human"), ("name", "Bert Bau"), ("email", "bert@musterdorf.example"), ("lang", "de")],
        )
        .await;
    erika.open(&group).await;
    let bert =
        erika.page.split("name=\"members\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let ids: Vec<String> = bert.collect();
    let members: Vec<_> =
        std::iter::once(("name", "Prüfende")).chain(ids.iter().map(|id| ("members", id.as_str()))).collect();
    erika.done(&group, &members).await;
    let to = format!("group:{}", group.rsplit('/').next().unwrap());
    erika
        .done(
            "/verwaltung/rechte",
            &[("to", &to), ("role", "auditor"), ("unit", &root), ("limit", "1.000,00"), ("back", &group)],
        )
        .await;
    assert!(erika.page.contains("bis 1.000,00"), "{}", erika.page);
    // Through the group Erika may read the log now, at once.
    erika.sees("/verwaltung/protokoll", "grant.add").await;
    erika.sees("/verwaltung/protokoll?q=group", "group.change").await;
    erika.open(&group).await;
    let grant = erika.page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    erika.done("/verwaltung/rechte/entziehen", &[("id", &grant), ("back", &group)]).await;
    assert_eq!(erika.open("/verwaltung/protokoll").await.status, StatusCode::FORBIDDEN);

    erika.done("/verwaltung/rollen", &[("name", "Nur Protokoll"), ("permissions", "platform.audit")]).await;
    assert!(erika.page.contains("Nur Protokoll"));
    // The last administrator cannot be closed.
    erika.open("/verwaltung/personen?q=erika").await;
    let me = erika.page.split("href=\"/verwaltung/personen/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    erika.done(&format!("/verwaltung/personen/{me}/schliessen"), &[]).await;
    assert!(erika.page.contains("könnte niemand mehr verwalten"));
}

#[tokio::test]
async fn the_own_account() {
    let site = Site::new(vec![]).await;
    let mut erika = musterdorf(&site).await;
    for (path, words) in [
        ("/konto", "Administration"),
        ("/konto/sicherheit", "diese Sitzung"),
        ("/konto/vertretung", "Noch niemand da"),
        ("/konto/token", "Noch kein Token"),
        ("/verwaltung/vertretungen", "Keine Vertretung eingetragen"),
        ("/verwaltung/token", "Noch kein technisches Konto"),
        ("/verwaltung/anmeldedienst", "/anmelden/dienst/zurueck"),
        ("/verwaltung/einstellungen", "991-33333TEST-33"),
        ("/verwaltung/rollen", "Standardrollen"),
        ("/verwaltung/gruppen", "Noch keine Gruppe"),
    ] {
        erika.sees(path, words).await;
    }
    erika.open("/konto/token").await;
    let reply =
        erika.post("/konto/token", &[("name", "Skript"), ("permissions", "platform.administer"), ("days", "30")]).await;
    assert_eq!(reply.status, StatusCode::OK);
    let token = erika.page.split("value=\"vir_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let request = Request::get("/konto")
        .header(header::AUTHORIZATION, format!("Bearer vir_{token}"))
        .body(Body::empty())
        .unwrap();
    let reply = site.send(None, request).await;
    assert!(reply.text().contains("Erika Muster"));
    let request = Request::get("/konto")
        .header(header::AUTHORIZATION, "Bearer vir_musterdorf_falsch")
        .body(Body::empty())
        .unwrap();
    assert_ne!(site.send(None, request).await.status, StatusCode::OK);

    erika.open("/konto").await;
    erika.done("/konto", &[("lang", "en"), ("theme", "dark")]).await;
    assert!(
        erika.page.contains("<html lang=\"en\" data-theme=\"dark\"") && erika.page.contains("Saved."),
        "{}",
        erika.page
    );
    erika.open("/konto/sicherheit").await;
    erika
        .done(
            "/konto/sicherheit",
            &[("old", PASSWORD), ("new", "kaffee-regenschirm-tuba"), ("repeated", "kaffee-regenschirm-tuba")],
        )
        .await;
    assert!(erika.page.contains("The password is changed"));
}
