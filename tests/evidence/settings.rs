//! Argument lines, files and drop-ins at their edges.

use super::*;

fn of(version: &str, words: &[&str]) -> Bundle {
    Bundle::node("n").version(version).kubelet(words)
}

#[test]
fn arguments_are_read_as_the_kubelet_reads_them() {
    const MASK: &str = "REDACTED-BY-NODEPROOF";
    let masked_header = format!("--manifest-url-header={MASK}");
    let masked_number = format!("--max-pods={MASK}");
    let masked_config = format!("--config={MASK}");
    let masked_dir = format!("--config-dir=/etc/{MASK}");
    let mut cases = Cases::new();
    let mut add = |about: &str, words: &[&str], wanted: &str| {
        let bundle = of("v1.30.2", words)
            .file(PATH, config(KEY_OFF))
            .file("/etc/on.yaml", config(KEY_ON));
        cases.add(about, &bundle, wanted);
    };
    add(
        "an empty --config is none",
        &["--config="],
        "pass default-applies",
    );
    add(
        "an empty one takes back",
        &[WITH_CONFIG, "--config="],
        "pass default-applies",
    );
    add(
        "of two the last",
        &["--config=/etc/on.yaml", WITH_CONFIG],
        "fail config-file-sets-it",
    );
    add(
        "of two the last",
        &[WITH_CONFIG, "--config=/etc/on.yaml"],
        "pass config-file-sets-it",
    );
    add(
        "in two words",
        &["--config", PATH],
        "fail config-file-sets-it",
    );
    add(
        "a flag that swallows",
        &["--hostname-override", OFF],
        "pass default-applies",
    );
    add(
        "a flag that swallows",
        &["--hostname-override", ON, OFF],
        "fail argument-sets-it",
    );
    add(
        "a flag that swallows --config",
        &["--hostname-override", WITH_CONFIG],
        "pass default-applies",
    );
    add("-- at the end", &[OFF, "--"], "fail argument-sets-it");
    add(
        "-- before words",
        &[ON, "--", OFF],
        "unknown would-not-start",
    );
    add("an empty word", &[ON, ""], "unknown would-not-start");
    add("a lone dash", &[ON, "-"], "unknown would-not-start");
    add(
        "three dashes",
        &["---make-iptables-util-chains=true"],
        "unknown would-not-start",
    );
    add(
        "a vendor's",
        &[OFF, "--vendor-x=1"],
        "fail argument-sets-it",
    );
    add(
        "a vendor's",
        &[ON, "--vendor-x", "1"],
        "pass argument-sets-it",
    );
    add("a vendor's", &["--vendor-x", ON], "pass argument-sets-it");
    add("a vendor's", &["--vendor-x"], "pass default-applies");
    add(
        "removed",
        &["--network-plugin=cni"],
        "unknown would-not-start",
    );
    add(
        "removed",
        &["--network-plugin=cni", OFF],
        "unknown would-not-start",
    );
    add("masked", &[OFF, &masked_header], "fail argument-sets-it");
    add("masked", &[ON, &masked_number], "pass argument-sets-it");
    add("masked", &[&masked_header], "pass default-applies");
    add("masked", &[&masked_config], "unknown value-redacted");
    add("masked", &[&masked_dir], "unknown value-redacted");
    add(
        "out of range",
        &[ON, "--read-only-port=70000"],
        "unknown would-not-start",
    );
    add(
        "out of range",
        &[OFF, "--read-only-port=70000"],
        "unknown would-not-start",
    );
    let rows = cases.judge();
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(
            has_note(row, "unknown-flag"),
            (13..17).contains(&at),
            "{row:#}"
        );
    }
    let removed = Bundle::node("n").kubelet(&["--network-plugin=cni"]);
    assert_eq!(outcome(&judge(&removed)), "pass default-applies");
}

