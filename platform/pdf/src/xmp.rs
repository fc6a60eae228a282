//! XMP packets: taking single properties out of any, and writing the Factur-X part.
//!
//! XMP is XML, but what stands in files from outside is often not even well-formed. So it is
//! searched for properties by namespace, in both forms that RDF allows (attribute and
//! element), and never parsed as a whole.
//!
//! Invariant: searching takes linear time per property.

/// What a PDF/A claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfaClaim {
    /// 1, 2, 3 or 4.
    pub part: u8,
    /// `A`, `B` or `U`; PDF/A-4 has none, or `E`, `F`.
    pub conformance: Option<char>,
}

impl std::fmt::Display for PdfaClaim {
    /// `PDF/A-3b`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PDF/A-{}", self.part)?;
        match self.conformance {
            Some(level) => write!(f, "{}", level.to_ascii_lowercase()),
            None => Ok(()),
        }
    }
}

/// The three generations of the metadata that invoices in PDFs carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// ZUGFeRD 1.0 of 2014.
    Zugferd1,
    /// ZUGFeRD 2.0 of 2019.
    Zugferd2,
    /// Factur-X, and ZUGFeRD from 2.1 on.
    FacturX,
}

/// What the XMP says about the embedded invoice. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacturxMetadata {
    /// Whose namespace it stands in.
    pub generation: Generation,
    /// `INVOICE`, for Order-X other words.
    pub document_type: String,
    /// The name of the embedded file, `factur-x.xml` for example.
    pub document_file_name: String,
    /// The version of the metadata, `1.0` for example.
    pub version: String,
    /// `EN 16931`, `EXTENDED`, `XRECHNUNG`, …
    pub conformance_level: String,
}

impl FacturxMetadata {
    /// The metadata of today's Factur-X with an invoice in `file_name`.
    #[must_use]
    pub fn invoice(file_name: &str, conformance_level: &str) -> Self {
        Self {
            generation: Generation::FacturX,
            document_type: "INVOICE".to_owned(),
            document_file_name: file_name.to_owned(),
            version: if conformance_level == "XRECHNUNG" { "3.0" } else { "1.0" }.to_owned(),
            conformance_level: conformance_level.to_owned(),
        }
    }
}

/// The namespace that is written.
const FACTURX: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";

/// The beginnings of the namespaces that are read, in lower case.
const GENERATIONS: [(&str, Generation); 3] = [
    ("urn:factur-x:pdfa:crossindustrydocument", Generation::FacturX),
    ("urn:zugferd:pdfa:crossindustrydocument", Generation::Zugferd2),
    ("urn:ferd:pdfa:crossindustrydocument", Generation::Zugferd1),
];

/// Reads the packet's bytes, which are UTF-8 or (rarely) UTF-16.
pub(crate) fn packet_text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => crate::file::text::decode(bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What the packet says about an embedded invoice, if anything.
pub(crate) fn facturx(packet: &str) -> Option<FacturxMetadata> {
    for (beginning, generation) in GENERATIONS {
        let prefixes = prefixes(packet, |uri| uri.to_ascii_lowercase().starts_with(beginning));
        let value = |name| property(packet, &prefixes, name).unwrap_or_default();
        let metadata = FacturxMetadata {
            generation,
            document_type: value("DocumentType"),
            document_file_name: value("DocumentFileName"),
            version: value("Version"),
            conformance_level: value("ConformanceLevel"),
        };
        if !metadata.document_file_name.is_empty() || !metadata.conformance_level.is_empty() {
            return Some(metadata);
        }
    }
    None
}

/// The claim to be a PDF/A.
pub(crate) fn pdfa(packet: &str) -> Option<PdfaClaim> {
    let prefixes = prefixes(packet, |uri| uri == PDFA_ID);
    let part = property(packet, &prefixes, "part")?.trim().parse().ok()?;
    let level = property(packet, &prefixes, "conformance");
    let conformance = level.and_then(|level| level.trim().chars().next());
    Some(PdfaClaim { part, conformance: conformance.map(|level| level.to_ascii_uppercase()) })
}

/// The part of the claim to be a PDF/UA.
pub(crate) fn pdfua(packet: &str) -> Option<u8> {
    let prefixes = prefixes(packet, |uri| uri == "http://www.aiim.org/pdfua/ns/id/");
    property(packet, &prefixes, "part")?.trim().parse().ok()
}

const PDFA_ID: &str = "http://www.aiim.org/pdfa/ns/id/";

/// The prefixes bound to the namespaces that `wanted` accepts, wherever they are bound.
fn prefixes(packet: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in packet.split("xmlns:").skip(1) {
        let Some((prefix, rest)) = piece.split_once('=') else { continue };
        let Some(uri) = quoted(rest) else { continue };
        let prefix = prefix.trim();
        // A handful of prefixes is plenty; a packet with thousands is a trap.
        if wanted(uri) && found.len() < 8 && !found.iter().any(|known| known == prefix) {
            found.push(prefix.to_owned());
        }
    }
    found
}

/// The value in quotes at the start of `text`.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(quote).map(|(value, _)| value)
}

