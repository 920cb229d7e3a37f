//! Broken, lying and oversized evidence: an error row or a counted skip, and never a neighbour's
//! row.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::*;
use serde_json::Value;

fn passing(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file("/c.yaml", config("makeIPTablesUtilChains: true\n"))
}

/// `bundle verdict code` of every row, in order.
fn outcomes(ran: &Ran) -> Vec<String> {
    let line = |row: &Value| format!("{} {}", row["bundle"].as_str().unwrap(), outcome(row));
    rows(&ran.stdout).iter().map(line).collect()
}

fn judge(lab: &Lab, more: &[&str]) -> Ran {
    lab.run(
        &[
            &["analyze", ".", "--format", "jsonl", "-b", "cis-1.12"],
            more,
        ]
        .concat(),
    )
}

/// A tar header with these fields, its checksum right.
fn header(name: &str, size: u64, kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_entry_type(kind);
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// gzip of `times` MiB of zeros: a gzip file may consist of many.
fn zeros(times: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 1 << 20]).unwrap();
    encoder.finish().unwrap().repeat(times)
}

/// A zip whose first entry says that it is encrypted.
fn encrypted(zip: &[u8]) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let central = memchr::memmem::find(&zip, b"PK\x01\x02").unwrap();
    (zip[6], zip[central + 8]) = (1, 1);
    zip
}

