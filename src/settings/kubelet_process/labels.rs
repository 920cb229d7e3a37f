//! Labels that a kubelet may not give its own node.

/// Labels below kubernetes.io and k8s.io that it may.
const OWN: [&str; 11] = [
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Why a kubelet refuses `--node-labels` with this text.
pub(super) fn refused(text: &str) -> Option<String> {
    let keys = text
        .split(',')
        .map(|label| label.split('=').next().unwrap_or(label).trim());
    let stranger = keys.into_iter().find(|key| {
        let Some((domain, _)) = key.split_once('/') else {
            return false;
        };
        let below = |of: &str| {
            domain
                .strip_suffix(of)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let of_kubernetes = below("kubernetes.io") || below("k8s.io");
        let may = below("kubelet.kubernetes.io") || below("node.kubernetes.io");
        of_kubernetes && !may && !OWN.contains(key)
    })?;
    Some(format!(
        "--node-labels has {stranger}, a label that a kubelet may not give its node"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_the_project_are_not_the_kubelets_to_give() {
        for (text, is_refused) in [
            ("", false),
            ("a=b,c=d", false),
            ("kubernetes.io/x=y", true),
            ("a=b,node-role.kubernetes.io/worker=", true),
            ("kops.k8s.io/group", true),
            ("kubernetes.io/os=linux", false),
            ("node.kubernetes.io/any=1,x.node.kubernetes.io/y=1", false),
            ("topology.kubernetes.io/zone=a", false),
            ("notkubernetes.io/x=1,kubernetes.azure.com/x=1", false),
        ] {
            assert_eq!(refused(text).is_some(), is_refused, "{text}");
        }
    }
}
