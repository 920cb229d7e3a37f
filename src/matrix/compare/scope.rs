//! What two reports are of → where they cannot be compared, or only with care.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Side;

/// Parts of a run that no verdict depends on, or only through what stands beside it.
const NOT_SCOPE: [&str; 5] = ["tool", "collectors", "as_of", "waivers", "made_with"];

/// Something in which OLD and NEW differ beside their findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remark {
    /// `version`, `control`, … of the run; `node-benchmark`, `run-unknown`, `repeated-findings`.
    pub what: String,
    /// What it is in OLD.
    pub old: Value,
    /// What it is in NEW.
    pub new: Value,
    /// The nodes concerned; empty: all.
    pub nodes: Vec<String>,
    /// What follows, as a sentence.
    pub means: String,
}

/// All of them, those of the whole run first.
pub(super) fn remarks(old: &Side, new: &Side) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |what: &str, old: Value, new: Value, nodes: Vec<String>, means: &str| {
        remarks.push(Remark {
            what: what.to_owned(),
            old,
            new,
            nodes,
            means: means.to_owned(),
        });
    };
    match (&old.run, &new.run) {
        (Some(a), Some(b)) => {
            let keys = |run: &Value| {
                let keys = run.as_object().into_iter().flat_map(|run| run.keys());
                keys.cloned().collect::<Vec<String>>()
            };
            let mut all = keys(a);
            all.extend(keys(b).into_iter().filter(|key| a.get(key).is_none()));
            for key in all.iter().filter(|key| !NOT_SCOPE.contains(&key.as_str())) {
                let part = |run: &Value| run.get(key).cloned().unwrap_or_default();
                if part(a) != part(b) {
                    let means = match key.as_str() {
                        "version" => "verdicts may differ because the program does",
                        "limits" => "what was read may differ",
                        _ => "only what both judged is compared",
                    };
                    say(key, part(a), part(b), Vec::new(), means);
                }
            }
        }
        (a, b) => say(
            "run-unknown",
            json!(a.is_some()),
            json!(b.is_some()),
            Vec::new(),
            "without the run of both (JSON Lines has none), version and options may differ unseen",
        ),
    }
    let mut moved: BTreeMap<(Vec<&String>, Vec<&String>), Vec<String>> = BTreeMap::new();
    for (name, a) in &old.nodes {
        let Some(b) = new.nodes.get(name) else {
            continue;
        };
        // A node of which no bundle could be read has none.
        if a.benchmarks != b.benchmarks && !a.benchmarks.is_empty() && !b.benchmarks.is_empty() {
            let key = (a.benchmarks.iter().collect(), b.benchmarks.iter().collect());
            moved.entry(key).or_default().push(spoken(name));
        }
    }
    for ((a, b), nodes) in moved {
        let means = "these nodes are compared in the benchmarks that judged them in both";
        say("node-benchmark", json!(a), json!(b), nodes, means);
    }
    if old.repeated + new.repeated > 0 {
        say(
            "repeated-findings",
            json!(old.repeated),
            json!(new.repeated),
            Vec::new(),
            "nodes with several bundles are compared bundle by bundle, in the order of the reports",
        );
    }
    remarks
}

fn spoken((cluster, node): &super::Name) -> String {
    match cluster {
        Some(cluster) => format!("{cluster}/{node}"),
        None => node.clone(),
    }
}
