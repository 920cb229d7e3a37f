//! Links: what leaves the tree it lies in is recorded and not read, some files are never read, and a linked file that a
//! process names is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::harness::{Bundle, Run, StandIn, plant, plant_process, root, shells};
use crate::support::{self, nodeproof};

const CANARY: &str = "canary-of-another-tree";

fn link(root: &Path, from: &str, to: &str) {
    let from = root.join(from.trim_start_matches('/'));
    fs::create_dir_all(from.parent().unwrap()).unwrap();
    symlink(to, from).unwrap();
}

fn on_each_shell(image: &Path, check: impl Fn(&Bundle)) {
    for shell in shells() {
        check(&Run::on(&shell, image).bundle());
    }
}

#[test]
fn link_out_of_its_tree_is_recorded_and_never_read() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(root, "/etc/shadow", CANARY);
    plant(root, "/root/notes.yaml", CANARY);
    plant(root, "/opt/outside/x.conf", CANARY);
    let links = [
        ("/etc/cni/net.d/10-x.conf", "/etc/shadow"),
        ("/etc/cni/net.d/20-x.conflist", "../../shadow"),
        ("/etc/cni/net.d/sub/30-x.conf", "/root/notes.yaml"),
        (
            "/etc/kubernetes/manifests/a.yaml",
            "../../../root/notes.yaml",
        ),
        ("/etc/kubernetes/manifests/b.yaml", "../../shadow"),
        ("/var/lib/kubelet/config.yaml", "/root/notes.yaml"),
        ("/etc/kubernetes/kubelet.conf", "/etc/shadow"),
        ("/etc/default/kubelet", "/root/notes.yaml"),
        ("/etc/systemd/system/kubelet.service", "/root/notes.yaml"),
        (
            "/etc/systemd/system/kubelet.service.d/10.conf",
            "/opt/outside/x.conf",
        ),
        (
            "/etc/kubernetes/kubelet/config.json.d/40.conf",
            "/opt/outside/x.conf",
        ),
        (
            "/var/snap/microk8s/current/args/kubelet",
            "/root/notes.yaml",
        ),
        ("/etc/rancher/k3s/config.yaml.d/1.yaml", "/root/notes.yaml"),
        (
            "/var/lib/rancher/k3s/agent/pod-manifests/p.yaml",
            "/root/notes.yaml",
        ),
    ];
    for (from, to) in links {
        link(root, from, to);
    }
    // A link to a link, and a folder that is one.
    link(root, "/etc/cni/net.d/40-x.conf", "hop.conf");
    link(root, "/etc/cni/net.d/hop.conf", "/root/notes.yaml");
    link(root, "/etc/kubernetes/kubelet.conf.d", "/opt/outside");
    for (file, to) in [
        ("machine-id", "shadow"),
        ("hostname", "shadow"),
        ("os-release", "shadow"),
    ] {
        link(root, &format!("/etc/{file}"), to);
    }
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.members_with(CANARY), Vec::<&str>::new());
        for (from, _) in links.iter().chain(&[("/etc/cni/net.d/40-x.conf", "")]) {
            assert_eq!(bundle.skipped(from), Some("link-out-of-tree"), "{from}");
            assert_eq!(bundle.row(from, "type"), "symlink", "{from}");
            assert!(!bundle.has_file(from), "{from}");
        }
        assert_eq!(
            bundle.skipped("/etc/kubernetes/kubelet.conf.d"),
            Some("link-out-of-tree")
        );
        assert!(!Path::new("/rows").exists());
    });
}

