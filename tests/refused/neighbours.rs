//! The neighbours of what the facts show: other keys, other versions, other sources, other ways to
//! write the same.

use crate::support::cases::Cases;
use crate::support::*;

const CHAINS: &str = "cis-1.12:4.2.6";
const GATE: &str = "cis-1.12:4.2.11";
const CIPHERS: &str = "cis-1.12:4.2.12";
const SECCOMP: &str = "cis-1.12:4.2.14";
const SERVING: &str = "cis-1.12:4.2.9";
const MODE: &str = "cis-1.12:4.2.2";
const PORT: &str = "cis-1.10:4.2.4";

const FILE: &str = "/var/lib/kubelet/config.yaml";
const WITH_FILE: &str = "--config=/var/lib/kubelet/config.yaml";
const OFF: &str = "--make-iptables-util-chains=false";
const ON: &str = "--make-iptables-util-chains";
const SUITE: &str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

fn of(version: &str, words: &[&str]) -> Bundle {
    Bundle::node("n")
        .version(&format!("v{version}"))
        .kubelet(words)
}

fn with_file(version: &str, words: &[&str], lines: &str) -> Bundle {
    let mut all = vec![WITH_FILE];
    all.extend(words);
    of(version, &all).file(FILE, config(lines))
}

#[test]
fn a_flag_that_the_version_lacks_contradicts_a_running_process() {
    let mut cases = Cases::default();
    for (version, flag) in [
        // Item of the issue: first in 1.28.
        ("1.26.5", "--config-dir=/d"),
        ("1.24.0", "--config-dir=/d"),
        ("1.30.2", "--fail-cgroupv1"),
        ("1.30.2", "--network-plugin=cni"),
        ("1.27.1", "--container-runtime=remote"),
        ("1.27.1", "--logtostderr"),
        ("1.31.0", "--azure-container-registry-config=/x"),
        ("1.31.0", "--iptables-drop-bit=15"),
        ("1.24.0", "--docker-tls"),
        ("1.33.0", "--show-hidden-metrics-for-version=1.32"),
        ("1.12.0", "--cadvisor-port=0"),
    ] {
        for words in [vec![flag], vec![flag, OFF], vec![ON, flag]] {
            cases.add(flag, CHAINS, of(version, &words), "unknown would-not-start");
        }
    }
    for (version, flag) in [
        ("1.29.2", "--azure-container-registry-config=/x"),
        ("1.24.0", "--logtostderr"),
        ("1.24.0", "--experimental-kernel-memcg-notification"),
        ("1.36.0", "--vmodule=a=1"),
        ("1.28.3", "--max-housekeeping-interval=1m"),
        ("1.31.0", "--log-json-split-stream"),
        ("1.31.0", "--pod-sysctls=a=b"),
        ("1.31.0", "--fail-cgroupv1"),
    ] {
        cases.add(flag, CHAINS, of(version, &[flag]), "pass default-applies");
    }
    // Nobody knows the version, so nothing contradicts it.
    let unknown = Bundle::node("n").kubelet(&["--network-plugin=cni", OFF]);
    cases.add("no version", CHAINS, unknown, "fail argument-sets-it");
    let rows = cases.judge();
    let reason = rows[0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("--config-dir does not exist in Kubernetes 1.26"),
        "{reason}"
    );
}

/// facts on RKE2: it takes these off the line that it logs.
#[test]
fn what_the_program_around_a_kubelet_keeps_for_itself_is_no_fault_of_the_line() {
    let line = "Nov 20 10:00:00 h k3s[41]: time=\"2026-11-20T10:00:00Z\" level=info msg=\"Running kubelet --alsologtostderr=false --log-file=/x --make-iptables-util-chains=false\"\n";
    let bundle = |line: &str| {
        Bundle::node("n")
            .version("v1.31.2+k3s1")
            .process(41, &["/usr/local/bin/k3s server"])
            .member("commands/journal-k3s.txt", line)
    };
    assert_eq!(outcome(&judge(&bundle(line))), "fail argument-sets-it");
    let gone = line.replace("--log-file=/x", "--network-plugin=cni");
    assert_eq!(outcome(&judge(&bundle(&gone))), "unknown would-not-start");
}

