//! Arguments that a search of the text reads otherwise than the kubelet's flag parser.

use super::*;

/// cis-facts §5: a value in a word of its own reads as "true", in both directions.
#[test]
fn a_value_in_the_next_word_is_read() {
    let mut cases = Cases::default();
    let mut add = |control, words: &[&str], wanted| {
        cases.add("SPACE-VALUE", control, with_both(words, ""), wanted);
    };
    add(
        MODE,
        &["--authorization-mode", "AlwaysAllow"],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        MODE,
        &["--authorization-mode", "Webhook"],
        "pass argument-sets-it by argument letter pass",
    );
    add(
        PORT,
        &["--read-only-port", "0"],
        "pass argument-sets-it by argument letter fail",
    );
    add(
        "eks-1.5.0:3.2.4",
        &["--read-only-port", "0"],
        "pass argument-sets-it by argument letter fail",
    );
    add(
        IDLE,
        &["--streaming-connection-idle-timeout", "0"],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        EVENTS,
        &["--event-qps", "5"],
        "pass argument-sets-it by argument letter fail",
    );
    // A bool takes no second word: the kubelet would not have started, and nobody knows its value.
    add(
        ANONYMOUS,
        &["--anonymous-auth", "false"],
        "unknown would-not-start by none letter fail",
    );
    add(
        ROTATE,
        &["--rotate-certificates", "false"],
        "unknown would-not-start by none letter pass",
    );
    cases.judge();
}

/// cis-facts §5 and semantics §4: spellings of a bool that flags take and a search does not.
#[test]
fn every_spelling_of_a_bool_is_one() {
    let mut cases = Cases::default();
    for (text, letter) in [
        ("0", "fail"),
        ("f", "fail"),
        ("F", "fail"),
        ("False", "pass"),
        ("FALSE", "pass"),
    ] {
        let bundle = with_both(&[&format!("--anonymous-auth={text}")], IS_ANONYMOUS);
        let wanted = format!("pass argument-sets-it by argument letter {letter}");
        cases.add("BOOL-SPELLING", ANONYMOUS, bundle, &wanted);
    }
    for (text, letter) in [
        ("1", "fail"),
        ("t", "fail"),
        ("T", "fail"),
        ("TRUE", "pass"),
    ] {
        let bundle = with_both(
            &[&format!("--rotate-certificates={text}")],
            "rotateCertificates: false\n",
        );
        let wanted = format!("pass argument-sets-it by argument letter {letter}");
        cases.add("BOOL-SPELLING", ROTATE, bundle, &wanted);
    }
    for (text, letter) in [
        ("no", "fail"),
        ("off", "fail"),
        ("\"false\"", "fail"),
        (" false", "fail"),
        ("fAlse", "pass"),
    ] {
        let bundle = with_arguments(&[&format!("--anonymous-auth={text}")]);
        let wanted = format!("unknown would-not-start by none letter {letter}");
        cases.add("NO-BOOL", ANONYMOUS, bundle, &wanted);
    }
    cases.judge();
}

/// cis-facts §5: of an argument twice a search sees the first; a flag takes the last, lists gather.
#[test]
fn of_repeated_arguments_the_last_counts_and_lists_gather() {
    const GOOD: &str = "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    const BAD: &str = "--tls-cipher-suites=TLS_RSA_WITH_RC4_128_SHA";
    let mut cases = Cases::default();
    let mut add = |control, words: &[&str], wanted| {
        cases.add("DUPLICATE-FLAG", control, with_both(words, ""), wanted);
    };
    add(
        ANONYMOUS,
        &["--anonymous-auth=false", "--anonymous-auth=true"],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        ANONYMOUS,
        &["--anonymous-auth=true", "--anonymous-auth=false"],
        "pass argument-sets-it by argument letter fail",
    );
    add(
        ANONYMOUS,
        &["--anonymous-auth=false", "--anonymous-auth"],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        PORT,
        &["--read-only-port=0", "--read-only-port", "10255"],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        MODE,
        &[
            "--authorization-mode=Webhook",
            "--authorization_mode=AlwaysAllow",
        ],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        CIPHERS,
        &[GOOD, BAD],
        "fail argument-sets-it by argument letter pass",
    );
    add(
        CIPHERS,
        &[BAD, GOOD],
        "fail argument-sets-it by argument letter fail",
    );
    add(
        SERVER_GATE,
        &[
            "--feature-gates=RotateKubeletServerCertificate=true",
            "--feature-gates=RotateKubeletServerCertificate=false",
        ],
        "fail argument-sets-it by argument letter pass",
    );
    cases.judge();
}

