//! BR-DE: what an invoice in Germany must say beyond EN 16931, without payment.

use vir_core::{Actor, Phrase, Severity};

use super::patterns::{is_email, is_telephone, is_url};
use super::profile::{CIUS, CVD, EXTENSION};
use super::{cii, german as de, ubl};
use crate::names::{Name, ram};
use crate::path;
use crate::rules::cast::{filled, intersect, norm_attr};
use crate::rules::eval::{Eval, XPath, or};
use crate::rules::{Binding, Facts, Rule};
use crate::xml::{Element, is_blank};

/// BR-DE-2 to BR-DE-17, BR-DE-21 to BR-DE-28, BR-DE-TMP-32, BR-TMP-2 and BR-TMP-3.
pub static RULES: &[Rule] = &[
    Rule {
        ubl: &[Binding::new(&ubl::SELLER, de::has_contact)],
        cii: &[Binding::new(&cii::SELLER, |_, n| Ok(n.has(path!(ram:DefinedTradeContact))))],
        ..de::CONTACT
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER_ADDRESS, de::has_city)],
        cii: &[Binding::new(&cii::SELLER_ADDRESS, has_city)],
        ..de::SELLER_CITY
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER_ADDRESS, de::has_post_code)],
        cii: &[Binding::new(&cii::SELLER_ADDRESS, has_post_code)],
        ..de::SELLER_POST_CODE
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_name)],
        cii: &[Binding::new(&cii::SELLER_CONTACT, |_, n| {
            Ok(filled(n, path!(ram:PersonName)) || filled(n, path!(ram:DepartmentName)))
        })],
        ..de::CONTACT_NAME
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_telephone)],
        cii: &[Binding::new(&cii::SELLER_CONTACT, |_, n| Ok(filled(n, TELEPHONE)))],
        ..de::CONTACT_TELEPHONE
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_email)],
        cii: &[Binding::new(&cii::SELLER_CONTACT, |_, n| Ok(filled(n, EMAIL)))],
        ..de::CONTACT_EMAIL
    },
    Rule {
        ubl: &[Binding::new(&ubl::BUYER_ADDRESS, de::has_city)],
        cii: &[Binding::new(&cii::BUYER_ADDRESS, has_city)],
        ..de::BUYER_CITY
    },
    Rule {
        ubl: &[Binding::new(&ubl::BUYER_ADDRESS, de::has_post_code)],
        cii: &[Binding::new(&cii::BUYER_ADDRESS, has_post_code)],
        ..de::BUYER_POST_CODE
    },
    Rule {
        ubl: &[Binding::new(&ubl::DELIVERY_ADDRESS, de::has_city)],
        cii: &[Binding::new(&cii::DELIVERY_ADDRESS, has_city)],
        ..de::DELIVERY_CITY
    },
    Rule {
        ubl: &[Binding::new(&ubl::DELIVERY_ADDRESS, de::has_post_code)],
        cii: &[Binding::new(&cii::DELIVERY_ADDRESS, has_post_code)],
        ..de::DELIVERY_POST_CODE
    },
    Rule {
        ubl: &[Binding::new(&ubl::TAX_SUBTOTAL, de::has_vat_rate)],
        cii: &[Binding::new(&cii::TAX_SUBTOTAL, |_, n| Ok(filled(n, path!(ram:RateApplicablePercent))))],
        ..de::VAT_RATE
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_buyer_reference)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            Ok(filled(n, path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerReference)))
        })],
        ..de::BUYER_REFERENCE
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_tax_number)],
        cii: &[Binding::new(&cii::DOCUMENT, has_tax_number_cii)],
        ..de::SELLER_TAX_NUMBER
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_german_type)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| Ok(de::is_german_type(&n.norm(TYPE_CODE)?))).at(TYPE_CODE)],
        ..de::TYPE_CODE
    },
    Rule {
        id: "BR-DE-21",
        severity: Severity::Warning,
        terms: &["BT-24"],
        actor: Actor::Software,
        message: Phrase::new(
            "Die Spezifikationskennung (BT-24) ist nicht die von XRechnung 3.0, ihrer Extension oder CVD.",
            "The specification identifier (BT-24) is not that of XRechnung 3.0, its Extension or CVD.",
        ),
        repair: Phrase::new(
            "In der Rechnungssoftware das Format XRechnung 3.0 einstellen.",
            "Choose the format XRechnung 3.0 in the invoicing software.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| Ok(is_xrechnung(n, path!(cbc:CustomizationID))))
            .at(path!(cbc:CustomizationID))],
        cii: &[Binding::new(&cii::PROCESS, |_, n| {
            Ok(is_xrechnung(n, path!(ram:GuidelineSpecifiedDocumentContextParameter/ram:ID)))
        })
        .at(path!(ram:GuidelineSpecifiedDocumentContextParameter/ram:ID))],
        ..Rule::NONE
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::file_names_differ)],
        cii: &[Binding::new(&cii::DOCUMENT, |f, _| {
            let all = f.doc.all(ram::AdditionalReferencedDocument);
            Ok(de::no_shared_file_name(all, path!(ram:AttachmentBinaryObject)))
        })],
        ..de::FILE_NAMES
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DOCUMENT, de::names_corrected_invoice)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            let invoice = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceReferencedDocument);
            or(|| Ok(n.norm(TYPE_CODE)? != "384"), || Ok(n.has(invoice)))
        })],
        ..de::PRECEDING_INVOICE
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::telephone_is_one).at(path!(cbc:Telephone))],
        cii: &[Binding::new(&cii::SELLER_CONTACT, |_, n| Ok(is_telephone(&n.norm(TELEPHONE)?))).at(TELEPHONE)],
        ..de::TELEPHONE
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::email_is_one).at(path!(cbc:ElectronicMail))],
        cii: &[Binding::new(&cii::SELLER_CONTACT, |_, n| Ok(is_email(&n.norm(EMAIL)?))).at(EMAIL)],
        ..de::EMAIL
    },
    Rule {
        id: "BR-DE-TMP-32",
        severity: Severity::Information,
        terms: &["BT-72", "BG-14", "BG-26"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Wann geliefert oder geleistet wurde, ist nicht angegeben: weder Lieferdatum (BT-72) noch Abrechnungszeitraum (BG-14), noch ein Zeitraum zu jeder Position (BG-26).",
            "The time of supply is not given: no delivery date (BT-72), no invoicing period (BG-14), and no period on every line (BG-26).",
        ),
        repair: Phrase::new(
            "Liefer- oder Leistungsdatum oder den Zeitraum eintragen; § 14 UStG verlangt die Angabe.",
            "Enter the date or period of supply; German VAT law asks for it.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            Ok(n.has(path!(cac:Delivery/cbc:ActualDeliveryDate))
                || n.has(path!(cac:InvoicePeriod))
                || n.select(path!(cac:InvoiceLine))
                    .chain(n.select(path!(cac:CreditNoteLine)))
                    .all(|line| line.has(path!(cac:InvoicePeriod))))
        })],
        cii: &[Binding::new(&cii::TRANSACTION, |_, n| {
            Ok(n.has(
                path!(ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime),
            ) || n.has(path!(ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod))
                || n.kids(ram::IncludedSupplyChainTradeLineItem)
                    .all(|line| line.has(path!(ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod))))
        })],
        ..Rule::NONE
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::EXTERNAL_REFERENCE, de::has_url_ubl).at(path!(cbc:URI))],
        cii: &[Binding::new(&cii::SUPPORTING_DOCUMENT, |_, n| {
            Ok(!n.has(path!(ram:URIID)) || is_url(&n.string(path!(ram:URIID))?))
        })
        .at(path!(ram:URIID))],
        ..de::EXTERNAL_URL
    },
    Rule {
        id: "BR-TMP-3",
        severity: Severity::Error,
        terms: &["BT-149", "BT-150"],
        actor: Actor::Software,
        message: Phrase::new(
            "Die Basismenge (BT-149) oder ihre Einheit (BT-150) ist beim Bruttopreis eine andere als beim Nettopreis.",
            "The base quantity (BT-149) or its unit (BT-150) differs between gross price and net price.",
        ),
        repair: Phrase::new(
            "Dieselbe Basismenge und Einheit bei beiden Preisen ausgeben lassen.",
            "Have the same base quantity and unit written with both prices.",
        ),
        cii: &[Binding::new(&cii::LINE, base_quantities_agree)],
        ..Rule::NONE
    },
];

