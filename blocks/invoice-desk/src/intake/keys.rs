//! Keys by which invoices are compared: who is the same seller, which is the same number, which
//! say the same.
//!
//! Invariant: a key depends only on what a person would hold to be the same; writing (case, blanks,
//! hyphens) does not change it.

use sha2::{Digest, Sha256};
use vir_invoice::model::{Invoice, Seller};

/// Who is the same seller: by VAT identifier, tax number, registration, else name and post code.
#[must_use]
pub fn seller_key(seller: &Seller<'_>) -> Option<String> {
    let plain = |kind: &str, text: Option<&str>| {
        let text = letters_and_digits(text?);
        (!text.is_empty()).then(|| format!("{kind}:{text}"))
    };
    plain("vat", seller.vat_id())
        .or_else(|| plain("tax", seller.tax_number()))
        .or_else(|| plain("reg", seller.legal_registration().and_then(|value| value.as_str())))
        .or_else(|| {
            let post_code = seller.address().and_then(|address| address.post_code()).unwrap_or_default();
            plain("name", seller.name()).map(|name| format!("{name}:{}", letters_and_digits(post_code)))
        })
}

/// The key of a seller of whom a person has read an identifier or only the name.
#[must_use]
pub fn seller_key_of(id: Option<&str>, name: &str) -> Option<String> {
    let id = id.map(letters_and_digits).filter(|id| !id.is_empty());
    let is_vat = |id: &str| id.len() > 4 && id.bytes().take(2).all(|byte| byte.is_ascii_uppercase());
    match id {
        Some(id) if is_vat(&id) => Some(format!("vat:{id}")),
        Some(id) => Some(format!("tax:{id}")),
        None => Some(letters_and_digits(name)).filter(|name| !name.is_empty()).map(|name| format!("name:{name}:")),
    }
}

/// The keys that a seller with this identifier can have, by the kind of identifier.
#[must_use]
pub fn seller_keys(id: &str) -> Vec<String> {
    let id = letters_and_digits(id);
    ["vat", "tax", "reg"].iter().map(|kind| format!("{kind}:{id}")).collect()
}

/// Which is the same invoice number: `R-2026/017` and `r2026 017`.
#[must_use]
pub fn number_key(number: &str) -> Option<String> {
    let key = letters_and_digits(number);
    let key = key.trim_start_matches('0');
    (!key.is_empty()).then(|| key.to_owned())
}

/// A hash of what an invoice says, the same for UBL and CII.
#[must_use]
pub fn content_key(invoice: &Invoice) -> String {
    let hash = invoice.fingerprint(|bytes| Sha256::digest(bytes).into());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Are two keys of numbers so much alike that one may be a slip of the other?
///
/// At most two letters differ, or one is the other with something before or after it.
#[must_use]
pub fn similar_numbers(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    (shorter >= 3 && (a.contains(b) || b.contains(a))) || distance_at_most_two(a, b)
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).take(200).collect()
}

fn distance_at_most_two(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 || a.len() > 60 {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    // Short numbers are alike by chance: „7" and „12" are two invoices.
    row[b.len()] <= 2 && a.len().min(b.len()) >= 5
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn numbers_are_compared_as_people_do() {
        assert_eq!(number_key("R-2026/017"), number_key("r2026 017"));
        assert_eq!(number_key("000"), None);
        for (a, b, expect) in [
            ("R2026017", "R2026071", true),
            ("2026017", "RE2026017", true),
            ("R2026017", "R2026123", false),
            ("7", "12", false),
        ] {
            assert_eq!(similar_numbers(a, b), expect, "{a} {b}");
        }
    }

    #[test]
    fn content_has_the_same_key_in_both_syntaxes() {
        let read = |bytes: &[u8]| vir_invoice::bindings::read_values(&vir_invoice::xml::parse(bytes).unwrap());
        for (ubl, cii) in [
            (
                read(include_bytes!("../../../invoice/samples/xrechnung-ubl.xml")),
                read(include_bytes!("../../../invoice/samples/xrechnung-cii.xml")),
            ),
            (
                read(include_bytes!("../../../invoice/samples/small-ubl.xml")),
                read(include_bytes!("../../../invoice/samples/small-cii.xml")),
            ),
        ] {
            assert_eq!(vir_invoice::model::diff(&ubl, &cii), []);
            assert_eq!(content_key(&ubl), content_key(&cii));
        }
    }
}
