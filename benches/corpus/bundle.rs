//! A node → its bundle, and a cluster → its bundle.

use std::io;

use serde_json::{Value, json};

use super::archive::{Members, pack, sums};
use super::case::Shape;
use super::node::{COLLECTED, Cluster, Live, Node};
use super::{Size, config, host, logs, processes, stat};

/// The archive of a node.
pub fn of_node(seed: u64, size: Size, node: &Node) -> io::Result<Vec<u8>> {
    let shape = node.case.shape;
    if shape.hides_node() {
        return pack("", &Members::new(), shape);
    }
    let mut random = node.random(seed, "text");
    let pods = processes::pods(&mut random);
    let ps = processes::list(node, &pods, &mut random);
    let mut files = config::files(node);
    files.extend(host::files(node, &mut random));
    files.sort();
    let (_, kernel) = node.distribution.os();
    let uname = format!("Linux {} {kernel} #1 SMP x86_64 GNU/Linux\n", node.name);
    let version = format!("Kubernetes {}\n", node.version);
    let mut rest: Members = vec![
        ("stat.tsv".into(), stat::tsv(node, &files)),
        ("commands/kubelet-version.txt".into(), version.into_bytes()),
        ("commands/ps-ef.txt".into(), ps),
        ("commands/systemctl-show.txt".into(), host::systemctl(node)),
        ("commands/uname.txt".into(), uname.into_bytes()),
    ];
    rest.extend(processes::proc(node));
    rest.extend(
        files
            .into_iter()
            .map(|(path, bytes)| (format!("files{path}"), bytes)),
    );
    if let Live::Own(on) = node.live {
        rest.push((
            format!("configz/{}.json", node.name),
            config::configz(node, on),
        ));
    }
    if size == Size::Large {
        rest.extend(logs::members(node, &pods, &mut random));
    }
    let description = describe_node(seed, node, &rest);
    let mut members = whole(description, rest);
    let kubelet = format!("proc/{}/cmdline", processes::KUBELET);
    if shape == Shape::ChangedMember
        && let Some((_, bytes)) = members.iter_mut().find(|(name, _)| *name == kubelet)
    {
        bytes.extend_from_slice(b"--make-iptables-util-chains=true\0");
    }
    pack(&format!("nodeproof-{}", node.name), &members, shape)
}

/// The archive of a cluster, with what it lends.
pub fn of_cluster(seed: u64, cluster: &Cluster, nodes: &[Node]) -> io::Result<Vec<u8>> {
    let items: Vec<Value> = nodes.iter().map(|node| api_node(seed, node)).collect();
    let list = json!({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}});
    let mut rest: Members = vec![("api/nodes.json".into(), list.to_string().into_bytes())];
    for node in nodes {
        if let Live::Lent(on) = node.live {
            rest.push((
                format!("configz/{}.json", node.name),
                config::configz(node, on),
            ));
        }
    }
    let description = describe(&json!({
        "kind": "cluster", "source": "api", "cluster": cluster.name, "node": null,
        "commands": commands(&rest), "skipped": [], "host": {}
    }));
    pack(
        &format!("nodeproof-{}", cluster.name),
        &whole(description, rest),
        Shape::Plain,
    )
}

/// `bundle.json` first, then the checksums of all others.
fn whole(description: Vec<u8>, rest: Members) -> Members {
    let mut members: Members = vec![("bundle.json".into(), description)];
    members.extend(rest);
    let sums = sums(&members);
    members.insert(1, ("SHA256SUMS".into(), sums));
    members
}

