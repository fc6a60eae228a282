//! The dictionary: every business group and business term of EN 16931-1 and the XRechnung
//! Extension, with its names, meaning, type and place in the semantic tree.
//!
//! Everything that talks about invoices in words (the view, the report, the comparison) takes its
//! labels from here, and the readers and writers take the shape of the model from here, so a term
//! exists in one place.
//!
//! Invariant: the variants of [`Bg`] and [`Bt`] stand in the order in which a person reads an
//! invoice, and a term's components (`BT-29-1`) follow it directly.
//!
//! ```
//! use vir_core::Lang;
//! use vir_invoice::model::{Bg, Bt};
//!
//! assert_eq!(Bt::BT1.name(Lang::De), "Rechnungsnummer");
//! assert_eq!(Bt::from_id("BT-131"), Some(Bt::BT131));
//! assert_eq!(Bt::BT131.group(), Bg::BG25);
//! assert_eq!(Bg::BG25.name(Lang::En), "Invoice line");
//! ```

use std::fmt;

use vir_core::{Lang, Phrase};

pub use super::terms::{Bg, Bt};
use super::terms::{GROUPS, TERMS};

/// The semantic data type of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// Free text.
    Text,
    /// An identifier, possibly with a scheme.
    Identifier,
    /// The identifier of another document.
    DocumentReference,
    /// A value of a code list.
    Code,
    /// A calendar date.
    Date,
    /// An amount of money, with at most two decimals.
    Amount,
    /// A price per unit: money without a limit on decimals.
    UnitPriceAmount,
    /// A quantity.
    Quantity,
    /// A percentage: 19 means 19 %.
    Percentage,
    /// An embedded file.
    BinaryObject,
    /// A part of another value that tells how to read it: scheme, version, MIME type, file name.
    Component,
}

impl DataType {
    /// Is it a number?
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Amount | Self::UnitPriceAmount | Self::Quantity | Self::Percentage)
    }

    /// Is it money, so that it has a currency?
    #[must_use]
    pub fn is_money(self) -> bool {
        matches!(self, Self::Amount | Self::UnitPriceAmount)
    }
}

/// How often a term or group may stand in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// `0..1`
    Optional,
    /// `1..1`
    One,
    /// `0..n`
    Any,
    /// `1..n`
    Many,
}

impl Cardinality {
    /// May there be several?
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        matches!(self, Self::Any | Self::Many)
    }

    /// Must there be one?
    #[must_use]
    pub fn is_required(self) -> bool {
        matches!(self, Self::One | Self::Many)
    }
}

impl fmt::Display for Cardinality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Optional => "0..1",
            Self::One => "1..1",
            Self::Any => "0..n",
            Self::Many => "1..n",
        })
    }
}

/// What a value has beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The scheme of an identifier (`schemeID`, for classifications `listID`).
    Scheme,
    /// The version of the scheme.
    SchemeVersion,
    /// The MIME type of a file.
    Mime,
    /// The name of a file.
    Filename,
    /// The currency of an amount, kept only where it differs from the one that the invoice says.
    Currency,
}

/// The entry of a term.
#[derive(Debug)]
pub struct TermEntry {
    /// `BT-1`
    pub id: &'static str,
    /// The group that it belongs to.
    pub group: Bg,
    /// Its semantic data type.
    pub data_type: DataType,
    /// How often it may occur in its group.
    pub cardinality: Cardinality,
    /// The code list of a code or scheme, empty where there is none.
    pub codes: &'static str,
    /// Its name.
    pub name: Phrase,
    /// What it says.
    pub about: Phrase,
}

/// The entry of a group.
#[derive(Debug)]
pub struct GroupEntry {
    /// `BG-1`
    pub id: &'static str,
    /// The group around it; for the root itself.
    pub parent: Bg,
    /// How often it may occur in its parent.
    pub cardinality: Cardinality,
    /// Its name.
    pub name: Phrase,
    /// What it says.
    pub about: Phrase,
}

impl Bt {
    /// Its entry in the dictionary.
    #[must_use]
    pub fn entry(self) -> &'static TermEntry {
        &TERMS[self as usize]
    }

    /// `BT-1`
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The term with this identifier: `BT-29-1`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|term| term.id() == id)
    }

    /// Its name in a language.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        self.entry().name.get(lang)
    }

    /// What it says, in a language.
    #[must_use]
    pub fn about(self, lang: Lang) -> &'static str {
        self.entry().about.get(lang)
    }

    /// The group that it belongs to. Terms of invoice lines stand in sub invoice lines, too.
    #[must_use]
    pub fn group(self) -> Bg {
        self.entry().group
    }

    /// Its semantic data type.
    #[must_use]
    pub fn data_type(self) -> DataType {
        self.entry().data_type
    }

    /// How often it may occur in its group.
    #[must_use]
    pub fn cardinality(self) -> Cardinality {
        self.entry().cardinality
    }

    /// The term for a component of this one: the scheme of BT-29 is BT-29-1.
    #[must_use]
    pub fn component(self, component: Component) -> Option<Self> {
        let following = |n: usize| {
            let term = *Self::ALL.get(self as usize + n)?;
            let rest = term.id().strip_prefix(self.id())?;
            rest.starts_with('-').then_some(term)
        };
        match component {
            Component::Scheme if self != Self::BT125 => following(1),
            Component::SchemeVersion => following(2).filter(|_| self != Self::BT125),
            Component::Mime if self == Self::BT125 => following(1),
            Component::Filename if self == Self::BT125 => following(2),
            _ => None,
        }
    }

    /// For the term of a component, the term that it belongs to and which component it is.
    #[must_use]
    pub fn component_of(self) -> Option<(Self, Component)> {
        if self.data_type() != DataType::Component {
            return None;
        }
        let before = |n: usize| (self as usize).checked_sub(n).map(|at| Self::ALL[at]);
        let kinds = [Component::Scheme, Component::SchemeVersion, Component::Mime, Component::Filename];
        [before(1), before(2)].into_iter().flatten().find_map(|owner| {
            kinds.into_iter().find(|kind| owner.component(*kind) == Some(self)).map(|kind| (owner, kind))
        })
    }
}

