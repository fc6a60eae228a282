//! Between two tenants, through the pages only: an office offers, an archive appraises and takes over, two people delete.

use axum::http::{StatusCode, header};
use vir_archive::xdomea::{Version, read};
use vir_archive_desk::permissions::{APPRAISE, DISPOSE, FILE, HOLD, SEE};
use vir_archive_desk::{plan, records};
use vir_auth::Principal;
use vir_store::{TenantId, Tx};
use vir_web::test::Reply;

use crate::desk::Desk;

/// A file that was fetched: its name and bytes.
struct Fetched {
    name: String,
    bytes: Vec<u8>,
}

async fn fetch(desk: &Desk, who: &Principal, path: &str) -> Fetched {
    let reply = desk.site.get(who, path).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
    let said = reply.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    let name = said.split('"').nth(1).unwrap().to_owned();
    Fetched { name, bytes: reply.bytes }
}

/// The newest message of a kind on a process page, fetched.
async fn message(desk: &Desk, who: &Principal, process: &str, kind: &str) -> Fetched {
    let page = desk.site.get(who, process).await.text();
    let row = page.split("<tr").filter(|row| row.contains(kind) && row.contains("/nachricht/")).last();
    let row = row.unwrap_or_else(|| panic!("no {kind} in {process}: {page}"));
    let href = row.split("href=\"").find(|part| part.contains("/nachricht/")).unwrap().split('"').next().unwrap();
    let fetched = fetch(desk, who, href).await;
    assert!(fetched.name.contains(kind), "{}", fetched.name);
    fetched
}

async fn upload(desk: &Desk, who: &Principal, path: &str, file: &Fetched) -> Reply {
    desk.site.upload(who, path, &[], &[("message", &file.name, &file.bytes)]).await
}

async fn accepted(desk: &Desk, who: &Principal, path: &str, file: &Fetched) -> String {
    let reply = upload(desk, who, path, file).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} to {path}: {}", file.name, reply.text());
    reply.location().to_owned()
}

struct Pair {
    desk: Desk,
    archivist: Principal,
    second: Principal,
}

async fn pair() -> Pair {
    let desk = Desk::new().await;
    let archive: TenantId = "stadtarchiv".parse().unwrap();
    desk.site.app.store.create_tenant(&archive, "Stadtarchiv").await.unwrap();
    let write = desk.site.app.store.write(&archive, |tx: &mut Tx| {
        Box::pin(async move { records::save_plan(tx, 0, &plan::sample(), "test").await })
    });
    write.await.unwrap();
    let mut archivist = desk.site.person("Anna Archivarin", &[SEE, FILE, APPRAISE]);
    archivist.tenant = archive;
    let second = desk.site.person("Zoe Zweite", &[SEE, DISPOSE, HOLD]);
    Pair { desk, archivist, second }
}

