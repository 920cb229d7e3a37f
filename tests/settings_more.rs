//! Settings beside those of the table, and kubelets inside other programs.

use crate::support::*;
use nodeproof::bundle::{self, Place, Source};
use nodeproof::evidence::{Evidence, layouts};
use nodeproof::limits::Limits;
use nodeproof::node::version::Minor;
use nodeproof::problem::Code;
use nodeproof::settings::component::Instance;
use nodeproof::settings::components::{self, ComponentProcess, Described};
use nodeproof::settings::kubelet::Setting;
use nodeproof::settings::kubelet_process::KubeletProcess;
use nodeproof::settings::live::Live;
use nodeproof::settings::{Doubt, Statement};
use serde_json::{Value, json};

/// Hands over the evidence of a bundle.
fn with<T>(bundle: &Bundle, look: impl FnOnce(&Evidence<'_>) -> T) -> T {
    let lab = Lab::new();
    let place = Place {
        name: "n.tar.gz".into(),
        source: Source::File(lab.add("n.tar.gz", bundle)),
    };
    let limits = Limits::default();
    let bundle = bundle::read(&place, &limits, &layouts::wanted).unwrap();
    look(&Evidence::of(&bundle, &limits))
}

fn of_kubelet(evidence: &Evidence<'_>, version: Option<Minor>) -> KubeletProcess {
    KubeletProcess::new(&evidence.processes()[0], 1, evidence, version)
}

fn said(result: &Result<Statement, Doubt>) -> String {
    match result {
        Ok(s) => format!("{} by {}", s.value, s.source.as_str()),
        Err(doubt) => doubt.code.to_string(),
    }
}

/// `value by source at citation` or the code of the doubt.
fn on_disk(kubelet: &KubeletProcess, setting: &Setting) -> String {
    let result = kubelet.setting(setting);
    if let Ok(in_force) = &result
        && let Some(doubt) = &in_force.doubt
    {
        return format!("{}, but {}", in_force.winner.value, doubt.code);
    }
    said(&result.map(|in_force| in_force.winner))
}

const GATE: &str = "featureGates.RotateKubeletServerCertificate";
const CONFIG: &str = "--config=/etc/k.yaml";
const DIR: &str = "--config-dir=/etc/k.d";

fn gate() -> &'static Setting {
    Setting::resolve(GATE, Some("false <1.12; true")).unwrap()
}

