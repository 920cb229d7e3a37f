//! Texts of every form without their secrets: what is masked is masked once and for all.

use nodeproof::limits::Limits;
use nodeproof::redact::{KnownSecrets, member};

const NAMES: [&str; 12] = [
    "files/etc/a.yaml",
    "files/etc/systemd/system/a.service",
    "files/etc/default/kubelet",
    "files/etc/a.json",
    "files/etc/cni/net.d/a.conf",
    "api/pods.json",
    "proc/7/cmdline",
    "proc/7/environ",
    "commands/ps-ef.txt",
    "commands/systemctl-show.txt",
    "commands/journal-k3s.txt",
    "stat.tsv",
];

pub fn run(data: &[u8]) {
    let Some((which, data)) = data.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let known = KnownSecrets::default();
    let _ = member(name, data, &known, &Limits::default());
}
