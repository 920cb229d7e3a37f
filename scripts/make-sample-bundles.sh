#!/bin/sh
# Makes the bundles of sample-bundles/ (all but its README), as collectors would have made them.
# Usage: make-sample-bundles.sh DIR. Needs GNU tar, gzip, zstd and sha256sum.
set -eu
LC_ALL=C
export LC_ALL
umask 022

out=${1:?usage: make-sample-bundles.sh DIR}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

config_header='apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration'

# begin NAME CLUSTER NODE: an empty node bundle, taken as root.
begin() {
    name=$1 top=$work/$1
    mkdir -p "$top/commands"
    printf '{"format":"nodeproof-bundle","version":1,"kind":"%s","source":"%s","cluster":%s,"node":%s,"collected_at":"2026-11-20T12:00:00Z","collector":{"name":"make-sample-bundles.sh","version":"1","sha256":""},"host":{"hostname":"%s","os":"Linux","kernel":"6.1.0","arch":"x86_64","boot_id":null,"machine_id":null,"system_uuid":null},"uid":0,"commands":[{"argv":"ps -efww","member":"commands/ps-ef.txt","exit":0,"at":"2026-11-20T12:00:00Z"}],"redactions":[],"skipped":[]}\n' \
        "${4:-node}" "${5:-host}" "$2" "$3" "$1" >"$top/bundle.json"
    [ "${4:-node}" = cluster ] || printf '%s\n' \
        'UID          PID    PPID  C STIME TTY          TIME CMD' \
        'root           1       0  0 09:00 ?        00:00:05 /sbin/init' \
        'root         611       1  1 09:00 ?        00:02:11 /usr/bin/containerd' >"$top/commands/ps-ef.txt"
    printf 'path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n' >"$top/stat.tsv"
}

# kubelet WORD...: the node's kubelet, pid 700, started at 09:00.
kubelet() {
    mkdir -p "$top/proc/700"
    printf '%s\0' "$@" >"$top/proc/700/cmdline"
    printf '/\n' >"$top/proc/700/cwd"
    printf '%s\n' "$1" >"$top/proc/700/exe"
    printf '2026-11-20T09:00:00Z\n' >"$top/proc/700/started_at"
    printf 'root         700       1  2 09:00 ?        00:04:40 %s\n' "$*" >>"$top/commands/ps-ef.txt"
}

version() { printf 'Kubernetes %s\n' "$1" >"$top/commands/kubelet-version.txt"; }

# stat_row PATH TYPE MODE CTIME
stat_row() {
    printf '%s\t%s\t%s\t0\t0\troot\troot\t100\t%s\t%s\t\t\n' "$1" "$2" "$3" "$4" "$4" >>"$top/stat.tsv"
}
before_start=1795161600 # 2026-11-20T08:00:00Z
after_start=1795168800  # 2026-11-20T10:00:00Z

# file PATH CTIME: a collected file, its text on stdin.
file() {
    mkdir -p "$top/files$(dirname "$1")"
    cat >"$top/files$1"
    stat_row "$1" file 600 "$2"
}

sums() {
    rm -f "$top/SHA256SUMS"
    (cd "$top" && find . -type f | sed 's|^\./||' | sort | xargs sha256sum) >"$work/sums"
    mv "$work/sums" "$top/SHA256SUMS"
}

# pack: bundle.json first, everything else by name, the same bytes every time.
pack() {
    sums
    (cd "$work" && {
        printf '%s\n' "$name/bundle.json"
        find "$name" -type f ! -path "$name/bundle.json" | sort
    } | tar --format=gnu --no-recursion --mtime=@1795176000 --owner=root:0 --group=root:0 --mode=600 -cf "$work/$name.tar" -T -)
}
gz() { pack && gzip -9nc "$work/$name.tar" >"$out/$name.tar.gz"; }

# A control-plane node made with kubeadm; its configuration says so itself.
begin kubeadm-cp-1 '"prod-eu"' '"kubeadm-cp-1"'
version v1.31.4
kubelet /usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml --pod-infra-container-image=registry.k8s.io/pause:3.10
printf '%s\nauthentication:\n  anonymous:\n    enabled: false\nclusterDomain: cluster.local\nmakeIPTablesUtilChains: true\nstreamingConnectionIdleTimeout: 0s\n' "$config_header" |
    file /var/lib/kubelet/config.yaml "$before_start"
gz

# Disk says false; the cluster bundle's configz says true: it will regress at the next restart.
begin kubeadm-drift '"prod-eu"' '"kubeadm-drift"'
version v1.31.4
kubelet /usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml
printf '%s\nmakeIPTablesUtilChains: no\n' "$config_header" | file /var/lib/kubelet/config.yaml "$after_start"
gz

