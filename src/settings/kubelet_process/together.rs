//! Values that a kubelet takes each, and refuses together.

use super::arguments::lacks_seccomp_gate;
use super::parts::PlainValue;
use super::process::KubeletProcess;
use crate::node::version::Minor;
use crate::settings::gates::GATES;
use crate::settings::named::Config;
use crate::settings::refusal::StartRefusal;
use crate::settings::value::SettingValue;

/// The first pair of values that do not go together.
pub(super) fn refused(kubelet: &KubeletProcess) -> Option<StartRefusal> {
    let rules: [fn(&KubeletProcess) -> Found; 14] = [
        server_certificate,
        seccomp,
        image_collection,
        image_age,
        allocatable,
        cgroups,
        reserved_cpus,
        quota_period,
        pulls,
        shutdown,
        swap,
        log_query,
        taints,
        runtime,
    ];
    let mut found = rules.iter().filter_map(|rule| rule(kubelet));
    let (why, parts) = found.next().or_else(|| flag_defaults(kubelet))?;
    let by_line = parts
        .iter()
        .all(|part| part.is_argument || (!part.is_set() && kubelet.names_no_file()));
    Some(StartRefusal {
        why,
        citations: parts.into_iter().filter_map(|part| part.citation).collect(),
        by_line,
    })
}

/// Why, and the values that have a part in it.
type Found = Option<(String, Vec<PlainValue>)>;

fn is_true(part: &PlainValue) -> bool {
    part.value == SettingValue::Bool(true)
}

fn number(part: &PlainValue) -> Option<i64> {
    match &part.value {
        SettingValue::Int(number) | SettingValue::Duration(number) => Some(*number),
        _ => None,
    }
}

fn is_text(part: &PlainValue) -> bool {
    matches!(&part.value, SettingValue::Text(text) if !text.is_empty())
}

/// What needs a gate that is off: the setting's part and the gates'.
fn without_gate(kubelet: &KubeletProcess, why: &str, part: PlainValue, gate: &str) -> Found {
    let is_off = !kubelet.gate_is_on(gate)?;
    let gates = kubelet.part_named(GATES)?;
    is_off.then(|| {
        let why = format!("{why} needs the feature gate {gate}, which is off");
        (why, vec![part, gates])
    })
}

fn server_certificate(kubelet: &KubeletProcess) -> Found {
    let part = kubelet.part_named("serverTLSBootstrap").filter(is_true)?;
    without_gate(
        kubelet,
        "serverTLSBootstrap",
        part,
        "RotateKubeletServerCertificate",
    )
}

fn seccomp(kubelet: &KubeletProcess) -> Found {
    let part = kubelet.part_named("seccompDefault").filter(is_true)?;
    lacks_seccomp_gate(&kubelet.gates()?, kubelet.version).then(|| {
        let why = "seccompDefault needs the feature gate SeccompDefault, which is off";
        (why.to_owned(), vec![part])
    })
}

fn image_collection(kubelet: &KubeletProcess) -> Found {
    let low = kubelet.part_named("imageGCLowThresholdPercent")?;
    let high = kubelet.part_named("imageGCHighThresholdPercent")?;
    (number(&low)? >= number(&high)?).then(|| {
        let why = format!(
            "imageGCLowThresholdPercent is {}, which is not below imageGCHighThresholdPercent, {}",
            low.value, high.value
        );
        (why, vec![low, high])
    })
}

fn image_age(kubelet: &KubeletProcess) -> Found {
    let most = kubelet.part_named("imageMaximumGCAge")?;
    let least = kubelet.part_named("imageMinimumGCAge")?;
    if number(&most)? == 0 || kubelet.version.is_none_or(|version| version < Minor(1, 29)) {
        return None;
    }
    if number(&most)? <= number(&least)? {
        let why = format!(
            "imageMaximumGCAge is {}, which is not above imageMinimumGCAge, {}",
            most.value, least.value
        );
        return Some((why, vec![most, least]));
    }
    without_gate(kubelet, "imageMaximumGCAge", most, "ImageMaximumGCAge")
}

