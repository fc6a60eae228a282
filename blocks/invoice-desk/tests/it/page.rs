//! The page of one invoice and „Meine Arbeit", as people use them.

use axum::body::Body;
use axum::http::{Request, header};
use vir_auth::{By, Principal};
use vir_invoice_desk::block;
use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId};
use vir_store::{Tx, args};
use vir_web::test::Site;

const UBL: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml");

async fn site() -> (Site, String) {
    let site = Site::new(vec![block()]).await;
    let receipt =
        receive(&site.app.store, &site.tenant, Received::new(Channel::Upload, "r.xml", UBL.to_vec())).await.unwrap();
    give_to_root(&site, &receipt.id).await;
    (site, receipt.id.to_string())
}

async fn give_to_root(site: &Site, id: &InvoiceId) {
    let id = id.clone();
    site.app
        .store
        .write(&site.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                tx.execute("update invoice set unit_id = 'root' where id = $1", &args![id.as_str()]).await
            })
        })
        .await
        .map(|_: u64| ())
        .unwrap();
}

fn person(site: &Site, name: &str, permissions: &[&str]) -> Principal {
    site.person(name, &[&["invoice.see"], permissions].concat())
}

async fn version(site: &Site, id: &str) -> String {
    let id = id.to_owned();
    site.app
        .store
        .read(&site.tenant, |tx: &mut Tx| {
            Box::pin(
                async move { tx.one("select version from invoice where id = $1", &args![id]).await?.int("version") },
            )
        })
        .await
        .map(|version: i64| version.to_string())
        .unwrap()
}

#[tokio::test]
async fn from_the_inbox_to_closed_by_forms_alone() {
    let (site, id) = site().await;
    let at = format!("/rechnungen/{id}");
    let clerk = person(&site, "Erika Beispiel", &["invoice.code", "invoice.certify"]);
    let orderer = person(&site, "Ole Anordner", &["invoice.order", "invoice.pay"]);
    let cashier = person(&site, "Kim Kasse", &["invoice.pay"]);

    let work = site.get(&clerk, "/arbeit").await;
    assert_eq!(work.status, 200);
    assert!(work.text().contains(&at) && work.text().contains("Kontieren (1)"), "{}", work.text());
    let page = site.get(&clerk, &at).await;
    assert_eq!(page.status, 200, "{}", page.text());
    for text in ["Kontierung speichern", "Fristen", "Verlauf", &format!("{at}/ansicht")] {
        assert!(page.text().contains(text), "{text}");
    }

    let seen = version(&site, &id).await;
    let line = [
        ("cost_centre", "100"),
        ("account", "4222"),
        ("product", "111"),
        ("tax", "none"),
        ("investment", ""),
        ("note", ""),
    ];
    let with =
        |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> { [&line[..], more].concat() };
    // More lines by a button, without JavaScript; what was typed is still there.
    let more = site
        .post(
            &clerk,
            &format!("{at}/kontierung"),
            &[&with(&[("share", "1,00"), ("do", "add")])[..], &[("version", &seen)]].concat(),
        )
        .await;
    assert_eq!(more.status, 200);
    assert!(more.text().contains("Buchungszeile 2") && more.text().contains("value=\"1,00\""));
    // Too little is told at the field.
    let short = site
        .post(
            &clerk,
            &format!("{at}/kontierung"),
            &[&with(&[("share", "1,00"), ("do", "save")])[..], &[("version", &seen)]].concat(),
        )
        .await;
    assert_eq!(short.status, 422);
    assert!(short.text().contains("Es fehlen noch"), "{}", short.text());
    let coded = site
        .post(
            &clerk,
            &format!("{at}/kontierung"),
            &[&with(&[("share", ""), ("do", "save")])[..], &[("version", &seen)]].concat(),
        )
        .await;
    assert_eq!((coded.status.as_u16(), coded.location()), (303, at.as_str()));

    let decide = |who: Principal, kind: &'static str, reason: &'static str| {
        let (site, id, at) = (&site, &id, &at);
        async move {
            let seen = version(site, id).await;
            site.post(&who, &format!("{at}/entscheidung"), &[("kind", kind), ("reason", reason), ("version", &seen)])
                .await
        }
    };
    // Who may not do it reads why, and there is no button.
    let page = site.get(&cashier, &at).await.text();
    assert!(page.contains("Das ist nicht Ihre Aufgabe") && !page.contains("certify_both"));
    assert_eq!(decide(cashier.clone(), "certify_substance", "").await.status, 403);
    assert_eq!(decide(clerk.clone(), "certify_both", "").await.status, 303);
    let page = site.get(&orderer, &at).await.text();
    assert!(page.contains("anordnen") && page.contains("IBAN"));
    let ordered = decide(orderer.clone(), "order", "").await;
    assert_eq!(ordered.status, 303, "{}", ordered.text());
    let page = site.get(&orderer, &at).await.text();
    assert!(page.contains("2026-000001") && page.contains("KomHKVO § 42 Abs. 5"), "the rule is a sentence: {page}");
    let refused = decide(orderer.clone(), "hand_over", "").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Wer anordnet, darf nicht zahlen"));
    for kind in ["hand_over", "pay", "close"] {
        assert_eq!(decide(cashier.clone(), kind, "").await.status, 303, "{kind}");
    }
    let page = site.get(&clerk, &at).await.text();
    for text in ["abgeschlossen", "Zahlung vermerkt", "Kim Kasse", "sachlich richtig festgestellt"] {
        assert!(page.contains(text), "{text}");
    }
    // A second invoice of the seller is suggested the same coding.
    let second = String::from_utf8(UBL.to_vec()).unwrap().replacen("<cbc:ID>", "<cbc:ID>Z", 1);
    let receipt = receive(&site.app.store, &site.tenant, Received::new(Channel::Api, "s.xml", second.into_bytes()))
        .await
        .unwrap();
    give_to_root(&site, &receipt.id).await;
    let page = site.get(&clerk, &format!("/rechnungen/{}?vorschlag=1", receipt.id)).await.text();
    assert!(page.contains("100 / 4222 / 111"), "{page}");
}

