//! The elements of CII to which the rules of XRechnung are put.

use super::profile_conditions::{is_cvd, is_extension};
use crate::names::ram;
use crate::path;
use crate::rules::eval::{Eval, XPath};
use crate::rules::peppol::common;
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const EMPTY_ELEMENTS: Pattern = Pattern(0);
const PEPPOL: Pattern = Pattern(1);
const MODEL: Pattern = Pattern(2);
const IN_EXTENSION: Pattern = Pattern(3);
const IN_CVD: Pattern = Pattern(4);
const GROSS: Pattern = Pattern(5);

/// In the order in which the official patterns try them.
pub static CONTEXTS: &[&Context] = &[
    &EMPTY,
    &ANY_PROCESS,
    &ANY_SETTLEMENT,
    &ANY_BUYER,
    &ANY_SELLER,
    &SHARE_WITHOUT_BASE,
    &BASE_WITHOUT_SHARE,
    &ALLOWANCE_CHARGE,
    &PRICE_ALLOWANCE,
    &DIRECT_DEBIT,
    &LINE_START,
    &LINE_END,
    &ANY_LINE,
    &PRICE,
    &BASE_QUANTITY,
    &DOCUMENT,
    &PROCESS,
    &SELLER,
    &SELLER_ADDRESS,
    &SELLER_CONTACT,
    &BUYER_ADDRESS,
    &SUPPORTING_DOCUMENT,
    &DELIVERY_ADDRESS,
    &CREDIT_TRANSFER,
    &CARD_PAYMENT,
    &DEBIT_PAYMENT,
    &TAX_SUBTOTAL,
    &TRANSACTION,
    &LINE,
    &X_LINE_DOCUMENT,
    &X_GLOBAL_ID,
    &X_ID,
    &X_ITEM_ID,
    &X_ENDPOINT,
    &X_LOCATION_ID,
    &X_ATTACHMENT,
    &V_TRANSACTION,
    &V_ITEM,
    &V_CLASSIFICATION,
    &V_CLEAN_VEHICLE,
    &V_AGREEMENT,
    &GROSS_PRICE,
];

pub(super) static EMPTY: Context = Context::new(EMPTY_ELEMENTS, &["*"])
    .when(|f, n| Ok(common::is_empty(f, n)? && n.qname() != "ram:ApplicableHeaderTradeDelivery"));

pub(super) static ANY_PROCESS: Context = Context::new(PEPPOL, &["rsm:ExchangedDocumentContext"]);
pub(super) static ANY_SETTLEMENT: Context = Context::new(PEPPOL, &["ram:ApplicableHeaderTradeSettlement"]);
pub(super) static ANY_BUYER: Context = Context::new(PEPPOL, &["ram:BuyerTradeParty"]);
pub(super) static ANY_SELLER: Context = Context::new(PEPPOL, &["ram:SellerTradeParty"]);
pub(super) static SHARE_WITHOUT_BASE: Context =
    Context::new(PEPPOL, &["ram:SpecifiedTradeAllowanceCharge"]).when(common::has_share_without_base_cii);
pub(super) static BASE_WITHOUT_SHARE: Context =
    Context::new(PEPPOL, &["ram:SpecifiedTradeAllowanceCharge"]).when(common::has_base_without_share_cii);
pub(super) static ALLOWANCE_CHARGE: Context = Context::new(PEPPOL, &["ram:SpecifiedTradeAllowanceCharge"]);
pub(super) static PRICE_ALLOWANCE: Context = Context::new(PEPPOL, &["ram:AppliedTradeAllowanceCharge"]);
pub(super) static DIRECT_DEBIT: Context =
    Context::new(PEPPOL, &["ram:SpecifiedTradeSettlementPaymentMeans"]).when(common::is_direct_debit_cii);
pub(super) static LINE_START: Context = Context::new(
    PEPPOL,
    &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:StartDateTime"],
)
.when(common::document_has_start_cii);
pub(super) static LINE_END: Context = Context::new(
    PEPPOL,
    &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime"],
)
.when(common::document_has_end_cii);
pub(super) static ANY_LINE: Context = Context::new(PEPPOL, &["ram:IncludedSupplyChainTradeLineItem"]);
pub(super) static PRICE: Context =
    Context::new(PEPPOL, &["ram:NetPriceProductTradePrice", "ram:GrossPriceProductTradePrice"]);
