//! Which process a component is judged by, what is planned for it, and on which systems.

use crate::support::*;
use serde_json::{Value, json};

/// The row of the first control of `cis-1.10` that points at a rule.
fn row(rule: &str, bundle: &Bundle) -> Value {
    let lab = Lab::new();
    lab.add("n.tgz", bundle);
    rows_of(rule, &lab).remove(0)
}

fn rows_of(rule: &str, lab: &Lab) -> Vec<Value> {
    let benchmark = CATALOG.benchmark("cis-1.10").unwrap();
    let mut controls = benchmark.controls.iter();
    let control = controls.find(|c| c.rule.as_deref() == Some(rule)).unwrap();
    let ran = lab.run(&[
        "analyze",
        ".",
        "-b",
        "cis-1.10",
        "-c",
        &control.number,
        "--format",
        "jsonl",
    ]);
    rows(&ran.stdout)
}

fn cited(row: &Value) -> Vec<&str> {
    let evidence = row["evidence"].as_array().unwrap();
    evidence.iter().filter_map(Value::as_str).collect()
}

const PROXY: &str = "kube-proxy-metrics-bind-address";
const CHAINS: &str = "kubelet-make-iptables-util-chains";

const PROXY_CONFIG: &str =
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

/// kube-proxy as kubeadm runs it, in a pod, with a file of these lines.
fn in_a_pod(lines: &str) -> Bundle {
    Bundle::node("n")
        .process(
            50,
            &[
                "/usr/local/bin/kube-proxy",
                "--config=/var/lib/kube-proxy/config.conf",
                "--hostname-override=n",
            ],
        )
        .file(
            "/var/lib/kube-proxy/config.conf",
            format!("{PROXY_CONFIG}{lines}"),
        )
}

#[test]
fn kube_proxy_is_judged_by_its_processes() {
    let proxy = |words: &[&str]| Bundle::node("n").process(50, words);
    for (about, bundle, wanted, source) in [
        (
            "empty in the file of a pod",
            in_a_pod("metricsBindAddress: \"\"\n"),
            "pass default-applies",
            "default",
        ),
        (
            "everywhere, by the file",
            in_a_pod("metricsBindAddress: 0.0.0.0:10249\n"),
            "fail config-file-sets-it",
            "config-file",
        ),
        (
            "the file wins over the argument",
            proxy(&[
                "kube-proxy",
                "--config=/c",
                "--metrics-bind-address=0.0.0.0",
            ])
            .file(
                "/c",
                format!("{PROXY_CONFIG}metricsBindAddress: 127.0.0.1:10249\n"),
            ),
            "pass config-file-sets-it",
            "config-file",
        ),
        (
            "an argument",
            proxy(&["kube-proxy", "--metrics-bind-address", "::1"]),
            "pass argument-sets-it",
            "argument",
        ),
        (
            "by ps, cut off",
            Bundle::node("n").member(
                "commands/ps-ef.txt",
                format!(
                    "UID          PID    PPID  C STIME TTY          TIME CMD\n{:.80}\n{:.80}\n",
                    "root           1       0  0 10:00 ?        00:00:03 /sbin/init splash and more of it",
                    "root          50       1  1 10:00 ?        00:01:00 kube-proxy --v=2 --proxy-mode=ipvs",
                ),
            ),
            "unknown arguments-cut-off",
            "none",
        ),
        (
            "malformed",
            proxy(&["kube-proxy", "--metrics-bind-address:127.0.0.1"]),
            "unknown would-not-start",
            "none",
        ),
        (
            "by ps, cut off behind the file: another one may follow, and the last counts",
            Bundle::node("n")
                .member(
                    "commands/ps-ef.txt",
                    format!(
                        "UID          PID    PPID  C STIME TTY          TIME CMD\n{:.80}\n{:.80}\n",
                        "root           1       0  0 10:00 ?        00:00:03 /sbin/init splash and more of it",
                        "root          50       1  1 10:00 ?        00:01:00 kube-proxy --config=/c --v=2 --v=3",
                    ),
                )
                .file("/c", format!("{PROXY_CONFIG}metricsBindAddress: 127.0.0.1\n")),
            "unknown arguments-cut-off",
            "none",
        ),
        (
            "an empty word is passed over",
            proxy(&["kube-proxy", "--v=2", ""]),
            "pass default-applies",
            "default",
        ),
        (
            "it would print its version and end",
            proxy(&["kube-proxy", "--v=2", "--version"]),
            "unknown would-not-start",
            "none",
        ),
        (
            "a feature gate of another case",
            proxy(&["kube-proxy", "--feature-gates=nftablesproxymode=true"]),
            "unknown would-not-start",
            "none",
        ),
        (
            "gates among the arguments do not count beside a file",
            proxy(&["kube-proxy", "--config=/c", "--feature-gates=nftablesproxymode=true"])
                .file("/c", PROXY_CONFIG),
            "pass default-applies",
            "default",
        ),
        (
            "a file of another component",
            proxy(&["kube-proxy", "--config=/c"]).file("/c", config("")),
            "unknown would-not-start",
            "none",
        ),
        (
            "a file that changed since the start is what runs: it ends when its file changes",
            in_a_pod("metricsBindAddress: 127.0.0.1:1\n")
                .member("proc/50/started_at", "2026-11-20T00:00:00Z")
                .member(
                    "stat.tsv",
                    "path\ttype\tmode\tctime\n/var/lib/kube-proxy/config.conf\tfile\t600\t1795500000\n",
                ),
            "pass config-file-sets-it",
            "config-file",
        ),
        (
            "two that agree",
            proxy(&["kube-proxy"]).process(51, &["kube-proxy", "--v=2"]),
            "pass default-applies",
            "default",
        ),
        (
            "two, one of them open",
            proxy(&["kube-proxy"]).process(51, &["kube-proxy", "--metrics-bind-address=0.0.0.0"]),
            "fail argument-sets-it",
            "argument",
        ),
        (
            "a kubelet decides nothing of it",
            Bundle::node("n").kubelet(&["--v=2"]),
            "unknown component-not-seen",
            "none",
        ),
        (
            "a file of nobody",
            Bundle::node("n").file("/c", format!("{PROXY_CONFIG}metricsBindAddress: 0.0.0.0\n")),
            "unknown file-not-tied-to-process",
            "none",
        ),
    ] {
        let row = row(PROXY, &bundle);
        assert_eq!(outcome(&row), wanted, "{about}: {}", row["reason"]);
        assert_eq!(row["source"], source, "{about}");
    }
}

