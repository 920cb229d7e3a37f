//! What a run leaves behind when it is stopped, killed or cannot write.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::api::{Api, CONFIGZ};
use super::bundle::{Bundle, command, run, shells};
use crate::shell::{files, stderr};

/// Starts a run in a process group of its own and waits until the API has been asked for `path`.
fn start_until_asked(mut command: Command, api: &Api, path: &str) -> Child {
    let child = command
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while api.times_asked(path) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn signal(name: &str, target: &str) {
    assert!(
        Command::new("kill")
            .args([&format!("-{name}"), "--", target])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn a_stopped_or_killed_run_leaves_whole_pieces_alone_and_goes_on_from_there() {
    for shell in shells() {
        for (name, whole_group) in [("INT", true), ("TERM", false), ("KILL", false)] {
            let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
            let arguments = ["--out", out.path().to_str().unwrap(), "--parallel", "2"];
            api.reply("/api/v1/nodes/node-c/proxy/configz", 0, "");
            let mut child =
                start_until_asked(command(&shell, &api, &arguments), &api, "node-c/proxy");
            while !files(out.path())
                .iter()
                .any(|file| file.ends_with("configz/node-d.json"))
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            let id = child.id().to_string();
            signal(
                name,
                &if whole_group {
                    format!("-{id}")
                } else {
                    id.clone()
                },
            );
            assert!(!child.wait().unwrap().success());
            for file in files(out.path()) {
                assert!(!file.ends_with(".tar.gz"), "{name}: {file}");
                if file.contains("/configz/") {
                    assert_eq!(fs::read_to_string(out.path().join(&file)).unwrap(), CONFIGZ);
                }
                assert!(name == "KILL" || !file.contains("parts."), "{name}: {file}");
            }
            if name != "KILL" {
                let left = Command::new("pgrep").args(["-g", &id]).output().unwrap();
                assert_eq!(
                    String::from_utf8_lossy(&left.stdout),
                    "",
                    "{name}: processes left"
                );
            }
            api.heal();
            let ran = run(&shell, &api, &arguments);
            let bundle = Bundle::of(&ran);
            assert_eq!(bundle.text("configz/node-c.json"), CONFIGZ, "{name}");
            assert_eq!(
                bundle.json("bundle.json")["skipped"]
                    .as_array()
                    .unwrap()
                    .len(),
                4,
                "{name}: only kinds this cluster has not"
            );
            assert_eq!(
                api.times_asked("node-d/proxy") + api.times_asked("limit=500"),
                0,
                "{name}: asked again"
            );
            assert_eq!(
                files(out.path()).len(),
                1,
                "{name}: {:?}",
                files(out.path())
            );
        }
    }
}

#[test]
fn a_full_disk_ends_the_run_without_an_archive() {
    for shell in shells() {
        let (api, out) = (Api::start(), tempfile::tempdir().unwrap());
        let arguments = ["--out", out.path().to_str().unwrap()];
        let inner = command(&shell, &api, &arguments);
        // A limit on file size, with its signal ignored, fails a write as a full disk does. 1 is 512 or 1024 bytes.
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"])
            .arg(inner.get_program())
            .args(inner.get_args())
            .env_clear();
        for (key, value) in inner.get_envs() {
            command.env(key, value.unwrap());
        }
        let ran = command.output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
        assert!(
            !files(out.path())
                .iter()
                .any(|file| file.ends_with(".tar.gz"))
        );
        let bundle = Bundle::of(&run(&shell, &api, &arguments));
        assert_eq!(
            bundle.json("api/pods.json")["items"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}
