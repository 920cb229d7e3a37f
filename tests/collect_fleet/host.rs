//! A real sshd on loopback, under several addresses, and a stand-in collector that does as its node's name says.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::shell::{Shell, tool};

/// The script under test.
pub const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/collect-fleet.sh");

/// A collector as the fleet script knows it: takes --out and --node, writes one archive named after the node. It counts
/// its runs in FOLDER/runs, writes its arguments into the archive, and some names make it misbehave.
const STAND_IN: &str = r#"#!/bin/sh
set -e
echo run >>FOLDER/runs
all=$(printf '<%s>' "$@")
while [ $# -gt 0 ]; do
    case $1 in --out) out=$2 ;; --node) node=$2 ;; esac
    shift 2
done
case $node in
failing) echo "collect-node: cannot read anything" >&2; exit 1 ;;
slow) until [ -e FOLDER/release ]; do sleep 0.1; done ;;
flaky) [ -e FOLDER/once ] || { touch FOLDER/once; echo "first time" >&2; exit 1; } ;;
garbage) echo "no archive" >"$out/nodeproof-garbage.tar.gz"; exit 0 ;;
nothing) exit 0 ;;
unnamed) mkdir "$out/top"; echo x >"$out/top/other"; tar -czf "$out/nodeproof-unnamed.tar.gz" -C "$out" top; exit 0 ;;
esac
name=nodeproof-${node%-twin}-20261121T180000Z
mkdir "$out/$name"
printf '{"format":"nodeproof-bundle","node":"%s","collector":{"sha256":"%s"}}' "$node" "$(sha256sum <"$0" | cut -c 1-64)" >"$out/$name/bundle.json"
echo "$all" >"$out/$name/arguments"
tar -czf "$out/$name.tar.gz" -C "$out" "$name/bundle.json" "$name/arguments"
rm -r "$out/$name"
echo "warned about $node" >&2
"#;

/// The hosts 127.0.0.1 to 127.0.0.9, all but the last with a known key, where every tool is the shell's own.
pub struct Hosts {
    folder: tempfile::TempDir,
    port: u16,
    sshd: Child,
}

impl Hosts {
    /// Starts sshd, or none where something it needs is missing.
    pub fn start(shell: &Shell) -> Option<Self> {
        let sshd = tool("sshd", "openssh-server")?;
        let keygen = tool("ssh-keygen", "openssh-client")?;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let at = |name: &str| root.join(name).display().to_string();
        for key in ["host", "user"] {
            let made = Command::new(&keygen)
                .args(["-q", "-t", "ed25519", "-N", "", "-f", &at(key)])
                .status();
            assert!(made.unwrap().success());
        }
        for dir in ["tmp", "bin"] {
            fs::create_dir(root.join(dir)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        // Hosts that greet: what a start-up file prints comes before what was asked for.
        let greeting = r#"command="echo Welcome; echo \"$SSH_ORIGINAL_COMMAND\" >>FOLDER/asked; eval \"$SSH_ORIGINAL_COMMAND\"" "#;
        let user = fs::read_to_string(root.join("user.pub")).unwrap();
        fs::write(
            root.join("authorized"),
            greeting.replace("FOLDER", &at("")) + &user,
        )
        .unwrap();
        let key = fs::read_to_string(root.join("host.pub")).unwrap();
        let known: String = (1..9)
            .map(|n| format!("[127.0.0.{n}]:{port} {key}"))
            .collect();
        fs::write(root.join("known"), known).unwrap();
        let sudo = "#!/bin/sh\n[ \"$1\" = -n ] || exit 1\nshift\necho \"sudo $*\" >>FOLDER/asked\nexec \"$@\"\n";
        fs::write(root.join("bin/sudo"), sudo.replace("FOLDER", &at(""))).unwrap();
        assert!(
            Command::new("chmod")
                .args(["755", &at("bin/sudo")])
                .status()
                .unwrap()
                .success()
        );
        let addresses: String = (1..10)
            .map(|n| format!("ListenAddress 127.0.0.{n}:{port}\n"))
            .collect();
        let config = format!(
            "{addresses}HostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nMaxStartups 100\nSetEnv TMPDIR={} PATH={}:{}\n",
            at("host"),
            at("authorized"),
            at("tmp"),
            at("bin"),
            shell.path
        );
        fs::write(root.join("config"), config).unwrap();
        fs::write(root.join("collector"), STAND_IN.replace("FOLDER", &at(""))).unwrap();
        // sshd wants this folder when it is started by root; elsewhere it does not matter.
        let _ = fs::create_dir_all("/run/sshd");
        let sshd = Command::new(sshd)
            .args(["-D", "-e", "-f", &at("config")])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let hosts = Self { folder, port, sshd };
        while TcpStream::connect(("127.0.0.9", port)).is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(hosts)
    }

    /// A path in the folder of these hosts.
    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The last line of the stand-in's diary: how often it ran.
    pub fn runs(&self) -> usize {
        fs::read_to_string(self.at("runs"))
            .unwrap_or_default()
            .lines()
            .count()
    }

    /// What is left in the hosts' temporary folder.
    pub fn left(&self) -> usize {
        fs::read_dir(self.at("tmp")).unwrap().count()
    }

    /// The options of ssh that reach these hosts and no configuration of this machine.
    pub fn ssh(&self) -> String {
        format!(
            "ssh -F none -i {} -o UserKnownHostsFile={} -o GlobalKnownHostsFile=none",
            self.at("user").display(),
            self.at("known").display()
        )
    }

    /// The fleet script about to collect from `list`, whose `PORT` is these hosts' port.
    pub fn command(&self, shell: &Shell, list: &str, out: &Path, more: &[&str]) -> Command {
        let hosts = self.at("hosts.txt");
        fs::write(&hosts, list.replace("PORT", &self.port.to_string())).unwrap();
        let ssh = self.ssh();
        let collector = self.at("collector").display().to_string();
        let mut arguments = vec![
            "--hosts",
            hosts.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ];
        arguments.extend(["--ssh", &ssh, "--collector", &collector]);
        arguments.extend(more);
        let mut command = shell.command(SCRIPT, &arguments);
        command.process_group(0);
        command
    }

    /// One whole run.
    pub fn run(&self, shell: &Shell, list: &str, out: &Path, more: &[&str]) -> Output {
        self.command(shell, list, out, more).output().unwrap()
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

/// The final table: host, node, result, and the rest, of every host in its order.
pub fn table(ran: &Output) -> Vec<[String; 4]> {
    let text = String::from_utf8(ran.stdout.clone()).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    assert!(
        lines.pop().is_some_and(|last| last.ends_with(" failed")),
        "{text}"
    );
    assert!(lines[0].starts_with("HOST "), "{text}");
    lines[1..]
        .iter()
        .map(|line| {
            let mut rest = *line;
            let mut cell = || {
                let (word, more) = rest.split_once(' ').unwrap();
                rest = more.trim_start();
                word.to_owned()
            };
            let [host, node, result] = [cell(), cell(), cell()];
            [host, node, result, rest.to_owned()]
        })
        .collect()
}
