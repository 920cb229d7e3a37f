//! Masks of other tools: a value that is one, or holds one, is never judged; a name that is one is nobody's.

use serde_json::{Value, json};

use crate::support::{Bundle, Lab, config, nodeproof, outcome, rows, shared};

/// Marks as tools write them, and how each looks in YAML.
const MASKS: &[&str] = &[
    "***HIDDEN***",
    "***TOKEN_1***",
    "********",
    "xxxxxxxx",
    "[REDACTED]",
    "<REDACTED>",
    "REDACTED",
    "REDACTED-BY-NODEPROOF",
    "-----SCRUBBED",
    "obfuscatedword1",
    "x-ipv4-0000000001-x",
    "DATA+OMITTED",
    "MASKED",
];

fn judged(bundle: &Bundle, controls: &str) -> Vec<Value> {
    let lab = Lab::new();
    lab.add("node.tar.gz", bundle);
    let ran = nodeproof(
        lab.folder.path(),
        &[
            "analyze", ".", "-b", "cis-1.12", "-c", controls, "--format", "jsonl",
        ],
    );
    rows(&ran.stdout)
}

fn assert_masked(bundle: &Bundle, controls: &str, mask: &str) {
    let rows = judged(bundle, controls);
    assert!(!rows.is_empty(), "{mask}");
    for row in rows {
        assert_eq!(outcome(&row), "unknown value-redacted", "{mask}: {row}");
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.contains(mask), "{mask}: {reason}");
    }
}

fn node() -> Bundle {
    Bundle::node("n1").version("v1.31.1")
}

