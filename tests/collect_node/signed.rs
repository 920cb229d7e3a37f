//! One signed bundle's way: from the collector to a report that names its signer, and what a change on
//! the way gives.

use std::fs;
use std::io::Read as _;

use serde_json::Value;

use super::harness::*;
use crate::signatures::{has_ssh_keygen, key};
use crate::support::{Lab, append, gzip, outcome};

type Files = Vec<(String, Vec<u8>)>;

fn files(archive: &[u8]) -> Files {
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let mut files = Files::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((text(&entry.path_bytes()), bytes));
        }
    }
    files
}

fn packed(files: &Files) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, name, bytes);
    }
    gzip(&builder.into_inner().unwrap())
}

fn replaced(files: &Files, member: &str, from: &str, to: &str) -> Files {
    let mut files = files.clone();
    let (_, bytes) = files
        .iter_mut()
        .find(|(name, _)| name.ends_with(member))
        .unwrap();
    let changed = text(bytes).replace(from, to);
    assert_ne!(changed.as_bytes(), &bytes[..], "{member} has {from}");
    *bytes = changed.into_bytes();
    files
}

#[test]
fn a_signed_bundle_names_its_signer_and_shows_every_change() {
    if !has_ssh_keygen() {
        return;
    }
    for shell in shells() {
        let lab = Lab::new();
        let public = key(&lab.path("key"), &["-t", "ed25519"]);
        lab.put(
            "signers",
            format!("*@example.com namespaces=\"nodeproof\" {public}\n").as_bytes(),
        );
        let image = tempfile::tempdir().unwrap();
        plant_process(image.path(), 1, &["/sbin/init"]);
        plant_process(
            image.path(),
            42,
            &["/usr/bin/kubelet", "--make-iptables-util-chains=true"],
        );
        let private = lab.path("key").display().to_string();
        let arguments = [
            "--node",
            "n",
            "--operator",
            "alice@example.com",
            "--sign",
            &private,
        ];
        let mut run = Run::on(&shell, image.path()).args(&arguments);
        let ran = run.command.output().unwrap();
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        let left = listing(run.out.path());
        assert_eq!(left.len(), 1, "{left:?}");
        let archive = fs::read(run.out.path().join(&left[0])).unwrap();
        let whole = files(&archive);
        let judge = |bytes: &[u8]| {
            lab.put("in/n.tar.gz", bytes);
            let ran = lab.run(&[
                "analyze",
                "in",
                "-b",
                "cis-1.10",
                "--allowed-signers",
                "signers",
                "--require-signature",
                "-o",
                "out.json",
            ]);
            let report: Value =
                serde_json::from_slice(&fs::read(lab.path("out.json")).unwrap()).unwrap();
            (report, ran.code)
        };
        let (report, code) = judge(&archive);
        let row = &report["findings"][0];
        assert_eq!(
            (outcome(row).as_str(), code),
            ("pass argument-sets-it", 0),
            "{row}"
        );
        assert_eq!(row["integrity"], "signed");
        assert_eq!(
            report["bundles"][0]["signature"]["signer"],
            "alice@example.com"
        );
        let stripped: Files = whole
            .iter()
            .filter(|(name, _)| !name.ends_with("SHA256SUMS.sig"))
            .cloned()
            .collect();
        for (about, changed, code) in [
            (
                "the node's name",
                replaced(&whole, "bundle.json", "\"node\":\"n\"", "\"node\":\"m\""),
                "checksum-mismatch",
            ),
            (
                "an argument",
                replaced(&whole, "42/cmdline", "=true", "=fals"),
                "checksum-mismatch",
            ),
            (
                "the checksums",
                replaced(&whole, "SHA256SUMS", "stat.tsv", "stat.tsv\n"),
                "signature-bad",
            ),
            ("no signature", stripped, "not-signed"),
        ] {
            let (report, exit) = judge(&packed(&changed));
            assert_eq!(
                outcome(&report["findings"][0]),
                format!("error {code}"),
                "{about}"
            );
            assert_eq!(exit, 3, "{about}");
        }
    }
}

#[test]
fn a_key_that_does_not_sign_leaves_nothing_behind() {
    if !has_ssh_keygen() {
        return;
    }
    for shell in shells() {
        let image = tempfile::tempdir().unwrap();
        plant_process(image.path(), 1, &["/sbin/init"]);
        let no_key = plant(image.path(), "no-key", "nonsense");
        for key in [no_key.display().to_string(), "/nowhere/key".to_owned()] {
            let mut run = Run::on(&shell, image.path()).args(&["--sign", &key]);
            let ran = run.command.output().unwrap();
            assert!(!ran.status.success());
            assert!(text(&ran.stderr).contains(&key), "{}", text(&ran.stderr));
            assert_eq!(listing(run.out.path()), [""; 0]);
        }
    }
}
