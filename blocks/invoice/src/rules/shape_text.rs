//! What rules of shape say: texts made from the shape, its path, its context and the business terms.
//!
//! Over a thousand rules differ only in these, so that a text for each of them would be the same
//! text a thousand times.
//!
//! Invariant: a text names the element as it stands in the file and, where a term is known, the
//! field as a person knows it.

use vir_core::{Lang, Text};

use super::rule::{Binding, Rule, Shape};
use crate::model::{Bg, Bt};

/// What is wrong where the rule fires.
pub(super) fn message(rule: &Rule, binding: &Binding, shape: Shape) -> Text {
    let thing = Thing::of(shape.path());
    let [de, en] = [Lang::De, Lang::En].map(|lang| {
        let (thing, fields) = (thing.name(lang), fields(rule, lang));
        let path = full_path(binding, shape.path());
        let subject = if fields.is_empty() { thing.clone() } else { format!("{fields}, {thing},") };
        match (shape, lang) {
            (Shape::Forbidden(_), Lang::De) => {
                format!(
                    "{thing} ist {} vorgesehen; EN 16931 kennt diese Angabe nicht ({path}).",
                    place(binding, &fields, lang)
                )
            }
            (Shape::Forbidden(_), Lang::En) => {
                format!(
                    "{thing} has no place {}; EN 16931 does not know this entry ({path}).",
                    place(binding, &fields, lang)
                )
            }
            (Shape::AtMostOne(_), Lang::De) => {
                format!("{subject} ist mehrfach angegeben; erlaubt ist höchstens eine Angabe ({path}).")
            }
            (Shape::AtMostOne(_), Lang::En) => {
                format!("{subject} is given more than once; one at most is allowed ({path}).")
            }
            (Shape::ExactlyOne(_), Lang::De) => {
                format!("{subject} muss genau einmal angegeben sein, fehlt aber oder steht mehrfach da ({path}).")
            }
            (Shape::ExactlyOne(_), Lang::En) => {
                format!("{subject} must be given exactly once, but is missing or repeated ({path}).")
            }
            (Shape::Required(_), Lang::De) => format!("{subject} fehlt ({path})."),
            (Shape::Required(_), Lang::En) => format!("{subject} is missing ({path})."),
        }
    });
    Text::owned(sentence(de), sentence(en))
}

/// How to repair it.
pub(super) fn repair(shape: Shape) -> Text {
    let thing = Thing::of(shape.path());
    let [de, en] = [thing.name(Lang::De), thing.name(Lang::En)];
    match (shape, thing) {
        (Shape::Forbidden(_), Thing::Attribute { .. }) => Text::new(
            "Das Attribut weglassen; der Wert selbst bleibt stehen.",
            "Leave the attribute out; the value itself stays.",
        ),
        (Shape::Forbidden(_), Thing::Element(_)) => Text::new(
            "Die Angabe weglassen. Was der Empfänger davon wissen muss, gehört in ein Feld der EN 16931, notfalls in die Bemerkung (BT-22); sonst kann es bei ihm verloren gehen.",
            "Leave it out. What the receiver must know of it belongs into a field of EN 16931, if need be into the invoice note (BT-22); otherwise it may get lost.",
        ),
        (Shape::AtMostOne(_) | Shape::ExactlyOne(_), _) => Text::owned(
            sentence(format!("{de} nur einmal angeben; mehrere Angaben zu einer zusammenfassen.")),
            format!("Give {en} only once; combine several entries into one."),
        ),
        (Shape::Required(_), _) => Text::owned(sentence(format!("{de} ergänzen.")), format!("Add {en}.")),
    }
}

/// The text with a capital letter in front.
fn sentence(text: String) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(chars).collect(),
        _ => text,
    }
}

/// What stands at the end of a path.
#[derive(Clone, Copy)]
enum Thing {
    Element(&'static str),
    Attribute { name: &'static str, owner: &'static str },
}

impl Thing {
    fn of(path: &'static str) -> Self {
        let last = |path: &'static str| path.rsplit('/').next().unwrap_or(path);
        match path.split_once('@') {
            Some((elements, name)) => Self::Attribute { name, owner: last(elements.trim_end_matches('/')) },
            None => Self::Element(last(path)),
        }
    }

