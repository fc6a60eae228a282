//! BR-DE: payment and cash discounts.

use vir_core::Severity;

use super::patterns::is_iban;
use super::{cii, german as de, ubl};
use crate::names::{Name, ram};
use crate::path;
use crate::rules::eval::XPath;
use crate::rules::{Binding, Facts, Rule};
use crate::xml::Element;

/// BR-DE-1, BR-DE-18 to BR-DE-20, BR-DE-23 to BR-DE-25, BR-DE-30 and BR-DE-31.
pub static RULES: &[Rule] = &[
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_payment_means)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            Ok(n.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans)))
        })],
        ..de::PAYMENT
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_clear_skonto_ubl).at(path!(cac:PaymentTerms/cbc:Note))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            let terms =
                path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms);
            de::has_clear_skonto(n.select(terms), ram::Description)
        })
        .at(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms/ram:Description))],
        ..de::SKONTO
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, de::iban_of_seller_is_one)
            .at(path!(cac:PayeeFinancialAccount/cbc:ID))],
        cii: &[Binding::new(&cii::CREDIT_TRANSFER, |_, n| {
            Ok(n.norm(path!(ram:TypeCode))? != "58"
                || is_iban(&n.string(path!(ram:PayeePartyCreditorFinancialAccount/ram:IBANID))?))
        })
        .at(path!(ram:PayeePartyCreditorFinancialAccount/ram:IBANID))],
        ..de::IBAN_OF_SELLER
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::iban_of_buyer_is_one)
            .at(path!(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID))],
        cii: &[Binding::new(&cii::DEBIT_PAYMENT, |_, n| Ok(is_iban(&n.string(DEBITED)?))).at(DEBITED)],
        ..de::IBAN_OF_BUYER
    },
    Rule {
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, de::has_account)],
        cii: &[Binding::new(&cii::CREDIT_TRANSFER, |_, n| Ok(n.has(path!(ram:PayeePartyCreditorFinancialAccount))))],
        ..de::TRANSFER_NEEDS_ACCOUNT
    },
    Rule {
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, de::has_no_card_or_debit)],
        cii: &[Binding::new(&cii::CREDIT_TRANSFER, |f, n| Ok(!n.has(CARD) && !has_debit(f, n)))],
        ..de::TRANSFER_EXCLUDES_OTHERS
    },
    Rule {
        ubl: &[Binding::new(&ubl::CARD_PAYMENT, de::has_card)],
        cii: &[Binding::new(&cii::CARD_PAYMENT, |_, n| Ok(n.has(CARD)))],
        ..de::CARD_NEEDS_DATA
    },
    Rule {
        ubl: &[Binding::new(&ubl::CARD_PAYMENT, de::has_no_account_or_debit)],
        cii: &[Binding::new(&cii::CARD_PAYMENT, |f, n| {
            Ok(!n.has(path!(ram:PayeePartyCreditorFinancialAccount)) && !has_debit(f, n))
        })],
        ..de::CARD_EXCLUDES_OTHERS
    },
    Rule {
        ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::has_mandate)],
        cii: &[Binding::new(&cii::DEBIT_PAYMENT, |f, n| Ok(has_debit(f, n)))],
        ..de::DEBIT_NEEDS_DATA
    },
    Rule {
        ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::has_no_account_or_card)],
        cii: &[Binding::new(&cii::DEBIT_PAYMENT, |_, n| {
            Ok(!n.has(path!(ram:PayeePartyCreditorFinancialAccount))
                && !n.has(path!(ram:PayeeSpecifiedCreditorFinancialInstitution))
                && !n.has(path!(ram:PayerSpecifiedDebtorFinancialInstitution))
                && !n.has(CARD))
        })],
        ..de::DEBIT_EXCLUDES_OTHERS
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_creditor_identifier)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            let (mandate, creditor, account) = (n.has(MANDATE), n.has(CREDITOR), n.has(ACCOUNT));
            Ok(((mandate || account) && creditor) || !(mandate || creditor || account))
        })],
        ..de::CREDITOR_IDENTIFIER
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_debited_account)],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            let (mandate, creditor, account) = (n.has(MANDATE), n.has(CREDITOR), n.has(ACCOUNT));
            Ok(((mandate || creditor) && account) || !(mandate || creditor || account))
        })],
        ..de::DEBITED_ACCOUNT
    },
];

const CARD: &[Name] = path!(ram:ApplicableTradeSettlementFinancialCard);
const DEBITED: &[Name] = path!(ram:PayerPartyDebtorFinancialAccount/ram:IBANID);
const MANDATE: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID);
const CREDITOR: &[Name] =
    path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:CreditorReferenceID);
const ACCOUNT: &[Name] = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerPartyDebtorFinancialAccount/ram:IBANID);

/// CII has no group for the direct debit (BG-19): any of its terms makes one.
fn has_debit(f: &Facts<'_>, n: Element<'_>) -> bool {
    f.profile().has_debit_reference || n.has(DEBITED)
}
