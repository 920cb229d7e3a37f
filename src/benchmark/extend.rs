//! Benchmarks as differences → benchmarks with all their controls, each with its references.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::Sourced;
use super::close::did_you_mean;
use super::folder::File;
use super::place::message;
use super::references::{ReferenceDefaults, References};
use super::{Benchmark, Control, Rule};
use crate::rules::written::Wrong;

type Rules<'f> = BTreeMap<String, Sourced<'f, Rule>>;

/// Gives every benchmark the controls of the one that it extends, and every control its references.
///
/// # Errors
/// What is wrong, in which file and line.
pub fn expand(benchmarks: &mut [Sourced<'_, Benchmark>], rules: &Rules<'_>) -> Result<(), String> {
    let graph = Graph::new(benchmarks)?;
    let mut inherited = vec![BTreeSet::new(); benchmarks.len()];
    for at in graph.order(benchmarks, |at| graph.extends[at])? {
        let base = graph.extends[at].map(|base| benchmarks[base].0.clone());
        let (benchmark, file) = &mut benchmarks[at];
        inherited[at] = inherit(benchmark, base).map_err(|wrong| message(file, &wrong))?;
    }
    // Where a benchmark says nothing on references, inherited controls have those of its base.
    let sources: Vec<Option<usize>> = benchmarks
        .iter()
        .zip(graph.carries.iter().zip(&graph.extends))
        .map(
            |((benchmark, _), (carries, extends))| match &benchmark.references {
                Some(_) => *carries,
                None => *extends,
            },
        )
        .collect();
    let sequence = graph.order(benchmarks, |at| sources[at])?;
    for at in sequence {
        let (benchmark, _) = &benchmarks[at];
        let from = sources[at].map(|from| &benchmarks[from].0);
        let resolve = |control: &Control| {
            let of_rule = control.rule.as_ref().and_then(|key| rules.get(key));
            let of_rule =
                of_rule.and_then(|(rule, _)| rule.references(&benchmark.id, &control.number));
            let is_inherited = inherited[at].contains(&control.number);
            resolved(control, is_inherited, of_rule, benchmark, from)
        };
        let all: Vec<_> = benchmark.controls.iter().map(resolve).collect();
        let controls = benchmarks[at].0.controls.iter_mut();
        for (control, references) in controls.zip(all) {
            control.references = references;
        }
    }
    Ok(())
}

/// What a control maps to. `from` is the benchmark that it is carried from, or that it is inherited
/// from where its own says nothing on references.
fn resolved(
    control: &Control,
    is_inherited: bool,
    of_rule: Option<&References>,
    benchmark: &Benchmark,
    from: Option<&Benchmark>,
) -> Option<References> {
    let Some(defaults) = &benchmark.references else {
        if is_inherited && of_rule.is_none() {
            let same = |other: &&Control| other.number == control.number;
            return from?.controls.iter().find(same)?.references.clone();
        }
        let own = control.references.as_ref().or(of_rule)?;
        return own.clone().completed(&ReferenceDefaults::default());
    };
    let own = match is_inherited {
        false => control.references.as_ref().or(of_rule).cloned(),
        true if of_rule.is_some() => of_rule.cloned(),
        true if defaults.carry.is_some() => None,
        true => control.references.as_ref().map(References::safeguards),
    };
    let mut own = own.unwrap_or_default();
    if own.nist_800_53.is_empty() && own.derived().is_none() {
        let same_rule = |other: &&Control| control.rule.is_some() && other.rule == control.rule;
        let all = from.into_iter().flat_map(|from| &from.controls);
        let mut all: Vec<&Control> = all.filter(same_rule).collect();
        all.sort_by_key(|other| other.number != control.number);
        let carried = all.first().and_then(|other| other.references.as_ref());
        if let Some(carried) = carried.filter(|carried| !carried.nist_800_53.is_empty()) {
            own.nist_800_53.clone_from(&carried.nist_800_53);
            let basis = || from.map(|from| format!("carried:{}", from.id));
            own.nist_basis = own.nist_basis.or_else(basis);
        }
    }
    own.completed(defaults)
}

/// Puts the controls of the base beside a benchmark's own; gives the numbers of those that came.
fn inherit(benchmark: &mut Benchmark, base: Option<Benchmark>) -> Result<BTreeSet<String>, Wrong> {
    let mut numbers = BTreeSet::new();
    let Some(base) = base else {
        return match benchmark.remove.is_empty() {
            true => Ok(numbers),
            false => Err(Wrong::at(
                "remove",
                "only controls of a benchmark that this one `extends` can be removed",
            )),
        };
    };
    let own = |number: &str| benchmark.controls.iter().any(|c| c.number == number);
    let mut removed = BTreeSet::new();
    for (at, number) in benchmark.remove.iter().enumerate() {
        let wrong = |what: String| Err(Wrong::here(what).below(["remove".into(), at.into()]));
        let known = || base.controls.iter().map(|c| c.number.as_str());
        if !known().any(|other| other == number) {
            let close = did_you_mean(number, known());
            return wrong(format!(
                "`{}` has no control {number} that could be removed{close}",
                base.id
            ));
        }
        if own(number) {
            return wrong(format!(
                "control {number} has an entry here, which replaces the one of `{}`; remove it or replace it",
                base.id
            ));
        }
        if !removed.insert(number.as_str()) {
            return wrong(format!("control {number} is removed twice"));
        }
    }
    let stays = |c: &Control| !removed.contains(c.number.as_str()) && !own(&c.number);
    let controls: Vec<Control> = base.controls.into_iter().filter(stays).collect();
    numbers.extend(controls.iter().map(|control| control.number.clone()));
    benchmark.controls.extend(controls);
    if benchmark.controls.is_empty() {
        return Err(Wrong::at("remove", "no control is left"));
    }
    Ok(numbers)
}

/// Which benchmark each one names, by place in the list.
struct Graph {
    extends: Vec<Option<usize>>,
    carries: Vec<Option<usize>>,
}

impl Graph {
    fn new(benchmarks: &[Sourced<'_, Benchmark>]) -> Result<Self, String> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, (benchmark, _)) in benchmarks.iter().enumerate() {
            places.insert(&benchmark.id, at);
            places.extend(benchmark.aliases.iter().map(|alias| (alias.as_str(), at)));
        }
        let place = |id: Option<&String>, path: &[&str], file: &File| {
            let Some(id) = id else {
                return Ok(None);
            };
            places.get(id.as_str()).map(|at| Some(*at)).ok_or_else(|| {
                let close = did_you_mean(id, benchmarks.iter().map(|(b, _)| b.id.as_str()));
                let what = format!("there is no benchmark `{id}`{close}");
                let path = path.iter().map(|key| (*key).into()).collect();
                message(file, &Wrong { path, what })
            })
        };
        let mut graph = Self {
            extends: Vec::new(),
            carries: Vec::new(),
        };
        for (benchmark, file) in benchmarks {
            let extends = benchmark.extends.as_ref();
            graph.extends.push(place(extends, &["extends"], file)?);
            let carry = benchmark.references.as_ref();
            let carry = carry.and_then(|defaults| defaults.carry.as_ref());
            let path = ["references", "carry"];
            graph.carries.push(place(carry, &path, file)?);
        }
        Ok(graph)
    }

    /// Every benchmark after the one that it takes from.
    fn order(
        &self,
        benchmarks: &[Sourced<'_, Benchmark>],
        takes_from: impl Fn(usize) -> Option<usize>,
    ) -> Result<Vec<usize>, String> {
        let mut done = vec![false; benchmarks.len()];
        let mut order = Vec::new();
        for start in 0..benchmarks.len() {
            let mut way = Vec::new();
            let mut next = Some(start);
            while let Some(at) = next.filter(|at| !done[*at]) {
                if way.contains(&at) {
                    return Err(self.circle(benchmarks, start, &takes_from));
                }
                way.push(at);
                next = takes_from(at);
            }
            for at in way.into_iter().rev() {
                done[at] = true;
                order.push(at);
            }
        }
        Ok(order)
    }

    fn circle(
        &self,
        benchmarks: &[Sourced<'_, Benchmark>],
        start: usize,
        takes_from: impl Fn(usize) -> Option<usize>,
    ) -> String {
        let mut way = vec![start];
        while let Some(next) = way.last().and_then(|at| takes_from(*at)) {
            let again = way.contains(&next);
            way.push(next);
            if again {
                break;
            }
        }
        let ids: Vec<String> = way
            .iter()
            .map(|at| format!("`{}`", benchmarks[*at].0.id))
            .collect();
        let what = format!(
            "benchmarks extend each other in a circle: {}",
            ids.join(" from ")
        );
        let key = match self.extends[start] == way.get(1).copied() {
            true => vec!["extends".into()],
            false => vec!["references".into(), "carry".into()],
        };
        message(benchmarks[start].1, &Wrong { path: key, what })
    }
}
