//! What the guideline forbids, and what is said where something is missing.

use vir_archive::scan::barcode::{self, Sheet};
use vir_archive::scan::raster::{self, Colour, Raster};
use vir_archive_desk::scan::{note, ocr, statements};

use super::{LETTER, Station};

#[tokio::test]
async fn both_engines_understand_every_statement() {
    let station = Station::new().await;
    let (store, tenant) = (&station.desk.site.app.store, &station.desk.site.tenant);
    let faults = store.not_understood(tenant, &statements()).await.unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn a_bad_page_has_all_pages_checked_and_is_scanned_again() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let id = station.batch("post", &[("brief.tif", LETTER)]).await;
    station.step(&station.scanner, &id, "complete", &[("counted", "2")]).await;
    let check = format!("/scannen/{id}/pruefen");
    let shown = site.get(&station.checker, &check).await.text();
    assert!(shown.contains("/seiten/") && shown.contains("Muss neu gescannt werden"), "{shown}");
    // A defect without words is none.
    site.post(&station.checker, &check, &[("page", "2"), ("good", "no"), ("defect", "")]).await;
    assert!(station.stored(&id).await.batch.unwrap().checked.is_empty());
    site.post(&station.checker, &check, &[("page", "2"), ("good", "no"), ("defect", "unscharf")]).await;
    let stored = station.stored(&id).await;
    assert_eq!((stored.faults, stored.batch.unwrap().drawn.len()), (1, 2));
    station.step(&station.checker, &id, "approve", &[]).await;
    assert_eq!(station.state(&id).await, "review");

    let one = raster::pages(LETTER).unwrap().next().unwrap().unwrap().bytes;
    let fields = [("page", "2"), ("reason", "unscharf")];
    let address = format!("/scannen/{id}/neuscan");
    site.upload(&station.scanner, &address, &fields, &[("files", "zwei.tif", LETTER)]).await;
    assert_eq!(station.stored(&id).await.batch.unwrap().repeated, 0, "two pages are not one");
    site.upload(&station.scanner, &address, &fields, &[("files", "neu.tif", &one)]).await;
    let batch = station.stored(&id).await.batch.unwrap();
    assert_eq!((batch.repeated, batch.pages[0].raw == batch.pages[1].raw), (1, true));
    station.read(&id, ocr::installed().await).await;
    station.check_all(&station.checker, &id).await;
    station.step(&station.checker, &id, "approve", &[]).await;
    assert_eq!(station.state(&id).await, "approved");
}

#[tokio::test]
async fn very_high_integrity_wants_a_second_person_and_a_seal() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let id = station.batch("urkunde", &[("brief.tif", LETTER)]).await;
    station.step(&station.scanner, &id, "complete", &[("counted", "2")]).await;
    let fields = [("page", "1"), ("good", "yes")];
    site.post(&station.scanner, &format!("/scannen/{id}/pruefen"), &fields).await;
    assert!(station.stored(&id).await.batch.unwrap().checked.is_empty(), "who scans does not check");
    station.check_all(&station.checker, &id).await;
    station.step(&station.scanner, &id, "approve", &[]).await;
    assert_eq!(station.state(&id).await, "review");
    station.step(&station.checker, &id, "approve", &[]).await;
    station.desk.work().await;
    // Nobody states that they are the same: no note.
    station.step(&station.scanner, &id, "note", &[]).await;
    assert_eq!(station.state(&id).await, "approved");
    station.step(&station.scanner, &id, "note", &[("identical", "on")]).await;
    assert_eq!(station.state(&id).await, "noted");
    let page = site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
    assert!(page.contains("verlangt ein qualifiziertes Siegel mit qualifiziertem Zeitstempel"), "{page}");
}

