//! Claims about the schema layer, most of them in data files that need no Rust to read.

use proptest::prelude::*;

use super::simple::{Kind, Simple};
use super::*;
use crate::xml;

const VIOLATIONS: &str = include_str!("../../tests/data/schema/violations.txt");
const VALUES: &str = include_str!("../../tests/data/schema/values.txt");

fn sample(name: &str) -> &'static str {
    match name {
        "small-ubl" => include_str!("../../samples/small-ubl.xml"),
        "small-cii" => include_str!("../../samples/small-cii.xml"),
        "credit-note-ubl" => include_str!("../../samples/credit-note-ubl.xml"),
        "xrechnung-ubl" => include_str!("../../samples/xrechnung-ubl.xml"),
        "xrechnung-cii" => include_str!("../../samples/xrechnung-cii.xml"),
        "extension-ubl" => include_str!("../../samples/extension-ubl.xml"),
        other => panic!("no sample {other}"),
    }
}

fn check(case: &str) {
    let mut lines = case.lines();
    let title = lines.next().unwrap();
    let (mut text, mut taken) = (String::new(), "");
    let (mut wanted, mut words) = (Vec::new(), Vec::new());
    for line in lines.filter(|line| !line.is_empty()) {
        match line.split_once(' ').unwrap() {
            ("sample", name) => sample(name).clone_into(&mut text),
            ("-", old) => taken = old,
            ("+", new) => {
                assert!(text.contains(taken), "{title}: the sample has no {taken}");
                text = text.replacen(taken, new, 1);
            }
            ("!", finding) => wanted.push(finding.to_owned()),
            ("~", part) => words.push(part),
            (other, _) => panic!("{title}: unknown mark {other}"),
        }
    }
    let doc = xml::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{title}: {:?}", error.kind));
    let findings = validate(&doc);
    let found: Vec<String> = findings.iter().map(|f| format!("{} {}", f.rule, f.place.path)).collect();
    assert_eq!(found, wanted, "{title}: {findings:#?}");
    for part in words {
        assert!(findings.iter().any(|f| f.message.de.contains(part)), "{title}: {part} is not in {findings:#?}");
    }
}

#[test]
fn violations_are_found_where_they_are() {
    let cases = VIOLATIONS.split("\n== ").skip(1);
    assert!(cases.clone().count() > 50);
    cases.for_each(check);
}

#[test]
fn samples_are_valid() {
    for name in ["small-ubl", "small-cii", "credit-note-ubl", "xrechnung-ubl", "xrechnung-cii", "extension-ubl"] {
        assert_eq!(validate(&xml::parse(sample(name).as_bytes()).unwrap()), [], "{name}");
    }
}

