//! Many bundles, each judged by one control, in one run of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::{Bundle, Lab, outcome, rows};

/// A bundle, the control (`id:number`) it is judged by, and what must come out.
struct Case {
    about: String,
    control: String,
    bundle: Bundle,
    wanted: String,
}

/// Cases under construction.
#[derive(Default)]
pub struct Cases(Vec<Case>);

impl Cases {
    /// `wanted` is `verdict code`, then what more of ` by source` and ` letter verdict` matters.
    pub fn add(&mut self, about: &str, control: &str, bundle: Bundle, wanted: &str) {
        self.0.push(Case {
            about: about.to_owned(),
            control: control.to_owned(),
            bundle,
            wanted: wanted.to_owned(),
        });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Judges all in one run; says every case that came out otherwise. Gives the rows of the cases.
    pub fn judge(self) -> Vec<Value> {
        let lab = Lab::new();
        let mut controls = BTreeSet::new();
        let mut places: Vec<String> = Vec::new();
        for (at, case) in self.0.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| self.0.get(at));
            let same = before.is_some_and(|before| before.bundle.files() == case.bundle.files());
            match places.last().cloned().filter(|_| same) {
                Some(place) => places.push(place),
                None => {
                    let place = format!("{at:04}.tar.gz");
                    lab.add(&place, &case.bundle.clone().of_machine(at));
                    places.push(place);
                }
            }
            controls.insert(case.control.as_str());
        }
        let ids: BTreeSet<&str> = controls
            .iter()
            .filter_map(|control| control.split(':').next())
            .collect();
        let join = |words: BTreeSet<&str>| words.into_iter().collect::<Vec<_>>().join(",");
        let (ids, controls) = (join(ids), join(controls));
        let ran = lab.run(&[
            "analyze", ".", "-b", &ids, "-c", &controls, "--format", "jsonl",
        ]);
        let mut found = BTreeMap::new();
        for row in rows(&ran.stdout) {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let control = format!("{}:{}", text("benchmark"), text("control"));
            found.insert((text("bundle"), control), row);
        }
        let mut wrong = String::new();
        let mut all = Vec::new();
        for (place, case) in places.into_iter().zip(&self.0) {
            let row = found.get(&(place, case.control.clone()));
            assert!(
                row.is_some(),
                "{}: no row of {}: {}",
                case.about,
                case.control,
                ran.stderr
            );
            let row = row.unwrap();
            let source = row["source"].as_str().unwrap_or("none");
            let letter = row["by_the_text"].as_str().unwrap_or("none");
            let got = format!("{} by {source} letter {letter}", outcome(row));
            let right = match case.wanted.split_once(" letter ") {
                Some((before, wanted)) => got.starts_with(before) && wanted == letter,
                None => got.starts_with(&case.wanted),
            };
            if !right {
                let _ = writeln!(
                    wrong,
                    "{} ({}): wanted {}, got {got}: {}",
                    case.about, case.control, case.wanted, row["reason"]
                );
            }
            all.push(row.clone());
        }
        assert!(wrong.is_empty(), "\n{wrong}");
        all
    }
}

/// A `stat.tsv`: path, type, mode, `uid:gid:owner:group`, target.
pub fn metadata(rows: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut text = String::from("path\ttype\tmode\tuid\tgid\towner\tgroup\ttarget\n");
    for (path, kind, mode, owner, target) in rows {
        let owner = match *owner {
            "" => "\t\t\t".to_owned(),
            owner => owner.replace(':', "\t"),
        };
        let _ = writeln!(text, "{path}\t{kind}\t{mode}\t{owner}\t{target}");
    }
    text
}

/// Owned by root, for `metadata`.
pub const ROOT: &str = "0:0:root:root";