/// cis-facts §4.4 and §5: a search finds a flag's text anywhere in the line, and one it is the
/// start of; the parser sees flags alone.
#[test]
fn a_flag_in_another_ones_value_is_not_set() {
    let mut cases = Cases::default();
    let mut add = |about, control, bundle, wanted| cases.add(about, control, bundle, wanted);
    add(
        "SWALLOWED-FLAG",
        ANONYMOUS,
        with_arguments(&["--hostname-override", "--anonymous-auth=false"]),
        "fail default-applies by default letter pass",
    );
    add(
        "FLAG-IN-VALUE",
        ANONYMOUS,
        with_arguments(&["--manifest-url-header=X:--anonymous-auth=false"]),
        "fail default-applies by default letter pass",
    );
    add(
        "PREFIX-FLAG",
        HOSTNAME,
        with_both(&["--hostname-override-source=x"], ""),
        "pass default-applies by default letter fail",
    );
    add(
        "UNDERSCORES",
        ANONYMOUS,
        with_both(&["--anonymous_auth=true"], NOT_ANONYMOUS),
        "fail argument-sets-it by argument letter pass",
    );
    add(
        "UNDERSCORES",
        HOSTNAME,
        with_both(&["--hostname_override=x"], ""),
        "fail argument-sets-it by argument letter pass",
    );
    add(
        "OTHER-CASE",
        ANONYMOUS,
        with_both(&["--Anonymous-Auth=true"], NOT_ANONYMOUS),
        "unknown would-not-start",
    );
    cases.judge();
}

/// An empty value is found by a search, and sets the flag to nothing.
#[test]
fn an_empty_value_sets_nothing() {
    let mut cases = Cases::default();
    let mut add = |control, bundle, wanted| cases.add("EMPTY-VALUE", control, bundle, wanted);
    add(
        CLIENT_CA,
        with_arguments(&["--client-ca-file="]),
        "fail argument-sets-it by argument letter pass",
    );
    add(
        CLIENT_CA,
        with_both(
            &["--client-ca-file="],
            "authentication: {x509: {clientCAFile: /ca.crt}}\n",
        ),
        "fail argument-sets-it by argument letter pass",
    );
    add(
        SERVING,
        with_both(&["--tls-cert-file=", "--tls-private-key-file=/k"], ""),
        "fail argument-sets-it by argument letter pass",
    );
    cases.judge();
}

