//! make-iptables-util-chains: every combination of argument, file and configz, against the rules
//! of DESIGN §6 and the truth table of the facts.

use crate::support::*;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Nothing,
    True,
    False,
    /// The kubelet would not start.
    Refused,
    Unparseable,
    NotCollected,
    Missing,
}
use Says::{False, Missing, NotCollected, Nothing, Refused, True, Unparseable};

const FLAG: &str = "--make-iptables-util-chains";

/// Argument forms: name, words, what they say.
const FLAGS: &[(&str, &[&str], Says)] = &[
    ("absent", &[], Nothing),
    ("true", &["--make-iptables-util-chains=true"], True),
    ("TRUE", &["--make-iptables-util-chains=TRUE"], True),
    ("True", &["--make-iptables-util-chains=True"], True),
    ("1", &["--make-iptables-util-chains=1"], True),
    ("t", &["--make-iptables-util-chains=t"], True),
    ("T", &["--make-iptables-util-chains=T"], True),
    ("false", &["--make-iptables-util-chains=false"], False),
    ("FALSE", &["--make-iptables-util-chains=FALSE"], False),
    ("0", &["--make-iptables-util-chains=0"], False),
    ("F", &["--make-iptables-util-chains=F"], False),
    ("f", &["--make-iptables-util-chains=f"], False),
    ("bare", &["--make-iptables-util-chains"], True),
    (
        "true then false",
        &[
            "--make-iptables-util-chains=true",
            "--make-iptables-util-chains=false",
        ],
        False,
    ),
    (
        "false then true",
        &[
            "--make-iptables-util-chains=false",
            "--make-iptables-util-chains=true",
        ],
        True,
    ),
    (
        "underscored false",
        &["--make_iptables_util_chains=false"],
        False,
    ),
    ("underscored bare", &["--make_iptables_util_chains"], True),
    (
        "space true",
        &["--make-iptables-util-chains", "true"],
        Refused,
    ),
    (
        "space false",
        &["--make-iptables-util-chains", "false"],
        Refused,
    ),
    ("colon", &["--make-iptables-util-chains:true"], Refused),
    ("empty", &["--make-iptables-util-chains="], Refused),
    ("quoted", &["--make-iptables-util-chains=\"true\""], Refused),
    ("yes", &["--make-iptables-util-chains=yes"], Refused),
    ("tRue", &["--make-iptables-util-chains=tRue"], Refused),
    ("one dash", &["-make-iptables-util-chains=false"], Refused),
    ("no-", &["--no-make-iptables-util-chains"], Refused),
    ("abbreviated", &["--make-iptables=true"], Refused),
    ("camel case", &["--makeIPTablesUtilChains=false"], Refused),
    (
        "another argument broken",
        &["--make-iptables-util-chains=true", "--max-pods=many"],
        Refused,
    ),
];

