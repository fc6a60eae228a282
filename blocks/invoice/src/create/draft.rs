//! The draft: the small JSON that an invoice is made of.
//!
//! Invariant: unknown fields are errors, because a misspelt `dueDate` that is silently ignored costs
//! money.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vir_core::Decimal;

use super::CreateError;

/// What only the author of an invoice knows.
///
/// ```
/// use vir_invoice::create::Draft;
/// let draft = Draft::from_json(r#"{
///     "number": "R-1", "issueDate": "2026-11-22", "buyerReference": "04011000-12345-03",
///     "seller": {"name": "Salzhandel", "vatId": "DE123456789",
///                "address": {"city": "Nordenham", "postCode": "26954", "country": "DE"}},
///     "buyer": {"name": "Gemeinde", "address": {"city": "Butjadingen", "postCode": "26969", "country": "DE"}},
///     "lines": [{"name": "Streusalz", "quantity": 10, "unit": "KGM", "price": "0.35", "vat": {"rate": 19}}]
/// }"#).unwrap();
/// assert_eq!(draft.lines.len(), 1);
/// let error = Draft::from_json(r#"{"number": "R-1", "isueDate": ""}"#).unwrap_err();
/// assert!(error.to_string().contains("isueDate"));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// Invoice number (BT-1), unique for the seller.
    pub number: String,
    /// Issue date (BT-2), `2026-12-31`.
    pub issue_date: String,
    /// Payment due date (BT-9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// Invoice type code (BT-3, UNTDID 1001): 380 invoice (default), 381 credit note, 384 correction …
    #[serde(default = "invoice_type")]
    pub r#type: String,
    /// Currency (BT-5, ISO 4217); default EUR.
    #[serde(default = "euro")]
    pub currency: String,
    /// Specification identifier (BT-24); default XRechnung 3.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specification: Option<String>,
    /// Business process (BT-23); default that of Peppol billing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_process: Option<String>,
    /// Buyer reference (BT-10): for public buyers the Leitweg-ID, whose check digits are verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<String>,
    /// Purchase order reference (BT-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
    /// Contract reference (BT-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_reference: Option<String>,
    /// Project reference (BT-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_reference: Option<String>,
    /// The number of an earlier invoice that this one corrects or settles (BT-25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preceding_invoice: Option<String>,
    /// Free text on the whole invoice (BT-22), each an own note.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Any other term of the document level by its number: `{"BT-17": "Los 3"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, String>,
    /// Who invoices (BG-4).
    pub seller: Party,
    /// Who is invoiced (BG-7).
    pub buyer: Party,
    /// When and where the supply took place (BG-13, BG-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// How to pay (BG-16, BT-20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Allowances on the whole invoice (BG-20).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<AllowanceCharge>,
    /// Charges on the whole invoice (BG-21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<AllowanceCharge>,
    /// What was paid already (BT-113).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Number>,
    /// Supporting documents (BG-24).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The lines (BG-25); may be left out where they come from a CSV table.
    #[serde(default)]
    pub lines: Vec<Line>,
}

/// A seller or buyer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Party {
    /// Name (BT-27, BT-44).
    pub name: String,
    /// Trading name (BT-28, BT-45).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_name: Option<String>,
    /// VAT identifier (BT-31, BT-48), with country prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// Tax number given by the local tax office (BT-32); sellers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
    /// Legal registration (BT-30, BT-47): `HRB 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// Where electronic documents are received (BT-34, BT-49); default is the contact's e-mail for
    /// sellers and the buyer reference for buyers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_address: Option<ElectronicAddress>,
    /// Postal address (BG-5, BG-8).
    pub address: Address,
    /// Whom to ask (BG-6, BG-9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// An address for electronic documents.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ElectronicAddress {
    /// The scheme (code list EAS): `EM` e-mail, `0204` Leitweg-ID, `9930` German VAT identifier.
    pub scheme: String,
    /// The address.
    pub id: String,
}

/// A postal address.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// Street and number (BT-35, BT-50).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// A further line (BT-36, BT-51).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional: Option<String>,
    /// City (BT-37, BT-52).
    pub city: String,
    /// Post code (BT-38, BT-53).
    pub post_code: String,
    /// Country (BT-40, BT-55, ISO 3166-1); default DE.
    #[serde(default = "germany")]
    pub country: String,
}

