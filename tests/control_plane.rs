//! The control plane from evidence to rows: a node that does everything asked, one that does the
//! opposite, one of which nothing was collected; and what decides between several sources.

use std::collections::BTreeMap;

use crate::support::cases::{ROOT, metadata};
use crate::support::*;
use serde_json::Value;

/// The benchmark whose control-plane sections are judged here, and the other one that has rules of
/// its own.
const BENCHMARK: &str = "cis-1.12";
const STIG: &str = "stig-kubernetes-v2r4";

const COMPONENTS: [&str; 5] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "host",
];

/// Rules about flags that a version of today does not have.
const OLD: [&str; 3] = [
    "apiserver-basic-auth-file",
    "apiserver-insecure-bind-address",
    "apiserver-insecure-port",
];

const GOOD_API: &str = "--tls-min-version=VersionTLS12 --secure-port=6443 \
    --admission-control-config-file=/etc/k/admission.yaml --anonymous-auth=false --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction,AlwaysPullImages,EventRateLimit,DenyServiceExternalIPs \
    --audit-log-path=/var/log/audit.log --audit-log-maxage=30 --audit-log-maxbackup=10 \
    --audit-log-maxsize=100 --audit-policy-file=/etc/k/audit.yaml --profiling=false \
    --client-ca-file=/p/ca.crt --etcd-cafile=/p/e.crt --etcd-certfile=/p/c.crt \
    --etcd-keyfile=/p/c.key --etcd-servers=https://127.0.0.1:2379 \
    --encryption-provider-config=/etc/k/enc.yaml --kubelet-certificate-authority=/p/ca.crt \
    --kubelet-client-certificate=/p/k.crt --kubelet-client-key=/p/k.key \
    --service-account-key-file=/p/sa.pub --service-account-extend-token-expiration=false \
    --tls-cert-file=/p/s.crt --tls-private-key-file=/p/s.key --request-timeout=30s \
    --tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
const BAD_API: &str = "--tls-min-version=VersionTLS11 --feature-gates=AllAlpha=true \
    --disable-admission-plugins=ValidatingAdmissionWebhook --anonymous-auth=true --authorization-mode=AlwaysAllow \
    --enable-admission-plugins=AlwaysAdmit --request-timeout=0s --token-auth-file=/x \
    --disable-admission-plugins=ServiceAccount,NamespaceLifecycle --audit-log-maxage=1 \
    --audit-log-maxbackup=1 --audit-log-maxsize=1 --etcd-servers=http://127.0.0.1:2379 \
    --service-account-lookup=false --tls-cipher-suites=TLS_RSA_WITH_RC4_128_SHA";
const GOOD_MANAGER: &str = "--tls-min-version=VersionTLS12 --profiling=false --use-service-account-credentials=true \
    --service-account-private-key-file=/p/sa.key --root-ca-file=/p/ca.crt --bind-address=127.0.0.1 \
    --kubeconfig=/etc/kubernetes/controller-manager.conf --terminated-pod-gc-threshold=100";
const BAD_MANAGER: &str = "--tls-min-version=VersionTLS11 --kubeconfig=/etc/kubernetes/controller-manager.conf \
    --terminated-pod-gc-threshold=0 --feature-gates=RotateKubeletServerCertificate=false";
const GOOD_SCHEDULER: &str = "--tls-min-version=VersionTLS13 --profiling=false --bind-address=127.0.0.1 --kubeconfig=/etc/kubernetes/scheduler.conf";
const BAD_SCHEDULER: &str = "--kubeconfig=/etc/kubernetes/scheduler.conf";
const GOOD_ETCD: &str = "--auto-tls=false --peer-auto-tls=false --cert-file=/p/a --key-file=/p/b --client-cert-auth --trusted-ca-file=/p/ca \
    --peer-cert-file=/p/a --peer-key-file=/p/b --peer-client-cert-auth --data-dir=/var/lib/etcd \
    --listen-client-urls=https://127.0.0.1:2379";
const BAD_ETCD: &str = "--auto-tls --peer-auto-tls --data-dir=/var/lib/etcd";

