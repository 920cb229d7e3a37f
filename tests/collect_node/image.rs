//! A mounted image or fake root (`NODEPROOF_ROOT`): which files are found, and that nothing leads out of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::harness::{Bundle, Run, plant, plant_process, root, shells};

fn on_each_shell(image: &Path, check: impl Fn(&Bundle)) {
    for shell in shells() {
        check(&Run::on(&shell, image).bundle());
    }
}

#[test]
fn image_is_read_without_running_any_command() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(root, "/etc/hostname", "Node-7\n");
    plant(
        root,
        "/usr/lib/os-release",
        "NAME=x\nPRETTY_NAME=\"Flatcar 1\"\n",
    );
    symlink("../usr/lib/os-release", root.join("etc/os-release")).unwrap();
    let kubelet = plant(
        root,
        "/usr/bin/kubelet",
        "#!/bin/sh\ntouch \"$0.was-run\"\n",
    );
    fs::set_permissions(&kubelet, fs::Permissions::from_mode(0o755)).unwrap();
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.json["source"], "image");
        assert_eq!(bundle.json["node"], "node-7");
        assert_eq!(bundle.json["host"]["os"], "Flatcar 1");
        assert_eq!(bundle.json["host"]["kernel"], serde_json::Value::Null);
        assert_eq!(bundle.json["commands"], serde_json::json!([]));
        assert!(!root.join("usr/bin/kubelet.was-run").exists());
        assert_eq!(bundle.row("/usr/bin/kubelet", "mode"), "755");
    });
}

#[test]
fn files_that_a_kubelet_names_are_collected() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(
        root,
        "/etc/k/config.yaml",
        "clientCAFile: /etc/k/ca/ca.crt\nstaticPodPath: pods\ntlsPrivateKeyFile: /etc/k/tls.pem\n",
    );
    plant(root, "/etc/k/pods/apiserver.yaml", "kind: Pod\n");
    plant(root, "/etc/k/ca/ca.crt", "public");
    plant(root, "/etc/k/tls.pem", "secret");
    plant(root, "/etc/k/conf.d/10.conf", "kind: A\n");
    plant(root, "/etc/k/conf.d/.20.conf", "kind: B\n");
    plant(root, "/etc/k/conf.d/z/30.conf", "kind: C\n");
    plant(root, "/etc/k/conf.d/40.yaml", "kind: D\n");
    plant(root, "/etc/k/conf.d/50.CONF", "kind: E\n");
    plant(root, "/run/kubelet.kubeconfig", "users: []\n");
    let argv = [
        "/opt/my dir/kubelet",
        "--config=/etc/k//x/../config.yaml",
        "--config-dir",
        "/etc/k/conf.d/",
        "--kubeconfig=run/kubelet.kubeconfig",
        "--bootstrap_kubeconfig=/etc/k/absent",
        "--tls-private-key-file=/etc/k/server.pem",
        "--hostname-override=worker-1",
    ];
    plant_process(root, 4242, &argv);
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.json["node"], "worker-1");
        for path in [
            "config.yaml",
            "pods/apiserver.yaml",
            "conf.d/10.conf",
            "conf.d/.20.conf",
            "conf.d/z/30.conf",
        ] {
            assert!(bundle.has_file(&format!("/etc/k/{path}")), "{path}");
            assert_eq!(
                bundle.row(&format!("/etc/k/{path}"), "sha256").len(),
                64,
                "{path}"
            );
        }
        assert!(
            bundle.has_file("/run/kubelet.kubeconfig"),
            "a relative path starts at the process's folder"
        );
        for path in ["conf.d/40.yaml", "conf.d/50.CONF", "ca/ca.crt", "tls.pem"] {
            assert!(!bundle.has_file(&format!("/etc/k/{path}")), "{path}");
            assert_eq!(
                bundle.row(&format!("/etc/k/{path}"), "type"),
                "file",
                "{path}"
            );
        }
        assert_eq!(bundle.row("/etc/k/conf.d", "type"), "dir");
        assert_eq!(bundle.row("/etc/k/absent", "type"), "absent");
        assert_eq!(bundle.skipped("/etc/k/absent"), Some("absent"));
        assert_eq!(bundle.skipped("/etc/k/server.pem"), Some("private-key"));
        assert_eq!(
            bundle.members["proc/4242/cmdline"],
            argv.map(|arg| format!("{arg}\0")).concat().as_bytes()
        );
        assert_eq!(
            bundle.members["proc/4242/started_at"],
            b"2023-11-14T22:15:23Z"
        );
        assert_eq!(bundle.members["proc/4242/exe"], b"/opt/my dir/kubelet");
        assert_eq!(bundle.members["proc/4242/cwd"], b"/");
    });
}