#[tokio::test]
async fn who_was_slower_sees_what_the_other_did_and_keeps_what_was_typed() {
    let (site, id) = site().await;
    let at = format!("/rechnungen/{id}");
    let (slow, fast) =
        (person(&site, "Sina Langsam", &["invoice.code"]), person(&site, "Finn Flink", &["invoice.code"]));
    let seen = version(&site, &id).await;
    let hold = [("kind", "hold"), ("reason", "Lieferschein fehlt"), ("version", seen.as_str())];
    assert_eq!(site.post(&fast, &format!("{at}/entscheidung"), &hold).await.status, 303);
    let release = [("kind", "release"), ("reason", ""), ("version", "2")];
    assert_eq!(site.post(&fast, &format!("{at}/entscheidung"), &release).await.status, 303);
    let code = [
        ("cost_centre", "4711"),
        ("account", "4222"),
        ("product", "111"),
        ("tax", "none"),
        ("investment", ""),
        ("note", ""),
        ("share", ""),
        ("do", "save"),
        ("version", seen.as_str()),
    ];
    let late = site.post(&slow, &format!("{at}/kontierung"), &code).await;
    assert_eq!(late.status, 422);
    for text in
        ["Inzwischen geändert", "Finn Flink", "Lieferschein fehlt", "value=\"4711\"", "name=\"version\" value=\"3\""]
    {
        assert!(late.text().contains(text), "{text}: {}", late.text());
    }
}

