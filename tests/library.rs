//! The library's documented surface: what integrators are promised is what the crate shows, and it
//! does what its first page says.

use std::collections::BTreeSet;
use std::fs;

use nodeproof::{
    Catalog, Format, Found, Layout, Measure, Plan, Report, Run, Selection, Target, find, pool,
};

use crate::support::Lab;

/// What a line of re-exports names.
fn names(line: &str) -> Vec<String> {
    let (_, last) = line.trim_end_matches(';').rsplit_once("::").unwrap();
    let list = last.trim_matches(['{', '}']).split(", ");
    list.map(str::to_owned).collect()
}

#[test]
fn what_is_promised_is_what_the_crate_shows() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    let source = fs::read_to_string(root).unwrap();
    let exports = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "));
    let shown: BTreeSet<String> = exports.flat_map(names).collect();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/integrators.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("| item | for |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let promised: BTreeSet<String> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    assert_eq!(shown, promised);
    let modules = source.matches("\npub mod ").count();
    assert_eq!(
        source.matches("\n#[doc(hidden)]\npub mod ").count(),
        modules
    );
}

#[test]
fn a_run_from_bundles_to_a_matrix_is_what_the_first_page_shows() {
    let lab = Lab::new();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-bundles");
    let catalog = Catalog::built_in().unwrap();
    let auto = Selection::settle(&catalog, &["auto".to_owned()], &[]).unwrap();
    let run = Run::new(&catalog, auto, pool(2).unwrap());
    let plan = Plan {
        run: run.described(Vec::new(), None),
        layout: Layout::Long,
    };
    let csv = Format::named("csv").unwrap();
    let matrix = lab.path("matrix.csv");
    let target = Target::file(&matrix, None, |sink| csv.open(sink, &plan)).unwrap();
    let found: Found = find(&[samples.into()], &[]).unwrap();
    let report: Report<'_> = run
        .analyze(&found, Measure::default(), vec![target], &mut ())
        .unwrap();
    assert_eq!(report.summary.bundles, 15);
    let expected = format!("{samples}/expected.csv");
    assert_eq!(fs::read(matrix).unwrap(), fs::read(expected).unwrap());
}
