//! Many invented invoices at once, for measurements: rows as if years of work had left them.
//!
//! They have no documents; only lists, searches and figures can be measured with them.
//!
//! Invariant: the same seed gives the same invoices.

use jiff::{Timestamp, ToSpan as _};
use vir_store::{Result, Store, TenantId, Value, args};

use super::search;
use crate::figures::follow::insert;
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
    /// Drop the indexes of the register first and make them anew afterwards: much quicker, and only
    /// possible where the tables may be changed, which is SQLite.
    pub rebuild: bool,
}

const COLUMNS: &str = "invoice (id, received_at, channel, direction, state, unit_id, assigned_person, kind, verdict, \
    finding_count, error_count, original_blob, file_name, size_bytes, number, number_key, issue_date, due_date, \
    seller_name, seller_id, seller_key, order_reference, currency, payable_cents, skonto_date, skonto_cents, iban, \
    voucher_number, on_hold, duplicate_of, changed_at, version)";

/// So many in one transaction.
const BATCH: u32 = 2_000;

/// Adds the invoices and makes them findable.
pub async fn fill(store: &Store, tenant: &TenantId, volume: &Volume) -> Result<()> {
    let indexes: Vec<&'static str> = include_str!("../../migrations/0301_register.sql")
        .lines()
        .filter(|line| line.starts_with("create index") && line.contains(" on invoice "))
        .collect();
    if volume.rebuild {
        let drops: Vec<String> =
            indexes.iter().filter_map(|line| line.split(' ').nth(2)).map(|name| format!("drop index {name}")).collect();
        execute(store, tenant, drops).await?;
    }
    let mut random = Random(volume.seed | 1);
    let mut from = 0;
    while from < volume.count {
        let to = (from + BATCH).min(volume.count);
        let mut rows = Vec::with_capacity(BATCH as usize);
        let mut found = Vec::with_capacity(BATCH as usize);
        for index in from..to {
            let (row, words) = invoice(volume, index, &mut random);
            rows.push(row);
            found.push(words);
        }
        store
            .write(tenant, move |tx| {
                Box::pin(async move {
                    insert(tx, COLUMNS, "", &rows).await?;
                    for one in &found {
                        let place = (one.direction, one.state, one.unit.as_deref());
                        search::index(tx, &one.id, one.at, &one.words, place).await?;
                    }
                    Ok::<_, vir_store::Error>(())
                })
            })
            .await?;
        from = to;
    }
    if volume.rebuild {
        for line in indexes {
            execute(store, tenant, vec![line.replace("{t}", "")]).await?;
        }
    }
    Ok(())
}

async fn execute(store: &Store, tenant: &TenantId, statements: Vec<String>) -> Result<()> {
    let done = store.write(tenant, move |tx| {
        Box::pin(async move {
            for sql in statements {
                tx.execute(sql, &[]).await?;
            }
            Ok::<_, vir_store::Error>(())
        })
    });
    done.await
}

/// What the full text needs to know.
struct Findable {
    id: InvoiceId,
    at: Timestamp,
    words: String,
    direction: Direction,
    state: State,
    unit: Option<String>,
}

fn invoice(volume: &Volume, index: u32, random: &mut Random) -> (Vec<Value>, Findable) {
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
    let key: String =
        number.chars().filter(|character| character.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
    let words = format!("{name} {number} {key} {order} {vat} {iban} {}", voucher.as_deref().unwrap_or_default());
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
        vat.to_lowercase(),
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
    (row, Findable { id, at, words, direction, state, unit })
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
