//! A newer bundle takes no finding away unless it is known to be newer, and decides.

use crate::support::*;
use serde_json::{Value, json};

const EARLY: &str = "2026-11-19T12:00:00Z";
const LATE: &str = "2026-11-20T12:00:00Z";
const TODAY: [&str; 2] = ["--as-of", "2026-11-21T12:00:00Z"];
const CONTROL: &str = "cis-1.12:4.2.6";

fn node(on: bool, at: &str, machine: Option<&str>) -> Bundle {
    Bundle::node("n")
        .kubelet(&[&format!("--make-iptables-util-chains={on}")])
        .with("collected_at", at)
        .with("host", json!({"machine_id": machine}))
}

/// Rows as `bundle outcome`, what is told of superseded bundles, and the exit code.
fn run(bundles: &[(&str, Vec<u8>)], more: &[&str]) -> (Vec<String>, Value, i32) {
    let lab = Lab::new();
    for (name, bytes) in bundles {
        lab.put(&format!("in/{name}"), bytes);
    }
    let fixed = [
        "analyze",
        "in",
        "-b",
        "cis-1.12",
        "--format",
        "json",
        "--fail-on",
        "fail",
    ];
    let ran = lab.run(&[&fixed[..], more].concat());
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let rows = findings
        .iter()
        .map(|row| format!("{} {}", row["bundle"].as_str().unwrap(), outcome(row)))
        .collect();
    (rows, json["coverage"]["superseded"].clone(), ran.code)
}

#[test]
fn a_bundle_in_doubt_settles_nothing_that_fails_in_another() {
    let m = Some("aa");
    for (about, fails, passes, reported, doubt) in [
        (
            "of the far future",
            (EARLY, m),
            ("9999-01-01T00:00:00Z", m),
            "a",
            "in the future",
        ),
        (
            "of tomorrow",
            (EARLY, m),
            ("2026-11-22T12:00:00Z", m),
            "a",
            "in the future",
        ),
        (
            "ahead by six minutes",
            (EARLY, m),
            ("2026-11-21T12:06:00Z", m),
            "a",
            "in the future",
        ),
        (
            "of the future, elsewhere",
            (EARLY, m),
            ("2026-11-22T00:00:00+11:00", m),
            "a",
            "in the future",
        ),
        ("of one time", (LATE, m), (LATE, m), "a", "at the time of"),
        (
            "of one time in two zones",
            (LATE, m),
            ("2026-11-20T14:00:00+02:00", m),
            "a",
            "at the time of",
        ),
        (
            "without a machine id",
            (EARLY, m),
            (LATE, None),
            "a",
            "no machine id",
        ),
        (
            "with an empty machine id",
            (EARLY, m),
            (LATE, Some("")),
            "a",
            "no machine id",
        ),
        (
            "never started",
            (EARLY, m),
            (LATE, Some("uninitialized")),
            "a",
            "no machine id",
        ),
        // The other way round: what fails is itself in doubt, and fails all the same.
        (
            "failing in the future",
            ("9999-01-01T00:00:00Z", m),
            (EARLY, m),
            "b",
            "in the future",
        ),
        (
            "failing without a machine id",
            (LATE, None),
            (EARLY, m),
            "b",
            "no machine id",
        ),
        (
            "both of the future",
            ("2026-12-01T00:00:00Z", m),
            ("2026-12-02T00:00:00Z", m),
            "b",
            "in the future",
        ),
    ] {
        let bundles = [
            ("a.tgz", node(false, fails.0, fails.1).tar_gz()),
            ("b.tgz", node(true, passes.0, passes.1).tar_gz()),
        ];
        let (rows, superseded, code) = run(&bundles, &TODAY);
        let verdict = if reported == "a" { "fail" } else { "pass" };
        assert_eq!(
            rows,
            [format!("{reported}.tgz {verdict} argument-sets-it")],
            "{about}"
        );
        assert_eq!(code, 1, "{about}: {superseded}");
        let told = superseded[0]["doubt"].as_str().unwrap();
        assert!(told.contains(doubt), "{about}: {told}");
        if reported == "b" {
            assert_eq!(
                superseded[0]["undecided_since"],
                json!([CONTROL]),
                "{about}"
            );
        }
    }
}

