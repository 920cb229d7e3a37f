//! Rules about files at their edges: links, kinds, owners, tables of metadata, and every list of
//! paths of the catalog.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may")]

mod support;

use std::collections::BTreeSet;

use nodeproof::rules::Check;
use support::cases::{Cases, ROOT, metadata};
use support::*;

const UNIT: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
/// The unit of the kubelet: no process names it. 600, root:root.
const UNIT_MODE: &str = "cis-1.12:4.1.1";
const UNIT_OWNER: &str = "cis-1.12:4.1.2";
/// kube-proxy's kubeconfig, if it exists: 600.
const PROXY_MODE: &str = "cis-1.12:4.1.3";
const KUBECONFIG_MODE: &str = "cis-1.12:4.1.5";
const CA_MODE: &str = "cis-1.12:4.1.7";
const CA_OWNER: &str = "cis-1.12:4.1.8";
const CONFIG_MODE: &str = "cis-1.12:4.1.9";

type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn stat(rows: &[Row<'_>]) -> Bundle {
    Bundle::node("n").member("stat.tsv", metadata(rows))
}

fn table(text: &str) -> Bundle {
    Bundle::node("n").member("stat.tsv", text)
}

fn link<'a>(path: &'a str, target: &'a str) -> Row<'a> {
    (path, "symlink", "777", ROOT, target)
}

#[test]
fn a_link_is_followed_to_its_end() {
    let mut cases = Cases::default();
    let mut add = |about, rows: &[Row<'_>], wanted| cases.add(about, UNIT_MODE, stat(rows), wanted);
    for (mode, wanted) in [
        ("600", "pass file-metadata-shows by file-metadata"),
        ("644", "fail file-metadata-shows by file-metadata"),
    ] {
        let end = |path| (path, "file", mode, ROOT, "");
        add("one hop", &[link(UNIT, "/opt/u"), end("/opt/u")], wanted);
        let several = [
            link(UNIT, "../a.link"),
            link("/etc/systemd/system/a.link", "/opt/b/../c"),
            link("/opt/c", "./d"),
            end("/opt/d"),
        ];
        add("relative hops", &several, wanted);
        // Rows stand in any order.
        let mut turned = several;
        turned.reverse();
        add("in another order", &turned, wanted);
    }
    let dangling = [link(UNIT, "/opt/u"), ("/opt/u", "absent", "", "", "")];
    add("dangling", &dangling, "unknown file-not-on-node by none");
    add(
        "target not looked at",
        &[link(UNIT, "/opt/u")],
        "unknown file-not-collected by none",
    );
    let round = [link(UNIT, "/a"), link("/a", UNIT)];
    add("a loop", &round, "unknown file-not-collected by none");
    add(
        "itself",
        &[link(UNIT, UNIT)],
        "unknown file-not-collected by none",
    );
    let no_target = [(UNIT, "symlink", "777", ROOT, "")];
    add(
        "no target",
        &no_target,
        "unknown file-not-collected by none",
    );
    let hidden = [link(UNIT, "/opt/u"), ("/opt/u", "unreadable", "", "", "")];
    add(
        "target unreadable",
        &hidden,
        "unknown file-not-collected by none",
    );
    let proxy = [
        link("/etc/kubernetes/proxy.conf", "/gone"),
        ("/gone", "absent", "", "", ""),
    ];
    cases.add(
        "dangling, if it exists",
        PROXY_MODE,
        stat(&proxy),
        "not-applicable file-not-on-node by none",
    );
    let rows = cases.judge();
    let several = rows[1]["evidence"].to_string();
    for line in 2..=5 {
        assert!(several.contains(&format!("stat.tsv:{line}")), "{several}");
    }
}

#[test]
fn what_is_no_file_is_not_judged_as_one() {
    let mut cases = Cases::default();
    let mut add = |about, control, rows: &[Row<'_>], wanted| {
        cases.add(about, control, stat(rows), wanted);
    };
    let unknown = "unknown file-not-on-node by none";
    add(
        "a directory",
        UNIT_MODE,
        &[(UNIT, "dir", "700", ROOT, "")],
        unknown,
    );
    add(
        "a strict directory",
        UNIT_MODE,
        &[(UNIT, "dir", "600", ROOT, "")],
        unknown,
    );
    add(
        "a directory",
        UNIT_OWNER,
        &[(UNIT, "dir", "700", ROOT, "")],
        unknown,
    );
    add(
        "a link to a directory",
        UNIT_MODE,
        &[link(UNIT, "/opt/u"), ("/opt/u", "dir", "600", ROOT, "")],
        unknown,
    );
    add(
        "unreadable",
        UNIT_MODE,
        &[(UNIT, "unreadable", "", "", "")],
        "unknown file-not-collected by none",
    );
    cases.judge();
}

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
fn every_bit_of_a_mode_counts() {
    let mut cases = Cases::default();
    for (mode, wanted) in [
        ("600", "pass"),
        ("0600", "pass"),
        ("400", "pass"),
        ("000", "pass"),
        ("0", "pass"),
        ("200", "pass"),
        ("601", "fail"),
        ("610", "fail"),
        ("640", "fail"),
        ("700", "fail"),
        ("1600", "fail"),
        ("2600", "fail"),
        ("4600", "fail"),
        ("7777", "fail"),
        // No mode: that row is no row.
        ("-", "unknown file-not-collected"),
        ("", "unknown file-not-collected"),
        ("rw-------", "unknown file-not-collected"),
        ("17600", "unknown file-not-collected"),
        ("0x180", "unknown file-not-collected"),
    ] {
        let bundle = stat(&[(UNIT, "file", mode, ROOT, "")]);
        cases.add(mode, UNIT_MODE, bundle, wanted);
    }
    cases.judge();
}

#[test]
fn number_0_is_root_whatever_its_name() {
    let mut cases = Cases::default();
    for (owner, wanted) in [
        ("0:0:root:root", "pass"),
        ("0:0::", "pass"),
        ("0:0:UNKNOWN:UNKNOWN", "pass"),
        ("0:0:toor:wheel", "pass"),
        ("::root:root", "pass"),
        ("1000:0:root:root", "fail"),
        ("0:1000:root:root", "fail"),
        ("1000:1000::", "fail"),
        ("65534:65534:nobody:nogroup", "fail"),
        ("0:0:root:", "pass"),
        ("0::root:", "unknown file-not-collected"),
        (":::", "unknown file-not-collected"),
        ("-:-:-:-", "unknown file-not-collected"),
        ("x:0:root:root", "unknown file-not-collected"),
    ] {
        let bundle = stat(&[(UNIT, "file", "600", owner, "")]);
        cases.add(owner, UNIT_OWNER, bundle, wanted);
    }
    let rows = cases.judge();
    assert_eq!(rows[7]["actual"], "1000:1000");
}

#[test]
fn a_table_is_read_by_the_names_of_its_columns() {
    const FAIL: &str = "fail file-metadata-shows";
    let mut cases = Cases::default();
    let mut add = |about, text: &str, wanted| {
        cases.add(about, UNIT_MODE, table(text), wanted);
    };
    let row = format!("644\tx\t{UNIT}\tfile\t0\n");
    add(
        "another order, an unknown column",
        &format!("mode\tselinux\tpath\ttype\tuid\n{row}"),
        FAIL,
    );
    add(
        "CRLF",
        &format!("path\ttype\tmode\r\n{UNIT}\tfile\t644\r\n"),
        FAIL,
    );
    add(
        "a mark of byte order",
        &format!("\u{feff}path\ttype\tmode\n{UNIT}\tfile\t644\n"),
        FAIL,
    );
    add(
        "no last newline",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t644"),
        FAIL,
    );
    add(
        "the same row twice",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t644\n{UNIT}\tfile\t0644\n"),
        FAIL,
    );
    const UNKNOWN: &str = "unknown file-not-collected by none";
    add(
        "no column of modes",
        &format!("path\ttype\n{UNIT}\tfile\n"),
        UNKNOWN,
    );
    add(
        "a cell too few",
        &format!("path\ttype\tmode\n{UNIT}\tfile\n"),
        UNKNOWN,
    );
    add(
        "a cell too many",
        &format!("path\ttype\tmode\n{UNIT}\tfile\t600\tx\n"),
        UNKNOWN,
    );
    add("no header", &format!("{UNIT}\tfile\t600\n"), UNKNOWN);
    add(
        "a column twice",
        &format!("path\ttype\tmode\tmode\n{UNIT}\tfile\t600\t600\n"),
        UNKNOWN,
    );
    add("empty", "", UNKNOWN);
    cases.judge();
}

#[test]
fn rows_that_contradict_each_other_decide_nothing() {
    let file = |path, mode| (path, "file", mode, ROOT, "");
    let absent = |path| (path, "absent", "", "", "");
    let mut cases = Cases::default();
    let mut add = |about, control, rows: &[Row<'_>]| {
        cases.add(
            about,
            control,
            stat(rows),
            "unknown file-not-collected by none",
        );
    };
    add(
        "two modes",
        UNIT_MODE,
        &[file(UNIT, "600"), file(UNIT, "644")],
    );
    add(
        "two modes",
        UNIT_MODE,
        &[file(UNIT, "644"), file(UNIT, "600")],
    );
    const PROXY: &str = "/etc/kubernetes/proxy.conf";
    for (about, control, path) in [
        ("there and not", UNIT_MODE, UNIT),
        ("there and not, if it exists", PROXY_MODE, PROXY),
    ] {
        add(about, control, &[file(path, "600"), absent(path)]);
        add(about, control, &[absent(path), file(path, "600")]);
        add(about, control, &[absent(path), file(path, "666")]);
    }
    add(
        "a link and a file",
        UNIT_MODE,
        &[
            file(UNIT, "644"),
            link(UNIT, "/opt/u"),
            file("/opt/u", "600"),
        ],
    );
    add(
        "a link to two files",
        UNIT_MODE,
        &[
            link(UNIT, "/opt/u"),
            link(UNIT, "/opt/v"),
            file("/opt/u", "600"),
            file("/opt/v", "644"),
        ],
    );
    add(
        "two modes behind a link",
        UNIT_MODE,
        &[
            link(UNIT, "/opt/u"),
            file("/opt/u", "600"),
            file("/opt/u", "644"),
        ],
    );
    add(
        "there and not behind a link",
        PROXY_MODE,
        &[
            link(PROXY, "/opt/u"),
            file("/opt/u", "600"),
            absent("/opt/u"),
        ],
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

/// Which benchmark stands for its family, and what each file control of it looks at.
#[test]
fn every_path_of_every_platform_is_looked_at_in_order() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for benchmark in &CATALOG.benchmarks {
        let mut cases = Cases::default();
        for control in &benchmark.controls {
            let (role, kind) = match CATALOG.check(control) {
                Some(Check::FileMode(check)) => (&check.file, "mode"),
                Some(Check::FileOwner(check)) => (&check.file, "owner"),
                _ => continue,
            };
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
    assert!(count > 300, "{count}");
}

/// The files of OpenShift 3 and 4 by what a node of it runs.
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
