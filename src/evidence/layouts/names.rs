//! Layouts by name.

use super::{LAYOUTS, Layout};

/// The layout that `--read-as` calls so.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().copied().find(|layout| layout.name == name)
}

/// The layout that `--read-as` names, where it is given.
///
/// # Errors
/// A sentence: there is none of that name.
pub fn named(name: Option<&str>) -> Result<Option<&'static str>, String> {
    let Some(name) = name else { return Ok(None) };
    let names = || LAYOUTS.iter().map(|layout| layout.name).collect::<Vec<_>>();
    let found = by_name(name).map(|layout| Some(layout.name));
    found.ok_or_else(|| {
        let names = names().join(", ");
        format!("--read-as: there is no layout `{name}`; the layouts are {names}")
    })
}