#[test]
fn a_gate_that_no_kubelet_of_the_version_takes_stops_it() {
    let mut cases = Cases::default();
    let refused = "unknown would-not-start";
    for (version, gates) in [
        ("1.31.0", "SeccompDefault=true"),
        ("1.24.0", "SidecarContainers=true"),
        ("1.26.0", "SidecarContainers=true"),
        ("1.30.0", "DynamicKubeletConfig=false"),
        ("1.40.0", "DynamicKubeletConfig=true"),
        ("1.31.0", "AppArmor=false"),
        ("1.28.0", "CPUManager=false"),
        ("1.31.0", "appArmor=true"),
        ("1.31.0", "allbeta=true"),
        ("1.31.0", "NoSuchGate=true"),
        ("1.31.0", "=true"),
        ("1.31.0", "AppArmor"),
        ("1.31.0", " "),
        ("1.31.0", "AppArmor=true,NoSuchGate=false"),
        ("1.36.0", "DynamicResourceAllocation=false"),
        ("1.36.0", "GracefulNodeShutdown=false,AllAlpha=true"),
    ] {
        let argument = format!("--feature-gates={gates}");
        for words in [vec![argument.as_str()], vec![OFF, argument.as_str()]] {
            cases.add(gates, CHAINS, of(version, &words), refused);
        }
        let yaml: Vec<String> = gates
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(gate, on)| format!("  {gate:?}: {on}\n"))
            .collect();
        if yaml.len() == gates.split(',').count() {
            let lines = format!("featureGates:\n{}", yaml.concat());
            cases.add(gates, CHAINS, with_file(version, &[], &lines), refused);
            // A well-formed argument decides, and the next start fails.
            let decided = with_file(version, &[OFF], &lines);
            cases.add(gates, CHAINS, decided, "fail argument-sets-it");
        }
    }
    for (version, gates) in [
        ("1.31.0", "AppArmor=true"),
        ("1.29.0", "AppArmor=false"),
        ("1.31.0", "ContextualLogging=true,LoggingAlphaOptions=false"),
        ("1.31.0", "AllAlpha=true"),
        ("1.31.0", "GracefulNodeShutdown=false"),
        // No source lists the gates of these.
        ("1.37.0", "NoSuchGate=true"),
        ("1.20.0", "DynamicKubeletConfig=true"),
        ("1.31.0", " AppArmor = true ,"),
    ] {
        let argument = format!("--feature-gates={gates}");
        cases.add(
            gates,
            CHAINS,
            of(version, &[&argument]),
            "pass default-applies",
        );
    }
    // OpenShift's kubelet has gates, and labels, of its own.
    let fork = with_file(
        "1.29.6",
        &["--node-labels=node-role.kubernetes.io/worker,node.openshift.io/os_id=rhcos"],
        "featureGates: {RouteExternalCertificate: true, GatewayAPI: true}\n",
    );
    cases.add("a fork", CHAINS, fork, "pass default-applies");
    cases.judge();
}

#[test]
fn a_refused_file_is_cited_at_its_line_and_an_argument_decides_all_the_same() {
    for (lines, at) in [
        ("tlsMinVersion: TLS12\n", 3),
        ("a: 1\ntlsCipherSuites: [TLS_NOPE]\n", 4),
        ("readOnlyPort: 70000\n", 3),
        ("clusterDNS: 10.0.0.1\n", 3),
        ("featureGates:\n  A: true\n", 4),
        ("imageGCLowThresholdPercent: 90\n", 3),
        ("logging: {format: xml}\n", 3),
        ("logging:\n  verbosity: a\n", 4),
        ("maxPods: x\n", 3),
        ("authentication:\n  anonymous:\n    enabled: maybe\n", 5),
    ] {
        let row = judge(&with_file("1.31.2", &[], lines));
        assert_eq!(outcome(&row), "unknown would-not-start", "{lines}");
        let evidence = row["evidence"].as_array().unwrap();
        let wanted = format!("files{FILE}:{at}");
        assert!(
            evidence.iter().any(|place| *place == wanted),
            "{lines}: {row:#}"
        );
        let row = judge(&with_file("1.31.2", &[OFF], lines));
        assert_eq!(outcome(&row), "fail argument-sets-it", "{lines}");
        assert!(has_note(&row, "next-start-fails"), "{lines}: {row:#}");
    }
}

