//! What came in of each cluster: its own objects, and which roles its nodes have; what is asked of
//! those that did not: per cluster and benchmark the controls that have no row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::coverage::not_collected::{Lack, NotCollected};
use super::made::short;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::select::Selection;
use crate::benchmark::{Benchmark, Control};
use crate::node::duty::Duty;

/// What one node, or a cluster by itself, is judged by.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct JudgedSubject {
    /// The cluster.
    pub cluster: Option<String>,
    /// The node; `None` where it is the cluster itself.
    pub node: Option<String>,
    /// The benchmarks, by id.
    pub benchmarks: Vec<String>,
    /// The roles that the node has, or is not shown not to have.
    pub has: Vec<Duty>,
    /// Who runs the control plane, where that is not whoever runs the nodes.
    pub provider: Option<String>,
}

/// What came in of one cluster.
#[derive(Debug, Default)]
struct Cluster {
    /// Benchmarks that nodes are judged by, as numbered on the way.
    of_nodes: BTreeSet<u16>,
    /// The same of the cluster itself.
    own: BTreeSet<u16>,
    has: BTreeSet<Duty>,
    provider: Option<String>,
    /// Some node does not say that a provider runs the control plane.
    is_mixed: bool,
    /// It has findings of its own.
    is_collected: bool,
}

/// What came in, cluster by cluster.
#[derive(Debug, Default)]
pub struct CollectedRoles {
    benchmarks: Vec<String>,
    clusters: BTreeMap<Option<String>, Cluster>,
}

impl CollectedRoles {
    /// Adds a node or a cluster.
    pub fn add(&mut self, asked: &JudgedSubject) {
        let places: Vec<u16> = (asked.benchmarks.iter())
            .filter_map(|id| self.place(id))
            .collect();
        let cluster = asked.cluster.as_deref().map(short);
        let of = self.clusters.entry(cluster).or_default();
        match asked.node {
            Some(_) => of.of_nodes.extend(places),
            None => of.own.extend(places),
        }
        of.has.extend(&asked.has);
        of.is_mixed |= asked.provider.is_none();
        if of.provider.is_none() {
            of.provider.clone_from(&asked.provider);
        }
    }

    /// Notes that a cluster has findings of its own.
    pub fn collected(&mut self, cluster: Option<&str>) {
        let of = self.clusters.entry(cluster.map(short)).or_default();
        of.is_collected = true;
    }

    fn place(&mut self, id: &str) -> Option<u16> {
        let known = self.benchmarks.iter().position(|known| known == id);
        let at = known.unwrap_or_else(|| {
            self.benchmarks.push(id.to_owned());
            self.benchmarks.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// What is asked of clusters and of roles of which nothing came in, by what did not, cluster and
    /// benchmark.
    #[must_use]
    pub fn not_collected(&self, catalog: &Catalog, selection: &Selection) -> Vec<NotCollected> {
        let mut all = Vec::new();
        let mut controls: BTreeMap<(&str, Option<Duty>), Arc<Vec<String>>> = BTreeMap::new();
        for (name, cluster) in &self.clusters {
            // A cluster's version is its newest node's: nodes say better what they are judged by.
            let judged = match cluster.of_nodes.is_empty() {
                true => &cluster.own,
                false => &cluster.of_nodes,
            };
            let is_judged = |benchmark: &&Benchmark| {
                let place = self.benchmarks.iter().position(|id| *id == benchmark.id);
                place.is_some_and(|at| judged.iter().any(|one| usize::from(*one) == at))
            };
            // Without a name they may be several clusters, each of its own kind.
            let is_managed = name.is_some() || !cluster.is_mixed;
            let provider = cluster.provider.as_ref().filter(|_| is_managed);
            for benchmark in catalog.benchmarks.iter().filter(is_judged) {
                let roles = Duty::ALL.into_iter();
                let roles = roles.filter(|role| !cluster.has.contains(role)).map(Some);
                let own = (!cluster.is_collected && !cluster.of_nodes.is_empty()).then_some(None);
                for role in own.into_iter().chain(roles) {
                    let asked = controls.entry((&benchmark.id, role));
                    let asked = asked.or_insert_with(|| asked_of(selection, benchmark, role));
                    if asked.is_empty() {
                        continue;
                    }
                    let is_run = role.is_some_and(|role| role != Duty::Worker);
                    let run_by = provider.filter(|_| is_run).cloned();
                    all.push(NotCollected {
                        cluster: name.clone(),
                        benchmark: benchmark.id.clone(),
                        role,
                        code: match (role, &run_by) {
                            (None, _) => Lack::Cluster,
                            (Some(_), Some(_)) => Lack::RunByProvider,
                            (Some(_), None) => Lack::Role,
                        },
                        run_by,
                        controls: asked.clone(),
                    });
                }
            }
        }
        all.sort_by_key(|lack| lack.code);
        all
    }
}

/// The selected controls of a benchmark that are asked of nodes with a role, or of clusters.
fn asked_of(selection: &Selection, benchmark: &Benchmark, role: Option<Duty>) -> Arc<Vec<String>> {
    let is_asked = |control: &&Control| {
        let own = (!control.is_of_cluster()).then(|| control.duty());
        own == role && selection.has(benchmark, control)
    };
    let asked = benchmark.controls.iter().filter(is_asked);
    Arc::new(asked.map(|control| control.number.clone()).collect())
}
