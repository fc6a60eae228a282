//! An invoice from upload to payment, without JavaScript, by people who may each do their part only.

use crate::installation::{Installation, Storage};

fn sample(number: &str) -> Vec<u8> {
    let text = include_str!("../../../../blocks/invoice/samples/small-ubl.xml");
    text.replace("<cbc:ID>2026-88</cbc:ID>", &format!("<cbc:ID>{number}</cbc:ID>")).into_bytes()
}

async fn everybody_sees_their_own_home(installation: &Installation) {
    for login in ["imke.janssen", "hauke.meinders", "frauke.tjarks", "okka.behrends", "wiebke.onken", "theda.wilts"] {
        let mut browser = installation.browser_of(login).await;
        let home = browser.get("/").await;
        assert!(home.status.is_success(), "{login}: {} {}", home.path, home.status);
        for link in home.links().iter().filter(|link| link.starts_with('/') && !link.contains("//")) {
            let page = browser.get(link).await;
            assert!(page.status.as_u16() < 500, "{login} {link}: {} {}", page.status, page.readable());
        }
    }
}

async fn an_uploaded_invoice_is_in_the_register(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let page = clerk.get("/hochladen").await;
    let form = page.form("csrf");
    let form = if page.text.contains("name=\"files\"") { page.form("files") } else { form };
    let after = clerk.send(form.file("files", "rechnung.xml", sample("T-4711"))).await;
    assert!(after.status.is_success(), "{}: {}", after.status, after.readable());
    let register = clerk.get("/rechnungen?q=T-4711").await;
    assert!(register.says("T-4711"), "{}", register.readable());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_files() {
    let installation = Installation::start(Storage::Files).unwrap();
    everybody_sees_their_own_home(&installation).await;
    an_uploaded_invoice_is_in_the_register(&installation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgresql_and_s3_with_two_nodes() {
    let Some(installation) = Installation::start(Storage::Distributed) else { return };
    everybody_sees_their_own_home(&installation).await;
    an_uploaded_invoice_is_in_the_register(&installation).await;
}
