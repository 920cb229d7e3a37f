//! Where a run writes: whole or not at all, never over evidence, and only where it was told.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

use crate::support::*;

fn passing(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_nodeproof"))
}

#[test]
fn the_ending_picks_the_format_and_one_target_is_named_once() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    let ran = lab.run(&[
        "analyze", "in", "-o", "a.csv", "-o", "b.jsonl", "-o", "C.CSV", "-o", "d", "--format",
        "jsonl",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(lab.path(name)).unwrap();
    assert_eq!(
        read("a.csv"),
        lab.run(&["analyze", "in"]).stdout,
        "csv is the default"
    );
    assert_eq!(read("C.CSV"), read("a.csv"));
    assert_eq!(read("d"), read("b.jsonl"));
    assert!(read("a.csv").starts_with("cluster,node,benchmark,"));
    std::os::unix::fs::symlink("a.csv", lab.path("link.csv")).unwrap();
    let before = listing(lab.folder.path());
    let absolute = lab.path("a.csv");
    for (outputs, code) in [
        (&["x.docx"][..], 2),
        (&["x"], 2),
        (&["x.csv", "x.csv"], 2),
        (&["x.csv", "./x.csv"], 2),
        (&["x.csv", "in/../x.csv"], 2),
        (&["a.csv", absolute.to_str().unwrap()], 2),
        (&["a.csv", "link.csv"], 2),
        (&["x.csv", "missing/x.csv"], 4),
        (&["in"], 2),
        (&["in/n.tgz/x.csv"], 4),
        (&[""], 2),
    ] {
        let mut arguments = vec!["analyze", "in"];
        arguments.extend(outputs.iter().flat_map(|output| ["-o", *output]));
        let ran = lab.run(&arguments);
        assert_eq!(ran.code, code, "{outputs:?}: {}", ran.stderr);
        assert_eq!(listing(lab.folder.path()), before, "{outputs:?}");
    }
    // A path that ends in a slash is a folder of documents, which CSV does not make.
    for (output, code) in [("in", 4), ("new/", 2), ("..", 4), ("in/n.tgz/", 2)] {
        let ran = lab.run(&["analyze", "in", "-o", output, "--format", "csv"]);
        assert_eq!(ran.code, code, "`{output}`: {}", ran.stderr);
        assert_eq!(listing(lab.folder.path()), before, "`{output}`");
    }
    lab.run(&["analyze", "in", "-o", "link.csv", "-b", "all"]);
    assert!(
        lab.path("link.csv").is_symlink(),
        "written through, not replaced"
    );
    assert!(read("a.csv").lines().count() > 70);
}

#[test]
fn a_folder_that_is_missing_ends_the_run_before_evidence_is_read() {
    let lab = Lab::new();
    // Whoever reads this waits for ever.
    let mut child = program()
        .args(["analyze", "-", "-o", "missing/a.csv"])
        .current_dir(lab.folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4));
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert!(stderr.contains("missing/a.csv"), "{stderr}");
}

