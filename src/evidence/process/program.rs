//! A process's words → the component of Kubernetes it is, by the name of its program and never by a
//! substring: kube-apiserver has `--kubelet-…` flags, and `grep kubelet` is a grep.

/// A program that runs a kubelet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The kubelet itself; its arguments begin after this many words.
    Kubelet(usize),
    /// A program that runs the kubelet inside itself; its own arguments are not the kubelet's.
    Embeds,
}

/// Programs of Kubernetes beside those that run a kubelet.
const OTHER_COMPONENTS: [&str; 9] = [
    "kube-proxy",
    "kube-proxy.exe",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "hyperkube",
    "openshift",
    "rke2",
];

/// The components of a control plane.
const CONTROL_PLANE: [&str; 4] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
];

/// Whether a line of a list may be of a component that somebody asks for.
pub(super) fn is_component(command: &str) -> bool {
    let words = super::blanks(command);
    let first = words.clone().next().map(file_name).unwrap_or_default();
    OTHER_COMPONENTS.contains(&first) || program(words).is_some()
}

/// The component of a control plane that runs with these words; its arguments begin after this many.
pub(in crate::evidence) fn control_plane<'w>(
    all: impl Iterator<Item = &'w str> + Clone,
) -> Option<(&'static str, usize)> {
    let mut names = all.clone().map(file_name);
    let (first, second) = (names.next()?, names.next());
    if first == "openshift" && second == Some("start") {
        return master(names);
    }
    let known = |name: &str| CONTROL_PLANE.into_iter().find(|known| *known == name);
    let (name, first) = match (known(first), second) {
        (Some(name), _) => (name, 1),
        // It takes the names with and without `kube-`.
        (None, Some(second)) if first == "hyperkube" => {
            let long = format!("kube-{second}");
            (known(second).or_else(|| known(&long))?, 2)
        }
        _ => return None,
    };
    (!only_prints(all.skip(first))).then_some((name, first))
}

/// What OpenShift 3 runs of a master with the words behind `openshift start`.
fn master<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<(&'static str, usize)> {
    if words.next() != Some("master") {
        return None;
    }
    match words.next() {
        Some("api") => Some(("kube-apiserver", 4)),
        Some("controllers") => Some(("kube-controller-manager", 4)),
        Some(word) if !word.starts_with('-') => None,
        _ => Some(("kube-apiserver", 3)),
    }
}

/// The kube-proxy that runs with these words; its arguments begin after this many.
pub(super) fn kube_proxy<'w>(
    all: impl Iterator<Item = &'w str> + Clone,
) -> Option<(&'static str, usize)> {
    let mut names = all.clone().map(file_name);
    let first = match (names.next()?, names.next()) {
        ("kube-proxy" | "kube-proxy.exe", _) => 1,
        ("hyperkube", Some("kube-proxy" | "proxy")) => 2,
        _ => return None,
    };
    (!only_prints(all.skip(first))).then_some(("kube-proxy", first))
}

/// The program that runs a kubelet with these words.
pub(super) fn program<'w>(all: impl Iterator<Item = &'w str> + Clone) -> Option<Program> {
    let mut words = all.clone();
    let first = words.next()?;
    // k3s puts all it shows into its first word. Any other word with blanks is a title too, and
    // no title is an argument line.
    if let Some((program, rest)) = first.split_once(' ') {
        return embeds(file_name(program), rest.split(' ')).then_some(Program::Embeds);
    }
    let program = match file_name(first) {
        "hyperkube" if words.next().map(file_name) == Some("kubelet") => Program::Kubelet(2),
        name if is_kubelet(name) => Program::Kubelet(1),
        name if embeds(name, words) => Program::Embeds,
        _ => return None,
    };
    match program {
        Program::Kubelet(first) if only_prints(all.skip(first)) => None,
        program => Some(program),
    }
}

/// The kubelet that executes this file, whatever its first word says.
pub(super) fn executed<'w>(exe: &str, all: impl Iterator<Item = &'w str>) -> Option<Program> {
    let exe = exe.strip_suffix(" (deleted)").unwrap_or(exe);
    (is_kubelet(file_name(exe)) && !only_prints(all.skip(1))).then_some(Program::Kubelet(1))
}

/// What prints and ends is no component of a node. Among other words, `-h` may be a value of one.
fn only_prints<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let prints = |word: &str| {
        matches!(
            word,
            "--help" | "-h" | "--version" | "--version=true" | "--version=raw"
        )
    };
    let mut words = words.peekable();
    words.peek().is_some() && words.all(prints)
}

/// What stands before the name of a kubelet that somebody renamed.
const BEFORE: [&str; 8] = [
    "",
    ".",
    "k8s-",
    "k8s_",
    "kube-",
    "kubernetes-",
    "real-",
    "orig-",
];

/// And what stands after it, beside a version.
const EDITIONS: [&str; 23] = [
    "real", "orig", "original", "bin", "old", "new", "bak", "backup", "linux", "amd64", "arm64",
    "x86", "64", "aarch64", "s390x", "ppc64le", "static", "stable", "wrapped", "fips", "custom",
    "patched", "k8s",
];

