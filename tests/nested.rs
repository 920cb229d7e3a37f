//! Archives of bundles: judged as if unpacked in place.

use std::fs;
use std::path::Path;

use crate::support::*;
use serde_json::{Value, json};

pub fn node(name: &str, on: bool) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--config=/c.yaml"])
        .version("v1.33.1")
        .file(
            "/c.yaml",
            config(&format!("makeIPTablesUtilChains: {on}\n")),
        )
}

pub fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, name, bytes);
    }
    builder.into_inner().unwrap()
}

pub fn judge(lab: &Lab, more: &[&str]) -> Ran {
    lab.run(&[&["analyze", "--format", "jsonl", "-b", "cis-1.12"], more].concat())
}

/// `bundle node verdict code`
pub fn lines(ran: &Ran) -> Vec<String> {
    let line = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("bundle"), text("node"), outcome(row))
    };
    rows(&ran.stdout).iter().map(line).collect()
}

/// Everything a fleet has: archives of all kinds, folders, a cluster bundle, and other files.
fn fleet(lab: &Lab, root: &str) {
    let put = |name: &str, bytes: &[u8]| lab.put(&format!("{root}/{name}"), bytes);
    put("b/n1.tar.gz", &node("n1", true).tar_gz());
    put("b/n2.tar", &node("n2", false).tar());
    put(
        "b.tar.zst",
        &::zstd::encode_all(&node("n3", true).tar()[..], 1).unwrap(),
    );
    put("no-ending", &node("n4", true).tar_gz());
    put("broken.tar.gz", b"broken");
    put("cut.tgz", &node("n5", true).tar_gz()[..200]);
    put("notes.txt", b"notes");
    put("old.log.gz", &gzip(b"a log"));
    for (folder, bundle) in [("f1", node("n6", true)), ("deep/er/f2", node("n7", false))] {
        for (name, bytes) in bundle.files() {
            put(&format!("{folder}/{name}"), &bytes);
        }
    }
    // Loose: marked by its folder, without a description.
    put(
        "f3/commands/ps-ef.txt",
        b"UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 10:00 ? 00:00:01 /sbin/init\n",
    );
    let bare = |name: &str| {
        Bundle::node(name)
            .with("cluster", "prod")
            .kubelet(&["--config=/gone.yaml"])
    };
    put("n8.tgz", &bare("n8").tar_gz());
    let cluster = Bundle::cluster("prod")
        .live("n8", false)
        .live("n9", true)
        .member("api/nodes.json", json!({"items": []}).to_string());
    put("z/cluster.tgz", &cluster.tar_gz());
}

/// All files below a folder, as a tar archive; sorted, or the other way round.
fn packed(folder: &Path, backwards: bool) -> Vec<u8> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.sort();
    if backwards {
        paths.reverse();
    }
    let mut builder = tar::Builder::new(Vec::new());
    for path in paths {
        let name = path
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        append(&mut builder, &name, &fs::read(path).unwrap());
    }
    builder.into_inner().unwrap()
}

#[test]
fn an_archive_of_bundles_is_judged_as_if_unpacked() {
    let lab = Lab::new();
    fleet(&lab, "unpacked/x");
    let wanted: Vec<Value> = rows(&judge(&lab, &["unpacked"]).stdout);
    assert_eq!(wanted.len(), 11);
    let counts = |ran: &Ran| {
        let line = ran.stderr.lines().find(|line| line.contains("bundles:"));
        line.unwrap_or_default().to_owned()
    };
    let summary = counts(&judge(&lab, &["unpacked"]));
    assert!(
        summary.contains("11 bundles: 9 read, 2 unreadable. 2 other"),
        "{summary}"
    );
    for backwards in [false, true] {
        let tar = packed(&lab.path("unpacked"), backwards);
        for (name, bytes) in [
            ("x.tar", tar.clone()),
            ("x.tar.gz", gzip(&tar)),
            ("x.zst", zstd(&tar)),
            ("x.tar.xz", xz(&tar)),
            ("x.tar.bz2", bzip2(&tar)),
            ("x.zip", zip_of(&tar)),
        ] {
            lab.put(name, &bytes);
            for jobs in ["1", "3"] {
                let ran = judge(&lab, &[name, "-j", jobs]);
                let mut got = rows(&ran.stdout);
                for row in &mut got {
                    // The only difference is where it lies.
                    let text = row.to_string().replace(&format!("{name}!"), "");
                    *row = serde_json::from_str(&text).unwrap();
                }
                let mut wanted = wanted.clone();
                for (row, other) in wanted.iter_mut().zip(&got) {
                    // Made of the bundle's name where there is no node.
                    if row["control"].is_null() {
                        row["finding_id"] = other["finding_id"].clone();
                    }
                }
                assert_eq!(got, wanted, "{name} -j {jobs} {backwards}");
                assert_eq!(counts(&ran), summary);
                assert_eq!(ran.code, 3);
            }
        }
    }
}

#[test]
fn cluster_bundles_lend_across_archives() {
    let lab = Lab::new();
    let bare = |name: &str| {
        Bundle::node(name)
            .with("cluster", "prod")
            .kubelet(&["--config=/gone.yaml"])
    };
    let cluster = Bundle::cluster("prod")
        .live("a", false)
        .live("b", false)
        .live("c", true);
    lab.put(
        "one.tar.gz",
        &gzip(&tar_of(&[("a.tgz", &bare("a").tar_gz()), ("x/notes", b"")])),
    );
    lab.put("two.tar", &tar_of(&[("c/cluster.tgz", &cluster.tar_gz())]));
    lab.add("b.tgz", &bare("b"));
    let ran = judge(&lab, &["."]);
    assert_eq!(
        lines(&ran),
        [
            "b.tgz b fail configz-sets-it",
            "one.tar.gz!a.tgz a fail configz-sets-it",
            "two.tar!c/cluster.tgz c pass configz-sets-it",
        ]
    );
    let row = &rows(&ran.stdout)[1];
    assert_eq!(
        row["evidence"][0],
        "two.tar!c/cluster.tgz!configz/a.json#/kubeletconfig/makeIPTablesUtilChains"
    );
}

