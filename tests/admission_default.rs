//! What pods a namespace without a label lets in: the default of the cluster's API servers, as the
//! bundles of their nodes show it.

use crate::support::*;
use serde_json::{Value, json};

const CONFIG: &str =
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n";

/// What the file of the plug-in has, with the lines below `defaults` and `exemptions`.
fn pod_security(enforce: &str, exemptions: &str) -> String {
    format!(
        "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n\
         defaults:\n  enforce: {enforce}\n  enforce-version: latest\nexemptions: {exemptions}\n"
    )
}

/// The same inside the file for admission.
fn inline(enforce: &str, exemptions: &str) -> String {
    let own = pod_security(enforce, exemptions);
    let own: String = own.lines().map(|line| format!("    {line}\n")).collect();
    format!("{CONFIG}- name: PodSecurity\n  configuration:\n{own}")
}

const PLAIN: &[&str] = &[
    "/usr/local/bin/kube-apiserver",
    "--etcd-servers=https://127.0.0.1:2379",
    "--admission-control-config-file=/etc/k/admission.yaml",
];

fn server(name: &str, words: &[&str], files: &[(&str, &str)]) -> Bundle {
    let bundle = Bundle::node(name)
        .process(50, words)
        .version("v1.29.3")
        .with("cluster", "prod");
    let captured = bundle.member(
        "commands/kube-apiserver-version.txt",
        "Kubernetes v1.29.3\n",
    );
    let with = |bundle: Bundle, (path, text): &(&str, &str)| bundle.file(path, text);
    files.iter().fold(captured, with)
}

fn node(name: &str, role: &str) -> Value {
    json!({"kind": "Node", "metadata": {"name": name, "labels": {role: ""}},
        "status": {"nodeInfo": {"kubeletVersion": "v1.29.3"}}})
}

fn namespace(name: &str, level: Option<&str>) -> Value {
    let labels = match level {
        Some(level) => json!({"pod-security.kubernetes.io/enforce": level}),
        None => json!({}),
    };
    json!({"kind": "Namespace", "metadata": {"name": name, "labels": labels}})
}

fn list(items: &[Value]) -> String {
    json!({"kind": "List", "items": items}).to_string()
}

/// A cluster of which nobody's pod is privileged: its control-plane nodes, and its namespaces.
fn cluster(servers: &[&str], namespaces: &[Value]) -> Bundle {
    let role = "node-role.kubernetes.io/control-plane";
    let mut nodes: Vec<Value> = servers.iter().map(|name| node(name, role)).collect();
    nodes.push(node("worker-1", "node-role.kubernetes.io/worker"));
    let pod = json!({"kind": "Pod", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"containers": [{"name": "app"}]}, "status": {"phase": "Running"}});
    Bundle::cluster("prod")
        .member("api/nodes.json", list(&nodes))
        .member("api/pods.json", list(&[pod]))
        .member("api/namespaces.json", list(namespaces))
}

/// The row of the cluster about privileged pods.
fn privileged(bundles: &[Bundle]) -> Value {
    let lab = Lab::new();
    for (at, bundle) in bundles.iter().enumerate() {
        lab.add(&format!("{at}.tgz"), &bundle.clone().of_machine(at));
    }
    let asked = [
        "analyze", ".", "-b", "cis-1.10", "-c", "5.2.2", "--format", "jsonl",
    ];
    let all = rows(&nodeproof(lab.folder.path(), &asked).stdout);
    let mut own = all.into_iter().filter(|row| row["node"].is_null());
    let row = own.next().unwrap();
    assert!(own.next().is_none());
    row
}

fn of_config(text: &str) -> Value {
    let open = [namespace("shop", None)];
    privileged(&[
        cluster(&["cp-1"], &open),
        server("cp-1", PLAIN, &[("/etc/k/admission.yaml", text)]),
    ])
}

