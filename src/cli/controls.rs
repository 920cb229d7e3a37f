//! `nodeproof controls -b ID`: the controls of a benchmark, with everything the catalog says; with
//! `--coverage` what decides them.

use serde_json::Value;

use super::args::ControlsArgs;
use super::stop::CliError;
use super::{Exit, table};
use crate::benchmark::{covered, described};

pub fn run(args: &ControlsArgs) -> Result<Exit, CliError> {
    let catalog = args.catalogs.load()?;
    let Some(id) = &args.benchmark else {
        let all = catalog.benchmarks.iter();
        let rows: Vec<Value> = all.map(covered::benchmark).collect();
        let shown = &covered::OF_BENCHMARKS;
        return Ok(table::print(
            args.format,
            &columns(shown, &[]),
            shown,
            &rows,
        ));
    };
    let benchmark = catalog
        .benchmark(id)
        .ok_or_else(|| catalog.no_benchmark(id))?;
    let controls = benchmark.controls.iter();
    if args.coverage {
        let rows = controls.map(|control| covered::control(benchmark, control));
        let rows: Vec<Value> = rows.collect();
        let shown = [
            "control",
            "role",
            "decided_by",
            "nist_800_53",
            "nist_reason",
            "reason",
        ];
        let spare = ["nist_reason", "nist_800_53"];
        let columns = columns(&shown, &spare);
        let all = &covered::OF_CONTROLS;
        return Ok(table::print(args.format, &columns, all, &rows));
    }
    let rows = controls.map(|control| described::control(benchmark, control));
    let rows: Vec<Value> = rows.collect();
    let shown = [
        "control",
        "level",
        "assessment",
        "nist_800_53",
        "nist_basis",
        "role",
        "decided_by",
        "evidence",
        "title",
    ];
    let spare = ["nist_basis", "nist_800_53", "assessment", "role", "level"];
    let columns = columns(&shown, &spare);
    let all = &described::COLUMNS;
    Ok(table::print(args.format, &columns, all, &rows))
}

fn columns<'c>(shown: &'c [&'c str], spare: &'c [&'c str]) -> table::TableColumns<'c> {
    table::TableColumns { shown, spare }
}
