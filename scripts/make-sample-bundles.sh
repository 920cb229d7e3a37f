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
