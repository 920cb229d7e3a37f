//! `explain` tells how a cell came about, and tells the same verdict as the matrix.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::*;

use nodeproof::benchmark::select::{Benchmarks, Selection};
use nodeproof::matrix::judged::Judged;
use nodeproof::pipeline::{Run, pool};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A control of a rule.
fn control(rule: &str) -> String {
    let mut all = CATALOG.benchmarks.iter().flat_map(|benchmark| {
        let controls = benchmark.controls.iter();
        let own = controls.filter(|c| c.rule.as_deref() == Some(rule) && c.expect.is_none());
        own.map(move |control| format!("{}:{}", benchmark.id, control.number))
    });
    all.next().unwrap()
}

/// The only story of a node `n` by a rule.
fn told(bundles: &[(&str, &Bundle)], rule: &str) -> Value {
    let lab = Lab::new();
    for (name, bundle) in bundles {
        lab.add(name, bundle);
    }
    let control = control(rule);
    let typed = [
        "explain", ".", "--node", "n", "-c", &control, "--format", "json",
    ];
    let ran = nodeproof(lab.folder.path(), &typed);
    let mut document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["schema"], "nodeproof-explain/1");
    let stories = document["stories"].as_array_mut().unwrap();
    assert_eq!(stories.len(), 1);
    let story = stories.remove(0);
    let wanted = if story["verdict"] == "error" { 3 } else { 0 };
    assert_eq!(ran.code, wanted, "{}", ran.stderr);
    story
}

/// `source outcome said`, step by step.
fn steps(story: &Value) -> Vec<String> {
    let all = story["steps"].as_array().unwrap().iter();
    all.map(|step| {
        let text = |key: &str| step[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("source"), text("outcome"), text("said"))
    })
    .collect()
}

fn all_text(story: &Value, key: &str) -> String {
    let all = story[key].as_array().unwrap().iter();
    all.map(|item| item.as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

const REFERENCE: &str = "kubelet-make-iptables-util-chains";
const FILE: &str = "/k.yaml";

fn node() -> Bundle {
    Bundle::node("n").version("v1.31.0")
}

fn with_file(arguments: &[&str], value: &str) -> Bundle {
    let all = [&["--config=/k.yaml"], arguments].concat();
    let text = config(&format!("makeIPTablesUtilChains: {value}\n"));
    node().kubelet(&all).file(FILE, text)
}

#[test]
fn every_source_of_a_setting_is_told_in_the_order_of_its_strength() {
    let drop_in = with_file(&["--config-dir=/d"], "true")
        .file("/d/10-a.conf", config("makeIPTablesUtilChains: true\n"))
        .file("/d/90-b.conf", config("makeIPTablesUtilChains: false\n"))
        .stat_row("/d", "dir", 1);
    let pending = with_file(&[], "true")
        .started_at("2026-11-20T11:00:00Z")
        .stat_row(FILE, "file", 1_800_000_000);
    for (name, bundle, verdict, wanted, change) in [
        (
            "an argument beats the file",
            with_file(&["--make-iptables-util-chains=false"], "true"),
            "fail",
            vec![
                "argument won --make-iptables-util-chains=false",
                "drop-in not-looked-at -",
                "config-file lost true",
                "default lost true",
                "configz not-looked-at -",
            ],
            "`--make-iptables-util-chains=true` in the place of",
        ),
        (
            "the last drop-in beats the others and the file",
            drop_in,
            "fail",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in won false",
                "drop-in lost true",
                "config-file lost true",
                "default lost true",
                "configz not-looked-at -",
            ],
            "`makeIPTablesUtilChains: true` in files/d/90-b.conf line 3",
        ),
        (
            "the default of the version",
            node().kubelet(&[]),
            "pass",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in not-looked-at -",
                "config-file not-looked-at -",
                "default won true",
                "configz not-looked-at -",
            ],
            "`--make-iptables-util-chains=false` among the kubelet's arguments",
        ),
        (
            "configz runs otherwise",
            with_file(&[], "true").live("n", false),
            "fail",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in not-looked-at -",
                "config-file lost true",
                "default lost true",
                "configz won false",
            ],
            "A restart of the kubelet",
        ),
        (
            "configz agrees",
            with_file(&[], "true").live("n", true),
            "pass",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in not-looked-at -",
                "config-file won true",
                "default lost true",
                "configz agrees true",
            ],
            "would win over the files",
        ),
        (
            "a file that changed after the start",
            pending,
            "unknown",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in not-looked-at -",
                "config-file won true",
                "default lost true",
                "restart-pending casts-doubt -",
                "configz not-looked-at -",
            ],
            "The kubelet restarted",
        ),
        (
            "a file that was not collected",
            node().kubelet(&["--config=/k.yaml"]),
            "unknown",
            vec![
                "argument silent no --make-iptables-util-chains",
                "drop-in not-looked-at -",
                "config-file cannot-tell -",
                "default undecided true",
                "file-not-collected casts-doubt -",
                "configz not-looked-at -",
            ],
            "A configz reply of this node",
        ),
    ] {
        let story = told(&[("n.tar.gz", &bundle)], REFERENCE);
        assert_eq!(story["verdict"], verdict, "{name}");
        assert_eq!(steps(&story), wanted, "{name}");
        let changes = all_text(&story, "would_change");
        assert!(changes.contains(change), "{name}: {changes}");
    }
}

