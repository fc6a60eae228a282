//! What is kept about somebody: as a page, as CSV, and noted.

use axum::http::StatusCode;
use vir_archive_desk::permissions::{REPORT, SEE};

use crate::desk::Desk;

#[tokio::test]
async fn the_report_says_what_is_kept_until_when_by_which_rule_and_who_saw_it() {
    let desk = Desk::new().await;
    let record = desk.open("3.3", "Geldbörse, schwarz").await;
    let other = desk.open("3.3", "Anfrage zu Erika Beispiel").await;
    let named = desk.step(&record, &[("step", "name-subject"), ("subject", "Erika Beispiel")]).await;
    assert_eq!(named.status, 303, "{}", named.text());
    let closed = desk.step(&record, &[("step", "close")]).await;
    assert_eq!(closed.status, 303, "{}", closed.text());
    desk.work().await;
    let hold = [("scope", "subjects"), ("subjects", "Erika Beispiel"), ("reason", "Klage 4 K 12/26")];
    assert_eq!(desk.site.post(&desk.registry, "/sperren", &hold).await.status, 303);
    desk.site.get(&desk.registry, &record).await;

    let officer = desk.site.person("Dora Datenschutz", &[REPORT]);
    let page = desk.site.get(&officer, "/auskunft?person=Erika%20Beispiel").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for word in ["Geldbörse, schwarz", "31.12.2029", "3 Jahre ab Jahresende", "Klage 4 K 12/26"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let seen = text.matches("×, zuletzt").count();
    assert!(seen >= 1, "{text}");
    // The officer may not see records, so none is found by words.
    assert!(!text.contains("Anfrage zu Erika Beispiel"));
    let both = desk.site.person("Dora Datenschutz", &[REPORT, SEE]);
    let text = desk.site.get(&both, "/auskunft?person=Erika%20Beispiel").await.text();
    assert!(text.contains("Anfrage zu Erika Beispiel") && text.contains(&other), "{text}");
    assert!(desk.site.get(&both, "/auskunft?person=Erika").await.text().contains("Ähnliche Namen"));

    // Who may ask in another unit only learns neither records nor names.
    let root = vir_auth::UnitId::from("elsewhere");
    let grants = vec![vir_web::test::grant(&[REPORT], &root, vir_auth::Limit::Unlimited)];
    let units = vec![vir_web::test::unit("root", None), vir_web::test::unit("elsewhere", Some("root"))];
    let stranger = desk.site.person_with("Fremd", grants, units);
    for asked in ["Erika", "Erika%20Beispiel"] {
        let text = desk.site.get(&stranger, &format!("/auskunft?person={asked}")).await.text();
        assert!(!text.contains("Geldbörse") && !text.contains("Ähnliche Namen"), "{text}");
    }
    let csv = desk.site.get(&officer, "/auskunft/datei?person=Erika%20Beispiel").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert_eq!(csv.text().lines().count(), 2, "{}", csv.text());
    assert_eq!(desk.site.get(&desk.registry, "/auskunft").await.status, StatusCode::FORBIDDEN);
}
