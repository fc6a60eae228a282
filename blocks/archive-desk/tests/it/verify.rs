//! The verify page, as somebody without an account uses it, and the same for programs.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vir_archive::digest::Digest;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::write::{self, Evidence};
use vir_archive_desk::block;
use vir_web::test::{Reply, Site};

use vir_testkit::time_stamps::{Authority, is_installed};

const PATH: &str = "/nachweis-pruefen";

/// Somebody's browser: it remembers its cookie and the token of its forms.
pub struct Browser<'a> {
    site: &'a Site,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    pub async fn at(site: &'a Site, path: &str) -> (Self, Reply) {
        let reply = site.get_as_nobody(path).await;
        let cookies = reply.headers.get_all(header::SET_COOKIE);
        let cookie: Vec<&str> = cookies.iter().filter_map(|value| value.to_str().ok()?.split(';').next()).collect();
        let text = reply.text();
        let csrf =
            text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        (Self { site, cookie: cookie.join("; "), csrf: csrf.to_owned() }, reply)
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Reply {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let request = Request::post(path).header(header::COOKIE, &self.cookie);
        self.site.send(None, multipart(request, &all, files)).await
    }
}

fn multipart(
    request: axum::http::request::Builder,
    fields: &[(&str, &str)],
    files: &[(&str, &str, &[u8])],
) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, file, content) in files {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b").body(Body::from(body)).unwrap()
}

/// A site whose clock has the machine's time, because the tokens of the tests have it.
async fn site() -> Site {
    let site = Site::new(vec![block()]).await;
    site.clock.set(jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10));
    site
}

/// A record over these bytes, and the root of its service.
fn record(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let service = Authority::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let digest = Digest::Sha256;
    let tree = Tree::new(digest, [digest.of(&[bytes]).as_slice()]).unwrap();
    let response = service.answer(&write::request(digest, tree.root(), None));
    let token = write::answer(&response, digest, tree.root(), None).unwrap();
    (Evidence::initial(&tree, 0, token).unwrap().encode(), service.root())
}

#[tokio::test]
async fn a_third_party_gets_a_report_that_names_each_step() {
    let site = site().await;
    let (browser, form) = Browser::at(&site, PATH).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text());
    assert!(form.text().contains("Gespeichert wird nichts"));

    // Nothing, and something that is no record.
    let nothing = browser.send(PATH, &[], &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text());
    assert!(nothing.text().contains("Bitte den Beweisnachweis oder das Paket auswählen."));
    let words = browser.send(PATH, &[], &[("record", "brief.txt", b"just words")]).await;
    assert!(words.text().contains("nicht gültig") && words.text().contains("kein lesbarer Beweisnachweis"));
    let nobody = browser.send(PATH, &[], &[("record", "a.ers", b"x"), ("trust", "ca.pem", b"no certificate")]).await;
    assert!(nobody.text().contains("keine Zertifikate"), "{}", nobody.text());
    let day = browser.send(PATH, &[("day", "gestern")], &[("record", "a.ers", b"x")]).await;
    assert!(day.text().contains("Das ist kein Tag"));

    if !is_installed() {
        return;
    }
    let (ers, root) = record(b"a letter");
    let data: (&str, &str, &[u8]) = ("data", "<i>brief</i>.txt", b"a letter");
    let good = browser.send(PATH, &[], &[("record", "e.ers", &ers), data, ("trust", "ca.pem", &root)]).await;
    let text = good.text();
    assert_eq!(good.status, StatusCode::OK, "{text}");
    for word in ["Der Nachweis ist gültig", "Hashbaum", "Zertifikatspfad", "Test root", "&lt;i&gt;brief&lt;/i&gt;"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("nicht in Ordnung"));
    let without = browser.send(PATH, &[], &[("record", "e.ers", &ers), data]).await;
    assert!(without.text().contains("Nicht beurteilt wurde"));
    let bad = browser.send(PATH, &[], &[("record", "e.ers", &ers), ("data", "brief.txt", b"another letter")]).await;
    assert!(bad.text().contains("Der Nachweis ist nicht gültig") && bad.text().contains("ist nicht gedeckt"));
    let json = browser.send(PATH, &[("form", "json")], &[("record", "e.ers", &ers), data]).await;
    assert_eq!(json.json()[0]["report"]["verdict"], "valid");

    // Programs, without account and token.
    let api = |files: &[(&str, &str, &[u8])]| multipart(Request::post("/api/v1/evidence/verify"), &[], files);
    let good = site.send(None, api(&[("record", "e.ers", &ers), data])).await;
    assert_eq!(good.status, StatusCode::OK, "{}", good.text());
    assert_eq!(good.json()[0]["report"]["verdict"], "valid");
    assert_eq!(good.json()[0]["record"], "e.ers");
    let nothing = site.send(None, api(&[data])).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nothing.json()["code"], "invalid");
    let no_form = site.send(None, Request::post("/api/v1/evidence/verify").body(Body::empty()).unwrap()).await;
    assert_eq!(no_form.status, StatusCode::BAD_REQUEST);
    one_address_may_do_so_much_only(&site).await;
}

