//! The elements of CII to which CEN's model rules are put.
//!
//! Invariant: [`CONTEXTS`], [`CATEGORIES`], then [`LAST_CONTEXTS`] are in the order in which the official pattern tries them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::path;
use crate::rules::eval::{Eval, XPath};
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const MODEL: Pattern = Pattern(0);

/// A classification of an item (BT-158).
pub(super) static ITEM_CLASSIFICATION: Context = Context::new(MODEL, &["ram:DesignatedProductClassification"]);
/// A supporting document (BG-24), wherever such a reference stands.
pub(super) static SUPPORTING_DOCUMENT: Context = Context::new(MODEL, &["ram:AdditionalReferencedDocument"]);
/// A payment card (BG-18).
pub(super) static CARD: Context = Context::new(MODEL, &["ram:ApplicableTradeSettlementFinancialCard"]);
/// The account to which a credit transfer goes (BG-17).
pub(super) static CREDIT_TRANSFER: Context =
    Context::new(MODEL, &["ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"]).when(
        |_, account| {
            let Some(means) = account.parent() else { return Ok(false) };
            let code = path!(ram: TypeCode);
            Ok(means.any_text(code, "30") || means.any_text(code, "58"))
        },
    );
/// The delivery (BG-13).
pub(super) static DELIVERY: Context = Context::new(
    MODEL,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"],
);
/// The indicator of an allowance on the document (BG-20); its parent is the allowance.
pub(super) static ALLOWANCE: Context =
    Context::new(MODEL, &["ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator"])
        .when(|_, indicator| Ok(indicator.any_text(path!(udt: Indicator), "false")));
/// The indicator of a charge on the document (BG-21); its parent is the charge.
pub(super) static CHARGE: Context =
    Context::new(MODEL, &["ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator"])
        .when(|_, indicator| Ok(indicator.any_text(path!(udt: Indicator), "true")));
/// The document totals (BG-22).
pub(super) static TOTALS: Context = Context::new(MODEL, &["ram:SpecifiedTradeSettlementHeaderMonetarySummation"]);
/// The document.
pub(super) static DOCUMENT: Context = Context::new(MODEL, &["/rsm:CrossIndustryInvoice"]);
/// An invoice line (BG-25).
pub(super) static LINE: Context = Context::new(MODEL, &["ram:IncludedSupplyChainTradeLineItem"]);
/// The indicator of an allowance on a line (BG-27); its parent is the allowance.
pub(super) static LINE_ALLOWANCE: Context =
    Context::new(MODEL, &["ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator"])
        .when(|_, indicator| Ok(indicator.any_text(path!(udt: Indicator), "false")));
/// The indicator of a charge on a line (BG-28); its parent is the charge.
pub(super) static LINE_CHARGE: Context =
    Context::new(MODEL, &["ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator"])
        .when(|_, indicator| Ok(indicator.any_text(path!(udt: Indicator), "true")));
/// The period of a line (BG-26).
pub(super) static LINE_PERIOD: Context =
    Context::new(MODEL, &["ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"]);
/// The invoicing period (BG-14).
pub(super) static PERIOD: Context =
    Context::new(MODEL, &["ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod"]);
/// An attribute of an item (BG-32).
pub(super) static ITEM_ATTRIBUTE: Context = Context::new(MODEL, &["ram:ApplicableProductCharacteristic"]);
/// The payee (BG-10).
pub(super) static PAYEE: Context = Context::new(MODEL, &["ram:PayeeTradeParty"]);
/// A way of payment (BG-16).
pub(super) static PAYMENT: Context = Context::new(MODEL, &["ram:SpecifiedTradeSettlementPaymentMeans"]);
/// A direct debit (BG-19), until 2026-01. The context before it takes every element of it, so its
/// rule never fires.
pub(super) static DIRECT_DEBIT: Context = Context::new(MODEL, &["ram:SpecifiedTradeSettlementPaymentMeans"])
    .when(|_, means| Ok(matches!(&*means.norm(path!(ram: TypeCode))?, "49" | "59")));
/// A preceding invoice (BG-3).
pub(super) static PRECEDING_INVOICE: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceReferencedDocument",
    ],
);
/// The seller (BG-4).
pub(super) static SELLER: Context = Context::new(MODEL, &["ram:SellerTradeParty"]);
/// The seller's tax representative (BG-11).
pub(super) static TAX_REPRESENTATIVE: Context = Context::new(MODEL, &["ram:SellerTaxRepresentativeTradeParty"]);
/// The total of VAT in the invoice's currency (BT-110).
pub(super) static TAX_TOTAL: Context =
    Context::new(MODEL, &["ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount"]).when(
        |facts, amount| Ok(amount.attr("currencyID").is_some_and(|own| facts.cii_invoice_currencies().contains(&*own))),
    );
/// A VAT identifier (BT-31, BT-48, BT-63).
pub(super) static VAT_REGISTRATION: Context = Context::new(MODEL, &["ram:SpecifiedTaxRegistration/ram:ID"])
    .when(|_, id| Ok(id.attr("schemeID").is_some_and(|scheme| scheme == "VA")));

const BREAKDOWN_CODE: &[&str] =
    &["rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"];
const BREAKDOWN_TAX: &[&str] =
    &["rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"];
const ANY_BREAKDOWN_CODE: &[&str] = &["ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode"];

