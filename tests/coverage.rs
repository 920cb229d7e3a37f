//! How far a run went: expected nodes, several bundles of one node, age, clocks, and that no failure
//! is lost on the way.

use std::collections::BTreeSet;

use crate::support::*;
use serde_json::{Value, json};

const NOVEMBER: &str = "2026-11-20T12:00:00Z";
const OCTOBER: &str = "2026-10-20T12:00:00Z";

fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name).kubelet(&[&format!("--make-iptables-util-chains={on}")])
}

fn made(bundle: Bundle, at: &str) -> Bundle {
    bundle.with("collected_at", at)
}

fn machine(bundle: Bundle, machine: &str, system: &str) -> Bundle {
    bundle.with(
        "host",
        json!({"machine_id": machine, "system_uuid": system}),
    )
}

fn api(names: &[&str]) -> String {
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"metadata": {"name": name}}))
        .collect();
    json!({"kind": "List", "items": items}).to_string()
}

/// A run's report and what went to stderr.
struct Report {
    json: Value,
    stderr: String,
}

fn analyze(lab: &Lab, more: &[&str]) -> Report {
    let arguments = [
        &["analyze", "in", "-b", "cis-1.12", "--format", "json"],
        more,
    ]
    .concat();
    let ran = lab.run(&arguments);
    let json = serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stderr));
    Report {
        json,
        stderr: ran.stderr,
    }
}

fn report(bundles: &[(&str, &Bundle)], more: &[&str]) -> Report {
    let lab = Lab::new();
    for (name, bundle) in bundles {
        lab.add(&format!("in/{name}"), bundle);
    }
    analyze(&lab, more)
}

impl Report {
    /// `code cluster/node bundle`, with `!` where the node is judged all the same.
    fn gaps(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let gaps = self.json["coverage"]["gaps"].as_array().unwrap();
        gaps.iter()
            .map(|gap| {
                let judged = if gap["judged"] == true { "!" } else { "" };
                let [code, cluster, node, bundle] =
                    ["code", "cluster", "node", "bundle"].map(|key| text(&gap[key]));
                format!("{judged}{code} {cluster}/{node} {bundle}")
            })
            .collect()
    }

    /// `bundle node outcome`
    fn rows(&self) -> Vec<String> {
        let rows = self.json["findings"].as_array().unwrap();
        rows.iter()
            .map(|row| {
                let node = row["node"].as_str().unwrap_or("-");
                format!(
                    "{} {node} {}",
                    row["bundle"].as_str().unwrap(),
                    outcome(row)
                )
            })
            .collect()
    }

    fn ids(&self) -> BTreeSet<&str> {
        let rows = self.json["findings"].as_array().unwrap();
        rows.iter()
            .map(|row| row["finding_id"].as_str().unwrap())
            .collect()
    }

    fn judged(&self) -> (u64, u64) {
        let nodes = &self.json["coverage"]["nodes"];
        (
            nodes["judged"].as_u64().unwrap(),
            nodes["of"].as_u64().unwrap(),
        )
    }
}

