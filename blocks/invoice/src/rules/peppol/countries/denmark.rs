//! Danish sellers.

use crate::names::{Name, cn, ram};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, norm_attrs, norm_text, number, single, substring, text_node};
use crate::rules::eval::{Eval, XPath, and, double, or};
use crate::rules::peppol::parties::among;
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

pub(in super::super) mod ubl {
    use super::{both, seller};
    use crate::rules::{Context, Pattern};

    const DENMARK: Pattern = Pattern(4);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&DOCUMENT, &PARTY_ID, &PAYMENT_MEANS, &BUYER, &LINE, &ALLOWANCE_CHARGE];
    pub(super) static DOCUMENT: Context = Context::new(DENMARK, &["cn:CreditNote", "ubl:Invoice"]).when(seller);
    pub(super) static PARTY_ID: Context = Context::new(
        DENMARK,
        &[
            "cn:CreditNote/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification",
            "cn:CreditNote/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification",
            "ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification",
            "ubl:Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification",
        ],
    )
    .when(both);
    pub(super) static PAYMENT_MEANS: Context = Context::new(DENMARK, &["ubl:Invoice/cac:PaymentMeans"]).when(both);
    pub(super) static BUYER: Context = Context::new(
        DENMARK,
        &["cn:CreditNote/cac:AccountingCustomerParty/cac:Party", "ubl:Invoice/cac:AccountingCustomerParty/cac:Party"],
    )
    .when(both);
    pub(super) static LINE: Context =
        Context::new(DENMARK, &["cn:CreditNote/cac:CreditNoteLine", "ubl:Invoice/cac:InvoiceLine"]).when(both);
    pub(super) static ALLOWANCE_CHARGE: Context = Context::new(DENMARK, &["cac:AllowanceCharge"]).when(both);
}

pub(in super::super) mod cii {
    use super::{buyer_cii, seller_cii};
    use crate::rules::{Context, Pattern};

    const DENMARK: Pattern = Pattern(4);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&DOCUMENT, &PAYMENT_MEANS, &LINE];
    pub(super) static DOCUMENT: Context =
        Context::new(DENMARK, &["rsm:CrossIndustryInvoice"]).when(|f, _| Ok(seller_cii(f)));
    pub(super) static PAYMENT_MEANS: Context = Context::new(
        DENMARK,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans"],
    )
    .when(|f, _| Ok(seller_cii(f) && buyer_cii(f)));
    pub(super) static LINE: Context = Context::new(
        DENMARK,
        &["rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"],
    )
    .when(|f, _| Ok(seller_cii(f) && buyer_cii(f)));
}

