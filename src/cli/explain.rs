//! `nodeproof explain`: how one finding came about.

mod asked;
mod text;

use std::io;

use super::args::{ExplainArgs, Telling};
use super::summary::skipped;
use super::{Exit, analyze, message};
use crate::benchmark::select::Selection;
use crate::bundle;
use crate::limits::Limits;
use crate::matrix::judged::{Judged, Shown};
use crate::matrix::row::Row;
use crate::matrix::told::{Document, SCHEMA, Told};
use crate::pipeline::{self, Fleet, Run};
use crate::problem::Problem;
use asked::{Asked, Seen};

pub fn run(args: &ExplainArgs) -> Exit {
    match told(args) {
        Ok(stories) => print(args.format, &stories),
        Err(Untold::Wrong(why)) => {
            message::fatal(why);
            Exit::Usage
        }
        Err(Untold::Lost(error)) => {
            message::fatal(format_args!(
                "a temporary file failed ({error}); free some space, and run again"
            ));
            Exit::Output
        }
    }
}

/// Why nothing is told.
enum Untold {
    /// Wrong usage: a sentence.
    Wrong(String),
    /// A temporary file failed.
    Lost(io::Error),
}

impl From<String> for Untold {
    fn from(why: String) -> Self {
        Self::Wrong(why)
    }
}

/// The stories that are asked for, at least one.
fn told(args: &ExplainArgs) -> Result<Vec<Told>, Untold> {
    let catalog = args.judging.catalogs.load()?;
    let (asked, selection) = Asked::settle(args, &catalog)?;
    let limits = args.judging.caps.limits()?;
    let read_as = args.judging.read_as()?;
    bundle::exist(&args.paths)?;
    let found = bundle::find(&args.paths, &[])?;
    if found.places.is_empty() {
        return Err(Untold::Wrong(format!(
            "no bundle in the PATHs: {}",
            skipped(found.skipped)
        )));
    }
    let run = |selection: Selection, tells| -> Result<Run<'_>, String> {
        Ok(Run {
            catalog: &catalog,
            selection,
            read_as,
            limits: limits.clone(),
            waivers: None,
            all_roles: true,
            excerpts: false,
            tells,
            trusted: args.judging.trusted()?,
            pool: pipeline::pool(args.judging.workers.threads())?,
        })
    };
    let first = run(selection.clone(), None)?;
    let fleet = first.first_pass(&found.places, analyze::now());
    // A finding_id names its benchmark only once the nodes are known.
    let (wanted, benchmarks) = asked.bundles(&fleet, &catalog);
    let selection = Selection {
        benchmarks: benchmarks.unwrap_or(selection.benchmarks),
        ..selection
    };
    let apart = asked::apart(&fleet);
    let tells = |row: &Row| asked.is(row, &apart);
    let second = run(selection, Some(&tells))?;
    let mut seen = Seen::of(&fleet);
    let mut cells: Vec<(usize, Shown, Vec<Problem>)> = Vec::new();
    let mut emit = |unit, judged: Judged| {
        seen.add(&asked, &judged);
        let is_told = |shown: &Shown| shown.story.is_some() || asked.is_bundle(&shown.row, &apart);
        for mut shown in judged.rows.into_iter().filter(is_told) {
            if shown.row.control.is_some() {
                asked::identify(&mut shown.row, &apart);
            }
            cells.push((unit, shown, judged.bundle.problems.clone()));
        }
        Ok::<(), io::Error>(())
    };
    second
        .judge_some(&fleet, &|unit| wanted.contains(&unit), &mut emit)
        .map_err(Untold::Lost)?;
    asked.check(&seen, cells.is_empty())?;
    let document = |(unit, shown, problems)| document(&fleet, unit, shown, problems, &limits);
    Ok(cells.into_iter().map(document).collect())
}

/// The document of one cell, with the ways back to its bytes.
fn document(
    fleet: &Fleet<'_>,
    unit: usize,
    shown: Shown,
    problems: Vec<Problem>,
    limits: &Limits,
) -> Told {
    let cited = shown.story.iter().flat_map(|story| &story.evidence);
    let cited: Vec<(usize, &str)> = cited
        .map(|cited| {
            let lender = cited.bundle.as_ref().and_then(|name| fleet.unit(name));
            (lender.unwrap_or(unit), cited.member.as_str())
        })
        .collect();
    let mut ways = vec![None; cited.len()];
    let mut units: Vec<usize> = cited.iter().map(|(unit, _)| *unit).collect();
    units.sort_unstable();
    units.dedup();
    for unit in units {
        let (at, members): (Vec<usize>, Vec<&str>) = (cited.iter().enumerate())
            .filter(|(_, (of, _))| *of == unit)
            .map(|(at, (_, member))| (at, *member))
            .unzip();
        for (at, way) in at.into_iter().zip(fleet.ways(unit, &members, limits)) {
            if let Some(slot) = ways.get_mut(at) {
                *slot = way;
            }
        }
    }
    Told::of(shown.row, shown.story.map(|story| *story), &ways, problems)
}

fn print(form: Telling, stories: &[Told]) -> Exit {
    let document = Document {
        schema: SCHEMA,
        stories,
    };
    let printed = match form {
        Telling::Text => message::print(&text::of(stories)),
        Telling::Json => match serde_json::to_string_pretty(&document) {
            Ok(text) => message::print_for_tools(&(text + "\n")),
            Err(e) => {
                message::fatal(format_args!("stdout: cannot be written: {e}"));
                Exit::Output
            }
        },
    };
    match printed {
        Exit::Fine if stories.iter().any(|told| told.verdict == "error") => Exit::Evidence,
        printed => printed,
    }
}
