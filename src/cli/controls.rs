//! `nodeproof controls -b ID`: the controls of a benchmark, with everything the catalog says.

use serde_json::Value;

use super::args::ControlsArgs;
use super::{Exit, message, table};
use crate::benchmark::catalog::Catalog;
use crate::benchmark::described;

pub fn run(args: &ControlsArgs) -> Exit {
    let catalog = match Catalog::built_in() {
        Ok(catalog) => catalog,
        Err(why) => {
            message::fatal(why);
            return Exit::Usage;
        }
    };
    let Some(benchmark) = catalog.benchmark(&args.benchmark) else {
        message::fatal(format_args!(
            "there is no benchmark `{}`; `nodeproof benchmarks` lists them",
            args.benchmark
        ));
        return Exit::Usage;
    };
    let rows: Vec<Value> = benchmark
        .controls
        .iter()
        .map(|control| described::control(&catalog, benchmark, control))
        .collect();
    let columns: &[&str] = match args.format {
        table::Form::Table => &[
            "control",
            "level",
            "assessment",
            "nist_800_53",
            "nist_basis",
            "evidence",
            "title",
        ],
        _ => &described::COLUMNS,
    };
    table::print(args.format, columns, &rows)
}
