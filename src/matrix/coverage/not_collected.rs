//! Controls that nothing was handed in for, so that no finding says so.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// The controls of one benchmark that nothing of a cluster was handed in for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCollected {
    /// The cluster; null of nodes that name none.
    pub cluster: Option<String>,
    /// What was not handed in.
    pub code: Lack,
    /// The benchmark that nodes of the cluster are judged by.
    pub benchmark: String,
    /// Its controls, as they are numbered.
    pub controls: Vec<String>,
}

impl NotCollected {
    /// Which controls, and of whom.
    #[must_use]
    pub fn sentence(&self) -> String {
        let whose = match &self.cluster {
            Some(_) => "",
            None => " of nodes that name no cluster",
        };
        let (id, controls) = (&self.benchmark, self.controls.join(" "));
        format!("not decided{whose}: {id} {controls}")
    }
}

/// What was not handed in: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// The API objects of a cluster.
    ClusterNotCollected,
}

impl Lack {
    /// Every code, and what it says.
    pub const ALL: [(Self, &'static str, &'static str); 1] = [(
        Self::ClusterNotCollected,
        "cluster-not-collected",
        "no bundle has API objects of the cluster, so what is asked of the cluster itself is not decided; run collect-cluster.sh",
    )];

    /// The code as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.entry().1
    }

    /// What it says.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().2
    }

    fn entry(self) -> &'static (Self, &'static str, &'static str) {
        let found = Self::ALL.iter().find(|(code, _, _)| *code == self);
        found.unwrap_or(&Self::ALL[0])
    }
}

impl Serialize for Lack {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl JsonSchema for Lack {
    fn schema_name() -> Cow<'static, str> {
        "NotCollectedCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}