rule_table! {
    "DK-R-002" Error Issuer ["BT-30"]
        "Die CVR-Nummer des dänischen Verkäufers (BT-30) fehlt."
        "The Danish seller's CVR number (BT-30) is missing."
        "Die CVR-Nummer eintragen."
        "Enter the CVR number."
        ubl DOCUMENT: |_, n| Ok(!norm_text(n.select(SELLER_CVR))?.is_empty());
        cii DOCUMENT: |_, n| Ok(!norm_text(n.select(SELLER_CVR_CII))?.is_empty());
    "DK-R-003" Error Software ["BT-158"]
        "Die Artikelklassifizierung (BT-158) nach UNSPSC nennt nicht die Version 19.05.01 oder 26.08.01."
        "The UNSPSC classification (BT-158) does not name version 19.05.01 or 26.08.01."
        "Eine dieser Versionen angeben."
        "Give one of these versions."
        ubl LINE: |f, n| has_version(f, n, path!(cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode));
    "DK-R-003" Warning Software ["BT-158"]
        "Die Artikelklassifizierung (BT-158) nach UNSPSC nennt nicht die Version 19.05.01 oder 26.08.01."
        "The UNSPSC classification (BT-158) does not name version 19.05.01 or 26.08.01."
        "Eine dieser Versionen angeben."
        "Give one of these versions."
        cii LINE: |f, n| has_version(f, n, path!(ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode));
    "DK-R-004" Error Software ["BT-97" "BT-104" "BT-139" "BT-144"]
        "Eine Abgabe (Grund ZZZ) nennt weder eine vierstellige Kategorie noch einen Text mit # in der Mitte."
        "A duty (reason ZZZ) names neither a category of four digits nor a text with a # inside."
        "Als Grund die vierstellige Kategorie oder „Kategorie#Text“ angeben."
        "Give the category of four digits or \"category#text\" as the reason."
        ubl ALLOWANCE_CHARGE: |_, n| Ok(!n.any_text(path!(cbc:AllowanceChargeReasonCode), "ZZZ")
            || is_duty(n, path!(cbc:AllowanceChargeReason), |text| Ok(number(text) <= 9999.0))?);
        cii DOCUMENT: |f, n| Ok(!(buyer_cii(f) && n.any_text(REASON_CODE_CII, "ZZZ"))
            || is_duty(n, REASON_CII, |text| Ok(double(text)? <= 9999.0))?);
    "DK-R-005" Error Software ["BT-81"]
        "Diese Zahlungsart (BT-81) ist zwischen dänischen Beteiligten nicht erlaubt."
        "This payment means (BT-81) is not allowed between Danish parties."
        "1, 10, 31, 42, 48, 49, 50, 58, 59, 93 oder 97 wählen."
        "Choose 1, 10, 31, 42, 48, 49, 50, 58, 59, 93 or 97."
        ubl PAYMENT_MEANS: |_, n| Ok(is_danish_means(&n.string(path!(cbc:PaymentMeansCode))?));
        cii PAYMENT_MEANS: |_, n| Ok(is_danish_means(&n.string(path!(ram:TypeCode))?));
    "DK-R-006" Error Issuer ["BT-84" "BT-86"]
        "Zur Zahlungsart 31 oder 42 fehlt das Konto (BT-84) oder die Registernummer der Bank (BT-86)."
        "Payment means 31 or 42 lacks the account (BT-84) or the bank's registration number (BT-86)."
        "Konto und Registernummer eintragen."
        "Enter account and registration number."
        ubl PAYMENT_MEANS: |_, n| Ok(!(has_code(n, "31") || has_code(n, "42")) || and(
            || has_text(n, ACCOUNT),
            || has_text(n, path!(cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID)),
        )?);
        cii PAYMENT_MEANS: |_, n| Ok(!(has_type(n, "31") || has_type(n, "42")) || and(
            || has_text(n, ACCOUNT_CII),
            || has_text(n, path!(ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID)),
        )?);
    "DK-R-007" Error Issuer ["BT-89" "BT-90" "BT-91"]
        "Zur Zahlungsart 49 fehlen Angaben zum Mandat (BT-89) oder Konto (BT-91, in CII BT-90)."
        "Payment means 49 lacks the mandate (BT-89) or account (BT-91; BT-90 in CII)."
        "Mandat und Konto eintragen."
        "Enter mandate and account."
        ubl PAYMENT_MEANS: |_, n| Ok(!has_code(n, "49") || and(
            || has_text(n, path!(cac:PaymentMandate/cbc:ID)),
            || has_text(n, path!(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID)),
        )?);
        cii PAYMENT_MEANS: |f, n| Ok(!has_type(n, "49") || and(
            || {
                let creditors = n.parent().into_iter().flat_map(|parent| f.at(parent, path!(ram:CreditorReferenceID)));
                Ok(!norm_text(creditors)?.is_empty())
            },
            || has_text(n, path!(ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID)),
        )?);
    "DK-R-008" Error Issuer ["BT-83" "BT-84"]
        "Zur Zahlungsart 50 (Giro) fehlt ein Verwendungszweck (BT-83), der mit 01#, 04# oder 15# beginnt, oder die Kontonummer (BT-84) hat nicht die richtige Länge."
        "Payment means 50 (Giro) lacks a remittance (BT-83) that begins with 01#, 04# or 15#, or the account (BT-84) has the wrong length."
        "Kartenart und Girokonto eintragen."
        "Enter card type and Giro account."
        ubl PAYMENT_MEANS: |_, n| Ok(!has_code(n, "50") || and(
            || Ok(matches!(&*kind(n)?, "01#" | "04#" | "15#")),
            || Ok(is_giro(&n.string(ACCOUNT)?)),
        )?);
        cii PAYMENT_MEANS: |f, n| Ok(!has_type(n, "50") || and(
            || Ok(matches!(&*kind_cii(f, n)?, "01#" | "04#" | "15#")),
            || Ok(length(n, ACCOUNT_CII)? == 7),
        )?);
    "DK-R-009" Error Issuer ["BT-83"]
        "Ein Verwendungszweck (BT-83) mit 04# oder 15# braucht 16 weitere Ziffern."
        "A remittance (BT-83) with 04# or 15# needs 16 more digits."
        "Die Zahlungskennung vollständig eintragen."
        "Enter the payment identifier in full."
        ubl PAYMENT_MEANS: |_, n| Ok(!(has_code(n, "50") && matches!(&*kind(n)?, "04#" | "15#"))
            || n.string(path!(cbc:PaymentID))?.chars().count() == 19);
        cii PAYMENT_MEANS: |f, n| Ok(!(has_type(n, "50") && matches!(&*kind_cii(f, n)?, "04#" | "15#"))
            || reference_cii(f, n)?.chars().count() == 19);
    "DK-R-010" Error Issuer ["BT-83" "BT-84"]
        "Zur Zahlungsart 93 (FIK) fehlt ein Verwendungszweck (BT-83), der mit 71#, 73# oder 75# beginnt, oder die Gläubigernummer (BT-84) hat nicht acht Zeichen."
        "Payment means 93 (FIK) lacks a remittance (BT-83) that begins with 71#, 73# or 75#, or the creditor number (BT-84) does not have eight characters."
        "Kartenart und Gläubigernummer eintragen."
        "Enter card type and creditor number."
        ubl PAYMENT_MEANS: |_, n| Ok(!has_code(n, "93") || and(
            || Ok(matches!(&*kind(n)?, "71#" | "73#" | "75#")),
            || Ok(length(n, ACCOUNT)? == 8),
        )?);
        cii PAYMENT_MEANS: |f, n| Ok(!has_type(n, "93") || and(
            || Ok(matches!(&*kind_cii(f, n)?, "71#" | "73#" | "75#")),
            || Ok(length(n, ACCOUNT_CII)? == 8),
        )?);
    "DK-R-011" Error Issuer ["BT-83"]
        "Ein Verwendungszweck (BT-83) mit 71# oder 75# braucht 15 oder 16 weitere Ziffern."
        "A remittance (BT-83) with 71# or 75# needs 15 or 16 more digits."
        "Die Zahlungskennung vollständig eintragen."
        "Enter the payment identifier in full."
        ubl PAYMENT_MEANS: |_, n| Ok(!(has_code(n, "93") && matches!(&*kind(n)?, "71#" | "75#"))
            || matches!(n.string(path!(cbc:PaymentID))?.chars().count(), 18 | 19));
        cii PAYMENT_MEANS: |f, n| Ok(!(has_type(n, "93") && matches!(&*kind_cii(f, n)?, "71#" | "75#"))
            || matches!(reference_cii(f, n)?.chars().count(), 18 | 19));
    "DK-R-013" Error Software ["BT-29" "BT-46"]
        "Zu einer Kennung von Verkäufer oder Käufer fehlt das Schema."
        "An identifier of seller or buyer lacks its scheme."
        "Das Schema angeben, zum Beispiel 0088 für GLN."
        "Give the scheme, such as 0088 for GLN."
        ubl PARTY_ID: |_, n| has_schemes(n, path!(cbc:ID));
        cii DOCUMENT: |f, n| Ok(!buyer_cii(f) || and(|| has_schemes(n, SELLER_ID_CII), || has_schemes(n, BUYER_ID_CII))?);
    "DK-R-014" Error Software ["BT-30"]
        "Die Registernummer des dänischen Verkäufers (BT-30) hat nicht das Schema 0184."
        "The Danish seller's registration (BT-30) does not have scheme 0184."
        "Das Schema 0184 angeben."
        "Give scheme 0184."
        ubl DOCUMENT: |_, n| Ok(!n.has(SELLER_CVR) || norm_attrs(n.select(SELLER_CVR), "schemeID")? == "0184");
        cii DOCUMENT: |_, n| Ok(!n.has(SELLER_CVR_CII) || norm_attrs(n.select(SELLER_CVR_CII), "schemeID")? == "0184");
    "DK-R-016" Error Software ["BT-115"]
        "Der fällige Betrag (BT-115) einer dänischen Gutschrift ist negativ."
        "The amount due (BT-115) of a Danish credit note is negative."
        "Eine Gutschrift mit positivem Betrag oder eine Rechnung ausstellen."
        "Issue a credit note with a positive amount, or an invoice."
        ubl DOCUMENT: |f, n| {
            let due = path!(cac:LegalMonetaryTotal/cbc:PayableAmount);
            let is_danish = || among(&f.parties().customer_address, &["DK"]);
            Ok(f.root.name() != cn::CreditNote || !and(is_danish, || is_negative(n, due))?)
        };
        cii DOCUMENT: |f, n| {
            let is_credit_note = || Ok(norm_text(n.select(path!(rsm:ExchangedDocument/ram:TypeCode)))? == "381");
            Ok(!buyer_cii(f) || !and(is_credit_note, || is_negative(n, DUE_CII))?)
        };
    "DK-R-017" Error Software ["BT-47"]
        "Die Registernummer des dänischen Käufers (BT-47) hat nicht das Schema 0184."
        "The Danish buyer's registration (BT-47) does not have scheme 0184."
        "Das Schema 0184 angeben."
        "Give scheme 0184."
        ubl BUYER: |_, n| Ok(!n.has(path!(cac:PartyLegalEntity/cbc:CompanyID))
            || norm_attrs(n.select(path!(cac:PartyLegalEntity/cbc:CompanyID)), "schemeID")? == "0184");
}

