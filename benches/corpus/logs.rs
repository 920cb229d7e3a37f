//! What makes a bundle large: journals and logs, about 12 MB of them.

use std::fmt::Write as _;

use super::node::{COLLECTED, Node};
use super::processes::Pod;
use super::random::Random;

/// Names and contents.
pub fn members(node: &Node, pods: &[Pod], random: &mut Random) -> Vec<(String, Vec<u8>)> {
    [
        ("commands/journal-kubelet.txt", 5_200_000, kubelet as Line),
        ("commands/journal-containerd.txt", 3_000_000, containerd),
        ("files/var/log/syslog", 2_400_000, syslog),
        (
            "files/var/log/containers/ingress-nginx-controller.log",
            1_300_000,
            access,
        ),
    ]
    .into_iter()
    .map(|(name, bytes, line)| (name.to_owned(), log(node, pods, random, (bytes, line))))
    .collect()
}

/// Adds one line; the time is in milliseconds since 1970.
type Line = fn(&mut String, &Node, &Pod, i64, &mut Random);

fn log(node: &Node, pods: &[Pod], random: &mut Random, (bytes, line): (usize, Line)) -> Vec<u8> {
    let mut text = String::with_capacity(bytes + 1_024);
    let mut time = (COLLECTED - 2 * 86_400) * 1_000;
    while text.len() < bytes {
        time += 20 + random.below(9_000) as i64;
        line(
            &mut text,
            node,
            &pods[random.below(pods.len())],
            time,
            random,
        );
        text.push('\n');
    }
    text.into_bytes()
}

/// Hour, minute, second, millisecond, and the day of November.
struct Clock(i64, i64, i64, i64, i64);

impl Clock {
    fn of(time: i64) -> Self {
        let (day, rest) = (time.div_euclid(86_400_000), time.rem_euclid(86_400_000));
        let first = (COLLECTED - 20 * 86_400).div_euclid(86_400);
        Self(
            rest / 3_600_000,
            rest / 60_000 % 60,
            rest / 1_000 % 60,
            rest % 1_000,
            day - first,
        )
    }
}

fn kubelet(text: &mut String, node: &Node, pod: &Pod, time: i64, random: &mut Random) {
    let Clock(h, m, s, ms, day) = Clock::of(time);
    let Pod {
        namespace,
        name,
        uid,
        container,
        ..
    } = pod;
    let micros = random.below(1_000);
    let _ = write!(
        text,
        "Nov {day:02} {h:02}:{m:02}:{s:02} {} kubelet[1437]: I11{day:02} {h:02}:{m:02}:{s:02}.{ms:03}{micros:03}    1437 ",
        node.name
    );
    let volume = random.suffix(5);
    let _ = match random.below(6) {
        0 => write!(
            text,
            "reconciler_common.go:245] \"operationExecutor.VerifyControllerAttachedVolume started for volume \\\"kube-api-access-{volume}\\\" (UniqueName: \\\"kubernetes.io/projected/{uid}-kube-api-access-{volume}\\\") pod \\\"{name}\\\" (UID: \\\"{uid}\\\") \" pod=\"{namespace}/{name}\""
        ),
        1 => write!(
            text,
            "operation_generator.go:637] \"MountVolume.SetUp succeeded for volume \\\"config\\\" (UniqueName: \\\"kubernetes.io/configmap/{uid}-config\\\") pod \\\"{name}\\\" (UID: \\\"{uid}\\\") \" pod=\"{namespace}/{name}\""
        ),
        2 => write!(
            text,
            "kubelet.go:2453] \"SyncLoop (PLEG): event for pod\" pod=\"{namespace}/{name}\" event={{\"ID\":\"{uid}\",\"Type\":\"ContainerStarted\",\"Data\":\"{container}\"}}"
        ),
        3 => write!(
            text,
            "prober.go:107] \"Probe failed\" probeType=\"Readiness\" pod=\"{namespace}/{name}\" podUID=\"{uid}\" containerName=\"main\" probeResult=\"failure\" output=\"Get \\\"http://{}:{}/ready\\\": dial tcp: connect: connection refused\"",
            node.ip,
            8_000 + random.below(2_000)
        ),
        4 => write!(
            text,
            "pod_startup_latency_tracker.go:104] \"Observed pod startup duration\" pod=\"{namespace}/{name}\" podStartSLOduration={}.{:09} firstStartedPulling=\"0001-01-01 00:00:00 +0000 UTC\"",
            random.below(30),
            random.below(1_000_000_000)
        ),
        _ => write!(
            text,
            "scope.go:117] \"RemoveContainer\" containerID=\"{}\"",
            random.hex(64)
        ),
    };
}

