//! What a part is.
//!
//! Invariant: content decides before the media type, and the media type before the name, because
//! senders' programs are wrong in this order: names least sure, content never.

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// XML: it may be an invoice.
    Xml,
    /// A PDF: it may carry an invoice.
    Pdf,
    /// A ZIP archive: it may hold invoices.
    Zip,
    /// A picture.
    Picture,
    /// Text that a person wrote in the message itself.
    Text,
    /// The same as HTML.
    Html,
    /// The signature beside signed content.
    Signature,
    /// Anything else: office documents, tables, calendars.
    Other,
}

/// Why a part is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aside {
    /// A logo or another picture of the message's layout.
    Decoration,
    /// A signature or a key.
    Signature,
    /// A business card or a calendar entry.
    Card,
    /// What a mail server reports.
    Report,
}

/// What surrounds a part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Surroundings {
    pub in_related: bool,
    pub content_id: bool,
    pub attachment: bool,
    pub named: bool,
}

/// Pictures smaller than this that are not expressly attached are taken for logos.
const LOGO: usize = 12 << 10;

pub(super) fn of(media: &str, name: Option<&str>, bytes: &[u8], around: Surroundings) -> (Kind, Option<Aside>) {
    let ending =
        name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let content = skip_mark(bytes);
    if matches!(
        media,
        "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-signature"
            | "application/pgp-keys"
    ) || matches!(&*ending, "p7s" | "asc" | "sig")
    {
        return (Kind::Signature, Some(Aside::Signature));
    }
    if bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return (Kind::Pdf, None);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        let office = media.contains("openxml")
            || media.contains("opendocument")
            || matches!(&*ending, "xlsx" | "docx" | "pptx" | "ods" | "odt" | "xlsm" | "docm");
        return (if office { Kind::Other } else { Kind::Zip }, None);
    }
    if is_picture(bytes) || media.starts_with("image/") {
        let inside = around.in_related
            || (around.content_id && !around.attachment)
            || (!around.attachment && bytes.len() < LOGO);
        return (Kind::Picture, inside.then_some(Aside::Decoration));
    }
    if matches!(media, "text/calendar" | "text/vcard" | "text/x-vcard" | "text/directory")
        || matches!(&*ending, "vcf" | "ics")
    {
        return (Kind::Other, Some(Aside::Card));
    }
    if matches!(media, "message/delivery-status" | "message/disposition-notification" | "text/rfc822-headers") {
        return (Kind::Other, Some(Aside::Report));
    }
    let xml_type = matches!(media, "text/xml" | "application/xml") || media.ends_with("+xml");
    let begins = begins_with_tag(content);
    if begins && !looks_html(content) && (xml_type || ending == "xml" || starts_as_document(content)) {
        return (Kind::Xml, None);
    }
    if ending == "xml" || (xml_type && !bytes.is_empty()) {
        // Said to be XML and does not begin like it: a broken invoice has to be told, too.
        return (Kind::Xml, None);
    }
    if !around.attachment && !around.named {
        match media {
            "text/html" => return (Kind::Html, None),
            _ if media.starts_with("text/") => return (Kind::Text, None),
            _ => {}
        }
    }
    match &*ending {
        "pdf" => (Kind::Pdf, None),
        "zip" => (Kind::Zip, None),
        _ => (Kind::Other, None),
    }
}

fn skip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// `<` after white space, in an encoding of one byte or in UTF-16.
fn begins_with_tag(content: &[u8]) -> bool {
    content.iter().take(4096).find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
        || content.starts_with(b"\xff\xfe<\0")
        || content.starts_with(b"\xfe\xff\0<")
        || content.starts_with(b"<\0")
        || content.starts_with(b"\0<")
}

/// XML that somebody pasted into the message, or attached without a type.
fn starts_as_document(content: &[u8]) -> bool {
    let start = content.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let head = String::from_utf8_lossy(&content[start..content.len().min(start + 400)]).into_owned();
    head.starts_with("<?xml")
        || head.starts_with('<')
            && ["Invoice", "CreditNote", "CrossIndustryInvoice", "CrossIndustryDocument"]
                .iter()
                .any(|root| head.contains(root))
        || content.starts_with(b"\xff\xfe<")
        || content.starts_with(b"\xfe\xff\0<")
}

fn looks_html(content: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&content[..content.len().min(400)]).to_ascii_lowercase();
    head.contains("<!doctype html") || head.contains("<html")
}

fn is_picture(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 7] = [b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF"];
    let known = STARTS.iter().any(|start| bytes.starts_with(start));
    let heic =
        bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    // "BM" and "RIFF" begin other things, too.
    match bytes {
        [b'B', b'M', ..] => bytes.len() > 26 && bytes[6..10] == [0; 4],
        [b'R', b'I', b'F', b'F', ..] => bytes.get(8..12) == Some(b"WEBP"),
        _ => known || heic,
    }
}

/// A file name without folders, control characters and marks that turn text around.
pub(super) fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = super::header::line(last);
    let clean: String = clean.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).take(150).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace()).trim_start_matches('-');
    (!clean.is_empty()).then(|| clean.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_before_type_and_name() {
        let attached = Surroundings { attachment: true, named: true, ..Surroundings::default() };
        let body = Surroundings::default();
        for (media, name, bytes, around, expect) in [
            ("application/octet-stream", Some("r.dat"), &b"%PDF-1.7"[..], attached, Kind::Pdf),
            ("application/pdf", Some("r.pdf"), b"<?xml version='1.0'?><a/>", attached, Kind::Xml),
            ("text/plain", None, b" \r\n<?xml version='1.0'?><Invoice/>", body, Kind::Xml),
            ("text/plain", None, b"<3 viele Gr\xc3\xbc\xc3\x9fe", body, Kind::Text),
            ("text/html", None, b"<html><body>hi", body, Kind::Html),
            ("application/xml", Some("x.xml"), b"\xff\xfe<\0?\0", attached, Kind::Xml),
            ("text/xml", None, b"kaputt", attached, Kind::Xml),
            ("application/zip", Some("a.zip"), b"PK\x03\x04", attached, Kind::Zip),
            ("application/zip", Some("a.xlsx"), b"PK\x03\x04", attached, Kind::Other),
            ("text/csv", Some("a.csv"), b"a;b", attached, Kind::Other),
            ("image/svg+xml", Some("a.svg"), b"<svg/>", attached, Kind::Picture),
            ("application/pkcs7-signature", Some("smime.p7s"), b"0\x82", attached, Kind::Signature),
        ] {
            assert_eq!(of(media, name, bytes, around).0, expect, "{media} {name:?}");
        }
    }

    #[test]
    fn logos_are_put_aside_and_photographs_are_not() {
        let picture = [&b"\xff\xd8\xff"[..], &[0; 40_000]].concat();
        let related = Surroundings { in_related: true, content_id: true, ..Surroundings::default() };
        let attached = Surroundings { attachment: true, named: true, content_id: true, ..Surroundings::default() };
        assert_eq!(of("image/jpeg", None, &picture, related).1, Some(Aside::Decoration));
        assert_eq!(of("image/jpeg", Some("Rechnung.jpg"), &picture, attached).1, None);
        assert_eq!(of("image/png", None, b"\x89PNG\r\n", Surroundings::default()).1, Some(Aside::Decoration));
    }

    #[test]
    fn names_lose_what_is_dangerous() {
        assert_eq!(safe_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(safe_name("C:\\x\\Rechnung\u{202e}fdp.exe").as_deref(), Some("Rechnungfdp.exe"));
        assert_eq!(safe_name("..\r\n"), None);
    }
}
