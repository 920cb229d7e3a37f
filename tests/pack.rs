//! `nodeproof pack`: many bundles in one archive that is judged as the folder was, and that nobody
//! changes unseen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

use crate::nested::{lines, node, tar_of};
use crate::support::*;

fn pack(lab: &Lab, arguments: &[&str]) -> Ran {
    let ran = lab.run(&[&["pack"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran
}

fn judge(lab: &Lab, path: &str) -> Ran {
    lab.run(&["analyze", path, "--format", "jsonl", "-b", "cis-1.12"])
}

/// The members of a tar archive in their order.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut members = Vec::new();
    for entry in tar::Archive::new(bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        members.push((name, content));
    }
    members
}

/// The pack with its members changed.
fn edited(lab: &Lab, edit: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) {
    let mut all = members(&fs::read(lab.path("pack.tar")).unwrap());
    edit(&mut all);
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in all {
        // As it is: the library refuses names that leave the archive.
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        builder.append(&header, &bytes[..]).unwrap();
    }
    lab.put("pack.tar", &builder.into_inner().unwrap());
}

fn edit_index(lab: &Lab, edit: impl FnOnce(&mut Value)) {
    edited(lab, |all| {
        let mut index: Value = serde_json::from_slice(&all[0].1).unwrap();
        edit(&mut index);
        all[0].1 = index.to_string().into_bytes();
    });
}

/// A folder of two nodes, packed.
fn two() -> Lab {
    let lab = Lab::new();
    lab.put("in/a/n1.tar.gz", &node("n1", true).tar_gz());
    lab.put("in/n2.tar", &node("n2", false).tar());
    pack(&lab, &["in", "-o", "pack.tar"]);
    lab
}

/// What a row says, but for its bundle's name.
fn told(row: &Value, renamed: impl Fn(&str) -> String) -> Value {
    let mut row = row.clone();
    let name = row["bundle"].as_str().unwrap_or_default();
    row["bundle"] = renamed(name).into();
    row
}

/// The id of a finding of a bundle that cannot be read is made of the bundle's name.
fn without_name(row: &mut Value) {
    if row["control"].is_null() {
        row["finding_id"] = Value::Null;
    }
}

#[test]
fn the_sample_bundles_are_judged_in_a_pack_as_in_their_folder() {
    let lab = Lab::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    let shown = samples.to_str().unwrap();
    pack(&lab, &[shown, "-o", "pack.tar"]);
    let rows_of = |path: &str| {
        let asked = ["analyze", path, "--format", "jsonl", "-b", "auto"];
        let ran = nodeproof(lab.folder.path(), &asked);
        (rows(&ran.stdout), ran.code)
    };
    // An older bundle is named in the row that supersedes it, lent evidence in that of its borrower.
    let plain = |text: &str| text.replace("pack.tar!", "");
    let (mut folder, code) = rows_of(shown);
    let (mut packed, other) = rows_of("pack.tar");
    for row in folder.iter_mut().chain(&mut packed) {
        *row = serde_json::from_str(&plain(&row.to_string())).unwrap();
        without_name(row);
    }
    assert!(folder.len() > 500, "{}", folder.len());
    assert_eq!((&packed, other), (&folder, code));
}

#[test]
fn archives_and_folders_of_a_fleet_keep_their_verdicts() {
    let lab = Lab::new();
    let older = node("n1", false).with("collected_at", "2026-01-01T00:00:00Z");
    lab.put("in/old/n1.tar.gz", &older.tar_gz());
    lab.put("in/n1.tgz", &node("n1", true).tar_gz());
    lab.put("in/no-ending", &node("n4", true).tar_gz());
    lab.put("in/broken.tar.gz", b"broken");
    lab.put("in/cut.tgz", &node("n5", true).tar_gz()[..200]);
    lab.put("in/notes.txt", b"notes");
    lab.put("in/zip.zip", &zip_of(&node("n7", false).tar()));
    for (name, bytes) in node("n6", true).files() {
        lab.put(&format!("in/f/{name}"), &bytes);
    }
    let long = format!("in/{}/n9.tar.zst", "deep".repeat(40));
    lab.put(&long, &zstd(&node("n9", true).tar()));
    let bare = Bundle::node("n8")
        .with("cluster", "prod")
        .kubelet(&["--config=/gone.yaml"]);
    lab.put("in/n8.tgz", &bare.tar_gz());
    let cluster = Bundle::cluster("prod").live("n8", false).live("n10", true);
    lab.put("in/z/cluster.tgz", &cluster.tar_gz());
    let ran = pack(&lab, &["in", "-o", "pack.tar"]);
    assert!(
        ran.stderr
            .contains("10 bundles packed. 1 other file skipped."),
        "{}",
        ran.stderr
    );

    let (folder, packed) = (judge(&lab, "in"), judge(&lab, "pack.tar"));
    assert_eq!((folder.code, packed.code), (3, 3), "{}", packed.stderr);
    // Of a folder an archive is made, under a name of its own.
    let renamed = |name: &str| match name {
        "f" => "f.tar.gz".to_owned(),
        name => name.replace("pack.tar!", ""),
    };
    let told_of = |ran: &Ran| -> Vec<Value> {
        let rows = rows(&ran.stdout);
        let told = rows.iter().map(|row| {
            let mut row = told(row, renamed);
            if row["bundle"] == "f.tar.gz" {
                row["bundle_sha256"] = Value::Null;
            }
            without_name(&mut row);
            let text = row.to_string().replace("pack.tar!", "");
            serde_json::from_str(&text).unwrap()
        });
        told.collect()
    };
    assert_eq!(told_of(&packed), told_of(&folder));
    assert!(packed.stdout.contains("superseded") || folder.stderr.contains("superseded"));

    let verified = lab.run(&["verify", "pack.tar", "--format", "json"]);
    let verified: Vec<Value> = serde_json::from_str(&verified.stdout).unwrap();
    let results: BTreeMap<&str, &str> = { verified.iter() }
        .map(|one| {
            (
                one["bundle"].as_str().unwrap(),
                one["result"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(results.len(), 10);
    assert_eq!(results["pack.tar!broken.tar.gz"], "failed");
    assert_eq!(results["pack.tar!f.tar.gz"], "ok");
}

#[test]
fn the_index_says_where_the_bytes_of_each_bundle_stand() {
    let lab = two();
    for (name, bytes) in node("n3", true).files() {
        lab.put(&format!("in/f/{name}"), &bytes);
    }
    for at in 0..40 {
        let name = format!("in/{}/{at}.tgz", "x".repeat(90 + at));
        lab.put(&name, &node(&format!("m{at}"), true).tar_gz());
    }
    pack(&lab, &["in", "-o", "pack.tar"]);
    let bytes = fs::read(lab.path("pack.tar")).unwrap();
    let all = members(&bytes);
    assert_eq!(all[0].0, "pack.json");
    let index: Value = serde_json::from_slice(&all[0].1).unwrap();
    assert_eq!(index["format"], "nodeproof-pack/1");
    assert_eq!(index["tool"], "nodeproof");
    let bundles = index["bundles"].as_array().unwrap();
    assert_eq!(bundles.len(), 43);
    assert_eq!(bundles.len(), all.len() - 1);
    for (one, (name, content)) in bundles.iter().zip(&all[1..]) {
        assert_eq!(one["name"], **name);
        let at = usize::try_from(one["offset"].as_u64().unwrap()).unwrap();
        let size = usize::try_from(one["size"].as_u64().unwrap()).unwrap();
        assert_eq!(&bytes[at..at + size], &content[..], "{name}");
        assert_eq!(one["sha256"], sha256_hex(content));
        match &**name {
            "f.tar.gz" => assert_eq!(one["found_as"], "folder"),
            name => assert_eq!(content, &fs::read(lab.path("in").join(name)).unwrap()),
        }
    }
    // The digest of a folder is the one in its rows.
    let rows = rows(&judge(&lab, "in/f").stdout);
    let folder = bundles
        .iter()
        .find(|one| one["name"] == "f.tar.gz")
        .unwrap();
    assert_eq!(folder["folder_sha256"], rows[0]["bundle_sha256"]);
}

#[test]
fn the_same_bundles_give_the_same_bytes() {
    let packed = |order: [&str; 3]| {
        let lab = Lab::new();
        for name in order {
            for (member, bytes) in node(name, true).files() {
                lab.put(&format!("in/{name}/{member}"), &bytes);
            }
            lab.put(&format!("in/z/{name}.tgz"), &node(name, true).tar_gz());
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", lab.path("in/n1/files/link")).unwrap();
        pack(&lab, &["in", "-o", "pack.tar"]);
        fs::read(lab.path("pack.tar")).unwrap()
    };
    assert!(packed(["n1", "n2", "n3"]) == packed(["n3", "n1", "n2"]));
}

#[test]
fn a_bundle_that_was_changed_in_a_pack_never_passes() {
    let lab = two();
    assert_eq!(
        lines(&judge(&lab, "pack.tar")),
        [
            "pack.tar!a/n1.tar.gz n1 pass config-file-sets-it",
            "pack.tar!n2.tar n2 fail config-file-sets-it",
        ]
    );
    // Whole in itself, with checksums made anew.
    edited(&lab, |all| all[2].1 = node("n2", true).tar());
    let ran = judge(&lab, "pack.tar");
    assert_eq!(ran.code, 3);
    assert_eq!(
        lines(&ran),
        [
            "pack.tar!a/n1.tar.gz n1 pass config-file-sets-it",
            "pack.tar!n2.tar n2 error checksum-mismatch",
        ]
    );
    let rows = rows(&ran.stdout);
    assert_eq!(rows[1]["integrity"], "mismatch");
    let told = "pack.tar!n2.tar: has another SHA-256 than pack.json says";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let ran = lab.run(&["verify", "pack.tar"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn what_a_cluster_lends_is_in_doubt_where_its_bundle_was_changed() {
    let lab = Lab::new();
    let bare = Bundle::node("n8")
        .with("cluster", "prod")
        .kubelet(&["--config=/gone.yaml"]);
    lab.put("in/n8.tgz", &bare.tar_gz());
    let cluster = |on: bool| Bundle::cluster("prod").live("n8", on).tar_gz();
    lab.put("in/cluster.tgz", &cluster(false));
    pack(&lab, &["in", "-o", "pack.tar"]);
    assert_eq!(
        lines(&judge(&lab, "pack.tar")),
        ["pack.tar!n8.tgz n8 fail configz-sets-it"]
    );
    edited(&lab, |all| all[1].1 = cluster(true));
    assert_eq!(
        lines(&judge(&lab, "pack.tar")),
        ["pack.tar!n8.tgz n8 error checksum-mismatch"]
    );
}

#[test]
fn a_bundle_that_was_taken_out_or_put_in_is_an_error() {
    let lab = two();
    edited(&lab, |all| {
        all.remove(2);
        all.push(("n3.tgz".to_owned(), node("n3", true).tar_gz()));
    });
    let ran = judge(&lab, "pack.tar");
    assert_eq!(ran.code, 3);
    assert_eq!(
        lines(&ran),
        [
            "pack.tar!a/n1.tar.gz n1 pass config-file-sets-it",
            "pack.tar!n2.tar - error corrupt",
            "pack.tar!n3.tgz n3 error checksum-mismatch",
        ]
    );
    for part in [
        "pack.json lists it, and it is not in the pack",
        "pack.json does not list it",
    ] {
        assert!(ran.stdout.contains(part), "{}", ran.stdout);
    }
    let lab = two();
    edited(&lab, |all| all.truncate(1));
    assert_eq!(
        lines(&judge(&lab, "pack.tar")),
        [
            "pack.tar!a/n1.tar.gz - error corrupt",
            "pack.tar!n2.tar - error corrupt"
        ]
    );
    // What would make all of it one bundle does not hide the others.
    let lab = two();
    edited(&lab, |all| {
        all.push(("bundle.json".to_owned(), b"{}".to_vec()));
    });
    let ran = judge(&lab, "pack.tar");
    assert_eq!(lines(&ran), ["pack.tar - error corrupt"]);
    assert!(
        ran.stdout.contains("a pack by its pack.json"),
        "{}",
        ran.stdout
    );
    // Nor does a folder in the place of an archive, or around one.
    for around in ["n2.tar", "a"] {
        let lab = two();
        edited(&lab, |all| {
            all.retain(|(name, _)| name != "n2.tar");
            for (name, bytes) in node("n2", true).files() {
                all.push((format!("{around}/{name}"), bytes));
            }
        });
        let verdicts = lines(&judge(&lab, "pack.tar")).join("\n");
        assert!(!verdicts.contains("n2 pass"), "{verdicts}");
        assert!(verdicts.contains("pack.tar!n2.tar"), "{verdicts}");
        assert!(verdicts.contains("pack.tar!a/n1.tar.gz"), "{verdicts}");
    }
}

type Edit<'e> = &'e dyn Fn(&mut Value);

#[test]
fn an_index_that_was_changed_makes_nothing_pass() {
    let hex = "ab".repeat(32);
    let edits: [(Edit<'_>, &str); 5] = [
        (
            &|index| index["bundles"][0]["sha256"] = hex.as_str().into(),
            "has another SHA-256",
        ),
        (
            &|index| index["format"] = "nodeproof-pack/9".into(),
            "nodeproof-pack/9",
        ),
        (
            &|index| index["bundles"] = json!(7),
            "is no index of a pack",
        ),
        (
            &|index| index["bundles"][1]["name"] = "../n2.tar".into(),
            "`..` in its name",
        ),
        (
            &|index| index["bundles"][1]["name"] = "/n2.tar".into(),
            "absolute path",
        ),
    ];
    for (edit, told) in edits {
        let lab = two();
        edit_index(&lab, edit);
        let ran = judge(&lab, "pack.tar");
        assert_eq!(ran.code, 3, "{told}");
        let outcomes = lines(&ran);
        let first = "pack.tar!a/n1.tar.gz n1 error checksum-mismatch";
        assert_eq!(outcomes[0], first, "{told}");
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert_eq!(lab.run(&["verify", "pack.tar"]).code, 3, "{told}");
    }
    let lab = two();
    edited(&lab, |all| all.insert(1, all[0].clone()));
    assert!(
        !judge(&lab, "pack.tar")
            .stdout
            .contains(r#""verdict":"pass""#)
    );
    // One whose members have names that leave it: they are refused, and missing.
    for name in ["../n2.tar", "/n2.tar"] {
        let lab = two();
        edited(&lab, |all| all[2].0 = name.to_owned());
        let ran = judge(&lab, "pack.tar");
        assert_eq!(lines(&ran)[1..], ["pack.tar!n2.tar - error corrupt"]);
        assert!(ran.stderr.contains("is not read"), "{}", ran.stderr);
    }
}

#[test]
fn other_files_of_that_name_make_no_pack() {
    let lab = Lab::new();
    lab.put(
        "many.tar",
        &tar_of(&[
            ("pack.json", br#"{"name":"an application"}"#),
            ("n1.tgz", &node("n1", true).tar_gz()),
            ("n2.tgz", &node("n2", true).tar_gz()),
        ]),
    );
    let ran = judge(&lab, "many.tar");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("1 other file skipped"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_list_says_what_is_packed() {
    let lab = two();
    let whole = fs::read(lab.path("pack.tar")).unwrap();
    lab.put("names", b"./n2.tar\na/n1.tar.gz\n");
    pack(&lab, &["in", "--list", "names", "-o", "listed.tar"]);
    assert!(fs::read(lab.path("listed.tar")).unwrap() == whole);
    lab.put("names", b"in/n2.tar\0");
    pack(&lab, &["--list", "names", "-o", "listed.tar"]);
    let names: Vec<String> = members(&fs::read(lab.path("listed.tar")).unwrap())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["pack.json", "in/n2.tar"]);
    for (line, code, told) in [
        ("gone.tgz", 3, "gone.tgz: cannot be read"),
        ("files/n1.tgz", 2, "would make the pack a bundle"),
    ] {
        lab.put("files/n1.tgz", &node("n1", true).tar_gz());
        lab.put("names", line.as_bytes());
        let ran = lab.run(&["pack", "--list", "names", "-o", "other.tar"]);
        assert_eq!(ran.code, code, "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{line}: {}", ran.stderr);
        assert!(!lab.path("other.tar").exists());
    }
    lab.put("names", b"../n2.tar\n");
    let ran = lab.run(&["pack", "in/a", "--list", "names", "-o", "other.tar"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is not below PATH"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_packed_leaves_nothing_behind() {
    let lab = two();
    lab.put("empty/notes.txt", b"notes");
    lab.put("other/n2.tar", &node("n2", true).tar());
    lab.put("in/f/bundle.json", b"{}");
    lab.put("f.d/f.tar.gz", b"broken");
    let before = listing(lab.folder.path());
    let held = fs::read(lab.path("pack.tar")).unwrap();
    for (arguments, told) in [
        (&["empty", "-o", "new.tar"][..], "no bundle in empty"),
        (
            &["in", "other", "-o", "new.tar"],
            "two bundles would be `n2.tar`",
        ),
        (
            &["in/f", "f.d", "-o", "new.tar"],
            "two bundles would be `f.tar.gz`",
        ),
        (&["in", "-o", "in/new.tar"], "lies in what is packed"),
        (&["in", "-o", "in/f/new.tar"], "lies in what is packed"),
        (&["in/n2.tar", "-o", "in/n2.tar"], "lies in what is packed"),
        (&["in", "-o", "new.tar.gz"], "a pack is a .tar"),
        (
            &["pack.tar", "-o", "new.tar"],
            "is an archive of bundles; unpack it",
        ),
        (&["gone", "-o", "new.tar"], "`gone` does not exist"),
    ] {
        let ran = lab.run(&[&["pack"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(lab.run(&["pack", "in", "-o", "gone/new.tar"]).code, 4);
    assert_eq!(listing(lab.folder.path()), before);
    assert!(fs::read(lab.path("pack.tar")).unwrap() == held);
    // One that is there is replaced, as other outputs are.
    pack(&lab, &["other", "-o", "pack.tar"]);
    assert_eq!(lines(&judge(&lab, "pack.tar")).len(), 1);
}