#[test]
fn a_default_that_forbids_it_passes_namespaces_without_a_label() {
    for enforce in ["baseline", "restricted"] {
        let row = of_config(&inline(enforce, "{}"));
        assert_eq!(row["verdict"], "pass", "{}", row["reason"]);
        let reason = row["reason"].as_str().unwrap();
        assert!(
            reason.contains("the default of the API servers"),
            "{reason}"
        );
        let cited = row["evidence"].as_array().unwrap();
        let is_other = |at: &&Value| {
            at.as_str()
                .unwrap()
                .starts_with("1.tgz!files/etc/k/admission.yaml")
        };
        assert!(cited.iter().any(|at| is_other(&at)), "{cited:?}");
        assert_eq!(row["by_the_text"], "pass");
    }
}

#[test]
fn a_default_that_does_not_is_no_policy() {
    for config in [
        inline("privileged", "{}"),
        format!("{CONFIG}- name: EventRateLimit\n  path: e.yaml\n"),
        format!("{CONFIG}[]\n"),
        inline("baseline", "{namespaces: [shop]}"),
        inline(
            "baseline",
            "{usernames: ['system:serviceaccount:kube-system:job-controller']}",
        ),
        inline("baseline", "{runtimeClasses: [kata]}"),
        // Such files no API server starts with.
        inline("Baseline", "{}"),
        inline("baseline", "{namespace: [x]}"),
        inline("baseline", "{}").replace("PodSecurityConfiguration", "Pod"),
        inline("baseline", "{}")
            .replace("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v2"),
        inline("REDACTED-BY-NODEPROOF", "{}"),
        inline("baseline", "{namespaces: REDACTED-BY-NODEPROOF}"),
    ] {
        let row = of_config(&config);
        assert_eq!(
            outcome(&row),
            "unknown no-admission-policy",
            "{config}\n{}",
            row["reason"]
        );
    }
    let row = of_config(&inline("baseline", "{namespaces: [other]}"));
    assert_eq!(row["verdict"], "pass");
}

#[test]
fn the_file_that_the_file_for_admission_names_counts() {
    let named = format!("{CONFIG}- name: PodSecurity\n  path: pod-security.yaml\n");
    let own = pod_security("restricted", "{}");
    let open = [namespace("shop", None)];
    for (path, verdict) in [
        ("/etc/k/pod-security.yaml", "pass"),
        ("/etc/other/pod-security.yaml", "unknown"),
    ] {
        let row = privileged(&[
            cluster(&["cp-1"], &open),
            server(
                "cp-1",
                PLAIN,
                &[("/etc/k/admission.yaml", &named), (path, &own)],
            ),
        ]);
        assert_eq!(row["verdict"], verdict, "{path} {}", row["reason"]);
    }
}