const AUDIT: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n";
const ENCRYPTION: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: k, secret: REDACTED-BY-NODEPROOF}]}\n  - identity: {}\n";

const ADMISSION: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n";

fn process(bundle: Bundle, pid: u32, program: &str, arguments: &str) -> Bundle {
    let words: Vec<&str> = std::iter::once(program)
        .chain(arguments.split_whitespace())
        .collect();
    bundle.process(pid, &words)
}

/// A node with these four components and no rows of files.
fn running(api: &str, manager: &str, scheduler: &str, etcd: &str) -> Bundle {
    let bundle = Bundle::node("n").version("v1.33.5");
    let version = "Kubernetes v1.33.5\n";
    let bundle = bundle
        .member("commands/kube-apiserver-version.txt", version)
        .file("/etc/k/audit.yaml", AUDIT)
        .file("/etc/k/enc.yaml", ENCRYPTION)
        .file("/etc/k/admission.yaml", ADMISSION)
        .member("proc/53/environ", "");
    let bundle = process(bundle, 50, "kube-apiserver", api);
    let bundle = process(bundle, 51, "kube-controller-manager", manager);
    let bundle = process(bundle, 52, "kube-scheduler", scheduler);
    process(bundle, 53, "etcd", etcd)
}

/// Rows of the control plane's files, with this mode and owner.
fn files(mode: &str, owner: &str, data: &str) -> String {
    let mut rows = Vec::new();
    for name in [
        "manifests/kube-apiserver.yaml",
        "manifests/kube-controller-manager.yaml",
        "manifests/kube-scheduler.yaml",
        "manifests/etcd.yaml",
        "admin.conf",
        "scheduler.conf",
        "controller-manager.conf",
        "pki/ca.crt",
        "pki/deep/er/ca.key",
    ] {
        rows.push((format!("/etc/kubernetes/{name}"), "file", mode, owner));
    }
    rows.push(("/etc/cni/net.d/10-x.conflist".into(), "file", mode, owner));
    let folders = [
        "/etc/kubernetes/pki",
        "/etc/cni/net.d",
        "/etc/kubernetes/manifests",
    ];
    for folder in folders {
        rows.push((folder.into(), "dir", "755", ROOT));
    }
    let own = match mode {
        "600" => "99:99:etcd:etcd",
        _ => ROOT,
    };
    rows.push(("/var/lib/etcd".into(), "dir", data, own));
    rows.push(("/var/lib/etcd/member/snap/db".into(), "file", mode, own));
    rows.push(("/etc/kubernetes/super-admin.conf".into(), "absent", "", ""));
    rows.push(("/var/lib/cni/networks".into(), "absent", "", ""));
    let rows: Vec<(&str, &str, &str, &str, &str)> = rows
        .iter()
        .map(|(path, kind, mode, owner)| (path.as_str(), *kind, *mode, *owner, ""))
        .collect();
    metadata(&rows)
}

fn good() -> Bundle {
    running(GOOD_API, GOOD_MANAGER, GOOD_SCHEDULER, GOOD_ETCD)
        .member("stat.tsv", files("600", ROOT, "700"))
}

fn bad() -> Bundle {
    running(BAD_API, BAD_MANAGER, BAD_SCHEDULER, BAD_ETCD)
        .member("stat.tsv", files("666", "99:99:x:x", "755"))
}

/// The rows of a benchmark's rules about the control plane, by the rule's key.
fn by_rule_of(benchmark: &str, bundle: &Bundle) -> BTreeMap<String, Value> {
    let lab = Lab::new();
    lab.add("n.tgz", bundle);
    let is_ours = |row: &Value| {
        let rule = row["rule"].as_str().and_then(|key| CATALOG.rules.get(key));
        let of_nodes = row["control"].as_str().is_some_and(|c| c.starts_with('4'));
        rule.is_some_and(|rule| COMPONENTS.contains(&rule.data.component.as_str())) && !of_nodes
    };
    let ran = nodeproof(
        &lab.path(""),
        &["analyze", ".", "-b", benchmark, "--format", "jsonl"],
    );
    let mut all = rows(&ran.stdout);
    all.retain(|row| is_ours(row) && !row["rule"].as_str().unwrap().starts_with("node-"));
    let key = |row: &Value| row["rule"].as_str().unwrap().to_owned();
    all.into_iter().map(|row| (key(&row), row)).collect()
}

