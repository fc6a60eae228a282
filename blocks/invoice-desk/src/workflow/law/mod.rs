//! The law of the way as code: one entry for each rule, with its source, what it says, and what it does.
//!
//! A rule *blocks*, *warns* (the person may go on and must say why; the reason is kept with the decision), *informs*,
//! or is *ensured* by how the desk is built, so that nothing can be tried against it. The handbook's page of rules and
//! the sentences at the forms are made from these entries.
//!
//! Every rule about people looks at both persons of an act: the one who acts, and the one acted for. A deputy neither
//! frees from a separation of duties nor helps to go round it.
//!
//! Invariant: no rule asks for the result of another; [`judge`] gives all objections, in the order of the table.

mod handbook;
mod rules;
#[cfg(test)]
mod tests;

use vir_core::{Phrase, Text};

pub use handbook::handbook;
pub use rules::RULES;

use super::state::{Act, Kind, Standing, State};

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The decision is not possible.
    Blocks,
    /// The decision is possible with a reason, which is recorded.
    Warns,
    /// People are told.
    Informs,
    /// The desk is built so that it cannot be broken.
    Ensured,
}

impl Effect {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Blocks => Phrase::new("sperrt", "blocks"),
            Self::Warns => Phrase::new("warnt, Begründung nötig", "warns, reason required"),
            Self::Informs => Phrase::new("informiert", "informs"),
            Self::Ensured => Phrase::new("immer gewährleistet", "always ensured"),
        }
    }
}

/// How much a person may order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderLimit {
    /// Any amount.
    Unlimited,
    /// Up to so many cents.
    UpTo(i64),
}

/// A decision that somebody is about to make, with all that rules ask for.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// What is to be decided.
    pub kind: Kind,
    /// By whom, and for whom.
    pub act: &'a Act,
    /// How the invoice stands.
    pub standing: &'a Standing,
    /// The amount due, in cents; negative for a credit note.
    pub amount_cents: i64,
    /// How much the person may order in this unit.
    pub limit: OrderLimit,
    /// Who may order such an amount, where the person may not.
    pub higher: Option<&'a str>,
    /// From which amount on two people must sign.
    pub four_eyes_from: Option<i64>,
    /// Does it belong to an organisation unit?
    pub has_unit: bool,
    /// Is it one of the tenant's own invoices?
    pub outgoing: bool,
    /// Did the check reject it?
    pub has_errors: bool,
    /// Is there another invoice that looks the same, and nobody has said that it is not?
    pub may_be_duplicate: bool,
    /// Did somebody say that it is one?
    pub is_duplicate: bool,
    /// Was a reason given?
    pub reason: Option<&'a str>,
    /// What is left of its order, in cents, where it is known; negative where more was invoiced than ordered.
    pub order_left: Option<i64>,
    /// Does somebody else release the payment before it leaves?
    pub released_by_another: bool,
    /// For a reduction: what is kept back as security, and what the invoice demands, in cents.
    pub retained_share: Option<(i64, i64)>,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the handbook, in answers of the API and in the history.
    pub id: &'static str,
    /// Where it comes from.
    pub source: Phrase,
    /// What it says.
    pub text: Phrase,
    /// What it does.
    pub effect: Effect,
    /// Why it objects, if it does.
    objects: fn(&Case<'_>) -> Option<Text>,
}

/// A rule that objects to a decision.
#[derive(Debug, Clone)]
pub struct Objection {
    /// The rule.
    pub rule: &'static Rule,
    /// Why, to the person.
    pub why: Text,
}

impl Objection {
    /// Does it make the decision impossible?
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.rule.effect == Effect::Blocks
    }
}

/// All objections to a decision. The decision may be made where none of them blocks, and where a reason is given if
/// one of them warns.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<Objection> {
    RULES.iter().filter_map(|rule| (rule.objects)(case).map(|why| Objection { rule, why })).collect()
}

/// Does this reason say anything?
#[must_use]
pub fn says_something(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| reason.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
}

/// Must two people sign an order over this amount?
#[must_use]
pub fn needs_four_eyes(amount_cents: i64, from: Option<i64>) -> bool {
    from.is_some_and(|from| amount_cents.saturating_abs() >= from)
}

/// The kind of order that is next: the first signature of two, or the order itself.
#[must_use]
pub fn next_order(standing: &Standing, amount_cents: i64, four_eyes_from: Option<i64>) -> Kind {
    let first = standing.state == State::Certified
        && standing.first_order.is_none()
        && needs_four_eyes(amount_cents, four_eyes_from);
    if first { Kind::OrderFirst } else { Kind::Order }
}
