//! The public form, as a supplier without an account goes through it, without JavaScript.

use std::fmt::Write;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vir_core::Text;
use vir_invoice_desk::permissions::PERMISSIONS;
use vir_invoice_desk::routing::{Field, Operator, Rule, Stage, add};
use vir_invoice_desk::{MIGRATIONS, web_entry};
use vir_store::Tx;
use vir_web::Block;
use vir_web::test::{Reply, Site};

const FORM: &str = "/o/musterstadt/rechnung";

async fn site() -> Site {
    let mut block = Block::new("invoice-desk", Text::new("Rechnungen", "Invoices"), PERMISSIONS, MIGRATIONS);
    block.routes = web_entry::routes;
    Site::new(vec![block]).await
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        for (index, text) in [name, value].into_iter().enumerate() {
            if index == 1 {
                out.push('=');
            }
            for byte in text.bytes() {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                    out.push(char::from(byte));
                } else {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
    out
}

/// Somebody's browser: it remembers its cookie.
struct Browser<'a> {
    site: &'a Site,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    async fn at(site: &'a Site, path: &str) -> (Self, Reply) {
        let reply = site.get_as_nobody(path).await;
        let cookies: Vec<&str> = reply
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        let text = reply.text();
        let csrf =
            text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        (Self { site, cookie: cookies.join("; "), csrf: csrf.to_owned() }, reply)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &self.cookie)
            .body(Body::from(encoded(&all)))
            .unwrap();
        self.site.send(None, request).await
    }
}

fn filled<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("leitweg", "04011000-12345-03"),
        ("buyer_name", "Stadt Musterstadt"),
        ("buyer_post_code", "26999"),
        ("buyer_city", "Musterstadt"),
        ("seller_name", "Malerin Ohlsen"),
        ("street", "Weg 1"),
        ("post_code", "26954"),
        ("city", "Nordenham"),
        ("tax_number", "12/345/67890"),
        ("contact", "Uta Ohlsen"),
        ("phone", "04731 12345"),
        ("email", "uta@ohlsen.example"),
        ("number", "2026-17"),
        ("issue_date", "2026-11-20"),
        ("due_date", "2026-12-20"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("line_name", "Anstrich Flur"),
        ("line_quantity", "1"),
        ("line_unit", "LS"),
        ("line_price", "1.234,50"),
        ("line_vat", "19"),
    ];
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn a_supplier_hands_an_invoice_in_and_gets_a_confirmation() {
    let site = site().await;
    let (browser, reply) = Browser::at(&site, FORM).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    assert!(reply.text().contains("Stadt Musterstadt") && !reply.text().contains("<script>"));

    let preview = browser.post(FORM, &filled(&[("do", "preview")])).await;
    assert_eq!(preview.status, StatusCode::SEE_OTHER, "{}", preview.text());
    let at = preview.location().to_owned();
    let base = at.trim_end_matches("/pruefen").to_owned();
    let shown = site.get_as_nobody(&at).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert!(shown.text().contains("erfüllt alle Regeln"));

    let xml = site.get_as_nobody(&format!("{base}/xml")).await;
    assert!(xml.text().contains("1469.06"), "{}", xml.text());
    let pdf = site.get_as_nobody(&format!("{base}/pdf")).await;
    assert!(pdf.bytes.starts_with(b"%PDF"), "{}", pdf.text());
    let view = site.get_as_nobody(&format!("{base}/ansicht")).await;
    assert!(view.text().contains("Anstrich Flur"));

    let submitted = browser.post(&format!("{base}/einreichen"), &[]).await;
    assert_eq!(submitted.location(), format!("{base}/eingereicht"), "{}", submitted.text());
    let again = browser.post(&format!("{base}/einreichen"), &[]).await;
    assert_eq!(again.location(), format!("{base}/eingereicht"));
    let confirmation = site.get_as_nobody(submitted.location()).await.text();
    assert!(confirmation.contains("ist eingegangen") && confirmation.contains("2026-17"), "{confirmation}");

    let (count, channel) = site
        .app
        .store
        .read(&site.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let row = tx.one("select count(*) as n, max(channel) as channel from invoice", &[]).await?;
                Ok::<_, vir_store::Error>((row.int("n")?, row.text("channel")?))
            })
        })
        .await
        .unwrap();
    assert_eq!((count, channel.as_str()), (1, "web"));
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_stays() {
    let site = site().await;
    let (browser, _) = Browser::at(&site, FORM).await;
    let wrong =
        browser.post(FORM, &filled(&[("do", "preview"), ("iban", "DE89 3704 0044 0532 0130 01"), ("phone", "")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("Prüfziffern der IBAN") && text.contains("Telefonnummer") && text.contains("Anstrich Flur"));

    let more = browser.post(FORM, &filled(&[("do", "add")])).await.text();
    assert!(more.contains("Position 2") && more.contains("value=\"1.234,50\""), "{more}");

    let hostile =
        browser.post(FORM, &filled(&[("do", "add"), ("seller_name", "\"><script>alert(1)</script>")])).await.text();
    assert!(!hostile.contains("<script>alert"), "{hostile}");

    let robot = browser.post(FORM, &filled(&[("do", "preview"), ("website", "http://x.example")])).await;
    assert_eq!(robot.status, StatusCode::BAD_REQUEST);
    let forged = site
        .send(
            None,
            Request::post(FORM)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from("do=preview"))
                .unwrap(),
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_draft_is_kept_under_a_secret_link() {
    let site = site().await;
    let (browser, _) = Browser::at(&site, FORM).await;
    let kept = browser.post(FORM, &[("do", "keep"), ("seller_name", "Malerin Ohlsen"), ("line_name", "")]).await;
    let link = kept.location().to_owned();
    assert!(site.get_as_nobody(&link).await.text().contains("Malerin Ohlsen"));
    let mut guessed = link.clone();
    let last = guessed.pop().unwrap();
    guessed.push(if last == 'A' { 'B' } else { 'A' });
    assert_eq!(site.get_as_nobody(&guessed).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get_as_nobody("/o/gibtesnicht/rechnung").await.status, StatusCode::NOT_FOUND);
    // An unfinished draft has no preview.
    assert_eq!(site.get_as_nobody(&format!("{link}/pruefen")).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_leitweg_id_must_be_one_of_the_tenants() {
    let site = site().await;
    let rule = Rule {
        id: String::new(),
        stage: Stage::Address,
        position: 0,
        field: Field::BuyerReference,
        operator: Operator::Is,
        value: "04011000-1234512345-06".into(),
        unit_id: "root".into(),
        person_id: None,
        group_id: None,
        note: String::new(),
    };
    site.app
        .store
        .write(&site.tenant, |tx: &mut Tx| Box::pin(async move { add(tx, "test", rule).await }))
        .await
        .unwrap();
    let (browser, _) = Browser::at(&site, FORM).await;
    let foreign = browser.post(FORM, &filled(&[("do", "preview")])).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(foreign.text().contains("gehört nicht zu"), "{}", foreign.text());
    let own = browser.post(FORM, &filled(&[("do", "preview"), ("leitweg", "04011000-1234512345-06")])).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "{}", own.text());
}
