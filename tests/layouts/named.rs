//! Archives that name nodes and prove little or nothing of them.

use super::*;

#[test]
fn archives_without_evidence_of_settings_name_their_nodes() {
    let flags = "May 01 10:00:00 n1 kubelet[7]: I0501 flags.go:64] FLAG: --read-only-port=\"0\"\n";
    let settings = "{\"settings\":{\"kubernetes\":{\"hostname-override\":\"br1\"}}}";
    /// Layout, members, nodes.
    type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], &'c [&'c str]);
    let cases: [Case<'_>; 4] = [
        (
            "kind-logs",
            &[
                ("kind-version.txt", "kind v0.23.0 go1.22.3 linux/amd64\n"),
                (
                    "kind-control-plane/kubernetes-version.txt",
                    "Kubernetes v1.30.0\n",
                ),
                ("kind-control-plane/kubelet.log", flags),
                ("kind-worker/kubernetes-version.txt", "Kubernetes v1.30.0\n"),
            ],
            &["kind-control-plane", "kind-worker"],
        ),
        (
            "aks-logs",
            &[
                ("collect/dmesg", "x\n"),
                ("etc/hostname", "aks-pool-1\n"),
                ("etc/default/kubelet", "KUBELET_FLAGS=--read-only-port=0\n"),
                ("var/log/azure/cluster-provision.log", "x\n"),
            ],
            &["aks-pool-1"],
        ),
        (
            "talos-support",
            &[
                ("10.5.0.2/processes", ""),
                ("10.5.0.2/resources/nodenames.yaml", "x\n"),
                ("10.5.0.3/processes", ""),
                ("10.5.0.3/resources/nodenames.yaml", "x\n"),
            ],
            &["10.5.0.2", "10.5.0.3"],
        ),
        (
            "bottlerocket-logs",
            &[
                ("bottlerocket-logs/settings.json", settings),
                ("bottlerocket-logs/kube-status", "no unit\n"),
            ],
            &["br1"],
        ),
    ];
    for (layout, members, wanted) in cases {
        for more in [&[][..], &["--read-as", layout]] {
            let tar = archive(members);
            let (found, ran) = judged("x.zip", &zip_of(&tar), more);
            assert_eq!(nodes(&found), wanted, "{layout} {}", ran.stderr);
            let is_decided = |it: &String| it.starts_with("pass") || it.starts_with("fail");
            assert!(!found.values().any(is_decided), "{layout} {found:?}");
            // They are read by the layout, and not as files of anyone.
            assert!(!ran.stderr.contains("judged apart"), "{}", ran.stderr);
        }
    }
}

#[test]
fn the_processes_of_talos_show_the_arguments_of_each_node() {
    let list = |arguments: &str| {
        format!(
            "PID      STATE   THREADS   CPU-TIME   VIRTMEM   RESMEM   COMMAND\n     1   S         14          5.31    1.4 GB    98 MB   /sbin/init\n  1200   S         15         40.10    1.9 GB    96 MB   /usr/local/bin/kubelet {arguments} --node-ip=10.5.0.2\n"
        )
    };
    let (on, off) = (list("--read-only-port=0"), list("--read-only-port=10255"));
    let nodes = "items:\n- metadata:\n    name: cp-1\n  status:\n    addresses:\n    - address: 10.5.0.2\n      type: InternalIP\n    nodeInfo:\n      kubeletVersion: v1.31.2\nkind: List\n";
    let support = [
        ("10.5.0.2/processes", on.as_str()),
        ("10.5.0.2/resources/nodenames.yaml", "x\n"),
        ("10.5.0.3/processes", off.as_str()),
        ("cluster/kubernetesResources/nodes.yaml", nodes),
    ];
    let (found, ran) = judged("support.zip", &zip_of(&archive(&support)), &[]);
    assert_eq!(self::nodes(&found), ["10.5.0.3", "cp-1"], "{}", ran.stderr);
    let row = |node: &str| {
        let all = rows(&ran.stdout).into_iter();
        let mut own =
            all.filter(|row| row["node"] == node && row["rule"] == "kubelet-read-only-port");
        own.next().unwrap_or_else(|| panic!("{}", ran.stdout))
    };
    assert_eq!(outcome(&row("cp-1")), "pass argument-sets-it");
    assert_eq!(outcome(&row("10.5.0.3")), "fail argument-sets-it");
    // Without the resources its columns tell it.
    let (found, _) = judged("s.tar", &archive(&[("s/10.5.0.2/processes", &on)]), &[]);
    assert_eq!(self::nodes(&found), ["10.5.0.2"]);
}