# The file was put right after the kubelet had started.
begin kubeadm-restart-pending '"prod-us"' '"kubeadm-restart-pending"'
version v1.30.8
kubelet /usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml
printf '%s\nmakeIPTablesUtilChains: true\n' "$config_header" | file /var/lib/kubelet/config.yaml "$after_start"
gz

# EKS on Amazon Linux 2: JSON, flags and values in words of their own, the key is not there.
begin eks-al2 '"eks-shop"' '"ip-10-20-41-45.ec2.internal"'
version v1.28.15-eks-1de2ab1
kubelet /usr/bin/kubelet --config /etc/kubernetes/kubelet/kubelet-config.json --kubeconfig /var/lib/kubelet/kubeconfig --container-runtime-endpoint unix:///run/containerd/containerd.sock --node-ip=10.20.41.45 --v=2
printf '{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","authorization":{"mode":"Webhook"},"readOnlyPort":0}\n' |
    file /etc/kubernetes/kubelet/kubelet-config.json "$before_start"
gz

# EKS on Amazon Linux 2023: a drop-in turns it off.
begin eks-al2023-drop-in '"eks-shop"' '"ip-10-20-12-75.ec2.internal"'
version v1.33.1-eks-b9364f6
kubelet /usr/bin/kubelet --config-dir=/etc/kubernetes/kubelet/config.json.d --config=/etc/kubernetes/kubelet/config.json --cloud-provider=external --hostname-override=ip-10-20-12-75.ec2.internal
printf '{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","makeIPTablesUtilChains":true}\n' |
    file /etc/kubernetes/kubelet/config.json "$before_start"
stat_row /etc/kubernetes/kubelet/config.json.d dir 755 "$before_start"
printf '{\n  "kind": "KubeletConfiguration",\n  "apiVersion": "kubelet.config.k8s.io/v1beta1",\n  "maxPods": 58\n}\n' |
    file /etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf "$before_start"
printf '%s\nmakeIPTablesUtilChains: false\n' "$config_header" |
    file /etc/kubernetes/kubelet/config.json.d/90-legacy.conf "$before_start"
gz

# AKS with arguments alone; the later of two wins.
begin aks-flags-only '"aks-pay"' '"aks-nodepool1-31-vmss000002"'
version v1.29.9
kubelet /usr/local/bin/kubelet --node-labels=agentpool=nodepool1,kubernetes.azure.com/cluster=MC_pay --v=2 --make-iptables-util-chains=true --max-pods=30 --make-iptables-util-chains=false
gz

# GKE: an argument in a bare form, which other tools read wrongly. zstd this time.
begin gke-cos '"gke-web"' '"gke-web-pool-1-8f1c"'
version v1.28.11-gke.1019000
kubelet /home/kubernetes/bin/kubelet --v=2 --cloud-provider=external --make-iptables-util-chains --config /home/kubernetes/kubelet-config.yaml '--pod-sysctls=net.core.somaxconn=1024,net.ipv4.tcp_rmem=4096 87380 6291456'
printf '%s\nmakeIPTablesUtilChains: false\nreadOnlyPort: 10255\n' "$config_header" |
    file /home/kubernetes/kubelet-config.yaml "$before_start"
pack
zstd -q -19 -f "$work/$name.tar" -o "$out/$name.tar.zst"

# A bastion: the whole process list, taken as root, has no kubelet, and no file of one is there.
begin bastion '"prod-eu"' '"bastion"'
stat_row /usr/bin/kubelet absent '' ''
stat_row /etc/systemd/system/kubelet.service absent '' ''
stat_row /var/lib/kubelet/config.yaml absent '' ''
gz

# process PID WORD...: a component of the control plane, started at 09:00.
process() {
    pid=$1
    shift
    mkdir -p "$top/proc/$pid"
    printf '%s\0' "$@" >"$top/proc/$pid/cmdline"
    printf '/\n' >"$top/proc/$pid/cwd"
    printf '%s\n' "$1" >"$top/proc/$pid/exe"
    printf '2026-11-20T09:00:00Z\n' >"$top/proc/$pid/started_at"
    printf 'root     %7s       1  2 09:00 ?        00:04:40 %s\n' "$pid" "$*" >>"$top/commands/ps-ef.txt"
}

# rows TYPE MODE PATH...: what root owns.
rows() {
    type=$1 mode=$2
    shift 2
    for path; do stat_row "$path" "$type" "$mode" "$before_start"; done
}

