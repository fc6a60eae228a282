//! The way of an invoice as a typed state machine.
//!
//! An invoice moves only by *decisions*. A decision names who made it, for whom (as a deputy), when and why, and stays
//! for ever: the table of decisions is append-only. The column `state` of an invoice is what [`replay`] makes of its
//! decisions, kept for lists.
//!
//! This module knows what may follow what. Who may do it, and what the law adds, is in [`super::law`].
//!
//! Invariant: `replay(decisions).state` is the state after the last decision, and a decision that is not possible in
//! a standing leaves it untouched.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vir_core::{Lang, Phrase};

pub use crate::invoice_row::State;

/// The id of a person, as `vir-auth` gives it.
pub type Person = String;

impl State {
    /// Does it still wait for somebody?
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Rejected | Self::Paid)
    }

    /// Its name inside of a sentence: „die Rechnung ist eingegangen".
    #[must_use]
    pub fn within_sentence(self, lang: Lang) -> String {
        let name = self.name(lang);
        let mut letters = name.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
    }
}

/// What a person decides about an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Gives it cost centres, accounts and products, or other ones.
    Code,
    /// Takes something off it, or nothing any more: certified will be what is left.
    Reduce,
    /// Certifies its substance: ordered, delivered, priced as agreed.
    CertifySubstance,
    /// Certifies its arithmetic: sums, tax, discount, account.
    CertifyArithmetic,
    /// Signs its payment order first, where two people must.
    OrderFirst,
    /// Orders its payment.
    Order,
    /// Hands it over for payment.
    HandOver,
    /// The hand-over failed; it is to be repeated.
    HandOverFailed,
    /// Records that it is paid.
    Pay,
    /// Closes it.
    Close,
    /// Sends it back to an earlier step.
    Return,
    /// Stops it for a while.
    Hold,
    /// Lets it go on.
    Release,
    /// Sends it back to the supplier.
    Reject,
    /// Takes a rejected invoice up again.
    Reopen,
    /// Sets it apart.
    Quarantine,
    /// Takes it out of quarantine.
    Accept,
    /// Gives it to another organisation unit.
    Forward,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 18] = [
        Self::Code,
        Self::Reduce,
        Self::CertifySubstance,
        Self::CertifyArithmetic,
        Self::OrderFirst,
        Self::Order,
        Self::HandOver,
        Self::HandOverFailed,
        Self::Pay,
        Self::Close,
        Self::Return,
        Self::Hold,
        Self::Release,
        Self::Reject,
        Self::Reopen,
        Self::Quarantine,
        Self::Accept,
        Self::Forward,
    ];

    /// As it is stored, as the API names it, and as events are called (`invoice.` before it).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Reduce => "reduce",
            Self::CertifySubstance => "certify_substance",
            Self::CertifyArithmetic => "certify_arithmetic",
            Self::OrderFirst => "order_first",
            Self::Order => "order",
            Self::HandOver => "hand_over",
            Self::HandOverFailed => "hand_over_failed",
            Self::Pay => "pay",
            Self::Close => "close",
            Self::Return => "return",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Reject => "reject",
            Self::Reopen => "reopen",
            Self::Quarantine => "quarantine",
            Self::Accept => "accept",
            Self::Forward => "forward",
        }
    }

    /// Reads [`Kind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What happened, for the history: „hat … kontiert".
    #[must_use]
    pub fn done(self) -> Phrase {
        match self {
            Self::Code => Phrase::new("kontiert", "coded"),
            Self::Reduce => Phrase::new("gekürzt", "reduced"),
            Self::CertifySubstance => Phrase::new("sachlich richtig festgestellt", "certified for substance"),
            Self::CertifyArithmetic => Phrase::new("rechnerisch richtig festgestellt", "certified for arithmetic"),
            Self::OrderFirst => Phrase::new("Anordnung als erste Person unterzeichnet", "payment order signed first"),
            Self::Order => Phrase::new("Zahlung angeordnet", "payment ordered"),
            Self::HandOver => Phrase::new("zur Zahlung übergeben", "handed over for payment"),
            Self::HandOverFailed => Phrase::new("Übergabe fehlgeschlagen", "hand-over failed"),
            Self::Pay => Phrase::new("Zahlung vermerkt", "payment recorded"),
            Self::Close => Phrase::new("abgeschlossen", "closed"),
            Self::Return => Phrase::new("zurückgegeben", "returned"),
            Self::Hold => Phrase::new("angehalten", "put on hold"),
            Self::Release => Phrase::new("fortgesetzt", "released"),
            Self::Reject => Phrase::new("abgelehnt", "rejected"),
            Self::Reopen => Phrase::new("wieder aufgenommen", "reopened"),
            Self::Quarantine => Phrase::new("in Quarantäne gestellt", "quarantined"),
            Self::Accept => Phrase::new("aus der Quarantäne genommen", "taken out of quarantine"),
            Self::Forward => Phrase::new("an andere Stelle weitergegeben", "forwarded to another unit"),
        }
    }

    /// Does it bring an invoice nearer to its payment? On hold, nothing of this is possible.
    #[must_use]
    pub fn advances(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Reduce
                | Self::CertifySubstance
                | Self::CertifyArithmetic
                | Self::OrderFirst
                | Self::Order
                | Self::HandOver
                | Self::Pay
                | Self::Close
        )
    }

    /// Must it say why?
    #[must_use]
    pub fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::Return | Self::Hold | Self::Reject | Self::Reopen | Self::Quarantine | Self::HandOverFailed
        )
    }

    /// The permission that it takes.
    #[must_use]
    pub fn permission(self) -> &'static str {
        match self {
            Self::Code | Self::Forward | Self::Quarantine | Self::Accept | Self::Hold | Self::Release => "invoice.code",
            Self::Reject | Self::Reopen | Self::Close => "invoice.code",
            Self::Reduce | Self::CertifySubstance | Self::CertifyArithmetic => "invoice.certify",
            Self::OrderFirst | Self::Order => "invoice.order",
            Self::HandOver | Self::HandOverFailed | Self::Pay => "invoice.pay",
            // Whoever is next in the row may give it back; `returning` says who that is.
            Self::Return => "invoice.certify",
        }
    }

    /// Further permissions of which one also suffices: whoever works at a step may stop or return what lies there.
    #[must_use]
    pub fn also_with(self) -> &'static [&'static str] {
        match self {
            Self::Return => &["invoice.code", "invoice.order", "invoice.pay"],
            Self::Hold | Self::Release => &["invoice.certify", "invoice.order", "invoice.pay"],
            Self::Reject => &["invoice.certify", "invoice.order"],
            Self::Close => &["invoice.pay"],
            Self::Reduce => &["invoice.code"],
            _ => &[],
        }
    }
}

