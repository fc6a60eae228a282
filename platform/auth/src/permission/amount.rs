//! Amount limits.

use serde::{Deserialize, Serialize};

/// Up to which amount a permission goes. Ordered: more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Limit {
    /// The permission is not there at all.
    Nothing,
    /// Up to this many cents, these included.
    UpTo(i64),
    /// Any amount.
    Unlimited,
}

impl Limit {
    /// Does the limit cover this amount? The sign does not matter: a credit note over 5,000 euros
    /// needs the same hand as an invoice over 5,000 euros.
    ///
    /// ```
    /// use vir_auth::Limit;
    /// assert!(Limit::UpTo(500_000).covers(-500_000));
    /// assert!(!Limit::UpTo(500_000).covers(500_001));
    /// assert!(!Limit::Nothing.covers(0));
    /// ```
    #[must_use]
    pub fn covers(self, cents: i64) -> bool {
        match self {
            Self::Nothing => false,
            Self::UpTo(limit) => limit >= 0 && cents.unsigned_abs() <= limit.unsigned_abs(),
            Self::Unlimited => true,
        }
    }

    /// From a nullable column: null is no limit.
    #[must_use]
    pub fn from_cents(cents: Option<i64>) -> Self {
        cents.map_or(Self::Unlimited, Self::UpTo)
    }

    /// The cents, where there is a limit.
    #[must_use]
    pub fn cents(self) -> Option<i64> {
        match self {
            Self::UpTo(cents) => Some(cents),
            Self::Nothing | Self::Unlimited => None,
        }
    }
}
