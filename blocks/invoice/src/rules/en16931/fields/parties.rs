//! What seller, buyer, payee, tax representative and place of delivery must state (BG-4 to BG-15).

use vir_core::{Actor, Phrase};

use super::texts::any_common;
use super::{cii, repairs, ubl};
use crate::path;
use crate::rules::eval::{Abort, Eval, XPath};
use crate::rules::{Binding, Facts, Release, Rule, Shape};
use crate::xml::Element;

/// BR-06 to BR-11, BR-17 to BR-20, BR-56, BR-57, BR-62 and BR-63.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-06",
        terms: &["BT-27"],
        actor: Actor::Issuer,
        message: Phrase::new("Der Name des Verkäufers (BT-27) fehlt.", "The seller's name (BT-27) is missing."),
        repair: Phrase::new(
            "Den vollständigen Namen des Verkäufers angeben, wie er im Register oder in den Steuerunterlagen steht.",
            "State the seller's full name as it is registered.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            n.states(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName))
        })],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:Name))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-07",
        terms: &["BT-44"],
        actor: Actor::Issuer,
        message: Phrase::new("Der Name des Käufers (BT-44) fehlt.", "The buyer's name (BT-44) is missing."),
        repair: Phrase::new(
            "Den vollständigen Namen des Käufers angeben.",
            "State the buyer's full name.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            n.states(path!(cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName))
        })],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:Name))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-08",
        terms: &["BG-5"],
        actor: Actor::Issuer,
        message: Phrase::new("Die Anschrift des Verkäufers (BG-5) fehlt.", "The seller's address (BG-5) is missing."),
        repair: Phrase::new(
            "Die Anschrift des Verkäufers angeben, mindestens das Land.",
            "State the seller's address, at least the country.",
        ),
        ubl: &[Binding::shape(
            &ubl::DOCUMENT,
            Shape::Required("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress"),
        )],
        cii: &[Binding::shape(
            &cii::DOCUMENT,
            Shape::Required(
                "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress",
            ),
        )],
        ..Rule::NONE
    },
    Rule {
        id: "BR-09",
        terms: &["BT-40", "BG-5"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "In der Anschrift des Verkäufers fehlt das Land (BT-40).",
            "The seller's address has no country (BT-40).",
        ),
        repair: COUNTRY,
        ubl: &[Binding::new(&ubl::SELLER_ADDRESS, |_, n| n.states(path!(cac:Country/cbc:IdentificationCode)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID))
        })
        .at(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-10",
        terms: &["BG-8"],
        actor: Actor::Issuer,
        message: Phrase::new("Die Anschrift des Käufers (BG-8) fehlt.", "The buyer's address (BG-8) is missing."),
        repair: Phrase::new(
            "Die Anschrift des Käufers angeben, mindestens das Land.",
            "State the buyer's address, at least the country.",
        ),
        ubl: &[Binding::shape(
            &ubl::DOCUMENT,
            Shape::Required("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress"),
        )],
        cii: &[Binding::shape(
            &cii::DOCUMENT,
            Shape::Required(
                "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress",
            ),
        )],
        ..Rule::NONE
    },
    Rule {
        id: "BR-11",
        terms: &["BT-55", "BG-8"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "In der Anschrift des Käufers fehlt das Land (BT-55).",
            "The buyer's address has no country (BT-55).",
        ),
        repair: COUNTRY,
        ubl: &[Binding::new(&ubl::BUYER_ADDRESS, |_, n| n.states(path!(cac:Country/cbc:IdentificationCode)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID))
        })
        .at(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-17",
        terms: &["BT-59", "BG-10"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Zahlungsempfänger (BG-10) hat keinen Namen (BT-59) oder ist derselbe wie der Verkäufer.",
            "The payee (BG-10) has no name (BT-59) or is the same as the seller.",
        ),
        repair: Phrase::new(
            "Den Namen des abweichenden Zahlungsempfängers angeben. Ist der Verkäufer selbst der Empfänger, die Angaben zum Zahlungsempfänger weglassen.",
            "State the name of the payee. Where the seller is the payee, leave the payee out.",
        ),
        ubl: &[Binding::new(&ubl::PAYEE, ubl_payee_differs)],
        cii: &[Binding::new(&cii::PAYEE, cii_payee_differs)],
        ..Rule::NONE
    },
    Rule {
        id: "BR-18",
        terms: &["BT-62", "BG-11"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Steuervertreter des Verkäufers (BG-11) hat keinen Namen (BT-62).",
            "The seller's tax representative (BG-11) has no name (BT-62).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::new(&ubl::TAX_REPRESENTATIVE, |_, n| n.states(path!(cac:PartyName/cbc:Name)))],
        cii: &[Binding::new(&cii::TAX_REPRESENTATIVE, |facts, n| {
            let name = path!(ram:Name);
            if facts.release < Release::R2026_07 { Ok(n.has(name)) } else { n.states(name) }
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-19",
        terms: &["BG-12", "BG-11"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Steuervertreter des Verkäufers (BG-11) hat keine Anschrift (BG-12).",
            "The seller's tax representative (BG-11) has no address (BG-12).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::shape(&ubl::TAX_REPRESENTATIVE, Shape::Required("cac:PostalAddress"))],
        cii: &[Binding::shape(&cii::TAX_REPRESENTATIVE, Shape::Required("ram:PostalTradeAddress"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-20",
        terms: &["BT-69", "BG-12"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "In der Anschrift des Steuervertreters fehlt das Land (BT-69).",
            "The tax representative's address has no country (BT-69).",
        ),
        repair: COUNTRY,
        ubl: &[Binding::new(&ubl::TAX_REPRESENTATIVE_ADDRESS, |_, n| n.states(path!(cac:Country/cbc:IdentificationCode)))],
        cii: &[Binding::new(&cii::TAX_REPRESENTATIVE, |facts, n| {
            let country = path!(ram:PostalTradeAddress/ram:CountryID);
            if facts.release < Release::R2026_07 { Ok(n.has(country)) } else { n.states(country) }
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-56",
        terms: &["BT-63", "BG-11"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Steuervertreter des Verkäufers (BG-11) hat keine Umsatzsteuer-Identifikationsnummer (BT-63).",
            "The seller's tax representative (BG-11) has no VAT identifier (BT-63).",
        ),
        repair: Phrase::new(
            "Die Umsatzsteuer-Identifikationsnummer des Steuervertreters angeben.",
            "State the tax representative's VAT identifier.",
        ),
        ubl: &[Binding::new(&ubl::TAX_REPRESENTATIVE, |_, n| ubl_has_vat_identifier(n))],
        cii: &[Binding::new(&cii::TAX_REPRESENTATIVE, |_, n| {
            n.states_where(path!(ram:SpecifiedTaxRegistration/ram:ID), "schemeID", "VA")
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-57",
        terms: &["BT-80", "BG-15"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "In der Lieferanschrift fehlt das Land (BT-80).",
            "The address of delivery has no country (BT-80).",
        ),
        repair: COUNTRY,
        ubl: &[Binding::shape(&ubl::DELIVERY_ADDRESS, Shape::Required("cac:Country/cbc:IdentificationCode"))],
        cii: &[Binding::new(&cii::DELIVERY, |_, n| {
            Ok(!n.has(path!(ram:ShipToTradeParty/ram:PostalTradeAddress))
                || n.states(path!(ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID))?)
        })
        .at(path!(ram:ShipToTradeParty/ram:PostalTradeAddress))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-62",
        terms: &["BT-34"],
        message: Phrase::new(
            "Zur elektronischen Adresse des Verkäufers (BT-34) fehlt das Schema: Es ist nicht angegeben, was für eine Adresse das ist.",
            "The seller's electronic address (BT-34) has no scheme: it is not said what kind of address it is.",
        ),
        repair: ADDRESS_SCHEME,
        ubl: &[Binding::shape(&ubl::SELLER_ENDPOINT, Shape::Required("@schemeID"))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            addresses_have_scheme(n, path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty))
        })
        .at(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:URIUniversalCommunication))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-63",
        terms: &["BT-49"],
        message: Phrase::new(
            "Zur elektronischen Adresse des Käufers (BT-49) fehlt das Schema: Es ist nicht angegeben, was für eine Adresse das ist.",
            "The buyer's electronic address (BT-49) has no scheme: it is not said what kind of address it is.",
        ),
        repair: ADDRESS_SCHEME,
        ubl: &[Binding::shape(&ubl::BUYER_ENDPOINT, Shape::Required("@schemeID"))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            addresses_have_scheme(n, path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty))
        })
        .at(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:URIUniversalCommunication))],
        ..Rule::NONE
    },
];

const COUNTRY: Phrase = Phrase::new(
    "Das Land mit seinem zweistelligen Code ergänzen, zum Beispiel DE.",
    "Add the country by its code of two letters, for example DE.",
);

const ADDRESS_SCHEME: Phrase = Phrase::new(
    "Das Schema der Adresse ergänzen, zum Beispiel EM für eine E-Mail-Adresse oder 0204 für eine Leitweg-ID.",
    "Add the scheme of the address, for example EM for an e-mail address or 0204 for a Leitweg-ID.",
);

fn ubl_payee_differs(facts: &Facts<'_>, payee: Element<'_>) -> Eval<bool> {
    let around = payee.parent();
    let names = path!(cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name);
    let ids = path!(cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID);
    Ok(payee.has(path!(cac:PartyName/cbc:Name))
        && !any_common(facts, payee, path!(cac:PartyName/cbc:Name), around, names)
        && !any_common(facts, payee, path!(cac:PartyIdentification/cbc:ID), around, ids))
}

fn cii_payee_differs(facts: &Facts<'_>, payee: Element<'_>) -> Eval<bool> {
    let around = payee.parent().and_then(Element::parent);
    let names = path!(ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:Name);
    let ids = path!(ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:ID);
    let registrations =
        path!(ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID);
    Ok(payee.has(path!(ram:Name))
        && !any_common(facts, payee, path!(ram:Name), around, names)
        && !any_common(facts, payee, path!(ram:ID), around, ids)
        && !any_common(facts, payee, path!(ram:SpecifiedLegalOrganization/ram:ID), around, registrations))
}

/// `exists(cac:PartyTaxScheme[cac:TaxScheme/(normalize-space(upper-case(cbc:ID)) = 'VAT')]/cbc:CompanyID)`.
/// The predicate's value is one truth value per scheme; of several no truth value can be made.
fn ubl_has_vat_identifier(party: Element<'_>) -> Eval<bool> {
    for registration in party.kids(crate::names::cac::PartyTaxScheme) {
        let mut schemes = registration.kids(crate::names::cac::TaxScheme);
        let Some(scheme) = schemes.next() else { continue };
        let is_vat = scheme.norm(path!(cbc:ID))?.eq_ignore_ascii_case("VAT");
        if let Some(second) = schemes.next() {
            return Err(Abort::Repeated { element: second.id() });
        }
        if is_vat && registration.has(path!(cbc:CompanyID)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `normalize-space(party/ram:URIUniversalCommunication[1]/ram:URIID/@schemeID) != ''
/// or not(party/ram:URIUniversalCommunication)`, where `[1]` takes the first of each such party.
fn addresses_have_scheme(document: Element<'_>, party: &'static [crate::names::Name]) -> Eval<bool> {
    let mut found = None;
    let mut has_address = false;
    for party in document.select(party) {
        let Some(address) = party.first(path!(ram:URIUniversalCommunication)) else { continue };
        has_address = true;
        for id in address.select(path!(ram:URIID)) {
            let Some(scheme) = id.attr("schemeID") else { continue };
            if found.replace(scheme).is_some() {
                return Err(Abort::Repeated { element: id.id() });
            }
        }
    }
    Ok(!has_address || found.is_some_and(|scheme| !crate::xml::is_blank(&scheme)))
}