#[test]
fn a_file_named_before_a_line_is_cut_off_settles_nothing_as_the_last_counts() {
    let scheduler = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nenableProfiling: false\n";
    let etcd = "client-transport-security:\n  client-cert-auth: true\n";
    for (rule, line, file) in [
        (
            "scheduler-profiling",
            "kube-scheduler --config=/c --v=2 --v=3",
            scheduler,
        ),
        (
            "etcd-client-cert-auth",
            "etcd --config-file=/c --logger=zap",
            etcd,
        ),
    ] {
        let whole: Vec<&str> = line.split(' ').collect();
        let with_file = |bundle: Bundle| bundle.file("/c", file);
        let seen = row(rule, &with_file(Bundle::node("n").process(50, &whole)));
        assert!(outcome(&seen).starts_with("pass "), "{rule}: {seen}");
        let list = format!(
            "UID          PID    PPID  C STIME TTY          TIME CMD\n{:.80}\n{:.80}\n",
            "root           1       0  0 10:00 ?        00:00:03 /sbin/init splash and more of it",
            format!(
                "root          50       1  1 10:00 ?        00:01:00 {line} and more of it all"
            ),
        );
        let cut = Bundle::node("n").member("commands/ps-ef.txt", list);
        let cut = row(rule, &with_file(cut));
        assert_eq!(outcome(&cut), "unknown arguments-cut-off", "{rule}: {cut}");
    }
}

