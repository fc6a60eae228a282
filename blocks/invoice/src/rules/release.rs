//! Releases of the official rules, several of which can be in force side by side.
//!
//! Invariant: releases are ordered by the date from which they apply; a rule that did not change
//! is one entry for all of them.

/// A release of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Release {
    /// KoSIT's configuration of 2026-01-31: CEN EN 16931 1.3.15, XRechnung Schematron 2.5.0.
    R2026_01,
    /// CEN EN 16931 1.3.16, XRechnung Schematron 2.5.0 with its code lists, Peppol BIS 2026.5.
    #[default]
    R2026_07,
}

impl Release {
    /// All releases, oldest first.
    pub const ALL: [Self; 2] = [Self::R2026_01, Self::R2026_07];

    /// Its name on the command line: `2026-07`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::R2026_01 => "2026-01",
            Self::R2026_07 => "2026-07",
        }
    }

    /// The first day on which it applies, as year, month, day.
    #[must_use]
    pub fn since(self) -> (i16, u8, u8) {
        match self {
            Self::R2026_01 => (2026, 1, 31),
            Self::R2026_07 => (2026, 7, 1),
        }
    }

    /// What it consists of.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::R2026_01 => "CEN EN 16931 1.3.15, XRechnung Schematron 2.5.0, Peppol BIS Billing 2026.5",
            Self::R2026_07 => {
                "CEN EN 16931 1.3.16, XRechnung Schematron 2.5.0 (July 2026 code lists), Peppol BIS Billing 2026.5"
            }
        }
    }

    /// The release of this name, or the one that applies on a date `YYYY-MM-DD`.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        if let Some(release) = Self::ALL.into_iter().find(|release| release.name() == text) {
            return Some(release);
        }
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let well_formed = parts.next().is_none() && year.len() == 4 && month.len() == 2 && day.len() == 2;
        let date = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        if !well_formed || !(1..=12).contains(&date.1) || !(1..=31).contains(&date.2) {
            return None;
        }
        Self::ALL.into_iter().rev().find(|release| release.since() <= date)
    }
}

/// The releases in which something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Releases {
    from: Release,
    until: Release,
}

impl Releases {
    /// In every release.
    pub const ALL: Self = Self { from: Release::R2026_01, until: Release::R2026_07 };
    /// New in July 2026.
    pub const SINCE_2026_07: Self = Self { from: Release::R2026_07, until: Release::R2026_07 };
    /// No longer there in July 2026.
    pub const UNTIL_2026_01: Self = Self { from: Release::R2026_01, until: Release::R2026_01 };

    /// Does it stand in this release?
    #[must_use]
    pub fn contain(self, release: Release) -> bool {
        self.from <= release && release <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_found_by_name_and_by_date() {
        for (text, expect) in [
            ("2026-07", Some(Release::R2026_07)),
            ("2026-01", Some(Release::R2026_01)),
            ("2026-01-31", Some(Release::R2026_01)),
            ("2026-06-30", Some(Release::R2026_01)),
            ("2026-07-01", Some(Release::R2026_07)),
            ("2027-01-01", Some(Release::R2026_07)),
            ("2025-12-31", None),
            ("2026-13-01", None),
            ("2026", None),
            ("", None),
        ] {
            assert_eq!(Release::find(text), expect, "{text}");
        }
    }
}
