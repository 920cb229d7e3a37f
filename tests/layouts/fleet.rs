//! Archives of other tools among others: superseded, lent to and expected as native bundles are.

use super::*;

const MACHINE: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// A report of a kubelet, made on this day of May.
fn report(machine: &str, day: u32) -> Vec<u8> {
    let at = format!("2026-05-{day:02}T10:00:00Z");
    let end = at.parse::<jiff::Timestamp>().unwrap().as_second();
    let log = serde_json::json!({
        "version": "4.12.0",
        "components": {"report": {"sysroot": "/", "plugins": {"process": {"commands": [{
            "exec": "ps auxwwwm", "filepath": "sos_commands/process/ps_auxwwwm",
            "return_code": 0, "truncated": false, "end_time": end,
        }]}}}},
    });
    let kubelet = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml";
    let read_only = if day > 10 { 10255 } else { 0 };
    let machine = format!("{machine}\n");
    archive(&[
        ("s/version.txt", "sos report: 4.12.0"),
        ("s/sos_reports/manifest.json", &log.to_string()),
        ("s/sos_commands/host/hostname", "n1\n"),
        (
            "s/sos_commands/process/ps_auxwwwm",
            &list(&[kubelet, "ps auxwwwm"]),
        ),
        ("s/etc/machine-id", &machine),
        (
            "s/var/lib/kubelet/config.yaml",
            &config(&format!("readOnlyPort: {read_only}\n")),
        ),
    ])
}

/// What Sonobuoy shows of the same node.
fn sonobuoy(machine: &str) -> Vec<u8> {
    let nodes = serde_json::json!([{"metadata": {"name": "n1"}, "status": {"nodeInfo": {
        "kubeletVersion": "v1.31.2", "machineID": machine,
    }}}]);
    let reply = serde_json::json!({"kubeletconfig": {"enableServer": true, "makeIPTablesUtilChains": false}});
    archive(&[
        ("hosts/n1/configz.json", &reply.to_string()),
        ("meta/config.json", "{\"Version\":\"v0.56.6\"}"),
        ("meta/run.log", "{\"time\":\"2026-05-20T10:00:00Z\"}\n"),
        ("resources/cluster/core_v1_nodes.json", &nodes.to_string()),
    ])
}

fn among(archives: &[(&str, Vec<u8>)]) -> Ran {
    let lab = Lab::new();
    for (name, bytes) in archives {
        lab.put(name, bytes);
    }
    let names = archives.iter().map(|(name, _)| *name);
    let first = ["analyze"].into_iter().chain(names);
    let arguments: Vec<&str> = first
        .chain(["-b", "cis-1.12", "--format", "jsonl"])
        .collect();
    nodeproof(lab.folder.path(), &arguments)
}

fn by_bundle(ran: &Ran, control: &str) -> Vec<(String, String)> {
    let all = rows(&ran.stdout).into_iter();
    let own = all.filter(|row| row["control"] == control);
    own.map(|row| (row["bundle"].as_str().unwrap().to_owned(), outcome(&row)))
        .collect()
}

#[test]
fn the_newer_of_two_reports_of_a_machine_is_reported() {
    let older = ("a.tar", report(MACHINE, 1));
    let pair = |machine| {
        let ran = among(&[older.clone(), ("b.tar", report(machine, 11))]);
        let rows = by_bundle(&ran, "4.2.4");
        let bundles: Vec<String> = rows.into_iter().map(|(bundle, _)| bundle).collect();
        (bundles, ran)
    };
    let (bundles, ran) = pair(MACHINE);
    assert_eq!(bundles, ["b.tar"], "{}", ran.stderr);
    // Another machine of that name is another node.
    let (bundles, ran) = pair(OTHER);
    assert_eq!(bundles, ["a.tar", "b.tar"], "{}", ran.stderr);
}

#[test]
fn a_report_borrows_the_configz_that_an_archive_of_its_cluster_has_of_the_same_machine() {
    for (machine, wanted) in [(MACHINE, "fail"), (OTHER, "pass")] {
        let ran = among(&[("a.tar", report(MACHINE, 1)), ("s.tar", sonobuoy(machine))]);
        let rows = by_bundle(&ran, "4.2.6");
        let (_, found) = rows.iter().find(|(bundle, _)| bundle == "a.tar").unwrap();
        assert!(found.starts_with(wanted), "{machine} {rows:?}");
        // What the archive shows of its node stands as before.
        assert!(rows.iter().any(|(bundle, _)| bundle == "s.tar"), "{rows:?}");
    }
}

#[test]
fn reports_are_expected_and_of_an_age() {
    let lab = Lab::new();
    lab.put("a.tar", &report(MACHINE, 1));
    lab.put("expected.txt", b"n1\nn2\n");
    let arguments = ["analyze", "a.tar", "-b", "cis-1.12", "--format", "json"];
    let more = ["--expect", "expected.txt", "--max-age", "1d"];
    let ran = nodeproof(lab.folder.path(), &[&arguments[..], &more].concat());
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let gaps = report["coverage"]["gaps"].as_array().unwrap().iter();
    let gaps = gaps.map(|gap| {
        let word = |key: &str| gap[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}", word("code"), word("node"))
    });
    let gaps: Vec<String> = gaps.collect();
    assert!(gaps.contains(&"no-evidence n2".to_owned()), "{gaps:?}");
    assert!(gaps.contains(&"evidence-too-old n1".to_owned()), "{gaps:?}");
    assert!(!gaps.contains(&"no-evidence n1".to_owned()), "{gaps:?}");
}