#[test]
fn a_list_names_nodes_without_evidence_and_bundles_nobody_expected() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", true));
    lab.add("in/b.tgz", &node("b", true).with("cluster", "other"));
    lab.add("in/z.tgz", &Bundle::cluster("test").live("c", true));
    lab.add("in/n.tgz", &node("n", true).with("cluster", ""));
    let a = "!not-expected test/a a.tgz";
    let b = "!not-expected other/b b.tgz";
    let c = "!not-expected test/c z.tgz";
    let n = "!not-expected -/n n.tgz";
    for (name, text, gaps, expected, judged) in [
        ("l.txt", "a\nb\nc\nn\n", &[][..], (4, 4), (4, 4)),
        (
            "l.txt",
            "a\nx\n",
            &["no-evidence -/x -", n, b, c],
            (1, 2),
            (4, 5),
        ),
        (
            "l.txt",
            "\u{feff}# x\r\n\r\na\r\na\r\nb\r\nc\r\nn\r\n",
            &[],
            (4, 4),
            (4, 4),
        ),
        (
            "l.csv",
            "cluster,node\ntest,a\ntest,c\nother,b\n,n\n",
            &[],
            (4, 4),
            (4, 4),
        ),
        // The same name in another cluster is another node.
        (
            "l.csv",
            "test,b\ntest,a\n",
            &["no-evidence test/b -", n, b, c],
            (1, 2),
            (4, 5),
        ),
        // Evidence that names no cluster is not known to be of this one.
        (
            "l.csv",
            "test,n\n",
            &["no-evidence test/n -", n, b, a, c],
            (0, 1),
            (4, 5),
        ),
        (
            "l.csv",
            ",a\ntest,a\n",
            &["no-evidence -/a -", n, b, c],
            (1, 2),
            (4, 5),
        ),
    ] {
        lab.put(name, text.as_bytes());
        let report = analyze(&lab, &["--expect", name]);
        let mut wanted: Vec<&str> = gaps.to_vec();
        wanted.sort_by_key(|gap| gap.starts_with('!'));
        assert_eq!(report.gaps(), wanted, "{text}");
        assert_eq!(report.judged(), judged, "{text}");
        let of = &report.json["coverage"]["expected"];
        assert_eq!(
            (&of["judged"], &of["of"]),
            (&json!(expected.0), &json!(expected.1))
        );
        assert_eq!(of["list"], name);
        assert_eq!(report.rows().len(), 4);
        let line = format!("\n{} of {} nodes judged.\n", judged.0, judged.1);
        assert!(report.stderr.contains(&line), "{}", report.stderr);
    }
}

#[test]
fn a_list_that_cannot_be_read_is_wrong_usage() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", true));
    lab.put("bad.csv", b"cluster,node\ntest;a\n");
    lab.put("bad.txt", b"a\ntest,a\n");
    lab.put("empty.txt", b"\n");
    lab.put("list.xlsx", b"a");
    for (name, wanted) in [
        ("bad.csv", "bad.csv: line 2"),
        ("bad.txt", "bad.txt: line 2"),
        ("empty.txt", "empty.txt: names no node"),
        ("list.xlsx", ".csv"),
        ("absent.txt", "absent.txt"),
        ("in", "in:"),
    ] {
        let ran = lab.run(&["analyze", "in", "--expect", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
    }
}

#[test]
fn without_a_list_the_nodes_that_cluster_bundles_list_are_expected() {
    let lists = |names: &[&str]| Bundle::cluster("test").member("api/nodes.json", api(names));
    let a = node("a", true);
    let other = node("o", true).with("cluster", "other");
    for (cluster, gaps, judged) in [
        (lists(&["a"]), &[][..], (2, 2)),
        (lists(&["a", "x"]), &["no-evidence test/x z.tgz"], (2, 3)),
        (
            lists(&["x"]),
            &["no-evidence test/x z.tgz", "!not-expected test/a a.tgz"],
            (2, 3),
        ),
        // What shows a part of the nodes says of no other that it should not be there.
        (Bundle::cluster("test").live("x", true), &[], (3, 3)),
        (lists(&[]), &[], (2, 2)),
        (
            Bundle::cluster("test").member("api/nodes.json", "{"),
            &[],
            (2, 2),
        ),
        (
            lists(&["x"]).with("cluster", ""),
            &["no-evidence -/x z.tgz"],
            (2, 3),
        ),
    ] {
        let report = report(
            &[("a.tgz", &a), ("o.tgz", &other), ("z.tgz", &cluster)],
            &[],
        );
        assert_eq!(report.gaps(), gaps);
        assert_eq!(report.judged(), judged);
        assert_eq!(report.json["coverage"]["expected"]["list"], Value::Null);
    }
}

#[test]
fn a_cluster_bundle_that_cannot_be_read_is_named_and_lists_nobody() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &node("a", true));
    let whole = Bundle::cluster("test").member("api/nodes.json", api(&["x"]));
    let mut cut = whole.tar_gz();
    cut.truncate(cut.len() - 4);
    lab.put("in/z.tgz", &cut);
    let report = analyze(&lab, &[]);
    assert_eq!(report.gaps(), ["unreadable test/- z.tgz"]);
    assert_eq!(report.judged(), (1, 1));
}

