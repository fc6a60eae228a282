//! Amounts added up by VAT rate, for the rules that compare a breakdown with its lines.
//!
//! Invariant: building takes n log n and asking log n, however many different rates there are.

use vir_core::Decimal;

/// Amounts by rate. An element with several rates counts once under each.
#[derive(Debug, Default)]
pub(super) struct ByRate {
    entries: Vec<(Decimal, Decimal)>,
}

impl ByRate {
    /// Adds an amount under a rate.
    pub(super) fn add(&mut self, rate: Decimal, amount: Decimal) {
        match self.entries.last_mut() {
            // Most documents have few rates, and one after the other.
            Some((last, sum)) if *last == rate => *sum = sum.clone() + amount,
            _ => self.entries.push((rate, amount)),
        }
    }

    /// Brings the entries in order. To be called before asking.
    pub(super) fn sort(&mut self) {
        self.entries.sort_by(|a, b| a.0.cmp(&b.0));
        self.entries.dedup_by(|next, sum| {
            let same = next.0 == sum.0;
            if same {
                sum.1 = sum.1.clone() + next.1.clone();
            }
            same
        });
    }

    /// The sum under a rate; none where nothing has this rate.
    pub(super) fn find(&self, rate: &Decimal) -> Option<&Decimal> {
        self.entries.binary_search_by(|entry| entry.0.cmp(rate)).ok().map(|at| &self.entries[at].1)
    }

    /// The sum under a rate, zero where nothing has it.
    pub(super) fn sum(&self, rate: &Decimal) -> Decimal {
        self.find(rate).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_found_by_the_value_of_a_rate() {
        let mut sums = ByRate::default();
        for (rate, amount) in [(Decimal::new(19, 0), 1), (Decimal::new(7, 0), 2), (Decimal::new(1900, 2), 3)] {
            sums.add(rate, Decimal::from(amount));
        }
        sums.sort();
        assert_eq!(sums.sum(&Decimal::new(190, 1)), Decimal::from(4));
        assert_eq!(sums.sum(&Decimal::new(7, 0)), Decimal::from(2));
        assert!(sums.find(&Decimal::ZERO).is_none());
    }
}