# manifest NAME IMAGE: a static pod, its command one word a line on stdin.
manifest() {
    { printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\n  namespace: kube-system\nspec:\n  containers:\n  - name: %s\n    image: %s\n    command:\n' "$1" "$1" "$2"; sed 's/.*/    - "&"/'; } |
        file "$manifests/$1.yaml" "$before_start"
}

# A control plane as kubeadm sets it up, with etcd beside it: the mirror of what a cluster has that nobody has hardened.
begin kubeadm-cp-2 '"prod-eu"' '"kubeadm-cp-2"'
manifests=/etc/kubernetes/manifests
version v1.31.4
kubelet /usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml --container-runtime-endpoint=unix:///var/run/containerd/containerd.sock
printf '%s\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\nrotateCertificates: true\nstaticPodPath: /etc/kubernetes/manifests\nstreamingConnectionIdleTimeout: 0s\n' "$config_header" |
    file /var/lib/kubelet/config.yaml "$before_start"
set -- kube-apiserver --advertise-address=10.10.0.12 --allow-privileged=true --authorization-mode=Node,RBAC --client-ca-file=/etc/kubernetes/pki/ca.crt --enable-admission-plugins=NodeRestriction --enable-bootstrap-token-auth=true --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt --etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt --etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key --etcd-servers=https://127.0.0.1:2379 --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname --secure-port=6443 --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=/etc/kubernetes/pki/sa.pub --service-account-signing-key-file=/etc/kubernetes/pki/sa.key --service-cluster-ip-range=10.96.0.0/12 --tls-cert-file=/etc/kubernetes/pki/apiserver.crt --tls-private-key-file=/etc/kubernetes/pki/apiserver.key
process 810 "$@"
printf '%s\n' "$@" | manifest kube-apiserver registry.k8s.io/kube-apiserver:v1.31.4
set -- kube-controller-manager --allocate-node-cidrs=true --authentication-kubeconfig=/etc/kubernetes/controller-manager.conf --authorization-kubeconfig=/etc/kubernetes/controller-manager.conf --bind-address=127.0.0.1 --client-ca-file=/etc/kubernetes/pki/ca.crt --cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt --cluster-signing-key-file=/etc/kubernetes/pki/ca.key --controllers=*,bootstrapsigner,tokencleaner --kubeconfig=/etc/kubernetes/controller-manager.conf --leader-elect=true --root-ca-file=/etc/kubernetes/pki/ca.crt --service-account-private-key-file=/etc/kubernetes/pki/sa.key --use-service-account-credentials=true
process 811 "$@"
printf '%s\n' "$@" | manifest kube-controller-manager registry.k8s.io/kube-controller-manager:v1.31.4
set -- kube-scheduler --authentication-kubeconfig=/etc/kubernetes/scheduler.conf --authorization-kubeconfig=/etc/kubernetes/scheduler.conf --bind-address=127.0.0.1 --kubeconfig=/etc/kubernetes/scheduler.conf --leader-elect=true
process 812 "$@"
printf '%s\n' "$@" | manifest kube-scheduler registry.k8s.io/kube-scheduler:v1.31.4
set -- etcd --advertise-client-urls=https://10.10.0.12:2379 --cert-file=/etc/kubernetes/pki/etcd/server.crt --client-cert-auth=true --data-dir=/var/lib/etcd --key-file=/etc/kubernetes/pki/etcd/server.key --listen-client-urls=https://127.0.0.1:2379,https://10.10.0.12:2379 --listen-peer-urls=https://10.10.0.12:2380 --name=kubeadm-cp-2 --peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt --peer-client-cert-auth=true --peer-key-file=/etc/kubernetes/pki/etcd/peer.key --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
process 813 "$@"
: >"$top/proc/813/environ"
printf '%s\n' "$@" | manifest etcd registry.k8s.io/etcd:3.5.15-0
rows dir 755 "$manifests" /etc/kubernetes /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/cni/net.d
rows absent '' /var/lib/cni/networks /etc/kubernetes/proxy.conf
rows file 600 /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/kubelet.conf /etc/cni/net.d/10-calico.conflist /etc/cni/net.d/calico-kubeconfig
rows file 644 /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver-etcd-client.crt /etc/kubernetes/pki/apiserver-kubelet-client.crt /etc/kubernetes/pki/etcd/ca.crt /etc/kubernetes/pki/etcd/server.crt /etc/kubernetes/pki/etcd/peer.crt /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
rows file 600 /etc/kubernetes/pki/ca.key /etc/kubernetes/pki/apiserver.key /etc/kubernetes/pki/apiserver-etcd-client.key /etc/kubernetes/pki/apiserver-kubelet-client.key /etc/kubernetes/pki/sa.key /etc/kubernetes/pki/sa.pub /etc/kubernetes/pki/etcd/ca.key /etc/kubernetes/pki/etcd/server.key /etc/kubernetes/pki/etcd/peer.key
rows dir 700 /var/lib/etcd /var/lib/etcd/member /var/lib/etcd/member/snap
rows file 600 /var/lib/etcd/member/snap/db
process 814 /usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf --hostname-override=kubeadm-cp-2
printf 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nbindAddress: 0.0.0.0\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nmode: ""\n' |
    file /var/lib/kube-proxy/config.conf "$before_start"
rows file 644 /var/lib/kube-proxy/kubeconfig.conf
gz

# A k3s server: everything runs inside one process, and the journal says with which arguments.
begin k3s-server '"edge"' '"k3s-server"'
version v1.31.4+k3s1
mkdir -p "$top/proc/820"
printf '/usr/local/bin/k3s server\0' >"$top/proc/820/cmdline"
printf '/\n' >"$top/proc/820/cwd"
printf '/var/lib/rancher/k3s/data/current/bin/k3s\n' >"$top/proc/820/exe"
printf '2026-11-20T09:00:00Z\n' >"$top/proc/820/started_at"
printf 'root         820       1  9 09:00 ?        00:14:40 /usr/local/bin/k3s server\n' >>"$top/commands/ps-ef.txt"
k3s=/var/lib/rancher/k3s
said() { printf 'Nov 20 09:00:0%s k3s-server k3s[820]: time="2026-11-20T09:00:0%sZ" level=info msg="Running %s"\n' "$1" "$1" "$2" >>"$top/commands/journal-k3s.txt"; }
said 1 "kube-apiserver --advertise-port=6443 --allow-privileged=true --anonymous-auth=false --api-audiences=https://kubernetes.default.svc.cluster.local,k3s --authorization-mode=Node,RBAC --bind-address=127.0.0.1 --cert-dir=$k3s/server/tls/temporary-certs --client-ca-file=$k3s/server/tls/client-ca.crt --egress-selector-config-file=$k3s/server/etc/egress-selector-config.yaml --enable-admission-plugins=NodeRestriction --enable-aggregator-routing=true --etcd-servers=unix://kine.sock --kubelet-certificate-authority=$k3s/server/tls/server-ca.crt --kubelet-client-certificate=$k3s/server/tls/client-kube-apiserver.crt --kubelet-client-key=$k3s/server/tls/client-kube-apiserver.key --profiling=false --secure-port=6444 --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=$k3s/server/tls/service.key --service-account-signing-key-file=$k3s/server/tls/service.current.key --service-cluster-ip-range=10.43.0.0/16 --storage-backend=etcd3 --tls-cert-file=$k3s/server/tls/serving-kube-apiserver.crt --tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305 --tls-private-key-file=$k3s/server/tls/serving-kube-apiserver.key"
said 2 "kube-scheduler --authentication-kubeconfig=$k3s/server/cred/scheduler.kubeconfig --authorization-kubeconfig=$k3s/server/cred/scheduler.kubeconfig --bind-address=127.0.0.1 --kubeconfig=$k3s/server/cred/scheduler.kubeconfig --profiling=false --secure-port=10259"
said 3 "kube-controller-manager --allocate-node-cidrs=true --authentication-kubeconfig=$k3s/server/cred/controller.kubeconfig --authorization-kubeconfig=$k3s/server/cred/controller.kubeconfig --bind-address=127.0.0.1 --cluster-cidr=10.42.0.0/16 --cluster-signing-kube-apiserver-client-cert-file=$k3s/server/tls/client-ca.nochain.crt --cluster-signing-kube-apiserver-client-key-file=$k3s/server/tls/client-ca.key --controllers=*,tokencleaner,-service,-route,-cloud-node-lifecycle --kubeconfig=$k3s/server/cred/controller.kubeconfig --profiling=false --root-ca-file=$k3s/server/tls/server-ca.crt --secure-port=10257 --service-account-private-key-file=$k3s/server/tls/service.current.key --service-cluster-ip-range=10.43.0.0/16 --use-service-account-credentials=true"
said 4 "kubelet --cloud-provider=external --config-dir=$k3s/agent/etc/kubelet.conf.d --containerd=/run/k3s/containerd/containerd.sock --hostname-override=k3s-server --kubeconfig=$k3s/agent/kubelet.kubeconfig --node-labels="
said 5 "kube-proxy --cluster-cidr=10.42.0.0/16 --conntrack-max-per-core=0 --conntrack-tcp-timeout-close-wait=0s --conntrack-tcp-timeout-established=0s --healthz-bind-address=127.0.0.1 --hostname-override=k3s-server --kubeconfig=$k3s/agent/kubeproxy.kubeconfig --proxy-mode=iptables"
rows dir 755 "$k3s/agent/etc/kubelet.conf.d" "$k3s/server/tls" "$k3s/server/tls/etcd" "$k3s/agent/etc/cni/net.d"
printf '%s\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n    clientCAFile: %s/agent/client-ca.crt\nauthorization:\n  mode: Webhook\nreadOnlyPort: 0\nserializeImagePulls: false\ntlsCertFile: %s/agent/serving-kubelet.crt\ntlsPrivateKeyFile: %s/agent/serving-kubelet.key\n' "$config_header" "$k3s" "$k3s" "$k3s" |
    file "$k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf" "$before_start"
rows file 600 "$k3s/server/cred/admin.kubeconfig" "$k3s/server/cred/scheduler.kubeconfig" "$k3s/server/cred/controller.kubeconfig" "$k3s/agent/kubelet.kubeconfig" "$k3s/agent/etc/cni/net.d/10-flannel.conflist"
rows file 644 "$k3s/agent/kubeproxy.kubeconfig" "$k3s/server/tls/server-ca.crt" "$k3s/server/tls/client-ca.crt" "$k3s/agent/client-ca.crt"
rows file 600 "$k3s/server/tls/server-ca.key" "$k3s/server/tls/client-ca.key" "$k3s/server/tls/service.key"
rows absent '' "$k3s/server/db/etcd" "$k3s/server/db/etcd/config" /etc/kubernetes/manifests /etc/kubernetes/admin.conf /var/lib/cni/networks
gz

# An RKE2 server with the profile of CIS: components are static pods, etcd has a configuration file alone.
begin rke2-server '"core"' '"rke2-server"'
rke2=/var/lib/rancher/rke2
manifests=$rke2/agent/pod-manifests
version v1.31.4+rke2r1
process 830 /usr/local/bin/rke2 server
kubelet kubelet --volume-plugin-dir=/var/lib/kubelet/volumeplugins --cloud-provider=external --config-dir=$rke2/agent/etc/kubelet.conf.d --containerd=/run/k3s/containerd/containerd.sock --hostname-override=rke2-server --kubeconfig=$rke2/agent/kubelet.kubeconfig --node-labels= --protect-kernel-defaults=true
rows dir 755 "$rke2/agent/etc/kubelet.conf.d" "$manifests" "$rke2/server/tls" "$rke2/server/tls/etcd"
printf '%s\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\n  x509:\n    clientCAFile: %s/agent/client-ca.crt\nauthorization:\n  mode: Webhook\nreadOnlyPort: 0\nstaticPodPath: %s\ntlsCertFile: %s/agent/serving-kubelet.crt\ntlsPrivateKeyFile: %s/agent/serving-kubelet.key\n' "$config_header" "$rke2" "$manifests" "$rke2" "$rke2" |
    file "$rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf" "$before_start"
set -- kube-apiserver --admission-control-config-file=/etc/rancher/rke2/rke2-pss.yaml --audit-policy-file=/etc/rancher/rke2/audit-policy.yaml --audit-log-maxage=30 --audit-log-maxbackup=10 --audit-log-maxsize=100 --audit-log-path=$rke2/server/logs/audit.log --advertise-port=6443 --allow-privileged=true --anonymous-auth=false --authorization-mode=Node,RBAC --bind-address=0.0.0.0 --client-ca-file=$rke2/server/tls/client-ca.crt --enable-admission-plugins=NodeRestriction --encryption-provider-config=$rke2/server/cred/encryption-config.json --encryption-provider-config-automatic-reload=true --etcd-cafile=$rke2/server/tls/etcd/server-ca.crt --etcd-certfile=$rke2/server/tls/etcd/client.crt --etcd-keyfile=$rke2/server/tls/etcd/client.key --etcd-servers=https://127.0.0.1:2379 --kubelet-certificate-authority=$rke2/server/tls/server-ca.crt --kubelet-client-certificate=$rke2/server/tls/client-kube-apiserver.crt --kubelet-client-key=$rke2/server/tls/client-kube-apiserver.key --profiling=false --secure-port=6443 --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=$rke2/server/tls/service.key --service-account-signing-key-file=$rke2/server/tls/service.current.key --service-cluster-ip-range=10.43.0.0/16 --tls-cert-file=$rke2/server/tls/serving-kube-apiserver.crt --tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 --tls-private-key-file=$rke2/server/tls/serving-kube-apiserver.key
process 831 "$@"
printf '%s\n' "$@" | manifest kube-apiserver index.docker.io/rancher/hardened-kubernetes:v1.31.4-rke2r1-build20241212
set -- kube-controller-manager --allocate-node-cidrs=true --bind-address=127.0.0.1 --cluster-cidr=10.42.0.0/16 --kubeconfig=$rke2/server/cred/controller.kubeconfig --profiling=false --root-ca-file=$rke2/server/tls/server-ca.crt --secure-port=10257 --service-account-private-key-file=$rke2/server/tls/service.current.key --terminated-pod-gc-threshold=1000 --use-service-account-credentials=true
process 832 "$@"
printf '%s\n' "$@" | manifest kube-controller-manager index.docker.io/rancher/hardened-kubernetes:v1.31.4-rke2r1-build20241212
set -- kube-scheduler --bind-address=127.0.0.1 --kubeconfig=$rke2/server/cred/scheduler.kubeconfig --profiling=false --secure-port=10259
process 833 "$@"
printf '%s\n' "$@" | manifest kube-scheduler index.docker.io/rancher/hardened-kubernetes:v1.31.4-rke2r1-build20241212
process 834 etcd --config-file=$rke2/server/db/etcd/config
: >"$top/proc/834/environ"
printf '%s\n' etcd --config-file=$rke2/server/db/etcd/config | manifest etcd index.docker.io/rancher/hardened-etcd:v3.5.16-k3s1-build20241106
printf 'name: rke2-server-1b2c3d4e\nlisten-client-urls: https://127.0.0.1:2379,https://10.30.0.4:2379\nlisten-peer-urls: https://127.0.0.1:2380,https://10.30.0.4:2380\ndata-dir: %s/server/db/etcd\nclient-transport-security:\n  cert-file: %s/server/tls/etcd/server-client.crt\n  key-file: %s/server/tls/etcd/server-client.key\n  client-cert-auth: true\n  trusted-ca-file: %s/server/tls/etcd/server-ca.crt\npeer-transport-security:\n  cert-file: %s/server/tls/etcd/peer-server-client.crt\n  key-file: %s/server/tls/etcd/peer-server-client.key\n  client-cert-auth: true\n  trusted-ca-file: %s/server/tls/etcd/peer-ca.crt\n' "$rke2" "$rke2" "$rke2" "$rke2" "$rke2" "$rke2" "$rke2" |
    file "$rke2/server/db/etcd/config" "$before_start"
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n' | file /etc/rancher/rke2/audit-policy.yaml "$before_start"
printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1beta1\n    kind: PodSecurityConfiguration\n    defaults:\n      enforce: restricted\n      enforce-version: latest\n' |
    file /etc/rancher/rke2/rke2-pss.yaml "$before_start"
printf '{"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1","resources":[{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{"name":"aescbckey","secret":"REDACTED-BY-NODEPROOF"}]}},{"identity":{}}]}]}\n' |
    file "$rke2/server/cred/encryption-config.json" "$before_start"
rows file 600 "$rke2/server/cred/admin.kubeconfig" "$rke2/server/cred/scheduler.kubeconfig" "$rke2/server/cred/controller.kubeconfig" "$rke2/agent/kubelet.kubeconfig" "$rke2/agent/kubeproxy.kubeconfig" /etc/cni/net.d/10-canal.conflist
rows file 644 "$rke2/server/tls/server-ca.crt" "$rke2/server/tls/client-ca.crt" "$rke2/server/tls/etcd/server-ca.crt" "$rke2/agent/client-ca.crt"
rows file 600 "$rke2/server/tls/server-ca.key" "$rke2/server/tls/client-ca.key" "$rke2/server/tls/service.key" "$rke2/server/tls/etcd/server-client.key"
rows dir 755 /etc/cni/net.d
rows absent '' /var/lib/cni/networks
printf '%s\tdir\t700\t52034\t52034\tetcd\tetcd\t100\t%s\t%s\t\t\n' "$rke2/server/db/etcd" "$before_start" "$before_start" >>"$top/stat.tsv"
printf '%s\tfile\t600\t52034\t52034\tetcd\tetcd\t100\t%s\t%s\t\t\n' "$rke2/server/db/etcd/member/snap/db" "$before_start" "$before_start" >>"$top/stat.tsv"
gz

# list NAME ITEMS: a list of API objects, as kubectl writes it.
list() { printf '{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[%s]}\n' "$2" >"$top/api/$1.json"; }
# meta NAME [NAMESPACE [LABELS]]
meta() { printf '"metadata":{"name":"%s"%s,"labels":{%s}}' "$1" "${2:+,\"namespace\":\"$2\"}" "${3-}"; }
rbac=rbac.authorization.k8s.io ours='"kubernetes.io/bootstrapping":"rbac-defaults"'
# bound KIND NAME NAMESPACE LABELS ROLE_KIND ROLE SUBJECT
bound() { printf '{"apiVersion":"%s/v1","kind":"%s",%s,"roleRef":{"apiGroup":"%s","kind":"%s","name":"%s"},"subjects":[%s]}' "$rbac" "$1" "$(meta "$2" "$3" "$4")" "$rbac" "$5" "$6" "$7"; }
# role KIND NAME NAMESPACE LABELS RULES
role() { printf '{"apiVersion":"%s/v1","kind":"%s",%s,"rules":[%s]}' "$rbac" "$1" "$(meta "$2" "$3" "$4")" "$5"; }
group() { printf '{"apiGroup":"%s","kind":"Group","name":"%s"}' "$rbac" "$1"; }
account() { printf '{"kind":"ServiceAccount","name":"%s","namespace":"%s"}' "$2" "$1"; }
# pod NAMESPACE NAME OWNER_KIND OWNER LABELS SPEC
pod() { printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"%s","labels":{%s},"ownerReferences":[{"apiVersion":"apps/v1","kind":"%s","name":"%s","controller":true}]},"spec":{%s},"status":{"phase":"Running"}}' "$2" "$1" "$5" "$3" "$4" "$6"; }

