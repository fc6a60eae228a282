//! Own invoices: numbered without gaps, unchangeable once issued, cancelled by a credit note.

use axum::http::StatusCode;
use vir_invoice_desk::block;
use vir_web::test::Site;

#[tokio::test]
async fn an_own_invoice_goes_from_draft_to_credit_note() {
    let site = Site::new(vec![block()]).await;
    let wiebke = site.person("Wiebke", &["invoice.see", "invoice.send", "invoice.configure"]);
    let fields = [
        ("buyer_name", "Landkreis Musterland"),
        ("buyer_post_code", "26999"),
        ("buyer_city", "Musterstadt"),
        ("leitweg", "04011000-12345-03"),
        ("due_date", "2026-12-20"),
        ("small_business", "on"),
        ("line_name", "Nutzung der Turnhalle"),
        ("line_quantity", "3"),
        ("line_unit", "HUR"),
        ("line_price", "40"),
        ("line_vat", "19"),
        ("do", "preview"),
    ];
    let early = site.post(&wiebke, "/ausgangsrechnungen/neu", &fields).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().contains("Rechnungssteller"), "{}", early.text());

    let seller = [
        ("name", "Stadt Musterstadt"),
        ("street", "Markt 1"),
        ("post_code", "26999"),
        ("city", "Musterstadt"),
        ("tax_number", "12/345/67890"),
        ("contact", "Stadtkasse"),
        ("phone", "04731 1"),
        ("email", "kasse@musterstadt.example"),
        ("iban", "DE89370400440532013000"),
        ("prefix", "A-"),
    ];
    assert_eq!(site.post(&wiebke, "/ausgangsrechnungen/rechnungssteller", &seller).await.status, StatusCode::SEE_OTHER);
    let kept = site.post(&wiebke, "/ausgangsrechnungen/neu", &fields).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let at = kept.location().to_owned();
    let draft = site.get(&wiebke, &at).await.text();
    assert!(draft.contains("Ausstellen"), "{draft}");

    let issued = site.post(&wiebke, &format!("{at}/ausstellung"), &[]).await;
    assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.text());
    let page = site.get(&wiebke, &at).await.text();
    assert!(page.contains("A-2026-00001") && page.contains("120,00") && page.contains("/rechnungen/"), "{page}");
    let first = site.get(&wiebke, &format!("{at}/xml")).await;
    assert!(first.text().contains("A-2026-00001"));
    assert!(site.get(&wiebke, &format!("{at}/pdf")).await.bytes.starts_with(b"%PDF"));

    let mut changed = fields;
    changed[0].1 = "Jemand anders";
    assert_eq!(site.post(&wiebke, &at, &changed).await.status, StatusCode::CONFLICT);
    assert_eq!(site.post(&wiebke, &format!("{at}/ausstellung"), &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(first.bytes, site.get(&wiebke, &format!("{at}/xml")).await.bytes);

    assert_eq!(site.post(&wiebke, &format!("{at}/versand"), &[]).await.status, StatusCode::SEE_OTHER);
    let cancelled = site.post(&wiebke, &format!("{at}/storno"), &[]).await;
    assert_eq!(cancelled.status, StatusCode::SEE_OTHER, "{}", cancelled.text());
    let credit = site.get(&wiebke, cancelled.location()).await.text();
    assert!(credit.contains("A-2026-00002"), "{credit}");
    let (credit_at, first_page) = (cancelled.location(), site.get(&wiebke, &at).await.text());
    assert!(first_page.contains("Storniert durch") && first_page.contains(credit_at), "{first_page}");
    let xml = site.get(&wiebke, &format!("{credit_at}/xml")).await.text();
    assert!(xml.contains(">381<") && xml.contains("A-2026-00001"), "{xml}");
    let report = vir_invoice::check::check(xml.as_bytes(), &vir_invoice::check::Options::default());
    assert_eq!(report.verdict, vir_invoice::check::Verdict::Accept, "{:?}", report.findings);
    assert_eq!(site.post(&wiebke, &format!("{at}/storno"), &[]).await.status, StatusCode::CONFLICT);
    let list = site.get(&wiebke, "/ausgangsrechnungen").await.text();
    assert!(list.contains("Storniert") && list.contains("A-2026-00002"), "{list}");
}