/// File states: name, content, what it says.
const FILES: &[(&str, Option<&str>, Says)] = &[
    ("no --config", None, True),
    ("key absent", Some(""), True),
    ("true", Some("makeIPTablesUtilChains: true\n"), True),
    ("false", Some("makeIPTablesUtilChains: false\n"), False),
    ("null", Some("makeIPTablesUtilChains: null\n"), True),
    ("tilde", Some("makeIPTablesUtilChains: ~\n"), True),
    ("no", Some("makeIPTablesUtilChains: no\n"), False),
    ("n", Some("makeIPTablesUtilChains: n\n"), False),
    ("off", Some("makeIPTablesUtilChains: off\n"), False),
    ("yes", Some("makeIPTablesUtilChains: yes\n"), True),
    (
        "string false",
        Some("makeIPTablesUtilChains: \"false\"\n"),
        Refused,
    ),
    (
        "string true",
        Some("makeIPTablesUtilChains: \"true\"\n"),
        Refused,
    ),
    ("zero", Some("makeIPTablesUtilChains: 0\n"), Refused),
    ("wrong case", Some("makeIptablesUtilChains: false\n"), True),
    (
        "another setting broken",
        Some("makeIPTablesUtilChains: true\nreadOnlyPort: \"0\"\n"),
        Refused,
    ),
    (
        "duplicate true false",
        Some("makeIPTablesUtilChains: true\nmakeIPTablesUtilChains: false\n"),
        False,
    ),
    (
        "duplicate false true",
        Some("makeIPTablesUtilChains: false\nmakeIPTablesUtilChains: true\n"),
        True,
    ),
    (
        "no apiVersion",
        Some("!kind: KubeletConfiguration\nmakeIPTablesUtilChains: true\n"),
        Refused,
    ),
    (
        "no kind",
        Some("!apiVersion: kubelet.config.k8s.io/v1beta1\nmakeIPTablesUtilChains: true\n"),
        Refused,
    ),
    ("empty file", Some("!"), Refused),
    (
        "json false",
        Some(
            "!{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"makeIPTablesUtilChains\":false}",
        ),
        False,
    ),
    (
        "json comma",
        Some(
            "!{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"makeIPTablesUtilChains\":false,}",
        ),
        Unparseable,
    ),
    (
        "second document",
        Some("makeIPTablesUtilChains: false\n---\nmakeIPTablesUtilChains: true\n"),
        False,
    ),
    (
        "anchor",
        Some("x: &a false\nmakeIPTablesUtilChains: *a\n"),
        False,
    ),
    ("bracket", Some("makeIPTablesUtilChains: [\n"), Unparseable),
    (
        "tab",
        Some(
            "!apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n\tmakeIPTablesUtilChains: false\n",
        ),
        Unparseable,
    ),
    ("not collected", Some("?"), NotCollected),
    ("missing", Some("-"), Missing),
];

const PATH: &str = "/var/lib/kubelet/config.yaml";

fn bundle(name: &str, words: &[&str], file: Option<&str>, live: Option<bool>) -> Bundle {
    let mut arguments = vec!["--v=2"];
    if file.is_some() {
        arguments.push("--config=/var/lib/kubelet/config.yaml");
    }
    arguments.extend(words);
    let mut bundle = Bundle::node(name).kubelet(&arguments);
    bundle = match file {
        None | Some("?") => bundle,
        Some("-") => bundle.stat_row(PATH, "absent", 1),
        Some(text) => match text.strip_prefix('!') {
            Some(whole) => bundle.file(PATH, whole),
            None => bundle.file(PATH, config(text)),
        },
    };
    match live {
        Some(on) => bundle.live(name, on),
        None => bundle,
    }
}

/// What the rules say: verdict and code, and a note that must be there.
fn wanted(
    flag: Says,
    file: Says,
    live: Option<bool>,
) -> (&'static str, &'static str, Option<&'static str>) {
    let disk = match (flag, file) {
        (Refused, _) => Err(("unknown", "would-not-start")),
        (True, _) => Ok((true, "argument-sets-it")),
        (False, _) => Ok((false, "argument-sets-it")),
        (_, Refused) => Err(("unknown", "would-not-start")),
        (_, Unparseable) => Err(("error", "config-file-unparseable")),
        (_, NotCollected) => Err(("unknown", "file-not-collected")),
        (_, Missing) => Err(("unknown", "config-file-missing")),
        (_, True) => Ok((true, "")),
        (_, False) => Ok((false, "config-file-sets-it")),
        (_, Nothing) => unreachable!(),
    };
    let broken = matches!(file, Refused | Unparseable | Missing);
    match (live, disk) {
        (None, Ok((true, code))) => ("pass", code, broken.then_some("next-start-fails")),
        (None, Ok((false, code))) => ("fail", code, broken.then_some("next-start-fails")),
        (None, Err((verdict, code))) => (verdict, code, None),
        (Some(false), Ok((true, _))) => ("fail", "configz-sets-it", Some("drift")),
        (Some(false), Ok((false, code))) => ("fail", code, None),
        (Some(false), Err((_, code))) => ("fail", "configz-sets-it", Some(code)),
        (Some(true), Ok((true, code))) => ("pass", code, None),
        (Some(true), Ok((false, code))) => ("fail", code, Some("drift")),
        (Some(true), Err((_, code))) => ("pass", "configz-sets-it", Some(code)),
    }
}

