//! `nodeproof explain`: how one finding came about.

mod asked;
mod text;

use std::io;

use super::args::{ExplainArgs, TextOrJson};
use super::stop::CliError;
use super::summary::skipped;
use super::{Exit, analyze, message};
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::fleet::identity::CLUSTER;
use crate::limits::Limits;
use crate::matrix::explained::{ExplainDocument, ExplainedRow, SCHEMA};
use crate::matrix::finding::Finding;
use crate::matrix::judged::Judged;
use crate::matrix::row::Row;
use crate::pipeline::{self, Fleet, Run};
use crate::problem::Problem;
use crate::verdict::explanation::Explanation;
use asked::{AskedCells, SeenNodes};

pub fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    explained(args).map(|explained| print(args.format, &explained))
}

/// The explanations that are asked for, at least one.
fn explained(args: &ExplainArgs) -> Result<Vec<ExplainedRow>, CliError> {
    let catalog = args.judging.catalogs.load()?;
    let (asked, selection) = AskedCells::settle(args, catalog)?;
    let limits = args.judging.caps.limits()?;
    let read_as = args.judging.read_as()?;
    bundle::exist(&args.paths)?;
    let found = bundle::find(&args.paths, &[])?;
    if found.places.is_empty() {
        return Err(CliError::from(format!(
            "no bundle in the PATHs: {}",
            skipped(found.skipped)
        )));
    }
    let run = |selection: Selection, explains| -> Result<Run<'_>, String> {
        Ok(Run {
            read_as,
            limits: limits.clone(),
            all_roles: true,
            explains,
            trusted: args.judging.trusted()?,
            ..Run::new(
                catalog,
                selection,
                pipeline::pool(args.judging.workers.threads())?,
            )
        })
    };
    let first = run(selection.clone(), None)?;
    let fleet = first.first_pass(&found.places, analyze::now());
    // A finding_id names its benchmark only once the nodes are known.
    let (wanted, benchmarks) = asked.bundles(&fleet, catalog);
    let selection = Selection {
        benchmarks: benchmarks.unwrap_or(selection.benchmarks),
        ..selection
    };
    let apart = asked::apart(&fleet);
    let explains = |row: &Row<'_>| asked.is(row, &apart);
    let second = run(selection, Some(&explains))?;
    let mut seen = SeenNodes::of(&fleet);
    let mut cells: Vec<(usize, Finding, Vec<Problem>)> = Vec::new();
    let mut emit = |bundle_number, judged: Judged| {
        let rows = judged.findings.iter();
        let rows: Vec<Row<'_>> = rows.map(|found| found.row(catalog, None)).collect();
        seen.add(&asked, &rows);
        // Another bundle of the cluster is reported in its place.
        let is_older = fleet
            .identity
            .superseded_by(bundle_number, CLUSTER)
            .is_some();
        let found = judged.findings.iter().zip(&rows);
        let found = found.filter(|(f, row)| {
            let is_made = f.explanation.is_some() && !(is_older && row.node.is_none());
            is_made || asked.is_bundle(row, &apart)
        });
        for (found, row) in found {
            let mut found = found.clone();
            if row.control.is_some() {
                found.identify(asked::of_row(row, &apart), catalog);
            }
            cells.push((bundle_number, found, judged.bundle.problems.clone()));
        }
        Ok::<(), io::Error>(())
    };
    second.judge_some(
        &fleet,
        &|bundle_number| wanted.contains(&bundle_number),
        &mut emit,
    )?;
    asked.check(&seen, cells.is_empty())?;
    let document = |(bundle_number, found, problems): (usize, Finding, Vec<Problem>)| {
        let row = found.row(catalog, None);
        let explanation = found.explanation.as_deref().cloned();
        document(&fleet, bundle_number, &row, explanation, problems, &limits)
    };
    Ok(cells.into_iter().map(document).collect())
}

/// The document of one cell, with the ways back to its bytes.
fn document(
    fleet: &Fleet<'_>,
    bundle_number: usize,
    row: &Row<'_>,
    explanation: Option<Explanation>,
    problems: Vec<Problem>,
    limits: &Limits,
) -> ExplainedRow {
    let cited = explanation
        .iter()
        .flat_map(|explanation| &explanation.evidence);
    let cited: Vec<(usize, &str)> = cited
        .map(|cited| {
            let lender = cited
                .bundle
                .as_ref()
                .and_then(|name| fleet.bundle_number(name));
            (lender.unwrap_or(bundle_number), cited.member.as_str())
        })
        .collect();
    let mut ways = vec![None; cited.len()];
    let mut bundle_numbers: Vec<usize> = cited
        .iter()
        .map(|(bundle_number, _)| *bundle_number)
        .collect();
    bundle_numbers.sort_unstable();
    bundle_numbers.dedup();
    for bundle_number in bundle_numbers {
        let (at, members): (Vec<usize>, Vec<&str>) = (cited.iter().enumerate())
            .filter(|(_, (of, _))| *of == bundle_number)
            .map(|(at, (_, member))| (at, *member))
            .unzip();
        for (at, way) in at
            .into_iter()
            .zip(fleet.ways(bundle_number, &members, limits))
        {
            if let Some(slot) = ways.get_mut(at) {
                *slot = way;
            }
        }
    }
    ExplainedRow::of(row, explanation, &ways, problems)
}

fn print(form: TextOrJson, explained: &[ExplainedRow]) -> Exit {
    let document = ExplainDocument {
        schema: SCHEMA,
        stories: explained,
    };
    let printed = match form {
        TextOrJson::Text => message::print(&text::of(explained)),
        TextOrJson::Json => match serde_json::to_string_pretty(&document) {
            Ok(text) => message::print_for_tools(&(text + "\n")),
            Err(e) => {
                message::fatal(format_args!("stdout: cannot be written: {e}"));
                Exit::Output
            }
        },
    };
    match printed {
        Exit::Fine if explained.iter().any(|row| row.verdict == "error") => Exit::Evidence,
        printed => printed,
    }
}
