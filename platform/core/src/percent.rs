//! Text within addresses, queries and header values.

/// A text as octets of RFC 3986, section 2.1: ASCII letters, digits and the characters in `kept` stand for
/// themselves, every other byte of its UTF-8 becomes `%` and two digits.
///
/// Which characters may be kept depends on the place: `-_.~` in any part of an address, `/` besides in a query.
///
/// ```
/// assert_eq!(vir_core::percent_encoded("Müller & Co", "-_.~"), "M%C3%BCller%20%26%20Co");
/// assert_eq!(vir_core::percent_encoded("/rechnungen?x", "/"), "/rechnungen%3Fx");
/// ```
#[must_use]
pub fn percent_encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || (byte.is_ascii() && kept.as_bytes().contains(&byte)) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
