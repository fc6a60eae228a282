//! The pages of the public form.
//!
//! Invariant: every field has a label, says what is wrong with it beside it, and keeps what was typed.

use axum::response::Response;
use vir_core::Lang;
use vir_web::format::date_time;
use vir_web::parts::{
    self, Choice, Icon, Tone, button, card, checkbox, date_field, definition_list, error_summary, field, link_button,
    notice, select, text_area,
};
use vir_web::{FieldError, Markup, Page, Visitor, html, page};

use super::draft::Checked;
use super::form::{EntryForm, LineForm, UNITS};
use super::page::Place;
use crate::invoice_row::InvoiceRow;

fn title(lang: Lang, place: &Place) -> String {
    lang.tr(format!("Rechnung an {}", place.name), format!("Invoice to {}", place.name))
}

/// The form.
pub fn form(visitor: &Visitor, place: &Place, key: Option<&str>, form: &EntryForm, errors: &[FieldError]) -> Response {
    let lang = visitor.lang;
    let action = key.map_or_else(|| place.path(), |key| format!("{}/{key}", place.path()));
    let text = |name: &'static str, label: &'static str, value: &str, most: u32| {
        html! { (field(lang, name, label).value(value).errors(errors).max_length(most)) }
    };
    let needed = |name: &'static str, label: &'static str, value: &str, most: u32, complete: &'static str| {
        html! { (field(lang, name, label).value(value).errors(errors).max_length(most).required().autocomplete(complete)) }
    };
    let body = html! {
        (error_summary(lang, errors))
        form method="post" action=(action) novalidate {
            (parts::csrf_field(visitor))
            div.visually-hidden aria-hidden="true" {
                label for="website" { "Website" }
                input type="text" id="website" name="website" tabindex="-1" autocomplete="off";
            }
            // The first submit button is the one that the Enter key presses.
            button.visually-hidden type="submit" name="do" value="preview" tabindex="-1" aria-hidden="true" { (lang.tr("Prüfen", "Check")) }
            (card(lang.tr("An wen", "To whom"), &html! {
                (field(lang, "leitweg", lang.tr("Leitweg-ID", "Leitweg-ID")).value(&form.leitweg).errors(errors).required().max_length(46).no_spellcheck()
                    .hint(lang.tr("Steht in der Bestellung, zum Beispiel 04011000-12345-03.", "Stands in the order, for example 04011000-12345-03.")))
                (text("order", lang.tr("Bestellnummer", "Order number"), &form.order, 100))
                (needed("buyer_name", lang.tr("Name der Verwaltung", "Name of the administration"), &form.buyer_name, 200, "off"))
                (needed("buyer_post_code", lang.tr("Postleitzahl der Verwaltung", "Post code of the administration"), &form.buyer_post_code, 10, "off"))
                (needed("buyer_city", lang.tr("Ort der Verwaltung", "Town of the administration"), &form.buyer_city, 100, "off"))
            }))
            (card(lang.tr("Von wem", "From whom"), &html! {
                (needed("seller_name", lang.tr("Name oder Firma", "Name or company"), &form.seller_name, 200, "organization"))
                (field(lang, "street", lang.tr("Straße und Hausnummer", "Street and number")).value(&form.street).errors(errors).max_length(200).autocomplete("street-address"))
                (needed("post_code", lang.tr("Postleitzahl", "Post code"), &form.post_code, 10, "postal-code"))
                (needed("city", lang.tr("Ort", "Town"), &form.city, 100, "address-level2"))
                (field(lang, "vat_id", lang.tr("Umsatzsteuer-ID", "VAT id")).value(&form.vat_id).errors(errors).max_length(20).no_spellcheck()
                    .hint(lang.tr("Beginnt mit DE. Oder darunter die Steuernummer.", "Begins with DE. Or the tax number below.")))
                (text("tax_number", lang.tr("Steuernummer", "Tax number"), &form.tax_number, 30))
                (checkbox("small_business", lang.tr("Kleinunternehmen: kein Ausweis von Umsatzsteuer (§ 19 UStG)", "Small business: no VAT is charged (§ 19 UStG)")).checked(form.small_business.is_some()))
                (needed("contact", lang.tr("Ansprechperson", "Contact"), &form.contact, 200, "name"))
                (needed("phone", lang.tr("Telefon", "Telephone"), &form.phone, 50, "tel"))
                (needed("email", lang.tr("E-Mail", "E-mail"), &form.email, 200, "email"))
            }))
            (card(lang.tr("Die Rechnung", "The invoice"), &html! {
                (needed("number", lang.tr("Ihre Rechnungsnummer", "Your invoice number"), &form.number, 60, "off"))
                (date_field(lang, "issue_date", lang.tr("Rechnungsdatum", "Date of the invoice")).value(&form.issue_date).errors(errors).required())
                (date_field(lang, "delivery_date", lang.tr("Geliefert oder geleistet am", "Supplied on")).value(&form.delivery_date).errors(errors))
                (date_field(lang, "due_date", lang.tr("Zahlbar bis", "Payable until")).value(&form.due_date).errors(errors)
                    .hint(lang.tr("Ohne Angabe: 30 Tage.", "Without: 30 days.")))
            }))
            (card(lang.tr("Positionen", "Lines"), &html! {
                @for (index, line) in form.lines().iter().enumerate() { (one_line(lang, index, line, form, errors)) }
                (button(lang.tr("Position hinzufügen", "Add a line")).secondary().icon(Icon::Plus).name_value("do", "add").no_validate())
            }))
            (card(lang.tr("Zahlung", "Payment"), &html! {
                (field(lang, "iban", "IBAN").value(&form.iban).errors(errors).required().max_length(42).no_spellcheck())
                (text("reference", lang.tr("Verwendungszweck", "Payment reference"), &form.reference, 140))
                (field(lang, "skonto_days", lang.tr("Skonto: innerhalb von Tagen", "Discount: within days")).value(&form.skonto_days).errors(errors).input_mode("numeric").max_length(3))
                (field(lang, "skonto_percent", lang.tr("Skonto: Prozent", "Discount: per cent")).value(&form.skonto_percent).errors(errors).input_mode("decimal").max_length(6))
                (text_area(lang, "note", lang.tr("Bemerkung", "Note")).rows(3).value(&form.note).errors(errors).max_length(1000))
            }))
            div.toolbar {
                (button(lang.tr("Prüfen und Vorschau", "Check and preview")).name_value("do", "preview"))
                (button(lang.tr("Entwurf speichern", "Keep draft")).secondary().name_value("do", "keep").no_validate())
            }
        }
    };
    let mut frame = Page::new(title(lang, place)).lead(lang.tr(
        "Sie haben keine Rechnungssoftware? Füllen Sie dieses Formular aus: Daraus entsteht eine gültige XRechnung, die Sie herunterladen und gleich einreichen können.",
        "No invoicing software? Fill in this form: it becomes a valid XRechnung that you can download and hand in at once.",
    ));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    page(visitor, frame, body)
}

