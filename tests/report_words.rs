//! What totals, lists and comparisons say, as a reader takes it.

use crate::support::*;
use serde_json::Value;

fn summary_of(lab: &Lab, arguments: &[&str]) -> String {
    let arguments = [&["analyze", "in", "-o", "r.json"], arguments].concat();
    nodeproof(lab.folder.path(), &arguments).stderr
}

fn report(lab: &Lab) -> Value {
    serde_json::from_slice(&std::fs::read(lab.path("r.json")).unwrap()).unwrap()
}

#[test]
fn a_node_whose_findings_are_undecided_is_not_judged_because_some_do_not_apply() {
    let lab = Lab::new();
    let refused = Bundle::node("n")
        .version("v1.33.1")
        .kubelet(&["--anonymous-auth:false"]);
    lab.add("in/n.tgz", &refused);
    let text = summary_of(&lab, &["-b", "cis-1.12"]);
    let report = report(&lab);
    let count = |verdict: &str| report["summary"]["verdicts"][verdict].as_u64().unwrap_or(0);
    assert_eq!((count("pass"), count("fail")), (0, 0), "{text}");
    assert!(
        count("unknown") > 10 && count("not-applicable") > 0,
        "{text}"
    );
    assert!(text.contains("0 of 1 node judged."), "{text}");
    let gap = &report["coverage"]["gaps"][0];
    assert_eq!(gap["code"], "nothing-decided");
    let why = format!(
        "none of its findings that may apply ({}) is decided",
        count("unknown") + count("manual")
    );
    let said = gap["why"].as_str().unwrap();
    assert!(
        said.starts_with(&why) && said.ends_with(": component-not-seen"),
        "{said}"
    );
}

#[test]
fn a_comparison_counts_nodes_as_the_analysis_does_and_tells_new_bundles_from_broken_ones() {
    let lab = Lab::new();
    let node = |name: &str| Bundle::node(name).version("v1.33.1").kubelet(&["--v=2"]);
    lab.add("in/a.tgz", &node("a"));
    for broken in ["x.tgz", "y.tgz"] {
        lab.put(&format!("in/{broken}"), &node("b").tar_gz()[..60]);
    }
    let text = summary_of(&lab, &[]);
    assert!(text.contains("1 of 3 nodes judged."), "{text}");
    let same = lab.run(&["diff", "in", "in"]).stdout;
    assert!(same.contains(", nodes: 3;"), "{same}");

    lab.add("old/a.tgz", &node("a"));
    lab.add("new/a.tgz", &node("a"));
    lab.put("new/never-seen.tgz", &node("b").tar_gz()[..60]);
    let diff = lab.run(&["diff", "old", "new"]).stdout;
    assert!(
        diff.contains("New bundles, which cannot be read (1):"),
        "{diff}"
    );
    lab.put("new/a.tgz", &node("a").tar_gz()[..60]);
    let diff = lab.run(&["diff", "old", "new"]).stdout;
    assert!(
        diff.contains("Bundles that cannot be read any more (1):"),
        "{diff}"
    );
    let back = lab.run(&["diff", "new", "old"]).stdout;
    assert!(
        back.contains("Bundles that can be read again (1):"),
        "{back}"
    );
    assert!(
        back.contains("Bundles that could not be read, and are gone (1):"),
        "{back}"
    );
}

#[test]
fn a_node_beside_the_list_is_told_by_the_name_of_the_list() {
    let lab = Lab::new();
    lab.add(
        "in/n.tgz",
        &Bundle::node("n").version("v1.33.1").kubelet(&["--v=2"]),
    );
    lab.put("nodes.txt", b"other\n");
    let text = summary_of(&lab, &["--expect", "nodes.txt"]);
    assert!(text.contains("nodes.txt does not name it"), "{text}");
    let none = summary_of(&lab, &[]);
    assert!(!none.contains("not-expected"), "{none}");
}

#[test]
fn what_is_undecided_says_how_to_get_an_answer() {
    let lab = Lab::new();
    let no_file = Bundle::node("n")
        .version("v1.33.1")
        .kubelet(&["--config=/var/lib/kubelet/config.yaml"]);
    lab.add("in/n.tgz", &no_file);
    lab.put("in/cut.tgz", &no_file.tar_gz()[..60]);
    summary_of(&lab, &["-b", "all"]);
    let findings = report(&lab)["findings"].as_array().unwrap().clone();
    let mut undecided = 0;
    for finding in &findings {
        let is_open = ["unknown", "error"].contains(&finding["verdict"].as_str().unwrap());
        undecided += usize::from(is_open);
        let text = finding["remediation"].as_str().unwrap_or_default();
        assert!(!is_open || text.len() > 20, "{finding}");
    }
    assert!(undecided > 500, "{undecided}");
}

#[test]
fn a_report_says_when_and_by_what_the_evidence_was_made() {
    let lab = Lab::new();
    let made = |name: &str, at: &str, version: &str| {
        Bundle::node(name)
            .version("v1.33.1")
            .kubelet(&["--v=2"])
            .with("collected_at", at)
            .with(
                "collector",
                serde_json::json!({"name": "collect-node.sh", "version": version}),
            )
    };
    lab.add("in/a.tgz", &made("a", "2026-11-20T10:00:00+02:00", "1"));
    lab.add("in/b.tgz", &made("b", "2026-11-20T09:00:00Z", "1"));
    summary_of(&lab, &[]);
    let evidence = report(&lab)["coverage"]["evidence"].clone();
    assert_eq!(evidence["first_collected_at"], "2026-11-20T08:00:00Z");
    assert_eq!(evidence["last_collected_at"], "2026-11-20T09:00:00Z");
    assert_eq!(evidence["collectors"][0]["bundles"], 2);
    assert_eq!(evidence["collectors"][0]["name"], "collect-node.sh");
}
