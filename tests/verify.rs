//! `nodeproof verify`: every member of every bundle, whether a verdict rests on it or not.

use serde_json::{Value, json};

use crate::support::*;

fn node(name: &str) -> Bundle {
    Bundle::node(name)
        .kubelet(&["--make-iptables-util-chains=true"])
        .member("extra/unread.bin", vec![7; 100_000])
}

fn verified(lab: &Lab, more: &[&str]) -> (Vec<Value>, Ran) {
    let ran = lab.run(&[&["verify", ".", "--format", "json"], more].concat());
    (serde_json::from_str(&ran.stdout).unwrap(), ran)
}

/// The bundle with a member changed after it was summed.
fn changed(bundle: &Bundle, name: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (member, mut bytes) in bundle.files() {
        if member == name {
            bytes[0] ^= 1;
        }
        append(&mut builder, &format!("{}/{member}", bundle.top), &bytes);
    }
    gzip(&builder.into_inner().unwrap())
}

#[test]
fn a_member_that_no_verdict_rests_on_is_compared_too() {
    let lab = Lab::new();
    lab.put("n.tgz", &changed(&node("n"), "extra/unread.bin"));
    let (rows, ran) = verified(&lab, &[]);
    assert_eq!(ran.code, 3);
    assert_eq!(rows[0]["result"], "failed");
    assert_eq!(rows[0]["failures"][0]["member"], "extra/unread.bin");
    assert!(ran.stderr.contains("extra/unread.bin"), "{}", ran.stderr);
    // An analysis compares what it reads, unless all is asked for.
    let analyze = |more: &[&str]| {
        let arguments = [
            &["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"],
            more,
        ]
        .concat();
        outcome(&rows_of(&lab, &arguments)[0])
    };
    assert_eq!(analyze(&[]), "pass argument-sets-it");
    assert_eq!(analyze(&["--verify", "read"]), "pass argument-sets-it");
    assert_eq!(analyze(&["--verify", "all"]), "error checksum-mismatch");
}

fn rows_of(lab: &Lab, arguments: &[&str]) -> Vec<Value> {
    rows(&lab.run(arguments).stdout)
}

#[test]
fn every_form_of_a_bundle_is_compared_alike() {
    let good = node("n");
    let bad = changed(&good, "extra/unread.bin");
    for (is_good, bytes) in [(true, good.tar_gz()), (false, bad)] {
        let lab = Lab::new();
        lab.put("a/n.tgz", &bytes);
        let mut outer = tar::Builder::new(Vec::new());
        append(&mut outer, "inner/n.tgz", &bytes);
        append(&mut outer, "note.txt", b"x");
        lab.put("outer.tar", &outer.into_inner().unwrap());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        archive.unpack(lab.path("unpacked")).unwrap();
        let mut files = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let mut of_folder = tar::Builder::new(Vec::new());
        for entry in files.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = format!("x/{}", entry.path().unwrap().display());
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
            append(&mut of_folder, &name, &content);
        }
        append(&mut of_folder, "y/n2/bundle.json", b"{}");
        lab.put("folders.tar", &of_folder.into_inner().unwrap());
        let (rows, _) = verified(&lab, &[]);
        let results: Vec<(&str, &str)> = rows
            .iter()
            .map(|row| {
                (
                    row["bundle"].as_str().unwrap(),
                    row["result"].as_str().unwrap(),
                )
            })
            .collect();
        let wanted = if is_good { "ok" } else { "failed" };
        assert_eq!(
            results,
            [
                ("a/n.tgz", wanted),
                ("folders.tar!x/n", wanted),
                ("folders.tar!y/n2", "no-sums"),
                ("outer.tar!inner/n.tgz", wanted),
                ("unpacked/n", wanted),
            ]
        );
    }
}

