//! Every journey that people make, with forms and links alone: one table, proved on both storages.
//!
//! The client runs no script, sends each form as the page offers it, and cannot fill a field or press
//! a button that is not there. What is shown only where scripts run, it does not see.

mod archive;
mod colleagues;
mod scanning;

use std::pin::Pin;
use std::sync::Arc;

use crate::browser::{Browser, Page};
use crate::installation::{Installation, PASSWORD, Storage};
use crate::samples;

type Journey = fn(Arc<Installation>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// What people do, and the test that does it.
const JOURNEYS: &[(&str, Journey)] = &[
    ("upload, code, certify, order, pay, bank's answer, close", |i| {
        Box::pin(async move { crate::journey::from_upload_to_closed(&i).await })
    }),
    ("reject with a notice, and reopen", |i| Box::pin(async move { rejection(&i).await })),
    ("ask the supplier, comment", |i| Box::pin(async move { conversation(&i).await })),
    ("hold, release, forward, return, link", |i| Box::pin(async move { steps_aside(&i).await })),
    ("settle a duplicate", |i| Box::pin(async move { duplicate(&i).await })),
    ("type a picture in", |i| Box::pin(async move { transcription(&i).await })),
    ("public web entry", |i| Box::pin(async move { web_entry(&i).await })),
    ("own invoices", |i| Box::pin(async move { own_invoices(&i).await })),
    ("register: filter, sort, export", |i| Box::pin(async move { register(&i).await })),
    ("many invoices at once, taken back", |i| Box::pin(async move { colleagues::many_at_once(&i).await })),
    ("saved views and columns", |i| Box::pin(async move { colleagues::views(&i).await })),
    ("take, assign, give back", |i| Box::pin(async move { colleagues::assignment(&i).await })),
    ("reduction with a notice", |i| Box::pin(async move { colleagues::reduction(&i).await })),
    ("notices and mentions", |i| Box::pin(async move { colleagues::notices(&i).await })),
    ("reading only", |i| Box::pin(async move { colleagues::reading_only(&i).await })),
    ("figures", |i| Box::pin(async move { figures(&i).await })),
    ("set-up of the desk", |i| Box::pin(async move { set_up(&i).await })),
    ("one's own account", |i| Box::pin(async move { account(&i).await })),
    ("administration", |i| Box::pin(async move { administration(&i).await })),
    ("a record from the first page to long-term storage", |i| {
        Box::pin(async move { archive::from_begun_to_stored(&i).await })
    }),
    ("closed in error, and reopened", |i| Box::pin(async move { archive::reopened(&i).await })),
    ("plan: an entry, its rule, an event for many", |i| Box::pin(async move { archive::the_plan(&i).await })),
    ("legal hold: imposed, prolonged, lifted", |i| Box::pin(async move { archive::a_hold(&i).await })),
    ("offered, appraised, handed over, deleted by two", |i| Box::pin(async move { archive::disposal(&i).await })),
    ("what is kept about somebody", |i| Box::pin(async move { archive::privacy_report(&i).await })),
    ("evidence verified by somebody without an account", |i| Box::pin(async move { archive::verified(&i).await })),
    ("storage read and stamped", |i| Box::pin(async move { archive::storage(&i).await })),
    ("paper scanned, checked, filed, destroyed", |i| Box::pin(async move { scanning::paper(&i).await })),
    ("class of papers and procedure of scanning", |i| Box::pin(async move { scanning::procedure(&i).await })),
    ("language and theme, sign out", |i| Box::pin(async move { display(&i).await })),
];

/// The page is a good one, and says this.
#[track_caller]
fn says(page: &Page, words: &str) {
    assert!(page.status.is_success(), "{} {}: {}", page.path, page.status, page.readable());
    assert!(page.says(words), "{} does not say „{words}“: {}", page.path, page.readable());
}

/// Hands an invoice in and says where its page is.
pub async fn uploaded(clerk: &mut Browser, name: &str, bytes: Vec<u8>) -> String {
    let page = clerk.get("/hochladen").await;
    let after = clerk.send(page.form("files").file("files", name, bytes)).await;
    says(&after, name);
    let link = after.links().into_iter().find(|link| link.starts_with("/rechnungen/"));
    link.unwrap_or_else(|| panic!("no link to the invoice: {}", after.readable()))
}

/// Decides at the page of an invoice, with a reason.
async fn decided(browser: &mut Browser, at: &str, kind: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get(at).await;
    let form = fields
        .iter()
        .fold(page.form_with("kind", kind), |form, (name, value)| form.with(name, value))
        .with("kind", kind);
    let after = browser.send(form).await;
    assert!(after.status.is_success(), "{kind}: {} {}", after.status, after.readable());
    after
}

async fn rejection(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "ablehnen.xml", samples::invoice("J-1")).await;
    let fields = [("reason", "Nicht bestellt."), ("notify", "rechnung@petersen.example")];
    says(&decided(&mut clerk, &at, "reject", &fields).await, "Zurückgewiesen");
    says(&clerk.get(&at).await, "Nicht bestellt.");
    let reopened = decided(&mut clerk, &at, "reopen", &[("reason", "Doch bestellt.")]).await;
    says(&reopened, "Eingegangen");
}