/// A contact.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// Name of the person or office (BT-41, BT-56).
    pub name: String,
    /// Telephone (BT-42, BT-57).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail (BT-43, BT-58).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// When and where the supply took place.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delivery {
    /// The day (BT-72).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The period that is invoiced (BG-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

/// A period of days.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// How to pay.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payment {
    /// Payment means (BT-81, UNTDID 4461); default 58, SEPA credit transfer.
    #[serde(default = "sepa_transfer")]
    pub means: String,
    /// IBAN to transfer to (BT-84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// BIC (BT-86).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// Account holder (BT-85).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// What to state when paying (BT-83).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Payment terms as free text (BT-20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// Cash discounts (BT-20), written as XRechnung wants them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skonto: Vec<Skonto>,
}

/// A cash discount.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Skonto {
    /// Days from the issue date.
    pub days: u32,
    /// Percent.
    pub percent: Number,
    /// The amount that it is computed from, where that is not the amount due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Number>,
}

/// VAT of a line, allowance or charge.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vat {
    /// Category (UNTDID 5305): S standard (default), Z zero, E exempt, AE reverse charge, K
    /// intra-community, G export, O outside the scope.
    #[serde(default = "standard_rate")]
    pub category: String,
    /// Rate in percent; 0 where the category has none.
    #[serde(default)]
    pub rate: Number,
    /// Why no VAT is due (BT-120), for categories other than S and Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_reason: Option<String>,
    /// The same as code (BT-121, VATEX).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption_code: Option<String>,
}

/// An allowance or charge.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowanceCharge {
    /// The amount without VAT; or leave it out and give `percent` and `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Number>,
    /// Percent of `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Number>,
    /// The amount that `percent` is applied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Number>,
    /// Why, in words.
    pub reason: String,
    /// VAT; needed on the document level, ignored on lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Vat>,
}

/// A supporting document.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attachment {
    /// Its number or name (BT-122).
    pub id: String,
    /// What it is (BT-123).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// File name (BT-125-2).
    pub filename: String,
    /// MIME type (BT-125-1).
    pub mime: String,
    /// The file in base64 (BT-125).
    pub base64: String,
}

/// An invoice line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// Its number in the invoice (BT-126); default 1, 2, 3 …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it is (BT-153).
    pub name: String,
    /// A closer description (BT-154).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The seller's article number (BT-155).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How much (BT-129).
    pub quantity: Number,
    /// Unit (BT-130, UN/ECE Rec. 20): C62 piece (default), HUR hour, KGM kilogram, MTR metre, LTR litre …
    #[serde(default = "piece")]
    pub unit: String,
    /// Net price (BT-146) for `priceQuantity` units.
    pub price: Number,
    /// For how many units the price is (BT-149); default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_quantity: Option<Number>,
    /// VAT (BG-30).
    pub vat: Vat,
    /// Allowances on the line (BG-27).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<AllowanceCharge>,
    /// Charges on the line (BG-28).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<AllowanceCharge>,
    /// The period that the line is for (BG-26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The line of the order (BT-132).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line: Option<String>,
    /// Free text on the line (BT-127).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A decimal number, written as JSON number or as text: `0.35` or `"0.35"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Number(pub Decimal);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Written::deserialize(deserializer).map_err(|_| D::Error::custom("expected a number"))? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
        };
        text.parse().map(Self).map_err(|_| D::Error::custom(format!("{text:?} is no decimal number such as 12.50")))
    }
}

impl JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A decimal number, as JSON number or as text.",
            "anyOf": [{ "type": "number" }, { "type": "string", "pattern": "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$" }]
        })
    }
}

impl Draft {
    /// Reads a draft.
    ///
    /// # Errors
    /// [`CreateError::Json`] with the path of the first field that is not as the schema says.
    pub fn from_json(text: &str) -> Result<Self, CreateError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let draft = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| CreateError::Json {
            path: error.path().to_string(),
            problem: error.inner().to_string(),
        })?;
        deserializer.end().map_err(|error| CreateError::Json { path: ".".to_owned(), problem: error.to_string() })?;
        Ok(draft)
    }

    /// The JSON Schema (2020-12) of a draft.
    #[must_use]
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

fn invoice_type() -> String {
    "380".to_owned()
}

fn euro() -> String {
    "EUR".to_owned()
}

fn germany() -> String {
    "DE".to_owned()
}

fn sepa_transfer() -> String {
    "58".to_owned()
}

fn standard_rate() -> String {
    "S".to_owned()
}

fn piece() -> String {
    "C62".to_owned()
}
