//! Many invoices at once: what is chosen, what would happen, what happened, and back again.

use std::io::Cursor;

use vir_auth::Principal;
use vir_invoice_desk::bulk::work_through;
use vir_invoice_desk::workflow::Decider;
use vir_web::test::{Reply, Site};

use crate::invoices::{self, execute, number};

/// A site with so many coded invoices of one unit.
async fn site(many: usize) -> (Site, Vec<String>) {
    let coded = "update invoice set unit_id = 'root', state = 'coded', duplicate_of = null, payable_cents = 50000";
    invoices::site(many, coded).await
}

fn person(site: &Site, name: &str, permissions: &[&str]) -> Principal {
    site.person(name, &[&["invoice.see"], permissions].concat())
}

async fn choose(site: &Site, who: &Principal, action: &str, which: &str, ids: &[String]) -> Reply {
    let mut fields = vec![("action", action), ("which", which), ("query", "state=coded")];
    fields.extend(ids.iter().map(|id| ("id", id.as_str())));
    site.post(who, "/rechnungen/auswahl", &fields).await
}

#[tokio::test]
async fn several_are_held_and_released_again() {
    let (site, ids) = site(3).await;
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    let register = site.get(&clerk, "/rechnungen").await.text();
    assert!(register.contains("alle passenden: 3 Rechnungen") && register.contains("name=\"id\""), "{register}");
    let chosen = choose(&site, &clerk, "hold", "ticked", &ids[..2]).await;
    assert_eq!(chosen.status, 303, "{}", chosen.text());
    let at = chosen.location().to_owned();
    let page = site.get(&clerk, &at).await;
    assert!(page.text().contains("Anhalten (2)"), "{}", page.text());
    assert_eq!(number(&site, "select count(*) as n from invoice where on_hold").await, 0, "looking changes nothing");
    assert_eq!(site.post(&clerk, &at, &[("reason", " ")]).await.status, 422);
    assert_eq!(site.post(&clerk, &at, &[("reason", "Lieferung unklar")]).await.status, 303);
    let report = site.get(&clerk, &at).await.text();
    assert!(report.contains("Alle 2 erledigt"), "{report}");
    assert_eq!(number(&site, "select count(*) as n from invoice where on_hold").await, 2);
    assert_eq!(number(&site, "select count(*) as n from audit where action = 'invoice.hold'").await, 2);
    // A second click does nothing.
    assert_eq!(site.post(&clerk, &at, &[("reason", "Lieferung unklar")]).await.status, 303);
    assert_eq!(number(&site, "select count(*) as n from invoice_decision").await, 2);
    // Back again, looked over like anything else.
    let back = site.post(&clerk, &format!("{at}/zurueck"), &[]).await;
    assert_eq!(back.status, 303, "{}", back.text());
    let undo = back.location().to_owned();
    assert!(site.get(&clerk, &undo).await.text().contains("Fortsetzen (2)"));
    assert_eq!(site.post(&clerk, &undo, &[]).await.status, 303);
    assert_eq!(number(&site, "select count(*) as n from invoice where on_hold").await, 0);
    // It is nobody else's.
    let other = person(&site, "Otto Anders", &["invoice.code"]);
    for path in [at.clone(), format!("{at}/bericht")] {
        assert_eq!(site.get(&other, &path).await.status, 404);
    }
    let csv = site.get(&clerk, &format!("{at}/bericht")).await.text();
    assert_eq!(csv.lines().filter(|line| line.contains("erledigt")).count(), 2, "{csv}");
}

#[tokio::test]
async fn each_is_checked_by_itself_and_the_report_says_why_not() {
    let (site, ids) = site(4).await;
    let certifier = person(&site, "Hauke Beispiel", &["invoice.certify"]);
    execute(&site, "update invoice set state = 'received' where number like 'N0-%'").await;
    let at = choose(&site, &certifier, "certify", "all", &[]).await.location().to_owned();
    // The filter `state=coded` leaves the first out.
    assert!(site.get(&certifier, &at).await.text().contains("feststellen (3)"));
    // Somebody changes one of them before the button is pressed.
    execute(&site, "update invoice set version = version + 1 where number like 'N1-%'").await;
    let page = site.get(&certifier, &at).await.text();
    assert!(page.contains("inzwischen geändert") && page.contains("feststellen (2)"), "{page}");
    assert_eq!(site.post(&certifier, &at, &[]).await.status, 303);
    let report = site.get(&certifier, &at).await.text();
    assert!(report.contains("2 erledigt, 1 abgewiesen") && report.contains("inzwischen geändert"), "{report}");
    assert_eq!(number(&site, "select count(*) as n from invoice where state = 'certified'").await, 2);
    // Who may not order has no such action, and posting it orders nothing.
    assert!(!site.get(&certifier, "/rechnungen").await.text().contains("value=\"order\""));
    let at = choose(&site, &certifier, "order", "ticked", &ids).await.location().to_owned();
    assert_eq!(site.post(&certifier, &at, &[]).await.status, 303);
    assert!(site.get(&certifier, &at).await.text().contains("Keine erledigt, 4 abgewiesen"));
    assert_eq!(number(&site, "select count(*) as n from voucher").await, 0);
}

