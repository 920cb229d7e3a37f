//! `nodeproof redact`: a bundle that came in, without its secrets.

#[path = "redact/canaries.rs"]
pub mod canaries;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use canaries::{CANARY, COMMANDS, ETCD, FILES, KUBELET, OTHERS, REPLIES};
use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

use crate::support::{Bundle, Lab, nodeproof, rows, shared};

/// Everything planted in one bundle as a collector that masks nothing would write it.
fn planted() -> Bundle {
    let mut bundle = Bundle::node("n1")
        .process(42, KUBELET)
        .process(43, ETCD)
        .member(
            "proc/43/environ",
            "ETCD_DATA_DIR=/var/lib/etcd\0AWS_SECRET_ACCESS_KEY=CnryEnviron90\0",
        );
    for (_, path, text) in FILES {
        bundle = bundle.file(path, text);
    }
    for (name, text) in COMMANDS {
        bundle = bundle.member(&format!("commands/{name}.txt"), text);
    }
    for (name, text) in REPLIES {
        bundle = bundle.member(name, text);
    }
    let argv = "kubectl --token=CnryCommand91 get nodes";
    bundle.manifest["commands"] = json!([{"argv": argv, "member": "commands/x.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    bundle
}

/// What a file holds, unpacked as far as it is packed.
fn unpacked(path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    if bytes.starts_with(b"PK") {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let count = zip.len();
        let entry = |at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (format!("{name}!{}", entry.name().unwrap()), bytes)
        };
        return (0..count).map(entry).collect();
    }
    if name.ends_with(".tar.gz") {
        return members(&bytes);
    }
    vec![(name, bytes)]
}

fn members(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    });
    entries.collect()
}

/// The places where a secret stands.
fn leaks(all: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in all {
        let text = String::from_utf8_lossy(bytes);
        for line in text.split(['\n', '\0']) {
            if [CANARY]
                .iter()
                .chain(OTHERS)
                .any(|secret| line.contains(secret))
            {
                let at = line.find(CANARY).unwrap_or(0);
                let start = line[..at]
                    .char_indices()
                    .rev()
                    .nth(60)
                    .map_or(0, |(at, _)| at);
                let shown: String = line[start..].chars().take(120).collect();
                found.push(format!("{name}: {shown}"));
            }
        }
    }
    found
}

