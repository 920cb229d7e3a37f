//! The shape of a bundle, the command line, and what `--list` promises.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use super::harness::{Run, have, listing, plant, plant_process, script, shells, text};

#[test]
fn script_is_clean_under_shellcheck() {
    if have("shellcheck", "shellcheck") {
        let output = Command::new("shellcheck")
            .args(["--shell", "sh"])
            .arg(script())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stdout));
    }
}

#[test]
fn bundle_of_this_host_has_the_keys_of_format_1() {
    for shell in shells() {
        let bundle = Run::new(&shell)
            .args(&[
                "--cluster",
                "prod-eu",
                "--node=n1",
                "--operator",
                "Ada",
                "--assessment",
                "2026-Q4",
            ])
            .bundle();
        let json = &bundle.json;
        for (key, value) in [
            ("format", "nodeproof-bundle"),
            ("kind", "node"),
            ("source", "host"),
            ("cluster", "prod-eu"),
            ("node", "n1"),
            ("operator", "Ada"),
            ("assessment", "2026-Q4"),
        ] {
            assert_eq!(json[key], value, "{key}");
        }
        assert_eq!(json["version"], 1);
        assert!(
            json["collected_at"]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .is_ok()
        );
        assert_eq!(
            json["collector"]["sha256"],
            super::harness::sha256(&fs::read(script()).unwrap())
        );
        for key in [
            "hostname",
            "os",
            "kernel",
            "arch",
            "boot_id",
            "pid_namespace",
        ] {
            assert!(json["host"][key].is_string(), "host.{key}");
        }
        assert!(json["uid"].is_u64());
        let argv: Vec<_> = json["commands"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["argv"].as_str().unwrap())
            .collect();
        assert!(argv.contains(&"uname -a"), "{argv:?}");
        for command in json["commands"].as_array().unwrap() {
            assert!(
                bundle
                    .members
                    .contains_key(command["member"].as_str().unwrap()),
                "{command}"
            );
            assert!(
                command["exit"].is_u64() && command["at"].as_str().unwrap().ends_with('Z'),
                "{command}"
            );
        }
        let ps = text(&bundle.members["commands/ps-ef.txt"]);
        assert!(
            ps.lines().count() > 3 && ps.lines().next().unwrap().contains("PID"),
            "{ps}"
        );
    }
}

#[test]
fn busybox_alone_is_enough() {
    if !have("busybox", "busybox") {
        return;
    }
    let tools = tempfile::tempdir().unwrap();
    let list = text(
        &Command::new("busybox")
            .arg("--list")
            .output()
            .unwrap()
            .stdout,
    );
    let busybox = Command::new("sh")
        .args(["-c", "command -v busybox"])
        .output()
        .unwrap();
    for name in list.lines().chain(["busybox"]) {
        std::os::unix::fs::symlink(text(&busybox.stdout).trim(), tools.path().join(name)).unwrap();
    }
    let mut run = Run::new(&["busybox", "sh"]);
    run.command.env("PATH", tools.path());
    let bundle = run.bundle();
    assert_eq!(bundle.json["commands"][0]["argv"], "ps w");
    assert!(text(&bundle.members["commands/ps-ef.txt"]).starts_with("PID"));
}

#[test]
fn names_with_any_byte_give_valid_json() {
    let image = tempfile::tempdir().unwrap();
    for shell in shells() {
        let mut run =
            Run::on(&shell, image.path()).args(&["--cluster", "a\"b\\c\nd\te\u{1}f\u{7f}é€"]);
        run.command
            .arg("--operator")
            .arg(OsStr::from_bytes(b"x\xff\xc3y\xed\xa0\x80"));
        let bundle = run.bundle();
        assert_eq!(bundle.json["cluster"], "a\"b\\c\nd\te\u{1}f\u{7f}é€");
        assert_eq!(bundle.json["operator"], "x%FF%C3y%ED%A0%80");
    }
}

#[test]
fn every_path_of_the_fact_table_has_a_row() {
    let image = tempfile::tempdir().unwrap();
    let shell = shells();
    let Some(shell) = shell.first() else { return };
    let bundle = Run::on(shell, image.path()).bundle();
    // `/node/...` is where rancher's scanner mounts its host: the same paths once more.
    for path in include_str!("kb-paths.txt")
        .lines()
        .filter(|path| !path.starts_with("/node/"))
    {
        assert_eq!(bundle.row(path, "type"), "absent", "{path}");
    }
    for path in [
        "/usr/bin/kubelet",
        "/etc/systemd/system/kubelet.service",
        "/usr/lib/systemd/system/kubelet.service.d",
    ] {
        assert_eq!(bundle.row(path, "type"), "absent", "{path}");
    }
}

