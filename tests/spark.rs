//! The driver of Apache Spark: the bytes of one run, also where processes are killed; and bundles that
//! end the program each time.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::documents::{blocks, with_samples};
use crate::run_formats::written::{has, python};
use crate::support::*;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/spark");
const PROGRAM: &str = env!("CARGO_BIN_EXE_nodeproof");
const ASKED: [&str; 4] = ["-b", "cis-1.11", "-c", "4.2.6,4.2.9"];
const AS_OF: [&str; 2] = ["--as-of", "2026-11-27"];

/// Whether Spark runs here; where not, the test is skipped loudly.
fn has_spark() -> bool {
    has("java", &["-version"]) && has(&python(), &["-c", "import pandas, pyarrow, pyspark"])
}

fn run(lab: &Lab, command: &mut Command) -> Ran {
    let of = |program: &str| Path::new(program).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap();
    let out = command
        .current_dir(lab.folder.path())
        .env("PATH", format!("{}:{}:{path}", of(PROGRAM), of(&python())))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    Ran {
        code: out.status.code().unwrap_or(-1),
        stdout: String::from_utf8(out.stdout).unwrap(),
        stderr: String::from_utf8(out.stderr).unwrap(),
    }
}

/// The driver, with this program and three partitions.
fn judge(lab: &Lab, program: &str, more: &[&str]) -> Ran {
    let mut command = Command::new(python());
    command
        .arg(format!("{SCRIPTS}/judge.py"))
        .args(["fleet", "--partitions", "3", "--binary", program])
        .args(AS_OF)
        .args(more);
    run(lab, &mut command)
}

/// The samples below a folder, with a cluster that lends and a bundle that is cut off.
fn fleet() -> Lab {
    let lab = with_samples();
    fs::create_dir(lab.path("fleet")).unwrap();
    fs::rename(lab.path("sample-bundles"), lab.path("fleet/samples")).unwrap();
    for n in 0..4 {
        let bundle = Bundle::node(&format!("n{n}"))
            .of_machine(n)
            .kubelet(&["--v=2"]);
        lab.add(&format!("fleet/n{n}.tgz"), &bundle);
    }
    lab
}