#[test]
fn a_newer_bundle_without_doubt_settles_what_failed() {
    let m = Some("aa");
    for (about, fails, passes) in [
        ("newer", (EARLY, m), (LATE, m)),
        (
            "by zone",
            ("2026-11-20T12:00:00+02:00", m),
            ("2026-11-20T11:00:00Z", m),
        ),
        (
            "a clock ahead by minutes",
            (EARLY, m),
            ("2026-11-21T12:05:00Z", m),
        ),
        ("none names a machine", (EARLY, None), (LATE, None)),
        ("only the newer names it", (EARLY, None), (LATE, m)),
        ("in other letters", (EARLY, Some("AA")), (LATE, m)),
    ] {
        let bundles = [
            ("a.tgz", node(false, fails.0, fails.1).tar_gz()),
            ("b.tgz", node(true, passes.0, passes.1).tar_gz()),
        ];
        let (rows, superseded, code) = run(&bundles, &TODAY);
        assert_eq!(rows, ["b.tgz pass argument-sets-it"], "{about}");
        assert_eq!(
            (code, &superseded[0]["doubt"]),
            (0, &Value::Null),
            "{about}"
        );
        assert_eq!(superseded[0]["passed_since"], json!([CONTROL]));
    }
}

#[test]
fn without_a_day_given_the_future_begins_now() {
    let bundles = [
        ("a.tgz", node(false, "2020-01-01T00:00:00Z", None).tar_gz()),
        ("b.tgz", node(true, "9999-01-01T00:00:00Z", None).tar_gz()),
    ];
    let (rows, _, code) = run(&bundles, &[]);
    assert_eq!(
        (rows, code),
        (vec!["a.tgz fail argument-sets-it".to_owned()], 1)
    );
}

#[test]
fn the_same_bundle_twice_is_one_node_and_no_alarm() {
    for (on, wanted) in [(true, 0), (false, 1)] {
        let bytes = node(on, LATE, Some("aa")).tar_gz();
        let (rows, superseded, code) = run(&[("a.tgz", bytes.clone()), ("b.tgz", bytes)], &TODAY);
        assert_eq!((rows.len(), code), (1, wanted));
        assert_eq!(superseded[0]["undecided_since"], json!([]));
    }
}

#[test]
fn a_newer_bundle_that_does_not_match_its_checksums_is_an_error_and_settles_nothing() {
    let mut files = node(true, LATE, Some("aa")).files();
    for (name, bytes) in &mut files {
        if name == "SHA256SUMS" {
            bytes[0] = if bytes[0] == b'0' { b'1' } else { b'0' };
        }
    }
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in &files {
        append(&mut builder, &format!("n/{name}"), bytes);
    }
    let changed = gzip(&builder.into_inner().unwrap());
    let older = node(false, EARLY, Some("aa")).tar_gz();
    let (rows, superseded, code) = run(&[("a.tgz", older), ("b.tgz", changed)], &TODAY);
    assert_eq!(
        (rows, code),
        (vec!["b.tgz error checksum-mismatch".to_owned()], 3)
    );
    assert_eq!(superseded[0]["undecided_since"], json!([CONTROL]));
}

#[test]
fn a_cluster_bundle_in_doubt_lends_nothing_that_another_can_lend() {
    let cluster = |on, at: &str| {
        let bundle = Bundle::cluster("test").live("n", on);
        bundle.with("collected_at", at).tar_gz()
    };
    let own = node(true, LATE, None).tar_gz();
    for at in ["9999-01-01T00:00:00Z", EARLY] {
        let lenders = [
            ("x.tgz", cluster(false, EARLY)),
            ("y.tgz", cluster(true, at)),
        ];
        let (rows, _, code) = run(&lenders, &TODAY);
        assert_eq!(
            (rows, code),
            (vec!["x.tgz fail configz-sets-it".to_owned()], 1),
            "{at}"
        );
        let all = [&[("a.tgz", own.clone())][..], &lenders].concat();
        let (rows, _, code) = run(&all, &TODAY);
        assert_eq!(
            (rows, code),
            (vec!["a.tgz fail configz-sets-it".to_owned()], 1),
            "{at}"
        );
    }
    let turned = [
        ("x.tgz", cluster(true, EARLY)),
        ("y.tgz", cluster(false, EARLY)),
    ];
    let (rows, superseded, code) = run(&turned, &TODAY);
    assert_eq!(
        (rows, code),
        (vec!["x.tgz pass configz-sets-it".to_owned()], 1)
    );
    assert_eq!(superseded[0]["undecided_since"], json!([CONTROL]));
}

#[test]
fn what_is_not_settled_is_told_to_people() {
    let lab = Lab::new();
    lab.add("a.tgz", &node(true, LATE, Some("aa")));
    lab.add("b.tgz", &node(false, LATE, Some("aa")));
    let ran = lab.run(&[
        "analyze", ".", "-b", "cis-1.12", "-o", "r.html", "-o", "r.csv",
    ]);
    assert!(ran.stderr.contains("test/n in b.tgz: "), "{}", ran.stderr);
    let page = std::fs::read_to_string(lab.path("r.html")).unwrap();
    assert!(
        page.contains("what fails here counts"),
        "the page is silent"
    );
}
