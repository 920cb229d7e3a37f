//! What the real components of a control plane made of arguments, variables and files, case by case
//! (facts `control-plane-golden.jsonl`). Skips where that file is not beside the checkout.

use std::collections::BTreeMap;

use crate::support::*;
use nodeproof::bundle::{self, Place, Source};
use nodeproof::evidence::{Evidence, layouts};
use nodeproof::limits::Limits;
use nodeproof::node::version::Minor;
use nodeproof::settings::component::{Component, Instance};
use nodeproof::settings::components::{self, ComponentProcess};
use nodeproof::settings::literal::parse_duration;
use nodeproof::settings::value::SettingValue;
use serde_json::Value;

/// Flags whose golden value is what the program made of it later on, and not what was given.
const COMPLETED: [&str; 4] = [
    "disable-admission-plugins",
    "enable-admission-plugins",
    "anonymous-auth",
    "authorization-mode",
];

/// Cases that come out otherwise, each by its whole name, and why.
const OTHERWISE: [(&str, &str); 19] = [
    (
        "kube-apiserver 1.21 sa issuer twice",
        "the flag became a list between 1.21 and 1.24",
    ),
    (
        "kube-apiserver 1.21 feature-gates NoSuchGate=true",
        "no source lists the gates of 1.21",
    ),
    (
        "kube-apiserver 1.21 feature-gates StructuredAuthorizationConfiguration=true",
        "no source lists the gates of 1.21",
    ),
    (
        "kube-controller-manager 1.21 controllers bad",
        "no source lists the controllers of each version",
    ),
    (
        "kube-controller-manager 1.24 controllers bad",
        "no source lists the controllers of each version",
    ),
    (
        "kube-controller-manager 1.29 controllers bad",
        "no source lists the controllers of each version",
    ),
    (
        "kube-controller-manager 1.33 controllers bad",
        "no source lists the controllers of each version",
    ),
    (
        "kube-controller-manager 1.36 controllers bad",
        "no source lists the controllers of each version",
    ),
    (
        "etcd 3.4.23 cipher twice",
        "what the HTTP/2 library of etcd asks of its suites",
    ),
    (
        "kube-proxy 1.36 metrics file 0.0.0.0",
        "the port that kube-proxy adds is in no rule",
    ),
    (
        "kube-proxy 1.36 metrics flag localhost:10249",
        "an address is judged as it is written",
    ),
    (
        "kube-proxy 1.36 metrics file :10249",
        "an address is judged as it is written",
    ),
    (
        "kube-proxy 1.36 metrics flag 127.0.0.1:99999",
        "an address is judged as it is written",
    ),
    (
        "kube-proxy 1.36 metrics-port",
        "only 1.36 shows that the port counts for nothing beside an address",
    ),
    (
        "kube-proxy 1.36 metrics-port and address",
        "only 1.36 shows that the port counts for nothing beside an address",
    ),
    (
        "kube-proxy 1.36 hostname flag",
        "a name is shown as it is written",
    ),
    (
        "kube-proxy 1.36 string bool",
        "no rule asks for a key that holds true or false",
    ),
    (
        "kube-proxy 1.36 mode file IPTables",
        "no rule asks for the mode",
    ),
    (
        "kube-proxy 1.36 nodeport twice",
        "no rule asks for the addresses of node ports",
    ),
];

/// The keys of kube-proxy's file that have a setting, as the golden file names them.
const PROXY_KEYS: [(&str, &str); 3] = [
    ("metricsBindAddress", "metricsBindAddress"),
    ("hostnameOverride", "hostnameOverride"),
    ("kubeconfig", "clientConnection.kubeconfig"),
];

/// Every plug-in that a version knows.
const PLUGINS: [&str; 46] = [
    "AlwaysAdmit",
    "AlwaysDeny",
    "AlwaysPullImages",
    "CertificateApproval",
    "CertificateSigning",
    "CertificateSubjectRestriction",
    "ClusterTrustBundleAttest",
    "DefaultIngressClass",
    "DefaultStorageClass",
    "DefaultTolerationSeconds",
    "DenyEscalatingExec",
    "DenyExecOnPrivileged",
    "DenyServiceExternalIPs",
    "EventRateLimit",
    "ExtendedResourceToleration",
    "ImagePolicyWebhook",
    "JobValidation",
    "LimitPodHardAntiAffinityTopology",
    "LimitRanger",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "NamespaceAutoProvision",
    "NamespaceExists",
    "NamespaceLifecycle",
    "NodeDeclaredFeatureValidator",
    "NodeRestriction",
    "OwnerReferencesPermissionEnforcement",
    "PersistentVolumeClaimResize",
    "PersistentVolumeLabel",
    "PodGroupProtection",
    "PodGroupWorkloadExists",
    "PodNodeSelector",
    "PodResizeValidator",
    "PodSecurity",
    "PodSecurityPolicy",
    "PodTolerationRestriction",
    "PodTopologyLabels",
    "Priority",
    "ResourceQuota",
    "RuntimeClass",
    "SecurityContextDeny",
    "ServiceAccount",
    "StorageObjectInUseProtection",
    "TaintNodesByCondition",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
];