#[test]
fn what_is_wrong_with_a_bundle_is_named() {
    let pack = |files: &[(String, Vec<u8>)]| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            // The crate refuses the names that this is about.
            let mut header = tar::Header::new_old();
            let name = format!("n/{name}");
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            builder.append(&header, &bytes[..]).unwrap();
        }
        gzip(&builder.into_inner().unwrap())
    };
    let whole = node("n").files();
    let without = |name: &str| {
        let files = whole.iter().filter(|(other, _)| other != name);
        files.cloned().collect::<Vec<_>>()
    };
    let with = |name: &str| {
        let mut files = whole.clone();
        files.push((name.to_owned(), b"x".to_vec()));
        files
    };
    let mut late = whole.clone();
    late.rotate_left(1);
    let cut = {
        let bytes = pack(&whole);
        bytes[..bytes.len() / 2].to_vec()
    };
    for (about, bytes, part) in [
        (
            "a missing member",
            pack(&without("extra/unread.bin")),
            "not in the bundle",
        ),
        (
            "a missing description",
            pack(&without("bundle.json")),
            "bundle.json",
        ),
        ("a late description", pack(&late), "not the first member"),
        (
            "an unlisted member",
            pack(&with("extra/more")),
            "not listed",
        ),
        (
            "a refused name",
            pack(&with("commands/../extra/y")),
            "refused",
        ),
        ("half an archive", cut, "truncated"),
        (
            "no sums, but a signature",
            pack(&{
                let mut files = without("SHA256SUMS");
                files.push(("SHA256SUMS.sig".to_owned(), b"x".to_vec()));
                files
            }),
            "SHA256SUMS is not",
        ),
    ] {
        let lab = Lab::new();
        lab.put("n.tgz", &bytes);
        let (rows, ran) = verified(&lab, &[]);
        assert_eq!(
            (&rows[0]["result"], ran.code),
            (&json!("failed"), 3),
            "{about}"
        );
        let failures = rows[0]["failures"].to_string();
        assert!(failures.contains(part), "{about}: {failures}");
    }
    let lab = Lab::new();
    lab.put("n.tgz", &pack(&without("SHA256SUMS")));
    let (rows, ran) = verified(&lab, &[]);
    assert_eq!((&rows[0]["result"], ran.code), (&json!("no-sums"), 0));
}

#[test]
fn the_list_has_three_forms_and_none_runs_as_a_formula() {
    let lab = Lab::new();
    lab.put("=cmd.tgz", &changed(&node("n"), "extra/unread.bin"));
    lab.add("ok.tgz", &node("m"));
    let table = lab.run(&["verify", "."]);
    assert!(table.stdout.starts_with("RESULT"), "{}", table.stdout);
    assert!(table.stdout.contains("failed") && table.stdout.contains("unsigned"));
    assert!(
        table
            .stderr
            .contains("1 of 2 bundles as their checksums say, 1 failed"),
        "{}",
        table.stderr
    );
    let csv = lab.run(&["verify", ".", "--format", "csv"]);
    assert!(
        csv.stdout
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("failed,'=cmd.tgz,"),
        "{}",
        csv.stdout
    );
    assert_eq!((table.code, csv.code), (3, 3));
    assert_eq!(lab.run(&["verify", "nowhere"]).code, 2);
    // The same at any number of threads.
    for jobs in ["1", "2", "7"] {
        assert_eq!(
            lab.run(&["verify", ".", "--format", "csv", "-j", jobs])
                .stdout,
            csv.stdout
        );
    }
}

#[test]
fn members_past_a_limit_are_compared_all_the_same() {
    let lab = Lab::new();
    lab.add(
        "n.tgz",
        &node("n").file("/etc/kubernetes/large.yaml", vec![b'#'; 5_000]),
    );
    let (rows, _) = verified(&lab, &["--limit", "member-bytes=2000"]);
    assert_eq!(rows[0]["result"], "ok", "{rows:?}");
    let (rows, ran) = verified(&lab, &["--limit", "members=3"]);
    assert_eq!((&rows[0]["result"], ran.code), (&json!("failed"), 3));
    assert!(
        rows[0]["failures"]
            .to_string()
            .contains("--limit members=N")
    );
}
