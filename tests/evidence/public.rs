//! Public evidence that nobody here wrote: it lies beside the checkout, or these tests skip.

use super::*;

fn shared(name: &str) -> Option<Vec<u8>> {
    crate::support::shared(&format!("evidence/{name}")).map(|path| std::fs::read(path).unwrap())
}

#[test]
fn a_sonobuoy_archive_is_judged_by_the_configz_of_its_nodes() {
    let Some(bytes) = shared("sonobuoy-results-0.10.tar.gz") else {
        return;
    };
    let lab = Lab::new();
    lab.put("sonobuoy.tar.gz", &bytes);
    let rows = lab.rows("cis-1.12");
    let nodes: Vec<&str> = rows
        .iter()
        .map(|row| row["node"].as_str().unwrap())
        .collect();
    assert_eq!(
        nodes,
        [
            "ip-10-0-26-239.us-west-2.compute.internal",
            "ip-10-0-9-16.us-west-2.compute.internal",
            "ip-10-0-9-206.us-west-2.compute.internal",
        ]
    );
    for row in &rows {
        sound(row);
        assert_eq!(outcome(row), "pass configz-sets-it");
        let cell = format!(
            "hosts/{}/configz.json#/kubeletconfig/makeIPTablesUtilChains",
            row["node"].as_str().unwrap()
        );
        let cells = row["evidence"].as_array().unwrap();
        assert_eq!(cells[0], cell);
        // The journal of the node shows the arguments of its kubelet, which say nothing else.
        let journal = cells[1].as_str().unwrap();
        let folder = format!(
            "plugins/systemd_logs/results/{}:",
            row["node"].as_str().unwrap()
        );
        assert!(journal.starts_with(&folder), "{journal}");
        assert!(!has_note(row, "no-process-evidence"));
    }
}

#[test]
fn a_node_collectors_configz_is_judged_and_its_report_is_not() {
    let (Some(configz), Some(report)) = (
        shared("node-collector-node_config.json"),
        shared("node-collector-output.json"),
    ) else {
        return;
    };
    let mut cases = Cases::new();
    let both = Bundle::loose("collector")
        .member("node_config.json", &configz)
        .member("output.json", &report);
    cases.add("both", &both, "pass configz-sets-it");
    // The report by itself shows of no node how it is set.
    let lab = Lab::new();
    lab.add(
        "r.tar",
        &Bundle::loose("collector").member("output.json", &report),
    );
    let ran = lab.run(&["analyze", "r.tar", "--format", "jsonl"]);
    assert!(rows(&ran.stdout).is_empty(), "{}", ran.stdout);
    let text = String::from_utf8(configz).unwrap();
    assert!(text.contains("\"makeIPTablesUtilChains\": true"));
    let off = text.replace(
        "\"makeIPTablesUtilChains\": true",
        "\"makeIPTablesUtilChains\": false",
    );
    cases.add(
        "changed",
        &Bundle::loose("c").member("node_config.json", off),
        "fail configz-sets-it",
    );
    let half = &text[..text.len() / 2];
    cases.add(
        "half",
        &Bundle::loose("c").member("node_config.json", half),
        "error configz-unreadable",
    );
    cases.judge();
}

#[test]
fn eks_files_are_judged_with_the_process_that_names_them() {
    let (Some(base), Some(drop_in)) = (
        shared("eks-al2023-kubelet-config.json"),
        shared("eks-al2023-kubelet-config-drop-in.json"),
    ) else {
        return;
    };
    let line = "/usr/bin/kubelet --config-dir=/etc/kubernetes/kubelet/config.json.d --node-ip=172.31.12.75 --config=/etc/kubernetes/kubelet/config.json";
    let list = format!("    PID COMMAND\n      1 /sbin/init\n   1969 {line}\n");
    let loose = |base: &[u8], drop_in: &[u8]| {
        Bundle::loose("ip-172-31-12-75")
            .member("ps.txt", &list)
            .member("etc/kubernetes/kubelet/config.json", base)
            .member(
                "etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf",
                drop_in,
            )
    };
    let text = String::from_utf8(drop_in.clone()).unwrap();
    let off = text.replacen('{', "{\"makeIPTablesUtilChains\": false,", 1);
    let mut cases = Cases::new();
    cases.add(
        "as they are",
        &loose(&base, &drop_in),
        "pass default-applies",
    );
    cases.add(
        "false, no version",
        &loose(&base, off.as_bytes()),
        "unknown version-unknown",
    );
    let versioned = loose(&base, off.as_bytes()).version("v1.33.0-eks-1");
    cases.add("false, 1.33", &versioned, "fail drop-in-sets-it");
    let files = Bundle::loose("x")
        .member("config.json", &base)
        .member("drop-in.json", &drop_in);
    cases.add("no process", &files, "unknown file-not-tied-to-process");
    let alone = Bundle::loose("x")
        .member("ps.txt", &list)
        .member("config.json", &base);
    cases.add("at no path", &alone, "unknown file-not-collected");
    cases.judge();
}