/// A program that does something before it is nodeproof, with its arguments in `$*` and stdin as 3.
fn before(lab: &Lab, first: &str) -> String {
    let text = format!("#!/bin/sh\nexec 3<&0\n{first}\nexec '{PROGRAM}' \"$@\" <&3\n");
    let path = lab.put("before/nodeproof", text.as_bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn are_those_of_one_run(lab: &Lab, typed: &[&str]) {
    let own = [
        &["analyze", "fleet", "-o", "one.json", "-o", "one.csv"],
        typed,
    ]
    .concat();
    let one = nodeproof(lab.folder.path(), &[&own[..], &AS_OF, &ASKED].concat());
    assert_eq!(one.code, 3, "{}", one.stderr);
    for ending in ["json", "csv"] {
        let read = |name: &str| fs::read(lab.path(&format!("{name}.{ending}"))).unwrap();
        assert!(read("spark") == read("one"), "{ending} differs");
    }
}

#[test]
fn the_commands_of_its_readme_run_on_one_machine() {
    if !has_spark() {
        return;
    }
    let lab = with_samples();
    fs::create_dir(lab.path("november")).unwrap();
    for name in ["kubeadm-cp-1", "kubeadm-drift", "cluster-prod-eu"] {
        let name = format!("{name}.tar.gz");
        let sample = lab.path(&format!("sample-bundles/{name}"));
        fs::copy(sample, lab.path(&format!("november/{name}"))).unwrap();
    }
    symlink(Path::new(SCRIPTS).parent().unwrap(), lab.path("scripts")).unwrap();
    let text = fs::read_to_string(format!("{SCRIPTS}/README.md")).unwrap();
    let own = blocks(&text)
        .into_iter()
        .filter(|b| b.is("sh") && b.is_run());
    let own: Vec<_> = own.collect();
    assert_eq!(own.len(), 1);
    let ran = run(&lab, Command::new("sh").args(["-euc", &own[0].text]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn a_run_with_killed_processes_on_spark_gives_the_bytes_of_one_run() {
    if !has_spark() {
        return;
    }
    let lab = fleet();
    // Once in the middle, and once with the worker of Python that started it.
    let dead = lab.path("dead").display().to_string();
    let first = format!(
        "case \" $* \" in\n\
         *' 2/3 '*) [ -e '{dead}2' ] || {{ >'{dead}2'; '{PROGRAM}' \"$@\" <&3 & sleep 0.03; kill -KILL $! $$; }};;\n\
         *' 3/3 '*) [ -e '{dead}3' ] || {{ >'{dead}3'; kill -KILL $PPID; sleep 20; }};;\n\
         esac"
    );
    let program = before(&lab, &first);
    let outputs = ["-o", "spark.json", "-o", "spark.csv", "--"];
    let ran = judge(&lab, &program, &[&outputs[..], &ASKED].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(lab.path("dead2").exists() && lab.path("dead3").exists());
    assert!(!ran.stderr.contains("judge.py:"), "{}", ran.stderr);
    let listed = nodeproof(lab.folder.path(), &["list", "fleet"]);
    lab.put("names", listed.stdout.as_bytes());
    are_those_of_one_run(&lab, &["--list", "names"]);
}

#[test]
fn bundles_that_end_the_program_each_time_are_error_rows_and_the_others_are_judged() {
    if !has_spark() {
        return;
    }
    let lab = fleet();
    // One ends every shard that opens it, one the shard that judges it.
    let first = "case $1 in analyze) ;; *) exec 4>&1;; esac\n\
         is_open() { ! tr '\\0' '\\n' <\"$closed\" | grep -qx \"$1\"; }\n\
         closed=/dev/null\n\
         for word; do [ \"$before\" != --not-opened ] || closed=$word; before=$word; done\n\
         if [ \"$1\" = analyze ]; then\n\
         ! is_open n2.tgz || kill -KILL $$\n\
         case \" $* \" in *' 2/3 '*) ! is_open samples/kubeadm-drift.tar.gz || kill -SEGV $$;; esac\n\
         fi";
    let program = before(&lab, first);
    let listed = nodeproof(lab.folder.path(), &["list", "fleet"]);
    lab.put("names", listed.stdout.as_bytes());
    let outputs = [
        "--list",
        "names",
        "--keep",
        "kept",
        "-o",
        "spark.json",
        "-o",
        "spark.csv",
        "--",
    ];
    let ran = judge(&lab, &program, &[&outputs[..], &ASKED].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    for name in ["n2.tgz", "samples/kubeadm-drift.tar.gz"] {
        let told = format!("judge.py: {name}: ends the program");
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
    }
    let closed = fs::read(lab.path("kept/not-opened")).unwrap();
    assert_eq!(closed, b"n2.tgz\0samples/kubeadm-drift.tar.gz\0");
    are_those_of_one_run(
        &lab,
        &["--list", "kept/list", "--not-opened", "kept/not-opened"],
    );
    let csv = fs::read_to_string(lab.path("spark.csv")).unwrap();
    assert_eq!(csv.matches(",\"ended-program: ").count(), 2, "{csv}");
}

#[test]
fn what_is_typed_wrong_is_told() {
    if !has_spark() {
        return;
    }
    let lab = fleet();
    for (typed, why) in [
        (&["-o", "m.csv", "--", "-b", "cis-0.0"][..], "cis-0.0"),
        (&["-o", "fleet/m.csv"], "lies in what is judged"),
        (&["--format", "csv"], "give -o FILE"),
        (
            &["-o", "m.csv", "--list", "nowhere"],
            "nowhere: cannot be read",
        ),
    ] {
        let ran = judge(&lab, PROGRAM, typed);
        assert_eq!(ran.code, 2, "{typed:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(why), "{typed:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("Traceback"), "{}", ran.stderr);
        assert!(!lab.path("m.csv").exists() && !lab.path("fleet/m.csv").exists());
    }
}

/// What ends the program, in the words of Python, with the bundles that are opened and the shard;
/// what is found.
const ISOLATED: [(&str, &str); 9] = [
    ("42 in opened", "[42]"),
    ("opened & {0, 1, 50, 99}", "[0, 1, 50, 99]"),
    ("shard == 5 and 7 in opened", "[7]"),
    // Only together.
    ("{3, 80} <= opened", "[80]"),
    ("{3, 80} <= opened or 60 in opened", "[60]"),
    ("len(opened) > 30", "[30, 80]"),
    // With its neighbours.
    (
        "42 in opened or any(p[1] <= 42 < p[2] for p in probes[-size:])",
        "[42]",
    ),
    // Whatever is opened; and by chance.
    ("True", "[]"),
    (
        "len(opened) == 50 and not tried.append(1) and len(tried) == 1",
        "[]",
    ),
];

#[test]
fn what_ends_the_program_is_found_by_halves() {
    let python = python();
    if !has(&python, &["-c", "pass"]) {
        return;
    }
    for (ends, found) in ISOLATED {
        let text = format!(
            "import sys\nsys.path.insert(0, sys.argv[1])\nfrom isolate import isolate\n\
             tried, probes = [], []\n\
             def ends(shard, opened): return {ends}\n\
             def die(batch):\n    \
                 global size\n    \
                 size = len(batch)\n    \
                 probes.extend(batch)\n    \
                 return {{p for p in batch if ends(p[0], set(range(p[1], p[2])))}}\n\
             print(sorted(isolate(100, [2, 5], die)))\n\
             assert len(probes) < 700, len(probes)\n"
        );
        let lab = Lab::new();
        let ran = run(&lab, Command::new(&python).args(["-c", &text, SCRIPTS]));
        assert_eq!(ran.code, 0, "{ends}: {}", ran.stderr);
        assert_eq!(ran.stdout.trim(), found, "{ends}");
    }
}