#[tokio::test]
async fn orders_keep_limit_and_certifiers_give_a_reason() {
    let (site, _) = site(3).await;
    execute(&site, "update invoice set state = 'coded', payable_cents = 900000 where number like 'N2-%'").await;
    let certifier = person(&site, "Hauke Beispiel", &["invoice.certify"]);
    let at = choose(&site, &certifier, "certify", "all", &[]).await.location().to_owned();
    assert_eq!(site.post(&certifier, &at, &[]).await.status, 303);
    let units = || vec![vir_web::test::unit("root", None)];
    let grant =
        |permissions: &[&str]| vir_web::test::grant(permissions, &"root".into(), vir_auth::Limit::UpTo(100_000));
    let orderer = site.person_with("Frauke Beispiel", vec![grant(&["invoice.see", "invoice.order"])], units());
    let fields = [("action", "order"), ("which", "all"), ("query", "state=certified")];
    let at = site.post(&orderer, "/rechnungen/auswahl", &fields).await.location().to_owned();
    let page = site.get(&orderer, &at).await.text();
    assert!(page.contains("Ihre Anordnungsbefugnis reicht bis") && page.contains("anordnen (2)"), "{page}");
    assert_eq!(site.post(&orderer, &at, &[]).await.status, 303);
    assert!(site.get(&orderer, &at).await.text().contains("2 erledigt, 1 abgewiesen"));
    assert_eq!(number(&site, "select count(*) as n from voucher").await, 2);
    // Taken back, they are certified again and keep their numbers.
    let undo = site.post(&orderer, &format!("{at}/zurueck"), &[]).await.location().to_owned();
    assert_eq!(site.post(&orderer, &undo, &[("reason", "Falscher Monat")]).await.status, 303);
    assert_eq!(number(&site, "select count(*) as n from invoice where state = 'certified'").await, 3);
    assert_eq!(number(&site, "select count(*) as n from invoice where voucher_number is not null").await, 2);
}

#[tokio::test]
async fn many_are_a_job_that_may_be_interrupted() {
    let (site, _) = site(70).await;
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    let at = choose(&site, &clerk, "comment", "all", &[]).await.location().to_owned();
    assert_eq!(site.post(&clerk, &at, &[("text", "Bitte bis Freitag ansehen")]).await.status, 303);
    let page = site.get(&clerk, &at).await;
    assert!(page.headers.contains_key("refresh") && page.text().contains("<progress"), "{}", page.text());
    let id = at.rsplit('/').next().unwrap().to_owned();
    let directory = site.app.auth.directory(&site.tenant).await.unwrap();
    // Two at once, as after a lease that ran out: each invoice gets one comment.
    let run = || {
        work_through(
            &site.app.store,
            &site.tenant,
            &id,
            Some(Decider { principal: clerk.clone(), directory: directory.clone() }),
        )
    };
    let (one, two) = tokio::join!(run(), run());
    one.unwrap();
    two.unwrap();
    assert_eq!(number(&site, "select count(*) as n from invoice_comment").await, 70);
    assert!(site.get(&clerk, &at).await.text().contains("Alle 70 erledigt"));
}

