//! What a catalog must be beyond the form of its files: names once, nothing that points nowhere,
//! nothing that could never be judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::close::did_you_mean;
use super::files::{Roles, no_family};
use super::folder::{File, Sourced};
use super::place::message;
use super::published::{Published, no_role};
use super::{Benchmark, Control, Entry, Rule};
use crate::rules::Check;
use crate::rules::written::{CatalogStep, Wrong};

type Rules<'f> = BTreeMap<String, Sourced<'f, Rule>>;

/// Checks one rule by itself.
pub fn rule(rule: &Rule, files: &Roles) -> Result<(), Wrong> {
    if !is_name(&rule.data.key, "-") {
        let what = "a key has small letters, digits and `-`";
        return Err(Wrong::at("key", what));
    }
    let data = &rule.data;
    for (key, text) in [
        ("component", &data.component),
        ("title", &data.title),
        ("rationale", &data.rationale),
        ("impact", &data.impact),
        ("default", &data.default),
        ("remediation", &data.remediation),
        ("verify", &data.verify),
    ] {
        filled(key, text)?;
    }
    known_files(&rule.check, files).map_err(|wrong| wrong.below(["check".into()]))?;
    for (at, entry) in rule.data.references.iter().enumerate() {
        let here = |wrong: Wrong| wrong.below(["references".into(), at.into()]);
        entry.check().map_err(here)?;
        if entry.benchmarks.is_empty() {
            return Err(here(Wrong::here("`benchmarks` names those these hold for")));
        }
    }
    Ok(())
}

/// A person finds something to read.
pub(super) fn filled(key: &str, text: &str) -> Result<(), Wrong> {
    match text.trim().is_empty() {
        true => Err(Wrong::at(key, format!("`{key}` is empty"))),
        false => Ok(()),
    }
}

/// A key stands in one file.
pub fn only_one(other: Option<&File>, rule: &Rule, file: &File) -> Result<(), String> {
    let Some(other) = other else {
        return Ok(());
    };
    let what = format!("rule `{}` is in {} already", rule.data.key, other.name);
    Err(message(file, &Wrong::at("key", what)))
}

/// Checks a benchmark, and settles what its controls want otherwise than their rules.
pub fn settle(
    benchmark: &mut Benchmark,
    rules: &Rules<'_>,
    files: &Roles,
    published: &Published,
) -> Result<(), Wrong> {
    for (at, id) in benchmark.aliases.iter().enumerate() {
        is_id(id).map_err(|what| Wrong::here(what).below(["aliases".into(), at.into()]))?;
    }
    is_id(&benchmark.id).map_err(|what| Wrong::at("id", what))?;
    no_family(&benchmark.family).map_or(Ok(()), |what| Err(Wrong::at("family", what)))?;
    for (key, text) in [
        ("publisher", &benchmark.publisher),
        ("title", &benchmark.title),
        ("numbers_from", &benchmark.numbers_from),
    ] {
        filled(key, text)?;
    }
    if benchmark.controls.is_empty() && benchmark.extends.is_none() {
        return Err(Wrong::here(
            "a benchmark has a [[control]] or more, or it `extends` another",
        ));
    }
    if let Some(defaults) = &benchmark.references {
        let here = |wrong: Wrong| wrong.below(["references".into()]);
        defaults.check().map_err(here)?;
    }
    let mut numbers = BTreeSet::new();
    for (at, control) in benchmark.controls.iter_mut().enumerate() {
        let number = control.number.clone();
        settle_control(Arc::make_mut(&mut control.entry), rules, files, published)
            .and_then(|()| match numbers.insert(number.clone()) {
                true => Ok(()),
                false => Err(Wrong::at("number", "it stands twice in this benchmark")),
            })
            .map_err(|mut wrong| {
                wrong.what = format!("control {number}: {}", wrong.what);
                wrong.below(["control".into(), at.into()])
            })?;
    }
    Ok(())
}

fn settle_control(
    control: &mut Entry,
    rules: &Rules<'_>,
    files: &Roles,
    published: &Published,
) -> Result<(), Wrong> {
    if !is_name(&control.number.to_ascii_lowercase(), ".-_") {
        return Err(Wrong::at(
            "number",
            "a number has letters, digits, `.`, `-` and `_`",
        ));
    }
    for (key, text) in [("title", &control.title), ("look_at", &control.look_at)] {
        text.as_ref().map_or(Ok(()), |text| filled(key, text))?;
    }
    match (&control.rule, &control.expect) {
        (Some(key), own) => {
            let Some((rule, _)) = rules.get(key) else {
                let close = did_you_mean(key, rules.keys().map(String::as_str));
                return Err(Wrong::at(
                    "rule",
                    format!("there is no rule `{key}`{close}"),
                ));
            };
            if control.look_at.is_some() {
                return Err(Wrong::at(
                    "look_at",
                    "a rule decides, so nobody needs `look_at`",
                ));
            }
            if let Some(own) = own {
                let check = rule.adapted(own).and_then(|check| {
                    known_files(&check, files)?;
                    Ok(check)
                });
                control.check = Some(check.map_err(|wrong| wrong.below(["expect".into()]))?);
            }
        }
        (None, Some(_)) => {
            return Err(Wrong::at(
                "expect",
                "there is no rule that `expect` could change",
            ));
        }
        (None, None) if control.title.is_none() || control.look_at.is_none() => {
            return Err(Wrong::here(
                "it has no rule, so it needs `title` and `look_at`",
            ));
        }
        (None, None) => {}
    }
    if !matches!(control.level.as_deref(), None | Some("1" | "2")) {
        return Err(Wrong::at("level", "`level` is \"1\" or \"2\""));
    }
    if let Some(own) = &control.references {
        let here = |wrong: Wrong| wrong.below(["references".into()]);
        own.check().map_err(here)?;
        for (key, named) in [("benchmarks", &own.benchmarks), ("controls", &own.controls)] {
            if !named.is_empty() {
                let what = format!("references of a control are its own: no `{key}`");
                return Err(here(Wrong::at(key, what)));
            }
        }
    }
    match (&control.published_check, &control.text) {
        (Some(_), Some(_)) => {
            let what = "a control has a `published_check` by name, or a `text` of its own";
            return Err(Wrong::at("published_check", what));
        }
        (Some(name), None) => {
            let named = published.named(name);
            let check = named.map_err(|what| Wrong::at("published_check", what))?;
            control.text = Some(check.clone());
        }
        (None, Some(text)) => {
            let here = |wrong: Wrong| wrong.below(["text".into()]);
            text.check(files).map_err(here)?;
        }
        (None, None) => {}
    }
    Ok(())
}

