//! The parts of what was handed in, by the names of the form's fields.
//!
//! Invariant: a form is in memory once, and no larger than the limit of the route.

use axum::extract::multipart::Field;
use vir_archive::certificate;
use vir_archive::evidence::submission::File;
use vir_archive::moment::Moment;
use vir_core::Text;
use vir_web::{AppError, FieldError, upload_error};

/// What was handed in.
#[derive(Debug, Default)]
pub struct Submitted {
    /// The record or the package.
    pub record: Option<File>,
    /// The data.
    pub data: Vec<File>,
    /// Trusted certificates, in DER.
    pub anchors: Vec<Vec<u8>>,
    /// Revocation lists and OCSP answers.
    pub revocation: Vec<Vec<u8>>,
    /// The day as of which to verify, as typed.
    pub day: String,
    /// Is the suitability of algorithms left aside?
    pub any_algorithm: bool,
    /// Is the report wanted as JSON?
    pub as_json: bool,
    /// What cannot be used.
    pub errors: Vec<FieldError>,
}

/// Files in one form.
const MOST_FILES: usize = 500;

impl Submitted {
    /// Takes the next part.
    pub async fn take(&mut self, part: Field<'_>) -> Result<(), AppError> {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| upload_error(&error))?;
        // A file field without a file sends an empty one without a name.
        let is_empty = file.as_deref().is_none_or(str::is_empty) && bytes.is_empty();
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "record" if !is_empty => {
                self.record = Some((file.unwrap_or_else(|| "record".to_owned()), bytes.to_vec()));
            }
            "data" if !is_empty => {
                if self.data.len() >= MOST_FILES {
                    let error = Text::owned(
                        format!("Höchstens {MOST_FILES} Dateien auf einmal; packen Sie mehr in ein ZIP-Archiv."),
                        format!("At most {MOST_FILES} files at once; put more into a ZIP archive."),
                    );
                    return Err(AppError::bad_request(error));
                }
                self.data.push((file.unwrap_or_else(|| "data".to_owned()), bytes.to_vec()));
            }
            "trust" if !is_empty => match certificate::certificates(&bytes) {
                Ok(found) => self.anchors.extend(found),
                Err(_) => self.errors.push(FieldError::new(
                    "trust",
                    Text::new(
                        "Die Datei enthält keine Zertifikate in PEM oder DER.",
                        "The file has no certificates in PEM or DER.",
                    ),
                )),
            },
            "revocation" if !is_empty => self.revocation.push(bytes.to_vec()),
            "day" => self.day = text().chars().take(20).collect(),
            "any_algorithm" => self.any_algorithm = !text().is_empty(),
            "form" => self.as_json = text() == "json",
            _ => {}
        }
        Ok(())
    }

    /// The moment of verification: the end of the day that was asked for, else now.
    pub fn at(&mut self, now: Moment) -> Moment {
        if self.day.is_empty() {
            return now;
        }
        if let Ok(day) = self.day.parse::<jiff::civil::Date>() {
            let date = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
            if let Some(moment) = Moment::utc(date, (23, 59, 59), 0).filter(|_| day.year() >= 1970) {
                return moment;
            }
        }
        let text = Text::new("Das ist kein Tag wie 2026-11-22.", "This is no day such as 2026-11-22.");
        self.errors.push(FieldError::new("day", text));
        now
    }
}
