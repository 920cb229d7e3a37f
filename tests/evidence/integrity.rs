//! Members against SHA256SUMS, digests in the matrix, members that stand in a bundle twice.

use super::*;
use nodeproof::bundle::sha256_hex;

fn bundle() -> Bundle {
    Bundle::node("n")
        .kubelet(&[WITH_CONFIG])
        .file(PATH, config(KEY_ON))
        .file("/etc/other", "x")
        .version("v1.32.1")
        .member("notes/readme.md", "hello")
}

fn replace(files: &mut [(String, Vec<u8>)], name: &str, bytes: &str) {
    let (_, held) = files.iter_mut().find(|(held, _)| held == name).unwrap();
    *held = bytes.as_bytes().to_vec();
}

fn row_of(bytes: &[u8]) -> Value {
    told_of(bytes).0
}

#[test]
fn what_a_verdict_reads_must_match() {
    let name = format!("files{PATH}");
    let changed = |name: &str, bytes: &str| {
        let (name, bytes) = (name.to_owned(), bytes.to_owned());
        tampered(&bundle(), move |files| replace(files, &name, &bytes))
    };
    const MISMATCH: &str = "error checksum-mismatch";
    let mut cases = Cases::new();
    let fine = "pass config-file-sets-it";
    cases.add("as it was", &bundle(), fine);
    cases.raw("file", changed(&name, &config(KEY_OFF)), MISMATCH);
    cases.raw(
        "process",
        changed("proc/42/cmdline", "/usr/bin/kubelet\0"),
        MISMATCH,
    );
    cases.raw(
        "version",
        changed("commands/kubelet-version.txt", "Kubernetes v1.28.0\n"),
        MISMATCH,
    );
    cases.raw(
        "description",
        changed("bundle.json", &Bundle::node("m").manifest.to_string()),
        MISMATCH,
    );
    cases.raw(
        "a file no verdict reads",
        changed("files/etc/other", "y"),
        fine,
    );
    cases.raw(
        "a member nobody knows",
        changed("notes/readme.md", "y"),
        fine,
    );
    cases.raw(
        "sums that are none",
        changed("SHA256SUMS", "hello\n"),
        MISMATCH,
    );
    cases.raw("sums of nothing", changed("SHA256SUMS", ""), MISMATCH);
    let without = |name: &'static str| {
        tampered(&bundle(), move |files| {
            files.retain(|(held, _)| held != name);
        })
    };
    cases.raw(
        "a listed member is gone",
        without("notes/readme.md"),
        MISMATCH,
    );
    let with = |name: &'static str, bytes: &str| {
        let bytes = bytes.as_bytes().to_vec();
        tampered(&bundle(), move |files| files.push((name.to_owned(), bytes)))
    };
    cases.raw(
        "configz not listed",
        with(
            "configz/n.json",
            "{\"kubeletconfig\":{\"makeIPTablesUtilChains\":true}}",
        ),
        MISMATCH,
    );
    cases.raw(
        "another node's configz not listed",
        with(
            "configz/m.json",
            "{\"kubeletconfig\":{\"makeIPTablesUtilChains\":true}}",
        ),
        fine,
    );
    cases.raw(
        "a process not listed",
        with("proc/43/cmdline", "/usr/bin/kubelet\0"),
        MISMATCH,
    );
    cases.raw(
        "a file no verdict reads, not listed",
        with("files/etc/more", "x"),
        fine,
    );
    cases.raw(
        "a member nobody knows, not listed",
        with("notes/more.md", "x"),
        fine,
    );
    cases.raw(
        "a list not listed",
        with("commands/ps-x.txt", "    PID COMMAND\n      1 init\n"),
        MISMATCH,
    );
    let rows = cases.judge();
    for row in rows {
        let wanted = if row["verdict"] == "error" {
            "mismatch"
        } else {
            "verified"
        };
        assert_eq!(row["integrity"], wanted, "{row:#}");
    }
    let row = judge(&Bundle {
        sums: false,
        ..bundle()
    });
    assert_eq!(
        (outcome(&row).as_str(), &row["integrity"]),
        (fine, &"no-sums".into())
    );
}

#[test]
fn a_drop_in_nobody_listed_or_somebody_took_out_is_a_mismatch() {
    let base = Bundle::node("n")
        .version("v1.32.1")
        .kubelet(&["--config-dir=/etc/k.d"])
        .file("/etc/k.d/10.conf", config(KEY_OFF));
    let mut cases = Cases::new();
    cases.add("as it was", &base, "fail drop-in-sets-it");
    let added = tampered(&base, |files| {
        files.push(("files/etc/k.d/20.conf".into(), config(KEY_ON).into_bytes()));
    });
    cases.raw("added", added, "error checksum-mismatch");
    let taken = tampered(&base.clone().file("/etc/k.d/5.conf", config("")), |files| {
        files.retain(|(name, _)| !name.ends_with("10.conf"));
    });
    cases.raw("taken out", taken, "error checksum-mismatch");
    cases.judge();
}