/// semantics §4: numbers, durations and gates as Go reads them; cis-facts §4.9: a search compares
/// texts, and fails what is no plain decimal.
#[test]
fn numbers_and_durations_are_compared_as_values() {
    let mut cases = Cases::default();
    let mut add = |control, word: &str, wanted| {
        cases.add(word, control, with_both(&[word], ""), wanted);
    };
    add(
        PORT,
        "--read-only-port=0x0",
        "pass argument-sets-it by argument letter fail",
    );
    add(
        PORT,
        "--read-only-port=00",
        "pass argument-sets-it by argument letter fail",
    );
    add(
        PORT,
        "--read-only-port=+0",
        "pass argument-sets-it by argument letter fail",
    );
    add(PORT, "--read-only-port= 0", "unknown would-not-start");
    add(
        EVENTS,
        "--event-qps=0x5",
        "pass argument-sets-it by argument letter fail",
    );
    add(
        EVENTS,
        "--event-qps=1_0",
        "pass argument-sets-it by argument letter fail",
    );
    add(
        EVENTS,
        "--event-qps=-1",
        "unknown would-not-start by none letter fail",
    );
    add(
        PIDS,
        "--pod-max-pids=-1",
        "fail argument-sets-it by argument letter pass",
    );
    add(
        PIDS,
        "--pod-max-pids=0",
        "fail argument-sets-it by argument letter pass",
    );
    for zero in ["0s", "0m", "0h0m0s", "-0"] {
        let word = format!("--streaming-connection-idle-timeout={zero}");
        add(IDLE, &word, "fail argument-sets-it by argument letter pass");
    }
    add(
        IDLE,
        "--streaming-connection-idle-timeout=5",
        "unknown would-not-start by none letter pass",
    );
    add(
        IDLE,
        "--streaming-connection-idle-timeout=1d",
        "unknown would-not-start by none letter pass",
    );
    for off in ["f", "0", "F"] {
        let word = format!("--feature-gates=RotateKubeletServerCertificate={off}");
        add(
            SERVER_GATE,
            &word,
            "fail argument-sets-it by argument letter pass",
        );
    }
    add(
        SERVER_GATE,
        "--feature-gates=RotateKubeletServerCertificate=true,CPUManagerPolicyOptions=false",
        "pass argument-sets-it by argument letter fail",
    );
    add(
        SERVER_GATE,
        "--feature-gates= RotateKubeletServerCertificate = false ",
        "fail argument-sets-it by argument",
    );
    cases.judge();
}

/// semantics §1: a list replaces the file's, a gate's map is merged with it, and the argument of
/// seccomp cannot take back what the file says.
#[test]
fn arguments_and_file_meet_as_in_the_kubelet() {
    const GOOD: &str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    const BAD: &str = "TLS_RSA_WITH_RC4_128_SHA";
    let mut cases = Cases::default();
    let mut add = |about, control, bundle, wanted| cases.add(about, control, bundle, wanted);
    add(
        "LIST-REPLACES",
        CIPHERS,
        with_both(
            &[&format!("--tls-cipher-suites={GOOD}")],
            &format!("tlsCipherSuites: [{BAD}]\n"),
        ),
        "pass argument-sets-it by argument letter pass",
    );
    add(
        "LIST-REPLACES",
        CIPHERS,
        with_both(
            &[&format!("--tls-cipher-suites={BAD}")],
            &format!("tlsCipherSuites: [{GOOD}]\n"),
        ),
        "fail argument-sets-it by argument letter fail",
    );
    add(
        "GATES-MERGE",
        SERVER_GATE,
        with_both(
            &["--feature-gates=CPUManager=true"],
            "featureGates: {RotateKubeletServerCertificate: false}\n",
        ),
        "fail config-file-sets-it by config-file letter fail",
    );
    add(
        "GATES-MERGE",
        SERVER_GATE,
        with_both(
            &["--feature-gates=RotateKubeletServerCertificate=true"],
            "featureGates: {RotateKubeletServerCertificate: false}\n",
        ),
        "pass argument-sets-it by argument letter pass",
    );
    add(
        "PRESENCE-ONLY",
        SECCOMP,
        with_arguments(&["--seccomp-default=false"]),
        "fail default-applies by default letter pass",
    );
    add(
        "PRESENCE-ONLY",
        SECCOMP,
        with_file("seccompDefault: false\n"),
        "fail config-file-sets-it by config-file letter pass",
    );
    add(
        "SECCOMP-OR",
        SECCOMP,
        with_both(&["--seccomp-default=false"], "seccompDefault: true\n"),
        "pass config-file-sets-it by config-file letter pass",
    );
    cases.judge();
}
