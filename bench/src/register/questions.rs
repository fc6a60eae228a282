//! What is asked, by kind.
//!
//! Invariant: the same seed asks the same questions.

use vir_invoice_desk::register::volume::Random;

use super::place::Town;

/// The kinds of requests.
pub const KINDS: [&str; 12] = [
    "first page, any order",
    "deep page, any order",
    "one filter, any order",
    "two filters, any order",
    "three filters, deep",
    "one unit, any order",
    "words in very many",
    "words in some thousand",
    "words in a few, any order",
    "words in none",
    "beginnings of words",
    "words and a filter, any order",
];

const SORTS: [&str; 14] = [
    "received",
    "-received",
    "due",
    "-due",
    "discount",
    "-discount",
    "amount",
    "-amount",
    "seller",
    "-seller",
    "number",
    "-number",
    "state",
    "-state",
];

/// In more than a hundred thousand invoices, or together in as many.
const FREQUENT: [&str; 8] = [
    "gmbh",
    "tischlerei",
    "lieferung",
    "leistung material",
    "stadtwerke gmbh",
    "öko reinigung",
    "stunden",
    "kg papier",
];
/// In some hundreds up to ten thousand.
const SOME: [&str; 6] = ["holber", "helm", "diesel kompakt", "dichtungnorm", "strom holz", "entsorgungblau"];
/// As somebody types.
const BEGINNINGS: [&str; 12] =
    ["t", "ti", "tis", "sta", "r", "b-1", "2024", "de1000", "mei", "gmb", "liefer", "artikel0"];

/// The query of a request of this kind, as it stands in the address.
pub fn question(kind: &str, town: &Town, random: &mut Random) -> String {
    let sort = pick(&SORTS, random);
    let one = filter(town, random);
    let two = format!("{one}&{}", filter(town, random));
    match kind {
        "first page, any order" => format!("sort={sort}"),
        "deep page, any order" => format!("sort={sort}&{}", deep(sort, random)),
        "one filter, any order" => format!("{one}&sort={sort}"),
        "two filters, any order" => format!("{two}&sort={sort}"),
        "three filters, deep" => format!("{two}&{}&sort={sort}&{}", filter(town, random), deep(sort, random)),
        "one unit, any order" => format!("unit={}&sort={sort}", town.units[at(random, town.units.len())]),
        "words in very many" => words(pick(&FREQUENT, random)),
        "words in some thousand" => words(pick(&SOME, random)),
        "words in a few, any order" => match random.below(3) {
            0 => format!("q=R-2025-{:05}&sort={sort}", random.below(100_000)),
            1 => format!("q=B-{:05}&sort={sort}", random.below(50_000)),
            _ => format!("q=artikel{:05}&sort={sort}", random.below(100_000)),
        },
        "words in none" => match random.below(2) {
            0 => format!("q=R-1999-{:05}+gmbh&sort={sort}", random.below(100_000)),
            _ => format!("q=xyz{}&sort={sort}", random.below(1_000)),
        },
        "beginnings of words" => words(pick(&BEGINNINGS, random)),
        _ => {
            let all: Vec<&str> = FREQUENT.iter().chain(&SOME).chain(&BEGINNINGS).copied().collect();
            format!("{}&{one}&sort={sort}", words(pick(&all, random)))
        }
    }
}

fn words(words: &str) -> String {
    format!("q={}", words.replace(' ', "+"))
}

/// A place somewhere in the middle.
fn deep(sort: &str, random: &mut Random) -> String {
    let year = 2022 + random.below(5);
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let key = match sort.trim_start_matches('-') {
        "received" => {
            let day: jiff::civil::Date = format!("{year}-{month:02}-{day:02}").parse().unwrap_or_default();
            let at = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |at| at.timestamp().as_microsecond());
            format!("i{at}")
        }
        "state" => {
            format!("i{}", 60_000_000_000_000_000_u64 + 1_700_000_000_000_000 + random.below(70_000_000_000_000))
        }
        "amount" => format!("i{}", random.below(1_000_000)),
        "due" | "discount" => format!("t{year}-{month:02}-{day:02}"),
        "seller" => {
            format!("t{}", pick(&["elektro", "gartenbau", "stadtwerke_20h", "tischlerei_20me", "verlag"], random))
        }
        _ => format!("tr{year}{:05}", random.below(100_000)),
    };
    format!("at=f{key}.01900000-0000")
}

fn filter(town: &Town, random: &mut Random) -> String {
    let month = 1 + random.below(12);
    let year = 2022 + random.below(5);
    match random.below(17) {
        0 => format!("state={}", pick(&["received", "closed", "rejected", "quarantined", "paid,closed"], random)),
        1 => format!("unit={}", town.units[at(random, town.units.len())]),
        2 => format!("seller={}", pick(&["tisch", "Öko", "stadtwerke hol", "x", "v"], random)),
        3 => format!("received_from={year}-{month:02}-01&received_to={year}-{month:02}-28"),
        4 => format!("due_from={year}-{month:02}-01"),
        5 => format!("discount_from={year}-{month:02}-01&discount_to={year}-{month:02}-20"),
        6 => format!("issued_from={year}-{month:02}-10&issued_to={year}-{month:02}-11"),
        7 => format!("amount_from={}", random.below(20_000)),
        8 => format!("amount_from=100&amount_to={}", 101 + random.below(50)),
        9 => format!("light={}", pick(&["red", "yellow", "green"], random)),
        10 => format!("channel={}", pick(&["mail", "web", "folder", "peppol"], random)),
        11 => format!("verdict={}", pick(&["accept", "reject"], random)),
        12 => format!("person={}", town.people[at(random, town.people.len())].1),
        13 => format!("voucher={year}-{:03}", random.below(1_000)),
        14 => pick(&["hold=yes", "duplicate=yes", "findings=yes", "hold=no"], random).to_owned(),
        15 => "person=me".to_owned(),
        _ => pick(&["direction=outgoing", "person=none", "unit=none", "findings=no"], random).to_owned(),
    }
}

fn at(random: &mut Random, length: usize) -> usize {
    usize::try_from(random.below(length as u64)).unwrap_or(0)
}

fn pick<'a>(list: &[&'a str], random: &mut Random) -> &'a str {
    list[at(random, list.len())]
}
