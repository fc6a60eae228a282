//! Times of a kind of request, and what they come to.
//!
//! Invariant: a percentile is the time of a request that was made, never one between two.

use std::collections::BTreeMap;
use std::time::Duration;

use vir_invoice_desk::register::Way;

/// The times of one kind.
#[derive(Debug, Default)]
pub struct Times {
    times: Vec<(Duration, String)>,
    ways: BTreeMap<String, usize>,
    partial: usize,
    empty: usize,
}

/// What a kind came to.
#[derive(Debug, Clone)]
pub struct Class {
    /// Engine, person, kind.
    pub name: String,
    /// In milliseconds.
    pub p99: f64,
    /// Not a list of the register.
    pub other: bool,
}

impl Class {
    /// Of another page.
    #[must_use]
    pub fn other(self) -> Self {
        Self { other: true, ..self }
    }
}

impl Times {
    /// A request, and how it was answered.
    pub fn add(&mut self, took: Duration, query: &str, way: Way, partial: bool, rows: usize) {
        self.plain(took, query);
        *self.ways.entry(format!("{way:?}").to_lowercase()).or_default() += 1;
        self.partial += usize::from(partial);
        self.empty += usize::from(rows == 0);
    }

    /// A request of which only the time is known.
    pub fn plain(&mut self, took: Duration, query: &str) {
        self.times.push((took, query.to_owned()));
    }

    /// Prints what it came to.
    pub fn class(mut self, name: &str) -> Class {
        self.times.sort();
        let at = |percent: usize| {
            let index = (self.times.len() * percent).div_ceil(100).saturating_sub(1);
            self.times.get(index).map_or(0.0, |(took, _)| took.as_secs_f64() * 1e3)
        };
        let ways: Vec<String> = self.ways.iter().map(|(way, count)| format!("{way} {count}")).collect();
        println!(
            "{name:75} n {:4}  p50 {:7.1}  p90 {:7.1}  p99 {:7.1}  max {:7.1} ms   {} partial {} empty {}",
            self.times.len(),
            at(50),
            at(90),
            at(99),
            at(100),
            ways.join(" "),
            self.partial,
            self.empty
        );
        for (took, query) in self.times.iter().rev().take(2).filter(|(took, _)| took.as_millis() >= 30) {
            println!("{:6}{:7.1} ms  {query}", "", took.as_secs_f64() * 1e3);
        }
        Class { name: name.to_owned(), p99: at(99), other: false }
    }
}

/// The address of the first invoice in a list.
pub fn first_invoice(page: &str) -> Option<String> {
    page.split("href=\"/rechnungen/").skip(1).find_map(|rest| {
        let id = rest.split(['"', '?', '/', '#']).next()?;
        (id.len() == 36).then(|| format!("/rechnungen/{id}"))
    })
}