#[test]
fn what_is_one_bundle_stays_one() {
    let log = tar_of(&[("x", b"x")]);
    let manifest = |bundle: &Bundle| bundle.manifest.to_string().into_bytes();
    let good = node("n", true);
    let wanted = "archive.tar n pass config-file-sets-it";
    for (what, bytes, wanted) in [
        (
            "its own name",
            good.clone().member("files/x.tgz", gzip(&log)).tar(),
            wanted,
        ),
        (
            "another top folder",
            Bundle {
                top: "other".into(),
                ..good.clone()
            }
            .tar(),
            wanted,
        ),
        (
            "a top folder that a path may begin with",
            Bundle {
                top: "home".into(),
                ..good.clone()
            }
            .tar(),
            wanted,
        ),
        (
            "no top folder",
            {
                let files = good.files();
                let files: Vec<_> = files
                    .iter()
                    .map(|(name, bytes)| (name.as_str(), &bytes[..]))
                    .collect();
                tar_of(&files)
            },
            wanted,
        ),
        (
            "a loose one beside a log",
            tar_of(&[
                ("host/etc/kubernetes/kubelet.yaml", config("").as_bytes()),
                ("host/logs/old.tar.gz", &gzip(&log)),
                ("host/etc/app/files/x", b"x"),
                ("host/etc/app/bundle.json", b"{}"),
            ]),
            "archive.tar host unknown file-not-tied-to-process",
        ),
        (
            "a node and its neighbour's description",
            tar_of(&[
                ("n/bundle.json", &manifest(&good)),
                (
                    "n/proc/42/cmdline",
                    b"/usr/bin/kubelet\0--make-iptables-util-chains=false\0",
                ),
                ("n/files/opt/bundle.json", &manifest(&node("m", true))),
            ]),
            "archive.tar n fail argument-sets-it",
        ),
    ] {
        let lab = Lab::new();
        lab.put("archive.tar", &bytes);
        assert_eq!(lines(&judge(&lab, &["."])), [wanted], "{what}");
    }
}

#[test]
fn several_bundles_are_never_taken_for_one() {
    let files = |bundles: &[Bundle]| {
        let mut all = Vec::new();
        for bundle in bundles {
            all.extend(
                bundle
                    .files()
                    .into_iter()
                    .map(|(name, bytes)| (format!("{}/{name}", bundle.top), bytes)),
            );
        }
        all
    };
    let tar = |files: &[(String, Vec<u8>)]| {
        let files: Vec<_> = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), &bytes[..]))
            .collect();
        tar_of(&files)
    };
    let both = files(&[node("n1", true), node("n2", false)]);
    let lab = Lab::new();
    lab.put("fleet.tar", &tar(&both));
    let apart = [
        "fleet.tar!n1 n1 pass config-file-sets-it",
        "fleet.tar!n2 n2 fail config-file-sets-it",
    ];
    assert_eq!(lines(&judge(&lab, &["fleet.tar"])), apart);
    // As if the folders had been packed a file at a time.
    let mut mixed = both.clone();
    mixed.sort_by(|a, b| a.0.rsplit('/').cmp(b.0.rsplit('/')));
    lab.put("fleet.tar", &tar(&mixed));
    assert_eq!(lines(&judge(&lab, &["fleet.tar"])), apart);
    // Named after one of them: the first pass took it for that one.
    lab.put("n1.tar", &tar(&both));
    let ran = judge(&lab, &["n1.tar"]);
    assert_eq!(lines(&ran), ["n1.tar n1 error corrupt"]);
    assert!(ran.stdout.contains("several bundles"), "{}", ran.stdout);
}

#[test]
fn broken_archives_of_bundles_give_one_row() {
    let lab = Lab::new();
    let (a, b) = (node("a", true).tar_gz(), node("b", true).tar_gz());
    let whole = tar_of(&[("a.tgz", &a), ("b.tgz", &b)]);
    lab.put("cut.tar", &whole[..whole.len() - 1500]);
    let mut crc = gzip(&whole);
    let at = crc.len() - 6;
    crc[at] ^= 1;
    lab.put("crc.tar.gz", &crc);
    lab.put("deep.tar", &tar_of(&[("a.tgz", &a), ("inner.tar", &whole)]));
    lab.put(
        "twice.tar",
        &tar_of(&[("a.tgz", &a), ("b.tgz", &b), ("a.tgz", &b)]),
    );
    let ran = judge(&lab, &["."]);
    assert_eq!(
        lines(&ran),
        [
            "crc.tar.gz - error bad-checksum",
            "cut.tar - error truncated",
            "deep.tar!a.tgz a pass config-file-sets-it",
            "deep.tar!inner.tar - error nested-too-deep",
            "twice.tar!a.tgz - error corrupt",
            "twice.tar!b.tgz b pass config-file-sets-it",
        ]
    );
    assert!(
        rows(&ran.stdout)[0]["reason"]
            .as_str()
            .unwrap()
            .contains("archive of bundles")
    );
    assert_eq!(
        rows(&ran.stdout)[0]["bundle_sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}
