//! What auditors paste and hand in as it is: output of the audit's own commands, as terminals and
//! Windows programs write it.

use crate::support::*;
use serde_json::{Value, json};

const KUBELET: &str = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";
const EF: &str = "root         901       1  2 Nov20 ?        03:14:15 ";
const AUX: &str = "root         901  2.0  1.5 1981740 98228 ?      Ssl  Nov20 194:15 ";
const GREP: &str =
    "root       20341   19874  0 10:02 pts/0    00:00:00 grep --color=auto kubelet\n";

/// Outcome of the reference control on an archive of these members.
fn outcome_of(members: &[(&str, &[u8])]) -> String {
    let mut bundle = Bundle::loose("n1");
    for (name, bytes) in members {
        bundle = bundle.member(name, bytes);
    }
    let lab = Lab::new();
    lab.add("in/n1.tgz", &bundle);
    let rows = lab.rows("cis-1.12");
    assert_eq!(rows.len(), 1, "{rows:?}");
    outcome(&rows[0])
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

fn with_mark(text: &str) -> Vec<u8> {
    [b"\xef\xbb\xbf", text.as_bytes()].concat()
}

fn status(line: &str) -> String {
    format!(
        "● kubelet.service - kubelet: The Kubernetes Node Agent\n     Loaded: loaded (/lib/systemd/system/kubelet.service; enabled)\n     Active: active (running) since Fri 2026-11-20 09:14:11 UTC; 6 days ago\n   Main PID: 901 (kubelet)\n     CGroup: /system.slice/kubelet.service\n             └─901 {line}\n\nNov 20 09:14:12 n1 kubelet[901]: I1120 started\n"
    )
}

#[test]
fn a_list_that_grep_took_the_header_from_is_a_process_list() {
    let off = "--make-iptables-util-chains=false";
    for (about, text, wanted) in [
        (
            "ef",
            format!("{EF}{KUBELET} {off}\n{GREP}"),
            "fail argument-sets-it",
        ),
        (
            "aux",
            format!("{AUX}{KUBELET} {off}\n"),
            "fail argument-sets-it",
        ),
        (
            "a prompt above it",
            format!("[root@n1 ~]# ps -ef | grep kubelet\n{EF}{KUBELET} {off}\n{GREP}"),
            "fail argument-sets-it",
        ),
        (
            "a prompt below it",
            format!("{EF}{KUBELET} {off}\n{GREP}root@n1:~#\n"),
            "fail argument-sets-it",
        ),
        (
            "CRLF",
            format!("{EF}{KUBELET} {off}\r\n"),
            "fail argument-sets-it",
        ),
        (
            "the search alone",
            GREP.to_owned(),
            "unknown component-not-seen",
        ),
        (
            "an ordinary user's",
            format!("{}{KUBELET} {off}\n", EF.replace("root", "jane")),
            "unknown component-not-seen",
        ),
    ] {
        assert_eq!(
            outcome_of(&[("ps.txt", text.as_bytes())]),
            wanted,
            "{about}"
        );
    }
}

#[test]
fn text_that_windows_programs_wrote_is_read() {
    let off = format!("{EF}{KUBELET} --make-iptables-util-chains=false\n");
    let header = "UID          PID    PPID  C STIME TTY          TIME CMD\n";
    let headed = format!("{header}{off}");
    let reply = r#"{"kubeletconfig":{"makeIPTablesUtilChains":false}}"#;
    let file = config("makeIPTablesUtilChains: false\n");
    let named = format!(
        "{header}{EF}{KUBELET}\n{EF}/usr/bin/other {}\n",
        "x".repeat(300)
    );
    for (about, encode) in [
        ("utf-16", utf_16 as fn(&str) -> Vec<u8>),
        ("mark", with_mark),
    ] {
        for (what, members, wanted) in [
            (
                "list",
                vec![("ps.txt", encode(&headed))],
                "fail argument-sets-it",
            ),
            (
                "filtered",
                vec![("ps.txt", encode(&off))],
                "fail argument-sets-it",
            ),
            (
                "configz",
                vec![("configz.json", encode(reply))],
                "fail configz-sets-it",
            ),
            (
                "file",
                vec![
                    ("ps.txt", encode(&named)),
                    ("var/lib/kubelet/config.yaml", encode(&file)),
                ],
                "fail config-file-sets-it",
            ),
            (
                "state",
                vec![(
                    "status.txt",
                    encode(&status(
                        "/usr/bin/kubelet --make-iptables-util-chains=false",
                    )),
                )],
                "fail argument-sets-it",
            ),
        ] {
            let members: Vec<(&str, &[u8])> = members
                .iter()
                .map(|(name, bytes)| (*name, bytes.as_slice()))
                .collect();
            assert_eq!(outcome_of(&members), wanted, "{about} {what}");
        }
    }
}

#[test]
fn the_state_of_a_unit_shows_its_process() {
    let on = status("/usr/bin/kubelet --make-iptables-util-chains=true");
    let cut = status("/usr/bin/kubelet --config=/var/lib/kub…");
    let configured = status(KUBELET);
    let file = config("makeIPTablesUtilChains: true\n");
    assert_eq!(
        outcome_of(&[("systemctl-status-kubelet.txt", on.as_bytes())]),
        "pass argument-sets-it"
    );
    assert_eq!(
        outcome_of(&[("status.txt", cut.as_bytes())]),
        "unknown arguments-cut-off"
    );
    let path = "var/lib/kubelet/config.yaml";
    assert_eq!(
        outcome_of(&[
            ("status.txt", configured.as_bytes()),
            (path, file.as_bytes())
        ]),
        "pass config-file-sets-it"
    );
    // Beside a process list it may be of another machine, and the list speaks.
    let list = format!("{EF}{KUBELET} --make-iptables-util-chains=false\n{GREP}");
    assert_eq!(
        outcome_of(&[("status.txt", on.as_bytes()), ("ps.txt", list.as_bytes())]),
        "fail argument-sets-it"
    );
}

#[test]
fn configz_without_the_key_around_it_is_a_reply() {
    let bare = r#"{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","enableServer":true,"makeIPTablesUtilChains":false}"#;
    for name in ["configz.json", "n1-configz.json", "configz/n1.json"] {
        assert_eq!(
            outcome_of(&[(name, bare.as_bytes())]),
            "fail configz-sets-it",
            "{name}"
        );
    }
    // A file of the node says the same of itself, and nothing shows who reads it.
    assert_eq!(
        outcome_of(&[("config.json", bare.as_bytes())]),
        "unknown file-not-tied-to-process"
    );
}

#[test]
fn modes_and_owners_come_from_what_ls_and_stat_printed() {
    let list = format!(
        "{EF}/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml\n{GREP}"
    );
    let good = "-rw------- 1 root root 1952 Nov 20 10:00 /etc/kubernetes/kubelet.conf\n";
    let bad = "  File: /etc/kubernetes/kubelet.conf\n  Size: 1952      Blocks: 8    IO Block: 4096   regular file\nAccess: (0644/-rw-r--r--)  Uid: ( 1000/    jane)   Gid: (    0/    root)\n";
    let gone = "ls: cannot access '/etc/kubernetes/kubelet.conf': No such file or directory\n";
    for (about, printed, mode, owner) in [
        ("ls", good, "pass", "pass"),
        ("stat", bad, "fail", "fail"),
        (
            "another path",
            "600 /etc/kubernetes/other.conf\n",
            "unknown",
            "unknown",
        ),
        (
            "a mode alone",
            "600 /etc/kubernetes/kubelet.conf\n",
            "pass",
            "unknown",
        ),
        (
            "an owner alone",
            "root:root /etc/kubernetes/kubelet.conf\n",
            "unknown",
            "pass",
        ),
    ] {
        let bundle = Bundle::loose("n1")
            .member("ps.txt", &list)
            .member("permissions.txt", printed);
        let lab = Lab::new();
        lab.add("in/n1.tgz", &bundle);
        let ran = lab.run(&[
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "-c",
            "4.1.5,4.1.6",
            "--format",
            "jsonl",
        ]);
        let rows = rows(&ran.stdout);
        let verdicts: Vec<&str> = rows
            .iter()
            .map(|row| row["verdict"].as_str().unwrap())
            .collect();
        assert_eq!(verdicts, [mode, owner], "{about}: {rows:?}");
    }
    let bundle = Bundle::loose("n1")
        .member("ps.txt", &list)
        .member("ls.txt", gone);
    let lab = Lab::new();
    lab.add("in/n1.tgz", &bundle);
    let ran = lab.run(&[
        "analyze", "in", "-b", "cis-1.12", "-c", "4.1.5", "--format", "jsonl",
    ]);
    assert_ne!(rows(&ran.stdout)[0]["verdict"], "pass");
}

#[test]
fn one_file_of_a_unit_does_not_speak_for_the_others() {
    let list = format!("{EF}{KUBELET}\n{GREP}");
    let printed = "-rw------- 1 root root 900 Nov 20 10:00 /etc/systemd/system/kubelet.service.d/10-kubeadm.conf\n";
    let bundle = Bundle::loose("n1")
        .member("ps.txt", &list)
        .member("ls.txt", printed);
    let lab = Lab::new();
    lab.add("in/n1.tgz", &bundle);
    let ran = lab.run(&[
        "analyze", "in", "-b", "cis-1.12", "-c", "4.1.1", "--format", "jsonl",
    ]);
    assert_eq!(rows(&ran.stdout)[0]["verdict"], "unknown", "{}", ran.stdout);
}

#[test]
fn what_is_not_read_is_said_with_what_to_hand_in() {
    let unit = "# /lib/systemd/system/kubelet.service\n[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=true\n";
    let map = "apiVersion: v1\ndata:\n  config.conf: |-\n    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfiguration\nkind: ConfigMap\nmetadata:\n  name: kube-proxy\n";
    let list = format!("{EF}{KUBELET}\n{GREP}");
    let bundle = Bundle::loose("n1")
        .member("ps.txt", &list)
        .member("systemctl-cat-kubelet.txt", unit)
        .member("cm-kube-proxy.yaml", map);
    let lab = Lab::new();
    lab.add("in/n1.tgz", &bundle);
    let ran = lab.run(&["analyze", "in", "-b", "cis-1.12", "--format", "jsonl"]);
    for part in [
        "systemctl-cat-kubelet.txt: is what systemctl cat printed",
        "systemctl status -l kubelet",
        "cm-kube-proxy.yaml: is the ConfigMap of kube-proxy",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("machines"), "{}", ran.stderr);
}

/// Verdict of a setting whose default depends on the version: RotateKubeletServerCertificate.
fn by_version(members: &[(&str, String)]) -> (String, Value) {
    let words = format!("{KUBELET} --event-qps=0");
    let list = format!("{EF}{words}\n{GREP}");
    let mut bundle = Bundle::loose("n1").member("ps.txt", &list).member(
        "var/lib/kubelet/config.yaml",
        config("protectKernelDefaults: true\n"),
    );
    for (name, text) in members {
        bundle = bundle.member(name, text);
    }
    let lab = Lab::new();
    lab.add("in/n1.tgz", &bundle);
    let ran = lab.run(&[
        "analyze", "in", "-b", "auto", "-c", "4.1.9", "--format", "jsonl",
    ]);
    let all = rows(&ran.stdout);
    assert_eq!(all.len(), 1, "{}", ran.stdout);
    (
        all[0]["benchmark"].as_str().unwrap().to_owned(),
        all[0].clone(),
    )
}

#[test]
fn the_version_is_read_where_the_evidence_has_it() {
    let logged = |version: &str| {
        format!(
            "Nov 20 09:14:12 n1 kubelet[901]: I1120 09:14:12.1     901 server.go:487] \"Kubelet version\" kubeletVersion=\"{version}\"\n"
        )
    };
    let nodes = |name: &str, version: &str| {
        json!({"apiVersion": "v1", "items": [{"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": version}}}],
            "kind": "List"})
        .to_string()
    };
    let printed = |version: &str| format!("$ kubelet --version\nKubernetes {version}\n");
    for (about, members, wanted) in [
        ("nothing", vec![], "cis-1.12"),
        (
            "printed",
            vec![("version.txt", printed("v1.24.3"))],
            "cis-1.24",
        ),
        (
            "logged",
            vec![("journalctl-kubelet.log", logged("v1.24.3"))],
            "cis-1.24",
        ),
        (
            "of the API",
            vec![("nodes.json", nodes("n1", "v1.24.3"))],
            "cis-1.24",
        ),
        (
            "of all nodes",
            vec![("nodes.json", nodes("other", "v1.24.3"))],
            "cis-1.24",
        ),
        (
            "the last start",
            vec![("journal.log", logged("v1.23.1") + &logged("v1.24.3"))],
            "cis-1.24",
        ),
        (
            "what runs is older than the program",
            vec![
                ("version.txt", printed("v1.30.0")),
                ("journal.log", logged("v1.24.3")),
            ],
            "cis-1.24",
        ),
        (
            "contradiction",
            vec![
                ("nodes.json", nodes("n1", "v1.30.3")),
                ("journal.log", logged("v1.24.3")),
            ],
            "cis-1.12",
        ),
    ] {
        let (benchmark, row) = by_version(&members);
        assert_eq!(benchmark, wanted, "{about}: {row}");
    }
}