#[test]
fn outputs_are_no_evidence_and_evidence_is_no_output() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    let run = || lab.run(&["analyze", ".", "-o", "out.csv", "-o", "out.jsonl"]);
    let first = run();
    let bytes = fs::read(lab.path("out.csv")).unwrap();
    let second = run();
    assert_eq!(first.stderr, second.stderr);
    assert!(first.stderr.contains("0 other files"), "{}", first.stderr);
    assert_eq!(fs::read(lab.path("out.csv")).unwrap(), bytes);
    let evidence = fs::read(lab.path("n.tgz")).unwrap();
    for paths in [["."], ["n.tgz"]] {
        let ran = lab.run(&["analyze", paths[0], "-o", "n.tgz", "--format", "csv"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert_eq!(fs::read(lab.path("n.tgz")).unwrap(), evidence);
    }
    for (name, bytes) in passing("f").files() {
        lab.put(&format!("folder/{name}"), &bytes);
    }
    for path in [".", "folder"] {
        let ran = lab.run(&["analyze", path, "-o", "folder/files/out.csv"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("inside the bundle"), "{}", ran.stderr);
        assert_eq!(listing(&lab.path("folder/files")), ["c.yaml"]);
    }
}

/// A FIFO whose reader is gone once `reader` ends.
fn fifo(lab: &Lab, name: &str, reader: &str) -> Child {
    let made = Command::new("mkfifo").arg(lab.path(name)).status().unwrap();
    assert!(made.success());
    Command::new("sh")
        .args(["-c", reader])
        .current_dir(lab.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn what_is_no_file_is_written_to_and_not_replaced() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    let reader = fifo(&lab, "fifo.csv", "cat fifo.csv");
    let ran = lab.run(&["analyze", "in", "-o", "fifo.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(
        String::from_utf8(read).unwrap(),
        lab.run(&["analyze", "in"]).stdout
    );
    assert_eq!(listing(lab.folder.path()), ["fifo.csv", "in"]);
    assert!(!lab.path("fifo.csv").metadata().unwrap().is_file());
    // By a link in the lab: a fault in this must not cost the machine its device.
    std::os::unix::fs::symlink("/dev/stdout", lab.path("stdout.csv")).unwrap();
    let ran = lab.run(&["analyze", "in", "-o", "stdout.csv"]);
    assert_eq!(
        ran.stdout,
        lab.run(&["analyze", "in"]).stdout,
        "{}",
        ran.stderr
    );
}

#[test]
fn a_run_that_fails_leaves_what_was_there() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    lab.add("in/m.tgz", &passing("m"));
    lab.put("out.csv", b"before");
    // What a pipe holds must not be enough for the whole matrix.
    let mut reader = fifo(&lab, "fifo.csv", "exec 3<fifo.csv");
    for more in [
        &["-o", "fifo.csv"][..],
        &["-o", "missing/x.csv"],
        &["absent"],
    ] {
        let ran = lab.run(&[&["analyze", "in", "-b", "all", "-o", "out.csv"], more].concat());
        assert!([2, 4].contains(&ran.code), "{more:?}: {}", ran.stderr);
        assert_eq!(
            fs::read(lab.path("out.csv")).unwrap(),
            b"before",
            "{more:?}"
        );
        assert_eq!(
            listing(lab.folder.path()),
            ["fifo.csv", "in", "out.csv"],
            "{more:?}"
        );
    }
    reader.wait().unwrap();
}

#[test]
fn a_killed_run_leaves_nothing() {
    let lab = Lab::new();
    // It waits for stdin, and ignores a hangup as `nohup` would have it.
    let script = "trap '' HUP; exec \"$0\" analyze - -o out.csv";
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_nodeproof")])
        .current_dir(lab.folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while listing(lab.folder.path()).is_empty() {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    // Waiting for a child closes its stdin, and the run would end before the signal does its work.
    let stdin = child.stdin.take();
    let pid = child.id().to_string();
    for signal in ["-HUP", "-TERM"] {
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    drop(stdin);
    assert_eq!(listing(lab.folder.path()), [""; 0]);
}

#[test]
fn new_files_have_the_mode_that_the_umask_leaves() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let script = format!("umask {umask}; exec \"$0\" analyze in -o {umask}.csv");
        let status = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_nodeproof")])
            .current_dir(lab.folder.path())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let metadata = fs::metadata(lab.path(&format!("{umask}.csv"))).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn a_reader_that_stops_and_a_full_disk_are_told_apart() {
    let lab = Lab::new();
    for n in 0..40 {
        lab.add(&format!("n{n}.tgz"), &passing(&format!("n{n}")));
    }
    for format in ["csv", "jsonl"] {
        let mut child = program()
            .args(["analyze", ".", "-b", "all", "--format", format])
            .current_dir(lab.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut head = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut head).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(4));
        assert_eq!(
            String::from_utf8_lossy(&ended.stderr),
            "",
            "whoever closed it knows"
        );
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = program()
            .args(["analyze", ".", "--format", format])
            .current_dir(lab.folder.path())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(4));
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert!(
            stderr.contains("stdout") && stderr.contains("No space left"),
            "{stderr}"
        );
    }
}