async fn conversation(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "frage.xml", samples::invoice("J-2")).await;
    let page = clerk.get(&at).await;
    let said = clerk.send(page.form_to("/kommentare").with("text", "Liegt der Lieferschein vor?")).await;
    says(&said, "Liegt der Lieferschein vor?");
    let form = said.form_to("/rueckfrage").with("to", "rechnung@petersen.example").with("text", "Welche Bestellung?");
    says(&clerk.send(form).await, "Welche Bestellung?");
}

async fn steps_aside(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "seite.xml", samples::invoice("J-3")).await;
    says(&decided(&mut clerk, &at, "hold", &[("reason", "Ware fehlt noch.")]).await, "Ware fehlt noch.");
    says(&decided(&mut clerk, &at, "release", &[]).await, "Nächster Schritt");
    let page = clerk.get(&at).await;
    let unit = page.option("unit", "Ordnung").or_else(|| page.option("unit", "Feuerwehr")).unwrap();
    says(&decided(&mut clerk, &at, "forward", &[("unit", &unit)]).await, "Feuerwehr");
    let page = clerk.get(&at).await;
    let form = page.form_to("/verknuepfungen").with("kind", "partial").with("number", "2026-20457");
    says(&clerk.send(form).await, "Die Rechnungen sind verbunden.");
    says(&coded(&mut clerk, &at).await, "Kontiert");
    says(&decided(&mut clerk, &at, "return", &[("reason", "Falsche Kostenstelle.")]).await, "Eingegangen");
}

/// Codes an invoice in one line.
pub async fn coded(clerk: &mut Browser, at: &str) -> Page {
    let page = clerk.get(at).await;
    let form = page.form_to("/kontierung").with("cost_centre", "57310").with("account", "443100");
    clerk.send(form.with("product", "573101").with("do", "save")).await
}

async fn duplicate(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    uploaded(&mut clerk, "erste.xml", samples::invoice("J-4")).await;
    let mut again = samples::invoice("J-4");
    again.extend(b"<!-- a second copy -->");
    let at = uploaded(&mut clerk, "zweite.xml", again).await;
    let page = clerk.get(&format!("{at}/dubletten")).await;
    says(&page, "Frühere Rechnung");
    let settled = clerk.send(page.form_with("decision", "distinct").with("decision", "distinct")).await;
    says(&settled, "Entscheidung gespeichert.");
}

async fn transcription(installation: &Installation) {
    // A picture names no unit, so it waits with those who see all units.
    let mut clerk = installation.browser_of("wiebke.onken").await;
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    let at = uploaded(&mut clerk, "foto.png", picture).await;
    let page = clerk.get(&format!("{at}/erfassen")).await;
    let form = page.form("seller_name").with("seller_name", "Imkerei am Siel").with("number", "J-5");
    let form =
        form.with("issue_date", "2026-11-02").with("payable", "48,00").with("iban", "DE89 3704 0044 0532 0130 00");
    says(&clerk.send(form).await, "Angaben gespeichert.");
    says(&clerk.get(&at).await, "Imkerei am Siel");
}

