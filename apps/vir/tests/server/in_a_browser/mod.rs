//! The ways of invoices, records and paper in a real browser: Chromium, clicked and typed into as people do.
//!
//! A clerk uploads and codes, a certifier, an orderer and a cashier follow, and the bank's answer
//! closes it. The same clicks are made once with scripts and once with scripts blocked, so neither the
//! pages nor their script can be what makes it work. Where `VIR_SCREENSHOTS` names a folder, pictures
//! are taken on the way.

mod archive;

use crate::installation::{Installation, PASSWORD, Storage};
use crate::samples;
use crate::webdriver::{DESK, Look, Window};

/// Where the passkeys of a browser are bound to: an address by number has none.
fn origin(installation: &Installation) -> String {
    format!("http://localhost:{}", installation.servers[0].port())
}

/// A fresh window in which somebody of the demo is signed in.
async fn window_of(installation: &Installation, look: Look, login: &str) -> Option<Window> {
    let window = Window::open(&origin(installation), look, &installation.folder.join(login)).await?;
    window.sign_in(&format!("{login}@gruenensiel.example"), PASSWORD).await;
    Some(window)
}

/// Pictures are taken once, of the desk as most people see it.
async fn picture(window: &Window, look: Look, name: &str) {
    if look.scripts {
        window.picture(name).await;
    }
}

async fn clerk(installation: &Installation, look: Look, number: &str) -> String {
    let window = window_of(installation, look, "imke.janssen").await.unwrap();
    picture(&window, look, "arbeit").await;
    window.follow("Rechnungen").await;
    window.says("Kieswerk Moorhusen KG").await;
    picture(&window, look, "register").await;
    window.follow("Hochladen").await;
    let file = installation.folder.join(format!("{number}.xml"));
    std::fs::write(&file, samples::invoice(number)).unwrap();
    window.keys("input[type=file][name=files]", file.to_str().unwrap()).await;
    picture(&window, look, "hochladen").await;
    window.click("form[action='/hochladen'] button[type=submit]").await;
    let link = "main a[href^='/rechnungen/']";
    window
        .until("the report's link to the invoice", async || {
            if !window.path().await.starts_with("/hochladen/") {
                return None;
            }
            let found = window.attribute(link, "href").await;
            if found.is_none() && !look.scripts {
                window.go(&window.path().await).await;
            }
            found
        })
        .await;
    picture(&window, look, "bericht").await;
    window.click(link).await;
    window.says("Nächster Schritt").await;
    let at = window.path().await;
    picture(&window, look, "rechnung").await;
    if look.scripts {
        window.size(320, 800).await;
        window.picture("rechnung-schmal").await;
        window.size(look.width, look.height).await;
    }
    window.fill("input[name=cost_centre]", "57310").await;
    window.fill("input[name=account]", "443100").await;
    window.fill("input[name=product]", "573101").await;
    window.click("form[action$='/kontierung'] button[name=do][value=save]").await;
    window.says("Die Kontierung ist gespeichert.").await;
    window.close().await;
    at
}

/// What somebody decides on the page of the invoice.
async fn decided(installation: &Installation, look: Look, login: &str, at: &str, kind: &str, said: &str) {
    let window = window_of(installation, look, login).await.unwrap();
    window.go(at).await;
    picture(&window, look, kind).await;
    window.click(&format!("button[name=kind][value={kind}]")).await;
    window.says(said).await;
    window.close().await;
}

async fn cashier(installation: &Installation, look: Look, at: &str, number: &str) {
    let window = window_of(installation, look, "okka.behrends").await.unwrap();
    window.follow("Übergabe").await;
    window.says("Zahlungsvorschlag").await;
    picture(&window, look, "zahlungsvorschlag").await;
    let id = at.rsplit('/').next().unwrap();
    let ours = format!("input[name=invoice][value='{id}']");
    if !window.chosen(&ours).await {
        window.click(&ours).await;
    }
    window.press("Zahlungslauf erstellen").await;
    window.says("Datei an die Bank geben").await;
    picture(&window, look, "zahlungslauf").await;
    let run = window.path().await;
    window.follow("Datei laden (pain.001)").await;
    let order = String::from_utf8(window.downloaded(".xml").await).unwrap();
    assert!(order.contains("pain.001.001.09") && order.contains(number), "{order}");
    window.press("Datei ist bei der Bank").await;
    window.follow("Rückmeldung einlesen").await;
    let answer = installation.folder.join(format!("camt-{number}.xml"));
    std::fs::write(&answer, samples::bank_answer(&order)).unwrap();
    window.keys("input[type=file][name=file]", answer.to_str().unwrap()).await;
    window.press("Einlesen").await;
    window.says("Eingelesen").await;
    picture(&window, look, "rueckmeldung").await;
    window.go(&run).await;
    window.says("Abgeschlossen").await;
    window.go(at).await;
    window.says("Bezahlt").await;
    window.click("button[name=kind][value=close]").await;
    window.says("Die Rechnung ist abgeschlossen.").await;
    picture(&window, look, "abgeschlossen").await;
    window.close().await;
}