fn by_rule(bundle: &Bundle) -> BTreeMap<String, Value> {
    by_rule_of(BENCHMARK, bundle)
}

fn judged(bundle: &Bundle, rule: &str) -> Value {
    by_rule(bundle).remove(rule).unwrap()
}

#[test]
fn every_rule_of_the_control_plane_passes_fails_and_stays_undecided() {
    for (bundle, wanted) in [
        (good(), "pass"),
        (bad(), "fail"),
        (Bundle::node("n").version("v1.33.5"), "unknown"),
    ] {
        for (benchmark, least) in [(BENCHMARK, 60), (STIG, 40)] {
            let rows = by_rule_of(benchmark, &bundle);
            assert!(rows.len() > least, "{} rules", rows.len());
            let mut wrong = Vec::new();
            for (rule, row) in rows {
                let is_old = OLD.contains(&rule.as_str()) && wanted == "fail";
                if row["verdict"] != wanted && !is_old {
                    wrong.push(format!("{rule}: {} {}", row["verdict"], row["reason"]));
                }
            }
            assert!(
                wrong.is_empty(),
                "{benchmark}: wanted {wanted}:\n{}",
                wrong.join("\n")
            );
        }
    }
}

#[test]
fn a_database_behind_kine_is_no_etcd() {
    let line = |servers: &str| {
        let words = format!("kube-apiserver --etcd-servers={servers} --authorization-mode=RBAC");
        format!(
            "Nov 20 09:00:01 n k3s[42]: time=\"2026-11-20T09:00:01Z\" level=info msg=\"Running {words}\"\n"
        )
    };
    let node = |servers: &str| {
        let bundle = Bundle::node("n").version("v1.31.4+k3s1");
        let bundle = bundle.ps(&["/usr/local/bin/k3s server"]);
        bundle.member("commands/journal-k3s.txt", line(servers))
    };
    for rule in ["etcd-auto-tls", "etcd-unique-ca", "file-perm-etcd-data-dir"] {
        for servers in ["unix://kine.sock", "unix:///run/k3s/kine.sock"] {
            let row = judged(&node(servers), rule);
            assert_eq!(row["verdict"], "not-applicable", "{rule} {row}");
        }
        let row = judged(&node("https://127.0.0.1:2379"), rule);
        assert_eq!(row["verdict"], "unknown", "{rule} {row}");
    }
}

#[test]
fn flags_of_old_versions_are_judged_where_the_version_has_them() {
    let arguments = "--etcd-servers=https://e --basic-auth-file=/x --insecure-port=8080 \
        --insecure-bind-address=0.0.0.0";
    for (version, wanted) in [("v1.18.20", "fail"), ("v1.30.1", "unknown")] {
        let version = format!("Kubernetes {version}\n");
        let bundle = process(Bundle::node("n"), 50, "kube-apiserver", arguments)
            .member("commands/kube-apiserver-version.txt", &version);
        let rows = by_rule_of(STIG, &bundle);
        for rule in OLD {
            let row = rows.get(rule).unwrap();
            assert_eq!(
                row["verdict"], wanted,
                "{version} {rule}: {}",
                row["reason"]
            );
        }
    }
}

#[test]
fn no_secret_of_an_encryption_configuration_comes_out() {
    let secret = "c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/Pz8/Pz8=";
    for (secret, length) in [(secret, 0), ("c2hvcnQ=", 5)] {
        let text = ENCRYPTION.replace("REDACTED-BY-NODEPROOF", secret);
        let bundle = process(Bundle::node("n"), 50, "kube-apiserver", GOOD_API)
            .file("/etc/k/audit.yaml", AUDIT)
            .file("/etc/k/enc.yaml", &text);
        let lab = Lab::new();
        lab.add("n.tgz", &bundle);
        let arguments = ["analyze", ".", "-b", BENCHMARK, "--format", "json"];
        let ran = nodeproof(&lab.path(""), &arguments);
        assert!(!ran.stdout.contains(secret), "a secret came out");
        assert_eq!(length > 0, ran.stdout.contains("has 5 bytes"));
    }
}

