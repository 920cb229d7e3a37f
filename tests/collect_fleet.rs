//! `scripts/collect-fleet.sh` against a real sshd on loopback, under dash and busybox sh on both ends: what is brought
//! back, what is refused, what is said of a host that failed. And the DaemonSet that does the same without ssh.

mod daemonset;
mod host;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use self::host::{Hosts, SCRIPT, table};
use crate::shell::{Shell, files, sha256, stderr, tool};
use serde_json::Value;

/// dash and busybox sh with hosts of their own, where there is an ssh.
fn fleets() -> Vec<(Shell, Hosts)> {
    let Some(ssh) = tool("ssh", "openssh-client") else {
        return Vec::new();
    };
    Shell::all(&[&ssh])
        .into_iter()
        .filter_map(|shell| Hosts::start(&shell).map(|hosts| (shell, hosts)))
        .collect()
}

fn archives(out: &Path) -> Vec<String> {
    files(out)
        .into_iter()
        .filter(|file| !file.starts_with('.'))
        .collect()
}

/// A member of a collected archive, as text.
fn member(archive: &Path, name: &str) -> String {
    let ran = Command::new("tar")
        .arg("-xzOf")
        .arg(archive)
        .arg(name)
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn every_host_is_collected_once_and_nothing_stays_there() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let list = "# the fleet\r\n\r\n127.0.0.1:PORT node-a\r\n127.0.0.2:PORT node-b # second\r\n127.0.0.1:PORT node-a";
        let odd = "O'Neil; touch pwned $(id)";
        let ran = hosts.run(
            &shell,
            list,
            out.path(),
            &["--operator", odd, "--cluster=prod", "--sudo"],
        );
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        let rows = table(&ran);
        assert_eq!(rows.len(), 2, "the host listed twice is collected once");
        assert_eq!(
            rows[0][1..],
            [
                "node-a",
                "collected",
                "nodeproof-node-a-20261121T180000Z.tar.gz"
            ]
        );
        assert_eq!(
            rows[1][1..],
            [
                "node-b",
                "collected",
                "nodeproof-node-b-20261121T180000Z.tar.gz"
            ]
        );
        assert!(
            stderr(&ran).contains("it said: warned about node-a"),
            "{}",
            stderr(&ran)
        );
        let archive = out.path().join(&rows[0][3]);
        let arguments = member(&archive, "nodeproof-node-a-20261121T180000Z/arguments");
        assert!(
            arguments.contains(&format!(
                "<--node><node-a><--cluster><prod><--operator><{odd}>"
            )),
            "{arguments}"
        );
        let about = member(&archive, "nodeproof-node-a-20261121T180000Z/bundle.json");
        assert!(
            about.contains(&sha256(&fs::read(hosts.at("collector")).unwrap())),
            "the collector arrived unchanged"
        );
        let asked = fs::read_to_string(hosts.at("asked")).unwrap();
        assert!(
            asked
                .lines()
                .all(|line| line == "sudo -n sh -s" || line == "sudo sh -s"),
            "{asked}"
        );
        assert_eq!(hosts.left(), 0);

        let again = hosts.run(&shell, list, out.path(), &[]);
        assert!(table(&again).iter().all(|row| row[2] == "kept"));
        assert_eq!(hosts.runs(), 2);
        fs::write(&archive, "damaged").unwrap();
        let again = hosts.run(&shell, list, out.path(), &[]);
        assert_eq!(
            table(&again)
                .into_iter()
                .map(|row| row[2].clone())
                .collect::<Vec<_>>(),
            ["collected", "kept"]
        );
        let again = hosts.run(&shell, list, out.path(), &["--again"]);
        assert!(table(&again).iter().all(|row| row[2] == "collected"));
        assert_eq!(hosts.runs(), 5);
    }
}

#[test]
fn a_host_that_fails_is_named_with_the_reason_and_the_others_are_collected() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let list = "127.0.0.1:PORT good\n127.0.0.2:PORT failing\n127.0.0.3:PORT slow\n127.0.0.4:PORT garbage\n\
                    127.0.0.5:PORT nothing\n127.0.0.6:PORT unnamed\n127.0.0.9:PORT stranger\n127.0.0.1:1 refused\n";
        let ran = hosts.run(
            &shell,
            list,
            out.path(),
            // Long enough for a busy machine; only the host that never answers takes it whole.
            &["--retries", "0", "--timeout", "15"],
        );
        assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
        let rows = table(&ran);
        assert_eq!(rows[0][2], "collected");
        for (row, reason) in rows[1..].iter().zip([
            "collect-node: cannot read anything",
            "no answer within 15 seconds",
            "no whole gzip stream",
            "nodeproof-*.tar.gz",
            "does not start with bundle.json",
            "Host key verification failed",
            "Connection refused",
        ]) {
            assert_eq!(row[2], "failed", "{row:?}");
            assert!(row[3].contains(reason), "{row:?} should say {reason}");
        }
        assert_eq!(
            archives(out.path()),
            ["nodeproof-good-20261121T180000Z.tar.gz"]
        );
        fs::write(hosts.at("release"), "").unwrap();
    }
}