fn allocatable(kubelet: &KubeletProcess) -> Found {
    let enforced = kubelet.part_named("enforceNodeAllocatable")?;
    let SettingValue::List(items) = &enforced.value else {
        return None;
    };
    let has = |name: &str| items.iter().any(|item| item == name);
    if has("none") && items.len() > 1 {
        let why = "enforceNodeAllocatable holds none, and others beside it".to_owned();
        return Some((why, vec![enforced]));
    }
    for (name, compressible, key) in [
        (
            "system-reserved",
            "system-reserved-compressible",
            "systemReservedCgroup",
        ),
        (
            "kube-reserved",
            "kube-reserved-compressible",
            "kubeReservedCgroup",
        ),
    ] {
        let cgroup = kubelet.part_named(key)?;
        if (has(name) || has(compressible)) && !is_text(&cgroup) {
            let why = format!("enforceNodeAllocatable holds {name}, and {key} is not set");
            return Some((why, vec![enforced, cgroup]));
        }
    }
    let some = items.iter().any(|item| item != "none");
    let quality = kubelet.part_named("cgroupsPerQOS")?;
    (some && quality.value == SettingValue::Bool(false)).then(|| {
        let why = format!(
            "enforceNodeAllocatable is {}, and cgroupsPerQOS is false",
            enforced.value
        );
        (why, vec![enforced, quality])
    })
}

fn cgroups(kubelet: &KubeletProcess) -> Found {
    let system = kubelet.part_named("systemCgroups").filter(is_text)?;
    let root = kubelet.part_named("cgroupRoot")?;
    (!is_text(&root)).then(|| {
        let why = "systemCgroups is set, and cgroupRoot is not".to_owned();
        (why, vec![system, root])
    })
}

fn reserved_cpus(kubelet: &KubeletProcess) -> Found {
    let cpus = kubelet.part_named("reservedSystemCPUs").filter(is_text)?;
    let cgroup = ["systemReservedCgroup", "kubeReservedCgroup"];
    let cgroup = cgroup
        .into_iter()
        .find_map(|key| kubelet.part_named(key).filter(is_text))?;
    let why = "reservedSystemCPUs is set beside a cgroup of what is reserved".to_owned();
    Some((why, vec![cpus, cgroup]))
}

fn quota_period(kubelet: &KubeletProcess) -> Found {
    const MILLISECOND: i64 = 1_000_000;
    let period = kubelet
        .part_named("cpuCFSQuotaPeriod")
        .filter(PlainValue::is_set)?;
    let nanos = number(&period)?;
    if nanos == 100 * MILLISECOND {
        return None;
    }
    if kubelet.gate_is_on("CustomCPUCFSQuotaPeriod")? {
        let is_in = (MILLISECOND..=1000 * MILLISECOND).contains(&nanos);
        return (!is_in).then(|| {
            let why = format!(
                "cpuCFSQuotaPeriod is {}, and the kubelet takes 1ms..1s",
                period.value
            );
            (why, vec![period])
        });
    }
    without_gate(
        kubelet,
        "another cpuCFSQuotaPeriod than 100ms",
        period,
        "CustomCPUCFSQuotaPeriod",
    )
}

fn pulls(kubelet: &KubeletProcess) -> Found {
    let most = kubelet.part_named("maxParallelImagePulls")?;
    let one_by_one = kubelet.part_named("serializeImagePulls").filter(is_true)?;
    (number(&most)? > 1 && one_by_one.is_set()).then(|| {
        let why = format!(
            "maxParallelImagePulls is {}, and serializeImagePulls is true",
            most.value
        );
        (why, vec![most, one_by_one])
    })
}

fn shutdown(kubelet: &KubeletProcess) -> Found {
    const SECOND: i64 = 1_000_000_000;
    let all = kubelet.part_named("shutdownGracePeriod")?;
    let critical = kubelet.part_named("shutdownGracePeriodCriticalPods")?;
    let (whole, part) = (number(&all)?, number(&critical)?);
    if whole == 0 && part == 0 {
        return None;
    }
    let why = if part > whole {
        "shutdownGracePeriodCriticalPods is longer than shutdownGracePeriod"
    } else if [whole, part]
        .iter()
        .any(|nanos| (1..SECOND).contains(nanos))
    {
        "a shutdownGracePeriod is shorter than a second"
    } else {
        return without_gate(kubelet, "shutdownGracePeriod", all, "GracefulNodeShutdown");
    };
    Some((why.to_owned(), vec![all, critical]))
}