/// The verdict and code of a rule on a node with one process.
fn outcome_of(program: &str, arguments: &str, rule: &str, more: &[(&str, &str)]) -> String {
    let mut bundle = process(Bundle::node("n"), 50, program, arguments);
    for (name, text) in more {
        bundle = bundle.member(name, text);
    }
    let row = judged(&bundle, rule);
    format!(
        "{} by {}",
        outcome(&row),
        row["source"].as_str().unwrap_or("none")
    )
}

const CONFIG: &str = "files/c.yaml";

#[test]
fn a_file_decides_as_its_component_ranks_it() {
    let scheduler = |lines: &str| {
        format!(
            "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n{lines}"
        )
    };
    let off = scheduler("enableProfiling: false\n");
    let silent = scheduler("");
    let stranger = scheduler("enableprofiling: false\n");
    let etcd = "client-transport-security:\n  Client-Cert-Auth: yes\n";
    let rule = ("scheduler-profiling", "etcd-client-cert-auth");
    for (program, arguments, rule, more, wanted) in [
        (
            "kube-scheduler",
            "--profiling=false",
            rule.0,
            vec![],
            "pass argument-sets-it by argument",
        ),
        (
            "kube-scheduler",
            "--config=/c.yaml --profiling=true",
            rule.0,
            vec![(CONFIG, off.as_str())],
            "pass config-file-sets-it by config-file",
        ),
        (
            "kube-scheduler",
            "--config=/c.yaml --profiling=false",
            rule.0,
            vec![(CONFIG, silent.as_str())],
            "fail default-applies by default",
        ),
        (
            "kube-scheduler",
            "--config=/c.yaml --profiling=false",
            rule.0,
            vec![(CONFIG, stranger.as_str())],
            "unknown would-not-start by none",
        ),
        (
            "kube-scheduler",
            "--config=/c.yaml --profiling=false",
            rule.0,
            vec![],
            "unknown file-not-collected by none",
        ),
        (
            "kube-scheduler",
            "--config= --profiling=false",
            rule.0,
            vec![],
            "pass argument-sets-it by argument",
        ),
        (
            "etcd",
            "--config-file=/c.yaml --client-cert-auth=false",
            rule.1,
            vec![(CONFIG, etcd)],
            "pass config-file-sets-it by config-file",
        ),
        (
            "etcd",
            "--name=a",
            rule.1,
            vec![],
            "unknown environment-not-collected by none",
        ),
        (
            "etcd",
            "--name=a",
            rule.1,
            vec![("proc/50/environ", "")],
            "fail default-applies by default",
        ),
        (
            "etcd",
            "--name=a",
            rule.1,
            vec![("proc/50/environ", "ETCD_CLIENT_CERT_AUTH=1\0")],
            "pass environment-sets-it by environ",
        ),
        (
            "etcd",
            "--client-cert-auth",
            rule.1,
            vec![("proc/50/environ", "ETCD_CLIENT_CERT_AUTH=\0")],
            "unknown would-not-start by none",
        ),
        (
            "etcd",
            "--name=a",
            rule.1,
            vec![
                ("proc/50/environ", "ETCD_CONFIG_FILE=/c.yaml\0"),
                (CONFIG, etcd),
            ],
            "pass config-file-sets-it by config-file",
        ),
        (
            "etcd",
            "-client-cert-auth",
            rule.1,
            vec![],
            "pass argument-sets-it by argument",
        ),
        (
            "etcd",
            "--client-cert-auth true",
            rule.1,
            vec![],
            "unknown would-not-start by none",
        ),
    ] {
        let got = outcome_of(program, arguments, rule, &more);
        assert_eq!(got, wanted, "{program} {arguments} {more:?}");
    }
}

