//! Where seller and buyer are, which decides on the national rules, and what else the Peppol rules
//! ask about the whole document.
//!
//! Invariant: a fact whose official expression raises a dynamic error is an error here too; it
//! harms only the rules that ask for it.

use std::borrow::Cow;

use super::super::cast::{attr_is, norm_single, number, single, substring};
use super::super::eval::{Abort, Eval, XPath, and};
use super::super::facts::Facts;
use crate::names::{Name, cn, rsm, ubl};
use crate::path;
use crate::xml::{Element, collapse};

/// The facts about the parties of a document.
#[derive(Debug)]
pub struct Parties {
    /// The seller's country by VAT number, representative's VAT number or address, in this order.
    pub(crate) supplier: Eval<String>,
    /// The buyer's country by VAT number or address.
    pub(crate) customer: Eval<String>,
    /// The seller's country by VAT number or address, without the representative.
    pub(crate) accounting_supplier: Eval<String>,
    /// The countries of the addresses as written.
    pub(crate) supplier_address: Eval<String>,
    pub(crate) customer_address: Eval<String>,
    /// The country of the tax representative's address.
    pub(crate) representative_address: Eval<String>,
    /// The seller's address is in Sweden, and so is the VAT number.
    pub(crate) swedish_with_vat: Eval<bool>,
    /// An address of a seller, of a buyer, is in Sweden.
    pub(crate) swedish_seller: bool,
    pub(crate) swedish_buyer: bool,
    /// CII only: an address of a seller, of a buyer, is in Denmark.
    pub(crate) danish_seller: bool,
    pub(crate) danish_buyer: bool,
    /// Does the address say `GR`?
    pub(crate) greek_address: bool,
    /// Is there an order reference (BT-13) on document level?
    pub(crate) order_reference: bool,
}

impl Parties {
    /// The facts of a document of either syntax.
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        if facts.root.name() == rsm::CrossIndustryInvoice { of_cii(facts) } else { of_ubl(facts) }
    }

    /// Is the seller in one of these countries?
    pub(crate) fn supplier_in(&self, codes: &[&str]) -> Eval<bool> {
        among(&self.supplier, codes)
    }

    /// Is the seller's address, upper-cased and normalised, in this country?
    pub(crate) fn supplier_address_in(&self, code: &str) -> Eval<bool> {
        address_in(&self.supplier_address, code)
    }

    /// The same for the buyer.
    pub(crate) fn customer_address_in(&self, code: &str) -> Eval<bool> {
        address_in(&self.customer_address, code)
    }

    /// The same for both.
    pub(crate) fn both_addresses_in(&self, code: &str) -> Eval<bool> {
        and(|| self.supplier_address_in(code), || self.customer_address_in(code))
    }

    /// The same for the tax representative.
    pub(crate) fn representative_in(&self, code: &str) -> Eval<bool> {
        address_in(&self.representative_address, code)
    }
}

/// Is a country one of these?
pub(crate) fn among(country: &Eval<String>, codes: &[&str]) -> Eval<bool> {
    country.as_ref().map(|country| codes.contains(&country.as_str())).map_err(Abort::clone)
}

fn address_in(address: &Eval<String>, code: &str) -> Eval<bool> {
    address.as_ref().map(|country| collapse(country).to_uppercase() == code).map_err(Abort::clone)
}

/// The first two characters of the only VAT number: none where there is no number.
fn vat_country<'a>(numbers: impl Iterator<Item = Eval<Cow<'a, str>>>, at: Element<'_>) -> Eval<Option<String>> {
    let mut found = None;
    for number in numbers {
        if found.is_some() {
            return Err(Abort::Repeated { element: at.id() });
        }
        found = Some(country_of(substring(&number?, 1, 2)));
    }
    // White space counts as a number here: the official test is on the text before normalisation.
    Ok(found.flatten())
}

fn country_of(prefix: &str) -> Option<String> {
    (!prefix.is_empty()).then(|| collapse(prefix).to_uppercase())
}

fn address_country<'a>(codes: impl Iterator<Item = Element<'a>>) -> Eval<Option<String>> {
    Ok(single(codes)?.map(|code| code.norm_self().to_uppercase()))
}

