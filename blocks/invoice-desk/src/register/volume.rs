//! Many invented invoices at once, for measurements: rows as if years of work had left them.
//!
//! They have no documents; only lists, searches and figures can be measured with them. Both become
//! complete when `figures::follow` has caught up, as after any other change.
//!
//! Invariant: the same seed gives the same invoices.

use jiff::{Timestamp, ToSpan as _};
use vir_store::{Result, Store, TenantId, Value, args};

use crate::figures::follow::insert;
use crate::intake::keys;
use crate::invoice_row::{Direction, InvoiceId, State};

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Volume {
    /// How many.
    pub count: u32,
    /// The units that they belong to; the first have the most.
    pub units: Vec<String>,
    /// People who have them; the first have no more than others.
    pub people: Vec<String>,
    /// Makes them different from another volume's.
    pub seed: u64,
    /// The time of the last one.
    pub until: Timestamp,
}

const COLUMNS: &str = "invoice (id, received_at, channel, direction, state, unit_id, assigned_person, kind, verdict, \
    finding_count, error_count, original_blob, file_name, size_bytes, number, number_key, issue_date, due_date, \
    seller_name, seller_id, seller_key, order_reference, currency, payable_cents, skonto_date, skonto_cents, iban, \
    voucher_number, on_hold, duplicate_of, changed_at, version)";

/// So many in one transaction.
const BATCH: u32 = 2_000;

/// Adds the invoices. Much quicker where [`indexes`] are not there meanwhile.
pub async fn fill(store: &Store, tenant: &TenantId, volume: &Volume) -> Result<()> {
    let mut random = Random(volume.seed | 1);
    let mut from = 0;
    while from < volume.count {
        let to = (from + BATCH).min(volume.count);
        let (rows, words): (Vec<_>, Vec<_>) = (from..to).map(|index| invoice(volume, index, &mut random)).unzip();
        store
            .write(tenant, move |tx| {
                Box::pin(async move {
                    insert(tx, COLUMNS, "", &rows).await?;
                    insert(tx, "invoice_words (invoice_id, words)", "", &words).await
                })
            })
            .await?;
        from = to;
    }
    Ok(())
}

/// The names of the register's indexes and the statements that make them, for whoever fills a store
/// and may change its tables. They have the marks of a migration.
#[must_use]
pub fn indexes() -> Vec<(&'static str, &'static str)> {
    const STEPS: [&str; 4] = [
        include_str!("../../migrations/0001_invoice.sql"),
        include_str!("../../migrations/0301_register.sql"),
        include_str!("../../migrations/0307_seller_sort.sql"),
        include_str!("../../migrations/0308_few_last.sql"),
    ];
    let lines = STEPS.into_iter().flat_map(str::lines);
    let made = lines.filter(|line| line.starts_with("create index") && line.contains(" on invoice "));
    let mut indexes: Vec<(&str, &str)> = Vec::new();
    for (name, line) in made.filter_map(|line| Some((line.split(' ').nth(2)?, line))) {
        // What a later step made anew is made as that step says, and where it stands.
        indexes.retain(|(known, _)| *known != name);
        indexes.push((name, line));
    }
    indexes
}

