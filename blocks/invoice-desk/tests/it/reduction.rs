//! Reductions: less is certified, and coding, payment and discount follow; orders with their sums.

use vir_auth::Principal;
use vir_invoice_desk::hand_over::run::payable;
use vir_invoice_desk::invoice_row::{InvoiceId, InvoiceRow};
use vir_store::Tx;
use vir_web::test::Site;

use crate::invoices::{self, execute, number};

async fn site(many: usize) -> (Site, Vec<String>) {
    invoices::site(many, "update invoice set unit_id = 'root', payable_cents = 100000, skonto_cents = 2000, order_reference = 'B-7', verdict = 'accept'").await
}

async fn row(site: &Site, id: &str) -> InvoiceRow {
    let id = InvoiceId(id.to_owned());
    let read =
        site.app.store.read(&site.tenant, |tx: &mut Tx| Box::pin(async move { InvoiceRow::load(tx, &id).await }));
    read.await.unwrap().unwrap()
}

fn person(site: &Site, name: &str, permissions: &[&str]) -> Principal {
    site.person(name, &[&["invoice.see"], permissions].concat())
}

const LINES: &str = "select cast(sum(amount_cents) as BIGINT) as n from coding_line where version = (select max(version) from coding_line)";

#[tokio::test]
async fn less_is_certified_and_all_else_follows() {
    let (site, ids) = site(1).await;
    let at = format!("/rechnungen/{}", ids[0]);
    let clerk = person(&site, "Erika Beispiel", &["invoice.code", "invoice.certify"]);
    let code = [
        ("version", "1"),
        ("cost_centre", "100"),
        ("account", "4222"),
        ("product", "111"),
        ("tax", "none"),
        ("investment", ""),
        ("note", ""),
        ("share", ""),
        ("do", "save"),
    ];
    assert_eq!(site.post(&clerk, &format!("{at}/kontierung"), &code).await.status, 303);
    let substance = [("kind", "certify_substance"), ("version", "2"), ("reason", "")];
    assert_eq!(site.post(&clerk, &format!("{at}/entscheidung"), &substance).await.status, 303);

    let reduce = format!("{at}/kuerzung");
    let part = |cents: &'static str, why: &'static str| {
        [("version", "3"), ("kind", "missing"), ("line", "1"), ("cents", cents), ("why", why)]
    };
    for (cents, why, what) in [
        ("viel", "fehlt ganz", "no amount"),
        ("0", "fehlt ganz", "nothing"),
        ("1.000,00", "fehlt ganz", "the whole"),
        ("250,00", "", "no reason"),
    ] {
        let refused = site.post(&clerk, &reduce, &part(cents, why)).await;
        assert!(refused.status == 200 || refused.status == 422, "{what}: {}", refused.status);
        assert!(refused.text().contains(&format!("value=\"{cents}\"")), "{what}: what was typed is kept");
    }
    assert!(row(&site, &ids[0]).await.reduced_cents.is_none());
    let done = site.post(&clerk, &reduce, &part("250,00", "zwei Stühle <fehlen>")).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = site.get(&clerk, &at).await.text();
    for text in ["1.000,00", "750,00", "zwei Stühle &lt;fehlen&gt;", "Zahlbetrag", "gekürzt auf"] {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(number(&site, LINES).await, 75_000, "the coding follows");
    let now = row(&site, &ids[0]).await;
    assert_eq!(
        (now.payable_cents, now.due_cents(), now.due_skonto_cents()),
        (Some(100_000), Some(75_000), Some(1_500))
    );
    let pays = payable(&now, true);
    assert_eq!((pays.cents, pays.discount), (75_000, 1_500), "so do payment and discount");
    // What was certified was another amount.
    let arithmetic = [("kind", "certify_both"), ("version", "4"), ("reason", "")];
    assert_eq!(site.post(&clerk, &format!("{at}/entscheidung"), &arithmetic).await.status, 303, "both are needed anew");
    // Certified, it is not reduced any more.
    let late = site
        .post(
            &clerk,
            &reduce,
            &[("version", "6"), ("kind", "price"), ("line", ""), ("cents", "1,00"), ("why", "doch noch teurer")],
        )
        .await;
    assert!(late.text().contains("Nicht möglich"), "{}", late.text());
    // The register knows.
    let list = site.get(&clerk, "/rechnungen?columns=seller,amount,payable").await.text();
    assert!(list.contains("750,00") && list.contains("gekürzt"), "{list}");
    // The supplier is told, in words that a person may change.
    let notice = [("to", "rechnung@lieferant.example"), ("text", "Wir kürzen um 250 Euro.")];
    assert_eq!(site.post(&clerk, &format!("{reduce}/mitteilung"), &notice).await.status, 303);
    assert_eq!(number(&site, "select count(*) as n from event where kind = 'invoice.notice'").await, 1);
    assert_eq!(number(&site, "select count(*) as n from event where kind = 'invoice.reduce'").await, 1);
}

#[tokio::test]
async fn a_reduction_is_taken_back_and_retention_has_its_limit() {
    let (site, ids) = site(1).await;
    let at = format!("/rechnungen/{}", ids[0]);
    let clerk = person(&site, "Erika Beispiel", &["invoice.code", "invoice.certify"]);
    let keep = |version: &'static str, cents: &'static str| {
        [
            ("version", version),
            ("kind", "retention"),
            ("line", ""),
            ("cents", cents),
            ("why", "Gewährleistung bis 2030"),
        ]
    };
    assert_eq!(site.post(&clerk, &format!("{at}/kuerzung"), &keep("1", "100,00")).await.status, 303, "a tenth");
    let much = site.post(&clerk, &format!("{at}/kuerzung"), &keep("2", "500,00")).await;
    assert_eq!(much.status, 303, "each part has its reason, which explains it");
    assert_eq!(number(&site, "select count(*) as n from invoice_decision where warnings = 'VOB-B-17-6'").await, 1);
    assert_eq!(site.post(&clerk, &format!("{at}/kuerzung"), &[("version", "3")]).await.status, 303);
    assert_eq!(row(&site, &ids[0]).await.due_cents(), Some(100_000));
    assert!(!site.get(&clerk, &at).await.text().contains("Zahlbetrag"));
}

#[tokio::test]
async fn an_order_that_is_exceeded_is_certified_only_with_a_reason() {
    let (site, ids) = site(2).await;
    let clerk = person(&site, "Erika Beispiel", &["invoice.code", "invoice.certify"]);
    let at = format!("/rechnungen/{}", ids[1]);
    assert_eq!(
        site.post(&clerk, &format!("{at}/bestellung"), &[("cents", "1.500,00"), ("note", "")]).await.status,
        303
    );
    let page = site.get(&clerk, &at).await.text();
    assert!(page.contains("Auftragssumme überschritten") && page.contains("2.000,00"), "{page}");
    execute(&site, "update invoice set state = 'coded'").await;
    let certify = |reason: &'static str| [("kind", "certify_substance"), ("version", "1"), ("reason", reason)];
    let refused = site.post(&clerk, &format!("{at}/entscheidung"), &certify("")).await;
    assert!(refused.text().contains("500,00"), "{}", refused.text());
    assert_eq!(site.post(&clerk, &format!("{at}/entscheidung"), &certify("Nachtrag vom Oktober")).await.status, 303);
    // What was taken off for good is not invoiced any more; what is kept back is.
    let first = format!("/rechnungen/{}", ids[0]);
    let part = [("version", "1"), ("kind", "price"), ("line", ""), ("cents", "600,00"), ("why", "Preis laut Angebot")];
    assert_eq!(site.post(&clerk, &format!("{first}/kuerzung"), &part).await.status, 303);
    assert!(!site.get(&clerk, &at).await.text().contains("Auftragssumme überschritten"));
}
