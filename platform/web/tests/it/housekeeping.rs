//! What is done at night, by a clock that the test sets.

use jiff::SignedDuration;
use vir_auth::ADMINISTER;
use vir_store::{Tx, args};
use vir_web::test::Site;
use vir_web::{Workers, housekeeping};

async fn requests(site: &Site) -> i64 {
    let count = site.app.store.read(&site.tenant, |tx: &mut Tx| {
        Box::pin(async move { tx.one("select count(*) as n from web_request", &[]).await?.int("n") })
    });
    count.await.unwrap()
}

/// An answer that is kept for a request that may be repeated.
async fn kept_answer(site: &Site, key: &'static str) {
    let write = site.app.store.write(&site.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let now = tx.now();
            let sql = "insert into web_request (caller, key, fingerprint, started_at) values ('a', $1, 'f', $2)";
            tx.execute(sql, &args![key, now]).await
        })
    });
    write.await.unwrap();
}

#[tokio::test]
async fn each_night_what_nobody_needs_is_forgotten_and_the_next_night_is_planned() {
    let site = Site::new(Vec::new()).await;
    let admin = site.person("Jannes Ulfers", &[ADMINISTER]);
    kept_answer(&site, "old").await;
    housekeeping::schedule(&site.app).await.unwrap();
    // Planned twice is planned once.
    housekeeping::schedule(&site.app).await.unwrap();
    assert_eq!(Workers::drain(&site.app).await.unwrap(), 0, "it is not night yet");
    let page = site.get(&admin, "/verwaltung/betrieb").await.text();
    assert!(page.contains("Noch kein Lauf") && page.contains("23.11.2026"), "{page}");

    site.clock.set(site.app.now() + SignedDuration::from_hours(17));
    kept_answer(&site, "young").await;
    assert_eq!(Workers::drain(&site.app).await.unwrap(), 1);
    let runs = housekeeping::latest(&site.app, &site.tenant, 9).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert!(runs[0].report.is_good(), "{:?}", runs[0].report);
    assert_eq!(runs[0].report.read, Some(0), "the first run reads all documents");
    assert_eq!(requests(&site).await, 2, "17 hours are less than a day");

    site.clock.set(site.app.now() + SignedDuration::from_hours(25));
    assert_eq!(Workers::drain(&site.app).await.unwrap(), 1);
    let runs = housekeeping::latest(&site.app, &site.tenant, 9).await.unwrap();
    assert_eq!(runs[0].report.read, None, "documents are read once a week");
    assert_eq!(runs[0].report.forgotten.iter().map(|(_, _, count)| count).sum::<u64>(), 2);
    assert_eq!(requests(&site).await, 0);
    let page = site.get(&admin, "/verwaltung/betrieb").await.text();
    assert!(page.contains("in Ordnung") && page.contains("25.11.2026"), "{page}");
}

#[tokio::test]
async fn a_document_that_was_changed_is_told() {
    let site = Site::new(Vec::new()).await;
    let admin = site.person("Jannes Ulfers", &[ADMINISTER]);
    let id = site.app.store.blobs().put(&site.tenant, b"invoice".to_vec()).await.unwrap();
    let name = id.to_string();
    let path = vir_testkit::stores::blob_file(site.app.store.config(), &name);
    std::fs::write(&path, b"Invoice").unwrap();
    housekeeping::schedule(&site.app).await.unwrap();
    site.clock.set(site.app.now() + SignedDuration::from_hours(24));
    Workers::drain(&site.app).await.unwrap();
    let page = site.get(&admin, "/verwaltung/betrieb").await.text();
    assert!(page.contains("bitte ansehen") && page.contains(&name), "{page}");
}

#[tokio::test]
async fn only_the_administration_sees_it() {
    let site = Site::new(Vec::new()).await;
    let clerk = site.person("Imke Janssen", &["invoice.see"]);
    assert_eq!(site.get(&clerk, "/verwaltung/betrieb").await.status, 403);
}
