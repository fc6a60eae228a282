//! The words for what is wrong: each violation as a finding in German and English.
//!
//! A clerk forwards these texts to whoever made the software, so each says what stands there, what
//! would have to, and where the element belongs if it exists elsewhere in the same parent.
//!
//! Invariant: the work for one finding is linear in the siblings, and there are at most
//! [`MOST_FINDINGS`](super::MOST_FINDINGS) of them and one note.

use std::borrow::Cow;

use vir_core::{Actor, Finding, Place, Severity, Text};

use super::model::{Misfit, Model, Position};
use super::simple::{Flaw, Kind, Simple};
use super::{LAYER, MOST_FINDINGS, TypeId, tables};
use crate::names::{Name, Ns};
use crate::xml::{Attribute, Element};

/// Names in one text; more would hide what matters.
const MOST_NAMES: usize = 6;
/// Characters of an offending value that are shown.
const MOST_CHARACTERS: usize = 120;

/// Collects findings.
#[derive(Default)]
pub(super) struct Reporter {
    pub(super) findings: Vec<Finding>,
}

impl Reporter {
    /// Has enough been said?
    pub(super) fn is_full(&self) -> bool {
        self.findings.len() >= MOST_FINDINGS
    }

    /// Notes that the rest of the document, from this element on, was left unjudged.
    pub(super) fn omit(&mut self, element: Element<'_>) {
        self.findings.truncate(MOST_FINDINGS);
        self.findings.push(Finding {
            rule: Cow::Borrowed("schema-further"),
            severity: Severity::Information,
            layer: LAYER,
            place: element.place(),
            terms: Cow::Borrowed(&[]),
            value: None,
            message: Text::owned(
                format!(
                    "Das Dokument verletzt das Schema an mehr als {MOST_FINDINGS} Stellen; ab hier wurde es nicht weiter geprüft."
                ),
                format!("The document violates the schema in more than {MOST_FINDINGS} places; from here on it was not checked."),
            ),
            repair: Text::new(
                "Zuerst die genannten Verstöße beheben, dann erneut prüfen.",
                "Repair the violations listed first, then check again.",
            ),
            actor: Actor::Software,
        });
    }

    fn add(&mut self, rule: &'static str, place: Place, value: Option<&str>, message: Text, repair: Text) {
        self.findings.push(Finding {
            rule: Cow::Borrowed(rule),
            severity: Severity::Error,
            layer: LAYER,
            place,
            terms: Cow::Borrowed(&[]),
            value: value.map(shortened),
            message,
            repair,
            actor: Actor::Software,
        });
    }

    pub(super) fn unknown_root(&mut self, root: Element<'_>) {
        let name = shown(root);
        self.add(
            "cvc-elt.1",
            root.place(),
            None,
            Text::owned(
                format!("{name} ist weder eine UBL-Rechnung noch eine UBL-Gutschrift noch eine CII-Rechnung."),
                format!("{name} is neither a UBL invoice nor a UBL credit note nor a CII invoice."),
            ),
            Text::new(
                "Die Rechnung als UBL 2.1 oder UN/CEFACT CII D16B ausgeben.",
                "Write the invoice as UBL 2.1 or UN/CEFACT CII D16B.",
            ),
        );
    }

    /// A child that may not stand where it does. Moves `at` to where judging goes on.
    pub(super) fn unexpected(
        &mut self,
        parent: Element<'_>,
        child: Element<'_>,
        model: Model,
        before: Position,
        at: &mut Position,
    ) {
        let (expected, any) = model.expected(before);
        let rule = if expected.is_empty() && !any { "cvc-complex-type.2.4.d" } else { "cvc-complex-type.2.4.a" };
        let (message, repair) = match model.misfit(before, child.name()) {
            Some(Misfit::Foreign) => foreign(parent, child, model, &expected),
            Some(Misfit::Repeated) => repeated(parent, child),
            Some(Misfit::Late) => late(parent, child, model),
            Some(Misfit::Early { missing, then }) => {
                *at = then;
                early(parent, child, &missing)
            }
            None => {
                *at = Position::LOST;
                foreign(parent, child, model, &expected)
            }
        };
        self.add(rule, child.place(), None, message, repair);
    }