/// A stored record with a document of its own and one in each of two cases, whose term is over.
async fn stored(desk: &Desk, entry: &str, title: &str, own: bool) -> String {
    let record = desk.open(entry, title).await;
    let files: [(&str, &str, &[u8]); 1] = [("files", "Übersicht.txt", b"an overview")];
    if own {
        let reply = desk.site.upload(&desk.registry, &format!("{record}/dokumente"), &[], &files).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    }
    for (case, name, text) in [("Erster", "brief.txt", &b"a letter"[..]), ("Zweiter", "plan.pdf", b"%PDF-1.4 a plan")] {
        desk.step(&record, &[("step", "open-case"), ("title", case)]).await;
        let id = record.rsplit('/').next().unwrap().to_owned();
        let case_id = desk
            .read(move |tx| {
                Box::pin(async move {
                    let loaded = records::load(tx, &id.as_str().into()).await?.unwrap();
                    let found = loaded.record.cases.iter().find(|(_, one)| one.title == case).unwrap().0.0.clone();
                    Ok(found)
                })
            })
            .await;
        let reply = desk
            .site
            .upload(&desk.registry, &format!("{record}/dokumente"), &[("case", &case_id)], &[("files", name, text)])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        desk.step(&record, &[("step", "close-case"), ("case", &case_id)]).await;
    }
    let reply = desk.step(&record, &[("step", "close")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    desk.work().await;
    desk.work().await;
    record
}

async fn state(desk: &Desk, record: &str) -> String {
    let id = record.rsplit('/').next().unwrap().to_owned();
    desk.read(move |tx| {
        Box::pin(
            async move { Ok(format!("{:?}", records::load(tx, &id.as_str().into()).await?.unwrap().record.state)) },
        )
    })
    .await
}

async fn seen(desk: &Desk, record: &str) -> String {
    let id = record.rsplit('/').next().unwrap().to_owned();
    desk.read(move |tx| {
        Box::pin(async move { Ok(records::load(tx, &id.as_str().into()).await?.unwrap().seen().to_string()) })
    })
    .await
}

async fn sign(desk: &Desk, who: &Principal, record: &str, step: &str) -> Reply {
    let (id, seen) = (record.rsplit('/').next().unwrap(), seen(desk, record).await);
    let fields = [("record", id), ("seen", seen.as_str()), ("step", step), ("reason", "noch gebraucht")];
    desk.site.post(who, "/aussonderung/loeschung", &fields).await
}

async fn exchange(version: Version) {
    let Pair { desk, archivist, second } = pair().await;
    let office = desk.registry.clone();
    let fields = [("office", "Ordnungsamt"), ("archive", "Stadtarchiv"), ("version", version.number())];
    let reply = desk.site.post(&office, "/aussonderung/einstellungen", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    // Documents and cases side by side can be said since 3.0.
    let own = version.is_third();
    let record = stored(&desk, "3.3", "Fundsachen 2026", own).await;
    let id = record.rsplit('/').next().unwrap().to_owned();
    assert_eq!(state(&desk, &record).await, "Stored");

    // Before its term is over it is not due, and cannot be offered.
    assert!(!desk.site.get(&office, "/aussonderung").await.text().contains("Fundsachen 2026"));
    let early = desk.site.post(&office, "/aussonderung/anbieten", &[("record", &id)]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.text());
    desk.site.clock.set("2031-01-10T08:00:00Z".parse().unwrap());
    desk.work().await;
    let page = desk.site.get(&office, "/aussonderung").await.text();
    assert!(page.contains("Fundsachen 2026"), "{page}");

    // 0501, 0504
    let offered = desk.site.post(&office, "/aussonderung/anbieten", &[("record", &id)]).await;
    assert_eq!(offered.status, 303, "{}", offered.text());
    let process = offered.location().to_owned();
    let offer = message(&desk, &office, &process, "0501").await;
    assert_eq!(state(&desk, &record).await, "Offered");
    // The archive's address is not for the office, and the other way round.
    assert_eq!(upload(&desk, &office, "/archiv", &offer).await.status, StatusCode::FORBIDDEN);
    let strange = upload(&desk, &office, "/aussonderung/antwort", &offer).await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(strange.text().contains("keine Antwort des Archivs"));
    let inbox = accepted(&desk, &archivist, "/archiv", &offer).await;
    let receipt = message(&desk, &archivist, &inbox, "0504").await;
    accepted(&desk, &office, "/aussonderung/antwort", &receipt).await;

    // 0502: the record is wanted, but for its second case.
    let page = desk.site.get(&archivist, &inbox).await.text();
    assert!(page.contains("Fundsachen 2026") && page.contains("Zweiter"), "{page}");
    let objects: Vec<String> =
        page.split("name=\"object\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!(objects.len(), 3, "a record and two cases");
    let second_case = page.split("<tr").find(|row| row.contains("Zweiter")).unwrap();
    let mut fields = Vec::new();
    for object in &objects {
        fields.push(("object", object.as_str()));
        fields.push(("value", if second_case.contains(object.as_str()) { "V" } else { "A" }));
    }
    let reply = desk.site.post(&archivist, &format!("{inbox}/bewerten"), &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let appraisal = message(&desk, &archivist, &inbox, "0502").await;
    accepted(&desk, &office, "/aussonderung/antwort", &appraisal).await;
    assert_eq!(state(&desk, &record).await, "Appraised");
    let receipt = message(&desk, &office, &process, "0505").await;
    accepted(&desk, &archivist, "/archiv", &receipt).await;
    // Nobody deletes what the archive has not received.
    let refused = sign(&desk, &office, &record, "request").await;
    assert!(refused.text().contains("den Import noch nicht"), "{}", refused.text());

    // 0503, 0507, 0506
    let reply = desk.site.post(&office, &format!("{process}/abgeben"), &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let hand_over = message(&desk, &office, &process, "0503").await;
    let mut container = zip::ZipArchive::new(std::io::Cursor::new(&hand_over.bytes)).unwrap();
    let parts = if own { 3 } else { 2 };
    assert_eq!(container.len(), parts, "a message, the letter, the overview where there is one; the plan stays");
    let position = (0..parts).find(|at| container.by_index(*at).unwrap().name().unwrap().ends_with(".xml")).unwrap();
    let mut xml = Vec::new();
    std::io::Read::read_to_end(&mut container.by_index(position).unwrap(), &mut xml).unwrap();
    assert_eq!(read(&xml).unwrap().version, version);
    accepted(&desk, &archivist, "/archiv", &hand_over).await;
    if version.is_third() {
        let receipt = message(&desk, &archivist, &inbox, "0507").await;
        accepted(&desk, &office, "/aussonderung/antwort", &receipt).await;
    }
    let reply = desk.site.post(&archivist, &format!("{inbox}/uebernehmen"), &[("entry", "0.1")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let again = desk.site.post(&archivist, &format!("{inbox}/uebernehmen"), &[("entry", "0.1")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "once only");
    desk.work().await;
    let list = desk.site.get(&archivist, "/akten").await.text();
    assert!(list.contains("Fundsachen 2026"), "{list}");
    let href = list.split("href=\"").find(|part| part.starts_with("/akten/0")).unwrap().split('"').next().unwrap();
    let taken = desk.site.get(&archivist, href).await.text();
    assert!(taken.contains("Erster") && taken.contains("brief.txt") && !taken.contains("plan.pdf"), "{taken}");
    let document =
        taken.split("href=\"").filter(|part| part.contains("/dokumente/")).map(|part| part.split('"').next().unwrap());
    let mut contents = Vec::new();
    for document in document.filter(|href| !href.ends_with("/ansicht")).collect::<std::collections::BTreeSet<_>>() {
        contents.push(desk.site.get(&archivist, document).await.bytes);
    }
    contents.sort();
    let expected = [b"a letter".to_vec(), b"an overview".to_vec()];
    assert_eq!(contents, expected[..if own { 2 } else { 1 }]);
    let imported = message(&desk, &archivist, &inbox, "0506").await;
    accepted(&desk, &office, "/aussonderung/antwort", &imported).await;

    // Two people delete; one alone cannot.
    let first = sign(&desk, &office, &record, "request").await;
    assert_eq!(first.status, 303, "{}", first.text());
    let same = sign(&desk, &office, &record, "delete").await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", same.text());
    assert_eq!(state(&desk, &record).await, "HandedOver");
    let other = sign(&desk, &second, &record, "delete").await;
    assert_eq!(other.status, 303, "{}", other.text());
    desk.work().await;
    assert_eq!(state(&desk, &record).await, "Deleted");
    let page = desk.site.get(&office, &record).await.text();
    assert!(!page.contains("Fundsachen 2026") && page.contains("Was bleibt"), "{page}");
    let name = match version {
        Version::V2_4 => "2.4",
        _ => "3.0",
    };
    println!("exchange-{name}: offered, appraised, handed over, imported, deleted by two people");
}

#[tokio::test]
async fn an_office_and_an_archive_finish_a_disposal_through_the_pages() {
    exchange(Version::V3_0).await;
}

#[tokio::test]
async fn the_same_in_the_version_before() {
    exchange(Version::V2_4).await;
}

#[tokio::test]
async fn a_hold_keeps_a_record_whatever_the_term_says() {
    let Pair { desk, archivist, .. } = pair().await;
    let office = desk.registry.clone();
    let record = stored(&desk, "3.3", "Fundsachen 2026", true).await;
    let id = record.rsplit('/').next().unwrap().to_owned();
    desk.site.clock.set("2031-01-10T08:00:00Z".parse().unwrap());
    desk.work().await;

    // Without reason or scope there is none.
    let nothing = desk.site.post(&office, "/sperren", &[("scope", "branch"), ("entry", "3"), ("reason", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = [("scope", "record"), ("reference", "gibt es nicht"), ("reason", "Klage 4 K 12/31")];
    assert_eq!(desk.site.post(&office, "/sperren", &unknown).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let held = [("scope", "branch"), ("entry", "3"), ("reason", "Klage 4 K 12/31"), ("until", "2031-06-30")];
    let reply = desk.site.post(&office, "/sperren", &held).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let list = desk.site.get(&office, "/sperren").await.text();
    assert!(list.contains("Klage 4 K 12/31") && list.contains("Zweig des Aktenplans 3"), "{list}");
    assert!(desk.site.get(&office, &record).await.text().contains("Klage 4 K 12/31"));
    let refused = desk.site.post(&office, "/aussonderung/anbieten", &[("record", &id)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert_eq!(state(&desk, &record).await, "Stored");

    // Others neither see nor lift it; a hold of one tenant is none of another's.
    let hold = list.split("/sperren/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let lift = format!("/sperren/{hold}/aufheben");
    assert_eq!(desk.site.post(&archivist, &lift, &[("reason", "erledigt")]).await.status, StatusCode::FORBIDDEN);
    let mut stranger = desk.site.person("Fremd", &[HOLD]);
    stranger.tenant = archivist.tenant.clone();
    assert_eq!(desk.site.post(&stranger, &lift, &[("reason", "erledigt")]).await.status, StatusCode::NOT_FOUND);

    let prolong = [("until", "2032-06-30"), ("reason", "Berufung")];
    let prolonged = desk.site.post(&office, &format!("/sperren/{hold}/verlaengern"), &prolong).await;
    assert_eq!(prolonged.status, 303, "{}", prolonged.text());
    assert!(desk.site.get(&office, "/sperren").await.text().contains("30.06.2032"));
    let extend = desk.site.post(&office, &format!("/sperren/{hold}/erweitern"), &[]).await;
    assert_eq!(extend.status, StatusCode::UNPROCESSABLE_ENTITY, "only a search grows");
    let reply = desk.site.post(&office, &lift, &[("reason", "Vergleich vor Gericht")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    desk.site.clock.set("2031-01-11T08:00:00Z".parse().unwrap());
    let offered = desk.site.post(&office, "/aussonderung/anbieten", &[("record", &id)]).await;
    assert_eq!(offered.status, 303, "{}", offered.text());
}

#[tokio::test]
async fn a_search_and_people_are_held_by_those_who_may_everywhere() {
    let Pair { desk, .. } = pair().await;
    let office = desk.registry.clone();
    let record = stored(&desk, "3.3", "Fundsachen 2026", true).await;
    for fields in [
        [("scope", "search"), ("words", "Fundsachen"), ("reason", "Prüfung des Rechnungshofs")],
        [("scope", "subjects"), ("subjects", "Erika Beispiel\n"), ("reason", "Art. 18 DSGVO")],
    ] {
        let reply = desk.site.post(&office, "/sperren", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
    }
    let page = desk.site.get(&office, &record).await.text();
    assert!(page.contains("Prüfung des Rechnungshofs") && !page.contains("Art. 18 DSGVO"), "{page}");
    let list = desk.site.get(&office, "/sperren").await.text();
    assert!(list.contains("„Fundsachen“ (1 Akten)"), "{list}");
}