fn containerd(text: &mut String, node: &Node, pod: &Pod, time: i64, random: &mut Random) {
    let Clock(h, m, s, ms, day) = Clock::of(time);
    let nanos = random.below(1_000_000);
    let _ = write!(
        text,
        "Nov {day:02} {h:02}:{m:02}:{s:02} {} containerd[912]: time=\"2026-11-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}{nanos:06}Z\" level=info msg=\"",
        node.name
    );
    let Pod {
        namespace,
        name,
        uid,
        container,
        ..
    } = pod;
    let _ = match random.below(4) {
        0 => write!(
            text,
            "RunPodSandbox for &PodSandboxMetadata{{Name:{name},Uid:{uid},Namespace:{namespace},Attempt:0,}} returns sandbox id \\\"{container}\\\"\""
        ),
        1 => write!(
            text,
            "CreateContainer within sandbox \\\"{container}\\\" for container &ContainerMetadata{{Name:main,Attempt:{},}}\"",
            random.below(9)
        ),
        2 => write!(
            text,
            "StopPodSandbox for \\\"{}\\\" returns successfully\"",
            random.hex(64)
        ),
        _ => write!(
            text,
            "ImageUpdate event name:\\\"registry.example.com/{namespace}/main@sha256:{}\\\" labels:{{key:\\\"io.cri-containerd.image\\\" value:\\\"managed\\\"}}\"",
            random.hex(64)
        ),
    };
}

fn syslog(text: &mut String, node: &Node, pod: &Pod, time: i64, random: &mut Random) {
    let Clock(h, m, s, _, day) = Clock::of(time);
    let _ = write!(text, "Nov {day:02} {h:02}:{m:02}:{s:02} {} ", node.name);
    let _ = match random.below(4) {
        0 => write!(
            text,
            "systemd[1]: run-containerd-runc-k8s.io-{}-runc.{}.mount: Deactivated successfully.",
            pod.container,
            random.suffix(6)
        ),
        1 => {
            let scope = random.hex(64);
            write!(
                text,
                "systemd[1]: Started cri-containerd-{scope}.scope - libcontainer container {scope}."
            )
        }
        2 => write!(
            text,
            "kernel: [{}.{:06}] IPv6: ADDRCONF(NETDEV_CHANGE): cali{}: link becomes ready",
            100_000 + random.below(900_000),
            random.below(1_000_000),
            random.hex(11)
        ),
        _ => write!(
            text,
            "CRON[{}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
            10_000 + random.below(50_000)
        ),
    };
}

fn access(text: &mut String, _: &Node, pod: &Pod, time: i64, random: &mut Random) {
    let Clock(h, m, s, ms, day) = Clock::of(time);
    let (path, agent) = (
        random.pick(&[
            "/cart",
            "/cart/items",
            "/checkout",
            "/api/v1/products?page=2",
            "/healthz",
            "/static/app.js",
        ]),
        random.pick(&[
            "Mozilla/5.0 (X11; Linux x86_64)",
            "kube-probe/1.31",
            "curl/8.5.0",
        ]),
    );
    let _ = write!(
        text,
        "2026-11-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}000000Z stdout F 10.244.{}.{} - - [{day:02}/Nov/2026:{h:02}:{m:02}:{s:02} +0000] \"GET {path} HTTP/1.1\" {} {} \"-\" \"{agent}\" 312 0.{:03} [{}-main-80] [] 10.244.1.9:8080 {} 0.004 200 {}",
        random.below(256),
        random.below(256),
        random.pick(&[200, 200, 200, 304, 404]),
        random.below(20_000),
        random.below(1_000),
        pod.namespace,
        random.below(20_000),
        random.hex(32)
    );
}