/// The first value of a property: `p:name="value"` or `<p:name>value</p:name>`.
fn property(packet: &str, prefixes: &[String], name: &str) -> Option<String> {
    prefixes.iter().find_map(|prefix| {
        let qualified = format!("{prefix}:{name}");
        packet
            .match_indices(&qualified)
            .find_map(|(at, _)| value_at(packet, at, qualified.len()).map(|range| unescape(packet[range].trim())))
    })
}

/// Where the value of the property whose qualified name stands at `at` lies.
fn value_at(packet: &str, at: usize, length: usize) -> Option<std::ops::Range<usize>> {
    let before = packet[..at].chars().next_back()?;
    let after = &packet[at + length..];
    if before == '<' {
        // `<p:name>` or `<p:name attribute="…">`
        if !after.starts_with(|c: char| c == '>' || c.is_whitespace()) {
            return None;
        }
        let open = at + length + after.find('>')? + 1;
        let close = open + packet[open..].find('<')?;
        return Some(open..close);
    }
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let start = packet.len() - value.len() + 1;
    (before.is_whitespace()).then_some(())?;
    let value = quoted(value)?;
    Some(start..start + value.len())
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('&') {
        out.push_str(plain);
        let decoded = tail.split_once(';').filter(|(name, _)| name.len() <= 8).and_then(|(name, after)| {
            let character = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => {
                    let code = match name.strip_prefix("#x") {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => name.strip_prefix('#')?.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((character, after))
        });
        match decoded {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out + rest
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds the Factur-X metadata, and the description of its schema that PDF/A demands, to a
/// packet. An older part of the same kind must have been taken out. `None`: the packet has no
/// end of its RDF where something could be added.
pub(crate) fn with_facturx(packet: &str, metadata: &FacturxMetadata) -> Option<String> {
    let packet = without_facturx(packet);
    let schema = schema_description();
    // A packet may have only one list of schemas: an existing one is extended.
    let extended = match schema_bag_end(&packet) {
        Some(at) => format!("{}{schema}{}", &packet[..at], &packet[at..]),
        None => {
            let at = packet.rfind("</rdf:RDF>")?;
            let list = format!(
                "<rdf:Description rdf:about=\"\" \
                 xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\">\
                 <pdfaExtension:schemas><rdf:Bag>{schema}</rdf:Bag></pdfaExtension:schemas>\
                 </rdf:Description>"
            );
            format!("{}{list}{}", &packet[..at], &packet[at..])
        }
    };
    let at = extended.rfind("</rdf:RDF>")?;
    let values = format!(
        "<rdf:Description rdf:about=\"\" xmlns:fx=\"{FACTURX}\">\
         <fx:DocumentType>{}</fx:DocumentType>\
         <fx:DocumentFileName>{}</fx:DocumentFileName>\
         <fx:Version>{}</fx:Version>\
         <fx:ConformanceLevel>{}</fx:ConformanceLevel></rdf:Description>",
        escape(&metadata.document_type),
        escape(&metadata.document_file_name),
        escape(&metadata.version),
        escape(&metadata.conformance_level),
    );
    Some(format!("{}{values}{}", &extended[..at], &extended[at..]))
}

/// The end of the list of extension schemas, if the packet has one in the usual form.
fn schema_bag_end(packet: &str) -> Option<usize> {
    let start = packet.find("<pdfaExtension:schemas")?;
    let end = start + packet[start..].find("</pdfaExtension:schemas>")?;
    packet[start..end].rfind("</rdf:Bag>").map(|at| start + at)
}

/// The properties of the metadata on an embedded invoice, in every generation.
const PROPERTIES: [&str; 4] = ["DocumentType", "DocumentFileName", "Version", "ConformanceLevel"];

/// Takes what is said about an embedded invoice out, so that something new can be put in.
fn without_facturx(packet: &str) -> String {
    let ours = |text: &str| {
        let text = text.to_ascii_lowercase();
        GENERATIONS.iter().any(|(beginning, _)| text.contains(beginning))
    };
    let out = without_properties(packet, &prefixes(packet, ours));
    // What is left of a description that held nothing else.
    let out = without_elements(&out, "<rdf:Description", "</rdf:Description>", |element| {
        let (head, inner) = element.split_once('>').unwrap_or((element, ""));
        let bindings = head.matches("xmlns:").count() + head.matches("rdf:about").count();
        ours(head) && bindings == head.matches('=').count() && matches!(inner.trim(), "" | "</rdf:Description>")
    });
    without_schema_entry(&out, ours)
}

/// Removes the properties of an embedded invoice, written as elements or as attributes.
fn without_properties(packet: &str, prefixes: &[String]) -> String {
    let mut unwanted: Vec<std::ops::Range<usize>> = Vec::new();
    for prefix in prefixes {
        for name in PROPERTIES {
            let qualified = format!("{prefix}:{name}");
            for (at, _) in packet.match_indices(&qualified) {
                let Some(value) = value_at(packet, at, qualified.len()) else { continue };
                let element = packet[..at].ends_with('<');
                let close = format!("</{qualified}>");
                match packet.get(value.end..).filter(|_| element) {
                    Some(rest) if rest.starts_with(&close) => {
                        unwanted.push(at - 1..value.end + close.len());
                    }
                    Some(_) => {}
                    // The attribute's name, the value, and the quote behind it.
                    None => unwanted.push(at..value.end + 1),
                }
            }
        }
    }
    unwanted.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(packet.len());
    let mut copied = 0;
    for range in unwanted {
        if range.start >= copied {
            out.push_str(&packet[copied..range.start]);
            copied = range.end;
        }
    }
    out.push_str(&packet[copied..]);
    out
}

fn without_elements(packet: &str, open: &str, close: &str, unwanted: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(packet.len());
    let mut rest = packet;
    while let Some(start) = rest.find(open) {
        out.push_str(&rest[..start]);
        let element = &rest[start..];
        let head_end = element.find('>').map_or(element.len(), |at| at + 1);
        let end = if element[..head_end].ends_with("/>") {
            head_end
        } else {
            element.find(close).map_or(element.len(), |at| at + close.len())
        };
        // Nested descriptions are left alone: their end is not the end of this one.
        let nested = element[open.len()..end].contains(open);
        if nested || !unwanted(&element[..end]) {
            out.push_str(&element[..end]);
        }
        rest = &element[end..];
    }
    out.push_str(rest);
    out
}

/// Removes our namespace's entry from the list of schemas. Entries nest lists, so depth counts.
fn without_schema_entry(packet: &str, ours: impl Fn(&str) -> bool) -> String {
    let Some(start) = packet.find("<pdfaExtension:schemas") else { return packet.to_owned() };
    let Some(length) = packet[start..].find("</pdfaExtension:schemas>") else {
        return packet.to_owned();
    };
    let list = &packet[start..start + length];
    let mut kept = String::with_capacity(list.len());
    let (mut depth, mut entry_start, mut copied) = (0usize, 0usize, 0usize);
    let mut at = 0;
    while let Some(step) = list[at..].find('<') {
        at += step;
        let tag = &list[at..];
        if tag.starts_with("<rdf:li") && !tag.split('>').next().is_some_and(|t| t.ends_with('/')) {
            if depth == 0 {
                entry_start = at;
            }
            depth += 1;
        } else if tag.starts_with("</rdf:li>") && depth > 0 {
            depth -= 1;
            let entry_end = at + "</rdf:li>".len();
            if depth == 0 && ours(&list[entry_start..entry_end]) {
                kept.push_str(&list[copied..entry_start]);
                copied = entry_end;
            }
        }
        at += 1;
    }
    kept.push_str(&list[copied..]);
    format!("{}{kept}{}", &packet[..start], &packet[start + length..])
}

/// The description of the Factur-X schema, one entry of the list of extension schemas.
fn schema_description() -> String {
    let properties = [
        ("DocumentFileName", "name of the embedded XML invoice file"),
        ("DocumentType", "type of the hybrid document"),
        ("Version", "version of the embedded data's schema"),
        ("ConformanceLevel", "profile that the embedded data conforms to"),
    ]
    .map(|(name, description)| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType>\
             <pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
        )
    });
    format!(
        "<rdf:li rdf:parseType=\"Resource\" \
         xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
         xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\
         <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{FACTURX}</pdfaSchema:namespaceURI>\
         <pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{}</rdf:Seq></pdfaSchema:property></rdf:li>",
        properties.concat()
    )
}

/// Raises the claim of PDF/A-1 or -2 to -3, which may carry files of any kind.
pub(crate) fn with_pdfa3(packet: &str) -> String {
    if pdfa(packet).is_none_or(|claim| claim.part >= 3) {
        return packet.to_owned();
    }
    let prefixes = prefixes(packet, |uri| uri == PDFA_ID);
    let mut out = packet.to_owned();
    for prefix in prefixes {
        let name = format!("{prefix}:part");
        let places: Vec<_> = out.match_indices(&name).filter_map(|(at, _)| value_at(&out, at, name.len())).collect();
        for range in places.into_iter().rev() {
            out.replace_range(range, "3");
        }
    }
    out
}

/// The smallest packet that a document without metadata can be given.
pub(crate) fn empty_packet() -> String {
    "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
     <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
     <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"></rdf:RDF>\
     </x:xmpmeta><?xpacket end=\"w\"?>"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{FacturxMetadata, Generation, PdfaClaim};

    #[test]
    fn properties_in_both_forms() {
        let claim = Some(PdfaClaim { part: 3, conformance: Some('B') });
        for packet in [
            "<d xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" pdfaid:part=\"3\" \
             pdfaid:conformance=\"B\"/>",
            "<d xmlns:a='http://www.aiim.org/pdfa/ns/id/'><a:part> 3 </a:part>\
             <a:conformance>b</a:conformance></d>",
        ] {
            assert_eq!(super::pdfa(packet), claim, "{packet}");
        }
        assert_eq!(super::pdfa("<pdfaid:part>3</pdfaid:part>"), None);
        assert_eq!(super::pdfa("xmlns:"), None);
    }

    #[test]
    fn old_namespaces() {
        for (uri, generation) in [
            ("urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#", Generation::FacturX),
            ("urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#", Generation::Zugferd2),
            ("urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#", Generation::Zugferd1),
        ] {
            let packet = format!(
                "<d xmlns:z=\"{uri}\" z:ConformanceLevel=\"BASIC\" z:Version=\"1.0\" \
                 z:DocumentType=\"INVOICE\" z:DocumentFileName=\"a&amp;b.xml\"/>"
            );
            let read = super::facturx(&packet).unwrap();
            assert_eq!((read.generation, read.document_file_name.as_str()), (generation, "a&b.xml"));
        }
    }

    #[test]
    fn added_metadata_is_read_again_and_replaced() {
        let first = FacturxMetadata::invoice("factur-x.xml", "EN 16931");
        let second = FacturxMetadata::invoice("xrechnung.xml", "XRECHNUNG");
        let once = super::with_facturx(&super::empty_packet(), &first).unwrap();
        assert_eq!(super::facturx(&once), Some(first));
        let twice = super::with_facturx(&once, &second).unwrap();
        assert_eq!(super::facturx(&twice), Some(second.clone()));
        assert_eq!(twice, super::with_facturx(&super::empty_packet(), &second).unwrap());
        assert_eq!(twice.matches("pdfaSchema:prefix>fx").count(), 1);
    }

    #[test]
    fn older_metadata_is_replaced_wherever_it_stands() {
        // All in one description, as some writers do, among things that must stay.
        let uri = "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#";
        let packet = format!(
            "<rdf:RDF><rdf:Description rdf:about=\"\" xmlns:zf=\"{uri}\" xmlns:dc=\"dc\" \
             zf:Version='1.0'>\n<dc:title>T</dc:title><zf:ConformanceLevel>BASIC</zf:ConformanceLevel>\
             <zf:DocumentFileName>ZUGFeRD-invoice.xml</zf:DocumentFileName></rdf:Description></rdf:RDF>"
        );
        let metadata = FacturxMetadata::invoice("factur-x.xml", "EN 16931");
        let replaced = super::with_facturx(&packet, &metadata).unwrap();
        assert!(!replaced.contains("zf:Version") && !replaced.contains("ZUGFeRD-invoice"));
        assert!(replaced.contains("<dc:title>T</dc:title></rdf:Description>"));
        assert_eq!(super::facturx(&replaced), Some(metadata));
    }

    #[test]
    fn broken_packets_are_left_alone_or_extended() {
        let metadata = FacturxMetadata::invoice("factur-x.xml", "EN 16931");
        let uri = super::FACTURX;
        for list in [
            format!("<rdf:li>{uri}</rdf:li></rdf:li></rdf:li>"),
            format!("</rdf:li><rdf:li>{uri}"),
            format!("<rdf:li/></rdf:li>{uri}<rdf:Description"),
        ] {
            let packet = format!("<pdfaExtension:schemas><rdf:Bag>{list}</rdf:Bag></pdfaExtension:schemas></rdf:RDF>");
            let extended = super::with_facturx(&packet, &metadata);
            assert_eq!(extended.as_deref().and_then(super::facturx), Some(metadata.clone()));
        }
        assert_eq!(super::with_facturx("<rdf:RDF/>", &metadata), None);
    }

    #[test]
    fn raising_the_claim() {
        let packet = "<d xmlns:p=\"http://www.aiim.org/pdfa/ns/id/\" p:part=\"1\" \
                      p:conformance=\"B\"/>";
        assert_eq!(super::with_pdfa3(packet), packet.replace("\"1\"", "\"3\""));
    }
}
