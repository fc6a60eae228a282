//! An invoice from upload to the bank's answer, without JavaScript, by people who may each do their part only.
//!
//! Every form is sent as the page offered it, so a page without the right form, field or button fails
//! here. Between the steps a node is killed: what was decided before is there afterwards.

use crate::browser::{Browser, Page};
use crate::installation::{Installation, Storage};
use crate::journeys::{coded, uploaded};
use crate::samples;

/// Every page that the navigation and the pages behind it lead to, two steps deep, answers.
async fn everybody_sees_their_own_pages(installation: &Installation) {
    let people = [
        "imke.janssen",
        "hauke.meinders",
        "frauke.tjarks",
        "okka.behrends",
        "wiebke.onken",
        "jannes.ulfers",
        "theda.wilts",
    ];
    for login in people {
        let mut browser = installation.browser_of(login).await;
        let home = browser.get("/").await;
        assert!(home.status.is_success(), "{login}: {} {}", home.path, home.status);
        for link in home.links().iter().filter(|link| link.starts_with('/')) {
            let page = browser.get(link).await;
            assert!(page.status.is_success(), "{login} {link}: {} {}", page.status, page.readable());
            assert!(!page.content_type.is_empty(), "{login} {link}");
        }
    }
}

async fn press(browser: &mut Browser, at: &str, kind: &str) -> Page {
    let page = browser.get(at).await;
    let after = browser.send(page.form_with("kind", kind).with("kind", kind)).await;
    assert!(after.status.is_success(), "{kind}: {} {}", after.status, after.readable());
    after
}

/// Hands an invoice in and codes it.
async fn received(installation: &Installation, number: &str) -> String {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, &format!("{number}.xml"), samples::invoice(number)).await;
    let coded = coded(&mut clerk, &at).await;
    assert!(coded.status.is_success() && coded.says("Kontiert"), "{}", coded.readable());
    at
}

async fn certified(installation: &Installation, at: &str) {
    let mut certifier = installation.browser_of("hauke.meinders").await;
    press(&mut certifier, at, "certify_both").await;
}

async fn ordered(installation: &Installation, at: &str) {
    let mut orderer = installation.browser_of("frauke.tjarks").await;
    let ordered = press(&mut orderer, at, "order").await;
    assert!(ordered.says("Angeordnet"), "{}", ordered.readable());
    assert_eq!(orderer.get("/uebergabe").await.status, 403, "who orders does not pay");
}

/// Makes a payment run with this invoice alone and says where it is.
async fn in_a_run(installation: &Installation, at: &str) -> String {
    let mut cashier = installation.browser_of("okka.behrends").await;
    let proposal = cashier.get("/uebergabe").await;
    let id = at.rsplit('/').next().unwrap();
    let run = cashier.send(proposal.form_with("invoice", id).only("invoice", id)).await;
    assert!(run.path.starts_with("/uebergabe/laeufe/"), "{}: {}", run.path, run.readable());
    run.path
}

/// Gives the run to the bank and says what its file ordered.
async fn at_the_bank(installation: &Installation, run: &str, number: &str) -> String {
    let mut cashier = installation.browser_of("okka.behrends").await;
    let file = cashier.get(&format!("{run}/datei")).await;
    assert!(file.text.contains("pain.001.001.09") && file.text.contains(number), "{}", file.text);
    let page = cashier.get(run).await;
    let sent = cashier.send(page.form_to("/versand")).await;
    assert!(sent.status.is_success(), "{}", sent.readable());
    file.text
}

/// Reads the bank's answer; the invoice is paid, and closed by hand.
async fn answered(installation: &Installation, at: &str, order: &str) {
    let mut cashier = installation.browser_of("okka.behrends").await;
    assert!(cashier.get(at).await.says("Übergeben"), "not paid before the bank says so");
    let page = cashier.get("/uebergabe/rueckmeldung").await;
    let answer = samples::bank_answer(order).into_bytes();
    let read = cashier.send(page.form("file").file("file", "camt.xml", answer)).await;
    assert!(read.says("1 bezahlt"), "{}", read.readable());
    let paid = cashier.get(at).await;
    assert!(paid.says("Bezahlt"), "{}", paid.readable());
    let closed = press(&mut cashier, at, "close").await;
    assert!(closed.says("Die Rechnung ist abgeschlossen."), "{}", closed.readable());
}

/// The whole way, undisturbed.
pub async fn from_upload_to_closed(installation: &Installation) {
    let at = received(installation, "J-0").await;
    certified(installation, &at).await;
    ordered(installation, &at).await;
    let run = in_a_run(installation, &at).await;
    let order = at_the_bank(installation, &run, "J-0").await;
    answered(installation, &at, &order).await;
}

/// The whole way, with a node that dies between the steps.
async fn from_upload_to_closed_with_kills(installation: &mut Installation) {
    let number = "T-4711";
    let at = received(installation, number).await;
    installation.kill_and_restart(0);
    certified(installation, &at).await;
    installation.kill_and_restart(0);
    ordered(installation, &at).await;
    let run = in_a_run(installation, &at).await;
    installation.kill_and_restart(0);
    let order = at_the_bank(installation, &run, number).await;
    installation.kill_and_restart(0);
    answered(installation, &at, &order).await;
    installation.kill_and_restart(0);
    let mut auditor = installation.browser_of("theda.wilts").await;
    assert!(auditor.get(&at).await.says("Abgeschlossen"), "it stays closed");
}

async fn suite(mut installation: Installation) {
    everybody_sees_their_own_pages(&installation).await;
    from_upload_to_closed_with_kills(&mut installation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_files() {
    suite(Installation::start(Storage::Files).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgresql_and_s3_with_two_nodes() {
    if let Some(installation) = Installation::start(Storage::Distributed) {
        suite(installation).await;
    }
}
