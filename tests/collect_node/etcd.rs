//! A real etcd, started with good and bad flags, variables and files, collected and judged.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::harness::{Bundle, Run, have, shells};
use crate::support::{Lab, nodeproof, rows};

/// A member that runs until it is dropped.
struct Member {
    name: &'static str,
    child: Child,
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a member is told what it is to do.
#[derive(Default)]
struct Told {
    scheme: &'static str,
    flags: Vec<String>,
    variables: Vec<(&'static str, String)>,
    file: Option<String>,
}

fn address(scheme: &str) -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("{scheme}://127.0.0.1:{}", port.local_addr().unwrap().port())
}

fn start(folder: &Path, name: &'static str, told: &Told) -> Member {
    let data = folder.join(name);
    let (client, peer) = (address(told.scheme), address(told.scheme));
    let mut command = Command::new("etcd");
    let cluster = format!("default={peer}");
    if let Some(more) = &told.file {
        let text = format!(
            "data-dir: {}\nlisten-client-urls: {client}\nadvertise-client-urls: {client}\nlisten-peer-urls: {peer}\n\
             initial-advertise-peer-urls: {peer}\ninitial-cluster: {cluster}\n{more}",
            data.display()
        );
        let path = folder.join(format!("{name}.yaml"));
        fs::write(&path, text).unwrap();
        // Starts are known to the second: a file of the same second may be newer.
        std::thread::sleep(Duration::from_secs(2));
        command.arg(format!("--config-file={}", path.display()));
    } else {
        for (flag, value) in [
            ("listen-client-urls", &client),
            ("advertise-client-urls", &client),
            ("listen-peer-urls", &peer),
            ("initial-advertise-peer-urls", &peer),
            ("initial-cluster", &cluster),
        ] {
            command.arg(format!("--{flag}={value}"));
        }
        command.arg(format!("--data-dir={}", data.display()));
    }
    command
        .args(&told.flags)
        .envs(told.variables.iter().map(|(k, v)| (*k, v)));
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut member = Member { name, child };
    for _ in 0..400 {
        if data.join("member/wal").exists() {
            return member;
        }
        assert!(
            member.child.try_wait().unwrap().is_none(),
            "{name} has ended"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{name} does not start");
}

/// A certificate that is its own authority, and its key.
fn certificate(folder: &Path) -> (String, String) {
    let path = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (path("own.crt"), path("own.key"));
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=etcd",
        ])
        .args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ])
        .output();
    assert!(made.unwrap().status.success());
    (certificate, key)
}

/// The verdicts of controls on one process of a collected bundle, as if it were the only one there.
fn verdicts(collected: &Bundle, pid: u32) -> BTreeMap<String, String> {
    let lab = Lab::new();
    for (name, bytes) in &collected.members {
        let process = name
            .strip_prefix("proc/")
            .and_then(|rest| rest.split('/').next());
        let is_other = process.is_some_and(|other| other != pid.to_string());
        let is_dropped = is_other || name == "SHA256SUMS" || name.starts_with("commands/ps");
        if !is_dropped {
            let path = lab.path(&format!("in/{name}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let controls = "2.1,2.2,2.3,2.4,2.5,2.6,1.1.11";
    let arguments = [
        "analyze", "in", "-b", "cis-1.12", "-c", controls, "--format", "jsonl",
    ];
    let all = rows(&nodeproof(lab.folder.path(), &arguments).stdout);
    let cell = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    all.iter()
        .map(|row| {
            let verdict = format!("{} {}", cell(row, "verdict"), cell(row, "source"));
            (cell(row, "control"), verdict)
        })
        .collect()
}

#[test]
fn flags_variables_and_files_of_a_real_etcd_are_judged_as_it_ranks_them() {
    if !have("etcd", "etcd-server") || !have("openssl", "openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(folder.path());
    let flag = |name: &str, value: &str| format!("--{name}={value}");
    let tls = vec![
        flag("cert-file", &certificate),
        flag("key-file", &key),
        flag("client-cert-auth", "true"),
        flag("trusted-ca-file", &certificate),
        flag("peer-cert-file", &certificate),
        flag("peer-key-file", &key),
        flag("peer-client-cert-auth", "true"),
        flag("peer-trusted-ca-file", &certificate),
    ];
    let variables = vec![
        ("ETCD_CERT_FILE", certificate.clone()),
        ("ETCD_KEY_FILE", key.clone()),
        ("ETCD_CLIENT_CERT_AUTH", "true".to_owned()),
        ("ETCD_TRUSTED_CA_FILE", certificate.clone()),
        ("ETCD_PEER_AUTO_TLS", "true".to_owned()),
    ];
    let file = format!(
        "client-transport-security:\n  cert-file: {certificate}\n  key-file: {key}\n  client-cert-auth: true\n  \
         trusted-ca-file: {certificate}\npeer-transport-security:\n  auto-tls: true\n"
    );
    let members = [
        start(
            folder.path(),
            "flags",
            &Told {
                scheme: "https",
                flags: tls,
                ..Told::default()
            },
        ),
        start(
            folder.path(),
            "variables",
            &Told {
                scheme: "https",
                variables,
                ..Told::default()
            },
        ),
        start(
            folder.path(),
            "file",
            &Told {
                scheme: "https",
                file: Some(file),
                // Beside a file neither counts.
                flags: vec![flag("peer-auto-tls", "false")],
                variables: vec![("ETCD_CLIENT_CERT_AUTH", "false".to_owned())],
            },
        ),
        start(
            folder.path(),
            "automatic",
            &Told {
                scheme: "https",
                flags: vec!["--auto-tls".into(), "--peer-auto-tls".into()],
                ..Told::default()
            },
        ),
        start(
            folder.path(),
            "plain",
            &Told {
                scheme: "http",
                ..Told::default()
            },
        ),
    ];
    let Some(shell) = shells().into_iter().next() else {
        return;
    };
    let collected = Run::new(&shell).bundle();
    for (member, wanted) in members.iter().zip([
        [
            "pass argument",
            "pass argument",
            "pass default",
            "pass argument",
            "pass argument",
            "pass default",
        ],
        [
            "pass environ",
            "pass environ",
            "pass default",
            "fail default",
            "fail default",
            "fail environ",
        ],
        [
            "pass config-file",
            "pass config-file",
            "pass default",
            "fail default",
            "fail default",
            "fail config-file",
        ],
        [
            "fail default",
            "fail default",
            "fail argument",
            "fail default",
            "fail default",
            "fail argument",
        ],
        [
            "fail default",
            "fail default",
            "pass default",
            "fail default",
            "fail default",
            "pass default",
        ],
    ]) {
        let found = verdicts(&collected, member.child.id());
        for (control, wanted) in ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
            .iter()
            .zip(wanted)
        {
            assert_eq!(
                found[*control], wanted,
                "{} {control}: {found:?}",
                member.name
            );
        }
        // etcd makes its data directory for itself alone.
        assert_eq!(found["1.1.11"], "pass file-metadata", "{}", member.name);
    }
}
