//! Every rule of the catalog, each on a bundle where it holds, one where it does not and one where
//! nobody can tell.

use std::collections::BTreeSet;

use crate::support::*;
use serde_json::{Value, json};

/// A kubelet's version and an argument of it.
type Line = (&'static str, &'static str);

/// Rules about gates and arguments: version and argument where they hold, and where not.
const ARGUMENTS: [(&str, Line, Line); 9] = [
    (
        "kubelet-cadvisor-port",
        ("v1.11.0", "--v=2"),
        ("v1.10.0", "--v=2"),
    ),
    (
        "kubelet-cert-dir",
        ("v1.9.0", "--cert-dir=/etc/origin/node/certificates"),
        ("v1.9.0", "--v=2"),
    ),
    (
        "kubelet-feature-dynamic-auditing-off",
        ("v1.17.0", "--v=2"),
        ("v1.17.0", "--feature-gates=DynamicAuditing=true"),
    ),
    (
        "kubelet-feature-dynamic-kubelet-config-off",
        ("v1.15.0", "--feature-gates=DynamicKubeletConfig=false"),
        ("v1.15.0", "--v=2"),
    ),
    (
        "kubelet-hostname-override",
        ("v1.30.0", "--v=2"),
        ("v1.30.0", "--hostname-override=other"),
    ),
    (
        "kubelet-keep-terminated-pod-volumes",
        ("v1.20.0", "--keep-terminated-pod-volumes=false"),
        ("v1.20.0", "--keep-terminated-pod-volumes"),
    ),
    (
        "kubelet-rotate-client-certificate",
        ("v1.20.0", "--v=2"),
        (
            "v1.20.0",
            "--feature-gates=RotateKubeletClientCertificate=false",
        ),
    ),
    (
        "kubelet-rotate-server-certificate",
        ("v1.30.0", "--v=2"),
        (
            "v1.30.0",
            "--feature-gates=RotateKubeletServerCertificate=false",
        ),
    ),
    (
        "kubelet-seccomp-default",
        ("v1.30.0", "--seccomp-default"),
        ("v1.30.0", "--v=2"),
    ),
];

/// Rules about a setting: what its configuration file says where it holds, and where not.
const SETTINGS: [(&str, &str, &str); 14] = [
    (
        "kubelet-anonymous-auth",
        "",
        "authentication:\n  anonymous:\n    enabled: true\n",
    ),
    (
        "kubelet-authorization-mode",
        "",
        "authorization:\n  mode: AlwaysAllow\n",
    ),
    (
        "kubelet-client-ca-file",
        "authentication:\n  x509:\n    clientCAFile: /ca.crt\n",
        "",
    ),
    (
        "kubelet-event-record-qps",
        "eventRecordQPS: 0\n",
        "eventRecordQPS: 7\n",
    ),
    (
        "kubelet-kube-api-qps",
        "kubeAPIQPS: 50\n",
        "kubeAPIQPS: 0\n",
    ),
    (
        "kubelet-make-iptables-util-chains",
        "",
        "makeIPTablesUtilChains: false\n",
    ),
    ("kubelet-pod-pids-limit", "podPidsLimit: 100\n", ""),
    (
        "kubelet-protect-kernel-defaults-not-set",
        "",
        "protectKernelDefaults: true\n",
    ),
    (
        "kubelet-protect-kernel-defaults",
        "protectKernelDefaults: true\n",
        "",
    ),
    ("kubelet-read-only-port", "", "readOnlyPort: 10255\n"),
    (
        "kubelet-rotate-certificates",
        "",
        "rotateCertificates: false\n",
    ),
    (
        "kubelet-static-pod-path",
        "",
        "staticPodPath: /etc/kubernetes/manifests\n",
    ),
    (
        "kubelet-tls-cert-key",
        "tlsCertFile: /a\ntlsPrivateKeyFile: /b\n",
        "tlsCertFile: /a\n",
    ),
    (
        "kubelet-tls-cipher-suites",
        "tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n",
        "tlsCipherSuites: [TLS_RSA_WITH_RC4_128_SHA]\n",
    ),
];

/// Rules about a file: the path that a node without a named one has.
const FILES: [(&str, &str); 6] = [
    ("azure-json", "/etc/kubernetes/azure.json"),
    ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
    ("kubelet-config", "/var/lib/kubelet/config.yaml"),
    ("kubelet-kubeconfig", "/etc/kubernetes/kubelet.conf"),
    ("kubelet-service", "/etc/systemd/system/kubelet.service"),
    ("proxy-kubeconfig", "/etc/kubernetes/proxy.conf"),
];