    fn name(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Element(name), Lang::De) => format!("„{name}“"),
            (Self::Element(name), Lang::En) => format!("\"{name}\""),
            (Self::Attribute { name, owner: "" }, Lang::De) => format!("das Attribut „{name}“"),
            (Self::Attribute { name, owner: "" }, Lang::En) => format!("the attribute \"{name}\""),
            (Self::Attribute { name, owner }, Lang::De) => format!("das Attribut „{name}“ an „{owner}“"),
            (Self::Attribute { name, owner }, Lang::En) => format!("the attribute \"{name}\" of \"{owner}\""),
        }
    }
}

/// The names of the business terms: `„Käufer“ (BG-7)`.
fn fields(rule: &Rule, lang: Lang) -> String {
    let named = rule.terms.iter().filter_map(|id| {
        let name = match Bt::from_id(id) {
            Some(term) => term.name(lang),
            None => Bg::from_id(id)?.name(lang),
        };
        Some(match lang {
            Lang::De => format!("„{name}“ ({id})"),
            Lang::En => format!("\"{name}\" ({id})"),
        })
    });
    named.collect::<Vec<_>>().join(if lang == Lang::De { " oder " } else { " or " })
}

/// Where something is not meant to be.
fn place(binding: &Binding, fields: &str, lang: Lang) -> String {
    let context = binding.context.paths.first().copied().unwrap_or_default();
    let element = context.rsplit('/').next().unwrap_or_default();
    let anywhere = match binding.test {
        super::rule::Test::Shape(shape) => shape.path().starts_with("//"),
        super::rule::Test::Holds(_) => false,
    };
    let document = context.starts_with('/') && context.matches('/').count() == 1;
    match (fields.is_empty(), anywhere, document, lang) {
        (false, _, _, Lang::De) => format!("bei {fields} nicht"),
        (false, _, _, Lang::En) => format!("with {fields}"),
        (_, true, _, Lang::De) => "nirgends in der Rechnung".to_owned(),
        (_, true, _, Lang::En) => "anywhere in the invoice".to_owned(),
        (_, _, true, Lang::De) => "in der Rechnung nicht".to_owned(),
        (_, _, true, Lang::En) => "in the invoice".to_owned(),
        (_, _, _, Lang::De) => format!("in „{element}“ nicht"),
        (_, _, _, Lang::En) => format!("in \"{element}\""),
    }
}

/// The path from the context on, with its last element in front.
fn full_path(binding: &Binding, path: &str) -> String {
    let context = binding.context.paths.first().copied().unwrap_or_default();
    let document = context.starts_with('/') && context.matches('/').count() == 1;
    if path.starts_with("//") || document || context.contains('*') {
        return path.to_owned();
    }
    let element = context.rsplit('/').next().unwrap_or_default();
    format!("{element}/{path}")
}

#[cfg(test)]
mod tests {
    use crate::rules::Layer;

    #[test]
    fn texts_name_element_field_and_path() {
        for (id, de, en) in [
            (
                "UBL-CR-017",
                "„cbc:UUID“ ist bei „Bestellreferenz“ (BT-13) nicht vorgesehen; EN 16931 kennt diese Angabe nicht (cac:OrderReference/cbc:UUID).",
                "\"cbc:UUID\" has no place with \"Purchase order reference\" (BT-13); EN 16931 does not know this entry (cac:OrderReference/cbc:UUID).",
            ),
            (
                "UBL-DT-08",
                "Das Attribut „schemeName“ ist nirgends in der Rechnung vorgesehen; EN 16931 kennt diese Angabe nicht (//@schemeName).",
                "The attribute \"schemeName\" has no place anywhere in the invoice; EN 16931 does not know this entry (//@schemeName).",
            ),
            (
                "UBL-DT-06",
                "„MIME-Typ der Unterlage“ (BT-125-1), das Attribut „mimeCode“, fehlt (@mimeCode).",
                "\"Attached document MIME code\" (BT-125-1), the attribute \"mimeCode\", is missing (@mimeCode).",
            ),
        ] {
            let rule = Layer::En16931.rules().find(|rule| rule.id == id).unwrap();
            let text = rule.message();
            assert_eq!((&*text.de, &*text.en), (de, en));
        }
    }
}
