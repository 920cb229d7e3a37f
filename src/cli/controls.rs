//! `nodeproof controls -b ID`: the controls of a benchmark, with everything the catalog says; with
//! `--coverage` what decides them.

use serde_json::Value;

use super::args::ControlsArgs;
use super::{Exit, message, table};
use crate::benchmark::{covered, described};

pub fn run(args: &ControlsArgs) -> Exit {
    let catalog = match args.catalogs.load() {
        Ok(catalog) => catalog,
        Err(why) => {
            message::fatal(why);
            return Exit::Usage;
        }
    };
    let Some(id) = &args.benchmark else {
        let all = catalog.benchmarks.iter();
        let rows: Vec<Value> = all.map(|b| covered::benchmark(&catalog, b)).collect();
        let shown = &covered::OF_BENCHMARKS;
        return table::print(args.format, &columns(shown, &[]), shown, &rows);
    };
    let Some(benchmark) = catalog.benchmark(id) else {
        message::fatal(catalog.no_benchmark(id));
        return Exit::Usage;
    };
    let controls = benchmark.controls.iter();
    if args.coverage {
        let rows = controls.map(|control| covered::control(&catalog, benchmark, control));
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
        return table::print(args.format, &columns, &covered::OF_CONTROLS, &rows);
    }
    let rows = controls.map(|control| described::control(&catalog, benchmark, control));
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
    table::print(args.format, &columns, &described::COLUMNS, &rows)
}

fn columns<'c>(shown: &'c [&'c str], spare: &'c [&'c str]) -> table::Columns<'c> {
    table::Columns { shown, spare }
}
