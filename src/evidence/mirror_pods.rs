//! What the API shows of static pods: `api/pods.json` → the components that kubelets run by manifests
//! of theirs, node by node.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::static_pod::{Planned, planned};
use super::yaml_or_json;
use crate::limits::Limits;

/// The mark of a pod that stands for a manifest of its node.
pub(super) const MIRROR: &str = "kubernetes.io/config.mirror";

impl Evidence<'_> {
    /// The components of a control plane among the mirror pods of the cluster, by node.
    #[must_use]
    pub fn mirror_pods(&self) -> BTreeMap<String, Vec<Planned>> {
        let index = self.first(&Kind::ApiObjects("pods".to_owned()));
        let bytes = index.and_then(|index| Some((self.bytes(index).ok()?, self.cite(index))));
        let Some((bytes, citation)) = bytes else {
            return BTreeMap::new();
        };
        // A list that cannot be read is told of where the cluster is judged.
        let list: List = serde_json::from_slice(bytes).unwrap_or_default();
        let mut all: BTreeMap<String, Vec<Planned>> = BTreeMap::new();
        for (at, pod) in list.items {
            let found = pod.components(at, &citation, self.limits());
            if !found.is_empty() {
                all.entry(pod.spec.node_name).or_default().extend(found);
            }
        }
        all
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct List {
    #[serde(deserialize_with = "mirrors")]
    items: Vec<(usize, Pod)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pod {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    namespace: String,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    node_name: String,
    containers: Vec<serde_json::Value>,
}

impl Pod {
    /// Whether it stands for a manifest: nobody but kubelets makes such pods where the system runs.
    fn is_mirror(&self) -> bool {
        let annotations = self.metadata.annotations.as_ref();
        let is_marked = annotations.is_some_and(|all| all.contains_key(MIRROR));
        let namespace = self.metadata.namespace.as_str();
        let is_of_system = namespace == "kube-system" || namespace.starts_with("openshift-");
        is_marked && is_of_system && !self.spec.node_name.is_empty()
    }

    fn components(&self, at: usize, list: &Citation, limits: &Limits) -> Vec<Planned> {
        let at = at.to_string();
        let containers = self.spec.containers.iter().enumerate();
        let found = containers.filter_map(|(number, container)| {
            let document = yaml_or_json::parse(container.to_string().as_bytes(), limits).ok()?;
            let number = number.to_string();
            let place = list.pointer(&["items", &at, "spec", "containers", &number]);
            planned(&document.root, &place)
        });
        found.collect()
    }
}

/// The mirror pods among the items, with their places.
fn mirrors<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(usize, Pod)>, D::Error> {
    struct Items;

    impl<'de> Visitor<'de> for Items {
        type Value = Vec<(usize, Pod)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of pods")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut kept = Vec::new();
            let mut at = 0;
            while let Some(pod) = seq.next_element::<Pod>()? {
                if pod.is_mirror() {
                    kept.push((at, pod));
                }
                at += 1;
            }
            Ok(kept)
        }
    }

    from.deserialize_seq(Items)
}