fn invoice(volume: &Volume, index: u32, random: &mut Random) -> (Vec<Value>, Vec<Value>) {
    const TRADES: [&str; 8] =
        ["Tischlerei", "Elektro", "Stadtwerke", "Bürobedarf", "Gartenbau", "Öko-Reinigung", "Ingenieurbüro", "Verlag"];
    const SYLLABLES: [&str; 12] =
        ["hol", "ber", "mei", "sen", "dorf", "lin", "kamp", "ost", "ried", "weg", "bach", "thal"];
    const CHANNELS: [(&str, u64); 6] =
        [("mail", 550), ("upload", 150), ("peppol", 120), ("api", 100), ("folder", 50), ("web", 30)];
    const OLD: [(State, u64); 3] = [(State::Closed, 800), (State::Paid, 180), (State::Rejected, 20)];
    const NEW: [(State, u64); 8] = [
        (State::Received, 300),
        (State::Coded, 200),
        (State::Certified, 150),
        (State::Ordered, 100),
        (State::HandedOver, 100),
        (State::Paid, 100),
        (State::Rejected, 30),
        (State::Quarantined, 20),
    ];
    // Five years, evenly.
    let back = i64::from(volume.count - index) * (5 * 365 * 86_400_000_000 / i64::from(volume.count.max(1)));
    let at = volume.until.as_microsecond() - back - random.below(1_000).cast_signed();
    let at = Timestamp::from_microsecond(at).unwrap_or(volume.until);
    let day = crate::day_of(at);
    let old = u64::from(index) * 100 < u64::from(volume.count) * 97;
    let state = random.weighted(if old { &OLD } else { &NEW });
    let id = InvoiceId(vir_store::new_id(at));
    // A few sellers send very many, most few.
    let seller = random.below(70) * random.below(70);
    let pick = |list: &[&str], at: u64| list[usize::try_from(at).unwrap_or(0) % list.len()].to_owned();
    let name = format!(
        "{} {}{} {}",
        pick(&TRADES, seller),
        pick(&SYLLABLES, seller / 8),
        pick(&SYLLABLES, seller / 96),
        if seller.is_multiple_of(3) { "GmbH" } else { "KG" }
    );
    let number = format!("R-{}-{:05}", day.year(), random.below(100_000));
    let order = format!("B-{:05}", random.below(50_000));
    let vat = format!("DE{:09}", 100_000_000 + seller);
    let iban = format!("DE{:020}", seller * 7_919);
    let voucher = old.then(|| format!("{}-{index:06}", day.year()));
    let unit = {
        // The first unit has a share of a third, the second of two ninths, and so on.
        let mut at = 0;
        while at + 1 < volume.units.len() && random.below(3) > 0 {
            at += 1;
        }
        volume.units.get(at).filter(|_| old || random.below(300) > 0).cloned()
    };
    let person = volume.people.get(usize::try_from(random.below(1 + volume.people.len() as u64 * 4 / 3)).unwrap_or(0));
    let cents = {
        // From some euros to some ten thousand, small ones more often.
        let scale = [2_000, 20_000, 200_000, 3_000_000][usize::try_from(random.below(4)).unwrap_or(0)];
        random.below(scale).cast_signed() + 100
    };
    let due = (random.below(100) < 93)
        .then(|| day.saturating_add([14, 30, 30, 60][usize::try_from(random.below(4)).unwrap_or(0)].days()));
    let discount = (random.below(5) == 0)
        .then(|| day.saturating_add([7, 10, 14][usize::try_from(random.below(3)).unwrap_or(0)].days()));
    let direction = if random.below(100) < 97 { Direction::Incoming } else { Direction::Outgoing };
    let channel = random.weighted(&CHANNELS);
    let verdict = if random.below(100) < 88 { "accept" } else { "reject" };
    let duplicate = (random.below(500) == 0).then(|| "0".to_owned());
    let key = keys::number_key(&number);
    let row = args![
        id.as_str(),
        at,
        channel,
        direction.text(),
        state.text(),
        &unit,
        person,
        "invoice",
        verdict,
        random.below(4).cast_signed(),
        0_i64,
        id.as_str(),
        "rechnung.xml",
        20_000_i64,
        &number,
        &key,
        day,
        due,
        &name,
        &vat,
        keys::seller_key_of(Some(&vat), &name),
        &order,
        "EUR",
        cents,
        discount,
        discount.map(|_| cents / 50),
        &iban,
        &voucher,
        random.below(500) == 0,
        duplicate,
        at,
        1_i64,
    ];
    let words = args![id.as_str(), line_words(random)];
    (row, words)
}

/// What was bought: some ten words out of a few thousand, of which few are frequent and most are rare.
fn line_words(random: &mut Random) -> String {
    const THINGS: [&str; 40] = [
        "lieferung",
        "leistung",
        "stunden",
        "material",
        "reparatur",
        "wartung",
        "papier",
        "ordner",
        "kabel",
        "leuchte",
        "pumpe",
        "filter",
        "kies",
        "sand",
        "beton",
        "holz",
        "farbe",
        "reinigung",
        "transport",
        "miete",
        "lizenz",
        "support",
        "toner",
        "monitor",
        "tisch",
        "stuhl",
        "buch",
        "spiel",
        "pflanze",
        "baum",
        "rohr",
        "ventil",
        "schraube",
        "dichtung",
        "handschuh",
        "helm",
        "diesel",
        "strom",
        "wasser",
        "entsorgung",
    ];
    const KINDS: [&str; 16] = [
        "",
        "satz",
        "teil",
        "gerat",
        "pauschale",
        "stark",
        "klein",
        "gross",
        "blau",
        "weiss",
        "kurz",
        "lang",
        "spezial",
        "norm",
        "neu",
        "kompakt",
    ];
    let mut words: Vec<String> = (0..10)
        .map(|_| {
            // The smaller of three: a few things are bought again and again.
            let thing = random.below(40).min(random.below(40)).min(random.below(40));
            let kind = random.below(16).min(random.below(16));
            let pick = |list: &[&'static str], at: u64| list[usize::try_from(at).unwrap_or(0) % list.len()];
            format!("{}{}", pick(&THINGS, thing), pick(&KINDS, kind))
        })
        .collect();
    words.push(format!("artikel{:05}", random.below(100_000)));
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// Numbers that look random and are not: xorshift, as good as it has to be here.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// A number from 0 to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }

    /// One of these, by its weight of 1000.
    fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let mut at = self.below(1_000);
        for (value, weight) in choices {
            if at < *weight {
                return *value;
            }
            at -= weight;
        }
        choices[0].0
    }
}
