//! Archives that show nothing: recognised or not, they have no node.

use super::{LAYOUTS, by_name, layout_of};
use crate::bundle::Bundle;
use crate::problem::Problem;

/// What to say of an archive that has no evidence: whose it is, or what was looked for.
#[must_use]
pub fn without_evidence(bundle: &Bundle) -> Problem {
    let forced = bundle.read_as.and_then(by_name);
    let found = layout_of(bundle).filter(|layout| layout.is_of_tool());
    let (what, next) = match (forced, found) {
        (None, Some(layout)) => (
            format!(
                "is an archive of {}, and holds evidence of no node",
                layout.tool
            ),
            "hand over the archive whole, as its tool made it; of the node itself, a bundle of collect-node.sh",
        ),
        (Some(layout), _) => (
            format!(
                "holds nothing of what {} is recognised by: {}",
                layout.name, layout.looks_for
            ),
            "check what it is, or leave out --read-as",
        ),
        (None, None) => {
            let all = LAYOUTS
                .iter()
                .map(|it| format!("{} ({})", it.name, it.looks_for));
            let all: Vec<String> = all.collect();
            let what = format!(
                "holds nothing that is recognised; looked for: {}",
                all.join("; ")
            );
            (
                what,
                "say what it is with --read-as, or hand over the archive as its tool made it",
            )
        }
    };
    Problem {
        bundle: bundle.name.clone(),
        member: None,
        what,
        next: next.to_owned(),
    }
}
