//! A node → the other files and commands a collector takes: units, kubeconfigs, network
//! configuration, manifests, kernel settings.

use super::distribution::Distribution;
use super::node::Node;
use super::processes::CONTROL_PLANE;
use super::random::Random;

/// Further certificates, and how many letters each has.
const CERTIFICATES: [(&str, usize); 3] = [
    ("/var/lib/kubelet/pki/kubelet.crt", 2_900),
    ("/etc/kubernetes/pki/front-proxy-ca.crt", 1_460),
    ("/etc/containerd/certs.d/registry.example.com/ca.crt", 2_300),
];

/// Units a collector asks after.
pub const UNITS: [&str; 14] = [
    "kubelet",
    "kube-proxy",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "k3s",
    "k3s-agent",
    "rke2-server",
    "rke2-agent",
    "snap.kubelet.daemon",
    "snap.microk8s.daemon-kubelet",
    "snap.microk8s.daemon-kubelite",
    "sshd",
];

const KERNEL_SETTINGS: [(&str, &str); 9] = [
    ("/proc/sys/vm/overcommit_memory", "1"),
    ("/proc/sys/vm/panic_on_oom", "0"),
    ("/proc/sys/kernel/panic", "10"),
    ("/proc/sys/kernel/panic_on_oops", "1"),
    ("/proc/sys/kernel/keys/root_maxkeys", "1000000"),
    ("/proc/sys/kernel/keys/root_maxbytes", "25000000"),
    ("/proc/sys/net/ipv4/ip_forward", "1"),
    ("/proc/sys/net/bridge/bridge-nf-call-iptables", "1"),
    (
        "/sys/fs/cgroup/cgroup.controllers",
        "cpuset cpu io memory hugetlb pids rdma misc",
    ),
];

/// Absolute paths and contents.
pub fn files(node: &Node, random: &mut Random) -> Vec<(String, Vec<u8>)> {
    let (os, kernel) = node.distribution.os();
    let mut files: Vec<(String, String)> = vec![
        ("/etc/os-release".into(), os_release(os)),
        ("/proc/sys/kernel/osrelease".into(), format!("{kernel}\n")),
        (node.distribution.unit_path().into(), unit(node)),
        ("/etc/cni/net.d/10-network.conflist".into(), cni(node)),
        ("/etc/cni/net.d/99-loopback.conf".into(), LOOPBACK.into()),
    ];
    files.extend(KERNEL_SETTINGS.map(|(path, value)| (path.to_owned(), format!("{value}\n"))));
    for (path, text) in drop_ins(node) {
        files.push((path.to_owned(), text));
    }
    let authority = random.base64(1_476);
    let kubeconfigs: &[(&str, &str)] = match node.distribution {
        Distribution::Kubeadm if node.is_control_plane() => &[
            ("/etc/kubernetes/kubelet.conf", "system:node"),
            (
                "/etc/kubernetes/controller-manager.conf",
                "system:kube-controller-manager",
            ),
            ("/etc/kubernetes/scheduler.conf", "system:kube-scheduler"),
        ],
        Distribution::Kubeadm => &[
            ("/etc/kubernetes/kubelet.conf", "system:node"),
            ("/etc/kubernetes/bootstrap-kubelet.conf", "tls-bootstrap"),
        ],
        _ => &[("/var/lib/kubelet/kubeconfig", "kubelet")],
    };
    for (path, user) in kubeconfigs {
        files.push((
            (*path).to_owned(),
            kubeconfig(node, user, &authority, random),
        ));
    }
    if node.is_control_plane() {
        for line in CONTROL_PLANE {
            let line = line.replace("NODE_IP", &node.ip);
            let (name, flags) = line.split_once(' ').unwrap_or((&line, ""));
            let flags: Vec<&str> = flags.split(' ').collect();
            files.push((
                format!("/etc/kubernetes/manifests/{name}.yaml"),
                manifest(node, name, &flags),
            ));
        }
    } else {
        // Two pods that every cloud runs from disk, and one of the operator's own.
        for name in ["kube-proxy", "node-local-dns", "site-agent"] {
            files.push((
                format!("/etc/kubernetes/manifests/{name}.yaml"),
                manifest(node, name, &MANIFEST_FLAGS),
            ));
        }
    }
    files.push(("/etc/kubernetes/pki/ca.crt".into(), certificate(&authority)));
    for (path, letters) in CERTIFICATES {
        files.push((path.to_owned(), certificate(&random.base64(letters))));
    }
    files.push(("/etc/containerd/config.toml".into(), CONTAINERD.into()));
    files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect()
}

