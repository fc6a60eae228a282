//! `kill -9` of the real program at random moments while many people and programs use it.
//!
//! Suppliers hand in over the API, by mail through real mail servers, and with the public form; people decide on
//! pages and over the API; two cashiers want to pay the same invoices; another program is told by webhooks.
//! Meanwhile nodes are killed: while they work, and while they start. The clients keep a ledger of what was
//! acknowledged and of what is in doubt, and in the end the store is held against it ([`check`]).
//!
//! What is promised of mails that go out: each is written once and keeps its `Message-ID`; it is *sent* at least
//! once, because SMTP has no other way where the answer is lost. Webhooks likewise, under the same `webhook-id`.
//!
//! `VIR_KILLS` says how often, on each back end (4 by default).

mod channels;
mod check;
mod leave;
mod ledger;
mod load;
mod receiver;
mod records;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt as _;
use tokio::task::JoinSet;
use vir_testkit::mail_servers::MailServers;

use crate::installation::{Installation, Storage};
use load::Load;
use receiver::Receiver;

/// After so many kills another town is begun: the checks walk over all of it.
const PER_TOWN: usize = 125;

async fn killed(storage: Storage) {
    let kills: usize = std::env::var("VIR_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let mut done = 0;
    while done < kills {
        let round = PER_TOWN.min(kills - done);
        let settings = [("VIR_OUTBOUND_ALLOW", r#"["127.0.0.0/8"]"#), ("VIR_OUTBOUND_ALLOW_HTTP", "true")];
        let Some(installation) = Installation::start_with(storage, &settings) else { return };
        town(installation, storage, round).await;
        done += round;
    }
    eprintln!("{storage:?}: {done} kills, nothing lost, nothing doubled");
}

async fn town(mut installation: Installation, storage: Storage, kills: usize) {
    let servers = match MailServers::start(&[channels::INBOX]) {
        Ok(servers) => Some(servers),
        Err(missing) => {
            vir_testkit::missing(&format!("mails: {missing}"));
            None
        }
    };
    let load = Load::prepare(&installation, Receiver::start().await).await;
    if let Some(servers) = &servers {
        channels::open_mailbox(&installation, servers).await;
    }
    let mut clients = clients(&load, &installation, servers.as_ref()).await;
    let begun = Instant::now();
    let (mut slowest, mut starts) = (Duration::ZERO, Duration::ZERO);
    for number in 0..kills {
        if let Some(ended) = clients.try_join_next() {
            panic!("a client ended before the load: {:?}", ended.err());
        }
        let started = tokio::task::block_in_place(|| strike(&mut installation, number));
        slowest = slowest.max(started);
        starts += started;
    }
    let took = begun.elapsed();
    load.end();
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    let answers = settle(&mut installation, servers.as_ref()).await;
    let verified = vir_testkit::server::unconfigured(&installation.binary)
        .args(["audit", "verify", "--data"])
        .arg(installation.folder.join("data"))
        .envs(installation.environment())
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let faults = {
        let told = load.receiver.told.lock().unwrap();
        let ledger = load.ledger.lock().unwrap();
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(check::all(&installation.place, &ledger, &told, &answers))
        })
    };
    eprintln!(
        "{storage:?}: {kills} kills in {:.1} s (a start {:.0} ms, the slowest {:.0} ms): {}",
        took.as_secs_f64(),
        starts.as_secs_f64() * 1000.0 / kills as f64,
        slowest.as_secs_f64() * 1000.0,
        load.ledger.lock().unwrap().summary()
    );
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

/// Everybody begins.
async fn clients(load: &Arc<Load>, installation: &Installation, servers: Option<&MailServers>) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    let mut begin = |client: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| drop(clients.spawn(client));
    for keyed in [false, true, true] {
        begin(Box::pin(load::supplier(Arc::clone(load), keyed)));
    }
    begin(Box::pin(load::twins(Arc::clone(load))));
    begin(Box::pin(load::coder(Arc::clone(load))));
    begin(Box::pin(load::coder(Arc::clone(load))));
    begin(Box::pin(load::certifier(Arc::clone(load))));
    begin(Box::pin(load::commenter(Arc::clone(load))));
    begin(Box::pin(records::registrar(Arc::clone(load))));
    for who in ["frauke.tjarks", "frauke.tjarks", "folkert.sassen"] {
        begin(Box::pin(load::orderer(Arc::clone(load), who)));
    }
    for who in ["okka.behrends", "silke.agena"] {
        begin(Box::pin(load::cashier(Arc::clone(load), who)));
    }
    begin(Box::pin(channels::web_entry(Arc::clone(load))));
    let certifier = installation.browser_of("hauke.meinders").await;
    begin(Box::pin(channels::certifier(Arc::clone(load), certifier)));
    if let Some(servers) = servers {
        let clerk = installation.browser_of("imke.janssen").await;
        begin(Box::pin(channels::rejecter(Arc::clone(load), clerk)));
        begin(Box::pin(channels::mailer(Arc::clone(load), servers.smtp, servers.certificate.clone())));
    }
    clients
}

/// One kill: after 0 to 400 ms of load; every fifth while the node starts; every seventh of all nodes at once.
/// Gives how long the next start took.
fn strike(installation: &mut Installation, number: usize) -> Duration {
    let nodes = installation.servers.len();
    let chosen = rand::rng().random_range(0..nodes);
    let struck: Vec<usize> = if number % 7 == 6 { (0..nodes).collect() } else { vec![chosen] };
    let random = |most: u64| Duration::from_micros(rand::rng().random_range(0..most * 1000));
    std::thread::sleep(random(400));
    for index in &struck {
        installation.servers[*index].kill();
    }
    if number % 5 == 4 {
        for index in &struck {
            installation.servers[*index] = installation.launched(installation.servers[*index].port());
        }
        std::thread::sleep(random(150));
        for index in &struck {
            installation.servers[*index].kill();
        }
    }
    let begun = Instant::now();
    for index in &struck {
        installation.servers[*index] = installation.launched(installation.servers[*index].port());
    }
    for index in &struck {
        installation.servers[*index].wait_until_ready().unwrap();
    }
    begun.elapsed()
}

/// One last kill of all; then what was left undone is done, and everybody ends in order. Gives the mails that the
/// suppliers have got.
async fn settle(installation: &mut Installation, servers: Option<&MailServers>) -> Vec<Vec<u8>> {
    for server in &mut installation.servers {
        server.kill();
    }
    let (store, town) = check::open(&installation.place).await;
    check::let_time_pass(&store, &town).await;
    store.close().await;
    for index in 0..installation.servers.len() {
        installation.servers[index] = installation.node(installation.servers[index].port());
    }
    let (store, town) = check::open(&installation.place).await;
    // A webhook whose receiver answered 503 some times waits longer and longer before it is tried again.
    let deadline = Instant::now() + Duration::from_secs(300);
    loop {
        // Those that wait for their hour (the housekeeping of the night, notices that are bundled) are not late.
        let late = "select count(*) as n from job where state <> 'dead'
                    and kind not in ('web.housekeeping', 'invoice-desk.notice')";
        let jobs = check::count(&store, &town, late).await;
        let mails =
            check::count(&store, &town, "select count(*) as n from mail where not moved or state = 'stored'").await;
        let inbox = servers.map_or(0, |servers| servers.count(channels::INBOX, None));
        if (jobs, mails, inbox) == (0, 0, 0) {
            break;
        }
        if Instant::now() > deadline {
            let left = check::rows(&store, &town, "select kind, state, attempts, last_error from job").await;
            let stuck = check::rows(
                &store,
                &town,
                "select state, moved, attempts, reason from mail where not moved or state = 'stored'",
            )
            .await;
            let stuck: Vec<String> = stuck
                .iter()
                .map(|row| {
                    format!(
                        "{} {} {}",
                        row.text("state").unwrap(),
                        row.bool("moved").unwrap(),
                        row.int("attempts").unwrap()
                    )
                })
                .collect();
            let left: Vec<String> = left
                .iter()
                .take(10)
                .map(|row| {
                    format!(
                        "{} {} {:?}",
                        row.text("kind").unwrap(),
                        row.text("state").unwrap(),
                        row.optional_text("last_error").unwrap()
                    )
                })
                .collect();
            let last = installation.servers[0].last_words();
            panic!("undone: {jobs} jobs, {mails} mails, {inbox} in the inbox: {left:?} {stuck:?}\n{last}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    store.close().await;
    for server in &mut installation.servers {
        assert!(server.stop(), "a node that is asked to end ends well: {}", server.last_words());
    }
    servers.map_or_else(Vec::new, |servers| servers.mails("other", None))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_files() {
    killed(Storage::Files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_postgresql_and_s3_with_two_nodes() {
    killed(Storage::Distributed).await;
}
