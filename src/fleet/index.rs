//! The first pass: each bundle up to its first member, for kind, cluster, node and time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::bundle::{self, Place};
use crate::evidence::manifest::Manifest;
use crate::limits::Limits;

/// What the first member says of a bundle. Empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its first member is a `bundle.json` that can be read: it takes part in lending.
    pub described: bool,
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

/// Indexes places, in their order. What cannot be read is found again, and reported, by the
/// second pass.
#[must_use]
pub fn index(places: &[Place], limits: &Limits) -> Vec<Entry> {
    places
        .par_iter()
        .map(|place| {
            let read = catch_unwind(AssertUnwindSafe(|| entry(place, limits)));
            read.ok().flatten().unwrap_or_default()
        })
        .collect()
}

fn entry(place: &Place, limits: &Limits) -> Option<Entry> {
    let (name, bytes) = bundle::first(place, limits).ok()??;
    if name.rsplit('/').next() != Some("bundle.json") || name.matches('/').count() > 1 {
        return None;
    }
    let manifest = Manifest::parse(&bytes).ok()?;
    let is_cluster = manifest.is_cluster();
    let boxed = |text: Option<String>| text.map(String::into_boxed_str);
    Some(Entry {
        described: true,
        is_cluster,
        cluster: boxed(manifest.cluster),
        node: boxed(manifest.node),
        collected_at: boxed(manifest.collected_at),
        machine_id: boxed(manifest.host.machine_id),
        system_uuid: boxed(manifest.host.system_uuid),
    })
}
