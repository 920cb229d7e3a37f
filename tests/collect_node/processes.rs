//! Real processes of this host: found by name, read as they see their files, never trusted beyond their rights.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::harness::{
    Bundle, Run, StandIn, have, listing, plant, root, script, sha256, shells, skipped, text,
};

const NOBODY: u32 = 65534;

fn processes(bundle: &Bundle) -> Vec<String> {
    let mut pids: Vec<_> = bundle
        .members
        .keys()
        .filter_map(|member| member.strip_prefix("proc/"))
        .collect();
    pids.retain(|member| member.ends_with("/cmdline"));
    pids.iter()
        .map(|member| member.split('/').next().unwrap().to_owned())
        .collect()
}

#[test]
fn component_is_known_by_its_name_and_nothing_else() {
    let kubelet = StandIn::start("kubelet", &["--config", "a b.yaml", "--v=2", ""]);
    plant(
        kubelet.dir.path(),
        "a b.yaml",
        "kind: KubeletConfiguration\n",
    );
    let helper = StandIn::start("kubelet-helper", &["/usr/bin/kubelet", "--config=/x"]);
    let mut k3s = Command::new("sleep")
        .arg0("/usr/local/bin/k3s server")
        .arg("600")
        .spawn()
        .unwrap();
    for shell in shells() {
        let before = jiff::Timestamp::now();
        let bundle = Run::new(&shell).bundle();
        let found = processes(&bundle);
        assert!(
            found.contains(&kubelet.pid().to_string()) && found.contains(&k3s.id().to_string()),
            "{found:?}"
        );
        assert!(!found.contains(&helper.pid().to_string()), "{found:?}");
        let proc = format!("proc/{}", kubelet.pid());
        let folder = kubelet.dir.path().display();
        let argv = format!("{folder}/kubelet\0{folder}/waiter\0--config\0a b.yaml\0--v=2\0\0");
        assert_eq!(text(&bundle.members[&format!("{proc}/cmdline")]), argv);
        assert_eq!(
            text(&bundle.members[&format!("{proc}/exe")]),
            format!("{folder}/kubelet")
        );
        assert_eq!(
            text(&bundle.members[&format!("{proc}/cwd")]),
            folder.to_string()
        );
        let started: jiff::Timestamp = text(&bundle.members[&format!("{proc}/started_at")])
            .parse()
            .unwrap();
        let age = before.as_second() - started.as_second();
        assert!((-2..600).contains(&age), "started {age} s ago");
        assert!(bundle.has_file(&format!("{folder}/a b.yaml")));
        assert_eq!(bundle.row(&format!("{folder}/kubelet"), "type"), "file");
        let ps = text(&bundle.members["commands/ps-ef.txt"]);
        assert!(
            ps.contains(&format!(
                "{folder}/kubelet {folder}/waiter --config a b.yaml --v=2"
            )),
            "{ps}"
        );
    }
    k3s.kill().unwrap();
    k3s.wait().unwrap();
}

