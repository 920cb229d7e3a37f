//! Published checks that give the wrong answer by their own letter: the quirk codes of the facts.

use super::*;
use crate::support::cases::{ROOT, metadata};
use serde_json::json;

fn stat(rows: &[(&str, &str, &str, &str, &str)]) -> Bundle {
    Bundle::node("n").member("stat.tsv", metadata(rows))
}

/// cis-facts §5: checks of settings that test another flag, mere presence, or anything at all.
#[test]
fn settings() {
    let mut cases = Cases::default();
    let mut add = |about, control, bundle, wanted| cases.add(about, control, bundle, wanted);
    // aks-1.8 3.2.2 looks at --anonymous-auth for the mode.
    add(
        "WRONG-FLAG",
        "aks-1.8:3.2.2",
        with_arguments(&["--anonymous-auth=false", "--authorization-mode=AlwaysAllow"]),
        "fail argument-sets-it by argument letter pass",
    );
    add(
        "WRONG-FLAG",
        "aks-1.8:3.2.2",
        with_arguments(&["--authorization-mode=Webhook"]),
        "pass argument-sets-it by argument letter fail",
    );
    // "is 0, or is there at all".
    add(
        "VACUOUS-OR",
        "rke2-cis-1.23-hardened:4.2.4",
        with_arguments(&["--read-only-port=10255"]),
        "fail argument-sets-it by argument letter pass",
    );
    // rke-cis-1.23-hardened joins "not false" with "absent" by AND: nothing fulfils both.
    add(
        "CONTRADICTORY-AND",
        "rke-cis-1.23-hardened:4.2.12",
        with_both(&["--feature-gates=RotateKubeletServerCertificate=true"], ""),
        "pass argument-sets-it by argument letter fail",
    );
    for control in [
        "cis-1.11:4.2.14",
        "cis-1.12:4.2.14",
        "rke2-cis-1.11:4.2.14",
        "rke2-cis-1.12:4.2.14",
    ] {
        add(
            "PRESENCE-ONLY",
            control,
            with_file("seccompDefault: false\n"),
            "fail config-file-sets-it by config-file letter pass",
        );
    }
    // The published check has no file to look into, or a path that is the wanted value itself.
    for control in ["rh-1.4:4.2.7", "rh-1.8:4.2.7"] {
        let openshift = with_arguments(&["--config=/etc/kubernetes/kubelet.conf"]).file(
            "/etc/kubernetes/kubelet.conf",
            config("makeIPTablesUtilChains: true\n"),
        );
        add(
            "DEAD-PATH-NO-AUDIT-CONFIG",
            control,
            openshift,
            "pass config-file-sets-it by config-file letter none",
        );
    }
    let k3s = Bundle::node("n")
        .version("v1.32.4+k3s1")
        .ps(&["/usr/local/bin/k3s agent"])
        .stat_row("/etc/k.d", "dir", 1)
        .file(
            "/etc/k.d/1.conf",
            config("tlsCertFile: /c\ntlsPrivateKeyFile: /k\n"),
        )
        .member(
            "commands/journal-k3s.txt",
            "h k3s[40]: level=info msg=\"Running kubelet --config-dir=/etc/k.d\"\n",
        );
    add(
        "PATH-IS-LITERAL-TEXT",
        "k3s-cis-1.8:4.2.9",
        k3s,
        "pass drop-in-sets-it by drop-in letter none",
    );
    // rh-0.7 wants lists of OpenShift 3 to equal a scalar, which they never do.
    let openshift_3 = Bundle::node("n").version("v1.9.1").process(
        42,
        &[
            "/usr/bin/hyperkube",
            "kubelet",
            "--make-iptables-util-chains=true",
        ],
    );
    add(
        "LIST-NEVER-EQUALS",
        "rh-0.7:7.8",
        openshift_3,
        "pass argument-sets-it by argument letter none",
    );
    // semantics §11: no such flag; the kubelet exits on it.
    add(
        "REMEDIATION-NO-FLAG",
        "aks-1.7:3.2.7",
        with_arguments(&["--eventRecordQPS=0"]),
        "unknown would-not-start by none letter fail",
    );
    // The label is a person's, or the check is not scored; evidence decides all the same.
    let limited = with_arguments(&["--event-qps=7"]);
    add(
        "AUTOMATED-BUT-UNSCORED",
        "eks-1.0.1:3.2.9",
        limited,
        "fail argument-sets-it",
    );
    add(
        "MANUAL-BUT-SCORED",
        "gke-1.2.0:3.2.6",
        with_arguments(&["--protect-kernel-defaults=false"]),
        "fail argument-sets-it by argument letter fail",
    );
    let rows = cases.judge();
    let assessment = |back: usize| rows[rows.len() - back]["assessment"].clone();
    assert_eq!(
        (assessment(2), assessment(1)),
        ("automated".into(), "manual".into())
    );
}

