//! How long hash trees and records take: `cargo bench -p vir-archive`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints, and asks the clock")]

use std::time::Instant;

use vir_archive::digest::Digest;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::write::Evidence;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let count: usize = if std::env::args().any(|argument| argument == "--bench") { 10_000_000 } else { 1_000 };
    let digest = Digest::Sha256;
    let mut leaves = Vec::with_capacity(count * digest.length());
    let mut value = digest.of(&[b"seed"]);
    for number in 0..count {
        value[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        leaves.extend_from_slice(&value);
    }
    let start = Instant::now();
    let tree = Tree::from_joined(digest, leaves).expect("leaves of one length");
    println!("tree over {count} leaves: {:.3} s", start.elapsed().as_secs_f64());
    let token = vec![0x30; 5_300];
    let (records, mut bytes) = (1_000, 0);
    let start = Instant::now();
    for number in 0..records {
        let leaf = number * (count / records).max(1) % count;
        bytes += Evidence::initial(&tree, leaf, &token).expect("the leaf is there").encode().len();
    }
    let each = start.elapsed().as_secs_f64() * 1000.0 / f64::from(records as u32);
    println!("one record: {each:.4} ms, {} bytes", bytes / records);
}