#[test]
fn a_manifest_says_what_is_planned_and_never_passes_alone() {
    let manifest = |profiling: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: s\n    image: registry.k8s.io/kube-scheduler:v1.33.5\n    command:\n    - kube-scheduler\n    args: [--profiling={profiling}]\n"
        )
    };
    let path = "files/etc/kubernetes/manifests/kube-scheduler.yaml";
    let alone = |profiling: &str| {
        judged(
            &Bundle::node("n").member(path, manifest(profiling)),
            "scheduler-profiling",
        )
    };
    let bad = alone("true");
    assert_eq!(outcome(&bad), "fail argument-sets-it");
    assert_eq!(bad["source"], "manifest");
    assert!(has_note(&bad, "manifest-alone"));
    assert_eq!(outcome(&alone("false")), "unknown manifest-alone");
    let runs = process(Bundle::node("n"), 50, "kube-scheduler", "--profiling=false");
    let differs = judged(
        &runs.clone().member(path, manifest("true")),
        "scheduler-profiling",
    );
    assert_eq!(outcome(&differs), "pass argument-sets-it");
    assert!(has_note(&differs, "planned-differs"));
    let same = judged(&runs.member(path, manifest("false")), "scheduler-profiling");
    assert!(!has_note(&same, "planned-differs"));
}

#[test]
fn every_file_below_a_directory_is_looked_at_and_offenders_are_counted() {
    let rule = "file-perm-pki-keys";
    let below = |rows: &[(&str, &str, &str)]| {
        let mut all = vec![("/etc/kubernetes/pki", "dir", "755", ROOT, "")];
        all.extend(rows.iter().map(|(path, mode, target)| match *target {
            "" => (*path, "file", *mode, ROOT, ""),
            target => (*path, "symlink", "777", ROOT, target),
        }));
        judged(&Bundle::node("n").member("stat.tsv", metadata(&all)), rule)
    };
    let names: Vec<String> = (0..8)
        .map(|n| format!("/etc/kubernetes/pki/a/{n}.key"))
        .collect();
    let bad: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), "644", ""))
        .collect();
    let row = below(&bad);
    assert_eq!(row["verdict"], "fail");
    assert!(
        row["reason"]
            .as_str()
            .unwrap()
            .ends_with("and so do 3 more"),
        "{row}"
    );
    let key = "/etc/kubernetes/pki/x.key";
    for (rows, wanted) in [
        (vec![(key, "600", "")], "pass"),
        (vec![("/etc/kubernetes/pki/x.crt", "644", "")], "unknown"),
        (
            vec![(key, "", "real"), ("/etc/kubernetes/pki/real", "644", "")],
            "fail",
        ),
        (vec![(key, "", "/elsewhere")], "unknown"),
        (vec![], "unknown"),
    ] {
        assert_eq!(below(&rows)["verdict"], wanted, "{rows:?}");
    }
}

#[test]
fn a_control_is_asked_of_nodes_that_have_its_role() {
    let whole = |commands: &[&str]| {
        let mut all = vec!["/sbin/init"];
        all.extend(commands);
        Bundle::node("n").ps(&all).version("v1.33.1")
    };
    let worker = || whole(&["/usr/bin/kubelet --config=/k.yaml"]);
    let manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    for (about, bundle, more, wanted) in [
        ("a worker", worker(), &[][..], None),
        (
            "a worker, all roles",
            worker(),
            &["--roles", "all"][..],
            Some("not-applicable"),
        ),
        (
            "a control-plane node",
            whole(&["/usr/bin/kube-apiserver --profiling=false"]),
            &[][..],
            Some("unknown"),
        ),
        (
            "a manifest beside no process",
            worker().stat_row(manifest, "file", 1),
            &[][..],
            Some("unknown"),
        ),
        (
            "no whole list",
            worker().with("uid", 1000),
            &[][..],
            Some("unknown"),
        ),
    ] {
        let lab = Lab::new();
        lab.add("in/n.tgz", &bundle);
        let mut arguments = vec![
            "analyze",
            "in",
            "-b",
            "cis-1.12",
            "-c",
            "1.2.15,4.2.1",
            "--format",
            "jsonl",
        ];
        arguments.extend(more);
        let ran = lab.run(&arguments);
        let rows = rows(&ran.stdout);
        let verdict = |control: &str| {
            let row = rows.iter().find(|row| row["control"] == control)?;
            row["verdict"].as_str().map(str::to_owned)
        };
        assert_eq!(verdict("1.2.15").as_deref(), wanted, "{about}");
        assert!(
            verdict("4.2.1").is_some(),
            "{about}: {} {}",
            ran.stdout,
            ran.stderr
        );
    }
}

