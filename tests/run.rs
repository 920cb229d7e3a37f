//! The command line: exit codes, selection, outputs, and the same bytes however a run is made.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::*;
use serde_json::Value;

fn passing(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

fn failing(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--make-iptables-util-chains=false"])
        .version("v1.33.1")
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_nodeproof"))
}

fn column<'r>(rows: &'r [Value], key: &str) -> Vec<&'r str> {
    rows.iter()
        .map(|row| row[key].as_str().unwrap_or("null"))
        .collect()
}

#[test]
fn the_exit_code_is_the_most_serious_thing_that_happened() {
    let lab = Lab::new();
    lab.add("pass/n.tgz", &passing("p"));
    lab.add("fail/n.tgz", &failing("f"));
    lab.add(
        "unknown/n.tgz",
        &Bundle::node("u").member("commands/x", "x"),
    );
    lab.put("error/n.tgz", b"broken");
    fs::create_dir(lab.path("nothing")).unwrap();
    lab.put("text/a.txt", b"text");
    let lost = ["-o", "missing/a.csv"];
    for (paths, more, code) in [
        (&["pass"][..], &[][..], 0),
        (&["fail", "unknown"], &[], 0),
        (&["fail"], &["--fail-on", "never"], 0),
        (&["pass", "unknown"], &["--fail-on", "fail"], 0),
        (&["pass"], &["--fail-on", "unknown"], 0),
        (&["fail"], &["--fail-on", "fail"], 1),
        (&["unknown"], &["--fail-on", "unknown"], 1),
        (&["fail"], &["--fail-on", "unknown"], 1),
        (&["error"], &[], 3),
        (&["error", "fail"], &["--fail-on", "fail"], 3),
        (&["error", "fail"], &lost, 4),
        (&["pass"], &lost, 4),
        (&["absent"], &lost, 2),
        (&["absent", "error"], &[], 2),
        (&["nothing"], &[], 2),
        (&["text/a.txt"], &[], 2),
        (&["pass"], &["-b", "cis-9"], 2),
        (&["pass"], &["-b", "cis-9", "-o", "missing/a.csv"], 2),
        (&["pass"], &["-c", "99.9"], 2),
        (&["pass"], &["--limit", "members=none"], 2),
        (&["pass"], &["--format", "docx"], 2),
        (&["pass"], &["-j", "0"], 2),
        (&["pass"], &["-j", "18446744073709551615"], 2),
        (&["pass"], &["--no-such"], 2),
        (&[], &[], 2),
    ] {
        let arguments: Vec<&str> = ["analyze"]
            .iter()
            .chain(paths)
            .chain(more)
            .copied()
            .collect();
        let ran = lab.run(&arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
    // An output that cannot be written outweighs evidence that cannot be read.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = program();
    command.args(["analyze", "error", "fail", "--fail-on", "fail"]);
    command.stdout(full).stderr(Stdio::null());
    let status = command.current_dir(lab.folder.path()).status();
    assert_eq!(status.unwrap().code(), Some(4));
    assert_eq!(lab.run(&["--help"]).code, 0);
}

#[test]
fn benchmarks_are_chosen_by_id_alias_platform_or_all() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    let ids = |choice: &str| {
        let ran = lab.run(&["analyze", "n.tgz", "--format", "jsonl", "-b", choice]);
        let rows = rows(&ran.stdout);
        column(&rows, "benchmark").join(" ")
    };
    assert_eq!(ids("auto"), "cis-1.12");
    assert_eq!(ids("cis-kubernetes-1.5.1"), "cis-1.5");
    assert_eq!(ids("cis-1.5.1,cis-1.5"), "cis-1.5");
    let (one, other) = (ids("eks-1.5.0,cis-1.10"), ids("cis-1.10,eks-1.5.0"));
    assert_eq!(one, other);
    assert_eq!(one.split(' ').count(), 2);
    let catalog = lab.run(&["benchmarks", "--format", "json"]);
    let catalog: Value = serde_json::from_str(&catalog.stdout).unwrap();
    let with_controls: Vec<&str> = catalog
        .as_array()
        .unwrap()
        .iter()
        .filter(|b| b["controls"] != 0)
        .filter(|b| {
            let controls = lab.run(&[
                "controls",
                "-b",
                b["id"].as_str().unwrap(),
                "--format",
                "csv",
            ]);
            controls
                .stdout
                .contains("kubelet-make-iptables-util-chains")
        })
        .map(|b| b["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids("all"), with_controls.join(" "));
    assert!(with_controls.len() > 70);
    for (wrong, part) in [
        ("cis-99", "`cis-99`"),
        ("cis-1.10,cis-99", "`cis-99`"),
        ("CIS-1.10", "`CIS-1.10`"),
        ("", "``"),
        ("auto,cis-1.10", "`auto` stands alone"),
        ("cis-1.10,all", "`all` stands alone"),
    ] {
        let ran = lab.run(&["analyze", "n.tgz", "-b", wrong]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{wrong}");
        assert!(ran.stderr.contains(part), "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn controls_are_chosen_in_all_selected_benchmarks_or_in_one() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    lab.put("broken.tgz", b"broken");
    let chosen = |arguments: &[&str]| {
        let all = [&["analyze", ".", "--format", "jsonl"], arguments].concat();
        let ran = lab.run(&all);
        assert_eq!(ran.code, 3, "{arguments:?}: {}", ran.stderr);
        let rows = rows(&ran.stdout);
        assert_eq!(rows[0]["bundle"], "broken.tgz", "never dropped by -c");
        assert_eq!(rows[0]["control"], Value::Null);
        let pairs = rows[1..].iter().map(|row| {
            let part = |key: &str| row[key].as_str().unwrap().to_owned();
            part("benchmark") + ":" + &part("control")
        });
        pairs.collect::<Vec<_>>().join(" ")
    };
    let both = "cis-1.6,cis-1.12,eks-1.5.0";
    let all = chosen(&["-b", both]);
    assert_eq!(all, "cis-1.6:4.2.7 cis-1.12:4.2.6 eks-1.5.0:3.2.6");
    assert_eq!(
        chosen(&["-b", both, "-c", "4.2.7"]),
        "cis-1.6:4.2.7 cis-1.12:4.2.7"
    );
    assert_eq!(
        chosen(&["-b", both, "-c", "cis-1.12:4.2.6"]),
        "cis-1.12:4.2.6"
    );
    let three = "cis-1.6:4.2.6 cis-1.6:4.2.7 cis-1.12:4.2.6 cis-1.12:4.2.7 eks-1.5.0:3.2.6";
    assert_eq!(chosen(&["-b", both, "-c", "3.2.6,4.2.6,4.2.7"]), three);
    assert_eq!(
        chosen(&["-b", both, "-c", "3.2.6", "-c", "4.2.6,4.2.7"]),
        three
    );
    assert_eq!(
        chosen(&["-b", "cis-1.5.1", "-c", "cis-kubernetes-1.5.1:4.2.7"]),
        "cis-1.5:4.2.7"
    );
    assert_eq!(
        chosen(&["-c", "eks-1.5.0:3.2.6"]),
        "",
        "auto judged by another"
    );
    for (arguments, part) in [
        (&["-b", "cis-1.12", "-c", "4.2.70"][..], "`4.2.70`"),
        (
            &["-b", "cis-1.12", "-c", "cis-1.6:4.2.7"],
            "`cis-1.6:4.2.7`",
        ),
        (&["-c", "cis-99:4.2.7"], "`cis-99`"),
        (&["-c", "4.2.6,0.0"], "`0.0`"),
        (&["-c", ""], "``"),
    ] {
        let ran = lab.run(&[&["analyze", "."], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.stderr.contains(part), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn everything_but_the_matrix_goes_to_stderr_and_quiet_silences_it() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    lab.put("broken.tgz", b"broken");
    let loud = lab.run(&["analyze", "."]);
    assert!(
        loud.stderr.contains("warning: broken.tgz: "),
        "{}",
        loud.stderr
    );
    assert!(
        loud.stderr.contains("2 bundles: 1 read, 1 unreadable"),
        "{}",
        loud.stderr
    );
    assert_eq!(loud.stdout.lines().count(), 3);
    let quiet = lab.run(&["analyze", ".", "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (3, ""));
    assert_eq!(quiet.stdout, loud.stdout);
    let fatal = lab.run(&["analyze", "absent", "-q"]);
    assert!(
        fatal.stderr.contains("absent"),
        "what ends a run is said all the same"
    );
}

#[test]
fn the_bytes_do_not_depend_on_how_a_run_is_made() {
    let (one, other) = (Lab::new(), Lab::new());
    let names = [
        "a/z", "a", "a.b", "b", "\u{e9}", "B", "a/1", "c", "d", "e", "f",
    ];
    for name in names {
        one.add(&format!("in/{name}.tgz"), &passing(&name.replace('/', "-")));
    }
    for name in names.iter().rev() {
        other.add(&format!("in/{name}.tgz"), &passing(&name.replace('/', "-")));
    }
    for format in ["csv", "jsonl"] {
        let judge = |folder: &Path, path: &str, jobs: &str| {
            let ran = judged_by_reference_control(
                folder,
                &["analyze", path, "-b", "all", "--format", format, "-j", jobs],
            );
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            ran.stdout
        };
        let first = judge(one.folder.path(), "in", "1");
        assert_eq!(judge(one.folder.path(), "in", "2"), first);
        assert_eq!(judge(one.folder.path(), "in", "7"), first);
        assert_eq!(judge(&one.path("in"), ".", "2"), first);
        assert_eq!(
            judge(Path::new("/"), one.path("in").to_str().unwrap(), "2"),
            first
        );
        assert_eq!(judge(other.folder.path(), "in", "2"), first);
        let ran = one.run(&[
            "analyze", "in", "-b", "all", "-o", "in/a/out", "--format", format,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(fs::read_to_string(one.path("in/a/out")).unwrap(), first);
        fs::remove_file(one.path("in/a/out")).unwrap();
    }
    let rows = rows(&one.run(&["analyze", "in", "--format", "jsonl"]).stdout);
    let wanted = ["B.tgz", "a/1.tgz", "a/z.tgz", "a.b.tgz", "a.tgz", "b.tgz"];
    assert_eq!(column(&rows, "bundle")[..6], wanted);
}

#[test]
fn a_csv_reader_reads_what_json_says() {
    let lab = Lab::new();
    for (at, name) in [
        "=1+1",
        "+a",
        "-a",
        "@a",
        "\ta",
        "a,\"b\"\nc",
        "\u{e9}",
        "plain",
    ]
    .iter()
    .enumerate()
    {
        lab.add(
            &format!("n{at}.tgz"),
            &failing(name).with("cluster", "a\rb"),
        );
    }
    lab.add("-x.tgz", &passing("x"));
    lab.put("broken.tgz", b"broken");
    let run = |format| {
        lab.run(&["analyze", ".", "-b", "all", "--format", format])
            .stdout
    };
    let (csv, jsonl) = (run("csv"), rows(&run("jsonl")));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), jsonl.len());
    let mut defused = 0;
    for (record, row) in records.iter().zip(&jsonl) {
        assert_eq!(
            columns.iter().collect::<Vec<_>>(),
            row.as_object().unwrap().keys().collect::<Vec<_>>()
        );
        for (cell, value) in record.iter().zip(row.as_object().unwrap().values()) {
            let text = match value {
                Value::Null => String::new(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join(" "),
                one => one.as_str().unwrap().to_owned(),
            };
            if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                defused += 1;
                assert_eq!(cell, format!("'{text}"));
            } else {
                assert_eq!(cell, text);
            }
        }
    }
    assert!(defused > 5 * 70);
}

#[test]
fn stdin_holds_one_bundle() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    let judge = |bytes: &[u8], paths: &[&str]| {
        let mut child = program()
            .args(by_reference_control(&["analyze", "--format", "jsonl"]))
            .args(paths)
            .current_dir(lab.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let ended = child.wait_with_output().unwrap();
        (
            ended.status.code(),
            rows(&String::from_utf8(ended.stdout).unwrap()),
        )
    };
    let (code, rows) = judge(&passing("s").tar_gz(), &["-", "n.tgz", "-"]);
    assert_eq!(code, Some(0));
    assert_eq!(column(&rows, "bundle"), ["-", "n.tgz"]);
    assert_eq!(column(&rows, "node"), ["s", "n"]);
    for (bytes, reason) in [(&b""[..], "empty-file"), (b"no archive", "not-an-archive")] {
        let (code, rows) = judge(bytes, &["-"]);
        assert_eq!(code, Some(3));
        assert_eq!(outcome(&rows[0]), format!("error {reason}"));
    }
}
