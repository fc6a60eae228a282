//! The syntax rules of UBL that are more than a shape.

use vir_core::{Phrase, Severity};

use super::syntax_facts::seller_names;
use super::ubl_syntax::{AMOUNT, DOCUMENT, PARTY_TAX, PAYEE, SELLER, SUPPORTING_DOCUMENT};
use crate::names::{Name, cac, cbc, cn};
use crate::path;
use crate::rules::eval::{Eval, XPath, decimals_at_most};
use crate::rules::{Binding, Facts, Rule};
use crate::xml::Element;

/// The rules of this file.
pub static RULES: &[Rule] = &[
    Rule {
        id: "UBL-CR-002",
        severity: Severity::Warning,
        message: Phrase::new(
            "Die angegebene UBL-Version (cbc:UBLVersionID) ist nicht 2.1. EN 16931 ist nur für UBL 2.1 festgelegt.",
            "The stated UBL version (cbc:UBLVersionID) is not 2.1. EN 16931 is bound to UBL 2.1 only.",
        ),
        repair: Phrase::new(
            "cbc:UBLVersionID weglassen oder „2.1“ angeben.",
            "Leave cbc:UBLVersionID out or state \"2.1\".",
        ),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            Ok(!n.has(path!(cbc:UBLVersionID)) || n.any_text(path!(cbc:UBLVersionID), "2.1"))
        })
        .at(path!(cbc:UBLVersionID))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-CR-412",
        severity: Severity::Warning,
        terms: &["BT-9"],
        message: Phrase::new(
            "Das Fälligkeitsdatum (BT-9) steht bei der Zahlungsweise. Dort gehört es nur in Gutschriften hin.",
            "The payment due date (BT-9) stands with the payment means. It belongs there in credit notes only.",
        ),
        repair: Phrase::new(
            "In Rechnungen das Datum in cbc:DueDate direkt unter der Rechnung schreiben.",
            "In invoices write the date into cbc:DueDate directly below the invoice.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            Ok(!n.has(path!(cac:PaymentMeans/cbc:PaymentDueDate)) || n.name() == cn::CreditNote)
        })
        .at(path!(cac:PaymentMeans/cbc:PaymentDueDate))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-CR-665",
        severity: Severity::Warning,
        terms: &["BT-122"],
        message: Phrase::new(
            "Die Kennung einer Unterlage (BT-122) hat ein Schema (schemeID). Das ist nur beim abgerechneten Objekt (BT-18, Typ 130) vorgesehen.",
            "The reference of a supporting document (BT-122) has a scheme (schemeID). That is meant for the invoiced object (BT-18, type 130) only.",
        ),
        repair: Phrase::new(
            "schemeID weglassen; oder, wenn das abgerechnete Objekt gemeint ist, den Dokumenttyp 130 angeben.",
            "Leave schemeID out; or, if the invoiced object is meant, state document type 130.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| {
            Ok(!facts.doc.all(cac::AdditionalDocumentReference).any(|reference| {
                let mut ids = reference.kids(cbc::ID);
                ids.any(|id| id.attr("schemeID").is_some()) && {
                    let mut codes = reference.kids(cbc::DocumentTypeCode).peekable();
                    codes.peek().is_none() || codes.any(|code| code.text() != "130")
                }
            }))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-CR-666",
        severity: Severity::Error,
        terms: &["BT-18", "BG-24"],
        message: Phrase::new(
            "Ein Verweis nennt das abgerechnete Objekt (BT-18, Typ 130) und hat zugleich einen Anhang.",
            "A reference names the invoiced object (BT-18, type 130) and has an attachment at the same time.",
        ),
        repair: Phrase::new(
            "Den Anhang in einen eigenen Verweis auf eine Unterlage (BG-24) ohne Dokumenttyp 130 legen.",
            "Put the attachment into a supporting document (BG-24) of its own, without document type 130.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| Ok(!object_reference_has(facts, cac::Attachment)))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-CR-673",
        severity: Severity::Error,
        terms: &["BT-18", "BT-123"],
        message: Phrase::new(
            "Ein Verweis nennt das abgerechnete Objekt (BT-18, Typ 130) und hat zugleich eine Beschreibung der Unterlage.",
            "A reference names the invoiced object (BT-18, type 130) and has a document description at the same time.",
        ),
        repair: Phrase::new(
            "Die Beschreibung weglassen oder in einen eigenen Verweis auf eine Unterlage (BG-24) legen.",
            "Leave the description out, or put it into a supporting document (BG-24) of its own.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| Ok(!object_reference_has(facts, cbc::DocumentDescription)))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-04",
        terms: &["BT-18"],
        message: Phrase::new(
            "Das abgerechnete Objekt (BT-18) ist mehrfach angegeben; es ist nur eines erlaubt.",
            "The invoiced object (BT-18) is given several times; only one is allowed.",
        ),
        repair: Phrase::new(
            "Nur einen Verweis mit dem Dokumenttyp 130 angeben.",
            "Give only one reference with document type 130.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            let objects = n.kids(cac::AdditionalDocumentReference).filter(|reference| is_object(*reference));
            Ok(objects.flat_map(|reference| reference.kids(cbc::ID)).nth(1).is_none())
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-12",
        terms: &["BT-31"],
        message: Phrase::new(
            "Die Umsatzsteuer-Identifikationsnummer des Verkäufers (BT-31) ist mehrfach angegeben.",
            "The seller's VAT identifier (BT-31) is given several times.",
        ),
        repair: Phrase::new("Nur eine angeben.", "Give only one."),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            Ok(tax_numbers(n, path!(cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme), true)? <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-13",
        terms: &["BT-32"],
        message: Phrase::new(
            "Die Steuernummer des Verkäufers (BT-32) ist mehrfach angegeben.",
            "The seller's tax registration identifier (BT-32) is given several times.",
        ),
        repair: Phrase::new("Nur eine angeben.", "Give only one."),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            Ok(tax_numbers(n, path!(cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme), false)? <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-18",
        terms: &["BT-48"],
        message: Phrase::new(
            "Die Umsatzsteuer-Identifikationsnummer des Käufers (BT-48) ist mehrfach angegeben.",
            "The buyer's VAT identifier (BT-48) is given several times.",
        ),
        repair: Phrase::new("Nur eine angeben.", "Give only one."),
        ubl: &[Binding::new(&DOCUMENT, |_, n| {
            Ok(tax_numbers(n, path!(cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme), true)? <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-19",
        terms: &["BT-59"],
        message: Phrase::new(
            "Der Zahlungsempfänger hat mehrere Namen (BT-59), oder er ist derselbe wie der Verkäufer (BT-27).",
            "The payee has several names (BT-59), or is the same as the seller (BT-27).",
        ),
        repair: Phrase::new(
            "Den Zahlungsempfänger (BG-10) weglassen, wenn er der Verkäufer ist; sonst genau einen Namen angeben.",
            "Leave the payee (BG-10) out where it is the seller; otherwise give exactly one name.",
        ),
        ubl: &[Binding::new(&PAYEE, |facts, n| {
            Ok(n.count(path!(cac:PartyName/cbc:Name)) <= 1 && is_not_seller(facts, n))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-20",
        terms: &["BT-60"],
        message: Phrase::new(
            "Der Zahlungsempfänger hat mehrere Kennungen (BT-60), oder er ist derselbe wie der Verkäufer (BT-27).",
            "The payee has several identifiers (BT-60), or is the same as the seller (BT-27).",
        ),
        repair: Phrase::new(
            "Den Zahlungsempfänger (BG-10) weglassen, wenn er der Verkäufer ist; sonst höchstens eine Kennung angeben.",
            "Leave the payee (BG-10) out where it is the seller; otherwise give at most one identifier.",
        ),
        ubl: &[Binding::new(&PAYEE, |facts, n| {
            let mut others = n
                .select(path!(cac:PartyIdentification/cbc:ID))
                .filter(|id| !upper_is(&id.attr("schemeID").unwrap_or_default(), "SEPA"));
            Ok(others.nth(1).is_none() && is_not_seller(facts, n))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-21",
        terms: &["BT-61"],
        message: Phrase::new(
            "Der Zahlungsempfänger hat mehrere Registernummern (BT-61), oder er ist derselbe wie der Verkäufer (BT-27).",
            "The payee has several legal registration identifiers (BT-61), or is the same as the seller (BT-27).",
        ),
        repair: Phrase::new(
            "Den Zahlungsempfänger (BG-10) weglassen, wenn er der Verkäufer ist; sonst höchstens eine Registernummer angeben.",
            "Leave the payee (BG-10) out where it is the seller; otherwise give at most one registration identifier.",
        ),
        ubl: &[Binding::new(&PAYEE, |facts, n| {
            Ok(n.count(path!(cac:PartyLegalEntity/cbc:CompanyID)) <= 1 && is_not_seller(facts, n))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-29",
        terms: &["BT-90"],
        message: Phrase::new(
            "Die Gläubiger-Identifikationsnummer (BT-90, Kennung mit dem Schema SEPA) ist mehrfach angegeben.",
            "The bank assigned creditor identifier (BT-90, an identifier of scheme SEPA) is given several times.",
        ),
        repair: Phrase::new(
            "Sie nur einmal angeben, beim Verkäufer oder beim Zahlungsempfänger.",
            "Give it only once, with the seller or with the payee.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| {
            let mut creditors = facts
                .doc
                .all(cbc::ID)
                .filter(|id| id.parent().is_some_and(|parent| parent.name() == cac::PartyIdentification))
                .filter(|id| id.attr("schemeID").is_some_and(|scheme| upper_is(&scheme, "SEPA")));
            Ok(creditors.nth(1).is_none())
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-42",
        terms: &["BT-31", "BT-32"],
        message: Phrase::new(
            "Der Verkäufer hat mehr als zwei steuerliche Nummern; möglich sind die Umsatzsteuer-ID (BT-31) und die Steuernummer (BT-32).",
            "The seller has more than two tax numbers; there is room for the VAT identifier (BT-31) and the tax registration (BT-32).",
        ),
        repair: Phrase::new(
            "Die überzähligen cac:PartyTaxScheme weglassen.",
            "Leave the superfluous cac:PartyTaxScheme out.",
        ),
        ubl: &[Binding::new(&SELLER, |_, n| Ok(n.kids(cac::PartyTaxScheme).nth(2).is_none()))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-43",
        terms: &["BT-18", "BT-122"],
        message: Phrase::new(
            "Der Verweis hat einen Dokumenttyp oder ein Schema seiner Kennung, ohne dass er das abgerechnete Objekt (BT-18) nennt.",
            "The reference has a document type or a scheme of its identifier without naming the invoiced object (BT-18).",
        ),
        repair: Phrase::new(
            "Dokumenttyp und schemeID weglassen; für das abgerechnete Objekt den Typ 130 angeben.",
            "Leave document type and schemeID out; for the invoiced object state type 130.",
        ),
        ubl: &[Binding::new(&SUPPORTING_DOCUMENT, |facts, n| {
            let code = path!(cbc:DocumentTypeCode);
            Ok(n.any_text(code, "130")
                || (facts.root.local() == "CreditNote" && n.any_text(code, "50"))
                || (n.kids(cbc::ID).all(|id| id.attr("schemeID").is_none()) && !n.has(code)))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-44",
        terms: &["BT-83"],
        message: Phrase::new(
            "Die Rechnung nennt verschiedene Verwendungszwecke (BT-83); es ist nur einer erlaubt.",
            "The invoice has different remittance informations (BT-83); only one is allowed.",
        ),
        repair: Phrase::new(
            "Bei allen Zahlungsweisen denselben Verwendungszweck angeben.",
            "Give the same remittance information with all payment means.",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| Ok(one_distinct(facts, cbc::PaymentID)))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-47",
        terms: &["BT-81"],
        message: Phrase::new(
            "Die Rechnung nennt verschiedene Zahlungsarten (BT-81); sie müssen alle gleich sein.",
            "The invoice has different payment means type codes (BT-81); all must be equal.",
        ),
        repair: Phrase::new(
            "Bei allen Zahlungsweisen (BG-16) denselben Code angeben.",
            "Give the same code with all payment means (BG-16).",
        ),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| Ok(one_distinct(facts, cbc::PaymentMeansCode)))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-SR-53",
        message: Phrase::new(
            "Eine steuerliche Registrierung (cac:PartyTaxScheme) ist unvollständig: Die Nummer (cbc:CompanyID) oder die Steuerart (cac:TaxScheme/cbc:ID) fehlt.",
            "A tax registration (cac:PartyTaxScheme) is incomplete: the number (cbc:CompanyID) or the tax scheme (cac:TaxScheme/cbc:ID) is missing.",
        ),
        repair: Phrase::new(
            "Beides angeben oder cac:PartyTaxScheme weglassen.",
            "Give both, or leave cac:PartyTaxScheme out.",
        ),
        ubl: &[Binding::new(&PARTY_TAX, |_, n| Ok(n.has(path!(cac:TaxScheme/cbc:ID)) && n.has(path!(cbc:CompanyID))))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-DT-01",
        message: Phrase::new(
            "Der Betrag hat mehr als zwei Nachkommastellen.",
            "The amount has more than two decimals.",
        ),
        repair: Phrase::new("Den Betrag auf zwei Nachkommastellen runden.", "Round the amount to two decimals."),
        ubl: &[Binding::new(&AMOUNT, |_, n| Ok(decimals_at_most(&n.text(), 2)))],
        ..Rule::NONE
    },
    Rule {
        id: "UBL-DT-18",
        severity: Severity::Warning,
        message: Phrase::new(
            "Ein Attribut „name“ steht anderswo als an der Zahlungsart (BT-82); das ist nicht vorgesehen.",
            "An attribute \"name\" stands elsewhere than at the payment means code (BT-82); that is not meant to be.",
        ),
        repair: Phrase::new("Das Attribut weglassen.", "Leave the attribute out."),
        ubl: &[Binding::new(&DOCUMENT, |facts, _| {
            Ok(!facts
                .doc
                .elements()
                .any(|element| element.name() != cbc::PaymentMeansCode && element.attr("name").is_some()))
        })],
        ..Rule::NONE
    },
];

/// `[cbc:DocumentTypeCode = '130']`: does the reference name the invoiced object (BT-18)?
fn is_object(reference: Element<'_>) -> bool {
    reference.any_text(path!(cbc:DocumentTypeCode), "130")
}

fn object_reference_has(facts: &Facts<'_>, name: Name) -> bool {
    facts
        .doc
        .all(cac::AdditionalDocumentReference)
        .any(|reference| reference.kids(name).next().is_some() && is_object(reference))
}

/// How many numbers there are, two at most, in registrations whose `cac:TaxScheme/upper-case(cbc:ID)`
/// is `VAT`, or is not.
fn tax_numbers(document: Element<'_>, registrations: &'static [Name], vat: bool) -> Eval<usize> {
    let mut numbers = 0;
    for registration in document.select(registrations) {
        let mut counts = false;
        for scheme in registration.kids(cac::TaxScheme) {
            if upper_is(&scheme.string(path!(cbc:ID))?, "VAT") == vat {
                counts = true;
                break;
            }
        }
        if counts {
            numbers += registration.kids(cbc::CompanyID).count();
        }
    }
    Ok(numbers)
}

/// `upper-case(text) = upper`.
fn upper_is(text: &str, upper: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(upper) } else { text.to_uppercase() == upper }
}

/// `cac:PartyName/cbc:Name != ../…/cbc:RegistrationName`.
fn is_not_seller(facts: &Facts<'_>, payee: Element<'_>) -> bool {
    seller_names(facts, payee).differ_from(payee.select(path!(cac:PartyName/cbc:Name)))
}

/// `count(//x[not(preceding::x/. = .)]) <= 1`. An element counts unless one before it, not around it,
/// has its text; so all must be like the first, and none inside it.
fn one_distinct(facts: &Facts<'_>, name: Name) -> bool {
    let mut all = facts.doc.all(name);
    let Some(first) = all.next() else { return true };
    let text = first.text();
    all.all(|other| other.id() >= first.end() && other.text() == text)
}
