//! Archives of other tools are read by their own layouts.

#[path = "layouts/clusters.rs"]
mod clusters;
#[path = "layouts/fleet.rs"]
mod fleet;
#[path = "layouts/named.rs"]
mod named;
#[path = "layouts/nothing.rs"]
mod nothing;
#[path = "layouts/packed.rs"]
mod packed;
#[path = "layouts/public.rs"]
mod public;
#[path = "layouts/real_sos.rs"]
mod real_sos;
#[path = "layouts/scanned.rs"]
mod scanned;
#[path = "layouts/sos.rs"]
mod sos;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::*;

const HEADER: &str = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n";

/// A list as `ps auxwww` prints it, with an init and these commands.
fn list(commands: &[&str]) -> String {
    let row = |(at, command): (usize, &&str)| {
        let pid = 40 + at;
        format!(
            "root        {pid:>4}  0.0  0.0   4000  1000 ?        Ss   10:00   0:00 {command}\n"
        )
    };
    let rows: String = commands.iter().enumerate().map(row).collect();
    format!(
        "{HEADER}root           1  0.0  0.0   4000  1000 ?        Ss   10:00   0:00 /usr/lib/systemd/systemd\n{rows}"
    )
}

/// An archive without a description of ours.
fn archive(members: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in members {
        append(&mut tar, name, text.as_bytes());
    }
    tar.into_inner().unwrap()
}

/// Judges one archive and gives the outcome of each control, by node.
fn judged(name: &str, tar: &[u8], more: &[&str]) -> (BTreeMap<(String, String), String>, Ran) {
    let lab = Lab::new();
    lab.put(name, tar);
    let arguments = [&["analyze", name, "--format", "jsonl"], more].concat();
    let ran = nodeproof(lab.folder.path(), &arguments);
    (by_control(&ran), ran)
}

fn by_control(ran: &Ran) -> BTreeMap<(String, String), String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows(&ran.stdout).into_iter();
    rows.map(|row| ((word(&row["node"]), word(&row["control"])), outcome(&row)))
        .collect()
}

fn nodes(found: &BTreeMap<(String, String), String>) -> Vec<&str> {
    let mut nodes: Vec<&str> = found.keys().map(|(node, _)| node.as_str()).collect();
    nodes.dedup();
    nodes
}

fn of<'f>(found: &'f BTreeMap<(String, String), String>, node: &str, control: &str) -> &'f str {
    found
        .get(&(node.to_owned(), control.to_owned()))
        .unwrap_or_else(|| panic!("{node} {control}: {found:?}"))
}

#[test]
fn what_the_log_collector_of_eks_copied_is_tied_by_its_path() {
    let config = "{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"readOnlyPort\":0}";
    let drop_in = "{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"readOnlyPort\":10255}";
    let kubelet = "/usr/bin/kubelet --hostname-override=ip-10-0-1-5.ec2.internal --config=/etc/kubernetes/kubelet/config.json";
    let with_drop_ins = format!("{kubelet} --config-dir=/etc/kubernetes/kubelet/config.json.d");
    let elsewhere = "/usr/bin/kubelet --config=/etc/other/config.json";
    let node = "ip-10-0-1-5.ec2.internal";
    for (command, drop_in, node, outcome) in [
        (kubelet, None, node, "pass config-file-sets-it"),
        (&with_drop_ins, Some(drop_in), node, "fail drop-in-sets-it"),
        (elsewhere, None, "i-0abc", "unknown file-not-collected"),
    ] {
        let processes = list(&[command]);
        let mut members = vec![
            ("./system/instance-id.txt", "i-0abc\n"),
            ("./system/ps.txt", processes.as_str()),
            ("./kubelet/config.json", config),
        ];
        members.extend(drop_in.map(|text| ("./kubelet/config.json.d/40-x.conf", text)));
        let name = "eks_i-0abc_2026-05-01_1000-UTC_0.7.8.tar.gz";
        let (found, ran) = judged(name, &gzip(&archive(&members)), &[]);
        assert_eq!(nodes(&found), [node], "{}", ran.stderr);
        assert_eq!(of(&found, node, "3.2.4"), outcome, "{command}");
        // A copy has the modes of whoever made it.
        assert!(of(&found, node, "3.1.3").starts_with("unknown"));
        let row = &rows(&ran.stdout)[0];
        assert!(row["benchmark"].as_str().unwrap().starts_with("eks-"));
        assert_eq!(row["collected_at"], "2026-05-01T10:00:00Z");
    }
}

