//! The file of the kubelet: which one, and what its decoder makes of it.

use super::*;

/// cis-facts §5 and §6: tools read the first file of a list of paths, whatever the kubelet names.
#[test]
fn the_file_the_process_names_counts_and_no_other() {
    const EARLIER: &str = "/etc/kubernetes/kubelet-config.yaml";
    let mut cases = Cases::default();
    for (named, stale, wanted) in [
        (
            NOT_ANONYMOUS,
            IS_ANONYMOUS,
            "pass config-file-sets-it by config-file letter pass",
        ),
        (
            IS_ANONYMOUS,
            NOT_ANONYMOUS,
            "fail config-file-sets-it by config-file letter fail",
        ),
    ] {
        let bundle = with_file(named).file(EARLIER, config(stale));
        cases.add("WRONG-FILE-FIRST", ANONYMOUS, bundle, wanted);
        let azure = with_file(named).file("/etc/kubernetes/azure.json", "{\"cloud\": \"x\"}");
        cases.add("AZURE-JSON-FIRST", ANONYMOUS, azure, wanted);
        let other = with_arguments(&["--config=/opt/k/own.yaml"])
            .file("/opt/k/own.yaml", config(named))
            .file(FILE, config(stale));
        cases.add("UNUSUAL-PATH", ANONYMOUS, other, wanted);
    }
    // A file nobody reads, beside a kubelet that has arguments alone.
    let unread = with_arguments(&["--v=2"]).file(FILE, config(NOT_ANONYMOUS));
    cases.add(
        "FILE-WITHOUT-CONFIG",
        ANONYMOUS,
        unread.clone(),
        "fail default-applies by default letter fail",
    );
    cases.add(
        "FILE-WITHOUT-CONFIG",
        MODE,
        unread,
        "fail default-applies by default letter fail",
    );
    let empty = with_arguments(&["--config="]).file(FILE, config(NOT_ANONYMOUS));
    cases.add(
        "EMPTY-CONFIG",
        ANONYMOUS,
        empty,
        "fail default-applies by default letter fail",
    );
    // kubeadm's own patch of the file: no process reads it.
    let instance = with_file(NOT_ANONYMOUS).file(
        "/var/lib/kubelet/instance-config.yaml",
        config(IS_ANONYMOUS),
    );
    cases.add(
        "INSTANCE-CONFIG",
        ANONYMOUS,
        instance,
        "pass config-file-sets-it by config-file letter pass",
    );
    // `--config` of a file that was not collected is not "the setting is absent".
    let lost = with_arguments(&["--config=/elsewhere.yaml"]).file(FILE, config(NOT_ANONYMOUS));
    cases.add(
        "NAMED-FILE-LOST",
        ANONYMOUS,
        lost,
        "unknown file-not-collected by none letter none",
    );
    cases.judge();
}

/// semantics §1: without `--config` four settings have other defaults, and the letter has none.
#[test]
fn defaults_depend_on_how_the_kubelet_was_started() {
    let mut cases = Cases::default();
    let flags = || with_arguments(&["--v=2"]);
    let mut add = |control, bundle, wanted| cases.add("DEFAULT", control, bundle, wanted);
    add(
        ANONYMOUS,
        flags(),
        "fail default-applies by default letter fail",
    );
    add(
        ANONYMOUS,
        with_file(""),
        "pass default-applies by default letter fail",
    );
    add(MODE, flags(), "fail default-applies by default letter fail");
    add(
        MODE,
        with_file(""),
        "pass default-applies by default letter fail",
    );
    add(PORT, flags(), "fail default-applies by default letter pass");
    add(
        PORT,
        with_file(""),
        "pass default-applies by default letter pass",
    );
    add(
        "eks-1.5.0:3.2.4",
        with_file(""),
        "pass default-applies by default letter fail",
    );
    add(
        CHAINS,
        with_file(""),
        "pass default-applies by default letter pass",
    );
    add(
        IDLE,
        with_file(""),
        "pass default-applies by default letter pass",
    );
    add(
        EVENTS,
        with_file(""),
        "pass default-applies by default letter pass",
    );
    add(
        KERNEL,
        with_file(""),
        "fail default-applies by default letter fail",
    );
    add(
        PIDS,
        with_file(""),
        "fail default-applies by default letter fail",
    );
    add(
        SECCOMP,
        with_file(""),
        "fail default-applies by default letter fail",
    );
    add(
        SERVING,
        with_file(""),
        "fail default-applies by default letter fail",
    );
    add(
        CLIENT_CA,
        with_file(""),
        "fail default-applies by default letter fail",
    );
    // semantics §11: benchmarks let it pass where nobody sets it, although that is false.
    add(
        ROTATE,
        with_file(""),
        "pass default-applies by default letter pass",
    );
    // A gate's default is that of the version; "absent" passes by the letter.
    for (version, wanted) in [
        ("v1.11.0", "fail default-applies by default letter pass"),
        ("v1.12.0", "pass default-applies by default letter pass"),
    ] {
        let bundle = Bundle::node("n").version(version).kubelet(&["--v=2"]);
        add(SERVER_GATE, bundle, wanted);
    }
    // semantics §1: drop-ins without --config keep the defaults of arguments alone.
    let dir = with_arguments(&["--config-dir=/etc/k.d"])
        .stat_row("/etc/k.d", "dir", 1)
        .file("/etc/k.d/1.conf", config("maxPods: 5\n"));
    add(ANONYMOUS, dir.clone(), "fail default-applies by default");
    add(PORT, dir, "fail default-applies by default");
    cases.judge();
}