async fn from_upload_to_paid(installation: &Installation, look: Look, number: &str) {
    let at = clerk(installation, look, number).await;
    decided(installation, look, "hauke.meinders", &at, "certify_both", "Festgestellt").await;
    decided(installation, look, "frauke.tjarks", &at, "order", "Belegnummer").await;
    cashier(installation, look, &at, number).await;
}

/// Registers a passkey at the account's page, signs out, and in again without the password.
async fn a_passkey(installation: &Installation) {
    let window = window_of(installation, DESK, "theda.wilts").await.unwrap();
    window.plug_in_a_key().await;
    window.go("/konto/sicherheit").await;
    window.fill("[data-passkey=register] input", "Schlüssel am Dienstrechner").await;
    window.click("[data-passkey=register] button").await;
    window.says("Schlüssel am Dienstrechner").await;
    window.click("details.menu summary").await;
    window.press("Abmelden").await;
    window.until("the way out", async || window.path().await.starts_with("/anmelden").then_some(())).await;
    window.go("/arbeit").await;
    window.click("[data-passkey=sign-in] button").await;
    window.until("the way in", async || (!window.path().await.starts_with("/anmelden")).then_some(())).await;
    window.says("Theda Wilts").await;
    window.close().await;
}

/// Typing into the search exchanges the list in place: the one thing that only scripts do.
async fn search_as_you_type(installation: &Installation) {
    let window = window_of(installation, DESK, "imke.janssen").await.unwrap();
    window.go("/rechnungen").await;
    window.script("window.sameDocument = true").await;
    window.keys("form[data-live] input[name=q]", "Freese").await;
    window
        .until("the list to follow", async || {
            let text = window.text("main table").await;
            (text.contains("Freese") && !text.contains("Kieswerk")).then_some(())
        })
        .await;
    assert_eq!(window.script("return window.sameDocument === true").await, serde_json::json!(true));
    window.close().await;
}

/// Pictures of what the way does not pass, and of dark and narrow windows.
async fn further_pictures(installation: &Installation) {
    if std::env::var_os("VIR_SCREENSHOTS").is_none() {
        return;
    }
    let head = window_of(installation, DESK, "wiebke.onken").await.unwrap();
    for (path, name) in [
        ("/auswertungen", "auswertungen"),
        ("/einstellungen", "einrichten"),
        ("/einstellungen/zuordnung", "zuordnung"),
        ("/ausgangsrechnungen", "eigene"),
        ("/ausgangsrechnungen/neu", "schreiben"),
    ] {
        head.go(path).await;
        head.picture(name).await;
    }
    head.size(320, 800).await;
    for (path, name) in [("/rechnungen", "register-schmal"), ("/auswertungen", "auswertungen-schmal")] {
        head.go(path).await;
        head.picture(name).await;
    }
    head.close().await;
    let dark = window_of(installation, Look { dark: true, ..DESK }, "imke.janssen").await.unwrap();
    for (path, name) in [("/rechnungen", "register-dunkel"), ("/arbeit", "arbeit-dunkel")] {
        dark.go(path).await;
        dark.picture(name).await;
    }
    dark.close().await;
    let supplier = Window::open(&origin(installation), DESK, &installation.folder.join("supplier")).await.unwrap();
    for (path, name) in [("/anmelden", "anmelden"), ("/o/gruenensiel/rechnung", "erfassen")] {
        supplier.go(path).await;
        supplier.picture(name).await;
    }
    supplier.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    if vir_testkit::chromedriver::shared().is_none() {
        return;
    }
    let installation = Installation::start(Storage::Files).unwrap();
    from_upload_to_paid(&installation, DESK, "B-1001").await;
    archive::a_record(&installation, DESK, "B-1003").await;
    archive::paper(&installation, DESK, "B-1005").await;
    a_passkey(&installation).await;
    search_as_you_type(&installation).await;
    further_pictures(&installation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_blocked() {
    if vir_testkit::chromedriver::shared().is_none() {
        return;
    }
    let installation = Installation::start(Storage::Files).unwrap();
    let look = Look { scripts: false, ..DESK };
    let window = window_of(&installation, look, "imke.janssen").await.unwrap();
    assert!(window.all("html.js").await.is_empty(), "the page's scripts are really blocked");
    window.close().await;
    from_upload_to_paid(&installation, look, "B-1002").await;
    archive::a_record(&installation, look, "B-1004").await;
    archive::paper(&installation, look, "B-1006").await;
}
