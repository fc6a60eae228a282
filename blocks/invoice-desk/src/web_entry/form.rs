//! What a supplier types, and how it becomes a draft.
//!
//! Invariant: a [`Draft`] that comes out of here says what was typed and nothing else; sums are computed later.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vir_core::Text;
use vir_core::leitweg::LeitwegId;
use vir_invoice::create::Draft;
use vir_web::FieldError;

use crate::hand_over::Iban;

/// The most lines of an invoice that is typed in.
pub const LINES: usize = 100;
/// The most characters of one field.
pub const CHARACTERS: usize = 1000;

/// The form as it is posted and kept. Lines are parallel lists, as browsers send them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are those of the fields, which view.rs labels")]
pub struct EntryForm {
    /// Which button; not kept.
    #[serde(rename = "do", skip_serializing)]
    pub action: String,
    /// Only robots fill it.
    #[serde(skip_serializing)]
    pub website: String,
    pub leitweg: String,
    pub order: String,
    pub buyer_name: String,
    pub buyer_post_code: String,
    pub buyer_city: String,
    pub seller_name: String,
    pub street: String,
    pub post_code: String,
    pub city: String,
    pub vat_id: String,
    pub tax_number: String,
    pub small_business: Option<String>,
    pub contact: String,
    pub phone: String,
    pub email: String,
    pub number: String,
    pub issue_date: String,
    pub delivery_date: String,
    pub due_date: String,
    pub iban: String,
    pub reference: String,
    pub skonto_days: String,
    pub skonto_percent: String,
    pub note: String,
    pub line_name: Vec<String>,
    pub line_quantity: Vec<String>,
    pub line_unit: Vec<String>,
    pub line_price: Vec<String>,
    pub line_vat: Vec<String>,
}

/// One line of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "as above")]
pub struct LineForm {
    pub name: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub vat: String,
}

/// Units that small suppliers need (UN/ECE Rec. 20).
pub const UNITS: &[(&str, &str, &str)] = &[
    ("C62", "Stück", "piece"),
    ("HUR", "Stunde", "hour"),
    ("DAY", "Tag", "day"),
    ("MON", "Monat", "month"),
    ("LS", "Pauschale", "lump sum"),
    ("MTR", "Meter", "metre"),
    ("MTK", "Quadratmeter", "square metre"),
    ("MTQ", "Kubikmeter", "cubic metre"),
    ("KGM", "Kilogramm", "kilogram"),
    ("TNE", "Tonne", "tonne"),
    ("LTR", "Liter", "litre"),
    ("KMT", "Kilometer", "kilometre"),
];

/// Whose invoice it is that a form makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A supplier's: the reference must be a Leitweg-ID; without VAT means a small business.
    Supplier,
    /// The tenant's own: any reference; without VAT means sovereign activity.
    Own,
}

impl EntryForm {
    /// The lines.
    #[must_use]
    pub fn lines(&self) -> Vec<LineForm> {
        let count = self.line_name.len().min(LINES);
        let at = |list: &[String], index: usize| list.get(index).cloned().unwrap_or_default();
        (0..count)
            .map(|index| LineForm {
                name: at(&self.line_name, index),
                quantity: at(&self.line_quantity, index),
                unit: at(&self.line_unit, index),
                price: at(&self.line_price, index),
                vat: at(&self.line_vat, index),
            })
            .collect()
    }

    /// Sets the lines.
    pub fn set_lines(&mut self, lines: Vec<LineForm>) {
        let list = |of: fn(&LineForm) -> &String| lines.iter().map(|line| of(line).clone()).collect();
        self.line_name = list(|line| &line.name);
        self.line_quantity = list(|line| &line.quantity);
        self.line_unit = list(|line| &line.unit);
        self.line_price = list(|line| &line.price);
        self.line_vat = list(|line| &line.vat);
    }

