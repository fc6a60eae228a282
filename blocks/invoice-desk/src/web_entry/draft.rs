//! From the form to a checked invoice: the same rules as for every other, and their findings at the field.
//!
//! Invariant: [`check`] gives XML only where the rules accept it.

use vir_core::{Severity, Text};
use vir_invoice::bindings::{write_cii, write_ubl};
use vir_invoice::check::{Options, Report, Verdict};
use vir_invoice::create::{Draft, invoice};
use vir_invoice::model::Invoice;
use vir_web::FieldError;

use super::form::{EntryForm, Manner};

/// An invoice that may be handed in.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The invoice.
    pub invoice: Invoice,
    /// As XRechnung in UBL.
    pub ubl: String,
    /// As XRechnung in CII, for the PDF.
    pub cii: String,
    /// What the check said.
    pub report: Report,
}

/// Makes and checks the invoice of a form.
///
/// # Errors
/// What has to be corrected, each at its field.
pub fn check(form: &EntryForm) -> Result<Checked, Vec<FieldError>> {
    let draft = form.draft(Manner::Supplier)?;
    checked(&draft)
}

/// Makes and checks the invoice of a draft.
///
/// # Errors
/// What has to be corrected, each at its field.
pub fn checked(draft: &Draft) -> Result<Checked, Vec<FieldError>> {
    let broken =
        |error: &dyn std::fmt::Display| vec![FieldError::new("", Text::owned(error.to_string(), error.to_string()))];
    let made = invoice(draft).map_err(|error| broken(&error))?;
    let ubl = write_ubl(&made).map_err(|error| broken(&error))?;
    let cii = write_cii(&made).map_err(|error| broken(&error))?;
    let report = vir_invoice::check::check(ubl.as_bytes(), &Options::default());
    if report.verdict == Verdict::Accept {
        return Ok(Checked { invoice: made, ubl, cii, report });
    }
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error).map(|finding| {
        let field = finding.terms.iter().find_map(|term| field_of(term)).unwrap_or("");
        let said = |message: &str, repair: &str| format!("{message} {repair}");
        FieldError::new(
            field,
            Text::owned(said(&finding.message.de, &finding.repair.de), said(&finding.message.en, &finding.repair.en)),
        )
    });
    Err(errors.collect())
}

/// The field in which a business term is typed.
fn field_of(term: &str) -> Option<&'static str> {
    Some(match term {
        "BT-1" => "number",
        "BT-2" => "issue_date",
        "BT-9" => "due_date",
        "BT-10" => "leitweg",
        "BT-13" => "order",
        "BT-20" => "skonto_days",
        "BT-22" => "note",
        "BT-27" => "seller_name",
        "BT-29" | "BT-30" | "BT-31" => "vat_id",
        "BT-32" => "tax_number",
        "BT-34" | "BT-43" => "email",
        "BT-35" => "street",
        "BT-37" => "city",
        "BT-38" => "post_code",
        "BT-41" => "contact",
        "BT-42" => "phone",
        "BT-44" => "buyer_name",
        "BT-52" => "buyer_city",
        "BT-53" => "buyer_post_code",
        "BT-72" => "delivery_date",
        "BT-83" => "reference",
        "BT-84" => "iban",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn filled() -> EntryForm {
        let text = str::to_owned;
        let mut form = EntryForm {
            leitweg: text("04011000-12345-03"),
            buyer_name: text("Musterstadt"),
            buyer_post_code: text("26999"),
            buyer_city: text("Musterstadt"),
            seller_name: text("Malerin Ohlsen"),
            street: text("Weg 1"),
            post_code: text("26954"),
            city: text("Nordenham"),
            tax_number: text("12/345/67890"),
            contact: text("Uta Ohlsen"),
            phone: text("04731 12345"),
            email: text("uta@ohlsen.example"),
            number: text("2026-17"),
            issue_date: text("2026-11-20"),
            due_date: text("20.12.2026"),
            iban: text("DE89 3704 0044 0532 0130 00"),
            ..EntryForm::default()
        };
        form.add_line();
        form.line_name = vec![text("Anstrich Flur")];
        form.line_price = vec![text("1.234,50")];
        form
    }

    #[test]
    fn a_filled_form_is_accepted_with_and_without_tax() {
        let made = check(&filled()).unwrap();
        assert!(made.ubl.contains(">1469.06<"), "{}", made.ubl);
        let small = EntryForm { small_business: Some("on".to_owned()), ..filled() };
        assert!(check(&small).unwrap().ubl.contains(">1234.50<"));
        let skonto = EntryForm { skonto_days: "10".to_owned(), skonto_percent: "2".to_owned(), ..filled() };
        assert!(check(&skonto).unwrap().ubl.contains("#SKONTO#TAGE=10#PROZENT=2.00#"));
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        type Change = fn(&mut EntryForm);
        let cases: [(Change, &str); 9] = [
            (|form| form.leitweg = "04011000-12345-04".to_owned(), "leitweg"),
            (|form| form.iban = "DE89 3704 0044 0532 0130 01".to_owned(), "iban"),
            (|form| form.phone.clear(), "phone"),
            (|form| form.phone = "keins".to_owned(), "phone"),
            (|form| form.issue_date = "31.2.2026".to_owned(), "issue_date"),
            (|form| form.line_price = vec!["viel".to_owned()], "line-0-price"),
            (|form| form.line_name.clear(), ""),
            (|form| form.tax_number.clear(), "vat_id"),
            (|form| form.email = "uta".to_owned(), "email"),
        ];
        for (change, field) in cases {
            let mut form = filled();
            change(&mut form);
            let result = check(&form);
            // A telephone number without digits is only warned about by the rules.
            let errors = result.map(|_| Vec::new()).unwrap_or_else(|errors| errors);
            let found = errors.iter().any(|error| error.field == field);
            assert!(found || form.phone == "keins", "{field}: {errors:?}");
            assert!(errors.iter().all(|error| !error.message.de.is_empty() && !error.message.en.is_empty()));
        }
    }
}
