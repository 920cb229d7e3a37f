//! A node → what runs on it: the process list, and `/proc` of the components.

use super::case::Shape;
use super::node::{Node, STARTED};
use super::random::Random;

/// The kubelet's process.
pub const KUBELET: u32 = 1_437;

/// A pod that runs on the node.
pub struct Pod {
    pub namespace: &'static str,
    pub name: String,
    pub uid: String,
    pub container: String,
    command: &'static str,
}

const WORKLOADS: [(&str, &str, &str); 22] = [
    (
        "kube-system",
        "kube-proxy",
        "/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf --hostname-override=",
    ),
    (
        "kube-system",
        "coredns-7db6d8ff4d",
        "/coredns -conf /etc/coredns/Corefile",
    ),
    ("kube-system", "calico-node", "calico-node -felix"),
    (
        "kube-system",
        "metrics-server-6c4b",
        "/metrics-server --cert-dir=/tmp --secure-port=10250 --kubelet-preferred-address-types=InternalIP --kubelet-use-node-status-port --metric-resolution=15s",
    ),
    (
        "kube-system",
        "csi-node",
        "/bin/csi-driver node --endpoint=unix:/csi/csi.sock --logging-format=text --v=2",
    ),
    (
        "kube-system",
        "csi-registrar",
        "/csi-node-driver-registrar --csi-address=/csi/csi.sock --kubelet-registration-path=/var/lib/kubelet/plugins/csi.example.com/csi.sock --v=2",
    ),
    (
        "monitoring",
        "node-exporter",
        "/bin/node_exporter --path.procfs=/host/proc --path.sysfs=/host/sys --path.rootfs=/host/root --web.listen-address=127.0.0.1:9100",
    ),
    (
        "monitoring",
        "prometheus-k8s",
        "/bin/prometheus --config.file=/etc/prometheus/config_out/prometheus.env.yaml --web.enable-lifecycle --storage.tsdb.retention.time=24h",
    ),
    (
        "monitoring",
        "alertmanager-main",
        "/bin/alertmanager --config.file=/etc/alertmanager/config_out/alertmanager.env.yaml --storage.path=/alertmanager",
    ),
    (
        "logging",
        "fluent-bit",
        "/fluent-bit/bin/fluent-bit --workdir=/fluent-bit/etc --config=/fluent-bit/etc/conf/fluent-bit.conf",
    ),
    (
        "ingress",
        "ingress-nginx-controller",
        "/nginx-ingress-controller --publish-service=ingress/ingress-nginx-controller --election-id=ingress-nginx-leader --controller-class=k8s.io/ingress-nginx",
    ),
    ("ingress", "nginx", "nginx: worker process"),
    (
        "shop",
        "cart",
        "java -XX:MaxRAMPercentage=75.0 -XX:+UseG1GC -Djava.security.egd=file:/dev/./urandom -jar /app/cart.jar",
    ),
    (
        "shop",
        "checkout",
        "/app/checkout --port=8080 --log-level=info",
    ),
    ("shop", "frontend", "node /srv/app/server.js"),
    (
        "shop",
        "postgres",
        "postgres: shop shop 10.244.1.17(45022) idle",
    ),
    ("shop", "redis", "redis-server *:6379"),
    (
        "batch",
        "reports",
        "python3 /app/worker.py --queue reports --concurrency 4",
    ),
    (
        "batch",
        "gunicorn",
        "/usr/local/bin/python /usr/local/bin/gunicorn -w 4 -b 0.0.0.0:8000 app.wsgi:application",
    ),
    (
        "istio-system",
        "istio-proxy",
        "/usr/local/bin/envoy -c etc/istio/proxy/envoy-rev.json --drain-time-s 45 --drain-strategy immediate --local-address-ip-version v4 --file-flush-interval-msec 1000 -l warning --component-log-level misc:error",
    ),
    (
        "argocd",
        "argocd-repo-server",
        "/usr/local/bin/argocd-repo-server --port=8081",
    ),
    (
        "cert-manager",
        "cert-manager-webhook",
        "/app/cmd/webhook/webhook --v=2 --secure-port=10250 --dynamic-serving-ca-secret-namespace=cert-manager",
    ),
];

