//! Dutch sellers.

use vir_core::Decimal;

use crate::names::{cac, cn, ubl as root};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::norm_text;
use crate::rules::eval::{Eval, XPath, and, or};
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

pub(in super::super) mod ubl {
    use crate::rules::eval::Eval;
    use crate::rules::{Context, Facts, Pattern};
    use crate::xml::Element;

    const NETHERLANDS: Pattern = Pattern(10);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[
        &CREDIT_NOTE,
        &SELLER_ADDRESS,
        &SELLER_ID,
        &BUYER_ADDRESS,
        &BUYER_ID,
        &REPRESENTATIVE_ADDRESS,
        &TOTALS,
        &PAYMENT_MEANS,
        &ORDER_LINE,
    ];
    pub(super) static CREDIT_NOTE: Context = Context::new(NETHERLANDS, &["cbc:CreditNoteTypeCode"]).when(seller);
    pub(super) static SELLER_ADDRESS: Context =
        Context::new(NETHERLANDS, &["cac:AccountingSupplierParty/cac:Party/cac:PostalAddress"]).when(seller);
    pub(super) static SELLER_ID: Context =
        Context::new(NETHERLANDS, &["cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID"])
            .when(seller);
    pub(super) static BUYER_ADDRESS: Context =
        Context::new(NETHERLANDS, &["cac:AccountingCustomerParty/cac:Party/cac:PostalAddress"]).when(both);
    pub(super) static BUYER_ID: Context =
        Context::new(NETHERLANDS, &["cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID"])
            .when(both);
    pub(super) static REPRESENTATIVE_ADDRESS: Context =
        Context::new(NETHERLANDS, &["cac:TaxRepresentativeParty/cac:PostalAddress"]).when(with_representative);
    pub(super) static TOTALS: Context = Context::new(NETHERLANDS, &["cac:LegalMonetaryTotal"]).when(seller);
    pub(super) static PAYMENT_MEANS: Context = Context::new(NETHERLANDS, &["cac:PaymentMeans"]).when(both);
    pub(super) static ORDER_LINE: Context =
        Context::new(NETHERLANDS, &["cac:OrderLineReference/cbc:LineID"]).when(seller);

    pub(super) fn seller(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        f.parties().supplier_address_in("NL")
    }

    pub(super) fn both(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        f.parties().both_addresses_in("NL")
    }

    pub(super) fn with_representative(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        Ok(f.parties().supplier_address_in("NL")? && f.parties().representative_in("NL")?)
    }
}

pub(in super::super) mod cii {
    use super::ubl::{both, seller, with_representative};
    use crate::path;
    use crate::rules::eval::XPath;
    use crate::rules::{Context, Pattern};

    const NETHERLANDS: Pattern = Pattern(10);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[
        &CREDIT_NOTE,
        &SELLER_ADDRESS,
        &SELLER_ID,
        &BUYER_ADDRESS,
        &BUYER_ID,
        &REPRESENTATIVE_ADDRESS,
        &TOTALS,
        &PAYMENT_MEANS,
        &ORDER_LINE,
    ];
    pub(super) static CREDIT_NOTE: Context =
        Context::new(NETHERLANDS, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocument"]).when(|f, n| {
            let is_credit_note = matches!(&*n.norm(path!(ram:TypeCode))?, "81" | "83" | "381" | "396" | "532");
            Ok(is_credit_note && f.parties().supplier_address_in("NL")?)
        });
    pub(super) static SELLER_ADDRESS: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress"],
    )
    .when(seller);
    pub(super) static SELLER_ID: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID"],
    )
    .when(seller);
    pub(super) static BUYER_ADDRESS: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress"],
    )
    .when(both);
    pub(super) static BUYER_ID: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID"],
    )
    .when(both);
    pub(super) static REPRESENTATIVE_ADDRESS: Context = Context::new(
        NETHERLANDS,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTaxRepresentativeTradeParty/ram:PostalTradeAddress"],
    )
    .when(with_representative);
    pub(super) static TOTALS: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation"],
    )
    .when(seller);
    pub(super) static PAYMENT_MEANS: Context = Context::new(
        NETHERLANDS,
        &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans"],
    )
    .when(both);
    pub(super) static ORDER_LINE: Context = Context::new(
        NETHERLANDS,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument/ram:LineID"],
    )
    .when(seller);
}

