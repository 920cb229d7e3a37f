//! The titles that auditors read: component or file, then the wanted state.

use crate::support::*;
use nodeproof::benchmark::described;

const COMPONENTS: [&str; 10] = [
    "cluster",
    "control plane",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
    "node",
];

/// What a subject that is not a component says of itself: `kubelet kubeconfig`, `etcd data`.
const FILES: [&str; 11] = [
    "azure.json",
    "certificates",
    "configuration",
    "data",
    "directory",
    "file",
    "keys",
    "kubeconfig",
    "kubeconfigs",
    "manifest",
    "manifests",
];

/// What a control about a cluster as a whole is about.
const AREAS: [&str; 14] = [
    "Cluster",
    "Control plane",
    "Disks",
    "Identity",
    "Images",
    "Logging",
    "Namespaces",
    "Network",
    "Nodes",
    "OpenShift",
    "Pods",
    "RBAC",
    "Secrets",
    "Service accounts",
];

fn is_known(subject: &str) -> bool {
    if AREAS.contains(&subject) {
        return true;
    }
    COMPONENTS.contains(&subject) || subject.split(' ').any(|word| FILES.contains(&word))
}

/// The mode in `file mode is 600 or stricter`.
fn mode(title: &str) -> Option<u32> {
    let (before, _) = title.split_once(" or stricter")?;
    u32::from_str_radix(before.rsplit(' ').next()?, 8).ok()
}

fn is_shaped(title: &str) -> bool {
    let subject = title.split_once(": ").map(|(subject, _)| subject);
    title.chars().count() <= 80 && subject.is_some_and(is_known)
}

/// A control that expects another mode than its rule has a title of its own.
fn says_its_mode(title: &str, check: &str) -> bool {
    let mut modes = check.split("at_most: ").skip(1).peekable();
    let number = |rest: &str| rest.split([' ', ',', '}']).next().unwrap().parse().ok();
    match mode(title) {
        None => true,
        mode => modes.peek().is_some() && modes.all(|rest| number(rest) == mode),
    }
}

#[test]
fn a_title_names_component_or_file_and_wanted_state() {
    let of_rules = CATALOG.rules.iter().map(|(key, rule)| {
        let title = rule.data.title.clone();
        (key.clone(), title, format!("{:?}", rule.check))
    });
    let controls = CATALOG.benchmarks.iter().flat_map(|benchmark| {
        let pair = move |control| (benchmark, control);
        benchmark.controls.iter().map(pair)
    });
    let of_controls = controls.map(|(benchmark, control)| {
        let told = described::control(benchmark, control);
        let title = told["title"].as_str().unwrap().to_owned();
        let check = control.judging_check().map(|(_, check)| check);
        let name = format!("{} {}", benchmark.id, control.number);
        (name, title, format!("{check:?}"))
    });
    let wrong: Vec<String> = of_rules
        .chain(of_controls)
        .filter(|(_, title, check)| !is_shaped(title) || !says_its_mode(title, check))
        .map(|(name, title, _)| format!("{name}: {title}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