#[test]
fn a_node_without_kube_proxy_is_proven_by_a_whole_list() {
    let absent = |bundle: Bundle| bundle.stat_row("/usr/bin/kube-proxy", "absent", 1);
    let kubelet = "/usr/bin/kubelet --v=2";
    for (about, bundle, wanted) in [
        (
            "replaced by Cilium",
            absent(Bundle::node("n").ps(&[kubelet, "cilium-agent --kube-proxy-replacement=true"])),
            "not-applicable component-not-on-node",
        ),
        (
            "a list not taken as root",
            absent(Bundle::node("n").ps(&[kubelet]).with("uid", 1000)),
            "unknown component-not-seen",
        ),
        (
            "nobody looked for its files",
            Bundle::node("n").ps(&[kubelet]),
            "unknown component-not-seen",
        ),
        (
            "its unit is there",
            absent(Bundle::node("n").ps(&[kubelet])).stat_row(
                "/etc/systemd/system/kube-proxy.service",
                "file",
                1,
            ),
            "unknown component-not-seen",
        ),
        (
            "RKE2, which may run it",
            absent(Bundle::node("n").ps(&[kubelet])).stat_row("/usr/local/bin/rke2", "file", 1),
            "unknown component-not-seen",
        ),
        (
            "inside k3s",
            absent(Bundle::node("n").ps(&["/usr/local/bin/k3s server"])),
            "unknown embedded-component",
        ),
        (
            "inside k3s, as it logged",
            absent(Bundle::node("n").ps(&["/usr/local/bin/k3s server"])).member(
                "commands/journal-k3s.txt",
                "x h k3s[40]: level=info msg=\"Running kubelet --v=2\"\nx h k3s[40]: level=info msg=\"Running kube-proxy --metrics-bind-address=0.0.0.0\"\n",
            ),
            "fail argument-sets-it",
        ),
        (
            "inside k3s, beside one of its own",
            absent(Bundle::node("n").ps(&["/usr/local/bin/k3s server", "kube-proxy --v=2"])),
            "unknown embedded-component",
        ),
        (
            "inside a k3s that has no control plane, as it logged",
            absent(Bundle::node("n").ps(&["/usr/local/bin/k3s agent"])).member(
                "commands/journal-k3s.txt",
                "x h k3s[40]: level=info msg=\"Running kube-proxy --metrics-bind-address=0.0.0.0\"\n",
            ),
            "fail argument-sets-it",
        ),
        (
            "inside MicroK8s, by its file of arguments",
            Bundle::node("n").process(40, &["/snap/microk8s/1/kubelite"]).file(
                "/var/snap/microk8s/current/args/kube-proxy",
                "--kubeconfig=${SNAP_DATA}/credentials/proxy.config\n",
            ),
            "pass default-applies",
        ),
    ] {
        let row = row(PROXY, &bundle);
        assert_eq!(outcome(&row), wanted, "{about}: {}", row["reason"]);
    }
}

#[test]
fn the_published_check_of_kube_proxy_never_sees_its_file() {
    let kubeconfig = "apiVersion: v1\nkind: Config\n";
    let open = "metricsBindAddress: 0.0.0.0\nclientConnection:\n  kubeconfig: /k.conf\n";
    let argument = |text: &str| {
        let text = format!("--metrics-bind-address={text}");
        Bundle::node("n").process(50, &["kube-proxy", &text])
    };
    for (bundle, verdict, letter) in [
        (
            in_a_pod(open).file("/k.conf", kubeconfig),
            "fail",
            json!("pass"),
        ),
        (in_a_pod(open), "fail", Value::Null),
        (argument("0.0.0.0"), "fail", json!("fail")),
        (argument("127.0.0.1:10249"), "pass", json!("pass")),
        (argument("[::1]:10249"), "pass", json!("fail")),
        (Bundle::node("n"), "unknown", Value::Null),
    ] {
        let row = row(PROXY, &bundle);
        assert_eq!(row["verdict"], verdict, "{}", row["reason"]);
        assert_eq!(row["by_the_text"], letter, "{}", row["reason"]);
    }
}

#[test]
fn the_kubeconfig_of_kube_proxy_is_the_one_it_names() {
    let stat = |bundle: Bundle| {
        bundle.member(
            "stat.tsv",
            "path\ttype\tmode\tuid\tgid\n/own.conf\tfile\t666\t0\t0\n/etc/kubernetes/proxy.conf\tfile\t600\t0\t0\n/usr/bin/kube-proxy\tabsent\t\t\t\n",
        )
    };
    let named = "clientConnection:\n  kubeconfig: /own.conf\n";
    let argument = |word: &str| Bundle::node("n").process(50, &["kube-proxy", word]);
    for (bundle, wanted) in [
        (in_a_pod(named), "fail file-metadata-shows"),
        (
            argument("--kubeconfig=/own.conf"),
            "fail file-metadata-shows",
        ),
        (argument("--v=2"), "not-applicable file-not-on-node"),
        (Bundle::node("n"), "pass file-metadata-shows"),
    ] {
        let row = row("file-perm-proxy-kubeconfig", &stat(bundle));
        assert_eq!(outcome(&row), wanted, "{}", row["reason"]);
    }
    let gone = Bundle::node("n")
        .ps(&["/usr/bin/kubelet --v=2"])
        .stat_row("/etc/kubernetes/proxy.conf", "absent", 1)
        .stat_row("/usr/bin/kube-proxy", "absent", 1);
    let row = row("file-perm-proxy-kubeconfig", &gone);
    assert_eq!(outcome(&row), "not-applicable component-not-on-node");
}