const DAEMONS: [(&str, &str); 16] = [
    ("root", "/lib/systemd/systemd-journald"),
    ("root", "/lib/systemd/systemd-udevd"),
    ("systemd+", "/lib/systemd/systemd-resolved"),
    ("systemd+", "/lib/systemd/systemd-timesyncd"),
    ("systemd+", "/lib/systemd/systemd-networkd"),
    (
        "message+",
        "@dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only",
    ),
    ("root", "/lib/systemd/systemd-logind"),
    ("root", "/usr/sbin/irqbalance --foreground"),
    ("syslog", "/usr/sbin/rsyslogd -n -iNONE"),
    ("root", "/usr/sbin/cron -f -P"),
    (
        "root",
        "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups",
    ),
    ("root", "/usr/bin/containerd"),
    ("_chrony", "/usr/sbin/chronyd -F 1"),
    ("root", "/usr/lib/policykit-1/polkitd --no-debug"),
    (
        "root",
        "/sbin/agetty -o -p -- \\u --keep-baud 115200,57600,38400,9600 ttyS0 vt220",
    ),
    (
        "root",
        "/usr/bin/python3 /usr/bin/networkd-dispatcher --run-startup-triggers",
    ),
];

const KERNEL: [&str; 14] = [
    "kthreadd",
    "rcu_gp",
    "rcu_par_gp",
    "slub_flushwq",
    "netns",
    "mm_percpu_wq",
    "ksoftirqd/0",
    "rcu_sched",
    "migration/0",
    "kauditd",
    "khungtaskd",
    "oom_reaper",
    "kcompactd0",
    "kswapd0",
];

pub fn pods(random: &mut Random) -> Vec<Pod> {
    let count = 20 + random.below(14);
    (0..count)
        .map(|at| {
            let (namespace, name, command) = WORKLOADS[at % WORKLOADS.len()];
            Pod {
                namespace,
                name: format!("{name}-{}", random.suffix(5)),
                uid: random.uuid(),
                container: random.hex(64),
                command,
            }
        })
        .collect()
}

/// Name and arguments of what a control plane runs, as kubeadm 1.31 writes its manifests.
pub const CONTROL_PLANE: [&str; 4] = [
    "kube-apiserver --advertise-address=NODE_IP --allow-privileged=true --authorization-mode=Node,RBAC --client-ca-file=/etc/kubernetes/pki/ca.crt --enable-admission-plugins=NodeRestriction --enable-bootstrap-token-auth=true --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt --etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt --etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key --etcd-servers=https://127.0.0.1:2379 --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname --proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt --proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key --requestheader-allowed-names=front-proxy-client --requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User --secure-port=6443 --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=/etc/kubernetes/pki/sa.pub --service-account-signing-key-file=/etc/kubernetes/pki/sa.key --service-cluster-ip-range=10.96.0.0/12 --tls-cert-file=/etc/kubernetes/pki/apiserver.crt --tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
    "kube-controller-manager --allocate-node-cidrs=true --authentication-kubeconfig=/etc/kubernetes/controller-manager.conf --authorization-kubeconfig=/etc/kubernetes/controller-manager.conf --bind-address=127.0.0.1 --client-ca-file=/etc/kubernetes/pki/ca.crt --cluster-cidr=10.244.0.0/16 --cluster-name=kubernetes --cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt --cluster-signing-key-file=/etc/kubernetes/pki/ca.key --controllers=*,bootstrapsigner,tokencleaner --kubeconfig=/etc/kubernetes/controller-manager.conf --leader-elect=true --requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt --root-ca-file=/etc/kubernetes/pki/ca.crt --service-account-private-key-file=/etc/kubernetes/pki/sa.key --service-cluster-ip-range=10.96.0.0/12 --use-service-account-credentials=true",
    "kube-scheduler --authentication-kubeconfig=/etc/kubernetes/scheduler.conf --authorization-kubeconfig=/etc/kubernetes/scheduler.conf --bind-address=127.0.0.1 --kubeconfig=/etc/kubernetes/scheduler.conf --leader-elect=true",
    "etcd --advertise-client-urls=https://NODE_IP:2379 --cert-file=/etc/kubernetes/pki/etcd/server.crt --client-cert-auth=true --data-dir=/var/lib/etcd --initial-cluster=self=https://NODE_IP:2380 --key-file=/etc/kubernetes/pki/etcd/server.key --listen-client-urls=https://127.0.0.1:2379,https://NODE_IP:2379 --listen-metrics-urls=http://127.0.0.1:2381 --listen-peer-urls=https://NODE_IP:2380 --peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt --peer-client-cert-auth=true --peer-key-file=/etc/kubernetes/pki/etcd/peer.key --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt --snapshot-count=10000 --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
];

