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

fn is_known(subject: &str) -> bool {
    COMPONENTS.contains(&subject) || subject.split(' ').any(|word| FILES.contains(&word))
}

/// The mode in `file mode is 600 or stricter`.
fn mode(title: &str) -> Option<u32> {
    let (before, _) = title.split_once(" or stricter")?;
    u32::from_str_radix(before.rsplit(' ').next()?, 8).ok()
}

#[test]
fn a_title_names_component_or_file_and_wanted_state() {
    let mut wrong = Vec::new();
    for benchmark in &CATALOG.benchmarks {
        for control in &benchmark.controls {
            let told = described::control(&CATALOG, benchmark, control);
            let title = told["title"].as_str().unwrap();
            let shaped = title.split_once(": ").is_some_and(|(s, _)| is_known(s));
            // A control that expects another mode than its rule has a title of its own.
            let check = format!("{:?}", CATALOG.check(control).map(|(_, check)| check));
            let modes = check.split("at_most: ").skip(1);
            let says_mode = mode(title).is_none_or(|mode| {
                modes.clone().count() > 0
                    && modes.clone().all(|rest| {
                        let digits = rest.split([' ', ',', '}', ')']).next().unwrap();
                        digits.parse() == Ok(mode)
                    })
            });
            if !shaped || !says_mode || title.chars().count() > 80 {
                wrong.push(format!("{} {}: {title}", benchmark.id, control.number));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