# What the API knows: lends configz to kubeadm-drift, and has a node of which nothing else came in. The cluster itself:
# pods of users that a level of pod security keeps out, or does not; a role with wildcards; services that were refused.
begin cluster-prod-eu '"prod-eu"' null cluster api
mkdir -p "$top/configz" "$top/api"
rm "$top/stat.tsv"
sed 's|"commands":\[.*|"commands":[{"argv":"kubectl get pods --all-namespaces --chunk-size=500 -o json","member":"api/pods.json","exit":0,"at":"2026-11-20T12:00:00Z"}],"redactions":[{"member":"api/pods.json","kind":"env-value","count":2}],"skipped":[{"path":"api/services.json","reason":"unreadable","detail":"services is forbidden: User \\"auditor\\" cannot list resource \\"services\\" in API group \\"\\" in the namespace \\"default\\""}]}|' \
    "$top/bundle.json" >"$work/bundle.json" && mv "$work/bundle.json" "$top/bundle.json"
printf '{"clientVersion":{"gitVersion":"v1.31.4"},"serverVersion":{"major":"1","minor":"31","gitVersion":"v1.31.4"}}\n' >"$top/commands/version.txt"
for node in kubeadm-drift kubeadm-worker-9; do
    printf '%s' '{"kubeletconfig":{"enableServer":true,"staticPodPath":"/etc/kubernetes/manifests","rotateCertificates":true,"authentication":{"x509":{"clientCAFile":"/etc/kubernetes/pki/ca.crt"},"webhook":{"enabled":true,"cacheTTL":"2m0s"},"anonymous":{"enabled":false}},"authorization":{"mode":"Webhook","webhook":{"cacheAuthorizedTTL":"5m0s","cacheUnauthorizedTTL":"30s"}},"eventRecordQPS":50,"eventBurst":100,"streamingConnectionIdleTimeout":"4h0m0s","podPidsLimit":-1,"kubeAPIQPS":50,"seccompDefault":false,"makeIPTablesUtilChains":true}}' >"$top/configz/$node.json"
