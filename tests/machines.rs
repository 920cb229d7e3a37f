//! Evidence of two machines in one archive is never joined, and a path counts from the root of its
//! machine.

use std::collections::BTreeMap;

use crate::support::*;

const HEADER: &str = "UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 Nov20 ?        00:00:09 /sbin/init\n";
const CONFIGURED: &str = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";

fn list(command: &str) -> String {
    let long = "x".repeat(300);
    format!(
        "{HEADER}root          40       1  0 Nov20 ?        00:00:09 {command}\nroot          50       1  0 Nov20 ?        00:00:09 /usr/bin/other {long}\n"
    )
}

/// Node and outcome of every row of the reference control, in both an archive and a folder.
fn outcomes(members: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut bundle = Bundle::loose("all");
    for (name, text) in members {
        bundle = bundle.member(name, text);
    }
    let lab = Lab::new();
    lab.add("in/all.tgz", &bundle);
    let rows = lab.rows("cis-1.12");
    let of = |row: &serde_json::Value| (row["node"].as_str().unwrap().to_owned(), outcome(row));
    // A folder that another tool marks as its own is a bundle in the archive.
    let bundle = |row: &serde_json::Value| row["bundle"].as_str().unwrap().to_owned();
    let is_of_it = |name: String| name.ends_with("all.tgz") || name.contains("all.tgz!");
    assert!(rows.iter().map(bundle).all(is_of_it));
    let found: BTreeMap<String, String> = rows.iter().map(of).collect();
    assert_eq!(found.len(), rows.len(), "one row a node: {found:?}");
    found
}

fn wanted(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
    owned.collect()
}

#[test]
fn two_machines_in_one_archive_are_two_nodes() {
    let good = config("makeIPTablesUtilChains: true\n");
    let (on, off) = (
        list("/usr/bin/kubelet --make-iptables-util-chains=true"),
        list("/usr/bin/kubelet --make-iptables-util-chains=false"),
    );
    let named = list(CONFIGURED);
    let none = "unknown file-not-collected";
    for (members, expected) in [
        (
            vec![
                ("a/ps.txt", named.as_str()),
                ("a/var/lib/kubelet/config.yaml", &good),
                ("b/ps.txt", &named),
            ],
            [("a", "pass config-file-sets-it"), ("b", none)],
        ),
        (
            vec![("node1/ps.txt", off.as_str()), ("node2/ps.txt", &on)],
            [
                ("node1", "fail argument-sets-it"),
                ("node2", "pass argument-sets-it"),
            ],
        ),
        (
            vec![
                ("sosreport-a/sos_commands/process/ps_auxwww", named.as_str()),
                ("sosreport-a/var/lib/kubelet/config.yaml", &good),
                ("sosreport-b/sos_commands/process/ps_auxwww", &off),
            ],
            [
                ("sosreport-a", "pass config-file-sets-it"),
                ("sosreport-b", "fail argument-sets-it"),
            ],
        ),
        (
            vec![("a-ps.txt", on.as_str()), ("ps_b.txt", &off)],
            [
                ("a", "pass argument-sets-it"),
                ("b", "fail argument-sets-it"),
            ],
        ),
        (
            vec![
                ("a/ps.txt", named.as_str()),
                ("b/etc/kubernetes/kubelet.yaml", &good),
            ],
            [("a", none), ("b", "unknown component-not-seen")],
        ),
    ] {
        let found = outcomes(&members);
        let expected = wanted(&expected);
        let verdicts = |of: &BTreeMap<String, String>| -> Vec<(String, bool)> {
            of.iter()
                .map(|(node, o)| (node.clone(), o.starts_with("pass")))
                .collect()
        };
        assert_eq!(verdicts(&found), verdicts(&expected), "{found:?}");
    }
}

#[test]
fn nodes_whose_names_share_a_word_are_not_one() {
    let good = config("makeIPTablesUtilChains: true\n");
    let named = list(CONFIGURED);
    let live = r#"{"kubeletconfig":{"enableServer":true,"makeIPTablesUtilChains":true}}"#;
    for members in [
        vec![
            ("k3s-server-1-ps.txt", named.as_str()),
            ("k3s-agent-1-configz.json", live),
        ],
        vec![
            ("api-01-ps.txt", named.as_str()),
            ("log-01-configz.json", live),
        ],
        vec![
            ("logs/n1/ps.txt", named.as_str()),
            ("logs/n2/ps.txt", &named),
            ("logs/n2/var/lib/kubelet/config.yaml", &good),
        ],
    ] {
        let found = outcomes(&members);
        assert_eq!(found.len(), 2, "{found:?}");
        let (first, _) = members[0];
        let node = found.iter().find(|(node, _)| first.contains(node.as_str()));
        assert!(node.unwrap().1.starts_with("unknown"), "{found:?}");
    }
}

