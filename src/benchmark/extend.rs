//! Benchmarks as differences → benchmarks with all their controls, each with its references.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use super::close::did_you_mean;
use super::control::Mapping;
use super::folder::{File, Sourced};
use super::place::message;
use super::references::References;
use super::{Benchmark, Control, Rule};
use crate::rules::written::Wrong;

type Rules<'f> = BTreeMap<String, Sourced<'f, Rule>>;

/// Gives every benchmark the controls of the one that it extends, and every control its references.
///
/// # Errors
/// What is wrong, in which file and line.
pub fn expand(benchmarks: &mut [Sourced<'_, Benchmark>], rules: &Rules<'_>) -> Result<(), String> {
    let graph = Graph::new(benchmarks)?;
    // Own controls come first, and behind them those of the base.
    let mut own = vec![0; benchmarks.len()];
    for at in graph.order(benchmarks, |at| graph.extends[at])? {
        let base = graph.extends[at].map(|base| benchmarks[base].0.clone());
        let (benchmark, file) = &mut benchmarks[at];
        own[at] = benchmark.controls.len();
        inherit(benchmark, base).map_err(|wrong| message(file, &wrong))?;
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
    let of_rules = of_rules(rules);
    for at in graph.order(benchmarks, |at| sources[at])? {
        let (benchmark, _) = &benchmarks[at];
        let from = sources[at].map(|from| Source::new(&benchmarks[from].0));
        let of_rules = of_rules.get(benchmark.id.as_str());
        let defaults = benchmark.references.clone().map(Arc::new);
        let map = |(place, control): (usize, &Control)| {
            let of_rule =
                of_rules.and_then(|all| of_rule(all.get(control.rule.as_deref()?)?, control));
            let is_inherited = place >= own[at];
            let from = from.as_ref();
            if is_inherited && of_rule.is_none() && defaults.is_none() {
                let same = from?.by_number.get(control.number.as_str())?;
                return same.mapping.clone();
            }
            let carried = || Some((from?.id.clone(), from?.of_rule(control)?.mapping.clone()?));
            Some(Arc::new(Mapping {
                entry: control.entry.clone(),
                is_inherited,
                of_rule: of_rule.cloned(),
                carried: defaults.as_ref().and_then(|_| carried()),
                defaults: defaults.clone(),
                references: OnceLock::new(),
            }))
        };
        let all: Vec<_> = benchmark.controls.iter().enumerate().map(map).collect();
        let controls = benchmarks[at].0.controls.iter_mut();
        for (control, mapping) in controls.zip(all) {
            control.mapping = mapping;
        }
    }
    Ok(())
}

/// The references that rules have for controls of a benchmark, by its id and the rule's key.
type OfRules<'r> = HashMap<&'r str, HashMap<&'r str, Vec<&'r Arc<References>>>>;

fn of_rules<'r>(rules: &'r Rules<'_>) -> OfRules<'r> {
    let mut all = OfRules::new();
    for (key, (rule, _)) in rules {
        for references in &rule.data.references {
            for id in &references.benchmarks {
                let of_benchmark = all.entry(id).or_default();
                of_benchmark.entry(key).or_default().push(references);
            }
        }
    }
    all
}

/// What of these holds for a control: what names it, or else what names none.
fn of_rule<'r>(all: &[&'r Arc<References>], control: &Control) -> Option<&'r Arc<References>> {
    let names_it = |of: &&&Arc<References>| of.controls.contains(&control.number);
    let own = all.iter().find(names_it);
    own.or_else(|| all.iter().find(|of| of.controls.is_empty()))
        .copied()
}

/// A benchmark that another takes references from, by number and by rule.
struct Source<'b> {
    id: Arc<str>,
    by_number: HashMap<&'b str, &'b Control>,
    /// The first of each.
    by_rule: HashMap<&'b str, &'b Control>,
}

impl<'b> Source<'b> {
    fn new(benchmark: &'b Benchmark) -> Self {
        let mut by_rule = HashMap::new();
        for control in &benchmark.controls {
            if let Some(rule) = &control.rule {
                by_rule.entry(rule.as_str()).or_insert(control);
            }
        }
        let controls = benchmark.controls.iter();
        Self {
            id: benchmark.id.as_str().into(),
            by_number: controls.map(|c| (c.number.as_str(), c)).collect(),
            by_rule,
        }
    }

    /// The control of a rule, best the one of the same number.
    fn of_rule(&self, control: &Control) -> Option<&'b Control> {
        let rule = control.rule.as_ref()?;
        let same = self.by_number.get(control.number.as_str());
        same.filter(|same| same.rule.as_ref() == Some(rule))
            .or_else(|| self.by_rule.get(rule.as_str()))
            .copied()
    }
}

/// Puts the controls of the base behind a benchmark's own.
fn inherit(benchmark: &mut Benchmark, base: Option<Benchmark>) -> Result<(), Wrong> {
    let Some(base) = base else {
        return match benchmark.remove.is_empty() {
            true => Ok(()),
            false => Err(Wrong::at(
                "remove",
                "only controls of a benchmark that this one `extends` can be removed",
            )),
        };
    };
    let own: BTreeSet<String> = { benchmark.controls.iter() }
        .map(|control| control.number.clone())
        .collect();
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
        if own.contains(number) {
            return wrong(format!(
                "control {number} has an entry here, which replaces the one of `{}`; remove it or replace it",
                base.id
            ));
        }
        if !removed.insert(number.as_str()) {
            return wrong(format!("control {number} is removed twice"));
        }
    }
    let stays = |c: &Control| !removed.contains(c.number.as_str()) && !own.contains(&c.number);
    let controls = base.controls.into_iter().filter(stays);
    benchmark.controls.extend(controls);
    if benchmark.controls.is_empty() {
        return Err(Wrong::at("remove", "no control is left"));
    }
    Ok(())
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