#[test]
fn a_rule_of_the_stig_asks_for_the_one_flag_that_its_text_names() {
    const API: &str = "--etcd-servers=https://e";
    for (program, flag, holds, lacks) in [
        ("etcd", "--cert-file=/c", "etcd-cert-file", "etcd-key-file"),
        ("etcd", "--key-file=/c", "etcd-key-file", "etcd-cert-file"),
        (
            "etcd",
            "--peer-cert-file=/c",
            "etcd-peer-cert-file",
            "etcd-peer-key-file",
        ),
        (
            "etcd",
            "--peer-key-file=/c",
            "etcd-peer-key-file",
            "etcd-peer-cert-file",
        ),
        (
            "kube-apiserver",
            "--etcd-certfile=/c",
            "apiserver-etcd-certfile",
            "apiserver-etcd-keyfile",
        ),
        (
            "kube-apiserver",
            "--etcd-keyfile=/c",
            "apiserver-etcd-keyfile",
            "apiserver-etcd-certfile",
        ),
    ] {
        let more = match program {
            "etcd" => "",
            _ => API,
        };
        let bundle = process(Bundle::node("n"), 50, program, &format!("{flag} {more}"))
            .member("proc/50/environ", "");
        let rows = by_rule_of(STIG, &bundle);
        let verdict = |rule: &str| rows.get(rule).map(|row| row["verdict"].clone());
        assert_eq!(verdict(holds), Some("pass".into()), "{flag} {holds}");
        assert_eq!(verdict(lacks), Some("fail".into()), "{flag} {lacks}");
    }
}

