//! The feature gates that versions of the kubelet have: stage, default, whether it is locked, and
//! what other gates it needs.
//!
//! Source: `kubelet-gates.csv`, printed by the real code of nine versions (`on:ga!` is locked), and
//! `kubelet-gate-needs.csv`, which versions hold to from 1.36 on as far as our facts go.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::node::version::Minor;

/// How far a gate has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off, unless somebody turns it on.
    Alpha,
    /// Most are on.
    Beta,
    /// Done.
    Ga,
    /// On the way out.
    Deprecated,
}

/// A gate in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Its default.
    pub on: bool,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it takes its default alone.
    pub locked: bool,
}

/// What is known of a gate in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateState {
    /// The version has it.
    Is(Spec),
    /// The version does not have it.
    Absent,
    /// No source says.
    Unsure,
}

/// Every gate of the versions whose gates are known.
pub struct GateTable {
    versions: Vec<Minor>,
    gates: BTreeMap<&'static str, Vec<Option<Spec>>>,
    needs: Vec<(&'static str, &'static str)>,
}

/// The kubelet's.
pub static KUBELET_GATES: LazyLock<GateTable> = LazyLock::new(|| {
    GateTable::read(
        include_str!("kubelet-gates.csv"),
        include_str!("kubelet-gate-needs.csv"),
    )
});

impl GateTable {
    fn read(gates: &'static str, needs: &'static str) -> Self {
        let mut lines = gates.lines();
        let head = lines.next().unwrap_or_default();
        Self {
            versions: head.split(',').skip(1).filter_map(Minor::parse).collect(),
            gates: lines
                .filter_map(|line| {
                    let (name, cells) = line.split_once(',')?;
                    Some((name, cells.split(',').map(spec).collect()))
                })
                .collect(),
            needs: (needs.lines().skip(1))
                .filter_map(|line| line.split_once(','))
                .collect(),
        }
    }

    /// A gate in a version; with an unknown version what all of them have in common.
    #[must_use]
    pub fn at(&self, name: &str, version: Option<Minor>) -> GateState {
        let cells = self.gates.get(name);
        let cell = |at: usize| match cells.map(|cells| cells.get(at).copied().flatten()) {
            Some(Some(spec)) => GateState::Is(spec),
            _ => GateState::Absent,
        };
        let Some(version) = version else {
            let mut all = (0..self.versions.len()).map(cell);
            let first = all.next().unwrap_or(GateState::Unsure);
            return match (first, all.all(|other| other == first)) {
                (GateState::Is(spec), true) => GateState::Is(spec),
                _ => GateState::Unsure,
            };
        };
        match self.versions.binary_search(&version) {
            Ok(at) => cell(at),
            // A version between two that agree is like them.
            Err(after) => match after.checked_sub(1) {
                None => GateState::Unsure,
                Some(before) if after < self.versions.len() => match cell(before) {
                    same if same == cell(after) => same,
                    _ => GateState::Unsure,
                },
                // What is gone does not come back.
                Some(last) if cells.is_some() && cell(last) == GateState::Absent => {
                    GateState::Absent
                }
                Some(_) => GateState::Unsure,
            },
        }
    }

    /// Whether any version has it.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.gates.contains_key(name)
    }

    /// The gate that a name of another case was meant to be.
    #[must_use]
    pub fn meant(&self, name: &str) -> Option<&'static str> {
        let mut names = self.gates.keys().copied();
        names.find(|known| known.eq_ignore_ascii_case(name) && *known != name)
    }

    /// Pairs of a gate and one that must be on where it is on, for versions that hold to it.
    pub fn needs(
        &self,
        version: Option<Minor>,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let holds = version.is_some_and(|version| version >= Minor(1, 36));
        self.needs.iter().copied().filter(move |_| holds)
    }
}

/// `on:beta`, `off:alpha`, `on:ga!`; empty: the version does not have it.
fn spec(cell: &str) -> Option<Spec> {
    let (default, stage) = cell.split_once(':')?;
    let locked = stage.ends_with('!');
    let stage = match stage.trim_end_matches('!') {
        "alpha" => Stage::Alpha,
        "beta" => Stage::Beta,
        "ga" => Stage::Ga,
        "deprecated" => Stage::Deprecated,
        _ => return None,
    };
    Some(Spec {
        on: default == "on",
        stage,
        locked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_tables_can_be_read() {
        let table = &KUBELET_GATES;
        let text = include_str!("kubelet-gates.csv");
        let filled = text
            .lines()
            .skip(1)
            .flat_map(|line| line.split(',').skip(1));
        let filled = filled.filter(|cell| !cell.is_empty()).count();
        let read = table.gates.values().flatten().flatten().count();
        assert_eq!((filled, table.versions.len()), (read, 9));
        for cells in table.gates.values() {
            assert_eq!(cells.len(), table.versions.len());
        }
        for (gate, needs) in &table.needs {
            let newest = Some(Minor(1, 36));
            for name in [gate, needs] {
                assert!(matches!(table.at(name, newest), GateState::Is(_)), "{name}");
            }
        }
    }

    #[test]
    fn a_version_without_a_column_is_known_by_its_neighbours() {
        let at = |name, version: Option<(u16, u16)>| {
            KUBELET_GATES.at(name, version.map(|(major, minor)| Minor(major, minor)))
        };
        let beta = |known| {
            matches!(
                known,
                GateState::Is(Spec {
                    stage: Stage::Beta,
                    ..
                })
            )
        };
        assert!(beta(at("RotateKubeletServerCertificate", Some((1, 34)))));
        assert!(beta(at("RotateKubeletServerCertificate", None)));
        assert_eq!(at("DynamicKubeletConfig", Some((1, 27))), GateState::Absent);
        assert_eq!(at("DynamicKubeletConfig", Some((1, 26))), GateState::Unsure);
        assert_eq!(at("DynamicKubeletConfig", Some((1, 40))), GateState::Absent);
        assert_eq!(at("SeccompDefault", Some((1, 20))), GateState::Unsure);
        assert_eq!(at("NoSuchGate", Some((1, 31))), GateState::Absent);
        assert_eq!(at("NoSuchGate", Some((1, 37))), GateState::Unsure);
        assert_eq!(at("NoSuchGate", None), GateState::Unsure);
    }
}
