//! Laws of readers and writers, on invoices made from the dictionary and on arbitrary documents.

use std::fmt::Write as _;

use proptest::prelude::*;
use vir_core::Lang;
use vir_invoice::bindings::{WriteError, read, write, write_cii, write_ubl};
use vir_invoice::identify;
use vir_invoice::model::{Bg, Bt, Component, DataType, Group, Invoice, Kind, Value, diff};
use vir_invoice::names::Name;
use vir_invoice::xml;

/// A stream of choices; when it is used up every choice is the plainest one, so that failing cases
/// shrink to small invoices.
struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
    lines: usize,
}

impl<'a> Choices<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter(), lines: 0 }
    }

    fn below(&mut self, n: usize) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or(0)) % n
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    /// Text with everything that XML must escape or could swallow; never blank.
    fn text(&mut self) -> String {
        const PARTS: &[&str] = &[
            "a", "ß", " ", "  ", "\n", "\t", "\r", "&", "<", ">", "\"", "'", "]]>", "€", "🙂", "0", "#", "\u{85}",
            "\u{a0}",
        ];
        let mut text = String::from("T");
        for _ in 0..self.below(6) {
            let part = self.pick(PARTS);
            text.push_str(part);
        }
        text
    }

    fn number(&mut self) -> String {
        let (whole, cents) = (self.below(250), self.below(100));
        match self.below(5) {
            0 => format!("{whole}"),
            1 => format!("-{whole}.{cents:02}"),
            2 => format!("{whole}.{cents:02}00"),
            3 => format!("{whole}{cents}{whole}{cents}.{cents}5"),
            _ => format!("{whole}.{cents:02}"),
        }
    }

    fn value(&mut self, term: Bt) -> Value {
        let text = match (term, term.data_type()) {
            (Bt::BT3, _) => "380".to_owned(),
            (Bt::BT5, _) => "EUR".to_owned(),
            (Bt::BT6, _) => "DKK".to_owned(),
            (Bt::BT8, _) => self.pick(&["3", "35", "432"]).to_owned(),
            (Bt::BT21, _) => self.pick(&["AAI", "ADU", "ZZ9"]).to_owned(),
            (Bt::BT84, _) => self.pick(&["DE02120300000000202051", "4711", "DK12 3456", "x"]).to_owned(),
            (_, DataType::Date) => {
                format!("{}-{:02}-{:02}", 1990 + self.below(60), 1 + self.below(12), 1 + self.below(28))
            }
            (_, DataType::Code) => self.pick(&["S", "AE", "DE", "H87", "58", "1"]).to_owned(),
            (_, DataType::BinaryObject) => self.pick(&["AA==", "JVBERg==", "YWJj"]).to_owned(),
            (_, kind) if kind.is_number() => self.number(),
            _ => self.text(),
        };
        let mut value = Value::new(term, &text);
        for component in [Component::Scheme, Component::SchemeVersion, Component::Mime, Component::Filename] {
            if term.component(component).is_some() && self.below(3) > 0 {
                let text = if component == Component::Filename {
                    self.text()
                } else {
                    self.pick(&["0088", "ABC", "EM"]).to_owned()
                };
                value.set_component(component, &text);
            }
        }
        value
    }

    fn group(&mut self, id: Bg, depth: usize) -> Group {
        let mut group = Group::new(id);
        for term in id.terms() {
            let count = match term.cardinality().is_repeatable() {
                true => self.below(3),
                false if term.cardinality().is_required() => 1,
                false => self.below(2),
            };
            for _ in 0..count {
                let value = self.value(term);
                group.add(value);
            }
        }
        // The unit is an attribute of the quantity.
        if group.value(Bt::BT149).is_none() {
            group.values.retain(|value| value.term != Bt::BT150);
        }
        if id.kin() == Bg::BG25 {
            self.lines += 1;
            group.set(Bt::BT126, &format!("L{}", self.lines));
        }
        for inner in id.groups() {
            // Payment instructions are one set in the standard, and CII has one remittance text.
            let count = match inner {
                Bg::BGDEX01 if depth > 2 => 0,
                Bg::BG25 => 1 + self.below(3),
                _ if inner.cardinality().is_repeatable() => self.below(3),
                _ if inner.cardinality().is_required() => 1,
                _ => self.below(2),
            };
            for _ in 0..count {
                let made = self.group(inner, depth + usize::from(inner == Bg::BGDEX01));
                group.add_group(made);
            }
        }
        group
    }

    fn invoice(&mut self) -> Invoice {
        let mut invoice = Invoice::new(Kind::Invoice);
        invoice.root = self.group(Bg::BG0, 0);
        let root = &mut invoice.root;
        if root.value(Bt::BT6).is_none() {
            root.group_mut(Bg::BG22).values.retain(|value| value.term != Bt::BT111);
        }
        // Of more preceding invoices than lines and one, CII cannot say the rest.
        let room = 1 + root.groups_of(Bg::BG25).count();
        let mut seen = 0;
        root.groups.retain(|group| {
            group.id != Bg::BG3 || {
                seen += 1;
                seen <= room
            }
        });
        if root.group(Bg::BG22).is_some_and(|totals| totals.value(Bt::BT110).is_none()) {
            root.group_mut(Bg::BG22).set(Bt::BT110, "1.00");
        }
        if self.below(3) == 1 {
            // A UBL credit note has no place for third parties' claims, and its due date is in
            // the payment instructions.
            root.set(Bt::BT3, "381");
            root.groups.retain(|group| group.id != Bg::BGDEX09);
            if root.group(Bg::BG16).is_none() {
                root.group_mut(Bg::BG16).set(Bt::BT81, "58");
            }
            invoice.kind = Kind::CreditNote;
        }
        invoice
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..1500)
}

