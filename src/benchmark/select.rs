//! Which benchmarks and controls a run judges: `-b` and `-c`, and `auto` by platform and version.

use std::sync::LazyLock;

use super::catalog::Catalog;
use super::close::did_you_mean;
use super::{Benchmark, Control};
use crate::node::platform::Platform;
use crate::node::version::Minor;
use crate::problem::Code;

/// `-b`, settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Benchmarks {
    /// Per node, from platform and version.
    Auto,
    /// These ids, in catalog order.
    Listed(Vec<String>),
}

/// `-b` and `-c`, settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Which benchmarks.
    pub benchmarks: Benchmarks,
    /// Which controls: benchmark id (or any) and number; empty: all.
    pub controls: Vec<(Option<String>, String)>,
}

/// One row per platform and range of Kubernetes versions.
struct VersionRange {
    platform: &'static str,
    from: Option<Minor>,
    to: Option<Minor>,
    benchmark: &'static str,
}

static VERSIONS: LazyLock<Vec<VersionRange>> = LazyLock::new(|| {
    include_str!("catalog/versions.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some(VersionRange {
                platform: cells.next()?,
                from: Minor::parse(cells.next()?),
                to: Minor::parse(cells.next()?),
                benchmark: cells.next()?,
            })
        })
        .collect()
});

impl Selection {
    /// Settles what was typed.
    ///
    /// # Errors
    /// An id or control that does not exist.
    pub fn settle(
        catalog: &Catalog,
        benchmarks: &[String],
        controls: &[String],
    ) -> Result<Self, String> {
        let chosen = match benchmarks {
            [] => Benchmarks::Auto,
            [one] if one == "auto" => Benchmarks::Auto,
            [one] if one == "all" => {
                Benchmarks::Listed(catalog.benchmarks.iter().map(|b| b.id.clone()).collect())
            }
            ids => {
                for id in ids {
                    if id == "auto" || id == "all" {
                        return Err(format!("`{id}` stands alone in -b, or ids without it"));
                    }
                    if catalog.benchmark(id).is_none() {
                        return Err(catalog.no_benchmark(id));
                    }
                }
                let wanted = |b: &&Benchmark| {
                    ids.iter()
                        .any(|id| catalog.benchmark(id).is_some_and(|found| found.id == b.id))
                };
                let listed = catalog.benchmarks.iter().filter(wanted);
                Benchmarks::Listed(listed.map(|b| b.id.clone()).collect())
            }
        };
        let mut selection = Self {
            benchmarks: chosen,
            controls: Vec::new(),
        };
        for typed in controls {
            let control = selection.control(catalog, typed)?;
            selection.controls.push(control);
        }
        Ok(selection)
    }

    fn control(&self, catalog: &Catalog, typed: &str) -> Result<(Option<String>, String), String> {
        let (id, number) = match typed.rsplit_once(':') {
            Some((id, number)) => {
                let known = catalog.benchmark(id);
                let benchmark = known.ok_or_else(|| catalog.no_benchmark(id))?;
                (Some(benchmark.id.clone()), number)
            }
            None => (None, typed),
        };
        let selectable = |b: &&Benchmark| match &self.benchmarks {
            // No node's platform and version lead to a benchmark of a user.
            Benchmarks::Auto => b.catalog.is_none(),
            Benchmarks::Listed(ids) => ids.contains(&b.id),
        };
        let selectable = catalog.benchmarks.iter().filter(selectable);
        let selected = selectable.filter(|b| id.as_ref().is_none_or(|id| *id == b.id));
        let mut numbers = selected
            .flat_map(|b| &b.controls)
            .map(|c| c.number.as_str());
        if numbers.clone().any(|known| known == number) {
            return Ok((id, number.to_owned()));
        }
        let close = did_you_mean(number, &mut numbers);
        Err(format!(
            "no selected benchmark has a control `{typed}`{close}; `nodeproof controls -b ID` lists them"
        ))
    }

    /// Whether a control is judged.
    #[must_use]
    pub fn has(&self, benchmark: &Benchmark, control: &Control) -> bool {
        self.controls.is_empty()
            || self.controls.iter().any(|(id, number)| {
                *number == control.number && id.as_ref().is_none_or(|id| *id == benchmark.id)
            })
    }

    /// The benchmarks to judge a node by, and a note on how they were chosen.
    #[must_use]
    pub fn of_node<'c>(
        &self,
        catalog: &'c Catalog,
        platform: Option<Platform>,
        version: Option<Minor>,
    ) -> (Vec<&'c Benchmark>, Option<Code>) {
        match &self.benchmarks {
            Benchmarks::Listed(ids) => (
                ids.iter().filter_map(|id| catalog.benchmark(id)).collect(),
                None,
            ),
            Benchmarks::Auto => {
                let (id, note) = automatic(platform, version);
                let own = version.filter(|_| matches!(platform, None | Some(Platform::Generic)));
                let own = own.and_then(|minor| catalog.versions.get(&minor.to_string()));
                let id = own.map_or(id, String::as_str);
                (catalog.benchmark(id).into_iter().collect(), note)
            }
        }
    }
}

/// The benchmark for a platform and version.
fn automatic(platform: Option<Platform>, version: Option<Minor>) -> (&'static str, Option<Code>) {
    let name = platform.unwrap_or(Platform::Generic).as_str();
    let mut ranges = VERSIONS.iter().filter(|range| range.platform == name);
    let newest = ranges
        .clone()
        .next_back()
        .map_or("", |range| range.benchmark);
    let Some(version) = version else {
        return (newest, Some(Code::BenchmarkAssumed));
    };
    let covers = |range: &&VersionRange| {
        range.from.is_none_or(|from| version >= from) && range.to.is_none_or(|to| version <= to)
    };
    let older = |range: &&VersionRange| range.from.is_some_and(|from| version < from);
    match ranges.clone().find(covers) {
        Some(range) => (range.benchmark, None),
        None => match ranges.find(older) {
            Some(oldest) => (oldest.benchmark, Some(Code::BenchmarkApproximate)),
            None => (newest, Some(Code::BenchmarkApproximate)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_and_version_choose_the_benchmark() {
        let note = Some(Code::BenchmarkApproximate);
        for (platform, version, expected) in [
            (None, Some(Minor(1, 31)), ("cis-1.11", None)),
            (None, Some(Minor(1, 36)), ("cis-1.12", note)),
            (None, Some(Minor(1, 10)), ("cis-1.5", note)),
            (None, None, ("cis-1.12", Some(Code::BenchmarkAssumed))),
            (Some(Platform::Eks), Some(Minor(1, 29)), ("eks-1.7.0", None)),
            (Some(Platform::Eks), Some(Minor(1, 35)), ("eks-1.8.0", note)),
            (
                Some(Platform::Eks),
                None,
                ("eks-1.8.0", Some(Code::BenchmarkAssumed)),
            ),
            (Some(Platform::Gke), Some(Minor(1, 30)), ("gke-1.8.0", None)),
            (
                Some(Platform::MicroK8s),
                Some(Minor(1, 28)),
                ("cis-1.24-microk8s", note),
            ),
            (
                Some(Platform::Rke2),
                Some(Minor(1, 30)),
                ("rke2-cis-1.8", None),
            ),
        ] {
            assert_eq!(
                automatic(platform, version),
                expected,
                "{platform:?} {version:?}"
            );
        }
    }
}
