//! `vir-ingest-bench`: deposits into a depot on a local disk, beside what the disk and the hash can do.
//!
//! ```text
//! vir-ingest-bench [--folder PATH] [--objects 20000] [--size 65536] [--threads 64] [--large 2048] [--replica]
//! ```
//!
//! In one run: how fast the disk takes bytes in sequence (flushed at the end), how often it flushes for one who waits,
//! how fast all cores hash with SHA-512, how many objects are acknowledged durably, and how fast large ones are
//! (`--large`: megabytes in all).
//!
//! Nothing is removed before the end, and a run soon after another is slower: ext4 looks at each inode that was removed
//! in the last minutes before it takes another.
//!
//! Invariant: what is measured is acknowledged; a deposit counts when its receipt is there.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement speaks and looks at the clock")]

use std::fs::{self, File};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sha2::{Digest as _, Sha512};
use vir_archive::ocfl::depot::Change;
use vir_archive::ocfl::inventory::User;
use vir_archive_desk::storage::{Disk, Shared, Store};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Options {
    folder: PathBuf,
    objects: u64,
    size: usize,
    threads: usize,
    large: u64,
    replica: bool,
}

fn main() -> Outcome<()> {
    let folder = std::env::temp_dir();
    let mut options = Options { folder, objects: 20_000, size: 64 * 1024, threads: 64, large: 2048, replica: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--replica" {
            options.replica = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--folder" => options.folder = value.into(),
            "--objects" => options.objects = value.parse()?,
            "--size" => options.size = value.parse()?,
            "--threads" => options.threads = value.parse()?,
            "--large" => options.large = value.parse()?,
            _ => return Err(format!("unknown: {name}").into()),
        }
    }
    let folder = options.folder.join(format!("vir-ingest-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = run(&options, &folder);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn run(options: &Options, folder: &Path) -> Outcome<()> {
    let cores = std::thread::available_parallelism()?.get();
    let megabytes = options.large.max(64);
    let disk = megabytes as f64 / sequential(folder, megabytes)?;
    let hash = hashing(cores);
    let flushes = flushing(folder)?;
    println!("disk, {megabytes} MB in sequence and flushed: {disk:.0} MB/s");
    println!("disk, 4 KB and a flush, by one: {flushes:.0} flushes/s");
    println!("SHA-512 on {cores} cores: {hash:.0} MB/s");
    let replica = if options.replica { Some(open(&folder.join("second"))?) } else { None };
    let store = Store::open(open(&folder.join("first"))?, replica)?;

    let size = options.size;
    let done = measured(folder, || deposit(&store, options.threads, options.objects, "small", size as u64))?;
    let small = options.objects as f64 / done.seconds;
    println!(
        "{} objects of {size} bytes by {} depositors: {small:.0} objects/s, {:.0} MB/s{}",
        options.objects,
        options.threads,
        small * size as f64 / 1e6,
        done.device
    );

    let each = 64;
    let done = measured(folder, || deposit(&store, cores * 2, megabytes / each, "large", each * 1_000_000))?;
    let large = (megabytes / each * each) as f64 / done.seconds;
    let share = large / disk.min(hash) * 100.0;
    println!("objects of {each} MB: {large:.0} MB/s, {share:.0} % of min(disk, SHA-512){}", done.device);
    println!(
        "depot-ingest: {small:.0} objects/s of {size} bytes, {share:.0} % of min(disk {disk:.0}, SHA-512 {hash:.0} MB/s), \
         {flushes:.0} flushes/s by one"
    );
    Ok(())
}

/// How long something took, and what the device did meanwhile.
struct Measured {
    seconds: f64,
    device: String,
}

fn measured(folder: &Path, work: impl FnOnce() -> Outcome<()>) -> Outcome<Measured> {
    let before = device(folder);
    let begun = Instant::now();
    work()?;
    let seconds = begun.elapsed().as_secs_f64();
    let device = match (before, device(folder)) {
        (Some((flushes, sectors)), Some((later_flushes, later_sectors))) => format!(
            "; the device wrote {} MB and flushed {} times",
            (later_sectors - sectors) * 512 / 1_000_000,
            later_flushes - flushes
        ),
        _ => String::new(),
    };
    Ok(Measured { seconds, device })
}

/// How often the device below a folder has flushed since the start, and how many sectors of 512 bytes it has written
/// (`/proc/diskstats`); others' writes count, too.
fn device(folder: &Path) -> Option<(u64, u64)> {
    let device = std::os::unix::fs::MetadataExt::dev(&fs::metadata(folder).ok()?);
    // As Linux packs them where both are small.
    let (major, minor) = ((device >> 8 & 0xfff).to_string(), (device & 0xff).to_string());
    let text = fs::read_to_string("/proc/diskstats").ok()?;
    let fields = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let found = fields.into_iter().find(|fields| fields.starts_with(&[&major, &minor]))?;
    Some((found.get(18)?.parse().ok()?, found.get(9)?.parse().ok()?))
}

fn open(path: &Path) -> Outcome<Shared> {
    Ok(Arc::new(Disk::open(path)?))
}

/// Bytes that are different for each object, made at no cost.
struct Bytes {
    head: [u8; 16],
    left: u64,
    begun: bool,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if !self.begun && size >= 16 {
            buffer[..16].copy_from_slice(&self.head);
            self.begun = true;
        }
        self.left -= size as u64;
        Ok(size)
    }
}

fn deposit(store: &Store, threads: usize, objects: u64, kind: &str, size: u64) -> Outcome<()> {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> Outcome<()> {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= objects {
                            return Ok(());
                        }
                        let user = User { name: "Registratur".to_owned(), address: None };
                        let created = "2026-01-01T00:00:00Z".to_owned();
                        let change = Change { created, message: "Ablage".to_owned(), user };
                        let mut draft = store.depot().draft(&format!("urn:example:{kind}:{number}"), change)?;
                        let mut head = [0; 16];
                        head[..8].copy_from_slice(&number.to_le_bytes());
                        draft.put("dokument.pdf", &mut Bytes { head, left: size, begun: false })?;
                        draft.commit()?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a depositor failed")?)
    })
}

/// How long the disk takes for so many megabytes.
fn sequential(folder: &Path, megabytes: u64) -> Outcome<f64> {
    let path = folder.join("sequential");
    let piece = vec![7; 1_000_000];
    let begun = Instant::now();
    let mut file = File::create(&path)?;
    for _ in 0..megabytes {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(seconds)
}

/// How often in a second the disk flushes for one who appends a little and waits.
fn flushing(folder: &Path) -> Outcome<f64> {
    let mut file = File::create(folder.join("flushes"))?;
    let begun = Instant::now();
    let mut flushes = 0;
    while begun.elapsed().as_secs_f64() < 1.0 {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        flushes += 1;
    }
    Ok(f64::from(flushes) / begun.elapsed().as_secs_f64())
}

/// Megabytes per second that all cores hash.
fn hashing(cores: usize) -> f64 {
    const MEGABYTES: usize = 800;
    let piece = vec![7; 1_000_000];
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut hasher = Sha512::new();
                (0..MEGABYTES).for_each(|_| hasher.update(&piece));
                std::hint::black_box(hasher.finalize())
            });
        }
    });
    (MEGABYTES * cores) as f64 / begun.elapsed().as_secs_f64()
}
