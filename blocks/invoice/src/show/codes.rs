//! Names of codes for people.

use vir_core::Phrase;

/// What a code of a list stands for, where we have words for it.
pub(super) fn name(_list: &str, _code: &str) -> Option<Phrase> {
    None
}
