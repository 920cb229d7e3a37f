//! What the real kubelet's code made of arguments and files, case by case (facts
//! `kubelet-golden.jsonl`). Skips where that file is not beside the checkout.

use std::collections::BTreeMap;

use crate::support::*;
use nodeproof::bundle::{self, Place, Source};
use nodeproof::evidence::{Evidence, layouts};
use nodeproof::limits::Limits;
use nodeproof::node::version::Version;
use nodeproof::settings::component::Instance;
use nodeproof::settings::kubelet::{SETTINGS, Setting};
use nodeproof::settings::kubelet_process::KubeletProcess;
use nodeproof::settings::literal::parse_duration;
use nodeproof::settings::value::SettingValue;
use serde_json::Value;

/// What the real code refuses after the step that the golden file ends with.
const LATER: [&str; 2] = [
    ", and the kubelet takes ",
    "serverTLSBootstrap needs the feature gate",
];

/// A value as the golden file writes it.
fn golden(value: Option<&Value>, like: &SettingValue) -> SettingValue {
    match (value, like) {
        (Some(Value::Bool(b)), _) => SettingValue::Bool(*b),
        (Some(Value::Number(n)), _) => SettingValue::Int(n.as_i64().unwrap()),
        (Some(Value::String(s)), SettingValue::Duration(_)) => {
            SettingValue::Duration(parse_duration(s).unwrap())
        }
        (Some(Value::String(s)), _) => SettingValue::Text(s.clone()),
        (Some(Value::Array(items)), _) => SettingValue::List(
            items
                .iter()
                .map(|i| i.as_str().unwrap().to_owned())
                .collect(),
        ),
        (Some(Value::Object(map)), _) => SettingValue::Map(
            map.iter()
                .map(|(k, v)| {
                    (
                        k.clone(),
                        v.as_str().map_or_else(|| v.to_string(), str::to_owned),
                    )
                })
                .collect::<BTreeMap<_, _>>(),
        ),
        (None | Some(Value::Null), SettingValue::Bool(_)) => SettingValue::Bool(false),
        (None | Some(Value::Null), SettingValue::Int(_)) => SettingValue::Int(0),
        (None | Some(Value::Null), SettingValue::Duration(_)) => SettingValue::Duration(0),
        (None | Some(Value::Null), SettingValue::Text(_)) => SettingValue::Text(String::new()),
        (None | Some(Value::Null), SettingValue::List(_)) => SettingValue::List(Vec::new()),
        (None | Some(Value::Null), SettingValue::Map(_)) => SettingValue::Map(BTreeMap::new()),
    }
}

#[test]
fn every_case_the_real_kubelet_decided_comes_out_the_same() {
    let Some(path) = shared("facts/kubelet-golden.jsonl") else {
        return;
    };
    let lab = Lab::new();
    let (mut effective, mut refused, mut ranges) = (0, 0, 0);
    let mut wrong = Vec::new();
    let text = std::fs::read_to_string(path).unwrap();
    let gate = Setting::resolve("featureGates.RotateKubeletServerCertificate", Some("false"));
    let gate = gate.unwrap();
    for case in rows(&text) {
        let version = case["kubelet"].as_str().unwrap();
        let name = format!("{version} {}", case["case"].as_str().unwrap());
        let arguments: Vec<&str> = case["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a.as_str().unwrap())
            .collect();
        let mut bundle = Bundle::node("n")
            .kubelet(&arguments)
            .version(&format!("v{version}"));
        bundle = bundle
            .stat_row("/etc/k8s", "dir", 1)
            .stat_row("/etc/k8s/nope.yaml", "absent", 1);
        bundle = bundle.stat_row("/etc/k8s/nodir", "absent", 1);
        for (path, content) in case["files"].as_object().unwrap() {
            bundle = match path.strip_suffix('/') {
                Some(folder) => bundle.stat_row(folder, "dir", 1),
                None => bundle.file(path, content.as_str().unwrap()),
            };
        }
        let place = Place {
            name: "n.tar.gz".into(),
            source: Source::File(lab.add("n.tar.gz", &bundle)),
        };
        let limits = Limits::default();
        let bundle = bundle::read(&place, &limits, &layouts::wanted).unwrap();
        let evidence = Evidence::of(&bundle, &limits);
        let process = evidence.processes().remove(0);
        let minor = Version::parse(version).unwrap().minor;
        let kubelet = KubeletProcess::new(&process, 1, &evidence, Some(minor));
        for setting in SETTINGS.iter().chain([gate]) {
            let got = kubelet.setting(setting);
            let Some(all) = case.get("effective") else {
                refused += 1;
                // A well-formed argument decides whatever its file holds; nothing else may.
                let own =
                    kubelet.line.last(&setting.flag).is_some() && kubelet.line.malformed.is_empty();
                if got.is_ok() && !own {
                    wrong.push(format!(
                        "{name}: {} is {got:?}, and the kubelet refused: {}",
                        setting.path, case["error"]
                    ));
                }
                continue;
            };
            let top = setting.path.split('.').next().unwrap();
            let shown = [
                "makeIPTablesUtilChains",
                "readOnlyPort",
                "authentication",
                "authorization",
                "streamingConnectionIdleTimeout",
                "eventRecordQPS",
                "eventBurst",
                "seccompDefault",
                "podPidsLimit",
                "tlsCipherSuites",
                "featureGates",
                "systemReserved",
                "serverTLSBootstrap",
            ];
            if !shown.contains(&top) {
                continue;
            }
            effective += 1;
            let wanted = setting
                .segments()
                .try_fold(all, |value, key| value.get(key));
            // The golden file shows the file's key; in force is the key or the flag.
            let by_flag = setting.path == "seccompDefault" && arguments == ["--seccomp-default"];
            let wanted = if by_flag {
                Some(&Value::Bool(true))
            } else {
                wanted
            };
            match got {
                Ok(in_force) => {
                    let wanted = golden(wanted, &in_force.winner.value);
                    if in_force.winner.value != wanted {
                        wrong.push(format!(
                            "{name}: {} is {}, wanted {wanted}",
                            setting.path, in_force.winner.value
                        ));
                    }
                }
                // The golden file did not check value ranges, nor values that do not go together; a
                // real kubelet refuses these later.
                Err(doubt) if LATER.iter().any(|why| doubt.why.contains(why)) => ranges += 1,
                Err(doubt) => wrong.push(format!(
                    "{name}: {}: {doubt:?}, wanted {wanted:?}",
                    setting.path
                )),
            }
        }
    }
    println!("{effective} effective values and {refused} refusals compared, {ranges} out of range");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
    assert!(effective > 5_000 && refused > 10_000);
}
