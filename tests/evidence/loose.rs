//! Archives that no collector of ours made, or that somebody packed again.

use super::*;
use serde_json::json;

const AUX: &str = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n\
root           1  0.0  0.1 168000 11000 ?        Ss   10:00   0:03 /usr/lib/systemd/systemd --switched-root --system --deserialize 31\n";

fn aux(arguments: &str) -> String {
    format!(
        "{AUX}root          40  2.0  1.0 4002836 102804 ?   Ssl  10:00   0:21 /usr/bin/kubelet {arguments}\n"
    )
}

#[test]
fn trees_are_judged_wherever_their_top_is() {
    let mut cases = Cases::new();
    let arguments = format!("--v=2 --kubeconfig=/var/lib/kubelet/kubeconfig {WITH_CONFIG}");
    for top in ["sosreport-ip-10-0-1-5-2026-11-20-abcdefg", "evidence", ""] {
        for root in ["", "host/", "rootfs/"] {
            let bundle = |value: &str| Bundle {
                top: top.to_owned(),
                ..Bundle::loose("n")
                    .member("sos_commands/process/ps_auxwww", aux(&arguments))
                    .member(&format!("{root}var/lib/kubelet/config.yaml"), config(value))
                    .member(&format!("{root}etc/hostname"), "x\n")
                    .member("sos_logs/install.log", "hello\n")
            };
            let pack = |value| {
                let bundle = bundle(value);
                pack(top, &bundle.files())
            };
            let about = format!("{top} {root}");
            cases.raw(&about, pack(KEY_OFF), "fail config-file-sets-it");
            cases.raw(&about, pack(KEY_ON), "pass config-file-sets-it");
        }
    }
    for row in cases.judge() {
        assert_eq!(row["integrity"], "no-sums");
        assert_eq!(row["cluster"], Value::Null);
    }
}

#[test]
fn two_files_that_could_be_the_one_named_are_none() {
    let bundle = Bundle::loose("n")
        .member("ps.txt", aux(WITH_CONFIG))
        .member("host/var/lib/kubelet/config.yaml", config(KEY_ON))
        .member("backup/var/lib/kubelet/config.yaml", config(KEY_OFF));
    let row = judge(&bundle);
    assert_eq!(outcome(&row), "unknown file-not-collected", "{row:#}");
}

#[test]
fn a_configuration_without_a_process_is_shown_and_not_judged() {
    let mut cases = Cases::new();
    let bundle = |name: &str, text: &str| Bundle::loose("x").member(name, text);
    let json = json!({"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", "makeIPTablesUtilChains": true});
    cases.add(
        "no absolute path",
        &bundle("kubelet.yaml", &config(KEY_OFF)),
        "unknown file-not-tied-to-process",
    );
    cases.add(
        "an absolute path",
        &bundle("etc/k/kubelet.yaml", &config(KEY_ON)),
        "unknown file-not-tied-to-process",
    );
    cases.add(
        "json",
        &bundle("kubelet.json", &json.to_string()),
        "unknown file-not-tied-to-process",
    );
    cases.add(
        "silent",
        &bundle("kubelet.yaml", &config("")),
        "unknown file-not-tied-to-process",
    );
    cases.add(
        "refused",
        &bundle(
            "kubelet.yaml",
            &config("makeIPTablesUtilChains: \"true\"\n"),
        ),
        "unknown file-not-tied-to-process",
    );
    cases.add(
        "broken",
        &bundle("kubelet.yaml", &config("x: [\n")),
        "unknown file-not-tied-to-process",
    );
    let rows = cases.judge();
    let actual: Vec<&Value> = rows.iter().map(|row| &row["actual"]).collect();
    let null = Value::Null;
    assert_eq!(
        actual,
        [
            &json!("false"),
            &json!("true"),
            &json!("true"),
            &null,
            &null,
            &null
        ]
    );
    assert_eq!(rows[0]["evidence"][0], "kubelet.yaml:3");
    assert_eq!(
        rows[2]["evidence"][0],
        "kubelet.json#/makeIPTablesUtilChains"
    );
}

#[test]
fn a_file_that_was_passed_over_is_not_absent() {
    let padding = format!("# {}\n", "x".repeat(1 << 20));
    let bundle = |late: &str| {
        Bundle::loose("n")
            .version("v1.32.1")
            .member("ps.txt", aux("--config-dir=/etc/kubelet.d"))
            .member("etc/kubelet.d/10.conf", config(KEY_ON))
            .member("etc/kubelet.d/20.conf", late)
    };
    let mut cases = Cases::new();
    cases.add("small", &bundle(&config(KEY_OFF)), "fail drop-in-sets-it");
    cases.add(
        "large",
        &bundle(&format!("{padding}{}", config(KEY_OFF))),
        "unknown file-not-collected",
    );
    let plain = Bundle::loose("n")
        .version("v1.32.1")
        .member("ps.txt", aux("--config-dir=/etc/node.d"))
        .member("etc/node.d/10.conf", config(KEY_ON))
        .member(
            "etc/node.d/20.conf",
            format!("kind: {}KubeletConfiguration\n{KEY_OFF}", " ".repeat(40)),
        );
    cases.add("not recognised", &plain, "unknown file-not-collected");
    cases.judge();
}

