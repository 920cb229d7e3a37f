//! The files of a bundle → its `stat.tsv`: a row for each, and for what is not on the node.

use nodeproof::bundle::sha256_hex;

use super::case::Shape;
use super::host::UNITS;
use super::node::{Node, STARTED};

const UNIT_DIRS: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];
const BIN_DIRS: [&str; 7] = [
    "/usr/local/bin",
    "/usr/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/opt/bin",
    "/opt/rke2/bin",
    "/home/kubernetes/bin",
];
const PROGRAMS: [&str; 9] = [
    "kubelet",
    "hyperkube",
    "kubelite",
    "k3s",
    "rke2",
    "kube-proxy",
    "kube-apiserver",
    "kube-controller-manager",
    "etcd",
];
const ABSENT: [&str; 22] = [
    "/var/lib/kubelet/config.yml",
    "/var/lib/kubelet/kubelet.conf",
    "/etc/default/kubeletconfig.json",
    "/etc/sysconfig/kubelet",
    "/etc/eksctl/kubelet.yaml",
    "/etc/kubernetes/kubelet.yaml",
    "/etc/kubernetes/kubelet/config",
    "/etc/kubernetes/config",
    "/etc/kubernetes/addons/kube-proxy-daemonset.yaml",
    "/etc/kubernetes/kubelet-kubeconfig",
    "/var/lib/kubelet/bootstrap-kubeconfig",
    "/etc/etcd/etcd.conf",
    "/etc/sysconfig/flanneld",
    "/var/snap/etcd/common/etcd.conf.yaml",
    "/var/snap/kubelet/current/args",
    "/etc/origin/node/node-config.yaml",
    "/etc/rancher/k3s/config.yaml",
    "/etc/rancher/rke2/config.yaml",
    "/etc/kubernetes/azure.json",
    "/etc/kubernetes/admin.conf",
    "/var/lib/etcd",
    "/etc/ssl/etcd",
];

/// What a control plane has beside what is collected of it: path, type, mode.
const PKI: [(&str, &str, u32); 19] = [
    ("/etc/kubernetes/admin.conf", "file", 600),
    ("/etc/kubernetes/super-admin.conf", "file", 600),
    ("/etc/kubernetes/pki", "dir", 755),
    ("/etc/kubernetes/pki/apiserver.crt", "file", 644),
    ("/etc/kubernetes/pki/apiserver.key", "file", 600),
    ("/etc/kubernetes/pki/apiserver-etcd-client.crt", "file", 644),
    ("/etc/kubernetes/pki/apiserver-etcd-client.key", "file", 600),
    (
        "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
        "file",
        644,
    ),
    (
        "/etc/kubernetes/pki/apiserver-kubelet-client.key",
        "file",
        600,
    ),
    ("/etc/kubernetes/pki/ca.key", "file", 600),
    ("/etc/kubernetes/pki/etcd", "dir", 755),
    ("/etc/kubernetes/pki/etcd/ca.crt", "file", 644),
    ("/etc/kubernetes/pki/etcd/peer.crt", "file", 644),
    ("/etc/kubernetes/pki/etcd/peer.key", "file", 600),
    ("/etc/kubernetes/pki/etcd/server.crt", "file", 644),
    ("/etc/kubernetes/pki/etcd/server.key", "file", 600),
    ("/etc/kubernetes/pki/sa.key", "file", 600),
    ("/etc/kubernetes/pki/sa.pub", "file", 644),
    ("/var/lib/etcd", "dir", 700),
];

const HEADER: &str =
    "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n";

pub fn tsv(node: &Node, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut text = HEADER.to_owned();
    let quiet = STARTED - 3_600;
    for (path, content) in files {
        let changed = match node.case.shape {
            Shape::ChangedAfterStart if Some(path.as_str()) == node.config_path() => {
                STARTED + 86_400
            }
            _ => quiet,
        };
        let masked = content.windows(8).any(|part| part == b"REDACTED");
        let digest = if masked {
            String::new()
        } else {
            sha256_hex(content)
        };
        let mode = if path.ends_with(".conf") { 600 } else { 644 };
        text.push_str(&format!(
            "{path}\tfile\t{mode}\t0\t0\troot\troot\t{}\t{quiet}\t{changed}\t{digest}\t\n",
            content.len()
        ));
    }
    let mut own: Vec<&str> = Vec::new();
    if node.is_control_plane() {
        for (path, kind, mode) in PKI {
            own.push(path);
            text.push_str(&format!(
                "{path}\t{kind}\t{mode}\t0\t0\troot\troot\t1675\t{quiet}\t{quiet}\t\t\n"
            ));
        }
    }
    let mut dirs: Vec<&str> = files
        .iter()
        .filter_map(|(path, _)| Some(path.rsplit_once('/')?.0))
        .collect();
    dirs.sort_unstable();
    dirs.dedup();
    for dir in dirs.into_iter().filter(|dir| !own.contains(dir)) {
        text.push_str(&format!(
            "{dir}\tdir\t755\t0\t0\troot\troot\t4096\t{quiet}\t{quiet}\t\t\n"
        ));
    }
    let binary = node.distribution.binary();
    if node.case.shape != Shape::NoProcess {
        text.push_str(&format!(
            "{binary}\tfile\t755\t0\t0\troot\troot\t77594624\t{quiet}\t{quiet}\t\t\n"
        ));
    }
    let units = UNITS
        .iter()
        .flat_map(|unit| UNIT_DIRS.map(|dir| format!("{dir}/{unit}.service")));
    let programs = PROGRAMS
        .iter()
        .flat_map(|name| BIN_DIRS.map(|dir| format!("{dir}/{name}")));
    for path in ABSENT
        .map(str::to_owned)
        .into_iter()
        .chain(units)
        .chain(programs)
    {
        let is_own = path == binary || own.contains(&path.as_str());
        if !is_own && !files.iter().any(|(there, _)| *there == path) {
            text.push_str(&format!("{path}\tabsent\t\t\t\t\t\t\t\t\t\t\n"));
        }
    }
    text.into_bytes()
}
