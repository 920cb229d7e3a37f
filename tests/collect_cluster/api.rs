//! A stub of the Kubernetes API: a small healthy cluster over plain HTTP, any of whose replies a test can replace.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What every healthy kubelet answers.
pub const CONFIGZ: &str = r#"{"kubeletconfig":{"makeIPTablesUtilChains":true,"eventRecordQPS":0,"clusterDNS":["10.96.0.10"]}}"#;

/// The API server of a small cluster. `odd` replaces the reply to one path by (status, body); status 0 never answers.
pub struct Api {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    odd: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
}

impl Api {
    /// Listens on a free port of loopback until the test's process ends.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = Self {
            port: listener.local_addr().unwrap().port(),
            asked: Arc::default(),
            odd: Arc::default(),
        };
        let (asked, odd) = (Arc::clone(&api.asked), Arc::clone(&api.odd));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, odd) = (Arc::clone(&asked), Arc::clone(&odd));
                std::thread::spawn(move || answer(stream, &asked, &odd));
            }
        });
        api
    }

    /// Replaces the reply to one path; status 0: none comes.
    pub fn reply(&self, path: &str, status: u16, body: &str) {
        let mut odd = self.odd.lock().unwrap();
        odd.insert(path.to_owned(), (status, body.to_owned()));
    }

    /// Back to a healthy cluster that nobody has asked anything.
    pub fn heal(&self) {
        self.odd.lock().unwrap().clear();
        self.asked.lock().unwrap().clear();
    }

    /// How many requests had `part` in their path or query.
    pub fn times_asked(&self, part: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|path| path.contains(part)).count()
    }
}

