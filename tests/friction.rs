//! What a newcomer types wrong, meets first, or would overlook.

use std::process::{Command, Stdio};

use crate::support::*;

fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file(
            "/c.yaml",
            config(&format!("makeIPTablesUtilChains: {on}\n")),
        )
}

#[test]
fn a_name_that_is_close_to_one_is_answered_with_it() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &node("n", true));
    lab.put(
        "acme/benchmarks/b.toml",
        b"id = \"a-1\"\nfamily = \"cis\"\npublisher = \"A\"\ntitle = \"t\"\nnumbers_from = \"n\"\n\n[[control]]\nnumber = \"1\"\nrule = \"kubelet-make-iptables-util-chain\"\nassessment = \"automated\"\n",
    );
    for (arguments, close) in [
        (&["analyze", "in", "-b", "eks"][..], "did you mean `eks-"),
        (
            &["analyze", "in", "-b", "cis-1.1"],
            "`cis-1.12`, `cis-1.11` or `cis-1.10`?",
        ),
        (
            &["analyze", "in", "-b", "CIS-1.10"],
            "did you mean `cis-1.10`",
        ),
        (&["controls", "-b", "cis1.12"], "`cis-1.12`"),
        (
            &[
                "explain",
                "in",
                "--node",
                "n",
                "--control",
                "cis-1.21:4.2.6",
            ],
            "`cis-1.2",
        ),
        (
            &["analyze", "in", "-b", "cis-1.12", "-c", "4.2.66"],
            "did you mean `4.2.6`",
        ),
        (
            &["analyze", "in", "-b", "cis-1.12", "-c", "cis-1.12:4.2"],
            "`4.2.14`",
        ),
        (
            &["analyze", "in", "--catalog", "acme"],
            "did you mean `kubelet-make-iptables-util-chains`?",
        ),
    ] {
        let ran = lab.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.stderr.contains(close), "{arguments:?}: {}", ran.stderr);
    }
    let far = lab.run(&["analyze", "in", "-b", "windows"]).stderr;
    assert!(!far.contains("did you mean"), "{far}");
}

#[test]
fn each_message_says_what_to_do_and_a_path_once() {
    let lab = Lab::new();
    lab.add("a/n.tgz", &node("n", true));
    lab.put("text/one.txt", b"text");
    for (arguments, code, part) in [
        (
            &["analyze", "a", "--catalog", "nofile"][..],
            2,
            "check the path after --catalog",
        ),
        (
            &["benchmarks", "--catalog", "text/one.txt"],
            2,
            "check the path after --catalog",
        ),
        (&["analyze", "text"], 2, ": 1 other file skipped; give"),
        (
            &["explain", "text", "--node", "n", "--control", "4.2.6"],
            2,
            ": 1 other file skipped",
        ),
        (
            &["diff", "a", "a", "-o", "missing/x.json"],
            4,
            "choose a folder that exists",
        ),
    ] {
        let ran = lab.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(part), "{arguments:?}: {}", ran.stderr);
        for path in ["nofile", "missing/x.json"] {
            assert!(ran.stderr.matches(path).count() < 2, "{}", ran.stderr);
        }
    }
}

#[test]
fn a_full_temporary_disk_is_an_output_that_cannot_be_written() {
    let lab = Lab::new();
    // Not in row order, so that results wait in a temporary file.
    let mut all = tar::Builder::new(Vec::new());
    for name in ["z", "m", "a"] {
        append(&mut all, &format!("{name}.tgz"), &node(name, true).tar_gz());
    }
    lab.put("in/all.tar", &all.into_inner().unwrap());
    for arguments in [
        &[
            "explain",
            "in",
            "--node",
            "a",
            "--control",
            "cis-1.12:4.2.6",
        ][..],
        &["analyze", "in"],
    ] {
        let ran = Command::new(env!("CARGO_BIN_EXE_nodeproof"))
            .args(arguments)
            .current_dir(lab.folder.path())
            .env("TMPDIR", lab.path("no-such-folder"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(4), "{arguments:?}: {stderr}");
        assert!(stderr.contains("temporary file"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn explain_says_how_the_tests_of_a_published_check_are_joined() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-bundles/");
    let arguments = [
        "explain",
        samples,
        "--node",
        "ip-10-20-12-75.ec2.internal",
        "--control",
        "3.2.6",
    ];
    let told = nodeproof(std::path::Path::new("/"), &arguments).stdout;
    let letter = told.split("By the letter").nth(1).unwrap();
    let tests: Vec<&str> = letter
        .lines()
        .filter(|line| line.starts_with("  - "))
        .collect();
    assert!(tests[0].starts_with("  - It looks at"), "{letter}");
    assert!(tests[1].starts_with("  - Or it looks at"), "{letter}");
}

#[test]
fn the_summary_shows_the_end_of_a_reason() {
    let lab = Lab::new();
    lab.add(
        "in/n.tgz",
        &Bundle::node("a-node-with-a-rather-long-name.eu-central-1.compute.internal")
            .ps(&["/usr/local/bin/k3s server"]),
    );
    let ran = lab.run(&["analyze", "in", "-o", "x.csv"]);
    assert!(!ran.stderr.contains('…'), "{}", ran.stderr);
    let words: Vec<&str> = ran.stderr.split_whitespace().collect();
    let meaning = "embedded-component: the component runs inside another program, whose arguments are not its own";
    assert!(words.join(" ").contains(meaning), "{}", ran.stderr);
    for line in ran
        .stderr
        .lines()
        .filter(|line| !line.starts_with("warning: "))
    {
        assert!(line.chars().count() < 80, "{line}");
    }
}

/// The harness keeps what a passing test prints, and a skipped test passes.
#[test]
fn a_test_that_skips_says_so_past_the_harness() {
    if std::env::var_os("CI").is_some() {
        return;
    }
    let ran = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "page_in_browser::a_browser_shows_the_page_and_an_accessibility_check_passes",
        ])
        .env("CHROMIUM", "/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.success(), "{stderr}");
    assert!(
        stderr.contains("SKIPPED page_in_browser::a_browser_shows")
            && stderr.contains("/nonexistent"),
        "{stderr}"
    );
    // It is of another run of tests than this one.
    let record = format!("skipped-{}.txt", std::process::id());
    let record = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(record);
    assert_eq!(std::fs::read_to_string(&record).unwrap().lines().count(), 1);
    std::fs::remove_file(record).unwrap();
}