/// semantics §5: what the decoder takes, ignores and refuses; cis-facts §4.5: how tools print it.
#[test]
fn values_of_the_file_are_decoded_and_not_printed() {
    let mut cases = Cases::default();
    let mut add = |about: &str, control: &str, lines: &str, wanted: &str| {
        cases.add(about, control, with_file(lines), wanted);
    };
    const REFUSED: &str = "unknown would-not-start by none letter";
    for word in ["no", "n", "off", "False", "FALSE"] {
        let lines = format!("authentication: {{anonymous: {{enabled: {word}}}}}\n");
        add(
            "YAML-1.1-BOOL",
            ANONYMOUS,
            &lines,
            "pass config-file-sets-it by config-file letter pass",
        );
    }
    for word in ["yes", "y", "on"] {
        let lines = format!("authentication: {{anonymous: {{enabled: {word}}}}}\n");
        add(
            "YAML-1.1-BOOL",
            ANONYMOUS,
            &lines,
            "fail config-file-sets-it by config-file letter fail",
        );
    }
    let quoted = "authentication: {anonymous: {enabled: \"false\"}}\n";
    add("QUOTED-BOOL", ANONYMOUS, quoted, &format!("{REFUSED} pass"));
    add(
        "QUOTED-NUMBER",
        PORT,
        "readOnlyPort: \"0\"\n",
        &format!("{REFUSED} pass"),
    );
    add(
        "BARE-DURATION",
        IDLE,
        "streamingConnectionIdleTimeout: 300\n",
        &format!("{REFUSED} pass"),
    );
    add(
        "BARE-DURATION",
        IDLE,
        "streamingConnectionIdleTimeout: 0\n",
        &format!("{REFUSED} fail"),
    );
    add(
        "NULL-DURATION",
        IDLE,
        "streamingConnectionIdleTimeout: null\n",
        &format!("{REFUSED} pass"),
    );
    add(
        "ZERO-DURATION",
        IDLE,
        "streamingConnectionIdleTimeout: 0s\n",
        "pass default-applies by default letter pass",
    );
    add(
        "ZERO-DURATION",
        IDLE,
        "streamingConnectionIdleTimeout: \"0\"\n",
        "pass default-applies by default letter fail",
    );
    add(
        "SCALAR-FOR-LIST",
        CIPHERS,
        "tlsCipherSuites: TLS_RSA_WITH_RC4_128_SHA\n",
        &format!("{REFUSED} fail"),
    );
    add(
        "LIST-FOR-SCALAR",
        CLIENT_CA,
        "authentication: {x509: {clientCAFile: [/ca.crt]}}\n",
        &format!("{REFUSED} pass"),
    );
    add(
        "BOOL-FOR-MAP",
        ANONYMOUS,
        "authentication: {anonymous: false}\n",
        "unknown would-not-start",
    );
    add(
        "WRONG-CASE",
        ANONYMOUS,
        "Authentication: {anonymous: {enabled: true}}\n",
        "pass default-applies by default letter fail",
    );
    add(
        "WRONG-CASE",
        PORT,
        "readonlyPort: 10255\n",
        "pass default-applies by default letter pass",
    );
    add(
        "MISPLACED",
        ANONYMOUS,
        "anonymous: {enabled: true}\n",
        "pass default-applies by default letter fail",
    );
    add(
        "NULL",
        ROTATE,
        "rotateCertificates: null\n",
        "pass default-applies by default letter fail",
    );
    add(
        "NULL",
        CLIENT_CA,
        "authentication: {x509: {clientCAFile: null}}\n",
        "fail default-applies by default letter pass",
    );
    add(
        "EMPTY",
        CLIENT_CA,
        "authentication: {x509: {clientCAFile: \"\"}}\n",
        "fail config-file-sets-it by config-file letter fail",
    );
    add(
        "LAST-DUPLICATE",
        ANONYMOUS,
        "authentication: {anonymous: {enabled: true}}\nauthentication: {webhook: {enabled: true}}\n",
        "pass default-applies by default letter fail",
    );
    add(
        "FIRST-DOCUMENT",
        ANONYMOUS,
        "authentication: {anonymous: {enabled: true}}\n---\nauthentication: {anonymous: {enabled: false}}\n",
        "fail config-file-sets-it by config-file letter fail",
    );
    add(
        "UNKNOWN-KEY",
        ANONYMOUS,
        "authentication: {anonymous: {enabled: false}}\nIPAddressDeny: any\n",
        "pass config-file-sets-it by config-file letter pass",
    );
    for (about, number, wanted) in [
        (
            "HEXADECIMAL",
            "0x0",
            "pass config-file-sets-it by config-file",
        ),
        ("OCTAL", "024017", "fail config-file-sets-it by config-file"),
        (
            "FLOAT",
            "10255.0",
            "fail config-file-sets-it by config-file",
        ),
        ("EXPONENT", "1e3", "fail config-file-sets-it by config-file"),
    ] {
        add(about, PORT, &format!("readOnlyPort: {number}\n"), wanted);
    }
    add(
        "NEGATIVE",
        EVENTS,
        "eventRecordQPS: -1\n",
        &format!("{REFUSED} fail"),
    );
    add(
        "ZERO-STAYS",
        "aks-1.7:3.2.7",
        "eventRecordQPS: 0\n",
        "pass config-file-sets-it by config-file letter pass",
    );
    add(
        "NOT-POSITIVE",
        PIDS,
        "podPidsLimit: -1\n",
        "fail config-file-sets-it by config-file letter pass",
    );
    cases.judge();
}