#[test]
fn what_cannot_be_read_has_its_row_and_no_neighbour_notices() {
    let lab = Lab::new();
    let good = passing("n").tar();
    let packed = gzip(&good);
    let mut bad_crc = packed.clone();
    let crc = bad_crc.len() - 6;
    bad_crc[crc] ^= 1;
    let lying = [
        header("n/bundle.json", 1 << 40, tar::EntryType::Regular),
        vec![b'x'; 2048],
    ]
    .concat();
    let zstd = zstd(&good);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a-empty.tar.gz", Vec::new(), "empty-file"),
        (
            "b-text.tar",
            b"no archive at all".to_vec(),
            "not-an-archive",
        ),
        (
            "c-cut.tar.gz",
            packed[..packed.len() / 2].to_vec(),
            "truncated",
        ),
        (
            "d-cut.tar.zst",
            zstd[..zstd.len() - 9].to_vec(),
            "truncated",
        ),
        (
            "e-cut.tar",
            good[..good.len() - 1024].to_vec(),
            "no-end-of-archive",
        ),
        ("f-crc.tar.gz", bad_crc, "bad-checksum"),
        ("g-lying.tar", lying, "truncated"),
        (
            "h-tail.tar.gz",
            [packed.clone(), vec![b'x'; 99]].concat(),
            "trailing-bytes",
        ),
        ("i-log.tar.gz", gzip(&[b'x'; 600]), "not-an-archive"),
        ("j-nothing.tar", vec![0; 1024], "no-member"),
        ("k.tar.xz", xz(&good)[..200].to_vec(), "truncated"),
        ("l.tar.bz2", bzip2(&good)[..200].to_vec(), "truncated"),
        ("m.zip", zip_of(&good)[..200].to_vec(), "truncated"),
        ("n.zip", encrypted(&zip_of(&good)), "encrypted"),
        ("o-bomb.tar.gz", zeros(4), "limit-passed"),
        ("p-cut-without-ending", packed[..40].to_vec(), "truncated"),
    ];
    for (name, bytes, _) in &cases {
        lab.put(name, bytes);
        lab.add(
            &format!("{name}.good.tgz"),
            &passing(&format!("after-{name}")),
        );
    }
    lab.put("notes.txt", b"notes");
    lab.put("a.log.gz", &gzip(b"a log"));
    let ran = judge(&lab, &["--limit", "inflated-bytes=3000000"]);
    let mut wanted = Vec::new();
    for (name, _, code) in &cases {
        wanted.push(format!("{name} error {code}"));
        wanted.push(format!("{name}.good.tgz pass config-file-sets-it"));
    }
    assert_eq!(outcomes(&ran), wanted);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr.contains("2 other files skipped"),
        "{}",
        ran.stderr
    );
    for row in rows(&ran.stdout).iter().step_by(2) {
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.contains("; "), "says what to do next: {reason}");
        assert_eq!(row["bundle_sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let lab = Lab::new();
    lab.add("good.tgz", &passing("g"));
    // A member that is skipped, and inflates past what the ratio leaves alone.
    let size = 300 << 20;
    let start = [header("n/var/blob", size, tar::EntryType::Regular)].concat();
    lab.put(
        "bomb.tgz",
        &[gzip(&start), zeros(300), gzip(&[0; 1024])].concat(),
    );
    let ran = judge(&lab, &[]);
    assert_eq!(
        outcomes(&ran),
        [
            "bomb.tgz error limit-passed",
            "good.tgz pass config-file-sets-it"
        ]
    );
    assert!(ran.stdout.contains("--limit ratio=N"), "{}", ran.stdout);
}

#[test]
fn links_are_reported_and_not_followed() {
    let lab = Lab::new();
    lab.add("in/a.tgz", &passing("a"));
    lab.add("out/b.tgz", &passing("b"));
    symlink("../out/b.tgz", lab.path("in/b.tgz")).unwrap();
    symlink("../out", lab.path("in/out")).unwrap();
    symlink(".", lab.path("in/loop")).unwrap();
    fs::hard_link(lab.path("in/a.tgz"), lab.path("in/twice.tgz")).unwrap();
    let ran = lab.run(&["analyze", "in", "in/a.tgz", "--format", "jsonl"]);
    assert_eq!(outcomes(&ran), ["a.tgz pass config-file-sets-it"]);
    assert!(
        ran.stderr
            .contains("is a link and is not followed, and 2 more"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("is the same file as one"),
        "{}",
        ran.stderr
    );
    // A configuration that is a link to a secret of the machine that judges.
    lab.put(
        "secret",
        config("makeIPTablesUtilChains: false\n").as_bytes(),
    );
    for (name, bytes) in passing("f").files() {
        lab.put(&format!("folder/{name}"), &bytes);
    }
    fs::remove_file(lab.path("folder/files/c.yaml")).unwrap();
    symlink(lab.path("secret"), lab.path("folder/files/c.yaml")).unwrap();
    let row = &rows(&lab.run(&["analyze", "folder", "--format", "jsonl"]).stdout)[0];
    assert_eq!(
        (&row["verdict"], &row["actual"]),
        (&"error".into(), &Value::Null)
    );
}

#[test]
fn a_folder_is_judged_as_its_archive() {
    for bundle in [
        passing("n"),
        Bundle::node("n").kubelet(&["--make-iptables-util-chains=false"]),
        Bundle::loose("n").ps(&["/usr/bin/kubelet"]),
    ] {
        let lab = Lab::new();
        lab.put("archive.tar", &bundle.tar());
        lab.add("gzip.tar.gz", &bundle);
        lab.put(
            "zstd.tar.zst",
            &::zstd::encode_all(&bundle.tar()[..], 3).unwrap(),
        );
        for (name, bytes) in bundle.files() {
            lab.put(&format!("n/{name}"), &bytes);
        }
        // Each by itself: together they would be four bundles of one node.
        let of = |path: &str| {
            rows(
                &lab.run(&["analyze", path, "-b", "cis-1.12", "--format", "jsonl"])
                    .stdout,
            )
        };
        let paths = ["archive.tar", "gzip.tar.gz", "zstd.tar.zst", "n"];
        let mut all: Vec<Value> = paths.into_iter().flat_map(of).collect();
        assert_eq!(all.len(), 4);
        for row in &mut all {
            row.as_object_mut()
                .unwrap()
                .retain(|key, _| !key.starts_with("bundle"));
        }
        assert!(all.iter().all(|row| *row == all[0]), "{all:#?}");
    }
}

#[test]
fn names_that_are_no_utf8_are_judged_and_encoded() {
    let lab = Lab::new();
    let name = std::ffi::OsStr::from_bytes(b"n\xff \xc3\xa9.tgz");
    fs::write(lab.folder.path().join(name), passing("n").tar_gz()).unwrap();
    fs::create_dir(
        lab.folder
            .path()
            .join(std::ffi::OsStr::from_bytes(b"d\xfe")),
    )
    .unwrap();
    lab.put("x", b"broken");
    fs::rename(
        lab.path("x"),
        lab.folder
            .path()
            .join(std::ffi::OsStr::from_bytes(b"d\xfe/x.tar")),
    )
    .unwrap();
    let ran = judge(&lab, &[]);
    assert_eq!(
        outcomes(&ran),
        [
            "d%FE/x.tar error not-an-archive",
            "n%FF \u{e9}.tgz pass config-file-sets-it"
        ]
    );
    assert_eq!(lab.run(&["analyze", "."]).code, 3);
}

#[test]
fn a_hundred_thousand_other_files_are_counted() {
    let lab = Lab::new();
    lab.add("n.tgz", &passing("n"));
    for folder in 0..100 {
        let folder = lab.path(&format!("logs/{folder}"));
        fs::create_dir_all(&folder).unwrap();
        for file in 0..1000 {
            fs::write(folder.join(file.to_string()), b"x").unwrap();
        }
    }
    let ran = judge(&lab, &[]);
    assert_eq!(outcomes(&ran), ["n.tgz pass config-file-sets-it"]);
    assert!(
        ran.stderr.contains("100000 other files skipped"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.code, 0);
}

/// Root may read everything, so it runs the program as nobody.
fn as_an_ordinary_user(lab: &Lab, arguments: &[&str]) -> Ran {
    let probe = lab.put("probe", b"x");
    fs::set_permissions(&probe, Permissions::from_mode(0o0)).unwrap();
    let is_root = fs::read(&probe).is_ok();
    fs::remove_file(&probe).unwrap();
    if !is_root {
        return lab.run(arguments);
    }
    // Where nobody may go, whatever folder the checkout is in.
    let program = lab.path("program");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_nodeproof"), &program).unwrap();
        fs::set_permissions(lab.folder.path(), Permissions::from_mode(0o755)).unwrap();
    }
    let ran = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(by_reference_control(arguments))
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    Ran {
        code: ran.status.code().unwrap(),
        stdout: String::from_utf8(ran.stdout).unwrap(),
        stderr: String::from_utf8(ran.stderr).unwrap(),
    }
}

#[test]
fn what_may_not_be_read_is_an_error_row() {
    let lab = Lab::new();
    lab.add("in/good.tgz", &passing("g"));
    lab.add("in/locked/n.tgz", &passing("n"));
    let locked =
        |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let file = lab.add("in/m.tgz", &passing("m"));
    locked(&file, 0);
    locked(&lab.path("in/locked"), 0);
    let run = |arguments: &[&str]| as_an_ordinary_user(&lab, arguments);
    let ran = run(&["analyze", "in", "in/m.tgz", "--format", "jsonl"]);
    let whole = run(&["analyze", "in/locked", "--format", "jsonl"]);
    locked(&lab.path("in/locked"), 0o700);
    assert_eq!(
        outcomes(&ran),
        [
            "good.tgz pass config-file-sets-it",
            "locked error io-error",
            "m.tgz error io-error"
        ]
    );
    assert_eq!((ran.code, whole.code), (3, 2), "{}", whole.stderr);
}
