//! What a loaded catalog knows of each control, so that judging a node looks nothing up by name.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::control::Resolved;
use super::{Benchmark, Control, Entry, Rule};
use crate::node::duty::Duty;
use crate::rules::Check;
use crate::settings::component::Component;

/// Resolves every control, and says how many numbers it gave for questions and for published ones.
pub fn resolve(
    benchmarks: &mut [Benchmark],
    rule: impl Fn(&str) -> Option<Arc<Rule>>,
) -> [usize; 2] {
    let mut names = Numbers::default();
    let mut terms = Numbers::default();
    let mut questions = Numbers::default();
    let mut published = Numbers::default();
    // Benchmarks that extend one another share entries.
    let mut known: HashMap<(*const Entry, usize), Resolved> = HashMap::new();
    let mut all = Vec::new();
    for benchmark in &*benchmarks {
        let family = names.of(benchmark.family.as_str());
        for control in &benchmark.controls {
            let shared = (Arc::as_ptr(&control.entry), family);
            if let Some(resolved) = known.get(&shared) {
                all.push(resolved.clone());
                continue;
            }
            let key = names.of(control.rule.as_deref().unwrap_or_default());
            let rule = control.rule.as_deref().and_then(&rule);
            // A control that a person decides has nothing to share: its number makes it its own.
            let question = match &rule {
                Some(_) => (key, terms.of(control.own_terms()), family),
                None => (usize::MAX, questions.0.len(), family),
            };
            let text = control.published_check.as_deref();
            let text = text.map(|text| published.of((names.of(text), key, family)));
            let resolved = Resolved {
                duty: duty(control, rule.as_deref()),
                is_of_cluster: is_of_cluster(control, rule.as_deref()),
                question: questions.of(question),
                published_question: text,
                rule,
            };
            known.insert(shared, resolved.clone());
            all.push(resolved);
        }
    }
    let numbers = [questions.0.len(), published.0.len()];
    let controls = benchmarks.iter_mut().flat_map(|b| &mut b.controls);
    for (control, resolved) in controls.zip(all) {
        control.resolved = resolved;
    }
    numbers
}

fn duty(control: &Control, rule: Option<&Rule>) -> Duty {
    let by_component = || Some(Component::named(&rule?.data.component)?.role());
    let own = control.role.or_else(|| rule?.data.role);
    own.or_else(by_component).unwrap_or_default()
}

fn is_of_cluster(control: &Control, rule: Option<&Rule>) -> bool {
    let check = control.check.as_ref().or(rule.map(|rule| &rule.check));
    control.of_cluster || check.is_some_and(Check::is_of_cluster)
}

/// Different things, numbered as they come.
struct Numbers<T>(HashMap<T, usize>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    fn of(&mut self, thing: T) -> usize {
        let next = self.0.len();
        *self.0.entry(thing).or_insert(next)
    }
}
