//! Archives of tools as they are mailed: packed once more, with folders around them, unpacked, by a Mac.

use super::*;

/// What a tool packs: its members, the control that they decide, and the node.
struct Made {
    about: &'static str,
    members: Vec<(&'static str, String)>,
    decides: Option<&'static str>,
    node: &'static str,
}

fn all() -> Vec<Made> {
    let kubelet = "/usr/bin/kubelet --read-only-port=0";
    let text = |text: &str| text.to_owned();
    let made = |about, members, decides, node| Made {
        about,
        members,
        decides,
        node,
    };
    vec![
        made(
            "sos report",
            vec![
                ("version.txt", text("sosreport: 3.6\n")),
                ("sos_commands/host/hostname", text("n1.example.org\n")),
                ("sos_commands/process/ps_auxwww", list(&[kubelet])),
            ],
            Some("4.2.4"),
            "n1.example.org",
        ),
        made(
            "the Insights client",
            vec![
                ("insights_commands/hostname", text("n1.example.org\n")),
                ("insights_commands/ps_auxww", list(&[kubelet])),
                ("insights_commands/ps_auxcww", list(&["kubelet"])),
                ("etc/hosts", text("x\n")),
            ],
            Some("4.2.4"),
            "n1.example.org",
        ),
        made(
            "the Insights client of today",
            vec![
                ("data/insights_commands/hostname_-f", text("n1.example.org\n")),
                ("data/insights_commands/ps_auxww", list(&["/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml"])),
                ("data/var/lib/kubelet/config.yaml", config("readOnlyPort: 0\n")),
                ("meta_data/x.json", text("{}")),
            ],
            Some("4.2.4"),
            "n1.example.org",
        ),
        made(
            "EKS",
            vec![
                ("system/instance-id.txt", text("i-0abc\n")),
                ("system/ps.txt", list(&[kubelet])),
                ("kubelet/kubelet_service.txt", text("# /x\n[Unit]\n")),
            ],
            Some("4.2.4"),
            "i-0abc",
        ),
        made(
            "MicroK8s of before",
            vec![
                ("args/kubelet", text("--read-only-port=0\n")),
                ("sys/ps", list(&["/snap/microk8s/7231/kubelite --kubelet-args-file=/var/snap/microk8s/7231/args/kubelet"])),
                ("k8s/cluster-info-dump", serde_json::json!({"kind": "NodeList", "items": [{"metadata": {"name": "mk"}}]}).to_string()),
                ("snap.microk8s.daemon-kubelet/systemctl.log", text("x\n")),
            ],
            Some("4.2.4"),
            "mk",
        ),
        made(
            "Talos",
            vec![
                ("10.5.0.2/processes", text("PID STATE THREADS CPU-TIME VIRTMEM RESMEM COMMAND\n7 S 1 0.1 1.4 GB 98 MB /usr/local/bin/kubelet --read-only-port=0\n")),
                ("cluster/kubernetesResources/nodes.yaml", text("items: []\n")),
            ],
            Some("4.2.4"),
            "10.5.0.2",
        ),
        made(
            "kind",
            vec![
                ("kind-version.txt", text("kind v0.23.0\n")),
                ("cp/kubernetes-version.txt", text("Kubernetes v1.30.0\n")),
            ],
            None,
            "cp",
        ),
        made(
            "Bottlerocket",
            vec![
                ("settings.json", text("{\"settings\":{\"network\":{\"hostname\":\"br1\"}}}")),
                ("kube-status", text("no unit\n")),
            ],
            None,
            "br1",
        ),
        made(
            "the dump of a cluster",
            vec![
                ("nodes.json", serde_json::json!({"kind": "NodeList", "items": [{"metadata": {"name": "n1"}}]}).to_string()),
                ("kube-system/pods.json", text("{}")),
            ],
            None,
            "n1",
        ),
        made(
            "Insights",
            vec![
                ("config/version.json", text("{}")),
                ("config/node/n1.json", serde_json::json!({"metadata": {"name": "n1"}, "status": {"nodeInfo": {"kubeletVersion": "v1.27.8"}}}).to_string()),
            ],
            None,
            "n1",
        ),
    ]
}

#[test]
fn whatever_is_put_around_an_archive_it_is_the_same_node() {
    for made in all() {
        let below = |top: &str| {
            let members = made.members.iter();
            let members = members.map(|(name, text)| (format!("{top}{name}"), text.clone()));
            members.collect::<Vec<(String, String)>>()
        };
        let pack = |members: &[(String, String)]| {
            let members: Vec<(&str, &str)> = members.iter().map(|(n, t)| (&**n, &**t)).collect();
            archive(&members)
        };
        let mut of_mac = below("report/");
        for (name, _) in below("report/") {
            let (folder, file) = name.rsplit_once('/').unwrap();
            of_mac.push((
                format!("__MACOSX/{folder}/._{file}"),
                "\0\u{5}\u{16}\u{7}x".to_owned(),
            ));
        }
        let inner = gzip(&pack(&below("report/")));
        let mut mailed = tar::Builder::new(Vec::new());
        append(&mut mailed, "report.tar.gz", &inner);
        append(&mut mailed, "__MACOSX/._report.tar.gz", b"\0\x05\x16\x07");
        append(&mut mailed, "report.tar.gz.sha256", b"x");
        let mailed = mailed.into_inner().unwrap();
        let check = |how: &str, ran: &Ran| {
            let found = by_control(ran);
            let about = made.about;
            assert_eq!(nodes(&found), [made.node], "{about} {how} {}", ran.stderr);
            assert_eq!(ran.code, 0, "{about} {how} {}", ran.stderr);
            if let Some(control) = made.decides {
                let outcome = of(&found, made.node, control);
                assert!(outcome.starts_with("pass"), "{about} {how} {outcome}");
            }
        };
        for (how, name, bytes) in [
            ("by itself", "r.tar", pack(&below(""))),
            ("with a folder", "r.tar.gz", gzip(&pack(&below("report/")))),
            (
                "with more",
                "r.zip",
                zip_of(&pack(&below("case 17/mail/report/"))),
            ),
            ("by a Mac", "r.zip", zip_of(&pack(&of_mac))),
            ("packed twice", "r.zip", zip_of(&mailed)),
        ] {
            let (_, ran) = judged(name, &bytes, &["-b", "cis-1.12"]);
            check(how, &ran);
        }
        let lab = Lab::new();
        for (name, text) in below("in/case/report/") {
            lab.put(&name, text.as_bytes());
        }
        lab.put("in/case/._report.tar.gz", b"\0\x05\x16\x07");
        for path in ["in", "in/case/report"] {
            let arguments = ["analyze", path, "--format", "jsonl", "-b", "cis-1.12"];
            let ran = nodeproof(lab.folder.path(), &arguments);
            check(&format!("unpacked below {path}"), &ran);
        }
    }
}

#[test]
fn the_command_of_explain_knows_the_folders_around_an_archive() {
    let report = all().remove(0);
    let members = report.members.iter();
    let members: Vec<(String, &str)> = members
        .map(|(name, text)| (format!("case/mail/sosreport-n1/{name}"), text.as_str()))
        .collect();
    let members: Vec<(&str, &str)> = members
        .iter()
        .map(|(name, text)| (&**name, *text))
        .collect();
    let lab = Lab::new();
    lab.put("r.tar.gz", &gzip(&archive(&members)));
    let arguments = [
        "explain",
        "r.tar.gz",
        "--node",
        "n1.example.org",
        "-c",
        "cis-1.12:4.2.4",
    ];
    let ran = lab.run(&[&arguments[..], &["--format", "json"]].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let command = document["stories"][0]["evidence"][0]["command"].as_str();
    let printed = std::process::Command::new("sh")
        .args(["-c", command.unwrap()])
        .current_dir(lab.folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(
        printed.contains("--read-only-port=0"),
        "{command:?} {printed}"
    );
}

#[test]
fn a_log_collector_of_eks_that_got_no_instance_id_is_named_after_its_archive() {
    let processes = list(&["/usr/bin/kubelet --read-only-port=0"]);
    let tar = archive(&[
        ("./system/ps.txt", &processes),
        ("./kubelet/kubelet_service.txt", "# /x\n"),
    ]);
    let name = "eks_i-0abc_2026-05-01_1000-UTC_0.7.8.tar.gz";
    let (found, ran) = judged(name, &gzip(&tar), &[]);
    assert_eq!(nodes(&found), ["i-0abc"], "{}", ran.stderr);
    assert!(
        rows(&ran.stdout)[0]["benchmark"]
            .as_str()
            .unwrap()
            .starts_with("eks-")
    );
}

#[test]
fn files_that_somebody_put_together_are_judged_as_a_folder_too() {
    let processes =
        list(&["/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --config-dir=/x"]);
    let config = config("readOnlyPort: 0\n");
    let configz = "{\"kubeletconfig\":{\"readOnlyPort\":10255}}";
    let members = [
        ("audit/n1/ps.txt", processes.as_str()),
        ("audit/n2/var/lib/kubelet/config.yaml", config.as_str()),
        ("audit/n3/configz.json", configz),
        ("audit/notes.txt", "x"),
    ];
    let (packed, _) = judged("audit.tar", &archive(&members), &["-b", "cis-1.12"]);
    let lab = Lab::new();
    for (name, text) in members {
        lab.put(&format!("in/{name}"), text.as_bytes());
    }
    for path in ["in", "in/audit"] {
        let asked = ["analyze", path, "-b", "cis-1.12", "--format", "jsonl"];
        let unpacked = nodeproof(lab.folder.path(), &asked);
        assert_eq!(by_control(&unpacked), packed, "{path}: {}", unpacked.stderr);
    }
    assert_eq!(nodes(&packed), ["n1", "n2", "n3"]);
    assert!(of(&packed, "n3", "4.2.3").starts_with("fail"), "{packed:?}");
    // A folder that has nothing of the kind is none.
    lab.put("other/notes.txt", b"x");
    assert_eq!(lab.run(&["analyze", "other"]).code, 2);
}
