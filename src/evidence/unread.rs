//! Output of commands that auditors hand in and no rule reads → what to hand in instead.

use memchr::memmem;

use crate::bundle::encoding::without_mark;

/// What a member is, that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unread {
    /// What `systemctl cat` prints.
    UnitText,
    /// The `ConfigMap` that kube-proxy's configuration is mounted from.
    KubeProxyMap,
}

impl Unread {
    /// By the first bytes of a member.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let head = without_mark(head).trim_ascii_start();
        let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first = first.trim_ascii_end();
        let names_unit = first.ends_with(b".service") || first.ends_with(b".conf");
        if first.starts_with(b"# /") && names_unit && (has("[Unit]") || has("[Service]")) {
            return Some(Self::UnitText);
        }
        let is_map = has("kind: ConfigMap") || has("\"kind\": \"ConfigMap\"");
        (is_map && has("KubeProxyConfiguration")).then_some(Self::KubeProxyMap)
    }

    /// What it is, as part of a sentence about the member.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::UnitText => {
                "is what systemctl cat printed: it shows what starts next, not what runs, so nothing was judged by it"
            }
            Self::KubeProxyMap => {
                "is the ConfigMap of kube-proxy: it shows what pods get when they start, not what runs, so nothing was judged by it"
            }
        }
    }

    /// What to hand in instead.
    #[must_use]
    pub fn next(self) -> &'static str {
        match self {
            Self::UnitText => {
                "hand in `ps -efww` or `systemctl status -l kubelet` of the node, and its files"
            }
            Self::KubeProxyMap => {
                "hand in `ps -efww` of the node, and from a kube-proxy pod the file that --config names"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_known_by_its_first_lines() {
        let unit = "# /lib/systemd/system/kubelet.service\n[Unit]\nDescription=kubelet\n";
        let map = "apiVersion: v1\ndata:\n  config.conf: |-\n    kind: KubeProxyConfiguration\nkind: ConfigMap\n";
        for (text, wanted) in [
            (unit, Some(Unread::UnitText)),
            (map, Some(Unread::KubeProxyMap)),
            ("[Unit]\nDescription=x\n", None),
            ("# /etc/x.conf\nkey=value\n", None),
            ("kind: ConfigMap\n", None),
        ] {
            assert_eq!(Unread::of(text.as_bytes()), wanted, "{text}");
        }
    }
}