/// The first that is there, evaluated in this order; `XX` for none.
fn first_of(sources: &[&dyn Fn() -> Eval<Option<String>>]) -> Eval<String> {
    for source in sources {
        if let Some(country) = source()? {
            return Ok(country);
        }
    }
    Ok("XX".to_owned())
}

fn raw<'a>(codes: impl Iterator<Item = Element<'a>>) -> Eval<String> {
    Ok(single(codes)?.map(|code| code.text().into_owned()).unwrap_or_default())
}

/// The tax schemes of a party that are VAT: `cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']`.
pub(crate) fn vat_schemes<'a>(party: Element<'a>) -> impl Iterator<Item = Element<'a>> {
    party.select(path!(cac:PartyTaxScheme)).filter(|scheme| scheme.any_text(path!(cac:TaxScheme/cbc:ID), "VAT"))
}

/// Is the party's address in Sweden, and its VAT number Swedish?
pub(crate) fn is_swedish_with_vat(party: Element<'_>) -> Eval<bool> {
    if !party.any_text(path!(cac:PostalAddress/cac:Country/cbc:IdentificationCode), "SE") {
        return Ok(false);
    }
    for scheme in vat_schemes(party) {
        if substring(&scheme.string(path!(cbc:CompanyID))?, 1, 2) == "SE" {
            return Ok(true);
        }
    }
    Ok(false)
}

fn of_ubl(facts: &Facts<'_>) -> Parties {
    let root = facts.root;
    let numbers = |path: &'static [Name]| {
        root.select(path)
            .filter(|scheme| scheme.any_text(path!(cac:TaxScheme/cbc:ID), "VAT"))
            .map(|scheme| scheme.string(path!(cbc:CompanyID)))
    };
    let supplier_codes = || {
        root.select(path!(cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode))
    };
    let customer_codes = || {
        root.select(path!(cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode))
    };
    let supplier_vat = || vat_country(numbers(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme)), root);
    let representative_vat = || vat_country(numbers(path!(cac:TaxRepresentativeParty/cac:PartyTaxScheme)), root);
    let customer_vat = || vat_country(numbers(path!(cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme)), root);
    let supplier_address = || address_country(supplier_codes());
    let customer_address = || address_country(customer_codes());
    let parties_of = |group: Name| facts.doc.all(group).flat_map(|group| group.select(path!(cac:Party)));
    let swedish =
        |party: Element<'_>| party.any_text(path!(cac:PostalAddress/cac:Country/cbc:IdentificationCode), "SE");
    let swedish_with_vat = || {
        for party in parties_of(crate::names::cac::AccountingSupplierParty) {
            if is_swedish_with_vat(party)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let known_root = root.name() == ubl::Invoice || root.name() == cn::CreditNote;
    let as_written = |codes| if known_root { raw(codes) } else { Ok(String::new()) };
    Parties {
        supplier: first_of(&[&supplier_vat, &representative_vat, &supplier_address]),
        customer: first_of(&[&customer_vat, &customer_address]),
        accounting_supplier: first_of(&[&supplier_vat, &supplier_address]),
        supplier_address: as_written(supplier_codes()),
        customer_address: as_written(customer_codes()),
        representative_address: raw(
            root.select(path!(cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country/cbc:IdentificationCode))
        ),
        swedish_with_vat: swedish_with_vat(),
        swedish_seller: parties_of(crate::names::cac::AccountingSupplierParty).any(swedish),
        swedish_buyer: parties_of(crate::names::cac::AccountingCustomerParty).any(swedish),
        danish_seller: false,
        danish_buyer: false,
        greek_address: supplier_codes().any(|code| code.text() == "GR"),
        order_reference: root.has(path!(cac:OrderReference/cbc:ID)),
    }
}

fn of_cii(facts: &Facts<'_>) -> Parties {
    let root = facts.root;
    let numbers = |registrations: Vec<Element<'_>>| {
        let number = |registration: Element<'_>| registration.string(path!(ram:ID)).map(Cow::into_owned);
        registrations
            .into_iter()
            .filter(|registration| registration.select(path!(ram:ID)).any(|id| attr_is(id, "schemeID", "VAT")))
            .map(|registration| number(registration).map(Cow::Owned))
            .collect::<Vec<Eval<Cow<'static, str>>>>()
    };
    let supplier_codes = || {
        root.select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID))
    };
    let supplier_vat = || {
        let seller = root
            .first(path!(rsm:SupplyChainTradeTransaction))
            .and_then(|transaction| transaction.first(path!(ram:ApplicableHeaderTradeAgreement)))
            .and_then(|agreement| agreement.first(path!(ram:SellerTradeParty)));
        let registrations =
            seller.into_iter().flat_map(|seller| seller.select(path!(ram:SpecifiedTaxRegistration))).collect();
        vat_country(numbers(registrations).into_iter(), root)
    };
    let representative_vat = || {
        let registrations = root
            .select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration))
            .collect();
        vat_country(numbers(registrations).into_iter(), root)
    };
    let supplier_address = || address_country(supplier_codes());
    let sellers = || {
        root.select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty))
            .filter(|seller| seller.any_text(path!(ram:PostalTradeAddress/ram:CountryID), "SE"))
    };
    let swedish_with_vat = || {
        for registration in sellers().flat_map(|seller| seller.select(path!(ram:SpecifiedTaxRegistration))) {
            if is_swedish_registration(registration)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let code_of = |codes| raw(codes);
    Parties {
        supplier: first_of(&[&supplier_vat, &representative_vat, &supplier_address]),
        customer: Ok(String::new()),
        accounting_supplier: Ok(String::new()),
        supplier_address: code_of(supplier_codes()),
        customer_address: code_of(root.select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID))),
        representative_address: code_of(root.select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress/ram:CountryID))),
        swedish_with_vat: swedish_with_vat(),
        swedish_seller: sellers().next().is_some(),
        swedish_buyer: root
            .any_text(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID), "SE"),
        danish_seller: supplier_codes().any(|code| code.text() == "DK"),
        danish_buyer: root
            .any_text(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID), "DK"),
        greek_address: false,
        order_reference: root.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID)),
    }
}