const UNIT: &str = "/usr/lib/systemd/system/kubelet.service";
const DROP_IN: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";

/// A kubelet that runs with `running`, and files of its unit.
fn started_by(running: &[&str], reload: &str, files: &[(&str, &str)]) -> Bundle {
    let drop_in = files.iter().any(|(path, _)| *path == DROP_IN);
    let shown = format!(
        "Id=kubelet.service\nMainPID=42\nFragmentPath={UNIT}\nDropInPaths={}\nNeedDaemonReload={reload}\n",
        if drop_in { DROP_IN } else { "" },
    );
    let mut bundle = Bundle::node("n")
        .version("v1.30.0")
        .kubelet(running)
        .member("commands/systemctl-show.txt", shown);
    for (path, text) in files {
        bundle = match text.is_empty() {
            true => bundle.stat_row(path, "absent", 1),
            false => bundle.file(path, text),
        };
    }
    bundle
}

#[test]
fn what_is_planned_otherwise_is_a_note_and_never_a_verdict() {
    const KUBEADM: &str = "[Service]\nEnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\nEnvironmentFile=-/etc/default/kubelet\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBEADM_ARGS \\\n  $KUBELET_EXTRA_ARGS\n";
    const FLAGS: &str = "/var/lib/kubelet/kubeadm-flags.env";
    const DEFAULT: &str = "/etc/default/kubelet";
    const OFF: &str = "--make-iptables-util-chains=false";
    const ON: &str = "--make-iptables-util-chains=true";
    let plain = (UNIT, "[Service]\nExecStart=/usr/bin/kubelet\n");
    let off_unit = (
        UNIT,
        "[Service]\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=false\n",
    );
    for (about, bundle, verdict, place) in [
        (
            "the same",
            started_by(&[OFF], "no", &[off_unit]),
            "fail",
            None,
        ),
        (
            "the unit",
            started_by(&[], "no", &[off_unit]),
            "pass",
            Some("files/usr/lib/systemd/system/kubelet.service:2"),
        ),
        (
            "an argument will be gone",
            started_by(&[OFF], "no", &[plain]),
            "fail",
            Some("files/usr/lib/systemd/system/kubelet.service:2"),
        ),
        (
            "an argument that changes nothing will be gone",
            started_by(&[ON], "no", &[plain]),
            "pass",
            None,
        ),
        (
            "a file of variables, and one that may be missing",
            started_by(
                &[],
                "no",
                &[
                    off_unit,
                    (DROP_IN, KUBEADM),
                    (
                        FLAGS,
                        "\nKUBELET_KUBEADM_ARGS=\"--v=2 --make-iptables-util-chains=0\"\n",
                    ),
                    (DEFAULT, ""),
                ],
            ),
            "pass",
            Some("files/var/lib/kubelet/kubeadm-flags.env:2"),
        ),
        (
            "the last argument counts, and the drop-in resets the unit's line",
            started_by(
                &[ON],
                "no",
                &[
                    off_unit,
                    (DROP_IN, KUBEADM),
                    (
                        FLAGS,
                        "KUBELET_KUBEADM_ARGS=--make-iptables-util-chains=false",
                    ),
                    (
                        DEFAULT,
                        "KUBELET_EXTRA_ARGS=--make-iptables-util-chains=true",
                    ),
                ],
            ),
            "pass",
            None,
        ),
        (
            "a file of variables that nobody collected",
            started_by(&[], "no", &[off_unit, (DROP_IN, KUBEADM), (FLAGS, "A=b")]),
            "pass",
            None,
        ),
        (
            "a specifier",
            started_by(
                &[],
                "no",
                &[(
                    UNIT,
                    "[Service]\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=false --n=%H\n",
                )],
            ),
            "pass",
            None,
        ),
        (
            "the loaded unit is older than the files, and nobody knows them all",
            started_by(&[], "yes", &[off_unit]),
            "pass",
            None,
        ),
        (
            "another configuration file",
            started_by(
                &[],
                "no",
                &[
                    (
                        UNIT,
                        "[Service]\nEnvironment=\"C=/k.yaml\"\nExecStart=/usr/bin/kubelet --config=${C}\n",
                    ),
                    ("/k.yaml", &config("makeIPTablesUtilChains: false\n")),
                ],
            ),
            "pass",
            Some("files/k.yaml:3"),
        ),
        (
            "a variable of systemd's own environment, which nothing shows",
            started_by(
                &[],
                "no",
                &[(
                    UNIT,
                    "[Service]\nPassEnvironment=EXTRA\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=false\n",
                )],
            ),
            "pass",
            None,
        ),
        (
            "no main process of a unit",
            Bundle::node("n")
                .kubelet(&[])
                .file(UNIT, off_unit.1)
                .member(
                    "commands/systemctl-show.txt",
                    "Id=kubelet.service\nMainPID=7\n",
                ),
            "pass",
            None,
        ),
    ] {
        let row = row(CHAINS, &bundle);
        assert_eq!(row["verdict"], verdict, "{about}: {}", row["reason"]);
        assert_eq!(
            has_note(&row, "planned-differs"),
            place.is_some(),
            "{about}"
        );
        if let Some(place) = place {
            assert!(cited(&row).contains(&place), "{about}: {:?}", cited(&row));
        }
    }
}

