//! Which process, and how much of it: other programs' lines, several kubelets, cut lines, k3s.

use super::*;
use serde_json::json;

/// cis-facts §5: `ps | grep` takes the first line with the word in it, and drops every line with
/// "grep" in its arguments.
#[test]
fn only_the_kubelets_own_lines_speak() {
    let mut cases = Cases::default();
    for other in [
        "/bin/bash /home/kubernetes/bin/health-monitor.sh kubelet --anonymous-auth=false",
        "kube-apiserver --kubelet-https=true --anonymous-auth=false",
        "/calico/kube-controllers --kubelet --anonymous-auth=false",
        "/usr/bin/kubelet-exporter --anonymous-auth=false",
        "sh -c ps -ef | grep kubelet --anonymous-auth=false",
        "vi /etc/kubelet --anonymous-auth=false",
    ] {
        let bundle = Bundle::node("n").ps(&[other, "/usr/bin/kubelet --anonymous-auth=true --v=2"]);
        cases.add(
            "OTHER-PROCESS-FIRST",
            ANONYMOUS,
            bundle,
            "fail argument-sets-it by argument letter fail",
        );
    }
    let with_grep = "/usr/bin/kubelet --anonymous-auth=true --node-labels=tool=grep";
    cases.add(
        "GREP-IN-ARGUMENTS",
        ANONYMOUS,
        Bundle::node("n").ps(&[with_grep]),
        "fail argument-sets-it by argument letter fail",
    );
    let kubelets = [
        "/usr/bin/kubelet --anonymous-auth=false",
        "/usr/bin/kubelet --anonymous-auth=true",
    ];
    cases.add(
        "FIRST-OF-SEVERAL",
        ANONYMOUS,
        Bundle::node("n").ps(&kubelets),
        "fail argument-sets-it by argument letter pass",
    );
    // An upgrade replaced the binary under the running process.
    let replaced = with_arguments(&["--anonymous-auth=true"])
        .member("proc/42/exe", "/usr/bin/kubelet (deleted)\n");
    cases.add(
        "EXE-DELETED",
        ANONYMOUS,
        replaced,
        "fail argument-sets-it by argument letter fail",
    );
    // Only names: not one argument of it is known (comm is cut at 15 characters besides).
    let names = Bundle::node("n").member(
        "commands/ps.txt",
        "    PID TTY          TIME CMD\n      1 ?        00:00:01 systemd\n     40 ?        00:01:00 kubelet\n     41 ?        00:01:00 kube-controller\n",
    );
    cases.add(
        "NAMES-ONLY",
        PORT,
        names,
        "unknown arguments-cut-off by none letter none",
    );
    cases.judge();
}

/// cis-facts §5 and §4.11: a cut line, and one that nobody could list, are not "absent".
#[test]
fn what_was_not_seen_is_not_absent() {
    let mut cases = Cases::default();
    let command =
        "/usr/bin/kubelet --v=2 --node-labels=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for width in [80, 132] {
        let line: String = format!("     40 {command}{}", "b".repeat(80));
        let line: String = line.chars().take(width).collect();
        let bundle = Bundle::node("n")
            .with(
                "commands",
                json!([{"argv": "ps -eo pid,args", "member": "commands/ps.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]),
            )
            .member(
                "commands/ps.txt",
                format!("    PID COMMAND\n      1 /sbin/init\n{line}\n"),
            );
        for control in [CHAINS, PORT, HOSTNAME, EVENTS] {
            cases.add(
                "CUT-AT-COLUMNS",
                control,
                bundle.clone(),
                "unknown arguments-cut-off by none letter none",
            );
        }
    }
    let empty =
        Bundle::node("n").member("commands/ps-ef.txt", "UID PID PPID C STIME TTY TIME CMD\n");
    let none = Bundle::node("n").ps(&["/usr/bin/containerd"]);
    for control in [CHAINS, PORT, HOSTNAME, ANONYMOUS] {
        let wanted = "unknown component-not-seen by none letter none";
        cases.add("EMPTY-LIST", control, empty.clone(), wanted);
        cases.add("NO-KUBELET", control, none.clone(), wanted);
    }
    cases.judge();
}

fn k3s(journal: &str) -> Bundle {
    Bundle::node("n")
        .version("v1.26.4+k3s1")
        .ps(&["/usr/local/bin/k3s server"])
        .member("commands/journal-k3s.txt", journal)
}

fn logged(component: &str, words: &str) -> String {
    format!(
        "May 06 11:05:07 h k3s[40]: time=\"2026-05-06T11:05:07Z\" level=info msg=\"Running {component} {words}\"\n"
    )
}

/// cis-facts §5: the logger's closing quote sticks to the last value; 42 checks of kubelet
/// settings read the API server's line; 77 end in a `grep` whose exit code hides "absent".
#[test]
fn the_kubelet_inside_k3s_is_read_from_its_own_line() {
    let mut cases = Cases::default();
    let mut add = |about, control, journal: String, wanted| {
        cases.add(about, control, k3s(&journal), wanted);
    };
    add(
        "JOURNAL-QUOTE",
        "k3s-cis-1.8:4.2.4",
        logged("kubelet", "--v=2 --read-only-port=0"),
        "pass argument-sets-it by journal",
    );
    add(
        "JOURNAL-QUOTE",
        "k3s-cis-1.8:4.2.1",
        logged("kubelet", "--v=2 --anonymous-auth=false"),
        "pass argument-sets-it by journal",
    );
    let servers = logged(
        "kube-apiserver",
        "--anonymous-auth=false --authorization-mode=Node,RBAC --client-ca-file=/ca.crt",
    );
    add(
        "READS-APISERVER-NOT-KUBELET",
        "k3s-cis-1.9:4.2.1",
        servers.clone() + &logged("kubelet", "--anonymous-auth=true"),
        "fail argument-sets-it by journal",
    );
    add(
        "READS-APISERVER-NOT-KUBELET",
        "k3s-cis-1.9:4.2.2",
        servers.clone() + &logged("kubelet", "--authorization-mode=AlwaysAllow"),
        "fail argument-sets-it by journal",
    );
    add(
        "READS-APISERVER-NOT-KUBELET",
        "k3s-cis-1.9:4.2.3",
        servers + &logged("kubelet", "--v=2"),
        "fail default-applies by default",
    );
    add(
        "READS-APISERVER-NOT-KUBELET",
        "cis-1.6-k3s:4.2.1",
        logged("kube-apiserver", "--anonymous-auth=true")
            + &logged("kubelet", "--anonymous-auth=false"),
        "pass argument-sets-it by journal",
    );
    add(
        "GREP-EXIT1-BLOCKS-ABSENT",
        "cis-1.6-k3s:4.2.7",
        logged("kubelet", "--v=2"),
        "pass default-applies by default",
    );
    add(
        "GREP-EXIT1-BLOCKS-ABSENT",
        "cis-1.6-k3s:4.2.5",
        logged("kubelet", "--v=2"),
        "pass default-applies by default",
    );
    add(
        "NO-LINE",
        "cis-1.6-k3s:4.2.7",
        "nothing of it\n".to_owned(),
        "unknown embedded-component by none",
    );
    cases.judge();
}
