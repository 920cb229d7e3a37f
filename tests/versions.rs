//! What a version has and has not: keys of configz and of files, configurations that the API assigns,
//! defaults that changed without a verdict that did.

use crate::support::cases::Cases;
use crate::support::*;
use serde_json::{Value, json};

const ANONYMOUS: &str = "cis-1.12:4.2.1";
const PORT: &str = "cis-1.10:4.2.4";
const HOSTNAME: &str = "cis-1.12:4.2.7";
const EVENTS: &str = "cis-1.12:4.2.8";
const ROTATE: &str = "cis-1.12:4.2.10";
const ROTATE_OLD: &str = "cis-1.20:4.2.11";
const GATE: &str = "cis-1.12:4.2.11";
const CIPHERS: &str = "cis-1.12:4.2.12";
const PIDS: &str = "cis-1.12:4.2.13";
const SECCOMP: &str = "cis-1.12:4.2.14";
const CA_FILE: &str = "cis-1.12:4.1.7";

const FILE: &str = "/var/lib/kubelet/config.yaml";
const WITH_FILE: &str = "--config=/var/lib/kubelet/config.yaml";
const DYNAMIC: &str = "--dynamic-config-dir=/var/lib/kubelet/dynamic";
const CLOSED: &str = "authentication: {anonymous: {enabled: false}}\n";
const OPEN: &str = "authentication: {anonymous: {enabled: true}}\n";