/// A node with these processes: user, id, command.
fn listed(rows: &[(&str, u32, &str)]) -> Bundle {
    let mut text = String::from("UID          PID    PPID  C STIME TTY          TIME CMD\n");
    for (user, pid, command) in [("root", 1, "/sbin/init")].iter().chain(rows) {
        text.push_str(&format!(
            "{user:<12} {pid:>4}       1  0 Nov20 ?        00:00:09 {command}\n"
        ));
    }
    let command = serde_json::json!([{"argv": "ps -efww", "member": "commands/ps-ef.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    Bundle::node("n")
        .with("commands", command)
        .member("commands/ps-ef.txt", text)
}

const OFF: &str = "kube-apiserver --etcd-servers=https://e --profiling=false";
const ON: &str = "kube-apiserver --etcd-servers=https://e --profiling=true";

#[test]
fn a_component_of_the_control_plane_may_run_as_a_user_of_its_own() {
    let rule = "etcd-client-cert-auth";
    for (line, wanted) in [
        ("/usr/bin/etcd --client-cert-auth", "pass argument-sets-it"),
        (
            "/usr/bin/etcd --client-cert-auth=false",
            "fail argument-sets-it",
        ),
    ] {
        for user in ["etcd", "997", "kubeadm+", "nobody", "root"] {
            let row = judged(&listed(&[(user, 50, line)]), rule);
            assert_eq!(outcome(&row), wanted, "{user}");
        }
        let words: Vec<&str> = line.split(' ').collect();
        let both = listed(&[("etcd", 50, line)]).process(50, &words);
        assert_eq!(outcome(&judged(&both, rule)), wanted, "with a cmdline");
    }
    for user in ["65535", "65532", "nobody", "kube-ap+", "kube-apiserver"] {
        let verdict = |line| outcome(&judged(&listed(&[(user, 50, line)]), "apiserver-profiling"));
        assert_eq!(verdict(OFF), "pass argument-sets-it", "{user}");
        assert_eq!(verdict(ON), "fail argument-sets-it", "{user}");
    }
}

#[test]
fn an_ordinary_users_process_is_no_component_of_the_control_plane() {
    let rule = "apiserver-profiling";
    for user in ["alice", "1000", "kube-ad+", "100000"] {
        for line in [OFF, ON] {
            let alone = listed(&[(user, 50, line)]);
            let words: Vec<&str> = line.split(' ').collect();
            for bundle in [alone.clone(), alone.process(50, &words)] {
                let row = judged(&bundle, rule);
                assert_eq!(outcome(&row), "unknown component-not-seen", "{user}");
                let reason = row["reason"].as_str().unwrap();
                assert!(
                    reason.contains(&format!("is a process of {user}")),
                    "{reason}"
                );
            }
        }
        for (own, of_user, wanted) in [
            (OFF, ON, "pass argument-sets-it"),
            (ON, OFF, "fail argument-sets-it"),
        ] {
            for real in ["root", "65535"] {
                let row = judged(&listed(&[(user, 49, of_user), (real, 50, own)]), rule);
                assert_eq!(outcome(&row), wanted, "{user} beside {real}");
                assert!(!has_note(&row, "several-processes"), "{row}");
            }
        }
    }
    // One list that gives a process to a user is enough.
    let two = listed(&[("alice", 50, OFF)]).member(
        "commands/ps-aux.txt",
        format!("USER PID COMMAND\nroot 50 {OFF}\n"),
    );
    assert_eq!(judged(&two, rule)["verdict"], "unknown");
}

#[test]
fn components_of_different_users_that_differ_decide_nothing() {
    let rule = "apiserver-profiling";
    for users in [["root", "65535"], ["nobody", "65535"], ["997", "root"]] {
        let both = |first, second| {
            judged(
                &listed(&[(users[0], 49, first), (users[1], 50, second)]),
                rule,
            )
        };
        for (first, second) in [(OFF, ON), (ON, OFF)] {
            let row = both(first, second);
            assert_eq!(outcome(&row), "unknown several-processes", "{users:?}");
            assert!(!row["remediation"].is_null(), "{row}");
        }
        assert_eq!(outcome(&both(OFF, OFF)), "pass argument-sets-it");
        assert_eq!(outcome(&both(ON, ON)), "fail argument-sets-it");
    }
    let of_one = listed(&[("65535", 49, OFF), ("65535", 50, ON)]);
    assert_eq!(outcome(&judged(&of_one, rule)), "fail argument-sets-it");
    let folders = |mode: &str| {
        listed(&[
            ("etcd", 49, "etcd --data-dir=/a"),
            ("root", 50, "etcd --data-dir=/b"),
        ])
        .member(
            "stat.tsv",
            metadata(&[
                ("/a", "dir", "700", "99:99:etcd:etcd", ""),
                ("/b", "dir", mode, "99:99:etcd:etcd", ""),
            ]),
        )
    };
    let rule = "file-perm-etcd-data-dir";
    assert_eq!(judged(&folders("700"), rule)["verdict"], "pass");
    let differ = judged(&folders("755"), rule);
    assert_eq!(outcome(&differ), "unknown several-processes");
}

#[test]
fn a_kubelet_is_never_that_of_a_user_of_a_component() {
    let line = "kubelet --anonymous-auth=false";
    let words: Vec<&str> = line.split(' ').collect();
    for user in ["etcd", "nobody", "65535", "997"] {
        // Its words of its own say what it is, whatever a list says.
        let other = listed(&[(user, 50, "etcd --name=a")]).process(50, &words);
        for bundle in [listed(&[(user, 50, line)]), other] {
            let lab = Lab::new();
            lab.add("n.tgz", &bundle);
            let arguments = ["analyze", ".", "-c", "cis-1.12:4.2.1", "--format", "jsonl"];
            let rows = rows(&lab.run(&arguments).stdout);
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0]["verdict"], "unknown", "{user}: {}", rows[0]);
        }
    }
}

/// What the rule about etcd's CA says of these two argument lines and rows: path, type, digest, target.
fn unique_ca(etcd: &str, api: &str, rows: &[(&str, &str, &str, &str)]) -> String {
    let mut stat = String::from("path\ttype\tmode\tuid\tgid\tsha256\ttarget\n");
    for (path, kind, digest, target) in rows {
        stat.push_str(&format!("{path}\t{kind}\t644\t0\t0\t{digest}\t{target}\n"));
    }
    let mut bundle = Bundle::node("n").member("stat.tsv", stat);
    let (variables, etcd) = etcd.split_once(' ').unwrap_or((etcd, ""));
    bundle = process(bundle, 50, "etcd", etcd);
    if variables != "?" {
        bundle = bundle.member("proc/50/environ", format!("{variables}\0"));
    }
    for (number, api) in api.split('|').filter(|api| !api.is_empty()).enumerate() {
        let arguments = format!("--etcd-servers=https://e {api}");
        let pid = 60 + u32::try_from(number).unwrap();
        bundle = process(bundle, pid, "kube-apiserver", &arguments);
    }
    let row = judged(&bundle, "etcd-unique-ca");
    format!("{} {}", row["verdict"].as_str().unwrap(), row["reason"])
}

#[test]
fn the_ca_of_etcd_is_its_own_where_the_one_of_the_api_server_is_another_file() {
    const OWN: &str = "A=b --trusted-ca-file=/p/etcd/ca.crt";
    const API: &str = "--client-ca-file=/p/ca.crt";
    let (one, two) = ("1".repeat(64), "2".repeat(64));
    let digests = |first: &str, second: &str| {
        [
            ("/p/etcd/ca.crt".to_owned(), first.to_owned()),
            ("/p/ca.crt".to_owned(), second.to_owned()),
        ]
    };
    for (first, second, wanted) in [
        (one.as_str(), two.as_str(), "pass argument-sets-it"),
        (one.as_str(), one.as_str(), "fail argument-sets-it"),
        (one.as_str(), "", "pass argument-sets-it"),
    ] {
        let rows = digests(first, second);
        let rows = [
            (rows[0].0.as_str(), "file", rows[0].1.as_str(), ""),
            (rows[1].0.as_str(), "file", rows[1].1.as_str(), ""),
        ];
        let got = unique_ca(OWN, API, &rows).replace('"', "");
        assert!(got.starts_with(wanted), "{got}");
    }
    let link = ("/p/etcd/ca.crt", "symlink", "", "../ca.crt");
    for (etcd, api, rows, wanted) in [
        (OWN, API, vec![], "pass argument-sets-it"),
        ("A=b --trusted-ca-file=/p/ca.crt", API, vec![], "fail"),
        ("A=b --trusted-ca-file=/p//x/../ca.crt", API, vec![], "fail"),
        (
            "ETCD_TRUSTED_CA_FILE=/p/ca.crt",
            API,
            vec![],
            "fail environment",
        ),
        (
            "ETCD_TRUSTED_CA_FILE=/p/e.crt",
            API,
            vec![],
            "pass environment",
        ),
        (
            "? --name=a",
            API,
            vec![],
            "unknown environment-not-collected",
        ),
        ("A=b", API, vec![], "fail default-applies"),
        (OWN, "", vec![], "unknown component-not-seen"),
        (OWN, "--profiling=false", vec![], "unknown default-applies"),
        (
            OWN,
            "--client-ca-file=ca.crt",
            vec![],
            "unknown file-not-collected",
        ),
        (
            "A=b --trusted-ca-file=ca.crt",
            API,
            vec![],
            "unknown file-not-collected",
        ),
        (OWN, API, vec![link, ("/p/ca.crt", "file", "", "")], "fail"),
        (OWN, API, vec![link], "unknown file-not-collected"),
        (
            OWN,
            "--client-ca-file=/p/ca.crt|--client-ca-file=/p/etcd/ca.crt",
            vec![],
            "fail",
        ),
        (
            OWN,
            "--client-ca-file=/p/ca.crt|--client-ca-file=/p/2.crt",
            vec![],
            "pass",
        ),
        (
            OWN,
            "--client-ca-file=/p/ca.crt|--profiling=true",
            vec![],
            "unknown",
        ),
    ] {
        let got = unique_ca(etcd, api, &rows).replace('"', "");
        assert!(got.starts_with(wanted), "{etcd} {api}: {got}");
    }
}
