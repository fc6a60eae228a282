//! Names of codes for people.

use vir_core::Phrase;

use crate::rules::codes::CodeList;

/// What a code of a list stands for, where we have words for it. Lists are called as in the dictionary
/// of the model, which speaks of UN/ECE and ISO lists a little shorter than their full titles.
pub(super) fn name(list: &str, code: &str) -> Option<Phrase> {
    if list.is_empty() {
        return None;
    }
    let wanted = match list {
        "ISO 6523 ICD" => "ISO/IEC 6523",
        "UN/ECE Rec. 20/21" => "UN/ECE Rec 20 und 21",
        list => list,
    };
    CodeList::ALL.iter().filter(|known| known.id == wanted).find_map(|known| known.name(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bt;

    #[test]
    fn the_dictionary_and_the_lists_mean_the_same() {
        for (term, code, expect) in
            [(Bt::BT130, "HUR", "Stunde"), (Bt::BT5, "EUR", "Euro"), (Bt::BT40, "DE", "Deutschland")]
        {
            let name = name(term.entry().codes, code).map(|name| name.de);
            assert_eq!(name, Some(expect), "{}", term.id());
        }
    }
}