    /// An element that ends before its content is complete.
    pub(super) fn incomplete(&mut self, element: Element<'_>, model: Model, at: Position) {
        let name = shown(element);
        let missing = model.missing(at);
        let (de, en) = if missing.is_empty() {
            let (names, any) = model.expected(at);
            if names.is_empty() && any {
                (
                    format!("{name} ist leer; darin muss ein Element stehen."),
                    format!("{name} is empty; it must hold an element."),
                )
            } else {
                let (de, en) = (listed(&names, "oder"), listed(&names, "or"));
                (format!("{name} ist unvollständig: Es fehlt {de}."), format!("{name} is incomplete: {en} is missing."))
            }
        } else {
            let (de, en) = (listed(&missing, "und"), listed(&missing, "and"));
            (format!("In {name} fehlt {de}."), format!("{name} lacks {en}."))
        };
        let repair = if missing.is_empty() {
            Text::owned(
                format!("{name} vervollständigen oder, wenn es nicht gebraucht wird, weglassen."),
                format!("Complete {name} or, where it is not needed, leave it out."),
            )
        } else {
            let (de, en) = (listed(&missing, "und"), listed(&missing, "and"));
            Text::owned(
                format!("{de} ergänzen oder {name} weglassen, wenn es nicht gebraucht wird."),
                format!("Add {en}, or leave {name} out where it is not needed."),
            )
        };
        self.add("cvc-complex-type.2.4.b", element.place(), None, Text::owned(de, en), repair);
    }

    /// An element that a wildcard takes only if a schema declares it, and none does.
    pub(super) fn undeclared(&mut self, element: Element<'_>) {
        let name = shown(element);
        self.add(
            "cvc-complex-type.2.4.c",
            element.place(),
            None,
            Text::owned(
                format!("{name} ist in keinem der beteiligten Schemata erklärt, muss es an dieser Stelle aber sein."),
                format!("{name} is declared in none of the schemas concerned, but must be at this place."),
            ),
            Text::owned(format!("{name} entfernen."), format!("Remove {name}.")),
        );
    }

    pub(super) fn not_empty(&mut self, element: Element<'_>) {
        let name = shown(element);
        self.add(
            "cvc-complex-type.2.1",
            element.place(),
            None,
            Text::owned(
                format!("{name} muss leer sein, auch ohne Leerzeichen oder Zeilenumbruch."),
                format!("{name} must be empty, without so much as a blank or a line break."),
            ),
            Text::owned(format!("Den Inhalt von {name} entfernen."), format!("Remove the content of {name}.")),
        );
    }

    /// Elements where only a value may stand.
    pub(super) fn children_in_value(&mut self, element: Element<'_>, of: TypeId) {
        let name = shown(element);
        let rule = if is_built_in(of) { "cvc-type.3.1.2" } else { "cvc-complex-type.2.2" };
        let inner = element.children().next().map_or(Cow::Borrowed(""), shown);
        self.add(
            rule,
            element.place(),
            None,
            Text::owned(
                format!("In {name} darf nur ein Wert stehen, kein Element; gefunden wurde {inner}."),
                format!("{name} may hold a value only, no element; {inner} was found."),
            ),
            Text::owned(
                format!("In {name} nur den Wert schreiben."),
                format!("Write nothing but the value into {name}."),
            ),
        );
    }

    pub(super) fn text_between_elements(&mut self, element: Element<'_>) {
        let name = shown(element);
        let nodes = element.text_nodes();
        let text = nodes.iter().map(|t| crate::xml::trim(t)).find(|t| !t.is_empty()).unwrap_or_default();
        self.add(
            "cvc-complex-type.2.3",
            element.place(),
            Some(text),
            Text::owned(
                format!("In {name} dürfen nur Elemente stehen, kein Text; gefunden wurde „{}“.", shortened(text)),
                format!("{name} may hold elements only, no text; “{}” was found.", shortened(text)),
            ),
            Text::owned(
                format!("Den Text aus {name} entfernen oder in das Element setzen, in das er gehört."),
                format!("Remove the text from {name}, or put it into the element where it belongs."),
            ),
        );
    }

    pub(super) fn value(&mut self, element: Element<'_>, simple: &Simple, flaw: Flaw, text: &str) {
        let (message, repair) = flawed(&shown(element), simple, flaw, text);
        self.add(rule_of(flaw), element.place(), Some(text), message, repair);
    }

    pub(super) fn attribute_value(&mut self, attribute: Attribute<'_>, simple: &Simple, flaw: Flaw) {
        let value = attribute.value();
        let (message, repair) = flawed(&shown_attribute(attribute), simple, flaw, &value);
        self.add(rule_of(flaw), attribute.place(), Some(&value), message, repair);
    }

