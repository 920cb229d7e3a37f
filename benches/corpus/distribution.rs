//! The kinds of node a fleet has: where each keeps its kubelet's settings, and how it starts it.

use super::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    Kubeadm,
    EksAl2,
    EksAl2023,
    Gke,
    Aks,
}

/// Of each hundred nodes.
pub const SHARES: [(Distribution, u64); 5] = [
    (Distribution::Kubeadm, 40),
    (Distribution::EksAl2, 15),
    (Distribution::EksAl2023, 20),
    (Distribution::Gke, 12),
    (Distribution::Aks, 13),
];

impl Distribution {
    /// That of a node: every hundred nodes have exactly the shares, mixed.
    pub fn of(at: u64) -> Self {
        let mut slot = slot(at);
        for (distribution, share) in SHARES {
            if slot < share {
                return distribution;
            }
            slot -= share;
        }
        Self::Kubeadm
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Kubeadm => "kubeadm",
            Self::EksAl2 => "eks-al2",
            Self::EksAl2023 => "eks-al2023",
            Self::Gke => "gke",
            Self::Aks => "aks",
        }
    }

    /// Versions whose benchmarks all have the control the corpus is about (newer GKE ones do not).
    pub fn versions(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::Kubeadm => &[
                ("v1.28.15", 28),
                ("v1.29.12", 29),
                ("v1.30.8", 30),
                ("v1.31.4", 31),
                ("v1.32.2", 32),
                ("v1.33.1", 33),
            ],
            Self::EksAl2 => &[
                ("v1.28.15-eks-94953ac", 28),
                ("v1.29.12-eks-aeac579", 29),
                ("v1.30.8-eks-aeac579", 30),
            ],
            Self::EksAl2023 => &[
                ("v1.29.12-eks-aeac579", 29),
                ("v1.30.8-eks-aeac579", 30),
                ("v1.31.4-eks-aeac579", 31),
                ("v1.32.1-eks-5d632ec", 32),
                ("v1.33.0-eks-802817d", 33),
            ],
            Self::Gke => &[
                ("v1.27.16-gke.2440000", 27),
                ("v1.28.15-gke.1480000", 28),
                ("v1.29.10-gke.1280000", 29),
            ],
            Self::Aks => &[("v1.27.9", 27), ("v1.28.15", 28)],
        }
    }

    /// What `--config` names; older AKS gives flags only.
    pub fn config_path(self) -> Option<&'static str> {
        match self {
            Self::Kubeadm => Some("/var/lib/kubelet/config.yaml"),
            Self::EksAl2 => Some("/etc/kubernetes/kubelet/kubelet-config.json"),
            Self::EksAl2023 => Some("/etc/kubernetes/kubelet/config.json"),
            Self::Gke => Some("/home/kubernetes/kubelet-config.yaml"),
            Self::Aks => None,
        }
    }

    pub fn is_yaml(self) -> bool {
        matches!(self, Self::Kubeadm | Self::Gke)
    }

    /// What `--config-dir` names.
    pub fn drop_in_dir(self) -> Option<&'static str> {
        (self == Self::EksAl2023).then_some("/etc/kubernetes/kubelet/config.json.d")
    }

    pub fn os(self) -> (&'static str, &'static str) {
        match self {
            Self::Kubeadm => ("Ubuntu 22.04.5 LTS", "5.15.0-130-generic"),
            Self::EksAl2 => ("Amazon Linux 2", "5.10.230-223.885.amzn2.x86_64"),
            Self::EksAl2023 => ("Amazon Linux 2023", "6.1.119-129.201.amzn2023.x86_64"),
            Self::Gke => ("Container-Optimized OS from Google", "6.1.112+"),
            Self::Aks => ("Ubuntu 22.04.5 LTS", "5.15.0-1078-azure"),
        }
    }

    pub fn unit_path(self) -> &'static str {
        match self {
            Self::Kubeadm => "/lib/systemd/system/kubelet.service",
            _ => "/etc/systemd/system/kubelet.service",
        }
    }

    pub fn binary(self) -> &'static str {
        match self {
            Self::Gke => "/home/kubernetes/bin/kubelet",
            Self::Aks => "/usr/local/bin/kubelet",
            _ => "/usr/bin/kubelet",
        }
    }

    /// A name that is unique for the node's index.
    pub fn node_name(self, at: u64, ip: &str, cluster: &str, random: &mut Random) -> String {
        match self {
            Self::Kubeadm if is_control_plane(at) => format!("cp-{at:05}"),
            Self::Kubeadm => format!("worker-{at:05}"),
            Self::EksAl2 | Self::EksAl2023 => {
                format!("ip-{}.eu-west-1.compute.internal", ip.replace('.', "-"))
            }
            Self::Gke => format!("gke-{cluster}-pool-1-{}-{at:05}", random.hex(8)),
            Self::Aks => format!("aks-nodepool1-{}-vmss{at:06}", 10_000_000 + at),
        }
    }

    /// The kubelet's arguments, without the setting the corpus is about.
    pub fn arguments(self, node: &str, ip: &str, random: &mut Random) -> Vec<String> {
        let mut words: Vec<String> = match self {
            Self::Kubeadm => &[
                "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
                "--kubeconfig=/etc/kubernetes/kubelet.conf",
                "--config=/var/lib/kubelet/config.yaml",
                "--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock",
                "--pod-infra-container-image=registry.k8s.io/pause:3.9",
            ][..],
            Self::EksAl2 => &[
                "--config",
                "/etc/kubernetes/kubelet/kubelet-config.json",
                "--kubeconfig",
                "/var/lib/kubelet/kubeconfig",
                "--container-runtime-endpoint",
                "unix:///run/containerd/containerd.sock",
                "--image-credential-provider-config",
                "/etc/eks/image-credential-provider/config.json",
                "--image-credential-provider-bin-dir",
                "/etc/eks/image-credential-provider",
                "--v=2",
                "--cloud-provider=external",
            ],
            Self::EksAl2023 => &[
                "--config=/etc/kubernetes/kubelet/config.json",
                "--config-dir=/etc/kubernetes/kubelet/config.json.d",
                "--kubeconfig=/var/lib/kubelet/kubeconfig",
                "--image-credential-provider-bin-dir=/etc/eks/image-credential-provider",
                "--image-credential-provider-config=/etc/eks/image-credential-provider/config.json",
                "--cloud-provider=external",
                "--v=2",
            ],
            Self::Gke => &[
                "--v=2",
                "--cloud-provider=external",
                "--cert-dir=/var/lib/kubelet/pki/",
                "--kubeconfig=/var/lib/kubelet/kubeconfig",
                "--max-pods=110",
                "--volume-plugin-dir=/home/kubernetes/flexvolume",
                "--config=/home/kubernetes/kubelet-config.yaml",
                "--pod-sysctls=net.core.optmem_max=20480,net.core.somaxconn=1024,net.ipv4.conf.all.accept_redirects=0",
                "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
            ],
            Self::Aks => &[
                "--enable-server",
                "--v=2",
                "--volume-plugin-dir=/etc/kubernetes/volumeplugins",
                "--kubeconfig=/var/lib/kubelet/kubeconfig",
                "--bootstrap-kubeconfig=/var/lib/kubelet/bootstrap-kubeconfig",
                "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
                "--address=0.0.0.0",
                "--anonymous-auth=false",
                "--authentication-token-webhook=true",
                "--authorization-mode=Webhook",
                "--cgroups-per-qos=true",
                "--client-ca-file=/etc/kubernetes/certs/ca.crt",
                "--cluster-dns=10.0.0.10",
                "--cluster-domain=cluster.local",
                "--cloud-provider=external",
                "--enforce-node-allocatable=pods",
                "--event-qps=0",
                "--eviction-hard=memory.available<750Mi,nodefs.available<10%,nodefs.inodesFree<5%",
                "--image-gc-high-threshold=85",
                "--image-gc-low-threshold=80",
                "--kube-reserved=cpu=100m,memory=1843Mi",
                "--max-pods=110",
                "--node-status-update-frequency=10s",
                "--pod-max-pids=-1",
                "--protect-kernel-defaults=true",
                "--read-only-port=0",
                "--rotate-certificates=true",
                "--streaming-connection-idle-timeout=4h",
                "--tls-cert-file=/etc/kubernetes/certs/kubeletserver.crt",
                "--tls-private-key-file=/etc/kubernetes/certs/kubeletserver.key",
            ],
        }
        .iter()
        .map(|word| (*word).to_owned())
        .collect();
        words.push(format!("--hostname-override={node}"));
        words.push(format!("--node-ip={ip}"));
        words.push(format!("--node-labels={}", self.labels(random)));
        words
    }

    fn labels(self, random: &mut Random) -> String {
        let id = random.hex(17);
        match self {
            Self::Kubeadm => "topology.kubernetes.io/zone=rack-7".to_owned(),
            Self::EksAl2 | Self::EksAl2023 => format!(
                "eks.amazonaws.com/nodegroup=workers,eks.amazonaws.com/nodegroup-image=ami-{id},eks.amazonaws.com/capacityType=ON_DEMAND"
            ),
            Self::Gke => format!(
                "cloud.google.com/gke-nodepool=pool-1,cloud.google.com/gke-boot-disk=pd-balanced,cloud.google.com/gke-os-distribution=cos,cloud.google.com/machine-family=n2,iam.gke.io/build={id}"
            ),
            Self::Aks => format!(
                "agentpool=nodepool1,kubernetes.azure.com/agentpool=nodepool1,kubernetes.azure.com/cluster=MC_{id},kubernetes.azure.com/mode=system,kubernetes.azure.com/role=agent"
            ),
        }
    }
}

/// The place of a node among a hundred, mixed.
fn slot(at: u64) -> u64 {
    at % 100 * 37 % 100
}

/// One node in ten runs a control plane; all of those are kubeadm's.
pub fn is_control_plane(at: u64) -> bool {
    slot(at) < 10
}
