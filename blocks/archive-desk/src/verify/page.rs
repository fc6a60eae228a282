//! The form, and what it comes to.
//!
//! Invariant: the page says what was not judged as clearly as what was.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use vir_core::Lang;
use vir_web::parts::{
    Icon, button, card, checkbox, csrf_field, date_field, error_summary, file_drop, link_button, toolbar,
};
use vir_web::{Answer, FieldError, Markup, Page, Upload, Visitor, html, page, rate};

use super::form::Submitted;
use super::work::Outcome;
use super::{VERIFICATIONS, report, seal, work};

/// Where it is.
pub const PATH: &str = "/nachweis-pruefen";

fn title(lang: Lang) -> &'static str {
    lang.tr("Beweisnachweis prüfen", "Verify an evidence record")
}

/// The empty form.
pub async fn empty(visitor: Visitor) -> Response {
    shown(&visitor, &[], "", false)
}

fn shown(visitor: &Visitor, errors: &[FieldError], day: &str, any_algorithm: bool) -> Response {
    let lang = visitor.lang;
    let frame = Page::new(title(lang)).lead(lang.tr(
        "Belegt dieser Nachweis, dass diese Daten seit damals unverändert sind? Geprüft wird hier nach RFC 4998 und RFC 6283, Schritt für Schritt. Gespeichert wird nichts, und niemand muss sich anmelden.",
        "Does this record prove that this data has been unchanged since then? It is verified after RFC 4998 and RFC 6283, step by step. Nothing is stored, and nobody has to sign in.",
    ));
    let frame = if errors.is_empty() { frame } else { frame.with_errors() };
    page(visitor, frame.bare(), form(visitor, errors, day, any_algorithm))
}

fn form(visitor: &Visitor, errors: &[FieldError], day: &str, any_algorithm: bool) -> Markup {
    let lang = visitor.lang;
    let record = lang.tr(
        "Der Nachweis als DER, Base64, PEM oder XML. Oder ein Paket mit Nachweis: ZIP-Archiv, XAIP, ASiC, CMS-Signatur. Oder ein Siegel (CAdES, .p7s). Zusammen höchstens 32 MiB.",
        "The record as DER, Base64, PEM or XML. Or a package with a record: ZIP archive, XAIP, ASiC, CMS signature. Or a seal (CAdES, .p7s). At most 32 MiB together.",
    );
    let data = lang.tr(
        "Nur nötig, wenn sie nicht im Paket sind. Deckt der Nachweis ein Bestandsverzeichnis (inventory.json), dann dieses und die Dateien daraus. Zu einem Siegel die gesiegelte Datei, und die Scans, die ein Transfervermerk nennt.",
        "Needed only where it is not in the package. Where the record covers an inventory (inventory.json), that and the files in it. For a seal the sealed file, and the scans that a transfer note names.",
    );
    let trust = lang.tr(
        "Zertifikate der Zeitstempeldienste oder ihrer Aussteller, denen Sie vertrauen (PEM oder DER). Ohne sie wird der Zertifikatspfad nicht beurteilt, alles andere schon.",
        "Certificates of the time stamp services or their issuers that you trust (PEM or DER). Without them the certificate path is not judged; all else is.",
    );
    html! {
        (error_summary(lang, errors))
        form method="post" action=(PATH) enctype="multipart/form-data" {
            (csrf_field(visitor))
            (card(lang.tr("Was geprüft wird", "What is verified"), &html! {
                (file_drop(lang, "record", lang.tr("Nachweis oder Paket", "Record or package")).hint(record).errors(errors))
                (file_drop(lang, "data", lang.tr("Daten", "Data")).hint(data).multiple().optional().errors(errors))
            }))
            (card(lang.tr("Wie geprüft wird", "How it is verified"), &html! {
                (file_drop(lang, "trust", lang.tr("Vertrauenswürdige Zertifikate", "Trusted certificates")).hint(trust).multiple().optional().errors(errors))
                (file_drop(lang, "revocation", lang.tr("Sperrlisten und OCSP-Antworten", "Revocation lists and OCSP answers"))
                    .hint(lang.tr("Als DER. Was im Nachweis selbst steckt, wird ohnehin gelesen.", "As DER. What is inside the record is read anyway."))
                    .multiple().optional().errors(errors))
                (date_field(lang, "day", lang.tr("Prüfen, als wäre es dieser Tag", "Verify as if it were this day")).value(day).errors(errors)
                    .hint(lang.tr("Ohne Angabe: heute.", "Without: today.")))
                (checkbox("any_algorithm", lang.tr("Eignung der Algorithmen nicht beurteilen", "Do not judge the suitability of the algorithms")).checked(any_algorithm))
            }))
            (toolbar(&html! {
                (button(lang.tr("Prüfen", "Verify")).icon(Icon::Check))
                (button(lang.tr("Prüfen, Bericht als JSON", "Verify, report as JSON")).secondary().icon(Icon::Download).name_value("form", "json"))
            }))
        }
    }
}

/// Verifies and reports.
pub async fn verify(visitor: Visitor, mut upload: Upload) -> Answer {
    let now = visitor.app.now();
    rate::count("evidence-verify", visitor.peer, VERIFICATIONS, now).map_err(vir_web::AppError::too_many)?;
    let place = work::place()?;
    let mut submitted = Submitted::default();
    while let Some(part) = upload.next().await? {
        submitted.take(part).await?;
    }
    let (day, any_algorithm, as_json) = (submitted.day.clone(), submitted.any_algorithm, submitted.as_json);
    let judged = match work::judge(submitted, work::moment(now)).await? {
        Ok(judged) => judged,
        Err(errors) => return Ok(shown(&visitor, &errors, &day, any_algorithm)),
    };
    drop(place);
    if as_json {
        let mut answer = axum::Json(&judged).into_response();
        let name = HeaderValue::from_static("attachment; filename=\"pruefbericht.json\"");
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        return Ok(answer);
    }
    let lang = visitor.lang;
    let body = html! {
        @for (number, one) in judged.iter().enumerate() {
            @match one {
                Outcome::Record(judged) => { (report::one(lang, number, judged)) }
                Outcome::Seal(judged) => { (seal::one(lang, number, judged)) }
            }
        }
        (toolbar(&link_again(lang)))
    };
    let frame =
        Page::new(lang.tr("Prüfbericht", "Report of verification")).bare().crumb(PATH, title(lang)).lead(lang.tr(
            format!(
                "Geprüft am {}. Zum Aufbewahren drucken Sie diese Seite; gespeichert wird sie nicht.",
                vir_web::format::date_time(now, lang)
            ),
            format!(
                "Verified on {}. Print this page to keep it; it is not stored.",
                vir_web::format::date_time(now, lang)
            ),
        ));
    Ok(page(&visitor, frame, body))
}

fn link_again(lang: Lang) -> Markup {
    html! { (link_button(PATH, lang.tr("Anderen Nachweis prüfen", "Verify another record")).icon(Icon::Back)) }
}
