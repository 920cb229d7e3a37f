//! What came of one bundle: its rows, and what a report says of the bundle itself.

use serde::{Deserialize, Serialize};

use super::roles::Asked;
use super::row::Row;
use super::{assemble, report};
use crate::bundle::Unreadable;
use crate::fleet::index::Entry;
use crate::verdict::story::Story;

/// A row, and what formats for people show beside it.
#[derive(Deserialize, Serialize)]
pub struct Shown {
    /// The row.
    pub row: Row,
    /// The words at the place that decided, secrets masked; only where the run takes excerpts.
    pub excerpt: Option<String>,
    /// How the verdict came about; only of rows that the run tells of.
    pub story: Option<Box<Story>>,
    /// The entries of the waivers file that match it, whether they stand beside it or not.
    pub waivers: Vec<usize>,
}

/// What came of one bundle.
#[derive(Default, Deserialize, Serialize)]
pub struct Judged {
    /// Its rows, in order.
    pub rows: Vec<Shown>,
    /// The bundle itself, and what a reader should know of it.
    pub bundle: report::Bundle,
    /// What its nodes, and its cluster, are judged by.
    pub asked: Vec<Asked>,
}

/// The rows of one node in one bundle.
pub struct Part {
    /// The cluster.
    pub cluster: Option<String>,
    /// The node's name.
    pub node: Option<String>,
    /// Its rows, in order.
    pub shown: Vec<Shown>,
}

impl Part {
    /// Its rows alone.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.shown.iter().map(|shown| &shown.row)
    }

    /// Its rows alone, to be changed.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut Row> {
        self.shown.iter_mut().map(|shown| &mut shown.row)
    }
}

impl Judged {
    /// The row of a bundle that cannot be read; the index may know its node all the same.
    #[must_use]
    pub fn unreadable(unreadable: Unreadable, name: &str, entry: Option<&Entry>) -> Self {
        let known = |text: Option<&Option<Box<str>>>| text?.as_deref().map(str::to_owned);
        let frame = Row {
            cluster: known(entry.map(|entry| &entry.cluster)),
            node: known(entry.map(|entry| &entry.node)),
            bundle: name.to_owned(),
            bundle_sha256: unreadable.digest,
            collected_at: known(entry.map(|entry| &entry.collected_at)),
            ..Row::default()
        };
        let problem = unreadable.problem;
        let member = problem
            .member
            .as_ref()
            .map(|m| format!("{m}: "))
            .unwrap_or_default();
        let sentence = format!("{member}{}; {}", problem.what, problem.next);
        let code = unreadable.code.as_str();
        let row = assemble::unreadable(frame.clone(), code, &sentence, &problem.next);
        Self {
            bundle: report::Bundle::of(frame, vec![problem]),
            rows: vec![Shown {
                row,
                excerpt: None,
                story: None,
                waivers: Vec::new(),
            }],
            asked: Vec::new(),
        }
    }

    /// Adds what came of the other nodes that the bundle speaks of.
    pub fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.asked.extend(other.asked);
        self.sort();
        for problem in other.bundle.problems {
            if !self.bundle.problems.contains(&problem) {
                self.bundle.problems.push(problem);
            }
        }
    }

    /// Puts rows in order: a cluster before its nodes.
    pub fn sort(&mut self) {
        self.rows
            .sort_by(|a, b| (&a.row.cluster, &a.row.node).cmp(&(&b.row.cluster, &b.row.node)));
    }

    /// Whether the bundle could be read.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.rows.iter().all(|shown| shown.row.control.is_some())
    }

    /// Takes the rows out, node by node; a node bundle speaks of its node without rows too.
    #[must_use]
    pub fn take_parts(&mut self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let rows = std::mem::take(&mut self.rows);
        let (cluster, node) = (&self.bundle.cluster, &self.bundle.node);
        let own = |shown: &Shown| shown.row.cluster == *cluster && shown.row.node == *node;
        if node.is_some() && rows.iter().all(own) {
            return vec![Part {
                cluster: cluster.clone(),
                node: node.clone(),
                shown: rows,
            }];
        }
        for shown in rows {
            let Row { cluster, node, .. } = &shown.row;
            match parts.last_mut() {
                Some(part) if part.node == *node && part.cluster == *cluster => {
                    part.shown.push(shown);
                }
                _ => parts.push(Part {
                    cluster: cluster.clone(),
                    node: node.clone(),
                    shown: vec![shown],
                }),
            }
        }
        parts
    }
}
