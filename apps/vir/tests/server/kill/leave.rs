//! Rolling upgrade: one node after the other is asked to end while programs hand in, some over a connection that they
//! keep, some over a new one each time.
//!
//! Invariant: a request that reached a node is answered; one that finds nobody there is made again at the next node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rand::RngExt as _;

use super::load::{Load, bill};
use super::receiver::Receiver;
use crate::installation::{Installation, Storage};

struct Clients {
    load: Arc<Load>,
    ended: AtomicBool,
    answered: AtomicUsize,
}

async fn client(clients: Arc<Clients>, keeps: bool) -> Vec<String> {
    let idle = if keeps { 4 } else { 0 };
    let http = reqwest::Client::builder().pool_max_idle_per_host(idle).build().unwrap();
    let mut lost = Vec::new();
    while !clients.ended.load(Ordering::Acquire) {
        let (number, _, xml) = bill("ROLL", clients.load.next_number());
        loop {
            let node = &clients.load.nodes[rand::rng().random_range(0..clients.load.nodes.len())];
            let request = http
                .post(format!("{node}/api/v1/invoices"))
                .bearer_auth(clients.load.token("imke.janssen"))
                .header("content-type", "application/xml")
                .header("idempotency-key", &number)
                .body(xml.clone());
            match request.send().await {
                Ok(answer) if answer.status() == 201 => {
                    clients.answered.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Ok(answer) => {
                    lost.push(format!("{number}: {}", answer.status()));
                    break;
                }
                // Nobody listens there, or the connection was closed while the request was on its way: without an
                // answer nothing was promised. The client asks again under the same key, as clients do.
                Err(error) if error.is_connect() || error.is_request() => {
                    tokio::time::sleep(Duration::from_millis(5)).await
                }
                Err(error) => {
                    lost.push(format!("{number}: {error:?}"));
                    break;
                }
            }
        }
    }
    lost
}

async fn nodes_leave(storage: Storage) {
    let settings = [("VIR_OUTBOUND_ALLOW", r#"["127.0.0.0/8"]"#), ("VIR_OUTBOUND_ALLOW_HTTP", "true")];
    let Some(mut installation) = Installation::start_with(storage, &settings) else { return };
    let load = Load::prepare(&installation, Receiver::start().await).await;
    let clients = Arc::new(Clients { load, ended: AtomicBool::new(false), answered: AtomicUsize::new(0) });
    let running: Vec<_> = (0..6).map(|n| tokio::spawn(client(Arc::clone(&clients), n % 2 == 0))).collect();
    for round in 0..4 {
        let before = clients.answered.load(Ordering::Acquire);
        while clients.answered.load(Ordering::Acquire) < before + 20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::task::block_in_place(|| {
            let index = round % installation.servers.len();
            let node = &mut installation.servers[index];
            assert!(node.stop(), "it ends well: {}", node.last_words());
            installation.servers[index] = installation.node(installation.servers[index].port());
        });
    }
    clients.ended.store(true, Ordering::Release);
    let mut lost = Vec::new();
    for client in running {
        lost.extend(client.await.unwrap());
    }
    let answered = clients.answered.load(Ordering::Acquire);
    assert!(lost.is_empty(), "{} of {answered} requests lost: {lost:?}", lost.len());
    eprintln!("{storage:?}: 4 nodes left one after the other, {answered} requests answered, none lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_files() {
    nodes_leave(Storage::Files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_postgresql_and_s3_with_two_nodes() {
    nodes_leave(Storage::Distributed).await;
}