#[test]
fn a_default_names_its_version_and_the_start_up_mode() {
    let story = told(&[("n.tar.gz", &node().kubelet(&[]))], REFERENCE);
    let place = story["steps"][3]["place"].as_str().unwrap();
    assert_eq!(
        place,
        "the default of Kubernetes 1.31 started without --config"
    );
}

#[test]
fn a_lent_configz_names_the_bundle_it_comes_from() {
    let cluster = Bundle::cluster("test").live("n", false);
    let bundles = [
        ("n.tar.gz", &with_file(&[], "true")),
        ("c.tar.gz", &cluster),
    ];
    let story = told(&bundles, REFERENCE);
    let live = story["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(live["outcome"], "won");
    let at = live["looked_at"][0].as_str().unwrap();
    assert!(at.starts_with("c.tar.gz!configz/n.json#"), "{at}");
    let place = &story["evidence"][0];
    assert_eq!(place["at"], at);
    let command = place["command"].as_str().unwrap();
    assert!(
        command.starts_with("tar -xzOf ./c.tar.gz cluster/configz/n.json | jq "),
        "{command}"
    );
}

#[test]
fn a_file_rule_tells_how_the_path_was_found_and_every_link() {
    let stat = "path\ttype\tmode\tuid\tgid\towner\tgroup\ttarget\n\
        /a.conf\tsymlink\t777\t0\t0\troot\troot\tb.conf\n\
        /b.conf\tfile\t664\t0\t0\troot\troot\t\n";
    let bundle = node()
        .kubelet(&["--kubeconfig=/a.conf"])
        .member("stat.tsv", stat);
    let rule = "file-perm-kubelet-kubeconfig";
    let story = told(&[("n.tar.gz", &bundle)], rule);
    assert_eq!(story["verdict"], "fail");
    assert_eq!(
        story["steps"][0]["place"],
        "what the running kubelet names with --kubeconfig"
    );
    let steps = steps(&story);
    assert_eq!(steps[1], "file-metadata followed a link to b.conf");
    assert!(
        steps[2].starts_with("file-metadata won a file, has mode 664; too many: "),
        "{steps:?}"
    );
    assert!(steps[2].contains("group write"), "{steps:?}");
    let change = all_text(&story, "would_change");
    assert!(
        change.starts_with("`chmod 6") && change.contains(" /b.conf`"),
        "{change}"
    );
}

#[test]
fn joined_checks_are_told_part_by_part() {
    let bundle = node().kubelet(&["--seccomp-default=false", "--config=/k.yaml"]);
    let bundle = bundle.file(FILE, config("seccompDefault: true\n"));
    let rules = [
        ("kubelet-seccomp-default", "any"),
        ("kubelet-tls-cert-key", "all"),
    ];
    for (rule, join) in rules {
        let story = told(&[("n.tar.gz", &bundle)], rule);
        assert_eq!(story["join"], join);
        let parts = story["parts"].as_array().unwrap();
        assert_eq!(parts.len(), 2);
        assert!(
            parts
                .iter()
                .all(|part| !part["steps"].as_array().unwrap().is_empty())
        );
        let verdicts: Vec<&Value> = parts.iter().map(|part| &part["verdict"]).collect();
        assert!(verdicts.contains(&&story["verdict"]), "{verdicts:?}");
    }
}

/// The opposite of the kubelet: beside a file, flags are ignored.
#[test]
fn kube_proxy_reads_its_file_and_no_flag_beside_it() {
    let words = [
        "kube-proxy",
        "--config=/p.yaml",
        "--metrics-bind-address=127.0.0.1:10249",
    ];
    let file = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n\
        metricsBindAddress: 0.0.0.0:10249\n";
    let bundle = node().process(43, &words).file("/p.yaml", file);
    let story = told(&[("n.tar.gz", &bundle)], "kube-proxy-metrics-bind-address");
    assert_eq!(story["verdict"], "fail");
    let wanted = [
        "config-file won 0.0.0.0:10249",
        "argument lost --metrics-bind-address=127.0.0.1:10249",
        "default lost 127.0.0.1:10249",
    ];
    assert_eq!(steps(&story), wanted);
    // A default that lost does not say that nothing was set.
    assert_eq!(story["steps"][2]["place"], "the default of kube-proxy");
    let changes = all_text(&story, "would_change");
    assert!(changes.contains("kube-proxy restarted"), "{changes}");
    assert!(!changes.contains("argument wins"), "{changes}");
}

#[test]
fn what_no_rule_decides_says_what_a_person_looks_at() {
    let mut manual = CATALOG.benchmarks.iter().flat_map(|benchmark| {
        let own = benchmark.controls.iter().filter(|c| c.rule.is_none());
        own.map(move |control| (benchmark, control))
    });
    let (benchmark, control) = manual.next().unwrap();
    let lab = Lab::new();
    lab.add("n.tar.gz", &node().kubelet(&[]));
    let typed = format!("{}:{}", benchmark.id, control.number);
    let ran = nodeproof(
        lab.folder.path(),
        &["explain", ".", "--node", "n", "-c", &typed],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let first: Vec<&str> = control
        .look_at
        .as_ref()
        .unwrap()
        .split(' ')
        .take(4)
        .collect();
    assert!(ran.stdout.contains(&first.join(" ")), "{}", ran.stdout);
    assert!(ran.stdout.contains("a person decides this control"));
}

#[test]
fn a_bundle_that_cannot_be_read_or_believed_decides_nothing() {
    let lab = Lab::new();
    let bytes = with_file(&[], "true").tar_gz();
    lab.put("n.tar.gz", &bytes[..bytes.len() - 9]);
    let typed = ["explain", ".", "--node", "n", "-c", &control(REFERENCE)];
    let ran = nodeproof(lab.folder.path(), &typed);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stdout.contains("n.tar.gz cannot be read"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("Copy it again"), "{}", ran.stdout);

    let mut changed = with_file(&[], "true");
    changed.sums = false;
    let wrong = format!("{}  files/k.yaml\n", "0".repeat(64));
    let story = told(
        &[("n.tar.gz", &changed.member("SHA256SUMS", wrong))],
        REFERENCE,
    );
    assert_eq!(story["verdict"], "error");
    assert_eq!(steps(&story)[2], "config-file set-aside true");
    assert!(all_text(&story, "would_change").contains("as the collector made it"));
}

#[test]
fn a_name_that_is_not_one_node_is_exit_2_and_says_which_there_are() {
    let lab = Lab::new();
    let of = |node: &str, cluster: &str| {
        let bundle = Bundle::node(node).with("cluster", cluster);
        bundle.version("v1.31.0").kubelet(&[])
    };
    for (file, node, cluster) in [("1", "n", "a"), ("2", "n", "b"), ("3", "worker-17", "a")] {
        lab.add(&format!("{file}.tar.gz"), &of(node, cluster));
    }
    let control = control(REFERENCE);
    let run = |node: &str| {
        let typed = [
            "explain", ".", "--node", node, "-c", &control, "--format", "json",
        ];
        nodeproof(lab.folder.path(), &typed)
    };
    let both = run("n");
    assert_eq!(both.code, 2);
    assert!(both.stderr.contains("a/n, b/n"), "{}", both.stderr);
    let one = run("b/n");
    assert_eq!(one.code, 0, "{}", one.stderr);
    let document: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(document["stories"][0]["bundle"], "2.tar.gz");
    let none = run("worker-71");
    assert_eq!(none.code, 2);
    assert!(
        none.stderr.contains("closest are worker-17, n"),
        "{}",
        none.stderr
    );
    assert!(none.stdout.is_empty());
}

/// The bundles that a command tells of, in order.
fn bundles_told(lab: &Lab, arguments: &[&str]) -> Vec<String> {
    column_told(lab, arguments, "bundle")
}

fn column_told(lab: &Lab, arguments: &[&str], key: &str) -> Vec<String> {
    let ran = nodeproof(
        lab.folder.path(),
        &[&["explain", ".", "--format", "json"], arguments].concat(),
    );
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let stories = document["stories"].as_array().unwrap().iter();
    let column = |story: &Value| story[key].as_str().unwrap().to_owned();
    stories.map(column).collect()
}

#[test]
fn of_two_bundles_of_one_node_the_reported_one_is_told_and_two_machines_are_told_in_turn() {
    let lab = Lab::new();
    let cell = ["--node", "n", "-c", &control(REFERENCE)];
    lab.add("1.tar.gz", &with_file(&[], "true").of_machine(1));
    let newer = with_file(&[], "false").of_machine(1);
    lab.add(
        "2.tar.gz",
        &newer.with("collected_at", "2026-11-20T13:00:00Z"),
    );
    assert_eq!(bundles_told(&lab, &cell), ["2.tar.gz"]);
    lab.add("2.tar.gz", &with_file(&[], "false").of_machine(2));
    assert_eq!(bundles_told(&lab, &cell), ["1.tar.gz", "2.tar.gz"]);
    let findings = rows(&lab.run(&["analyze", ".", "--format", "jsonl"]).stdout);
    assert_eq!(findings.len(), 2);
    for finding in findings {
        let id = finding["finding_id"].as_str().unwrap();
        assert_eq!(
            bundles_told(&lab, &["--finding", id]),
            [finding["bundle"].as_str().unwrap()]
        );
        assert_eq!(column_told(&lab, &["--finding", id], "finding_id"), [id]);
    }
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_to_do() {
    let lab = Lab::new();
    lab.add("n.tar.gz", &node().kubelet(&[]));
    for (arguments, part) in [
        (vec!["--node", "n", "-c", "99.9"], "has a control `99.9`"),
        (vec!["--node", "n", "-c", "nope:1.1"], "no benchmark `nope`"),
        // eks-1.5.0 has it, and it is not what auto picks.
        (vec!["--node", "n", "-c", "3.2.9"], "has no control `3.2.9`"),
        (vec!["--finding", "abc"], "is no finding_id"),
        (
            vec!["--finding", "0123456789abcdef0123456789abcdef"],
            "no finding",
        ),
        (vec!["--node", "n"], "--control"),
        (vec!["-c", "4.2.6"], "--node"),
    ] {
        let all = [vec!["explain", "."], arguments.clone()].concat();
        let ran = nodeproof(lab.folder.path(), &all);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(part), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
}

/// Every row of the samples comes with a story of the same verdict, and what decided the row is
/// what won in the story.
#[test]
fn the_story_of_every_sample_row_is_that_of_its_verdict() {
    let paths = [root().join("sample-bundles")];
    let found = nodeproof::bundle::find(&paths, &[]).unwrap();
    let auto = Selection {
        benchmarks: Benchmarks::Auto,
        controls: Vec::new(),
    };
    let run = Run {
        explains: Some(&|_| true),
        ..Run::new(&CATALOG, auto, pool(2).unwrap())
    };
    let fleet = run.first_pass(&found.places, None);
    let mut count = 0;
    let mut check = |judged: Judged| {
        for found in &judged.findings {
            let row = found.row(&CATALOG, None);
            let Some(story) = &found.explanation else {
                assert!(row.control.is_none());
                continue;
            };
            count += 1;
            let who = format!("{:?} {:?}", row.node, row.control);
            assert_eq!(story.way.verdict, row.verdict.as_str(), "{who}");
            assert_eq!(story.way.reason, row.reason, "{who}");
            assert_eq!(story.evidence.len(), row.evidence.len(), "{who}");
            let is_told = !story.by_the_text.is_empty();
            assert!(is_told || row.by_the_text.is_none(), "{who}");
            assert!(!story.would_change.is_empty(), "{who}: {}", row.reason);
            if story.way.join.is_some() || row.source == "none" {
                continue;
            }
            let json = serde_json::to_value(&story.way.steps).unwrap();
            let steps = json.as_array().unwrap();
            let won: Vec<&Value> = steps.iter().filter(|s| s["outcome"] == "won").collect();
            // A rule that compares two components has one of each.
            let of: BTreeSet<&str> = steps.iter().filter_map(|s| s["of"].as_str()).collect();
            assert_eq!(won.len(), of.len().max(1), "{who}: {json:#}");
            assert_eq!(won[0]["source"], row.source, "{who}");
            if row.source != "default" {
                assert_eq!(won[0]["looked_at"][0], row.evidence[0].as_str(), "{who}");
            }
        }
        Ok::<(), std::io::Error>(())
    };
    run.judge(&fleet, &mut check).unwrap();
    assert!(count > 200, "{count}");
}

#[test]
fn a_finding_id_leads_to_its_row() {
    let text = fs::read_to_string(root().join("sample-bundles/expected.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let picked = rows
        .iter()
        .step_by(23)
        .chain(rows.iter().filter(|row| row["control"].is_empty()));
    for row in picked {
        let typed = [
            "explain",
            "sample-bundles",
            "--format",
            "json",
            "--finding",
            &row["finding_id"],
        ];
        let ran = nodeproof(root(), &typed);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let stories = document["stories"].as_array().unwrap();
        assert_eq!(stories.len(), 1, "{row:?}");
        let story = &stories[0];
        for key in ["verdict", "reason", "finding_id", "bundle", "source"] {
            assert_eq!(story[key], row[key].as_str(), "{row:?}");
        }
        let places = story["evidence"].as_array().unwrap().iter();
        let places: Vec<&str> = places.map(|place| place["at"].as_str().unwrap()).collect();
        assert_eq!(places.join(" "), row["evidence"], "{row:?}");
    }
}

/// What `sh` prints for the commands of the first place of evidence.
fn walked(folder: &Path, story: &Value) -> (String, String) {
    let run = |key: &str| {
        let command = story["evidence"][0][key].as_str().unwrap();
        let out = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    (run("command"), run("digest_command"))
}

#[test]
fn the_commands_lead_back_to_the_byte_whatever_holds_it() {
    let bundle = with_file(&[], "false");
    let control = control(REFERENCE);
    let packed = |prefix: &str| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in bundle.files() {
            append(&mut builder, &format!("{prefix}{name}"), &bytes);
        }
        builder.into_inner().unwrap()
    };
    let outer = |name: &str, bytes: &[u8]| {
        let mut builder = tar::Builder::new(Vec::new());
        append(&mut builder, name, bytes);
        append(&mut builder, "other/readme", b"x");
        builder.into_inner().unwrap()
    };
    let dotted = {
        let mut header = tar::Header::new_gnu();
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in bundle.files() {
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            let raw = format!("./{name}");
            header.as_old_mut().name[..raw.len()].copy_from_slice(raw.as_bytes());
            header.as_old_mut().name[raw.len()..].fill(0);
            header.set_cksum();
            builder.append(&header, &bytes[..]).unwrap();
        }
        builder.into_inner().unwrap()
    };
    let mut forms = vec![
        ("n.tar.gz", gzip(&packed("n/"))),
        ("with blank.tgz", gzip(&packed("n/"))),
        ("n.tar", packed("n/")),
        ("dotted.tar", dotted),
        (
            "all.tar.gz",
            gzip(&outer("in/n.tar.gz", &gzip(&packed("n/")))),
        ),
        ("folders.tar", packed("in/n/")),
        ("n.tar.xz", xz(&packed("n/"))),
        ("n.tar.bz2", bzip2(&packed("n/"))),
        ("n.zip", zip_of(&packed("n/"))),
        ("n[1]*.zip", zip_of(&packed("n [x]/"))),
        ("all.tar.xz", xz(&outer("in/n.tar.xz", &xz(&packed("n/"))))),
        (
            "all.zip",
            zip_of(&outer("in/n.tar.bz2", &bzip2(&packed("n/")))),
        ),
        (
            "zip-in.tar.gz",
            gzip(&outer("in/n.zip", &zip_of(&packed("n/")))),
        ),
        (
            "zip-in.zip",
            zip_of(&outer("in/n.zip", &zip_of(&packed("n/")))),
        ),
    ];
    for (tool, package) in [("unzip", "unzip"), ("xz", "xz-utils"), ("bzip2", "bzip2")] {
        let mut found = Command::new("sh");
        found.args(["-c", &format!("command -v {tool}")]);
        if !found.output().is_ok_and(|ran| ran.status.success()) {
            return skipped(&format!("{tool} is missing: apt-get install {package}"));
        }
    }
    if Command::new("zstd").arg("--version").output().is_ok() {
        forms.push((
            "n.tar.zst",
            ::zstd::encode_all(&packed("n/")[..], 1).unwrap(),
        ));
    }
    let digest =
        nodeproof::bundle::sha256_hex(config("makeIPTablesUtilChains: false\n").as_bytes());
    let check = |lab: &Lab, what: &str| {
        let typed = [
            "explain", ".", "--node", "n", "-c", &control, "--format", "json",
        ];
        let ran = nodeproof(lab.folder.path(), &typed);
        assert_eq!(ran.code, 0, "{what}: {}", ran.stderr);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let story = &document["stories"][0];
        assert_eq!(story["evidence"][0]["sha256"], digest, "{what}");
        let (words, sum) = walked(lab.folder.path(), story);
        assert_eq!(words, "makeIPTablesUtilChains: false\n", "{what}");
        assert!(sum.starts_with(&digest), "{what}: {sum}");
    };
    for (name, bytes) in forms {
        let lab = Lab::new();
        lab.put(name, &bytes);
        check(&lab, name);
    }
    let lab = Lab::new();
    for (name, bytes) in bundle.files() {
        lab.put(&format!("n/{name}"), &bytes);
    }
    check(&lab, "a folder");
}

fn sample(node: &str, control: &str, format: &str) -> String {
    let typed = [
        "explain",
        "sample-bundles",
        "--node",
        node,
        "-c",
        control,
        "--format",
        format,
    ];
    let ran = nodeproof(root(), &typed);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout
}

#[test]
fn samples_are_told_as_a_person_would() {
    for (name, node, rule) in [
        ("drift", "kubeadm-drift", "cis-1.11"),
        ("drop-in", "ip-10-20-12-75.ec2.internal", "eks-1.8.0"),
        ("not-on-node", "bastion", "cis-1.12"),
    ] {
        let benchmark = CATALOG.benchmark(rule).unwrap();
        let mut controls = benchmark.controls.iter();
        let control = controls
            .find(|c| c.rule.as_deref() == Some(REFERENCE))
            .unwrap();
        insta::assert_snapshot!(name, sample(node, &control.number, "text"));
        if name == "drift" {
            insta::assert_snapshot!("drift-json", sample(node, &control.number, "json"));
        }
    }
}

#[test]
fn lines_for_people_fit_a_terminal_but_for_commands() {
    let text = sample("kubeadm-drift", "4.2.6", "text");
    for line in text.lines().filter(|line| !line.starts_with("    $ ")) {
        let words = line.split_whitespace().filter(|word| *word != "|").count();
        assert!(line.chars().count() <= 80 || words < 3, "{line}");
    }
}

#[test]
fn a_row_of_the_api_alone_is_told_too() {
    let cluster = Bundle::cluster("test").configz(
        "n",
        &json!({"enableServer": true, "makeIPTablesUtilChains": true}),
    );
    let story = told(&[("c.tar.gz", &cluster)], REFERENCE);
    assert_eq!(story["verdict"], "pass");
    assert_eq!(steps(&story).last().unwrap(), "configz won true");
    assert!(all_text(&story, "would_change").contains("among the kubelet's arguments"));
}