/// One line of the form.
pub fn one_line(lang: Lang, index: usize, line: &LineForm, form: &EntryForm, errors: &[FieldError]) -> Markup {
    let number = index + 1;
    let id = |name: &str| format!("f-line-{index}-{name}");
    let wrong = |name: &str| {
        let name = format!("line-{index}-{name}");
        errors.iter().find(|error| error.field == name).map(|error| error.message.get(lang))
    };
    let units: Vec<Choice> = UNITS.iter().map(|(code, de, en)| Choice::new(*code, lang.tr(*de, *en))).collect();
    let rates = [Choice::new("19", "19 %"), Choice::new("7", "7 %")];
    let (name_id, quantity_id, unit_id, price_id, vat_id) =
        (id("name"), id("quantity"), id("unit"), id("price"), id("vat"));
    let remove = format!("remove-{index}");
    let about = lang.tr(format!("Position {number}"), format!("line {number}"));
    html! {
        fieldset.line {
            legend { (lang.tr("Position", "Line")) " " (number) }
            (field(lang, "line_name", lang.tr("Was", "What")).id(&name_id).value(&line.name).error(wrong("name")).required().max_length(300))
            (field(lang, "line_quantity", lang.tr("Menge", "Quantity")).id(&quantity_id).value(&line.quantity).error(wrong("quantity")).required().width(8).input_mode("decimal").max_length(15))
            (select(lang, "line_unit", lang.tr("Einheit", "Unit"), &units).id(&unit_id).value(&line.unit))
            (field(lang, "line_price", lang.tr("Einzelpreis netto in Euro", "Net price in euro")).id(&price_id).value(&line.price).error(wrong("price")).required().width(10).input_mode("decimal").max_length(15))
            @if form.small_business.is_some() {
                input type="hidden" name="line_vat" value=(line.vat);
            } @else {
                (select(lang, "line_vat", lang.tr("Umsatzsteuer", "VAT"), &rates).id(&vat_id).value(&line.vat))
            }
            @if form.lines().len() > 1 {
                (button(lang.tr("Entfernen", "Remove")).quiet().small().about(&about).name_value("do", &remove).no_validate())
            }
        }
    }
}