#[test]
fn masked_argument_decides_nothing() {
    for mask in MASKS {
        let arguments = [
            ("--authorization-mode", "4.2.2"),
            ("--client-ca-file", "4.2.3"),
            ("--read-only-port", "4.2.4"),
            ("--streaming-connection-idle-timeout", "4.2.5"),
            ("--make-iptables-util-chains", "4.2.6"),
            ("--tls-cipher-suites", "4.2.12"),
            ("--pod-max-pids", "4.2.13"),
        ];
        let words = arguments.map(|(flag, _)| format!("{flag}={mask}"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let controls = arguments.map(|(_, control)| control).join(",");
        assert_masked(&node().kubelet(&words), &controls, mask);
        let line = format!("/usr/bin/kubelet {}", words.join(" "));
        // A longer line shows that this one is not cut off.
        let longer = format!("/usr/bin/other {}", "x ".repeat(400));
        assert_masked(&node().ps(&[&line, &longer]), &controls, mask);
    }
}

#[test]
fn mask_in_place_of_arguments_hides_any_of_them() {
    for mask in MASKS {
        for words in [
            vec!["--read-only-port=0", mask],
            vec![mask, "--read-only-port=0"],
        ] {
            assert_masked(&node().kubelet(&words), "4.2.1,4.2.4,4.2.6", mask);
        }
    }
}

#[test]
fn masked_value_of_a_file_decides_nothing() {
    for mask in MASKS {
        for value in [
            format!("\"{mask}\""),
            format!("'{mask}' # x"),
            (*mask).to_owned(),
        ] {
            let text = config(&format!(
                "authentication:\n  anonymous: {value}\n  x509:\n    clientCAFile: {value}\nauthorization:\n  mode: {value}\nreadOnlyPort: {value}\nmakeIPTablesUtilChains: {value}\ntlsCipherSuites:\n- {value}\npodPidsLimit: 5\n"
            ));
            let bundle = node().kubelet(&["--config=/c.yaml"]).file("/c.yaml", &text);
            let inner = mask.trim_matches(['[', ']']);
            assert_masked(&bundle, "4.2.1,4.2.2,4.2.3,4.2.4,4.2.6,4.2.12", inner);
            let rest = judged(&bundle, "4.2.13");
            assert_eq!(rest[0]["verdict"], "pass", "{value}: {}", rest[0]);
        }
    }
}

#[test]
fn masked_object_and_drop_in_decide_nothing() {
    let sanitized = config("authentication: {_REDACTED: This value was masked, length: 7}\n");
    let bundle = node()
        .kubelet(&["--config=/c.yaml"])
        .file("/c.yaml", sanitized);
    assert_masked(&bundle, "4.2.1,4.2.3", "_REDACTED");
    let bundle = node()
        .kubelet(&["--config=/c.yaml", "--config-dir=/d"])
        .file("/c.yaml", config("readOnlyPort: 0\n"))
        .file("/d/1.conf", config("readOnlyPort: ***HIDDEN***\n"));
    assert_masked(&bundle, "4.2.4", "***HIDDEN***");
    let json = "{\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"kind\":\"KubeletConfiguration\",\"readOnlyPort\":***HIDDEN***,\"authorization\":\"[REDACTED]\"}";
    let bundle = node().kubelet(&["--config=/c.json"]).file("/c.json", json);
    assert_masked(&bundle, "4.2.4", "***HIDDEN***");
    assert_masked(&bundle, "4.2.2", "[REDACTED]");
}

#[test]
fn masked_value_of_configz_decides_nothing() {
    for mask in MASKS {
        let live = json!({"enableServer": true, "makeIPTablesUtilChains": true,
            "authentication": {"anonymous": {"enabled": mask}, "x509": {"clientCAFile": mask}},
            "authorization": mask, "tlsCipherSuites": [mask], "readOnlyPort": mask});
        let bundle = node().configz("n1", &live);
        assert_masked(&bundle, "4.2.1,4.2.2,4.2.3,4.2.12", mask);
        let lab = Lab::new();
        lab.add(
            "cluster.tar.gz",
            &Bundle::cluster("test").configz("n1", &live),
        );
        let ran = nodeproof(
            lab.folder.path(),
            &[
                "analyze",
                ".",
                "-b",
                "cis-1.12",
                "-c",
                "4.2.1,4.2.2",
                "--format",
                "jsonl",
            ],
        );
        for row in rows(&ran.stdout) {
            assert_ne!(row["verdict"], "pass", "{mask}: {row}");
        }
    }
    let sanitized = json!({"enableServer": true, "makeIPTablesUtilChains": true,
        "authentication": {"_REDACTED": "This value was masked", "length": 7}});
    assert_masked(
        &node().configz("n1", &sanitized),
        "4.2.1,4.2.3",
        "_REDACTED",
    );
}

#[test]
fn masked_path_of_a_file_names_no_file() {
    for mask in MASKS {
        let option = format!("--config={mask}");
        assert_masked(&node().kubelet(&[&option]), "4.2.1,4.2.4,4.1.9", mask);
        let option = format!("--kubeconfig=/etc/{mask}/kubelet.conf");
        if mask.starts_with("***") {
            assert_masked(&node().kubelet(&[&option]), "4.1.5", mask);
        }
    }
}

#[test]
fn masked_names_and_ids_are_never_equal() {
    for mask in ["***HIDDEN***", "xxxxxxxx", "<REDACTED>", "obfuscated-1"] {
        let lab = Lab::new();
        for (name, on) in [("a", "false"), ("b", "true")] {
            let option = format!("--anonymous-auth={on}");
            let bundle = Bundle::node(mask)
                .with(
                    "host",
                    json!({"hostname": mask, "machine_id": mask, "system_uuid": mask}),
                )
                .with("collected_at", format!("2026-11-20T1{}:00:00Z", name.len()))
                .kubelet(&[&option]);
            let bundle = Bundle {
                top: name.to_owned(),
                ..bundle
            };
            lab.add(&format!("{name}.tar.gz"), &bundle);
        }
        let ran = nodeproof(
            lab.folder.path(),
            &[
                "analyze", ".", "-b", "cis-1.12", "-c", "4.2.1", "--format", "jsonl",
            ],
        );
        let rows = rows(&ran.stdout);
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row["node"].as_str().unwrap(),
                    row["verdict"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(told, [("a", "pass"), ("b", "fail")], "{mask}");
    }
}

#[test]
fn masked_id_contradicts_no_loan_and_proves_none() {
    let nodes = json!({"kind": "NodeList", "items": [{"metadata": {"name": "n1"},
        "status": {"nodeInfo": {"machineID": "***HIDDEN***", "systemUUID": "xxxx", "kubeletVersion": "v1.31.1"}}}]});
    let lab = Lab::new();
    lab.add(
        "cluster.tar.gz",
        &Bundle::cluster("test")
            .member("api/nodes.json", nodes.to_string())
            .live("n1", false),
    );
    lab.add(
        "node.tar.gz",
        &Bundle::node("n1")
            .of_machine(7)
            .kubelet(&["--make-iptables-util-chains=true"]),
    );
    let rows = lab.rows("cis-1.12");
    let failed: Vec<_> = rows.iter().filter(|row| row["verdict"] == "fail").collect();
    assert_eq!(failed.len(), 1, "{rows:?}");
    assert_eq!(failed[0]["source"], "configz");
}

#[test]
fn archive_that_troubleshoot_masked_passes_nothing_masked() {
    let Some(archive) = shared("evidence/importers/traps/redacted-by-troubleshoot.tar.gz") else {
        return;
    };
    let lab = Lab::new();
    let ran = nodeproof(
        lab.folder.path(),
        &[
            "analyze",
            archive.to_str().unwrap(),
            "-b",
            "cis-1.12",
            "-c",
            "4.2.1,4.2.3,4.2.9,4.2.12",
            "--format",
            "jsonl",
        ],
    );
    for row in rows(&ran.stdout) {
        let wanted = match row["control"].as_str().unwrap() {
            "4.2.1" => "pass config-file-sets-it",
            _ => "unknown value-redacted",
        };
        assert_eq!(outcome(&row), wanted, "{row}");
    }
}

/// A mounted ConfigMap, as `stat.tsv` shows it: a link into a folder that is one.
const MOUNT: &[(&str, &str, &str)] = &[
    (
        "/var/lib/kube-proxy/kubeconfig.conf",
        "symlink",
        "..data/kubeconfig.conf",
    ),
    ("/var/lib/kube-proxy/..data", "symlink", "..2026_11_20.1"),
    (
        "/var/lib/kube-proxy/..2026_11_20.1/kubeconfig.conf",
        "file",
        "",
    ),
    (
        "/var/lib/kube-proxy/config.conf",
        "symlink",
        "..data/config.conf",
    ),
    ("/var/lib/kube-proxy/..2026_11_20.1/config.conf", "file", ""),
    ("/etc/kubernetes/proxy.conf", "absent", ""),
];

fn mounted(member: &str) -> Bundle {
    let mut stat = String::from(
        "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n",
    );
    for (path, kind, target) in MOUNT {
        let mode = if *kind == "symlink" { "777" } else { "644" };
        stat += &match *kind {
            "absent" => format!("{path}\tabsent{}\n", "\t".repeat(10)),
            kind => format!(
                "{path}\t{kind}\t{mode}\t0\t0\troot\troot\t20\t1763000000\t1763000000\t\t{target}\n"
            ),
        };
    }
    let proxy = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: 0.0.0.0:10249\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n";
    let bundle = node()
        .ps(&["/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf --hostname-override=n1"])
        .member("stat.tsv", stat);
    bundle.file(member, proxy)
}

#[test]
fn links_through_linked_folders_are_followed() {
    for member in [
        "/var/lib/kube-proxy/config.conf",
        "/var/lib/kube-proxy/..2026_11_20.1/config.conf",
    ] {
        let rows = judged(&mounted(member), "4.1.3,4.1.4,4.3.1");
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row["control"].as_str().unwrap(),
                    row["verdict"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [("4.1.3", "fail"), ("4.1.4", "pass"), ("4.3.1", "fail")],
            "{rows:#?}"
        );
        assert_eq!(rows[0]["actual"], "644");
        let evidence = rows[0]["evidence"].to_string();
        for line in ["stat.tsv:2", "stat.tsv:3", "stat.tsv:4"] {
            assert!(evidence.contains(line), "{evidence}");
        }
    }
}
