//! Swedish sellers.

use crate::names::{Name, ram};
use crate::path;
use crate::rules::cast::{attr_is, norm_single, number, single, substring};
use crate::rules::eval::{Eval, XPath};
use crate::rules::peppol::checks::is_swedish_number;
use crate::rules::peppol::common::never;
use crate::rules::peppol::parties::{is_number, vat_schemes};
use crate::rules::rule_table::rule_table;
use crate::xml::{Element, collapse};

pub(in super::super) mod ubl {
    use crate::path;
    use crate::rules::cast::norm_single;
    use crate::rules::eval::{Eval, XPath};
    use crate::rules::peppol::parties::is_swedish_with_vat;
    use crate::rules::{Context, Facts, Pattern};
    use crate::xml::{Element, collapse};

    const SWEDEN: Pattern = Pattern(6);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] =
        &[&SELLER, &LEGAL_ENTITY, &TAX_NUMBER, &CATEGORY, &PLUSGIRO, &BANKGIRO, &OLD_GIRO, &DOMESTIC_TRANSFER];
    pub(super) static SELLER: Context =
        Context::new(SWEDEN, &["cac:AccountingSupplierParty/cac:Party"]).when(|_, n| is_swedish_with_vat(n));
    pub(super) static LEGAL_ENTITY: Context =
        Context::new(SWEDEN, &["cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity"])
            .when(|f, n| Ok(n.parent().is_some_and(|party| is_swedish(f, party)) && n.has(path!(cbc:CompanyID))));
    pub(super) static TAX_NUMBER: Context = Context::new(
        SWEDEN,
        &["cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"],
    )
    .when(|f, n| {
        let Some(scheme) = n.parent() else { return Ok(false) };
        let Some(party) = scheme.parent() else { return Ok(false) };
        let listed = is_swedish(f, party) && f.at(party, path!(cac:PartyLegalEntity/cbc:CompanyID)).next().is_some();
        let id = crate::rules::cast::single(f.at(scheme, path!(cac:TaxScheme/cbc:ID)))?;
        Ok(listed && id.is_none_or(|id| collapse(&id.text().to_uppercase()) != "VAT"))
    });
    pub(super) static CATEGORY: Context = Context::new(SWEDEN, &["cac:TaxCategory", "cac:ClassifiedTaxCategory"])
        .when(|f, n| Ok(f.parties().swedish_with_vat.clone()? && n.any_text(path!(cbc:ID), "S")));
    const GIRO_ACCOUNT: &[&str] = &["cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"];
    pub(super) static PLUSGIRO: Context = Context::new(SWEDEN, GIRO_ACCOUNT).when(|f, n| is_giro(f, n, "SE:PLUSGIRO"));
    pub(super) static BANKGIRO: Context = Context::new(SWEDEN, GIRO_ACCOUNT).when(|f, n| is_giro(f, n, "SE:BANKGIRO"));
    pub(super) static OLD_GIRO: Context = Context::new(SWEDEN, &["cac:PaymentMeans"]).when(|f, n| {
        let code = path!(cbc:PaymentMeansCode);
        Ok(f.parties().swedish_seller && (n.any_text(code, "50") || n.any_text(code, "56")))
    });
    pub(super) static DOMESTIC_TRANSFER: Context = Context::new(SWEDEN, &["cac:PaymentMeans"]).when(|f, n| {
        Ok(f.parties().swedish_seller && f.parties().swedish_buyer && n.any_text(path!(cbc:PaymentMeansCode), "31"))
    });

    fn is_swedish(f: &Facts<'_>, party: Element<'_>) -> bool {
        f.at(party, path!(cac:PostalAddress/cac:Country/cbc:IdentificationCode)).any(|code| code.text() == "SE")
    }

    fn is_giro(f: &Facts<'_>, n: Element<'_>, branch: &str) -> Eval<bool> {
        let Some(means) = n.parent().and_then(Element::parent) else { return Ok(false) };
        Ok(f.parties().swedish_seller
            && norm_single(f.at(means, path!(cbc:PaymentMeansCode)))? == "30"
            && norm_single(f.at(means, path!(cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID)))?
                == branch)
    }
}