#[test]
fn of_a_rancher_archive_arguments_alone_speak() {
    let processes =
        list(&["/var/lib/rancher/rke2/bin/kubelet --anonymous-auth=false --read-only-port=0"]);
    let tar = archive(&[
        ("./n1-2026-05-01/systeminfo/ps", &processes),
        ("./n1-2026-05-01/systeminfo/hostname", "n1\n"),
        (
            "./n1-2026-05-01/rke2/version",
            "rke2 version v1.28.5+rke2r1 (abc)\ngo version go1.20\n",
        ),
        (
            "./n1-2026-05-01/rke2/config.yaml",
            "kubelet-arg:\n- anonymous-auth=true\n",
        ),
    ]);
    let (found, ran) = judged("n1.tar.gz", &gzip(&tar), &[]);
    assert_eq!(nodes(&found), ["n1"], "{}", ran.stderr);
    let row = &rows(&ran.stdout)[0];
    assert!(
        row["benchmark"].as_str().unwrap().starts_with("rke2-"),
        "{row}"
    );
    assert!(
        row["notes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|note| note != "benchmark-assumed")
    );
}

#[test]
fn archives_inside_are_named_and_judged_when_they_are_handed_in() {
    let processes = list(&["/usr/bin/kubelet --config=/etc/kubelet.yaml"]);
    let configz = "{\"kubeletconfig\":{\"readOnlyPort\":0,\"authentication\":{\"anonymous\":{\"enabled\":false}}}}";
    let inner = gzip(&archive(&[
        ("systeminfo/ps", &processes),
        ("systeminfo/kubeletconfig.json", configz),
    ]));
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [
        ("meta/config.json", &b"{\"Version\":\"v0.56.6\"}"[..]),
        (
            "resources/cluster/core_v1_nodes.json",
            b"[{\"metadata\":{\"name\":\"n1\"}}]",
        ),
        ("plugins/review/results/n1/nodeinfo.tar.gz", &inner),
    ] {
        append(&mut tar, name, bytes);
    }
    let outer = gzip(&tar.into_inner().unwrap());
    let (found, ran) = judged(
        "202605011000_sonobuoy_x.tar.gz",
        &outer,
        &["-b", "cis-1.12"],
    );
    assert_eq!(nodes(&found), ["n1"]);
    for part in [
        "plugins/review/results/n1/nodeinfo.tar.gz",
        "is not read",
        "hand it in",
    ] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("more like it"), "{}", ran.stderr);
    let (found, ran) = judged("n1.tar.gz", &inner, &["-b", "cis-1.12"]);
    assert_eq!(nodes(&found), ["n1"], "{}", ran.stderr);
    assert_eq!(
        of(&found, "n1", "4.2.4"),
        "pass configz-sets-it",
        "{}",
        ran.stderr
    );
}