async fn web_entry(installation: &Installation) {
    let mut supplier = Browser::new(installation.urls());
    let page = supplier.get("/o/gruenensiel/rechnung").await;
    let fields = [
        ("leitweg", "039999990001-BAUHOF-09"),
        ("buyer_post_code", "26997"),
        ("buyer_city", "Grünensiel"),
        ("seller_name", "Imkerei am Siel"),
        ("street", "Deichweg 3"),
        ("post_code", "26997"),
        ("city", "Grünensiel"),
        ("tax_number", "69/200/54321"),
        ("contact", "Enno Imker"),
        ("phone", "04999 555"),
        ("email", "enno@imkerei.example"),
        ("number", "J-6"),
        ("delivery_date", "2026-11-02"),
        ("due_date", "2026-12-15"),
        ("line_name", "Honig"),
        ("line_quantity", "12"),
        ("line_price", "6,50"),
        ("iban", "DE89370400440532013000"),
        ("do", "preview"),
    ];
    let form = fields.iter().fold(page.form("seller_name"), |form, (name, value)| form.with(name, value));
    let preview = supplier.send(form).await;
    assert!(preview.path.ends_with("/pruefen"), "{}: {}", preview.path, preview.readable());
    let xml = preview.links().into_iter().find(|link| link.ends_with("/xml")).unwrap();
    assert!(supplier.get(&xml).await.text.contains("039999990001-BAUHOF-09"));
    let done = supplier.send(preview.form_to("/einreichen")).await;
    says(&done, "Die Rechnung ist eingegangen");
    let mut clerk = installation.browser_of("imke.janssen").await;
    // The search follows what comes in within seconds.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while !clerk.get("/rechnungen?q=Imkerei").await.says("J-6") {
        assert!(tokio::time::Instant::now() < deadline, "the search does not find what a supplier handed in");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// Writes an own invoice and says where it is.
async fn written(head: &mut Browser) -> String {
    let page = head.get("/ausgangsrechnungen/neu").await;
    let fields = [
        ("buyer_name", "Gemeinde Seefelden"),
        ("buyer_post_code", "26999"),
        ("buyer_city", "Seefelden"),
        ("leitweg", "049990054321-BAUHOF-90"),
        ("delivery_date", "2026-11-02"),
        ("due_date", "2026-12-15"),
        ("line_name", "Winterdienst"),
        ("line_price", "350,00"),
        ("do", "preview"),
    ];
    let form = fields.iter().fold(page.form("buyer_name"), |form, (name, value)| form.with(name, value));
    let draft = head.send(form).await;
    says(&draft, "Entwurf");
    draft.path
}

async fn own_invoices(installation: &Installation) {
    let mut head = installation.browser_of("wiebke.onken").await;
    let at = written(&mut head).await;
    let page = head.get(&at).await;
    let issued = head.send(page.form_to("/ausstellung")).await;
    says(&issued, "G-");
    let xml = head.get(&format!("{at}/xml")).await;
    assert!(xml.text.contains("Winterdienst"), "{}", xml.text);
    let pdf = head.get(&format!("{at}/pdf")).await;
    assert!(pdf.text.starts_with("%PDF-"), "{}", pdf.content_type);
    let sent = head.send(issued.form_to("/versand")).await;
    let paid = head.send(sent.form_to("/zahlung")).await;
    says(&paid, "Bezahlt");
    let at = written(&mut head).await;
    let page = head.get(&at).await;
    let issued = head.send(page.form_to("/ausstellung")).await;
    let cancelled = head.send(issued.form_to("/storno")).await;
    says(&cancelled, "Storniert die Rechnung");
    says(&head.get(&at).await, "Storniert");
}

async fn register(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let page = clerk.get("/rechnungen").await;
    let found = clerk.send(page.form("amount_from").with("q", "Freese").with("amount_from", "100,00")).await;
    says(&found, "Gärtnerei Freese");
    assert!(!found.says("Kieswerk"), "{}", found.readable());
    says(&clerk.get("/rechnungen?sort=-amount").await, "Rechnungssteller");
    let export = page.links().into_iter().find(|link| link.contains("export?form=csv")).unwrap();
    let table = clerk.get(&export).await;
    assert!(table.content_type.starts_with("text/csv") && table.text.contains("Freese"), "{}", table.content_type);
    let export = page.links().into_iter().find(|link| link.contains("export?form=xlsx")).unwrap();
    assert!(clerk.get(&export).await.text.starts_with("PK"));
}

async fn figures(installation: &Installation) {
    let mut head = installation.browser_of("wiebke.onken").await;
    let page = head.get("/auswertungen").await;
    let shown = head.send(page.form("from").with("from", "2026-09").with("to", "2026-11")).await;
    says(&shown, "Eingegangene Rechnungen");
    let table = shown.links().into_iter().find(|link| link.starts_with("/auswertungen/tabelle")).unwrap();
    assert!(head.get(&table).await.content_type.starts_with("text/csv"));
}

async fn set_up(installation: &Installation) {
    let mut head = installation.browser_of("wiebke.onken").await;
    let page = head.get("/einstellungen/zuordnung").await;
    let unit = page.option("unit", "Bauhof").unwrap();
    let form = page.form("stage").with("stage", "seller").with("field", "seller_name").with("operator", "contains");
    let form = form.with("value", "Imkerei").with("unit", &unit).with("note", "Honig");
    let tried = head.send(form.clone().with("action", "try")).await;
    says(&tried, "Erprobung");
    let saved = head.send(form.with("action", "save")).await;
    says(&saved, "Imkerei");
    let moved = head.send(saved.form_with("up", "1").with("up", "1")).await;
    says(&moved, "Imkerei");
    let removed = head.send(moved.form_to("/entfernen")).await;
    says(&removed, "Regel entfernt.");

    let page = head.get("/einstellungen/kontierung").await;
    let form = page.form("codes").with("list", "cost_centre").with("codes", "99999; Probe ohne Skript");
    says(&head.send(form).await, "Probe ohne Skript");

    let page = head.get("/einstellungen/fristen").await;
    says(&head.send(page.form("yellow").with("yellow", "4")).await, "Gespeichert.");
    let page = head.get("/einstellungen/fristen").await;
    let form = page.form("resolved_on").with("year", "2024").with("resolved_on", "2025-12-11");
    says(&head.send(form).await, "Der Beschluss ist vermerkt.");

    let page = head.get("/einstellungen/postfaecher").await;
    let form = page
        .form("imap_host")
        .with("address", "rechnung@gruenensiel.example")
        .with("imap_host", "mail.gruenensiel.example");
    let saved = head.send(form.with("password", "ein-kennwort").with("active", "no")).await;
    says(&saved, "rechnung@gruenensiel.example");
}

async fn account(installation: &Installation) {
    let mut auditor = installation.new_browser_of("theda.wilts").await;
    let page = auditor.get("/konto/token").await;
    let made = auditor.send(page.form("name").with("name", "Prüfbericht").only("permissions", "invoice.see")).await;
    says(&made, "Dieses Token sehen Sie nur jetzt");
    let page = auditor.get("/konto/token").await;
    says(&auditor.send(page.form_to("/entfernen")).await, "Das Token gilt nicht mehr.");

    let page = auditor.get("/konto/vertretung").await;
    let deputy = page.option("deputy", "Wiebke").unwrap();
    let form = page.form("deputy").with("deputy", &deputy).with("from", "2027-01-04").with("to", "2027-01-15");
    let standing_in = auditor.send(form).await;
    says(&standing_in, "Die Vertretung ist eingetragen.");
    says(&auditor.send(standing_in.form_to("/beenden")).await, "Die Vertretung ist beendet.");

    let new = "am-siel-liegt-der-kutter";
    let page = auditor.get("/konto/sicherheit").await;
    let form = page.form("old").with("old", PASSWORD).with("new", new).with("repeated", new);
    let changed = auditor.send(form).await;
    assert!(changed.status.is_success(), "{}", changed.readable());
    let mut again = Browser::signed_in(installation.urls(), "theda.wilts@gruenensiel.example", new).await;
    let page = again.get("/konto/sicherheit").await;
    let back = page.form("old").with("old", new).with("new", PASSWORD).with("repeated", PASSWORD);
    assert!(again.send(back).await.status.is_success());
}

async fn administration(installation: &Installation) {
    let mut admin = installation.browser_of("jannes.ulfers").await;
    let page = admin.get("/verwaltung/einheiten").await;
    let unit = admin.send(page.form("code").with("name", "Hafen").with("code", "HAFEN")).await;
    says(&unit, "Angelegt.");

    let page = admin.get("/verwaltung/rollen").await;
    let form = page.form("permissions").with("name", "Leserin").only("permissions", "invoice.see");
    says(&admin.send(form).await, "Die Rolle ist angelegt.");

    let page = admin.get("/verwaltung/personen").await;
    let form = page.form("kind").with("name", "Silke Tammen").with("email", "silke.tammen@gruenensiel.example");
    let person = admin.send(form).await;
    assert!(person.path.starts_with("/verwaltung/personen/"), "{}: {}", person.path, person.readable());
    let at = person.path.clone();
    let role = person.option("role", "Leserin").unwrap();
    let place = person.option("unit", "Hafen").unwrap();
    let form = person.form("role").with("role", &role).with("unit", &place);
    says(&admin.send(form).await, "Das Recht ist vergeben und gilt sofort.");

    let page = admin.get(&at).await;
    let link = admin.send(page.form_to("/zugang")).await;
    let address = link.value("link").unwrap();
    let mut silke = Browser::new(installation.urls());
    let page = silke.get(&address[address.find("/zugang/").unwrap()..]).await;
    let form = page.form("repeated").with("password", "hafen-und-schleuse").with("repeated", "hafen-und-schleuse");
    assert!(silke.send(form).await.status.is_success());
    Browser::signed_in(installation.urls(), "silke.tammen@gruenensiel.example", "hafen-und-schleuse").await;

    let page = admin.get("/verwaltung/gruppen").await;
    let group = admin.send(page.form("name").with("name", "Hafenmeisterei")).await;
    says(&group, "Angelegt.");
    let page = admin.get(&at).await;
    says(&admin.send(page.form_to("/entziehen")).await, "Das Recht ist entzogen, mit sofortiger Wirkung.");
    let page = admin.get(&at).await;
    says(&admin.send(page.form_to("/schliessen")).await, "Das Konto ist geschlossen.");

    let page = admin.get("/verwaltung/webhooks").await;
    let form = page.form("url").with("name", "Finanzverfahren").with("url", "https://finanz.example/vir");
    let hook = admin.send(form.only("event", "invoice.pay")).await;
    assert!(hook.status.is_success(), "{}", hook.readable());
    let page = admin.get("/verwaltung/webhooks").await;
    says(&page, "Finanzverfahren");
    let one = page.links().into_iter().find(|link| link.starts_with("/verwaltung/webhooks/")).unwrap();
    let page = admin.get(&one).await;
    says(&admin.send(page.form_to("/entfernen")).await, "Der Webhook ist entfernt.");

    let page = admin.get("/verwaltung/einstellungen").await;
    says(&admin.send(page.form("municipality")).await, "Gespeichert.");
}

async fn display(installation: &Installation) {
    let mut clerk = installation.new_browser_of("imke.janssen").await;
    let page = clerk.get("/konto").await;
    let english = clerk.send(page.form_to("/konto").only("lang", "en").only("theme", "dark")).await;
    says(&english, "Saved.");
    let german = clerk.send(english.form_to("/konto").only("lang", "de").only("theme", "system")).await;
    says(&german, "Gespeichert.");
    let out = clerk.send(german.form_to("/abmelden")).await;
    assert!(out.path.starts_with("/anmelden"), "{}", out.path);
    assert!(clerk.get("/arbeit").await.path.starts_with("/anmelden"));
}

/// Each journey by itself, so that all that fail are named at once.
async fn all(installation: Installation) {
    let installation = Arc::new(installation);
    let mut failed = Vec::new();
    for (name, journey) in JOURNEYS {
        if tokio::spawn(journey(Arc::clone(&installation))).await.is_err() {
            failed.push(*name);
        }
    }
    assert!(failed.is_empty(), "{} of {} journeys failed: {}", failed.len(), JOURNEYS.len(), failed.join("; "));
    eprintln!("{} journeys without JavaScript", JOURNEYS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_files() {
    all(Installation::start(Storage::Files).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_postgresql_and_s3_with_two_nodes() {
    if let Some(installation) = Installation::start(Storage::Distributed) {
        all(installation).await;
    }
}
