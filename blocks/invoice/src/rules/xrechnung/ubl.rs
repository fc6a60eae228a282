//! The elements of UBL to which the rules of XRechnung are put.

use super::profile_conditions::{is_cvd, is_extension};
use crate::path;
use crate::rules::cast::attr_is;
use crate::rules::eval::{Eval, XPath};
use crate::rules::peppol::common;
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const EMPTY_ELEMENTS: Pattern = Pattern(0);
const PEPPOL: Pattern = Pattern(1);
const MODEL: Pattern = Pattern(2);
const IN_EXTENSION: Pattern = Pattern(3);
const IN_CVD: Pattern = Pattern(4);

/// In the order in which the official patterns try them.
pub static CONTEXTS: &[&Context] = &[
    &EMPTY,
    &ANY_DOCUMENT,
    &TAX_CURRENCY,
    &ANY_BUYER,
    &ANY_SELLER,
    &SHARE_WITHOUT_BASE,
    &BASE_WITHOUT_SHARE,
    &ALLOWANCE_CHARGE,
    &DIRECT_DEBIT,
    &LINE_START,
    &LINE_END,
    &LINE,
    &PRICE_ALLOWANCE,
    &BASE_QUANTITY,
    &DOCUMENT,
    &EXTERNAL_REFERENCE,
    &SELLER,
    &SELLER_ADDRESS,
    &SELLER_CONTACT,
    &BUYER_ADDRESS,
    &DELIVERY_ADDRESS,
    &CREDIT_TRANSFER,
    &CARD_PAYMENT,
    &DEBIT_PAYMENT,
    &TAX_SUBTOTAL,
    &X_ATTACHMENT,
    &X_INVOICE,
    &X_TOTALS,
    &X_PARTY_ID,
    &X_LEGAL_ID,
    &X_ITEM_ID,
    &X_ENDPOINT,
    &X_LOCATION_ID,
    &X_PREPAID,
    &V_DOCUMENT,
    &V_ITEM,
    &V_CLASSIFICATION,
    &V_CLEAN_VEHICLE,
];

pub(super) static EMPTY: Context = Context::new(EMPTY_ELEMENTS, &["*"]).when(common::is_empty);

pub(super) static ANY_DOCUMENT: Context = Context::new(PEPPOL, &["cn:CreditNote", "ubl:Invoice"]);
pub(super) static TAX_CURRENCY: Context = Context::new(PEPPOL, &["cbc:TaxCurrencyCode"]);
pub(super) static ANY_BUYER: Context = Context::new(PEPPOL, &["cac:AccountingCustomerParty/cac:Party"]);
pub(super) static ANY_SELLER: Context = Context::new(PEPPOL, &["cac:AccountingSupplierParty/cac:Party"]);
const ALLOWANCE_CHARGES: &[&str] = &[
    "ubl:Invoice/cac:AllowanceCharge",
    "ubl:Invoice/cac:InvoiceLine/cac:AllowanceCharge",
    "cn:CreditNote/cac:AllowanceCharge",
    "cn:CreditNote/cac:CreditNoteLine/cac:AllowanceCharge",
];
pub(super) static SHARE_WITHOUT_BASE: Context =
    Context::new(PEPPOL, ALLOWANCE_CHARGES).when(common::has_share_without_base_ubl);
pub(super) static BASE_WITHOUT_SHARE: Context =
    Context::new(PEPPOL, ALLOWANCE_CHARGES).when(common::has_base_without_share_ubl);
pub(super) static ALLOWANCE_CHARGE: Context = Context::new(PEPPOL, ALLOWANCE_CHARGES);
pub(super) static DIRECT_DEBIT: Context = Context::new(PEPPOL, &["cac:PaymentMeans"]).when(common::is_direct_debit_ubl);
pub(super) static LINE_START: Context = Context::new(
    PEPPOL,
    &[
        "ubl:Invoice/cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate",
        "cn:CreditNote/cac:CreditNoteLine/cac:InvoicePeriod/cbc:StartDate",
    ],
)
.when(common::document_has_start_ubl);
pub(super) static LINE_END: Context = Context::new(
    PEPPOL,
    &[
        "ubl:Invoice/cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate",
        "cn:CreditNote/cac:CreditNoteLine/cac:InvoicePeriod/cbc:EndDate",
    ],
)
.when(common::document_has_end_ubl);
pub(super) static LINE: Context = Context::new(PEPPOL, &["cac:InvoiceLine", "cac:CreditNoteLine"]);
pub(super) static PRICE_ALLOWANCE: Context = Context::new(PEPPOL, &["cac:Price/cac:AllowanceCharge"]);
pub(super) static BASE_QUANTITY: Context = Context::new(PEPPOL, &["cac:Price/cbc:BaseQuantity"]).when(common::has_unit);

