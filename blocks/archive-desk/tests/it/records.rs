//! A record's way through the pages into storage, and the database made again from storage alone.

use std::io::Read as _;

use vir_archive_desk::permissions::{FILE, SEE};
use vir_archive_desk::{keep, records};
use vir_auth::Limit;
use vir_store::Tx;
use vir_web::test::{grant, unit};

use crate::desk::Desk;

/// Everything that the index says, row by row.
async fn dump(desk: &Desk) -> Vec<String> {
    desk.read(|tx: &mut Tx| {
        Box::pin(async move {
            let mut lines = Vec::new();
            for (table, columns, order) in [
                (
                    "archive_record",
                    &[
                        "id",
                        "reference",
                        "kind",
                        "entry",
                        "unit_id",
                        "title",
                        "state",
                        "confidentiality",
                        "opened_on",
                        "last_edit_on",
                        "closed_on",
                        "ends_on",
                        "appraisal",
                        "inventory_digest",
                    ][..],
                    "id",
                ),
                ("archive_event", &["record_id", "event"], "record_id, seq"),
                (
                    "archive_document",
                    &[
                        "record_id",
                        "id",
                        "case_id",
                        "title",
                        "file_name",
                        "path",
                        "blob",
                        "sha512",
                        "media_type",
                        "puid",
                        "format",
                        "risk",
                        "text",
                        "origin",
                        "added_by",
                    ],
                    "record_id, id, version",
                ),
                ("archive_subject", &["record_id", "subject"], "record_id, subject"),
                ("archive_hold", &["id", "hold"], "id"),
                ("archive_plan", &["entries"], "version"),
            ] {
                for row in tx.all(format!("select * from {table} order by {order}"), &[]).await? {
                    let values: vir_store::Result<Vec<Option<String>>> =
                        columns.iter().map(|column| row.optional_text(column)).collect();
                    lines.push(format!("{table} {:?}", values?));
                }
            }
            for column in ["events", "documents", "changed_at", "version", "stamped"] {
                for row in tx.all(format!("select {column} from archive_record order by id"), &[]).await? {
                    lines.push(format!("{column} {}", row.int(column)?));
                }
            }
            Ok(lines)
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_comes_into_storage_and_its_documents_out_again() {
    let desk = Desk::new().await;
    let record = desk.open("3.3", "Fundsache 17: Regenschirm").await;
    let content = b"Ein schwarzer Regenschirm.\n".repeat(5000);
    let reply = desk
        .site
        .upload(&desk.registry, &format!("{record}/dokumente"), &[], &[("files", "Anzeige ä.txt", &content)])
        .await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let reply = desk.step(&record, &[("step", "close")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    desk.work().await;

    let id = record.rsplit('/').next().unwrap().to_owned();
    let key = id.clone();
    let loaded =
        desk.read(move |tx| Box::pin(async move { Ok(records::load(tx, &key.as_str().into()).await?.unwrap()) })).await;
    assert_eq!(loaded.record.state, vir_archive::lifecycle::State::Stored);
    assert!(!loaded.keep_due, "storage has the last of it");
    assert_eq!(loaded.items[0].blob, None, "the blob is let go");

    let found = desk.site.get(&desk.registry, "/akten?q=schwarzer+regenschirm").await.text();
    assert!(found.contains("Fundsache 17"), "what a document says is found: {found}");
    let page = desk.site.get(&desk.registry, &record).await.text();
    assert!(page.contains("im Langzeitspeicher") && page.contains("31.12.2029"), "{page}");
    let document = format!("{record}/dokumente/{}", loaded.items[0].id);
    let reply = desk.site.get(&desk.registry, &document).await;
    assert_eq!(reply.bytes, content);
    assert!(reply.headers["content-disposition"].to_str().unwrap().contains("Anzeige%20%C3%A4.txt"));

    // Both copies have it.
    let store = keep::depot(&desk.site.app.config, &desk.site.tenant).unwrap();
    let mut bytes = Vec::new();
    store.depot().file(&loaded.object(), None, &loaded.items[0].path).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, content);
    assert_eq!(store.scrub(&mut |damage| panic!("{damage:?}")).unwrap().damaged, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_made_again_from_storage_is_the_one_before() {
    let desk = Desk::new().await;
    let many = std::env::var("VIR_RECORDS").ok().and_then(|number| number.parse().ok()).unwrap_or(12);
    for (number, entry) in ["2.2", "3.3", "0.1", "6.2"].into_iter().cycle().take(many).enumerate() {
        let record = desk.open(entry, &format!("Akte {number} über Ämter & <Zeichen>")).await;
        let text = format!("Inhalt {number}");
        let path = format!("{record}/dokumente");
        desk.site.upload(&desk.registry, &path, &[], &[("files", "a.txt", text.as_bytes())]).await;
        let subject = format!("Erika Beispiel {number}");
        let steps: &[&[(&str, &str)]] =
            &[&[("step", "open-case"), ("title", "Ein Vorgang")], &[("step", "name-subject"), ("subject", &subject)]];
        for step in steps.iter().take(number % 3) {
            assert_eq!(desk.step(&record, step).await.status, 303);
        }
        if number % 3 == 0 {
            assert_eq!(desk.step(&record, &[("step", "close")]).await.status, 303);
        }
        if number % 6 == 0 {
            desk.work().await;
            let reply = desk.step(&record, &[("step", "reopen"), ("reason", "noch etwas vergessen")]).await;
            assert_eq!(reply.status, 303, "{}", reply.text());
        }
    }
    // While something waits, nothing is deleted.
    assert!(keep::rebuild(&desk.site.app, &desk.site.tenant).await.is_err());
    desk.work().await;
    let before = dump(&desk).await;
    let rebuilt = keep::rebuild(&desk.site.app, &desk.site.tenant).await.unwrap();
    assert_eq!((rebuilt.records, rebuilt.unreadable), (many, 0));
    assert_eq!(dump(&desk).await, before);
    println!("index-rebuild: {} rows equal after deletion and rebuild of {} records", before.len(), rebuilt.records);
    let found = desk.site.get(&desk.registry, "/akten?q=aemter+akte+11").await.text();
    assert!(found.contains("Akte 11 über"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_storage_lacks_is_brought_there_the_next_day() {
    let desk = Desk::new().await;
    let record = desk.open("3.3", "Fundsache 20: Mütze").await;
    let waits = || {
        desk.read(|tx| {
            Box::pin(async move {
                let sql = "select count(*) as n from archive_record where keep_due";
                tx.one(sql, &[]).await?.int("n")
            })
        })
    };
    // As after a job that was given up.
    desk.write(|tx| Box::pin(async move { tx.execute("delete from job", &[]).await })).await;
    desk.work().await;
    assert_eq!(waits().await, 1);
    desk.write(|tx| {
        let job = vir_store::Job::now(keep::REPLAN.kind, serde_json::json!({ "after": "" }));
        Box::pin(async move { tx.enqueue(job).await })
    })
    .await;
    desk.work().await;
    assert_eq!(waits().await, 0);
    let page = desk.site.get(&desk.registry, &record).await.text();
    assert!(page.contains("Fassung 1"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_come_together_stay_in_their_order() {
    let desk = Desk::new().await;
    let record = desk.open("6.2", "Bauakte mit vielen Blättern").await;
    let names: Vec<String> = (0..60).map(|number| format!("Blatt {number:03}.txt")).collect();
    for part in names.chunks(40) {
        let files: Vec<(&str, &str, &[u8])> =
            part.iter().map(|name| ("files", name.as_str(), name.as_bytes())).collect();
        let reply = desk.site.upload(&desk.registry, &format!("{record}/dokumente"), &[], &files).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    }
    let id = record.rsplit('/').next().unwrap().to_owned();
    let load = |id: String| {
        desk.read(move |tx| Box::pin(async move { Ok(records::load(tx, &id.as_str().into()).await?.unwrap()) }))
    };
    let titles = |loaded: &records::Loaded| loaded.items.iter().map(|item| item.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&load(id.clone()).await), names);
    let found = desk.site.get(&desk.registry, "/akten?q=blatt+059").await.text();
    assert!(found.contains("mit vielen Blättern"), "{found}");
    desk.work().await;
    keep::rebuild(&desk.site.app, &desk.site.tenant).await.unwrap();
    assert_eq!(titles(&load(id).await), names);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_depot_may_lie_in_a_bucket() {
    let Some(s3) = vir_testkit::s3::shared() else { return };
    let bucket = s3.bucket();
    let settings = [
        ("VIR_BLOBS_ENDPOINT", bucket.endpoint.as_str()),
        ("VIR_BLOBS_REGION", "us-east-1"),
        ("VIR_BLOBS_BUCKET", &bucket.name),
        ("VIR_BLOBS_ACCESS_KEY", &bucket.access_key),
        ("VIR_BLOBS_SECRET_KEY", &bucket.secret_key),
        ("VIR_ARCHIVE_IN_BUCKET", "true"),
    ];
    let read = vir_web::config::read_with(None, settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let desk = Desk::with(|config| {
        config.blobs = read.unwrap().blobs;
        config.archive.in_bucket = true;
    })
    .await;
    let record = desk.open("3.3", "Fundsache 19: Koffer").await;
    let content = b"Ein Koffer.\n".repeat(9000);
    let path = format!("{record}/dokumente");
    desk.site.upload(&desk.registry, &path, &[], &[("files", "Anzeige.txt", &content)]).await;
    desk.step(&record, &[("step", "close")]).await;
    desk.work().await;
    let page = desk.site.get(&desk.registry, &record).await.text();
    assert!(page.contains("im Langzeitspeicher"), "{page}");
    let before = dump(&desk).await;
    let rebuilt = keep::rebuild(&desk.site.app, &desk.site.tenant).await.unwrap();
    assert_eq!((rebuilt.records, rebuilt.unreadable), (1, 0));
    assert_eq!(dump(&desk).await, before);
    let id = record.rsplit('/').next().unwrap().to_owned();
    let loaded =
        desk.read(move |tx| Box::pin(async move { Ok(records::load(tx, &id.as_str().into()).await?.unwrap()) })).await;
    let reply = desk.site.get(&desk.registry, &format!("{record}/dokumente/{}", loaded.items[0].id)).await;
    assert_eq!(reply.bytes, content);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_branch_sees_nothing_of_it() {
    let desk = Desk::new().await;
    let units = vec![unit("root", None), unit("bau", Some("root")), unit("kasse", Some("root"))];
    let of = |name: &str, at: &str, permissions: &[&str]| {
        desk.site.person_with(name, vec![grant(permissions, &at.into(), Limit::Unlimited)], units.clone())
    };
    let chief = of("Rike Registratur", "root", &[SEE, FILE, vir_archive_desk::permissions::PLAN]);
    let builder = of("Bodo Bau", "bau", &[SEE, FILE]);
    let cashier = of("Karla Kasse", "kasse", &[SEE, FILE]);
    for (id, title, unit, class) in [("6", "Bauen", "bau", ""), ("2", "Finanzen", "kasse", "restricted")] {
        let seen = desk.read(|tx| Box::pin(async move { Ok(records::plan(tx).await?.0.to_string()) })).await;
        let fields =
            [("seen", seen.as_str()), ("id", id), ("title", title), ("unit", unit), ("confidentiality", class)];
        let reply = desk.site.post(&chief, "/aktenplan/eintrag", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    }
    let new = [("entry", "6.2"), ("title", "Bauakte Deichstraße 5"), ("kind", "file")];
    assert_eq!(desk.site.post(&cashier, "/akten/neu", &new).await.status, 403);
    let record = desk.site.post(&builder, "/akten/neu", &new).await.location().to_owned();
    for (who, status, found) in [(&builder, 200, true), (&chief, 200, true), (&cashier, 404, false)] {
        assert_eq!(desk.site.get(who, &record).await.status, status, "{}", who.name);
        for list in ["/akten", "/akten?q=deichstr", "/akten?zweig=6", "/akten?q=bauakte&zweig=6"] {
            let page = desk.site.get(who, list).await.text();
            assert_eq!(page.contains("Deichstraße"), found, "{} {list}", who.name);
        }
    }
    // What is restricted asks for more than to see the unit.
    let new = [("entry", "2.2"), ("title", "Prüfung der Kasse"), ("kind", "file")];
    let restricted = desk.site.post(&cashier, "/akten/neu", &new).await.location().to_owned();
    assert_eq!(desk.site.get(&cashier, &restricted).await.status, 404);
    let cleared = of("Vera Verschluss", "kasse", &[SEE, vir_archive_desk::permissions::SEE_RESTRICTED]);
    assert_eq!(desk.site.get(&cleared, &restricted).await.status, 200);
    let reply = desk.site.post(&cashier, &format!("{record}/schritt"), &[("step", "close"), ("seen", "1")]).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_changes_nothing() {
    let desk = Desk::new().await;
    let record = desk.open("6.2", "Bauakte").await;
    assert_eq!(desk.step(&record, &[("step", "open-case"), ("title", "Anbau")]).await.status, 303);
    let reply = desk.step(&record, &[("step", "close")]).await;
    assert!(reply.text().contains("Noch nicht beendet: Anbau"), "{}", reply.text());
    let reply = desk.step(&record, &[("step", "reopen"), ("reason", "x y z")]).await;
    assert_ne!(reply.status, 303);
    // Somebody who saw less than there is decides nothing.
    let stale = [("seen", "1"), ("step", "name-subject"), ("subject", "Max Muster")];
    let reply = desk.site.post(&desk.registry, &format!("{record}/schritt"), &stale).await;
    assert!(reply.text().contains("inzwischen geändert"), "{}", reply.text());
}
