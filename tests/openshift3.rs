//! Masters of OpenShift 3: `openshift start master` takes the flags of its components from
//! master-config.yaml.

use crate::support::*;
use serde_json::Value;

const PATH: &str = "/etc/origin/master/master-config.yaml";

const CONFIG: &str = "apiVersion: v1
kind: MasterConfig
admissionConfig:
  pluginConfig:
    AlwaysPullImages:
      configuration: {apiVersion: v1, kind: DefaultAdmissionConfig, disable: false}
    BuildDefaults:
      configuration: {apiVersion: v1, kind: BuildDefaultsConfig}
auditConfig:
  enabled: true
  auditFilePath: /var/log/audit.log
  maximumFileRetentionDays: 30
  maximumRetainedFiles: 10
  maximumFileSizeMegabytes: 100
etcdClientInfo:
  ca: master.etcd-ca.crt
  certFile: master.etcd-client.crt
  keyFile: master.etcd-client.key
  urls: ['https://m:2379']
kubeletClientInfo: {ca: ca-bundle.crt, certFile: master.kubelet-client.crt, keyFile: master.kubelet-client.key, port: 10250}
kubernetesMasterConfig:
  apiServerArguments:
    storage-backend: [etcd3]
  controllerArguments:
    terminated-pod-gc-threshold: ['12500']
  servicesSubnet: 172.30.0.0/16
serviceAccountConfig:
  masterCA: ca-bundle.crt
  privateKeyFile: serviceaccounts.private.key
  publicKeyFiles: [serviceaccounts.public.key]
servingInfo:
  bindAddress: 0.0.0.0:8443
  certFile: master.server.crt
  clientCA: ca.crt
  keyFile: master.server.key
";

fn master(config: Option<&str>) -> Bundle {
    let named = format!("--config={PATH}");
    let program = ["/usr/bin/openshift", "start", "master"];
    let api = [&program[..], &["api", &named, "--loglevel=2"]].concat();
    let controllers = [
        &program[..],
        &["controllers", &named, "--listen=https://0.0.0.0:8444"],
    ]
    .concat();
    let bundle = Bundle::node("m")
        .process(50, &api)
        .process(51, &controllers);
    match config {
        Some(text) => bundle.file(PATH, text),
        None => bundle,
    }
}

fn judged(bundle: &Bundle) -> Vec<Value> {
    let lab = Lab::new();
    lab.add("m.tgz", bundle);
    let asked = ["analyze", ".", "-b", "rh-0.7", "--format", "jsonl"];
    rows(&nodeproof(lab.folder.path(), &asked).stdout)
}

fn verdict<'r>(all: &'r [Value], control: &str) -> &'r str {
    let row = all.iter().find(|row| row["control"] == control);
    row.unwrap()["verdict"].as_str().unwrap()
}

#[test]
fn what_the_file_says_decides() {
    let all = judged(&master(Some(CONFIG)));
    for (control, wanted) in [
        ("1.2", "pass"),
        ("1.4", "pass"),
        ("1.5", "pass"),
        ("1.6", "pass"),
        ("1.7", "pass"),
        ("1.9", "pass"),
        ("1.10", "pass"),
        ("1.11", "pass"),
        ("1.14", "pass"),
        ("1.15", "pass"),
        ("1.16", "pass"),
        ("1.17", "pass"),
        ("1.18", "pass"),
        ("1.19", "pass"),
        ("1.20", "pass"),
        ("1.21", "pass"),
        ("1.22", "pass"),
        ("1.25", "pass"),
        ("1.26", "pass"),
        ("1.27", "pass"),
        ("1.28", "pass"),
        ("1.29", "pass"),
        ("1.30", "pass"),
        ("1.31", "pass"),
        ("1.32", "pass"),
        ("1.33", "fail"),
        ("1.35", "fail"),
        ("1.36", "pass"),
        ("3.1", "pass"),
        ("3.3", "pass"),
        ("3.4", "pass"),
        ("3.5", "pass"),
    ] {
        let row = all.iter().find(|row| row["control"] == control).unwrap();
        assert_eq!(row["verdict"], wanted, "{control} {}", row["reason"]);
        assert!(!row["notes"].to_string().contains("unknown-flag"), "{row}");
    }
    let age = all.iter().find(|row| row["control"] == "1.16").unwrap();
    assert_eq!(age["source"], "config-file");
    assert_eq!(age["evidence"][0], format!("files{PATH}:12"));
    let mode = all.iter().find(|row| row["control"] == "1.19").unwrap();
    assert_eq!(mode["source"], "default");
}

#[test]
fn what_is_wrong_there_fails() {
    let with = |from: &str, to: &str| judged(&master(Some(&CONFIG.replace(from, to))));
    let arguments = |more: &str| {
        let text = format!("    storage-backend: [etcd3]\n    {more}\n");
        with("    storage-backend: [etcd3]\n", &text)
    };
    for (all, control) in [
        (arguments("basic-auth-file: [/x]"), "1.2"),
        (arguments("kubelet-https: ['false']"), "1.4"),
        (arguments("authorization-mode: [AlwaysAllow]"), "1.19"),
        (arguments("token-auth-file: [/x]"), "1.20"),
        (arguments("audit-log-maxage: ['1']"), "1.16"),
        (arguments("feature-gates: [AdvancedAuditing=false]"), "1.36"),
        (with("enabled: true", "enabled: false"), "1.15"),
        (with("disable: false", "disable: true"), "1.11"),
        (with("AlwaysPullImages", "AlwaysAdmit"), "1.10"),
        (
            with("maximumRetainedFiles: 10", "maximumRetainedFiles: 1"),
            "1.17",
        ),
        (with("  clientCA: ca.crt\n", ""), "1.29"),
        (with("'12500'", "'0'"), "3.1"),
        (with("  masterCA: ca-bundle.crt\n", ""), "3.5"),
    ] {
        assert_eq!(verdict(&all, control), "fail", "{control}");
    }
    let off = with(
        "    BuildDefaults:\n",
        "    NodeRestriction:\n      configuration: {kind: DefaultAdmissionConfig, disable: true}\n    BuildDefaults:\n",
    );
    assert_eq!(verdict(&off, "1.32"), "fail");
}