#[test]
fn list_prints_every_path_and_command_and_collects_nothing() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    let config = "clientCAFile: /srv/ca.crt\nstaticPodPath: /srv/pods\n";
    plant(root, "/srv/kubelet/config.yaml", config);
    plant(
        root,
        "/srv/kubelet/conf.d/a/10.conf",
        "kind: KubeletConfiguration\ntlsCertFile: /srv/tls/a.crt\n",
    );
    plant(root, "/srv/pods/etcd.yaml", "kind: Pod\n");
    plant(
        root,
        "/etc/kubernetes/pki/etcd/server.key",
        "no one reads this",
    );
    plant(
        root,
        "/etc/systemd/system/kubelet.service",
        "[Service]\nEnvironmentFile=-/srv/kubelet.env\n",
    );
    plant(root, "/srv/kubelet.env", "A=b\n");
    let argv = [
        "/usr/bin/kubelet",
        "--config=/srv/kubelet/config.yaml",
        "--config-dir",
        "/srv/kubelet/conf.d",
        "--log-dir=/l",
    ];
    plant_process(root, 77, &argv);
    for shell in shells() {
        let mut list = Run::on(&shell, root).args(&["--list"]);
        let output = list.command.output().unwrap();
        assert!(output.status.success() && listing(list.out.path()).is_empty());
        let output = text(&output.stdout);
        let told = |word: &str| -> BTreeSet<&str> {
            let lines = output.lines().filter_map(|line| line.strip_prefix(word));
            lines
                .map(|line| line.trim().split(" (").next().unwrap())
                .collect()
        };
        let (read, stat, tree) = (told("read "), told("stat "), told("tree "));
        let bundle = Run::on(&shell, root).bundle();
        for path in bundle.stat.keys() {
            let below = tree
                .iter()
                .any(|top| path == top || path.starts_with(&format!("{top}/")));
            assert!(
                below || read.contains(path.as_str()) || stat.contains(path.as_str()),
                "{path} is not in --list"
            );
        }
        for path in bundle
            .members
            .keys()
            .filter_map(|member| member.strip_prefix("files"))
        {
            assert!(read.contains(path), "{path} was read and is not in --list");
        }
        assert!(bundle.has_file("/srv/kubelet.env") && bundle.has_file("/srv/pods/etcd.yaml"));
        assert!(
            output.contains("/proc/77 (kubelet): cmdline cwd exe"),
            "{output}"
        );
    }
}

#[test]
fn list_names_every_command_of_a_host() {
    for shell in shells() {
        let list = text(
            &Run::new(&shell)
                .args(&["--list"])
                .command
                .output()
                .unwrap()
                .stdout,
        );
        for command in Run::new(&shell).bundle().json["commands"]
            .as_array()
            .unwrap()
        {
            let argv = command["argv"].as_str().unwrap();
            let named = list.lines().any(|line| {
                line.strip_prefix("run   ")
                    .is_some_and(|told| told.starts_with(argv))
            });
            assert!(
                named || argv.starts_with("/proc/"),
                "{argv} is not in --list"
            );
        }
    }
}

#[test]
fn out_takes_a_new_file_and_never_overwrites_one() {
    let image = tempfile::tempdir().unwrap();
    for shell in shells() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("for the auditor.tar.gz");
        let mut run = Run::on(&shell, image.path());
        run.command.arg("--out").arg(&target);
        assert!(run.command.output().unwrap().status.success() && target.is_file());
        let before = fs::read(&target).unwrap();
        let output = run.command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("exists already"));
        assert_eq!(fs::read(&target).unwrap(), before);
    }
}

#[test]
fn the_last_line_names_the_path_without_a_doubled_slash() {
    let image = tempfile::tempdir().unwrap();
    for shell in shells() {
        let folder = tempfile::tempdir().unwrap();
        let mut run = Run::on(&shell, image.path());
        let out = format!("{}/", folder.path().display());
        let output = run.command.args(["--out", &out]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let printed = text(&output.stdout);
        let last = printed.lines().last().unwrap();
        assert!(last.starts_with(&format!("{out}nodeproof-")), "{last}");
    }
}

#[test]
fn wrong_usage_is_told_and_exits_2() {
    for shell in shells() {
        for args in [&["--frob"][..], &["--cluster"], &["--cluster="], &["x"]] {
            let output = Run::new(&shell).args(args).command.output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            assert!(text(&output.stderr).contains("see --help"), "{args:?}");
        }
        let help = Run::new(&shell).args(&["--help"]).command.output().unwrap();
        assert!(help.status.success() && text(&help.stdout).contains("--assessment"));
    }
}
