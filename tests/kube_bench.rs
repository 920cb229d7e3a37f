//! What kube-bench says, held to what the real one said of the same files with a real shell.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::read::GzDecoder;
use serde_json::Value;

use nodeproof::benchmark::catalog::Catalog;
use nodeproof::bundle::{self, Place, Source};
use nodeproof::evidence::Evidence;
use nodeproof::kube_bench::check::Tests;
use nodeproof::kube_bench::evaluate::{AuditOutputs, evaluate};
use nodeproof::kube_bench::folder::{FolderBenchmark, KubeBenchFolder};
use nodeproof::kube_bench::host::AuditHost;
use nodeproof::kube_bench::run::{CheckResult, run};
use nodeproof::kube_bench::shell::parse;
use nodeproof::kube_bench::stop::AuditStop;
use nodeproof::kube_bench::tree::Tree;
use nodeproof::kube_bench::variables::AuditVariables;
use nodeproof::limits::Limits;

use crate::support::{Bundle, Lab, config, nodeproof, rows, shared};

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// kube-bench's own folder, unpacked.
pub fn cfg() -> Option<(tempfile::TempDir, PathBuf)> {
    let archive = shared("evidence/kube-bench-cfg.tar.gz")?;
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive).unwrap()));
    archive.unpack(folder.path()).unwrap();
    let path = folder.path().join("cfg");
    Some((folder, path))
}

