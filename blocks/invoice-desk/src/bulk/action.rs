//! What can be done with many invoices.
//!
//! Invariant: what changes an invoice is a [`Kind`] of the workflow, an assignment or a comment; there is nothing else.

use serde::{Deserialize, Serialize};
use vir_auth::Principal;
use vir_core::Lang;

use crate::permissions::{CERTIFY, CODE, ORDER, PAY, SEE};
use crate::workflow::Kind;
use crate::workflow::state::{Standing, State};

/// What is done with each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Gives them to a person or group.
    Assign,
    /// Gives them to a unit.
    Forward,
    /// Stops them.
    Hold,
    /// Lets them go on.
    Release,
    /// Certifies what is still missing, substance and arithmetic.
    Certify,
    /// Certifies the substance.
    Substance,
    /// Certifies the arithmetic.
    Arithmetic,
    /// Orders their payment.
    Order,
    /// Says something about each.
    Comment,
    /// Writes them as a list.
    Export,
    /// Packs their originals.
    Originals,
    /// Sends them back a step; only to take something back.
    Return,
}

impl Action {
    /// Those that are offered, in their order.
    pub const OFFERED: [Self; 11] = [
        Self::Assign,
        Self::Forward,
        Self::Certify,
        Self::Substance,
        Self::Arithmetic,
        Self::Order,
        Self::Hold,
        Self::Release,
        Self::Comment,
        Self::Export,
        Self::Originals,
    ];

    /// As it is stored and posted.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Forward => "forward",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Certify => "certify",
            Self::Substance => "certify_substance",
            Self::Arithmetic => "certify_arithmetic",
            Self::Order => "order",
            Self::Comment => "comment",
            Self::Export => "export",
            Self::Originals => "originals",
            Self::Return => "return",
        }
    }

    /// Reads [`Action::text`].
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::OFFERED.into_iter().chain([Self::Return]).find(|action| action.text() == text)
    }

    /// What it is called.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Assign => lang.tr("Zuweisen", "Assign"),
            Self::Forward => lang.tr("An Stelle weitergeben", "Forward to a unit"),
            Self::Hold => lang.tr("Anhalten", "Put on hold"),
            Self::Release => lang.tr("Fortsetzen", "Release"),
            Self::Certify => lang.tr("Sachlich und rechnerisch feststellen", "Certify substance and arithmetic"),
            Self::Substance => lang.tr("Sachlich feststellen", "Certify substance"),
            Self::Arithmetic => lang.tr("Rechnerisch feststellen", "Certify arithmetic"),
            Self::Order => lang.tr("Zahlung anordnen", "Order payment"),
            Self::Comment => lang.tr("Kommentieren", "Comment"),
            Self::Export => lang.tr("Als Liste exportieren", "Export as a list"),
            Self::Originals => lang.tr("Originale herunterladen (ZIP)", "Download originals (ZIP)"),
            Self::Return => lang.tr("Zurückgeben", "Return"),
        }
    }

    /// Does it change invoices?
    #[must_use]
    pub fn changes(self) -> bool {
        !matches!(self, Self::Export | Self::Originals)
    }

    /// Would this person be allowed to do it anywhere?
    #[must_use]
    pub fn is_for(self, principal: &Principal) -> bool {
        let any = |permissions: &[&'static str]| permissions.iter().any(|one| principal.may_anywhere(one));
        match self {
            Self::Assign => any(&[CODE, CERTIFY, ORDER, PAY]),
            Self::Forward => any(&[CODE]),
            Self::Hold | Self::Release => any(&[CODE, CERTIFY, ORDER]),
            Self::Certify | Self::Substance | Self::Arithmetic => any(&[CERTIFY]),
            Self::Order => any(&[ORDER]),
            Self::Comment | Self::Export | Self::Originals => any(&[SEE]),
            Self::Return => any(&[CODE, CERTIFY, ORDER]),
        }
    }

    /// Which decisions it comes to for an invoice that stands so. Certifying both leaves out what is certified already.
    #[must_use]
    pub fn kinds(self, standing: &Standing) -> Vec<Kind> {
        match self {
            Self::Forward => vec![Kind::Forward],
            Self::Hold => vec![Kind::Hold],
            Self::Release => vec![Kind::Release],
            Self::Certify => {
                let missing = [
                    standing.substance.is_none().then_some(Kind::CertifySubstance),
                    standing.arithmetic.is_none().then_some(Kind::CertifyArithmetic),
                ];
                let missing: Vec<Kind> = missing.into_iter().flatten().collect();
                // Where nothing is missing the state machine says so.
                if missing.is_empty() { vec![Kind::CertifySubstance] } else { missing }
            }
            Self::Substance => vec![Kind::CertifySubstance],
            Self::Arithmetic => vec![Kind::CertifyArithmetic],
            Self::Order => vec![Kind::Order],
            Self::Return => vec![Kind::Return],
            Self::Assign | Self::Comment | Self::Export | Self::Originals => Vec::new(),
        }
    }

    /// What takes it back, where something does.
    #[must_use]
    pub fn reverse(self) -> Option<Self> {
        match self {
            Self::Assign => Some(Self::Assign),
            Self::Forward => Some(Self::Forward),
            Self::Hold => Some(Self::Release),
            Self::Release => Some(Self::Hold),
            Self::Certify | Self::Substance | Self::Arithmetic | Self::Order => Some(Self::Return),
            Self::Comment | Self::Export | Self::Originals | Self::Return => None,
        }
    }

    /// To which step a return goes that takes it back.
    #[must_use]
    pub fn undone_to(self) -> Option<State> {
        match self {
            Self::Certify | Self::Substance | Self::Arithmetic => Some(State::Coded),
            Self::Order => Some(State::Certified),
            _ => None,
        }
    }

    /// Is there nothing to do without a reason?
    #[must_use]
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Hold | Self::Return)
    }
}

/// What a person gives with it, the same for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// Why.
    pub reason: String,
    /// To which unit.
    pub unit: String,
    /// To whom: `person:…`, `group:…`, `none`.
    pub assignee: String,
    /// What is said.
    pub text: String,
}
