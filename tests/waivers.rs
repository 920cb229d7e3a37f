//! Waivers and attestations: what stands beside a verdict, what a wrong file is told, and what
//! `--fail-on` makes of them.

use std::fs;

use crate::support::*;
use serde_json::{Value, json};

const TODAY: &str = "2026-11-21";

fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .version("v1.33.1")
        .kubelet(&[&format!("--make-iptables-util-chains={on}")])
}

/// Two failing nodes, one that passes, one of which nothing is known.
fn fleet() -> Lab {
    let lab = Lab::new();
    lab.add("in/f1.tgz", &node("f1", false));
    lab.add("in/f2.tgz", &node("f2", false).with("cluster", "prod-eu"));
    lab.add("in/p.tgz", &node("p", true));
    lab.add(
        "in/u.tgz",
        &Bundle::node("u").kubelet(&["--config=/etc/k.yaml"]),
    );
    lab
}

fn waiver(more: &str) -> String {
    format!(
        "- control: 4.2.6\n  nodes: ['*']\n  justification: why\n  owner: Ann\n  expires: 2027-01-31\n{more}"
    )
}

fn with(lab: &Lab, text: &str, more: &[&str]) -> Ran {
    lab.put("waivers.yaml", text.as_bytes());
    let all = [
        &[
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "--waivers",
            "waivers.yaml",
            "--as-of",
            TODAY,
        ],
        more,
    ];
    lab.run(&all.concat())
}

/// Verdict, waiver and notes of every row.
fn cells(ran: &Ran) -> Vec<(String, String, Value)> {
    let rows = rows(&ran.stdout);
    let cells = rows.iter().map(|row| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
        (text("verdict"), text("waiver"), row["notes"].clone())
    });
    cells.collect()
}

