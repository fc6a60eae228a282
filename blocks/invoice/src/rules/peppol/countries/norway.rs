//! Norwegian sellers.

use crate::names::{cac, ram};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, norm_single, norm_text, single, substring, substring_from};
use crate::rules::eval::{Eval, XPath};
use crate::rules::peppol::checks::is_mod11;
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

pub(in super::super) mod ubl {
    use crate::rules::{Context, Pattern};

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&SELLER];
    pub(super) static SELLER: Context = Context::new(Pattern(3), &["cac:AccountingSupplierParty/cac:Party"])
        .when(|f, _| f.parties().supplier_in(&["NO"]));
}

pub(in super::super) mod cii {
    use crate::rules::{Context, Pattern};

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&SELLER];
    pub(super) static SELLER: Context =
        Context::new(Pattern(3), &["ram:SellerTradeParty"]).when(|f, _| f.parties().supplier_in(&["NO"]));
}

rule_table! {
    "NO-R-001" Error Issuer ["BT-31"]
        "Die norwegische Umsatzsteuernummer (BT-31) hat nicht die Form NO, neun Ziffern mit Prüfziffer, MVA."
        "The Norwegian VAT number (BT-31) does not have the form NO, nine digits with check digit, MVA."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl SELLER: has_number_ubl;
        cii SELLER: has_number_cii;
    "NO-R-002" Warning Issuer ["BT-32"]
        "Bei einem norwegischen Verkäufer fehlt die Angabe „Foretaksregisteret“ (BT-32)."
        "A Norwegian seller lacks the statement \"Foretaksregisteret\" (BT-32)."
        "„Foretaksregisteret“ eintragen, wenn das Unternehmen im Register steht."
        "Enter \"Foretaksregisteret\" where the company is in the register."
        ubl SELLER: is_registered_ubl;
        cii SELLER: is_registered_cii;
}

fn schemes_ubl<'a>(n: Element<'a>, id: &str) -> Eval<Vec<Element<'a>>> {
    let mut found = Vec::new();
    for scheme in n.kids(cac::PartyTaxScheme) {
        if scheme.norm(path!(cac:TaxScheme/cbc:ID))? == id {
            found.push(scheme);
        }
    }
    Ok(found)
}

fn is_registered_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let schemes = schemes_ubl(n, "TAX")?;
    Ok(norm_single(schemes.into_iter().flat_map(|scheme| scheme.select(path!(cbc:CompanyID))))? == "Foretaksregisteret")
}

fn is_registered_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    for id in n.select(path!(ram:SpecifiedTaxRegistration/ram:ID)).filter(|id| attr_is(*id, "schemeID", "FC")) {
        if norm_text([id])? == "Foretaksregisteret" {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_number_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    has_number(&schemes_ubl(n, "VAT")?, path!(cbc:CompanyID))
}

fn has_number_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let of_vat = |registration: &Element<'_>| registration.kids(ram::ID).any(|id| attr_is(id, "schemeID", "VAT"));
    has_number(&n.kids(ram::SpecifiedTaxRegistration).filter(of_vat).collect::<Vec<_>>(), path!(ram:ID))
}

/// Is the number Norwegian and well formed, or not Norwegian at all?
fn has_number(schemes: &[Element<'_>], id: &'static [crate::names::Name]) -> Eval<bool> {
    let mut norwegian = false;
    for scheme in schemes {
        if substring(&scheme.string(id)?, 1, 2) == "NO" {
            norwegian = true;
            break;
        }
    }
    if !norwegian {
        return Ok(true);
    }
    let Some(scheme) = single(schemes.iter().copied())? else { return Ok(true) };
    let number = scheme.string(id)?;
    let form = substring_from(&number, 3);
    let digits = form.strip_suffix("MVA");
    Ok(digits.is_some_and(|digits| crate::rules::cast::is_digits(digits, 9) && is_mod11(digits)))
}
