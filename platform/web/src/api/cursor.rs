//! Going through lists with opaque cursors.
//!
//! Invariant: a cursor that we did not write, or that belongs to another list or tenant, is
//! refused; what is in it never reaches a statement unseen.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vir_core::Text;

use crate::{AppError, Caller};

/// Where a list goes on.
#[derive(Debug, Clone, Copy)]
pub struct Cursor;

impl Cursor {
    /// Writes a position (the sort keys of the last row) as text. `list` names the list and its
    /// order, so that a cursor of one is none of another.
    pub fn write(caller: &Caller, list: &str, position: &impl Serialize) -> Result<String, AppError> {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).map_err(AppError::internal)?);
        let signature = caller.app.key.sign("cursor", &[tenant(caller), list.as_bytes(), body.as_bytes()]);
        Ok(format!("{body}.{signature}"))
    }

    /// Reads a position.
    pub fn read<T: DeserializeOwned>(caller: &Caller, list: &str, text: &str) -> Result<T, AppError> {
        let wrong = || {
            AppError::bad_request(Text::new(
                "„cursor“ gehört nicht zu dieser Liste. Nehmen Sie den Wert „next“ der vorigen Antwort, unverändert.",
                "\"cursor\" does not belong to this list. Take the value \"next\" of the answer before, as it is.",
            ))
        };
        let (body, signature) = text.split_once('.').ok_or_else(wrong)?;
        if !caller.app.key.verify("cursor", &[tenant(caller), list.as_bytes(), body.as_bytes()], signature) {
            return Err(wrong());
        }
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| wrong())?;
        serde_json::from_slice(&bytes).map_err(|_| wrong())
    }
}

fn tenant(caller: &Caller) -> &[u8] {
    caller.principal.tenant.as_str().as_bytes()
}

/// A part of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// The cursor of the next part; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How many entries of a list: 50 where nothing is said, else 1 to 200.
pub fn page_size(wanted: Option<u32>) -> Result<u32, AppError> {
    match wanted {
        None => Ok(50),
        Some(count @ 1..=200) => Ok(count),
        Some(_) => Err(AppError::bad_request(Text::new("„limit“ ist 1 bis 200.", "\"limit\" is 1 to 200."))),
    }
}
