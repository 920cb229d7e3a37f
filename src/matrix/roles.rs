//! Which roles the nodes that came in have, and what is asked of those that did not: per cluster and
//! benchmark the controls that have no row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::coverage::{Code, Gap};
use super::made::short;
use crate::benchmark::catalog::Catalog;
use crate::benchmark::order;
use crate::benchmark::select::Selection;
use crate::benchmark::{Benchmark, Control};
use crate::node::duty::Duty;

/// What one node, or a cluster by itself, is judged by.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Asked {
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

/// Controls of one benchmark without a row in a cluster, because no node that came in has their role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotCollected {
    /// The cluster; null where nothing says.
    pub cluster: Option<String>,
    /// The benchmark.
    pub benchmark: String,
    /// The role: `worker`, `control-plane` or `etcd`.
    pub role: &'static str,
    /// `role-not-collected`, or `run-by-provider`.
    #[schemars(with = "String")]
    pub code: Code,
    /// Who runs what has this role in place of the cluster's owner: then it is not for them to hand
    /// in, and does not count for `--fail-on unknown`. Null where it is for them.
    pub run_by: Option<String>,
    /// The controls, as numbered.
    #[serde(serialize_with = "listed")]
    #[schemars(with = "Vec<String>")]
    pub controls: Arc<Vec<String>>,
}

fn listed<S: Serializer>(controls: &Arc<Vec<String>>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(controls.iter())
}

impl NotCollected {
    /// The same as something that a reader of totals must know.
    #[must_use]
    pub fn gap(&self) -> Gap {
        let Self {
            benchmark, role, ..
        } = self;
        let (count, runs) = (self.controls.len(), runs(&self.controls));
        let by = self.run_by.as_ref();
        let by = by.map(|provider| format!("{provider} runs it; "));
        let why = format!(
            "{}controls of {benchmark} that are asked of {role} nodes, {count}: {runs}",
            by.unwrap_or_default()
        );
        Gap {
            cluster: self.cluster.clone(),
            node: None,
            bundle: None,
            code: self.code,
            why,
            judged: false,
        }
    }
}

/// Control numbers in few words: `1.1.1–1.1.21, 1.2.4`.
fn runs(controls: &[String]) -> String {
    let parts = |number: &str| -> Option<(String, u64)> {
        let (head, last) = number.rsplit_once(['.', '-'])?;
        Some((head.to_owned(), last.parse().ok()?))
    };
    let follows = |before: &str, next: &str| match (parts(before), parts(next)) {
        (Some((a, n)), Some((b, m))) => a == b && n.checked_add(1) == Some(m),
        _ => false,
    };
    let runs = controls.chunk_by(|before, next| follows(before, next));
    let runs = runs.map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        _ => run.concat(),
    });
    runs.collect::<Vec<_>>().join(", ")
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
}

/// What came in, cluster by cluster.
#[derive(Debug, Default)]
pub struct Roles {
    benchmarks: Vec<String>,
    clusters: BTreeMap<Option<String>, Cluster>,
}

impl Roles {
    /// Adds a node or a cluster.
    pub fn add(&mut self, asked: &Asked) {
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

    fn place(&mut self, id: &str) -> Option<u16> {
        let known = self.benchmarks.iter().position(|known| known == id);
        let at = known.unwrap_or_else(|| {
            self.benchmarks.push(id.to_owned());
            self.benchmarks.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// What is asked of roles that no node has, in the order of clusters and of the catalog.
    #[must_use]
    pub fn not_collected(&self, catalog: &Catalog, selection: &Selection) -> Vec<NotCollected> {
        let mut all = Vec::new();
        let mut controls: BTreeMap<(&str, Duty), Arc<Vec<String>>> = BTreeMap::new();
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
                for role in Duty::ALL {
                    if cluster.has.contains(&role) {
                        continue;
                    }
                    let of_role = controls.entry((&benchmark.id, role));
                    let of_role =
                        of_role.or_insert_with(|| of_role_in(catalog, selection, benchmark, role));
                    if !of_role.is_empty() {
                        let run_by = provider.filter(|_| role != Duty::Worker).cloned();
                        all.push(NotCollected {
                            cluster: name.clone(),
                            benchmark: benchmark.id.clone(),
                            role: role.as_str(),
                            code: match run_by {
                                Some(_) => Code::RunByProvider,
                                None => Code::RoleNotCollected,
                            },
                            run_by,
                            controls: of_role.clone(),
                        });
                    }
                }
            }
        }
        all
    }
}

/// The selected controls of a benchmark that are asked of nodes with a role.
fn of_role_in(
    catalog: &Catalog,
    selection: &Selection,
    benchmark: &Benchmark,
    role: Duty,
) -> Arc<Vec<String>> {
    let is_asked = |control: &&Control| {
        !catalog.is_of_cluster(control)
            && selection.has(benchmark, control)
            && catalog.role(control) == role
    };
    let asked = order::sorted(benchmark.controls.iter().filter(is_asked));
    Arc::new(asked.into_iter().map(|c| c.number.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_one_another_are_a_run() {
        let of = |numbers: &[&str]| {
            let numbers: Vec<String> = numbers.iter().map(|n| (*n).to_owned()).collect();
            runs(&numbers)
        };
        assert_eq!(
            of(&["1.1.1", "1.1.2", "1.1.3", "1.2.4", "1.3.5", "2.6", "2.8"]),
            "1.1.1–1.1.3, 1.2.4, 1.3.5, 2.6, 2.8"
        );
        assert_eq!(of(&["V-242376", "V-242377", "x"]), "V-242376–V-242377, x");
        assert_eq!(of(&[]), "");
    }
}