fn os_release(os: &str) -> String {
    let id = os.split(' ').next().unwrap_or_default().to_lowercase();
    format!(
        "PRETTY_NAME=\"{os}\"\nNAME=\"{os}\"\nID={id}\nID_LIKE=linux\nHOME_URL=\"https://example.com/\"\nSUPPORT_URL=\"https://example.com/support\"\n"
    )
}

fn unit(node: &Node) -> String {
    format!(
        "[Unit]\nDescription=kubelet: The Kubernetes Node Agent\nDocumentation=https://kubernetes.io/docs/\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\nExecStart={} $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\nRestart=always\nStartLimitInterval=0\nRestartSec=10\nKillMode=process\nCPUAccounting=true\nMemoryAccounting=true\n\n[Install]\nWantedBy=multi-user.target\n",
        node.distribution.binary()
    )
}

fn drop_ins(node: &Node) -> Vec<(&'static str, String)> {
    let arguments = node.arguments.join(" ");
    match node.distribution {
        Distribution::Kubeadm => vec![
            (
                "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
                "[Service]\nEnvironment=\"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf\"\nEnvironment=\"KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\"\nEnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\nEnvironmentFile=-/etc/default/kubelet\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n".to_owned(),
            ),
            ("/var/lib/kubelet/kubeadm-flags.env", format!("KUBELET_KUBEADM_ARGS=\"{arguments}\"\n")),
        ],
        Distribution::EksAl2 => vec![("/etc/systemd/system/kubelet.service.d/10-kubelet-args.conf", format!("[Service]\nEnvironment='KUBELET_ARGS={arguments}'\n"))],
        Distribution::EksAl2023 => vec![("/etc/eks/kubelet/environment", format!("NODEADM_KUBELET_ARGS=\"{arguments}\"\n"))],
        Distribution::Gke | Distribution::Aks => vec![("/etc/default/kubelet", format!("KUBELET_OPTS=\"{arguments}\"\n"))],
    }
}

fn kubeconfig(node: &Node, user: &str, authority: &str, random: &mut Random) -> String {
    let credentials = match user {
        "system:node" => "    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n".to_owned(),
        _ => format!("    client-certificate-data: {}\n    client-key-data: REDACTED-BY-NODEPROOF\n", random.base64(1_180)),
    };
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {authority}\n    server: https://{}.example.com:6443\n  name: {}\ncontexts:\n- context:\n    cluster: {}\n    user: {user}\n  name: {user}\ncurrent-context: {user}\nkind: Config\npreferences: {{}}\nusers:\n- name: {user}\n  user:\n{credentials}",
        node.cluster.name, node.cluster.name, node.cluster.name
    )
}

fn certificate(base64: &str) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in base64.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}

fn cni(node: &Node) -> String {
    format!(
        "{{\n  \"name\": \"k8s-pod-network\",\n  \"cniVersion\": \"0.3.1\",\n  \"plugins\": [\n    {{\n      \"type\": \"calico\",\n      \"log_level\": \"info\",\n      \"log_file_path\": \"/var/log/calico/cni/cni.log\",\n      \"datastore_type\": \"kubernetes\",\n      \"nodename\": \"{}\",\n      \"mtu\": 0,\n      \"ipam\": {{\"type\": \"calico-ipam\"}},\n      \"policy\": {{\"type\": \"k8s\"}},\n      \"kubernetes\": {{\"kubeconfig\": \"/etc/cni/net.d/calico-kubeconfig\"}}\n    }},\n    {{\"type\": \"portmap\", \"snat\": true, \"capabilities\": {{\"portMappings\": true}}}},\n    {{\"type\": \"bandwidth\", \"capabilities\": {{\"bandwidth\": true}}}}\n  ]\n}}\n",
        node.name
    )
}

const LOOPBACK: &str =
    "{\n  \"cniVersion\": \"0.3.1\",\n  \"name\": \"lo\",\n  \"type\": \"loopback\"\n}\n";