fn describe(own: &Value) -> Vec<u8> {
    let mut all = json!({
        "format": "nodeproof-bundle", "version": 1, "kind": null, "source": null, "cluster": null, "node": null,
        "collected_at": processes::timestamp(COLLECTED),
        "collector": {"name": "corpus", "version": "1", "sha256": null},
        "host": {}, "uid": 0, "commands": [], "redactions": [], "skipped": []
    });
    for (key, value) in own.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    let mut bytes = all.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

fn describe_node(seed: u64, node: &Node, members: &Members) -> Vec<u8> {
    let (os, kernel) = node.distribution.os();
    let boot = node.random(seed, "boot").uuid();
    let mut argv = commands(members);
    if node.case.shape == Shape::NarrowPs {
        for command in argv.iter_mut().filter(|c| c["argv"] == "ps -efww") {
            command["argv"] = "ps -ef".into();
        }
    }
    let keys = [
        "/etc/kubernetes/pki/apiserver.key",
        "/etc/kubernetes/pki/sa.key",
        "/var/lib/kubelet/pki/kubelet-client-current.pem",
        "/var/lib/kubelet/pki/kubelet.key",
    ];
    let skipped: Vec<Value> = keys
        .iter()
        .map(|path| json!({"path": path, "reason": "private-key"}))
        .collect();
    describe(&json!({
        "kind": "node", "source": "host", "cluster": node.cluster.name, "node": node.name, "skipped": skipped, "commands": argv,
        "host": {"hostname": node.name, "os": os, "kernel": kernel, "arch": "x86_64", "boot_id": boot,
                 "machine_id": node.machine_id, "system_uuid": node.system_uuid}
    }))
}

/// The commands whose output the members are.
fn commands(members: &Members) -> Vec<Value> {
    members
        .iter()
        .filter_map(|(name, _)| {
            let argv = match name.split_once('/')? {
                ("commands", "ps-ef.txt") => "ps -efww".to_owned(),
                ("commands", "kubelet-version.txt") => "/proc/1437/exe --version".to_owned(),
                ("commands", "uname.txt") => "uname -a".to_owned(),
                ("commands", other) => other.trim_end_matches(".txt").replace('-', " "),
                ("configz", other) => format!("kubectl get --raw /api/v1/nodes/{}/proxy/configz", other.trim_end_matches(".json")),
                ("api", _) => "kubectl get nodes -o json".to_owned(),
                _ => return None,
            };
            Some(json!({"argv": argv, "member": name, "exit": 0, "at": processes::timestamp(COLLECTED)}))
        })
        .collect()
}

fn api_node(seed: u64, node: &Node) -> Value {
    let mut random = node.random(seed, "api");
    let (os, kernel) = node.distribution.os();
    let images: Vec<Value> = (0..16)
        .map(|at| json!({"names": [format!("registry.example.com/shop/service-{at}@sha256:{}", random.hex(64)), format!("registry.example.com/shop/service-{at}:v1.{at}")], "sizeBytes": 10_000_000 + random.below(90_000_000)}))
        .collect();
    let conditions: Vec<Value> = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"]
        .iter()
        .map(|kind| json!({"lastHeartbeatTime": "2026-11-20T11:58:11Z", "lastTransitionTime": "2026-11-17T12:25:02Z", "message": format!("kubelet says {kind}"), "reason": "KubeletReports", "status": if *kind == "Ready" { "True" } else { "False" }, "type": kind}))
        .collect();
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"creationTimestamp": "2026-11-17T12:24:41Z", "name": node.name, "resourceVersion": "81233412", "uid": random.uuid(),
            "annotations": {"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true"},
            "labels": {"beta.kubernetes.io/arch": "amd64", "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux"}},
        "spec": {"podCIDR": "10.244.1.0/24"},
        "status": {"addresses": [{"address": node.ip, "type": "InternalIP"}, {"address": node.name, "type": "Hostname"}],
            "allocatable": {"cpu": "3920m", "memory": "15076868Ki", "pods": "110"}, "capacity": {"cpu": "4", "memory": "16092676Ki", "pods": "110"},
            "conditions": conditions, "images": images,
            "nodeInfo": {"architecture": "amd64", "bootID": random.uuid(), "containerRuntimeVersion": "containerd://1.7.24", "kernelVersion": kernel,
                "kubeProxyVersion": node.version, "kubeletVersion": node.version, "machineID": node.machine_id, "operatingSystem": "linux",
                "osImage": os, "systemUUID": node.system_uuid}}
    })
}
