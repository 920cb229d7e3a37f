//! Every target of `fuzz/` on its seeds, what found something before, and some thousand texts made of
//! them: the same ones on every run.

#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;

use targets::TARGETS;
use targets::seeds::seeds;

/// Texts of one target, beside its seeds.
const RUNS: usize = 400;
/// Of a seed larger than this only a part is used: what it is made into is read as often as others.
const LONGEST: usize = 8_192;

/// Numbers that look random, and are the same for every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap_or(0)
    }
}

/// What parsers stumble over.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b": ",
    b"- ",
    b"{",
    b"]",
    b"\"",
    b"'",
    b"\\",
    b"=",
    b"-9223372036854775808",
    b"&a *a",
    b"<<: *a\n",
    b"\xef\xbb\xbf",
];

/// A seed with some changes.
fn changed(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let start = numbers.below(seed.len().saturating_sub(LONGEST) + 1);
    let first = seed.first().copied().into_iter();
    let part = seed.iter().copied().skip(start.max(1)).take(LONGEST);
    let mut bytes: Vec<u8> = first.chain(part).collect();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(64)).min(bytes.len());
        match numbers.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at..end].repeat(1 + numbers.below(200));
                bytes.splice(at..at, again);
            }
            _ => {
                let from = numbers.below(other.len());
                let part = other.iter().skip(from).take(numbers.below(256));
                bytes.splice(at..end, part.copied());
            }
        }
    }
    bytes
}

#[test]
fn no_target_panics_on_what_is_made_of_its_seeds() {
    let mut by_target: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for (target, bytes) in seeds(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        by_target.entry(target).or_default().push(bytes);
    }
    let mut found = Vec::new();
    for (target, run) in TARGETS {
        let seeds = by_target.remove(target).unwrap_or_default();
        assert!(!seeds.is_empty(), "{target} has seeds");
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let made: Vec<Vec<u8>> = (0..RUNS)
            .map(|_| {
                let [one, other] = [0, 1].map(|_| &seeds[numbers.below(seeds.len())]);
                changed(one, other, &mut numbers)
            })
            .collect();
        for bytes in seeds.iter().chain(&made) {
            if catch_unwind(|| run(bytes)).is_err() {
                found.push(format!("{target}: {}", bytes.escape_ascii()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "each is to be a file in fuzz/regressions:\n{}",
        found.join("\n")
    );
}
