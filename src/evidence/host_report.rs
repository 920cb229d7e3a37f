//! What scanners of hosts report, told by the first bytes of a member.

use memchr::memmem;

/// Whether a member's first bytes are of what a scanner of hosts reports.
#[must_use]
pub(super) fn is_report(head: &[u8]) -> bool {
    is_of_kubescape(head) || is_of_node_collector(head)
}

/// The group of its API.
pub(super) const GROUP: &str = "hostdata.kubescape.cloud/";
/// What the reports have that come without one.
const BARE: [&str; 5] = [
    "configFile",
    "kubeConfigFile",
    "serviceFiles",
    "clientCAFile",
    "APIServerInfo",
];
/// Whether a member's first bytes are of a report of Kubescape.
pub(super) fn is_of_kubescape(head: &[u8]) -> bool {
    let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
    let is_json = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
    has(GROUP) || is_json && has("\"cmdLine\"") && BARE.iter().any(|key| has(&format!("\"{key}\"")))
}

/// Whether a member's first bytes are of a report of node-collector.
pub(super) fn is_of_node_collector(head: &[u8]) -> bool {
    let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
    let is_kind = |of: &[u8]| {
        let between = |byte: &&u8| matches!(**byte, b'"' | b':' | b' ');
        let rest: Vec<u8> = of.iter().skip_while(between).copied().take(8).collect();
        rest == b"NodeInfo"
    };
    let mut kinds = memmem::find_iter(head, b"kind");
    has("info") && has("values") && kinds.any(|at| head.get(at + 4..).is_some_and(is_kind))
}
