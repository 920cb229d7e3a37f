//! The first pass: each bundle up to its first member, for kind, cluster, node and time.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::budget::Budget;
use crate::bundle::nested::{self, Nest};
use crate::bundle::{self, First, Place, Select, Unreadable};
use crate::evidence::json;
use crate::evidence::manifest::Manifest;
use crate::limits::{Limits, NAME_BYTES};
use crate::problem::Problem;

/// What the first member says of a bundle. Empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its first member is a `bundle.json` that can be read: it takes part in lending.
    pub described: bool,
    /// Another tool made it: it says as much by its layout.
    pub is_import: bool,
    /// Its first member is `bundle.json` and says it is of a cluster.
    pub is_cluster: bool,
    /// The cluster's name.
    pub cluster: Option<Box<str>>,
    /// The node's name.
    pub node: Option<Box<str>>,
    /// When it was made, RFC 3339.
    pub collected_at: Option<Box<str>>,
    /// /etc/machine-id
    pub machine_id: Option<Box<str>>,
    /// DMI product UUID
    pub system_uuid: Option<Box<str>>,
}

/// What a place holds.
#[derive(Debug)]
pub struct Held {
    /// Its bundles, by number.
    pub bundle_numbers: Range<usize>,
    /// What it is.
    pub what: HeldAs,
}

/// What a place is.
#[derive(Debug)]
pub enum HeldAs {
    /// One bundle; if it cannot be read the second pass finds out.
    Bundle,
    /// An archive of bundles, and what these may inflate to.
    Bundles(Box<Nest<Entry>>, Box<Budget>),
    /// An archive of bundles that cannot be read.
    Unreadable(Box<Unreadable>),
}

/// Every bundle of a run, numbered in row order.
#[derive(Debug, Default)]
pub struct Index {
    /// What is known of each.
    pub entries: Vec<Entry>,
    /// The name of each, as the `bundle` column has it.
    pub names: Vec<String>,
    /// What each place holds.
    pub held: Vec<Held>,
}

impl Index {
    /// Indexes places, in their order. What cannot be read is found again, and reported, by the
    /// second pass. `select` is what is evidence.
    #[must_use]
    pub fn of(places: &[Place], limits: &Limits, select: &Select<'_>) -> Self {
        let read: Vec<(Vec<Entry>, HeldAs)> = places
            .par_iter()
            .map(|place| {
                let read = catch_unwind(AssertUnwindSafe(|| look(place, limits, select)));
                read.unwrap_or_else(|_| (vec![Entry::default()], HeldAs::Bundle))
            })
            .collect();
        // Room to spare would be as much again.
        let entries = read.iter().map(|(entries, _)| entries.len()).sum();
        let mut index = Self {
            entries: Vec::with_capacity(entries),
            names: Vec::with_capacity(entries),
            held: Vec::with_capacity(places.len()),
        };
        for (place, (entries, what)) in places.iter().zip(read) {
            let start = index.entries.len();
            index.entries.extend(entries);
            match &what {
                HeldAs::Bundles(nest, _) => {
                    let names = nest.inner.iter();
                    let names = names.map(|inner| format!("{}!{}", place.name, inner.path));
                    index.names.extend(names);
                }
                HeldAs::Bundle | HeldAs::Unreadable(_) => index.names.push(place.name.clone()),
            }
            index.held.push(Held {
                bundle_numbers: start..index.entries.len(),
                what,
            });
        }
        index
    }

    /// Whether the first member of a bundle says that it is of a cluster.
    #[must_use]
    pub fn is_cluster(&self, bundle_number: usize) -> bool {
        self.entries
            .get(bundle_number)
            .is_some_and(|entry| entry.is_cluster)
    }

    /// Members of archives of bundles that are no bundle and in none.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.nests().map(|nest| nest.skipped).sum()
    }

    /// What a reader should know of archives of bundles.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.nests().flat_map(|nest| &nest.problems)
    }

    fn nests(&self) -> impl Iterator<Item = &Nest<Entry>> {
        self.held.iter().filter_map(|held| match &held.what {
            HeldAs::Bundles(nest, _) => Some(&**nest),
            _ => None,
        })
    }
}

fn look(place: &Place, limits: &Limits, select: &Select<'_>) -> (Vec<Entry>, HeldAs) {
    let first = bundle::first(place, limits).ok().flatten();
    if nested::may_hold_bundles(place, first.as_ref()) {
        match nested::scan(place, limits, select, &|first| entry(first, limits)) {
            Ok(None) => {}
            Ok(Some(mut nest)) => {
                let inner = nest.inner.iter_mut();
                let entries = inner.map(|inner| std::mem::take(&mut inner.index));
                let entries = entries.collect();
                let budget = Budget::of(nest.bytes, limits);
                return (entries, HeldAs::Bundles(Box::new(nest), Box::new(budget)));
            }
            Err(unreadable) => {
                return (vec![Entry::default()], HeldAs::Unreadable(unreadable));
            }
        }
    }
    (vec![entry(first, limits)], HeldAs::Bundle)
}

fn entry(first: Option<First>, limits: &Limits) -> Entry {
    let first = first.filter(|first| first.name == "bundle.json");
    let first = first.filter(|first| json::within(&first.bytes, limits).is_ok());
    let manifest = first.and_then(|first| Manifest::parse(&first.bytes).ok());
    // Of a masked archive of another tool its own layout says who it is.
    let is_own = |of: &Manifest| (of.redacted_from.as_ref()).is_none_or(|it| it.layout.is_none());
    let manifest = manifest.filter(is_own);
    manifest.map_or_else(Entry::default, |manifest| Entry {
        is_import: false,
        ..Entry::of(&manifest)
    })
}

impl Entry {
    /// What the layout of another tool's archive says of it.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let boxed = |text: &Option<String>| {
            let text = text.as_deref().filter(|text| text.len() <= NAME_BYTES);
            text.map(Into::into)
        };
        Self {
            described: true,
            is_import: true,
            is_cluster: manifest.is_cluster(),
            cluster: boxed(&manifest.cluster),
            node: boxed(&manifest.node),
            collected_at: boxed(&manifest.collected_at),
            machine_id: boxed(&manifest.host.machine_id),
            system_uuid: boxed(&manifest.host.system_uuid),
        }
    }
}
