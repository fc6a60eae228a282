//! Script, formulas and direction marks in every text of an invoice: what pages, exports and a real
//! browser make of them.
//!
//! Invariant: a payload that worked would ask the server for `/geschossen`; nobody ever does.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scraper::{Html, Selector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::files::invoice;
use super::{Case, Desk};

/// One payload for each way in which a text could become more than a text.
const PAYLOADS: [&str; 8] = [
    "<script>fetch('/geschossen')</script>",
    "\"><img src=/geschossen onerror=fetch('/geschossen')>",
    "'><svg onload=fetch('/geschossen')>",
    "=HYPERLINK(\"http://127.0.0.1/geschossen\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "javascript:fetch('/geschossen')",
    "</textarea></title></style><iframe src=/geschossen></iframe>",
    "\u{202e}gepj.exe\u{2066}\u{200f}{{7*7}}${7*7}",
];

/// Elements whose text people wrote.
const TEXTS: [&str; 18] = [
    "cbc:ID",
    "cbc:Note",
    "cbc:StreetName",
    "cbc:CityName",
    "cbc:PostalZone",
    "cbc:RegistrationName",
    "cbc:Name",
    "cbc:Telephone",
    "cbc:ElectronicMail",
    "cbc:BuyerReference",
    "cbc:PaymentID",
    "cbc:Description",
    "cbc:AccountingCost",
    "cbc:EndpointID",
    "cbc:CompanyID",
    "cbc:CompanyLegalForm",
    "cbc:AdditionalStreetName",
    "cbc:InstructionNote",
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The invoice with a payload in every text; where an identifier decides whether it is read at all, it stays.
fn poisoned(payload: &str, number: usize) -> String {
    let text = invoice("2026-88");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = tag.find('>').unwrap() + 1;
        let name = tag[1..end].split([' ', '>', '/']).next().unwrap();
        out.push_str(&tag[..end]);
        rest = &tag[end..];
        let content = rest.find('<').unwrap_or(0);
        let kept = ["VAT", "S", "DE47210999990000654321", "58"].contains(&&rest[..content]);
        if TEXTS.contains(&name) && content > 0 && !rest[..content].trim().is_empty() && !kept {
            out.push_str(&escaped(payload));
            out.push_str(&number.to_string());
            rest = &rest[content..];
        }
    }
    out.push_str(rest);
    out
}

/// What of a page would do something that the page itself does not want.
fn alive(text: &str) -> Option<String> {
    let html = Html::parse_document(text);
    let every = Selector::parse("*").unwrap();
    for element in html.select(&every) {
        let value = element.value();
        for (name, content) in value.attrs() {
            let content = content.trim_start().to_lowercase();
            if name.starts_with("on") {
                return Some(format!("<{} {name}>", value.name()));
            }
            if ["href", "src", "action", "formaction", "data"].contains(&name)
                && (content.starts_with("javascript:")
                    || content.starts_with("data:text")
                    || content.starts_with("/geschossen"))
            {
                return Some(format!("<{} {name}={content}>", value.name()));
            }
        }
        let inline = value.name() == "script" && !value.attr("src").is_some_and(|src| src.starts_with("/assets/"));
        if inline || value.name() == "iframe" && value.attr("src").is_some_and(|src| src.contains("geschossen")) {
            return Some(format!("<{}>", value.name()));
        }
    }
    None
}

/// A cell that a spreadsheet would compute.
fn computed(csv: &str) -> Option<String> {
    csv.split(['\n', ';', '\t']).map(|cell| cell.trim_matches(['"', '\r', '\u{feff}'])).find_map(|cell| {
        let number = cell.strip_prefix(['-', '+']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        (cell.starts_with(['=', '+', '-', '@']) && !number && cell.len() > 1).then(|| cell.to_owned())
    })
}

/// Hands the poisoned invoices in and looks at everything that shows them.
pub async fn cases(desk: &Desk, all: bool) -> Vec<Case> {
    let mut ids = Vec::new();
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let (status, body) = desk.post("/api/v1/invoices", "application/xml", poisoned(payload, number).into()).await;
        let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}"));
        let id = json["id"].as_str().unwrap().to_owned();
        desk.form(&format!("/rechnungen/{id}/kommentare"), &format!("text={}", vir_encoded(payload))).await;
        ids.push(id);
    }
    let mut pages = vec![
        "/rechnungen".to_owned(),
        "/arbeit".to_owned(),
        "/auswertungen".to_owned(),
        "/verwaltung/protokoll".to_owned(),
        "/uebergabe".to_owned(),
        "/hochladen".to_owned(),
    ];
    for payload in PAYLOADS {
        pages.push(format!("/rechnungen?q={}", vir_encoded(payload)));
        pages.push(format!("/anmelden?weiter={}", vir_encoded(payload)));
        pages.push(format!("/rechnungen?unit={}", vir_encoded(payload)));
        pages.push(format!("/o/aurich/rechnung?leitweg={}", vir_encoded(payload)));
        pages.push(format!("/{}", vir_encoded(payload)));
    }
    for id in &ids {
        for part in ["", "/ansicht", "/erfassen", "/dubletten", "?kontierung=positionen", "?vorschlag=1"] {
            pages.push(format!("/rechnungen/{id}{part}"));
        }
        pages.push(format!("/api/v1/invoices/{id}/view"));
    }
    let mut outcome = Ok(format!("{} pages", pages.len()));
    for page in &pages {
        let (status, text, _) = desk.get(page).await;
        if status.is_server_error() {
            outcome = Err(format!("{page}: {status}"));
        } else if let Some(what) = alive(&text) {
            outcome = Err(format!("{page} has {what}"));
        }
    }
    let mut cases =
        vec![Case { limit: "Texte einer Rechnung", name: "script in every text, on every page".to_owned(), outcome }];
    let mut outcome = Ok("no cell is computed".to_owned());
    for export in
        ["/rechnungen/export?form=csv", "/rechnungen/export?form=csv-plain", "/auswertungen/tabelle?table=sellers"]
    {
        let text = desk.get(export).await.1;
        if let Some(cell) = computed(&text) {
            outcome = Err(format!("{export}: {cell}"));
        }
    }
    cases.push(Case { limit: "Texte einer Rechnung", name: "formulas in exports".to_owned(), outcome });
    let shown = format!("/rechnungen/{}", ids[7]);
    let text = desk.get(&shown).await.1;
    let outcome = if text.contains('\u{202e}') { bidi(&text) } else { Ok("direction marks are gone".to_owned()) };
    cases.push(Case {
        limit: "Texte einer Rechnung",
        name: "marks that turn the direction of text".to_owned(),
        outcome,
    });
    if let Some(outcome) = in_browser(desk, &pages, all).await {
        cases.push(Case {
            limit: "Texte einer Rechnung",
            name: "the same pages in a real browser".to_owned(),
            outcome,
        });
    }
    cases
}