/// Whether a file name is a kubelet's: the name itself, with a version, an architecture, or as
/// those call it who put a wrapper in its place (`kubelet-v1.31.4`, `kubelet.real`).
fn is_kubelet(name: &str) -> bool {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    // Of hundreds of names one has it, and to look for where costs more than whether.
    if !name.contains("kubelet") {
        return false;
    }
    let Some((before, after)) = name.split_once("kubelet") else {
        return false;
    };
    let is_version = |part: &str| {
        let digits = part.strip_prefix('v').unwrap_or(part);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let separated = after.starts_with(['-', '_', '.', '@', '+']);
    let mut parts = after
        .split(['-', '_', '.', '@', '+'])
        .skip(usize::from(separated));
    let numbered = |first: &str| is_version(first) && first != "64" && after.contains('.');
    BEFORE.contains(&before)
        && (after.is_empty()
            || parts.clone().next().is_some_and(numbered)
            || parts.all(|part| is_version(part) || separated && EDITIONS.contains(&part)))
}

pub(super) fn file_name(path: &str) -> &str {
    let folder = path.bytes().rposition(|byte| matches!(byte, b'/' | b'\\'));
    folder.and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

/// What k3s can be asked for that runs no kubelet.
const K3S_TOOLS: [&str; 9] = [
    "kubectl",
    "crictl",
    "ctr",
    "check-config",
    "etcd-snapshot",
    "secrets-encrypt",
    "certificate",
    "completion",
    "token",
];

/// Whether a program runs a kubelet inside itself, by its name and its words.
fn embeds<'w>(name: &str, mut words: impl Iterator<Item = &'w str>) -> bool {
    match name {
        "kubelite" | "k3s-server" | "k3s-agent" => true,
        "k3s" => !words
            .find(|word| !word.starts_with('-'))
            .is_some_and(|word| K3S_TOOLS.contains(&word)),
        _ => false,
    }
}

/// Whether a program that has components inside has those of a control plane too.
pub(super) fn embeds_control_plane<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let mut words = words.flat_map(|word| word.split(' '));
    match words.next().map(file_name) {
        Some("kubelite") => !words.any(|word| word == "--start-control-plane=false"),
        Some("k3s-server") => true,
        Some("k3s") => words.find(|word| !word.starts_with('-')) == Some("server"),
        _ => false,
    }
}

/// Whether a command line is that of an init, the first process of a machine. That of a container
/// is what the container is for.
pub(super) fn is_init(command: &str) -> bool {
    const INITS: [&str; 11] = [
        "init",
        "systemd",
        "procd",
        "runit",
        "runit-init",
        "openrc-init",
        "s6-svscan",
        "dinit",
        "finit",
        "launchd",
        "linuxrc",
    ];
    let mut words = super::blanks(command);
    let first = words.next().unwrap_or_default();
    // The init of s6-overlay, which is made for containers.
    if first == "/init" {
        return false;
    }
    match file_name(first) {
        "busybox" => words.next() == Some("init"),
        name => INITS.contains(&name.trim_end_matches(':')),
    }
}

#[cfg(test)]
mod tests {
    use super::super::blanks;
    use super::*;

    #[test]
    fn a_kubelet_is_known_by_its_program() {
        for (line, expected) in [
            ("/usr/bin/kubelet --config=/x", Some(Program::Kubelet(1))),
            ("kubelet", Some(Program::Kubelet(1))),
            ("/snap/kubelet/1/kubelet --v=2", Some(Program::Kubelet(1))),
            ("C:\\k\\kubelet.exe --v=2", Some(Program::Kubelet(1))),
            ("/hyperkube kubelet --v=2", Some(Program::Kubelet(2))),
            ("/opt/kubelet-1.31 --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet-v1.31.4 --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet1.31 --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet_1_31 --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet-1.31.2-eks-ae9a62a", Some(Program::Kubelet(1))),
            ("/opt/kubelet-v1.30.1+k3s1", Some(Program::Kubelet(1))),
            ("/opt/kubelet.real --v=2", Some(Program::Kubelet(1))),
            ("/opt/.kubelet-wrapped --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet-linux-amd64 --v=2", Some(Program::Kubelet(1))),
            ("/opt/k8s-kubelet --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet-k8s-1.31 --v=2", Some(Program::Kubelet(1))),
            ("/opt/kubelet.bak --v=2", Some(Program::Kubelet(1))),
            (
                "kubelet --a=true --hostname-override -h",
                Some(Program::Kubelet(1)),
            ),
            (
                "kubelet --node-labels --version --a",
                Some(Program::Kubelet(1)),
            ),
            ("hyperkube apiserver --kubelet-https", None),
            ("grep kubelet", None),
            ("sh -c ps -ef | grep kubelet", None),
            ("/usr/local/bin/kube-apiserver --kubelet-https=true", None),
            (
                "/bin/bash /home/kubernetes/bin/health-monitor.sh kubelet",
                None,
            ),
            ("/usr/bin/kubelet --version", None),
            ("/usr/bin/kubelet -h", None),
            ("kubelet-wrapper --x", None),
            ("kubelet-exporter --x", None),
            ("kubelets --x", None),
            ("my-kubelet --x", None),
            ("/opt/kubelet.sh", None),
            ("/usr/local/bin/k3s server", Some(Program::Embeds)),
            ("/snap/microk8s/1/kubelite --x", Some(Program::Embeds)),
            ("rke2 server", None),
            ("", None),
        ] {
            assert_eq!(program(blanks(line)), expected, "{line}");
        }
    }

    #[test]
    fn an_init_is_no_process_of_a_container() {
        for (line, expected) in [
            ("/sbin/init", true),
            ("/usr/lib/systemd/systemd --switched-root --system", true),
            ("systemd", true),
            ("init [3]", true),
            ("/bin/busybox init", true),
            ("/init", false),
            ("/pause", false),
            ("sh", false),
            ("/sbin/tini -- x", false),
            ("sleep infinity", false),
            ("", false),
        ] {
            assert_eq!(is_init(line), expected, "{line}");
        }
    }
}