    /// Adds an empty line, unless there are too many.
    pub fn add_line(&mut self) {
        let mut lines = self.lines();
        if lines.len() < LINES {
            let vat = lines.last().map_or_else(|| "19".to_owned(), |last| last.vat.clone());
            lines.push(LineForm { quantity: "1".to_owned(), unit: "C62".to_owned(), vat, ..LineForm::default() });
        }
        self.set_lines(lines);
    }

    /// Takes a line away.
    pub fn remove_line(&mut self, index: usize) {
        let mut lines = self.lines();
        if index < lines.len() {
            lines.remove(index);
        }
        self.set_lines(lines);
    }

    /// Cuts what is too long, and takes characters away that no form sends.
    pub fn tidy(&mut self) {
        let tidy = |text: &mut String| {
            let clean: String =
                text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(CHARACTERS).collect();
            *text = clean;
        };
        for text in [
            &mut self.leitweg,
            &mut self.order,
            &mut self.buyer_name,
            &mut self.buyer_post_code,
            &mut self.buyer_city,
            &mut self.seller_name,
            &mut self.street,
            &mut self.post_code,
            &mut self.city,
            &mut self.vat_id,
            &mut self.tax_number,
            &mut self.contact,
            &mut self.phone,
            &mut self.email,
            &mut self.number,
            &mut self.issue_date,
            &mut self.delivery_date,
            &mut self.due_date,
            &mut self.iban,
            &mut self.reference,
            &mut self.skonto_days,
            &mut self.skonto_percent,
            &mut self.note,
        ] {
            tidy(text);
        }
        for list in [
            &mut self.line_name,
            &mut self.line_quantity,
            &mut self.line_unit,
            &mut self.line_price,
            &mut self.line_vat,
        ] {
            list.truncate(LINES);
            list.iter_mut().for_each(tidy);
        }
        self.leitweg = self.leitweg.to_uppercase();
        self.vat_id = self.vat_id.to_uppercase().replace(' ', "");
    }

