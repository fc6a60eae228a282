//! Stands between a depot and the storage, and cuts: connections break at random, requests are lost or late.
//!
//! Invariant: what is passed on is passed on as it came, so that signatures hold.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What may happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// It never arrives.
    Lost,
    /// A part of it arrives.
    Torn,
    /// It is done, and nobody hears of it.
    Unanswered,
    /// It is done later, behind others.
    Late,
    /// 503, and nothing is done.
    Refused,
    /// 500, and it is done.
    RefusedAfterwards,
}

const CUTS: [Cut; 6] = [Cut::Lost, Cut::Torn, Cut::Unanswered, Cut::Late, Cut::Refused, Cut::RefusedAfterwards];
/// A late request comes after at most so many milliseconds.
pub const LATEST: u64 = 300;

/// The proxy.
pub struct Proxy {
    pub endpoint: String,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    /// Of a thousand requests, so many are cut.
    share: u64,
    is_cutting: AtomicBool,
    dice: AtomicU64,
    late: AtomicU64,
    counts: Mutex<[u64; CUTS.len()]>,
}

impl Shared {
    fn dice(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut z = self.dice.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn cut(&self, request: &[u8]) -> Option<Cut> {
        let changes = !request.starts_with(b"GET") && !request.starts_with(b"HEAD");
        // Reading is cut, too, but seldom: nothing can be lost by it.
        let share = if changes { self.share } else { self.share / 8 };
        if !self.is_cutting.load(Ordering::Relaxed) || self.dice() % 1000 >= share {
            return None;
        }
        let at = (self.dice() % CUTS.len() as u64) as usize;
        self.counts.lock().unwrap()[at] += 1;
        Some(CUTS[at])
    }
}

impl Proxy {
    /// Begins to listen.
    pub fn start(target: &str, share: u64, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            target: target.trim_start_matches("http://").to_owned(),
            share,
            is_cutting: AtomicBool::new(true),
            dice: AtomicU64::new(seed),
            late: AtomicU64::new(0),
            counts: Mutex::default(),
        });
        let own = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = own.clone();
                thread::spawn(move || _ = serve(client, &shared));
            }
        });
        Self { endpoint, shared }
    }

    /// How often something was cut, by kind.
    pub fn counts(&self) -> Vec<(Cut, u64)> {
        CUTS.into_iter().zip(*self.shared.counts.lock().unwrap()).collect()
    }

    /// Waits until no late request is under way.
    pub fn settle(&self) {
        while self.shared.late.load(Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A request as it came: its head, and its body.
fn request(client: &mut TcpStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        match client.read(&mut piece)? {
            0 => return Ok(None),
            count => bytes.extend_from_slice(&piece[..count]),
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    while body.len() < length.unwrap_or(0) {
        match client.read(&mut piece)? {
            0 => return Ok(None),
            count => body.extend_from_slice(&piece[..count]),
        }
    }
    Ok(Some((bytes, body)))
}

/// Passes a request on over a connection of its own, and gives the whole answer.
fn passed(target: &str, head: &[u8], body: &[u8]) -> io::Result<Vec<u8>> {
    let mut storage = TcpStream::connect(target)?;
    storage.set_nodelay(true)?;
    // So that the end of the answer is the end of the connection.
    let line = head.windows(2).position(|two| two == b"\r\n").unwrap_or(0) + 2;
    storage.write_all(&[&head[..line], b"connection: close\r\n", &head[line..], body].concat())?;
    let mut answer = Vec::new();
    storage.read_to_end(&mut answer)?;
    Ok(answer)
}

const ANSWER: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn serve(mut client: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let Some((head, body)) = request(&mut client)? else { return Ok(()) };
    match shared.cut(&head) {
        None => client.write_all(&passed(&shared.target, &head, &body)?)?,
        Some(Cut::Lost) => {}
        Some(Cut::Torn) => {
            let whole = [&head[..], &body].concat();
            let end = shared.dice() as usize % whole.len();
            TcpStream::connect(&shared.target)?.write_all(&whole[..end])?;
        }
        Some(Cut::Unanswered) => _ = passed(&shared.target, &head, &body)?,
        Some(Cut::Late) => {
            shared.late.fetch_add(1, Ordering::SeqCst);
            let (shared, pause) = (shared.clone(), Duration::from_millis(5 + shared.dice() % (LATEST - 5)));
            thread::spawn(move || {
                thread::sleep(pause);
                let _ = passed(&shared.target, &head, &body);
                shared.late.fetch_sub(1, Ordering::SeqCst);
            });
        }
        Some(Cut::Refused) => client.write_all(ANSWER.as_bytes())?,
        Some(Cut::RefusedAfterwards) => {
            let _ = passed(&shared.target, &head, &body)?;
            client.write_all(ANSWER.replace("503 Service Unavailable", "500 Internal Server Error").as_bytes())?;
        }
    }
    client.shutdown(Shutdown::Both)
}