#[test]
fn a_waiver_stands_beside_the_verdict_in_every_format() {
    let lab = fleet();
    let text = "waivers:\n\
        - control: 4.2.6\n  benchmark: cis-1.12\n  clusters: [prod-*]\n  nodes: ['f?']\n  type: risk-adjustment\n\
        \x20 justification: |\n    The CNI needs it,\n    see the runbook.\n  owner: Ann\n  approver: Bob\n  ticket: SEC-12\n  expires: 2027-01-31\n";
    let beside = "risk-adjustment until 2027-01-31: The CNI needs it, see the runbook. (owner Ann; approver Bob; ticket SEC-12)";
    let ran = with(&lab, text, &["--format", "jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let seen = cells(&ran);
    let verdicts: Vec<&str> = seen
        .iter()
        .map(|(verdict, _, _)| verdict.as_str())
        .collect();
    assert_eq!(verdicts, ["fail", "fail", "pass", "unknown"], "kept");
    let waivers: Vec<&str> = seen.iter().map(|(_, waiver, _)| waiver.as_str()).collect();
    assert_eq!(waivers, ["-", beside, "-", "-"], "only in its cluster");
    assert!(
        with(&lab, text, &["--format", "csv"])
            .stdout
            .contains(beside)
    );
    let wide = with(&lab, text, &["--layout", "wide"]).stdout;
    assert!(wide.contains("prod-eu,f2,f2.tgz,fail\n"), "{wide}");
    let report: Value =
        serde_json::from_str(&with(&lab, text, &["--format", "json"]).stdout).unwrap();
    assert_eq!(report["findings"], Value::from(rows(&ran.stdout)));
    let sha256 = nodeproof::bundle::sha256_hex(text.as_bytes());
    assert_eq!(
        report["run"]["waivers"],
        json!({"sha256": sha256, "waivers": 1, "attestations": 0})
    );
    assert_eq!(report["run"]["as_of"], "2026-11-21T00:00:00Z");
    assert_eq!(
        report["waivers"],
        json!([{
            "line": 2, "kind": "waiver", "state": "in-force", "matched": 1, "findings": 1,
            "control": "4.2.6", "benchmarks": ["cis-1.12"], "clusters": ["prod-*"], "nodes": ["f?"],
            "type": "risk-adjustment", "justification": "The CNI needs it, see the runbook.",
            "owner": "Ann", "approver": "Bob", "ticket": "SEC-12", "answer": null, "by": null,
            "at": null, "artefact": null, "explanation": null, "expires": "2027-01-31",
        }])
    );
    assert_eq!(report["summary"]["waived"], 1);
    assert_eq!(report["summary"]["verdicts"]["fail"], 2);
    assert!(
        ran.stderr.contains("1 of 2 failing findings waived"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("waivers.yaml"), "{}", ran.stderr);
}

#[test]
fn a_person_answers_where_no_evidence_decides() {
    let lab = fleet();
    let text = "attestations:\n\
        - {control: 4.2.6, nodes: [u, p], answer: pass, by: Ann, at: 2026-11-01, artefact: photo 7, explanation: seen}\n";
    let seen = cells(&with(&lab, text, &["--format", "jsonl"]));
    let answer = "attested: pass by Ann at 2026-11-01, artefact photo 7: seen";
    assert_eq!(seen[3].0, "unknown");
    assert_eq!(seen[3].1, answer);
    assert_eq!(seen[3].2, json!(["attested"]));
    assert_eq!((seen[2].0.as_str(), seen[2].1.as_str()), ("pass", "-"));
    lab.put("waivers.yaml", text.replace("4.2.6", "4.1.1").as_bytes());
    let manual = lab.run(&[
        "analyze",
        "in",
        "-b",
        "cis-1.6-k3s",
        "-c",
        "4.1.1",
        "--waivers",
        "waivers.yaml",
        "--as-of",
        TODAY,
        "--format",
        "jsonl",
    ]);
    for (verdict, waiver, _) in &cells(&manual)[2..] {
        assert_eq!((verdict.as_str(), waiver.as_str()), ("manual", answer));
    }
}

#[test]
fn fail_on_honours_what_is_in_force() {
    let attested = |answer: &str, nodes: &str| {
        format!(
            "attestations:\n- {{control: 4.2.6, nodes: [{nodes}], answer: {answer}, by: A, at: 2026-11-01, artefact: x}}\n"
        )
    };
    let waived = format!("waivers:\n{}", waiver(""));
    for (text, fail, unknown) in [
        ("waivers: []\n".to_owned(), 1, 1),
        (waived.clone(), 0, 1),
        (waived.replace("'*'", "f1"), 1, 1),
        (waived.replace("2027", "2026"), 1, 1),
        (attested("pass", "'*'"), 1, 1),
        (format!("{waived}{}", attested("pass", "u")), 0, 0),
        (format!("{waived}{}", attested("not-applicable", "u")), 0, 0),
        (format!("{waived}{}", attested("fail", "u")), 1, 1),
        (format!("{waived}{}", attested("pass", "x")), 0, 1),
    ] {
        let lab = fleet();
        for (when, code) in [("fail", fail), ("unknown", unknown), ("never", 0)] {
            let ran = with(&lab, &text, &["--fail-on", when]);
            assert_eq!(ran.code, code, "{when}: {text}{}", ran.stderr);
        }
        lab.put("in/broken.tgz", b"broken");
        let ran = with(&lab, &text, &["--fail-on", "fail"]);
        assert_eq!(ran.code, 3, "an error is never waived: {text}");
    }
}

#[test]
fn what_an_entry_did_not_do_is_told() {
    let lab = fleet();
    let entries = [
        ("in-force", waiver(""), ""),
        (
            "expired",
            waiver("").replace("2027-01-31", "2026-11-20"),
            "has expired (2026-11-20)",
        ),
        ("redundant", waiver(""), "an entry before it says already"),
        (
            "unmatched",
            waiver("").replace("'*'", "gone-*"),
            "matches no finding",
        ),
        (
            "unneeded",
            waiver("").replace("'*'", "p"),
            "matches none that fails, of 1 findings",
        ),
        ("not-judged", waiver("").replace("4.2.6", "4.2.7"), ""),
        ("not-judged", waiver("  benchmark: cis-1.11\n"), ""),
    ];
    let mut text = "waivers:\n".to_owned();
    let mut lines = Vec::new();
    for (_, entry, _) in &entries {
        lines.push(text.lines().count() + 1);
        text.push_str(entry);
    }
    text.push_str("attestations:\n- {control: 4.2.6, nodes: [u], answer: pass, by: A, at: 2026-12-01, artefact: x}\n");
    let ran = with(&lab, &text, &["--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    for (at, ((state, _, told), line)) in entries.iter().zip(&lines).enumerate() {
        assert_eq!(report["waivers"][at]["state"], *state, "{at}");
        assert_eq!(report["waivers"][at]["line"], *line);
        let warning = format!("warning: waivers.yaml:{line}: ");
        let heard: Vec<&str> = ran
            .stderr
            .lines()
            .filter(|l| l.starts_with(&warning))
            .collect();
        assert_eq!(
            heard.len(),
            usize::from(!told.is_empty()),
            "{state}: {}",
            ran.stderr
        );
        assert!(heard.iter().all(|line| line.contains(told)), "{heard:?}");
    }
    assert_eq!(report["waivers"][7]["state"], "not-yet");
    let counts = "Of 8 entries in the waivers file: 1 expired, 1 of later than today, 1 matching nothing, 1 unneeded, 1 redundant.";
    assert!(ran.stderr.contains(counts), "{}", ran.stderr);
}

#[test]
fn an_expired_entry_does_not_stand_and_the_row_says_so() {
    let lab = fleet();
    let text = format!("waivers:\n{}", waiver(""));
    for (as_of, waived) in [
        ("2027-01-31T23:59:59Z", true),
        ("2027-02-01T00:00:00Z", false),
    ] {
        let ran = with(&lab, &text, &["--format", "jsonl"]);
        assert_eq!(ran.code, 0);
        lab.put("waivers.yaml", text.as_bytes());
        let ran = lab.run(&[
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "--waivers",
            "waivers.yaml",
            "--as-of",
            as_of,
            "--format",
            "jsonl",
        ]);
        let seen = cells(&ran);
        assert_eq!(seen[0].1 != "-", waived, "{as_of}");
        assert_eq!(
            seen[0].2.to_string().contains("waiver-expired"),
            !waived,
            "{as_of}"
        );
        assert!(
            !seen[2].2.to_string().contains("waiver"),
            "a pass needs none"
        );
    }
}

#[test]
fn today_is_recorded_because_the_rows_depend_on_it() {
    let lab = fleet();
    lab.put("waivers.yaml", b"waivers: []\n");
    let judged = |more: &[&str]| {
        let arguments = [
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "--waivers",
            "waivers.yaml",
        ];
        lab.run(&[&arguments[..], &["--format", "json"], more].concat())
            .stdout
    };
    let today = judged(&[]);
    let report: Value = serde_json::from_str(&today).unwrap();
    let as_of = report["run"]["as_of"].as_str().unwrap();
    assert_eq!((as_of.len(), &as_of[19..]), (20, "Z"), "{as_of}");
    assert_eq!(judged(&["--as-of", as_of]), today);
    assert_eq!(judged(&["--as-of", as_of, "-j", "7"]), today);
}

#[test]
fn globs_are_of_whole_names() {
    let lab = Lab::new();
    let names = ["a", "a1", "b.internal", "B", "x[1]", "arn:aws:eks/n"];
    for name in names {
        lab.add(
            &format!("in/{}.tgz", name.replace('/', "-")),
            &node(name, false),
        );
    }
    for (globs, matching) in [
        ("'*'", &names[..]),
        ("a", &["a"]),
        ("'a?'", &["a1"]),
        ("'*.internal'", &["b.internal"]),
        ("'[ab]*'", &["a", "a1", "b.internal", "arn:aws:eks/n"]),
        ("'[!a-z]'", &["B"]),
        ("'x[[]1]'", &["x[1]"]),
        ("'x\\[1\\]'", &["x[1]"]),
        ("'{a,B}'", &["a", "B"]),
        ("a, a1", &["a", "a1"]),
        ("'arn:*n'", &["arn:aws:eks/n"]),
        ("A", &[]),
    ] {
        let text = format!("waivers:\n{}", waiver("").replace("'*'", globs));
        let ran = with(&lab, &text, &["--format", "jsonl"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let rows = rows(&ran.stdout);
        let waived = rows.iter().filter(|row| row["waiver"].is_string());
        let mut waived: Vec<&str> = waived.map(|row| row["node"].as_str().unwrap()).collect();
        let mut matching = matching.to_vec();
        waived.sort_unstable();
        matching.sort_unstable();
        assert_eq!(waived, matching, "{globs}");
    }
}

/// A file of one entry with one thing wrong, and what is said of it.
fn wrong() -> Vec<(String, &'static [&'static str])> {
    let entry = |from: &str, to: &str| format!("waivers:\n{}", waiver("").replace(from, to));
    let added = |line: &str| format!("waivers:\n{}", waiver(line));
    let attested = |from: &str, to: &str| {
        let entry = "attestations:\n- control: 4.2.6\n  nodes: ['*']\n  answer: pass\n  by: A\n  at: 2026-11-01\n  artefact: x\n";
        entry.replace(from, to)
    };
    let no_time = "write a date (2027-01-31) or a time with its offset (2027-01-31T18:00:00Z)";
    assert!(no_time.len() > 10);
    vec![
        (
            String::new(),
            &["1: is no waivers file; begin it with `waivers:` or `attestations:`"],
        ),
        (
            "- control: 4.2.6\n".into(),
            &["1: is no waivers file; begin it with `waivers:` or `attestations:`"],
        ),
        (
            "waiver: []\n".into(),
            &["1: there is no key `waiver` here; the keys are waivers, attestations"],
        ),
        (
            "waivers:\n".into(),
            &[
                "1: `waivers` is a null, not a list; begin every entry with `- `, or write [] for none",
            ],
        ),
        (
            "\nwaivers: {a: b}\n".into(),
            &[
                "2: `waivers` is a map, not a list; begin every entry with `- `, or write [] for none",
            ],
        ),
        (
            "waivers:\n- 4.2.6\n".into(),
            &["2: an entry is a string, not a map; begin it with `- control:`"],
        ),
        (
            "waivers: [\n".into(),
            &["1: unclosed bracket '['; correct the YAML"],
        ),
        (
            "waivers: []\n---\nwaivers: []\n".into(),
            &["2: a second document begins here; put all entries into the first"],
        ),
        (
            "waivers: []\n...\n# c\nx: y\n".into(),
            &["2: a second document begins here; put all entries into the first"],
        ),
        (
            added("  owners: B\n"),
            &[
                "7: there is no key `owners` in a waiver; the keys are control, benchmark, clusters, nodes, type, justification, owner, approver, ticket, expires",
            ],
        ),
        (
            added("  owner: B\n"),
            &["7: `owner` is given twice; take one of them out"],
        ),
        (
            entry("4.2.6", "4.2"),
            &["2: `control` is a number to YAML, not text; put it in quotes"],
        ),
        (
            entry("4.2.6", "'4.2.60'"),
            &["2: no benchmark has a control `4.2.60`; `nodeproof controls -b ID` lists them"],
        ),
        (
            entry("- control: 4.2.6\n  nodes", "- nodes"),
            &["2: the waiver has no `control`; add it"],
        ),
        (
            entry("  nodes: ['*']\n", ""),
            &["2: the waiver has no `nodes`; add it"],
        ),
        (
            entry("  justification: why\n", ""),
            &["2: the waiver has no `justification`; add it"],
        ),
        (
            entry("  owner: Ann\n", ""),
            &["2: the waiver has no `owner`; add it"],
        ),
        (
            entry("  expires: 2027-01-31\n", ""),
            &["2: the waiver has no `expires`; add it"],
        ),
        (
            entry("why", "''"),
            &["4: `justification` is empty; fill it in"],
        ),
        (
            entry("Ann", "\"A\\e[31m\""),
            &["5: `owner` holds a control character; take it out"],
        ),
        (entry("Ann", ""), &["5: `owner` is empty; fill it in"]),
        (
            entry("Ann", "yes"),
            &["5: `owner` is a bool to YAML, not text; put it in quotes"],
        ),
        (
            entry("Ann", "[Ann]"),
            &["5: `owner` is a list, not text; write one text"],
        ),
        (
            entry("['*']", "[]"),
            &["3: `nodes` is an empty list, which matches nothing; name some, or take it out"],
        ),
        (
            entry("['*']", "\n  - a\n  - 7"),
            &["5: `nodes` is a number to YAML, not text; put it in quotes"],
        ),
        (
            entry("['*']", "['a[']"),
            &["3: `a[` is no glob (unclosed character class; missing ']'); correct it"],
        ),
        (
            entry("['*']", "\n  - 'b{'"),
            &[
                "4: `b{` is no glob (unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)); correct it",
            ],
        ),
        (
            entry("2027-01-31", "2027-02-30"),
            &[
                "6: `expires` is `2027-02-30`; write a date (2027-01-31) or a time with its offset (2027-01-31T18:00:00Z)",
            ],
        ),
        (
            entry("2027-01-31", "never"),
            &[
                "6: `expires` is `never`; write a date (2027-01-31) or a time with its offset (2027-01-31T18:00:00Z)",
            ],
        ),
        (
            entry("2027-01-31", "2027"),
            &["6: `expires` is a number to YAML, not text; put it in quotes"],
        ),
        (
            added("  type: nuisance\n"),
            &[
                "7: `type` is `nuisance`; it is one of false-positive, operational-requirement, risk-adjustment",
            ],
        ),
        (
            added("  ticket: 0123\n"),
            &["7: `ticket` is a number to YAML, not text; put it in quotes"],
        ),
        (
            added("  benchmark: cis-99\n"),
            &["7: there is no benchmark `cis-99`; `nodeproof benchmarks` lists them"],
        ),
        (
            added("  benchmark: eks-1.5.0\n"),
            &["2: eks-1.5.0 has no control `4.2.6`; `nodeproof controls -b eks-1.5.0` lists them"],
        ),
        (
            added("  clusters: []\n"),
            &["7: `clusters` is an empty list, which matches nothing; name some, or take it out"],
        ),
        (
            attested("pass", "maybe"),
            &["4: `answer` is `maybe`; it is one of pass, fail, not-applicable"],
        ),
        (
            attested("2026-11-01", "yesterday"),
            &[
                "6: `at` is `yesterday`; write a date (2027-01-31) or a time with its offset (2027-01-31T18:00:00Z)",
            ],
        ),
        (
            attested("  by: A\n", ""),
            &["2: the attestation has no `by`; add it"],
        ),
        (
            attested("  at: 2026-11-01\n", ""),
            &["2: the attestation has no `at`; add it"],
        ),
        (
            attested("  artefact: x\n", ""),
            &["2: the attestation has no `artefact`; add it"],
        ),
        (
            attested("  answer: pass\n", "  owner: A\n"),
            &[
                "2: the attestation has no `answer`; add it",
                "4: there is no key `owner` in an attestation; the keys are control, benchmark, clusters, nodes, answer, by, at, artefact, explanation, expires",
            ],
        ),
        (
            "waivers:\n- {control: 9.9.9, nodes: [], type: x}\n- {}\n".into(),
            &[
                "2: `type` is `x`; it is one of false-positive, operational-requirement, risk-adjustment",
                "2: the waiver has no `justification`; add it",
                "2: the waiver has no `owner`; add it",
                "2: the waiver has no `expires`; add it",
                "2: `nodes` is an empty list, which matches nothing; name some, or take it out",
                "2: no benchmark has a control `9.9.9`; `nodeproof controls -b ID` lists them",
                "3: the waiver has no `justification`; add it",
                "3: the waiver has no `owner`; add it",
                "3: the waiver has no `expires`; add it",
                "3: the waiver has no `control`; add it",
                "3: the waiver has no `nodes`; add it",
            ],
        ),
    ]
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_file_and_line() {
    let lab = fleet();
    for (text, told) in wrong() {
        let ran = with(&lab, &text, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}");
        let mut lines = ran.stderr.lines();
        assert_eq!(
            lines.next(),
            Some("nodeproof: the waivers file has to be corrected:")
        );
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), told.len(), "{text}: {}", ran.stderr);
        for (line, told) in lines.iter().zip(told) {
            let wanted = format!("waivers.yaml:{told}");
            let holds = if told.ends_with(": ") {
                line.starts_with(&wanted)
            } else {
                *line == wanted
            };
            assert!(holds, "{text}: {line}\nwanted {wanted}");
        }
    }
}

#[test]
fn a_file_that_is_missing_too_large_or_too_deep_is_told() {
    let lab = fleet();
    let ran = lab.run(&["analyze", "in", "--waivers", "absent.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("absent.yaml: cannot be read"),
        "{}",
        ran.stderr
    );
    let large = format!("waivers: []\n# {}\n", "x".repeat(100));
    let ran = with(&lab, &large, &["--limit", "member-bytes=64"]);
    assert_eq!(ran.code, 2);
    let told = "waivers.yaml: is larger than 64 bytes";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let deep = format!("waivers: {}", "[".repeat(1000));
    let ran = with(&lab, &deep, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("waivers.yaml:1: "), "{}", ran.stderr);
}

#[test]
fn thousands_of_entries_are_looked_at_once_per_node() {
    let lab = fleet();
    let mut text = "waivers:\n".to_owned();
    for at in 0..3000 {
        text.push_str(&waiver("").replace("'*'", &format!("'node-{at}-[a-z]*', 'node-{at}'")));
    }
    text.push_str(&waiver("").replace("'*'", "f1"));
    let ran = with(&lab, &text, &["--format", "jsonl", "-q"]);
    let waived = cells(&ran).iter().filter(|(_, w, _)| w != "-").count();
    assert_eq!((ran.code, waived), (0, 1), "{}", ran.stderr);
}

#[test]
fn the_worked_example_of_the_documents_is_a_waivers_file() {
    let page = format!("{}/docs/fleet.md", env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(page).unwrap();
    let (_, after) = page.split_once("```yaml waivers.yaml\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    let lab = Lab::new();
    lab.put("waivers.yaml", example.as_bytes());
    let samples = format!("{}/sample-bundles", env!("CARGO_MANIFEST_DIR"));
    let arguments = [
        "analyze",
        &samples,
        "--waivers",
        "waivers.yaml",
        "--as-of",
        TODAY,
        "--format",
        "json",
    ];
    let ran = nodeproof(lab.folder.path(), &arguments);
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let states = report["waivers"].as_array().unwrap();
    assert_eq!(states.len(), 2);
    for state in states {
        assert_eq!(state["state"], "in-force", "{state}");
    }
}
