//! Components of OpenShift take their flags from a file of its own: a map of flags, read behind the
//! arguments.

use crate::support::*;
use serde_json::Value;

const CONFIG: &str = "/etc/kubernetes/static-pod-resources/configmaps/config/config.yaml";
const SERVER: &str = "/usr/bin/hyperkube kube-apiserver \
    --openshift-config=/etc/kubernetes/static-pod-resources/configmaps/config/config.yaml \
    --advertise-address=10.0.0.5 -v=2";

const FLAGS: &str = "  anonymous-auth: ['false']
  authorization-mode: [Scope, SystemMasters, RBAC, Node]
  enable-admission-plugins: [NodeRestriction, ServiceAccount, security.openshift.io/SecurityContextConstraint]
  audit-log-path: [/var/log/kube-apiserver/audit.log]
  audit-log-maxbackup: ['10']
  etcd-servers: ['https://10.0.0.5:2379']
  feature-gates: [APIPriorityAndFairness=true, SomeGateOfOpenShift=true]
";

fn config(flags: &str) -> String {
    format!(
        "apiVersion: kubecontrolplane.config.openshift.io/v1\nkind: KubeAPIServerConfig\n\
         servingInfo:\n  bindAddress: 0.0.0.0:6443\n  minTLSVersion: VersionTLS12\napiServerArguments:\n{flags}"
    )
}

fn server(command: &str) -> Bundle {
    let words: Vec<&str> = command.split_whitespace().collect();
    Bundle::node("m")
        .version("v1.29.6")
        .member(
            "commands/kube-apiserver-version.txt",
            "Kubernetes v1.29.6\n",
        )
        .process(50, &words)
}

fn judged(bundle: &Bundle, control: &str) -> Value {
    let lab = Lab::new();
    lab.add("m.tgz", bundle);
    let arguments = [
        "analyze", ".", "-b", "rh-1.8", "-c", control, "--format", "jsonl",
    ];
    let mut all = rows(&nodeproof(lab.folder.path(), &arguments).stdout);
    all.pop().unwrap()
}

fn short(row: &Value) -> String {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let reason = text("reason");
    let code = reason.split(':').next().unwrap_or_default();
    format!("{} {code} {}", text("verdict"), text("source"))
}

#[test]
fn flags_of_the_file_decide_and_are_cited() {
    let bundle = server(SERVER).file(CONFIG, config(FLAGS));
    for (control, wanted) in [
        ("1.2.5", "pass config-file-sets-it config-file"),
        ("1.2.6", "pass config-file-sets-it config-file"),
        ("1.2.7", "pass default-applies default"),
        ("1.2.8", "pass default-applies default"),
        ("1.2.10", "pass config-file-sets-it config-file"),
        ("1.2.12", "pass config-file-sets-it config-file"),
        ("1.2.13", "pass config-file-sets-it config-file"),
        ("1.2.16", "pass config-file-sets-it config-file"),
        ("1.2.20", "pass config-file-sets-it config-file"),
        ("1.2.21", "fail default-applies default"),
    ] {
        let row = judged(&bundle, control);
        assert_eq!(short(&row), wanted, "{control}: {row}");
    }
    let row = judged(&bundle, "1.2.5");
    let line = 8;
    assert_eq!(row["evidence"][0], format!("files{CONFIG}:{line}"));
    assert!(!row["notes"].to_string().contains("unknown-flag"), "{row}");
}

#[test]
fn the_file_wins_over_an_argument_and_lists_add_up() {
    let more = format!("{SERVER} --audit-log-maxbackup=1 --authorization-mode=AlwaysAllow");
    let bundle = server(&more).file(CONFIG, config(FLAGS));
    assert_eq!(judged(&bundle, "1.2.20")["verdict"], "pass");
    assert_eq!(judged(&bundle, "1.2.5")["verdict"], "fail");
}

#[test]
fn what_the_file_may_set_is_not_known_without_it() {
    for (bundle, wanted) in [
        (server(SERVER), "unknown file-not-collected none"),
        // Both masters see their own file under one path, and a bundle holds one of them.
        (
            server(SERVER).file(CONFIG, "kind: KubeControllerManagerConfig\n"),
            "unknown file-not-collected none",
        ),
        (
            server(SERVER).file(CONFIG, config("  audit-log-maxbackup: 10\n")),
            "unknown would-not-start none",
        ),
        (
            server(SERVER).file(
                CONFIG,
                config("  no-such-flag-yet: [x]\n  audit-log-maxbackup: ['x']\n"),
            ),
            "unknown would-not-start none",
        ),
        (
            server(SERVER).file(
                CONFIG,
                config(&FLAGS.replace("'10'", "REDACTED-BY-NODEPROOF")),
            ),
            "unknown value-redacted none",
        ),
    ] {
        let row = judged(&bundle, "1.2.20");
        assert_eq!(short(&row), wanted, "{row}");
    }
}

#[test]
fn the_controller_manager_reads_its_own_map() {
    let command =
        "kube-controller-manager --openshift-config=/etc/kubernetes/c.yaml --kubeconfig=/k";
    let words: Vec<&str> = command.split_whitespace().collect();
    let with = |flags: &str| {
        let text = format!("kind: KubeControllerManagerConfig\nextendedArguments:\n{flags}");
        let bundle = Bundle::node("m").version("v1.29.6");
        bundle
            .process(51, &words)
            .file("/etc/kubernetes/c.yaml", text)
    };
    let on = with("  use-service-account-credentials: ['true']\n");
    let row = judged(&on, "1.3.2");
    assert_eq!(short(&row), "pass config-file-sets-it config-file", "{row}");
    let off = with("  use-service-account-credentials: ['false']\n");
    assert_eq!(judged(&off, "1.3.2")["verdict"], "fail");
}
