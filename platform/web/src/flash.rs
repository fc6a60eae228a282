//! Messages that survive a redirect: "The invoice was certified."
//!
//! After a form was posted the answer is a redirect, so that reloading posts nothing twice; what
//! there is to say travels in a signed cookie and is shown once, on the next page.
//!
//! Invariant: only texts that we signed are shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::parts::Tone;
use crate::{Ctx, cookies, csrf};

pub(crate) const COOKIE: &str = "vir_flash";
const PURPOSE: &str = "flash";

/// A message for the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    #[serde(rename = "k")]
    kind: Kind,
    #[serde(rename = "t")]
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "g")]
    Good,
    #[serde(rename = "c")]
    Careful,
    #[serde(rename = "b")]
    Bad,
    #[serde(rename = "i")]
    Info,
}

impl Flash {
    /// It worked.
    pub fn good(text: impl Into<String>) -> Self {
        Self { kind: Kind::Good, text: text.into() }
    }

    /// It worked, but look.
    pub fn careful(text: impl Into<String>) -> Self {
        Self { kind: Kind::Careful, text: text.into() }
    }

    /// It did not work.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { kind: Kind::Bad, text: text.into() }
    }

    /// Worth knowing.
    pub fn info(text: impl Into<String>) -> Self {
        Self { kind: Kind::Info, text: text.into() }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn tone(&self) -> Tone {
        match self.kind {
            Kind::Good => Tone::Good,
            Kind::Careful => Tone::Careful,
            Kind::Bad => Tone::Bad,
            Kind::Info => Tone::Info,
        }
    }

    pub(crate) fn seal(&self, key: &csrf::Key) -> String {
        // A cookie holds 4 KB; a message is a sentence or two.
        let mut short = self.clone();
        if let Some((end, _)) = short.text.char_indices().nth(600) {
            short.text.truncate(end);
            short.text.push('…');
        }
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&short).unwrap_or_default());
        format!("{body}.{}", key.sign(PURPOSE, &[body.as_bytes()]))
    }

    pub(crate) fn open(key: &csrf::Key, sealed: &str) -> Option<Self> {
        let (body, signature) = sealed.split_once('.')?;
        if !key.verify(PURPOSE, &[body.as_bytes()], signature) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }
}

/// Goes to another page of ours (303), as the answer to a posted form. What is no path of ours
/// becomes the start page.
#[must_use]
pub fn redirect(to: &str) -> Response {
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\");
    let location = HeaderValue::from_str(if ours { to } else { "/" }).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Goes to another page of ours and says something there.
#[must_use]
pub fn redirect_with(ctx: &Ctx, to: &str, flash: &Flash) -> Response {
    let mut response = redirect(to);
    let cookie = cookies::write(COOKIE, &flash.seal(&ctx.app.key), Some(120), ctx.https);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_signed_is_shown() {
        let key = csrf::Key::new([1; 32]);
        let flash = Flash::good("Gespeichert – schön");
        let sealed = flash.seal(&key);
        assert_eq!(Flash::open(&key, &sealed), Some(flash));
        assert_eq!(Flash::open(&csrf::Key::new([2; 32]), &sealed), None);
        assert_eq!(Flash::open(&key, "e30.x"), None);
        assert!(Flash::good("ä".repeat(5000)).seal(&key).len() < 3_000);
    }

    #[test]
    fn redirects_stay_here() {
        for (to, expect) in [
            ("/a?b=c", "/a?b=c"),
            ("//boese.example", "/"),
            ("/\\boese.example", "/"),
            ("https://boese.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            assert_eq!(redirect(to).headers()[header::LOCATION], expect, "{to:?}");
        }
    }
}
