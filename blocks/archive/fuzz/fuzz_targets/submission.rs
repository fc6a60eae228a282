//! Takes arbitrary bytes as something that somebody hands in to be verified, with data beside it.
//!
//! Nothing may panic or hang or take more memory than the limits, and what nobody stamped is never valid.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::certificate::path::Trust;
use vir_archive::evidence::Options;
use vir_archive::evidence::submission::{Limits, gather};
use vir_archive::evidence::verify::Verdict;
use vir_archive::moment::Moment;

const LIMITS: Limits = Limits { bytes: 1 << 20, files: 50, elements: 10_000 };

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how much of the rest is data beside the record.
    let Some((first, rest)) = bytes.split_first() else { return };
    let (record, data) = rest.split_at(rest.len() * usize::from(*first) / 255);
    let data = if data.is_empty() { Vec::new() } else { vec![("inventory.json".to_owned(), data.to_vec())] };
    let Ok(found) = gather("x", record.to_vec(), &data, &|_| None, LIMITS) else { return };
    let options = Options { at: Moment::from_unix(1_800_000_000), catalogue: true, trust: Trust::default() };
    for one in found.iter().take(20) {
        let judged = one.judge(&options);
        let proves = judged.report.verdict == Verdict::Valid && !judged.report.objects.is_empty();
        assert!(!proves || judged.report.existed.is_some());
    }
});