#[test]
fn a_masked_value_hides_itself_alone() {
    let mut cases = Cases::new();
    for (about, lines) in [
        ("a map", "staticPodURLHeader: REDACTED-BY-NODEPROOF\n"),
        (
            "in a map",
            "staticPodURLHeader:\n  Authorization:\n  - REDACTED-BY-NODEPROOF\n",
        ),
        ("a tree", "authentication: REDACTED-BY-NODEPROOF\n"),
        ("a number", "readOnlyPort: REDACTED-BY-NODEPROOF\n"),
        ("a gate", "featureGates:\n  A: REDACTED-BY-NODEPROOF\n"),
        ("a list", "tlsCipherSuites: REDACTED-BY-NODEPROOF\n"),
        ("in a list", "tlsCipherSuites: [REDACTED-BY-NODEPROOF]\n"),
        ("unknown to us", "somethingNew: REDACTED-BY-NODEPROOF\n"),
    ] {
        for (key, wanted) in [
            (KEY_ON, "pass config-file-sets-it"),
            (KEY_OFF, "fail config-file-sets-it"),
        ] {
            let bundle = of("v1.32.1", &[WITH_CONFIG]).file(PATH, config(&format!("{lines}{key}")));
            cases.add(about, &bundle, wanted);
            let drop_in = of("v1.32.1", &["--config-dir=/etc/k.d"])
                .file("/etc/k.d/1.conf", config(&format!("{lines}{key}")));
            cases.add(about, &drop_in, &wanted.replace("config-file", "drop-in"));
        }
    }
    let own = of("v1.32.1", &[WITH_CONFIG]).file(
        PATH,
        config("makeIPTablesUtilChains: REDACTED-BY-NODEPROOF\n"),
    );
    cases.add("its own", &own, "unknown value-redacted");
    cases.judge();
}

const DIR: &str = "--config-dir=/etc/k.d";

#[test]
fn drop_ins_alone_and_in_other_forms() {
    let json = format!(
        "{{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"makeIPTablesUtilChains\":{}}}",
        false
    );
    let no_kind = format!("apiVersion: kubelet.config.k8s.io/v1beta1\n{KEY_OFF}");
    let no_version = format!("kind: KubeletConfiguration\n{KEY_OFF}");
    let mut cases = Cases::new();
    let mut add = |about: &str, version: &str, text: &str, wanted: &str| {
        let bundle = of(version, &[DIR]).file("/etc/k.d/1.conf", text);
        cases.add(about, &bundle, wanted);
    };
    add(
        "no --config",
        "v1.32.1",
        &config(KEY_OFF),
        "fail drop-in-sets-it",
    );
    add("json", "v1.32.1", &json, "fail drop-in-sets-it");
    add("json", "v1.30.1", &json, "fail drop-in-sets-it");
    add("no kind", "v1.29.1", &no_kind, "unknown would-not-start");
    add("no kind", "v1.32.1", &no_kind, "unknown would-not-start");
    add(
        "no apiVersion",
        "v1.29.1",
        &no_version,
        "fail drop-in-sets-it",
    );
    add(
        "no apiVersion",
        "v1.28.1",
        &no_version,
        "unknown would-not-start",
    );
    add(
        "no apiVersion",
        "v1.32.1",
        &no_version,
        "unknown would-not-start",
    );
    add("broken", "v1.32.1", "[", "error config-file-unparseable");
    add("empty", "v1.32.1", "", "unknown would-not-start");
    let rows = cases.judge();
    assert_eq!(
        rows[1]["evidence"][0],
        "files/etc/k.d/1.conf#/makeIPTablesUtilChains"
    );
    // Which engine merged them is evidence too.
    let cells = rows[0]["evidence"].to_string();
    assert!(cells.contains("commands/kubelet-version.txt"), "{cells}");
}

/// stat.tsv with types, times and targets.
fn stat(rows: &[(&str, &str, i64, &str)]) -> String {
    let mut text = String::from("path\ttype\tctime\ttarget\n");
    for (path, kind, ctime, target) in rows {
        text.push_str(&format!("{path}\t{kind}\t{ctime}\t{target}\n"));
    }
    text
}

