//! k3s has no process per component: its journal tells how each was started. `journalctl` is a stand-in here.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::harness::{Run, plant, shells, text};

#[test]
fn lines_of_the_journal_are_kept_in_order_and_the_files_they_name_collected() {
    let place = tempfile::tempdir().unwrap();
    let conf = place.path().join("kubelet.conf.d");
    plant(
        &conf,
        "00-k3s-defaults.conf",
        "kind: KubeletConfiguration\n",
    );
    let line = |when: &str, what: &str| {
        format!("{when} n k3s[7]: time=\"{when}\" level=info msg=\"{what}\"\n")
    };
    // journalctl -r prints the newest first.
    let journal = line(
        "t4",
        &format!(
            "Running kubelet --config-dir={} --hostname-override=Edge-3",
            conf.display()
        ),
    ) + &line("t3", "Running kubernetes-something else")
        + &line("t2", "Starting k3s with token canary-journal1")
        + &line(
            "t1",
            "Running kube-apiserver --etcd-s3-secret-key=canary-journal2 --anonymous-auth=false",
        );
    plant(place.path(), "journal", journal);
    let stand_in = plant(
        place.path(),
        "bin/journalctl",
        format!("#!/bin/sh\ncat '{}/journal'\n", place.path().display()),
    );
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();
    for shell in shells() {
        let mut run = Run::new(&shell);
        let path = std::env::var("PATH").unwrap();
        run.command
            .env("PATH", format!("{}/bin:{path}", place.path().display()));
        let bundle = run.bundle();
        let kept = text(&bundle.members["commands/journal-k3s.txt"]);
        let times: Vec<_> = kept.lines().map(|line| &line[..2]).collect();
        assert_eq!(times, ["t1", "t3", "t4"], "{kept}");
        assert!(
            kept.contains("--etcd-s3-secret-key=REDACTED-BY-NODEPROOF --anonymous-auth=false"),
            "{kept}"
        );
        assert!(bundle.members_with("canary-journal").is_empty());
        assert!(bundle.has_file(&format!("{}/00-k3s-defaults.conf", conf.display())));
        assert_eq!(bundle.json["node"], "Edge-3");
        let commands = bundle.json["commands"].as_array().unwrap();
        let journal = commands
            .iter()
            .find(|one| one["member"] == "commands/journal-k3s.txt")
            .unwrap();
        assert_eq!(journal["exit"], 0);
    }
}
