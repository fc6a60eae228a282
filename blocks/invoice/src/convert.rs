//! Converts an invoice into another syntax or profile, and says what does not come along.
//!
//! The report is not a list of what we think gets lost: the text that was written is read again and
//! compared with the invoice, so whatever is missing in it is in the report.
//!
//! Invariant: an item of the report for every value and extra field of the source that the target
//! does not have, and for every value in the target that the source did not have.

use vir_core::{Lang, Text};

use crate::bindings::{self, WriteError};
use crate::identify::{self, Profile};
use crate::model::{Bg, Bt, Difference, Group, Invoice, Kind, Source, diff};
use crate::xml;

/// What to convert to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The syntax.
    pub syntax: Syntax,
    /// The specification that the result names (BT-24); none leaves it as it is.
    pub specification: Option<Specification>,
}

/// A syntax to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// UBL 2.1, Invoice or CreditNote by the type code.
    Ubl,
    /// UN/CEFACT CII D16B, as in ZUGFeRD and Factur-X.
    Cii,
}

/// A specification to name as BT-24.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Specification {
    /// One whose rules are known. EN 16931 is also ZUGFeRD/Factur-X EN 16931, XRechnung is also
    /// ZUGFeRD XRECHNUNG.
    Profile(Profile),
    /// ZUGFeRD/Factur-X BASIC.
    FacturXBasic,
    /// ZUGFeRD/Factur-X EXTENDED.
    FacturXExtended,
}

impl Specification {
    /// The identifier.
    #[must_use]
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Profile(profile) => profile.identifier(),
            Self::FacturXBasic => "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
            Self::FacturXExtended => "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
        }
    }

    /// The business process (BT-23) that the specification asks for where the invoice names none.
    fn process(self) -> Option<&'static str> {
        match self {
            Self::Profile(
                Profile::XRechnung | Profile::XRechnungExtension | Profile::XRechnungCvd | Profile::PeppolBis,
            ) => Some("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
            _ => None,
        }
    }

    /// Does it know the groups of the XRechnung Extension?
    fn allows_extension(self) -> bool {
        matches!(self, Self::Profile(Profile::XRechnungExtension) | Self::FacturXExtended)
    }
}

/// What happened to the content on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionReport {
    /// One item for each thing that is not in the target as it was in the source.
    pub items: Vec<Item>,
    /// Further fields of the source that the reader did not keep one by one.
    pub omitted: usize,
}

impl ConversionReport {
    /// Did everything come along? What was set because the target demands it does not count.
    #[must_use]
    pub fn is_lossless(&self) -> bool {
        self.omitted == 0
            && !self.items.iter().any(|item| matches!(item.what, What::Lost | What::Changed | What::Extra))
    }
}

/// One thing that is not in the target as it was in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What happened.
    pub what: What,
    /// The term; none for fields that the model does not know.
    pub term: Option<Bt>,
    /// Where it stood in the source.
    pub at: Option<Source>,
    /// The same for people.
    pub message: Text,
}

/// What can happen to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The target cannot say it.
    Lost,
    /// The target says it differently.
    Changed,
    /// The target demands it and the source does not have it.
    Added,
    /// It was set on purpose: specification and process.
    Set,
    /// The source has it outside of the semantic model.
    Extra,
    /// It is carried, but the specification does not provide for it.
    NotInSpecification,
}

/// Converts an invoice.
///
/// ```
/// use vir_invoice::convert::{Specification, Syntax, Target, convert};
/// use vir_invoice::identify::Profile;
/// use vir_invoice::{bindings, xml};
///
/// let source = include_bytes!("../samples/small-ubl.xml");
/// let invoice = bindings::read(&xml::parse(source).unwrap());
/// let specification = Some(Specification::Profile(Profile::En16931));
/// let (text, report) = convert(&invoice, Target { syntax: Syntax::Cii, specification }).unwrap();
/// assert!(text.contains("<rsm:CrossIndustryInvoice"));
/// assert!(report.is_lossless());
/// assert_eq!(report.items[0].message.en, "Specification identifier (BT-24) is now urn:cen.eu:en16931:2017.");
/// ```
///
/// # Errors
/// Where a value cannot stand in XML at all.
pub fn convert(invoice: &Invoice, target: Target) -> Result<(String, ConversionReport), WriteError> {
    let mut items = Vec::new();
    let named;
    let invoice = match target.specification {
        Some(specification) => {
            named = name_specification(invoice, specification, &mut items);
            &named
        }
        None => invoice,
    };
    let text = match target.syntax {
        Syntax::Ubl => bindings::write_ubl(invoice)?,
        Syntax::Cii => bindings::write_cii(invoice)?,
    };
    match xml::parse(text.as_bytes()) {
        Ok(doc) => items.extend(diff(invoice, &bindings::read(&doc)).into_iter().map(item)),
        // What we write is well-formed; only a limit of the reader can be exceeded.
        Err(error) => items.push(Item {
            what: What::Changed,
            term: None,
            at: None,
            message: Text::owned(
                format!("Das Ergebnis ist zu groß, um es zu prüfen ({error})."),
                format!("The result is too large to be checked ({error})."),
            ),
        }),
    }
    if target.specification.is_some_and(|specification| !specification.allows_extension()) {
        foreign_groups(&invoice.root, &mut items);
    }
    items.extend(invoice.extra.iter().map(|field| {
        let value: String = field.value.chars().take(80).collect();
        Item {
            what: What::Extra,
            term: None,
            at: Some(field.at),
            message: Text::owned(
                format!("{} („{value}“) gehört nicht zum Modell der EN 16931 und wurde nicht übernommen.", field.path),
                format!("{} (\"{value}\") is no part of the model of EN 16931 and was not carried over.", field.path),
            ),
        }
    }));
    Ok((text, ConversionReport { items, omitted: invoice.extra_omitted }))
}