const SELLER_CVR: &[Name] = path!(cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID);
const SELLER_CVR_CII: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID);
const SELLER_ID_CII: &[Name] =
    path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:GlobalID);
const BUYER_ID_CII: &[Name] =
    path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:GlobalID);
const REASON_CODE_CII: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode);
const REASON_CII: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:Reason);
const DUE_CII: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:DuePayableAmount);
const ACCOUNT: &[Name] = path!(cac:PayeeFinancialAccount/cbc:ID);
const ACCOUNT_CII: &[Name] = path!(ram:PayeePartyCreditorFinancialAccount/ram:IBANID);

fn seller(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
    among(&f.parties().supplier_address, &["DK"])
}

fn both(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(seller(f, n)? && among(&f.parties().customer_address, &["DK"])?)
}

fn seller_cii(f: &Facts<'_>) -> bool {
    f.parties().danish_seller
}

fn buyer_cii(f: &Facts<'_>) -> bool {
    f.parties().danish_buyer
}

fn has_code(n: Element<'_>, code: &str) -> bool {
    n.any_text(path!(cbc:PaymentMeansCode), code)
}

fn has_type(n: Element<'_>, code: &str) -> bool {
    n.kids(ram::TypeCode).any(|own| own.text() == code)
}

/// Is the code, between two blanks, somewhere in the list? So `1 10` is, too.
fn is_danish_means(code: &str) -> bool {
    " 1 10 31 42 48 49 50 58 59 93 97 ".contains(&format!(" {code} "))
}

