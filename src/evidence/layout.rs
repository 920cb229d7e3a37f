//! What a member is, by its name (our own layout) or by its content (loose archives). One
//! function per layout; adding a layout is one more function in [`classify`].

use memchr::memmem;

use super::configz::CONFIGZ_KEYS;
use super::kind::Kind;
use super::unread::Unread;
use super::{Refusal, host_report, journal, ps, stat, version_text};
use crate::bundle::{checked, encoding};

/// Whether a member is evidence wherever it lies, and not only in the archive of some tool.
#[must_use]
pub fn is_evidence(name: &str, size: u64, head: &[u8]) -> bool {
    let text = encoding::from_utf_16_head(head);
    let head = text.as_deref().unwrap_or(head);
    let below_top = name.split_once('/').map_or(name, |(_, rest)| rest);
    if [name, below_top]
        .into_iter()
        .any(|name| native(name).is_some_and(|k| k != Kind::Other))
    {
        return true;
    }
    match loose(name, head) {
        Kind::Other => false,
        Kind::File(_) => size <= LOOSE_FILE_BYTES || is_kubelet_config(head),
        _ => true,
    }
}

/// Loose archives (a whole `/etc`, a support bundle) hold much that only lies near the kubelet's files.
const LOOSE_FILE_BYTES: u64 = 1 << 20;

/// What the member `name` (below the bundle's top folder) with these first bytes is.
#[must_use]
pub fn classify(name: &str, head: &[u8]) -> Kind {
    match native(name) {
        Some(kind) => kind,
        None => loose(name, head),
    }
}

/// Whether a name is one of our own layout.
#[must_use]
pub fn is_native(name: &str) -> bool {
    native(name).is_some_and(|kind| kind != Kind::Other)
}

/// The layout of DESIGN §3.
fn native(name: &str) -> Option<Kind> {
    match name {
        "bundle.json" => return Some(Kind::Manifest),
        checked::SUMS => return Some(Kind::Sums),
        checked::SIGNATURE => return Some(Kind::Signature),
        "stat.tsv" => return Some(Kind::Metadata),
        "api/nodes.json" => return Some(Kind::ApiNodes),
        _ => {}
    }
    let (folder, rest) = name.split_once('/')?;
    Some(match folder {
        "commands" if rest.starts_with("ps-") || rest == "ps.txt" => Kind::ProcessList,
        "commands" if rest == "kubelet-version.txt" => Kind::KubeletVersion,
        "commands" if rest == "version.txt" => Kind::ServerVersion,
        "commands" if rest.ends_with("-version.txt") => {
            Kind::ComponentVersion(rest.trim_end_matches("-version.txt").to_owned())
        }
        "commands" if rest == "systemctl-show.txt" => Kind::Units,
        "commands" if rest.starts_with("journal-k3s") => Kind::Journal,
        // A journal under any other name is known by what stands in it.
        "commands" if rest.contains("journal") => return None,
        "api" => match rest
            .strip_suffix(".json")
            .filter(|list| !list.contains('/'))
        {
            Some(list) => Kind::ApiObjects(list.to_owned()),
            None => Kind::Other,
        },
        "commands" => Kind::Other,
        "proc" => {
            let (pid, what) = rest.split_once('/')?;
            let pid = pid.parse().ok()?;
            match what {
                "cmdline" => Kind::CommandLine(pid),
                "cwd" => Kind::WorkingDirectory(pid),
                "exe" => Kind::Executable(pid),
                "environ" => Kind::Environment(pid),
                "started_at" => Kind::StartedAt(pid),
                _ => Kind::Other,
            }
        }
        "files" if rest.starts_with("var/log/") => Kind::Other,
        "files" => Kind::File(format!("/{rest}")),
        "configz" => Kind::Configz(rest.strip_suffix(".json")?.to_owned()),
        _ => return None,
    })
}

/// What a reply of configz is called that is named after no node; the second by node-collector.
const NAMELESS: [&str; 2] = ["configz", "node_config"];