fn reread(text: &str) -> Invoice {
    read(&xml::parse(text.as_bytes()).unwrap())
}

fn assert_same(before: &Invoice, after: &Invoice, way: &str) {
    let found = diff(before, after);
    let labels: Vec<_> = found.iter().map(|d| format!("{}: {:?} → {:?}", d.label(Lang::En), d.left, d.right)).collect();
    assert!(found.is_empty(), "{way}: {}", labels.join("\n"));
}

#[test]
fn every_term_can_occur_in_a_generated_invoice() {
    let mut seen = std::collections::BTreeSet::new();
    let mut state = 1_u64;
    for _ in 0..100 {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        let bytes: Vec<u8> = (0..4000).map(|_| next()).collect();
        let invoice = Choices::new(&bytes).invoice();
        seen.extend(invoice.root.walk().map(|(_, value)| value.term));
    }
    let missing: Vec<_> =
        Bt::ALL.iter().filter(|term| term.data_type() != DataType::Component && !seen.contains(term)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_written_is_read_again(choices in choices()) {
        let invoice = Choices::new(&choices).invoice();
        let ubl = write_ubl(&invoice).unwrap();
        assert_same(&invoice, &reread(&ubl), "UBL");
        let cii = write_cii(&invoice).unwrap();
        assert_same(&invoice, &reread(&cii), "CII");
        prop_assert!(reread(&ubl).extra.is_empty() && reread(&cii).extra.is_empty());
    }

    #[test]
    fn both_ways_across_change_nothing(choices in choices()) {
        let invoice = Choices::new(&choices).invoice();
        let there = reread(&write_cii(&reread(&write_ubl(&invoice).unwrap())).unwrap());
        assert_same(&invoice, &there, "UBL, CII");
        let back = reread(&write_ubl(&reread(&write_cii(&invoice).unwrap())).unwrap());
        assert_same(&invoice, &back, "CII, UBL");
        prop_assert_eq!(there.kind, invoice.kind);
        prop_assert!(there == back);
    }

    #[test]
    fn any_text_is_carried_or_refused(text in any::<String>()) {
        let mut invoice = Invoice::new(Kind::Invoice);
        invoice.root.set(Bt::BT20, &text);
        invoice.root.group_mut(Bg::BG16).set(Bt::BT82, &text);
        invoice.root.group_mut(Bg::BG16).set(Bt::BT81, "58");
        let xml_char = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..);
        for kind in [identify::Kind::UblInvoice, identify::Kind::UblCreditNote, identify::Kind::Cii] {
            match write(&invoice, kind) {
                Ok(written) => assert_same(&invoice, &reread(&written), kind.name()),
                Err(WriteError::Character { character, .. }) => {
                    prop_assert!(!xml_char(character) && text.contains(character));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn nothing_in_a_document_is_dropped(choices in prop::collection::vec(any::<u16>(), 0..300), kind in 0..3_usize) {
        let (document, texts) = arbitrary_document(&choices, kind);
        let doc = xml::parse(document.as_bytes()).unwrap();
        let invoice = read(&doc);
        let mut kept: std::collections::HashSet<String> = invoice.extra.iter().map(|field| field.value.clone()).collect();
        for (_, value) in invoice.root.walk() {
            kept.insert(value.content.text().into_owned());
            kept.extend(value.components().map(|(_, text)| text.to_owned()));
        }
        for text in texts {
            prop_assert!(kept.contains(&text), "{text} of {document}");
        }
        for kind in [identify::Kind::UblInvoice, identify::Kind::UblCreditNote, identify::Kind::Cii] {
            xml::parse(write(&invoice, kind).unwrap().as_bytes()).unwrap();
        }
    }
}

/// A document of names that the schemas know, nested at will, with a different text in each leaf
/// and attribute.
fn arbitrary_document(choices: &[u16], kind: usize) -> (String, Vec<String>) {
    const ROOTS: [(&str, &str); 3] =
        [("ubl:Invoice", "cac cbc"), ("cn:CreditNote", "cac cbc"), ("rsm:CrossIndustryInvoice", "rsm ram udt qdt")];
    let (root, prefixes) = ROOTS[kind];
    let names: Vec<String> = (1..Name::COUNT)
        .filter_map(|index| Name::from_index(u16::try_from(index).unwrap()))
        .filter(|name| prefixes.split(' ').any(|prefix| prefix == name.prefix()))
        .map(|name| name.to_string())
        .collect();
    let bound: Vec<&String> = names.iter().filter(|name| COMMON.contains(&name.as_str())).collect();
    let mut out = format!("<{root}");
    for prefix in ["ubl", "cn", "cac", "cbc", "rsm", "ram", "udt", "qdt"] {
        let ns = vir_invoice::names::Ns::from_prefix(prefix).unwrap();
        write!(out, " xmlns:{prefix}=\"{}\"", ns.uri()).unwrap();
    }
    out.push('>');
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for (at, choice) in choices.iter().enumerate() {
        let choice = usize::from(*choice);
        let name = if choice % 4 > 0 { bound[choice / 4 % bound.len()] } else { &names[choice / 4 % names.len()] };
        match choice % 5 {
            0 if open.len() < 12 => {
                write!(out, "<{name}>").unwrap();
                open.push(name);
            }
            1 => {
                if let Some(name) = open.pop() {
                    write!(out, "</{name}>").unwrap();
                }
            }
            2 => {
                write!(out, "<{name} schemeID=\"a{at}\">x{at}</{name}>").unwrap();
                texts.extend([format!("a{at}"), format!("x{at}")]);
            }
            _ => {
                write!(out, "<{name}>x{at}</{name}>").unwrap();
                texts.push(format!("x{at}"));
            }
        }
    }
    while let Some(name) = open.pop() {
        write!(out, "</{name}>").unwrap();
    }
    write!(out, "</{root}>").unwrap();
    (out, texts)
}

const COMMON: &[&str] = &[
    "cbc:ID",
    "cbc:Note",
    "cbc:IssueDate",
    "cac:Party",
    "cac:AccountingSupplierParty",
    "cac:PartyIdentification",
    "cac:InvoiceLine",
    "cac:CreditNoteLine",
    "cac:SubInvoiceLine",
    "cac:Item",
    "cbc:Name",
    "cac:TaxTotal",
    "cbc:TaxAmount",
    "cac:PaymentMeans",
    "cbc:PaymentMeansCode",
    "cac:AdditionalDocumentReference",
    "cac:Price",
    "cac:AllowanceCharge",
    "cbc:Amount",
    "cac:CommodityClassification",
    "cbc:ItemClassificationCode",
    "cac:InvoicePeriod",
    "cbc:DescriptionCode",
    "cac:OrderReference",
    "rsm:SupplyChainTradeTransaction",
    "ram:IncludedSupplyChainTradeLineItem",
    "ram:AssociatedDocumentLineDocument",
    "ram:LineID",
    "ram:ParentLineID",
    "ram:ApplicableHeaderTradeSettlement",
    "ram:ApplicableTradeTax",
    "ram:DueDateTypeCode",
    "ram:ID",
    "ram:GlobalID",
    "ram:SellerTradeParty",
    "ram:ApplicableHeaderTradeAgreement",
    "ram:AdditionalReferencedDocument",
    "ram:IssuerAssignedID",
    "ram:ReferenceTypeCode",
    "ram:InvoiceReferencedDocument",
    "ram:CreditorReferenceID",
    "ram:PaymentReference",
    "ram:SpecifiedLineTradeSettlement",
    "rsm:ExchangedDocument",
    "ram:TypeCode",
];

#[test]
fn hostile_documents_cost_linear_time() {
    let line = |ns: &str, body: &str, count: usize, head: &str, tail: &str| {
        format!("<{ns}>{head}{}{tail}</{}>", body.repeat(count), ns.split(' ').next().unwrap())
    };
    let ubl = "Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\" xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"";
    let cii = "r:CrossIndustryInvoice xmlns:r=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\" xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100\"";
    let chain = |n: usize| {
        (1..n).map(|i| format!("<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{i}</ram:LineID><ram:ParentLineID>{}</ram:ParentLineID></ram:AssociatedDocumentLineDocument></ram:IncludedSupplyChainTradeLineItem>", i - 1)).collect::<String>()
    };
    let documents = [
        line(ubl, "<cbc:ProfileID>p</cbc:ProfileID>", 60_000, "", ""),
        line(
            ubl,
            "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference><cbc:ProfileID>p</cbc:ProfileID>",
            20_000,
            "",
            "",
        ),
        line(
            ubl,
            "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>x</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>",
            20_000,
            "",
            "",
        ),
        line(ubl, "<cbc:unknown a='1'/>", 60_000, "", ""),
        line(
            ubl,
            "<cac:PartyIdentification><cbc:ID>x</cbc:ID></cac:PartyIdentification><cac:PartyLegalEntity><cbc:RegistrationName>n</cbc:RegistrationName></cac:PartyLegalEntity>",
            30_000,
            "<cac:AccountingSupplierParty><cac:Party>",
            "</cac:Party></cac:AccountingSupplierParty>",
        ),
        line(cii, &chain(20_000), 1, "<r:SupplyChainTradeTransaction>", "</r:SupplyChainTradeTransaction>"),
    ];
    for document in documents {
        let doc = xml::parse(document.as_bytes()).unwrap();
        let invoice = read(&doc);
        for kind in [identify::Kind::UblInvoice, identify::Kind::Cii] {
            let text = write(&invoice, kind).unwrap();
            assert!(text.len() < document.len() * 4);
        }
        assert!(diff(&invoice, &invoice).is_empty());
    }
}
