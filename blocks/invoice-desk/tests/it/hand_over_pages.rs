//! The cash office's way through its pages: propose, make a run, fetch the file, send it, read the bank's answer.

use axum::http::StatusCode;
use vir_invoice_desk::block;
use vir_invoice_desk::hand_over::german_iban;
use vir_web::test::Site;

use crate::hand_over::ordered;

const CASHIER: [&str; 3] = ["invoice.see", "invoice.pay", "invoice.configure"];

#[tokio::test]
async fn a_cashier_pays_from_the_proposal_to_the_banks_answer() {
    let site = Site::new(vec![block()]).await;
    let okka = site.person("Okka", &CASHIER);
    let empty = site.get(&okka, "/uebergabe").await;
    assert!(empty.text().contains("Nichts zu zahlen"), "{}", empty.text());

    let iban = german_iban(28_050_100, 1);
    let added = site
        .post(
            &okka,
            "/uebergabe/einstellungen/konten",
            &[("name", "Stadt Musterstadt"), ("iban", &iban), ("batch_booking", "on")],
        )
        .await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let settings = site.get(&okka, "/uebergabe/einstellungen").await.text();
    assert!(settings.contains("Stadt Musterstadt") && settings.contains("INFOMA"), "{settings}");

    let id = ordered(&site.app.store, &site.tenant, "R-1", "380", 11_900, 7).await;
    let page = site.get(&okka, "/uebergabe").await.text();
    assert!(page.contains("R-1") && page.contains("119,00"), "{page}");
    let account = page.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let made = site
        .post(&okka, "/uebergabe", &[("execution", "2026-11-24"), ("account", &account), ("invoice", id.as_str())])
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let run = made.location().to_owned();
    let shown = site.get(&okka, &run).await.text();
    assert!(shown.contains("VIR-2026-000001") && shown.contains("Mueller") || shown.contains("Müller"), "{shown}");
    let file = site.get(&okka, &format!("{run}/datei")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.bytes, site.get(&okka, &format!("{run}/datei")).await.bytes);

    let sent = site.post(&okka, &format!("{run}/versand"), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let report = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId></GrpHdr>\
        <Ntfctn><Ntry><Amt Ccy=\"EUR\">119.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs>\
        <EndToEndId>VIR-2026-000001-00001</EndToEndId></Refs></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>";
    let answered = site.upload(&okka, "/uebergabe/rueckmeldung", &[], &[("file", "camt.xml", report.as_bytes())]).await;
    assert!(answered.text().contains("1 bezahlt"), "{}", answered.text());
    let done = site.get(&okka, &run).await.text();
    assert!(done.contains("Abgeschlossen") && done.contains("Bezahlt"), "{done}");
    assert!(site.get(&okka, "/uebergabe/laeufe").await.text().contains("VIR-2026-000001"));

    let postings = site.get(&okka, "/uebergabe/buchungen").await.text();
    assert!(postings.contains("2026-000001"), "{postings}");
    let batch = site.post(&okka, "/uebergabe/buchungen", &[("mapping", ""), ("invoice", id.as_str())]).await;
    assert_eq!(batch.status, StatusCode::SEE_OTHER, "{}", batch.text());
    let page = site.get(&okka, "/uebergabe/buchungen").await.text();
    assert!(page.contains("B-000001"), "{page}");
    let link = page.split("href=\"/uebergabe/buchungen/").nth(1).unwrap().split('"').next().unwrap();
    let table = site.get(&okka, &format!("/uebergabe/buchungen/{link}")).await;
    assert!(table.text().contains("5410;4271;541000"), "{}", table.text());
}

#[tokio::test]
async fn others_do_not_get_in() {
    let site = Site::new(vec![block()]).await;
    let clerk = site.person("Imke", &["invoice.see", "invoice.code"]);
    for path in [
        "/uebergabe",
        "/uebergabe/laeufe",
        "/uebergabe/buchungen",
        "/uebergabe/rueckmeldung",
        "/uebergabe/einstellungen",
    ] {
        assert_eq!(site.get(&clerk, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let okka = site.person("Okka", &CASHIER);
    assert_eq!(site.get(&okka, "/uebergabe/laeufe/gibtesnicht").await.status, StatusCode::NOT_FOUND);
    for preset in ["generic", "datev-like", "sap", "newsystem", "prodoppik"] {
        let page = site.get(&okka, &format!("/uebergabe/einstellungen/abbildungen?preset={preset}")).await;
        assert_eq!(page.status, StatusCode::OK, "{preset}");
    }
    let wrong = site
        .post(
            &okka,
            "/uebergabe/einstellungen/abbildungen",
            &[("name", "x"), ("columns", "Betrag = geld"), ("separator", ";")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = site
        .post(
            &okka,
            "/uebergabe/einstellungen/abbildungen",
            &[("name", "x"), ("columns", "Betrag = amount"), ("separator", "tab")],
        )
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
}
