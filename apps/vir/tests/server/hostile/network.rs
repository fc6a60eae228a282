//! Slow, greedy and ambiguous clients.
//!
//! Invariant: each is sent away in its time, and meanwhile an honest client is served quickly.

use std::time::{Duration, Instant};

use super::Case;
use super::wire::{Wire, honest, statuses};

/// What the server under test is told to be: as patient as the defaults, only in less time.
pub const HEAD_SECONDS: u64 = 2;
pub const IDLE_SECONDS: u64 = 2;
pub const REQUEST_SECONDS: u64 = 5;
pub const PER_ADDRESS: usize = 150;

/// How long an honest client may wait while others misbehave, on a busy machine.
const QUICK: Duration = Duration::from_secs(3);
const SLACK: Duration = Duration::from_secs(4);

fn ends_in(wires: &mut [Wire], seconds: u64, what: &str) -> Result<(), String> {
    let until = Instant::now() + Duration::from_secs(seconds) + SLACK;
    for wire in wires {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(200));
        let (_, ended) = wire.rest(left);
        if !ended {
            return Err(format!("{what}: still connected after {seconds} s"));
        }
    }
    Ok(())
}

fn many(port: u16, first: &[u8]) -> Vec<Wire> {
    (0..PER_ADDRESS - 5)
        .map(|_| {
            let mut wire = Wire::to(port);
            wire.send(first);
            wire
        })
        .collect()
}

fn quick(port: u16) -> Result<(), String> {
    let waited = honest(port);
    if waited < QUICK { Ok(()) } else { Err(format!("an honest client waited {} ms", waited.as_millis())) }
}

/// All of them, each with the limit that it meets.
pub fn cases(port: u16) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |limit: &'static str, name: &str, outcome: Result<(), String>| {
        cases.push(Case { limit, name: name.to_owned(), outcome: outcome.map(|()| "abgewiesen".to_owned()) });
    };
    for (name, first) in [
        ("connects and says nothing", &b""[..]),
        ("says one letter", b"P"),
        ("begins HTTP/2 and stops", b"PRI * HTTP/2.0\r\n"),
        ("half a head", b"GET /hilfe HTTP/1.1\r\nHost: x\r\nX-A"),
    ] {
        let mut wires = many(port, first);
        let outcome = quick(port).and_then(|()| ends_in(&mut wires, HEAD_SECONDS, name));
        add("Zeit für den Kopf einer Anfrage", name, outcome);
    }
    add("Zeit für den Kopf einer Anfrage", "a byte of the head each half second", trickled_head(port));
    let half = b"POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=";
    let mut wires = many(port, half);
    let outcome = quick(port).and_then(|()| ends_in(&mut wires, IDLE_SECONDS, "half a body"));
    add("Pause in einer Übertragung", "half a body", outcome);
    add("Dauer einer Anfrage", "a byte of the body each half second", trickled_body(port));
    add("Pause in einer Übertragung", "asks much and reads nothing", reads_nothing(port));
    add("Verbindungen je Adresse", "more connections than its share", too_many(port));
    add("Kopfzeilen einer Anfrage", "two hundred headers", flood(port, &"X-A: b\r\n".repeat(200)));
    add("Bytes im Kopf einer Anfrage", "a header of 100 KB", flood(port, &format!("X-A: {}\r\n", "b".repeat(100_000))));
    add(
        "Bytes im Kopf einer Anfrage",
        "a cookie of 100 KB",
        flood(port, &format!("Cookie: vir_session={}\r\n", "b".repeat(100_000))),
    );
    add(
        "Bytes im Kopf einer Anfrage",
        "an address of 100 KB",
        refused(port, &format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "b".repeat(100_000))),
    );
    for (name, request) in smuggled() {
        add("Mehrdeutige Anfragen", name, one_answer(port, &request));
    }
    add("Mehrdeutige Anfragen", "an honest client afterwards", quick(port));
    cases
}

fn trickled_head(port: u16) -> Result<(), String> {
    let mut wire = Wire::to(port);
    let began = Instant::now();
    for byte in b"GET /hilfe HTTP/1.1\r\nHost: x\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaa" {
        if !wire.send([*byte]) {
            break;
        }
        let (_, ended) = wire.rest(Duration::from_millis(400));
        if ended {
            break;
        }
    }
    let took = began.elapsed();
    if took < Duration::from_secs(HEAD_SECONDS) + SLACK { Ok(()) } else { Err(format!("lasted {} s", took.as_secs())) }
}

fn trickled_body(port: u16) -> Result<(), String> {
    let mut wire = Wire::to(port);
    wire.send("POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n");
    let began = Instant::now();
    for _ in 0..100 {
        if !wire.send("a") {
            break;
        }
        let (text, ended) = wire.rest(Duration::from_millis(400));
        if ended || !text.is_empty() {
            break;
        }
    }
    let took = began.elapsed();
    if took < Duration::from_secs(REQUEST_SECONDS) + SLACK {
        Ok(())
    } else {
        Err(format!("lasted {} s", took.as_secs()))
    }
}

