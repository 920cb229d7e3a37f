//! What stands where configz was expected and says that it was not handed out: no configz, so disk
//! decides; never an error, and never a pass by itself.

use crate::support::*;
use serde_json::{Value, json};

/// What the API, proxies and programs leave behind.
const REFUSALS: [&str; 17] = [
    r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes \"n\" is forbidden: User \"u\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope","reason":"Forbidden","details":{"name":"n","kind":"nodes"},"code":403}"#,
    r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"#,
    r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"ServiceUnavailable","code":503}"#,
    r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401}"#,
    "{\n  \"kind\": \"Status\",\n  \"code\": 500\n}\n",
    r#"{"type":"error","status":"403","message":"forbidden"}"#,
    "<html>\r\n<head><title>502 Bad Gateway</title></head></html>\r\n",
    "<!DOCTYPE html><html><body>Please sign in</body></html>",
    "",
    "\n",
    "Error from server (Forbidden): nodes \"n\" is forbidden: User \"u\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope\n",
    "Error from server (NotFound): nodes \"n\" not found\n",
    "error: You must be logged in to the server (Unauthorized)\n",
    "Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource=proxy)",
    "404 page not found\n",
    "curl: (7) Failed to connect to 10.0.0.1 port 10250 after 0 ms: Couldn't connect to server\n",
    "Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout\n",
];

fn disk(on: bool) -> Bundle {
    Bundle::node("n").kubelet(&[&format!("--make-iptables-util-chains={on}")])
}

fn run(bundles: &[(&str, &Bundle)]) -> (Vec<Value>, Ran) {
    let lab = Lab::new();
    for (name, bundle) in bundles {
        lab.add(name, bundle);
    }
    let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
    (rows(&ran.stdout), ran)
}

fn is_refused(row: &Value, wanted: &str, about: &str) {
    assert_eq!(outcome(row), wanted, "{about}: {}", row["reason"]);
    assert!(has_note(row, "configz-refused"), "{about}: {row:#}");
    let reason = row["reason"].as_str().unwrap();
    assert!(
        reason.contains("; configz was refused ("),
        "{about}: {reason}"
    );
}

#[test]
fn a_refused_configz_is_none_and_disk_decides() {
    for refusal in REFUSALS {
        for (on, wanted) in [
            (true, "pass argument-sets-it"),
            (false, "fail argument-sets-it"),
        ] {
            let own = disk(on).member("configz/n.json", refusal);
            let cluster = Bundle::cluster("test").member("configz/n.json", refusal);
            let mut loose = Bundle::loose("n").member("configz.json", refusal);
            loose.members.extend(disk(on).members);
            for bundles in [
                &[("a.tgz", &own)][..],
                &[("a.tgz", &disk(on)), ("z.tgz", &cluster)],
                &[("a.tgz", &loose)],
            ] {
                let (rows, ran) = run(bundles);
                assert_eq!(rows.len(), 1, "{refusal}: {}", ran.stderr);
                is_refused(&rows[0], wanted, refusal);
                assert!(
                    ran.code <= 1 && ran.stderr.contains("was refused ("),
                    "{}",
                    ran.stderr
                );
            }
        }
    }
}

#[test]
fn the_missing_right_is_named() {
    for refusal in [REFUSALS[0], REFUSALS[10], REFUSALS[13]] {
        let (rows, ran) = run(&[("a.tgz", &disk(true).member("configz/n.json", refusal))]);
        let reason = rows[0]["reason"].as_str().unwrap();
        for said in [reason, &ran.stderr] {
            assert!(said.contains("403 Forbidden"), "{said}");
            assert!(
                said.contains("get nodes/proxy") && said.contains("nodes/configz"),
                "{said}"
            );
        }
        assert!(
            ran.stderr.contains("warning: a.tgz: configz/n.json: "),
            "{}",
            ran.stderr
        );
        let evidence = rows[0]["evidence"].as_array().unwrap();
        assert!(evidence.contains(&json!("configz/n.json")), "{evidence:?}");
    }
}

