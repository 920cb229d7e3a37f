//! Reports of scanners of hosts: everything of a node in one document.

use base64::Engine as _;
use serde_json::json;

use super::*;

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn kubelet(read_only: u32, mode: u32, more: &str) -> Value {
    let owner = json!({"uid": 0, "gid": 0, "username": "noroot", "groupname": "root"});
    json!({
        "serviceFiles": [{"ownership": owner, "path": "/etc/systemd/system/kubelet.service", "permissions": 0o600}],
        "configFile": {
            "ownership": owner, "path": "/var/lib/kubelet/config.yaml", "permissions": mode,
            "content": base64(&config(&format!("readOnlyPort: {read_only}\n"))),
        },
        "kubeConfigFile": {"ownership": owner, "path": "/etc/kubernetes/kubelet.conf", "permissions": 0o600, "content": base64("client-key-data: c2VjcmV0\n")},
        "clientCAFile": {},
        "cmdLine": format!("/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf{more} "),
    })
}

fn enveloped(node: &str, data: &Value) -> Value {
    json!({"apiVersion": "hostdata.kubescape.cloud/v1beta0", "kind": "KubeletInfo", "metadata": {"name": node}, "data": data})
}

fn object(node: &str, data: &Value, error: &str) -> Value {
    let mut spec = data.clone();
    spec["nodeName"] = json!(node);
    json!({
        "apiVersion": "hostdata.kubescape.cloud/v1beta1", "kind": "KubeletInfo", "metadata": {"name": node},
        "spec": spec, "status": {"lastSensed": "2026-05-01T10:00:00Z", "error": error},
    })
}

#[test]
fn a_report_of_a_host_decides_arguments_configuration_and_modes_of_its_node() {
    let (good, bad) = (kubelet(0, 0o600, ""), kubelet(10255, 0o666, ""));
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [object("n1", &good, ""), object("n2", &bad, "")]});
    let array = json!([enveloped("n1", &good), enveloped("n2", &bad)]);
    let bare = |data: &Value| data.to_string();
    let one = |name: &str, text: String| vec![(name.to_owned(), text)];
    for members in [
        one("k/kubeletinfos.json", list.to_string()),
        one("k/kubeletinfos.yaml", as_yaml(&list)),
        one("k/reports.json", array.to_string()),
        [
            one("k/n1/kubeletinfo.json", bare(&good)),
            one("k/n2/kubeletinfo.json", bare(&bad)),
        ]
        .concat(),
        [
            one("k/n1-kubeletinfo.json", bare(&good)),
            one("k/n2-kubeletinfo.json", bare(&bad)),
        ]
        .concat(),
    ] {
        let first = members[0].0.clone();
        let members: Vec<(&str, &str)> = members.iter().map(|(n, t)| (&**n, &**t)).collect();
        let (found, ran) = judged("k.tar.gz", &gzip(&archive(&members)), &["-b", "cis-1.12"]);
        assert_eq!(nodes(&found), ["n1", "n2"], "{first} {}", ran.stderr);
        for (node, port, mode) in [("n1", "pass", "pass"), ("n2", "fail", "fail")] {
            let wanted = format!("{port} config-file-sets-it");
            assert_eq!(of(&found, node, "4.2.4"), wanted, "{first}");
            let wanted = format!("{mode} file-metadata-shows");
            assert_eq!(of(&found, node, "4.1.9"), wanted, "{first}");
            // Owners are judged by number.
            assert_eq!(of(&found, node, "4.1.10"), "pass file-metadata-shows");
            assert_eq!(of(&found, node, "4.1.5"), "pass file-metadata-shows");
        }
        assert!(!ran.stdout.contains("c2VjcmV0"), "{first}");
    }
}

/// As `kubectl -o yaml` has it, near enough: JSON in flow style below a block key.
fn as_yaml(list: &Value) -> String {
    format!("apiVersion: v1\nitems: {}\nkind: List\n", list["items"])
}

