//! `nodeproof.toml`: where it is found, what it stands for, what wins, and what is wrong in one.

use std::fs;

use serde_json::{Value, json};

use crate::support::*;

const SETTINGS: &str = "\
paths = [\"bundles/\"]
benchmark = [\"cis-1.12\"]
control = [\"4.2.6\", \"4.2.7\"]
roles = \"all\"
expect = \"nodes.txt\"
max-age = \"30d\"
waivers = \"waivers.yaml\"
fail-on = \"fail\"
verify = \"all\"

[limit]
members = 500

[[output]]
path = \"matrix.csv\"

[[output]]
path = \"report\"
format = \"json\"
";

/// What the same says as options, from the folder of the file.
const TYPED: [&str; 23] = [
    "analyze",
    "bundles/",
    "-b",
    "cis-1.12",
    "-c",
    "4.2.6,4.2.7",
    "--roles",
    "all",
    "--expect",
    "nodes.txt",
    "--max-age",
    "30d",
    "--waivers",
    "waivers.yaml",
    "--fail-on",
    "fail",
    "--verify",
    "all",
    "--limit",
    "members=500",
    "-o",
    "matrix.csv",
    "--no-settings",
];

const TODAY: [&str; 2] = ["--as-of", "2026-11-26"];

fn lab(settings: &str) -> Lab {
    let lab = Lab::new();
    let fails = Bundle::node("n1")
        .version("v1.33.1")
        .kubelet(&["--make-iptables-util-chains=false"]);
    lab.add("bundles/n1.tgz", &fails);
    lab.put("nodes.txt", b"n1\nn2\n");
    lab.put("waivers.yaml", b"waivers: []\nattestations: []\n");
    lab.put("nodeproof.toml", settings.as_bytes());
    fs::create_dir(lab.path("below")).unwrap();
    lab
}

fn report(lab: &Lab, name: &str) -> Value {
    serde_json::from_slice(&fs::read(lab.path(name)).unwrap()).unwrap()
}

#[test]
fn a_run_without_options_is_what_the_file_says_from_any_folder_below_it() {
    let lab = lab(SETTINGS);
    let typed = nodeproof(lab.folder.path(), &[&TYPED[..], &TODAY].concat());
    assert_eq!(typed.code, 1, "{}", typed.stderr);
    let wanted = fs::read(lab.path("matrix.csv")).unwrap();
    for folder in ["", "below"] {
        fs::remove_file(lab.path("matrix.csv")).unwrap();
        let ran = nodeproof(&lab.path(folder), &[&["analyze"][..], &TODAY].concat());
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("settings are from "),
            "{}",
            ran.stderr
        );
        assert!(fs::read(lab.path("matrix.csv")).unwrap() == wanted);
        let run = &report(&lab, "report")["run"];
        let digest = nodeproof::bundle::sha256_hex(SETTINGS.as_bytes());
        let used = [
            "paths",
            "benchmark",
            "control",
            "roles",
            "expect",
            "max-age",
            "waivers",
            "fail-on",
            "verify",
            "limit",
            "output",
        ];
        assert_eq!(run["settings"], json!({"sha256": digest, "used": used}));
        assert_eq!(run["limits"]["members"], 500);
    }
}

#[test]
fn an_option_that_is_typed_wins_and_the_report_says_which_keys_took_effect() {
    let lab = lab(SETTINGS);
    let typed = [
        "analyze",
        "bundles/n1.tgz",
        "-b",
        "cis-1.11",
        "-c",
        "4.2.6",
        "--max-age",
        "1d",
        "--limit",
        "members=600",
        "--fail-on",
        "never",
        "-o",
        "own.json",
    ];
    let ran = nodeproof(lab.folder.path(), &[&typed[..], &TODAY].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!lab.path("matrix.csv").exists() && !lab.path("report").exists());
    let report = report(&lab, "own.json");
    let run = &report["run"];
    assert_eq!(run["benchmark"], json!(["cis-1.11"]));
    assert_eq!(run["control"], json!(["4.2.6"]));
    assert_eq!(run["limits"]["members"], 600);
    let used = ["roles", "expect", "waivers", "verify"];
    assert_eq!(run["settings"]["used"], json!(used));
    // A format for stdout is an output too.
    let ran = nodeproof(
        lab.folder.path(),
        &[&["analyze", "--format", "jsonl", "-q"][..], &TODAY].concat(),
    );
    // Nobody named the file, so --quiet does not hide it.
    let told = "settings are from nodeproof.toml\n";
    assert_eq!(
        (ran.code, rows(&ran.stdout).len(), ran.stderr.as_str()),
        (1, 2, told)
    );
}

#[test]
fn a_file_that_is_named_has_its_paths_from_its_own_folder_and_none_is_looked_for_if_not_asked() {
    let lab = lab("waivers = \"none.yaml\"\n");
    lab.put(
        "monthly/own.toml",
        b"paths = [\"../bundles\"]\nbenchmark = [\"cis-1.11\"]\n",
    );
    let ran = nodeproof(
        lab.folder.path(),
        &[
            "analyze",
            "--settings",
            "monthly/own.toml",
            "--format",
            "jsonl",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(rows(&ran.stdout)[0]["benchmark"], "cis-1.11");
    let ran = nodeproof(
        lab.folder.path(),
        &["analyze", "bundles", "--no-settings", "--format", "json"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["run"]["settings"], Value::Null);
    for (arguments, told) in [
        (
            &["analyze", "--no-settings"][..],
            "there is nothing to judge",
        ),
        (&["analyze"], "there is nothing to judge"),
        (&["analyze", "bundles"], "none.yaml: cannot be read"),
        (
            &["analyze", "--settings", "none.toml"],
            "none.toml: cannot be read",
        ),
        (
            &["analyze", "--settings", "x", "--no-settings"],
            "cannot be used with",
        ),
    ] {
        let ran = nodeproof(lab.folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?} {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{arguments:?} {}", ran.stderr);
    }
}

#[test]
fn an_explanation_is_of_the_cell_that_an_analysis_with_the_same_file_gives() {
    let lab = lab(SETTINGS);
    let ran = nodeproof(
        &lab.path("below"),
        &[
            "explain",
            "--node",
            "n1",
            "--control",
            "4.2.7",
            "--format",
            "json",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(ran.stdout.contains("cis-1.12"), "{told:#}");
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_line_and_column() {
    for (text, told) in [
        (
            "benchmarks = [\"auto\"]\n",
            "nodeproof.toml:1:1: unknown field `benchmarks`",
        ),
        (
            "paths = [\".\"]\n\n[[output]]\npath = \"a.csv\"\nfromat = \"csv\"\n",
            "nodeproof.toml:5:1: unknown field `fromat`",
        ),
        (
            "max-age = \"a month\"\n",
            "nodeproof.toml:1:11: it is no whole number of days",
        ),
        (
            "\nfail-on = \"always\"\n",
            "nodeproof.toml:2:11: `always` is none of never, fail, unknown",
        ),
        ("roles = 1\n", "nodeproof.toml:1:9: invalid type"),
        ("[limit]\nbundles = 7\n", "there is no limit `bundles`"),
        ("[limit]\nmembers = 0\n", "not a whole number above 0"),
        ("paths = [\"a\"\n", "nodeproof.toml:"),
        (
            "control = [\"4.2.6\"]\ncontrol = []\n",
            "nodeproof.toml:2:1: duplicate key",
        ),
        ("paths = \".\"\n", "nodeproof.toml:1:9: invalid type"),
    ] {
        let lab = lab(text);
        let ran = lab.run(&["analyze", "bundles"]);
        assert_eq!(ran.code, 2, "{text} {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{text} {}", ran.stderr);
    }
    // What only the catalog knows.
    let lab = lab("benchmark = [\"cis-9\"]\n");
    let ran = nodeproof(lab.folder.path(), &["analyze", "bundles"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("there is no benchmark `cis-9`"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("settings are from nodeproof.toml"),
        "{}",
        ran.stderr
    );
}

/// Who hands evidence in does not say how it is judged, nor what is written over.
#[test]
fn a_file_that_nobody_named_is_refused_in_evidence_and_if_it_writes_elsewhere() {
    let lab = lab("control = [\"4.2.6\"]\n");
    lab.put("bundles/nodeproof.toml", b"control = [\"4.2.6\"]\n");
    let refused = |folder: &str, arguments: &[&str], told: &str| {
        let ran = nodeproof(&lab.path(folder), arguments);
        assert_eq!(ran.code, 2, "{arguments:?} {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{arguments:?} {}", ran.stderr);
    };
    for path in [".", "../bundles", "../bundles/../bundles/"] {
        refused("bundles", &["analyze", path], "which is judged");
    }
    refused("", &["analyze", "."], "which is judged");
    let cell = ["explain", ".", "--node", "n1", "--control", "4.2.7"];
    refused("bundles", &cell, "which is judged");
    for arguments in [
        &["analyze", ".", "-b", "cis-1.12", "--no-settings"][..],
        &[
            "analyze",
            ".",
            "-b",
            "cis-1.12",
            "--settings",
            "nodeproof.toml",
        ],
        &["analyze", "n1.tgz", "-b", "cis-1.12"],
    ] {
        let ran = nodeproof(&lab.path("bundles"), arguments);
        assert_eq!(ran.code, 0, "{arguments:?} {}", ran.stderr);
    }
    for path in ["../x.csv", "/tmp/x.csv", "a/../../x.csv"] {
        let text = format!("[[output]]\npath = \"{path}\"\n");
        lab.put("nodeproof.toml", text.as_bytes());
        refused(
            "",
            &["analyze", "bundles/n1.tgz"],
            "which is not in its folder",
        );
    }
}

/// The example of the documents is whole.
#[test]
fn the_settings_of_the_documents_are_taken() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fleet.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, after) = page.split_once("```toml monthly/nodeproof.toml\n").unwrap();
    let (text, _) = after.split_once("```").unwrap();
    let lab = lab(text);
    lab.put("out/here", b"");
    let ran = nodeproof(lab.folder.path(), &["analyze", "--as-of", "2026-11-26"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for file in ["out/report.json", "out/report.html", "out/oscal.zip"] {
        assert!(lab.path(file).exists(), "{file}");
    }
}