#[test]
fn types_and_ranges_of_keys_that_no_control_asks_about_count() {
    let mut cases = Cases::default();
    let refused = "unknown would-not-start";
    for lines in [
        "hairpinMode: x\n",
        "oomScoreAdj: 1001\n",
        "kubeAPIBurst: -1\n",
        "nodeStatusMaxImages: -2\n",
        "syncFrequency: 60\n",
        "runtimeRequestTimeout: null\n",
        "podCIDR: [a]\n",
        "evictionMinimumReclaim: [a]\n",
        "logging: true\n",
        "topologyManagerPolicy: all\n",
        "topologyManagerScope: node\n",
        "iptablesMasqueradeBit: 32\n",
        "registerWithTaints: [a]\n",
        "registerWithTaints: [{key: a, effect: No}]\n",
        "containerLogMaxFiles: 1\n",
        "containerLogMonitorInterval: 1s\n",
        "shutdownGracePeriod: 10s\nshutdownGracePeriodCriticalPods: 20s\n",
        "shutdownGracePeriod: 10ms\n",
        "systemCgroups: /a\n",
        "enforceNodeAllocatable: [pods, kube-reserved]\n",
        "enforceNodeAllocatable: [none, pods]\n",
        "cpuCFSQuotaPeriod: 10ms\n",
        "reservedSystemCPUs: 0-1\nkubeReservedCgroup: /a\n",
        "serializeImagePulls: true\nmaxParallelImagePulls: 2\n",
        "maxParallelImagePulls: 0\n",
    ] {
        cases.add(lines, CHAINS, with_file("1.33.2", &[], lines), refused);
    }
    for lines in [
        "hairpinMode: ''\n",
        "oomScoreAdj: 0\n",
        "cpuCFSQuotaPeriod: null\n",
        "cpuCFSQuotaPeriod: 100ms\n",
        "cgroupsPerQOS: false\nenforceNodeAllocatable: []\n",
        "enforceNodeAllocatable: [pods, system-reserved]\nsystemReservedCgroup: /a\n",
        "registerWithTaints: [{key: a, effect: NoSchedule}, {key: b}]\n",
        "shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 10s\n",
        "serializeImagePulls: false\nmaxParallelImagePulls: 5\n",
        "imageMaximumGCAge: 1h\n",
        "logging: {format: json, flushFrequency: 5s, options: {json: {infoBufferSize: '0'}}}\n",
        "reservedMemory: [{numaNode: 0, limits: {memory: 1Gi}}]\n",
        "staticPodURLHeader: {A: [b]}\n",
        "noKeyOfAnyVersion: [1]\n",
    ] {
        let right = "pass default-applies";
        cases.add(lines, CHAINS, with_file("1.33.2", &[], lines), right);
    }
    // A version that lacks the key ignores it.
    for lines in ["podLogsDir: 5\n", "maxParallelImagePulls: a\n"] {
        cases.add(
            lines,
            CHAINS,
            with_file("1.24.2", &[], lines),
            "pass default-applies",
        );
    }
    // An argument wins over what the file has, as the kubelet checks what is merged.
    let mended = with_file("1.33.2", &["--max-pods=50"], "maxPods: -1\n");
    cases.add("mended", CHAINS, mended, "pass default-applies");
    for argument in [
        "--max-pods=-1",
        "--oom-score-adj=5000",
        "--hairpin-mode=x",
        "--address=here",
        "--system-reserved=cpu:1",
        "--eviction-hard=memory.available=1",
        "--cgroups-per-qos=false",
        "--enforce-node-allocatable=system-reserved",
        "--hostname-override= ",
        "--node-labels=node-role.kubernetes.io/worker=",
        "--logging-format=xml",
        "--image-gc-low-threshold=85",
        "--container-runtime-endpoint=",
    ] {
        for words in [vec![argument], vec![argument, OFF]] {
            cases.add(argument, CHAINS, of("1.33.2", &words), refused);
        }
    }
    for argument in [
        "--address=010.0.0.1",
        "--address=",
        "--address=::",
        "--system-reserved=",
        "--eviction-hard=memory.available<1",
        "--enforce-node-allocatable=",
        "--node-labels=a,b=c",
    ] {
        let right = "pass default-applies";
        cases.add(argument, CHAINS, of("1.33.2", &[argument]), right);
    }
    // Up to 1.15 they were a warning.
    let old = of("1.15.3", &["--node-labels=node-role.kubernetes.io/node="]);
    cases.add("old labels", CHAINS, old, "pass default-applies");
    cases.judge();
}