#[test]
fn api_servers_that_disagree_or_are_not_all_known_decide_nothing() {
    let open = [namespace("shop", None)];
    let two = cluster(&["cp-1", "cp-2"], &open);
    let of = |name: &str, text: &str| server(name, PLAIN, &[("/etc/k/admission.yaml", text)]);
    let (baseline, restricted, none) = (
        inline("baseline", "{}"),
        inline("restricted", "{}"),
        inline("privileged", "{}"),
    );
    let agree = privileged(&[two.clone(), of("cp-1", &baseline), of("cp-2", &restricted)]);
    assert_eq!(agree["verdict"], "pass", "{}", agree["reason"]);
    for (bundles, words) in [
        (
            vec![two.clone(), of("cp-1", &baseline), of("cp-2", &none)],
            "cp-2 and cp-1 disagree",
        ),
        (
            vec![two.clone(), of("cp-1", &baseline)],
            "cp-2 runs an API server too",
        ),
        (
            vec![
                two.clone(),
                of("cp-1", &baseline),
                server("cp-2", PLAIN, &[]),
            ],
            "cp-2: ",
        ),
        (
            vec![
                two,
                of("cp-1", &baseline),
                of("cp-2", &baseline).with("cluster", "other"),
            ],
            "cp-2 runs an API server too",
        ),
    ] {
        let row = privileged(&bundles);
        assert_eq!(outcome(&row), "unknown no-admission-policy");
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn a_label_counts_for_nothing_where_the_plug_in_is_off_or_the_namespace_exempt() {
    let labelled = [namespace("shop", Some("restricted"))];
    let off: Vec<&str> = PLAIN
        .iter()
        .copied()
        .chain(["--disable-admission-plugins=PodSecurity"])
        .collect();
    let config = inline("privileged", "{}");
    let exempt = inline("privileged", "{namespaces: [shop]}");
    for (words, config, verdict) in [
        (PLAIN, &config, "pass"),
        (&off, &config, "unknown"),
        (PLAIN, &exempt, "unknown"),
    ] {
        let row = privileged(&[
            cluster(&["cp-1"], &labelled),
            server("cp-1", words, &[("/etc/k/admission.yaml", config)]),
        ]);
        assert_eq!(row["verdict"], verdict, "{words:?} {}", row["reason"]);
    }
}

#[test]
fn what_cannot_be_believed_gives_no_default() {
    let open = [namespace("shop", None)];
    let config = inline("restricted", "{}");
    let own = server("cp-1", PLAIN, &[("/etc/k/admission.yaml", &config)]);
    let later = own
        .clone()
        .member("proc/50/started_at", "2026-11-20T10:00:00Z\n")
        .member(
            "stat.tsv",
            "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n\
             /etc/k/admission.yaml\tfile\t600\t0\t0\troot\troot\t1\t1795170000\t1795170000\t\t\n",
        );
    let mut changed = own.clone();
    let sums = changed
        .members
        .iter()
        .map(|(name, _)| format!("{}  {name}\n", "0".repeat(64)));
    let sums: String = sums.collect();
    changed = changed.member("SHA256SUMS", sums);
    changed.sums = false;
    for (bundle, verdict) in [(own, "pass"), (later, "unknown"), (changed, "unknown")] {
        let row = privileged(&[cluster(&["cp-1"], &open), bundle]);
        assert_eq!(row["verdict"], verdict, "{}", row["reason"]);
    }
}

#[test]
fn a_bundle_of_a_worker_gives_no_default() {
    let open = [namespace("shop", None)];
    let config = inline("restricted", "{}");
    let own = server("worker-1", PLAIN, &[("/etc/k/admission.yaml", &config)]);
    let row = privileged(&[cluster(&["cp-1"], &open), own]);
    assert_eq!(row["verdict"], "unknown");
}

#[test]
fn explain_shows_the_place_in_the_other_bundle() {
    let lab = Lab::new();
    let open = [namespace("shop", None)];
    let config = inline("restricted", "{}");
    lab.add("c.tgz", &cluster(&["cp-1"], &open));
    lab.add(
        "n.tgz",
        &server("cp-1", PLAIN, &[("/etc/k/admission.yaml", &config)]),
    );
    let asked = [
        "explain",
        ".",
        "--cluster",
        "prod",
        "--control",
        "cis-1.10:5.2.2",
    ];
    let ran = nodeproof(lab.folder.path(), &asked);
    assert!(
        ran.stdout.contains("n.tgz!files/etc/k/admission.yaml"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn the_version_of_the_api_server_is_the_clusters_where_the_node_does_not_show_it() {
    let config = inline("restricted", "{}");
    let node = Bundle::node("cp-1")
        .process(50, PLAIN)
        .with("cluster", "prod");
    let node = node.file("/etc/k/admission.yaml", &config);
    let says = |bundle: Bundle, version: &str| {
        let text = json!({"serverVersion": {"gitVersion": version}}).to_string();
        bundle.member("commands/version.txt", text)
    };
    let open = [namespace("shop", None)];
    let whole = cluster(&["cp-1"], &open);
    let mut without_nodes = whole.clone();
    without_nodes
        .members
        .retain(|(name, _)| name != "api/nodes.json");
    for (about, cluster, verdict) in [
        ("nothing", whole.clone(), "unknown"),
        ("the cluster", says(whole.clone(), "v1.29.3"), "pass"),
        ("no list of nodes", says(without_nodes, "v1.29.3"), "pass"),
        ("no such plug-in yet", says(whole, "v1.21.3"), "unknown"),
    ] {
        let row = privileged(&[cluster, node.clone()]);
        assert_eq!(row["verdict"], verdict, "{about}: {}", row["reason"]);
    }
}