/// Who acts: the person, and the person whose deputy they are in this.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Act {
    /// Who did it.
    pub by: Person,
    /// For whom, as a deputy.
    #[serde(rename = "for")]
    pub on_behalf_of: Option<Person>,
}

impl Act {
    /// A person in their own name.
    #[must_use]
    pub fn own(by: impl Into<Person>) -> Self {
        Self { by: by.into(), on_behalf_of: None }
    }

    /// A person for another.
    #[must_use]
    pub fn deputy(by: impl Into<Person>, on_behalf_of: impl Into<Person>) -> Self {
        Self { by: by.into(), on_behalf_of: Some(on_behalf_of.into()) }
    }

    /// Both persons: the law must not be circumvented by a deputy.
    pub fn persons(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.by).chain(self.on_behalf_of.as_ref())
    }

    /// Is one of this act's persons among those of the other?
    #[must_use]
    pub fn shares_a_person_with(&self, other: &Self) -> bool {
        self.persons().any(|person| other.persons().any(|other| other == person))
    }

    /// Is one of this act's persons in the set?
    #[must_use]
    pub fn is_among(&self, persons: &BTreeSet<Person>) -> bool {
        self.persons().any(|person| persons.contains(person))
    }
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub kind: Kind,
    /// By whom.
    pub act: Act,
    /// When.
    pub at: jiff::Timestamp,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// To which step it goes back, for [`Kind::Return`].
    pub target: Option<State>,
    /// The version of the invoice that it made.
    pub version: i64,
}

/// How an invoice stands after some decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// Is it stopped?
    pub on_hold: bool,
    /// Who coded it.
    pub coded: Option<Act>,
    /// Who certified the substance.
    pub substance: Option<Act>,
    /// Who certified the arithmetic.
    pub arithmetic: Option<Act>,
    /// Who signed the payment order first, where two must.
    pub first_order: Option<Act>,
    /// Who ordered the payment.
    pub order: Option<Act>,
    /// Everybody who ever signed an order of this invoice: a return does not undo what a person did.
    pub ever_ordered: BTreeSet<Person>,
    /// Everybody who ever had its payment in hand.
    pub ever_paid: BTreeSet<Person>,
}

impl Standing {
    /// Did one of this act's persons certify the invoice as it now stands?
    #[must_use]
    pub fn was_certified_by(&self, act: &Act) -> bool {
        [&self.substance, &self.arithmetic].into_iter().flatten().any(|one| one.shares_a_person_with(act))
    }