#[test]
fn link_within_its_tree_or_to_what_is_read_anyway_is_read() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let honest = "kind: A\n";
    plant(root, "/etc/cni/net.d/real/5.txt", "{\"name\": \"a\"}\n");
    link(root, "/etc/cni/net.d/10-x.conf", "real/5.txt");
    plant(root, "/usr/lib/os-release", "ID=flatcar\n");
    link(root, "/etc/os-release", "../usr/lib/os-release");
    plant(
        root,
        "/usr/lib/systemd/system/rke2-server.service",
        "[Service]\nUser=root\n",
    );
    link(
        root,
        "/etc/systemd/system/rke2-server.service",
        "/usr/lib/systemd/system/rke2-server.service",
    );
    // Folders above a tree are the administrator's.
    plant(root, "/data/kubernetes/manifests/etcd.yaml", honest);
    link(root, "/etc/kubernetes", "../data/kubernetes");
    plant(root, "/data/rancher/k3s/agent/pod-manifests/p.yaml", honest);
    link(root, "/var/lib/rancher", "/data/rancher");
    on_each_shell(root, |bundle| {
        for path in [
            "/etc/cni/net.d/10-x.conf",
            "/etc/os-release",
            "/etc/systemd/system/rke2-server.service",
            "/etc/kubernetes/manifests/etcd.yaml",
            "/var/lib/rancher/k3s/agent/pod-manifests/p.yaml",
        ] {
            assert!(bundle.has_file(path), "{path}: {:?}", bundle.skipped(path));
        }
    });
}

#[test]
fn argument_may_name_a_link_to_anywhere_but_to_secrets_of_the_system() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(root, "/opt/k/real.yaml", "kind: KubeletConfiguration\n");
    link(root, "/etc/k/config.yaml", "/opt/k/real.yaml");
    plant(
        root,
        "/opt/drop-ins/10.conf",
        "kind: KubeletConfiguration\n",
    );
    link(root, "/etc/k/conf.d", "/opt/drop-ins");
    link(root, "/opt/drop-ins/20.conf", "/root/notes.yaml");
    plant(root, "/root/notes.yaml", CANARY);
    let never = [
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/ssh/ssh_host_rsa_key",
        "/etc/ssh/sshd_config",
        "/root/.ssh/id_rsa",
        "/root/.ssh/authorized_keys",
        "/root/.docker/config.json",
        "/root/.aws/credentials",
        "/root/.bash_history",
        "/etc/sudoers",
        "/etc/security/opasswd",
        "/etc/krb5.keytab",
        "/proc/1/environ",
        "/etc/k/tls.key",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
    ];
    plant_process(
        root,
        4,
        &[
            "kubelet",
            "--config=/etc/k/config.yaml",
            "--config-dir=/etc/k/conf.d",
        ],
    );
    for (number, path) in never.iter().enumerate() {
        plant(root, path, CANARY);
        link(root, &format!("/home/u/{number}"), path);
        let (config, linked) = (
            format!("--config={path}"),
            format!("--kubeconfig=/home/u/{number}"),
        );
        plant_process(
            root,
            100 + u32::try_from(number).unwrap(),
            &["kubelet", &config, &linked],
        );
    }
    // Another name of the same file.
    fs::hard_link(root.join("etc/shadow"), root.join("etc/k/innocent.yaml")).unwrap();
    plant_process(root, 99, &["kubelet", "--config=/etc/k/innocent.yaml"]);
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.members_with(CANARY), Vec::<&str>::new());
        assert!(bundle.has_file("/etc/k/config.yaml"));
        assert!(bundle.has_file("/etc/k/conf.d/10.conf"));
        assert_eq!(
            bundle.skipped("/etc/k/conf.d/20.conf"),
            Some("link-out-of-tree")
        );
        assert_eq!(bundle.skipped("/etc/k/innocent.yaml"), Some("secret-file"));
        for (number, path) in never.iter().enumerate() {
            let reasons = [Some("secret-file"), Some("private-key")];
            assert!(
                reasons.contains(&bundle.skipped(path)),
                "{path}: {:?}",
                bundle.skipped(path)
            );
            let linked = format!("/home/u/{number}");
            assert!(
                reasons.contains(&bundle.skipped(&linked)),
                "{linked} -> {path}"
            );
        }
    });
}

#[test]
fn what_a_file_in_a_writable_folder_names_is_not_read() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(root, "/root/notes.yaml", CANARY);
    plant(
        root,
        "/etc/cni/net.d/10-x.conf",
        "{\"kubeconfig\": \"/root/notes.yaml\",\n\"staticPodPath\": \"/root\"}",
    );
    plant(
        root,
        "/etc/kubernetes/manifests/a.yaml",
        "kubeconfig: /root/notes.yaml\n",
    );
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.members_with(CANARY), Vec::<&str>::new());
        assert_eq!(bundle.row("/root/notes.yaml", "type"), "file");
    });
}

