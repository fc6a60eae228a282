//! Evidence of a record, stamped by somebody else's service, holds for its inventory and for nothing else.

use vir_archive::certificate::certificates;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::{Object, Options, Record, verify};
use vir_archive::moment::Moment;
use vir_archive_desk::records;
use vir_testkit::time_stamps::TimeStampService;

use crate::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_stamped_record_has_evidence_that_others_can_verify() {
    let service = TimeStampService::start();
    let url = service.url.clone();
    // The first service is not there, so the second is asked.
    let desk = Desk::with(|config| config.archive.time_stamps = vec!["http://127.0.0.1:1/none".to_owned(), url]).await;
    let record = desk.open("3.3", "Fundsache 18: Schlüsselbund").await;
    let files: &[(&str, &str, &[u8])] = &[("files", "Anzeige.txt", b"Drei Schluessel an einem Ring.")];
    desk.site.upload(&desk.registry, &format!("{record}/dokumente"), &[], files).await;
    desk.step(&record, &[("step", "close")]).await;
    desk.work().await;
    assert_eq!(
        desk.site.get(&desk.registry, &format!("{record}/nachweis")).await.status,
        404,
        "nothing is stamped yet"
    );

    let order = [("kind", "archive-desk.stamp")];
    assert_eq!(desk.site.post(&desk.registry, "/ablage/auftrag", &order).await.status, 303);
    desk.work().await;
    let evidence = desk.site.get(&desk.registry, &format!("{record}/nachweis")).await;
    let inventory = desk.site.get(&desk.registry, &format!("{record}/inventar")).await;
    assert_eq!((evidence.status.as_u16(), inventory.status.as_u16()), (200, 200), "{}", evidence.text());

    let root = std::fs::read(&service.root).unwrap();
    let anchors = certificates(&root).unwrap();
    let options = Options {
        // openssl stamps with the time of the machine.
        at: Moment::from_unix(jiff::Timestamp::now().as_second() + 60),
        catalogue: true,
        trust: vir_archive::certificate::path::Trust {
            anchors: anchors.iter().map(Vec::as_slice).collect(),
            certificates: Vec::new(),
            revocation: Vec::new(),
        },
    };
    let judged = |data: &[u8]| {
        let parsed = Record::read(&evidence.bytes).unwrap();
        verify(&parsed, &[Object::new("inventory.json", data)], &options).verdict
    };
    assert_eq!(judged(&inventory.bytes), Verdict::Valid);
    let mut changed = inventory.bytes.clone();
    changed[100] ^= 1;
    assert_ne!(judged(&changed), Verdict::Valid);

    // What the inventory says is what came in.
    let id = record.rsplit('/').next().unwrap().to_owned();
    let loaded =
        desk.read(move |tx| Box::pin(async move { Ok(records::load(tx, &id.as_str().into()).await?.unwrap()) })).await;
    assert!(inventory.text().contains(&loaded.items[0].sha512));
    let page = desk.site.get(&desk.registry, "/ablage").await.text();
    assert!(page.contains("Mit Beweisnachweis"), "{page}");
    assert_eq!(desk.site.post(&desk.registry, "/ablage/auftrag", &[("kind", "archive-desk.renew")]).await.status, 303);
    desk.work().await;
    let renewed = desk.site.get(&desk.registry, &format!("{record}/nachweis")).await;
    assert!(renewed.bytes.len() > evidence.bytes.len(), "the record has the new time stamp, too");
    println!("desk-evidence: valid for the inventory, refused for a changed bit, renewed by one time stamp");
}