#[test]
fn values_are_judged_as_the_official_validator_does() {
    let mut wrong = Vec::new();
    for line in VALUES.lines().filter(|line| !line.starts_with('#')) {
        let (kind, rest) = line.split_once(' ').unwrap();
        let (verdict, value) = rest.split_once(' ').unwrap();
        let simple = Simple::of(kind_of(kind));
        if simple.check(&plain(value)).is_ok() != (verdict == "valid") {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn kind_of(name: &str) -> Kind {
    match name {
        "date" => Kind::Date,
        "time" => Kind::Time,
        "dateTime" => Kind::DateTime,
        "decimal" => Kind::Decimal,
        "boolean" => Kind::Boolean,
        "base64Binary" => Kind::Base64Binary,
        "hexBinary" => Kind::HexBinary,
        "anyURI" => Kind::AnyUri,
        "language" => Kind::Language,
        "NCName" => Kind::NcName,
        "NMTOKENS" => Kind::NmTokens,
        "int" => Kind::Int,
        "integer" => Kind::Integer,
        "unsignedLong" => Kind::UnsignedLong,
        "positiveInteger" => Kind::PositiveInteger,
        "double" => Kind::Double,
        "duration" => Kind::Duration,
        "gYear" => Kind::GYear,
        "gYearMonth" => Kind::GYearMonth,
        "gMonthDay" => Kind::GMonthDay,
        "gMonth" => Kind::GMonth,
        "gDay" => Kind::GDay,
        other => panic!("no kind {other}"),
    }
}

/// The value without quotes and with its escapes resolved.
fn plain(quoted: &str) -> String {
    let mut rest = quoted.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (code, after) = after.split_once('}').unwrap();
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        rest = after;
    }
    out + rest
}

#[test]
fn lengths_and_listed_values_are_facets() {
    let unit = Simple { kind: Kind::Token, min: 1, max: 3, values: &[] };
    for (text, expected) in [
        ("C62", Ok(())),
        (" H87 ", Ok(())),
        ("äöü", Ok(())),
        ("", Err(Flaw::Short)),
        ("  ", Err(Flaw::Short)),
        ("KGMS", Err(Flaw::Long)),
        ("A  B", Ok(())),
    ] {
        assert_eq!(unit.check(text), expected, "{text}");
    }
    let listed = Simple { kind: Kind::String, min: 0, max: u32::MAX, values: &["OIDAsURI", "OIDAsURN"] };
    assert_eq!(listed.check("OIDAsURN"), Ok(()));
    assert_eq!(listed.check(" OIDAsURN"), Err(Flaw::Unlisted));
}

#[test]
fn an_unknown_root_is_said_to_be_one() {
    let doc = xml::parse(b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-3'/>").unwrap();
    assert_eq!(validate(&doc)[0].rule, "cvc-elt.1");
}

#[test]
fn findings_are_capped_and_the_cap_is_told() {
    let bad = "<cbc:Unsinn a='1'>x</cbc:Unsinn>".repeat(20_000);
    let text = sample("small-ubl").replacen("<cac:TaxTotal>", &format!("<cac:TaxTotal>{bad}"), 1);
    let findings = validate(&xml::parse(text.as_bytes()).unwrap());
    assert_eq!(findings.len(), MOST_FINDINGS + 1);
    let note = &findings[MOST_FINDINGS];
    assert_eq!((note.rule.as_ref(), note.severity), ("schema-further", vir_core::Severity::Information));
}

#[test]
fn deep_nesting_is_no_trouble() {
    let deep = format!("{}{}", "<cac:AgentParty>".repeat(200), "</cac:AgentParty>".repeat(200));
    let text = sample("small-ubl").replacen("</cac:Party>", &format!("{deep}</cac:Party>"), 1);
    assert_eq!(validate(&xml::parse(text.as_bytes()).unwrap()), []);
}

#[test]
fn prefixes_mean_what_the_nearest_declaration_says() {
    let text = sample("small-ubl").replacen(
        "<cbc:CustomizationID>",
        "<ext:UBLExtensions xmlns:ext='urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2'>\
         <ext:UBLExtension><ext:ExtensionContent><x:a xmlns:x='urn:x' xmlns:p='http://www.w3.org/2001/XMLSchema-instance' xmlns:s='http://www.w3.org/2001/XMLSchema'>\
         <x:b xmlns:p='urn:other' p:type='s:int'>no number</x:b>\
         <x:b p:type='s:int'>no number</x:b>\
         <x:b xmlns:s='urn:other' p:type='s:int'>no number</x:b>\
         <x:b p:type='s:int'>1</x:b>\
         </x:a></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions><cbc:CustomizationID>",
        1,
    );
    let doc = xml::parse(text.as_bytes()).unwrap();
    let rules: Vec<_> = validate(&doc).into_iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["cvc-datatype-valid.1.2.1", "cvc-elt.4.2"]);
}

/// Where tags begin and end in a text.
fn seams(text: &str) -> Vec<usize> {
    text.char_indices()
        .flat_map(|(at, c)| match c {
            '<' => Some(at),
            '>' => Some(at + 1),
            _ => None,
        })
        .collect()
}

#[derive(Debug, Clone)]
enum Edit {
    /// Takes out what lies between two seams.
    Cut(prop::sample::Index, usize),
    /// Repeats it.
    Double(prop::sample::Index, usize),
    /// Puts something in.
    Insert(prop::sample::Index, &'static str),
    /// Puts attributes into a start tag.
    Attribute(prop::sample::Index, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let snippet = prop::sample::select(vec![
        "x",
        " ",
        "&#160;",
        "<cbc:ID>1</cbc:ID>",
        "<cac:Party/>",
        "<ram:ID/>",
        "<x/>",
        "<x xmlns='urn:x'><cbc:Percent xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>?</cbc:Percent></x>",
        "<ext:UBLExtensions xmlns:ext='urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2'><ext:UBLExtension><ext:ExtensionContent><ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#' Id='a'><ds:X509Data/></ds:KeyInfo></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>",
    ]);
    let attribute = prop::sample::select(vec![
        " currencyID='EUR'",
        " foo=''",
        " xml:lang='de'",
        " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='cbc:IDType'",
        " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'",
        " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation=': %'",
    ]);
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 1..6_usize).prop_map(|(at, n)| Edit::Cut(at, n)),
        (at(), 1..6_usize).prop_map(|(at, n)| Edit::Double(at, n)),
        (at(), snippet).prop_map(|(at, text)| Edit::Insert(at, text)),
        (at(), attribute).prop_map(|(at, text)| Edit::Attribute(at, text)),
    ]
}

fn apply(text: &mut String, edit: &Edit) {
    let seams = seams(text);
    let at = |index: &prop::sample::Index| index.index(seams.len());
    match edit {
        Edit::Cut(from, n) => {
            let from = at(from);
            text.replace_range(seams[from]..seams[(from + n).min(seams.len() - 1)], "");
        }
        Edit::Double(from, n) => {
            let from = at(from);
            let (from, to) = (seams[from], seams[(from + n).min(seams.len() - 1)]);
            let copy = text[from..to].to_owned();
            text.insert_str(to, &copy);
        }
        Edit::Insert(to, snippet) => text.insert_str(seams[at(to)], snippet),
        Edit::Attribute(to, attribute) => {
            let to = seams[at(to)];
            let tag = &text[to..];
            if tag.starts_with('<') {
                let name = tag.find(['>', ' ', '/']).unwrap_or(1);
                text.insert_str(to + name, attribute);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_document_brings_it_down(
        name in prop::sample::select(vec!["small-ubl", "small-cii", "credit-note-ubl", "extension-ubl"]),
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        let mut text = sample(name).to_owned();
        for edit in &edits {
            apply(&mut text, edit);
        }
        let Ok(doc) = xml::parse(text.as_bytes()) else { return Ok(()) };
        let findings = validate(&doc);
        prop_assert!(findings.len() <= MOST_FINDINGS + 1);
        prop_assert_eq!(&findings, &validate(&doc));
        for finding in &findings {
            prop_assert!(finding.layer == LAYER && finding.place.line > 0 && finding.place.path.starts_with('/'));
            prop_assert!(!finding.message.de.is_empty() && !finding.repair.en.is_empty());
        }
    }

    #[test]
    fn no_value_brings_it_down(text in "\\PC{0,24}|[-+0-9.:TZPYMDHSeE/?#%\\[\\]@ =]{0,24}") {
        for simple in &SIMPLES {
            let _ = simple.check(&text);
            prop_assert!(simple.equals(&text, &text));
        }
    }

    #[test]
    fn white_space_around_a_number_or_date_does_not_matter(
        text in "[-+0-9.:TZ]{0,20}",
        before in "[ \t\n\r]{0,3}",
        after in "[ \t\n\r]{0,3}",
    ) {
        for kind in [Kind::Decimal, Kind::Date, Kind::DateTime, Kind::Time, Kind::Boolean, Kind::Integer] {
            let simple = Simple::of(kind);
            prop_assert_eq!(simple.check(&text), simple.check(&format!("{before}{text}{after}")));
        }
    }

    #[test]
    fn whole_files_in_base64_are_accepted(bytes in prop::collection::vec(any::<u8>(), 0..80), width in 1..80_usize) {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let bits = group.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - group.len()));
            for i in 0..4 {
                let letter = alphabet[(bits >> (18 - 6 * i) & 63) as usize];
                text.push(if i > group.len() { '=' } else { char::from(letter) });
            }
        }
        let lines: Vec<String> = text.as_bytes().chunks(width).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
        let simple = Simple::of(Kind::Base64Binary);
        prop_assert_eq!(simple.check(&lines.join("\n")), Ok(()));
        if !text.is_empty() {
            prop_assert_eq!(simple.check(&text[1..]), Err(Flaw::Form));
        }
    }
}