fn answer(
    stream: TcpStream,
    asked: &Mutex<Vec<String>>,
    odd: &Mutex<BTreeMap<String, (u16, String)>>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let target = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut header = String::from(" ");
    while header.trim_end() != "" || header == " " {
        header.clear();
        if reader.read_line(&mut header).unwrap_or(0) == 0 {
            break;
        }
    }
    asked.lock().unwrap().push(target.clone());
    let path = target.split('?').next().unwrap_or("/").to_owned();
    let replaced = odd.lock().unwrap().get(&path).cloned();
    let (status, body) = replaced.unwrap_or_else(|| usual(&path, &target));
    if status == 0 {
        // Silent until the client gives up.
        let _ = reader.read(&mut [0]);
        return;
    }
    let kind = if body.starts_with('<') {
        "text/html"
    } else {
        "application/json"
    };
    let mut stream = stream;
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// The name of a resource, its kind, whether it has a namespace.
type Resource = (&'static str, &'static str, bool);

const GROUPS: [(&str, &[Resource]); 7] = [
    (
        "v1",
        &[
            ("nodes", "Node", false),
            ("namespaces", "Namespace", false),
            ("pods", "Pod", true),
            ("serviceaccounts", "ServiceAccount", true),
            ("services", "Service", true),
            ("configmaps", "ConfigMap", true),
        ],
    ),
    (
        "apps/v1",
        &[
            ("deployments", "Deployment", true),
            ("daemonsets", "DaemonSet", true),
            ("statefulsets", "StatefulSet", true),
            ("replicasets", "ReplicaSet", true),
        ],
    ),
    (
        "batch/v1",
        &[("jobs", "Job", true), ("cronjobs", "CronJob", true)],
    ),
    (
        "certificates.k8s.io/v1",
        &[(
            "certificatesigningrequests",
            "CertificateSigningRequest",
            false,
        )],
    ),
    (
        "rbac.authorization.k8s.io/v1",
        &[
            ("roles", "Role", true),
            ("rolebindings", "RoleBinding", true),
            ("clusterroles", "ClusterRole", false),
            ("clusterrolebindings", "ClusterRoleBinding", false),
        ],
    ),
    (
        "networking.k8s.io/v1",
        &[("networkpolicies", "NetworkPolicy", true)],
    ),
    (
        "admissionregistration.k8s.io/v1",
        &[
            (
                "validatingwebhookconfigurations",
                "ValidatingWebhookConfiguration",
                false,
            ),
            (
                "mutatingwebhookconfigurations",
                "MutatingWebhookConfiguration",
                false,
            ),
        ],
    ),
];

/// What a healthy cluster answers.
fn usual(path: &str, target: &str) -> (u16, String) {
    let found = |value: Value| (200, value.to_string());
    if path.ends_with("/proxy/configz") {
        return (200, CONFIGZ.to_owned());
    }
    match path {
        "/version" => {
            return found(
                json!({"major": "1", "minor": "31", "gitVersion": "v1.31.14", "platform": "linux/amd64"}),
            );
        }
        "/api" => return found(json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => {
            let groups: Vec<Value> = GROUPS[1..]
                .iter()
                .map(|(version, _)| {
                    let name = version.trim_end_matches("/v1");
                    let version = json!({"groupVersion": version, "version": "v1"});
                    json!({"name": name, "versions": [version], "preferredVersion": version})
                })
                .collect();
            return found(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}));
        }
        _ => {}
    }
    let wanted = path
        .trim_start_matches("/apis/")
        .trim_start_matches("/api/");
    for (version, resources) in GROUPS {
        if wanted == version {
            let resources: Vec<Value> = resources
                .iter()
                .map(|(name, kind, namespaced)| {
                    json!({"name": name, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": ["get", "list"]})
                })
                .collect();
            return found(
                json!({"kind": "APIResourceList", "groupVersion": version, "resources": resources}),
            );
        }
        for (name, kind, namespaced) in resources {
            let in_default = format!("{version}/namespaces/default/{name}");
            if wanted == format!("{version}/{name}") || (*namespaced && wanted == in_default) {
                let (items, next) = items(name, kind, version, target.contains("continue=second"));
                return found(json!({
                    "kind": format!("{kind}List"), "apiVersion": version, "items": items,
                    "metadata": {"resourceVersion": "7", "continue": next},
                }));
            }
        }
    }
    (404, json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"}).to_string())
}

fn config_map(name: &str) -> Value {
    json!({"kind": "ConfigMap", "apiVersion": "v1",
        "metadata": {"name": name, "namespace": "default", "annotations": {"a": "hunter2"}},
        "data": {"key": "hunter2"}, "binaryData": {"key": "aHVudGVyMg=="}})
}

/// The objects of one page of a kind, and the token of the next page: pods come in two.
fn items(name: &str, kind: &str, version: &str, second: bool) -> (Vec<Value>, &'static str) {
    let named =
        |name: &str| json!({"kind": kind, "apiVersion": version, "metadata": {"name": name}});
    match name {
        "nodes" => (
            ["node-a", "node-b", "node-c", "node-d"].map(named).into(),
            "",
        ),
        "pods" if second => (vec![named("second")], ""),
        "pods" => {
            let mut pod = named("first");
            pod["metadata"]["annotations"] = json!({
                "kubectl.kubernetes.io/last-applied-configuration": "{\"env\":[{\"value\":\"hunter2\"}]}",
                "kept": "an annotation",
            });
            pod["spec"] = json!({"containers": [{
                "name": "web",
                "env": [
                    {"name": "DB", "value": "hunter2"},
                    {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                ],
                "args": ["--token", "hunter2", "--db=postgres://app:hunter2@db/x", "--token-auth-file=/etc/tokens", "--profiling=false"],
                "securityContext": {"privileged": true},
            }]});
            (vec![pod], "second")
        }
        "namespaces" => (["default", "one"].map(named).into(), ""),
        "services" => {
            let mut service = named("kubernetes");
            service["metadata"]["namespace"] = "default".into();
            service["spec"] = json!({"clusterIP": "10.96.0.1"});
            (vec![service], "")
        }
        "configmaps" if second => (vec![config_map("kube-root-ca.crt")], ""),
        "configmaps" => (vec![config_map("own")], "second"),
        "deployments" | "daemonsets" | "statefulsets" | "replicasets" | "jobs" | "cronjobs" => {
            (Vec::new(), "")
        }
        _ => (vec![named("one")], ""),
    }
}