#[test]
fn a_linked_folder_loads_nothing_unless_a_slash_follows() {
    let rows = [
        ("/etc/k.d", "symlink", 1, "/opt/k.d"),
        ("/opt/k.d", "dir", 1, ""),
    ];
    let bundle = |words: &[&str]| of("v1.32.1", words).member("stat.tsv", stat(&rows));
    let mut cases = Cases::new();
    for at in ["/etc/k.d/1.conf", "/opt/k.d/1.conf"] {
        let with = |word: &str| bundle(&[word]).file(at, config(KEY_OFF));
        cases.add(at, &with("--config-dir=/etc/k.d"), "pass default-applies");
        cases.add(at, &with("--config-dir=/etc/k.d/"), "fail drop-in-sets-it");
        cases.add(at, &with("--config-dir=/etc/k.d//"), "fail drop-in-sets-it");
        cases.add(at, &with("--config-dir=/etc/k.d/."), "fail drop-in-sets-it");
    }
    let lost = of("v1.32.1", &["--config-dir=/etc/k.d/"])
        .member("stat.tsv", stat(&[("/etc/k.d", "symlink", 1, "/opt/k.d")]));
    cases.add(
        "its target was not seen",
        &lost,
        "unknown file-not-collected",
    );
    let circle = of("v1.32.1", &["--config-dir=/etc/k.d/"])
        .member("stat.tsv", stat(&[("/etc/k.d", "symlink", 1, "k.d")]));
    cases.add("it links to itself", &circle, "unknown file-not-collected");
    let below = of("v1.32.1", &[DIR])
        .member(
            "stat.tsv",
            stat(&[
                ("/etc/k.d", "dir", 1, ""),
                ("/etc/k.d/sub", "symlink", 1, "/opt/sub"),
            ]),
        )
        .file("/etc/k.d/1.conf", config(KEY_ON))
        .file("/etc/k.d/sub/2.conf", config(KEY_OFF));
    cases.add(
        "a linked folder below is not walked",
        &below,
        "pass drop-in-sets-it",
    );
    cases.judge();
}

#[test]
fn a_folder_that_was_not_listed_whole_may_hold_anything() {
    let skipped = |path: &str, reason: &str| {
        let rows = stat(&[
            ("/etc/k.d", "dir", 1, ""),
            ("/etc/k.d/sub", "dir", 1, ""),
            ("/etc/k.d/a.key", "file", 1, ""),
        ]);
        of("v1.32.1", &[DIR])
            .member("stat.tsv", rows)
            .file("/etc/k.d/1.conf", config(KEY_ON))
            .with(
                "skipped",
                serde_json::json!([{"path": path, "reason": reason}]),
            )
    };
    let row = |path: &str, kind: &str| {
        of("v1.32.1", &[DIR])
            .member(
                "stat.tsv",
                stat(&[("/etc/k.d", "dir", 1, ""), (path, kind, 1, "")]),
            )
            .file("/etc/k.d/1.conf", config(KEY_ON))
    };
    const UNKNOWN: &str = "unknown file-not-collected";
    const PASS: &str = "pass drop-in-sets-it";
    let mut cases = Cases::new();
    cases.add("too many", &skipped("/etc/k.d", "too-large"), UNKNOWN);
    cases.add("too deep", &skipped("/etc/k.d/sub", "too-large"), UNKNOWN);
    cases.add(
        "a drop-in",
        &skipped("/etc/k.d/2.conf", "unreadable"),
        UNKNOWN,
    );
    cases.add(
        "unknown what",
        &skipped("/etc/k.d/x", "unreadable"),
        UNKNOWN,
    );
    cases.add("a key", &skipped("/etc/k.d/a.key", "private-key"), PASS);
    cases.add("absent", &skipped("/etc/k.d/2.conf", "absent"), PASS);
    cases.add("elsewhere", &skipped("/etc/k", "unreadable"), PASS);
    cases.add("unreadable", &row("/etc/k.d/sub", "unreadable"), UNKNOWN);
    cases.add("all unreadable", &row("/etc/k.d", "unreadable"), UNKNOWN);
    cases.add("a broken row", &row("/etc/k.d/2.conf", "?"), UNKNOWN);
    cases.add("a file named", &row("/etc/k.d/2.conf", "file"), UNKNOWN);
    cases.add("another file", &row("/etc/k.d/README", "file"), PASS);
    cases.judge();
}

