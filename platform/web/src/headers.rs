//! The headers that every answer carries.
//!
//! Invariant: no answer leaves without a content security policy; a page that shows something
//! foreign (a document beside its form) narrows or widens exactly one directive of it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// For answers that stand in a frame of our own pages: a PDF, the view of an invoice.
const EMBEDDED: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; \
    form-action 'none'; sandbox";
/// The browser's own viewer of PDFs does not work in a sandbox.
const EMBEDDED_PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Put this into the extensions of an answer that shall be shown inside one of our pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedded {
    /// HTML, text or a picture; shown in a sandbox, without script.
    Document,
    /// A PDF.
    Pdf,
}

/// Adds what is missing.
pub(crate) fn secure(headers: &mut HeaderMap, embedded: Option<Embedded>, https: bool) {
    let (policy, frames) = match embedded {
        None => (POLICY, "DENY"),
        Some(Embedded::Document) => (EMBEDDED, "SAMEORIGIN"),
        Some(Embedded::Pdf) => (EMBEDDED_PDF, "SAMEORIGIN"),
    };
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::X_FRAME_OPTIONS, frames);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    set(header::CACHE_CONTROL, "no-store");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}
