//! Which format a file has: the signatures of PRONOM that the operator has put somewhere, read once.
//!
//! Invariant: without signatures files are taken in all the same; their format is then unknown, and pages say so.

mod text;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use vir_archive::format::Identifier;
use vir_archive::format::signature::{Containers, Signatures};
use vir_web::config::Archive;

pub use text::text;

type Known = HashMap<(PathBuf, Option<PathBuf>), Option<Arc<Identifier>>>;

/// Reading the signatures takes a while, so each process does it once.
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// What identifies formats; none where no signatures are configured, or they cannot be read (which is logged once).
#[must_use]
pub fn identifier(config: &Archive) -> Option<Arc<Identifier>> {
    let signatures = config.signatures.clone()?;
    let key = (signatures, config.container_signatures.clone());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(key).or_insert_with_key(|(signatures, containers)| read(signatures, containers.as_ref())).clone()
}

fn read(signatures: &PathBuf, containers: Option<&PathBuf>) -> Option<Arc<Identifier>> {
    let read = || -> Result<Identifier, Box<dyn std::error::Error>> {
        let signatures = Signatures::read(&std::fs::read(signatures)?)?;
        let containers = containers.map(std::fs::read).transpose()?;
        let containers = containers.map(|bytes| Containers::read(&bytes)).transpose()?;
        Ok(Identifier::new(signatures, containers))
    };
    match read() {
        Ok(identifier) => Some(Arc::new(identifier)),
        Err(error) => {
            tracing::error!(path = %signatures.display(), %error, "the signatures of formats cannot be read");
            None
        }
    }
}

/// The media type that a name suggests, for what was not identified.
#[must_use]
pub fn media_type(name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let known = match extension.as_str() {
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "html" | "htm" => "text/html",
        "tif" | "tiff" => "image/tiff",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "eml" => "message/rfc822",
        "zip" => "application/zip",
        "p7s" => "application/pkcs7-signature",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    };
    known.to_owned()
}