/// The keys of etcd's file, as the golden file names them.
const SECTIONS: [(&str, &str); 2] = [
    ("client", "client-transport-security"),
    ("peer", "peer-transport-security"),
];

struct Case {
    name: String,
    component: &'static components::Described,
    golden: Value,
    lab: Lab,
}

impl Case {
    fn read(golden: Value, number: usize) -> Option<Self> {
        let text = |key: &str| golden[key].as_str().unwrap().to_owned();
        Some(Self {
            name: format!(
                "{number}: {} {} {}",
                text("component"),
                text("version"),
                text("case")
            ),
            component: components::named(&text("component"))?,
            lab: Lab::new(),
            golden,
        })
    }

    fn bundle(&self) -> Bundle {
        let mut words = vec![self.component.name()];
        words.extend(
            self.golden["args"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a.as_str().unwrap()),
        );
        let mut bundle = Bundle::node("n")
            .process(50, &words)
            .member("proc/50/cwd", "/cwd");
        let env: Vec<String> = self.golden["env"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, text)| format!("{name}={}\0", text.as_str().unwrap()))
            .collect();
        bundle = bundle.member("proc/50/environ", env.concat());
        let mut rows = String::from(
            "path\ttype\tmode\tuid\tgid\towner\tgroup\tsize\tmtime\tctime\tsha256\ttarget\n",
        );
        for (path, content) in self.golden["files"].as_object().unwrap() {
            let path = match path.starts_with('/') {
                true => path.clone(),
                false => format!("/cwd/{path}"),
            };
            rows.push_str(&format!(
                "{path}\tfile\t600\t0\t0\troot\troot\t1\t1\t1\t\t\n"
            ));
            bundle = bundle.file(&path, content.as_str().unwrap());
        }
        for gone in [
            "/none",
            "/etc/kubernetes/enc.yaml",
            "/etc/kubernetes/audit.yaml",
            "/etc/kubernetes/authz.yaml",
            "/etc/kubernetes/authn.yaml",
            "/etc/kubernetes/pki/none.key",
        ] {
            if self.golden["files"].get(gone).is_none() {
                rows.push_str(&format!("{gone}\tabsent\t\t\t\t\t\t\t\t\t\t\n"));
            }
        }
        bundle.member("stat.tsv", rows)
    }

    /// What the product makes of it.
    fn check(&self, wrong: &mut Vec<String>, compared: &mut usize) {
        let place = Place {
            name: "n.tar.gz".into(),
            source: Source::File(self.lab.add("n.tar.gz", &self.bundle())),
        };
        let limits = Limits::default();
        let bundle = bundle::read(&place, &limits, &layouts::wanted).unwrap();
        let evidence = Evidence::of(&bundle, &limits);
        let processes = evidence.processes();
        let version = Minor::parse(self.golden["version"].as_str().unwrap());
        let version = version.filter(|_| self.component.name() != "etcd");
        let of = |process| ComponentProcess::of(self.component, process, &evidence, version);
        let Some(process) = processes.iter().find_map(of) else {
            wrong.push(format!("{}: no process", self.name));
            return;
        };
        let refused = process.refused();
        if self.golden.get("error").is_some() {
            *compared += 1;
            if refused.is_none() {
                wrong.push(format!(
                    "{}: starts, and the real one says {}",
                    self.name, self.golden["error"]
                ));
            }
            return;
        }
        if let Some(why) = refused {
            wrong.push(format!("{}: refused: {why}", self.name));
            return;
        }
        for (path, wanted) in self.wanted() {
            let Ok(setting) = Component::Described(self.component).setting(&path, None) else {
                wrong.push(format!("no setting {path}"));
                continue;
            };
            *compared += 1;
            match process.setting(setting) {
                Ok(in_force) => {
                    let got = &in_force.winner.value;
                    if !same(got, &wanted) {
                        wrong.push(format!("{}: {path} is {got:?}, wanted {wanted}", self.name));
                    }
                }
                Err(doubt) => wrong.push(format!(
                    "{}: {path}: {}, wanted {wanted}",
                    self.name, doubt.why
                )),
            }
        }
    }

    /// The settings that the golden file shows, by our names for them.
    fn wanted(&self) -> BTreeMap<String, Value> {
        let mut all = BTreeMap::new();
        let effective = self.golden["effective"].as_object().unwrap();
        let in_force = self.golden.get("in_force").and_then(Value::as_object);
        if self.component.name() == "etcd" {
            for (section, key) in SECTIONS {
                for (name, value) in effective
                    .get(section)
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    // What etcd makes of auto-tls itself.
                    let made = value
                        .as_str()
                        .is_some_and(|text| text.contains("/fixtures/"));
                    if !made {
                        all.insert(format!("{key}.{name}"), value.clone());
                    }
                }
            }
            if let Some(urls) = effective.get("listen-client-urls") {
                all.insert("listen-client-urls".into(), urls.clone());
            }
            return all;
        }
        if self.component.name() == "kube-proxy" {
            let own = PROXY_KEYS.map(|(name, path)| (path.to_owned(), effective[name].clone()));
            return own.into();
        }
        for (flag, value) in effective {
            if !COMPLETED.contains(&flag.as_str()) && flag != "feature-gates" {
                all.insert(format!("flag:--{flag}"), value.clone());
            }
        }
        for (name, value) in in_force.into_iter().flatten() {
            let path = match name.as_str() {
                "config.ClientConnection.Kubeconfig" => "clientConnection.kubeconfig",
                "config.EnableProfiling" => "enableProfiling",
                "config.LeaderElection.LeaderElect" => "leaderElection.leaderElect",
                "config.LeaderElection.LeaseDuration" => "leaderElection.leaseDuration",
                "authorizers_in_force" => "authorizers",
                "audit_log_written" => "auditLogWritten",
                "tls_min_in_force" => "tlsMinVersion",
                _ => continue,
            };
            all.insert(path.to_owned(), value.clone());
        }
        let shown = |name: &str| in_force.and_then(|all| all.get(name));
        if let Some(anonymous) = shown("anonymous_in_force") {
            let path = "anonymousRequestsInForce".to_owned();
            all.insert(path, anonymous["enabled"].clone());
        }
        if let Some(plugins) = shown("admission_in_force").and_then(Value::as_array) {
            for plugin in PLUGINS {
                let is_on = plugins.iter().any(|on| on == plugin);
                all.insert(format!("admissionPlugins.{plugin}"), Value::Bool(is_on));
            }
        }
        for (request, level) in shown("audit_levels")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            all.insert(format!("auditLevel.{request}"), level.clone());
        }
        for resource in ["secrets", "configmaps"] {
            let Some(prefix) = shown("encryption_prefix").and_then(|p| p[resource].as_str()) else {
                continue;
            };
            let provider = match prefix {
                "plain" => "identity",
                prefix if prefix.contains("KMS") => "kms",
                prefix => prefix.split(':').nth(2).unwrap(),
            };
            let path = format!("encryptionProvider.{resource}");
            all.insert(path, Value::String(provider.to_owned()));
        }
        all
    }
}