#[test]
fn what_nothing_shows_to_be_of_one_machine_is_not_joined() {
    let good = config("makeIPTablesUtilChains: true\n");
    let named = list(CONFIGURED);
    let other = list("/usr/bin/kubelet --v=7 --config=/var/lib/kubelet/config.yaml");
    let file = ("var/lib/kubelet/config.yaml", good.as_str());
    let words = "/usr/bin/kubelet\0--config=/var/lib/kubelet/config.yaml\0";
    let container = r#"{"ociVersion":"1.0.2"}"#;
    for members in [
        vec![
            ("sos_commands/n1/ps.txt", named.as_str()),
            ("sos_commands/n2/ps.txt", &named),
            file,
        ],
        vec![
            ("system/n1/ps.txt", named.as_str()),
            ("system/n2/ps.txt", &named),
            file,
        ],
        vec![
            ("api-01-ps.txt", named.as_str()),
            ("api-01-ps-ef.txt", &other),
            file,
        ],
        vec![
            ("ps.txt", named.as_str()),
            ("config.json", container),
            ("rootfs/var/lib/kubelet/config.yaml", &good),
        ],
        vec![
            ("ps.txt", named.as_str()),
            ("etc/hostname", "x\n"),
            ("rootfs/var/lib/kubelet/config.yaml", &good),
        ],
        vec![
            ("ps.txt", named.as_str()),
            ("etc/hostname", "x\n"),
            ("host/var/lib/kubelet/config.yaml", &good),
        ],
        vec![("mnt/proc/900/cmdline", words), file],
    ] {
        let found = outcomes(&members);
        assert!(
            found.values().all(|o| o.starts_with("unknown")),
            "{members:?}: {found:?}"
        );
    }
    // A folder around the files, and nothing beside it, and two copies of one list, are one machine.
    for members in [
        vec![
            ("ps.txt", named.as_str()),
            ("host/var/lib/kubelet/config.yaml", &good),
        ],
        vec![
            ("ps.txt", named.as_str()),
            ("rootfs/var/lib/kubelet/config.yaml", &good),
        ],
        vec![
            ("api-01-ps.txt", named.as_str()),
            ("api-01-ps-ef.txt", &named),
            file,
        ],
    ] {
        assert_eq!(
            outcomes(&members)["all"],
            "pass config-file-sets-it",
            "{members:?}"
        );
    }
}

#[test]
fn machines_of_one_name_have_findings_of_their_own() {
    let on = list("/usr/bin/kubelet --make-iptables-util-chains=true");
    let off = list("/usr/bin/kubelet --make-iptables-util-chains=false");
    let found = outcomes(&[("x/n/ps.txt", &on), ("y/n/ps.txt", &off)]);
    let expected = [
        ("n", "pass argument-sets-it"),
        ("n#2", "fail argument-sets-it"),
    ];
    assert_eq!(found, wanted(&expected));
}

#[test]
fn a_copy_below_another_folder_of_the_machine_is_not_the_file() {
    let good = config("makeIPTablesUtilChains: true\n");
    let named = list(CONFIGURED);
    for copy in [
        "root/backup",
        "mnt/snapshot",
        "tmp/x",
        "srv",
        "run/containerd/io/rootfs",
        "boot",
        "media/usb",
        "data",
        "backup",
        "var/lib/docker/overlay2/1/merged",
        "home/admin",
        "opt/old",
        "usr/share",
    ] {
        let path = format!("{copy}/var/lib/kubelet/config.yaml");
        let found = outcomes(&[
            ("ps.txt", &named),
            ("etc/hostname", "n1\n"),
            (
                "etc/kubernetes/kubelet.conf",
                "apiVersion: v1\nkind: Config\n",
            ),
            (&path, &good),
        ]);
        assert_eq!(found["all"], "unknown file-not-collected", "{copy}");
    }
}

#[test]
fn a_list_in_a_folder_beside_ours_is_of_another_machine() {
    let good = config("makeIPTablesUtilChains: true\n");
    let named = list(CONFIGURED);
    let file = ("files/var/lib/kubelet/config.yaml", good.as_str());
    for (list, expected) in [
        ("a/ps.txt", "unknown file-not-tied-to-process"),
        ("ps.txt", "pass config-file-sets-it"),
        ("system/ps.txt", "pass config-file-sets-it"),
    ] {
        let found = outcomes(&[(list, &named), file]);
        assert_eq!(found, wanted(&[("all", expected)]), "{list}");
    }
}