impl Bg {
    /// Its entry in the dictionary.
    #[must_use]
    pub fn entry(self) -> &'static GroupEntry {
        &GROUPS[self as usize]
    }

    /// `BG-1`; `BG-0` for the invoice as a whole.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The group with this identifier.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| group.id() == id)
    }

    /// Its name in a language.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        self.entry().name.get(lang)
    }

    /// What it says, in a language.
    #[must_use]
    pub fn about(self, lang: Lang) -> &'static str {
        self.entry().about.get(lang)
    }

    /// The group around it; none for the root. A sub invoice line can also stand in another one.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        (self != Self::BG0).then(|| self.entry().parent)
    }

    /// How often it may occur in its parent.
    #[must_use]
    pub fn cardinality(self) -> Cardinality {
        self.entry().cardinality
    }

    /// The group of EN 16931 whose terms it uses: the groups of sub invoice lines use those of
    /// invoice lines. Any other group is its own.
    #[must_use]
    pub fn kin(self) -> Self {
        match self {
            Self::BGDEX01 => Self::BG25,
            Self::BGDEX02 => Self::BG26,
            Self::BGDEX03 => Self::BG27,
            Self::BGDEX04 => Self::BG28,
            Self::BGDEX05 => Self::BG29,
            Self::BGDEX06 => Self::BG30,
            Self::BGDEX07 => Self::BG31,
            Self::BGDEX08 => Self::BG32,
            other => other,
        }
    }

    /// The group that stands in a sub invoice line for this one of an invoice line.
    #[must_use]
    pub fn in_sub_line(self) -> Self {
        match self {
            Self::BG25 => Self::BGDEX01,
            Self::BG26 => Self::BGDEX02,
            Self::BG27 => Self::BGDEX03,
            Self::BG28 => Self::BGDEX04,
            Self::BG29 => Self::BGDEX05,
            Self::BG30 => Self::BGDEX06,
            Self::BG31 => Self::BGDEX07,
            Self::BG32 => Self::BGDEX08,
            other => other,
        }
    }

    /// Its terms in reading order, without components.
    pub fn terms(self) -> impl Iterator<Item = Bt> {
        let kin = self.kin();
        Bt::ALL.iter().copied().filter(move |term| term.group() == kin && term.data_type() != DataType::Component)
    }

    /// The groups that may stand in it, in reading order.
    pub fn groups(self) -> impl Iterator<Item = Bg> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |group| group.parent() == Some(self) || (self == Self::BGDEX01 && *group == Self::BGDEX01))
    }
}

impl fmt::Display for Bt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for Bg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_of_the_standard_is_there() {
        // The published standard has no BT-4.
        for n in (1..=165).filter(|n| *n != 4) {
            assert!(Bt::from_id(&format!("BT-{n}")).is_some(), "BT-{n}");
        }
        for n in 1..=32 {
            assert!(Bg::from_id(&format!("BG-{n}")).is_some(), "BG-{n}");
        }
        for n in 1..=9 {
            assert!(Bg::from_id(&format!("BG-DEX-0{n}")).is_some(), "BG-DEX-0{n}");
        }
    }

    #[test]
    fn every_entry_speaks_both_languages() {
        for term in Bt::ALL {
            let entry = term.entry();
            for text in [&entry.name, &entry.about] {
                assert!(!text.de.is_empty() && !text.en.is_empty(), "{term}");
            }
            assert_eq!(Bt::from_id(term.id()), Some(*term));
            assert_eq!(format!("{term:?}"), term.id().replacen('-', "", 1).replace("DEX-", "DEX").replace('-', "_"));
            if entry.data_type == DataType::Component {
                let (owner, component) = term.component_of().unwrap();
                assert_eq!(owner.component(component), Some(*term), "{term}");
            }
        }
        for group in Bg::ALL {
            let entry = group.entry();
            assert!(!entry.name.de.is_empty() && !entry.about.de.is_empty() && !entry.about.en.is_empty(), "{group}");
            assert_eq!(Bg::from_id(group.id()), Some(*group));
        }
    }

    #[test]
    fn components_are_found_from_their_owner() {
        assert_eq!(Bt::BT29.component(Component::Scheme), Some(Bt::BT29_1));
        assert_eq!(Bt::BT158.component(Component::SchemeVersion), Some(Bt::BT158_2));
        assert_eq!(Bt::BT125.component(Component::Filename), Some(Bt::BT125_2));
        assert_eq!(Bt::BT125.component(Component::Scheme), None);
        assert_eq!(Bt::BT1.component(Component::Scheme), None);
        assert_eq!(Bt::BT125_2.component_of(), Some((Bt::BT125, Component::Filename)));
    }
}
