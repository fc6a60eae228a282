//! The watched folder of records: files and folders become records, once, and nothing gets lost on the way.

use std::fs;

use vir_archive::lifecycle::State;
use vir_archive_desk::intake::Watch;
use vir_archive_desk::records;
use vir_store::Tx;

use crate::desk::Desk;
use vir_web::watched::Watch as _;

async fn all(desk: &Desk) -> Vec<(String, String, i64)> {
    desk.read(|tx: &mut Tx| {
        Box::pin(async move {
            let rows = tx.all("select title, kind, documents from archive_record order by title", &[]).await?;
            rows.iter().map(|row| Ok((row.text("title")?, row.text("kind")?, row.int("documents")?))).collect()
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_the_folder_becomes_records_once() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("in/3.3/Fundsache Schirm/Fotos")).unwrap();
    fs::create_dir_all(at("in/99")).unwrap();
    fs::write(at("in/3.3/Verlustanzeige.txt"), "Ein Ring").unwrap();
    fs::write(at("in/3.3/Fundsache Schirm/Anzeige.txt"), "Ein Schirm").unwrap();
    fs::write(at("in/3.3/Fundsache Schirm/Fotos/1.txt"), "Bild").unwrap();
    fs::write(at("in/3.3/.noch-nicht.txt"), "halb").unwrap();
    fs::write(at("in/99/Irrläufer.txt"), "wohin?").unwrap();
    fs::create_dir_all(at("in/3.3/Leer")).unwrap();
    let watch = || Watch::new(desk.site.app.clone(), desk.site.tenant.clone(), folder.path().to_owned());
    let mut first = watch();
    assert_eq!(first.round().await, 0, "nothing is known to be steady yet");
    assert_eq!(first.round().await, 4);
    let expect = [
        ("Fundsache Schirm".to_owned(), "file".to_owned(), 2),
        ("Verlustanzeige.txt".to_owned(), "document".to_owned(), 1),
    ];
    assert_eq!(all(&desk).await, expect);
    assert!(at("in/3.3/.noch-nicht.txt").exists());

    let reports: Vec<String> = ["failed/99", "failed/3.3"]
        .iter()
        .flat_map(|folder| fs::read_dir(at(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(reports.len(), 2);
    assert!(reports.iter().any(|report| report.contains("Der Ordner ist leer")), "{reports:?}");

    // As after a crash between the record and the move: the same thing lies there again.
    fs::write(at("in/3.3/Verlustanzeige.txt"), "Ein Ring").unwrap();
    let mut again = watch();
    again.round().await;
    assert_eq!(again.round().await, 1);
    assert_eq!(all(&desk).await, expect);

    desk.work().await;
    let states = desk
        .read(|tx: &mut Tx| {
            Box::pin(async move {
                let mut states = Vec::new();
                for row in tx.all("select id from archive_record", &[]).await? {
                    states.push(records::load(tx, &row.text("id")?.as_str().into()).await?.unwrap().record.state);
                }
                Ok(states)
            })
        })
        .await;
    assert_eq!(states, [State::Stored, State::Stored]);
}