#[test]
fn a_feature_gate_is_merged_by_key_and_then_has_its_default() {
    let on = |gates: &str| config(&format!("featureGates: {{{gates}}}\n"));
    let short = GATE.strip_prefix("featureGates.").unwrap();
    let flag = |text: &str| format!("--feature-gates={}", text.replace("Own", short));
    for (arguments, file, drop_in, version, expected) in [
        (vec![], None, None, Some(30), "true by default"),
        (vec![], None, None, Some(11), "false by default"),
        (vec![], None, None, None, "version-unknown"),
        (vec!["Own=false"], None, None, None, "false by argument"),
        (
            vec!["Own=false", "APIResponseCompression=true"],
            Some("Own: true"),
            None,
            None,
            "false by argument",
        ),
        (
            vec!["Own=false", "Own=true"],
            None,
            None,
            None,
            "true by argument",
        ),
        (
            vec!["APIResponseCompression=true"],
            Some("Own: false"),
            None,
            None,
            "false by config-file",
        ),
        (
            vec!["APIResponseCompression=true"],
            Some("QOSReserved: false"),
            None,
            Some(30),
            "true by default",
        ),
        (
            vec![],
            Some("Own: false"),
            Some("APIResponseCompression: true"),
            None,
            "false by config-file",
        ),
        (
            vec![],
            Some("Own: false"),
            Some("Own: true"),
            Some(32),
            "true by drop-in",
        ),
        (
            vec![],
            Some("Own: false"),
            Some("Own: null"),
            Some(32),
            "true by default",
        ),
        // A gate's name has one case only.
        (
            vec![],
            Some("rotatekubeletservercertificate: false"),
            None,
            Some(30),
            "would-not-start",
        ),
        (
            vec!["AllBeta=false"],
            None,
            None,
            Some(30),
            "false by argument",
        ),
        (
            vec!["AllBeta=false"],
            None,
            None,
            Some(20),
            "default-unknown",
        ),
        (
            vec!["AllBeta=false"],
            Some("Own: true"),
            None,
            Some(30),
            "true by config-file",
        ),
        (
            vec![],
            Some("AllAlpha: true"),
            None,
            Some(30),
            "true by default",
        ),
        (
            vec!["Own=true"],
            Some("AllBeta: false"),
            None,
            Some(30),
            "true by argument",
        ),
        (
            vec!["REDACTED-BY-NODEPROOF"],
            None,
            None,
            Some(30),
            "value-redacted",
        ),
        (
            vec!["REDACTED-BY-NODEPROOF", "Own=true"],
            None,
            None,
            Some(30),
            "true by argument",
        ),
        (
            vec![],
            Some("Own: REDACTED-BY-NODEPROOF"),
            Some("APIResponseCompression: true"),
            Some(30),
            "value-redacted",
        ),
        (vec!["Own"], None, None, Some(30), "would-not-start"),
    ] {
        let name = format!("{arguments:?} {file:?} {drop_in:?} {version:?}");
        let mut words: Vec<String> = arguments.iter().map(|text| flag(text)).collect();
        let mut bundle = Bundle::node("n");
        if let Some(gates) = file {
            words.push(CONFIG.to_owned());
            bundle = bundle.file("/etc/k.yaml", on(&gates.replace("Own", short)));
        }
        if let Some(gates) = drop_in {
            words.push(DIR.to_owned());
            bundle = bundle
                .stat_row("/etc/k.d", "dir", 1)
                .file("/etc/k.d/1.conf", on(&gates.replace("Own", short)));
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let version = version.map(|minor| Minor(1, minor));
        let got = with(&bundle.kubelet(&words), |evidence| {
            on_disk(&of_kubelet(evidence, version), gate())
        });
        assert_eq!(got, expected, "{name}");
    }
}

#[test]
fn a_gate_is_cited_where_its_own_key_stands() {
    let base = config(
        "featureGates:\n  APIResponseCompression: true\n  RotateKubeletServerCertificate: true\n",
    );
    let bundle = Bundle::node("n")
        .file("/etc/k.yaml", &base)
        .stat_row("/etc/k.d", "dir", 1)
        .file(
            "/etc/k.d/1.conf",
            config("featureGates: {APIResponseCompression: false}\n"),
        )
        .kubelet(&[CONFIG, DIR]);
    let line = base.lines().position(|l| l.contains("Rotate")).unwrap() + 1;
    let cited = with(&bundle, |evidence| {
        let in_force = of_kubelet(evidence, Some(Minor(1, 33))).setting(gate());
        in_force.unwrap().winner.citation.unwrap().to_string()
    });
    assert_eq!(cited, format!("files/etc/k.yaml:{line}"));
}

#[test]
fn a_base_file_nobody_collected_may_name_the_gate() {
    let bundle = Bundle::node("n")
        .stat_row("/etc/k.d", "dir", 1)
        .file(
            "/etc/k.d/1.conf",
            config("featureGates: {APIResponseCompression: false}\n"),
        )
        .kubelet(&[CONFIG, DIR]);
    let got = with(&bundle, |evidence| {
        on_disk(&of_kubelet(evidence, Some(Minor(1, 33))), gate())
    });
    assert_eq!(got, "file-not-collected");
}

fn live(
    shown: &Value,
    look: impl FnOnce(&Live, &Evidence<'_>) -> String,
    words: &[&str],
) -> String {
    let bundle = Bundle::node("n").configz("n", shown).kubelet(words);
    with(&bundle, |evidence| {
        look(&Live::from(evidence.configz("n").unwrap()), evidence)
    })
}

#[test]
fn configz_shows_explicit_gates_alone() {
    let always = "makeIPTablesUtilChains";
    for (shown, version, expected) in [
        (json!({always: true}), Some(30), "true by configz"),
        (json!({always: true}), Some(11), "false by configz"),
        (json!({always: true}), None, "version-unknown"),
        (json!({}), Some(30), "configz-incomplete"),
        (
            json!({always: true, "featureGates": {"APIResponseCompression": false}}),
            Some(30),
            "true by configz",
        ),
        (
            json!({always: true, "featureGates": {"RotateKubeletServerCertificate": false}}),
            None,
            "false by configz",
        ),
        (
            json!({always: true, "featureGates": {"AllBeta": false}}),
            Some(30),
            "false by configz",
        ),
        (
            json!({always: true, "featureGates": "REDACTED-BY-NODEPROOF"}),
            Some(30),
            "value-redacted",
        ),
    ] {
        let version = version.map(|minor| Minor(1, minor));
        let look = |live: &Live, _: &Evidence<'_>| said(&live.setting(gate(), version).unwrap());
        assert_eq!(live(&shown, look, &[]), expected, "{shown} {version:?}");
    }
}

#[test]
fn a_flag_without_a_key_rests_on_the_arguments_alone() {
    let setting = Setting::resolve("flag:--hostname-override", Some("")).unwrap();
    let unknown = Setting::resolve("flag:--node-ip", None).unwrap();
    for (words, expected) in [
        (vec![], " by default"),
        (vec![CONFIG], " by default"),
        (
            vec!["--hostname-override=a", "--hostname-override", "b"],
            "b by argument",
        ),
        (vec!["--hostname-override=", CONFIG], " by argument"),
        (vec!["--hostname-override"], "would-not-start"),
    ] {
        let got = with(&Bundle::node("n").kubelet(&words), |evidence| {
            let kubelet = of_kubelet(evidence, None);
            assert_eq!(
                on_disk(&kubelet, unknown) == "would-not-start",
                expected == "would-not-start"
            );
            on_disk(&kubelet, setting)
        });
        assert_eq!(got, expected, "{words:?}");
    }
    let shown = |live: &Live, evidence: &Evidence<'_>| {
        let kubelet = of_kubelet(evidence, None);
        format!("{:?}", live.of_process(setting, &kubelet))
    };
    let everything = json!({"flag:--hostname-override": "x", "makeIPTablesUtilChains": true});
    assert_eq!(live(&everything, shown, &[]), "None");
}

#[test]
fn seccomp_default_is_the_flag_or_the_key() {
    let setting = Setting::named("seccompDefault").unwrap();
    let on = "--seccomp-default";
    let off = "--seccomp-default=false";
    for (words, key, on_disk_expected, live_false, live_true) in [
        (
            vec![],
            None,
            "false by default",
            "false by configz",
            "true by configz",
        ),
        (
            vec![on],
            None,
            "true by argument",
            "true by argument",
            "true by configz",
        ),
        (
            vec![off],
            None,
            "false by default",
            "false by configz",
            "true by configz",
        ),
        (
            vec![off],
            Some(true),
            "true by config-file",
            "false by configz",
            "true by configz",
        ),
        (
            vec![on],
            Some(false),
            "true by argument",
            "true by argument",
            "true by configz",
        ),
        (
            vec![],
            Some(true),
            "true by config-file",
            "false by configz",
            "true by configz",
        ),
    ] {
        let mut words = words;
        let mut bundle = Bundle::node("n");
        if let Some(key) = key {
            words.push(CONFIG);
            bundle = bundle.file("/etc/k.yaml", config(&format!("seccompDefault: {key}\n")));
        }
        let bundle = bundle.kubelet(&words);
        let got = with(&bundle, |evidence| {
            on_disk(&of_kubelet(evidence, None), setting)
        });
        assert_eq!(got, on_disk_expected, "{words:?} {key:?}");
        for (shown, expected) in [(false, live_false), (true, live_true)] {
            let bundle = bundle
                .clone()
                .configz("n", &json!({"seccompDefault": shown}));
            let got = with(&bundle, |evidence| {
                let live = Live::from(evidence.configz("n").unwrap());
                let kubelet = of_kubelet(evidence, None);
                assert_eq!(live.setting(setting, None).is_some(), shown);
                said(&live.of_process(setting, &kubelet).unwrap())
            });
            assert_eq!(got, expected, "{words:?} {key:?}, configz {shown}");
        }
    }
}

#[test]
fn no_note_calls_a_flag_deprecated_that_is_not() {
    let bundle = Bundle::node("n").kubelet(&["--seccomp-default", "--node-ip=1"]);
    with(&bundle, |evidence| {
        let kubelet = of_kubelet(evidence, None);
        for name in ["seccompDefault", "flag:--node-ip"] {
            let setting = Setting::resolve(name, None).unwrap();
            let notes = kubelet.setting(setting).unwrap().notes;
            assert!(!notes.contains(&Code::FlagDeprecated), "{name}");
        }
    });
}

const ARGS_FILE: &str = "--kubelet-args-file=/var/snap/microk8s/current/args/kubelet";
const K3S: &str = "/usr/local/bin/k3s server";
const RUNNING: &str = "May 06 11:05:07 h k3s[40]: time=\"x\" level=info msg=\"Running kubelet";
const DROP_IN: &str = "/etc/rancher/k.d/1.conf";

fn embedded(bundle: &Bundle, setting: &str) -> String {
    let setting = Setting::named(setting).unwrap();
    with(bundle, |evidence| {
        match KubeletProcess::embedded(&evidence.processes(), evidence, Some(Minor(1, 33))) {
            Some(kubelet) => on_disk(&kubelet, setting),
            None => "no line".to_owned(),
        }
    })
}

#[test]
fn the_kubelet_inside_k3s_has_the_arguments_it_logged() {
    let log = |rest: &str| format!("{RUNNING} {rest}\n");
    let dir = "--config-dir=/etc/rancher/k.d --node-labels= --read-only-port=0";
    for (processes, journal, expected) in [
        (vec![K3S], log(&format!("{dir}\"")), "0 by journal"),
        (vec![K3S], log("--v=2\""), "10255 by default"),
        (
            vec![K3S],
            log("--read-only-port=1\"") + &log("--read-only-port=2\""),
            "2 by journal",
        ),
        (
            vec![K3S],
            log("--read-only-port=0 --conf"),
            "0, but arguments-cut-off",
        ),
        (vec![K3S], log("--v=2 --conf"), "arguments-cut-off"),
        (
            vec![K3S],
            log("--read-only-port=0\"").replace("[40]", "[7]"),
            "0, but embedded-component",
        ),
        (vec![K3S], "nothing\n".to_owned(), "no line"),
        (vec![K3S, "k3s agent"], log("--v=2\""), "no line"),
        (vec![K3S, "/usr/bin/kubelet"], log("--v=2\""), "no line"),
        (vec!["/bin/sh"], log("--v=2\""), "no line"),
        (vec!["/snap/microk8s/1/kubelite"], log("--v=2\""), "no line"),
    ] {
        let bundle = Bundle::node("n")
            .ps(&processes)
            .stat_row("/etc/rancher/k.d", "dir", 1)
            .member("commands/journal-k3s.txt", &journal);
        assert_eq!(
            embedded(&bundle, "readOnlyPort"),
            expected,
            "{processes:?} {journal}"
        );
    }
}

#[test]
fn drop_ins_that_k3s_names_are_read() {
    let bundle = Bundle::node("n")
        .ps(&[K3S])
        .file(DROP_IN, config("eventRecordQPS: 7\n"))
        .stat_row("/etc/rancher/k.d", "dir", 1)
        .member(
            "commands/journal-k3s.txt",
            format!("{RUNNING} --config-dir=/etc/rancher/k.d\"\n"),
        );
    assert_eq!(embedded(&bundle, "eventRecordQPS"), "7 by drop-in");
    // Without --config the defaults are those of flags alone, whatever the drop-ins hold.
    assert_eq!(embedded(&bundle, "readOnlyPort"), "10255 by default");
}

#[test]
fn the_kubelet_inside_kubelite_has_the_arguments_of_its_file() {
    for (text, expected) in [
        (
            "# --read-only-port=1\n--read-only-port=\"0\"\n",
            "0 by args-file",
        ),
        ("--v=2\n", "10255 by default"),
        ("--node-ip=$IP\n--read-only-port=0\n", "0 by args-file"),
        ("--read-only-port=$PORT\n", "arguments-cut-off"),
        ("--config=$ANY/k.yaml\n", "file-not-collected"),
        ("--config=${SNAP_DATA}/k.yaml\n", "3 by config-file"),
        ("$MORE\n--read-only-port=0\n", "0, but arguments-cut-off"),
        ("--read-only-port=zero\n", "would-not-start"),
    ] {
        let bundle = Bundle::node("n")
            .process(40, &["/snap/microk8s/1/kubelite", ARGS_FILE])
            .file(
                "/var/snap/microk8s/current/k.yaml",
                config("readOnlyPort: 3\n"),
            )
            .file("/var/snap/microk8s/current/args/kubelet", text);
        assert_eq!(embedded(&bundle, "readOnlyPort"), expected, "{text}");
    }
    let changed = Bundle::node("n")
        .process(40, &["kubelite"])
        .member("proc/40/started_at", "2026-11-20T10:00:00Z\n")
        .stat_row(
            "/var/snap/microk8s/current/args/kubelet",
            "file",
            4_000_000_000,
        )
        .file(
            "/var/snap/microk8s/current/args/kubelet",
            "--read-only-port=0\n",
        );
    assert_eq!(embedded(&changed, "readOnlyPort"), "0, but restart-pending");
    let none = Bundle::node("n").process(40, &["kubelite"]);
    assert_eq!(embedded(&none, "readOnlyPort"), "no line");
}

fn kube_proxy() -> &'static Described {
    components::named("kube-proxy").unwrap()
}

