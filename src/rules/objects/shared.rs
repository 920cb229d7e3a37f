//! What rules about API objects share: which namespaces are the system's own, which lists are never
//! empty, and what distributions ship.

use serde::Deserialize;

/// Nothing.
pub static NONE: Shared = Shared {
    system_namespaces: Vec::new(),
    not_system_namespaces: Vec::new(),
    never_empty: Vec::new(),
    distribution_binding: Vec::new(),
};

/// What rules share, as `cluster.toml` has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shared {
    /// Namespaces of the system: names, or with a `*` at the end their beginnings.
    system_namespaces: Vec<String>,
    /// Those that are not, whatever another file says.
    not_system_namespaces: Vec<String>,
    /// Lists of which every cluster has objects.
    never_empty: Vec<String>,
    /// Bindings that distributions ship.
    distribution_binding: Vec<Shipped>,
}

/// Bindings that a distribution ships. All of it must fit. A text with a `*` at its end is a
/// beginning; `{}` stands for each of `names`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    distribution: String,
    binding: String,
    role: String,
    kind: String,
    #[serde(default)]
    namespace: String,
    subject: String,
    #[serde(default)]
    names: Vec<String>,
}

/// A subject that a binding binds to a role.
pub(super) struct Bound<'b> {
    pub(super) binding: &'b str,
    pub(super) role: &'b str,
    pub(super) kind: &'b str,
    pub(super) namespace: &'b str,
    pub(super) subject: &'b str,
}

impl Shared {
    /// Adds what another file says.
    pub fn add(&mut self, other: Self) {
        let Self {
            system_namespaces,
            not_system_namespaces,
            never_empty,
            distribution_binding,
        } = other;
        // What is named last holds.
        self.system_namespaces
            .retain(|own| !not_system_namespaces.contains(own));
        self.not_system_namespaces
            .retain(|own| !system_namespaces.contains(own));
        self.system_namespaces.extend(system_namespaces);
        self.not_system_namespaces.extend(not_system_namespaces);
        self.never_empty.extend(never_empty);
        self.distribution_binding.extend(distribution_binding);
    }

    /// The same for whom nothing is the system's or a distribution's own.
    #[must_use]
    pub fn to_the_letter(&self) -> Self {
        Self {
            never_empty: self.never_empty.clone(),
            ..Self::default()
        }
    }

    /// Whether a namespace is the system's own.
    #[must_use]
    pub fn is_of_system(&self, namespace: &str) -> bool {
        let is = |own: &String| fits(own, namespace);
        self.system_namespaces.iter().any(is) && !self.not_system_namespaces.iter().any(is)
    }

    /// Whether every cluster has objects of this list.
    #[must_use]
    pub fn is_never_empty(&self, list: &str) -> bool {
        self.never_empty.iter().any(|name| name == list)
    }

    /// The distribution that ships it.
    pub(super) fn shipper(&self, bound: &Bound<'_>) -> Option<String> {
        let ships = |shipped: &&Shipped| match shipped.names.as_slice() {
            [] => shipped.is(bound, ""),
            names => names.iter().any(|name| shipped.is(bound, name)),
        };
        let shipped = self.distribution_binding.iter().find(ships)?;
        Some(shipped.distribution.clone())
    }
}

impl Shipped {
    fn is(&self, bound: &Bound<'_>, name: &str) -> bool {
        [
            (&self.binding, bound.binding),
            (&self.role, bound.role),
            (&self.kind, bound.kind),
            (&self.namespace, bound.namespace),
            (&self.subject, bound.subject),
        ]
        .into_iter()
        .all(|(own, found)| fits(&own.replace("{}", name), found))
    }
}

/// Whether a text is this one, or begins so.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(text: &str) -> Shared {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_later_file_adds_namespaces_and_takes_some_away() {
        let mut all = shared("system_namespaces = ['kube-system', 'openshift-*', 'b']");
        all.add(shared(
            "system_namespaces = ['own']\nnot_system_namespaces = ['b', 'openshift-x']",
        ));
        for (namespace, is) in [
            ("kube-system", true),
            ("own", true),
            ("openshift-y", true),
            ("openshift-x", false),
            ("b", false),
            ("kube-system-2", false),
        ] {
            assert_eq!(all.is_of_system(namespace), is, "{namespace}");
        }
        all.add(shared("system_namespaces = ['b']"));
        assert!(all.is_of_system("b"));
    }

    #[test]
    fn all_of_a_binding_must_fit() {
        let all = shared(
            "[[distribution_binding]]\ndistribution = 'd'\nbinding = 'helm-{}'\nrole = 'r'\nkind = 'ServiceAccount'\nnamespace = 'n'\nsubject = 'helm-{}'\nnames = ['a', 'b']\n[[distribution_binding]]\ndistribution = 'e'\nbinding = 'e:*'\nrole = '*'\nkind = 'User'\nsubject = 'e:*'",
        );
        for (binding, role, kind, namespace, subject, shipper) in [
            ("helm-a", "r", "ServiceAccount", "n", "helm-a", Some("d")),
            ("helm-a", "r", "ServiceAccount", "n", "helm-b", None),
            ("helm-c", "r", "ServiceAccount", "n", "helm-c", None),
            ("helm-a", "r", "ServiceAccount", "m", "helm-a", None),
            ("e:x", "cluster-admin", "User", "", "e:y", Some("e")),
            ("e:x", "cluster-admin", "User", "", "mallory", None),
            ("e:x", "cluster-admin", "Group", "", "e:y", None),
        ] {
            let bound = Bound {
                binding,
                role,
                kind,
                namespace,
                subject,
            };
            assert_eq!(
                all.shipper(&bound).as_deref(),
                shipper,
                "{binding} {subject}"
            );
        }
    }
}