/// The limit is one of the process, so it is tried where nobody else counts.
async fn one_address_may_do_so_much_only(site: &Site) {
    let (browser, _) = Browser::at(site, PATH).await;
    site.clock.advance(jiff::SignedDuration::from_hours(2));
    let mut last = StatusCode::OK;
    for _ in 0..64 {
        last = browser.send(PATH, &[], &[]).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let large = vec![b'x'; 33 << 20];
    site.clock.advance(jiff::SignedDuration::from_hours(2));
    let refused = browser.send(PATH, &[], &[("record", "x", &large)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_seal_is_verified_for_its_file() {
    if !is_installed() {
        return;
    }
    let site = site().await;
    let issuer = vir_testkit::seals::Issuer::new();
    let key = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let keyed = issuer.issue("stadt", &key, vir_testkit::seals::Says::Qualified);
    let config = vir_web::config::Seal {
        key_file: Some(keyed.file("p12")),
        password: Some(vir_web::config::Secret::new("geheim")),
        ..Default::default()
    };
    let sealer = vir_archive_desk::scan::seal::Sealer::of(&config).await.unwrap().unwrap();
    let now = vir_archive::moment::Moment::from_unix(jiff::Timestamp::now().as_second());
    let seal = sealer.seal(b"a note", now).await.unwrap().encode();
    let root = std::fs::read(issuer.root()).unwrap();
    let (browser, _) = Browser::at(&site, PATH).await;
    let (record, data) = (("record", "note.pdf.p7s", seal.as_slice()), ("data", "note.pdf", b"a note".as_slice()));
    let good = browser.send(PATH, &[], &[record, data, ("trust", "ca.pem", &root)]).await.text();
    assert!(good.contains("Das Siegel ist gültig") && good.contains("qualifiziertes Siegel"), "{good}");
    let unsure = browser.send(PATH, &[], &[record, data]).await.text();
    assert!(unsure.contains("Ob es ein qualifiziertes ist, wurde nicht beurteilt"), "{unsure}");
    let bad = browser.send(PATH, &[], &[record, ("data", "note.pdf", b"a Note")]).await.text();
    assert!(bad.contains("Das Siegel ist nicht gültig") && bad.contains("nicht die gesiegelte"), "{bad}");
    let missing = browser.send(PATH, &[], &[record]).await.text();
    assert!(missing.contains("Die gesiegelte Datei fehlt"), "{missing}");
    let more = browser.send(PATH, &[], &[record, data, ("data", "other.txt", b"more")]).await.text();
    assert!(more.contains("deckt aber nicht alle Dateien"), "{more}");
    let form = multipart(Request::post("/api/v1/evidence/verify"), &[], &[record, data, ("trust", "ca.pem", &root)]);
    let json = site.send(None, form).await.json();
    assert_eq!((&json[0]["report"]["verdict"], &json[0]["report"]["level"]), (&"valid".into(), &"qualified".into()));
}