/// Per VAT category the element that stands for a breakdown, an allowance, a charge and a line.
macro_rules! categories {
    ($($code:literal $paths:ident $is:ident: $breakdown:ident $allowance:ident $charge:ident $line:ident)*) => {
        $(
            #[doc = concat!("A VAT breakdown (BG-23) of category ", $code, ": the element that the official rules take.")]
            pub(super) static $breakdown: Context = Context::new(MODEL, $paths).when(|_, tax| $is(tax, $code));
            #[doc = concat!("The VAT of an allowance, where its category is ", $code, ".")]
            pub(super) static $allowance: Context =
                Context::new(MODEL, &["ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax"])
                    .when(|facts, tax| Ok(stands_in(facts, tax, false) && is_category(tax, $code)?));
            #[doc = concat!("The VAT of a charge, where its category is ", $code, ".")]
            pub(super) static $charge: Context =
                Context::new(MODEL, &["ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax"])
                    .when(|facts, tax| Ok(stands_in(facts, tax, true) && is_category(tax, $code)?));
            #[doc = concat!("The VAT of a line, where its category is ", $code, ".")]
            pub(super) static $line: Context = Context::new(
                MODEL,
                &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"],
            )
            .when(|_, tax| is_category(tax, $code));
        )*
        /// The contexts of the categories; they follow [`CONTEXTS`].
        pub static CATEGORIES: &[&Context] = &[$(&$breakdown, &$allowance, &$charge, &$line),*];
    };
}

// The breakdown's context is the category code for some categories, the tax for others; the latter
// thereby take the tax away from `BREAKDOWN`.
categories! {
    "AE" BREAKDOWN_CODE is_code_of_vat: AE AE_ALLOWANCE AE_CHARGE AE_LINE
    "L" BREAKDOWN_TAX is_category: AF AF_ALLOWANCE AF_CHARGE AF_LINE
    "M" BREAKDOWN_TAX is_category: AG AG_ALLOWANCE AG_CHARGE AG_LINE
    "E" BREAKDOWN_CODE is_code_of_vat: E E_ALLOWANCE E_CHARGE E_LINE
    "G" BREAKDOWN_CODE is_code_of_vat: G G_ALLOWANCE G_CHARGE G_LINE
    "K" BREAKDOWN_CODE is_code_of_vat: IC IC_ALLOWANCE IC_CHARGE IC_LINE
    "O" BREAKDOWN_TAX is_category: O O_ALLOWANCE O_CHARGE O_LINE
    "S" ANY_BREAKDOWN_CODE is_code: S S_ALLOWANCE S_CHARGE S_LINE
    "Z" ANY_BREAKDOWN_CODE is_code: Z Z_ALLOWANCE Z_CHARGE Z_LINE
}

/// A VAT breakdown (BG-23).
pub(super) static BREAKDOWN: Context =
    Context::new(MODEL, &["ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"]);

/// The contexts of the model pattern, in the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[
    &ITEM_CLASSIFICATION,
    &SUPPORTING_DOCUMENT,
    &CARD,
    &CREDIT_TRANSFER,
    &DELIVERY,
    &ALLOWANCE,
    &CHARGE,
    &TOTALS,
    &DOCUMENT,
    &LINE,
    &LINE_ALLOWANCE,
    &LINE_CHARGE,
    &LINE_PERIOD,
    &PERIOD,
    &ITEM_ATTRIBUTE,
    &PAYEE,
    &PAYMENT,
    &DIRECT_DEBIT,
    &PRECEDING_INVOICE,
    &SELLER,
    &TAX_REPRESENTATIVE,
    &TAX_TOTAL,
    &VAT_REGISTRATION,
];

/// The contexts that the official pattern tries after all others.
pub static LAST_CONTEXTS: &[&Context] = &[&BREAKDOWN];

/// `[ram:ChargeIndicator/udt:Indicator = …]` of the allowance or charge around it.
fn stands_in(facts: &Facts<'_>, tax: Element<'_>, charge: bool) -> bool {
    let indicator = path!(ram:ChargeIndicator/udt:Indicator);
    tax.parent().is_some_and(|owner| facts.en16931.is_of_kind(owner, indicator, charge))
}

/// `[ram:CategoryCode = '…'][upper-case(ram:TypeCode) = 'VAT']`
fn is_category(tax: Element<'_>, code: &str) -> Eval<bool> {
    Ok(tax.any_text(path!(ram: CategoryCode), code) && is_vat(tax)?)
}

/// `[. = '…'][upper-case(../ram:TypeCode) = 'VAT']`
fn is_code_of_vat(own: Element<'_>, code: &str) -> Eval<bool> {
    Ok(is_code(own, code)? && own.parent().map_or(Ok(false), is_vat)?)
}

/// `[. = '…']`
fn is_code(own: Element<'_>, code: &str) -> Eval<bool> {
    Ok(own.text() == code)
}

fn is_vat(tax: Element<'_>) -> Eval<bool> {
    Ok(tax.string(path!(ram: TypeCode))?.eq_ignore_ascii_case("VAT"))
}

/// The currency codes of the settlement; several rules compare with them.
#[derive(Debug, Default)]
pub struct Currencies<'a> {
    invoice: OnceCell<BTreeSet<Cow<'a, str>>>,
    tax: OnceCell<BTreeSet<Cow<'a, str>>>,
}

impl<'a> Facts<'a> {
    /// The invoice's currency codes (BT-5).
    pub(super) fn cii_invoice_currencies(&self) -> &BTreeSet<Cow<'a, str>> {
        let path = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode);
        self.cii_currencies.invoice.get_or_init(|| self.root.select(path).map(Element::text).collect())
    }

    /// The currency codes of VAT accounting (BT-6).
    pub(super) fn cii_tax_currencies(&self) -> &BTreeSet<Cow<'a, str>> {
        let path = path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode);
        self.cii_currencies.tax.get_or_init(|| self.root.select(path).map(Element::text).collect())
    }
}