/// Which of the two UBL documents an invoice becomes.
#[must_use]
pub fn ubl_kind(invoice: &Invoice) -> identify::Kind {
    match invoice.type_code().and_then(Kind::from_type_code).unwrap_or(invoice.kind) {
        Kind::Invoice => identify::Kind::UblInvoice,
        Kind::CreditNote => identify::Kind::UblCreditNote,
    }
}

fn name_specification(invoice: &Invoice, specification: Specification, items: &mut Vec<Item>) -> Invoice {
    let mut named = invoice.clone();
    let control = named.root.group_mut(Bg::BG2);
    let mut set = |term: Bt, to: &str| {
        let at = control.value(term).and_then(|value| value.at);
        if control.text(term) != Some(to) {
            control.set(term, to);
            items.push(Item {
                what: What::Set,
                term: Some(term),
                at,
                message: Text::owned(
                    format!("{} ({term}) ist jetzt {to}.", term.name(Lang::De)),
                    format!("{} ({term}) is now {to}.", term.name(Lang::En)),
                ),
            });
        }
    };
    set(Bt::BT24, specification.identifier());
    if invoice.process().is_none_or(xml::is_blank)
        && let Some(process) = specification.process()
    {
        set(Bt::BT23, process);
    }
    named
}

fn item(difference: Difference) -> Item {
    let (de, en) = (difference.label(Lang::De), difference.label(Lang::En));
    let short = |said: &Option<crate::model::Said>| -> String {
        said.as_ref().map(|said| said.to_string().chars().take(80).collect()).unwrap_or_default()
    };
    let (left, right) = (short(&difference.left), short(&difference.right));
    let (what, message) = match (&difference.left, &difference.right) {
        (Some(_), None) => (
            What::Lost,
            Text::owned(
                format!("{de}: „{left}“ lässt sich im Zielformat nicht ausdrücken."),
                format!("{en}: \"{left}\" cannot be expressed in the target format."),
            ),
        ),
        (None, Some(_)) => (
            What::Added,
            Text::owned(
                format!("{de}: Das Zielformat verlangt diese Angabe; aus den übrigen Angaben ergibt sich „{right}“."),
                format!("{en}: the target format demands this; from the other values follows \"{right}\"."),
            ),
        ),
        _ => (
            What::Changed,
            Text::owned(
                format!("{de}: Aus „{left}“ wird im Zielformat „{right}“."),
                format!("{en}: \"{left}\" becomes \"{right}\" in the target format."),
            ),
        ),
    };
    let at = difference.left.and_then(|said| said.at);
    Item { what, term: Some(difference.term), at, message }
}

/// Groups of the XRechnung Extension in a document that does not claim to follow it.
fn foreign_groups(group: &Group, items: &mut Vec<Item>) {
    for inner in &group.groups {
        if matches!(inner.id, Bg::BGDEX01 | Bg::BGDEX09) {
            items.push(Item {
                what: What::NotInSpecification,
                term: None,
                at: inner.at,
                message: Text::owned(
                    format!("{} ({}) kennt nur die XRechnung-Extension.", inner.id.name(Lang::De), inner.id),
                    format!("{} ({}) is known to the XRechnung Extension only.", inner.id.name(Lang::En), inner.id),
                ),
            });
        } else if inner.id == Bg::BG25 {
            foreign_groups(inner, items);
        }
    }
}
