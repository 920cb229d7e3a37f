//! Archives with no evidence of a node: no node is made of them, and a message says what they are.

use super::*;

/// The members of an archive, and what the message about it names.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], &'c str);

const PLAN: &str = "data:\n  kubelet: |\n    kind: KubeletConfiguration\n    readOnlyPort: 0\n";

#[test]
fn no_node_is_made_of_an_archive_that_shows_none() {
    let cases: [Case<'_>; 9] = [
        (
            "an empty must-gather",
            &[("must-gather.sample/event-filter.html", "")],
            "must-gather",
        ),
        (
            "a must-gather without nodes",
            &[
                ("m/quay-io-x/version", "openshift/must-gather\n4.16\n"),
                (
                    "m/quay-io-x/cluster-scoped-resources/config.openshift.io/x.yaml",
                    "kind: List\n",
                ),
                (
                    "m/quay-io-x/namespaces/kube-system/core/configmaps.yaml",
                    PLAN,
                ),
            ],
            "must-gather",
        ),
        (
            "a support bundle without nodes",
            &[
                ("s/version.yaml", "kind: SupportBundle\n"),
                ("s/cluster-resources/configmaps/kube-system.yaml", PLAN),
            ],
            "support-bundle",
        ),
        (
            "a Sonobuoy archive without hosts",
            &[
                ("meta/config.json", "{\"Version\":\"v0.57.1\"}"),
                ("resources/cluster/core_v1_nodes.json", "[]"),
            ],
            "Sonobuoy",
        ),
        (
            "logs of AKS without a name",
            &[
                ("collect/dmesg", "x\n"),
                ("etc/default/kubelet", "KUBELET_FLAGS=--read-only-port=0\n"),
                ("var/log/azure/x.log", "x\n"),
            ],
            "Azure Kubernetes Service",
        ),
        (
            "logs of Bottlerocket without a name",
            &[
                ("bottlerocket-logs/settings.json", "{}"),
                ("bottlerocket-logs/kube-status", "Unit not found\n"),
            ],
            "Bottlerocket",
        ),
        (
            "the dump of a cluster without nodes",
            &[
                ("d/nodes.json", "{\"kind\":\"NodeList\",\"items\":[]}"),
                ("d/default/pods.json", "{}"),
            ],
            "cluster-info dump",
        ),
        (
            "notes",
            &[("n/notes.txt", "see KubeletConfiguration\n")],
            "nothing that is recognised",
        ),
        (
            "a clock of Talos",
            &[("support/10.5.0.2/summary", "Talos v1.9\n")],
            "nothing that is recognised",
        ),
    ];
    for (about, members, named) in cases {
        for (name, bytes) in [
            ("x.tar.gz", gzip(&archive(members))),
            ("x.zip", zip_of(&archive(members))),
        ] {
            let (found, ran) = judged(name, &bytes, &[]);
            assert!(found.is_empty(), "{about}: {found:?}");
            assert_eq!(ran.code, 0, "{about}: {}", ran.stderr);
            let is_told = |line: &str| line.starts_with("warning") && line.contains(named);
            assert!(ran.stderr.lines().any(is_told), "{about}: {}", ran.stderr);
            assert!(
                ran.stderr.contains("0 of 0 nodes judged"),
                "{about}: {}",
                ran.stderr
            );
            let (_, ran) = judged(name, &bytes, &["--fail-on", "unknown"]);
            assert_eq!(ran.code, 1, "{about}: {}", ran.stderr);
        }
    }
}

#[test]
fn an_archive_without_evidence_is_a_gap_of_the_run_and_no_node() {
    let lab = Lab::new();
    lab.put("a.tar", &archive(&[("m/event-filter.html", "")]));
    lab.add("b.tar", &Bundle::node("n1").version("v1.31.2"));
    let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["coverage"]["nodes"]["of"], 1, "{}", ran.stderr);
    let gap = &report["coverage"]["gaps"][0];
    assert_eq!(gap["code"], "no-evidence", "{gap}");
    assert_eq!(gap["bundle"], "a.tar");
    assert_eq!(gap["node"], Value::Null);
    assert_eq!(report["bundles"][0]["node"], Value::Null);
    assert!(report["bundles"][0]["sha256"].is_string());
}

#[test]
fn a_bundle_that_names_its_node_has_rows_for_it() {
    let bundle = Bundle::node("n1");
    let row = judge_by("cis-1.12", &bundle);
    assert_eq!(row["node"], "n1");
    assert_eq!(outcome(&row), "unknown component-not-seen");
}

#[test]
fn of_a_list_of_nodes_each_has_rows_and_the_archive_none() {
    let node = |name: &str| serde_json::json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}});
    let list =
        serde_json::json!({"apiVersion": "v1", "items": [node("n1"), node("n2")], "kind": "List"});
    let (found, ran) = judged(
        "x.tar",
        &archive(&[("k/nodes.json", &list.to_string())]),
        &[],
    );
    assert_eq!(nodes(&found), ["n1", "n2"], "{}", ran.stderr);
}

#[test]
fn what_lies_beside_archives_of_bundles_makes_them_no_bundle() {
    let inner = |name: &str| Bundle::node(name).version("v1.31.2").tar_gz();
    for beside in [
        "version.txt",
        "nodes.json",
        "config.json",
        "sos_reports/manifest.json",
        "etc/hostname",
    ] {
        let mut outer = tar::Builder::new(Vec::new());
        append(&mut outer, &format!("fleet/{beside}"), b"{}");
        append(&mut outer, "fleet/n1.tar.gz", &inner("n1"));
        append(&mut outer, "fleet/n2.tar.gz", &inner("n2"));
        let (found, ran) = judged("fleet.tar", &outer.into_inner().unwrap(), &[]);
        assert_eq!(nodes(&found), ["n1", "n2"], "{beside} {}", ran.stderr);
    }
}