#[test]
fn a_relative_folder_is_that_of_the_process() {
    let bundle = of("v1.32.1", &["--config-dir=k.d"]).file("/srv/k.d/1.conf", config(KEY_OFF));
    let mut cases = Cases::new();
    cases.add("nobody knows where", &bundle, "unknown file-not-collected");
    let there = bundle.clone().member("proc/42/cwd", "/srv");
    cases.add("there", &there, "fail drop-in-sets-it");
    let elsewhere = bundle.member("proc/42/cwd", "/");
    cases.add("elsewhere", &elsewhere, "unknown file-not-collected");
    cases.judge();
}

#[test]
fn a_change_behind_a_link_waits_for_a_restart_too() {
    let start = 1_795_168_800; // 2026-11-20T10:00:00Z
    let bundle = |rows: &[(&str, &str, i64, &str)], words: &[&str]| {
        of("v1.32.1", words)
            .started_at("2026-11-20T10:00:00Z")
            .member("stat.tsv", stat(rows))
            .file(PATH, config(KEY_ON))
            .file("/etc/k.d/1.conf", config(KEY_ON))
    };
    let mut cases = Cases::new();
    for (ctime, wanted) in [
        (start - 9, "pass config-file-sets-it"),
        (start + 9, "unknown restart-pending"),
    ] {
        let absolute = [
            (PATH, "symlink", 1, "/opt/real.yaml"),
            ("/opt/real.yaml", "file", ctime, ""),
        ];
        cases.add("absolute", &bundle(&absolute, &[WITH_CONFIG]), wanted);
        let relative = [
            (PATH, "symlink", 1, "../kubelet/./real.yaml"),
            ("/var/lib/kubelet/real.yaml", "file", ctime, ""),
        ];
        cases.add("relative", &bundle(&relative, &[WITH_CONFIG]), wanted);
        let two = [
            (PATH, "symlink", 1, "b"),
            ("/var/lib/kubelet/b", "symlink", 1, "c"),
            ("/var/lib/kubelet/c", "file", ctime, ""),
        ];
        cases.add("two hops", &bundle(&two, &[WITH_CONFIG]), wanted);
        let again = [
            (PATH, "symlink", 1, "/opt/real.yaml"),
            (PATH, "file", ctime, ""),
        ];
        cases.add(
            "a row per hop under one name",
            &bundle(&again, &[WITH_CONFIG]),
            wanted,
        );
        let drop_in = [
            ("/etc/k.d", "dir", 1, ""),
            ("/etc/k.d/1.conf", "symlink", 1, "/opt/1"),
            ("/opt/1", "file", ctime, ""),
        ];
        cases.add(
            "a drop-in",
            &bundle(&drop_in, &[DIR]),
            &wanted.replace("config-file", "drop-in"),
        );
        let removed = [
            ("/etc/k.d", "dir", 1, ""),
            ("/etc/k.d/sub", "dir", ctime, ""),
        ];
        cases.add(
            "a folder below",
            &bundle(&removed, &[DIR]),
            &wanted.replace("config-file", "drop-in"),
        );
    }
    let circle = [(PATH, "symlink", 1, PATH)];
    cases.add(
        "a circle",
        &bundle(&circle, &[WITH_CONFIG]),
        "pass config-file-sets-it",
    );
    cases.judge();
}
