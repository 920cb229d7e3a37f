//! DISA's checklists, of one node and one STIG: CKL for STIG Viewer 2, CKLB for STIG Viewer 3. What
//! nobody decided is not reviewed, and our own verdict stands in the comments.

pub(super) mod ckl;
pub(super) mod cklb;

use super::finding::{comments, details, subject};
use super::per_subject::SubjectDocument;
use crate::benchmark::{Benchmark, Control, Severity, Stig};
use crate::matrix::row::Row;

/// Why a benchmark has no checklist.
pub(super) fn lacks(benchmark: &Benchmark) -> Option<&'static str> {
    let why = "it is no STIG whose rules the catalog knows by their ids";
    benchmark.stig.is_none().then_some(why)
}

/// A rule of a STIG as checklists name it, and what was found.
struct ChecklistRule<'d> {
    /// `V-242376`
    group: &'d str,
    /// `SV-242376r960759_rule`
    rule: &'d str,
    /// `CNTR-K8-000150`
    version: &'d str,
    srg: &'d str,
    cci: &'d [String],
    severity: Severity,
    title: &'d str,
    check: &'d str,
    fix: &'d str,
    row: &'d Row<'d>,
}

impl<'d> ChecklistRule<'d> {
    fn of(row: &'d Row<'d>, control: Option<&'d Control>) -> Self {
        let number = row.control.unwrap_or_default();
        let named = |begins: &str| {
            let mut names = row.stig.iter();
            names.find(|name| name.starts_with(begins))
        };
        let rest = |name: &&String| !name.starts_with("V-") && !name.starts_with("SV-");
        let or_number = |name: Option<&'d String>| name.map_or(number, String::as_str);
        let references = control.and_then(Control::references);
        Self {
            group: or_number(named("V-")),
            rule: or_number(named("SV-")),
            version: or_number(row.stig.iter().find(rest)),
            srg: { references.and_then(|all| all.srg.as_deref()) }.unwrap_or_default(),
            cci: references.map_or(&[], |all| &all.cci),
            severity: control
                .and_then(|control| control.severity)
                .unwrap_or(Severity::Medium),
            title: row.title.unwrap_or_default(),
            check: row.expected.unwrap_or_default(),
            fix: row.remediation.unwrap_or_default(),
            row,
        }
    }

    fn details(&self) -> String {
        details(self.row)
    }

    fn comments(&self) -> String {
        comments(self.row)
    }
}

fn rules<'d>(document: &SubjectDocument<'d>) -> impl Iterator<Item = ChecklistRule<'d>> {
    let rows = document.rows.iter();
    rows.map(|row| ChecklistRule::of(row, document.control(row)))
}

/// What the checklist is of, and from which bundle.
fn about(document: &SubjectDocument<'_>) -> String {
    let Some(first) = document.rows.first() else {
        return String::new();
    };
    let digest = first
        .bundle_sha256
        .map(|digest| format!(" sha256 {digest}"));
    format!(
        "{}; bundle {}{}",
        subject(first),
        first.bundle,
        digest.unwrap_or_default()
    )
}

/// The title of the STIG with its version, as its rules name it.
fn reference(document: &SubjectDocument<'_>, stig: &Stig) -> String {
    let title = &document.benchmark.title;
    format!("{title} :: Version {}, {}", stig.version, stig.release)
}
