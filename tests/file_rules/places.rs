//! Which file is looked at: absent ones, several kubelets, and every list of paths.

use std::collections::BTreeSet;

use nodeproof::rules::Check;

use super::*;

#[test]
fn absence_must_be_seen_and_means_what_the_rule_says() {
    let none: Vec<Row<'_>> = [
        UNIT,
        "/etc/systemd/system/kubelet.service",
        "/lib/systemd/system/kubelet.service",
        "/usr/lib/systemd/system/kubelet.service",
        "/etc/systemd/system/snap.kubelet.daemon.service",
    ]
    .into_iter()
    .map(|path| (path, "absent", "", "", ""))
    .collect();
    let proxy = [("/etc/kubernetes/proxy.conf", "absent", "", "", "")];
    let skipped = serde_json::json!([{"path": "/etc/kubernetes/proxy.conf", "reason": "absent"}]);
    let mut cases = Cases::default();
    let mut add = |about, control, bundle, wanted| cases.add(about, control, bundle, wanted);
    add(
        "all looked for",
        UNIT_MODE,
        stat(&none),
        "unknown file-not-on-node by none",
    );
    add(
        "one not looked for",
        UNIT_MODE,
        stat(&none[1..]),
        "unknown file-not-collected by none",
    );
    add(
        "no stat.tsv",
        UNIT_MODE,
        Bundle::node("n"),
        "unknown file-not-collected by none",
    );
    add(
        "if it exists",
        PROXY_MODE,
        stat(&proxy),
        "not-applicable file-not-on-node by none",
    );
    add(
        "if it exists, skipped as absent",
        PROXY_MODE,
        Bundle::node("n").with("skipped", skipped),
        "not-applicable file-not-on-node by none",
    );
    add(
        "if it exists, not looked for",
        PROXY_MODE,
        stat(&none),
        "unknown file-not-collected by none",
    );
    add(
        "if it exists, no stat.tsv",
        PROXY_MODE,
        Bundle::node("n"),
        "unknown file-not-collected by none",
    );
    let named = stat(&[("/own.yaml", "absent", "", "", "")]).kubelet(&["--config=/own.yaml"]);
    add(
        "named and absent, if it exists",
        CONFIG_MODE,
        named,
        "not-applicable file-not-on-node by none",
    );
    let named = stat(&[("/own.conf", "absent", "", "", "")]).kubelet(&["--kubeconfig=/own.conf"]);
    add(
        "named and absent",
        KUBECONFIG_MODE,
        named,
        "unknown file-not-on-node by none",
    );
    add(
        "not named",
        KUBECONFIG_MODE,
        stat(&none).kubelet(&["--v=2"]),
        "unknown file-not-on-node by none",
    );
    add(
        "not named, if it exists",
        CONFIG_MODE,
        stat(&none).kubelet(&["--v=2"]),
        "not-applicable file-not-on-node by none",
    );
    cases.judge();
}

#[test]
fn of_several_kubelets_every_file_counts() {
    let two = |first: Row<'_>, second: Row<'_>| {
        stat(&[first, second])
            .process(40, &["/usr/bin/kubelet", "--client-ca-file=/a b/ca.crt"])
            .process(41, &["/usr/bin/kubelet", "--client-ca-file=/c/ca.crt"])
    };
    let good = |path| (path, "file", "600", ROOT, "");
    let bad = |path| (path, "file", "666", "7:7:kube:kube", "");
    let mut cases = Cases::default();
    for control in [CA_MODE, CA_OWNER] {
        let mut add = |about, bundle, wanted| cases.add(about, control, bundle, wanted);
        add(
            "both good",
            two(good("/a b/ca.crt"), good("/c/ca.crt")),
            "pass file-metadata-shows",
        );
        add(
            "second bad",
            two(good("/a b/ca.crt"), bad("/c/ca.crt")),
            "fail file-metadata-shows",
        );
        add(
            "first bad",
            two(bad("/a b/ca.crt"), good("/c/ca.crt")),
            "fail file-metadata-shows",
        );
        add(
            "second not seen",
            two(good("/a b/ca.crt"), good("/d")),
            "unknown file-not-collected",
        );
    }
    let rows = cases.judge();
    assert!(
        rows[2]["reason"].as_str().unwrap().contains("/a b/ca.crt"),
        "{}",
        rows[2]
    );
    // An escaped name reads back: a tab in it.
    let mut cases = Cases::default();
    let tab = stat(&[good("/a\\tb")]).kubelet(&["--client-ca-file=/a\tb"]);
    cases.add("a tab in a name", CA_MODE, tab, "pass file-metadata-shows");
    cases.judge();
}

