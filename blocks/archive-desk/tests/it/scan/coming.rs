//! How batches come: pages, devices, folders; and who may do what.

use axum::body::Body;
use axum::http::{Request, header};
use vir_archive_desk::scan::demo;
use vir_archive_desk::scan::folder::Watch;
use vir_auth::{By, Principal};

use super::{LETTER, Station};
use vir_web::watched::Watch as _;

fn device(station: &Station) -> Principal {
    let mut device = station.scanner.clone();
    device.by = By::Token("t1".into());
    device
}

async fn send(
    station: &Station,
    who: &Principal,
    key: Option<&str>,
    class: &str,
    bytes: &[u8],
) -> (u16, serde_json::Value) {
    let mut body = Vec::new();
    for (name, value) in [("class", class), ("title", "Gerät 3")] {
        if !value.is_empty() {
            body.extend_from_slice(
                format!("--grenze\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
    }
    body.extend_from_slice(
        b"--grenze\r\nContent-Disposition: form-data; name=\"page\"; filename=\"a.tif\"\r\nContent-Type: image/tiff\r\n\r\n",
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--grenze--\r\n");
    let mut request =
        Request::post("/api/v1/scan-batches").header(header::CONTENT_TYPE, "multipart/form-data; boundary=grenze");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let reply = station.desk.site.send(Some(who), request.body(Body::from(body)).unwrap()).await;
    (reply.status.as_u16(), serde_json::from_slice(&reply.bytes).unwrap_or_default())
}

#[tokio::test]
async fn a_device_sends_a_batch_once() {
    let station = Station::new().await;
    let device = device(&station);
    let (status, first) = send(&station, &device, Some("k1"), "post", LETTER).await;
    assert_eq!((status, first["state"].as_str()), (201, Some("scanning")), "{first}");
    let (status, again) = send(&station, &device, Some("k1"), "post", LETTER).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));
    assert_eq!(send(&station, &device, Some("k1"), "geheim", LETTER).await.0, 422);
    assert_eq!(send(&station, &device, None, "unbekannt", LETTER).await.0, 409);
    let (status, waiting) = send(&station, &device, None, "", LETTER).await;
    assert_eq!((status, waiting["state"].as_str()), (201, Some("received")));
    station.desk.work().await;
    let id = first["id"].as_str().unwrap();
    let request = Request::get(format!("/api/v1/scan-batches/{id}")).body(Body::empty()).unwrap();
    let one = station.desk.site.send(Some(&device), request).await.json();
    assert_eq!((one["pages"].as_i64(), one["work"].as_str()), (Some(2), Some("")));
}

#[tokio::test]
async fn a_folder_is_taken_once_it_is_still() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let folder = site.folder().join("eingang/scan");
    let mut watch = Watch::new(site.app.clone(), site.tenant.clone(), folder.clone());
    assert_eq!(watch.round().await, 0, "no folder, no channel");
    let stack = folder.join("in/stapel 1");
    std::fs::create_dir_all(&stack).unwrap();
    std::fs::write(stack.join("seite-10.tif"), LETTER).unwrap();
    std::fs::write(folder.join("in/einzeln.tif"), LETTER).unwrap();
    std::fs::write(folder.join("in/halb.tif.part"), LETTER).unwrap();
    assert_eq!(watch.round().await, 0, "seen once");
    std::fs::write(stack.join("seite-9.tif"), LETTER).unwrap();
    assert_eq!(watch.round().await, 1, "the folder has grown");
    assert_eq!(watch.round().await, 1);
    let left: Vec<_> = std::fs::read_dir(folder.join("in")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["halb.tif.part"]);
    let done = std::fs::read_dir(folder.join("done")).unwrap().count();
    assert_eq!(done, 4, "two batches, two reports");
    let page = site.get(&station.scanner, "/scannen").await.text();
    assert!(page.contains("stapel 1") && page.contains("eingegangen"), "{page}");
}

#[tokio::test]
async fn the_demonstration_has_batches() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let other: vir_store::TenantId = "vorfuehrung".parse().unwrap();
    site.app.store.create_tenant(&other, "Vorführung").await.unwrap();
    let by = || (vir_archive::lifecycle::Who::person("sven"), "Sven Scan".to_owned());
    demo(&site.app, &other, by()).await.unwrap();
    demo(&site.app, &other, by()).await.unwrap();
    let count = site.app.store.read(&other, |tx| {
        Box::pin(async move { tx.one("select count(*) as n from scan_batch", &[]).await?.int("n") })
    });
    assert_eq!(count.await.unwrap(), 4);
}

#[tokio::test]
async fn whoever_may_not_scan_sees_nothing() {
    let station = Station::new().await;
    let site = &station.desk.site;
    let id = station.batch("post", &[("a.tif", LETTER)]).await;
    let stranger = site.person("Fremd", &["archive.see"]);
    for path in ["", "/neu", "/klassen", "/trennblatt", "/verfahren", "/verfahrensdokumentation"] {
        assert_eq!(site.get(&stranger, &format!("/scannen{path}")).await.status, 403, "{path}");
    }
    for path in ["", "/pruefen", "/seiten/1", "/dokumente/1", "/transfervermerk", "/transfervermerk/xml"] {
        assert_eq!(site.get(&stranger, &format!("/scannen/{id}{path}")).await.status, 403, "{path}");
    }
    assert_eq!(site.get(&station.scanner, "/scannen/gibt-es-nicht").await.status, 404);
    let form = site.get(&station.scanner, "/scannen/klassen/post").await.text();
    assert!(form.contains("Posteingang"), "{form}");
    let fields = [
        ("title", "Post"),
        ("integrity", "normal"),
        ("confidentiality", "normal"),
        ("availability", "normal"),
        ("per_mille", "50"),
        ("at_least", "5"),
        ("least_dpi", "300"),
    ];
    let reply = site.post(&station.scanner, "/scannen/klassen/post", &fields).await;
    assert_eq!(reply.status, 422, "no seal and no proof: A.IS.1");
    let reply =
        site.post(&station.scanner, "/scannen/klassen/post", &[&fields[..], &[("proof", "Hashwerte")]].concat()).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
}