#[test]
fn of_several_bundles_of_a_node_the_newest_is_reported() {
    let (on, off) = (|| node("n", true), || node("n", false));
    let mut whole = machine(off(), "m1", "u1");
    for (first, second, reported) in [
        (made(off(), OCTOBER), made(on(), NOVEMBER), "b"),
        (made(off(), NOVEMBER), made(on(), OCTOBER), "a"),
        // 12:00 two hours east of Greenwich is before 11:00 there.
        (
            made(on(), "2026-11-20T12:00:00+02:00"),
            made(on(), "2026-11-20T11:00:00Z"),
            "b",
        ),
        // One time: neither is newer, so a later name takes nothing away.
        (off(), on(), "a"),
        // What does not contradict is the same machine.
        (
            machine(made(on(), OCTOBER), "M1", ""),
            machine(off(), "m1", "u"),
            "b",
        ),
        (made(on(), OCTOBER), whole.clone(), "b"),
    ] {
        let report = report(&[("a.tgz", &first), ("b.tgz", &second)], &[]);
        let bundles: Vec<&Value> = (0..2).map(|at| &report.json["bundles"][at]).collect();
        let (kept, gone) = if reported == "a" { (0, 1) } else { (1, 0) };
        let kept_name = format!("{reported}.tgz");
        assert_eq!(bundles[kept]["superseded_by"], Value::Null);
        assert_eq!(bundles[gone]["superseded_by"], *kept_name);
        assert_eq!(report.rows().len(), 1);
        assert!(
            report.rows()[0].starts_with(&kept_name),
            "{:?}",
            report.rows()
        );
        assert_eq!(report.gaps().len(), 1);
        assert!(report.gaps()[0].starts_with("!superseded test/n"));
        assert_eq!(report.judged(), (1, 1));
    }
    // What does not say when it was made is put in no order.
    for (first, second) in [
        (made(on(), OCTOBER), made(off(), "yesterday")),
        (made(on(), ""), made(off(), "")),
    ] {
        let report = report(&[("a.tgz", &first), ("b.tgz", &second)], &[]);
        assert_eq!((report.rows().len(), report.ids().len()), (2, 2));
        assert_eq!(report.judged(), (1, 1));
    }
    // Without a cluster only the machine id tells.
    whole = whole.with("cluster", "");
    let older = made(whole.clone(), OCTOBER);
    assert_eq!(
        report(&[("a.tgz", &older), ("b.tgz", &whole)], &[])
            .rows()
            .len(),
        1
    );
    let unknown = made(off().with("cluster", ""), OCTOBER);
    let apart = report(&[("a.tgz", &unknown), ("b.tgz", &whole)], &[]);
    assert_eq!(
        (apart.rows().len(), apart.ids().len(), apart.judged()),
        (2, 2, (2, 2))
    );
}

#[test]
fn superseded_failures_are_counted_and_named() {
    let nothing = Bundle::node("n").member("commands/x", "x");
    let control = "cis-1.12:4.2.6";
    for (newest, passed, undecided) in [
        (node("n", true), &[control][..], &[][..]),
        (node("n", false), &[], &[]),
        (nothing, &[], &[control]),
    ] {
        let older = made(node("n", false), OCTOBER);
        let report = report(&[("new.tgz", &newest), ("old.tgz", &older)], &[]);
        assert_eq!(
            report.json["coverage"]["superseded"],
            json!([{
                "cluster": "test", "node": "n", "bundle": "old.tgz", "superseded_by": "new.tgz",
                "failed": 1, "passed_since": passed, "undecided_since": undecided, "doubt": null,
            }])
        );
        let named = !passed.is_empty() || !undecided.is_empty();
        let gaps = report.json["coverage"]["gaps"].as_array().unwrap();
        let why = gaps.iter().find(|gap| gap["code"] == "superseded").unwrap()["why"].to_string();
        assert_eq!(why.contains(control), named, "{why}");
        assert!(
            report.stderr.contains("test/n in old.tgz: "),
            "{}",
            report.stderr
        );
    }
}

