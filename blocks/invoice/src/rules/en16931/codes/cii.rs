//! The elements of CII whose value or attribute comes from a code list.
//!
//! Invariant: [`CONTEXTS`] is in the order in which the official pattern tries them.

use super::CODES;
use crate::names::{Name, ram};
use crate::path;
use crate::rules::Context;
use crate::rules::eval::XPath;
use crate::xml::Element;

/// The type of the document (BT-3).
pub(super) static TYPE: Context = Context::new(CODES, &["rsm:ExchangedDocument/ram:TypeCode"]);
/// A total of VAT (BT-110, BT-111) with its currency.
pub(super) static TAX_TOTAL: Context =
    Context::new(CODES, &["ram:TaxTotalAmount"]).when(|_, n| Ok(n.attr("currencyID").is_some()));
/// The invoice's currency (BT-5).
pub(super) static CURRENCY: Context = Context::new(CODES, &["ram:InvoiceCurrencyCode"]);
/// The currency of VAT accounting (BT-6).
pub(super) static TAX_CURRENCY: Context = Context::new(CODES, &["ram:TaxCurrencyCode"]);
/// When VAT becomes due, as a code (BT-8).
pub(super) static TAX_POINT: Context = Context::new(CODES, &["ram:DueDateTypeCode"]);
/// The scheme of an invoiced object's identifier (BT-18, BT-128).
pub(super) static OBJECT_SCHEME: Context = Context::new(CODES, &["ram:ReferenceTypeCode"]);
/// The subject of a note (BT-21).
pub(super) static NOTE_SUBJECT: Context = Context::new(CODES, &["ram:SubjectCode"]);
/// A party's identifier (BT-29, BT-46, BT-60) with a scheme.
pub(super) static PARTY_ID: Context = Context::new(CODES, &["ram:GlobalID"]).when(|_, id| {
    Ok(id.attr("schemeID").is_some() && !within(id, ram::SpecifiedTradeProduct) && !within(id, ram::ShipToTradeParty))
});
/// Any identifier with a scheme outside of tax registrations, such as BT-30, BT-47, BT-61.
pub(super) static REGISTRATION: Context = Context::new(CODES, &["ram:ID"])
    .when(|_, id| Ok(id.attr("schemeID").is_some() && !within(id, ram::SpecifiedTaxRegistration)));
/// A classification of an item (BT-158) with its scheme.
pub(super) static ITEM_CLASSIFICATION: Context =
    Context::new(CODES, &["ram:ClassCode"]).when(|_, n| Ok(n.attr("listID").is_some()));
/// The country of an address.
pub(super) static COUNTRY: Context = Context::new(CODES, &["ram:CountryID"]);
/// The country from which an item comes (BT-159).
pub(super) static ORIGIN_COUNTRY: Context = Context::new(CODES, &["ram:OriginTradeCountry/ram:ID"]);
/// A way of payment (BT-81).
pub(super) static PAYMENT_MEANS: Context =
    Context::new(CODES, &["ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"]);
/// The VAT category of an allowance or a charge (BT-95, BT-102).
pub(super) static VAT_CATEGORY: Context = Context::new(CODES, &["ram:CategoryTradeTax/ram:CategoryCode"]);
/// The VAT category of a breakdown (BT-118) or a line (BT-151).
pub(super) static LINE_VAT_CATEGORY: Context = Context::new(CODES, &["ram:ApplicableTradeTax/ram:CategoryCode"]);
/// The reason of an allowance (BT-98, BT-140).
pub(super) static ALLOWANCE_REASON: Context =
    Context::new(CODES, &["ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"]).when(|_, reason| {
        reason.parent().map_or(Ok(false), |around| around.any_bool(path!(ram:ChargeIndicator/udt:Indicator), false))
    });
/// The reason of a charge (BT-105, BT-145).
pub(super) static CHARGE_REASON: Context = Context::new(CODES, &["ram:SpecifiedTradeAllowanceCharge/ram:ReasonCode"])
    .when(|_, reason| {
        reason.parent().map_or(Ok(false), |around| around.any_bool(path!(ram:ChargeIndicator/udt:Indicator), true))
    });
/// The standard identifier of an item (BT-157) with its scheme.
pub(super) static ITEM_STANDARD_ID: Context =
    Context::new(CODES, &["ram:SpecifiedTradeProduct/ram:GlobalID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// Why no VAT is charged (BT-121).
pub(super) static EXEMPTION_REASON: Context = Context::new(CODES, &["ram:ExemptionReasonCode"]);
/// A quantity with its unit (BT-130, BT-150).
pub(super) static QUANTITY: Context =
    Context::new(CODES, &["ram:BasisQuantity", "ram:BilledQuantity"]).when(|_, n| Ok(n.attr("unitCode").is_some()));
/// An attached file (BT-125) with its media type.
pub(super) static ATTACHMENT: Context =
    Context::new(CODES, &["ram:AttachmentBinaryObject"]).when(|_, n| Ok(n.attr("mimeCode").is_some()));
/// An electronic address (BT-34, BT-49) with its scheme.
pub(super) static ENDPOINT: Context =
    Context::new(CODES, &["ram:URIUniversalCommunication/ram:URIID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// The identifier of the place of delivery (BT-71) with its scheme.
pub(super) static LOCATION_ID: Context =
    Context::new(CODES, &["ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:GlobalID"])
        .when(|_, n| Ok(n.attr("schemeID").is_some()));

/// The contexts of the code list pattern, in the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[
    &TYPE,
    &TAX_TOTAL,
    &CURRENCY,
    &TAX_CURRENCY,
    &TAX_POINT,
    &OBJECT_SCHEME,
    &NOTE_SUBJECT,
    &PARTY_ID,
    &REGISTRATION,
    &ITEM_CLASSIFICATION,
    &COUNTRY,
    &ORIGIN_COUNTRY,
    &PAYMENT_MEANS,
    &VAT_CATEGORY,
    &LINE_VAT_CATEGORY,
    &ALLOWANCE_REASON,
    &CHARGE_REASON,
    &ITEM_STANDARD_ID,
    &EXEMPTION_REASON,
    &QUANTITY,
    &ATTACHMENT,
    &ENDPOINT,
    &LOCATION_ID,
];

/// `ancestor::name`
fn within(element: Element<'_>, name: Name) -> bool {
    element.ancestors().any(|ancestor| ancestor.name() == name)
}