/// The preview.
pub fn preview(visitor: &Visitor, place: &Place, key: &str, checked: &Checked) -> Response {
    let lang = visitor.lang;
    let at = |what: &str| format!("{}/{key}/{what}", place.path());
    let profile = checked.report.profile.map_or("XRechnung", |profile| profile.title());
    let body = html! {
        (notice(Tone::Good, lang.tr("Die Rechnung erfüllt alle Regeln", "The invoice meets all rules"), &html! { p { (profile) } }))
        iframe.document src=(at("ansicht")) title=(lang.tr("Ansicht der Rechnung", "View of the invoice")) {}
        div.toolbar {
            form.inline method="post" action=(at("einreichen")) {
                (parts::csrf_field(visitor))
                (button(lang.tr("Jetzt einreichen", "Hand in now")).icon(Icon::Check))
            }
            (link_button(&format!("{}/{key}", place.path()), lang.tr("Noch ändern", "Change")).icon(Icon::Back))
            (link_button(&at("xml"), lang.tr("XRechnung laden (XML)", "Fetch XRechnung (XML)")).quiet().download().icon(Icon::Download))
            (link_button(&at("pdf"), lang.tr("PDF mit Daten laden (ZUGFeRD)", "Fetch PDF with data (ZUGFeRD)")).quiet().download().icon(Icon::Download))
        }
    };
    let frame = Page::new(lang.tr("Vorschau", "Preview")).crumb(place.path(), title(lang, place)).lead(lang.tr(
        "Bitte prüfen Sie alles noch einmal. Nach dem Einreichen kann die Rechnung nicht mehr geändert werden.",
        "Please check everything once more. The invoice cannot be changed after it is handed in.",
    ));
    page(visitor, frame, body)
}

/// The confirmation.
pub fn submitted(visitor: &Visitor, place: &Place, key: &str, form: &EntryForm, row: Option<&InvoiceRow>) -> Response {
    let lang = visitor.lang;
    let at = |what: &str| format!("{}/{key}/{what}", place.path());
    let mut entries = vec![
        (lang.tr("Rechnungsnummer", "Invoice number"), html! { (form.number) }),
        (lang.tr("Empfänger", "Recipient"), html! { (place.name) ", " (form.leitweg) }),
    ];
    if let Some(row) = row {
        entries.push((lang.tr("Eingangsnummer", "Number of receipt"), html! { code { (row.id) } }));
        entries.push((lang.tr("Eingegangen", "Received"), html! { (date_time(row.received_at, lang)) }));
    }
    let body = html! {
        (notice(Tone::Good, lang.tr("Die Rechnung ist eingegangen", "The invoice has been received"), &html! {
            p { (lang.tr("Merken Sie sich die Adresse dieser Seite; sie ist Ihre Bestätigung.", "Keep the address of this page; it is your confirmation.")) }
        }))
        (definition_list(&entries))
        div.toolbar {
            (link_button(&at("xml"), lang.tr("XRechnung laden (XML)", "Fetch XRechnung (XML)")).download().icon(Icon::Download))
            (link_button(&at("pdf"), lang.tr("PDF mit Daten laden (ZUGFeRD)", "Fetch PDF with data (ZUGFeRD)")).quiet().download().icon(Icon::Download))
            (link_button(&place.path(), lang.tr("Weitere Rechnung", "Another invoice")).quiet().icon(Icon::Plus))
        }
    };
    page(visitor, Page::new(lang.tr("Eingereicht", "Handed in")).crumb(place.path(), title(lang, place)), body)
}