fn swap(kubelet: &KubeletProcess) -> Found {
    let behaviour = kubelet
        .part_named("memorySwap.swapBehavior")
        .filter(is_text)?;
    if kubelet.gate_is_on("NodeSwap")? {
        let known = ["LimitedSwap", "NoSwap", "UnlimitedSwap"];
        let is_known = known.contains(&behaviour.value.to_string().as_str());
        return (!is_known).then(|| {
            let why = format!(
                "memorySwap.swapBehavior is {}, which is none",
                behaviour.value
            );
            (why, vec![behaviour])
        });
    }
    without_gate(kubelet, "memorySwap.swapBehavior", behaviour, "NodeSwap")
}

fn log_query(kubelet: &KubeletProcess) -> Found {
    let query = kubelet.part_named("enableSystemLogQuery").filter(is_true)?;
    kubelet.version.filter(|version| *version >= Minor(1, 27))?;
    let handler = kubelet.part_named("enableSystemLogHandler")?;
    if handler.value == SettingValue::Bool(false) {
        let why = "enableSystemLogQuery is true, and enableSystemLogHandler is false".to_owned();
        return Some((why, vec![query, handler]));
    }
    without_gate(kubelet, "enableSystemLogQuery", query, "NodeLogQuery")
}

/// What a file registers must be taints: maps with a key, and no effect but those there are.
fn taints(kubelet: &KubeletProcess) -> Found {
    kubelet.version.filter(|version| *version >= Minor(1, 23))?;
    let part = kubelet
        .part_named("registerWithTaints")
        .filter(|part| !part.is_argument)?;
    let SettingValue::List(items) = &part.value else {
        return None;
    };
    let effects = ["", "NoSchedule", "PreferNoSchedule", "NoExecute"];
    let is_taint = |item: &&String| {
        let read = serde_json::from_str::<serde_json::Value>(item).unwrap_or_default();
        let text = |key: &str| match read.get(key) {
            None | Some(serde_json::Value::Null) => Some(""),
            Some(value) => value.as_str(),
        };
        item.contains(crate::evidence::REDACTED)
            || (read.is_object()
                && text("key").is_some_and(|key| !key.is_empty())
                && text("value").is_some()
                && text("effect").is_some_and(|effect| effects.contains(&effect)))
    };
    let stranger = items.iter().find(|item| !is_taint(item))?;
    let why = format!("registerWithTaints holds {stranger}, which is no taint");
    Some((why, vec![part]))
}

fn runtime(kubelet: &KubeletProcess) -> Found {
    let endpoint = kubelet
        .part_named("containerRuntimeEndpoint")
        .filter(|part| part.is_argument)?;
    let needs = kubelet
        .version
        .is_some_and(|version| version >= Minor(1, 27));
    (needs && !is_text(&endpoint)).then(|| {
        let why = "--container-runtime-endpoint is empty".to_owned();
        (why, vec![endpoint])
    })
}

/// Without a file the defaults are set before any gate is known, and two of 1.36 then stand
/// without their gate.
fn flag_defaults(kubelet: &KubeletProcess) -> Found {
    if !matches!(kubelet.named.config, Config::None) || kubelet.version != Some(Minor(1, 36)) {
        return None;
    }
    let defaults = [
        (
            "crashLoopBackOff.maxContainerRestartPeriod",
            "KubeletCrashLoopBackOffMax",
        ),
        (
            "imagePullCredentialsVerificationPolicy",
            "KubeletEnsureSecretPulledImages",
        ),
    ];
    let mut defaults = defaults.iter();
    let (key, gate) = defaults.find(|(_, gate)| kubelet.gate_is_on(gate) == Some(false))?;
    let why = format!("{key} has a default, and needs the feature gate {gate}, which is off");
    Some((why, vec![kubelet.part_named(GATES)?]))
}
