//! Archives of whole clusters: every node by itself, those without evidence too.

use super::*;

fn entry(at: u64, command: &str) -> String {
    let entry = serde_json::json!({
        "_SYSTEMD_UNIT": "kubelet.service", "_COMM": "kubelet", "_PID": at.to_string(), "_UID": "0",
        "_CMDLINE": command, "__REALTIME_TIMESTAMP": at.to_string(), "MESSAGE": "started",
    });
    format!("{entry}\n")
}

#[test]
fn every_node_of_a_sonobuoy_archive_is_judged_by_its_own_journal_and_reply() {
    let node = |name: &str, version: &str| serde_json::json!({"metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": version}}});
    let all = [
        node("n1", "v1.31.2"),
        node("n2", "v1.31.2"),
        node("n3", "v1.31.2"),
    ];
    let bare = serde_json::json!(all).to_string();
    let object = serde_json::json!({"kind": "List", "items": all}).to_string();
    let reply = |on: bool| {
        serde_json::json!({"kubeletconfig": {"enableServer": true, "makeIPTablesUtilChains": on}})
            .to_string()
    };
    let (on, off) = (reply(true), reply(false));
    let n1 = [
        entry(10, "/usr/bin/kubelet --hostname-override=old"),
        entry(20, "/usr/bin/kubelet --v=2"),
    ]
    .concat();
    let n2 = entry(20, "/usr/bin/kubelet --hostname-override=n2");
    for list in [bare, object] {
        let tar = archive(&[
            ("hosts/n1/configz.json", &on),
            ("hosts/n2/configz.json", &off),
            ("hosts/._n2/configz.json", "mac"),
            (
                "meta/config.json",
                "{\"Version\":\"v0.56.6\",\"UUID\":\"x\"}",
            ),
            ("meta/run.log", "{\"time\":\"2026-05-01T10:00:00Z\"}\n"),
            ("plugins/systemd-logs/results/n1/systemd_logs", &n1),
            ("plugins/systemd-logs/results/n2/systemd_logs", &n2),
            ("resources/cluster/core_v1_nodes.json", &list),
            ("serverversion.json", "{\"gitVersion\":\"v1.31.2\"}"),
        ]);
        let (found, ran) = judged("results.tar.gz", &gzip(&tar), &["-b", "cis-1.12"]);
        assert_eq!(nodes(&found), ["n1", "n2", "n3"], "{}", ran.stderr);
        assert_eq!(of(&found, "n1", "4.2.6"), "pass configz-sets-it");
        assert_eq!(of(&found, "n2", "4.2.6"), "fail configz-sets-it");
        assert!(of(&found, "n3", "4.2.6").starts_with("unknown"));
        // The last start counts, and of each node its own.
        assert_eq!(of(&found, "n1", "4.2.7"), "pass default-applies");
        assert!(of(&found, "n2", "4.2.7").starts_with("fail"), "{found:?}");
        assert!(!ran.stderr.contains("judged apart"), "{}", ran.stderr);
    }
}

#[test]
fn a_must_gather_shows_its_nodes_and_proves_nothing_of_them() {
    let node =
        "apiVersion: v1\nkind: Node\nstatus:\n  nodeInfo:\n    kubeletVersion: v1.27.8+4fab27b\n";
    let plan = "kind: KubeletConfiguration\nreadOnlyPort: 0\n";
    let log = "May 01 10:00:00 n1 kubelet[7]: I0501 flags.go:64] FLAG: --read-only-port=\"0\"\n";
    let at = |rest: &str| format!("must-gather.local.1/quay-io-x/{rest}");
    let tar = archive(&[
        (&at("version"), "openshift/must-gather\n"),
        (&at("cluster-scoped-resources/core/nodes/n1.yaml"), node),
        (&at("cluster-scoped-resources/core/nodes/n2.yaml"), node),
        (&at("host_service_logs/masters/kubelet_service.log"), log),
        (
            &at("cluster-scoped-resources/machineconfiguration.openshift.io/x.yaml"),
            plan,
        ),
    ]);
    let (found, ran) = judged("must-gather.tar.xz", &xz(&tar), &[]);
    assert_eq!(nodes(&found), ["n1", "n2"], "{}", ran.stderr);
    let decided = found
        .values()
        .filter(|outcome| outcome.starts_with("pass") || outcome.starts_with("fail"));
    assert_eq!(decided.count(), 0, "{found:?}");
}

#[test]
fn a_support_bundle_shows_its_nodes_and_what_was_copied_from_each() {
    let node = |name: &str| serde_json::json!({"metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": "v1.31.2+k3s1"}}});
    let list =
        serde_json::json!({"kind": "NodeList", "items": [node("n1"), node("n2")]}).to_string();
    let processes = super::list(&["/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml"]);
    let good = config("readOnlyPort: 0\n");
    let tar = archive(&[
        (
            "supportbundle/version.yaml",
            "kind: SupportBundle\nspec:\n  versionNumber: v0.123.14\n",
        ),
        ("supportbundle/cluster-resources/nodes.json", &list),
        ("supportbundle/copy/n1/ps.txt", &processes),
        ("supportbundle/copy/n1/var/lib/kubelet/config.yaml", &good),
        ("supportbundle/copy/n2/ps.txt", &processes),
        ("supportbundle/collectd/n2/archive.tar", ""),
    ]);
    let (found, ran) = judged("support.tar.gz", &gzip(&tar), &["-b", "cis-1.12"]);
    assert_eq!(nodes(&found), ["n1", "n2"], "{}", ran.stderr);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(of(&found, "n1", "4.2.4"), "pass config-file-sets-it");
    assert_eq!(of(&found, "n2", "4.2.4"), "unknown file-not-collected");
}

#[test]
fn what_lies_beside_the_dump_of_a_cluster_is_judged() {
    let list = serde_json::json!({"kind": "NodeList", "items": [{"metadata": {"name": "n1"}}]})
        .to_string();
    let processes = super::list(&["/usr/bin/kubelet --read-only-port=0 --v=2"]);
    let dump = [
        ("d/nodes.json", list.as_str()),
        ("d/default/pods.json", "{}"),
    ];
    let (found, ran) = judged("d.tar", &archive(&dump), &["-b", "cis-1.12"]);
    assert_eq!(nodes(&found), ["n1"], "{}", ran.stderr);
    let beside = [&dump[..], &[("d/worker-7/ps.txt", processes.as_str())]].concat();
    let (found, ran) = judged("d.tar", &archive(&beside), &["-b", "cis-1.12"]);
    assert!(
        of(&found, nodes(&found)[0], "4.2.4").starts_with("pass"),
        "{}",
        ran.stderr
    );
}