/// The controls that judge a rule as the rule stands, `id:number`. Of a file the first alone: the
/// paths of the others differ, and `tests/expectations.rs` has them. Of event-qps one that wants 0:
/// a kubelet refuses what the rule itself would.
fn controls(rule: &str) -> Vec<String> {
    let mut found = Vec::new();
    let one = rule == "kubelet-event-record-qps";
    for benchmark in &CATALOG.benchmarks {
        for control in &benchmark.controls {
            if control.rule.as_deref() == Some(rule) && (control.expect.is_none() || one) {
                found.push(format!("{}:{}", benchmark.id, control.number));
            }
        }
    }
    if one || rule.starts_with("file-") {
        found.truncate(1);
    }
    found
}

fn by(benchmark: &str, number: &str, bundle: &Bundle) -> Value {
    let lab = Lab::new();
    lab.add("n.tgz", bundle);
    let ran = lab.run(&[
        "analyze", ".", "-b", benchmark, "-c", number, "--format", "jsonl",
    ]);
    let mut all = rows(&ran.stdout);
    assert_eq!(all.len(), 1, "{benchmark} {number}: {}", ran.stderr);
    all.remove(0)
}

/// What every control of a rule says, which is one thing.
fn verdict(rule: &str, bundle: &Bundle) -> String {
    let lab = Lab::new();
    lab.add("n.tgz", bundle);
    let controls = controls(rule);
    let ids: BTreeSet<&str> = controls
        .iter()
        .filter_map(|c| c.split(':').next())
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let (ids, numbers) = (ids.join(","), controls.join(","));
    let ran = lab.run(&[
        "analyze", ".", "-b", &ids, "-c", &numbers, "--format", "jsonl",
    ]);
    let all = rows(&ran.stdout);
    assert_eq!(all.len(), controls.len(), "{rule}: {}", ran.stderr);
    let said: BTreeSet<&str> = all
        .iter()
        .map(|row| row["verdict"].as_str().unwrap())
        .collect();
    said.into_iter().collect::<Vec<_>>().join(" and ")
}

fn with_config(lines: &str) -> Bundle {
    Bundle::node("n")
        .version("v1.30.0")
        .kubelet(&["--config=/k.yaml"])
        .file("/k.yaml", config(lines))
}

/// A kubelet that names nothing it was asked for by path; metadata of one file.
fn with_stat(path: &str, mode: &str, owner: &str) -> Bundle {
    let (uid, name) = if owner == "root" {
        ("0", "root")
    } else {
        ("7", owner)
    };
    let text = format!(
        "path\ttype\tmode\tuid\tgid\towner\tgroup\n{path}\tfile\t{mode}\t{uid}\t{uid}\t{name}\t{name}\n"
    );
    Bundle::node("n").member("stat.tsv", text)
}

