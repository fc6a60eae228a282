//! Journeys of the scan station: from paper to a record, and what is written about the way.

use crate::browser::{Browser, Page};
use crate::installation::Installation;

use super::archive::until_says;
use super::says;

/// Two pages of a letter, as a scanner sends them.
const LETTER: &[u8] = include_bytes!("../../../../../blocks/archive-desk/src/scan/demo.tif");

/// Takes a step of a batch's page.
async fn step(browser: &mut Browser, at: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(at).await;
    let form = page.form_with("step", step).with("step", step);
    let form = fields.iter().fold(form, |form, (name, value)| form.with(name, value));
    let after = browser.send(form).await;
    assert!(after.status.is_success(), "{step}: {} {}", after.status, after.readable());
    after
}

/// Every page that was drawn is looked at beside its image, as the batch's page leads there.
async fn checked(browser: &mut Browser, at: &str) {
    let batch = browser.get(at).await;
    let first = batch.links().into_iter().find(|link| link.contains("/pruefen?seite=")).unwrap();
    let mut page = browser.get(&first).await;
    while page.path.contains("/pruefen") {
        let image = page.text.split("src=\"").find(|part| part.starts_with(&format!("{at}/seiten/"))).unwrap();
        assert_eq!(browser.get(image.split('"').next().unwrap()).await.content_type, "image/png");
        page = browser.send(page.form_with("good", "yes").with("good", "yes")).await;
        says(&page, "in Ordnung");
    }
}

pub(super) async fn paper(installation: &Installation) {
    let mut station = installation.browser_of("sven.scan").await;
    let page = station.get("/akten/neu").await;
    let form = page.form("title").with("entry", "1.1").with("title", "Schriftverkehr").with("reference", "10/J-40");
    let record = station.send(form).await.path.split('?').next().unwrap().to_owned();
    let page = station.get("/scannen/neu").await;
    let form = page.form("class").with("class", "post").with("title", "Posteingang J-40").with("expected", "2");
    let received = station.send(form.file("files", "stapel.tif", LETTER.to_vec())).await;
    let at = received.path.split('?').next().unwrap().to_owned();
    assert!(at.starts_with("/scannen/0"), "{at}: {}", received.readable());
    until_says(&mut station, &at, "Seite 2").await;
    step(&mut station, &at, "remark", &[("text", "Seite 2 war eingerissen.")]).await;
    says(&step(&mut station, &at, "complete", &[("counted", "3")]).await, "3");
    step(&mut station, &at, "complete", &[("counted", "2")]).await;
    checked(&mut station, &at).await;
    // It is offered once the text of all pages is recognised.
    until_says(&mut station, &at, "Prüfung beenden").await;
    step(&mut station, &at, "approve", &[]).await;
    until_says(&mut station, &at, "Transfervermerk erstellen").await;
    step(&mut station, &at, "note", &[("identical", "on")]).await;
    let note = station.get(&format!("{at}/transfervermerk")).await;
    says(&note, "Seite 2 war eingerissen.");
    for form in ["xml", "json", "pdf"] {
        assert!(station.get(&format!("{at}/transfervermerk/{form}")).await.status.is_success(), "{form}");
    }
    step(&mut station, &at, "file", &[("reference", "10/J-40")]).await;
    until_says(&mut station, &at, "Papier ist vernichtet").await;
    says(&station.get(&record).await, "Transfervermerk zu Posteingang J-40");
    step(&mut station, &at, "discard", &[]).await;
    let page = station.get(&at).await;
    let din = page.choices("din").into_iter().find(|value| value == "4").unwrap();
    says(&step(&mut station, &at, "destroy", &[("din", &din)]).await, "DIN 66399");
}

pub(super) async fn procedure(installation: &Installation) {
    let mut station = installation.browser_of("rike.aden").await;
    let page = station.get("/scannen/klassen/neu").await;
    let form = page.form("title").with("id", "j41").with("title", "Gewerbeanzeigen").with("proof", "Hashwerte");
    let made = station.send(form).await;
    says(&made, "Gewerbeanzeigen");
    let page = station.get("/scannen/klassen/j41").await;
    says(&station.send(page.form("title").with("title", "Gewerbe-Anzeigen")).await, "Gewerbe-Anzeigen");
    let page = station.get("/scannen/verfahren").await;
    let saved = station.send(page.form("organisation").with("place", "Poststelle, Zimmer 3")).await;
    assert!(saved.status.is_success(), "{}", saved.readable());
    let document = station.get("/scannen/verfahrensdokumentation").await;
    says(&document, "Poststelle, Zimmer 3");
    assert!(station.get("/scannen/verfahrensdokumentation/pdf").await.bytes.starts_with(b"%PDF-"));
    let sheet = station.get("/scannen/trennblatt").await;
    let sheet = station.send(sheet.form("class").with("class", "post").with("pages", "2")).await;
    assert!(sheet.text.contains("<svg") && sheet.text.contains("VIR1/post/2"), "{}", sheet.readable());
}
