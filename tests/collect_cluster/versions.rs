//! The collector with an older and a newer kubectl than the tests' own: stand-ins that answer as 1.18 and 1.34 do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::bundle::{Bundle, SCRIPT};
use crate::shell::{Shell, stderr};
use crate::signatures::{has_ssh_keygen, key};
use crate::support::{Lab, nodeproof, rows};

const KUBECTL: &str = include_str!("kubectl.sh");

/// A kubectl of this version, in a folder.
fn kubectl(folder: &Path, version: &str) -> String {
    let path = folder.join(format!("kubectl-{version}"));
    fs::write(&path, KUBECTL).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn judged(folder: &Path) -> Vec<(String, Value)> {
    let asked = [
        "analyze",
        ".",
        "-b",
        "cis-1.10",
        "-c",
        "5.1.1,5.2.2,5.2.3,4.2.6",
        "--format",
        "jsonl",
    ];
    let rows = rows(&nodeproof(folder, &asked).stdout);
    let short = |row: &Value| {
        (
            row["control"].as_str().unwrap().to_owned(),
            row["verdict"].clone(),
        )
    };
    rows.iter().map(short).collect()
}

#[test]
fn older_and_newer_kubectl_give_the_same_bundle() {
    for shell in Shell::all(&[]) {
        for (version, server, absent) in [
            (
                "1.18",
                "v1.18.20",
                &["podsecuritypolicies", "validatingadmissionpolicies"][..],
            ),
            (
                "1.34",
                "v1.34.1",
                &["podsecuritypolicies", "securitycontextconstraints"],
            ),
        ] {
            let (bin, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let to = out.path().to_str().unwrap();
            let kubectl = kubectl(bin.path(), version);
            let asked = ["--kubectl", &kubectl, "--out", to];
            let ran = shell.command(SCRIPT, &asked).output().unwrap();
            let said = stderr(&ran);
            let bundle = Bundle::of(&ran);
            assert!(!said.contains("gap"), "{version}: {said}");
            assert_eq!(bundle.json("bundle.json")["cluster"], "prod-eu");
            let printed = bundle.json("commands/version.txt");
            assert_eq!(printed["serverVersion"]["gitVersion"], server);
            for list in absent {
                let (reason, detail) = bundle.gap(&format!("api/{list}.json"));
                assert_eq!(reason, "absent", "{version} {list}: {detail}");
            }
            assert!(bundle.members.contains_key("configz/node-a.json"));
            let verdicts: Vec<(String, Value)> = [
                ("5.1.1", "pass"),
                ("5.2.2", "fail"),
                ("5.2.3", "unknown"),
                ("4.2.6", "pass"),
            ]
            .map(|(control, verdict)| (control.to_owned(), json!(verdict)))
            .into();
            assert_eq!(judged(out.path()), verdicts, "{version}");
            // Every list is asked for in pages.
            let asked = fs::read_to_string(bin.path().join("asked")).unwrap();
            let lists = asked
                .lines()
                .filter(|line| line.contains("-o json") || line.contains("go-template"));
            let mut lists = lists.filter(|line| line.contains(" get "));
            assert!(
                lists.all(|line| line.contains("--chunk-size=500")),
                "{asked}"
            );
        }
    }
}

#[test]
fn a_signed_bundle_of_a_cluster_names_its_signer_and_shows_a_change() {
    if !has_ssh_keygen() {
        return;
    }
    let keygen = crate::shell::tool("ssh-keygen", "openssh-client").unwrap();
    for shell in Shell::all(&[&keygen]) {
        let (bin, lab) = (tempfile::tempdir().unwrap(), Lab::new());
        let public = key(&lab.path("key"), &["-t", "ed25519"]);
        let signers = format!("carol@example.com namespaces=\"nodeproof\" {public}\n");
        lab.put("signers", signers.as_bytes());
        fs::create_dir(lab.path("in")).unwrap();
        let (to, private) = (
            lab.path("in").display().to_string(),
            lab.path("key").display().to_string(),
        );
        let kubectl = kubectl(bin.path(), "1.34");
        let asked = [
            "--kubectl",
            &kubectl,
            "--out",
            &to,
            "--sign",
            &private,
            "--operator",
            "carol@example.com",
        ];
        let ran = shell.command(SCRIPT, &asked).output().unwrap();
        let bundle = Bundle::of(&ran);
        assert_eq!(
            bundle.order[..3],
            ["bundle.json", "SHA256SUMS", "SHA256SUMS.sig"]
        );
        let judge = || {
            let asked = [
                "analyze",
                "in",
                "-b",
                "cis-1.10",
                "-c",
                "5.1.1",
                "--allowed-signers",
                "signers",
                "--require-signature",
                "--format",
                "json",
            ];
            let report: Value = serde_json::from_str(&lab.run(&asked).stdout).unwrap();
            let row = report["findings"][0].clone();
            (
                row["verdict"].clone(),
                row["integrity"].clone(),
                report["bundles"][0]["signature"].clone(),
            )
        };
        let (verdict, integrity, signature) = judge();
        assert_eq!((verdict, integrity), (json!("pass"), json!("signed")));
        assert_eq!(signature["signer"], "carol@example.com");
        // One object more, and nobody signed it.
        let archives = crate::shell::files(&lab.path("in"));
        let path = lab.path("in").join(&archives[0]);
        let mut changed = crate::support::Bundle::cluster("prod-eu");
        changed.manifest = bundle.json("bundle.json");
        changed.sums = false;
        for (name, bytes) in &bundle.members {
            if name != "bundle.json" {
                let text = String::from_utf8_lossy(bytes).replace("\"view\"", "\"edit\"");
                changed = changed.member(name, text);
            }
        }
        fs::remove_file(&path).unwrap();
        lab.add("in/c.tar.gz", &changed);
        let (verdict, _, _) = judge();
        assert_eq!(verdict, "error");
        // A key that is none leaves nothing.
        fs::remove_file(lab.path("in/c.tar.gz")).unwrap();
        lab.put("no-key", b"nonsense");
        let private = lab.path("no-key").display().to_string();
        let asked = ["--kubectl", &kubectl, "--out", &to, "--sign", &private];
        let ran = shell.command(SCRIPT, &asked).output().unwrap();
        assert_eq!(ran.status.code(), Some(1));
        assert!(stderr(&ran).contains(&private), "{}", stderr(&ran));
        let archives = crate::shell::files(&lab.path("in"));
        assert!(
            !archives.iter().any(|name| name.ends_with(".tar.gz")),
            "{archives:?}"
        );
    }
}
