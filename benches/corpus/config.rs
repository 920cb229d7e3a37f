//! A node → its kubelet's configuration files and configz reply, as its distribution writes them.

use super::case::Shape;
use super::distribution::Distribution;
use super::node::Node;

/// Absolute paths and contents.
pub fn files(node: &Node) -> Vec<(String, Vec<u8>)> {
    let (Some(path), Some(usual)) = (node.config_path(), node.distribution.config_path()) else {
        return Vec::new();
    };
    let case = node.case;
    let mut files = Vec::new();
    if case.shape != Shape::NoConfig {
        files.push((path.to_owned(), file(node, case.entry)));
    }
    if path != usual {
        let stale = Some(("makeIPTablesUtilChains", "false"));
        files.push((usual.to_owned(), file(node, stale)));
    }
    if let Some(dir) = node.distribution.drop_in_dir() {
        files.push((format!("{dir}/40-nodeadm.conf"), drop_in(NODEADM)));
        if let Some((key, value)) = case.drop_in {
            let body = format!("\n    \"{key}\": {value}");
            files.push((format!("{dir}/90-site.conf"), drop_in(&body)));
        }
    }
    files
}

const NODEADM: &str = "\n    \"clusterDNS\": [\n        \"172.20.0.10\"\n    ],\n    \"kubeReserved\": {\n        \"cpu\": \"80m\",\n        \"ephemeral-storage\": \"1Gi\",\n        \"memory\": \"893Mi\"\n    },\n    \"maxPods\": 58";

fn drop_in(body: &str) -> Vec<u8> {
    format!("{{\n    \"apiVersion\": \"kubelet.config.k8s.io/v1beta1\",\n    \"kind\": \"KubeletConfiguration\",{body}\n}}\n").into_bytes()
}

fn file(node: &Node, entry: Option<(&str, &str)>) -> Vec<u8> {
    let yaml = node.distribution.is_yaml() && node.case.shape != Shape::JsonInYaml;
    let mut text = if yaml {
        let added = entry.map(|(key, value)| format!("{key}: {value}\n"));
        let base = match node.distribution {
            Distribution::Gke => GKE,
            _ => KUBEADM,
        };
        format!("{base}{}", added.unwrap_or_default())
    } else {
        let added = entry.map(|(key, value)| format!(",\n  \"{key}\": {value}"));
        format!("{EKS}{}\n}}\n", added.unwrap_or_default())
    };
    match node.case.shape {
        Shape::BomCrlf => text = format!("\u{feff}{}", text.replace('\n', "\r\n")),
        Shape::BrokenYaml => text.push_str("[ \"\n"),
        _ => {}
    }
    text.into_bytes()
}

const KUBEADM: &str = "apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: \"\"
cpuManagerReconcilePeriod: 0s
evictionPressureTransitionPeriod: 0s
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: \"0\"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
resolvConf: /run/systemd/resolve/resolv.conf
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
";

const GKE: &str = "apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: false
  x509:
    clientCAFile: /etc/srv/kubernetes/pki/ca-certificates.crt
authorization:
  mode: Webhook
cgroupRoot: /
clusterDNS:
- 10.8.0.10
clusterDomain: cluster.local
enableDebuggingHandlers: true
evictionHard:
  memory.available: 100Mi
  nodefs.available: 10%
  nodefs.inodesFree: 5%
  pid.available: 10%
featureGates:
  DisableKubeletCloudCredentialProviders: false
  RotateKubeletServerCertificate: true
hairpinMode: promiscuous-bridge
kernelMemcgNotification: true
kind: KubeletConfiguration
kubeReserved:
  cpu: 1060m
  ephemeral-storage: 41Gi
  memory: 1019Mi
maxParallelImagePulls: 2
readOnlyPort: 0
serializeImagePulls: false
serverTLSBootstrap: true
staticPodPath: /etc/kubernetes/manifests
";

/// Without its end, which a setting may come before.
const EKS: &str = "{
  \"kind\": \"KubeletConfiguration\",
  \"apiVersion\": \"kubelet.config.k8s.io/v1beta1\",
  \"address\": \"0.0.0.0\",
  \"authentication\": {
    \"anonymous\": {
      \"enabled\": false
    },
    \"webhook\": {
      \"cacheTTL\": \"2m0s\",
      \"enabled\": true
    },
    \"x509\": {
      \"clientCAFile\": \"/etc/kubernetes/pki/ca.crt\"
    }
  },
  \"authorization\": {
    \"mode\": \"Webhook\",
    \"webhook\": {
      \"cacheAuthorizedTTL\": \"5m0s\",
      \"cacheUnauthorizedTTL\": \"30s\"
    }
  },
  \"clusterDomain\": \"cluster.local\",
  \"hairpinMode\": \"hairpin-veth\",
  \"readOnlyPort\": 0,
  \"cgroupDriver\": \"systemd\",
  \"cgroupRoot\": \"/\",
  \"featureGates\": {
    \"RotateKubeletServerCertificate\": true
  },
  \"protectKernelDefaults\": true,
  \"serializeImagePulls\": false,
  \"serverTLSBootstrap\": true,
  \"tlsCipherSuites\": [
    \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\",
    \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\",
    \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\",
    \"TLS_RSA_WITH_AES_128_GCM_SHA256\"
  ],
  \"clusterDNS\": [
    \"172.20.0.10\"
  ],
  \"evictionHard\": {
    \"memory.available\": \"100Mi\",
    \"nodefs.available\": \"10%\",
    \"nodefs.inodesFree\": \"5%\"
  },
  \"kubeReserved\": {
    \"cpu\": \"80m\",
    \"ephemeral-storage\": \"1Gi\",
    \"memory\": \"893Mi\"
  },
  \"maxPods\": 58,
  \"systemReservedCgroup\": \"/system\",
  \"kubeReservedCgroup\": \"/runtime\"";

