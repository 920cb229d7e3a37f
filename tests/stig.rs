//! What a STIG says of its controls beside their numbers.

use crate::support::*;
use serde_json::{Value, json};

const STIG: &str = "stig-kubernetes-v2r4";

fn judged(config: &str) -> Value {
    let lab = Lab::new();
    let kubelet = Bundle::node("n")
        .version("v1.30.0")
        .kubelet(&["--config=/k.yaml"]);
    let text = format!(
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{config}\n"
    );
    lab.add("n.tgz", &kubelet.file("/k.yaml", text));
    let controls = "V-242424,V-242425,V-242387";
    let ran = nodeproof(
        lab.folder.path(),
        &[
            "analyze", ".", "-b", STIG, "-c", controls, "--format", "json",
        ],
    );
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_severity_stands_in_the_report_and_in_the_list_of_controls() {
    let report = judged("readOnlyPort: 0");
    let controls = report["coverage"]["controls"].as_array().unwrap();
    let of = |number: &str| controls.iter().find(|c| c["control"] == number).unwrap();
    assert_eq!(of("V-242387")["severity"], "high");
    assert_eq!(of("V-242387")["category"], "I");
    assert_eq!(of("V-242424")["category"], "II");
    let ran = nodeproof(
        Lab::new().folder.path(),
        &["controls", "-b", STIG, "--format", "json"],
    );
    let listed: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    let is_high = |row: &&Value| row["severity"] == "high";
    assert_eq!(listed.iter().filter(is_high).count(), 20);
    assert!(listed.iter().all(|row| row["category"].is_string()));
    let none = nodeproof(
        Lab::new().folder.path(),
        &["controls", "-b", "cis-1.12", "--format", "json"],
    );
    let none: Vec<Value> = serde_json::from_str(&none.stdout).unwrap();
    assert!(none.iter().all(|row| row["severity"].is_null()));
}

#[test]
fn the_certificate_and_its_key_are_two_controls() {
    for (config, key, certificate) in [
        ("tlsCertFile: /c\ntlsPrivateKeyFile: /k", "pass", "pass"),
        ("tlsCertFile: /c", "fail", "pass"),
        ("tlsPrivateKeyFile: /k", "pass", "fail"),
    ] {
        let report = judged(config);
        let rows = report["findings"].as_array().unwrap();
        let of = |number: &str| rows.iter().find(|r| r["control"] == number).unwrap();
        let verdicts = json!([of("V-242424")["verdict"], of("V-242425")["verdict"]]);
        assert_eq!(verdicts, json!([key, certificate]), "{config}");
    }
}