    pub(super) fn not_fixed(&mut self, attribute: Attribute<'_>, fixed: &str) {
        let name = shown_attribute(attribute);
        let value = attribute.value();
        self.add(
            "cvc-complex-type.3.1",
            attribute.place(),
            Some(&value),
            Text::owned(
                format!("{name} darf nur den Wert „{fixed}“ haben, nicht „{}“.", shortened(&value)),
                format!("{name} may have the value “{fixed}” only, not “{}”.", shortened(&value)),
            ),
            Text::owned(
                format!("Das Attribut weglassen oder auf „{fixed}“ setzen."),
                format!("Leave the attribute out, or set it to “{fixed}”."),
            ),
        );
    }

    pub(super) fn unknown_attribute(&mut self, attribute: Attribute<'_>, of: TypeId) {
        let (owner, name) = (shown(attribute.owner()), attribute.qname());
        self.add(
            if is_built_in(of) { "cvc-type.3.1.1" } else { "cvc-complex-type.3.2.2" },
            attribute.place(),
            Some(&attribute.value()),
            Text::owned(
                format!("{owner} darf kein Attribut {name} haben."),
                format!("{owner} may not have an attribute {name}."),
            ),
            Text::owned(format!("Das Attribut {name} entfernen."), format!("Remove the attribute {name}.")),
        );
    }

    pub(super) fn missing_attribute(&mut self, element: Element<'_>, name: &str) {
        let owner = shown(element);
        self.add(
            "cvc-complex-type.4",
            element.place(),
            None,
            Text::owned(
                format!("{owner} braucht das Attribut {name}."),
                format!("{owner} needs the attribute {name}."),
            ),
            match name {
                "currencyID" => Text::new(
                    "Die Währung des Betrags angeben, zum Beispiel currencyID=\"EUR\".",
                    "State the currency of the amount, for example currencyID=\"EUR\".",
                ),
                "mimeCode" => Text::new(
                    "Die Art der Datei angeben, zum Beispiel mimeCode=\"application/pdf\".",
                    "State the kind of file, for example mimeCode=\"application/pdf\".",
                ),
                "unitCode" => Text::new(
                    "Die Einheit angeben, zum Beispiel unitCode=\"KGM\".",
                    "State the unit, for example unitCode=\"KGM\".",
                ),
                _ => Text::owned(format!("Das Attribut {name} ergänzen."), format!("Add the attribute {name}.")),
            },
        );
    }

    pub(super) fn nil(&mut self, attribute: Attribute<'_>) {
        let owner = shown(attribute.owner());
        self.add(
            "cvc-elt.3.1",
            attribute.place(),
            Some(&attribute.value()),
            Text::owned(
                format!("{owner} darf nicht als „ohne Wert“ gekennzeichnet werden (xsi:nil)."),
                format!("{owner} may not be marked as being without a value (xsi:nil)."),
            ),
            Text::owned(
                format!("Das Attribut entfernen; ohne Wert das ganze Element {owner} weglassen."),
                format!("Remove the attribute; where there is no value, leave out the whole element {owner}."),
            ),
        );
    }

    pub(super) fn unknown_type(&mut self, attribute: Attribute<'_>) {
        let value = attribute.value();
        self.add(
            "cvc-elt.4.2",
            attribute.place(),
            Some(&value),
            Text::owned(
                format!("Den Typ „{}“ (xsi:type) kennt das Schema nicht.", shortened(&value)),
                format!("The schema does not know the type “{}” (xsi:type).", shortened(&value)),
            ),
            Text::new("Das Attribut xsi:type entfernen.", "Remove the attribute xsi:type."),
        );
    }

    pub(super) fn foreign_type(&mut self, attribute: Attribute<'_>) {
        let (owner, value) = (shown(attribute.owner()), attribute.value());
        self.add(
            "cvc-elt.4.3",
            attribute.place(),
            Some(&value),
            Text::owned(
                format!("Der Typ „{}“ (xsi:type) ist für {owner} nicht zulässig.", shortened(&value)),
                format!("The type “{}” (xsi:type) is not allowed for {owner}.", shortened(&value)),
            ),
            Text::new("Das Attribut xsi:type entfernen.", "Remove the attribute xsi:type."),
        );
    }

