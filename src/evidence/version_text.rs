//! Where texts show a kubelet's version.

use memchr::memmem;

/// What the kubelet logs when it starts, before its version.
const LOGGED: [&str; 2] = ["kubeletVersion=\"", "Kubelet version: "];

/// Whether a member's first bytes are what `kubelet --version` prints, and no more than that.
#[must_use]
pub(super) fn looks_like_version(head: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(head) else {
        return false;
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_version = |line: &str| {
        let rest = line.trim().strip_prefix("Kubernetes v");
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    // A prompt may stand above it.
    let first: Vec<&str> = lines.by_ref().take(3).collect();
    lines.next().is_none() && first.into_iter().any(is_version)
}

/// Whether a member's first bytes are a journal in which a kubelet speaks.
#[must_use]
pub(super) fn looks_like_kubelet_journal(head: &[u8]) -> bool {
    memmem::find(head, b" kubelet[").is_some()
        && LOGGED
            .iter()
            .any(|mark| memmem::find(head, mark.as_bytes()).is_some())
}

/// `v1.31.0` of `/var/lib/minikube/binaries/v1.31.0/kubelet`.
pub(super) fn minikubes(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/binaries/")?;
    let (version, program) = rest.split_once('/')?;
    (version.starts_with('v') && program.starts_with("kubelet")).then(|| version.to_owned())
}

/// The version in a line in which a kubelet logs its own.
pub(super) fn logged(line: &str) -> Option<String> {
    let (_, rest) = LOGGED.iter().find_map(|mark| line.split_once(mark))?;
    let end = rest.find(['"', ' ', '\\']).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_where_the_kubelet_leaves_it() {
        let line = "Nov 20 09:14:12 n1 kubelet[901]: I1120 09:14:12.1 901 server.go:487] \"Kubelet version\" kubeletVersion=\"v1.31.4\"";
        assert_eq!(logged(line).as_deref(), Some("v1.31.4"));
        assert!(looks_like_kubelet_journal(line.as_bytes()));
        let path = "/var/lib/minikube/binaries/v1.30.1/kubelet";
        assert_eq!(minikubes(path).as_deref(), Some("v1.30.1"));
        assert_eq!(minikubes("/usr/bin/kubelet"), None);
        for (text, is_version) in [
            ("Kubernetes v1.31.4\n", true),
            ("$ kubelet --version\nKubernetes v1.31.4\n", true),
            ("Kubernetes versions\n", false),
            ("a\nb\nc\nKubernetes v1.31.4\n", false),
            ("Kubernetes v1.31.4\na\nb\nc\n", false),
        ] {
            assert_eq!(looks_like_version(text.as_bytes()), is_version, "{text}");
        }
    }
}
