//! The elements of UBL whose value or attribute comes from a code list.
//!
//! Invariant: [`CONTEXTS`] is in the order in which the official pattern tries them.

use super::CODES;
use crate::path;
use crate::rules::Context;
use crate::rules::en16931::ubl::{is_allowance, is_charge};
use crate::rules::eval::XPath;
use crate::xml::Element;

/// The type of the document (BT-3).
pub(super) static TYPE: Context = Context::new(CODES, &["cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"]);
/// An amount; its currency is an attribute.
pub(super) static AMOUNT: Context = Context::new(
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
/// The invoice's currency (BT-5).
pub(super) static CURRENCY: Context = Context::new(CODES, &["cbc:DocumentCurrencyCode"]);
/// The currency of VAT accounting (BT-6).
pub(super) static TAX_CURRENCY: Context = Context::new(CODES, &["cbc:TaxCurrencyCode"]);
/// When VAT becomes due, as a code (BT-8).
pub(super) static TAX_POINT: Context = Context::new(CODES, &["cac:InvoicePeriod/cbc:DescriptionCode"]);
/// The identifier of an invoiced object (BT-18, BT-128) with a scheme.
pub(super) static OBJECT_ID: Context =
    Context::new(CODES, &["cac:AdditionalDocumentReference/cbc:ID", "cac:DocumentReference/cbc:ID"]).when(|_, id| {
        let names_object = |reference: Element<'_>| reference.any_text(path!(cbc: DocumentTypeCode), "130");
        Ok(id.attr("schemeID").is_some() && id.parent().is_some_and(names_object))
    });
/// A party's identifier (BT-29, BT-46, BT-60) with a scheme.
pub(super) static PARTY_ID: Context =
    Context::new(CODES, &["cac:PartyIdentification/cbc:ID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// A party's registration identifier (BT-30, BT-47, BT-61) with a scheme.
pub(super) static REGISTRATION: Context =
    Context::new(CODES, &["cac:PartyLegalEntity/cbc:CompanyID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// A classification of an item (BT-158) with its scheme.
pub(super) static ITEM_CLASSIFICATION: Context =
    Context::new(CODES, &["cac:CommodityClassification/cbc:ItemClassificationCode"])
        .when(|_, n| Ok(n.attr("listID").is_some()));
/// The country of an address.
pub(super) static COUNTRY: Context = Context::new(CODES, &["cac:Country/cbc:IdentificationCode"]);
/// The country from which an item comes (BT-159).
pub(super) static ORIGIN_COUNTRY: Context = Context::new(CODES, &["cac:OriginCountry/cbc:IdentificationCode"]);
/// A way of payment (BT-81).
pub(super) static PAYMENT_MEANS: Context = Context::new(CODES, &["cac:PaymentMeans/cbc:PaymentMeansCode"]);
/// The VAT category of a breakdown, an allowance or a charge.
pub(super) static VAT_CATEGORY: Context = Context::new(CODES, &["cac:TaxCategory/cbc:ID"]);
/// The VAT category of a line (BT-151).
pub(super) static LINE_VAT_CATEGORY: Context = Context::new(CODES, &["cac:ClassifiedTaxCategory/cbc:ID"]);
/// The reason of an allowance (BT-98, BT-140).
pub(super) static ALLOWANCE_REASON: Context =
    Context::new(CODES, &["cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"])
        .when(|facts, reason| reason.parent().map_or(Ok(false), |around| is_allowance(facts, around)));
/// The reason of a charge (BT-105, BT-145).
pub(super) static CHARGE_REASON: Context = Context::new(CODES, &["cac:AllowanceCharge/cbc:AllowanceChargeReasonCode"])
    .when(|facts, reason| reason.parent().map_or(Ok(false), |around| is_charge(facts, around)));
/// The standard identifier of an item (BT-157) with its scheme.
pub(super) static ITEM_STANDARD_ID: Context =
    Context::new(CODES, &["cac:StandardItemIdentification/cbc:ID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// Why no VAT is charged (BT-121).
pub(super) static EXEMPTION_REASON: Context = Context::new(CODES, &["cbc:TaxExemptionReasonCode"]);
/// A quantity with its unit (BT-130, BT-150).
pub(super) static QUANTITY: Context =
    Context::new(CODES, &["cbc:InvoicedQuantity", "cbc:BaseQuantity", "cbc:CreditedQuantity"])
        .when(|_, n| Ok(n.attr("unitCode").is_some()));
/// An attached file (BT-125) with its media type.
pub(super) static ATTACHMENT: Context =
    Context::new(CODES, &["cbc:EmbeddedDocumentBinaryObject"]).when(|_, n| Ok(n.attr("mimeCode").is_some()));
/// An electronic address (BT-34, BT-49) with its scheme.
pub(super) static ENDPOINT: Context =
    Context::new(CODES, &["cbc:EndpointID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));
/// The identifier of the place of delivery (BT-71) with its scheme.
pub(super) static LOCATION_ID: Context =
    Context::new(CODES, &["cac:DeliveryLocation/cbc:ID"]).when(|_, n| Ok(n.attr("schemeID").is_some()));

/// The contexts of the code list pattern, in the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[
    &TYPE,
    &AMOUNT,
    &CURRENCY,
    &TAX_CURRENCY,
    &TAX_POINT,
    &OBJECT_ID,
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