#[test]
fn etcd_gives_its_version_its_files_and_only_the_named_variables() {
    if !have("etcd", "etcd-server") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let ports: Vec<_> = (0..2)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let url = |port: usize| {
        format!(
            "http://127.0.0.1:{}",
            ports[port].local_addr().unwrap().port()
        )
    };
    let (client, peer) = (url(0), url(1));
    drop(ports);
    let data = dir.path().join("data");
    let mut etcd = Command::new("etcd")
        .args([
            "--listen-client-urls",
            &client,
            "--advertise-client-urls",
            &client,
            "--listen-peer-urls",
            &peer,
        ])
        .args([
            "--initial-advertise-peer-urls",
            &peer,
            "--initial-cluster",
            &format!("default={peer}"),
        ])
        .arg(format!("--data-dir={}", data.display()))
        .envs([
            ("ETCD_CLIENT_CERT_AUTH", "false"),
            ("ETCD_KEY_FILE", "/k/a.key"),
            ("AWS_SECRET_ACCESS_KEY", "canary-env"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..200 {
        if data.join("member/wal").exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        let mut environ: Vec<_> = text(&bundle.members[&format!("proc/{}/environ", etcd.id())])
            .split_terminator('\0')
            .map(str::to_owned)
            .collect();
        environ.sort();
        assert_eq!(
            environ,
            ["ETCD_CLIENT_CERT_AUTH=false", "ETCD_KEY_FILE=/k/a.key"]
        );
        assert!(bundle.members_with("canary-env").is_empty());
        assert_eq!(
            bundle.row(&format!("{}/member/wal", data.display()), "type"),
            "dir"
        );
        assert_eq!(bundle.row("/k/a.key", "type"), "absent");
        let versions: Vec<_> = bundle
            .members
            .iter()
            .filter(|(name, _)| name.starts_with("commands/etcd-version"))
            .collect();
        assert!(
            versions
                .iter()
                .any(|(_, bytes)| text(bytes).starts_with("etcd Version: 3.")),
            "{versions:?}"
        );
    }
    etcd.kill().unwrap();
    etcd.wait().unwrap();
}

#[test]
fn process_that_dies_meanwhile_costs_nothing_but_itself() {
    let many = tempfile::tempdir().unwrap();
    for number in 0..1500 {
        plant(many.path(), &format!("{number}.crt"), "");
    }
    for shell in shells() {
        let cert_dir = format!("--cert-dir={}", many.path().display());
        let mut kubelet =
            StandIn::start("kubelet", &[&cert_dir, "--config=/nonexistent/late.yaml"]);
        let mut run = Run::new(&shell);
        let mut child = run
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while child.try_wait().unwrap().is_none() {
            let named = format!("bundle/proc/{}/started_at", kubelet.pid());
            if listing(run.out.path())
                .iter()
                .any(|name| run.out.path().join(name).join(&named).exists())
            {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        kubelet.kill();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut archive = Vec::new();
        let name = listing(run.out.path()).pop().unwrap();
        fs::File::open(run.out.path().join(name))
            .unwrap()
            .read_to_end(&mut archive)
            .unwrap();
        assert!(text(&output.stdout).contains(&sha256(&archive)));
    }
}

#[test]
fn two_kubelets_that_mean_different_files_by_one_path_give_neither() {
    if !root() || !have("unshare", "util-linux") {
        return;
    }
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plant(here.path(), "config.yaml", "readOnlyPort: 1\n");
    plant(here.path(), "same.kubeconfig", "users: []\n");
    plant(there.path(), "config.yaml", "readOnlyPort: 2\n");
    let config = format!("--config={}/config.yaml", here.path().display());
    let first = StandIn::start("kubelet", &[&config]);
    let inside = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
    let mut second = Command::new("unshare")
        .args(["--mount", "sh", "-c", inside, "sh"])
        .args([there.path(), here.path(), &first.dir.path().join("waiter")])
        .arg(&config)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..200 {
        if fs::read_to_string(format!("/proc/{}/cmdline", second.id()))
            .unwrap()
            .contains("waiter\0--config")
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for shell in shells() {
        if second.try_wait().unwrap().is_some() {
            skipped("no mount namespace can be made here");
            return;
        }
        let bundle = Run::new(&shell).bundle();
        let path = format!("{}/config.yaml", here.path().display());
        assert_eq!(bundle.row(&path, "type"), "unreadable");
        assert!(!bundle.has_file(&path));
        assert_eq!(bundle.skipped(&path), Some("unreadable"));
        assert!(
            bundle.stderr.contains("two processes mean different files"),
            "{}",
            bundle.stderr
        );
    }
    second.kill().unwrap();
    second.wait().unwrap();
}

#[test]
fn process_in_a_container_is_read_through_its_own_root() {
    if !root() || !have("unshare", "util-linux") {
        return;
    }
    let (mount, content) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plant(content.path(), "config.conf", "mode: iptables\n");
    let stand_in = StandIn::start("kube-proxy", &[]);
    let mut proxy = Command::new("unshare")
        .args([
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"",
            "sh",
        ])
        .args([
            content.path(),
            mount.path(),
            &stand_in.dir.path().join("waiter"),
        ])
        .arg(format!("--config={}/config.conf", mount.path().display()))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..200 {
        if fs::read_to_string(format!("/proc/{}/cmdline", proxy.id()))
            .unwrap()
            .contains("waiter\0--config")
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        assert_eq!(
            bundle.file(&format!("{}/config.conf", mount.path().display())),
            "mode: iptables\n"
        );
    }
    proxy.kill().unwrap();
    proxy.wait().unwrap();
}

#[test]
fn ordinary_user_who_calls_a_process_kubelet_gains_nothing() {
    if !root() {
        return;
    }
    let private = tempfile::tempdir().unwrap();
    let secret = plant(private.path(), "only-root-reads", "canary-of-root\n");
    fs::set_permissions(private.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let rogue = StandIn::start_as(
        "kubelet",
        &["--config", secret.to_str().unwrap()],
        Some(NOBODY),
    );
    for shell in shells() {
        let bundle = Run::new(&shell).bundle();
        assert!(processes(&bundle).contains(&rogue.pid().to_string()));
        assert!(bundle.members_with("canary-of-root").is_empty());
        assert_eq!(bundle.skipped(secret.to_str().unwrap()), Some("unreadable"));
        let run = format!("/proc/{}/exe --version", rogue.pid());
        let commands = bundle.json["commands"].as_array().unwrap();
        assert!(
            commands
                .iter()
                .all(|command| command["argv"] != run.as_str()),
            "its program was run"
        );
    }
}

#[test]
fn run_by_an_ordinary_user_works_and_says_what_it_cost() {
    if !root() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = place.path().join("collect-node.sh");
    fs::copy(script(), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o644)).unwrap();
    let closed = plant(place.path(), "closed.yaml", "readOnlyPort: 0\n");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o600)).unwrap();
    plant(
        place.path(),
        "conf.d/10.conf",
        "kind: KubeletConfiguration\n",
    );
    let conf_d = place.path().join("conf.d");
    fs::set_permissions(&conf_d, fs::Permissions::from_mode(0o700)).unwrap();
    let (config, dir) = (
        format!("--config={}", closed.display()),
        format!("--config-dir={}", conf_d.display()),
    );
    let kubelet = StandIn::start("kubelet", &[&config, &dir, "--kubeconfig=relative.conf"]);
    for shell in shells() {
        let mut run = Run::new(&shell);
        let out = place.path().join(shell[0]);
        fs::create_dir(&out).unwrap();
        std::os::unix::fs::chown(&out, Some(NOBODY), Some(NOBODY)).unwrap();
        run.command = Command::new(shell[0]);
        run.command
            .args(&shell[1..])
            .arg(&copy)
            .arg("--out")
            .arg(&out)
            .uid(NOBODY)
            .gid(NOBODY)
            .current_dir("/");
        run.out = tempfile::TempDir::new_in(&out).unwrap();
        fs::set_permissions(run.out.path(), fs::Permissions::from_mode(0o777)).unwrap();
        run.command.arg("--out").arg(run.out.path());
        let bundle = run.bundle();
        assert_eq!(bundle.json["uid"], NOBODY);
        assert!(bundle.stderr.contains("not as root"), "{}", bundle.stderr);
        let proc = format!("/proc/{}", kubelet.pid());
        assert!(
            bundle
                .members
                .contains_key(&format!("{}/cmdline", &proc[1..]))
        );
        for path in [
            format!("{proc}/cwd"),
            format!("{proc}/exe"),
            "relative.conf".to_owned(),
        ] {
            assert_eq!(bundle.skipped(&path), Some("unreadable"), "{path}");
        }
        assert_eq!(bundle.row(closed.to_str().unwrap(), "mode"), "600");
        assert_eq!(bundle.skipped(closed.to_str().unwrap()), Some("unreadable"));
        assert_eq!(
            bundle.row(conf_d.to_str().unwrap(), "type"),
            "unreadable",
            "never an empty directory"
        );
        assert_eq!(bundle.row(conf_d.to_str().unwrap(), "mode"), "700");
        assert_eq!(bundle.skipped(conf_d.to_str().unwrap()), Some("unreadable"));
    }
}