#[test]
fn seccomp_by_default_needs_its_gate_up_to_1_24() {
    let mut cases = Cases::default();
    let refused = "unknown would-not-start";
    let on = "seccompDefault: true\n";
    let gated = "seccompDefault: true\nfeatureGates: {SeccompDefault: true}\n";
    for version in ["1.23.4", "1.24.0"] {
        cases.add("file", SECCOMP, with_file(version, &[], on), refused);
        cases.add(
            "gate",
            SECCOMP,
            with_file(version, &[], gated),
            "pass config-file-sets-it",
        );
        let all = with_file(version, &["--feature-gates=AllAlpha=true"], on);
        cases.add("AllAlpha", SECCOMP, all, "pass config-file-sets-it");
        let flag = ["--seccomp-default"];
        cases.add("flag", SECCOMP, of(version, &flag), refused);
        // Flags are checked before the file is read.
        cases.add(
            "too late",
            SECCOMP,
            with_file(version, &flag, gated),
            refused,
        );
        let both = ["--seccomp-default", "--feature-gates=SeccompDefault=true"];
        cases.add("both", SECCOMP, of(version, &both), "pass argument-sets-it");
    }
    cases.add(
        "1.25",
        SECCOMP,
        with_file("1.25.1", &[], on),
        "pass config-file-sets-it",
    );
    cases.add(
        "1.31",
        SECCOMP,
        of("1.31.1", &["--seccomp-default"]),
        "pass argument-sets-it",
    );
    cases.judge();
}

#[test]
fn all_alpha_and_all_beta_set_the_gates_of_their_stage() {
    let mut cases = Cases::default();
    let argument = "pass argument-sets-it";
    let file = "pass config-file-sets-it";
    let default = "pass default-applies";
    let off = "featureGates: {AllBeta: false}\n";
    let on = "featureGates: {AllBeta: true}\n";
    let own_off = "featureGates: {RotateKubeletServerCertificate: false}\n";
    for (about, words, lines, wanted) in [
        (
            "argument",
            vec!["--feature-gates=AllBeta=true"],
            "",
            argument,
        ),
        (
            "argument off",
            vec!["--feature-gates=AllBeta=false"],
            "",
            "fail argument-sets-it",
        ),
        ("file", vec![], on, file),
        ("file off", vec![], off, "fail config-file-sets-it"),
        (
            "over the file's group",
            vec!["--feature-gates=AllBeta=true"],
            off,
            argument,
        ),
        (
            "under the file's own",
            vec!["--feature-gates=AllBeta=true"],
            own_off,
            "fail config-file-sets-it",
        ),
        (
            "under its own",
            vec!["--feature-gates=AllBeta=false,RotateKubeletServerCertificate=true"],
            "",
            argument,
        ),
        (
            "in another argument",
            vec![
                "--feature-gates=AllBeta=false",
                "--feature-gates=RotateKubeletServerCertificate=true",
            ],
            "",
            argument,
        ),
        (
            "another stage",
            vec!["--feature-gates=AllAlpha=true"],
            "",
            default,
        ),
        (
            "another stage off",
            vec!["--feature-gates=AllAlpha=false"],
            "",
            default,
        ),
        (
            "another stage in the file",
            vec![],
            "featureGates: {AllAlpha: false}\n",
            default,
        ),
        (
            "both",
            vec!["--feature-gates=AllAlpha=true"],
            off,
            "fail config-file-sets-it",
        ),
    ] {
        for version in ["1.24.3", "1.31.2", "1.34.1"] {
            let bundle = with_file(version, &words, lines);
            cases.add(about, GATE, bundle, wanted);
        }
    }
    let unknown = Bundle::node("n").kubelet(&["--feature-gates=AllBeta=false"]);
    cases.add("of every version", GATE, unknown, "fail argument-sets-it");
    let old = of("1.20.1", &["--feature-gates=AllBeta=false"]);
    cases.add("no source", GATE, old, "unknown default-unknown");
    let drop_in = of("1.33.1", &[WITH_FILE, "--config-dir=/d"])
        .file(FILE, config(on))
        .file("/d/1.conf", config(off));
    cases.add("drop-in", GATE, drop_in, "fail drop-in-sets-it");
    let live = with_file("1.33.1", &[], "").configz(
        "n",
        &serde_json::json!({"enableServer": true, "featureGates": {"AllBeta": false}}),
    );
    cases.add("configz", GATE, live, "fail configz-sets-it");
    let rows = cases.judge();
    for at in [0, 6] {
        let reason = rows[at]["reason"].as_str().unwrap();
        assert!(reason.contains(", where AllBeta sets it"), "{reason}");
    }
}