pub(in super::super) mod cii {
    use crate::names::ram;
    use crate::path;
    use crate::rules::cast::{attr_is, norm_single};
    use crate::rules::eval::{Eval, XPath};
    use crate::rules::peppol::parties::is_swedish_registration;
    use crate::rules::{Context, Facts, Pattern};
    use crate::xml::Element;

    const SWEDEN: Pattern = Pattern(6);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] =
        &[&SELLER, &LEGAL_ENTITY, &TAX_NUMBER, &CATEGORY, &PLUSGIRO, &BANKGIRO, &OLD_GIRO, &DOMESTIC_TRANSFER];
    pub(super) static SELLER: Context = Context::new(
        SWEDEN,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty"],
    )
    .when(|f, n| {
        if !is_swedish(f, n) {
            return Ok(false);
        }
        for registration in n.kids(ram::SpecifiedTaxRegistration) {
            if is_swedish_registration(registration)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    pub(super) static LEGAL_ENTITY: Context = Context::new(
        SWEDEN,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedLegalOrganization"],
    )
    .when(|f, n| Ok(n.parent().is_some_and(|party| is_swedish(f, party)) && n.has(path!(ram:ID))));
    pub(super) static TAX_NUMBER: Context = Context::new(
        SWEDEN,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID"],
    )
    .when(|f, n| {
        let party = n.parent().and_then(Element::parent);
        let listed = party.is_some_and(|party| {
            is_swedish(f, party) && f.at(party, path!(ram:SpecifiedLegalOrganization/ram:ID)).next().is_some()
        });
        Ok(listed && attr_is(n, "schemeID", "FC"))
    });
    pub(super) static CATEGORY: Context = Context::new(SWEDEN, &["ram:ApplicableTradeTax", "ram:CategoryTradeTax"])
        .when(|f, _| f.parties().swedish_with_vat.clone());
    const GIRO_ACCOUNT: &[&str] = &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID",
    ];
    pub(super) static PLUSGIRO: Context = Context::new(SWEDEN, GIRO_ACCOUNT).when(|f, n| is_giro(f, n, "SE:PLUSGIRO"));
    pub(super) static BANKGIRO: Context = Context::new(SWEDEN, GIRO_ACCOUNT).when(|f, n| is_giro(f, n, "SE:BANKGIRO"));
    const PAYMENT_MEANS: &[&str] = &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans",
    ];
    pub(super) static OLD_GIRO: Context = Context::new(SWEDEN, PAYMENT_MEANS)
        .when(|f, n| Ok(f.parties().swedish_seller && matches!(&*n.norm(path!(ram:TypeCode))?, "50" | "56")));
    pub(super) static DOMESTIC_TRANSFER: Context = Context::new(SWEDEN, PAYMENT_MEANS).when(|f, n| {
        Ok(f.parties().swedish_seller && f.parties().swedish_buyer && n.norm(path!(ram:TypeCode))? == "31")
    });

    fn is_swedish(f: &Facts<'_>, party: Element<'_>) -> bool {
        f.at(party, path!(ram:PostalTradeAddress/ram:CountryID)).any(|code| code.text() == "SE")
    }

    fn is_giro(f: &Facts<'_>, n: Element<'_>, institution: &str) -> Eval<bool> {
        let Some(means) = n.parent().and_then(Element::parent) else { return Ok(false) };
        Ok(f.parties().swedish_seller
            && norm_single(f.at(means, path!(ram:TypeCode)))? == "30"
            && norm_single(f.at(means, path!(ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID)))?
                == institution)
    }
}

