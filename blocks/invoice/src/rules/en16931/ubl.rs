//! The elements of UBL to which CEN's model rules are put.
//!
//! Invariant: [`CONTEXTS`], then [`CATEGORIES`], are in the order in which the official pattern tries them.

use crate::path;
use crate::rules::eval::{Eval, XPath};
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const MODEL: Pattern = Pattern(0);

/// A document reference, read as an additional supporting document (BG-24).
pub(super) static SUPPORTING_DOCUMENT: Context = Context::new(MODEL, &["cac:AdditionalDocumentReference"]);
/// The amount due (BT-115) of an invoice; the rule put to it stands until 2026-01.
pub(super) static PAYABLE_AMOUNT: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount"]);
/// The buyer's electronic address (BT-49).
pub(super) static BUYER_ENDPOINT: Context =
    Context::new(MODEL, &["cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"]);
/// The buyer's address (BG-8).
pub(super) static BUYER_ADDRESS: Context =
    Context::new(MODEL, &["cac:AccountingCustomerParty/cac:Party/cac:PostalAddress"]);
/// The number of a payment card (BT-87).
pub(super) static CARD_NUMBER: Context =
    Context::new(MODEL, &["cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID"]);
/// The address of delivery (BG-15).
pub(super) static DELIVERY_ADDRESS: Context = Context::new(MODEL, &["cac:Delivery/cac:DeliveryLocation/cac:Address"]);
/// An allowance on the document (BG-20).
pub(super) static ALLOWANCE: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:AllowanceCharge", "/cn:CreditNote/cac:AllowanceCharge"]).when(is_allowance);
/// A charge on the document (BG-21).
pub(super) static CHARGE: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:AllowanceCharge", "/cn:CreditNote/cac:AllowanceCharge"]).when(is_charge);
/// The document totals (BG-22).
pub(super) static TOTALS: Context = Context::new(MODEL, &["cac:LegalMonetaryTotal"]);
/// The document.
pub(super) static DOCUMENT: Context = Context::new(MODEL, &["/ubl:Invoice", "/cn:CreditNote"]);
/// An invoice line (BG-25).
pub(super) static LINE: Context = Context::new(MODEL, &["cac:InvoiceLine", "cac:CreditNoteLine"]);
/// An allowance on a line (BG-27).
pub(super) static LINE_ALLOWANCE: Context =
    Context::new(MODEL, &["cac:InvoiceLine/cac:AllowanceCharge", "cac:CreditNoteLine/cac:AllowanceCharge"])
        .when(is_allowance);
/// A charge on a line (BG-28).
pub(super) static LINE_CHARGE: Context =
    Context::new(MODEL, &["cac:InvoiceLine/cac:AllowanceCharge", "cac:CreditNoteLine/cac:AllowanceCharge"])
        .when(is_charge);
/// The period of a line (BG-26).
pub(super) static LINE_PERIOD: Context =
    Context::new(MODEL, &["cac:InvoiceLine/cac:InvoicePeriod", "cac:CreditNoteLine/cac:InvoicePeriod"]);
/// The invoicing period (BG-14): every other period, wherever it stands.
pub(super) static PERIOD: Context = Context::new(MODEL, &["cac:InvoicePeriod"]);
/// An attribute of an item (BG-32).
pub(super) static ITEM_ATTRIBUTE: Context = Context::new(MODEL, &["cac:AdditionalItemProperty"]);
/// A classification of an item (BT-158).
pub(super) static ITEM_CLASSIFICATION: Context = Context::new(
    MODEL,
    &[
        "cac:InvoiceLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
        "cac:CreditNoteLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
    ],
);
/// The standard identifier of an item (BT-157).
pub(super) static ITEM_STANDARD_ID: Context = Context::new(
    MODEL,
    &[
        "cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID",
        "cac:CreditNoteLine/cac:Item/cac:StandardItemIdentification/cbc:ID",
    ],
);
/// A note (BT-22), with the code of its subject (BT-21) in number signs before it.
pub(super) static NOTE: Context = Context::new(MODEL, &["/ubl:Invoice/cbc:Note", "/cn:CreditNote/cbc:Note"]);
/// The payee (BG-10).
pub(super) static PAYEE: Context = Context::new(MODEL, &["cac:PayeeParty"]);
/// The account to which a credit transfer goes (BG-17).
pub(super) static CREDIT_TRANSFER: Context =
    Context::new(MODEL, &["cac:PaymentMeans/cac:PayeeFinancialAccount"]).when(|_, account| {
        let Some(means) = account.parent() else { return Ok(false) };
        let code = path!(cbc: PaymentMeansCode);
        Ok(means.any_text(code, "30") || means.any_text(code, "58"))
    });
/// A way of payment (BG-16).
pub(super) static PAYMENT: Context = Context::new(MODEL, &["cac:PaymentMeans"]);
/// A preceding invoice (BG-3).
pub(super) static PRECEDING_INVOICE: Context = Context::new(MODEL, &["cac:BillingReference"]);
/// The seller (BG-4).
pub(super) static SELLER: Context = Context::new(MODEL, &["cac:AccountingSupplierParty"]);
/// The seller's electronic address (BT-34).
pub(super) static SELLER_ENDPOINT: Context =
    Context::new(MODEL, &["cac:AccountingSupplierParty/cac:Party/cbc:EndpointID"]);
