//! A small plan to begin with: what every town hall has.
//!
//! Terms are proposals; each names where it comes from, and the municipality decides.

use vir_archive::lifecycle::day::Period;
use vir_archive::lifecycle::plan::{Appraisal, Entry};
use vir_archive::lifecycle::term::{Rule, Start, Version};
use vir_archive::lifecycle::{Day, Plan};

/// The event on which vouchers wait.
pub const ACCOUNTS: &str = "Ratsbeschluss über den Jahresabschluss";

struct Row(&'static str, Option<&'static str>, &'static str, Option<(u16, Start, &'static str)>, Option<Appraisal>);

/// The sample.
#[must_use]
pub fn sample() -> Plan {
    let ends = || Start::YearEnd;
    let accounts = || Start::NewYearAfter { event: ACCOUNTS.to_owned() };
    let rows = [
        Row(
            "0",
            None,
            "Verwaltungsführung und Organe",
            Some((30, ends(), "Vorschlag; KGSt-Bericht 4/2006")),
            Some(Appraisal::A),
        ),
        Row("0.1", Some("0"), "Rat und Ausschüsse, Niederschriften", None, None),
        Row("0.2", Some("0"), "Satzungen und Dienstanweisungen", None, None),
        Row("1", None, "Personal und Organisation", Some((10, ends(), "Vorschlag")), Some(Appraisal::B)),
        Row("1.1", Some("1"), "Organisation, Geschäftsverteilung", None, None),
        Row("2", None, "Finanzen", Some((10, accounts(), "KomHKVO § 41 Abs. 2")), Some(Appraisal::V)),
        Row("2.1", Some("2"), "Haushaltsplanung", Some((30, ends(), "Vorschlag")), Some(Appraisal::A)),
        Row("2.2", Some("2"), "Belege: Rechnungen und Zahlungen", None, None),
        Row("3", None, "Sicherheit und Ordnung", Some((10, ends(), "Vorschlag")), Some(Appraisal::B)),
        Row("3.1", Some("3"), "Gewerbe und Gaststätten", None, None),
        Row("3.2", Some("3"), "Verkehr, Parkerleichterungen", Some((5, ends(), "Vorschlag")), Some(Appraisal::V)),
        Row("3.3", Some("3"), "Fundsachen", Some((3, ends(), "Vorschlag")), Some(Appraisal::V)),
        Row("4", None, "Bildung, Kultur, Soziales", Some((10, ends(), "Vorschlag")), Some(Appraisal::B)),
        Row("4.1", Some("4"), "Elterngeld", Some((6, ends(), "Vorschlag")), Some(Appraisal::V)),
        Row("6", None, "Bauen und Umwelt", Some((30, ends(), "Vorschlag")), Some(Appraisal::B)),
        Row("6.1", Some("6"), "Bauleitplanung", None, Some(Appraisal::A)),
        Row("6.2", Some("6"), "Bauakten", None, None),
    ];
    let from = Day::new(2020, 1, 1).expect("the first of January is a day");
    let entries = rows.into_iter().map(|Row(id, parent, title, term, appraisal)| Entry {
        id: id.into(),
        parent: parent.map(Into::into),
        title: title.to_owned(),
        unit: None,
        confidentiality: None,
        appraisal,
        retention: term
            .map(|(years, start, source)| Version {
                version: 1,
                from,
                rule: Rule::Term { period: Period::years(years), start },
                source: source.to_owned(),
                also_closed: false,
            })
            .into_iter()
            .collect(),
        transfer: None,
    });
    Plan::new(entries).expect("the sample is a sound plan, a test builds it")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_entry_of_the_sample_has_a_rule() {
        let plan = super::sample();
        assert!(plan.entries().all(|entry| plan.retention_entry(&entry.id).is_some()));
    }
}