/// The reply of the API server, with every key a kubelet shows.
pub fn configz(node: &Node, on: bool) -> Vec<u8> {
    let reply = CONFIGZ.replace('\n', "").replace("@IP", &node.ip);
    reply.replace("@ON", &on.to_string()).into_bytes()
}

/// Broken into lines for reading; the reply has none.
const CONFIGZ: &str = r#"{"kubeletconfig":{"enableServer":true,"staticPodPath":"/etc/kubernetes/manifests","podLogsDir":"/var/log/pods","syncFrequency":"1m0s",
"fileCheckFrequency":"20s","httpCheckFrequency":"20s","address":"@IP","port":10250,"tlsCipherSuites":["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],"serverTLSBootstrap":true,"rotateCertificates":true,
"authentication":{"x509":{"clientCAFile":"/etc/kubernetes/pki/ca.crt"},"webhook":{"enabled":true,"cacheTTL":"2m0s"},"anonymous":{"enabled":false}},
"authorization":{"mode":"Webhook","webhook":{"cacheAuthorizedTTL":"5m0s","cacheUnauthorizedTTL":"30s"}},"registryPullQPS":5,"registryBurst":10,
"eventRecordQPS":50,"eventBurst":100,"enableDebuggingHandlers":true,"healthzPort":10248,"healthzBindAddress":"127.0.0.1","oomScoreAdj":-999,
"clusterDomain":"cluster.local","clusterDNS":["10.96.0.10"],"streamingConnectionIdleTimeout":"4h0m0s","nodeStatusUpdateFrequency":"10s",
"nodeStatusReportFrequency":"5m0s","nodeLeaseDurationSeconds":40,"imageMinimumGCAge":"2m0s","imageMaximumGCAge":"0s","imageGCHighThresholdPercent":85,
"imageGCLowThresholdPercent":80,"volumeStatsAggPeriod":"1m0s","cgroupRoot":"/","cgroupsPerQOS":true,"cgroupDriver":"systemd",
"cpuManagerPolicy":"none","cpuManagerReconcilePeriod":"10s","memoryManagerPolicy":"None","topologyManagerPolicy":"none",
"topologyManagerScope":"container","runtimeRequestTimeout":"2m0s","hairpinMode":"promiscuous-bridge","maxPods":110,"podPidsLimit":-1,
"resolvConf":"/run/systemd/resolve/resolv.conf","cpuCFSQuota":true,"cpuCFSQuotaPeriod":"100ms","nodeStatusMaxImages":50,"maxOpenFiles":1000000,
"contentType":"application/vnd.kubernetes.protobuf","kubeAPIQPS":50,"kubeAPIBurst":100,"serializeImagePulls":true,
"evictionHard":{"imagefs.available":"15%","memory.available":"100Mi","nodefs.available":"10%","nodefs.inodesFree":"5%"},
"evictionPressureTransitionPeriod":"5m0s","enableControllerAttachDetach":true,"makeIPTablesUtilChains":@ON,"iptablesMasqueradeBit":14,
"iptablesDropBit":15,"failSwapOn":true,"memorySwap":{},"containerLogMaxSize":"10Mi","containerLogMaxFiles":5,"containerLogMaxWorkers":1,
"containerLogMonitorInterval":"10s","configMapAndSecretChangeDetectionStrategy":"Watch","enforceNodeAllocatable":["pods"],
"volumePluginDir":"/usr/libexec/kubernetes/kubelet-plugins/volume/exec/","logging":{"format":"text","flushFrequency":"5s","verbosity":2,
"options":{"text":{"infoBufferSize":"0"},"json":{"infoBufferSize":"0"}}},"enableSystemLogHandler":true,"enableSystemLogQuery":false,
"shutdownGracePeriod":"0s","shutdownGracePeriodCriticalPods":"0s","enableProfilingHandler":true,"enableDebugFlagsHandler":true,"seccompDefault":false,
"memoryThrottlingFactor":0.9,"registerNode":true,"localStorageCapacityIsolation":true,
"containerRuntimeEndpoint":"unix:///run/containerd/containerd.sock"}}"#;
