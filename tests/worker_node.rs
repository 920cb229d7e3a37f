//! Controls of worker nodes whose verdict rests on a default, on who set a value, or on one bit.

use crate::support::*;
use serde_json::Value;

fn by(benchmark: &str, number: &str, bundle: &Bundle) -> Value {
    let lab = Lab::new();
    lab.add("n.tgz", bundle);
    let ran = lab.run(&[
        "analyze", ".", "-b", benchmark, "-c", number, "--format", "jsonl",
    ]);
    let mut all = rows(&ran.stdout);
    assert_eq!(all.len(), 1, "{benchmark} {number}: {}", ran.stderr);
    all.remove(0)
}

fn with_config(lines: &str) -> Bundle {
    Bundle::node("n")
        .version("v1.30.0")
        .kubelet(&["--config=/k.yaml"])
        .file("/k.yaml", config(lines))
}

/// A kubelet that names nothing it was asked for by path; metadata of one file.
fn with_stat(path: &str, mode: &str, owner: &str) -> Bundle {
    let (uid, name) = if owner == "root" {
        ("0", "root")
    } else {
        ("7", owner)
    };
    let text = format!(
        "path\ttype\tmode\tuid\tgid\towner\tgroup\n{path}\tfile\t{mode}\t{uid}\t{uid}\t{name}\t{name}\n"
    );
    Bundle::node("n").member("stat.tsv", text)
}

#[test]
fn defaults_and_who_set_them_decide_as_the_facts_say() {
    let argument = |argument: &str| Bundle::node("n").version("v1.30.0").kubelet(&[argument]);
    for (about, benchmark, number, bundle, wanted, note) in [
        (
            "flags only: 10255",
            "cis-1.10",
            "4.2.4",
            argument("--v=2"),
            "fail default-applies",
            "",
        ),
        (
            "with --config: 0",
            "cis-1.10",
            "4.2.4",
            with_config(""),
            "pass default-applies",
            "",
        ),
        (
            "not set",
            "cis-1.12",
            "4.2.4",
            argument("--v=2"),
            "pass default-applies",
            "default-unwanted",
        ),
        (
            "nobody set it",
            "cis-1.12",
            "4.2.10",
            with_config(""),
            "pass default-applies",
            "default-unwanted",
        ),
        (
            "0s in a file is 4h",
            "cis-1.12",
            "4.2.5",
            with_config("streamingConnectionIdleTimeout: 0s\n"),
            "pass default-applies",
            "",
        ),
        (
            "1600",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "1600", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "640",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "640", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "644 once",
            "cis-1.6",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "644", "root"),
            "pass file-metadata-shows",
            "",
        ),
        (
            "644 now",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "644", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "644 for a CA",
            "cis-1.11",
            "4.1.7",
            with_stat("/etc/kubernetes/pki/ca.crt", "644", "root"),
            "pass file-metadata-shows",
            "",
        ),
        (
            "by mode",
            "aks-1.8",
            "3.2.2",
            argument("--authorization-mode=Webhook"),
            "pass argument-sets-it",
            "flag-deprecated",
        ),
        (
            "by mode",
            "aks-1.8",
            "3.2.2",
            argument("--authorization-mode=AlwaysAllow"),
            "fail argument-sets-it",
            "",
        ),
    ] {
        let row = by(benchmark, number, &bundle);
        assert_eq!(outcome(&row), wanted, "{about}: {}", row["reason"]);
        assert!(
            note.is_empty() || has_note(&row, note),
            "{about}: {}",
            row["notes"]
        );
    }
}