#[test]
fn every_combination_of_argument_file_and_configz() {
    let lab = Lab::new();
    let mut cases = Vec::new();
    for (flag_name, words, flag) in FLAGS {
        for (file_name, content, file) in FILES {
            for live in [None, Some(true), Some(false)] {
                let at = cases.len();
                let name = format!("n{at:04}");
                lab.add(
                    &format!("{name}.tar.gz"),
                    &bundle(&name, words, *content, live),
                );
                let described =
                    format!("argument {flag_name} | file {file_name} | configz {live:?}");
                cases.push((described, wanted(*flag, *file, live)));
            }
        }
    }
    let rows = lab.rows("cis-1.12");
    assert_eq!(rows.len(), cases.len());
    let mut wrong = Vec::new();
    for (row, (case, (verdict, code, note))) in rows.iter().zip(&cases) {
        let got = outcome(row);
        let right = got.starts_with(&format!("{verdict} "))
            && (code.is_empty() || got.ends_with(&format!(" {code}")))
            && note.is_none_or(|note| has_note(row, note));
        if !right {
            wrong.push(format!(
                "{case}: wanted {verdict} {code} {note:?}, got {got} {} {}",
                row["notes"], row["reason"]
            ));
        }
    }
    println!("{} combinations", cases.len());
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn an_unknown_value_is_never_a_pass_in_any_combination_without_configz() {
    for (words, file) in [
        (&[][..], Some("?")),
        (&["--make-iptables-util-chains:true"][..], None),
        (
            &["--make-iptables-util-chains=REDACTED-BY-NODEPROOF"][..],
            None,
        ),
        (
            &[][..],
            Some("makeIPTablesUtilChains: REDACTED-BY-NODEPROOF\n"),
        ),
    ] {
        let row = judge(&bundle("n", words, file, None));
        assert_eq!(row["verdict"], "unknown", "{words:?} {file:?}");
    }
}

/// kube-bench's letter, as the facts' truth table has it (column b-lit).
#[test]
fn by_the_text_is_the_letter_and_not_the_truth() {
    let table: &[(&[&str], Option<&str>, Value)] = &[
        (&[], None, "pass".into()),
        (&[], Some(""), "pass".into()),
        (&[], Some("makeIPTablesUtilChains: true\n"), "pass".into()),
        (&[], Some("makeIPTablesUtilChains: false\n"), "fail".into()),
        (&[], Some("makeIPTablesUtilChains: null\n"), "fail".into()),
        (&[], Some("makeIPTablesUtilChains: no\n"), "fail".into()),
        (
            &[],
            Some("makeIPTablesUtilChains: \"true\"\n"),
            "pass".into(),
        ),
        (
            &[],
            Some("makeIPTablesUtilChains: \"false\"\n"),
            "fail".into(),
        ),
        (&[], Some("makeIptablesUtilChains: false\n"), "pass".into()),
        (&[], Some("makeIPTablesUtilChains: [\n"), "fail".into()),
        (&[], Some("-"), "pass".into()),
        (&[], Some("?"), Value::Null),
        (&["=true"], Some(""), "pass".into()),
        (&["=false"], Some(""), "fail".into()),
        (&["=1"], Some(""), "fail".into()),
        (&["=0"], Some(""), "fail".into()),
        (&[""], Some(""), "pass".into()),
        (&["", "false"], Some(""), "pass".into()),
        (&[":true"], Some(""), "pass".into()),
        (&["="], Some(""), "pass".into()),
        (&["=yes"], Some(""), "fail".into()),
        (&["=\"true\""], Some(""), "fail".into()),
    ];
    for (words, file, letter) in table {
        let first = words.first().map(|suffix| format!("{FLAG}{suffix}"));
        let mut all: Vec<&str> = first.as_deref().into_iter().collect();
        all.extend(words.iter().skip(1));
        let row = judge(&bundle("n", &all, *file, None));
        assert_eq!(row["by_the_text"], *letter, "{words:?} {file:?}");
    }
    let twice = [
        "--make-iptables-util-chains=true",
        "--make-iptables-util-chains=false",
    ];
    let row = judge(&bundle("n", &twice, None, None));
    assert_eq!(
        (&row["by_the_text"], &row["verdict"]),
        (&"pass".into(), &"fail".into())
    );
    let underscored = ["--make_iptables_util_chains=false"];
    let row = judge(&bundle("n", &underscored, Some(""), None));
    assert_eq!(
        (&row["by_the_text"], &row["verdict"]),
        (&"pass".into(), &"fail".into())
    );
    // GKE 1.6 misspells its second test, so by its letter anything passes.
    let row = judge_by(
        "gke-1.6.0",
        &bundle("n", &["--make-iptables-util-chains=false"], None, None),
    );
    assert_eq!(
        (&row["by_the_text"], &row["verdict"]),
        (&"pass".into(), &"fail".into())
    );
}

/// Drop-ins: base value, drop-in lines, and the outcome for 1.28, 1.29, 1.31, 1.32, 1.36, unknown.
#[test]
fn drop_ins_are_merged_as_the_version_does() {
    const T: &str = "makeIPTablesUtilChains: true\n";
    const F: &str = "makeIPTablesUtilChains: false\n";
    let versions = [
        Some("1.28.3"),
        Some("1.29.1"),
        Some("1.31.14"),
        Some("1.32.13"),
        Some("1.36.2"),
        None,
    ];
    let table: &[(&str, &str, [&str; 6])] = &[
        (T, F, ["pass", "fail", "fail", "fail", "fail", "unknown"]),
        (F, T, ["pass"; 6]),
        (
            F,
            "maxPods: 50\n",
            ["pass", "fail", "fail", "fail", "fail", "unknown"],
        ),
        (T, "maxPods: 50\n", ["pass"; 6]),
        (
            F,
            "makeIPTablesUtilChains: null\n",
            ["pass", "fail", "fail", "pass", "pass", "unknown"],
        ),
        (
            T,
            "makeIptablesUtilChains: false\n",
            ["pass", "fail", "fail", "fail", "fail", "unknown"],
        ),
        (
            T,
            "MakeIPTablesUtilChains: false\n",
            ["pass", "fail", "fail", "pass", "pass", "unknown"],
        ),
        ("", F, ["pass", "fail", "fail", "fail", "fail", "unknown"]),
        (T, "makeIPTablesUtilChains: \"false\"\n", ["unknown"; 6]),
    ];
    for (base, drop_in, outcomes) in table {
        for (version, verdict) in versions.iter().zip(outcomes) {
            let mut bundle = Bundle::node("n")
                .kubelet(&[
                    "--config=/var/lib/kubelet/config.yaml",
                    "--config-dir=/etc/kubelet.d",
                ])
                .file(PATH, config(base))
                .file("/etc/kubelet.d/10.conf", config(drop_in));
            if let Some(version) = version {
                bundle = bundle.version(&format!("v{version}"));
            }
            let row = judge(&bundle);
            assert_eq!(
                row["verdict"], *verdict,
                "{base:?} {drop_in:?} {version:?}: {}",
                row["reason"]
            );
        }
    }
}

#[test]
fn drop_ins_nobody_collected_leave_it_undecided() {
    let base = Bundle::node("n")
        .version("v1.32.1")
        .kubelet(&[
            "--config=/var/lib/kubelet/config.yaml",
            "--config-dir=/etc/kubelet.d",
        ])
        .file(PATH, config("makeIPTablesUtilChains: true\n"));
    let seen = |bundle: Bundle| outcome(&judge(&bundle));
    assert_eq!(seen(base.clone()), "unknown file-not-collected");
    assert_eq!(
        seen(base.clone().stat_row("/etc/kubelet.d", "absent", 1)),
        "unknown config-file-missing"
    );
    assert_eq!(
        seen(base.clone().stat_row("/etc/kubelet.d", "dir", 1)),
        "pass config-file-sets-it"
    );
    let named = base.clone().stat_row("/etc/kubelet.d", "dir", 1).stat_row(
        "/etc/kubelet.d/5.conf",
        "file",
        1,
    );
    assert_eq!(seen(named), "unknown file-not-collected");
    let link = base.clone().stat_row("/etc/kubelet.d", "symlink", 1).file(
        "/etc/kubelet.d/5.conf",
        config("makeIPTablesUtilChains: false\n"),
    );
    assert_eq!(seen(link), "pass config-file-sets-it");
    let other = base
        .clone()
        .file("/etc/kubelet.d/readme.yaml", "nonsense: [");
    assert_eq!(seen(other), "pass config-file-sets-it");
    let nested = base
        .file(
            "/etc/kubelet.d/10-a/99.conf",
            config("makeIPTablesUtilChains: false\n"),
        )
        .file(
            "/etc/kubelet.d/20.conf",
            config("makeIPTablesUtilChains: true\n"),
        );
    assert_eq!(seen(nested), "pass drop-in-sets-it");
}

#[test]
fn a_relative_config_is_read_from_the_working_directory() {
    let bundle = Bundle::node("n").kubelet(&["--config=conf/k.yaml"]).file(
        "/srv/conf/k.yaml",
        config("makeIPTablesUtilChains: false\n"),
    );
    assert_eq!(outcome(&judge(&bundle)), "unknown file-not-collected");
    let bundle = bundle.member("proc/42/cwd", "/srv\n");
    assert_eq!(outcome(&judge(&bundle)), "fail config-file-sets-it");
}

#[test]
fn a_file_that_changed_after_the_start_waits_for_a_restart() {
    let of = |value: &str, ctime: i64| {
        Bundle::node("n")
            .kubelet(&["--config=/var/lib/kubelet/config.yaml"])
            .started_at("2026-11-20T10:00:00Z")
            .file(PATH, config(value))
            .stat_row(PATH, "file", ctime)
    };
    let start = 1_795_168_800; // 2026-11-20T10:00:00Z
    let on = "makeIPTablesUtilChains: true\n";
    let off = "makeIPTablesUtilChains: false\n";
    assert_eq!(
        outcome(&judge(&of(on, start - 5))),
        "pass config-file-sets-it"
    );
    assert_eq!(
        outcome(&judge(&of(on, start + 5))),
        "unknown restart-pending"
    );
    assert_eq!(
        outcome(&judge(&of("", start + 5))),
        "unknown restart-pending"
    );
    let row = judge(&of(off, start + 5));
    assert_eq!(outcome(&row), "fail config-file-sets-it");
    assert!(has_note(&row, "restart-pending"));
    assert_eq!(judge(&of(on, start + 5).live("n", true))["verdict"], "pass");
    // A drop-in folder changes when a file in it is removed.
    let folder = of(on, start - 5).stat_row("/etc/kubelet.d", "dir", start + 5);
    let words = [
        "/usr/bin/kubelet",
        "--config=/var/lib/kubelet/config.yaml",
        "--config-dir=/etc/kubelet.d",
    ];
    let folder = Bundle {
        members: folder
            .members
            .into_iter()
            .filter(|(n, _)| n != "proc/42/cmdline")
            .collect(),
        ..folder
    }
    .process(42, &words);
    assert_eq!(outcome(&judge(&folder)), "unknown restart-pending");
}

#[test]
fn captures_far_apart_in_time_are_told_from_drift() {
    let of = |taken: &str| {
        Bundle::node("n")
            .with("commands", serde_json::json!([{"argv": "curl", "member": "configz/n.json", "exit": 0, "at": taken}]))
            .kubelet(&["--make-iptables-util-chains=false"])
            .started_at("2026-11-20T10:00:00Z")
            .live("n", true)
    };
    let notes = |taken: &str| judge(&of(taken))["notes"].to_string();
    assert!(notes("2026-11-20T11:00:00Z").contains("\"drift\""));
    assert!(notes("2026-11-20T09:00:00Z").contains("captures-disagree-in-time"));
    assert!(notes("2026-11-22T13:00:00Z").contains("captures-disagree-in-time"));
}