done
printf '{"apiVersion":"v1","kind":"List","items":[{"metadata":{"name":"kubeadm-drift"},"status":{"nodeInfo":{"kubeletVersion":"v1.31.4"}}},{"metadata":{"name":"kubeadm-worker-9"},"status":{"nodeInfo":{"kubeletVersion":"v1.31.4"}}}]}\n' >"$top/api/nodes.json"
psa=pod-security.kubernetes.io
list namespaces "$(
    for space in default kube-node-lease kube-public kube-system; do printf '{"apiVersion":"v1","kind":"Namespace",%s},' "$(meta $space)"; done
    printf '{"apiVersion":"v1","kind":"Namespace",%s},' "$(meta pay '' "\"$psa/enforce\":\"restricted\"")"
    printf '{"apiVersion":"v1","kind":"Namespace",%s}' "$(meta shop '' "\"$psa/warn\":\"restricted\"")"
)"
list serviceaccounts "$(
    for space in default kube-node-lease kube-public kube-system; do printf '{"apiVersion":"v1","kind":"ServiceAccount",%s},' "$(meta default $space)"; done
    printf '{"apiVersion":"v1","kind":"ServiceAccount",%s},' "$(meta kube-proxy kube-system)"
    for space in pay shop; do printf '{"apiVersion":"v1","kind":"ServiceAccount",%s,"automountServiceAccountToken":false},' "$(meta default $space)"; done
    printf '{"apiVersion":"v1","kind":"ServiceAccount",%s}' "$(meta deployer shop)"
)"
masked='"env":[{"name":"MODE","value":"REDACTED-BY-NODEPROOF"}]'
safe='"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}}'
list pods "$(
    pod kube-system kube-proxy-x7k2p DaemonSet kube-proxy '"k8s-app":"kube-proxy"' '"hostNetwork":true,"serviceAccountName":"kube-proxy","containers":[{"name":"kube-proxy","image":"registry.k8s.io/kube-proxy:v1.31.4","securityContext":{"privileged":true}}]'
    for n in 4fx9q 7h2mz kq8wd; do
        printf ,
        pod shop "web-6c5f8d9b7-$n" ReplicaSet web-6c5f8d9b7 '"app":"web","pod-template-hash":"6c5f8d9b7"' "\"serviceAccountName\":\"default\",\"containers\":[{\"name\":\"web\",\"image\":\"registry.example/web:7\",$masked,$safe},{\"name\":\"tcpdump\",\"image\":\"registry.example/tcpdump:1\",\"securityContext\":{\"privileged\":true,\"capabilities\":{\"add\":[\"NET_RAW\"]}}}]"
    done
    printf ,
    pod shop deployer-0 StatefulSet deployer '"app":"deployer"' "\"serviceAccountName\":\"deployer\",\"containers\":[{\"name\":\"deployer\",\"image\":\"registry.example/deployer:3\",\"env\":[{\"name\":\"TOKEN\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"deployer\",\"key\":\"token\"}}}],$safe}]"
    printf ,
    pod pay api-0 StatefulSet api '"app":"api"' "\"serviceAccountName\":\"default\",\"automountServiceAccountToken\":false,\"containers\":[{\"name\":\"api\",\"image\":\"registry.example/api:2\",$masked,$safe}]"
)"
list networkpolicies "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",$(meta deny-all pay),\"spec\":{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"]}}"
list clusterroles "$(
    role ClusterRole cluster-admin '' "$ours" '{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["*"]}'
    printf ,
    role ClusterRole system:discovery '' "$ours" '{"nonResourceURLs":["/api","/api/*","/apis","/apis/*","/healthz","/livez","/openapi","/openapi/*","/readyz","/version","/version/"],"verbs":["get"]}'
    printf ,
    role ClusterRole deployer '' '' '{"apiGroups":["","apps"],"resources":["*"],"verbs":["*"]}'
)"
list roles "$(role Role extension-apiserver-authentication-reader kube-system "$ours" '{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["extension-apiserver-authentication"],"verbs":["get","list","watch"]}')"
list clusterrolebindings "$(
    bound ClusterRoleBinding cluster-admin '' "$ours" ClusterRole cluster-admin "$(group system:masters)"
    printf ,
    bound ClusterRoleBinding kubeadm:cluster-admins '' '' ClusterRole cluster-admin "$(group kubeadm:cluster-admins)"
    printf ,
    bound ClusterRoleBinding system:discovery '' "$ours" ClusterRole system:discovery "$(group system:authenticated)"
)"
list rolebindings "$(bound RoleBinding deployer shop '' ClusterRole deployer "$(account shop deployer)")"
for webhooks in validating mutating; do list "${webhooks}webhookconfigurations" ''; done
gz