/// The seller's address (BG-5).
pub(super) static SELLER_ADDRESS: Context =
    Context::new(MODEL, &["cac:AccountingSupplierParty/cac:Party/cac:PostalAddress"]);
/// The seller's tax representative (BG-11).
pub(super) static TAX_REPRESENTATIVE: Context = Context::new(MODEL, &["cac:TaxRepresentativeParty"]);
/// The tax representative's address (BG-12).
pub(super) static TAX_REPRESENTATIVE_ADDRESS: Context =
    Context::new(MODEL, &["cac:TaxRepresentativeParty/cac:PostalAddress"]);
/// A total of VAT (BT-110, BT-111).
pub(super) static TAX_TOTAL: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:TaxTotal", "/cn:CreditNote/cac:TaxTotal"]);
/// A VAT breakdown (BG-23).
pub(super) static BREAKDOWN: Context = Context::new(MODEL, &["cac:TaxTotal/cac:TaxSubtotal"]);
/// A registration for VAT (BT-31, BT-48, BT-63).
pub(super) static VAT_REGISTRATION: Context =
    Context::new(MODEL, &["cac:PartyTaxScheme"]).when(|_, registration| is_vat(registration));

/// Per VAT category the category element of a breakdown, an allowance, a charge and a line's item.
macro_rules! categories {
    ($($code:literal: $breakdown:ident $allowance:ident $charge:ident $line:ident)*) => {
        $(
            #[doc = concat!("The category of a VAT breakdown (BG-23), where it is ", $code, ".")]
            pub(super) static $breakdown: Context =
                Context::new(MODEL, &["/*/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"])
                    .when(|_, category| is_category(category, $code));
            #[doc = concat!("The category of an allowance, where it is ", $code, ".")]
            pub(super) static $allowance: Context = Context::new(MODEL, &["cac:AllowanceCharge/cac:TaxCategory"])
                .when(|facts, category| Ok(stands_in(facts, category, false) && is_category(category, $code)?));
            #[doc = concat!("The category of a charge, where it is ", $code, ".")]
            pub(super) static $charge: Context = Context::new(MODEL, &["cac:AllowanceCharge/cac:TaxCategory"])
                .when(|facts, category| Ok(stands_in(facts, category, true) && is_category(category, $code)?));
            #[doc = concat!("The category of a line's item, where it is ", $code, ".")]
            pub(super) static $line: Context = Context::new(
                MODEL,
                &[
                    "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory",
                    "cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory",
                ],
            )
            .when(|_, category| is_category(category, $code));
        )*
        /// The contexts of the categories; they follow [`CONTEXTS`].
        pub static CATEGORIES: &[&Context] = &[$(&$breakdown, &$allowance, &$charge, &$line),*];
    };
}

categories! {
    "AE": AE AE_ALLOWANCE AE_CHARGE AE_LINE
    "E": E E_ALLOWANCE E_CHARGE E_LINE
    "G": G G_ALLOWANCE G_CHARGE G_LINE
    "K": IC IC_ALLOWANCE IC_CHARGE IC_LINE
    "L": AF AF_ALLOWANCE AF_CHARGE AF_LINE
    "M": AG AG_ALLOWANCE AG_CHARGE AG_LINE
    "O": O O_ALLOWANCE O_CHARGE O_LINE
    "S": S S_ALLOWANCE S_CHARGE S_LINE
    "Z": Z Z_ALLOWANCE Z_CHARGE Z_LINE
}

/// The contexts of the model pattern, in the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[
    &SUPPORTING_DOCUMENT,
    &PAYABLE_AMOUNT,
    &BUYER_ENDPOINT,
    &BUYER_ADDRESS,
    &CARD_NUMBER,
    &DELIVERY_ADDRESS,
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
    &ITEM_CLASSIFICATION,
    &ITEM_STANDARD_ID,
    &NOTE,
    &PAYEE,
    &CREDIT_TRANSFER,
    &PAYMENT,
    &PRECEDING_INVOICE,
    &SELLER,
    &SELLER_ENDPOINT,
    &SELLER_ADDRESS,
    &TAX_REPRESENTATIVE,
    &TAX_REPRESENTATIVE_ADDRESS,
    &TAX_TOTAL,
    &BREAKDOWN,
    &VAT_REGISTRATION,
];

/// `[cbc:ChargeIndicator = false()]`
pub(super) fn is_allowance(_: &Facts<'_>, element: Element<'_>) -> Eval<bool> {
    element.any_bool(path!(cbc: ChargeIndicator), false)
}

/// `[cbc:ChargeIndicator = true()]`
pub(super) fn is_charge(_: &Facts<'_>, element: Element<'_>) -> Eval<bool> {
    element.any_bool(path!(cbc: ChargeIndicator), true)
}

/// `[cac:TaxScheme/normalize-space(upper-case(cbc:ID)) = 'VAT']`
pub(super) fn is_vat(element: Element<'_>) -> Eval<bool> {
    for scheme in element.select(path!(cac: TaxScheme)) {
        if scheme.norm(path!(cbc: ID))?.eq_ignore_ascii_case("VAT") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_category(category: Element<'_>, code: &str) -> Eval<bool> {
    Ok(category.norm(path!(cbc: ID))? == code && is_vat(category)?)
}

/// Stands it in an allowance or in a charge?
fn stands_in(facts: &Facts<'_>, category: Element<'_>, charge: bool) -> bool {
    category.parent().is_some_and(|owner| facts.en16931.is_of_kind(owner, path!(cbc: ChargeIndicator), charge))
}