/// A mark may stay where its element ends its effect.
fn bidi(text: &str) -> Result<String, String> {
    let html = Html::parse_document(text);
    let every = Selector::parse("*").unwrap();
    for element in html.select(&every) {
        let own: String =
            element.children().filter_map(|child| child.value().as_text().map(|text| text.to_string())).collect();
        if own.contains('\u{202e}') {
            let isolated = element.ancestors().filter_map(scraper::ElementRef::wrap).chain([element]).any(|one| {
                [
                    "td", "th", "dd", "dt", "h1", "h2", "p", "li", "div", "bdi", "title", "textarea", "main", "option",
                    "a",
                ]
                .contains(&one.value().name())
            });
            if !isolated {
                return Err(format!("in <{}>", element.value().name()));
            }
        }
    }
    Ok("stays in its own block".to_owned())
}

pub fn vir_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Opens the pages in chromium, through a door that signs it in and hears every shot.
async fn in_browser(desk: &Desk, pages: &[String], all: bool) -> Option<Result<String, String>> {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()))?;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = listener.local_addr().unwrap().port();
    let shots = Arc::new(AtomicUsize::new(0));
    let served = Arc::new(AtomicUsize::new(0));
    let (heard, asked, port, cookie) = (Arc::clone(&shots), Arc::clone(&served), desk.port, desk.cookie.clone());
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(through(stream, port, cookie.clone(), Arc::clone(&heard), Arc::clone(&asked)));
        }
    });
    // The most telling: each invoice, its view, the register, and the addresses that repeat what was typed.
    let mut opened = 0;
    for page in pages
        .iter()
        .filter(|page| page.starts_with("/rechnungen") || page.starts_with("/anmelden"))
        .step_by(if all { 3 } else { 25 })
        .chain([&"/rechnungen".to_owned()])
    {
        let folder = std::env::temp_dir().join(format!("vir-inert-{}-{opened}", std::process::id()));
        let (profile, address) = (folder.display().to_string(), format!("http://127.0.0.1:{door}{page}"));
        let opening = move || {
            Command::new(browser)
                .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
                .args(["--virtual-time-budget=1500", "--dump-dom", &format!("--user-data-dir={profile}"), &address])
                .output()
        };
        let done = tokio::task::spawn_blocking(opening).await.unwrap().unwrap();
        let _ = std::fs::remove_dir_all(folder);
        if done.stdout.is_empty() {
            serving.abort();
            return Some(Err(format!("{page} was not opened: {}", String::from_utf8_lossy(&done.stderr))));
        }
        opened += 1;
    }
    serving.abort();
    let (shots, served) = (shots.load(Ordering::Relaxed), served.load(Ordering::Relaxed));
    Some(if shots == 0 && served >= opened {
        Ok(format!("{opened} pages in {browser}, nothing ran"))
    } else {
        Err(format!("{shots} shots, {served} requests for {opened} pages"))
    })
}

async fn through(mut stream: TcpStream, port: u16, cookie: String, shots: Arc<AtomicUsize>, served: Arc<AtomicUsize>) {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => head.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let line = text.lines().next().unwrap_or_default().to_owned();
    served.fetch_add(1, Ordering::Relaxed);
    // A page's own address may quote the payload; a shot asks for exactly this.
    if line.split(' ').nth(1).is_some_and(|path| path.starts_with("/geschossen")) {
        shots.fetch_add(1, Ordering::Relaxed);
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let request =
        format!("{line}\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    if server.write_all(request.as_bytes()).await.is_ok() {
        let _ = tokio::io::copy(&mut server, &mut stream).await;
    }
}
