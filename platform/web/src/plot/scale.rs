//! From values to places: round ticks that enclose the values.
//!
//! Invariant: zero is a tick, ticks are equally far apart, and every value lies between the first and the last.

/// A linear scale with round ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The ticks, ascending; the first and the last are the ends.
    pub ticks: Vec<i64>,
}

impl Scale {
    /// A scale over `least..=most` (zero included) with about `wanted` steps, none smaller than `least_step`.
    #[must_use]
    pub fn new(least: i64, most: i64, wanted: i64, least_step: i64) -> Self {
        // Far from overflow: nobody draws more, and a step never outgrows the numbers.
        const FAR: i64 = i64::MAX / 16;
        let (least, most) = (least.clamp(-FAR, 0), most.clamp(0, FAR));
        let step = round_step((most - least).div_euclid(wanted.max(1)) + 1, least_step.max(1));
        let first = least.div_euclid(step);
        let last = (most + step - 1).div_euclid(step).max(first + 1);
        Self { ticks: (first..=last).map(|tick| tick * step).collect() }
    }

    /// Where `value` lies between the ends, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a place in a drawing, not a sum")]
    pub fn place(&self, value: i64) -> f64 {
        let (first, last) = match (self.ticks.first(), self.ticks.last()) {
            (Some(&first), Some(&last)) if last > first => (first, last),
            _ => return 0.0,
        };
        ((value - first) as f64 / (last - first) as f64).clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2, 2.5, 5 × 10ⁿ × `unit` that is at least `step`, whole.
fn round_step(step: i64, unit: i64) -> i64 {
    let mut ten = unit;
    loop {
        let quarter = if ten % 2 == 0 && ten > unit { Some(ten * 5 / 2) } else { None };
        for candidate in [Some(ten), Some(ten * 2), quarter, Some(ten * 5)].into_iter().flatten() {
            if candidate >= step {
                return candidate;
            }
        }
        ten *= 10;
    }
}