#[test]
fn a_list_of_suites_is_one_record_of_csv_and_has_names_that_go_knows() {
    let mut cases = Cases::default();
    let quoted = format!("\"{SUITE}\"");
    for (text, wanted) in [
        (SUITE.to_owned(), "pass argument-sets-it"),
        (quoted.clone(), "pass argument-sets-it"),
        (format!("{quoted},{quoted}"), "pass argument-sets-it"),
        (format!("{SUITE}\nTLS_NOPE"), "pass argument-sets-it"),
        (
            "\"TLS_RSA_WITH_RC4_128_SHA\"".to_owned(),
            "fail argument-sets-it",
        ),
        (format!("{quoted}x"), "unknown would-not-start"),
        (format!("\"{SUITE}"), "unknown would-not-start"),
        (format!("{SUITE}\""), "unknown would-not-start"),
        (format!("'{SUITE}'"), "unknown would-not-start"),
        (format!("\"{SUITE},{SUITE}\""), "unknown would-not-start"),
        (format!("{SUITE},"), "unknown would-not-start"),
        (format!(" {SUITE}"), "unknown would-not-start"),
        (SUITE.to_lowercase(), "unknown would-not-start"),
        (
            "ECDHE-RSA-AES128-GCM-SHA256".to_owned(),
            "unknown would-not-start",
        ),
        (
            "TLS_NULL_WITH_NULL_NULL".to_owned(),
            "unknown would-not-start",
        ),
    ] {
        let argument = format!("--tls-cipher-suites={text}");
        cases.add(&text, CIPHERS, of("1.31.2", &[&argument]), wanted);
    }
    // An empty line is no list and no value is an empty one.
    for text in ["", "\n"] {
        let argument = format!("--tls-cipher-suites={text}");
        let wanted = match text {
            "" => "fail argument-sets-it",
            _ => "unknown would-not-start",
        };
        cases.add("none", CIPHERS, of("1.31.2", &[&argument]), wanted);
    }
    let pasted = format!("tlsCipherSuites:\n- {SUITE},{SUITE}\n");
    for lines in [
        pasted.as_str(),
        "tlsCipherSuites: [null]\n",
        "tlsCipherSuites: ['']\n",
    ] {
        let bundle = with_file("1.31.2", &[], lines);
        cases.add(lines, CIPHERS, bundle.clone(), "unknown would-not-start");
        cases.add(lines, CHAINS, bundle, "unknown would-not-start");
    }
    cases.judge();
}

