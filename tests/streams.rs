//! What is written to and read from besides plain files: pipes without a reader, a closed stdout,
//! archives with padding and with frames that say nothing.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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

fn pipe(lab: &Lab, name: &str) {
    let made = Command::new("mkfifo").arg(lab.path(name)).status().unwrap();
    assert!(made.success());
}

/// Names beside the evidence and the pipe.
fn left_over(lab: &Lab) -> Vec<String> {
    let names = fs::read_dir(lab.folder.path()).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !["in", "p.csv", "p.json"].contains(&name.as_str()));
    names
}

#[test]
fn a_pipe_that_nobody_reads_ends_the_run_and_leaves_nothing() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    pipe(&lab, "p.csv");
    pipe(&lab, "p.json");
    for arguments in [
        &["analyze", "in", "-o", "x.csv", "-o", "p.csv"][..],
        &["diff", "in", "in", "-o", "p.json"],
    ] {
        let ran = lab.run(arguments);
        assert_eq!(ran.code, 4, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("nobody reads"), "{}", ran.stderr);
        assert_eq!(left_over(&lab), [""; 0], "{arguments:?}");
    }
}

#[test]
fn a_run_that_waits_for_a_reader_can_be_killed() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    pipe(&lab, "p.csv");
    let mut child = program()
        .args(["analyze", "in", "-o", "x.csv", "-o", "p.csv"])
        .current_dir(lab.folder.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let begun = Instant::now();
    let pid = child.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(begun.elapsed() < Duration::from_secs(60), "it went on");
    assert_eq!(left_over(&lab), [""; 0]);
}

