//! Documents and archives that are too large, too deep, too many, or not what they claim.
//!
//! Invariant: each ends at the limit that the operator's guide names, and the server lives on in its memory.

use reqwest::StatusCode;
use serde_json::Value;
use vir_invoice_desk::limits;

use super::files::{self, Entry, MIB, dull, invoice, pdf, trap, zip};
use super::{Case, Desk};

/// What became of a document: `quarantined: reason`, `received`, or the status.
async fn handed_in(desk: &Desk, bytes: Vec<u8>, kind: &str) -> String {
    let (status, body) = desk.post("/api/v1/invoices", kind, bytes).await;
    if !status.is_success() {
        return status.as_u16().to_string();
    }
    let json: Value = serde_json::from_str(&body).unwrap();
    format!("{} {}", json["state"].as_str().unwrap_or("?"), json["trouble"].as_str().unwrap_or("-"))
}

fn is(found: String, wanted: &[&str]) -> Result<String, String> {
    if wanted.iter().any(|wanted| found.starts_with(wanted)) {
        Ok(found)
    } else {
        Err(format!("{found}, not {wanted:?}"))
    }
}

const XML: &str = "application/xml";
const PDF: &str = "application/pdf";

/// Single documents.
pub async fn documents(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |limit: &'static str, name: &'static str, outcome| {
        cases.push(Case { limit, name: name.to_owned(), outcome });
    };
    let quarantined = &["quarantined"][..];
    let large = vec![b' '; limits::DOCUMENT_BYTES as usize + 1];
    add("Ein Dokument (XML, PDF oder Bild)", "one byte too many", is(handed_in(desk, large, XML).await, &["413"]));
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    add("Schachtelungstiefe in XML", "100,000 deep", is(handed_in(desk, deep.into(), XML).await, quarantined));
    let many = format!("<a>{}</a>", "<b/>".repeat(limits::XML_NODES + 1));
    add(
        "Elemente und Attribute in XML",
        "two million and one",
        is(handed_in(desk, many.into(), XML).await, quarantined),
    );
    let attribute =
        invoice("A-1").replacen("<ubl:Invoice ", &format!("<ubl:Invoice a=\"{}\" ", "x".repeat(30 * MIB)), 1);
    add(
        "Ein Dokument (XML, PDF oder Bild)",
        "an attribute of 30 MiB",
        is(handed_in(desk, attribute.into(), XML).await, &["quarantined", "received"]),
    );
    for (name, text) in [
        (
            "entities that multiply",
            "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><a>&b;</a>",
        ),
        ("an entity from a file", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
        ("an entity from the network", "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/\"> %x;]><a/>"),
        ("a style sheet", "<?xml-stylesheet href=\"http://127.0.0.1:1/x.xsl\" type=\"text/xsl\"?><a/>"),
    ] {
        add("Elemente und Attribute in XML", name, is(handed_in(desk, text.into(), XML).await, quarantined));
    }
    let stream = pdf(&[("factur-x.xml".to_owned(), vec![0; limits::PDF_STREAM_BYTES as usize + MIB])], "", "");
    add(
        "Ein Datenstrom eines PDF, entpackt",
        "a stream that swells",
        is(handed_in(desk, stream, PDF).await, quarantined),
    );
    let streams: Vec<_> = (0..5).map(|n| (format!("{n}.xml"), vec![n; 30 * MIB])).collect();
    add(
        "Alle Datenströme eines PDF, entpackt",
        "streams that swell together",
        // Read one by one until an invoice is found: where none is unpacked, the file is taken as a picture.
        is(handed_in(desk, pdf(&streams, "", ""), PDF).await, &["quarantined", "received -"]),
    );
    let many: Vec<_> = (0..=limits::PDF_FILES).map(|n| (format!("{n}.txt"), b"x".to_vec())).collect();
    add("Eingebettete Dateien eines PDF", "201 files", is(handed_in(desk, pdf(&many, "", ""), PDF).await, quarantined));
    let objects: String = (1000..1000 + limits::PDF_OBJECTS + 1).map(|n| format!("{n} 0 obj 1 endobj\n")).collect();
    add("Objekte eines PDF", "500,001 objects", is(handed_in(desk, pdf(&[], &objects, ""), PDF).await, quarantined));
    let nested = format!("9 0 obj {}{} endobj\n", "[".repeat(200_000), "]".repeat(200_000));
    add(
        "Objekte eines PDF",
        "arrays in arrays",
        is(handed_in(desk, pdf(&[], &nested, "/Info 9 0 R"), PDF).await, &["quarantined", "received"]),
    );
    let mut looped = pdf(&[], "", "/Prev 9");
    looped.extend(b"startxref\n9\n%%EOF");
    add(
        "Objekte eines PDF",
        "a table that names itself",
        is(handed_in(desk, looped, PDF).await, &["quarantined", "received"]),
    );
    let circle = "8 0 obj <</Type/Pages/Kids[8 0 R]/Parent 8 0 R/Count 1>> endobj\n";
    add(
        "Objekte eines PDF",
        "pages in a circle",
        is(handed_in(desk, pdf(&[], circle, ""), PDF).await, &["quarantined", "received"]),
    );
    add(
        "Ein Dokument (XML, PDF oder Bild)",
        "a picture of 10 gigapixels",
        is(handed_in(desk, files::huge_picture(), "image/png").await, &["quarantined", "received"]),
    );
    add("Anlagen einer Rechnung als eigene Dateien", "201 attachments", attachments(desk).await);
    add("Befunde je Rechnung im Bericht", "600 faulty lines", findings(desk).await);
    let (status, _) = desk
        .post_with(
            "/api/v1/invoices",
            XML,
            invoice("K-1").into(),
            &[("idempotency-key", &"k".repeat(limits::IDEMPOTENCY_KEY_CHARS + 1))],
        )
        .await;
    add("Zeichen eines Idempotency-Key", "201 characters", is(status.as_u16().to_string(), &["400"]));
    let (status, _) = desk.post("/api/v1/invoices/check", XML, vec![b' '; limits::CHECK_BYTES as usize + 1]).await;
    add("Ein Dokument beim Prüfdienst", "one byte too many", is(status.as_u16().to_string(), &["413"]));
    add("Prüfungen ohne Anmeldung je Minute und Adresse (Vorgabe)", "one more than allowed", checks(desk).await);
    add("Zuordnungsregeln je Mandant", "rule 5,001", rules(desk).await);
    cases
}

async fn attachments(desk: &Desk) -> Result<String, String> {
    let one = |n: usize| {
        format!(
            "<cac:AdditionalDocumentReference><cbc:ID>{n}</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject \
             mimeCode=\"text/csv\" filename=\"../../{n}.csv\">YQ==</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        )
    };
    let all: String = (0..=limits::ATTACHMENTS).map(one).collect();
    let text =
        invoice("M-201").replacen("<cac:AccountingSupplierParty>", &format!("{all}<cac:AccountingSupplierParty>"), 1);
    let (status, body) = desk.post("/api/v1/invoices", XML, text.into()).await;
    let json: Value = serde_json::from_str(&body).map_err(|_| format!("{status}"))?;
    let files = desk.get(&format!("/api/v1/invoices/{}/files", json["id"].as_str().unwrap())).await.1;
    let files: Vec<Value> = serde_json::from_str(&files).unwrap();
    let unsafe_name =
        files.iter().any(|file| file["name"].as_str().is_none_or(|name| name.contains("..") || name.contains('/')));
    if files.len() == limits::ATTACHMENTS && !unsafe_name {
        Ok(format!("{} files", files.len()))
    } else {
        Err(format!("{} files", files.len()))
    }
}

async fn findings(desk: &Desk) -> Result<String, String> {
    let text = invoice("B-600");
    let (start, end) = (
        text.find("<cac:InvoiceLine>").unwrap(),
        text.rfind("</cac:InvoiceLine>").unwrap() + "</cac:InvoiceLine>".len(),
    );
    let line = text[start..end].replace("</cac:InvoiceLine>", "</cac:InvoiceLine>\n");
    let faulty = line.replacen("<cac:Price>", "<cac:Price><!-- -->", 1).replace("S</cbc:ID>", "Z</cbc:ID>");
    let text = format!("{}{}{}", &text[..start], faulty.repeat(600), &text[end..]);
    let (status, body) = desk.post("/api/v1/invoices", XML, text.into()).await;
    let json: Value = serde_json::from_str(&body).map_err(|_| format!("{status}"))?;
    let all = desk.get(&format!("/api/v1/invoices/{}/findings", json["id"].as_str().unwrap())).await.1;
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    if !all.is_empty() && all.len() <= limits::FINDINGS {
        Ok(format!("{} findings", all.len()))
    } else {
        Err(format!("{} findings", all.len()))
    }
}

async fn checks(desk: &Desk) -> Result<String, String> {
    for _ in 0..=vir_web::config::Config::default().channels.checks_per_minute {
        let (status, wait) = desk.check_as_nobody().await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            return if wait {
                Ok("429 with Retry-After".to_owned())
            } else {
                Err("429 without Retry-After".to_owned())
            };
        }
    }
    Err("never 429".to_owned())
}

async fn rules(desk: &Desk) -> Result<String, String> {
    let form = "stage=rule&field=seller_name&operator=contains&value=a&unit=x&note=&action=save";
    let (status, body) = desk.form("/einstellungen/zuordnung", form).await;
    if body.contains("5.000") || body.contains("5000") {
        Ok(format!("{status}, said at the form"))
    } else {
        Err(format!("{status}"))
    }
}

/// What the report of an upload says of its files, or the status.
async fn uploaded(desk: &Desk, files: Vec<(&str, Vec<u8>)>) -> Result<Value, String> {
    let (status, location) = desk.upload(files).await;
    if status != StatusCode::SEE_OTHER {
        return Err(status.as_u16().to_string());
    }
    let report = format!("{}/bericht.json", location.split('?').next().unwrap());
    for _ in 0..600 {
        let page = desk.get(location.split('?').next().unwrap()).await;
        // While it is at work the page asks to be loaded again.
        if !page.2 {
            let text = desk.get(&report).await.1;
            let mut json = serde_json::from_str::<Value>(&text).map_err(|error| error.to_string())?;
            if let Some(list) = json.as_array_mut() {
                list.push(serde_json::json!({ "page": page.1 }));
            }
            return Ok(json);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err("the import does not end".to_owned())
}

fn outcomes(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    report
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["outcome"].is_string())
        .map(|line| (text(&line["file"]), text(&line["outcome"])))
        .collect()
}

fn page(report: &Value) -> &str {
    report.as_array().and_then(|lines| lines.last()).and_then(|line| line["page"].as_str()).unwrap_or_default()
}

/// Archives and uploads. `all` also those that take a minute.
pub async fn archives(desk: &Desk, all: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |limit: &'static str, name: &'static str, outcome| {
        cases.push(Case { limit, name: name.to_owned(), outcome });
    };
    let status = |found: Result<Value, String>, wanted: &str| match found {
        Err(status) if status == wanted => Ok(status),
        other => Err(format!("{other:?}").chars().take(300).collect()),
    };
    let many: Vec<_> = (0..=limits::UPLOAD_FILES).map(|_| ("a.xml", b"<a/>".to_vec())).collect();
    add("Dateien je Hochladen", "501 files", status(uploaded(desk, many).await, "413"));
    add("Ein Hochladen im Ganzen, auch ein ZIP-Archiv", "257 MiB", status(desk.flood(257).await, "413"));
    add(
        "Ein Hochladen im Ganzen, auch ein ZIP-Archiv",
        "1 GiB, said in advance",
        status(desk.flood(1024).await, "413"),
    );
    let refused = |found: Result<Value, String>| match found {
        Ok(report)
            if !page(&report).contains("Fehlgeschlagen")
                && outcomes(&report).iter().any(|(_, outcome)| outcome != "refused") =>
        {
            Err(format!("taken: {:?}", outcomes(&report).iter().take(3).collect::<Vec<_>>()))
        }
        Ok(_) => Ok("refused".to_owned()),
        Err(status) if status == "413" => Ok(status),
        Err(other) => Err(other),
    };
    let bomb = zip(&[Entry::new("a.xml", &vec![b' '; 49 * MIB])], 1);
    add(
        "Verhältnis entpackt zu gepackt (ab 16 MiB entpackt)",
        "a thousand to one",
        refused(uploaded(desk, vec![("bombe.zip", bomb)]).await),
    );
    let entries: Vec<_> = (0..=limits::ARCHIVE_FILES).map(|n| Entry::new(format!("{n}.xml"), b"<a/>")).collect();
    add(
        "Dateien in einem ZIP-Archiv",
        "10,001 entries",
        refused(uploaded(desk, vec![("viele.zip", zip(&entries, 1))]).await),
    );
    let inner = zip(&[Entry::new("a.xml", b"<a/>")], 1);
    let nested = zip(&[Entry::new("innen.zip", &inner)], 1);
    add(
        "Verschachtelte Archive",
        "an archive in an archive",
        refused(uploaded(desk, vec![("aussen.zip", nested)]).await),
    );
    if all {
        let packed = Entry::new("0.xml", &dull(45 * MIB));
        let overlapped = zip(&[packed], 100);
        add(
            "Entpackte Größe eines ZIP-Archivs",
            "a hundred entries of the same bytes, 4.4 GiB",
            refused(uploaded(desk, vec![("gleich.zip", overlapped)]).await),
        );
    }
    add("Zeichen eines Dateinamens", "names that lead elsewhere", names(desk).await);
    for (name, bytes) in [
        ("an archive cut short", zip(&[Entry::new("a.xml", b"<a/>")], 1)[..40].to_vec()),
        ("a directory that lies about sizes", {
            let mut entry = Entry::new("a.xml", b"<a/>");
            entry.size = u32::MAX - 1;
            zip(&[entry], 1)
        }),
    ] {
        add("Entpackte Größe eines ZIP-Archivs", name, refused(uploaded(desk, vec![("kaputt.zip", bytes)]).await));
    }
    cases
}

async fn names(desk: &Desk) -> Result<String, String> {
    let long = format!("{}.xml", "n".repeat(3000));
    let names: Vec<Vec<u8>> = vec![
        b"../../../etc/passwd.xml".to_vec(),
        trap().display().to_string().into_bytes(),
        b"..\\..\\windows\\x.xml".to_vec(),
        b"C:\\autoexec.xml".to_vec(),
        b"null\0byte.xml".to_vec(),
        long.into_bytes(),
        b"same.xml".to_vec(),
        b"same.xml".to_vec(),
        "rechnung\u{202e}lmx.exe.xml".into(),
        vec![0xff, 0xfe, b'.', b'x', b'm', b'l'],
        b"<script>ran()</script>.xml".to_vec(),
        b"=cmd|' /C calc'!A0.xml".to_vec(),
        b"CON.xml".to_vec(),
        b"zeile\r\nX-Header: a.xml".to_vec(),
    ];
    let entries: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| Entry::new(name.clone(), invoice(&format!("N-{n}")).as_bytes()))
        .collect();
    let report = uploaded(desk, vec![("namen.zip", zip(&entries, 1))]).await?;
    let lines = report.as_array().unwrap();
    let mut taken = 0;
    for line in lines {
        let Some(id) = line["invoice"].as_str() else { continue };
        taken += 1;
        let one: Value = serde_json::from_str(&desk.get(&format!("/api/v1/invoices/{id}")).await.1).unwrap();
        let name = one["file_name"].as_str().unwrap_or_default().to_owned();
        let hostile = name.contains("..")
            || name.contains(['/', '\\', '\0', '<', '\r', '\n', '\u{202e}'])
            || name.chars().count() > limits::FILE_NAME_CHARS + 10
            || name.starts_with('=')
            || name.is_empty();
        if hostile {
            return Err(format!("an invoice is called {name:?}"));
        }
    }
    if trap().exists() {
        return Err("a file was written where its name said".to_owned());
    }
    if page(&report).contains("<script>ran") {
        return Err("the report shows a script".to_owned());
    }
    Ok(format!("{taken} of {} taken under harmless names", names.len()))
}
