//! What a rule says is there in both languages.

use crate::cases::LAYERS;

#[test]
fn every_rule_speaks_german_and_english() {
    let mut problems = Vec::new();
    for layer in LAYERS {
        for rule in layer.rules() {
            for (what, text) in [("message", rule.message()), ("repair", rule.repair())] {
                let (de, en) = (text.de.trim(), text.en.trim());
                let sound = !de.is_empty()
                    && !en.is_empty()
                    && de != en
                    && [de, en].iter().all(|text| text.ends_with(['.', '!', '?']) && !text.contains("  "));
                if !sound {
                    problems.push(format!("{} {what}: {de:?} / {en:?}", rule.id));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} texts are wanting:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_term_is_in_the_dictionary() {
    use vir_invoice::model::{Bg, Bt};
    let mut unknown = Vec::new();
    for rule in LAYERS.iter().flat_map(|layer| layer.rules()) {
        for term in rule.terms {
            if Bt::from_id(term).is_none() && Bg::from_id(term).is_none() {
                unknown.push(format!("{} {term}", rule.id));
            }
        }
    }
    assert!(unknown.is_empty(), "unknown terms:\n{}", unknown.join("\n"));
}
