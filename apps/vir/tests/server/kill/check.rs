//! What must hold afterwards, read from the store itself.
//!
//! Invariant: every fault is found and told, not only the first.

use std::collections::{BTreeMap, HashMap, HashSet};

use vir_invoice_desk::invoice_row::State;
use vir_invoice_desk::workflow::Kind;
use vir_invoice_desk::workflow::state::{Act, Standing};
use vir_store::{Clock, Config, Row, Store, TenantId, Tx, audit, care};

use super::ledger::Ledger;
use super::receiver::Told;

/// The store, while servers may use it, too.
pub async fn open(place: &Config) -> (Store, TenantId) {
    let migrations = vir_web::migrations(&[vir_invoice_desk::block(), vir_archive_desk::block()]);
    let store = Store::open(place.clone(), &migrations, Clock::system()).await.unwrap();
    (store, vir_invoice_desk::demo::town::SLUG.parse().unwrap())
}

/// The rows of a question.
pub async fn rows(store: &Store, town: &TenantId, sql: &'static str) -> Vec<Row> {
    let read = store.read(town, move |tx: &mut Tx| Box::pin(async move { tx.all(sql, &[]).await }));
    read.await.unwrap_or_else(|error: vir_store::Error| panic!("{sql}: {error}"))
}

/// How many of something there are, as `n`.
pub async fn count(store: &Store, town: &TenantId, sql: &'static str) -> i64 {
    rows(store, town, sql).await[0].int("n").unwrap()
}

