//! The code lists of EN 16931: which codes an invoice may use, and what the common ones mean.
//!
//! The lists are those of the official rules, which are narrower than the lists they are taken from
//! and change from release to release. Names exist for the codes that people meet; they are for
//! reading, never for judging.
//!
//! Invariant: membership is judged by the codes of a release alone, byte by byte.

mod countries;
mod currencies;
mod documents;
mod payment;
mod reasons;
mod schemes;
mod units;
mod vat;

use vir_core::Phrase;

pub use countries::COUNTRIES;
pub use currencies::CURRENCIES;
pub use documents::{
    CREDIT_NOTE_TYPES, INVOICE_TYPES, MEDIA_TYPES, NOTE_SUBJECTS, NOTE_SUBJECTS_CII_ONLY, TAX_POINTS, TAX_POINTS_CII,
};
pub use payment::PAYMENT_MEANS;
pub use reasons::{ALLOWANCE_REASONS, CHARGE_REASONS};
pub use schemes::{ADDRESS_SCHEMES, IDENTIFIER_SCHEMES, ITEM_SCHEMES, OBJECT_SCHEMES};
pub use units::UNITS;
pub use vat::{EXEMPTION_REASONS, VAT_CATEGORIES};

use super::release::Release;

/// A list of codes.
#[derive(Debug)]
pub struct CodeList {
    /// What it is called where it is kept: `UNTDID 4461`.
    pub id: &'static str,
    /// What its codes are.
    pub title: Phrase,
    /// The codes of all releases, sorted.
    codes: &'static [&'static str],
    since_2026_07: &'static [&'static str],
    until_2026_01: &'static [&'static str],
    names: &'static [(&'static str, Phrase)],
}

impl CodeList {
    /// All lists.
    pub const ALL: &[&Self] = &[
        &ADDRESS_SCHEMES,
        &ALLOWANCE_REASONS,
        &CHARGE_REASONS,
        &COUNTRIES,
        &CREDIT_NOTE_TYPES,
        &CURRENCIES,
        &EXEMPTION_REASONS,
        &IDENTIFIER_SCHEMES,
        &INVOICE_TYPES,
        &ITEM_SCHEMES,
        &MEDIA_TYPES,
        &NOTE_SUBJECTS,
        &OBJECT_SCHEMES,
        &PAYMENT_MEANS,
        &TAX_POINTS,
        &TAX_POINTS_CII,
        &UNITS,
        &VAT_CATEGORIES,
    ];

    /// Is it a code of the list in this release?
    #[must_use]
    pub fn contains(&self, code: &str, release: Release) -> bool {
        self.codes.binary_search(&code).is_ok() && self.stands_in(code, release)
    }

    /// The codes in this release, sorted.
    pub fn codes(&self, release: Release) -> impl Iterator<Item = &'static str> {
        self.codes.iter().copied().filter(move |code| self.stands_in(code, release))
    }

    /// What a code means, where we have a name for it.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<Phrase> {
        let found = self.names.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
        Some(self.names[found].1)
    }

    /// The codes that have names, with them.
    #[must_use]
    pub fn names(&self) -> &'static [(&'static str, Phrase)] {
        self.names
    }

    fn stands_in(&self, code: &str, release: Release) -> bool {
        let absent = if release < Release::R2026_07 { self.since_2026_07 } else { self.until_2026_01 };
        absent.binary_search(&code).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_their_parts_belong_to_them() {
        for list in CodeList::ALL {
            for part in [list.codes, list.since_2026_07, list.until_2026_01] {
                assert!(part.is_sorted_by(|a, b| a < b), "{}", list.id);
                assert!(part.iter().all(|code| list.codes.binary_search(code).is_ok()), "{}", list.id);
            }
            assert!(list.names.is_sorted_by(|a, b| a.0 < b.0), "{}", list.id);
            for (code, name) in list.names {
                assert!(list.codes.binary_search(code).is_ok(), "{} {code}", list.id);
                assert!(!name.is_empty(), "{} {code}", list.id);
            }
        }
        assert!(NOTE_SUBJECTS_CII_ONLY.iter().all(|code| NOTE_SUBJECTS.contains(code, Release::default())));
    }

    #[test]
    fn a_code_stands_in_its_releases() {
        for (list, code, old, new) in [
            (&CURRENCIES, "BGN", true, false),
            (&CURRENCIES, "XCG", false, true),
            (&CURRENCIES, "EUR", true, true),
            (&CURRENCIES, "eur", false, false),
            (&INVOICE_TYPES, "503", true, false),
            (&CREDIT_NOTE_TYPES, "503", false, true),
            (&IDENTIFIER_SCHEMES, "0244", false, true),
            (&UNITS, "", false, false),
        ] {
            assert_eq!(list.contains(code, Release::R2026_01), old, "{code}");
            assert_eq!(list.contains(code, Release::R2026_07), new, "{code}");
        }
        assert_eq!(PAYMENT_MEANS.name("58").map(|name| name.de), Some("SEPA-Überweisung"));
        assert_eq!(CURRENCIES.codes(Release::R2026_07).count(), 178);
    }
}