    /// Everybody in whose name the invoice is certified as it now stands.
    #[must_use]
    pub fn certifiers(&self) -> BTreeSet<Person> {
        [&self.substance, &self.arithmetic].into_iter().flatten().flat_map(Act::persons).cloned().collect()
    }
}

/// A decision that is not possible in this standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impossible {
    /// What was tried.
    pub kind: Kind,
    /// Where the invoice is.
    pub state: State,
    /// Was it stopped?
    pub on_hold: bool,
}

impl Impossible {
    /// What to tell the person.
    #[must_use]
    pub fn text(&self) -> vir_core::Text {
        let (state, done) = (|lang| self.state.within_sentence(lang), self.kind.done());
        if self.on_hold && self.kind.advances() {
            return vir_core::Text::new(
                "Die Rechnung ist angehalten. Setzen Sie sie zuerst fort.",
                "The invoice is on hold. Release it first.",
            );
        }
        vir_core::Text::owned(
            format!("Nicht möglich („{}“), denn die Rechnung ist {}.", done.de, state(Lang::De)),
            format!("Not possible (“{}”), because the invoice is {}.", done.en, state(Lang::En)),
        )
    }
}

impl Standing {
    /// As it comes in.
    #[must_use]
    pub fn initial(state: State) -> Self {
        Self {
            state,
            on_hold: false,
            coded: None,
            substance: None,
            arithmetic: None,
            first_order: None,
            order: None,
            ever_ordered: BTreeSet::new(),
            ever_paid: BTreeSet::new(),
        }
    }

    /// To which steps it can be given back from here.
    #[must_use]
    pub fn returns(&self) -> &'static [State] {
        match self.state {
            State::Coded => &[State::Received],
            State::Certified => &[State::Coded, State::Received],
            State::Ordered => &[State::Certified, State::Coded, State::Received],
            _ => &[],
        }
    }

    /// The state that a decision leads to, or that it is not possible here.
    ///
    /// # Errors
    /// [`Impossible`] where nothing of the kind can be decided in this standing.
    pub fn next(&self, kind: Kind, target: Option<State>) -> Result<State, Impossible> {
        use State as S;
        let impossible = Impossible { kind, state: self.state, on_hold: self.on_hold };
        if self.on_hold && kind.advances() {
            return Err(impossible);
        }
        let both = |other: &Option<Act>| if other.is_some() { S::Certified } else { S::Coded };
        let next = match (kind, self.state) {
            (Kind::Code, S::Received | S::Coded) => S::Coded,
            (Kind::Reduce, state @ (S::Received | S::Coded)) => state,
            (Kind::CertifySubstance, S::Coded) if self.substance.is_none() => both(&self.arithmetic),
            (Kind::CertifyArithmetic, S::Coded) if self.arithmetic.is_none() => both(&self.substance),
            (Kind::OrderFirst, S::Certified) if self.first_order.is_none() => S::Certified,
            (Kind::Order, S::Certified) => S::Ordered,
            (Kind::HandOver, S::Ordered) => S::HandedOver,
            (Kind::HandOverFailed, S::HandedOver) => S::Ordered,
            (Kind::Pay, S::HandedOver) => S::Paid,
            (Kind::Close, S::Paid) => S::Closed,
            (Kind::Return, _) => target.filter(|target| self.returns().contains(target)).ok_or(impossible)?,
            (Kind::Hold, state) if state.is_open() && state != S::HandedOver && !self.on_hold => state,
            (Kind::Release, state) if self.on_hold => state,
            (Kind::Reject, S::Received | S::Coded | S::Certified | S::Quarantined) => S::Rejected,
            (Kind::Reopen, S::Rejected) => S::Received,
            (Kind::Quarantine, S::Received) => S::Quarantined,
            (Kind::Accept, S::Quarantined) => S::Received,
            (Kind::Forward, S::Received) => S::Received,
            _ => return Err(impossible),
        };
        Ok(next)
    }

    /// The standing after a decision.
    ///
    /// # Errors
    /// As [`Standing::next`].
    pub fn after(&self, kind: Kind, act: &Act, target: Option<State>) -> Result<Self, Impossible> {
        let state = self.next(kind, target)?;
        let mut after = self.clone();
        after.state = state;
        match kind {
            Kind::Code => {
                after.forget_from(State::Received);
                after.coded = Some(act.clone());
            }
            // What was certified was another amount.
            Kind::Reduce => after.forget_from(State::Coded),
            Kind::CertifySubstance => after.substance = Some(act.clone()),
            Kind::CertifyArithmetic => after.arithmetic = Some(act.clone()),
            Kind::OrderFirst => {
                after.first_order = Some(act.clone());
                after.ever_ordered.extend(act.persons().cloned());
            }
            Kind::Order => {
                after.order = Some(act.clone());
                after.ever_ordered.extend(act.persons().cloned());
            }
            Kind::HandOver | Kind::HandOverFailed | Kind::Pay => after.ever_paid.extend(act.persons().cloned()),
            Kind::Return => after.forget_from(state),
            Kind::Reopen => after.forget_from(State::Received),
            Kind::Hold => after.on_hold = true,
            Kind::Release | Kind::Reject => after.on_hold = false,
            Kind::Close | Kind::Quarantine | Kind::Accept | Kind::Forward => {}
        }
        Ok(after)
    }

    /// Drops what was signed for steps after `state`: they must be done anew.
    fn forget_from(&mut self, state: State) {
        self.order = None;
        self.first_order = None;
        if state < State::Certified {
            self.substance = None;
            self.arithmetic = None;
        }
        if state < State::Coded {
            self.coded = None;
        }
    }
}

