//! Hands invoices in at `POST /api/v1/invoices`, over many connections at once, and tells how fast
//! they were taken.
//!
//! ```text
//! vir-load --token vir_demo_… [--address 127.0.0.1:8080] [--connections 32] [--invoices 20000] [--lines 20]
//! ```
//!
//! Only to this machine: the address must be a loopback one. Each invoice is different (number,
//! seller, day, sum), valid, and of about 20 KB. Standing in one place, the generator takes part of
//! the same two cores; it says how much processor time that was.
//!
//! Invariant: an invoice counts as taken only where the answer is 201 and came whole.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool that speaks to its user")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod connection;
#[path = "../../src/generate.rs"]
mod generate;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use connection::Connection;

struct Plan {
    address: SocketAddr,
    token: String,
    connections: usize,
    invoices: usize,
    lines: usize,
}

fn main() -> ExitCode {
    let plan = match plan(std::env::args().skip(1)) {
        Ok(plan) => Arc::new(plan),
        Err(reason) => {
            eprintln!(
                "{reason}\nvir-load --token TOKEN [--address 127.0.0.1:8080] [--connections 32] [--invoices 20000] [--lines 20]"
            );
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    runtime.block_on(run(plan))
}

fn plan(mut args: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan = Plan {
        address: SocketAddr::from(([127, 0, 0, 1], 8080)),
        token: String::new(),
        connections: 32,
        invoices: 20_000,
        lines: 20,
    };
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<usize>().map_err(|_| format!("{name}: {value} is no number"));
        match name.as_str() {
            "--address" => plan.address = value.parse().map_err(|_| format!("{value} is no address"))?,
            "--token" => plan.token = value,
            "--connections" => plan.connections = number()?.clamp(1, 1_000),
            "--invoices" => plan.invoices = number()?.clamp(1, 1_000_000),
            "--lines" => plan.lines = number()?.clamp(3, 10_000),
            _ => return Err(format!("unknown: {name}")),
        }
    }
    if !plan.address.ip().is_loopback() {
        return Err("the address must be one of this machine".to_owned());
    }
    if plan.token.is_empty() { Err("a token is needed".to_owned()) } else { Ok(plan) }
}

/// Five lengths around the wanted one, so that sums differ.
fn templates(lines: usize) -> Vec<String> {
    (lines - 2..=lines + 2).map(generate::ubl).collect()
}

/// An invoice that differs from all others of this and other runs.
fn invoice(templates: &[String], run: u128, at: usize) -> String {
    let template = &templates[at % templates.len()];

    let (head, rest) = template.split_once("<cbc:ID>").unwrap_or((template, ""));
    let (_, rest) = rest.split_once("</cbc:ID>").unwrap_or(("", rest));
    let (seller, day) = (100_000_000 + at * 7919 % 5_000, 1 + at / 5_000 % 28);
    let rest =
        rest.replacen("2026-11-02", &format!("2026-10-{day:02}"), 1).replacen("DE123456789", &format!("DE{seller}"), 1);
    format!("{head}<cbc:ID>L{run:x}-{at}</cbc:ID>{rest}")
}

async fn run(plan: Arc<Plan>) -> ExitCode {
    let templates = Arc::new(templates(plan.lines));
    let run = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    println!(
        "{} invoices of {} KB over {} connections to {}",
        plan.invoices,
        invoice(&templates, run, 0).len() / 1000,
        plan.connections,
        plan.address
    );
    let next = Arc::new(AtomicUsize::new(0));
    let (started, cpu) = (Instant::now(), processor_seconds());
    let workers: Vec<_> =
        (0..plan.connections).map(|_| tokio::spawn(work(plan.clone(), templates.clone(), next.clone(), run))).collect();
    let mut times = Vec::with_capacity(plan.invoices);
    let mut failures: Vec<String> = Vec::new();
    for worker in workers {
        match worker.await {
            Ok((some, failed)) => {
                times.extend(some);
                failures.extend(failed);
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    let took = started.elapsed();
    times.sort_unstable();
    let at = |percent: f64| {
        let index = ((times.len() as f64 * percent / 100.0) as usize).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or(Duration::ZERO).as_secs_f64() * 1000.0
    };
    println!("taken      {} in {:.1} s", times.len(), took.as_secs_f64());
    println!("rate       {:.0} per second", times.len() as f64 / took.as_secs_f64());
    println!("p50        {:.1} ms", at(50.0));
    println!("p95        {:.1} ms", at(95.0));
    println!("p99        {:.1} ms", at(99.0));
    println!("largest    {:.1} ms", at(100.0));
    if let (Some(before), Some(after)) = (cpu, processor_seconds()) {
        println!("generator  {:.1} s of processor time", after - before);
    }
    println!("errors     {}", failures.len());
    for failure in failures.iter().take(5) {
        println!("           {failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn work(
    plan: Arc<Plan>,
    templates: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    run: u128,
) -> (Vec<Duration>, Vec<String>) {
    let (mut times, mut failures) = (Vec::new(), Vec::new());
    let mut connection: Option<Connection> = None;
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        if at >= plan.invoices || failures.len() > 20 {
            return (times, failures);
        }
        let body = invoice(&templates, run, at);
        let begun = Instant::now();
        let open = match connection.take() {
            Some(open) => Ok(open),
            None => Connection::open(plan.address).await,
        };
        let answered = match open {
            Ok(mut open) => {
                open.post("/api/v1/invoices", &plan.token, body.as_bytes()).await.map(|answer| (open, answer))
            }
            Err(error) => Err(error),
        };
        match answered {
            Ok((open, answer)) => {
                if answer.status == 201 {
                    times.push(begun.elapsed());
                } else {
                    failures.push(format!("{} {}", answer.status, answer.body.chars().take(200).collect::<String>()));
                }
                connection = answer.keep.then_some(open);
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
}

/// Processor time of this process so far, from the system.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invoices_differ_in_number_seller_and_day() {
        let templates = templates(20);
        let one = invoice(&templates, 1, 7);
        assert!(one.contains("<cbc:ID>L1-7</cbc:ID>") && one.len() > 15_000, "{}", one.len());
        assert_ne!(one, invoice(&templates, 1, 12));
        assert!(plan(["--address", "192.0.2.1:80", "--token", "x"].map(str::to_owned).into_iter()).is_err());
    }
}