#[test]
fn links_are_rows_and_never_lead_out_of_the_image() {
    let outside = tempfile::tempdir().unwrap();
    let secret = plant(outside.path(), "secret", "canary-outside\n");
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(
        root,
        "/opt/real/config.yaml",
        "kind: KubeletConfiguration\n",
    );
    fs::create_dir_all(root.join("var/lib/kubelet")).unwrap();
    symlink("/opt/./link", root.join("var/lib/kubelet/config.yaml")).unwrap();
    symlink("real/config.yaml", root.join("opt/link")).unwrap();
    plant_process(
        root,
        7,
        &["kubelet", "--config=/var/lib/kubelet/config.yaml"],
    );
    fs::create_dir_all(root.join("etc/kubernetes")).unwrap();
    symlink(&secret, root.join("etc/kubernetes/kubelet.conf")).unwrap();
    symlink(
        format!("../../../../../../..{}", secret.display()),
        root.join("etc/kubernetes/proxy.conf"),
    )
    .unwrap();
    symlink(outside.path(), root.join("etc/default")).unwrap();
    symlink("loop", root.join("etc/kubernetes/loop")).unwrap();
    symlink("loop", root.join("etc/kubernetes/scheduler.conf")).unwrap();
    on_each_shell(root, |bundle| {
        assert_eq!(
            bundle.file("/var/lib/kubelet/config.yaml"),
            "kind: KubeletConfiguration\n"
        );
        assert_eq!(
            bundle.row("/var/lib/kubelet/config.yaml", "target"),
            "/opt/./link"
        );
        assert_eq!(bundle.row("/opt/link", "target"), "real/config.yaml");
        assert_eq!(bundle.row("/opt/real/config.yaml", "type"), "file");
        assert_eq!(bundle.row("/opt/real/config.yaml", "sha256").len(), 64);
        assert_eq!(
            bundle.row("/etc/kubernetes/scheduler.conf", "type"),
            "symlink"
        );
        assert_eq!(bundle.row("/etc/kubernetes/loop", "type"), "symlink");
        assert!(bundle.members_with("canary-outside").is_empty());
    });
}

#[test]
fn processes_of_an_image_that_links_to_this_host_are_not_read() {
    let image = tempfile::tempdir().unwrap();
    symlink("/proc", image.path().join("proc")).unwrap();
    let _kubelet = super::harness::StandIn::start("kubelet", &["--config=/x"]);
    on_each_shell(image.path(), |bundle| {
        assert!(
            !bundle
                .members
                .keys()
                .any(|member| member.starts_with("proc/"))
        );
    });
}

#[test]
fn paths_with_blanks_newlines_and_backslashes_survive() {
    let image = tempfile::tempdir().unwrap();
    let folder = "/etc/a b\n\tc\\d\re";
    plant(
        image.path(),
        &format!("{folder}/kubelet config"),
        "kind: KubeletConfiguration\n",
    );
    plant(
        image.path(),
        &format!("{folder}/conf.d/1\n.conf"),
        "kind: KubeletConfiguration\n",
    );
    let config = format!("--config={folder}/kubelet config");
    plant_process(
        image.path(),
        9,
        &[
            "kubelet",
            &config,
            "--config-dir",
            &format!("{folder}/conf.d"),
        ],
    );
    on_each_shell(image.path(), |bundle| {
        assert!(bundle.has_file(&format!("{folder}/kubelet config")));
        assert!(bundle.has_file(&format!("{folder}/conf.d/1\n.conf")));
        assert_eq!(bundle.row(&format!("{folder}/conf.d"), "type"), "dir");
        assert_eq!(
            bundle.row(&format!("{folder}/kubelet config"), "type"),
            "file"
        );
    });
}

#[test]
fn what_is_no_configuration_is_skipped_and_says_why() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let large = plant(root, "/big", "");
    fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    plant(root, "/binary", b"token: \0canary-after-nul\n");
    plant(
        root,
        "/combined",
        "-----BEGIN EC PRIVATE KEY-----\ncanary-key\n",
    );
    plant(root, "/etc/kubernetes/pki/sa.key", "canary-key");
    plant(root, "/etc/kubernetes/pki/ca.crt", "public");
    plant_process(
        root,
        5,
        &[
            "kubelet",
            "--config=/big",
            "--kubeconfig=/binary",
            "--bootstrap-kubeconfig=/combined",
        ],
    );
    on_each_shell(root, |bundle| {
        assert_eq!(bundle.skipped("/big"), Some("too-large"));
        assert_eq!(bundle.row("/big", "size"), "104857600");
        assert_eq!(bundle.skipped("/binary"), Some("unreadable"));
        assert_eq!(bundle.skipped("/combined"), Some("private-key"));
        assert_eq!(
            bundle.skipped("/etc/kubernetes/pki/sa.key"),
            Some("private-key")
        );
        assert_eq!(bundle.row("/etc/kubernetes/pki/sa.key", "sha256"), "");
        assert_eq!(bundle.row("/etc/kubernetes/pki/ca.crt", "type"), "file");
        assert!(bundle.members_with("canary").is_empty());
    });
}

