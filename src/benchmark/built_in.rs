//! The catalog files that the program carries, as a folder like any other.

use std::borrow::Cow;

use super::folder::{File, Folder};

type Pair = (&'static str, &'static str);

/// The built-in catalog.
#[must_use]
pub fn folder() -> Folder {
    let file = |(name, text): &Pair| File {
        name: (*name).to_owned(),
        text: Cow::Borrowed(*text),
    };
    Folder {
        rules: RULES.iter().map(file).collect(),
        benchmarks: BENCHMARKS.iter().map(file).collect(),
        files: Some(file(&("files.toml", include_str!("catalog/files.toml")))),
        published: Some(file(&(
            "published.toml",
            include_str!("catalog/published.toml"),
        ))),
        digest: None,
    }
}

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$((
            concat!($folder, "/", $name, ".toml"),
            include_str!(concat!("catalog/", $folder, "/", $name, ".toml")),
        )),*]
    };
}

const RULES: &[Pair] = files!["rules":
    "file-owner-azure-json"
    "file-owner-client-ca-file"
    "file-owner-kubelet-config"
    "file-owner-kubelet-kubeconfig"
    "file-owner-kubelet-service"
    "file-owner-proxy-kubeconfig"
    "file-perm-azure-json"
    "file-perm-client-ca-file"
    "file-perm-kubelet-config"
    "file-perm-kubelet-kubeconfig"
    "file-perm-kubelet-service"
    "file-perm-proxy-kubeconfig"
    "kube-proxy-metrics-bind-address"
    "kubelet-anonymous-auth"
    "kubelet-authorization-mode"
    "kubelet-cadvisor-port"
    "kubelet-cert-dir"
    "kubelet-client-ca-file"
    "kubelet-event-record-qps"
    "kubelet-feature-dynamic-auditing-off"
    "kubelet-feature-dynamic-kubelet-config-off"
    "kubelet-hostname-override"
    "kubelet-keep-terminated-pod-volumes"
    "kubelet-kube-api-qps"
    "kubelet-make-iptables-util-chains"
    "kubelet-pod-pids-limit"
    "kubelet-protect-kernel-defaults"
    "kubelet-protect-kernel-defaults-not-set"
    "kubelet-read-only-port"
    "kubelet-rotate-certificates"
    "kubelet-rotate-client-certificate"
    "kubelet-rotate-server-certificate"
    "kubelet-seccomp-default"
    "kubelet-static-pod-path"
    "kubelet-streaming-connection-idle-timeout"
    "kubelet-systemd-ip-address-deny"
    "kubelet-tls-cert-key"
    "kubelet-tls-cipher-suites"
    "node-sshd-not-enabled"
    "node-sshd-not-running"
];

const BENCHMARKS: &[Pair] = files!["benchmarks":
    "cis-1.5"
    "cis-1.6"
    "cis-1.20"
    "cis-1.23"
    "cis-1.24"
    "cis-1.7"
    "cis-1.8"
    "cis-1.9"
    "cis-1.10"
    "cis-1.11"
    "cis-1.12"
    "eks-1.0.1"
    "eks-1.1.0"
    "eks-1.2.0"
    "eks-1.5.0"
    "eks-1.7.0"
    "eks-1.8.0"
    "gke-1.0"
    "gke-1.2.0"
    "gke-1.6.0"
    "gke-1.8.0"
    "gke-1.9.0"
    "aks-1.0"
    "aks-1.7"
    "aks-1.8"
    "ack-1.0"
    "rh-0.7"
    "rh-1.0"
    "rh-1.4"
    "rh-1.8"
    "cis-1.6-k3s"
    "k3s-cis-1.23"
    "k3s-cis-1.24"
    "k3s-cis-1.7"
    "k3s-cis-1.8"
    "k3s-cis-1.9"
    "rke-cis-1.23"
    "rke-cis-1.24"
    "rke-cis-1.7"
    "rke2-cis-1.23"
    "rke2-cis-1.24"
    "rke2-cis-1.7"
    "rke2-cis-1.8"
    "cis-1.24-microk8s"
    "tkgi-1.2.53"
    "eks-stig-kubernetes-v1r6"
    "k3s-cis-1.23-hardened"
    "k3s-cis-1.23-permissive"
    "k3s-cis-1.24-hardened"
    "k3s-cis-1.24-permissive"
    "k3s-cis-1.7-hardened"
    "k3s-cis-1.7-permissive"
    "k3s-cis-1.8-hardened"
    "k3s-cis-1.8-permissive"
    "k3s-cis-1.9@rancher"
    "k3s-cis-1.10"
    "k3s-cis-1.11"
    "k3s-cis-1.12"
    "rke-cis-1.23-hardened"
    "rke-cis-1.23-permissive"
    "rke-cis-1.24-hardened"
    "rke-cis-1.24-permissive"
    "rke-cis-1.7-hardened"
    "rke-cis-1.7-permissive"
    "rke-cis-1.8-hardened"
    "rke-cis-1.8-permissive"
    "rke2-cis-1.23-hardened"
    "rke2-cis-1.23-permissive"
    "rke2-cis-1.24-hardened"
    "rke2-cis-1.24-permissive"
    "rke2-cis-1.7-hardened"
    "rke2-cis-1.7-permissive"
    "rke2-cis-1.8-hardened"
    "rke2-cis-1.8-permissive"
    "rke2-cis-1.9"
    "rke2-cis-1.10"
    "rke2-cis-1.11"
    "rke2-cis-1.12"
];