#[test]
fn after_a_reload_the_files_on_disk_count() {
    let mut bundle = started_by(
        &[],
        "yes",
        &[(UNIT, "[Service]\nExecStart=/usr/bin/kubelet\n")],
    )
    .file(
        "/run/systemd/system/kubelet.service.d/20.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --make-iptables-util-chains=0\n",
    );
    for folder in ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"] {
        let path = format!("{folder}/systemd/system/kubelet.service");
        if path != UNIT {
            bundle = bundle.stat_row(&path, "absent", 1);
        }
        let kind = if folder == "/run" { "dir" } else { "absent" };
        bundle = bundle.stat_row(&format!("{path}.d"), kind, 1);
    }
    let row = row(CHAINS, &bundle);
    assert!(has_note(&row, "planned-differs"), "{:?}", cited(&row));
}

/// A cluster bundle with one node that only the API knows.
fn of_api(info: Value, configz: Value) -> Bundle {
    let nodes = json!({"items": [{"metadata": {"name": "w"}, "status": {"nodeInfo": info}}]});
    Bundle::cluster("test")
        .member("api/nodes.json", nodes.to_string())
        .member(
            "configz/w.json",
            json!({"kubeletconfig": configz}).to_string(),
        )
}

#[test]
fn a_default_of_a_node_that_only_the_api_knows_has_its_version() {
    let configz = json!({"makeIPTablesUtilChains": true, "readOnlyPort": 0});
    for (version, wanted) in [
        (json!("v1.11.3"), "fail configz-sets-it"),
        (json!("v1.30.1"), "pass configz-sets-it"),
        (json!("?"), "unknown version-unknown"),
    ] {
        let lab = Lab::new();
        let info = json!({"kubeletVersion": version});
        lab.add("c.tgz", &of_api(info, configz.clone()));
        let ran = lab.run(&[
            "analyze", ".", "-b", "cis-1.5", "-c", "4.2.12", "--format", "jsonl",
        ]);
        let row = rows(&ran.stdout).remove(0);
        assert_eq!(row["rule"], "kubelet-rotate-server-certificate");
        assert_eq!(outcome(&row), wanted, "{version}: {}", row["reason"]);
        let place = "api/nodes.json#/items/0/status/nodeInfo/kubeletVersion";
        let known = !wanted.starts_with("unknown");
        assert_eq!(cited(&row).contains(&place), known, "{version}");
    }
}