/// Asks for so much that it cannot lie in buffers, and takes none of it.
fn reads_nothing(port: u16) -> Result<(), String> {
    let mut wires: Vec<Wire> = (0..20).map(|_| Wire::to(port)).collect();
    for wire in &mut wires {
        wire.stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        for _ in 0..2000 {
            if !wire.send("GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20)) {
                break;
            }
        }
    }
    quick(port)?;
    // Looking whether it has hung up would be reading; writing tells, too.
    let until = Instant::now() + Duration::from_secs(IDLE_SECONDS) + SLACK + SLACK;
    for wire in &mut wires {
        let gone = loop {
            let mut more = |text: &[u8]| std::io::Write::write(&mut wire.stream, text);
            match more(b"GET / HTTP/1.1\r\n") {
                Err(error)
                    if !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
                {
                    break true;
                }
                _ if Instant::now() > until => break false,
                _ => std::thread::yield_now(),
            }
        };
        if !gone {
            return Err("somebody who reads nothing is still connected".to_owned());
        }
    }
    Ok(())
}

fn too_many(port: u16) -> Result<(), String> {
    let mut wires: Vec<Wire> =
        (0..PER_ADDRESS + 50).filter_map(|_| Wire::from(super::wire::ELSEWHERE, port).ok()).collect();
    quick(port)?;
    let gone = wires
        .iter_mut()
        .rev()
        .take(40)
        .filter_map(|wire| wire.rest(Duration::from_millis(500)).1.then_some(()))
        .count();
    if gone >= 40 { Ok(()) } else { Err(format!("only {gone} of 40 were sent away")) }
}

fn flood(port: u16, headers: &str) -> Result<(), String> {
    refused(port, &format!("GET /hilfe HTTP/1.1\r\nHost: x\r\n{headers}\r\n"))
}

fn refused(port: u16, request: &str) -> Result<(), String> {
    let mut wire = Wire::to(port);
    wire.send(request);
    let (text, ended) = wire.rest(Duration::from_secs(HEAD_SECONDS) + SLACK);
    match statuses(&text).as_slice() {
        [400 | 413 | 414 | 431] | [] if ended => Ok(()),
        other => Err(format!("answers {other:?}, ended {ended}")),
    }
}

/// Requests of which one reader sees one and another reader two.
fn smuggled() -> Vec<(&'static str, String)> {
    let post = |headers: &str, body: &str| format!("POST /abmelden HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n{body}");
    let second = "GET /geschmuggelt HTTP/1.1\r\nHost: x\r\n\r\n";
    let long = second.len();
    vec![
        (
            "length, then chunks",
            post(&format!("Content-Length: {}\r\nTransfer-Encoding: chunked", long + 5), &format!("0\r\n\r\n{second}")),
        ),
        (
            "chunks, then length",
            post(&format!("Transfer-Encoding: chunked\r\nContent-Length: {}", long + 5), &format!("0\r\n\r\n{second}")),
        ),
        ("two lengths", post(&format!("Content-Length: 0\r\nContent-Length: {long}"), second)),
        ("a list of lengths", post(&format!("Content-Length: 0, {long}"), second)),
        ("a length with a sign", post("Content-Length: +0", second)),
        ("an unknown coding", post("Transfer-Encoding: xchunked", &format!("0\r\n\r\n{second}"))),
        ("chunks that are not last", post("Transfer-Encoding: chunked, identity", &format!("0\r\n\r\n{second}"))),
        ("a blank before the colon", post("Transfer-Encoding : chunked", &format!("0\r\n\r\n{second}"))),
        ("a folded header", post("Transfer-Encoding:\r\n chunked", &format!("0\r\n\r\n{second}"))),
        ("a NUL in a header", post("Transfer-Encoding: chun\0ked", &format!("0\r\n\r\n{second}"))),
        ("a chunk with a sign", post("Transfer-Encoding: chunked", &format!("-1\r\n\r\n{second}"))),
        ("a chunk that is too large", post("Transfer-Encoding: chunked", &format!("ffffffffffffffff1\r\n{second}"))),
        ("a bare CR in a header", post("X-A: b\rTransfer-Encoding: chunked", &format!("0\r\n\r\n{second}"))),
        ("no host", format!("GET /hilfe HTTP/1.1\r\n\r\n{second}")),
        ("two hosts", format!("GET /hilfe HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{second}")),
        (
            "HTTP/1.0 with chunks",
            format!("POST /abmelden HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{second}"),
        ),
        ("an unknown version", format!("GET /hilfe HTTP/3.7\r\nHost: x\r\n\r\n{second}")),
    ]
}

/// The second request is never answered as one of its own.
fn one_answer(port: u16, request: &str) -> Result<(), String> {
    let mut wire = Wire::to(port);
    wire.send(request);
    let (text, ended) = wire.rest(Duration::from_secs(HEAD_SECONDS) + SLACK);
    let found = statuses(&text);
    if found.len() <= 1 && ended && !text.contains("geschmuggelt") {
        Ok(())
    } else {
        Err(format!("answers {found:?}, ended {ended}"))
    }
}
