//! `nodeproof controls -b ID`: the controls of a benchmark, with everything the catalog says.

use serde_json::Value;

use super::args::ControlsArgs;
use super::{Exit, message, table};
use crate::benchmark::described;

pub fn run(args: &ControlsArgs) -> Exit {
    let catalog = match args.catalogs.load() {
        Ok(catalog) => catalog,
        Err(why) => {
            message::fatal(why);
            return Exit::Usage;
        }
    };
    let Some(benchmark) = catalog.benchmark(&args.benchmark) else {
        message::fatal(catalog.no_benchmark(&args.benchmark));
        return Exit::Usage;
    };
    let rows: Vec<Value> = benchmark
        .controls
        .iter()
        .map(|control| described::control(&catalog, benchmark, control))
        .collect();
    let columns = table::Columns {
        shown: &[
            "control",
            "level",
            "assessment",
            "nist_800_53",
            "nist_basis",
            "decided_by",
            "evidence",
            "title",
        ],
        spare: &["nist_basis", "nist_800_53", "assessment", "level"],
    };
    table::print(args.format, &columns, &described::COLUMNS, &rows)
}