#[test]
fn text_made_to_take_for_ever_is_skipped() {
    let image = tempfile::tempdir().unwrap();
    plant(image.path(), "/slow", "a:".repeat(400_000));
    plant_process(image.path(), 5, &["kubelet", "--config=/slow"]);
    let shell = shells();
    let Some(shell) = shell.first() else { return };
    let bundle = Run::on(shell, image.path()).bundle();
    assert_eq!(bundle.skipped("/slow"), Some("unreadable"));
    assert!(!bundle.has_file("/slow"));
}

#[test]
fn directory_too_full_to_list_says_so() {
    let image = tempfile::tempdir().unwrap();
    for number in 0..5001 {
        plant(image.path(), &format!("/var/lib/cni/networks/{number}"), "");
    }
    let shell = shells();
    let Some(shell) = shell.first() else { return };
    let bundle = Run::on(shell, image.path()).bundle();
    assert_eq!(bundle.skipped("/var/lib/cni/networks"), Some("too-large"));
}

#[test]
fn layouts_of_k3s_rke2_and_microk8s_are_known() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    plant(
        root,
        "/etc/rancher/k3s/config.yaml",
        "data-dir: /data/k3s\n",
    );
    plant(
        root,
        "/data/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf",
        "kind: KubeletConfiguration\n",
    );
    plant(root, "/data/k3s/server/tls/client-ca.key", "x");
    plant(
        root,
        "/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml",
        "kind: Pod\n",
    );
    plant(
        root,
        "/var/lib/rancher/rke2/server/db/etcd/config",
        "data-dir: /var/lib/rancher/rke2/server/db/etcd\n",
    );
    plant(
        root,
        "/var/snap/microk8s/6089/args/kubelet",
        "--anonymous-auth=false\n",
    );
    symlink("6089", root.join("var/snap/microk8s/current")).unwrap();
    plant_process(
        root,
        8,
        &[
            "/snap/microk8s/6089/kubelite",
            "--kubelet-args-file=/var/snap/microk8s/6089/args/kubelet",
        ],
    );
    on_each_shell(root, |bundle| {
        assert!(bundle.has_file("/data/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf"));
        assert_eq!(
            bundle.skipped("/data/k3s/server/tls/client-ca.key"),
            Some("private-key")
        );
        assert!(bundle.has_file("/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml"));
        assert!(bundle.has_file("/var/lib/rancher/rke2/server/db/etcd/config"));
        assert_eq!(
            bundle.file("/var/snap/microk8s/current/args/kubelet"),
            "--anonymous-auth=false\n"
        );
        assert!(bundle.has_file("/var/snap/microk8s/6089/args/kubelet"));
        assert_eq!(bundle.row("/var/snap/microk8s/current", "target"), "6089");
    });
}

#[test]
fn units_bring_their_drop_ins_and_environment_files() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let unit = "/usr/lib/systemd/system/kubelet.service";
    plant(
        root,
        unit,
        "[Service]\nEnvironmentFile=/etc/one.env\nExecStart=/usr/bin/kubelet\n",
    );
    plant(
        root,
        &format!("{unit}.d/10-kubeadm.conf"),
        "[Service]\nEnvironmentFile=-/etc/two.env\n",
    );
    plant(root, "/etc/one.env", "ONE=1");
    plant(root, "/etc/two.env", "KUBELET_TWO=2\n");
    symlink("usr/lib", root.join("lib")).unwrap();
    on_each_shell(root, |bundle| {
        assert!(bundle.has_file(unit) && bundle.has_file(&format!("{unit}.d/10-kubeadm.conf")));
        assert_eq!(
            bundle.file("/etc/one.env"),
            "ONE=1",
            "verbatim, without a newline at its end"
        );
        assert_eq!(bundle.file("/etc/two.env"), "KUBELET_TWO=2\n");
        assert_eq!(
            bundle.row("/lib/systemd/system/kubelet.service", "type"),
            "file"
        );
    });
}

#[test]
fn owners_have_the_names_of_the_image() {
    if !root() {
        return;
    }
    let image = tempfile::tempdir().unwrap();
    let config = plant(
        image.path(),
        "/var/lib/kubelet/config.yaml",
        "kind: KubeletConfiguration\n",
    );
    std::os::unix::fs::chown(&config, Some(0), Some(12345)).unwrap();
    plant(image.path(), "/etc/passwd", "DOM\\toor:x:0:0::/:/bin/sh\n");
    on_each_shell(image.path(), |bundle| {
        assert_eq!(
            bundle.row("/var/lib/kubelet/config.yaml", "owner"),
            "DOM\\\\toor"
        );
        assert_eq!(
            bundle.row("/var/lib/kubelet/config.yaml", "group"),
            "UNKNOWN"
        );
    });
}