pub(super) static DOCUMENT: Context = Context::new(MODEL, &["/ubl:Invoice", "/cn:CreditNote"]);
pub(super) static EXTERNAL_REFERENCE: Context = Context::new(
    MODEL,
    &[
        "/ubl:Invoice/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference",
        "/cn:CreditNote/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference",
    ],
);
pub(super) static SELLER: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:AccountingSupplierParty", "/cn:CreditNote/cac:AccountingSupplierParty"]);
pub(super) static SELLER_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress",
        "/cn:CreditNote/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress",
    ],
);
pub(super) static SELLER_CONTACT: Context = Context::new(
    MODEL,
    &[
        "/ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:Contact",
        "/cn:CreditNote/cac:AccountingSupplierParty/cac:Party/cac:Contact",
    ],
);
pub(super) static BUYER_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/ubl:Invoice/cac:AccountingCustomerParty/cac:Party/cac:PostalAddress",
        "/cn:CreditNote/cac:AccountingCustomerParty/cac:Party/cac:PostalAddress",
    ],
);
pub(super) static DELIVERY_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/ubl:Invoice/cac:Delivery/cac:DeliveryLocation/cac:Address",
        "/cn:CreditNote/cac:Delivery/cac:DeliveryLocation/cac:Address",
    ],
);
const PAYMENT_MEANS: &[&str] = &["/ubl:Invoice/cac:PaymentMeans", "/cn:CreditNote/cac:PaymentMeans"];
pub(super) static CREDIT_TRANSFER: Context =
    Context::new(MODEL, PAYMENT_MEANS).when(|_, n| Ok(matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "30" | "58")));
pub(super) static CARD_PAYMENT: Context = Context::new(MODEL, PAYMENT_MEANS)
    .when(|_, n| Ok(matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "48" | "54" | "55")));
pub(super) static DEBIT_PAYMENT: Context =
    Context::new(MODEL, PAYMENT_MEANS).when(|_, n| Ok(n.norm(path!(cbc:PaymentMeansCode))? == "59"));
pub(super) static TAX_SUBTOTAL: Context =
    Context::new(MODEL, &["/ubl:Invoice/cac:TaxTotal/cac:TaxSubtotal", "/cn:CreditNote/cac:TaxTotal/cac:TaxSubtotal"]);

pub(super) static X_ATTACHMENT: Context =
    Context::new(IN_EXTENSION, &["cbc:EmbeddedDocumentBinaryObject"]).when(is_extension);
pub(super) static X_INVOICE: Context = Context::new(IN_EXTENSION, &["/ubl:Invoice"]).when(is_extension);
pub(super) static X_TOTALS: Context = Context::new(IN_EXTENSION, &["cac:LegalMonetaryTotal"]).when(is_extension);
pub(super) static X_PARTY_ID: Context =
    Context::new(IN_EXTENSION, &["cac:PartyIdentification/cbc:ID"]).when(has_scheme_in_extension);
pub(super) static X_LEGAL_ID: Context =
    Context::new(IN_EXTENSION, &["cac:PartyLegalEntity/cbc:CompanyID"]).when(has_scheme_in_extension);
pub(super) static X_ITEM_ID: Context =
    Context::new(IN_EXTENSION, &["cac:StandardItemIdentification/cbc:ID"]).when(has_scheme_in_extension);
pub(super) static X_ENDPOINT: Context = Context::new(IN_EXTENSION, &["cbc:EndpointID"]).when(has_scheme_in_extension);
pub(super) static X_LOCATION_ID: Context =
    Context::new(IN_EXTENSION, &["cac:DeliveryLocation/cbc:ID"]).when(has_scheme_in_extension);
pub(super) static X_PREPAID: Context =
    Context::new(IN_EXTENSION, &["/ubl:Invoice/cac:PrepaidPayment"]).when(is_extension);

pub(super) static V_DOCUMENT: Context = Context::new(IN_CVD, &["/ubl:Invoice", "/cn:CreditNote"]).when(is_cvd);
pub(super) static V_ITEM: Context =
    Context::new(IN_CVD, &["/ubl:Invoice/cac:InvoiceLine/cac:Item", "/cn:CreditNote/cac:CreditNoteLine/cac:Item"])
        .when(is_cvd);
pub(super) static V_CLASSIFICATION: Context = Context::new(
    IN_CVD,
    &[
        "/ubl:Invoice/cac:InvoiceLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
        "/cn:CreditNote/cac:CreditNoteLine/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
    ],
)
.when(is_cvd);
pub(super) static V_CLEAN_VEHICLE: Context = Context::new(
    IN_CVD,
    &[
        "/ubl:Invoice/cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty",
        "/cn:CreditNote/cac:CreditNoteLine/cac:Item/cac:AdditionalItemProperty",
    ],
)
.when(|f, n| Ok(f.profile().is_cvd && is_clean_vehicle_property(n)));

fn has_scheme_in_extension(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(f.profile().is_extension && n.attr("schemeID").is_some())
}

/// Is the item property the one for clean vehicles, `cva`?
pub(super) fn is_clean_vehicle_property(n: Element<'_>) -> bool {
    n.any_text(path!(cbc:Name), "cva")
}

/// Is the item classified by the scheme for clean vehicles?
pub(super) fn is_clean_vehicle_class(n: Element<'_>) -> bool {
    attr_is(n, "listID", "CVD")
}
