//! The check of a kube-bench folder that a control is.

use std::sync::Arc;

use crate::kube_bench::check::{AuditCheck, AuditGroup};
use crate::kube_bench::folder::Section;
use crate::kube_bench::run::is_evaluated;
use crate::kube_bench::shell::not_understood;

/// A check of a folder, and the file it stands in.
#[derive(Debug)]
pub struct Audited {
    /// Its file.
    pub section: Arc<Section>,
    /// The file's number among all of the folder.
    pub file: usize,
    /// The check's number among all of the folder.
    pub number: usize,
    pub(super) group: usize,
    pub(super) check: usize,
}

impl Audited {
    /// The group and the check.
    #[must_use]
    pub fn check(&self) -> Option<(&AuditGroup, &AuditCheck)> {
        let group = self.section.controls.groups.get(self.group)?;
        Some((group, group.checks.get(self.check)?))
    }

    /// Whether its scripts are interpreted, or the construct that is not; `None` where kube-bench
    /// evaluates nothing.
    #[must_use]
    pub fn coverage(&self) -> Option<Result<(), String>> {
        let (group, check) = self.check()?;
        if !is_evaluated(group, check) {
            return None;
        }
        let scripts = [&check.audit, &check.audit_env, &check.audit_config];
        let unknown = scripts.iter().find_map(|script| not_understood(script));
        Some(unknown.map_or(Ok(()), Err))
    }
}