# Handed in by hand: no bundle.json, no checksums, a terminal's process list cut at 80 columns.
name=loose-by-hand top=$work/loose-by-hand
mkdir -p "$top/var/lib/kubelet"
printf '%s\n' \
    'UID          PID    PPID  C STIME TTY          TIME CMD' \
    'root           1       0  0 09:00 ?        00:00:05 /sbin/init' \
    'root         700       1  2 09:00 ?        00:04:40 /usr/bin/kubelet --config=/v' >"$top/ps.txt"
printf '%s\nmakeIPTablesUtilChains: true\n' "$config_header" >"$top/var/lib/kubelet/config.yaml"
(cd "$work" && tar --format=gnu --sort=name --mtime=@1795176000 --owner=root:0 --group=root:0 -cf - "$name" | gzip -9n >"$out/$name.tar.gz")

# Cut off on its way.
begin truncated '"prod-us"' '"truncated"'
version v1.30.8
kubelet /usr/bin/kubelet --make-iptables-util-chains=true
gz
head -c 700 "$out/truncated.tar.gz" >"$out/truncated" && mv "$out/truncated" "$out/truncated.tar.gz"

# Names that climb, links, a device; and evidence that was changed after its checksums were taken.
begin hostile '"prod-us"' '"hostile"'
version v1.30.8
kubelet /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
printf '%s\nmakeIPTablesUtilChains: false\n' "$config_header" | file /var/lib/kubelet/config.yaml "$before_start"
pack
printf '%s\nmakeIPTablesUtilChains: true \n' "$config_header" >"$top/files/var/lib/kubelet/config.yaml"
mkdir -p "$top/evil"
ln -s /etc/passwd "$top/evil/link"
printf 'climbs\n' >"$top/evil/climb"
mkfifo "$top/evil/fifo"
(cd "$work" && tar --format=gnu --no-recursion --mtime=@1795176000 --owner=root:0 --group=root:0 --mode=600 -P \
    --transform 's|^hostile/evil/climb$|hostile/../../climb|' -cf - \
    hostile/bundle.json hostile/SHA256SUMS hostile/commands/kubelet-version.txt hostile/commands/ps-ef.txt \
    hostile/evil/climb hostile/evil/fifo hostile/evil/link hostile/files/var/lib/kubelet/config.yaml \
    hostile/proc/700/cmdline hostile/proc/700/cwd hostile/proc/700/exe hostile/proc/700/started_at hostile/stat.tsv |
    gzip -9n >"$out/hostile.tar.gz")
