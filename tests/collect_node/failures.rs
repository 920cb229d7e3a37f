//! What goes wrong on the way leaves nothing half-written, and is told.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::harness::{Run, have, listing, plant, root, script, shells, skipped, text};

/// A fake root that takes seconds to go through.
fn slow_image() -> tempfile::TempDir {
    let image = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        plant(
            image.path(),
            &format!("/etc/kubernetes/pki/{number}.crt"),
            "",
        );
    }
    image
}

fn started(run: &mut Run) -> std::process::Child {
    let child = run
        .command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while !listing(run.out.path())
        .iter()
        .any(|name| run.out.path().join(name).join("scratch/rows").exists())
    {
        assert!(Instant::now() < until, "the run does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn send(signal: &str, pid: u32) {
    assert!(
        Command::new("kill")
            .args([signal, &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn signal_in_the_middle_leaves_nothing_behind() {
    let image = slow_image();
    for shell in shells() {
        for (signal, code) in [("-HUP", 129), ("-INT", 130), ("-TERM", 143)] {
            let mut run = Run::on(&shell, image.path());
            let mut child = started(&mut run);
            send(signal, child.id());
            assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
            assert_eq!(listing(run.out.path()), Vec::<String>::new(), "{signal}");
        }
    }
}

#[test]
fn killed_run_leaves_no_bundle_and_no_secret() {
    let image = slow_image();
    plant(
        image.path(),
        "/var/lib/kubelet/kubeconfig",
        "token: canary-in-scratch\n",
    );
    for shell in shells() {
        let mut run = Run::on(&shell, image.path());
        let mut child = started(&mut run);
        std::thread::sleep(Duration::from_millis(500));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            listing(run.out.path())
                .iter()
                .all(|name| name.starts_with(".nodeproof."))
        );
        let found = Command::new("grep")
            .args(["-rl", "canary-in-scratch"])
            .arg(run.out.path())
            .output()
            .unwrap();
        assert_eq!(text(&found.stdout), "", "what is written is masked already");
    }
}

/// Runs the collector with --out on a file system mounted for it alone; returns its output and what it left there.
fn on_mount(
    shell: &[&str],
    image: &std::path::Path,
    options: &str,
) -> Option<(String, i32, String)> {
    let mount = tempfile::tempdir().unwrap();
    let inside = format!(
        "mount -t tmpfs -o {options} none \"$1\" || exit 99; shift 1; NODEPROOF_ROOT=$2 {} \"$3\" --out \"$1\"; echo \"exit $?\"; ls -A \"$1\"",
        shell.join(" ")
    );
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", &inside, "sh"])
        .args([mount.path(), mount.path(), image, &script()])
        .output()
        .unwrap();
    if output.status.code() == Some(99) {
        skipped("tmpfs cannot be mounted here");
        return None;
    }
    let stdout = text(&output.stdout);
    let (before, left) = stdout.split_once("exit ").unwrap();
    assert_eq!(before, "", "no line that looks like success");
    let (code, left) = left.split_once('\n').unwrap();
    Some((text(&output.stderr), code.parse().unwrap(), left.to_owned()))
}

#[test]
fn full_disk_is_told_and_leaves_nothing_behind() {
    if !root() || !have("unshare", "util-linux") {
        return;
    }
    let image = tempfile::tempdir().unwrap();
    for number in 0..20 {
        let noise: String = (0..4000)
            .map(|line| format!("# {}\n", line * 7919 % 10007 + number))
            .collect();
        plant(
            image.path(),
            &format!("/etc/kubernetes/manifests/{number}.yaml"),
            noise,
        );
    }
    for shell in shells() {
        // From "not even the scratch folder" to "all but the archive".
        for size in ["8k", "64k", "256k", "700k", "1000k"] {
            let Some((stderr, code, left)) =
                on_mount(&shell, image.path(), &format!("size={size}"))
            else {
                return;
            };
            assert_eq!((code, left.as_str()), (1, ""), "{size}: {stderr}");
            assert!(stderr.contains("disk full"), "{size}: {stderr}");
        }
    }
}

#[test]
fn read_only_disk_is_told() {
    if !root() || !have("unshare", "util-linux") {
        return;
    }
    let image = tempfile::tempdir().unwrap();
    for shell in shells() {
        let Some((stderr, code, _)) = on_mount(&shell, image.path(), "ro") else {
            return;
        };
        assert_eq!(code, 1);
        assert!(stderr.contains("cannot write below"), "{stderr}");
    }
}

#[test]
fn places_that_cannot_be_are_told() {
    for shell in shells() {
        for (out, root, told) in [
            ("/nonexistent/place", "", "there is no folder"),
            (".", "/nonexistent", "NODEPROOF_ROOT"),
        ] {
            let mut run = Run::new(&shell).args(&["--out", out]);
            run.command.current_dir(run.out.path());
            if !root.is_empty() {
                run.command.env("NODEPROOF_ROOT", root);
            }
            let output = run.command.output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(
                text(&output.stderr).contains(told),
                "{}",
                text(&output.stderr)
            );
            assert!(fs::read_dir(run.out.path()).unwrap().next().is_none());
        }
    }
}
