//! What a control maps to, worked out when it is first asked for: a run writes few of a catalog's controls.

use std::sync::{Arc, OnceLock};

use super::Entry;
use super::references::{ReferenceDefaults, References};

/// Where the references of a control are from. Controls that have them from their base share its mapping.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) entry: Arc<Entry>,
    /// The entry stands in a benchmark that its own one extends.
    pub(super) is_inherited: bool,
    /// What its rule says of this benchmark.
    pub(super) of_rule: Option<Arc<References>>,
    /// What its benchmark says on references, where it says something.
    pub(super) defaults: Option<Arc<ReferenceDefaults>>,
    /// The id of the benchmark that 800-53 controls are carried from, and the mapping of the control there.
    pub(super) carried: Option<(Arc<str>, Arc<Mapping>)>,
    pub(super) references: OnceLock<Option<Arc<References>>>,
}

impl Mapping {
    /// `None` where nothing is mapped to.
    pub(super) fn references(&self) -> Option<&Arc<References>> {
        self.references.get_or_init(|| self.resolve()).as_ref()
    }

    fn resolve(&self) -> Option<Arc<References>> {
        let (written, of_rule) = (self.entry.references.as_ref(), self.of_rule.as_deref());
        let Some(defaults) = self.defaults.as_deref() else {
            let own = written.or(of_rule)?;
            let completed = own.clone().completed(&ReferenceDefaults::default());
            return completed.map(Arc::new);
        };
        let own = match self.is_inherited {
            false => written.or(of_rule).cloned(),
            true if of_rule.is_some() => of_rule.cloned(),
            true if defaults.carry.is_some() => None,
            true => written.map(References::safeguards),
        };
        let mut own = own.unwrap_or_default();
        if own.nist_800_53.is_empty()
            && own.derived().is_none()
            && let Some((id, carried)) = &self.carried
            && let Some(carried) = carried.references()
            && !carried.nist_800_53.is_empty()
        {
            own.nist_800_53.clone_from(&carried.nist_800_53);
            own.nist_basis
                .get_or_insert_with(|| format!("carried:{id}"));
        }
        own.completed(defaults).map(Arc::new)
    }
}