/// The first process of a bundle as a kube-proxy of an unknown version.
fn of_kube_proxy(evidence: &Evidence<'_>) -> Option<ComponentProcess> {
    ComponentProcess::of(kube_proxy(), &evidence.processes()[0], evidence, None)
}

#[test]
fn kube_proxy_has_what_its_file_says_and_flags_only_without_one() {
    const FILE: &str = "--config=/var/lib/kube-proxy/config.conf";
    let head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
    let file = |lines: &str| Some(format!("{head}{lines}"));
    let metrics = "metricsBindAddress";
    let kubeconfig = "clientConnection.kubeconfig";
    let host = "hostnameOverride";
    for (words, text, setting, expected) in [
        (vec![], None, metrics, "127.0.0.1:10249 by default"),
        (vec!["--metrics-bind-address=0.0.0.0:10249"], None, metrics, "0.0.0.0:10249 by argument"),
        (vec!["--metrics-bind-address="], None, metrics, " by argument"),
        (vec!["--metrics-port=1"], None, metrics, "default-unknown"),
        (vec!["--kubeconfig", "/k"], None, kubeconfig, "/k by argument"),
        (vec![FILE], file(""), metrics, "127.0.0.1:10249 by default"),
        (vec![FILE], file("metricsBindAddress: \"\"\n"), metrics, "127.0.0.1:10249 by default"),
        (vec![FILE], file("bindAddress: \"::\"\n"), metrics, "default-unknown"),
        (
            vec![FILE, "--metrics-bind-address=0.0.0.0:1"],
            file("metricsBindAddress: 127.0.0.1:2\n"),
            metrics,
            "127.0.0.1:2 by config-file",
        ),
        (
            vec![FILE, "--metrics-bind-address=0.0.0.0:1"],
            file(""),
            metrics,
            "127.0.0.1:10249 by default",
        ),
        (
            vec![FILE, "--kubeconfig=/other"],
            file("clientConnection: {kubeconfig: /k}\n"),
            kubeconfig,
            "/k by config-file",
        ),
        (
            vec![FILE, "--hostname-override=flag"],
            file("hostnameOverride: file\n"),
            host,
            "flag by argument",
        ),
        (vec![FILE], file("hostnameOverride: file\n"), host, "file by config-file"),
        (vec![FILE, "--hostname-override=flag"], None, host, "flag by argument"),
        (
            vec![FILE],
            Some("{\"apiVersion\":\"kubeproxy.config.k8s.io/v1alpha1\",\"kind\":\"KubeProxyConfiguration\",\"metricsBindAddress\":\"[::1]:1\"}".to_owned()),
            metrics,
            "[::1]:1 by config-file",
        ),
        (vec![FILE], None, metrics, "file-not-collected"),
        (vec![FILE], Some(config("")), metrics, "would-not-start"),
        (vec![FILE], file("metricsBindAddress: 1\n"), kubeconfig, "would-not-start"),
        (vec![FILE], file("a: [\n"), metrics, "config-file-unparseable"),
        (
            vec![FILE],
            file("metricsBindAddress: REDACTED-BY-NODEPROOF\n"),
            metrics,
            "value-redacted",
        ),
        (vec!["--metrics-bind-address"], None, metrics, "would-not-start"),
    ] {
        let program = std::iter::once("/usr/local/bin/kube-proxy");
        let all: Vec<&str> = program.chain(words.iter().copied()).collect();
        let mut bundle = Bundle::node("n").process(40, &all);
        if let Some(text) = &text {
            bundle = bundle.file("/var/lib/kube-proxy/config.conf", text);
        }
        let got = with(&bundle, |evidence| {
            let proxy = of_kube_proxy(evidence).unwrap();
            let setting = kube_proxy().setting(setting).unwrap();
            said(&proxy.setting(setting).map(|in_force| in_force.winner))
        });
        assert_eq!(got, expected, "{words:?} {text:?}");
    }
}

#[test]
fn a_kube_proxy_is_known_by_its_program() {
    for (words, is_one) in [
        (vec!["/usr/local/bin/kube-proxy", "--v=2"], true),
        (vec!["/hyperkube", "proxy"], true),
        (vec!["hyperkube", "kubelet"], false),
        (vec!["grep", "kube-proxy"], false),
        (vec!["kube-proxy", "--version"], false),
    ] {
        let got = with(&Bundle::node("n").process(40, &words), |evidence| {
            let proxy = of_kube_proxy(evidence);
            if let Some(proxy) = &proxy {
                assert_eq!(proxy.line.unknown, [""; 0], "{words:?}");
            }
            proxy.is_some()
        });
        assert_eq!(got, is_one, "{words:?}");
    }
}
