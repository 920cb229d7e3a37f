//! configz: what it shows, what it leaves out, and what it proves of who set a value.

use super::*;
use serde_json::{Value, json};

fn shown(more: &Value) -> Value {
    let mut all = json!({"enableServer": true, "makeIPTablesUtilChains": true});
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

fn alone(more: &Value) -> Bundle {
    Bundle::node("n").configz("n", &shown(more))
}

/// semantics §3: a zero value that is left out is that value, and not "absent".
#[test]
fn what_configz_leaves_out_is_zero() {
    let mut cases = Cases::default();
    let mut add = |control, more: Value, wanted| {
        cases.add(&more.to_string(), control, alone(&more), wanted);
    };
    add(
        PORT,
        json!({}),
        "pass configz-sets-it by configz letter none",
    );
    add(
        PORT,
        json!({"readOnlyPort": 10255}),
        "fail configz-sets-it by configz",
    );
    add(KERNEL, json!({}), "fail configz-sets-it by configz");
    add(
        CLIENT_CA,
        json!({"authentication": {"x509": {}}}),
        "fail configz-sets-it by configz",
    );
    add(
        EVENTS,
        json!({"eventRecordQPS": 0}),
        "pass configz-sets-it by configz",
    );
    add(
        PIDS,
        json!({"podPidsLimit": -1}),
        "fail configz-sets-it by configz",
    );
    cases.judge();
}

/// Rules that ask what somebody set, and certificates a kubelet makes itself: configz does not
/// tell who.
#[test]
fn configz_alone_does_not_prove_who_set_a_value() {
    const DEFAULT: &str = "unknown default-unwanted by none letter none";
    let mut cases = Cases::default();
    let mut add = |control, more: Value, wanted| {
        cases.add(&more.to_string(), control, alone(&more), wanted);
    };
    // 1.8 to 1.10 have the argument and not the key: nothing tells whose reply it is.
    add(ROTATE, json!({}), "unknown version-unknown by none");
    add(ROTATE, json!({"enableProfilingHandler": true}), DEFAULT);
    add(
        ROTATE,
        json!({"rotateCertificates": true}),
        "pass configz-sets-it by configz",
    );
    add(PORT_NOT_SET, json!({}), "pass configz-sets-it by configz");
    add(PORT_NOT_SET, json!({"readOnlyPort": 10255}), DEFAULT);
    add(
        PORT_NOT_SET,
        json!({"readOnlyPort": 10250}),
        "fail configz-sets-it by configz",
    );
    add(
        IDLE,
        json!({"streamingConnectionIdleTimeout": "4h0m0s"}),
        "pass configz-sets-it by configz",
    );
    add(
        IDLE,
        json!({"streamingConnectionIdleTimeout": "0s"}),
        "fail configz-sets-it by configz",
    );
    let pair = json!({"tlsCertFile": "/var/lib/kubelet/pki/kubelet.crt", "tlsPrivateKeyFile": "/var/lib/kubelet/pki/kubelet.key"});
    add(SERVING, pair, "unknown no-process-evidence by none");
    // semantics (kubelet-settings.csv): left out only by a kubelet that asks the cluster for one.
    add(SERVING, json!({}), "unknown configz-incomplete by none");
    add(
        SERVING,
        json!({"serverTLSBootstrap": true}),
        "fail configz-sets-it by configz",
    );
    // One that somebody set half: the other file is left out for the same reason.
    for half in ["tlsCertFile", "tlsPrivateKeyFile"] {
        add(
            SERVING,
            json!({"serverTLSBootstrap": true, half: "/own"}),
            "fail configz-sets-it by configz",
        );
    }
    cases.judge();
}

/// The same beside what is written down: the disk says whether anybody set it.
#[test]
fn beside_the_disk_configz_confirms_or_contradicts() {
    let pair = json!({"tlsCertFile": "/own.crt", "tlsPrivateKeyFile": "/own.key"});
    let mut cases = Cases::default();
    let mut add = |about, control, bundle: Bundle, more: &Value, wanted| {
        cases.add(about, control, bundle.configz("n", &shown(more)), wanted);
    };
    add(
        "SELF-SIGNED",
        SERVING,
        with_file(""),
        &pair,
        "fail default-applies by default",
    );
    add(
        "CERTIFICATES-SET",
        SERVING,
        with_file("tlsCertFile: /own.crt\ntlsPrivateKeyFile: /own.key\n"),
        &pair,
        "pass config-file-sets-it by config-file",
    );
    add(
        "NOBODY-SET-IT",
        ROTATE,
        with_file(""),
        &json!({}),
        "pass default-applies by default",
    );
    add(
        "SOMEBODY-SET-IT",
        ROTATE,
        with_file("rotateCertificates: false\n"),
        &json!({}),
        "fail config-file-sets-it by config-file",
    );
    add(
        "TAKEN-BACK-ON-DISK",
        ROTATE,
        with_file("rotateCertificates: true\n"),
        &json!({}),
        "fail configz-sets-it by configz",
    );
    let lost = || with_arguments(&["--config=/lost.yaml"]);
    add(
        "DISK-LOST",
        ROTATE,
        lost(),
        &json!({}),
        "unknown file-not-collected by none",
    );
    add(
        "DISK-LOST",
        ROTATE,
        lost(),
        &json!({"rotateCertificates": true}),
        "pass configz-sets-it by configz",
    );
    add(
        "DISK-LOST",
        PORT_NOT_SET,
        lost(),
        &json!({"readOnlyPort": 10250}),
        "fail configz-sets-it by configz",
    );
    // semantics §3: the argument of seccomp never shows there.
    add(
        "SECCOMP-BY-ARGUMENT",
        SECCOMP,
        with_arguments(&["--seccomp-default"]),
        &json!({"seccompDefault": false}),
        "pass argument-sets-it by argument",
    );
    // semantics §3: flags without a key never show; only the arguments tell.
    add(
        "NEVER-IN-CONFIGZ",
        HOSTNAME,
        with_arguments(&["--hostname-override=x"]),
        &json!({}),
        "fail argument-sets-it by argument letter fail",
    );
    cases.judge();
    let mut cases = Cases::default();
    cases.add(
        "NEVER-IN-CONFIGZ",
        HOSTNAME,
        alone(&json!({})),
        "unknown component-not-seen",
    );
    cases.judge();
}