#[test]
fn a_failure_that_nothing_newer_decides_ends_the_run_as_a_failure() {
    let nothing = Bundle::node("n").member("commands/x", "x");
    for (newest, code) in [(node("n", true), 0), (node("n", false), 1), (nothing, 1)] {
        let lab = Lab::new();
        lab.add("old.tgz", &made(node("n", false), OCTOBER));
        lab.add("new.tgz", &newest);
        let ran = lab.run(&["analyze", ".", "--fail-on", "fail"]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_read_supersedes_nothing() {
    let mut cut = node("n", true).tar_gz();
    cut.truncate(cut.len() - 4);
    let sound = made(node("n", false), OCTOBER).tar_gz();
    let older = made(node("n", false), "2026-09-20T12:00:00Z").tar_gz();
    let inside = |members: &[(&str, &[u8])]| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            append(&mut builder, name, bytes);
        }
        gzip(&builder.into_inner().unwrap())
    };
    for (broken, fine) in [("a.tgz", "b.tgz"), ("b.tgz", "a.tgz")] {
        let lab = Lab::new();
        lab.put(&format!("in/{broken}"), &cut);
        lab.put(&format!("in/{fine}"), &sound);
        lab.put("in/c.tgz", &older);
        let plain = analyze(&lab, &[]);
        let lab = Lab::new();
        lab.put(
            "in/all.tgz",
            &inside(&[(broken, &cut), (fine, &sound), ("c.tgz", &older)]),
        );
        let nested = analyze(&lab, &[]);
        for (report, prefix) in [(plain, ""), (nested, "all.tgz!")] {
            let rows = report.rows();
            assert_eq!(rows.len(), 2, "{rows:?}");
            assert!(
                rows.contains(&format!("{prefix}{fine} n fail argument-sets-it")),
                "{rows:?}"
            );
            assert!(
                rows.iter()
                    .any(|row| row.starts_with(&format!("{prefix}{broken} n error")))
            );
            let gaps = [
                format!("!unreadable test/n {prefix}{broken}"),
                format!("!superseded test/n {prefix}c.tgz"),
            ];
            assert_eq!(report.gaps(), gaps);
            assert_eq!((report.ids().len(), report.judged()), (2, (1, 1)));
        }
    }
}

#[test]
fn machines_of_one_name_are_different_nodes() {
    let old = made(node("n", false), OCTOBER);
    let older = made(node("n", false), "2026-09-20T12:00:00Z");
    let one = |bundle: &Bundle, id: &str, system: &str| machine(bundle.clone(), id, system);
    for (bundles, nodes) in [
        (
            [
                one(&older, "m1", "u"),
                one(&old, "m2", "u"),
                node("m", true),
            ],
            3,
        ),
        // A cloned image; the mainboard differs.
        (
            [
                one(&older, "m1", "u1"),
                one(&old, "m1", "u2"),
                node("m", true),
            ],
            3,
        ),
        // Two of the three are one machine.
        (
            [
                one(&older, "m1", ""),
                one(&old, "m2", ""),
                one(&node("n", true), "m1", "u"),
            ],
            2,
        ),
        // What says nothing may be either.
        (
            [one(&older, "m1", ""), one(&old, "m2", ""), node("n", true)],
            3,
        ),
    ] {
        let [a, b, c] = &bundles;
        let report = report(&[("a.tgz", a), ("b.tgz", b), ("c.tgz", c)], &[]);
        let (rows, ids) = (report.rows().len(), report.ids().len());
        assert_eq!(
            (rows, ids, report.judged()),
            (nodes, nodes, (nodes as u64, nodes as u64))
        );
    }
    // An id stays what it is while its name is one machine's.
    let alone = report(&[("x.tgz", &node("n", true))], &[]);
    let with_id = report(&[("a.tgz", &machine(node("n", true), "m1", "u"))], &[]);
    assert_eq!(alone.ids(), with_id.ids());
}

#[test]
fn one_machine_under_two_names_is_told() {
    let cluster = Bundle::cluster("test").live("n.example", true).member(
        "api/nodes.json",
        json!({"items": [{"metadata": {"name": "n.example"},
            "status": {"nodeInfo": {"machineID": "m1"}}}]})
        .to_string(),
    );
    let own = node("n", true).with("host", json!({"machine_id": "M1"}));
    let report = report(&[("n.tgz", &own), ("z.tgz", &cluster)], &[]);
    assert_eq!(report.rows().len(), 2);
    assert_eq!(
        report.gaps(),
        [
            "!not-expected test/n n.tgz",
            "!machine-shared test/n n.tgz",
            "!machine-shared test/n.example z.tgz"
        ]
    );
}

#[test]
fn of_two_cluster_bundles_that_alone_know_a_node_the_newest_is_reported() {
    let old = made(Bundle::cluster("test").live("n", false), OCTOBER);
    let new = Bundle::cluster("test").live("n", true);
    let report = report(&[("a.tgz", &new), ("b.tgz", &old)], &[]);
    assert_eq!(report.rows(), ["a.tgz n pass configz-sets-it"]);
    assert_eq!(report.gaps(), ["!superseded test/n b.tgz"]);
    assert_eq!(report.json["coverage"]["superseded"][0]["failed"], 1);
}

#[test]
fn what_the_api_shows_does_not_supersede_what_is_on_disk() {
    let item = |machine: &str| {
        let info = json!({"nodeInfo": {"machineID": machine}});
        json!({"items": [{"metadata": {"name": "n"}, "status": info}]}).to_string()
    };
    let own = made(machine(node("n", false), "m1", ""), OCTOBER);
    let cluster = |id: &str| {
        Bundle::cluster("test")
            .live("n", true)
            .member("api/nodes.json", item(id))
    };
    // Without a cluster nothing is lent; with two the newest refuses and the other is not asked.
    let nameless = |bundle: Bundle| bundle.with("cluster", "");
    let (other, same) = (cluster("m2"), made(cluster("m1"), "2026-11-01T00:00:00Z"));
    for bundles in [
        &[
            ("a.tgz", &nameless(own.clone())),
            ("z.tgz", &nameless(cluster("m1"))),
        ][..],
        &[("a.tgz", &own), ("y.tgz", &same), ("z.tgz", &other)],
    ] {
        let report = report(bundles, &[]);
        let rows = report.rows();
        assert_eq!(rows[0], "a.tgz n fail argument-sets-it");
        assert_eq!(
            (rows.len(), report.ids().len()),
            (bundles.len(), bundles.len())
        );
    }
    // A name on a newer list does not stand for configz of an older bundle.
    let listed = Bundle::cluster("test").member("api/nodes.json", api(&["n"]));
    let shown = made(Bundle::cluster("test").live("n", false), OCTOBER);
    let report = report(&[("a.tgz", &listed), ("b.tgz", &shown)], &[]);
    assert_eq!(report.rows(), ["b.tgz n fail configz-sets-it"]);
    assert_eq!((report.gaps(), report.judged()), (vec![], (1, 1)));
}

#[test]
fn what_an_older_cluster_bundle_shows_of_a_node_with_a_bundle_of_its_own_is_not_lost() {
    let item = |machine: &str| {
        let info = json!({"nodeInfo": {"machineID": machine}});
        json!({"items": [{"metadata": {"name": "n"}, "status": info}]}).to_string()
    };
    let cluster = |id: &str, on| {
        Bundle::cluster("test")
            .live("n", on)
            .member("api/nodes.json", item(id))
    };
    let newest = || cluster("m2", true);
    let own = machine(node("n", true), "m2", "");
    for name in ["a.tgz", "x.tgz", "z.tgz"] {
        // Of the same machine: counted beside what is reported of it now.
        let same = made(cluster("m2", false), OCTOBER);
        for own in [&own, &node("n", true)] {
            let report = report(&[("b.tgz", own), (name, &same), ("y.tgz", &newest())], &[]);
            assert_eq!(report.rows(), ["b.tgz n pass argument-sets-it"]);
            assert_eq!(report.gaps(), [format!("!superseded test/n {name}")]);
            assert_eq!(
                report.json["coverage"]["superseded"],
                json!([{
                    "cluster": "test", "node": "n", "bundle": name, "superseded_by": "b.tgz",
                    "failed": 1, "passed_since": ["cis-1.12:4.2.6"], "undecided_since": [],
                    "doubt": null,
                }])
            );
        }
        // Of another machine: a node of its own.
        let other = made(cluster("m1", false), OCTOBER);
        for own in [&own, &node("n", true)] {
            let report = report(&[("b.tgz", own), (name, &other), ("y.tgz", &newest())], &[]);
            let mut wanted = [
                "b.tgz n pass argument-sets-it".to_owned(),
                format!("{name} n fail configz-sets-it"),
            ];
            wanted.sort();
            assert_eq!(report.rows(), wanted);
            assert_eq!((report.ids().len(), report.judged()), (2, (2, 2)));
        }
    }
}

#[test]
fn loose_bundles_of_one_name_are_not_known_to_be_one_node() {
    let loose = |on: bool| {
        let mut bundle = Bundle::loose("node");
        bundle.members = node("node", on).members;
        bundle
    };
    let report = report(&[("a.tgz", &loose(true)), ("b.tgz", &loose(false))], &[]);
    assert_eq!(report.rows().len(), 2);
    assert_eq!((report.ids().len(), report.judged()), (2, (2, 2)));
}

#[test]
fn old_evidence_keeps_its_rows_and_does_not_count() {
    let lab = Lab::new();
    lab.add(
        "in/old.tgz",
        &made(node("old", false), "2026-10-22T11:59:59Z"),
    );
    lab.add(
        "in/edge.tgz",
        &made(node("edge", true), "2026-10-22T12:00:00Z"),
    );
    lab.add("in/none.tgz", &made(node("none", true), ""));
    lab.add(
        "in/soon.tgz",
        &made(node("soon", true), "2026-11-21T12:05:00Z"),
    );
    lab.add(
        "in/late.tgz",
        &made(node("late", true), "2026-11-21T12:05:01Z"),
    );
    let mut cut = made(node("cut", true), OCTOBER).tar_gz();
    cut.truncate(cut.len() - 4);
    lab.put("in/cut.tgz", &cut);
    let at = ["--as-of", "2026-11-21T12:00:00Z"];
    let notes = |report: &Report, node: &str, note: &str| {
        let rows = report.json["findings"].as_array().unwrap();
        has_note(rows.iter().find(|row| row["node"] == node).unwrap(), note)
    };
    let plain = analyze(&lab, &[]);
    assert_eq!(plain.gaps(), ["unreadable test/cut cut.tgz"]);
    assert_eq!(plain.judged(), (5, 6));
    let dated = analyze(&lab, &at);
    let cut_and_late = [
        "unreadable test/cut cut.tgz",
        "!clock-in-future test/late late.tgz",
    ];
    assert_eq!(dated.gaps(), cut_and_late);
    for age in ["30d", "720h", "43200m"] {
        let report = analyze(&lab, &[&at[..], &["--max-age", age]].concat());
        assert_eq!(
            report.gaps(),
            [
                "unreadable test/cut cut.tgz",
                "evidence-too-old test/cut cut.tgz",
                "evidence-too-old test/old old.tgz",
                "collected-at-unknown test/none none.tgz",
                "!clock-in-future test/late late.tgz"
            ]
        );
        assert_eq!(report.judged(), (3, 6));
        assert_eq!(report.rows().len(), 6);
        for (node, note) in [
            ("old", "evidence-too-old"),
            ("none", "collected-at-unknown"),
            ("late", "clock-in-future"),
            ("cut", "evidence-too-old"),
        ] {
            assert!(notes(&report, node, note), "{node}");
        }
        assert_eq!(report.json["coverage"]["max_age_seconds"], 2_592_000);
        assert!(report.stderr.contains("\n3 of 6 nodes judged.\n"));
        assert!(
            report
                .stderr
                .lines()
                .all(|line| line.chars().count() < 80 || line.starts_with("warning"))
        );
    }
    let now = analyze(&lab, &["--max-age", "30d"]);
    let recorded = now.json["run"]["as_of"].as_str().unwrap();
    assert_eq!(recorded.len(), "2026-11-21T12:00:00Z".len(), "{recorded}");
    for wrong in [
        "30",
        "d",
        "",
        "0d",
        "-1d",
        "+1d",
        "1.5d",
        "30 d",
        "30s",
        "9999999999d",
        "3é",
    ] {
        let age = format!("--max-age={wrong}");
        assert_eq!(lab.run(&["analyze", "in", &age]).code, 2, "{wrong}");
    }
}

#[test]
fn a_superseded_bundle_that_is_too_old_is_named_as_both() {
    let older = made(node("n", false), OCTOBER);
    let more = ["--max-age", "7d", "--as-of", "2026-11-21"];
    let report = report(&[("a.tgz", &older), ("b.tgz", &node("n", true))], &more);
    let gaps = ["!evidence-too-old test/n a.tgz", "!superseded test/n a.tgz"];
    assert_eq!(
        (report.gaps(), report.judged()),
        (gaps.map(str::to_owned).to_vec(), (1, 1))
    );
    assert_eq!(report.rows(), ["b.tgz n pass argument-sets-it"]);
}

#[test]
fn a_node_of_which_nothing_is_decided_is_named_with_what_is_missing() {
    let nothing = Bundle::node("n").member("commands/x", "x");
    let of_nothing = report(&[("n.tgz", &nothing)], &[]);
    assert_eq!(of_nothing.gaps(), ["nothing-decided test/n n.tgz"]);
    assert_eq!(of_nothing.judged(), (0, 1));
    let why = of_nothing.json["coverage"]["gaps"][0]["why"].to_string();
    let code = outcome(&of_nothing.json["findings"][0]);
    assert!(
        why.contains(code.strip_prefix("unknown ").unwrap()),
        "{why}"
    );
    // A checksum that does not match decides nothing either.
    let mut tampered = node("n", true);
    tampered.sums = false;
    let tampered = tampered.member(
        "SHA256SUMS",
        format!("{}  proc/42/cmdline\n", "0".repeat(64)),
    );
    let report = report(&[("n.tgz", &tampered)], &[]);
    assert_eq!(report.rows(), ["n.tgz n error checksum-mismatch"]);
    assert_eq!(report.gaps(), ["nothing-decided test/n n.tgz"]);
}

#[test]
fn coverage_is_the_same_however_a_run_is_made() {
    let lab = Lab::new();
    for at in 0..6 {
        let name = format!("n{}", at % 3);
        let month = if at < 3 { OCTOBER } else { NOVEMBER };
        lab.add(
            &format!("in/{at}.tgz"),
            &made(node(&name, at % 2 == 0), month),
        );
    }
    lab.put("l.txt", b"n0\nx\n");
    let run = |threads: &str| {
        let day = ["--as-of", "2026-11-21"];
        analyze(
            &lab,
            &[&["--expect", "l.txt", "-j", threads], &day[..]].concat(),
        )
        .json
    };
    let first = run("1");
    assert_eq!(first["coverage"]["nodes"], json!({"judged": 3, "of": 4}));
    assert_eq!(run("5"), first);
    let through_stdin = |name: &str| {
        let script =
            format!("cat in/{name} | \"$0\" analyze - in/5.tgz -b cis-1.12 -c 4.2.6 --format json");
        let program = env!("CARGO_BIN_EXE_nodeproof");
        let mut shell = std::process::Command::new("sh");
        let ran = shell
            .args(["-c", &script, program])
            .current_dir(lab.folder.path())
            .output();
        serde_json::from_slice::<Value>(&ran.unwrap().stdout).unwrap()
    };
    let piped = through_stdin("2.tgz");
    assert_eq!(piped["coverage"]["superseded"][0]["bundle"], "-");
    assert_eq!(piped["findings"].as_array().unwrap().len(), 1);
}
