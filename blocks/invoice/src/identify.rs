//! What is this document? Its syntax from the root element, its profile from BT-24.
//!
//! The profile is found exactly as the scenarios of KoSIT's configuration find it: by comparing the
//! specification identifier as a whole, in some scenarios with the string value and in others
//! with its text nodes, which differ where a comment stands in the identifier.
//!
//! Invariant: identification reads the head of the document only and never fails; what is not
//! recognised is described.

use vir_core::{Phrase, Severity};

use crate::names::{Name, cn, rsm, ubl};
use crate::path;
use crate::rules::{Layer, Syntax};
use crate::xml::{Document, Element};

/// The kind of document, by its root element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// UBL 2.1 Invoice.
    UblInvoice,
    /// UBL 2.1 CreditNote.
    UblCreditNote,
    /// UN/CEFACT Cross Industry Invoice D16B.
    Cii,
}

impl Kind {
    /// The kind of a document; none where its root is none of the three.
    #[must_use]
    pub fn of(doc: &Document<'_>) -> Option<Self> {
        match doc.root().name() {
            ubl::Invoice => Some(Self::UblInvoice),
            cn::CreditNote => Some(Self::UblCreditNote),
            rsm::CrossIndustryInvoice => Some(Self::Cii),
            _ => None,
        }
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UblInvoice => "ubl-invoice",
            Self::UblCreditNote => "ubl-credit-note",
            Self::Cii => "cii",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(self) -> Phrase {
        match self {
            Self::UblInvoice => Phrase::new("UBL-Rechnung", "UBL invoice"),
            Self::UblCreditNote => Phrase::new("UBL-Gutschrift", "UBL credit note"),
            Self::Cii => Phrase::new("CII-Rechnung (UN/CEFACT)", "CII invoice (UN/CEFACT)"),
        }
    }

    /// The syntax whose rules apply.
    #[must_use]
    pub fn syntax(self) -> Syntax {
        match self {
            Self::UblInvoice | Self::UblCreditNote => Syntax::Ubl,
            Self::Cii => Syntax::Cii,
        }
    }

    /// Where BT-24 (specification identifier) and BT-23 (business process) stand.
    fn identifier_paths(self) -> (&'static [Name], &'static [Name]) {
        match self {
            Self::UblInvoice | Self::UblCreditNote => (path!(cbc:CustomizationID), path!(cbc:ProfileID)),
            Self::Cii => (
                path!(rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID),
                path!(rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID),
            ),
        }
    }
}

/// A profile: which rules a document promises to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// EN 16931 itself; also ZUGFeRD/Factur-X EN 16931 (COMFORT).
    En16931,
    /// XRechnung 3.0; also the ZUGFeRD profile XRECHNUNG.
    XRechnung,
    /// XRechnung 3.0 with the Extension.
    XRechnungExtension,
    /// XRechnung 3.0 for clean vehicles (CVD 0.9).
    XRechnungCvd,
    /// Peppol BIS Billing 3.
    PeppolBis,
}

impl Profile {
    /// All profiles whose rules are known, in the order in which they are tried.
    pub const ALL: [Self; 5] =
        [Self::XRechnung, Self::XRechnungExtension, Self::XRechnungCvd, Self::En16931, Self::PeppolBis];

    /// Its name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En16931 => "en16931",
            Self::XRechnung => "xrechnung",
            Self::XRechnungExtension => "xrechnung-extension",
            Self::XRechnungCvd => "xrechnung-cvd",
            Self::PeppolBis => "peppol-bis-3",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::En16931 => "EN 16931",
            Self::XRechnung => "XRechnung 3.0",
            Self::XRechnungExtension => "XRechnung 3.0 Extension",
            Self::XRechnungCvd => "XRechnung 3.0 CVD",
            Self::PeppolBis => "Peppol BIS Billing 3.0",
        }
    }

    /// The profile of this [`Profile::name`].
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Its specification identifier (BT-24).
    #[must_use]
    pub fn identifier(self) -> &'static str {
        match self {
            Self::En16931 => "urn:cen.eu:en16931:2017",
            Self::XRechnung => "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
            Self::XRechnungExtension => {
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
            }
            Self::XRechnungCvd => {
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
            }
            Self::PeppolBis => "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        }
    }

    /// The layers of rules that it is checked by, in order.
    #[must_use]
    pub fn layers(self) -> &'static [Layer] {
        match self {
            Self::En16931 => &[Layer::En16931],
            Self::XRechnung | Self::XRechnungExtension | Self::XRechnungCvd => &[Layer::En16931, Layer::XRechnung],
            Self::PeppolBis => &[Layer::En16931, Layer::Peppol],
        }
    }

    /// May documents of this kind have the profile? There is no scenario for Extension credit notes in UBL.
    #[must_use]
    pub fn allows(self, kind: Kind) -> bool {
        !(self == Self::XRechnungExtension && kind == Kind::UblCreditNote)
    }

    /// The severity that the profile gives a rule instead of its official one.
    ///
    /// Source: the customLevel entries of KoSIT's configuration of 2026-01-31 to 2026-04.
    #[must_use]
    pub fn severity(self, kind: Kind, rule: &str) -> Option<Severity> {
        use Severity::{Error, Information, Warning};
        let xrechnung = matches!(self, Self::XRechnung | Self::XRechnungExtension | Self::XRechnungCvd);
        if !xrechnung {
            return None;
        }
        let extension = self == Self::XRechnungExtension;
        match rule {
            "BR-CL-23" => Some(Warning),
            "BR-CL-21" => Some(if extension { Information } else { Warning }),
            "BR-CL-10" | "BR-CL-11" | "BR-CL-24" | "BR-CL-25" | "BR-CL-26" if extension => Some(Information),
            "BR-CL-13" if self == Self::XRechnungCvd => Some(Information),
            "CII-SR-452" | "CII-SR-453" | "CII-SR-454" if kind == Kind::Cii => Some(Error),
            "BR-CO-16" | "UBL-CR-470" | "UBL-CR-646" if extension && kind == Kind::UblInvoice => Some(Information),
            // The scenario of the plain credit note has no override for sub-lines.
            "UBL-CR-646" if kind == Kind::UblInvoice || (kind == Kind::UblCreditNote && self == Self::XRechnungCvd) => {
                Some(Error)
            }
            _ => None,
        }
    }

    /// How the scenario compares: with the string value, or with text nodes.
    fn matches(self, kind: Kind, identifier: Element<'_>) -> bool {
        let by_string_value = kind == Kind::UblInvoice && self != Self::En16931;
        if by_string_value || self == Self::PeppolBis {
            return identifier.text() == self.identifier();
        }
        identifier.text_nodes().iter().any(|node| node == self.identifier())
    }
}