    pub(super) fn abstract_type(&mut self, element: Element<'_>) {
        let name = shown(element);
        self.add(
            "cvc-type.2",
            element.place(),
            None,
            Text::owned(
                format!("Der Typ von {name} ist abstrakt: Kein Element darf ihn haben."),
                format!("The type of {name} is abstract: no element may have it."),
            ),
            Text::new("Mit xsi:type einen abgeleiteten Typ angeben.", "Name a derived type with xsi:type."),
        );
    }

    pub(super) fn repeated_id(&mut self, element: Element<'_>, value: &str) {
        self.add(
            "cvc-id.2",
            element.place(),
            Some(value),
            Text::owned(
                format!("Die Kennung „{}“ kommt im Dokument mehrfach vor.", shortened(value)),
                format!("The identifier “{}” occurs more than once in the document.", shortened(value)),
            ),
            Text::new("Jede Kennung nur einmal vergeben.", "Use each identifier once."),
        );
    }

    pub(super) fn dangling_reference(&mut self, element: Element<'_>, value: &str) {
        self.add(
            "cvc-id.1",
            element.place(),
            Some(value),
            Text::owned(
                format!("Die Kennung „{}“, auf die hier verwiesen wird, gibt es im Dokument nicht.", shortened(value)),
                format!("The identifier “{}” that is referred to does not exist in the document.", shortened(value)),
            ),
            Text::new("Auf eine vorhandene Kennung verweisen.", "Refer to an identifier that exists."),
        );
    }
}

/// An element that its parent knows nowhere, or that an automaton does not take.
fn foreign(parent: Element<'_>, child: Element<'_>, model: Model, expected: &[Name]) -> (Text, Text) {
    let (owner, name) = (shown(parent), shown(child));
    let (mut de, mut en) =
        (format!("{name} ist in {owner} nicht vorgesehen."), format!("{name} is not provided for in {owner}."));
    if let Some(meant) = meant(child, model) {
        de += &format!(" Gemeint ist wohl {meant} (Namensraum {}).", meant.namespace());
        en += &format!(" Probably {meant} is meant (namespace {}).", meant.namespace());
        let repair = Text::owned(
            format!("Das Element in den Namensraum von {meant} setzen."),
            format!("Put the element into the namespace of {meant}."),
        );
        return (Text::owned(de, en), repair);
    }
    if expected.is_empty() {
        de += " An dieser Stelle wird kein weiteres Element erwartet.";
        en += " No further element is expected at this place.";
    } else {
        de += &format!(" An dieser Stelle möglich: {}.", listed(expected, "oder"));
        en += &format!(" Possible at this place: {}.", listed(expected, "or"));
    }
    let repair = Text::owned(
        format!("{name} entfernen oder durch das vorgesehene Element ersetzen."),
        format!("Remove {name}, or replace it by the element that is provided for."),
    );
    (Text::owned(de, en), repair)
}

/// The element of the same local name that the parent does know.
fn meant(child: Element<'_>, model: Model) -> Option<Name> {
    let local = child.local().as_bytes();
    let candidates = Ns::ALL.into_iter().map(|ns| Name::lookup(ns, local));
    candidates.filter(|name| *name != Name::OTHER).find(|name| model.type_of(*name).is_some() && *name != child.name())
}

fn repeated(parent: Element<'_>, child: Element<'_>) -> (Text, Text) {
    let (owner, name) = (shown(parent), shown(child));
    let message = Text::owned(
        format!("{name} darf in {owner} nur einmal vorkommen."),
        format!("{name} may occur in {owner} only once."),
    );
    let repair = Text::owned(
        format!("Die Angaben in einem einzigen {name} zusammenfassen."),
        format!("Put the content into a single {name}."),
    );
    (message, repair)
}

fn late(parent: Element<'_>, child: Element<'_>, model: Model) -> (Text, Text) {
    let (owner, name) = (shown(parent), shown(child));
    let own = model.rank(child.name());
    let siblings = parent.children().take_while(|sibling| sibling.id() != child.id());
    let follower = siblings.map(Element::name).find(|sibling| model.rank(*sibling) > own);
    let (de, en) = match follower {
        Some(follower) => (
            format!("{name} steht in {owner} an der falschen Stelle: Es muss vor {follower} stehen."),
            format!("{name} stands at the wrong place in {owner}: it must stand before {follower}."),
        ),
        None => (
            format!("{name} steht in {owner} an der falschen Stelle: Es muss weiter oben stehen."),
            format!("{name} stands at the wrong place in {owner}: it must stand further up."),
        ),
    };
    let repair = Text::new(
        "Die Elemente in der Reihenfolge des Schemas ausgeben.",
        "Write the elements in the order of the schema.",
    );
    (Text::owned(de, en), repair)
}

