//! `nodeproof controls -b ID`: the controls of a benchmark, with everything the catalog says.

use serde_json::Value;

use super::args::ControlsArgs;
use super::stop::Stop;
use super::{Exit, table};
use crate::benchmark::described;

pub fn run(args: &ControlsArgs) -> Result<Exit, Stop> {
    let catalog = args.catalogs.load()?;
    let benchmark = catalog.benchmark(&args.benchmark);
    let benchmark = benchmark.ok_or_else(|| catalog.no_benchmark(&args.benchmark))?;
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
    let all = &described::COLUMNS;
    Ok(table::print(args.format, &columns, all, &rows))
}
