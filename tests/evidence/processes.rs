//! Which processes are kubelets, and with which words.

use super::*;
use serde_json::json;

const EF: &str = "UID          PID    PPID  C STIME TTY          TIME CMD\n";
const INIT: &str = "root           1       0  0 10:00 ?        00:00:03 /sbin/init\n";

/// A bundle whose process list is this text, taken with this command.
fn listed(argv: &str, text: &str) -> Bundle {
    let member = "commands/ps-list.txt";
    let command =
        json!([{"argv": argv, "member": member, "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    Bundle::node("n")
        .with("commands", command)
        .member(member, text)
}

fn ef(command: &str) -> String {
    format!("root          40       1  1 10:00 ?        00:01:00 {command}\n")
}

#[test]
fn every_layout_of_ps_shows_the_arguments() {
    let kubelet = format!("/usr/bin/kubelet --v=2 {OFF}");
    let mut cases = Cases::new();
    for (argv, header, row) in [
        (
            "ps -efww",
            EF,
            "root          40       1  1 10:00 ?        00:01:00 ",
        ),
        (
            "ps -ef",
            EF,
            "root          40       1  1 Oct04 ?        00:01:00 ",
        ),
        (
            "ps auxww",
            "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
            "root          40  2.0  1.0 4002836 102804 ?      Ssl  19:48   0:21 ",
        ),
        ("ps -eo pid,args", "    PID COMMAND\n", "     40 "),
        ("ps -eo pid,args", "    PID CMD\n", "     40 "),
        (
            "ps",
            "PID   USER     TIME  COMMAND\n",
            "   40 root      0:47 ",
        ),
        (
            "ps",
            "PID   USER     TIME  COMMAND\n",
            "   40 root      0:47 {kubelet} ",
        ),
        (
            "ps w",
            "  PID USER       VSZ STAT COMMAND\n",
            "   40 root      712m S    {kubelet} ",
        ),
    ] {
        let text = format!("{header}{row}{kubelet}\n");
        cases.add(argv, &listed(argv, &text), "fail argument-sets-it");
    }
    cases.judge();
}

#[test]
fn a_kubelet_is_known_by_its_program_alone() {
    let mut cases = Cases::new();
    for program in [
        "kubelet",
        "/usr/local/bin/kubelet",
        "/var/lib/minikube/binaries/v1.21.2/kubelet",
        "/snap/kubelet/1234/kubelet",
        "/hyperkube kubelet",
        "hyperkube kubelet",
        "/usr/bin/kubelet --version=false",
    ] {
        let bundle = Bundle::node("n").ps(&[&format!("{program} {OFF}")]);
        cases.add(program, &bundle, "fail argument-sets-it");
        let words: Vec<String> = program.split(' ').map(str::to_owned).collect();
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.push(OFF);
        let bundle = Bundle::node("n").process(7, &words);
        cases.add(program, &bundle, "fail argument-sets-it");
    }
    for other in [
        "kube-apiserver --kubelet-https=true --kubelet-client-key=/k",
        "grep --color=auto kubelet",
        "sh -c ps -ef | grep kubelet --make-iptables-util-chains=true",
        "sh -c /usr/bin/kubelet --make-iptables-util-chains=true",
        "/bin/bash /home/kubernetes/bin/health-monitor.sh kubelet",
        "/csi-node-driver-registrar --v=5 --kubelet-registration-path=/var/lib/kubelet/plugins/x",
        "/usr/local/bin/kubenswrapper --kubelet",
        "tail -f /var/log/kubelet",
        "/usr/bin/kubelet --version",
        "/usr/bin/kubelet --version=true",
        "/usr/bin/kubelet --version -h",
        "/usr/bin/kubelet -h",
        "/opt/kubelet.sh",
        "hyperkube proxy --kubelet",
        "[kubelet] <defunct>",
        "[kubelet]",
        "k3s kubectl get nodes",
        "k3s crictl ps",
    ] {
        let alone = Bundle::node("n").ps(&[other]);
        cases.add(other, &alone, "unknown component-not-seen");
        let beside = Bundle::node("n").ps(&[other, &format!("/usr/bin/kubelet {ON}")]);
        cases.add(other, &beside, "pass argument-sets-it");
    }
    let rows = cases.judge();
    for row in &rows {
        assert!(!has_note(row, "several-processes"), "{row:#}");
    }
}

#[test]
fn one_word_with_blanks_is_a_title_and_not_an_argument_line() {
    let mut cases = Cases::new();
    let title = |title: &str| Bundle::node("n").process(40, &[title]);
    for k3s in [
        "/usr/local/bin/k3s server",
        "/usr/local/bin/k3s agent --data-dir /srv/kubelet",
        "k3s server",
    ] {
        cases.add(k3s, &title(k3s), "unknown embedded-component");
    }
    for other in ["sh -c /usr/bin/kubelet", "postgres: writer /srv/kubelet"] {
        cases.add(other, &title(other), "unknown component-not-seen");
    }
    cases.judge();
}

#[test]
fn cmdline_and_ps_must_not_contradict_each_other() {
    let line = |flag: &str| format!("/usr/bin/kubelet {flag}");
    let mut cases = Cases::new();
    let bundle = |exact, seen: &str| {
        Bundle::node("n")
            .process(40, &["/usr/bin/kubelet", exact])
            .ps(&[&line(seen)])
    };
    for (about, exact, seen) in [("true, false", ON, OFF), ("false, true", OFF, ON)] {
        let wanted = "unknown contradictory-evidence";
        cases.add(about, &bundle(exact, seen), wanted);
    }
    let zombie = Bundle::node("n")
        .member("proc/40/cmdline", "")
        .ps(&["[kubelet] <defunct>"]);
    cases.add("a zombie", &zombie, "unknown component-not-seen");
    let empty = Bundle::node("n")
        .member("proc/40/cmdline", "")
        .ps(&[&line(OFF)]);
    cases.add("an empty cmdline", &empty, "fail argument-sets-it");
    cases.add("the same", &bundle(OFF, OFF), "fail argument-sets-it");
    let rows = cases.judge();
    assert_eq!(
        rows[0]["evidence"],
        json!(["proc/40/cmdline", "commands/ps-ef.txt:3"])
    );
    assert_eq!(rows[3]["evidence"][0], "commands/ps-ef.txt:3");
    assert_eq!(rows[4]["evidence"], json!(["proc/40/cmdline"]));
}

#[test]
fn two_lists_that_contradict_each_other_are_two_witnesses() {
    let list = |command: &str| format!("{EF}{INIT}{}", ef(command));
    let (on, off) = (
        list(&format!("/usr/bin/kubelet --v=2 {ON}")),
        list(&format!("/usr/bin/kubelet {OFF}")),
    );
    let mut cases = Cases::new();
    for (first, second) in [(&on, &off), (&off, &on)] {
        let bundle = Bundle::node("n")
            .member("commands/ps-a.txt", first)
            .member("commands/ps-b.txt", second);
        cases.add("one says false", &bundle, "fail argument-sets-it");
    }
    // The same process in a list that shows less of it is one witness.
    let less = Bundle::node("n")
        .member(
            "commands/ps-a.txt",
            "    PID TTY          TIME CMD\n     40 ?        00:01:00 kubelet\n",
        )
        .member("commands/ps-b.txt", &on);
    cases.add("names beside arguments", &less, "pass argument-sets-it");
    let rows = cases.judge();
    assert!(!has_note(&rows[2], "several-processes"));
}

/// A list that a terminal of 80 columns cut.
fn cut(command: &str) -> String {
    let line: String = format!("     40 {command}").chars().take(80).collect();
    assert_eq!(line.len(), 80, "{command}");
    format!("    PID COMMAND\n      1 /sbin/init\n{line}\n")
}

#[test]
fn what_a_cut_line_does_not_show_is_not_absent() {
    let more = " --node-labels=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let mut cases = Cases::new();
    for (about, command, wanted) in [
        (
            "absent",
            "/usr/bin/kubelet --v=2".to_owned(),
            "unknown arguments-cut-off",
        ),
        (
            "false",
            format!("/usr/bin/kubelet {OFF}"),
            "fail argument-sets-it",
        ),
        (
            "true",
            format!("/usr/bin/kubelet {ON}"),
            "unknown arguments-cut-off",
        ),
    ] {
        let bundle = listed("ps -eo pid,args", &cut(&format!("{command}{more}")));
        cases.add(about, &bundle, wanted);
        let wide = listed("ps -eo pid,args -ww", &cut(&format!("{command}{more}")));
        let wanted = wanted.replace(
            "unknown arguments-cut-off",
            match about {
                "true" => "pass argument-sets-it",
                _ => "pass default-applies",
            },
        );
        cases.add(&format!("{about}, wide"), &wide, &wanted);
    }
    // Cut in the value: `=fals` is no value, and what stood there is not known.
    let inside = format!("/usr/bin/kubelet --node-labels={} {OFF}", "a".repeat(12));
    cases.add(
        "within",
        &listed("ps -eo pid,args", &cut(&format!("{inside}{more}"))),
        "unknown arguments-cut-off",
    );
    // Cut between a flag and its value.
    let pad = "a".repeat(72 - format!("kubelet {OFF} --x= -v 22").len());
    let between = format!("kubelet {OFF} --x={pad} -v 22");
    cases.add(
        "before a value",
        &listed("ps -eo pid,args", &cut(&between)),
        "fail argument-sets-it",
    );
    let page = format!(
        "/usr/bin/kubelet\0--node-labels={}\0",
        "a".repeat(4096 - 32)
    );
    assert_eq!(page.len(), 4096);
    let page = Bundle::node("n").member("proc/40/cmdline", page);
    cases.add("a kernel's page", &page, "unknown arguments-cut-off");
    cases.judge();
}

#[test]
fn arguments_that_ps_shows_as_blanks() {
    let mut cases = Cases::new();
    for (about, line, wanted) in [
        (
            "empty value",
            format!("kubelet --cloud-provider  {OFF}"),
            "fail argument-sets-it",
        ),
        (
            "empty value at the end",
            format!("kubelet {OFF} --cloud-provider"),
            "fail argument-sets-it",
        ),
        (
            "sysctls",
            format!(
                "kubelet --pod-sysctls=net.core.x=1,net.ipv4.tcp_rmem=4096 87380 6291456,a=4 5 {OFF}"
            ),
            "fail argument-sets-it",
        ),
        (
            "sysctls in a word of their own",
            format!("kubelet {OFF} --pod-sysctls net.ipv4.tcp_rmem=4096 87380 6291456"),
            "fail argument-sets-it",
        ),
        (
            "a word after a boolean",
            format!("kubelet {OFF} {ON} false"),
            "unknown would-not-start",
        ),
    ] {
        cases.add(about, &Bundle::node("n").ps(&[&line]), wanted);
    }
    let exact = Bundle::node("n").kubelet(&[OFF, "--cloud-provider"]);
    cases.add(
        "exact words lack a value",
        &exact,
        "unknown would-not-start",
    );
    let words = ["--pod-sysctls=net.ipv4.tcp_rmem=4096 87380", OFF];
    cases.add(
        "exact words with blanks",
        &Bundle::node("n").kubelet(&words),
        "fail argument-sets-it",
    );
    cases.judge();
}

#[test]
fn of_several_kubelets_the_worst_counts() {
    let kubelets = |flags: &[&str]| {
        flags
            .iter()
            .zip(50..)
            .fold(Bundle::node("n"), |bundle, (flag, pid)| {
                bundle.process(pid, &["/usr/bin/kubelet", flag])
            })
    };
    let missing = "--config=/nobody/collected/it";
    let mut cases = Cases::new();
    cases.add("all pass", &kubelets(&[ON, ON]), "pass argument-sets-it");
    cases.add(
        "one fails",
        &kubelets(&[ON, missing, OFF]),
        "fail argument-sets-it",
    );
    cases.add(
        "one undecided",
        &kubelets(&[ON, missing]),
        "unknown file-not-collected",
    );
    let broken = kubelets(&[ON, missing, "--config=/k.yaml"]).file("/k.yaml", "[");
    cases.add("one in error", &broken, "error config-file-unparseable");
    cases.add(
        "live false",
        &kubelets(&[ON, ON]).live("n", false),
        "fail configz-sets-it",
    );
    cases.add(
        "live true",
        &kubelets(&[ON, OFF]).live("n", true),
        "fail argument-sets-it",
    );
    let unreadable = kubelets(&[ON, ON]).member("configz/n.json", "{");
    cases.add("live unreadable", &unreadable, "error configz-unreadable");
    let embedded = kubelets(&[ON]).process(9, &["/usr/local/bin/k3s", "server"]);
    cases.add("one inside k3s", &embedded, "unknown embedded-component");
    let embedded = kubelets(&[OFF]).process(9, &["/usr/local/bin/k3s", "server"]);
    cases.add(
        "one inside k3s, one fails",
        &embedded,
        "fail argument-sets-it",
    );
    for row in cases.judge() {
        assert!(has_note(&row, "several-processes"), "{row:#}");
    }
}

#[test]
fn a_kubelet_inside_another_program_shows_itself_in_configz_alone() {
    let mut cases = Cases::new();
    for words in [
        &["/usr/local/bin/k3s", "server"][..],
        &["/usr/local/bin/k3s", "agent"],
        &["k3s-agent"],
        &["/snap/microk8s/1/kubelite", "--kubelet-args-file=/x"],
    ] {
        let bundle = Bundle::node("n").process(9, words);
        cases.add(words[0], &bundle, "unknown embedded-component");
        cases.add(
            words[0],
            &bundle.clone().live("n", true),
            "pass configz-sets-it",
        );
        cases.add(words[0], &bundle.live("n", false), "fail configz-sets-it");
    }
    cases.judge();
}

#[test]
fn bytes_that_are_no_text_cost_nothing_but_themselves() {
    let mut cases = Cases::new();
    let mut list = format!("{EF}{INIT}").into_bytes();
    list.extend(b"root          39       1  1 10:00 ?        00:01:00 /bin/\xff\xfe --x\n");
    list.extend(ef(&format!("/usr/bin/kubelet {OFF}")).bytes());
    let listed = Bundle::node("n").member("commands/ps-ef.txt", list);
    cases.add("in the list", &listed, "fail argument-sets-it");
    let words = format!("/usr/bin/kubelet\0--node-labels=\u{1}\0{OFF}\0").replace('\u{1}', "\u{2}");
    let mut words = words.into_bytes();
    for byte in &mut words {
        if *byte == 2 {
            *byte = 0xff;
        }
    }
    let exact = Bundle::node("n").member("proc/40/cmdline", words);
    cases.add("in the words", &exact, "fail argument-sets-it");
    cases.judge();
}
