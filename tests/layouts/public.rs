//! Archives that tools really made: they lie beside the checkout, or these tests skip.

use super::*;

/// Nodes with how much of each is decided, by the benchmark that fits.
fn table(path: &str) -> Option<Vec<(String, String, usize)>> {
    let path = shared(&format!("evidence/importers/{path}"))?;
    let lab = Lab::new();
    let path = path.to_str().unwrap();
    let ran = nodeproof(lab.folder.path(), &["analyze", path, "--format", "jsonl"]);
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows(&ran.stdout) {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let decided = matches!(row["verdict"].as_str(), Some("pass" | "fail"));
        *found.entry((word("node"), word("benchmark"))).or_default() += usize::from(decided);
    }
    let table = found.into_iter();
    Some(
        table
            .map(|((node, benchmark), decided)| (node, benchmark, decided))
            .collect(),
    )
}

#[test]
fn archives_of_tools_show_their_nodes_and_decide_what_they_can() {
    for (path, wanted) in [
        (
            "sos/sosreport-worker-1-2026-11-25-iikdwhp.tar.xz",
            vec![("worker-1.example.org", "cis-1.12", 17)],
        ),
        (
            "sos/sos-collector-audit-2026-11-25-abcde.tar",
            vec![
                ("worker-1.example.org", "cis-1.12", 17),
                ("worker-2.example.org", "cis-1.12", 17),
            ],
        ),
        (
            "eks/eks_i-0123456789abcdef0_2026-05-01_1000-UTC_0.7.8.tar.gz",
            vec![("ip-10-0-1-5.ec2.internal", "eks-1.8.0", 9)],
        ),
        (
            "sonobuoy/results-quick-no-failures.tar.gz",
            vec![("kind-control-plane", "cis-1.20", 12)],
        ),
        ("openshift/empty-must-gather.zip", vec![]),
        // A process of one node is never tied to the file of another.
        (
            "traps/two-nodes-one-tar.tar.gz",
            vec![("node-1", "cis-1.12", 1), ("node-2", "cis-1.12", 0)],
        ),
        (
            "traps/talos-processes-synthetic.tar.gz",
            vec![("10.5.0.2", "cis-1.12", 1)],
        ),
        (
            "troubleshoot/troubleshoot-supportbundle-baseline.tar.gz",
            vec![("primary-node", "k3s-cis-1.9", 0)],
        ),
        (
            "troubleshoot/troubleshoot-supportbundle-support-bundle.tar.gz",
            vec![("k3d-mycluster-server-0", "k3s-cis-1.24", 0)],
        ),
        (
            "insights/insights-archive-sample-trimmed.tar.gz",
            vec![
                (
                    "master-0.imeixner20210707.lab.upshift.rdu2.redhat.com",
                    "rh-1.0",
                    0,
                ),
                (
                    "worker-0.imeixner20210707.lab.upshift.rdu2.redhat.com",
                    "rh-1.0",
                    0,
                ),
            ],
        ),
        (
            "sonobuoy/results-0.8.tar.gz",
            vec![
                ("ip-10-0-15-53.us-west-2.compute.internal", "cis-1.5", 11),
                ("ip-10-0-19-88.us-west-2.compute.internal", "cis-1.5", 11),
                ("ip-10-0-27-65.us-west-2.compute.internal", "cis-1.5", 11),
            ],
        ),
        (
            "openshift/must-gather-aws-trimmed.tar.xz",
            vec![
                ("ip-10-0-129-220.ec2.internal", "rh-1.0", 0),
                ("ip-10-0-151-183.ec2.internal", "rh-1.0", 0),
                ("ip-10-0-187-218.ec2.internal", "rh-1.0", 0),
                ("ip-10-0-189-142.ec2.internal", "rh-1.0", 0),
                ("ip-10-0-195-177.ec2.internal", "rh-1.0", 0),
                ("ip-10-0-254-204.ec2.internal", "rh-1.0", 0),
            ],
        ),
    ] {
        let Some(found) = table(path) else { return };
        let found: Vec<(&str, &str, usize)> = found
            .iter()
            .map(|(node, id, decided)| (&**node, &**id, *decided))
            .collect();
        assert_eq!(found, wanted, "{path}");
    }
}