#[test]
fn every_digest_in_the_matrix_is_that_of_the_member() {
    let bundle = bundle().live("n", true);
    let row = judge(&bundle);
    let files = bundle.files();
    let evidence = row["evidence"].as_array().unwrap();
    assert!(evidence.len() >= 3, "{row:#}");
    for (cell, digest) in evidence
        .iter()
        .zip(row["evidence_sha256"].as_array().unwrap())
    {
        let cell = cell.as_str().unwrap();
        let member = cell.split(['#', ':']).next().unwrap();
        let (_, bytes) = files.iter().find(|(name, _)| name == member).unwrap();
        assert_eq!(*digest, sha256_hex(bytes), "{cell}");
    }
    assert_eq!(row["evidence"][0], format!("files{PATH}:3"));
    let lab = Lab::new();
    let path = lab.add("node.tar.gz", &bundle);
    let digest = sha256_hex(&std::fs::read(path).unwrap());
    assert_eq!(lab.rows("cis-1.12")[0]["bundle_sha256"], digest);
}

#[test]
fn names_with_blanks_keep_evidence_one_word_a_cell() {
    let bundle = Bundle::node("n")
        .kubelet(&["--config=/etc/my kubelet\u{a0}/config 1.yaml"])
        .file("/etc/my kubelet\u{a0}/config 1.yaml", config(KEY_OFF));
    let (row, _) = told(&bundle);
    assert_eq!(outcome(&row), "fail config-file-sets-it");
    assert_eq!(
        row["evidence"][0],
        "files/etc/my%20kubelet%C2%A0/config%201.yaml:3"
    );
}

#[test]
fn a_member_twice_costs_what_rests_on_it() {
    let twice = |name: &'static str, bytes: String| {
        tampered(
            &Bundle {
                sums: false,
                ..bundle()
            },
            move |files| {
                files.push((name.to_owned(), bytes.into_bytes()));
            },
        )
    };
    const TWICE: &str = "error duplicate-member";
    let mut cases = Cases::new();
    cases.raw(
        "bundle.json",
        twice("bundle.json", Bundle::node("m").manifest.to_string()),
        TWICE,
    );
    cases.raw(
        "config",
        twice("files/var/lib/kubelet/config.yaml", config(KEY_OFF)),
        TWICE,
    );
    cases.raw(
        "the same config",
        twice("files/var/lib/kubelet/config.yaml", config(KEY_ON)),
        TWICE,
    );
    cases.raw(
        "cmdline",
        twice("proc/42/cmdline", "/usr/bin/kubelet\0".into()),
        TWICE,
    );
    cases.raw(
        "version",
        twice(
            "commands/kubelet-version.txt",
            "Kubernetes v1.28.1\n".into(),
        ),
        TWICE,
    );
    cases.raw(
        "unrelated file",
        twice("files/etc/other", "y".into()),
        "pass config-file-sets-it",
    );
    cases.raw(
        "unrelated member",
        twice("notes/readme.md", "y".into()),
        "pass config-file-sets-it",
    );
    let dot = twice("./files//var/lib/kubelet/./config.yaml", config(KEY_OFF));
    cases.raw("another spelling of its name", dot, TWICE);
    for name in [
        "proc/42/cwd",
        "proc/42/started_at",
        "stat.tsv",
        "configz/n.json",
        "commands/ps-ef.txt",
    ] {
        let base = Bundle {
            sums: false,
            ..bundle()
        }
        .member("proc/42/cwd", "/\n")
        .started_at("2026-11-20T10:00:00Z")
        .ps(&["sshd"])
        .live("n", true)
        .stat_row(PATH, "file", 0);
        let doubled = tampered(&base, |files| {
            let copy = files.iter().find(|(held, _)| held == name).unwrap().clone();
            files.push(copy);
        });
        cases.raw(name, doubled, TWICE);
    }
    cases.judge();
}

#[test]
fn a_member_that_is_no_file_is_never_followed() {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in Bundle::node("n").kubelet(&[WITH_CONFIG]).files() {
        append(&mut builder, &format!("n/{name}"), &bytes);
    }
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_mode(0o777);
    let name = format!("n/files{PATH}");
    builder
        .append_link(&mut header, name, "/etc/passwd")
        .unwrap();
    let row = row_of(&gzip(&builder.into_inner().unwrap()));
    assert_eq!(row["verdict"], "error", "{row:#}");
}
