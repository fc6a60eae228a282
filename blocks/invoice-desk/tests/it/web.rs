//! Pages, API and checking service over the whole way of a request.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::{Request, header};
use vir_auth::Principal;
use vir_invoice_desk::{block, limits, upload};
use vir_web::test::{Reply, Site};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const UBL: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml");
const CII: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-cii.xml");
const FAULTY: &[u8] = include_bytes!("../../../invoice/samples/faulty-ubl.xml");
const SMALL: &[u8] = include_bytes!("../../../invoice/samples/small-ubl.xml");

async fn site() -> (Site, Principal) {
    let site = Site::new(vec![block()]).await;
    let clerk = site.person("Erika Beispiel", &["invoice.see", "invoice.receive", "invoice.code", "invoice.configure"]);
    (site, clerk)
}

async fn post(
    site: &Site,
    who: Option<&Principal>,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Reply {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/xml");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(who, request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn the_api_takes_an_invoice_and_gives_it_back() {
    let (site, clerk) = site().await;
    let made = post(
        &site,
        Some(&clerk),
        "/api/v1/invoices",
        &[("content-disposition", "attachment; filename=\"a/../r.xml\"")],
        UBL,
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let receipt = made.json();
    assert_eq!((receipt["verdict"].as_str(), receipt["again"].as_bool()), (Some("accept"), Some(false)));
    let at = made.location().to_owned();
    let again = post(&site, Some(&clerk), "/api/v1/invoices", &[], UBL).await;
    assert_eq!((again.status.as_u16(), again.json()["id"].clone()), (200, receipt["id"].clone()));
    let one = site.get(&clerk, &at).await.json();
    assert!(one["payable_cents"].is_i64() && !one["file_name"].as_str().unwrap().contains('/'), "{one}");
    let original = site.get(&clerk, &format!("{at}/original")).await;
    assert_eq!(original.bytes, UBL);
    assert!(original.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    for part in ["xml", "files", "findings", "view", "events"] {
        assert_eq!(site.get(&clerk, &format!("{at}/{part}")).await.status, 200, "{part}");
    }
    let events = site.get(&clerk, &format!("{at}/events")).await.json();
    assert_eq!(events[0]["action"], "invoice.receive");
    for path in
        ["/api/v1/invoices/nope", "/api/v1/invoices?limit=0", "/api/v1/invoices?after='--", "/api/v1/invoices?x=1"]
    {
        assert!(site.get(&clerk, path).await.status.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn the_list_goes_by_cursor_and_filter() {
    let (site, clerk) = site().await;
    for (at, bytes) in [UBL, CII, FAULTY].into_iter().enumerate() {
        site.clock.set(
            "2026-11-22T08:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_secs(at as i64),
        );
        assert_eq!(post(&site, Some(&clerk), "/api/v1/invoices", &[], bytes).await.status, 201);
    }
    let first = site.get(&clerk, "/api/v1/invoices?limit=2").await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = site.get(&clerk, &format!("/api/v1/invoices?limit=2&after={cursor}")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["next_cursor"].is_null()), (1, true));
    let none = site.get(&clerk, "/api/v1/invoices?state=paid").await.json();
    assert!(none["items"].as_array().unwrap().is_empty());
    // The language of the register: what the page finds, the API finds.
    let all = site.get(&clerk, "/api/v1/invoices?sort=amount").await.json();
    let amounts: Vec<i64> =
        all["items"].as_array().unwrap().iter().filter_map(|one| one["payable_cents"].as_i64()).collect();
    assert!(amounts.len() == 3 && amounts.is_sorted(), "{all}");
    let one = &all["items"][0];
    let (number, seller) = (one["number"].as_str().unwrap(), one["seller_id"].as_str().unwrap());
    let verdict = one["verdict"].as_str().unwrap();
    let same = format!("/api/v1/invoices?number={}&seller_id={seller}&verdict={verdict}", number.to_lowercase());
    let found = site.get(&clerk, &same).await.json();
    assert!(found["items"].as_array().unwrap().iter().any(|other| other["id"] == one["id"]), "{found}");
    let waiting = site.get(&clerk, "/api/v1/invoices?unit=none&direction=incoming&channel=api").await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_key_belongs_to_one_document() {
    let (site, clerk) = site().await;
    let key = [("idempotency-key", "k-1")];
    let first = post(&site, Some(&clerk), "/api/v1/invoices", &key, UBL).await;
    let again = post(&site, Some(&clerk), "/api/v1/invoices", &key, UBL).await;
    assert_eq!(
        (first.status.as_u16(), again.status.as_u16(), again.json()["id"].clone()),
        (201, 200, first.json()["id"].clone())
    );
    let other = post(&site, Some(&clerk), "/api/v1/invoices", &key, CII).await;
    assert_eq!(other.status, 422, "{}", other.text());
    let list = site.get(&clerk, "/api/v1/invoices").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_may_not_does_not() {
    let (site, clerk) = site().await;
    let at = post(&site, Some(&clerk), "/api/v1/invoices", &[], UBL).await.location().to_owned();
    let cashier = site.person("Karl Kasse", &["invoice.pay"]);
    assert_eq!(site.get(&cashier, &at).await.status, 404);
    assert_eq!(post(&site, Some(&cashier), "/api/v1/invoices", &[], UBL).await.status, 403);
    assert_eq!(post(&site, None, "/api/v1/invoices", &[], UBL).await.status, 401);
    assert_eq!(site.get(&cashier, "/hochladen").await.status, 403);
    assert_eq!(site.get(&cashier, "/einstellungen/zuordnung").await.status, 403);
    // Who may see only one unit does not see what belongs to none.
    let roads = site.person_with(
        "Rita Bauhof",
        vec![vir_web::test::grant(&["invoice.see"], &"bauhof".into(), vir_auth::Limit::Unlimited)],
        vec![vir_web::test::unit("root", None), vir_web::test::unit("bauhof", Some("root"))],
    );
    assert_eq!(site.get(&roads, &at).await.status, 404);
    assert!(site.get(&roads, "/api/v1/invoices").await.json()["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn files_are_uploaded_with_a_report() {
    let (site, clerk) = site().await;
    assert_eq!(site.get(&clerk, "/hochladen").await.status, 200);
    let files: [(&str, &str, &[u8]); 3] =
        [("files", "a.xml", UBL), ("files", "=b.xml", FAULTY), ("files", "c.txt", b"hello")];
    let done = site.upload(&clerk, "/hochladen", &[], &files).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = site.get(&clerk, done.location()).await;
    assert!(page.text().contains("a.xml") && page.text().contains("in Quarantäne"), "{}", page.text());
    let csv = site.get(&clerk, &format!("{}/bericht.csv", done.location())).await.text();
    assert!(csv.contains("'=b.xml;received"), "{csv}");
    let json = site.get(&clerk, &format!("{}/bericht.json", done.location())).await.json();
    assert_eq!(json.as_array().unwrap().len(), 3);
    assert_eq!(site.upload(&clerk, "/hochladen", &[], &[]).await.status, 422);
    let other = site.person("Otto Anders", &["invoice.receive"]);
    assert_eq!(site.get(&other, done.location()).await.status, 404, "another person's upload");
    // Who hands in what another unit reads is not led to a page that they cannot open.
    let own = site.upload(&other, "/hochladen", &[], &[("files", "d.xml", SMALL)]).await;
    let report = site.get(&other, own.location()).await.text();
    assert!(report.contains("d.xml") && report.contains("bei einer anderen Stelle"), "{report}");
    assert!(!report.contains("href=\"/rechnungen/0"), "{report}");
}

#[tokio::test]
async fn a_finding_leads_to_its_field_in_the_view() {
    let (site, clerk) = site().await;
    let taken = post(&site, Some(&clerk), "/api/v1/invoices", &[], FAULTY).await.json();
    let at = format!("/rechnungen/{}", taken["id"].as_str().unwrap());
    let page = site.get(&clerk, &at).await.text();
    let view = site.get(&clerk, &format!("{at}/ansicht")).await.text();
    let links: Vec<&str> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|it| it.contains("finding="))
        .collect();
    assert_eq!(links.len(), 2, "{page}");
    for link in links {
        let led = site.get(&clerk, &link.replace("&amp;", "&")).await;
        assert_eq!(led.status, 303);
        let anchor = led.location().strip_prefix(&format!("{at}/ansicht#")).unwrap().to_owned();
        assert!(view.contains(&format!("id=\"{anchor}\"")), "{anchor} is not in the view");
    }
    let unknown = site.get(&clerk, &format!("{at}/ansicht?finding=BR-99&nth=3")).await;
    assert_eq!(unknown.location(), format!("{at}/ansicht#findings"));
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Does the jobs that wait, as the server does.
async fn do_jobs(site: &Site) {
    let waiting = site.app.store.read(&site.tenant, |tx: &mut vir_store::Tx| {
        Box::pin(async move {
            let rows = tx.all("select payload from job where kind = 'invoice-desk.import'", &[]).await?;
            rows.iter().map(|row| row.text("payload")).collect::<vir_store::Result<Vec<_>>>()
        })
    });
    for payload in waiting.await.unwrap() {
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let import = payload["import"].as_str().unwrap();
        upload::take_apart(&site.app.store, &site.tenant, import).await.unwrap();
    }
}

#[tokio::test]
async fn an_archive_is_taken_apart_by_a_job_that_may_be_repeated() {
    let (site, clerk) = site().await;
    let nested = archive(&[("x.xml", UBL)]);
    let bytes = archive(&[
        ("März/a.xml", UBL),
        ("../../b.xml", CII),
        ("c.zip", &nested),
        ("d.txt", b"hello"),
        ("leer.xml", b""),
    ]);
    let sent = site.upload(&clerk, "/hochladen", &[], &[("files", "alle.zip", &bytes)]).await;
    let waiting = site.get(&clerk, sent.location()).await;
    assert!(
        waiting.headers.contains_key(header::REFRESH) && waiting.text().contains("gespeichert"),
        "{}",
        waiting.text()
    );
    do_jobs(&site).await;
    do_jobs(&site).await;
    let done = site.get(&clerk, sent.location()).await;
    assert!(!done.headers.contains_key(header::REFRESH));
    let json = site.get(&clerk, &format!("{}/bericht.json", sent.location())).await.json();
    let outcomes: Vec<&str> = json.as_array().unwrap().iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["received", "received", "refused", "quarantined", "quarantined"], "{json}");
    let list = site.get(&clerk, "/api/v1/invoices").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn an_archive_is_handed_in_watched_and_stopped_over_the_api() {
    let (site, clerk) = site().await;
    let bytes = archive(&[("a.xml", UBL), ("b.xml", CII), ("c.txt", b"hello"), ("d.xml", FAULTY), ("a2.xml", UBL)]);
    let refused = post(&site, Some(&clerk), "/api/v1/imports", &[], UBL).await;
    assert_eq!(refused.status, 400, "no archive");
    let name = [("content-disposition", "attachment; filename=\"alle.zip\"")];
    let made = post(&site, Some(&clerk), "/api/v1/imports", &name, bytes.clone()).await;
    assert_eq!(made.status, 202, "{}", made.text());
    let at = made.location().to_owned();
    assert_eq!(site.get(&clerk, &at).await.json()["state"], "waiting");
    do_jobs(&site).await;
    let done = site.get(&clerk, &at).await.json();
    assert_eq!(
        (&done["state"], &done["finished"], &done["file_name"]),
        (&"done".into(), &5.into(), &"alle.zip".into())
    );
    let files = site.get(&clerk, &format!("{at}/files")).await.json();
    let outcome = |at: usize| files["items"][at]["outcome"].as_str().unwrap();
    assert_eq!((outcome(2), outcome(3)), ("quarantined", "received"), "{files}");
    // Received at the same time, either of the two may have been the first.
    let mut twins = [outcome(0), outcome(4)];
    twins.sort_unstable();
    assert_eq!(twins, ["again", "received"], "{files}");
    assert!(files["items"][3]["note"].as_str().unwrap().contains("Befund"), "{files}");
    let only = site.get(&clerk, &format!("{at}/files?outcome=quarantined&from=1")).await.json();
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    let other = site.person("Otto Anders", &["invoice.receive"]);
    assert_eq!(site.get(&other, &at).await.status, 404, "another person's");

    let made = post(&site, Some(&clerk), "/api/v1/imports", &[], bytes).await;
    let stopped = post(&site, Some(&clerk), &format!("{}/cancel", made.location()), &[], Body::empty()).await;
    assert_eq!(stopped.json()["state"], "cancelled", "{}", stopped.text());
    do_jobs(&site).await;
    let after = site.get(&clerk, made.location()).await.json();
    assert_eq!((&after["state"], &after["finished"]), (&"cancelled".into(), &0.into()));
    assert_eq!(site.get(&other, &format!("{at}/files")).await.status, 404);
}

#[tokio::test]
async fn an_archive_that_is_a_bomb_is_refused_with_a_reason() {
    let (site, clerk) = site().await;
    let zeros = vec![b' '; 64 * 1024 * 1024];
    let bomb = archive(&[("a.xml", &zeros)]);
    assert!(bomb.len() < 1024 * 1024);
    let sent = site.upload(&clerk, "/hochladen", &[], &[("files", "bombe.zip", &bomb)]).await;
    do_jobs(&site).await;
    let page = site.get(&clerk, sent.location()).await.text();
    assert!(page.contains("ZIP-Bombe"), "{page}");
    assert!(site.get(&clerk, "/api/v1/invoices").await.json()["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn script_in_any_field_is_shown_inert() {
    let (site, clerk) = site().await;
    let hostile = String::from_utf8(UBL.to_vec()).unwrap();
    let start = hostile.find("<cbc:ID>").unwrap() + 8;
    let end = start + hostile[start..].find('<').unwrap();
    let script = "&lt;script&gt;alert(1)&lt;/script&gt;\"'&gt;&lt;img src=x onerror=alert(1)&gt;";
    let hostile = format!("{}{script}{}", &hostile[..start], &hostile[end..]);
    let first = post(&site, Some(&clerk), "/api/v1/invoices", &[], hostile.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let second = post(&site, Some(&clerk), "/api/v1/invoices", &[], format!("{hostile}\n")).await.json();
    let id = second["id"].as_str().unwrap();
    let name = "<script>alert(2)</script>.xml";
    let sent = site.upload(&clerk, "/hochladen", &[], &[("files", name, hostile.as_bytes())]).await;
    for path in [
        format!("/rechnungen/{id}/dubletten"),
        sent.location().to_owned(),
        "/hochladen".to_owned(),
        format!("/api/v1/invoices/{id}/view"),
    ] {
        let page = site.get(&clerk, &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            !page.text().contains("<script>alert") && !page.text().contains("<img src=x"),
            "{path}: {}",
            page.text()
        );
    }
}

#[tokio::test]
async fn duplicates_stand_side_by_side_and_are_decided() {
    let (site, clerk) = site().await;
    post(&site, Some(&clerk), "/api/v1/invoices", &[], UBL).await;
    let second = post(&site, Some(&clerk), "/api/v1/invoices", &[], CII).await.json();
    let path = format!("/rechnungen/{}/dubletten", second["id"].as_str().unwrap());
    let page = site.get(&clerk, &path).await.text();
    assert!(
        page.contains("derselbe Inhalt") && page.contains("Beide sagen dasselbe")
            || page.contains("beide sagen dasselbe")
            || page.contains("Nichts: Beide"),
        "{page}"
    );
    let decided = site.post(&clerk, &path, &[("decision", "duplicate"), ("version", "1")]).await;
    assert_eq!(decided.status, 303, "{}", decided.text());
    assert_eq!(site.post(&clerk, &path, &[("decision", "distinct"), ("version", "1")]).await.status, 412);
}

#[tokio::test]
async fn a_rule_is_tried_and_saved() {
    let (site, clerk) = site().await;
    post(&site, Some(&clerk), "/api/v1/invoices", &[], UBL).await;
    let seller =
        site.get(&clerk, "/api/v1/invoices").await.json()["items"][0]["seller_name"].as_str().unwrap().to_owned();
    let fields = [
        ("stage", "seller"),
        ("field", "seller_name"),
        ("operator", "is"),
        ("value", seller.as_str()),
        ("unit", "root"),
        ("note", "<b>"),
    ];
    let with = |action| [&fields[..], &[("action", action)]].concat();
    let tried = site.post(&clerk, "/einstellungen/zuordnung", &with("try")).await;
    assert!(tried.text().contains("passt auf 1 der letzten 1"), "{}", tried.text());
    let saved = site.post(&clerk, "/einstellungen/zuordnung", &with("save")).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = site.get(&clerk, "/einstellungen/zuordnung").await.text();
    assert!(page.contains(&seller.replace('&', "&amp;")) && page.contains("&lt;b&gt;"), "{page}");
    let routed = post(&site, Some(&clerk), "/api/v1/invoices", &[], CII).await.json();
    assert_eq!(routed["unit"], "root");
    let empty = site
        .post(&clerk, "/einstellungen/zuordnung", &[("stage", "rule"), ("field", "sender"), ("operator", "is")])
        .await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn the_checking_service_answers_as_the_validator_does() {
    let (site, clerk) = site().await;
    for (bytes, status, word) in [
        (UBL, 200, "rep:accept"),
        (FAULTY, 406, "rep:reject"),
        (b"<x", 422, "rep:noScenarioMatched"),
        (b"<x/>", 406, "rep:noScenarioMatched"),
        (b"", 400, ""),
    ] {
        for path in ["/", "/rechnung.xml", "/api/v1/invoices/check"] {
            let answer = post(&site, Some(&clerk), path, &[], bytes).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.text().contains(word), "{path}: {}", answer.text());
            if status != 400 {
                assert_eq!(answer.headers[header::CONTENT_TYPE], "application/xml");
            }
        }
    }
    assert_eq!(post(&site, None, "/", &[], UBL).await.status, 401, "only where the operator allows it");
    assert_eq!(site.get_as_nobody("/rechnung.xml").await.status, 404, "a name of a document is no page");
    let health = site.get_as_nobody("/server/health").await;
    assert!(health.text().contains("<status>UP</status>"));
    assert!(site.get_as_nobody("/server/config").await.text().contains("EN16931 XRechnung (CII)"));
    assert!(
        site.get(&clerk, "/api/v1/invoices").await.json()["items"].as_array().unwrap().is_empty(),
        "nothing is stored"
    );
}

#[tokio::test]
async fn too_much_is_refused() {
    let (site, clerk) = site().await;
    let large = vec![b' '; usize::try_from(limits::DOCUMENT_BYTES).unwrap() + 1];
    assert_eq!(post(&site, Some(&clerk), "/api/v1/invoices", &[], large).await.status, 413);
    let broken = Body::from_stream(futures_util::stream::iter([
        Ok(axum::body::Bytes::from_static(b"<Invoice")),
        Err(std::io::Error::other("gone")),
    ]));
    assert_eq!(post(&site, Some(&clerk), "/api/v1/invoices", &[], broken).await.status, 400);
    assert_eq!(post(&site, Some(&clerk), "/api/v1/invoices", &[], "").await.status, 400);
    assert!(site.get(&clerk, "/api/v1/invoices").await.json()["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_picture_is_typed_in_and_compared_like_any_other() {
    let (site, clerk) = site().await;
    let first = post(&site, Some(&clerk), "/api/v1/invoices", &[], UBL).await.json();
    let one = site.get(&clerk, &format!("/api/v1/invoices/{}", first["id"].as_str().unwrap())).await.json();
    site.clock.set("2026-11-22T09:00:00Z".parse().unwrap());
    let picture = post(&site, Some(&clerk), "/api/v1/invoices", &[], &b"\xff\xd8\xff\xe0 scan"[..]).await.json();
    assert_eq!(picture["kind"], "unstructured");
    let path = format!("/rechnungen/{}/erfassen", picture["id"].as_str().unwrap());
    assert!(site.get(&clerk, &path).await.text().contains("name=\"seller_name\""));
    let empty = site.post(&clerk, &path, &[("version", "1"), ("iban", "DE00 1234")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text().contains("IBAN stimmt nicht"), "{}", empty.text());
    let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let (seller, id, number, date) = (text("seller_name"), text("seller_id"), text("number"), text("issue_date"));
    let fields = [
        ("version", "1"),
        ("seller_name", seller.as_str()),
        ("seller_id", id.as_str()),
        ("number", number.as_str()),
        ("issue_date", date.as_str()),
        ("payable", "1.234,56"),
    ];
    let saved = site.post(&clerk, &path, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let typed = site.get(&clerk, &format!("/api/v1/invoices/{}", picture["id"].as_str().unwrap())).await.json();
    assert_eq!((typed["payable_cents"].as_i64(), typed["number"].as_str()), (Some(123_456), Some(number.as_str())));
    assert_eq!(
        (typed["duplicate_of"].clone(), typed["duplicate_degree"].as_str()),
        (first["id"].clone(), Some("same_number"))
    );
    let data = format!("/rechnungen/{}/erfassen", first["id"].as_str().unwrap());
    assert_eq!(site.post(&clerk, &data, &fields).await.status, 409, "what a machine has read stays");
}