#[test]
fn every_path_of_every_platform_is_looked_at_in_order() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for benchmark in &CATALOG.benchmarks {
        let mut cases = Cases::default();
        for control in &benchmark.controls {
            let (role, kind) = match control.judging_check().map(|(_, check)| check) {
                Some(Check::FileMode(check)) => (&check.file, "mode"),
                Some(Check::FileOwner(check)) => (&check.file, "owner"),
                _ => continue,
            };
            // Directories have rows of another kind.
            if role.directory || !role.below.is_empty() {
                continue;
            }
            let new = (
                benchmark.family.clone(),
                role.name.clone(),
                kind,
                role.if_exists,
            );
            if !seen.insert(new) {
                continue;
            }
            let id = format!("{}:{}", benchmark.id, control.number);
            let role_of = CATALOG.files.role(&role.name).unwrap();
            let paths = role_of
                .families
                .get(&benchmark.family)
                .unwrap_or(&role_of.paths);
            let absent: Vec<Row<'_>> = paths
                .iter()
                .map(|path| (path.as_str(), "absent", "", "", ""))
                .collect();
            // A unit is all of its files.
            if paths.iter().any(|path| path.ends_with(".service")) {
                continue;
            }
            let about = format!("{} {kind}", role.name);
            let none = match (paths.is_empty(), role.if_exists) {
                (true, _) | (_, true) => "not-applicable file-not-on-node",
                _ => "unknown file-not-on-node",
            };
            cases.add(&about, &id, stat(&absent), none);
            for (at, path) in paths.iter().enumerate() {
                // Those before it are not there, and those after it do not matter.
                let mut rows = absent.clone();
                rows[at] = (path, "file", "600", ROOT, "");
                for later in &mut rows[at + 1..] {
                    *later = (later.0, "file", "666", "7:7:kube:kube", "");
                }
                cases.add(
                    &format!("{about} {path}"),
                    &id,
                    stat(&rows),
                    "pass file-metadata-shows",
                );
                rows[at] = (path, "file", "666", "7:7:kube:kube", "");
                for later in &mut rows[at + 1..] {
                    *later = (later.0, "file", "600", ROOT, "");
                }
                cases.add(
                    &format!("{about} {path}"),
                    &id,
                    stat(&rows),
                    "fail file-metadata-shows",
                );
                count += 2;
            }
        }
        if !cases.is_empty() {
            cases.judge();
        }
    }
    assert!(count > 250, "{count}");
}

#[test]
fn openshift_names_its_files_by_arguments_too() {
    let four = |mode: &str| {
        stat(&[
            ("/etc/kubernetes/kubelet.conf", "file", mode, ROOT, ""),
            ("/var/lib/kubelet/kubeconfig", "file", mode, ROOT, ""),
            ("/etc/kubernetes/kubelet-ca.crt", "file", mode, ROOT, ""),
        ])
        .version("v1.26.5+7d22122")
        .kubelet(&[
            "--config=/etc/kubernetes/kubelet.conf",
            "--kubeconfig=/var/lib/kubelet/kubeconfig",
            "--node-labels=node.openshift.io/os_id=rhcos",
        ])
        .file(
            "/etc/kubernetes/kubelet.conf",
            config("authentication: {x509: {clientCAFile: /etc/kubernetes/kubelet-ca.crt}}\n"),
        )
    };
    let mut cases = Cases::default();
    for control in ["rh-1.8:4.1.5", "rh-1.8:4.1.7", "rh-1.8:4.1.9"] {
        cases.add(
            "OpenShift 4",
            control,
            four("600"),
            "pass file-metadata-shows",
        );
        cases.add(
            "OpenShift 4",
            control,
            four("666"),
            "fail file-metadata-shows",
        );
        cases.add(
            "OpenShift 4",
            control,
            Bundle::node("n"),
            "unknown file-not-collected",
        );
    }
    let three = stat(&[("/etc/origin/node/node.kubeconfig", "file", "600", ROOT, "")])
        .version("v1.9.1")
        .process(
            42,
            &[
                "/usr/bin/hyperkube",
                "kubelet",
                "--kubeconfig=/etc/origin/node/node.kubeconfig",
            ],
        );
    cases.add(
        "OpenShift 3",
        "rh-0.7:8.1",
        three,
        "pass file-metadata-shows by file-metadata letter pass",
    );
    cases.judge();
}