/// The words the components were started with, by process.
pub fn components(node: &Node) -> Vec<(u32, Vec<String>)> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut kubelet = vec![node.distribution.binary().to_owned()];
    kubelet.extend(node.arguments.iter().cloned());
    let proxy = format!(
        "/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf --hostname-override={}",
        node.name
    );
    let mut all = vec![(KUBELET, kubelet), (2_214, words(&proxy))];
    if node.is_control_plane() {
        let lines = CONTROL_PLANE.map(|line| line.replace("NODE_IP", &node.ip));
        all.extend(
            lines
                .iter()
                .zip(1_900..)
                .map(|(line, pid)| (pid, words(line))),
        );
    }
    all
}

/// `proc/<pid>/` of the components.
pub fn proc(node: &Node) -> Vec<(String, Vec<u8>)> {
    let mut members = Vec::new();
    let hidden = matches!(node.case.shape, Shape::NoProcess | Shape::NarrowPs);
    for (pid, words) in components(node) {
        if hidden && pid == KUBELET {
            continue;
        }
        let program = words.first().cloned().unwrap_or_default();
        let started = timestamp(STARTED + i64::from(pid));
        let cmdline: Vec<u8> = words.iter().flat_map(|w| w.bytes().chain([0])).collect();
        members.push((format!("proc/{pid}/cmdline"), cmdline));
        members.push((format!("proc/{pid}/cwd"), b"/".to_vec()));
        members.push((format!("proc/{pid}/exe"), program.into_bytes()));
        members.push((format!("proc/{pid}/started_at"), started.into_bytes()));
    }
    members
}

/// RFC 3339.
pub fn timestamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}

/// What `ps -efww` prints; `ps -ef` on 80 columns for [`Shape::NarrowPs`].
pub fn list(node: &Node, pods: &[Pod], random: &mut Random) -> Vec<u8> {
    let mut rows: Vec<(String, u32, u32, String)> = Vec::new();
    let mut add = |user: &str, pid: u32, parent: u32, command: String| {
        rows.push((user.to_owned(), pid, parent, command));
    };
    add("root", 1, 0, "/sbin/init".to_owned());
    for (pid, name) in (2..).zip(KERNEL) {
        add(
            "root",
            pid,
            if pid == 2 { 0 } else { 2 },
            format!("[{name}]"),
        );
    }
    for pid in 20..56 {
        let (cpu, queue) = (
            random.below(8),
            random.pick(&[
                "events",
                "events_unbound",
                "kblockd",
                "cgroup_destroy",
                "mm_percpu_wq",
            ]),
        );
        add(
            "root",
            pid,
            2,
            format!("[kworker/{cpu}:{}-{queue}]", pid % 5),
        );
    }
    let mut pid = 380;
    for (user, command) in DAEMONS {
        pid += 1 + random.below(40) as u32;
        add(user, pid, 1, command.to_owned());
    }
    for (pid, words) in components(node) {
        if node.case.shape != Shape::NoProcess || pid != KUBELET {
            add("root", pid, 1, words.join(" "));
        }
    }
    let mut pid = 2_300;
    for pod in pods {
        pid += 20 + random.below(90) as u32;
        let shim = format!(
            "/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id {} -address /run/containerd/containerd.sock",
            pod.container
        );
        add("root", pid, 1, shim);
        add("65535", pid + 3, pid, "/pause".to_owned());
        add(
            random.pick(&["root", "nobody", "1000", "472", "systemd+"]),
            pid + 11,
            pid,
            pod.command.to_owned(),
        );
    }
    if node.case.shape == Shape::LookAlikes {
        for (at, command) in LOOK_ALIKES.iter().enumerate() {
            add("root", 30_000 + at as u32, 1, (*command).to_owned());
        }
    }
    let mut text = b"UID          PID    PPID  C STIME TTY          TIME CMD\n".to_vec();
    for (user, pid, parent, command) in rows {
        let (day, minutes, seconds) = (17 + random.below(4), random.below(60), random.below(60));
        let mut line = format!("{user:<8} {pid:>7} {parent:>7}  {} Nov{day:02} ?        00:{minutes:02}:{seconds:02} {command}", random.below(3)).into_bytes();
        if node.case.shape == Shape::NotUtf8Ps && pid == 2_214 {
            line.extend_from_slice(b" --label=caf\xe9");
        }
        if node.case.shape == Shape::NarrowPs {
            line.truncate(80);
        }
        text.append(&mut line);
        text.push(b'\n');
    }
    text
}

const LOOK_ALIKES: [&str; 5] = [
    "grep kubelet --make-iptables-util-chains=false",
    "/bin/bash /home/kubernetes/bin/health-monitor.sh kubelet --make-iptables-util-chains=false",
    "sh -c ps -ef | grep /usr/bin/kubelet --make-iptables-util-chains=false",
    "/usr/bin/kubelet-exporter --make-iptables-util-chains=false",
    "vi /etc/kubelet --make-iptables-util-chains=false",
];