/// cis-facts §5: IPAddressDeny is a property of the unit, and no flag or key.
#[test]
fn a_directive_of_systemd_is_looked_for_in_the_unit() {
    let command = json!([{"argv": "systemctl show --no-pager -p Id kubelet.service",
        "member": "commands/systemctl-show.txt", "exit": 0, "at": "2026-11-20T12:00:00Z"}]);
    let unit = |deny: &str| {
        with_arguments(&["--v=2"])
            .with("commands", command.clone())
            .member(
                "commands/systemctl-show.txt",
                format!("Id=kubelet.service\nIPAddressDeny={deny}\n"),
            )
    };
    let control = "cis-1.11:4.2.15";
    let mut cases = Cases::default();
    let both = unit("::/0 0.0.0.0/0");
    cases.add(
        "NOT-A-KUBELET-SETTING",
        control,
        both,
        "pass unit-shows by unit letter fail",
    );
    let one = unit("0.0.0.0/0");
    cases.add(
        "NOT-A-KUBELET-SETTING",
        control,
        one,
        "fail unit-shows by unit letter fail",
    );
    let key = with_file("IPAddressDeny: any\n");
    cases.add("NOT-A-KUBELET-SETTING", control, key, "unknown");
    cases.judge();
}

/// cis-facts §5: checks of files that look at another file, or find a mode inside a longer one.
#[test]
fn files() {
    const KUBECONFIG: &str = "/var/lib/kubelet/kubeconfig";
    let mut cases = Cases::default();
    let mut add = |about, control, bundle, wanted| cases.add(about, control, bundle, wanted);
    // V-242406 asks for the configuration file and looks at the kubeconfig.
    for (config_owner, kubeconfig_owner, wanted) in [
        (
            ROOT,
            "7:7:kube:kube",
            "pass file-metadata-shows by file-metadata letter fail",
        ),
        (
            "7:7:kube:kube",
            ROOT,
            "fail file-metadata-shows by file-metadata letter pass",
        ),
    ] {
        let bundle = stat(&[
            (
                "/etc/kubernetes/kubelet/kubelet-config.json",
                "file",
                "644",
                config_owner,
                "",
            ),
            ("/etc/kubernetes/kubelet.conf", "absent", "", "", ""),
            (
                "/etc/kubernetes/kubelet-kubeconfig.conf",
                "absent",
                "",
                "",
                "",
            ),
            ("/etc/kubernetes/kubelet-config.yaml", "absent", "", "", ""),
            (KUBECONFIG, "file", "600", kubeconfig_owner, ""),
        ]);
        add(
            "WRONG-TARGET",
            "eks-stig-kubernetes-v1r6:V-242406",
            bundle,
            wanted,
        );
    }
    // gke-1.8.0 asks for the kubelet's kubeconfig and looks at kube-proxy's.
    let bundle = stat(&[
        ("/etc/kubernetes/kubelet.conf", "absent", "", "", ""),
        (
            "/etc/kubernetes/kubelet-kubeconfig.conf",
            "absent",
            "",
            "",
            "",
        ),
        (KUBECONFIG, "file", "666", ROOT, ""),
        ("/var/lib/kube-proxy/kubeconfig", "file", "600", ROOT, ""),
    ]);
    add(
        "WRONG-TARGET",
        "gke-1.8.0:3.1.1",
        bundle,
        "fail file-metadata-shows by file-metadata letter pass",
    );
    // A set-user-id bit, or sticky, in front of a good mode.
    let rke2 = "/var/lib/rancher/rke2/agent/kubelet.kubeconfig";
    for (mode, wanted) in [
        (
            "600",
            "pass file-metadata-shows by file-metadata letter pass",
        ),
        (
            "1600",
            "fail file-metadata-shows by file-metadata letter pass",
        ),
        (
            "4600",
            "fail file-metadata-shows by file-metadata letter pass",
        ),
        (
            "640",
            "fail file-metadata-shows by file-metadata letter fail",
        ),
        // Stricter than asked for: a search for 600 does not find it.
        (
            "400",
            "pass file-metadata-shows by file-metadata letter fail",
        ),
    ] {
        let bundle = stat(&[(rke2, "file", mode, ROOT, "")]);
        add(
            "NUMERIC-SUBSTRING-FLAG",
            "rke2-cis-1.24-hardened:4.1.5",
            bundle,
            wanted,
        );
    }
    let tls = "/var/lib/rancher/k3s/server/tls/server-ca.crt";
    let client = "/var/lib/rancher/k3s/agent/client-ca.crt";
    let bundle = stat(&[
        (client, "file", "666", ROOT, ""),
        (tls, "file", "1644", ROOT, ""),
    ]);
    add(
        "NUMERIC-SUBSTRING-FLAG",
        "k3s-cis-1.23:4.1.7",
        bundle,
        "fail file-metadata-shows by file-metadata letter pass",
    );
    // cis-facts §4.11: a file that is not there is not a file with a bad mode.
    let gone = stat(&[(rke2, "absent", "", "", "")]);
    add(
        "MISSING-IS-NOT-FAIL",
        "rke2-cis-1.24-hardened:4.1.5",
        gone,
        "unknown file-not-on-node by none letter fail",
    );
    // semantics §8: stat of a link shows 777 of the link itself.
    let link = stat(&[
        (rke2, "symlink", "777", ROOT, "/opt/kubeconfig"),
        ("/opt/kubeconfig", "file", "600", ROOT, ""),
    ]);
    add(
        "STAT-OF-THE-LINK",
        "rke2-cis-1.24-hardened:4.1.5",
        link,
        "pass file-metadata-shows by file-metadata",
    );
    // A person is asked, and the metadata decides.
    let gke = stat(&[(
        "/home/kubernetes/kubelet-config.yaml",
        "file",
        "644",
        ROOT,
        "",
    )])
    .kubelet(&["--config=/home/kubernetes/kubelet-config.yaml"]);
    add(
        "MANUAL-BUT-SCORED",
        "gke-1.6.0:3.1.3",
        gke,
        "fail file-metadata-shows by file-metadata letter fail",
    );
    let rows = cases.judge();
    assert_eq!(rows[rows.len() - 1]["assessment"], "manual");
}

