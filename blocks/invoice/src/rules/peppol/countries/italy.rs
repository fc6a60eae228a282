//! Italian sellers.

use crate::names::ram;
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{norm_attr, norm_single};
use crate::rules::eval::{Eval, XPath};
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

pub(in super::super) mod ubl {
    use crate::path;
    use crate::rules::eval::XPath;
    use crate::rules::{Context, Pattern};

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&TAX_NUMBER, &SELLER];
    pub(super) static TAX_NUMBER: Context =
        Context::new(Pattern(5), &["cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"])
            .when(|f, n| Ok(f.parties().supplier_in(&["IT"])? && n.norm(path!(cac:TaxScheme/cbc:ID))? != "VAT"));
    pub(super) static SELLER: Context = Context::new(Pattern(5), &["cac:AccountingSupplierParty/cac:Party"])
        .when(|f, _| f.parties().supplier_in(&["IT"]));
}

pub(in super::super) mod cii {
    use crate::rules::{Context, Pattern};

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&TAX_NUMBER, &SELLER];
    pub(super) static TAX_NUMBER: Context =
        Context::new(Pattern(5), &["ram:SellerTradeParty/ram:SpecifiedTaxRegistration"])
            .when(|f, _| f.parties().supplier_in(&["IT"]));
    pub(super) static SELLER: Context =
        Context::new(Pattern(5), &["ram:SellerTradeParty"]).when(|f, _| f.parties().supplier_in(&["IT"]));
}

rule_table! {
    "IT-R-001" Error Issuer ["BT-32"]
        "Die Steuernummer eines italienischen Verkäufers (BT-32) hat nicht 11 bis 16 Großbuchstaben oder Ziffern."
        "An Italian seller's tax number (BT-32) does not have 11 to 16 capital letters or digits."
        "Die Steuernummer prüfen und berichtigen."
        "Check and correct the tax number."
        ubl TAX_NUMBER [cbc:CompanyID]: |_, n| Ok(is_tax_number(&n.norm(path!(cbc:CompanyID))?));
        cii TAX_NUMBER [ram:ID]: has_tax_number_cii;
    "IT-R-002" Error Issuer ["BT-35"]
        "Die Straße eines italienischen Verkäufers (BT-35) fehlt."
        "An Italian seller's street (BT-35) is missing."
        "Die Straße eintragen."
        "Enter the street."
        ubl SELLER: |_, n| Ok(n.has(path!(cac:PostalAddress/cbc:StreetName)));
        cii SELLER: |_, n| Ok(n.has(path!(ram:PostalTradeAddress/ram:LineOne)));
    "IT-R-003" Error Issuer ["BT-37"]
        "Der Ort eines italienischen Verkäufers (BT-37) fehlt."
        "An Italian seller's city (BT-37) is missing."
        "Den Ort eintragen."
        "Enter the city."
        ubl SELLER: |_, n| Ok(n.has(path!(cac:PostalAddress/cbc:CityName)));
        cii SELLER: |_, n| Ok(n.has(path!(ram:PostalTradeAddress/ram:CityName)));
    "IT-R-004" Error Issuer ["BT-38"]
        "Die Postleitzahl eines italienischen Verkäufers (BT-38) fehlt."
        "An Italian seller's post code (BT-38) is missing."
        "Die Postleitzahl eintragen."
        "Enter the post code."
        ubl SELLER: |_, n| Ok(n.has(path!(cac:PostalAddress/cbc:PostalZone)));
        cii SELLER: |_, n| Ok(n.has(path!(ram:PostalTradeAddress/ram:PostcodeCode)));
}

fn is_tax_number(number: &str) -> bool {
    (11..=16).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn has_tax_number_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let is_tax = |id: &Element<'_>| norm_attr(*id, "schemeID") == "FC";
    Ok(n.kids(ram::ID).any(|id| !is_tax(&id)) || is_tax_number(&norm_single(n.kids(ram::ID).filter(is_tax))?))
}
