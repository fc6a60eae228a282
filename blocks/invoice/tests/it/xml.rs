//! What is well-formed, what is not, and what the sender is told.

use vir_invoice::check::{Options, Reason, Verdict, check};
use vir_invoice::xml;

#[test]
fn what_is_not_well_formed_is_refused_with_rule_and_place() {
    let cases: &[(&[u8], &str, (u32, u32))] = &[
        (b"", "xml-empty", (0, 0)),
        (b" \n\t", "xml-empty", (0, 0)),
        (b"\xEF\xBB\xBF", "xml-empty", (0, 0)),
        (b"%PDF-1.7", "xml-none", (0, 0)),
        (b"PK\x03\x04", "xml-none", (0, 0)),
        (b"<!DOCTYPE html><html/>", "xml-none", (0, 0)),
        (b"<html><br></html>", "xml-none", (0, 0)),
        (b"{\"a\": 1}", "xml-none", (0, 0)),
        (b"Sehr geehrte Damen und Herren", "xml-none", (0, 0)),
        (b"\x00\x01\x02", "xml-none", (0, 0)),
        (b"<a>", "xml-truncated", (1, 4)),
        (b"<a", "xml-truncated", (1, 3)),
        (b"<a b='", "xml-truncated", (1, 7)),
        (b"<a><![CDATA[x", "xml-truncated", (1, 14)),
        (b"<a><!-- ", "xml-truncated", (1, 9)),
        (b"<a>\n<b></a>", "xml-tags", (2, 4)),
        (b"<a></ab>", "xml-tags", (1, 4)),
        (b"<a/><b/>", "xml-syntax", (1, 5)),
        (b"<a/>x", "xml-syntax", (1, 5)),
        (b"<a b='1' b='2'/>", "xml-syntax", (1, 10)),
        (b"<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "xml-syntax", (1, 35)),
        (b"<a b=1/>", "xml-syntax", (1, 6)),
        (b"<a b='<'/>", "xml-syntax", (1, 7)),
        (b"<a b='1'c='2'/>", "xml-syntax", (1, 9)),
        (b"<a>&nbsp;</a>", "xml-entity", (1, 4)),
        (b"<a>A & B</a>", "xml-syntax", (1, 6)),
        (b"<a>&#0;</a>", "xml-syntax", (1, 4)),
        (b"<a>&#xD800;</a>", "xml-syntax", (1, 4)),
        (b"<a>]]></a>", "xml-syntax", (1, 4)),
        (b"<a><!-- a -- b --></a>", "xml-syntax", (1, 11)),
        (b"<a>\x01</a>", "xml-syntax", (1, 4)),
        (b"<a><?xml version='1.0'?></a>", "xml-syntax", (1, 4)),
        (b" <?xml version='1.0'?><a/>", "xml-syntax", (1, 2)),
        (b"<?xml version='1.1'?><a/>", "xml-syntax", (1, 1)),
        (b"<?xml encoding='UTF-8'?><a/>", "xml-syntax", (1, 1)),
        (b"<p:a/>", "xml-prefix", (1, 2)),
        (b"<a p:b=''/>", "xml-prefix", (1, 4)),
        (b"<1a/>", "xml-syntax", (1, 2)),
        (b"<a:b:c xmlns:a='u'/>", "xml-syntax", (1, 2)),
        (b"<a xmlns:b=''/>", "xml-syntax", (1, 4)),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "xml-doctype", (1, 22)),
        (b"<a>\xE4</a>", "xml-encoding", (0, 0)),
    ];
    for (bytes, rule, place) in cases {
        let shown = String::from_utf8_lossy(bytes);
        let report = check(bytes, &Options::default());
        assert_eq!((report.verdict, report.reason), (Verdict::Reject, Some(Reason::NotWellFormed)), "{shown}");
        let finding = &report.findings[0];
        assert_eq!(finding.rule, *rule, "{shown}");
        assert_eq!((finding.place.line, finding.place.column), *place, "{shown}");
        assert!(!finding.message.de.is_empty() && !finding.repair.de.is_empty(), "{shown}");
    }
}

#[test]
fn what_is_no_invoice_is_named() {
    for (text, expect) in [
        ("<w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'/>", "Word-Dokument"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "Internetseite"),
        ("<Invoice/>", "ohne Namensraum"),
        ("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-1'/>", "anderen Namensraum"),
        ("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "Bestellung"),
        ("<rechnung/>", "anderes XML-Dokument"),
    ] {
        let report = check(text.as_bytes(), &Options::default());
        assert_eq!(report.reason, Some(Reason::NoProfile), "{text}");
        assert!(report.findings[0].message.de.contains(expect), "{text}: {}", report.findings[0].message.de);
    }
}

#[test]
fn text_is_what_xpath_says_it_is() {
    let doc = xml::parse(b"<a> x<!-- c -->y<![CDATA[<&]]>&amp;&#xE4;<b c='1 &#10; \t2'>z</b>\n</a>").unwrap();
    let root = doc.root();
    assert_eq!(root.text(), " xy<&&\u{E4}z\n");
    assert_eq!(root.text_nodes(), [" x", "y<&&\u{E4}", "\n"]);
    assert_eq!(root.children().next().unwrap().attr("c").unwrap(), "1 \n  2");
}

#[test]
fn limits_keep_hostile_documents_harmless() {
    let deep = "<a>".repeat(300);
    let wide = format!("<a {}/>", (0..300).map(|n| format!("b{n}='' ")).collect::<String>());
    let long = format!("<{}/>", "a".repeat(5000));
    for text in [deep, wide, long] {
        let report = check(text.as_bytes(), &Options::default());
        assert_eq!(report.findings[0].rule, "xml-limit");
    }
    let small = xml::Limits { bytes: 10, ..xml::Limits::default() };
    assert_eq!(xml::parse_with(b"<a>12345678</a>", &small).unwrap_err().kind.id(), "xml-limit");
}