fn early(parent: Element<'_>, child: Element<'_>, missing: &[Name]) -> (Text, Text) {
    let (owner, name) = (shown(parent), shown(child));
    let below: Vec<Name> = parent
        .children()
        .filter(|sibling| sibling.id() > child.id() && missing.contains(&sibling.name()))
        .map(Element::name)
        .take(1)
        .collect();
    let wanted = listed(missing, "und");
    let wanted_en = listed(missing, "and");
    let (mut de, mut en) = (
        format!("In {owner} wird hier {wanted} erwartet, gefunden wurde {name}."),
        format!("In {owner} {wanted_en} is expected here, {name} was found."),
    );
    if let [below] = below.as_slice() {
        de += &format!(" {below} steht weiter unten, muss aber vor {name} stehen.");
        en += &format!(" {below} stands further down, but must stand before {name}.");
        let repair = Text::new(
            "Die Elemente in der Reihenfolge des Schemas ausgeben.",
            "Write the elements in the order of the schema.",
        );
        return (Text::owned(de, en), repair);
    }
    let repair = Text::owned(format!("{wanted} vor {name} ergänzen."), format!("Add {wanted_en} before {name}."));
    (Text::owned(de, en), repair)
}

/// Types of XML Schema itself come first in the tables; they are simple in every sense.
fn is_built_in(of: TypeId) -> bool {
    of < tables::TYPE_SPACES[0].3
}

fn rule_of(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Form => "cvc-datatype-valid.1.2.1",
        Flaw::Short => "cvc-minLength-valid",
        Flaw::Long => "cvc-maxLength-valid",
        Flaw::Unlisted => "cvc-enumeration-valid",
        Flaw::Pattern => "cvc-pattern-valid",
        Flaw::Low => "cvc-minInclusive-valid",
        Flaw::High => "cvc-maxInclusive-valid",
    }
}

/// Message and repair hint for a value that is none of its type.
fn flawed(name: &str, simple: &Simple, flaw: Flaw, text: &str) -> (Text, Text) {
    let (wanted_de, wanted_en) = wanted(simple);
    let value = shortened(text);
    let (de, en) = match flaw {
        _ if crate::xml::is_blank(text) => (
            format!("{name} ist leer; erwartet wird {wanted_de}."),
            format!("{name} is empty; {wanted_en} is expected."),
        ),
        Flaw::Short | Flaw::Long => (
            format!("{name} muss {} bis {} Zeichen lang sein; „{value}“ ist es nicht.", simple.min, simple.max),
            format!("{name} must have {} to {} characters; “{value}” has not.", simple.min, simple.max),
        ),
        Flaw::Unlisted => {
            let values = simple.values.join(", ");
            (
                format!("„{value}“ ist für {name} nicht zulässig; möglich: {values}."),
                format!("“{value}” is not allowed for {name}; possible: {values}."),
            )
        }
        Flaw::Low | Flaw::High => (
            format!("„{value}“ liegt außerhalb des Bereichs von {name}."),
            format!("“{value}” is outside the range of {name}."),
        ),
        Flaw::Form | Flaw::Pattern => (
            format!("„{value}“ ist für {name} kein gültiger Wert; erwartet wird {wanted_de}."),
            format!("“{value}” is no valid value for {name}; {wanted_en} is expected."),
        ),
    };
    (Text::owned(de, en), hint(name, simple, text))
}

