//! The whole way of a batch, from the scanner's file to the destroyed paper.

use std::path::{Path, PathBuf};

use vir_archive::scan::note::TransferNote;
use vir_archive_desk::records;
use vir_pdf::{Limits, read as pdf};
use vir_testkit::verapdf::{Flavour, validate};

use super::{LETTER, Station};

fn save(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[tokio::test]
async fn paper_becomes_a_record_and_goes() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let id = station.batch("post", &[("brief.tif", LETTER)]).await;
    let page = site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
    assert!(page.contains("Seite 2") && page.contains("wird gescannt"), "{page}");

    // A wrong count is refused with its measure.
    let reply = station.step(&station.scanner, &id, "complete", &[("counted", "3")]).await;
    assert_eq!((reply.status.as_u16(), station.state(&id).await.as_str()), (303, "scanning"));
    station.step(&station.scanner, &id, "remark", &[("text", "Seite 2 war eingerissen.")]).await;
    station.to_note(&id).await;

    // The image is shown as browsers know it.
    let image = site.get(&station.scanner, &format!("/scannen/{id}/seiten/1")).await;
    assert_eq!(image.headers["content-type"], "image/png");
    assert!(image.bytes.starts_with(&[0x89, b'P', b'N', b'G']));

    let made = site.get(&station.scanner, &format!("/scannen/{id}/dokumente/1")).await;
    let about = pdf::metadata(&made.bytes, &Limits::default()).unwrap();
    assert_eq!((about.pages, about.pdfa.unwrap().to_string()), (2, "PDF/A-2b".to_owned()));
    let note = site.get(&station.scanner, &format!("/scannen/{id}/transfervermerk/pdf")).await;
    let files = [save("scan-way.pdf", &made.bytes), save("scan-note.pdf", &note.bytes)];
    match validate(&files[..1], &[Flavour::Pdfa2b]).and_then(|mut first| {
        first.extend(validate(&files[1..], &[Flavour::Pdfa3b])?);
        Ok(first)
    }) {
        Ok(verdicts) => verdicts.iter().for_each(|verdict| assert!(verdict.compliant, "{verdict:#?}")),
        Err(missing) => vir_testkit::missing(&missing.to_string()),
    }
    if vir_archive_desk::scan::ocr::installed().await.is_some() {
        match std::process::Command::new("pdftotext").arg(&files[0]).arg("-").output() {
            Ok(said) => {
                let text = String::from_utf8_lossy(&said.stdout).into_owned();
                for word in ["Gebührenbescheid", "Straßenbau", "Widerspruch", "Rechtsbehelfsbelehrung"] {
                    assert!(text.contains(word), "{word} is missing in:\n{text}");
                }
            }
            Err(missing) => vir_testkit::missing(&format!("pdftotext: {missing}")),
        }
    } else {
        vir_testkit::missing("tesseract");
    }

    // The note has every element, and both forms say the same.
    let json = site.get(&station.scanner, &format!("/scannen/{id}/transfervermerk/json")).await.bytes;
    let xml = site.get(&station.scanner, &format!("/scannen/{id}/transfervermerk/xml")).await.bytes;
    let note: TransferNote = serde_json::from_slice(&json).unwrap();
    assert_eq!(TransferNote::from_xml(&xml).as_ref(), Some(&note));
    assert_eq!(note.complete(), Ok(()));
    assert!(note.irregularities.contains(&"Seite 2 war eingerissen.".to_owned()));
    assert!(note.organisational.iter().any(|(_, value)| value == "Peter Pruef"), "{:?}", note.organisational);
    assert_eq!(site.get(&station.scanner, &format!("/scannen/{id}/transfervermerk")).await.status, 200);

    // Paper stays until storage has the scans.
    let record = station.desk.open("1.1", "Straßenbau").await;
    let record_id = record.rsplit('/').next().unwrap().to_owned();
    let key = record_id.clone();
    let loaded = station.desk.read(move |tx| Box::pin(async move { records::load(tx, &key.as_str().into()).await }));
    let reference = loaded.await.unwrap().reference;
    station.step(&station.scanner, &id, "destroy", &[("din", "5")]).await;
    assert_eq!(station.state(&id).await, "noted");
    station.step(&station.scanner, &id, "file", &[("reference", "gibt es nicht")]).await;
    assert_eq!(station.stored(&id).await.record, None);
    station.step(&station.scanner, &id, "file", &[("reference", &reference), ("title", "Bescheid Straßenbau")]).await;
    assert_eq!(station.stored(&id).await.record.as_deref(), Some(record_id.as_str()));
    station.desk.work().await;
    site.clock.advance(jiff::SignedDuration::from_secs(60));
    station.desk.work().await;
    assert_eq!(station.state(&id).await, "deposited");
    let batch = station.stored(&id).await.batch.unwrap();
    let key = record_id.clone();
    let loaded = station.desk.read(move |tx| Box::pin(async move { records::load(tx, &key.as_str().into()).await }));
    let loaded = loaded.await.unwrap();
    assert_eq!(Some(batch.package.unwrap().0.leaf), loaded.inventory_digest);
    let mut titles: Vec<&str> = loaded.items.iter().map(|item| item.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Bescheid Straßenbau", "Transfervermerk zu Stapel 7"]);
    assert!(loaded.items.iter().any(|item| note.scans.iter().any(|scan| scan.value == item.sha512)));

    // Too coarse a shredder is refused; then it is noted who destroyed what, and nothing happens afterwards.
    station.step(&station.scanner, &id, "destroy", &[("din", "2")]).await;
    assert_eq!(station.state(&id).await, "deposited");
    station.step(&station.scanner, &id, "discard", &[]).await;
    assert_eq!(site.get(&station.scanner, &format!("/scannen/{id}/seiten/1")).await.status, 404);
    station.step(&station.scanner, &id, "destroy", &[("din", "4")]).await;
    assert_eq!(station.state(&id).await, "destroyed");
    let page = site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
    assert!(page.contains("Papier vernichtet, DIN 66399 P-4"), "{page}");

    // The papers count it.
    let papers = site.get(&station.scanner, "/scannen/verfahrensdokumentation").await.text();
    assert!(papers.contains("Stadt Musterstadt") && papers.contains("A.SC.12"), "{papers}");
    let pdf = site.get(&station.scanner, "/scannen/verfahrensdokumentation/pdf").await;
    assert!(pdf.bytes.starts_with(b"%PDF-"));
}