    /// The draft, or what has to be corrected before there can be one.
    ///
    /// # Errors
    /// One entry for each field that is wrong.
    pub fn draft(&self, manner: Manner) -> Result<Draft, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut need = |field: &str, text: &str, de: &'static str, en: &'static str| {
            if text.is_empty() {
                errors.push(FieldError::new(field, Text::new(de, en)));
            }
        };
        need(
            "leitweg",
            &self.leitweg,
            "Geben Sie die Leitweg-ID an. Sie steht in der Bestellung.",
            "Give the Leitweg-ID. It stands in the order.",
        );
        need(
            "buyer_city",
            &self.buyer_city,
            "Geben Sie den Ort der Verwaltung an.",
            "Give the town of the administration.",
        );
        need(
            "buyer_post_code",
            &self.buyer_post_code,
            "Geben Sie die Postleitzahl der Verwaltung an.",
            "Give the post code of the administration.",
        );
        need(
            "seller_name",
            &self.seller_name,
            "Geben Sie Ihren Namen oder Ihre Firma an.",
            "Give your name or company.",
        );
        need("post_code", &self.post_code, "Geben Sie Ihre Postleitzahl an.", "Give your post code.");
        need("city", &self.city, "Geben Sie Ihren Ort an.", "Give your town.");
        need("contact", &self.contact, "Geben Sie an, wen wir bei Fragen ansprechen.", "Say whom we may ask.");
        need("phone", &self.phone, "Geben Sie eine Telefonnummer an.", "Give a telephone number.");
        need("email", &self.email, "Geben Sie eine E-Mail-Adresse an.", "Give an e-mail address.");
        need("number", &self.number, "Geben Sie Ihre Rechnungsnummer an.", "Give your invoice number.");
        need(
            "iban",
            &self.iban,
            "Geben Sie die IBAN an, auf die wir zahlen sollen.",
            "Give the IBAN that we shall pay to.",
        );
        if self.vat_id.is_empty() && self.tax_number.is_empty() {
            errors.push(FieldError::new(
                "vat_id",
                Text::new(
                    "Geben Sie Ihre Umsatzsteuer-ID oder Ihre Steuernummer an.",
                    "Give your VAT id or your tax number.",
                ),
            ));
        }
        if !self.leitweg.is_empty()
            && (manner == Manner::Supplier || LeitwegId::looks_like(&self.leitweg))
            && let Err(error) = self.leitweg.parse::<LeitwegId>()
        {
            errors.push(FieldError::new(
                "leitweg",
                Text::owned(
                    format!("Diese Leitweg-ID ist falsch geschrieben: {error}."),
                    format!("This Leitweg-ID is misspelt: {error}."),
                ),
            ));
        }
        if !self.iban.is_empty()
            && let Err(error) = self.iban.parse::<Iban>()
        {
            errors.push(FieldError::new("iban", error.text()));
        }
        if !self.email.is_empty() && !looks_like_mail(&self.email) {
            errors.push(FieldError::new(
                "email",
                Text::new("Das ist keine E-Mail-Adresse.", "This is no e-mail address."),
            ));
        }
        let issue = day(&mut errors, "issue_date", &self.issue_date, true);
        let delivery = day(&mut errors, "delivery_date", &self.delivery_date, false);
        let due = day(&mut errors, "due_date", &self.due_date, false);
        let lines = self.draft_lines(&mut errors, manner);
        let skonto = self.skonto(&mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        // Without VAT id and register the standard still wants an identifier of the seller (BR-CO-26).
        let registration = if self.vat_id.is_empty() { text(&self.tax_number) } else { None };
        let mut payment = json!({ "means": "58", "iban": self.iban.replace(' ', ""), "accountName": self.seller_name });
        if let Some(reference) = text(&self.reference) {
            payment["reference"] = json!(reference);
        }
        if let Some((days, percent)) = skonto {
            payment["skonto"] = json!([{ "days": days, "percent": percent }]);
        }
        if due.is_none() {
            payment["terms"] = json!("Zahlbar innerhalb von 30 Tagen");
        }
        let json = json!({
            "number": self.number,
            "issueDate": issue,
            "dueDate": due,
            "buyerReference": self.leitweg,
            "orderReference": text(&self.order),
            "notes": text(&self.note).into_iter().collect::<Vec<_>>(),
            "seller": {
                "name": self.seller_name,
                "vatId": text(&self.vat_id),
                "taxNumber": text(&self.tax_number),
                "registration": registration,
                "address": { "street": text(&self.street), "city": self.city, "postCode": self.post_code, "country": "DE" },
                "contact": { "name": self.contact, "phone": self.phone, "email": self.email },
            },
            "buyer": {
                "name": self.buyer_name,
                "address": { "city": self.buyer_city, "postCode": self.buyer_post_code, "country": "DE" },
            },
            "delivery": delivery.map(|day| json!({ "date": day })),
            "payment": payment,
            "lines": lines,
        });
        Draft::from_json(&without_nulls(json).to_string())
            .map_err(|error| vec![FieldError::new("", Text::owned(error.to_string(), error.to_string()))])
    }