#[test]
fn the_evaluator_agrees_with_the_real_one_case_by_case() {
    let Some(path) = shared("cases/kube-bench/units.jsonl") else {
        return;
    };
    let mut wrong = Vec::new();
    let units = lines(&path);
    for unit in &units {
        let text = |key: &str| unit[key].as_str().unwrap_or_default().to_owned();
        let want = &unit["want"];
        let tests = Tree::parse(&text("yaml")).and_then(|tree| Tests::of(&tree));
        let tests = match (tests, want["yaml_error"].as_str()) {
            (Ok(tests), None) => tests,
            (Err(_), Some(_)) => continue,
            (tests, _) => {
                wrong.push(format!("{}: {tests:?} {want}", unit["id"]));
                continue;
            }
        };
        let outputs = AuditOutputs {
            audit: text("audit"),
            config: unit["config"].as_str().map(str::to_owned),
            env: text("env"),
        };
        // A filter of JSONPath is not evaluated here, and says so.
        if let Err(AuditStop::NotUnderstood(what)) =
            evaluate(&tests, &outputs, unit["multi"] == true)
        {
            assert!(what.contains("[?("), "{}: {what}", unit["id"]);
            continue;
        }
        let is_right = match evaluate(&tests, &outputs, unit["multi"] == true) {
            Err(AuditStop::Panics(_)) => want["panic"].is_string(),
            Err(_) => false,
            Ok(Err(_)) => want["error"].is_string(),
            Ok(Ok(told)) => {
                want["pass"] == told.passes
                    && want["actual"] == told.actual
                    && want["expected_result"] == told.expected
            }
        };
        if !is_right {
            let told = evaluate(&tests, &outputs, unit["multi"] == true);
            wrong.push(format!(
                "{} {}: {told:?}\n   {want}",
                unit["id"],
                text("yaml")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        units.len(),
        wrong.join("\n")
    );
}

/// One check of one run, by section, id and place in its group.
type Key = (String, String, u64);

fn said<'e>(
    benchmark: &FolderBenchmark,
    evidence: &'e Evidence<'e>,
) -> BTreeMap<Key, Result<CheckResult, AuditStop>> {
    let processes = Rc::new(evidence.printed_processes());
    let mut all = BTreeMap::new();
    for section in &benchmark.sections {
        let host = || AuditHost::new(evidence, Rc::clone(&processes));
        let variables = AuditVariables::of(section, &host());
        for group in &section.controls.groups {
            for (nth, check) in group.checks.iter().enumerate() {
                let key = (section.name.clone(), check.id.clone(), nth as u64);
                all.insert(key, run(group, check, &variables, &host()));
            }
        }
    }
    all
}

#[test]
fn every_check_has_the_state_that_the_real_one_gave_on_the_same_files() {
    let Some(folder) = shared("cases/kube-bench") else {
        return;
    };
    let Some((_kept, cfg)) = cfg() else {
        return;
    };
    let cfg = KubeBenchFolder::read(&cfg).unwrap();
    let mut expected: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for row in lines(&folder.join("expected.jsonl")) {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let key = (text("node"), text("benchmark"));
        expected.entry(key).or_default().push(row);
    }
    let limits = Limits::default();
    let (mut compared, mut agree, mut wrong) = (0, 0, Vec::new());
    let mut undecided: BTreeMap<String, u64> = BTreeMap::new();
    for node in lines(&folder.join("nodes.jsonl")) {
        let place = Place {
            name: "n".into(),
            source: Source::File(folder.join(node["bundle"].as_str().unwrap())),
        };
        let bundle = bundle::read(&place, &limits, &|_: &str, _: u64, _: &[u8]| true).unwrap();
        let evidence = Evidence::of(&bundle, &limits);
        for id in node["benchmarks"].as_array().unwrap() {
            let id = id.as_str().unwrap();
            let said = said(&cfg.benchmarks[id], &evidence);
            let name = node["node"].as_str().unwrap().to_owned();
            for row in expected
                .get(&(name.clone(), id.to_owned()))
                .into_iter()
                .flatten()
            {
                let is_covered = matches!(row["tier"].as_str(), None | Some("1" | "2" | "3" | "4"));
                if !is_covered || row.get("needs").is_some() {
                    continue;
                }
                compared += 1;
                let key = (
                    row["section"].as_str().unwrap().to_owned(),
                    row["id"].as_str().unwrap().to_owned(),
                    row["nth"].as_u64().unwrap(),
                );
                let want = row["state"].as_str().unwrap();
                match said.get(&key) {
                    Some(Ok(said)) if said.state.as_str() == want => agree += 1,
                    Some(Err(stop)) => {
                        *undecided.entry(format!("{stop:?}")).or_default() += 1;
                    }
                    other => {
                        wrong.push(format!("{name} {id} {key:?} {want}: {other:?}\n    {row}"));
                    }
                }
            }
        }
    }
    // What the bundles lack: a file that only the process names, and one candidate of a list.
    undecided.retain(|why, _| {
        !why.contains("/etc/kubernetes/enc/enc.yaml") && !why.contains("snap.kubelet")
    });
    assert!(
        compared > 5000 && agree + 60 > compared,
        "{agree} of {compared}: {undecided:#?}"
    );
    assert!(
        wrong.is_empty() && undecided.is_empty(),
        "{} differ:\n{}\n{undecided:?}",
        wrong.len(),
        wrong
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn most_checks_that_kube_bench_evaluates_are_interpreted() {
    let Some((_kept, cfg)) = cfg() else {
        return;
    };
    let mut catalog = Catalog::built_in().unwrap();
    catalog.take_kube_bench(&cfg).unwrap();
    let of_folder = catalog
        .benchmarks
        .iter()
        .filter(|b| b.publisher == "kube-bench");
    let (mut benchmarks, mut evaluated, mut covered, mut mapped) = (0, 0, 0, 0);
    for benchmark in of_folder {
        benchmarks += 1;
        for control in &benchmark.controls {
            let audited = control.audited.as_ref().unwrap();
            let Some(coverage) = audited.coverage() else {
                continue;
            };
            evaluated += 1;
            covered += usize::from(coverage.is_ok());
            mapped += usize::from(control.judging_rule().is_some());
        }
    }
    assert_eq!(benchmarks, 46);
    assert!(covered * 100 >= evaluated * 85, "{covered} of {evaluated}");
    assert!(
        mapped * 2 > evaluated,
        "{mapped} of {evaluated} have a rule"
    );
}

/// A folder with one check of its own, beside one that the catalog knows.
const OWN: &str = r#"---
controls:
version: "mine-1.0"
id: 1
text: "Ours"
type: "node"
groups:
  - id: 1.1
    text: "Kubelet"
    checks:
      - id: 1.1.1
        text: "Anonymous authentication is off"
        audit: "/bin/ps -fC $kubeletbin"
        audit_config: "/bin/cat $kubeletconf"
        tests:
          test_items:
            - flag: "--anonymous-auth"
              path: '{.authentication.anonymous.enabled}'
              compare: {op: eq, value: false}
        remediation: "Turn it off."
        scored: true
      - id: 1.1.2
        text: "The node is named by a flag of ours"
        audit: "/bin/ps -fC $kubeletbin"
        tests:
          test_items:
            - flag: "--node-labels"
        remediation: "Set --node-labels."
        scored: true
      - id: 1.1.3
        text: "The API says so"
        audit: "kubectl get nodes"
        tests:
          test_items:
            - flag: "Ready"
        scored: true
"#;

const CONFIG: &str = "node:
  components: [kubelet]
  kubelet:
    bins: [kubelet]
    confs: [/var/lib/kubelet/config.yaml]
";

#[test]
fn a_check_of_ones_own_is_judged_to_the_letter_and_a_known_one_by_its_rule() {
    let lab = Lab::new();
    lab.put("cfg/config.yaml", CONFIG.as_bytes());
    lab.put("cfg/mine-1.0/node.yaml", OWN.as_bytes());
    let bundle = Bundle::node("n")
        .ps(&["/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml"])
        .file(
            "/var/lib/kubelet/config.yaml",
            config("authentication: {anonymous: {enabled: false}}\n"),
        )
        .stat_row("/var/lib/kubelet/config.yaml", "file", 1);
    lab.add("fleet/n.tar.gz", &bundle);
    let arguments = [
        "analyze",
        "fleet",
        "--kube-bench",
        "cfg",
        "-b",
        "mine-1.0",
        "--format",
        "jsonl",
    ];
    let ran = nodeproof(lab.path(".").as_path(), &arguments);
    let rows = rows(&ran.stdout);
    let told: Vec<[&str; 4]> = rows
        .iter()
        .map(|row| {
            ["control", "verdict", "by_the_text", "rule"]
                .map(|key| row[key].as_str().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ["1.1.1", "pass", "pass", "kubelet-anonymous-auth"],
            ["1.1.2", "fail", "fail", "-"],
            ["1.1.3", "unknown", "unknown", "-"],
        ]
    );
    let reason = |at: usize| rows[at]["reason"].as_str().unwrap();
    assert!(reason(1).starts_with("audit-fails: "), "{}", reason(1));
    assert!(reason(2).starts_with("audit-not-understood: ") && reason(2).contains("kubectl"));
    assert_eq!(rows[1]["remediation"], "Set --node-labels.");
    assert_eq!(
        rows[1]["evidence"],
        serde_json::json!(["commands/ps-ef.txt:3"])
    );
    assert_eq!(rows[1]["notes"], serde_json::json!(["by-the-text-only"]));
    for (control, told) in [
        (
            "1.1.2",
            [
                "audit: /bin/ps -fC $kubeletbin",
                "what kube-bench's tests ask for",
            ],
        ),
        (
            "1.1.3",
            ["audit: kubectl get nodes", "kube-bench on the node runs it"],
        ),
    ] {
        let asked = ["explain", "fleet", "--kube-bench", "cfg", "-b", "mine-1.0"];
        let typed = [&asked[..], &["--node", "n", "--control", control]].concat();
        let ran = nodeproof(lab.path(".").as_path(), &typed);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        // Lines are wrapped.
        let text: Vec<&str> = ran.stdout.split_whitespace().collect();
        let text = text.join(" ");
        for words in told {
            assert!(text.contains(words), "{control}: {text}");
        }
        for words in ["a person decides", "a person looks at"] {
            assert!(!text.contains(words), "{control}: {text}");
        }
    }
}

/// One check of the kubelet's own with this audit and this question.
fn check(number: usize, audit: &str, item: &str) -> String {
    format!(
        "      - id: 1.1.{number}\n        text: \"Ours\"\n        audit: \"{audit}\"\n        tests:\n          test_items:\n            - {item}\n        scored: true\n"
    )
}

/// Verdict and reason of these checks on a bundle, each with whether evidence is cited.
fn judged(checks: &[String], bundle: &Bundle) -> Vec<(String, String, bool)> {
    let head = OWN.split("      - id: 1.1.1").next().unwrap();
    let lab = Lab::new();
    lab.put("cfg/config.yaml", CONFIG.as_bytes());
    lab.put(
        "cfg/mine-1.0/node.yaml",
        format!("{head}{}", checks.concat()).as_bytes(),
    );
    lab.add("fleet/n.tar.gz", bundle);
    let arguments = [
        "analyze",
        "fleet",
        "--kube-bench",
        "cfg",
        "-b",
        "mine-1.0",
        "--format",
        "jsonl",
    ];
    let ran = nodeproof(lab.path(".").as_path(), &arguments);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let cited = |row: &Value| !row["evidence"].as_array().unwrap().is_empty();
    let rows = rows(&ran.stdout);
    rows.iter()
        .map(|row| (text(row, "verdict"), text(row, "reason"), cited(row)))
        .collect()
}

#[test]
fn what_may_be_hidden_or_was_not_looked_at_passes_no_check_to_the_letter() {
    let absent = check(
        1,
        "ps -ef | grep kubelet | grep -v grep",
        "{flag: --token-auth-file, set: false}",
    );
    let long = format!("/usr/bin/kubelet {}", "--v=2 ".repeat(40));
    let narrow = format!(
        "UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 10:00 ?        00:00:03 /sbin/init\n{}\n",
        &format!("root          40       1  1 10:00 ?        00:01:00 {long}")[..80]
    );
    let node = || Bundle::node("n");
    let kubelet = |arguments: &str| node().ps(&[&format!("/usr/bin/kubelet {arguments}")]);
    let file = |operator: &str| {
        let audit = format!("if test {operator} /etc/ours/b.conf; then echo there; fi");
        check(1, &audit, "{flag: there, set: false}")
    };
    let beside = || {
        node()
            .stat_row("/etc/ours", "dir", 1)
            .stat_row("/etc/ours/a.conf", "file", 1)
    };
    let grep = check(1, "grep ours /etc/ours/b.conf | wc -l", "{flag: '0'}");
    let twice = beside()
        .stat_row("/etc/ours/b.conf", "file", 1)
        .file("/etc/ours/b.conf", "x\n")
        .file("/etc/ours/b.conf", "ours\n");
    for (about, check, bundle, wanted) in [
        ("it is seen", &absent, kubelet("--v=2"), "pass audit-holds"),
        (
            "the list is cut",
            &absent,
            node().member("commands/ps-ef.txt", narrow),
            "unknown audit-lacks-evidence",
        ),
        (
            "an argument is masked",
            &absent,
            kubelet("--v=2 REDACTED-BY-NODEPROOF --x"),
            "unknown audit-lacks-evidence",
        ),
        (
            "the value of a flag is masked",
            &absent,
            kubelet("--bootstrap-token REDACTED-BY-NODEPROOF"),
            "pass audit-holds",
        ),
        (
            "others of the folder",
            &file("-e"),
            beside(),
            "unknown audit-lacks-evidence",
        ),
        (
            "it is absent",
            &file("-e"),
            beside().stat_row("/etc/ours/b.conf", "absent", 0),
            "pass audit-holds",
        ),
        (
            "a member stands twice",
            &grep,
            twice,
            "error checksum-mismatch",
        ),
    ] {
        let told = judged(std::slice::from_ref(check), &bundle);
        let (verdict, reason, cited) = &told[0];
        let code = reason.split(':').next().unwrap();
        assert_eq!(format!("{verdict} {code}"), wanted, "{about}: {reason}");
        assert!(
            *cited || verdict == "unknown",
            "{about}: no evidence is cited"
        );
    }
}

#[test]
fn a_script_that_nests_too_much_is_not_parsed() {
    let nested = |open: &str, close: &str, levels: usize| {
        format!("echo {}x{}", open.repeat(levels), close.repeat(levels))
    };
    let case = |levels: usize| {
        format!(
            "{}ls;; {}",
            "case a in a) ".repeat(levels),
            "esac ".repeat(levels)
        )
    };
    for script in [
        nested("$(echo ", ")", 20_000 / 9),
        nested("\"$(echo ", ")\"", 5_000),
        nested("${a:-", "}", 9_000),
        nested("$((", "))", 9_000),
        format!("{}ls{}", "( ".repeat(9_000), " )".repeat(9_000)),
        case(24),
    ] {
        let stop = parse(&script).err().map(|stop| format!("{stop:?}"));
        assert!(
            stop.is_some_and(|why| why.contains("substitutions, groups and compound commands")),
            "{}",
            &script[..40]
        );
    }
    for script in [
        nested("$(echo ", ")", 70),
        nested("${a:-", "}", 70),
        case(9),
    ] {
        let _ = parse(&script);
    }
}
