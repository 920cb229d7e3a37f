//! A kubelet that is proven not to be on the node, and every proof that lacks a piece.

use super::*;
use serde_json::json;

fn without_kubelet() -> Bundle {
    Bundle::node("n").ps(&["/usr/sbin/sshd -D", "/usr/bin/containerd"])
}

fn proven() -> Bundle {
    without_kubelet()
        .stat_row("/usr/bin/kubelet", "absent", 0)
        .stat_row("/etc/passwd", "file", 0)
}

#[test]
fn not_applicable_needs_the_whole_proof() {
    const NOT_SEEN: &str = "unknown component-not-seen";
    let mut cases = Cases::new();
    cases.add("proven", &proven(), "not-applicable component-not-on-node");
    for uid in [json!(1000), json!(null)] {
        cases.add("not root", &proven().with("uid", uid), NOT_SEEN);
    }
    let mut hidden = proven();
    for (_, bytes) in &mut hidden.members {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let kept = text.lines().filter(|line| !line.contains("/sbin/init"));
        *bytes = kept
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .into_bytes();
    }
    cases.add("no PID 1", &hidden, NOT_SEEN);
    let mut ended = proven();
    ended.manifest["commands"][0]["exit"] = json!(124);
    cases.add("ps did not end well", &ended, NOT_SEEN);
    cases.add(
        "no list",
        &Bundle::node("n").stat_row("/usr/bin/kubelet", "absent", 0),
        NOT_SEEN,
    );
    cases.add("no stat.tsv", &without_kubelet(), NOT_SEEN);
    let elsewhere = without_kubelet().stat_row("/etc/passwd", "file", 0);
    cases.add("nobody looked for a kubelet", &elsewhere, NOT_SEEN);
    for (path, kind) in [
        ("/usr/local/bin/kubelet", "file"),
        ("/usr/local/bin/kubelet", "symlink"),
        ("/usr/local/bin/kubelet", "unreadable"),
        ("/var/lib/kubelet", "dir"),
        ("/etc/systemd/system/kubelet.service", "file"),
        ("/usr/local/bin/k3s", "file"),
        ("/usr/local/bin/rke2", "file"),
        ("/snap/microk8s/current/kubelite", "file"),
        ("/usr/bin/hyperkube", "file"),
    ] {
        cases.add(path, &proven().stat_row(path, kind, 0), NOT_SEEN);
    }
    let broken = proven().stat_row("/usr/local/bin/kubelet", "gone", 0);
    cases.add("a row nobody can read", &broken, NOT_SEEN);
    let unit = proven().file("/usr/lib/systemd/system/kubelet.service", "[Service]\n");
    cases.add("a unit was collected", &unit, NOT_SEEN);
    let skipped = json!([{"path": "/opt/kubelet/config", "reason": "unreadable"}]);
    cases.add(
        "a file was skipped",
        &proven().with("skipped", skipped),
        NOT_SEEN,
    );
    let skipped = json!([{"path": "/opt/kubelet/config", "reason": "absent"}]);
    cases.add(
        "a file was looked for",
        &proven().with("skipped", skipped),
        "not-applicable component-not-on-node",
    );
    cases.add(
        "its version was printed",
        &proven().version("v1.30.1"),
        NOT_SEEN,
    );
    let configured = proven().file("/etc/k.yaml", config(KEY_ON));
    cases.add(
        "its configuration",
        &configured,
        "unknown file-not-tied-to-process",
    );
    let list_of_names = Bundle::node("n")
        .member("commands/ps-e.txt", "    PID TTY          TIME CMD\n      1 ?  00:00:01 systemd\n     40 ?  00:00:01 kubelet\n")
        .stat_row("/usr/bin/kubelet", "absent", 0);
    cases.add(
        "a list of names",
        &list_of_names,
        "unknown arguments-cut-off",
    );
    let rows = cases.judge();
    assert_eq!(rows[0]["evidence"][0], "commands/ps-ef.txt");
}

#[test]
fn an_unreadable_process_list_is_said_once() {
    let bundle = Bundle::node("n").member("commands/ps-ef.txt", "ps: command not found\n");
    let (row, stderr) = told(&bundle);
    assert_eq!(outcome(&row), "unknown component-not-seen");
    assert_eq!(
        stderr.matches("has neither a header line").count(),
        1,
        "{stderr}"
    );
}
