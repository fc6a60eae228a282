//! The elements of CII to which the general rules of Peppol are put: core, identifiers, code lists.
//! Those of the national rules stand with their countries.

use super::common;
use crate::path;
use crate::rules::cast::{attr_is, norm_single};
use crate::rules::eval::Eval;
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const CORE: Pattern = Pattern(2);
const CODES: Pattern = Pattern(12);

/// In the order in which the official patterns try them.
pub static CONTEXTS: &[&Context] = &[
    &PROCESS,
    &AGREEMENT,
    &SETTLEMENT,
    &EXCHANGED_DOCUMENT,
    &BUYER,
    &SELLER,
    &SHARE_WITHOUT_BASE,
    &BASE_WITHOUT_SHARE,
    &ALLOWANCE_CHARGE,
    &PRICE_ALLOWANCE,
    &DIRECT_DEBIT,
    &LINE_START,
    &LINE_END,
    &LINE,
    &PRICE,
    &BASE_QUANTITY,
    &GLN,
    &NORWEGIAN,
    &DANISH_CVR,
    &BELGIAN,
    &ITALIAN_IPA,
    &ITALIAN_CF,
    &ITALIAN_CF_ADDRESS,
    &ITALIAN_VAT,
    &ITALIAN_VAT_ADDRESS,
    &SWEDISH,
    &AUSTRALIAN,
    &ATTACHMENT,
    &ALLOWANCE_REASON,
    &CHARGE_REASON,
    &TAX_TOTAL,
    &INVOICE_TYPE,
    &DATE,
    &ENDPOINT,
];

pub(super) static PROCESS: Context = Context::new(CORE, &["rsm:ExchangedDocumentContext"]);
pub(super) static AGREEMENT: Context = Context::new(CORE, &["ram:ApplicableHeaderTradeAgreement"]);
pub(super) static SETTLEMENT: Context = Context::new(CORE, &["ram:ApplicableHeaderTradeSettlement"]);
pub(super) static EXCHANGED_DOCUMENT: Context = Context::new(CORE, &["rsm:ExchangedDocument"]);
pub(super) static BUYER: Context = Context::new(CORE, &["ram:BuyerTradeParty"]);
pub(super) static SELLER: Context = Context::new(CORE, &["ram:SellerTradeParty"]);
pub(super) static SHARE_WITHOUT_BASE: Context =
    Context::new(CORE, &["ram:SpecifiedTradeAllowanceCharge"]).when(common::has_share_without_base_cii);
pub(super) static BASE_WITHOUT_SHARE: Context =
    Context::new(CORE, &["ram:SpecifiedTradeAllowanceCharge"]).when(common::has_base_without_share_cii);
pub(super) static ALLOWANCE_CHARGE: Context = Context::new(CORE, &["ram:SpecifiedTradeAllowanceCharge"]);
pub(super) static PRICE_ALLOWANCE: Context = Context::new(CORE, &["ram:AppliedTradeAllowanceCharge"]);
pub(super) static DIRECT_DEBIT: Context =
    Context::new(CORE, &["ram:SpecifiedTradeSettlementPaymentMeans"]).when(common::is_direct_debit_cii);
pub(super) static LINE_START: Context = Context::new(
    CORE,
    &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:StartDateTime"],
)
.when(common::document_has_start_cii);
pub(super) static LINE_END: Context = Context::new(
    CORE,
    &["rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime"],
)
.when(common::document_has_end_cii);
pub(super) static LINE: Context = Context::new(CORE, &["ram:IncludedSupplyChainTradeLineItem"]);
pub(super) static PRICE: Context =
    Context::new(CORE, &["ram:NetPriceProductTradePrice", "ram:GrossPriceProductTradePrice"]);
pub(super) static BASE_QUANTITY: Context = Context::new(
    CORE,
    &["ram:NetPriceProductTradePrice/ram:BasisQuantity", "ram:GrossPriceProductTradePrice/ram:BasisQuantity"],
)
.when(common::has_unit);

macro_rules! of_scheme {
    ($($name:ident $scheme:literal $paths:expr;)*) => {$(
        pub(super) static $name: Context =
            Context::new(CORE, $paths).when(|_, n| Ok(attr_is(n, "schemeID", $scheme)));
    )*};
}

const IDENTIFIERS: &[&str] = &["ram:URIID", "ram:ID", "ram:GlobalID"];
const ADDRESSES: &[&str] = &["ram:URIID"];

of_scheme! {
    GLN "0088" IDENTIFIERS;
    NORWEGIAN "0192" IDENTIFIERS;
    DANISH_CVR "0184" IDENTIFIERS;
    BELGIAN "0208" IDENTIFIERS;
    ITALIAN_IPA "0201" IDENTIFIERS;
    ITALIAN_CF "0210" IDENTIFIERS;
    ITALIAN_CF_ADDRESS "9907" ADDRESSES;
    ITALIAN_VAT "0211" IDENTIFIERS;
    ITALIAN_VAT_ADDRESS "9906" ADDRESSES;
    SWEDISH "0007" IDENTIFIERS;
    AUSTRALIAN "0151" IDENTIFIERS;
}

pub(super) static ATTACHMENT: Context =
    Context::new(CODES, &["ram:AttachmentBinaryObject"]).when(|_, n| Ok(n.attr("mimeCode").is_some()));
pub(super) static ALLOWANCE_REASON: Context =
    Context::new(CODES, &["ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"]).when(|f, n| is_kind(f, n, "false"));
pub(super) static CHARGE_REASON: Context =
    Context::new(CODES, &["ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"]).when(|f, n| is_kind(f, n, "true"));
pub(super) static TAX_TOTAL: Context =
    Context::new(CODES, &["ram:TaxTotalAmount"]).when(|_, n| Ok(n.attr("currencyID").is_some()));
/// The official context names `ram:ExchangedDocument`, which no valid document has.
pub(super) static INVOICE_TYPE: Context = Context::new(CODES, &["ram:*ExchangedDocument/ram:TypeCode"])
    .when(|_, n| Ok(n.parent().is_some_and(|parent| parent.local() == "ExchangedDocument")));
pub(super) static DATE: Context = Context::new(CODES, &["udt:DateTimeString"]);
pub(super) static ENDPOINT: Context = Context::new(
    CODES,
    &[
        "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID",
        "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID",
    ],
);

fn is_kind(f: &Facts<'_>, n: Element<'_>, kind: &str) -> Eval<bool> {
    let Some(parent) = n.parent() else { return Ok(false) };
    Ok(norm_single(f.at(parent, path!(ram:ChargeIndicator/udt:Indicator)))? == kind)
}