#[tokio::test]
async fn without_text_recognition_the_note_says_so() {
    let station = Station::new().await;
    let files = vec![station.taken("brief.tif", LETTER).await];
    let id = station.received(files).await;
    assert_eq!(station.state(&id).await, "received");
    station.step(&station.scanner, &id, "take-over", &[("class", "post")]).await;
    assert_eq!(station.state(&id).await, "scanning");
    station.read(&id, None).await;
    station.to_note(&id).await;
    let batch = station.stored(&id).await.batch.unwrap();
    let note = batch.note.unwrap();
    assert_eq!(note.irregularities.len(), 1);
    assert!(note.irregularities[0].contains("keine Textebene"), "{:?}", note.irregularities);
    assert!(note.technical.contains(&("Texterkennung".to_owned(), "keine".to_owned())));
}

/// A sheet as a scanner sees it: black bars on white.
fn sheet(class: &str, pages: Option<u32>) -> Vec<u8> {
    let sheet = Sheet { class: class.into(), pages };
    let bars = barcode::bars(&sheet.text().unwrap()).unwrap();
    let module = 5;
    let wide: u32 = bars.iter().map(|bar| u32::from(*bar)).sum::<u32>() * module + 40 * module;
    let row = wide.div_ceil(8) as usize;
    let mut line = vec![0xff_u8; row];
    let mut at = 20 * module;
    for (index, bar) in bars.iter().enumerate() {
        let end = at + u32::from(*bar) * module;
        for dot in at..end {
            if index % 2 == 0 {
                line[dot as usize / 8] &= !(0x80 >> (dot % 8));
            }
        }
        at = end;
    }
    let rows = line.repeat(300);
    let raster = Raster { width: wide, height: 300, colour: Colour::Bilevel, rows };
    raster::bilevel_file(raster, Some((300, 300))).unwrap().bytes
}

#[tokio::test]
async fn separator_sheets_divide_a_batch_and_count() {
    let station = Station::new().await;
    let (two, three) = (sheet("post", Some(2)), sheet("post", Some(3)));
    let files: [(&str, &[u8]); 4] = [("1.tif", &two), ("2.tif", LETTER), ("10-blatt.tif", &three), ("11.tif", LETTER)];
    let id = station.batch("post", &files).await;
    let stored = station.stored(&id).await;
    assert_eq!(stored.batch.unwrap().pages.len(), 4, "sheets are no pages");
    let key = id.clone();
    let documents = station.desk.read(move |tx| Box::pin(async move { note::documents(tx, &key).await })).await;
    let found: Vec<_> = documents.iter().map(|made| (made.target, made.pages, made.is_whole())).collect();
    assert_eq!(found, [(Some(2), 2, true), (Some(3), 2, false)]);
    station.step(&station.scanner, &id, "complete", &[("counted", "4")]).await;
    assert_eq!(station.state(&id).await, "scanning", "a document lacks a page");
    let reply = station.desk.site.get(&station.scanner, "/scannen/trennblatt?class=post&pages=12").await.text();
    assert!(reply.contains("VIR1/post/12") && reply.contains("<svg"), "{reply}");
}

#[tokio::test]
async fn what_cannot_be_judged_is_refused_with_its_reason() {
    let station = Station::new().await;
    let mut coarse = raster::pages(LETTER).unwrap().next().unwrap().unwrap();
    coarse = raster::bilevel_file(coarse.raster, Some((150, 150))).unwrap();
    let jbig2 = b"%PDF-1.4\n1 0 obj << /Filter /JBIG2Decode >> endobj\n%%EOF".as_slice();
    let files: [(&str, &[u8]); 4] =
        [("a.tif", LETTER), ("b.pdf", jbig2), ("c.tif", &coarse.bytes), ("d.txt", b"kein Bild")];
    let id = station.batch("post", &files).await;
    let batch = station.stored(&id).await.batch.unwrap();
    assert_eq!(batch.pages.len(), 2);
    assert_eq!(batch.remarks.len(), 3, "{:?}", batch.remarks);
    assert!(batch.remarks[1].contains("A.SC.6"), "{:?}", batch.remarks);
    let page = station.desk.site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
    assert!(page.contains("nicht angenommen"), "{page}");
}