#[test]
fn a_node_has_the_best_name_there_is() {
    let live = json!({"kubeletconfig": {"makeIPTablesUtilChains": true}}).to_string();
    let name = |top: &str, files: &[(&str, &str)]| {
        let files: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        let (row, stderr) = {
            let lab = Lab::new();
            lab.put("archive-of-monday.tar.gz", &pack(top, &files));
            let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
            (rows(&ran.stdout).remove(0), ran.stderr)
        };
        (row["node"].as_str().unwrap().to_owned(), stderr)
    };
    let manifest = Bundle::node("by-manifest").manifest.to_string();
    let list = aux(ON);
    assert_eq!(
        name(
            "top",
            &[("bundle.json", &manifest), ("configz/c.json", &live)]
        )
        .0,
        "by-manifest"
    );
    let nameless = Bundle::node("").manifest.to_string();
    assert_eq!(
        name(
            "top",
            &[("bundle.json", &nameless), ("configz/c.json", &live)]
        )
        .0,
        "c"
    );
    assert_eq!(
        name(
            "top",
            &[("ps.txt", &list), ("hosts/ip-10/configz.json", &live)]
        )
        .0,
        "ip-10"
    );
    assert_eq!(name("top", &[("ps.txt", &list), ("a.txt", "")]).0, "top");
    assert_eq!(
        name("", &[("ps.txt", &list), ("b/a.txt", "")]).0,
        "archive-of-monday"
    );
    assert_eq!(name("ip-7", &[("configz.json", &live)]).0, "ip-7");
    let (node, stderr) = name(
        "top",
        &[
            ("ps.txt", &list),
            ("configz/a.json", &live),
            ("configz/b.json", &live),
        ],
    );
    assert_eq!(node, "top");
    assert!(
        stderr.contains("named after a") && stderr.contains("named after b"),
        "{stderr}"
    );
}

#[test]
fn what_a_description_lacks_is_said_and_the_bundle_judged() {
    let bundle = |manifest: Value| Bundle {
        manifest,
        ..Bundle::node("n").kubelet(&[OFF])
    };
    let whole = Bundle::node("n").manifest;
    let (row, stderr) = told(&bundle(whole.clone()));
    assert_eq!(outcome(&row), "fail argument-sets-it");
    assert!(!stderr.contains("warning"), "{stderr}");
    let wrong = |key: &str, value: Value| {
        let mut manifest = whole.clone();
        manifest[key] = value;
        manifest
    };
    for (about, manifest, said) in [
        ("none", Value::Null, "no bundle.json"),
        (
            "another format",
            wrong("format", json!("sos")),
            "format `sos`",
        ),
        ("a later version", wrong("version", json!(2)), "format 2"),
        ("no version", wrong("version", Value::Null), "format null"),
        ("a list", json!([]), "bundle.json"),
        (
            "nothing more",
            json!({"format": "nodeproof-bundle", "version": 1}),
            "kind",
        ),
        ("no node", wrong("node", json!("")), "node"),
        ("a node that is a number", wrong("node", json!(7)), "node"),
        ("no user", wrong("uid", Value::Null), "uid"),
        ("a user that is none", wrong("uid", json!("root")), "uid"),
        (
            "no time",
            wrong("collected_at", json!("yesterday")),
            "collected_at",
        ),
        ("skipped is no list", wrong("skipped", json!({})), "skipped"),
    ] {
        let (row, stderr) = told(&bundle(manifest));
        assert_eq!(outcome(&row), "fail argument-sets-it", "{about}");
        assert!(
            stderr.contains(said) && stderr.contains("node.tar.gz"),
            "{about}: {stderr}"
        );
    }
}

#[test]
fn one_wrong_key_of_a_description_does_not_lose_the_others() {
    let skipped = json!([{"path": "/etc/k.d/20.conf", "reason": "unreadable"}]);
    let bundle = Bundle::node("n")
        .version("v1.32.1")
        .kubelet(&["--config-dir=/etc/k.d"])
        .file("/etc/k.d/10.conf", config(KEY_ON))
        .with("skipped", skipped)
        .with("node", 7);
    assert_eq!(outcome(&judge(&bundle)), "unknown file-not-collected");
}