#[test]
fn what_is_not_known_passes_nothing() {
    let masked = CONFIG.replace("30\n", "REDACTED-BY-NODEPROOF\n");
    let other = CONFIG.replace("kind: MasterConfig", "kind: NodeConfig");
    for (config, controls) in [
        (None, &["1.2", "1.16", "1.19", "1.32", "3.1", "3.3"][..]),
        (
            Some(other.as_str()),
            &["1.2", "1.16", "1.19", "1.32", "3.1", "3.3"],
        ),
        (Some(&masked), &["1.16"]),
    ] {
        let all = judged(&master(config));
        for control in controls {
            assert_eq!(verdict(&all, control), "unknown", "{control} {config:?}");
        }
    }
    let alone = Bundle::node("m").process(50, &["openshift", "start", "master"]);
    assert_eq!(verdict(&judged(&alone), "1.19"), "unknown");
    let node = Bundle::node("m").process(50, &["openshift", "start", "node", "--config=/x"]);
    assert_eq!(verdict(&judged(&node), "1.19"), "unknown");
}

#[test]
fn what_is_masked_in_the_file_leaves_what_it_may_set_open() {
    let mask = "REDACTED-BY-NODEPROOF";
    let plugin = "    AlwaysPullImages:\n      configuration: {apiVersion: v1, kind: DefaultAdmissionConfig, disable: false}\n";
    for (text, control) in [
        (
            CONFIG.replace("  enabled: true", &format!("  enabled: {mask}")),
            "1.17",
        ),
        (
            CONFIG.replace(plugin, &format!("    AlwaysPullImages: {mask}\n")),
            "1.11",
        ),
        (
            CONFIG.replace("disable: false", &format!("disable: {mask}")),
            "1.11",
        ),
        (
            format!("apiVersion: v1\nkind: MasterConfig\nadmissionConfig: {mask}\n"),
            "1.11",
        ),
        (
            format!("apiVersion: v1\nkind: MasterConfig\nauditConfig: {mask}\n"),
            "1.17",
        ),
        (
            format!("apiVersion: v1\nkind: MasterConfig\nkubernetesMasterConfig: {mask}\n"),
            "1.2",
        ),
    ] {
        let all = judged(&master(Some(&text)));
        assert_eq!(verdict(&all, control), "unknown", "{control} {text}");
    }
}

#[test]
fn an_older_name_of_a_flag_counts_in_the_file_too() {
    let encryption = "kind: EncryptionConfig\napiVersion: v1\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: k, secret: REDACTED-BY-NODEPROOF}]}\n";
    let flag = "    experimental-encryption-provider-config: [/e.yaml]\n";
    let text = CONFIG.replace("    storage-backend: [etcd3]\n", flag);
    for (bundle, wanted) in [
        (master(Some(&text)), ("pass", "unknown")),
        (
            master(Some(&text)).file("/e.yaml", encryption),
            ("pass", "pass"),
        ),
    ] {
        let all = judged(&bundle);
        assert_eq!((verdict(&all, "1.33"), verdict(&all, "1.34")), wanted);
        let row = all.iter().find(|row| row["control"] == "1.33").unwrap();
        assert_eq!(row["source"], "config-file", "{row}");
    }
}

#[test]
fn a_policy_inside_the_file_of_openshift_4_is_read() {
    let server = "kind: KubeAPIServerConfig\napiServerArguments: {etcd-servers: ['https://e']}\nauditConfig:\n  enabled: true\n  maximumFileRetentionDays: 30\n";
    let policy = "  policyConfiguration:\n    apiVersion: audit.k8s.io/v1\n    kind: Policy\n    rules: [{level: Metadata}]\n";
    let words = ["hyperkube", "kube-apiserver", "--openshift-config=/c.yaml"];
    let lab = Lab::new();
    for (name, text) in [("a", server.to_owned()), ("b", format!("{server}{policy}"))] {
        let bundle = Bundle::node(name).version("v1.16.2").process(50, &words);
        lab.add(&format!("{name}.tgz"), &bundle.file("/c.yaml", text));
    }
    let asked = [
        "analyze",
        ".",
        "-b",
        "cis-1.12",
        "-c",
        "1.2.16,1.2.17,3.2.1",
        "--format",
        "jsonl",
    ];
    let all = rows(&nodeproof(lab.folder.path(), &asked).stdout);
    let of = |node: &str, control: &str| {
        let row = all
            .iter()
            .find(|row| row["node"] == node && row["control"] == control);
        row.unwrap().clone()
    };
    assert_eq!(
        of("a", "1.2.17")["verdict"],
        "pass",
        "{}",
        of("a", "1.2.17")
    );
    assert_eq!(of("a", "3.2.1")["verdict"], "fail", "{}", of("a", "3.2.1"));
    assert_eq!(of("b", "3.2.1")["verdict"], "pass", "{}", of("b", "3.2.1"));
    assert_eq!(of("b", "1.2.16")["actual"], "-");
}
