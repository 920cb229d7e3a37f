//! `nodeproof layouts`: what archives are recognised by, and what each can decide.

use serde_json::json;

use super::args::LayoutsArgs;
use super::{Exit, table};
use crate::evidence::layouts::LAYOUTS;

pub fn run(args: &LayoutsArgs) -> Exit {
    let rows = LAYOUTS.iter().map(|layout| {
        json!({
            "name": layout.name,
            "tool": layout.tool,
            "decides": layout.decides,
            "looks_for": layout.looks_for,
        })
    });
    let rows: Vec<_> = rows.collect();
    let all = ["name", "tool", "decides", "looks_for"];
    let columns = table::TableColumns {
        shown: &all,
        spare: &["looks_for", "tool"],
    };
    table::print(args.format, &columns, &all, &rows)
}
