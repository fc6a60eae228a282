//! The elements of UBL to which the general rules of Peppol are put: core, identifiers, code lists.
//! Those of the national rules stand with their countries.

use super::common;
use crate::names::Name;
use crate::path;
use crate::rules::cast::attr_is;
use crate::rules::eval::{Eval, XPath};
use crate::rules::{Context, Facts, Pattern};
use crate::xml::Element;

const EMPTY_ELEMENTS: Pattern = Pattern(0);
const CREDIT_NOTES: Pattern = Pattern(1);
const CORE: Pattern = Pattern(2);
const CODES: Pattern = Pattern(12);

/// In the order in which the official patterns try them.
pub static CONTEXTS: &[&Context] = &[
    &EMPTY,
    &CREDIT_NOTE,
    &DOCUMENT,
    &TAX_CURRENCY,
    &BUYER,
    &SELLER,
    &SHARE_WITHOUT_BASE,
    &BASE_WITHOUT_SHARE,
    &ALLOWANCE_CHARGE,
    &DIRECT_DEBIT,
    &AMOUNT,
    &LINE_START,
    &LINE_END,
    &LINE,
    &PRICE_ALLOWANCE,
    &BASE_QUANTITY,
    &GLN,
    &NORWEGIAN,
    &DANISH_CVR,
    &DANISH_P,
    &DANISH_SE,
    &BELGIAN,
    &ITALIAN_IPA,
    &ITALIAN_CF,
    &ITALIAN_CF_ADDRESS,
    &ITALIAN_VAT,
    &SWEDISH,
    &AUSTRALIAN,
    &DUTCH_KVK,
    &DUTCH_OIN,
    &DUTCH_VAT,
    &DUTCH_VAT_NUMBER,
    &DUTCH_BRANCH,
    &ATTACHMENT,
    &ALLOWANCE_REASON,
    &CHARGE_REASON,
    &TAX_POINT,
    &ANY_AMOUNT,
    &INVOICE_TYPE,
    &CREDIT_NOTE_TYPE,
    &DATE,
    &ENDPOINT,
    &EXEMPT_G,
    &EXEMPT_O,
    &EXEMPT_IC,
    &EXEMPT_AE,
    &EXEMPT_D,
    &EXEMPT_F,
    &EXEMPT_I,
    &EXEMPT_J,
];

pub(super) static EMPTY: Context = Context::new(EMPTY_ELEMENTS, &["*"]).when(common::is_empty);
pub(super) static CREDIT_NOTE: Context = Context::new(CREDIT_NOTES, &["cn:CreditNote"]);

pub(super) static DOCUMENT: Context = Context::new(CORE, &["cn:CreditNote", "ubl:Invoice"]);
pub(super) static TAX_CURRENCY: Context = Context::new(CORE, &["cbc:TaxCurrencyCode"]);
pub(super) static BUYER: Context = Context::new(CORE, &["cac:AccountingCustomerParty/cac:Party"]);
pub(super) static SELLER: Context = Context::new(CORE, &["cac:AccountingSupplierParty/cac:Party"]);
const ALLOWANCE_CHARGES: &[&str] = &[
    "ubl:Invoice/cac:AllowanceCharge",
    "ubl:Invoice/cac:InvoiceLine/cac:AllowanceCharge",
    "cn:CreditNote/cac:AllowanceCharge",
    "cn:CreditNote/cac:CreditNoteLine/cac:AllowanceCharge",
];
pub(super) static SHARE_WITHOUT_BASE: Context =
    Context::new(CORE, ALLOWANCE_CHARGES).when(common::has_share_without_base_ubl);
pub(super) static BASE_WITHOUT_SHARE: Context =
    Context::new(CORE, ALLOWANCE_CHARGES).when(common::has_base_without_share_ubl);
pub(super) static ALLOWANCE_CHARGE: Context = Context::new(CORE, ALLOWANCE_CHARGES);
pub(super) static DIRECT_DEBIT: Context = Context::new(CORE, &["cac:PaymentMeans"]).when(common::is_direct_debit_ubl);
pub(super) static AMOUNT: Context = Context::new(
    CORE,
    &[
        "cbc:Amount",
        "cbc:BaseAmount",
        "cbc:PriceAmount",
        "cac:TaxTotal/cbc:TaxAmount",
        "cac:TaxSubtotal/cbc:TaxAmount",
        "cbc:TaxableAmount",
        "cbc:LineExtensionAmount",
        "cbc:TaxExclusiveAmount",
        "cbc:TaxInclusiveAmount",
        "cbc:AllowanceTotalAmount",
        "cbc:ChargeTotalAmount",
        "cbc:PrepaidAmount",
        "cbc:PayableRoundingAmount",
        "cbc:PayableAmount",
    ],
)
.when(is_in_invoice_currency);
pub(super) static LINE_START: Context = Context::new(
    CORE,
    &[
        "ubl:Invoice/cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate",
        "cn:CreditNote/cac:CreditNoteLine/cac:InvoicePeriod/cbc:StartDate",
    ],
)
.when(common::document_has_start_ubl);
pub(super) static LINE_END: Context = Context::new(
    CORE,
    &[
        "ubl:Invoice/cac:InvoiceLine/cac:InvoicePeriod/cbc:EndDate",
        "cn:CreditNote/cac:CreditNoteLine/cac:InvoicePeriod/cbc:EndDate",
    ],
)
.when(common::document_has_end_ubl);
pub(super) static LINE: Context = Context::new(CORE, &["cac:InvoiceLine", "cac:CreditNoteLine"]);
pub(super) static PRICE_ALLOWANCE: Context = Context::new(CORE, &["cac:Price/cac:AllowanceCharge"]);
pub(super) static BASE_QUANTITY: Context = Context::new(CORE, &["cac:Price/cbc:BaseQuantity"]).when(common::has_unit);