rule_table! {
    "NL-R-001" Error Issuer ["BT-25"]
        "Eine niederländische Gutschrift nennt die Rechnung nicht, auf die sie sich bezieht (BT-25)."
        "A Dutch credit note does not name the invoice that it refers to (BT-25)."
        "Die Nummer der ursprünglichen Rechnung eintragen."
        "Enter the number of the original invoice."
        ubl CREDIT_NOTE: |f, _| Ok(f.root.has(path!(cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID)));
        cii CREDIT_NOTE: |f, _| Ok(f
            .doc
            .all(crate::names::ram::ApplicableHeaderTradeSettlement)
            .any(|settlement| settlement.has(path!(ram:InvoiceReferencedDocument/ram:IssuerAssignedID))));
    "NL-R-002" Error Issuer ["BT-35" "BT-37" "BT-38"]
        "Straße (BT-35), Ort (BT-37) oder Postleitzahl (BT-38) des niederländischen Verkäufers fehlt."
        "The Dutch seller's street (BT-35), city (BT-37) or post code (BT-38) is missing."
        "Die Anschrift vervollständigen."
        "Complete the address."
        ubl SELLER_ADDRESS: is_complete_ubl;
        cii SELLER_ADDRESS: is_complete_cii;
    "NL-R-003" Error Issuer ["BT-30"]
        "Die Registernummer des niederländischen Verkäufers (BT-30) ist keine KVK-Nummer (0106) oder OIN (0190)."
        "The Dutch seller's registration (BT-30) is no KVK number (0106) or OIN (0190)."
        "KVK-Nummer oder OIN mit ihrem Schema eintragen."
        "Enter KVK number or OIN with its scheme."
        ubl SELLER_ID: is_registered;
        cii SELLER_ID: is_registered;
    "NL-R-004" Error Issuer ["BT-50" "BT-52" "BT-53"]
        "Straße (BT-50), Ort (BT-52) oder Postleitzahl (BT-53) des niederländischen Käufers fehlt."
        "The Dutch buyer's street (BT-50), city (BT-52) or post code (BT-53) is missing."
        "Die Anschrift vervollständigen."
        "Complete the address."
        ubl BUYER_ADDRESS: is_complete_ubl;
        cii BUYER_ADDRESS: is_complete_cii;
    "NL-R-005" Error Issuer ["BT-47"]
        "Die Registernummer des niederländischen Käufers (BT-47) ist keine KVK-Nummer (0106) oder OIN (0190)."
        "The Dutch buyer's registration (BT-47) is no KVK number (0106) or OIN (0190)."
        "KVK-Nummer oder OIN mit ihrem Schema eintragen."
        "Enter KVK number or OIN with its scheme."
        ubl BUYER_ID: is_registered;
        cii BUYER_ID: is_registered;
    "NL-R-006" Error Issuer ["BT-64" "BT-66" "BT-67"]
        "Straße (BT-64), Ort (BT-66) oder Postleitzahl (BT-67) des niederländischen Steuervertreters fehlt."
        "The Dutch tax representative's street (BT-64), city (BT-66) or post code (BT-67) is missing."
        "Die Anschrift vervollständigen."
        "Complete the address."
        ubl REPRESENTATIVE_ADDRESS: is_complete_ubl;
        cii REPRESENTATIVE_ADDRESS: is_complete_cii;
    "NL-R-007" Error Issuer ["BG-16"]
        "Der Käufer eines niederländischen Verkäufers soll zahlen, aber Angaben zur Zahlung (BG-16) fehlen."
        "A Dutch seller's buyer has to pay, but payment instructions (BG-16) are missing."
        "Die Zahlungsart angeben."
        "State how to pay."
        ubl TOTALS: can_be_paid_ubl;
        cii TOTALS: can_be_paid_cii;
    "NL-R-008" Error Software ["BT-81"]
        "Zwischen niederländischen Beteiligten sind nur die Zahlungsarten (BT-81) 30, 48, 49, 57, 58 und 59 erlaubt."
        "Between Dutch parties only payment means (BT-81) 30, 48, 49, 57, 58 and 59 are allowed."
        "Eine dieser Zahlungsarten wählen."
        "Choose one of these payment means."
        ubl PAYMENT_MEANS [cbc:PaymentMeansCode]: |_, n| Ok(is_dutch_means(&n.norm(path!(cbc:PaymentMeansCode))?));
        cii PAYMENT_MEANS [ram:TypeCode]: |_, n| Ok(is_dutch_means(&n.norm(path!(ram:TypeCode))?));
    "NL-R-009" Error Issuer ["BT-13" "BT-132"]
        "Eine Position nennt eine Bestellposition (BT-132), aber die Bestellnummer (BT-13) fehlt."
        "A line names an order line (BT-132), but the order number (BT-13) is missing."
        "Die Bestellnummer eintragen."
        "Enter the order number."
        ubl ORDER_LINE: |f, _| Ok(f.parties().order_reference);
        cii ORDER_LINE: |f, _| Ok(f.parties().order_reference);
}

fn is_complete_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cbc:StreetName)) && n.has(path!(cbc:CityName)) && n.has(path!(cbc:PostalZone)))
}

fn is_complete_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(ram:LineOne)) && n.has(path!(ram:CityName)) && n.has(path!(ram:PostcodeCode)))
}

fn is_registered(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let schemes = n.attr("schemeID").unwrap_or_default();
    Ok(schemes.split(' ').any(|scheme| matches!(scheme, "0106" | "0190")) && !n.is_blank())
}

fn is_dutch_means(code: &str) -> bool {
    matches!(code, "30" | "48" | "49" | "57" | "58" | "59")
}

fn can_be_paid_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let due = || n.dec(path!(cbc:PayableAmount));
    let (is_invoice, is_credit_note) = (f.root.name() == root::Invoice, f.root.name() == cn::CreditNote);
    or(
        || Ok((is_invoice && nothing_due(due()?)) || (is_credit_note && nothing_to_return(due()?))),
        || Ok(f.doc.all(cac::PaymentMeans).next().is_some()),
    )
}

fn can_be_paid_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let due = || n.dec(path!(ram:DuePayableAmount));
    let is_credit_note = || Ok(norm_text(f.at(f.root, path!(rsm:ExchangedDocument/ram:TypeCode)))? == "381");
    let means = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans);
    let settled = || {
        or(
            || and(|| is_credit_note().map(|is| !is), || Ok(nothing_due(due()?))),
            || and(is_credit_note, || Ok(nothing_to_return(due()?))),
        )
    };
    or(settled, || Ok(f.root.has(means)))
}

fn nothing_due(due: Option<Decimal>) -> bool {
    due.is_some_and(|due| due <= Decimal::ZERO)
}

fn nothing_to_return(due: Option<Decimal>) -> bool {
    due.is_some_and(|due| due >= Decimal::ZERO)
}