#[test]
fn a_reader_may_come_a_little_later() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    pipe(&lab, "p.csv");
    let reader = Command::new("sh")
        .args(["-c", "sleep 1; cat p.csv"])
        .current_dir(lab.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let ran = lab.run(&["analyze", "in", "-o", "p.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = reader.wait_with_output().unwrap().stdout;
    let wanted = lab.run(&["analyze", "in"]).stdout;
    assert_eq!(String::from_utf8(read).unwrap(), wanted);
}

#[test]
fn a_closed_stdout_is_an_output_that_cannot_be_written() {
    let lab = Lab::new();
    lab.add("in/n.tgz", &passing("n"));
    let run = |command: &str, redirected: &str| {
        let script = format!("exec \"$0\" {command} {redirected}");
        let ended = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_nodeproof")])
            .current_dir(lab.folder.path())
            .output()
            .unwrap();
        (
            ended.status.code(),
            String::from_utf8(ended.stderr).unwrap(),
        )
    };
    for command in [
        "analyze in",
        "analyze in --format json",
        "diff in in",
        "explain in --node n --control cis-1.12:4.2.6",
        "explain in --node n --control cis-1.12:4.2.6 --format json",
        "benchmarks",
        "benchmarks --format csv",
        "controls -b cis-1.12 --format json",
        "schema report",
        "collector scripts",
        "--help",
    ] {
        let (code, stderr) = run(command, ">&-");
        assert_eq!(code, Some(4), "{command}: {stderr}");
        assert!(stderr.contains("stdout"), "{command}: {stderr}");
        assert_eq!(run(command, ">/dev/full").0, Some(4), "{command}");
        assert_eq!(run(command, ">/dev/null").0, Some(0), "{command}");
        // As `subprocess.DEVNULL` and daemons have it.
        assert_eq!(run(command, "<>/dev/null >&0 2>&0").0, Some(0), "{command}");
    }
    assert_eq!(run("analyze in -o x.csv", ">&-").0, Some(0));
    assert_eq!(run("analyze in -o x.csv", ">&- 2>&- <&-").0, Some(0));
}

/// The frame that pzstd puts before each other: its size.
fn skippable(kind: u8, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&[0x50 | kind, 0x2a, 0x4d, 0x18][..], &size, content].concat()
}

#[test]
fn padding_and_frames_that_say_nothing_are_part_of_honest_archives() {
    let tar = passing("n").tar();
    let (gz, zst) = (gzip(&tar), ::zstd::encode_all(&tar[..], 3).unwrap());
    let (head, tail) = tar.split_at(tar.len() / 2 / 512 * 512);
    let halves = |pack: &dyn Fn(&[u8]) -> Vec<u8>| (pack(head), pack(tail));
    let (gz_head, gz_tail) = halves(&gzip);
    let (zst_head, zst_tail) = halves(&|bytes| ::zstd::encode_all(bytes, 3).unwrap());
    let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let padded = |bytes: &[u8], more: usize| [bytes, &vec![0; more]].concat();
    let ok = "pass config-file-sets-it";
    let trailing = "error trailing-bytes";
    for (name, bytes, wanted) in [
        ("one zero.tgz", padded(&gz, 1), ok),
        (
            "a record of a tape.tgz",
            padded(&gz, 10_240 - gz.len() % 10_240),
            ok,
        ),
        ("a megabyte of zeros.tgz", padded(&gz, 1 << 20), ok),
        (
            "two members and zeros.tgz",
            padded(&[&gz_head[..], &gz_tail].concat(), 512),
            ok,
        ),
        (
            "zeros and something.tgz",
            [padded(&gz, 700), vec![1]].concat(),
            trailing,
        ),
        (
            "zeros between members.tgz",
            [padded(&gz_head, 512), gz_tail.clone()].concat(),
            trailing,
        ),
        (
            "half a header.tgz",
            [&gz[..], b"\x1f"].concat(),
            "error truncated",
        ),
        (
            "pzstd.tar.zst",
            [
                skippable(0, &size(&zst_head)),
                zst_head.clone(),
                skippable(0, &size(&zst_tail)),
                zst_tail.clone(),
            ]
            .concat(),
            ok,
        ),
        (
            "any kind of frame",
            [skippable(15, b""), zst.clone()].concat(),
            ok,
        ),
        (
            "longer than what is looked at",
            [skippable(7, &[b'x'; 100_000]), zst.clone()].concat(),
            ok,
        ),
        (
            "a frame behind.tzst",
            [zst, skippable(3, b"index")].concat(),
            ok,
        ),
        (
            "nothing but a frame.tar.zst",
            skippable(0, b"abcd"),
            "error empty-file",
        ),
        (
            "half a frame.tar.zst",
            skippable(0, &[0; 64])[..20].to_vec(),
            "error truncated",
        ),
    ] {
        let lab = Lab::new();
        lab.put(&format!("in/{name}"), &bytes);
        let rows = lab.rows("cis-1.12");
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(outcome(&rows[0]), wanted, "{name}: {}", rows[0]["reason"]);
        if wanted == ok {
            assert_eq!(
                rows[0]["bundle_sha256"],
                nodeproof::bundle::sha256_hex(&bytes),
                "{name}: of the whole file"
            );
        }
    }
}

/// Half of all readers would take the bytes behind it for its content, the others for a member.
#[test]
fn what_has_no_content_must_not_claim_any() {
    for (kind, about) in [
        (tar::EntryType::Fifo, "fifo"),
        (tar::EntryType::Symlink, "symlink"),
        (tar::EntryType::Link, "hard link"),
        (tar::EntryType::Char, "character device"),
        (tar::EntryType::Block, "block device"),
        (tar::EntryType::Directory, "folder"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..3].copy_from_slice(b"n/x");
        header.set_size(512);
        header.set_entry_type(kind);
        header.set_cksum();
        let mut hidden = tar::Header::new_gnu();
        hidden.as_old_mut().name[..3].copy_from_slice(b"n/y");
        hidden.set_size(0);
        hidden.set_cksum();
        let whole = passing("n").tar();
        let members = &whole[..whole.len() - 1024];
        let bytes = [members, header.as_bytes(), hidden.as_bytes(), &[0; 1024]].concat();
        let lab = Lab::new();
        lab.put("n.tar", &bytes);
        let rows = lab.rows("cis-1.12");
        assert_eq!(outcome(&rows[0]), "error corrupt", "{about}");
        let reason = rows[0]["reason"].as_str().unwrap();
        assert!(
            reason.contains("claims to have content"),
            "{about}: {reason}"
        );
    }
}
