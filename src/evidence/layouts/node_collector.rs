//! node-collector, which Trivy runs: modes of files at paths of its own choice, of a node that it
//! does not name. It may agree with other evidence, and decides nothing.

use memchr::memmem;

use super::{Layout, Names, files};
use crate::evidence::head;

pub(super) static LAYOUT: Layout = Layout {
    name: "node-collector",
    tool: "reports of node-collector (Trivy), which name no node",
    decides: "nothing: it names no node, and reads paths that no process has to name",
    looks_for: "documents of kind NodeInfo with info",
    is_it: |names: &Names<'_>| files(names.0).any(|(_, member)| is_report(head(member))),
    gives_way: true,
    wants: |_| false,
    read: |_| Vec::new(),
};

/// Whether a member's first bytes are of such a report.
pub(in crate::evidence) fn is_report(head: &[u8]) -> bool {
    let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
    let is_kind = |of: &[u8]| {
        let between = |byte: &&u8| matches!(**byte, b'"' | b':' | b' ');
        let rest: Vec<u8> = of.iter().skip_while(between).copied().take(8).collect();
        rest == b"NodeInfo"
    };
    let mut kinds = memmem::find_iter(head, b"kind");
    has("info") && has("values") && kinds.any(|at| head.get(at + 4..).is_some_and(is_kind))
}