#[test]
fn replies_that_name_no_node_are_joined_where_nothing_tells_them_apart() {
    let good = kubelet(0, 0o600, "").to_string();
    let bad = kubelet(10255, 0o600, "").to_string();
    let proxy = |node: &str| {
        json!({"cmdLine": format!("/usr/local/bin/kube-proxy --config=/x --hostname-override={node} "), "kubeConfigFile": {}}).to_string()
    };
    let (proxy, named) = (
        proxy("n1"),
        kubelet(0, 0o600, " --hostname-override=n2").to_string(),
    );
    let judge = |members: &[(&str, &str)]| {
        let (found, ran) = judged("k.tar", &archive(members), &["-b", "cis-1.12"]);
        let names = nodes(&found).join(" ");
        (names, found, ran)
    };
    let (names, ..) = judge(&[
        ("k/kubeletinfo.json", &good),
        ("k/kubeproxyinfo.json", &proxy),
    ]);
    assert_eq!(names, "n1");
    // Two kubelets are two machines, and so are two names.
    let both = format!("[{good},{bad}]");
    let (names, found, ran) = judge(&[("k/all.json", &both)]);
    assert_eq!(names.split(' ').count(), 2, "{names} {}", ran.stderr);
    let verdicts = found.iter().filter(|((_, control), _)| control == "4.2.4");
    let verdicts: Vec<&str> = verdicts.map(|(_, outcome)| outcome.as_str()).collect();
    assert_eq!(
        verdicts,
        ["pass config-file-sets-it", "fail config-file-sets-it"]
    );
    let (names, ..) = judge(&[
        ("k/kubeletinfo.json", &named),
        ("k/kubeproxyinfo.json", &proxy),
    ]);
    assert_eq!(names, "n1 n2");
}

#[test]
fn a_report_proves_no_more_than_it_says() {
    let judge = |data: Value, control: &str| {
        let text = enveloped("n1", &data).to_string();
        let (found, _) = judged(
            "k.tar",
            &archive(&[("k/a.json", &text)]),
            &["-b", "cis-1.12"],
        );
        of(&found, "n1", control).to_owned()
    };
    // The kubelet reads the last of two; the scanner read the first.
    let two = kubelet(0, 0o600, " --config=/etc/other.yaml");
    assert_eq!(judge(two, "4.2.4"), "unknown file-not-collected");
    let drop_ins = kubelet(0, 0o600, " --config-dir=/etc/kubelet.d");
    assert_eq!(judge(drop_ins, "4.2.4"), "unknown file-not-collected");
    // What could not be read is not absent.
    let mut unread = kubelet(0, 0o600, "");
    unread["configFile"] = json!({});
    assert_eq!(judge(unread.clone(), "4.2.4"), "unknown file-not-collected");
    assert_eq!(judge(unread, "4.1.9"), "unknown file-not-collected");
    let mut unknown = kubelet(0, 0o600, "");
    unknown["configFile"]["ownership"] = json!({"err": "no such user", "uid": -1, "gid": -1});
    assert!(judge(unknown, "4.1.10").starts_with("unknown"));
    // A scan that failed shows what was there at some other time.
    let failed = object("n1", &kubelet(0, 0o600, ""), "permission denied").to_string();
    let (found, _) = judged(
        "k.tar",
        &archive(&[("k/a.json", &failed)]),
        &["-b", "cis-1.12"],
    );
    assert!(
        of(&found, "n1", "4.2.4").starts_with("unknown"),
        "{found:?}"
    );
}

#[test]
fn objects_without_settings_name_their_node() {
    let text = json!({"apiVersion": "hostdata.kubescape.cloud/v1beta1", "kind": "KernelVersion", "metadata": {"name": "n1"}, "spec": {"content": "x", "nodeName": "n1"}}).to_string();
    let (found, ran) = judged("k.tar", &archive(&[("k/a.json", &text)]), &[]);
    assert_eq!(nodes(&found), ["n1"], "{}", ran.stderr);
}

#[test]
fn arguments_of_a_periscope_are_those_of_the_node_it_is_filed_under() {
    let on = "/usr/local/bin/kubelet --read-only-port=0 --v=2\n";
    let off = "/usr/local/bin/kubelet --read-only-port=10255 --v=2\n";
    let zipped = [("kubeletcmd/kubeletcmd", on), ("dns/virtualmachine", "x\n")];
    let (found, ran) = judged(
        "aks-pool-1.zip",
        &zip_of(&archive(&zipped)),
        &["-b", "cis-1.12"],
    );
    assert_eq!(nodes(&found), ["aks-pool-1"], "{}", ran.stderr);
    assert_eq!(of(&found, "aks-pool-1", "4.2.4"), "pass argument-sets-it");
    let blobs = [
        ("run/aks-1/kubeletcmd", on),
        ("run/aks-2/kubeletcmd/kubeletcmd", off),
    ];
    let (found, ran) = judged("run.tar", &archive(&blobs), &["-b", "cis-1.12"]);
    assert_eq!(nodes(&found), ["aks-1", "aks-2"], "{}", ran.stderr);
    assert_eq!(of(&found, "aks-1", "4.2.4"), "pass argument-sets-it");
    assert_eq!(of(&found, "aks-2", "4.2.4"), "fail argument-sets-it");
    assert!(rows(&ran.stdout)[0]["benchmark"].as_str().is_some());
}

