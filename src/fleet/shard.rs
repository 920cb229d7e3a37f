//! One of several runs that share the bundles of a fleet.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::index::{Held, HeldAs, Index};
use crate::bundle::{Digesting, half_sha256_hex};

/// Which of how many: `2/8` is the second of eight.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    /// At least 1.
    pub of: u32,
}

/// Shards that a run may have: merging holds each of their files open.
const MOST: u32 = 1000;

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let (number, of) = typed.split_once('/').unwrap_or_default();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let parsed = |text: &str| text.parse().ok().filter(|_| is_number(text));
        match (parsed(number), parsed(of)) {
            (Some(number), Some(of)) if (1..=of).contains(&number) && of <= MOST => {
                Ok(Self { number, of })
            }
            _ => Err(format!(
                "it is not which of how many shards, at most {MOST}: 1/4, 2/4, 3/4, 4/4"
            )),
        }
    }
}

impl Shard {
    /// The bundles of a run that this shard judges, by number: all of one cluster and node fall to one
    /// shard, and so do all of one archive, whose limits they share.
    #[must_use]
    pub fn own_bundles(self, index: &Index) -> Vec<bool> {
        let mut all = Vec::with_capacity(index.entries.len());
        for held in &index.held {
            let key = |bundle_number: usize| match &held.what {
                HeldAs::Bundle => Self::key(index, bundle_number),
                HeldAs::Bundles(..) | HeldAs::Unreadable(_) => {
                    Self::key(index, held.bundle_numbers.start)
                }
            };
            let Held {
                bundle_numbers: own,
                ..
            } = held;
            all.extend(
                own.clone()
                    .map(|bundle_number| self.has(&key(bundle_number))),
            );
        }
        all
    }

    /// Cluster and node; of what names neither, the bundle.
    fn key(index: &Index, bundle_number: usize) -> String {
        let entry = index.entries.get(bundle_number);
        let cluster = entry.and_then(|entry| entry.cluster.as_deref());
        let node = entry.and_then(|entry| entry.node.as_deref());
        match (cluster, node) {
            (None, None) => index.names.get(bundle_number).cloned().unwrap_or_default(),
            (cluster, node) => format!(
                "{}\0{}",
                cluster.unwrap_or_default(),
                node.unwrap_or_default()
            ),
        }
    }

    fn has(self, key: &str) -> bool {
        let digest = half_sha256_hex(key.as_bytes());
        let head = digest.iter().take(8);
        let number = head.fold(0_u32, |number, digit| {
            number << 4 | char::from(*digit).to_digit(16).unwrap_or_default()
        });
        number % self.of == self.number - 1
    }
}

/// What tells whether two runs found the same bundles: of their names, and of what each says of itself.
#[must_use]
pub fn digest(index: &Index) -> String {
    let mut digest = Digesting::default();
    for (name, entry) in index.names.iter().zip(&index.entries) {
        // The names of types and fields are in it: to rename one is to tell shards apart.
        digest.add(format!("{name:?} {entry:?}\n").as_bytes());
    }
    digest.hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_of_how_many_is_read_and_nothing_else() {
        let read = |text: &str| text.parse::<Shard>().ok().map(|s| (s.number, s.of));
        assert_eq!(read("2/8"), Some((2, 8)));
        assert_eq!(read("1/1"), Some((1, 1)));
        for wrong in [
            "", "/", "0/3", "4/3", "1/0", "+1/2", "1/2/3", "1", "a/b", "1/5000", " 1/2",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_bundle_falls_to_one_shard_and_shards_are_of_like_size() {
        let shards: Vec<Shard> = (1..=7).map(|number| Shard { number, of: 7 }).collect();
        let mut sizes = [0; 7];
        for n in 0..7000 {
            let has = shards
                .iter()
                .map(|shard| shard.has(&format!("prod\0node-{n}")));
            let of: Vec<usize> = has
                .enumerate()
                .filter_map(|(at, has)| has.then_some(at))
                .collect();
            assert_eq!(of.len(), 1, "{n}: {of:?}");
            sizes[of[0]] += 1;
        }
        assert!(
            sizes.iter().all(|size| (850..1150).contains(size)),
            "{sizes:?}"
        );
    }
}
