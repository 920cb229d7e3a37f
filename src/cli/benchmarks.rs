//! `nodeproof benchmarks`: what is built in, and what catalogs add.

use serde_json::json;

use super::args::BenchmarksArgs;
use super::stop::CliError;
use super::{Exit, table};

pub fn run(args: &BenchmarksArgs) -> Result<Exit, CliError> {
    let catalog = args.catalogs.load()?;
    let rows: Vec<_> = catalog
        .benchmarks
        .iter()
        .map(|b| {
            json!({
                "id": b.id,
                "aliases": b.aliases,
                "family": b.family,
                "publisher": b.publisher,
                "title": b.title,
                "version": b.version,
                "kubernetes": b.kubernetes,
                "controls": b.controls.len(),
                "address": b.address,
                "numbers_from": b.numbers_from,
                "catalog": b.catalog,
            })
        })
        .collect();
    let columns = table::TableColumns {
        shown: &[
            "id",
            "version",
            "kubernetes",
            "controls",
            "publisher",
            "address",
            "numbers_from",
            "title",
        ],
        spare: &["address", "numbers_from", "publisher"],
    };
    let all = [
        "id",
        "aliases",
        "family",
        "publisher",
        "title",
        "version",
        "kubernetes",
        "controls",
        "address",
        "numbers_from",
        "catalog",
    ];
    Ok(table::print(args.format, &columns, &all, &rows))
}