rule_table! {
    "SE-R-001" Error Issuer ["BT-31"]
        "Eine schwedische Umsatzsteuernummer (BT-31) hat 14 Zeichen; diese nicht."
        "A Swedish VAT number (BT-31) has 14 characters; this one does not."
        "Die Nummer prüfen: SE und zwölf Ziffern."
        "Check the number: SE and twelve digits."
        ubl SELLER: |_, n| Ok(norm_single(numbers_ubl(n))?.chars().count() == 14);
        cii SELLER: |_, n| Ok(norm_single(numbers_cii(n))?.chars().count() == 14);
    "SE-R-002" Error Issuer ["BT-31"]
        "In der schwedischen Umsatzsteuernummer (BT-31) stehen nach SE nicht nur Ziffern."
        "In the Swedish VAT number (BT-31) there are not only digits after SE."
        "Die Nummer prüfen: SE und zwölf Ziffern."
        "Check the number: SE and twelve digits."
        ubl SELLER: |_, n| has_numeric_part(single(numbers_ubl(n))?);
        cii SELLER: |_, n| has_numeric_part(single(numbers_cii(n))?);
    "SE-R-003" Error Issuer ["BT-30"]
        "Die schwedische Organisationsnummer (BT-30) ist keine Zahl."
        "The Swedish organisation number (BT-30) is not numeric."
        "Nur die zehn Ziffern eintragen."
        "Enter the ten digits only."
        ubl LEGAL_ENTITY [cbc:CompanyID]: |_, n| Ok(is_number(&n.string(path!(cbc:CompanyID))?));
        cii LEGAL_ENTITY [ram:ID]: |_, n| Ok(is_number(&n.string(path!(ram:ID))?));
    "SE-R-004" Error Issuer ["BT-30"]
        "Die schwedische Organisationsnummer (BT-30) hat nicht zehn Zeichen."
        "The Swedish organisation number (BT-30) does not have ten characters."
        "Nur die zehn Ziffern eintragen."
        "Enter the ten digits only."
        ubl LEGAL_ENTITY [cbc:CompanyID]: |_, n| Ok(n.norm(path!(cbc:CompanyID))?.chars().count() == 10);
        cii LEGAL_ENTITY [ram:ID]: |_, n| Ok(n.norm(path!(ram:ID))?.chars().count() == 10);
    "SE-R-005" Error Issuer ["BT-32"]
        "Als Steuernummer eines schwedischen Verkäufers (BT-32) ist nur „Godkänd för F-skatt“ vorgesehen."
        "A Swedish seller's tax registration (BT-32) can only be \"Godkänd för F-skatt\"."
        "„Godkänd för F-skatt“ eintragen oder die Angabe weglassen."
        "Enter \"Godkänd för F-skatt\", or leave it out."
        ubl TAX_NUMBER: |_, n| Ok(is_approved(n));
        cii TAX_NUMBER: |_, n| Ok(is_approved(n));
    "SE-R-006" Error Issuer ["BT-119" "BT-152"]
        "Schwedische Verkäufer kennen nur die Umsatzsteuersätze 6, 12 und 25 Prozent."
        "Swedish sellers know the VAT rates 6, 12 and 25 per cent only."
        "Den Steuersatz berichtigen."
        "Correct the VAT rate."
        ubl CATEGORY [cbc:Percent]: |_, n| has_swedish_rate(n, path!(cbc:Percent));
        cii CATEGORY [ram:RateApplicablePercent]: |_, n| has_swedish_rate(n, path!(ram:RateApplicablePercent));
    "SE-R-007" Warning Issuer ["BT-84"]
        "Die Plusgiro-Kontonummer (BT-84) ist keine Zahl."
        "The Plusgiro account number (BT-84) is not numeric."
        "Nur Ziffern eintragen."
        "Enter digits only."
        ubl PLUSGIRO: |_, n| Ok(is_number(&n.norm_self()));
        cii PLUSGIRO: |_, n| Ok(is_number(&n.norm_self()));
    "SE-R-008" Warning Issuer ["BT-84"]
        "Die Bankgiro-Kontonummer (BT-84) ist keine Zahl."
        "The Bankgiro account number (BT-84) is not numeric."
        "Nur Ziffern eintragen."
        "Enter digits only."
        ubl BANKGIRO: |_, n| Ok(is_number(&n.norm_self()));
        cii BANKGIRO: |_, n| Ok(is_number(&n.norm_self()));
    "SE-R-009" Warning Issuer ["BT-84"]
        "Die Bankgiro-Kontonummer (BT-84) hat nicht sieben oder acht Zeichen."
        "The Bankgiro account number (BT-84) does not have seven or eight characters."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl BANKGIRO: |_, n| Ok(matches!(n.norm_self().chars().count(), 7 | 8));
        cii BANKGIRO: |_, n| Ok(matches!(n.norm_self().chars().count(), 7 | 8));
    "SE-R-010" Warning Issuer ["BT-84"]
        "Die Plusgiro-Kontonummer (BT-84) hat nicht zwei bis acht Zeichen."
        "The Plusgiro account number (BT-84) does not have two to eight characters."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl PLUSGIRO: |_, n| Ok((2..=8).contains(&n.norm_self().chars().count()));
        cii PLUSGIRO: |_, n| Ok((2..=8).contains(&n.norm_self().chars().count()));
    "SE-R-011" Warning Software ["BT-81"]
        "Bankgiro und Plusgiro werden mit der Zahlungsart 30 (BT-81) angegeben, nicht mit 50 oder 56."
        "Bankgiro and Plusgiro are given with payment means 30 (BT-81), not 50 or 56."
        "Zahlungsart 30 und als Institut SE:BANKGIRO oder SE:PLUSGIRO angeben."
        "Give payment means 30 and the institution SE:BANKGIRO or SE:PLUSGIRO."
        ubl OLD_GIRO: never;
        cii OLD_GIRO: never;
    "SE-R-012" Warning Software ["BT-81"]
        "Eine Überweisung zwischen schwedischen Beteiligten wird mit der Zahlungsart 30 (BT-81) angegeben, nicht mit 31."
        "A transfer between Swedish parties is given with payment means 30 (BT-81), not 31."
        "Zahlungsart 30 angeben."
        "Give payment means 30."
        ubl DOMESTIC_TRANSFER: never;
        cii DOMESTIC_TRANSFER: never;
    "SE-R-013" Error Issuer ["BT-30"]
        "Die Prüfziffer der schwedischen Organisationsnummer (BT-30) stimmt nicht."
        "The check digit of the Swedish organisation number (BT-30) is wrong."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl LEGAL_ENTITY [cbc:CompanyID]: |_, n| is_swedish_number(&n.norm(path!(cbc:CompanyID))?);
        cii LEGAL_ENTITY [ram:ID]: |_, n| is_swedish_number(&n.norm(path!(ram:ID))?);
}

fn numbers_ubl<'a>(n: Element<'a>) -> impl Iterator<Item = Element<'a>> {
    vat_schemes(n).flat_map(|scheme| scheme.select(path!(cbc:CompanyID)))
}

fn numbers_cii<'a>(n: Element<'a>) -> impl Iterator<Item = Element<'a>> {
    n.kids(ram::SpecifiedTaxRegistration)
        .flat_map(|registration| registration.kids(ram::ID))
        .filter(|id| attr_is(*id, "schemeID", "VAT"))
}

fn has_numeric_part(id: Option<Element<'_>>) -> Eval<bool> {
    Ok(id.is_some_and(|id| is_number(substring(&id.text(), 3, 12))))
}

fn is_approved(n: Element<'_>) -> bool {
    collapse(&n.text().to_uppercase()) == "GODKÄND FÖR F-SKATT"
}

fn has_swedish_rate(n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    let rate = number(&n.string(path)?);
    Ok([6.0, 12.0, 25.0].contains(&rate))
}