/// The roles a check names are known.
fn known_files(check: &Check, files: &Roles) -> Result<(), Wrong> {
    let file = match check {
        Check::FileMode(rule) => &rule.file,
        Check::FileOwner(rule) => &rule.file,
        Check::AllOf(checks) | Check::AnyOf(checks) => {
            let mut checks = checks.iter().enumerate();
            return checks.try_for_each(|(at, check)| {
                let below = ["checks".into(), at.into()];
                known_files(check, files).map_err(|wrong| wrong.below(below))
            });
        }
        Check::Setting(_)
        | Check::Unit(_)
        | Check::OtherFile(_)
        | Check::Objects(_)
        | Check::Rights(_)
        | Check::Namespaces(_) => return Ok(()),
    };
    match files.role(&file.name) {
        Some(_) => Ok(()),
        None => Err(Wrong::at("file", no_role(&file.name))),
    }
}

/// Every id, alias and order once.
pub fn names(benchmarks: &[Sourced<'_, Benchmark>]) -> Result<(), String> {
    // Nobody tells `CIS-1.11` in a report from `cis-1.11`.
    let mut names: BTreeMap<String, &File> = BTreeMap::new();
    let mut orders: BTreeMap<u32, &File> = BTreeMap::new();
    for (benchmark, file) in benchmarks {
        let twice = |path: Vec<CatalogStep>, what: String, other: &File| {
            let what = format!("{what} is in {} already", other.name);
            Err(message(file, &Wrong { path, what }))
        };
        if let Some(order) = benchmark.order
            && let Some(other) = orders.insert(order, file)
        {
            return twice(vec!["order".into()], format!("order {order}"), other);
        }
        let aliases = benchmark.aliases.iter().enumerate();
        let aliases = aliases.map(|(at, name)| (vec!["aliases".into(), at.into()], name));
        for (path, name) in std::iter::once((vec!["id".into()], &benchmark.id)).chain(aliases) {
            if let Some(other) = names.insert(name.to_ascii_lowercase(), file) {
                return twice(path, format!("benchmark `{name}`"), other);
            }
        }
    }
    Ok(())
}

/// References of rules hold for controls that are there, and each for another one.
pub fn references(rules: &Rules<'_>, benchmarks: &[Sourced<'_, Benchmark>]) -> Result<(), String> {
    let by_id: BTreeMap<&str, &Benchmark> = benchmarks
        .iter()
        .map(|(benchmark, _)| (benchmark.id.as_str(), benchmark))
        .collect();
    for (rule, file) in rules.values() {
        let mut seen = BTreeSet::new();
        for (at, entry) in rule.data.references.iter().enumerate() {
            let fail = |key: &str, item: usize, what: String| {
                let wrong = Wrong::here(what);
                let below = ["references".into(), at.into(), key.into(), item.into()];
                Err(message(file, &wrong.below(below)))
            };
            for (item, id) in entry.benchmarks.iter().enumerate() {
                let Some(benchmark) = by_id.get(id.as_str()) else {
                    return fail("benchmarks", item, format!("there is no benchmark `{id}`"));
                };
                let points = |control: &&Control| control.rule.as_ref() == Some(&rule.data.key);
                let mut pointing = benchmark.controls.iter().filter(points);
                if entry.controls.is_empty() {
                    if pointing.next().is_none() {
                        let what = format!("no control of `{id}` points at this rule");
                        return fail("benchmarks", item, what);
                    }
                    if !seen.insert((id, None)) {
                        let what = format!("references of `{id}` stand twice");
                        return fail("benchmarks", item, what);
                    }
                }
                for (item, number) in entry.controls.iter().enumerate() {
                    if !pointing.clone().any(|control| control.number == *number) {
                        let what = format!("{number} of `{id}` does not point at this rule");
                        return fail("controls", item, what);
                    }
                    if !seen.insert((id, Some(number))) {
                        let what = format!("references of {number} of `{id}` stand twice");
                        return fail("controls", item, what);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Names that an option takes, and a shell passes on.
fn is_id(id: &str) -> Result<(), &'static str> {
    match id {
        "auto" | "all" => Err("`auto` and `all` are words of -b"),
        _ if is_name(&id.to_ascii_lowercase(), ".-_@") => Ok(()),
        _ => Err("an id has letters, digits, `.`, `-`, `_` and `@`"),
    }
}

/// Small letters, digits and these, with a letter or digit first.
fn is_name(text: &str, others: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(plain) && text.chars().all(|c| plain(c) || others.contains(c))
}