const CONTAINERD: &str = "version = 2\nroot = \"/var/lib/containerd\"\nstate = \"/run/containerd\"\n\n[grpc]\n  address = \"/run/containerd/containerd.sock\"\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"registry.k8s.io/pause:3.9\"\n  max_container_log_line_size = -1\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n  default_runtime_name = \"runc\"\n  snapshotter = \"overlayfs\"\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n  runtime_type = \"io.containerd.runc.v2\"\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n  SystemdCgroup = true\n";

/// A static pod.
fn manifest(node: &Node, name: &str, flags: &[&str]) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    kubernetes.io/config.source: file\n    kubeadm.kubernetes.io/{name}.advertise-address.endpoint: {ip}:6443\n  creationTimestamp: null\n  labels:\n    component: {name}\n    tier: node\n  name: {name}\n  namespace: kube-system\nspec:\n  containers:\n  - command:\n    - {name}\n",
        ip = node.ip
    );
    for flag in flags {
        text.push_str(&format!("    - {flag}\n"));
    }
    text.push_str(&format!(
        "    image: registry.k8s.io/{name}:{}\n    imagePullPolicy: IfNotPresent\n",
        node.version
    ));
    for (probe, delay, failures) in [
        ("livenessProbe", 10, 8),
        ("readinessProbe", 0, 3),
        ("startupProbe", 10, 24),
    ] {
        text.push_str(&format!(
            "    {probe}:\n      failureThreshold: {failures}\n      httpGet:\n        host: {}\n        path: /livez\n        port: 6443\n        scheme: HTTPS\n      initialDelaySeconds: {delay}\n      periodSeconds: 10\n      timeoutSeconds: 15\n",
            node.ip
        ));
    }
    text.push_str(
        "    name: main\n    resources:\n      requests:\n        cpu: 250m\n    volumeMounts:\n",
    );
    for (volume, path) in MOUNTS {
        text.push_str(&format!(
            "    - mountPath: {path}\n      name: {volume}\n      readOnly: true\n"
        ));
    }
    text.push_str("  hostNetwork: true\n  priority: 2000001000\n  priorityClassName: system-node-critical\n  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n  volumes:\n");
    for (volume, path) in MOUNTS {
        text.push_str(&format!(
            "  - hostPath:\n      path: {path}\n      type: DirectoryOrCreate\n    name: {volume}\n"
        ));
    }
    text + "status: {}\n"
}

const MOUNTS: [(&str, &str); 6] = [
    ("ca-certs", "/etc/ssl/certs"),
    ("etc-ca-certificates", "/etc/ca-certificates"),
    ("k8s-certs", "/etc/kubernetes/pki"),
    (
        "usr-local-share-ca-certificates",
        "/usr/local/share/ca-certificates",
    ),
    ("usr-share-ca-certificates", "/usr/share/ca-certificates"),
    ("lib-modules", "/lib/modules"),
];

const MANIFEST_FLAGS: [&str; 12] = [
    "--allow-privileged=true",
    "--authorization-mode=Node,RBAC",
    "--client-ca-file=/etc/kubernetes/pki/ca.crt",
    "--enable-admission-plugins=NodeRestriction",
    "--enable-bootstrap-token-auth=true",
    "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-username-headers=X-Remote-User",
    "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
    "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
];

/// What `systemctl show` prints.
pub fn systemctl(node: &Node) -> Vec<u8> {
    let mut text = String::new();
    for unit in UNITS {
        let there = matches!(unit, "kubelet" | "sshd");
        let (load, active, file) = if there {
            ("loaded", "active", "enabled")
        } else {
            ("not-found", "inactive", "")
        };
        let path = if there {
            format!("/lib/systemd/system/{unit}.service")
        } else {
            String::new()
        };
        let start = match unit {
            "kubelet" => format!(
                "{{ path={b} ; argv[]={b} {a} ; ignore_errors=no ; start_time=[Tue 2026-11-17 12:24:41 UTC] ; stop_time=[n/a] ; pid=1437 ; code=(null) ; status=0/0 }}",
                b = node.distribution.binary(),
                a = node.arguments.join(" ")
            ),
            _ => String::new(),
        };
        text.push_str(&format!(
            "ExecStart={start}\nIPAddressAllow=\nIPAddressDeny=\nEnvironmentFiles=\nMainPID={}\nId={unit}.service\nLoadState={load}\nActiveState={active}\nFragmentPath={path}\nUnitFileState={file}\nDropInPaths=\nNeedDaemonReload=no\n\n",
            if unit == "kubelet" { 1_437 } else { 0 }
        ));
    }
    text.into_bytes()
}