/// Every format, and the whole story of every finding of one benchmark.
fn leaks_of_outputs(lab: &Lab, bundle: &str) -> Vec<String> {
    let mut found = Vec::new();
    let names = nodeproof::export::Format::names();
    let names: Vec<&str> = names.split(", ").collect();
    assert!(names.len() >= 17, "{names:?}");
    for name in names {
        let ran = nodeproof(
            lab.folder.path(),
            &[
                "analyze",
                bundle,
                "-b",
                "cis-1.10",
                "--format",
                name,
                "-o",
                &format!("out-{name}.bin"),
            ],
        );
        let path = lab.path(&format!("out-{name}.bin"));
        if ran.code == 2 {
            // A format of one document per node.
            let zip = format!("out-{name}.zip");
            let ran = nodeproof(
                lab.folder.path(),
                &[
                    "analyze", bundle, "-b", "cis-1.10", "-o", &zip, "--format", name,
                ],
            );
            assert_ne!(ran.code, 2, "{name}: {}", ran.stderr);
            found.extend(leaks(&unpacked(&lab.path(&zip))));
            continue;
        }
        found.extend(leaks(&unpacked(&path)));
        found.extend(leaks(&[(name.to_owned(), ran.stderr.into_bytes())]));
    }
    let all = nodeproof(
        lab.folder.path(),
        &["analyze", bundle, "-b", "cis-1.10", "--format", "jsonl"],
    );
    let rows = rows(&all.stdout);
    assert!(rows.len() > 50);
    for row in rows.iter().filter(|row| row["evidence"] != json!([])) {
        let id = row["finding_id"].as_str().unwrap();
        let ran = nodeproof(
            lab.folder.path(),
            &["explain", bundle, "-b", "cis-1.10", "--finding", id],
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        found.extend(leaks(&[(
            format!("explain {}", row["control"]),
            ran.stdout.into_bytes(),
        )]));
    }
    found
}

#[test]
fn no_secret_is_left_in_a_redacted_bundle_or_told_by_any_output() {
    let lab = Lab::new();
    lab.add("n1.tar.gz", &planted());
    let ran = lab.run(&["redact", "n1.tar.gz", "-o", "out/../clean.tar.gz"]);
    assert_eq!(ran.code, 4, "a folder that is not there: {}", ran.stderr);
    let ran = lab.run(&["redact", "n1.tar.gz", "-o", "clean.tar.gz"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let clean = unpacked(&lab.path("clean.tar.gz"));
    let said = [
        ("stdout".to_owned(), ran.stdout.into_bytes()),
        ("stderr".to_owned(), ran.stderr.into_bytes()),
    ];
    let found: Vec<String> = leaks(&clean).into_iter().chain(leaks(&said)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(FILES.len() + COMMANDS.len() + REPLIES.len() >= 40);
    let verified = lab.run(&["verify", "clean.tar.gz"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    for bundle in ["n1.tar.gz", "clean.tar.gz"] {
        let found = leaks_of_outputs(&lab, bundle);
        assert!(found.is_empty(), "{bundle}: {}", found.join("\n"));
    }
}

fn text(members: &[(String, Vec<u8>)], name: &str) -> String {
    let found = members.iter().find(|(own, _)| own.ends_with(name));
    String::from_utf8(found.unwrap_or_else(|| panic!("no {name}")).1.clone()).unwrap()
}

#[test]
fn a_redacted_bundle_says_what_it_was_made_from_and_what_was_masked() {
    let lab = Lab::new();
    let stat = "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n/etc/default/kubelet\tfile\t644\t0\t0\troot\troot\t1\t1\t1\tabcd\t\n/etc/kubernetes/a.yaml\tfile\t644\t0\t0\troot\troot\t1\t1\t1\tef01\t\n";
    let bundle = Bundle::node("n1")
        .kubelet(&["--token=Cnry"])
        .file(
            "/etc/default/kubelet",
            "KUBELET_EXTRA_ARGS=--password=Cnry\n",
        )
        .file("/etc/kubernetes/a.yaml", "kind: KubeletConfiguration\n")
        .file(
            "/etc/kubernetes/notes.yaml",
            "these are notes\nand nobody knows: what\n  they: hold\n",
        )
        .file("/etc/kubernetes/pki/ca.key", "Cnry")
        .member("stat.tsv", stat);
    let original = fs::read(lab.add("n1.tar.gz", &bundle)).unwrap();
    let ran = lab.run(&[
        "redact",
        "n1.tar.gz",
        "-o",
        "clean.tar.gz",
        "--format",
        "csv",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for line in [
        "proc/42/cmdline,token,1",
        "files/etc/default/kubelet,password,1",
        "files/etc/kubernetes/pki/ca.key,private-key,1",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    assert!(
        ran.stderr
            .contains("not sure: n1.tar.gz: files/etc/kubernetes/notes.yaml is free text"),
        "{}",
        ran.stderr
    );
    let clean = unpacked(&lab.path("clean.tar.gz"));
    assert!(clean[0].0.ends_with("bundle.json") && clean[1].0.ends_with("SHA256SUMS"));
    let description: Value = serde_json::from_str(&text(&clean, "bundle.json")).unwrap();
    assert_eq!(
        description["redacted_from"]["sha256"],
        sha256_hex(&original)
    );
    assert_eq!(description["redacted_from"]["checksums"], "match");
    assert_eq!(description["redactions"].as_array().unwrap().len(), 3);
    assert_eq!(
        description["not_sure_of"][0]["member"],
        "files/etc/kubernetes/notes.yaml"
    );
    assert_eq!(description["node"], "n1");
    let stat = text(&clean, "stat.tsv");
    assert!(!stat.contains("abcd") && stat.contains("ef01"), "{stat}");
    // What is masked already stays as it is, and what is written is the same each time.
    let again = lab.run(&[
        "redact",
        "clean.tar.gz",
        "-o",
        "twice.tar.gz",
        "--format",
        "csv",
    ]);
    assert_eq!(
        again.stdout.lines().count(),
        1 + 1,
        "the key alone: {}",
        again.stdout
    );
    let twice = unpacked(&lab.path("twice.tar.gz"));
    let description: Value = serde_json::from_str(&text(&twice, "bundle.json")).unwrap();
    assert_eq!(
        description["redacted_from"]["before"]["sha256"],
        sha256_hex(&original)
    );
    for (name, bytes) in clean.iter().skip(2) {
        assert_eq!(text(&twice, name), String::from_utf8_lossy(bytes), "{name}");
    }
    lab.run(&["redact", "n1.tar.gz", "-o", "other.tar.gz"]);
    assert_eq!(
        fs::read(lab.path("other.tar.gz")).unwrap(),
        fs::read(lab.path("clean.tar.gz")).unwrap()
    );
}

#[test]
fn what_was_changed_on_the_way_is_not_given_new_checksums() {
    let lab = Lab::new();
    let mut bundle = Bundle::node("n1").kubelet(&["--v=2"]);
    lab.add("whole.tar.gz", &bundle);
    bundle.sums = false;
    let sums = format!("{}  proc/42/cmdline\n", sha256_hex(b"other"));
    lab.add("changed.tar.gz", &bundle.clone().member("SHA256SUMS", sums));
    lab.add(
        "stripped.tar.gz",
        &bundle.clone().member("SHA256SUMS.sig", "x"),
    );
    lab.put("cut.tar.gz", &bundle.tar_gz()[..100]);
    for name in ["changed", "stripped", "cut"] {
        let ran = lab.run(&["redact", &format!("{name}.tar.gz"), "-o", "out.tar.gz"]);
        assert_eq!(ran.code, 3, "{name}: {}", ran.stderr);
        assert!(!lab.path("out.tar.gz").exists(), "{name}");
    }
    lab.add("unlisted.tar.gz", &bundle);
    let ran = lab.run(&["redact", "unlisted.tar.gz", "-o", "out.tar.gz"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let description: Value =
        serde_json::from_str(&text(&unpacked(&lab.path("out.tar.gz")), "bundle.json")).unwrap();
    assert_eq!(description["redacted_from"]["checksums"], "none");
    for (arguments, code, says) in [
        (["whole.tar.gz", "out.zip"], 2, "choose such a name"),
        (["whole.tar.gz", "whole.tar.gz"], 2, "is the bundle itself"),
        (["absent.tar.gz", "out.tar.gz"], 2, "absent.tar.gz"),
        ([".", "out.tar.gz"], 2, "one by one"),
        (["whole.tar.gz", "no/out.tar.gz"], 4, "no/out.tar.gz"),
    ] {
        let ran = lab.run(&["redact", arguments[0], "-o", arguments[1]]);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    assert!(fs::read_dir(lab.folder.path()).unwrap().all(|entry| {
        !entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with('.')
    }));
}

/// Verdicts by subject, benchmark and control.
fn verdicts(lab: &Lab, path: &str) -> Vec<(String, String, String)> {
    let ran = nodeproof(
        lab.folder.path(),
        &["analyze", path, "--format", "jsonl", "-q"],
    );
    let key = |row: &Value| {
        format!(
            "{} {} {} {}",
            row["cluster"], row["node"], row["benchmark"], row["control"]
        )
    };
    let cell = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows(&ran.stdout)
        .iter()
        .map(|row| (key(row), cell(row, "verdict"), cell(row, "reason")))
        .collect()
}

/// Where a redacted bundle is judged in another way, and not because a masked value decides.
fn differences(lab: &Lab, path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let stem = [".tar.gz", ".tar.xz", ".tar.zst", ".tgz", ".zip"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap();
    let out = format!("{stem}.tar.gz");
    let folder = lab.path("clean");
    fs::create_dir_all(&folder).unwrap();
    let ran = nodeproof(&folder, &["redact", path.to_str().unwrap(), "-o", &out]);
    if ran.code != 0 {
        assert!([2, 3].contains(&ran.code), "{name}: {}", ran.stderr);
        return Vec::new();
    }
    let before = verdicts(lab, path.to_str().unwrap());
    let after = verdicts(lab, &format!("clean/{out}"));
    // An archive that shows no node has no rows, redacted or not.
    assert!(!before.is_empty() || name.starts_with("empty-"), "{name}");
    if before.len() != after.len() {
        return vec![format!(
            "{name}: {} rows, redacted {}",
            before.len(),
            after.len()
        )];
    }
    let pairs = before.iter().zip(&after);
    let is_other = |(before, after): &(&(String, String, String), &(String, String, String))| {
        let is_masked = after.1 == "unknown" && after.2.starts_with("value-redacted");
        before.0 != after.0 || before.1 != after.1 && !is_masked
    };
    pairs
        .filter(is_other)
        .map(|(before, after)| format!("{name}: {before:?}\n  redacted {after:?}"))
        .collect()
}

#[test]
fn a_redacted_bundle_is_judged_as_the_original_is() {
    let lab = Lab::new();
    let mut found = Vec::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-bundles");
    let mut folders = vec![samples];
    let of_tools = [
        "eks",
        "insights",
        "openshift",
        "sonobuoy",
        "sos",
        "traps",
        "troubleshoot",
    ];
    if let Some(evidence) = shared("evidence/importers") {
        folders.extend(of_tools.map(|tool| evidence.join(tool)));
    }
    let mut count = 0;
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|ending| ["gz", "xz", "zst", "zip"].iter().any(|it| ending == *it))
            {
                count += 1;
                found.extend(differences(&lab, &path));
            }
        }
    }
    assert!(count >= 15, "{count}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