const IDENTIFIERS: &[&str] = &["cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cbc:CompanyID"];

macro_rules! of_scheme {
    ($($name:ident $scheme:literal)*) => {$(
        pub(super) static $name: Context =
            Context::new(CORE, IDENTIFIERS).when(|_, n| Ok(attr_is(n, "schemeID", $scheme)));
    )*};
}

of_scheme! {
    GLN "0088"
    NORWEGIAN "0192"
    DANISH_CVR "0184"
    DANISH_P "0096"
    DANISH_SE "0198"
    BELGIAN "0208"
    ITALIAN_IPA "0201"
    ITALIAN_CF "0210"
    ITALIAN_VAT "0211"
    SWEDISH "0007"
    AUSTRALIAN "0151"
    DUTCH_KVK "0106"
    DUTCH_OIN "0190"
    DUTCH_VAT "9944"
    DUTCH_BRANCH "0217"
}

pub(super) static ITALIAN_CF_ADDRESS: Context =
    Context::new(CORE, &["cbc:EndpointID"]).when(|_, n| Ok(attr_is(n, "schemeID", "9907")));
pub(super) static DUTCH_VAT_NUMBER: Context = Context::new(CORE, &["cac:PartyTaxScheme/cbc:CompanyID"]).when(|f, n| {
    let Some(scheme) = n.parent() else { return Ok(false) };
    let is_vat = crate::rules::cast::norm_single(f.at(scheme, path!(cac:TaxScheme/cbc:ID)))? == "VAT";
    Ok(is_vat && n.norm_self().starts_with("NL"))
});

pub(super) static ATTACHMENT: Context =
    Context::new(CODES, &["cbc:EmbeddedDocumentBinaryObject"]).when(|_, n| Ok(n.attr("mimeCode").is_some()));
pub(super) static ALLOWANCE_REASON: Context =
    Context::new(CODES, &["cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"]).when(|f, n| Ok(is_kind(f, n, "false")));
pub(super) static CHARGE_REASON: Context =
    Context::new(CODES, &["cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"]).when(|f, n| Ok(is_kind(f, n, "true")));
pub(super) static TAX_POINT: Context = Context::new(CODES, &["cac:InvoicePeriod/cbc:DescriptionCode"]);
pub(super) static ANY_AMOUNT: Context = Context::new(
    CODES,
    &[
        "cbc:Amount",
        "cbc:BaseAmount",
        "cbc:PriceAmount",
        "cbc:TaxAmount",
        "cbc:TaxableAmount",
        "cbc:LineExtensionAmount",
        "cbc:TaxExclusiveAmount",
        "cbc:TaxInclusiveAmount",
        "cbc:AllowanceTotalAmount",
        "cbc:ChargeTotalAmount",
        "cbc:PrepaidAmount",
        "cbc:PayableRoundingAmount",
        "cbc:PayableAmount",
    ],
);
pub(super) static INVOICE_TYPE: Context = Context::new(CODES, &["cbc:InvoiceTypeCode"]);
pub(super) static CREDIT_NOTE_TYPE: Context = Context::new(CODES, &["cbc:CreditNoteTypeCode"]);
pub(super) static DATE: Context = Context::new(
    CODES,
    &["cbc:IssueDate", "cbc:DueDate", "cbc:TaxPointDate", "cbc:StartDate", "cbc:EndDate", "cbc:ActualDeliveryDate"],
);
pub(super) static ENDPOINT: Context =
    Context::new(CODES, &["cbc:EndpointID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));

macro_rules! exempt {
    ($($name:ident $code:literal)*) => {$(
        pub(super) static $name: Context = Context::new(CODES, &["cac:TaxCategory"]).when(|_, n| {
            Ok(n.string(path!(cbc:TaxExemptionReasonCode))?.to_uppercase() == $code)
        });
    )*};
}

exempt! {
    EXEMPT_G "VATEX-EU-G"
    EXEMPT_O "VATEX-EU-O"
    EXEMPT_IC "VATEX-EU-IC"
    EXEMPT_AE "VATEX-EU-AE"
    EXEMPT_D "VATEX-EU-D"
    EXEMPT_F "VATEX-EU-F"
    EXEMPT_I "VATEX-EU-I"
    EXEMPT_J "VATEX-EU-J"
}

/// A VAT total is in the invoice currency only where it has a breakdown.
fn is_in_invoice_currency(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    const BREAKDOWN: &[Name] = path!(cac:TaxSubtotal);
    let Some(parent) = n.parent() else { return Ok(true) };
    let in_total = n.name() == crate::names::cbc::TaxAmount && parent.name() == crate::names::cac::TaxTotal;
    Ok(!in_total || f.at(parent, BREAKDOWN).next().is_some())
}

fn is_kind(f: &Facts<'_>, n: Element<'_>, kind: &str) -> bool {
    n.parent().is_some_and(|parent| f.at(parent, path!(cbc:ChargeIndicator)).any(|indicator| indicator.text() == kind))
}