/// Anything else: recognised by content, or by an absolute path that a process may name.
fn loose(name: &str, head: &[u8]) -> Kind {
    let base = name.rsplit('/').next().unwrap_or(name);
    if is_configz(head) || is_bare_configz(base, head) || is_refused_configz(base, head) {
        let stem = base.strip_suffix(".json").unwrap_or(base);
        let parent = name.rsplit('/').nth(1);
        // Sonobuoy and its kin file one configz.json under each node's folder.
        let node = match parent {
            _ if !NAMELESS.iter().any(|own| stem.eq_ignore_ascii_case(own)) => stem,
            Some(parent) => parent,
            None => "",
        };
        return Kind::Configz(node.to_owned());
    }
    if host_report::is_report(head) {
        return Kind::Report;
    }
    if let Some((pid, "cmdline")) = name
        .rsplit_once("proc/")
        .and_then(|(_, rest)| rest.split_once('/'))
        && let Ok(pid) = pid.parse()
    {
        return Kind::CommandLine(pid);
    }
    if ps::looks_like_ps(head) {
        return Kind::ProcessList;
    }
    if ps::status::looks_like_status(head) {
        return Kind::ServiceState;
    }
    if stat::printed::looks_printed(head) {
        return Kind::PrintedMetadata;
    }
    if is_k3s_journal(name, head) {
        return Kind::Journal;
    }
    if let Some(path) = loose_path(name)
        && (path.contains("kube") || is_kubelet_config(head))
    {
        return Kind::File(path);
    }
    if version_text::looks_like_version(head) {
        return Kind::KubeletVersion;
    }
    if version_text::looks_like_kubelet_journal(head) {
        return Kind::KubeletJournal;
    }
    if is_node_list(head) {
        return Kind::ApiNodes;
    }
    if let Some(unread) = Unread::of(head) {
        return Kind::Unread(unread);
    }
    if is_kubelet_config(head) {
        return Kind::LooseKubeletConfig;
    }
    Kind::Other
}

/// The absolute path on the node at which a member stands, whether it is evidence or not.
#[must_use]
pub fn node_path(name: &str) -> Option<String> {
    match native(name) {
        Some(Kind::File(path)) => Some(path),
        Some(_) => None,
        None => loose_path(name),
    }
}

/// The absolute path that a name holds, below the folders that somebody put around it.
fn loose_path(name: &str) -> Option<String> {
    let begins = |root: &&str| match name.starts_with(root) {
        true => Some(0),
        false => name.find(&format!("/{root}")).map(|at| at + 1),
    };
    let start = ABSOLUTE_ROOTS.iter().filter_map(begins).min()?;
    let path = name.get(start..)?;
    (!path.starts_with("var/log/")).then(|| format!("/{path}"))
}

/// Where an absolute path begins below the folders that somebody put around it.
const ABSOLUTE_ROOTS: [&str; 5] = ["etc/", "var/", "home/", "opt/", "usr/"];

/// By what stands in its first bytes, or by its name where k3s speaks further down.
fn is_k3s_journal(name: &str, head: &[u8]) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let named = base.contains("k3s") && (base.contains("journal") || base.contains(".log"));
    let may_be = named || memmem::find(head, b"k3s").is_some() || head.starts_with(b"time=");
    may_be && (named || journal::looks_like_k3s(head))
}

fn is_configz(head: &[u8]) -> bool {
    first_byte(head) == Some(b'{')
        && CONFIGZ_KEYS
            .iter()
            .any(|key| memmem::find(head, format!("\"{key}\"").as_bytes()).is_some())
}

/// A reply without the key around it, as `jq .kubeletconfig` leaves it: told by its name alone, as a
/// file of the node says the same of itself.
fn is_bare_configz(base: &str, head: &[u8]) -> bool {
    let is_live = memmem::find(head, b"\"enableServer\"").is_some();
    named_configz(base) && first_byte(head) == Some(b'{') && (is_live || is_kubelet_config(head))
}

fn named_configz(base: &str) -> bool {
    let base = base.to_ascii_lowercase();
    let endings = [".json", ".txt", ".html"];
    let mut stems = endings
        .iter()
        .filter_map(|ending| base.strip_suffix(ending));
    let stem = stems.next().unwrap_or(&base);
    stem.starts_with("configz") || stem.ends_with("configz")
}

