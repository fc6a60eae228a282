//! Forms are posted from our own pages only.
//!
//! Two nets: what the browser says about where a request comes from (`Sec-Fetch-Site`, else
//! `Origin`), asked of every request that changes something and carries a cookie; and a token that
//! is bound to the session (or to the visit, for people who are not signed in), asked by
//! [`crate::Form`] and of the API when it is used with a session.
//!
//! Invariant: no request that a foreign page caused changes anything.

use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The name of the hidden field.
pub const FIELD: &str = "csrf";
/// The header that carries the token where there is no form.
pub const HEADER: &str = "x-csrf-token";

/// The key with which tokens, cursors and flash messages are signed; the same on all nodes.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A signature of `parts`, each of which stays apart from its neighbours; `purpose` keeps
    /// signatures for one thing from being used for another.
    #[must_use]
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..18])
    }

    /// Is this the signature? Takes the same time whatever it is.
    #[must_use]
    pub fn verify(&self, purpose: &str, parts: &[&[u8]], signature: &str) -> bool {
        self.sign(purpose, parts).as_bytes().ct_eq(signature.as_bytes()).into()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Whether a method is one that changes something.
pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Does the browser say that the request comes from another site? `own` are the origins under which we are known.
pub(crate) fn is_foreign(headers: &HeaderMap, own: &[&str]) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        Some(origin) => !own.iter().any(|own| own.eq_ignore_ascii_case(origin)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn the_browser_tells_where_a_request_comes_from() {
        let own = ["https://rechnung.example"];
        for (pairs, foreign) in [
            (&[][..], false),
            (&[("origin", "https://rechnung.example")], false),
            (&[("origin", "https://boese.example")], true),
            (&[("origin", "null")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://anders.example")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://rechnung.example")], true),
        ] {
            assert_eq!(is_foreign(&headers(pairs), &own), foreign, "{pairs:?}");
        }
    }

    #[test]
    fn signatures_are_for_one_purpose_and_one_text() {
        let key = Key::new([7; 32]);
        let signature = key.sign("csrf", &[b"ab", b"c"]);
        assert!(key.verify("csrf", &[b"ab", b"c"], &signature));
        assert!(!key.verify("csrf", &[b"a", b"bc"], &signature));
        assert!(!key.verify("flash", &[b"ab", b"c"], &signature));
        assert!(!Key::new([8; 32]).verify("csrf", &[b"ab", b"c"], &signature));
    }
}
