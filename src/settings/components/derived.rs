//! Settings that no single flag or key holds: what a component makes of several.

use super::super::kubelet::{Setting, SettingForm};
use super::super::value::ValueKind;
use super::instance::ComponentProcess;
use super::layer::Layer;
use crate::node::version::Minor;

/// The layers of such a setting in a version, strongest first.
pub(super) type Layers = fn(&ComponentProcess, &Setting, Option<Minor>) -> Vec<Layer>;

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Derived {
    pub path: &'static str,
    pub kind: ValueKind,
    pub layers: Layers,
}

impl Derived {
    pub fn setting(&self) -> Setting {
        Setting::new(self.path, "", self.kind, SettingForm::Key, "unknown")
    }
}