#[tokio::test]
async fn a_selection_is_downloaded() {
    let (site, ids) = site(3).await;
    let clerk = person(&site, "Erika Beispiel", &[]);
    let at = choose(&site, &clerk, "originals", "ticked", &ids[..2]).await.location().to_owned();
    assert!(site.get(&clerk, &at).await.text().contains("ZIP-Datei herunterladen"));
    let zip = site.get(&clerk, &format!("{at}/originale")).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip.bytes)).unwrap();
    assert_eq!(archive.len(), 2);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut text).unwrap();
    assert!(text.contains("<cbc:ID>N0-"), "as it was received");
    let at = choose(&site, &clerk, "export", "ticked", &ids[1..]).await.location().to_owned();
    let csv = site.get(&clerk, &format!("{at}/liste?form=csv")).await.text();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert_eq!(
        number(&site, "select count(*) as n from audit where action in ('invoice.download', 'invoice.export')").await,
        2
    );
    // Nothing chosen, nothing happens.
    let nothing = choose(&site, &clerk, "export", "ticked", &[]).await;
    assert!(nothing.location().starts_with("/rechnungen?state=coded"));
    assert_eq!(number(&site, "select count(*) as n from bulk").await, 2);
}

#[tokio::test]
async fn views_columns_and_what_was_seen() {
    let (site, ids) = site(2).await;
    let clerk = person(&site, "Erika Beispiel", &["invoice.code"]);
    let new = site.get(&clerk, "/rechnungen/ansichten/neu?state=coded&sort=due&columns=seller,iban").await;
    assert!(new.text().contains("value=\"state=coded&amp;sort=due\""), "{}", new.text());
    let fields = |name: &'static str, share: &'static str| {
        [
            ("name", name),
            ("share", share),
            ("query", "state=coded&sort=due"),
            ("columns", "seller,iban"),
            ("standard", "on"),
        ]
    };
    assert_eq!(site.post(&clerk, "/rechnungen/ansichten", &fields("", "")).await.status, 422);
    assert_eq!(site.post(&clerk, "/rechnungen/ansichten", &fields("Fremde", "unit:elsewhere")).await.status, 422);
    let made = site.post(&clerk, "/rechnungen/ansichten", &fields("Kontierte", "unit:root")).await;
    assert_eq!((made.status.as_u16(), made.location()), (303, "/rechnungen?state=coded&sort=due&columns=seller,iban"));
    // It is what the register begins with; the bare list is one link away.
    assert_eq!(site.get(&clerk, "/rechnungen").await.location(), made.location());
    let list = site.get(&clerk, made.location()).await.text();
    assert!(
        list.contains("Kontierte") && list.contains("IBAN") && list.contains("href=\"/rechnungen?ansicht=alle\"")
            || list.contains("ansicht"),
        "{list}"
    );
    assert_eq!(site.get(&clerk, "/rechnungen?ansicht=alle").await.status, 200);
    // Whoever sees the unit sees it, and cannot change it.
    let other = person(&site, "Otto Anders", &[]);
    let page = site.get(&other, "/rechnungen/ansichten").await.text();
    assert!(page.contains("Kontierte") && page.contains("geteilt von"), "{page}");
    let id = page.split("/rechnungen/ansichten/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    for what in ["entfernen", "hoch"] {
        assert_eq!(site.post(&other, &format!("/rechnungen/ansichten/{id}/{what}"), &[]).await.status, 404, "{what}");
    }
    let fremd = site.person_with(
        "Frida Fremd",
        vec![vir_web::test::grant(&["invoice.see"], &"kita".into(), vir_auth::Limit::Unlimited)],
        vec![vir_web::test::unit("root", None), vir_web::test::unit("kita", Some("root"))],
    );
    assert!(!site.get(&fremd, "/rechnungen/ansichten").await.text().contains("Kontierte"));
    // Columns are kept for the person.
    assert_eq!(
        site.post(&other, "/rechnungen/spalten", &[("do", "in:iban"), ("zurueck", "state=coded")]).await.status,
        303
    );
    assert!(site.get(&other, "/rechnungen").await.text().contains("data-label=\"IBAN\""));
    assert!(!site.get(&fremd, "/rechnungen").await.text().contains("data-label=\"IBAN\""));
    // What was looked at is found again.
    assert!(!site.get(&other, "/rechnungen").await.text().contains("Zuletzt gesehen"));
    assert_eq!(site.get(&other, &format!("/rechnungen/{}", ids[0])).await.status, 200);
    assert!(site.get(&other, "/rechnungen").await.text().contains("Zuletzt gesehen"));
    assert_eq!(site.post(&clerk, &format!("/rechnungen/ansichten/{id}/entfernen"), &[]).await.status, 303);
    assert_eq!(site.get(&clerk, "/rechnungen").await.status, 200, "without the view the register begins with the list");
}