/// What a value of the type looks like.
fn wanted(simple: &Simple) -> (&'static str, &'static str) {
    match simple.kind {
        Kind::Decimal => ("eine Dezimalzahl mit Punkt wie 1234.50", "a decimal number with a point such as 1234.50"),
        Kind::Date => {
            ("ein Datum der Form JJJJ-MM-TT wie 2024-12-31", "a date of the form YYYY-MM-DD such as 2024-12-31")
        }
        Kind::DateTime => (
            "ein Zeitpunkt der Form JJJJ-MM-TTThh:mm:ss wie 2024-12-31T23:59:00",
            "a point in time of the form YYYY-MM-DDThh:mm:ss such as 2024-12-31T23:59:00",
        ),
        Kind::Time => ("eine Uhrzeit der Form hh:mm:ss wie 23:59:00", "a time of the form hh:mm:ss such as 23:59:00"),
        Kind::Boolean => ("true oder false (auch 1 oder 0)", "true or false (or 1 or 0)"),
        Kind::Base64Binary => ("eine Datei in der Schreibweise Base64", "a file written in base 64"),
        Kind::AnyUri => ("eine Internetadresse oder ein anderer URI", "a web address or another URI"),
        Kind::Language => ("ein Sprachkürzel wie de oder de-DE", "a language code such as de or de-DE"),
        Kind::Id | Kind::IdRef | Kind::NcName => {
            ("eine Kennung, die mit einem Buchstaben beginnt", "an identifier that begins with a letter")
        }
        Kind::Integer | Kind::Int | Kind::Long | Kind::Short | Kind::Byte => ("eine ganze Zahl", "a whole number"),
        Kind::Token | Kind::String => ("eine Angabe", "a value"),
        _ => ("ein Wert des vereinbarten Typs", "a value of the agreed type"),
    }
}

/// What to do about the commonest mistakes.
fn hint(name: &str, simple: &Simple, text: &str) -> Text {
    let has = |what: char| text.contains(what);
    match simple.kind {
        _ if crate::xml::is_blank(text) => Text::owned(
            format!("{name} füllen oder ganz weglassen, wenn es nicht gebraucht wird."),
            format!("Fill {name}, or leave it out where it is not needed."),
        ),
        Kind::Decimal if has('\u{A0}') || has('\u{202F}') => Text::new(
            "Das geschützte Leerzeichen entfernen; es zählt nicht als Leerraum.",
            "Remove the no-break space; it does not count as white space.",
        ),
        Kind::Decimal if has(',') => Text::new(
            "Den Punkt als Dezimalzeichen verwenden und keine Tausender trennen.",
            "Use the point as decimal sign, and no thousands separator.",
        ),
        Kind::Decimal if has('e') || has('E') => {
            Text::new("Die Zahl ohne Exponenten ausschreiben.", "Write the number out, without an exponent.")
        }
        Kind::Decimal => Text::new(
            "Nur Ziffern, ein führendes Vorzeichen und einen Dezimalpunkt verwenden.",
            "Use digits, a leading sign and one decimal point only.",
        ),
        Kind::Date if has('.') || has('/') => Text::new(
            "Das Datum als Jahr, Monat und Tag mit Bindestrichen schreiben.",
            "Write the date as year, month and day with hyphens.",
        ),
        Kind::Date if has('T') => Text::new("Die Uhrzeit weglassen.", "Leave out the time of day."),
        Kind::Boolean => {
            Text::new("true oder false schreiben, in Kleinbuchstaben.", "Write true or false, in lower case.")
        }
        Kind::Base64Binary => Text::new(
            "Die Datei unverkürzt und mit den Füllzeichen (=) am Ende in Base64 ausgeben.",
            "Write the whole file in base 64, with the padding (=) at the end.",
        ),
        _ => Text::new("Den Wert in der erwarteten Form ausgeben.", "Write the value in the form expected."),
    }
}

/// The name of an element with its usual prefix, or as written where the schemas know none.
fn shown(element: Element<'_>) -> Cow<'_, str> {
    match element.name() {
        Name::OTHER => Cow::Borrowed(element.qname()),
        name => Cow::Owned(name.to_string()),
    }
}

fn shown_attribute(attribute: Attribute<'_>) -> String {
    format!("{}/@{}", shown(attribute.owner()), attribute.qname())
}

/// Names with a conjunction before the last; a long list is cut.
fn listed(names: &[Name], conjunction: &str) -> String {
    let shown: Vec<String> = names.iter().take(MOST_NAMES).map(Name::to_string).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > MOST_NAMES => format!("{}, …", shown.join(", ")),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// The text, cut where it is long, on one line.
fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(MOST_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST_CHARACTERS).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Content, content_of};

    #[test]
    fn every_type_can_be_described() {
        for of in 0..tables::CONTENTS.len() {
            let of = TypeId::try_from(of).unwrap();
            match content_of(of) {
                Content::Simple(simple) => {
                    let (message, repair) = flawed("x", simple, Flaw::Form, "y");
                    assert!(!message.de.is_empty() && !repair.en.is_empty());
                }
                Content::Elements { model, .. } => {
                    let _ = (model.expected(model.start()), model.missing(model.start()));
                }
                Content::Empty => {}
            }
        }
    }
}