#[test]
fn lists_of_two_hosts_in_one_file_tie_no_file() {
    let good = config("makeIPTablesUtilChains: true\n");
    let path = "var/lib/kubelet/config.yaml";
    let on = format!("{EF}/usr/bin/kubelet --make-iptables-util-chains=true");
    let named = format!("{EF}{KUBELET}");
    let off = format!("{EF}/usr/bin/kubelet --make-iptables-util-chains=false");
    let prompts = |first: &str, second: &str| {
        format!(
            "[root@n1 ~]# ps -ef | grep kubelet\n{first}\n[root@n2 ~]# ps -ef | grep kubelet\n{second}\n"
        )
    };
    for (about, text, wanted) in [
        ("hosts", prompts(&on, &named), "unknown"),
        ("one process twice", format!("{on}\n{named}\n"), "unknown"),
        ("hosts, and one fails", prompts(&on, &off), "fail"),
        (
            "one host",
            prompts(&named, &named).replace("@n2", "@n1"),
            "pass",
        ),
    ] {
        let outcome = outcome_of(&[("ps.txt", text.as_bytes()), (path, good.as_bytes())]);
        let verdict = outcome.split(' ').next().unwrap();
        assert!(
            verdict == wanted || (wanted == "fail" && verdict == "unknown"),
            "{about}: {outcome}"
        );
    }
}
