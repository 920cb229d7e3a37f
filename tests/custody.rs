//! `nodeproof custody`: whose hands evidence went through, and every digest compared again.

use std::fs;

use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

use crate::support::{Bundle, Lab};

fn described() -> Bundle {
    let mut bundle = Bundle::node("n1").kubelet(&["--make-iptables-util-chains=true"]);
    bundle.manifest["operator"] = "alice@example.com".into();
    bundle.manifest["assessment"] = "PCI 2026".into();
    bundle.manifest["collector"] =
        json!({"name": "collect-node.sh", "version": "0.1.0", "sha256": "ab12"});
    bundle.manifest["skipped"] = json!([
        {"path": "/a", "reason": "absent"}, {"path": "/b", "reason": "absent"},
        {"path": "/c.key", "reason": "private-key"}
    ]);
    bundle.manifest["redactions"] = json!([{"member": "files/a", "kind": "token", "count": 3}]);
    bundle
}

fn custody(lab: &Lab, arguments: &[&str]) -> (i32, Value, String) {
    let ran = lab.run(&[&["custody"], arguments, &["--format", "json"]].concat());
    let json = serde_json::from_str(&ran.stdout).unwrap_or(Value::Null);
    (ran.code, json, ran.stderr)
}

#[test]
fn the_chain_of_a_report_is_told_and_every_digest_compared() {
    let lab = Lab::new();
    let bytes = fs::read(lab.add("in/n1.tar.gz", &described())).unwrap();
    lab.add("in/n2.tar.gz", &Bundle::node("n2").kubelet(&["--v=2"]));
    lab.put("w.yaml", b"waivers: []\n");
    let arguments = [
        "analyze",
        "in",
        "-b",
        "cis-1.12",
        "--waivers",
        "w.yaml",
        "-j",
        "2",
        "-o",
        "r.json",
    ];
    lab.run(&arguments);
    let report: Value = serde_json::from_slice(&fs::read(lab.path("r.json")).unwrap()).unwrap();
    let made = &report["run"]["made_with"];
    let command: Vec<&str> = made["command"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    let waivers = format!("--waivers=sha256:{}", sha256_hex(b"waivers: []\n"));
    assert!(command.contains(&waivers.as_str()), "{command:?}");
    assert!(command.contains(&"--benchmark=cis-1.12"), "{command:?}");
    assert!(
        !command
            .iter()
            .any(|word| word.contains("r.json") || word.contains("jobs")),
        "{command:?}"
    );
    let binary = fs::read(env!("CARGO_BIN_EXE_nodeproof")).unwrap();
    assert_eq!(made["binary_sha256"], sha256_hex(&binary));
    assert_eq!(made["allowed_signers_sha256"], Value::Null);

    let (code, chain, stderr) = custody(&lab, &["r.json"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(chain["bundles"][0]["at_hand"], "not-compared");
    let (code, chain, stderr) = custody(&lab, &["r.json", "in"]);
    assert_eq!(code, 0, "{stderr}");
    let first = &chain["bundles"][0];
    assert_eq!(first["at_hand"], "same");
    assert_eq!(first["sha256"], sha256_hex(&bytes));
    assert_eq!(first["collector"]["sha256"], "ab12");
    assert_eq!(first["collector_script"], "other");
    assert_eq!(
        first["custody"],
        json!({"operator": "alice@example.com", "assessment": "PCI 2026", "skipped": {"absent": 2, "private-key": 1},
            "redacted": {"token": 3}, "redacted_from": null})
    );
    assert_eq!(chain["this_program"]["is_same_binary"], true);
    assert_eq!(chain["this_program"]["is_same_catalog"], true);
    let text = lab.run(&["custody", "r.json", "in"]);
    for part in [
        "alice@example.com",
        "PCI 2026",
        "absent 2, private-key 1",
        "token 3",
        "the same",
        "2 bundles: 2 the same",
    ] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    // A name may change on the way, the bytes may not.
    fs::create_dir(lab.path("moved")).unwrap();
    fs::write(lab.path("moved/other-name.tar.gz"), &bytes).unwrap();
    lab.add("moved/n2.tar.gz", &Bundle::node("n2").kubelet(&["--v=3"]));
    let (code, chain, _) = custody(&lab, &["r.json", "moved"]);
    assert_eq!(code, 3);
    assert_eq!(chain["bundles"][0]["at_hand"], "same");
    assert_eq!(chain["bundles"][1]["at_hand"], "other");
    fs::remove_file(lab.path("moved/n2.tar.gz")).unwrap();
    let (code, chain, _) = custody(&lab, &["r.json", "moved"]);
    assert_eq!(code, 3);
    assert_eq!(chain["bundles"][1]["at_hand"], "missing");
    assert_eq!(chain["compared"]["missing"], 1);
    lab.put("no.json", b"{}");
    for (arguments, says) in [
        (["no.json", "in"], "no report of nodeproof"),
        (["absent.json", "in"], "cannot be read"),
        (["r.json", "absent"], "absent"),
    ] {
        let (code, _, stderr) = custody(&lab, &arguments);
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stderr.contains(says), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_member_that_no_verdict_rests_on_and_that_was_changed_breaks_the_chain() {
    let lab = Lab::new();
    let mut bundle = described();
    bundle.sums = false;
    let listed: String = bundle
        .files()
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", sha256_hex(bytes)))
        .collect();
    let other = format!("{listed}{}  files/var/log/x\n", sha256_hex(b"before"));
    let bundle = bundle
        .member("files/var/log/x", "after")
        .member("SHA256SUMS", other);
    lab.add("n1.tar.gz", &bundle);
    lab.run(&["analyze", "n1.tar.gz", "-b", "cis-1.12", "-o", "r.json"]);
    let (code, chain, _) = custody(&lab, &["r.json", "n1.tar.gz"]);
    assert_eq!(code, 3);
    assert_eq!(chain["bundles"][0]["at_hand"], "failed");
    let why = chain["bundles"][0]["why"].as_str().unwrap();
    assert!(why.contains("files/var/log/x"), "{why}");
}

#[test]
fn a_redacted_bundle_leads_back_to_its_original() {
    let lab = Lab::new();
    let original = described().file("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=--token=x1\n");
    let bytes = fs::read(lab.add("n1.tar.gz", &original)).unwrap();
    lab.run(&["redact", "n1.tar.gz", "-o", "clean.tar.gz"]);
    lab.run(&["analyze", "clean.tar.gz", "-b", "cis-1.12", "-o", "r.json"]);
    let (code, chain, _) = custody(&lab, &["r.json", "clean.tar.gz"]);
    assert_eq!(code, 0);
    let custody = &chain["bundles"][0]["custody"];
    assert_eq!(custody["redacted_from"]["sha256"], sha256_hex(&bytes));
    assert_eq!(custody["redacted"]["token"], 4);
    assert_eq!(custody["operator"], "alice@example.com");
    let text = lab.run(&["custody", "r.json"]).stdout;
    assert!(
        text.contains(&format!("masked from     {}", sha256_hex(&bytes))),
        "{text}"
    );
}

#[test]
fn the_same_bytes_are_not_said_to_be_as_checksums_say_where_they_are_not() {
    let lab = Lab::new();
    let whole = Bundle::node("n1").kubelet(&["--v=2"]).of_machine(1);
    lab.add("in/whole.tgz", &whole);
    let mut without = Bundle::node("n2").kubelet(&["--v=2"]).of_machine(2);
    without.sums = false;
    lab.add("in/without.tgz", &without);
    let sums = format!("{}  proc/42/cmdline\n", sha256_hex(b"before"));
    lab.add("in/changed.tgz", &without.member("SHA256SUMS", sums));
    let cut = whole.tar_gz();
    lab.put("in/cut.tgz", &cut[..cut.len() - 20]);
    lab.run(&["analyze", "in", "-b", "cis-1.12", "-o", "r.json"]);
    let told = lab.run(&["custody", "r.json", "in"]);
    // Each is the bundle that was judged, and the report says so of its rows.
    assert_eq!(told.code, 0, "{}", told.stderr);
    let blocks: Vec<&str> = told.stdout.split("\n\n").collect();
    for (name, says) in [
        ("whole.tgz", "the same, and as its own checksums say\n"),
        ("without.tgz", "the same; it has no checksums of its own\n"),
        (
            "changed.tgz",
            "the same; in doubt as when it was judged: changed.tgz: bundle.json",
        ),
        (
            "cut.tgz",
            "the same; in doubt as when it was judged: cut.tgz: ",
        ),
    ] {
        let block = blocks
            .iter()
            .find(|block| block.starts_with("Bundle") && block.contains(name));
        assert!(
            block.is_some_and(|block| block.contains(says)),
            "{name}: {}",
            told.stdout
        );
    }
}
