//! Records and paper in a real browser: a file becomes a record in storage, a letter is scanned, checked and destroyed.

use crate::installation::Installation;
use crate::webdriver::{Look, Window};

use super::{picture, window_of};

/// Two pages of a letter, as a scanner sends them.
const LETTER: &[u8] = include_bytes!("../../../../../blocks/archive-desk/src/scan/demo.tif");

/// Loads the page again until it says this, as somebody does who waits for a job.
async fn reloaded_until(window: &Window, words: &str) {
    let at = window.path().await;
    window
        .until(&format!("„{words}“ after loading {at} again"), async || {
            if window.text("body").await.contains(words) {
                return Some(());
            }
            window.go(&at).await;
            None
        })
        .await;
}

/// Begins a record, files a document, closes it and finds it in storage.
pub(super) async fn a_record(installation: &Installation, look: Look, number: &str) {
    let window = window_of(installation, look, "rike.aden").await.unwrap();
    window.go("/akten").await;
    picture(&window, look, "akten").await;
    window.go("/akten/neu").await;
    window.choose("select[name=entry]", "3.3").await;
    window.fill("input[name=title]", &format!("Fundsache {number}: Kompass")).await;
    window.press("Akte anlegen").await;
    window.says("Zu den Akten nehmen").await;
    let file = installation.folder.join(format!("{number}.txt"));
    std::fs::write(&file, "Ein Kompass aus Messing.\n").unwrap();
    window.keys("input[type=file][name=files]", file.to_str().unwrap()).await;
    window.press("Zu den Akten nehmen").await;
    window.says(&format!("{number}.txt")).await;
    window.press("z.d.A. verfügen").await;
    reloaded_until(&window, "im Langzeitspeicher").await;
    picture(&window, look, "akte").await;
    window.follow("Herausgeben").await;
    window.press("Paket laden").await;
    assert!(window.downloaded(".zip").await.starts_with(b"PK"));
    window.close().await;
}

/// Scans two pages, checks them beside their images, files them and destroys the paper.
pub(super) async fn paper(installation: &Installation, look: Look, number: &str) {
    let window = window_of(installation, look, "sven.scan").await.unwrap();
    let reference = format!("10/{number}");
    window.go("/akten/neu").await;
    window.choose("select[name=entry]", "1.1").await;
    window.fill("input[name=title]", "Schriftverkehr").await;
    window.fill("input[name=reference]", &reference).await;
    window.press("Akte anlegen").await;
    window.says("Zu den Akten nehmen").await;

    window.go("/scannen/neu").await;
    window.choose("select[name=class]", "post").await;
    window.fill("input[name=title]", number).await;
    let file = installation.folder.join(format!("{number}.tif"));
    std::fs::write(&file, LETTER).unwrap();
    window.keys("input[type=file][name=files]", file.to_str().unwrap()).await;
    window.press("Stapel hochladen").await;
    window
        .until("the batch's page", async || {
            let path = window.path().await;
            (path.starts_with("/scannen/") && !path.starts_with("/scannen/neu")).then_some(())
        })
        .await;
    reloaded_until(&window, "Seite 2").await;
    picture(&window, look, "stapel").await;
    window.fill("input[name=counted]", "2").await;
    window.press("Vollständig").await;
    window.follow("Seiten prüfen").await;
    for _ in 0..2 {
        window.says("In Ordnung").await;
        let shown = window
            .script("const i = document.querySelector('.scan-page img'); return i.complete && i.naturalWidth > 0")
            .await;
        assert_eq!(shown, serde_json::json!(true), "the image of the page is seen");
        picture(&window, look, "pruefen").await;
        window.click("button[name=good][value=yes]").await;
        window.says("Geprüft: in Ordnung.").await;
    }
    reloaded_until(&window, "Prüfung beenden").await;
    window.press("Prüfung beenden").await;
    reloaded_until(&window, "Transfervermerk erstellen").await;
    window.click("input[name=identical]").await;
    window.press("Transfervermerk erstellen").await;
    window.fill("input[name=reference]", &reference).await;
    picture(&window, look, "ablegen").await;
    window.press("Ablegen").await;
    reloaded_until(&window, "Papier ist vernichtet").await;
    picture(&window, look, "vernichten").await;
    window.choose("select[name=din]", "4").await;
    window.press("Papier ist vernichtet").await;
    if look.scripts {
        window.confirm().await;
    }
    window.says("Papier vernichtet:").await;
    window.close().await;
}
