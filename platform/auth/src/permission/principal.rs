//! Who is asking, with all that they may do today.
//!
//! Invariant: a principal is a value. It is made once per request from the tenant's directory and
//! answers every question without another look into the database.

use std::collections::BTreeSet;
use std::sync::Arc;

use vir_core::Lang;
use vir_store::TenantId;

use crate::permission::{Grant, Limit, Permission, UnitTree};
use crate::{PersonId, SessionId, TokenId, UnitId};

/// By what somebody showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Signed in with a browser.
    Session(SessionId),
    /// A program with an API token.
    Token(TokenId),
    /// The system itself, for example a job that acts on somebody's order.
    System,
}

/// Whoever is asking: a signed-in person, or a program with an API token.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The tenant. Nothing of another tenant exists for this principal.
    pub tenant: TenantId,
    /// The person, or the technical user.
    pub person: PersonId,
    /// What they are called.
    pub name: String,
    /// The language that they read.
    pub lang: Lang,
    /// By what they showed who they are.
    pub by: By,
    /// What they may do.
    pub grants: Arc<[Grant]>,
    /// The tenant's organisation units.
    pub tree: Arc<UnitTree>,
}

/// For which units a list may show rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitScope {
    /// For all, also for what belongs to no unit yet.
    All,
    /// For these only; perhaps none.
    These(Vec<UnitId>),
}

impl UnitScope {
    /// Does it contain this unit? `None` is what belongs to no unit yet.
    #[must_use]
    pub fn contains(&self, unit: Option<&UnitId>) -> bool {
        match (self, unit) {
            (Self::All, _) => true,
            (Self::These(units), Some(unit)) => units.contains(unit),
            (Self::These(_), None) => false,
        }
    }

    /// Is there nothing to be seen?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::These(units) if units.is_empty())
    }
}

impl Principal {
    /// May they do this in this unit?
    #[must_use]
    pub fn may(&self, permission: Permission, unit: &UnitId) -> bool {
        self.reaching(permission, unit).next().is_some()
    }

    /// May they do this, in this unit, with this amount?
    #[must_use]
    pub fn may_amount(&self, permission: Permission, unit: &UnitId, cents: i64) -> bool {
        self.limit(permission, unit).covers(cents)
    }

    /// May they do this somewhere?
    #[must_use]
    pub fn may_anywhere(&self, permission: Permission) -> bool {
        self.having(permission).next().is_some()
    }

    /// May they do this in every unit, and with what belongs to no unit yet?
    #[must_use]
    pub fn may_everywhere(&self, permission: Permission) -> bool {
        self.units(permission) == UnitScope::All
    }

    /// Up to which amount they may do this in this unit: the largest of what their grants say.
    #[must_use]
    pub fn limit(&self, permission: Permission, unit: &UnitId) -> Limit {
        self.reaching(permission, unit).map(|grant| grant.limit).max().unwrap_or(Limit::Nothing)
    }

    /// The units in which they may do this. A grant for the root is a grant for everything.
    #[must_use]
    pub fn units(&self, permission: Permission) -> UnitScope {
        let mut units = BTreeSet::new();
        for grant in self.having(permission) {
            if Some(&grant.unit) == self.tree.root() {
                return UnitScope::All;
            }
            units.extend(self.tree.within(&grant.unit));
        }
        UnitScope::These(units.into_iter().collect())
    }

    /// Whom they act for, where they may do this in this unit only as somebody's deputy.
    #[must_use]
    pub fn acting_for(&self, permission: Permission, unit: &UnitId) -> Option<PersonId> {
        self.acting_for_amount(permission, unit, 0)
    }

    /// Whom they act for, where their own grants do not cover the amount and a deputy's do.
    #[must_use]
    pub fn acting_for_amount(&self, permission: Permission, unit: &UnitId, cents: i64) -> Option<PersonId> {
        let covering = || self.reaching(permission, unit).filter(move |grant| grant.limit.covers(cents));
        if covering().any(|grant| grant.acting_for.is_none()) {
            return None;
        }
        // The first by identifier, so that the answer does not depend on the order of rows.
        covering().filter_map(|grant| grant.acting_for.clone()).min()
    }

    /// Every permission that they have somewhere.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<&str> {
        self.live().flat_map(|grant| grant.permissions.iter().map(String::as_str)).collect()
    }

    /// Those of the persons for whom they are a deputy today.
    #[must_use]
    pub fn acting_for_anybody(&self) -> BTreeSet<PersonId> {
        self.live().filter_map(|grant| grant.acting_for.clone()).collect()
    }

    /// Who it was, for the audit log: the person, and the token where it was a program.
    #[must_use]
    pub fn actor(&self) -> String {
        match &self.by {
            By::Session(_) => format!("person:{}", self.person),
            By::Token(token) => format!("token:{token} person:{}", self.person),
            By::System => "system".to_owned(),
        }
    }

    /// What is left when only `permissions`, and only within `unit`, shall be used: an API token
    /// never has more than its person. Deputies are left out, because a program is nobody's deputy.
    #[must_use]
    pub fn narrowed(&self, permissions: &BTreeSet<String>, unit: Option<&UnitId>) -> Self {
        let grants = self.grants.iter().filter(|grant| grant.acting_for.is_none()).filter_map(|grant| {
            let unit = match unit {
                None => grant.unit.clone(),
                Some(unit) if self.tree.is_within(unit, &grant.unit) => unit.clone(),
                Some(unit) if self.tree.is_within(&grant.unit, unit) => grant.unit.clone(),
                Some(_) => return None,
            };
            let permissions: BTreeSet<String> = grant.permissions.intersection(permissions).cloned().collect();
            (!permissions.is_empty()).then(|| Grant { permissions: Arc::new(permissions), unit, ..grant.clone() })
        });
        Self { grants: grants.collect(), ..self.clone() }
    }

    /// Grants for units that exist: a grant for a unit that is gone gives nothing, anywhere.
    fn live(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|grant| self.tree.unit(&grant.unit).is_some())
    }

    fn having(&self, permission: Permission) -> impl Iterator<Item = &Grant> {
        self.live().filter(move |grant| grant.permissions.contains(permission))
    }

    fn reaching(&self, permission: Permission, unit: &UnitId) -> impl Iterator<Item = &Grant> {
        self.having(permission).filter(move |grant| self.tree.is_within(unit, &grant.unit))
    }
}
