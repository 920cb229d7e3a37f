//! Not judged: bundles that cannot be read, nodes of which evidence decides nothing, and what else
//! a reader must know of what is missing.

use std::collections::BTreeMap;
use std::io;

use super::super::leading::Leading;
use super::package::Rows;
use super::sheet::{Column, Sheets};
use super::spool::{Spool, Waiting};
use super::style::Style;
use super::text;
use crate::matrix::report::{Bundle, Totals};
use crate::matrix::row::Row;
use crate::matrix::summary;
use crate::problem::Problem;

const COLUMNS: [Column<'static>; 5] = [
    ("cluster", 16.0),
    ("node", 30.0),
    ("bundle", 34.0),
    ("code", 24.0),
    ("why", 110.0),
];

/// The code of what has none: something about a bundle that is no reason of a verdict.
const PROBLEM: &str = "problem";

#[derive(Default)]
pub(super) struct Gaps {
    /// The node at hand: its findings that evidence does not decide, per code, while there are no
    /// others.
    undecided: Option<(Leading, BTreeMap<String, u64>)>,
    decided: bool,
    /// The bundle at hand cannot be read, and its row has said why.
    unreadable: bool,
    rows: Spool,
}

impl Gaps {
    pub(super) fn row(&mut self, row: &Row, most: usize) -> io::Result<()> {
        let (code, why) = row.reason.split_once(": ").unwrap_or((&row.reason, ""));
        if row.control.is_none() {
            self.finish_node(most)?;
            self.unreadable = true;
            return self.push(&Leading::of(row), code, why, most);
        }
        if !matches!(&self.undecided, Some((leading, _)) if leading.is_of(row)) {
            self.finish_node(most)?;
        }
        let new = || (Leading::of(row), BTreeMap::new());
        let (_, codes) = self.undecided.get_or_insert_with(new);
        self.decided |= summary::is_answer(&row.verdict);
        match codes.get_mut(code) {
            Some(count) => *count += 1,
            None => {
                codes.insert(code.to_owned(), 1);
            }
        }
        Ok(())
    }

    pub(super) fn bundle(&mut self, bundle: &Bundle, most: usize) -> io::Result<()> {
        self.finish_node(most)?;
        if std::mem::take(&mut self.unreadable) {
            return Ok(());
        }
        let leading = Leading::of(&Row {
            cluster: bundle.cluster.clone(),
            node: bundle.node.clone(),
            bundle: bundle.name.clone(),
            ..Row::default()
        });
        for problem in &bundle.problems {
            self.push(&leading, PROBLEM, &sentence(problem), most)?;
        }
        Ok(())
    }

    fn finish_node(&mut self, most: usize) -> io::Result<()> {
        let decided = std::mem::take(&mut self.decided);
        let Some((leading, codes)) = self.undecided.take().filter(|_| !decided) else {
            return Ok(());
        };
        let mut codes: Vec<(&String, &u64)> = codes.iter().collect();
        codes.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let all: u64 = codes.iter().map(|(_, count)| **count).sum();
        let list: Vec<String> = codes.iter().map(|(c, n)| format!("{c} ({n})")).collect();
        let code = codes.first().map_or("", |(code, _)| code.as_str());
        let why = format!(
            "evidence decides none of its {all} findings from this bundle: {}",
            list.join(", ")
        );
        self.push(&leading, code, &why, most)
    }

    fn push(&mut self, leading: &Leading, code: &str, why: &str, most: usize) -> io::Result<()> {
        let why = text::cut(why, most, &|| "…[cut]".to_owned());
        let [cluster, node, bundle] = leading.texts();
        self.rows
            .push(cluster, &[cluster, node, bundle, code, &why])
    }

    pub(super) fn finish(mut self, totals: &Totals<'_>, most: usize) -> io::Result<Written> {
        self.finish_node(most)?;
        for problem in &totals.problems {
            let leading = Leading::of(&Row {
                bundle: problem.bundle.clone(),
                ..Row::default()
            });
            self.push(&leading, PROBLEM, &sentence(problem), most)?;
        }
        Ok(Written {
            rows: self.rows.finish()?,
        })
    }
}

fn sentence(problem: &Problem) -> String {
    let member = problem.member.as_ref().map(|member| format!("{member}: "));
    let member = member.unwrap_or_default();
    format!("{member}{}; {}", problem.what, problem.next)
}

/// All gaps.
pub(super) struct Written {
    rows: Waiting,
}

impl Written {
    pub(super) fn sheets<'b>(&'b self, sheets: &mut Sheets<'b>) -> io::Result<()> {
        for part in sheets.parts(&self.rows, 1) {
            let count = part.end - part.start;
            let fill = move |to: &mut Rows<'_>| {
                self.rows.each(part.clone(), |cells| {
                    to.row(cells.iter().map(|text| (Style::Text, *text)))
                })
            };
            sheets.table(
                "Not judged",
                "bundles that cannot be read, nodes of which nothing is decided, other problems",
                &COLUMNS,
                3,
                (count, self.rows.bytes),
                Box::new(fill),
            )?;
        }
        Ok(())
    }
}
