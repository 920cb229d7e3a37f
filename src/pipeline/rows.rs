//! The rows of one node: every selected control of every benchmark that is judged there.

use std::collections::BTreeMap;

use super::Run;
use crate::benchmark::order;
use crate::evidence::citation::Citation;
use crate::matrix::assemble;
use crate::matrix::judged::Shown;
use crate::matrix::row::Row;
use crate::node::Node;
use crate::node::duty::Duty;
use crate::node::role::Role;
use crate::verdict::story::Teller;
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;
use crate::verdict::{self, Finding};

impl Run<'_> {
    /// The rows of one node. `trust` is asked once every verdict is there, because only then is
    /// known which members verdicts rest on.
    pub(super) fn rows(
        &self,
        node: &Node,
        subject: &Subject<'_>,
        frame: Row,
        trust: &dyn Fn() -> Vec<Trust>,
    ) -> Vec<Shown> {
        self.rows_of(node, Some(&node.name), subject, frame, trust)
    }

    /// The same, or with no `name` those of a cluster.
    pub(super) fn rows_of(
        &self,
        node: &Node,
        name: Option<&str>,
        subject: &Subject<'_>,
        mut frame: Row,
        trust: &dyn Fn() -> Vec<Trust>,
    ) -> Vec<Shown> {
        let version = node.version.as_ref().map(|(version, _)| version.minor);
        let (benchmarks, note) = self.selection.of_node(self.catalog, node.platform, version);
        let mut findings: Vec<Finding> = Vec::new();
        let mut judged: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
        let mut selected = Vec::new();
        for benchmark in benchmarks {
            let controls = benchmark.controls.iter();
            let wanted = controls.filter(|control| {
                self.catalog.is_of_cluster(control) == name.is_none()
                    && self.selection.has(benchmark, control)
            });
            for control in order::sorted(wanted) {
                let mut judge = |finding: Finding| {
                    findings.push(finding);
                    findings.len() - 1
                };
                let family = benchmark.family.as_str();
                let lacks = lacks(node, subject, self.catalog.role(control));
                if lacks.is_some() && !self.all_roles {
                    continue;
                }
                let at = match self.catalog.check(control) {
                    _ if let Some(list) = lacks => judge(verdict::without_role(list.clone())),
                    None => judge(verdict::manual(control)),
                    Some((rule, check)) => {
                        let own = control.own_terms();
                        let roles = &self.catalog.files;
                        let key = (rule.data.key.as_str(), own, family);
                        let judged = judged.entry(key);
                        *judged.or_insert_with(|| {
                            judge(verdict::judge(rule, check, roles, subject, family))
                        })
                    }
                };
                selected.push((benchmark, control, at));
            }
        }
        let trust = trust();
        let settle = |finding| trust.iter().fold(finding, |f, trust| trust.settle(f));
        let findings: Vec<Finding> = findings.into_iter().map(settle).collect();
        let excerpt = |finding: &Finding| {
            let first = finding.evidence.first().filter(|_| self.excerpts)?;
            subject.evidence?.excerpt(first)
        };
        let excerpts: Vec<Option<String>> = findings.iter().map(excerpt).collect();
        frame.cluster.clone_from(&node.cluster);
        frame.node = name.map(str::to_owned);
        frame.integrity = trust.first().map(|own| own.integrity.as_str().to_owned());
        let waivers = self.waivers.as_ref();
        let waivers = waivers.map(|all| {
            (
                all,
                all.of_node(node.cluster.as_deref(), name.unwrap_or_default()),
            )
        });
        selected
            .into_iter()
            .filter_map(|(benchmark, control, at)| {
                let finding = findings.get(at)?;
                let rule = self.catalog.rule(control);
                let text = verdict::by_the_text(
                    control,
                    rule,
                    &self.catalog.files,
                    subject,
                    &benchmark.family,
                );
                let mut row = assemble::row(&frame, benchmark, control, rule, finding, note, text);
                let story = self.tells.filter(|tells| tells(&row)).map(|_| {
                    let teller = Teller {
                        control,
                        rule,
                        check: self.catalog.check(control).map(|(_, check)| check),
                        roles: &self.catalog.files,
                        subject,
                        family: &benchmark.family,
                    };
                    Box::new(teller.tell(finding))
                });
                let matching = waivers
                    .as_ref()
                    .map(|(all, of_node)| all.stand_beside(&mut row, of_node));
                Some(Shown {
                    row,
                    excerpt: excerpts.get(at).cloned().flatten(),
                    story,
                    waivers: matching.unwrap_or_default(),
                })
            })
            .collect()
    }
}

/// What shows that a node has not a role: its processes, or where the API shows a node of which
/// nothing else came in, that its labels call it a worker.
pub(super) fn lacks<'s>(
    node: &'s Node,
    subject: &'s Subject<'_>,
    role: Duty,
) -> Option<&'s Citation> {
    if subject.evidence.is_some() {
        return subject.lacks(role);
    }
    let is_worker = node.role == Some(Role::Worker) && role != Duty::Worker;
    let (_, citation) = node.version.as_ref().filter(|_| is_worker)?;
    Some(citation)
}
