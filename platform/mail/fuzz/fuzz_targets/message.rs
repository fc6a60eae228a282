//! Takes arbitrary bytes apart as a mail, and checks what must hold of every result.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_mail::message::{Limits, header_only, plain_from_html, take_apart};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mail = take_apart(bytes, &limits);
    assert!(mail.parts.len() <= limits.parts);
    assert!(mail.parts.iter().map(|part| part.bytes.len()).sum::<usize>() <= limits.decoded + 20 * bytes.len());
    assert!(mail.text.len() <= limits.preview + 4);
    assert!(!mail.text.chars().any(|c| c.is_control() && c != '\n'), "a control character reached the preview");
    assert!(!mail.header.subject.chars().any(char::is_control));
    for part in &mail.parts {
        if let Some(name) = &part.name {
            assert!(!name.contains(['/', '\\']) && !name.chars().any(char::is_control), "{name:?}");
        }
    }
    if let Some(to) = mail.header.answer_to() {
        assert!(!to.to_string().contains(['\r', '\n', '<', '>', ' ']), "{to}");
    }
    let _ = header_only(bytes, &limits);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = plain_from_html(text);
    }
});