/// An identifier that we recognise but have no rules for, with what its profile lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LesserProfile {
    /// Its name for people.
    pub title: &'static str,
    /// What it lacks, and what follows from that.
    pub lacks: Phrase,
}

/// Profiles of ZUGFeRD and Factur-X, and older versions, by a part of their identifier.
const LESSER: &[(&str, LesserProfile)] = &[
    (
        "factur-x.eu:1p0:minimum",
        LesserProfile {
            title: "Factur-X/ZUGFeRD MINIMUM",
            lacks: Phrase::new(
                "Das Profil MINIMUM enthält keine Positionen, keine Umsatzsteueraufschlüsselung und keine Zahlungsangaben; es ist keine Rechnung nach EN 16931 und in Deutschland keine Rechnung im Sinne des Umsatzsteuergesetzes.",
                "The profile MINIMUM has no lines, no VAT breakdown and no payment details; it is no invoice after EN 16931, and in Germany no invoice for VAT purposes.",
            ),
        },
    ),
    (
        "factur-x.eu:1p0:basicwl",
        LesserProfile {
            title: "Factur-X/ZUGFeRD BASIC WL",
            lacks: Phrase::new(
                "Das Profil BASIC WL enthält keine Positionen; es ist keine Rechnung nach EN 16931 und in Deutschland keine Rechnung im Sinne des Umsatzsteuergesetzes.",
                "The profile BASIC WL has no lines; it is no invoice after EN 16931, and in Germany no invoice for VAT purposes.",
            ),
        },
    ),
    (
        "factur-x.eu:1p0:basic",
        LesserProfile {
            title: "Factur-X/ZUGFeRD BASIC",
            lacks: Phrase::new(
                "Das Profil BASIC ist eine Teilmenge von EN 16931: Ihm fehlen unter anderem Ansprechpartner, Auftrags- und Lieferbezüge der Positionen und rechnungsbegründende Unterlagen.",
                "The profile BASIC is a subset of EN 16931: among other things it lacks contacts, order references of lines and supporting documents.",
            ),
        },
    ),
    (
        "factur-x.eu:1p0:extended",
        LesserProfile {
            title: "Factur-X/ZUGFeRD EXTENDED",
            lacks: Phrase::new(
                "Das Profil EXTENDED geht über EN 16931 hinaus; öffentliche Auftraggeber müssen es nicht annehmen.",
                "The profile EXTENDED goes beyond EN 16931; public buyers need not accept it.",
            ),
        },
    ),
    (
        "ferd:crossindustrydocument:invoice:1p0",
        LesserProfile {
            title: "ZUGFeRD 1.0",
            lacks: Phrase::new(
                "ZUGFeRD 1.0 ist älter als EN 16931 und erfüllt die Norm nicht.",
                "ZUGFeRD 1.0 is older than EN 16931 and does not meet the standard.",
            ),
        },
    ),
    (
        "zugferd.de:2p0",
        LesserProfile {
            title: "ZUGFeRD 2.0",
            lacks: Phrase::new(
                "Diese Fassung von ZUGFeRD 2.0 trägt eine Kennung, die nicht mehr gilt; die Kennung von Factur-X 1.0/ZUGFeRD 2.1 oder neuer verwenden.",
                "This version of ZUGFeRD 2.0 has an identifier that is no longer valid; use that of Factur-X 1.0/ZUGFeRD 2.1 or newer.",
            ),
        },
    ),
    (
        "xrechnung_1",
        LesserProfile {
            title: "XRechnung 1.x",
            lacks: Phrase::new(
                "XRechnung 1.x gilt nicht mehr; seit Februar 2024 gilt XRechnung 3.0.",
                "XRechnung 1.x is no longer valid; XRechnung 3.0 applies since February 2024.",
            ),
        },
    ),
    (
        "xrechnung_2",
        LesserProfile {
            title: "XRechnung 2.x",
            lacks: Phrase::new(
                "XRechnung 2.x gilt nicht mehr; seit Februar 2024 gilt XRechnung 3.0.",
                "XRechnung 2.x is no longer valid; XRechnung 3.0 applies since February 2024.",
            ),
        },
    ),
];

