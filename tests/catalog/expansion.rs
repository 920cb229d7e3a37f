//! What the built-in benchmarks come to once every difference is applied: a digest of each stands in
//! `expansion.txt`, so that a benchmark changes on purpose only, and not by way of the one it extends.

use std::fmt::Write as _;
use std::fs;

use crate::support::*;
use nodeproof::benchmark::described;
use nodeproof::benchmark::{Benchmark, Text};
use nodeproof::bundle::sha256_hex;

const DIGESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalog/expansion.txt");

/// Everything that a benchmark says, and what each of its controls is judged by.
fn expanded(benchmark: &Benchmark) -> String {
    let b = benchmark;
    let mut text = format!(
        "{} {:?} {} {:?} {} {} {:?} {:?} {} {:?}\n",
        b.id,
        b.aliases,
        b.family,
        b.order,
        b.publisher,
        b.title,
        b.version,
        b.address,
        b.numbers_from,
        b.kubernetes
    );
    for control in &b.controls {
        let told = described::control(b, control);
        let own = control.own_terms();
        let published = control.text.as_ref().map_or(String::new(), published);
        let _ = writeln!(text, "{told} {own} {published}");
    }
    text
}

/// The keys that a published check has.
fn published(check: &Text) -> String {
    let text = format!("{check:?}");
    let set = |part: &&str| !part.ends_with(": None") && !part.ends_with(": false");
    text.split(", ").filter(set).collect::<Vec<_>>().join(", ")
}

/// To accept a change on purpose: `NODEPROOF_ACCEPT=1 cargo test expansion`, then read what
/// `nodeproof controls -b ID` says of each benchmark whose line changed.
#[test]
fn the_expansion_of_every_benchmark_is_as_its_digest_says() {
    let lines = CATALOG.benchmarks.iter().map(|benchmark| {
        let digest = sha256_hex(expanded(benchmark).as_bytes());
        format!("{digest}  {}\n", benchmark.id)
    });
    let now: String = lines.collect();
    if std::env::var_os("NODEPROOF_ACCEPT").is_some() {
        fs::write(DIGESTS, &now).unwrap();
    }
    let wanted = fs::read_to_string(DIGESTS).unwrap();
    let changed: Vec<&str> = now.lines().filter(|line| !wanted.contains(line)).collect();
    assert!(changed.is_empty(), "changed:\n{}", changed.join("\n"));
    assert_eq!(now.lines().count(), wanted.lines().count());
}