/// What every reply of 1.8 and later shows of these.
fn shown(more: &Value) -> Value {
    let mut all = json!({
        "authentication": {"anonymous": {"enabled": false}},
        "makeIPTablesUtilChains": true,
        "eventRecordQPS": 5,
        "streamingConnectionIdleTimeout": "4h0m0s",
    });
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

fn kubelet(version: &str, words: &[&str]) -> Bundle {
    let node = Bundle::node("n").kubelet(words);
    match version {
        "" => node,
        version => node.version(&format!("v{version}")),
    }
}

fn with_file(version: &str, words: &[&str], lines: &str) -> Bundle {
    let mut all = vec![WITH_FILE];
    all.extend(words);
    kubelet(version, &all).file(FILE, config(lines))
}

#[test]
fn a_key_that_the_version_lacks_is_not_missed_in_configz() {
    let on = "--rotate-certificates=true";
    let mut cases = Cases::default();
    for (version, words, more, control, wanted) in [
        (
            "1.8.4",
            &[on][..],
            json!({}),
            ROTATE,
            "pass argument-sets-it",
        ),
        (
            "1.8.4",
            &[on],
            json!({}),
            ROTATE_OLD,
            "pass argument-sets-it",
        ),
        ("1.9.1", &[on], json!({}), ROTATE, "pass argument-sets-it"),
        ("1.10.13", &[on], json!({}), ROTATE, "pass argument-sets-it"),
        (
            "1.10.13",
            &["--rotate-certificates=false"],
            json!({}),
            ROTATE,
            "fail argument-sets-it",
        ),
        ("1.11.2", &[on], json!({}), ROTATE, "fail configz-sets-it"),
        ("1.33.1", &[on], json!({}), ROTATE, "fail configz-sets-it"),
        // The reply itself tells that it is of 1.11 or later, or does not.
        ("", &[on], json!({}), ROTATE, "pass argument-sets-it"),
        (
            "",
            &[on],
            json!({"podPidsLimit": -1}),
            ROTATE,
            "pass argument-sets-it",
        ),
        (
            "",
            &[on],
            json!({"configMapAndSecretChangeDetectionStrategy": "Watch"}),
            ROTATE,
            "fail configz-sets-it",
        ),
        (
            "",
            &[on],
            json!({"enableProfilingHandler": true}),
            ROTATE,
            "fail configz-sets-it",
        ),
        (
            "",
            &[on],
            json!({"imageMaximumGCAge": "0s"}),
            ROTATE,
            "fail configz-sets-it",
        ),
        // Alpha replies had these two, and later ones again.
        (
            "",
            &[on],
            json!({"enableServer": true, "registerNode": true}),
            ROTATE,
            "pass argument-sets-it",
        ),
        // Always shown by those that have it.
        ("1.9.1", &[], json!({}), PIDS, "fail default-applies"),
        (
            "1.20.4",
            &["--pod-max-pids=100"],
            json!({}),
            PIDS,
            "unknown configz-incomplete",
        ),
        ("1.21.1", &[], json!({}), SECCOMP, "fail default-applies"),
        // No flag set it before the key came: nobody can have set it.
        ("", &[], json!({}), CIPHERS, "fail default-applies"),
        ("1.8.4", &[], json!({}), CIPHERS, "fail default-applies"),
        // Zeros are left out since 1.10, so before that a key was lost.
        (
            "1.8.4",
            &["--read-only-port=0"],
            json!({}),
            PORT,
            "unknown configz-incomplete",
        ),
        (
            "1.8.4",
            &["--read-only-port=0"],
            json!({"readOnlyPort": 0}),
            PORT,
            "pass argument-sets-it",
        ),
        (
            "1.10.13",
            &["--read-only-port=0"],
            json!({}),
            PORT,
            "pass argument-sets-it",
        ),
    ] {
        let about = format!("{version} {words:?} {more}");
        let bundle = kubelet(version, words).configz("n", &shown(&more));
        cases.add(&about, control, bundle, wanted);
    }
    cases.judge();
}

#[test]
fn configz_alone_says_why_it_does_not_tell_a_young_key() {
    let mut cases = Cases::default();
    for (version, more, control, wanted) in [
        ("", json!({}), ROTATE, "unknown version-unknown"),
        ("1.9.1", json!({}), ROTATE, "unknown no-process-evidence"),
        ("1.9.1", json!({}), PIDS, "unknown no-process-evidence"),
        ("1.20.4", json!({}), ROTATE, "unknown default-unwanted"),
        (
            "1.20.4",
            json!({"rotateCertificates": true}),
            ROTATE,
            "pass configz-sets-it",
        ),
        (
            "1.9.1",
            json!({"rotateCertificates": true}),
            ROTATE,
            "pass configz-sets-it",
        ),
    ] {
        let mut bundle = Bundle::node("n").configz("n", &shown(&more));
        if !version.is_empty() {
            bundle = bundle.version(&format!("v{version}"));
        }
        cases.add(&format!("{version} {more}"), control, bundle, wanted);
    }
    cases.judge();
}

/// The API's list of nodes says the version of a reply that a cluster bundle lends.
#[test]
fn the_api_says_which_keys_a_lent_reply_has() {
    for (version, more, wanted) in [
        ("v1.9.1", json!({}), "pass argument-sets-it"),
        ("v1.24.3", json!({}), "fail configz-sets-it"),
        ("", json!({}), "pass argument-sets-it"),
        (
            "",
            json!({"enableProfilingHandler": true}),
            "fail configz-sets-it",
        ),
    ] {
        let mut cluster = Bundle::cluster("c").configz("n", &shown(&more));
        if !version.is_empty() {
            let node = json!({"metadata": {"name": "n"}, "status": {"nodeInfo": {"kubeletVersion": version}}});
            cluster = cluster.member(
                "api/nodes.json",
                json!({"kind": "NodeList", "items": [node]}).to_string(),
            );
        }
        let lab = Lab::new();
        lab.add("c.tgz", &cluster);
        lab.add(
            "n.tgz",
            &kubelet("", &["--rotate-certificates=true"]).with("cluster", "c"),
        );
        let ran = lab.run(&[
            "analyze", ".", "-b", "cis-1.12", "-c", "4.2.10", "--format", "jsonl",
        ]);
        let row = rows(&ran.stdout).remove(0);
        assert_eq!(outcome(&row), wanted, "{version} {more}: {}", row["reason"]);
    }
}

#[test]
fn a_reply_up_to_1_7_calls_the_configuration_componentconfig() {
    let reply = |on: bool| {
        json!({"componentconfig": {
            "authentication": {"anonymous": {"enabled": on}},
            "eventRecordQPS": 5,
            "makeIPTablesUtilChains": true,
            "readOnlyPort": 10255,
        }})
        .to_string()
    };
    let on_disk = |version, on| {
        kubelet(version, &["--anonymous-auth=false", "--read-only-port=0"])
            .member("configz/n.json", reply(on))
    };
    let mut cases = Cases::default();
    for version in ["", "1.7.6"] {
        cases.add(
            version,
            ANONYMOUS,
            on_disk(version, true),
            "fail configz-sets-it",
        );
        cases.add(
            version,
            PORT,
            on_disk(version, true),
            "fail configz-sets-it",
        );
    }
    cases.add("no key", PIDS, on_disk("", true), "fail default-applies");
    let alone = Bundle::node("n").member("configz/n.json", reply(false));
    cases.add("alone", ANONYMOUS, alone, "pass configz-sets-it");
    // A loose reply is known by what it holds.
    let loose = Bundle::loose("x").member("hosts/n/configz.json", reply(true));
    cases.add("loose", ANONYMOUS, loose, "fail configz-sets-it");
    let later =
        kubelet("1.20.4", &["--anonymous-auth=false"]).member("configz/n.json", reply(false));
    cases.add("1.20", ANONYMOUS, later, "unknown configz-ambiguous");
    let judged = cases.judge();
    let evidence = judged[0]["evidence"].to_string();
    assert!(
        evidence.contains("#/componentconfig/authentication/anonymous/enabled"),
        "{evidence}"
    );

    let lab = Lab::new();
    lab.add(
        "c.tgz",
        &Bundle::cluster("c").member("configz/n.json", reply(true)),
    );
    let ran = lab.run(&[
        "analyze", ".", "-b", "cis-1.12", "-c", "4.2.1", "--format", "jsonl",
    ]);
    assert_eq!(outcome(&rows(&ran.stdout)[0]), "fail configz-sets-it");
}

#[test]
fn a_key_that_the_version_lacks_is_read_over_in_a_file() {
    let mut cases = Cases::default();
    for (version, lines, control, wanted) in [
        (
            "1.21.1",
            "seccompDefault: true\n",
            SECCOMP,
            "fail default-applies",
        ),
        (
            "1.29.1",
            "seccompDefault: true\n",
            SECCOMP,
            "pass config-file-sets-it",
        ),
        (
            "",
            "seccompDefault: true\n",
            SECCOMP,
            "pass config-file-sets-it",
        ),
        (
            "1.11.1",
            "rotateCertificates: true\n",
            ROTATE,
            "pass config-file-sets-it",
        ),
        (
            "1.11.1",
            "rotateCertificates: false\n",
            ROTATE,
            "fail config-file-sets-it",
        ),
    ] {
        cases.add(
            &format!("{version} {lines}"),
            control,
            with_file(version, &[], lines),
            wanted,
        );
    }
    let read_over = with_file("1.10.2", &[], "rotateCertificates: false\n");
    cases.add(
        "1.10 with argument",
        ROTATE,
        with_file(
            "1.10.2",
            &["--rotate-certificates"],
            "rotateCertificates: false\n",
        ),
        "pass argument-sets-it",
    );
    cases.add("1.10", ROTATE, read_over, "pass default-applies");
    cases.judge();
}

#[test]
fn what_the_api_assigns_replaces_files_and_defaults() {
    let mut cases = Cases::default();
    for (version, words, lines, control, wanted) in [
        (
            "1.20.4",
            &[DYNAMIC][..],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &[DYNAMIC],
            OPEN,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &[DYNAMIC],
            "",
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.11.10",
            &[DYNAMIC],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.23.17",
            &[DYNAMIC],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        ("", &[DYNAMIC], CLOSED, ANONYMOUS, "unknown dynamic-config"),
        (
            "1.20.4",
            &["--dynamic-config-dir", "/d"],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &["--dynamic_config_dir=d"],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &["--dynamic-config-dir=REDACTED-BY-NODEPROOF"],
            CLOSED,
            ANONYMOUS,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &["--dynamic-config-dir="],
            CLOSED,
            ANONYMOUS,
            "pass config-file-sets-it",
        ),
        (
            "1.24.1",
            &[DYNAMIC],
            CLOSED,
            ANONYMOUS,
            "unknown would-not-start",
        ),
        // Arguments win over what the API assigned, too.
        (
            "1.20.4",
            &[DYNAMIC, "--anonymous-auth=false"],
            OPEN,
            ANONYMOUS,
            "pass argument-sets-it",
        ),
        (
            "1.20.4",
            &[DYNAMIC, "--anonymous-auth"],
            CLOSED,
            ANONYMOUS,
            "fail argument-sets-it",
        ),
        (
            "1.20.4",
            &[DYNAMIC, "--event-qps=5"],
            CLOSED,
            EVENTS,
            "pass argument-sets-it",
        ),
        ("", &[DYNAMIC], CLOSED, EVENTS, "unknown dynamic-config"),
        ("1.20.4", &[DYNAMIC], CLOSED, GATE, "unknown dynamic-config"),
        (
            "1.20.4",
            &[DYNAMIC, "--feature-gates=DynamicKubeletConfig=true"],
            CLOSED,
            GATE,
            "unknown dynamic-config",
        ),
        (
            "1.20.4",
            &[
                DYNAMIC,
                "--feature-gates=RotateKubeletServerCertificate=false",
            ],
            CLOSED,
            GATE,
            "fail argument-sets-it",
        ),
        // No configuration has it.
        (
            "1.20.4",
            &[DYNAMIC],
            CLOSED,
            HOSTNAME,
            "pass default-applies",
        ),
        // The path of another file is assigned, too.
        (
            "1.20.4",
            &[DYNAMIC],
            "authentication: {x509: {clientCAFile: /ca.crt}}\n",
            CA_FILE,
            "unknown",
        ),
        // A file that the kubelet refuses keeps it from starting, assigned or not.
        (
            "1.20.4",
            &[DYNAMIC],
            "authentication: {anonymous: {enabled: 1}}\n",
            ANONYMOUS,
            "unknown would-not-start",
        ),
    ] {
        let about = format!("{version} {words:?} {lines}");
        let bundle = with_file(version, words, lines);
        let bundle = match control {
            CA_FILE => bundle.stat_row("/ca.crt", "file", 1),
            _ => bundle,
        };
        cases.add(&about, control, bundle, wanted);
    }
    let only_flags = kubelet("1.20.4", &[DYNAMIC]);
    cases.add("no file", ANONYMOUS, only_flags, "unknown dynamic-config");
    for (on, wanted) in [
        (false, "pass configz-sets-it"),
        (true, "fail configz-sets-it"),
    ] {
        let live = json!({"authentication": {"anonymous": {"enabled": on}}});
        for lines in [CLOSED, OPEN] {
            let bundle = with_file("1.20.4", &[DYNAMIC], lines).configz("n", &live);
            cases.add(&format!("configz {on} {lines}"), ANONYMOUS, bundle, wanted);
        }
    }
    let rows = cases.judge();
    let row = &rows[11];
    assert!(!has_note(row, "next-start-fails"), "{row:#}");
}

#[test]
fn where_every_version_gives_the_same_verdict_none_is_asked_for() {
    let mut cases = Cases::default();
    for benchmark in [EVENTS, "eks-1.8.0:3.2.7", "eks-1.5.0:3.2.7"] {
        cases.add(
            "default",
            benchmark,
            with_file("", &[], ""),
            "pass default-applies",
        );
        cases.add(
            "flags only",
            benchmark,
            kubelet("", &["--v=2"]),
            "pass default-applies",
        );
    }
    // Another benchmark wants 0, which is no version's default.
    let zero = with_file("", &[], "");
    cases.add("0", "cis-1.20:4.2.9", zero, "fail default-applies");
    let drop_in =
        |lines: &str| with_file("", &["--config-dir=/d"], "").file("/d/10.conf", config(lines));
    cases.add("drop-in without it", EVENTS, drop_in(""), "pass");
    // Asked for where it changes the verdict.
    cases.add(
        "gate",
        GATE,
        with_file("", &[], ""),
        "unknown version-unknown",
    );
    cases.add(
        "gate, version",
        GATE,
        with_file("1.12.0", &[], ""),
        "pass default-applies",
    );
    let gate_of_drop_ins = with_file("", &["--config-dir=/d"], "").file("/d/10.conf", config(""));
    cases.add(
        "only 1.28 and later has --config-dir",
        GATE,
        gate_of_drop_ins,
        "pass",
    );
    // What is not known stays so for other reasons.
    let cut = Bundle::node("n").kubelet(&[WITH_FILE]);
    cases.add("file not there", EVENTS, cut, "unknown file-not-collected");
    let rows = cases.judge();
    let (reason, actual) = (rows[0]["reason"].as_str().unwrap(), &rows[0]["actual"]);
    assert_eq!(actual, "5 or 50", "{reason}");
    assert!(reason.contains("5 before Kubernetes 1.27"), "{reason}");
    assert_eq!(
        rows[0]["evidence"].as_array().unwrap().len(),
        2,
        "{:#}",
        rows[0]
    );
}

#[test]
fn the_real_reply_of_1_8_does_not_fail_what_it_has_no_key_for() {
    let Some(trap) = shared("evidence/importers/traps/native-kubelet-1.8-from-sonobuoy.tar.gz")
    else {
        return;
    };
    let lab = Lab::new();
    lab.put("n.tar.gz", &std::fs::read(trap).unwrap());
    for (benchmark, control) in [("cis-1.20", "4.2.11"), ("cis-1.12", "4.2.10")] {
        let ran = lab.run(&[
            "analyze", ".", "-b", benchmark, "-c", control, "--format", "jsonl",
        ]);
        let row = rows(&ran.stdout).remove(0);
        assert_eq!(outcome(&row), "pass argument-sets-it", "{row:#}");
        assert!(!has_note(&row, "drift"), "{row:#}");
    }
}
