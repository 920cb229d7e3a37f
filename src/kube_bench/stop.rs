//! Why a check gets no answer here.

/// What kube-bench would say cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditStop {
    /// The audit uses this construct, which is not interpreted here.
    NotUnderstood(String),
    /// The evidence lacks what the audit reads: what.
    Missing(String),
    /// kube-bench itself ends without output: why.
    Panics(String),
}

impl AuditStop {
    /// A construct by its name.
    pub(super) fn at(construct: impl Into<String>) -> Self {
        Self::NotUnderstood(construct.into())
    }
}