#[test]
fn half_a_reply_is_damage_and_no_refusal() {
    for damaged in [
        "{\"kubeletconfig\":{\"makeIPTablesUtilChains\":true",
        "{\"kind\":\"Status\",\"code\":40",
        "{\"kind\":\"Status\",\"kubeletconfig\":{\"makeIPTablesUtilChains\":fal",
        "{}",
        "[]",
        "\"Forbidden\"",
        "Chains\":true,\"enableServer\":true}}",
        "HTTP/1.1 200 OK\r\n\r\n{\"kubeletconfig\":{\"makeIPTablesUtilChains\":true}}",
        "makeIPTablesUtilChains: true\n",
        "\u{0}\u{0}\u{0}",
    ] {
        let of = |on| disk(on).member("configz/n.json", damaged);
        let (rows, ran) = run(&[("a.tgz", &of(true))]);
        assert_eq!(outcome(&rows[0]), "error configz-unreadable", "{damaged}");
        assert_eq!(ran.code, 3);
        let (rows, _) = run(&[("a.tgz", &of(false))]);
        assert_eq!(outcome(&rows[0]), "fail argument-sets-it", "{damaged}");
    }
}

#[test]
fn what_one_was_refused_another_may_have_got() {
    let status = REFUSALS[0];
    let fails = Bundle::cluster("test").live("n", false);
    let refused = Bundle::cluster("test")
        .member("configz/n.json", status)
        .with("collected_at", "2026-11-20T13:00:00Z");
    let own = disk(true).member("configz/n.json", status);
    let beside = disk(true)
        .live("n", false)
        .member("hosts/n/configz.json", status);
    for bundles in [
        // The lender has it; the newer of two lenders has not; the bundle itself has both.
        &[("a.tgz", &own), ("z.tgz", &fails)][..],
        &[
            ("a.tgz", &disk(true)),
            ("y.tgz", &fails),
            ("z.tgz", &refused),
        ],
        &[
            ("a.tgz", &disk(true)),
            ("y.tgz", &refused),
            ("z.tgz", &fails),
        ],
        &[("a.tgz", &beside)],
        // A node that nobody but cluster bundles knows.
        &[("y.tgz", &fails), ("z.tgz", &refused)],
    ] {
        let (rows, ran) = run(bundles);
        assert_eq!(rows.len(), 1, "{}", ran.stderr);
        assert_eq!(outcome(&rows[0]), "fail configz-sets-it");
        assert!(!has_note(&rows[0], "configz-refused"));
    }
}

#[test]
fn a_refused_configz_alone_decides_nothing() {
    let status = REFUSALS[0];
    let node = Bundle::node("n").member("configz/n.json", status);
    let cluster = Bundle::cluster("test").member("configz/n.json", status);
    let skipped = json!([{"path": "configz/n.json", "reason": "unreadable",
        "detail": "Error from server (Forbidden): nodes \"n\" is forbidden"}]);
    let told = Bundle::cluster("test")
        .member("commands/x", "x")
        .with("skipped", skipped);
    for (about, bundle) in [("node", node), ("cluster", cluster), ("skipped", told)] {
        let (rows, ran) = run(&[("a.tgz", &bundle)]);
        assert_eq!(rows.len(), 1, "{about}: {}", ran.stderr);
        is_refused(&rows[0], "unknown component-not-seen", about);
        assert_eq!((ran.code, &rows[0]["node"]), (0, &json!("n")), "{about}");
    }
}

#[test]
fn flags_that_configz_never_shows_have_no_such_note_and_explain_tells_it() {
    let lab = Lab::new();
    let bundle = Bundle::node("n")
        .kubelet(&["--hostname-override=x"])
        .member("configz/n.json", REFUSALS[0]);
    lab.add("a.tgz", &bundle);
    let all = [
        "analyze",
        ".",
        "-b",
        "cis-1.10",
        "-c",
        "4.2.1,4.2.7",
        "--format",
        "jsonl",
    ];
    let notes: Vec<bool> = rows(&lab.run(&all).stdout)
        .iter()
        .map(|row| has_note(row, "configz-refused"))
        .collect();
    assert_eq!(notes, [true, false]);
    let told = lab.run(&["explain", ".", "--node", "n", "--control", "cis-1.10:4.2.1"]);
    assert!(
        told.stdout.contains("it was refused (403 Forbidden)"),
        "{}",
        told.stdout
    );
}