pub(super) static BASE_QUANTITY: Context = Context::new(
    PEPPOL,
    &["ram:NetPriceProductTradePrice/ram:BasisQuantity", "ram:GrossPriceProductTradePrice/ram:BasisQuantity"],
)
.when(common::has_unit);

pub(super) static DOCUMENT: Context = Context::new(MODEL, &["/rsm:CrossIndustryInvoice"]);
pub(super) static PROCESS: Context = Context::new(MODEL, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocumentContext"]);
pub(super) static SELLER: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty",
    ],
);
pub(super) static SELLER_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress",
    ],
);
pub(super) static SELLER_CONTACT: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:DefinedTradeContact",
    ],
);
pub(super) static BUYER_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty/ram:PostalTradeAddress",
    ],
);
pub(super) static SUPPORTING_DOCUMENT: Context = Context::new(
    MODEL,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:AdditionalReferencedDocument"],
)
.when(|_, n| Ok(n.any_text(path!(ram:TypeCode), "916")));
pub(super) static DELIVERY_ADDRESS: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress",
    ],
);
const PAYMENT_MEANS: &[&str] = &[
    "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementPaymentMeans",
];
pub(super) static CREDIT_TRANSFER: Context =
    Context::new(MODEL, PAYMENT_MEANS).when(|_, n| Ok(matches!(&*n.norm(path!(ram:TypeCode))?, "30" | "58")));
pub(super) static CARD_PAYMENT: Context =
    Context::new(MODEL, PAYMENT_MEANS).when(|_, n| Ok(matches!(&*n.norm(path!(ram:TypeCode))?, "48" | "54" | "55")));
pub(super) static DEBIT_PAYMENT: Context =
    Context::new(MODEL, PAYMENT_MEANS).when(|_, n| Ok(n.norm(path!(ram:TypeCode))? == "59"));
pub(super) static TAX_SUBTOTAL: Context = Context::new(
    MODEL,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax",
    ],
);
pub(super) static TRANSACTION: Context =
    Context::new(MODEL, &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"]);
pub(super) static LINE: Context = Context::new(
    MODEL,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"],
);

pub(super) static X_LINE_DOCUMENT: Context = Context::new(
    IN_EXTENSION,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:AssociatedDocumentLineDocument"],
)
.when(is_extension);
pub(super) static X_GLOBAL_ID: Context = Context::new(IN_EXTENSION, &["ram:GlobalID"]).when(|f, n| {
    let elsewhere =
        || n.ancestors().any(|a| a.name() == ram::SpecifiedTradeProduct || a.name() == ram::ShipToTradeParty);
    Ok(has_scheme_in_extension(f, n)? && !elsewhere())
});
pub(super) static X_ID: Context = Context::new(IN_EXTENSION, &["ram:ID"]).when(|f, n| {
    Ok(has_scheme_in_extension(f, n)? && !n.ancestors().any(|a| a.name() == ram::SpecifiedTaxRegistration))
});
pub(super) static X_ITEM_ID: Context =
    Context::new(IN_EXTENSION, &["ram:SpecifiedTradeProduct/ram:GlobalID"]).when(has_scheme_in_extension);
pub(super) static X_ENDPOINT: Context =
    Context::new(IN_EXTENSION, &["ram:URIUniversalCommunication/ram:URIID"]).when(has_scheme_in_extension);
pub(super) static X_LOCATION_ID: Context =
    Context::new(IN_EXTENSION, &["ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID"])
        .when(has_scheme_in_extension);
pub(super) static X_ATTACHMENT: Context =
    Context::new(IN_EXTENSION, &["ram:AttachmentBinaryObject"]).when(is_extension);

pub(super) static V_TRANSACTION: Context =
    Context::new(IN_CVD, &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"]).when(is_cvd);
pub(super) static V_ITEM: Context = Context::new(
    IN_CVD,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct"],
)
.when(is_cvd);
pub(super) static V_CLASSIFICATION: Context = Context::new(
    IN_CVD,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode"],
)
.when(is_cvd);
pub(super) static V_CLEAN_VEHICLE: Context = Context::new(
    IN_CVD,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic"],
)
.when(|f, n| Ok(f.profile().is_cvd && n.any_text(path!(ram:Description), "cva")));
pub(super) static V_AGREEMENT: Context = Context::new(
    IN_CVD,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"],
)
.when(is_cvd);

pub(super) static GROSS_PRICE: Context = Context::new(
    GROSS,
    &[
        "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice",
    ],
);

fn has_scheme_in_extension(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(f.profile().is_extension && n.attr("schemeID").is_some())
}