#[test]
fn users_kubelet_reads_nothing_that_the_user_cannot_come_to() {
    if !root() {
        return;
    }
    let private = tempfile::tempdir().unwrap();
    let open = plant(private.path(), "closed/open.yaml", CANARY);
    plant(private.path(), "closed/d/1.conf", CANARY);
    fs::set_permissions(private.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(
        private.path().join("closed"),
        fs::Permissions::from_mode(0o700),
    )
    .unwrap();
    let linked = private.path().join("link.yaml");
    symlink("/etc/shadow", &linked).unwrap();
    let _rogue = StandIn::start_as(
        "kubelet",
        &[
            "--config",
            open.to_str().unwrap(),
            "--kubeconfig",
            linked.to_str().unwrap(),
            "--config-dir",
            private.path().join("closed/d").to_str().unwrap(),
        ],
        Some(65534),
    );
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        assert_eq!(bundle.members_with(CANARY), Vec::<&str>::new());
        assert_eq!(bundle.skipped(open.to_str().unwrap()), Some("unreadable"));
        assert_eq!(
            bundle.skipped(linked.to_str().unwrap()),
            Some("secret-file")
        );
    }
}

/// A folder as the kubelet mounts a ConfigMap: each file is a link into `..data`, which is one to the newest version.
fn config_map(folder: &Path, files: &[(&str, &str)]) -> PathBuf {
    let version = "..2026_11_20_10_00_00.123456789";
    symlink(version, folder.join("..data")).unwrap();
    for (name, content) in files {
        plant(folder, &format!("{version}/{name}"), content);
        let real = folder.join(version).join(name);
        fs::set_permissions(real, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(format!("..data/{name}"), folder.join(name)).unwrap();
    }
    folder.join(version)
}

const MOUNTED: &[(&str, &str)] = &[
    (
        "config.conf",
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: 0.0.0.0:10249\nclientConnection: {kubeconfig: /var/lib/kube-proxy/kubeconfig.conf}\n",
    ),
    ("kubeconfig.conf", "apiVersion: v1\nkind: Config\n"),
    (
        "kubelet.yaml",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: true}}\n",
    ),
];

#[test]
fn files_that_two_processes_name_in_a_mounted_config_map_are_collected() {
    let mount = tempfile::tempdir().unwrap();
    let version = config_map(mount.path(), MOUNTED);
    let at = |name: &str| mount.path().join(name).display().to_string();
    let arguments = [
        format!("--config={}", at("config.conf")),
        format!("--kubeconfig={}", at("kubeconfig.conf")),
    ];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _first = StandIn::start("kube-proxy", &arguments);
    let _second = StandIn::start("kube-proxy", &arguments);
    let kubelet_config = format!("--config={}", at("kubelet.yaml"));
    let _kubelet = StandIn::start("kubelet", &[&kubelet_config]);
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        assert!(
            !bundle.stderr.contains("two processes"),
            "{}",
            bundle.stderr
        );
        for (name, content) in MOUNTED {
            assert_eq!(bundle.file(&at(name)), *content, "{name}");
            assert_eq!(bundle.row(&at(name), "type"), "symlink");
            assert_eq!(bundle.row(&at(name), "target"), format!("..data/{name}"));
            let real = version.join(name).display().to_string();
            assert_eq!(bundle.row(&real, "sha256").len(), 64, "{real}");
        }
        assert_eq!(bundle.row(&at("..data"), "type"), "symlink");
    }
}