fn with_units(text: &str) -> Bundle {
    let command = json!([{"argv": "systemctl show --no-pager -p Id kubelet.service sshd.service",
        "member": "commands/systemctl-show.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    Bundle::node("n")
        .with("commands", command)
        .member("commands/systemctl-show.txt", text)
}

fn units(kubelet: &str, sshd: &str) -> Bundle {
    with_units(&format!(
        "Id=kubelet.service\n{kubelet}\n\nId=ssh.service\n{sshd}\n"
    ))
}

/// Rule, passing, failing and undecidable bundle.
fn cases() -> Vec<(String, Bundle, Bundle, Bundle)> {
    let mut cases = Vec::new();
    for (rule, good, bad) in SETTINGS {
        let unseen = Bundle::node("n").kubelet(&["--config=/k.yaml"]);
        cases.push((rule.to_owned(), with_config(good), with_config(bad), unseen));
    }
    for (rule, good, bad) in ARGUMENTS {
        let of =
            |(version, argument): Line| Bundle::node("n").version(version).kubelet(&[argument]);
        cases.push((rule.to_owned(), of(good), of(bad), Bundle::node("n")));
    }
    let timeout = "kubelet-streaming-connection-idle-timeout".to_owned();
    let zero = Bundle::node("n").kubelet(&["--streaming-connection-idle-timeout=0"]);
    cases.push((timeout, with_config(""), zero, Bundle::node("n")));
    let proxy = |arguments: &[&str]| Bundle::node("n").process(50, arguments);
    cases.push((
        "kube-proxy-metrics-bind-address".to_owned(),
        proxy(&["kube-proxy", "--v=2"]),
        proxy(&["kube-proxy", "--metrics-bind-address=0.0.0.0:10249"]),
        proxy(&["kube-proxy", "--config=/var/lib/kube-proxy/config.conf"]),
    ));
    for (role, path) in FILES {
        for (kind, bad) in [("perm", ("666", "root")), ("owner", ("600", "kube"))] {
            cases.push((
                format!("file-{kind}-{role}"),
                with_stat(path, "600", "root"),
                with_stat(path, bad.0, bad.1),
                Bundle::node("n"),
            ));
        }
    }
    for (rule, good, bad) in [
        (
            "kubelet-systemd-ip-address-deny",
            units("IPAddressDeny=0.0.0.0/0 ::/0", ""),
            units("IPAddressDeny=", ""),
        ),
        (
            "node-sshd-not-enabled",
            units("", "UnitFileState="),
            units("", "UnitFileState=enabled"),
        ),
        (
            "node-sshd-not-running",
            units("", "ActiveState=inactive"),
            units("", "ActiveState=active"),
        ),
    ] {
        // One unit too few: nobody knows which is missing.
        let unknown = with_units("Id=kubelet.service\nActiveState=inactive\n");
        cases.push((rule.to_owned(), good, bad, unknown));
    }
    cases
}

#[test]
fn every_rule_passes_fails_and_stays_undecided_where_it_must() {
    let mut wrong = Vec::new();
    for (rule, good, bad, unknown) in cases() {
        for (bundle, wanted) in [(good, "pass"), (bad, "fail"), (unknown, "unknown")] {
            let got = verdict(&rule, &bundle);
            if got != wanted {
                wrong.push(format!("{rule}: wanted {wanted}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_its_cases() {
    let mut tested: BTreeSet<String> = cases().into_iter().map(|(rule, ..)| rule).collect();
    tested.extend(crate::control_plane::rules());
    let rules: BTreeSet<String> = CATALOG.rules.keys().cloned().collect();
    assert_eq!(tested, rules);
}

#[test]
fn defaults_and_who_set_them_decide_as_the_facts_say() {
    let argument = |argument: &str| Bundle::node("n").version("v1.30.0").kubelet(&[argument]);
    for (about, benchmark, number, bundle, wanted, note) in [
        (
            "flags only: 10255",
            "cis-1.10",
            "4.2.4",
            argument("--v=2"),
            "fail default-applies",
            "",
        ),
        (
            "with --config: 0",
            "cis-1.10",
            "4.2.4",
            with_config(""),
            "pass default-applies",
            "",
        ),
        (
            "not set",
            "cis-1.12",
            "4.2.4",
            argument("--v=2"),
            "pass default-applies",
            "default-unwanted",
        ),
        (
            "nobody set it",
            "cis-1.12",
            "4.2.10",
            with_config(""),
            "pass default-applies",
            "default-unwanted",
        ),
        (
            "0s in a file is 4h",
            "cis-1.12",
            "4.2.5",
            with_config("streamingConnectionIdleTimeout: 0s\n"),
            "pass default-applies",
            "",
        ),
        (
            "1600",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "1600", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "640",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "640", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "644 once",
            "cis-1.6",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "644", "root"),
            "pass file-metadata-shows",
            "",
        ),
        (
            "644 now",
            "cis-1.12",
            "4.1.1",
            with_stat("/etc/systemd/system/kubelet.service", "644", "root"),
            "fail file-metadata-shows",
            "",
        ),
        (
            "644 for a CA",
            "cis-1.11",
            "4.1.7",
            with_stat("/etc/kubernetes/pki/ca.crt", "644", "root"),
            "pass file-metadata-shows",
            "",
        ),
        (
            "by mode",
            "aks-1.8",
            "3.2.2",
            argument("--authorization-mode=Webhook"),
            "pass argument-sets-it",
            "flag-deprecated",
        ),
        (
            "by mode",
            "aks-1.8",
            "3.2.2",
            argument("--authorization-mode=AlwaysAllow"),
            "fail argument-sets-it",
            "",
        ),
    ] {
        let row = by(benchmark, number, &bundle);
        assert_eq!(outcome(&row), wanted, "{about}: {}", row["reason"]);
        assert!(
            note.is_empty() || has_note(&row, note),
            "{about}: {}",
            row["notes"]
        );
    }
}

#[test]
fn a_unit_that_is_not_there_proves_nothing_of_the_service() {
    for rule in ["node-sshd-not-running", "node-sshd-not-enabled"] {
        let missing = "LoadState=not-found\nActiveState=inactive\nUnitFileState=";
        assert_eq!(verdict(rule, &units("", missing)), "unknown", "{rule}");
    }
}
