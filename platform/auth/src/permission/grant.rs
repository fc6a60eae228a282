//! A grant as it concerns one person today.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{Limit, PersonId, RoleId, UnitId};

/// What somebody may do, where, and in whose place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role that was given; for the pages, not for decisions.
    pub role: RoleId,
    /// The permissions, as names.
    pub permissions: Arc<BTreeSet<String>>,
    /// For this unit and all below it.
    pub unit: UnitId,
    /// Up to which amount.
    pub limit: Limit,
    /// Whom the person acts for, where the grant is theirs and this is a deputy.
    pub acting_for: Option<PersonId>,
}
