//! Controls that nothing was handed in for, so that no finding says so.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use crate::node::duty::Duty;
use crate::problem::codes;

/// The controls of one benchmark that nothing of a cluster was handed in for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCollected {
    /// The cluster; null of nodes that name none.
    pub cluster: Option<String>,
    /// What was not handed in.
    pub code: Lack,
    /// The benchmark that the cluster is judged by.
    pub benchmark: String,
    /// The role of the nodes that the controls are asked of; null where they are asked of the cluster
    /// itself.
    #[schemars(with = "Option<String>")]
    pub role: Option<Duty>,
    /// Who runs what has this role in place of the cluster's owner: then it is not for them to hand
    /// in, and does not count for `--fail-on unknown`. Null where it is for them.
    pub run_by: Option<String>,
    /// The controls, as they are numbered.
    #[serde(serialize_with = "listed")]
    #[schemars(with = "Vec<String>")]
    pub controls: Arc<Vec<String>>,
}

fn listed<S: Serializer>(controls: &Arc<Vec<String>>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(controls.iter())
}

impl NotCollected {
    /// Which controls, and of whom.
    #[must_use]
    pub fn sentence(&self) -> String {
        let run_by = self.run_by.iter();
        let run_by: String = run_by
            .map(|provider| format!("{provider} runs it; "))
            .collect();
        let asked = self.role.map(|role| format!("{} nodes", role.as_str()));
        let asked = asked.as_deref().unwrap_or("the cluster itself");
        let (count, runs) = (self.controls.len(), runs(&self.controls));
        format!(
            "{run_by}controls of {} that are asked of {asked}, {count}: {runs}",
            self.benchmark
        )
    }
}

/// Control numbers in few words: `1.1.1–1.1.21, 1.2.4`.
fn runs(controls: &[String]) -> String {
    let parts = |number: &str| -> Option<(String, u64)> {
        let (head, last) = number.rsplit_once(['.', '-'])?;
        Some((head.to_owned(), last.parse().ok()?))
    };
    let follows = |before: &str, next: &str| match (parts(before), parts(next)) {
        (Some((a, n)), Some((b, m))) => a == b && n.checked_add(1) == Some(m),
        _ => false,
    };
    let runs = controls.chunk_by(|before, next| follows(before, next));
    let runs = runs.map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        _ => run.concat(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

codes! {
    /// What was not handed in: a closed list.
    Lack:
    Cluster "cluster-not-collected" "no bundle has API objects of the cluster, so what is asked of the cluster itself is not decided; run collect-cluster.sh",
    Role "role-not-collected" "no node of the cluster came in that has the role these controls are asked of; run collect-node.sh on one",
    RunByProvider "run-by-provider" "a provider's own machines have the role these controls are asked of",
}

impl JsonSchema for Lack {
    fn schema_name() -> Cow<'static, str> {
        "NotCollectedCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.iter().map(|(_, word, _)| word).collect::<Vec<_>>()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_one_another_are_a_run() {
        let of = |numbers: &[&str]| {
            let numbers: Vec<String> = numbers.iter().map(|n| (*n).to_owned()).collect();
            runs(&numbers)
        };
        assert_eq!(
            of(&["1.1.1", "1.1.2", "1.1.3", "1.2.4", "1.3.5", "2.6", "2.8"]),
            "1.1.1–1.1.3, 1.2.4, 1.3.5, 2.6, 2.8"
        );
        assert_eq!(of(&["V-242376", "V-242377", "x"]), "V-242376–V-242377, x");
        assert_eq!(of(&[]), "");
    }
}