#[test]
fn bundle_of_a_mounted_config_map_is_judged_by_what_the_links_lead_to() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let mount = root.join("var/lib/kube-proxy");
    fs::create_dir_all(&mount).unwrap();
    config_map(&mount, MOUNTED);
    let at = |option: &str, name: &str| format!("--{option}=/var/lib/kube-proxy/{name}");
    let (config, kubeconfig) = (
        at("config", "config.conf"),
        at("kubeconfig", "kubeconfig.conf"),
    );
    for pid in [21, 22] {
        plant_process(
            root,
            pid,
            &["/usr/local/bin/kube-proxy", &config, &kubeconfig],
        );
    }
    plant_process(
        root,
        23,
        &["/usr/bin/kubelet", &at("config", "kubelet.yaml")],
    );
    plant(root, "/etc/hostname", "n1\n");
    for shell in shells() {
        let mut run = Run::on(&shell, root);
        assert!(run.command.output().unwrap().status.success());
        let controls = "4.1.3,4.1.9,4.2.1,4.3.1";
        let ran = nodeproof(
            run.out.path(),
            &[
                "analyze", ".", "-b", "cis-1.12", "-c", controls, "--format", "jsonl",
            ],
        );
        let rows = support::rows(&ran.stdout);
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let text = |key: &str| row[key].as_str().unwrap_or_default();
                (text("control"), text("verdict"), text("actual"))
            })
            .collect();
        let wanted = [
            ("4.1.3", "fail", "644"),
            ("4.1.9", "fail", "644"),
            ("4.2.1", "fail", "true"),
            ("4.3.1", "fail", "0.0.0.0:10249"),
        ];
        assert_eq!(told, wanted, "{rows:#?}");
    }
}

#[test]
fn name_of_the_archive_says_cluster_and_node() {
    let image = tempfile::tempdir().unwrap();
    plant(image.path(), "/etc/hostname", "n1\n");
    for shell in shells() {
        for (arguments, start) in [
            (vec!["--cluster", "prod/eu"], "nodeproof-prod_eu-n1-"),
            (vec![], "nodeproof-n1-"),
        ] {
            let mut run = Run::on(&shell, image.path()).args(&arguments);
            let output = run.command.output().unwrap();
            let names = super::harness::listing(run.out.path());
            assert!(names[0].starts_with(start), "{names:?}");
            assert!(output.status.success());
        }
    }
}

#[test]
fn drop_in_that_was_not_read_decides_nothing() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let config = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    plant(
        root,
        "/etc/k/config.yaml",
        format!("{config}readOnlyPort: 0\n"),
    );
    plant(root, "/etc/k/d/10.conf", config);
    plant(
        root,
        "/opt/x.conf",
        format!("{config}readOnlyPort: 10255\n"),
    );
    link(root, "/etc/k/d/20.conf", "/opt/x.conf");
    plant_process(
        root,
        4,
        &[
            "/usr/bin/kubelet",
            "--config=/etc/k/config.yaml",
            "--config-dir=/etc/k/d",
        ],
    );
    for shell in shells() {
        let mut run = Run::on(&shell, root);
        assert!(run.command.output().unwrap().status.success());
        let ran = nodeproof(
            run.out.path(),
            &[
                "analyze", ".", "-b", "cis-1.12", "-c", "4.2.4", "--format", "jsonl",
            ],
        );
        let row = &support::rows(&ran.stdout)[0];
        assert_eq!(support::outcome(row), "unknown file-not-collected", "{row}");
        assert!(
            row["reason"].as_str().unwrap().contains("link-out-of-tree"),
            "{row}"
        );
    }
}

#[test]
fn hostile_root_gives_no_secret_away() {
    let Some(archive) = support::shared("cases/hostile/collector-hostile-root.tgz") else {
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let unpacked = std::process::Command::new("tar")
        .arg("-xzf")
        .arg(archive)
        .arg("-C")
        .arg(place.path())
        .status();
    assert!(unpacked.unwrap().success());
    on_each_shell(&place.path().join("root2"), |bundle| {
        assert_eq!(bundle.members_with("SHADOW-SECRET"), Vec::<&str>::new());
        for path in [
            "/etc/cni/net.d/10-x.conf",
            "/etc/kubernetes/manifests/s.yaml",
            "/var/lib/kubelet/config.yaml",
        ] {
            assert_eq!(bundle.skipped(path), Some("link-out-of-tree"), "{path}");
        }
        assert!(!place.path().join("x1").exists() && !Path::new("x1").exists());
    });
}