#[test]
fn rules_are_not_for_systems_without_what_they_are_about() {
    let node = |info: Value| of_api(info, json!({"makeIPTablesUtilChains": false}));
    let info = json!({"kubeletVersion": "v1.30.1", "operatingSystem": "windows"});
    for (rule, info, wanted) in [
        (CHAINS, info.clone(), "not-applicable not-on-this-system"),
        (
            "file-perm-kubelet-config",
            info.clone(),
            "not-applicable not-on-this-system",
        ),
        ("kubelet-read-only-port", info, "pass configz-sets-it"),
        (
            CHAINS,
            json!({"kubeletVersion": "v1.30.1", "operatingSystem": "linux"}),
            "fail configz-sets-it",
        ),
    ] {
        let row = row(rule, &node(info));
        assert_eq!(outcome(&row), wanted, "{rule}: {}", row["reason"]);
    }
    for (rule, image, wanted, part) in [
        (
            "file-perm-kubelet-service",
            "Talos (v1.11.2)",
            "not-applicable not-on-this-system",
            "no unit",
        ),
        (
            "file-perm-kubelet-config",
            "Talos (v1.11.2)",
            "unknown file-not-collected",
            "has no shell",
        ),
        (
            "file-perm-kubelet-service",
            "Bottlerocket OS 1.44.0 (aws-k8s-1.33)",
            "unknown file-not-collected",
            "collect-daemonset.yaml",
        ),
        (
            "file-perm-kubelet-service",
            "Ubuntu 24.04",
            "unknown file-not-collected",
            "",
        ),
    ] {
        let info =
            json!({"kubeletVersion": "v1.30.1", "operatingSystem": "linux", "osImage": image});
        let row = row(rule, &node(info));
        assert_eq!(outcome(&row), wanted, "{rule}: {}", row["reason"]);
        assert!(
            row["reason"].as_str().unwrap().contains(part),
            "{}",
            row["reason"]
        );
    }
    let by_process = Bundle::node("n").process(4, &["C:\\k\\kubelet.exe", "--v=2"]);
    let row = row("file-perm-kubelet-config", &by_process);
    assert_eq!(outcome(&row), "not-applicable not-on-this-system");
    assert_eq!(cited(&row), ["proc/4/cmdline"]);
}

#[test]
fn a_process_with_a_name_of_windows_takes_no_rule_from_a_linux_node() {
    let off = "--make-iptables-util-chains=false";
    let named = |name: &str| Bundle::node("n").process(50, &[name, off]);
    for (about, bundle) in [
        (
            "beside a kubelet",
            named("C:\\k\\kubelet.exe").kubelet(&[off]),
        ),
        (
            "a proxy beside a kubelet",
            Bundle::node("n")
                .kubelet(&[off])
                .process(50, &["kube-proxy.exe"]),
        ),
        ("by a path", named("/tmp/kubelet.exe")),
        ("by a relative path", named("./kubelet.exe")),
        ("where PID 1 is", named("kubelet.exe").ps(&[])),
    ] {
        let row = row(CHAINS, &bundle);
        assert_eq!(
            outcome(&row),
            "fail argument-sets-it",
            "{about}: {}",
            row["reason"]
        );
    }
}

#[test]
fn a_replaced_binary_says_nothing_of_the_version_that_runs() {
    let asked = |argv: &str| json!([{"argv": argv, "member": "commands/kubelet-version.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    let node = |exe: &str, argv: &str| {
        Bundle::node("n")
            .version("v1.30.1")
            .kubelet(&["--config=/k"])
            .file("/k", config(""))
            .member("proc/42/exe", exe)
            .with("commands", asked(argv))
    };
    let installed = "/usr/bin/kubelet --version";
    let gone = "/usr/bin/kubelet (deleted)";
    for (bundle, wanted) in [
        (node("/usr/bin/kubelet", installed), "pass default-applies"),
        (node(gone, installed), "unknown version-unknown"),
        (node(gone, "/proc/42/exe --version"), "pass default-applies"),
        (
            node(gone, "/proc/7/exe --version"),
            "unknown version-unknown",
        ),
    ] {
        let row = row("kubelet-rotate-server-certificate", &bundle);
        assert_eq!(outcome(&row), wanted, "{}", row["reason"]);
    }
    // The API speaks of what runs.
    let lab = Lab::new();
    let info = json!({"kubeletVersion": "v1.26.0"});
    let mut cluster = of_api(info, json!({}));
    cluster.members.pop();
    lab.add("c.tgz", &cluster);
    lab.add("n.tgz", &node(gone, installed).with("node", "w"));
    let row = rows_of("kubelet-event-record-qps", &lab).remove(0);
    assert_eq!(row["actual"], "5", "{}", row["reason"]);
}
