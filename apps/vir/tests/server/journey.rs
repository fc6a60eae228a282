//! An invoice from upload to the bank, without JavaScript, by people who may each do their part only.
//!
//! Every form is sent as the page offered it, so a page without the right form, field or button fails
//! here. Between the steps a node is killed: what was decided before is there afterwards.

use crate::browser::{Browser, Page};
use crate::installation::{Installation, Storage};

const NUMBER: &str = "T-4711";

fn sample() -> Vec<u8> {
    let text = include_str!("../../../../blocks/invoice/samples/small-ubl.xml");
    text.replace(">2026-88<", &format!(">{NUMBER}<"))
        .replace("049990054321-BAUHOF-90", "039999990001-BAUHOF-09")
        .into_bytes()
}

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

async fn find(browser: &mut Browser) -> String {
    let register = browser.get(&format!("/rechnungen?q={NUMBER}")).await;
    let here = browser.get("/rechnungen").await;
    let link = [register, here].iter().find_map(|page| {
        page.links().into_iter().find(|link| {
            link.starts_with("/rechnungen/") && page.says(NUMBER) && !link.contains('?') && !link.contains("export")
        })
    });
    link.expect("the uploaded invoice is in the register")
}

async fn press(browser: &mut Browser, at: &str, kind: &str) -> Page {
    let page = browser.get(at).await;
    let after = browser.send(page.form_with("kind", kind).with("kind", kind)).await;
    assert!(after.status.is_success(), "{kind}: {} {}", after.status, after.readable());
    after
}

async fn from_upload_to_the_bank(installation: &mut Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let page = clerk.get("/hochladen").await;
    let after = clerk.send(page.form("files").file("files", "rechnung.xml", sample())).await;
    assert!(after.status.is_success() && after.says("rechnung.xml"), "{}: {}", after.status, after.readable());
    let at = find(&mut clerk).await;

    let page = clerk.get(&at).await;
    let form =
        page.form_to("/kontierung").with("cost_centre", "57310").with("account", "443100").with("product", "573101");
    let coded = clerk.send(form.with("do", "save")).await;
    assert!(coded.status.is_success() && coded.says("Kontiert"), "{}", coded.readable());
    installation.kill_and_restart(0);

    let mut certifier = installation.browser_of("hauke.meinders").await;
    press(&mut certifier, &at, "certify_both").await;
    installation.kill_and_restart(0);
    let mut orderer = installation.browser_of("frauke.tjarks").await;
    let ordered = press(&mut orderer, &at, "order").await;
    assert!(ordered.says("Angeordnet"), "{}", ordered.readable());
    assert_eq!(orderer.get("/uebergabe").await.status, 403, "who orders does not pay");

    let mut cashier = installation.browser_of("okka.behrends").await;
    let proposal = cashier.get("/uebergabe").await;
    let id = at.rsplit('/').next().unwrap();
    let run = cashier.send(proposal.form_with("invoice", id).only("invoice", id)).await;
    assert!(run.path.starts_with("/uebergabe/laeufe/"), "{}: {}", run.path, run.readable());
    installation.kill_and_restart(0);
    let file = cashier.get(&format!("{}/datei", run.path)).await;
    assert!(file.text.contains("pain.001.001.09") && file.text.contains(NUMBER), "{}", file.text);
    let page = cashier.get(&run.path).await;
    let sent = cashier.send(page.form_to("/versand")).await;
    assert!(sent.status.is_success(), "{}", sent.readable());
    let paid = cashier.get(&at).await;
    assert!(paid.says("Übergeben"), "{}", paid.readable());
}

async fn suite(mut installation: Installation) {
    everybody_sees_their_own_pages(&installation).await;
    from_upload_to_the_bank(&mut installation).await;
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
