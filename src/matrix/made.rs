//! When and by what evidence was made, while bundles pass.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::coverage::{Made, MadeBy};
use super::report;

/// The longest name that is kept, in bytes.
const LONGEST: usize = 512;

/// A name that is kept, cut where it is too long.
pub(super) fn short(name: &str) -> String {
    match name
        .char_indices()
        .find(|(at, c)| at + c.len_utf8() > LONGEST)
    {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}

/// Collectors that are told apart; bundles may name as many as they like.
const COLLECTORS: usize = 50;

/// When and by what evidence was made, while bundles pass.
#[derive(Default)]
pub(super) struct Provenance {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    collectors: BTreeMap<[Option<String>; 3], u64>,
    without_collector: u64,
    other_collectors: u64,
}

impl Provenance {
    pub(super) fn add(&mut self, bundle: &report::Bundle) {
        let time = bundle.collected_at.as_deref();
        if let Some(time) = time.and_then(|text| text.trim().parse::<Timestamp>().ok()) {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        let Some(collector) = &bundle.collector else {
            self.without_collector += 1;
            return;
        };
        let part = |text: &Option<String>| text.as_deref().map(short);
        let key = [&collector.name, &collector.version, &collector.sha256].map(part);
        let is_full = self.collectors.len() >= COLLECTORS;
        match self.collectors.get_mut(&key) {
            Some(bundles) => *bundles += 1,
            None if is_full => self.other_collectors += 1,
            None => {
                self.collectors.insert(key, 1);
            }
        }
    }

    pub(super) fn finish(self) -> Made {
        let by = |([name, version, sha256], bundles): ([Option<String>; 3], u64)| MadeBy {
            name,
            version,
            sha256,
            bundles,
        };
        Made {
            first_collected_at: self.first.map(|time| time.to_string()),
            last_collected_at: self.last.map(|time| time.to_string()),
            collectors: self.collectors.into_iter().map(by).collect(),
            other_collectors: self.other_collectors,
            without_collector: self.without_collector,
        }
    }
}