/// cis-facts §5: files are found by the process that names them, and a stale file of the list of
/// paths is not asked.
#[test]
fn the_file_a_process_names_is_the_one_looked_at() {
    let mut cases = Cases::default();
    for (named, stale, wanted) in [
        ("644", "600", "fail file-metadata-shows by file-metadata"),
        ("600", "666", "pass file-metadata-shows by file-metadata"),
    ] {
        let rows = [
            ("/opt/own.yaml", "file", named, ROOT, ""),
            (
                "/etc/kubernetes/kubelet-config.yaml",
                "file",
                stale,
                ROOT,
                "",
            ),
        ];
        let bundle = stat(&rows).kubelet(&["--config=/opt/own.yaml"]);
        cases.add("WRONG-FILE-FIRST", "cis-1.12:4.1.9", bundle, wanted);
        let rows = [
            ("/opt/own.conf", "file", named, ROOT, ""),
            ("/etc/kubernetes/kubelet.conf", "file", stale, ROOT, ""),
        ];
        let bundle = stat(&rows).kubelet(&["--kubeconfig", "/opt/own.conf"]);
        cases.add("WRONG-FILE-FIRST", "cis-1.12:4.1.5", bundle, wanted);
    }
    // A relative path in the main file is below that file's folder (semantics §2).
    let rows = [
        ("/var/lib/kubelet/pki/ca.crt", "file", "666", ROOT, ""),
        ("/pki/ca.crt", "file", "600", ROOT, ""),
    ];
    let bundle = stat(&rows)
        .version("v1.30.2")
        .kubelet(&[WITH_FILE])
        .member("proc/42/cwd", "/\n")
        .file(
            FILE,
            config("authentication: {x509: {clientCAFile: pki/ca.crt}}\n"),
        );
    cases.add(
        "RELATIVE-TO-FILE",
        "cis-1.12:4.1.7",
        bundle,
        "fail file-metadata-shows",
    );
    // One of a drop-in is below the working directory, and up to 1.28 below the drop-in's folder.
    for (version, wanted) in [
        ("v1.30.2", "pass file-metadata-shows"),
        ("v1.28.3", "fail file-metadata-shows"),
        ("", "unknown version-unknown"),
    ] {
        let lines = "authentication: {x509: {clientCAFile: pki/ca.crt}}\n";
        let mut bundle = stat(&rows)
            .kubelet(&["--config-dir=/var/lib/kubelet"])
            .member("proc/42/cwd", "/\n")
            .file("/var/lib/kubelet/1.conf", config(lines));
        if !version.is_empty() {
            bundle = bundle.version(version);
        }
        cases.add("RELATIVE-IN-DROP-IN", "cis-1.12:4.1.7", bundle, wanted);
    }
    // By argument it is below the working directory.
    let bundle = stat(&rows)
        .version("v1.30.2")
        .kubelet(&[WITH_FILE, "--client-ca-file=pki/ca.crt"])
        .member("proc/42/cwd", "/\n")
        .file(FILE, config(""));
    cases.add(
        "RELATIVE-TO-CWD",
        "cis-1.12:4.1.7",
        bundle,
        "pass file-metadata-shows",
    );
    cases.judge();
}