fn kind(n: Element<'_>) -> Eval<String> {
    Ok(substring(&n.string(path!(cbc:PaymentID))?, 1, 3).to_owned())
}

fn reference_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<String> {
    let references = n.parent().into_iter().flat_map(|parent| f.at(parent, path!(ram:PaymentReference)));
    Ok(single(references)?.map(|reference| reference.text().into_owned()).unwrap_or_default())
}

fn kind_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<String> {
    Ok(substring(&reference_cii(f, n)?, 1, 3).to_owned())
}

/// How many characters has the only text at the path?
fn length(n: Element<'_>, path: &'static [Name]) -> Eval<usize> {
    Ok(text_node(n.select(path))?.map_or(0, |text| text.chars().count()))
}

fn is_giro(account: &str) -> bool {
    matches!(account.len(), 7 | 8) && account.bytes().all(|b| b.is_ascii_digit())
}

fn is_negative(n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    Ok(text_node(n.select(path))?.is_some_and(|text| number(&text) < 0.0))
}

fn has_text(n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    Ok(!norm_text(n.select(path))?.is_empty())
}

fn has_schemes(n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    Ok(!n.has(path) || !norm_attrs(n.select(path), "schemeID")?.is_empty())
}

fn has_version(_: &Facts<'_>, n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    let versioned = |code: Element<'_>| {
        code.attr("listVersionID")
            .is_some_and(|version| matches!(&*version, "19.05.01" | "19.0501" | "26.08.01" | "26.0801"))
    };
    Ok(!n.select(path).any(|code| attr_is(code, "listID", "TST")) || n.select(path).any(versioned))
}

/// Four characters that are a number up to 9999, or a text with a `#` that is neither first nor last.
fn is_duty(n: Element<'_>, reason: &'static [Name], at_most_9999: fn(&str) -> Eval<bool>) -> Eval<bool> {
    let text = || Ok(single(n.select(reason))?.map(Element::text).unwrap_or_default());
    let has_four = || Ok(norm_text(n.select(reason))?.chars().count() == 4);
    let is_category = || and(|| Ok(number(&text()?) >= 0.0), || at_most_9999(&text()?));
    let is_parted = || {
        let text = text()?;
        Ok(text.contains('#') && !text.starts_with('#') && !text.ends_with('#'))
    };
    or(|| and(has_four, is_category), || Ok(n.has(reason) && is_parted()?))
}