#[test]
fn configz_is_held_to_the_ranges_of_a_file() {
    let mut cases = Cases::default();
    let live = |value: serde_json::Value| {
        let mut whole = serde_json::json!({"enableServer": true, "makeIPTablesUtilChains": true});
        for (key, value) in value.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let lines = format!("tlsCipherSuites: [{SUITE}]\n");
        with_file("1.31.2", &[], &lines).configz("n", &whole)
    };
    for (control, value) in [
        (
            MODE,
            serde_json::json!({"authorization": {"mode": "webhook"}}),
        ),
        (PORT, serde_json::json!({"readOnlyPort": 70000})),
        (PORT, serde_json::json!({"readOnlyPort": -1})),
        (
            CIPHERS,
            serde_json::json!({"tlsCipherSuites": [SUITE, "TLS_NOPE"]}),
        ),
    ] {
        let about = value.to_string();
        cases.add(&about, control, live(value), "unknown configz-incomplete");
    }
    let right = live(serde_json::json!({"authorization": {"mode": "AlwaysAllow"}}));
    cases.add("in range", MODE, right, "fail configz-sets-it");
    cases.judge();
}

/// The verdict stays by the benchmark's words; what the reader is told is what holds on this node.
#[test]
fn what_makes_a_remediation_useless_is_said() {
    let mut cases = Cases::default();
    for (control, lines, wanted) in [
        (
            SERVING,
            "serverTLSBootstrap: true\n",
            "fail default-applies",
        ),
        (
            SERVING,
            "serverTLSBootstrap: true\ntlsCertFile: /a\ntlsPrivateKeyFile: /b\n",
            "pass config-file-sets-it",
        ),
        (
            CIPHERS,
            "tlsMinVersion: VersionTLS13\n",
            "fail default-applies",
        ),
        (
            CIPHERS,
            "tlsCipherSuites: [TLS_AES_128_GCM_SHA256]\n",
            "fail config-file-sets-it",
        ),
        (
            CIPHERS,
            "tlsCipherSuites: [TLS_CHACHA20_POLY1305_SHA256, TLS_RSA_WITH_RC4_128_SHA]\n",
            "fail config-file-sets-it",
        ),
        (
            SERVING,
            "serverTLSBootstrap: false\n",
            "fail default-applies",
        ),
        (
            CIPHERS,
            "tlsMinVersion: VersionTLS12\n",
            "fail default-applies",
        ),
    ] {
        cases.add(lines, control, with_file("1.33.1", &[], lines), wanted);
    }
    let argument = with_file("1.33.1", &["--tls-min-version=VersionTLS13"], "");
    cases.add("argument", CIPHERS, argument, "fail default-applies");
    let live = serde_json::json!({"enableServer": true, "tlsMinVersion": "VersionTLS13"});
    let live = Bundle::node("n").configz("n", &live);
    cases.add("configz", CIPHERS, live, "fail configz-sets-it");
    let rows = cases.judge();
    for (at, reason, remediation) in [
        (0, "serverTLSBootstrap is true", "kubectl get csr"),
        (1, "serverTLSBootstrap is true", ""),
        (2, "TLS 1.3 alone", "no connection uses"),
        (3, "suites of TLS 1.3", "Take them out"),
        (4, "suites of TLS 1.3", "Take them out"),
        (7, "TLS 1.3 alone", "no connection uses"),
        (8, "TLS 1.3 alone", "no connection uses"),
    ] {
        let text = |key: &str| rows[at][key].as_str().unwrap_or_default();
        assert!(text("reason").contains(reason), "{:#}", rows[at]);
        assert!(text("remediation").contains(remediation), "{:#}", rows[at]);
    }
    for at in [5, 6] {
        let reason = rows[at]["reason"].as_str().unwrap();
        let said = reason.contains("serverTLSBootstrap") || reason.contains("1.3");
        assert!(!said, "{:#}", rows[at]);
    }
}