/// Leases end and pauses pass.
pub async fn let_time_pass(store: &Store, town: &TenantId) {
    let write = store.write(town, |tx: &mut Tx| {
        Box::pin(async move {
            tx.execute("update job set run_at = 1 where state = 'waiting'", &[]).await?;
            tx.execute("update job set leased_until = 1 where state = 'running'", &[]).await?;
            tx.execute("update mailbox set lease_until = 1", &[]).await?;
            // A mail that broke off several times waits.
            tx.execute("update mail set received_at = received_at - 7200000000 where state = 'stored'", &[]).await?;
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await.unwrap();
}

/// Everything; the faults that were found.
pub async fn all(place: &Config, ledger: &Ledger, told: &Told, answers: &[Vec<u8>]) -> Vec<String> {
    let (store, town) = open(place).await;
    let mut faults = told.faults.clone();
    let invoices = rows(
        &store,
        &town,
        "select id, channel, original_blob, number, state, on_hold, trouble, version,
        voucher_number, direction from invoice",
    )
    .await;
    received(&mut faults, &invoices, ledger);
    decided(&store, &town, &mut faults, &invoices, ledger).await;
    vouchers(&store, &town, &mut faults, ledger).await;
    paid(&store, &town, &mut faults, ledger).await;
    said(&store, &town, &mut faults, ledger).await;
    mailed(&store, &town, &mut faults, ledger, answers).await;
    told_of(&store, &town, &mut faults, told).await;
    super::records::check(place, &store, &town, &mut faults, ledger).await;
    for row in rows(&store, &town, "select kind, last_error from job where state = 'dead'").await {
        faults.push(format!("given up: {} {:?}", row.text("kind").unwrap(), row.optional_text("last_error").unwrap()));
    }
    let verdict = audit::verify(&store, &town, None).await.unwrap();
    faults.extend(verdict.faults.iter().map(|fault| format!("audit: {fault}")));
    let noted = count(&store, &town, "select count(*) as n from audit where action = 'invoice.receive'").await;
    if noted != i64::try_from(invoices.len()).unwrap() {
        faults.push(format!("{} invoices, {noted} in the audit log", invoices.len()));
    }
    let scrubbed = care::scrub(&store, &town).await.unwrap();
    if !(scrubbed.damaged.is_empty() && scrubbed.missing.is_empty()) {
        faults.push(format!("{scrubbed:?}"));
    }
    store.close().await;
    faults
}

fn received(faults: &mut Vec<String>, invoices: &[Row], ledger: &Ledger) {
    let mut by_number: HashMap<String, Vec<&Row>> = HashMap::new();
    for row in invoices {
        by_number.entry(row.optional_text("number").unwrap().unwrap_or_default()).or_default().push(row);
    }
    for sent in &ledger.sent {
        let found = by_number.get(&sent.number).map_or(&[][..], Vec::as_slice);
        match (&sent.id, found) {
            (Some(_), []) => faults.push(format!("{} was acknowledged and is lost", sent.number)),
            (None, []) if sent.channel == "mail" => faults.push(format!("{} was mailed and is lost", sent.number)),
            (None, []) => {}
            (id, [row]) => {
                if id.as_ref().is_some_and(|id| !id.is_empty() && *id != row.text("id").unwrap()) {
                    faults.push(format!("{} has another row than was said", sent.number));
                }
                if !sent.sha256.is_empty() && row.text("original_blob").unwrap() != sent.sha256 {
                    faults.push(format!("{} has other bytes", sent.number));
                }
                if row.text("channel").unwrap() != sent.channel {
                    faults.push(format!("{} came by another channel", sent.number));
                }
            }
            (_, several) => faults.push(format!("{} is there {} times", sent.number, several.len())),
        }
    }
}

async fn decided(store: &Store, town: &TenantId, faults: &mut Vec<String>, invoices: &[Row], ledger: &Ledger) {
    let mut by_invoice: HashMap<String, Vec<Row>> = HashMap::new();
    let all =
        "select invoice_id, version, kind, from_state, to_state, person_id from invoice_decision order by version";
    for row in rows(store, town, all).await {
        by_invoice.entry(row.text("invoice_id").unwrap()).or_default().push(row);
    }
    let mut made: HashMap<(String, String), usize> = HashMap::new();
    let mut at: HashSet<(String, i64, String)> = HashSet::new();
    for invoice in invoices {
        let id = invoice.text("id").unwrap();
        let first =
            if invoice.optional_text("trouble").unwrap().is_some() { State::Quarantined } else { State::Received };
        let mut standing = Standing::initial(first);
        for row in by_invoice.get(&id).map_or(&[][..], Vec::as_slice) {
            let (kind, to) = (row.text("kind").unwrap(), row.text("to_state").unwrap());
            *made.entry((id.clone(), kind.clone())).or_default() += 1;
            at.insert((id.clone(), row.int("version").unwrap(), kind.clone()));
            let act = Act::own(row.text("person_id").unwrap());
            match standing.after(Kind::parse(&kind).unwrap(), &act, State::find(&to)) {
                Ok(after) if after.state.text() == to => standing = after,
                other => {
                    faults.push(format!("{id}: {kind} leads to {to} after {:?}: {other:?}", standing.state));
                    break;
                }
            }
        }
        let now = (invoice.text("state").unwrap(), invoice.bool("on_hold").unwrap());
        if (standing.state.text(), standing.on_hold) != (now.0.as_str(), now.1)
            && invoice.text("direction").unwrap() == "incoming"
        {
            faults.push(format!("{id} is {now:?}, its decisions lead to {:?} {}", standing.state, standing.on_hold));
        }
        let last = by_invoice.get(&id).and_then(|rows| rows.last()).map_or(0, |row| row.int("version").unwrap());
        if last > invoice.int("version").unwrap() {
            faults.push(format!("{id} is older than its last decision"));
        }
    }
    for decided in &ledger.decided {
        if !at.contains(&(decided.invoice.clone(), decided.version, decided.kind.clone())) {
            faults.push(format!("{} of {} was acknowledged and is lost", decided.kind, decided.invoice));
        }
    }
    for (what, tried) in &ledger.tried {
        let made = made.get(what).copied().unwrap_or(0);
        if made > *tried || (made > 1 && !matches!(what.1.as_str(), "hold" | "release")) {
            faults.push(format!("{what:?} was tried {tried} times and is there {made} times"));
        }
    }
}

async fn vouchers(store: &Store, town: &TenantId, faults: &mut Vec<String>, ledger: &Ledger) {
    let mut years: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut of: HashMap<String, String> = HashMap::new();
    for row in rows(store, town, "select year, number, invoice_id from voucher order by year, number").await {
        let (year, number) = (row.int("year").unwrap(), row.int("number").unwrap());
        years.entry(year).or_default().push(number);
        if of.insert(row.text("invoice_id").unwrap(), format!("{year}-{number:06}")).is_some() {
            faults.push("an invoice has two voucher numbers".to_owned());
        }
    }
    for (year, numbers) in &years {
        if !numbers.iter().copied().eq(1..=i64::try_from(numbers.len()).unwrap()) {
            faults.push(format!("the voucher numbers of {year} have gaps"));
        }
    }
    for row in rows(store, town, "select year, last from voucher_counter").await {
        let count = years.get(&row.int("year").unwrap()).map_or(0, Vec::len);
        if row.int("last").unwrap() != i64::try_from(count).unwrap() {
            faults.push(format!("{count} voucher numbers, and the counter stands at {}", row.int("last").unwrap()));
        }
    }
    for row in rows(store, town, "select id, voucher_number from invoice where voucher_number is not null").await {
        if of.get(&row.text("id").unwrap()) != row.optional_text("voucher_number").unwrap().as_ref() {
            faults.push(format!("{} shows another voucher number than it has", row.text("id").unwrap()));
        }
    }
    for decided in ledger.decided.iter().filter(|decided| decided.kind == "order") {
        if of.get(&decided.invoice) != decided.voucher.as_ref() {
            faults.push(format!(
                "{}: {:?} was said, {:?} is there",
                decided.invoice,
                decided.voucher,
                of.get(&decided.invoice)
            ));
        }
    }
}

async fn paid(store: &Store, town: &TenantId, faults: &mut Vec<String>, ledger: &Ledger) {
    let runs =
        rows(store, town, "select id, number, total_cents, transfer_count, file from payment_run order by number")
            .await;
    let mut by_id = HashMap::new();
    for (index, run) in (1..).zip(&runs) {
        if run.int("number").unwrap() != index {
            faults.push(format!("the numbers of payment runs have a gap at {index}"));
        }
        let file = String::from_utf8(run.bytes("file").unwrap()).unwrap();
        let transfers = file.matches("<EndToEndId>").count();
        if i64::try_from(transfers).unwrap() != run.int("transfer_count").unwrap() {
            faults.push(format!("run {index} has {transfers} transfers in its file"));
        }
        by_id.insert(run.text("id").unwrap(), run.int("total_cents").unwrap());
    }
    for ran in &ledger.runs {
        if by_id.get(&ran.id) != Some(&ran.cents) {
            faults.push(format!(
                "the payment run {} was acknowledged: {} cents, found {:?}",
                ran.id,
                ran.cents,
                by_id.get(&ran.id)
            ));
        }
    }
    let twice = "select i.invoice_id as invoice_id, count(*) as n from payment_item i
        join payment_transfer t on t.run_id = i.run_id and t.position = i.position
        where t.state not in ('rejected', 'returned', 'cancelled') group by i.invoice_id having count(*) > 1";
    for row in rows(store, town, twice).await {
        faults.push(format!("{} is paid {} times", row.text("invoice_id").unwrap(), row.int("n").unwrap()));
    }
    let unpaid = "select id from invoice where state in ('handed_over', 'paid') and received_at > (
            select min(created_at) from payment_run) and id not in (select invoice_id from payment_item where active)";
    for row in rows(store, town, unpaid).await {
        faults.push(format!("{} is handed over in no run", row.text("id").unwrap()));
    }
}

async fn said(store: &Store, town: &TenantId, faults: &mut Vec<String>, ledger: &Ledger) {
    let mut by_text: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows(store, town, "select id, text from invoice_comment").await {
        by_text.entry(row.text("text").unwrap()).or_default().push(row.text("id").unwrap());
    }
    for (text, known) in &ledger.comments {
        let found = by_text.get(text).map_or(&[][..], Vec::as_slice);
        match (known, found) {
            (Some(id), [one]) if id == one => {}
            (None, [] | [_]) => {}
            _ => faults.push(format!("comment “{text}”: {known:?} was said, {found:?} is there")),
        }
    }
}

async fn mailed(store: &Store, town: &TenantId, faults: &mut Vec<String>, ledger: &Ledger, answers: &[Vec<u8>]) {
    let mut by_message: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows(store, town, "select id, message_id, state, reason, attempts, moved from mail").await {
        by_message.entry(row.optional_text("message_id").unwrap().unwrap_or_default()).or_default().push(row);
    }
    let mut invoices: HashMap<String, usize> = HashMap::new();
    for row in rows(store, town, "select mail_id from mail_invoice").await {
        *invoices.entry(row.text("mail_id").unwrap()).or_default() += 1;
    }
    let mut out: HashMap<String, Vec<(String, String)>> = HashMap::new();
    let mut notices: HashMap<String, usize> = HashMap::new();
    for row in rows(store, town, "select kind, mail_id, invoice_id, message_id, state from mail_out").await {
        if let Some(mail) = row.optional_text("mail_id").unwrap() {
            out.entry(mail).or_default().push((row.text("message_id").unwrap(), row.text("state").unwrap()));
        }
        if let (Some(invoice), "rejection") =
            (row.optional_text("invoice_id").unwrap(), row.text("kind").unwrap().as_str())
        {
            *notices.entry(invoice).or_default() += 1;
        }
    }
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for answer in answers {
        let text = String::from_utf8_lossy(answer);
        let id = text.lines().find_map(|line| {
            line.to_ascii_lowercase().starts_with("message-id:").then(|| line[11..].trim().to_owned())
        });
        *arrived.entry(id.unwrap_or_default().trim_matches(['<', '>']).to_owned()).or_default() += 1;
    }
    for mailed in &ledger.mails {
        let Some([row]) = by_message.get(&mailed.message_id).map(Vec::as_slice) else {
            let count = by_message.get(&mailed.message_id).map_or(0, Vec::len);
            faults.push(format!("the mail {} is there {count} times", mailed.message_id));
            continue;
        };
        let (id, state) = (row.text("id").unwrap(), row.text("state").unwrap());
        if state != "processed" {
            faults.push(format!(
                "the mail {} is {state} {:?}, {} attempts",
                mailed.message_id,
                row.optional_text("reason").unwrap(),
                row.int("attempts").unwrap()
            ));
        }
        if invoices.get(&id).copied().unwrap_or(0) != mailed.numbers.len() {
            faults.push(format!("the mail {} brought {:?} invoices", mailed.message_id, invoices.get(&id)));
        }
        match out.get(&id).map(Vec::as_slice) {
            Some([(message, state)]) => {
                if state != "sent" || !arrived.contains_key(message) {
                    faults.push(format!(
                        "the answer to {} is {state} and arrived {:?} times",
                        mailed.message_id,
                        arrived.get(message)
                    ));
                }
            }
            other => faults.push(format!("the mail {} has the answers {other:?}", mailed.message_id)),
        }
    }
    let rejected: HashSet<String> = rows(store, town, "select id from invoice where state = 'rejected'")
        .await
        .iter()
        .map(|row| row.text("id").unwrap())
        .collect();
    for invoice in &ledger.notices {
        let notices = notices.get(invoice).copied().unwrap_or(0);
        if notices != usize::from(rejected.contains(invoice)) {
            faults.push(format!(
                "{invoice} is rejected: {}, and its supplier was told {notices} times",
                rejected.contains(invoice)
            ));
        }
    }
}

/// Every event is told to the webhook, and the webhook heard of it.
async fn told_of(store: &Store, town: &TenantId, faults: &mut Vec<String>, told: &Told) {
    let events = "select e.id as id, e.kind as kind, e.payload as payload, d.state as state from event e
        left join webhook_delivery d on d.event_id = e.id
        where e.at > (select min(created_at) from webhook) and e.kind like 'invoice.%'";
    for row in rows(store, town, events).await {
        let payload: serde_json::Value = serde_json::from_str(&row.text("payload").unwrap()).unwrap();
        let kind = row.text("kind").unwrap();
        if !vir_invoice_desk::told::EVENTS.iter().any(|(known, _)| *known == kind) {
            continue;
        }
        let state = row.optional_text("state").unwrap();
        let invoice = ["id", "invoice"].iter().find_map(|name| payload[*name].as_str()).unwrap_or_default().to_owned();
        let heard = told.messages.contains_key(&(kind.clone(), invoice));
        if state.as_deref() != Some("delivered") || !heard {
            faults.push(format!("event {} {kind}: {state:?}, heard: {heard}", row.text("id").unwrap()));
        }
    }
}