/// What was left where configz was to be written: by its name, `configz` alone or beside a node's.
fn is_refused_configz(base: &str, head: &[u8]) -> bool {
    named_configz(base) && Refusal::read(head).is_some()
}

/// What `kubectl get nodes -o json` or the API itself gives: a list whose items are nodes.
fn is_node_list(head: &[u8]) -> bool {
    let text: Vec<u8> = (encoding::without_mark(head).iter().copied())
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let first_item = br#""items":[{"apiVersion":"v1","kind":"Node","#;
    text.starts_with(br#"{"kind":"NodeList","#)
        || text.starts_with(b"{") && memmem::find(&text, first_item).is_some()
}

fn is_kubelet_config(head: &[u8]) -> bool {
    is_config(head, "KubeletConfiguration")
}

/// Whether the first bytes say they are a document of this kind.
#[must_use]
pub fn is_config(head: &[u8], kind: &str) -> bool {
    memmem::find_iter(head, kind.as_bytes()).any(|at| {
        let before = head.get(at.saturating_sub(24)..at).unwrap_or_default();
        memmem::find(before, b"kind").is_some()
    })
}

fn first_byte(head: &[u8]) -> Option<u8> {
    let mut bytes = encoding::without_mark(head).iter().copied();
    bytes.find(|b| !b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_recognised_by_name_or_content() {
        for (name, head, kind) in [
            ("bundle.json", "", Kind::Manifest),
            ("commands/ps-ef.txt", "", Kind::ProcessList),
            ("commands/journal.txt", "", Kind::Other),
            ("commands/journal-k3s.txt", "", Kind::Journal),
            ("commands/journal-k3s-agent.txt", "", Kind::Journal),
            (
                "commands/journalctl.txt",
                "May 06 11:05:07 h k3s[7]: time=\"x\" level=info msg=\"x\"\n",
                Kind::Journal,
            ),
            (
                "k3s-out",
                "time=\"x\" level=info msg=\"Running kubelet\"\n",
                Kind::Journal,
            ),
            ("journalctl-k3s.log", "", Kind::Journal),
            ("k3s-config.yaml", "write-kubeconfig: x\n", Kind::Other),
            ("proc/42/cmdline", "", Kind::CommandLine(42)),
            ("proc/x/cmdline", "", Kind::Other),
            (
                "files/var/lib/kubelet/config.yaml",
                "",
                Kind::File("/var/lib/kubelet/config.yaml".into()),
            ),
            ("files/var/log/syslog", "", Kind::Other),
            ("configz/n1.json", "", Kind::Configz("n1".into())),
            (
                "hosts/ip-10/configz.json",
                "{\"kubeletconfig\":{}}",
                Kind::Configz("ip-10".into()),
            ),
            (
                "x/node_config.json",
                " {\"kubeletconfig\":{}}",
                Kind::Configz("x".into()),
            ),
            (
                "hosts/ip-10/configz.json",
                "{\"kind\":\"Status\",\"code\":403}",
                Kind::Configz("ip-10".into()),
            ),
            ("notes/n1.json", "{\"kind\":\"Status\"}", Kind::Other),
            ("x/n1-configz-try.log", "Forbidden", Kind::Other),
            (
                "x/configz-n1",
                "Forbidden",
                Kind::Configz("configz-n1".into()),
            ),
            (
                "ps.out",
                "UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 00:00 ? 00:00:00 /sbin/init\n",
                Kind::ProcessList,
            ),
            (
                "host/etc/kubernetes/kubelet.yaml",
                "",
                Kind::File("/etc/kubernetes/kubelet.yaml".into()),
            ),
            (
                "kubelet.yaml",
                "kind: KubeletConfiguration\n",
                Kind::LooseKubeletConfig,
            ),
            ("notes.txt", "about KubeletConfiguration", Kind::Other),
        ] {
            assert_eq!(classify(name, head.as_bytes()), kind, "{name}");
        }
    }
}
