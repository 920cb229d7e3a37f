//! Which process is the kubelet: renamed ones, those of users, those that two captures show
//! differently, those inside k3s, and lists that prove no absence.

use serde_json::{Value, json};

use crate::support::cases::Cases;
use crate::support::*;

/// Anonymous authentication is off.
const ANONYMOUS: &str = "cis-1.10:4.2.1";
const ON: &str = "--anonymous-auth=true";
const OFF: &str = "--anonymous-auth=false";
const HEADER: &str = "UID          PID    PPID  C STIME TTY          TIME CMD\n";

/// A line of `ps -ef`.
fn row(user: &str, pid: u32, parent: u32, command: &str) -> String {
    format!("{user:<12} {pid:>4} {parent:>7}  0 Nov20 ?        00:00:09 {command}\n")
}

fn listed(rows: &[String]) -> Bundle {
    let text = format!(
        "{HEADER}{}{}",
        row("root", 1, 0, "/sbin/init"),
        rows.concat()
    );
    list(&text)
}

fn list(text: &str) -> Bundle {
    let command = json!([{"argv": "ps -efww", "member": "commands/ps-ef.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    Bundle::node("n")
        .version("v1.31.2")
        .with("commands", command)
        .member("commands/ps-ef.txt", text)
}

/// A list without a kubelet under its own name, of a node on which nothing of one was found.
fn without(rows: &[String]) -> Bundle {
    let mut bundle = listed(rows).stat_row("/usr/bin/kubelet", "absent", 0);
    bundle
        .members
        .retain(|(name, _)| name != "commands/kubelet-version.txt");
    bundle
}

#[test]
fn a_kubelet_under_another_file_name_is_judged() {
    let mut cases = Cases::default();
    for program in [
        "/opt/bin/kubelet-1.31",
        "/opt/bin/kubelet-v1.31.4",
        "/opt/bin/kubelet_v1_31_4",
        "/opt/bin/kubelet1.31",
        "/opt/bin/kubelet.real",
        "/opt/bin/kubelet.orig",
        "/opt/bin/.kubelet-wrapped",
        "/opt/bin/kubelet-linux-amd64",
        "/opt/bin/k8s-kubelet",
    ] {
        for (flag, wanted) in [
            (ON, "fail argument-sets-it"),
            (OFF, "pass argument-sets-it"),
        ] {
            let bundle = without(&[row("root", 40, 1, &format!("{program} {flag}"))]);
            cases.add(program, ANONYMOUS, bundle, wanted);
        }
    }
    // `exec -a`: the first word is what somebody chose, and the file is the kubelet.
    let renamed = Bundle::node("n")
        .process(40, &["node-agent", ON])
        .member("proc/40/exe", "/usr/bin/kubelet (deleted)");
    cases.add("exec -a", ANONYMOUS, renamed, "fail argument-sets-it");
    cases.judge();
}

#[test]
fn what_may_be_a_kubelet_is_not_proven_absent() {
    let mut cases = Cases::default();
    let none = without(&[row("root", 40, 1, "/usr/sbin/sshd -D")]);
    cases.add(
        "none",
        ANONYMOUS,
        none,
        "not-applicable component-not-on-node",
    );
    for command in [
        "/opt/bin/kubelet-wrapper --v=2",
        "/opt/bin/my-kubelet",
        "/opt/agent --anonymous-auth=true",
        "/opt/agent --read-only-port 10255",
        "/opt/agent --config=/var/lib/kubelet/config.yaml",
        "/opt/agent --kubeconfig /etc/kubernetes/kubelet.conf",
        "/opt/agent --pod-manifest-path=/etc/kubernetes/manifests",
    ] {
        let bundle = without(&[row("root", 40, 1, command)]);
        cases.add(command, ANONYMOUS, bundle, "unknown component-not-seen");
    }
    // A user's are none, unless they claim to be.
    let user = without(&[row("alice", 40, 1, "vi --read-only-port /etc/x")]);
    cases.add(
        "a user's",
        ANONYMOUS,
        user,
        "not-applicable component-not-on-node",
    );
    let user = without(&[row("alice", 40, 1, &format!("kubelet {ON}"))]);
    cases.add(
        "a user's claim",
        ANONYMOUS,
        user,
        "unknown component-not-seen",
    );
    let rows = cases.judge();
    let last = rows.last().unwrap()["reason"].as_str().unwrap();
    assert!(last.contains("a process of alice"), "{last}");
}

#[test]
fn a_value_that_looks_like_a_call_for_help_hides_no_kubelet() {
    let mut cases = Cases::default();
    for (arguments, wanted) in [
        (
            "--anonymous-auth=true --hostname-override -h",
            "fail argument-sets-it",
        ),
        (
            "--hostname-override -h --anonymous-auth=true",
            "fail argument-sets-it",
        ),
        (
            "--hostname-override --help --anonymous-auth=true",
            "fail argument-sets-it",
        ),
        (
            "--node-labels --version --anonymous-auth=true",
            "fail argument-sets-it",
        ),
        (
            "--anonymous-auth=false --hostname-override -h",
            "pass argument-sets-it",
        ),
        // With these it would not run.
        ("--anonymous-auth=false --help", "unknown would-not-start"),
        ("--anonymous-auth=true -h", "unknown would-not-start"),
    ] {
        let line = format!("/usr/bin/kubelet {arguments}");
        let words: Vec<&str> = line.split(' ').collect();
        cases.add(
            arguments,
            ANONYMOUS,
            listed(&[row("root", 40, 1, &line)]),
            wanted,
        );
        cases.add(
            arguments,
            ANONYMOUS,
            Bundle::node("n").process(40, &words),
            wanted,
        );
    }
    for printing in ["--version", "-h", "--help", "--version=raw"] {
        let line = format!("/usr/bin/kubelet {printing}");
        let bundle = listed(&[row("root", 40, 1, &line)]);
        cases.add(printing, ANONYMOUS, bundle, "unknown component-not-seen");
    }
    cases.judge();
}

#[test]
fn an_ordinary_users_process_is_no_kubelet() {
    let mut cases = Cases::default();
    for program in [
        "kubelet",
        "/usr/bin/kubelet",
        "kubelet-1.31",
        "hyperkube kubelet",
    ] {
        for (user, flag, wanted) in [
            ("alice", OFF, "unknown component-not-seen"),
            ("alice", ON, "unknown component-not-seen"),
            ("1000", OFF, "unknown component-not-seen"),
            ("kube-ad+", OFF, "unknown component-not-seen"),
            ("root", OFF, "pass argument-sets-it"),
            ("0", OFF, "pass argument-sets-it"),
        ] {
            let bundle = listed(&[row(user, 40, 1, &format!("{program} {flag}"))]);
            cases.add(user, ANONYMOUS, bundle, wanted);
        }
    }
    // The words of its own do not make it root's.
    let words =
        listed(&[row("alice", 40, 1, &format!("kubelet {OFF}"))]).process(40, &["kubelet", OFF]);
    cases.add(
        "with a cmdline",
        ANONYMOUS,
        words,
        "unknown component-not-seen",
    );
    for (roots, wanted) in [
        (ON, "fail argument-sets-it"),
        (OFF, "pass argument-sets-it"),
    ] {
        let other = if roots == ON { OFF } else { ON };
        let beside = listed(&[
            row("alice", 39, 1, &format!("kubelet {other}")),
            row("root", 40, 1, &format!("/usr/bin/kubelet {roots}")),
            row("bob", 41, 1, &format!("kubelet {other}")),
        ]);
        cases.add("beside root's", ANONYMOUS, beside, wanted);
    }
    let k3s = listed(&[row("alice", 40, 1, "/usr/local/bin/k3s server")])
        .member("commands/journal-k3s.txt", start("k3s", 40, OFF));
    cases.add("a user's k3s", ANONYMOUS, k3s, "unknown component-not-seen");
    let rows = cases.judge();
    for row in &rows {
        assert!(!has_note(row, "several-processes"), "{row:#}");
    }
}

/// The benchmark that `auto` chooses.
fn chosen(bundle: &Bundle) -> String {
    let lab = Lab::new();
    lab.add("n.tar.gz", bundle);
    let ran = lab.run(&["analyze", ".", "-b", "auto", "--format", "jsonl"]);
    let rows = rows(&ran.stdout);
    rows[0]["benchmark"].as_str().unwrap().to_owned()
}

#[test]
fn a_users_process_moves_no_node_to_another_platform() {
    let aks = "kubelet --node-labels=kubernetes.azure.com/cluster=x";
    let own = row("root", 40, 1, "/usr/bin/kubelet --anonymous-auth=false");
    for rows in [
        vec![row("alice", 39, 1, aks), own.clone()],
        vec![own.clone(), row("alice", 41, 1, aks)],
        vec![row("alice", 39, 1, "k3s server"), own.clone()],
        // One of a container's root.
        vec![
            row("root", 30, 1, "/usr/bin/containerd-shim-runc-v2 -id x"),
            row("root", 39, 30, aks),
            own.clone(),
        ],
        // Two of root's that differ.
        vec![row("root", 39, 1, aks), own.clone()],
    ] {
        let id = chosen(&listed(&rows));
        assert!(id.starts_with("cis-"), "{rows:?}: {id}");
    }
    let alone = chosen(&listed(&[row("root", 39, 1, aks)]));
    assert!(alone.starts_with("aks-"), "{alone}");
    // systemd says which one is its own.
    let unit = "Id=kubelet.service\nLoadState=loaded\nMainPID=39\n";
    let bundle =
        listed(&[row("root", 39, 1, aks), own]).member("commands/systemctl-show.txt", unit);
    let of_unit = chosen(&bundle);
    assert!(of_unit.starts_with("aks-"), "{of_unit}");
}

#[test]
fn captures_that_contradict_each_other_decide_what_both_give() {
    let line = |flags: &str| format!("/usr/bin/kubelet {flags}");
    let words = |flags: &str| -> Vec<String> {
        let line = line(flags);
        line.split(' ').map(str::to_owned).collect()
    };
    let both = |exact: &str, seen: &str| {
        let words = words(exact);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        listed(&[row("root", 40, 1, &line(seen))]).process(40, &words)
    };
    const DOUBT: &str = "unknown contradictory-evidence";
    let mut cases = Cases::default();
    for (about, exact, seen, wanted) in [
        ("the same", OFF, OFF, "pass argument-sets-it"),
        ("false and true", OFF, ON, DOUBT),
        ("true and false", ON, OFF, DOUBT),
        ("one silent", OFF, "--v=2", DOUBT),
        ("the other silent", "--v=2", OFF, DOUBT),
        (
            "of another flag, both good",
            "--anonymous-auth=false --v=2",
            "--anonymous-auth=false --v=4",
            "pass argument-sets-it",
        ),
        (
            "of another flag, both bad",
            "--anonymous-auth=true --v=2",
            "--anonymous-auth=true --v=4",
            "fail argument-sets-it",
        ),
        ("one with a file nobody has", OFF, "--config=/none", DOUBT),
    ] {
        cases.add(about, ANONYMOUS, both(exact, seen), wanted);
    }
    // Words that hide the kubelet of the list, and a list that hides that of the words.
    let hidden = listed(&[row("root", 40, 1, &line(ON))]).process(40, &["/bin/sleep", "600"]);
    cases.add("other words", ANONYMOUS, hidden, DOUBT);
    let hidden =
        listed(&[row("root", 40, 1, "/bin/sleep 600")]).process(40, &["/usr/bin/kubelet", OFF]);
    cases.add("another line", ANONYMOUS, hidden, DOUBT);
    // What a list shows less of, or shows otherwise for its form, is no contradiction.
    let names = Bundle::node("n")
        .member("commands/ps-e.txt", "    PID TTY          TIME CMD\n      1 ?  00:00:01 systemd\n     40 ?  00:00:01 kubelet\n")
        .process(40, &["/usr/bin/kubelet", OFF]);
    cases.add("names", ANONYMOUS, names, "pass argument-sets-it");
    let blanks = listed(&[row(
        "root",
        40,
        1,
        "/usr/bin/kubelet --pod-sysctls=a=1 2 --cloud-provider  --anonymous-auth=false",
    )])
    .process(
        40,
        &[
            "/usr/bin/kubelet",
            "--pod-sysctls=a=1 2",
            "--cloud-provider",
            "",
            OFF,
        ],
    );
    cases.add("blanks", ANONYMOUS, blanks, "pass argument-sets-it");
    let masked = listed(&[row(
        "root",
        40,
        1,
        "/usr/bin/kubelet --token=REDACTED-BY-NODEPROOF --anonymous-auth=false",
    )])
    .process(40, &["/usr/bin/kubelet", "--token=x", OFF]);
    cases.add("masked", ANONYMOUS, masked, "pass argument-sets-it");
    let masked = listed(&[row(
        "root",
        40,
        1,
        "/usr/bin/kubelet --token=REDACTED-BY-NODEPROOF --anonymous-auth=true",
    )])
    .process(40, &["/usr/bin/kubelet", "--token=x", OFF]);
    cases.add("masked, and contradicts", ANONYMOUS, masked, DOUBT);
    let zombie = listed(&[row("root", 40, 1, "[kubelet] <defunct>")])
        .process(40, &["/usr/bin/kubelet", OFF]);
    cases.add("brackets", ANONYMOUS, zombie, "pass argument-sets-it");
    let rows = cases.judge();
    let evidence = rows[1]["evidence"].as_array().unwrap();
    assert_eq!(
        evidence,
        &[json!("proc/40/cmdline"), json!("commands/ps-ef.txt:3")]
    );
}

#[test]
fn captures_that_name_different_files_show_no_files_mode() {
    let stat = crate::support::cases::metadata(&[
        ("/good.yaml", "file", "600", "0:0:root:root", ""),
        ("/bad.yaml", "file", "666", "0:0:root:root", ""),
    ]);
    let both = |exact: &str, seen: &str| {
        listed(&[row("root", 40, 1, &format!("/usr/bin/kubelet {seen}"))])
            .process(40, &["/usr/bin/kubelet", exact])
            .member("stat.tsv", &stat)
    };
    let mut cases = Cases::default();
    for (exact, seen, wanted) in [
        (
            "--config=/good.yaml",
            "--config=/bad.yaml",
            "unknown contradictory-evidence",
        ),
        (
            "--config=/bad.yaml",
            "--config=/good.yaml",
            "unknown contradictory-evidence",
        ),
        (
            "--config=/good.yaml",
            "--v=2",
            "unknown contradictory-evidence",
        ),
        (
            "--v=2",
            "--config=/bad.yaml",
            "unknown contradictory-evidence",
        ),
        (
            "--config=/good.yaml",
            "--config=/good.yaml --v=2",
            "pass file-metadata-shows",
        ),
    ] {
        cases.add(exact, "cis-1.10:4.1.9", both(exact, seen), wanted);
    }
    cases.judge();
}

#[test]
fn a_list_of_a_container_proves_no_absence() {
    const ABSENT: &str = "not-applicable component-not-on-node";
    const NOT_SEEN: &str = "unknown component-not-seen";
    let of = |first: &str| {
        let text = format!(
            "{HEADER}{}{}",
            row("root", 1, 0, first),
            row("root", 9, 1, "/usr/sbin/sshd -D")
        );
        let mut bundle = list(&text).stat_row("/usr/bin/kubelet", "absent", 0);
        bundle
            .members
            .retain(|(name, _)| name != "commands/kubelet-version.txt");
        bundle
    };
    let mut cases = Cases::default();
    for (first, wanted) in [
        ("/sbin/init", ABSENT),
        (
            "/usr/lib/systemd/systemd --switched-root --system --deserialize 31",
            ABSENT,
        ),
        ("init [3]", ABSENT),
        ("/bin/busybox init", ABSENT),
        ("/pause", NOT_SEEN),
        ("sleep infinity", NOT_SEEN),
        ("sh collect-node.sh", NOT_SEEN),
        ("/sbin/tini -- /app", NOT_SEEN),
        ("/init", NOT_SEEN),
    ] {
        cases.add(first, ANONYMOUS, of(first), wanted);
    }
    for (namespace, wanted) in [
        (json!("pid:[4026531836]"), ABSENT),
        (json!("pid:[4026532201]"), NOT_SEEN),
        (Value::Null, ABSENT),
    ] {
        let mut bundle = of("/sbin/init");
        bundle.manifest["host"]["pid_namespace"] = namespace.clone();
        cases.add(&namespace.to_string(), ANONYMOUS, bundle, wanted);
    }
    cases.judge();
}

/// What k3s writes when it starts its kubelet.
fn start(identifier: &str, pid: u32, words: &str) -> String {
    at("11:00:00", identifier, pid, words)
}

fn at(time: &str, identifier: &str, pid: u32, words: &str) -> String {
    format!(
        "Nov 20 {time} h {identifier}[{pid}]: {}\n",
        message(time, words)
    )
}

fn message(time: &str, words: &str) -> String {
    format!("time=\"2026-11-20T{time}Z\" level=info msg=\"Running kubelet {words}\"")
}

fn k3s(member: &str, journal: &str) -> Bundle {
    listed(&[row("root", 40, 1, "/usr/local/bin/k3s agent")]).member(member, journal)
}

#[test]
fn the_journal_of_k3s_is_read_under_any_name_and_in_any_form() {
    let mut cases = Cases::default();
    let json = |words: &str| {
        let fields = json!({"SYSLOG_IDENTIFIER": "k3s", "_PID": "40", "_UID": "0", "_COMM": "k3s-agent",
            "_SYSTEMD_UNIT": "k3s-agent.service", "_BOOT_ID": "b", "MESSAGE": message("11:00:00", words)});
        format!("{fields}\n")
    };
    for (flag, wanted) in [
        (ON, "fail argument-sets-it by journal"),
        (OFF, "pass argument-sets-it by journal"),
    ] {
        for name in [
            "commands/journal-k3s.txt",
            "commands/journal-k3s-agent.txt",
            "commands/journalctl.txt",
            "commands/journal.json",
            "journal-k3s.log",
            "logs/journalctl-u-k3s-agent",
            "k3s.log",
            "journal",
        ] {
            let text = start("k3s", 40, flag);
            cases.add(name, ANONYMOUS, k3s(name, &text), wanted);
            cases.add(
                &format!("{name}, JSON"),
                ANONYMOUS,
                k3s(name, &json(flag)),
                wanted,
            );
        }
        let alone = format!("{}\n", message("11:00:00", flag));
        cases.add("-o cat", ANONYMOUS, k3s("k3s.log", &alone), wanted);
        let pretty: Value = serde_json::from_str(&json(flag)).unwrap();
        let pretty = serde_json::to_string_pretty(&pretty).unwrap();
        cases.add("-o json-pretty", ANONYMOUS, k3s("k3s.log", &pretty), wanted);
        let other = if flag == ON { OFF } else { ON };
        let starts = at("10:00:00", "k3s", 40, other) + &at("11:00:00", "k3s", 40, flag);
        cases.add("several starts", ANONYMOUS, k3s("k3s.log", &starts), wanted);
        let backwards = at("11:00:00", "k3s", 40, flag) + &at("10:00:00", "k3s", 40, other);
        cases.add(
            "journalctl -r",
            ANONYMOUS,
            k3s("k3s.log", &backwards),
            wanted,
        );
        // The server's and the agent's unit, each in a member of its own.
        let two = k3s(
            "commands/journal-k3s.txt",
            &at("10:00:00", "k3s", 40, other),
        )
        .member(
            "commands/journal-k3s-agent.txt",
            at("11:00:00", "k3s", 40, flag),
        );
        cases.add("two members", ANONYMOUS, two, wanted);
        let two = k3s("commands/journal-k3s.txt", &at("11:00:00", "k3s", 40, flag)).member(
            "commands/journal-k3s-agent.txt",
            at("10:00:00", "k3s", 40, other),
        );
        cases.add("two members", ANONYMOUS, two, wanted);
    }
    cases.judge();
}

#[test]
fn nobody_but_k3s_speaks_for_k3s() {
    let own = at("11:00:00", "k3s", 40, ON);
    let forged = message("12:00:00", OFF);
    let json = |fields: &Value| format!("{fields}\n");
    let mut cases = Cases::default();
    for (about, line) in [
        ("within a message", format!("Nov 20 12:00:00 h k3s[40]: E1120 http: error from 10.0.0.9: {forged}\n")),
        ("the end of one", "Nov 20 12:00:00 h k3s[40]: error from 10.0.0.9: msg=\"Running kubelet --anonymous-auth=false\"\n".to_owned()),
        ("not of the logger", "Nov 20 12:00:00 h k3s[40]: msg=\"Running kubelet --anonymous-auth=false\"\n".to_owned()),
        ("of another level", format!("Nov 20 12:00:00 h k3s[40]: {}\n", forged.replace("info", "error"))),
        ("by another", format!("Nov 20 12:00:00 h sshd[40]: {forged}\n")),
        ("by one that quotes it", format!("Nov 20 12:00:00 h logger[40]: k3s[40]: {forged}\n")),
        ("by one of a like name", format!("Nov 20 12:00:00 h k3s-logger[40]: {forged}\n")),
        ("quoted", format!("Nov 20 12:00:00 h k3s[40]: time=\"2026-11-20T12:00:00Z\" level=info msg=\"got {}\"\n", forged.replace('"', "\\\""))),
        ("in another field", "Nov 20 12:00:00 h k3s[40]: time=\"2026-11-20T12:00:00Z\" level=info msg=\"x\" error=\"Running kubelet --anonymous-auth=false\"\n".to_owned()),
        ("of another process, by its name", json(&json!({"SYSLOG_IDENTIFIER": "k3s", "_COMM": "logger", "_PID": "40", "MESSAGE": forged}))),
        ("of a user", json(&json!({"SYSLOG_IDENTIFIER": "k3s", "_UID": "1000", "_PID": "40", "MESSAGE": forged}))),
        ("by nobody", json(&json!({"_PID": "40", "MESSAGE": forged}))),
    ] {
        let after = k3s("commands/journal-k3s.txt", &format!("{own}{line}"));
        cases.add(about, ANONYMOUS, after, "fail argument-sets-it by journal");
        let alone = k3s("commands/journal-k3s.txt", &line);
        cases.add(about, ANONYMOUS, alone, "unknown embedded-component");
    }
    // `logger -t k3s` has a process of its own.
    let other = at("12:00:00", "k3s", 77, OFF);
    let after = k3s("commands/journal-k3s.txt", &format!("{own}{other}"));
    cases.add(
        "another process",
        ANONYMOUS,
        after,
        "unknown embedded-component",
    );
    cases.judge();
}

#[test]
fn a_line_is_cut_only_where_it_can_be() {
    let line = |length: usize| {
        let start = row("root", 40, 1, "/usr/bin/kubelet --v=2 --node-labels=");
        let start = start.trim_end();
        format!("{start}{}\n", "a".repeat(length - start.len()))
    };
    let longer = row("root", 41, 1, &format!("/usr/bin/x {}", "b".repeat(5000)));
    let init = row("root", 1, 0, "/sbin/init");
    let of = |rows: &[String]| {
        Bundle::node("n").version("v1.31.2").member(
            "commands/ps.txt",
            format!("{HEADER}{init}{}", rows.concat()),
        )
    };
    let mut cases = Cases::default();
    for length in [120, 132, 2048, 4096] {
        let about = length.to_string();
        let alone = of(&[line(length)]);
        cases.add(&about, "cis-1.10:4.2.6", alone, "unknown arguments-cut-off");
        let beside = of(&[line(length), longer.clone()]);
        cases.add(&about, "cis-1.10:4.2.6", beside, "pass default-applies");
    }
    let marked = of(&[row("root", 40, 1, "/usr/bin/kubelet --v=2 --conta>")]);
    cases.add(
        "marked",
        "cis-1.10:4.2.6",
        marked,
        "unknown arguments-cut-off",
    );
    let rows = cases.judge();
    for row in &rows[..rows.len() - 1] {
        let reason = row["reason"].as_str().unwrap();
        assert!(!reason.contains("is cut off"), "{reason}");
    }
    let last = rows.last().unwrap()["reason"].as_str().unwrap();
    assert!(last.contains("the argument line is cut off"), "{last}");
}

#[test]
fn the_shared_hostile_bundles_pass_nowhere() {
    for name in [
        "wp-cmdline-contradicts-ps",
        "wp-k3s-journal-injected",
        "wp-user-process-is-a-kubelet",
    ] {
        let Some(folder) = shared(&format!("cases/hostile/{name}")) else {
            return;
        };
        let ran = nodeproof(
            &folder,
            &[
                "analyze", ".", "-b", "cis-1.10", "-c", "4.2.1", "--format", "jsonl",
            ],
        );
        let rows = rows(&ran.stdout);
        assert_eq!(rows.len(), 1, "{name}: {}", ran.stderr);
        assert_ne!(rows[0]["verdict"], "pass", "{name}: {}", rows[0]["reason"]);
    }
}