/// `substring(ram:ID[@schemeID = 'VAT'], 1, 2) = 'SE'`.
pub(crate) fn is_swedish_registration(registration: Element<'_>) -> Eval<bool> {
    let number = single(registration.select(path!(ram:ID)).filter(|id| attr_is(*id, "schemeID", "VAT")))?;
    Ok(number.is_some_and(|number| substring(&number.text(), 1, 2) == "SE"))
}

/// Is a text a number, as `string(number(…)) != 'NaN'`?
pub(crate) fn is_number(text: &str) -> bool {
    !number(text).is_nan()
}

/// The process that the document is part of (`$profile`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// Billing, `01`.
    Billing,
    /// Billing with response, `02`.
    WithResponse,
    /// An identifier of the right form with another number.
    Other,
    /// No known identifier.
    Unknown,
}

/// The process of a UBL document.
pub(crate) fn process_ubl(facts: &Facts<'_>) -> Eval<Process> {
    Ok(match &*norm_single(facts.root.select(path!(cbc:ProfileID)))? {
        "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
        | "urn:peppol:france:billing:regulated"
        | "urn:peppol:france:billing:non-regulated" => Process::Billing,
        "urn:peppol:bis:billing_with_response" => Process::WithResponse,
        _ => Process::Unknown,
    })
}

/// The process of a CII document: the seventh part of an identifier of the right form.
pub(crate) fn process_cii(facts: &Facts<'_>) -> Eval<Process> {
    let context = path!(rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter);
    let id = path!(rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID);
    if !facts.root.has(context) {
        return Ok(Process::Unknown);
    }
    let id = norm_single(facts.root.select(id))?;
    if !has_process_form(&id) {
        return Ok(Process::Unknown);
    }
    Ok(match id.split(':').nth(6) {
        Some("01") => Process::Billing,
        Some("Unknown") => Process::Unknown,
        _ => Process::Other,
    })
}

/// Is `urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0` anywhere in it, where each point stands for any character?
fn has_process_form(id: &str) -> bool {
    let chars: Vec<char> = id.chars().collect();
    let form: Vec<char> = "urn:fdc:peppol.eu:2017:poacc:billing:##:1.0".chars().collect();
    chars.windows(form.len()).any(|window| {
        window.iter().zip(&form).all(|(c, f)| match f {
            '.' => true,
            '#' => c.is_ascii_digit(),
            _ => c == f,
        })
    })
}