#[test]
fn a_report_of_node_collector_names_no_node_and_decides_nothing() {
    let report = json!({"apiVersion": "v1", "kind": "NodeInfo", "type": "worker", "info": {"kubeletConfFilePermissions": {"values": [600]}}}).to_string();
    let (found, ran) = judged("r.tar", &archive(&[("r/output.json", &report)]), &[]);
    assert!(found.is_empty(), "{found:?}");
    assert!(ran.stderr.contains("node-collector"), "{}", ran.stderr);
    // Beside a node's own evidence it changes nothing.
    let processes = super::list(&["/usr/bin/kubelet --read-only-port=0"]);
    let members = [
        ("n1/output.json", report.as_str()),
        ("n1/ps.txt", &processes),
    ];
    let (found, _) = judged("n1.tar", &archive(&members), &["-b", "cis-1.12"]);
    assert_eq!(of(&found, "n1", "4.2.4"), "pass argument-sets-it");
    assert!(of(&found, "n1", "4.1.5").starts_with("unknown"));
    // Its reply of configz is of a node that it does not name either.
    let reply = json!({"kubeletconfig": {"enableServer": true, "makeIPTablesUtilChains": false}})
        .to_string();
    let (found, _) = judged(
        "n7.tar",
        &archive(&[("n7/node_config.json", &reply)]),
        &["-b", "cis-1.12"],
    );
    assert_eq!(nodes(&found), ["n7"]);
    assert_eq!(of(&found, "n7", "4.2.6"), "fail configz-sets-it");
}

#[test]
fn the_reports_of_a_real_cluster_decide_as_its_evidence_does() {
    let Some(folder) = shared("evidence/importers/kubescape") else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (kubelet, proxy, plane) = (
        read("kubeletinfo.json"),
        read("kubeproxyinfo.json"),
        read("controlplaneinfo.json"),
    );
    let tar = archive(&[
        ("k/kubeletinfo.json", &kubelet),
        ("k/kubeproxyinfo.json", &proxy),
        ("k/controlplaneinfo.json", &plane),
    ]);
    let (found, ran) = judged("k.tar", &tar, &["-b", "cis-1.7"]);
    assert_eq!(nodes(&found), ["minikube"], "{}", ran.stderr);
    for (control, wanted) in [
        ("4.1.1", "fail file-metadata-shows"),
        ("4.1.5", "pass file-metadata-shows"),
        ("4.1.9", "fail file-metadata-shows"),
        ("4.2.1", "pass config-file-sets-it"),
        ("4.2.3", "pass config-file-sets-it"),
        ("4.2.7", "fail argument-sets-it"),
        ("1.1.1", "pass file-metadata-shows"),
    ] {
        assert_eq!(of(&found, "minikube", control), wanted, "{control}");
    }
    // Inputs of tests that are edited by hand are read as what they say.
    let rules = folder.join("regolibrary");
    let text = std::fs::read_to_string(
        rules.join("kubelet-rotate-certificates/fail-cli-argument-set-false/kubelet-info.json"),
    )
    .unwrap();
    let (found, _) = judged(
        "k.tar",
        &archive(&[("k/a.json", &text)]),
        &["-b", "cis-1.7"],
    );
    assert_eq!(
        of(&found, nodes(&found)[0], "4.2.10"),
        "fail argument-sets-it"
    );
}

#[test]
fn the_commands_of_explain_print_what_stands_inside_a_report() {
    let jq = std::process::Command::new("jq").arg("--version").output();
    if !jq.is_ok_and(|ran| ran.status.success()) {
        return crate::support::skipped("jq is missing: apt-get install jq");
    }
    let lab = Lab::new();
    let text = enveloped("n1", &kubelet(0, 0o600, "")).to_string();
    lab.put("k.tar.gz", &gzip(&archive(&[("k/a.json", &text)])));
    let printed = |control: &str| {
        let arguments = [
            "explain", "k.tar.gz", "--node", "n1", "-c", control, "--format", "json",
        ];
        let ran = lab.run(&arguments);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        let evidence = &document["stories"][0]["evidence"][0];
        let ran = |key: &str| {
            let command = evidence[key].as_str().unwrap();
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", command]).current_dir(lab.folder.path());
            String::from_utf8(shell.output().unwrap().stdout).unwrap()
        };
        let sum = ran("digest_command");
        assert!(
            sum.starts_with(evidence["sha256"].as_str().unwrap()),
            "{sum}"
        );
        ran("command")
    };
    assert_eq!(printed("cis-1.12:4.2.4"), "readOnlyPort: 0\n");
    assert!(printed("cis-1.12:4.2.7").starts_with("/usr/bin/kubelet --config="));
    assert!(printed("cis-1.12:4.1.5").contains("\"permissions\": 384"));
}