#[test]
fn layouts_are_listed_and_one_can_be_forced() {
    let lab = Lab::new();
    let ran = lab.run(&["layouts"]);
    assert_eq!(ran.code, 0);
    for name in [
        "nodeproof",
        "sos-report",
        "eks-logs",
        "sonobuoy",
        "must-gather",
        "loose",
    ] {
        assert!(ran.stdout.contains(name), "{}", ran.stdout);
    }
    let processes = list(&["/usr/bin/kubelet --read-only-port=0"]);
    let tar = archive(&[
        ("systeminfo/ps", &processes),
        ("systeminfo/hostname", "n1\n"),
    ]);
    let named = |more: &[&str]| {
        let (found, ran) = judged("x.tar", &tar, more);
        (nodes(&found).join(" "), ran)
    };
    assert_eq!(named(&[]).0, "n1");
    assert_eq!(named(&["--read-as", "rancher-logs"]).0, "n1");
    assert_eq!(named(&["--read-as", "loose"]).0, "x");
    let ran = named(&["--read-as", "other"]).1;
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("sos-report"), "{}", ran.stderr);
}

#[test]
fn the_table_of_archives_has_every_layout_once() {
    let page = include_str!("../docs/archives.md");
    let rows = page.lines().filter(|line| line.starts_with('|')).skip(2);
    let mut told: Vec<&str> = rows
        .map(|row| row.split('|').nth(2).unwrap().trim().trim_matches('`'))
        .collect();
    told.push("nodeproof");
    told.sort_unstable();
    let listed = Lab::new().run(&["layouts"]).stdout;
    let names = listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next());
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    assert_eq!(told, names);
}

#[test]
fn an_archive_that_nobody_recognises_gets_one_message() {
    let tar = archive(&[("a/notes.txt", "nothing"), ("a/b/c.bin", "x")]);
    let (_, ran) = judged("x.tar", &tar, &[]);
    let told = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning"));
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 1, "{}", ran.stderr);
    for part in [
        "bundle.json",
        "sos_commands/",
        "meta/config.json",
        "--read-as",
    ] {
        assert!(told[0].contains(part), "{}", ran.stderr);
    }
}

#[test]
fn the_arguments_of_microk8s_are_those_of_the_revision_that_runs() {
    let processes = "UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 10:00 ?        00:00:03 /sbin/init\nroot          40       1  1 10:00 ?        00:01:00 /snap/microk8s/7231/kubelite --scheduler-args-file=/var/snap/microk8s/7231/args/kube-scheduler --kubelet-args-file=/var/snap/microk8s/7231/args/kubelet --proxy-args-file=/var/snap/microk8s/7231/args/kube-proxy\n";
    let nodes = "{\"kind\":\"NodeList\",\"items\":[{\"metadata\":{\"name\":\"mk\"}}]}\n{\"kind\":\"EventList\"}";
    let tar = archive(&[
        (
            "inspection-report/args/kubelet",
            "--anonymous-auth=false\n--read-only-port=0\n",
        ),
        (
            "inspection-report/args/kube-proxy",
            "--cluster-cidr=10.1.0.0/16\n",
        ),
        ("inspection-report/sys/ps", processes),
        (
            "inspection-report/k8s/version",
            "Client Version: v1.28.3\nServer Version: v1.28.3\n",
        ),
        ("inspection-report/k8s/cluster-info-dump", nodes),
        (
            "inspection-report/snap.microk8s.daemon-kubelite/journal.log",
            "x\n",
        ),
    ]);
    let (found, ran) = judged(
        "inspection-report-1.tar.gz",
        &gzip(&tar),
        &["-b", "cis-1.10"],
    );
    assert_eq!(self::nodes(&found), ["mk"], "{}", ran.stderr);
    assert!(of(&found, "mk", "4.2.1").starts_with("pass"), "{found:?}");
    assert!(
        of(&found, "mk", "4.1.1").starts_with("unknown"),
        "{found:?}"
    );
    // Its vendor's guide is the one that its platform leads to.
    let (found, ran) = judged("inspection-report-1.tar.gz", &gzip(&tar), &[]);
    for row in rows(&ran.stdout) {
        assert_eq!(row["benchmark"], "cis-1.24-microk8s");
        let notes = row["notes"].as_array().unwrap();
        assert!(notes.contains(&"benchmark-approximate".into()), "{row}");
    }
    assert!(of(&found, "mk", "4.2.1").starts_with("pass"), "{found:?}");
}