/// cis-facts §4.5: a number of a JSON file prints with an exponent from a million on, and its test
/// fails; the same in YAML holds.
#[test]
fn a_large_number_is_one_in_json_too() {
    let json = "{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"eventRecordQPS\":1000000}";
    let mut cases = Cases::default();
    cases.add(
        "JSON-EXPONENT",
        EVENTS,
        with_arguments(&[WITH_FILE]).file(FILE, json),
        "pass config-file-sets-it by config-file letter fail",
    );
    cases.add(
        "YAML-NUMBER",
        EVENTS,
        with_file("eventRecordQPS: 1000000\n"),
        "pass config-file-sets-it by config-file letter pass",
    );
    cases.judge();
}

/// semantics §5: of a key twice the last wins. In JSON, Go reads a second object into the first, so
/// what the second does not name stays; YAML is a map before it is read, and there it is gone.
#[test]
fn an_object_twice_is_one_object_in_json() {
    let json = |keys: &str| {
        let text = format!(
            "{{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",{keys}}}"
        );
        with_arguments(&[WITH_FILE]).file(FILE, text)
    };
    let open = "\"authentication\":{\"anonymous\":{\"enabled\":true}}";
    let closed = "\"authentication\":{\"anonymous\":{\"enabled\":false}}";
    let other = "\"authentication\":{\"webhook\":{\"enabled\":true},\"anonymous\":{}}";
    let mut cases = Cases::default();
    for (first, second, wanted) in [
        (open, other, "fail config-file-sets-it"),
        (other, open, "fail config-file-sets-it"),
        (closed, other, "pass config-file-sets-it"),
        (closed, open, "fail config-file-sets-it"),
        (open, closed, "pass config-file-sets-it"),
    ] {
        let bundle = json(&format!("{first},{second}"));
        cases.add("JSON-OBJECT-TWICE", ANONYMOUS, bundle, wanted);
    }
    cases.judge();
}