/// What kubeadm, EKS and kOps really write keeps nobody from starting.
#[test]
fn files_and_lines_of_distributions_are_not_refused() {
    let mut cases = Cases::default();
    let kubeadm = "authentication:\n  anonymous: {enabled: false}\n  webhook: {cacheTTL: 0s, enabled: true}\n  x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}\nauthorization:\n  mode: Webhook\n  webhook: {cacheAuthorizedTTL: 0s, cacheUnauthorizedTTL: 0s}\ncgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\ncontainerRuntimeEndpoint: \"\"\ncpuManagerReconcilePeriod: 0s\ncrashLoopBackOff: {}\nevictionPressureTransitionPeriod: 0s\nfileCheckFrequency: 0s\nhealthzBindAddress: 127.0.0.1\nhealthzPort: 10248\nhttpCheckFrequency: 0s\nimageMaximumGCAge: 0s\nimageMinimumGCAge: 0s\nlogging:\n  flushFrequency: 0\n  options:\n    json: {infoBufferSize: \"0\"}\n    text: {infoBufferSize: \"0\"}\n  verbosity: 0\nmemorySwap: {}\nnodeStatusReportFrequency: 0s\nnodeStatusUpdateFrequency: 0s\nresolvConf: /run/systemd/resolve/resolv.conf\nrotateCertificates: true\nruntimeRequestTimeout: 0s\nshutdownGracePeriod: 0s\nshutdownGracePeriodCriticalPods: 0s\nstaticPodPath: /etc/kubernetes/manifests\nstreamingConnectionIdleTimeout: 0s\nsyncFrequency: 0s\nvolumeStatsAggPeriod: 0s\n";
    for version in ["1.12.0", "1.24.3", "1.28.3", "1.31.2", "1.33.1", "1.36.0"] {
        let line = ["--bootstrap-kubeconfig=/b", "--kubeconfig=/k"];
        let bundle = with_file(version, &line, kubeadm);
        cases.add("kubeadm", CHAINS, bundle, "pass default-applies");
        let unknown = Bundle::node("n").kubelet(&[WITH_FILE]);
        let unknown = unknown.file(FILE, config(kubeadm));
        cases.add("kubeadm", CHAINS, unknown, "pass default-applies");
    }
    let eks = "evictionHard: {memory.available: 100Mi, nodefs.available: 10%}\nfeatureGates: {RotateKubeletServerCertificate: true}\nhairpinMode: hairpin-veth\nkubeReserved: {cpu: 80m, ephemeral-storage: 1Gi, memory: 893Mi}\nkubeReservedCgroup: /runtime\nlogging: {verbosity: 2}\nmaxPods: 58\nprotectKernelDefaults: true\nproviderID: aws:///a/i-1\nreadOnlyPort: 0\nregisterWithTaints: [{key: a, value: b, effect: NoSchedule}]\nserializeImagePulls: false\nserverTLSBootstrap: true\nsystemReservedCgroup: /system\ntlsCipherSuites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384]\nshutdownGracePeriod: 2m30s\nshutdownGracePeriodCriticalPods: 30s\n";
    for version in ["1.24.3", "1.29.3", "1.33.1", "1.36.0"] {
        let line = [
            "--node-labels=eks.amazonaws.com/nodegroup=a,node.kubernetes.io/x=y,topology.kubernetes.io/zone=z",
            "--node-ip=10.0.0.1",
            "--cloud-provider=external",
            "--image-credential-provider-config=/etc/eks/c.json",
        ];
        cases.add(
            "EKS",
            CHAINS,
            with_file(version, &line, eks),
            "pass default-applies",
        );
    }
    let kops = [
        "--cgroup-root=/",
        "--system-cgroups=/system.slice",
        "--eviction-hard=memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%",
        "--eviction-soft-grace-period=memory.available=1m",
        "--register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule",
        "--vmodule=a=2,b=3",
        "--v=2",
        "--cluster-dns=100.64.0.10,10.0.0.10",
        "--reserved-memory=0:memory=1Gi,hugepages-1M=2Gi",
        "--manifest-url-header=a:b",
    ];
    for version in ["1.24.3", "1.31.2", "1.36.0"] {
        cases.add("kOps", CHAINS, of(version, &kops), "pass default-applies");
    }
    cases.judge();
}