fn same(got: &SettingValue, wanted: &Value) -> bool {
    match (got, wanted) {
        (SettingValue::Bool(got), Value::Bool(wanted)) => got == wanted,
        (SettingValue::Int(got), Value::Number(wanted)) => Some(*got) == wanted.as_i64(),
        (SettingValue::Duration(got), Value::String(wanted)) => {
            Some(*got) == parse_duration(wanted)
        }
        (SettingValue::Text(got), Value::String(wanted)) => got == wanted,
        (SettingValue::Text(got), Value::Number(wanted)) => got.parse().ok() == wanted.as_f64(),
        (SettingValue::Text(got), Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            *got == items.join(",")
        }
        (SettingValue::List(got), Value::Array(wanted)) => wanted
            .iter()
            .map(Value::as_str)
            .eq(got.iter().map(|item| Some(item.as_str()))),
        (SettingValue::List(got), Value::String(wanted)) => got.join(",") == *wanted,
        (SettingValue::Map(got), Value::String(wanted)) => {
            let pairs: Vec<String> = got.iter().map(|(k, v)| format!("{k}={v}")).collect();
            pairs.join(",") == *wanted
        }
        _ => false,
    }
}

#[test]
fn every_case_the_real_control_plane_decided_comes_out_the_same() {
    let Some(path) = shared("facts/control-plane-golden.jsonl") else {
        return;
    };
    let (mut wrong, mut compared, mut cases, mut right) = (Vec::new(), 0, 0, 0);
    for (number, golden) in rows(&std::fs::read_to_string(path).unwrap())
        .into_iter()
        .enumerate()
    {
        let Some(case) = Case::read(golden, number + 1) else {
            continue;
        };
        cases += 1;
        let mut own = Vec::new();
        case.check(&mut own, &mut compared);
        right += usize::from(own.is_empty());
        let (_, name) = case.name.split_once(": ").unwrap();
        match OTHERWISE.iter().find(|(otherwise, _)| *otherwise == name) {
            Some(_) if own.is_empty() => wrong.push(format!("{name} comes out right now")),
            Some(_) => {}
            None => wrong.extend(own),
        }
    }
    println!("{right} of {cases} cases right, {compared} comparisons");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(60)].join("\n")
    );
}
