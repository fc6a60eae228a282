//! Which pages are looked at.
//!
//! Pages are drawn by a seed, so that anybody can draw them again and see that nobody chose. The seed is to be made of
//! something that is known only when the batch is complete, like the hash values of its pages: [`seed`] does that.
//!
//! Invariant: the same seed and numbers give the same pages, each at most once, in rising order.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::class::Class;

/// How well the way of scanning has proved itself (A.SC.8: the size of the sample depends on it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reliability {
    /// New, or changed, or pages were rejected lately: twice as many pages are looked at.
    #[default]
    Unproven,
    /// Enough pages without fault.
    Proven,
}

/// How many pages of a batch are looked at.
#[must_use]
pub fn size(class: &Class, pages: usize, reliability: Reliability) -> usize {
    if class.needs_full_check() {
        return pages;
    }
    let factor = if reliability == Reliability::Unproven { 2 } else { 1 };
    let share = (pages as u128 * u128::from(class.sample_per_mille) * factor).div_ceil(1_000);
    let least = u128::from(class.sample_at_least);
    usize::try_from(share.max(least)).unwrap_or(usize::MAX).min(pages)
}

/// The seed of a batch: its name and the hash values of its pages, in their order.
#[must_use]
pub fn seed<'a>(batch: &'a str, pages: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"vir sample 1\0");
    for part in std::iter::once(batch).chain(pages) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Draws pages, counted from 0 (Floyd's way: as many steps as pages are drawn).
#[must_use]
pub fn draw(seed: &[u8; 32], pages: usize, size: usize) -> BTreeSet<usize> {
    let size = size.min(pages);
    let mut numbers = Numbers { seed: *seed, block: [0; 32], at: 32, counter: 0 };
    let mut drawn = BTreeSet::new();
    for last in pages - size..pages {
        let page = numbers.below(last as u64 + 1) as usize;
        if !drawn.insert(page) {
            drawn.insert(last);
        }
    }
    drawn
}

/// Numbers from SHA-256 over seed and counter.
struct Numbers {
    seed: [u8; 32],
    block: [u8; 32],
    at: usize,
    counter: u64,
}

impl Numbers {
    fn next(&mut self) -> u64 {
        if self.at == 32 {
            let hash = Sha256::new().chain_update(self.seed).chain_update(self.counter.to_be_bytes());
            self.block = hash.finalize().into();
            self.counter += 1;
            self.at = 0;
        }
        let bytes = self.block[self.at..self.at + 8].iter();
        self.at += 8;
        bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Each number below equally likely: the rest that does not divide evenly is thrown away.
    fn below(&mut self, bound: u64) -> u64 {
        let usable = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.next();
            if number < usable {
                return number % bound;
            }
        }
    }
}
