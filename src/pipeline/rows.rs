//! The findings of one node: every selected control of every benchmark that is judged there.

use std::sync::Arc;

use super::Run;
use crate::benchmark::{Benchmark, Control};
use crate::evidence::citation::Citation;
use crate::matrix::finding::{Answer, ControlId, Finding, Origin};
use crate::node::Node;
use crate::node::duty::Duty;
use crate::node::role::Role;
use crate::problem::Code;
use crate::verdict::explanation::Explainer;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;
use crate::verdict::{self, Verdict};

/// A control that is judged on a subject.
struct SelectedControl<'c> {
    id: ControlId,
    benchmark: &'c Benchmark,
    control: &'c Control,
    /// What its check gave: a place in a list.
    answer: usize,
}

impl Run<'_> {
    /// The findings of one node. `trust` is asked once every verdict is there, because only then is
    /// known which members verdicts rest on.
    pub(super) fn rows(
        &self,
        node: &Node,
        subject: &Subject<'_>,
        origin: Origin,
        trust: &dyn Fn() -> Vec<Trust>,
    ) -> Vec<Finding> {
        self.rows_of(node, Some(&node.name), subject, origin, trust)
    }

    /// The same, or with no `name` those of a cluster.
    pub(super) fn rows_of(
        &self,
        node: &Node,
        name: Option<&str>,
        subject: &Subject<'_>,
        mut origin: Origin,
        trust: &dyn Fn() -> Vec<Trust>,
    ) -> Vec<Finding> {
        let version = node.version.as_ref().map(|(version, _)| version.minor);
        let (benchmarks, note) = self.selection.of_node(self.catalog, node.platform, version);
        let mut found: Vec<verdict::Decision> = Vec::new();
        let mut judged: Vec<Option<usize>> = vec![None; self.catalog.questions];
        let mut selected: Vec<SelectedControl<'_>> = Vec::new();
        for benchmark in benchmarks {
            let place = self.catalog.benchmarks.iter();
            let place = place
                .zip(0..)
                .find(|(one, _)| std::ptr::eq(*one, benchmark));
            let Some((_, place)) = place else {
                continue;
            };
            let controls = benchmark.controls.iter().zip(0..);
            let wanted = controls.filter(|(control, _)| {
                control.is_of_cluster() == name.is_none() && self.selection.has(benchmark, control)
            });
            for (control, number) in wanted {
                let mut judge = |decision: verdict::Decision| {
                    found.push(decision);
                    found.len() - 1
                };
                let family = benchmark.family.as_str();
                let lacks = lacks(node, subject, control.duty());
                if lacks.is_some() && !self.all_roles {
                    continue;
                }
                let answer = match control.judging_check() {
                    _ if let Some(list) = lacks => judge(verdict::without_role(list.clone())),
                    None => match &control.audited {
                        Some(audited) => judge(verdict::audit::judge(audited, subject)),
                        None => judge(verdict::manual(control)),
                    },
                    Some((rule, check)) => {
                        let roles = &self.catalog.files;
                        let Some(known) = judged.get_mut(control.question()) else {
                            continue;
                        };
                        *known.get_or_insert_with(|| {
                            judge(verdict::judge(rule, check, roles, subject, family))
                        })
                    }
                };
                let id = ControlId {
                    benchmark: place,
                    control: number,
                };
                selected.push(SelectedControl {
                    id,
                    benchmark,
                    control,
                    answer,
                });
            }
        }
        let trust = trust();
        let settle = |finding| trust.iter().fold(finding, |f, trust| trust.settle(f));
        let found: Vec<verdict::Decision> = found.into_iter().map(settle).collect();
        origin.cluster.clone_from(&node.cluster);
        origin.node = name.map(str::to_owned);
        origin.integrity = trust.first().map(|own| own.integrity.as_str().to_owned());
        self.beside(&selected, &found, note, subject, Arc::new(origin))
    }

    /// What judging gave, with what stands beside it: the published check, notes, waivers, and how it
    /// came about.
    fn beside(
        &self,
        selected: &[SelectedControl<'_>],
        found: &[verdict::Decision],
        note: Option<Code>,
        subject: &Subject<'_>,
        origin: Arc<Origin>,
    ) -> Vec<Finding> {
        let waivers = self.waivers.as_ref();
        let waivers = waivers.map(|all| {
            let name = origin.node.as_deref().unwrap_or_default();
            (all, all.of_node(origin.cluster.as_deref(), name))
        });
        let mut answers: Vec<Option<Arc<Answer>>> = vec![None; found.len()];
        let mut texts: Vec<Option<Option<Verdict>>> = vec![None; self.catalog.published_questions];
        let mut findings = Vec::with_capacity(selected.len());
        for one in selected {
            let SelectedControl {
                id,
                benchmark,
                control,
                answer,
            } = *one;
            let (Some(found), Some(slot)) = (found.get(answer), answers.get_mut(answer)) else {
                continue;
            };
            let rule = control.judging_rule();
            let answer = slot.get_or_insert_with(|| {
                let cited = found.evidence.first().filter(|_| self.excerpts);
                let excerpt = cited.and_then(|cited| subject.evidence?.excerpt(cited));
                let own = control.remediation.as_deref();
                Arc::new(Answer::of(found, rule, own, excerpt))
            });
            let mut finding = Finding::new(origin.clone(), Some(id), answer.clone(), self.catalog);
            let skips = control.skipped.then_some(Code::PublisherSkips);
            finding.notes = note.into_iter().chain(skips).map(Into::into).collect();
            let (roles, family) = (&self.catalog.files, benchmark.family.as_str());
            let text = || verdict::by_the_text(control, rule, roles, subject, family);
            let known = control
                .published_question()
                .and_then(|at| texts.get_mut(at));
            finding.by_the_text = match known {
                Some(known) => *known.get_or_insert_with(text),
                None => text(),
            };
            let explains = self
                .explains
                .filter(|explains| explains(&finding.row(self.catalog, None)));
            finding.explanation = explains.map(|_| {
                let explainer = Explainer {
                    control,
                    rule,
                    check: control.judging_check().map(|(_, check)| check),
                    roles,
                    subject,
                    family,
                };
                Box::new(explainer.explain(found))
            });
            if let Some((all, of_node)) = &waivers {
                finding.set_waivers(all, (benchmark, control), of_node);
            }
            findings.push(finding);
        }
        findings
    }
}

/// What shows that a node has not a role: its processes, or where the API shows a node of which
/// nothing else came in, that its labels call it a worker and no mirror pod shows otherwise.
pub(super) fn lacks<'s>(
    node: &'s Node,
    subject: &'s Subject<'_>,
    role: Duty,
) -> Option<&'s Citation> {
    if subject.evidence.is_some() {
        return subject.lacks(role);
    }
    let runs_some = (subject.others.iter()).any(|other| other.described().role() == role);
    let is_worker = node.role == Some(Role::Worker) && role != Duty::Worker && !runs_some;
    let (_, citation) = node.version.as_ref().filter(|_| is_worker)?;
    Some(citation)
}
