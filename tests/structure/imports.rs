//! Which file of `src/` imports from which: `use` and paths in code, followed through re-exports to
//! the file that has the item. Tests at the end of a file do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

/// A module's path: `["bundle", "tar"]`.
pub type Module = Vec<String>;

/// All files of `src/`, by the module that each is.
pub struct Imports {
    paths: BTreeMap<Module, Vec<Module>>,
    /// What a module has of another: its own name for it, and the whole path.
    brought_in: BTreeMap<Module, BTreeMap<String, Module>>,
}

impl Imports {
    pub fn of(files: &[(Module, String)]) -> Self {
        let mut all = Self {
            paths: BTreeMap::new(),
            brought_in: BTreeMap::new(),
        };
        let modules: BTreeSet<&Module> = files.iter().map(|(module, _)| module).collect();
        for (module, text) in files {
            let (used, inline) = written(text);
            let absolute = |path: &Module| absolute(module, path, &modules);
            let used: Vec<Module> = used.iter().filter_map(absolute).collect();
            let names = used.iter().filter_map(|path| {
                let name = path.last()?.clone();
                Some((name, path.clone()))
            });
            all.brought_in.insert(module.clone(), names.collect());
            let inline = inline.iter().filter_map(absolute);
            let paths = used.iter().cloned().chain(inline).collect();
            all.paths.insert(module.clone(), paths);
        }
        all
    }

    /// The modules of the same room that a module imports from. That it declares and re-exports
    /// what is in its own folder is no import.
    pub fn of_room(&self, module: &Module) -> BTreeSet<Module> {
        let paths = self.paths.get(module).into_iter().flatten();
        let from = paths.filter_map(|path| self.resolved(path, 0));
        from.filter(|from| from.first() == module.first() && !from.starts_with(module))
            .collect()
    }

    /// The modules on a way back to this one, if there is a way.
    pub fn circle(&self, start: &Module) -> Option<Vec<Module>> {
        let mut ways = vec![vec![start.clone()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            for next in self.of_room(way.last()?) {
                if next == *start {
                    return Some(way);
                }
                if seen.insert(next.clone()) {
                    ways.push(way.iter().cloned().chain([next]).collect());
                }
            }
        }
        None
    }

    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.paths.keys()
    }

    /// The module that has the item of a path.
    fn resolved(&self, path: &Module, depth: usize) -> Option<Module> {
        let of_module = |end: usize| path.get(..end).map(<[String]>::to_vec);
        let mut ends = (1..=path.len()).rev();
        let end = ends.find(|end| of_module(*end).is_some_and(|m| self.paths.contains_key(&m)))?;
        let module = of_module(end)?;
        let brought = |item: &String| self.brought_in.get(&module)?.get(item);
        match path.get(end).and_then(brought) {
            Some(whole) if depth < 8 && whole != path => self.resolved(whole, depth + 1),
            _ => Some(module),
        }
    }
}

/// All files below a folder, as [`Imports::of`] takes them.
pub fn read(root: &Path, files: &[std::path::PathBuf]) -> Vec<(Module, String)> {
    let module = |path: &Path| -> Module {
        let below = path.strip_prefix(root).unwrap().with_extension("");
        let parts = below.iter().map(|part| part.to_str().unwrap().to_owned());
        parts.filter(|part| part != "mod").collect()
    };
    let read = |path: &std::path::PathBuf| (module(path), fs::read_to_string(path).unwrap());
    files.iter().map(read).collect()
}

/// The paths of `use`, and those that stand in code.
fn written(text: &str) -> (Vec<Module>, Vec<Module>) {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let comment = Regex::new(r"//[^\n]*").unwrap();
    let code = comment.replace_all(code, "");
    let import = Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap();
    let mut used = Vec::new();
    for found in import.captures_iter(&code) {
        expand(&found[1], &mut used);
    }
    let path = Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").unwrap();
    let rest = import.replace_all(&code, "\n");
    let inline = path.find_iter(&rest).map(|found| split(found.as_str()));
    (used, inline.collect())
}

fn split(path: &str) -> Module {
    path.split("::")
        .map(|part| part.trim().to_owned())
        .collect()
}

/// `a::{b, c::{d, e as f}}` → its paths.
fn expand(tree: &str, all: &mut Vec<Module>) {
    let plain = |tree: &str| split(tree.split(" as ").next().unwrap().trim());
    let Some((before, list)) = tree.split_once('{') else {
        all.push(plain(tree));
        return;
    };
    let (mut depth, mut item) = (0, String::new());
    for c in list.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => expand_item(before, &std::mem::take(&mut item), all),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                item.push(c);
            }
        }
    }
    expand_item(before, &item, all);
}

fn expand_item(before: &str, item: &str, all: &mut Vec<Module>) {
    if !item.trim().is_empty() {
        expand(&format!("{}{}", before.trim(), item.trim()), all);
    }
}

/// A path from the root of the crate; `None` where it leads out of the crate.
fn absolute(module: &Module, path: &Module, modules: &BTreeSet<&Module>) -> Option<Module> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let below = match path.first()?.as_str() {
        "crate" => Module::new(),
        "self" => module.clone(),
        "super" => module.get(..module.len().checked_sub(ups)?)?.to_vec(),
        child => {
            let own: Module = module.iter().cloned().chain([child.to_owned()]).collect();
            let is_own = modules.contains(&own);
            return is_own.then(|| module.iter().chain(path).cloned().collect());
        }
    };
    let rest = path.iter().skip(ups.max(1));
    Some(
        below
            .iter()
            .chain(rest)
            .filter(|part| *part != "self")
            .cloned()
            .collect(),
    )
}

#[test]
fn an_import_is_followed_to_the_file_that_has_the_item() {
    let file = |module: &str, text: &str| (split(module), text.to_owned());
    let imports = Imports::of(&[
        file("a", "mod b;\nmod c;\npub use c::C;\n"),
        file(
            "a::b",
            "use super::{C, c::{self, D as E}};\n// use super::d::X;\n",
        ),
        file(
            "a::c",
            "fn f() { crate::a::d::g() }\n#[cfg(test)]\nmod tests { use super::b; }",
        ),
        file("a::d", "use super::b::B;\nuse crate::e::F;\n"),
        file("e", "use crate::a::b::B;\n"),
    ]);
    let of = |module: &str| -> Vec<String> {
        let all = imports.of_room(&split(module)).into_iter();
        all.map(|module| module.join("::")).collect()
    };
    assert_eq!(of("a"), [""; 0]);
    assert_eq!(of("a::b"), ["a::c"]);
    assert_eq!(of("a::c"), ["a::d"]);
    assert_eq!(of("a::d"), ["a::b"]);
    assert_eq!(imports.circle(&split("a::b")).unwrap().len(), 3);
    assert_eq!(imports.circle(&split("e")), None);
}
