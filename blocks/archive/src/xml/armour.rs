//! Bytes that travel as text: Base64 with white space in it, with PEM lines around it, or with dirt behind it.
//!
//! Invariant: text that is not Base64 gives nothing, never a part of what was meant.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64 of XML Schema: white space anywhere.
#[must_use]
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(digits).ok()
}

/// Base64 with or without PEM lines.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body: String = text.lines().filter(|line| !line.trim_start().starts_with("-----")).collect();
    base64(&body).filter(|bytes| !bytes.is_empty())
}
