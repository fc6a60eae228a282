//! How long hash trees, records and renewals take, and how much memory: `cargo bench -p vir-archive`.
//!
//! Each line is a name and a value: seconds, milliseconds, bytes or kilobytes, as the name says. The proof
//! `evidence-tree` reads them.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints, and asks the clock")]

use std::time::Instant;

use vir_archive::digest::Digest;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::write::Evidence;

/// Time stamps that are renewed together: one for every hour of thirty years.
const STAMPS: usize = 30 * 365 * 24;

/// Bytes of a token: the median of the real ones in the corpora.
const TOKEN: usize = 5_300;

/// Different hash values, one behind the other.
fn leaves(digest: Digest, count: usize) -> Vec<u8> {
    let mut leaves = Vec::with_capacity(count * digest.length());
    let mut value = digest.of(&[b"seed"]);
    for number in 0..count {
        value[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        leaves.extend_from_slice(&value);
    }
    leaves
}

fn token(number: usize) -> Vec<u8> {
    let mut token = vec![0; TOKEN];
    token[..4].copy_from_slice(&[0x30, 0x82, ((TOKEN - 4) >> 8) as u8, (TOKEN - 4) as u8]);
    token[4..12].copy_from_slice(&(number as u64).to_be_bytes());
    token
}

/// The most memory that the process has had, in kilobytes; none where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let whole = std::env::args().any(|argument| argument == "--bench");
    let (count, stamps) = if whole { (10_000_000, STAMPS) } else { (1_000, 100) };
    for (digest, name) in [(Digest::Sha256, "sha256"), (Digest::Sha512, "sha512")] {
        let leaves = leaves(digest, count);
        let start = Instant::now();
        let tree = Tree::from_joined(digest, leaves).expect("leaves of one length");
        println!("tree-{name}-s {:.3}", start.elapsed().as_secs_f64());

        let stamp = token(0);
        let (records, mut bytes, mut worst) = (1_000, 0, 0.0_f64);
        let first = Instant::now();
        for number in 0..records {
            let leaf = number * (count / records).max(1) % count;
            let start = Instant::now();
            bytes += Evidence::initial(&tree, leaf, &stamp).expect("the leaf is there").encode().len();
            worst = worst.max(start.elapsed().as_secs_f64() * 1000.0);
        }
        println!("record-{name}-ms {:.4}", first.elapsed().as_secs_f64() * 1000.0 / records as f64);
        println!("record-{name}-worst-ms {worst:.4}");
        println!("record-{name}-bytes {}", bytes / records);
        if digest == Digest::Sha256 {
            renewal(&tree, stamps);
            println!("peak-{name}-kb {}", peak().unwrap_or(0));
        }
    }
}

/// Renews all time stamps of an archive by one: the hash value of each, a tree over them, and a renewed record.
fn renewal(tree: &Tree, stamps: usize) {
    let tokens: Vec<Vec<u8>> = (0..stamps).map(token).collect();
    let digest = tree.digest();
    let start = Instant::now();
    let mut renewed = Vec::with_capacity(stamps * digest.length());
    for token in &tokens {
        renewed.extend_from_slice(&digest.of(&[token]));
    }
    let over = Tree::from_joined(digest, renewed).expect("leaves of one length");
    println!("renewal-s {:.3}", start.elapsed().as_secs_f64());
    println!("renewal-stamps {stamps}");
    let record = Evidence::initial(tree, 7, &tokens[3]).expect("the leaf is there");
    let start = Instant::now();
    let record = record.renew_time_stamp(&over, 3, &tokens[0]).expect("one algorithm").encode();
    println!("renewed-record-ms {:.4}", start.elapsed().as_secs_f64() * 1000.0);
    println!("renewed-record-bytes {}", record.len());
}