#[tokio::test]
async fn the_document_stands_in_a_policy_of_its_own() {
    let (site, id) = site().await;
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    let view = site.get(&clerk, &format!("/rechnungen/{id}/ansicht")).await;
    assert_eq!(view.status, 200);
    let policy = view.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for part in ["default-src 'none'", "style-src 'sha256-", "sandbox", "frame-ancestors 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
    let original = site.get(&clerk, &format!("/rechnungen/{id}/original")).await;
    assert_eq!(original.bytes, UBL);
    assert!(original.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert_eq!(site.get(&clerk, &format!("/rechnungen/{id}/pdf")).await.status, 404);
}

#[tokio::test]
async fn strangers_learn_nothing() {
    let (site, id) = site().await;
    let root = vir_web::test::unit("root", None);
    let other = vir_web::test::unit("kita", Some("root"));
    let grant = vir_web::test::grant(&["invoice.see", "invoice.code"], &"kita".into(), vir_auth::Limit::Unlimited);
    let stranger = site.person_with("Frida Fremd", vec![grant], vec![root, other]);
    for path in ["", "/ansicht", "/original", "/xml", "/anlagen/1"] {
        assert_eq!(site.get(&stranger, &format!("/rechnungen/{id}{path}")).await.status, 404, "{path}");
    }
    for (path, fields) in [
        ("entscheidung", &[("kind", "reject"), ("reason", "Nur so ein Versuch")][..]),
        ("kommentare", &[("text", "Hallo")]),
        ("rueckfrage", &[("to", "a@b.example"), ("text", "Hallo")]),
        ("verknuepfungen", &[("kind", "corrects"), ("number", "1")]),
        ("kontierung", &[("do", "save")]),
    ] {
        assert_eq!(site.post(&stranger, &format!("/rechnungen/{id}/{path}"), fields).await.status, 404, "{path}");
    }
    assert!(!site.get(&stranger, "/arbeit").await.text().contains(&id));
}

#[tokio::test]
async fn talking_and_stepping_aside() {
    let (site, id) = site().await;
    let at = format!("/rechnungen/{id}");
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    let hostile = "<script>alert(1)</script> @Niemand";
    assert_eq!(site.post(&clerk, &format!("{at}/kommentare"), &[("text", hostile)]).await.status, 303);
    assert_eq!(site.post(&clerk, &format!("{at}/kommentare"), &[("text", "  ")]).await.status, 422);
    let query = [("to", "rechnung@lieferant.example"), ("text", "Welche Lieferung war das?")];
    assert_eq!(site.post(&clerk, &format!("{at}/rueckfrage"), &query).await.status, 303);
    assert_eq!(
        site.post(&clerk, &format!("{at}/rueckfrage"), &[("to", "kein Postfach"), ("text", "x")]).await.status,
        422
    );
    let page = site.get(&clerk, &at).await.text();
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"), "hostile text is inert");
    assert!(page.contains("Welche Lieferung war das?"));

    let seen = version(&site, &id).await;
    let reject =
        |reason: &'static str, notify: &'static str| [("kind", "reject"), ("reason", reason), ("notify", notify)];
    let fields = [&reject("", "")[..], &[("version", seen.as_str())]].concat();
    assert_eq!(site.post(&clerk, &format!("{at}/entscheidung"), &fields).await.status, 422, "without a reason");
    let fields =
        [&reject("Falscher Empfänger", "rechnung@lieferant.example")[..], &[("version", seen.as_str())]].concat();
    assert_eq!(site.post(&clerk, &format!("{at}/entscheidung"), &fields).await.status, 303);
    let page = site.get(&clerk, &at).await.text();
    assert!(page.contains("können wir nicht annehmen") && page.contains("Wieder aufnehmen"));
    let kinds = site
        .app
        .store
        .read(&site.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let rows = tx.all("select kind from event order by id", &[]).await?;
                rows.iter().map(|row| row.text("kind")).collect::<vir_store::Result<Vec<_>>>()
            })
        })
        .await
        .unwrap();
    for kind in ["invoice.comment", "invoice.query", "invoice.reject", "invoice.notice"] {
        assert!(kinds.iter().any(|one| one == kind), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn the_api_decides_by_the_same_rules() {
    let (site, id) = site().await;
    let mut clerk = person(&site, "Erika Beispiel", &["invoice.code", "invoice.certify"]);
    clerk.by = By::Token("t".into());
    let post = async |path: &str, body: serde_json::Value| {
        let request = Request::post(format!("/api/v1/invoices/{id}/{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        site.send(Some(&clerk), request).await
    };
    let reply = post("decisions", serde_json::json!({ "kind": "order" })).await;
    assert_eq!(reply.status, 403, "{}", reply.text());
    let reply = post("decisions", serde_json::json!({ "kind": "certify_substance" })).await;
    assert_eq!(reply.status, 409, "{}", reply.text());
    let reply = post("decisions", serde_json::json!({ "kind": "hold" })).await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str()), (409, Some("rule")), "{}", reply.text());
    let reply = post("decisions", serde_json::json!({ "kind": "hold", "version": 99, "reason": "Klärung" })).await;
    assert_eq!(reply.status, 412, "{}", reply.text());
    let reply = post("decisions", serde_json::json!({ "kind": "hold", "reason": "Klärung" })).await;
    assert_eq!((reply.status.as_u16(), reply.json()["state"].as_str()), (201, Some("received")), "{}", reply.text());
    let reply = post("comments", serde_json::json!({ "text": "Bitte ansehen" })).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let made = site.get(&clerk, &format!("/api/v1/invoices/{id}/decisions")).await.json();
    assert_eq!((made[0]["kind"].as_str(), made[0]["reason"].as_str()), (Some("hold"), Some("Klärung")));
    let said = site.get(&clerk, &format!("/api/v1/invoices/{id}/comments")).await.json();
    assert_eq!(said[0]["text"].as_str(), Some("Bitte ansehen"));
}

#[tokio::test]
async fn settings_of_the_way() {
    let (site, id) = site().await;
    let head = person(&site, "Lea Leitung", &["invoice.configure"]);
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    for path in ["/einstellungen/fristen", "/einstellungen/kontierung"] {
        assert_eq!(site.get(&head, path).await.status, 200, "{path}");
        assert_eq!(site.get(&clerk, path).await.status, 403, "{path}");
    }
    let way = |four_eyes: &'static str, remind: &'static str| {
        [("region", "DE-HB"), ("four_eyes", four_eyes), ("yellow", "4"), ("remind", remind), ("escalate", "9")]
    };
    assert_eq!(site.post(&head, "/einstellungen/fristen", &way("viel", "bald")).await.status, 422);
    assert_eq!(site.post(&head, "/einstellungen/fristen", &way("5.000", "2")).await.status, 303);
    let page = site.get(&head, "/einstellungen/fristen").await.text();
    assert!(page.contains("5.000,00") && page.contains("value=\"DE-HB\" selected"), "{page}");
    let years = "/einstellungen/fristen/jahresabschluss";
    let early = site.post(&head, years, &[("year", "2025"), ("resolved_on", "2025-06-01")]).await;
    assert_eq!(early.status, 422, "no accounts are resolved before the year is over");
    assert_eq!(site.post(&head, years, &[("year", "2025"), ("resolved_on", "2026-06-01")]).await.status, 303);
    assert!(site.get(&head, "/einstellungen/fristen").await.text().contains("31.12.2036"));
    let codes = [("list", "cost_centre"), ("codes", "100; Rathaus\n200; Bauhof")];
    assert_eq!(site.post(&head, "/einstellungen/kontierung", &codes).await.status, 303);
    let page = site.get(&clerk, &format!("/rechnungen/{id}")).await.text();
    assert!(page.contains("<option value=\"100\">Rathaus</option>"), "codes are offered");
    // A file is looked over first; a code is closed, never deleted; the list comes back as it can be entered.
    let csv = "Nummer;Bezeichnung;Stand\n100;Rathaus;gesperrt\n300;K\u{e4}mmerei;\n".as_bytes();
    let latin: Vec<u8> =
        String::from_utf8(csv.to_vec()).unwrap().chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let preview = site
        .upload(&head, "/einstellungen/kontierung/datei", &[("list", "cost_centre")], &[("file", "k.csv", &latin)])
        .await;
    assert_eq!(preview.status, 200, "{}", preview.text());
    assert!(
        preview.text().contains("1 neu, 1 wird gesperrt") && preview.text().contains("Kämmerei"),
        "{}",
        preview.text()
    );
    assert!(!site.get(&head, "/einstellungen/kontierung").await.text().contains("Kämmerei"), "nothing is saved yet");
    assert_eq!(site.post(&head, "/einstellungen/kontierung/stand", &[("toggle", "cost_centre:200")]).await.status, 303);
    let export = site.get(&head, "/einstellungen/kontierung/export?list=cost_centre").await.text();
    assert!(export.contains("100;Rathaus;verwendbar") && export.contains("200;Bauhof;gesperrt"), "{export}");
    assert_eq!(
        site.post(&clerk, "/einstellungen/kontierung/stand", &[("toggle", "cost_centre:200")]).await.status,
        403
    );
    assert!(site.get(&head, "/einstellungen/fristen").await.text().contains("Feiertage in"));
    // Where it would go, and that nobody may ask who may not set it up.
    let probe = site.get(&head, "/einstellungen/zuordnung/probe?nummer=R-2026-0117").await;
    assert!(probe.text().contains("Keine Regel passt"), "{}", probe.text());
    assert_eq!(site.get(&clerk, "/einstellungen/zuordnung/probe").await.status, 403);
}

#[tokio::test]
async fn what_lies_too_long_is_reminded_once_and_escalated_once() {
    let (site, _id) = site().await;
    let remind = async |at: &str| {
        site.clock.set(at.parse().unwrap());
        let tell = site.app.store.write(&site.tenant, |tx: &mut Tx| {
            Box::pin(async move { vir_invoice_desk::workflow::remind::remind(tx).await })
        });
        tell.await.unwrap()
    };
    // It came on a Sunday; three working days later it is Wednesday, six later Monday.
    for (at, expect) in [
        ("2026-11-22T09:00:00Z", 0),
        ("2026-11-25T09:00:00Z", 1),
        ("2026-11-25T10:00:00Z", 0),
        ("2026-11-28T09:00:00Z", 0),
        ("2026-11-30T09:00:00Z", 1),
        ("2026-12-01T09:00:00Z", 0),
    ] {
        assert_eq!(remind(at).await, expect, "{at}");
    }
}
