//! Bundles named on a list; and runs in shards, which merge to the bytes of one run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::*;

const AS_OF: &str = "--as-of=2026-11-27";

/// Two clusters with lenders, older bundles of a node, one that cannot be read, an archive of bundles,
/// the samples, and files that are none.
fn fleet() -> Lab {
    let lab = Lab::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    for entry in fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_str().unwrap();
            lab.put(&format!("fleet/samples/{name}"), &fs::read(&path).unwrap());
        }
    }
    let node = |name: &str, on: bool| {
        let text = format!("makeIPTablesUtilChains: {on}\n");
        Bundle::node(name)
            .kubelet(&["--config=/c.yaml"])
            .version("v1.33.1")
            .file("/c.yaml", config(&text))
    };
    for n in 0..12 {
        let name = format!("n{n}");
        lab.add(&format!("fleet/eu/{name}.tgz"), &node(&name, n % 3 != 0));
    }
    // The same names in no cluster, and the same bundle of a node again.
    for n in 0..3 {
        let name = format!("n{n}");
        lab.add(&format!("fleet/more/{name}.tgz"), &node(&name, true));
    }
    lab.put("fleet/eu/broken.tar.gz", b"\x1f\x8bnothing");
    lab.put("fleet/eu/notes.txt", b"no bundle");
    lab
}

/// What one run and shards of it are asked.
const RUNS: [&[&str]; 4] = [
    &["-b", "all", "-c", "4.2.7,4.2.6,4.2.9,3.2.7"],
    &["--roles", "all", "--max-age", "30d"],
    &["--expect", "nodes.txt", "--waivers", "waivers.yaml"],
    &["-b", "cis-1.11", "--limit", "members=60"],
];
const OUTPUTS: [&str; 6] = [
    "r.json",
    "r.csv",
    "r.jsonl",
    "r.html",
    "r.xlsx",
    "r.oscal.zip",
];

