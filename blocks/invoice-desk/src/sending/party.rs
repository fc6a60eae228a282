//! Who invoices: the tenant as seller.

use serde::{Deserialize, Serialize};
use vir_core::Text;
use vir_store::{Tx, args};
use vir_web::FieldError;

use crate::hand_over::Iban;

/// The tenant as seller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are those of the fields, which the page labels")]
pub struct OwnParty {
    pub name: String,
    pub street: String,
    pub post_code: String,
    pub city: String,
    pub vat_id: String,
    pub tax_number: String,
    pub contact: String,
    pub phone: String,
    pub email: String,
    pub iban: String,
    /// What stands before the year in numbers: `A-`.
    pub prefix: String,
}

impl OwnParty {
    /// As it is kept; empty before anybody set it up.
    ///
    /// # Errors
    /// The store's.
    pub async fn load(tx: &mut Tx) -> vir_store::Result<Self> {
        match tx.optional("select party from own_party where id = 1", &[]).await? {
            Some(row) => Ok(serde_json::from_str(&row.text("party")?)?),
            None => Ok(Self::default()),
        }
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The store's.
    pub async fn save(&self, tx: &mut Tx) -> vir_store::Result<()> {
        let json = serde_json::to_string(self)?;
        let sql =
            "insert into own_party (id, party) values (1, $1) on conflict ({t}id) do update set party = excluded.party";
        tx.execute(sql, &args![json]).await?;
        Ok(())
    }

    /// What is missing.
    #[must_use]
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut need = |field: &str, text: &str| {
            if text.trim().is_empty() {
                errors.push(FieldError::new(field, Text::new("Bitte ausfüllen.", "Please fill in.")));
            }
        };
        need("name", &self.name);
        need("post_code", &self.post_code);
        need("city", &self.city);
        need("contact", &self.contact);
        need("phone", &self.phone);
        need("email", &self.email);
        if self.tax_number.trim().is_empty() && self.vat_id.trim().is_empty() {
            errors.push(FieldError::new(
                "tax_number",
                Text::new("Steuernummer oder Umsatzsteuer-ID angeben.", "Give a tax number or a VAT id."),
            ));
        }
        if let Err(error) = self.iban.parse::<Iban>() {
            errors.push(FieldError::new("iban", error.text()));
        }
        errors
    }
}