/// The standing that a row of decisions leads to.
///
/// # Errors
/// The first decision that was not possible where it stands.
pub fn replay<'a>(initial: State, decisions: impl IntoIterator<Item = &'a Decision>) -> Result<Standing, Impossible> {
    let mut standing = Standing::initial(initial);
    for decision in decisions {
        standing = standing.after(decision.kind, &decision.act, decision.target)?;
    }
    Ok(standing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes an invoice along a row of kinds, each by its own person.
    fn walk(kinds: &[(Kind, Option<State>)]) -> Result<Standing, Impossible> {
        let mut standing = Standing::initial(State::Received);
        for (index, (kind, target)) in kinds.iter().enumerate() {
            standing = standing.after(*kind, &Act::own(format!("p{index}")), *target)?;
        }
        Ok(standing)
    }

    #[test]
    fn the_whole_way() {
        let way = [
            Kind::Code,
            Kind::CertifyArithmetic,
            Kind::CertifySubstance,
            Kind::OrderFirst,
            Kind::Order,
            Kind::HandOver,
            Kind::HandOverFailed,
            Kind::HandOver,
            Kind::Pay,
            Kind::Close,
        ]
        .map(|kind| (kind, None));
        let standing = walk(&way).unwrap();
        assert_eq!(standing.state, State::Closed);
        assert_eq!(standing.arithmetic, Some(Act::own("p1")));
        assert_eq!(standing.ever_ordered.len(), 2);
        assert_eq!(standing.ever_paid.len(), 4);
    }

    #[test]
    fn a_return_takes_the_signatures_with_it() {
        let certified = [(Kind::Code, None), (Kind::CertifySubstance, None), (Kind::CertifyArithmetic, None)];
        let mut way = certified.to_vec();
        way.extend([(Kind::Order, None), (Kind::Return, Some(State::Certified))]);
        let standing = walk(&way).unwrap();
        assert_eq!((standing.state, &standing.order), (State::Certified, &None));
        assert!(standing.substance.is_some(), "what was certified stays certified");
        assert!(standing.ever_ordered.contains("p3"), "but the person has ordered once");

        let mut way = certified.to_vec();
        way.push((Kind::Return, Some(State::Coded)));
        let standing = walk(&way).unwrap();
        assert!(standing.substance.is_none() && standing.arithmetic.is_none() && standing.coded.is_some());
    }

    #[test]
    fn impossible_steps() {
        for (way, last) in [
            (vec![], Kind::CertifySubstance),
            (vec![], Kind::Order),
            (vec![Kind::Code], Kind::Order),
            (vec![Kind::Code, Kind::CertifySubstance], Kind::Order),
            (vec![Kind::Code, Kind::CertifySubstance], Kind::CertifySubstance),
            (vec![Kind::Hold], Kind::Code),
            (vec![Kind::Hold], Kind::Hold),
            (vec![], Kind::Release),
            (vec![Kind::Reject], Kind::Code),
            (vec![Kind::Quarantine], Kind::Code),
            (vec![Kind::Code], Kind::Quarantine),
            (vec![Kind::Code, Kind::CertifySubstance, Kind::CertifyArithmetic, Kind::Order], Kind::Reject),
            (vec![Kind::Code, Kind::CertifySubstance, Kind::CertifyArithmetic, Kind::Order], Kind::Pay),
        ] {
            let mut all: Vec<_> = way.iter().map(|kind| (*kind, None)).collect();
            assert!(walk(&all).is_ok(), "{way:?}");
            all.push((last, None));
            assert!(walk(&all).is_err(), "{way:?} then {last:?}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
        assert_eq!(Kind::parse("nonsense"), None);
    }
}
