//! What kube-bench says of the checks of one node, each run once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::kube_bench::host::Processes;
use crate::kube_bench::run::CheckResult;
use crate::kube_bench::stop::AuditStop;
use crate::kube_bench::variables::AuditVariables;

/// Filled as checks are asked for.
#[derive(Default)]
pub struct AuditCache {
    pub(super) processes: OnceCell<Processes>,
    /// By the number of the file that they are of.
    pub(super) variables: RefCell<HashMap<usize, Rc<AuditVariables>>>,
    /// By the number of the check.
    pub(super) said: RefCell<HashMap<usize, Rc<Result<CheckResult, AuditStop>>>>,
}