/// What a document says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// By its root element; none where it is no invoice in a syntax that we read.
    pub kind: Option<Kind>,
    /// By its specification identifier; none where no rules are known for it.
    pub profile: Option<Profile>,
    /// BT-24 as it stands there.
    pub specification_identifier: Option<String>,
    /// BT-23 as it stands there.
    pub business_process: Option<String>,
    /// A profile that is recognised although there are no rules for it.
    pub lesser: Option<LesserProfile>,
    /// The element that BT-24 stands in, or the root.
    pub element: u32,
}

/// Identifies a document.
///
/// ```
/// use vir_invoice::{identify, xml};
/// let doc = xml::parse(br#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
///     xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
///     <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID></Invoice>"#).unwrap();
/// let identity = identify::identify(&doc);
/// assert_eq!(identity.kind, Some(identify::Kind::UblInvoice));
/// assert_eq!(identity.profile, Some(identify::Profile::En16931));
/// ```
#[must_use]
pub fn identify(doc: &Document<'_>) -> Identity {
    let root = doc.root();
    let kind = Kind::of(doc);
    let mut identity = Identity {
        kind,
        profile: None,
        specification_identifier: None,
        business_process: None,
        lesser: None,
        element: root.id(),
    };
    let Some(kind) = kind else { return identity };
    let (specification, process) = kind.identifier_paths();
    identity.business_process = root.first(process).map(|element| element.text().into_owned());
    if let Some(first) = root.first(specification) {
        identity.element = first.id();
        let text = first.text().into_owned();
        let lower = text.to_ascii_lowercase();
        identity.lesser = LESSER.iter().find(|(part, _)| lower.contains(part)).map(|(_, lesser)| *lesser);
        identity.specification_identifier = Some(text);
    }
    identity.profile = Profile::ALL
        .into_iter()
        .find(|profile| profile.allows(kind) && root.select(specification).any(|id| profile.matches(kind, id)));
    identity
}

/// What a document is whose root element is no invoice, for people: the commonest mix-ups.
#[must_use]
pub fn describe_other(doc: &Document<'_>) -> Phrase {
    let root = doc.root();
    let (local, namespace) = (root.local(), root.namespace());
    match (local, &*namespace) {
        ("wordDocument" | "package" | "document", ns) if ns.contains("office") || ns.contains("openxmlformats") => {
            Phrase::new("ein als XML gespeichertes Word-Dokument", "a Word document saved as XML")
        }
        ("Workbook", ns) if ns.contains("office") => {
            Phrase::new("eine als XML gespeicherte Excel-Tabelle", "an Excel sheet saved as XML")
        }
        ("html", _) => Phrase::new("eine Internetseite (XHTML)", "a web page (XHTML)"),
        ("StandardBusinessDocument" | "StandardBusinessDocumentHeader", _) => Phrase::new(
            "ein Peppol-Umschlag (SBDH); die Rechnung steckt darin",
            "a Peppol envelope (SBDH); the invoice is inside",
        ),
        ("CrossIndustryDocument", _) => {
            Phrase::new("eine Rechnung nach ZUGFeRD 1.0 (vor EN 16931)", "a ZUGFeRD 1.0 invoice (before EN 16931)")
        }
        ("SCRDMCCBDACIDMessageStructure" | "CrossIndustryOrder", _) => {
            Phrase::new("eine Bestellung nach UN/CEFACT (Order-X)", "a UN/CEFACT order (Order-X)")
        }
        ("Order", _) => Phrase::new("eine UBL-Bestellung", "a UBL order"),
        ("OrderResponse", _) => Phrase::new("eine UBL-Auftragsbestätigung", "a UBL order response"),
        ("ApplicationResponse", _) => Phrase::new("eine UBL-Antwortnachricht", "a UBL response message"),
        ("Invoice" | "CreditNote" | "CrossIndustryInvoice", "") => Phrase::new(
            "eine Rechnung ohne Namensraum; so ist sie nicht als UBL oder CII erkennbar",
            "an invoice without a namespace; it cannot be recognised as UBL or CII this way",
        ),
        ("Invoice" | "CreditNote" | "CrossIndustryInvoice", _) => Phrase::new(
            "eine Rechnung in einem anderen Namensraum als UBL 2.1 oder CII D16B",
            "an invoice in another namespace than UBL 2.1 or CII D16B",
        ),
        _ => Phrase::new("ein anderes XML-Dokument", "another XML document"),
    }
}