const TELEPHONE: &[Name] = path!(ram:TelephoneUniversalCommunication/ram:CompleteNumber);
const EMAIL: &[Name] = path!(ram:EmailURIUniversalCommunication/ram:URIID);
const TYPE_CODE: &[Name] = path!(rsm:ExchangedDocument/ram:TypeCode);

fn has_city(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(ram:CityName)))
}

fn has_post_code(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(ram:PostcodeCode)))
}

fn is_xrechnung(n: Element<'_>, path: &'static [Name]) -> bool {
    n.select(path).any(|id| matches!(&*id.text(), text if text == CIUS || text == EXTENSION || text == CVD))
}

/// The official test looks for the text `VAT` in the whole tax of a document-level allowance, which
/// only an element without category could have; so in practice the lines decide.
fn has_tax_number_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let line_tax = path!(rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:TypeCode);
    let line_category = path!(rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode);
    let charge_tax = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax);
    let charge_category = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax/ram:CategoryCode);
    let needed = (n.any_text(line_tax, "VAT") && n.select(line_category).any(de::needs_tax_number))
        || (n.any_text(charge_tax, "VAT") && n.select(charge_category).any(de::needs_tax_number));
    let number = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID);
    Ok(!needed
        || n.select(number).any(|id| matches!(&*norm_attr(id, "schemeID"), "VA" | "FC") && !is_blank(&id.text()))
        || n.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTaxRepresentativeTradeParty)))
}

fn base_quantities_agree(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let gross = || n.select(path!(ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity));
    let net = || n.select(path!(ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity));
    if gross().next().is_none() || net().next().is_none() {
        return Ok(true);
    }
    let units = |of: Element<'_>| of.attr("unitCode").is_some();
    Ok(intersect(gross().map(Element::text), net().map(Element::text))
        && (!(net().any(units) && gross().any(units))
            || intersect(gross().filter_map(|of| of.attr("unitCode")), net().filter_map(|of| of.attr("unitCode")))))
}