#[test]
fn a_host_is_tried_again_and_an_archive_cut_off_on_its_way_is_refused() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let ran = hosts.run(
            &shell,
            "127.0.0.1:PORT flaky\n",
            out.path(),
            &["--retries", "1"],
        );
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        assert!(
            stderr(&ran).contains("attempt 1 failed: first time"),
            "{}",
            stderr(&ran)
        );

        let cut = hosts.at("cut");
        fs::write(&cut, format!("{} \"$@\" | head -c 400\n", hosts.ssh())).unwrap();
        let ssh = format!("sh {}", cut.display());
        let ran = hosts.run(
            &shell,
            "127.0.0.1:PORT cut\n",
            out.path(),
            &["--retries=0", "--ssh", &ssh],
        );
        assert_eq!(ran.status.code(), Some(1));
        assert!(
            table(&ran)[0][3].contains("the archive is not whole"),
            "{:?}",
            table(&ran)
        );
        assert_eq!(archives(out.path()).len(), 1);
    }
}

#[test]
fn two_hosts_that_claim_one_name_both_keep_their_archive() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let list = "127.0.0.1:PORT node\n127.0.0.2:PORT node-twin\n";
        let ran = hosts.run(&shell, list, out.path(), &[]);
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        for row in table(&ran) {
            let name = row[3].as_str();
            let about = member(
                &out.path().join(name),
                "nodeproof-node-20261121T180000Z/bundle.json",
            );
            assert!(
                about.contains(&format!("\"node\":\"{}\"", row[1])),
                "{row:?}: {about}"
            );
        }
        assert_eq!(archives(out.path()).len(), 2);
    }
}

#[test]
fn a_stopped_run_leaves_nothing_half_written_here_or_there_and_goes_on() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let list = "127.0.0.1:PORT slow\n127.0.0.2:PORT node-b\n";
        let mut command = hosts.command(&shell, list, out.path(), &[]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The note of an archive is the last that is written of its node.
        let is_noted = || files(out.path()).iter().any(|name| name.contains("host."));
        while hosts.runs() < 2 || !is_noted() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", "--", &format!("-{id}")])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let left = Command::new("pgrep").args(["-g", &id]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&left.stdout), "", "processes left");
        assert_eq!(archives(out.path()).len(), 1);
        assert_eq!(
            files(out.path()).len(),
            2,
            "one archive, one note of it: {:?}",
            files(out.path())
        );
        fs::write(hosts.at("release"), "").unwrap();
        while hosts.left() > 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let ran = hosts.run(&shell, list, out.path(), &[]);
        assert_eq!(
            table(&ran)
                .into_iter()
                .map(|row| row[2].clone())
                .collect::<Vec<_>>(),
            ["collected", "kept"]
        );
    }
}

#[test]
fn a_list_with_anything_but_plain_names_is_wrong_usage_and_asks_nobody() {
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        for list in [
            "-oProxyCommand=touch${IFS}pwned",
            "-l@127.0.0.1",
            "$(id)",
            "a;b",
            "a b c",
            "u`id`@h",
            "h:0",
            "h:99999x",
            "h UPPER",
            "h ../up",
            "h -n",
            "# nothing",
            "@h",
            "h:",
        ] {
            let ran = hosts.run(&shell, list, out.path(), &[]);
            assert_eq!(ran.status.code(), Some(2), "{list}: {}", stderr(&ran));
        }
        for wrong in [
            &["--nonsense"][..],
            &["--parallel", "0"],
            &["--retries=x"],
            &["--hosts=/nonexistent"],
            &["--collector=/nonexistent"],
            &["--out"],
        ] {
            assert_eq!(
                hosts
                    .run(&shell, "127.0.0.1:PORT", out.path(), wrong)
                    .status
                    .code(),
                Some(2),
                "{wrong:?}"
            );
        }
        let ran = hosts.run(
            &shell,
            "me@127.0.0.1:PORT\n[::1]:22 n\nfe80::1%eth0\n",
            out.path(),
            &["--list"],
        );
        let said = String::from_utf8(ran.stdout).unwrap();
        for line in [
            " -l me -- 127.0.0.1 sh -s\n",
            " -p 22 -- ::1 sh -s\n",
            " -- fe80::1%eth0 sh -s\n",
        ] {
            assert!(said.contains(line), "{line} in {said}");
        }
        assert_eq!(hosts.runs(), 0);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }
}

#[test]
fn the_real_node_collector_comes_back_with_a_bundle() {
    let real = Path::new(SCRIPT).with_file_name("collect-node.sh");
    for (shell, hosts) in fleets() {
        let out = tempfile::tempdir().unwrap();
        let collector = real.display().to_string();
        let ran = hosts.run(
            &shell,
            "127.0.0.1:PORT node-a\n",
            out.path(),
            &["--collector", &collector],
        );
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        let name = table(&ran)[0][3].clone();
        let about = member(
            &out.path().join(&name),
            &format!("{}/bundle.json", name.trim_end_matches(".tar.gz")),
        );
        let about: Value = serde_json::from_str(&about).unwrap();
        assert_eq!(about["node"], "node-a");
        assert_eq!(
            about["collector"]["sha256"],
            sha256(&fs::read(&real).unwrap())
        );
        assert_eq!(hosts.left(), 0);
    }
}
