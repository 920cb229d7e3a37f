//! Runs that are killed, and disks that are full: no half file, no leftover, and the next run succeeds.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::*;

const OUTPUTS: [&str; 5] = [
    "out/m.csv",
    "out/m.json",
    "out/m.jsonl",
    "out/m.xlsx",
    "out/m.html",
];

fn fleet(nodes: usize) -> Lab {
    let lab = Lab::new();
    for n in 0..nodes {
        let bundle = Bundle::node(&format!("n{n}"))
            .of_machine(n)
            .kubelet(&["--config=/c.yaml"])
            .version("v1.33.1")
            .file("/c.yaml", config("makeIPTablesUtilChains: true\n"));
        lab.add(&format!("in/n{n}.tgz"), &bundle);
    }
    fs::create_dir(lab.path("out")).unwrap();
    lab
}

fn analyze(lab: &Lab) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nodeproof"));
    command
        .args([
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "-q",
            "--as-of",
            "2026-11-21",
        ])
        .args(OUTPUTS.iter().flat_map(|path| ["-o", path]))
        .current_dir(lab.folder.path())
        .env("TMPDIR", lab.path("tmp"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The outputs of a run that is left alone.
fn whole(lab: &Lab) -> Vec<Vec<u8>> {
    fs::create_dir_all(lab.path("tmp")).unwrap();
    let ran = analyze(lab).output().unwrap();
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let bytes = OUTPUTS.map(|path| fs::read(lab.path(path)).unwrap());
    OUTPUTS
        .iter()
        .for_each(|path| fs::remove_file(lab.path(path)).unwrap());
    bytes.to_vec()
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_no_half_file_and_the_next_one_nothing_else() {
    let lab = fleet(12);
    let whole = whole(&lab);
    let mut killed = 0;
    for round in 0..24u64 {
        let signal = if round % 2 == 0 { "-KILL" } else { "-INT" };
        let left = || {
            let names = listing(&lab.path("out")).into_iter();
            names.filter(|name| name.starts_with('.')).count()
        };
        let before = left();
        let mut child = analyze(&lab).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * round * 2));
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        sent.unwrap();
        let status = child.wait().unwrap();
        killed += usize::from(status.signal().is_some());
        for (path, bytes) in OUTPUTS.iter().zip(&whole) {
            if let Ok(there) = fs::read(lab.path(path)) {
                assert!(there == *bytes, "{path} is half written after {signal}");
            }
        }
        // What an earlier SIGKILL left may still be there: the signal may come before the run looks for it.
        assert!(signal == "-KILL" || left() <= before, "left after {signal}");
        assert_eq!(listing(&lab.path("tmp")), [""; 0], "a spool is left");
        if round % 6 == 5 {
            let ran = analyze(&lab).output().unwrap();
            assert_eq!(ran.status.code(), Some(0));
            assert_eq!(listing(&lab.path("out")).len(), OUTPUTS.len());
            for (path, bytes) in OUTPUTS.iter().zip(&whole) {
                assert!(fs::read(lab.path(path)).unwrap() == *bytes, "{path}");
                fs::remove_file(lab.path(path)).unwrap();
            }
        }
    }
    assert!(
        killed >= 8,
        "{killed} of 24 runs were killed before their end"
    );
}

#[test]
fn what_a_run_that_goes_on_holds_is_no_leftover() {
    let lab = fleet(1);
    whole(&lab);
    let waiting = |name: &str| {
        Command::new(env!("CARGO_BIN_EXE_nodeproof"))
            .args(["analyze", "-", "-q", "-o", name])
            .current_dir(lab.folder.path())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut first = waiting("out/first.csv");
    while listing(&lab.path("out")).is_empty() {
        std::thread::yield_now();
    }
    let ran = analyze(&lab).output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(listing(&lab.path("out")).len(), OUTPUTS.len() + 1);
    let bytes = fs::read(lab.path("in/n0.tgz")).unwrap();
    std::io::Write::write_all(&mut first.stdin.take().unwrap(), &bytes).unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert!(lab.path("out/first.csv").exists());
}

/// A file may have so many bytes: as a full disk, at every place that is written to.
#[test]
fn a_disk_that_is_full_at_any_byte_leaves_nothing_and_is_told() {
    let lab = fleet(3);
    let whole = whole(&lab);
    let largest = whole.iter().map(Vec::len).max().unwrap() as u64;
    let mut full = 0;
    for most in [
        0,
        1,
        512,
        4096,
        8192,
        16 << 10,
        largest / 4,
        largest / 2,
        largest - 1,
    ] {
        let command = analyze(&lab);
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", most / 512);
        let mut limited = Command::new("bash");
        limited
            .args(["-c", &script, "bash"])
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(lab.folder.path())
            .env("TMPDIR", lab.path("tmp"))
            .stderr(Stdio::piped());
        let ran = limited.output().unwrap();
        let stderr = String::from_utf8_lossy(&ran.stderr);
        if ran.status.code() == Some(0) {
            OUTPUTS
                .iter()
                .for_each(|path| fs::remove_file(lab.path(path)).unwrap());
            continue;
        }
        full += 1;
        assert_eq!(ran.status.code(), Some(4), "{most}: {stderr}");
        assert!(stderr.contains("cannot be written"), "{most}: {stderr}");
        assert_eq!(listing(&lab.path("out")), [""; 0], "{most}");
        assert_eq!(listing(&lab.path("tmp")), [""; 0], "{most}");
    }
    assert!(full >= 4, "{full}");
    assert_eq!(self::whole(&lab), whole, "the next run succeeds");
}

#[test]
fn each_output_that_is_a_full_device_is_told_by_its_name() {
    let lab = fleet(2);
    fs::create_dir(lab.path("tmp")).unwrap();
    let full = lab.path("full");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    for format in [
        "csv", "json", "jsonl", "html", "xlsx", "hdf", "oscal", "xccdf", "junit", "sarif", "ocsf",
    ] {
        let ran = lab.run(&[
            "analyze",
            "in",
            "-o",
            "full",
            "--format",
            format,
            "-o",
            "out/other.csv",
        ]);
        assert_ne!(ran.code, 0, "{format}");
        assert!(ran.stderr.contains("full"), "{format}: {}", ran.stderr);
        assert_eq!(listing(&lab.path("out")), [""; 0], "{format}");
    }
}
