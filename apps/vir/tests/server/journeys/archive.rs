//! Journeys of the registry and the archive: records, the plan, holds, disposal, evidence.

use std::time::Duration;

use crate::browser::{Browser, Page};
use crate::installation::Installation;

use super::says;

/// How long the server's jobs may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The job that reads all of storage.
const SCRUB: &str = "archive-desk.scrub";

/// Looks at a page again until it says this.
pub(super) async fn until_says(browser: &mut Browser, at: &str, words: &str) -> Page {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let page = browser.get(at).await;
        if page.says(words) {
            return page;
        }
        assert!(tokio::time::Instant::now() < deadline, "{at} never says „{words}“: {}", page.readable());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Begins a record and gives its address.
async fn begun(browser: &mut Browser, entry: &str, title: &str) -> String {
    let page = browser.get("/akten/neu").await;
    let after = browser.send(page.form("title").with("entry", entry).with("title", title)).await;
    says(&after, title);
    assert!(after.path.starts_with("/akten/0"), "{}", after.path);
    after.path.split('?').next().unwrap().to_owned()
}

/// Takes a step of a record's page.
async fn step(browser: &mut Browser, at: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(at).await;
    let form = fields.iter().fold(page.form_with("step", step), |form, (name, value)| form.with(name, value));
    let after = browser.send(form).await;
    assert!(after.status.is_success(), "{step}: {} {}", after.status, after.readable());
    after
}

/// The record in the list whose row says this.
async fn found(browser: &mut Browser, words: &str) -> String {
    let list = browser.get("/akten").await;
    let form = list.form("q").with("q", words);
    let page = browser.send(form).await;
    let link = page.links().into_iter().find(|link| link.starts_with("/akten/0"));
    link.unwrap_or_else(|| panic!("„{words}“ is not found: {}", page.readable()))
}

pub(super) async fn from_begun_to_stored(installation: &Installation) {
    let mut registry = installation.browser_of("rike.aden").await;
    let at = begun(&mut registry, "3.3", "Fundsache J-30: Schlüsselbund").await;
    step(&mut registry, &at, "open-case", &[("title", "Suche nach der Eigentümerin")]).await;
    step(&mut registry, &at, "name-subject", &[("subject", "Antje Janssen")]).await;
    let page = registry.get(&at).await;
    let case = page.option("case", "Suche nach der Eigentümerin").unwrap();
    let form = page
        .form_to("/dokumente")
        .with("case", &case)
        .file("files", "Fundanzeige.txt", "Drei Schlüssel an einem Anker.\n".into())
        .file("files", "Anruf.txt", "Sie holt ihn morgen ab.\n".into());
    says(&registry.send(form).await, "Fundanzeige");

    // What a case lacks is said, and the step not offered.
    let page = registry.get(&at).await;
    says(&page, "Noch nicht beendet: Suche nach der Eigentümerin");
    assert!(!page.offers("step", "close"));
    step(&mut registry, &at, "close-case", &[]).await;
    step(&mut registry, &at, "close", &[]).await;
    let page = until_says(&mut registry, &at, "im Langzeitspeicher").await;
    says(&page, "Aufbewahren bis");
    let document = page.links().into_iter().find(|link| link.contains("/dokumente/") && !link.ends_with("/ansicht"));
    let content = registry.get(&document.unwrap()).await;
    assert!(content.text.contains("Schlüssel") || content.text.contains("morgen"), "{}", content.text);

    // It is found by what its documents say, and handed out as a package.
    assert_eq!(found(&mut registry, "anker schlüssel").await, at);
    let choice = registry.get(&format!("{at}/paket")).await;
    for form in choice.choices("form") {
        let package = registry.send(choice.form("form").only("form", &form)).await;
        assert!(package.status.is_success() && package.bytes.starts_with(b"PK"), "{form}: {}", package.readable());
    }
    says(&registry.get(&at).await, "Verlauf");
}

pub(super) async fn reopened(installation: &Installation) {
    let mut registry = installation.browser_of("menno.voss").await;
    let at = begun(&mut registry, "3.3", "Fundsache J-31: Regenschirm").await;
    step(&mut registry, &at, "close", &[]).await;
    until_says(&mut registry, &at, "im Langzeitspeicher").await;
    let page = step(&mut registry, &at, "reopen", &[("reason", "Der Finder hat sich gemeldet.")]).await;
    says(&page, "Der Finder hat sich gemeldet.");
    let moved = step(&mut registry, &at, "classify", &[("entry", "3.2"), ("reason", "Falscher Zweig.")]).await;
    says(&moved, "Falscher Zweig.");
    let page = registry.get(&at).await;
    says(
        &registry.send(page.form_to("/dokumente").file("files", "Notiz.txt", b"Noch eine.\n".to_vec())).await,
        "Notiz",
    );
}

pub(super) async fn the_plan(installation: &Installation) {
    let mut registry = installation.browser_of("rike.aden").await;
    let page = registry.get("/aktenplan/eintrag").await;
    let under = page.option("parent", "3 ").unwrap();
    let form = page.form("title").with("id", "3.9").with("title", "Strandkorbvermietung").with("parent", &under);
    let form = form.with("years", "6").with("from", "2026-01-01").with("source", "Dienstanweisung");
    says(&registry.send(form).await, "Strandkorbvermietung");
    let page = registry.get("/aktenplan/eintrag?id=3.9").await;
    says(&registry.send(page.form("title").with("title", "Strandkörbe")).await, "Strandkörbe");
    let page = registry.get("/aktenplan/eintrag?id=3.9").await;
    assert!(!registry.send(page.form_to("/entfernen")).await.says("Strandkörbe"));

    let file = registry.get("/aktenplan/datei").await;
    assert!(file.text.starts_with('{') || file.text.starts_with('['), "{}", file.text);
    let page = registry.get("/aktenplan").await;
    let again = registry.send(page.form_to("/aktenplan/datei").file("file", "plan.json", file.bytes)).await;
    assert!(again.status.is_success(), "{}", again.readable());

    let page = registry.get("/aktenplan/zugaenge").await;
    says(&registry.send(page.form_to("/zugaenge")).await, "espeichert");
    let page = registry.get("/aktenplan/zugaenge").await;
    let branch = page.choices("branch").into_iter().find(|value| value == "2.2").unwrap();
    let form = page.form_to("/fristereignis").with("branch", &branch).with("year", "2019");
    let form = form.with("event", "Entlastung beschlossen").with("on", "2021-06-30");
    let said = registry.send(form).await;
    assert!(said.status.is_success() || said.status == 422, "{} {}", said.status, said.readable());
}

pub(super) async fn a_hold(installation: &Installation) {
    let mut registry = installation.browser_of("rike.aden").await;
    let at = found(&mut registry, "Gaststättenerlaubnis").await;
    let page = registry.get("/sperren").await;
    let form = page.form_to("/sperren").with("scope", "search").with("words", "Hafenkrug");
    let imposed = registry.send(form.with("reason", "Prüfung durch das Gewerbeaufsichtsamt")).await;
    says(&imposed, "Prüfung durch das Gewerbeaufsichtsamt");
    says(&registry.get(&at).await, "Prüfung durch das Gewerbeaufsichtsamt");
    let hold = {
        let page = registry.get("/sperren").await;
        let card = page.text.split("Prüfung durch das Gewerbeaufsichtsamt").nth(1).unwrap().to_owned();
        let action = card.split("/verlaengern\"").next().unwrap().rsplit('"').next().unwrap().to_owned();
        assert!(action.starts_with("/sperren/"), "{action}");
        action
    };
    let page = registry.get("/sperren").await;
    let form =
        page.form_to(&format!("{hold}/verlaengern")).with("until", "2031-12-31").with("reason", "Fristverlängerung");
    says(&registry.send(form).await, "31.12.2031");
    let page = registry.get("/sperren").await;
    assert!(registry.send(page.form_to(&format!("{hold}/erweitern"))).await.status.is_success());
    let page = registry.get("/sperren").await;
    let lifted = registry.send(page.form_to(&format!("{hold}/aufheben")).with("reason", "Prüfung beendet")).await;
    assert!(lifted.status.is_success(), "{}", lifted.readable());
    assert!(!registry.get(&at).await.says("Aufbewahrungssperre"));
}

/// The newest message of a kind, as a file.
async fn message(browser: &mut Browser, process: &str, kind: &str) -> (String, Vec<u8>) {
    let page = browser.get(process).await;
    let rows: Vec<&str> =
        page.text.split("<tr").filter(|row| row.contains(kind) && row.contains("/nachricht/")).collect();
    let row = rows.last().unwrap_or_else(|| panic!("no {kind} in {process}: {}", page.readable()));
    let link = row.split("href=\"").find(|part| part.contains("/nachricht/")).unwrap();
    let file = browser.get(link.split('"').next().unwrap()).await;
    assert!(file.status.is_success(), "{kind}: {}", file.readable());
    (format!("{kind}.zip"), file.bytes)
}

/// Hands a message to the other side; gives the address of the process there.
async fn given(to: &mut Browser, at: &str, action: &str, message: (String, Vec<u8>)) -> String {
    let page = to.get(at).await;
    let after = to.send(page.form_to(action).file("message", &message.0, message.1)).await;
    assert!(after.status.is_success() && after.path.contains("/vorgang/"), "{}: {}", message.0, after.readable());
    after.path.split('?').next().unwrap().to_owned()
}

/// Two records whose term is over: the archive takes the one and has no use for the other.
pub(super) async fn disposal(installation: &Installation) {
    let (mut office, mut second) =
        (installation.browser_of("rike.aden").await, installation.browser_of("menno.voss").await);
    let mut archive = installation.browser_of("hilke.archiv").await;
    let page = office.get("/aussonderung/einstellungen").await;
    let form = page.form("office").with("office", "Stadt Grünensiel").with("archive", "Stadtarchiv");
    assert!(office.send(form).await.status.is_success());
    let (wanted, unwanted) = ("Handwerkerparkausweis Malerbetrieb Kruse", "Fundsache 2021/17: Armbanduhr");
    for title in [wanted, unwanted] {
        let at = found(&mut office, title).await;
        until_says(&mut office, &at, "im Langzeitspeicher").await;
    }
    let page = office.get("/aussonderung").await;
    let id = |title: &str| {
        let row =
            page.text.split("<tr").find(|row| row.contains(title)).unwrap_or_else(|| panic!("{title} is not due"));
        row.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (kept, gone) = (id(wanted), id(unwanted));
    let form = page.form_to("/anbieten").only("record", &kept).and("record", &gone);
    let process = office.send(form).await.path.split('?').next().unwrap().to_owned();
    let inbox = given(&mut archive, "/archiv", "/archiv", message(&mut office, &process, "0501").await).await;
    given(&mut office, "/aussonderung", "/antwort", message(&mut archive, &inbox, "0504").await).await;

    // The archive decides: one selection for each record, in the order of the page.
    let page = archive.get(&inbox).await;
    let mut form = page.form_to("/bewerten");
    let objects: Vec<String> = page.choices("object");
    form = form.only("object", &objects[0]);
    let value = |object: &str| if object.eq_ignore_ascii_case(&kept) { "A" } else { "V" };
    form = form.only("value", value(&objects[0]));
    for object in &objects[1..] {
        form = form.and("object", object).and("value", value(object));
    }
    assert!(archive.send(form).await.status.is_success());
    given(&mut office, "/aussonderung", "/antwort", message(&mut archive, &inbox, "0502").await).await;
    given(&mut archive, "/archiv", "/archiv", message(&mut office, &process, "0505").await).await;

    let page = office.get(&process).await;
    assert!(office.send(page.form_to("/abgeben")).await.status.is_success());
    given(&mut archive, "/archiv", "/archiv", message(&mut office, &process, "0503").await).await;
    given(&mut office, "/aussonderung", "/antwort", message(&mut archive, &inbox, "0507").await).await;
    let page = archive.get(&inbox).await;
    let taken = archive.send(page.form_to("/uebernehmen").with("entry", "0.1")).await;
    assert!(taken.status.is_success(), "{}", taken.readable());
    given(&mut office, "/aussonderung", "/antwort", message(&mut archive, &inbox, "0506").await).await;

    // Two people sign, and nobody twice.
    for id in [&kept, &gone] {
        let page = office.get("/aussonderung").await;
        says(&office.send(page.form_of(&[("record", id), ("step", "request")])).await, "Gezeichnet.");
        let page = office.get("/aussonderung").await;
        let refused = office.send(page.form_of(&[("record", id), ("step", "delete")])).await;
        assert!(refused.status == 422, "one person signed twice: {}", refused.readable());
        let page = second.get("/aussonderung").await;
        says(&second.send(page.form_of(&[("record", id), ("step", "delete")])).await, "Gelöscht.");
        says(&until_says(&mut office, &format!("/akten/{id}"), "Was bleibt").await, "Zweite Zeichnung");
    }
}

pub(super) async fn privacy_report(installation: &Installation) {
    let mut officer = installation.browser_of("rike.aden").await;
    let page = officer.get("/auskunft").await;
    let report = officer.send(page.form("person").with("person", "Femke Harms")).await;
    says(&report, "Kinderfahrrad");
    let csv = report.links().into_iter().find(|link| link.starts_with("/auskunft/datei")).unwrap();
    let file = officer.get(&csv).await;
    assert!(file.content_type.starts_with("text/csv") && file.text.contains("Kinderfahrrad"), "{}", file.text);
}

pub(super) async fn verified(installation: &Installation) {
    let mut anybody = Browser::new(installation.urls());
    let page = anybody.get("/nachweis-pruefen").await;
    let nothing = anybody.send(page.form("record")).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.says("Bitte den Beweisnachweis oder das Paket auswählen."), "{}", nothing.readable());
    let form = nothing.form("record").file("record", "brief.txt", b"just words".to_vec());
    let judged = anybody.send(form).await;
    assert!(judged.says("kein lesbarer Beweisnachweis"), "{}", judged.readable());
}

/// Everything in storage is read again.
pub(super) async fn storage(installation: &Installation) {
    let mut registry = installation.browser_of("rike.aden").await;
    let page = registry.get("/ablage").await;
    let ordered = registry.send(page.form_with("kind", SCRUB).with("kind", SCRUB)).await;
    assert!(ordered.status.is_success(), "{}", ordered.readable());
    says(&until_says(&mut registry, "/ablage", "alles heil").await, "Gelesen");
}