fn shards(lab: &Lab, of: usize, asked: &[&str]) -> Vec<String> {
    let name = |number: usize| format!("{number}-of-{of}.shard");
    for number in 1..=of {
        let which = format!("{number}/{of}");
        let own = name(number);
        let own = ["analyze", "fleet", AS_OF, "--shard", &which, "-o", &own];
        let ran = nodeproof(lab.folder.path(), &[&own[..], asked].concat());
        assert!([0, 3].contains(&ran.code), "{} {}", ran.code, ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    (1..=of).map(name).collect()
}

#[test]
fn shards_of_a_run_merge_to_its_bytes_in_every_format() {
    for (at, asked) in RUNS.iter().enumerate() {
        let lab = fleet();
        lab.put("nodes.txt", b"n1\nn2\nn77\n");
        lab.put(
            "waivers.yaml",
            b"waivers:\n- control: 4.2.6\n  nodes: ['n*']\n  owner: ops\n  justification: known\n  expires: 2027-01-01\nattestations: []\n",
        );
        let outputs = OUTPUTS.iter().flat_map(|name| ["-o", *name]);
        let outputs: Vec<&str> = outputs.chain(["--fail-on", "unknown"]).collect();
        let typed = [&["analyze", "fleet", AS_OF], *asked, &outputs[..]].concat();
        let one = nodeproof(lab.folder.path(), &typed);
        assert_eq!(one.code, 3, "{}", one.stderr);
        let wanted: Vec<Vec<u8>> = OUTPUTS
            .iter()
            .map(|o| fs::read(lab.path(o)).unwrap())
            .collect();
        for of in [1, 3, 40] {
            // Every number of shards with one question, and the questions with one number.
            if of != 3 && at != 0 {
                continue;
            }
            let mut names = shards(&lab, of, asked);
            names.reverse();
            let named: Vec<&str> = names.iter().map(String::as_str).collect();
            let merged = lab.run(&[&["merge"], &named[..], &outputs[..]].concat());
            assert_eq!(merged.code, one.code, "{}", merged.stderr);
            for (output, wanted) in OUTPUTS.iter().zip(&wanted) {
                let got = fs::read(lab.path(output)).unwrap();
                assert!(got == *wanted, "{asked:?}, {of} shards: {output} differs");
            }
            let verified = lab.run(&[&["merge", "--verify"], &named[..]].concat());
            assert_eq!((verified.code, verified.stdout.as_str()), (0, ""));
            assert!(verified.stderr.contains("are whole"), "{}", verified.stderr);
        }
    }
}

#[test]
fn shards_that_are_not_all_of_one_run_are_refused() {
    let lab = fleet();
    let asked = ["-b", "cis-1.11", "-c", "4.2.6"];
    shards(&lab, 2, &asked);
    for (name, more) in [
        (
            "other-options",
            &["-b", "cis-1.11", "-c", "4.2.7", AS_OF][..],
        ),
        (
            "other-time",
            &["-b", "cis-1.11", "-c", "4.2.6", "--as-of=2026-11-26"],
        ),
        (
            "other-age",
            &["-b", "cis-1.11", "-c", "4.2.6", AS_OF, "--max-age=9d"],
        ),
    ] {
        let own = ["analyze", "fleet", "--shard", "2/2", "-o", name];
        let ran = lab.run(&[&own[..], more].concat());
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    }
    let first = [
        "analyze", "fleet", AS_OF, "--shard", "1/3", "-o", "of-three",
    ];
    lab.run(&[&first[..], &asked].concat());
    lab.put("fleet/eu/late.tgz", b"\x1f\x8bnothing");
    let later = [
        "analyze",
        "fleet",
        AS_OF,
        "--shard",
        "2/2",
        "-o",
        "other-bundles",
    ];
    lab.run(&[&later[..], &asked].concat());
    let whole = fs::read_to_string(lab.path("1-of-2.shard")).unwrap();
    lab.put("cut", &whole.as_bytes()[..whole.len() - 40]);
    lab.put(
        "edited",
        whole.replacen("\"fail\"", "\"pass\"", 1).as_bytes(),
    );
    lab.put("longer", format!("{whole}\n").as_bytes());
    lab.put(
        "version",
        whole
            .replacen("\"version\":\"0", "\"version\":\"9", 1)
            .as_bytes(),
    );
    // A bundle more, behind all others: nobody reads as far as the digest.
    let last = whole.lines().rev().nth(1).unwrap();
    let (_, judged) = last.split_once(',').unwrap();
    let more = whole
        .replacen("\"names\":{", "\"names\":{\"999999\":\"x\",", 1)
        .replace(last, &format!("{last}\n[999999,{judged}"));
    lab.put("more", more.as_bytes());
    lab.put("report.json", b"{\"schema\":\"nodeproof-report/1\"}\n");
    for (named, why) in [
        (&["1-of-2.shard"][..], "missing: 2/2"),
        (&["1-of-2.shard", "1-of-2.shard"], "both the shard 1/2"),
        (&["of-three", "2-of-2.shard"], "of 3 shards and of 2"),
        (&["1-of-2.shard", "other-options"], "differ in `control`"),
        (&["1-of-2.shard", "other-time"], "the same --as-of"),
        (&["1-of-2.shard", "other-age"], "differ in"),
        (&["1-of-2.shard", "other-bundles"], "found other bundles"),
        (&["cut", "2-of-2.shard"], "cut: is cut off"),
        (&["edited", "2-of-2.shard"], "edited: was changed"),
        (&["longer", "2-of-2.shard"], "longer: was changed"),
        (&["more", "2-of-2.shard"], "more: holds a bundle more"),
        (&["version", "2-of-2.shard"], "differ in `version`"),
        (&["report.json", "2-of-2.shard"], "report.json: is no shard"),
        (&["nothing", "2-of-2.shard"], "nothing: cannot be read"),
    ] {
        let ran = lab.run(&[&["merge", "-o", "m.csv"], named].concat());
        assert_eq!(ran.code, 2, "{named:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{named:?}: {}", ran.stderr);
        assert!(!lab.path("m.csv").exists(), "{named:?}");
        let ran = lab.run(&[&["merge", "--verify"], named].concat());
        assert_eq!(ran.code, 2, "{named:?}: {}", ran.stderr);
    }
    let ran = lab.run(&[
        "merge",
        "1-of-2.shard",
        "2-of-2.shard",
        "-o",
        "1-of-2.shard",
        "--format",
        "csv",
    ]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is a shard itself"), "{}", ran.stderr);
    let ran = lab.run(&["diff", "1-of-2.shard", "1-of-2.shard"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn a_shard_says_what_it_needs() {
    let lab = fleet();
    for (typed, why) in [
        (&["--shard", "1/2", "-o", "s"][..], "--as-of"),
        (&["--shard", "1/2", AS_OF], "--output"),
        (&["--shard", "3/2", AS_OF, "-o", "s"], "which of how many"),
        (
            &["--shard", "1/2", AS_OF, "-o", "s", "-o", "t"],
            "give one -o",
        ),
        (
            &["--shard", "1/2", AS_OF, "-o", "s", "--format", "csv"],
            "no --format",
        ),
        (&["--shard", "1/2", AS_OF, "-o", "none/s"], "none/s"),
        (
            &["--shard", "1/2", AS_OF, "-o", "s", "--fail-on", "fail"],
            "--fail-on",
        ),
        (
            &["--shard", "1/2", AS_OF, "-o", "s", "--layout", "wide"],
            "--layout",
        ),
    ] {
        let ran = lab.run(&[&["analyze", "fleet"], typed].concat());
        assert!([2, 4].contains(&ran.code), "{typed:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{typed:?}: {}", ran.stderr);
        assert!(!lab.path("s").exists());
    }
}

fn bundles_of(csv: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|h| h == "bundle")
        .unwrap();
    let mut all: Vec<String> = reader
        .records()
        .map(|r| r.unwrap()[at].to_owned())
        .collect();
    all.dedup();
    all
}

#[test]
fn a_list_names_what_is_judged_as_a_folder_would() {
    let lab = fleet();
    let asked = ["-b", "cis-1.11", "-c", "4.2.6", AS_OF];
    let whole = lab.run(&[&["analyze", "fleet"], &asked[..]].concat());
    let names = bundles_of(&whole.stdout);
    // What stands in an archive of bundles comes with it.
    let mut listed: Vec<String> = { names.iter() }
        .map(|name| name.split('!').next().unwrap().to_owned())
        .collect();
    listed.push("eu/notes.txt".to_owned());
    listed.reverse();
    lab.put("lines", listed.join("\n").as_bytes());
    lab.put("crlf", (listed.join("\r\n") + "\r\n\r\n").as_bytes());
    lab.put("nul", (listed.join("\0./") + "\0").as_bytes());
    for list in ["lines", "crlf", "nul"] {
        let ran = lab.run(&[&["analyze", "fleet", "--list", list], &asked[..]].concat());
        assert_eq!(ran.stdout, whole.stdout, "{list}: {}", ran.stderr);
        assert_eq!(ran.code, whole.code);
    }
    let from = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
        .args(["analyze", "fleet", "--list", "-"])
        .args(asked)
        .current_dir(lab.folder.path())
        .stdin(fs::File::open(lab.path("lines")).unwrap())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(from.stdout).unwrap(), whole.stdout);
    // Without PATH names are as a program finds them.
    lab.put(
        "found",
        b"./fleet/eu/n1.tgz\nfleet/eu/n2.tgz\nfleet/eu/n1.tgz\n",
    );
    let ran = lab.run(&[&["analyze", "--list", "found"], &asked[..]].concat());
    assert_eq!(
        bundles_of(&ran.stdout),
        ["fleet/eu/n1.tgz", "fleet/eu/n2.tgz"]
    );
    // What is not there, or no longer, is an error of that bundle.
    lab.put("gone", b"eu/n1.tgz\neu/n99.tgz\n");
    let ran = lab.run(&[&["analyze", "fleet", "--list", "gone"], &asked[..]].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert_eq!(bundles_of(&ran.stdout), ["eu/n1.tgz", "eu/n99.tgz"]);
    assert!(ran.stdout.contains("error,"), "{}", ran.stdout);
}

#[test]
fn a_list_that_names_no_bundle_is_told_with_its_line() {
    let lab = fleet();
    lab.put("empty", b"\n\n");
    lab.put("climbs", b"eu/n1.tgz\n../secret.tgz\n");
    lab.put("absolute", b"/etc/n1.tgz\n");
    lab.put("folder", b"eu\n");
    lab.put("text", b"eu/notes.txt\n");
    for (typed, why) in [
        (&["fleet", "--list", "empty"][..], "names no bundle"),
        (
            &["fleet", "--list", "climbs"],
            "line 2: `../secret.tgz` is not below PATH",
        ),
        (
            &["fleet", "--list", "absolute"],
            "line 1: `/etc/n1.tgz` is not below PATH",
        ),
        (
            &["fleet", "--list", "folder"],
            "is a folder that is no bundle",
        ),
        (&["fleet", "--list", "text"], "names no bundle"),
        (&["fleet", "--list", "nowhere"], "nowhere: cannot be read"),
        (&["fleet", "fleet", "--list", "climbs"], "give one PATH"),
        (&["fleet/eu/n1.tgz", "--list", "climbs"], "give one PATH"),
    ] {
        let ran = lab.run(&[&["analyze"], typed].concat());
        assert_eq!(ran.code, 2, "{typed:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{typed:?}: {}", ran.stderr);
    }
}