    fn draft_lines(&self, errors: &mut Vec<FieldError>, manner: Manner) -> Vec<Value> {
        let lines = self.lines();
        if lines.is_empty() {
            errors.push(FieldError::new(
                "",
                Text::new("Eine Rechnung braucht mindestens eine Position.", "An invoice needs at least one line."),
            ));
        }
        let mut out = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let field = |name: &str| format!("line-{index}-{name}");
            if line.name.is_empty() {
                errors.push(FieldError::new(
                    field("name"),
                    Text::owned(
                        format!("Position {}: Was wurde geliefert oder geleistet?", index + 1),
                        format!("Line {}: what was supplied?", index + 1),
                    ),
                ));
            }
            let quantity = decimal(&line.quantity);
            if quantity.is_none() {
                errors.push(FieldError::new(
                    field("quantity"),
                    Text::owned(
                        format!("Position {}: Die Menge ist keine Zahl.", index + 1),
                        format!("Line {}: the quantity is no number.", index + 1),
                    ),
                ));
            }
            let price = decimal(&line.price);
            if price.as_ref().is_none_or(|price| price.starts_with('-')) {
                errors.push(FieldError::new(
                    field("price"),
                    Text::owned(
                        format!("Position {}: Der Preis ist keine Zahl wie 12,50.", index + 1),
                        format!("Line {}: the price is no number such as 12.50.", index + 1),
                    ),
                ));
            }
            let vat = if self.small_business.is_some() {
                let (category, reason) = match manner {
                    Manner::Supplier => ("E", "Kein Ausweis von Umsatzsteuer, da Kleinunternehmer gemäß § 19 UStG"),
                    Manner::Own => ("O", "Nicht steuerbar: hoheitliche Tätigkeit (§ 2b UStG)"),
                };
                json!({ "category": category, "rate": 0, "exemptionReason": reason })
            } else {
                json!({ "category": "S", "rate": if line.vat == "7" { 7 } else { 19 } })
            };
            let unit = UNITS.iter().find(|(code, ..)| *code == line.unit).map_or("C62", |(code, ..)| code);
            out.push(json!({
                "name": line.name, "quantity": quantity, "unit": unit, "price": price, "vat": vat,
            }));
        }
        out
    }

    fn skonto(&self, errors: &mut Vec<FieldError>) -> Option<(u32, String)> {
        if self.skonto_days.is_empty() && self.skonto_percent.is_empty() {
            return None;
        }
        let days = self.skonto_days.parse::<u32>().ok().filter(|days| (1..=365).contains(days));
        let percent = decimal(&self.skonto_percent).filter(|percent| !percent.starts_with('-'));
        match (days, percent) {
            (Some(days), Some(percent)) => Some((days, percent)),
            _ => {
                errors.push(FieldError::new(
                    "skonto_days",
                    Text::new(
                        "Skonto braucht beides: Tage (1 bis 365) und Prozent.",
                        "A discount needs both: days (1 to 365) and per cent.",
                    ),
                ));
                None
            }
        }
    }
}

/// A number as people type it, in the notation of drafts: `1.234,50` and `1234.5` alike.
pub fn decimal(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let plain = if compact.contains(',') {
        compact.replace('.', "").replace(',', ".")
    } else if compact.matches('.').count() > 1 {
        compact.replace('.', "")
    } else {
        compact
    };
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let good = !whole.is_empty()
        && whole.len() <= 12
        && fraction.len() <= 6
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    good.then_some(plain)
}

fn day(errors: &mut Vec<FieldError>, field: &str, text: &str, needed: bool) -> Option<String> {
    if text.is_empty() && !needed {
        return None;
    }
    let german = || {
        let mut parts = text.split('.').map(str::trim);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    match text.parse::<Date>().ok().or_else(german) {
        Some(day) => Some(day.to_string()),
        None => {
            errors.push(FieldError::new(
                field,
                Text::new("Das ist kein Datum wie 31.12.2026.", "This is no date such as 31.12.2026."),
            ));
            None
        }
    }
}

fn looks_like_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
    }) && !text.contains(char::is_whitespace)
}

/// Drafts know no null: what is not there is left out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_type_them() {
        for (text, expect) in [
            ("12,50", Some("12.50")),
            ("1.234,50 €", Some("1234.50")),
            ("12.5", Some("12.5")),
            ("1.234.567", Some("1234567")),
            ("-3", Some("-3")),
            ("", None),
            ("zwölf", None),
            ("1e9", None),
            ("1,2,3", None),
        ] {
            assert_eq!(decimal(text).as_deref(), expect, "{text}");
        }
    }
}
